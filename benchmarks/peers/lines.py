"""A document as lines, one a block, for the peers that are built block by block: role, kind, then a cell for every part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handouts.content.blocks import Block, Field, Group

_CELL = "\x1f"
_FIELD = re.compile("\x1d(\\d+)\x1c(.*?)\x1d")
CHECKBOX = "[\u00a0\u00a0]\u00a0"


@dataclass(frozen=True, slots=True)
class Entry:
    """A block or the begin or end of a group; a cell is its head ("p", "th", a field's width) and its text."""

    role: str
    kind: str
    cells: tuple[tuple[str, str], ...]


def entries(filled: str) -> Iterator[Entry]:
    """The entries of a document whose blanks are filled in."""
    for line in filled.split("\n"):
        if line:
            role, kind, *cells = line.split(_CELL)
            yield Entry(role, kind, tuple(zip(cells[::2], cells[1::2], strict=True)))


def line(role: str, kind: str = "", cells: Sequence[tuple[str, str]] = ()) -> str:
    """An entry as a line of a template."""
    return _CELL.join((role, kind, *(text for cell in cells for text in cell))) + "\n"


def block_line(block: Block, parts: Sequence[str]) -> str:
    """A block's entry; text that stands in a line of fields is a paragraph above it."""
    if block.role == "fields":
        written = "".join(parts)
        text = _FIELD.sub("", written).strip()
        fields = [(width, label) for width, label in _FIELD.findall(written)]
        return (line("p", "", [("p", text)]) if text else "") + (line("fields", "", fields) if fields else "")
    shown = [(part.role, _FIELD.sub(r"………… \2", text)) for part, text in zip(block.parts, parts, strict=True)]
    return line(block.role, block.kind, shown)


def field_mark(field: Field) -> str:
    """A field inside text: a box to tick, or (as a line to write on has a place of its own) its label."""
    if field.kind == "checkbox":
        return CHECKBOX
    return f"\x1d{field.width}\x1c{field.label}\x1d"


def group_lines(group: Group, heads: str, inner: str) -> str:
    """A group's entries between its begin and end."""
    if group.role == "section":
        return line("keep") + inner + line("/keep") if group.keep else inner
    return line(group.role, ",".join(map(str, group.widths))) + heads + inner + line(f"/{group.role}")


def write_templates(folder: Path, sources: dict[str, str]) -> None:
    """Writes templates by name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in sources.items():
        (folder / f"{name}.txt").write_text(source, "utf-8")
