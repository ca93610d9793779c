"""Only what a clinician approved is printed, exactly so; the rest is refused in words, or is a draft that says so on every page."""

from __future__ import annotations

import hashlib
import json
import pickle
import shutil
from dataclasses import replace
from datetime import timedelta
from functools import partial
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
from approved import change, reviewed_demo
from record.conftest import AT, Office
from record.real import schedule
from sqlalchemy import event

from handouts.cache import user_cache
from handouts.clinic import load_clinic
from handouts.content.editions import Editions
from handouts.errors import DamagedRecord, NotAllowed, RefusedAppointment
from handouts.intake import read_all
from handouts.output import MANIFEST
from handouts.packet import UNAPPROVED, Options, PacketMaker
from handouts.pdf import stamp
from handouts.record import log
from handouts.record.audit import checked
from handouts.record.issue import issued, issued_many
from handouts.record.printable import Printable, printable_of
from handouts.record.review import approve, begun, decide
from handouts.record.standing import files_of, standing
from handouts.record.states import MOVES, Move, State
from handouts.typeset.style import A4

LATER = AT + timedelta(hours=3)
OTHER = {"patient.family_name": "Gomez"}
PREGNANT = {"flags.pregnant": "yes"}
WAYS = {
    State.GENERATED: (),
    State.IN_REVIEW: (Move.BEGIN,),
    State.RETURNED: (Move.RETURN,),
    State.APPROVED: (Move.APPROVE,),
    State.ISSUED: (Move.APPROVE, Move.ISSUE),
    State.SIGNED: (Move.APPROVE, Move.ISSUE, Move.SIGN),
    State.REFUSED: (Move.APPROVE, Move.ISSUE, Move.REFUSE),
    State.WITHDRAWN: (Move.APPROVE, Move.ISSUE, Move.WITHDRAW),
    State.CLOSED: (Move.APPROVE, Move.ISSUE, Move.SIGN, Move.CLOSE),
    State.VOID: (Move.VOID,),
}
"""How a packet comes to each state but being superseded, which another packet does."""
PRINTED = (State.APPROVED, State.ISSUED, State.SIGNED)
NOT_YET = (State.GENERATED, State.IN_REVIEW, State.RETURNED)
GONE = tuple(state for state in State if state not in (*PRINTED, *NOT_YET))


class Press:
    """What prints for one office: read anew from its folder, as a run is."""

    def __init__(self, office, *, drafts=False, **options):
        self.office, self.drafts = office, drafts
        self.clinic = load_clinic(office.folder)
        self.make = PacketMaker(Editions(self.clinic, user_cache()), Options(**options))

    def __call__(self, change=None, *, at=LATER):
        """What is printed of an appointment."""
        (_, appointment), *_ = self.rows(change or {}, at=at)
        return printable_of(self.clinic, [appointment], drafts=self.drafts).made(self.make, appointment, at)

    def rows(self, *changes, at=LATER):
        path = schedule(self.office.folder.parent / "press.json", *changes)
        return read_all([path], self.clinic, at).appointments


def bring(office, packet_id, *moves):
    for move in moves:
        if move is Move.APPROVE:
            (found,) = approve(office.store(), office.makers, office.who(), [packet_id], AT)
            assert found.state is State.APPROVED
        elif move is Move.ISSUE:
            issued(office.store(), office.makers, office.who(), packet_id, office.folder.parent / "issued", AT)
        elif move is Move.BEGIN:
            begun(office.store(), office.who(), of(office, packet_id), AT, b"page 0")
        else:
            decide(office.store(), office.who(), packet_id, move, AT, "so")


def of(office, name):
    with office.store().reading() as connection:
        return standing(connection, name)


def in_record(office, packet_id):
    store = office.store()
    with store.reading() as connection:
        packet = standing(connection, packet_id)
        return {each.kind: store.files.get(each.sha256) for each in files_of(connection, packet, stage="made")}


def refused(printed):
    with pytest.raises((NotAllowed, RefusedAppointment)) as caught:
        printed()
    (fault,) = caught.value.faults
    assert fault.problem
    assert fault.remedy
    assert "Lopez" not in str(fault)
    return fault


def pages(pdf):
    with pypdfium2.PdfDocument(pdf) as opened:
        return [page.get_textpage().get_text_range() for page in opened]


