"""`translate …`: catalogs extracted, brought up to date, checked, reviewed, shown and exchanged."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from handouts import builtin
from handouts.cli.options import AsJson, Now
from handouts.cli.say import say, say_faults, say_json, say_table
from handouts.clinic import FILE, load_clinic
from handouts.content.cldr import PSEUDO
from handouts.content.reviews import Decision, State
from handouts.errors import ExitCode, Fault, UnreadableInput, WrongUsage
from handouts.translate import catalogs
from handouts.translate.domains import Locales, built_in, of_clinic
from handouts.translate.exchange import take
from handouts.translate.language import read_language
from handouts.translate.review import Listed, Reviewer, Verdict, decide, listed, read_decisions
from handouts.translate.status import Found, checked, stale_templates, standings

app = typer.Typer(help="What translators and reviewers do.", no_args_is_help=True, rich_markup_mode=None)

Clinic = Annotated[
    Path | None,
    typer.Option("--clinic", help="The catalogs in this clinic's folder; without it, those of the program."),
]
Languages = Annotated[list[str] | None, typer.Argument(metavar="[LANG]…", help="Language tags; none: all there are.")]
LanguageTag = Annotated[str, typer.Argument(metavar="LANG", help="A language tag, such as vi or zh-Hant.")]


class Format(StrEnum):
    """The files that are exchanged with translators."""

    XLSX = "xlsx"
    XLIFF = "xliff"
    TMX = "tmx"


@app.command("extract")
def extract(clinic: Clinic = None) -> None:
    """Write the messages of all templates into locales/PROCEDURE.pot."""
    _say_written(catalogs.extract(_locales(clinic)))


@app.command("update")
def update(languages: Languages = None, clinic: Clinic = None, now: Now = None) -> None:
    """Bring catalogs up to date with the templates; what is there stays, what is gone goes to the end."""
    locales = _locales(clinic)
    if not clinic:
        catalogs.extract(locales)
    tags = catalogs.meant(locales, languages or ())
    _say_written(catalogs.update(locales, tags, _day(now)))


@app.command("new")
def new(language: LanguageTag, clinic: Clinic = None, now: Now = None) -> None:
    """Begin the catalogs of a language, with every message empty."""
    _say_written(catalogs.begun(_locales(clinic), language, _day(now)))
    say(f"Translate them with any editor for PO files; handouts translate check {language} says what is wrong.")


@app.command("status")
def status(languages: Languages = None, clinic: Clinic = None, as_json: AsJson = False) -> None:
    """Show how far each document is in each language; nothing is printed as final while anything blocks it."""
    locales = _locales(clinic)
    rows = [row for tag in catalogs.meant(locales, languages or ()) for row in standings(locales, tag)]
    if as_json:
        say_json([asdict(row) for row in rows])
        return
    heads = ("language", "document", "messages", "translated", "reviewed", "blocked")
    say_table(heads, ([str(cell) for cell in asdict(row).values()] for row in rows))


@app.command("check")
def check(languages: Languages = None, clinic: Clinic = None, as_json: AsJson = False) -> None:
    """Look at every translation for what is wrong with it; exit code 4 if anything is. Being unreviewed is no fault."""
    locales = _locales(clinic)
    found = [(tag, each) for tag in catalogs.meant(locales, languages or ()) for each in checked(locales, tag)]
    faults = [each for _, each in found if isinstance(each, Fault) or each.problem.severity == "fault"]
    stale = stale_templates(locales)
    if as_json:
        say_json([_row(tag, each) for tag, each in found] + [_row("", fault) for fault in stale])
    else:
        for _, each in found:
            if isinstance(each, Found) and each.problem.severity == "warning":
                say(f"warning: {each.fault}", "yellow")
        say_faults([*stale, *(each if isinstance(each, Fault) else each.fault for each in faults)])
        typer.echo(f"{len(faults) + len(stale)} faults, {len(found) - len(faults)} warnings")
    raise typer.Exit(ExitCode.NOT_APPROVED if faults or stale else ExitCode.DONE)


@app.command("review")
def review(
    language: LanguageTag,
    approve: Annotated[
        list[str] | None,
        typer.Option("--approve", metavar="MESSAGE", help="A message by number or name; all: every one that waits."),
    ] = None,
    return_: Annotated[
        list[str] | None, typer.Option("--return", metavar="MESSAGE", help="A message that must be mended.")
    ] = None,
    decisions: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="Decisions, a line each: message, approve or return, back-translation, comment; tabs between.",
        ),
    ] = None,
    who: Annotated[str, typer.Option("--as", help="The reviewer's name.")] = "",
    role: Annotated[str, typer.Option("--role", help="As what: translator, reviewer, clinician …")] = "",
    qualification: Annotated[
        str, typer.Option("--qualification", help="By what right: a certificate, a degree …")
    ] = "",
    back_translation: Annotated[
        str,
        typer.Option(
            "--back-translation", help="What the translation says in English, by one who has not seen the source."
        ),
    ] = "",
    comment: Annotated[str, typer.Option("--comment", help="Why a message is returned.")] = "",
    state: Annotated[
        str | None, typer.Option("--state", help="List, or approve all of, only messages in this state.")
    ] = None,
    document: Annotated[
        str | None, typer.Option("--document", help="List, or approve all of, only this document's messages.")
    ] = None,
    clinic: Clinic = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """List the messages of a language, or approve and return some of them.

    A sentence that says no, or is critical, needs two different people and a translation back into English.
    """
    locales = _locales(clinic)
    (tag,) = catalogs.meant(locales, [language])
    _require(state, State, "--state")
    _require(document, dict.fromkeys(kind for each in locales.domains for kind in each.documents), "--document")
    opened = catalogs.opened(locales, tag)
    meant = [
        message
        for message in listed(opened)
        if (not state or message.state == state)
        and (not document or document in message.catalog.domain.by_key[message.entry.key].documents)
    ]
    verdicts = [
        *_verdicts(approve, return_, back_translation, comment, meant),
        *(_read(decisions) if decisions else ()),
    ]
    if verdicts:
        reviewer = Reviewer(who, role, qualification, _day(now))
        done = decide(opened, read_language(locales.folder, tag), verdicts, reviewer)
        rows = [_listed_row(message, state_) for message, state_ in done]
        if as_json:
            say_json(rows)
        else:
            for message, state_ in done:
                typer.echo(f"{message.name}  {state_}: {message.entry.translation}")
        return
    rows = [_listed_row(message, message.state) for message in meant]
    if as_json:
        say_json(rows)
    else:
        _say_listed(rows)


def _listed_row(message: Listed, state: State) -> dict[str, object]:
    return {
        "number": message.number,
        "name": message.name,
        "state": str(state),
        "needs_two": message.needs_two,
        "documents": list(message.catalog.domain.by_key[message.entry.key].documents),
        "context": message.entry.context or "",
        "source": message.entry.source,
        "translation": message.entry.translations[0],
        "reviews": [
            {"who": line.who, "role": line.role, "qualification": line.qualification, "decision": str(line.decision),
             "date": line.day.isoformat(), "method": line.method, "back_translation": line.back_translation, "comment": line.comment}
            for line in message.reviews
        ],
    }  # fmt: skip


def _say_listed(rows: Sequence[Mapping[str, object]]) -> None:
    for row in rows:
        two = ", two reviewers" if row["needs_two"] else ""
        context = f" [{row['context']}]" if row["context"] else ""
        typer.echo(f"#{row['number']} {row['name']}  {row['state']}{two}{context}")
        typer.echo(f"    {row['source']}\n    {row['translation'] or '–'}")
    typer.echo(f"{len(rows)} messages")


def _verdicts(
    approve: Iterable[str] | None,
    return_: Iterable[str] | None,
    back_translation: str,
    comment: str,
    meant: Iterable[Listed],
) -> list[Verdict]:
    """The decisions of the command's options; all is all of `meant` that waits."""
    names, returned = list(approve or ()), list(return_ or ())
    if "all" in names:
        waiting = {State.DRAFT, State.TRANSLATED, State.HALF}
        names = [each.name for each in meant if each.state in waiting]
    if back_translation and len(names) + len(returned) > 1:
        remedy = "Name one message, or write each with its own into a file (--from)."
        raise WrongUsage(Fault("the command", "is of one message.", remedy, "--back-translation", back_translation))
    approved = [Verdict(name, Decision.APPROVED, back_translation) for name in names]
    return approved + [Verdict(name, Decision.RETURNED, back_translation, comment) for name in returned]


