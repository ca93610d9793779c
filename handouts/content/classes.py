"""The class of a medicine, as somebody wrote it → why only a clinician says what to do with it on the day, if it is so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple

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

FLAGGED_CLASSES = frozenset[str]().union(*DECIDED_BY_A_CLINICIAN.values())

_NEARLY = 0.82
"""How alike two words are when one may be the other mistyped ("opiods"), by difflib's ratio."""
_LONG = 5
"""Letters of a word that counts wherever it stands in another; a shorter one ("bp") must stand alone."""
_PLACES = 8
"""How often a letter is counted; no word of ours has one as often."""


class _Known(NamedTuple):
    """A word for a class, and all that it is a reason for; its letters as bits."""

    word: str
    reasons: frozenset[str]
    letters: int


def reasons(medicine_class: str) -> frozenset[str]:
    """For what of DECIDED_BY_A_CLINICIAN a class is one: it is such a word, holds one ("opioid_patch"), or is nearly one."""
    words = dict.fromkeys((medicine_class, *medicine_class.split("_")))
    found: set[str] = set()
    for known in _KNOWN:
        if known.word in words or (len(known.word) >= _LONG and known.word in medicine_class):
            found |= known.reasons
    for word in words:
        if len(word) >= _LONG:
            for known in _nearby(word):
                if not known.reasons <= found and get_close_matches(word, [known.word], 1, _NEARLY):
                    found |= known.reasons
    return frozenset(found)


def _nearby(word: str) -> Iterator[_Known]:
    """The known words that have so many letters of `word` that they can be nearly alike; never too few of them.

    difflib bounds its ratio from above by the same two numbers before it works it out, but counts anew for every pair.
    """
    letters, length = _letters(word), len(word)
    for known_length, known_words in _BY_LENGTH.items():
        both = length + known_length
        if 2 * min(length, known_length) / both >= _NEARLY:
            for known in known_words:
                if 2 * (letters & known.letters).bit_count() / both >= _NEARLY:
                    yield known


def _letters(word: str) -> int:
    """The letters of `word` as bits, the second and third of the same letter beside the first."""
    bits = 0
    for letter in word:
        place = 1 << (ord(letter) - ord("0")) * _PLACES if "0" <= letter <= "z" else 0
        while bits & place:
            place <<= 1
        bits |= place
    return bits


_KNOWN = tuple(
    _Known(word, frozenset(why for why, among in DECIDED_BY_A_CLINICIAN.items() if word in among), _letters(word))
    for word in sorted(FLAGGED_CLASSES)
)
_BY_LENGTH: Mapping[int, tuple[_Known, ...]] = {
    length: tuple(known for known in _KNOWN if len(known.word) == length)
    for length in sorted({len(known.word) for known in _KNOWN})
}
