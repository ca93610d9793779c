"""The record → a backup of it, while others go on writing: one file, whole or absent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from handouts.clinic import Clinic
from handouts.errors import DamagedRecord, Fault, HandoutsError, NotWritten
from handouts.record import log
from handouts.record.archive import Manifest, manifest_of, opened, write
from handouts.record.audit import audited, named
from handouts.record.log import Head
from handouts.record.roles import Actor
from handouts.record.store import Store
from handouts.record.whole import scratch, whole_file

_ATTEMPTS = 3
"""How often a record is read anew that somebody purged meanwhile, so that files were missing."""


@dataclass(frozen=True)
class Backup:
    """A backup that was written: where, up to which line of the log, and of how many packets and files."""

    path: Path
    head: Head
    packets: int
    files: int


def backed_up(store: Store, clinic: Clinic, actor: Actor, now: datetime, out: Path) -> Backup:
    """Write the record of `clinic` into the folder `out`, or into the new file `out`; a file of the same record is left as it is.

    Its name in a folder tells the clinic and the end of the log. Raises Tampered or DamagedRecord for a record that is not sound,
    of which there is no backup; WrongUsage where something else has the name; NotWritten where the disk does not take it.
    """
    for _ in range(_ATTEMPTS):
        before = _head(store)
        try:
            backup, sha256 = _written(store, clinic, out)
            break
        except DamagedRecord:
            if _head(store) == before:
                raise
    else:
        raise NotWritten(Fault(str(out), "cannot be written: the record changes too fast.", "Try again later."))
    told = {"head": str(backup.head), "manifest": sha256}
    with store.writing() as connection:
        log.append(connection, actor, now, "store.backed_up", told=told)
    return backup


def _written(store: Store, clinic: Clinic, out: Path) -> tuple[Backup, str]:
    """A backup of one view of the record, and the hash of its manifest."""
    with store.reading() as connection:
        if trouble := audited(connection, store.files, contents=False).error(store.place):
            raise trouble
        needed, kept = named(connection)
        with scratch(store.files.folder.parent, "backup") as spool:
            files = {name: size for name in needed | kept if (size := store.files.size(name)) is not None}
            manifest = manifest_of(connection, clinic.id, files, spool)
            path = _path(out, manifest)
            if not _is_there(path, manifest):
                with whole_file(path) as file:
                    write(file, manifest, spool, store.files.get)
    packets = int(manifest.tables["packets"]["rows"])
    return Backup(path, manifest.head, packets, len(files)), log.digest(manifest.content.decode())


def _path(out: Path, manifest: Manifest) -> Path:
    if not out.is_dir():
        return out
    return out / f"{manifest.clinic}-{manifest.head.number:08}-{manifest.head.hash[:8]}.tar"


def _is_there(path: Path, manifest: Manifest) -> bool:
    """Whether the backup was written already, and is whole."""
    if not path.is_file():
        return False
    try:
        with opened(path) as there:
            whole = all(map(there.file, there.manifest.files))
            return whole and there.counted() == manifest.counts and there.manifest.content == manifest.content
    except HandoutsError:
        return False


def _head(store: Store) -> Head:
    with store.reading() as connection:
        return log.head(connection)