def _read(path: Path) -> list[Verdict]:
    """The decisions in a file, or from standard input for "-"."""
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8-sig")
    except OSError as trouble:
        raise UnreadableInput(
            Fault(str(path), f"it cannot be read: {trouble.strerror}.", "Name a file with decisions.", "--from")
        ) from None
    except UnicodeDecodeError:
        raise UnreadableInput(
            Fault(str(path), "its characters are not UTF-8.", "Save it as UTF-8.", "--from")
        ) from None
    return read_decisions(text, str(path))


def _row(language: str, each: Found | Fault) -> dict[str, object]:
    if isinstance(each, Fault):
        return {
            "language": language,
            "place": each.where,
            "check": "catalog",
            "severity": "fault",
            "problem": each.problem,
            "remedy": each.remedy,
        }
    return {
        "language": language,
        "place": each.place,
        "check": each.problem.check,
        "severity": each.problem.severity,
        "problem": each.problem.problem,
        "remedy": each.problem.remedy,
        "context": each.entry.context or "",
        "source": each.entry.source,
        "translation": each.entry.translations[0],
    }


def _locales(clinic: Path | None) -> Locales:
    if clinic is None:
        return built_in()
    if not (clinic / FILE).is_file():
        raise WrongUsage(
            Fault("the command", f"there is no {FILE} in it.", "Name a clinic's folder.", "--clinic", str(clinic))
        )
    return of_clinic(clinic)


