"""A packet that is over → closed, if nothing in it that must be filled in or signed is still open."""

from __future__ import annotations

from datetime import datetime

from handouts.errors import Fault, NotAllowed
from handouts.record.form import forms
from handouts.record.review import Decided, changed, said
from handouts.record.roles import Actor
from handouts.record.standing import Makers, standing
from handouts.record.states import Move, State, moved
from handouts.record.store import Store

_REMEDY = "Have it filled in: on a screen (sign answer), or on paper (sign record --filled)."


def closed(store: Store, makers: Makers, actor: Actor, name: str, comment: str, now: datetime) -> Decided:
    """Close the packet `name`; nothing more becomes of it but that its consent is taken back.

    Raises NotAllowed where its state does not allow it, or, if it was signed, with every required field that is still empty.
    """
    with store.writing() as connection:
        packet = standing(connection, name)
        moved(packet.id, packet.state, Move.CLOSE)
        if packet.state is State.SIGNED:
            NotAllowed.gathered(
                Fault(each.place, f"is not complete: {lack}", _REMEDY)
                for each in forms(connection, makers, packet)
                for lack in each.open
            )
        state = changed(connection, actor, packet, Move.CLOSE, now, comment=said(comment, "--comment"))
        return Decided(packet.id, state)
