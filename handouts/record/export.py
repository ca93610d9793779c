"""A patient's record → a folder: every document, review, signature and line of the log, as files and JSON, with their hashes.

Only what is this patient's: a packet that was first made with somebody else's record number, and then again, is in each of the two
records with its own makings.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from handouts.clinic import Clinic
from handouts.errors import Fault, WrongUsage
from handouts.record import log
from handouts.record.files import Files
from handouts.record.roles import Actor
from handouts.record.standing import standing
from handouts.record.store import Store
from handouts.record.tables import documents, makings, packets, reviews, signatures, snapshots
from handouts.record.whole import whole_folder

RECORD, HASHES, README = "record.json", "SHA256SUMS", "README.txt"
_TOLD = """\
The record of one patient at {clinic}, as it was on {when}.

{record}
    All that is known, as JSON: each packet with its appointment, each time it was made, what clinicians
    decided on it and why, who signed, and the lines of the clinic's log that tell of it.
PACKET/MAKING/STAGE/
    The documents of a packet: MAKING counts how often it was made, the last one counts. STAGE is "made" for
    documents as they were made; the others come from signing. page-0 is what the clinician was shown.
{hashes}
    The SHA-256 of every file. To compare them: sha256sum -c {hashes}

Every line of the log holds the hash of the one before. Lines that tell of other patients are not here, so the chain
can be followed in the clinic's record alone (handouts store check).
"""


@dataclass(frozen=True)
class Exported:
    """What was exported: where, how many packets and files, and the hash of the list of hashes, which the log has too."""

    folder: Path
    packets: Sequence[str]
    files: int
    sha256: str


def exported(store: Store, clinic: Clinic, actor: Actor, now: datetime, name: str, out: Path) -> Exported:
    """Write the whole record of a patient into the new folder `out`, whole or not at all, for its owner alone.

    The patient is the one with the record number `name`, or the one of the packet `name`. Raises WrongUsage where there is neither
    or `out` holds anything, DamagedRecord for a file that is not what it was, NotWritten where the disk does not take it.
    """
    with whole_folder(out) as folder:
        with store.reading() as connection:
            patient = _patient(connection, name)
            found = [_packet(connection, each, made) for each, made in _makings(connection, patient)]
            told = {"clinic": clinic.name, "exported_at": now.isoformat(), "exported_by": actor.told, "packets": found}
            told["snapshots"] = dict(_snapshots(connection, found))
        kept = _Folder(folder, store.files)
        for packet in found:
            kept.add_files(packet)
        kept.write(RECORD, (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode())
        text = _TOLD.format(clinic=clinic.name, when=now.isoformat(), record=RECORD, hashes=HASHES)
        kept.write(README, text.encode())
        sums = "".join(f"{sha256}  {path}\n" for path, sha256 in sorted(kept.hashes.items())).encode()
        kept.write(HASHES, sums)
        sha256 = hashlib.sha256(sums).hexdigest()
        ids = [str(packet["packet_id"]) for packet in found]
        with (
            store.writing() as connection
        ):  # before the folder is in its place: nothing is given out that the log does not know
            for packet_id in ids:
                log.append(connection, actor, now, "packet.exported", packet_id, {"export": sha256})
    return Exported(out, ids, len(kept.hashes), sha256)


class _Folder:
    """A folder on its way, and the hash of every file in it."""

    def __init__(self, folder: Path, files: Files) -> None:
        self.hashes: dict[str, str] = {}
        self._folder = folder
        self._files = files

    def write(self, name: str, content: bytes) -> None:
        path = self._folder / name
        for parent in reversed(Path(name).parents):
            (self._folder / parent).mkdir(mode=0o700, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(content)
        self.hashes[name] = hashlib.sha256(content).hexdigest()

    def add_files(self, packet: Mapping[str, Any]) -> None:
        """The files of a packet; each row that names one is told where it is."""
        for making in packet["makings"]:
            home = f"{packet['packet_id']}/{making['number']}"
            for row in making["documents"]:
                number = f"-{row['number']}" if row["number"] > 1 else ""
                stem, dot, end = str(row["kind"]).rpartition(".")
                name = f"{stem}{number}{dot}{end}" if dot else f"{end}{number}"
                row["file"] = self._kept(row["sha256"], f"{home}/{_plain(row['stage'])}/{_plain(name)}")
            for row in making["reviews"]:
                if row["page_zero"]:
                    row["file"] = self._kept(row["page_zero"], f"{home}/review/page-0-{row['number']}")
        there = {sha256: name for name, sha256 in self.hashes.items()}
        for row in packet["signatures"]:
            home = f"{packet['packet_id']}/signatures/{_plain(row['kind'])}-{row['number']}"
            if row["sha256"]:  # on paper there may be no scan, but the statement of who saw it
                row["file"] = there.get(row["sha256"]) or self._kept(row["sha256"], home)

    def _kept(self, sha256: str, name: str) -> str:
        content = self._files.get(sha256)
        name += "" if "." in Path(name).name else _ending(content)
        self.write(name, content)
        return name


def _patient(connection: Connection, name: str) -> str:
    """The record number that is meant. Raises WrongUsage where nobody is."""
    mrn = name.strip()
    if any(True for _ in _with_number(connection, mrn)):
        return mrn
    try:
        packet = standing(connection, name)
    except WrongUsage:
        problem = "is no patient's record number and no packet of the record."
        raise WrongUsage(Fault("the command", problem, "See: handouts review list --all.", "PATIENT", name)) from None
    return str(json.loads(packet.appointment_json)["patient"]["mrn"])


def _makings(connection: Connection, mrn: str) -> Iterator[tuple[Row[Any], list[Row[Any]]]]:
    """The packets with a making of this patient, in the order of their appointments, with those makings."""
    made: dict[str, list[Row[Any]]] = {}
    for row in _with_number(connection, mrn):
        made.setdefault(row.packet, []).append(row)
    rows = connection.execute(select(packets).order_by(packets.c.start, packets.c.id))
    yield from ((row, made[row.id]) for row in rows if row.id in made)


def _with_number(connection: Connection, mrn: str) -> Iterator[Row[Any]]:
    """The makings whose appointment is that of the patient with this record number, in their order."""
    said = json.dumps(mrn, ensure_ascii=False)
    likely = makings.c.appointment.contains(said, autoescape=True)
    for row in connection.execute(select(makings).where(likely).order_by(makings.c.packet, makings.c.number)):
        if json.loads(row.appointment)["patient"]["mrn"] == mrn:
            yield row


def _packet(connection: Connection, row: Row[Any], made: Sequence[Row[Any]]) -> dict[str, Any]:
    """All that is known of a packet, with the makings that are the patient's."""
    numbers = {each.number for each in made}
    lines = log.lines(connection, row.id)
    own = row.making in numbers
    return {
        "packet_id": row.id,
        "appointment_id": row.appointment,
        "revision": row.revision,
        "start": row.start,
        "state": row.state,
        "making": row.making if own else None,
        "makings": [_making(connection, each) for each in made],
        "signatures": [
            {**each, "evidence": json.loads(each["evidence"])} for each in _rows(connection, signatures, packet=row.id)
        ]
        if own
        else [],
        "log": [
            {name: getattr(line, name) for name in log.Line.__slots__}
            for line in lines
            if log.told_in(line).get("making", row.making) in numbers
        ],
    }


