"""Text, lines, boxes and pictures in their places → operators of a page's content (ISO 32000-1 §8, §9).

Positions come in points, y downwards, from whatever corner the page moves the brush to; PDF has y upwards (§8.3.2).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from handouts.pdf.embed import PLACE, Font
from handouts.pdf.file import in_utf_16, number, numbers, text_string
from handouts.typeset.fonts import Face
from handouts.typeset.holes import Hole, Open, has_holes, read
from handouts.typeset.marks import Glyphs
from handouts.typeset.row import Row
from handouts.typeset.shape import Shaped
from handouts.typeset.style import Colour

Point = tuple[float, float]


class Artifact(Enum):
    """What is on a page and is no content of the document (§14.8.2.2)."""

    LAYOUT = "/Type/Layout"
    HEADER = "/Type/Pagination/Subtype/Header/Attached[/Top]"
    FOOTER = "/Type/Pagination/Subtype/Footer/Attached[/Bottom]"
    WATERMARK = "/Type/Pagination/Subtype/Watermark"
    REPEATED = "/Type/Pagination"

    @property
    def tag(self) -> str:
        """What opens it in a page's content."""
        return f"/Artifact<<{self.value}>>BDC"


_ORDERED = "ordered"
"""Under which it is kept with a shaped text whether its glyphs give it in order."""


class NotCovered(KeyError):
    """Glyphs that are not in the fonts at hand."""


class Codes(NamedTuple):
    """The place of a hole's glyphs within a string, in type of `size` points of `font`.

    If that is None, no font at hand has the face: then it is the place of operators that choose one, and of a space if `spaced`.
    """

    hole: Hole
    face: Face
    size: float
    font: Font | None
    spaced: bool


class Said(NamedTuple):
    """The place of a hole's text, in hexadecimal digits of UTF-16."""

    hole: Hole


Place = Codes | Said | Open
"""What the values of a packet give; a length is a place for its number."""


