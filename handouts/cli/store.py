"""`store init|check|head|backup|restore|export|purge`: keeping the clinic's record."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from handouts.cli.options import As, AsJson, ClinicFolder, Now, PasswordFile, at_clinic, password
from handouts.cli.say import counted, say, say_faults, say_json, say_table, write_file
from handouts.errors import ExitCode
from handouts.record.audit import checked
from handouts.record.backup import backed_up
from handouts.record.export import exported
from handouts.record.keep import made
from handouts.record.log import end, head_read
from handouts.record.premises import Premises
from handouts.record.purge import LEAST_FOR_HIPAA, over, purged
from handouts.record.restore import restored
from handouts.record.roles import Act, actor, anybody
from handouts.record.store import opened

app = typer.Typer(help="Keep the clinic's record: check it, back it up, restore, export, purge.", no_args_is_help=True)
HeadOption = Annotated[
    str | None, typer.Option("--head", help="A head of the log that was kept elsewhere: NUMBER:HASH.")
]


@app.command("init")
def init(clinic: ClinicFolder = None, as_: As = None, now: Now = None, as_json: AsJson = False) -> None:
    """Make the record of a clinic; else it is made with the first packet, but not that of a demo clinic."""
    here, time = at_clinic(clinic, now)
    who = anybody(here, as_, Act.GENERATE)  # whoever may make a packet, with which the record of a real clinic begins
    place, new = made(here, who, time)
    if as_json:
        say_json({"store": place, "new": new})
    else:
        say(f"The record is {place}." if new else f"There is a record already: {place}.")


@app.command("check")
def check(
    head: HeadOption = None, clinic: ClinicFolder = None, as_: As = None, now: Now = None, as_json: AsJson = False
) -> None:
    """Check the record: its database, its log, and every file that belongs to it."""
    here, _ = at_clinic(clinic, now)
    anybody(here, as_, Act.READ)
    store = opened(here)
    found = checked(store, head_read(head) if head else None)
    error = found.error(store.place)
    if as_json:
        say_json(
            {
                "head": str(found.head),
                "at": found.at,
                "packets": found.packets,
                "files": found.files,
                "tampered": list(found.tampered),
                "damaged": list(found.damaged),
                "orphans": len(found.orphans),
            }
        )
    if error:
        say_faults(error.faults)
        raise typer.Exit(error.exit_code)
    if not as_json:
        say(f"Sound: {counted(found.packets, 'packet')}, {counted(found.files, 'file')}, {found.head.number} lines.")
        if found.orphans:
            say(f"{counted(len(found.orphans), 'file')} belong to nothing; store purge takes away those that are old.")
        typer.echo(str(found.head))


@app.command("head")
def head_(
    pdf: Annotated[Path | None, typer.Option("--pdf", help="A sheet to be kept elsewhere, in this file.")] = None,
    sign: Annotated[bool, typer.Option("--sign", help="Countersign the sheet with the key of --as.")] = False,
    password_file: PasswordFile = None,
    clinic: ClinicFolder = None,
    as_: As = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Print the end of the log, to be kept elsewhere: whoever has it can tell later that nothing before it was changed."""
    here, time = at_clinic(clinic, now)
    who = actor(here, as_, Act.READ) if sign else anybody(here, as_, Act.READ)
    with opened(here).reading() as connection:
        found, at = end(connection)
    if pdf:
        from handouts.record.countersign import countersigned  # noqa: PLC0415 - sets pages, which most commands here do without
        from handouts.record.sign_policy import key_of  # noqa: PLC0415

        key = key_of(here, who, password(password_file), time) if sign else None
        write_file(pdf, countersigned(here, found, at, who, key, time), "--pdf")
    if as_json:
        say_json({"head": str(found), "number": found.number, "hash": found.hash, "at": at})
    else:
        typer.echo(f"{found} {at}".rstrip())


