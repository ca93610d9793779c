"""Fonts that a user adds for characters no built-in face has: files → a folder of their own, checked before they are kept."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont, TTLibError  # pyright: ignore[reportMissingTypeStubs]  # it has none

from handouts.errors import Fault, NotWritten, UnreadableInput

_RESTRICTED, _NOT_IN_PARTS, _BITMAPS_ONLY = 0x0002, 0x0100, 0x0200  # OpenType OS/2.fsType
_FREER = 0x000C  # preview and print, or editable
_BROKEN = (TTLibError, KeyError, AssertionError, struct.error, ValueError)  # what fontTools raises for a damaged file


@dataclass(frozen=True, slots=True)
class AddedFile:
    """A font that was added: where it is and whether it is bold."""

    path: Path
    bold: bool


def added_folder() -> Path:
    """Where added fonts are kept: HANDOUTS_FONTS, or the user's folder for the data of programs."""
    named = os.environ.get("HANDOUTS_FONTS")
    if named:
        return Path(named)
    if sys.platform == "darwin":
        data = Path("~/Library/Application Support").expanduser()
    elif sys.platform == "win32":
        data = Path(os.environ.get("LOCALAPPDATA") or Path("~/AppData/Local").expanduser())
    else:
        data = Path(os.environ.get("XDG_DATA_HOME") or Path("~/.local/share").expanduser())
    return data / "handouts" / "fonts"


@lru_cache(maxsize=16)
def added_files(folder: Path) -> tuple[AddedFile, ...]:
    """The fonts in `folder` in the order of their names; looked for once in a process. Raises UnreadableInput for no font."""
    if not folder.is_dir():
        return ()
    return tuple(AddedFile(path, _is_bold(path)) for path in sorted(folder.glob("*.ttf")))


def add(files: Iterable[Path], folder: Path) -> tuple[Path, ...]:
    """Copies the fonts `files` into `folder` under their own names, all or none, and returns the copies.

    Raises UnreadableInput, with the faults of all files, for what is no TrueType font with outlines, is variable, or may not be
    embedded in parts; NotWritten if the folder does not take them.
    """
    names: dict[str, Path] = {}
    faults: list[Fault] = []
    for file in files:
        try:
            names[_checked(file)] = file
        except UnreadableInput as trouble:
            faults += trouble.faults
    UnreadableInput.gathered(faults)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        kept = tuple(_copied(file, folder / f"{name}.ttf") for name, file in names.items())
    except OSError as trouble:
        remedy = "Free some space, or name another folder in HANDOUTS_FONTS."
        raise NotWritten(Fault(str(folder), f"does not take the fonts ({trouble.strerror}).", remedy)) from trouble
    added_files.cache_clear()
    return kept


def _checked(file: Path) -> str:
    """The PostScript name of the font `file`, in letters that every file system takes; raises UnreadableInput."""
    try:
        with TTFont(file, lazy=True) as font:
            tables: Any = font
            for tag in tables.reader.keys():  # noqa: SIM118  # the reader is no mapping
                tables.reader[tag]  # a file that was cut short fails here
            faults = tuple(_faults(file, tables))
            name = str(tables["name"].getDebugName(6) or file.stem)
    except OSError as trouble:
        raise UnreadableInput(
            Fault(str(file), f"cannot be read ({trouble.strerror}).", "Name a .ttf file.")
        ) from trouble
    except _BROKEN as trouble:
        raise UnreadableInput(Fault(str(file), "is no TrueType font, or is damaged.", "Add a .ttf file.")) from trouble
    UnreadableInput.gathered(faults)
    return "".join(char for char in name if char.isascii() and (char.isalnum() or char in "-_")) or "font"


def _copied(file: Path, kept: Path) -> Path:
    unfinished = kept.with_suffix(".part")
    unfinished.write_bytes(file.read_bytes())
    unfinished.replace(kept)
    return kept


def _faults(file: Path, tables: Any) -> Iterator[Fault]:
    if "glyf" not in tables or "cmap" not in tables or "OS/2" not in tables:
        yield Fault(str(file), "has no TrueType outlines (glyf).", "Add the TrueType edition of this font (.ttf).")
        return
    if "fvar" in tables:
        yield Fault(str(file), "is a variable font.", "Add its static Regular and Bold files.")
    rights = int(tables["OS/2"].fsType)
    closed = rights & _RESTRICTED and not rights & _FREER
    if closed or rights & (_NOT_IN_PARTS | _BITMAPS_ONLY):
        yield Fault(str(file), "may not be embedded in documents (OS/2 fsType).", "Add a font with an open licence.")


def _is_bold(path: Path) -> bool:
    try:
        with TTFont(path, lazy=True) as font:
            tables: Any = font
            return bool(int(tables["OS/2"].usWeightClass) >= 600)
    except (OSError, *_BROKEN) as trouble:
        raise UnreadableInput(Fault(str(path), "is no TrueType font.", "Take it out of this folder.")) from trouble
