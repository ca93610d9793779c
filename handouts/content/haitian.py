"""Dates, durations, zones, languages and lists in Haitian Creole, for which CLDR gives French."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from babel.dates import get_timezone_name

LANGUAGE = "ht"

_DAYS = ("lendi", "madi", "mèkredi", "jedi", "vandredi", "samdi", "dimanch")
_MONTHS = (
    "janvye",
    "fevriye",
    "mas",
    "avril",
    "me",
    "jen",
    "jiyè",
    "out",
    "septanm",
    "oktòb",
    "novanm",
    "desanm",
)
"""Both as the locale ht_HT of the GNU C Library has them."""

_UNITS = {"duration-hour": "èdtan", "duration-minute": "minit"}
_ZONES = {
    "Eastern": "Lès",
    "Central": "Santral",
    "Mountain": "Montay",
    "Pacific": "Pasifik",
    "Alaska": "Alaska",
    "Hawaii-Aleutian": "Awayi",
    "Atlantic": "Atlantik",
}
_SEASONS = {"Standard": "lè estanda", "Daylight": "lè ete"}
_LANGUAGES = {
    "am": "amarik",
    "ar": "arab",
    "de": "alman",
    "en": "angle",
    "es": "panyòl",
    "fa": "pèsan (farsi)",
    "fil": "filipino (tagalòg)",
    "fr": "franse",
    "he": "ebre",
    "hi": "endi",
    "hmn": "hmong",
    "ht": "kreyòl ayisyen",
    "ja": "japonè",
    "ko": "koreyen",
    "pt": "pòtigè",
    "ru": "ris",
    "th": "tay",
    "ur": "oudou",
    "vi": "vyetnamyen",
    "zh": "chinwa",
    "zh-Hans": "chinwa (senplifye)",
    "zh-Hant": "chinwa (tradisyonèl)",
}


def day_of_year(day: date) -> str:
    """The date without its weekday, such as "3 mas 2026"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def whole_date(day: date) -> str:
    """The date with its weekday, such as "madi 3 mas 2026"."""
    return f"{_DAYS[day.weekday()]} {day_of_year(day)}"


def listed(values: Sequence[str]) -> str:
    """The values as a list in a sentence, such as "a, b ak c"."""
    return " ak ".join(filter(None, (", ".join(values[:-1]), *values[-1:])))


def measured(number: int, unit: str) -> str:
    """`number` of CLDR's `unit`; nouns have no plural form."""
    return f"{number} {_UNITS[unit]}"


def zone_name(moment: datetime) -> str:
    """The name of the zone `moment` (aware) is told in. Raises ValueError for one that has no name here."""
    english = get_timezone_name(moment, "long", locale="en")
    place, _, season = english.removesuffix(" Time").rpartition(" ")
    if place not in _ZONES or season not in _SEASONS:
        raise ValueError(f"the zone {english} has no name in {LANGUAGE}")
    return f"{_SEASONS[season]} {_ZONES[place]}"


def language_name(tag: str) -> str:
    """The name of the language `tag` (BCP 47); one that has none here stands for itself."""
    return _LANGUAGES.get(tag) or _LANGUAGES.get(tag.partition("-")[0]) or tag
