"""`translate extract`, `update`, `new`, `export` and `import`: what they write, what they say, and their exit codes."""

from __future__ import annotations

import shutil

import pytest
from openpyxl import load_workbook

from handouts.content.po import read_po


@pytest.fixture
def clinic(tmp_path, examples):
    """The demo clinic, whose own catalogs stand over those of the program."""
    return shutil.copytree(examples / "clinic", tmp_path / "clinic", ignore=shutil.ignore_patterns("locales"))


def po(clinic, tag, domain="ketamine-infusion"):
    return clinic / "locales" / tag / "LC_MESSAGES" / f"{domain}.po"


def test_templates_are_written_once_and_then_let_be(handouts, clinic):
    first, second = (handouts("translate", "extract", "--clinic", clinic) for _ in range(2))
    assert (first.returncode, second.returncode) == (0, 0)
    assert f"{clinic}/locales/ketamine-infusion.pot: written\n" in first.stdout
    assert second.stdout == f"{len(first.stdout.splitlines())} files with nothing new\n"
    assert ": written" not in second.stdout


def test_a_language_is_begun_translated_in_a_workbook_and_taken_back(handouts, clinic, tmp_path):
    begun = handouts("translate", "new", "eo", "--clinic", clinic, "--now", "2026-03-04T08:00-05:00")
    assert begun.returncode == 0
    assert "handouts translate check eo says what is wrong" in begun.stderr
    head = read_po(po(clinic, "eo").read_bytes(), "eo.po").headers
    assert (head["Language"], head["PO-Revision-Date"]) == ("eo", "2026-03-04 00:00+0000")
    assert handouts("translate", "new", "eo", "--clinic", clinic).returncode == 2

    exported = handouts("translate", "export", "eo", "--clinic", clinic)
    assert exported.returncode == 0
    assert exported.stdout.startswith("eo.xlsx: ")
    book = load_workbook(tmp_path / "eo.xlsx")
    sheet = book["ketamine-infusion"]
    rows = {row[1].value: row[2] for row in sheet.iter_rows(min_row=2)}
    rows["Get ready for your ketamine infusion"].value = "Pretigu vin por via infuzo"
    rows["Your medicines"].value = "Viaj medikamentoj"
    book.save(tmp_path / "back.xlsx")
    taken = handouts("translate", "import", "eo", "back.xlsx", "--clinic", clinic)
    assert (taken.returncode, taken.stderr) == (0, "")
    assert taken.stdout.startswith("2 translations changed, ")

    rows["Your medicines"].value = "Viaj 3  medikamentoj"
    rows["Your ride home"].value = "Via veturo hejmen"
    book.save(tmp_path / "back.xlsx")
    taken = handouts("translate", "import", "eo", "back.xlsx", "--clinic", clinic)
    assert taken.returncode == 1
    assert "back.xlsx, ketamine-infusion, row " in taken.stderr
    assert 'holds the digit "3". A number is a blank.' in taken.stderr
    assert taken.stdout.startswith("1 translation changed, ")
    assert taken.stdout.endswith(", 1 refused\n"), "a row with two faults is one row"
    said = {entry.source: entry.translation for entry in read_po(po(clinic, "eo").read_bytes(), "eo.po").entries}
    assert said["Your medicines"] == "Viaj medikamentoj"
    assert said["Your ride home"] == "Via veturo hejmen"


def test_a_clinic_takes_from_a_workbook_only_what_it_says_in_its_own_way(handouts, clinic, tmp_path):
    assert handouts("translate", "export", "vi", "--clinic", clinic, "--format", "xliff").returncode == 0
    text = (tmp_path / "vi.xliff").read_text("utf-8")
    (tmp_path / "back.xlf").write_text(text.replace(">Thuốc của quý vị<", ">Các thuốc của quý vị<"), "utf-8")
    taken = handouts("translate", "import", "vi", "back.xlf", "--clinic", clinic)
    assert (taken.returncode, taken.stderr) == (0, "")
    found = read_po(po(clinic, "vi").read_bytes(), "vi.po")
    assert [(entry.source, entry.translation) for entry in found.entries] == [
        ("Your medicines", "Các thuốc của quý vị")
    ]
    assert found.headers["Language"] == "vi"


def test_a_translation_memory_is_written_and_fills_what_is_not_translated(handouts, clinic, tmp_path):
    write = handouts("translate", "export", "vi", "--format", "tmx", "--clinic", clinic, "-o", "out/vi.tmx")
    assert write.returncode == 0
    said = (tmp_path / "out" / "vi.tmx").read_text("utf-8")
    assert "Chuẩn bị cho buổi truyền ketamine của quý vị" in said
    assert handouts("translate", "new", "eo", "--clinic", clinic).returncode == 0
    (tmp_path / "eo.tmx").write_text(said.replace('xml:lang="vi"', 'xml:lang="eo"'), "utf-8")
    taken = handouts("translate", "import", "eo", "eo.tmx", "--machine", "a memory", "--clinic", clinic)
    assert taken.returncode == 0
    assert " are of messages that are not translated yet." in taken.stderr
    assert not taken.stdout.startswith("0 ")
    again = handouts("translate", "import", "eo", "eo.tmx", "--clinic", clinic)
    assert again.stdout == "0 translations changed, 0 as before, 0 refused\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("export", "tlh"), 2, "has no catalog"),
        (("export", "vi", "-o", "."), 1, "it cannot be written"),
        (("import", "vi", "vi.docx"), 2, "is neither .xlsx nor .xliff"),
        (("import", "vi", "none.xlsx"), 3, "none.xlsx: the file cannot be read: no such file. Check the path."),
        (("import", "vi", "none.xliff"), 3, "none.xliff: the file cannot be read: no such file. Check the path."),
        (("new", "xx"), 2, "is no language tag that is known"),
        (("new", "en-GB"), 2, "English is the language of the sources"),
        (("update", "tlh"), 2, "has no catalog"),
    ],
)
def test_what_cannot_be_done_is_told_with_its_exit_code(handouts, clinic, arguments, code, said):
    done = handouts("translate", *arguments, "--clinic", clinic)
    assert done.returncode == code
    assert said in done.stderr
    assert "The program failed" not in done.stderr


def test_a_catalog_that_cannot_be_read_is_told_and_left(handouts, clinic):
    path = po(clinic, "vi")
    path.parent.mkdir(parents=True)
    path.write_text('msgid "One."\nmsgstr "Một.\n', "utf-8")
    for command in ("update", "export"):
        done = handouts("translate", command, "vi", "--clinic", clinic)
        assert done.returncode == 4
        assert (
            "locales/vi/LC_MESSAGES/ketamine-infusion.po, line 2: this is no keyword with a text in quotes."
            in done.stderr
        )
    assert path.read_text("utf-8") == 'msgid "One."\nmsgstr "Một.\n'
