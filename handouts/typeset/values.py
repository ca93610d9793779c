"""A printed value → its skeleton, which says how a paragraph behaves around it whatever its letters are.

Where lines may break, in which order their parts stand and which faces they need depends on *kinds* of characters: every run of
plain letters of one script behaves as one letter, every run of digits as one digit, and digits between Latin letters as these. So
what has been found out about a paragraph is known by the skeletons of its values ("x x-x" for Ana Díaz-López), which tell nothing
of anybody, and only their glyphs are a packet's own. Any other letter stands for itself, so that the skeleton of a name in another
script is the name; that of a date in Chinese is the same for many. So is one in Arabic or Hindi, for a word between spaces behaves
as any other in these scripts too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from itertools import accumulate, pairwise
from typing import Any

from handouts.memory import remembered
from handouts.typeset.fonts import characters, families, has, plain_face
from handouts.typeset.shape import UNDECIDED, Row, Setting, Shaped, script_of, shape
from handouts.typeset.shape import remembered as remembered_word
from handouts.typeset.spans import CONTROLS, SPACES, STEERING

_LETTERS = {"Latn": "x", "Cyrl": "ж", "Grek": "ω"}
_DIGITS = "0123456789"
_REACH = (*range(0x41, 0x250), *range(0x370, 0x530), *range(0x1E00, 0x1F00))  # where plain letters are looked for
_SOFT_HYPHEN, _NO_BREAK = "\xad", "\u00a0\u202f"


class Value:
    """The text of a blank, and what is found out about it while its packet is made.

    `plain` says that its `skeleton` has no letter or digit of its own; `parts` is what stands of it in holes that take a part of
    it.
    """

    __slots__ = ("_drawn", "_in_words", "_kinds", "_nobodys", "_shaped", "parts", "plain", "skeleton", "text")

    def __init__(self, text: str, *, nobodys: bool = False) -> None:
        self.text = text
        self._nobodys = nobodys
        self.plain = _known().issuperset(text)
        kinds = text.translate(_kinds())
        if not self.plain:
            kinds = "" if _is_marked(kinds) else _with_words(kinds)
        self._kinds = kinds
        self.skeleton = _collapsed(kinds) if self._kinds else text
        self._in_words = nobodys and self.plain and " " in text
        self._shaped: dict[tuple[Setting, str, str, str], Shaped] = {}
        self._drawn: dict[str, tuple[str, list[int]]] = {}
        self.parts: dict[object, Shaped] = {}

    def as_it_is(self) -> Value:
        """The value as its own skeleton, for lines in which its letters must be divided."""
        found = Value(self.text, nobodys=self._nobodys)
        found.plain, found.skeleton, found._kinds = False, self.text, ""
        return found

    def drawn(self, skeleton: str) -> tuple[str, list[int]]:
        """What is drawn where the `skeleton` is drawn like this, and where each character of the skeleton begins in it."""
        found = self._drawn.get(skeleton)
        if found is None:
            if self._kinds:
                pieces = (self.text[run.start() : run.end()] for run in _RUN.finditer(self._kinds))
                texts = [next(pieces) if char in _STANDING else char for char in skeleton]
                found = "".join(texts), list(accumulate(map(len, texts), initial=0))
            else:
                found = skeleton, list(range(len(skeleton) + 1))
            self._drawn[skeleton] = found
        return found

    def shaped(self, text: str, setting: Setting, before: str = "", after: str = "") -> Shaped:
        """`text`, which is part of it, shaped once; what is nobody's own is remembered, plain words one by one."""
        key = setting, text, before, after
        found = self._shaped.get(key)
        if found is None:
            if self._in_words:
                found = Row([remembered_word(word, setting) for word in _WORD.findall(text)])
            elif self._nobodys and not (before or after):
                found = remembered_word(text, setting)
            else:
                found = shape(text, setting, before, after)
            self._shaped[key] = found
        return found


def is_private(blank: str) -> bool:
    """Whether what stands in `blank` may be a patient's own, and is to be forgotten with the packet."""
    return varies(blank) and blank not in _VISITS


def varies(blank: str) -> bool:
    """Whether what stands in `blank` is another in most packets."""
    return blank not in _CLINICS


