"""The values of settings: in every language as a clinic gives them, in one language as a template places them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import date
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

from handouts.settings.definition import Action, Severity

Texts = TypeVar("Texts")
"""`Mapping[str, str]` by language, or `str` in one language."""


@dataclass(frozen=True, slots=True)
class Frequency:
    """How many in 100 people have it, and the source that says so; never one without the other."""

    in_100: float
    source: str


@dataclass(frozen=True, slots=True)
class Risk(Generic[Texts]):
    """A side effect or risk: what it is, how long it lasts (common ones only), what the patient does."""

    id: str
    severity: Severity
    text: Texts
    lasts: Texts | None
    action: Action
    freq: Frequency | None


@dataclass(frozen=True, slots=True)
class Alternative(Generic[Texts]):
    """Something else a patient can choose, with what may be good and bad about it."""

    id: str
    option: Texts
    good: Texts
    bad: Texts


@dataclass(frozen=True, slots=True)
class Contraindication(Generic[Texts]):
    """A condition that may be a reason against treatment."""

    id: str
    text: Texts


@dataclass(frozen=True)
class Setting:
    """A value as it stands in clinic.toml, with where it comes from and who approved it.

    `hours` belongs to a medicine rule that stops a medicine, `left_out` to the list of risks: risk id → reason. `outside` says how
    a value lies outside the guard against typing errors ("is outside 0.5 to 6 hours"), so that two people approve it.
    """

    key: str
    value: Any
    source_note: str = ""
    approved_by: str = ""
    approved_at: date | None = None
    expires_at: date | None = None
    second_approver: str = ""
    hours: float | None = None
    left_out: Mapping[str, str] | None = None
    unit: str = ""
    outside: str = ""

    @cached_property
    def sha256(self) -> str:
        """The hash people approve: key, value in every language, unit, source and last day, but not who approved it."""
        said = (self.key, self.value, self.unit, self.hours, self.left_out, self.source_note, self.expires_at)
        return hash_of(said)


def hash_of(value: object) -> str:
    """The hash of a value made of texts, numbers, days, lists, tables and structured items; the order of a table is no matter."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    """What JSON has no form for, as what it has one for."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, object]", value))
    if is_dataclass(value) and not isinstance(value, type):
        return {type(value).__name__: asdict(value)}
    raise TypeError(f"a setting holds no {type(value).__name__}")


Otherwise = Callable[[Mapping[str, object]], object]
"""A text, or a list of texts, in the languages it is given in → the like of it in the one that is wanted."""


def in_language(value: object, language: str, otherwise: Otherwise | None = None) -> object:
    """`value` with every text in `language` alone: a text as str, a list as tuple, a structured item as the like of it.

    A text that is not given in the language is `otherwise`. Raises KeyError for one where nothing is said of that.
    """
    match value:
        case Risk() | Alternative() | Contraindication():
            item = cast("Risk[Any] | Alternative[Any] | Contraindication[Any]", value)
            like: dict[str, Any] = {
                field.name: in_language(getattr(item, field.name), language, otherwise) for field in fields(item)
            }
            return type(item)(**like)
        case dict():
            texts = cast("dict[str, object]", value)
            return texts[language] if language in texts or not otherwise else otherwise(texts)
        case tuple():
            return tuple(in_language(item, language, otherwise) for item in cast("tuple[object, ...]", value))
        case _:
            return value
