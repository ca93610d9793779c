"""Time zones by name, from the tzdata package: the same on every machine."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import tzdata

_FOLDER = Path(tzdata.__file__).parent


class _Zone(ZoneInfo):
    """A zone out of the tzdata package, which unlike ZoneInfo.from_file's own can be pickled by its name."""

    def __reduce__(self) -> tuple[Any, ...]:
        return zone, (self.key,)


@cache
def zone(name: str) -> ZoneInfo:
    """The time zone `name` (IANA) from the tzdata package, never from the machine. Raises ValueError if there is none."""
    if name not in _zone_names():
        near = get_close_matches(name, _zone_names(), 1)
        raise ValueError(f"is no time zone.{f' Did you mean {near[0]}?' if near else ''}")
    with _FOLDER.joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return _Zone.from_file(file, key=name)


@cache
def _zone_names() -> frozenset[str]:
    return frozenset((_FOLDER / "zones").read_text("utf-8").split())
