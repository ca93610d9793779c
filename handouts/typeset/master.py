"""A wording and its galleys → pages: which strips stand where, nothing split that belongs together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from handouts.content.blocks import LINES, Block, Field, Group, Node
from handouts.errors import Fault, RefusedAppointment, TemplateError
from handouts.memory import Recent
from handouts.typeset.furniture import FurnitureSize
from handouts.typeset.marks import FieldBox, Galley, Glyphs, Picture
from handouts.typeset.style import Paper, Style

_ROUNDING = 1e-6
_height = attrgetter("height")


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


@dataclass(frozen=True, slots=True)
class Master:
    """A wording laid out on pages. `style` and `furniture_size` are those it was laid out with."""

    paper: Paper
    style: Style
    furniture_size: FurnitureSize
    pages: tuple[tuple[Place, ...], ...]


_Pieces = tuple[tuple[int, int, int], ...]


class _Atom(NamedTuple):
    """Strips that stay together, with the space before them, whether a page may break there, and its table.

    `at_need` says whether a page may break there if what stands together is taller than a page. `pieces` are the galley and its
    strips, `first` to `last`; two of them where two languages stand side by side. `heights` are theirs, `height` that of the tallest.
    """

    pieces: _Pieces
    heights: tuple[float, ...]
    height: float
    gap: float
    may_break: bool
    at_need: bool
    table: int
    head: bool

    def moved(self, by: int) -> _Atom:
        """The same, when so many blocks stand before those it was made of."""
        pieces = tuple([(which + by, first, last) for which, first, last in self.pieces])
        return _Atom(pieces, *self[1:6], self.table and self.table + by, self.head)


class _Standing(NamedTuple):
    """Where a block, or a pair of blocks side by side (`abreast`), stands: numbers of groups (0: none).

    `table` is its table, `kept` the outermost group that keeps it whole, and `signed` whether that has lines to write on;
    `series` is the outermost list or table; `from_start` and `from_end` count the blocks of the list or table itself. A block
    that `follows` is the second of a pair of rows.
    """

    table: int = 0
    kept: int = 0
    signed: bool = False
    series: int = 0
    abreast: int = 1
    follows: bool = False
    from_start: int = 0
    from_end: int = 0


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
    top = paper.top + furniture_size.header
    bottom = paper.height - paper.bottom - furniture_size.footer
    atoms = _all_atoms(root, galleys)
    heads = {atom.table: tuple(a for a in atoms if a.head and a.table == atom.table) for atom in atoms if atom.head}
    pages: list[tuple[Place, ...]] = []
    page: list[Place] = []
    pen = _Pen(top, {})
    for chunk in _fitting(atoms, galleys, heads, bottom - top):
        placed, after = _placed(chunk, galleys, paper.left, pen, first=not page)
        if page and after.y > bottom + _ROUNDING:
            pages.append(tuple(page))
            page = []
        if not page:
            shown, below = _placed(_repeated(chunk, heads), galleys, paper.left, _Pen(top, {}), first=True)
            page = [place._replace(repeated=True) for place in shown]
            placed, after = _placed(chunk, galleys, paper.left, _Pen(below.y, {}), first=True)
            if after.y > bottom + _ROUNDING:
                raise _too_tall(chunk, galleys, after.y - top, bottom - top)
        page.extend(placed)
        pen = after
    pages.append(tuple(page))
    return Master(paper, style, furniture_size, tuple(pages))


class _Pen(NamedTuple):
    """How far a page is filled, and where each of the galleys that stand last on it ends, in points from the paper's top."""

    y: float
    ends: Mapping[int, float]


