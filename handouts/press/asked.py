"""What a run follows from beside the time, as a journal keeps it: schedules, options, the clinic's content and the program."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from handouts import builtin
from handouts.cache import program
from handouts.clinic import Clinic
from handouts.press.manifest import sha256_of
from handouts.press.plan import Plan

_CONTENT = (".toml", ".tsv", ".html", ".po", ".png", ".jpg", ".jpeg", ".txt")
_NOT_CONTENT = ("store",)


def asked(plan: Plan, clinic: Clinic, files: Sequence[Path]) -> Mapping[str, Any]:
    """It as JSON has it: the same for the same command over the same files."""
    return {
        "plan": {name: value for name, value in plan.told.items() if name != "now"},
        "two_sided": clinic.press.two_sided,
        "schedule": [sha256_of(path) for path in files],
        "content": _content(clinic.folder),
        "program": program(),
    }


def _content(folder: Path) -> str:
    """The hash of all that documents are made of: the clinic's files and those that come with the program."""
    digest = hashlib.sha256()
    for place in (folder, builtin.templates(), builtin.locales()):
        for path in _files(place):
            digest.update(f"{path.relative_to(place)}\n{sha256_of(path)}\n".encode())
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        within = path.relative_to(folder).parts
        if path.suffix in _CONTENT and path.is_file() and within[0] not in _NOT_CONTENT and within[0][0] != ".":
            yield path
