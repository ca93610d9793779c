"""A folder of results that a new process takes over instead of making them anew: bytes by kind and key, bounded, checked by hash.

Nothing of a patient is ever put here. The cache changes nothing but time: what is damaged, cut off, foreign or cannot be read is
as good as not there, and a disk that takes nothing is no trouble. An entry is written beside and renamed, so that any number of
processes share the folder and one that is killed leaves the others' entries whole. There is no fsync: what a power failure leaves
of an entry fails its check. Many that are made together stand in one file, each with its own hash.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import struct
import sys
import time
import zlib
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

from handouts import builtin
from handouts.memory import remembered, remembers
from handouts.packed import Packing

V = TypeVar("V")
LIMIT = 256_000_000
"""Bytes that all entries may take."""

_MAGIC = b"handouts cache 1\n"
_HEAD = len(_MAGIC) + hashlib.sha256().digest_size
_ENTRY = re.compile(r"[a-z]+-[0-9a-f]{40}\.entry")
_UNFINISHED = ".unfinished-"
_DAY, _HOUR = 86400, 3600
_SHARES = 16
"""The folder is looked through once a process has put a sixteenth of the limit there, and left two sixteenths below it."""

_TOGETHER = "together-"
"""Begins the name of a file of several entries."""
_LARGEST, _MOST = 2_000_000, 4096
"""Bytes, and entries, of a file of several."""
_LISTED = struct.Struct(">20sI32s")
"""What such a file says of each entry, before the first: the hash in its name, its length, its hash."""
_COUNT = struct.Struct(">I")
_FIRST = 8192
"""So much of such a file is read at first; most of what it lists is in that."""
_Place = tuple[str, int, int, bytes]
"""Where an entry stands: the file's name, its first byte there, its length; and its hash."""

_NO_LINK_NO_PIPE = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_SOURCES = (".py", ".toml")


@dataclass(frozen=True, slots=True)
class Size:
    """How many entries there are and how many bytes they take."""

    entries: int
    bytes: int

    @property
    def told(self) -> str:
        """It in words."""
        return f"{self.entries} {'entry' if self.entries == 1 else 'entries'}, {self.bytes / 10**6:.1f} MB"


