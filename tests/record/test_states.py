"""A packet goes only where its state allows: every other move is refused in words, and the log tells of each that was made."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record.conftest import AT, Office
from sqlalchemy import select

from handouts.errors import Fault, NotAllowed, WrongUsage
from handouts.record import log
from handouts.record.audit import audited
from handouts.record.packets import Making, identifier, recorded
from handouts.record.review import KINDS, changed, decide
from handouts.record.standing import standing, standings
from handouts.record.states import LIVE, MOVES, Move, State, moved
from handouts.record.tables import makings, packets

UNASKED = {Move.SUPERSEDE, Move.BEGIN}
ISSUED = (Move.APPROVE, Move.ISSUE)
WAYS = {
    State.GENERATED: (),
    State.IN_REVIEW: (Move.BEGIN,),
    State.APPROVED: (Move.APPROVE,),
    State.RETURNED: (Move.RETURN,),
    State.ISSUED: ISSUED,
    State.SIGNED: (*ISSUED, Move.SIGN),
    State.REFUSED: (*ISSUED, Move.REFUSE),
    State.WITHDRAWN: (*ISSUED, Move.SIGN, Move.WITHDRAW),
    State.CLOSED: (*ISSUED, Move.SIGN, Move.CLOSE),
    State.SUPERSEDED: (Move.SUPERSEDE,),
    State.VOID: (Move.VOID,),
}
"""How a packet that was just made gets into each state."""


class Desk:
    """A record in which packets are made from one real making, and moved."""

    def __init__(self, office):
        self.who = office.who()
        self.store = office.store()
        (first,) = office.record()
        with self.store.reading() as connection:
            self._like = self._making(connection, first)
        self._count = 0

    def _making(self, connection, packet_id):
        row = connection.execute(select(makings).where(makings.c.packet == packet_id)).one()
        packet = connection.execute(select(packets).where(packets.c.id == packet_id)).one()
        return Making(
            packet_id,
            packet.appointment,
            1,
            packet.patient,
            packet.start,
            row.made_at,
            row.says,
            row.status,
            row.appointment,
            row.options,
            row.decided,
            row.clinic,
            {},
            [],
        )

    def new(self):
        """The making of a packet that nobody has made."""
        self._count += 1
        making = self._of(replace(self._like, packet_id=f"packet{self._count:010}", appointment=f"visit-{self._count}"))
        assert recorded(self.store, self.who, AT, [making]) == ["new"]
        return making

    @staticmethod
    def _of(making):
        """The making with an appointment that says what it says."""
        told = {**json.loads(making.appointment_json), "id": making.appointment, "revision": making.revision}
        return replace(making, appointment_json=json.dumps(told))

    def state(self, making):
        with self.store.reading() as connection:
            return standing(connection, making.packet_id).state

    def kinds(self, making):
        with self.store.reading() as connection:
            return [line.kind for line in log.lines(connection, making.packet_id)]

    def do(self, making, move):
        """Make `move`; the making as it stands then. Raises NotAllowed."""
        if move is Move.MAKE:
            again = replace(making, says=making.says + " ")
            (outcome,) = recorded(self.store, self.who, AT, [again])
            return self._or_refused(outcome, again)
        if move is Move.SUPERSEDE:
            later = self._of(replace(making, packet_id=f"{making.packet_id}+", revision=making.revision + 1))
            (outcome,) = recorded(self.store, self.who, AT, [later])
            return self._or_refused(outcome, making)
        with self.store.writing() as connection:
            changed(connection, self.who, standing(connection, making.packet_id), move, AT)
        return making

    @staticmethod
    def _or_refused(outcome, making):
        if isinstance(outcome, Fault):
            raise NotAllowed(outcome)
        return making

    def audit(self):
        with self.store.reading() as connection:
            found = audited(connection, self.store.files, contents=False)
        assert found.error("the record") is None, found


@pytest.fixture(scope="module")
def desk(template, tmp_path_factory):
    office = Office(shutil.copytree(template, tmp_path_factory.mktemp("desk") / "clinic"))
    yield Desk(office)
    office.close()


def test_every_state_can_be_come_to_and_every_move_has_its_line_in_the_log():
    assert set(WAYS) == set(State)
    assert set(MOVES) == set(Move)
    assert set(KINDS) == set(Move) - {Move.MAKE, Move.SUPERSEDE}


@pytest.mark.parametrize("state", State)
def test_what_is_refused_says_where_the_packet_stands_and_all_that_is_allowed_from_there(state):
    allowed = {move for move, (before, _) in MOVES.items() if state in before}
    for move in set(Move) - allowed:
        with pytest.raises(NotAllowed) as caught:
            moved("abcd", state, move)
        (fault,) = caught.value.faults
        assert fault.where == "packet abcd"
        assert fault.problem == f"is {state}, which does not allow to {move}."
        told = fault.remedy.removeprefix("Allowed from there: ").rstrip(".").split(", ")
        named = [each.value for each in Move if each in allowed - UNASKED]
        assert told == (named or ["Nothing more becomes of it"])
    for move in allowed:
        assert moved("abcd", state, move) is MOVES[move][1]


def test_of_what_is_over_nothing_becomes_but_that_a_consent_is_taken_back():
    moves = {state: {move for move, (before, _) in MOVES.items() if state in before} for state in State}
    assert {state for state in State if not moves[state]} == {State.VOID}
    assert moves[State.CLOSED] == moves[State.SUPERSEDED] == {Move.WITHDRAW}
    assert set(State) - LIVE == {State.CLOSED, State.SUPERSEDED, State.VOID, State.WITHDRAWN}


@pytest.mark.parametrize("state", State)
def test_in_the_record_each_move_that_is_allowed_is_made_and_told_and_no_other(desk, state):
    for move in Move:
        making = desk.new()
        for step in WAYS[state]:
            making = desk.do(making, step)
        assert desk.state(making) is state
        before = desk.kinds(making)
        if state in MOVES[move][0]:
            desk.do(making, move)
            assert desk.state(making) is MOVES[move][1]
            told = {Move.MAKE: "packet.made_again", Move.SUPERSEDE: "packet.superseded"}.get(move) or KINDS[move]
            assert desk.kinds(making) == [*before, told]
        elif move is Move.SUPERSEDE and state not in LIVE:
            desk.do(making, move)  # a packet of a later revision is made, and nothing becomes of this one
            assert (desk.state(making), desk.kinds(making)) == (state, before)
        else:
            with pytest.raises(NotAllowed):
                desk.do(making, move)
            assert (desk.state(making), desk.kinds(making)) == (state, before)
    desk.audit()


def test_returning_and_voiding_need_a_reason(desk):
    making = desk.new()
    for move in (Move.RETURN, Move.VOID):
        for comment in ("", "  \n"):
            with pytest.raises(WrongUsage, match="says no reason"):
                decide(desk.store, desk.who, making.packet_id, move, AT, comment)
    assert desk.state(making) is State.GENERATED


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(Move), max_size=12))
def test_after_any_moves_the_rows_are_where_the_log_says(desk, wanted):
    making, state, told = desk.new(), State.GENERATED, ["packet.made"]
    for move in wanted:
        try:
            after = moved(making.packet_id, state, move)
        except NotAllowed:
            if move is Move.SUPERSEDE and state not in LIVE:
                continue
            with pytest.raises(NotAllowed):
                desk.do(making, move)
            continue
        making, state = desk.do(making, move), after
        told.append(KINDS.get(move) or {Move.MAKE: "packet.made_again"}.get(move, "packet.superseded"))
    assert desk.state(making) is state
    assert desk.kinds(making) == told
    desk.audit()


def test_one_packet_of_an_appointment_counts_at_most(desk):
    making = desk.new()
    for revision in range(2, 5):
        making = replace(making, packet_id=f"{making.packet_id}-", revision=revision)
        assert recorded(desk.store, desk.who, AT, [making]) == ["new"]
    with desk.store.reading() as connection:
        of_visit = list(standings(connection, packets.c.appointment == making.appointment))
    assert [each.revision for each in of_visit if each.state in LIVE] == [4]
    assert {each.state for each in of_visit[:-1]} == {State.SUPERSEDED}


def test_a_file_without_an_identifier_has_none():
    assert identifier(b"%PDF-1.7\n") == ""
    assert identifier(b"/ID [<00AB34cd> <01>]") == "00ab34cd"
