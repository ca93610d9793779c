"""A wording's tree and the branches of its blocks → the structure tree of the file (ISO 32000-1 §14.7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from handouts.content.blocks import Block, Group, Node
from handouts.pdf.file import File, text_string
from handouts.pdf.tags import NUMBERING, Branch, Setting, listed

_ROLES = {"document": "Document", "section": "Sect", "ul": "L", "ol": "L", "table": "Table"}
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3}
_WITH_HEADINGS = frozenset((*_HEADINGS, "aside"))
_PLAIN, _LISTED = Setting(), Setting(listed=True)


@dataclass(slots=True)
class Rooted:
    """A branch in a file: the number of its first element, once it is written, and what its other numbers count from.

    `stretches` are for each stretch the number of its first piece and its page's object, `annotations` are objects.
    """

    branch: Branch
    stretches: list[int]
    annotations: list[int]
    number: int = 0


class _Leaf(NamedTuple):
    """A block in a tree, the number of its callout, and what is nested in its last element."""

    rooted: Rooted
    note: int
    nested: Sequence[_Node]


class _Fork(NamedTuple):
    """A group in a tree, or what else is around blocks."""

    role: str
    entries: str
    below: Sequence[_Node]


_Node = _Leaf | _Fork


class Tree:
    """The structure tree of a document with the blocks of `root`, in `language` (BCP 47).

    `rooted` gives a block by its number in reading order and its setting; `first` stands before all others.
    """

    def __init__(
        self, root: Group, language: str, rooted: Callable[[int, Setting], Rooted], first: Rooted | None = None
    ) -> None:
        self._language = language
        self._rooted = rooted
        self._number = 0
        self._notes = 0
        self._headings: list[int] = []
        self._identified: list[tuple[str, int]] = []
        below = self._nodes(root, is_list=False)
        entries = f"/Lang {text_string(language)}" if language else ""
        self._root = _Fork("Document", entries, [*([_Leaf(first, 0, ())] if first else []), *below])

    def written(
        self,
        file: File,
        painted: Iterable[Iterable[tuple[Rooted, Sequence[int]]]],
        annotated: Iterable[tuple[Rooted, int]],
    ) -> int:
        """The number of the structure tree's root (§14.7.2).

        `painted` are the elements of every page's content in the order of their numbers there, `annotated` those of the annotations
        in the order of their keys, which come after the pages'.
        """
        root = file.reserved()
        (document,) = self._written(self._root, root, file)
        rows = [
            f"[{' '.join([f'{each.number + own} 0 R' for each, owners in page for own in owners])}]" for page in painted
        ]
        rows += [f"{each.number + own} 0 R" for each, own in annotated]
        parents = file.add(f"<</Nums[{' '.join([f'{key} {row}' for key, row in enumerate(rows)])}]>>")
        names = " ".join([f"({identifier}) {number} 0 R" for identifier, number in sorted(self._identified)])
        named_tree = f"/IDTree<</Names[{names}]>>" if names else ""
        file.put(
            root,
            f"<</Type/StructTreeRoot/K[{document} 0 R]/ParentTree {parents} 0 R"
            f"/ParentTreeNextKey {len(rows)}{named_tree}>>",
        )
        return root

    def _nodes(self, group: Group, *, is_list: bool) -> list[_Node]:
        """What stands in `group` and holds anything."""
        found: list[_Node] = []
        for block, groups in _runs(group, is_list=is_list):
            if block:
                leaf = self._leaf(block, groups, is_list=is_list)
                if leaf.rooted.branch.elements:
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
        self._notes += role == "aside"
        note = self._notes
        language = "" if block.language == self._language else block.language
        levels = tuple([self._level(rank) for rank in _ranks(block)]) if role in _WITH_HEADINGS else ()
        nested = self._groups(groups)
        plain = not (language or levels or nested)
        setting = (_LISTED if is_list else _PLAIN) if plain else Setting(language, levels, is_list, len(nested))
        return _Leaf(self._rooted(number, setting), note, nested)

    def _groups(self, groups: Iterable[Group]) -> list[_Node]:
        return [node for each in groups for node in self._group(each)]

    def _group(self, group: Group) -> list[_Node]:
        role = _ROLES[group.role]
        below = self._nodes(group, is_list=role == "L")
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

    def _written(self, node: _Node, parent: int, file: File) -> list[int]:
        """Writes what is in `node`, numbered as it is read; the numbers of its own elements that stand in `parent`."""
        if isinstance(node, _Fork):
            number = file.reserved()
            kids = [f"{kid} 0 R" for each in node.below for kid in self._written(each, number, file)]
            within = f"/K[{' '.join(kids)}]" if kids else ""
            file.put(number, f"<</Type/StructElem/S/{node.role}/P {parent} 0 R{node.entries}{within}>>")
            return [number]
        rooted, note, within = node
        shown, places, many, tops, last, identified = rooted.branch
        own = rooted.number = file.reserved(many)
        nested = [kid for each in within for kid in self._written(each, own + last, file)]
        bases = own, parent, note, *rooted.stretches, *rooted.annotations, *nested
        file.put_all(own, (shown % tuple([bases[base] + further for base, further in places])).split(b"\n"))
        if identified:
            self._identified.append((f"note-{note:04}", own))
        return [own + top for top in tops]


def _ranks(block: Block) -> Iterator[int]:
    """What ranks the headings in `block` have in the template."""
    return (_HEADINGS[part.role] for part in block.parts if part.role in _HEADINGS)


def _runs(group: Group, *, is_list: bool) -> Iterator[tuple[Block | None, list[Group]]]:
    """What is in `group`, one by one; whatever stands in a list between items goes with the item before it (§14.8.4.3.3)."""
    block: Block | None = None
    groups: list[Group] = []
    for child in _unpaired(group):
        if is_list and isinstance(child, Group):
            groups.append(child)
            continue
        if block or groups:
            yield block, groups
        block, groups = (child, []) if isinstance(child, Block) else (None, [child])
    if block or groups:
        yield block, groups


def _unpaired(group: Group) -> Iterator[Node]:
    """What is in `group` as it is read: of two blocks that say the same, one after the other, each in its language."""
    for child in group.children:
        if isinstance(child, Group) and child.role == "pair":
            yield from child.children
        else:
            yield child
