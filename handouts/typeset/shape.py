"""Text of one look and direction → runs of one script and face → glyphs, by HarfBuzz."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import accumulate, pairwise, takewhile
from typing import Any, cast

import uharfbuzz  # pyright: ignore[reportMissingTypeStubs]  # it has none
from fontTools import unicodedata  # pyright: ignore[reportMissingTypeStubs]  # it has none

from handouts import memory
from handouts.errors import Fault, RefusedAppointment
from handouts.typeset.fonts import Face, Glyph, candidates, has, opened, thousandth

_HB: Any = uharfbuzz
_PROPERTIES: Any = unicodedata
_PLAINLY: Any = _HB.BufferFlags.REMOVE_DEFAULT_IGNORABLES
_TOLD: Any = _HB.BufferSerializeFlags
_FLAGS_ALONE: Any = _TOLD.NO_CLUSTERS | _TOLD.NO_POSITIONS | _TOLD.NO_GLYPH_NAMES | _TOLD.GLYPH_FLAGS
_MOST_GLYPHS = 4096  # that are kept of one setting
_FINEST = 1024  # parts of a thousandth of the size that binary fractions have without a rest
_UNSAFE = 1  # HB_GLYPH_FLAG_UNSAFE_TO_BREAK
_NO_GLYPH = 0  # what stands for a missing one (ISO/IEC 14496-22 §5.1)
# Joiners and variation selectors need no glyph; special spaces and hyphens are made of plain ones.
_EVERY_FACE = frozenset((0xA0, 0x202F, 0x200C, 0x200D, 0x34F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
UNDECIDED = ("Zyyy", "Zinh", "Zzzz")
_EAST_ASIAN = ("Hani", "Hira", "Hang")
_OPENING = {")": "(", "]": "[", "}": "{", "”": "“", "’": "‘", "»": "«", "›": "‹"}  # by what closes
_OPENERS = frozenset(_OPENING.values())
_CURSIVE = ("Arab", "Syrc", "Mong", "Nkoo")


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """All that decides on the glyphs of a text beside itself.

    `exact` says that the face's units are thousandths of the size without a rest that rounding could lose. `glyphs` are the same objects for a character wherever it stands: no word can be read out of what is kept there.
    """

    face: Face
    script: str
    language: str
    rtl: bool
    exact: bool = False
    glyphs: dict[tuple[int, str, tuple[int, ...]], Glyph] = field(default_factory=dict[Any, Glyph], repr=False)


@cache
def setting(face: Face, script: str, language: str, rtl: bool) -> Setting:
    """The setting; always the same object, so that what is known of it is found at once."""
    return Setting(face, script, language, rtl, (thousandth(face) * _FINEST).is_integer())


class Shaped:
    """A text in one face and direction: its `glyphs` in the order they are drawn, and how far it moves the pen (`advance`).

    `text` is in logical order, `advance` in thousandths of the size. Shaped texts are equal if they read and look alike; what is
    remembered is the same object every time, so that whoever writes it can note in `kept` how, by a key of their own: that goes with
    the text. A cluster is a glyph or more with the
    characters they stand for, which no cursor stands between; `begins` are the first characters of the glyphs' clusters.
    """

    __slots__ = ("_flags", "_pens", "advance", "begins", "glyphs", "kept", "rtl", "text")

    def __init__(
        self,
        text: str,
        glyphs: tuple[Glyph, ...],
        *,
        rtl: bool = False,
        begins: Sequence[int] = (),
        flags: Callable[[], bytes] | bytes = b"",
        exact: bool = False,
    ) -> None:
        """`flags` are HarfBuzz's of the glyphs, or tell them; `exact`: sums of their advances are, in whichever order."""
        self.text = text
        self.glyphs = glyphs
        self.rtl = rtl
        self.begins = begins
        self.kept: dict[object, Any] = {}
        self._flags = flags
        self._pens: list[float] = []
        self.advance = sum([glyph.advance for glyph in glyphs]) if exact else sum(self.moves)

    @property
    def moves(self) -> list[float]:
        """How far each character moves the pen; the first of a cluster does, the others do not."""
        moves = [0.0] * len(self.text)
        for begin, glyph in zip(self.begins, self.glyphs, strict=False):
            moves[begin] += glyph.advance
        return moves

    @property
    def pens(self) -> list[float]:
        """How far what stands before each character, and before the end, moves the pen."""
        if not self._pens:
            self._pens = list(accumulate(self.moves, initial=0.0))
        return self._pens

    def reach(self, at: int) -> float:
        """How far what stands before character `at` moves the pen, in whichever order that is added up."""
        return self.pens[at]

    def part(self, start: int, end: int) -> Shaped | None:
        """The characters `start` to `end` alone, or None if they would look different there and must be shaped anew."""
        for edge in (start, end):
            if edge in (0, len(self.text)):
                continue
            if edge not in self.begins or self._told()[self.begins.index(edge)] & _UNSAFE:
                return None
        kept = [index for index, begin in enumerate(self.begins) if start <= begin < end]
        first, last = (kept[0], kept[-1] + 1) if kept else (0, 0)
        begins = [begin - start for begin in self.begins[first:last]]
        return Shaped(
            self.text[start:end], self.glyphs[first:last], rtl=self.rtl, begins=begins, flags=self._told()[first:last]
        )

    def settled(self) -> Shaped:
        """Itself, without what HarfBuzz holds of it; for what is kept long."""
        self._told()
        return self

    def _told(self) -> bytes:
        """HarfBuzz's flags of the glyphs."""
        if not isinstance(self._flags, bytes):
            self._flags = self._flags()
        return self._flags

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Shaped):
            return NotImplemented
        return (self.text, self.rtl, self.glyphs) == (other.text, other.rtl, other.glyphs)

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Shaped({self.text!r}, {self.glyphs!r}, rtl={self.rtl!r})"


