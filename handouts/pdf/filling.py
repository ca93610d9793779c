"""A plate, the blocks that are filled in and the furniture → what is painted of them on each page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple

from handouts.pdf.brush import Artifact, Codes, NotCovered, Place, is_ordered
from handouts.pdf.embed import Used, used
from handouts.pdf.file import in_utf_16, number
from handouts.pdf.font_set import NO_FONTS, FontSet, named_fonts
from handouts.pdf.mould import Mould, PageText, mould
from handouts.pdf.painter import moved_to
from handouts.pdf.plate import Area, Corners, Plate, PlatePage, Slot, area_of, words_of
from handouts.pdf.stencils import Painted, painted_line
from handouts.pdf.symbol import painted
from handouts.typeset.code import SIDE
from handouts.typeset.fonts import Face, Glyph
from handouts.typeset.holes import Given, Hole, Open
from handouts.typeset.lines import glyphs_of
from handouts.typeset.marks import text_in
from handouts.typeset.shape import Shaped
from handouts.typeset.standing import OwnLine, SetFurniture
from handouts.typeset.stencil import SetBlock
from handouts.typeset.style import Paper
from handouts.typeset.values import Values

_EXTRA = "/X"


class PlacedCode(NamedTuple):
    """The code of a page: what it says, and where its lower left corner stands."""

    text: str
    x: float
    y: float


class Edge(NamedTuple):
    """Header or footer of a page: what moves the brush there, what opens it, the lines that are painted, and the code below them."""

    at: str
    tag: str
    lines: tuple[str, ...]
    code: PlacedCode | None = None


class _EdgeForm(NamedTuple):
    """What is the same of an edge for everybody: `like` is the first page whose own lines stand there too, 0 the header.

    A code below it stands at the corner (`x`, `y`).
    """

    at: str
    tag: str
    like: int
    x: float
    y: float


class FilledSlot(NamedTuple):
    """A slot and the texts of its pieces, in which there may be something of the patient's own if they are `private`."""

    slot: Slot
    texts: tuple[str, ...]
    private: bool


class FilledPage(NamedTuple):
    """What differs from file to file on a page: its text, what stands in the places of each of its slots, header and footer."""

    text: PageText
    shown: tuple[tuple[str, ...], ...]
    edges: tuple[Edge, ...]

    @property
    def slots(self) -> tuple[FilledSlot, ...]:
        """What is in its slots."""
        found: list[FilledSlot] = []
        for (slot, pieces, private), shown in zip(self.text.slots, self.shown, strict=True):
            left = iter(shown)
            texts = [text % tuple(islice(left, places)) for text, places in pieces]
            found.append(FilledSlot(slot, tuple(texts), private))
        return tuple(found)

    @property
    def content(self) -> str:
        """All of it as operators, each piece as what it is."""
        parts = [self.text.operators % tuple(chain.from_iterable(self.shown))] if self.shown else []
        for edge in self.edges:
            parts += (edge.tag, "q", edge.at, *edge.lines)
            if edge.code:
                parts.append(painted(*edge.code, SIDE))
            parts += ("Q", "EMC")
        return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class Filled:
    """A plate and all that is filled in; `extra` are fonts for characters that the plate's own do not have.

    `links` are the areas that open an address, with their places and the words of the whole link.
    """

    plate: Plate
    pages: tuple[FilledPage, ...]
    extra: FontSet
    links: tuple[tuple[Area, Corners, str], ...]


def fill(plate: Plate, blocks: Mapping[int, SetBlock], furniture: SetFurniture, known: Values | None = None) -> Filled:
    """`plate` with the texts of `blocks` and `furniture`; `known` is what one packet's documents share.

    `blocks` are the filled ones by their number in reading order, of the shapes that the plate was made with.
    """
    filling = _Filling(plate, blocks, furniture, NO_FONTS, NO_FONTS)
    try:
        found = filling.filled()
        if not filling.missing:
            return found
        missing, in_words = used(filling.missing), False
    except NotCovered:  # for words of the template in a form that was not foreseen
        missing, in_words = _not_covered(plate, blocks, furniture), True
    extra = _extra(plate, missing, known or Values())
    return _Filling(plate, blocks, furniture, extra, extra if in_words else NO_FONTS).filled()


