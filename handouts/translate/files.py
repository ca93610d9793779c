"""Text → a file that is whole or as it was before."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from handouts.errors import Fault, NotWritten


def write_whole(path: Path, content: str | bytes, mode: int | None = None) -> bool:
    """Put `content` into `path`, beside it first and then in its place; whether anything changed.

    The file has `mode` then; without one it keeps its own, and a new one is for everybody to read. A file that holds it already is
    let be. Raises NotWritten where the disk does not take it.
    """
    new = content.encode() if isinstance(content, str) else content
    try:
        if path.is_file() and path.read_bytes() == new:
            if mode is not None:
                path.chmod(mode)
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        import tempfile  # noqa: PLC0415 - a packet does without

        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(new)
                file.flush()
                os.fsync(file.fileno())
            Path(beside).chmod(_mode_of(path) if mode is None else mode)
            Path(beside).replace(path)
            flush_names(path.parent)
        except BaseException:
            with suppress(OSError):
                Path(beside).unlink()
            raise
    except OSError as trouble:
        problem = f"it cannot be written: {trouble.strerror or trouble}."
        raise NotWritten(Fault(str(path), problem, "It is as it was. Make room, or allow writing.")) from None
    return True


def _mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777 if path.exists() else 0o644


def flush_names(folder: Path) -> None:
    """Have the names in `folder` on the disk, where the system can (it cannot on Windows)."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