@app.command("backup")
def backup(
    out: Annotated[Path, typer.Argument(help="A folder, or the new file.")],
    clinic: ClinicFolder = None,
    as_: As = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Back the record up into one file, while others go on working with it."""
    here, time = at_clinic(clinic, now)
    who = actor(here, as_, Act.KEEP)
    done = backed_up(opened(here), here, who, time, out)
    if as_json:
        say_json({"file": str(done.path), "head": str(done.head), "packets": done.packets, "files": done.files})
        return
    say(f"{counted(done.packets, 'packet')} and {counted(done.files, 'file')} are in {done.path}.")
    say("It holds patients' data and is not encrypted. Keep the head of the log elsewhere:")
    typer.echo(str(done.head))


@app.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(help="What store backup wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of the record there is, which is moved aside.")
    ] = False,
    head: HeadOption = None,
    clinic: ClinicFolder = None,
    as_: As = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Restore the record from a backup, once all of that was checked."""
    here, time = at_clinic(clinic, now)
    who = actor(here, as_, Act.KEEP)
    known = head_read(head) if head else None
    done = restored(Premises(here), who, time, file, replace=replace, known=known)
    if as_json:
        lost = {"head": str(done.loss.head or ""), "lines": dict(done.loss.kinds), "told": str(done.loss)}
        told = {"backup": str(done.backup), "head": str(done.head), "packets": done.packets, "files": done.files}
        say_json({**told, "lost": lost, "aside": done.aside})
        return
    say(
        f"{counted(done.packets, 'packet')} and {counted(done.files, 'file')} are restored, as of line {done.backup.number}."
    )
    if done.aside:
        say(f"Lost: {done.loss}. What was there is now {done.aside}.")
    typer.echo(str(done.head))


@app.command("export")
def export(
    patient: Annotated[str, typer.Argument(help="A patient's record number, or a packet; - reads it from the input.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The new folder.")],
    clinic: ClinicFolder = None,
    as_: As = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Export one patient's whole record: documents, reviews, signatures and lines of the log."""
    here, time = at_clinic(clinic, now)
    who = actor(here, as_, Act.KEEP)
    name = sys.stdin.readline().strip() if patient == "-" else patient
    done = exported(opened(here), here, who, time, name, out)
    if as_json:
        say_json(
            {"folder": str(done.folder), "packets": list(done.packets), "files": done.files, "sha256": done.sha256}
        )
    else:
        say(f"{counted(len(done.packets), 'packet')}, {counted(done.files, 'file')} in {done.folder}.")


@app.command("purge")
def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go, and why.")] = False,
    clinic: ClinicFolder = None,
    as_: As = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Take away packets that were kept for as long as the clinic keeps them (keep_years in [store]); the log stays."""
    here, time = at_clinic(clinic, now)
    who = actor(here, as_, Act.KEEP)
    store = opened(here)
    years = here.store.keep_years
    if years < LEAST_FOR_HIPAA:
        say(f"keep_years is {years}. HIPAA asks for {LEAST_FOR_HIPAA} years; look at your state's law too.", "yellow")
    with store.reading() as connection:
        found = over(connection, here, time)
    done = None if dry_run else purged(store, here, who, time)
    if as_json:
        rows = [
            {
                "packet_id": each.packet_id,
                "state": each.state,
                "until": each.until.isoformat(),
                "why": each.why,
                "held": each.held,
            }
            for each in found
        ]
        gone = {"purged": list(done.packets), "files": done.files, "orphans": done.orphans} if done else {}
        say_json({"over": rows, **gone})
        return
    rows = [(each.packet_id, each.state, each.until.isoformat(), each.why, each.held or "goes") for each in found]
    say_table(("packet", "state", "kept until", "why", "and now"), rows)
    if done:
        say(f"{counted(len(done.packets), 'packet')} purged, {counted(done.files + done.orphans, 'file')} removed.")
        say("Backups made before, records moved aside (replaced-…) and what was issued hold them still.")
    else:
        say(f"{sum(not each.held for each in found)} of {counted(len(found), 'packet')} would go. Nothing was changed.")
    raise typer.Exit(ExitCode.DONE)
