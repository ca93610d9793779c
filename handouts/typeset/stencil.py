"""A block that is set once for all values that break its lines alike, and the same with the values of a packet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handouts.typeset.holes import Given
from handouts.typeset.marks import Galley, Strip, stacked
from handouts.typeset.plan import Pattern


class Stencil:
    """A block's `galley` with holes where values stand; whoever makes something of it can keep that in `kept`, by a key of their own.

    `patterns` are those of its paragraphs. `tells`: more can be learned from it of a patient's value than that it is of some letters.
    """

    __slots__ = ("galley", "kept", "patterns", "tells")

    def __init__(self, galley: Galley, patterns: Sequence[Pattern[Strip]] = (), *, tells: bool = False) -> None:
        self.galley = galley
        self.patterns = patterns
        self.tells = tells
        self.kept: dict[object, Any] = {}

    def lowered(self, by: float) -> Stencil:
        """The same with its first line `by` points lower, if that is down."""
        if by <= 0 or not self.galley.strips:
            return self
        key = "lowered", by
        if key not in self.kept:
            first, *others = self.galley.strips
            lowered = self.galley._replace(strips=(stacked([first], down=by), *others))
            self.kept[key] = Stencil(lowered, self.patterns, tells=self.tells)
        return self.kept[key]


class SetBlock:
    """A stencil and what is in its holes; `kept` is as a stencil's, for what holds these values."""

    __slots__ = ("_galley", "given", "kept", "stencil")

    def __init__(self, stencil: Stencil, given: Given) -> None:
        self.stencil = stencil
        self.given = given
        self.kept: dict[object, Any] = {}
        self._galley: Galley | None = None

    @property
    def galley(self) -> Galley:
        """The galley with these values."""
        if self._galley is None:
            found = self.stencil.galley
            self._galley = found._replace(strips=tuple([strip.filled(self.given) for strip in found.strips]))
        return self._galley
