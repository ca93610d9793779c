"""What clinicians decide on packets: shown, approved, returned; and what becomes of a packet afterwards.

Every decision is compared with the packet as it stood when it was looked at: of two people who decide at once one wins, and the
other is told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, desc, func, insert, select, update

from handouts.errors import ContentError, Fault, HandoutsError, NotAllowed, WrongUsage
from handouts.packet import GENERATED, PacketMaker, Said
from handouts.record import log
from handouts.record.log import utc
from handouts.record.packets import Making, made_again, making_of
from handouts.record.roles import Actor
from handouts.record.saying import differences, says
from handouts.record.standing import Makers, Standing, in_parts, standing, standings_by
from handouts.record.states import LIVE, MOVES, Move, State, moved
from handouts.record.store import Store
from handouts.record.tables import events, packets, reviews

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
    given = {name: said(reason, f"--decide {name}") for name, reason in (reasons or {}).items()}
    plain = said(comment, "--comment")
    with store.reading() as connection:
        known = standings_by(connection, names)
        found = [known.get(name) or _or_trouble(partial(standing, connection, name)) for name in names]
    packets_ = {each.id: each for each in found if isinstance(each, Standing)}
    ready = {key: _or_trouble(partial(_ready, store, makers, each, now, given)) for key, each in packets_.items()}
    with store.writing() as connection:
        may = [each for each in ready.values() if isinstance(each, _Ready)]
        done = _approved_as_made(connection, actor, [each.packet for each in may if not each.making], now, plain)
        done |= {each.packet.id: _approved(connection, actor, each, now, plain) for each in may if each.making}
    done |= {key: each for key, each in ready.items() if isinstance(each, HandoutsError)}
    return [done[each.id] if isinstance(each, Standing) else each for each in found]


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
        _add_reviews(connection, actor, [packet], after, now, comment, [page_zero])
    log.append(connection, actor, now, KINDS[move], packet.id, _told(packet, comment, page_zero))
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


def different_now(make: PacketMaker, packet: Standing, as_then: Said, as_now: Said) -> list[str]:
    """What a packet would say otherwise if it were made now, in words; nothing if it would say the same.

    `as_then` is what it says as of when it was made, by the content there is now, `as_now` as of now.
    """
    found = list(differences(json.loads(packet.says), json.loads(says(make, as_then))))
    found += [
        f"{name} is {as_now.finding.facts.get(name)} now, and was {value} when it was made"
        for name, value in as_then.finding.facts.items()
        if as_now.finding.facts.get(name) != value
    ]
    return found


def require_content(make: PacketMaker, said: Said) -> None:
    """Raises ContentError where anything that a packet says is not approved, or not reviewed."""
    lacking = dict.fromkeys(reason for kind in said.wordings for reason in make.unfinished(said, kind))
    if lacking:
        first = "; ".join(list(lacking)[:3]) + (f"; and {len(lacking) - 3} more" if len(lacking) > 3 else "")
        remedy = "Have it approved (handouts review content), and make the packet again."
        where = f"packet {said.packet_id}"
        raise ContentError(Fault(where, f"is made of content that is not approved: {first}.", remedy))


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
    present = make.said(appointment, now)
    if changes := different_now(make, packet, asked, present):
        problem = f"would say something else if it were made now: {'; '.join(changes)}."
        raise NotAllowed(
            Fault(
                where, problem, "Make it again from its schedule (review impact says because of what), and review that."
            )
        )
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
    require_content(make, present)
    if packet.status == GENERATED and decided == packet.decided:
        return _Ready(packet, decided, None)
    made = make(appointment, packet.made_at, decided)
    if made.status != GENERATED:
        problem = f"is a {made.status}: on {packet.made_at.date()}, when it was made, its content was not approved yet."
        raise ContentError(Fault(where, problem, "Make it again from its schedule, and review that."))
    options, at = make.options, packet.made_at
    making = making_of(made, appointment, options, makers.editions, at, store.files, packet.says, decided)
    return _Ready(packet, decided, making)


def _approved_as_made(
    connection: Connection, actor: Actor, asked: Sequence[Standing], now: datetime, comment: str
) -> dict[str, Decided | HandoutsError]:
    """What becomes of packets to which nothing was decided, by their ids: as `_approved`, in a few statements for all."""
    ids = [packet.id for packet in asked]
    current, shown = standings_by(connection, ids), _pages_zero(connection, actor, ids)
    first = [packet for packet in asked if _as_looked_at(packet, current.get(packet.id))]
    done: dict[str, Decided | HandoutsError] = {each.id: Decided(each.id, State.APPROVED) for each in first}
    done |= {each.id: NotAllowed(_too_late(connection, each)) for each in asked if each.id not in done}
    pages = [_page_of(packet, shown) for packet in first]
    _add_reviews(connection, actor, first, State.APPROVED, now, comment, pages)
    told = [(each.id, _told(each, comment, page)) for each, page in zip(first, pages, strict=True)]
    _move_all(connection, actor, Move.APPROVE, now, told)
    return done


def changed_all(connection: Connection, actor: Actor, found: Sequence[Standing], move: Move, now: datetime) -> None:
    """Move packets, in the transaction in which they were found and that `move` is allowed for; as `changed`, in a few statements."""
    _move_all(connection, actor, move, now, [(each.id, _told(each, "", "")) for each in found])


def _move_all(
    connection: Connection, actor: Actor, move: Move, now: datetime, told: Sequence[tuple[str, Mapping[str, Any]]]
) -> None:
    after = MOVES[move][1]
    for some in in_parts([packet_id for packet_id, _ in told]):
        values = {"state": after.value, "live": int(after in LIVE)}
        connection.execute(update(packets).where(packets.c.id.in_(some)).values(values))
    log.append_all(connection, actor, now, KINDS[move], told)


def _approved(
    connection: Connection, actor: Actor, ready: _Ready, now: datetime, comment: str
) -> Decided | HandoutsError:
    packet = ready.packet
    try:
        with connection.begin_nested():  # one that cannot be approved takes back what it wrote, and no other
            current = standing(connection, packet.id)
            if not _as_looked_at(packet, current):
                raise NotAllowed(_too_late(connection, packet))
            shown = _page_of(packet, _pages_zero(connection, actor, [packet.id]))
            if ready.making:
                made_again(connection, actor, now, ready.making, packet.making, packet.state)
                current = standing(connection, packet.id)
            state = changed(connection, actor, current, Move.APPROVE, now, comment=comment, page_zero=shown)
    except HandoutsError as trouble:
        return trouble
    return Decided(packet.id, state)


def _as_looked_at(packet: Standing, current: Standing | None) -> bool:
    """Whether a packet still stands as it did when it was looked at."""
    return current is not None and (current.state, current.making) == (packet.state, packet.making)


def _told(packet: Standing, comment: str, page_zero: str) -> Mapping[str, Any]:
    """What the log tells of a decision on `packet`."""
    told: dict[str, Any] = {"making": packet.making, "says": packet.says, "was": packet.state.value}
    told |= {"page_zero": page_zero} if page_zero else {}
    return told | ({"comment": log.digest(comment)} if comment else {})


def _pages_zero(connection: Connection, actor: Actor, ids: Sequence[str]) -> Mapping[str, tuple[int, str]]:
    """Of each packet that `actor` was shown, the making that was shown last, and the hash of its page 0."""
    found: dict[str, tuple[int, str]] = {}
    for some in in_parts(ids):
        wanted = select(events.c.packet, events.c.told).where(events.c.packet.in_(some))
        wanted = wanted.where(events.c.kind == "packet.shown", events.c.who == actor.key).order_by(events.c.number)
        for row in connection.execute(wanted):
            told = json.loads(row.told)
            found[row.packet] = (int(told["making"]), str(told["page_zero"]))
    return found


def _page_of(packet: Standing, shown: Mapping[str, tuple[int, str]]) -> str:
    """The hash of the page 0 of this very making that was shown; "" if of none."""
    making, page_zero = shown.get(packet.id, (0, ""))
    return page_zero if making == packet.making else ""


def _add_reviews(
    connection: Connection,
    actor: Actor,
    decided: Sequence[Standing],
    after: State,
    now: datetime,
    comment: str,
    pages: Sequence[str],
) -> None:
    numbers: dict[tuple[str, int], int] = {}
    for some in in_parts([packet.id for packet in decided]):
        wanted = select(reviews.c.packet, reviews.c.making, func.max(reviews.c.number).label("number"))
        wanted = wanted.where(reviews.c.packet.in_(some)).group_by(reviews.c.packet, reviews.c.making)
        numbers |= {(row.packet, row.making): row.number for row in connection.execute(wanted)}
    rows = [
        {
            "packet": packet.id,
            "making": packet.making,
            "number": numbers.get((packet.id, packet.making), 0) + 1,
            "decision": after.value,
            "who": actor.key,
            "name": actor.person.name,
            "licence": actor.person.licence,
            "at": utc(now),
            "comment": comment,
            "page_zero": page_zero,
        }
        for packet, page_zero in zip(decided, pages, strict=True)
    ]
    if rows:
        connection.execute(insert(reviews), rows)


def _too_late(connection: Connection, packet: Standing) -> Fault:
    """The fault that somebody else was first, and who."""
    current = standing(connection, packet.id)
    last = connection.execute(
        select(reviews).where(reviews.c.packet == packet.id).order_by(desc(reviews.c.at)).limit(1)
    ).first()
    by = f" by {last.name} at {last.at}" if last is not None and last.decision == current.state.value else ""
    problem = f"was {packet.state} when you looked, and is {current.state} now{by}."
    return Fault(f"packet {packet.id}", problem, "Look at it again: handouts review show.")
