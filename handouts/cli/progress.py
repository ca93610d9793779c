"""Work that comes in parts → the same, with how far it is at the foot of the terminal: packets, packets a second, time left."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator, Iterable
from typing import TypeVar

from handouts.cli.say import err, is_terminal

R = TypeVar("R")
_AGAIN = 0.1
"""Seconds between two pictures."""


def shown(work: Iterable[R], total: int, packets: Callable[[R], int], done: int = 0) -> Generator[R, None, None]:
    """`work` as it comes; on a terminal with how many of `total` packets are done, as `packets` counts them in each part.

    `done` were there before, and count for no speed. Nothing is shown in a pipe. The terminal is as it was once the iterator ends or
    is closed.
    """
    if not is_terminal(sys.stderr) or not (console := err()).is_terminal:
        yield from work
        return
    # Loading takes long, and pipes do without.
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    left, rate = TextColumn("{task.fields[left]}"), TextColumn("{task.fields[rate]}")
    columns = (TextColumn("Packets"), BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn(), left)
    # No thread of its own: processes are begun meanwhile, and a fork has the locks of threads that it does not have.
    # Nor does it take what is printed elsewhere into its own hands.
    with Progress(
        *columns, console=console, transient=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
    ) as progress:
        bar = progress.add_task("", total=total, completed=done, rate="", left="left")
        progress.advance(bar, 0)  # speed is counted from here
        progress.refresh()
        due = 0.0
        for part in work:
            yield part
            progress.advance(bar, packets(part))
            if time.monotonic() >= due:
                speed = progress.tasks[0].speed
                told = f"{speed:.{0 if speed >= 10 else 1}f} packets a second" if speed else ""
                progress.update(bar, rate=told)
                progress.refresh()
                due = time.monotonic() + _AGAIN
