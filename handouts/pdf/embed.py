"""The glyphs met in a document → its fonts: subsets of the faces, addressed by glyph, that say what each glyph stands for.

A font is composite with one CIDFontType2 descendant under Identity-H (ISO 32000-1 §9.7). A code is given to every pair of a
glyph and the text it stands for: a glyph that stands for two texts has two codes, so that text can be taken out of the file as it
was put in (§9.10.3, ISO 19005-2 §6.2.11.7.2, ISO 14289-1 §7.21.7). Codes depend on which pairs are met, not on their order.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from typing import Any, cast

from handouts.pdf.file import QUICK, TIGHT, File, name, numbers, packed_bytes, stream
from handouts.pdf.truetype import Outlines
from handouts.typeset import fonts as faces
from handouts.typeset.fonts import Face, Glyph
from handouts.typeset.holes import Hole
from handouts.typeset.row import Row
from handouts.typeset.shape import Shaped

_MOST_CODES = 65536
_ENTRIES = 100  # the most that one part of a table of texts may hold (Adobe Technical Note 5014)
_NEGLIGIBLE = 0.5  # thousandths of the size by which a glyph may stand beside its place
_UNSEEN = 0.005  # and by which a piece may end beside its end

# What a glyph after the first of its cluster stands for, where nobody reads the text that is said in its stead.
_NO_TEXT = "\u200b"

PLACE = "\ue000"
"""What stands in operators where the codes of a hole come, or a number that depends on one; no operator has this character."""
_HOLE = ((0.0, PLACE),)

_ESCAPES = {ord("("): "\\(", ord(")"): "\\)", ord("\\"): "\\\\", ord("\r"): "\\r", ord("\n"): "\\n"}

Pair = tuple[int, str]
Used = Mapping[Face, frozenset[Pair]]


def used(texts: Iterable[tuple[Face, Iterable[Glyph]]]) -> Used:
    """The pairs of glyph and text in `texts`, by face; a space of every face among them, for the ends of lines."""
    found: dict[Face, set[Pair]] = {}
    for face, glyphs in texts:
        if face not in found:
            found[face] = {space(face)}
        found[face].update([(glyph.number, glyph.text) for glyph in glyphs])
    return {face: frozenset(found[face]) for face in sorted(found, key=lambda face: face.name)}


def united(one: Used, other: Used) -> Used:
    """All pairs of both."""
    both = {face: one.get(face, frozenset()) | other.get(face, frozenset()) for face in (*one, *other)}
    return {face: both[face] for face in sorted(both, key=lambda face: face.name)}


def space(face: Face) -> Pair:
    """The space of `face` as a pair; the glyph that stands for a missing one if it has none."""
    return opened(face).space, " "


@dataclass(frozen=True, slots=True)
class Measures:
    """What a font's descriptor says of a face (ISO 32000-1 §9.8), in thousandths of the size; `unit` is one of the face's."""

    unit: float
    box: tuple[int, ...]
    ascent: int
    descent: int
    capitals: int
    slant: float
    stem: int
    glyphs: int

    def descriptor(self, base: str, flags: int, program: int) -> str:
        """The font descriptor of a subset called `base` whose program is the object `program`."""
        slanted = flags | (64 if self.slant else 0)
        return (
            f"<</Type/FontDescriptor/FontName{base}/Flags {slanted}/FontBBox[{numbers(self.box)}]"
            f"/ItalicAngle {numbers((self.slant,))}/Ascent {self.ascent}/Descent {self.descent}"
            f"/CapHeight {self.capitals}/StemV {self.stem}/FontFile2 {program} 0 R>>"
        )


class Opened:
    """A face opened for writing, once in a process."""

    def __init__(self, face: Face) -> None:
        self._font: Any = faces.opened(face)
        self.measures = _measures(self._font.face)
        self.outlines = Outlines(face.path)
        self.space = self.glyph(0x20)
        self._widths: dict[int, float] = {}

    def glyph(self, character: int) -> int:
        """The glyph of a code point; 0 for one that the face does not have."""
        return int(self._font.get_nominal_glyph(character) or 0)

    def width(self, glyph: int) -> float:
        """The width that the face itself gives `glyph`, in thousandths of the size, as it is written in the file."""
        if glyph not in self._widths:
            self._widths[glyph] = round(self._font.get_glyph_h_advance(glyph) * self.measures.unit, 2)
        return self._widths[glyph]


@cache
def opened(face: Face) -> Opened:
    """`face`, opened once. Raises OSError if the file is not there."""
    return Opened(face)


@dataclass(frozen=True, slots=True)
class Program:
    """A font program as it stands in a file: packed, and its length unpacked."""

    packed: bytes
    length: int

    @classmethod
    def of(
        cls, face: Face, glyphs: Sequence[int], characters: Mapping[int, int] | None = None, *, level: int = TIGHT
    ) -> Program:
        """These glyphs of `face` in this order, as `Outlines.program` has them."""
        program = opened(face).outlines.program(glyphs, characters)
        return cls(packed_bytes(program, level), len(program))

    def written(self, file: File) -> int:
        """The number of the program's stream."""
        return file.stream(f"/Length1 {self.length}/Filter/FlateDecode", self.packed, packed=False)


