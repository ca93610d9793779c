"""Results → a table of plain text."""

from __future__ import annotations

from collections.abc import Sequence


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns with their heads, the first to the left, the others to the right."""
    every = [list(heads), *map(list, rows)]
    widths = [max(len(row[column]) for row in every) for column in range(len(heads))]
    lines = [
        "| " + " | ".join(cell.rjust(width) if n else cell.ljust(width) for n, (cell, width) in enumerate(pairs)) + " |"
        for pairs in (list(zip(row, widths, strict=True)) for row in every)
    ]
    rule = "|" + "|".join("-" * (width + 1) + (":" if n else "-") for n, width in enumerate(widths)) + "|"
    return "\n".join((lines[0], rule, *lines[1:]))


def times(value: float, ours: float) -> str:
    """A value and how many times ours it is."""
    return f"{number(value)} ({value / ours:.2f}×)"


def number(value: float) -> str:
    """Three digits, or all before the point."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