class Brush:
    """Paints one stretch of content; font and colours are unknown at its beginning, and kept while it goes on.

    Where there is a hole, or something depends on what is in one, it leaves a place. In `unordered` holes the glyphs do not give
    their text in its order.
    """

    def __init__(self, *fonts: Mapping[Face, Font], unordered: Collection[Hole] = ()) -> None:
        self._parts: list[str] = []
        self._places: list[Place] = []
        self._unordered = unordered
        self._fonts = fonts
        self._look: tuple[str, float] | None = None
        self._ink: Colour | None = None
        self._state: dict[str, str] = {}
        self._pen: tuple[float, float] | None = None

    def taken(self) -> str:
        """What was painted since this was asked last."""
        self._end_line()
        parts, self._parts = self._parts, []
        return "\n".join(parts)

    def taken_with_places(self) -> tuple[str, tuple[Place, ...]]:
        """The same with a "%s" for each place in it, and the places."""
        text, places = self.taken(), tuple(self._places)
        self._places = []
        return text.replace("%", "%%").replace(PLACE, "%s"), places

    def glyphs(self, mark: Glyphs, down: float) -> None:
        """`mark`, `down` points lower; where its glyphs do not give the text in order, it is said (`ActualText`, §14.9.4).

        Raises NotCovered for glyphs that are in none of the fonts.
        """
        self._move(mark.x, -mark.y - down)
        said = self._said(mark)
        if said:
            self._parts.append(f"/Span<</ActualText {said}>>BDC")
        self._show(mark, spaced=mark.spaced)
        if said:
            self._parts.append("EMC")

    def turned(self, mark: Glyphs, direction: Point) -> None:
        """`mark` in this direction (cosine, sine); raises as `glyphs`."""
        cosine, sine = direction
        matrix = f"{cosine:.5f} {sine:.5f} {-sine:.5f} {cosine:.5f} {number(mark.x)} {number(-mark.y)} Tm"
        self._end_line()
        self._parts.append(f"BT {matrix}")
        self._show(mark, spaced=False)
        self._parts.append("ET")

    def _move(self, x: float, y: float) -> None:
        """Moves the pen to `x` and `y`: within a line from where the glyphs before begin, so that most places depend on one hole."""
        across, down = x, y
        if self._pen and self._pen[1] == y:
            across, down = x - self._pen[0], 0.0
        else:
            self._end_line()
            self._parts.append("BT")
        if isinstance(across, Open):
            across = across.settled()
        if isinstance(across, Open):
            self._places.append(across)
        self._parts.append(f"{PLACE if isinstance(across, Open) else number(across)} {number(down)} Td")
        self._pen = x, y

    def _end_line(self) -> None:
        """Ends the line that glyphs stand in, if there is one (§9.4.1)."""
        if self._pen:
            self._parts.append("ET")
            self._pen = None

    def _said(self, mark: Glyphs) -> str:
        """The text of `mark` as it must be said, "" if its glyphs do."""
        pieces, space = mark.pieces, " " if mark.spaced else ""
        if not has_holes(pieces):
            return "" if _is_ordered(mark.text, pieces) else text_string(f"{mark.text}{space}")
        if not pieces[0].rtl and all(self._is_read(piece) for piece in pieces):
            return ""
        said: list[str] = []
        for piece in read(pieces):
            if isinstance(piece, Hole):
                self._places.append(Said(piece))
            said.append(PLACE if isinstance(piece, Hole) else in_utf_16(piece.text))
        return f"<FEFF{''.join(said)}{in_utf_16(space)}>"

    def _is_read(self, piece: Shaped) -> bool:
        """Whether the glyphs of `piece` give its text in order."""
        return piece not in self._unordered if isinstance(piece, Hole) else is_ordered(piece)

    def _show(self, mark: Glyphs, *, spaced: bool) -> None:
        face, size, pieces = mark.face, mark.size, mark.pieces
        for fonts in self._fonts:
            font = fonts.get(face)
            if font is not None:
                try:
                    shown = font.shown(pieces, size, spaced=spaced)
                except KeyError:
                    continue
                break
        else:
            if not all(isinstance(piece, Hole) for piece in pieces):
                raise NotCovered(mark.text)
            shown, font = PLACE * len(pieces), None
        look = (font.key, size) if font else None
        if look != self._look and font:
            self._parts.append(f"{font.key} {_short(size)} Tf")
        self._look = look
        if mark.colour != self._ink:
            self._ink = mark.colour
            self._parts.append(f"{_colour(mark.colour)} rg")
        self._parts.append(shown)
        holes = [piece for piece in pieces if isinstance(piece, Hole)]
        self._places += [Codes(hole, face, size, font, spaced and hole is holes[-1]) for hole in holes]

    def line(self, start: Point, end: Point, width: float, colour: Colour) -> None:
        """A straight line."""
        self._end_line()
        self._set("RG", _colour(colour))
        self._set("w", number(width))
        self._parts.append(f"{numbers((start[0], -start[1]))} m {numbers((end[0], -end[1]))} l S")

    def strokes(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        """Straight lines from each of `points` to the next, with round ends."""
        self._end_line()
        first, *others = [numbers((x, -y)) for x, y in points]
        path = " ".join([f"{first} m", *(f"{each} l" for each in others)])
        self._parts.append(f"q {_colour(colour)} RG {number(width)} w 1 J 1 j {path} S Q")

    def rectangle(
        self,
        corner: Point,
        size: Point,
        *,
        fill: Colour | None = None,
        stroke: Colour | None = None,
        line_width: float = 1,
        dash: tuple[float, ...] = (),
    ) -> None:
        """A rectangle with its top left at `corner`, filled, outlined or both."""
        self._end_line()
        if fill and fill != self._ink:
            self._ink = fill
            self._parts.append(f"{_colour(fill)} rg")
        if stroke:
            self._set("RG", _colour(stroke))
            self._set("w", number(line_width))
        drawn = f"{numbers((corner[0], -corner[1] - size[1], *size))} re {'B' if fill and stroke else 'S' if stroke else 'f'}"
        self._parts.append(f"[{numbers(dash)}] 0 d {drawn} [] 0 d" if dash else drawn)

    def picture(self, corner: Point, size: Point, content: bytes) -> None:
        """The picture with these bytes."""
        self._end_line()
        matrix = numbers((size[0], 0, 0, size[1], corner[0], -corner[1] - size[1]))
        self._parts.append(f"q {matrix} cm {picture_name(content)} Do Q")

    def _set(self, operator: str, value: str) -> None:
        """Sets a colour or width, unless it is so already."""
        if self._state.get(operator) != value:
            self._state[operator] = value
            self._parts.append(f"{value} {operator}")


def _is_ordered(text: str, pieces: Sequence[Shaped]) -> bool:
    """Whether what the glyphs stand for, one after the other, is `text`."""
    return all(map(is_ordered, pieces)) and (len(pieces) == 1 or "".join([piece.text for piece in pieces]) == text)


def is_ordered(piece: Shaped) -> bool:
    """Whether what the glyphs of `piece` stand for, one after the other, is its text."""
    found: bool | None = piece.kept.get(_ORDERED)
    if found is None and isinstance(piece, Row):
        found = piece.kept[_ORDERED] = all(map(is_ordered, piece.words))
    elif found is None:
        said = [glyph.text for glyph in piece.glyphs]
        found = piece.kept[_ORDERED] = all(said) and "".join(said) == piece.text
    return found


@lru_cache(maxsize=64)
def picture_name(content: bytes) -> str:
    """The name that a picture has on pages."""
    return f"/I{hashlib.sha256(content).hexdigest()[:8]}"


@lru_cache(maxsize=256)
def _colour(colour: Colour) -> str:
    return numbers(colour)


@lru_cache(maxsize=256)
def _short(value: float) -> str:
    return number(value)
