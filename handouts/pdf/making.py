"""A master, its galleys and furniture → its plate: the file but for what is filled in, with its structure, fields and links."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from handouts.content.blocks import Group
from handouts.errors import Fault, TemplateError
from handouts.memory import Recent
from handouts.pdf.brush import Artifact, Brush, picture_name
from handouts.pdf.embed import united, used
from handouts.pdf.fields import Fields
from handouts.pdf.file import File, number, text_string
from handouts.pdf.font_set import FontSet
from handouts.pdf.images import image
from handouts.pdf.metadata import catalog_entries, information
from handouts.pdf.notices import Signing, instead_of_signing, mark_across
from handouts.pdf.painter import Painted, Painter, moved_to, stretch
from handouts.pdf.pieces import Piece, filled_parts, is_filled, pieces
from handouts.pdf.plate import Area, Corners, Plate, PlatePage, Slot, annotation, area_of, box_of, words_of
from handouts.pdf.tags import Annotation, Content, Element, Tree, figure, printed_field
from handouts.typeset.holes import Hole
from handouts.typeset.marks import FieldBox, Galley, Glyphs, Picture, Rule, Strip, text_in
from handouts.typeset.master import Master, Place
from handouts.typeset.same import Same
from handouts.typeset.standing import SetFurniture
from handouts.typeset.style import Style

_PLAIN = ":/?#[]@!$&'*+,;=%-._~"  # the characters of an address that are written as they are (RFC 3986)


_KNOWN, _WIDER = 2048, 8


class PlateMaker:
    """Makes plates that have `fonts`, and more where those do not do; what it painted of blocks without blanks is remembered.

    With `signing` not allowed there are no form fields, and signatures and initials become dashed areas with its words.
    """

    def __init__(self, fonts: FontSet, style: Style, signing: Signing) -> None:
        self.fonts = fonts
        self._style = style
        self._signing = signing
        self._painter = Painter(fonts, style, signing)
        self._lacking: Recent[Same[Galley], Sequence[Glyphs]] = Recent(_KNOWN)
        self._wider: Recent[object, Painter] = Recent(_WIDER)

    def __call__(
        self,
        root: Group,
        master: Master,
        galleys: Sequence[Galley],
        furniture: SetFurniture,
        *,
        filled: Collection[int] | None = None,
        mark: str | None = None,
    ) -> Plate:
        """The plate of `master`, whose file keeps to PDF/UA-1 (ISO 14289-1) and PDF/A-2a (ISO 19005-2).

        `root` is the wording as it was set in `galleys`, of which those in `filled` (None: those with blanks) give their shape
        and not their text. `mark` ("SAMPLE – NOT MEDICAL ADVICE", a line a language) stands in light grey across every page,
        below the text. Title and language are the furniture's; nothing of the patient is in the file's information. Raises as
        `set_lines` for a character without a glyph, TemplateError for a damaged picture, and ValueError for furniture that
        takes more room than `master` left for it.
        """
        needed = furniture.size
        if needed.header > master.furniture_size.header or needed.footer > master.furniture_size.footer:
            raise ValueError("the master was laid out for furniture that takes less room")
        if filled is None:
            filled = [index for index, galley in enumerate(galleys) if galley.block.blanks]
        across = mark_across(mark or "", master.paper)
        count = len(master.pages)
        standing = furniture.standing
        strips = standing.header, *(standing.footer(page, count) for page in range(1, count + 1))
        own = [mark for page in range(count + 1) for line in furniture.own(page, count) for mark in line.marks()]
        painter = self._fitting(galleys, (*across[0], *text_in(strips), *own))
        made = _Making(root, master, furniture, painter, frozenset(filled), across)
        for page in master.pages:
            made.page(page, galleys)
        return made.plate()

    def _fitting(self, galleys: Sequence[Galley], others: Sequence[Glyphs]) -> Painter:
        """A painter with fonts for all that is the same in every file."""
        missing = self._not_covered(others)
        for galley in galleys:
            missing += self._lacking(Same(galley), lambda same=galley: self._not_covered(text_in(same.strips)))
        if not self._signing.allowed:
            boxes = (mark for galley in galleys for strip in galley.strips for mark in strip.marks)
            signed = (each for each in boxes if isinstance(each, FieldBox) and each.kind in ("signature", "initials"))
            words = (each for box in signed for each in instead_of_signing(box, self._style, self._signing))
            missing += self._not_covered(words)
        if not missing:
            return self._painter
        met = united(self.fonts.met, used((mark.face, mark.glyphs) for mark in missing))
        return self._wider(tuple(met.items()), lambda: Painter(FontSet.of(met), self._style, self._signing))

    def _not_covered(self, marks: Iterable[Glyphs]) -> list[Glyphs]:
        """Those of `marks` that the fonts do not have; what comes in holes is each packet's own."""
        still = (mark for mark in marks if not all(isinstance(piece, Hole) for piece in mark.pieces))
        return [mark for mark in still if not self.fonts.covers(mark.face, mark.pieces)]