class Cache:
    """The entries in `folder`, of `limit` bytes at most; without a folder, none."""

    def __init__(self, folder: Path | None, limit: int = LIMIT) -> None:
        self.folder = folder
        self.limit = limit
        self._written = limit  # so that the first entry looks the folder through
        self._usable: bool | None = None if folder else False
        self._waiting: dict[str, bytes] | None = None
        self._places: dict[bytes, _Place] = {}
        self._listed: set[str] = set()
        self._has_looked = False

    def get(self, kind: str, key: str) -> bytes | None:
        """What was put as `key`; None if it is not there as it was put."""
        path = self._path(kind, key)
        return self._found_at(path) if path else None

    def _found_at(self, path: Path) -> bytes | None:
        if not self._is_ours():
            return None
        if self._waiting and path.name in self._waiting:
            return self._waiting[path.name]
        try:
            written = _written(path)
        except FileNotFoundError:
            return self._among_others(path.name)
        except OSError:
            written = b""
        if _is_sound(path.name, written):
            return written[_HEAD:]
        with suppress(OSError):
            path.unlink()
        return None

    def put(self, kind: str, key: str, content: bytes) -> None:
        """Keep `content` as `key`, for this and later processes; those unused for longest make room."""
        path = self._path(kind, key)
        if path:
            self._put(path, content)

    def _put(self, path: Path, content: bytes) -> None:
        if _HEAD + len(content) > self.limit // _SHARES or not self._is_ours(make=True):
            return
        if self._waiting is None:
            self._keep(path, b"".join((_MAGIC, _digest(path.name, content), content)))
            return
        self._waiting[path.name] = content
        size = sum(map(len, self._waiting.values()))
        if size > min(_LARGEST, self.limit // _SHARES // 2) or len(self._waiting) == _MOST:
            self._keep_waiting()

    @contextmanager
    def together(self) -> Generator[None, None, None]:
        """What is put while it lasts is kept in one file, or few, at its end: making a file takes longer than filling it.

        What others have kept like this is looked for once while it lasts.
        """
        if self._waiting is not None:
            yield
            return
        self._waiting, self._has_looked = {}, False
        try:
            yield
        finally:
            self._keep_waiting()
            self._waiting = None

    def value(self, kind: str, key_now: Callable[[], str], packing: Packing, make: Callable[[], V]) -> V:
        """The value that was kept under its key, or else made, and kept; what `make` raises is raised, and nothing is kept.

        `key_now` is asked again when the value is made: if what it is made of has changed meanwhile, nothing is kept. "" is the
        key of what cannot be kept.
        """
        if self.folder is None or not remembers() or not (key := key_now()) or not (path := self._path(kind, key)):
            return make()
        content = self._found_at(path)
        if content is not None:
            try:
                return cast("V", packing.unpacked(content))
            except ValueError:  # it was whole, and of no use
                self._places.pop(_hashed(path.name), None)
                with suppress(OSError):
                    path.unlink()
        value = make()
        if key_now() == key:
            self._put(path, packing.packed(value))
        return value

    def clear(self) -> Size:
        """Remove every entry, and nothing else that is in the folder; returns what was removed."""
        removed: list[int] = []
        for path, found in self._found():
            with suppress(OSError):
                path.unlink()
                removed.append(found.st_size)
        return Size(len(removed), sum(removed))

    def size(self) -> Size:
        """What is there."""
        sizes = [found.st_size for _, found in self._found()]
        return Size(len(sizes), sum(sizes))

    def usable(self) -> bool:
        """Whether entries can be put there; makes the folder."""
        return self._is_ours(make=True) and self.folder is not None and os.access(self.folder, os.W_OK | os.X_OK)

    def _keep(self, path: Path, written: bytes) -> None:
        self._written += len(written)
        with suppress(OSError):
            if self._written > self.limit // _SHARES:
                self._make_room()
                self._written = len(written)
            _write(path, written)

    def _keep_waiting(self) -> None:
        """Keep what waits as one file."""
        waiting = self._waiting or {}
        self._waiting = {}
        if self.folder is None or not waiting:
            return
        listed = b"".join(
            [_LISTED.pack(_hashed(name), len(each), _digest(name, each)) for name, each in waiting.items()]
        )
        name = f"{_TOGETHER}{hashlib.sha256(listed).hexdigest()[:40]}.entry"
        head = _COUNT.pack(len(waiting)) + listed
        self._keep(self.folder / name, b"".join((_MAGIC, _digest(name, head), head, *waiting.values())))
        self._listed.add(name)
        self._places.update(_placed(name, listed))

    def _among_others(self, name: str) -> bytes | None:
        """The entry of this name, if it stands in a file of several as it was put there."""
        self._look()
        place = self._places.get(_hashed(name))
        if place is None or self.folder is None:
            return None
        file, start, length, digest = place
        path = self.folder / file
        try:
            content = _written(path, start, length)
        except OSError:
            content = b""
        if _digest(name, content) == digest:
            return content
        del self._places[_hashed(name)]
        with suppress(OSError):
            path.unlink()
        return None

    def _look(self) -> None:
        """Find out what stands in files of several that were not met before."""
        if self._has_looked or self.folder is None:
            return
        self._has_looked = True
        with suppress(OSError):
            for name in os.listdir(self.folder):  # noqa: PTH208 - names, not paths
                if name.startswith(_TOGETHER) and name not in self._listed and _ENTRY.fullmatch(name):
                    self._listed.add(name)
                    self._places.update(_places(self.folder / name))

    def _path(self, kind: str, key: str) -> Path | None:
        if self.folder is None or not remembers() or not program():
            return None
        named = hashlib.sha256(f"{program()}\n{kind}\n{key}".encode("utf-8", "surrogatepass")).hexdigest()
        return self.folder / f"{kind}-{named[:40]}.entry"

    def _is_ours(self, *, make: bool = False) -> bool:
        """Whether the folder is there and nobody else could put anything into it; asked until it is there."""
        if self._usable is None and self.folder is not None:
            try:
                if make:
                    self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._usable = _is_own(self.folder.stat())
            except (OSError, ValueError):
                self._usable = False if make else None
        return bool(self._usable)

    def _found(self) -> Iterator[tuple[Path, os.stat_result]]:
        """Every entry, finished or not; other files are none of ours."""
        if self.folder is None or not self._is_ours():
            return
        with suppress(OSError), os.scandir(self.folder) as listed:
            for each in listed:
                if _ENTRY.fullmatch(each.name) or each.name.startswith(_UNFINISHED):
                    with suppress(OSError):
                        yield Path(each.path), each.stat(follow_symlinks=False)

    def _make_room(self) -> None:
        """Remove what killed processes left, and entries, the one unused for longest first, until two shares are free."""
        now = time.time()
        found = sorted(self._found(), key=lambda each: each[1].st_mtime)
        total = sum(each.st_size for _, each in found)
        enough = self.limit - 2 * (self.limit // _SHARES)
        for path, each in found:
            left_over = path.name.startswith(_UNFINISHED) and now - each.st_mtime > _HOUR
            if total > enough or left_over:
                with suppress(OSError):
                    path.unlink()
                total -= each.st_size


def user_cache() -> Cache:
    """The cache of this user: HANDOUTS_CACHE ("" for none), or the folder where the system has programs keep such things."""
    named = os.environ.get("HANDOUTS_CACHE")
    if named is not None:
        return Cache(Path(named).absolute() if named else None)
    try:
        if sys.platform == "darwin":
            home = Path("~/Library/Caches").expanduser()
        elif sys.platform == "win32":
            home = Path(os.environ.get("LOCALAPPDATA") or Path("~/AppData/Local").expanduser())
        else:
            named = os.environ.get("XDG_CACHE_HOME", "")
            home = Path(named) if Path(named).is_absolute() else Path("~/.cache").expanduser()
    except RuntimeError:  # nobody's home
        return Cache(None)
    return Cache(home / "handouts" / "cache" if sys.platform == "win32" else home / "handouts")


NO_CACHE = Cache(None)


@remembered()
def program() -> str:
    """The hash of all that decides on a result beside what it is made of: Python, the installed packages and our own code.

    A checkout that is worked on never reads what its older code made, nor what a copy of it made: results name files of the
    program by where they are. "" if our code cannot be read, and nothing can be told.
    """
    versions = f"{sys.version} {sys.platform} {zlib.ZLIB_RUNTIME_VERSION} {builtin.PACKAGE}"
    digest = hashlib.sha256(versions.encode("utf-8", "surrogateescape"))
    for folder in map(Path, sys.path):
        with suppress(OSError):
            names = sorted(name for name in os.listdir(folder) if name.endswith((".dist-info", ".egg-info")))  # noqa: PTH208
            digest.update("\n".join(names).encode("utf-8", "surrogateescape"))
    try:
        for folder, inner, names in os.walk(builtin.PACKAGE):
            inner[:] = sorted(name for name in inner if name != "__pycache__")
            for name in sorted(names):
                if name.endswith(_SOURCES):
                    with open(f"{folder}{os.sep}{name}", "rb", buffering=0) as file:  # noqa: PTH123 - there are hundreds
                        digest.update(hashlib.sha256(file.read()).digest())
                    digest.update(name.encode("utf-8", "surrogateescape"))
    except OSError:
        return ""
    return digest.hexdigest() if Path(__file__).is_file() else ""


def _digest(name: str, content: bytes) -> bytes:
    """The hash of an entry: of its name too, so that one under another's name is none."""
    digest = hashlib.sha256(name.encode())
    digest.update(content)
    return digest.digest()


def _is_sound(name: str, written: bytes) -> bool:
    return written.startswith(_MAGIC) and written[len(_MAGIC) : _HEAD] == _digest(name, written[_HEAD:])


def _written(path: Path, start: int = 0, length: int = -1, *, used: bool = True) -> bytes:
    """What stands in the file, b"" if it is no file of this user's alone; once a day its time of use is noted. Raises OSError."""
    opened = os.open(path, os.O_RDONLY | _NO_LINK_NO_PIPE)
    try:
        found = os.fstat(opened)
        if not stat.S_ISREG(found.st_mode) or not _is_own(found):
            return b""
        if used and abs(time.time() - found.st_mtime) > _DAY:
            with suppress(OSError):
                os.utime(path)
        with open(opened, "rb", closefd=False) as file:
            file.seek(start)
            return file.read(length)
    finally:
        os.close(opened)


def _hashed(name: str) -> bytes:
    """The hash in an entry's name."""
    return bytes.fromhex(name.removesuffix(".entry").rpartition("-")[2])


def _placed(file: str, listed: bytes) -> Iterator[tuple[bytes, _Place]]:
    """Where each of the entries stands that a file of several lists, by the hash in its name."""
    start = _HEAD + _COUNT.size + len(listed)
    for hashed, length, digest in _LISTED.iter_unpack(listed):
        yield hashed, (file, start, length, digest)
        start += length


def _places(path: Path) -> Mapping[bytes, _Place]:
    """What stands in a file of several; one that is not as it was written is removed."""
    start = _HEAD + _COUNT.size
    with suppress(OSError, struct.error):
        read = _written(path, 0, _FIRST, used=False)
        count = min(_COUNT.unpack(read[_HEAD:start])[0], _MOST)
        end = start + _LISTED.size * count
        if end > len(read):
            read = _written(path, 0, end, used=False)
        head = read[_HEAD:end]
        if read.startswith(_MAGIC) and read[len(_MAGIC) : _HEAD] == _digest(path.name, head):
            return dict(_placed(path.name, head[_COUNT.size :]))
    with suppress(OSError):
        path.unlink()
    return {}


def _write(path: Path, content: bytes) -> None:
    name = f"{path.parent}{os.sep}{_UNFINISHED}{os.getpid()}-{path.stem}"
    opened = os.open(name, _NEW_FILE, 0o600)
    try:
        with open(opened, "wb") as file:  # noqa: PTH123 - opened already
            file.write(content)
        os.replace(name, path)  # noqa: PTH105 - a name, not a path
    except OSError:
        with suppress(OSError):
            os.unlink(name)  # noqa: PTH108 - as above
        raise


def _is_own(found: os.stat_result) -> bool:
    """Whether it belongs to this user, and nobody else may write to it (a question that Windows does not answer)."""
    if sys.platform == "win32":
        return True
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
