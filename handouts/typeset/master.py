"""A wording and its galleys → pages: which strips stand where, nothing split that belongs together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from handouts.content.blocks import Group
from handouts.errors import Fault, RefusedAppointment, TemplateError
from handouts.memory import Recent, remembered, shared
from handouts.typeset.atoms import Atom, Passage, cut, heights_of, passages
from handouts.typeset.furniture import FurnitureSize
from handouts.typeset.marks import FieldBox, Galley, Glyphs, Picture
from handouts.typeset.style import Paper, Style

_ROUNDING = 1e-6


class Place(NamedTuple):
    """The strips `first` to `last` (exclusive) of a galley on a page, `x` and `y` points from the paper's top left.

    `repeated` marks the head of a table that goes on from the page before: furniture, not content.
    """

    galley: int
    first: int
    last: int
    x: float
    y: float
    repeated: bool = False


Cut = tuple[int, int, int, bool]
"""A place but for where it is: galley, first strip, last strip, and whether it is repeated."""
Column = tuple[Place, ...]
"""What stands on one page of a passage, from the top."""


class Laid(NamedTuple):
    """A passage laid out: a column a page, the first on a page of its own if it `begins` one, and how far the last page is filled.

    Galleys are numbered from the first of the passage.
    """

    passage: Passage
    columns: tuple[Column, ...]
    begins: bool
    end: float

    @property
    def cuts(self) -> tuple[tuple[Cut, ...], ...]:
        """The columns but for where they stand."""
        return tuple(map(_cut, self.columns))


@remembered(1024)
def _cut(column: Column) -> tuple[Cut, ...]:
    return tuple([(*place[:3], place.repeated) for place in column])


_same_column = shared(2048)


@dataclass(frozen=True, slots=True)
class Master:
    """A wording laid out on pages, passage by passage. `style` and `furniture_size` are those it was laid out with."""

    paper: Paper
    style: Style
    furniture_size: FurnitureSize
    passages: tuple[Laid, ...]

    @property
    def count(self) -> int:
        """How many pages there are."""
        return sum([len(laid.columns) - (not laid.begins) for laid in self.passages])

    @property
    def pages(self) -> tuple[Column, ...]:
        """What stands on each page, its galleys in reading order."""
        pages: list[list[Place]] = []
        first = 0
        for laid in self.passages:
            for index, column in enumerate(laid.columns):
                if index or laid.begins:
                    pages.append([])
                pages[-1] += [place._replace(galley=place.galley + first) for place in column]
            first += laid.passage.blocks
        return tuple(map(tuple, pages))


class _Room(NamedTuple):
    """What a page has for blocks, in points from the paper's top left."""

    left: float
    top: float
    bottom: float


_LAID: Recent[object, Laid] = Recent(4096)


def lay_out(
    root: Group, galleys: Sequence[Galley], paper: Paper, style: Style, furniture_size: FurnitureSize
) -> Master:
    """The pages of `root`, whose blocks in reading order are set in `galleys`.

    Headings stay with the beginning of what follows, a paragraph with the first item of the list or table after it, the
    first two and the last two items of a list with each other, table heads with their first row (and are repeated on
    every page the table goes on), and groups that are kept are whole. What is kept and taller than a page is divided between
    its blocks, unless it is signed, and a callout between its parts; headings keep what follows even then.
    Raises for whatever must stay whole and is taller than a page, with the template's place: RefusedAppointment if values of a
    patient are in it, TemplateError otherwise.
    """
    room = _Room(paper.left, paper.top + furniture_size.header, paper.height - paper.bottom - furniture_size.footer)
    found: list[Laid] = []
    number, y = 0, None
    for passage in passages(root, galleys):
        last = number + passage.blocks
        laid = _laid(passage, galleys[number:last], room, y)
        found.append(laid)
        number, y = last, laid.end
    return Master(paper, style, furniture_size, tuple(found))


