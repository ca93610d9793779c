"""Packets as they leave the program: whose they are on every page, what is marked, the same bytes again."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
from approved import approve
from papers import unpacked
from PIL import ImageFile
from pydantic import ValidationError
from sound import DOCUMENTS, FULL, LEFT_OUT, changed

from handouts.approvals import FILE as APPROVALS
from handouts.builtin import demo_clinic
from handouts.clinic import load_clinic
from handouts.content import words
from handouts.content.blocks import Field, Text
from handouts.content.editions import Editions
from handouts.errors import RefusedAppointment, SettingError
from handouts.output import write
from handouts.packet import DRAFT, GENERATED, SAMPLE, Options, PacketMaker, opaque_id

CANARY = {
    "patient.given_name": "Canarilla",
    "patient.family_name": "Quetzalcoatlus",
    "patient.mrn": "MRN-976431",
    "patient.birth_date": "1977-07-07",
}
WORD = re.compile(r"[^\s\u00a0\u202f]+")


def squeezed(text):
    return "".join(WORD.findall(text))


def pages(pdf):
    """The text of every page, without any spaces."""
    with pypdfium2.PdfDocument(pdf) as opened:
        return [squeezed(page.get_textpage().get_text_bounded()) for page in opened]


def outside_of_streams(pdf):
    return re.sub(rb"stream\r?\n.*?endstream", b"", pdf, flags=re.DOTALL)


@pytest.fixture(scope="module")
def make(editions):
    return PacketMaker(editions, Options(kinds=DOCUMENTS))


@pytest.fixture(scope="module")
def canary(make, appointment, now):
    return make(appointment({**CANARY, **FULL, "patient.language": "en", "interpreter.language": "en"}), now)


def test_a_packet_has_every_document_of_the_procedure_in_order(canary, procedure):
    assert tuple(document.kind for document in canary.documents) == procedure.kinds
    assert all(document.pages == len(pages(document.pdf)) for document in canary.documents)


def test_every_page_says_whose_it_is_what_it_is_and_which_of_how_many(canary):
    for document in canary.documents:
        texts = pages(document.pdf)
        for number, text in enumerate(texts, 1):
            for said in (
                "Canarilla Quetzalcoatlus",
                "born July 7, 1977",
                "MRN-976431",
                "Tuesday, March 3, 2026",
                f"{canary.packet_id}/{document.kind}",
                f"Page {number} of {len(texts)}",
                document.wording.edition.title,
                "Lindenhof Pain Clinic",
                words.HELP,
            ):
                assert squeezed(said) in text, (document.kind, number, said)


def test_every_word_and_every_blank_of_the_wording_is_on_the_pages(canary):
    for document in canary.documents:
        text = "".join(pages(document.pdf))
        for block in document.wording.blocks:
            said = [run.text for run in block.runs if isinstance(run, Text) and block.role != "img"]
            for word in WORD.findall(" ".join((*said, *(canary.printed[name] for name in block.blanks)))):
                assert word in text, (block.place, word)


def test_every_page_of_the_demo_clinic_says_sample(canary):
    assert canary.status == SAMPLE
    for document in canary.documents:
        assert document.reasons[0] == "nothing of a demo clinic can be approved"
        assert all(squeezed(words.SAMPLE) in text for text in pages(document.pdf))


def test_nothing_of_the_patient_is_in_metadata_or_names_of_files(canary, tmp_path):
    folder = write(canary, tmp_path)
    paths = " ".join(str(path.relative_to(tmp_path)) for path in [folder, *folder.iterdir()])
    told = ("Canarilla", "Quetzalcoatlus", "976431", "1977", "July 7", "2026-0001", "Lopez", "Metformin")
    for document in canary.documents:
        with pypdfium2.PdfDocument(document.pdf) as opened:
            about = json.dumps(opened.get_metadata_dict())
        written = unpacked(document.pdf)
        information = re.search(rb"/Info (\d+) 0 R", written)
        dictionary = re.search(rb"(?<!\d)" + information[1] + rb" 0 obj(.*?)endobj", written, re.DOTALL)[1]
        plain = outside_of_streams(written).rpartition(b"\nxref\n")[0]  # offsets could be any numbers
        for text in told:
            assert text not in about
            for encoded in (text.encode(), text.encode("utf-16-be"), text.encode("utf-16-be").hex().upper().encode()):
                assert encoded not in dictionary, text
                assert encoded not in plain, text
    assert not any(text in paths for text in told)


def test_the_id_of_a_packet_is_opaque_and_that_of_its_appointment(make, appointment, now, clinic):
    packet = make(appointment(), now)
    assert packet.packet_id == make(appointment(CANARY), now + timedelta(hours=1)).packet_id
    assert packet.packet_id == opaque_id(clinic.id, "2026-0001", 1)
    others = {opaque_id(c, a, r) for c in ("demo", "other") for a in ("2026-0001", "2026-00011", "1") for r in (1, 11)}
    assert len(others) == 12
    assert all(re.fullmatch("[a-z2-7]{16}", each) for each in others)


def test_the_same_appointment_gives_the_same_bytes_from_a_maker_that_remembers_and_one_that_does_not(
    make, clinic, appointment, now
):
    def bytes_of(maker):
        return [document.pdf for document in maker(appointment(FULL), now).documents]

    make(appointment(CANARY), now)
    assert bytes_of(make) == bytes_of(make) == bytes_of(PacketMaker(Editions(clinic), Options(kinds=DOCUMENTS)))


PROGRAM = """
import hashlib, json, sys
sys.path.insert(0, sys.argv[1])
from sound import changed
from handouts.appointment import Appointment
from handouts.builtin import demo_clinic
from handouts.clinic import load_clinic
from handouts.content.editions import Editions
from handouts.intake.rows import premises
from handouts.output import manifest
from handouts.packet import Options, PacketMaker
clinic = load_clinic(demo_clinic())
made = Appointment.model_validate(changed(json.loads(sys.argv[2])), context=premises(clinic, clinic.clock))
packet = PacketMaker(Editions(clinic), Options())(made, clinic.clock)
print(json.dumps([manifest(packet), [d.sha256 for d in packet.documents]]))
"""


def test_another_process_elsewhere_gives_the_same_bytes():
    def run(**environment):
        arguments = [sys.executable, "-c", PROGRAM, str(Path(__file__).parent), json.dumps(FULL)]
        return subprocess.run(
            arguments, capture_output=True, text=True, check=True, env={**os.environ, **environment}
        ).stdout

    first = run(PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C")
    assert first == run(PYTHONHASHSEED="2", TZ="Pacific/Auckland", LC_ALL="C.UTF-8", LANGUAGE="es")
    assert first == run(PYTHONHASHSEED="3", TZ="America/Los_Angeles")


@pytest.mark.parametrize("name", ["UTC", "Pacific/Auckland", "America/New_York"])
def test_the_servers_time_zone_changes_no_byte(make, editions, appointment, now, monkeypatch, name):
    expected = [document.pdf for document in make(appointment(FULL), now).documents]
    monkeypatch.setenv("TZ", name)
    time.tzset()
    try:
        fresh = PacketMaker(editions, Options(kinds=DOCUMENTS))(appointment(FULL), now)
        assert [document.pdf for document in fresh.documents] == expected
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_time_of_issue_is_printed_in_the_zone_it_is_told_in(make, appointment, now):
    packet = make(appointment({"start": "2026-07-07T12:00"}), now)
    for text in pages(packet.documents[0].pdf):
        assert squeezed("made Friday, February 27, 2026, 9:00 AM, Eastern Standard Time") in text


def test_a_language_chosen_for_everybody_is_not_taken_for_the_patients_own(editions, appointment, now):
    packet = PacketMaker(editions, Options(language="en"))(appointment({"patient.language": "vi"}), now)
    assert packet.finding.facts["document_language"] == "english_instead"
    assert packet.finding.facts["interpreter"] == "yes"


def test_a_patient_without_an_edition_gets_the_whole_packet_in_english_and_an_interpreter(make, appointment, now):
    packet = make(appointment({"patient.language": "vi"}), now)
    assert packet.language == "en"
    assert {document.wording.edition.language for document in packet.documents} == {"en"}
    assert packet.finding.facts["interpreter"] == "yes"


def test_fifty_appointments_made_at_once_do_not_mix(make, appointment, now):
    given_names = ["Ada", "Bo", "Cy", "Dee", "Eli", "Fay", "Gus", "Hal", "Ida", "Jo"]
    family_names = ["Aarons", "Bishop", "Carver", "Dalton", "Emmett"]
    people = {
        f"MRN-{480_000 + 37 * number}": {
            "id": f"row-{number}",
            "patient.mrn": f"MRN-{480_000 + 37 * number}",
            "patient.given_name": given_names[number % 10] + "x" * (number % 7),
            "patient.family_name": family_names[number % 5] + f"son{'q' * (number // 5)}",
            "patient.birth_date": f"19{40 + number}-0{1 + number % 9}-1{number % 10}",
            "start": f"2026-03-{2 + number % 25:02}T{8 + number % 8:02}:15",
            "flags.glp1": ("yes", "no", "unknown")[number % 3],
            "visit_number": 1 + number % 6,
            "medicines": [{"name": f"Medicine of {number}", "class": "thyroid", "rule": "take"}] if number % 2 else [],
        }
        for number in range(50)
    }
    order = list(people)
    random.Random(7).shuffle(order)
    with ThreadPoolExecutor(8) as pool:
        made = dict(zip(order, pool.map(lambda mrn: make(appointment(people[mrn]), now), order), strict=True))
    names = {mrn: squeezed(f"{p['patient.given_name']} {p['patient.family_name']} ·") for mrn, p in people.items()}
    for mrn in order:
        alone = PacketMaker(make.editions, Options(kinds=DOCUMENTS))(appointment(people[mrn]), now)
        assert [d.pdf for d in made[mrn].documents] == [d.pdf for d in alone.documents]
        for document in made[mrn].documents:
            for text in pages(document.pdf):
                assert set(re.findall(r"MRN-\d{6}", text)) == {mrn}
                assert [other for other in order if f"{names[other]}born" in text] == [mrn]


@pytest.mark.parametrize(
    "name",
    ["Nirmala", "W" * 120, "<b>Bold</b>", "O'Brien", "A & B <script>", "%(name)s", "{0}", "{page} of {pages}", "\\n", "Zoë Ñandú-Łoś"],
)  # fmt: skip
def test_a_name_is_printed_as_it_is_whatever_it_looks_like(make, appointment, now, name):
    changes = {"patient.given_name": LEFT_OUT, "patient.family_name": LEFT_OUT, "patient.name": name}
    packet = make(appointment(changes), now)
    for document in packet.documents:
        for text in pages(document.pdf):
            assert squeezed(name) in text


@pytest.mark.parametrize("name", ["{{7*7}}", "{% for x in y %}", "Ann\u202eegdoH", "Ann\u2067", "A\u0000"])
def test_a_name_that_could_act_is_refused_before_any_packet(appointment, name):
    with pytest.raises(ValidationError):
        appointment({"patient.given_name": name})


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("patient.family_name", {"patient.family_name": "ཀ"}),
        ("medicines.1.name", {"medicines": [{"name": "ཀ"}]}),
        ("escort.name", {"escort": {"name": "ཀ"}}),
        ("representative.authority", {"representative": {"name": "Ana", "authority": "ཀ"}}),
        ("interpreter.name", {"interpreter": {"name": "ཀ"}}),
    ],
)
def test_a_text_that_no_face_can_print_refuses_the_appointment_and_says_which(make, appointment, now, field, changes):
    with pytest.raises(RefusedAppointment) as caught:
        make(appointment(changes), now)
    assert [(fault.where, fault.field) for fault in caught.value.faults] == [('appointment "2026-0001"', field)]
    assert "U+0F40" in str(caught.value)


def real_clinic(folder, *, replaced=(), approve=True):
    """The demo clinic as if it were a real one that has approved its settings, and (with `approve`) every block."""
    text = (demo_clinic() / "clinic.toml").read_text("utf-8")
    text = text.replace("demo = true", "demo = false").replace("+1212555014", "+1212200014")
    text = re.sub(r"(?m)^clock = .*\n", "", text)
    text = re.sub(r"(?m)^source_note = .*$", r'\g<0>\napproved_by = "Ada Okafor, MD"\napproved_at = 2026-01-15', text)
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new)
    (folder / "clinic.toml").write_text(text, "utf-8")
    (folder / "logo.png").write_bytes((demo_clinic() / "logo.png").read_bytes())
    clinic = load_clinic(folder)
    if approve:
        approve_blocks(clinic)
    return clinic


def approve_blocks(clinic, *, but=(), since="2026-01-20", until=""):
    editions = Editions(clinic)
    blocks = {
        block.sha256
        for language in editions.languages("ketamine-infusion")
        for kind in editions.procedure("ketamine-infusion").kinds
        for block in editions.wordings("ketamine-infusion", kind, language).edition.blocks
    }
    lines = [f"{block}\tAda Okafor\tNY 1\t2026-01-20\t{since}\t{until}" for block in sorted(blocks - set(but))]
    (clinic.folder / APPROVALS).write_text("\n".join(lines) + "\n", "utf-8")


def made(clinic, appointment, now, changes=None):
    return PacketMaker(Editions(clinic), Options(kinds=DOCUMENTS))(appointment(changes, of=clinic, at=now), now)


def to_sign(document):
    fields = [run for block in document.wording.blocks for run in block.runs if isinstance(run, Field)]
    return sum(field.kind in {"signature", "initials"} for field in fields)


def assert_draft(packet):
    assert packet.status == DRAFT
    for document in packet.documents:
        if document.status == DRAFT:
            texts = pages(document.pdf)
            assert document.reasons
            assert all(squeezed(words.DRAFT) in text for text in texts)
            assert sum(text.count(squeezed(words.NOT_TO_SIGN)) for text in texts) == to_sign(document)


def test_a_clinic_that_has_approved_nothing_prints_drafts_that_nobody_can_sign(tmp_path, appointment, now):
    packet = made(real_clinic(tmp_path, approve=False), appointment, now)
    assert_draft(packet)
    assert {document.status for document in packet.documents} == {DRAFT}
    assert sum(map(to_sign, packet.documents)) > 0


def test_a_clinic_that_has_approved_everything_prints_for_signature(tmp_path, appointment, now):
    packet = made(real_clinic(tmp_path), appointment, now, FULL)
    assert {document.kind: document.reasons for document in packet.documents} == dict.fromkeys(
        (document.kind for document in packet.documents), ()
    )
    assert packet.status == GENERATED
    for text in (text for document in packet.documents for text in pages(document.pdf)):
        for mark in (words.DRAFT, words.SAMPLE, words.NOT_TO_SIGN):
            assert squeezed(mark) not in text


def test_one_block_without_approval_makes_a_draft_of_the_document_it_stands_in(tmp_path, appointment, now):
    clinic = real_clinic(tmp_path)
    consent = made(clinic, appointment, now).documents[-1]
    title = consent.wording.blocks[0]
    approve_blocks(clinic, but=[title.approved_as])
    packet = made(clinic, appointment, now)
    assert_draft(packet)
    for document in packet.documents:
        holds_it = title.approved_as in {block.approved_as for block in document.wording.blocks}
        assert document.status == (DRAFT if holds_it else GENERATED)
    assert packet.documents[-1].status == DRAFT


@pytest.mark.parametrize(
    ("since", "until", "status"),
    [
        ("2026-02-27", "", GENERATED),
        ("2026-02-28", "", DRAFT),
        ("2026-01-20", "2026-02-27", GENERATED),
        ("2026-01-20", "2026-02-26", DRAFT),
    ],
)
def test_approvals_count_on_the_clinics_days(tmp_path, appointment, since, until, status):
    clinic = real_clinic(tmp_path)
    approve_blocks(clinic, since=since, until=until)
    evening = datetime.fromisoformat("2026-02-28T03:00+00:00")  # 27 February at the clinic
    assert made(clinic, appointment, evening).status == status


def test_a_maker_that_remembers_asks_anew_each_day_what_is_approved(tmp_path, appointment):
    clinic = real_clinic(tmp_path)
    approve_blocks(clinic, since="2026-02-20", until="2026-02-26")
    make = PacketMaker(Editions(clinic), Options(kinds=("preparation",)))
    days = {"2026-02-19": DRAFT, "2026-02-26": GENERATED, "2026-02-27": DRAFT, "2026-02-20": GENERATED}
    for day, status in (*days.items(), *days.items()):
        at = datetime.fromisoformat(f"{day}T12:00-05:00")
        assert make(appointment(of=clinic, at=at), at).status == status


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('[fast_light_meal_h]\nvalue = 6\nsource_note = "demo value, not medical advice"\napproved_by = "Ada Okafor, MD"', '[fast_light_meal_h]\nvalue = 6\nsource_note = "demo value, not medical advice"\napproved_by = ""'),
        ("[fast_light_meal_h]\nvalue = 6", "[fast_light_meal_h]\nvalue = 6\nexpires_at = 2026-02-26"),
    ],
)  # fmt: skip
def test_a_setting_that_nobody_approves_any_more_makes_a_draft(tmp_path, appointment, now, old, new):
    packet = made(real_clinic(tmp_path, replaced=[(old, new)]), appointment, now)
    assert_draft(packet)
    reasons = [reason for document in packet.documents for reason in document.reasons]
    assert any(reason.partition(":")[0] == "setting fast_light_meal_h" for reason in reasons)


def test_what_a_clinician_must_decide_makes_a_draft_of_an_approved_packet(tmp_path, appointment, now):
    clinic = real_clinic(tmp_path)
    packet = made(clinic, appointment, now, {"flags.pregnant": "yes"})
    assert_draft(packet)
    assert {document.reasons for document in packet.documents} == {packet.finding.blocking}


def test_the_schedule_of_the_tests_is_a_sound_one():
    assert changed({"patient.language": "es"})["patient"]["language"] == "es"


@pytest.mark.parametrize(("kept", "said"), [(0, "neither PNG nor JPEG"), (20, "neither PNG"), (300, "is damaged")])
def test_a_logo_that_is_no_picture_stops_all_packets_and_says_so(tmp_path, monkeypatch, kept, said):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint does for its whole process
    clinic = real_clinic(tmp_path)
    whole = (tmp_path / "logo.png").read_bytes()
    assert len(whole) > kept
    (tmp_path / "logo.png").write_bytes(whole[:kept])
    with pytest.raises(SettingError, match=f"clinic.toml.*clinic.logo.*{said}"):
        PacketMaker(Editions(clinic), Options(kinds=DOCUMENTS))


def test_the_logo_is_a_figure_once_with_its_words_in_the_documents_language(tmp_path, appointment, now):
    make = PacketMaker(Editions(real_clinic(tmp_path)), Options(kinds=DOCUMENTS))
    approve(tmp_path, ["es-US"])
    packet = make(appointment({"patient.language": "es"}), now)
    for document in packet.documents:
        written = unpacked(document.pdf)
        assert written.count(b"/S /Figure") == 1
        assert b"/Alt (Logotipo: una hoja de tilo)" in written
