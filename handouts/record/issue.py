"""An approved packet → its folder, to the byte what was approved; from then on its words are in people's hands."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from handouts.output import Writing, end
from handouts.record.packets import AS_MADE
from handouts.record.review import Decided, changed, require_content
from handouts.record.roles import Actor
from handouts.record.standing import Makers, files_of, standing
from handouts.record.states import Move, State, moved
from handouts.record.store import Store


def issued(store: Store, makers: Makers, actor: Actor, name: str, out: Path, now: datetime) -> Decided:
    """Write the packet `name` below `out` as it was approved, and say so in the record; one that was issued is written again.

    Raises NotAllowed for a packet that is not approved, ContentError where an approval of what it says has ended since, NotWritten
    where the disk does not take it; then it is not issued.
    """
    with store.writing() as connection:
        packet = standing(connection, name)
        state = packet.state
        if state not in (State.ISSUED, State.SIGNED):
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
