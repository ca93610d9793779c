"""A wording → the faults that show only when it is set: letters no face has, pictures, heights, languages that are not alike."""

from __future__ import annotations

from collections.abc import Iterator

from handouts.content.editions import Editions
from handouts.content.wording import Wording
from handouts.errors import Fault, RefusedAppointment, SettingError, TemplateError
from handouts.typeset.arrangement import set_galleys
from handouts.typeset.furniture import Furniture
from handouts.typeset.master import lay_out
from handouts.typeset.standing import furniture_size
from handouts.typeset.style import LETTER, Style
from handouts.typeset.variant import BILINGUAL, STYLES, in_style

STAND_IN = "Wednesday, September 30, 2026, 11:59 PM"
"""What stands for every blank: a long date in Latin letters, which every face can print."""


class Trial:
    """Sets wordings in every look with stand-ins for the blanks; every block is set once a look."""

    def __init__(self, editions: Editions) -> None:
        self.editions = editions

    def faults(self, wording: Wording, beside: Wording | None = None) -> Iterator[Fault]:
        """What is wrong with the pages of `wording`, and of both side by side if `beside` is the same in another language."""
        for style in STYLES.values():
            if style is not BILINGUAL:
                yield from self._faults((wording,), style)
            elif beside:
                yield from self._faults((wording, beside), style)

    def _faults(self, wordings: tuple[Wording, ...], style: Style) -> Iterator[Fault]:
        edition = wordings[0].edition
        names = {name for wording in wordings for block in wording.blocks for name in block.blanks}
        languages = {block.language for wording in wordings for block in wording.blocks}
        printed = {language: dict.fromkeys(names, STAND_IN) for language in languages}
        lines = ("Clinic", edition.title, STAND_IN, STAND_IN * 2, "{page}/{pages}", STAND_IN * 2, STAND_IN)
        try:
            root = in_style(wordings[0].root, style, *(wording.root for wording in wordings[1:]))
            galleys = set_galleys(root, printed, LETTER, style, self.editions.pictures, varying=_never)
            size = furniture_size(Furniture(*lines, edition.language), LETTER.measure, style)
            lay_out(root, galleys, LETTER, style, size)
        except (TemplateError, SettingError, RefusedAppointment) as trouble:
            yield from trouble.faults


def _never(_: str) -> bool:
    """No blank varies: the stand-in is the same in all, so that every block is set once a look."""
    return False
