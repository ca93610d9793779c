"""`review show` and `review impact`: page 0 of a packet, and which packets a change of content reaches."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from handouts.cli.options import As, AsJson, ClinicFolder, Now, at_clinic
from handouts.cli.say import counted, is_terminal, say, say_faults, say_json, say_table, write_file
from handouts.errors import ExitCode
from handouts.record.page_zero_pdf import as_pdf
from handouts.record.page_zero_text import as_text, lines
from handouts.record.review import begun
from handouts.record.roles import Act, actor
from handouts.record.sheet import sheet_of
from handouts.record.standing import Makers, standing
from handouts.record.store import opened
from handouts.record.upcoming import affected

_STYLES = {"blocks": "bold red", "warns": "yellow", "fine": "green", "quiet": "dim", "": ""}


def show(
    name: Annotated[
        str, typer.Argument(metavar="PACKET", help="A packet: its id, its folder, or its appointment's id.")
    ],
    pdf: Annotated[Path | None, typer.Option("--pdf", help="Write page 0 as a PDF to this file.")] = None,
    clinic: ClinicFolder = None,
    as_: As = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Show page 0 of a packet: all that a clinician reads before deciding. With --as, the packet is in review from then on."""
    here, time = at_clinic(clinic, now)
    who = actor(here, as_, Act.REVIEW) if as_ else None
    store, makers = opened(here), Makers(here)
    with store.reading() as connection:
        packet = standing(connection, name)
        sheet = sheet_of(connection, store, makers, packet, time)
    if who:
        begun(store, who, packet, time, sheet.kept)
    if pdf:
        write_file(pdf, as_pdf(sheet), "--pdf")
        say(f"Page 0 is in {pdf}.")
    if as_json:
        say_json({**sheet.told, "sha256": sheet.sha256})
    elif pdf:
        return
    elif is_terminal(sys.stdout):
        from rich.console import Console  # noqa: PLC0415 - takes long, and pipes do without
        from rich.text import Text  # noqa: PLC0415

        console = Console(highlight=False, soft_wrap=True)
        for line in lines(sheet):
            console.print(Text(line.text, style="bold" if line.title else _STYLES[line.mood]))
    else:
        sys.stdout.write(as_text(sheet))


def impact(clinic: ClinicFolder = None, now: Now = None, as_json: AsJson = False) -> None:
    """Say which packets that nobody has signed would be made differently now, because of what, and by when to make them again."""
    here, time = at_clinic(clinic, now)
    found = affected(opened(here), Makers(here), time)
    if as_json:
        say_json(
            [
                {
                    "packet_id": each.packet.id,
                    "appointment_id": each.packet.appointment_id,
                    "state": each.packet.state,
                    "by": each.by.isoformat() if each.by else None,
                    "changes": {kind: [str(change) for change in changes] for kind, changes in each.changes.items()},
                }
                for each in found
            ]
        )
    else:
        rows = [
            (
                each.packet.id,
                each.packet.appointment_id,
                each.packet.state,
                f"{each.by:%a %Y-%m-%d %H:%M}",
                kind,
                str(change),
            )
            for each in found
            if each.by
            for kind, changes in each.changes.items()
            for change in changes
        ]
        if rows:
            say_table(("packet", "appointment", "state", "make again by", "document", "because of"), rows)
        say(f"{counted(len(found), 'packet')} to make again; signed ones stay as they are.")
    for each in found:
        if each.trouble:
            say_faults(each.trouble.faults)
    raise typer.Exit(max((each.trouble.exit_code for each in found if each.trouble), default=ExitCode.DONE))
