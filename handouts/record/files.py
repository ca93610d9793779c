"""The files of the record, by their hash: written whole before any row names them, and looked at again when they are read."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from handouts.errors import DamagedRecord, Fault, NotWritten

_UNFINISHED = ".unfinished-"
_HASH = re.compile(r"[0-9a-f]{64}")


class Files:
    """The files below `folder`: each under its SHA-256, in folders by its first two digits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes, *, mend: bool = False) -> str:
        """Keep `content`; its SHA-256. What is there already stays; with `mend` only if it holds what it should.

        Raises NotWritten where the disk does not take it.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(sha256)
        unfinished = path.with_name(f"{_UNFINISHED}{sha256}-{os.getpid()}")
        try:
            if _there(path, len(content)) and not (mend and path.read_bytes() != content):
                return sha256
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            unfinished.unlink(missing_ok=True)
            with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:  # noqa: PTH123
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            unfinished.replace(path)
        except OSError as trouble:
            unfinished.unlink(missing_ok=True)
            problem = f"cannot take a file: {trouble.strerror or trouble}."
            raise NotWritten(Fault(str(self.folder), problem, "Free some space, or allow writing it.")) from None
        return sha256

    def get(self, sha256: str) -> bytes:
        """The file with this hash. Raises DamagedRecord where it is missing or holds anything else."""
        try:
            content = self._path(sha256).read_bytes()
        except OSError:
            raise DamagedRecord(self._fault(sha256, "is missing or cannot be read.")) from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise DamagedRecord(self._fault(sha256, "does not hold what it held."))
        return content

    def names(self) -> Iterator[str]:
        """The hashes of all files."""
        for path in sorted(self.folder.glob("??/*")):
            if _HASH.fullmatch(path.name):
                yield path.name

    def size(self, sha256: str) -> int | None:
        """The bytes of the file with this hash; None where there is none."""
        try:
            return self._path(sha256).stat().st_size
        except OSError:
            return None

    def remove(self, sha256: str) -> bool:
        """Take a file away; whether it went. One that somebody puts there at the same moment stays."""
        path = self._path(sha256)
        leaving = path.with_name(f"{_UNFINISHED}{sha256}-{os.getpid()}-leaving")
        try:
            before = path.stat().st_mtime_ns
            path.rename(leaving)
        except FileNotFoundError:
            return False
        if leaving.stat().st_mtime_ns != before:
            leaving.rename(path)
            return False
        leaving.unlink()
        return True

    def sweep(self, kept: Collection[str], before: float) -> int:
        """Remove what is not among `kept`, and what was never finished, and is older than `before`; how many files went.

        `before` is by the clock of the disk, in seconds since 1970; whoever keeps a file names it in a row a little later.
        """
        unfinished = [path for path in self.folder.glob(f"??/{_UNFINISHED}*") if _older(path, before)]
        for path in unfinished:
            path.unlink(missing_ok=True)
        orphans = [name for name in self.names() if name not in kept and _older(self._path(name), before)]
        return len(unfinished) + sum(map(self.remove, orphans))

    def link(self, folder: Path) -> None:
        """Have every file in `folder` too, under the same names."""
        for name in self.names():
            there = folder / name[:2] / name
            there.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                os.link(self._path(name), there)
            except OSError:  # a disk that knows no further names of a file
                shutil.copy2(self._path(name), there)

    def _path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def _fault(self, sha256: str, problem: str) -> Fault:
        return Fault(f"{self.folder}, {sha256[:8]}", problem, "Restore it from a backup: handouts store restore FILE.")


def _there(path: Path, size: int) -> bool:
    """Whether a file of this size is there already; it is as young as a new one then, so that no sweep takes it."""
    try:
        os.utime(path)
        return path.stat().st_size == size
    except FileNotFoundError:
        return False


def _older(path: Path, before: float) -> bool:
    try:
        return path.stat().st_mtime < before
    except OSError:
        return False
