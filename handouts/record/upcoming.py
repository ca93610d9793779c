"""Packets that are not signed yet, and the content as it is now → which must be made again, because of what, and by when."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from handouts.content.blanks import blanks
from handouts.errors import HandoutsError
from handouts.output import MANIFEST
from handouts.record.impact import Change, by_when, instants, touched
from handouts.record.log import utc
from handouts.record.packets import AS_MADE
from handouts.record.snapshots import was_made_of
from handouts.record.standing import Makers, Standing, files_of, standings
from handouts.record.states import State
from handouts.record.store import Store
from handouts.record.tables import packets

_UNSIGNED = (State.GENERATED, State.IN_REVIEW, State.APPROVED, State.RETURNED, State.ISSUED)


@dataclass(frozen=True)
class Affected:
    """A packet that would be made differently now, by document, and by when it must be made again (the clinic's clock).

    `trouble` is what keeps that from being found out.
    """

    packet: Standing
    changes: dict[str, Sequence[Change]]
    by: datetime | None
    trouble: HandoutsError | None = None


def affected(store: Store, makers: Makers, now: datetime) -> list[Affected]:
    """Every packet of an appointment after `now` that nobody has signed and that would be made differently, the most urgent first."""
    with store.reading() as connection:
        waiting = list(
            standings(connection, packets.c.start > utc(now), packets.c.state.in_([each.value for each in _UNSIGNED]))
        )
        found = [_affected(connection, store, makers, packet) for packet in waiting]
    return sorted(
        (each for each in found if each.changes or each.trouble),
        key=lambda each: (each.by.timestamp() if each.by else 0, each.packet.id),
    )


def _affected(connection: Connection, store: Store, makers: Makers, packet: Standing) -> Affected:
    try:
        files = {each.kind: each.sha256 for each in files_of(connection, packet, stage=AS_MADE)}
        told = json.loads(store.files.get(files[MANIFEST]))
        changes: dict[str, Sequence[Change]] = {}
        for kind, made in packet.wordings.items():
            before = [was_made_of(connection, sha256, told["facts"], told["lists"]) for _, sha256 in made]
            if of_kind := [change for each in before if each for change in touched(each, makers.editions)]:
                changes[kind] = tuple(dict.fromkeys(of_kind))
        return Affected(packet, changes, _by_when(makers, packet) if changes else None)
    except HandoutsError as trouble:
        return Affected(packet, {}, None, trouble)


def _by_when(makers: Makers, packet: Standing) -> datetime:
    said = makers.of(packet).said(packet.appointment(makers.clinic), packet.made_at, packet.decided)
    wordings = [wording for each in said.wordings.values() for wording in each]
    return by_when(instants(wordings, blanks(said.case, packet.id)))
