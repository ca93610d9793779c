"""A master, its galleys and furniture → its plate: the file but for what is filled in, with its structure, fields and links."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from handouts.content.blocks import Group
from handouts.errors import Fault, TemplateError
from handouts.memory import Recent, remembered
from handouts.pdf.brush import Brush, NotCovered, picture_name
from handouts.pdf.embed import united, used
from handouts.pdf.fields import Fields
from handouts.pdf.file import File, number
from handouts.pdf.font_set import FontSet
from handouts.pdf.foundry import NOTHING, Foundry, Printed
from handouts.pdf.images import image
from handouts.pdf.metadata import catalog_entries, information
from handouts.pdf.notices import Signing, instead_of_signing, mark_across
from handouts.pdf.painter import Painter
from handouts.pdf.passage import AreaAt, FieldAt, PictureAt, SetColumn
from handouts.pdf.pieces import filled_parts
from handouts.pdf.plate import Area, Corners, Plate, PlatePage, Slot, annotation, box_of
from handouts.pdf.tags import figure_branch
from handouts.pdf.tree import Bough, Rooted, lone, tree
from handouts.typeset.marks import FieldBox, Galley, Glyphs, Picture, Strip, text_in
from handouts.typeset.master import Master
from handouts.typeset.standing import SetFurniture
from handouts.typeset.stencil import Stencil
from handouts.typeset.style import Style

_WIDER = 8


class PlateMaker:
    """Makes plates that have `fonts`, and more where those do not do; what it cast of blocks is remembered, without their blanks.

    With `signing` not allowed there are no form fields, and signatures and initials become dashed areas with its words.
    """

    def __init__(self, fonts: FontSet, style: Style, signing: Signing) -> None:
        self.fonts = fonts
        self._style = style
        self._signing = signing
        self._foundry = Foundry(Painter(fonts, style, signing))
        self._wider: Recent[object, Foundry] = Recent(_WIDER)

    def __call__(
        self,
        root: Group,
        master: Master,
        galleys: Sequence[Galley],
        furniture: SetFurniture,
        *,
        filled: Mapping[int, Stencil],
        mark: str | None = None,
    ) -> Plate:
        """The plate of `master`, whose file keeps to PDF/UA-1 (ISO 14289-1) and PDF/A-2a (ISO 19005-2).

        `root` is the wording as it was set in `galleys`, of which those that are `filled` in give their shape and not their text.
        `mark` ("SAMPLE – NOT MEDICAL ADVICE", a line a language) stands in light grey across every page,
        below the text. Title and language are the furniture's; nothing of the patient is in the file's information. Raises as
        `set_lines` for a character without a glyph, TemplateError for a damaged picture, and ValueError for furniture that
        takes more room than `master` left for it.
        """
        needed = furniture.size
        if needed.header > master.furniture_size.header or needed.footer > master.furniture_size.footer:
            raise ValueError("the master was laid out for furniture that takes less room")
        given = _Given(root, master, galleys, furniture, filled, mark_across(mark or "", master.paper))
        try:
            return _Making(given, self._foundry).plate()
        except NotCovered:
            return _Making(given, self._wider_foundry(given)).plate()

    def _wider_foundry(self, given: _Given) -> Foundry:
        """One with fonts for all that is the same in every file."""
        missing = [mark for mark in self._still(given) if not self.fonts.covers(mark.face, mark.pieces)]
        met = united(self.fonts.met, used((mark.face, mark.glyphs) for mark in missing))
        return self._wider(tuple(met.items()), lambda: Foundry(Painter(FontSet.of(met), self._style, self._signing)))

    def _still(self, given: _Given) -> Iterator[Glyphs]:
        """All text of the plate."""
        yield from given.across[0]
        for page in range(1, given.master.count + 1):
            yield from text_in(given.edges(page))
        for number_, galley in enumerate(given.galleys):
            parts = given.filled_in(number_)
            yield from (each for each in text_in(galley.strips) if each.role or each.part not in parts)
            if not self._signing.allowed:
                boxes = (mark for strip in galley.strips for mark in strip.marks if isinstance(mark, FieldBox))
                signed = (box for box in boxes if box.kind in ("signature", "initials"))
                yield from (each for box in signed for each in instead_of_signing(box, self._style, self._signing))


@dataclass(frozen=True, slots=True)
class _Given:
    """What a plate is made of; `across` is the mark with its direction."""

    root: Group
    master: Master
    galleys: Sequence[Galley]
    furniture: SetFurniture
    filled: Mapping[int, Stencil]
    across: tuple[Sequence[Glyphs], tuple[float, float]]

    def filled_in(self, number_: int) -> Collection[int]:
        """The parts of a block whose text is filled in."""
        return filled_parts(self.galleys[number_].block) if number_ in self.filled else ()

    def edges(self, page: int) -> tuple[Strip, Strip]:
        """The header and the footer of a page, the first of which is 1."""
        standing = self.furniture.standing
        return standing.header, standing.footer(page, self.master.count)


@dataclass(slots=True)
class _Sheet:
    """One page while it is made: its columns, objects, the elements of its pieces, its annotations and slots, what is printed on it."""

    columns: list[_Column] = field(default_factory=list["_Column"])
    object_: int = 0
    filled: int = 0
    pieces: int = 0
    owners: list[tuple[Rooted, Sequence[int]]] = field(default_factory=list[tuple[Rooted, Sequence[int]]])
    annotations: list[int] = field(default_factory=list[int])
    slots: list[Slot] = field(default_factory=list[Slot])
    printed: Printed = NOTHING

    def own(self, rooted: Rooted, owners: Sequence[int]) -> None:
        """The next pieces are of these elements on the bough."""
        rooted.columns += (self.pieces, self.object_)
        self.pieces += len(owners)
        self.owners.append((rooted, owners))


class _Column(NamedTuple):
    """What a page has of a passage: the number of the passage's first block, its bough, the column."""

    first: int
    rooted: Rooted
    set_: SetColumn


