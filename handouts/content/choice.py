"""Edition → the choices it leaves: every condition and group compiled once, so that choosing blocks is looking up bits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import groupby
from operator import is_
from typing import NamedTuple

from handouts.content.blocks import Block, Edition, Group, Node
from handouts.content.condition import AllOf, Among, Condition, Facts
from handouts.memory import remembered

ItemFacts = Mapping[str, tuple[Facts, ...]]
"""List name → the facts of each of its items, in order."""
_Listed = tuple[tuple[int, ...], ...]
_Nodes = Callable[[int, _Listed], Iterable[Node]]
_SIZE = 256


class Chosen(NamedTuple):
    """Which conditions of an edition hold, as bits; for each of its lists the same, an item at a time."""

    bits: int
    listed: _Listed


class _Fact(dict[str, int]):
    """The tests of one fact, by each of its values: the bits of those that hold."""

    def __init__(self) -> None:
        super().__init__()
        self.tests: list[tuple[int, Among]] = []

    def __missing__(self, value: str) -> int:
        holding = (bit for bit, test in self.tests if (value in test.values) is not test.negated)
        return self.setdefault(value, sum(holding))


class _Bits:
    """Conditions, each with a bit of its own, however many blocks it stands on; and so has each that stands in another."""

    def __init__(self) -> None:
        self._known: dict[Condition, int] = {}
        self._of_blocks = 0
        self._facts: dict[str, _Fact] = {}
        self._joined: list[tuple[int, int, bool]] = []

    def bit(self, condition: Condition) -> int:
        bit = self._bit(condition)
        self._of_blocks |= bit
        return bit

    def _bit(self, condition: Condition) -> int:
        if condition not in self._known:
            within = 0 if isinstance(condition, Among) else sum({self._bit(term) for term in condition.terms})
            bit = self._known[condition] = 1 << len(self._known)
            if isinstance(condition, Among):
                self._facts.setdefault(condition.name, _Fact()).tests.append((bit, condition))
            else:
                self._joined.append((bit, within, isinstance(condition, AllOf)))
        return self._known[condition]

    def holding(self, facts: Facts) -> int:
        bits = 0
        for name, fact in self._facts.items():
            bits |= fact[facts[name]]
        for bit, within, all_of in self._joined:
            if bits & within == within if all_of else bits & within:
                bits |= bit
        return bits & self._of_blocks


class Choices:
    """What can stand of one edition. `item_names` are what templates call the items of each list."""

    def __init__(self, edition: Edition, item_names: Mapping[str, str]) -> None:
        self.lists = tuple(sorted({block.each for block in edition.blocks if block.each}))
        self._items = item_names
        self._bits = _Bits()
        self._item_bits = {name: _Bits() for name in self.lists}
        self._root, *_ = self._group(edition.root)

    def chosen(self, facts: Facts, items: ItemFacts) -> Chosen:
        """What holds of `facts` and of the facts of list items; a fact that is missing is a KeyError, never a no."""
        return Chosen(
            self._bits.holding(facts),
            tuple(tuple(self._of_item(name, facts, item) for item in items.get(name, ())) for name in self.lists),
        )

    def root(self, chosen: Chosen) -> Group:
        """The blocks that stand, as a tree; groups in which the same stands are one object.

        A block with `each` stands once for every item it holds for. A list or table of which no item stands is left out.
        """
        return self._root(*chosen)

    def _of_item(self, name: str, facts: Facts, item: Facts) -> int:
        own = {f"{self._items[name]}.{fact}": value for fact, value in item.items()}
        return self._item_bits[name].holding({**facts, **own})

    def _group(self, group: Group) -> tuple[Callable[[int, _Listed], Group], int, bool]:
        """How `group` is chosen, the bits it depends on, and whether items of a list can stand in it."""
        entries: list[tuple[int, Block | None, _Nodes]] = []
        mask, listed = 0, False
        for each, run in groupby(group.children, lambda child: child.each if isinstance(child, Block) else ""):
            if each:
                entries.append((0, None, self._copies(each, [child for child in run if isinstance(child, Block)])))
                listed = True
                continue
            for child in run:
                if isinstance(child, Block):
                    bit = self._bits.bit(child.condition)
                    entries.append((bit, child, _nothing))
                else:
                    within, bit, has_lists = self._group(child)
                    entries.append((0, None, partial(_inner, within, bit, has_lists)))
                    listed |= has_lists
                mask |= bit
        return remembered(_SIZE)(partial(_chosen, group, tuple(entries))), mask, listed

    def _copies(self, each: str, blocks: Sequence[Block]) -> _Nodes:
        """Copies of blocks with `each` for the items they hold for: items stand in their own order."""
        place, bits, item = self.lists.index(each), self._item_bits[each], self._items[each]
        copying = [(bits.bit(block.condition), remembered(_SIZE)(partial(block.numbered, item))) for block in blocks]

        def copies(_: int, listed: _Listed) -> Iterable[Node]:
            for number, holding in enumerate(listed[place], 1):
                for bit, copy in copying:
                    if holding & bit:
                        yield copy(number)

        return copies


def _chosen(group: Group, entries: Sequence[tuple[int, Block | None, _Nodes]], bits: int, listed: _Listed) -> Group:
    children: list[Node] = []
    for bit, block, nodes in entries:
        if block is None:
            children.extend(nodes(bits, listed))
        elif bits & bit:
            children.append(block)
    if group.role == "table" and all(isinstance(row, Block) and _is_head(row) for row in children):
        children = []
    if len(children) == len(group.children) and all(map(is_, children, group.children)):
        return group
    return Group(group.role, tuple(children), group.widths, group.keep)


def _inner(
    within: Callable[[int, _Listed], Group], mask: int, has_lists: bool, bits: int, listed: _Listed
) -> Iterable[Node]:
    """The group in the group, if anything stands in it; it is asked for by nothing that does not matter to it."""
    group = within(bits & mask, listed if has_lists else ())
    return (group,) if group.children else ()


def _nothing(_: int, __: _Listed) -> Iterable[Node]:
    return ()


def _is_head(row: Block) -> bool:
    return all(part.scope == "col" for part in row.parts)
