"""Edition + facts → Wording: the blocks of an edition that stand for one set of facts, as a tree."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import cast

from allpairspy import AllPairs  # type: ignore[import-untyped]

from handouts.content.blocks import Block, Edition, Field, Group, Node, Unset
from handouts.content.condition import NEVER, Facts, holds, tests, without
from handouts.content.procedure import Procedure
from handouts.errors import Fault, SettingError, TemplateError
from handouts.memory import remembers

ItemFacts = Mapping[str, tuple[Facts, ...]]
"""List name → the facts of each of its items, in order."""


@dataclass(frozen=True)
class Wording:
    """What one document says for one set of facts; no patient's value is in it."""

    edition: Edition
    root: Group

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks that stand, in reading order."""
        return tuple(self.root.blocks())

    @cached_property
    def canonical(self) -> str:
        """The whole wording as text, one block after the other: what its hash is made of."""
        head = f"{self.edition.procedure} {self.edition.version} {self.edition.kind} {self.edition.language}"
        return "\n\n".join(
            (head, *(f"{block.role} {block.kind}".rstrip() + f"\n{block.canonical}" for block in self.blocks))
        )

    @cached_property
    def sha256(self) -> str:
        """The hash of the wording, in hexadecimal."""
        return hashlib.sha256(self.canonical.encode()).hexdigest()


class Wordings:
    """The wordings of one edition, each looked up by the facts that the edition uses and by no others."""

    def __init__(self, edition: Edition, procedure: Procedure) -> None:
        self.edition = edition
        self._items = {name: entry.item for name, entry in procedure.lists.items()}
        self._tested = {name: _tested(edition, name, self._items[name]) for name in _lists(edition)}
        self._known: dict[object, Wording] = {}

    def __call__(self, facts: Facts, items: ItemFacts) -> Wording:
        """`wording` for these facts, remembered."""
        used = tuple(facts[name] for name in sorted(self.edition.facts))
        listed = tuple(
            tuple(tuple(item[fact] for fact in tested) for item in items.get(name, ()))
            for name, tested in self._tested.items()
        )
        key = (used, listed)
        if key not in self._known or not remembers():
            self._known[key] = wording(self.edition, facts, items, self._items)
        return self._known[key]


def wording(edition: Edition, facts: Facts, items: ItemFacts, item_names: Mapping[str, str]) -> Wording:
    """The blocks of `edition` that stand for `facts`; a block with `each` stands once for every item it holds for.

    A list or table of which no item stands is left out. Raises SettingError naming every setting that a chosen block needs
    and the clinic has not set, and TemplateError when two chosen fields share a name.
    """
    chosen = Wording(edition, _chosen(edition.root, facts, items, item_names))
    unset = {run.key: block for block in chosen.blocks for run in block.runs if isinstance(run, Unset)}
    SettingError.gathered(
        Fault("clinic.toml", f"it is not set, and a block of {block.place} needs it.", "Set it.", field=key)
        for key, block in unset.items()
    )
    TemplateError.gathered(
        Fault(block.place, f'two fields named "{name}" stand in one {edition.kind}.', "Give each its own name.")
        for name, block in _twice(chosen)
    )
    return chosen


def pairwise(procedure: Procedure, edition: Edition) -> Iterator[tuple[Facts, ItemFacts]]:
    """Sets of facts in which every two values of every two facts that `edition` tests occur together.

    Facts it does not test have their first value. Lists come with one item for every combination of its items' facts, except
    where the fact that says whether there are any says otherwise.
    """
    rest = {name: values[0] for name, values in procedure.facts.items()}
    names = _varied(procedure, edition)
    combinations: Iterable[Sequence[str]]
    if len(names) < 2:
        combinations = [[value] for value in procedure.facts[names[0]]] if names else [[]]
    else:
        combinations = cast("Iterable[Sequence[str]]", AllPairs([list(procedure.facts[name]) for name in names]))
    for combination in combinations:
        facts = {**rest, **dict(zip(names, combination, strict=True))}
        yield (
            facts,
            {name: _every_item(procedure, name) for name in procedure.lists if facts.get(name, "some") == "some"},
        )


def pairs(procedure: Procedure, edition: Edition) -> int:
    """How many pairs of values of two facts there are to try."""
    counts = [len(procedure.facts[name]) for name in _varied(procedure, edition)]
    return (sum(counts) ** 2 - sum(count**2 for count in counts)) // 2


def _varied(procedure: Procedure, edition: Edition) -> list[str]:
    """The facts on which a wording of `edition` depends: those it tests, and whether there is any item of its lists."""
    return sorted(edition.facts.union(name for name in _lists(edition) if name in procedure.facts))


def _lists(edition: Edition) -> list[str]:
    return sorted({block.each for block in edition.blocks if block.each})


def _tested(edition: Edition, name: str, item: str) -> list[str]:
    """The facts of an item of the list `name` that `edition` tests, without the item's name."""
    conditions = (block.condition for block in edition.blocks if block.each == name)
    named = {test.name for condition in conditions for test in tests(condition)}
    return sorted(fact.removeprefix(f"{item}.") for fact in named if fact.startswith(f"{item}."))


def _every_item(procedure: Procedure, name: str) -> tuple[Facts, ...]:
    combined: list[dict[str, str]] = [{}]
    for fact, values in procedure.lists[name].facts.items():
        combined = [{**known, fact: value} for known in combined for value in values]
    return tuple(combined)


def _chosen(group: Group, facts: Facts, items: ItemFacts, item_names: Mapping[str, str]) -> Group:
    children: list[Node] = []
    for listed, run in groupby(group.children, lambda child: child.each if isinstance(child, Block) else ""):
        if listed:
            copies = (
                copy for child in run if isinstance(child, Block) for copy in _copies(child, facts, items, item_names)
            )
            children += [copy for _, copy in sorted(copies, key=lambda numbered: numbered[0])]
            continue
        for child in run:
            if isinstance(child, Block):
                children += [child] if holds(child.condition, facts) else []
            elif (inner := _chosen(child, facts, items, item_names)).children:
                children.append(inner)
    if group.role == "table" and all(isinstance(row, Block) and _is_head(row) for row in children):
        children = []
    return replace(group, children=tuple(children))


def _copies(block: Block, facts: Facts, items: ItemFacts, item_names: Mapping[str, str]) -> Iterator[tuple[int, Block]]:
    """A copy of a block with `each` for every item it holds for, with the item's number: items stand in their own order."""
    left = without(block.condition, facts)
    if left == NEVER:
        return
    item = item_names[block.each]
    for number, own in enumerate(items.get(block.each, ()), 1):
        if holds(left, {f"{item}.{name}": value for name, value in own.items()}):
            yield number, block.numbered(item, number)


def _is_head(row: Block) -> bool:
    return all(part.scope == "col" for part in row.parts)


def _twice(chosen: Wording) -> Iterator[tuple[str, Block]]:
    named = [(run.name, block) for block in chosen.blocks for run in block.runs if isinstance(run, Field)]
    often = Counter(name for name, _ in named)
    return ((name, block) for name, block in dict(named).items() if often[name] > 1)