def _require(given: str | None, known: Iterable[str], option: str) -> None:
    if given and given not in set(known):
        raise WrongUsage(Fault("the command", "is not known.", f"Known: {', '.join(known)}.", option, given))


def _say_written(done: Mapping[Path, bool]) -> None:
    for path, changed in done.items():
        typer.echo(f"{path}: {'written' if changed else 'nothing new'}")


def _day(now: str | None) -> date:
    if now is None:
        return datetime.now(UTC).astimezone().date()
    try:
        return datetime.fromisoformat(now).date()
    except ValueError:
        raise WrongUsage(
            Fault("the command", "is no time.", "Write it as 2026-03-04T08:00-05:00.", "--now", now)
        ) from None


@app.command("export")
def export(
    language: LanguageTag,
    style: Annotated[
        Format, typer.Option("--format", help="A workbook, XLIFF 2.1, or a translation memory.")
    ] = Format.XLSX,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="The file to write; else LANG.FORMAT here.")] = None,
    clinic: Clinic = None,
) -> None:
    """Write the messages of a language into a file for a translator who does not work with PO files."""
    locales = _locales(clinic)
    (tag,) = catalogs.meant(locales, [language])
    opened = catalogs.exportable(locales, tag)
    path = out or Path(f"{tag}.{style.value}")
    match style:
        case Format.XLSX:
            from handouts.translate.sheet import write_sheet  # noqa: PLC0415 - each format is loaded alone

            write_sheet(opened, path)
        case Format.XLIFF:
            from handouts.translate.files import write_whole  # noqa: PLC0415
            from handouts.translate.xliff import xliff  # noqa: PLC0415

            write_whole(path, xliff(opened))
        case Format.TMX:
            from handouts.translate.toolkit import write_tmx  # noqa: PLC0415

            write_tmx(catalogs.as_one(opened), tag, path)
    typer.echo(f"{path}: {sum(len(each.domain.messages) for each in opened)} messages")


