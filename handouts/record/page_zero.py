"""A packet → its page 0: what a clinician reads in ninety seconds before deciding, and what there is to look things up.

CLINICAL "Clinician review sheet", §3.5, §3.6, H14. It is for staff alone, in English, and no page of the packet.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from handouts.appointment import Appointment
from handouts.content.blanks import blanks
from handouts.errors import Fault, WrongUsage
from handouts.packet import PacketMaker
from handouts.record import page_zero_approvals as approvals
from handouts.record import page_zero_blocks as blocks
from handouts.record import page_zero_first as first
from handouts.record import page_zero_reference as reference
from handouts.record.page_zero_before import Previous
from handouts.record.page_zero_differences import differences
from handouts.record.page_zero_sheet import PageZero
from handouts.record.page_zero_subject import Subject, day
from handouts.record.page_zero_times import times

__all__ = ["PageZero", "Previous", "page_zero"]
_NOBODY: Mapping[str, str] = {}


def page_zero(
    make: PacketMaker,
    appointment: Appointment,
    made_at: datetime,
    *,
    now: datetime,
    decided: Mapping[str, str] = _NOBODY,
    previous: Previous | None = None,
) -> PageZero:
    """The review sheet of the packet that `make` made of `appointment` at `made_at`, as it stands at `now` (both aware).

    `decided` are the concerns on which a clinician has decided, by id, each with the reason and whose it is; `previous` is the
    patient's packet before. The same arguments give the same sheet. Raises as `make` does, and WrongUsage for a decision without a
    reason.
    """
    WrongUsage.gathered(
        Fault("the command", "a decision without a reason is none.", "Say why.", "--decide", key)
        for key, reason in decided.items()
        if not reason.strip()
    )
    packet = make(appointment, made_at, decided)
    said = make.said(appointment, made_at, decided)
    subject = Subject(make, packet, said, blanks(said.case, said.packet_id), now, decided, previous)
    decisions = first.decisions(subject)
    placed = blocks.placed(subject)
    compared, in_one_line = differences(subject)
    patient = appointment.patient
    return PageZero(
        packet_id=packet.packet_id,
        patient=patient.display_name,
        birth_date=day(patient.birth_date),
        mrn=patient.mrn,
        clinic=said.case.clinic.name,
        decisions=decisions,
        blocks=placed,
        sections=(
            first.head(subject, in_one_line),
            first.blocking(subject, decisions),
            first.warnings(subject),
            times(subject),
            reference.medicines(subject),
            compared,
            reference.documents(subject),
            reference.blanks(subject),
            reference.facts(subject, placed),
            blocks.blocks(subject, placed),
            approvals.approvals(subject),
        ),
    )
