"""The clinic's record: a database with a log that is only added to, and the files beside it by their hash.

SQLite in `store/` below the clinic's folder, or PostgreSQL by the URL in [store]. Whoever writes does so alone: in SQLite by
`BEGIN IMMEDIATE`, in PostgreSQL by a lock on the log. Everything a command decides is in one transaction with its line in the log.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from handouts.clinic import Clinic
from handouts.errors import DamagedRecord, Fault, HandoutsError, MissingProgram, NotWritten, UnreadableInput, WrongUsage
from handouts.record.files import Files
from handouts.record.lock import Lock, shared
from handouts.record.premises import Premises
from handouts.record.tables import HEAD

_MIGRATIONS = Path(__file__).with_name("migrations")
_WAIT = 30.0
"""Seconds to wait for others who write."""
RESTORE = "Restore the last backup: handouts store restore FILE."
_OURS = 0x48616E64  # SQLite's application id of our databases
_TROUBLES: Mapping[str, tuple[type[HandoutsError], str, str]] = {
    "readonly": (NotWritten, "cannot be written: it, or its folder, is read-only.", "Allow writing it."),
    "read-only": (NotWritten, "cannot be written: it, or its folder, is read-only.", "Allow writing it."),
    "disk is full": (NotWritten, "cannot be written: the disk is full.", "Free some space; nothing was changed."),
    "disk i/o error": (NotWritten, "cannot be written: the disk fails or is full.", "Look at the disk."),
    "locked": (NotWritten, "is held by another process.", "Try again when it has ended."),
    "malformed": (DamagedRecord, "is damaged.", RESTORE),
    "not a database": (DamagedRecord, "is no database, or is damaged.", RESTORE),
    "never changed": (DamagedRecord, "refused to change its log.", "Report this."),
    "unable to open": (UnreadableInput, "cannot be opened.", "Look at the folder and who may use it."),
}
_UNKNOWN = (UnreadableInput, "does not answer as it should.", "Look at the database and its URL in [store].")


class Store:
    """The record of one clinic; open it with `opened`."""

    def __init__(self, engine: Engine, place: str, files: Files, lock: Lock | None = None) -> None:
        self.engine = engine
        self.place = place
        self.files = files
        self._lock = lock

    @contextmanager
    def writing(self) -> Generator[Connection, None, None]:
        """A transaction in which nobody else writes; all of it stands when it ends, or nothing if anything is raised.

        Raises NotWritten, DamagedRecord or UnreadableInput for what is wrong with the database itself.
        """
        with told_of(self.place), self.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("LOCK TABLE events IN EXCLUSIVE MODE"))
            yield connection

    @contextmanager
    def reading(self) -> Generator[Connection, None, None]:
        """One view of the record, whatever others write meanwhile; raises as `writing`."""
        view = {"isolation_level": "REPEATABLE READ"} if self.engine.dialect.name == "postgresql" else {"reading": True}
        with told_of(self.place), self.engine.connect().execution_options(**view) as connection:
            yield connection

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def damage(self) -> list[str]:
        """What the database says is wrong with itself; nothing if all is well (SQLite; PostgreSQL looks after itself)."""
        if self.engine.dialect.name != "sqlite":
            return []
        with told_of(self.place), self.engine.connect() as connection:
            found = connection.execute(text("PRAGMA integrity_check")).scalars().all()
        return [str(line) for line in found if line != "ok"]


@contextmanager
def bare(engine: Engine, place: str) -> Generator[Connection, None, None]:
    """The database without a transaction, for what it does to itself as a whole; raises as `Store.writing`."""
    sqlite = engine.dialect.name == "sqlite"
    options: dict[str, Any] = {"bare": True} if sqlite else {"isolation_level": "AUTOCOMMIT"}
    with told_of(place), engine.connect().execution_options(**options) as connection:
        connection.connection.rollback()  # the pool's question whether the connection lives has begun a transaction
        yield connection


@contextmanager
def told_of(place: str) -> Generator[None, None, None]:
    """What a database says is wrong is told in our words, as NotWritten, DamagedRecord or UnreadableInput."""
    try:
        yield
    except DBAPIError as trouble:
        raise _trouble(place, trouble) from None
    except UnicodeDecodeError:  # what stands in the place of a text, or of what the database says of itself
        raise DamagedRecord(Fault(place, "is damaged.", RESTORE)) from None


def opened(clinic: Clinic, *, create: bool = False) -> Store:
    """The record of `clinic`; with `create` it is made if there is none.

    Raises WrongUsage where there is none, MissingProgram for a driver that is not installed, else as `Store.writing`.
    """
    premises = Premises(clinic)
    if not create and not premises.exists:
        remedy = "It is made with the first packet; or make it with: handouts store init."
        raise WrongUsage(Fault(str(premises.folder), "there is no record of this clinic yet.", remedy))
    local = not clinic.store.url
    place = str(premises.database) if local else "the database of [store]"
    private(premises.folder)
    if local:
        _refuse_link(premises.database)
        _refuse_read_only(premises)
    lock = shared(premises.folder)
    store = Store(engine_of(premises.url), place, Files(premises.files), lock)
    try:
        with told_of(place):
            up_to_date(store.engine, place)
    except HandoutsError:
        store.close()
        lock.close()
        raise
    if local:
        _own(premises.database)
    return store


def engine_of(url: str) -> Engine:
    """The database at `url`. Raises WrongUsage where that is none of ours, MissingProgram where its driver is not installed."""
    try:
        address = make_url(url)
        sqlite = address.get_backend_name() == "sqlite"
        arguments: dict[str, Any] = {"timeout": _WAIT} if sqlite else {}
        made = create_engine(address, connect_args=arguments, pool_pre_ping=not sqlite)
    except ArgumentError:
        remedy = 'Write url = "postgresql+pg8000://USER@HOST/NAME" in [store].'
        raise WrongUsage(Fault("clinic.toml", "is no database's URL.", remedy, "store.url")) from None
    except (NoSuchModuleError, ModuleNotFoundError):
        remedy = "Install it: pip install 'handouts[postgres]'."
        raise MissingProgram(
            Fault("clinic.toml", "needs a driver that is not installed.", remedy, "store.url")
        ) from None
    if made.dialect.name not in ("sqlite", "postgresql"):
        problem = f"{made.dialect.name} cannot hold the record."
        raise WrongUsage(Fault("clinic.toml", problem, "Take SQLite (leave it empty) or PostgreSQL.", "store.url"))
    if sqlite:
        event.listen(made, "connect", _as_we_need_it)
        event.listen(made, "begin", _begin)
    return made


def _as_we_need_it(connection: Any, _: object) -> None:
    """SQLite as it loses nothing: each transaction is on the disk when it ends."""
    connection.isolation_level = None  # its driver would begin transactions by itself, and too late
    for line in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF"):
        connection.execute(f"PRAGMA {line}")


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("bare"):
        connection.exec_driver_sql("BEGIN" if options.get("reading") else "BEGIN IMMEDIATE")


def up_to_date(engine: Engine, place: str) -> None:
    """Bring the tables to the latest revision. Raises UnreadableInput for those of a later program."""
    if _revision(engine) == HEAD:
        return
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:ours)"), {"ours": _OURS})
        upgraded(connection, place)


def upgraded(connection: Connection, place: str, revision: str = HEAD) -> None:
    """Bring the tables to `revision` in a transaction of the caller's. Raises as `up_to_date`."""
    if _revision_on(connection) == revision:  # another process was first
        return
    from alembic.command import upgrade  # noqa: PLC0415 - only the first run of a program needs it
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util.exc import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        upgrade(config, revision)
    except CommandError:
        problem = "was made by a later version of the program."
        raise UnreadableInput(Fault(place, problem, "Install that version, or a later one.")) from None


