"""Runs of the demo clinic, made in this process: rows, a run's folder, and what pages say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
from sound import changed

from handouts.content.editions import Editions
from handouts.intake import read_all
from handouts.press.asked import asked
from handouts.press.part import Press, make_part
from handouts.press.plan import Plan
from handouts.press.run import begun, earlier, ended, made, opened, placed
from handouts.record.printable import printable_of


@pytest.fixture(scope="session")
def demo_editions(clinic) -> Editions:
    return Editions(clinic)


class Killed(BaseException):
    """Stands for a process that is killed: nothing of ours is run any more."""


@pytest.fixture
def rows(tmp_path) -> Callable[..., Path]:
    """Writes rows as a schedule of JSON; each has its number for an id, and a name of its own."""

    def written(*given, name="schedule.json"):
        made = [
            changed({"id": f"r{n:03}", "patient.family_name": f"Name{n:03}", "patient.mrn": f"MRN-{100000 + n}", **row})
            for n, row in enumerate(given, 1)
        ]
        (tmp_path / name).write_text(json.dumps(made), "utf-8")
        return tmp_path / name

    return written


@pytest.fixture
def press_run(demo_editions, now) -> Callable[..., dict]:
    """Makes a run in this process and returns its manifest; `stop` is how many parts are made before it is killed.

    Of these the last `untold` are on the disk, and not in the journal yet, as processes make parts ahead of those that are due.
    """

    def run(schedule, out, *, beside=(), stop=None, untold=0, only_changed=False, editions=demo_editions, **plan):
        plan = Plan(now=plan.pop("now", now), drafts=plan.pop("drafts", True), **plan)
        clinic = editions.clinic
        with opened(out) as journal:
            wanted = asked(plan, clinic, [schedule, *beside])
            last = earlier(journal, wanted, only_changed=only_changed)
            press = Press(plan, editions)
            found = read_all([schedule, *beside], clinic, plan.now)
            printable = printable_of(clinic, [each for _, each in found.appointments], drafts=plan.drafts)
            todo = begun(press, journal, last, wanted, found, printable)

            def work(parts):
                told = len(parts) if stop is None else min(stop, len(parts)) - untold
                for number, part in enumerate(parts):
                    if number == stop:
                        raise Killed
                    result = placed(make_part(press, part), out)
                    if number < told:
                        yield result
                if told < len(parts):
                    raise Killed

            for _ in made(todo, work, lambda _: ()):
                pass
            return ended(journal, clinic)

    return run


def pages_of(path: Path) -> Iterator[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(path)
    try:
        for page in document:
            yield page.get_textpage().get_text_range()
    finally:
        document.close()


def tree(folder: Path) -> dict[str, str]:
    """The hash of every file below `folder`."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
