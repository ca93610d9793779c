"""A clinic's own texts → messages, and these in a language: as clinic.toml gives them, or out of the clinic's catalog."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, cast

from handouts.clinic import Clinic
from handouts.content.catalog import Catalog
from handouts.content.po import MessageKey
from handouts.settings import SETTINGS

CONTEXT = "clinic"
"""What stands for the context where a clinic's text is named among the messages of a block."""


class Unreviewed(str):
    """A text of the clinic's that nobody has reviewed in its language; one that is not `translated` is in English."""

    __slots__ = ("key", "translated")
    key: MessageKey
    translated: bool

    def __repr__(self) -> str:
        return f"{type(self).__name__}({super().__repr__()})"

    @classmethod
    def of(cls, source: str, text: str | None) -> Unreviewed:
        """The translation `text` of `source`, or `source` itself where there is none."""
        found = cls(source if text is None else text)
        found.key, found.translated = (CONTEXT, source), text is not None
        return found


def texts_in(clinic: Clinic, language: str, catalog: Catalog | None) -> Mapping[str, object]:
    """The clinic's settings as templates place them, in `language`: texts that clinic.toml lacks in it are `catalog`'s."""

    def said(source: str) -> str:
        text = catalog.translated(source) if catalog else None
        reviewed = text is not None and catalog is not None and ("", source) not in catalog.blocked
        return str(text) if reviewed else Unreviewed.of(source, text)

    def otherwise(texts: Mapping[str, object]) -> object:
        english = texts[clinic.english]
        return said(english) if isinstance(english, str) else tuple(map(said, cast("tuple[str, ...]", english)))

    own = {"name": clinic.name, "logo": clinic.logo, "logo_alt": clinic.logo_alt.get(language)}
    if clinic.logo_alt and language not in clinic.logo_alt:
        own["logo_alt"] = said(clinic.logo_alt[clinic.english])
    return {**clinic.in_language(language, otherwise), **own}


def texts_of(clinic: Clinic) -> Iterator[tuple[str, str, str]]:
    """Every text that the clinic has set, in English: the setting's name, the question it answers, the text."""
    if clinic.logo_alt:
        yield (
            "clinic.logo_alt",
            "What does the logo show, for people who cannot see it?",
            clinic.logo_alt[clinic.english],
        )
    for name, definition in SETTINGS.items():
        value = None if definition.staff_only else clinic.value(name)
        for text in _english(value, clinic.english):
            yield name, definition.question, text


def _english(value: Any, english: str) -> Iterator[str]:
    """The texts in a setting's value, in English."""
    if isinstance(value, dict):
        table = cast("dict[str, Any]", value)
        if isinstance(table.get(english), str | tuple):
            yield from [table[english]] if isinstance(table[english], str) else table[english]
        else:
            for inner in table.values():
                yield from _english(inner, english)
    elif isinstance(value, tuple):
        for inner in cast("tuple[Any, ...]", value):
            yield from _english(inner, english)
    elif is_dataclass(value):
        for each in fields(value):
            yield from _english(getattr(value, each.name), english)
