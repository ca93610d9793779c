"""Text, lines, boxes and pictures in their places → the content of a page, every piece of it marked.

Positions come in points from the page's top left corner, y downwards; PDF has them from the bottom left (ISO 32000-1 §8.3.2).
Marked content (§14.6) never nests: a piece is closed before the next is opened, and what follows in the same element goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from handouts.pdf.embed import Font
from handouts.pdf.file import File, number, numbers, text_string
from handouts.pdf.tags import Content, Element
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


class Page:
    """The content of one page while it is painted; `elements` are those of its pieces, by their number."""

    def __init__(self, index: int, height: float, fonts: Mapping[Face, Font]) -> None:
        self.elements: list[Element] = []
        self.annotations: list[int] = []
        self._index = index
        self._height = height
        self._fonts = fonts
        self._parts: list[str] = []
        self._open: Element | Artifact | None = None
        self._state: dict[str, str] = {}
        self._used: dict[str, Font] = {}
        self._images: dict[int, str] = {}

    def from_bottom(self, corner: Point, size: Point) -> tuple[float, float, float, float]:
        """Left, bottom, right and top of a rectangle with its top left at `corner`."""
        top = self._height - corner[1]
        return corner[0], top - size[1], corner[0] + size[0], top

    def begin(self, target: Element | Artifact, said: str = "") -> None:
        """What follows belongs to `target`; `said` is what to read in its stead, for the piece that follows and no other."""
        if self._open is target and not said:
            return
        self.end()
        if isinstance(target, Artifact):
            self._parts.append(f"/Artifact<<{target.value}>>BDC")
        else:
            index = len(self.elements)
            self.elements.append(target)
            target.content.append(Content(self._index, index))
            tag, instead = ("Span", f"/ActualText {text_string(said)}") if said else (target.role, "")
            self._parts.append(f"/{tag}<</MCID {index}{instead}>>BDC")
        self._open = target

    def end(self) -> None:
        """Closes the piece that is open, if any."""
        if self._open is not None:
            self._parts.append("EMC")
            self._open = None

    def glyphs(self, mark: Glyphs, x: float, y: float, target: Element | Artifact) -> None:
        """Text of `target`, its marks moved by `x` and `y`; where its glyphs do not give the text in order, it is said."""
        text = f"{mark.text} " if mark.spaced else mark.text
        texts = [glyph.text for glyph in mark.glyphs]
        ordered = "" not in texts and "".join(texts) == mark.text
        said = "" if ordered or isinstance(target, Artifact) else text
        self.begin(target, said)
        self.text((mark.x + x, mark.y + y), mark, spaced=mark.spaced)
        if said:
            self.end()

    def text(self, start: Point, mark: Glyphs, *, turned: Point = (1, 0), spaced: bool = False) -> None:
        """The glyphs of `mark` from `start` on their baseline, turned to the direction (cosine, sine) `turned`."""
        font = self._fonts[mark.face]
        self._used[font.key] = font
        self._set("Tf", f"{font.key} {number(mark.size)}")
        self._set("rg", numbers(mark.colour))
        cosine, sine = turned
        place = f"{start[0]:.2f} {self._height - start[1]:.2f}"
        put = f"{place} Td" if turned == (1, 0) else f"{cosine:.5f} {sine:.5f} {-sine:.5f} {cosine:.5f} {place} Tm"
        self._parts.append(f"BT {put} {font.shown(mark.glyphs, mark.size, spaced=spaced)} ET")

    def line(self, start: Point, end: Point, width: float, colour: Colour) -> None:
        """A straight line."""
        self._set("RG", numbers(colour))
        self._set("w", number(width))
        ends = numbers((start[0], self._height - start[1])), numbers((end[0], self._height - end[1]))
        self._parts.append(f"{ends[0]} m {ends[1]} l S")

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
            self._set("rg", numbers(fill))
        if stroke:
            self._set("RG", numbers(stroke))
            self._set("w", number(line_width))
        left, bottom, _, _ = self.from_bottom(corner, size)
        drawn = f"{numbers((left, bottom, *size))} re {'B' if fill and stroke else 'S' if stroke else 'f'}"
        self._parts.append(f"[{numbers(dash)}] 0 d {drawn} [] 0 d" if dash else drawn)

    def picture(self, corner: Point, size: Point, image: int) -> None:
        """The image object with this number."""
        key = self._images.setdefault(image, f"/I{image}")
        left, bottom, _, _ = self.from_bottom(corner, size)
        self._parts.append(f"q {numbers((size[0], 0, 0, size[1], left, bottom))} cm {key} Do Q")

    def written(self, file: File, width: float, parent: int, fonts: Mapping[Font, int]) -> str:
        """The page's dictionary (§7.7.3.3); readers go through fields and links in the order of the structure (§12.5.1)."""
        self.end()
        content = file.stream("", "\n".join(self._parts).encode("ascii"))
        shown = "".join(f"{key} {fonts[self._used[key]]} 0 R" for key in sorted(self._used))
        images = "".join(f"{key} {image} 0 R" for image, key in sorted(self._images.items()))
        resources = f"/Font<<{shown}>>" + (f"/XObject<<{images}>>" if images else "")
        annotated = f"/Annots[{' '.join(f'{each} 0 R' for each in self.annotations)}]" if self.annotations else ""
        return (
            f"<</Type/Page/Parent {parent} 0 R/MediaBox[0 0 {number(width)} {number(self._height)}]"
            f"/Resources<<{resources}>>/Contents {content} 0 R/StructParents {self._index}/Tabs/S{annotated}>>"
        )

    def _set(self, operator: str, value: str) -> None:
        """Sets font, colour or width, unless it is so already."""
        if self._state.get(operator) != value:
            self._state[operator] = value
            self._parts.append(f"{value} {operator}")
