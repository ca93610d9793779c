"""The bytes of a CSV table → its rows as mappings shaped as JSON is: dotted columns nested, numbers as numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from handouts.errors import Fault, UnreadableInput
from handouts.intake.columns import ColumnKind, kind_of, nearest, number_of
from handouts.intake.raw import RawAppointment, printable, text_of

_SAVE_AS = '"CSV UTF-8"'


def read_csv(found: bytes, name: str) -> list[RawAppointment]:
    """The rows of the table, numbered as a spreadsheet shows them (the header is row 1); rows without a cell are none.

    RFC 4180, with ",", ";" or a tab between cells. Raises UnreadableInput for what is wrong with the whole table.
    """
    text = text_of(found, name, _SAVE_AS)
    records = _records(text, name, _delimiter(text))
    header = [cell.strip() for cell in next(records, list[str]())]
    UnreadableInput.gathered(_header_faults(header, name))
    rows = [
        _row(f"{name}, row {number}", header, record)
        for number, record in enumerate(records, 2)
        if any(cell.strip() for cell in record)
    ]
    if not rows:
        raise UnreadableInput(Fault(name, "the table has a header and no rows.", "Export the schedule again."))
    return rows


def _records(text: str, name: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as trouble:
        remedy = "Every cell that holds a quotation mark, a line break or a delimiter stands in quotation marks."
        raise UnreadableInput(Fault(f"{name}, line {reader.line_num}", f"is not CSV: {trouble}.", remedy)) from None


def _delimiter(text: str) -> str:
    """The delimiter with which the first line names the most columns."""

    def known(delimiter: str) -> tuple[int, int]:
        header: list[str] = []
        with suppress(csv.Error):
            header = next(csv.reader(io.StringIO(text[:65536], newline=""), delimiter=delimiter), header)
        return sum(kind_of(cell.strip()) is not None for cell in header), len(header)

    return max((",", ";", "\t"), key=known)


def _header_faults(header: list[str], name: str) -> Iterator[Fault]:
    where = f"{name}, row 1"
    if not any(header):
        yield Fault(where, "names no columns.", "The first row holds the names of the columns.")
    for place, column in enumerate(header):
        if column and kind_of(column) is None:
            yield Fault(
                where, "there is no such column.", nearest(column), value=printable(column)
            )  # it may be a patient's
        elif column and column in header[:place]:
            yield Fault(where, "the column is there twice.", "Remove one of the two.", field=column)


def _row(where: str, header: list[str], record: list[str]) -> RawAppointment:
    faults: list[Fault] = []
    extra = [cell for place, cell in enumerate(record) if cell.strip() and not (header[place:] and header[place])]
    if extra:
        problem = "stands in a cell for which the header names no column."
        faults.append(
            Fault(where, problem, "Put quotation marks around a cell that holds a delimiter.", value=extra[0])
        )
    cells = {column: cell.strip() for column, cell in zip(header, record, strict=False) if column and cell.strip()}
    numbers = tuple(sorted({number for column in cells if (number := number_of(column)) is not None}))
    said = cells.pop("medicines", "")
    if said and (numbers or said.lower() != "none"):
        problem = 'the only word here is "none", in a row that lists no medicine.'
        remedy = "Write none, or leave the cell empty and list them in medicines.1.name and so on."
        faults.append(Fault(where, problem, remedy, field="medicines", value=said))
    value = _nested(cells.items(), numbers)
    if said:
        value.setdefault("medicines", [])
    return RawAppointment(where, value, tuple(faults), numbers)


def _nested(cells: Iterable[tuple[str, str]], numbers: tuple[int, ...]) -> dict[str, object]:
    value: dict[str, object] = {}
    medicines: dict[int, dict[str, object]] = {number: {} for number in numbers}
    for column, cell in cells:
        read = _read(cell, kind_of(column))
        number = number_of(column)
        group, _, last = column.rpartition(".")
        if number is not None:
            medicines[number][last] = read
        elif group:
            part = value.setdefault(group, {})
            if isinstance(part, dict):
                part[last] = read
        else:
            value[column] = read
    if numbers:
        value["medicines"] = list(medicines.values())
    return value


def _read(cell: str, kind: ColumnKind | None) -> str | int | float:
    """A cell as its column's kind; what cannot be read so stays text, and is refused as such where it is checked."""
    if kind == "word":
        return cell.lower()
    if kind == "whole" and re.fullmatch(r"[0-9]{1,9}", cell):
        return int(cell)
    if kind == "hours" and re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", cell):
        return float(cell)
    return cell
