"""Handouts: for every appointment a packet of consent forms and patient handouts, in the patient's language."""
