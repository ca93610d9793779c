"""How results reach a person at a terminal, a pipe, or another program."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from handouts.errors import Fault


def out() -> Console:
    """Standard output; in a pipe it is wide enough that no cell is cut."""
    return Console(width=None if sys.stdout.isatty() else 200, highlight=False)


def err() -> Console:
    """Standard error."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def say_faults(faults: Iterable[Fault]) -> None:
    """One line a fault on standard error, values shown as they are and never taken for markup."""
    console = err()
    for fault in faults:
        console.print(Text(str(fault), style="red"))


def say_table(heads: Sequence[str], rows: Iterable[Sequence[str]], console: Console | None = None) -> None:
    """A table with plain lines between its columns."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    (console or out()).print(table)


def say_json(value: object) -> None:
    """`value` as JSON on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
