"""A packet that says the same stays what it is, to the byte; one that says something else is made again, and its approval is gone."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from record.conftest import AT
from record.real import schedule

from handouts.batch import packets
from handouts.cache import user_cache
from handouts.content.editions import Editions
from handouts.errors import NotAllowed, RefusedAppointment
from handouts.intake import read_all
from handouts.packet import Options, PacketMaker
from handouts.record import log
from handouts.record.audit import checked
from handouts.record.issue import issued
from handouts.record.keeping import Record
from handouts.record.packets import Kept, patient_of
from handouts.record.review import approve, decide
from handouts.record.roles import Act, anybody
from handouts.record.standing import files_of, standing
from handouts.record.states import Move, State
from handouts.typeset.style import PAPERS
from handouts.typeset.variant import STYLES

LATER = AT + timedelta(days=1)
OTHER = {"patient.family_name": "Gomez"}


class LateRecord(Record):
    """A record that knew of nothing when the run began: another run came between."""

    def keeping(self, clinic, _):
        """Nothing is known."""
        return super().keeping(clinic, [])


def run(office, *changes, at=AT, variant="standard", paper="letter", record=Record, out=None):
    path = schedule(office.folder.parent / "run.json", *changes)
    make = PacketMaker(Editions(office.clinic, user_cache()), Options((), None, PAPERS[paper], STYLES[variant]))
    kept = record(office.store(), office.who("desk"), at)
    return list(packets(read_all([path], office.clinic, at), make, at, out or office.out, record=kept))


def on_disk(folder):
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def in_record(office, packet_id):
    store = office.store()
    with store.reading() as connection:
        packet = standing(connection, packet_id)
        return {each.kind: store.files.get(each.sha256) for each in files_of(connection, packet)}


def of(office, packet_id):
    with office.store().reading() as connection:
        return standing(connection, packet_id)


def end(office):
    with office.store().reading() as connection:
        return log.head(connection).number


def approved(office, *ids):
    approve(office.store(), office.makers, office.who(), ids, AT)
    assert {of(office, each).state for each in ids} == {State.APPROVED}


def handed_out(office, packet_id):
    approved(office, packet_id)
    issued(office.store(), office.makers, office.who(), packet_id, office.folder.parent / "issued", AT)


def test_a_packet_that_says_the_same_comes_out_to_the_byte_as_it_was_made(office):
    (packet_id,) = office.record()
    first, line = on_disk(office.out / packet_id), end(office)
    for at in (AT, LATER, AT - timedelta(hours=2)):
        shutil.rmtree(office.out)
        assert office.record(at=at) == [packet_id]
        assert on_disk(office.out / packet_id) == first == in_record(office, packet_id)
    assert end(office) == line
    approved(office, packet_id)
    office.record(at=LATER)
    assert of(office, packet_id).state is State.APPROVED


def test_the_bytes_come_out_of_the_record_where_the_program_would_make_others_now(office, monkeypatch):
    (packet_id,) = office.record()
    first = on_disk(office.out / packet_id)
    monkeypatch.setattr("handouts.record.keeping.files_of", lambda _: dict.fromkeys(first, b"of another version"))
    office.record(at=LATER)
    assert on_disk(office.out / packet_id) == first


def test_a_packet_that_was_decided_on_comes_out_as_it_was_decided(office):
    change = {"flags.pregnant": "yes"}
    (packet_id,) = office.record(change)
    approve(office.store(), office.makers, office.who(), [packet_id], AT, {"pregnant": "as we agreed"})
    decided = in_record(office, packet_id)
    assert decided != on_disk(office.out / packet_id)
    office.record(change, at=LATER)
    assert on_disk(office.out / packet_id) == decided
    assert of(office, packet_id).state is State.APPROVED


@pytest.mark.parametrize("change", [OTHER, {"start": "2026-03-03T13:00"}, {"flags.glp1": "unknown"}], ids=str)
def test_a_packet_that_says_something_else_is_made_again_and_its_approval_is_gone(office, change):
    (packet_id,) = office.record()
    approved(office, packet_id)
    assert office.record(change, at=LATER) == [packet_id]
    packet = of(office, packet_id)
    assert (packet.state, packet.making, packet.decided) == (State.GENERATED, 2, {})
    assert packet.made_at == LATER
    assert on_disk(office.out / packet_id) == in_record(office, packet_id)
    assert checked(office.store()).error("") is None


def test_decisions_do_not_carry_over_to_the_next_making(office):
    pregnant = {"flags.pregnant": "yes"}
    (packet_id,) = office.record(pregnant)
    approve(office.store(), office.makers, office.who(), [packet_id], AT, {"pregnant": "as we agreed"})
    office.record({**pregnant, **OTHER})
    assert of(office, packet_id).decided == {}
    assert of(office, packet_id).status == "draft"
    (error,) = approve(office.store(), office.makers, office.who(), [packet_id], AT)
    assert isinstance(error, NotAllowed)


@pytest.mark.parametrize(("variant", "paper"), [("large", "letter"), ("standard", "a4")])
def test_another_look_or_other_sheets_are_another_packet_and_never_given_up_in_silence(office, variant, paper):
    (first,) = run(office, {})
    packet_id = first.folder.name
    before = on_disk(first.folder)
    approved(office, packet_id)
    (made,) = run(office, {}, variant=variant, paper=paper)
    assert on_disk(made.folder)["consent.pdf"] != before["consent.pdf"]
    assert of(office, packet_id).state is State.GENERATED
    assert (of(office, packet_id).options["variant"], of(office, packet_id).options["paper"]) == (variant, paper)
    handed_out(office, packet_id)
    (refused,) = run(office, {})
    assert isinstance(refused.error, RefusedAppointment)


def test_a_packet_in_peoples_hands_is_never_made_anew(office):
    moves = (None, Move.SIGN, Move.REFUSE, Move.WITHDRAW)
    ids = office.record(*[{}] * len(moves))
    for packet_id, last in zip(ids, moves, strict=True):
        handed_out(office, packet_id)
        if last:
            decide(office.store(), office.who(), packet_id, last, AT)
    line, before = end(office), [on_disk(office.out / each) for each in ids]
    states = [of(office, each).state for each in ids]
    assert states == [State.ISSUED, State.SIGNED, State.REFUSED, State.WITHDRAWN]
    for failed, state in zip(run(office, *[OTHER] * len(ids)), states, strict=True):
        (fault,) = failed.error.faults
        assert isinstance(failed.error, RefusedAppointment)
        assert fault.problem == f"is {state}, and would say something else now."
        assert fault.remedy.startswith("Count the appointment's revision up")
        assert (fault.field, "run.json, appointment" in fault.where) == ("revision", True)
    assert office.record(*[{}] * len(ids), at=LATER) == ids  # the same once more is fine
    assert [of(office, each).state for each in ids] == states
    assert (end(office), [on_disk(office.out / each) for each in ids]) == (line, before)


def test_a_void_packet_is_not_made_again_and_that_is_said_for_what_it_is(office):
    (packet_id,) = office.record()
    decide(office.store(), office.who("desk"), packet_id, Move.VOID, AT, "called off")
    with pytest.raises(RefusedAppointment, match="is void, and is not made again") as caught:
        office.record()
    assert "supersedes" not in str(caught.value)
    (again,) = office.record({"revision": 2})
    assert of(office, again).state is State.GENERATED


def test_a_reschedule_supersedes_and_the_older_revision_comes_back_no_more(office):
    (first,) = office.record()
    handed_out(office, first)
    (second,) = office.record({"revision": 2, "start": "2026-03-10T12:00"})
    assert (of(office, first).state, of(office, second).state) == (State.SUPERSEDED, State.GENERATED)
    for change in ({}, OTHER):
        with pytest.raises(RefusedAppointment, match=f"revision 1 is older than 2, of which there is packet {second}"):
            office.record(change)
    assert of(office, "2026-0001").id == second


def test_nothing_is_written_of_an_older_revision_even_where_the_later_one_is_void(office):
    (later,) = office.record({"revision": 3})
    decide(office.store(), office.who("desk"), later, Move.VOID, AT, "called off")
    line = end(office)
    with pytest.raises(RefusedAppointment, match="Take the latest schedule"):
        office.record({"revision": 2})
    assert [path.name for path in office.out.iterdir()] == [later]
    assert end(office) == line


def test_what_another_run_made_first_is_what_is_on_the_disk_at_the_end(office):
    (packet_id,) = office.record()
    first = on_disk(office.out / packet_id)
    (made,) = run(office, {}, at=AT + timedelta(minutes=5), record=LateRecord)
    assert on_disk(made.folder) == first == in_record(office, packet_id)
    assert {each["kind"]: each["sha256"] for each in made.manifest["documents"]} == {
        each.kind.removesuffix(".pdf"): each.sha256 for each in files_in(office, packet_id) if "pdf" in each.kind
    }
    assert of(office, packet_id).making == 1


def files_in(office, packet_id):
    with office.store().reading() as connection:
        return files_of(connection, standing(connection, packet_id))


def test_a_run_that_began_before_a_packet_was_issued_does_not_change_it(office):
    (packet_id,) = office.record()
    handed_out(office, packet_id)
    (failed,) = run(office, OTHER, record=LateRecord)
    assert isinstance(failed.error, NotAllowed)
    assert (of(office, packet_id).state, of(office, packet_id).making) == (State.ISSUED, 1)


def test_one_bad_row_keeps_no_other_from_the_record(office):
    found = run(office, {"id": "a"}, {"id": "b", "route": "sublingual"}, {"id": "c"})
    assert [hasattr(each, "error") for each in found].count(True) == 1
    with office.store().reading() as connection:
        assert {standing(connection, name).state for name in ("a", "c")} == {State.GENERATED}


def test_the_patient_is_told_apart_by_a_hash_that_is_not_the_record_number(office, appointment):
    of_one = patient_of(office.clinic, appointment({}))
    assert of_one == patient_of(office.clinic, appointment({"id": "other", "patient.given_name": "Mary"}))
    assert of_one != patient_of(office.clinic, appointment({"patient.mrn": "MRN-204102"}))
    assert of_one != patient_of(office.clinic.model_copy(update={"id": "other"}), appointment({}))
    assert "204101" not in of_one


def test_whoever_makes_packets_is_in_the_log_even_without_a_name(office):
    path = schedule(office.folder.parent / "run.json", {})
    make = PacketMaker(Editions(office.clinic, user_cache()), Options((), None, PAPERS["letter"], STYLES["standard"]))
    record = Record(office.store(), anybody(office.clinic, None, Act.GENERATE), AT)
    (made,) = packets(read_all([path], office.clinic, AT), make, AT, office.out, record=record)
    with office.store().reading() as connection:
        (line,) = log.lines(connection, str(made.manifest["packet_id"]))
    assert (line.kind, line.who) == ("packet.made", "")
    assert line.user


def test_what_the_record_knows_of_a_packet_is_its_latest_making(office):
    (packet_id,) = office.record()
    office.record(OTHER)
    record = Record(office.store(), office.who("desk"), AT)
    found = read_all([schedule(office.folder.parent / "run.json", OTHER)], office.clinic, AT)
    keeping = record.keeping(office.clinic, [each for _, each in found.appointments])
    kept = keeping.known[packet_id]
    assert isinstance(kept, Kept)
    assert keeping.latest == {"2026-0001": (1, packet_id)}
    assert set(kept.files) == set(on_disk(office.out / packet_id))
