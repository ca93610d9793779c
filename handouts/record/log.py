"""The log of the record: a line for every act, each with the hash of the one before, so that none is changed unseen.

A chain alone does not show that its end was cut off: print the head, keep it elsewhere, and give it back to `broken`. No line holds
what is a patient's: names, dates of birth and answers stand in other tables, by whose hashes the log knows them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, desc, insert, select

from handouts.errors import Fault, WrongUsage
from handouts.record.roles import Actor
from handouts.record.tables import events

FIRST = "0" * 64
_SKEW = timedelta(minutes=5)
"""By how much the clocks of a clinic's machines may differ."""


@dataclass(frozen=True, slots=True)
class Line:
    """One act: when (UTC), who, at the computer as which user, what, on which packet, and what else is told of it."""

    number: int
    at: str
    who: str
    user: str
    kind: str
    packet: str
    told: str
    previous: str
    hash: str

    @property
    def own_hash(self) -> str:
        """The hash that it should have."""
        said = [self.number, self.at, self.who, self.user, self.kind, self.packet, self.told, self.previous]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the log: the number of its last line and that line's hash."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


def append(
    connection: Connection,
    actor: Actor,
    now: datetime,
    kind: str,
    packet: str = "",
    told: Mapping[str, Any] | None = None,
) -> Head:
    """Add a line, in the transaction of what it tells of; the new head.

    `now` is aware. A clock that stands before the last line is noted in the new one.
    """
    return append_all(connection, actor, now, kind, [(packet, told or {})])


def append_all(
    connection: Connection, actor: Actor, now: datetime, kind: str, acts: Iterable[tuple[str, Mapping[str, Any]]]
) -> Head:
    """As `append`, a line for each packet and what is told of it."""
    before, last = end(connection)
    late = {"clock_before_last_line": last} if last and now < _moment(last) - _SKEW else {}
    at, values = utc(now), list[dict[str, Any]]()
    for packet, told in acts:
        said = canonical({**told, **late})
        line = Line(before.number + 1, at, actor.key, actor.system_user, kind, packet, said, before.hash, "")
        before, late = Head(line.number, line.own_hash), {}
        values.append({name: getattr(line, name) for name in Line.__slots__} | {"hash": before.hash})
    if values:
        connection.execute(insert(events), values)
    return before


_newest = select(events.c.number, events.c.hash, events.c.at).order_by(desc(events.c.number)).limit(1)


def head(connection: Connection) -> Head:
    """The end of the log; of an empty one, number 0."""
    return end(connection)[0]


def end(connection: Connection) -> tuple[Head, str]:
    """The end of the log, and when its last line was written (UTC); of an empty one, number 0 and ""."""
    last = connection.execute(_newest).first()
    return (Head(last.number, last.hash), last.at) if last is not None else (Head(0, FIRST), "")


def head_read(text: str) -> Head:
    """A head out of "number:hash", as it is printed. Raises WrongUsage for anything else."""
    number, _, sha256 = text.strip().partition(":")
    if not (re.fullmatch("[0-9]{1,9}", number) and re.fullmatch("[0-9a-f]{64}", sha256)):
        problem = "is no head of a log."
        raise WrongUsage(Fault("the command", problem, "Write NUMBER:HASH, as store head prints it.", "--head", text))
    return Head(int(number), sha256)


def lines(connection: Connection, packet: str | None = None) -> Iterator[Line]:
    """The lines of the log in their order: all of them, or those of one packet."""
    wanted = select(events).order_by(events.c.number)
    if packet is not None:
        wanted = wanted.where(events.c.packet == packet)
    return (_line(row) for row in connection.execute(wanted))


def broken(found: Iterable[Line], known: Head | None = None) -> list[str]:
    """What is wrong with the log, in words; nothing where it is whole. `known` is a head that was kept elsewhere."""
    faults: list[str] = []
    previous, number = FIRST, 0
    seen = known is None or known.number == 0
    for line in found:
        number += 1
        if line.number != number:
            faults.append(f"line {number} is missing: line {line.number} stands in its place")
            number = line.number
        if line.previous != previous:
            faults.append(f"line {line.number} does not follow the one before: a line was removed, added or moved")
        if line.own_hash != line.hash:
            faults.append(f"line {line.number} ({line.kind}, {line.at}) was changed")
        if known is not None and line.number == known.number:
            seen = True
            if line.hash != known.hash:
                faults.append(f"line {line.number} is not the one whose hash was kept: the log was written anew")
        previous = line.hash
    if not seen and known is not None:
        faults.append(f"the log ends at line {number}: lines up to {known.number}, whose hash was kept, were cut off")
    return faults


def told_in(line: Line) -> Mapping[str, Any]:
    """What else a line tells."""
    return json.loads(line.told)


def digest(text: str) -> str:
    """What the log holds instead of a text that may tell of a patient: its hash."""
    return hashlib.sha256(text.encode()).hexdigest()


def utc(moment: datetime) -> str:
    """A moment as the record writes it: UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def canonical(value: object) -> str:
    """JSON of `value` that is the same for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _line(row: Row[Any]) -> Line:
    return Line(**{name: getattr(row, name) for name in Line.__slots__})
