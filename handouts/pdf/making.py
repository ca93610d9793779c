"""A master, its galleys and furniture → its plate: the file but for what is filled in, with its structure, fields and links."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from handouts.content.blocks import Group
from handouts.errors import Fault, TemplateError
from handouts.memory import Recent, remembered
from handouts.pdf.brush import Artifact, Brush, NotCovered, picture_name
from handouts.pdf.cast import Cast, Cut, Spot, Stretch, cast
from handouts.pdf.embed import united, used
from handouts.pdf.fields import Fields
from handouts.pdf.file import File, number, text_string
from handouts.pdf.font_set import FontSet
from handouts.pdf.images import image
from handouts.pdf.metadata import catalog_entries, information
from handouts.pdf.notices import Signing, instead_of_signing, mark_across
from handouts.pdf.painter import Painter, moved_to, stretch
from handouts.pdf.pieces import filled_parts, outline
from handouts.pdf.plate import Area, Corners, Plate, PlatePage, Slot, annotation, area_of, box_of
from handouts.pdf.tags import Setting, figure_branch
from handouts.pdf.tree import Rooted, Tree
from handouts.typeset.furniture import OWN, SetFurniture
from handouts.typeset.marks import FieldBox, Galley, Glyphs, Mark, Picture, Rule, Strip, text_in
from handouts.typeset.master import Master, Place
from handouts.typeset.same import Same
from handouts.typeset.style import Style

_PLAIN = ":/?#[]@!$&'*+,;=%-._~"  # the characters of an address that are written as they are (RFC 3986)


_CASTS, _WIDER = 4096, 8


class PlateMaker:
    """Makes plates that have `fonts`, and more where those do not do; what it cast of blocks is remembered, without their blanks.

    With `signing` not allowed there are no form fields, and signatures and initials become dashed areas with its words.
    """

    def __init__(self, fonts: FontSet, style: Style, signing: Signing) -> None:
        self.fonts = fonts
        self._style = style
        self._signing = signing
        self._foundry = _Foundry(Painter(fonts, style, signing))
        self._wider: Recent[object, _Foundry] = Recent(_WIDER)

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
        given = _Given(root, master, galleys, furniture, frozenset(filled), mark_across(mark or "", master.paper))
        try:
            return _Making(given, self._foundry).plate()
        except NotCovered:
            return _Making(given, self._wider_foundry(given)).plate()

    def _wider_foundry(self, given: _Given) -> _Foundry:
        """One with fonts for all that is the same in every file."""
        missing = [mark for mark in self._still(given) if not self.fonts.covers(mark.face, mark.pieces)]
        met = united(self.fonts.met, used((mark.face, mark.glyphs) for mark in missing))
        return self._wider(tuple(met.items()), lambda: _Foundry(Painter(FontSet.of(met), self._style, self._signing)))

    def _still(self, given: _Given) -> Iterator[Glyphs]:
        """All text of the plate."""
        yield from given.across[0]
        yield from (each for each in text_in(given.edges) if each.part != OWN)
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
    filled: Collection[int]
    across: tuple[Sequence[Glyphs], tuple[float, float]]

    def filled_in(self, number_: int) -> Collection[int]:
        """The parts of a block whose text is filled in."""
        return filled_parts(self.galleys[number_].block) if number_ in self.filled else ()

    @property
    def edges(self) -> tuple[Strip, ...]:
        """The header, and the footers of all pages."""
        count = len(self.master.pages)
        return self.furniture.header, *(self.furniture.footer(page, count) for page in range(1, count + 1))


class _Foundry:
    """Casts blocks with one painter, and edges of pages; remembers what it cast, of which none is a patient's own."""

    def __init__(self, painter: Painter) -> None:
        self.painter = painter
        self._still = remembered(_CASTS)(self._cast)
        self._filled: Recent[object, Cast] = Recent(_CASTS)
        self._edges: Recent[object, tuple[str, tuple[str, ...]]] = Recent(_WIDER)

    def cast(
        self, given: _Given, number_: int, cuts: tuple[Cut, ...], setting: Setting | None, box: Corners | None
    ) -> Cast:
        """The cast of a block; one with blanks is known by all that is around their text."""
        galley = given.galleys[number_]
        if number_ not in given.filled:
            return self._still(Same(galley), cuts, setting, box)
        parts = filled_parts(galley.block)
        return self._filled(
            (Same(galley.block), outline(galley.strips, parts), cuts, setting, box),
            lambda: cast(galley.block, galley.strips, cuts, parts, self.painter, setting, box),
        )

    def _cast(self, galley: Same[Galley], cuts: tuple[Cut, ...], setting: Setting | None, box: Corners | None) -> Cast:
        return cast(galley.held.block, galley.held.strips, cuts, (), self.painter, setting, box)

    def edge(self, strip: Strip) -> tuple[str, tuple[str, ...]]:
        """What everybody's header or footer has: lines and words, and each of its pictures."""
        marks = tuple([mark for mark in strip.marks if not isinstance(mark, Glyphs) or mark.part != OWN])
        return self._edges(marks, lambda: self._edge(marks))

    def _edge(self, marks: Sequence[Mark]) -> tuple[str, tuple[str, ...]]:
        brush = Brush(self.painter.fonts.fonts)
        for mark in marks:
            if isinstance(mark, Rule):
                brush.line((mark.x1, mark.y1), (mark.x2, mark.y2), mark.width, mark.colour)
            elif isinstance(mark, Glyphs):
                brush.glyphs(mark, 0)
        shown = brush.taken()
        pictures: list[str] = []
        for mark in marks:
            if isinstance(mark, Picture):
                brush.picture((mark.x, mark.y), (mark.width, mark.height), mark.content)
                pictures.append(brush.taken())
        return shown, tuple(pictures)


