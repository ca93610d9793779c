"""Blocks of a part that wait for the values of a packet → the same with them, all at once where values before broke them alike."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from handouts.errors import HandoutsError, RefusedAppointment, SettingError, TemplateError
from handouts.memory import Recent
from handouts.typeset.bounds import Bound, Bounds
from handouts.typeset.filling import Filling
from handouts.typeset.galley import MadeUp
from handouts.typeset.stencil import SetBlock, Stencil

TROUBLES = TemplateError, SettingError, RefusedAppointment
"""What may be wrong with a block or its values; all of them are told at once."""

_MOST_KINDS = 16  # of values, by their skeletons
_MOST_ALIKE = 2


class _Kind:
    """Values of the same skeletons: what was made of some of them, once such values have been `met` before; many come but once."""

    __slots__ = ("known", "met")

    def __init__(self) -> None:
        self.met = False
        self.known: Sequence[tuple[Bounds, Sequence[Stencil]]] = ()


class Waiting:
    """Blocks in one `language` with their numbers, and what was made of them for values of some skeletons that keep to some bounds."""

    def __init__(self, language: str, blocks: Sequence[tuple[int, MadeUp]]) -> None:
        self.language = language
        self._blocks = blocks
        self._blanks = tuple(dict.fromkeys(blank for _, made in blocks for blank in made.blanks))
        self._known: Recent[tuple[str, ...], _Kind] = Recent(_MOST_KINDS)

    def set(self, filling: Filling, found: dict[int, SetBlock], troubles: dict[int, HandoutsError]) -> None:
        """Adds the blocks with the values of `filling` to what is `found`, by their numbers, and what is wrong with others to `troubles`."""
        values = [filling.value(blank) for blank in self._blanks]
        tells = any(map(filling.known.skeleton_tells, values, self._blanks))
        kind = _Kind() if tells else self._known(tuple([value.skeleton for value in values]), _Kind)
        for bounds, stencils in kind.known:
            if bounds.hold(filling):
                filling.fill(bounds.alike)
                for (number, _), stencil in zip(self._blocks, stencils, strict=True):
                    found[number] = SetBlock(stencil, filling)
                return
        made_now: list[Stencil] = []
        for number, made in self._blocks:
            try:
                block = found[number] = made.set(filling)
            except TROUBLES as trouble:
                troubles[number] = trouble
            else:
                made_now += [block.stencil] if block.given is filling else []
        if kind.met and len(made_now) == len(self._blocks) and (bounds := _of_all(made_now)):
            others = [each for each in kind.known if each[1] != made_now]
            kind.known = (bounds, made_now), *others[: _MOST_ALIKE - 1]
        kind.met = True


def _of_all(stencils: Sequence[Stencil]) -> Bounds | None:
    """What values keep to of which the same is made, if that can be told and tells of nobody."""
    found: list[Bound] = []
    for stencil in stencils:
        each = [bounds for pattern in stencil.patterns if (bounds := pattern.bounds) is not None]
        if stencil.tells or len(each) < len(stencil.patterns):
            return None
        found += chain.from_iterable(each)
    return Bounds(found)
