"""The same font files for all: which family has a character, by its place in Unicode."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

import handouts

FOLDER = Path(handouts.__file__).parent / "typeset" / "faces"
LATIN = "NotoSans"
_RANGES = (
    (0x0590, 0x05FF, "NotoSansHebrew"),
    (0x0600, 0x08FF, "NotoNaskhArabic"),
    (0x0900, 0x097F, "NotoSansDevanagari"),
    (0x0E00, 0x0E7F, "NotoSansThai"),
    (0x1200, 0x139F, "NotoSansEthiopic"),
    (0x3040, 0x30FF, "NotoSansJP"),
    (0x3100, 0x312F, "NotoSansTC"),
    (0x4E00, 0x9FFF, "NotoSansSC"),
    (0xAC00, 0xD7A3, "NotoSansKR"),
    (0xFB1D, 0xFB4F, "NotoSansHebrew"),
    (0xFB50, 0xFEFC, "NotoNaskhArabic"),
)
FAMILIES = (LATIN, *dict.fromkeys(family for _, _, family in _RANGES))


def path(family: str, *, strong: bool = False) -> Path:
    """The file of a weight."""
    return FOLDER / f"{family}-{'Bold' if strong else 'Regular'}.ttf"


@cache
def family_of(char: str) -> str:
    """The family that has `char`."""
    return next((family for first, last, family in _RANGES if first <= ord(char) <= last), LATIN)


def runs(text: str) -> Iterator[tuple[str, str]]:
    """The text in pieces of one family."""
    if text.isascii():
        yield LATIN, text
        return
    for family, chars in groupby(text, family_of):
        yield family, "".join(chars)
