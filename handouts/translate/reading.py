"""A document's messages in one language → how hard they are to read, where a formula is valid for it.

Spanish is measured by INFLESZ (`content/readability.py`), Italian by GULPEASE (Lucisano and Piemontese 1988). For other languages
nothing is said: a figure that was never tested with readers would only look like knowledge.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from handouts.content.po import Entry
from handouts.content.readability import INFLESZ_LEAST, Score, message_score

GULPEASE_LEAST = 60.0
"""Easy for people who left school after the eighth year."""
ENOUGH = 100
"""Words: a document of which less is translated is not measured."""


@dataclass(frozen=True)
class Hard:
    """A document that is harder to read than it may be: what was measured, and its hardest message."""

    document: str
    measured: str
    hardest: Entry


def hard(document: str, entries: Sequence[Entry], language: str) -> Iterator[Hard]:
    """The document if its translated messages are too hard to read; nothing where no formula is valid."""
    base = language.partition("-")[0]
    if base not in {"es", "it"}:
        return
    scores = [(entry, message_score(entry.translation, language)) for entry in entries if entry.translation]
    total = sum((score for _, score in scores), Score(language))
    if total.words < ENOUGH:
        return
    name, ease, least = (
        ("INFLESZ", _inflesz, INFLESZ_LEAST) if base == "es" else ("GULPEASE", _gulpease, GULPEASE_LEAST)
    )
    if ease(total) < least:
        longer = [(entry, score) for entry, score in scores if score.words >= 8] or scores
        hardest = min(longer, key=lambda pair: ease(pair[1]))[0]
        yield Hard(document, f"{name} {ease(total):.1f}, and {least:.0f} is the least", hardest)


def _inflesz(score: Score) -> float:
    return score.inflesz


def _gulpease(score: Score) -> float:
    return score.gulpease
