"""The words around a document: header, footer and marks of a page, and the closed words that stand in blanks.

They are messages of the catalog `handouts`, one for all procedures (CLINICAL §3.0). What a press adds beside documents is in a catalog
of its own, for no document waits until that is reviewed.
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
UNREVIEWED = "DRAFT – TRANSLATION NOT REVIEWED"
NOT_TO_SIGN = "Draft: do not sign"

PRESS = "press"
"""The catalog of what is printed between documents."""
LEFT_BLANK = "This page is left blank on purpose."

MESSAGES = (FOR, BORN, RECORD, VISIT, PAGE, MADE, HELP, SAMPLE, DRAFT, UNREVIEWED, NOT_TO_SIGN)

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

NAME, DAY, RECORD_NUMBER = ("a name", "Ana Díaz-López"), ("a date", "Tuesday, March 3, 2026"), ("a text", "MRN-004213")
NOTES: Mapping[str, tuple[str, Mapping[str, tuple[str, str]]]] = {
    FOR: ("Whose paper it is.", {"name": NAME}),
    BORN: ("Stands in a row with other short notes.", {"date": ("a date of birth", "May 4, 1961")}),
    RECORD: (
        "The patient's number in the clinic's records; stands in a row with other short notes.",
        {"mrn": RECORD_NUMBER},
    ),
    VISIT: ("Stands in a row with other short notes.", {"date": DAY}),
    PAGE: ("", {"page": ("a number", "2"), "pages": ("a number", "7")}),
    MADE: (
        "When the paper was made.",
        {
            "time": ("a date with its time", "Friday, February 27, 2026, 9:00 AM"),
            "zone": ("a time zone", "Eastern Standard Time"),
        },
    ),
    SAMPLE: ("Across every page of a demo; short, in capitals where the script has them.", {}),
    DRAFT: ("Across every page of a draft; short, in capitals where the script has them.", {}),
    UNREVIEWED: (
        "Across every page whose translation nobody has reviewed; short, in capitals where the script has them.",
        {},
    ),
    NOT_TO_SIGN: ("Stands where one would sign.", {}),
    NOON: ("After the time of day, as in 12:00 noon.", {}),
    LEFT_BLANK: (
        "Alone in the middle of the back of a sheet, so that nobody takes it for a page that failed to print.",
        {},
    ),
}
"""What translators are told of a message, and what is put into its places: what it is, and an example."""
