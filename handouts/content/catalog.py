"""locales/ → Catalog: a language's messages, none of them fuzzy, empty or missing, and which of them nobody has reviewed."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from handouts import builtin
from handouts.content.cldr import PSEUDO, language_and_script
from handouts.content.po import PLACE, MessageKey, PoFile, read_po, short
from handouts.content.reviews import Reviews, State, read_reviews, record_beside
from handouts.errors import CatalogError, Fault

SOURCE_LANGUAGE = "en"
FURNITURE = "handouts"
_NEGATIVE = re.compile(r"\b(not|no|nothing|never|nobody|none|without|cannot|nor|neither)\b|n['’]t\b", re.IGNORECASE)
_TAG = re.compile(r"</?strong>|<a href=\"[^\"<>]*\">|</a>")
CODE = re.compile(rf"%\(\w+\)s|{_TAG.pattern}")
"""What is no word of a message: places and markup."""


@dataclass(frozen=True)
class Catalog:
    """The messages of one domain in one language.

    `untranslated` are those that stand in the file but cannot be used, `unreviewed` those whose translation nobody has approved yet,
    or not enough people.
    """

    language: str
    messages: Mapping[MessageKey, str] = field(repr=False)
    untranslated: tuple[MessageKey, ...] = ()
    unreviewed: tuple[MessageKey, ...] = ()
    place: str = ""

    @cached_property
    def blocked(self) -> frozenset[MessageKey]:
        """The messages that no final document may hold."""
        return frozenset((*self.untranslated, *self.unreviewed))

    def translated(self, source: str, context: str = "") -> str | None:
        """`source` in the catalog's language; None when the catalog has no usable translation of it."""
        if is_english(self.language):
            return source
        return self.messages.get((context, source))


class Catalogs:
    """Where the catalogs of a clinic come from: its files, over those of the program."""

    def __init__(self, clinic_folder: Path | None) -> None:
        self._folder = clinic_folder

    def languages(self, domain: str) -> tuple[str, ...]:
        """The languages that have a catalog of `domain`, English first."""
        return languages(domain, self._folder)

    def files(self, domain: str, language: str) -> tuple[Path, ...]:
        """The files that a catalog is made of."""
        return catalog_files(domain, language, self._folder)

    def load(self, domain: str, language: str, critical: Collection[MessageKey] = frozenset()) -> Catalog:
        """The catalog; raises CatalogError as `load_catalog` does."""
        return load_catalog(domain, language, self._folder, critical)


def is_english(tag: str) -> bool:
    """Whether `tag` is English of any region: the language the templates are written in, which needs no catalog."""
    return tag.partition("-")[0] == SOURCE_LANGUAGE and tag not in PSEUDO


def source_catalog(tag: str = SOURCE_LANGUAGE) -> Catalog:
    """The catalog of English as in `tag`: dates and times are that region's, sentences are the templates'."""
    return Catalog(tag, {})


def languages(domain: str, clinic_folder: Path | None) -> tuple[str, ...]:
    """The languages that have a catalog of `domain`, English first."""
    found = {p.parent.parent.name for root in _roots(clinic_folder) for p in root.glob(f"*/LC_MESSAGES/{domain}.po")}
    return (SOURCE_LANGUAGE, *sorted(found - {SOURCE_LANGUAGE}))


def catalog_files(domain: str, language: str, clinic_folder: Path | None) -> tuple[Path, ...]:
    """The files that the catalog of `domain` in `language` is read from, and the records of its reviews."""
    records = (record_beside(path) for path in _places(domain, language, clinic_folder))
    return (*po_files(domain, language, clinic_folder), *(path for path in records if path.is_file()))


def po_files(domain: str, language: str, clinic_folder: Path | None) -> tuple[Path, ...]:
    """The PO files of `domain` in `language`, the built-in before the clinic's; English needs none."""
    return tuple(path for path in _places(domain, language, clinic_folder) if path.is_file())


def load_reviews(domain: str, language: str, clinic_folder: Path | None) -> Reviews:
    """Who reviewed which translation of `domain` in `language`, here and at the clinic. Raises CatalogError for a bad line.

    A review is of a translation, whichever file it stands in: a clinic's record may be of what comes with the program.
    """
    records = [record_beside(path) for path in _places(domain, language, clinic_folder)]
    return Reviews(tuple(line for path in records for line in read_reviews(path, place_of(language, path.name)).lines))


def _places(domain: str, language: str, clinic_folder: Path | None) -> tuple[Path, ...]:
    """Where PO files of `domain` in `language` can be."""
    if is_english(language):
        return ()
    return tuple(root / language / "LC_MESSAGES" / f"{domain}.po" for root in reversed(_roots(clinic_folder)))


