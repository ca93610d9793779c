"""Catalogs ↔ a workbook (XLSX) for translators who avoid PO: one row a message, and only the translation can be edited.

Beside each sentence stand where it is, what its places are, how far it is, and a formula that tells at once when a place is
missing or the sentence has become long. What comes back is checked again by `exchange.py`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from handouts.content.catalog import CODE
from handouts.content.cldr import direction_of
from handouts.content.po import Entry
from handouts.errors import Fault, UnreadableInput, WrongUsage
from handouts.translate.catalogs import OpenCatalog
from handouts.translate.checks import LONGEST
from handouts.translate.exchange import Row, exported_as
from handouts.translate.extract import doubtful, told
from handouts.translate.files import write_whole

HEADS = ("message", "English", "translation", "look at", "state", "context", "for the translator")
WIDTHS = (19, 55, 55, 24, 22, 14, 60)
"""Of the columns, in characters."""
_NEEDED = HEADS[:3]
_TRANSLATION = 3
_TITLE = "Handouts"


def write_sheet(catalogs: Sequence[OpenCatalog], path: Path) -> None:
    """Write the messages of `catalogs`, which are of one language, into a workbook, a sheet a catalog. Raises NotWritten."""
    from openpyxl import Workbook  # noqa: PLC0415 - loads much, for this alone
    from openpyxl.styles import Alignment, Font, PatternFill, Protection  # noqa: PLC0415

    book = cast("Any", Workbook())
    book.remove(book.active)
    book.properties.title = _TITLE
    book.properties.subject = catalogs[0].language
    rtl = direction_of(catalogs[0].language) == "rtl"
    for catalog in catalogs:
        sheet = book.create_sheet(catalog.domain.name[:31])
        sheet.append(HEADS)
        for entry in catalog.entries():
            _append(sheet, catalog, entry)
        wrapped, bold = Alignment(wrap_text=True, vertical="top"), Font(bold=True)
        own = Alignment(wrap_text=True, vertical="top", readingOrder=2 if rtl else 1)
        for row in sheet.iter_rows():
            for cell in row:
                cell.alignment = wrapped
                if cell.row == 1:
                    cell.font = bold
                elif cell.column == _TRANSLATION:
                    cell.alignment = own
                    cell.protection = Protection(locked=False)
                    cell.fill = PatternFill("solid", fgColor="FFF8E1")
        for letter, width in zip("ABCDEFG", WIDTHS, strict=True):
            sheet.column_dimensions[letter].width = width
        sheet.freeze_panes = "B2"
        sheet.auto_filter.ref = sheet.dimensions
        sheet.protection.sheet = True
        sheet.protection.formatColumns = sheet.protection.formatRows = sheet.protection.autoFilter = False
    content = BytesIO()
    book.save(content)
    write_whole(path, content.getvalue())


def _append(sheet: Any, catalog: OpenCatalog, entry: Entry) -> None:
    message = catalog.domain.by_key[entry.key]
    number = sheet.max_row + 1
    texts = (
        exported_as(entry),
        entry.source,
        entry.translation,
        _watch(entry.source, number),
        str(catalog.state(entry)),
        entry.context or "",
        "\n".join((*told(message), *doubtful(entry))),
    )
    for column, text in enumerate(texts, 1):
        cell = sheet.cell(number, column, text)
        if column != 4:
            cell.data_type = "s"  # a text that begins with = stays a text


def _watch(source: str, number: int) -> str:
    """A formula that tells of a missing place, and of a translation that is long."""
    cell = f"C{number}"
    tests = [(f'{cell}=""', "not translated")]
    for guarded in dict.fromkeys(CODE.findall(source)):
        count = source.count(guarded)
        quoted = guarded.replace('"', '""')
        found = f'(LEN({cell})-LEN(SUBSTITUTE({cell},"{quoted}","")))/{len(guarded)}'
        tests.append((f"{found}<>{count}", f"{quoted}: {count} needed"))
    tests.append((f"LEN({cell})>{round(LONGEST * max(len(source), 10))}", "long"))
    formula = '""'
    for test, says in reversed(tests):
        formula = f'IF({test},"{says}",{formula})'
    return f"={formula}"


def read_sheet(path: Path, language: str) -> Iterator[Row | Fault]:
    """The rows of a workbook that was written for `language`, and what is wrong with single cells and sheets.

    Columns are found by their heads, wherever they stand. Raises UnreadableInput for a file that is no workbook, or one without
    our columns, and WrongUsage for one of another language.
    """
    from openpyxl import load_workbook  # noqa: PLC0415 - as above

    try:
        with path.open("rb") as file, warnings.catch_warnings(action="ignore"):  # of what openpyxl does not keep
            book = cast("Any", load_workbook(file, read_only=True))
            found = [each for sheet in book.worksheets for each in _rows(sheet, path.name)]
    except Exception as trouble:  # noqa: BLE001 - openpyxl raises whatever it stumbles over
        said = " ".join(str(trouble).split()) or type(trouble).__name__
        raise UnreadableInput(Fault(str(path), f"it is no workbook (XLSX): {said}.", "Save it as .xlsx.")) from None
    if book.properties.title != _TITLE or book.properties.subject != language:
        said = book.properties.subject or "no language that is known"
        raise WrongUsage(
            Fault(str(path), f"it was exported for {said}.", f"Import the file that was exported for {language}.")
        )
    if not any(isinstance(each, Row) for each in found):
        UnreadableInput.gathered(each for each in found if isinstance(each, Fault))
    yield from found


def _rows(sheet: Any, file: str) -> Iterator[Row | Fault]:
    """The rows of one sheet."""
    sheet.reset_dimensions()  # what other programs say of them is not always so
    columns: list[int] = []
    for number, cells in enumerate(sheet.iter_rows(), 1):
        place = f"{file}, {sheet.title}, row {number}"
        if number == 1:
            heads = [str(cell.value or "").strip() for cell in cells]
            if missing := [head for head in _NEEDED if head not in heads]:
                problem = f"there is no column {' or '.join(missing)}; no row of the sheet is taken."
                yield Fault(place, problem, f"Leave the first row as exported: {', '.join(HEADS)}.")
                return
            columns = [heads.index(head) for head in _NEEDED]
            continue
        meant = [cells[column] for column in columns if column < len(cells)]
        texts = [cell.value.strip() if isinstance(cell.value, str) else cell.value for cell in meant]
        name, source, translation = (*texts, *[None] * (3 - len(texts)))
        if all(text in {None, ""} for text in texts):
            continue
        if any(cell.data_type == "f" for cell in meant):
            yield Fault(place, "a formula stands in place of a text.", "Write the text itself.")
        elif any(isinstance(text, bool) or not isinstance(text, str | int | float | None) for text in texts):
            yield Fault(place, "a cell holds no text.", "Set the cell to text, and write it again.")
        else:
            yield Row(place, *("" if text is None else str(text) for text in (name, source, translation)))
