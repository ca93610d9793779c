"""A clinic for the readers of schedules, with only what they ask of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pytest

from handouts.intake import Schedule, read_all


@dataclass(frozen=True)
class Place:
    time_zone: str
    open_days: tuple[str, ...] = ()


@dataclass(frozen=True)
class Person:
    licence_from: date | None = None
    licence_until: date | None = None


@dataclass(frozen=True)
class StandIn:
    folder: Path
    jurisdiction: str = "US"
    mrn_pattern: str = r"MRN-\d{6}"
    start_format: str = ""
    locations: dict[str, Place] = field(
        default_factory=lambda: {
            "midtown": Place("America/New_York", ("mon", "tue", "wed", "thu", "fri")),
            "phoenix": Place("America/Phoenix"),
        }
    )
    clinicians: dict[str, Person] = field(
        default_factory=lambda: {
            "okafor": Person(date(2020, 1, 1), date(2026, 12, 31)),
            "reyes": Person(),
            "lind": Person(None, date(2026, 6, 30)),
            "dorn": Person(date(2026, 5, 1)),
        }
    )

    def value(self, key: str) -> object:
        return {"arrive_early_min": 30}[key]


@pytest.fixture(scope="session")
def clinic(tmp_path_factory) -> StandIn:
    return StandIn(tmp_path_factory.mktemp("clinic"))


@pytest.fixture(scope="session")
def now() -> datetime:
    return datetime.fromisoformat("2026-02-27T09:00-05:00")


@pytest.fixture
def scheduled(clinic, now, tmp_path) -> Callable[..., Schedule]:
    """Reads texts or bytes as the files that they are named for."""

    def schedule(**files: str | bytes) -> Schedule:
        paths = []
        for name, content in files.items():
            stem, _, suffix = name.rpartition("_")
            path = tmp_path / f"{stem}.{suffix}"
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            paths.append(path)
        return read_all(paths, clinic, now)

    return schedule
