"""Who uses a record: everybody at once, or one alone who puts another in its place."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from handouts.errors import Fault, NotWritten

NAME = "lock"
WAIT = 30.0
"""Seconds to wait for another process."""
_AGAIN = 0.05


class Lock:
    """Held until it is closed, forgotten or its process ends, however that comes about.

    Where the system knows no such locks (Windows) it does not let go of a database that is open either.
    """

    def __init__(self, folder: Path) -> None:
        try:
            self._opened: int | None = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:  # a folder that is read-only: nobody puts anything in its place
            self._opened = None

    def taken(self, *, alone: bool, wait: float = WAIT) -> bool:
        """Whether it could be taken within `wait` seconds; `alone` only when nobody else has it."""
        if self._opened is None or sys.platform == "win32":
            return True
        import fcntl  # noqa: PLC0415 - not there on Windows

        until = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(self._opened, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
            except OSError:
                if time.monotonic() >= until:
                    return False
                time.sleep(_AGAIN)
            else:
                return True

    def close(self) -> None:
        """Let go of it."""
        if self._opened is not None:
            with suppress(OSError):
                os.close(self._opened)
            self._opened = None

    def __del__(self) -> None:
        """Let go of it."""
        self.close()


def shared(folder: Path) -> Lock:
    """The lock of a record that is used beside others. Raises NotWritten where one alone does not end in time."""
    lock = Lock(folder)
    if not lock.taken(alone=False):
        lock.close()
        raise NotWritten(Fault(str(folder), "is being restored by another process.", "Try again when it has ended."))
    return lock


@contextmanager
def alone(folder: Path, wait: float = WAIT) -> Generator[None, None, None]:
    """Nobody else uses the record of `folder`. Raises NotWritten where others do for longer than `wait` seconds."""
    lock = Lock(folder)
    try:
        if not lock.taken(alone=True, wait=wait):
            remedy = "Wait for the other commands to end, or stop them."
            raise NotWritten(Fault(str(folder), "is used by other processes.", remedy))
        yield
    finally:
        lock.close()
