"""Blank → the text that is printed for it, by CLDR with Gregorian dates and Latin digits.

What many patients have alike (a time, a day, a number of minutes, the clinic's phones) is remembered, and never what is one
patient's own (a name, a date of birth, a phone).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property
from typing import Any, NamedTuple, cast

import phonenumbers
from babel import Locale, UnknownLocaleError
from babel.dates import get_timezone_name
from babel.numbers import format_decimal
from babel.units import format_unit

from handouts.content import cldr, haitian
from handouts.content.blanks import Blank
from handouts.content.catalog import Catalog
from handouts.content.procedure import BlankType
from handouts.content.words import NOON, TERM, TERMS, TIME_OF_DAY
from handouts.errors import CatalogError, Fault
from handouts.memory import remembered

NO_BREAK = str.maketrans({" ": "\u00a0", "\u202f": "\u00a0"})
NO_LONG_FORM = {("fil", "duration-hour")}
"""Units for which CLDR has no long form and Babel would put their heading ("1 mga oras")."""
_KEYS_OF_CLDR = re.compile(r"duration-|[{}]")
_NOON = 12 * 60


@dataclass(frozen=True)
class Press:
    """How blanks are printed: a language, the catalog of the words that stand in blanks, a region for phone numbers."""

    words: Catalog
    region: str

    @cached_property
    def language(self) -> str:
        """The language, as a BCP 47 tag."""
        return self.words.language

    def word(self, source: str, context: str = "") -> str:
        """`source` in the language; raises CatalogError when the catalog has no usable translation."""
        if (source, context) not in self._found:
            text = self.words.translated(source, context)
            if text is None:
                raise CatalogError(Fault(self.words.place, f'no reviewed translation of "{source}".', "Translate it."))
            self._found[source, context] = text
        return self._found[source, context]

    @cached_property
    def _found(self) -> dict[tuple[str, str], str]:
        """The words that were asked for."""
        return {}


def all_printed(values: Mapping[str, Blank], press: Press) -> tuple[dict[str, str], dict[str, ValueError]]:
    """The texts of blanks by their names, and what is wrong with those that cannot be printed; raises CatalogError as `printed`."""
    texts: dict[str, str] = {}
    troubles: dict[str, ValueError] = {}
    for name, (kind, value, _, of_clinic) in values.items():
        try:
            texts[name] = (_CLINICS if of_clinic else _PRINTS)[kind](value, press)
        except ValueError as trouble:
            troubles[name] = trouble
    return texts, troubles


def printed(blank: Blank, press: Press) -> str:
    """The text of `blank` in the language.

    Raises CatalogError for a word the catalog lacks, ValueError for midnight and for output that still holds a key of CLDR, or
    Latin letters in a language that is not written in them.
    """
    return (_CLINICS if blank.of_clinic else _PRINTS)[blank.type](blank.value, press)


def _checked(kind: BlankType, text: str, language: str) -> str:
    """`text` that CLDR gives for a value of the type `kind`, made fit to print. Raises ValueError where it is not."""
    text = cldr.unmarked(text)
    _require_form(kind, text, language)
    if cldr.LATIN_LETTER.search(text) and not cldr.is_latin(language):
        raise ValueError(f"{kind} is printed as {text!r} in {language}, which has no such letters")
    return text


def _require_form(kind: BlankType, text: str, language: str) -> None:
    if _KEYS_OF_CLDR.search(text):
        raise ValueError(f"{kind} is printed as {text!r} in {language}: CLDR has no form for it")


def _instant(moment: datetime, press: Press) -> str:
    """Weekday, date, year and time by CLDR; noon by its word, midnight never (CLINICAL §3.6)."""
    minute = moment.hour * 60 + moment.minute
    noon = press.word(NOON, TIME_OF_DAY) if minute == _NOON and _has_noon(press.language) else ""
    return _said_instant(moment.date(), minute, noon, press.language)


@remembered(512)
def _said_instant(day: date, minute: int, noon: str, language: str) -> str:
    if minute == 0:
        raise ValueError("midnight has no print that cannot be misread")
    at = f"12:00 {noon}" if noon else _said_clock(minute, language)
    said = cldr.day_and_time(_whole_date(day, language), at.translate(NO_BREAK), language)
    return _checked("instant", said, language)


@remembered(2048)
def _said_clock(minute: int, language: str) -> str:
    return cldr.clock(time(*divmod(minute, 60)), language)


@remembered(64)
def _has_noon(language: str) -> bool:
    """Whether the clock of the language needs a word for noon, since it says AM or PM."""
    return "a" in cldr.clock_pattern(language)


def _date(day: date, press: Press) -> str:
    return _said_date(day, press.language)


@remembered(1024)
def _said_date(day: date, language: str) -> str:
    return _checked("date", _whole_date(day, language), language)


@remembered(1024)
def _whole_date(day: date, language: str) -> str:
    return haitian.whole_date(day) if _is_haitian(language) else cldr.date_form(language, "full")(day)


def _birth_date(day: date, press: Press) -> str:
    """The date without its weekday; a patient's own, so it is never remembered."""
    language = press.language
    said = haitian.day_of_year(day) if _is_haitian(language) else cldr.date_form(language, "long")(day)
    return _checked("birth_date", said, language)


