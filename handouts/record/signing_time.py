"""When somebody may sign: after approval, before treatment, and outside the hours in which an earlier one still works (H18)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, desc, select

from handouts.content.case import Case
from handouts.errors import Fault, NotAllowed
from handouts.record import log
from handouts.record.form import Form
from handouts.record.log import utc
from handouts.record.standing import Makers, Standing, standings
from handouts.record.states import State
from handouts.record.tables import packets, reviews

STARTS = "treatment.starts"
"""What the log calls it when a clinician says that treatment starts at another time than was planned."""
IMPAIRED = ("patient", "assent")
"""Who an earlier treatment may still have hold of."""
_BANS = ("decision_ban_h", "drive_ban_h")
_LONGEST = timedelta(days=7)
"""No clinic's ban lasts longer than this after a treatment (CLINICAL §1.4: at most 72 hours)."""
_TREATED = (State.APPROVED, State.ISSUED, State.SIGNED, State.CLOSED)


def require_time(connection: Connection, makers: Makers, form: Form, role: str, now: datetime) -> None:
    """Raises NotAllowed, with every reason, where `role` may not sign `form` at `now` (aware)."""
    where = form.place
    NotAllowed.gathered(
        Fault(where, problem, remedy)
        for problem, remedy in (
            *_order(connection, form, now),
            *_treatment(connection, form, now),
            *(_impaired(connection, makers, form.packet, now) if role in IMPAIRED else ()),
        )
    )


def start_of(connection: Connection, packet: Standing, case: Case) -> datetime:
    """When treatment starts, by the clinic's clock: as planned, or as a clinician said last."""
    said = [log.told_in(line)["at"] for line in log.lines(connection, packet.id) if line.kind == STARTS]
    return (
        datetime.fromisoformat(said[-1]).astimezone(case.appointment.start.tzinfo) if said else case.appointment.start
    )


def _order(connection: Connection, form: Form, now: datetime) -> Iterator[tuple[str, str]]:
    """A clock that stands before what was done before."""
    approved = connection.execute(
        select(reviews.c.at)
        .where(reviews.c.packet == form.packet.id, reviews.c.decision == State.APPROVED.value)
        .order_by(desc(reviews.c.making), desc(reviews.c.number))
        .limit(1)
    ).scalar()
    for said, what in (
        (approved, "was approved"),
        (form.given[-1].at.isoformat() if form.given else None, "was signed last"),
    ):
        if said and now < datetime.fromisoformat(said):
            yield f"it {what} at {said}, and the clock says {utc(now)}.", "Look at the computer's clock."


def _treatment(connection: Connection, form: Form, now: datetime) -> Iterator[tuple[str, str]]:
    start = start_of(connection, form.packet, form.said.case)
    if now >= start:
        problem = f"treatment began at {_clock(start)}, and nobody may sign after that (now {_clock(now.astimezone(start.tzinfo))})."
        yield problem, "If it starts later, a clinician says so first: handouts sign start PACKET --at TIME."


def _impaired(connection: Connection, makers: Makers, packet: Standing, now: datetime) -> Iterator[tuple[str, str]]:
    """An earlier treatment of the same patient that may still work."""
    for other in _earlier(connection, packet, now):
        case = makers.of(other).said(other.appointment(makers.clinic), other.made_at, other.decided).case
        start = start_of(connection, other, case)
        free = max(case.again(name) for name in _BANS) + (start - case.appointment.start)
        if start <= now < free:
            problem = (
                f"the patient was treated at {_clock(start)} (packet {other.id}), and makes no decisions before"
                f" {_clock(free)}."
            )
            yield problem, "Have it signed after that, and before treatment."


def _earlier(connection: Connection, packet: Standing, now: datetime) -> Sequence[Standing]:
    latest, first = utc(now + timedelta(days=1)), utc(now - _LONGEST)
    found = standings(
        connection,
        packets.c.patient == packet.patient,
        packets.c.id != packet.id,
        packets.c.start.between(first, latest),
        packets.c.state.in_(_TREATED),
    )
    return list(found)


def _clock(moment: datetime) -> str:
    zone = moment.tzname() or str(UTC)
    return f"{moment:%A %Y-%m-%d %H:%M} {zone}"
