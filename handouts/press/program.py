"""This program → its version and a fingerprint, the same on every machine where it makes the same bytes of the same input."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import zlib
from collections.abc import Iterator
from importlib.metadata import requires, version
from pathlib import Path
from typing import NamedTuple

import handouts
from handouts import builtin
from handouts.memory import remembered

_NOT_PROGRAM = {"__pycache__", "templates", "locales", "demo_clinic"}
"""Folders in the package: what Python keeps there, and in the wheel what stands beside the package in a checkout."""


class Program(NamedTuple):
    """A program that makes packets; of two with the same fingerprint the bytes are the same."""

    version: str
    fingerprint: str

    def __str__(self) -> str:
        return f"{self.version} ({self.fingerprint[:8]})"


def this_program() -> Program:
    """The program of this process: its files, and Python, the packages it needs and the library that compresses.

    Unlike what the cache goes by (`cache.program`) it does not say where they are. Raises OSError for a file that cannot be read, and
    importlib.metadata.PackageNotFoundError where the program is not installed.
    """
    return Program(handouts.__version__, _fingerprint())


@remembered()
def _fingerprint() -> str:
    digest = hashlib.sha256(f"{platform.python_version()} {zlib.ZLIB_RUNTIME_VERSION}\n".encode())
    digest.update("".join(f"{each}\n" for each in _packages()).encode())
    for label, root in (("", builtin.PACKAGE), ("templates", builtin.templates()), ("locales", builtin.locales())):
        for name, path in _files(root):
            digest.update(f"{label}/{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _packages() -> list[str]:
    """The packages that it needs, with their versions."""
    needed = [each for each in requires("handouts") or () if "extra ==" not in each]
    names = {found[0] for each in needed if (found := re.match(r"[A-Za-z0-9._-]+", each))}
    return sorted(f"{name} {version(name)}" for name in names)


def _files(root: Path) -> Iterator[tuple[str, Path]]:
    """Every file below `root` with its name there, in order."""
    found: list[tuple[str, Path]] = []
    for folder, inner, names in os.walk(root):
        inner[:] = [name for name in inner if name not in (_NOT_PROGRAM if folder == str(root) else {"__pycache__"})]
        found += [(Path(folder, name).relative_to(root).as_posix(), Path(folder, name)) for name in names]
    return iter(sorted(found))
