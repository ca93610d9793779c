"""The faces that come with the program and those that were added → what is known of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont  # pyright: ignore[reportMissingTypeStubs]  # it has none

from handouts.typeset.added import AddedFile, added_files, added_folder
from handouts.typeset.fonts import Family, characters, families, file_face
from handouts.typeset.shape import script_of

_MANY = 20  # fewer characters of a script than this are no reason to name it


@dataclass(frozen=True, slots=True)
class Listed:
    """A face: its name, scripts (ISO 15924), number of characters, version, licence, size in bytes, and where it came from."""

    name: str
    bold: bool
    added: bool
    scripts: tuple[str, ...]
    characters: int
    version: str
    licence: str
    size: int
    origin: str


def listed() -> Iterator[Listed]:
    """Every face, in the order in which they are asked for a character. Raises OSError if a file is not there."""
    for family in families():
        yield from (_built_in(family, bold=bold) for bold in (False, True))
    yield from map(_added, added_files(added_folder()))


def _built_in(family: Family, *, bold: bool) -> Listed:
    face = family.bold if bold else family.regular
    version, _ = _told(face.path)
    licence, size = f"OFL 1.1 (OFL-{family.name}.txt)", face.path.stat().st_size
    return Listed(face.name, bold, False, family.scripts, len(characters(face)), version, licence, size, family.source)


def _added(file: AddedFile) -> Listed:
    held = characters(file_face(file.path))
    counted = Counter(script_of(chr(code)) for code in held)
    scripts = tuple(script for script, count in counted.most_common() if count >= _MANY and not script.startswith("Z"))
    version, licence = _told(file.path)
    size = file.path.stat().st_size
    return Listed(file.path.stem, file.bold, True, scripts, len(held), version, licence, size, str(file.path))


def _told(path: Path) -> tuple[str, str]:
    """The version and the licence that a font tells of itself (OpenType name ids 5 and 14, else 13)."""
    with TTFont(path, lazy=True) as font:
        names: Any = font["name"]
        version = str(names.getDebugName(5) or "unknown").removeprefix("Version ").partition(";")[0]
        return version, str(names.getDebugName(14) or names.getDebugName(13) or "not told")
