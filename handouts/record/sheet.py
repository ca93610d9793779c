"""A packet of the record → its page 0, with what the record knows beside the packet: the one before, and the consents signed so far."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, desc, select

from handouts.output import MANIFEST
from handouts.record.consent import validity
from handouts.record.packets import AS_MADE
from handouts.record.page_zero import PageZero, Previous, page_zero
from handouts.record.page_zero_sheet import Listing, Note, Piece, Section
from handouts.record.snapshots import risks_of
from handouts.record.standing import Makers, Standing, files_of, standings
from handouts.record.states import State
from handouts.record.store import Store
from handouts.record.tables import makings, packets, reviews

_AFTER = "warnings"
"""The section after which the consents stand."""


def sheet_of(
    connection: Connection,
    store: Store,
    makers: Makers,
    packet: Standing,
    now: datetime,
    decided: Mapping[str, str] | None = None,
) -> PageZero:
    """Page 0 of `packet` as it stands at `now` (aware), with what was `decided` besides. Raises as `page_zero`."""
    reasons = {**_reasons(connection, packet), **(decided or {})}
    sheet = page_zero(
        makers.of(packet),
        packet.appointment(makers.clinic),
        packet.made_at,
        now=now,
        decided=reasons,
        previous=_previous(connection, store, makers, packet),
    )
    consent = Section("consent", "Consent on record", tuple(_consent(connection, makers, packet)), first=True)
    place = 1 + next(number for number, section in enumerate(sheet.sections) if section.key == _AFTER)
    return replace(sheet, sections=(*sheet.sections[:place], consent, *sheet.sections[place:]))


def _reasons(connection: Connection, packet: Standing) -> Mapping[str, str]:
    """What was decided, each reason with whose it is: of who approved the first of the latest makings that have it."""
    approved = select(reviews.c.making, reviews.c.name).where(reviews.c.packet == packet.id)
    approved = approved.where(reviews.c.decision == State.APPROVED.value).order_by(desc(reviews.c.number))
    first = {row.making: row.name for row in connection.execute(approved)}
    made = select(makings.c.number, makings.c.decided).where(makings.c.packet == packet.id)
    rows = connection.execute(made.order_by(desc(makings.c.number)))
    latest = [(first.get(row.number), json.loads(row.decided)) for row in rows]
    found: dict[str, str] = {}
    for name, reason in packet.decided.items():
        who: str | None = None
        for approver, decided in latest:
            if decided.get(name) != reason:
                break
            who = approver or who
        found[name] = f"{reason} ({who})" if who else reason
    return found


def _previous(connection: Connection, store: Store, makers: Makers, packet: Standing) -> Previous | None:
    """The patient's packet before this one: the latest of an earlier visit, or an earlier revision of this."""
    found = [
        each
        for each in standings(connection, packets.c.patient == packet.patient, packets.c.id != packet.id)
        if each.state is not State.VOID and (each.start, each.revision) < (packet.start, packet.revision)
    ]
    if not found:
        return None
    before = found[-1]
    files = {each.kind: each.sha256 for each in files_of(connection, before, stage=AS_MADE)}
    told = json.loads(store.files.get(files[MANIFEST]))
    return Previous.of(told, before.appointment(makers.clinic), before.made_at)


def _consent(connection: Connection, makers: Makers, packet: Standing) -> list[Piece]:
    """Whether a consent that was signed before counts for this visit, and if not, why."""
    found = validity(connection, makers.clinic, packet, risks_of(makers.clinic))
    if found.consent is None:
        return [
            Note("No signed consent of this patient is on record: the consent of this packet is to be signed.", "quiet")
        ]
    signed = f"Packet {found.consent.packet.id}, signed {found.consent.signed_at:%Y-%m-%d}"
    if found.counts:
        said = f"{signed}: it covers this visit, after a check that the patient still agrees (sign continue)."
        return [Note(said, "fine")]
    return [Listing(f"{signed}: it does not cover this visit, and consent is needed anew", found.reasons, "warns")]
