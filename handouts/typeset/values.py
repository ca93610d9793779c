"""A printed value → its skeleton, which says how a paragraph behaves around it whatever its letters are.

Where lines may break, in which order their parts stand and which faces they need depends on *kinds* of characters: every run of
plain letters of one script behaves as one letter, every run of digits as one digit, and digits between Latin letters as these. In scripts
that have faces of their own a whole word behaves as one letter; Chinese, Japanese and Korean characters differ only in the faces
that have them. So what has been found out about a paragraph is known by the skeletons of its values ("x x-x" for Ana Díaz-López),
which tell nothing of anybody, and only their glyphs are a packet's own. Any other letter stands for itself, so that the skeleton of
a name in Thai is the name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import accumulate, pairwise
from typing import Any

from handouts.memory import remembered
from handouts.typeset.fonts import characters, families, has, plain_face
from handouts.typeset.row import Row
from handouts.typeset.shape import UNDECIDED, Setting, Shaped, script_of, shape
from handouts.typeset.shape import remembered as remembered_word
from handouts.typeset.spans import CONTROLS, SPACES, STEERING

_LETTERS = {"Latn": "x", "Cyrl": "ж", "Grek": "ω"}
_DIGITS = "0123456789"
_REACH = (*range(0x41, 0x250), *range(0x370, 0x530), *range(0x1E00, 0x1F00))  # where plain letters are looked for
_SOFT_HYPHEN, _NO_BREAK = "\xad", "\u00a0\u202f"


class Value:
    """The text of a blank, and what is found out about it while its packet is made.

    `plain` says that its `skeleton` has no letter or digit of its own; `parts` is what stands of it in holes that take a part of it.
    """

    __slots__ = ("_drawn", "_in_words", "_kinds", "_nobodys", "_shaped", "parts", "plain", "skeleton", "text")

    def __init__(self, text: str, *, nobodys: bool = False) -> None:
        self.text = text
        self._nobodys = nobodys
        kinds, self.plain = text.translate(_kinds()), True
        self._in_words = nobodys and " " in text
        if not _known().issuperset(text):
            self._in_words = False
            kinds, self.plain = _with_other_scripts(kinds)
        self._kinds = kinds
        self.skeleton = _collapsed(kinds) if kinds else text
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
                texts = [next(pieces) if _stands(char) else char for char in skeleton]
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


@cache
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
        if self.nobodys or not is_private(blank):
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


@remembered(256)
def _nobodys_value(text: str) -> Value:
    return Value(text, nobodys=True)


BLOCKS = {
    "Hebr": ("ש", range(0x5D0, 0x5EB)),
    "Deva": ("ञ", range(0x901, 0x94E)),
    "Beng": ("ঞ", range(0x980, 0xA00)),
    "Guru": ("ਞ", range(0xA00, 0xA80)),
    "Gujr": ("ઞ", range(0xA80, 0xB00)),
    "Orya": ("ଞ", range(0xB00, 0xB80)),
    "Taml": ("ஞ", range(0xB80, 0xC00)),
    "Telu": ("ఞ", range(0xC00, 0xC80)),
    "Knda": ("ಞ", range(0xC80, 0xD00)),
    "Mlym": ("ഞ", range(0xD00, 0xD80)),
    "Sinh": ("ඤ", range(0xD80, 0xE00)),
    "Ethi": ("ሀ", range(0x1200, 0x1380)),
    "Armn": ("Ա", range(0x530, 0x590)),
    "Geor": ("ა", range(0x10A0, 0x1100)),
    "Arab": ("ظ", (*range(0x621, 0x63B), *range(0x641, 0x64B), *map(ord, "پچژکگیے"))),
}
"""Scripts of which a word between spaces behaves as any other: the letter that stands for it, and where letters are looked for."""
_ENDING, _ENDS = "ژ", frozenset("ءآأؤإاةدذرزوژے")
"""What stands for an Arabic word at the end that ends with one of some letters: they join to nothing after them (Unicode, ArabicShaping)."""
_JOINS_NOTHING = "ء"
_STANDING = frozenset((*_LETTERS.values(), "0", _ENDING, *(instead for instead, _ in BLOCKS.values())))
_OTHERS = "".join(sorted(_STANDING - {"x", "0"}))
_EAST_ASIAN = re.compile("[\u3041-\u9fff\uac00-\ud7a3]")
ALIKE = {
    "Hani": range(0x4E00, 0xA000),
    "Hira": [code for code in range(0x3041, 0x3097) if chr(code) not in "ぁぃぅぇぉっゃゅょゎゕゖ"],
    "Kana": [code for code in range(0x30A1, 0x30FB) if chr(code) not in "ァィゥェォッャュョヮヵヶ"],
    "Hang": range(0xAC00, 0xD7A4),
}
"""Characters that break lines as any other of their script: no small kana, before which no line begins."""
_WORD = re.compile(" |[^ ]+")
_ALPHABETS = re.compile(f"[{''.join(_LETTERS.values())}]")
_LATIN_RUN = re.compile("x(?:[x0]*x)?")
_DIGIT_RUN = re.compile("0+")
_OTHER_RUN = re.compile(f"([{_OTHERS}])\\1+")
_RUN = re.compile("|".join((_LATIN_RUN.pattern, "0+", *(f"{char}+" for char in _OTHERS), _EAST_ASIAN.pattern)))


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
    return any(_stands(kind) and unicodedata.category(after)[0] == "M" for kind, after in pairwise(kinds))


def _with_other_scripts(kinds: str) -> tuple[str, bool]:
    """`kinds` with what stands for words, and for Chinese, Japanese and Korean characters ("": all must stand for itself).

    And whether there is nothing in it that stands for itself and could tell of anybody.
    """
    strange = set(kinds).difference(_known())
    if not unicodedata.is_normalized("NFC", kinds) or (_goes_with_letters(strange) and _ALPHABETS.search(kinds)):
        return "", False
    for script in {script_of(char) for char in kinds} & BLOCKS.keys():
        words = _words_of(script)
        if any(char in words.sub("", kinds) for char in (BLOCKS[script][0], _ENDING)):
            return "", False
        kinds = words.sub(lambda word, script=script: _instead(script, word), kinds)
    if _is_marked(kinds):
        return "", False
    alike = {char: _alike(char) for char in _EAST_ASIAN.findall(kinds)}
    others = set(kinds).difference(alike, _STANDING, _known())
    kinds = "".join([alike.get(char) or char for char in kinds])
    return kinds, not others and all(alike.values())


def _goes_with_letters(signs: Iterable[str]) -> bool:
    """Whether one of `signs` may take the letters before it into its own face, which need not have all of them."""
    return any(script_of(sign) in UNDECIDED for sign in signs)


def _instead(script: str, word: re.Match[str]) -> str:
    """What stands for the letters of `word`; how it ends matters only where nobody knows what comes after it."""
    ends = script == "Arab" and word.end() == len(word.string) and word[0][-1] in _ENDS
    return (_ENDING if ends else BLOCKS[script][0]) * len(word[0])


@cache
def _words_of(script: str) -> re.Pattern[str]:
    """A word of `script` between spaces, or before a comma, of letters that all its faces have, with the signs on them."""
    faces = [face for each in families() if script in each.scripts for face in (each.regular, each.bold)]
    there = [chr(code) for code in BLOCKS[script][1] if all(has(face, (code,)) for face in faces)]
    letters = "".join([char for char in there if unicodedata.category(char)[0] == "L" and char != _JOINS_NOTHING])
    signs = "".join([char for char in there if unicodedata.category(char) in ("Mn", "Mc") or char == _JOINS_NOTHING])
    return re.compile(f"(?<![^ ])[{letters}][{letters}{signs}]*(?![^ ,،])")


def _stands(char: str) -> bool:
    """Whether `char` of a skeleton stands for others, or for one of its kind."""
    return char in _STANDING or (char > "\u3040" and _EAST_ASIAN.match(char) is not None)


@remembered(4096)
def _alike(char: str) -> str:
    """What stands for `char`: the first of its script that breaks lines as it does and that the same faces have; "" if there is none."""
    among = next((codes for codes in ALIKE.values() if ord(char) in codes), ())
    there = _faces_with(ord(char))
    return chr(next(code for code in among if _faces_with(code) == there)) if among and any(there) else ""


def _faces_with(code: int) -> tuple[bool, ...]:
    """Which of the faces of Chinese characters have this code point."""
    faces = [face for each in families() if "Hani" in each.scripts for face in (each.regular, each.bold)]
    return tuple([has(face, (code,)) for face in faces])


def _collapsed(kinds: str) -> str:
    """`kinds` with one for each run of them; of Latin letters also with the digits between them."""
    found = _DIGIT_RUN.sub("0", _LATIN_RUN.sub("x", kinds))
    return found if kinds.isascii() else _OTHER_RUN.sub(r"\1", found)