class Font:
    """One face of a document: how its glyphs are written in a page's content, and its objects.

    `dense`: codes follow one another, for a small font that nothing is shared with.
    """

    def __init__(self, face: Face, pairs: frozenset[Pair], key: str, *, dense: bool = False) -> None:
        self.key = key
        self._dense = dense
        self._face = face
        self._opened = opened(face)
        self._codes = _dense(pairs) if dense else _codes(pairs, self._opened.measures.glyphs)
        self._shown = _Shown(self._codes, self._opened)
        self._space = _literal(self._codes[space(face)])

    def covers(self, pieces: Iterable[Shaped]) -> bool:
        """Whether all glyphs of `pieces`, with the texts they stand for, are in it."""
        try:
            for piece in pieces:
                self._lines(piece)
        except KeyError:
            return False
        return True

    def shown(self, pieces: Sequence[Shaped], size: float, *, spaced: bool) -> str:
        """The operators that show `pieces` where the pen stands, and a space after them if `spaced` (§9.4.3).

        A glyph stands where the typesetter put it, to half a thousandth of the size, whatever the face's own widths are. Raises
        KeyError for a glyph, with the text it stands for, that is not in the font.
        """
        last = self._space if spaced else ""
        if len(pieces) == 1:
            lines = self._lines(pieces[0])
            if len(lines) == 1:
                return f"[({lines[0][1]}{last})]TJ"
        return self._joined([line for piece in pieces for line in self._lines(piece)], last, size)

    def inline(self, piece: Shaped, size: float) -> str | None:
        """What stands in the place of a hole, within a string of this font, if it is `piece`; None if it has no glyphs for that."""
        try:
            lines = piece.kept.get(self) or self._lines(piece)
        except KeyError:
            return None
        if len(lines) == 1 and not lines[0][0]:
            return lines[0][1]
        return f")]TJ {self._joined(lines, '', size)} [("

    @property
    def space(self) -> str:
        """The code of a space."""
        return self._space

    def _joined(self, lines: Sequence[tuple[float, str]], last: str, size: float) -> str:
        """Codes at their heights above the baseline, as operators; what is shown later stands on the baseline again."""
        parts: list[str] = []
        risen = 0.0
        held = ""
        for up, codes in lines:
            if up != risen:
                if held:
                    parts.append(f"[({held})]TJ")
                    held = ""
                parts.append(f"{numbers((up * size / 1000,))} Ts")
                risen = up
            held += codes
        if risen and last:
            parts += (f"[({held})]TJ", "0 Ts", f"[({last})]TJ")
        elif risen:
            parts += (f"[({held})]TJ", "0 Ts")
        else:
            parts.append(f"[({held}{last})]TJ")
        return " ".join(parts)

    def _lines(self, piece: Shaped) -> Sequence[tuple[float, str]]:
        """The codes of `piece`, each stretch of them at one height above the baseline, as they stand in a string.

        They are kept with it, but for a packet's own font: that is not to live as long as words that all packets have.
        """
        if isinstance(piece, Hole):
            return _HOLE
        if self._dense:
            return self._coded(piece.glyphs)
        found = piece.kept.get(self)
        if found is None:
            if isinstance(piece, Row):
                found = _united([word.kept.get(self) or self._lines(word) for word in piece.words])
            else:
                found = self._coded(piece.glyphs)
            piece.kept[self] = found
        return found

    def _coded(self, glyphs: Sequence[Glyph]) -> Sequence[tuple[float, str]]:
        plain = self._shown.each_alone(glyphs)
        return [(0.0, "".join(plain))] if all(plain) else self._placed(glyphs)

    def _placed(self, glyphs: Iterable[Glyph]) -> Sequence[tuple[float, str]]:
        shown = self._shown
        lines: list[tuple[float, str]] = []
        codes: list[str] = []
        pen = wanted = risen = 0.0
        for glyph in glyphs:
            code, width = shown[glyph.number, glyph.text]
            if glyph.up != risen:
                lines.append((risen, "".join(codes)))
                codes, risen = [], glyph.up
            off = wanted + glyph.right - pen
            if off > _NEGLIGIBLE or off < -_NEGLIGIBLE:
                codes.append(f"){numbers((-off,))}(")
                pen += off
            codes.append(code)
            pen += width
            wanted += glyph.advance
        off = wanted - pen
        if off > _UNSEEN or off < -_UNSEEN:
            codes.append(f"){numbers((-off,))}(")  # what follows begins where it should
        lines.append((risen, "".join(codes)))
        return [line for line in lines if line[1]] or [(0.0, "")]

    def written(self, file: File) -> int:
        """The number of the font's dictionary."""
        base, program, places, widths, texts = self._parts
        descriptor = file.add(self._opened.measures.descriptor(base, 4, program.written(file)))
        to_glyphs = f"{file.add_stream(places)} 0 R" if places else "/Identity"
        descendant = file.add(
            f"<</Type/Font/Subtype/CIDFontType2/BaseFont{base}"
            "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            f"/FontDescriptor {descriptor} 0 R/DW {numbers((self._opened.width(0),))}/W[{widths}]"
            f"/CIDToGIDMap {to_glyphs}>>"
        )
        return file.add(
            f"<</Type/Font/Subtype/Type0/BaseFont{base}/Encoding/Identity-H"
            f"/DescendantFonts[{descendant} 0 R]/ToUnicode {file.add_stream(texts)} 0 R>>"
        )

    @cached_property
    def _parts(self) -> tuple[str, Program, bytes, str, bytes]:
        """Its name, its program, the glyphs of its codes, their widths and their texts: all that is in it wherever it stands.

        The codes of a packet's own font are the numbers of its glyphs, and it is packed for one packet alone.
        """
        codes = self._codes
        base = name(f"{_tag(self._face, codes)}+{self._face.name}")
        widths = _runs({code: self._opened.width(glyph) for (glyph, _), code in codes.items()})
        texts = _to_unicode({code: text for (_, text), code in codes.items()})
        level = QUICK if self._dense else TIGHT
        if self._dense:
            glyphs, places = (0, *(glyph for glyph, _ in codes)), b""
        else:
            glyphs = tuple(sorted({0, *(glyph for glyph, _ in codes)}))
            places = stream("", _places(codes, glyphs), level=level)
        return base, Program.of(self._face, glyphs, level=level), places, widths, stream("", texts, level=level)


