"""The files of the record, by their hash: written whole before any row names them, and looked at again when they are read."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from handouts.errors import DamagedRecord, Fault, NotWritten

_UNFINISHED = ".unfinished-"
_HASH = re.compile(r"[0-9a-f]{64}")


class Files:
    """The files below `folder`: each under its SHA-256, in folders by its first two digits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes) -> str:
        """Keep `content`; its SHA-256. What is there already stays. Raises NotWritten where the disk does not take it."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(sha256)
        unfinished = path.with_name(f"{_UNFINISHED}{sha256}-{os.getpid()}")
        try:
            if path.is_file() and path.stat().st_size == len(content):
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

    def remove(self, sha256: str) -> None:
        """Take a file away."""
        self._path(sha256).unlink(missing_ok=True)

    def sweep(self, named: Collection[str]) -> int:
        """Remove what no row names, and what was never finished; how many files went."""
        gone = [name for name in self.names() if name not in named]
        for name in gone:
            self.remove(name)
        for path in self.folder.glob(f"??/{_UNFINISHED}*"):
            path.unlink(missing_ok=True)
        return len(gone)

    def _path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def _fault(self, sha256: str, problem: str) -> Fault:
        return Fault(f"{self.folder}, {sha256[:8]}", problem, "Restore it from a backup: handouts store restore FILE.")
