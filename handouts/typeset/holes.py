"""The places of values in lines that are set once for all values that break alike, and lengths that depend on their widths."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NoReturn, Self

from handouts.typeset.shape import Shaped
from handouts.typeset.textruns import TextRun
from handouts.typeset.values import Value


class Hole(Shaped):
    """A blank's run, or part of it, in a line that is set for many values: characters `start` to `end` of the paragraph.

    It is a shaped text that is not there yet. `name` is the blank's.
    """

    __slots__ = ("end", "name", "run", "start", "whole")

    def __init__(self, run: TextRun, start: int, end: int) -> None:
        super().__init__("", (), rtl=bool(run.level % 2))
        self.run, self.start, self.end = run, start, end
        self.name = run.span.blank
        self.whole = (start, end) == (run.start, run.end)
        self.advance = Open(0.0, ((self, 1.0),))

    @property
    def look(self) -> object:
        """Holes with the same look have the same drawn in them for the same value."""
        run = self.run
        return (self.name, run.setting, run.before, run.after) if self.whole and run.whole else self

    def of(self, value: Value) -> Shaped:
        """What is drawn there for `value`."""
        if self.whole:
            return self.run.of(value)
        found = value.parts.get(self)
        if found is None:
            found = value.parts[self] = self.run.part(self.run.of(value), self.start, self.end, value)
        return found

    __eq__ = object.__eq__  # type: ignore[assignment]  # each is itself alone; without a function of ours it is told at once
    __hash__ = object.__hash__  # type: ignore[assignment]


class Reach(Hole):
    """What a value takes of a line before character `end` of the paragraph, if the line goes on: nothing is drawn there by itself."""

    __slots__ = ()

    def of(self, value: Value) -> Shaped:
        """A text of that width."""
        found = Shaped("", ())
        found.advance = self.run.of(value).reach(self.run.within(value, self.end))
        return found


Given = Mapping[Hole, Shaped]
"""What is drawn in each hole."""


class Open(float):
    """A length in points that depends on what is in holes: `fixed`, and of each hole in `parts` so many times its width.

    Widths are in thousandths of the size. It can be added to other lengths and multiplied; it is no number before `length` makes it
    one, and whoever takes it for one gets a TypeError.
    """

    __slots__ = ("fixed", "parts")

    def __new__(cls, fixed: float, parts: tuple[tuple[Hole, float], ...]) -> Self:
        """A length of these parts."""
        made = super().__new__(cls, math.nan)
        made.fixed, made.parts = fixed, parts
        return made

    fixed: float
    parts: tuple[tuple[Hole, float], ...]

    def length(self, given: Given) -> float:
        """How long it is in points."""
        found = self.fixed
        for hole, share in self.parts:
            found += given[hole].advance * share
        return found

    def settled(self) -> float:
        """The same as a number, if it depends on nothing."""
        return self if self.parts else self.fixed

    def __add__(self, other: float) -> Open:
        if not isinstance(other, Open):
            return Open(self.fixed + other, self.parts)
        shares = dict(self.parts)
        for hole, share in other.parts:
            shares[hole] = shares.get(hole, 0.0) + share
        return Open(self.fixed + other.fixed, tuple([(hole, share) for hole, share in shares.items() if share]))

    def __radd__(self, other: float) -> Open:
        return Open(other + self.fixed, self.parts)

    def __neg__(self) -> Open:
        return Open(-self.fixed, tuple([(hole, -share) for hole, share in self.parts]))

    def __sub__(self, other: float) -> Open:
        return self + -other

    def __rsub__(self, other: float) -> Open:
        return -self + other

    def __mul__(self, by: float) -> Open:
        return Open(self.fixed * by, tuple([(hole, share * by) for hole, share in self.parts]))

    __rmul__ = __mul__

    def __truediv__(self, by: float) -> Open:
        return Open(self.fixed / by, tuple([(hole, share / by) for hole, share in self.parts]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Open) and (self.fixed, self.parts) == (other.fixed, other.parts)

    def __hash__(self) -> int:
        return hash((self.fixed, self.parts))

    def _no_number(self, *_: object) -> NoReturn:
        raise TypeError("a length that depends on values is no number before they are known")

    __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __format__ = __repr__ = __round__ = __int__ = _no_number


def length(of: float, given: Given) -> float:
    """A length in points, when it is known what is in the holes."""
    return of.length(given) if isinstance(of, Open) else of


def has_holes(pieces: Sequence[Shaped]) -> bool:
    """Whether one of `pieces`, which are drawn one after the other, is a hole."""
    return any(type(piece) is Hole for piece in pieces)


def filled(
    x: float, width: float, text: str, pieces: tuple[Shaped, ...], given: Given
) -> tuple[float, float, str, tuple[Shaped, ...]]:
    """Place, width, text and pieces of a segment with what is in its holes; `pieces` stand from left to right."""
    placed = length(x, given), length(width, given)
    if not has_holes(pieces):
        return *placed, text, pieces
    found = tuple([given[piece] if isinstance(piece, Hole) else piece for piece in pieces])
    return *placed, "".join([piece.text for piece in read(found)]), found


def read(pieces: Sequence[Shaped]) -> Sequence[Shaped]:
    """The pieces of a segment, which stand from left to right, in the order they are read."""
    return pieces[::-1] if pieces and pieces[0].rtl else pieces
