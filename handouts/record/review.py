"""What clinicians decide on packets: shown, approved, returned; and what becomes of a packet afterwards.

Every decision is compared with the packet as it stood when it was looked at: of two people who decide at once one wins, and the
other is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, desc, func, insert, select, update

from handouts.errors import ContentError, Fault, HandoutsError, NotAllowed, WrongUsage
from handouts.packet import PacketMaker, Said
from handouts.record import log
from handouts.record.log import utc
from handouts.record.packets import Making, made_again, making_of
from handouts.record.roles import Actor
from handouts.record.standing import Makers, Standing, standing
from handouts.record.states import LIVE, Move, State, moved
from handouts.record.store import Store
from handouts.record.tables import packets, reviews

R = TypeVar("R")
LONGEST = 2000
"""Characters of a comment or reason."""
KINDS: Mapping[Move, str] = {
    Move.BEGIN: "packet.in_review",
    Move.APPROVE: "packet.approved",
    Move.RETURN: "packet.returned",
    Move.ISSUE: "packet.issued",
    Move.SIGN: "packet.signed",
    Move.REFUSE: "packet.refused",
    Move.WITHDRAW: "packet.withdrawn",
    Move.CLOSE: "packet.closed",
    Move.VOID: "packet.void",
}
"""How the log calls each move."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A packet on which somebody decided, and where it stands now."""

    packet_id: str
    state: State


@dataclass(frozen=True)
class _Ready:
    """A packet that may be approved: as it stood, the reasons for what was decided, and the making to sign if that is a new one."""

    packet: Standing
    decided: Mapping[str, str]
    making: Making | None


def approve(
    store: Store,
    makers: Makers,
    actor: Actor,
    names: Sequence[str],
    now: datetime,
    reasons: Mapping[str, str] | None = None,
    comment: str = "",
) -> Sequence[Decided | HandoutsError]:
    """Approve packets, each with what became of it, in their order; the ones that may be are approved, together.

    `reasons` say why what blocks a packet blocks it no more, by concern. What keeps a packet from being approved is told:
    NotAllowed for its state, for what blocks it and is not decided, and where it would say something else if it were made now;
    ContentError where content it is made of is not approved; WrongUsage for a reason without a concern.
    """
    ready: list[_Ready | HandoutsError] = []
    given = {name: said(reason, f"--decide {name}") for name, reason in (reasons or {}).items()}
    plain = said(comment, "--comment")
    with store.reading() as connection:
        found = [_or_trouble(partial(standing, connection, name)) for name in names]
    ready = [
        each if isinstance(each, HandoutsError) else _or_trouble(partial(_ready, store, makers, each, now, given))
        for each in found
    ]
    with store.writing() as connection:
        return [
            each if isinstance(each, HandoutsError) else _approved(connection, actor, each, now, plain)
            for each in ready
        ]


def decide(store: Store, actor: Actor, name: str, move: Move, now: datetime, comment: str = "") -> Decided:
    """Make `move` with a packet, other than approving it. Raises NotAllowed where its state does not allow it.

    Returning a packet, and making it void, need a `comment`.
    """
    if move in (Move.RETURN, Move.VOID) and not comment.strip():
        raise WrongUsage(Fault("the command", "says no reason.", 'Add --comment "…".', "--comment"))
    with store.writing() as connection:
        packet = standing(connection, name)
        return Decided(packet.id, changed(connection, actor, packet, move, now, comment=said(comment, "--comment")))


def changed(
    connection: Connection,
    actor: Actor,
    packet: Standing,
    move: Move,
    now: datetime,
    *,
    comment: str = "",
    page_zero: str = "",
) -> State:
    """Move `packet`, in a transaction in which it was found, or still stands as it was found; the state after it.

    Raises NotAllowed where the move is not allowed, or somebody else was first.
    """
    after = moved(packet.id, packet.state, move)
    live = int(after in LIVE)
    done = connection.execute(
        update(packets)
        .where(packets.c.id == packet.id, packets.c.state == packet.state.value, packets.c.making == packet.making)
        .values(state=after.value, live=live)
    )
    if done.rowcount != 1:
        raise NotAllowed(_too_late(connection, packet))
    if move in (Move.APPROVE, Move.RETURN):
        _add_review(connection, actor, packet, after, now, comment, page_zero)
    told = {"making": packet.making, "says": packet.says, "was": packet.state.value}
    told |= {"page_zero": page_zero} if page_zero else {}
    told |= {"comment": log.digest(comment)} if comment else {}
    log.append(connection, actor, now, KINDS[move], packet.id, told)
    return after


def begun(store: Store, actor: Actor, packet: Standing, now: datetime, page_zero: bytes) -> str:
    """Keep that `actor` was shown this page 0 of a packet, which is in review from now on; the hash of the page."""
    sha256 = store.files.put(page_zero)
    with store.writing() as connection:
        current = standing(connection, packet.id)
        if current.making != packet.making:
            raise NotAllowed(_too_late(connection, packet))
        told = {"making": packet.making, "page_zero": sha256}
        log.append(connection, actor, now, "packet.shown", packet.id, told)
        if current.state in (State.GENERATED, State.RETURNED):
            changed(connection, actor, current, Move.BEGIN, now, page_zero=sha256)
    return sha256


