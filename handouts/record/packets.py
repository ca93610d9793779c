"""Packets as they are made → the record: each once however often it is made, made again where it says something else."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update

from handouts.appointment import Appointment
from handouts.clinic import Clinic
from handouts.content.editions import Editions
from handouts.errors import Fault, NotAllowed
from handouts.output import MANIFEST, manifest_bytes
from handouts.packet import Options, Packet
from handouts.record import log
from handouts.record.files import Files
from handouts.record.log import canonical, utc
from handouts.record.roles import Actor
from handouts.record.snapshots import clinic_snapshot, keep, wording_snapshot
from handouts.record.states import FIXED, LIVE, Move, State, moved
from handouts.record.store import Store
from handouts.record.tables import documents, makings, packets
from handouts.typeset.variant import STYLES

AS_MADE = "made"
"""The stage of a document as the packet was made."""
_IDENTIFIER = re.compile(rb"/ID\s*\[\s*<([0-9A-Fa-f]{8,64})>")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """What the record has of a packet: where it stands, what it says, when it was made and what of it was decided, its files.

    `files` are hashes by names, of the packet as it was made.
    """

    state: State
    says: str
    made_at: datetime
    decided: Mapping[str, str]
    files: Mapping[str, str]


@dataclass(frozen=True)
class Making:
    """A packet as it was made, ready for the record; its files are with the others already, under these hashes."""

    packet_id: str
    appointment: str
    revision: int
    patient: str
    start: str
    made_at: str
    says: str
    status: str
    appointment_json: str
    options: str
    decided: str
    clinic: str
    wordings: Mapping[str, Sequence[tuple[str, str]]]
    files: Sequence[tuple[str, str, int, Mapping[str, str]]]
    snapshots: Mapping[str, str] = field(default_factory=dict[str, str])


Outcome = Literal["new", "again", "same"]


def patient_of(clinic: Clinic, appointment: Appointment) -> str:
    """What the packets of one patient have in common: a hash that tells nobody the record number."""
    return hashlib.sha256(f"patient\n{clinic.id}\n{appointment.patient.mrn}".encode()).hexdigest()[:32]


def options_told(options: Options) -> Mapping[str, Any]:
    """How a packet was asked for, as the record keeps it."""
    variant = next(name for name, style in STYLES.items() if style is options.style)
    return {"language": options.language, "paper": options.paper.name, "variant": variant}


def making_of(
    packet: Packet,
    appointment: Appointment,
    options: Options,
    editions: Editions,
    made_at: datetime,
    files: Files,
    says: str,
    decided: Mapping[str, str] | None = None,
) -> Making:
    """`packet` with all its files in `files`. `says` is what it says (`saying.py`), `decided` has reasons by concern."""
    kept = [
        (f"{each.kind}.pdf", files.put(each.pdf), each.pages, {"version": each.version, "id": identifier(each.pdf)})
        for each in packet.documents
    ]
    kept.append((MANIFEST, files.put(manifest_bytes(packet)), 0, {}))
    own = clinic_snapshot(editions.clinic)
    made = {each.kind: [(w.sha256, wording_snapshot(w, editions)) for w in each.wordings] for each in packet.documents}
    return Making(
        packet.packet_id,
        appointment.id,
        appointment.revision,
        patient_of(editions.clinic, appointment),
        utc(appointment.start),
        made_at.isoformat(),
        says,
        packet.status,
        appointment.model_dump_json(by_alias=True, exclude_none=True, warnings=False),  # of `start`, wrongly
        canonical(options_told(options)),
        canonical(decided or {}),
        own.sha256,
        {kind: [(sha256, found.sha256) for sha256, found in each] for kind, each in made.items()},
        kept,
        dict([own, *(found for each in made.values() for _, found in each)]),
    )


def identifier(pdf: bytes) -> str:
    """The permanent identifier of a file (ISO 32000-1 §14.4), in hexadecimal: whatever is appended, it stays; "" if it has none."""
    found = _IDENTIFIER.search(pdf)
    return found[1].decode().lower() if found else ""


def known(connection: Connection, ids: Sequence[str]) -> dict[str, Kept]:
    """What the record has of the packets with these ids."""
    found: dict[str, Kept] = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        rows = connection.execute(_kept.where(packets.c.id.in_(some)).order_by(packets.c.id))
        for row in rows:
            made_at, decided = datetime.fromisoformat(row.made_at), json.loads(row.decided)
            before = found.setdefault(row.id, Kept(State(row.state), row.says, made_at, decided, {}))
            found[row.id] = replace(before, files={**before.files, row.kind: row.sha256})
    return found


_kept = (
    select(
        packets.c.id,
        packets.c.state,
        makings.c.says,
        makings.c.made_at,
        makings.c.decided,
        documents.c.kind,
        documents.c.sha256,
    )
    .join(makings, (makings.c.packet == packets.c.id) & (makings.c.number == packets.c.making))
    .join(documents, (documents.c.packet == packets.c.id) & (documents.c.making == packets.c.making))
    .where(documents.c.stage == AS_MADE)
)


def refused_change(packet_id: str, state: State) -> Fault:
    """The fault that a packet which is in people's hands, or is none any more, cannot be made anew."""
    gone = state in (State.VOID, State.SUPERSEDED)
    problem = f"is {state}, and is not made again." if gone else f"is {state}, and would say something else now."
    remedy = "Count the appointment's revision up; that makes a new packet"
    return Fault(
        f"packet {packet_id}", problem, f"{remedy}." if gone else f"{remedy} and supersedes this one.", field="revision"
    )


