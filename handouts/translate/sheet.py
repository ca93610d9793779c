"""Catalogs ↔ a workbook (XLSX) for translators who avoid PO: one row a message, and only the translation can be edited.

Beside each sentence stand where it is, what its places are, how far it is, and a formula that tells at once when a place is
missing or the sentence has become long. What comes back is checked again by `exchange.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast
from zipfile import BadZipFile

from handouts.content.po import Entry
from handouts.errors import Fault, UnreadableInput, WrongUsage
from handouts.translate.catalogs import OpenCatalog
from handouts.translate.checks import LONGEST
from handouts.translate.exchange import Row
from handouts.translate.extract import told
from handouts.translate.review import name_of

HEADS = ("message", "English", "translation", "look at", "state", "context", "for the translator")
WIDTHS = (11, 55, 55, 24, 22, 14, 60)
"""Of the columns, in characters."""
_NAME, _SOURCE, _TRANSLATION = 1, 2, 3
_TITLE = "Handouts"
_GUARDED = re.compile(r"%\(\w+\)s|</?strong>")


def write_sheet(catalogs: Sequence[OpenCatalog], path: Path) -> None:
    """Write the messages of `catalogs`, which are of one language, into a workbook, a sheet a catalog."""
    from openpyxl import Workbook  # noqa: PLC0415 - loads much, for this alone
    from openpyxl.styles import Alignment, Font, PatternFill, Protection  # noqa: PLC0415

    book = cast("Any", Workbook())
    book.remove(book.active)
    book.properties.title = _TITLE
    book.properties.subject = catalogs[0].language
    for catalog in catalogs:
        sheet = book.create_sheet(catalog.domain.name[:31])
        sheet.append(HEADS)
        for entry in catalog.entries():
            _append(sheet, catalog, entry)
        wrapped, bold = Alignment(wrap_text=True, vertical="top"), Font(bold=True)
        for row in sheet.iter_rows():
            for cell in row:
                cell.alignment = wrapped
                if cell.row == 1:
                    cell.font = bold
                elif cell.column == _TRANSLATION:
                    cell.protection = Protection(locked=False)
                    cell.fill = PatternFill("solid", fgColor="FFF8E1")
        for letter, width in zip("ABCDEFG", WIDTHS, strict=True):
            sheet.column_dimensions[letter].width = width
        sheet.freeze_panes = "B2"
        sheet.protection.sheet = True
        sheet.protection.formatColumns = sheet.protection.formatRows = sheet.protection.autoFilter = False
    try:
        book.save(path)
    except OSError as trouble:
        raise WrongUsage(Fault(str(path), f"it cannot be written: {trouble.strerror}.", "Name another file.")) from None


def _append(sheet: Any, catalog: OpenCatalog, entry: Entry) -> None:
    message = catalog.domain.by_key[entry.key]
    number = sheet.max_row + 1
    texts = (
        name_of(entry),
        entry.source,
        entry.translation,
        _watch(entry.source, number),
        str(catalog.state(entry)),
        entry.context or "",
        "\n".join(told(message)),
    )
    for column, text in enumerate(texts, 1):
        cell = sheet.cell(number, column, text)
        if column != 4:
            cell.data_type = "s"  # a text that begins with = stays a text


def _watch(source: str, number: int) -> str:
    """A formula that tells of a missing place, and of a translation that is long."""
    cell = f"C{number}"
    tests = [(f'{cell}=""', "not translated")]
    for guarded in dict.fromkeys(_GUARDED.findall(source)):
        count = len(_GUARDED.findall(source)) and source.count(guarded)
        quoted = guarded.replace('"', '""')
        found = f'(LEN({cell})-LEN(SUBSTITUTE({cell},"{quoted}","")))/{len(guarded)}'
        tests.append((f"{found}<>{count}", f"{guarded}: {count} needed"))
    tests.append((f"LEN({cell})>{round(LONGEST * max(len(source), 10))}", "long"))
    formula = '""'
    for test, says in reversed(tests):
        formula = f'IF({test},"{says}",{formula})'
    return f"={formula}"


def read_sheet(path: Path, language: str) -> Iterator[Row]:
    """The rows of a workbook that was written for `language`.

    Raises UnreadableInput for a file that is no workbook, or one whose columns are not ours, and WrongUsage for one of another
    language.
    """
    from openpyxl import load_workbook  # noqa: PLC0415 - as above
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        book = cast("Any", load_workbook(path, read_only=False, data_only=False))
    except (OSError, BadZipFile, InvalidFileException, KeyError, ValueError, TypeError) as trouble:
        raise UnreadableInput(Fault(str(path), f"it is no workbook (XLSX): {trouble}.", "Save it as .xlsx.")) from None
    if book.properties.title != _TITLE or book.properties.subject != language:
        said = book.properties.subject or "no language that is known"
        raise WrongUsage(
            Fault(str(path), f"it was exported for {said}.", f"Import the file that was exported for {language}.")
        )
    for sheet in book.worksheets:
        heads = tuple(str(cell.value or "") for cell in sheet[1])[: len(HEADS)]
        if heads != HEADS:
            problem = f'the columns of sheet "{sheet.title}" are {", ".join(filter(None, heads))}.'
            raise UnreadableInput(Fault(str(path), problem, f"Leave them as exported: {', '.join(HEADS)}."))
        for cells in sheet.iter_rows(min_row=2):
            texts = [str(cells[column - 1].value or "") for column in (_NAME, _SOURCE, _TRANSLATION)]
            if any(texts):
                yield Row(f"{path.name}, {sheet.title}, row {cells[0].row}", *texts)
