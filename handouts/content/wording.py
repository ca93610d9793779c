"""Edition + facts → Wording: the blocks of an edition that stand for one set of facts, as a tree."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from operator import itemgetter
from typing import cast

from handouts.content.blocks import Block, Edition, Group
from handouts.content.choice import Choices, Chosen, ItemFacts
from handouts.content.condition import Facts, tests
from handouts.content.po import MessageKey
from handouts.content.procedure import Procedure
from handouts.errors import Fault, SettingError, TemplateError
from handouts.memory import remembered

_MANY = 128
"""How many wordings of an edition are remembered."""


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
    def unreviewed(self) -> tuple[MessageKey, ...]:
        """Its messages that no final document may hold: those that are not translated, or not reviewed."""
        return tuple(dict.fromkeys(self.root.unreviewed))

    @property
    def canonical(self) -> str:
        """The whole wording as text, one block after the other: what its hash is made of."""
        head = f"{self.edition.procedure} {self.edition.version} {self.edition.kind} {self.edition.language}"
        return "\n\n".join(filter(None, [head, *[child.said for child in self.root.children]]))

    @cached_property
    def sha256(self) -> str:
        """The hash of the wording, in hexadecimal."""
        return hashlib.sha256(self.canonical.encode()).hexdigest()

    def __hash__(self) -> int:
        return hash(self.sha256)


class Wordings:
    """The wordings of one edition, each looked up by the facts that the edition uses and by no others."""

    def __init__(self, edition: Edition, procedure: Procedure) -> None:
        self.edition = edition
        items = {name: entry.item for name, entry in procedure.lists.items()}
        self._choices = Choices(edition, items)
        self._used = tuple(sorted(edition.facts))
        self._tested = tuple((name, tuple(_tested(edition, name, items[name]))) for name in self._choices.lists)
        self._values = _values_of(self._used)
        self._values_of_items = [(name, _values_of(tested)) for name, tested in self._tested]
        self._by_facts = remembered(_MANY)(self._of_facts)
        self._by_choice = remembered(_MANY)(partial(_wording, edition, self._choices))

    def __call__(self, facts: Facts, items: ItemFacts) -> Wording:
        """`wording` for these facts, remembered; for facts of which the same blocks stand, it is the same."""
        return self._by_facts(
            self._values(facts),
            tuple([tuple(map(values, items.get(name, ()))) for name, values in self._values_of_items]),
        )

    def _of_facts(self, used: tuple[str, ...], listed: tuple[tuple[tuple[str, ...], ...], ...]) -> Wording:
        """The wording for the values of the facts it depends on, and of those of every item of its lists."""
        items = {
            name: tuple(dict(zip(tested, item, strict=True)) for item in values)
            for (name, tested), values in zip(self._tested, listed, strict=True)
        }
        return self._by_choice(self._choices.chosen(dict(zip(self._used, used, strict=True)), items))


def wording(edition: Edition, facts: Facts, items: ItemFacts, item_names: Mapping[str, str]) -> Wording:
    """The blocks of `edition` that stand for `facts`; a block with `each` stands once for every item it holds for.

    A list or table of which no item stands is left out. Raises SettingError naming every setting that a chosen block needs
    and the clinic has not set, and TemplateError when two chosen fields share a name.
    """
    choices = Choices(edition, item_names)
    return _wording(edition, choices, choices.chosen(facts, items))


def _wording(edition: Edition, choices: Choices, chosen: Chosen) -> Wording:
    found = Wording(edition, choices.root(chosen))
    SettingError.gathered(
        Fault("clinic.toml", f"it is not set, and a block of {block.place} needs it.", "Set it.", field=key)
        for key, block in dict(found.root.unset).items()
    )
    TemplateError.gathered(
        Fault(block.place, f'two fields named "{name}" stand in one {edition.kind}.', "Give each its own name.")
        for name, block in _twice(found.root.fields)
    )
    return found


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
        from allpairspy import AllPairs  # type: ignore[import-untyped]  # noqa: PLC0415 - packets do without

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


def _values_of(names: tuple[str, ...]) -> Callable[[Facts], tuple[str, ...]]:
    """What gives the values that facts of these names have."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda facts: tuple([facts[name] for name in names])


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


def _twice(named: Sequence[tuple[str, Block]]) -> Iterator[tuple[str, Block]]:
    last = dict(named)
    if len(last) < len(named):
        often = Counter(name for name, _ in named)
        yield from ((name, block) for name, block in last.items() if often[name] > 1)
