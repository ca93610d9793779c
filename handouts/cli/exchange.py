"""`translate export` and `translate import`: files for translators who do not work with PO files, and what comes back of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from handouts.cli.locales import Clinic, LanguageTag, day_of, locales_of
from handouts.cli.options import Now
from handouts.cli.say import counted, say, say_faults
from handouts.content.reviews import MACHINE, Decision, Review
from handouts.errors import ExitCode, Fault, UnreadableInput, WrongUsage
from handouts.translate import catalogs
from handouts.translate.exchange import Row, take
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
    file: Annotated[Path, typer.Argument(help="A workbook (.xlsx) or XLIFF 2 that was exported here, or any TMX.")],
    machine: Annotated[str, typer.Option("--machine", help="The machine that made the translations, if one did.")] = "",
    clinic: Clinic = None,
    now: Now = None,
) -> None:
    """Take over the translations of a file that was exported; each that was damaged is refused, and the others are taken.

    A translation memory gives what it has for messages that are not translated yet.
    """
    locales = locales_of(clinic)
    (tag,) = catalogs.meant(locales, [language])
    opened = catalogs.opened(locales, tag)
    rows = list(_rows(file, tag, opened))
    made_by = Review("", Decision.DRAFT, machine.strip(), "", "", day_of(now), MACHINE) if machine.strip() else None
    done = take(opened, read_language(locales.folder, tag), rows, made_by)
    say_faults(done.refused)
    refused = len({fault.where for fault in done.refused})
    typer.echo(f"{counted(done.changed, 'translation')} changed, {done.same} as before, {refused} refused")
    raise typer.Exit(ExitCode.SOME_ROWS_FAILED if done.refused else ExitCode.DONE)


def _rows(file: Path, tag: str, opened: Sequence[catalogs.OpenCatalog]) -> Iterable[Row | Fault]:
    """What a file says, by its ending. Raises WrongUsage, UnreadableInput."""
    suffix = file.suffix.lower()
    if suffix not in {".xlsx", ".xliff", ".xlf", ".tmx"}:
        problem = "is neither .xlsx nor .xliff nor .tmx."
        raise WrongUsage(Fault("the command", problem, "Export one, and import it.", "FILE", str(file)))
    if not file.is_file():
        raise UnreadableInput(Fault(str(file), "the file cannot be read: no such file.", "Check the path."))
    match suffix:
        case ".xlsx":
            from handouts.translate.sheet import read_sheet  # noqa: PLC0415 - as above

            return read_sheet(file, tag)
        case ".tmx":
            from handouts.translate.tmx import filling, read_tmx  # noqa: PLC0415

            units = read_tmx(file, tag)
            rows = list(filling(units, opened))
            used = len({row.place for row in rows})
            say(f"{used} of {counted(len(units), 'unit')} in {tag} are of messages that are not translated yet.")
            return rows
        case _:
            from handouts.translate.xliff import read_xliff  # noqa: PLC0415

            return read_xliff(file, tag)
