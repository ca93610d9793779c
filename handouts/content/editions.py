"""One clinic's editions, made once and remembered: which language serves a patient, and the wordings of each document."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, partial

from handouts.clinic import Clinic
from handouts.content.approval import Approval, load_approvals
from handouts.content.blanks import Press
from handouts.content.blocks import Edition
from handouts.content.catalog import FURNITURE, SOURCE_LANGUAGE, best_language, is_english, languages, load_catalog
from handouts.content.procedure import Procedure, load_procedure, procedures
from handouts.content.template import edition
from handouts.content.wording import Wordings
from handouts.memory import remembered

PICTURES = frozenset({".png", ".jpg", ".jpeg"})
LARGEST_PICTURE = 4 * 1024 * 1024


class Editions:
    """Everything that is known before any patient: procedures, editions and wordings of one clinic."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self._procedure = remembered()(partial(load_procedure, clinic_folder=clinic.folder))
        self._wordings = remembered()(self._wordings_of)
        self._press = remembered()(self._press_in)

    @cached_property
    def approvals(self) -> Mapping[str, Approval]:
        """The clinic's approvals, by block hash."""
        return load_approvals(self.clinic.folder)

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

    def languages(self, procedure: str) -> tuple[str, ...]:
        """The clinic's languages that the procedure and the page furniture have catalogs for."""
        both = set(languages(procedure, self.clinic.folder)) & set(languages(FURNITURE, self.clinic.folder))
        return tuple(tag for tag in self.clinic.languages if tag in both or is_english(tag))

    @property
    def english(self) -> str:
        """The clinic's English, in which a packet is made that no edition in the patient's language serves."""
        return next((tag for tag in self.clinic.languages if is_english(tag)), SOURCE_LANGUAGE)

    def language_for(self, procedure: str, wanted: str) -> str | None:
        """The tag of the edition that serves a reader of `wanted`, or None when there is none."""
        return best_language(wanted, self.languages(procedure))

    def wordings(self, procedure: str, kind: str, language: str) -> Wordings:
        """The wordings of one document; makes its edition at the first call. Raises TemplateError, CatalogError."""
        return self._wordings(procedure, kind, language)

    def press(self, language: str) -> Press:
        """How blanks and page furniture are printed in `language`."""
        return self._press(language)

    def _press_in(self, language: str) -> Press:
        return Press(load_catalog(FURNITURE, language, self.clinic.folder), self.clinic.jurisdiction)

    def _wordings_of(self, procedure: str, kind: str, language: str) -> Wordings:
        return Wordings(self._edition(procedure, kind, language), self.procedure(procedure))

    def _edition(self, procedure: str, kind: str, language: str) -> Edition:
        catalog = load_catalog(procedure, language, self.clinic.folder)
        own = {"name": self.clinic.name, "logo": self.clinic.logo, "logo_alt": self.clinic.logo_alt.get(language)}
        settings = {**self.clinic.in_language(language), **own}
        return edition(self.procedure(procedure), kind, settings, catalog)
