"""Packets of peers onto the disk with their hashes, and bytes that are ready written: plainly, and as `handouts` does."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.programs import Program

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Written:
    """Milliseconds a packet: made and written with hashes, and the same bytes just written."""

    packets: int
    made: float
    plain: float


def peer_written(program: Program, given: Iterator[Any], count: int, folder: Path) -> Written:
    """`count` packets in plain files with their hashes in a list."""
    made = again = 0.0
    for number, each in enumerate(islice(given, count)):
        begun = time.perf_counter()
        pdfs = {f"{number}-{document}.pdf": pdf for document, pdf in enumerate(program.packet(each))}
        hashes = [hashlib.sha256(pdf).hexdigest() for pdf in pdfs.values()]
        made += time.perf_counter() - begun + plain(folder / "made", pdfs)
        (folder / "made" / f"{number}.sha256").write_text("\n".join(hashes), "utf-8")
        again += plain(folder / "plain", pdfs)
    shutil.rmtree(folder)
    return Written(count, 1000 * made / count, 1000 * again / count)


def plain(folder: Path, files: Mapping[str, bytes]) -> float:
    """The seconds that writing `files` takes, without seeing them onto the disk."""
    folder.mkdir(parents=True, exist_ok=True)
    begun = time.perf_counter()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return time.perf_counter() - begun


def flushed(folder: Path, files: Mapping[str, bytes]) -> float:
    """The seconds that it takes until `files` are on the disk in the new `folder`, whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    begun = time.perf_counter()
    unfinished = folder.with_name(f".unfinished-{folder.name}")
    unfinished.mkdir(mode=0o700)
    for name, content in files.items():
        with os.fdopen(os.open(unfinished / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    _flush_names(unfinished)
    unfinished.rename(folder)
    _flush_names(folder.parent)
    return time.perf_counter() - begun


def copied(source: Path, target: Path, *, flush: bool) -> float:
    """The seconds that writing the bytes of `source` to `target` takes, with or without seeing them onto the disk."""
    took = 0.0
    with source.open("rb") as read, target.open("wb") as file:
        while content := read.read(_CHUNK):
            begun = time.perf_counter()
            file.write(content)
            took += time.perf_counter() - begun
        begun = time.perf_counter()
        file.flush()
        if flush:
            os.fsync(file.fileno())
        return took + time.perf_counter() - begun


def _flush_names(folder: Path) -> None:
    if os.name == "nt":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
