"""A piece of a block → its strips with holes for the values of a packet; what no value changes is set once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from handouts.typeset.marks import Strip
from handouts.typeset.plan import Pattern
from handouts.typeset.text import LineSetter

Strips = Sequence[Strip]
Paragraph = LineSetter[Strip]
Chosen = Mapping[Paragraph, Pattern[Strip]]
"""How the values of a packet break the lines of each paragraph."""


@dataclass(frozen=True, slots=True, eq=False)
class Forme:
    """Type made up with room for values: `strips` makes it of the lines of its paragraphs, `paragraphs` are those with blanks.

    `fixed` are its strips if there are none.
    """

    strips: Callable[[Chosen], Strips]
    fixed: Strips | None = None
    paragraphs: tuple[Paragraph, ...] = ()


def fixed(strips: Strips) -> Forme:
    """What is the same for every patient."""
    return Forme(lambda _: strips, strips)


def joined(formes: Sequence[Forme], make: Callable[[Sequence[Strips]], Strips]) -> Forme:
    """`formes` as one, whose strips `make` makes of theirs."""
    made = [forme.fixed for forme in formes if forme.fixed is not None]
    if len(made) == len(formes):
        return fixed(make(made))
    paragraphs = tuple([each for forme in formes for each in forme.paragraphs])
    return Forme(lambda chosen: make([forme.strips(chosen) for forme in formes]), None, paragraphs)


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
