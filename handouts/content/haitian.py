"""Dates, durations, zones, languages and lists in Haitian Creole, for which CLDR gives French."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from babel.dates import get_timezone_name

LANGUAGE = "ht"


@dataclass(frozen=True)
class _Words:
    """What stands in haitian.toml, each with its source there."""

    days: tuple[str, ...]
    months: tuple[str, ...]
    units: Mapping[str, str]
    zones: Mapping[str, str]
    seasons: Mapping[str, str]
    languages: Mapping[str, str]


@cache
def _words() -> _Words:
    read = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return _Words(tuple(read.pop("days")), tuple(read.pop("months")), **read)


def day_of_year(day: date) -> str:
    """The date without its weekday, such as "3 mas 2026"."""
    return f"{day.day} {_words().months[day.month - 1]} {day.year}"


def whole_date(day: date) -> str:
    """The date with its weekday, such as "madi 3 mas 2026"."""
    return f"{_words().days[day.weekday()]} {day_of_year(day)}"


def listed(values: Sequence[str]) -> str:
    """The values as a list in a sentence, such as "a, b ak c"."""
    return " ak ".join(filter(None, (", ".join(values[:-1]), *values[-1:])))


def measured(number: int, unit: str) -> str:
    """`number` of CLDR's `unit`; nouns have no plural form."""
    return f"{number} {_words().units[unit]}"


def zone_name(moment: datetime) -> str:
    """The name of the zone `moment` (aware) is told in. Raises ValueError for one that has no name here."""
    english = get_timezone_name(moment, "long", locale="en")
    place, _, season = english.removesuffix(" Time").rpartition(" ")
    if place not in _words().zones or season not in _words().seasons:
        raise ValueError(f"the zone {english} has no name in {LANGUAGE}")
    return f"{_words().seasons[season]} {_words().zones[place]}"


def language_name(tag: str) -> str:
    """The name of the language `tag` (BCP 47); one that has none here stands for itself."""
    known = _words().languages
    return known.get(tag) or known.get(tag.partition("-")[0]) or tag
