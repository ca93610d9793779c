"""What is said of files with the record at hand: what we gave is what it is, and whatever was done to it is told."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import signing as workbench
import tampering
from record.signing_desk import READ_ALOUD, TODAY, copied, equip

from handouts.errors import ExitCode, UnreadableInput
from handouts.record.certificate import write_certificate
from handouts.record.review import decide
from handouts.record.sign_policy import roots_of
from handouts.record.signing_paper import refused, withdrawn
from handouts.record.states import Move
from handouts.record.verify import verified
from handouts.record.verify_signatures import LARGEST
from handouts.record.verify_values import Verdict


@pytest.fixture(scope="module")
def equipped(template, tmp_path_factory):
    return equip(copied(template, tmp_path_factory.mktemp("equipped") / "clinic").folder)


@pytest.fixture
def desk(equipped, tmp_path):
    made = copied(equipped, tmp_path / "clinic")
    yield made
    made.close()


@pytest.fixture(scope="module")
def visit(equipped, tmp_path_factory):
    """A packet that patient, witness and clinician signed, and its consent after each step."""
    made = copied(equipped, tmp_path_factory.mktemp("visit") / "clinic")
    packet = made.approved(READ_ALOUD)
    steps = [made.file(packet)]
    made.answered(packet)
    steps.append(made.file(packet))
    for role in ("patient", "witness", "clinician"):
        made.sign(packet, role, saw="patient" if role == "witness" else "")
        steps.append(made.file(packet))
    yield made, packet, steps
    made.close()


def said_of(desk, content, tmp_path, name="consent.pdf", *, with_store=True):
    path = tmp_path / name
    path.write_bytes(content)
    return verified(path, desk.store() if with_store else None, roots_of(desk.clinic), TODAY + timedelta(days=1))


def all_of(found):
    return " ".join(found.sentences())


def test_every_file_we_gave_is_known_at_each_stage(desk, tmp_path):
    packet = desk.approved({})
    for path in sorted(desk.out.rglob("*.*")):
        found = verified(path, desk.store(), roots_of(desk.clinic), TODAY)
        assert (found.exit_code, found.packet_id) == (ExitCode.DONE, packet), (path, all_of(found))
        assert "Approved by Ada Okafor, licence NY 1" in all_of(found)
    desk.answered(packet)
    found = said_of(desk, desk.file(packet), tmp_path)
    assert (found.exit_code, found.stage) == (ExitCode.DONE, "answered")
    for number, role in enumerate(("patient", "clinician"), 1):
        desk.sign(packet, role)
        found = said_of(desk, desk.file(packet), tmp_path)
        assert (found.exit_code, found.stage) == (ExitCode.DONE, "signed"), all_of(found)
        assert sum(each.signed for each in found.examination.signatures) == number
    assert "Signed by Maria Lopez as patient" in all_of(found)
    assert "The packet is signed." in found.told
    out = write_certificate(
        desk.store(), desk.makers, desk.who("desk"), packet, "consent", tmp_path / "o", TODAY, desk.key()
    )
    for path in out:
        found = verified(path, desk.store(), roots_of(desk.clinic), TODAY)
        assert found.exit_code == ExitCode.DONE, all_of(found)


def test_a_scan_is_known_by_its_hash(desk, tmp_path):
    packet = desk.approved({})
    for number, scan in enumerate((b"\xff\xd8\xff a photograph", b"%PDF-1.4 no whole file")):
        desk.on_paper(packet, ("patient", "clinician")[number], scan=scan)
    assert said_of(desk, b"\xff\xd8\xff a photograph", tmp_path, "scan.jpg").exit_code == ExitCode.DONE
    assert said_of(desk, b"\xff\xd8\xff a photograpH", tmp_path, "scan.jpg").exit_code == ExitCode.TAMPERED


def test_what_was_cut_back_to_fewer_signatures_is_told(visit, tmp_path):
    desk, _, steps = visit
    made, answered, patient, witness, whole = steps
    assert whole.startswith(patient)
    for content, missing in (
        (answered, "3 signatures were"),
        (patient, "2 signatures were"),
        (witness, "1 signature was"),
    ):
        found = said_of(desk, content, tmp_path)
        assert found.exit_code == ExitCode.TAMPERED
        assert f"{missing} given after it" in all_of(found)
    assert said_of(desk, whole, tmp_path).exit_code == ExitCode.DONE
    assert said_of(desk, made, tmp_path).exit_code == ExitCode.DONE


@pytest.fixture
def tampered_with(visit, monkeypatch):
    """Makes a changed file as `tampering` does, but of the real packet's consent in the place of the one it begins with."""
    desk, _, steps = visit
    _, answered, _, witness, _ = steps
    for module in (tampering, workbench):
        monkeypatch.setattr(module, "approved", lambda *_: answered)
    monkeypatch.setattr(tampering, "honest", lambda: witness)
    monkeypatch.setattr(tampering, "consent", lambda *_: steps[0])
    monkeypatch.setattr(tampering, "signed_consent", lambda count=2, *_: steps[1 + count])
    monkeypatch.setattr(tampering, "stages", lambda: (answered, steps[2], steps[4]))
    return lambda name: (desk, tampering.WAYS[name].make.__wrapped__())


