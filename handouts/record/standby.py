"""Where another record is built beside the one there is, and put in its place at one stroke: a file, or tables of PostgreSQL.

Of SQLite the database's file is replaced by one that is whole, once nobody has the old one open and nothing of it is left in a
journal. In PostgreSQL the old tables go to a schema of their own in the transaction that makes the new ones.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, inspect, text

from handouts.errors import DamagedRecord, Fault, NotWritten
from handouts.record.files import Files
from handouts.record.premises import Premises
from handouts.record.store import RESTORE, bare, engine_of, told_of
from handouts.record.tables import METADATA
from handouts.record.whole import flush, remove, scratch
from handouts.record.whole import told_of as disk_told_of
from handouts.translate.files import flush_names

_JOURNALS = ("-wal", "-shm", "-journal")


class Standby(Protocol):
    """A place for a record, beside the one there is; what was begun and never `put` leaves nothing behind."""

    @property
    def name(self) -> str:
        """How faults call the database."""
        ...

    def current(self) -> AbstractContextManager[Connection | None]:
        """A view of what there is; None where that is nothing. Raises DamagedRecord where it cannot be read."""
        ...

    def set_aside(self, name: str, files: Files) -> str:
        """Have what there is, with its `files`, under another name too; that name."""
        ...

    def building(self) -> AbstractContextManager[Connection]:
        """A database without tables, in a transaction."""
        ...

    def put(self) -> None:
        """Put what was built in the place of what there is."""
        ...


@contextmanager
def standby(premises: Premises) -> Generator[Standby, None, None]:
    """The place beside the record of `premises`."""
    if premises.clinic.store.url:
        with _postgres(premises) as place:
            yield place
    else:
        with scratch(premises.folder, "restored") as folder:
            place = _Sqlite(premises, folder)
            try:
                yield place
            finally:
                place.drop()


class _Sqlite:
    def __init__(self, premises: Premises, folder: Path) -> None:
        self.name = str(premises.database)
        self._home = premises.folder
        self._database = premises.database
        self._new = folder / premises.database.name
        self._engine = engine_of(f"sqlite:///{self._new}")
        self._aside: Path | None = None
        self._sound = False  # until it was looked at; what is damaged is left as it is

    @contextmanager
    def current(self) -> Generator[Connection | None, None, None]:
        if not self._database.exists():
            if any(path.stat().st_size for path in self._journals()):
                problem = "is missing, and a journal of it is there."
                raise DamagedRecord(Fault(self.name, problem, RESTORE))
            yield None
            return
        engine = engine_of(f"sqlite:///{self._database}")
        try:
            with told_of(self.name), engine.connect().execution_options(reading=True) as connection:
                found = connection.execute(text("PRAGMA integrity_check")).scalars().all()
                if list(found) != ["ok"]:
                    raise DamagedRecord(Fault(self.name, "is damaged.", RESTORE))
                self._sound = True
                yield connection if inspect(connection).has_table("events") else None
        finally:
            engine.dispose()

    def set_aside(self, name: str, files: Files) -> str:
        self._settle()
        with disk_told_of(self._home):
            self._aside = folder = _free(self._home / name)
            unfinished = self._new.parent / folder.name
            unfinished.mkdir(mode=0o700)
            for path in (self._database, *self._journals()):
                if path.exists():
                    _link(path, unfinished / path.name)
            files.link(unfinished / "files")
            flush(unfinished)
            unfinished.rename(folder)
            flush_names(self._home)
        return str(folder)

    @contextmanager
    def building(self) -> Generator[Connection, None, None]:
        with told_of(self.name), self._engine.begin() as connection:
            yield connection
        with bare(self._engine, self.name) as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = DELETE")
        self._engine.dispose()

    def put(self) -> None:
        with disk_told_of(self._home):
            flush(self._new.parent)
            self._settle()
            for path in self._journals():
                path.unlink()
            self._new.chmod(0o600)
            self._new.replace(self._database)
            flush_names(self._home)
            self._aside = None

    def drop(self) -> None:
        """Let go of what was built; what was set aside for it is not needed then."""
        self._engine.dispose()
        if self._aside is not None:
            remove(self._aside)

    def _settle(self) -> None:
        """Have all of the database in its one file, if it is sound."""
        if not self._sound:
            return
        connection = sqlite3.connect(self._database, timeout=30, isolation_level=None)
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.DatabaseError as trouble:
            problem = f"cannot be set aside: {trouble}."
            raise NotWritten(Fault(self.name, problem, "Try again when no other process has it open.")) from None
        finally:
            connection.close()

    def _journals(self) -> list[Path]:
        every = (self._database.with_name(self._database.name + end) for end in _JOURNALS)
        return [path for path in every if path.exists()]


class _Postgres:
    def __init__(self, premises: Premises, connection: Connection) -> None:
        self.name = "the database of [store]"
        self._home = premises.folder
        self._connection = connection
        self._aside: Path | None = None

    @contextmanager
    def current(self) -> Generator[Connection | None, None, None]:
        there = inspect(self._connection).has_table("events")
        if there:
            self._connection.execute(text("LOCK TABLE events IN ACCESS EXCLUSIVE MODE"))
        yield self._connection if there else None

    def set_aside(self, name: str, files: Files) -> str:
        with disk_told_of(self._home):
            self._aside = folder = _free(self._home / name)
            files.link(folder / "files")
            folder.mkdir(mode=0o700, exist_ok=True)
        execute = self._connection.exec_driver_sql
        schema = self._connection.dialect.identifier_preparer.quote(folder.name)
        execute(f"CREATE SCHEMA {schema}")
        for table in (*METADATA.tables, "alembic_version"):
            execute(f"ALTER TABLE {self._connection.dialect.identifier_preparer.quote(table)} SET SCHEMA {schema}")
        execute(f"ALTER FUNCTION events_stay() SET SCHEMA {schema}")
        return f"the schema {folder.name}, and the files in {folder}"

    @contextmanager
    def building(self) -> Generator[Connection, None, None]:
        if inspect(self._connection).has_table("events"):  # of a record that holds nothing
            for table in (*METADATA.tables, "alembic_version"):
                quoted = self._connection.dialect.identifier_preparer.quote(table)
                self._connection.exec_driver_sql(f"DROP TABLE IF EXISTS {quoted} CASCADE")
            self._connection.exec_driver_sql("DROP FUNCTION IF EXISTS events_stay() CASCADE")
        yield self._connection

    def put(self) -> None:
        self._connection.commit()
        self._aside = None

    def drop(self) -> None:
        """Take back what was not put."""
        self._connection.rollback()
        if self._aside is not None:
            remove(self._aside)


@contextmanager
def _postgres(premises: Premises) -> Generator[_Postgres, None, None]:
    engine = engine_of(premises.url)
    try:
        with told_of("the database of [store]"), engine.connect() as connection:
            place = _Postgres(premises, connection)
            try:
                yield place
            finally:
                place.drop()
    finally:
        engine.dispose()


def _free(folder: Path) -> Path:
    """`folder`, or the same with a number, of which there is none."""
    number = 1
    found = folder
    while os.path.lexists(found):
        number += 1
        found = folder.with_name(f"{folder.name}-{number}")
    return found


def _link(path: Path, there: Path) -> None:
    try:
        os.link(path, there)
    except OSError:  # a disk that knows no further names of a file
        shutil.copy2(path, there)
