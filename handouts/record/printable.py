"""The record and a schedule → what may be printed of it: packets as they were approved, to the byte; drafts where they are asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime

from handouts.appointment import Appointment
from handouts.clinic import Clinic
from handouts.errors import ContentError, Fault, NotAllowed, RefusedAppointment
from handouts.output import MANIFEST, files_of
from handouts.packet import Packet, PacketMaker, opaque_id
from handouts.record.files import Files
from handouts.record.packets import Kept, known, latest_of, older
from handouts.record.premises import Premises
from handouts.record.review import require_content
from handouts.record.saying import LOOK, changed, says
from handouts.record.states import State
from handouts.record.store import opened

_APPROVED = frozenset((State.APPROVED, State.ISSUED, State.SIGNED))
_NOT_YET = frozenset((State.GENERATED, State.IN_REVIEW, State.RETURNED))
_REVIEW = "Have it approved (handouts review approve)"
_OR_DRAFT = "or print a draft with --drafts."
_REVISION = "Count the appointment's revision up; that makes a new packet and supersedes this one."


class OnlyHere(Exception):
    """Something that only a machine with the record can tell."""


@dataclass(frozen=True)
class Printable:
    """What the processes that print need of the record, which they do not open: what it has of each packet, as in `Keeping`.

    With `drafts`, packets that no clinician has approved are printed too, as drafts that say so on every page. On a machine
    without the record there are no `files`, and OnlyHere is raised where one of them is needed.
    """

    known: Mapping[str, Kept]
    latest: Mapping[str, tuple[int, str]]
    files: Files | None
    clinic: str
    drafts: bool = False

    def of(self, appointments: Sequence[Appointment]) -> Printable:
        """What is needed for the packets of these appointments."""
        ids = (opaque_id(self.clinic, each.id, each.revision) for each in appointments)
        known = {name: self.known[name] for name in ids if name in self.known}
        latest = {each.id: self.latest[each.id] for each in appointments if each.id in self.latest}
        return replace(self, known=known, latest=latest)

    def made(self, make: PacketMaker, appointment: Appointment, now: datetime) -> tuple[Packet, Mapping[str, bytes]]:
        """The packet of `appointment` that may be printed as of `now`, with its files by name.

        Of a packet that is approved, issued or signed these are the record's, to the byte; what else may be printed is a draft, or
        of a demo clinic a sample. `make` makes what is final: ValueError for one that makes drafts.

        Raises NotAllowed for a packet that nobody has approved, that counts no more, of which content is not approved any more,
        or that this program makes otherwise now; RefusedAppointment where the schedule says something else than was approved, or
        is older than the record; DamagedRecord where the record does not hold what it should; and as `make` does.
        """
        if make.options.drafts or make.options.unapproved:
            raise ValueError("what makes drafts makes nothing that was approved")
        packet_id = opaque_id(make.editions.clinic.id, appointment.id, appointment.revision)
        latest, kept = self.latest.get(appointment.id), self.known.get(packet_id)
        if latest and latest[0] > appointment.revision:
            raise RefusedAppointment(older(packet_id, appointment.revision, latest))
        if kept is None or kept.state in _NOT_YET:
            return self._draft(make, appointment, now, _not_yet(packet_id, kept, demo=make.editions.clinic.demo))
        if kept.state not in _APPROVED:
            raise NotAllowed(_gone(packet_id, kept.state))
        if trouble := _not_any_more(make, appointment, now, packet_id, kept):
            if kept.state is State.APPROVED:  # its words are in nobody's hands, so it may be made again
                return self._draft(make, appointment, now, trouble)
            raise trouble
        return self._as_approved(make, appointment, kept)

    def is_draft(self, make: PacketMaker, appointment: Appointment) -> bool:
        """Whether the packet of `appointment` is printed as a draft, or as a sample, if at all."""
        packet_id = opaque_id(make.editions.clinic.id, appointment.id, appointment.revision)
        latest, kept = self.latest.get(appointment.id), self.known.get(packet_id)
        later = latest is not None and latest[0] > appointment.revision
        return self.drafts and not later and (kept is None or kept.state in _NOT_YET)

    def _draft(
        self, make: PacketMaker, appointment: Appointment, now: datetime, otherwise: NotAllowed | RefusedAppointment
    ) -> tuple[Packet, Mapping[str, bytes]]:
        """The packet as a draft. Raises `otherwise` where no drafts are asked for."""
        if not self.drafts:
            raise otherwise
        packet = make.of_drafts(appointment, now)
        return packet, files_of(packet)

    def _as_approved(
        self, make: PacketMaker, appointment: Appointment, kept: Kept
    ) -> tuple[Packet, Mapping[str, bytes]]:
        """The packet as the record has it. Raises NotAllowed where `make` gives other documents than were approved.

        packet.json is none of them: it comes out of the record where a later program would say more in it.
        """
        packet = make(appointment, kept.made_at, kept.decided)
        files = files_of(packet)
        documents = {f"{each.kind}.pdf": each.sha256 for each in packet.documents}
        if documents != {name: sha256 for name, sha256 in kept.files.items() if name != MANIFEST}:
            problem = "this program makes other bytes of it than were approved."
            remedy = "Print the folder that handouts review issue writes; or count the appointment's revision up, make the new packet and have it approved."
            raise NotAllowed(Fault(f"packet {packet.packet_id}", problem, remedy))
        if hashlib.sha256(files[MANIFEST]).hexdigest() != kept.files[MANIFEST]:
            if self.files is None:
                raise OnlyHere
            files[MANIFEST] = self.files.get(kept.files[MANIFEST])
        return packet, files


def printable_of(clinic: Clinic, appointments: Sequence[Appointment], *, drafts: bool = False) -> Printable:
    """What the record of `clinic` has of the packets of these appointments; nothing where there is no record yet.

    The record is closed when this returns, so that processes may be begun. Raises as `store.opened` and `Store.reading`.
    """
    premises = Premises(clinic)
    files = Files(premises.files)
    if not premises.exists:
        return Printable({}, {}, files, clinic.id, drafts)
    ids = [opaque_id(clinic.id, each.id, each.revision) for each in appointments]
    with closing(opened(clinic)) as store, store.reading() as connection:
        latest = latest_of(connection, [each.id for each in appointments])
        return Printable(known(connection, ids), latest, files, clinic.id, drafts)


def no_more(clinic: Clinic, packet_ids: Sequence[str]) -> list[Fault]:
    """Which of these packets, once printed as approved, may not be handed out any more; none where there is no record.

    Raises as `store.opened` and `Store.reading`.
    """
    if not Premises(clinic).exists:
        return []
    with closing(opened(clinic)) as store, store.reading() as connection:
        there = known(connection, packet_ids)
    return [
        _gone(name, there[name].state) if name in there else Fault(f"packet {name}", "is not in the record any more.")
        for name in packet_ids
        if name not in there or there[name].state not in _APPROVED
    ]


def _not_any_more(
    make: PacketMaker, appointment: Appointment, now: datetime, packet_id: str, kept: Kept
) -> NotAllowed | RefusedAppointment | None:
    """Why what was approved may be printed no more: its content is approved no longer, or it would say something else now."""
    said = make.said(appointment, now)
    try:
        require_content(make, said)
    except ContentError as trouble:
        return NotAllowed(*trouble.faults)
    told = says(make, said)
    if told == kept.says:
        return None
    different = changed(make, kept.says, make.said(appointment, kept.made_at), told)
    if not different:
        return None
    problem = f"has changed since it was approved ({'; '.join(different)})."
    again = "Make the packet again (handouts packet), and have it approved."
    remedy = again if kept.state is State.APPROVED else _REVISION
    if different == [LOOK]:
        remedy = "Print it with the --paper and --variant that it was made with."
    return RefusedAppointment(Fault(f"packet {packet_id}", problem, remedy))


def _not_yet(packet_id: str, kept: Kept | None, *, demo: bool) -> NotAllowed:
    """That no clinician has approved a packet, and what to do."""
    if demo:
        return NotAllowed(Fault(f"packet {packet_id}", "is a sample of a demo clinic.", "Print samples with --drafts."))
    if kept is None:
        problem, remedy = "is not in the record yet.", f"Make it (handouts packet). {_REVIEW}; {_OR_DRAFT}"
    elif kept.state is State.RETURNED:
        problem = "is returned: the clinician wants it otherwise."
        remedy = f"See why (handouts review show), and make it again. {_REVIEW}; {_OR_DRAFT}"
    else:
        problem, remedy = f"is {kept.state}: no clinician has approved it.", f"{_REVIEW}; {_OR_DRAFT}"
    return NotAllowed(Fault(f"packet {packet_id}", problem, remedy))


def _gone(packet_id: str, state: State) -> Fault:
    """The fault that a packet counts no more."""
    again = _REVISION.partition(";")[0]
    remedy = (
        "Take the latest schedule." if state is State.SUPERSEDED else f"{again} if the patient is to have a new one."
    )
    return Fault(f"packet {packet_id}", f"is {state}: nothing is printed of it any more.", remedy)
