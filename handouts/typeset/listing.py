"""The faces that come with the program and those that were added → what is known of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from handouts.typeset.added import AddedFile, added_files, added_folder
from handouts.typeset.fonts import Face, Family, characters, families, file_face, opened
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
    version, _ = _told(face)
    licence, size = f"OFL 1.1 (OFL-{family.name}.txt)", face.path.stat().st_size
    return Listed(face.name, bold, False, family.scripts, len(characters(face)), version, licence, size, family.source)


def _added(file: AddedFile) -> Listed:
    face = file_face(file.path)
    held = characters(face)
    counted = Counter(script_of(chr(code)) for code in held)
    scripts = tuple(script for script, count in counted.most_common() if count >= _MANY and not script.startswith("Z"))
    version, licence = _told(face)
    size = file.path.stat().st_size
    return Listed(file.path.stem, file.bold, True, scripts, len(held), version, licence, size, str(file.path))


def _told(face: Face) -> tuple[str, str]:
    """The version and the licence that a font tells of itself (OpenType name ids 5 and 14, else 13)."""
    names: Any = opened(face).face
    version = str(names.get_name(5) or "unknown").removeprefix("Version ").partition(";")[0]
    return version, str(names.get_name(14) or names.get_name(13) or "not told")
