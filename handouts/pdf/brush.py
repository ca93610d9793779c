"""Text, lines, boxes and pictures in their places → operators of a page's content (ISO 32000-1 §8, §9).

Positions come in points, y downwards, from whatever corner the page moves the brush to; PDF has y upwards (§8.3.2).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache

from handouts.pdf.embed import Font
from handouts.pdf.file import number, numbers, text_string
from handouts.typeset.fonts import Face
from handouts.typeset.marks import Glyphs
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


class NotCovered(KeyError):
    """Glyphs that are not in the fonts at hand."""


class Brush:
    """Paints one stretch of content; font and colours are unknown at its beginning, and kept while it goes on."""

    def __init__(self, *fonts: Mapping[Face, Font]) -> None:
        self.parts: list[str] = []
        self._fonts = fonts
        self._state: dict[str, str] = {}

    def taken(self) -> str:
        """What was painted since this was asked last."""
        parts, self.parts = self.parts, []
        return "\n".join(parts)

    def glyphs(self, mark: Glyphs, down: float) -> None:
        """`mark`, `down` points lower; where its glyphs do not give the text in order, it is said (`ActualText`, §14.9.4)."""
        said = _said(mark)
        if said is None:
            self.text((mark.x, mark.y + down), mark, spaced=mark.spaced)
        else:
            self.parts.append(f"/Span<</ActualText {text_string(said)}>>BDC")
            self.text((mark.x, mark.y + down), mark, spaced=mark.spaced)
            self.parts.append("EMC")

    def text(self, start: Point, mark: Glyphs, *, turned: Point = (1, 0), spaced: bool = False) -> None:
        """The glyphs of `mark` from `start` on their baseline, turned to the direction (cosine, sine) `turned`.

        Raises NotCovered for glyphs that are in none of the fonts.
        """
        font, shown = self._shown(mark, spaced=spaced)
        state = self._state
        set_font = f"{font.key} {_short(mark.size)} Tf"
        if state.get("Tf") != set_font:
            state["Tf"] = set_font
            self.parts.append(set_font)
        self._set("rg", _colour(mark.colour))
        if turned == (1, 0):
            self.parts.append(f"BT {number(start[0])} {number(-start[1])} Td {shown} ET")
        else:
            cosine, sine = turned
            matrix = f"{cosine:.5f} {sine:.5f} {-sine:.5f} {cosine:.5f} {start[0]:.2f} {-start[1]:.2f}"
            self.parts.append(f"BT {matrix} Tm {shown} ET")

    def _shown(self, mark: Glyphs, *, spaced: bool) -> tuple[Font, str]:
        for fonts in self._fonts:
            font = fonts.get(mark.face)
            if font is not None:
                try:
                    return font, font.shown(mark.glyphs, mark.size, spaced=spaced)
                except KeyError:
                    continue
        raise NotCovered(mark.text)

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
        if fill:
            self._set("rg", _colour(fill))
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


def _said(mark: Glyphs) -> str | None:
    """What is to be read instead of the glyphs of `mark`: its text, if they do not give it in order."""
    shown = "".join([glyph.text for glyph in mark.glyphs])
    if shown == mark.text and all(glyph.text for glyph in mark.glyphs):
        return None
    return f"{mark.text} " if mark.spaced else mark.text


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
