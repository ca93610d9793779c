"""A record ↔ one file: a tar archive with a manifest, a table a file as JSON lines, and the files that rows name by their hash.

The same of SQLite and of PostgreSQL, so that either can be restored from it; any program that reads tar and JSON can read it, and
the same record gives the same bytes. The manifest stands first: it has the hash and size of everything that follows.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from sqlalchemy import ColumnElement, Connection, Table, Text, select, tuple_

from handouts import __version__
from handouts.errors import DamagedRecord, Fault, UnreadableInput
from handouts.record.log import Head, canonical, end, head_read
from handouts.record.tables import HEAD, METADATA

FORMAT = 1
MANIFEST = "manifest.json"
_TABLES = tuple(sorted(METADATA.tables))
_PAGE = 1000
"""Rows that are read at a time."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself: of which clinic, at which end of the log, and the hash and size of all that is in it."""

    clinic: str
    revision: str
    head: Head
    at: str
    tables: Mapping[str, Mapping[str, Any]]
    files: Mapping[str, int]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows each table has."""
        return {name: int(each["rows"]) for name, each in self.tables.items()}

    @property
    def content(self) -> bytes:
        """The manifest as it stands in the archive."""
        told = {
            "format": FORMAT,
            "program": __version__,
            "clinic": self.clinic,
            "revision": self.revision,
            "head": str(self.head),
            "at": self.at,
            "tables": self.tables,
            "files": self.files,
        }
        return (json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


@dataclass(frozen=True)
class Archive:
    """A backup that is open; everything is compared with the manifest as it is read."""

    manifest: Manifest
    sha256: str
    place: str
    tar: tarfile.TarFile
    members: Mapping[str, tarfile.TarInfo]

    def rows(self, table: str) -> Iterator[Mapping[str, Any]]:
        """The rows of a table. Raises DamagedRecord where they are not those of the manifest."""
        told = self.manifest.tables[table]
        found, count = hashlib.sha256(), 0
        for line in self._open(f"tables/{table}.jsonl"):
            found.update(line)
            count += 1
            try:
                yield cast("Mapping[str, Any]", json.loads(line))
            except ValueError:
                break
        if (found.hexdigest(), count) != (told["sha256"], told["rows"]):
            raise self._damaged(f"its table {table} is not what its manifest says")

    def counted(self) -> Mapping[str, int]:
        """How many rows each table has, once all of them were read; raises as `rows`."""
        return {name: sum(1 for _ in self.rows(name)) for name in self.manifest.tables}

    def file(self, sha256: str) -> bytes:
        """A file. Raises DamagedRecord where it is not the one of this hash."""
        content = self._open(_place_of(sha256)).read()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise self._damaged(f"its file {sha256[:8]}… does not hold what it should")
        return content

    def _open(self, name: str) -> IO[bytes]:
        member = self.members.get(name)
        opened = self.tar.extractfile(member) if member else None
        if opened is None:
            raise self._damaged(f"{name} is missing")
        return opened

    def _damaged(self, problem: str) -> DamagedRecord:
        return _damaged(self.place, problem)


def manifest_of(connection: Connection, clinic: str, files: Mapping[str, int], spool: Path) -> Manifest:
    """The manifest of the record in one view of it, with its tables written into the folder `spool`."""
    tables: dict[str, Mapping[str, Any]] = {}
    for name in _TABLES:
        found, count = hashlib.sha256(), 0
        with (spool / f"{name}.jsonl").open("wb") as out:
            for row in _rows(connection, METADATA.tables[name]):
                line = f"{canonical(row)}\n".encode()
                found.update(line)
                count += out.write(line) > 0
        tables[name] = {"rows": count, "sha256": found.hexdigest()}
    head, at = end(connection)
    return Manifest(clinic, HEAD, head, at, tables, dict(sorted(files.items())))


def write(out: IO[bytes], manifest: Manifest, spool: Path, content: Any) -> None:
    """Write the archive: the manifest, the tables out of `spool`, and each file as `content` gives it by its hash."""
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        _add(tar, MANIFEST, io.BytesIO(manifest.content), len(manifest.content))
        for name in _TABLES:
            path = spool / f"{name}.jsonl"
            with path.open("rb") as lines:
                _add(tar, f"tables/{name}.jsonl", lines, path.stat().st_size)
        for sha256 in manifest.files:
            each = content(sha256)
            _add(tar, _place_of(sha256), io.BytesIO(each), len(each))


@contextmanager
def opened(path: Path) -> Generator[Archive, None, None]:
    """The backup at `path`. Raises UnreadableInput where there is none, DamagedRecord where it is not whole."""
    place = str(path)
    try:
        with path.open("rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
            content, members = _listed(tar, place)
            manifest = _manifest(content, place)
            _compared(manifest, members, place)
            yield Archive(manifest, hashlib.sha256(content).hexdigest(), place, tar, members)
    except tarfile.TarError:
        raise _damaged(place, "it is no backup, or is cut off") from None
    except OSError as trouble:
        problem = f"cannot be read: {trouble.strerror or trouble}."
        raise UnreadableInput(Fault(place, problem, "Name the file that store backup wrote.")) from None


def _listed(tar: tarfile.TarFile, place: str) -> tuple[bytes, dict[str, tarfile.TarInfo]]:
    """The manifest's bytes, and what else is in the archive by its name."""
    found: dict[str, tarfile.TarInfo] = {}
    for member in tar:
        if not member.isreg() or member.name in found:
            raise _damaged(place, f"{member.name} stands in it, which no backup holds")
        found[member.name] = member
    opened_ = tar.extractfile(found.pop(MANIFEST)) if MANIFEST in found else None
    if opened_ is None:
        raise _damaged(place, "it has no manifest, so it is no backup of a record")
    return opened_.read(), found


