"""A plate, the blocks that are filled in and the furniture → what is painted of them on each page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from handouts.pdf.brush import Artifact, Codes, NotCovered, Place, Said, is_ordered
from handouts.pdf.embed import used
from handouts.pdf.file import in_utf_16, number
from handouts.pdf.font_set import NO_FONTS, FontSet, named_fonts
from handouts.pdf.painter import moved_to
from handouts.pdf.plate import Area, Corners, Plate, Slot, area_of, words_of
from handouts.pdf.stencils import Text, painted, painted_line
from handouts.pdf.symbol import painted as drawn_code
from handouts.typeset.code import SIDE
from handouts.typeset.holes import Given, Hole, Open
from handouts.typeset.marks import Glyphs
from handouts.typeset.standing import OwnLine, SetFurniture
from handouts.typeset.stencil import SetBlock
from handouts.typeset.values import Values

_EXTRA = "/X"


class Edge(NamedTuple):
    """Header or footer of a page: what moves the brush there, what opens it, what is painted."""

    at: str
    tag: str
    shown: str


class FilledPage(NamedTuple):
    """What differs from file to file on a page: the pieces of each slot, header and footer."""

    slots: tuple[tuple[Slot, tuple[str, ...]], ...]
    edges: tuple[Edge, ...]


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
    try:
        return _Filling(plate, blocks, furniture, NO_FONTS).filled()
    except NotCovered:
        return _Filling(plate, blocks, furniture, _extra(plate, blocks, furniture, known or Values())).filled()


def _extra(plate: Plate, blocks: Mapping[int, SetBlock], furniture: SetFurniture, known: Values) -> FontSet:
    """Fonts for what `plate` has no glyphs for; the documents of one packet mostly need the same."""
    fonts, count = plate.fonts, len(plate.pages)
    own = {line for page in range(count + 1) for line in furniture.own(page, count)}
    texts = [(painted_line(line, fonts), furniture.given) for line in own]
    for slot in (slot for page in plate.pages for slot in page.slots):
        block = blocks[slot.galley]
        texts += [(text, block.given) for text in painted(block.stencil, fonts, (slot.first, slot.last)).texts]
    codes = [(place, given) for (_, places), given in texts for place in places if isinstance(place, Codes)]
    found = [(place.face, given(place.hole)) for place, given in codes]
    missing = used((face, piece.glyphs) for face, piece in found if not fonts.covers(face, (piece,)))
    key = "extra fonts", tuple(missing.items())
    if key not in known.kept:
        known.kept[key] = named_fonts(missing, _EXTRA, dense=True)
    return FontSet.of_packet(missing, _EXTRA, known.kept[key], plate.chunk.end, plate.chunk.reach)


class _Filling:
    """One file while it is filled in."""

    def __init__(self, plate: Plate, blocks: Mapping[int, SetBlock], furniture: SetFurniture, extra: FontSet) -> None:
        self._plate = plate
        self._blocks = blocks
        self._furniture = furniture
        self._extra = extra
        self._links: list[tuple[Area, Corners]] = []
        self._words: dict[int, str] = {}
        self._own: dict[tuple[OwnLine, ...], str] = {}

    def filled(self) -> Filled:
        header = self._edge(0)
        pages = tuple(
            [
                FilledPage(tuple([(slot, self._slot(slot)) for slot in page.slots]), (header, self._edge(number_)))
                for number_, page in enumerate(self._plate.pages, 1)
            ]
        )
        links = tuple((area, corners, self._words[area.link]) for area, corners in self._links)
        return Filled(self._plate, pages, self._extra, links)

    def _edge(self, page: int) -> Edge:
        """What is this packet's own in the footer of a page, in the header on page 0."""
        paper, count, furniture = self._plate.paper, len(self._plate.pages), self._furniture
        own = furniture.own(page, count)
        shown = self._own.get(own)
        if shown is None:
            shown = self._own[own] = "\n".join([self._line(line) for line in own])
        if not page:
            return Edge(moved_to((paper.left, paper.top), paper.height), Artifact.HEADER.tag, shown)
        footer, code = furniture.standing.footer(page, count), furniture.furniture.code
        if code:
            x, y = furniture.standing.code_corner(footer)
            shown = f"{shown}\n{drawn_code(code.text(page, count), x, -y, SIDE)}"
        at = moved_to((paper.left, paper.height - paper.bottom - footer.height), paper.height)
        return Edge(at, Artifact.FOOTER.tag, shown)

    def _line(self, line: OwnLine) -> str:
        fonts, given = self._plate.fonts, self._furniture.given
        text = painted_line(line, fonts)
        unordered = _unread(text[1], given)
        return self._text(painted_line(line, fonts, unordered) if unordered else text, given)

    def _slot(self, slot: Slot) -> tuple[str, ...]:
        block, fonts, strips = self._blocks[slot.galley], self._plate.fonts, (slot.first, slot.last)
        shown = painted(block.stencil, fonts, strips)
        texts = block.kept.get((fonts.identity, strips))
        if texts is None:
            unordered = [hole for _, places in shown.texts for hole in _unread(places, block.given)]
            if unordered:
                shown = painted(block.stencil, fonts, strips, unordered)
            texts = tuple([self._text(text, block.given) for text in shown.texts])
            if not self._extra.met:
                block.kept[fonts.identity, strips] = texts
        if slot.areas:
            for area, (mark, down) in zip(slot.areas, shown.links, strict=True):
                self._link(area, mark.filled(block.given), (slot.corner[0], slot.corner[1] + down))
        return texts

    def _text(self, text: Text, given: Given) -> str:
        """A text with what is in its places."""
        pattern, places = text
        return pattern % tuple([self._given(place, given) for place in places])

    def _given(self, place: Place, given: Given) -> str:
        if isinstance(place, Open):
            return number(place.length(given))
        if isinstance(place, Said):
            return in_utf_16(given(place.hole).text)
        hole, face, size, key, spaced = place
        shaped = given(hole)
        font = self._plate.fonts.fonts.get(face)
        if font and font.covers(shaped):
            return font.inline(shaped, size)
        other = self._extra.fonts.get(face)
        if not other:
            raise NotCovered(shaped.text)
        shown = f"{other.key} {number(size)} Tf [({other.inline(shaped, size)}{other.space if spaced and not key else ''})]TJ"
        return f")]TJ {shown} {key} {number(size)} Tf [(" if key else shown

    def _link(self, area: Area, mark: Glyphs, place: tuple[float, float]) -> None:
        self._words[area.link] = self._words.get(area.link, "") + words_of(mark)
        self._links.append((area, area_of(mark, place, self._plate.paper.height)))


def _unread(places: Iterable[Place], given: Given) -> list[Hole]:
    """The holes in which glyphs do not give their text in its order."""
    codes = (place for place in places if isinstance(place, Codes))
    return [place.hole for place in codes if not place.hole.rtl and not is_ordered(given(place.hole))]
