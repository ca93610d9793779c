"""Languages that nobody speaks: the sources with accents and longer (en-XA), and in Arabic letters (ar-XB).

Whole documents in them show, before anything is translated, what breaks: letters that are lost, lines that do not fit, a
sentence that stands outside of every message and stays plain English, and pages from right to left.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

from handouts.content.catalog import Catalog, Catalogs
from handouts.content.cldr import PSEUDO
from handouts.content.po import MessageKey
from handouts.translate.domains import Locales, built_in

LONGER = 0.4
"""The share of a sentence's length that en-XA adds to it."""
_APART = re.compile(r"(%\(\w+\)s|%%|</?strong>|<a href=\"[^\"<>]*\">|</a>)")
_ACCENTS = str.maketrans(
    "AaBbCcDdEeFfGgHhIiJjKkLlMmNnOoPpRrSsTtUuVvWwYyZz", "ÅåƁƀÇçĐđÉéƑƒĜĝĤĥÎîĴĵĶķĻļṀṁÑñÖöÞþŔŕŠšŢţÛûṼṽŴŵÝýŽž"
)
_PADDING = "ķéţčĥöþ"
_ARABIC = str.maketrans(
    {
        **dict(zip("abcdefghijklmnopqrstuvwxyz", "ابكدهفغحيجكلمنوبقرستوفوخيز", strict=True)),
        "?": "؟",
        ",": "،",
        ";": "؛",
    }
)


def pseudo(source: str, language: str) -> str:
    """`source` in one of the languages that nobody speaks; places and markup stay as they are."""
    pieces = _APART.split(source)
    if language == "ar-XB":
        return "".join(piece if index % 2 else piece.lower().translate(_ARABIC) for index, piece in enumerate(pieces))
    said = "".join(piece if index % 2 else piece.translate(_ACCENTS) for index, piece in enumerate(pieces))
    letters = sum(map(len, pieces[::2]))
    return f"{said}{_padding(round(letters * LONGER))}" if letters else said


def _padding(length: int) -> str:
    """Words of about `length` letters, to stand after a sentence."""
    words: list[str] = []
    while sum(map(len, words)) + len(words) < length:
        words.append(_PADDING[: 3 + len(words) % 5])
    return "".join(f" {word}" for word in words)


class PseudoCatalogs(Catalogs):
    """The catalogs of a clinic, and those of the languages that nobody speaks: complete, and as if reviewed."""

    def __init__(self, clinic_folder: Path | None, locales: Locales | None = None) -> None:
        super().__init__(clinic_folder)
        self._locales = locales or built_in()

    def languages(self, domain: str) -> tuple[str, ...]:
        """The languages that have a catalog of `domain`, and those that nobody speaks."""
        return (*super().languages(domain), *sorted(PSEUDO))

    def files(self, domain: str, language: str) -> tuple[Path, ...]:
        """The files that a catalog is made of; that of a language nobody speaks, of the templates."""
        return () if language in PSEUDO else super().files(domain, language)

    def load(self, domain: str, language: str, critical: Collection[MessageKey] = frozenset()) -> Catalog:
        """The catalog of `domain` in `language`."""
        if language not in PSEUDO:
            return super().load(domain, language, critical)
        return Catalog(language, self._messages(domain, language), place=f"locales/{domain}.pot")

    @cache  # noqa: B019 - it lives as long as the catalogs do
    def _messages(self, domain: str, language: str) -> Mapping[MessageKey, str]:
        found = next(each for each in self._locales.domains if each.name == domain)
        return {message.key: pseudo(message.source, language) for message in found.messages}
