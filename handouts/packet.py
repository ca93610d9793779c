"""One appointment → its packet: facts, wording, galleys, master, stamped bytes; the one place that joins the stages."""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from operator import itemgetter
from typing import cast

from pydantic import BaseModel

from handouts.appointment import Appointment
from handouts.content import words
from handouts.content.approval import not_approved
from handouts.content.blanks import Blank, blanks
from handouts.content.case import Case
from handouts.content.catalog import is_english
from handouts.content.editions import LARGEST_PICTURE, Editions
from handouts.content.facts import Finding, finding
from handouts.content.press import Press, all_printed
from handouts.content.wording import Wording
from handouts.errors import Fault, RefusedAppointment, SettingError
from handouts.memory import remembered
from handouts.packed import Packing
from handouts.pdf import Filled, Signing, fill, stamp
from handouts.pdf.images import require_whole
from handouts.plates import Look, Plates
from handouts.typeset.arrangement import set_filled
from handouts.typeset.bidi import isolated
from handouts.typeset.code import Code
from handouts.typeset.furniture import Furniture, Logo
from handouts.typeset.pictures import pixel_size
from handouts.typeset.standing import set_furniture
from handouts.typeset.style import LETTER, Paper, Style
from handouts.typeset.text import drawable
from handouts.typeset.values import Values
from handouts.typeset.variant import BILINGUAL, STANDARD

SAMPLE, DRAFT, GENERATED = "sample", "draft", "generated"
PRINTED = ("patient", "medicines", "escort", "representative", "interpreter")
"""The parts of an appointment whose texts stand on the pages."""
_NO_PICTURE = f"no picture (.png, .jpg) of at most {LARGEST_PICTURE // 2**20} MB"
_NOTHING = Packing(())
_WORDINGS = 512
"""For how many wordings it is remembered what keeps them from being final."""
DEMO = "nothing of a demo clinic can be approved"


@dataclass(frozen=True)
class Options:
    """How packets are made: which documents (none named: all), a language for everybody, paper and look, pages too.

    `bilingual` sets the patient's language and the clinic's English side by side where they differ.
    """

    kinds: tuple[str, ...] = ()
    language: str | None = None
    paper: Paper = LETTER
    style: Style = STANDARD
    html: bool = False

    @property
    def bilingual(self) -> bool:
        """Whether two languages are asked for."""
        return self.style is BILINGUAL


@dataclass(frozen=True)
class Document:
    """One finished paper of a packet, in one language or in two; `reasons` say what keeps it from being more than a draft.

    `filled` is what the file was written from, for a print file.
    """

    kind: str
    pdf: bytes
    pages: int
    wordings: tuple[Wording, ...]
    status: str
    reasons: tuple[str, ...]
    filled: Filled
    html: bytes = b""

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

    `texts` are the blanks as printed in each language.
    """

    packet_id: str
    appointment_id: str
    finding: Finding
    texts: Mapping[str, Mapping[str, str]]
    documents: tuple[Document, ...]

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


class PacketMaker:
    """Makes packets for one clinic; what does not depend on a patient is made once and remembered."""

    def __init__(self, editions: Editions, options: Options) -> None:
        self.editions = editions
        self.options = options
        self._logo = logo_of(editions)
        self._plates = Plates(editions)
        self._lacking = remembered(_WORDINGS)(self._lacking_on)
        self._lines = remembered(_WORDINGS)(self._lines_in)

    def __call__(self, appointment: Appointment, now: datetime) -> Packet:
        """The packet of `appointment` as of `now` (aware).

        Raises RefusedAppointment for an appointment of which no packet may be made, ContentError for content that is missing.
        """
        clinic = self.editions.clinic
        procedure = self.editions.procedure(appointment.procedure)
        own = self.editions.language_for(procedure.id, appointment.patient.language)
        languages = self.languages(appointment)
        RefusedAppointment.gathered(_without_glyphs(appointment))
        own_language = own == languages[0] or not is_english(languages[0])
        case = Case(appointment, clinic, now, own_language=own_language)
        found = finding(case, procedure)
        packet_id = opaque_id(clinic.id, appointment.id, appointment.revision)
        values = blanks(case, packet_id)
        presses = [self.editions.press(tag) for tag in languages]
        texts = _Texts(values, presses, self._lines(languages), appointment)
        known = Values()
        documents = tuple(self._document(kind, case, found, texts, known) for kind in self.kinds(procedure.id))
        return Packet(packet_id, appointment.id, found, texts, documents)

    def kinds(self, procedure: str) -> tuple[str, ...]:
        """The documents of `procedure` that are made."""
        there = self.editions.procedure(procedure).kinds
        return tuple(kind for kind in there if kind in (self.options.kinds or there))

    def languages(self, appointment: Appointment) -> tuple[str, ...]:
        """The languages of its packet: the patient's or the one for everybody, else English; where two are asked for, English too."""
        wanted = self.options.language or appointment.patient.language
        language = self.editions.language_for(appointment.procedure, wanted) or self.editions.english
        both = (language, self.editions.english) if self.options.bilingual else (language,)
        return tuple(dict.fromkeys(both))

    def _document(self, kind: str, case: Case, found: Finding, texts: _Texts, known: Values) -> Document:
        """One document in the languages of `texts`, the patient's first; `known` is what the packet's documents share."""
        presses = [self.editions.press(language) for language in texts]
        paper = self.options.paper
        style = self.options.style if len(texts) > 1 or not self.options.bilingual else STANDARD
        wordings = tuple(
            self.editions.wordings(case.appointment.procedure, kind, language)(found.facts, found.items)
            for language in texts
        )
        reasons = (*self._not_approved(wordings, case), *found.blocking)
        status = SAMPLE if case.clinic.demo else DRAFT if reasons else GENERATED
        number = self.editions.procedure(case.appointment.procedure).kinds.index(kind) + 1
        code = Code(texts[next(iter(texts))]["packet_id"], case.appointment.revision, number)
        furniture = _furniture(wordings, texts, status, self._logo, code)
        mark = _mark(status, presses)
        instead = _both((press.word(words.NOT_TO_SIGN) for press in presses), furniture.language)
        look = Look(paper, style, mark or "", Signing(status != DRAFT, instead, furniture.language))
        try:
            arranged = self._plates.arranged(wordings, paper, style)
            blocks = set_filled(arranged, texts, known)
            standing = set_furniture(furniture, paper.measure, style, known)
            plate = self._plates.plate(arranged, blocks, standing, look, wordings)
            filled = fill(plate, blocks, standing, known)
        except RefusedAppointment as trouble:
            raise _of(case.appointment, trouble) from None
        html = _page(wordings, texts, furniture, mark) if self.options.html else b""
        return Document(kind, stamp(filled), len(plate.pages), wordings, status, reasons, filled, html)

    def _lines_in(self, languages: tuple[str, ...]) -> Furniture:
        return _lines([self.editions.press(tag) for tag in languages])

    def _not_approved(self, wordings: Iterable[Wording], case: Case) -> tuple[str, ...]:
        if case.clinic.demo:
            return (DEMO,)
        lacking = (self._lacking(each, case.now.date()) for each in wordings)
        return tuple(dict.fromkeys(reason for reasons in lacking for reason in reasons))

    def _lacking_on(self, wording: Wording, day: date) -> tuple[str, ...]:
        return not_approved(wording, self.editions.clinic, self.editions.approvals, day)


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
    return {language: Logo(content, words) for language, words in clinic.logo_alt.items()}


