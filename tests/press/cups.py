"""CUPS of the tests' own: a server, and printers of the network, on ports of this machine alone, in folders of their own."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Self

import pytest

PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
_PROGRAMS = ("/usr/lib/cups", "/usr/libexec/cups")
_SECONDS = 30
_ATTEMPTS = 3
_WHOLE = "na_letter_8.5x11in,iso_a4_210x297mm"
# What a printer with two trays, two papers and a stapler says of itself (RFC 8011, PWG 5100.1, 5100.7).
_SAID = """
ATTR boolean color-supported true
ATTR integer copies-default 1
ATTR rangeOfInteger copies-supported 1-99
ATTR mimeMediaType document-format-supported {formats}
ATTR mimeMediaType document-format-default application/pdf
ATTR enum finishings-default 3
ATTR enum finishings-supported {finishings}
ATTR keyword media-default na_letter_8.5x11in
ATTR keyword media-ready na_letter_8.5x11in
ATTR keyword media-supported {media}
ATTR integer media-bottom-margin-supported 423
ATTR integer media-left-margin-supported 423
ATTR integer media-right-margin-supported 423
ATTR integer media-top-margin-supported 423
ATTR collection media-size-supported {{MEMBER integer x-dimension 21590 MEMBER integer y-dimension 27940}}
ATTR collection media-col-default {{
  MEMBER collection media-size {{MEMBER integer x-dimension 21590 MEMBER integer y-dimension 27940}}
  MEMBER integer media-bottom-margin 423 MEMBER integer media-left-margin 423
  MEMBER integer media-right-margin 423 MEMBER integer media-top-margin 423
  MEMBER keyword media-source "main" MEMBER keyword media-type "stationery"
}}
ATTR keyword media-source-supported main,tray-2
ATTR keyword media-color-supported white,yellow
ATTR keyword media-type-supported stationery,stationery-letterhead
ATTR keyword output-bin-default face-down
ATTR keyword output-bin-supported face-down
{overrides}
ATTR boolean page-ranges-supported {ranges}
ATTR keyword print-color-mode-default auto
ATTR keyword print-color-mode-supported auto,color,monochrome
ATTR keyword print-scaling-supported auto,fit,none
ATTR enum print-quality-default 4
ATTR enum print-quality-supported 4
ATTR resolution printer-resolution-default 600dpi
ATTR resolution printer-resolution-supported 600dpi
ATTR text printer-make-and-model "Test Stapler"
ATTR text printer-device-id "MFG:Test;MDL:Stapler;CMD:PDF;"
ATTR keyword sides-default one-sided
ATTR keyword sides-supported {sides}
ATTR keyword urf-supported V1.4,CP1,W8,RS600
"""


def program(name: str) -> str:
    """Where a program of CUPS is; Debian's /usr/sbin may not be on the path. Skips, or fails where CI is set, without it."""
    found = shutil.which(name, path=PATH)
    if found is None:
        missing = f"there is no {name} on this machine (Debian: cups, cups-ipp-utils, dbus), so no printer is tried"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    return found


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


class Device:
    """A printer of the network that keeps what it gets."""

    def __init__(self, uri: str, folder: Path, process: subprocess.Popen[bytes]) -> None:
        self.uri = uri
        self.process = process
        self._folder = folder

    def arrived(self) -> list[bytes]:
        """The documents that it has got, in the order of its jobs."""
        return [path.read_bytes() for path in sorted((self._folder / "arrived").glob("*.pdf"))]

    def wait(self, number: int) -> list[bytes]:
        """As above, when it has got so many."""
        until = time.monotonic() + _SECONDS
        while len(found := self.arrived()) < number and time.monotonic() < until:
            time.sleep(0.05)
        return found

    def said(self, text: str) -> None:
        """What it tells of its state while it prints the next job ("STATE: +media-empty-error")."""
        (self._folder / "said").write_text(f"{text}\n")

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(_SECONDS)


class _Port:
    """A port to which jobs are sent as they are, each in a connection of its own, as printers have at 9100."""

    def __enter__(self) -> Self:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.number = self._listening.getsockname()[1]
        self._jobs: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def taken(self, jobs: int) -> list[bytes]:
        until = time.monotonic() + _SECONDS
        while len(self._jobs) < jobs and time.monotonic() < until:
            time.sleep(0.02)
        return list(self._jobs)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                with connection:
                    pieces = []
                    while piece := connection.recv(65536):
                        pieces.append(piece)
                    self._jobs.append(b"".join(pieces))


