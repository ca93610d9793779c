"""A plate, the blocks that are filled in and the furniture → what is painted of them on each page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from handouts.memory import Recent
from handouts.pdf.brush import Artifact, Brush, NotCovered
from handouts.pdf.embed import used
from handouts.pdf.font_set import NO_FONTS, FontSet, named_fonts
from handouts.pdf.painter import moved_to
from handouts.pdf.pieces import filled_parts, is_filled, pieces
from handouts.pdf.plate import Area, Corners, Plate, Slot, area_of, words_of
from handouts.pdf.symbol import painted
from handouts.typeset.code import SIDE
from handouts.typeset.furniture import OWN, SetFurniture
from handouts.typeset.marks import Galley, Glyphs, Strip, text_in
from handouts.typeset.same import Same
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


def fill(plate: Plate, galleys: Mapping[int, Galley], furniture: SetFurniture, known: Values | None = None) -> Filled:
    """`plate` with the texts of `galleys` and `furniture`; `known` is what one packet's documents share.

    `galleys` are the filled ones by their number in reading order, of the shapes that the plate was made with.
    """
    edges = tuple(_edges(plate, furniture))
    try:
        return _Filling(plate, galleys, edges, NO_FONTS).filled()
    except NotCovered:
        return _Filling(plate, galleys, edges, _extra(plate, galleys, edges, known or Values())).filled()


_Edge = tuple[list[Glyphs], str, str, str]
"""What is a packet's own in header or footer: text, what moves the brush there, what opens it, the code."""


def _edges(plate: Plate, furniture: SetFurniture) -> Iterator[_Edge]:
    """Header and footer of every page."""
    paper, count, code = plate.paper, len(plate.pages), furniture.furniture.code
    header = _own(furniture.header), moved_to((paper.left, paper.top), paper.height), Artifact.HEADER.tag, ""
    for page in range(1, count + 1):
        footer = furniture.footer(page, count)
        at = paper.left, paper.height - paper.bottom - footer.height
        drawn = ""
        if code:
            x, y = furniture.code_corner(footer)
            drawn = painted(code.text(page, count), x, -y, SIDE)
        yield header
        yield _own(footer), moved_to(at, paper.height), Artifact.FOOTER.tag, drawn


def _own(strip: Strip) -> list[Glyphs]:
    return [mark for mark in text_in((strip,)) if mark.part == OWN]


def _extra(plate: Plate, galleys: Mapping[int, Galley], edges: Sequence[_Edge], known: Values) -> FontSet:
    """Fonts for what `plate` has no glyphs for; the documents of one packet mostly need the same."""
    marks = [mark for galley in galleys.values() for mark in text_in(galley.strips)]
    marks += [mark for edge in edges for mark in edge[0]]
    missing = used((mark.face, mark.glyphs) for mark in marks if not plate.fonts.covers(mark.face, mark.pieces))
    key = "extra fonts", tuple(missing.items())
    if key not in known.kept:
        known.kept[key] = named_fonts(missing, _EXTRA, dense=True)
    return FontSet.of_packet(missing, _EXTRA, known.kept[key], plate.chunk.end, plate.chunk.reach)


_Texts = tuple[tuple[str, ...], tuple[tuple[Glyphs, float], ...]]

_SLOTS: Recent[tuple[Same[FontSet], Same[Galley], int, int], _Texts] = Recent(1536)
"""What was painted of blocks whose blanks hold nothing of one patient."""


class _Filling:
    """One file while it is filled in."""

    def __init__(self, plate: Plate, galleys: Mapping[int, Galley], edges: Sequence[_Edge], extra: FontSet) -> None:
        self._plate = plate
        self._galleys = galleys
        self._edges = edges
        self._extra = extra
        self._links: list[tuple[Area, Corners]] = []
        self._words: dict[int, str] = {}

    def filled(self) -> Filled:
        edges = self._painted_edges()
        pages = tuple(
            [
                FilledPage(tuple([(slot, self._slot(slot)) for slot in page.slots]), edges[2 * index : 2 * index + 2])
                for index, page in enumerate(self._plate.pages)
            ]
        )
        links = tuple((area, corners, self._words[area.link]) for area, corners in self._links)
        return Filled(self._plate, pages, self._extra, links)

    def _painted_edges(self) -> tuple[Edge, ...]:
        """Headers and footers; what is the same as two before, on the page before, is not painted again."""
        found: list[Edge] = []
        texts: list[str] = []
        for index, (own, at, tag, code) in enumerate(self._edges):
            if index > 1 and self._edges[index - 2][0] == own:
                texts.append(texts[-2])
            else:
                brush = Brush(self._plate.fonts.fonts, self._extra.fonts)
                for mark in own:
                    brush.glyphs(mark, 0)
                texts.append(brush.taken())
            found.append(Edge(at, tag, f"{texts[-1]}\n{code}" if code else texts[-1]))
        return tuple(found)

    def _slot(self, slot: Slot) -> tuple[str, ...]:
        galley = self._galleys[slot.galley]
        if galley.personal or self._extra.met:
            texts, links = self._painted(galley, slot.first, slot.last)
        else:
            key = Same(self._plate.fonts), Same(galley), slot.first, slot.last
            texts, links = _SLOTS(key, lambda: self._painted(galley, slot.first, slot.last))
        if slot.areas:
            for area, (mark, down) in zip(slot.areas, links, strict=True):
                self._link(area, mark, (slot.corner[0], slot.corner[1] + down))
        return texts

    def _painted(self, galley: Galley, first: int, last: int) -> _Texts:
        """The pieces of strips that are filled in, and the marks that open an address, with the depth of their strips."""
        brush = Brush(self._plate.fonts.fonts, self._extra.fonts)
        parts = filled_parts(galley.block)
        texts: list[str] = []
        links: list[tuple[Glyphs, float]] = []
        for piece in pieces(galley.strips[first:last]):
            if not is_filled(piece, parts):
                continue
            for mark, down in piece.marks:
                if isinstance(mark, Glyphs):
                    brush.glyphs(mark, down)
                    if piece.key[2]:
                        links.append((mark, down))
            texts.append(brush.taken())
        return tuple(texts), tuple(links)

    def _link(self, area: Area, mark: Glyphs, place: tuple[float, float]) -> None:
        self._words[area.link] = self._words.get(area.link, "") + words_of(mark)
        self._links.append((area, area_of(mark, place, self._plate.paper.height)))
