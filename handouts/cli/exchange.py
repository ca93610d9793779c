"""`translate export` and `translate import`: files for translators who do not work with PO files, and what comes back of them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from handouts.cli.locales import Clinic, LanguageTag, day_of, locales_of
from handouts.cli.options import Now
from handouts.cli.say import counted, say_faults
from handouts.content.reviews import MACHINE, Decision, Review
from handouts.errors import ExitCode, Fault, UnreadableInput, WrongUsage
from handouts.translate import catalogs
from handouts.translate.exchange import take
from handouts.translate.language import read_language


class Format(StrEnum):
    """The files that are exchanged with translators."""

    XLSX = "xlsx"
    XLIFF = "xliff"
    TMX = "tmx"


def export(
    language: LanguageTag,
    style: Annotated[
        Format, typer.Option("--format", help="A workbook, XLIFF 2.1, or a translation memory.")
    ] = Format.XLSX,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="The file to write; else LANG.FORMAT here.")] = None,
    clinic: Clinic = None,
) -> None:
    """Write the messages of a language into a file for a translator who does not work with PO files."""
    locales = locales_of(clinic)
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


def import_(
    language: LanguageTag,
    file: Annotated[Path, typer.Argument(help="A workbook (.xlsx) or XLIFF 2 that was exported here.")],
    machine: Annotated[str, typer.Option("--machine", help="The machine that made the translations, if one did.")] = "",
    clinic: Clinic = None,
    now: Now = None,
) -> None:
    """Take over the translations of a file that was exported; each that was damaged is refused, and the others are taken."""
    locales = locales_of(clinic)
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
    if not file.is_file():
        raise UnreadableInput(Fault(str(file), "the file cannot be read: no such file.", "Check the path."))
    made_by = Review("", Decision.DRAFT, machine.strip(), "", "", day_of(now), MACHINE) if machine.strip() else None
    done = take(opened, read_language(locales.folder, tag), list(read(file, tag)), made_by)
    say_faults(done.refused)
    rows = len({fault.where for fault in done.refused})
    typer.echo(f"{counted(done.changed, 'translation')} changed, {done.same} as before, {rows} refused")
    raise typer.Exit(ExitCode.SOME_ROWS_FAILED if done.refused else ExitCode.DONE)
