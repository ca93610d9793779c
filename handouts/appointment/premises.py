"""What checking needs beside the value: the clinic's premises, and a way to say all that is wrong at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pydantic import ValidationInfo
from pydantic_core import PydanticCustomError


class Wrong(NamedTuple):
    """What is wrong with a value, as the end of a sentence that begins with it; `at` a field below the checked one."""

    problem: str
    remedy: str = ""
    at: str = ""
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Premises:
    """What a clinic gives for the checking of its appointments.

    `zones` and `open_days` go by location (no entry in the latter: open every day), `clinicians` holds the first and
    last day of each licence (None: open), `mrn_pattern` matches a whole record number, `region` is the country of
    national phone numbers (None: only international ones), `start_format` a strptime format tried before ISO 8601,
    `arrive_early` the minutes for an appointment that names none.
    """

    now: datetime
    zones: Mapping[str, ZoneInfo]
    clinicians: Mapping[str, tuple[date | None, date | None]]
    procedures: frozenset[str]
    mrn_pattern: str
    region: str | None = "US"
    open_days: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    start_format: str | None = None
    arrive_early: int | None = None

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError("now must be aware")


def premises_of(info: ValidationInfo) -> Premises | None:
    """The premises a value is checked against, if any."""
    return info.context if isinstance(info.context, Premises) else None


def refusal(*wrongs: Wrong) -> PydanticCustomError:
    """All that is wrong with a value, as the error that pydantic gathers; `wrongs` stand in its context."""
    return PydanticCustomError("wrong", "{said}", {"said": " ".join(wrongs[0][:2]), "wrongs": wrongs})


def known(text: str, words: Iterable[str], otherwise: str = "") -> str:
    """A remedy: the one of `words` nearest to `text`, and `otherwise` or all of them."""
    there = sorted(words)
    near = get_close_matches(text, there, 1)
    meant = f'Did you mean "{near[0]}"?' if near else ""
    return " ".join(filter(None, (meant, otherwise or f"Known: {', '.join(there)}.")))