def _united(words: Sequence[Sequence[tuple[float, str]]]) -> Sequence[tuple[float, str]]:
    lines = [line for word in words for line in word]
    return lines if any(up for up, _ in lines) else [(0.0, "".join([codes for _, codes in lines]))]


class _Shown(dict[Pair, tuple[str, float]]):
    """How each pair is written in a string, and how far it moves the pen by itself, once they are asked for."""

    def __init__(self, codes: Mapping[Pair, int], opened: Opened) -> None:
        super().__init__()
        self._codes = codes
        self._opened = opened

        self._alone: dict[Glyph, str] = {}

    def __missing__(self, pair: Pair) -> tuple[str, float]:
        found = self[pair] = _literal(self._codes[pair]), self._opened.width(pair[0])
        return found

    def each_alone(self, glyphs: Sequence[Glyph]) -> Sequence[str]:
        """How each of `glyphs` is written whatever is beside it; "" for one that does not stand on the baseline where the pen is."""
        found = list(map(self._alone.get, glyphs))
        return [self._written_alone(glyph) for glyph in glyphs] if None in found else cast("list[str]", found)

    def _written_alone(self, glyph: Glyph) -> str:
        code, width = self[glyph.number, glyph.text]
        off = glyph.advance - width
        seen = off > _NEGLIGIBLE or off < -_NEGLIGIBLE
        kept = "" if glyph.right or glyph.up or (off and not seen) else f"{code}){numbers((-off,))}(" if off else code
        self._alone[glyph] = kept
        return kept


