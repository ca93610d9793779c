"""Wordings in one look → the plate of a document: what is made of it without any patient, made once and remembered."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import chain
from typing import TYPE_CHECKING

from handouts.content.editions import Editions
from handouts.content.press import Press, Usual, usual
from handouts.content.wording import Wording
from handouts.content.words import BORN, FOR, MADE, RECORD, VISIT
from handouts.memory import Recent, forgetting, remembered
from handouts.packed import Packing
from handouts.pdf.embed import Used, used
from handouts.pdf.file import Chunk
from handouts.pdf.font_set import NO_FONTS, FontSet
from handouts.pdf.notices import Signing
from handouts.pdf.pieces import edge_shape, shape_of
from handouts.pdf.plate import Area, Plate, PlatePage, Slot
from handouts.typeset.added import added_identity
from handouts.typeset.arrangement import Arrangement, arranged, galleys_of
from handouts.typeset.fonts import Face
from handouts.typeset.repertoire import letters, texts, words
from handouts.typeset.standing import SetFurniture
from handouts.typeset.stencil import SetBlock
from handouts.typeset.style import Paper, Style
from handouts.typeset.variant import in_style

if TYPE_CHECKING:
    from handouts.pdf.making import PlateMaker

_PLATES = 64
_LANGUAGE = 4
"""Where the language stands in `Furniture.of_nobody`."""
_ARRANGED = 128
_MAKERS = 64


@dataclass(frozen=True, slots=True)
class Look:
    """How a document stands on paper beside its words: `mark` is printed across every page, `signing` says whether one may sign."""

    paper: Paper
    style: Style
    mark: str
    signing: Signing


PACKING = Packing((Plate, Paper, FontSet, Chunk, Face, PlatePage, Slot, Area))
"""What packs plates and their fonts."""


def _made_lines(press: Press, often: Usual) -> Iterator[str]:
    """When a packet was made, as footers say it, with every digit in every place: some scripts' faces have digits of their own."""
    for time, zone in zip(often.instants[:1], often.zones[:1], strict=False):
        line = press.word(MADE) % {"time": time, "zone": zone}
        for shift in range(10):
            yield line.translate({ord("0") + digit: ord("0") + (digit + shift) % 10 for digit in range(10)})


def _editions(wordings: Iterable[Wording]) -> tuple[tuple[str, str, str], ...]:
    return tuple((each.edition.procedure, each.edition.kind, each.edition.language) for each in wordings)


def _unanswered(look: Look) -> Look:
    """The look of the same document before anybody answered."""
    return replace(look, signing=replace(look.signing, answered=False))


@remembered(_MAKERS)
def _told(look: Look) -> str:
    return repr(look)


def _plate_maker(fonts: FontSet, look: Look) -> PlateMaker:
    from handouts.pdf.making import PlateMaker  # noqa: PLC0415 - a process that finds its plates made does without

    return PlateMaker(fonts, look.style, look.signing)


def _spoken(editions: Iterable[tuple[str, str, str]], said: tuple[str, ...]) -> tuple[str, ...]:
    """The languages of a document: those of its editions, and that of what stands around the text, which is a packet's."""
    return tuple(dict.fromkeys((*(language for _, _, language in editions), said[_LANGUAGE])))