def _placed(
    chunk: Sequence[_Atom], galleys: Sequence[Galley], left: float, pen: _Pen, *, first: bool
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


class _Above(NamedTuple):
    """The block above, as far as it matters to the next; `in_heads`: it is a row of heads."""

    role: str
    space_after: float
    keep_with_next: bool
    standing: _Standing
    in_heads: bool

    def outside(self) -> _Above:
        """The same for a block in none of the groups it stands in: only that there are some is left of their numbers."""
        table, kept, _, series, *_, before, after = self.standing
        inside = bool(series)
        standing = _Standing(
            -bool(table),
            -bool(kept),
            series=-inside,
            from_start=0 if inside else before,
            from_end=0 if inside else after,
        )
        return self._replace(standing=standing)


_PARTS: Recent[object, tuple[object, Sequence[_Atom], _Above | None]] = Recent(4096)


def _all_atoms(root: Group, galleys: Sequence[Galley]) -> list[_Atom]:
    """The atoms of all blocks of `root`.

    Parts of a document are the same in many wordings: their atoms are remembered, by what stands above and, of blocks with blanks,
    by nothing but their measures.
    """
    found: list[_Atom] = []
    above: _Above | None = None
    parts = root.children if root.role == "document" and not root.keep else (root,)
    number = 0
    for index, part in enumerate(parts):
        blocks = (part,) if isinstance(part, Block) else tuple(part.blocks())
        own = galleys[number : number + len(blocks)]
        place = (index, len(parts) - 1 - index) if blocks and blocks[0].role == "li" else (0, 0)
        atoms, above = _part_atoms(part, own, place, above)
        found += [atom.moved(number) for atom in atoms]
        number += len(blocks)
    return found


def _part_atoms(
    part: Node, galleys: Sequence[Galley], place: tuple[int, int], above: _Above | None
) -> tuple[Sequence[_Atom], _Above | None]:
    """The atoms of a part with so many before and after it, and the last of its blocks for what stands below."""
    still = [galley for galley in galleys if not galley.block.blanks]
    known = tuple([_measure(galley) if galley.block.blanks else id(galley) for galley in galleys])
    return _PARTS(
        (id(part), known, place, above),
        lambda: (
            (part, still),
            *_atoms(galleys, _part_standings(part, place), above),
        ),  # these keep alive what is in the key
    )[1:]


def _measure(galley: Galley) -> Hashable:
    """All of a galley that decides on its atoms beside its block."""
    return (tuple([strip.height for strip in galley.strips]), *galley[2:])


def _part_standings(part: Node, place: tuple[int, int]) -> Iterator[_Standing]:
    """Those of a part of a document, which stands with so many before and after it."""
    here = _Standing(from_start=place[0], from_end=place[1])
    if isinstance(part, Block):
        yield here
    elif part.role == "pair":
        yield here._replace(abreast=2)
    else:
        yield from _standings(part, 0, _Standing())


def _standings(group: Group, first: int, around: _Standing) -> Iterator[_Standing]:
    """One for each block, or pair of blocks, of `group`, in reading order; groups are numbered by their `first` block, from 1."""
    number, role = first + 1, group.role
    here = _Standing(
        table=number if role == "table" else 0,
        kept=around.kept or (number if group.keep else 0),
        signed=around.signed if around.kept else group.keep and _is_signed(group),
        series=around.series or (number if role in ("ul", "ol", "table") else 0),
    )
    last = len(group.children) - 1
    for index, child in enumerate(group.children):
        if isinstance(child, Group) and child.role != "pair":
            yield from _standings(child, first, here)
            first += len(tuple(child.blocks()))
            continue
        there = _Standing(*here[:4], from_start=index, from_end=last - index)
        if isinstance(child, Block):
            yield there
            first += 1
        else:
            yield from (there, there._replace(follows=True)) if here.table else (there._replace(abreast=2),)
            first += 2


def _is_signed(group: Group) -> bool:
    """Whether there are lines to write on in `group`."""
    return any(isinstance(run, Field) and run.kind in LINES for block in group.blocks() for run in block.runs)


def _atoms(
    galleys: Sequence[Galley], standings: Iterable[_Standing], above: _Above | None
) -> tuple[Sequence[_Atom], _Above | None]:
    """The atoms of `galleys`, which stand below what is `above`, and the last of them for what stands below."""
    atoms: list[_Atom] = []
    before = above.standing if above else _Standing()
    index = 0

    def breaks(which: int) -> Sequence[int]:
        return galleys[which].breaks

    for standing in standings:
        galley = galleys[index]
        begins = above is None or before.table != standing.table
        in_heads = above is not None and above.in_heads
        head = bool(standing.table) and galley.is_table_head and (begins or in_heads)
        gap = _gap(above, galley, standing) if above else 0
        after_head = in_heads and not begins
        may_break = above is not None and _may_break(above, galley, standing) and not after_head
        abreast = range(index, index + standing.abreast)
        uncut = tuple((which, 0, len(galleys[which].strips)) for which in abreast)
        for pieces in _cut(uncut, breaks):
            inside = pieces[0][1] > 0
            free = not standing.kept if inside else may_break
            must = standing.follows or (above and above.keep_with_next) or after_head
            undivided = standing.signed and (inside or before.kept == standing.kept)
            at_need = not undivided and (inside or not must)
            heights = _heights(pieces, galleys)
            space = 0 if inside else gap
            atoms.append(_Atom(pieces, heights, max(heights), space, free, at_need, standing.table, head))
        above = _Above(galley.block.role, galley.space_after, galley.keep_with_next, standing, head)
        before, index = standing, index + standing.abreast
    return atoms, above and above.outside()


def _cut(pieces: _Pieces, cuts: Callable[[int], Sequence[int]]) -> Iterator[_Pieces]:
    """`pieces`, which stand abreast, cut wherever all may be by `cuts` of their galleys; one may end before the other."""
    if len(pieces) == 1 and not cuts(pieces[0][0]):
        yield pieces
        return
    first, last = (max(piece[end] for piece in pieces) for end in (1, 2))
    inner = [cut for cut in range(first + 1, last) if all(cut >= end or cut in cuts(which) for which, _, end in pieces)]
    for start, stop in pairwise((first, *inner, last)):
        own = tuple((which, min(start, end), min(stop, end)) for which, _, end in pieces)
        yield tuple(piece for piece in own if piece[1] < piece[2]) or own[:1]


def _heights(pieces: _Pieces, galleys: Sequence[Galley]) -> tuple[float, ...]:
    return tuple([sum(map(_height, galleys[which].strips[first:last])) for which, first, last in pieces])


def _may_break(above: _Above, below: Galley, here: _Standing) -> bool:
    """Whether a page may end between two blocks, of which neither is a table's head."""
    before = above.standing
    if here.follows or above.keep_with_next or (before.kept and before.kept == here.kept):
        return False
    if above.role == below.block.role == "li" and before.series == here.series:
        return before.from_start > 0 and here.from_end > 0  # as in a paragraph: no item stands alone on a page
    introduces = above.role == "p" and not before.series and here.series
    return not introduces


def _gap(above: _Above, below: Galley, here: _Standing) -> float:
    if above.standing.table and above.standing.table == here.table:
        return 0
    if above.keep_with_next and not below.keep_with_next:
        return above.space_after
    return max(above.space_after, below.space_before)


def _repeated(chunk: Sequence[_Atom], heads: Mapping[int, tuple[_Atom, ...]]) -> tuple[_Atom, ...]:
    """The heads that stand above `chunk` at the top of a page."""
    return () if chunk[0].head else heads.get(chunk[0].table, ())


def _fitting(
    atoms: Sequence[_Atom], galleys: Sequence[Galley], heads: Mapping[int, tuple[_Atom, ...]], room: float
) -> Iterator[list[_Atom]]:
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


def _divided(atom: _Atom, galleys: Sequence[Galley]) -> Iterator[_Atom]:
    """`atom` cut at need: where all that stands abreast in it can be cut at once."""
    for index, pieces in enumerate(_cut(atom.pieces, lambda which: galleys[which].at_need)):
        heights = _heights(pieces, galleys)
        part = atom._replace(pieces=pieces, heights=heights, height=max(heights))
        yield part._replace(gap=0, at_need=True) if index else part


def _chunks(atoms: Sequence[_Atom]) -> Iterator[list[_Atom]]:
    """`atoms` cut wherever a page may break."""
    chunk: list[_Atom] = []
    for atom in atoms:
        if chunk and atom.may_break:
            yield chunk
            chunk = []
        chunk.append(atom)
    if chunk:
        yield chunk


def _too_tall(
    chunk: Sequence[_Atom], galleys: Sequence[Galley], height: float, room: float
) -> TemplateError | RefusedAppointment:
    tallest = max(chunk, key=lambda atom: atom.height)
    alone = len(chunk) == 1 or tallest.height > room
    block = galleys[(tallest if alone else chunk[0]).pieces[0][0]].block
    begun = "" if alone else " and what is kept together with it"
    problem = f"this block ({block.role}){begun} is {height:.0f} pt tall, and a page has room for {room:.0f} pt."
    whole = (tallest,) if alone else chunk
    blanks = dict.fromkeys(name for atom in whole for piece in atom.pieces for name in galleys[piece[0]].block.blanks)
    if blanks:
        remedy = "Shorten what is written there, or divide the block into smaller ones."
        return RefusedAppointment(Fault(block.place or "template", problem, remedy, field=", ".join(blanks)))
    return TemplateError(Fault(block.place or "template", problem, "Divide it into smaller blocks."))
