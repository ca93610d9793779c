"""How far the languages are, and what is wrong with catalogs as a whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import planting
import pytest
from approved import approve

from handouts import builtin
from handouts.content.po import Entry, PoFile, read_po, written
from handouts.content.readability import message_score
from handouts.errors import Fault
from handouts.translate.catalogs import opened
from handouts.translate.domains import BLANK_BACKS, EVERY_PAGE, Locales
from handouts.translate.reading import hard
from handouts.translate.status import Found, checked, stale_templates, standings

HEAD = Entry("", ("Language: de\nContent-Type: text/plain; charset=UTF-8\n",))


def write(locales: Locales, *entries: Entry, head: Entry | None = HEAD, name: str = "ketamine-infusion.po") -> Path:
    path = locales.folder / "de" / "LC_MESSAGES" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(written(PoFile(head, entries)), "utf-8")
    return path


def told(locales: Locales, language: str = "de") -> list[str]:
    return [str(each if isinstance(each, Fault) else each.fault) for each in checked(locales, language)]


def test_every_document_of_a_language_has_its_row_in_packet_order():
    rows = standings(planting.locales(), "de")
    kinds = ["preparation", "side-effects", "consent", EVERY_PAGE, "language-notice", BLANK_BACKS]
    assert [row.document for row in rows] == kinds
    for row in rows:
        assert row.messages == row.translated > 0
        assert row.reviewed == 0
        assert row.blocked == row.messages


def test_a_catalog_that_was_deleted_is_a_fault_and_a_language_of_the_notice_alone_lacks_none(tmp_path, monkeypatch):
    shutil.copytree(builtin.locales() / "de", tmp_path / "de")
    shutil.copytree(builtin.locales() / "so", tmp_path / "so")
    monkeypatch.setattr(builtin, "locales", lambda: tmp_path)
    locales = Locales(tmp_path)
    assert told(locales) == told(locales, "so") == []
    (tmp_path / "de" / "LC_MESSAGES" / "handouts.po").unlink()
    (only,) = told(locales)
    assert only.startswith(
        "locales/de/LC_MESSAGES/handouts.po: there is no such catalog. Run handouts translate update de"
    )


def test_a_language_with_some_catalogs_is_blocked_by_all_it_lacks(clinic):
    folder = clinic.folder / "it" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    shutil.copy(builtin.locales() / "de" / "LC_MESSAGES" / "handouts.po", folder)
    rows = {row.document: row for row in standings(clinic, "it")}
    whole = {row.document: row for row in standings(planting.locales(), "de")}
    assert rows["consent"].translated == 0
    assert rows["consent"].messages == rows["consent"].blocked == whole["consent"].messages
    assert rows["language-notice"].translated == 1


def test_of_a_language_with_the_notice_alone_nothing_more_is_told():
    assert [row.document for row in standings(planting.locales(), "it")] == ["language-notice"]


def test_what_a_clinic_reviewed_blocks_no_more(clinic):
    approve(clinic.clinic, ["de"])
    assert {row.blocked for row in standings(clinic, "de")} == {0}
    assert all(row.reviewed == row.messages for row in standings(clinic, "de"))


def test_a_clinics_own_translation_is_unreviewed_and_all_others_stay(clinic):
    approve(clinic.clinic, ["de"])
    write(clinic, Entry("Your visit", ("Ihr Besuch bei uns",)))
    assert [row.blocked for row in standings(clinic, "de")] == [1, 0, 0, 0, 0, 0]


def test_a_clinic_without_catalogs_of_its_own_has_nothing_wrong_with_them(clinic):
    assert told(clinic) == []


def test_a_partial_catalog_of_a_clinic_is_whole_with_the_programs(clinic):
    write(clinic, Entry("Your visit", ("Ihr Besuch bei uns",)))
    assert told(clinic) == []
    write(clinic, Entry("Your visit", ("Ihr Besuch bei uns.",)))
    (fault,) = told(clinic)
    assert fault == (
        'locales/de/LC_MESSAGES/ketamine-infusion.po, line 6: "Ihr Besuch bei uns.": "Your visit": '
        "it ends with . and the source does not. Take it away."
    )


def test_a_message_that_no_template_has_is_told_with_its_line(clinic):
    write(clinic, Entry("Your visit", ("Ihr Besuch",)), Entry("Your dog", ("Ihr Hund",)))
    place = "locales/de/LC_MESSAGES/ketamine-infusion.po, line 9: "
    assert told(clinic) == [
        f'{place}it has the message "Your dog", which no template has. Run handouts translate update.'
    ]
    write(clinic, Entry("Your dog", ("Ihr Hund",), obsolete=True))
    assert told(clinic) == []


def test_a_catalog_without_a_head_or_with_that_of_another_language_is_told(clinic):
    write(clinic, Entry("Your visit", ("Ihr Besuch",)), head=None)
    assert told(clinic) == [
        'locales/de/LC_MESSAGES/ketamine-infusion.po: it has no head (msgid ""). Run handouts translate update.'
    ]
    head = Entry("", ("Language: fr\nContent-Type: text/plain; charset=UTF-8\n",))
    write(clinic, Entry("Your visit", ("Ihr Besuch",)), head=head)
    assert told(clinic) == [
        "locales/de/LC_MESSAGES/ketamine-infusion.po: its head says Language: fr. Write Language: de."
    ]


def test_a_message_that_a_catalog_lacks_is_told_where_nothing_is_below_it(tmp_path, monkeypatch):
    shutil.copytree(builtin.locales(), tmp_path / "locales")
    monkeypatch.setattr(builtin, "locales", lambda: tmp_path / "locales")
    locales = Locales(tmp_path / "locales")
    path = locales.po("ketamine-infusion", "de")
    po = read_po(path.read_bytes(), "")
    gone = po.entries[5]
    path.write_text(written(PoFile(po.head, (*po.entries[:5], *po.entries[6:]))), "utf-8")
    (fault,) = checked(locales, "de")
    assert isinstance(fault, Fault)
    assert gone.source[:40] in fault.problem
    assert fault.remedy == "Run handouts translate update."


@pytest.mark.parametrize(
    ("content", "told_of"),
    [
        (b'msgid "a\n', "line 1: this is no keyword with a text in quotes. Mend the line."),
        (
            b'msgid ""\nmsgstr "Content-Type: text/plain; charset=ISO-8859-1\\n"\n',
            "line 2: its header says charset=ISO-8859-1.",
        ),
        ('msgid "Your visit"\nmsgstr "Besüch"\n'.encode("latin-1"), "line 2: its characters are not UTF-8."),
        (b'<<<<<<< HEAD\nmsgid "a"\n', "line 1: "),
        (b"\x00\x01", "line 1: "),
    ],
)
def test_a_file_that_is_no_catalog_is_told_with_its_line(clinic, content, told_of):
    write(clinic).write_bytes(content)
    (fault,) = told(clinic)
    assert fault.startswith(f"locales/de/LC_MESSAGES/ketamine-infusion.po, {told_of}")


def test_all_files_that_cannot_be_read_are_told_at_once(clinic):
    write(clinic).write_text("nonsense", "utf-8")
    write(clinic, name="handouts.po").write_text("nonsense", "utf-8")
    assert [fault.partition(",")[0] for fault in told(clinic)] == [
        "locales/de/LC_MESSAGES/ketamine-infusion.po",
        "locales/de/LC_MESSAGES/handouts.po",
    ]


def test_a_wrong_record_or_language_file_is_told(clinic):
    write(clinic, name="handouts.review.tsv").write_text("x\n", "utf-8")
    assert "locales/de/LC_MESSAGES/handouts.review.tsv, line 1: " in told(clinic)[0]
    write(clinic, name="handouts.review.tsv").unlink()
    (clinic.folder / "de" / "language.toml").write_text("x", "utf-8")
    assert "locales/de/language.toml: it is not TOML: " in told(clinic)[0]


def test_a_file_of_no_procedure_is_told(clinic):
    write(clinic, name="ketamine_infusion.po")
    (fault,) = told(clinic)
    assert fault.startswith("locales/de/LC_MESSAGES/ketamine_infusion.po: no procedure has this name. Known: ")


@pytest.mark.parametrize("name", ["es_US", "ES-us", "german", "zh-hant"])
def test_a_folder_that_is_named_by_no_language_tag_is_told(clinic, name):
    path = write(clinic)
    path.parents[1].rename(clinic.folder / name)
    assert name in clinic.languages
    assert told(clinic, name)[0].startswith(f"locales/{name}: its name is no language tag")


def test_the_templates_on_the_disk_are_what_the_documents_say():
    assert stale_templates(planting.locales()) == []


def test_a_template_that_is_stale_or_no_text_is_told(clinic):
    assert stale_templates(clinic) == []  # a clinic need not have any
    clinic.folder.mkdir(exist_ok=True)
    for content in (b"", b"\xff\xfe", builtin.locales().joinpath("handouts.pot").read_bytes() + b"\n"):
        (clinic.folder / "handouts.pot").write_bytes(content)
        (fault,) = stale_templates(clinic)
        assert str(fault) == ("locales/handouts.pot: it is not what the templates say. Run handouts translate extract.")


def test_a_message_is_measured_without_markup_and_with_blanks_as_easy_words():
    plain = message_score("Il gatto dorme ora.", "it")
    assert plain.words == 4
    assert plain.letters == 15
    assert plain.gulpease == pytest.approx(89 + (300 - 150) / 4)
    marked = message_score("Il <strong>gatto</strong> dorme %(until)s.", "it")
    assert (marked.words, marked.sentences) == (4, 1)
    assert message_score("Coma. No beba nada después del %(until)s.", "es-US").sentences == 2
    assert message_score("", "it").gulpease == 100


EASY = "Coma bien. Beba agua. Duerma mucho. Llame hoy. "
LONG = (
    "Comuníquese inmediatamente con el establecimiento especializado correspondiente considerando las particularidades "
    "farmacológicas individuales previamente documentadas en su expediente clínico electrónico institucional. "
)


def entries(*texts: str) -> list[Entry]:
    return [Entry(f"x{number}", (text,)) for number, text in enumerate(texts)]


def test_a_spanish_or_italian_document_that_is_hard_to_read_is_told_at_its_hardest_message():
    (spanish,) = hard("consent", entries(EASY, *[LONG] * 6), "es-US")
    assert spanish.hardest.source == "x1"
    assert spanish.measured.startswith("INFLESZ ")
    (italian,) = hard("consent", entries(*[LONG] * 6), "it")
    assert italian.measured.startswith("GULPEASE ")


@pytest.mark.parametrize("language", ["de", "fr", "pt", "ru", "zh-Hans", "ar"])
def test_nothing_is_said_where_no_formula_is_valid(language):
    assert list(hard("consent", entries(*[LONG] * 6), language)) == []


def test_nothing_is_said_of_what_is_easy_or_hardly_begun():
    assert list(hard("consent", entries(*[EASY] * 20), "es-US")) == []
    assert list(hard("consent", entries(*[EASY] * 20), "it")) == []
    assert list(hard("consent", entries(LONG), "es-US")) == []
    assert list(hard("consent", entries(*[""] * 20), "es-US")) == []


def test_a_hard_document_is_a_warning_of_the_check(clinic):
    notices = [entry for each in opened(clinic, "es-US") for entry in each.entries() if entry.translation]
    long = [Entry(entry.source, (LONG.strip(),), entry.context) for entry in notices[:60]]
    path = clinic.po("ketamine-infusion", "es-US")
    path.parent.mkdir(parents=True)
    path.write_text(written(PoFile(None, tuple(long))), "utf-8")
    found = [each for each in checked(clinic, "es-US") if isinstance(each, Found) and each.problem.check == "reading"]
    assert [each.problem.severity for each in found] == ["warning"]
    assert 'the document "preparation" is hard to read (INFLESZ' in found[0].problem.problem
