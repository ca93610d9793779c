"""What CLDR says in a language, made fit to print: the clock, a date with its time, a list, the script and its direction."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, time
from typing import Literal

from babel import Locale
from babel.core import get_global, parse_locale
from babel.dates import (
    DateTimeFormat,
    format_time,
    get_date_format,
    get_datetime_format,
    get_time_format,
    parse_pattern,
)
from babel.lists import format_list

from handouts.content import haitian
from handouts.memory import remembered

PSEUDO = frozenset({"en-XA", "ar-XB"})
"""Languages that nobody speaks: English with accents and longer, and English in Arabic letters (`translate/pseudo.py`)."""
Direction = Literal["ltr", "rtl"]
LATIN_LETTER = re.compile("[A-Za-z]")
_DIRECTION = re.compile("[\u061c\u200e\u200f]")
_FROM_THE_RIGHT = frozenset(
    ["Adlm", "Arab", "Aran", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi"]
)
_COMMAS = {"Arab": "، ", "Ethi": "፣ "}
_FIELD = re.compile(r"%\((\w+)\)s")
_MONTHS = (date(2024, 1, 1), *(date(2024, month, 1) for month in range(1, 13)))
_DAYS = (date(2024, 1, 1), *(date(2024, 1, day) for day in range(1, 32)))
_WEEKDAYS = tuple(date(2024, 1, day) for day in range(1, 8))
"""Dates of every month, day and weekday, by their numbers; no month and no day has the number 0."""


@remembered(64)
def direction_of(language: str) -> Direction:
    """How `language`, a BCP 47 tag, is written: by its script, for which no data of the language need be read."""
    return "rtl" if language_and_script(language)[1] in _FROM_THE_RIGHT else "ltr"


def language_and_script(tag: str) -> tuple[str, str]:
    """The language of `tag` and its script, the likely one of CLDR where the tag names none."""
    try:
        language, territory, script = parse_locale(tag, sep="-")[:3]
    except ValueError:
        return tag, ""
    language, _, of_alias = get_global("language_aliases").get(language, language).partition("_")
    likely = get_global("likely_subtags")
    full = likely.get(f"{language}_{territory}") or likely.get(language) or ""
    return language, script or of_alias or next((part for part in full.split("_")[1:] if len(part) == 4), "")


def unmarked(text: str) -> str:
    """`text` in NFC without the marks of direction that CLDR puts beside its signs: direction is set by isolates alone."""
    return unicodedata.normalize("NFC", _DIRECTION.sub("", text))


@remembered(64)
def locale_of(language: str) -> Locale:
    """CLDR's locale of `language`, a BCP 47 tag. Raises UnknownLocaleError for one that CLDR does not know."""
    return Locale.parse(language.partition("-")[0] if language in PSEUDO else language, sep="-")


@remembered(128)
def date_form(language: str, length: Literal["full", "long"]) -> Callable[[date], str]:
    """How a date is written in `language`: CLDR's pattern, of which every field is looked up by a number of the date.

    Month, day and weekday have few values, and each is worked out once.
    """
    locale = locale_of(language)
    pattern = str(parse_pattern(get_date_format(length, locale=locale)).format)
    form = _FIELD.sub("%s", pattern)
    fields = tuple(_date_field(name, locale) for name in _FIELD.findall(pattern))
    return lambda day: form % tuple([field(day) for field in fields])


def _date_field(name: str, locale: Locale) -> Callable[[date], str]:
    """What stands in a date for the field `name` of a CLDR pattern (UTS #35, date field symbols)."""

    def said(day: date) -> str:
        return str(DateTimeFormat(day, locale)[name])

    match name[0]:
        case "M" | "L":
            months = tuple(map(said, _MONTHS))
            return lambda day: months[day.month]
        case "d":
            days = tuple(map(said, _DAYS))
            return lambda day: days[day.day]
        case "E" | "e" | "c":
            weekdays = tuple(map(said, _WEEKDAYS))
            return lambda day: weekdays[day.weekday()]
        case "y" if name == "y":
            return lambda day: str(day.year)
        case _:
            return said


def clock_pattern(language: str) -> str:
    """CLDR's short form of a time; "a" in it stands for AM or PM."""
    return str(get_time_format("short", locale=locale_of(language)).pattern)


def clock(at: time, language: str) -> str:
    """The time on the clock, with words of the language for the part of the day.

    Where the short form says AM, the wide one may have a word (Korean); else the part of the day has one (Hindi, Urdu). Amharic
    always names the part of the day, since its readers count the hours from dawn too.
    """
    locale = locale_of(language)
    pattern = clock_pattern(language)
    patterns = [pattern, pattern.replace("a", "aaaa"), pattern.replace("a", "B")]
    tried = [format_time(at, each, locale=locale) for each in (patterns[2:] if locale.language == "am" else patterns)]
    return next((text for text in tried if is_latin(language) or not LATIN_LETTER.search(text)), tried[-1])


def day_and_time(day: str, at: str, language: str) -> str:
    """A date and a time as CLDR joins them, but never two numbers with nothing but a space between."""
    form, numbers = _joints(language)
    return (numbers if day[-1:].isdigit() and at[:1].isdigit() else form).replace("{1}", day).replace("{0}", at)


@remembered(64)
def _joints(language: str) -> tuple[str, str]:
    """What CLDR puts between a date and a time, and what stands between two numbers."""
    locale = locale_of(language)
    form = str(get_datetime_format("medium", locale=locale)).replace("'", "")
    return form, "{1}" + _COMMAS.get(script(locale), ", ") + "{0}" if form == "{1} {0}" else form


def listed(values: Sequence[str], locale: Locale) -> str:
    """The values as a list in a sentence, such as "a, b and c"."""
    if locale.language == haitian.LANGUAGE:
        return haitian.listed(values)
    return _DIRECTION.sub("", format_list(values, locale=locale))


def script(locale: Locale) -> str:
    """The script the language is written in, as ISO 15924 has it."""
    likely = str(get_global("likely_subtags").get(locale.language)).split("_")
    return locale.script or next((part for part in likely if len(part) == 4 and part.istitle()), "")


@remembered(64)
def is_latin(language: str) -> bool:
    """Whether the language is written in Latin letters."""
    return script(locale_of(language)) == "Latn"
