"""`review content`: what is approved of a clinic's content, by whom and until when; what is not, and why; and approving it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Annotated, NoReturn

import typer

from handouts.approvals import FILE
from handouts.cache import user_cache
from handouts.cli.options import AsJson, ClinicFolder, Language, Now, ProcedureName, clinic_folder, moment
from handouts.cli.say import counted, say, say_json, say_table
from handouts.clinic import Clinic, load_clinic
from handouts.content import notice
from handouts.content.approvable import Listed, ending
from handouts.content.approvable_text import lines_of
from handouts.content.approval import State
from handouts.content.editions import Editions
from handouts.errors import ExitCode, Fault, WrongUsage
from handouts.packet import DEMO
from handouts.record.content import Content, approve, approver, content_of, hash_of

_TOGETHER = frozenset((State.APPROVED, State.NEVER, State.WAITING))
"""What is told as a number where there is much of it."""


def content(
    clinic: ClinicFolder = None,
    procedure: ProcedureName = None,
    lang: Language = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="WHAT",
            help="Only this: a name as listed, how names begin, or digits of a hash; may be repeated.",
        ),
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Print every word of what is open.")] = False,
    approving: Annotated[bool, typer.Option("--approve", help="Approve what was listed under --hash.")] = False,
    second: Annotated[
        bool, typer.Option("--second", help="Approve as the second person what needs two; also listed under a hash.")
    ] = False,
    given: Annotated[str, typer.Option("--hash", help="The hash under which it was listed.")] = "",
    who: Annotated[str | None, typer.Option("--as", metavar="USER", help="Who approves: a name of [people].")] = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help="The first day it counts; else today.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DAY", help="The last day it counts; else no end.")
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """List what people approve, with exit code 4 if anything is open; or approve what was listed.

    Approved are every block, every setting, and the version of the templates. Any change of one lapses its approval.
    """
    read = load_clinic(clinic_folder(clinic), allow_missing=True)
    editions = Editions(read, user_cache())
    day = read.day(moment(now, read))

    def found() -> Content:
        return content_of(editions, day, procedure=procedure, language=lang, only=only or ())

    if not (approving or second):
        _require_approving({"--hash": given, "--as": who, "--from": since, "--until": until})
        _list(found(), read, show=show, as_json=as_json)
    if not given:
        remedy = "Read what is open (review content --show) and take the hash from there."
        raise WrongUsage(Fault("the command", "must be said: only what was listed is approved.", remedy, "--hash"))
    person = approver(read, who, second=second)
    first, last = _day("--from", since), _day("--until", until)
    done = approve(found(), read, person, given, since=first, until=last, second=second)
    if as_json:
        say_json([{"what": each.what, "sha256": each.sha256} for each in done])
    else:
        typer.echo(f"{person.person.name} approved {counted(len(done), 'thing')}; it stands in {read.folder / FILE}.")
        if not second and (outside := [each.what for each in done if each.by_two]):
            typer.echo(f"A second person approves too (--second): {', '.join(outside)}.")


def _require_approving(given: Mapping[str, object]) -> None:
    """Raise WrongUsage for options that go with an approval, where there is none."""
    WrongUsage.gathered(
        Fault("the command", "goes with --approve or --second alone.", "Add one, or take it out.", option)
        for option, value in given.items()
        if value
    )


def _day(option: str, given: str | None) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise WrongUsage(Fault("the command", "is no day.", "Write it as 2026-03-04.", option, given)) from None


def _list(found: Content, clinic: Clinic, *, show: bool, as_json: bool) -> NoReturn:
    """Print what is approved and what is open, and end with the exit code."""
    if as_json:
        say_json(_as_json(found, clinic, show=show))
    else:
        if show:
            _show(found)
        _say(found, clinic)
    raise typer.Exit(ExitCode.NOT_APPROVED if found.open else ExitCode.DONE)


def _show(found: Content) -> None:
    for row in _readable(found):
        typer.echo(f"{row.of.what}\n  #{row.of.sha256[:8]} · {row.standing.told}")
        typer.echo("".join(f"    {line}\n" for line in lines_of(row.of)))


def _readable(found: Content) -> Iterable[Listed]:
    """What is to be read before it is approved, in the order of the list."""
    wanted = {row.of.sha256 for row in chain(found.to_approve, found.to_second)}
    return (row for row in found.rows if row.of.sha256 in wanted)


def _say(found: Content, clinic: Clinic) -> None:
    say_table(("what", "how far", "approved by", "on", "until"), list(_rows(found.rows)))
    if not clinic.demo:
        for warning in ending(found.rows, found.day):
            say(f"warning: {warning}", "yellow")
    typer.echo(
        f"\n{counted(len(found.rows) - len(found.open), 'thing')} approved, {len(found.open)} open on {found.day}."
    )
    if clinic.demo:
        typer.echo(f"{DEMO[0].upper()}{DEMO[1:]}.")
        return
    for option, rows in (("--approve", found.to_approve), ("--second", found.to_second)):
        if rows:
            told = hash_of(rows, second=rows is found.to_second)
            typer.echo(f"To approve {counted(len(rows), 'thing')} (read with --show): {option} --hash {told} --as USER")


def _rows(rows: Iterable[Listed]) -> Iterable[Sequence[str]]:
    """A row a thing; what is alike is told as a number, a row a document."""
    alike: dict[tuple[str, ...], list[Listed]] = {}
    for row in rows:
        standing = row.standing
        by = " and ".join(each.approved_by for each in (standing.by, standing.second) if each and row.approved)
        on = standing.by.approved_at.isoformat() if standing.by and row.approved else ""
        until = standing.until.isoformat() if standing.until and row.approved else ""
        group = _group(row) if standing.state in _TOGETHER and not row.of.by_two else row.of.sha256
        two = "; two people approve it" if row.of.by_two and not row.approved else ""
        alike.setdefault((group, f"{standing.told}{two}", by, on, until), []).append(row)
    for (group, *told), same in alike.items():
        name = f"{group}: {len(same)}" if same[1:] else f"{same[0].of.what} #{same[0].of.sha256[:8]}"
        yield (name, *told)


def _group(row: Listed) -> str:
    """What it is told with: blocks by document and language, those of the notice of language assistance all, settings all."""
    _, *words = row.of.what.split()
    shared = words[: 2 if notice.KIND in words[:2] else 3]
    return " ".join(("blocks", *shared)) if row.of.block else "settings" if row.of.setting else row.of.what


def _as_json(found: Content, clinic: Clinic, *, show: bool) -> Mapping[str, object]:
    return {
        "day": found.day.isoformat(),
        "demo": clinic.demo,
        "open": len(found.open),
        "to_approve": "" if clinic.demo else hash_of(found.to_approve),
        "to_second": "" if clinic.demo else hash_of(found.to_second, second=True),
        "content": [_entry(row, show=show) for row in found.rows],
    }


def _entry(row: Listed, *, show: bool) -> Mapping[str, object]:
    standing = row.standing
    by, second = standing.by, standing.second
    return {
        "what": row.of.what,
        "sha256": row.of.sha256,
        "place": row.of.block.place if row.of.block else "",
        "state": standing.state,
        "why": standing.why,
        "by_two": row.of.by_two,
        "approved_by": by.approved_by if by else "",
        "licence": by.licence if by else "",
        "approved_at": by.approved_at.isoformat() if by else "",
        "effective_from": by.effective_from.isoformat() if by else "",
        "until": standing.until.isoformat() if standing.until else "",
        "second": second.approved_by if second else "",
        **({"text": list(lines_of(row.of))} if show else {}),
    }
