"""Page 0 as a PDF: for staff alone, whole, tagged and archival, the same bytes again, and nothing of a patient kept."""

from __future__ import annotations

import gc
import re

import pypdfium2
import pytest
from papers import unpacked
from sheets import CASES
from verapdf import failures

from handouts.cache import Cache
from handouts.content.editions import Editions
from handouts.memory import forgetting
from handouts.packet import Options, PacketMaker
from handouts.record.page_zero import page_zero
from handouts.record.page_zero_pdf import NOT_FOR_PATIENTS, as_pdf
from handouts.record.page_zero_sheet import texts_of
from handouts.typeset.style import A4, LETTER

FILES = ("nothing special", "nothing known", "everything", "Arabic", "Spanish")


@pytest.fixture(scope="module")
def editions_here(clinic_with):
    return Editions(clinic_with(pediatric_allowed=True, assent_min_age=7, telehealth_allowed=True))


@pytest.fixture(scope="module")
def sheet(editions_here, appointment, now):
    make = PacketMaker(editions_here, Options())

    def made(name, **changes):
        case = appointment({**CASES[name], **changes}, of=editions_here.clinic)
        return page_zero(make, case, now, now=now)

    return made


@pytest.fixture(scope="module")
def files(sheet):
    return {name: (sheet(name), as_pdf(sheet(name))) for name in FILES}


def squeezed(text):
    return re.sub(r"[\s\u00a0\u202f\u2066-\u2069\u200e\u200f\ufffe\x02-]+", "", text)


def pages(pdf):
    with pypdfium2.PdfDocument(pdf) as opened:
        return [squeezed(page.get_textpage().get_text_bounded()) for page in opened]


def test_files_keep_to_pdf_ua_and_pdf_a(files, tmp_path):
    for number, (_, pdf) in enumerate(files.values()):
        (tmp_path / f"{number}.pdf").write_bytes(pdf)
    assert failures(tmp_path) == []


@pytest.mark.parametrize("name", [name for name in FILES if name != "Arabic"])
def test_every_text_of_the_sheet_stands_on_its_pages(files, name):
    sheet, pdf = files[name]
    text = "".join(pages(pdf))
    for section in sheet.sections:
        for said in texts_of(section):
            for word in said.split():
                assert squeezed(word) in text, word


@pytest.mark.parametrize("name", FILES)
def test_every_page_says_whose_it_is_and_that_it_is_not_for_the_patient(files, name):
    sheet, pdf = files[name]
    found = pages(pdf)
    for number, text in enumerate(found, 1):
        assert squeezed(NOT_FOR_PATIENTS) in text
        assert squeezed(f"Page {number} of {len(found)}") in text
        assert sheet.mrn.replace("-", "") in text
        assert squeezed(sheet.birth_date) in text
        assert sheet.packet_id in text
        assert sheet.sha256[:8] in text


@pytest.mark.parametrize("name", ["nothing special", "nothing known", "Spanish", "Arabic"])
def test_the_first_page_holds_the_ninety_second_part(files, name):
    sheet, pdf = files[name]
    first = pages(pdf)[0]
    for section in sheet.sections:
        if section.first:
            for said in texts_of(section):
                for word in said.split():
                    assert squeezed(word) in first or name == "Arabic", (section.key, word)
    assert squeezed("Consent good until") in first


def test_the_same_sheet_gives_the_same_bytes_and_nobodys_name_is_in_the_file_itself(files):
    found, pdf = files["Spanish"]
    assert as_pdf(found) == pdf
    with forgetting():
        assert as_pdf(found) == pdf
    outside = re.sub(rb"stream\r?\n.*?endstream", b"", unpacked(pdf), flags=re.DOTALL)
    for word in ("José", "Nuñez", found.mrn, found.packet_id):
        assert word.encode() not in outside
        assert word.encode("utf-16-be") not in outside


@pytest.mark.parametrize("paper", [LETTER, A4])
def test_very_many_medicines_flow_over_pages(sheet, paper):
    found = sheet("one hundred medicines")
    text = "".join(pages(as_pdf(found, paper)))
    for number in range(100):
        assert squeezed(f"{number + 1}. Medicine of a long name {number} ") in text


def test_a_name_as_long_as_may_be_is_whole(sheet):
    name = "Wolfeschlegelsteinhausenbergerdorff" * 5
    found = sheet("nothing special", **{"patient.family_name": name})
    assert name in "".join(pages(as_pdf(found)))


def test_nothing_of_a_patient_is_kept_in_memory_or_on_the_disk(tmp_path, editions_here, appointment, now):
    cache = Cache(tmp_path / "cache")
    make = PacketMaker(Editions(editions_here.clinic, cache), Options())
    name, number = "Tezcatl" + "ipocana", str(835190 + 7)  # put together, for the text of this file is in memory too
    changes = {"patient.given_name": name, "patient.family_name": name.lower(), "patient.mrn": f"MRN-{number}"}
    found = page_zero(make, appointment(changes, of=editions_here.clinic), now, now=now)
    assert as_pdf(found)
    mine = {name, name.lower(), number, *changes.values()}
    del found
    gc.collect()
    texts = {text for each in gc.get_objects() for text in _texts(each)}
    assert [text for text in texts - mine if name.lower() in text.lower() or number in text] == []
    for path in (tmp_path / "cache").rglob("*"):
        if path.is_file():
            assert name.encode() not in path.read_bytes()


def _texts(each):
    """The texts in a container, as far as it holds them itself."""
    if isinstance(each, dict):
        return [text for pair in each.items() for text in pair if type(text) is str]
    if isinstance(each, tuple | list | set | frozenset):
        return [text for text in each if type(text) is str]
    return []
