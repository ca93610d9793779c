"""Text and its language → where a line may end (UAX #14 by ICU, with dictionaries for Thai and its like)."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate

from icu4py.breakers import LineBreaker

_SIGNS = frozenset("-\u2010\u2013\u2014/")


def icu_breaks(text: str, language: str) -> list[int]:
    """The indices before which ICU lets a line begin, with the end of `text`; Japanese keeps its strict rules."""
    tag = f"{language}-u-lb-strict" if language.split("-", 1)[0] == "ja" else language
    found = [end for start, end in LineBreaker(text, tag).segments() if end > start]
    return found if text.isascii() or max(text) <= "\uffff" else _in_characters(found, text)


def _in_characters(units: Iterable[int], text: str) -> list[int]:
    """`units`, indices into UTF-16 as ICU counts, as indices into `text`."""
    wide = [0, *accumulate(2 if char > "\uffff" else 1 for char in text)]
    return [bisect_left(wide, unit) for unit in units]


def line_breaks(text: str, language: str) -> list[int]:
    """The indices before which a line may begin: ICU's, with two rules of ours.

    After a hyphen, a dash or a slash only a letter begins a line, so that ranges, phone numbers and fractions stay whole.
    Korean breaks between words, as it reads best in short lines, and not between syllables, nor between a number and its unit;
    Korean names in other languages too.
    """
    korean = language.split("-", 1)[0] == "ko"
    return [at for at in icu_breaks(text, language) if at < len(text) and not _kept_together(text, at, korean)]


def _kept_together(text: str, at: int, korean: bool) -> bool:
    before, after = text[at - 1], text[at]
    if before in _SIGNS:
        return not after.isalpha()
    if "가" <= before <= "힣" and "가" <= after <= "힣":
        return True
    return korean and _is_of_a_word(before) and after.isalnum()


def _is_of_a_word(char: str) -> bool:
    """Whether `char` is a letter, a digit, or a sign on one."""
    return char.isalnum() or unicodedata.category(char)[0] == "M"