def _revision(engine: Engine) -> str:
    with engine.connect().execution_options(reading=True) as connection:
        return _revision_on(connection)


def _revision_on(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def private(folder: Path) -> None:
    """Make the folder, for its owner alone."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if stat.S_IMODE(folder.stat().st_mode) & 0o077:
            folder.chmod(0o700)
    except OSError as trouble:
        problem = f"cannot be made or kept private: {trouble.strerror or trouble}."
        raise NotWritten(
            Fault(str(folder), problem, "The record needs a folder of its own that it may write.")
        ) from None


def _refuse_read_only(premises: Premises) -> None:
    """Raise NotWritten where SQLite could not even read, as it keeps its journal in the same folder."""
    if not os.access(premises.folder, os.W_OK) or (
        premises.database.exists() and not os.access(premises.database, os.W_OK)
    ):
        _, problem, remedy = _TROUBLES["readonly"]
        raise NotWritten(Fault(str(premises.database), problem, remedy))


def _own(database: Path) -> None:
    """Keep the database its owner's alone."""
    with suppress(OSError):  # it is so already, where the folder is read-only
        if stat.S_IMODE(database.stat().st_mode) != 0o600:
            database.chmod(0o600)


def _refuse_link(database: Path) -> None:
    if database.is_symlink():
        raise UnreadableInput(Fault(str(database), "is a link.", "Put the database itself there."))


def _trouble(place: str, trouble: SQLAlchemyError) -> HandoutsError:
    """What the database said, without the statement and its values, which may be a patient's."""
    said = str(getattr(trouble, "orig", trouble)).lower()
    kind, problem, remedy = next((told for part, told in _TROUBLES.items() if part in said), _UNKNOWN)
    return kind(Fault(place, problem, remedy))
