"""A real clinic, copied for each test; its record in SQLite or PostgreSQL; and packets recorded in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from record.postgres import Server, server
from record.real import NOW, real_folder, schedule

from handouts.batch import packets
from handouts.cache import user_cache
from handouts.clinic import Clinic, load_clinic
from handouts.content.editions import Editions
from handouts.errors import HandoutsError
from handouts.intake import read_all
from handouts.packet import Options, PacketMaker
from handouts.record.keeping import Record
from handouts.record.roles import Act, Actor, actor
from handouts.record.standing import Makers
from handouts.record.store import Store, opened
from handouts.typeset.style import PAPERS
from handouts.typeset.variant import STYLES

AT = datetime.fromisoformat(NOW)


@pytest.fixture(scope="session")
def template(tmp_path_factory) -> Path:
    """The folder of a real clinic; nobody writes in it."""
    return real_folder(tmp_path_factory.mktemp("real") / "clinic")


@pytest.fixture(scope="session")
def postgres() -> Generator[Server, None, None]:
    with server() as running:
        yield running


class Office:
    """A clinic with people and a record, and what its commands do."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder.parent / "packets"
        self.clinic: Clinic = load_clinic(folder)
        self.makers = Makers(self.clinic)
        self._stores: list[Store] = []

    def who(self, key: str = "okafor") -> Actor:
        act = {"okafor": Act.REVIEW, "reyes": Act.REVIEW, "desk": Act.GENERATE, "admin": Act.KEEP}[key]
        return actor(self.clinic, key, act, system_user="test")

    def store(self) -> Store:
        self._stores.append(opened(self.clinic, create=True))
        return self._stores[-1]

    def close(self) -> None:
        """Let go of the record, as a command does when it ends."""
        while self._stores:
            self._stores.pop().close()

    def record(self, *changes: Mapping[str, Any], at: datetime = AT) -> list[str]:
        """Make the packets of appointments that differ from a sound one in what is named; their ids."""
        made = [self.made(change, at) for change in self._numbered(changes)]
        return [str(each.manifest["packet_id"]) for each in made]

    def made(self, change: Mapping[str, Any], at: datetime = AT) -> Any:
        path = schedule(self.folder.parent / "schedule.json", change)
        editions = Editions(self.clinic, user_cache())
        make = PacketMaker(editions, Options((), None, PAPERS["letter"], STYLES["standard"]))
        found = read_all([path], self.clinic, at)
        record = Record(self.store(), self.who("desk"), at)
        (result,) = packets(found, make, at, self.out, record=record)
        if isinstance(error := getattr(result, "error", None), HandoutsError):
            raise error
        return result

    def _numbered(self, changes: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        return [{"id": f"2026-{number:04}", **each} for number, each in enumerate(changes or ({},), 1)]


@pytest.fixture
def office(template, tmp_path) -> Generator[Office, None, None]:
    """A clinic whose record is SQLite."""
    made = Office(shutil.copytree(template, tmp_path / "clinic"))
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_office(template, tmp_path, request) -> Generator[Office, None, None]:
    """A clinic whose record is in either database."""
    made = _office(template, tmp_path / "clinic", request.param, request)
    yield made
    made.close()


@pytest.fixture
def office_of(template, tmp_path, request) -> Generator[Callable[[str, str], Office], None, None]:
    """Makes a clinic of a name of its own, whose record is in the database that is said."""
    made: list[Office] = []

    def one(name: str, kind: str) -> Office:
        made.append(_office(template, tmp_path / name / "clinic", kind, request))
        return made[-1]

    yield one
    for each in made:
        each.close()


def _office(template: Path, folder: Path, kind: str, request: pytest.FixtureRequest) -> Office:
    shutil.copytree(template, folder)
    if kind == "postgresql":
        url = request.getfixturevalue("postgres").url()
        with (folder / "clinic.toml").open("a", encoding="utf-8") as out:
            out.write(f'\n[store]\nurl = "{url}"\n')
    return Office(folder)
