"""Workbooks: only translations can be edited, and whatever else was done to one is told with its row."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from copy import copy
from datetime import date
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.formula import ArrayFormula
from small_catalog import MESSAGES, SHOWN, VI, VIETNAMESE, catalog, on_disk, told

from handouts.errors import HandoutsError, UnreadableInput, WrongUsage
from handouts.translate.exchange import take
from handouts.translate.sheet import HEADS, read_sheet, write_sheet
from handouts.translate.xliff import read_xliff

SAME = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


@pytest.fixture
def small(tmp_path):
    return catalog(tmp_path)


@pytest.fixture
def book(small, tmp_path):
    """The exported workbook, as an editor that is not ours has it open."""
    write_sheet([small], tmp_path / "vi.xlsx")
    return load_workbook(tmp_path / "vi.xlsx")


def imported(small, book, path):
    book.save(path)
    return take([small], VI, read_sheet(path, "vi"))


def test_a_workbook_that_nobody_touched_changes_nothing(small, tmp_path):
    write_sheet([small], tmp_path / "vi.xlsx")
    rows = list(read_sheet(tmp_path / "vi.xlsx", "vi"))
    assert [row.translation for row in rows] == SHOWN
    assert take([small], VI, rows).changed == 0


def test_another_program_may_write_the_workbook_again(small, book, tmp_path):
    assert imported(small, book, tmp_path / "again.xlsx").refused == ()
    assert [row.translation for row in read_sheet(tmp_path / "again.xlsx", "vi")] == SHOWN


def test_only_the_translations_can_be_edited(book):
    sheet = book["small"]
    assert sheet.protection.sheet
    for row in sheet.iter_rows(min_row=2):
        assert [cell.protection.locked for cell in row] == [True, True, False, True, True, True, True]
    assert all(cell.protection.locked for cell in sheet[1])
    assert [cell.value for cell in sheet[1]] == list(HEADS)
    assert sheet.freeze_panes == "B2"


def test_what_looks_like_a_formula_stays_a_text(book, tmp_path):
    book.save(tmp_path / "again.xlsx")
    for sheet in (book["small"], load_workbook(tmp_path / "again.xlsx")["small"]):
        texts = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.column != 4 and cell.value]
        assert {cell.data_type for cell in texts} == {"s"}
        assert (sheet["B9"].value, sheet["C9"].value) == (MESSAGES[7].source, VIETNAMESE[7])


def test_a_row_says_where_it_stands_what_its_places_are_and_what_is_doubtful(book):
    sheet = book["small"]
    assert sheet["G2"].value.split("\n") == [
        "Said early.",
        "%(until)s is a date, such as “March 3”.",
        "%(name)s is a name, such as “Ana”.",
        "Critical: two people review it.",
    ]
    assert [sheet[f"F{row}"].value for row in (5, 6)] == ["answer", None]
    assert sheet["G7"].value == "Another sentence, “Was said before.”, was translated as “Đã nói khác.”."


def test_the_formula_beside_a_translation_tells_of_lost_places_and_tags(book):
    formulas = [book["small"][f"D{row}"].value for row in range(2, 10)]
    assert '"%(until)s: 1 needed"' in formulas[0]
    assert '"<strong>: 2 needed"' in formulas[1]
    assert '"<a href=""https://example.org/a?b=c&d=e"">: 1 needed"' in formulas[2]
    assert all(formula.count("(") == formula.count(")") for formula in formulas[3:])
    assert all(len(formula) < 8192 for formula in formulas)


def test_rows_may_be_sorted_and_left_out(small, book, tmp_path):
    sheet = book["small"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    sheet.delete_rows(2, 20)
    for row in sorted(rows, key=lambda row: row[1])[:4]:
        sheet.append([*row[:2], f"{row[2] or ''}" or "Chưa đến lúc.", *row[3:]])
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.data_type = "s"
    taken = imported(small, book, tmp_path / "again.xlsx")
    assert (taken.changed, taken.same, taken.refused) == (1, 3, ())


def test_columns_may_be_moved_and_added(small, book, tmp_path):
    sheet = book["small"]
    sheet["C8"] = "Chưa đến lúc."
    for row in sheet.iter_rows():
        values = [cell.value for cell in row]
        for cell, value in zip(row, [values[6], values[2], "mine", values[1], values[0]], strict=False):
            cell.value = value
            cell.data_type = "s"
    taken = imported(small, book, tmp_path / "again.xlsx")
    assert (taken.changed, taken.refused) == (1, ())
    assert on_disk(small)[6] == "Chưa đến lúc."


def test_a_place_that_was_lost_and_english_that_was_changed_are_told_with_their_rows(small, book, tmp_path):
    sheet = book["small"]
    sheet["C2"], sheet["B3"], sheet["C3"], sheet["C8"] = "Hãy đến.", "Stop and call.", "Dừng và gọi.", "Chưa đến lúc."
    taken = imported(small, book, tmp_path / "again.xlsx")
    assert taken.changed == 1
    assert [fault.where for fault in taken.refused] == ["again.xlsx, small, row 2", "again.xlsx, small, row 3"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("=1+1", "a formula stands in place of a text."),
        (ArrayFormula("C8", "=SUM(A1:A2)"), "a formula stands in place of a text."),
        (date(2026, 3, 4), "a cell holds no text."),
        (True, "a cell holds no text."),
        (7, 'holds the digit "7".'),
    ],
)
def test_what_is_no_text_is_refused_with_its_row(small, book, tmp_path, value, said):
    book["small"]["C8"] = value
    book["small"]["C6"] = "Vâng"
    taken = imported(small, book, tmp_path / "again.xlsx")
    assert taken.changed == 1
    assert said in told(taken)[0]
    assert taken.refused[0].where == "again.xlsx, small, row 8"


def test_a_sheet_of_the_translators_own_is_told_and_the_others_are_taken(small, book, tmp_path):
    book.create_sheet("Notes").append(["Ask about row 8"])
    book["small"]["C8"] = "Chưa đến lúc."
    taken = imported(small, book, tmp_path / "again.xlsx")
    assert taken.changed == 1
    (said,) = told(taken)
    assert said == (
        "again.xlsx, Notes, row 1: there is no column message or English or translation; no row of the sheet is taken."
        f" Leave the first row as exported: {', '.join(HEADS)}."
    )


def test_a_workbook_without_our_columns_is_refused(small, book, tmp_path):
    book["small"]["C1"] = "traducción"
    with pytest.raises(UnreadableInput, match="there is no column translation"):
        imported(small, book, tmp_path / "again.xlsx")


def test_rich_text_and_rows_far_below_are_read(small, book, tmp_path):
    sheet = book["small"]
    sheet["C8"] = "Chưa đến lúc."
    sheet["A1048576"].fill = copy(sheet["C2"].fill)
    assert imported(small, book, tmp_path / "again.xlsx").changed == 1


def test_a_workbook_of_another_language_is_refused(small, tmp_path):
    write_sheet([small], tmp_path / "vi.xlsx")
    with pytest.raises(
        WrongUsage, match=r"vi\.xlsx: it was exported for vi\. Import the file that was exported for ko\."
    ):
        list(read_sheet(tmp_path / "vi.xlsx", "ko"))


def test_a_workbook_that_was_not_exported_is_refused(tmp_path):
    Workbook().save(tmp_path / "own.xlsx")
    with pytest.raises(WrongUsage, match="no language that is known"):
        list(read_sheet(tmp_path / "own.xlsx", "vi"))


@pytest.mark.parametrize(
    "content", [b"", b"message\tEnglish\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 99]
)
def test_what_is_no_workbook_is_refused(tmp_path, content):
    (tmp_path / "vi.xlsx").write_bytes(content)
    with pytest.raises(UnreadableInput, match=r"it is no workbook \(XLSX\)"):
        list(read_sheet(tmp_path / "vi.xlsx", "vi"))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UnreadableInput, match=r"none\.xlsx: it is no workbook"):
        list(read_sheet(tmp_path / "none.xlsx", "vi"))
    with pytest.raises(UnreadableInput, match=r"none\.xliff: it is no XLIFF"):
        list(read_xliff(tmp_path / "none.xliff", "vi"))


@pytest.fixture
def exported(small, tmp_path):
    """The bytes of the exported workbook, the same for all examples: it says when it was written."""
    write_sheet([small], tmp_path / "vi.xlsx")
    return (tmp_path / "vi.xlsx").read_bytes()


@given(data=st.data())
@SAME
def test_a_damaged_workbook_is_read_or_refused(small, exported, data):
    whole = small.path.with_name("vi.xlsx")
    content = bytearray(exported)
    if data.draw(st.booleans()):
        parts = _parts(content)
        name = data.draw(st.sampled_from(sorted(parts)))
        text = bytearray(parts[name])
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
        content = _zipped(parts | {name: bytes(text)})
    else:
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    whole.write_bytes(content)
    with suppress(HandoutsError):
        take([small], VI, read_sheet(whole, "vi"))


def _parts(content):
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(parts):
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(("tag", "order"), [("vi", 1), ("ar", 2)])
def test_translations_are_written_in_the_direction_of_their_language_and_rows_can_be_filtered(tmp_path, tag, order):
    write_sheet([catalog(tmp_path, language=tag)], tmp_path / "out.xlsx")
    sheet = load_workbook(tmp_path / "out.xlsx")["small"]
    assert {sheet[f"C{row}"].alignment.readingOrder for row in range(2, 10)} == {order}
    assert sheet.auto_filter.ref == "A1:G9"
    assert not sheet.protection.autoFilter