def _laid(passage: Passage, galleys: Sequence[Galley], room: _Room, y: float | None) -> Laid:
    """`passage` on a page that is filled down to `y`; without one, on a page of its own.

    Where it stands follows from its atoms alone, which decide with all they were made of that nothing else of its galleys does.
    """
    return _LAID((id(passage), room, y), lambda: _filled(passage, galleys, room, y))


def _filled(passage: Passage, galleys: Sequence[Galley], room: _Room, y: float | None) -> Laid:
    atoms = passage.atoms
    heads = {atom.table: tuple(a for a in atoms if a.head and a.table == atom.table) for atom in atoms if atom.head}
    columns: list[Column] = []
    column: list[Place] = []
    begins = y is None
    pen = _Pen(room.top if y is None else y, {})
    empty = begins
    for chunk in _fitting(atoms, galleys, heads, room.bottom - room.top):
        placed, after = _placed(chunk, galleys, room.left, pen, first=empty)
        if not empty and after.y > room.bottom + _ROUNDING:
            if column:
                columns.append(_same_column(tuple(column)))
            begins = begins or not columns
            column, empty = [], True
        if empty:
            shown, below = _placed(_repeated(chunk, heads), galleys, room.left, _Pen(room.top, {}), first=True)
            column = [place._replace(repeated=True) for place in shown]
            placed, after = _placed(chunk, galleys, room.left, _Pen(below.y, {}), first=True)
            if after.y > room.bottom + _ROUNDING:
                raise _too_tall(chunk, galleys, after.y - room.top, room.bottom - room.top)
            empty = False
        column += placed
        pen = after
    columns.append(_same_column(tuple(column)))
    return Laid(passage, tuple(columns), begins, pen.y)


class _Pen(NamedTuple):
    """How far a page is filled, and where each of the galleys that stand last on it ends, in points from the paper's top."""

    y: float
    ends: Mapping[int, float]


def _placed(
    chunk: Sequence[Atom], galleys: Sequence[Galley], left: float, pen: _Pen, *, first: bool
) -> tuple[list[Place], _Pen]:
    """The places of `chunk` below `pen`, and the pen after it; `first`: nothing but repeated heads stands above.

    What goes on in a galley follows it at once, however far what is beside it reaches.
    """
    places: list[Place] = []
    y, ends = pen.y, pen.ends
    for pieces, heights, _, gap, *_ in chunk:
        if places or not first:
            y += gap
        above, ends, lowest = ends, dict[int, float](), y
        for (which, begin, end), height in zip(pieces, heights, strict=True):
            top = above.get(which, y) if begin else y
            places.append(Place(which, begin, end, left + galleys[which].x, top))
            ends[which] = top + height
            lowest = max(lowest, top + height)
        y = lowest
    return places, _Pen(y, ends)


def pages_as_text(master: Master, galleys: Sequence[Galley]) -> str:
    """Every page as lines of text with their positions in points from the paper's top left, for golden files."""
    shown: list[str] = []
    for number, page in enumerate(master.pages, 1):
        shown.append(f"page {number} of {len(master.pages)}, {master.paper.name}")
        for place in page:
            galley = galleys[place.galley]
            role = f"{galley.block.role}{' (repeated)' if place.repeated else ''}"
            y = place.y
            for strip in galley.strips[place.first : place.last]:
                shown.extend(_strip_as_text(strip.marks, place.x, y, role))
                y += strip.height
    return "\n".join(shown) + "\n"


def _strip_as_text(marks: Sequence[object], x: float, y: float, role: str) -> Iterator[str]:
    line: list[Glyphs] = []
    for mark in marks:
        if isinstance(mark, Glyphs):
            here = mark._replace(x=x + mark.x, y=y + mark.y)
            if line and not _adjoins(line, here):
                yield _glyphs_as_text(line, role)
                line = []
            line.append(here)
            continue
        if line:
            yield _glyphs_as_text(line, role)
            line = []
        if isinstance(mark, FieldBox):
            size = f"{mark.width:.1f} × {mark.height:.1f}"
            yield f"{x + mark.x:7.1f} {y + mark.y:7.1f}  {role:6} [{mark.kind} {mark.name}, {size}: {mark.label}]"
        elif isinstance(mark, Picture):
            size = f"{mark.width:.1f} × {mark.height:.1f}"
            yield f"{x + mark.x:7.1f} {y + mark.y:7.1f}  {role:6} [picture, {size}: {mark.description}]"
    if line:
        yield _glyphs_as_text(line, role)


