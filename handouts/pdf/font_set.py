"""Fonts that go together: those that all documents of an edition share, or a packet's own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from handouts.pdf.embed import Font, Used
from handouts.pdf.file import HEAD, Chunk, File
from handouts.typeset.fonts import Face
from handouts.typeset.shape import Shaped


@dataclass(frozen=True)
class FontSet:
    """Fonts that many documents share, as the chunk of objects their files begin with.

    `met` is what they were made for, `key` begins the names they have on pages, `numbers` are their objects by these names. `dense`:
    their codes follow one another, for they are one packet's own.
    """

    met: Used
    key: str
    numbers: Mapping[str, int]
    chunk: Chunk
    dense: bool = False

    @classmethod
    def of(cls, met: Used) -> FontSet:
        """The fonts for these pairs, as objects from 1 at the head of a file."""
        return cls._made(met, "/F", named_fonts(met, "/F"), 1, len(HEAD))

    @classmethod
    def of_packet(cls, met: Used, key: str, fonts: Mapping[Face, Font], first: int, base: int) -> FontSet:
        """`fonts`, the dense ones of `met`, as objects from `first` that stand at `base`."""
        return cls._made(met, key, fonts, first, base, dense=True)

    @classmethod
    def _made(
        cls, met: Used, key: str, fonts: Mapping[Face, Font], first: int, base: int, *, dense: bool = False
    ) -> FontSet:
        file = File(first)
        numbers_ = {font.key: font.written(file) for font in fonts.values()}
        made = cls(met, key, numbers_, file.chunk(base), dense)
        made.__dict__["fonts"] = fonts  # known already
        return made

    def __reduce__(self) -> tuple[type[FontSet], tuple[Used, str, Mapping[str, int], Chunk, bool]]:
        return FontSet, (self.met, self.key, self.numbers, self.chunk, self.dense)

    @cached_property
    def fonts(self) -> Mapping[Face, Font]:
        """The fonts by face."""
        return named_fonts(self.met, self.key, dense=self.dense)

    @cached_property
    def identity(self) -> str:
        """The hash of its objects."""
        return hashlib.sha256(self.chunk.content).hexdigest()

    def covers(self, face: Face, pieces: Iterable[Shaped]) -> bool:
        """Whether all glyphs of these texts in `face`, with what they stand for, are in its fonts."""
        font = self.fonts.get(face)
        return font is not None and font.covers(pieces)


def named_fonts(met: Used, key: str, *, dense: bool = False) -> Mapping[Face, Font]:
    """The fonts for these pairs by face; on pages their names begin with `key`."""
    numbered = enumerate(met.items(), 1)
    return {face: Font(face, pairs, f"{key}{number}", dense=dense) for number, (face, pairs) in numbered}


NO_FONTS = FontSet.of({})