def _without_glyphs(appointment: Appointment) -> Iterator[Fault]:
    """A fault for every text of the appointment that holds characters no face has, all of them named at once."""
    if all(map(_drawable, set(_all_text(appointment)))):
        return
    for field_, text in (found for part in PRINTED for found in _texts(getattr(appointment, part), part)):
        missing = [char for char in dict.fromkeys(text) if not drawable(char)]
        if missing:
            shown = ", ".join(f'"{char}" (U+{ord(char):04X}, {unicodedata.name(char, "no name")})' for char in missing)
            problem = f"the fonts here have no {shown}, so it cannot be printed."
            remedy = 'Write it as on the person\'s papers, or add a font that has it: "handouts fonts add FILE.ttf".'
            yield Fault(f'appointment "{appointment.id}"', problem, remedy, field=field_, value=text)


def _all_text(appointment: Appointment) -> str:
    """The texts in the PRINTED parts of an appointment in one."""
    people = (appointment.patient, appointment.escort, appointment.representative, appointment.interpreter)
    parts = (*people, *(appointment.medicines or ()))
    return "".join([text for part in parts if part for text in vars(part).values() if isinstance(text, str)])


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Every text in a part of an appointment with its dotted path, lists numbered from 1; dates are digits."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, BaseModel):
        for name, alias in _fields(type(value)):
            inner = getattr(value, name)
            if inner is not None:
                yield from _texts(inner, f"{path}.{alias}")
    elif isinstance(value, tuple):
        for number, inner in enumerate(cast("tuple[object, ...]", value), 1):
            yield from _texts(inner, f"{path}.{number}")


@remembered(64)
def _fields(model: type[BaseModel]) -> tuple[tuple[str, str], ...]:
    """The fields of a model by the names they have in Python and in a schedule."""
    return tuple((name, field.alias or name) for name, field in model.model_fields.items())


_drawable = remembered(4096)(drawable)


def opaque_id(clinic: str, appointment: str, revision: int) -> str:
    """The packet's id: 16 letters and digits, the same for the same appointment and revision, telling nothing of either."""
    digest = hashlib.sha256(f"packet\n{clinic}\n{appointment}\n{revision}".encode()).digest()
    return base64.b32encode(digest[:10]).decode().lower()


@remembered(256)
def _in_order(names: tuple[str, ...]) -> tuple[str, Callable[[Mapping[str, str]], tuple[str, ...]]]:
    """A line for each of some blanks, by their names' order: their form, and what finds the texts to put in."""
    in_order = sorted(names)
    return "\n".join(f"{name}=%s" for name in in_order), itemgetter(*in_order)


