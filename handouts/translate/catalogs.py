"""Catalogs on the disk: their templates written, brought up to date with these, and begun for a new language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from babel import Locale, UnknownLocaleError
from babel.messages.plurals import get_plural

from handouts.content import notice
from handouts.content.catalog import best_language, is_english, load_reviews, place_of, po_files, read_catalog_file
from handouts.content.po import Entry, PoFile, written
from handouts.content.reviews import Reviews, State
from handouts.errors import CatalogError, Fault, WrongUsage
from handouts.identity import TAG
from handouts.translate.domains import Domain, Locales
from handouts.translate.extract import HEAD, head, pot
from handouts.translate.files import write_whole
from handouts.translate.update import updated

_NOTHING = PoFile(None, ())
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class OpenCatalog:
    """One catalog with the reviews of its translations, and the domain it belongs to.

    `path` is the PO file that `po` stands in, or would: what is changed goes there, and reviews into the record beside it. What a
    clinic's own does not have is taken from `below`, the program's.
    """

    path: Path
    language: str
    domain: Domain
    po: PoFile
    below: PoFile
    reviews: Reviews

    @property
    def place(self) -> str:
        """How faults name the file."""
        return place_of(self.language, self.path.name)

    def entries(self) -> Iterator[Entry]:
        """What the catalog has for each message of the domain, in order; an empty entry where it has nothing."""
        standing = {**self.below.standing, **self.po.standing}
        for message in self.domain.messages:
            yield standing.get(message.key) or Entry(message.source, context=message.context or None)

    def state(self, entry: Entry) -> State:
        """How far a message of the domain is."""
        return self.reviews.state(entry, needs_two=self.domain.by_key[entry.key].needs_two)


def extract(locales: Locales) -> Mapping[Path, bool]:
    """Write the template of every domain; whether each has changed. Raises TemplateError, NotWritten."""
    return {
        locales.pot(domain.name): write_whole(locales.pot(domain.name), written(pot(domain)))
        for domain in locales.domains
    }


def update(locales: Locales, languages: Iterable[str], day: date) -> Mapping[Path, bool]:
    """Bring the catalogs of `languages` up to date with the templates of the domains; whether each has changed.

    A language with nothing but the notice of language assistance stays so. The day stands in the head of a catalog that is begun,
    and nowhere else. Raises CatalogError for every catalog that cannot be read, after the others are done; those are left as they were.
    """
    done: dict[Path, bool] = {}
    faults: list[Fault] = []
    for language in languages:
        there = {domain.name for domain in locales.domains if po_files(domain.name, language, locales.clinic)}
        domains = [each for each in locales.domains if there != {notice.DOMAIN} or each.name in there]
        try:
            done |= _updated(locales, language, day, domains)
        except CatalogError as trouble:
            faults += trouble.faults
    CatalogError.gathered(faults)
    return done


def _updated(locales: Locales, language: str, day: date, domains: Iterable[Domain]) -> dict[Path, bool]:
    """Bring these catalogs of `language` up to date, and begin those that are not there; a clinic's, where nobody has any."""
    done: dict[Path, bool] = {}
    faults: list[Fault] = []
    for domain in domains:
        path = locales.po(domain.name, language)
        if not path.is_file() and po_files(domain.name, language, locales.clinic):
            continue  # the clinic has nothing of its own there
        try:
            old = read_catalog_file(path, language) if path.is_file() else PoFile(None, ())
            old = old if old.head else PoFile(_head(language, day), old.entries)
            done[path] = write_whole(path, written(updated(old, _wanted(locales, domain, language, old))))
        except CatalogError as trouble:
            faults += trouble.faults
    CatalogError.gathered(faults)
    return done


def _wanted(locales: Locales, domain: Domain, language: str, own: PoFile) -> PoFile:
    """What a catalog should have: every message; a clinic's, those it has taken for its own, or that the program has not."""
    template = pot(domain)
    built_in = [path for path in po_files(domain.name, language, None) if path != locales.po(domain.name, language)]
    if not built_in:
        return template
    there = read_catalog_file(built_in[0], language).standing
    kept = tuple(entry for entry in template.entries if entry.key in own.standing or entry.key not in there)
    return PoFile(template.head, kept)