def to_sign(pdf):
    """The names of the fields of a file that are to be signed."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        found = [each for each in opened.objects if isinstance(each, pikepdf.Dictionary) and each.get("/FT") == "/Sig"]
        return [str(each.T) for each in found]


def assert_draft(packet, files, mark="NOT APPROVED"):
    """Every page of every document says that it is a draft, and nothing can be signed."""
    assert packet.status == "draft"
    assert len(packet.documents) > 2
    for document in packet.documents:
        assert (document.status, UNAPPROVED in document.reasons) == ("draft", True)
        assert all(mark in text for text in pages(document.pdf))
        assert not to_sign(document.pdf)
        assert files[f"{document.kind}.pdf"] == document.pdf == stamp(document.filled)


def end(office):
    with office.store().reading() as connection:
        return log.head(connection).number


@pytest.fixture(scope="module")
def busy(template, tmp_path_factory):
    """A clinic with a packet in every state; nobody changes it."""
    made = Office(shutil.copytree(template, tmp_path_factory.mktemp("states") / "clinic"))
    made.ids = dict(zip((*WAYS, State.SUPERSEDED), made.record(*[{}] * (len(WAYS) + 1)), strict=True))
    made.appointments = dict(zip(made.ids, (f"2026-{number:04}" for number in range(1, 99)), strict=False))
    for state, moves in WAYS.items():
        bring(made, made.ids[state], *moves)
    made.record({"id": made.appointments[State.SUPERSEDED], "revision": 2})
    for state, packet_id in made.ids.items():
        assert of(made, packet_id).state is state
    yield made
    made.close()


@pytest.mark.parametrize("drafts", [False, True])
@pytest.mark.parametrize("state", PRINTED)
def test_what_was_approved_is_printed_as_it_was_approved_also_where_drafts_are_asked_for(busy, state, drafts):
    packet, files = Press(busy, drafts=drafts)({"id": busy.appointments[state]})
    assert packet.packet_id == busy.ids[state]
    assert files == in_record(busy, busy.ids[state])
    assert packet.status == "generated"
    assert to_sign(files["consent.pdf"])
    assert not any("NOT APPROVED" in text for document in packet.documents for text in pages(document.pdf))
    assert {f"{each.kind}.pdf": stamp(each.filled) for each in packet.documents} | {MANIFEST: files[MANIFEST]} == files


@pytest.mark.parametrize("state", NOT_YET)
def test_what_nobody_has_approved_is_refused_or_a_draft(busy, state):
    fault = refused(lambda: Press(busy)({"id": busy.appointments[state]}))
    assert fault.problem.startswith(f"is {state}: ")
    assert ("--drafts" in fault.remedy, "review approve" in fault.remedy) == (True, True)
    assert_draft(*Press(busy, drafts=True)({"id": busy.appointments[state]}))


@pytest.mark.parametrize("drafts", [False, True])
@pytest.mark.parametrize("state", GONE)
def test_what_counts_no_more_is_never_printed_not_even_as_a_draft(busy, state, drafts):
    fault = refused(lambda: Press(busy, drafts=drafts)({"id": busy.appointments[state]}))
    assert (
        "revision 1 is older than 2" if state is State.SUPERSEDED else f"is {state}: nothing is printed"
    ) in fault.problem


def test_every_state_is_printed_or_not(busy):
    assert set(busy.ids) == set(State) == {*PRINTED, *NOT_YET, *GONE}
    assert {after for _, after in MOVES.values()} <= set(busy.ids)


def test_a_packet_the_record_does_not_know_is_refused_or_a_draft(busy):
    fault = refused(lambda: Press(busy)({"id": "new"}))
    assert "not in the record" in fault.problem
    assert "handouts packet" in fault.remedy
    line = end(busy)
    assert_draft(*Press(busy, drafts=True)({"id": "new"}))
    assert end(busy) == line


def test_nothing_is_printed_of_a_clinic_that_has_no_record_yet(template, tmp_path):
    fresh = Office(shutil.copytree(template, tmp_path / "clinic"))
    assert "not in the record" in refused(Press(fresh)).problem
    assert_draft(*Press(fresh, drafts=True)())
    assert not (fresh.folder / "store").exists()


@pytest.mark.parametrize("drafts", [False, True])
def test_an_older_schedule_is_refused_even_where_the_later_packet_is_void(office, drafts):
    office.record()
    (later,) = office.record({"revision": 2})
    bring(office, later, Move.VOID)
    fault = refused(Press(office, drafts=drafts))
    assert (later in fault.problem, fault.remedy) == (True, "Take the latest schedule.")


@pytest.mark.parametrize("change", [OTHER, {"start": "2026-03-03T13:00"}, {"flags.glp1": "unknown"}], ids=str)
def test_a_changed_appointment_is_refused_or_a_draft_of_what_it_says_now(office, change):
    (packet_id,) = office.record()
    bring(office, packet_id, Move.APPROVE)
    fault = refused(lambda: Press(office)(change))
    assert fault.problem.startswith("has changed since it was approved (")
    assert fault.remedy == "Make the packet again (handouts packet), and have it approved."
    packet, files = Press(office, drafts=True)(change)
    assert_draft(packet, files)
    assert files != in_record(office, packet_id)
    assert of(office, packet_id).state is State.APPROVED


@pytest.mark.parametrize("drafts", [False, True])
@pytest.mark.parametrize("last", [Move.ISSUE, Move.SIGN])
def test_a_changed_appointment_whose_words_are_in_peoples_hands_is_no_draft_either(office, last, drafts):
    (packet_id,) = office.record()
    bring(office, packet_id, *WAYS[MOVES[last][1]])
    fault = refused(lambda: Press(office, drafts=drafts)(OTHER))
    assert "what is filled in" in fault.problem
    assert fault.remedy.startswith("Count the appointment's revision up")


def test_a_time_that_has_passed_since_is_a_change(office):
    (packet_id,) = office.record()
    bring(office, packet_id, Move.APPROVE)
    assert "its facts" in refused(lambda: Press(office)(at=AT + timedelta(days=4))).problem


@pytest.mark.parametrize("options", [{"paper": A4}, {"language": "es-US"}], ids=["paper", "language"])
def test_a_packet_is_not_printed_otherwise_than_it_was_asked_for(office, options):
    (packet_id,) = office.record()
    bring(office, packet_id, Move.APPROVE)
    assert "has changed since it was approved" in refused(Press(office, **options)).problem


@pytest.mark.parametrize("state", [State.APPROVED, State.ISSUED])
def test_a_packet_on_other_paper_is_to_be_printed_as_it_was_made(office, state):
    (packet_id,) = office.record()
    bring(office, packet_id, *WAYS[state])
    fault = refused(Press(office, paper=A4))
    assert fault.remedy == "Print it with the --paper and --variant that it was made with."


def test_what_was_decided_is_printed_as_decided(office):
    (packet_id,) = office.record(PREGNANT)
    approve(office.store(), office.makers, office.who(), [packet_id], AT, {"pregnant": "as we agreed"})
    packet, files = Press(office)(PREGNANT)
    assert files == in_record(office, packet_id)
    assert [concern.id for concern in packet.finding.decided] == ["pregnant"]
    again, _ = Press(office, drafts=True)({**PREGNANT, **OTHER})
    assert (again.status, again.finding.decided) == ("draft", ())


def test_content_whose_approval_has_ended_is_not_printed(office):
    (packet_id,) = office.record()
    bring(office, packet_id, Move.APPROVE)
    approvals = office.folder / "approvals.tsv"
    lines = approvals.read_text("utf-8").splitlines()
    wording = Press(office)()[0].documents[0].wording
    block = next(each.sha256 for each in wording.blocks)
    approvals.write_text("\n".join(line for line in lines if not line.startswith(block)) + "\n", "utf-8")
    fault = refused(Press(office))
    assert "is made of content that is not approved" in fault.problem
    assert_draft(*Press(office, drafts=True)())
    bring_issued = partial(issued, office.store(), office.makers, office.who(), packet_id, office.out, AT)
    bring_issued()  # what the office read before: the record of this test is now in people's hands
    assert "is made of content that is not approved" in refused(Press(office, drafts=True)).problem


def test_how_the_clinic_prints_is_no_part_of_what_was_approved(office):
    (packet_id,) = office.record()
    bring(office, packet_id, Move.APPROVE)
    with (office.folder / "clinic.toml").open("a", encoding="utf-8") as out:
        out.write('\n[press]\norder = ["name"]\ncopies = { consent = 2 }\n')
    assert Press(office)()[1] == in_record(office, packet_id)


def test_nothing_is_answered_on_a_draft_to_be_signed(office):
    press = Press(office)
    (_, appointment), *_ = press.rows({})
    with pytest.raises(NotAllowed, match=UNAPPROVED):
        press.make.of_drafts.answered(appointment, LATER, "consent", {})


def test_a_draft_of_what_a_clinician_must_decide_says_both(office):
    office.record(PREGNANT)
    packet, files = Press(office, drafts=True)(PREGNANT)
    assert_draft(packet, files)
    assert all(set(packet.finding.blocking) < set(document.reasons) for document in packet.documents)


@pytest.mark.parametrize("language", ["es-US", "hmn", "fa"])
def test_a_draft_says_so_in_every_language(office, language):
    packet, files = Press(office, drafts=True)({"patient.language": language})
    assert_draft(packet, files)
    if language == "es-US":
        assert packet.language == "es-US"


def test_a_setting_that_was_changed_since_is_a_change(office):
    (packet_id,) = office.record()
    bring(office, packet_id, Move.APPROVE)
    text = (office.folder / "clinic.toml").read_text("utf-8")
    name = text.partition("[clinic]")[2].partition('name = "')[2].partition('"')[0]
    change(office.folder, (f'name = "{name}"', 'name = "Another Clinic"'))
    assert "what is filled in" in refused(Press(office)).problem


def test_other_bytes_than_were_approved_are_not_printed(office):
    (packet_id,) = office.record()
    bring(office, packet_id, Move.APPROVE)
    press = Press(office, drafts=True)
    (_, appointment), *_ = press.rows({})
    known = printable_of(press.clinic, [appointment], drafts=True)
    kept = known.known[packet_id]
    for name in kept.files:
        files = {**kept.files, name: hashlib.sha256(b"of another version").hexdigest()}
        of_another = replace(known, known={packet_id: replace(kept, files=files)})
        if name == MANIFEST:
            with pytest.raises(DamagedRecord, match="is missing"):
                of_another.made(press.make, appointment, LATER)
        else:
            fault = refused(lambda each=of_another: each.made(press.make, appointment, LATER))
            assert "other bytes" in fault.problem
            assert "review issue" in fault.remedy
    fewer = {name: sha256 for name, sha256 in kept.files.items() if name != "consent.pdf"}
    without = replace(known, known={packet_id: replace(kept, files=fewer)})
    assert "other bytes" in refused(lambda: without.made(press.make, appointment, LATER)).problem


def test_the_manifest_is_that_of_the_record_where_this_program_would_say_more_in_it(office, monkeypatch):
    (packet_id,) = office.record()
    bring(office, packet_id, Move.APPROVE)
    monkeypatch.setattr("handouts.output.manifest_bytes", lambda _: b"{}")
    assert Press(office)()[1] == in_record(office, packet_id)


def test_a_maker_of_drafts_makes_nothing_that_was_approved(office):
    for options in (Options(drafts=True), Options(unapproved=True)):
        press = Press(office)
        press.make = PacketMaker(press.make.editions, options)
        with pytest.raises(ValueError, match="drafts"):
            press()


def test_what_a_run_knows_goes_to_other_processes_and_holds_no_patient(busy):
    press = Press(busy)
    rows = press.rows(*({"id": each} for each in busy.appointments.values()))
    known = printable_of(press.clinic, [appointment for _, appointment in rows])
    sent = pickle.dumps(known)
    assert all(secret not in sent for secret in (b"Lopez", b"1971", b"204101", b"as we agreed"))
    there = pickle.loads(sent)
    assert isinstance(there, Printable)
    appointment = next(each for _, each in rows if each.id == busy.appointments[State.APPROVED])
    assert there.made(press.make, appointment, LATER)[1] == in_record(busy, busy.ids[State.APPROVED])


def test_both_databases_print_the_same(any_office):
    packet_id, other = any_office.record({}, {})
    bring(any_office, packet_id, Move.APPROVE)
    assert Press(any_office)()[1] == in_record(any_office, packet_id)
    assert "is generated" in refused(lambda: Press(any_office)({"id": "2026-0002"})).problem
    assert of(any_office, other).state is State.GENERATED


@pytest.fixture
def demo(tmp_path):
    """A demo clinic; it has no record."""
    reviewed_demo(tmp_path / "clinic")
    return Office(tmp_path / "clinic")


def test_samples_of_a_demo_clinic_are_printed_where_they_are_asked_for(demo):
    fault = refused(Press(demo))
    assert "sample" in fault.problem
    assert "--drafts" in fault.remedy
    packet, files = Press(demo, drafts=True)()
    assert packet.status == "sample"
    assert all("SAMPLE" in text for document in packet.documents for text in pages(document.pdf))
    assert set(files) == {MANIFEST, *(f"{document.kind}.pdf" for document in packet.documents)}
    assert not (demo.folder / "store").exists()


def approved_now(office, *changes):
    ids = office.record(*changes)
    for packet_id in ids:
        bring(office, packet_id, Move.APPROVE)
    return {packet_id: documents(office, packet_id) for packet_id in ids}


def documents(office, packet_id):
    return [hashlib.sha256(pdf).hexdigest() for name, pdf in in_record(office, packet_id).items() if name != MANIFEST]


def lines(office, packet_id, kind="packet.issued"):
    with office.store().reading() as connection:
        return [line for line in log.lines(connection, packet_id) if line.kind == kind]


def test_what_is_on_paper_is_issued_once(any_office):
    office = any_office
    printed = approved_now(office, {}, {}, {})
    first, second, _ = printed
    bring(office, second, Move.ISSUE, Move.SIGN)
    for _ in range(2):
        assert issued_many(office.store(), office.who(), printed, LATER) == []
    assert [of(office, each).state for each in printed] == [State.ISSUED, State.SIGNED, State.ISSUED]
    assert [len(lines(office, each)) for each in printed] == [1, 1, 1]
    (line,) = lines(office, first)
    assert (line.who, json.loads(line.told)["was"]) == ("okafor", "approved")
    assert checked(office.store()).error("") is None


def test_what_was_superseded_while_it_was_printed_is_told_and_the_others_are_issued(any_office):
    office = any_office
    printed = approved_now(office, {}, {}, {}, {}, {})
    superseded, returned, void, again, fine = printed
    office.record({"id": "2026-0001", "revision": 2})
    bring(office, returned, Move.RETURN)
    bring(office, void, Move.VOID)
    office.record({"id": "2026-0004", **OTHER})
    told = issued_many(office.store(), office.who(), printed, LATER)
    assert [(fault.where, fault.problem) for fault in told] == [
        (f"packet {superseded}", "is superseded since it was printed."),
        (f"packet {returned}", "is returned since it was printed."),
        (f"packet {void}", "is void since it was printed."),
        (f"packet {again}", "is generated since it was printed."),
    ]
    assert all("tray" in fault.remedy for fault in told)
    assert [of(office, each).state for each in printed] == [
        State.SUPERSEDED,
        State.RETURNED,
        State.VOID,
        State.GENERATED,
        State.ISSUED,
    ]
    assert lines(office, fine)
    assert checked(office.store()).error("") is None


def test_a_packet_of_which_something_else_was_approved_meanwhile_is_not_issued_by_its_old_pages(office):
    printed = approved_now(office, {})
    (packet_id,) = printed
    office.record(OTHER)
    bring(office, packet_id, Move.APPROVE)
    (fault,) = issued_many(office.store(), office.who(), printed, LATER)
    assert "something else" in fault.problem
    assert of(office, packet_id).state is State.APPROVED
    for part in (printed[packet_id][:-1], [], [*documents(office, packet_id), "0" * 64]):
        assert len(issued_many(office.store(), office.who(), {packet_id: part}, LATER)) == 1
    assert issued_many(office.store(), office.who(), {packet_id: documents(office, packet_id)}, LATER) == []


def test_pages_of_which_the_record_knows_nothing_are_told(office):
    printed = approved_now(office, {})
    (fault, *more) = issued_many(office.store(), office.who(), {"a" * 16: ["0"], **printed}, LATER)
    assert (fault.problem, more) == ("is not in the record any more.", [])
    assert issued_many(office.store(), office.who(), {}, LATER) == []


def test_all_are_issued_or_none(office):
    printed = approved_now(office, {}, {})
    store = office.store()
    line = end(office)

    def full(*_args):
        raise OSError(28, "No space left on device")

    event.listen(store.engine, "commit", full)
    with pytest.raises(OSError, match="No space left"):
        issued_many(store, office.who(), printed, LATER)
    event.remove(store.engine, "commit", full)
    store.close()
    assert [of(office, each).state for each in printed] == [State.APPROVED] * 2
    assert end(office) == line
    assert issued_many(office.store(), office.who(), printed, LATER) == []