@memory.remembered(8192)
def remembered(text: str, setting: Setting) -> Shaped:
    """`shape`, remembered; for words of templates, and of values that are nobody's own."""
    return shape(text, setting).settled()


def shape(text: str, setting: Setting, before: str = "", after: str = "") -> Shaped:
    """`text` as glyphs; kerning, ligatures, joining and mirrored signs are as the face has them for script and language.

    `before` and `after` are what it is joined to, if cursive. Raises RefusedAppointment where the face has no glyph: it was chosen for
    having them all, and nothing is left out in silence.
    """
    buffer = _HB.Buffer()
    if before or after:
        buffer.add_codepoints([ord(char) for char in f"{before}{text}{after}"], len(before), len(text))
    else:
        buffer.add_str(text)
    buffer.direction = "rtl" if setting.rtl else "ltr"
    buffer.script = setting.script
    buffer.language = setting.language
    buffer.flags = _PLAINLY
    font = opened(setting.face)
    _HB.shape(font, buffer)
    infos: Sequence[Any] = buffer.glyph_infos or ()
    positions: Sequence[Any] = buffer.glyph_positions or ()
    begins: list[int] = [info.cluster for info in infos]
    if before:
        begins = [begin - len(before) for begin in begins]
    glyphs = _glyphs(_texts(text, begins), infos, positions, setting)
    return Shaped(
        text, glyphs, rtl=setting.rtl, begins=begins, flags=partial(_flags, buffer, font), exact=setting.exact
    )


def _flags(buffer: Any, font: Any) -> bytes:
    """The flags of a shaped buffer's glyphs; HarfBuzz tells all of them at once as text ("[87|85#1|72]"), and fast."""
    told: str = buffer.serialize(font, _HB.BufferSerializeFormat.TEXT, _FLAGS_ALONE)
    each = told.strip("[]").split("|") if told.strip("[]") else []
    return bytes([int(glyph.partition("#")[2] or "0", 16) for glyph in each]) if "#" in told else bytes(len(each))


def _texts(text: str, begins: list[int]) -> Iterable[str]:
    """What each glyph stands for, of which the cluster begins there: the first one of a cluster for all of it."""
    if len(begins) == len(text) and begins == list(range(len(text))):
        return text
    found: list[str] = []
    ordered = sorted({*begins, len(text)})
    ends = dict(pairwise(ordered))
    before = -1
    for begin in begins:
        found.append("" if begin == before else text[begin : ends[begin]])
        before = begin
    return found


def _glyphs(
    texts: Iterable[str], infos: Sequence[Any], positions: Sequence[Any], setting: Setting
) -> tuple[Glyph, ...]:
    """The glyphs that stand for `texts`."""
    numbers: list[int] = [info.codepoint for info in infos]
    if _NO_GLYPH in numbers:
        missing = sorted({text for number, text in zip(numbers, texts, strict=True) if number == _NO_GLYPH})
        problem = f"{setting.face.name} was chosen for it, and has no glyph."
        raise RefusedAppointment(Fault("the typesetter", problem, "Please report this.", value=" ".join(missing)))
    places: list[tuple[int, ...]] = [each.position for each in positions]
    keys = list(zip(numbers, texts, places, strict=True))
    known = setting.glyphs
    found = list(map(known.get, keys))
    if not all(found):
        unit = thousandth(setting.face)
        for index, key in enumerate(keys):
            if found[index] is None:
                number, text, (right, up, advance, _) = key
                found[index] = made = Glyph(int(number), text, advance * unit, right * unit, up * unit)
                if len(text) <= 1 and len(known) < _MOST_GLYPHS:
                    known[key] = made
    return cast("tuple[Glyph, ...]", tuple(found))


def script_runs(text: str, language: str, opened: list[tuple[str, str]]) -> Iterator[tuple[int, int, str]]:
    """`text` as (start, end, script): what belongs to no script goes with what stands before it, at the start with what follows.

    A sign that closes goes with the one that opened, so that both of a pair look alike: quotation marks are as wide as letters in
    Chinese, and not in Latin. A dot by itself between spaces is Latin, whatever it parts. `opened` are the signs that the text
    before has opened, with their scripts; what this one opens and closes is noted there.
    """
    if text and not opened and _OPENERS.isdisjoint(text) and (only := _only_script(text)):
        yield 0, len(text), only
        return
    found = _scripts(text, language, opened)
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or found[index] != found[start]:
            yield start, index, found[start]
            start = index


