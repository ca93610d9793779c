"""A master, its galleys and furniture → its plate: the file but for what is filled in, with its structure, fields and links."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from handouts.content.blocks import Group
from handouts.errors import Fault, TemplateError
from handouts.memory import Recent
from handouts.pdf.brush import Brush, NotCovered, picture_name
from handouts.pdf.cast import Cast, Cut, Spot, Stretch
from handouts.pdf.embed import united, used
from handouts.pdf.fields import Fields
from handouts.pdf.file import File, number, text_string
from handouts.pdf.font_set import FontSet
from handouts.pdf.foundry import NOTHING, Foundry, Printed
from handouts.pdf.images import image
from handouts.pdf.metadata import catalog_entries, information
from handouts.pdf.notices import Signing, instead_of_signing, mark_across
from handouts.pdf.painter import Painter
from handouts.pdf.pieces import filled_parts
from handouts.pdf.plate import Area, Corners, Plate, PlatePage, Slot, annotation, area_of, box_of
from handouts.pdf.tags import Setting, figure_branch
from handouts.pdf.tree import Rooted, Tree
from handouts.typeset.marks import FieldBox, Galley, Glyphs, Picture, Strip, text_in
from handouts.typeset.master import Master, Place
from handouts.typeset.standing import SetFurniture
from handouts.typeset.stencil import Stencil
from handouts.typeset.style import Style

_PLAIN = ":/?#[]@!$&'*+,;=%-._~"  # the characters of an address that are written as they are (RFC 3986)


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
        yield from text_in(given.edges)
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

    @property
    def edges(self) -> tuple[Strip, ...]:
        """The header, and the footers of all pages."""
        count = len(self.master.pages)
        standing = self.furniture.standing
        return standing.header, *(standing.footer(page, count) for page in range(1, count + 1))


@dataclass(slots=True)
class _Sheet:
    """One page while it is made: its objects, the elements of its pieces, its annotations and slots, what is printed on it."""

    object_: int
    filled: int
    pieces: int = 0
    owners: list[tuple[Rooted, Sequence[int]]] = field(default_factory=list[tuple[Rooted, Sequence[int]]])
    annotations: list[int] = field(default_factory=list[int])
    slots: list[Slot] = field(default_factory=list[Slot])
    printed: Printed = NOTHING

    def own(self, rooted: Rooted, owners: Sequence[int]) -> None:
        """The next pieces are of these elements on the branch."""
        rooted.stretches += (self.pieces, self.object_)
        self.pieces += len(owners)
        self.owners.append((rooted, owners))


class _Blocks:
    """The blocks of a plate as they are cast for it: `rooted` are their branches, by number."""

    def __init__(self, given: _Given, foundry: Foundry) -> None:
        self.rooted: dict[int, Rooted] = {}
        self._given = given
        self._foundry = foundry
        self._places = self._placed()
        self._stretches: dict[int, Iterator[Stretch]] = {}

    def root(self, number_: int, setting: Setting) -> Rooted:
        """The block with this number in reading order, as it is cast for this file."""
        places = self._places[number_]
        cuts = tuple([(place.first, place.last, page - places[0][1]) for place, page in places])
        box: Corners | None = None
        galley = self._given.galleys[number_]
        if galley.block.role == "img":
            picture = next(mark for mark in galley.strips[0].marks if isinstance(mark, Picture))
            box = _corners(places[0][0], picture, 0, self._given.master.paper.height)
        made = self._cast(number_, cuts, setting, box)
        self._stretches[number_] = iter(made.stretches)
        rooted = self.rooted[number_] = Rooted(made.branch, [], [])
        return rooted

    def stretch(self, place: Place) -> Stretch:
        """What stands in `place`."""
        if not place.repeated:
            return next(self._stretches[place.galley])
        cut = ((place.first, place.last, 0),)
        (found,) = self._cast(place.galley, cut, None, None).stretches
        return found

    def _placed(self) -> dict[int, list[tuple[Place, int]]]:
        """Where each block stands, with the number of the page."""
        found: dict[int, list[tuple[Place, int]]] = {number_: [] for number_ in range(len(self._given.galleys))}
        for page, places in enumerate(self._given.master.pages):
            for place in places:
                if not place.repeated:
                    found[place.galley].append((place, page))
        return found

    def _cast(self, number_: int, cuts: tuple[Cut, ...], setting: Setting | None, box: Corners | None) -> Cast:
        galley = self._given.galleys[number_]
        return self._foundry.cast(galley, cuts, setting, box, self._given.filled.get(number_))


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
        self._fields = Fields(self._file, self._master.style)
        self._annotated: list[tuple[Rooted, int]] = []
        self._linked: dict[tuple[int, int], int] = {}
        self._images: dict[bytes, int] = {}
        self._edges = [(strip, foundry.edge(strip)) for strip in given.edges]
        self._logo = self._rooted_logo()
        furniture = given.furniture.furniture
        self._blocks = _Blocks(given, foundry)
        self._tree = Tree(given.root, furniture.language, self._blocks.root, self._logo)
        brush = Brush(self._fonts.fonts)
        for mark in given.across[0]:
            brush.turned(mark, given.across[1])
        self._across = brush.taken()
        self._sheets = [self._sheet(number_) for number_ in range(len(self._master.pages))]

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
        structure = self._tree.written(file, [sheet.owners for sheet in self._sheets], self._annotated)
        furniture = self._given.furniture.furniture
        said = furniture.title, furniture.language
        entries = catalog_entries(file, *said) + self._fields.written()
        file.put(self._catalog, f"<</Type/Catalog/Pages {self._pages} 0 R/StructTreeRoot {structure} 0 R{entries}>>")
        told = file.add(information(said[0]))
        chunk = file.chunk(fonts.chunk.reach)
        identity = hashlib.sha256(fonts.identity.encode() + chunk.content).hexdigest()
        numbered = self._catalog, told, self._resources
        return Plate(master.paper, fonts, chunk, tuple(self._images), tuple(pages), *numbered, identity)

    def _sheet(self, page: int) -> _Sheet:
        """The next page: its blocks in reading order, header and footer."""
        sheet = _Sheet(self._file.reserved(), self._file.later())
        places = self._master.pages[page]
        stretches = [self._blocks.stretch(place) for place in places]
        areas = [self._block(sheet, place, shown) for place, shown in zip(places, stretches, strict=True)]
        header, footer = self._edges[0], self._edges[page + 1]
        first = page == 0
        sheet.printed = self._foundry.printed(
            [(shown, place.x, place.y) for place, shown in zip(places, stretches, strict=True)],
            self._across,
            (header[1], footer[1]),
            self._master.paper,
            first=first,
        )
        for strip, _ in (header, footer):
            for mark in strip.marks:
                if isinstance(mark, Picture):
                    self._use(mark.content, 0)
        if first and self._logo:
            sheet.own(self._logo, (0,))
        for number_, at, tags in sheet.printed.slots:
            place = places[number_]
            corner = place.x, place.y
            sheet.slots.append(Slot(place.galley, place.first, place.last, at, corner, tags, tuple(areas[number_])))
        return sheet

    def _block(self, sheet: _Sheet, place: Place, shown: Stretch) -> list[Area]:
        """The pieces, fields and pictures of a block are made known to the file; what opens an address and is filled in is given back."""
        areas: list[Area] = []
        if not place.repeated:
            rooted = self._blocks.rooted[place.galley]
            sheet.own(rooted, shown.owners)
            for spot in shown.spots:
                areas += self._spot(sheet, place, rooted, spot)
        for content in shown.pictures:
            self._use(content, place.galley)
        return areas

    def _spot(self, sheet: _Sheet, place: Place, rooted: Rooted, spot: Spot) -> Sequence[Area]:
        """A field, or an area of a link; that is given back if its text is filled in."""
        key = len(self._master.pages) + len(self._annotated)
        self._annotated.append((rooted, spot.owner))
        mark = spot.mark
        if isinstance(mark, FieldBox):
            number_ = self._fields.add(mark, _corners(place, mark, spot.down, self._height), sheet.object_, key)
        else:
            number_ = self._file.reserved() if mark else self._file.later()
        sheet.annotations.append(number_)
        rooted.annotations.append(number_)
        if isinstance(mark, FieldBox):
            return ()
        link = self._linked.setdefault((place.galley, spot.owner), len(self._linked))
        address = text_string(quote(spot.address, safe=_PLAIN))
        area = Area(
            number_,
            link,
            f"<</Type/Annot/Subtype/Link/P {sheet.object_} 0 R/F 4/Border[0 0 0]/A<</S/URI/URI {address}>>"
            f"/StructParent {key}",
        )
        if not mark:
            return (area,)
        corners = area_of(mark, (place.x, place.y + spot.down), self._height)
        self._file.put(number_, annotation(area, corners, spot.words))
        return ()

    def _rooted_logo(self) -> Rooted | None:
        """The figure at the head of the first page."""
        paper = self._master.paper
        for mark in self._edges[0][0].marks:
            if isinstance(mark, Picture) and mark.description:
                box = box_of((mark.x + paper.left, mark.y + paper.top), (mark.width, mark.height), self._height)
                return Rooted(figure_branch(box, mark.description), [], [])
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


def _corners(place: Place, mark: FieldBox | Picture, down: float, height: float) -> Corners:
    """Where `mark` stands on the page, which is `height` points tall."""
    corner = place.x + mark.x, place.y + down + mark.y
    return box_of(corner, (mark.width, mark.height), height)