def begun(locales: Locales, tag: str, day: date) -> Mapping[Path, bool]:
    """Begin catalogs in the language `tag` on `day`, with every message empty.

    Raises WrongUsage for no tag, or one that is there.
    """
    if not TAG.fullmatch(tag) or not _is_known(tag):
        remedy = "Write a language, with a script or region if need be: vi, zh-Hant, pt-BR."
        raise WrongUsage(Fault("the command", "is no language tag that is known (BCP 47).", remedy, "LANG", tag))
    if is_english(tag):
        raise WrongUsage(Fault("the command", "English is the language of the sources.", "", "LANG", tag))
    if all(po_files(domain.name, tag, locales.clinic) for domain in locales.domains):
        raise WrongUsage(
            Fault(
                "the command", "has catalogs already.", f"handouts translate update {tag} does the rest.", "LANG", tag
            )
        )
    return _updated(locales, tag, day, locales.domains)


def opened(locales: Locales, language: str) -> tuple[OpenCatalog, ...]:
    """The catalogs of `language` that are there. Raises CatalogError with all that cannot be read."""
    found: list[OpenCatalog] = []
    faults: list[Fault] = []
    for domain in locales.domains:
        files = po_files(domain.name, language, locales.clinic)
        if not files:
            continue
        try:
            read = {path: read_catalog_file(path, language) for path in files}
            reviews = load_reviews(domain.name, language, locales.clinic)
        except CatalogError as trouble:
            faults += trouble.faults
            continue
        path = locales.po(domain.name, language)
        below = read[files[0]] if files[0] != path else _NOTHING
        found.append(OpenCatalog(path, language, domain, read.get(path, _NOTHING), below, reviews))
    CatalogError.gathered(faults)
    return tuple(found)


def exportable(locales: Locales, language: str) -> tuple[OpenCatalog, ...]:
    """The catalogs of `language`, to be written into a file of another form.

    Raises WrongUsage where there are none, CatalogError as `opened` does, and for each translation with characters that XML, and
    so neither a workbook nor XLIFF nor TMX, can hold.
    """
    found = opened(locales, language)
    if not found:
        remedy = f"handouts translate update {language} begins them."
        raise WrongUsage(Fault("the command", "has no catalogs of these documents.", remedy, "LANG", language))
    CatalogError.gathered(
        Fault(
            f"{catalog.place}, line {entry.line}",
            f"the translation holds a hidden character (U+{ord(hidden[0]):04X}).",
            "Take it out.",
        )
        for catalog in found
        for entry in catalog.entries()
        if (hidden := _NO_XML.search("".join((*entry.translations, *(text for _, text in entry.previous)))))
    )
    return found


def as_one(catalogs: Iterable[OpenCatalog]) -> PoFile:
    """The catalogs of one language in one file."""
    found = tuple(catalogs)
    entries = {entry.key: entry for catalog in found for entry in catalog.entries()}
    return PoFile(found[0].po.head or found[0].below.head, tuple(entries.values()))


def meant(locales: Locales, given: Iterable[str]) -> tuple[str, ...]:
    """The languages that are named, all that have catalogs where none is: es means es-US if there is no other Spanish.

    Raises WrongUsage for a language without a catalog.
    """
    tags = tuple(given)
    found = {tag: best_language(tag, locales.languages) for tag in tags}
    WrongUsage.gathered(
        Fault(
            "the command",
            "has no catalog.",
            f"There are {', '.join(locales.languages)}; handouts translate new adds one.",
            "LANG",
            tag,
        )
        for tag in tags
        if found[tag] is None
    )
    return tuple(dict.fromkeys(tag for tag in found.values() if tag)) or locales.languages


def _head(language: str, day: date) -> Entry:
    """The head of a new catalog, with all that Poedit, Weblate and msgfmt ask for."""
    name = _name(language)
    fields = {
        **dict(HEAD[:2]),
        "PO-Revision-Date": f"{day.isoformat()} 00:00+0000",
        "Last-Translator": "nobody yet",
        "Language-Team": name,
        **dict(HEAD[2:]),
        "Language": language.replace("-", "_"),
    }
    fields["Plural-Forms"] = _plural_forms(language)
    return head(fields, (f" {name} for Handouts.",))


def _plural_forms(language: str) -> str:
    """What gettext asks for; no message of ours has a plural form."""
    try:
        forms = get_plural(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return "nplurals=1; plural=0;"
    return f"nplurals={forms.num_plurals}; plural={forms.plural_expr};"


def _name(language: str) -> str:
    try:
        return str(Locale.parse(language, sep="-").english_name)
    except (UnknownLocaleError, ValueError):
        return cast("dict[str, str]", Locale("en").languages).get(language.partition("-")[0], language)


def _is_known(tag: str) -> bool:
    """Whether CLDR knows the language, or has a name for it in English."""
    try:
        Locale.parse(tag, sep="-")
    except ValueError:
        return False
    except UnknownLocaleError:
        return tag.partition("-")[0] in Locale("en").languages
    return True
