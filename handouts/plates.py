"""Wordings in one look → the plate of a document: what is made of it without any patient, made once and remembered."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from handouts.content import notice
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
from handouts.typeset.furniture import Furniture
from handouts.typeset.repertoire import letters, texts, words
from handouts.typeset.standing import SetFurniture
from handouts.typeset.stencil import SetBlock
from handouts.typeset.style import Paper, Style
from handouts.typeset.variant import in_style

if TYPE_CHECKING:
    from handouts.pdf.making import PlateMaker

_PLATES = 64
_Named = tuple[str, str, str]
"""Procedure, document and language of an edition."""
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


class _Around(NamedTuple):
    """What of header and footer is the same in all documents that share fonts."""

    clinic: str
    help: str
    page: str
    language: str

    @classmethod
    def of(cls, furniture: Furniture) -> _Around:
        """That of `furniture`."""
        return cls(furniture.clinic_name, furniture.help_line, furniture.page_line, furniture.language)


def _unanswered(look: Look) -> Look:
    """The look of the same document before anybody answered."""
    return replace(look, signing=replace(look.signing, answered=False))


@remembered(_MAKERS)
def _told(look: Look) -> str:
    return repr(look)


def _plate_maker(fonts: FontSet, look: Look) -> PlateMaker:
    from handouts.pdf.making import PlateMaker  # noqa: PLC0415 - a process that finds its plates made does without

    return PlateMaker(fonts, look.style, look.signing)


def _spoken(editions: Iterable[_Named], around: _Around) -> tuple[str, ...]:
    """The languages of a document: those of its editions, and that of what stands around the text, which is a packet's."""
    return tuple(dict.fromkeys((*(language for _, _, language in editions), around.language)))


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
            fonts = self._fonts(self._together(wordings), _unanswered(look), _Around.of(furniture.furniture))
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
        of = self._together(wordings), look, _Around.of(furniture.furniture)
        fonts = self._fonts(*of)

        def kept() -> Plate:
            made = self._new(given, filled, furniture, look, self._maker(*of))
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

    def _together(self, wordings: Sequence[Wording]) -> tuple[_Named, ...]:
        """The editions that share fonts with these: all documents of a packet do, but for the notice with its many languages."""
        procedure, kind = wordings[0].edition.procedure, wordings[0].edition.kind
        kinds = (kind,) if kind == notice.KIND else self._editions.procedure(procedure).kinds
        return tuple((procedure, each, wording.edition.language) for each in kinds for wording in wordings)

    def _make_maker(self, editions: tuple[_Named, ...], look: Look, around: _Around) -> PlateMaker:
        return _plate_maker(self._fonts(editions, look, around), look)

    def _fonts_of(self, editions: tuple[_Named, ...], look: Look, around: _Around) -> FontSet:
        roots = [self._editions.wordings(*each).edition.root.identity for each in editions]
        beside = [self._beside(language) for language in _spoken(editions, around)]
        zones = sorted(location.time_zone for location in self._editions.clinic.locations.values())
        named = repr((roots, editions, look, around, beside, zones, self._pictures, added_identity()))
        return self._editions.cache.value(
            "fonts", lambda: named, PACKING, lambda: FontSet.of(self._repertoire(editions, look, around))
        )

    def _beside(self, language: str) -> list[str]:
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

    def _repertoire(self, editions: tuple[_Named, ...], look: Look, around: _Around) -> Used:
        """What the fonts of documents hold: every glyph that one shows in any wording, and the letters of names."""
        own = [self._editions.wordings(*each).edition for each in editions]
        titles = dict.fromkeys(edition.title for edition in own)
        found = [words((*around, *titles, *look.mark.splitlines(), look.signing.instead), own[0].language)]
        for edition in own:
            root = in_style(edition.root, look.style)
            found.append(texts(root, look.paper, look.style, self._editions.pictures))
        languages = dict.fromkeys(edition.language for edition in own)
        found += [letters([edition.root for edition in own if edition.language == tag], tag) for tag in languages]
        for language in _spoken(editions, around):
            zones = [location.zone for location in self._editions.clinic.locations.values()]
            press = self._editions.press(language)
            often = usual(press, zones)
            spoken = (*self._beside(language), *chain.from_iterable(often), *_made_lines(press, often))
            found.append(words(spoken, language))
        return used(pair for each in found for pair in each)