@dataclass(slots=True)
class _Sheet:
    """One page while it is made: its objects, its content, the elements of its pieces, its annotations and slots."""

    object_: int
    filled: int
    parts: list[str] = field(default_factory=list[str])
    pieces: int = 0
    owners: list[tuple[Rooted, Sequence[int]]] = field(default_factory=list[tuple[Rooted, Sequence[int]]])
    annotations: list[int] = field(default_factory=list[int])
    slots: list[Slot] = field(default_factory=list[Slot])
    still: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def own(self, rooted: Rooted, owners: Sequence[int]) -> int:
        """The number of the first of the next pieces, whose elements are `owners` on the branch."""
        first = self.pieces
        self.pieces += len(owners)
        self.owners.append((rooted, owners))
        rooted.stretches += (first, self.object_)
        return first

    def artifact(self, artifact: Artifact, painted: Sequence[tuple[str, str]]) -> None:
        """Paints what is no content."""
        if painted:
            self.parts += (artifact.tag, *[stretch(at, (shown,)) for at, shown in painted], "EMC")


class _Making:
    """One plate while it is made, page by page."""

    def __init__(self, given: _Given, foundry: _Foundry) -> None:
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
        self._stretches: dict[int, Iterator[Stretch]] = {}
        self._rooted: dict[int, Rooted] = {}
        self._header, *self._footers = given.edges
        self._logo = self._rooted_logo()
        furniture = given.furniture.furniture
        self._places = self._placed()
        self._tree = Tree(given.root, furniture.language, self._root, self._logo)
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
            content = "\n".join(sheet.parts).encode("latin-1")
            still = file.stream("", content)
            annotated = (
                f"/Annots[{' '.join([f'{each} 0 R' for each in sheet.annotations])}]" if sheet.annotations else ""
            )
            file.put(
                sheet.object_,
                f"<</Type/Page/Parent {self._pages} 0 R{size}/Resources {resources} 0 R"
                f"/Contents[{still} 0 R {sheet.filled} 0 R]/StructParents {index}/Tabs/S{annotated}>>",
            )
            pages.append(PlatePage(tuple(sheet.slots), sheet.filled, tuple(sheet.still)))
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

    def _placed(self) -> dict[int, list[tuple[Place, int]]]:
        """Where each block stands, with the number of the page."""
        found: dict[int, list[tuple[Place, int]]] = {number_: [] for number_ in range(len(self._given.galleys))}
        for page, places in enumerate(self._master.pages):
            for place in places:
                if not place.repeated:
                    found[place.galley].append((place, page))
        return found

    def _root(self, number_: int, setting: Setting) -> Rooted:
        """The block with this number in reading order, as it is cast for this file."""
        places = self._places[number_]
        cuts = tuple([(place.first, place.last, page - places[0][1]) for place, page in places])
        box: Corners | None = None
        if self._given.galleys[number_].block.role == "img":
            for mark in self._given.galleys[number_].strips[0].marks:
                box = self._corners(places[0][0], mark, 0) if isinstance(mark, Picture) else box
        made = self._foundry.cast(self._given, number_, cuts, setting, box)
        self._stretches[number_] = iter(made.stretches)
        rooted = self._rooted[number_] = Rooted(made.branch)
        return rooted

    def _sheet(self, page: int) -> _Sheet:
        """The next page: grounds, the mark across it, lines and boxes, the text in reading order, header and footer."""
        sheet = _Sheet(self._file.reserved(), self._file.later())
        places = [
            (place, moved_to((place.x, place.y), self._height), self._stretch(place))
            for place in self._master.pages[page]
        ]
        grounds = [(at, shown.grounds) for _, at, shown in places if shown.grounds]
        marks = [(moved_to((0, 0), self._height), self._across)] if self._across else []
        sheet.artifact(Artifact.LAYOUT, grounds)
        sheet.artifact(Artifact.WATERMARK, marks)
        sheet.artifact(Artifact.LAYOUT, [(at, shown.lines) for _, at, shown in places if shown.lines])
        sheet.still += (*grounds, *marks)
        for place, at, shown in places:
            self._block(sheet, place, at, shown)
        paper, footer = self._master.paper, self._footers[page]
        self._edge(sheet, self._header, paper.top, Artifact.HEADER, first=page == 0)
        self._edge(sheet, footer, paper.height - paper.bottom - footer.height, Artifact.FOOTER, first=page == 0)
        return sheet

    def _stretch(self, place: Place) -> Stretch:
        """What stands in `place`."""
        if not place.repeated:
            return next(self._stretches[place.galley])
        cut = ((place.first, place.last, 0),)
        (found,) = self._foundry.cast(self._given, place.galley, cut, None, None).stretches
        return found

    def _block(self, sheet: _Sheet, place: Place, at: str, shown: Stretch) -> None:
        """The content of a block: its fields and pictures, and its text, unless that is filled in; then a slot for it is noted."""
        first = 0
        areas: list[Area] = []
        if not place.repeated:
            rooted = self._rooted[place.galley]
            first = sheet.own(rooted, shown.owners)
            for spot in shown.spots:
                areas += self._spot(sheet, place, rooted, spot)
        for content in shown.pictures:
            self._use(content, place.galley)
        if shown.tags.text:
            tags = tuple(shown.tags.at(first).split("\n"))
            sheet.slots.append(Slot(place.galley, place.first, place.last, at, (place.x, place.y), tags, tuple(areas)))
        if shown.content.text:
            sheet.parts += ("q", at, shown.content.at(first), "Q")
        if shown.still:
            sheet.still.append((at, shown.still))

    def _spot(self, sheet: _Sheet, place: Place, rooted: Rooted, spot: Spot) -> Sequence[Area]:
        """A field, or an area of a link; that is given back if its text is filled in."""
        key = len(self._master.pages) + len(self._annotated)
        self._annotated.append((rooted, spot.owner))
        mark = spot.mark
        if isinstance(mark, FieldBox):
            number_ = self._fields.add(mark, self._corners(place, mark, spot.down), sheet.object_, key)
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
        for mark in self._header.marks:
            if isinstance(mark, Picture) and mark.description:
                box = box_of((mark.x + paper.left, mark.y + paper.top), (mark.width, mark.height), self._height)
                return Rooted(figure_branch(box, mark.description))
        return None

    def _edge(self, sheet: _Sheet, strip: Strip, y: float, artifact: Artifact, *, first: bool) -> None:
        """What everybody's header or footer has on this page: lines, words, and the logo, which is a figure on the first page."""
        at = moved_to((self._master.paper.left, y), self._height)
        shown, pictures = self._foundry.edge(strip)
        lines = [(at, shown)] if shown else []
        sheet.artifact(artifact, lines)
        sheet.still += lines
        marks = [mark for mark in strip.marks if isinstance(mark, Picture)] if pictures else []
        for mark, drawn in zip(marks, pictures, strict=True):
            self._use(mark.content, 0)
            tag = artifact.tag if mark.description else Artifact.LAYOUT.tag
            if mark.description and first and self._logo:
                tag = f"/Figure<</MCID {sheet.own(self._logo, (0,))}>>BDC"
            sheet.parts.append(stretch(at, (tag, drawn, "EMC")))
            sheet.still.append((at, drawn))

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

    def _corners(self, place: Place, mark: FieldBox | Picture, down: float) -> Corners:
        """Where `mark` stands on the page."""
        corner = place.x + mark.x, place.y + down + mark.y
        return box_of(corner, (mark.width, mark.height), self._height)
