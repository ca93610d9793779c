"""A file or folder that is put together beside its place → in its place, whole, or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from handouts.errors import Fault, NotWritten, WrongUsage
from handouts.output import running
from handouts.translate.files import flush_names

_UNFINISHED = ".unfinished-"


@contextmanager
def whole_file(path: Path) -> Generator[BinaryIO, None, None]:
    """A new file to write, which is at `path` when all went well; its owner's alone.

    Raises WrongUsage where something is there already, NotWritten where the disk does not take it.
    """
    refuse_loss(path)
    unfinished = _beside(path)
    with told_of(path):
        try:
            sweep(path.parent, path.name)
            path.parent.mkdir(parents=True, exist_ok=True)
            opened = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(opened, "w+b") as out:
                yield out
                out.flush()
                os.fsync(out.fileno())
            _put(unfinished, path)
        finally:
            remove(unfinished)


@contextmanager
def whole_folder(path: Path) -> Generator[Path, None, None]:
    """A new folder to fill, which is at `path` when all went well; its owner's alone. Raises as `whole_file`."""
    refuse_loss(path)
    unfinished = _beside(path)
    with told_of(path):
        try:
            sweep(path.parent, path.name)
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.mkdir(mode=0o700)
            yield unfinished
            flush(unfinished)
            with suppress(OSError):
                path.rmdir()  # an empty one
            _put(unfinished, path)
        finally:
            remove(unfinished)


@contextmanager
def scratch(folder: Path, name: str) -> Generator[Path, None, None]:
    """A new folder in `folder` for what is on its way, its owner's alone; gone afterwards. Raises NotWritten."""
    unfinished = _beside(folder / name)
    with told_of(folder):
        try:
            sweep(folder)
            unfinished.mkdir(mode=0o700)
            yield unfinished
        finally:
            remove(unfinished)


@contextmanager
def told_of(path: Path) -> Generator[None, None, None]:
    """What the disk does not take is told as NotWritten."""
    try:
        yield
    except OSError as trouble:
        problem = f"cannot be written: {trouble.strerror or trouble}."
        raise NotWritten(Fault(str(path), problem, "Free some space, or choose another place.")) from None


def refuse_loss(path: Path) -> None:
    """Raise WrongUsage where something is at `path`, other than an empty folder."""
    if path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
        return
    if os.path.lexists(path):
        raise WrongUsage(Fault(str(path), "is there already.", "Name another one, or take it away."))


def flush(folder: Path) -> None:
    """Have all that is below `folder` on the disk."""
    for parent, _, names in os.walk(folder):
        for name in names:
            opened = os.open(Path(parent) / name, os.O_RDONLY)
            try:
                os.fsync(opened)
            finally:
                os.close(opened)
        flush_names(Path(parent))


def sweep(folder: Path, name: str = "") -> None:
    """Remove what a killed process left unfinished in `folder`, of one name or any; what another one is writing stays."""
    for path in folder.glob(f"{_UNFINISHED}*"):
        told, _, process = path.name.removeprefix(_UNFINISHED).rpartition("-")
        if process.isdigit() and (not name or told == name) and not _another(int(process)):
            remove(path)


def remove(path: Path) -> None:
    """Remove a file, or a folder with all in it; what is not there is gone already."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return path.with_name(f"{_UNFINISHED}{path.name}-{os.getpid()}")


def _another(process: int) -> bool:
    """Whether another process than this one has this number."""
    return process != os.getpid() and running(process)


def _put(unfinished: Path, path: Path) -> None:
    refuse_loss(path)
    unfinished.rename(path)
    flush_names(path.parent)
