"""The disclosure that people accept before they sign on a screen (E-SIGN, 15 USC 7001(c)): the clinic's text, by its version."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from handouts.approvals import load_approvals
from handouts.clinic import FILE, Clinic
from handouts.content.approval import State, setting_of, standing
from handouts.errors import ContentError, Fault, NotAllowed, SettingError
from handouts.record.form import Form
from handouts.record.standing import Makers
from handouts.settings import in_language

SETTING = "esign_disclosure"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The text in one language, and its version: eight digits that change with every letter of it."""

    text: str
    language: str

    @property
    def version(self) -> str:
        """What is accepted."""
        return hashlib.sha256(f"{self.language}\n{self.text}".encode()).hexdigest()[:8]


def disclosure(clinic: Clinic, language: str) -> Disclosure:
    """The clinic's disclosure in `language`. Raises SettingError where it has none: then people sign on paper."""
    text = clinic.value(SETTING)
    if text is None:
        remedy = "Set it and have it approved; or have people sign on paper, and record that (handouts sign record)."
        raise SettingError(Fault(FILE, "is not set, so nobody can sign on a screen.", remedy, SETTING))
    try:
        return Disclosure(str(in_language(text, language)), language)
    except KeyError:
        problem = f"does not say it in {language}, so nobody can sign a document in that language on a screen."
        raise SettingError(Fault(FILE, problem, "Add the text in that language, or sign on paper.", SETTING)) from None


def require_accepted(makers: Makers, found: Form, accepted: str, day: date) -> None:
    """Raises NotAllowed where the disclosure in the document's language was not accepted, ContentError where nobody approved it."""
    said = disclosure(makers.clinic, found.wording.edition.language)
    setting = makers.clinic.settings[SETTING]
    approved = standing(setting_of(setting), makers.clinic, load_approvals(makers.clinic.folder), day)
    if approved.state != State.APPROVED:
        remedy = "Have it approved (handouts review content); or sign on paper."
        raise ContentError(Fault(FILE, f"is not what was approved ({approved.told}).", remedy, SETTING))
    if accepted != said.version:
        problem = "is signed on a screen only by who has accepted the disclosure."
        remedy = f"Show it (handouts sign disclosure PACKET), and then say --accept {said.version}; or sign on paper."
        raise NotAllowed(Fault(found.place, problem, remedy, "--accept", accepted or None))
