"""A block's strips → what is painted of them with one set of fonts: grounds, lines, and the pieces of its content."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from sys import intern

from handouts.pdf.brush import Brush, Point
from handouts.pdf.file import number
from handouts.pdf.font_set import FontSet
from handouts.pdf.notices import Signing, instead_of_signing
from handouts.pdf.pieces import Piece, is_filled, pieces
from handouts.pdf.tick import tick
from handouts.typeset.marks import Box, FieldBox, Glyphs, Mark, Picture, Rule, Strip
from handouts.typeset.style import Colour, Style

_DASHED: Colour = (0.55, 0.57, 0.60)
_DASHES = (3.0, 2.0)


@dataclass(frozen=True, slots=True)
class Painted:
    """What is painted of a block, from the top left corner of its first strip: below everything, beside the text, and the content.

    `sparing` are the lines where ink is spared; there are no grounds there. Of a piece that is filled in there is nothing.
    """

    grounds: str
    lines: str
    sparing: str
    content: tuple[tuple[Piece, str], ...]


class Painter:
    """Paints blocks in a `style`."""

    def __init__(self, fonts: FontSet, style: Style, signing: Signing) -> None:
        self.fonts = fonts
        self.style = style
        self.signing = signing

    def painted(self, strips: Sequence[Strip], filled: Collection[int]) -> Painted:
        """`strips` of a block without the text of its parts that are `filled` in. Raises NotCovered for other fonts' glyphs."""
        grounds, lines, spared, content = (Brush(self.fonts.fonts) for _ in range(4))
        thinner = False
        down = 0.0
        for strip in strips:
            for mark in strip.marks:
                if isinstance(mark, Box) and mark.fill:
                    grounds.rectangle((mark.x, mark.y + down), (mark.width, mark.height), fill=mark.fill)
                else:
                    self._line(lines, mark, down)
                    self._line(spared, mark, down, sparing=True)
                    thinner = thinner or (isinstance(mark, Rule) and mark.spared is not None)
            down += strip.height
        shown = [(piece, "" if is_filled(piece, filled) else self._piece(content, piece)) for piece in pieces(strips)]
        beside = lines.taken()
        return Painted(grounds.taken(), beside, spared.taken() if thinner else beside, tuple(shown))

    def _line(self, brush: Brush, mark: Mark, down: float, *, sparing: bool = False) -> None:
        """`mark` if it is a line, a box, or a field that is filled in on a screen."""
        if isinstance(mark, Box) and mark.stroke:
            brush.rectangle((mark.x, mark.y + down), (mark.width, mark.height), stroke=mark.stroke)
        elif isinstance(mark, Rule):
            width = mark.width if mark.spared is None or not sparing else mark.spared
            brush.line((mark.x1, mark.y1 + down), (mark.x2, mark.y2 + down), width, mark.colour)
        elif isinstance(mark, FieldBox) and self.signing.fills(mark.kind):
            self._field(brush, mark, down)

    def _piece(self, brush: Brush, piece: Piece) -> str:
        for mark, down in piece.marks:
            if isinstance(mark, Glyphs):
                brush.glyphs(mark, down)
            elif isinstance(mark, Picture):
                brush.picture((mark.x, mark.y + down), (mark.width, mark.height), mark.content)
            elif isinstance(mark, FieldBox) and not self.signing.fills(mark.kind):
                self._on_paper(brush, mark, down)
        return brush.taken()

    def _on_paper(self, brush: Brush, box: FieldBox, down: float) -> None:
        """A field that nobody can fill in here: what is drawn of it is what it holds."""
        if self.signing.allowed or box.kind not in ("signature", "initials"):
            self._field(brush, box, down)
            if box.ticked:
                strokes = tick((box.x, box.y + down), (box.width, box.height))
                brush.strokes(*strokes, self.style.ink)
            return
        corner, size = (box.x, box.y + down + 3), (box.width, box.height - 3)
        brush.rectangle(corner, size, stroke=_DASHED, line_width=0.8, dash=_DASHES)
        for words in instead_of_signing(box, self.style, self.signing):
            brush.glyphs(words, down)

    def _field(self, brush: Brush, box: FieldBox, down: float) -> None:
        """A field on paper: a square to tick, a box for initials, or lines to write on."""
        ink, corner = self.style.ink, (box.x, box.y + down)
        if box.kind == "checkbox":
            side = box.width - 1
            brush.rectangle((corner[0] + 0.5, corner[1] + 0.5), (side, side), stroke=ink)
        elif box.kind == "initials":
            brush.rectangle(corner, (box.width, box.height), stroke=ink, line_width=0.8)
        else:
            for line in range(box.lines):
                y = corner[1] + box.height - line * self.style.next_line
                brush.line((corner[0], y), (corner[0] + box.width, y), 0.8, ink)


def moved_to(corner: Point, height: float) -> str:
    """The operator that moves the brush to `corner`, from the top left of a page that is `height` points tall."""
    return intern(f"1 0 0 1 {number(corner[0])} {number(height - corner[1])} cm")


def stretch(at: str, parts: Iterable[str]) -> str:
    """`parts`, painted from where `at` moves the brush to, and nothing kept of colours and fonts."""
    return "\n".join(("q", at, *parts, "Q"))
