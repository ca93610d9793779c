"""A Dask scheduler and workers as programs of their own on this machine, and what they are asked to make."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Self

from handouts.appointment import Appointment
from handouts.cache import user_cache
from handouts.clinic import load_clinic
from handouts.content.editions import Editions
from handouts.output import files_of
from handouts.packet import Options, PacketMaker

ROOT = Path(__file__).parent.parent.parent
_SECONDS = 30


class DaskHere:
    """A scheduler with workers in `folder`; all of them end with it. `settings` are Dask's, as it has them in the environment."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        named = {f"DASK_DISTRIBUTED__{name.upper()}": str(value) for name, value in settings.items()}
        self.environment = {**os.environ, **named}
        self.workers: list[subprocess.Popen[bytes]] = []
        told = folder / "scheduler.json"
        self.scheduler = self._started(ROOT, "scheduler", "--port", "0", "--scheduler-file", str(told), "--no-show")
        self.address = json.loads(until(lambda: told.exists() and told.read_text("utf-8")))["address"]

    def worker(self, *options: str, program: Path = ROOT) -> Path:
        """Starts a worker of one thread and 2 GB; its folder."""
        number = len(self.workers)
        local = self.folder / f"worker {number}"
        words = (self.address, "--nthreads", "1", "--memory-limit", "2GB", "--local-directory", str(local), *options)
        self.workers.append(self._started(program, "worker", *words, log=f"worker {number}"))
        return local

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        processes = [*self.workers, self.scheduler]
        for process in processes:
            process.terminate()
        for process in processes:
            ended(process)

    def logs(self) -> bytes:
        """All that scheduler and workers have said."""
        return b"".join(path.read_bytes() for path in self.folder.glob("*.log"))

    def _started(self, program: Path, what: str, *options: str, log: str = "scheduler") -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            f"distributed.cli.dask_{what}",
            "--host",
            "127.0.0.1",
            "--no-dashboard",
            *options,
        ]
        environment = {**self.environment, "PYTHONPATH": os.pathsep.join(map(str, (program, Path(__file__).parent)))}
        with (self.folder / f"{log}.log").open("wb") as out:
            return subprocess.Popen(command, cwd=self.folder, env=environment, stdout=out, stderr=out)


def ended(process: subprocess.Popen[bytes]) -> None:
    """Waits for a process to end, and ends it if it does not."""
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def until(true, seconds=_SECONDS):
    """Waits until something is true, and gives it; fails if it does not become so."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "this has not come to be"
        time.sleep(0.02)
    return found


class Packets:
    """Makes the files of packets, with who made them."""

    def __init__(self, now: datetime, folder: Path) -> None:
        self.now = now
        self.make = PacketMaker(Editions(load_clinic(folder), user_cache()), Options())
        self.parts = 0

    def __call__(self, appointments: Sequence[Appointment]) -> tuple[Mapping[str, bytes], int, int]:
        """The files, the process, and how many parts it has made with this."""
        self.parts += 1
        packets = [self.make(appointment, self.now) for appointment in appointments]
        files = {f"{each.packet_id}/{name}": content for each in packets for name, content in files_of(each).items()}
        return files, os.getpid(), self.parts


class Listing:
    """Tells what files there are in the clinic's folder, with who may read them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, _: object) -> Mapping[str, str]:
        """Modes by names, the folder's own as "."."""
        found = [self.folder, *self.folder.rglob("*")]
        return {path.relative_to(self.folder).as_posix(): oct(path.stat().st_mode & 0o777) for path in found}


class Deadly:
    """Kills the process that makes a part that says so, and fails with the words of one that says so."""

    def __init__(self, home: int, folder: Path) -> None:
        self.home = home
        assert folder.is_dir()

    def __call__(self, part: str) -> tuple[str, bool]:
        """The part, and whether it was made by the process that asked."""
        here = os.getpid() == self.home
        if part == "die" and not here:
            os.kill(os.getpid(), signal.SIGKILL)
        if part.startswith("fail") and not here:
            raise ValueError(part)
        return part, here
