"""A clinic → its record, made on purpose."""

from __future__ import annotations

from datetime import datetime

from handouts.clinic import Clinic
from handouts.record import log
from handouts.record.roles import Actor
from handouts.record.store import opened


def made(clinic: Clinic, actor: Actor, now: datetime) -> tuple[str, bool]:
    """Where the record of `clinic` is, and whether it is new: then the first line of its log says who made it."""
    store = opened(clinic, create=True)
    with store.writing() as connection:
        new = log.head(connection).number == 0
        if new:
            log.append(connection, actor, now, "store.made")
    return store.place, new
