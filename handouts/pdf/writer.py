"""What stands on the pages → the file: content painted piece by piece, with structure, fields and links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from handouts.content.blocks import Group
from handouts.errors import Fault, TemplateError
from handouts.pdf.embed import Used, fonts
from handouts.pdf.fields import Fields
from handouts.pdf.file import File, number, numbers, text_string
from handouts.pdf.images import image
from handouts.pdf.metadata import catalog_entries, information
from handouts.pdf.page import Artifact, Page, Point
from handouts.pdf.sheet import Placed, Sheet
from handouts.pdf.tags import Annotation, Element, Tree, figure, printed_field
from handouts.typeset.furniture import Furniture
from handouts.typeset.marks import Box, FieldBox, Glyphs, Picture, Rule
from handouts.typeset.style import Colour, Paper, Style

_DASHED: Colour = (0.55, 0.57, 0.60)
_LINKED = ("tel:", "https:")
_PLAIN = ":/?#[]@!$&'*+,;=%-._~"  # the characters of an address that are written as they are (RFC 3986)
_DASHES = (3.0, 2.0)


@dataclass(frozen=True, slots=True)
class _Link:
    """An area of a page that opens an address; `key` is its own in the structure's table of parents."""

    object_: int
    element: Element
    page: int
    corners: tuple[float, ...]
    key: int


