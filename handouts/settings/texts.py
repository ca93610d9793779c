"""What is wrong with a text that a clinic gives in several languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

_DIGITS = re.compile(r"\d+")
_MARKS = ("{{", "{%", "{#", "}}", "%}", "#}")
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSEEN = frozenset("\u00ad\u200b\u2060\ufeff")
_NO_TEXT = frozenset({"Cc", "Cn", "Co", "Cs", "Zl", "Zp"})


def wrong_in(text: str) -> Iterator[str]:
    """What is wrong with one line of text that will be printed: empty, or with characters or marks that may not print."""
    if not text.strip():
        yield "is empty."
    elif text != text.strip():
        yield "begins or ends with a space."
    # What Python calls printable is none of these.
    hidden = (
        []
        if text.isprintable()
        else sorted({c for c in text if c in _DIRECTION or c in _UNSEEN or unicodedata.category(c) in _NO_TEXT})
    )
    if hidden:
        named = ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, 'control character')}" for c in hidden)
        yield f"holds characters that cannot be seen or that turn the direction: {named}."
    marks = [mark for mark in _MARKS if mark in text]
    if marks:
        yield f"holds {' '.join(marks)}, which is for templates; a setting is text alone."


def digits_of(text: str) -> tuple[str, ...]:
    """The runs of decimal digits in `text` in Western digits, sorted: "٣ x 15" → ("15", "3")."""
    return tuple(sorted("".join([str(unicodedata.decimal(c)) for c in run]) for run in _DIGITS.findall(text)))


def differing_digits(texts: Mapping[str, str]) -> str:
    """What differs between the digits of the languages of one text, or nothing."""
    found = {language: digits_of(text) for language, text in texts.items()}
    if len(set(found.values())) <= 1:
        return ""
    shown = "; ".join(f"{language}: {' '.join(digits) or 'none'}" for language, digits in found.items())
    return f"has other digits in one language than in another ({shown})."
