"""A run's journal and its folder → which packets are there as they were made, and what is there and in no round that counts.

A run that was killed has placed files of which no line tells yet. The same command makes them again; another schedule may not.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from handouts.errors import DamagedRecord, Fault
from handouts.press.journal import Journal, Round
from handouts.press.manifest import sha256_of, standing

_PACKET_ID = re.compile(r"[a-z2-7]{16}")
_FOR_PRINTER = re.compile(r"(print-\d{4,}[a-z]*|reprint-\d{4,})\.pdf")


def is_there(out: Path, part: Mapping[str, Any] | None) -> bool:
    """Whether a part of the journal is on the disk as it was made."""
    return part is not None and all(sha256_of(out / name) == sha256 for name, sha256 in part["hashes"].items())


def unsound(out: Path, rounds: Sequence[Round]) -> Mapping[str, Path]:
    """Packets of which a file, their own or the print file they stand in, is not as it was made: by id, with the first of these."""
    hashes: dict[str, str] = {}
    for each in rounds:
        for part in each.parts.values():
            hashes |= part["hashes"]
    own: dict[str, list[str]] = {}
    for name in hashes:
        folder, slash, _ = name.partition("/")
        if slash:
            own.setdefault(folder, []).append(name)

    @cache
    def is_as_made(name: str) -> bool:
        return sha256_of(out / name) == hashes[name]

    found: dict[str, Path] = {}
    for packet in standing(rounds).packets:
        if name := str(packet["packet_id"]):
            files = (str(packet["print_file"]), *own.get(name, ()))
            spoilt = next((file for file in files if not is_as_made(file)), None)
            found |= {name: out / spoilt} if spoilt else {}
    return found


def require_sound(journal: Journal) -> None:
    """Raise DamagedRecord for every file of earlier rounds that is not as it was made, and in which a packet stands."""
    paths = sorted(set(unsound(journal.path.parent, journal.rounds).values()))
    remedy = "Run the same press run again, with --only-changed: it prints anew what stood in it."
    DamagedRecord.gathered([Fault(str(path), "is not as it was made.", remedy) for path in paths])


def cleared(journal: Journal) -> None:
    """Remove packets that any round was to make and that do not stand, and files for the printer that the journal does not know."""
    out = journal.path.parent
    there = {str(packet["packet_id"]) for packet in standing(journal.rounds).packets}
    making = {name for each in journal.rounds for name in each.head["making"]}
    for name in sorted(making - there):
        if _PACKET_ID.fullmatch(name):
            shutil.rmtree(out / name, ignore_errors=True)
    files = [told for each in journal.rounds for told in (*each.print_files(), *each.reprints)]
    known = {str(told["file"]) for told in files}
    for path in out.glob("*.pdf"):
        if _FOR_PRINTER.fullmatch(path.name) and path.name not in known:
            with suppress(OSError):
                path.unlink()
