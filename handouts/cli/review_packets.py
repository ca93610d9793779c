"""`review list|show|approve|return|issue|void|close`: what clinicians decide on packets, and where packets stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from handouts.cli.options import As, AsJson, ClinicFolder, Now, at_clinic
from handouts.cli.say import counted, say, say_faults, say_json, say_table
from handouts.errors import ExitCode, Fault, HandoutsError, WrongUsage
from handouts.record.closing import closed
from handouts.record.issue import issued
from handouts.record.review import Decided, approve, decide
from handouts.record.roles import Act, actor, anybody
from handouts.record.standing import Makers, standings
from handouts.record.states import LIVE, Move, State
from handouts.record.store import opened
from handouts.record.tables import packets

Packet = Annotated[str, typer.Argument(help="A packet: its id, its folder, or its appointment's id.")]
Packets = Annotated[list[str], typer.Argument(help="Packets: ids, folders, or appointments' ids.")]
Comment = Annotated[str, typer.Option("--comment", help="Why, in a sentence.")]


def list_(
    state: Annotated[list[str] | None, typer.Option("--state", help="Only packets in this state.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also those that no longer count.")] = False,
    clinic: ClinicFolder = None,
    as_: As = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """List the packets of the record, by the time of their appointments."""
    here, _ = at_clinic(clinic, now)
    anybody(here, as_, Act.READ)
    wanted = _states(state, everything=everything)
    with opened(here).reading() as connection:
        found = list(standings(connection, packets.c.state.in_(wanted)))
    if as_json:
        say_json(
            [
                {
                    "packet_id": each.id,
                    "appointment_id": each.appointment_id,
                    "revision": each.revision,
                    "start": each.start,
                    "state": each.state,
                    "status": each.status,
                    "making": each.making,
                    "decided": dict(each.decided),
                }
                for each in found
            ]
        )
        return
    rows = [(each.id, each.appointment_id, each.start, each.state, each.status) for each in found]
    say_table(("packet", "appointment", "start (UTC)", "state", "status"), rows)
    say(f"{counted(len(found), 'packet')}.")


def approve_(
    packets_: Packets,
    decided: Annotated[
        list[str] | None, typer.Option("--decide", help='What blocks the packet, decided: pregnant="the reason".')
    ] = None,
    comment: Comment = "",
    clinic: ClinicFolder = None,
    as_: As = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Approve packets, so that they may be issued and signed."""
    here, time = at_clinic(clinic, now)
    who = actor(here, as_, Act.REVIEW)
    reasons = _reasons(decided or [])
    _end(approve(opened(here), Makers(here), who, packets_, time, reasons, comment), as_json)


def return_(
    packets_: Packets,
    comment: Comment = "",
    clinic: ClinicFolder = None,
    as_: As = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Return packets to staff, with a comment that says why."""
    _each(packets_, Move.RETURN, Act.REVIEW, comment, clinic, as_, now, as_json)


def void(
    packets_: Packets,
    comment: Comment = "",
    clinic: ClinicFolder = None,
    as_: As = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Make packets void that nobody has signed, with a comment that says why."""
    _each(packets_, Move.VOID, Act.CLOSE, comment, clinic, as_, now, as_json)


def close(
    packets_: Packets,
    comment: Comment = "",
    clinic: ClinicFolder = None,
    as_: As = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Close packets that were signed, refused or withdrawn, and in which nothing that must be filled in is empty."""
    here, time = at_clinic(clinic, now)
    who = actor(here, as_, Act.CLOSE)
    store, makers = opened(here), Makers(here)
    _end([_tried(lambda name=name: closed(store, makers, who, name, comment, time)) for name in packets_], as_json)


def issue(
    packets_: Packets,
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the packets go.")] = Path("issued"),
    clinic: ClinicFolder = None,
    as_: As = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Issue approved packets: write them as they were approved, to print or to hand out."""
    here, time = at_clinic(clinic, now)
    who = actor(here, as_, Act.ISSUE)
    store, makers = opened(here), Makers(here)
    _end([_tried(lambda name=name: issued(store, makers, who, name, out, time)) for name in packets_], as_json)


def _each(
    names: Sequence[str],
    move: Move,
    act: Act,
    comment: str,
    clinic: Path | None,
    as_: str | None,
    now: str | None,
    as_json: bool,
) -> None:
    here, time = at_clinic(clinic, now)
    who = actor(here, as_, act)
    store = opened(here)
    _end([_tried(lambda name=name: decide(store, who, name, move, time, comment)) for name in names], as_json)


def _tried(decided: Callable[[], Decided]) -> Decided | HandoutsError:
    try:
        return decided()
    except HandoutsError as trouble:
        return trouble


def _end(found: Sequence[Decided | HandoutsError], as_json: bool) -> None:
    """Say what became of each, and end with the worst exit code."""
    done = [each for each in found if isinstance(each, Decided)]
    failed = [each for each in found if isinstance(each, HandoutsError)]
    if as_json:
        say_json([{"packet_id": each.packet_id, "state": each.state} for each in done])
    else:
        for each in done:
            say(f"Packet {each.packet_id} is {each.state}.")
    for each in failed:
        say_faults(each.faults)
    if failed and len(found) > 1:
        say(f"{len(done)} done, {len(failed)} not.", "bold")
    raise typer.Exit(max((each.exit_code for each in failed), default=ExitCode.DONE))


def _states(given: list[str] | None, *, everything: bool) -> list[str]:
    named = [name.replace("_", " ") for name in given or []]
    unknown = [name for name in named if name not in set(State)]
    WrongUsage.gathered(
        Fault("the command", "is no state of a packet.", f"Known: {', '.join(State)}.", "--state", name)
        for name in unknown
    )
    return named or [each for each in State if everything or each in LIVE]


def _reasons(given: Sequence[str]) -> dict[str, str]:
    """What was decided, reason by concern, out of `concern=reason`."""
    found: dict[str, str] = {}
    for text in given:
        name, _, reason = text.partition("=")
        if not re.fullmatch(r"[a-z0-9_.]+", name) or not reason.strip():
            remedy = 'Write --decide pregnant="the reason".'
            raise WrongUsage(Fault("the command", "names no concern with a reason.", remedy, "--decide", text))
        found[name] = reason
    return found
