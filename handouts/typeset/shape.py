"""Text of one look and direction → runs of one script and face → glyphs, by HarfBuzz."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import uharfbuzz  # pyright: ignore[reportMissingTypeStubs]  # it has none
from fontTools import unicodedata  # pyright: ignore[reportMissingTypeStubs]  # it has none

from handouts import memory
from handouts.typeset.fonts import Face, Glyph, candidates, characters, opened, thousandth

_HB: Any = uharfbuzz
_PROPERTIES: Any = unicodedata
_UNSAFE = 1  # HB_GLYPH_FLAG_UNSAFE_TO_BREAK
# Joiners and variation selectors need no glyph; special spaces and hyphens are made of plain ones.
_EVERY_FACE = frozenset((0xA0, 0x202F, 0x200C, 0x200D, 0x34F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
_UNDECIDED = ("Zyyy", "Zinh", "Zzzz")
_EAST_ASIAN = ("Hani", "Hira", "Hang")
_OPENING = {")": "(", "]": "[", "}": "{", "”": "“", "’": "‘", "»": "«", "›": "‹"}  # by what closes
_CURSIVE = ("Arab", "Syrc", "Mong", "Nkoo")


@dataclass(frozen=True, slots=True)
class Cluster:
    """Characters `start` to `end` of a run, which no cursor stands between, and their glyphs in the order they are drawn.

    `advance` is in thousandths of the size; `joined` says that what stands before has a say in how it looks.
    """

    start: int
    end: int
    glyphs: tuple[Glyph, ...]
    advance: float
    joined: bool


@dataclass(frozen=True, slots=True)
class Shaped:
    """A text in one face and direction as clusters in logical order."""

    clusters: tuple[Cluster, ...]
    rtl: bool

    @property
    def glyphs(self) -> tuple[Glyph, ...]:
        """All glyphs in the order they are drawn."""
        ordered = reversed(self.clusters) if self.rtl else self.clusters
        return tuple(glyph for cluster in ordered for glyph in cluster.glyphs)

    @property
    def advance(self) -> float:
        """How far all of it moves the pen, in thousandths of the size."""
        return sum(cluster.advance for cluster in self.clusters)

    def part(self, start: int, end: int) -> Shaped | None:
        """The characters `start` to `end` alone, or None if they would look different there and must be shaped anew."""
        kept = tuple(each for each in self.clusters if each.start >= start and each.end <= end)
        if not kept or kept[0].start != start or kept[-1].end != end or (start and kept[0].joined):
            return None
        after = next((each for each in self.clusters if each.start == end), None)
        return None if after and after.joined else Shaped(kept, self.rtl)


@dataclass(frozen=True, slots=True)
class Setting:
    """All that decides on the glyphs of a text beside itself; `before` and `after` are what it is joined to, if cursive."""

    face: Face
    script: str
    language: str
    rtl: bool
    before: str = ""
    after: str = ""


@memory.remembered(8192)
def remembered(text: str, setting: Setting) -> Shaped:
    """`shape`, remembered; for the words of templates only, never for a patient's values."""
    return shape(text, setting)


def shape(text: str, setting: Setting) -> Shaped:
    """`text` as glyphs; kerning, ligatures, joining and mirrored signs are as the face has them for script and language."""
    buffer = _HB.Buffer()
    whole = f"{setting.before}{text}{setting.after}"
    buffer.add_codepoints([ord(char) for char in whole], len(setting.before), len(text))
    buffer.direction = "rtl" if setting.rtl else "ltr"
    buffer.script = setting.script
    buffer.language = setting.language
    buffer.flags = _HB.BufferFlags.REMOVE_DEFAULT_IGNORABLES
    _HB.shape(opened(setting.face), buffer)
    return Shaped(tuple(_clusters(text, buffer, setting)), setting.rtl)


def _clusters(text: str, buffer: Any, setting: Setting) -> Iterator[Cluster]:
    unit = thousandth(setting.face)
    infos, positions, offset = buffer.glyph_infos, buffer.glyph_positions, len(setting.before)
    groups: dict[int, list[tuple[Any, Any]]] = {}
    for info, position in zip(infos or (), positions or (), strict=True):
        groups.setdefault(int(info.cluster) - offset, []).append((info, position))
    starts = sorted(groups)
    if text and (not starts or starts[0] > 0):
        starts.insert(0, 0)
        groups.setdefault(0, [])
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        glyphs = tuple(
            Glyph(
                int(info.codepoint),
                "" if index else text[start:end],
                position.x_advance * unit,
                position.x_offset * unit,
                position.y_offset * unit,
            )
            for index, (info, position) in enumerate(groups[start])
        )
        joined = bool(groups[start]) and bool(int(groups[start][0][0].flags) & _UNSAFE)  # the same for all of a cluster
        yield Cluster(start, end, glyphs, sum(glyph.advance for glyph in glyphs), joined)


def script_runs(text: str, language: str, opened: list[tuple[str, str]]) -> Iterator[tuple[int, int, str]]:
    """`text` as (start, end, script): what belongs to no script goes with what stands before it, at the start with what follows.

    A sign that closes goes with the one that opened, so that both of a pair look alike: quotation marks are as wide as letters in
    Chinese, and not in Latin. A dot by itself between spaces is Latin, whatever it parts. `opened` are the signs that the text
    before has opened, with their scripts; what this one opens and closes is noted there.
    """
    found = _scripts(text, language, opened)
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or found[index] != found[start]:
            yield start, index, found[start]
            start = index


def _scripts(text: str, language: str, opened: list[tuple[str, str]]) -> list[str]:
    found = [script_of(char) for char in text]
    before = next((script for script in found if script not in _UNDECIDED), "Latn")
    for index, script in enumerate(found):
        if script in _UNDECIDED:
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


@memory.remembered(4096)
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
        if needed <= characters(face):
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
    return next((face for face in faces if needed <= characters(face)), None)


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
