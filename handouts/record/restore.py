"""A backup → the record: all of it looked at first, what was there moved aside, and the new one in its place at one stroke."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, insert

from handouts.errors import DamagedRecord, Fault, NotAllowed, Tampered, UnreadableInput, WrongUsage
from handouts.record import log
from handouts.record.archive import Archive, opened
from handouts.record.audit import audited
from handouts.record.files import Files
from handouts.record.lock import alone
from handouts.record.log import Head, Line
from handouts.record.premises import Premises
from handouts.record.roles import Actor
from handouts.record.standby import Standby, standby
from handouts.record.store import private, upgraded
from handouts.record.whole import told_of

_AT_ONCE = 1000


@dataclass(frozen=True)
class Loss:
    """What the record holds that the backup does not: the end of its log, the kinds of the lines that would be gone.

    `untold` says why that cannot be told, where the record cannot be read; then `head` is None.
    """

    head: Head | None
    kinds: Mapping[str, int]
    untold: str = ""

    def __str__(self) -> str:
        if self.untold:
            return self.untold
        told = ", ".join(f"{count} {kind}" for kind, count in sorted(self.kinds.items()))
        count = sum(self.kinds.values())
        return f"{count} line{'' if count == 1 else 's'} of the log ({told})" if told else "nothing"


@dataclass(frozen=True)
class Restored:
    """A record that was restored: the backup's end of the log and its own, what was lost, and where what was there is now."""

    backup: Head
    head: Head
    packets: int
    files: int
    loss: Loss
    aside: str


def restored(
    premises: Premises,
    actor: Actor,
    now: datetime,
    path: Path,
    *,
    replace: bool = False,
    known: Head | None = None,
) -> Restored:
    """Put the record of the backup at `path` in the place of the clinic's; `known` is a head of the log that was kept elsewhere.

    Raises UnreadableInput, DamagedRecord or Tampered for a backup that is not sound, WrongUsage for one of another clinic, and
    NotAllowed where there is a record already: then `replace` moves that aside. Whatever is raised, or if the process is
    killed, the record is as it was.
    """
    private(premises.folder)
    with opened(path) as archive:
        if archive.manifest.clinic != premises.clinic.id:
            problem = f'is of the clinic "{archive.manifest.clinic}", and this is "{premises.clinic.id}".'
            raise WrongUsage(Fault(str(path), problem, "Name a backup of this clinic."))
        _known_in(archive, known)
        archive.counted()
        for sha256 in archive.manifest.files:
            archive.file(sha256)
        with alone(premises.folder), standby(premises) as place:
            return _restored(archive, place, premises, actor, now, replace=replace)


def _restored(
    archive: Archive, place: Standby, premises: Premises, actor: Actor, now: datetime, *, replace: bool
) -> Restored:
    loss, already = _loss(place, archive)
    if already and not replace:
        return Restored(archive.manifest.head, already, *_counts(archive), loss, "")
    there = loss.head is None or loss.head.number > 0
    if there and not replace:
        problem = f"holds a record already. Lost would be: {loss}."
        raise NotAllowed(Fault(place.name, problem, "To put the backup in its place all the same, add --replace."))
    files = Files(premises.files)
    aside = place.set_aside(f"replaced-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}", files) if there else ""
    with told_of(premises.folder):
        for sha256 in archive.manifest.files:
            files.put(archive.file(sha256), mend=True)
    with place.building() as connection:
        _filled(connection, archive, place.name)
        if trouble := audited(connection, files, archive.manifest.head, contents=False).error(archive.place):
            raise trouble
        told: dict[str, Any] = {"manifest": archive.sha256, "backup": str(archive.manifest.head)}
        told |= {"replaced": str(loss.head)} if loss.head and loss.head.number else {}
        head = log.append(connection, actor, now, "store.restored", told=told)
    place.put()
    return Restored(archive.manifest.head, head, *_counts(archive), loss, aside)


def _counts(archive: Archive) -> tuple[int, int]:
    return archive.manifest.counts["packets"], len(archive.manifest.files)


def _known_in(archive: Archive, known: Head | None) -> None:
    """Raise Tampered unless the backup's log is whole, ends where its manifest says, and holds the line `known`."""
    lines = (_line(row) for row in archive.rows("events"))
    broken = log.broken(lines, archive.manifest.head)
    if known is not None and not broken:
        broken = log.broken((_line(row) for row in archive.rows("events")), known)
    if broken:
        remedy = "Take another backup, and keep this one for whoever looks into it."
        raise Tampered(*(Fault(archive.place, f"{each}.", remedy) for each in broken))


def _loss(place: Standby, archive: Archive) -> tuple[Loss, Head | None]:
    """What would be lost; and the end of the record's log, if it is this backup restored and nothing since."""
    try:
        with place.current() as connection:
            if connection is None:
                return Loss(Head(0, log.FIRST), {}), None
            return _compared(connection, archive)
    except (DamagedRecord, UnreadableInput) as trouble:
        return Loss(None, {}, f"nobody knows what: {trouble.faults[0].problem}"), None


def _compared(connection: Connection, archive: Archive) -> tuple[Loss, Head | None]:
    head, end = log.head(connection), archive.manifest.head
    lines = list(log.lines(connection))
    at_end = lines[end.number - 1] if 0 < end.number <= len(lines) else None
    if end.number and (at_end is None or at_end.hash != end.hash):
        return Loss(head, Counter(line.kind for line in lines), ""), None
    since = lines[end.number :]
    own = [line for line in since if line.kind == "store.restored" and _manifest_in(line) == archive.sha256]
    kinds = Counter(line.kind for line in since)
    if len(since) == 1 and own:
        return Loss(head, {}), head
    return Loss(head, kinds), None


def _manifest_in(line: Line) -> str:
    return str(log.told_in(line).get("manifest", ""))


def _filled(connection: Connection, archive: Archive, place: str) -> None:
    """Tables as the backup's program had them, filled, and then brought to what this program has."""
    upgraded(connection, place, archive.manifest.revision)
    there = MetaData()
    there.reflect(connection)
    for table in there.sorted_tables:
        for rows in _some(archive.rows(table.name)) if table.name in archive.manifest.tables else ():
            connection.execute(insert(table), rows)
    upgraded(connection, place)


def _some(rows: Iterator[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    some: list[Mapping[str, Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == _AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _line(row: Mapping[str, Any]) -> Line:
    return Line(**{name: row[name] for name in Line.__slots__})
