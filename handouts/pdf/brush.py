"""Text, lines, boxes and pictures in their places → operators of a page's content (ISO 32000-1 §8, §9).

Positions come in points, y downwards, from whatever corner the page moves the brush to; PDF has y upwards (§8.3.2).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import lru_cache

from handouts.pdf.embed import Font
from handouts.pdf.file import number, numbers, text_string
from handouts.typeset.fonts import Face
from handouts.typeset.marks import Glyphs
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


class Brush:
    """Paints one stretch of content; font and colours are unknown at its beginning, and kept while it goes on."""

    def __init__(self, *fonts: Mapping[Face, Font]) -> None:
        self.parts: list[str] = []
        self._fonts = fonts
        self._look: tuple[str, float] | None = None
        self._ink: Colour | None = None
        self._state: dict[str, str] = {}

    def taken(self) -> str:
        """What was painted since this was asked last."""
        parts, self.parts = self.parts, []
        return "\n".join(parts)

    def glyphs(self, mark: Glyphs, down: float) -> None:
        """`mark`, `down` points lower; where its glyphs do not give the text in order, it is said (`ActualText`, §14.9.4).

        Raises NotCovered for glyphs that are in none of the fonts.
        """
        x, y, text, _, _, _, _, _, pieces, _, _, spaced = mark
        place = f"{number(x)} {number(-y - down)} Td"
        if _is_ordered(text, pieces):
            self._show(mark, place, spaced=spaced)
            return
        self.parts.append(f"/Span<</ActualText {text_string(f'{text} ' if spaced else text)}>>BDC")
        self._show(mark, place, spaced=spaced)
        self.parts.append("EMC")

    def turned(self, mark: Glyphs, direction: Point) -> None:
        """`mark` in this direction (cosine, sine); raises as `glyphs`."""
        cosine, sine = direction
        matrix = f"{cosine:.5f} {sine:.5f} {-sine:.5f} {cosine:.5f} {number(mark.x)} {number(-mark.y)} Tm"
        self._show(mark, matrix, spaced=False)

    def _show(self, mark: Glyphs, place: str, *, spaced: bool) -> None:
        _, _, text, face, size, _, colour, _, pieces, _, _, _ = mark
        for fonts in self._fonts:
            font = fonts.get(face)
            if font is not None:
                try:
                    shown = font.shown(pieces, size, spaced=spaced)
                except KeyError:
                    continue
                break
        else:
            raise NotCovered(text)
        look = font.key, size
        if look != self._look:
            self._look = look
            self.parts.append(f"{font.key} {_short(size)} Tf")
        if colour != self._ink:
            self._ink = colour
            self.parts.append(f"{_colour(colour)} rg")
        self.parts.append(f"BT {place} {shown} ET")

    def line(self, start: Point, end: Point, width: float, colour: Colour) -> None:
        """A straight line."""
        self._set("RG", _colour(colour))
        self._set("w", number(width))
        self.parts.append(f"{numbers((start[0], -start[1]))} m {numbers((end[0], -end[1]))} l S")

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
        if fill and fill != self._ink:
            self._ink = fill
            self.parts.append(f"{_colour(fill)} rg")
        if stroke:
            self._set("RG", _colour(stroke))
            self._set("w", number(line_width))
        drawn = f"{numbers((corner[0], -corner[1] - size[1], *size))} re {'B' if fill and stroke else 'S' if stroke else 'f'}"
        self.parts.append(f"[{numbers(dash)}] 0 d {drawn} [] 0 d" if dash else drawn)

    def picture(self, corner: Point, size: Point, content: bytes) -> None:
        """The picture with these bytes."""
        matrix = numbers((size[0], 0, 0, size[1], corner[0], -corner[1] - size[1]))
        self.parts.append(f"q {matrix} cm {picture_name(content)} Do Q")

    def _set(self, operator: str, value: str) -> None:
        """Sets a colour or width, unless it is so already."""
        if self._state.get(operator) != value:
            self._state[operator] = value
            self.parts.append(f"{value} {operator}")


def _is_ordered(text: str, pieces: Sequence[Shaped]) -> bool:
    """Whether what the glyphs stand for, one after the other, is `text`."""
    for piece in pieces:
        ordered = piece.kept.get(_ORDERED)
        if ordered is None:
            said = [glyph.text for glyph in piece.glyphs]
            ordered = piece.kept[_ORDERED] = all(said) and "".join(said) == piece.text
        if not ordered:
            return False
    return len(pieces) == 1 or "".join([piece.text for piece in pieces]) == text


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
