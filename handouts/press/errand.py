"""What a Dask worker is sent, a part of a run → the answer it gives: the result, sealed, so that no disk of its holds a patient's words.

Dask writes results to a worker's disk when its memory runs short. Here a result is encrypted before Dask has it, with a key that
only the run and the parts it sends know and that no disk sees. Nor does a patient's value get into a log: a worker's log
shows of a part its number alone, and of a failure where in the program it was.
"""

from __future__ import annotations

import gc
import hashlib
import secrets
import shutil
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from pickle import dumps, loads
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from distributed import WorkerPlugin, get_worker

from handouts.memory import Recent, collect_seldom
from handouts.press.bundle import Bundle
from handouts.press.program import this_program

if TYPE_CHECKING:
    from distributed import Worker

MADE, FAILED, OTHER_PROGRAM = "made", "failed", "other program"
_NONCE = 12
_READY: Recent[tuple[str, bytes], Callable[[Any], object]] = Recent(2)
"""What this worker makes parts with, for the clinics it was last asked for."""
_ONE_AT_A_TIME = Lock()
"""Packets are made by one thread of a process: what is remembered is not made for several, and they would not be faster."""


class _Worker(Protocol):
    """What is asked of Dask's worker."""

    local_directory: str


class ClinicThere(WorkerPlugin):
    """A clinic's bundle on every worker, those too that come later; its folder is there once it is needed, until the worker ends."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.name = plugin_name(bundle)
        self.idempotent = True
        self._worker: _Worker | None = None
        self._folder: Path | None = None

    def setup(self, worker: Worker) -> None:
        """Dask calls this as the worker gets it."""
        self._worker = cast("_Worker", worker)

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002 - as Dask calls it
        """Dask calls this as the worker ends: take the folder away."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def folder(self) -> Path:
        """The clinic's folder on this worker, for its owner alone; written if it is not there. Raises OSError."""
        if self._worker is None:
            raise OSError("this is no worker")
        if self._folder is None or not self._folder.is_dir():
            home = Path(self._worker.local_directory)
            home.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(prefix="handouts-", dir=home))
            try:
                self.bundle.write(folder)
            except OSError:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            self._folder = folder
        return self._folder


def plugin_name(bundle: Bundle) -> str:
    """What Dask calls the plugin that holds `bundle`."""
    return f"handouts-{bundle.sha256}"


@dataclass(frozen=True, repr=False)
class Errand:
    """A part to make, as it is sent; `prepare` and `part` are pickled, so that only a worker unpacks them."""

    number: int
    program: str
    plugin: str
    prepare: bytes
    part: bytes
    key: bytes

    def __repr__(self) -> str:
        return f"part {self.number}"


class Answer(NamedTuple):
    """What a worker says of an errand: what became of it, the sealed result, and else what is wrong, without a patient's words."""

    became: str
    sealed: bytes
    said: str
    worker: str


def run(errand: Errand) -> Answer:
    """Do an errand on the worker of this process; what goes wrong is an answer too, since Dask would log it with all it holds."""
    worker = get_worker()
    address = str(worker.address)
    program = this_program()
    if program.fingerprint != errand.program:
        return Answer(OTHER_PROGRAM, b"", str(program), address)
    try:
        with _ONE_AT_A_TIME:
            plugin = cast("ClinicThere", worker.plugins[errand.plugin])
            return Answer(MADE, sealed(errand.key, errand.number, dumps(_result(errand, plugin))), "", address)
    except Exception as trouble:  # noqa: BLE001 - see above
        last = traceback.extract_tb(trouble.__traceback__)[-1]
        return Answer(
            FAILED, b"", f"{type(trouble).__name__} at {Path(last.filename).name}, line {last.lineno}", address
        )


def _result(errand: Errand, plugin: ClinicThere) -> object:
    folder = plugin.folder()
    before = gc.get_threshold()
    collect_seldom()
    try:
        made_of = (f"{folder}", hashlib.sha256(errand.prepare).digest())
        work = _READY(made_of, lambda: loads(errand.prepare)(folder))  # noqa: S301 - from who may run code here anyway
        return work(loads(errand.part))  # noqa: S301 - as above
    finally:
        gc.set_threshold(*before)


def sealed(key: bytes, number: int, content: bytes) -> bytes:
    """`content` encrypted and bound to the `number` of its part (AES-256 in GCM, NIST SP 800-38D)."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, str(number).encode())


def opened(key: bytes, number: int, content: bytes) -> bytes | None:
    """What was sealed; None if it is not whole, or another part's."""
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - hardly ever

    with suppress(InvalidTag, ValueError):
        return AESGCM(key).decrypt(content[:_NONCE], content[_NONCE:], str(number).encode())
    return None