def _codes(pairs: frozenset[Pair], glyphs: int) -> Mapping[Pair, int]:
    """A code for every pair: a glyph's own number for the first of its texts, numbers that no glyph has for the others."""
    first: dict[int, Pair] = {}
    others: list[Pair] = []
    for pair in sorted(pairs):
        if pair[0] in first:
            others.append(pair)
        elif pair[0]:
            first[pair[0]] = pair
        else:
            others.append(pair)
    free = (code for code in chain(range(glyphs, _MOST_CODES), range(1, glyphs)) if code not in first)
    return {**{pair: code for code, pair in first.items()}, **dict(zip(others, free, strict=False))}


def _dense(pairs: frozenset[Pair]) -> Mapping[Pair, int]:
    """Codes from 1 in the order of the pairs."""
    return {pair: code for code, pair in enumerate(sorted(pairs), 1)}


def _literal(code: int) -> str:
    """A code as it stands in a string in round brackets (§7.3.4.2), a character a byte."""
    return "".join(_ESCAPES.get(byte) or chr(byte) for byte in code.to_bytes(2, "big"))


def _places(codes: Mapping[Pair, int], glyphs: Sequence[int]) -> bytes:
    """For every code the place of its glyph among `glyphs` (§9.7.4.2)."""
    numbered = {glyph: number for number, glyph in enumerate(glyphs)}
    places = bytearray(2 * (max(codes.values()) + 1))
    for (glyph, _), code in codes.items():
        places[2 * code : 2 * code + 2] = numbered[glyph].to_bytes(2, "big")
    return bytes(places)


def _tag(face: Face, codes: Mapping[Pair, int]) -> str:
    """Six capitals that tell this subset from others of the face (§9.6.4)."""
    digest = hashlib.sha256(repr((face.name, sorted(codes.items()))).encode()).digest()
    return "".join(chr(65 + byte % 26) for byte in digest[:6])


def _runs(widths: Mapping[int, float]) -> str:
    """The widths of codes as §9.7.4.3 has them: the first of neighbours, and the width of each."""
    shown: list[str] = []
    before = -2
    for code in sorted(widths):
        shown.append(numbers((widths[code],)) if code == before + 1 else f"]{code}[{numbers((widths[code],))}")
        before = code
    return " ".join(shown).removeprefix("]") + "]" if shown else ""


def _to_unicode(texts: Mapping[int, str]) -> bytes:
    """The table of what each code stands for (§9.10.3)."""
    lines = [f"<{code:04X}><{(texts[code] or _NO_TEXT).encode('utf-16-be').hex().upper()}>" for code in sorted(texts)]
    parts = [lines[start : start + _ENTRIES] for start in range(0, len(lines), _ENTRIES)]
    tables = "\n".join(f"{len(part)} beginbfchar\n{chr(10).join(part)}\nendbfchar" for part in parts)
    return (
        "/CIDInit/ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
        "/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n{tables}\n"
        "endcmap CMapName currentdict/CMap defineresource pop end end"
    ).encode()


def _measures(face: Any) -> Measures:
    """Read from the face's tables `head`, `hhea`, `OS/2` and `post` (ISO/IEC 14496-22 §5)."""

    def table(tag: str) -> bytes:
        return bytes(face.reference_table(tag).data)

    head, hhea, os2, post = (table(tag) for tag in ("head", "hhea", "OS/2", "post"))
    unit = 1000 / struct.unpack_from(">H", head, 18)[0]

    def scaled(value: int) -> int:
        return round(value * unit)

    box = tuple(map(scaled, struct.unpack_from(">4h", head, 36)))
    ascent, descent = map(scaled, struct.unpack_from(">2h", hhea, 4))
    weight = struct.unpack_from(">H", os2, 4)[0] if len(os2) >= 6 else 400
    has_capitals = len(os2) >= 90 and struct.unpack_from(">H", os2, 0)[0] >= 2
    capitals = scaled(struct.unpack_from(">h", os2, 88)[0]) if has_capitals else round(ascent * 0.7)
    slant = struct.unpack_from(">i", post, 4)[0] / 65536 if len(post) >= 8 else 0.0
    stem = round(50 + (weight / 65) ** 2)
    return Measures(unit, box, ascent, descent, capitals, slant, stem, int(face.glyph_count))
