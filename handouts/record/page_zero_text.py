"""Page 0 → lines for a terminal of 100 columns, each with its mood; colours are the terminal's business, words do without."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from handouts.record.page_zero_sheet import Listing, Mood, Note, PageZero, Row, Section, Table

COLUMNS = 100
_BETWEEN = 2
_SIGNS = {"blocks": "■", "warns": "!", "fine": "✓", "quiet": " ", "": " "}
"""What stands before a line of each mood, so that nothing hangs on colour."""
_INDENT = 2


class Line(NamedTuple):
    """A line of at most COLUMNS columns; `title` says that it heads a section."""

    text: str
    mood: Mood = ""
    title: bool = False


def lines(sheet: PageZero) -> Iterator[Line]:
    """Page 0 from its first line to its last."""
    head = f"Page 0 – for the clinician, not for the patient – {sheet.packet_id}"
    yield Line(head, title=True)
    for section in sheet.sections:
        yield from _section(section)
    yield Line(f"SHA-256 of this sheet: {sheet.sha256}", "quiet")


def as_text(sheet: PageZero) -> str:
    """Page 0 as plain text."""
    return "\n".join(line.text.rstrip() for line in lines(sheet)) + "\n"


def _section(section: Section) -> Iterator[Line]:
    title = f"── {section.title} " if section.title else ""
    yield from (Line(""), Line(title + "─" * max(0, COLUMNS - width(title)), title=True))
    for piece in section.pieces:
        match piece:
            case Note():
                yield from _note(piece.text, piece.mood)
            case Table():
                yield from _table(piece)
            case Listing():
                yield from _note(f"{piece.head}:", piece.mood)
                for item in piece.items:
                    yield from (
                        Line(f"{'    · ' if first else '      '}{text}", piece.mood)
                        for first, text in _numbered(wrapped(item, COLUMNS - 6))
                    )


def _numbered(texts: Sequence[str]) -> Iterator[tuple[bool, str]]:
    return ((not number, text) for number, text in enumerate(texts))


def _note(text: str, mood: Mood) -> Iterator[Line]:
    for first, part in _numbered(wrapped(text, COLUMNS - _INDENT)):
        yield Line(f"{_SIGNS[mood] if first else ' '} {part}", mood)


def _table(table: Table) -> Iterator[Line]:
    room = COLUMNS - _INDENT - _BETWEEN * (len(table.widths) - 1)
    whole = sum(table.widths)
    widths = [max(4, room * share // whole) for share in table.widths]
    widths[-1] += room - sum(widths)
    if any(table.heads):
        yield from (Line(text, "quiet") for text in _row(Row(table.heads, "quiet"), widths))
    for row in table.rows:
        yield from (Line(text, row.mood) for text in _row(row, widths))


def _row(row: Row, widths: Sequence[int]) -> Iterator[str]:
    cells = [wrapped(cell, across) for cell, across in zip(row.cells, widths, strict=True)]
    for number in range(max(map(len, cells))):
        parts = [
            padded(cell[number] if number < len(cell) else "", across)
            for cell, across in zip(cells, widths, strict=True)
        ]
        yield f"{' ' if number else _SIGNS[row.mood]} {(' ' * _BETWEEN).join(parts)}"


def padded(text: str, across: int) -> str:
    """`text` with spaces after it, so that it takes `across` columns."""
    return text + " " * (across - width(text))


def wrapped(text: str, across: int) -> list[str]:
    """`text` in lines of at most `across` columns, divided between words where it can be; nothing of it is lost.

    A part of a value that is isolated for its direction is isolated again in every line.
    """
    found: list[str] = []
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if width(joined) <= across:
            line = joined
            continue
        if line:
            found.append(line)
        line = word
        while width(line) > across:
            cut = _fitting(line, across)
            found.append(line[:cut])
            line = line[cut:]
    found.append(line)
    return _closed(found)


def _closed(found: list[str]) -> list[str]:
    """Lines of which none leaves an isolate open: one that a line breaks is closed there, and opened anew in the next."""
    whole: list[str] = []
    depth: list[str] = []
    for line in found:
        begun = "".join(depth) + line
        for char in line:
            if char in "\u2066\u2067\u2068":
                depth.append(char)
            elif char == "\u2069" and depth:
                depth.pop()
        whole.append(begun + "\u2069" * len(depth))
    return whole


def _fitting(text: str, across: int) -> int:
    """How many characters of `text` fit into `across` columns, at least one; marks stay with their letter."""
    taken = 0
    for index, char in enumerate(text):
        taken += _width(char)
        if taken > across:
            return max(index, 1)
    return len(text)


def width(text: str) -> int:
    """How many columns of a terminal `text` takes."""
    return sum(map(_width, text))


def _width(char: str) -> int:
    category = unicodedata.category(char)
    if category in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
