"""A plate, the blocks that are filled in and the furniture → what is painted of them on each page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from handouts.pdf.brush import Artifact, Brush, NotCovered
from handouts.pdf.embed import FontSet, used
from handouts.pdf.painter import moved_to
from handouts.pdf.pieces import filled_parts, is_filled, pieces
from handouts.pdf.plate import Area, Corners, Plate, Slot, area_of, words_of
from handouts.typeset.furniture import Furniture, footer_strip, header_strip
from handouts.typeset.marks import Galley, Glyphs, Strip

_NONE = FontSet.of({})


@dataclass(frozen=True, slots=True)
class Edge:
    """Header or footer of a page: what moves the brush there, what opens it, what is painted."""

    at: str
    tag: str
    shown: str


@dataclass(frozen=True, slots=True)
class FilledPage:
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


def fill(plate: Plate, galleys: Mapping[int, Galley], furniture: Furniture) -> Filled:
    """`plate` with the texts of `galleys` and `furniture`.

    `galleys` are the filled ones by their number in reading order, of the shapes that the plate was made with.
    """
    strips = tuple(_edges(plate, furniture))
    try:
        return _Filling(plate, galleys, strips, _NONE).filled()
    except NotCovered:
        return _Filling(plate, galleys, strips, _extra(plate, galleys, strips)).filled()


_Edges = tuple[tuple[Strip, str, str], ...]


def _edges(plate: Plate, furniture: Furniture) -> Iterator[tuple[Strip, str, str]]:
    """Header and footer of every page: the strip, what moves the brush to it, and what opens it."""
    paper, style, count = plate.paper, plate.style, len(plate.pages)
    header = header_strip(furniture, paper.measure, style)
    for page in range(1, count + 1):
        footer = footer_strip(furniture, page, count, paper.measure, style)
        yield header, moved_to((paper.left, paper.top), paper.height), Artifact.HEADER.tag
        at = paper.left, paper.height - paper.bottom - footer.height
        yield footer, moved_to(at, paper.height), Artifact.FOOTER.tag


def _extra(plate: Plate, galleys: Mapping[int, Galley], edges: _Edges) -> FontSet:
    """Fonts for what `plate` has no glyphs for."""
    strips = [strip for galley in galleys.values() for strip in galley.strips] + [strip for strip, _, _ in edges]
    marks = (mark for strip in strips for mark in strip.marks if isinstance(mark, Glyphs))
    missing = used((mark.face, mark.glyphs) for mark in marks if not plate.fonts.covers(mark.face, mark.glyphs))
    return FontSet.of(missing, "/X", plate.chunk.end, plate.chunk.reach)


class _Filling:
    """One file while it is filled in."""

    def __init__(self, plate: Plate, galleys: Mapping[int, Galley], edges: _Edges, extra: FontSet) -> None:
        self._plate = plate
        self._galleys = galleys
        self._edges = edges
        self._extra = extra
        self._links: list[tuple[Area, Corners]] = []
        self._words: dict[int, str] = {}

    def filled(self) -> Filled:
        pages = tuple(
            FilledPage(
                tuple([(slot, self._slot(slot)) for slot in page.slots]),
                tuple([self._edge(*edge) for edge in self._edges[2 * index : 2 * index + 2]]),
            )
            for index, page in enumerate(self._plate.pages)
        )
        links = tuple((area, corners, self._words[area.link]) for area, corners in self._links)
        return Filled(self._plate, pages, self._extra, links)

    def _slot(self, slot: Slot) -> tuple[str, ...]:
        brush = Brush(self._plate.fonts.fonts, self._extra.fonts)
        areas = iter(slot.areas)
        shown: list[str] = []
        galley = self._galleys[slot.galley]
        parts = filled_parts(galley.block)
        for piece in pieces(galley.strips[slot.first : slot.last]):
            if not is_filled(piece, parts):
                continue
            for mark, down in piece.marks:
                if isinstance(mark, Glyphs):
                    brush.glyphs(mark, down)
                    if piece.key[2] and slot.areas:
                        self._link(next(areas), mark, (slot.corner[0], slot.corner[1] + down))
            shown.append(brush.taken())
        return tuple(shown)

    def _edge(self, strip: Strip, at: str, tag: str) -> Edge:
        brush = Brush(self._plate.fonts.fonts, self._extra.fonts)
        for mark in strip.marks:
            if isinstance(mark, Glyphs):
                brush.glyphs(mark, 0)
        return Edge(at, tag, brush.taken())

    def _link(self, area: Area, mark: Glyphs, place: tuple[float, float]) -> None:
        self._words[area.link] = self._words.get(area.link, "") + words_of(mark)
        self._links.append((area, area_of(mark, place, self._plate.paper.height)))