def _only_script(text: str) -> str:
    """The script of a text that opens no sign, if it is the same throughout whatever the language is; else ""."""
    decided = set(map(script_of, set(text))).difference(UNDECIDED) or {"Latn"}
    script = decided.pop()
    return "" if decided or script == "Hani" or ("·" in text and script != "Latn") else script


def _scripts(text: str, language: str, opened: list[tuple[str, str]]) -> list[str]:
    found = [script_of(char) for char in text]
    before = next((script for script in found if script not in UNDECIDED), "Latn")
    for index, script in enumerate(found):
        if script in UNDECIDED:
            parts = text[index] == "·" and text[index - 1 : index] == " "
            found[index] = "Latn" if parts else _closing(text[index], opened) or before
            if text[index] in _OPENING.values():
                opened.append((text[index], found[index]))
        before = found[index]
    if any(script in _EAST_ASIAN for script in found):
        _decide_east_asian(found, language)
    return found


def _closing(char: str, opened: list[tuple[str, str]]) -> str:
    """The script of the last sign in `opened` that `char` closes ("": there is none); what was opened after it is closed too."""
    opening = _OPENING.get(char)
    for index in reversed(range(len(opened) if opening else 0)):
        if opened[index][0] == opening:
            script = opened[index][1]
            del opened[index:]
            return script
    return ""


def _decide_east_asian(found: list[str], language: str) -> None:
    """Chinese characters beside kana are Japanese, beside Hangul Korean, unless the language of the text says what they are."""
    spoken = {"ja": "Hira", "ko": "Hang", "zh": "Hani", "yue": "Hani"}.get(language.lower().split("-", 1)[0])
    start = 0
    while start < len(found):
        end = start + 1
        if found[start] in _EAST_ASIAN:
            while end < len(found) and found[end] in _EAST_ASIAN:
                end += 1
            together = set(found[start:end])
            theirs = spoken or ("Hira" if "Hira" in together else "Hang" if "Hang" in together else "Hani")
            for index in range(start, end):
                found[index] = theirs if found[index] == "Hani" else found[index]
        start = end


@memory.remembered(1024)
def script_of(char: str) -> str:
    """The script of `char`; ASCII digits count as Latin, so that numbers look the same everywhere, and all kana as one."""
    if "0" <= char <= "9":
        return "Latn"
    script = str(_PROPERTIES.script(char))
    return {"Kana": "Hira", "Hrkt": "Hira"}.get(script, script)


def face_runs(text: str, script: str, language: str, *, strong: bool) -> Iterator[tuple[int, int, Face]]:
    """`text`, all of one script, as (start, end, face): the first face that has all of it, else the first a cluster."""
    faces = candidates(script, language, strong=strong)
    needed = frozenset(map(ord, text)) - _EVERY_FACE
    for face in faces:
        if has(face, needed):
            yield 0, len(text), face
            return
    held: tuple[int, int, Face] | None = None
    for start, end in clusters(text):
        for first, last, face in _faces_of(text, start, end, faces):
            if held and held[2] == face:
                held = held[0], last, face
                continue
            if held:
                yield held
            held = first, last, face
    if held:
        yield held


def _faces_of(text: str, start: int, end: int, faces: Sequence[Face]) -> Iterator[tuple[int, int, Face]]:
    """The face of a cluster, or of each of its characters where no face has them all."""
    face = first_with(text[start:end], faces)
    if face or end == start + 1:
        yield start, end, face or faces[0]
        return
    for index in range(start, end):
        yield index, index + 1, first_with(text[index], faces) or faces[0]


def first_with(text: str, faces: Sequence[Face]) -> Face | None:
    """The first of `faces` that has all of `text`."""
    needed = frozenset(map(ord, text)) - _EVERY_FACE
    return next((face for face in faces if has(face, needed)), None)


def clusters(text: str) -> Iterator[tuple[int, int]]:
    """The parts of `text` that stay in one face: a character with the marks and joiners after it."""
    start = 0
    for index in range(1, len(text)):
        if ord(text[index]) not in _EVERY_FACE - {0xA0, 0x202F} and not _PROPERTIES.category(text[index]).startswith(
            "M"
        ):
            yield start, index
            start = index
    if text:
        yield start, len(text)


def context(text: str, start: int, end: int, script: str) -> tuple[str, str]:
    """What stands beside characters `start` to `end` of `text` as far as cursive letters join to it."""
    if script not in _CURSIVE:
        return "", ""
    before = "".join(takewhile(_joins, reversed(text[max(0, start - 3) : start])))[::-1]
    return before, "".join(takewhile(_joins, text[end : end + 3]))


def _joins(char: str) -> bool:
    return char == "\u200d" or script_of(char) in (*_CURSIVE, "Zinh")
