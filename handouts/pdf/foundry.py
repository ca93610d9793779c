"""Blocks, and the places they have on a page → their casts, and what is printed on the page: made once, and remembered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from handouts.memory import Recent
from handouts.pdf.brush import Artifact, Brush
from handouts.pdf.cast import Cast, Cut, Stretch, cast
from handouts.pdf.file import stream
from handouts.pdf.painter import Painter, moved_to
from handouts.pdf.painter import stretch as painted_at
from handouts.pdf.pieces import filled_parts, outline_of
from handouts.pdf.plate import Corners, Still
from handouts.pdf.tags import Setting
from handouts.typeset.marks import Galley, Glyphs, Mark, Picture, Rule, Strip
from handouts.typeset.stencil import Stencil
from handouts.typeset.style import Paper

_CASTS, _PAGES, _EDGES = 4096, 256, 32

Standing = tuple[Stretch, float, float]
"""What stands on a page, and its place from the paper's top left."""


class Printed(NamedTuple):
    """What everybody's copy of a page has: its stream, and `still`, the same for a file without structure.

    `slots` are the numbers of the places that take text, what moves the brush there, and what opens the pieces.
    """

    stream: bytes
    still: tuple[Still, ...]
    slots: tuple[tuple[int, str, tuple[str, ...]], ...]
    standing: Sequence[Standing]


NOTHING = Printed(b"", (), (), ())


class Edge(NamedTuple):
    """A header or footer as everybody has it: lines and words, and its pictures, each with whether words stand for it."""

    height: float
    shown: str
    pictures: tuple[tuple[str, bool], ...]


class Foundry:
    """Casts blocks with one painter, and prints pages; of what it remembers nothing is a patient's own."""

    def __init__(self, painter: Painter) -> None:
        self.painter = painter
        self._casts: Recent[object, tuple[object, Cast]] = Recent(_CASTS)
        self._edges: Recent[object, Edge] = Recent(_EDGES)
        self._pages: Recent[object, Printed] = Recent(_PAGES)

    def cast(
        self,
        galley: Galley,
        cuts: tuple[Cut, ...],
        setting: Setting | None,
        box: Corners | None,
        filled: Stencil | None,
    ) -> Cast:
        """The cast of a block; one whose blanks are `filled` in is known by all that is around their text."""
        known = outline_of(filled) if filled else galley
        parts = filled_parts(galley.block) if filled else ()
        return self._casts(
            (id(known), cuts, setting, box),  # what was cast keeps alive what it is known by
            lambda: (known, cast(galley.block, galley.strips, cuts, parts, self.painter, setting, box)),
        )[1]

    def printed(
        self, standing: Sequence[Standing], across: str, edges: tuple[Edge, Edge], paper: Paper, *, first: bool
    ) -> Printed:
        """A page: grounds, the mark across it, lines and boxes, the text in reading order, header and footer (`edges`).

        On the `first` page the logo is a figure.
        """
        key = tuple([(id(stretch), x, y) for stretch, x, y in standing])  # what was printed keeps its stretches alive
        return self._pages(
            (key, across, edges, paper, first),
            lambda: _printed(standing, across, edges, paper, first=first),
        )

    def edge(self, strip: Strip) -> Edge:
        """What everybody's header or footer has."""
        return self._edges(strip, lambda: self._painted_edge(*strip))

    def _painted_edge(self, height: float, marks: Sequence[Mark]) -> Edge:
        brush = Brush(self.painter.fonts.fonts)
        for mark in marks:
            if isinstance(mark, Rule):
                brush.line((mark.x1, mark.y1), (mark.x2, mark.y2), mark.width, mark.colour)
            elif isinstance(mark, Glyphs):
                brush.glyphs(mark, 0)
        shown = brush.taken()
        pictures: list[tuple[str, bool]] = []
        for mark in marks:
            if isinstance(mark, Picture):
                brush.picture((mark.x, mark.y), (mark.width, mark.height), mark.content)
                pictures.append((brush.taken(), bool(mark.description)))
        return Edge(height, shown, tuple(pictures))


def _printed(
    standing: Sequence[Standing], across: str, edges: tuple[Edge, Edge], paper: Paper, *, first: bool
) -> Printed:
    placed = [(moved_to((x, y), paper.height), shown) for shown, x, y in standing]
    grounds = [(at, shown.grounds) for at, shown in placed if shown.grounds]
    marks = [(moved_to((0, 0), paper.height), across)] if across else []
    parts = [
        *_artifact(Artifact.LAYOUT, grounds),
        *_artifact(Artifact.WATERMARK, marks),
        *_artifact(Artifact.LAYOUT, [(at, shown.lines) for at, shown in placed if shown.lines]),
    ]
    still: list[Still] = [(at, ground, "") for at, ground in grounds]
    still += [(at, mark, None) for at, mark in marks]
    slots: list[tuple[int, str, tuple[str, ...]]] = []
    number = 0
    for index, (at, shown) in enumerate(placed):
        if shown.tags.text:
            slots.append((index, at, tuple(shown.tags.at(number).split("\n"))))
        if shown.content.text:
            parts += ("q", at, shown.content.at(number), "Q")
        if shown.still:
            still.append((at, shown.still, None if shown.sparing == shown.still else shown.sparing))
        number += len(shown.owners)
    tops = paper.top, paper.height - paper.bottom - edges[1].height
    for (_, shown, pictures), artifact, top in zip(edges, (Artifact.HEADER, Artifact.FOOTER), tops, strict=True):
        at = moved_to((paper.left, top), paper.height)
        lines = [(at, shown)] if shown else []
        parts += _artifact(artifact, lines)
        still += [(at, line, None) for at, line in lines]
        for drawn, described in pictures:
            tag = artifact.tag if described else Artifact.LAYOUT.tag
            if described and first:
                tag = f"/Figure<</MCID {number}>>BDC"
            parts.append(painted_at(at, (tag, drawn, "EMC")))
            still.append((at, drawn, ""))
    return Printed(stream("", "\n".join(parts).encode("latin-1")), tuple(still), tuple(slots), standing)


def _artifact(artifact: Artifact, painted: Sequence[tuple[str, str]]) -> Sequence[str]:
    """What is no content."""
    return (artifact.tag, *[painted_at(at, (shown,)) for at, shown in painted], "EMC") if painted else ()
