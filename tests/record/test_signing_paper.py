"""What was signed on paper is recorded as what it was: the paper that was approved, complete, by whom the packet says."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from record.signing_desk import APPROVED_AT, NOBODY_DECIDES, READ_ALOUD, TODAY, copied, equip
from record.test_signing import refusal

from handouts.content.answers import fields_of
from handouts.errors import NotAllowed, UnreadableInput, WrongUsage
from handouts.record.consent import last_signed
from handouts.record.export import exported
from handouts.record.signing import answer
from handouts.record.signing_paper import continued, read_scan, serious_event, withdrawn
from handouts.record.standing import standing

NOW = datetime.fromisoformat("2026-03-03T18:00-05:00")
SCANS = {
    "pdf": b"%PDF-1.4 scan",
    "jpeg": b"\xff\xd8\xff\xe0 scan",
    "png": b"\x89PNG\r\n scan",
    "tiff": b"II*\0 scan",
    "tiff of the other kind": b"MM\0* scan",
}


@pytest.fixture(scope="module")
def equipped(template, tmp_path_factory):
    return equip(copied(template, tmp_path_factory.mktemp("equipped") / "clinic").folder)


@pytest.fixture
def desk(equipped, tmp_path):
    made = copied(equipped, tmp_path / "clinic")
    yield made
    made.close()


def test_papers_that_are_recorded_hours_later_keep_the_times_at_which_they_were_signed(desk):
    packet = desk.approved({})
    first = desk.on_paper(packet, "patient", TODAY, NOW)
    assert (first.state, first.waiting) == ("issued", ("clinician",))
    done = desk.on_paper(packet, "clinician", TODAY + timedelta(minutes=5), NOW + timedelta(minutes=1))
    assert (done.state, done.name) == ("signed", "Ada Okafor")  # who led the talk, and not who records it
    assert [each.at for each in desk.form(packet).given] == [TODAY, TODAY + timedelta(minutes=5)]
    (other,) = desk.record({"id": "later", "start": "2026-03-05T12:00", "visit_number": 2})
    with desk.store().reading() as connection:
        assert last_signed(connection, standing(connection, other)).signed_at == TODAY
    desk.sound()


@pytest.mark.parametrize("kind", SCANS)
def test_a_scan_shows_it_and_is_kept(desk, kind):
    packet = desk.approved({})
    done = desk.on_paper(packet, "patient", statement="", scan=SCANS[kind])
    assert desk.store().files.get(done.sha256) == SCANS[kind]
    (given,) = desk.form(packet).given
    assert given.evidence["scan"] == done.sha256
    desk.sound()


@pytest.mark.parametrize("scan", [b"GIF89a", b"<html>", b"PK\3\4", b"\0", b" %PDF-1.4"])
def test_what_is_no_scan_is_refused(desk, scan):
    packet = desk.approved({})
    assert "is no scan" in refusal(desk, lambda: desk.on_paper(packet, "patient", scan=scan), WrongUsage)


def test_neither_scan_nor_statement_shows_nothing(desk):
    packet = desk.approved({})
    said = refusal(desk, lambda: desk.on_paper(packet, "patient", statement="  "), WrongUsage)
    assert "nothing that shows the signature" in said


def test_a_scan_is_read_unless_it_is_too_large_or_none(tmp_path):
    (tmp_path / "scan.pdf").write_bytes(SCANS["pdf"])
    assert read_scan(tmp_path / "scan.pdf") == SCANS["pdf"]
    with (tmp_path / "large.pdf").open("wb") as large:
        large.truncate(50 * 2**20 + 1)
    for name, said in (("large.pdf", "larger than 50 MB"), ("none.pdf", "cannot be read"), (".", "cannot be read")):
        with pytest.raises(UnreadableInput, match=said):
            read_scan(tmp_path / name)


def test_another_paper_than_the_approved_one_is_refused(desk):
    packet, other = desk.approved({}, {"patient.mrn": "MRN-204102"})
    version = desk.form(packet).version
    assert len(version) == 8
    assert version != desk.form(other).version
    for wrong in (desk.form(other).version, "00000000", "", version[:7]):
        said = refusal(desk, lambda wrong=wrong: desk.on_paper(packet, "patient", version=wrong))
        assert "it is another paper" in said
    assert desk.on_paper(packet, "patient", version=version.upper()).role == "patient"


def test_what_was_made_again_bears_other_digits(desk):
    (packet,) = desk.record({})
    before = desk.form(packet).version
    assert desk.approved({"duration_minutes": 75}) == packet
    assert desk.form(packet).version != before
    assert "another paper" in refusal(desk, lambda: desk.on_paper(packet, "patient", version=before))


def test_a_paper_that_nobody_says_is_filled_in_is_not_complete(desk):
    packet = desk.approved({})
    assert "is not said to be complete" in refusal(desk, lambda: desk.on_paper(packet, "patient", filled=False))
    assert desk.on_paper(packet, "patient", filled=False, outcome="decline").state == "refused"


def test_nothing_is_signed_in_the_future(desk):
    packet = desk.approved({})
    act = lambda: desk.on_paper(packet, "patient", TODAY, TODAY - timedelta(minutes=1))  # noqa: E731
    assert "is in the future" in refusal(desk, act, WrongUsage)


def test_who_wants_more_time_has_signed_nothing_yet(desk):
    packet = desk.approved({})
    said = refusal(desk, lambda: desk.on_paper(packet, "patient", outcome="later"))
    assert "wants more time" in said
    assert "decision.later" in said
    answer(desk.store(), desk.makers, desk.who("desk"), packet, "consent", {"decision.later": "yes"}, TODAY)
    assert desk.on_paper(packet, "patient").state == "issued"
    assert "is no decision" in refusal(desk, lambda: desk.on_paper(packet, "patient", outcome="maybe"), WrongUsage)


def test_all_sign_the_same_decision(desk):
    packet = desk.approved({})
    desk.on_paper(packet, "patient")
    said = refusal(desk, lambda: desk.on_paper(packet, "clinician", outcome="decline"))
    assert 'was signed with "agree" before' in said


def test_a_name_that_is_not_that_of_the_packet_is_refused(desk):
    packet = desk.approved({})
    said = refusal(desk, lambda: desk.on_paper(packet, "patient", name="Otto Other"))
    assert "is signed as patient by Maria Lopez" in said
    assert "led" not in said
    said = refusal(desk, lambda: desk.on_paper(packet, "clinician", name="Luis Reyes"))
    assert "by Ada Okafor" in said
    assert desk.on_paper(packet, "patient", name="maria  LOPEZ").name == "Maria Lopez"


def test_a_name_that_the_packet_does_not_have_is_said(desk):
    packet = desk.approved(READ_ALOUD)
    desk.on_paper(packet, "patient")
    assert "does not name who signs as witness" in refusal(
        desk, lambda: desk.on_paper(packet, "witness", saw="patient")
    )
    assert desk.on_paper(packet, "witness", saw="patient", name="Wanda Witness").name == "Wanda Witness"


def test_each_signs_once_and_a_witness_saw_somebody(desk):
    packet = desk.approved(READ_ALOUD)
    desk.on_paper(packet, "patient")
    assert "is signed by the patient already" in refusal(desk, lambda: desk.on_paper(packet, "patient"))
    for saw in ("", "clinician"):
        act = lambda saw=saw: desk.on_paper(packet, "witness", saw=saw, name="Wanda Witness")  # noqa: E731
        assert "a witness who saw nobody" in refusal(desk, act)


def test_a_mark_on_paper_needs_a_place_for_a_witness_and_is_not_done_before_they_signed(desk):
    packet = desk.approved({})
    assert "no place for the witness" in refusal(desk, lambda: desk.on_paper(packet, "patient", mark=True))
    packet = desk.approved({"id": "m", "patient.mrn": "MRN-204102", "flags.read_aloud": "unknown"})
    assert desk.on_paper(packet, "patient", mark=True).waiting == ("witness", "clinician")
    assert desk.on_paper(packet, "clinician").state == "issued"
    done = desk.on_paper(packet, "witness", saw="patient", name="Wanda Witness")
    assert (done.state, done.waiting) == ("signed", ())
    assert desk.form(packet).given[0].way == "paper, a mark"


def test_what_was_signed_on_paper_is_not_signed_on_a_screen(desk):
    packet = desk.approved({})
    desk.answered(packet)
    desk.on_paper(packet, "patient")
    for role in ("clinician", "withdraw"):
        said = refusal(desk, lambda role=role: desk.sign(packet, role))
        assert "was not signed on a screen by the patient" in said
    assert withdrawn(desk.store(), desk.who("desk"), packet, "", TODAY).state == "withdrawn"


def test_the_evidence_is_complete(desk):
    packet = desk.approved(NOBODY_DECIDES)
    desk.on_paper(packet, "representative", TODAY, NOW, by="reyes")
    (given,) = desk.form(packet).given
    told = given.evidence
    assert (told["who"], told["role"], told["way"]) == ("Ana Lopez", "representative", "paper")
    assert told["time"] == "2026-03-03T11:30-05:00"
    assert (told["outcome"], told["filled"], told["statement"]) == ("agree", True, "I saw it signed.")
    assert told["version"] == desk.form(packet).version
    assert told["present"]["name"] == "Luis Reyes"


# A later visit, which rests on the consent that was signed before.


def two_visits(desk, **changes):
    first, second = desk.approved({}, {"start": "2026-03-10T12:00", "visit_number": 2, **changes})
    desk.answered(first, at=APPROVED_AT)
    desk.sign(first, "patient")
    desk.sign(first, "clinician")
    return first, second


def go_on(desk, packet, *answers, at="2026-03-10T11:00-05:00"):
    given = answers or ("no", "no", "yes")
    moment = datetime.fromisoformat(at.replace("-05:00", "-04:00"))
    return continued(desk.store(), desk.makers, desk.who("desk"), packet, given, moment)


def test_a_later_visit_rests_on_the_signed_consent_and_nobody_else_need_sign(desk):
    first, second = two_visits(desk)
    done, consent = go_on(desk, second)
    assert (done.state, done.waiting, consent.packet.id) == ("signed", (), first)
    assert desk.form(second).given[0].evidence["consent"] == first
    with pytest.raises(NotAllowed):
        go_on(desk, second)
    desk.sound()


@pytest.mark.parametrize("answers", [("yes", "no", "yes"), ("no", "yes", "yes"), ("no", "no", "no"), ("No", "no", "")])
def test_whatever_changed_asks_for_a_consent_of_its_own(desk, answers):
    _, second = two_visits(desk)
    assert "rests on no earlier consent" in refusal(desk, lambda: go_on(desk, second, *answers))


def test_a_trigger_of_a_new_consent_lets_nothing_rest_on_the_old_one(desk):
    first, second = two_visits(desk, **{"flags.pregnancy_potential": "yes"})
    assert "pregnancy_potential was no, and is yes" in refusal(desk, lambda: go_on(desk, second))
    third = desk.approved({"id": "third", "start": "2026-03-11T12:00", "visit_number": 3})
    serious_event(desk.store(), desk.who(), first, "fainted", TODAY + timedelta(days=1))
    assert "a serious event was recorded" in refusal(desk, lambda: go_on(desk, third, at="2026-03-11T11:00-05:00"))


def test_without_a_signed_consent_or_after_it_was_taken_back_there_is_nothing_to_rest_on(desk):
    first, second = two_visits(desk)
    withdrawn(desk.store(), desk.who("desk"), first, "", TODAY)
    assert "no consent of this patient is on record" in refusal(desk, lambda: go_on(desk, second))


def test_a_consent_that_was_signed_for_this_visit_itself_rests_on_no_other(desk):
    _, second = two_visits(desk)
    desk.answered(second)
    desk.sign(second, "patient", at=datetime.fromisoformat("2026-03-10T10:00-04:00"))
    assert "is signed by the patient already" in refusal(desk, lambda: go_on(desk, second))


def test_what_was_signed_before_a_witness_without_a_scan_can_be_exported_and_backed_up(desk, tmp_path):
    packet = desk.approved({})
    desk.on_paper(packet, "patient")
    done = exported(desk.store(), desk.clinic, desk.who("admin"), NOW, packet, tmp_path / "out")
    assert list(done.packets) == [packet]
    (given,) = json.loads((tmp_path / "out" / "record.json").read_text("utf-8"))["packets"][0]["signatures"]
    assert given["evidence"]["statement"] == "I saw it signed."
    assert "file" not in given


def test_no_reason_or_statement_of_a_refusal_is_in_the_fields(desk):
    packet = desk.approved({})
    desk.on_paper(packet, "patient", outcome="decline", filled=False, statement="Zanzibar")
    assert all(field.value != "Zanzibar" for field in fields_of(desk.form(packet).wording))
