"""A signed consent counts for another visit inside its days and while nothing has changed that it was about (CLINICAL §3.4)."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from record.conftest import AT, Office
from sound import changed as with_changes
from sqlalchemy import insert, select

from handouts.record import log
from handouts.record.consent import SERIOUS_EVENT, last_signed, validity
from handouts.record.form import form
from handouts.record.log import canonical, utc
from handouts.record.packets import Making, patient_of, recorded
from handouts.record.review import approve, changed
from handouts.record.signing_paper import OnPaper, continued, record_paper, refused, serious_event, withdrawn
from handouts.record.snapshots import risks_of
from handouts.record.standing import standing
from handouts.record.states import Move, State
from handouts.record.tables import makings, packets, signatures, snapshots

SIGNED_AT = datetime.fromisoformat("2026-02-27T10:00-05:00")
SECOND = {"visit_number": 2, "start": "2026-03-17T12:00:00-04:00"}
GUARDIAN = {"name": "Ana Lopez", "relationship": "health_care_agent", "authority": "proxy of 2024-06-01"}


class Desk:
    """A record in which the packets of visits are made from a real one, and signed."""

    def __init__(self, office):
        self.office, self.who, self.store = office, office.who(), office.store()
        (first,) = office.record({"id": "pattern", "patient.mrn": "MRN-999999"})
        with self.store.reading() as connection:
            self.row = connection.execute(select(makings).where(makings.c.packet == first)).one()
        self._count = 0

    def visit(self, changes=(), *, revision=1, patient="", name="", clinic="", wordings=None):
        """The packet of a visit; each is of a patient of its own unless the test says whose."""
        self._count += 1
        appointment = with_changes(dict(changes), json.loads(self.row.appointment))
        making = Making(
            f"packet{self._count:010}",
            name or f"visit-{self._count}",
            revision,
            patient or f"patient-{self._count}",
            utc(datetime.fromisoformat(appointment["start"])),
            self.row.made_at,
            self.row.says,
            self.row.status,
            canonical(appointment),
            self.row.options,
            "{}",
            clinic or self.row.clinic,
            wordings or json.loads(self.row.wordings),
            [],
        )
        assert recorded(self.store, self.who, AT, [making]) == ["new"]
        return making

    def sign(self, making, *moves, at=SIGNED_AT, outcome="agree", role="patient", kind="consent", way="typed"):
        """Have the packet signed, and moved on from there."""
        with self.store.writing() as connection:
            evidence = canonical({"time": at.isoformat(), "outcome": outcome})
            row = {"packet": making.packet_id, "kind": kind, "role": role, "way": way, "evidence": evidence}
            connection.execute(insert(signatures).values(**row, number=1, name="x", at=utc(at), sha256=""))
        self.move(making, Move.APPROVE, Move.ISSUE, *(moves or (Move.SIGN,)), at=at)
        return making

    def move(self, making, *moves, at=SIGNED_AT):
        for move in moves:
            with self.store.writing() as connection:
                changed(connection, self.who, standing(connection, making.packet_id), move, at)

    def valid(self, making, risks=None):
        clinic = self.office.clinic
        with self.store.reading() as connection:
            packet = standing(connection, making.packet_id)
            return validity(connection, clinic, packet, risks_of(clinic) if risks is None else risks)

    def snapshot(self, sha256, told):
        with self.store.writing() as connection:
            connection.execute(insert(snapshots).values(sha256=sha256, told=canonical(told)))
        return sha256


@pytest.fixture(scope="module")
def desk(template, tmp_path_factory):
    office = Office(shutil.copytree(template, tmp_path_factory.mktemp("consents") / "clinic"))
    yield Desk(office)
    office.close()


def two(desk, before=(), now=(), **more):
    """A visit whose consent is signed, and a later one of the same patient."""
    first = desk.sign(desk.visit(before))
    return first, desk.visit({**SECOND, **dict(now)}, patient=first.patient, **more)


def test_a_later_visit_of_the_series_rests_on_the_consent_of_the_first(desk):
    first, second = two(desk)
    found = desk.valid(second)
    assert found.counts
    assert (found.consent.packet.id, found.consent.signed_at) == (first.packet_id, SIGNED_AT)


def test_without_a_consent_there_is_none(desk):
    found = desk.valid(desk.visit())
    assert not found.counts
    assert found.reasons == ("no consent of this patient is on record",)


def test_a_packet_does_not_rest_on_its_own_consent_nor_on_that_of_another_patient(desk):
    assert desk.valid(desk.sign(desk.visit())).consent is None
    desk.sign(desk.visit())
    assert desk.valid(desk.visit()).consent is None


LAST_DAY, DAY_AFTER = (
    "2026-05-28T12:00:00-04:00",
    "2026-05-29T09:00:00-04:00",
)  # 90 days after 27 February, and one more
TRIGGERS = {
    "another route": ({}, {"route": "intranasal_compounded"}, "route was iv, and is intranasal_compounded"),
    "another indication": ({}, {"indication": "fibromyalgia"}, "indication was crps, and is fibromyalgia"),
    "pregnant": ({}, {"flags.pregnant": "yes"}, "pregnant was no, and is yes"),
    "pregnant, not known": ({}, {"flags.pregnant": "unknown"}, "pregnant was no, and is unknown"),
    "may be pregnant": ({}, {"flags.pregnancy_potential": "yes"}, "pregnancy_potential was no, and is yes"),
    "a representative": ({}, {"representative": GUARDIAN}, "the representative was not said, and is ana lopez"),
    "another representative": (
        {"representative": GUARDIAN},
        {"representative": {**GUARDIAN, "name": "Eva Lopez"}},
        "the representative was ana lopez, and is eva lopez",
    ),
    "no representative": ({"representative": GUARDIAN}, {}, "the representative was ana lopez, and is not said"),
    "one visit too many": ({}, {"visit_number": 7, "series_total": 12}, "it is for 6 visits, and this is number 7"),
    "too late": ({}, {"start": DAY_AFTER}, "it was valid until 2026-05-28, and the visit is on 2026-05-29"),
}


@pytest.mark.parametrize(("before", "now", "told"), TRIGGERS.values(), ids=TRIGGERS)
def test_each_trigger_alone_asks_for_a_new_consent(desk, before, now, told):
    _, second = two(desk, before, now)
    found = desk.valid(second)
    assert not found.counts
    (reason,) = found.reasons
    assert reason.startswith(told)


SAME = {
    "the last day": ({}, {"start": LAST_DAY}),
    "the last visit": ({}, {"visit_number": 6}),
    "a name written otherwise": (
        {"representative": GUARDIAN},
        {"representative": {**GUARDIAN, "name": "ANA  Lopez"}},
    ),
    "a number of visits that nobody said": (
        {"series_total": None, "visit_number": None},
        {"visit_number": 7, "series_total": 12},
    ),
    "another clinician": ({}, {"flags.opioids": "yes"}),
}


@pytest.mark.parametrize(("before", "now"), SAME.values(), ids=SAME)
def test_what_is_no_trigger_asks_for_nothing(desk, before, now):
    _, second = two(desk, before, now)
    assert desk.valid(second).reasons == ()


def test_the_days_are_those_of_the_clinic_and_not_of_utc(desk):
    late = datetime.fromisoformat("2026-02-27T23:30-05:00")  # 28 February in UTC
    first = desk.sign(desk.visit(), at=late)
    assert desk.valid(desk.visit({**SECOND, "start": LAST_DAY}, patient=first.patient)).counts
    assert not desk.valid(desk.visit({**SECOND, "start": DAY_AFTER}, patient=first.patient)).counts


def test_all_reasons_are_told_at_once(desk):
    _, second = two(desk, now={"route": "sublingual", "flags.pregnant": "yes", "start": DAY_AFTER})
    assert len(desk.valid(second).reasons) == 3


def test_a_reschedule_inside_the_window_rests_on_the_consent_of_the_revision_before(desk):
    first = desk.sign(desk.visit(name="moved"))
    inside = desk.visit({"start": LAST_DAY}, revision=2, patient=first.patient, name="moved")
    with desk.store.reading() as connection:
        assert standing(connection, first.packet_id).state is State.SUPERSEDED
    assert desk.valid(inside).counts
    outside = desk.visit({"start": DAY_AFTER}, revision=3, patient=first.patient, name="moved")
    assert not desk.valid(outside).counts


def test_a_reschedule_before_everybody_signed_rests_on_nothing(desk):
    first = desk.visit(name="half")
    with desk.store.writing() as connection:
        evidence = canonical({"time": SIGNED_AT.isoformat(), "outcome": "agree"})
        row = {"packet": first.packet_id, "kind": "consent", "role": "patient", "way": "typed", "evidence": evidence}
        connection.execute(insert(signatures).values(**row, number=1, name="x", at=utc(SIGNED_AT), sha256=""))
    desk.move(first, Move.APPROVE, Move.ISSUE)
    assert desk.valid(desk.visit(SECOND, revision=2, patient=first.patient, name="half")).consent is None


NO_CONSENT = {
    "withdrawn": (Move.SIGN, Move.WITHDRAW),
    "withdrawn and closed": (Move.SIGN, Move.WITHDRAW, Move.CLOSE),
    "refused": (Move.REFUSE,),
    "refused and closed": (Move.REFUSE, Move.CLOSE),
    "not finished": (Move.WITHDRAW, Move.CLOSE),
}


@pytest.mark.parametrize("moves", NO_CONSENT.values(), ids=NO_CONSENT)
def test_a_consent_that_was_taken_back_or_refused_never_counts_again(desk, moves):
    first = desk.sign(desk.visit(), *moves)
    assert desk.valid(desk.visit(SECOND, patient=first.patient)).consent is None


def test_a_refusal_that_was_rescheduled_does_not_count(desk):
    first = desk.sign(desk.visit(name="no"), Move.REFUSE)
    assert desk.valid(desk.visit(SECOND, revision=2, patient=first.patient, name="no")).consent is None


def test_a_consent_whose_packet_was_closed_counts(desk):
    first = desk.sign(desk.visit(), Move.SIGN, Move.CLOSE)
    assert desk.valid(desk.visit(SECOND, patient=first.patient)).counts


@pytest.mark.parametrize(
    "more",
    [
        {"outcome": "decline"},
        {"outcome": "later"},
        {"kind": "side-effects"},
        {"role": "clinician"},
        {"role": "witness"},
    ],
    ids=str,
)
def test_only_a_person_who_agreed_to_the_consent_has_consented(desk, more):
    first = desk.sign(desk.visit(), **more)
    assert desk.valid(desk.visit(SECOND, patient=first.patient)).consent is None


def test_who_took_a_consent_back_at_a_later_visit_is_asked_anew(desk):
    first = desk.sign(desk.visit())
    second = desk.sign(desk.visit(SECOND, patient=first.patient), at=SIGNED_AT + timedelta(days=18), way="continuing")
    third = desk.visit({**SECOND, "visit_number": 3, "start": "2026-03-24T12:00:00-04:00"}, patient=first.patient)
    found = desk.valid(third)
    assert (found.counts, found.consent.packet.id) == (True, first.packet_id)  # not that of the check in between
    desk.move(second, Move.WITHDRAW, at=SIGNED_AT + timedelta(days=19))
    (reason,) = desk.valid(third).reasons
    assert reason == f"the patient took a consent back on 2026-03-18 (packet {second.packet_id})"
    anew = desk.sign(desk.visit(SECOND, patient=first.patient), at=SIGNED_AT + timedelta(days=20))
    found = desk.valid(third)
    assert (found.counts, found.consent.packet.id) == (True, anew.packet_id)


def test_who_did_not_agree_at_a_later_visit_is_asked_anew(desk):
    first, second = two(desk)
    desk.move(second, Move.APPROVE)
    refused(desk.store, desk.who, second.packet_id, "does not want to", SIGNED_AT + timedelta(days=18))
    third = desk.visit({**SECOND, "visit_number": 3}, patient=first.patient)
    assert desk.valid(third).reasons[0].startswith("the patient did not agree on 2026-03-17")


def test_a_serious_event_after_the_consent_asks_for_a_new_one_and_one_before_does_not(desk):
    first, second = two(desk)
    serious_event(desk.store, desk.who, first.packet_id, "what happened", SIGNED_AT - timedelta(days=1))
    other = desk.sign(desk.visit())
    serious_event(desk.store, desk.who, other.packet_id, "to somebody else", SIGNED_AT + timedelta(days=1))
    assert desk.valid(second).counts
    serious_event(desk.store, desk.who, first.packet_id, "what happened", SIGNED_AT + timedelta(days=5))
    (reason,) = desk.valid(second).reasons
    assert reason == "a serious event was recorded on 2026-03-04"
    with desk.store.reading() as connection:
        told = " ".join(line.told for line in log.lines(connection) if line.kind == SERIOUS_EVENT)
    assert "what happened" not in told


def test_a_new_risk_on_the_papers_asks_for_a_new_consent_and_one_less_does_not(desk):
    _, second = two(desk)
    risks = risks_of(desk.office.clinic)
    (reason,) = desk.valid(second, [*risks, "new_risk"]).reasons
    assert reason == "the papers name risks that it did not: new_risk"
    assert desk.valid(second, risks[:-1]).counts


@pytest.mark.parametrize(("version", "counts"), [("1.9", True), ("2.0", False), ("10.0", False)])
def test_a_major_version_of_the_template_asks_for_a_new_consent_and_a_minor_one_does_not(desk, version, counts):
    wordings = json.loads(desk.row.wordings)
    sha256 = desk.snapshot(f"version {version}", {"version": version})
    later = {**wordings, "consent": [[wordings["consent"][0][0], sha256]]}
    _, second = two(desk, wordings=later)
    found = desk.valid(second)
    assert found.counts is counts
    assert counts or found.reasons == (f"the template was 1.0, and is {version}",)


def test_the_latest_of_several_consents_counts(desk):
    first = desk.sign(desk.visit())
    latest = desk.sign(desk.visit(SECOND, patient=first.patient), at=SIGNED_AT + timedelta(days=10))
    desk.sign(desk.visit(SECOND, patient=first.patient), at=SIGNED_AT - timedelta(days=10))
    found = desk.valid(desk.visit({**SECOND, "start": "2026-06-05T12:00:00-04:00"}, patient=first.patient))
    assert (found.consent.packet.id, found.counts) == (latest.packet_id, True)


def test_patients_are_told_apart_by_their_record_numbers(desk, appointment):
    clinic = desk.office.clinic
    ids = desk.office.record({"id": "p1", "patient.mrn": "MRN-300001"}, {"id": "p2", "patient.mrn": "MRN-300002"})
    with desk.store.reading() as connection:
        rows = {row.id: row.patient for row in connection.execute(select(packets)) if row.id in ids}
    assert len(set(rows.values())) == 2
    assert rows[ids[0]] == patient_of(clinic, appointment({"patient.mrn": "MRN-300001"}))


def test_on_paper_the_days_run_from_when_the_person_signed_and_a_later_visit_goes_on_from_there(office):
    (first,) = office.record()
    store, makers, who = office.store(), office.makers, office.who()
    approve(store, makers, who, [first], AT)
    at, told_at = datetime.fromisoformat("2026-02-27T10:00-05:00"), datetime.fromisoformat("2026-03-02T10:00-05:00")
    with store.reading() as connection:
        found = form(connection, makers, standing(connection, first), "consent")
    for signer in found.signers:
        if signer.required:
            paper = OnPaper(signer.role, at, found.version, "agree", b"", "I saw it.", filled=True)
            record_paper(store, makers, who, first, "consent", paper, told_at)
    with store.reading() as connection:
        packet = standing(connection, first)
        other = replace(packet, id="another")
        consent = last_signed(connection, other)
    assert consent is not None
    assert consent.signed_at == at
    (second,) = office.record({"id": "second", "visit_number": 2, "start": "2026-03-17T12:00"})
    approve(store, makers, who, [second], AT)
    on_the_day = datetime.fromisoformat("2026-03-17T10:30-04:00")
    done, rests_on = continued(store, makers, who, second, ("no", "no", "yes"), on_the_day)
    assert rests_on.packet.id == first
    withdrawn(store, who, first, "by phone", on_the_day)
    (third,) = office.record({"id": "third", "visit_number": 3, "start": "2026-03-24T12:00"})
    with store.reading() as connection:
        assert last_signed(connection, standing(connection, third)) is None
    assert done.packet_id == second
