"""The blocks with blanks on a page → its mould: all that is filled in, with a place for each thing that a packet's values give."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from handouts.content.blocks import Block
from handouts.memory import Recent, remembered
from handouts.pdf.font_set import FontSet
from handouts.pdf.plate import PlatePage, Slot
from handouts.pdf.stencils import Painted, painted
from handouts.typeset.holes import Hole
from handouts.typeset.stencil import Stencil
from handouts.typeset.values import is_private


class SlotText(NamedTuple):
    """A slot, the operators of its pieces, each with how many places it has, and whether anything may be the patient's own."""

    slot: Slot
    texts: tuple[tuple[str, int], ...]
    private: bool


class PageText(NamedTuple):
    """A page: `operators` are those of all its slots, each piece as what it is, with a "%s" for each of their places, in their order.

    Plain values, which another process can be sent.
    """

    operators: str
    slots: tuple[SlotText, ...]


class Mould(NamedTuple):
    """A page and, slot by slot, what is painted there."""

    page: PageText
    painted: tuple[Painted, ...]


def mould(
    page: PlatePage, stencils: Sequence[Stencil], fonts: FontSet, extra: FontSet, unordered: Collection[Hole] = ()
) -> Mould:
    """What takes the values on `page`, with the stencil of each of its slots; `extra` and `unordered` are as of `painted`.

    Raises NotCovered for words that the fonts do not have.
    """
    if extra.met or any(stencil.tells for stencil in stencils):
        return _mould(page, stencils, fonts, extra, unordered)
    key = id(page), *map(id, stencils), frozenset(unordered)
    # What a mould is known by lives as long as it does.
    return _MOULDS(key, lambda: (_mould(page, stencils, fonts, extra, unordered), (page, stencils)))[0]


_MOULDS: Recent[object, tuple[Mould, object]] = Recent(128)


def _mould(
    page: PlatePage, stencils: Sequence[Stencil], fonts: FontSet, extra: FontSet, unordered: Collection[Hole]
) -> Mould:
    slots: list[SlotText] = []
    found: list[Painted] = []
    parts: list[str] = []
    for slot, stencil in zip(page.slots, stencils, strict=True):
        shown = painted(stencil, fonts, (slot.first, slot.last), unordered, extra)
        texts = tuple([(text, len(places)) for text, places in shown.texts])
        slots.append(SlotText(slot, texts, _is_private(stencil.galley.block)))
        found.append(shown)
        parts += ("q", slot.at)
        for tag, (text, _) in zip(slot.tags, shown.texts, strict=True):
            parts += (tag, text, "EMC")
        parts.append("Q")
    return Mould(PageText("\n".join(parts), tuple(slots)), tuple(found))


@remembered(4096)
def _is_private(block: Block) -> bool:
    """Whether there may be something of the patient's own in `block`."""
    return any(map(is_private, block.blanks))
