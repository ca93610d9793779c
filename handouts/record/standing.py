"""The record → a packet as it stands: its state, what it was made of, and how to find it by what people call it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError
from sqlalchemy import Connection, Row, select

from handouts.appointment import Appointment
from handouts.cache import user_cache
from handouts.clinic import Clinic
from handouts.content.editions import Editions
from handouts.errors import DamagedRecord, Fault, WrongUsage
from handouts.intake.rows import premises
from handouts.memory import remembered
from handouts.output import MANIFEST
from handouts.packet import Options, PacketMaker
from handouts.record.states import State
from handouts.record.tables import documents, makings, packets
from handouts.typeset.style import PAPERS
from handouts.typeset.variant import STYLES

_AT_ONCE = 500
_premises = remembered(16)(premises)
_SHORTEST = 4
"""Letters of a packet's id that may stand for it."""


@dataclass(frozen=True)
class Standing:
    """A packet as the record has it: where it stands, and its latest making.

    `decided` has a clinician's reason by concern; `wordings` the hashes of what each document says, in each of its languages, with
    those of the snapshots of what it was made of;
    `start` is in UTC, `made_at` has the offset it was made with.
    """

    id: str
    appointment_id: str
    revision: int
    patient: str
    start: str
    state: State
    making: int
    made_at: datetime
    says: str
    status: str
    appointment_json: str
    options: Mapping[str, str | None]
    decided: Mapping[str, str]
    clinic: str
    wordings: Mapping[str, Sequence[tuple[str, str]]]

    def appointment(self, clinic: Clinic) -> Appointment:
        """The appointment as it was read then. Raises DamagedRecord where that is no appointment of `clinic` any more."""
        try:
            return Appointment.model_validate_json(self.appointment_json, context=_premises(clinic, self.made_at))
        except ValidationError as trouble:
            wrong = ", ".join(sorted({".".join(map(str, each["loc"])) for each in trouble.errors(include_input=False)}))
            problem = f"its appointment does not fit the clinic any more ({wrong})."
            remedy = "Look at what was changed in clinic.toml, or make the packet again from a schedule."
            raise DamagedRecord(Fault(f"packet {self.id}", problem, remedy)) from None


@dataclass(frozen=True, slots=True)
class File:
    """A file of a packet: of which document, at which stage, the how-manieth of it, and what is told of it."""

    kind: str
    stage: str
    number: int
    making: int
    sha256: str
    pages: int
    at: str
    told: Mapping[str, Any]


class Makers:
    """What makes packets of one clinic, as each was asked for."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.editions = Editions(clinic, user_cache())
        self._makers: dict[str, PacketMaker] = {}

    def of(self, packet: Standing) -> PacketMaker:
        """What makes `packet` as it was made."""
        key = repr(sorted(packet.options.items(), key=str))
        if key not in self._makers:
            language, paper, variant = (packet.options.get(name) for name in ("language", "paper", "variant"))
            options = Options((), language, PAPERS[cast("str", paper)], STYLES[cast("str", variant)])
            self._makers[key] = PacketMaker(self.editions, options)
        return self._makers[key]


_OF_PACKET = ("id", "appointment", "revision", "patient", "start", "state")
_OF_MAKING = ("number", "made_at", "says", "status", "appointment", "options", "decided", "clinic", "wordings")
_ALL = select(
    *(packets.c[name] for name in _OF_PACKET), *(makings.c[name].label(f"making_{name}") for name in _OF_MAKING)
).join(makings, (makings.c.packet == packets.c.id) & (makings.c.number == packets.c.making))


def standing(connection: Connection, name: str) -> Standing:
    """The packet called `name`: by its id or the first letters of it, its folder, or the schedule's id of its appointment.

    Raises WrongUsage where there is none, or several.
    """
    wanted = _in_folder(name) or name
    row = connection.execute(_ALL.where(packets.c.id == wanted)).first()
    if row is not None:
        return _standing(row)
    found = [_standing(row) for row in connection.execute(_ALL.where(packets.c.appointment == name))]
    if not found and len(name) >= _SHORTEST and name.isalnum():
        found = [_standing(row) for row in connection.execute(_ALL.where(packets.c.id.startswith(name)))]
    latest = [each for each in found if each.revision == max(other.revision for other in found)]
    if len(latest) != 1:
        told = f"It could be {', '.join(each.id for each in latest[:5])}." if latest else "See: handouts review list."
        problem = "names several packets." if latest else "names no packet of the record."
        raise WrongUsage(Fault("the command", problem, told, "PACKET", name))
    return latest[0]


def standings_by(connection: Connection, names: Sequence[str]) -> Mapping[str, Standing]:
    """The packets whose ids are among `names`, by these: in a few questions however many there are."""
    found: dict[str, Standing] = {}
    for some in in_parts(names):
        found |= {row.id: _standing(row) for row in connection.execute(_ALL.where(packets.c.id.in_(some)))}
    return found


def in_parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """`names` in parts that fit into one question."""
    for start in range(0, len(names), _AT_ONCE):
        yield names[start : start + _AT_ONCE]


def standings(connection: Connection, *where: Any) -> Iterator[Standing]:
    """Every packet `where` something holds, by the time of the appointment."""
    return (_standing(row) for row in connection.execute(_ALL.where(*where).order_by(packets.c.start, packets.c.id)))


def files_of(connection: Connection, packet: Standing, *, stage: str | None = None) -> Sequence[File]:
    """The files of the latest making of a packet, of one stage or all, in the order they came."""
    wanted = select(documents).where(documents.c.packet == packet.id, documents.c.making == packet.making)
    if stage is not None:
        wanted = wanted.where(documents.c.stage == stage)
    rows = connection.execute(wanted.order_by(documents.c.at, documents.c.kind, documents.c.stage, documents.c.number))
    return [
        File(row.kind, row.stage, row.number, row.making, row.sha256, row.pages, row.at, json.loads(row.told))
        for row in rows
    ]


def _in_folder(name: str) -> str:
    """The id of the packet whose folder, or packet.json, `name` is; "" if it is neither."""
    path = Path(name)
    if path.name == MANIFEST:
        path = path.parent
    try:
        told = json.loads((path / MANIFEST).read_text("utf-8"))
        return str(told["packet_id"])
    except (OSError, ValueError, LookupError, TypeError):
        return ""


def _standing(row: Row[Any]) -> Standing:
    return Standing(
        row.id,
        row.appointment,
        row.revision,
        row.patient,
        row.start,
        State(row.state),
        row.making_number,
        datetime.fromisoformat(row.making_made_at),
        row.making_says,
        row.making_status,
        row.making_appointment,
        json.loads(row.making_options),
        json.loads(row.making_decided),
        row.making_clinic,
        json.loads(row.making_wordings),
    )