def _not_covered(plate: Plate, blocks: Mapping[int, SetBlock], furniture: SetFurniture) -> Used:
    """All that `plate` has no glyphs for, of values and of words."""
    count = len(plate.pages)
    marks = [(mark, block.given) for block in blocks.values() for mark in text_in(block.stencil.galley.strips)]
    own = {line for page in range(count + 1) for line in furniture.own(page, count)}
    marks += [(mark, line.entry.given) for line in own for mark in line.marks()]
    found = [(mark.face, pieces) for mark, given in marks for pieces in _together(mark.pieces, given)]
    return used((face, glyphs_of(pieces)) for face, pieces in found if not plate.fonts.covers(face, pieces))


def _extra(plate: Plate, missing: Used, known: Values) -> FontSet:
    """Fonts for what `plate` has no glyphs for; the documents of one packet mostly need the same."""
    key = "extra fonts", tuple(missing.items())
    if key not in known.kept:
        known.kept[key] = named_fonts(missing, _EXTRA, dense=True)
    return FontSet.of_packet(missing, _EXTRA, known.kept[key], plate.chunk.end, plate.chunk.reach)


class _InPlaces(NamedTuple):
    """What stands in places, and the holes among them whose glyphs do not give their text in its order.

    `covered`: all of it is in fonts that others have too.
    """

    texts: tuple[str, ...]
    unordered: Sequence[Hole]
    covered: bool


