"""When a block stands: an expression on facts, as a value that can be evaluated, printed and taken apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Facts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Among:
    """The fact `name` has one of `values` (or, with `negated`, none of them)."""

    name: str
    values: tuple[str, ...]
    negated: bool = False

    def __str__(self) -> str:
        if len(self.values) == 1:
            return f"{self.name} {'!=' if self.negated else '=='} '{self.values[0]}'"
        listed = ", ".join(f"'{value}'" for value in self.values)
        return f"{self.name} {'not in' if self.negated else 'in'} [{listed}]"


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of `terms` hold; with no terms, always true."""

    terms: tuple[Condition, ...]

    def __str__(self) -> str:
        return " and ".join(f"({t})" if isinstance(t, AnyOf) else str(t) for t in self.terms)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of `terms` holds."""

    terms: tuple[Condition, ...]

    def __str__(self) -> str:
        return " or ".join(map(str, self.terms))


Condition = Among | AllOf | AnyOf

ALWAYS: Condition = AllOf(())


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether `condition` is true of `facts`; a fact that is missing from `facts` is a KeyError, never a no."""
    match condition:
        case Among(name, values, negated):
            return (facts[name] in values) is not negated
        case AllOf(terms):
            return all(holds(term, facts) for term in terms)
        case AnyOf(terms):
            return any(holds(term, facts) for term in terms)


def both(first: Condition, second: Condition) -> Condition:
    """The condition that holds when both do, flattened."""
    terms = tuple(t for c in (first, second) for t in (c.terms if isinstance(c, AllOf) else (c,)))
    return terms[0] if len(terms) == 1 else AllOf(tuple(dict.fromkeys(terms)))


def opposite(condition: Condition) -> Condition:
    """The condition that holds exactly when `condition` does not."""
    match condition:
        case Among(name, values, negated):
            return Among(name, values, not negated)
        case AllOf(terms):
            return AnyOf(tuple(map(opposite, terms)))
        case AnyOf(terms):
            return AllOf(tuple(map(opposite, terms)))


def tests(condition: Condition) -> Iterator[Among]:
    """Every single test in `condition`, in order."""
    match condition:
        case Among():
            yield condition
        case AllOf(terms) | AnyOf(terms):
            for term in terms:
                yield from tests(term)


def because(condition: Condition, facts: Facts) -> tuple[str, ...]:
    """The names of the facts for which `condition` holds, or for which it does not, each once in order."""
    return tuple(dict.fromkeys(test.name for test in _deciding(condition, facts, holding=holds(condition, facts))))


def _deciding(condition: Condition, facts: Facts, *, holding: bool) -> Iterator[Among]:
    """The tests that come out as the whole does, of those that decide on it."""
    if isinstance(condition, Among):
        yield condition
        return
    for term in condition.terms:
        if holds(term, facts) is holding:
            yield from _deciding(term, facts, holding=holding)