class Server:
    """A server of CUPS that runs at `address`; queues are added to it under new names."""

    def __init__(self, port: int, folder: Path, stack: ExitStack) -> None:
        self.address = f"127.0.0.1:{port}"
        self.folder = folder
        self._numbers = count(1)
        self._stack = stack
        self._bus = ""
        self._ports: dict[str, _Port] = {}

    def run(self, name: str, *arguments: str) -> None:
        """Run a program of CUPS against it: `cupsdisable`, `lpadmin`."""
        environment = {**os.environ, "CUPS_SERVER": self.address}
        done = subprocess.run(
            [program(name), *arguments], env=environment, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
        assert done.returncode == 0, done.stderr

    def queue(self, device: str | None = None, *, model: str = "raw") -> str:
        """The name of a new queue before `device`; without one, before a port that takes what it gets (`printed`)."""
        name = f"queue{next(self._numbers)}"
        if device is None:
            self._ports[name] = port = self._stack.enter_context(_Port())
            device = f"socket://127.0.0.1:{port.number}"
        self.run("lpadmin", "-p", name, "-v", device, "-m", model, "-E")
        return name

    def printed(self, queue: str, jobs: int = 1) -> list[bytes]:
        """What has come out of a queue, once there are so many jobs."""
        return self._ports[queue].taken(jobs)

    def device(
        self,
        *,
        finishings: Sequence[int] = (3, 4, 20, 22),
        overrides: Sequence[str] = (),
        media: str = _WHOLE,
        sides: str = "one-sided,two-sided-long-edge,two-sided-short-edge",
        formats: str = "application/octet-stream,application/pdf",
        ranges: bool = True,
        seconds: float = 0,
    ) -> Device:
        """A printer of the network that can what is told here, and takes so many `seconds` for a job."""
        folder = self.folder / f"device{next(self._numbers)}"
        for each in (folder, folder / "arrived", folder / "spool"):
            each.mkdir()
        (folder / "said").touch()
        command = folder / "print.sh"
        command.write_text(
            f'#!/bin/sh\nsleep {seconds}\ncat {folder}/said >&2\ncp "$1" "{folder}/arrived/$(printf %04d "$IPP_JOB_ID").part"\n'
            f'cd {folder}/arrived && for each in *.part; do mv "$each" "${{each%.part}}.pdf"; done\n'
        )
        command.chmod(0o755)
        attributes = folder / "attributes"
        attributes.write_text(
            _SAID.format(
                finishings=",".join(map(str, finishings)),
                overrides=f"ATTR keyword overrides-supported {','.join(overrides)}" if overrides else "",
                media=media,
                sides=sides,
                formats=formats,
                ranges=str(ranges).lower(),
            )
        )
        for _ in range(_ATTEMPTS):
            port = free_port()
            options = ["-r", "off", "-n", "localhost", "-p", str(port), "-a", str(attributes), "-c", str(command)]
            with (folder / "log").open("wb") as log:
                process = subprocess.Popen(
                    [program("ippeveprinter"), *options, "-k", "-d", str(folder / "spool"), "Test"],
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": self._bus_address()},
                )
            self._stack.callback(_end, process)
            if _answers(port, process):
                return Device(f"ipp://localhost:{port}/ipp/print", folder, process)
        pytest.fail((folder / "log").read_text("utf-8", "replace"))

    def _bus_address(self) -> str:
        """A message bus of its own: ippeveprinter wants one, even if it announces nothing."""
        if not self._bus:
            command = [program("dbus-daemon"), "--session", "--nofork", "--print-address=1"]
            process = subprocess.Popen(
                [*command, f"--address=unix:dir={self.folder}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            self._stack.callback(_end, process)
            assert process.stdout is not None
            self._bus = process.stdout.readline().decode().strip()
        return self._bus


@pytest.fixture(scope="session")
def cups() -> Generator[Server, None, None]:
    """A server for all tests of this process."""
    with server() as running:
        yield running


@contextmanager
def server() -> Generator[Server, None, None]:
    """A server with no queue yet, ended with its printers, each by its own number."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="cups-", dir="/tmp"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)  # its filters run as another user
        for _ in range(_ATTEMPTS):
            port = free_port()
            process = _started(port, folder)
            stack.callback(_end, process)
            if _answers(port, process):
                yield Server(port, folder, stack)
                return
        pytest.fail((folder / "log").read_text("utf-8", "replace"))


def _started(port: int, folder: Path) -> subprocess.Popen[bytes]:
    for name in ("etc", "spool", "cache", "run", "tmp"):
        (folder / name).mkdir(exist_ok=True)
    user = "nobody" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
    _with_backend(
        folder / "bin",
        "says",
        '#!/bin/sh\n[ $# -eq 0 ] || echo "STATE: ${DEVICE_URI#says:/}" >&2\ncat "$6" >/dev/null\n',
    )
    settings = folder / "etc" / "cupsd.conf"
    settings.write_text(
        f"Listen 127.0.0.1:{port}\nBrowsing Off\nDefaultAuthType None\nWebInterface No\nLogLevel warn\n"
        "DirtyCleanInterval 0\n"
        "<Location />\nOrder allow,deny\nAllow localhost\n</Location>\n"
        "<Location /admin>\nOrder allow,deny\nAllow localhost\n</Location>\n"
        "<Policy default>\n<Limit All>\nOrder deny,allow\n</Limit>\n</Policy>\n"
    )
    files = folder / "etc" / "cups-files.conf"
    files.write_text(
        f"ServerBin {folder}/bin\nServerRoot {folder}/etc\nRequestRoot {folder}/spool\nCacheDir {folder}/cache\nStateDir {folder}/run\n"
        f"TempDir {folder}/tmp\nAccessLog {folder}/access\nErrorLog {folder}/log\nPageLog {folder}/pages\n"
        f"User {user}\nGroup {group}\nSystemGroup {grp.getgrgid(os.getgid()).gr_name}\n"
    )
    with (folder / "out").open("wb") as out:
        command = [program("cupsd"), "-f", "-c", str(settings), "-s", str(files)]
        return subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)


def _with_backend(place: Path, name: str, script: str) -> None:
    """The programs of the server, and a backend of ours: what it says is told of the printer's state."""
    (place / "backend").mkdir(parents=True, exist_ok=True)
    own = next(Path(folder) for folder in _PROGRAMS if Path(folder, "backend").is_dir())
    for folder in (each for each in own.iterdir() if each.name != "backend" and not (place / each.name).exists()):
        (place / folder.name).symlink_to(folder)
    for backend in ("ipp", "socket"):
        with suppress(FileExistsError):
            (place / "backend" / backend).symlink_to(own / "backend" / backend)
    (place / "backend" / name).write_text(script)
    (place / "backend" / name).chmod(0o755)


def _answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Whether somebody listens there, as soon as that is so."""
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("localhost", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return process.poll() is None
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process that we have started."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdout:
        process.stdout.close()
