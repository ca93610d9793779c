"""`press run` and `press reprint`: packets in the order they are handed out, as files for a printer."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from handouts.batch import prepare
from handouts.cache import user_cache
from handouts.cli.options import As, AsJson, ClinicFolder, Language, Now, clinic_folder, moment
from handouts.cli.packet import Jobs, OfPaper, OfVariant, Paper, Variant, language_of
from handouts.cli.press_print import cancel, jobs, printers, release, send
from handouts.cli.progress import shown
from handouts.cli.say import counted, say, say_json, say_table
from handouts.clinic import Clinic, load_clinic
from handouts.content.editions import Editions
from handouts.errors import ExitCode, Fault, NotAllowed, SettingError, WrongUsage
from handouts.intake import read_all
from handouts.press.asked import asked
from handouts.press.manifest import REFUSED, Told, standing
from handouts.press.on_paper import on_paper
from handouts.press.part import Press
from handouts.press.plan import Plan
from handouts.press.reprint import reprinted, sheets_between, sheets_of_packet
from handouts.press.run import RUN_SHEET, begun, earlier, ended, made, opened, require_same_password, write_manifest
from handouts.press.work import here, on_cluster
from handouts.printing import unknown_kinds
from handouts.record.premises import kept
from handouts.record.printable import no_more, printable_of
from handouts.workers import jobs_for

if TYPE_CHECKING:
    from handouts.record.roles import Actor

app = typer.Typer(
    help="Print runs that come out of the tray in order, with proof of what was printed.", no_args_is_help=True
)
_MOST_TOLD = 20
Out = Annotated[Path, typer.Option("-o", "--out", help="The run's folder.")]
PasswordFile = Annotated[
    Path | None,
    typer.Option("--password-file", help="Encrypt every PDF (AES-256) with the password in this file, to be carried."),
]


for each in (send, printers, jobs, release, cancel):
    app.command()(each)


class Up(StrEnum):
    """How many pages may stand on a side."""

    ONE = "1"
    TWO = "2"
    FOUR = "4"

    @property
    def pages(self) -> Literal[1, 2, 4]:
        """The number."""
        return cast("Literal[1, 2, 4]", int(self.value))


@app.command()
def run(
    files: Annotated[list[Path], typer.Argument(help="Schedules: .csv or .json", show_default=False)],
    clinic: ClinicFolder = None,
    lang: Language = None,
    variant: OfVariant = Variant.STANDARD,
    paper: OfPaper = Paper.LETTER,
    out: Out = Path("press-run"),
    drafts: Annotated[
        bool, typer.Option("--drafts", help="Print what is not approved too, as drafts and samples that say so.")
    ] = False,
    only_changed: Annotated[
        bool, typer.Option("--only-changed", help="Print what the schedule adds or alters; say what to throw away.")
    ] = False,
    up: Annotated[Up, typer.Option("--up", help="Pages on a side, for drafts.")] = Up.ONE,
    reduced_ink: Annotated[
        bool, typer.Option("--reduced-ink", help="Leave coloured grounds and the logo out of print files.")
    ] = False,
    sheets: Annotated[
        int, typer.Option("--sheets", min=0, help="Sheets of a print file at most; 0: as the clinic has set it.")
    ] = 0,
    password_file: PasswordFile = None,
    processes: Jobs = 0,
    cluster: Annotated[
        str | None, typer.Option("--cluster", help="Have packets made by a Dask cluster: its scheduler's address.")
    ] = None,
    as_: As = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Print the packets of FILES: each as PDFs of its own, and all in order in print files."""
    if up is not Up.ONE and not drafts:
        raise WrongUsage(Fault("the command", "is for drafts.", "Leave it out, or print --drafts.", "--up", up.value))
    own = load_clinic(clinic_folder(clinic, files))
    editions = Editions(own, user_cache())
    kinds = {kind for name in editions.procedures for kind in editions.kinds(name)}
    SettingError.gathered(unknown_kinds(own.press, kinds, own.languages))
    who, password = _who(own, as_), _password(password_file)
    most = sheets or own.press.file_sheets
    plan = Plan(
        moment(now, own), language_of(lang, editions), paper.value, variant.value, drafts, up.pages, reduced_ink, most
    )
    plan = replace(plan, encrypted=bool(password))
    with opened(out) as journal:
        wanted = asked(plan, own, files)
        last = earlier(journal, wanted, only_changed=only_changed)
        require_same_password(journal, password)
        if last:
            plan = replace(plan, now=_same_time(last.head["now"], now, plan))
        press = Press(plan, editions)
        found = read_all(files, own, plan.now)
        prepare(press.make, found)
        if drafts:
            prepare(press.make.of_drafts, found)
        printable = printable_of(own, [each for _, each in found.appointments], drafts=drafts)
        todo = begun(press, journal, last, wanted, found, printable)
        if not todo.rows:
            say("Nothing is left to make: all of it is here. What has changed since, --only-changed prints.", "yellow")
        work = (
            on_cluster(cluster, own, press, out, password, lambda fault: say(str(fault), "yellow"))
            if cluster
            else here(press, out, password, processes or jobs_for(todo.rows))
        )
        results = made(todo, work, on_paper(own, who, plan.now))
        with closing(shown(results, todo.rows, lambda each: len(each[0].packets))) as parts:  # no process outlives it
            for _ in parts:
                pass
        told = ended(journal, own)
    say_json(told) if as_json else _say(told, out)
    raise typer.Exit(_exit_code(told, [each.exit_code for each in (*found.unreadable, *found.refused)]))


