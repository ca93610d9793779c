"""`translate …`: catalogs extracted, brought up to date, checked and reviewed; what is shown and exchanged stands beside."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from handouts.cli.exchange import export, import_
from handouts.cli.locales import Clinic, Languages, LanguageTag, day_of, locales_of, require
from handouts.cli.options import AsJson, Now
from handouts.cli.preview import preview
from handouts.cli.say import counted, say, say_faults, say_json, say_table
from handouts.content.reviews import Decision, State
from handouts.errors import ExitCode, Fault, UnreadableInput, WrongUsage
from handouts.translate import catalogs
from handouts.translate.language import read_language
from handouts.translate.review import Listed, Reviewer, Verdict, decide, listed, read_decisions
from handouts.translate.status import Found, checked, stale_templates, standings

app = typer.Typer(help="What translators and reviewers do.", no_args_is_help=True, rich_markup_mode=None)


@app.command("extract")
def extract(clinic: Clinic = None) -> None:
    """Write the messages of all templates into locales/PROCEDURE.pot."""
    _say_written(catalogs.extract(locales_of(clinic)))


@app.command("update")
def update(languages: Languages = None, clinic: Clinic = None, now: Now = None) -> None:
    """Bring catalogs up to date with the templates; what is there stays, what is gone goes to the end."""
    locales = locales_of(clinic)
    if not clinic:
        catalogs.extract(locales)
    tags = catalogs.meant(locales, languages or ())
    _say_written(catalogs.update(locales, tags, day_of(now)))


@app.command("new")
def new(language: LanguageTag, clinic: Clinic = None, now: Now = None) -> None:
    """Begin the catalogs of a language, with every message empty."""
    _say_written(catalogs.begun(locales_of(clinic), language, day_of(now)))
    say(f"Translate them with any editor for PO files; handouts translate check {language} says what is wrong.")


@app.command("status")
def status(languages: Languages = None, clinic: Clinic = None, as_json: AsJson = False) -> None:
    """Show how far each document is in each language; nothing is printed as final while anything blocks it."""
    locales = locales_of(clinic)
    rows = [row for tag in catalogs.meant(locales, languages or ()) for row in standings(locales, tag)]
    if as_json:
        say_json([asdict(row) for row in rows])
        return
    heads = ("language", "document", "messages", "translated", "reviewed", "blocked")
    say_table(heads, ([str(cell) for cell in asdict(row).values()] for row in rows))


@app.command("check")
def check(languages: Languages = None, clinic: Clinic = None, as_json: AsJson = False) -> None:
    """Look at every translation for what is wrong with it; exit code 4 if anything is. Being unreviewed is no fault."""
    locales = locales_of(clinic)
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
        typer.echo(f"{counted(len(faults) + len(stale), 'fault')}, {counted(len(found) - len(faults), 'warning')}")
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
    locales = locales_of(clinic)
    (tag,) = catalogs.meant(locales, [language])
    require(state, State, "--state")
    require(document, dict.fromkeys(kind for each in locales.domains for kind in each.documents), "--document")
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
        reviewer = Reviewer(who, role, qualification, day_of(now))
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
    typer.echo(counted(len(rows), "message"))


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
        waiting = {State.DRAFT, State.TRANSLATED, State.HALF, State.UNTOLD}
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


def _say_written(done: Mapping[Path, bool]) -> None:
    for path in (path for path, changed in done.items() if changed):
        typer.echo(f"{path}: written")
    if as_before := sum(not changed for changed in done.values()):
        typer.echo(f"{counted(as_before, 'file')} with nothing new")


app.command("export")(export)
app.command("import")(import_)
app.command("preview")(preview)
