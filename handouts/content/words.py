"""The words around a document: header, footer and marks of a page, and the closed words that stand in blanks.

They are messages of the catalog `handouts`, one for all procedures (CLINICAL §3.0).
"""

from __future__ import annotations

from collections.abc import Mapping

FOR = "For: %(name)s"
BORN = "born %(date)s"
RECORD = "record %(mrn)s"
VISIT = "visit %(date)s"
PAGE = "Page %(page)s of %(pages)s"
MADE = "made %(time)s, %(zone)s"
HELP = "You can have an interpreter, large print, or someone to read this to you. It is free. Ask us."
SAMPLE = "SAMPLE – NOT MEDICAL ADVICE"
DRAFT = "DRAFT – NOT APPROVED"
NOT_TO_SIGN = "Draft: do not sign"

MESSAGES = (FOR, BORN, RECORD, VISIT, PAGE, MADE, HELP, SAMPLE, DRAFT, NOT_TO_SIGN)

TERMS: Mapping[str, str] = {
    "parent": "parent",
    "legal_guardian": "legal guardian",
    "spouse": "husband or wife",
    "adult_child": "adult child",
    "sibling": "brother or sister",
    "health_care_agent": "health care agent",
    "other": "other",
    "in_person": "in person",
    "phone": "by phone",
    "video": "by video",
}
"""Closed words of an appointment that are printed; their context is TERM."""

TERM = "term"
NOON = "noon"
TIME_OF_DAY = "time of day"

IN_CONTEXT = (*((TERM, term) for term in TERMS.values()), (TIME_OF_DAY, NOON))
"""Messages that a translator needs a context for, as (context, source)."""
