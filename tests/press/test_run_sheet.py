"""The operator's run sheet: what it says of a run, that it is one page however large the run was, and that it names no patient."""

import hashlib
import json
import re

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verapdf import failures

from handouts.memory import forgetting
from handouts.press.run_sheet import run_sheet
from handouts.printing import Media, PressSettings
from handouts.typeset.style import A4, LETTER

REASON = 'schedule.csv, row 3, "patient.birth_date": is not a date. Write 1961-05-04.'
PAPERS = pytest.mark.parametrize("paper", [LETTER, A4], ids=lambda paper: paper.name)


def packet(sequence, *, refused=False, **told):
    state = "refused" if refused else "printed"
    reason = REASON if refused else ""
    known = {"sequence": sequence, "appointment_id": f"2026-{sequence:05}", "packet_id": f"p{sequence:015}"}
    return {**known, "state": state, "where": f"schedule.csv, row {sequence + 1}", "reason": reason, **told}


def manifest(packets=340, files=9, refused=2, thrown=0, **told):
    each = -(-packets // files)
    ranges = [range(1 + each * number, 1 + min(each * number + each, packets)) for number in range(files)]
    print_files = [
        {
            "file": f"print-{number:04}.pdf",
            "sha256": hashlib.sha256(str(number).encode()).hexdigest(),
            "pages": 1000,
            "sheets": 500,
            "first_sheet": 500 * number - 499,
            "last_sheet": 500 * number,
            "sets": [{"sequence": sequence, "kind": kind} for sequence in of for kind in ("separator", "consent")],
        }
        for number, of in enumerate(ranges, 1)
    ]
    run = {
        "scheduled": packets,
        "printed": packets - refused,
        "refused": refused,
        "made_at": "2026-03-02T20:00:00-05:00",
    }
    run |= {"paper": "letter", "two_sided": True, "up": 1, "drafts": False, "print_files": print_files}
    run["packets"] = [packet(sequence, refused=sequence <= refused) for sequence in range(1, packets + 1)]
    if thrown:
        run["throw_away"] = [
            {"sequence": number, "packet_id": f"old{number:013}", "print_file": "print-0001.pdf"}
            | {"first_sheet": number, "last_sheet": number + 5, "reason": "changed in the schedule"}
            for number in range(1, thrown + 1)
        ]
    return run | told


def pages(pdf):
    return [re.sub(r"\s+", " ", page.get_textpage().get_text_range()) for page in pypdfium2.PdfDocument(pdf)]


def text_of(clinic, paper=LETTER, **told):
    (text,) = pages(run_sheet(manifest(**told), clinic, paper))
    return text


@PAPERS
def test_it_says_what_there_is_and_who_signs_for_it(clinic, paper):
    text = text_of(clinic, paper)
    for part in (
        "340 scheduled = 338 printed + 2 refused", "4500 sheets in 9 print files", "Paper letter, two-sided",
        "each copy of a document by itself", "Other paper none", "Copies one of each", "Printed by", "Date and time",
        "Jams", clinic.name, "2026-03-02T20:00:00-05:00", "Page 1 of 1",
    ):  # fmt: skip
        assert part in text, part
    assert "does not add up" not in text
    assert "Throw away" not in text
    assert "Drafts" not in text
    assert " more " not in text


def test_every_print_file_stands_on_it_with_its_packets_and_hash(clinic):
    told = manifest()
    text = text_of(clinic)
    for number, each in enumerate(told["print_files"], 1):
        sequences = [one["sequence"] for one in each["sets"]]
        sheets = f"{each['first_sheet']}–{each['last_sheet']}"
        assert f"print-{number:04} {sheets} {min(sequences)}–{max(sequences)} {each['sha256'][:8]}" in text


def test_refused_rows_stand_on_it_with_place_and_reason(clinic):
    text = text_of(clinic)
    for sequence in (1, 2):
        assert f"{sequence} schedule.csv, row {sequence + 1} 2026-{sequence:05} schedule.csv" in text
    assert text.count("Write 1961-05-04.") == 2


def test_a_reason_is_cut_only_where_there_is_no_room_for_all_rows(clinic):
    long = (
        "The first sentence says what is wrong with the row of the schedule, at length. " * 3 + "What to do is the end."
    )
    few, many = manifest(refused=3), manifest(refused=60)
    for told in (few, many):
        for each in told["packets"][:60]:
            each["reason"] = long if each["state"] == "refused" else ""
    assert pages(run_sheet(few, clinic, LETTER))[0].count("What to do is the end.") == 3
    assert "What to do is the end." not in pages(run_sheet(many, clinic, LETTER))[0]


def test_a_row_of_which_nothing_is_known_stands_on_it(clinic):
    told = manifest(packets=1, files=1, refused=1)
    told["packets"] = [packet(1, refused=True, appointment_id=None, packet_id=None, reason=None, where=None)]
    (text,) = pages(run_sheet(told, clinic, LETTER))
    assert "1 – – –" in text


def test_a_run_that_does_not_add_up_says_so(clinic):
    assert "3 scheduled = 1 printed + 1 refused: this does not add up" in text_of(
        clinic, packets=3, files=1, refused=1, printed=1
    )


def test_what_is_to_be_thrown_away_stands_on_it(clinic):
    text = text_of(clinic, thrown=3)
    for number in (1, 2, 3):
        assert f"{number} old{number:013} print-0001.pdf, {number}–{number + 5} changed in the schedule" in text


def test_drafts_and_several_pages_on_a_sheet_are_told(clinic):
    text = text_of(clinic, drafts=True, up=4, two_sided=False)
    assert "Drafts are among them" in text
    assert "letter, one-sided, 4 up" in text


def test_how_the_clinic_prints_stands_on_it(clinic):
    media = {"consent": Media(type="cardstock", colour="blue"), "separator": Media(source="tray-2")}
    press = PressSettings(copies={"consent": 2, "consent.es": 3, "preparation": 1}, media=media, staple=False)
    text = text_of(clinic.model_copy(update={"press": press}))
    assert "Staples none" in text
    assert "Other paper consent: blue cardstock; separator: from tray-2" in text
    assert "Copies consent: 2; consent.es: 3" in text
    assert "preparation" not in text


@PAPERS
@pytest.mark.parametrize("thrown", [0, 40])
def test_the_largest_run_is_one_page_and_counts_what_is_not_on_it(clinic, paper, thrown):
    text = text_of(clinic, paper, packets=10_000, files=200, refused=300, thrown=thrown)
    shown = len(re.findall(r"print-\d{4} ", text))
    assert shown >= 8
    assert f"and {200 - shown} more print files: see manifest.json" in text
    rows = text.count("schedule.csv, row 3,")
    assert rows >= 4
    assert f"and {300 - rows} more refused rows: see manifest.csv" in text
    away = len(re.findall(r"old\d{13}", text))
    assert not thrown or (away >= 4 and f"and {40 - away} more packets to throw away: see manifest.json" in text)
    assert "10000 scheduled = 9700 printed + 300 refused" in text


def test_the_page_is_used_as_far_as_it_goes(clinic):
    text = text_of(clinic, packets=340, files=9, refused=300)
    rows = text.count("schedule.csv, row 3,")
    assert "print-0009" in text
    assert rows > 10


@settings(max_examples=12)
@given(
    files=st.integers(1, 60),
    refused=st.integers(0, 90),
    thrown=st.integers(0, 90),
    reason=st.text(max_size=400),
    paper=st.sampled_from([LETTER, A4]),
)
def test_whatever_there_is_it_is_one_page_on_which_everything_is_counted(clinic, files, refused, thrown, reason, paper):
    told = manifest(packets=100, files=files, refused=refused, thrown=thrown)
    for each in told["packets"][:refused]:
        each["reason"] = reason
    (text,) = pages(run_sheet(told, clinic, paper))
    shown = len(re.findall(r"print-\d{4} ", text.split("Refused:")[0].split("Print files, with")[1]))
    more = re.search(r"and (\d+) more print files?", text)
    assert shown + int(more[1] if more else 0) == files
    assert f"100 scheduled = {100 - refused} printed + {refused} refused" in text


def test_settings_without_end_are_shortened(clinic):
    press = PressSettings(copies={f"consent.{number}": 20 for number in range(500)})
    text = text_of(clinic.model_copy(update={"press": press}))
    assert "consent.0: 20" in text
    assert "…" in text


def test_it_names_no_patient_and_holds_nothing_but_the_manifest(clinic):
    told = manifest(packets=5, files=1, refused=1)
    for each in told["packets"]:
        each["patient"] = {"name": "Quirrenbach", "birth_date": "1971-05-14"}
    pdf = run_sheet(told, clinic, LETTER)
    assert "Quirrenbach" not in pages(pdf)[0]
    document = pypdfium2.PdfDocument(pdf)
    assert "Quirrenbach" not in json.dumps(document.get_metadata_dict())


def test_the_same_manifest_gives_the_same_bytes(clinic):
    told = manifest(thrown=30)
    once = run_sheet(told, clinic, LETTER)
    assert run_sheet(json.loads(json.dumps(told)), clinic, LETTER) == once
    with forgetting():
        assert run_sheet(told, clinic, LETTER) == once


def test_it_keeps_to_the_standards_of_accessible_and_archival_files(clinic, tmp_path):
    (tmp_path / "run-sheet.pdf").write_bytes(run_sheet(manifest(thrown=3), clinic, LETTER))
    assert not failures(tmp_path)
