"""A tree of blocks and what stands in its blanks → a sheet of one page for a print file, or none if it takes more.

What is the same for many sheets is found out once, as it is for documents: blocks, fonts, plates. What stands in blanks goes with
the sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from handouts.cache import Cache
from handouts.content.blocks import Group
from handouts.errors import RefusedAppointment, TemplateError
from handouts.memory import Recent, remembered
from handouts.pdf import Filled, FontSet, Plate, Signing, fill
from handouts.pdf.embed import used
from handouts.pdf.making import PlateMaker
from handouts.pdf.pieces import edge_shape, shape_of
from handouts.plates import PACKING
from handouts.typeset.added import added_identity
from handouts.typeset.arrangement import Arrangement, arranged, galleys_of, set_filled
from handouts.typeset.furniture import Furniture
from handouts.typeset.marks import Galley, text_in
from handouts.typeset.master import Laid, Master, lay_out
from handouts.typeset.repertoire import letters
from handouts.typeset.standing import SetFurniture, set_furniture
from handouts.typeset.stencil import SetBlock
from handouts.typeset.style import Paper, Style
from handouts.typeset.values import Values

_PLATES = 256
_FONTS = "fonts of sheets"
_ON_PAPER = Signing(allowed=False)
"""Boxes and lines are drawn, and none of them is a field of a form."""


class Look(NamedTuple):
    """How a sheet is set: its style, what is printed across it, whether its text stands in the middle of the page."""

    style: Style
    mark: str = ""
    in_the_middle: bool = False


class AddedSheets:
    """Sets the sheets that a press adds, on `paper`, with blanks in `language`.

    `varying` says of a blank's name that most sheets have another value. `cache` may have their fonts of an earlier process.
    """

    def __init__(self, paper: Paper, language: str, varying: Callable[[str], bool], cache: Cache) -> None:
        self._paper = paper
        self._varying = varying
        self._language = language
        self._cache = cache
        self._fonts = remembered()(self._known_fonts)
        self._maker = remembered()(self._make_maker)
        self._plates: Recent[object, Plate | None] = Recent(_PLATES)

    def sheet(
        self,
        root: Group,
        printed: Mapping[str, str],
        furniture: Furniture,
        look: Look,
        known: Values,
    ) -> Filled | None:
        """`root` with its blanks as `printed` in the sheets' language; None if it takes more than one page.

        `known` is what was found out about the values. Raises RefusedAppointment for one that no face can print.
        """
        given = arranged(root, self._paper, look.style, {}, self._varying)
        blocks = set_filled(given, {self._language: printed}, known)
        standing = set_furniture(furniture, self._paper.measure, look.style, known)
        key = given, tuple([shape_of(block.stencil) for block in blocks.values()]), edge_shape(standing), look
        plate = self._plates(key, lambda: self._plate(given, blocks, standing, look))
        return fill(plate, blocks, standing, known) if plate else None

    def _plate(
        self, given: Arrangement, blocks: Mapping[int, SetBlock], standing: SetFurniture, look: Look
    ) -> Plate | None:
        stencils = {number: block.stencil for number, block in blocks.items()}
        galleys = galleys_of(given, {number: stencil.galley for number, stencil in stencils.items()})
        try:
            master = lay_out(given.root, galleys, self._paper, look.style, standing.size)
        except (TemplateError, RefusedAppointment):  # a block is taller than a page
            return None
        if master.count > 1:
            return None
        master = _in_the_middle(master, galleys) if look.in_the_middle else master
        return self._maker(look.style)(given.root, master, galleys, standing, filled=stencils, mark=look.mark)

    def _make_maker(self, style: Style) -> PlateMaker:
        return PlateMaker(self._fonts(), style, _ON_PAPER)

    def _known_fonts(self) -> FontSet:
        """The fonts of all sheets: every letter that names and words in their language are written in, in any look."""
        named = repr((_FONTS, self._language, added_identity()))
        letters_ = letters((), self._language)
        return self._cache.value("fonts", lambda: named, PACKING, lambda: FontSet.of(used(letters_)))


def _in_the_middle(master: Master, galleys: Sequence[Galley]) -> Master:
    """The one page of `master` with its text in the middle of what header and footer leave."""
    (page,) = master.pages
    paper, size = master.paper, master.furniture_size
    ends = [place.y + galleys[place.galley].height for place in page]
    top = paper.top + size.header
    room = paper.height - paper.bottom - size.footer - top
    down = (room - (max(ends, default=top) - top)) / 2

    def across(galley: Galley) -> float:
        found = list(text_in(galley.strips))
        left, right = min([mark.x for mark in found]), max([mark.x + mark.width for mark in found])
        return (paper.measure - (right - left)) / 2 - left

    passages: list[Laid] = []
    first = 0
    for laid in master.passages:
        (column,) = laid.columns
        beside = [across(galleys[first + place.galley]) for place in column]
        moved = [place._replace(x=place.x + x, y=place.y + down) for place, x in zip(column, beside, strict=True)]
        passages.append(laid._replace(columns=(tuple(moved),)))
        first += laid.passage.blocks
    return replace(master, passages=tuple(passages))


def most(fits: Callable[[int], Filled | None], upper: int) -> Filled | None:
    """What `fits` gives for the greatest number from 0 to `upper` for which it gives anything; it gives less the greater that is."""
    low, found = 0, fits(0)
    while found is not None and low < upper:
        middle = (low + upper + 1) // 2
        tried = fits(middle)
        if tried is None:
            upper = middle - 1
        else:
            low, found = middle, tried
    return found
