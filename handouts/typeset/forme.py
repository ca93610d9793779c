"""A piece of a block → its strips for the values of a packet; what no value changes is set once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from handouts.typeset.marks import Strip
from handouts.typeset.values import Values


class Filling(NamedTuple):
    """The blanks of a packet as printed in one language, and what is found out about their values while it is made."""

    printed: Mapping[str, str]
    known: Values


Strips = Sequence[Strip]


@dataclass(frozen=True, slots=True, eq=False)
class Forme:
    """Type made up with room for values: `strips` sets them in. `fixed` are its strips if there is no blank in it."""

    strips: Callable[[Filling], Strips]
    fixed: Strips | None = None


def fixed(strips: Strips) -> Forme:
    """What is the same for every patient."""
    return Forme(lambda _: strips, strips)


def joined(formes: Sequence[Forme], make: Callable[[Sequence[Strips]], Strips]) -> Forme:
    """`formes` as one, whose strips `make` makes of theirs."""
    made = [forme.fixed for forme in formes if forme.fixed is not None]
    if len(made) == len(formes):
        return fixed(make(made))
    return Forme(lambda filling: make([forme.strips(filling) for forme in formes]))


def one_after_another(formes: Sequence[Forme]) -> Forme:
    """The strips of `formes` below one another."""
    if len(formes) == 1:
        return formes[0]
    return joined(formes, lambda parts: [strip for part in parts for strip in part])


class Kept:
    """What `make` makes of few numbers, such as heights, each made once."""

    def __init__(self, make: Callable[[float], Strip]) -> None:
        self._make = make
        self._made: dict[float, Strip] = {}

    def __call__(self, number: float) -> Strip:
        """What is made of `number`."""
        found = self._made.get(number)
        if found is None:
            found = self._made[number] = self._make(number)
        return found