def _manifest(content: bytes, place: str) -> Manifest:
    try:
        told = json.loads(content)
        if told["format"] != FORMAT:
            problem = "was written by a later version of the program."
            raise UnreadableInput(Fault(place, problem, "Install that version, or a later one."))
        tables = {str(name): dict(each) for name, each in told["tables"].items()}
        files = {str(sha256): int(size) for sha256, size in told["files"].items()}
        head = head_read(told["head"])
        return Manifest(str(told["clinic"]), str(told["revision"]), head, str(told["at"]), tables, files)
    except (ValueError, LookupError, TypeError, AttributeError):
        raise _damaged(place, "its manifest cannot be read") from None


def _compared(manifest: Manifest, members: Mapping[str, tarfile.TarInfo], place: str) -> None:
    """Raise DamagedRecord where anything is missing, too much, or has another size than the manifest says."""
    wanted = {_place_of(sha256): size for sha256, size in manifest.files.items()}
    tables = {f"tables/{name}.jsonl" for name in manifest.tables}
    for odd in sorted(set(members) ^ (set(wanted) | tables)):
        raise _damaged(place, f"{odd} is missing, or is in it and not in its manifest")
    for name, size in wanted.items():
        if members[name].size != size:
            raise _damaged(place, f"{name} has another size than its manifest says")


def _rows(connection: Connection, table: Table) -> Iterator[Mapping[str, Any]]:
    """Every row in the order of its key, some at a time, the same whatever the database."""
    keys = list(table.primary_key.columns)
    order = [_plain(connection, key) for key in keys]
    after: Sequence[Any] | None = None
    while True:
        wanted = select(table).order_by(*order).limit(_PAGE)
        if after is not None:
            wanted = wanted.where(tuple_(*order) > tuple_(*after))
        rows = connection.execute(wanted).mappings().all()
        yield from (dict(row) for row in rows)
        if len(rows) < _PAGE:
            return
        after = [rows[-1][key.name] for key in keys]


def _plain(connection: Connection, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column in the order of its bytes, which is SQLite's own."""
    textual = connection.dialect.name == "postgresql" and isinstance(column.type, Text)
    return column.collate("C") if textual else column


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    tar.addfile(member, content)


def _place_of(sha256: str) -> str:
    return f"files/{sha256[:2]}/{sha256}"


def _damaged(place: str, problem: str) -> DamagedRecord:
    return DamagedRecord(Fault(place, f"cannot be restored: {problem}.", "Take another backup."))
