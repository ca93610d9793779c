"""locales/ → Catalog: a language's messages, none of them fuzzy, empty or missing."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.messages.pofile import PoFileError, read_po

from handouts import builtin
from handouts.errors import CatalogError, Fault

SOURCE_LANGUAGE = "en"
FURNITURE = "handouts"
MessageKey = tuple[str, str]
"""Context (or "") and source sentence."""


@dataclass(frozen=True)
class Catalog:
    """The messages of one domain in one language; `untranslated` are those that stand in the file but cannot be used."""

    language: str
    messages: Mapping[MessageKey, str] = field(repr=False)
    untranslated: tuple[MessageKey, ...] = ()
    place: str = ""

    def translated(self, source: str, context: str = "") -> str | None:
        """`source` in the catalog's language; None when the catalog has no usable translation of it."""
        if self.language == SOURCE_LANGUAGE:
            return source
        return self.messages.get((context, source))


def source_catalog() -> Catalog:
    """The catalog of English, the language the templates are written in."""
    return Catalog(SOURCE_LANGUAGE, {})


def languages(domain: str, clinic_folder: Path | None) -> tuple[str, ...]:
    """The languages that have a catalog of `domain`, English first."""
    found = {p.parent.parent.name for root in _roots(clinic_folder) for p in root.glob(f"*/LC_MESSAGES/{domain}.po")}
    return (SOURCE_LANGUAGE, *sorted(found - {SOURCE_LANGUAGE}))


def load_catalog(domain: str, language: str, clinic_folder: Path | None) -> Catalog:
    """The catalog of `domain` (a procedure, or the page furniture) in `language`, the clinic's messages over the built-in.

    Fuzzy messages are never used; with the empty ones they are listed in `untranslated`. Raises CatalogError for a file that
    cannot be read, with the line.
    """
    if language == SOURCE_LANGUAGE:
        return source_catalog()
    messages: dict[MessageKey, str] = {}
    unusable: list[MessageKey] = []
    paths = [root / language / "LC_MESSAGES" / f"{domain}.po" for root in reversed(_roots(clinic_folder))]
    found = [path for path in paths if path.is_file()]
    if not found:
        raise CatalogError(
            Fault(f"locales/{language}", f"there is no {domain}.po.", "Add one, or take another language.")
        )
    for path in found:
        for key, text in _read(path, language):
            if text is None:
                unusable.append(key)
            else:
                messages[key] = text
    left = tuple(key for key in dict.fromkeys(unusable) if key not in messages)
    return Catalog(language, messages, left, f"locales/{language}/LC_MESSAGES/{domain}.po")


def best_language(wanted: str, available: tuple[str, ...]) -> str | None:
    """The tag among `available` that serves a reader of `wanted`: the same tag, or the same language and script.

    BCP 47 lookup by language and likely script, so that es-MX is served by es-US, but zh-TW is not by zh-Hans.
    """
    if wanted in available:
        return wanted
    same = [tag for tag in available if _language_and_script(tag) == _language_and_script(wanted)]
    return same[0] if same else None


def _language_and_script(tag: str) -> tuple[str, str | None]:
    """The language of `tag` and its script, the likely one of CLDR where the tag names none."""
    try:
        locale = Locale.parse(tag, sep="-", resolve_likely_subtags=True)
    except (UnknownLocaleError, ValueError):
        return tag, None
    likely = get_global("likely_subtags")
    full = likely.get(str(locale)) or likely.get(locale.language) or ""
    return locale.language, locale.script or next((part for part in full.split("_")[1:] if len(part) == 4), None)


def _roots(clinic_folder: Path | None) -> tuple[Path, ...]:
    own = (clinic_folder / "locales",) if clinic_folder else ()
    return (*own, builtin.locales())


def _read(path: Path, language: str) -> Iterator[tuple[MessageKey, str | None]]:
    """Every message of a PO file with its translation, or None where that is fuzzy, empty or plural."""
    place = f"locales/{language}/LC_MESSAGES/{path.name}"
    try:
        read = read_po(io.BytesIO(path.read_bytes()), abort_invalid=True)
    except PoFileError as trouble:
        line = f", line {trouble.lineno}" if trouble.lineno else ""
        raise CatalogError(Fault(f"{place}{line}", f"it is not a PO file: {trouble}.", "Mend the line.")) from None
    except (UnicodeDecodeError, LookupError) as trouble:
        remedy = "Save it as UTF-8 and say charset=UTF-8 in its header."
        raise CatalogError(Fault(place, f"its characters cannot be read: {trouble}.", remedy)) from None
    for message in read:
        if not message.id:
            continue
        key = (message.context or "", message.id if isinstance(message.id, str) else message.id[0])
        usable = not message.fuzzy and isinstance(message.string, str) and message.string.strip()
        yield key, str(message.string) if usable else None
