"""The sheets that a press adds: what they say, that each is one page whatever stands on it, and that they are the same everywhere."""

import io
import multiprocessing
import os
import re
import shutil
from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
import zxingcpp
from approved import approve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from names import NAMES
from verapdf import failures

from handouts import builtin
from handouts.cache import Cache
from handouts.clinic import load_clinic
from handouts.content.blocks import Text
from handouts.content.catalog import languages
from handouts.content.editions import Editions
from handouts.content.reviews import HUMAN, SUFFIX, Decision, Reviews, read_reviews, record_text
from handouts.content.words import DRAFT, LEFT_BLANK, PRESS, SAMPLE
from handouts.errors import Fault
from handouts.memory import forgetting
from handouts.packet import Options, PacketMaker
from handouts.pdf import stamp
from handouts.pdf.print_file import PrintFile
from handouts.press.one_line import one_line
from handouts.press.separator import Line, Separators, Slip
from handouts.typeset.code import SEPARATOR, Code
from handouts.typeset.style import A4, LETTER

PACKET_ID = "abcdefghij234567"
LINES = (
    Line("Getting ready", "es-US", 5, 3, stapled=True),
    Line("Possible side effects", "zh-Hans", 41, 21),
    Line("Consent", "es-US", 7, 4, 2, paper="blue", stapled=True),
    Line("Free help in your language", "en", 1, 1),
)
PAPERS = pytest.mark.parametrize("paper", [LETTER, A4], ids=lambda paper: paper.name)
FEW = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def separators(editions):
    return {paper: Separators(editions, paper) for paper in (LETTER, A4)}


@pytest.fixture(scope="module")
def ticket(appointment):
    def made(*, lines=LINES, status="generated", sequence=12, packet_id=PACKET_ID, **changes):
        return Slip(appointment(changes), packet_id, sequence, 340, "3", 45, 54, lines, status)

    return made


def printed(*sheets):
    """The sheets as a print file; each is one page of it."""
    out = io.BytesIO()
    file = PrintFile(out)
    for sheet in sheets:
        assert len(file.add([sheet])) == 1
    file.close()
    return out.getvalue()


def texts(pdf):
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]


def squeezed(text):
    return re.sub(r"\s+", "", text)


def said(sheet):
    (text,) = texts(printed(sheet))
    return squeezed(text)


def named(name):
    return {"patient.name": name, "patient.given_name": None, "patient.family_name": None}


@PAPERS
def test_a_separator_says_whose_packet_it_is_and_what_is_in_it(separators, ticket, paper):
    text = said(separators[paper].packet(ticket()))
    for part in (
        "Maria Lopez", "born May 14, 1971", "record MRN-204101", "Tuesday, March 3, 2026, 12:00 noon", "Ada Okafor, MD",
        "Lindenhof Midtown", "Packet 12 of 340", "Print file 3 · sheets 45–54", PACKET_ID, "Checked by",
        "All sheets are here, of the right patient", "Getting ready Spanish 5 3 1 yes",
        "Possible side effects Chinese (Simplified) 41 21 1 no", "Consent Spanish 7 4 2 blue yes",
        "Free help in your language English 1 1 1 no",
    ):  # fmt: skip
        assert squeezed(part) in text, part


def test_a_packet_of_one_sheet_names_that(separators, ticket):
    assert "Printfile3·sheet45Packet" in said(separators[LETTER].packet(replace(ticket(), last_sheet=45)))


@PAPERS
def test_the_words_of_other_paper_are_broken_at_hyphens_alone(separators, ticket, paper):
    line = Line("Consent to a ketamine infusion for pain", "es-US", 7, 4, paper="yellow stationery-letterhead tray-2")
    (text,) = texts(printed(separators[paper].packet(ticket(lines=(line,)))))
    assert {"yellow", "stationery", "letterhead", "tray-2"} <= set(re.split(r"[\s\ufffe]+", text))


@PAPERS
def test_its_code_is_read_and_is_that_of_no_document(separators, ticket, paper):
    pdf = printed(separators[paper].packet(ticket(revision=7)))
    image = pypdfium2.PdfDocument(pdf)[0].render(scale=150 / 72).to_pil().convert("L")
    found = [each.text for each in zxingcpp.read_barcodes(image, zxingcpp.BarcodeFormat.DataMatrix)]
    assert found == [Code(PACKET_ID, 7, SEPARATOR).text(1, 1)]
    assert found[0][22:24] == "00"
    assert not {Code(PACKET_ID, 7, number).text(1, 1) for number in range(1, 100)} & set(found)


