"""Parts of a run → their results, in order, made by the workers of a Dask cluster; the same bytes as here.

The workers need the same program and nothing else: the clinic's bundle is sent to each once. Results come back over the network and
are written by who asked. They hold patients' words: across machines the address is a tls:// one.
"""

from __future__ import annotations

import logging
import secrets
import time
from asyncio import CancelledError
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from pickle import dumps, loads
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from handouts.errors import Fault, MissingProgram
from handouts.press.bundle import Bundle
from handouts.press.program import Program, this_program

if TYPE_CHECKING:
    from distributed import Client, Future

    from handouts.press.errand import Answer

P = TypeVar("P")
R = TypeVar("R")

_CONNECTING = 5.0
"""Seconds in which the scheduler has to answer, and in which there has to be a worker."""
_LOOKING = 5.0
"""Seconds without a result after which the cluster is asked whether there is still a worker."""
_ALONE = 30.0
"""Seconds without any worker after which the rest is made here; one that Dask starts anew is back sooner."""
_AHEAD = 3
"""Parts that are out at once for each worker: one that it makes, one that waits there, one that is on its way."""
_OPTION = "--cluster"


def on_cluster(
    address: str,
    bundle: Bundle,
    prepare: Callable[[Path], Callable[[P], R]],
    parts: Sequence[P],
    here: Callable[[P], R],
    tell: Callable[[Fault], None],
) -> Iterator[R | Fault]:
    """The results of `parts` in their order, made by the workers of the scheduler at `address`.

    A worker calls `prepare` with the clinic's folder as `bundle` has it, once, and what that gives with each part; `prepare`, parts
    and results are pickled. Few results wait at any time, here and there. A part whose worker dies is made by another one; one of
    which too many die (Dask's `distributed.scheduler.allowed-failures`), twice, is a Fault instead of a result, and the others go on. What
    the cluster does not make is made by `here`: a part that fails there, and all that is left once the scheduler is lost or has had
    no worker for half a minute; `tell` is told, once of each kind. When the iterator is closed, or interrupted, what is out is
    cancelled. Raises MissingProgram where Dask is not installed, no scheduler or worker answers, or one has another program.
    """
    done = 0
    with _connected(address) as client:
        _prepared(client, address, bundle)
        run = _Run(client, bundle, prepare, parts, tell)
        try:
            for part in parts:
                result = run.result(done)
                yield here(part) if isinstance(result, _Here) else result
                done += 1
        except _Lost as lost:
            tell(Fault(f"the scheduler {address}", f"it is lost: {lost}.", "What it has not made is made here."))
        finally:
            run.cancel()
    yield from map(here, parts[done:])


class _Here:
    """What stands for a result that is made here."""


class _Lost(Exception):
    """The cluster is no more, and why."""


class _Run(Generic[P, R]):
    """The parts that are out on a cluster, the one that is due first."""

    def __init__(
        self,
        client: Client,
        bundle: Bundle,
        prepare: Callable[[Path], Callable[[P], R]],
        parts: Sequence[P],
        tell: Callable[[Fault], None],
    ) -> None:
        from handouts.press.errand import plugin_name  # noqa: PLC0415 - loads Dask

        self._client: Any = client
        self._parts = parts
        self._tell = tell
        self._told: set[str] = set()
        self._others: set[str] = set()
        """Workers that have another program; they came later."""
        self._out: deque[Future[Answer]] = deque()
        self._next = 0
        self._name = f"handouts-{secrets.token_hex(8)}"
        self._key = secrets.token_bytes(32)
        self._program = this_program().fingerprint
        self._plugin, self._prepare = plugin_name(bundle), dumps(prepare)

    def result(self, due: int) -> R | Fault | _Here:
        """What came of part `due`, after all before it. Raises _Lost."""
        with _or_lost():
            self._send()
            answer = self._answer(due)
            self._out.popleft()
            self._send()  # so that there is work while this result is used
        if answer is None:
            where = f"part {due + 1} of {len(self._parts)}"
            remedy = "See what the workers' logs say, and run the command again; the others are made."
            return Fault(where, "every worker that made it died.", remedy)
        return self._taken(due, answer)

    def cancel(self) -> None:
        """Have nothing made any more."""
        if self._out:
            with suppress(CancelledError, Exception):
                self._client.cancel(list(self._out), force=True)
        self._out.clear()

    def _send(self) -> None:
        """Send as many parts as may be out."""
        if self._next == len(self._parts):
            return
        workers = self._workers()
        while self._next < len(self._parts) and len(self._out) < _AHEAD * max(1, len(workers)):
            self._out.append(self._sent(self._next, workers))
            self._next += 1

    def _sent(self, number: int, workers: Sequence[str], again: str = "") -> Future[Answer]:
        """A part on its way to one of `workers`."""
        from handouts.press.errand import Errand, run  # noqa: PLC0415 - as above

        part = dumps(self._parts[number])
        errand = Errand(number, self._program, self._plugin, self._prepare, part, self._key)
        only = {"workers": list(workers), "allow_other_workers": True} if self._others and workers else {}
        return self._client.submit(run, errand, key=f"{self._name}-{number}{again}", pure=False, **only)

    def _workers(self) -> list[str]:
        return [address for address in self._client.nthreads() if address not in self._others]

    def _answer(self, due: int) -> Answer | None:
        """What a worker says of part `due`; None if too many die of it. Raises _Lost, and what Dask raises.

        Dask holds a death against every part that the worker had. So one that is blamed is tried again with nothing else out.
        """
        from distributed import KilledWorker  # noqa: PLC0415 - takes long

        with suppress(KilledWorker):
            return self._said(self._out[0])
        for other in list(self._out)[1:]:
            with suppress(KilledWorker):
                self._said(other)
        with suppress(KilledWorker):
            return self._said(self._sent(due, self._workers(), "-alone"))
        return None

    def _said(self, future: Future[Answer]) -> Answer:
        """What a worker says, as soon as it does; once nobody has the future Dask forgets it."""
        asked: Any = future
        alone_since: float | None = None
        while True:
            try:
                return asked.result(timeout=_LOOKING)
            except TimeoutError:
                now = time.monotonic()
                alone_since = None if self._workers() else alone_since or now
                if alone_since and now - alone_since >= _ALONE:
                    raise _Lost("it has no worker any more") from None

    def _taken(self, due: int, answer: Answer) -> R | _Here:
        from handouts.press.errand import MADE, OTHER_PROGRAM, opened  # noqa: PLC0415 - as above

        if answer.became == MADE:
            content = opened(self._key, due, answer.sealed)
            if content is not None:
                return loads(content)  # noqa: S301 - from who may run code here anyway
        if answer.became == OTHER_PROGRAM:
            self._others.add(answer.worker)
            self._once(_other_program(f"worker {answer.worker}", answer.said))
        else:
            problem = f"a part failed there ({answer.said or 'the result is damaged'}) and is made here."
            self._once(Fault(f"worker {answer.worker}", problem, "See whether it has disk and memory left."))
        return _Here()

    def _once(self, fault: Fault) -> None:
        if str(fault) not in self._told:
            self._told.add(str(fault))
            self._tell(fault)