@app.command("import")
def import_(
    language: LanguageTag,
    file: Annotated[Path, typer.Argument(help="A workbook (.xlsx) or XLIFF 2 that was exported here.")],
    clinic: Clinic = None,
) -> None:
    """Take over the translations of a file that was exported; each that was damaged is refused, and the others are taken."""
    locales = _locales(clinic)
    (tag,) = catalogs.meant(locales, [language])
    opened = catalogs.opened(locales, tag)
    if file.suffix.lower() == ".xlsx":
        from handouts.translate.sheet import read_sheet as read  # noqa: PLC0415 - as above
    elif file.suffix.lower() in {".xliff", ".xlf"}:
        from handouts.translate.xliff import read_xliff as read  # noqa: PLC0415
    else:
        raise WrongUsage(
            Fault("the command", "is neither .xlsx nor .xliff.", "Export one, and import it.", "FILE", str(file))
        )
    done = take(opened, read_language(locales.folder, tag), list(read(file, tag)))
    say_faults(done.refused)
    typer.echo(f"{done.changed} translations changed, {done.same} as they were, {len(done.refused)} refused")
    raise typer.Exit(ExitCode.SOME_ROWS_FAILED if done.refused else ExitCode.DONE)


@app.command("preview")
def preview(
    language: LanguageTag,
    document: Annotated[
        list[str] | None, typer.Option("--document", help="Only this document; may be repeated.")
    ] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the pages go.")] = Path("preview"),
    watch: Annotated[
        bool, typer.Option("--watch", help="Serve them here, and make them anew when a file changes.")
    ] = False,
    port: Annotated[int, typer.Option("--port", help="The port to serve at; 0: any that is free.")] = 0,
    clinic: Clinic = None,
) -> None:
    """Make PDF and HTML of all documents in a language, each sentence numbered and coloured by its state, source beside it.

    en-XA (accented and longer) and ar-XB (right to left) show what breaks before anything is translated.
    """
    from handouts.translate.files import write_whole  # noqa: PLC0415 - what sets pages is loaded for this alone

    locales = _locales(clinic)
    tag = language if language in PSEUDO else catalogs.meant(locales, [language])[0]
    known = [kind for domain in locales.domains for kind in domain.documents]
    for kind in document or ():
        _require(kind, known, "--document")
    folder = clinic or builtin.demo_clinic()

    def made() -> dict[str, bytes]:
        from handouts.translate.preview import previews  # noqa: PLC0415 - as above

        fresh = _locales(clinic)  # a file may have changed
        found = list(previews(load_clinic(folder), fresh, tag, document or ()))
        links = "".join(
            f'<li><a href="{each.kind}.html">{each.kind}</a> (<a href="{each.kind}.pdf">PDF</a>)</li>' for each in found
        )
        index = f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{tag}</title></head><body><h1>{tag}</h1><ul>{links}</ul></body></html>\n'
        pages = {f"{each.kind}.html": each.html.encode() for each in found} | {
            f"{each.kind}.pdf": each.pdf for each in found
        }
        return {"index.html": index.encode(), **pages}

    if watch:
        _serve(
            made,
            lambda: [
                *locales.folder.rglob("*.po"),
                *locales.folder.rglob("*.tsv"),
                *builtin.templates().rglob("*.html"),
            ],
            port,
        )
        return
    for name, content in made().items():
        write_whole(out / name, content)
    typer.echo(f"{out / 'index.html'}: the documents in {tag}, as HTML and PDF")


def _serve(made: Callable[[], Mapping[str, bytes]], watched: Callable[[], Iterable[Path]], port: int) -> None:
    from handouts.translate.serve import served  # noqa: PLC0415 - as above

    with served(made, watched, port) as server:
        say(f"http://{server.server_address[0]}:{server.server_address[1]}/ shows the documents; Ctrl-C ends.")
        server.serve_forever(poll_interval=0.2)
