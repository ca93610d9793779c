"""What CLDR says in a language, made fit to print: the clock, a date with its time, a list, the script and its direction."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import time
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_time, get_datetime_format, get_time_format
from babel.lists import format_list

from handouts.content import haitian
from handouts.memory import remembered

Direction = Literal["ltr", "rtl"]
LATIN_LETTER = re.compile("[A-Za-z]")
_DIRECTION = re.compile("[\u061c\u200e\u200f]")
_COMMAS = {"Arab": "، ", "Ethi": "፣ "}


@remembered(64)
def direction_of(language: str) -> Direction:
    """How `language`, a BCP 47 tag, is written, by CLDR's character order; left to right for one that CLDR does not know."""
    try:
        return "rtl" if Locale.parse(language, sep="-").character_order == "right-to-left" else "ltr"
    except (UnknownLocaleError, ValueError):
        return "ltr"


def unmarked(text: str) -> str:
    """`text` in NFC without the marks of direction that CLDR puts beside its signs: direction is set by isolates alone."""
    return unicodedata.normalize("NFC", _DIRECTION.sub("", text))


def clock_pattern(locale: Locale) -> str:
    """CLDR's short form of a time; "a" in it stands for AM or PM."""
    return str(get_time_format("short", locale=locale).pattern)


def clock(at: time, locale: Locale) -> str:
    """The time on the clock, with words of the language for the part of the day.

    Where the short form says AM, the wide one may have a word (Korean); else the part of the day has one (Hindi, Urdu). Amharic
    always names the part of the day, since its readers count the hours from dawn too.
    """
    pattern = clock_pattern(locale)
    patterns = [pattern, pattern.replace("a", "aaaa"), pattern.replace("a", "B")]
    tried = [format_time(at, each, locale=locale) for each in (patterns[2:] if locale.language == "am" else patterns)]
    return next((text for text in tried if is_latin(locale) or not LATIN_LETTER.search(text)), tried[-1])


def day_and_time(day: str, at: str, locale: Locale) -> str:
    """A date and a time as CLDR joins them, but never two numbers with nothing but a space between."""
    form = str(get_datetime_format("medium", locale=locale)).replace("'", "")
    if form == "{1} {0}" and day[-1:].isdigit() and at[:1].isdigit():
        form = "{1}" + _COMMAS.get(script(locale), ", ") + "{0}"
    return form.replace("{1}", day).replace("{0}", at)


def listed(values: Sequence[str], locale: Locale) -> str:
    """The values as a list in a sentence, such as "a, b and c"."""
    if locale.language == haitian.LANGUAGE:
        return haitian.listed(values)
    return _DIRECTION.sub("", format_list(values, locale=locale))


def script(locale: Locale) -> str:
    """The script the language is written in, as ISO 15924 has it."""
    likely = str(get_global("likely_subtags").get(locale.language)).split("_")
    return locale.script or next((part for part in likely if len(part) == 4 and part.istitle()), "")


def is_latin(locale: Locale) -> bool:
    """Whether the language is written in Latin letters."""
    return script(locale) == "Latn"
