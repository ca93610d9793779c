"""Blocks of a part that wait for the values of a packet → the same with them, all at once where values before broke them alike."""

from __future__ import annotations

from collections.abc import Sequence

from handouts.errors import HandoutsError, RefusedAppointment, SettingError, TemplateError
from handouts.typeset.bounds import Bound, Bounds
from handouts.typeset.filling import Filling
from handouts.typeset.galley import MadeUp
from handouts.typeset.stencil import SetBlock, Stencil

TROUBLES = TemplateError, SettingError, RefusedAppointment
"""What may be wrong with a block or its values; all of them are told at once."""

_MOST_KINDS = 32  # of values, by their skeletons
_MOST_ALIKE = 2


class Waiting:
    """Blocks in one `language` with their numbers, and what was made of them for values of some skeletons that keep to some bounds."""

    def __init__(self, language: str, blocks: Sequence[tuple[int, MadeUp]]) -> None:
        self.language = language
        self._blocks = blocks
        self._blanks = tuple(dict.fromkeys(blank for _, made in blocks for blank in made.blanks))
        self._known: dict[tuple[str, ...], Sequence[tuple[Bounds, Sequence[Stencil]]]] = {}

    def set(self, filling: Filling, found: dict[int, SetBlock], troubles: dict[int, HandoutsError]) -> None:
        """Adds the blocks with the values of `filling` to what is `found`, by their numbers, and what is wrong with others to `troubles`."""
        values = [filling.value(blank) for blank in self._blanks]
        kinds = tuple([value.skeleton for value in values])
        for bounds, stencils in self._known.get(kinds, ()):
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
        tells = any(map(filling.known.skeleton_tells, values, self._blanks))
        if len(made_now) == len(self._blocks) and not tells:
            self._note(kinds, made_now)

    def _note(self, kinds: tuple[str, ...], stencils: Sequence[Stencil]) -> None:
        """Notes what was made of values of these skeletons, if it can be told for which others the same is."""
        bounds: list[Bound] = []
        for stencil in stencils:
            if stencil.tells or stencil.bounds is None:
                return
            bounds += stencil.bounds
        if kinds not in self._known and len(self._known) >= _MOST_KINDS:
            self._known.clear()
        before = [each for each in self._known.get(kinds, ()) if each[1] != stencils]
        self._known[kinds] = (Bounds(bounds), stencils), *before[: _MOST_ALIKE - 1]
