"""People sign a real packet on a screen, each in turn, each as who they are; what must not be signed is not, and says why."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context

import pytest
from record.signing_desk import (
    MINOR,
    NAMED,
    NOBODY_DECIDES,
    READ_ALOUD,
    STROKES,
    TODAY,
    Desk,
    copied,
    equip,
)
from sqlalchemy import select, update

from handouts.errors import ContentError, DamagedRecord, HandoutsError, NotAllowed, SettingError, WrongUsage
from handouts.record import signing
from handouts.record.audit import checked
from handouts.record.disclosure import disclosure
from handouts.record.review import decide
from handouts.record.signing import MARK, answer
from handouts.record.signing_paper import refused, withdrawn
from handouts.record.standing import Makers
from handouts.record.states import Move
from handouts.record.tables import events, signatures

SPANISH = {"patient.language": "es"}
SPOKEN = {**SPANISH, "flags.interpreter": "yes", "interpreter": NAMED}
ARABIC = {"patient.given_name": "محمد", "patient.family_name": "الأحمد"}


@pytest.fixture(scope="module")
def equipped(template, tmp_path_factory):
    return equip(copied(template, tmp_path_factory.mktemp("equipped") / "clinic").folder)


@pytest.fixture
def desk(equipped, tmp_path):
    made = copied(equipped, tmp_path / "clinic")
    yield made
    made.close()


def refusal(desk, act, kind=NotAllowed):
    """What is said when `act` is refused; and nothing in the record is otherwise than before."""
    before = desk.as_it_is()
    with pytest.raises(kind) as caught:
        act()
    assert desk.as_it_is() == before
    return str(caught.value)


@pytest.mark.parametrize(
    ("changes", "roles", "names"),
    [
        ({}, ("patient", "clinician"), ("Maria Lopez", "Ada Okafor")),
        (SPANISH, ("patient", "clinician"), ("Maria Lopez", "Ada Okafor")),
        (ARABIC, ("patient", "clinician"), ("محمد الأحمد", "Ada Okafor")),
        (NOBODY_DECIDES, ("representative", "clinician"), ("Ana Lopez", "Ada Okafor")),
        (MINOR, ("representative", "assent", "clinician"), ("Ana Lopez", "Maria Lopez", "Ada Okafor")),
    ],
)
def test_who_must_sign_does_in_order_and_the_packet_is_signed(desk, changes, roles, names):
    packet = desk.approved(changes)
    done = desk.answered(packet)
    assert (done.lacking, done.stops, done.outcome) == ((), (), "agree")
    for role in reversed(roles[1:]):
        assert "is not in turn" in refusal(desk, lambda role=role: desk.sign(packet, role))
    for number, (role, name) in enumerate(zip(roles, names, strict=True), 1):
        done = desk.sign(packet, role)
        assert (done.name, done.waiting) == (name, roles[number:])
        assert done.state == ("signed" if number == len(roles) else "issued")
    assert [each.role for each in desk.form(packet).given] == list(roles)
    assert "is signed, which does not allow" in refusal(desk, lambda: desk.sign(packet, roles[0]))
    desk.sound()


def test_an_interpreter_who_is_named_signs_every_document_they_interpreted(desk):
    packet = desk.approved(SPOKEN)
    desk.answered(packet)
    for role in ("patient", "interpreter", "clinician"):
        done = desk.sign(packet, role)
    assert done.state == "issued"
    desk.answered(packet, "side-effects", decision="")
    done = desk.sign(packet, "interpreter", "side-effects")
    assert (done.name, done.state) == ("Luis Ortega", "signed")


def test_an_interpreter_whom_nobody_named_is_named_in_the_form_first(desk):
    packet = desk.approved({"flags.interpreter": "yes"})
    assert '"Interpreter ID" is empty.' in desk.answered(packet).lacking
    assert '"Interpreter ID" is empty' in refusal(desk, lambda: desk.sign(packet, "patient"))
    own = {"sign__interpreter__name": "Ivo Interpreter", "sign__interpreter__id": "7"}
    desk.answered(packet, **own, sign__interpreter__language="Czech", sign__interpreter__mode="phone")
    desk.sign(packet, "patient")
    assert desk.sign(packet, "interpreter").name == "Ivo Interpreter"


def test_an_interpreter_who_may_not_have_been_needed_signs_only_if_used(desk):
    packet = desk.signed(changes={"flags.interpreter": "unknown"})
    assert desk.form(packet).waiting == ()
    other = desk.approved({"id": "other", "flags.interpreter": "unknown", "start": "2026-03-03T13:00"})
    own = {"sign__interpreter__name": "Ivo Interpreter", "sign__interpreter__id": "7"}
    desk.answered(other, **own, sign__interpreter__language="Czech", sign__interpreter__mode="phone")
    assert [each.role for each in desk.form(other).waiting] == ["patient", "interpreter", "clinician"]


def test_a_witness_says_whom_they_saw_sign(desk):
    packet = desk.approved(READ_ALOUD)
    desk.answered(packet)
    desk.sign(packet, "patient")
    for saw in ("", "clinician", "representative", "witness"):
        assert "a witness who saw nobody sign" in refusal(desk, lambda saw=saw: desk.sign(packet, "witness", saw=saw))
    assert desk.sign(packet, "witness", saw="patient").name == "Wanda Witness"
    assert desk.form(packet).given[1].evidence["saw"] == "patient"
    assert desk.sign(packet, "clinician").state == "signed"


def test_a_mark_needs_a_place_for_a_witness_and_a_witness(desk):
    packet = desk.approved({})
    desk.answered(packet)
    mark = {"way": MARK, "strokes": STROKES}
    assert "no place for the witness" in refusal(desk, lambda: desk.sign(packet, "patient", **mark))
    packet = desk.approved({"id": "m", "start": "2026-03-03T13:00", "flags.read_aloud": "unknown"})
    desk.answered(packet, sign__witness__name="Wanda Witness")
    assert "nothing that was drawn" in refusal(desk, lambda: desk.sign(packet, "patient", way=MARK), WrongUsage)
    assert desk.sign(packet, "patient", **mark).waiting == ("witness", "clinician")
    assert "the witness signs before" in refusal(desk, lambda: desk.sign(packet, "clinician"))
    desk.sign(packet, "witness", saw="patient")
    assert desk.sign(packet, "clinician").state == "signed"


def test_the_witness_of_a_mark_saw_the_mark(desk):
    packet = desk.approved({**SPOKEN, **READ_ALOUD})
    desk.answered(packet)
    desk.sign(packet, "patient", way=MARK, strokes=STROKES)
    desk.sign(packet, "interpreter")
    said = refusal(desk, lambda: desk.sign(packet, "witness", saw="interpreter"))
    assert "the mark of the patient" in said
    desk.sign(packet, "witness", saw="patient")


@pytest.mark.parametrize(("changes", "role"), [({}, "patient"), (NOBODY_DECIDES, "representative")])
def test_who_does_not_agree_signs_that_and_the_packet_is_refused(desk, changes, role):
    packet = desk.approved(changes)
    given = {"decision.decline": "yes"}
    assert answer(desk.store(), desk.makers, desk.who("desk"), packet, "consent", given, TODAY).lacking == ()
    assert desk.sign(packet, role).state == "refused"
    (given,) = desk.form(packet).given
    assert given.evidence["meaning"] == "I do not agree to this treatment."
    assert given.evidence["outcome"] == "decline"
    assert "is refused" in refusal(desk, lambda: desk.sign(packet, "clinician"))


def test_who_signs_nothing_can_refuse_all_the_same(desk):
    packet = desk.approved({})
    assert refused(desk.store(), desk.who("desk"), packet, "went home", TODAY).state == "refused"
    assert "is refused" in refusal(desk, lambda: desk.sign(packet, "patient"))
    desk.sound()


def test_who_wants_more_time_signs_nothing_yet_and_can_decide_later(desk):
    packet = desk.approved({})
    answer(desk.store(), desk.makers, desk.who("desk"), packet, "consent", {"decision.later": "yes"}, TODAY)
    assert desk.form(packet).lacking == ()
    assert "wants more time" in refusal(desk, lambda: desk.sign(packet, "patient"))
    desk.answered(packet, decision__later="")
    assert desk.sign(packet, "patient").state == "issued"


def test_a_consent_is_taken_back_on_the_screen_or_in_words(desk):
    packet = desk.approved({})
    desk.answered(packet)
    assert "is approved, which does not allow" in refusal(desk, lambda: desk.sign(packet, "withdraw"))
    desk.sign(packet, "patient")
    desk.sign(packet, "clinician")
    done = desk.sign(packet, "withdraw", at=TODAY + timedelta(days=9))
    assert (done.state, done.name) == ("withdrawn", "Maria Lopez")
    assert "is withdrawn" in refusal(desk, lambda: desk.sign(packet, "withdraw"))
    other = desk.signed(changes={"id": "other", "patient.mrn": "MRN-204102"})
    assert withdrawn(desk.store(), desk.who("desk"), other, "said so on the phone", TODAY).state == "withdrawn"
    desk.sound()


def test_nothing_is_taken_back_before_anybody_agreed(desk):
    packet = desk.approved({})
    desk.answered(packet)
    decide(desk.store(), desk.who("desk"), packet, Move.ISSUE, TODAY)
    assert "no consent in it to take back" in refusal(desk, lambda: desk.sign(packet, "withdraw"))


def test_a_representative_takes_back_what_they_agreed_to(desk):
    packet = desk.signed("representative", "clinician", changes=NOBODY_DECIDES)
    assert desk.sign(packet, "withdraw").name == "Ana Lopez"


def test_only_who_led_the_talk_signs_for_it(desk):
    packet = desk.approved({})
    desk.answered(packet)
    desk.sign(packet, "patient")
    said = refusal(desk, lambda: desk.sign(packet, "clinician", by="reyes"))
    assert "is signed by who led the talk, which is okafor, and not by reyes" in said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"initials__offlabel": ""}, "is not complete"),
        ({"decision__decline": "yes"}, "Only one can be ticked"),
        ({"decision__agree": ""}, "None of"),
        ({"matters__none": ""}, "Nothing is answered of"),
        ({"clinician__explained": ""}, '"I explained the treatment" is not ticked'),
    ],
)
def test_what_is_not_complete_is_not_signed(desk, more, said):
    packet = desk.approved({})
    desk.answered(packet, **more)
    assert said in refusal(desk, lambda: desk.sign(packet, "patient"))


def test_what_was_not_answered_at_all_is_not_signed(desk):
    packet = desk.approved({})
    assert "has no answers yet" in refusal(desk, lambda: desk.sign(packet, "patient"))


def test_what_was_not_understood_stops_signing_and_a_risk_needs_the_clinicians_note(desk):
    packet = desk.approved({})
    given = desk.answers(packet)
    teach = next(name for name in given if name.startswith("teach."))
    desk.answered(packet, **{teach: "", teach.replace("understood", "open"): "yes"})
    assert "cannot be signed" in refusal(desk, lambda: desk.sign(packet, "patient"))
    desk.answered(packet, **{teach.replace("understood", "open"): ""})
    reason = next(name for name in given if name.startswith("reasons."))
    unsure = {reason: "", reason[:-2] + "unsure": "yes"}
    desk.answered(packet, **unsure)
    assert "is empty" in refusal(desk, lambda: desk.sign(packet, "patient"))
    desk.answered(packet, **unsure, clinician__note="Looked at together; no reason against.")
    desk.sign(packet, "patient")


def test_a_child_who_does_not_want_it_stops_the_guardian(desk):
    packet = desk.approved(MINOR)
    desk.answered(packet, assent__yes="", assent__no="yes")
    assert "does not want this treatment" in refusal(desk, lambda: desk.sign(packet, "representative"))


def test_nothing_is_answered_otherwise_once_somebody_has_signed(desk):
    packet = desk.signed("patient")
    said = refusal(desk, lambda: desk.answered(packet, clinician__note="No risk at all"))
    assert "was signed by the patient already" in said


def test_how_somebody_is_known_is_said(desk):
    packet = desk.approved({})
    desk.answered(packet)
    assert "how we know who signs" in refusal(desk, lambda: desk.sign(packet, "patient", means="  "))
    assert "longer than 400" in refusal(desk, lambda: desk.sign(packet, "patient", means="x" * 401), WrongUsage)
    hidden = "photo \u202eID"
    assert "cannot be seen" in refusal(desk, lambda: desk.sign(packet, "patient", means=hidden), WrongUsage)


@pytest.mark.parametrize("state", ["generated", "returned", "void"])
def test_only_what_is_approved_is_answered_or_signed(desk, state):
    (packet,) = desk.record({})
    if state != "generated":
        move = Move.RETURN if state == "returned" else Move.VOID
        decide(desk.store(), desk.who(), packet, move, TODAY, "not so")
    assert f"is {state}" in refusal(desk, lambda: desk.answered(packet))
    assert f"is {state}" in refusal(desk, lambda: desk.sign(packet, "patient"))


def test_a_role_or_document_that_there_is_not_is_told(desk):
    packet = desk.approved({})
    desk.answered(packet)
    assert "has no such signature" in refusal(desk, lambda: desk.sign(packet, "notary"), WrongUsage)
    assert "has no such signature" in refusal(desk, lambda: desk.sign(packet, "witness"), WrongUsage)
    assert "is no document of it" in refusal(desk, lambda: desk.answered(packet, "receipt"), WrongUsage)


# The disclosure that is accepted first.


def test_the_disclosure_is_accepted_as_it_is_now_and_in_the_documents_language(desk):
    packet = desk.approved(SPANISH)
    desk.answered(packet)
    english = disclosure(desk.clinic, "en").version
    for accepted in ("", english, "00000000"):
        assert "accepted the disclosure" in refusal(
            desk, lambda accepted=accepted: desk.sign(packet, "patient", accepted=accepted)
        )
    assert desk.sign(packet, "patient").state == "issued"
    assert desk.form(packet).given[0].evidence["disclosure"] == disclosure(desk.clinic, "es-US").version


def test_a_disclosure_that_was_changed_since_does_not_count(desk):
    packet = desk.approved({})
    desk.answered(packet)
    before = desk.accepted(packet)
    desk.reread(("You can sign on paper instead: just say so.", "You can sign on paper too."))
    assert "--accept" in refusal(desk, lambda: desk.sign(packet, "patient", accepted=before))


def test_a_disclosure_that_nobody_approved_is_not_signed_under(desk):
    packet = desk.approved({})
    desk.answered(packet)
    path = desk.folder / "clinic.toml"
    head, tail = path.read_text("utf-8").split("[esign_disclosure]")
    approved_by = 'approved_by = "Ada Okafor"\napproved_at = 2026-01-20'
    assert approved_by in tail
    path.write_text(head + "[esign_disclosure]" + tail.replace(approved_by, 'source_note = "draft"', 1), "utf-8")
    desk.reread()
    assert "is not what was approved" in refusal(desk, lambda: desk.sign(packet, "patient"), ContentError)


def test_without_a_disclosure_nobody_signs_on_a_screen(desk):
    packet = desk.approved(SPANISH)
    desk.answered(packet)
    accepted = desk.accepted(packet)
    whole = desk.clinic
    said = whole.settings["esign_disclosure"]
    for value, told in (({"en": "Paper is there."}, "does not say it in es-US"), (None, "is not set, so nobody")):
        others = {**whole.settings, "esign_disclosure": replace(said, value=value)}
        clinic = whole.model_copy(update={"settings": others})
        desk.makers = Makers(clinic)
        assert told in refusal(desk, lambda: desk.sign(packet, "patient", accepted=accepted), SettingError)


# Two at once, and what breaks off.


def _racing(folder, packet, what, ready, answers):
    desk = Desk(folder)
    given = desk.answers(packet, clinician__note=what)
    key = desk.key()
    accepted = desk.accepted(packet)
    desk.form(packet)
    ready.wait()
    try:
        if what == "sign":
            desk.sign(packet, "patient", key=key, accepted=accepted)
        else:
            answer(desk.store(), desk.makers, desk.who("desk"), packet, "consent", given, TODAY)
        answers.put("done")
    except HandoutsError as trouble:
        answers.put(str(trouble))
    desk.close()


@pytest.mark.parametrize("both", [("sign", "sign"), ("one", "sign")])
def test_of_two_at_once_one_wins_and_the_other_is_told(desk, both):
    packet = desk.approved({})
    desk.answered(packet)
    desk.close()
    spawn = get_context("fork")
    ready, answers = spawn.Barrier(2), spawn.Queue()
    running = [spawn.Process(target=_racing, args=(desk.folder, packet, what, ready, answers)) for what in both]
    for each in running:
        each.start()
    said = [answers.get(timeout=60) for _ in both]
    for each in running:
        each.join()
    told = [each for each in said if each != "done"]
    given = desk.form(packet).given
    if both == ("sign", "sign"):
        assert said.count("done") == 1
        assert len(given) == 1
    assert all("somebody else" in each or "already" in each for each in told)
    desk.sound()


def test_who_looked_before_another_signed_on_paper_is_told(desk, monkeypatch):
    packet = desk.approved({})
    desk.answered(packet)
    decide(desk.store(), desk.who("desk"), packet, Move.ISSUE, TODAY)
    real = signing.signed

    def meanwhile(*given):
        desk.on_paper(packet, "patient")
        return real(*given)

    monkeypatch.setattr(signing, "signed", meanwhile)
    with pytest.raises(NotAllowed, match="somebody else at the same moment"):
        desk.sign(packet, "patient")
    assert len(desk.form(packet).given) == 1
    desk.sound()


def test_killed_between_the_file_and_its_row_the_record_is_sound_and_signing_works_again(desk, monkeypatch):
    packet = desk.approved({})
    desk.answered(packet)
    end = desk.as_it_is()[0]

    class Killed(BaseException):
        pass

    def killed(*_):
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(signing, "keep_signature", killed)
        with pytest.raises(Killed):
            desk.sign(packet, "patient")
    found = desk.sound()
    assert found.head == end
    assert len(found.orphans) == 1
    assert desk.sign(packet, "patient").state == "issued"
    desk.sound()


def test_a_file_that_was_damaged_on_the_disk_is_told_and_nothing_more_is_signed_on_it(desk):
    packet = desk.signed("patient")
    sha256 = desk.form(packet).file.sha256
    (path,) = desk.folder.rglob(sha256)
    content = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(content[:-1] + b"!")
    before = desk.as_it_is()
    with pytest.raises(DamagedRecord, match="does not hold what it held"):
        desk.sign(packet, "clinician")
    assert desk.as_it_is() == before


# What is kept of it.


def test_the_evidence_says_who_how_known_when_and_what_was_meant(desk):
    packet = desk.signed("patient", "clinician")
    patient, clinician = desk.form(packet).given
    told = patient.evidence
    assert (told["who"], told["role"], told["means"]) == ("Maria Lopez", "patient", "photo ID seen")
    assert (told["time"], told["zone"]) == ("2026-03-03T11:30:00-05:00", "America/New_York")
    assert told["meaning"] == "I agree to this treatment."
    assert told["subject"] == "Lindenhof Pain Clinic"
    assert told["present"] == {"as": "desk", "name": "Ben Desk", "licence": "", "user": "test"}
    assert clinician.evidence["subject"] == "Ada Okafor"
    assert told["approved"] == desk.form(packet).as_made.sha256
    assert clinician.evidence["before"] == patient.sha256
    assert told["certificate"] != clinician.evidence["certificate"]


def test_neither_the_log_nor_the_evidence_holds_an_answer_or_a_reason(desk):
    packet = desk.approved({})
    canary = "Zanzibar canary"
    desk.answered(packet, matters__none="", matters__words=canary, clinician__note=canary)
    desk.sign(packet, "patient")
    desk.sign(packet, "clinician")
    withdrawn(desk.store(), desk.who("desk"), packet, canary, TODAY)
    with desk.store().reading() as connection:
        told = [str(tuple(row)) for table in (events, signatures) for row in connection.execute(select(table))]
    assert len(told) > 6
    assert not any("Zanzibar" in each for each in told)
    assert not any("Lopez" in each for each in told if "document.signed" in each)


def test_a_signature_changed_in_the_database_is_found(desk):
    packet = desk.signed("patient")
    with desk.store().writing() as connection:
        row = connection.execute(select(signatures)).one()
        evidence = json.dumps({**json.loads(row.evidence), "means": "known for years"})
        connection.execute(update(signatures).values(evidence=evidence))
    assert checked(desk.store()).tampered == (f"the signatures of packet {packet} are not those that the log knows",)
