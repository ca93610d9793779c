"""When people may sign: never after treatment began, never while an earlier one may still work, never by a clock that lies."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from record.signing_desk import APPROVED_AT, NOBODY_DECIDES, TODAY, copied, equip
from record.test_signing import refusal

from handouts.errors import NotAllowed
from handouts.record.signing_paper import starts

PROXY = {"representative": NOBODY_DECIDES["representative"]}


@pytest.fixture(scope="module")
def equipped(template, tmp_path_factory):
    return equip(copied(template, tmp_path_factory.mktemp("equipped") / "clinic").folder)


@pytest.fixture
def desk(equipped, tmp_path):
    made = copied(equipped, tmp_path / "clinic")
    yield made
    made.close()


def at(text):
    return datetime.fromisoformat(text)


def ready(desk, changes=None):
    packet = desk.approved(changes or {})
    desk.answered(packet, at=APPROVED_AT)
    return packet


@pytest.mark.parametrize("moment", ["2026-03-03T12:00-05:00", "2026-03-03T17:00+00:00", "2026-03-05T09:00-05:00"])
def test_once_treatment_began_nobody_signs(desk, moment):
    packet = ready(desk)
    said = refusal(desk, lambda: desk.sign(packet, "patient", at=at(moment)))
    assert "treatment began at Tuesday 2026-03-03 12:00 EST" in said
    assert desk.sign(packet, "patient", at=at("2026-03-03T11:59:59-05:00")).role == "patient"


def test_a_clinician_who_says_that_treatment_starts_later_lets_people_sign_until_then(desk):
    packet = ready(desk)
    later = at("2026-03-03T13:30-05:00")
    starts(desk.store(), desk.who(), packet, later, at("2026-03-03T12:10-05:00"))
    desk.sign(packet, "patient", at=at("2026-03-03T12:20-05:00"))
    said = refusal(desk, lambda: desk.sign(packet, "clinician", at=later))
    assert "treatment began at Tuesday 2026-03-03 13:30 EST" in said
    starts(desk.store(), desk.who(), packet, at("2026-03-03T13:00-05:00"), at("2026-03-03T12:30-05:00"))
    assert "13:00" in refusal(desk, lambda: desk.sign(packet, "clinician", at=at("2026-03-03T13:10-05:00")))
    assert desk.sign(packet, "clinician", at=at("2026-03-03T12:40-05:00")).state == "signed"
    desk.sound()


def test_a_clock_that_stands_before_the_approval_or_the_last_signature_is_not_believed(desk):
    packet = ready(desk)
    said = refusal(desk, lambda: desk.sign(packet, "patient", at=APPROVED_AT - timedelta(minutes=1)))
    assert "it was approved at 2026-03-02T15:00" in said
    desk.sign(packet, "patient")
    said = refusal(desk, lambda: desk.sign(packet, "clinician", at=TODAY - timedelta(minutes=1)))
    assert "it was signed last at" in said


def later_visit(desk, start="2026-03-04T10:00", **changes):
    """Two visits of one patient: the first on 3 March at 12:00, of an hour."""
    first, second = desk.approved({}, {"start": start, "visit_number": 2, **changes})
    desk.answered(second, at=APPROVED_AT)
    return first, second


def test_within_the_hours_of_an_earlier_treatment_a_patient_signs_nothing(desk):
    first, second = later_visit(desk, "2026-03-05T16:00")
    desk.sign(second, "patient", at=TODAY)  # before the first treatment the patient may decide
    other_first, third = first, desk.approved({"id": "third", "start": "2026-03-05T17:00", "visit_number": 3})
    desk.answered(third, at=APPROVED_AT)
    said = refusal(desk, lambda: desk.sign(third, "patient", at=at("2026-03-04T09:00-05:00")))
    assert f"the patient was treated at Tuesday 2026-03-03 12:00 EST (packet {other_first})" in said
    assert "makes no decisions before" in said
    assert desk.sign(third, "patient", at=at("2026-03-05T12:00-05:00")).role == "patient"


def test_a_representative_whom_no_treatment_touches_signs_then(desk):
    _, second = later_visit(desk, "2026-03-04T10:00", **NOBODY_DECIDES)
    assert desk.sign(second, "representative", at=at("2026-03-04T09:00-05:00")).role == "representative"


def test_a_child_who_was_treated_signs_nothing_then_either(desk):
    guardian = {"name": "Ana Lopez", "relationship": "parent", "authority": "birth certificate"}
    child = {"patient.birth_date": "2013-05-14", "representative": guardian}
    _, second = desk.approved(child, {"start": "2026-03-04T10:00", "visit_number": 2, **child})
    desk.answered(second, at=APPROVED_AT)
    moment = at("2026-03-04T09:00-05:00")
    desk.sign(second, "representative", at=moment)
    assert "makes no decisions" in refusal(desk, lambda: desk.sign(second, "assent", at=moment))


def test_another_patients_treatment_keeps_nobody_from_signing(desk):
    _, second = later_visit(desk, "2026-03-04T10:00", **{"patient.mrn": "MRN-204102"})
    desk.sign(second, "patient", at=at("2026-03-04T09:00-05:00"))


def test_an_earlier_treatment_that_began_later_works_longer(desk):
    first, second = later_visit(desk, "2026-03-05T16:00")
    moment = at("2026-03-05T12:00-05:00")
    starts(desk.store(), desk.who(), first, at("2026-03-05T09:00-05:00"), at("2026-03-03T11:00-05:00"))
    assert "2026-03-05 09:00" in refusal(desk, lambda: desk.sign(second, "patient", at=moment))


@pytest.mark.parametrize(
    ("start", "last", "late"),
    [
        ("2026-03-08T09:30", "2026-03-08T09:29:59-04:00", "2026-03-08T09:30-04:00"),
        ("2026-03-08T09:30", "2026-03-08T13:29:59+00:00", "2026-03-08T14:29:59+00:00"),
        ("2026-11-01T09:30", "2026-11-01T14:29:59+00:00", "2026-11-01T14:30+00:00"),
    ],
)
def test_across_a_change_of_the_clocks_the_true_time_counts(desk, start, last, late):
    packet = ready(desk, {"start": start})
    assert "treatment began" in refusal(desk, lambda: desk.sign(packet, "patient", at=at(late)))
    desk.sign(packet, "patient", at=at(last))
    assert desk.form(packet).given[0].evidence["time"].startswith(start[:11] + "09:29:59")


def test_the_hours_of_an_earlier_treatment_are_not_shorter_across_a_change_of_the_clocks(desk):
    first, second = desk.approved({"start": "2026-03-07T12:00"}, {"start": "2026-03-09T16:00", "visit_number": 2})
    desk.answered(second, at=APPROVED_AT)
    # 24 hours after the treatment of an hour, with an hour that did not exist in between.
    assert f"packet {first}" in refusal(desk, lambda: desk.sign(second, "patient", at=at("2026-03-08T13:30-04:00")))


def test_on_paper_the_time_that_is_said_counts(desk):
    packet = desk.approved({})
    now = at("2026-03-03T18:00-05:00")
    with pytest.raises(NotAllowed, match="treatment began"):
        desk.on_paper(packet, "patient", at("2026-03-03T12:00-05:00"), now)
    with pytest.raises(NotAllowed, match="it was approved"):
        desk.on_paper(packet, "patient", APPROVED_AT - timedelta(hours=1), now)
    assert desk.on_paper(packet, "patient", TODAY, now).state == "issued"
