"""A clinic's folder → its bundle: the files that decide what is printed, for machines that make packets without the folder.

What is not named here is not in it: no store, no key, no certificate, nothing of a patient.
"""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from handouts.approvals import FILE as APPROVALS
from handouts.clinic import FILE, Clinic
from handouts.content.editions import LARGEST_PICTURE, PICTURES
from handouts.errors import Fault, SettingError, UnreadableInput

_KEPT_HERE = ("signing", "store")
"""Tables of clinic.toml that may hold passwords and decide nothing that is printed."""
_CONTENT = (
    "templates/*/procedure.toml",
    "templates/*/*.html",
    "locales/*/LC_MESSAGES/*.po",
    "locales/*/LC_MESSAGES/*.review.tsv",
)
_TABLE = re.compile(r"^[ \t]*\[+[ \t]*([A-Za-z0-9_-]+)", re.MULTILINE)


@dataclass(frozen=True, repr=False)
class Bundle:
    """Files by their names in a clinic's folder, with / between folders."""

    files: Mapping[str, bytes]

    @cached_property
    def sha256(self) -> str:
        """The hash of all names and contents."""
        listed = [(name, hashlib.sha256(content).hexdigest()) for name, content in sorted(self.files.items())]
        return hashlib.sha256(repr(listed).encode("utf-8", "surrogateescape")).hexdigest()

    def write(self, folder: Path) -> None:
        """Put the files into `folder`, which is there; only the owner may read them. Raises OSError."""
        for name, content in self.files.items():
            path = folder.joinpath(*PurePosixPath(name).parts)
            for parent in reversed(path.relative_to(folder).parents):
                (folder / parent).mkdir(mode=0o700, exist_ok=True)
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:  # noqa: PTH123 - with a mode
                out.write(content)


def bundle_of(clinic: Clinic) -> Bundle:
    """The bundle of `clinic` as its folder is now. Raises UnreadableInput, and SettingError for a clinic.toml that cannot be parted.

    Of clinic.toml the tables [signing] and [store] are left out: a database's password is for nobody else.
    """
    try:
        files = {path.relative_to(clinic.folder).as_posix(): path.read_bytes() for path in _deciding(clinic.folder)}
    except OSError as trouble:
        where, problem = str(trouble.filename), f"it cannot be read: {trouble.strerror}."
        raise UnreadableInput(Fault(where, problem, "Allow reading it.")) from None
    return Bundle({**files, FILE: _to_ship(files[FILE].decode("utf-8"), str(clinic.folder / FILE)).encode()})


def _deciding(folder: Path) -> Iterator[Path]:
    """The files of a clinic that decide what is printed."""
    yield folder / FILE
    if (folder / APPROVALS).exists():
        yield folder / APPROVALS
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in PICTURES and path.is_file() and path.stat().st_size <= LARGEST_PICTURE:
            yield path
    for pattern in _CONTENT:
        yield from sorted(path for path in folder.glob(pattern) if path.is_file())


def _to_ship(text: str, where: str) -> str:
    """The text of clinic.toml, every line where it was, without the tables that stay here."""
    heads = [(found.start(), found[1]) for found in _TABLE.finditer(text)]
    ends = [start for start, _ in heads[1:]] + [len(text)]
    shipped = text
    for (start, name), end in zip(heads, ends, strict=True):
        if name in _KEPT_HERE:
            shipped = shipped[:start] + re.sub(r"[^\r\n]", " ", shipped[start:end]) + shipped[end:]
    if _parsed(shipped) != {name: each for name, each in tomllib.loads(text).items() if name not in _KEPT_HERE}:
        problem = "the tables [signing] and [store] cannot be told from the rest."
        remedy = f"Write each under a head of its own, as [{_KEPT_HERE[-1]}], and not within another line."
        raise SettingError(Fault(where, problem, remedy))
    return shipped


def _parsed(text: str) -> object:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
