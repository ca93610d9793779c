"""Blocks and passages, and the places they have on a page → their casts, and what is printed on the page: made once, and remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from handouts.memory import Recent, shared
from handouts.pdf.brush import Artifact, Brush
from handouts.pdf.cast import Cast, Cut, Stretch, cast
from handouts.pdf.file import stream
from handouts.pdf.painter import Painter, moved_to
from handouts.pdf.painter import stretch as painted_at
from handouts.pdf.passage import CastPassage, SetColumn, Standing, cast_passage, corners_of, set_column
from handouts.pdf.pieces import Shape, filled_parts, outline_of
from handouts.pdf.plate import Corners, Still
from handouts.pdf.tags import Setting
from handouts.typeset.marks import Galley, Glyphs, Mark, Picture, Rule, Strip
from handouts.typeset.master import Laid
from handouts.typeset.stencil import Stencil
from handouts.typeset.style import Paper

_CASTS, _PASSAGES, _SET, _COLUMNS, _PAGES, _EDGES = 2048, 1024, 2048, 1024, 384, 256

Known = Galley | Shape
"""What the cast of a block is known by."""
_Told = tuple[tuple[int, ...], str, tuple[int, ...]]
"""What the casts of a passage are told from others by: where in memory its blocks are known, its language, headings above."""
_same_key: Callable[[_Told], _Told] = shared(2048)


class Printed(NamedTuple):
    """What everybody's copy of a page has: its stream, and `still`, the same for a file without structure.

    `slots` are the places that take text, by their column and their number in it, what moves the brush there, and what opens the pieces.
    """

    stream: bytes
    still: tuple[Still, ...]
    slots: tuple[tuple[int, int, str, tuple[str, ...]], ...]
    columns: Sequence[Standing]


NOTHING = Printed(b"", (), (), ())


class SetPassage(NamedTuple):
    """A passage in a file, and its columns where they stand."""

    cast: CastPassage
    columns: tuple[SetColumn, ...]


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
        self._passages: Recent[object, tuple[object, CastPassage]] = Recent(_PASSAGES)
        self._set: Recent[object, tuple[object, SetPassage]] = Recent(_SET)
        self._standing: Recent[object, Standing] = Recent(_COLUMNS)
        self._edges: Recent[object, tuple[Strip, Edge]] = Recent(_EDGES)
        self._pages: Recent[object, Printed] = Recent(_PAGES)

    def known(self, galleys: Sequence[Galley], filled: Mapping[int, Stencil]) -> list[Known]:
        """What the casts of blocks are known by: of those whose blanks are `filled` in, all that is around their text."""
        known: list[Known] = [*galleys]
        for number, stencil in filled.items():
            known[number] = outline_of(stencil)
        return known

    def passage(
        self,
        laid: Laid,
        known: Sequence[Known],
        galleys: Sequence[Galley],
        height: float,
        language: str,
        above: tuple[int, ...],
    ) -> SetPassage:
        """A passage where it is `laid` on pages of this `height`, in a document in `language`, below headings of the ranks `above`."""
        told = _same_key((tuple(map(id, known)), language, above))  # what was cast keeps alive what it is known by

        def made() -> SetPassage:
            boxes = _boxes(laid, galleys, height)
            cast_ = self._passages(
                (tuple(map(id, laid.passage.parts)), laid.cuts, tuple(boxes.items()), told),
                lambda: ((laid.passage.parts, known), self._cast_passage(laid, known, galleys, boxes, *told[1:])),
            )[1]
            placed = zip(cast_.columns, laid.columns, strict=True)
            columns = [set_column(*each, height, self.painter.style) for each in placed]
            return SetPassage(cast_, tuple([each._replace(standing=self._same(each.standing)) for each in columns]))

        return self._set((id(laid), height, told), lambda: ((laid, known), made()))[1]

    def _cast_passage(
        self,
        laid: Laid,
        known: Sequence[Known],
        galleys: Sequence[Galley],
        boxes: Mapping[int, Corners],
        language: str,
        above: tuple[int, ...],
    ) -> CastPassage:
        def cast_(number: int, cuts: tuple[Cut, ...], setting: Setting | None) -> Cast:
            return self._cast(known[number], galleys[number], cuts, setting, boxes.get(number))

        return cast_passage(laid.passage.parts, laid.cuts, language, above, cast_)

    def _cast(
        self, known: Known, galley: Galley, cuts: tuple[Cut, ...], setting: Setting | None, box: Corners | None
    ) -> Cast:
        """The cast of a block, with the `box` of a picture that is content."""
        parts = () if isinstance(known, Galley) else filled_parts(galley.block)
        return self._casts(
            (id(known), cuts, setting, box),
            lambda: (known, cast(galley.block, galley.strips, cuts, parts, self.painter, setting, box)),
        )[1]

    def _same(self, standing: Standing) -> Standing:
        """What stands in a column, as the object that it was when it stood there before."""
        key = *[at for at, _ in standing], *[id(stretch) for _, stretch in standing]
        return self._standing(key, lambda: standing)

    def printed(
        self, columns: Sequence[SetColumn], across: str, edges: tuple[Edge, Edge], paper: Paper, *, first: bool
    ) -> Printed:
        """A page: grounds, the mark across it, lines and boxes, the text in reading order, header and footer (`edges`).

        On the `first` page the logo is a figure.
        """
        standing = [column.standing for column in columns]
        key = tuple(map(id, standing))  # what was printed keeps alive what it is known by
        return self._pages(
            (key, across, edges, paper, first),
            lambda: _printed(standing, across, edges, paper, first=first),
        )

    def edge(self, strip: Strip) -> Edge:
        """What everybody's header or footer has."""
        return self._edges(id(strip), lambda: (strip, self._painted_edge(*strip)))[1]

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


