"""One appointment → its packet: facts, wording, galleys, master, stamped bytes; the one place that joins the stages."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from itertools import chain

from handouts.appointment import Appointment
from handouts.around import Around, Texts, around, both, furniture_of, mark_of, page
from handouts.clinic import TEXTS
from handouts.content import notice, words
from handouts.content.answers import answered
from handouts.content.blanks import blanks
from handouts.content.blocks import Edition
from handouts.content.case import Case
from handouts.content.catalog import is_english, place_of
from handouts.content.clinic_texts import CONTEXT
from handouts.content.editions import LARGEST_PICTURE, Editions
from handouts.content.facts import Finding, finding
from handouts.content.press import Press
from handouts.content.procedure import Procedure
from handouts.content.wording import Wording
from handouts.errors import CatalogError, Fault, NotAllowed, RefusedAppointment, SettingError, WrongUsage
from handouts.gate import DRAFT, GENERATED, SAMPLE, across, instead_of, notice_left_out, unreviewed_in, unusable
from handouts.letters import undrawable, without_glyphs
from handouts.memory import forgetting, remembered
from handouts.packed import Packing
from handouts.pdf import Filled, Signing, fill, stamp
from handouts.pdf.images import require_whole
from handouts.plates import Look, Plates
from handouts.typeset.arrangement import set_filled
from handouts.typeset.furniture import Logo
from handouts.typeset.pictures import pixel_size
from handouts.typeset.standing import set_furniture
from handouts.typeset.style import LETTER, Paper, Style
from handouts.typeset.values import Values
from handouts.typeset.variant import BILINGUAL, STANDARD

_NO_PICTURE = f"no picture (.png, .jpg) of at most {LARGEST_PICTURE // 2**20} MB"
_NOTHING = Packing(())
_WORDINGS = 128
"""For how many wordings it is remembered what keeps them from being final."""
_AROUND = 128
"""Of how many documents it is remembered what stands around them."""
DEMO = "nothing of a demo clinic can be approved"
UNAPPROVED = "no clinician has approved this packet"


@dataclass(frozen=True)
class Options:
    """How packets are made: which documents (none named: all), a language for everybody, paper and look, pages too.

    `bilingual` sets the patient's language and the clinic's English side by side where they differ. With `drafts`, a language
    whose translation nobody has reviewed is printed all the same, as a draft that says so; with `unapproved`, every document is
    a draft at most, as no clinician has approved the packet.
    """

    kinds: tuple[str, ...] = ()
    language: str | None = None
    paper: Paper = LETTER
    style: Style = STANDARD
    html: bool = False
    drafts: bool = False
    unapproved: bool = False

    @property
    def bilingual(self) -> bool:
        """Whether two languages are asked for."""
        return self.style is BILINGUAL


@dataclass(frozen=True)
class Document:
    """One finished paper of a packet, in one language or in two; `reasons` say what keeps it from being more than a draft.

    `version` is the hash on its pages, `filled` what the file was written from, for a print file.
    """

    kind: str
    pdf: bytes
    pages: int
    wordings: tuple[Wording, ...]
    status: str
    reasons: tuple[str, ...]
    filled: Filled
    html: bytes = b""
    version: str = ""

    @property
    def wording(self) -> Wording:
        """The wording in the patient's language."""
        return self.wordings[0]

    @cached_property
    def sha256(self) -> str:
        """The hash of the file."""
        return hashlib.sha256(self.pdf).hexdigest()


@dataclass(frozen=True)
class Packet:
    """The documents of one appointment, with what they were made from: facts, what staff must know, printed blanks.

    `texts` are the blanks as printed in each language; `notice_left_out` says why the notice of language assistance is not in it.
    """

    packet_id: str
    appointment_id: str
    finding: Finding
    texts: Mapping[str, Mapping[str, str]]
    documents: tuple[Document, ...]
    notice_left_out: str = ""

    @property
    def language(self) -> str:
        """The language it is in; with two, the patient's."""
        return next(iter(self.texts))

    @property
    def printed(self) -> Mapping[str, str]:
        """The blanks as printed in that language."""
        return self.texts[self.language]

    @property
    def status(self) -> str:
        """The least finished status of its documents."""
        return min((document.status for document in self.documents), key=(SAMPLE, DRAFT, GENERATED).index)


