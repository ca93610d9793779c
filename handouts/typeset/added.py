"""Fonts that a user adds for characters no built-in face has: files → a folder of their own, checked before they are kept."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import uharfbuzz  # pyright: ignore[reportMissingTypeStubs]  # it has none

from handouts.errors import Fault, NotWritten, UnreadableInput

_HB: Any = uharfbuzz
_RESTRICTED, _NOT_IN_PARTS, _BITMAPS_ONLY = 0x0002, 0x0100, 0x0200  # OpenType OS/2.fsType
_FREER = 0x000C  # preview and print, or editable
_WEIGHT, _RIGHTS = 4, 8  # where usWeightClass and fsType stand in OS/2
_SEMIBOLD = 600
_POSTSCRIPT_NAME = 6
_BEGINNINGS = (b"\0\1\0\0", b"true", b"OTTO")
_DRAWN = frozenset({"OS/2", "glyf", "head", "hhea", "hmtx", "loca", "maxp"})
"""The tables that letters are drawn from."""


@dataclass(frozen=True, slots=True)
class AddedFile:
    """A font that was added: where it is and whether it is bold."""

    path: Path
    bold: bool


@cache
def added_folder() -> Path:
    """Where added fonts are kept: HANDOUTS_FONTS, or the user's folder for the data of programs; asked once in a process."""
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


def added_identity() -> str:
    """What tells whether other fonts were added: their files, sizes and times."""
    found = [(file.path, file.path.stat()) for file in added_files(added_folder())]
    return repr([(str(path), known.st_size, known.st_mtime_ns) for path, known in found])


def add(files: Iterable[Path], folder: Path) -> tuple[Path, ...]:
    """Copies the fonts `files` into `folder` under their own names, all or none, and returns the copies.

    Raises UnreadableInput, with the faults of all files, for what is no TrueType font with outlines, is variable, or may not be
    embedded in parts; NotWritten if the folder does not take them.
    """
    names: dict[str, Path] = {}
    faults: list[Fault] = []
    for file in files:
        try:
            name = _checked(file)
        except UnreadableInput as trouble:
            faults += trouble.faults
            continue
        other = names.setdefault(name, file)
        if other.read_bytes() != file.read_bytes():
            faults.append(
                Fault(str(file), f"has the name of {other} ({name}), and is another font.", "Add one of them.")
            )
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
        font = file.read_bytes()
    except OSError as trouble:
        raise UnreadableInput(
            Fault(str(file), f"cannot be read ({trouble.strerror}).", "Name a .ttf file.")
        ) from trouble
    face = _HB.Face(_HB.Blob(font))
    UnreadableInput.gathered(_faults(str(file), font, face))
    name = str(face.get_name(_POSTSCRIPT_NAME) or file.stem)
    return "".join(char for char in name if char.isascii() and (char.isalnum() or char in "-_")) or "font"


def _copied(file: Path, kept: Path) -> Path:
    unfinished = kept.with_suffix(".part")
    unfinished.write_bytes(file.read_bytes())
    unfinished.replace(kept)
    return kept


def _faults(file: str, font: bytes, face: Any) -> Iterator[Fault]:
    if not _is_whole(font):
        yield Fault(file, "is no TrueType font, or is damaged.", "Add a .ttf file.")
        return
    tags = frozenset(face.table_tags)
    if not {"glyf", "cmap", "OS/2"} <= tags or not face.glyph_count:
        yield Fault(file, "has no TrueType outlines (glyf).", "Add the TrueType edition of this font (.ttf).")
        return
    if "fvar" in tags:
        yield Fault(file, "is a variable font.", "Add its static Regular and Bold files.")
    rights = _os2(face, _RIGHTS)
    closed = rights & _RESTRICTED and not rights & _FREER
    if closed or rights & (_NOT_IN_PARTS | _BITMAPS_ONLY):
        yield Fault(file, "may not be embedded in documents (OS/2 fsType).", "Add a font with an open licence.")
    elif not _is_drawn(face):
        yield Fault(file, "has no letters that can be drawn, or is damaged.", "Get the font anew, and add that.")


def _is_drawn(face: Any) -> bool:
    """Whether a part of the font can be taken out, as documents need, and any of its characters leaves ink."""
    chosen = _HB.SubsetInput()
    chosen.keep_everything()
    dropped = frozenset(face.table_tags) - _DRAWN
    chosen.sets(_HB.SubsetInputSets.DROP_TABLE_TAG).set({int.from_bytes(tag.encode(), "big") for tag in dropped})
    try:
        _HB.SubsetPlan(face, chosen).execute()
    except RuntimeError:
        return False
    font = _HB.Font(face)
    extents = (font.get_glyph_extents(font.get_nominal_glyph(code) or 0) for code in face.unicodes)
    return any(extent is not None and extent.width and extent.height for extent in extents)


def _is_whole(font: bytes) -> bool:
    """Whether `font` begins as a TrueType font does and holds all of every table in its directory (OpenType, table directory)."""
    if font[:4] not in _BEGINNINGS:
        return False
    ends = [at + 16 for at in range(12, 12 + 16 * int.from_bytes(font[4:6], "big"), 16)]
    places = (font[end - 8 : end] for end in ends)
    whole = (int.from_bytes(place[:4], "big") + int.from_bytes(place[4:], "big") <= len(font) for place in places)
    return bool(ends) and ends[-1] <= len(font) and all(whole)


def _os2(face: Any, at: int) -> int:
    table = bytes(face.reference_table("OS/2").data or b"")
    return int.from_bytes(table[at : at + 2], "big")


def _is_bold(path: Path) -> bool:
    font = path.read_bytes()
    if not _is_whole(font):
        raise UnreadableInput(Fault(str(path), "is no TrueType font.", "Take it out of this folder."))
    return _os2(_HB.Face(_HB.Blob(font)), _WEIGHT) >= _SEMIBOLD