class _Making:
    """One plate while it is made, page by page."""

    def __init__(self, given: _Given, foundry: Foundry) -> None:
        self._given = given
        self._master = given.master
        self._foundry = foundry
        self._fonts = foundry.painter.fonts
        self._height = self._master.paper.height
        self._file = File(self._fonts.chunk.end)
        self._catalog, self._pages, self._resources = self._file.reserved(), self._file.reserved(), self._file.later()
        self._fields = Fields(self._file)
        self._annotated: list[tuple[Rooted, int]] = []
        self._linked: dict[tuple[int, int], int] = {}
        self._images: dict[bytes, int] = {}
        self._logo = self._rooted_logo()
        brush = Brush(self._fonts.fonts)
        for mark in given.across[0]:
            brush.turned(mark, given.across[1])
        self._across = brush.taken()
        self._boughs = [self._logo] if self._logo else []
        self._sheets = self._composed()
        for number_, sheet in enumerate(self._sheets):
            self._print(sheet, number_)

    def plate(self) -> Plate:
        """The plate."""
        file, fonts, master = self._file, self._fonts, self._master
        images = "".join(f"{picture_name(content)} {number_} 0 R" for content, number_ in sorted(self._images.items()))
        shown = f"/XObject<<{images}>>" if images else ""
        resources = file.add(f"<</Font {self._resources} 0 R{shown}>>")
        pages: list[PlatePage] = []
        size = f"/MediaBox[0 0 {number(master.paper.width)} {number(master.paper.height)}]"
        for index, sheet in enumerate(self._sheets):
            still = file.add_stream(sheet.printed.stream)
            annotated = (
                f"/Annots[{' '.join([f'{each} 0 R' for each in sheet.annotations])}]" if sheet.annotations else ""
            )
            file.put(
                sheet.object_,
                f"<</Type/Page/Parent {self._pages} 0 R{size}/Resources {resources} 0 R"
                f"/Contents[{still} 0 R {sheet.filled} 0 R]/StructParents {index}/Tabs/S{annotated}>>",
            )
            pages.append(PlatePage(tuple(sheet.slots), sheet.filled, sheet.printed.still))
        kids = " ".join([f"{sheet.object_} 0 R" for sheet in self._sheets])
        file.put(self._pages, f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>")
        furniture = self._given.furniture.furniture
        said = furniture.title, furniture.language
        structure = tree(file, said[1], self._boughs, [sheet.owners for sheet in self._sheets], self._annotated)
        entries = catalog_entries(file, *said) + self._fields.written()
        file.put(self._catalog, f"<</Type/Catalog/Pages {self._pages} 0 R/StructTreeRoot {structure} 0 R{entries}>>")
        told = file.add(information(said[0]))
        chunk = file.chunk(fonts.chunk.reach)
        identity = hashlib.sha256(fonts.identity.encode() + chunk.content).hexdigest()
        numbered = self._catalog, told, self._resources
        return Plate(master.paper, fonts, chunk, tuple(self._images), tuple(pages), *numbered, identity)

    def _composed(self) -> list[_Sheet]:
        """The pages with their columns, each of a passage that is cast for this file."""
        given = self._given
        language = given.furniture.furniture.language
        known = self._foundry.known(given.galleys, given.filled)
        above: tuple[int, ...] = ()
        first = 0
        sheets: list[_Sheet] = []
        for laid in self._master.passages:
            last = first + laid.passage.blocks
            blocks = slice(first, last)
            found = self._foundry.passage(laid, known[blocks], given.galleys[blocks], self._height, language, above)
            rooted = Rooted(found.cast.bough)
            self._boughs.append(rooted)
            for index, set_ in enumerate(found.columns):
                if index or laid.begins:
                    sheets.append(_Sheet())
                sheets[-1].columns.append(_Column(first, rooted, set_))
            above, first = found.cast.bough.headings, last
        return sheets

    def _print(self, sheet: _Sheet, page: int) -> None:
        """What is on a page: its blocks in reading order, header and footer."""
        sheet.object_, sheet.filled = self._file.reserved(), self._file.later()
        areas = [self._beside(sheet, column) for column in sheet.columns]
        edges = self._given.edges(page + 1)
        header, footer = map(self._foundry.edge, edges)
        first = page == 0
        columns = [column.set_ for column in sheet.columns]
        sheet.printed = self._foundry.printed(columns, self._across, (header, footer), self._master.paper, first=first)
        for strip in edges:
            for mark in strip.marks:
                if isinstance(mark, Picture):
                    self._use(mark.content, 0)
        if first and self._logo:
            sheet.own(self._logo, (0,))
        for which, index, at, tags in sheet.printed.slots:
            place = columns[which].places[index]
            own = tuple([area for number_, area in areas[which] if number_ == index]) if areas[which] else ()
            galley = sheet.columns[which].first + place.galley
            sheet.slots.append(Slot(galley, place.first, place.last, at, (place.x, place.y), tags, own))

    def _beside(self, sheet: _Sheet, column: _Column) -> list[tuple[int, Area]]:
        """The pieces, fields and pictures of a column are made known to the file; links whose text is filled in are given back by place."""
        first, rooted, set_ = column
        sheet.own(rooted, set_.owners)
        areas: list[tuple[int, Area]] = []
        for each in set_.beside:
            if isinstance(each, PictureAt):
                self._use(each.content, first + each.galley)
                continue
            key = len(self._sheets) + len(self._annotated)
            self._annotated.append((rooted, each.owner))
            if isinstance(each, FieldAt):
                number_ = self._fields.add(each.widget, sheet.object_, key)
            elif each.corners:
                number_ = self._file.reserved()
                self._file.put(
                    number_, annotation(self._area(sheet, first, each, number_, key), each.corners, each.words)
                )
            else:
                number_ = self._file.later()
                areas.append((each.place, self._area(sheet, first, each, number_, key)))
            sheet.annotations.append(number_)
            rooted.annotations.append(number_)
        return areas

    def _area(self, sheet: _Sheet, passage: int, link: AreaAt, number_: int, key: int) -> Area:
        return Area(
            number_,
            self._linked.setdefault((passage, link.owner), len(self._linked)),
            f"<</Type/Annot/Subtype/Link/P {sheet.object_} 0 R/F 4/Border[0 0 0]/A<</S/URI/URI {link.address}>>"
            f"/StructParent {key}",
        )

    def _rooted_logo(self) -> Rooted | None:
        """The figure at the head of the first page."""
        paper = self._master.paper
        for mark in self._given.furniture.standing.header.marks:
            if isinstance(mark, Picture) and mark.description:
                box = box_of((mark.x + paper.left, mark.y + paper.top), (mark.width, mark.height), self._height)
                return Rooted(_figure(box, mark.description))
        return None

    def _use(self, content: bytes, galley: int) -> None:
        """Writes the picture, once; raises TemplateError, with the place of the block, for a damaged one."""
        if content in self._images:
            return
        try:
            self._images[content] = image(self._file, content)
        except ValueError as trouble:
            block = tuple(self._given.root.blocks())[galley]
            fault = Fault(block.place or "template", f"{trouble}.", "Save it anew.", "src", block.parts[0].source)
            raise TemplateError(fault) from None


@remembered(32)
def _figure(box: Corners, description: str) -> Bough:
    """A picture that stands alone."""
    return lone(figure_branch(box, description))
