"""What page 0 is about: one packet with all that it was made from, in the words that staff use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import cast

from handouts.appointment import Appointment, Medicine
from handouts.clinic import Clinic
from handouts.content.blanks import Blank
from handouts.content.blocks import BlankPlace, Block, Field, Text
from handouts.content.case import Case
from handouts.content.origins import Origin, origin, said_of, value_at
from handouts.content.press import all_printed
from handouts.content.wording import Wording
from handouts.errors import ContentError
from handouts.packet import Packet, PacketMaker, Said
from handouts.record.page_zero_before import Previous
from handouts.record.page_zero_sheet import counted, shortened
from handouts.settings import SETTINGS, Setting
from handouts.typeset.bidi import isolated

STAFF = "en"
"""The language of staff."""
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOST = 8
"""How many medicines stand in one line; the section of medicines has all."""


@dataclass(frozen=True)
class Subject:
    """A packet under review: `made_at` is the time it was made, `now` that of the review; both are aware.

    `decided` are the concerns on which somebody has decided, by id, each with the reason and whose it is.
    """

    make: PacketMaker
    packet: Packet
    said: Said
    blanks: Mapping[str, Blank]
    now: datetime
    decided: Mapping[str, str]
    previous: Previous | None

    @property
    def appointment(self) -> Appointment:
        """The appointment."""
        return self.said.case.appointment

    @property
    def case(self) -> Case:
        """The case, as of the time the packet was made."""
        return self.said.case

    @property
    def clinic(self) -> Clinic:
        """The clinic."""
        return self.said.case.clinic

    @cached_property
    def in_english(self) -> Mapping[str, tuple[Block, ...]]:
        """The blocks of every document's edition in English, block by block as in the packet's language; in that where there is none."""
        return {kind: self._english(kind, wordings[0]) for kind, wordings in self.said.wordings.items()}

    def _english(self, kind: str, wording: Wording) -> tuple[Block, ...]:
        own = wording.edition.blocks
        editions = self.make.editions
        try:
            there = editions.wordings(wording.edition.procedure, kind, editions.english).edition.blocks
        except ContentError:
            return own
        return there if len(there) == len(own) else own

    @cached_property
    def printed_in_english(self) -> Mapping[str, str]:
        """The blanks as they are printed in English, those that cannot be left out."""
        editions = self.make.editions
        return all_printed(self.blanks, editions.press(editions.english))[0]

    def value(self, path: str) -> str:
        """What the appointment says at `path`, for staff; of a long list the beginning."""
        value = value_at(self.appointment, path)
        if path == "medicines" and value:
            medicines = self.appointment.medicines or ()
            told = [f"{n}. {medicine_in_short(each)}" for n, each in enumerate(medicines[:_MOST], 1)]
            more = len(medicines) - len(told)
            return "; ".join(told) + (f"; and {more} more, below" if more else "")
        if isinstance(value, Medicine):
            return f"{medicine_in_short(value)}, rule {value.rule or 'not given'}"
        if isinstance(value, datetime):
            return moment(value)
        return isolated(said_of(value), STAFF)

    def given(self, path: str) -> bool:
        """Whether the appointment says something at `path`."""
        return value_at(self.appointment, path) is not None

    def origin(self, noted: str) -> str:
        """Where a value comes from, in words; with what stands there if it comes from more than one place."""
        found = origin(noted)
        given = [path for path in found.fields if self.given(path)] or list(found.fields)
        alone = len(given) + len(found.settings) + len(found.entries) + found.now == 1
        told = [path if alone else f"{path} {self.value(path)}" for path in given]
        told += [f"clinic.toml {self._entry(each, found)}" for each in found.entries]
        told += [self.setting_alone(key) for key in found.settings[:-1]]  # who approved them stands with the approvals
        told += [self.setting(key) for key in found.settings[-1:]]
        return "; ".join([*told, *(["the time it was made"] if found.now else [])])

    def _entry(self, entry: str, found: Origin) -> str:
        table, _, name = entry.partition(".")
        key = next((field for field in ("clinician", "discussed_by", "location") if field in found.fields), "")
        return f"{table}.{value_at(self.appointment, key)}.{name}" if name and key else f"clinic.{entry}"

    def setting(self, key: str) -> str:
        """A setting with its value, where it comes from, and who approved it."""
        setting, said = self.clinic.settings.get(key), self.setting_alone(key)
        if setting is None:
            return f"{said} (the default)"
        told = [shortened(setting.source_note, 60), *approval_of(setting)]
        return f"{said} ({'; '.join(filter(None, told))})"

    def setting_alone(self, key: str) -> str:
        """A setting with its value."""
        unit = SETTINGS[key.partition(".")[0]].unit
        return f"{key} = {setting_in_short(self.clinic.value(key))} {unit}".rstrip()

    def person(self, key: str) -> str:
        """One of the clinic's clinicians."""
        person = self.clinic.clinicians.get(key)
        if person is None:
            return isolated(key, STAFF)
        return isolated(f"{person.name}, {person.credentials}" if person.credentials else person.name, STAFF)


def approval_of(setting: Setting) -> list[str]:
    """Who approved a setting, and until when; "not approved" where nobody did."""
    if not setting.approved_by:
        return ["not approved"]
    told = f"approved by {setting.approved_by}"
    told += f" and {setting.second_approver}" if setting.second_approver else ""
    told += f", {day(setting.approved_at)}" if setting.approved_at else ", no day given"
    return [told, *([f"until {day(setting.expires_at)}"] if setting.expires_at else [])]


def setting_in_short(value: object) -> str:
    """The value of a setting on one line."""
    match value:
        case None:
            return "not set"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}"
        case dict():
            return "a text"
        case tuple() | list():
            return counted(len(cast("tuple[object, ...]", value)), "entry", "entries")
        case _:
            return shortened(str(value), 60)


def medicine_in_short(medicine: Medicine) -> str:
    """A medicine with its class."""
    return f"{isolated(medicine.name, STAFF)} ({medicine.medicine_class or 'class not given'})"


def day(given: date) -> str:
    """A day as staff read it."""
    return f"{_DAYS[given.weekday()]} {given.day} {_MONTHS[given.month - 1]} {given.year}"


def moment(given: datetime) -> str:
    """A day and the time on its clock."""
    return f"{day(given)} {given:%H:%M}"


def short_moment(given: datetime) -> str:
    """The same without the year."""
    return f"{_DAYS[given.weekday()]} {given.day} {_MONTHS[given.month - 1]} {given:%H:%M}"


def plain(text: str) -> str:
    """A printed text with plain spaces."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def words_of(block: Block, printed: Mapping[str, str] | None = None) -> str:
    """What a block says, its blanks as `printed`, or else with the names of its blanks, and of its fields."""
    texts = printed or {}
    said: list[str] = []
    for part in block.parts:
        for run in part.runs:
            match run:
                case Text():
                    said.append(run.text)
                case BlankPlace():
                    said.append(plain(texts.get(run.name, f"{{{run.name}}}")))
                case Field():
                    said.append(f" [{run.kind}{f': {run.label}' if run.label else ''}] ")
                case _:
                    said.append(f"<{run.key}>")
        said.append(" ")
    return isolated(" ".join("".join(said).split()), STAFF)
