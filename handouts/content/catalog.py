"""locales/ → Catalog: a language's messages, none of them fuzzy, empty or missing."""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from babel.core import get_global, parse_locale

from handouts import builtin
from handouts.errors import CatalogError, Fault

SOURCE_LANGUAGE = "en"
FURNITURE = "handouts"
_LINE = re.compile(rb'\s*(#.*|((msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d+\])\s*)?"([^"\\]|\\.)*"\s*)?')
_PLACE = re.compile(r"%\(\w+\)s")
_TAG = re.compile(r"</?strong>|<a href=\"[^\"<>]*\">|</a>")
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
        if is_english(self.language):
            return source
        return self.messages.get((context, source))


def is_english(tag: str) -> bool:
    """Whether `tag` is English of any region: the language the templates are written in, which needs no catalog."""
    return tag.partition("-")[0] == SOURCE_LANGUAGE


def source_catalog(tag: str = SOURCE_LANGUAGE) -> Catalog:
    """The catalog of English as in `tag`: dates and times are that region's, sentences are the templates'."""
    return Catalog(tag, {})


def languages(domain: str, clinic_folder: Path | None) -> tuple[str, ...]:
    """The languages that have a catalog of `domain`, English first."""
    found = {p.parent.parent.name for root in _roots(clinic_folder) for p in root.glob(f"*/LC_MESSAGES/{domain}.po")}
    return (SOURCE_LANGUAGE, *sorted(found - {SOURCE_LANGUAGE}))


def catalog_files(domain: str, language: str, clinic_folder: Path | None) -> tuple[Path, ...]:
    """The files that the catalog of `domain` in `language` is read from, in this order; English needs none."""
    if is_english(language):
        return ()
    paths = (root / language / "LC_MESSAGES" / f"{domain}.po" for root in reversed(_roots(clinic_folder)))
    return tuple(path for path in paths if path.is_file())


def load_catalog(domain: str, language: str, clinic_folder: Path | None) -> Catalog:
    """The catalog of `domain` (a procedure, or the page furniture) in `language`, the clinic's messages over the built-in.

    Fuzzy messages are never used; with the empty ones they are listed in `untranslated`. Raises CatalogError for a file that
    cannot be read, and for every translation that loses or adds a blank, a number or markup, with the line.
    """
    if is_english(language):
        return source_catalog(language)
    messages: dict[MessageKey, str] = {}
    unusable: list[MessageKey] = []
    found = catalog_files(domain, language, clinic_folder)
    if not found:
        raise CatalogError(
            Fault(f"locales/{language}", f"there is no {domain}.po.", "Add one, or take another language.")
        )
    faults: list[Fault] = []
    for path in found:
        for key, text, line in _read(path, language):
            if text is not None:
                place = f"locales/{language}/LC_MESSAGES/{path.name}, line {line}"
                faults += [Fault(place, problem, remedy) for problem, remedy in _unfaithful(key[1], text)]
            if text is None:
                unusable.append(key)
            else:
                messages[key] = text
    CatalogError.gathered(faults)
    left = tuple(key for key in dict.fromkeys(unusable) if key not in messages)
    return Catalog(language, messages, left, f"locales/{language}/LC_MESSAGES/{domain}.po")


def best_language(wanted: str, available: tuple[str, ...]) -> str | None:
    """The tag among `available` that serves a reader of `wanted`: the same tag, or the same language and script.

    By language and likely script, so that es-MX is served by es-US, but zh-TW is not by zh-Hans. A region does not matter:
    pt-BR serves a reader of pt-PT, and fr a reader of fr-CA, who read it well, while English would leave them without a word.
    Where several would do, the first of `available` does: the clinic's own order.
    """
    wanted = re.split(r"-[0-9a-wyzA-WYZ]-|-[xX]-", wanted)[0]  # BCP 47 extensions and private use choose no catalog
    if wanted in available:
        return wanted
    same = [tag for tag in available if _language_and_script(tag) == _language_and_script(wanted)]
    return same[0] if same else None