class Writer:
    """One file while it is written, page by page; `fillable` says whether it has form fields."""

    def __init__(
        self, root: Group, paper: Paper, style: Style, furniture: Furniture, used: Used, pages: int, *, fillable: bool
    ) -> None:
        self._paper = paper
        self._style = style
        self._said = furniture.title, furniture.language
        self._fillable = fillable
        self._file = File()
        self._catalog, self._pages = self._file.reserved(), self._file.reserved()
        self._numbers = [self._file.reserved() for _ in range(pages)]
        self._fonts = fonts(used)
        self._tree = Tree(root, furniture.language)
        self._root = root
        self._fields = Fields(self._file, style)
        self._painted: list[Page] = []
        self._annotated: list[Element] = []
        self._links: list[_Link] = []
        self._words: dict[Element, str] = {}
        self._images: dict[bytes, int] = {}

    def page(self, sheet: Sheet, across: Iterable[Glyphs], turned: Point) -> None:
        """The next page: grounds, the mark across it, lines and boxes, the text in reading order, header and footer."""
        page = Page(len(self._painted), self._paper.height, self._fonts)
        self._painted.append(page)
        for placed in sheet.body:
            if isinstance(placed.mark, Box) and placed.mark.fill:
                page.begin(Artifact.LAYOUT)
                box = placed.mark
                page.rectangle((box.x + placed.x, box.y + placed.y), (box.width, box.height), fill=box.fill)
        for glyphs in across:
            page.begin(Artifact.WATERMARK)
            page.text((glyphs.x, glyphs.y), glyphs, turned=turned)
        for placed in sheet.body:
            self._line(page, placed, Artifact.LAYOUT)
        for placed in sheet.body:
            self._content(page, placed)
        for strip, artifact in ((sheet.header, Artifact.HEADER), (sheet.footer, Artifact.FOOTER)):
            for placed in strip:
                self._line(page, placed, artifact)
                if isinstance(placed.mark, Glyphs):
                    page.glyphs(placed.mark, placed.x, placed.y, artifact)
                elif isinstance(placed.mark, Picture):
                    first = len(self._painted) == 1
                    self._picture(page, placed, placed.mark, self._tree.logo() if first else artifact)

    def pdf(self) -> bytes:
        """The file, when all its pages are painted."""
        file = self._file
        for link in self._links:
            file.put(link.object_, self._link(link))
        written = {font: font.written(file) for font in self._fonts.values()}
        for index, page in enumerate(self._painted):
            file.put(self._numbers[index], page.written(file, self._paper.width, self._pages, written))
        kids = " ".join(f"{page} 0 R" for page in self._numbers)
        file.put(self._pages, f"<</Type/Pages/Count {len(self._numbers)}/Kids[{kids}]>>")
        structure = self._tree.written(file, self._numbers, [page.elements for page in self._painted], self._annotated)
        entries = catalog_entries(file, *self._said) + self._fields.written()
        file.put(self._catalog, f"<</Type/Catalog/Pages {self._pages} 0 R/StructTreeRoot {structure} 0 R{entries}>>")
        return file.pdf(self._catalog, file.add(information(self._said[0])))

    def _line(self, page: Page, placed: Placed, artifact: Artifact) -> None:
        """A rule, a frame, or what is printed of a field that is filled in through a widget above it."""
        mark, x, y = placed.mark, placed.x, placed.y
        if isinstance(mark, Rule):
            page.begin(artifact)
            page.line((mark.x1 + x, mark.y1 + y), (mark.x2 + x, mark.y2 + y), mark.width, mark.colour)
        elif isinstance(mark, Box) and mark.stroke:
            page.begin(artifact)
            page.rectangle((mark.x + x, mark.y + y), (mark.width, mark.height), stroke=mark.stroke)
        elif isinstance(mark, FieldBox) and self._fillable:
            page.begin(artifact)
            self._printed(page, mark, (mark.x + x, mark.y + y))

    def _content(self, page: Page, placed: Placed) -> None:
        mark, x, y = placed.mark, placed.x, placed.y
        match mark:
            case Glyphs() if placed.repeated:
                page.glyphs(mark, x, y, Artifact.REPEATED)
            case Glyphs() if mark.href and mark.href.startswith(_LINKED):
                self._linked(page, placed, mark)
            case Glyphs():
                page.glyphs(mark, x, y, self._tree.element(placed.galley, mark))
            case Picture():
                self._picture(page, placed, mark, self._tree.element(placed.galley, mark))
            case FieldBox() if self._fillable:
                self._field(page, placed.galley, mark, (mark.x + x, mark.y + y))
            case FieldBox():
                self._paper_field(page, placed, mark)
            case _:
                pass

    def _field(self, page: Page, galley: int, box: FieldBox, corner: Point) -> None:
        """A widget, the only thing in its element (ISO 32000-1 §14.8.4.5)."""
        form = self._tree.form(galley, box)
        corners = page.from_bottom(corner, (box.width, box.height))
        index = len(self._painted) - 1
        widget = self._fields.add(box, corners, self._numbers[index], self._key(form))
        page.annotations.append(widget)
        form.content.append(Annotation(index, widget))

    def _paper_field(self, page: Page, placed: Placed, box: FieldBox) -> None:
        """A field that nobody can fill in here: what is drawn of it is what it holds."""
        form = self._tree.form(placed.galley, box)
        printed_field(form, box.kind, box.label)
        page.begin(form)
        corner = box.x + placed.x, box.y + placed.y
        if box.kind in ("signature", "initials"):
            size = box.width, box.height - 3
            page.rectangle((corner[0], corner[1] + 3), size, stroke=_DASHED, line_width=0.8, dash=_DASHES)
        else:
            self._printed(page, box, corner)
        for words in placed.words:
            page.glyphs(words, placed.x, placed.y, form)

    def _printed(self, page: Page, box: FieldBox, corner: Point) -> None:
        """A field on paper: a square to tick, a box for initials, or lines to write on."""
        ink = self._style.ink
        if box.kind == "checkbox":
            side = box.width - 1
            page.rectangle((corner[0] + 0.5, corner[1] + 0.5), (side, side), stroke=ink)
        elif box.kind == "initials":
            page.rectangle(corner, (box.width, box.height), stroke=ink, line_width=0.8)
        else:
            for line in range(box.lines):
                y = corner[1] + box.height - line * self._style.next_line
                page.line((corner[0], y), (corner[0] + box.width, y), 0.8, ink)

    def _picture(self, page: Page, placed: Placed, mark: Picture, target: Element | Artifact) -> None:
        """A figure, or decoration if no words stand for it."""
        corner, size = (mark.x + placed.x, mark.y + placed.y), (mark.width, mark.height)
        page.begin(target if mark.description else Artifact.LAYOUT)
        if mark.description and isinstance(target, Element):
            figure(target, page.from_bottom(corner, size), mark.description)
        if mark.content not in self._images:
            self._images[mark.content] = self._image(placed.galley, mark.content)
        page.picture(corner, size, self._images[mark.content])

    def _image(self, galley: int, content: bytes) -> int:
        """The number of the image object; raises TemplateError, with the place of the block, for a damaged picture."""
        try:
            return image(self._file, content)
        except ValueError as trouble:
            block = tuple(self._root.blocks())[galley]
            fault = Fault(block.place or "template", f"{trouble}.", "Save it anew.", "src", block.parts[0].source)
            raise TemplateError(fault) from None

    def _linked(self, page: Page, placed: Placed, mark: Glyphs) -> None:
        """Text that calls a number or opens a page; a link that goes on in the next line is one element with two areas."""
        element = self._tree.link(placed.galley, mark)
        page.glyphs(mark, placed.x, placed.y, element)
        corner = mark.x + placed.x, mark.y + placed.y - 0.95 * mark.size
        corners = page.from_bottom(corner, (mark.width, 1.25 * mark.size))
        link = _Link(self._file.reserved(), element, len(self._painted) - 1, corners, self._key(element))
        self._links.append(link)
        self._words[element] = self._words.get(element, "") + mark.text + (" " if mark.spaced else "")
        page.annotations.append(link.object_)
        element.content.append(Annotation(link.page, link.object_))

    def _link(self, link: _Link) -> str:
        """The annotation (ISO 32000-1 §12.5.6.5), described by the words it lies on (ISO 14289-1 §7.18.5)."""
        address = text_string(quote(link.element.identifier, safe=_PLAIN))
        words = text_string(self._words[link.element].strip())
        return (
            f"<</Type/Annot/Subtype/Link/Rect[{numbers(link.corners)}]/P {self._numbers[link.page]} 0 R/F 4/Border[0 0 0]"
            f"/A<</S/URI/URI {address}>>/Contents {words}/StructParent {number(link.key)}>>"
        )

    def _key(self, element: Element) -> int:
        """The key of the next annotation in the structure's table of parents, where it belongs to `element`."""
        self._annotated.append(element)
        return len(self._numbers) + len(self._annotated) - 1
