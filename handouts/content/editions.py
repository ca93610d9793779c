"""One clinic's editions, made once and remembered: which language serves a patient, and the wordings of each document."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from handouts.approvals import Approvals, load_approvals
from handouts.cache import NO_CACHE, Cache
from handouts.clinic import TEXTS, Clinic
from handouts.content import notice
from handouts.content.approval import not_approved
from handouts.content.blocks import BlankPlace, Block, Edition, Field, Group, Part, Text, Unset
from handouts.content.catalog import (
    FURNITURE,
    SOURCE_LANGUAGE,
    Catalog,
    Catalogs,
    best_language,
    is_english,
)
from handouts.content.clinic_texts import texts_in
from handouts.content.condition import AllOf, Among, AnyOf
from handouts.content.po import MessageKey
from handouts.content.press import Press
from handouts.content.procedure import Procedure, load_procedure, procedures
from handouts.content.wording import Wording, Wordings
from handouts.content.words import LEFT_BLANK, PRESS
from handouts.memory import remembered
from handouts.packed import Packing

if TYPE_CHECKING:
    from handouts.content.messages import Message

PICTURES = frozenset({".png", ".jpg", ".jpeg"})
LARGEST_PICTURE = 4 * 1024 * 1024
_PACKING = Packing((Edition, Group, Block, Part, Text, BlankPlace, Field, Unset, Among, AllOf, AnyOf, Catalog))
_TAGS = 1024
"""For how many languages of patients it is remembered which of the clinic's serves them."""


