"""`packet`: every appointment in the files → packets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from handouts.batch import Failed, Made, packets, prepare
from handouts.cache import user_cache
from handouts.cli.options import As, AsJson, ClinicFolder, Language, Now, clinic_folder, moment
from handouts.cli.progress import shown
from handouts.cli.say import say, say_faults, say_json, say_table
from handouts.clinic import Clinic, load_clinic
from handouts.content.editions import Editions
from handouts.errors import ExitCode, Fault, WrongUsage
from handouts.intake import read_all
from handouts.output import MANIFEST, PrintRun
from handouts.packet import Options, PacketMaker
from handouts.record.premises import kept
from handouts.typeset.style import PAPERS
from handouts.typeset.variant import STYLES
from handouts.workers import jobs_for

if TYPE_CHECKING:
    from handouts.record.keeping import Record


class Paper(StrEnum):
    """The sheets there are."""

    LETTER = "letter"
    A4 = "a4"


class Variant(StrEnum):
    """The looks there are."""

    STANDARD = "standard"
    LARGE = "large"
    BILINGUAL = "bilingual"


OfVariant = Annotated[Variant, typer.Option("--variant", help="The look of the pages.")]
OfPaper = Annotated[Paper, typer.Option("--paper", help="The sheets.")]
Jobs = Annotated[int, typer.Option("--jobs", min=0, help="Processes that make packets; 0: as many as are worth while.")]


def packet(
    files: Annotated[list[Path], typer.Argument(help="Schedules: .csv or .json", show_default=False)],
    clinic: ClinicFolder = None,
    lang: Language = None,
    document: Annotated[
        list[str] | None, typer.Option("--document", help="Only this document; may be repeated.")
    ] = None,
    variant: OfVariant = Variant.STANDARD,
    paper: OfPaper = Paper.LETTER,
    html: Annotated[bool, typer.Option("--html", help="A page for screens beside each PDF.")] = False,
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the packets go.")] = Path("packets"),
    print_file: Annotated[
        Path | None, typer.Option("--print-file", help="All pages in one file too, to print.")
    ] = None,
    drafts: Annotated[
        bool, typer.Option("--drafts", help="Print languages that nobody has reviewed, as drafts that say so.")
    ] = False,
    jobs: Jobs = 0,
    as_: As = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Make the packet of every appointment in FILES."""
    own = load_clinic(clinic_folder(clinic, files))
    editions = Editions(own.with_languages(*own.translated) if drafts else own, user_cache())
    time = moment(now, editions.clinic)
    kinds, language = _kinds(document, editions), language_of(lang, editions)
    options = Options(kinds, language, PAPERS[paper.value], STYLES[variant.value], html, drafts)
    found = read_all(files, editions.clinic, time)
    make = PacketMaker(editions, options)
    prepare(make, found)
    made: list[_Line] = []
    failed: list[Failed] = []
    print_run = PrintRun(print_file) if print_file else None
    processes = jobs or jobs_for(len(found.appointments))
    partial = "--document" if kinds else "--drafts" if drafts else ""
    record = _record(editions.clinic, as_, time, partial) if kept(editions.clinic) else None
    work = packets(found, make, time, out, print_run, jobs=processes, record=record)
    with closing(shown(work, len(found.appointments), lambda result: int(isinstance(result, Made)))) as results:
        for result in results:
            made.append(_line(result, as_json)) if isinstance(result, Made) else failed.append(result)
    say_json([line.manifest for line in made]) if as_json else _say(made, editions)
    for failure in failed:
        say_faults(failure.error.faults)
    if failed:
        say(f"{len(made)} made, {len(failed)} not.", "bold")
    raise typer.Exit(_exit_code(failed))


def _record(clinic: Clinic, as_: str | None, now: datetime, partial: str) -> Record | None:
    """The record that packets go into; none for a demo clinic without a store, and for packets that are made in `partial`."""
    from handouts.record.keeping import Record  # noqa: PLC0415 - loads a database, which demo clinics do without
    from handouts.record.roles import Act, anybody  # noqa: PLC0415
    from handouts.record.store import opened  # noqa: PLC0415

    if partial:
        say(f"With {partial} packets are not taken into the record.", "yellow")
        return None
    return Record(opened(clinic, create=True), anybody(clinic, as_, Act.GENERATE), now)


def _kinds(given: list[str] | None, editions: Editions) -> tuple[str, ...]:
    known = {kind for name in editions.procedures for kind in editions.kinds(name)}
    unknown = [kind for kind in given or [] if kind not in known]
    WrongUsage.gathered(
        Fault("the command", "no such document.", f"Known: {', '.join(sorted(known))}.", "--document", kind)
        for kind in unknown
    )
    return tuple(given or ())


def language_of(given: str | None, editions: Editions) -> str | None:
    """The language for everybody, if one is given. Raises WrongUsage for one that the clinic has no edition in."""
    known = {tag for name in editions.procedures for tag in editions.languages(name)}
    if given and not any(editions.language_for(name, given) for name in editions.procedures):
        problem = "the clinic has no edition in this language."
        remedy = f"Known: {', '.join(sorted(known))}; with --drafts every language that is translated."
        raise WrongUsage(Fault("the command", problem, remedy, "--lang", given))
    return given


@dataclass(frozen=True, slots=True)
class _Line:
    """What is told of a packet once it is on the disk; the whole manifest only where it is printed."""

    cells: tuple[str, ...]
    notes: tuple[tuple[str, str], ...]
    manifest: dict[str, object]


def _line(made: Made, as_json: bool) -> _Line:
    told = cast("Mapping[str, str]", made.manifest)
    documents = cast("Sequence[Mapping[str, int]]", made.manifest["documents"])
    languages = " + ".join(filter(None, (told["language"], told.get("second_language"))))
    pages = sum(document["pages"] for document in documents)
    cells = told["appointment_id"], languages, str(len(documents)), str(pages), told["status"], str(made.folder)
    return _Line(cells, tuple(_notes(made)), {**made.manifest, "folder": str(made.folder)} if as_json else {})


def _notes(made: Made) -> Iterator[tuple[str, str]]:
    """What staff must know of a packet, each with its style."""
    found = cast("Mapping[str, Sequence[str]]", made.manifest)
    name, facts = made.manifest["appointment_id"], cast("Mapping[str, str]", made.manifest["facts"])
    for text in (*found["blocking"], *found["warnings"]):
        urgent = text in found["blocking"] or facts["short_notice"] == "yes"
        yield "bold red" if urgent else "yellow", f"{name}: {text}"
    if found["unknown"]:
        count = len(found["unknown"])
        unknown = "1 fact is" if count == 1 else f"{count} facts are"
        yield "", f"{name}: {unknown} not known ({MANIFEST} names them); the cautious text is printed."


def _say(made: Sequence[_Line], editions: Editions) -> None:
    if made:
        heads = ("appointment", "language", "documents", "pages", "status", "where")
        say_table(heads, (line.cells for line in made))
    if editions.clinic.clock:
        say(f"The demo clinic's clock stands at {editions.clinic.clock.isoformat()}.", "yellow")
    for line in made:
        for style, text in line.notes:
            say(text, style)


def _exit_code(failed: Iterable[Failed]) -> ExitCode:
    codes = {failure.error.exit_code for failure in failed}
    return max(codes, default=ExitCode.DONE)