def different_now(make: PacketMaker, packet: Standing, as_then: Said, now: datetime) -> list[str]:
    """What a packet would say otherwise if it were made now, in words; nothing if it would say the same.

    `as_then` is what it says as of when it was made, by the content there is now.
    """
    found = [
        f"the text of {kind} was changed (template, translation or a setting in it)"
        for kind, hashes in packet.wordings.items()
        if [wording.sha256 for wording in as_then.wordings.get(kind, ())] != list(hashes)
    ]
    facts = make.said(as_then.case.appointment, now).finding.facts
    found += [
        f"{name} is {facts[name]} now, and was {value} when it was made"
        for name, value in as_then.finding.facts.items()
        if facts.get(name) != value
    ]
    return found


def said(text: str, option: str) -> str:
    """A comment or reason as it is kept: one that says something, of at most LONGEST characters and none that steers."""
    plain = " ".join(text.split())
    if len(plain) > LONGEST:
        raise WrongUsage(Fault("the command", f"is longer than {LONGEST} characters.", "Say it shorter.", option))
    if not plain.isprintable():
        raise WrongUsage(Fault("the command", "holds characters that cannot be seen.", "Write it anew.", option, plain))
    return plain


def _or_trouble(found: Callable[[], R]) -> R | HandoutsError:
    """What `found` gives, or what it raises."""
    try:
        return found()
    except HandoutsError as trouble:
        return trouble


def _ready(store: Store, makers: Makers, packet: Standing, now: datetime, reasons: Mapping[str, str]) -> _Ready:
    """`packet` if it may be approved with these reasons; else raises what keeps it from that, all of it at once."""
    moved(packet.id, packet.state, Move.APPROVE)
    make = makers.of(packet)
    appointment = packet.appointment(makers.clinic)
    where = f"packet {packet.id}"
    asked = make.said(appointment, packet.made_at)
    if changes := different_now(make, packet, asked, now):
        problem = f"would say something else if it were made now: {'; '.join(changes)}."
        raise NotAllowed(Fault(where, problem, "Make it again from its schedule, and review that."))
    concerns = {concern.id: concern for concern in asked.finding.concerns}
    for name in reasons:
        if name not in concerns:
            known = f"What blocks it: {', '.join(concerns)}." if concerns else "Nothing blocks it."
            raise WrongUsage(Fault(where, "is nothing that blocks this packet.", known, "--decide", name))
    decided = {name: reason for name, reason in {**packet.decided, **reasons}.items() if reason}
    NotAllowed.gathered(
        Fault(where, concern.says, f'{concern.remedy} Or decide: --decide {name}="the reason".', concern.field)
        for name, concern in concerns.items()
        if name not in decided
    )
    lacking = dict.fromkeys(reason for kind in asked.wordings for reason in make.unfinished(asked, kind))
    if lacking:
        first = "; ".join(list(lacking)[:3]) + (f"; and {len(lacking) - 3} more" if len(lacking) > 3 else "")
        remedy = "Have it approved (handouts review content), and make the packet again."
        raise ContentError(Fault(where, f"is made of content that is not approved: {first}.", remedy))
    if packet.status == "generated" and decided == packet.decided:
        return _Ready(packet, decided, None)
    made = make(appointment, packet.made_at, decided)
    options, clinic = make.options, makers.clinic
    making = making_of(
        made, appointment, options, clinic, packet.made_at, store.files, said=packet.says, decided=decided
    )
    return _Ready(packet, decided, making)


def _approved(
    connection: Connection, actor: Actor, ready: _Ready, now: datetime, comment: str
) -> Decided | HandoutsError:
    packet = ready.packet
    try:
        with connection.begin_nested():  # one that cannot be approved takes back what it wrote, and no other
            current = standing(connection, packet.id)
            if (current.state, current.making) != (packet.state, packet.making):
                raise NotAllowed(_too_late(connection, packet))
            shown = _page_zero(connection, actor, packet)
            if ready.making:
                made_again(connection, actor, now, ready.making, packet.making, packet.state)
                current = standing(connection, packet.id)
            state = changed(connection, actor, current, Move.APPROVE, now, comment=comment, page_zero=shown)
    except HandoutsError as trouble:
        return trouble
    return Decided(packet.id, state)


def _page_zero(connection: Connection, actor: Actor, packet: Standing) -> str:
    """The hash of the page 0 of this making that `actor` was shown last; "" if of none."""
    for line in reversed(list(log.lines(connection, packet.id))):
        if line.kind == "packet.shown" and line.who == actor.key:
            told = log.told_in(line)
            return str(told["page_zero"]) if told["making"] == packet.making else ""
    return ""


def _add_review(
    connection: Connection, actor: Actor, packet: Standing, after: State, now: datetime, comment: str, page_zero: str
) -> None:
    here = (reviews.c.packet == packet.id) & (reviews.c.making == packet.making)
    number = connection.execute(select(func.count()).select_from(reviews).where(here)).scalar_one() + 1
    connection.execute(
        insert(reviews).values(
            packet=packet.id,
            making=packet.making,
            number=number,
            decision=after.value,
            who=actor.key,
            name=actor.person.name,
            licence=actor.person.licence,
            at=utc(now),
            comment=comment,
            page_zero=page_zero,
        )
    )


def _too_late(connection: Connection, packet: Standing) -> Fault:
    """The fault that somebody else was first, and who."""
    current = standing(connection, packet.id)
    last = connection.execute(
        select(reviews).where(reviews.c.packet == packet.id).order_by(desc(reviews.c.at)).limit(1)
    ).first()
    by = f" by {last.name} at {last.at}" if last is not None and last.decision == current.state.value else ""
    problem = f"was {packet.state} when you looked, and is {current.state} now{by}."
    return Fault(f"packet {packet.id}", problem, "Look at it again: handouts review show.")
