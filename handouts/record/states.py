"""Where a packet stands, and what may become of it from there."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from handouts.errors import Fault, NotAllowed


class State(StrEnum):
    """Where a packet stands."""

    GENERATED = "generated"
    IN_REVIEW = "in review"
    APPROVED = "approved"
    RETURNED = "returned"
    ISSUED = "issued"
    SIGNED = "signed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    SUPERSEDED = "superseded"
    VOID = "void"


class Move(StrEnum):
    """What people do with a packet, as they say it."""

    MAKE = "make again"
    BEGIN = "begin its review"
    APPROVE = "approve"
    RETURN = "return"
    ISSUE = "issue"
    SIGN = "finish its signing"
    REFUSE = "record a refusal"
    WITHDRAW = "withdraw the consent"
    CLOSE = "close"
    SUPERSEDE = "supersede"
    VOID = "void"


_S = State
_OPEN = (_S.GENERATED, _S.IN_REVIEW, _S.APPROVED, _S.RETURNED)
MOVES: Mapping[Move, tuple[tuple[State, ...], State]] = {
    Move.MAKE: (_OPEN, _S.GENERATED),
    Move.BEGIN: ((_S.GENERATED, _S.RETURNED), _S.IN_REVIEW),
    Move.APPROVE: ((_S.GENERATED, _S.IN_REVIEW), _S.APPROVED),
    Move.RETURN: ((_S.GENERATED, _S.IN_REVIEW, _S.APPROVED), _S.RETURNED),
    Move.ISSUE: ((_S.APPROVED,), _S.ISSUED),
    Move.SIGN: ((_S.ISSUED,), _S.SIGNED),
    Move.REFUSE: ((_S.ISSUED,), _S.REFUSED),
    Move.WITHDRAW: ((_S.ISSUED, _S.SIGNED, _S.CLOSED, _S.SUPERSEDED), _S.WITHDRAWN),
    Move.CLOSE: ((_S.SIGNED, _S.REFUSED, _S.WITHDRAWN), _S.CLOSED),
    Move.SUPERSEDE: ((*_OPEN, _S.ISSUED, _S.SIGNED, _S.REFUSED), _S.SUPERSEDED),
    Move.VOID: ((*_OPEN, _S.ISSUED), _S.VOID),
}
"""Each move: the states it is allowed from, and the one it leads to (CLINICAL §3.0)."""
LIVE = frozenset((*_OPEN, _S.ISSUED, _S.SIGNED, _S.REFUSED))
"""The states of the one packet that counts for its appointment; a consent may be taken back long after that."""
FIXED = frozenset((_S.ISSUED, _S.SIGNED, _S.REFUSED, _S.WITHDRAWN, _S.CLOSED))
"""Where the words are in people's hands: a packet of such a state is never made anew."""


def moved(packet: str, state: State, move: Move) -> State:
    """The state after `move`. Raises NotAllowed, which says what is allowed from where the packet stands."""
    allowed, after = MOVES[move]
    if state in allowed:
        return after
    others = [str(each) for each, (before, _) in MOVES.items() if state in before and each not in _UNASKED]
    remedy = f"Allowed from there: {', '.join(others)}." if others else "Nothing more becomes of it."
    raise NotAllowed(Fault(f"packet {packet}", f"is {state}, which does not allow to {move}.", remedy))


_UNASKED = (Move.SUPERSEDE, Move.BEGIN)
"""Moves that no command makes by itself."""
