"""A part of a run that is on the disk → what the record says of its packets from then on: that they are on paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING

from handouts.clinic import Clinic
from handouts.errors import Fault
from handouts.press.part import PartMade

if TYPE_CHECKING:
    from handouts.record.roles import Actor


def on_paper(clinic: Clinic, who: Actor | None, now: datetime) -> Callable[[PartMade], Sequence[Fault]]:
    """What says in the record, as `who` at the moment `now` (aware), that the final packets of a part are issued.

    It gives those that must be taken out of the tray, as they count no more. Without `who` there is no record, and nothing to say.
    It raises as `store.opened` and `Store.writing`.
    """
    if who is None:
        return lambda _: ()
    from handouts.record.issue import issued_many  # noqa: PLC0415 - loads a database, which demo clinics do without
    from handouts.record.store import opened  # noqa: PLC0415

    def told(part: PartMade) -> Sequence[Fault]:
        printed = part.approved()
        if not printed:
            return ()
        with closing(opened(clinic)) as store:
            return issued_many(store, who, printed, now)

    return told
