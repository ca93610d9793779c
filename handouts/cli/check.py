"""`check`: everything that would stop a packet, before any patient."""

from __future__ import annotations

from collections.abc import Iterable

import typer

from handouts.check import Checked
from handouts.check import check as checked
from handouts.cli.options import AsJson, ClinicFolder, Now, clinic_folder, moment
from handouts.cli.say import counted, say, say_faults, say_json, say_table
from handouts.clinic import load_clinic
from handouts.errors import ExitCode


def check(clinic: ClinicFolder = None, now: Now = None, as_json: AsJson = False) -> None:
    """Look at settings, templates, catalogs and wordings, and say everything that would stop a packet."""
    read = load_clinic(clinic_folder(clinic), allow_missing=True)
    found = checked(read, moment(now, read))
    if as_json:
        say_json(_as_json(found))
    else:
        _say(found)
    raise typer.Exit(ExitCode.NOT_APPROVED if found.faults else ExitCode.DONE)


def _say(found: Checked) -> None:
    if found.rests:
        rows = ((name, str(len(places)), _by_file(places)) for name, places in sorted(found.rests.items()))
        say_table(("what", "blocks", "where they stand (file: lines)"), rows)
        typer.echo()
    for report in found.reports:
        typer.echo(str(report))
    for name, count in found.tried.items():
        typer.echo(f"{name}: {count} combinations of facts tried")
    if found.not_approved:
        typer.echo(f"{len(found.not_approved)} blocks and settings are not approved; packets that hold them say DRAFT.")
    for warning in found.warnings:
        say(f"warning: {warning}", "yellow")
    say_faults(found.faults)
    typer.echo(f"{counted(len(found.faults), 'fault')}, {counted(len(found.warnings), 'warning')}")


def _by_file(places: Iterable[str]) -> str:
    """Places as "consent.html, line 12" → the lines of each file."""
    lines: dict[str, list[str]] = {}
    for place in places:
        file, _, line = place.partition(", line ")
        lines.setdefault(file, []).append(line)
    return "; ".join(f"{file}: {', '.join(numbers)}" for file, numbers in lines.items()) or "nothing rests on it"


def _as_json(found: Checked) -> dict[str, object]:
    return {
        "faults": [str(fault) for fault in found.faults],
        "warnings": [str(warning) for warning in found.warnings],
        "not_approved": found.not_approved,
        "rests": {name: list(places) for name, places in found.rests.items()},
        "readability": [str(report) for report in found.reports],
        "tried": found.tried,
    }