@dataclass(slots=True)
class _Sheet:
    """One page while it is made: its content, the elements of its pieces by their number, its annotations and slots."""

    object_: int
    filled: int
    parts: list[str] = field(default_factory=list[str])
    elements: list[Element] = field(default_factory=list[Element])
    annotations: list[int] = field(default_factory=list[int])
    slots: list[Slot] = field(default_factory=list[Slot])
    still: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def paint(self, parts: Iterable[str], painted: Iterable[tuple[str, str]]) -> None:
        """Adds to its content, and to what is painted where nobody asks what belongs to what."""
        self.parts += parts
        self.still += [(at, shown) for at, shown in painted if shown]


def _artifact(artifact: Artifact, painted: Iterable[tuple[str, str]]) -> Sequence[str]:
    shown = [stretch(at, (content,)) for at, content in painted if content]
    return [artifact.tag, *shown, "EMC"] if shown else []


class _Making:
    """One plate while it is made, page by page."""

    def __init__(
        self,
        root: Group,
        master: Master,
        furniture: SetFurniture,
        painter: Painter,
        filled: Collection[int],
        across: tuple[Sequence[Glyphs], tuple[float, float]],
    ) -> None:
        self._root = root
        self._master = master
        self._standing = furniture.standing
        self._furniture = furniture.furniture
        self._painter = painter
        self._filled = filled
        self._file = File(painter.fonts.chunk.end)
        self._catalog, self._pages, self._fonts = self._file.reserved(), self._file.reserved(), self._file.later()
        self._sheets: list[_Sheet] = []
        self._tree = Tree(root, self._furniture.language)
        self._fields = Fields(self._file, master.style)
        self._annotated: list[Element] = []
        self._links: list[tuple[Area, Element, Corners]] = []
        self._linked: dict[Element, int] = {}
        self._words: dict[Element, str] = {}
        self._images: dict[bytes, int] = {}
        brush = Brush(painter.fonts.fonts)
        for mark in across[0]:
            brush.turned(mark, across[1])
        self._across = brush.taken()

    def page(self, places: Sequence[Place], galleys: Sequence[Galley]) -> None:
        """The next page: grounds, the mark across it, lines and boxes, the text in reading order, header and footer."""
        sheet = _Sheet(self._file.reserved(), self._file.later())
        self._sheets.append(sheet)
        blocks: list[tuple[Place, str, Painted]] = []
        for place in places:
            filled = place.galley in self._filled
            painted = self._painter.block(galleys[place.galley], place.first, place.last, filled=filled)
            blocks.append((place, moved_to((place.x, place.y), self._master.paper.height), painted))
        grounds = [(at, painted.grounds) for _, at, painted in blocks]
        sheet.paint(_artifact(Artifact.LAYOUT, grounds), grounds)
        marks = [(moved_to((0, 0), self._master.paper.height), self._across)]
        sheet.paint(_artifact(Artifact.WATERMARK, marks), marks)
        sheet.paint(_artifact(Artifact.LAYOUT, [(at, painted.lines) for _, at, painted in blocks]), ())
        for place, at, painted in blocks:
            sheet.paint(self._block(sheet, place, at, galleys[place.galley], painted), [(at, painted.above)])
        paper, footer = self._master.paper, self._standing.footer(len(self._sheets), len(self._master.pages))
        self._edge(sheet, self._standing.header, paper.top, Artifact.HEADER)
        self._edge(sheet, footer, paper.height - paper.bottom - footer.height, Artifact.FOOTER)

    def plate(self) -> Plate:
        """The plate, when all its pages are made."""
        file, fonts, master = self._file, self._painter.fonts, self._master
        for area, element, corners in self._links:
            words = self._words[element]
            file.put(area.number, annotation(area, corners, words))
        images = "".join(f"{picture_name(content)} {number_} 0 R" for content, number_ in sorted(self._images.items()))
        shown = f"/XObject<<{images}>>" if images else ""
        resources = file.add(f"<</Font {self._fonts} 0 R{shown}>>")
        pages: list[PlatePage] = []
        size = f"/MediaBox[0 0 {number(master.paper.width)} {number(master.paper.height)}]"
        for index, sheet in enumerate(self._sheets):
            content = "\n".join(sheet.parts).encode("latin-1")
            still = file.stream("", content)
            annotated = f"/Annots[{' '.join(f'{each} 0 R' for each in sheet.annotations)}]" if sheet.annotations else ""
            file.put(
                sheet.object_,
                f"<</Type/Page/Parent {self._pages} 0 R{size}/Resources {resources} 0 R"
                f"/Contents[{still} 0 R {sheet.filled} 0 R]/StructParents {index}/Tabs/S{annotated}>>",
            )
            pages.append(PlatePage(tuple(sheet.slots), sheet.filled, tuple(sheet.still)))
        numbers_ = [sheet.object_ for sheet in self._sheets]
        kids = " ".join(f"{page} 0 R" for page in numbers_)
        file.put(self._pages, f"<</Type/Pages/Count {len(numbers_)}/Kids[{kids}]>>")
        structure = self._tree.written(file, numbers_, [sheet.elements for sheet in self._sheets], self._annotated)
        said = self._furniture.title, self._furniture.language
        entries = catalog_entries(file, *said) + self._fields.written()
        file.put(self._catalog, f"<</Type/Catalog/Pages {self._pages} 0 R/StructTreeRoot {structure} 0 R{entries}>>")
        told = file.add(information(said[0]))
        chunk = file.chunk(fonts.chunk.reach)
        identity = hashlib.sha256(fonts.identity.encode() + chunk.content).hexdigest()
        numbered = self._catalog, told, self._fonts
        return Plate(master.paper, fonts, chunk, tuple(self._images), tuple(pages), *numbered, identity)

    def _block(self, sheet: _Sheet, place: Place, at: str, galley: Galley, painted: Painted) -> Sequence[str]:
        """The content of a block: its fields and pictures, and its text, unless that is filled in; then a slot for it is noted."""
        if place.galley not in self._filled:
            tagged = [(self._tag(sheet, place, piece, None), shown) for piece, shown in painted.content]
        else:
            areas: list[Area] = []
            tags: list[str] = []
            tagged: list[tuple[str, str]] = []
            others = iter(painted.content)
            parts = filled_parts(galley.block)
            for piece in pieces(galley.strips[place.first : place.last]):
                differs = is_filled(piece, parts)
                tag = self._tag(sheet, place, piece, areas if differs else None)
                if differs:
                    tags.append(tag)
                else:
                    tagged.append((tag, next(others)[1]))
            if tags:
                corner = place.x, place.y
                slot = Slot(place.galley, place.first, place.last, at, corner, tuple(tags), tuple(areas))
                sheet.slots.append(slot)
        shown = [f"{tag}\n{content}\nEMC" for tag, content in tagged if content]
        return [stretch(at, shown)] if shown else []

    def _tag(self, sheet: _Sheet, place: Place, piece: Piece, areas: list[Area] | None) -> str:
        """What opens `piece` in the content; its element is made known to the structure tree.

        If it is a link that is filled in, its area is noted in `areas` (None: it is the same in every file).
        """
        mark, down = piece.marks[0]
        if isinstance(mark, FieldBox):
            return self._field(sheet, place, mark, down)
        if isinstance(mark, Picture):
            return self._picture(sheet, place, mark, down)
        if not isinstance(mark, Glyphs):
            raise TypeError(f"no content: {mark}")
        if place.repeated:
            return Artifact.REPEATED.tag
        if not piece.key[2]:
            return self._content(sheet, self._tree.element(place.galley, mark))
        element = self._tree.link(place.galley, mark)
        tag = self._content(sheet, element)
        area = self._area(sheet, element, filled=areas is not None)
        if areas is not None:
            areas.append(area)
        else:
            self._words[element] = self._words.get(element, "") + words_of(mark)
            corners = area_of(mark, (place.x, place.y + down), self._master.paper.height)
            self._links.append((area, element, corners))
        element.content.append(Annotation(len(self._sheets) - 1, area.number))
        return tag

    def _content(self, sheet: _Sheet, element: Element) -> str:
        """What opens the next piece of `element` on the page (§14.7.4.2)."""
        number_ = len(sheet.elements)
        sheet.elements.append(element)
        element.content.append(Content(len(self._sheets) - 1, number_))
        return f"/{element.role}<</MCID {number_}>>BDC"

    def _field(self, sheet: _Sheet, place: Place, box: FieldBox, down: float) -> str:
        """A widget, the only thing in its element (ISO 32000-1 §14.8.4.5), or a form element whose content is drawn."""
        if place.repeated:
            return Artifact.REPEATED.tag
        form = self._tree.form(place.galley, box)
        if not self._painter.signing.allowed:
            printed_field(form, box.kind, box.label)
            return self._content(sheet, form)
        corners = self._corners(place, box, down)
        widget = self._fields.add(box, corners, sheet.object_, self._key(form))
        sheet.annotations.append(widget)
        form.content.append(Annotation(len(self._sheets) - 1, widget))
        return ""

    def _picture(self, sheet: _Sheet, place: Place, mark: Picture, down: float) -> str:
        """A figure, or decoration if no words stand for it."""
        self._use(mark.content, place.galley)
        if place.repeated or not mark.description:
            return Artifact.LAYOUT.tag
        element = self._tree.element(place.galley, mark)
        figure(element, self._corners(place, mark, down), mark.description)
        return self._content(sheet, element)

    def _edge(self, sheet: _Sheet, strip: Strip, y: float, artifact: Artifact) -> None:
        """What everybody's header or footer has on this page: lines, words, and the logo, which is a figure on the first page."""
        x, height = self._master.paper.left, self._master.paper.height
        at = moved_to((x, y), height)
        brush = Brush(self._painter.fonts.fonts)
        for mark in strip.marks:
            if isinstance(mark, Rule):
                brush.line((mark.x1, mark.y1), (mark.x2, mark.y2), mark.width, mark.colour)
            elif isinstance(mark, Glyphs):
                brush.glyphs(mark, 0)
        lines = [(at, brush.taken())]
        sheet.paint(_artifact(artifact, lines), lines)
        for mark in strip.marks:
            if isinstance(mark, Picture):
                self._use(mark.content, 0)
                tag = artifact.tag if mark.description else Artifact.LAYOUT.tag
                if mark.description and len(self._sheets) == 1:
                    element = self._tree.logo()
                    box = box_of((mark.x + x, mark.y + y), (mark.width, mark.height), height)
                    figure(element, box, mark.description)
                    tag = self._content(sheet, element)
                brush.picture((mark.x, mark.y), (mark.width, mark.height), mark.content)
                shown = brush.taken()
                sheet.paint([stretch(at, (tag, shown, "EMC"))], [(at, shown)])

    def _use(self, content: bytes, galley: int) -> None:
        """Writes the picture, once; raises TemplateError, with the place of the block, for a damaged one."""
        if content in self._images:
            return
        try:
            self._images[content] = image(self._file, content)
        except ValueError as trouble:
            block = tuple(self._root.blocks())[galley]
            fault = Fault(block.place or "template", f"{trouble}.", "Save it anew.", "src", block.parts[0].source)
            raise TemplateError(fault) from None

    def _area(self, sheet: _Sheet, element: Element, *, filled: bool) -> Area:
        """The next area of a link: its annotation (§12.5.6.5), still without a place and the words that it lies on."""
        number_ = self._file.later() if filled else self._file.reserved()
        sheet.annotations.append(number_)
        link = self._linked.setdefault(element, len(self._linked))
        address = text_string(quote(element.identifier, safe=_PLAIN))
        return Area(
            number_,
            link,
            f"<</Type/Annot/Subtype/Link/P {sheet.object_} 0 R/F 4/Border[0 0 0]/A<</S/URI/URI {address}>>"
            f"/StructParent {self._key(element)}",
        )

    def _corners(self, place: Place, mark: FieldBox | Picture, down: float) -> Corners:
        """Where `mark` stands on the page."""
        corner = place.x + mark.x, place.y + down + mark.y
        return box_of(corner, (mark.width, mark.height), self._master.paper.height)

    def _key(self, element: Element) -> int:
        """The key of the next annotation in the structure's table of parents, where it belongs to `element`."""
        self._annotated.append(element)
        return len(self._master.pages) + len(self._annotated) - 1