class Editions:
    """Everything that is known before any patient: procedures, editions and wordings of one clinic.

    Editions that `cache` has of an earlier process are taken over. `catalogs` are the clinic's, if no others are given.
    """

    def __init__(self, clinic: Clinic, cache: Cache = NO_CACHE, catalogs: Catalogs | None = None) -> None:
        self.clinic = clinic
        self.cache = cache
        self._catalogs = catalogs or Catalogs(clinic.folder)
        self._procedure = remembered()(partial(load_procedure, clinic_folder=clinic.folder))
        self._wordings = remembered()(self._wordings_of)
        self._critical = remembered()(self._critical_of)
        self._catalog = remembered()(self._catalog_of)
        self._press = remembered()(self._press_in)
        self._version = remembered()(self._version_of)
        self._languages = remembered()(self._languages_of)
        self._texts = remembered()(self._texts_in)
        self._best_language = remembered(_TAGS)(best_language)

    @cached_property
    def approvals(self) -> Approvals:
        """The clinic's approvals."""
        return load_approvals(self.clinic.folder)

    def not_approved(self, wording: Wording, day: date) -> tuple[str, ...]:
        """What stands between `wording` and a final print on `day`, as `approval.not_approved` says it."""
        version = "" if wording.edition.kind == notice.KIND else self.version_sha256(wording.edition.procedure)
        return not_approved(wording, self.clinic, self.approvals, day, version)

    def version_sha256(self, procedure: str) -> str:
        """The hash people approve of the version of a procedure's templates. Raises TemplateError."""
        return self._version(procedure)

    @cached_property
    def pictures(self) -> Mapping[str, bytes]:
        """The pictures in the clinic's folder, by name; templates name them, and nothing else is ever opened as a picture."""
        found = (path for path in self.clinic.folder.iterdir() if path.suffix.lower() in PICTURES and path.is_file())
        return {path.name: path.read_bytes() for path in sorted(found) if path.stat().st_size <= LARGEST_PICTURE}

    @property
    def procedures(self) -> tuple[str, ...]:
        """The ids of the procedures the clinic can make packets for."""
        return procedures(self.clinic.folder)

    def procedure(self, name: str) -> Procedure:
        """The procedure `name`; raises TemplateError."""
        return self._procedure(name)

    def kinds(self, procedure: str) -> tuple[str, ...]:
        """The documents of a packet of `procedure`, in order; last the notice of language assistance where the clinic has one."""
        return (*self.procedure(procedure).kinds, *([notice.KIND] if self.has_notice else ()))

    @cached_property
    def has_notice(self) -> bool:
        """Whether the notice of language assistance is the clinic's to give: in the United States, unless it says otherwise."""
        return self.clinic.jurisdiction == "US" and bool(
            self.clinic.value("language_notice") and self.clinic.value("state")
        )

    @property
    def without_notice(self) -> tuple[str, ...]:
        """Languages of the clinic's state in which there is no text of the notice. Raises SettingError for an unknown state."""
        return notice.lacking(str(self.clinic.value("state")), self._catalogs)

    def languages(self, procedure: str) -> tuple[str, ...]:
        """The clinic's languages that the procedure and the page furniture have catalogs for."""
        return self._languages(procedure)

    @cached_property
    def english(self) -> str:
        """The clinic's English, in which a packet is made that no edition in the patient's language serves."""
        return next((tag for tag in self.clinic.languages if is_english(tag)), SOURCE_LANGUAGE)

    def language_for(self, procedure: str, wanted: str) -> str | None:
        """The tag of the edition that serves a reader of `wanted`, or None when there is none."""
        return self._best_language(wanted, self.languages(procedure))

    def wordings(self, procedure: str, kind: str, language: str) -> Wordings:
        """The wordings of one document; makes its edition at the first call. Raises TemplateError, CatalogError.

        The notice of language assistance is the same in every language.
        """
        return self._wordings(procedure, kind, SOURCE_LANGUAGE if kind == notice.KIND else language)

    def press(self, language: str) -> Press:
        """How blanks and page furniture are printed in `language`."""
        return self._press(language)

    def left_blank(self, language: str) -> str | None:
        """What a page that is blank on purpose says in `language`; None where nobody has said or reviewed it.

        Raises CatalogError for a catalog that cannot be read.
        """
        if is_english(language):
            return LEFT_BLANK
        if language not in self._catalogs.languages(PRESS):
            return None
        catalog = self._catalogs.load(PRESS, language)
        return None if ("", LEFT_BLANK) in catalog.blocked else catalog.translated(LEFT_BLANK)

    def _languages_of(self, procedure: str) -> tuple[str, ...]:
        both = set(self._catalogs.languages(procedure)) & set(self._catalogs.languages(FURNITURE))
        return tuple(tag for tag in self.clinic.languages if tag in both or is_english(tag))

    def _version_of(self, procedure: str) -> str:
        return self.procedure(procedure).sha256()

    def _press_in(self, language: str) -> Press:
        def made_of() -> str:
            files = self._catalogs.files(FURNITURE, language)
            hashes = _hashes(files)
            return repr((language, hashes)) if any(hashes) else ""

        def make() -> Catalog:
            return self._catalogs.load(FURNITURE, language)

        return Press(self.cache.value("catalog", made_of, _PACKING, make), self.clinic.jurisdiction)

    def messages(self, procedure: str) -> Sequence[Message]:
        """Every message of the procedure's templates; raises TemplateError."""
        from handouts.content.messages import messages_of  # noqa: PLC0415 - Jinja is loaded where a template is read

        return messages_of(self.procedure(procedure))

    def _critical_of(self, procedure: str) -> frozenset[MessageKey]:
        return frozenset(message.key for message in self.messages(procedure) if message.critical)

    def _wordings_of(self, procedure: str, kind: str, language: str) -> Wordings:
        return Wordings(self._edition(procedure, kind, language), self.procedure(procedure))

    def _edition(self, procedure: str, kind: str, language: str) -> Edition:
        if kind == notice.KIND:
            return self._notice(procedure)
        declared = self.procedure(procedure)
        settings = texts_in(self.clinic, language, self._texts(language))

        def made_of() -> str:
            files = self._catalogs.files(procedure, language)
            return _made_of(declared, kind, settings, language, files)

        def make() -> Edition:
            from handouts.content.template import edition  # noqa: PLC0415 - Jinja is loaded where a template is rendered

            read = repr(_hashes(self._catalogs.files(procedure, language)))
            return edition(declared, kind, settings, self._catalog(procedure, language, read))

        return self.cache.value("edition", made_of, _PACKING, make)

    def _catalog_of(self, procedure: str, language: str, read: str) -> Catalog:
        """The catalog of a procedure's messages; `read` are the hashes of its files."""
        _ = read
        critical: frozenset[MessageKey] = frozenset() if is_english(language) else self._critical(procedure)
        return self._catalogs.load(procedure, language, critical)

    def logo_words(self, language: str) -> str:
        """What the clinic's logo shows, in `language`; in English where nobody has said it there."""
        said = self.clinic.logo_alt
        if language in said:
            return said[language]
        texts = self._texts(language)
        return (texts and texts.translated(said[self.clinic.english])) or said[self.clinic.english]

    def _texts_in(self, language: str) -> Catalog | None:
        """The catalog of the clinic's own texts in `language`, if it has one."""
        there = not is_english(language) and language in self._catalogs.languages(TEXTS)
        return self._catalogs.load(TEXTS, language) if there else None

    def _notice(self, procedure: str) -> Edition:
        state = str(self.clinic.value("state"))

        def made_of() -> str:
            read = notice.state_of(state)
            hashes = _hashes(*(self._catalogs.files(notice.DOMAIN, language) for language in read.languages))
            return repr((procedure, read, hashes)) if hashes else ""

        return self.cache.value("notice", made_of, _PACKING, lambda: notice.notice(procedure, state, self._catalogs))


def _made_of(
    procedure: Procedure, kind: str, settings: Mapping[str, object], language: str, catalog: Iterable[Path]
) -> str:
    """All that an edition is made of, beside the program: what is declared and set, and what stands in its files.

    "" if a file cannot be read; who makes the edition says so.
    """
    templates = [sorted(folder.glob("*.html")) for folder in procedure.folders]
    read = _hashes(*templates, catalog)
    return repr((procedure.id, procedure.declared, procedure.place, kind, language, settings, read)) if read else ""


def _hashes(*groups: Iterable[Path]) -> list[list[tuple[str, str]]]:
    """The names of files with the hashes of what stands in them, group by group; none if one cannot be read."""
    try:
        return [[(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in group] for group in groups]
    except OSError:
        return []
