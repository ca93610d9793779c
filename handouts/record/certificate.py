"""A signed document → its certificate page: who signed as whom, when, how they were known, under which key; sealed by the clinic."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from handouts.errors import Fault, NotAllowed
from handouts.output import Writing, end
from handouts.record import log
from handouts.record.form import CERTIFICATE, Form, form
from handouts.record.log import utc
from handouts.record.packets import add_document
from handouts.record.page_zero_sheet import Note, Row, Section, Table
from handouts.record.roles import Actor
from handouts.record.sealed import Seal, sealed
from handouts.record.sign import Meaning
from handouts.record.sign_keys import Key
from handouts.record.standing import Makers, standing
from handouts.record.store import Store
from handouts.record.tables import reviews
from handouts.typeset.furniture import Furniture

TITLE = "Certificate of signing"
_TOLD = (
    ("means", "How they were known"),
    ("meaning", "What it means"),
    ("way", "How they signed"),
    ("time", "When, at the clinic"),
    ("zone", "Time zone"),
    ("saw", "Whom the witness saw sign"),
    ("disclosure", "Version of the disclosure that was accepted first"),
    ("subject", "Certificate of"),
    ("certificate", "Hash of that certificate"),
    ("before", "Hash of the file before"),
    ("page_zero", "Hash of the page 0 that was reviewed"),
    ("statement", "Statement of who saw it"),
    ("scan", "Hash of the scan"),
    ("version", "Digits at the foot of the paper"),
    ("consent", "The consent it rests on: packet"),
    ("log", "End of the log then"),
)


def write_certificate(
    store: Store, makers: Makers, actor: Actor, name: str, kind: str, out: Path, now: datetime, seal: Key | None
) -> list[Path]:
    """Write the latest file of a document and its certificate page below `out`; their paths.

    Raises NotAllowed where nobody has signed, NotWritten where the disk does not take them.
    """
    with store.reading() as connection:
        found = form(connection, makers, standing(connection, name), kind)
        if not found.given:
            raise NotAllowed(Fault(found.place, "is signed by nobody yet.", "Have it signed: handouts sign PACKET."))
        approved = connection.execute(
            select(reviews).where(reviews.c.packet == found.packet.id, reviews.c.making == found.packet.making)
        ).all()
        head = log.head(connection)
    rows = [Row((each.decision, each.name, each.licence, each.at, each.page_zero[:16])) for each in approved]
    sections = [
        Section("document", "The document", tuple(_document(found, str(head), now))),
        Section(
            "review",
            "Review",
            (Table(("Decision", "Who", "Licence", "When (UTC)", "Page 0"), (14, 26, 18, 24, 18), tuple(rows)),),
        ),
        *(_signature(number, found) for number in range(len(found.given))),
    ]
    seal_of_clinic = None
    if seal:
        zone = found.said.case.appointment.start.tzinfo
        meaning = Meaning(makers.clinic.name, "clinic", "", now.astimezone(zone), "This is what our record says.")
        seal_of_clinic = Seal(seal, meaning, "Seal of the clinic", "Sealed by the clinic")
    content = sealed(sections, _furniture(found, makers), makers.clinic, seal_of_clinic)
    sha256 = store.files.put(content)
    packet = found.packet
    told = {"sealed": seal.sha256} if seal else {}
    with store.writing() as connection:
        add_document(connection, packet.id, packet.making, f"{kind}.pdf", CERTIFICATE, sha256, 0, utc(now), told)
        log.append(connection, actor, now, "document.certified", packet.id, {"kind": kind, "sha256": sha256})
    files = {f"{kind}.pdf": store.files.get(found.file.sha256), f"{kind}-certificate.pdf": content}
    writing = Writing(out / packet.id, files)
    end([writing])
    if writing.trouble:
        raise writing.trouble
    return [writing.folder / each for each in files]


def _document(found: Form, head: str, now: datetime) -> Iterator[Note | Table]:
    told = (
        ("Packet", found.packet.id),
        ("Document", found.kind),
        ("State of the packet", str(found.packet.state)),
        ("Hash of the file", found.file.sha256),
        ("Hash of the file as it was approved", found.as_made.sha256),
        ("End of the log", head),
        ("This page was made", now.isoformat(timespec="seconds")),
    )
    yield Table(("What", "Which"), (34, 66), tuple(Row(each) for each in told))


def _signature(number: int, found: Form) -> Section:
    given = found.given[number]
    told = [(label, str(given.evidence[key])) for key, label in _TOLD if given.evidence.get(key)]
    present = given.evidence.get("present", {})
    told.append(("Who was there for the clinic", f"{present.get('name', '')} ({present.get('as', '')})"))
    rows = tuple(Row(each) for each in told)
    return Section(
        f"signature{number}",
        f"Signature {number + 1}: {given.name}, {given.role}",
        (Table(("What", "Which"), (34, 66), rows),),
    )


def _furniture(found: Form, makers: Makers) -> Furniture:
    case = found.said.case
    return Furniture(
        clinic_name=makers.clinic.name,
        title=TITLE,
        for_line="For the record",
        identity_line="{patient} · {mrn}",
        page_line="Page {page} of {pages}",
        document_line="{packet_id} · {kind}",
        help_line="",
        language="en",
        values={
            "patient": case.appointment.patient.display_name,
            "mrn": case.appointment.patient.mrn,
            "packet_id": found.packet.id,
            "kind": found.kind,
        },
    )