class Plates:
    """The plates of one clinic's documents."""

    def __init__(self, editions: Editions) -> None:
        self._editions = editions
        self._arranged = remembered(_ARRANGED)(self._arrange)
        self._fonts = remembered(_MAKERS)(self._fonts_of)
        self._maker = remembered(_MAKERS)(self._make_maker)
        self._plates: Recent[object, Plate] = Recent(_PLATES)

    def arranged(self, wordings: tuple[Wording, ...], paper: Paper, style: Style) -> Arrangement:
        """The blocks of `wordings`, the patient's language first, in this look."""
        return self._arranged(wordings, paper, style)

    def plate(
        self,
        given: Arrangement,
        filled: Mapping[int, SetBlock],
        furniture: SetFurniture,
        look: Look,
        wordings: tuple[Wording, ...],
    ) -> Plate:
        """The plate for blocks of these shapes; another shape of a block, as of a longer name, is another plate.

        One with a person's answers in it is that person's own: of it the fonts alone are known from others, and nothing is kept.
        """
        if look.signing.answered:
            fonts = self._fonts(_editions(wordings), _unanswered(look), furniture.furniture.of_nobody)
            with forgetting():
                return self._new(given, filled, furniture, look, _plate_maker(fonts, look))
        shapes = tuple([shape_of(block.stencil) for block in filled.values()]), edge_shape(furniture)
        return self._plates((given, shapes, look), lambda: self._made(given, filled, furniture, look, wordings, shapes))

    def _made(
        self,
        given: Arrangement,
        filled: Mapping[int, SetBlock],
        furniture: SetFurniture,
        look: Look,
        wordings: tuple[Wording, ...],
        shapes: Hashable,
    ) -> Plate:
        """The plate that an earlier process kept, or else a new one."""
        editions = _editions(wordings)
        said = furniture.furniture.of_nobody
        fonts = self._fonts(editions, look, said)

        def kept() -> Plate:
            made = self._new(given, filled, furniture, look, self._maker(editions, look, said))
            return replace(made, fonts=NO_FONTS) if made.fonts is fonts else made  # these are kept by themselves, once

        @cache
        def named() -> str:
            return "\n".join((given.root.identity, fonts.identity, repr(shapes), _told(look), self._pictures))

        found = self._editions.cache.value("plate", named, PACKING, kept)
        return found if found.fonts.met else replace(found, fonts=fonts)

    def _new(
        self,
        given: Arrangement,
        filled: Mapping[int, SetBlock],
        furniture: SetFurniture,
        look: Look,
        make: PlateMaker,
    ) -> Plate:
        from handouts.typeset.master import lay_out  # noqa: PLC0415 - a process that finds its plates made does without

        paper, style = look.paper, look.style
        stencils = {number: block.stencil for number, block in filled.items()}
        galleys = galleys_of(given, {number: stencil.galley for number, stencil in stencils.items()})
        master = lay_out(given.root, galleys, paper, style, furniture.size)
        return make(given.root, master, galleys, furniture, filled=stencils, mark=look.mark)

    def _arrange(self, wordings: tuple[Wording, ...], paper: Paper, style: Style) -> Arrangement:
        root = in_style(wordings[0].root, style, *(each.root for each in wordings[1:]))
        return arranged(root, paper, style, self._editions.pictures)

    def _make_maker(self, editions: tuple[tuple[str, str, str], ...], look: Look, said: tuple[str, ...]) -> PlateMaker:
        return _plate_maker(self._fonts(editions, look, said), look)

    def _fonts_of(self, editions: tuple[tuple[str, str, str], ...], look: Look, said: tuple[str, ...]) -> FontSet:
        roots = [self._editions.wordings(*each).edition.root.identity for each in editions]
        around = [self._around(language) for language in _spoken(editions, said)]
        zones = sorted(location.time_zone for location in self._editions.clinic.locations.values())
        named = repr((roots, editions, look, said, around, zones, self._pictures, added_identity()))
        return self._editions.cache.value(
            "fonts", lambda: named, PACKING, lambda: FontSet.of(self._repertoire(editions, look, said))
        )

    def _around(self, language: str) -> list[str]:
        """The words that stand beside blanks in header and footer."""
        press = self._editions.press(language)
        return [press.word(source) for source in (FOR, BORN, RECORD, VISIT, MADE)]

    @cached_property
    def _pictures(self) -> str:
        """The hash of all pictures there are."""
        digest = hashlib.sha256()
        for name, content in self._editions.pictures.items():
            digest.update(name.encode() + hashlib.sha256(content).digest())
        return digest.hexdigest()

    def _repertoire(self, editions: tuple[tuple[str, str, str], ...], look: Look, said: tuple[str, ...]) -> Used:
        """What the fonts of a document hold: every glyph that it shows in any wording, and the letters of names."""
        found = [words((*said, *look.mark.splitlines(), look.signing.instead), editions[0][2])]
        for procedure, kind, language in editions:
            edition = self._editions.wordings(procedure, kind, language).edition
            root = in_style(edition.root, look.style)
            found.append(texts(root, look.paper, look.style, self._editions.pictures))
            found.append(letters(edition.root, language))
        for language in _spoken(editions, said):
            zones = [location.zone for location in self._editions.clinic.locations.values()]
            press = self._editions.press(language)
            often = usual(press, zones)
            spoken = (*self._around(language), *chain.from_iterable(often), *_made_lines(press, often))
            found.append(words(spoken, language))
        return used(pair for each in found for pair in each)