def _making(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    found = _rows(connection, documents, packet=row.packet, making=row.number)
    return {
        "number": row.number,
        "made_at": row.made_at,
        "status": row.status,
        "says": row.says,
        "appointment": json.loads(row.appointment),
        "options": json.loads(row.options),
        "decided": json.loads(row.decided),
        "clinic_settings": row.clinic,
        "wordings": json.loads(row.wordings),
        "documents": [{**each, "told": json.loads(each["told"])} for each in found],
        "reviews": _rows(connection, reviews, packet=row.packet, making=row.number),
    }


def _rows(connection: Connection, table: Table, **where: object) -> list[dict[str, Any]]:
    """The rows of a table where its columns have these values, in the order of their keys, without those columns."""
    wanted = select(table).where(*(table.c[name] == value for name, value in where.items()))
    rows = connection.execute(wanted.order_by(*table.primary_key.columns)).mappings()
    return [{name: value for name, value in row.items() if name not in where} for row in rows]


def _snapshots(connection: Connection, found: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Any]]:
    """What the packets' documents said, by its hashes, and the hashes of the settings they were made with."""
    wanted = {making["clinic_settings"] for packet in found for making in packet["makings"]}
    for packet in found:
        for making in packet["makings"]:
            wanted.update(snapshot for pairs in making["wordings"].values() for _, snapshot in pairs)
    for sha256 in sorted(wanted):
        told = connection.execute(select(snapshots.c.told).where(snapshots.c.sha256 == sha256)).scalar()
        if told is not None:
            yield sha256, json.loads(told)


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).lstrip(".") or "file"


def _ending(content: bytes) -> str:
    return ".pdf" if content.startswith(b"%PDF") else ".json" if content[:1] in (b"{", b"[") else ".txt"