def boxes(sheet):
    """How many squares of the size of tick boxes are drawn on it."""
    sides = []
    for each in pypdfium2.PdfDocument(stamp(sheet))[0].get_objects():
        left, bottom, right, top = each.get_bounds()
        if each.type == pypdfium2.raw.FPDF_PAGEOBJ_PATH and 9 < right - left < 18:
            sides.append((right - left, top - bottom))
    return len([1 for across, up in sides if abs(across - up) < 0.1])


def test_every_document_and_the_whole_have_a_box_to_tick_and_none_is_a_field(separators, ticket):
    sheet = separators[LETTER].packet(ticket())
    assert boxes(sheet) == len(LINES) + 1
    assert boxes(separators[LETTER].packet(ticket(lines=LINES[:1]))) == 2
    assert pypdfium2.PdfDocument(stamp(sheet)).get_formtype() == 0


@pytest.mark.parametrize(("status", "mark"), [("generated", ""), ("draft", DRAFT), ("sample", SAMPLE)])
def test_what_is_not_for_use_says_so_across_the_sheet(separators, ticket, status, mark):
    text = said(separators[LETTER].packet(ticket(status=status)))
    assert [word for word in (DRAFT, SAMPLE) if squeezed(word) in text] == ([mark] if mark else [])


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_any_script_stands_on_its_separator(separators, ticket, name):
    (text,) = texts(printed(separators[LETTER].packet(ticket(**named(name)))))
    assert not [char for char in name if not char.isspace() and char not in text]


LETTERS = st.sampled_from("MWil üß-'’ 李小龍山田花子김민수محمدعلينועהכהןप्रियाशर्माสมชายНинаЁλκአበ")
NAME = st.text(LETTERS, min_size=1, max_size=200)


@FEW
@given(NAME, NAME, st.integers(1, 6), st.sampled_from([LETTER, A4]))
def test_whatever_the_name_it_is_one_page_and_whole(separators, appointment, given_name, family_name, count, paper):
    try:
        of_them = appointment(
            {"patient.given_name": f"A{given_name}e", "patient.family_name": f"B{family_name}e"[:200]}
        )
    except ValueError:
        return  # the row is refused for it
    text = said(separators[paper].packet(Slip(of_them, PACKET_ID, 1, 1, "1", 1, 99, LINES[:1] * count, "sample")))
    assert "Checkedby" in text
    assert text.count("Gettingready") == count
    assert all(text.count(char) >= of_them.patient.display_name.count(char) for char in "MW李花")


@PAPERS
@pytest.mark.parametrize("letter", ["W", "楊", "ن", "ன", "អ", "M "])
def test_the_longest_names_are_one_page_and_whole(separators, ticket, paper, letter):
    name = (letter * 200)[:200].strip()
    sheet = separators[paper].packet(ticket(**{"patient.given_name": name, "patient.family_name": name}))
    (text,) = texts(printed(sheet))
    assert text.count(letter.strip()) >= 2 * name.count(letter.strip())
    assert "Checked by" in text


def test_documents_that_do_not_fit_are_counted(separators, ticket):
    text = said(separators[LETTER].packet(ticket(lines=LINES * 24)))
    shown = sum(text.count(squeezed(line.title)) for line in LINES)
    assert 10 < shown < 96
    assert squeezed(f"and {96 - shown} more documents: see manifest.json") in text


def test_a_place_and_a_clinician_with_long_names_fit(clinic, ticket):
    long = "Interdisciplinary Department " * 12
    location = clinic.locations["midtown"].model_copy(update={"name": long})
    person = clinic.clinicians["okafor"].model_copy(update={"name": long, "credentials": ""})
    places = {**clinic.locations, "midtown": location}
    other = clinic.model_copy(update={"locations": places, "clinicians": {**clinic.clinicians, "okafor": person}})
    text = said(Separators(Editions(other), LETTER).packet(ticket()))
    assert text.count("Interdisciplinary") == 24


FAULT = Fault("schedule.csv, row 14", "is not a date.", "Write 1961-05-04.", "patient.birth_date", "1961-13-45")