def _minutes(minutes: int, press: Press) -> str:
    return _said_minutes(minutes, press.language)


@remembered(1024)
def _said_minutes(minutes: int, language: str) -> str:
    hours, rest = divmod(minutes, 60)
    parts = [_measured(hours, "duration-hour", language)] if hours else []
    if rest or not hours:
        parts.append(_measured(rest, "duration-minute", language))
    return _checked("minutes", " ".join(part.translate(NO_BREAK) for part in parts), language)


def _measured(number: int, unit: str, language: str) -> str:
    """The number with its unit spelt out, or in the short form where Babel has no other (Chinese, Korean, Vietnamese)."""
    if _is_haitian(language):
        return haitian.measured(number, unit)
    locale = cldr.locale_of(language)
    long = format_unit(number, unit, "long", locale=locale, numbering_system="latn")
    return (
        long
        if unit not in long and (locale.language, unit) not in NO_LONG_FORM
        else format_unit(number, unit, "short", locale=locale, numbering_system="latn")
    )


def _number(number: int, press: Press) -> str:
    return _said_number(number, press.language)


@remembered(256)
def _said_number(number: int, language: str) -> str:
    said = format_decimal(number, locale=cldr.locale_of(language), numbering_system="latn")
    return _checked("number", said, language)


def _phone(number: str, press: Press) -> str:
    """The number as it is dialled in the clinic's region; a patient's own, so it is never remembered."""
    return dialled(number, press.region)


def _clinics_phone(number: str, press: Press) -> str:
    return _clinics_dialled(number, press.region)


def dialled(number: str, region: str) -> str:
    """A number (E.164) as it is dialled in `region`, in one piece."""
    parsed = _taken_apart(number)
    home = phonenumbers.country_code_for_region(region) == parsed.country_code
    style = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style).translate(NO_BREAK)


def _taken_apart(number: str) -> phonenumbers.PhoneNumber:
    """A number as E.164 has it: a plus sign, the code of its country, of which none begins another, and its own digits."""
    codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    length = next(length for length in (2, 3, 4) if int(number[1:length]) in codes)
    own = number[length:]
    zeros = len(own[:-1]) - len(own[:-1].lstrip("0"))
    return phonenumbers.PhoneNumber(
        country_code=int(number[1:length]),
        national_number=int(own),
        italian_leading_zero=True if zeros else None,
        number_of_leading_zeros=zeros if zeros > 1 else None,
    )


_clinics_dialled = remembered(64)(dialled)


def _language(tag: str, press: Press) -> str:
    return _said_language(tag, press.language)


