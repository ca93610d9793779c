"""What keeps a document from being final, and a language from being printed, in words; what is printed across pages then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from handouts.content import words
from handouts.content.case import Case
from handouts.content.clinic_texts import CONTEXT
from handouts.content.po import MessageKey, short
from handouts.content.press import Press
from handouts.content.reviews import name_of
from handouts.content.wording import Wording
from handouts.errors import Fault

SAMPLE, DRAFT, GENERATED = "sample", "draft", "generated"
_YEAR = timedelta(days=365)


def notice_left_out(case: Case) -> str:
    """The exception of 45 CFR 92.11(d) for which a packet has no notice of language assistance, with its date; "" if none counts.

    An opting out counts for a year; a documented primary language, where the packet is in it.
    """
    patient = case.appointment.patient
    day = patient.notice_exception_date
    if day is None or not timedelta() <= case.now.date() - day:
        return ""
    counts = case.own_language if patient.notice_exception == "primary_language" else case.now.date() - day <= _YEAR
    return f"{patient.notice_exception}, {day.isoformat()}" if counts else ""


def unreviewed_in(wordings: Iterable[Wording], presses: Iterable[Press]) -> tuple[str, ...]:
    """The messages of a document that nobody has reviewed, as reasons why it is a draft."""
    lacking = (wording for wording in wordings if wording.unreviewed)
    own = ((key, block.language) for wording in lacking for block in wording.blocks for key in block.unreviewed)
    around = ((key, press.language) for press in presses for key in sorted(press.words.blocked))
    told = dict.fromkeys((source, language) for (_, source), language in (*own, *around))
    return tuple(f'translation of "{short(source)}" into {language}' for source, language in told)


def across(status: str, *, unreviewed: bool) -> list[str]:
    """What is printed across the pages of a document that is not for use; nothing for one that is."""
    sample = [words.SAMPLE] if status == SAMPLE else []
    return [*sample, words.UNREVIEWED] if unreviewed else sample or ([words.DRAFT] if status == DRAFT else [])


def unusable(where: str, key: MessageKey, *, translated: bool) -> Fault:
    """The fault that a message keeps a language from being printed."""
    context, source = key
    name = name_of(("" if context == CONTEXT else context, source))
    problem = f'message {name}, "{source}", is {"not reviewed" if translated else "empty or fuzzy"}.'
    remedy = "Have it reviewed (handouts translate review)." if translated else "Translate it, and have it reviewed."
    return Fault(where, problem, remedy, field=context)


def instead_of(english: str, lacking: Sequence[Fault]) -> str:
    """What staff must know of a packet that is not in the language it was to be in."""
    language = lacking[0].where.split("/")[1]
    count = "1 message is" if len(lacking) == 1 else f"{len(lacking)} messages are"
    return f"Printed in {english}, not in {language}: {count} not reviewed in it (translate status)."
