"""`verify`: whether files are ours and unchanged, who approved and signed them, and whether the log is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from handouts.cli.options import AsJson, ClinicFolder, Now, at_clinic
from handouts.cli.say import say, say_faults, say_json
from handouts.clinic import Clinic
from handouts.errors import ExitCode, Fault, HandoutsError, WrongUsage
from handouts.record.audit import tampering
from handouts.record.log import head_read
from handouts.record.premises import Premises
from handouts.record.sign_policy import roots_of
from handouts.record.store import Store, opened
from handouts.record.verify import Verified, verified

_STYLES = {ExitCode.DONE: "green", ExitCode.SOME_ROWS_FAILED: "yellow", ExitCode.TAMPERED: "bold red"}


def verify(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Files: PDFs, packet.json, scans.", show_default=False)
    ] = None,
    log: Annotated[bool, typer.Option("--log", help="Check the log of the record too.")] = False,
    head: Annotated[
        str | None, typer.Option("--head", help="With --log: a head that was kept elsewhere, NUMBER:HASH.")
    ] = None,
    clinic: ClinicFolder = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Say of files whether they are what the record has: unchanged, approved and signed by whom, superseded or not."""
    here, time = at_clinic(clinic, now)
    store = _record(here)
    if not files and not log:
        raise WrongUsage(Fault("the command", "names no file.", "Name files, or say --log."))
    if head and not log:
        raise WrongUsage(Fault("the command", "goes with --log.", "Add --log.", "--head"))
    roots = roots_of(here)
    found: list[Verified] = []
    troubles: list[HandoutsError] = []
    broken = tampering(opened(here), head_read(head) if head else None) if log else []
    for path in files or ():
        try:
            found.append(verified(path, store, roots, time))
        except HandoutsError as trouble:
            troubles.append(trouble)
    if as_json:
        say_json({"files": [_told(each) for each in found], "log": broken} if log else [_told(each) for each in found])
    else:
        if log:
            say(
                "The log is not as it was written:" if broken else "The log is whole.",
                "bold red" if broken else "green",
            )
        for line in broken:
            typer.echo(f"  {line}")
        for each in found:
            _say(each)
    for trouble in troubles:
        say_faults(trouble.faults)
    codes = [
        ExitCode.TAMPERED if broken else ExitCode.DONE,
        *(each.exit_code for each in found),
        *(trouble.exit_code for trouble in troubles),
    ]
    raise typer.Exit(max(codes, default=ExitCode.DONE))


def _record(clinic: Clinic) -> Store | None:
    return opened(clinic) if Premises(clinic).exists else None


def _say(found: Verified) -> None:
    first, *rest = found.sentences()
    say(f"{found.name}: {first}", _STYLES.get(found.exit_code, ""))
    for sentence in rest:
        typer.echo(f"  {sentence}")


def _told(found: Verified) -> dict[str, object]:
    examination = found.examination
    return {
        "file": found.name,
        "verdict": found.verdict,
        "packet_id": found.packet_id,
        "document": found.document,
        "stage": found.stage,
        "state": found.state,
        "sha256": examination.sha256,
        "sentences": list(found.sentences()),
        "findings": [{"kind": each.kind, "what": each.what} for each in examination.findings],
        "unchecked": list(examination.unchecked),
        "signatures": [
            {
                "field": each.field,
                "signed": each.signed,
                "name": each.name,
                "role": each.role,
                "certificate": each.certificate,
                "claimed": each.claimed.isoformat() if each.claimed else None,
                "timestamped": each.timestamped.isoformat() if each.timestamped else None,
                "intact": each.intact,
                "trusted": each.trusted,
            }
            for each in examination.signatures
        ],
    }