def _language_and_script(tag: str) -> tuple[str, str]:
    """The language of `tag` and its script, the likely one of CLDR where the tag names none."""
    try:
        language, territory, script = parse_locale(tag, sep="-")[:3]
    except ValueError:
        return tag, ""
    language, _, of_alias = get_global("language_aliases").get(language, language).partition("_")
    likely = get_global("likely_subtags")
    full = likely.get(f"{language}_{territory}") or likely.get(language) or ""
    return language, script or of_alias or next((part for part in full.split("_")[1:] if len(part) == 4), "")


def _roots(clinic_folder: Path | None) -> tuple[Path, ...]:
    own = (clinic_folder / "locales",) if clinic_folder else ()
    return (*own, builtin.locales())


def _read(path: Path, language: str) -> Iterator[tuple[MessageKey, str | None, int]]:
    """Every message of a PO file with its translation, or None where that is fuzzy, empty or plural, and its line."""
    from babel.messages.pofile import PoFileError, read_po  # noqa: PLC0415 - takes long, and most catalogs are kept

    place = f"locales/{language}/LC_MESSAGES/{path.name}"
    written = path.read_bytes()
    try:
        read = read_po(io.BytesIO(written), abort_invalid=True)
    except PoFileError as trouble:
        line = f", line {trouble.lineno}" if trouble.lineno else ""
        raise CatalogError(Fault(f"{place}{line}", f"it is not a PO file: {trouble}.", "Mend the line.")) from None
    except (UnicodeDecodeError, LookupError) as trouble:
        remedy = "Save it as UTF-8 and say charset=UTF-8 in its header."
        raise CatalogError(Fault(place, f"its characters cannot be read: {trouble}.", remedy)) from None
    except Exception as trouble:  # noqa: BLE001 - Babel raises many kinds for a header or escape it cannot read
        raise CatalogError(Fault(place, f"it is not a PO file: {trouble}.", "Mend it.")) from None
    for number, line in enumerate(
        written.split(b"\n"), 1
    ):  # Babel cuts the ends off a text whether or not they are quotes
        if not _LINE.fullmatch(line):
            problem = "this is no keyword with a text in quotes."
            raise CatalogError(Fault(f"{place}, line {number}", problem, "Mend the line."))
    for message in read:
        if not message.id:
            continue
        key = (message.context or "", message.id if isinstance(message.id, str) else message.id[0])
        usable = not message.fuzzy and isinstance(message.string, str) and message.string.strip()
        yield key, str(message.string) if usable else None, message.lineno or 1


def _unfaithful(source: str, text: str) -> Iterator[tuple[str, str]]:
    """What `text` has that its `source` does not have, or the other way round, each with what to do."""
    short = source if len(source) <= 60 else f"{source[:59]}…"
    percent = "%" in _PLACE.sub("", text.replace("%%", ""))
    if percent or Counter(_PLACE.findall(source)) != Counter(_PLACE.findall(text)):
        remedy = "Write each %(name)s as often as the source, and %% for a percent sign."
        yield f'the translation of "{short}" does not have the same blanks.', remedy
    if set(_TAG.findall(source)) != set(_TAG.findall(text)) or re.search("[<>]|&#?[A-Za-z0-9]+;", _TAG.sub("", text)):
        yield f'the translation of "{short}" does not have the same markup.', "Write its tags as the source has them."
    for character in text:
        category = unicodedata.category(character)
        if category in {"Nd", "Nl", "No"} and character not in source:
            yield f'the translation of "{short}" holds the digit "{character}".', "A number is a blank."
            return
        if category in {"Co", "Cs"} or (category == "Cc" and character not in "\n\t"):
            yield f'the translation of "{short}" holds a hidden character (U+{ord(character):04X}).', "Take it out."
            return