@dataclass(frozen=True)
class Said:
    """What a packet says before any page of it is set: cheap to find out, and all that its pages follow from.

    `wordings` has those of each document, the patient's language first; `notice_left_out` is as in `Packet`.
    """

    packet_id: str
    languages: tuple[str, ...]
    case: Case
    finding: Finding
    wordings: Mapping[str, tuple[Wording, ...]]
    notice_left_out: str = ""


class PacketMaker:
    """Makes packets for one clinic; what does not depend on a patient is made once and remembered."""

    def __init__(self, editions: Editions, options: Options) -> None:
        self.editions = editions
        self.options = options
        self._logo = logo_of(editions)
        self._plates = Plates(editions)
        self._lacking = remembered(_WORDINGS)(self._lacking_on)
        self._around = remembered(_AROUND)(self._around_in)

    @cached_property
    def of_drafts(self) -> PacketMaker:
        """What makes the same packets as drafts, as no clinician has approved them; in languages too that nobody has reviewed."""
        clinic = self.editions.clinic
        own = clinic.with_languages(*clinic.translated)
        editions = self.editions if own is clinic else Editions(own, self.editions.cache)
        return PacketMaker(editions, replace(self.options, drafts=True, unapproved=True))

    def __call__(self, appointment: Appointment, now: datetime, decided: Collection[str] = ()) -> Packet:
        """The packet of `appointment` as of `now` (aware).

        `decided` are the ids of concerns on which a clinician has decided: they make a packet a draft no more, and change nothing
        else. Raises RefusedAppointment for an appointment of which no packet may be made, ContentError for content that is missing.
        """
        said = self.said(appointment, now, decided)
        case, found = said.case, said.finding
        texts = self._texts(said)
        known = Values()
        phone = {"clinic_phone": texts[said.languages[0]]["clinic_phone"]}
        documents: list[Document] = []
        for kind, wordings in said.wordings.items():
            everywhere = {block.language: phone for block in wordings[0].blocks} if kind == notice.KIND else texts
            documents.append(self._document(wordings, everywhere, case, found, texts, known))
        return Packet(said.packet_id, appointment.id, found, texts, tuple(documents), said.notice_left_out)

    def said(self, appointment: Appointment, now: datetime, decided: Collection[str] = ()) -> Said:
        """What the packet of `appointment` says as of `now`, without its pages; arguments and errors as of a call."""
        procedure = self.editions.procedure(appointment.procedure)
        RefusedAppointment.gathered(without_glyphs(appointment))
        languages, case, found = self._in_a_language(appointment, procedure, now)
        packet_id = opaque_id(case.clinic.id, appointment.id, appointment.revision)
        left_out = notice_left_out(case)
        wordings = {
            kind: self._wordings(kind, languages[:1] if kind == notice.KIND else languages, found, procedure.id)
            for kind in self.kinds(procedure.id)
            if kind != notice.KIND or not left_out
        }
        return Said(packet_id, languages, case, found.with_decisions(decided), wordings, left_out)

    def unfinished(self, said: Said, kind: str) -> tuple[str, ...]:
        """What keeps the document `kind` a draft beside what a clinician must decide: its translation, what is not approved."""
        unreviewed, unapproved = self._lacking(said.wordings[kind], said.languages, said.case.now.date())
        return (*unreviewed, *unapproved)

    def answered(
        self,
        appointment: Appointment,
        now: datetime,
        kind: str,
        answers: Mapping[str, str],
        decided: Collection[str] = (),
    ) -> Document:
        """The document `kind` of the packet made at `now`, with `answers` set into its pages by the names of its fields.

        Nothing is left to fill in: only signatures are form fields. What was answered is in the pages alone, and is not remembered:
        the wordings are those that were approved, and there is no page for screens. Raises WrongUsage for answers that the document
        does not take (`content/answers.py`), NotAllowed for one that is no more than a draft or a sample, and as a call does.
        """
        said = self.said(appointment, now, decided)
        case, found, texts = said.case, said.finding, self._texts(said)
        if kind not in self.editions.procedure(appointment.procedure).kinds:
            known = ", ".join(self.editions.procedure(appointment.procedure).kinds)
            fault = Fault("the command", "no such document is filled in.", f"Known: {known}.", value=kind)
            raise WrongUsage(fault)
        wordings = said.wordings[kind]
        given = dict(answers)
        filled = tuple(answered(wording, given) for wording in wordings)
        status, reasons, _ = self._standing(wordings, said.languages, case, found)
        if status != GENERATED:
            where = f'{kind} of appointment "{appointment.id}"'
            remedy = "Have it approved and decided first; nothing else is signed."
            raise NotAllowed(*(Fault(where, f"it is not final: {reason}.", remedy) for reason in reasons))
        RefusedAppointment.gathered(undrawable(f"answers of {kind}", given.items()))
        return self._document(wordings, texts, case, found, texts, Values(), filled)

    def _texts(self, said: Said) -> Texts:
        """The blanks of a packet as printed in each of its languages."""
        return Texts(blanks(said.case, said.packet_id), self._presses(said.languages), said.case.appointment)

    def _presses(self, languages: Iterable[str]) -> list[Press]:
        return [self.editions.press(tag) for tag in languages]

    def kinds(self, procedure: str) -> tuple[str, ...]:
        """The documents of a packet of `procedure` that are made."""
        there = self.editions.kinds(procedure)
        return tuple(kind for kind in there if kind in (self.options.kinds or there))

    def languages(self, appointment: Appointment) -> tuple[str, ...]:
        """The languages its packet can be made in, the one to try first: the patient's or the one for everybody; then English."""
        wanted = self.options.language or appointment.patient.language
        language = self.editions.language_for(appointment.procedure, wanted) or self.editions.english
        instead = [tag for tag in self.editions.clinic.languages if is_english(tag)][:1]
        return tuple(dict.fromkeys((language, *instead)))

    def _in_a_language(
        self, appointment: Appointment, procedure: Procedure, now: datetime
    ) -> tuple[tuple[str, ...], Case, Finding]:
        """The languages of its packet, and what is found out for them: two where two are asked for, the patient's first.

        A language is taken only if every message of the documents is reviewed in it, or, for `drafts`, at least translated; else the
        whole packet is in English, or refused where the clinic wants that. Raises RefusedAppointment, and CatalogError that
        lists the messages.
        """
        own = self.editions.language_for(procedure.id, appointment.patient.language)

        def found_in(language: str) -> tuple[Case, Finding]:
            own_language = own == language or not is_english(language)
            case = Case(appointment, self.editions.clinic, now, own_language=own_language)
            return case, finding(case, procedure)

        language, *instead = self.languages(appointment)
        case, found = found_in(language)
        if lacking := self._blocked(language, procedure, found):
            if not instead or case.value("untranslated") == "refuse":
                raise CatalogError(*lacking)
            language = instead[0]
            case, found = found_in(language)
            found = replace(found, warnings=(*found.warnings, instead_of(language, lacking)))
        both = (language, self.editions.english) if self.options.bilingual else (language,)
        return tuple(dict.fromkeys(both)), case, found

    def _blocked(self, language: str, procedure: Procedure, found: Finding) -> Sequence[Fault]:
        """The messages that keep the documents for these facts from being printed in `language`, each with what to do."""
        if is_english(language):
            return ()
        kinds = [kind for kind in self.kinds(procedure.id) if kind != notice.KIND]
        catalog = self.editions.press(language).words
        wordings = [self._wordings(kind, (language,), found, procedure.id)[0] for kind in kinds]
        place, texts = (place_of(language, f"{domain}.po") for domain in (procedure.id, TEXTS))
        needed = dict.fromkeys(catalog.blocked, catalog.place)
        needed |= {key: texts if key[0] == CONTEXT else place for each in wordings for key in each.unreviewed}
        missing = {*catalog.untranslated, *chain.from_iterable(wording.edition.untranslated for wording in wordings)}
        return [
            unusable(where, key, translated=key not in missing)
            for key, where in sorted(needed.items())
            if not self.options.drafts or key in missing
        ]

    def _wordings(self, kind: str, languages: Iterable[str], found: Finding, procedure: str) -> tuple[Wording, ...]:
        """What the document `kind` says for these facts, in each of the languages."""
        return tuple(self.editions.wordings(procedure, kind, tag)(found.facts, found.items) for tag in languages)

    def _document(
        self,
        wordings: tuple[Wording, ...],
        printed: Mapping[str, Mapping[str, str]],
        case: Case,
        found: Finding,
        texts: Texts,
        known: Values,
        filled_in: tuple[Wording, ...] = (),
    ) -> Document:
        """One document in its languages, the patient's first, with its blanks as `printed` in each.

        `texts` say what stands around it, `known` is what the packet's documents share. `filled_in` are its wordings with the answers
        of people, where they have answered.
        """
        languages = tuple(texts)
        status, reasons, unreviewed = self._standing(wordings, languages, case, found)
        editions = tuple([wording.edition for wording in wordings])
        given, look = self._around(editions, languages, status, unreviewed, bool(filled_in))
        furniture = furniture_of(given, wordings, texts, status, case.appointment)
        shown, paper, style = filled_in or wordings, look.paper, look.style
        try:
            with forgetting() if filled_in else nullcontext():
                arranged = self._plates.arranged(shown, paper, style)
                blocks = set_filled(arranged, printed, known)
            standing = set_furniture(furniture, paper.measure, style, known)
            plate = self._plates.plate(arranged, blocks, standing, look, shown)
            filled = fill(plate, blocks, standing, known)
        except RefusedAppointment as trouble:
            raise _of(case.appointment, trouble) from None
        html = page(wordings, printed, furniture, look.mark) if self.options.html and not filled_in else b""
        kind, pages, version = wordings[0].edition.kind, len(plate.pages), furniture.values["version"]
        return Document(kind, stamp(filled), pages, wordings, status, reasons, filled, html, version)

    def _standing(
        self, wordings: tuple[Wording, ...], languages: tuple[str, ...], case: Case, found: Finding
    ) -> tuple[str, tuple[str, ...], bool]:
        """What a document is good for, what keeps it from being more, and whether that is a translation nobody has reviewed."""
        unreviewed, lacking = self._lacking(wordings, languages, case.now.date())
        unapproved = (UNAPPROVED,) if self.options.unapproved else ()
        reasons = (*unreviewed, *lacking, *found.blocking, *unapproved)
        return SAMPLE if case.clinic.demo else DRAFT if reasons else GENERATED, reasons, bool(unreviewed)

    def _lacking_on(
        self, wordings: tuple[Wording, ...], languages: tuple[str, ...], day: date
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What keeps a document from being final on `day`, of its translation and of what is to be approved."""
        unreviewed = unreviewed_in(wordings, self._presses(languages))
        if self.editions.clinic.demo:
            return unreviewed, (DEMO,)
        lacking = (self.editions.not_approved(each, day) for each in wordings)
        return unreviewed, tuple(dict.fromkeys(chain.from_iterable(lacking)))

    def _around_in(
        self, editions: tuple[Edition, ...], languages: tuple[str, ...], status: str, unreviewed: bool, answered: bool
    ) -> tuple[Around, Look]:
        """What stands on every page of a document without what is one packet's own, and how it looks."""
        presses, edition = self._presses(languages), editions[0]
        mark = mark_of(across(status, unreviewed=unreviewed), presses)
        instead = both((press.word(words.NOT_TO_SIGN) for press in presses), languages[0])
        signing = Signing(not unreviewed and status != DRAFT, instead, languages[0], answered=answered)
        style = self.options.style if len(editions) > 1 or not self.options.bilingual else STANDARD
        number = self.editions.kinds(edition.procedure).index(edition.kind) + 1
        return around(editions, presses, self._logo, number), Look(self.options.paper, style, mark, signing)


def logo_of(editions: Editions) -> Mapping[str, Logo]:
    """The clinic's logo with its words in each language; none if it has no logo.

    Raises SettingError for a picture that is neither PNG nor JPEG, or too large to be taken as one.
    """
    clinic = editions.clinic
    if not clinic.logo:
        return {}
    try:
        content = editions.pictures[clinic.logo]
        pixel_size(content)
        editions.cache.value(
            "whole", lambda: hashlib.sha256(content).hexdigest(), _NOTHING, lambda: require_whole(content)
        )
    except (KeyError, ValueError) as trouble:
        problem = f"{clinic.logo} cannot be printed: {_NO_PICTURE if isinstance(trouble, KeyError) else trouble}."
        fault = Fault("clinic.toml", problem, "Save the picture as PNG or JPEG.", field="clinic.logo")
        raise SettingError(fault) from None
    return {language: Logo(content, editions.logo_words(language)) for language in clinic.languages}


def opaque_id(clinic: str, appointment: str, revision: int) -> str:
    """The packet's id: 16 letters and digits, the same for the same appointment and revision, telling nothing of either."""
    digest = hashlib.sha256(f"packet\n{clinic}\n{appointment}\n{revision}".encode()).digest()
    return base64.b32encode(digest[:10]).decode().lower()


def _of(appointment: Appointment, trouble: RefusedAppointment) -> RefusedAppointment:
    """The faults that the typesetter found, told of the appointment they are in."""
    return RefusedAppointment(
        *(replace(f, where=f'appointment "{appointment.id}"', field=f.field or f.where) for f in trouble.faults)
    )
