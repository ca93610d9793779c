"""A clinician approves what was read and nothing else: what blocks is decided with a reason, and what changed is refused."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
from approved import change
from record.conftest import AT, Office
from sqlalchemy import select

import handouts.record.review as module
from handouts import builtin
from handouts.approvals import FILE as APPROVALS
from handouts.clinic import load_clinic
from handouts.errors import ContentError, ExitCode, NotAllowed, WrongUsage
from handouts.record import log
from handouts.record.audit import checked
from handouts.record.issue import issued
from handouts.record.page_zero_sheet import texts_of
from handouts.record.review import LONGEST, Decided, approve, begun, decide
from handouts.record.roles import Act, actor
from handouts.record.sheet import sheet_of
from handouts.record.standing import Makers, files_of, standing
from handouts.record.states import Move, State
from handouts.record.tables import events, reviews

PREGNANT = {"flags.pregnant": "yes", "flags.pregnancy_potential": "yes"}
CONCERNS = {
    "pregnant": PREGNANT,
    "capacity": {"flags.lacks_capacity": "yes"},
    "guardian": {"patient.birth_date": "2012-05-14"},
    "diabetes": {
        "medicines": [{"name": "Lantus", "class": "insulin", "rule": "ask", "set_by": "okafor"}],
        "flags.diabetes": "none",
    },
    "medicine.1": {"medicines": [{"name": "Warfarin", "class": "opioid"}]},
    "tablets": {"flags.diabetes": "tablets"},
    "insulin": {"flags.diabetes": "insulin"},
    "blood_pressure_medicine": {"flags.blood_pressure_medicine": "yes"},
    "sedatives": {"flags.sedatives": "yes"},
    "opioids": {"flags.opioids": "yes"},
    "glp1": {"flags.glp1": "yes"},
}
"""Each thing that blocks a packet, alone, and what brings it about."""
CANARIES = ("Xanthippe", "Quux", "1971-05-14", "204101", "unlikely-reason")


@pytest.fixture(scope="module")
def busy(template, tmp_path_factory):
    """A clinic with a packet for each thing that may block one; each test uses its own."""
    made = Office(shutil.copytree(template, tmp_path_factory.mktemp("busy") / "clinic"))
    made.ids = dict(zip(CONCERNS, made.record(*({"id": name, **each} for name, each in CONCERNS.items())), strict=True))
    yield made
    made.close()


def of(office, name):
    with office.store().reading() as connection:
        return standing(connection, name)


def lines(office, packet_id):
    with office.store().reading() as connection:
        return list(log.lines(connection, packet_id))


def reviews_of(office, packet_id):
    with office.store().reading() as connection:
        return connection.execute(select(reviews).where(reviews.c.packet == packet_id)).all()


def try_to_approve(office, *names, reasons=None, comment="", at=AT, who="okafor"):
    return approve(office.store(), Makers(load_clinic(office.folder)), office.who(who), names, at, reasons, comment)


def consent_of(office, packet_id):
    store = office.store()
    with store.reading() as connection:
        found = {each.kind: each.sha256 for each in files_of(connection, standing(connection, packet_id))}
    return store.files.get(found["consent.pdf"]), json.loads(store.files.get(found["packet.json"]))


def signature_fields(pdf):
    with pikepdf.open(BytesIO(pdf)) as opened:
        return [each for each in opened.objects if isinstance(each, pikepdf.Dictionary) and each.get("/FT") == "/Sig"]


def text_of(pdf):
    with pypdfium2.PdfDocument(pdf) as opened:
        return "".join(page.get_textpage().get_text_bounded() for page in opened)


def require(found, kind, *words):
    (trouble,) = found
    assert isinstance(trouble, kind), trouble
    for word in words:
        assert word in str(trouble)
    return trouble


@pytest.mark.parametrize("concern", CONCERNS)
def test_what_blocks_is_decided_with_a_reason_or_the_packet_stays_a_draft(busy, concern):
    packet_id = busy.ids[concern]
    draft, _ = consent_of(busy, packet_id)
    assert "DRAFT" in text_of(draft)
    assert signature_fields(draft) == []
    refused = require(try_to_approve(busy, packet_id), NotAllowed, f"--decide {concern}=")
    assert [f'--decide {concern}="the reason"' in each.remedy for each in refused.faults] == [True]
    require(try_to_approve(busy, packet_id, reasons={"minor": "so"}), WrongUsage, f"What blocks it: {concern}.")
    require(try_to_approve(busy, packet_id, reasons={concern: ""}), NotAllowed)
    assert (of(busy, packet_id).state, of(busy, packet_id).making) == (State.GENERATED, 1)
    (done,) = try_to_approve(busy, packet_id, reasons={concern: f"unlikely-reason for {concern}"})
    assert done == Decided(packet_id, State.APPROVED)
    packet = of(busy, packet_id)
    assert (packet.status, packet.decided) == ("generated", {concern: f"unlikely-reason for {concern}"})
    final, told = consent_of(busy, packet_id)
    assert "DRAFT" not in text_of(final)
    assert signature_fields(final)
    assert (told["status"], told["blocking"], told["decided"]) == ("generated", [], [concern])
    assert [each.kind for each in lines(busy, packet_id)] == ["packet.made", "packet.made_again", "packet.approved"]
    assert packet.made_at == AT


def test_each_of_several_concerns_must_be_decided(office):
    (packet_id,) = office.record({**PREGNANT, "medicines": [{"name": "Warfarin"}]})
    found = require(try_to_approve(office, packet_id), NotAllowed)
    assert len(found.faults) == 2
    (fault,) = require(try_to_approve(office, packet_id, reasons={"pregnant": "as agreed"}), NotAllowed).faults
    assert "Medicine 1" in fault.problem
    try_to_approve(office, packet_id, reasons={"pregnant": "as agreed", "medicine.1": "as agreed"})
    assert of(office, packet_id).state is State.APPROVED


def test_a_reason_for_what_does_not_block_is_refused(office):
    (packet_id,) = office.record()
    require(try_to_approve(office, packet_id, reasons={"pregnant": "so"}), WrongUsage, "Nothing blocks it.")
    assert (of(office, packet_id).state, of(office, packet_id).decided) == (State.GENERATED, {})


def test_of_several_packets_those_that_may_be_are_approved_and_each_is_told(office):
    first, second = office.record({}, PREGNANT)
    found = try_to_approve(office, first, second, "no-such", "2026-0001", first)
    assert found[0] == found[3] == found[4] == Decided(first, State.APPROVED)
    assert isinstance(found[1], NotAllowed)
    assert isinstance(found[2], WrongUsage)
    assert [each.kind for each in lines(office, first)] == ["packet.made", "packet.approved"]
    again = require(try_to_approve(office, first), NotAllowed, "is approved, which does not allow to approve")
    assert "return, issue" in str(again)


def test_who_decided_what_is_on_page_zero_whoever_returned_other_makings(office):
    (packet_id,) = office.record(PREGNANT)
    for number in range(2):
        decide(
            office.store(), office.who("reyes"), packet_id, Move.RETURN, AT + timedelta(minutes=number), "look again"
        )
        begun(office.store(), office.who("reyes"), of(office, packet_id), AT, b"a page")
    approve(office.store(), office.makers, office.who("okafor"), [packet_id], AT, {"pregnant": "tested twice"})
    decide(office.store(), office.who("reyes"), packet_id, Move.RETURN, AT, "one moment")
    with office.store().reading() as connection:
        store = office.store()
        sheet = sheet_of(connection, store, office.makers, standing(connection, packet_id), AT)
    told = "\n".join(text for section in sheet.sections for text in texts_of(section))
    assert "tested twice (Ada Okafor)" in told
    assert "(Luis Reyes)" not in told


def test_the_page_zero_that_was_shown_is_named_in_the_review_and_only_that_of_this_making(office):
    first, second, third = office.record({}, {}, {})
    shown = begun(office.store(), office.who(), of(office, first), AT, b"page 0 of the first")
    assert shown == hashlib.sha256(b"page 0 of the first").hexdigest()
    assert of(office, first).state is State.IN_REVIEW
    begun(office.store(), office.who("reyes"), of(office, second), AT, b"shown to somebody else")
    begun(office.store(), office.who(), of(office, third), AT, b"shown of what it was")
    (changed,) = office.record({"id": "2026-0003", "patient.given_name": "Mary"})
    assert changed == third
    try_to_approve(office, first, second, third)
    pages = {each: row.page_zero for each in (first, second, third) for row in reviews_of(office, each)}
    assert pages == {first: shown, second: "", third: ""}
    (row,) = reviews_of(office, first)
    assert (row.who, row.name, row.licence, row.decision) == ("okafor", "Ada Okafor", "NY 1", "approved")
    with pytest.raises(NotAllowed):
        begun(office.store(), office.who(), of_making(of(office, first), 7), AT, b"of a making there is not")


def of_making(packet, making):
    return replace(packet, making=making)


def test_the_page_that_led_to_a_decision_is_named_though_the_packet_is_made_again_for_it(office):
    (packet_id,) = office.record(PREGNANT)
    shown = begun(office.store(), office.who(), of(office, packet_id), AT, b"page 0")
    try_to_approve(office, packet_id, reasons={"pregnant": "as agreed"})
    (row,) = reviews_of(office, packet_id)
    assert (row.making, row.page_zero) == (2, shown)


@pytest.mark.parametrize(
    "comment", ["x" * (LONGEST + 1), "x" * 3000, "a\x1b[31mred", "a\x00b", "left \u202eright", "a\ud800b"], ids=ascii
)
def test_a_comment_that_is_too_long_or_steers_is_refused_and_changes_nothing(busy, comment):
    packet_id = busy.ids["pregnant"]
    before = of(busy, packet_id)
    for act in (
        lambda: try_to_approve(busy, packet_id, comment=comment),
        lambda: try_to_approve(busy, packet_id, reasons={"pregnant": comment}),
        lambda: decide(busy.store(), busy.who(), packet_id, Move.RETURN, AT, comment),
    ):
        with pytest.raises(WrongUsage) as caught:
            act()
        assert len(str(caught.value).encode("utf-8", "backslashreplace")) < 500
    assert of(busy, packet_id) == before


def test_a_comment_is_kept_on_one_line_and_in_any_script(office):
    (packet_id,) = office.record()
    try_to_approve(office, packet_id, comment=" as\nwe \t said – 同意 " + "é" * 100)
    (row,) = reviews_of(office, packet_id)
    assert row.comment == "as we said – 同意 " + "é" * 100


def test_only_clinicians_decide(office):
    for key in ("desk", "admin"):
        with pytest.raises(NotAllowed, match="may not approve or return a packet"):
            actor(office.clinic, key, Act.REVIEW, system_user="test")
    with pytest.raises(NotAllowed):
        actor(office.clinic, "admin", Act.ISSUE, system_user="test")


def test_a_deadline_that_has_passed_since_it_was_made_keeps_a_packet_from_being_approved(office):
    start = datetime.fromisoformat("2026-03-03T12:00-05:00")
    (packet_id,) = office.record()
    told = require(
        try_to_approve(office, packet_id, at=start - timedelta(hours=7)),
        NotAllowed,
        "would say something else if it were made now",
        "was ahead when it was made",
        "Make it again from its schedule",
    )
    assert "food_deadline is past now" in str(told)
    assert of(office, packet_id).state is State.GENERATED


CHANGES = {
    "a number": (("[fast_light_meal_h]\nvalue = 6", "[fast_light_meal_h]\nvalue = 8"), "what is filled in"),
    "a phone": (("736014", "736099"), "what is filled in"),
}


@pytest.mark.parametrize(("replaced", "word"), CHANGES.values(), ids=CHANGES)
def test_a_setting_that_was_changed_since_keeps_a_packet_from_being_approved(office, replaced, word):
    (packet_id,) = office.record()
    change(office.folder, replaced)
    require(try_to_approve(office, packet_id), NotAllowed, "would say something else", word)
    assert of(office, packet_id).state is State.GENERATED


def test_a_template_that_was_changed_since_keeps_a_packet_from_being_approved(office):
    (packet_id,) = office.record()
    place = office.folder / "templates" / "ketamine-infusion"
    place.mkdir(parents=True)
    text = (builtin.templates() / "ketamine-infusion" / "consent.html").read_text("utf-8")
    (place / "consent.html").write_text(f'{text}\n<p from="C1">{{% trans %}}One more.{{% endtrans %}}</p>\n', "utf-8")
    told = "the text of its documents (template, translation or a setting in it)"
    require(try_to_approve(office, packet_id), NotAllowed, told)


def test_a_translation_that_was_changed_since_keeps_a_packet_from_being_approved(office):
    (spanish, english) = office.record({"patient.language": "es-US"}, {})
    record = next((office.folder / "locales" / "es-US" / "LC_MESSAGES").glob("ketamine-infusion*"))
    record.write_text(record.read_text("utf-8").splitlines(keepends=True)[0], "utf-8")
    require(try_to_approve(office, spanish), NotAllowed, "would say something else")
    assert try_to_approve(office, english) == [Decided(english, State.APPROVED)]


def test_content_that_is_not_approved_any_more_is_told_with_its_exit_code(office):
    (packet_id,) = office.record()
    path = office.folder / APPROVALS
    path.write_text("".join(f"{line.rstrip()}\t2026-02-27\n" for line in path.read_text("utf-8").splitlines()), "utf-8")
    office.clinic = load_clinic(office.folder)
    (again,) = office.record({"id": "2026-0002"})
    for each in (packet_id, again):
        told = require(try_to_approve(office, each, at=AT + timedelta(days=1)), ContentError, "not approved")
        assert told.exit_code == ExitCode.NOT_APPROVED
    assert try_to_approve(office, packet_id) == [Decided(packet_id, State.APPROVED)]


def test_a_draft_is_not_approved_because_its_content_is_by_now(office):
    path = office.folder / APPROVALS
    path.write_text(
        path.read_text("utf-8").replace("\t2026-01-20\t2026-01-20\t", "\t2026-01-20\t2026-02-28\t"), "utf-8"
    )
    office.clinic = load_clinic(office.folder)
    (packet_id,) = office.record()
    assert of(office, packet_id).status == "draft"
    next_day = AT + timedelta(days=1)
    require(try_to_approve(office, packet_id, at=next_day), ContentError, "is a draft", "Make it again")
    assert of(office, packet_id).state is State.GENERATED
    office.record(at=next_day)
    assert of(office, packet_id).status == "generated"
    assert try_to_approve(office, packet_id, at=next_day) == [Decided(packet_id, State.APPROVED)]


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told_who_did(office, monkeypatch):
    (packet_id,) = office.record(PREGNANT)
    looked = module.__dict__["_ready"]

    def slow(*given):
        found = looked(*given)
        decide(office.store(), office.who("reyes"), packet_id, Move.RETURN, AT, "not yet")
        return found

    monkeypatch.setattr(module, "_ready", slow)
    told = require(try_to_approve(office, packet_id, reasons={"pregnant": "as agreed"}), NotAllowed)
    assert "was generated when you looked, and is returned now by Luis Reyes at" in str(told)
    assert (of(office, packet_id).state, of(office, packet_id).making) == (State.RETURNED, 1)
    assert checked(office.store()).error("") is None


def test_what_is_issued_is_what_was_approved_to_the_byte_and_again_each_time(office, tmp_path):
    (packet_id,) = office.record(PREGNANT)
    with pytest.raises(NotAllowed, match="is generated, which does not allow to issue"):
        issued(office.store(), office.makers, office.who(), packet_id, tmp_path / "no", AT)
    assert not (tmp_path / "no").exists()
    try_to_approve(office, packet_id, reasons={"pregnant": "as agreed"})
    approved, _ = consent_of(office, packet_id)
    for folder in ("one", "two"):
        assert (
            issued(office.store(), office.makers, office.who("desk"), packet_id, tmp_path / folder, AT).state
            is State.ISSUED
        )
        assert (tmp_path / folder / packet_id / "consent.pdf").read_bytes() == approved
    assert [each.kind for each in lines(office, packet_id)].count("packet.issued") == 1


def test_the_log_and_the_paths_hold_nothing_that_is_a_patients(office):
    names = {"patient.given_name": "Xanthippe", "patient.family_name": "Quux"}
    (packet_id,) = office.record({**PREGNANT, **names})
    begun(office.store(), office.who(), of(office, packet_id), AT, b"Xanthippe's page")
    decide(office.store(), office.who(), packet_id, Move.RETURN, AT, "Xanthippe called")
    begun(office.store(), office.who(), of(office, packet_id), AT, b"Xanthippe's page")
    try_to_approve(office, packet_id, reasons={"pregnant": "unlikely-reason"}, comment="Quux said so")
    issued(office.store(), office.makers, office.who(), packet_id, office.folder.parent / "issued", AT)
    office.record({**PREGNANT, **names, "revision": 2})
    with office.store().reading() as connection:
        told = json.dumps([tuple(row) for row in connection.execute(select(events))], ensure_ascii=False)
    paths = " ".join(str(path) for path in office.folder.parent.rglob("*"))
    for canary in CANARIES:
        assert canary not in told
        assert canary not in paths
    assert "pregnant" in told  # which concern was decided is told, its reason is not
    with pytest.raises(NotAllowed) as caught:
        decide(office.store(), office.who(), packet_id, Move.RETURN, AT, "unlikely-reason")
    assert not any(canary in str(caught.value) for canary in CANARIES)
