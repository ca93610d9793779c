"""A PostgreSQL server of the tests' own: started on a socket in a folder of its own, with a new database for whoever asks."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/usr/local/bin", "/usr/bin", "/opt/homebrew/bin")
_SECONDS = 60


def binaries() -> Path | None:
    """The folder of the newest server there is; Debian's is not on the path."""
    found = [path.parent for place in _PLACES for path in Path("/").glob(f"{place.lstrip('/')}/postgres")]
    whole = [folder for folder in found if (folder / "initdb").exists()]
    return max(whole, key=lambda folder: [int(part) for part in folder.parts if part.isdigit()], default=None)


class Server:
    """A server that runs; `url` gives the address of a new database."""

    def __init__(self, folder: Path, user: str) -> None:
        self._folder = folder
        self._user = user
        self._numbers = count(1)

    def url(self) -> str:
        name = f"record_{os.getpid()}_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name}")
        return f"postgresql+pg8000://{self._user}@/{name}?unix_sock={self._folder}/.s.PGSQL.5432"

    def _run(self, statement: str) -> None:
        import pg8000.native  # noqa: PLC0415 - only where there is a server

        socket = str(self._folder / ".s.PGSQL.5432")
        connection = pg8000.native.Connection(self._user, unix_sock=socket, database="postgres")
        connection.run(statement)
        connection.close()


@contextmanager
def server() -> Generator[Server, None, None]:
    """A server, ended by its own number. Skips, or fails where CI is set, if there is none on this machine."""
    where = binaries()
    if where is None:
        missing = "there is no PostgreSQL on this machine (Debian: postgresql), so the record is tested on SQLite alone"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    user = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.getuid() == 0 else {}
    os.chown(folder, user.pw_uid, user.pw_gid)
    try:
        home = folder / "data"
        made = [where / "initdb", "-D", home, "-U", user.pw_name, "-A", "trust", "-E", "UTF8", "--no-locale", "-N"]
        subprocess.run(made, check=True, capture_output=True, cwd=folder, **as_user)
        options = ["-D", home, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=40"]
        with (folder / "log").open("wb") as log:
            running = subprocess.Popen(
                [where / "postgres", *options], stdout=log, stderr=subprocess.STDOUT, cwd=folder, **as_user
            )
        try:
            _wait(folder, running)
            yield Server(folder, user.pw_name)
        finally:
            running.send_signal(signal.SIGINT)  # a fast shutdown
            running.wait(_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(folder: Path, running: subprocess.Popen[bytes]) -> None:
    import pg8000.native  # noqa: PLC0415 - as above

    until = time.monotonic() + _SECONDS
    while time.monotonic() < until and running.poll() is None:
        try:
            user = pwd.getpwuid(folder.stat().st_uid).pw_name
            socket = str(folder / ".s.PGSQL.5432")
            pg8000.native.Connection(user, unix_sock=socket, database="postgres").close()
        except Exception:  # noqa: BLE001 - whatever it says until it is there
            time.sleep(0.1)
        else:
            return
    pytest.fail((folder / "log").read_text("utf-8", "replace"))


def _unprivileged() -> pwd.struct_passwd:
    """A user that the server may run as: never root."""
    if os.getuid():
        return pwd.getpwuid(os.getuid())
    known = {each.pw_name: each for each in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]
