"""Which face is used for which text, and what its glyphs are: faces.toml and the files beside it, opened when first needed."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import uharfbuzz  # pyright: ignore[reportMissingTypeStubs]  # it has none

from handouts.memory import remembered
from handouts.typeset.added import added_files, added_folder

_HB: Any = uharfbuzz
_FACES = Path(__file__).parent / "faces"


@dataclass(frozen=True, slots=True)
class Face:
    """A TrueType face: the name it has in the file that is written, and where its bytes are."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Family:
    """Two weights of a face, the scripts (ISO 15924) and languages it is for, and its reach.

    `source` is the npm package and version it was taken from. `reach` is how far its letters with their marks go above and below
    the baseline, in thousandths of the size; (0, 0) for what fits into an ordinary line.
    """

    name: str
    regular: Face
    bold: Face
    scripts: tuple[str, ...]
    languages: tuple[str, ...]
    source: str
    reach: tuple[int, int]


class Glyph(NamedTuple):
    """One glyph of a shaped text, in the order it is drawn: its number in the face and how the pen moves.

    `text` is what it stands for, in logical order ("" for a glyph after the first of its cluster). `advance` is how far the pen
    moves after it, `right` and `up` how far from the pen it is drawn, in thousandths of the size.
    """

    number: int
    text: str
    advance: float
    right: float = 0
    up: float = 0


@cache
def families() -> tuple[Family, ...]:
    """The families that come with the program, in the order of faces.toml."""
    entries = tomllib.loads((_FACES / "faces.toml").read_text("utf-8"))
    return tuple(_family(name, entry) for name, entry in entries.items())


def _family(name: str, entry: Mapping[str, Any]) -> Family:
    regular, bold = (Face(f"{name}-{weight}", _FACES / f"{name}-{weight}.ttf") for weight in ("Regular", "Bold"))
    source = f"{entry['package']} {entry['version']}"
    up, down = entry.get("reach", (0, 0))
    return Family(name, regular, bold, tuple(entry["scripts"]), tuple(entry.get("languages", ())), source, (up, down))


def plain_face(*, strong: bool = False) -> Face:
    """The face of Latin letters."""
    return families()[0].bold if strong else families()[0].regular


def candidates(script: str, language: str, *, strong: bool) -> tuple[Face, ...]:
    """The faces to ask, in this order, for text in `script` (ISO 15924) and `language` (BCP 47).

    First those of the script, the one of the language before others; then the Latin face, all the others, and last those that
    the user added, so that adding one changes no text that could be set without it.
    """
    return _candidates(script, _plain(language), strong, added_folder())


@remembered(1024)
def _candidates(script: str, language: str, strong: bool, folder: Path) -> tuple[Face, ...]:
    def nearness(family: Family) -> tuple[bool, int, int]:
        chosen = 0 if language in family.languages else 2 if family.languages else 1
        return script not in family.scripts, 0 if family is families()[0] else 1, chosen

    ordered = sorted(families(), key=nearness)
    own = tuple(family.bold if strong else family.regular for family in ordered)
    added = sorted(added_files(folder), key=lambda file: file.bold != strong)
    return (*own, *(file_face(file.path) for file in added))


def file_face(path: Path) -> Face:
    """The face of an added file."""
    return Face(f"Added-{path.stem}", path)


def _plain(language: str) -> str:
    """`language` as the faces name it: Chinese with its script, all others by their first part."""
    primary, *subtags = language.lower().split("-")
    if primary in ("zh", "yue"):
        traditional = primary == "yue" or not {"hant", "tw", "hk", "mo"}.isdisjoint(subtags)
        return "zh-Hant" if traditional and "hans" not in subtags else "zh-Hans"
    return primary


@cache
def reaches() -> Mapping[Face, tuple[int, int]]:
    """The reach of every face that does not fit into an ordinary line."""
    return {face: family.reach for family in families() for face in (family.regular, family.bold) if any(family.reach)}


@cache
def opened(face: Face) -> Any:
    """The HarfBuzz font of `face`, opened once in a process. Raises OSError if the file is not there."""
    with face.path.open("rb"):
        pass
    return _HB.Font(_HB.Face(_HB.Blob.from_file_path(str(face.path))))


@cache
def thousandth(face: Face) -> float:
    """What a unit of `face` is in thousandths of the size."""
    return 1000 / float(opened(face).face.upem)


def has(face: Face, codes: Iterable[int]) -> bool:
    """Whether `face` has a glyph for each of these code points."""
    return all(map(_held(face), codes))


@cache
def _held(face: Face) -> Callable[[int], bool]:
    """Asks HarfBuzz's own set, which takes a bit where Python's takes some sixty bytes."""
    held: Any = opened(face).face.unicodes
    return held.__contains__


@remembered(2)
def characters(face: Face) -> frozenset[int]:
    """The code points that `face` has a glyph for."""
    return frozenset(opened(face).face.unicodes)
