"""The log → where each packet should stand and what should be known of it; and whether the other tables say the same."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, select

from handouts.record import log
from handouts.record.log import Line
from handouts.record.packets import AS_MADE, made_of
from handouts.record.review import KINDS
from handouts.record.states import LIVE, MOVES, State
from handouts.record.tables import documents, makings, packets, reviews, signatures, snapshots

PURGED = "packet.purged"
SIGNED = "document.signed"
_AFTER = {kind: MOVES[move][1] for move, kind in KINDS.items()} | {"packet.superseded": State.SUPERSEDED}
_REVIEWED = (State.APPROVED, State.RETURNED)


@dataclass
class Told:
    """What the log tells of a packet."""

    state: State | None = None
    making: int = 0
    rows: dict[int, str] = field(default_factory=dict[int, str])  # the hash of the row of each making
    files: dict[tuple[int, str], str] = field(default_factory=dict[tuple[int, str], str])
    reviews: Counter[tuple[Any, ...]] = field(default_factory=Counter[tuple[Any, ...]])
    signatures: Counter[tuple[Any, ...]] = field(default_factory=Counter[tuple[Any, ...]])
    purged: bool = False


def heard(lines: Iterable[Line], told: dict[str, Told]) -> Iterator[Line]:
    """`lines` as they pass, and what each tells of its packet put into `told`; one that cannot be read tells nothing."""
    for line in lines:
        if line.kind == "packet.made":  # for the first time, or again after it was purged
            told[line.packet] = Told()
        if line.packet:
            _add(told.setdefault(line.packet, Told()), line)
        yield line


def contradictions(connection: Connection, told: Mapping[str, Told]) -> Iterator[str]:
    """Where the packets, their makings, files and reviews are not as the log tells, in words."""
    stand = {row.id: row for row in connection.execute(select(packets))}
    for packet, said in told.items():
        if packet not in stand and not said.purged:
            yield f"packet {packet} is in the log, and nowhere else: its rows were removed"
        elif packet in stand and said.purged:
            yield f"packet {packet} was purged by the log, and is there"
    for packet, row in stand.items():
        said = told.get(packet)
        if said is None or said.state is None:
            yield f"packet {packet} is not in the log: it was added past it"
        elif (row.state, row.making) != (said.state.value, said.making):
            standing = f"{row.state} (making {row.making})"
            yield f"packet {packet} is {standing}; by the log it is {said.state} (making {said.making})"
        elif bool(row.live) != (said.state in LIVE):
            yield f"packet {packet} is {row.state}, and is counted as if it were not"
    yield from _of_makings(connection, told)
    yield from _of_files(connection, told)
    yield from _of_reviews(connection, told)
    yield from _of_signatures(connection, told)


def adrift(connection: Connection) -> Iterator[str]:
    """Rows that name what is not there, in words."""
    there = set(connection.execute(select(packets.c.id)).scalars())
    made = {(row.packet, row.number) for row in connection.execute(select(makings.c.packet, makings.c.number))}
    for table in (makings, documents, reviews):
        for packet in sorted(set(connection.execute(select(table.c.packet)).scalars()) - there):
            yield f"a row of {table.name} names packet {packet}, which is not there"
    for table in (documents, reviews):
        named = {(row.packet, row.making) for row in connection.execute(select(table.c.packet, table.c.making))}
        for packet, number in sorted(named - made):
            yield f"a row of {table.name} names making {number} of packet {packet}, which is not there"
    for row in connection.execute(select(packets.c.id, packets.c.making)):
        if (row.id, row.making) not in made:
            yield f"packet {row.id} has no making {row.making}"
    yield from _snapshots_adrift(connection)


def _add(told: Told, line: Line) -> None:
    try:
        said = cast("dict[str, Any]", json.loads(line.told))
        making = int(said.get("making", 0))
    except (ValueError, TypeError, AttributeError):
        return
    if line.kind in ("packet.made", "packet.made_again"):
        told.state, told.making = State.GENERATED, making
        told.files |= {(making, str(name)): str(sha256) for name, sha256 in said.get("files", {}).items()}
        if "made_of" in said:
            told.rows[making] = str(said["made_of"])
    elif line.kind == SIGNED:
        one = (said.get("kind"), said.get("role"), said.get("way"), line.at, said.get("sha256"), said.get("evidence"))
        told.signatures[one] += 1
    elif line.kind == PURGED:
        told.purged = True
    elif "was" in said and line.kind in _AFTER:
        told.state = _AFTER[line.kind]
        if told.state in _REVIEWED:
            row = (making, told.state.value, line.who, line.at, said.get("comment", ""), said.get("page_zero", ""))
            told.reviews[row] += 1


def _of_makings(connection: Connection, told: Mapping[str, Told]) -> Iterator[str]:
    for row in connection.execute(select(makings)):
        said = told[row.packet].rows.get(row.number) if row.packet in told else None
        if said and said != made_of(row.appointment, row.options, row.decided, row.clinic, row.wordings):
            yield f"making {row.number} of packet {row.packet} was changed: it is not what the log knows"
    latest = select(packets, makings.c.appointment.label("made_of")).join(
        makings, (makings.c.packet == packets.c.id) & (makings.c.number == packets.c.making)
    )
    for row in connection.execute(latest):
        if (row.appointment, row.revision, row.start) != _asked(row.made_of):
            yield f"packet {row.id} is not of the appointment that it was made of"


def _of_files(connection: Connection, told: Mapping[str, Told]) -> Iterator[str]:
    rows = connection.execute(select(documents).where(documents.c.stage == AS_MADE))
    there = {(row.packet, row.making, row.kind): row.sha256 for row in rows}
    for packet, said in told.items():
        for (making, name), sha256 in said.files.items():
            if not said.purged and there.get((packet, making, name)) != sha256:
                yield f"{name} of making {making} of packet {packet} is not the file that the log knows"
    for packet, making, name in there:
        if packet in told and (making, name) not in told[packet].files:
            yield f"{name} of making {making} of packet {packet} was added past the log"


def _of_reviews(connection: Connection, told: Mapping[str, Told]) -> Iterator[str]:
    there: dict[str, Counter[tuple[Any, ...]]] = {}
    for row in connection.execute(select(reviews)):
        comment = log.digest(row.comment) if row.comment else ""
        one = (row.making, row.decision, row.who, row.at, comment, row.page_zero)
        there.setdefault(row.packet, Counter())[one] += 1
    for packet in sorted({*there, *(packet for packet, said in told.items() if not said.purged)}):
        said = told[packet].reviews if packet in told else Counter[tuple[Any, ...]]()
        if there.get(packet, Counter()) != said:
            yield f"the reviews of packet {packet} are not those that the log knows"


def _of_signatures(connection: Connection, told: Mapping[str, Told]) -> Iterator[str]:
    there: dict[str, Counter[tuple[Any, ...]]] = {}
    for row in connection.execute(select(signatures)):
        one = (row.kind, row.role, row.way, row.at, row.sha256, log.digest(row.evidence))
        there.setdefault(row.packet, Counter())[one] += 1
    for packet in sorted({*there, *(packet for packet, said in told.items() if not said.purged)}):
        said = told[packet].signatures if packet in told else Counter[tuple[Any, ...]]()
        if there.get(packet, Counter()) != said:
            yield f"the signatures of packet {packet} are not those that the log knows"


def _snapshots_adrift(connection: Connection) -> Iterator[str]:
    shared = set(connection.execute(select(snapshots.c.sha256)).scalars())
    for row in connection.execute(select(makings.c.packet, makings.c.number, makings.c.clinic, makings.c.wordings)):
        if not {row.clinic, *_hashes(row.wordings)} <= shared:
            yield f"making {row.number} of packet {row.packet} names a snapshot that is not there"
    for row in connection.execute(select(snapshots)):
        if log.digest(row.told) != row.sha256:
            yield f"snapshot {row.sha256[:8]} does not hold what it held"


def _asked(appointment: str) -> tuple[str, int, str] | None:
    """The id, revision and start (UTC) of an appointment; None where it cannot be read."""
    try:
        told = json.loads(appointment)
        return str(told["id"]), int(told.get("revision", 1)), log.utc(datetime.fromisoformat(told["start"]))
    except (ValueError, LookupError, TypeError):
        return None


def _hashes(wordings: str) -> set[str]:
    """The hashes of the snapshots that a making names."""
    return {snapshot for each in json.loads(wordings).values() for _, snapshot in each}