@PAPERS
def test_a_refused_row_says_what_is_wrong_and_what_to_do(separators, paper):
    faults = (FAULT, Fault("clinic.toml", "lacks it.", "Set it.", "clinic_phone"))
    text = said(separators[paper].refused(12, 340, "schedule.csv, row 14", "2026-0301", faults))
    for part in (
        "NOT PRINTED", "Packet 12 of 340", "schedule.csv, row 14", "Appointment 2026-0301",
        '"patient.birth_date": "1961-13-45": is not a date. Write 1961-05-04.',
        'clinic.toml, "clinic_phone": lacks it. Set it.',
    ):  # fmt: skip
        assert squeezed(part) in text, part
    assert text.count("schedule.csv") == 1
    assert "more" not in text


def test_of_a_row_of_which_nothing_is_known_the_place_is_told(separators):
    text = said(separators[LETTER].refused(1, 2, "schedule.csv, row 2", None, ()))
    assert "NOTPRINTED" in text
    assert "schedule.csv,row2" in text
    assert "Appointment" not in text


@pytest.mark.parametrize("count", [30, 64, 65, 500])
@pytest.mark.parametrize("long", [1, 40])
def test_faults_that_do_not_fit_are_counted(separators, count, long):
    faults = [replace(FAULT, problem=f"is fault-{number}. " + "Long words " * long) for number in range(count)]
    text = said(separators[LETTER].refused(12, 340, "schedule.csv, row 14", None, faults))
    shown = len(set(re.findall(r"fault-\d+", text)))
    left = count - shown
    assert shown > 5
    counted = f"and {left} more reason{'s' * (left > 1)}: see manifest.csv" if left else ""
    assert squeezed(counted) in text
    assert ("more" in text) == bool(left)


@FEW
@given(
    st.lists(st.builds(Fault, *[st.text(max_size=300)] * 4, value=st.none() | st.text(max_size=300)), max_size=8),
    st.text(max_size=300),
    st.none() | st.text(max_size=64),
)
def test_whatever_a_row_held_its_sheet_is_one_page(separators, faults, where, appointment_id):
    text = said(separators[LETTER].refused(3, 9, where, appointment_id, faults))
    assert "NOTPRINTED" in text
    assert squeezed("Packet 3 of 9") in text


@pytest.mark.parametrize("char", ["\ud800", "\ue000", "\u202e", "\x00", "\U0010ffff", "\u200b"])
def test_what_nobody_can_print_or_see_stands_as_its_number(separators, char):
    assert one_line(f"a{char}b\nc") == f"a[U+{ord(char):04X}]b c"
    text = said(separators[LETTER].refused(1, 1, "a.csv, row 2", None, [Fault("a.csv, row 2", f"a{char}b")]))
    assert f"a[U+{ord(char):04X}]b" in text


def test_patients_with_names_alike_share_a_plate_and_nothing_of_them_is_in_it(separators, ticket):
    sheet = separators[LETTER].packet(ticket(packet_id="zyxwvutsrq765432", **named("Quirrenbach Vyshnegradsky")))
    other = separators[LETTER].packet(ticket(**named("Quirrenbuch Vyshnegradskx")))
    assert other.plate is sheet.plate
    kept = repr((sheet.plate.pages, sheet.plate.chunk)).lower()
    assert "765432" not in kept
    assert "zyxwvutsrq" not in kept


def test_nothing_of_a_patient_goes_into_the_cache(clinic, ticket, tmp_path):
    def files():
        return sorted((path.name, path.read_bytes()) for path in tmp_path.iterdir())

    Separators(Editions(clinic, Cache(tmp_path)), LETTER).packet(ticket())
    before = files()
    Separators(Editions(clinic, Cache(tmp_path)), LETTER).packet(ticket(**named("山田 花子")))
    assert files() == before


def all_sheets(made, ticket):
    plain, other = ticket(), ticket(status="sample", **named("محمد علي"))
    refused = made.refused(1, 2, "a.csv, row 2", "x", [FAULT] * 90)
    return made.packet(plain), made.packet(other), refused, made.back("es-US")


