"""Several processes do everything at once, some of them killed: the record stays sound, and every act that was told is in its log."""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import timedelta

import pytest
from record.conftest import AT

from handouts.errors import HandoutsError
from handouts.record import log
from handouts.record.audit import checked
from handouts.record.backup import backed_up
from handouts.record.export import exported
from handouts.record.issue import issued
from handouts.record.purge import purged
from handouts.record.review import Decided, approve, decide
from handouts.record.states import Move

PROCESSES = 4


def acts(office, ids, seed, until, told):  # noqa: C901 - every act there is
    """One process: act after act, each that succeeded told on a line of its own."""
    dice, store = random.Random(seed), office.store()
    number = 0
    while time.monotonic() < until:
        number += 1
        packet, now = dice.choice(ids), AT + timedelta(seconds=number)
        name = f"{seed}-{number}"
        kind = dice.choice(("approve", "approve", "return", "void", "issue", "backup", "export", "purge", "check"))
        try:
            match kind:
                case "approve":
                    (found,) = approve(store, office.makers, office.who(), [packet], now, comment=name)
                    done = isinstance(found, Decided)
                case "return" | "void":
                    decide(store, office.who(), packet, Move(kind), now, name)
                    done = True
                case "issue":
                    issued(
                        store, office.makers, office.who("okafor"), packet, office.folder.parent / f"issued-{seed}", now
                    )
                    done = False  # one that was issued before has no further line
                case "backup":
                    backed_up(store, office.clinic, office.who("admin"), now, office.folder.parent / f"{name}.tar")
                    done = False
                case "export":
                    exported(store, office.clinic, office.who("admin"), now, packet, office.folder.parent / name)
                    done = False
                case "purge":
                    purged(store, office.clinic, office.who("admin"), now)
                    done = False
                case _:
                    assert checked(store).error("") is None
                    done = False
        except HandoutsError as trouble:
            if trouble.exit_code not in (1, 2):
                raise
            done = False
        if done:
            os.write(told, f"{log.digest(name)}\n".encode())


def mixed(office, seconds):
    ids = office.record(*({} for _ in range(6)))
    office.close()
    ours, theirs = os.pipe()
    children = []
    for seed in range(PROCESSES):
        child = os.fork()
        if child == 0:
            os.close(ours)
            try:
                acts(office, ids, seed, time.monotonic() + seconds, theirs)
            except BaseException as trouble:  # noqa: BLE001 - told to the test
                os.write(theirs, f"FAILED {trouble!r}\n".encode()[:2000])
            os._exit(0)
        children.append(child)
    os.close(theirs)
    time.sleep(seconds / 2)
    os.kill(children[0], signal.SIGKILL)
    with os.fdopen(ours) as told:
        lines = told.read().splitlines()
    for child in children:
        os.waitpid(child, 0)
    assert not [line for line in lines if line.startswith("FAILED")], lines
    found = checked(office.store())
    assert found.error("") is None
    with office.store().reading() as connection:
        comments = {log.told_in(line).get("comment") for line in log.lines(connection)}
    assert set(lines) <= comments, "an act that was told is not in the log"
    return lines


def test_some_seconds_of_everything_at_once_leave_the_record_sound(any_office):
    assert mixed(any_office, 6)


@pytest.mark.exhaustive
def test_many_minutes_of_everything_at_once_leave_the_record_sound(any_office):
    assert mixed(any_office, 60 * float(os.environ.get("MINUTES", "10")))