@app.command()
def reprint(
    folder: Annotated[Path, typer.Argument(help="The run's folder.", show_default=False)],
    first: Annotated[
        str | None, typer.Option("--from", help="The first sheet: 212 in the run, or 7:12 in print file 7.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="The last sheet.")] = None,
    packet: Annotated[str | None, typer.Option("--packet", help="A packet: its id, or the appointment's.")] = None,
    clinic: ClinicFolder = None,
    password_file: PasswordFile = None,
    as_json: AsJson = False,
) -> None:
    """Print some sheets of a run again, or a packet, as a print file of their own."""
    if bool(packet) == bool(first or last) or bool(first) != bool(last):
        remedy = "Name sheets with --from and --to, or a packet with --packet."
        raise WrongUsage(Fault("the command", "says not what to print again.", remedy))
    password = _password(password_file)
    with opened(folder, there=True) as journal:
        now = standing(journal.rounds)
        given = sheets_of_packet(now, packet) if packet else sheets_between(now, str(first), str(last))
        if final := [each for sheets in given for each in sheets.final(now)]:
            NotAllowed.gathered(no_more(load_clinic(clinic_folder(clinic, [folder])), final))
        told = reprinted(journal, given, password)
        if journal.rounds[-1].ended:
            write_manifest(journal)
    if as_json:
        say_json(told)
        return
    rows = [
        (str(folder / each["file"]), each["of"], f"{each['of_first_sheet']}–{each['of_last_sheet']}") for each in told
    ]
    say_table(("print file", "out of", "sheets"), rows)


def _password(given: Path | None) -> str:
    if given is None:
        return ""
    from handouts.press.password import password_from  # noqa: PLC0415 - most runs are not encrypted

    return password_from(given)


def _same_time(before: str, given: str | None, plan: Plan) -> datetime:
    """The time of a run that is gone on with. Raises WrongUsage where another one is asked for."""
    then = datetime.fromisoformat(before)
    if given is not None and plan.now != then:
        remedy = "Leave --now out, or print into another folder with -o."
        raise WrongUsage(Fault("the command", f"this run is of {before}.", remedy, "--now", given))
    return then


def _who(clinic: Clinic, as_: str | None) -> Actor | None:
    """Who says in the record what is on paper; None for a clinic without one. Raises as `roles.actor`."""
    if not kept(clinic):
        return None
    from handouts.record.roles import Act, actor  # noqa: PLC0415 - demo clinics do without

    return actor(clinic, as_, Act.ISSUE)


def _say(told: Told, out: Path) -> None:
    rows = [
        (str(out / each["file"]), str(each["pages"]), f"{each['first_sheet']}–{each['last_sheet']}")
        for each in told["print_files"]
    ]
    if rows:
        say_table(("print file", "pages", "sheets of the run"), rows)
    for packet in [each for each in told["packets"] if each["state"] == REFUSED][:_MOST_TOLD]:
        say(f"{packet['where']}: {packet['reason']}", "red")
    if told["refused"] > _MOST_TOLD:
        say(f"and {told['refused'] - _MOST_TOLD} more: see manifest.csv.", "red")
    for each in told["throw_away"]:
        what = f"packet {each['packet_id']}" if each["packet_id"] else "the sheet of a refused row"
        where = f"{each['print_file']}, sheets {each['first_sheet']}–{each['last_sheet']}"
        say(f"Throw away: {each['sequence']}, {what} ({where}); {each['reason']}.", "bold red")
    for text in told["take_out"]:
        say(text, "bold red")
    rows_told = (
        f"{counted(told['scheduled'], 'row')} scheduled = {told['printed']} printed + {told['refused']} refused."
    )
    say(f"{rows_told} See {out / RUN_SHEET}.", "bold")


def _exit_code(told: Told, before: Sequence[ExitCode]) -> ExitCode:
    some = ExitCode.SOME_ROWS_FAILED if told["refused"] or told["take_out"] else ExitCode.DONE
    return max(some, *before, key=int) if before else some
