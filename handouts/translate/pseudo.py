"""Languages that nobody speaks: the sources with accents and longer (en-XA), and in Arabic letters (ar-XB).

Whole documents in them show, before anything is translated, what breaks: letters that are lost, lines that do not fit, a
sentence that stands outside of every message and stays plain English, and pages from right to left.
"""

from __future__ import annotations

import re

from handouts.content.catalog import CODE

LONGER = 0.4
"""The share of a sentence's length that en-XA adds to it."""
_APART = re.compile(f"({CODE.pattern}|%%)")
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