@remembered(256)
def _said_language(tag: str, language: str) -> str:
    """The name of a language in the reader's; a tag CLDR has no name for stands for itself."""
    if _is_haitian(language):
        said = haitian.language_name(tag)
    else:
        locale = cldr.locale_of(language)
        try:
            name = Locale.parse(tag, sep="-").get_display_name(locale)
        except (UnknownLocaleError, ValueError):
            name = cast("dict[str, str]", locale.languages).get(tag.partition("-")[0].lower())
        said = name or tag
    _require_form("language", said, language)
    return said


class _Zone(tzinfo):
    """A zone as it is at one moment: its name in the IANA list, its offset, and whether its clocks are set for summer."""

    def __init__(self, key: str, offset: timedelta | None, summer: bool) -> None:
        self.key, self._offset, self._summer = key, offset, timedelta(hours=summer)

    def utcoffset(self, _: datetime | None, /) -> timedelta | None:
        return self._offset

    def dst(self, _: datetime | None, /) -> timedelta:
        return self._summer

    def tzname(self, _: datetime | None, /) -> str:
        return self.key


def _zone(moment: datetime, press: Press) -> str:
    key = getattr(moment.tzinfo, "key", None) or str(moment.tzname())
    return _said_zone(key, moment.utcoffset(), bool(moment.dst()), press.language)


@remembered(256)
def _said_zone(key: str, offset: timedelta | None, summer: bool, language: str) -> str:
    then = datetime(2000, 1, 1, tzinfo=_Zone(key, offset, summer))
    said = (
        haitian.zone_name(then)
        if _is_haitian(language)
        else get_timezone_name(then, "long", locale=cldr.locale_of(language))
    )
    return _checked("zone", said, language)


def _term(value: str, press: Press) -> str:
    return press.word(TERMS[value], TERM) if value in TERMS else value


def _text(value: str, _: Press) -> str:
    return value


@remembered(64)
def _is_haitian(language: str) -> bool:
    return cldr.locale_of(language).language == haitian.LANGUAGE


_PRINTS: Mapping[BlankType, Callable[[Any, Press], str]] = {
    "name": _text,
    "text": _text,
    "birth_date": _birth_date,
    "date": _date,
    "instant": _instant,
    "minutes": _minutes,
    "number": _number,
    "phone": _phone,
    "zone": _zone,
    "term": _term,
    "language": _language,
}
"""How a value of each type is printed. What many patients have alike (a time, a number of minutes) is remembered."""
_CLINICS: Mapping[BlankType, Callable[[Any, Press], str]] = {**_PRINTS, "phone": _clinics_phone}
"""The same for values that are the clinic's own."""


class Usual(NamedTuple):
    """Texts as blanks are printed in a language: dates, moments, lengths of time, names of zones."""

    dates: tuple[str, ...]
    instants: tuple[str, ...]
    lengths: tuple[str, ...]
    zones: tuple[str, ...]


def usual(press: Press, zones: Iterable[tzinfo]) -> Usual:
    """What fonts are cut for beside the words of documents: every month, weekday and hour is among it, and these `zones`.

    What cannot be printed in the language is left out.
    """

    def said(kind: BlankType, values: Iterable[int | date | datetime]) -> Iterator[str]:
        for value in values:
            with suppress(ValueError, CatalogError):
                yield printed(Blank(kind, value), press)

    days = (*(date(2026, month, 1) for month in range(1, 13)), *(date(2026, 3, day) for day in range(1, 8)))
    moments = (datetime(2026, 3, 1 + hour % 7, hour, 45, tzinfo=UTC) for hour in range(24))
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    seasons = (datetime(2026, month, 1, tzinfo=zone) for zone in zones for month in (1, 7))
    return Usual(
        dates=tuple(said("date", days)),
        instants=tuple(said("instant", (*moments, noon))),
        lengths=tuple(said("minutes", (1, 2, 5, 45, 60, 90, 120, 150, 1234567890))),
        zones=tuple(said("zone", seasons)),
    )
