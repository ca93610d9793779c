"""A printed value → its skeleton, which says how a paragraph behaves around it whatever its letters are.

Where lines may break, in which order their parts stand and which faces they need depends on *kinds* of characters: every run of
plain letters of one script behaves as one letter, every run of digits as one digit, and digits between Latin letters as these. So
what has been found out about a paragraph is known by the skeletons of its values ("x x-x" for Ana Díaz-López), which tell nothing
of anybody, and only their glyphs are a packet's own. A value with any other letter in it is its own skeleton.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from itertools import accumulate
from typing import Any

from handouts.memory import remembered
from handouts.typeset.fonts import characters, families, plain_face
from handouts.typeset.shape import UNDECIDED, Setting, Shaped, script_of, shape
from handouts.typeset.spans import CONTROLS, SPACES, STEERING

_LETTERS = {"Latn": "x", "Cyrl": "ж", "Grek": "ω"}
_DIGITS = "0123456789"
_REACH = (*range(0x41, 0x250), *range(0x370, 0x530), *range(0x1E00, 0x1F00))  # where plain letters are looked for
_SOFT_HYPHEN, _NO_BREAK = "\xad", "\u00a0\u202f"


class Value:
    """The text of a blank, and what is found out about it while its packet is made.

    `plain` says that its `skeleton` has no letter or digit of its own.
    """

    __slots__ = ("_drawn", "_shaped", "plain", "skeleton", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        skeleton = text
        for found, instead in _plain_runs():
            skeleton = found.sub(instead, skeleton)
        self.plain = _skeletons().fullmatch(skeleton) is not None
        self.skeleton = skeleton if self.plain else text
        self._shaped: dict[tuple[Setting, str, str, str], Shaped] = {}
        self._drawn: dict[str, tuple[str, list[int]]] = {}

    def as_it_is(self) -> Value:
        """The value as its own skeleton, for lines in which its letters must be divided."""
        found = Value(self.text)
        found.plain, found.skeleton = False, self.text
        return found

    def drawn(self, skeleton: str) -> tuple[str, list[int]]:
        """What is drawn where the `skeleton` is drawn like this, and where each character of the skeleton begins in it."""
        found = self._drawn.get(skeleton)
        if found is None:
            if self.plain:
                pieces = iter(_any_run().findall(self.text))
                texts = [next(pieces) if char in _STANDING else char for char in skeleton]
                found = "".join(texts), list(accumulate(map(len, texts), initial=0))
            else:
                found = skeleton, list(range(len(skeleton) + 1))
            self._drawn[skeleton] = found
        return found

    def shaped(self, text: str, setting: Setting, before: str = "", after: str = "") -> Shaped:
        """`text`, which is part of it, shaped once."""
        key = setting, text, before, after
        found = self._shaped.get(key)
        if found is None:
            found = self._shaped[key] = shape(text, setting, before, after)
        return found


def is_private(blank: str) -> bool:
    """Whether what stands in `blank` may be a patient's own, and is to be forgotten with the packet."""
    return blank not in _NOBODYS


_NOBODYS = frozenset(
    {
        *("clinic_name", "clinic_phone", "after_hours_phone", "emergency_number", "crisis_line", "clinic_zone"),
        *("location_name", "location_address", "clinician_name", "discussed_by_name", "escort_min_age"),
        *("appointment_date", "arrival", "start", "ready_to_leave", "consent_until", "issued_at", "issued_zone"),
        *("visit_length", "duration", "planned_duration", "recovery", "monitoring_interval"),
        *("fatty_meal_until", "light_meal_until", "clear_liquid_until", "alcohol_until", "cannabis_until"),
        *("drive_after", "drive_day", "decisions_after", "alcohol_after", "sedatives_after", "stay_until"),
        *("visit_number", "series_total"),
    }
)
"""The blanks that say something of a clinic, its staff, its hours or its way to do things."""


class Values:
    """The values of one packet by their text; what is found out about them, and about what holds them, goes with the packet.

    `nobodys`: none of them is a patient's own. Those that are not are remembered.
    """

    __slots__ = ("_known", "kept", "nobodys")

    def __init__(self, *, nobodys: bool = False) -> None:
        self._known: dict[str, Value] = {}
        self.nobodys = nobodys
        self.kept: dict[object, Any] = {}

    def of(self, text: str, blank: str = "") -> Value:
        """The value that is printed as `text` in `blank`."""
        if not self.tells(blank):
            return _nobodys_value(text)
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = Value(text)
        return found

    def tells(self, blank: str) -> bool:
        """Whether what stands in `blank` tells of a patient."""
        return not self.nobodys and is_private(blank)


@remembered(1024)
def _nobodys_value(text: str) -> Value:
    return Value(text)


_STANDING = frozenset((*_LETTERS.values(), "0"))


@cache
def plain_letters() -> Mapping[str, str]:
    """The letters that behave as any other of their script, by script: they break no line, join nothing, need no other face."""
    there = characters(plain_face()) & characters(plain_face(strong=True))
    own = families()[0].scripts
    found: dict[str, list[str]] = {script: [] for script in _LETTERS if script in own}
    for char in map(chr, _REACH):
        if ord(char) in there and script_of(char) in found and _is_plain(char):
            found[script_of(char)].append(char)
    return {script: "".join(letters) for script, letters in found.items()}


def _is_plain(char: str) -> bool:
    return (
        char.isalpha()
        and unicodedata.category(char) in ("Lu", "Ll", "Lt", "Lo")
        and unicodedata.bidirectional(char) == "L"
        and unicodedata.is_normalized("NFC", char)
    )


@cache
def signs() -> str:
    """The signs that a skeleton keeps: of no script, no marks, and in the face of the plain letters."""
    there = characters(plain_face()) & characters(plain_face(strong=True))
    found = (
        char
        for char in map(chr, sorted(there))
        if script_of(char) in UNDECIDED
        and unicodedata.category(char)[0] not in "MLN"
        and unicodedata.is_normalized("NFC", char)
    )
    return "".join(sorted({*found, *SPACES, *CONTROLS, *STEERING, _SOFT_HYPHEN, *_NO_BREAK}))


@cache
def _plain_runs() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What behaves as one letter, or one digit, and what stands for it; of Latin letters also with digits between them."""
    found: list[tuple[re.Pattern[str], str]] = []
    for script, own in plain_letters().items():
        letters = f"[{_class(own)}]"
        run = f"{letters}(?:[{_class(own + _DIGITS)}]*{letters})?" if script == "Latn" else f"{letters}+"
        found.append((re.compile(run), _LETTERS[script]))
    return (*found, (re.compile(f"[{_DIGITS}]+"), "0"))


@cache
def _any_run() -> re.Pattern[str]:
    return re.compile("|".join(run.pattern for run, _ in _plain_runs()))


@cache
def _skeletons() -> re.Pattern[str]:
    return re.compile(f"[{_class(''.join(_STANDING))}{_class(signs())}]*")


def _class(chars: str) -> str:
    """`chars` as they stand between the brackets of a pattern, neighbours as a range."""
    ranges: list[list[int]] = []
    for code in sorted(map(ord, chars)):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in ranges)
