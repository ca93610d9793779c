"""The record → what is wrong with it: what was changed, what is damaged, what nobody names; and the end of its log."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from handouts.errors import DamagedRecord, Fault, HandoutsError, Tampered
from handouts.record import log
from handouts.record.files import Files
from handouts.record.log import Head
from handouts.record.replay import Told, adrift, contradictions, heard
from handouts.record.store import RESTORE, Store
from handouts.record.tables import documents, events, packets, reviews, signatures

_HASH = re.compile(r"\b[0-9a-f]{64}\b")


@dataclass(frozen=True)
class Audit:
    """What was found: `tampered` and `damaged` in words; `orphans` are files that no row names, which is no fault.

    `at` is when the last line of the log was written (UTC); "" where there is none.
    """

    head: Head
    at: str
    packets: int
    files: int
    tampered: tuple[str, ...]
    damaged: tuple[str, ...]
    orphans: tuple[str, ...]

    def error(self, place: str) -> HandoutsError | None:
        """What to raise for it: Tampered before DamagedRecord, with every fault there is; None where all is well."""
        remedy = "Keep the folder as it is for whoever looks into it, then restore the last backup that is sound."
        faults = [Fault(place, f"{each}.", remedy) for each in self.tampered]
        faults += [Fault(place, f"{each}.", RESTORE) for each in self.damaged]
        if not faults:
            return None
        return Tampered(*faults) if self.tampered else DamagedRecord(*faults)


def checked(store: Store, known: Head | None = None) -> Audit:
    """All that can be checked of a record; `known` is a head of its log that was kept elsewhere.

    Raises DamagedRecord where the database cannot be read so far that anything can be said of it.
    """
    if damage := store.damage():
        told = tuple(f"the database is damaged: {line}" for line in damage)
        return Audit(Head(0, log.FIRST), "", 0, 0, (), told, ())
    with store.reading() as connection:
        return audited(connection, store.files, known)


def audited(connection: Connection, files: Files, known: Head | None = None, *, contents: bool = True) -> Audit:
    """As `checked`, in a view of the record that the caller has; without `contents` no file is read."""
    told: dict[str, Told] = {}
    broken = log.broken(heard(log.lines(connection), told), known)
    head, at = log.end(connection)
    needed, kept = named(connection)
    there = set(files.names())
    changed, missing = _files(files, needed, there, contents=contents)
    return Audit(
        head,
        at,
        len(set(connection.execute(select(packets.c.id)).scalars())),
        len(needed),
        (*broken, *contradictions(connection, told), *changed),
        (*adrift(connection), *missing),
        tuple(sorted(there - needed - kept)),
    )


def tampering(store: Store, known: Head | None = None) -> list[str]:
    """What is wrong with the log alone, in words; `known` is a head that was kept elsewhere."""
    with store.reading() as connection:
        return log.broken(log.lines(connection), known)


def named(connection: Connection) -> tuple[set[str], set[str]]:
    """The hashes of the files that must be there, and of all that are named in any way and so are kept.

    What belonged to packets that are no more does not count.
    """
    there = set(connection.execute(select(packets.c.id)).scalars())

    def of(*columns: ColumnElement[Any]) -> Iterable[Any]:
        return (row for row in connection.execute(select(*columns)) if row[0] in there)

    needed = {row[1] for row in of(documents.c.packet, documents.c.sha256)}
    needed |= {row[1] for row in of(signatures.c.packet, signatures.c.sha256)} - {""}
    needed |= {row[1] for row in of(reviews.c.packet, reviews.c.page_zero)} - {""}
    kept = set(needed)
    for line in connection.execute(select(events.c.packet, events.c.kind, events.c.told)):
        if line.packet in there or not line.packet:
            found = _HASH.findall(line.told)
            kept.update(found)
            if line.kind == "packet.shown":
                needed.update(found)
    for column in (documents.c.told, signatures.c.evidence):
        for row in of(column.table.c.packet, column):
            kept.update(_HASH.findall(row[1]))
    return needed, kept


def mentioned(connection: Connection, packet: str) -> set[str]:
    """The hashes that any row or line of one packet names."""
    found: set[str] = set()
    for column in (
        documents.c.sha256,
        documents.c.told,
        signatures.c.sha256,
        signatures.c.evidence,
        reviews.c.page_zero,
        events.c.told,
    ):
        rows = connection.execute(select(column).where(column.table.c.packet == packet)).scalars()
        found.update(sha256 for row in rows for sha256 in _HASH.findall(row))
    return found


def _files(files: Files, needed: set[str], there: set[str], *, contents: bool) -> tuple[list[str], list[str]]:
    """The files that were changed, and those that are missing, in words."""
    missing = [f"file {sha256[:8]}… is missing" for sha256 in sorted(needed - there)]
    changed: list[str] = []
    for sha256 in sorted(needed & there) if contents else ():
        try:
            files.get(sha256)
        except DamagedRecord as trouble:
            readable = "does not hold" in trouble.faults[0].problem
            told = f"file {sha256[:8]}… {trouble.faults[0].problem.rstrip('.')}"
            (changed if readable else missing).append(told)
    return changed, missing
