"""The galleys of a wording → atoms: strips that stay together, and where a page may break between them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from handouts.content.blocks import LINES, Block, Field, Group, Node
from handouts.memory import Recent, remembered
from handouts.typeset.marks import Galley

_height = attrgetter("height")

Pieces = tuple[tuple[int, int, int], ...]
"""Which strips of which galleys: the galley's number, the first strip and the last, exclusive."""


class Atom(NamedTuple):
    """Strips that stay together, with the space before them, whether a page may break there, and its table.

    `at_need` says whether a page may break there if what stands together is taller than a page. `pieces` are the galley and its
    strips, `first` to `last`; two of them where two languages stand side by side. `heights` are theirs, `height` that of the tallest.
    """

    pieces: Pieces
    heights: tuple[float, ...]
    height: float
    gap: float
    may_break: bool
    at_need: bool
    table: int
    head: bool

    def moved(self, by: int) -> Atom:
        """The same, when so many blocks stand before those it was made of."""
        pieces = tuple([(which + by, first, last) for which, first, last in self.pieces])
        return _atom(pieces, *self[1:6], self.table and self.table + by, self.head)


_atom = remembered(1024)(Atom)
"""Few differ: most are a line or two of a block in the same setting."""


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


class _Part(NamedTuple):
    """A part of a document: its atoms, numbered from its first block, and the last of its blocks for what stands below.

    `kept` is what lives as long as it, for others are told from it by where they are in memory.
    """

    atoms: Sequence[Atom]
    blocks: int
    last: _Above | None
    kept: object


class Passage(NamedTuple):
    """Parts of a document between two places where a page may break: their atoms, and how many blocks they have."""

    atoms: Sequence[Atom]
    blocks: int
    parts: tuple[Node, ...]


_PARTS: Recent[object, _Part] = Recent(1024)
_PASSAGES: Recent[object, tuple[object, Passage]] = Recent(1024)


def passages(root: Group, galleys: Sequence[Galley]) -> list[Passage]:
    """All of `root`, in passages whose atoms are numbered from their first block.

    Parts of a document are the same in many wordings: they are remembered, by what stands above and, of blocks with blanks,
    by nothing but their measures.
    """
    if root.role != "document" or root.keep:
        found = _part(root, galleys, (0, 0), None)
        return [Passage(found.atoms, found.blocks, root.children)]
    passages_: list[Passage] = []
    nodes: list[Node] = []
    parts: list[_Part] = []
    above: _Above | None = None
    number, begun = 0, False
    for index, node in enumerate(root.children):
        blocks = (node,) if isinstance(node, Block) else tuple(node.blocks())
        place = (index, len(root.children) - 1 - index) if blocks and blocks[0].role == "li" else (0, 0)
        part = _part(node, galleys[number : number + len(blocks)], place, above)
        if begun and part.atoms and part.atoms[0].may_break:
            passages_.append(_passage(nodes, parts))
            nodes, parts, begun = [], [], False
        nodes.append(node)
        parts.append(part)
        begun = begun or bool(part.atoms)
        above = part.last
        number += part.blocks
    return [*passages_, _passage(nodes, parts)]


def _passage(nodes: Sequence[Node], parts: Sequence[_Part]) -> Passage:
    kept = tuple(parts)
    return _PASSAGES(tuple(map(id, kept)), lambda: (kept, _joined(nodes, kept)))[1]


def _joined(nodes: Sequence[Node], parts: Sequence[_Part]) -> Passage:
    atoms: list[Atom] = []
    number = 0
    for part in parts:
        atoms += [atom.moved(number) for atom in part.atoms] if number else part.atoms
        number += part.blocks
    return Passage(tuple(atoms), number, tuple(nodes))


def _part(part: Node, galleys: Sequence[Galley], place: tuple[int, int], above: _Above | None) -> _Part:
    """A part that stands with so many before and after it."""
    known: list[Hashable] = [*map(id, galleys)]
    for number in part.blanked:
        known[number] = _measure(galleys[number])

    def made() -> _Part:
        atoms, last = _atoms(galleys, _part_standings(part, place), above)
        still = [galley for galley in galleys if not galley.block.blanks]
        return _Part(atoms, len(galleys), last, (part, still))

    return _PARTS((id(part), tuple(known), place, above), made)


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
) -> tuple[Sequence[Atom], _Above | None]:
    """The atoms of `galleys`, which stand below what is `above`, and the last of them for what stands below."""
    atoms: list[Atom] = []
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
        for pieces in cut(uncut, breaks):
            inside = pieces[0][1] > 0
            free = not standing.kept if inside else may_break
            must = standing.follows or (above and above.keep_with_next) or after_head
            undivided = standing.signed and (inside or before.kept == standing.kept)
            at_need = not undivided and (inside or not must)
            heights = heights_of(pieces, galleys)
            space = 0 if inside else gap
            atoms.append(_atom(pieces, heights, max(heights), space, free, at_need, standing.table, head))
        above = _Above(galley.block.role, galley.space_after, galley.keep_with_next, standing, head)
        before, index = standing, index + standing.abreast
    return atoms, above and above.outside()


def cut(pieces: Pieces, cuts: Callable[[int], Sequence[int]]) -> Iterator[Pieces]:
    """`pieces`, which stand abreast, cut wherever all may be by `cuts` of their galleys; one may end before the other."""
    if len(pieces) == 1 and not cuts(pieces[0][0]):
        yield pieces
        return
    first, last = (max(piece[end] for piece in pieces) for end in (1, 2))
    inner = [cut for cut in range(first + 1, last) if all(cut >= end or cut in cuts(which) for which, _, end in pieces)]
    for start, stop in pairwise((first, *inner, last)):
        own = tuple((which, min(start, end), min(stop, end)) for which, _, end in pieces)
        yield tuple(piece for piece in own if piece[1] < piece[2]) or own[:1]


def heights_of(pieces: Pieces, galleys: Sequence[Galley]) -> tuple[float, ...]:
    """How tall each of `pieces` is, in points."""
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
