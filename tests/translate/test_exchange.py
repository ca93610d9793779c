"""Translations that come back: what is new is taken, what was damaged is refused row by row, and all else is left as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_catalog import MESSAGES, SHOWN, VI, catalog, entries, on_disk, told

from handouts import builtin
from handouts.content.po import Entry, PoFile, read_po
from handouts.content.reviews import MACHINE, Decision, Review, message_hash, name_of, read_reviews, record_beside
from handouts.errors import CatalogError, Fault, MissingProgram, NotWritten, WrongUsage
from handouts.translate import toolkit
from handouts.translate.catalogs import as_one, exportable, opened
from handouts.translate.domains import built_in
from handouts.translate.exchange import Row, exported_as, take
from handouts.translate.sheet import read_sheet, write_sheet
from handouts.translate.toolkit import write_tmx
from handouts.translate.xliff import read_xliff, xliff

SAME = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


@pytest.fixture
def small(tmp_path):
    return catalog(tmp_path)


def test_rows_that_were_not_touched_change_nothing(small):
    before = small.path.read_bytes()
    taken = take(
        [small], VI, [Row("", name_of(e.key), e.source, text) for e, text in zip(entries(), SHOWN, strict=True)]
    )
    assert (taken.changed, taken.same, taken.refused) == (0, len(MESSAGES), ())
    assert small.path.read_bytes() == before


def test_a_new_translation_is_taken_and_is_doubtful_no_longer(small):
    entry = entries()[5]
    assert take([small], VI, [Row("", name_of(entry.key), entry.source, " Nói cách khác.\r\n")]).changed == 1
    found = read_po(small.path.read_bytes(), "small.po").entries[5]
    assert (found.translation, found.fuzzy, found.previous) == ("Nói cách khác.", False, ())


def test_what_a_translator_left_as_it_was_does_not_undo_what_a_colleague_has_corrected(small):
    entry = entries()[3]
    exported = Row("", exported_as(entry), entry.source, entry.translation)
    take([small], VI, [Row("", name_of(entry.key), entry.source, "Dạ")])
    taken = take([catalog_again(small)], VI, [exported])
    assert (taken.changed, taken.same) == (0, 1)
    assert on_disk(small)[3] == "Dạ"


def test_what_a_machine_translated_is_recorded_as_its_draft(small):
    entry = entries()[3]
    made = Review("", Decision.DRAFT, "a machine", "", "", date(2026, 3, 4), MACHINE)
    take([small], VI, [Row("", name_of(entry.key), entry.source, "Dạ")], made)
    lines = read_reviews(record_beside(small.path), "record").lines
    assert replace(made, sha256=message_hash(*entry.key, "Dạ")) in lines


def catalog_again(small):
    """The catalog as it is on the disk now."""
    return replace(small, po=read_po(small.path.read_bytes(), "small.po"))


def test_letters_and_their_marks_are_joined(small):
    entry = entries()[6]
    take([small], VI, [Row("", name_of(entry.key), entry.source, "Chưa đến lu\u0301c.")])
    assert on_disk(small)[6] == "Chưa đến lúc."


def test_a_translation_that_was_taken_out_is_refused_and_one_that_never_was_there_is_as_before(small):
    entry = entries()[3]
    empty = entry.translated("")
    assert told(take([small], VI, [Row("row 2", exported_as(entry), entry.source, " ")])) == [
        (
            f'row 2: "{entry.source}": its translation was taken out.'
            " Write it again, or return the message with a reason (handouts translate review)."
        )
    ]
    assert take([small], VI, [Row("row 2", exported_as(empty), entry.source, "")]).same == 1
    assert on_disk(small)[3] == entry.translation


def test_a_source_that_was_changed_is_told_even_where_the_translation_is_as_before(small):
    entry = entries()[3]
    (said,) = told(take([small], VI, [Row("row 2", exported_as(entry), f"{entry.source} now", entry.translation)]))
    assert "its English is not that of the message." in said


def test_an_empty_translation_takes_nothing_away(small):
    taken = take([small], VI, [Row("", name_of(entry.key), entry.source, "  ") for entry in entries()])
    assert (taken.changed, taken.refused) == (0, ())


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (Row("row 2", "12345678", "Yes", "Vâng"), 'row 2: "Yes": "12345678" is no message of these catalogs.'),
        (Row("row 2", "", "Yes", "Vâng"), 'row 2: "Yes": "" is no message of these catalogs.'),
        (Row("row 2", name_of(entries()[4].key), "Yes!", "Vâng"), 'row 2: "Yes!": its English is not that of the message.'),
        (Row("row 2", name_of(entries()[0].key), entries()[0].source, "%(name)s, hãy đến."), "does not have the same blanks."),
        (Row("row 2", name_of(entries()[0].key), entries()[0].source, "%(name)s đến %( until )s."), "does not have the same blanks."),
        (Row("row 2", name_of(entries()[1].key), entries()[1].source, "<b>Dừng</b> và gọi."), "does not have the same markup."),
        (Row("row 2", name_of(entries()[4].key), "Yes", "Vâng 1"), 'holds the digit "1".'),
        (Fault("row 2", "it is damaged."), "row 2: it is damaged."),
    ],
)  # fmt: skip
def test_a_damaged_row_is_refused_with_its_reason_and_the_others_are_taken(small, row, said):
    good = Row("row 3", name_of(entries()[6].key), entries()[6].source, "Chưa đến lúc.")
    for rows in ([row, good], [good, row]):
        taken = take([catalog(small.path.parent)], VI, rows)
        assert (taken.changed, len(taken.refused)) == (1, 1)
        assert said in told(taken)[0]
        assert on_disk(small) == [*SHOWN[:6], "Chưa đến lúc.", *SHOWN[7:]]


def test_a_row_that_stands_twice_is_refused_the_second_time(small):
    row = Row("row 2", name_of(entries()[6].key), entries()[6].source, "Chưa đến lúc.")
    assert told(take([small], VI, [row, row])) == [
        'row 2: "Not yet.": it stands twice. Export again, and copy the translation.'
    ]


def test_what_a_catalog_keeps_beside_translations_is_left_as_it_is(small):
    po = PoFile(
        small.po.head,
        (
            *(Entry(e.source, e.translations, e.context, comments=(" Mine.",), flags=("max-length:20",)) for e in entries()),
            Entry("Gone.", ("Mất.",), obsolete=True),
        ),
    )  # fmt: skip
    some = catalog(small.path.parent, po=po)
    take([some], VI, [Row("", name_of(entries()[6].key), entries()[6].source, "Chưa đến lúc.")])
    found = read_po(some.path.read_bytes(), "small.po")
    assert found.head == po.head
    assert [(e.comments, e.flags, e.obsolete) for e in found.entries] == [
        (e.comments, e.flags, e.obsolete) for e in po.entries
    ]


def read(content, path, language="vi"):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_xliff(path, language))


WORDS = st.sampled_from(
    ["Đi", " ", "%(until)s", "%(name)s", "<strong>", "</strong>", "&", "<", "]]>", "\n", "\u202f", "𝄞"]
)


@given(st.lists(WORDS, min_size=1, max_size=12).map("".join).filter(str.strip))
@SAME
def test_any_text_comes_back_from_both_files_as_it_went(tmp_path, text):
    some = catalog(tmp_path, po=PoFile(None, (Entry(MESSAGES[0].source, (text,)),)))
    write_sheet([some], tmp_path / "vi.xlsx")
    assert next(read_sheet(tmp_path / "vi.xlsx", "vi")).translation == text.strip()
    found = read(xliff([some]), tmp_path / "vi.xliff")[0].translation
    assert found == text or sorted(found) == sorted(_closed(text))  # tags that are not closed are closed at the end


def _closed(text):
    return text + "</strong>" * max(0, text.count("<strong>") - text.count("</strong>"))


def test_a_translation_memory_has_what_is_translated_and_not_doubtful(small, tmp_path):
    write_tmx(as_one([small]), "vi", tmp_path / "vi.tmx")
    root = ET.parse(tmp_path / "vi.tmx").getroot()
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    pairs = [{tuv.get(lang): "".join(tuv.itertext()) for tuv in unit} for unit in root.iter("tu")]
    assert root.find("header").get("srclang") == "en"
    assert [(pair["en"].strip(), pair["vi"].strip()) for pair in pairs] == [
        (message.source, text) for message, text in zip(MESSAGES, SHOWN, strict=True) if text
    ]


def test_without_the_toolkit_it_is_told_how_to_install_it(small, tmp_path, monkeypatch):
    monkeypatch.setattr(toolkit, "_program", lambda _: None)
    with pytest.raises(
        MissingProgram, match=r'po2tmx: it is not installed\. Install it: pip install "translate-toolkit'
    ):
        write_tmx(as_one([small]), "vi", tmp_path / "vi.tmx")
    assert not (tmp_path / "vi.tmx").exists()


@pytest.mark.parametrize("tag", ["ar", "es-US", "hi", "ja", "vi", "zh-Hant"])
def test_the_catalogs_of_ours_come_back_as_they_went(tag, tmp_path):
    catalogs = exportable(built_in(), tag)
    meant = {name_of(entry.key): entry.translation for each in catalogs for entry in each.entries()}
    write_sheet(catalogs, tmp_path / f"{tag}.xlsx")
    for rows in (list(read_sheet(tmp_path / f"{tag}.xlsx", tag)), read(xliff(catalogs), tmp_path / "out.xliff", tag)):
        assert {row.name.partition(".")[0]: row.translation for row in rows} == meant


@pytest.fixture
def folder_of(tmp_path, monkeypatch):
    """Makes the folder of a language's catalogs, where the program has no other."""
    monkeypatch.setattr(builtin, "locales", lambda: tmp_path / "locales")

    def made(tag):
        folder = tmp_path / "locales" / tag / "LC_MESSAGES"
        folder.mkdir(parents=True)
        return folder

    return made