def _adjoins(line: Sequence[Glyphs], mark: Glyphs) -> bool:
    """Whether `mark` stands on the same baseline as `line` and touches it, on whichever side."""
    left, right = min(part.x for part in line), max(part.x + part.width for part in line)
    return line[0].y == mark.y and mark.x <= right + 0.01 and mark.x + mark.width >= left - 0.01


def _glyphs_as_text(line: Sequence[Glyphs], role: str) -> str:
    text = "".join(part.text for part in line).rstrip(" ")
    return f"{min(part.x for part in line):7.1f} {line[0].y:7.1f}  {role:6} {text}"


def _repeated(chunk: Sequence[Atom], heads: Mapping[int, tuple[Atom, ...]]) -> tuple[Atom, ...]:
    """The heads that stand above `chunk` at the top of a page."""
    return () if chunk[0].head else heads.get(chunk[0].table, ())


def _fitting(
    atoms: Sequence[Atom], galleys: Sequence[Galley], heads: Mapping[int, tuple[Atom, ...]], room: float
) -> Iterator[list[Atom]]:
    """`atoms` cut wherever a page may break, and at need where they would be taller than a page."""
    for chunk in _chunks(atoms):
        height = sum([atom.height for atom in (*_repeated(chunk, heads), *chunk)]) + sum(
            [atom.gap for atom in chunk[1:]]
        )
        if height <= room + _ROUNDING:
            yield chunk
            continue
        parts = [part for atom in chunk for part in _divided(atom, galleys)]
        yield from _chunks([part._replace(may_break=part.at_need) for part in parts])


def _divided(atom: Atom, galleys: Sequence[Galley]) -> Iterator[Atom]:
    """`atom` cut at need: where all that stands abreast in it can be cut at once."""
    for index, pieces in enumerate(cut(atom.pieces, lambda which: galleys[which].at_need)):
        heights = heights_of(pieces, galleys)
        part = atom._replace(pieces=pieces, heights=heights, height=max(heights))
        yield part._replace(gap=0, at_need=True) if index else part


def _chunks(atoms: Sequence[Atom]) -> Iterator[list[Atom]]:
    """`atoms` cut wherever a page may break."""
    chunk: list[Atom] = []
    for atom in atoms:
        if chunk and atom.may_break:
            yield chunk
            chunk = []
        chunk.append(atom)
    if chunk:
        yield chunk


def _too_tall(
    chunk: Sequence[Atom], galleys: Sequence[Galley], height: float, room: float
) -> TemplateError | RefusedAppointment:
    tallest = max(chunk, key=lambda atom: atom.height)
    alone = len(chunk) == 1 or tallest.height > room
    block = galleys[(tallest if alone else chunk[0]).pieces[0][0]].block
    begun = "" if alone else " and what is kept together with it"
    problem = f"this block ({block.role}){begun} is {height:.0f} pt tall, and a page has room for {room:.0f} pt."
    whole = (tallest,) if alone else chunk
    blocks = [galleys[number].block for atom in whole for number, _, _ in atom.pieces]
    blanks = dict.fromkeys(name for each in blocks for name in (*each.blanks, *each.answered))
    if blanks:
        remedy = "Shorten what is written there, or divide the block into smaller ones."
        return RefusedAppointment(Fault(block.place or "template", problem, remedy, field=", ".join(blanks)))
    return TemplateError(Fault(block.place or "template", problem, "Divide it into smaller blocks."))
