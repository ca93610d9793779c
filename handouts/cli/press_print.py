"""`press send|printers|jobs|release|cancel`: print runs at a printer of CUPS, or of the network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from handouts.cli.options import AsJson, ClinicFolder, Now, clinic_folder, moment
from handouts.cli.say import counted, say, say_json, say_table
from handouts.clinic import Clinic, load_clinic
from handouts.errors import Fault, NotAllowed, UnreadableInput, WrongUsage
from handouts.press.jobs import Job, attributes_of, canceled, chosen, named, released
from handouts.press.jobs import jobs as jobs_at
from handouts.press.printer import Printer, printer_at, queue_uri
from handouts.press.printer import printers as printers_of
from handouts.press.sending import Arrived, Sending, arrived, sending
from handouts.press.ticket import Ticket
from handouts.record.printable import no_more

Queue = Annotated[
    str | None,
    typer.Option(
        "--printer", help="A queue of CUPS, or ipp://HOST/… of a printer. Else queue in [press] of clinic.toml."
    ),
]
Server = Annotated[str | None, typer.Option("--server", help="Where CUPS is: HOST:PORT. Else CUPS_SERVER, else here.")]
Numbers = Annotated[list[int] | None, typer.Argument(help="Jobs, by their numbers.")]


def send(
    paths: Annotated[list[Path], typer.Argument(metavar="DIR|FILE…", help="A run's folder, or print files in it.")],
    printer: Queue = None,
    file: Annotated[list[str] | None, typer.Option("--file", help="Only this print file of the folder.")] = None,
    hold: Annotated[bool, typer.Option("--hold", help="Hold the jobs until press release.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Send what was sent before, too.")] = False,
    server: Server = None,
    clinic: ClinicFolder = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Send the print files of a run to a printer, in order, each once."""
    folder, names = _meant(paths, file or [])
    here = load_clinic(clinic_folder(clinic, [folder]))
    there = printer_at(queue_uri(printer or _queue(here), server))
    planned = sending(folder, names, there, here.press, hold=hold, again=again)
    if gone := no_more(here, planned.final):
        raise NotAllowed(*gone, _how_without(folder))
    for line in planned.passed_over:
        say(f"{line.file} is passed over: it was sent to {line.queue}, {line.at}.")
    for remark in planned.remarks:
        say(remark, "yellow")
    if dry_run:
        _say_planned(planned, as_json)
        return
    done: list[Arrived] = []
    try:
        for each in arrived(planned, moment(now, here)):
            done.append(each)
            state = "held" if hold else "in the queue"
            say(f"{each.print_file.file}: {counted(each.print_file.sheets, 'sheet')} {state}, {named(each.jobs)}.")
    finally:
        if as_json:
            say_json(_as_json(planned, done))


def _how_without(folder: Path) -> Fault:
    """How the other packets of a print file are sent, where some may not be printed any more."""
    problem = "some of its packets are printed no more, and nothing is sent."
    remedy = "Run press run with --only-changed; then press reprint --from … --to … makes print files without them: send these."
    return Fault(str(folder), problem, remedy)


def printers(server: Server = None, as_json: AsJson = False) -> None:
    """List the queues of CUPS: their state, and what they can."""
    found = printers_of(server)
    if as_json:
        say_json([_described(each) for each in found])
        return
    rows = [
        (
            each.name,
            each.state if each.accepting else f"{each.state}, takes no jobs",
            ", ".join(each.reasons) or "-",
            str(each.waiting),
            _yes(each.can("sides", "two-sided-long-edge")),
            _yes(each.staples),
            ", ".join(each.known("media-source")) or "-",
            ", ".join(each.known("media-type")) or "-",
        )
        for each in found
    ]
    say_table(("queue", "state", "reasons", "jobs", "two-sided", "staples", "trays", "paper"), rows)


def jobs(printer: Queue = None, server: Server = None, clinic: ClinicFolder = None, as_json: AsJson = False) -> None:
    """List what you have sent to a printer, and how far it is."""
    there = _there(printer, server, clinic)
    _say_jobs(jobs_at(there), as_json)


def release(
    numbers: Numbers = None,
    every: Annotated[bool, typer.Option("--all", help="All that you have sent there and that is held.")] = False,
    printer: Queue = None,
    server: Server = None,
    clinic: ClinicFolder = None,
    as_json: AsJson = False,
) -> None:
    """Let jobs go that are held: then they are printed, in the order in which they were sent."""
    there = _there(printer, server, clinic)
    found = _asked_for(there, numbers, every)
    go = sorted(job.number for job in found if job.held)
    released(there, go)
    _say_changed(there, go, "released", as_json)


def cancel(
    numbers: Numbers = None,
    every: Annotated[bool, typer.Option("--all", help="All that you have sent there and that is not over.")] = False,
    printer: Queue = None,
    server: Server = None,
    clinic: ClinicFolder = None,
    as_json: AsJson = False,
) -> None:
    """Cancel jobs: what is not printed yet will not be."""
    there = _there(printer, server, clinic)
    found = _asked_for(there, numbers, every)
    gone = sorted((job.number for job in found if not job.over), reverse=True)  # what comes next first
    canceled(there, gone)
    _say_changed(there, sorted(gone), "canceled", as_json)


