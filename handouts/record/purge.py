"""Packets whose time is over → their rows and files are taken away, and nothing of their patients is left in the record.

How long a packet is kept is the clinic's setting (`store.keep_years`; CLINICAL R17: the law of the state, six years for HIPAA, of
minors longer): so many years after its last act, and of a patient who was a minor then, after the day of coming of age.
Lines of the log are never taken away; they hold nothing of a patient.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, delete, select, text

from handouts.clinic import FILE, Clinic
from handouts.errors import Fault, NotWritten, SettingError
from handouts.record import log
from handouts.record.audit import mentioned, named
from handouts.record.files import Files
from handouts.record.log import utc
from handouts.record.replay import PURGED
from handouts.record.roles import Actor
from handouts.record.standing import Standing, standings
from handouts.record.states import State
from handouts.record.store import Store, bare
from handouts.record.tables import documents, events, makings, packets, reviews, signatures
from handouts.record.whole import sweep

OVER = (State.CLOSED, State.SUPERSEDED, State.VOID)
"""The states in which nothing more becomes of a packet, and it may go."""
LEAST_FOR_HIPAA = 6
"""Years (45 CFR 164.316(b)(2)(i), 164.530(j)(2)); less is told, as other laws may apply."""
_YOUNG = timedelta(days=1)
"""A file that no row names is left alone for so long: whoever keeps it may be about to name it."""
_OF_PACKET = (signatures, reviews, documents, makings)


@dataclass(frozen=True)
class Over:
    """A packet whose time is over: since the end of which day, why, and what keeps it all the same, if anything does."""

    packet_id: str
    state: State
    until: date
    why: str
    held: str = ""


@dataclass(frozen=True)
class Purged:
    """What a purge took away: these packets, so many files of theirs, and so many files that no row named."""

    packets: Sequence[str]
    files: int
    orphans: int


def over(connection: Connection, clinic: Clinic, now: datetime) -> list[Over]:
    """The packets whose time is over at `now`, those that may go and those that something holds, by their appointments.

    Raises SettingError while the age of majority is not set.
    """
    found: list[Over] = []
    for packet in standings(connection):
        day = datetime.fromisoformat(packet.start).date()
        if now.date() >= _years_after(day, clinic.store.keep_years):  # most are not: the rest is worked out for few
            judged = _judged(packet, clinic, now, _last_act(connection, packet))
            found += [judged] if judged else []
    return found


def purged(store: Store, clinic: Clinic, actor: Actor, now: datetime) -> Purged:
    """Take away every packet that may go, and leave nothing of it in free pages, journals or files; then every orphan.

    What a purge that was killed has left over goes too. Raises NotWritten where others read for so long that journals stay.
    """
    with store.writing() as connection:
        going = [each.packet_id for each in over(connection, clinic, now) if not each.held]
        for packet_id in going:
            _take(connection, store.files, actor, now, packet_id)
    with store.reading() as connection:
        _, kept = named(connection)
        left = _left_over(connection) - kept
    files = sum(map(store.files.remove, sorted(left)))
    orphans = store.files.sweep(kept, time.time() - _YOUNG.total_seconds())
    sweep(store.files.folder.parent)
    _scrub(store)
    return Purged(going, files, orphans)


def _judged(packet: Standing, clinic: Clinic, now: datetime, last: str) -> Over | None:
    """`packet` if its time is over."""
    years = clinic.store.keep_years
    try:
        told = json.loads(packet.appointment_json)
        start = datetime.fromisoformat(told["start"])
        born = date.fromisoformat(told["patient"]["birth_date"])
    except (ValueError, LookupError, TypeError):
        start = datetime.fromisoformat(packet.start)
        unread = "its appointment cannot be read, so nobody knows whether the patient was a minor"
        until = _years_after(start.date(), years)
        over_now = now.astimezone(start.tzinfo).date() > until
        return Over(packet.id, packet.state, until, f"{years} years after {start.date()}", unread) if over_now else None
    end = max(start, datetime.fromisoformat(last)).astimezone(start.tzinfo).date()
    until, why = _years_after(end, years), f"{years} years after {end}, the day of its last act"
    if start.date() < (of_age := _years_after(born, _majority(clinic))):
        since = max(of_age, end)
        until, why = _years_after(since, years), f"{years} years after {since}: the patient was a minor"
    if now.astimezone(start.tzinfo).date() <= until:
        return None
    held = "" if packet.state in OVER else f"it is {packet.state}: close it, or make it void, first"
    return Over(packet.id, packet.state, until, why, held)


def _majority(clinic: Clinic) -> int:
    value = clinic.value("age_of_majority")
    if value is None:
        problem = "is not set, so nobody knows how long the records of minors are kept."
        raise SettingError(Fault(str(clinic.folder / FILE), problem, "Set it.", "age_of_majority"))
    return int(value)


def _years_after(day: date, years: int) -> date:
    """The same day so many years later; of 29 February 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _last_act(connection: Connection, packet: Standing) -> str:
    """When a packet was last made, reviewed, signed, or moved (UTC)."""
    moments = [utc(packet.made_at)]
    for table in (reviews, documents, signatures):
        acts = connection.execute(select(table.c.at).where(table.c.packet == packet.id)).scalars()
        moments += [utc(datetime.fromisoformat(each)) for each in acts]
    rows = connection.execute(select(events.c.at, events.c.told).where(events.c.packet == packet.id))
    moments += [row.at for row in rows if '"was":' in row.told]
    return max(moments)


def _take(connection: Connection, kept: Files, actor: Actor, now: datetime, packet_id: str) -> None:
    """Remove the rows of a packet; its files are named in the log, so that they go even if this process ends before."""
    files = sorted(name for name in mentioned(connection, packet_id) if kept.size(name) is not None)
    for table in _OF_PACKET:
        connection.execute(delete(table).where(table.c.packet == packet_id))
    connection.execute(delete(packets).where(packets.c.id == packet_id))
    log.append(connection, actor, now, PURGED, packet_id, {"files": files})


def _left_over(connection: Connection) -> set[str]:
    """The hashes of files that purged packets have had."""
    lines = connection.execute(select(events.c.told).where(events.c.kind == PURGED)).scalars()
    return {str(sha256) for line in lines for sha256 in json.loads(line)["files"]}


def _scrub(store: Store) -> None:
    """Write the database anew without what was removed from it, and empty its journal."""
    with bare(store.engine, store.place) as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("VACUUM")
            busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]
            if busy:
                problem = "is read by others, so that what was purged is still in its journal."
                raise NotWritten(Fault(store.place, problem, "Purge again when they have ended."))
        else:
            for table in (packets, *_OF_PACKET):
                connection.execute(text(f"VACUUM FULL {table.name}"))
