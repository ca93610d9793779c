"""Whoever looks at a terminal sees how far a run is; a pipe gets nothing, and a terminal is as before when it ends."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from handouts.cli.progress import shown

ROOT = Path(__file__).parent.parent.parent
PROGRAM = """
import sys, time
from contextlib import closing
from handouts.cli.progress import shown

def parts():
    for number in range(1, 6):
        time.sleep(0.15)
        if sys.argv[1] == "interrupted" and number == 4:
            raise KeyboardInterrupt
        yield number

with closing(shown(parts(), 25, lambda part: part, done=10)) as work:
    for part in work:
        print(part)
"""


def seen(how):
    """What a terminal of 100 columns was sent, and the lines of standard output."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "TERM": "xterm"}
    command = [sys.executable, "-c", PROGRAM, how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env=environment, text=True) as program:
        os.close(theirs)
        said = b""
        while True:
            try:
                more = os.read(ours, 1000)
            except OSError:
                break
            if not more:
                break
            said += more
        lines = program.stdout.read().split()
    os.close(ours)
    return said.decode(), lines


def test_a_terminal_is_told_how_many_packets_are_done_how_fast_and_how_long_it_takes():
    said, lines = seen("whole")
    assert lines == ["1", "2", "3", "4", "5"]
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said)
    pictures = [picture for picture in plain.split("Packets") if picture.strip()]
    assert "10/25" in pictures[0]
    assert "packets a second" not in pictures[0]
    assert "25/25" in pictures[-1]
    speeds = [float(found) for found in re.findall(r"([\d.]+) packets a second", plain)]
    assert all(0 < speed <= 34 for speed in speeds)  # at most five packets in 0.15 s; the ten before count for nothing
    assert re.search(r"0:0\d:\d\d left", plain)


@pytest.mark.parametrize("how", ["whole", "interrupted"])
def test_a_terminal_has_its_cursor_again(how):
    said, _ = seen(how)
    assert "\x1b[?25l" in said
    assert said.rindex("\x1b[?25h") > said.rindex("\x1b[?25l")


def test_in_a_pipe_nothing_is_shown(capfd):
    assert list(shown(iter("abc"), 3, len)) == ["a", "b", "c"]
    assert capfd.readouterr() == ("", "")


def test_a_run_begins_no_thread_that_a_fork_could_miss(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    before = threading.active_count()
    work = shown(iter("abc"), 3, len)
    next(work)
    assert threading.active_count() == before
    work.close()
