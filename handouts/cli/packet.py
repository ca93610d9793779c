"""`packet`: every appointment in the files → packets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.progress import track

from handouts.batch import Failed, Made, jobs_for, packets, prepare
from handouts.cache import user_cache
from handouts.cli.options import AsJson, ClinicFolder, Language, Now, clinic_folder, moment
from handouts.cli.say import err, say_faults, say_json, say_table
from handouts.clinic import load_clinic
from handouts.content.editions import Editions
from handouts.errors import ExitCode, Fault, WrongUsage
from handouts.intake import read_all
from handouts.output import MANIFEST, PrintRun
from handouts.packet import Options, PacketMaker
from handouts.typeset.style import PAPERS
from handouts.typeset.variant import STYLES


class Paper(StrEnum):
    """The sheets there are."""

    LETTER = "letter"
    A4 = "a4"


class Variant(StrEnum):
    """The looks there are."""

    STANDARD = "standard"
    LARGE = "large"
    BILINGUAL = "bilingual"


def packet(
    files: Annotated[list[Path], typer.Argument(help="Schedules: .csv or .json", show_default=False)],
    clinic: ClinicFolder = None,
    lang: Language = None,
    document: Annotated[
        list[str] | None, typer.Option("--document", help="Only this document; may be repeated.")
    ] = None,
    variant: Annotated[Variant, typer.Option("--variant", help="The look of the pages.")] = Variant.STANDARD,
    paper: Annotated[Paper, typer.Option("--paper", help="The sheets.")] = Paper.LETTER,
    html: Annotated[bool, typer.Option("--html", help="A page for screens beside each PDF.")] = False,
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the packets go.")] = Path("packets"),
    print_file: Annotated[
        Path | None, typer.Option("--print-file", help="All pages in one file too, to print.")
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", min=0, help="Processes that make packets; 0: as many as it is worth.")
    ] = 0,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Make the packet of every appointment in FILES."""
    editions = Editions(load_clinic(clinic_folder(clinic, files)), user_cache())
    time = moment(now, editions.clinic)
    options = Options(
        _kinds(document, editions), _language(lang, editions), PAPERS[paper.value], STYLES[variant.value], html
    )
    found = read_all(files, editions.clinic, time)
    make = PacketMaker(editions, options)
    prepare(make, found)
    made: list[Made] = []
    failed: list[Failed] = []
    console = err()
    print_run = PrintRun(print_file) if print_file else None
    processes = jobs or jobs_for(len(found.appointments))
    work = packets(found, make, time, out, print_run, jobs=processes)
    for result in (
        track(work, "Packets", len(found.appointments), console=console, transient=True)
        if console.is_terminal
        else work
    ):
        made.append(result) if isinstance(result, Made) else failed.append(result)
    say_json([{**each.manifest, "folder": str(each.folder)} for each in made]) if as_json else _say(made, editions)
    for failure in failed:
        say_faults(failure.error.faults)
    if failed:
        err().print(f"{len(made)} made, {len(failed)} not.", style="bold")
    raise typer.Exit(_exit_code(failed))


def _kinds(given: list[str] | None, editions: Editions) -> tuple[str, ...]:
    known = {kind for name in editions.procedures for kind in editions.procedure(name).kinds}
    unknown = [kind for kind in given or [] if kind not in known]
    WrongUsage.gathered(
        Fault("the command", "no such document.", f"Known: {', '.join(sorted(known))}.", "--document", kind)
        for kind in unknown
    )
    return tuple(given or ())


def _language(given: str | None, editions: Editions) -> str | None:
    known = {tag for name in editions.procedures for tag in editions.languages(name)}
    if given and not any(editions.language_for(name, given) for name in editions.procedures):
        problem = "the clinic has no edition in this language."
        raise WrongUsage(Fault("the command", problem, f"Known: {', '.join(sorted(known))}.", "--lang", given))
    return given


def _cells(made: Made) -> tuple[str, ...]:
    """What the table tells of a packet."""
    told = cast("Mapping[str, str]", made.manifest)
    documents = cast("Sequence[Mapping[str, int]]", made.manifest["documents"])
    languages = " + ".join(filter(None, (told["language"], told.get("second_language"))))
    pages = sum(document["pages"] for document in documents)
    return told["appointment_id"], languages, str(len(documents)), str(pages), told["status"], str(made.folder)


def _say(made: Sequence[Made], editions: Editions) -> None:
    if made:
        heads = ("appointment", "language", "documents", "pages", "status", "where")
        say_table(heads, map(_cells, made))
    if editions.clinic.clock:
        err().print(f"The demo clinic's clock stands at {editions.clinic.clock.isoformat()}.", style="yellow")
    for each in made:
        found = cast("Mapping[str, Sequence[str]]", each.manifest)
        name, facts = each.manifest["appointment_id"], cast("Mapping[str, str]", each.manifest["facts"])
        for text in (*found["blocking"], *found["warnings"]):
            style = "bold red" if text in found["blocking"] or facts["short_notice"] == "yes" else "yellow"
            err().print(f"{name}: {text}", style=style, markup=False)
        if found["unknown"]:
            count = len(found["unknown"])
            unknown = "1 fact is" if count == 1 else f"{count} facts are"
            told = f"{name}: {unknown} not known ({MANIFEST} names them); the cautious text is printed."
            err().print(told, markup=False)


def _exit_code(failed: Iterable[Failed]) -> ExitCode:
    codes = {failure.error.exit_code for failure in failed}
    return max(codes, default=ExitCode.DONE)