class _Filling:
    """One file while it is filled in; `missing` are glyphs that are in none of its fonts, with their faces."""

    def __init__(
        self,
        plate: Plate,
        blocks: Mapping[int, SetBlock],
        furniture: SetFurniture,
        extra: FontSet,
        words: FontSet,
    ) -> None:
        """`extra` are a packet's own fonts, `words` those for words of the template that `plate` does not have."""
        self._plate = plate
        self._words = words
        self._blocks = blocks
        self._furniture = furniture
        self._extra = extra
        self._links: list[tuple[Area, Corners]] = []
        self._linked: dict[int, str] = {}
        self.missing: list[tuple[Face, Sequence[Glyph]]] = []

    def filled(self) -> Filled:
        header, *footers = self._edges()
        pages = tuple(
            [self._page(page, header, footer) for page, footer in zip(self._plate.pages, footers, strict=True)]
        )
        links = tuple([(area, corners, self._linked[area.link]) for area, corners in self._links])
        return Filled(self._plate, pages, self._extra, links)

    def _page(self, page: PlatePage, header: Edge, footer: Edge) -> FilledPage:
        blocks = [self._blocks[slot.galley] for slot in page.slots]
        given = page, [block.stencil for block in blocks], self._plate.fonts, self._words
        found = mould(*given)
        shown = self._shown(found, blocks)
        if unordered := frozenset([hole for each in shown for hole in each.unordered]):
            found = mould(*given, unordered)
            shown = self._shown(found, blocks)
        for slot, painted_, block in zip(page.slots, found.painted, blocks, strict=True):
            if slot.areas:
                self._link(slot, painted_, block)
        return FilledPage(found.page, tuple([each.texts for each in shown]), (header, footer))

    def _shown(self, given: Mould, blocks: Sequence[SetBlock]) -> list[_InPlaces]:
        """What stands in the places of each slot."""
        found: list[_InPlaces] = []
        for painted_, block in zip(given.painted, blocks, strict=True):
            places = painted_.places
            known = block.kept.get(id(places))
            shown = known[1] if known else self._in_places(places, block.given)
            if not known and shown.covered:
                block.kept[id(places)] = places, shown
            found.append(shown)
        return found

    def _edges(self) -> Sequence[Edge]:
        """What is this packet's own in the header and in the footer of each page."""
        count, furniture = len(self._plate.pages), self._furniture
        code = furniture.furniture.code
        found: list[Edge] = []
        for page, (at, tag, like, x, y) in enumerate(_edge_forms(furniture, self._plate.paper, count)):
            alike = like < page
            lines = found[like].lines if alike else tuple([self._line(line) for line in furniture.own(page, count)])
            placed = PlacedCode(code.text(page, count), x, y) if code and page else None
            found.append(Edge(at, tag, lines, placed))
        return found

    def _line(self, line: OwnLine) -> str:
        """A packet's own line, which its other documents may have too."""
        key = self._plate.fonts.identity, line.pattern, line.tops, line.right
        known: str | None = line.entry.kept.get(key)
        if known is None:
            known, covered = self._new_line(line)
            if covered:
                line.entry.kept[key] = known
        return known

    def _new_line(self, line: OwnLine) -> tuple[str, bool]:
        fonts, given = self._plate.fonts, line.entry.given
        text, places = painted_line(line, fonts, (), self._words)
        shown = self._in_places(places, given)
        if shown.unordered:
            text, places = painted_line(line, fonts, shown.unordered, self._words)
            shown = self._in_places(places, given)
        return text % shown.texts, shown.covered

    def _in_places(self, places: Iterable[Place], given: Given) -> _InPlaces:
        shown: list[str] = []
        unordered: list[Hole] = []
        missing = len(self.missing)
        for place in places:
            if isinstance(place, Codes):
                hole, _, size, font, _ = place
                shaped = given[hole]
                codes = font.inline(shaped, size) if font else None
                shown.append(codes if codes is not None else self._in_another_font(place, shaped))
                if not hole.rtl and not is_ordered(shaped):
                    unordered.append(hole)
            elif isinstance(place, Open):
                shown.append(number(place.length(given)))
            else:
                shown.append(in_utf_16(given[place.hole].text))
        return _InPlaces(tuple(shown), unordered, not self._extra.met and len(self.missing) == missing)

    def _in_another_font(self, place: Codes, shaped: Shaped) -> str:
        """What stands in the place of a hole if it is `shaped`, and the font around it has no glyphs for that."""
        _, face, size, font, spaced = place
        for fonts in (self._plate.fonts.fonts, self._extra.fonts):
            other = fonts.get(face)
            codes = other.inline(shaped, size) if other else None
            if other and codes is not None:
                space = other.space if spaced and not font else ""
                shown = f"{other.key} {number(size)} Tf [({codes}{space})]TJ"
                return f")]TJ {shown} {font.key} {number(size)} Tf [(" if font else shown
        if self._extra.met:
            raise NotCovered(shaped.text)
        self.missing.append((face, shaped.glyphs))
        return ""

    def _link(self, slot: Slot, shown: Painted, block: SetBlock) -> None:
        x, y = slot.corner
        for area, (mark, down) in zip(slot.areas, shown.links, strict=True):
            filled = mark.filled(block.given)
            self._linked[area.link] = self._linked.get(area.link, "") + words_of(filled)
            self._links.append((area, area_of(filled, (x, y + down), self._plate.paper.height)))


def _edge_forms(furniture: SetFurniture, paper: Paper, count: int) -> Sequence[_EdgeForm]:
    """Those of the header and of the footers of `count` pages."""
    standing = furniture.standing
    key = "edges", paper, count
    if key not in standing.kept:
        at = moved_to((paper.left, paper.top), paper.height)
        found = [_EdgeForm(at, Artifact.HEADER.tag, 0, 0, 0)]
        places = [furniture.places(page, count) for page in range(count + 1)]
        for page in range(1, count + 1):
            footer = standing.footer(page, count)
            at = moved_to((paper.left, paper.height - paper.bottom - footer.height), paper.height)
            x, y = standing.code_corner(footer)
            found.append(_EdgeForm(at, Artifact.FOOTER.tag, places.index(places[page], 1), x, -y))
        standing.kept[key] = found
    return standing.kept[key]


def _together(pieces: Sequence[Shaped], given: Given) -> Iterator[tuple[Shaped, ...]]:
    """What is painted in one font: the words of a segment, and what is in each of its holes."""
    yield tuple([piece for piece in pieces if not isinstance(piece, Hole)])
    yield from ((given[piece],) for piece in pieces if isinstance(piece, Hole))
