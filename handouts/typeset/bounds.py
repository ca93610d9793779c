"""Lengths with holes, compared with the room there is → between which widths of values all of it comes out the same."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from handouts.typeset.holes import Given, Hole, Open

_NEAR = 1e-9  # what two sums of the same lengths may differ by, in points; so near to its bound nothing is told


class Bound(NamedTuple):
    """The widths of holes, each so many times as `parts` say, are together more than `least` and no more than `most`."""

    parts: tuple[tuple[Hole, float], ...]
    least: float
    most: float


def bound(length: float, *, least: float = -math.inf, most: float = math.inf) -> Sequence[Bound]:
    """That `length` is more than `least` and no more than `most`, in points; nothing to keep to if it has no holes, or any length will do."""
    if not (isinstance(length, Open) and length.parts) or (math.isinf(least) and math.isinf(most)):
        return ()
    unit = abs(length.parts[0][1])
    parts = tuple([(hole, share / unit) for hole, share in length.parts])
    return (Bound(parts, (least + _NEAR - length.fixed) / unit, (most - _NEAR - length.fixed) / unit),)


def together(bounds: Iterable[Bound]) -> tuple[Bound, ...]:
    """The same as few as can be: one for what is added up alike."""
    found: dict[tuple[tuple[Hole, float], ...], tuple[float, float]] = {}
    for parts, least, most in bounds:
        before = found.get(parts, (-math.inf, math.inf))
        found[parts] = max(least, before[0]), min(most, before[1])
    return tuple([Bound(parts, *between) for parts, between in found.items()])


class Bounds:
    """Bounds that hold together. `alike` are the holes in which the same is drawn, behind the one that is asked for them all."""

    __slots__ = ("_each", "alike")

    def __init__(self, bounds: Iterable[Bound]) -> None:
        first: dict[object, Hole] = {}
        alike: dict[Hole, dict[Hole, None]] = {}
        each: list[Bound] = []
        for given, least, most in bounds:
            for hole, _ in given:
                alike.setdefault(first.setdefault(hole.look, hole), {})[hole] = None
            each.append(Bound(tuple([(first[hole.look], share) for hole, share in given]), least, most))
        self._each = together(each)
        self.alike = tuple([(hole, tuple(others)) for hole, others in alike.items()])

    def hold(self, given: Given) -> bool:
        """Whether they do for what is `given`."""
        return hold(self._each, given)


def hold(bounds: Iterable[Bound], given: Given) -> bool:
    """Whether what is `given` keeps to all of `bounds`."""
    for parts, least, most in bounds:
        width = 0.0
        for hole, share in parts:
            width += given[hole].advance * share
        if not least < width <= most:
            return False
    return True
