"""Parts go to several processes, and what happens to those changes nothing: not the results, not their order, not the memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from handouts.output import running
from handouts.workers import in_processes, jobs_for

ROOT = Path(__file__).parent.parent
HERE = os.getpid()
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere one process makes everything")


def until(true, seconds=20):
    """Waits until something is true, and says whether it became so."""
    end = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < end:
        time.sleep(0.01)
    return found


def test_results_come_in_order_whichever_process_is_done_first():
    def work(number):
        time.sleep(0.02 if number % 5 == 0 else 0)
        return number * number, os.getpid()

    found = list(in_processes(work, range(40), 4))
    assert [square for square, _ in found] == [number * number for number in range(40)]
    makers = {maker for _, maker in found}
    assert len(makers) == 4
    assert HERE not in makers


@pytest.mark.parametrize(("count", "jobs"), [(0, 4), (1, 4), (3, 1), (2, 8), (3, 2)])
def test_there_may_be_few_parts_or_one_process_or_nothing_to_do(count, jobs):
    assert list(in_processes(lambda number: number + 1, range(count), jobs)) == list(range(1, count + 1))


@pytest.mark.parametrize("size", [10, 3_000_000])
def test_a_process_killed_at_any_part_loses_none(size, tmp_path):
    def work(number):
        if number % 7 == 3 and not (killed := tmp_path / str(number)).exists():
            killed.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return bytes([number]) * size

    assert list(in_processes(work, range(30), 3)) == [bytes([number]) * size for number in range(30)]
    assert len(list(tmp_path.iterdir())) == 4


def test_processes_killed_from_outside_while_they_send_lose_nothing():
    def work(number):
        return os.getpid(), bytes([number]) * 5_000_000

    found = []
    for maker, content in in_processes(work, range(40), 3):
        found.append(content)
        if len(found) % 4 == 0 and running(maker):
            os.kill(maker, signal.SIGKILL)
    assert found == [bytes([number]) * 5_000_000 for number in range(40)]


def test_a_part_of_which_every_process_dies_is_made_here():
    def work(number):
        if number == 5 and os.getpid() != HERE:
            os.kill(os.getpid(), signal.SIGKILL)
        return number, os.getpid() == HERE

    found = list(in_processes(work, range(12), 2))
    assert [number for number, _ in found] == list(range(12))
    assert [number for number, here in found if here] == [5]


def test_without_any_process_all_is_made_here(monkeypatch):
    def no_fork():
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", no_fork)
    assert list(in_processes(lambda number: (number, os.getpid()), range(9), 3)) == [(n, HERE) for n in range(9)]


def test_a_process_that_dies_when_no_other_can_be_begun_costs_nothing(monkeypatch):
    fork, begun = os.fork, []

    def few():
        if len(begun) == 2:
            raise BlockingIOError("Resource temporarily unavailable")
        begun.append(1)
        return fork()

    def work(number):
        if os.getpid() != HERE and number in {2, 4, 5}:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    monkeypatch.setattr(os, "fork", few)
    assert list(in_processes(work, range(20), 2)) == list(range(20))


def test_what_goes_wrong_is_told_where_it_is_due_and_the_results_before_it_are_there():
    def work(number):
        if number == 6:
            raise ValueError(f"part {number}")
        return number

    found = []
    with pytest.raises(ValueError, match="part 6"):
        found.extend(in_processes(work, range(20), 3))
    assert found == list(range(6))


def test_a_result_that_cannot_be_sent_is_made_here():
    def work(number):
        return number, (lambda: number) if number == 2 else None

    found = list(in_processes(work, range(5), 2))
    assert [number for number, _ in found] == list(range(5))
    assert found[2][1]() == 2


def test_few_results_are_made_before_they_are_wanted(tmp_path):
    def work(number):
        (tmp_path / str(number)).touch()
        return bytes(1000)

    def made():
        return len(list(tmp_path.iterdir()))

    jobs = 2
    results = in_processes(work, range(200), jobs)
    assert made() == 0
    for taken, _ in zip(range(1, 21), results, strict=False):
        allowed = taken + 3 * jobs
        until(lambda: made() > allowed, 0.05)  # noqa: B023 - called at once
        assert made() <= allowed
    results.close()
    assert len(list(tmp_path.iterdir())) < 40


def test_when_nobody_wants_more_every_process_has_ended(tmp_path):
    def work(number):
        (tmp_path / str(os.getpid())).touch()
        return number

    results = in_processes(work, range(10_000), 3)
    next(results)
    until(lambda: len(list(tmp_path.iterdir())) == 3)
    results.close()
    makers = [int(path.name) for path in tmp_path.iterdir()]
    assert len(makers) == 3
    assert not any(map(running, makers))


def test_a_process_that_does_not_come_to_an_end_is_killed(tmp_path):
    def work(number):
        (tmp_path / str(os.getpid())).touch()
        while number:
            time.sleep(1)

    results = in_processes(work, range(10), 2)
    next(results)
    assert until(lambda: len(list(tmp_path.iterdir())) == 2)
    results.close()
    assert not any(running(int(path.name)) for path in tmp_path.iterdir())


PROGRAM = """
import os, sys, time
from pathlib import Path
from handouts.workers import in_processes

def work(number):
    (Path(sys.argv[1]) / f"{os.getpid()}").touch()
    time.sleep(0.05)
    return bytes(2_000_000)

for result in in_processes(work, range(100_000), 3):
    pass
"""


def at_a_terminal():
    """An interruption is heard, also where the tests run in the background, which ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_the_program_ends_no_process_stays(tmp_path, sent):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=at_a_terminal,  # noqa: PLW1509 - no thread of these tests holds a lock
    )
    assert until(lambda: len(list(tmp_path.iterdir())) == 3)
    if sent is signal.SIGINT:  # as the terminal does: to all of them
        os.killpg(program.pid, sent)
    else:
        program.send_signal(sent)
    _, said = program.communicate(timeout=20)
    makers = [int(path.name) for path in tmp_path.iterdir()]
    assert until(lambda: not any(map(running, makers)), 10)
    if sent is signal.SIGINT:
        assert said.count("Traceback") == 1
        assert said.rstrip().endswith("KeyboardInterrupt")
    else:
        assert said == ""


def test_so_many_processes_as_are_worth_while():
    assert jobs_for(1) == 1
    assert 1 <= jobs_for(10_000) <= (os.cpu_count() or 1)
