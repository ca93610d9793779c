"""A plate, the blocks that are filled in and the furniture → the bytes of the PDF."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from handouts.pdf.brush import Artifact, Brush, NotCovered
from handouts.pdf.embed import FontSet, used
from handouts.pdf.file import finished, stream
from handouts.pdf.painter import moved_to, stretch
from handouts.pdf.pieces import text_of
from handouts.pdf.plate import Area, Corners, Plate, annotation, area_of, words_of
from handouts.typeset.furniture import Furniture, footer_strip, header_strip
from handouts.typeset.marks import Galley, Glyphs, Strip

_NONE = FontSet({})


def stamp(plate: Plate, galleys: Mapping[int, Galley], furniture: Furniture) -> bytes:
    """The PDF of `plate` with the texts of `galleys` and `furniture`: the same arguments give the same bytes, at any time.

    `galleys` are the filled ones by their number in reading order, of the shapes that the plate was made with. Characters that
    the plate's fonts do not have come in further small fonts.
    """
    strips = tuple(_edges(plate, furniture))
    try:
        return _Stamping(plate, galleys, strips, _NONE).pdf()
    except NotCovered:
        marks = [
            mark
            for strip in (
                *(strip for galley in galleys.values() for strip in galley.strips),
                *(s for s, _, _ in strips),
            )
            for mark in strip.marks
            if isinstance(mark, Glyphs) and not plate.fonts.covers(mark.face, mark.glyphs)
        ]
        met = used((mark.face, mark.glyphs) for mark in marks)
        extra = FontSet(met, "/X", plate.chunk.end, plate.chunk.reach)
        return _Stamping(plate, galleys, strips, extra).pdf()


def _edges(plate: Plate, furniture: Furniture) -> Iterator[tuple[Strip, str, str]]:
    """Header and footer of every page: the strip, what moves the brush to it, and what opens it."""
    paper, style, count = plate.master.paper, plate.master.style, len(plate.pages)
    header = header_strip(furniture, paper.measure, style)
    for page in range(1, count + 1):
        footer = footer_strip(furniture, page, count, paper.measure, style)
        yield header, moved_to((paper.left, paper.top), paper.height), Artifact.HEADER.tag
        at = paper.left, paper.height - paper.bottom - footer.height
        yield footer, moved_to(at, paper.height), Artifact.FOOTER.tag


class _Stamping:
    """One file while it is made."""

    def __init__(
        self, plate: Plate, galleys: Mapping[int, Galley], edges: tuple[tuple[Strip, str, str], ...], extra: FontSet
    ) -> None:
        self._plate = plate
        self._galleys = galleys
        self._edges = edges
        self._extra = extra
        self._later: dict[int, bytes] = {}
        self._links: list[tuple[Area, Corners]] = []
        self._words: dict[int, str] = {}

    def pdf(self) -> bytes:
        plate = self._plate
        digest = hashlib.sha256(plate.identity.encode())
        for index, page in enumerate(plate.pages):
            content = self._page(index)
            digest.update(content)
            self._later[page.filled] = stream("", content)
        for area, corners in self._links:
            written = annotation(area, corners, self._words[area.link]).encode("latin-1")
            digest.update(written)
            self._later[area.number] = written
        named = {**plate.fonts.numbers, **self._extra.numbers}
        self._later[plate.resources] = f"<<{''.join(f'{key} {font} 0 R' for key, font in named.items())}>>".encode()
        chunks = (plate.fonts.chunk, plate.chunk, *([self._extra.chunk] if self._extra.fonts else []))
        identifier = digest.hexdigest()[:32]
        return finished(
            chunks, self._later, catalog=plate.catalog, information=plate.information, identifier=identifier
        )

    def _page(self, index: int) -> bytes:
        parts: list[str] = []
        for slot in self._plate.pages[index].slots:
            brush = Brush(self._plate.fonts.fonts, self._extra.fonts)
            areas = iter(slot.areas)
            inside: list[str] = []
            found = text_of(self._galleys[slot.galley].strips[slot.first : slot.last])
            for tag, piece in zip(slot.tags, found, strict=True):
                for mark, down in piece.marks:
                    if isinstance(mark, Glyphs):
                        brush.glyphs(mark, down)
                        if piece.key[2] and slot.areas:
                            self._link(next(areas), mark, (slot.corner[0], slot.corner[1] + down))
                inside += (tag, brush.taken(), "EMC")
            parts.append(stretch(slot.at, inside))
        for strip, at, tag in self._edges[2 * index : 2 * index + 2]:
            brush = Brush(self._plate.fonts.fonts, self._extra.fonts)
            for mark in strip.marks:
                if isinstance(mark, Glyphs):
                    brush.glyphs(mark, 0)
            parts += (tag, stretch(at, (brush.taken(),)), "EMC")
        return "\n".join(parts).encode("ascii")

    def _link(self, area: Area, mark: Glyphs, place: tuple[float, float]) -> None:
        self._words[area.link] = self._words.get(area.link, "") + words_of(mark)
        self._links.append((area, area_of(mark, place, self._plate.master.paper.height)))