_CLINICS = frozenset(
    {
        *("clinic_name", "clinic_phone", "after_hours_phone", "emergency_number", "crisis_line", "clinic_zone"),
        *("location_name", "location_address", "clinician_name", "discussed_by_name", "escort_min_age"),
        *("visit_length", "duration", "planned_duration", "recovery", "monitoring_interval"),
        *("issued_zone", "template", "languages"),
    }
)
"""The blanks that say something of a clinic, its staff or its way to do things."""
_VISITS = frozenset(
    {
        *("appointment_date", "arrival", "start", "ready_to_leave", "consent_until", "issued_at"),
        *("fatty_meal_until", "light_meal_until", "clear_liquid_until", "alcohol_until", "cannabis_until"),
        *("drive_after", "drive_day", "decisions_after", "alcohol_after", "sedatives_after", "stay_until"),
        *("visit_number", "series_total"),
    }
)
"""The blanks that say something of a visit, whoever comes."""


_DATES = frozenset({"birth_date"})
"""Blanks that are a patient's own, with no other letters than the names of months: their skeletons are those of many."""


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

    def skeleton_tells(self, value: Value, blank: str) -> bool:
        """Whether the skeleton of `value`, which stands in `blank`, does."""
        return not value.plain and self.tells(blank) and (blank not in _DATES or value.skeleton == value.text)


@remembered(1024)
def _nobodys_value(text: str) -> Value:
    return Value(text, nobodys=True)


_WORDS = {
    "Arab": ("ظ", (*range(0x621, 0x63B), *range(0x641, 0x64B), *map(ord, "پچژکگیے"))),
    "Deva": ("ञ", (*range(0x901, 0x93A), 0x93C, *range(0x93E, 0x94E))),
}
"""Letters, and signs on them, of which words between spaces behave as any other, and the letter that stands for such a word."""
_STANDING = frozenset((*_LETTERS.values(), "0", *(instead for instead, _ in _WORDS.values())))
_WORD = re.compile(" |[^ ]+")
_LATIN_RUN = re.compile("x(?:[x0]*x)?")
_DIGIT_RUN = re.compile("0+")
_OTHER_RUN = re.compile("([жωظञ])\\1+")
_RUN = re.compile(f"{_LATIN_RUN.pattern}|0+|ж+|ω+|ظ+|ञ+")


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
def _kinds() -> Mapping[int, str]:
    """What stands for plain letters, by script, and for digits; all else stands for itself."""
    found = dict.fromkeys(map(ord, _DIGITS), "0")
    for script, letters in plain_letters().items():
        found.update(dict.fromkeys(map(ord, letters), _LETTERS[script]))
    return found


@cache
def _known() -> frozenset[str]:
    """The characters that tell nothing of anybody in a skeleton."""
    return frozenset((*map(chr, _kinds()), *signs()))


def _is_marked(kinds: str) -> bool:
    """Whether a mark stands on one of the letters that behave as any other; then they do not."""
    return any(kind in _STANDING and unicodedata.category(after)[0] == "M" for kind, after in pairwise(kinds))


def _with_words(kinds: str) -> str:
    """`kinds` with what stands for the words between two spaces, in scripts in which these join nothing and break nowhere."""
    for script, (instead, codes) in _WORDS.items():
        if not set(map(ord, kinds)).isdisjoint(codes):
            if instead in kinds or not unicodedata.is_normalized("NFC", kinds):
                return ""
            kinds = _word_between(script).sub(lambda word, instead=instead: instead * len(word[0]), kinds)
    return kinds


@cache
def _word_between(script: str) -> re.Pattern[str]:
    """A word of `script` between two spaces, of letters that all its faces have."""
    faces = [face for each in families() if script in each.scripts for face in (each.regular, each.bold)]
    there = (code for code in _WORDS[script][1] if all(has(face, (code,)) for face in faces))
    return re.compile(f"(?<= )[{''.join(map(chr, there))}]{{2,}}(?= )")


def _collapsed(kinds: str) -> str:
    """`kinds` with one for each run of them; of Latin letters also with the digits between them."""
    found = _DIGIT_RUN.sub("0", _LATIN_RUN.sub("x", kinds))
    return found if kinds.isascii() else _OTHER_RUN.sub(r"\1", found)