_OF_OTHER_FILES = "the timestamp of a signature was damaged"  # this clinic signs without one


@pytest.mark.parametrize("name", [name for name in tampering.WAYS if name != _OF_OTHER_FILES])
def test_whatever_was_done_to_a_signed_consent_is_told(tampered_with, tmp_path, name):
    desk, made = tampered_with(name)
    found = said_of(desk, made, tmp_path)
    assert found.verdict is Verdict.TAMPERED
    assert found.exit_code == ExitCode.TAMPERED
    assert len(all_of(found)) > len("This file is not as it should be.") + 20


def test_a_changed_copy_is_told_of_which_packet_it_is(visit, tmp_path):
    desk, packet, steps = visit
    found = said_of(desk, steps[-1] + b"x", tmp_path)
    assert found.exit_code == ExitCode.TAMPERED
    assert f"It says that it is the consent of packet {packet}" in all_of(found)


def test_a_file_of_another_packet_says_whose_it_is(desk, tmp_path):
    one, other = desk.approved({}, {"patient.mrn": "MRN-204102"})
    for name in (one, other):
        desk.answered(name)
        desk.sign(name, "patient")
    (tmp_path / one).mkdir()
    found = said_of(desk, desk.file(other), tmp_path / one)
    assert found.packet_id == other
    assert f"It is the consent of packet {other}" in all_of(found)


def test_what_a_packet_json_says_is_not_changed_unseen(desk, tmp_path):
    desk.approved({})
    (path,) = desk.out.rglob("packet.json")
    assert verified(path, desk.store(), (), TODAY).exit_code == ExitCode.DONE
    told = json.loads(path.read_text("utf-8"))
    told["facts"]["pregnant"] = "unknown"
    found = said_of(desk, json.dumps(told).encode(), tmp_path, "packet.json")
    assert found.exit_code == ExitCode.TAMPERED


@pytest.mark.parametrize(
    ("become", "said"),
    [
        ("superseded", "It is superseded"),
        ("void", "It is void."),
        ("withdrawn", "The consent was taken back."),
        ("refused", "The person did not agree."),
        ("made again", "The packet was made again since"),
    ],
)
def test_what_no_longer_counts_is_told(desk, tmp_path, become, said):
    (packet,) = desk.record({}) if become == "made again" else (desk.approved({}),)
    content = desk.file(packet)
    match become:
        case "superseded":
            desk.record({"revision": 2})
        case "void":
            decide(desk.store(), desk.who(), packet, Move.VOID, TODAY, "not so")
        case "refused":
            refused(desk.store(), desk.who("desk"), packet, "", TODAY)
        case "withdrawn":
            desk.answered(packet)
            desk.sign(packet, "patient")
            content = desk.file(packet)
            withdrawn(desk.store(), desk.who("desk"), packet, "", TODAY)
        case _:
            desk.record({"duration_minutes": 75})
    found = said_of(desk, content, tmp_path)
    assert found.exit_code == ExitCode.DONE  # the file is what we gave
    assert said in all_of(found)


def test_what_nobody_approved_is_told(desk, tmp_path):
    (packet,) = desk.record({})
    assert "Nobody has approved it." in said_of(desk, desk.file(packet), tmp_path).told
    decide(desk.store(), desk.who(), packet, Move.RETURN, TODAY, "not so")
    assert "Nobody has approved it." in said_of(desk, desk.file(packet), tmp_path).told


def test_without_the_record_nothing_is_called_valid(visit, tmp_path):
    desk, _, steps = visit
    for content in steps:
        found = said_of(desk, content, tmp_path, with_store=False)
        assert (found.verdict, found.exit_code) == (Verdict.NOT_CHECKED, ExitCode.SOME_ROWS_FAILED)
        assert "There is no record here to compare it with." in found.told
        assert " valid" not in all_of(found).replace("a certificate was valid", "")


def test_what_is_no_document_is_told(visit, tmp_path):
    desk, _, _ = visit
    for content in (b"", b"not a PDF", b"%PDF-1.7", b"\0" * 100):
        assert said_of(desk, content, tmp_path).exit_code == ExitCode.TAMPERED
    for name in ("missing.pdf", "."):
        with pytest.raises(UnreadableInput, match="cannot be read"):
            verified(tmp_path / name, desk.store(), (), TODAY)
    huge = tmp_path / "huge.pdf"
    with huge.open("wb") as out:
        out.write(b"%PDF-1.7\n")
        out.truncate(LARGEST + 10)
    found = verified(huge, desk.store(), (), TODAY)
    assert found.exit_code == ExitCode.TAMPERED


def test_a_certificate_of_another_than_who_signed_is_told(visit, tmp_path):
    desk, _, steps = visit
    content = steps[-1].replace(b"Ada Okafor", b"Ada OkafoR")
    assert content != steps[-1]
    assert said_of(desk, content, tmp_path).exit_code == ExitCode.TAMPERED
