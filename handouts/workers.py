"""Parts of a work → their results, in order, made by forks of this process; one that dies costs time and nothing else.

Each fork has a pipe of its own, so that one that is killed while it sends leaves the others' results readable. It is given the
number of a part, which it has since the fork, and never more than two ahead: one that it makes, and one so that it need not wait.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pickle import dumps, loads
from threading import Thread
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

P = TypeVar("P")
R = TypeVar("R")

_WORTH = 60
"""Packets that keep a further process busy for longer than it takes to begin."""
_AHEAD = 2
"""Parts that a process is given at once."""
_WINDOW = 3
"""For each process so many parts may be out at once, counted from the one whose result is due: no more results wait in memory."""
_DEATHS = 2
"""Processes that may die of a part before it is made here."""
_PR_SET_PDEATHSIG = 1
"""What prctl(2) calls the signal that comes when the parent ends."""
_PATIENCE = 2.0
"""Seconds in which a process may finish the part it is making when all is stopped."""


def jobs_for(packets: int) -> int:
    """How many processes are worth while for so many packets, on the processors that there are."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(available, packets // _WORTH))


def in_processes(work: Callable[[P], R], parts: Sequence[P], jobs: int) -> Iterator[R]:
    """The results of `work` in the order of `parts`, made by `jobs` processes; few of them wait in memory at any time.

    The processes are forks of this one, which has prepared everything; where there are no forks (Windows), or no safe ones
    (macOS), it does all of it itself. A part whose process dies is made by another one; one of which two have died, or that raises
    an exception there, is made here. When the iterator is closed, or interrupted, every process ends: it finishes the part in hand,
    or is killed after two seconds.
    """
    if sys.platform != "linux" or jobs < 2 or len(parts) < 2:
        yield from map(work, parts)
        return
    gc.freeze()  # else every fork, looking for garbage, would make a copy of all there is
    crew = _Crew(work, parts, min(jobs, len(parts)))
    try:
        for due in range(len(parts)):
            result = crew.result(due)
            crew.hand_out(due + 1)  # so that there is work while this result is used
            yield result
    finally:
        crew.stop()


@dataclass(eq=False)
class _Worker:
    """A process, and the numbers of the parts it was given, the one it makes first."""

    process: ForkProcess
    connection: Connection
    given: deque[int] = field(default_factory=deque[int])


class _Crew(Generic[P, R]):
    """The processes that make parts, and what they have made that is not due yet."""

    def __init__(self, work: Callable[[P], R], parts: Sequence[P], jobs: int) -> None:
        self._work = work
        self._parts = parts
        self._jobs = jobs
        self._workers: list[_Worker] = []
        self._next = 0
        self._again: deque[int] = deque()
        """Parts whose process has died."""
        self._died: dict[int, int] = {}
        self._made: dict[int, bytes] = {}
        """Results as they were sent; empty for what a process could not make."""

    def result(self, due: int) -> R:
        """The result of part `due`, after all before it."""
        while due not in self._made:
            self.hand_out(due)
            if self._workers:
                self._collect()
            else:  # the system lets us begin none
                self._take_back(due)
        sent = self._made.pop(due)
        return loads(sent) if sent else self._work(self._parts[due])  # noqa: S301 - from a fork of this process

    def hand_out(self, due: int) -> None:
        """Give every process as many parts as it may have, counted from the one that is `due`; begin those that are missing."""
        while self._is_left(due) and len(self._workers) < self._jobs and self._begun():
            pass
        for ahead in range(1, _AHEAD + 1):
            for worker in list(self._workers):
                if len(worker.given) < ahead and self._is_left(due):
                    self._give(worker)

    def stop(self) -> None:
        """End every process: each after the part it is making, or, if that takes long, at once."""
        for worker in self._workers:
            worker.connection.close()
            worker.process.terminate()
        until = time.monotonic() + _PATIENCE
        for worker in self._workers:
            worker.process.join(max(0.0, until - time.monotonic()))
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.process.close()
        self._workers.clear()

    def _is_left(self, due: int) -> bool:
        """Whether there is a part that a process may begin now."""
        return bool(self._again) or self._next < min(len(self._parts), due + _WINDOW * self._jobs)

    def _give(self, worker: _Worker) -> None:
        """Give `worker` the next part."""
        if self._again:
            number = self._again.popleft()
        else:
            number, self._next = self._next, self._next + 1
        worker.given.append(number)
        with suppress(OSError):  # it has died, and `_collect` finds that
            worker.connection.send(number)

    def _take_back(self, number: int) -> None:
        """Have a part made here that no process has."""
        self._made[number] = b""
        if number in self._again:
            self._again.remove(number)
        else:
            self._next = number + 1

    def _begun(self) -> bool:
        """Begin one process; whether the system let us."""
        from multiprocessing import get_context  # noqa: PLC0415 - one process alone does without

        forks = get_context("fork")
        here, there = forks.Pipe()
        others = [worker.connection for worker in self._workers]
        arguments = (self._work, self._parts, there, [here, *others], os.getpid())
        process = forks.Process(target=_serve, args=arguments, daemon=True)
        try:
            process.start()
        except OSError:
            here.close()
            return False
        finally:
            there.close()
        self._workers.append(_Worker(process, here))
        return True

    def _collect(self) -> None:
        """Wait until a process has sent a result or has died, and take what there is."""
        from multiprocessing.connection import wait  # noqa: PLC0415 - as above

        ready = wait([worker.connection for worker in self._workers])
        for worker in [each for each in self._workers if each.connection in ready]:
            try:
                sent = worker.connection.recv_bytes()
            except (EOFError, OSError):
                self._bury(worker)
            else:
                self._made[worker.given.popleft()] = sent

    def _bury(self, worker: _Worker) -> None:
        """Have the parts of a process that died made again: the one it was making, and the one it was not."""
        self._workers.remove(worker)
        worker.connection.close()
        worker.process.join()
        worker.process.close()
        if worker.given:
            first = worker.given[0]
            self._died[first] = self._died.get(first, 0) + 1
        for number in worker.given:
            if self._died.get(number, 0) >= _DEATHS:
                self._made[number] = b""
            else:
                self._again.append(number)


def _serve(
    work: Callable[[P], object], parts: Sequence[P], connection: Connection, others: Sequence[Connection], parent: int
) -> None:
    """Make the parts whose numbers come, until the process that began this one has no more, is gone, or stops it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that began this one is interrupted too, and ends it
    _end_with_parent()
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    for other in others:
        other.close()  # else nobody would see the end of that process
    sending: Thread | None = None
    with suppress(EOFError, OSError):
        while not stopped:
            number: int = connection.recv()
            if stopped or os.getppid() != parent:
                break
            sent = _sent(work, parts[number])
            if sending:
                sending.join()
            sending = Thread(target=_send, args=(connection, sent), daemon=True)
            sending.start()


def _end_with_parent() -> None:
    """Have the system kill this process when the one that began it is killed: it would hold the run's lock, and write on."""
    import ctypes  # noqa: PLC0415 - forks alone need it

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _send(connection: Connection, sent: bytes) -> None:
    with suppress(OSError):
        connection.send_bytes(sent)


def _sent(work: Callable[[P], object], part: P) -> bytes:
    """The result of a part as it is sent; empty if there is none, so that it is made, or fails, where it is due."""
    try:
        return dumps(work(part))
    except Exception:  # noqa: BLE001 - the process that began this one meets it again, and tells it
        return b""
