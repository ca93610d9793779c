"""What a run has done so far, on the disk: a line for each beginning, part and reprint, flushed before the next.

Every line begins with the hash of the rest, so that one which was cut off by a power failure, or changed, is known; a part of the last
round whose line is not there is made again, to the same bytes. What is lost of an earlier round cannot be: its pages are out, and
nobody would be told to throw them away. Nothing of a patient is in it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from handouts.errors import DamagedRecord, Fault, NotWritten
from handouts.translate.files import flush_names, write_whole

NAME = "journal.jsonl"
Told = Mapping[str, Any]
_MARK = 16


@dataclass
class Round:
    """A beginning of a run, by its `head`, and what came of it: parts by number, reprints; `ended` once all of it is made.

    The first round makes a schedule, each later one what has changed since.
    """

    head: Told
    parts: dict[int, Told] = field(default_factory=dict[int, Told])
    reprints: list[Told] = field(default_factory=list[Told])
    ended: bool = False

    def packets(self) -> Iterator[Told]:
        """What is told of each of its packets, in their order."""
        for _, part in sorted(self.parts.items()):
            yield from part["packets"]

    def print_files(self) -> Iterator[Told]:
        """What is told of each of its print files, in their order."""
        for _, part in sorted(self.parts.items()):
            yield from part["print_files"]


class Journal:
    """The journal of the run in `folder`; there need be none yet."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self.rounds: list[Round] = []
        self._whole = 0
        for line in self._lines():
            self._take(line)

    @property
    def is_ended(self) -> bool:
        """Whether all of its last round is made."""
        return bool(self.rounds) and self.rounds[-1].ended

    def begin(self, head: Told) -> Round:
        """A new round."""
        self._write({"begun": head})
        return self.rounds[-1]

    def add(self, part: Told) -> None:
        """A part that is on the disk."""
        self._write({"part": part})

    def reprinted(self, told: Told) -> None:
        """A print file of some sheets again."""
        self._write({"reprint": told})

    def end(self) -> None:
        """All of the last round is made. The journal is written anew, so that it tells nothing of how often it was gone on with."""
        self.rounds[-1].ended = True
        lines = [_line(told) for told in self._told()]
        write_whole(self.path, b"".join(lines), mode=0o600)
        self._whole = sum(map(len, lines))

    def _told(self) -> Iterator[Told]:
        """What its lines say, each once."""
        for number, each in enumerate(self.rounds, 1):
            yield {"round": number, "begun": each.head}
            yield from ({"round": number, "part": part} for _, part in sorted(each.parts.items()))
            if each.ended:
                yield {"round": number, "ended": True}
            yield from ({"round": number, "reprint": told} for told in each.reprints)

    def _take(self, line: Told) -> None:
        """Take in what a line says of the last round, or of one that it begins."""
        match line:
            case {"begun": head}:
                self.rounds.append(Round(head))
            case {"part": part}:
                self.rounds[-1].parts[part["number"]] = part
            case {"reprint": told}:
                self.rounds[-1].reprints.append(told)
            case {"ended": True}:
                self.rounds[-1].ended = True
            case _:
                return

    def _lines(self) -> Iterator[Told]:
        """What is said by its lines as far as they are whole. Raises DamagedRecord where a round has no beginning, or is not whole."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return
        except OSError as trouble:
            remedy = "Allow reading it, or print into another folder with -o."
            raise DamagedRecord(Fault(str(self.path), f"cannot be read: {trouble.strerror}.", remedy)) from None
        lost = 0
        for number, line in enumerate(content.splitlines(keepends=True), 1):
            told = _said(line)
            if told is None:
                lost = lost or number
            elif told["round"] != len(self.rounds) + ("begun" in told) or (lost and "begun" in told):
                raise self._damaged(lost or number)
            else:
                yield told
        if lost and not self.rounds and b"\n" in content:
            raise self._damaged(lost)
        self._whole = content.rfind(b"\n") + 1

    def _damaged(self, line: int) -> DamagedRecord:
        remedy = "What is in this folder cannot be gone on with: print into another one with -o."
        return DamagedRecord(Fault(f"{self.path}, line {line}", "the journal is damaged.", remedy))

    def _write(self, told: Told) -> None:
        """Add a line, after what is whole. Raises NotWritten where the disk does not take it."""
        told = {"round": len(self.rounds) + ("begun" in told), **told}
        line = _line(told)
        try:
            opened = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                os.ftruncate(opened, self._whole)
                os.lseek(opened, self._whole, os.SEEK_SET)
                left = memoryview(line)
                while left:
                    left = left[os.write(opened, left) :]
                os.fsync(opened)
            finally:
                os.close(opened)
            if not self._whole:
                flush_names(self.path.parent)
        except OSError as trouble:
            problem = f"the journal cannot be written: {trouble.strerror or trouble}."
            raise NotWritten(Fault(str(self.path), problem, "Make room, then run the same command again.")) from None
        self._whole += len(line)
        self._take(told)


def _line(told: Told) -> bytes:
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return _hash(text) + b" " + text + b"\n"


def _hash(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:_MARK].encode()


def _said(line: bytes) -> Told | None:
    """What a line says; None for one that is not whole."""
    mark, _, text = line.partition(b" ")
    if not text.endswith(b"\n") or mark != _hash(text[:-1]):
        return None
    return json.loads(text)
