"""A passage as pages cut it → its cast: a stretch a place, and its bough; and where all of it stands on pages.

A passage is parts of a document between two places where a page may break. Most of a wording are in others too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote

from handouts.content.blocks import Node
from handouts.pdf.cast import Cast, Cut, Spot, Stretch
from handouts.pdf.fields import Widget, widget
from handouts.pdf.file import text_string
from handouts.pdf.painter import moved_to
from handouts.pdf.plate import Corners, area_of, box_of
from handouts.pdf.tags import STRETCHES, Setting
from handouts.pdf.tree import Bough, Grafted, Growth
from handouts.typeset.marks import FieldBox, Picture
from handouts.typeset.master import Column, Place
from handouts.typeset.master import Cut as PlaceCut
from handouts.typeset.style import Style

_PLAIN = ":/?#[]@!$&'*+,;=%-._~"  # the characters of an address that are written as they are (RFC 3986)

BlockCast = Callable[[int, tuple[Cut, ...], Setting | None], Cast]
"""The cast of a block of a passage by its number there, as pages cut it; without a setting, of a head that is repeated."""
Standing = tuple[tuple[str, Stretch], ...]
"""What stands in a column: what moves the brush to a place, and the stretch there."""


class CastColumn(NamedTuple):
    """What is in every file of a column: a stretch a place, the elements of all numbered pieces, and those of each place's spots."""

    stretches: tuple[Stretch, ...]
    owners: tuple[int, ...]
    spots: tuple[tuple[int, ...], ...]


class CastPassage(NamedTuple):
    """A passage in a file."""

    columns: tuple[CastColumn, ...]
    bough: Bough


class FieldAt(NamedTuple):
    """A field to write in or to tick, and its element."""

    widget: Widget
    owner: int


class AreaAt(NamedTuple):
    """An area of a link that opens `address` (a text string) and says `words`, and its element; `place` is the number of its place.

    It has no corners if its text is filled in.
    """

    place: int
    corners: Corners | None
    owner: int
    address: str
    words: str


class PictureAt(NamedTuple):
    """A picture, and the number of its block."""

    content: bytes
    galley: int


class SetColumn(NamedTuple):
    """A column where it stands: what is printed in its places, its elements, and all that files have to write beside."""

    places: Column
    standing: Standing
    owners: tuple[int, ...]
    beside: tuple[FieldAt | AreaAt | PictureAt, ...]


def cast_passage(
    parts: Sequence[Node],
    cuts: Sequence[Sequence[PlaceCut]],
    language: str,
    above: Sequence[int],
    cast: BlockCast,
) -> CastPassage:
    """The cast of a passage in a document in `language`, below headings of the ranks `above`."""
    own_cuts = _own_cuts(cuts)
    grafts: dict[int, Grafted] = {}
    waiting: dict[int, Iterator[Stretch]] = {}

    def grafted(number: int, setting: Setting) -> Grafted:
        made = cast(number, own_cuts[number], setting)
        waiting[number] = iter(made.stretches)
        grafts[number] = Grafted(made.branch)
        return grafts[number]

    growth = Growth(parts, language, above, grafted)
    annotations = STRETCHES + 2 * len(cuts)
    columns: list[list[tuple[Stretch, Grafted | None]]] = []
    for index, column in enumerate(cuts):
        base, pieces = STRETCHES + 2 * index, 0
        shown: list[tuple[Stretch, Grafted | None]] = []
        for number, first, last, repeated in column:
            if repeated:
                shown.append((cast(number, ((first, last, 0),), None).stretches[0], None))
                continue
            stretch, graft = next(waiting[number]), grafts[number]
            graft.stretches += ((base, pieces), (base + 1, 0))
            graft.annotations += [(annotations + each, 0) for each in range(len(stretch.spots))]
            annotations += len(stretch.spots)
            pieces += len(stretch.owners)
            shown.append((stretch, graft))
        columns.append(shown)
    bough = growth.bough()
    return CastPassage(tuple(map(_cast_column, columns)), bough)


def _own_cuts(cuts: Sequence[Sequence[PlaceCut]]) -> dict[int, tuple[Cut, ...]]:
    """The cuts of each block, on which of its own pages they are."""
    found: dict[int, list[tuple[int, int, int]]] = {}
    for page, column in enumerate(cuts):
        for number, first, last, repeated in column:
            if not repeated:
                found.setdefault(number, []).append((first, last, page))
    return {
        number: tuple([(first, last, page - own[0][2]) for first, last, page in own]) for number, own in found.items()
    }


def _cast_column(shown: Sequence[tuple[Stretch, Grafted | None]]) -> CastColumn:
    owners: list[int] = []
    spots: list[tuple[int, ...]] = []
    for stretch, graft in shown:
        first = graft.number if graft else 0
        owners += [first + owner for owner in stretch.owners]
        spots.append(tuple([first + spot.owner for spot in stretch.spots]))
    return CastColumn(tuple([stretch for stretch, _ in shown]), tuple(owners), tuple(spots))


def set_column(cast: CastColumn, places: Column, height: float, style: Style) -> SetColumn:
    """A column that stands in `places` of a page that is `height` points tall."""
    standing: list[tuple[str, Stretch]] = []
    beside: list[FieldAt | AreaAt | PictureAt] = []
    for number, (place, stretch, owners) in enumerate(zip(places, cast.stretches, cast.spots, strict=True)):
        standing.append((moved_to((place.x, place.y), height), stretch))
        for spot, owner in zip(stretch.spots, owners, strict=True):
            beside.append(_spot_at(number, place, spot, owner, height, style))
        beside += [PictureAt(content, place.galley) for content in stretch.pictures]
    return SetColumn(places, tuple(standing), cast.owners, tuple(beside))


def _spot_at(number: int, place: Place, spot: Spot, owner: int, height: float, style: Style) -> FieldAt | AreaAt:
    mark = spot.mark
    if isinstance(mark, FieldBox):
        return FieldAt(widget(mark, corners_of(place, mark, spot.down, height), style), owner)
    address = text_string(quote(spot.address, safe=_PLAIN))
    corners = area_of(mark, (place.x, place.y + spot.down), height) if mark else None
    return AreaAt(number, corners, owner, address, spot.words)


def corners_of(place: Place, mark: FieldBox | Picture, down: float, height: float) -> Corners:
    """Where `mark` stands on the page, which is `height` points tall."""
    corner = place.x + mark.x, place.y + down + mark.y
    return box_of(corner, (mark.width, mark.height), height)
