"""The branches of a passage's blocks → a bough, and the boughs of a document → the structure tree of its file (ISO 32000-1 §14.7).

A bough is of a passage, not of a document: its elements count from the first of them in the file, its pieces from the first of them
on each page. So the same passage in another wording is the same bough.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import add
from typing import NamedTuple

from handouts.content.blocks import Block, Group, Node
from handouts.memory import shared
from handouts.pdf.file import File, text_string
from handouts.pdf.tags import AROUND, NOTE, NUMBERING, OWN, STRETCHES, Branch, Setting, listed

_ROLES = {"document": "Document", "section": "Sect", "ul": "L", "ol": "L", "table": "Table"}
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3}
_WITH_HEADINGS = frozenset((*_HEADINGS, "aside"))
_PLAIN, _LISTED = Setting(), Setting(listed=True)


Counted = tuple[int, int]
"""What a number counts from, and how far it is from there: as in a branch, but with columns in place of stretches."""


class Bough(NamedTuple):
    """The elements of a passage as they are written, one a line, with places for numbers.

    `bases` are what the numbers count from and `further` how far they are from there: OWN is the first of the elements, AROUND the one
    they stand in, NOTE the passage's first callout; then come, for each column, the first piece of its content and its page; then the
    annotations. `tops` are the elements that stand below no other of the passage, `notes` those that are callouts; `headings` are
    the ranks of the headings that what follows stands below.
    """

    shown: bytes
    bases: array[int]
    further: array[int]
    elements: int
    tops: tuple[int, ...]
    notes: tuple[int, ...]
    headings: tuple[int, ...]


@dataclass(slots=True)
class Rooted:
    """A bough in a file: the number of its first element, once it is written, and what its other numbers count from.

    `columns` are for each column the number of its first piece and its page's object, `annotations` are objects.
    """

    bough: Bough
    columns: list[int] = field(default_factory=list[int])
    annotations: list[int] = field(default_factory=list[int])
    number: int = 0


@dataclass(slots=True)
class Grafted:
    """A branch on its bough: the number of its first element there, and what its stretches and annotations count from."""

    branch: Branch
    stretches: list[Counted] = field(default_factory=list[Counted])
    annotations: list[Counted] = field(default_factory=list[Counted])
    number: int = 0


class _Leaf(NamedTuple):
    """A block in a tree, and what is nested in its last element."""

    grafted: Grafted
    nested: Sequence[_Node]


class _Fork(NamedTuple):
    """A group in a tree, or what else is around blocks."""

    role: str
    entries: str
    below: Sequence[_Node]


_Node = _Leaf | _Fork


class Growth:
    """The bough of `parts` of a document in `language` (BCP 47), below headings of the ranks `above`.

    `grafted` gives a block by its number in reading order and its setting.
    """

    def __init__(
        self,
        parts: Iterable[Node],
        language: str,
        above: Iterable[int],
        grafted: Callable[[int, Setting], Grafted],
    ) -> None:
        self._language = language
        self._grafted = grafted
        self._number = 0
        self._headings = [*above]
        self._below = self._nodes(parts, is_list=False)

    def bough(self) -> Bough:
        """The bough, once it is known what everything on it counts from."""
        writing = _Writing()
        tops = [top for node in self._below for top in writing.node(node, (AROUND, 0))]
        return writing.bough(tops, self._headings)

    def _nodes(self, children: Iterable[Node], *, is_list: bool) -> list[_Node]:
        """What of these children of a group holds anything."""
        found: list[_Node] = []
        for block, groups in _runs(children, is_list=is_list):
            if block:
                leaf = self._leaf(block, groups, is_list=is_list)
                if leaf.grafted.branch.elements:
                    found.append(leaf)
                continue
            nested = self._groups(groups)
            if is_list and nested:
                found.append(_Fork("LI", "", [_Fork("LBody", "", nested)]))
            else:
                found += nested
        return found

    def _leaf(self, block: Block, groups: Sequence[Group], *, is_list: bool) -> _Leaf:
        """A block, and the `groups` that stand in the last of its elements."""
        number, role = self._number, block.role
        self._number += 1
        language = "" if block.language == self._language else block.language
        levels = tuple([self._level(rank) for rank in _ranks(block)]) if role in _WITH_HEADINGS else ()
        nested = self._groups(groups)
        plain = not (language or levels or nested)
        setting = (_LISTED if is_list else _PLAIN) if plain else Setting(language, levels, is_list, len(nested))
        return _Leaf(self._grafted(number, setting), nested)

    def _groups(self, groups: Iterable[Group]) -> list[_Node]:
        return [node for each in groups for node in self._group(each)]

    def _group(self, group: Group) -> list[_Node]:
        role = _ROLES[group.role]
        below = self._nodes(group.children, is_list=role == "L")
        if not below:
            return []
        items = [part for child in group.children if isinstance(child, Block) for part in child.parts]
        entries = f"/A{listed(group.role, items)}" if group.role in NUMBERING else ""
        return [_Fork(role, entries, below)]

    def _level(self, wanted: int) -> int:
        """The level of the next heading: as deep as it stands below others, so that none is skipped (ISO 14289-1 §7.4.2)."""
        while self._headings and self._headings[-1] >= wanted:
            self._headings.pop()
        self._headings.append(wanted)
        return len(self._headings)


class _Writing:
    """The elements of a bough while they are written, each run of them with its places for numbers."""

    def __init__(self) -> None:
        self._runs: list[tuple[bytes, list[Counted]]] = []
        self._elements = 0
        self._notes: list[int] = []

    def node(self, node: _Node, around: Counted) -> list[int]:
        """Writes what is in `node`, numbered as it is read; the numbers of its own elements that stand in the one `around`."""
        run, own = len(self._runs), self._elements
        self._runs.append((b"", []))
        if isinstance(node, _Fork):
            self._elements += 1
            kids = [kid for each in node.below for kid in self.node(each, (OWN, own))]
            within = f"/K[{' '.join(['%d 0 R'] * len(kids))}]" if kids else ""
            shown = f"<</Type/StructElem/S/{node.role}/P %d 0 R{node.entries}{within}>>"
            self._runs[run] = shown.encode("latin-1"), [around, *[(OWN, kid) for kid in kids]]
            return [own]
        grafted, below = node
        branch = grafted.branch
        grafted.number = own
        self._elements += branch.elements
        note = NOTE, len(self._notes)
        if branch.note:
            self._notes.append(own)
        nested = [(OWN, kid) for each in below for kid in self.node(each, (OWN, own + branch.last))]
        counted = (OWN, own), around, note, *grafted.stretches, *grafted.annotations, *nested
        bases, before = [base for base, _ in counted], [further for _, further in counted]
        self._runs[run] = branch.shown, [(bases[base], before[base] + further) for base, further in branch.places]
        return [own + top for top in branch.tops]

    def bough(self, tops: Iterable[int], headings: Iterable[int]) -> Bough:
        """All that was written."""
        shown = _same_bytes(b"\n".join([shown for shown, _ in self._runs]))
        bases = array("H", [base for _, own in self._runs for base, _ in own])
        further = array("H", [number for _, own in self._runs for _, number in own])
        return Bough(shown, bases, further, self._elements, tuple(tops), tuple(self._notes), tuple(headings))


_same_bytes = shared(512)


def lone(branch: Branch) -> Bough:
    """A bough with one branch on it, whose stretches are columns."""
    writing = _Writing()
    stretches = [(STRETCHES, 0), (STRETCHES + 1, 0)]
    tops = writing.node(_Leaf(Grafted(branch, stretches), ()), (AROUND, 0))
    return writing.bough(tops, ())


def tree(
    file: File,
    language: str,
    boughs: Sequence[Rooted],
    painted: Iterable[Iterable[tuple[Rooted, Sequence[int]]]],
    annotated: Iterable[tuple[Rooted, int]],
) -> int:
    """Writes the structure tree of a document in `language`; the number of its root (§14.7.2).

    `painted` are the elements of every page's content in the order of their numbers there, `annotated` those of the annotations
    in the order of their keys, which come after the pages'.
    """
    root, document = file.reserved(), file.reserved()
    kids: list[int] = []
    notes: list[int] = []
    for rooted in boughs:
        bough = rooted.bough
        own = rooted.number = file.reserved(bough.elements)
        bases = own, document, len(notes) + 1, *rooted.columns, *rooted.annotations
        if bough.elements:
            file.put_all(own, (bough.shown % _numbers(bough, bases)).split(b"\n"))
        kids += [own + top for top in bough.tops]
        notes += [own + note for note in bough.notes]
    said = f"/Lang {text_string(language)}" if language else ""
    within = f"/K[{_references(kids)}]" if kids else ""
    file.put(document, f"<</Type/StructElem/S/Document/P {root} 0 R{said}{within}>>")
    rows = [f"[{_references([each.number + own for each, owners in page for own in owners])}]" for page in painted]
    rows += [f"{each.number + own} 0 R" for each, own in annotated]
    parents = file.add(f"<</Nums[{' '.join([f'{key} {row}' for key, row in enumerate(rows)])}]>>")
    names = " ".join([f"(note-{note:04}) {number} 0 R" for note, number in enumerate(notes, 1)])
    named_tree = f"/IDTree<</Names[{names}]>>" if names else ""
    file.put(
        root,
        f"<</Type/StructTreeRoot/K[{document} 0 R]/ParentTree {parents} 0 R"
        f"/ParentTreeNextKey {len(rows)}{named_tree}>>",
    )
    return root


def _numbers(bough: Bough, bases: Sequence[int]) -> tuple[int, ...]:
    """What stands in the places of `bough`."""
    return tuple(map(add, map(bases.__getitem__, bough.bases), bough.further))


def _references(numbers: Sequence[int]) -> str:
    return f"{' 0 R '.join(map(str, numbers))} 0 R" if numbers else ""


def _ranks(block: Block) -> Iterator[int]:
    """What ranks the headings in `block` have in the template."""
    return (_HEADINGS[part.role] for part in block.parts if part.role in _HEADINGS)


def _runs(children: Iterable[Node], *, is_list: bool) -> Iterator[tuple[Block | None, list[Group]]]:
    """These, one by one; whatever stands in a list between items goes with the item before it (§14.8.4.3.3)."""
    block: Block | None = None
    groups: list[Group] = []
    for child in _unpaired(children):
        if is_list and isinstance(child, Group):
            groups.append(child)
            continue
        if block or groups:
            yield block, groups
        block, groups = (child, []) if isinstance(child, Block) else (None, [child])
    if block or groups:
        yield block, groups


def _unpaired(children: Iterable[Node]) -> Iterator[Node]:
    """These as they are read: of two blocks that say the same, one after the other, each in its language."""
    for child in children:
        if isinstance(child, Group) and child.role == "pair":
            yield from child.children
        else:
            yield child
