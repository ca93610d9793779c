"""Where a clinic's record is, and whether it has one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from handouts.clinic import Clinic

FOLDER = "store"
DATABASE = "record.sqlite3"


@dataclass(frozen=True)
class Premises:
    """Where a clinic's record is."""

    clinic: Clinic

    @cached_property
    def folder(self) -> Path:
        """The folder of the files, and of the database if that is SQLite."""
        return self.clinic.folder / FOLDER

    @property
    def files(self) -> Path:
        """Where the files are, by their hash."""
        return self.folder / "files"

    @cached_property
    def database(self) -> Path:
        """The database's file, if it is SQLite."""
        return self.folder / DATABASE

    @property
    def url(self) -> str:
        """The database's URL as SQLAlchemy takes it."""
        return self.clinic.store.url or f"sqlite:///{self.database}"

    @property
    def exists(self) -> bool:
        """Whether there is a record already, or one is asked for by its URL."""
        return bool(self.clinic.store.url) or self.database.exists()


def kept(clinic: Clinic) -> bool:
    """Whether packets of `clinic` are recorded: those of a demo clinic only once somebody has made a store for it."""
    return not clinic.demo or Premises(clinic).exists