def _meant(paths: Sequence[Path], files: Sequence[str]) -> tuple[Path, list[str]]:
    """The folder of the run, and the print files meant; none named means all. Raises UnreadableInput for what is not there."""
    remedy = "Name the folder that press run printed into, or print files in it."
    UnreadableInput.gathered(
        Fault(str(path), "there is no such folder or print file.", remedy) for path in paths if not path.exists()
    )
    folders = {path if path.is_dir() else path.parent for path in paths}
    if len(folders) > 1:
        told = ", ".join(map(str, sorted(folders)))
        raise WrongUsage(Fault("the command", f"files of several runs: {told}.", "Send one run after the other."))
    named = [path.name for path in paths if not path.is_dir()]
    return folders.pop(), [*named, *files]


def _queue(clinic: Clinic) -> str:
    if clinic.press.queue:
        return clinic.press.queue
    remedy = "Name one with --printer, or set queue in [press] of clinic.toml; press printers lists them."
    raise WrongUsage(Fault("the command", "no printer is named.", remedy))


def _there(printer: str | None, server: str | None, clinic: Path | None) -> Printer:
    """The printer meant; the clinic is looked at only where none is named."""
    return printer_at(queue_uri(printer or _queue(load_clinic(clinic_folder(clinic))), server))


def _asked_for(printer: Printer, numbers: Sequence[int] | None, every: bool) -> Sequence[Job]:
    if bool(numbers) == every:
        raise WrongUsage(Fault("the command", "no job is named, or too many ways.", "Give job numbers, or --all."))
    return jobs_at(printer) if every else chosen(printer, list(dict.fromkeys(numbers or ())))


def _say_changed(printer: Printer, numbers: Sequence[int], done: str, as_json: bool) -> None:
    if as_json:
        _say_jobs([job for job in jobs_at(printer) if job.number in numbers], as_json)
    else:
        say(f"{counted(len(numbers), 'job')} {done}{f': {named(numbers)}' if numbers else ''}.")


def _say_jobs(found: Iterable[Job], as_json: bool) -> None:
    if as_json:
        say_json(
            [
                {
                    "job": job.number,
                    "file": job.title,
                    "state": job.told,
                    "reasons": list(job.reasons),
                    "sheets_done": job.sheets_done,
                }
                for job in found
            ]
        )
        return
    rows = [(str(job.number), job.title, job.told, ", ".join(job.reasons) or "-") for job in found]
    say_table(("job", "file", "state", "reasons"), rows)


def _say_planned(planned: Sending, as_json: bool) -> None:
    if as_json:
        say_json(_as_json(planned, []))
        return
    rows = [
        (
            file.file,
            "all" if ticket.pages is None else str(ticket.pages),
            str(ticket.sheets),
            "; ".join([*ticket.words, *(["held"] if planned.hold else [])]),
        )
        for file, tickets in planned.files
        for ticket in tickets.jobs
    ]
    say_table(("file", "pages", "sheets", "printed"), rows)
    sheets = sum(file.sheets for file, _ in planned.files)
    say(f"{counted(len(rows), 'job')}, {counted(sheets, 'sheet')} for {planned.printer.name}. Nothing was sent.")


def _as_json(planned: Sending, done: Sequence[Arrived]) -> object:
    numbers = {each.print_file.file: each.jobs for each in done}
    return {
        "printer": planned.printer.uri,
        "hold": planned.hold,
        "remarks": list(planned.remarks),
        "passed_over": [line.file for line in planned.passed_over],
        "files": [
            {
                "file": file.file,
                "sha256": file.sha256,
                "pages": file.pages,
                "sheets": file.sheets,
                "sent": file.file in numbers,
                "jobs": [
                    {"job": number, **_ticket_json(ticket, hold=planned.hold or planned.printer.holds)}
                    for ticket, number in zip(
                        tickets.jobs, numbers.get(file.file, [None] * len(tickets.jobs)), strict=True
                    )
                ],
            }
            for file, tickets in planned.files
        ],
    }


def _ticket_json(ticket: Ticket, *, hold: bool) -> dict[str, object]:
    return {
        "title": ticket.title,
        "pages": "all" if ticket.pages is None else str(ticket.pages),
        "sheets": ticket.sheets,
        "words": list(ticket.words),
        "attributes": {attribute.name: attribute.json() for attribute in attributes_of(ticket, hold=hold)},
    }


def _described(printer: Printer) -> dict[str, object]:
    return {
        "queue": printer.name,
        "uri": printer.uri,
        "model": printer.model,
        "state": printer.state,
        "reasons": list(printer.reasons),
        "accepting": printer.accepting,
        "jobs": printer.waiting,
        "two_sided": printer.can("sides", "two-sided-long-edge"),
        "staples": printer.staples,
        "holds": printer.holds,
        "trays": list(printer.known("media-source")),
        "paper": list(printer.known("media-type")),
        "colours": list(printer.known("media-color")),
    }


def _yes(said: bool | None) -> str:
    return {True: "yes", False: "no", None: "not said"}[said]