def older(packet_id: str, revision: int, latest: tuple[int, str]) -> Fault:
    """The fault that there is a packet of a later revision: `latest` is that revision, and the packet's id."""
    problem = f"revision {revision} is older than {latest[0]}, of which there is packet {latest[1]}."
    return Fault(f"packet {packet_id}", problem, "Take the latest schedule.", field="revision")


def latest_of(connection: Connection, appointments: Sequence[str]) -> dict[str, tuple[int, str]]:
    """The latest revision of each appointment of which there is a packet, in whatever state, and the packet's id."""
    found: dict[str, tuple[int, str]] = {}
    for start in range(0, len(appointments), _AT_ONCE):
        some = appointments[start : start + _AT_ONCE]
        wanted = select(packets.c.appointment, packets.c.revision, packets.c.id).where(packets.c.appointment.in_(some))
        for row in connection.execute(wanted.order_by(packets.c.revision)):
            found[row.appointment] = (row.revision, row.id)
    return found


def recorded(store: Store, actor: Actor, now: datetime, made: Iterable[Making]) -> Sequence[Outcome | Fault]:
    """Take packets into the record, in one transaction; what became of each, or why it could not be taken.

    A packet that says what it said stays as it is. One that says something else is made again, and nothing of its review counts
    any more; a packet of an earlier revision of the appointment is superseded.
    """
    with store.writing() as connection:
        return [_taken(connection, actor, now, making) for making in made]


def _taken(connection: Connection, actor: Actor, now: datetime, making: Making) -> Outcome | Fault:
    packet = connection.execute(select(packets).where(packets.c.id == making.packet_id)).first()
    if packet is None:
        if (fault := _after_others(connection, actor, now, making)) is not None:
            return fault
        values = {name: getattr(making, name) for name in ("appointment", "revision", "patient", "start")}
        state = State.GENERATED
        connection.execute(insert(packets).values(**values, id=making.packet_id, state=state.value, making=1, live=1))
        _add(connection, making, 1)
        log.append(connection, actor, now, "packet.made", making.packet_id, _told(making, 1))
        return "new"
    state = State(packet.state)
    latest = connection.execute(_latest.where(packets.c.id == making.packet_id)).one()
    if latest.says == making.says and state not in (State.VOID, State.SUPERSEDED):
        return "same"
    if state in FIXED or state not in LIVE:
        return refused_change(making.packet_id, state)
    made_again(connection, actor, now, making, packet.making, state)
    return "again"


