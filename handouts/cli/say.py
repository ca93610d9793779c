"""How results reach a person at a terminal, a pipe, or another program."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from handouts.errors import Fault, NotWritten

if TYPE_CHECKING:
    from rich.console import Console

_PIPE = 200
"""Columns of a table that no person looks at: wide enough that no cell is cut."""


def err() -> Console:
    """Standard error, as a terminal."""
    from rich.console import Console  # noqa: PLC0415 - takes long, and pipes do without

    return Console(stderr=True, highlight=False, soft_wrap=True)


def is_terminal(stream: TextIO) -> bool:
    """Whether colours and what moves are for `stream`."""
    return stream.isatty() or bool(os.environ.get("FORCE_COLOR")) or os.environ.get("TTY_COMPATIBLE") == "1"


def say(text: str, style: str = "") -> None:
    """A line on standard error, shown as it is and never taken for markup."""
    if not is_terminal(sys.stderr):
        sys.stderr.write(f"{text}\n")
        return
    from rich.text import Text  # noqa: PLC0415 - as in `err`

    err().print(Text(text, style=style))


def say_faults(faults: Iterable[Fault]) -> None:
    """One line a fault on standard error."""
    for fault in faults:
        say(str(fault), "red")


def say_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table with plain lines between its columns."""
    lines = [tuple(heads), *map(tuple, rows)]
    if not is_terminal(sys.stdout) and (told := _plain(lines)):
        sys.stdout.write(told)
        sys.stdout.flush()
        return
    from rich.console import Console  # noqa: PLC0415 - as in `err`
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in lines[1:]:
        table.add_row(*map(Text, row))
    Console(width=None if sys.stdout.isatty() else _PIPE, highlight=False).print(table)


def _plain(lines: Sequence[Sequence[str]]) -> str:
    """The table for a pipe; "" if it is too wide, or holds letters whose width is not one column each."""
    if not all(cell.isascii() and cell.isprintable() for line in lines for cell in line):
        return ""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    told = ["  ".join(map(str.ljust, line, widths)) for line in lines]
    return "".join(f"{line}\n" for line in told) if len(told[0]) <= _PIPE else ""


def counted(number: int, name: str) -> str:
    """A number of things, as "1 fault" or "2 faults"."""
    return f"{number} {name}{'' if number == 1 else 's'}"


def write_file(path: Path, content: bytes, option: str) -> None:
    """Write what was asked for with `option` to `path`, for its owner alone. Raises NotWritten."""
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:  # noqa: PTH123 - with a mode
            out.write(content)
    except OSError as trouble:
        problem = f"cannot be written: {trouble.strerror or trouble}."
        raise NotWritten(Fault(str(path), problem, f"Choose another place with {option}.")) from None


def say_json(value: object) -> None:
    """`value` as JSON on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
