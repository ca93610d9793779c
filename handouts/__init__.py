"""Handouts: for every appointment a packet of consent forms and patient handouts, in the patient's language."""

__version__ = "0.1.0"
