"""A patient's signed consents → whether one counts for another visit, or why people must consent anew (CLINICAL §3.4).

A rescheduled visit, and each later one of a series, rests on the consent that was signed for the first: only inside its days, and
only while nothing has changed that it was about.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from handouts.appointment import Appointment
from handouts.clinic import Clinic
from handouts.record.form import DECIDES
from handouts.record.review import KINDS
from handouts.record.snapshots import told_of
from handouts.record.standing import Standing, in_parts, standings
from handouts.record.states import Move, State
from handouts.record.tables import events, packets, signatures

SERIOUS_EVENT = "patient.serious_event"
"""What the log calls a serious event after a treatment."""
CONSENT = "consent"
_COUNTING = (State.SIGNED, State.CLOSED, State.SUPERSEDED)
"""States of packets whose consent may count: where the log tells that it was signed, and neither refused nor taken back."""
_SAID_NO = {KINDS[Move.REFUSE]: "the patient did not agree", KINDS[Move.WITHDRAW]: "the patient took a consent back"}


@dataclass(frozen=True)
class Consent:
    """A consent that was signed for a packet: when (aware), by a patient or who decides for one."""

    packet: Standing
    signed_at: datetime


@dataclass(frozen=True)
class Validity:
    """Whether a consent counts for a visit: not for the `reasons`, of which none is left out; until which day it does."""

    consent: Consent | None
    reasons: tuple[str, ...]

    @property
    def counts(self) -> bool:
        """Whether nobody need consent anew."""
        return self.consent is not None and not self.reasons


def validity(connection: Connection, clinic: Clinic, packet: Standing, risks: Sequence[str]) -> Validity:
    """Whether the last consent that the patient of `packet` signed, for an earlier visit or an earlier revision of this, counts.

    `risks` are the ids of the risks that the clinic's papers list now.
    """
    consent = last_signed(connection, packet)
    if consent is None:
        return Validity(None, ("no consent of this patient is on record",))
    return Validity(consent, tuple(_reasons(connection, clinic, consent, packet, risks)))


def last_signed(connection: Connection, packet: Standing) -> Consent | None:
    """The latest consent of the same patient that is signed and not taken back, beside that of `packet` itself.

    It was signed when the person signed, which on paper is before the record is told.
    """
    others = {
        each.id: each
        for each in standings(connection, packets.c.patient == packet.patient, packets.c.id != packet.id)
        if each.state in _COUNTING
    }
    acts = _acts(connection, list(others))
    counting = [key for key in others if KINDS[Move.SIGN] in acts.get(key, ()) and not acts[key] & _SAID_NO.keys()]
    rows = connection.execute(
        select(signatures).where(
            signatures.c.packet.in_(counting), signatures.c.kind == CONSENT, signatures.c.role.in_(DECIDES)
        )
    )
    told = [(row, json.loads(row.evidence)) for row in rows if row.way != "continuing"]
    found = [
        Consent(others[row.packet], datetime.fromisoformat(said.get("time", row.at)))
        for row, said in told
        if said.get("outcome") == "agree"
    ]
    return max(found, key=lambda each: each.signed_at, default=None)


def was_signed(connection: Connection, packet: Standing) -> bool:
    """Whether all signed who had to, whatever became of the packet then."""
    return KINDS[Move.SIGN] in _acts(connection, [packet.id]).get(packet.id, ())


def _acts(connection: Connection, ids: Sequence[str]) -> Mapping[str, set[str]]:
    """What was done with these packets, as the log calls it."""
    found: dict[str, set[str]] = {}
    for some in in_parts(ids):
        for row in connection.execute(select(events.c.packet, events.c.kind).where(events.c.packet.in_(some))):
            found.setdefault(row.packet, set()).add(row.kind)
    return found


def _reasons(
    connection: Connection, clinic: Clinic, consent: Consent, packet: Standing, risks: Sequence[str]
) -> Iterator[str]:
    """The re-consent triggers that apply."""
    before, now = consent.packet.appointment(clinic), packet.appointment(clinic)
    day = now.start.date()
    last = consent.signed_at.astimezone(now.start.tzinfo).date() + timedelta(days=_days(clinic))
    if day > last:
        yield f"it was valid until {last.isoformat()}, and the visit is on {day.isoformat()} (consent_valid_days)"
    for name, one, other in _compared(before, now):
        if one != other:
            yield f"{name} was {one or 'not said'}, and is {other or 'not said'}"
    if before.series_total and now.visit_number and now.visit_number > before.series_total:
        yield f"it is for {before.series_total} visits, and this is number {now.visit_number}"
    yield from _content(connection, consent.packet, packet, risks)
    yield from _since(connection, consent, packet)


def _since(connection: Connection, consent: Consent, packet: Standing) -> Iterator[str]:
    """What was recorded since the consent was signed: serious events, and that the patient agreed no more."""
    theirs = set(connection.execute(select(packets.c.id).where(packets.c.patient == packet.patient)).scalars())
    wanted = select(events).where(events.c.kind.in_([SERIOUS_EVENT, *_SAID_NO])).order_by(events.c.number)
    for line in connection.execute(wanted):
        if datetime.fromisoformat(line.at) < consent.signed_at:
            continue
        if line.kind == SERIOUS_EVENT and json.loads(line.told).get("patient") == packet.patient:
            yield f"a serious event was recorded on {line.at[:10]}"
        elif line.kind in _SAID_NO and line.packet in theirs:
            yield f"{_SAID_NO[line.kind]} on {line.at[:10]} (packet {line.packet})"


def _compared(before: Appointment, now: Appointment) -> Iterator[tuple[str, str, str]]:
    """What a consent is about, then and now."""
    for name in ("procedure", "route", "indication"):
        yield name, getattr(before, name), getattr(now, name)
    for name in ("pregnant", "pregnancy_potential"):
        yield name, getattr(before.flags, name), getattr(now.flags, name)
    one, other = before.representative, now.representative
    yield "the representative", folded(one.name if one else ""), folded(other.name if other else "")


def _content(connection: Connection, before: Standing, now: Standing, risks: Sequence[str]) -> Iterator[str]:
    """A later major version of the template, and risks that the signed papers did not name."""
    versions = [_version(connection, each) for each in (before, now)]
    if versions[0].partition(".")[0] != versions[1].partition(".")[0]:
        yield f"the template was {versions[0]}, and is {versions[1]}"
    known = set(told_of(connection, before.clinic).get("risks", ()))
    if new := [each for each in risks if each not in known]:
        yield f"the papers name risks that it did not: {', '.join(new)}"


def _version(connection: Connection, packet: Standing) -> str:
    found = packet.wordings.get(CONSENT)
    return str(told_of(connection, found[0][1]).get("version", "")) if found else ""


def _days(clinic: Clinic) -> int:
    return int(clinic.value("consent_valid_days"))


def folded(name: str) -> str:
    """A name without what does not tell people apart: capitals and spaces."""
    return " ".join(name.casefold().split())
