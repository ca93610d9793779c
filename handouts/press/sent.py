"""sent.jsonl in a run's folder: which print files were sent to which printer, so that none is printed twice by mistake."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from handouts.errors import Fault, NotWritten, UnreadableInput
from handouts.translate.files import flush_names

NAME = "sent.jsonl"
State = Literal["begun", "sent", "withdrawn", "broken"]


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one print file: it is `begun` before the printer hears of it, then `sent`, or `withdrawn` with all its jobs.

    `broken`: some of its jobs could not be taken back. `jobs` are numbers at the printer, `at` is ISO 8601 with offset.
    """

    state: State
    file: str
    sha256: str
    queue: str
    jobs: Sequence[int]
    at: str


class Sent:
    """What was sent of the run in `folder`. A last line that is cut off (the power failed) is as if it were not there."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self._last: dict[str, Line] = {}
        self._whole = 0
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            content = b""
        except OSError as trouble:
            problem = f"cannot be read: {trouble.strerror or trouble}."
            raise UnreadableInput(Fault(str(self.path), problem, "It says what was sent already.")) from None
        for number, raw in enumerate(content.splitlines(keepends=True), 1):
            if not raw.endswith(b"\n"):
                break
            self._whole += len(raw)
            line = self._read(number, raw)
            self._last[line.sha256] = line

    def last(self, sha256: str) -> Line | None:
        """What was last noted of the file with this content; None if there is nothing, or all of it was withdrawn."""
        line = self._last.get(sha256)
        return None if line is None or line.state == "withdrawn" else line

    def note(self, line: Line) -> None:
        """Add a line, which is on the disk when this returns. Raises NotWritten."""
        raw = (json.dumps(asdict(line)) + "\n").encode()
        try:
            opened = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.ftruncate(opened, self._whole)
                os.lseek(opened, self._whole, os.SEEK_SET)
                if os.write(opened, raw) < len(raw):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(opened)
            finally:
                os.close(opened)
            flush_names(self.path.parent)
        except OSError as trouble:
            problem = f"cannot be written: {trouble.strerror or trouble}."
            remedy = "Make room. What is sent must be noted; see press jobs for what was."
            raise NotWritten(Fault(str(self.path), problem, remedy)) from None
        self._whole += len(raw)
        self._last[line.sha256] = line

    def _read(self, number: int, raw: bytes) -> Line:
        try:
            told: Mapping[str, object] = json.loads(raw)
            return Line(**told)  # pyright: ignore[reportArgumentType]
        except (ValueError, TypeError):
            remedy = "Move the file away, and send with --again only what was not printed."
            raise UnreadableInput(Fault(f"{self.path}, line {number}", "cannot be read.", remedy)) from None