def load_catalog(
    domain: str, language: str, clinic_folder: Path | None, critical: Collection[MessageKey] = frozenset()
) -> Catalog:
    """The catalog of `domain` (a procedure, or the page furniture) in `language`, the clinic's messages over the built-in.

    Fuzzy messages are never used; with the empty ones they are listed in `untranslated`. `critical` messages, and those that say
    no, need two reviewers. Raises CatalogError for a file that cannot be read, and for every translation that loses or adds a
    blank, a number or markup, with the line.
    """
    if is_english(language):
        return source_catalog(language)
    states: dict[MessageKey, State] = {}
    messages: dict[MessageKey, str] = {}
    place = place_of(language, f"{domain}.po")
    files = po_files(domain, language, clinic_folder)
    if not files:
        raise CatalogError(
            Fault(f"locales/{language}", f"there is no {domain}.po.", "Add one, or take another language.")
        )
    reviews = load_reviews(domain, language, clinic_folder)
    faults: list[Fault] = []
    for path in files:
        for entry in read_catalog_file(path, language).standing.values():
            if not entry.translation:
                states.setdefault(entry.key, State.EMPTY)
                continue
            said = f'the translation of "{short(entry.source)}"'
            told = unfaithful(entry.source, entry.translation)
            faults += [Fault(f"{place}, line {entry.line}", f"{said} {problem}", remedy) for problem, remedy in told]
            messages[entry.key] = entry.translation
            states[entry.key] = reviews.state(entry, needs_two=needs_two(entry.source, critical=entry.key in critical))
    CatalogError.gathered(faults)
    left = tuple(key for key in states if key not in messages)
    unreviewed = tuple(key for key in messages if states[key] != State.REVIEWED)
    return Catalog(language, messages, left, unreviewed, place)


def needs_two(source: str, *, critical: bool) -> bool:
    """Whether two people must review each translation of an English sentence (CLINICAL H6)."""
    return critical or is_negative(source)


def is_negative(source: str) -> bool:
    """Whether an English sentence holds a word of negation."""
    return bool(_NEGATIVE.search(source))


def negations(source: str) -> int:
    """How many words of negation an English sentence holds."""
    return len(_NEGATIVE.findall(source))


def place_of(language: str, name: str) -> str:
    """How a file of a catalog is named in faults: by its place below a folder of locales."""
    return f"locales/{language}/LC_MESSAGES/{name}"


def read_catalog_file(path: Path, language: str) -> PoFile:
    """A PO file of `language`; raises CatalogError as `read_po` does, and for one that cannot be read."""
    place = place_of(language, path.name)
    try:
        content = path.read_bytes()
    except OSError as trouble:
        raise CatalogError(Fault(place, f"it cannot be read: {trouble.strerror}.", "Allow reading it.")) from None
    return read_po(content, place)


def best_language(wanted: str, available: tuple[str, ...]) -> str | None:
    """The tag among `available` that serves a reader of `wanted`: the same tag, or the same language and script.

    By language and likely script, so that es-MX is served by es-US, but zh-TW is not by zh-Hans. A region does not matter:
    pt-BR serves a reader of pt-PT, and fr a reader of fr-CA, who read it well, while English would leave them without a word.
    Where several would do, the first of `available` does: the clinic's own order.
    """
    wanted = re.split(r"-[0-9a-wyzA-WYZ]-|-[xX]-", wanted)[0]  # BCP 47 extensions and private use choose no catalog
    if wanted in available:
        return wanted
    same = [tag for tag in available if tag not in PSEUDO and language_and_script(tag) == language_and_script(wanted)]
    return same[0] if same else None


def _roots(clinic_folder: Path | None) -> tuple[Path, ...]:
    own = (clinic_folder / "locales",) if clinic_folder else ()
    return (*own, builtin.locales())


def unfaithful(source: str, text: str) -> Iterator[tuple[str, str]]:
    """What a translation `text` has that its `source` does not have, or the other way round, each with what to do."""
    percent = "%" in PLACE.sub("", text.replace("%%", ""))
    if percent or Counter(PLACE.findall(source)) != Counter(PLACE.findall(text)):
        remedy = "Write each %(name)s as often as the source, and %% for a percent sign."
        yield "does not have the same blanks.", remedy
    if set(_TAG.findall(source)) != set(_TAG.findall(text)) or re.search("[<>]|&#?[A-Za-z0-9]+;", _TAG.sub("", text)):
        yield "does not have the same markup.", "Write its tags as the source has them."
    for character in text:
        category = unicodedata.category(character)
        if category in {"Nd", "Nl", "No"} and character not in source:
            yield f'holds the digit "{character}".', "A number is a blank."
            return
        if category in {"Co", "Cs"} or (category == "Cc" and character not in "\n\t"):
            yield f"holds a hidden character (U+{ord(character):04X}).", "Take it out."
            return
