"""Approved packets → on paper, to the byte what was approved; from then on their words are in people's hands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

from handouts.errors import Fault
from handouts.output import MANIFEST, Writing, end
from handouts.record.packets import AS_MADE, Kept, known
from handouts.record.review import Decided, changed, changed_all, require_content
from handouts.record.roles import Actor
from handouts.record.standing import Makers, files_of, standing, standings_by
from handouts.record.states import Move, State, moved
from handouts.record.store import Store

_IN_HANDS = (State.ISSUED, State.SIGNED)
_TAKE_OUT = "Take it out of the tray, and keep it from the patient."


def issued(store: Store, makers: Makers, actor: Actor, name: str, out: Path, now: datetime) -> Decided:
    """Write the packet `name` below `out` as it was approved, and say so in the record; one that was issued is written again.

    Raises NotAllowed for a packet that is not approved, ContentError where an approval of what it says has ended since, NotWritten
    where the disk does not take it; then it is not issued.
    """
    with store.writing() as connection:
        packet = standing(connection, name)
        state = packet.state
        if state not in _IN_HANDS:
            make = makers.of(packet)
            moved(packet.id, state, Move.ISSUE)
            require_content(make, make.said(packet.appointment(makers.clinic), now, packet.decided))
            state = changed(connection, actor, packet, Move.ISSUE, now)
        files = {each.kind: store.files.get(each.sha256) for each in files_of(connection, packet, stage=AS_MADE)}
        writing = Writing(out / packet.id, files)
        end([writing])
        if writing.trouble:
            raise writing.trouble
    return Decided(packet.id, state)


def issued_many(store: Store, actor: Actor, printed: Mapping[str, Collection[str]], now: datetime) -> list[Fault]:
    """Say in the record that packets are on paper; what is wrong with any of them is told, for its pages are out already.

    `printed` has the hashes of the documents that were printed, by packet id. What was issued or signed before stays as it is.
    Told are packets that were approved when they were printed and are no more, and those of which something else was approved
    meanwhile; the others are issued, all in one transaction. Raises as `Store.writing`.
    """
    with store.writing() as connection:
        there, kept = standings_by(connection, list(printed)), known(connection, list(printed))
        told = {name: _too_late(name, kept.get(name), sha256s) for name, sha256s in printed.items()}
        may = [each for name, each in there.items() if not told[name] and each.state not in _IN_HANDS]
        changed_all(connection, actor, may, Move.ISSUE, now)
    return [fault for fault in told.values() if fault]


def _too_late(packet_id: str, kept: Kept | None, sha256s: Collection[str]) -> Fault | None:
    """Why a packet that is on paper may not be handed out; None for one that may."""
    if kept is None:
        problem = "is not in the record any more."
    elif kept.state is not State.APPROVED and kept.state not in _IN_HANDS:
        problem = f"is {kept.state} since it was printed."
    elif set(sha256s) != {sha256 for name, sha256 in kept.files.items() if name != MANIFEST}:
        problem = "was made again and approved since it was printed, and says something else now."
    else:
        return None
    return Fault(f"packet {packet_id}", problem, _TAKE_OUT)
