"""The values of a packet's blanks in one language, and what is drawn for them in the holes of its lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from handouts.typeset.holes import Hole
from handouts.typeset.shape import Shaped
from handouts.typeset.values import Value, Values


class Filling(dict[Hole, Shaped]):
    """What is drawn in holes, which is found out when it is asked for, of blanks as `printed` in one language, by name.

    `known` is what is found out about their values while the packet is made.
    """

    __slots__ = ("_letters", "_printed", "_values", "known")

    def __init__(self, printed: Mapping[str, str], known: Values) -> None:
        super().__init__()
        self.known = known
        self._printed = printed
        self._values: dict[str, Value] = {}
        self._letters: Filling | None = None

    def text(self, name: str) -> str:
        """What is printed in the blank `name`; raises as `value`."""
        return self._printed[name]

    def value(self, name: str) -> Value:
        """What stands in the blank `name`. Raises KeyError for one that was not printed."""
        found = self._values.get(name)
        if found is None:
            found = self._values[name] = self.known.of(self._printed[name], name)
        return found

    def __missing__(self, hole: Hole) -> Shaped:
        found = self[hole] = hole.of(self._values.get(hole.name) or self.value(hole.name))
        return found

    def fill(self, alike: Iterable[tuple[Hole, Iterable[Hole]]]) -> None:
        """Finds out what is in holes, of which some are `alike`, behind the one that stands for them all."""
        for hole, others in alike:
            self.update(dict.fromkeys(others, self[hole]))

    def by_letters(self) -> Filling:
        """The same with values that are their own skeletons, for lines in which their letters must be divided."""
        if self._letters is None:
            self._letters = _ByLetters(self._printed, self.known)
        return self._letters


class _ByLetters(Filling):
    __slots__ = ()

    def value(self, name: str) -> Value:
        found = self._values.get(name)
        if found is None:
            found = self._values[name] = self.known.of(self._printed[name], name).as_it_is()
        return found
