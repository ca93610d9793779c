"""Options that several commands share, and what they stand for."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from handouts import builtin
from handouts.cli.say import say
from handouts.clinic import FILE, Clinic, load_clinic
from handouts.errors import Fault, UnreadableInput, WrongUsage

ClinicFolder = Annotated[
    Path | None,
    typer.Option(
        "--clinic", help="The clinic's folder. Else HANDOUTS_CLINIC, else a clinic.toml beside you or the files."
    ),
]
Now = Annotated[str | None, typer.Option("--now", help="The time to take for now: ISO 8601 with offset.")]
As = Annotated[str | None, typer.Option("--as", help="Who acts: a person of clinic.toml.")]
PASSWORD = "HANDOUTS_KEY_PASSWORD"  # noqa: S105 - the name of a variable
PasswordFile = Annotated[
    Path | None, typer.Option("--password-file", help=f"The password or PIN of the key; or in {PASSWORD}.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ProcedureName = Annotated[
    str | None, typer.Option("--procedure", help="The procedure; needed only where there are several.")
]
Language = Annotated[str | None, typer.Option("--lang", help="A language tag, such as en or es-US.")]


def clinic_folder(given: Path | None, files: list[Path] | None = None) -> Path:
    """The folder of the clinic to work for: the one given, or one found nearby; else the demo clinic, and it is said."""
    named = given or (Path(os.environ["HANDOUTS_CLINIC"]) if os.environ.get("HANDOUTS_CLINIC") else None)
    if named:
        return named
    beside = [Path.cwd(), *(folder for file in files or [] for folder in (file.parent, file.parent / "clinic"))]
    for folder in beside:
        if (folder / FILE).is_file():
            return folder
    say("No clinic was named (--clinic DIR): this is the demo clinic, and every page says SAMPLE.", "yellow")
    return builtin.demo_clinic()


def moment(given: str | None, clinic: Clinic) -> datetime:
    """Now: as given, or as the demo clinic's clock stands, or as it is. Raises WrongUsage for a time without offset."""
    if given is None:
        return clinic.clock or datetime.now(UTC)
    try:
        read = datetime.fromisoformat(given)
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        problem = "is no time with an offset."
        raise WrongUsage(Fault("the command", problem, "Write it as 2026-03-04T08:00-05:00.", "--now", given))
    return read


def at_clinic(given: Path | None, now: str | None) -> tuple[Clinic, datetime]:
    """The clinic of a command that needs no schedule, and now."""
    clinic = load_clinic(clinic_folder(given))
    return clinic, moment(now, clinic)


def password(given: Path | None) -> str | None:
    """The password of a key: out of a file or the environment, never of the command line, which others can read."""
    if given is None:
        return os.environ.get(PASSWORD)
    try:
        return given.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise UnreadableInput(Fault(given.name, "cannot be read.", "It holds the password in one line.")) from None


def one_procedure(given: str | None, known: tuple[str, ...]) -> str:
    """The procedure meant: the one named, or the only one there is."""
    if given is None and len(known) == 1:
        return known[0]
    if given in known:
        return given
    raise WrongUsage(Fault("the command", "no such procedure.", f"Known: {', '.join(known)}.", "--procedure", given))
