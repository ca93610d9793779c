"""faces.toml → the font files beside it, their licences and SOURCES.md, out of the packages that it names.

Run it with `python handouts/typeset/faces/make.py`; it needs npm. The same packages give the same files.
"""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uharfbuzz  # pyright: ignore[reportMissingTypeStubs]  # it has none

_HB: Any = uharfbuzz
HERE = Path(__file__).parent
WEIGHTS = {"Regular": "400Regular", "Bold": "700Bold"}
_UPRIGHT = ("vert", "vrt2", "vkrn", "vpal", "vhal", "valt")
_ALWAYS = frozenset(
    code
    for first, last in ((0x20, 0x7F), (0xA0, 0x100), (0x2010, 0x2028), (0x3000, 0x3040), (0xFF00, 0xFFF0))
    for code in range(first, last)
)


@dataclass(frozen=True, slots=True)
class Source:
    """One family of faces.toml: the package it comes from and what is kept of it."""

    name: str
    package: str
    version: str
    repertoire: tuple[str, ...]
    also: str

    def member(self, weight: str) -> str:
        """The file of `weight` in the package."""
        return f"{WEIGHTS[weight]}/{self.name}_{WEIGHTS[weight]}.ttf"


def sources() -> Iterator[Source]:
    """Every family of faces.toml."""
    for name, entry in tomllib.loads((HERE / "faces.toml").read_text("utf-8")).items():
        yield Source(
            name, entry["package"], entry["version"], tuple(entry.get("repertoire", ())), entry.get("also", "")
        )


def kept_characters(codecs: Sequence[str], also: str) -> frozenset[int]:
    """Every character of `codecs` and `also`, as it is and in NFC, with the punctuation and wide forms that go with them."""
    pairs = (bytes((lead, trail)) for lead in range(0x80, 0x100) for trail in range(0x40, 0x100))
    texts = [also, *(pair.decode(codec, "ignore") for pair in pairs for codec in codecs)]
    return frozenset(ord(char) for text in texts for char in text + unicodedata.normalize("NFC", text)) | _ALWAYS


def cut(font: bytes, characters: frozenset[int]) -> bytes:
    """`font` with these characters and what its horizontal features make of them, names kept, hints dropped."""
    wanted = _HB.SubsetInput()
    wanted.unicode_set.update(characters)
    wanted.flags = _HB.SubsetFlags.NO_HINTING | _HB.SubsetFlags.NOTDEF_OUTLINE
    wanted.name_id_set.clear()
    wanted.name_id_set.invert()
    for tag in _UPRIGHT:
        wanted.layout_feature_tag_set.discard(_tag(tag))
    return bytes(_HB.subset(_HB.Face(font), wanted).blob.data)


def _tag(name: str) -> int:
    return int.from_bytes(name.encode("ascii"), "big")


def make() -> None:
    """Write every file anew."""
    rows: list[str] = []
    for source in sources():
        with tempfile.TemporaryDirectory() as folder:
            spec = f"{source.package}@{source.version}"
            subprocess.run(["npm", "pack", spec, "--silent"], cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603, S607
            (archive,) = Path(folder).glob("*.tgz")
            with tarfile.open(archive) as packed:
                licence = f"OFL-{source.name}.txt"
                (HERE / licence).write_bytes(_member(packed, "LICENSE_FONT"))
                for weight in WEIGHTS:
                    font = _member(packed, source.member(weight))
                    if source.repertoire:
                        font = cut(font, kept_characters(source.repertoire, source.also))
                    (HERE / f"{source.name}-{weight}.ttf").write_bytes(font)
                    rows.append(_row(source, weight, licence))
    (HERE / "SOURCES.md").write_text(_HEAD + "\n".join(rows) + _FOOT, "utf-8")


def _member(packed: tarfile.TarFile, name: str) -> bytes:
    found = packed.extractfile(f"package/{name}")
    if found is None:
        raise FileNotFoundError(name)
    return found.read()


def _row(source: Source, weight: str, licence: str) -> str:
    also = f" and {source.also}" if source.also else ""
    kept = f"characters of {', '.join(source.repertoire)}{also}" if source.repertoire else "whole"
    cells = (
        f"`{source.name}-{weight}.ttf`",
        f"`{source.package}`",
        source.version,
        f"`{source.member(weight)}`",
        kept,
        f"OFL 1.1 (`{licence}`)",
    )
    return f"| {' | '.join(cells)} |"


_HEAD = """# Where the faces came from

From npm, as `faces.toml` says; `python handouts/typeset/faces/make.py` fetches the packages and writes every file, its licence
(`LICENSE_FONT` of the package) and this list again. A face that is cut keeps the characters of the named Python codecs, the
features of horizontal text and its names, and loses its hints.

| file | package | version | file in it | what is kept | licence |
|---|---|---|---|---|---|
"""
_FOOT = "\n"

if __name__ == "__main__":
    make()