def test_without_remembering_the_bytes_are_the_same(clinic, separators, ticket):
    once = printed(*all_sheets(separators[LETTER], ticket))
    assert printed(*all_sheets(separators[LETTER], ticket)) == once
    assert printed(*all_sheets(Separators(Editions(clinic), LETTER), ticket)) == once
    with forgetting():
        assert printed(*all_sheets(Separators(Editions(clinic), LETTER), ticket)) == once


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
def test_a_forked_process_makes_the_same_sheets(separators, ticket):
    forks = multiprocessing.get_context("fork")
    ours, theirs = forks.Pipe(duplex=False)
    child = forks.Process(target=lambda: theirs.send_bytes(printed(*all_sheets(separators[LETTER], ticket))))
    child.start()
    theirs.close()
    assert ours.recv_bytes() == printed(*all_sheets(separators[LETTER], ticket))
    child.join()


def test_a_print_file_with_them_keeps_to_the_archival_standard(separators, ticket, tmp_path):
    (tmp_path / "print.pdf").write_bytes(printed(*all_sheets(separators[LETTER], ticket)))
    assert not failures(tmp_path, ("2b",))


@PAPERS
def test_a_blank_back_says_so_in_the_middle_and_nothing_else(separators, paper):
    sheet = separators[paper].back("en")
    assert texts(printed(sheet)) == [LEFT_BLANK]
    image = pypdfium2.PdfDocument(printed(sheet))[0].render(scale=1).to_pil().convert("L")
    left, top, right, bottom = image.point(lambda lightness: 255 * (lightness < 250)).getbbox()
    assert abs((left + right) / 2 - paper.width / 2) < 3
    assert abs((top + bottom) / 2 - paper.height / 2) < 12
    assert bottom - top < 20
    assert sheet.pages[0].edges[-1].code is None


def test_a_reviewed_language_stands_on_a_blank_back_above_english(separators):
    (text,) = texts(printed(separators[LETTER].back("es-US")))
    assert squeezed(text) == squeezed(f"Esta página se dejó en blanco a propósito. {LEFT_BLANK}")


@pytest.mark.parametrize("language", sorted({*languages(PRESS, None), "so"} - {"en", "es-US"}))
def test_a_language_that_nobody_has_reviewed_does_not(separators, language):
    assert texts(printed(separators[LETTER].back(language))) == [LEFT_BLANK]


def test_every_language_of_documents_has_a_draft_of_it_that_can_be_printed(tmp_path):
    there = set(languages(PRESS, None))
    assert there == set(languages("handouts", None))
    folder = tmp_path / "clinic"
    shutil.copytree(builtin.demo_clinic(), folder)
    approve(folder, there - {"en"})
    made = Separators(Editions(load_clinic(folder)), A4)
    for language in sorted(there - {"en"}):
        (text,) = texts(printed(made.back(language)))
        assert text.endswith(LEFT_BLANK), language
        assert len(text) > len(LEFT_BLANK) + 6, language


def test_what_was_returned_to_its_translator_is_not_printed(tmp_path):
    folder = tmp_path / "clinic"
    shutil.copytree(builtin.demo_clinic(), folder)
    approve(folder, ["es-US"])
    assert Editions(load_clinic(folder)).left_blank("es-US")
    record = folder / "locales" / "es-US" / "LC_MESSAGES" / f"{PRESS}{SUFFIX}"
    reviews = read_reviews(record, "")
    line = replace(reviews.lines[0], decision=Decision.RETURNED, comment="no", day=date(2026, 2, 1), method=HUMAN)
    record.write_text(record_text(Reviews((*reviews.lines, line))), "utf-8")
    assert Editions(load_clinic(folder)).left_blank("es-US") is None


def test_no_packet_waits_for_that_sentence_to_be_reviewed(tmp_path, appointment):
    folder = tmp_path / "clinic"
    shutil.copytree(builtin.demo_clinic(), folder)
    approve(folder, ["es-US"])
    clinic = load_clinic(folder)
    spanish = appointment({"patient.language": "es"})
    before = PacketMaker(Editions(clinic), Options())(spanish, clinic.clock)
    (folder / "locales" / "es-US" / "LC_MESSAGES" / f"{PRESS}{SUFFIX}").unlink()
    after = PacketMaker(Editions(clinic), Options())(spanish, clinic.clock)
    assert before.language == after.language == "es-US"
    assert [document.pdf for document in before.documents] == [document.pdf for document in after.documents]


def test_no_document_says_it(editions):
    kinds = [(procedure, kind) for procedure in editions.procedures for kind in editions.kinds(procedure)]
    blocks = [block for each in kinds for block in editions.wordings(*each, "en").edition.blocks]
    assert blocks
    assert not [run for block in blocks for run in block.runs if isinstance(run, Text) and LEFT_BLANK in run.text]
