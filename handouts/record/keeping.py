"""A run of packets and the record: what is known of each before it is made, and what is taken in once it is on the disk."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from handouts.appointment import Appointment
from handouts.clinic import Clinic
from handouts.errors import Fault, RefusedAppointment
from handouts.output import files_of
from handouts.packet import Packet, PacketMaker, opaque_id
from handouts.record.files import Files
from handouts.record.packets import (
    Kept,
    Making,
    Outcome,
    known,
    latest_of,
    making_of,
    older,
    recorded,
    refused_change,
)
from handouts.record.roles import Actor
from handouts.record.saying import says, says_still
from handouts.record.states import FIXED, LIVE
from handouts.record.store import Store


@dataclass(frozen=True)
class Keeping:
    """What the processes that make packets need of the record: what it has of them, and where their files go.

    `latest` has the latest revision of each appointment, and its packet.
    """

    known: Mapping[str, Kept]
    latest: Mapping[str, tuple[int, str]]
    files: Files

    def made(
        self, make: PacketMaker, appointment: Appointment, now: datetime
    ) -> tuple[Packet, Mapping[str, bytes], Making | None]:
        """The packet with its files, and what the record is to take in: nothing where it has a packet that says the same.

        Then the packet is the one that the record has, made as of then, to the byte; for what was approved is what is printed.
        Raises RefusedAppointment where the packet is in people's hands and would say something else, and where there is one of a
        later revision.
        """
        said = make.said(appointment, now)
        latest = self.latest.get(appointment.id)
        if latest and latest[0] > appointment.revision:
            raise RefusedAppointment(older(said.packet_id, appointment.revision, latest))
        told = says(make, said)
        kept = self.known.get(said.packet_id)
        same = kept is not None and (
            told == kept.says or says_still(make, kept.says, make.said(appointment, kept.made_at), told)
        )
        if kept is None or (not same and kept.state in LIVE - FIXED):
            packet = make(appointment, now)
            making = making_of(packet, appointment, make.options, make.editions, now, self.files, told)
            return packet, files_of(packet), making
        if not same or kept.state not in LIVE | FIXED:
            raise RefusedAppointment(refused_change(said.packet_id, kept.state))
        packet = make(appointment, kept.made_at, kept.decided)
        files = files_of(packet)
        files |= {
            name: self.files.get(sha256)
            for name, sha256 in kept.files.items()
            if hashlib.sha256(files.get(name, b"")).hexdigest() != sha256
        }
        return packet, files, None


class Record:
    """The record during one run; what it takes in, `actor` does."""

    def __init__(self, store: Store, actor: Actor, now: datetime) -> None:
        self._store = store
        self._actor = actor
        self._now = now

    def keeping(self, clinic: Clinic, appointments: Sequence[Appointment]) -> Keeping:
        """What is known of the packets of these appointments."""
        ids = [opaque_id(clinic.id, each.id, each.revision) for each in appointments]
        with self._store.reading() as connection:
            found, latest = known(connection, ids), latest_of(connection, [each.id for each in appointments])
        self._store.close()  # no process that is begun now takes the connection with it
        return Keeping(found, latest, self._store.files)

    def take(self, makings: Sequence[Making]) -> Sequence[Outcome | Fault]:
        """Take packets in; what became of each."""
        return recorded(self._store, self._actor, self._now, makings)

    def files(self, packet_id: str) -> Mapping[str, bytes]:
        """The files of a packet that the record has, as it was made, by name."""
        with self._store.reading() as connection:
            kept = known(connection, [packet_id])[packet_id]
        return {name: self._store.files.get(sha256) for name, sha256 in kept.files.items()}