def made_again(
    connection: Connection,
    actor: Actor,
    now: datetime,
    making: Making,
    before: int,
    state: State,
    move: Move = Move.MAKE,
) -> int:
    """Add a further making of a packet, of which `before` was the latest; its number. Raises NotAllowed as `moved`."""
    number = before + 1
    after = moved(making.packet_id, state, move)
    connection.execute(
        update(packets)
        .where(packets.c.id == making.packet_id)
        .values(making=number, state=after.value, start=making.start, patient=making.patient)
    )
    _add(connection, making, number)
    log.append(connection, actor, now, "packet.made_again", making.packet_id, _told(making, number))
    return number


def _after_others(connection: Connection, actor: Actor, now: datetime, making: Making) -> Fault | None:
    """Supersede the packet of an earlier revision; the fault that there is a later one."""
    latest = latest_of(connection, [making.appointment]).get(making.appointment, (making.revision, making.packet_id))
    if latest[0] > making.revision:
        return older(making.packet_id, making.revision, latest)
    others = connection.execute(
        select(packets).where(packets.c.appointment == making.appointment, packets.c.live == 1)
    ).all()
    for other in others:
        try:
            state = moved(other.id, State(other.state), Move.SUPERSEDE)
        except NotAllowed as trouble:
            return trouble.faults[0]
        connection.execute(update(packets).where(packets.c.id == other.id).values(state=state.value, live=0))
        log.append(connection, actor, now, "packet.superseded", other.id, {"by": making.packet_id, "was": other.state})
    return None


_latest = select(makings.c.says).join(
    packets, (makings.c.packet == packets.c.id) & (makings.c.number == packets.c.making)
)


def _add(connection: Connection, making: Making, number: int) -> None:
    keep(connection, making.snapshots)
    connection.execute(
        insert(makings).values(
            packet=making.packet_id,
            number=number,
            made_at=making.made_at,
            says=making.says,
            status=making.status,
            appointment=making.appointment_json,
            options=making.options,
            decided=making.decided,
            clinic=making.clinic,
            wordings=canonical(making.wordings),
        )
    )
    for name, sha256, pages, told in making.files:
        add_document(connection, making.packet_id, number, name, AS_MADE, sha256, pages, making.made_at, told)


def add_document(
    connection: Connection,
    packet_id: str,
    making: int,
    kind: str,
    stage: str,
    sha256: str,
    pages: int,
    at: str,
    told: Mapping[str, Any] | None = None,
) -> int:
    """Say that a file belongs to a packet; its number among those of its kind and stage."""
    there = connection.execute(
        select(documents.c.number).where(
            documents.c.packet == packet_id,
            documents.c.making == making,
            documents.c.kind == kind,
            documents.c.stage == stage,
        )
    ).scalars()
    number = max(there, default=0) + 1
    connection.execute(
        insert(documents).values(
            packet=packet_id,
            making=making,
            kind=kind,
            stage=stage,
            number=number,
            sha256=sha256,
            pages=pages,
            at=at,
            told=canonical(told or {}),
        )
    )
    return number


def made_of(*columns: str) -> str:
    """The hash by which the log knows the row of a making: its appointment, options, decisions, settings and wordings."""
    return log.digest(canonical(columns))


def _told(making: Making, number: int) -> Mapping[str, Any]:
    files = {name: sha256 for name, sha256, _, _ in making.files}
    told = {"making": number, "says": making.says, "status": making.status, "files": files}
    told["made_of"] = made_of(
        making.appointment_json, making.options, making.decided, making.clinic, canonical(making.wordings)
    )
    return told | ({"decided": sorted(json.loads(making.decided))} if making.decided != "{}" else {})