def _boxes(laid: Laid, galleys: Sequence[Galley], height: float) -> dict[int, Corners]:
    """Where the pictures of a passage stand that are blocks, by their numbers."""
    found: dict[int, Corners] = {}
    for column in laid.columns:
        for place in column:
            galley = galleys[place.galley]
            if galley.block.role == "img":
                picture = next(mark for mark in galley.strips[0].marks if isinstance(mark, Picture))
                found.setdefault(place.galley, corners_of(place, picture, 0, height))
    return found


def _printed(
    columns: Sequence[Standing], across: str, edges: tuple[Edge, Edge], paper: Paper, *, first: bool
) -> Printed:
    parts, still = _below([each for column in columns for each in column], across, moved_to((0, 0), paper.height))
    slots: list[tuple[int, int, str, tuple[str, ...]]] = []
    number = 0
    for which, column in enumerate(columns):
        for index, (at, shown) in enumerate(column):
            if shown.tags.text:
                slots.append((which, index, at, tuple(shown.tags.at(number).split("\n"))))
            if shown.content.text:
                parts += ("q", at, shown.content.at(number), "Q")
            if shown.still:
                still.append((at, shown.still, None if shown.sparing == shown.still else shown.sparing))
            number += len(shown.owners)
    tops = paper.top, paper.height - paper.bottom - edges[1].height
    for (_, shown, pictures), artifact, top in zip(edges, (Artifact.HEADER, Artifact.FOOTER), tops, strict=True):
        at = moved_to((paper.left, top), paper.height)
        if shown:
            parts += _artifact(artifact, [(at, shown)])
            still.append((at, shown, None))
        for drawn, described in pictures:
            tag = artifact.tag if described else Artifact.LAYOUT.tag
            if described and first:
                tag = f"/Figure<</MCID {number}>>BDC"
            parts.append(painted_at(at, (tag, drawn, "EMC")))
            still.append((at, drawn, ""))
    return Printed(stream("", "\n".join(parts).encode("latin-1")), tuple(still), tuple(slots), columns)


def _below(placed: Sequence[tuple[str, Stretch]], across: str, origin: str) -> tuple[list[str], list[Still]]:
    """Grounds, the mark across the page, and lines; and the same but lines for a file without structure."""
    grounds = [(at, shown.grounds) for at, shown in placed if shown.grounds]
    marks = [(origin, across)] if across else []
    parts = [
        *_artifact(Artifact.LAYOUT, grounds),
        *_artifact(Artifact.WATERMARK, marks),
        *_artifact(Artifact.LAYOUT, [(at, shown.lines) for at, shown in placed if shown.lines]),
    ]
    return parts, [*[(at, ground, "") for at, ground in grounds], *[(at, mark, None) for at, mark in marks]]


def _artifact(artifact: Artifact, painted: Sequence[tuple[str, str]]) -> Sequence[str]:
    """What is no content."""
    return (artifact.tag, *[painted_at(at, (shown,)) for at, shown in painted], "EMC") if painted else ()
