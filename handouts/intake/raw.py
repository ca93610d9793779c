"""What every format gives: a file's bytes as text, and one appointment as the file has it, not yet checked."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from handouts.errors import Fault, UnreadableInput

LARGEST = 64 * 1024 * 1024
"""The most bytes that a schedule may have."""

_OTHER_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"%PDF": "a PDF",
}


@dataclass(frozen=True)
class RawAppointment:
    """One appointment of a file: its place ("schedule.csv, row 14"), what stands there, what the reader found wrong.

    `medicine_numbers` are the numbers of the columns that the medicines stood in, where they can have gaps.
    """

    where: str
    value: object
    faults: tuple[Fault, ...] = ()
    medicine_numbers: tuple[int, ...] = ()


def content(path: Path) -> bytes:
    """The bytes of `path`; raises UnreadableInput when it cannot be read, is empty or has more than 64 MiB."""
    name = printable(path.name)
    try:
        with path.open("rb") as file:
            found = file.read(LARGEST + 1)
    except OSError as trouble:
        reason = (trouble.strerror or "unknown").lower()
        raise UnreadableInput(Fault(name, f"the file cannot be read: {reason}.", "Check the path.")) from None
    if len(found) > LARGEST:
        raise UnreadableInput(Fault(name, "the file has more than 64 MiB.", "Split the schedule into smaller files."))
    if not found.strip():
        raise UnreadableInput(Fault(name, "the file is empty.", "Export the schedule again."))
    return found


def text_of(found: bytes, name: str, save_as: str) -> str:
    """`found` as UTF-8, without a byte order mark; raises UnreadableInput with the first byte that is not."""
    remedy = f"Save the file as {save_as}."
    for mark, what in _OTHER_MARKS.items():
        if found.startswith(mark):
            raise UnreadableInput(Fault(name, f"the file is {what}, not UTF-8 text.", remedy))
    try:
        text = found.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        line = found.count(b"\n", 0, trouble.start) + 1
        byte = f"byte 0x{found[trouble.start]:02X} at position {trouble.start} (line {line})"
        raise UnreadableInput(Fault(name, f"{byte} is not UTF-8.", remedy)) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise UnreadableInput(Fault(name, f"line {line} holds a NUL, which no text has.", remedy))
    return text


def printable(text: str, longest: int = 80) -> str:
    """`text` in one line that a terminal can show, whatever is in it."""
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"
