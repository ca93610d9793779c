"""The class of a medicine, as somebody wrote it → why only a clinician says what to do with it on the day, if it is so."""

from __future__ import annotations

from difflib import get_close_matches
from typing import NamedTuple

from handouts.memory import remembered

DECIDED_BY_A_CLINICIAN: dict[str, frozenset[str]] = {
    why: frozenset(words.split())
    for why, words in {
        "blood_pressure_medicine": (
            "blood_pressure bp antihypertensive beta_blocker alpha_blocker ace_inhibitor arb calcium_channel_blocker diuretic"
            " clonidine"
        ),
        "sedatives": (
            "sedative benzodiazepine benzo benzos barbiturate hypnotic sleep_aid z_drug anxiolytic muscle_relaxant tranquilizer"
        ),
        "opioids": "opioid opiate narcotic methadone buprenorphine",
        "insulin": "insulin",
        "tablets": "diabetes antidiabetic sulfonylurea metformin sglt2",
        "glp1": "glp1 semaglutide",
        "interacting": "theophylline aminophylline lamotrigine stimulant sympathomimetic maoi",
    }.items()
}
"""Words for classes of medicines of which only a clinician says what to do on the day (CLINICAL §0-7, §1.4, §3.5), by why."""

_NONE: frozenset[str] = frozenset()
FLAGGED_CLASSES = _NONE.union(*DECIDED_BY_A_CLINICIAN.values())

_NEARLY = 0.82
"""How alike two words are when one may be the other mistyped ("opiods"), by difflib's ratio."""
_LONG = 5
"""Letters of a word that counts wherever it stands in another; a shorter one ("bp") must stand alone."""
_PLACES = 8
"""How often a letter is counted; no word of ours has one as often."""
_FIRST_PLACE = {chr(code): 1 << (code - ord("0")) * _PLACES for code in range(ord("0"), ord("z") + 1)}
"""The bit of each letter, digit and low line."""


class _Known(NamedTuple):
    """A word for a class, and all that it is a reason for; its letters as bits."""

    word: str
    reasons: frozenset[str]
    letters: int


def reasons(medicine_class: str) -> frozenset[str]:
    """For what of DECIDED_BY_A_CLINICIAN a class is one: it is such a word, holds one ("opioid_patch"), or is nearly one."""
    words = dict.fromkeys((medicine_class, *medicine_class.split("_")))
    found = _NONE.union(
        *[_SHORT[word] for word in words if word in _SHORT],
        *[known.reasons for known in _KNOWN if known.word in medicine_class],
    )
    for word in words:
        if len(word) >= _LONG:
            letters = _letters(word)
            near = [known for known, shared in _as_long(len(word)) if (letters & known.letters).bit_count() >= shared]
            for known in near:
                if not known.reasons <= found and get_close_matches(word, [known.word], 1, _NEARLY):
                    found |= known.reasons
    return found


@remembered(64)
def _as_long(length: int) -> tuple[tuple[_Known, int], ...]:
    """The known words that a word of `length` letters can be nearly alike to, each with how many letters they must share.

    By this difflib bounds its ratio from above too, but anew for every pair.
    """
    alike = [(known, length + len(known.word)) for known in (*_KNOWN, *_SHORT_KNOWN)]
    return tuple(
        (known, next(shared for shared in range(both) if 2 * shared / both >= _NEARLY))
        for known, both in alike
        if 2 * min(length, len(known.word)) / both >= _NEARLY
    )


def _letters(word: str) -> int:
    """The letters of `word` as bits, the second and third of the same letter beside the first."""
    bits = 0
    for letter in word:
        place = _FIRST_PLACE.get(letter, 0)
        while bits & place:
            place <<= 1
        bits |= place
    return bits


def _known(word: str) -> _Known:
    return _Known(
        word, frozenset(why for why, among in DECIDED_BY_A_CLINICIAN.items() if word in among), _letters(word)
    )


_KNOWN = tuple(_known(word) for word in sorted(FLAGGED_CLASSES) if len(word) >= _LONG)
_SHORT_KNOWN = tuple(_known(word) for word in sorted(FLAGGED_CLASSES) if len(word) < _LONG)
_SHORT = {known.word: known.reasons for known in _SHORT_KNOWN}
