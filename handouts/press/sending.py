"""A run's folder and a printer → its print files sent there, each whole or not at all, and noted.

What is about to be sent is noted before the printer hears of it, so that nothing is printed that is not noted. The jobs of a file are
held until all of them are there, once and whole, and then let go in order; if one does not arrive the others are canceled. A printer
that cannot hold jobs (those of CUPS can) prints them as they come.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from handouts.errors import Fault, NotAllowed, NotPrinted
from handouts.press.jobs import given, made, named, released, withdrawn
from handouts.press.printer import Printer, faults, remarks
from handouts.press.run_folder import FinishedRun, PrintFile, check, opened, run_in
from handouts.press.sent import Line, Sent, State
from handouts.press.ticket import Tickets, tickets_for
from handouts.printing import PressSettings
from handouts.record.lock import alone


@dataclass(frozen=True, slots=True)
class Sending:
    """What is to be sent to a printer: files with the jobs asked for each, those passed over, and what there is to know before.

    `final` are the ids of the packets in these files that are more than drafts.
    """

    folder: Path
    printer: Printer
    hold: bool
    again: bool
    files: tuple[tuple[PrintFile, Tickets], ...]
    passed_over: tuple[Line, ...]
    remarks: tuple[str, ...]
    final: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrived:
    """A print file that the printer has: the numbers of its jobs there."""

    print_file: PrintFile
    jobs: tuple[int, ...]


def sending(
    folder: Path,
    names: Sequence[str],
    printer: Printer,
    settings: PressSettings,
    *,
    hold: bool = False,
    again: bool = False,
) -> Sending:
    """What would be sent: the files of these names, or all of the run that were not sent yet. Nothing is changed by this.

    Raises NotPrinted for a printer that cannot print it, DamagedRecord for a file that is not as it was made, NotAllowed for one
    that was sent before and is not to be sent `again`, and what `run_in` raises.
    """
    run = run_in(folder)
    wanted = [run.file(name) for name in dict.fromkeys(names)] or list(run.print_files)
    sent = Sent(folder)
    before = [line for each in wanted if not again and (line := sent.last(each.sha256))]
    unsure = [line for line in before if names or line.state != "sent"]
    NotAllowed.gathered(_sent_before(folder, line) for line in unsure)
    known = {line.sha256 for line in before}
    files = [each for each in wanted if each.sha256 not in known]
    if not files:
        NotAllowed.gathered(_sent_before(folder, line) for line in before)
        raise NotAllowed(Fault(str(folder), "there is nothing to print in this run.", "See manifest.csv."))
    check(folder, files)
    NotPrinted.gathered(faults(printer, hold=hold))
    tickets = [(each, tickets_for(run, each, settings, printer)) for each in files]
    told = dict.fromkeys(said for _, each in tickets for said in each.remarks)
    said = (*_gone(run, files), *remarks(printer), *told)
    final = run.final([each.file for each in files])
    return Sending(folder, printer, hold, again, tuple(tickets), tuple(before), said, final)


def arrived(sending: Sending, now: datetime) -> Iterator[Arrived]:
    """Send file after file; each as it has arrived.

    Raises NotPrinted for the first that does not; what arrived before stays, and none of that file is printed as far as its jobs
    could be canceled. Nobody else sends or makes files of the run in the meantime (NotWritten),
    nor has in the last moment (NotAllowed).
    """
    with alone(sending.folder, wait=0):
        sent = Sent(sending.folder)
        for print_file, tickets in sending.files:
            line = sent.last(print_file.sha256)
            if line and not sending.again:  # another process was quicker
                raise NotAllowed(_sent_before(sending.folder, line))
            with opened(sending.folder, print_file) as document:
                yield _arrived(sending, sent, print_file, tickets, document, now)


def _arrived(
    sending: Sending, sent: Sent, print_file: PrintFile, tickets: Tickets, document: BinaryIO, now: datetime
) -> Arrived:
    printer, hold = sending.printer, sending.hold
    numbers: list[int] = []

    def note(state: State, jobs: Sequence[int]) -> None:
        name, at = print_file.file, now.isoformat(timespec="seconds")
        sent.note(Line(state, name, print_file.sha256, printer.uri, tuple(jobs), at))

    note("begun", ())
    try:
        for ticket in tickets.jobs:
            numbers.append(made(printer, ticket, hold=hold or printer.holds))
            document.seek(0)
            given(printer, numbers[-1], document)
    except BaseException as trouble:  # an interruption too: jobs that have no pages keep others waiting
        left = withdrawn(printer, numbers)
        note("broken" if left else "withdrawn", left or numbers)
        if isinstance(trouble, NotPrinted):
            raise NotPrinted(*trouble.faults, _broken_off(print_file, left)) from None
        raise
    note("sent", numbers)
    if printer.holds and not hold:
        try:
            released(printer, numbers)
        except NotPrinted as trouble:
            problem = f"it is there, as {named(numbers)}, but not all of it is let go."
            remedy = "Let them go with press release when the printer answers."
            raise NotPrinted(*trouble.faults, Fault(print_file.file, problem, remedy)) from None
    return Arrived(print_file, tuple(numbers))


def _broken_off(print_file: PrintFile, left: Sequence[int]) -> Fault:
    if not left:
        return Fault(print_file.file, "none of it is printed.", "Send the run again when the printer is well.")
    problem = f"{named(left)} could not be canceled, and may be printed."
    remedy = (
        "Look at the printer and at press jobs; then send with --again, or print the missing sheets with press reprint."
    )
    return Fault(print_file.file, problem, remedy)


def _sent_before(folder: Path, line: Line) -> Fault:
    where = f"{folder / line.file}"
    jobs = f" as {named(line.jobs)}" if line.jobs else ""
    if line.state == "sent":
        problem = f"it was sent to {line.queue}{jobs}, {line.at}."
        return Fault(where, problem, "Send it with --again if it is to be printed again.")
    problem = f"it was being sent to {line.queue}{jobs}, {line.at}, and that did not come to an end."
    remedy = "Look at the printer and at press jobs; send it with --again if it was not printed."
    return Fault(where, problem, remedy)


def _gone(run: FinishedRun, files: Sequence[PrintFile]) -> Iterator[str]:
    """What to throw away of these files, as the schedule has changed since they were made."""
    counts: Mapping[str, int] = {
        each.file: sum(gone.print_file == each.file for gone in run.throw_away) for each in files
    }
    for file, count in counts.items():
        if count:
            packets = "pages of a row" if count == 1 else f"pages of {count} rows"
            yield f"{file} holds {packets} to throw away, as the schedule has changed: see throw_away in manifest.json."