@contextmanager
def _or_lost() -> Generator[None, None, None]:
    """Raises _Lost for whatever Dask raises."""
    try:
        yield
    except (CancelledError, Exception) as trouble:  # noqa: BLE001 - it has many
        raise _Lost(_line(trouble)) from None


@contextmanager
def _connected(address: str) -> Generator[Client, None, None]:
    """A client of the scheduler at `address`; what Dask would log here is told otherwise. Raises MissingProgram."""
    try:
        from distributed import Client  # noqa: PLC0415 - an extra, and takes long
    except ImportError:
        remedy = "Install it: pip install 'handouts[cluster]'."
        raise MissingProgram(Fault("the command", "Dask distributed is not installed.", remedy, _OPTION)) from None
    with _quiet("distributed", "distributed.client"):
        try:
            client: Any = Client(address, timeout=_CONNECTING, set_as_default=False, name="handouts")
        except Exception as trouble:  # noqa: BLE001 - Dask has many for an address that it cannot use
            problem = f"no scheduler can be reached here ({_line(trouble)})."
            remedy = "Write it as dask scheduler shows it, as tls://192.0.2.7:8786, and see that it runs."
            raise MissingProgram(Fault("the command", problem, remedy, _OPTION, address)) from None
        try:
            yield client
        finally:
            with suppress(CancelledError, Exception):
                client.close(timeout=_CONNECTING)


@contextmanager
def _quiet(*names: str) -> Generator[None, None, None]:
    """While it lasts these loggers say nothing."""
    loggers = [logging.getLogger(name) for name in names]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def _prepared(client: Client, address: str, bundle: Bundle) -> None:
    """Give `bundle` to every worker, once all have the program that runs here. Raises MissingProgram."""
    from handouts.press.errand import ClinicThere  # noqa: PLC0415 - loads Dask

    asked: Any = client
    scheduler = f"the scheduler {address}"
    try:
        try:
            asked.wait_for_workers(1, timeout=_CONNECTING)
        except TimeoutError:
            remedy = f"Start some: dask worker {address} --nworkers auto --nthreads 1"
            raise MissingProgram(Fault(scheduler, "it has no worker.", remedy)) from None
        said = {f"worker {each}": told for each, told in asked.run(this_program, on_error="return").items()}
        MissingProgram.gathered(_other_programs({scheduler: _asked(client), **said}))
        asked.register_plugin(ClinicThere(bundle))
    except (CancelledError, Exception) as trouble:
        if isinstance(trouble, MissingProgram):
            raise
        raise MissingProgram(Fault(scheduler, f"it does not answer ({_line(trouble)}).", "Start it again.")) from None


def _asked(client: Client) -> object:
    """The scheduler's program, or what kept it from telling."""
    asked: Any = client
    try:
        return asked.run_on_scheduler(this_program)
    except ImportError as trouble:
        return trouble


def _other_programs(said: Mapping[str, object]) -> Iterator[Fault]:
    """Who among these, by what they say, has not the program that runs here."""
    for where, told in said.items():
        if told != this_program():
            yield _other_program(where, str(told) if isinstance(told, Program) else None)


def _other_program(where: str, there: str | None) -> Fault:
    found = f"the program there is {there}" if there else "there is no program that can be compared"
    remedy = "Install the same version of handouts, Python and packages there, and start it again."
    return Fault(where, f"{found}; here it is {this_program()}.", remedy)


def _line(trouble: BaseException) -> str:
    said = str(trouble).strip().splitlines()
    return (said[0] if said else type(trouble).__name__).rstrip(".")