def test_hidden_characters_that_no_such_file_can_hold_are_told_with_their_line(folder_of):
    folder = folder_of("vi")
    domain = built_in().domains[-1]
    source = domain.messages[0].source
    (folder / f"{domain.name}.po").write_text(f'msgid "{source}"\nmsgstr "a\\b"\n', "utf-8")
    with pytest.raises(CatalogError, match=r"press\.po, line 1: .*hidden character \(U\+0008\)"):
        exportable(built_in(), "vi")


def test_a_language_without_catalogs_of_our_documents_is_refused(folder_of):
    folder = folder_of("vi")
    (folder / "other.po").write_text("", "utf-8")
    assert opened(built_in(), "vi") == ()
    with pytest.raises(WrongUsage, match='"LANG": "vi": has no catalogs of these documents'):
        exportable(built_in(), "vi")


def test_a_file_that_cannot_be_written_leaves_the_old_one(small, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "in").write_text("old")
    with pytest.raises(NotWritten):
        write_sheet([small], tmp_path / "folder")
    with pytest.raises(NotWritten):
        write_sheet([small], tmp_path / "folder" / "in" / "vi.xlsx")
    assert [path.name for path in tmp_path.iterdir()] in (["small.po", "folder"], ["folder", "small.po"])


def test_a_translation_that_ends_in_a_letter_is_not_told_to_end_in_a_sign(small):
    entry = entries()[7]
    row = Row("row 2", name_of(entry.key), entry.source, "Cộng & thêm")
    assert [fault for fault in told(take([small], VI, [row])) if "ends with" in fault] == []