class _Texts(dict[str, Mapping[str, str]]):
    """The blanks of one packet as printed in each of its languages, the patient's first; and what follows from them all."""

    def __init__(
        self, values: Mapping[str, Blank], presses: Sequence[Press], lines: Furniture, appointment: Appointment
    ) -> None:
        super().__init__()
        self._presses, self._lines = presses, lines
        for press in presses:
            texts, troubles = all_printed(values, press)
            where = f'appointment "{appointment.id}"'
            RefusedAppointment.gathered(
                Fault(where, f"{trouble}.", "Choose another time.", field=name, value=str(values[name].value))
                for name, trouble in troubles.items()
            )
            self[press.language] = texts

    @cached_property
    def filled(self) -> str:
        """What stands in the blanks, in the patient's language: a line a blank."""
        texts = self[self._presses[0].language]
        form, in_order = _in_order(tuple(texts))
        return form % in_order(texts)

    @cached_property
    def furniture(self) -> Furniture:
        """What stands on every page of every document (CLINICAL §3.0); title and document line are each document's own.

        All of it is in the patient's language; what one must find on the page stands in both where there are two.
        """
        texts = self[self._presses[0].language]
        return replace(self._lines, clinic_name=texts["clinic_name"], values=texts)


def _lines(presses: Sequence[Press]) -> Furniture:
    """The lines of header and footer in these languages, without any packet."""
    press = presses[0]
    language = press.language
    identity = (
        "{patient_name}",
        press.word(words.BORN) % {"date": "{birth_date}"},
        press.word(words.RECORD) % {"mrn": "{mrn}"},
        press.word(words.VISIT) % {"date": "{appointment_date}"},
    )
    pages = {"page": "{page}", "pages": "{pages}"}
    return Furniture(
        clinic_name="",
        title="",
        for_line=press.word(words.FOR) % {"name": "{patient_name}"},
        identity_line=_in_a_row(identity, language),
        page_line=_both((each.word(words.PAGE) % pages for each in presses), language),
        document_line="",
        made_line=press.word(words.MADE) % {"time": "{issued_at}", "zone": "{issued_zone}"},
        help_line=_both((each.word(words.HELP) for each in presses), language),
        language=language,
    )


def _furniture(
    wordings: Sequence[Wording], texts: _Texts, status: str, logos: Mapping[str, Logo], code: Code
) -> Furniture:
    """What stands on every page of a document: beside what stands in the whole packet, the document, its version, its hash."""
    edition, whole = wordings[0].edition, texts.furniture
    filled = "\n".join([*[wording.sha256 for wording in wordings], status, texts.filled])
    place = ("{packet_id}/" + edition.kind, "{template}", "{languages}", "{version}")
    own = {
        "template": f"{edition.procedure}@{edition.version}",
        "languages": " + ".join([wording.edition.language for wording in wordings]),
        "version": hashlib.sha256(filled.encode()).hexdigest()[:8],
    }
    return replace(
        whole,
        title=_both([wording.edition.title for wording in wordings], edition.language),
        document_line=_in_a_row(place, edition.language),
        logo=logos.get(edition.language),
        code=code,
        values={**whole.values, **own},
    )


def _in_a_row(parts: Sequence[str], language: str) -> str:
    """`parts` as one line in `language`, of which none disturbs the order of another."""
    line = " · ".join(parts)
    return line if isolated(line, language) == line else " · ".join([isolated(part, language) for part in parts])


def _both(texts: Iterable[str], language: str) -> str:
    """What stands in two languages as one line of a page in `language`."""
    said = tuple(dict.fromkeys(texts))
    return said[0] if len(said) == 1 else " / ".join(isolated(text, language) for text in said)


def _page(
    wordings: Sequence[Wording], texts: Mapping[str, Mapping[str, str]], furniture: Furniture, mark: str | None
) -> bytes:
    """The same wording as a page for screens and screen readers (CLINICAL §3.8)."""
    from handouts.content.show import as_html  # noqa: PLC0415 - most runs make no pages for screens

    head = f"{furniture.clinic_name} · {furniture.said(furniture.for_line)}"
    own = furniture.identity_line, furniture.help_line, furniture.document_line, furniture.made_line
    notes = tuple(map(furniture.said, own))
    return as_html(wordings, texts, mark=mark or "", head=head, notes=notes).encode()


def _mark(status: str, presses: Iterable[Press]) -> str | None:
    """What is printed across a page that is not for use: a line in English and one in each of its languages."""
    source = {SAMPLE: words.SAMPLE, DRAFT: words.DRAFT}.get(status)
    return "\n".join(dict.fromkeys((source, *(press.word(source) for press in presses)))) if source else None


def _of(appointment: Appointment, trouble: RefusedAppointment) -> RefusedAppointment:
    """The faults that the typesetter found, told of the appointment they are in."""
    return RefusedAppointment(
        *(replace(f, where=f'appointment "{appointment.id}"', field=f.field or f.where) for f in trouble.faults)
    )
