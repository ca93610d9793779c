"""Jobs at a printer: made, given their document, held, let go, canceled, and asked how they are."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from handouts.errors import Fault, NotPrinted
from handouts.press.ipp import Attribute, answer_of, flag, integer, keyword, text, values
from handouts.press.printer import Printer, refused
from handouts.press.ticket import TITLE, Ticket

HELD = 4
STATES = {
    3: "waiting",
    HELD: "held",
    5: "printing",
    6: "stopped",
    7: "canceled",
    8: "aborted",
    9: "done",
}
"""`job-state` (RFC 8011 §5.3.7)."""
_OVER = (7, 8, 9)
_SAYS_NOTHING = ("none", "processing-to-stop-point")
"""CUPS gives the second one for jobs that are over in whatever way."""
_BUSY = "server-error-busy"
_BUSY_AGAIN, _BUSY_LONGEST = 0.5, 900.0
"""Seconds between two questions whether a printer that takes one job at a time is done, and how long that is asked."""
_WANTED = ("job-id", "job-name", "job-state", "job-state-reasons", "job-media-sheets-completed", "number-of-documents")


@dataclass(frozen=True, slots=True)
class Job:
    """A job of ours: its number at the printer, its title, its state (RFC 8011 §5.3.7) and the reasons for that."""

    number: int
    title: str
    state: int
    reasons: tuple[str, ...]
    sheets_done: int | None = None

    @property
    def held(self) -> bool:
        """Whether it waits to be let go."""
        return self.state == HELD

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in _OVER

    @property
    def told(self) -> str:
        """Its state in a word."""
        return STATES.get(self.state, "unknown")


def jobs(printer: Printer) -> tuple[Job, ...]:
    """The jobs that this user has sent there with this program and that the printer remembers, the oldest first."""
    about = [
        keyword("which-jobs", "all"),
        flag("my-jobs", True),
        keyword("requested-attributes", *_WANTED),
    ]
    answer = answer_of(printer.uri, "Get-Jobs", about)
    if not answer.good and answer.status != "client-error-not-found":
        raise refused(f"printer {printer.name}", "it does not list its jobs", answer)
    found = [
        Job(
            _number(group, "job-id") or 0,
            str(group.get("job-name", "")).removeprefix(TITLE),
            _number(group, "job-state") or 0,
            tuple(str(reason) for reason in values(group, "job-state-reasons") or () if reason not in _SAYS_NOTHING),
            _number(group, "job-media-sheets-completed"),
        )
        for group in answer.groups
        if "job-id" in group and str(group.get("job-name", "")).startswith(TITLE)
    ]
    return tuple(sorted(found, key=lambda job: job.number))


def chosen(printer: Printer, numbers: Sequence[int]) -> tuple[Job, ...]:
    """Our jobs with these numbers. Raises NotPrinted with every number that is none of ours there."""
    known = {job.number: job for job in jobs(printer)}
    NotPrinted.gathered(
        Fault(f"printer {printer.name}", f"job {number} is none of yours there.", "See press jobs.")
        for number in numbers
        if number not in known
    )
    return tuple(known[number] for number in numbers)


def attributes_of(ticket: Ticket, *, hold: bool) -> tuple[Attribute, ...]:
    """All that is asked for a job, held or not."""
    return (*ticket.attributes, *([keyword("job-hold-until", "indefinite")] if hold else []))


def made(printer: Printer, ticket: Ticket, *, hold: bool) -> int:
    """The number of a new job that has no document yet. Raises NotPrinted where not all that is asked would be done."""
    attributes = attributes_of(ticket, hold=hold)
    about = [text("job-name", ticket.title), flag("ipp-attribute-fidelity", True)]
    until = time.monotonic() + _BUSY_LONGEST
    while (
        answer := answer_of(printer.uri, "Create-Job", about, attributes)
    ).status == _BUSY and time.monotonic() < until:
        time.sleep(_BUSY_AGAIN)
    where = f"printer {printer.name}"
    number = next((_number(group, "job-id") for group in answer.groups if "job-id" in group), None)
    if not answer.good or number is None:
        raise refused(where, f"it does not take {ticket.title}{_unsupported(attributes, answer.groups)}", answer)
    if not answer.exact:
        withdrawn(printer, [number])
        problem = f"it would not print {ticket.title} as asked{_unsupported(attributes, answer.groups)}."
        raise NotPrinted(Fault(where, problem, "Change [press] in clinic.toml, or choose another printer."))
    return number


def given(printer: Printer, number: int, document: BinaryIO) -> None:
    """Give the job its document. Raises NotPrinted where that has not arrived once and whole."""
    about = [
        integer("job-id", number),
        Attribute("document-format", "mimeMediaType", ("application/pdf",)),
        flag("last-document", True),
    ]
    answer = answer_of(printer.uri, "Send-Document", about, document=document)
    if not answer.good:
        raise refused(f"printer {printer.name}", f"job {number} has not got its pages", answer)
    # where a connection breaks after the pages have arrived they are sent again, and a printer may take them for a second document
    about = [integer("job-id", number), keyword("requested-attributes", "number-of-documents")]
    there = answer_of(printer.uri, "Get-Job-Attributes", about)
    documents = next((_number(group, "number-of-documents") for group in there.groups), None)
    if documents not in (None, 1):
        problem = f"job {number} has its pages {documents} times."
        raise NotPrinted(Fault(f"printer {printer.name}", problem, "Send again when the network is sound."))


def released(printer: Printer, numbers: Iterable[int]) -> None:
    """Let held jobs go, in this order. Raises NotPrinted with the first that does not."""
    for number in numbers:
        answer = answer_of(printer.uri, "Release-Job", [integer("job-id", number)])
        if not answer.good:
            raise refused(f"printer {printer.name}", f"job {number} is not let go", answer)


def canceled(printer: Printer, numbers: Iterable[int]) -> None:
    """Cancel jobs. Raises NotPrinted with every one that is not."""
    faults: list[Fault] = []
    for number in numbers:
        answer = answer_of(printer.uri, "Cancel-Job", [integer("job-id", number)])
        if not answer.good:
            said = answer.message.rstrip(".") or answer.status
            problem = f"job {number} is not canceled: {said}."
            faults.append(Fault(f"printer {printer.name}", problem, "It may be printed already: see press jobs."))
    NotPrinted.gathered(faults)


def withdrawn(printer: Printer, numbers: Iterable[int]) -> tuple[int, ...]:
    """Cancel jobs as far as that can be done; those that could not be."""
    left: list[int] = []
    for number in reversed(list(numbers)):
        try:
            canceled(printer, [number])
        except NotPrinted:
            left.append(number)
    return tuple(reversed(left))


def named(numbers: Sequence[int]) -> str:
    """Jobs as they are called in a sentence: "job 12", "jobs 12-14, 17"."""
    return f"{'job' if len(numbers) == 1 else 'jobs'} {_listed(numbers)}"


def _listed(numbers: Sequence[int]) -> str:
    """Job numbers, with a hyphen where they follow one another."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def _number(group: object, name: str) -> int | None:
    value = group.get(name) if isinstance(group, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return value if isinstance(value, int) else None


def _unsupported(attributes: Sequence[Attribute], groups: Iterable[object]) -> str:
    """What was asked and is in the printer's list of what it does not do, in brackets."""
    told = {str(name) for group in groups if isinstance(group, dict) and "job-id" not in group for name in group}  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    named = [attribute.name for attribute in attributes if attribute.name in told]
    return f" ({', '.join(named)})" if named else ""
