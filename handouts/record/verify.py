"""A file → whether it is ours, unchanged, approved by whom, signed by whom and when, and whether it still counts; offline.

With the record all of that can be said. Without it, on a stranger's machine, what could not be checked is told, and nothing is
called valid.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Row, desc, select

from handouts.errors import ExitCode, Fault, UnreadableInput
from handouts.record.form import ANSWERED, CERTIFICATE, SCANNED, SIGNED
from handouts.record.packets import AS_MADE, identifier
from handouts.record.sealed import SEAL
from handouts.record.standing import Standing, standing
from handouts.record.states import State
from handouts.record.store import Store
from handouts.record.tables import documents, reviews, signatures
from handouts.record.verify_signatures import LARGEST, examined
from handouts.record.verify_values import Examination, Expected, Finding, Kind, Signer, Verdict

_STAGES = {
    AS_MADE: "as it was made",
    ANSWERED: "with what was answered, before anybody signed",
    SIGNED: "signed",
    SCANNED: "scanned",
    CERTIFICATE: "the certificate of its signing",
}
_GONE = {
    State.SUPERSEDED: "It is superseded: there is a packet of a later revision.",
    State.VOID: "It is void.",
    State.WITHDRAWN: "The consent was taken back.",
    State.REFUSED: "The person did not agree.",
}
_REVIEWED = (State.APPROVED, State.ISSUED, State.SIGNED, State.REFUSED, State.WITHDRAWN, State.CLOSED)


@dataclass(frozen=True)
class Verified:
    """What is said of one file: in words, `told` of its packet first, and all that was found in its bytes."""

    name: str
    examination: Examination
    told: tuple[str, ...]
    packet_id: str = ""
    document: str = ""
    stage: str = ""
    state: str = ""

    @property
    def verdict(self) -> Verdict:
        """Unchanged, tampered, or not checked."""
        return self.examination.verdict

    @property
    def exit_code(self) -> ExitCode:
        """6 for a file that is not as it should be, 1 for one that could not be checked, 0 for one that is what the record has."""
        codes = {Verdict.TAMPERED: ExitCode.TAMPERED, Verdict.NOT_CHECKED: ExitCode.SOME_ROWS_FAILED}
        return codes.get(self.verdict, ExitCode.DONE)

    def sentences(self) -> Iterator[str]:
        """What a person is told, most important first."""
        first, *rest = self.examination.sentences()
        yield first
        yield from self.told
        yield from rest


def verified(path: Path, store: Store | None, roots: Sequence[bytes], now: datetime) -> Verified:
    """What can be said of the file `path`; `roots` are trusted certificates in DER, `now` is aware. Raises UnreadableInput."""
    content = _content(path)
    if store is None:
        found = examined(content, roots, now)
        return Verified(path.name, found, ("There is no record here to compare it with.",))
    with store.reading() as connection:
        return _with_record(connection, path.name, content, roots, now)


def _with_record(connection: Connection, name: str, content: bytes, roots: Sequence[bytes], now: datetime) -> Verified:
    sha256 = hashlib.sha256(content).hexdigest()
    row = connection.execute(select(documents).where(documents.c.sha256 == sha256)).first()
    if row is None:
        return _unknown(connection, name, content, roots, now)
    packet = standing(connection, row.packet)
    signers = _signers(connection, row)
    if row.stage == SCANNED or not content.startswith(b"%PDF"):
        found = Examination(sha256, len(content))  # packet.json, or a scan: its hash is all there is to check
    else:
        found = examined(
            content, roots, now, Expected(sha256, signers, _before(connection, row) if row.stage == SIGNED else None)
        )
    if later := _later(connection, row):
        found = replace(found, findings=(*found.findings, Finding(Kind.RECORD, later)))
    told = tuple(_told(connection, packet, row))
    return Verified(name, found, told, packet.id, row.kind, row.stage, packet.state)


def _unknown(connection: Connection, name: str, content: bytes, roots: Sequence[bytes], now: datetime) -> Verified:
    """A file that the record does not know: a changed copy of one that it does, or none of ours."""
    own = identifier(content)
    rows = connection.execute(select(documents).where(documents.c.stage.in_((AS_MADE, ANSWERED)))) if own else ()
    row = next((each for each in rows if f'"id":"{own}"' in each.told), None)
    latest = _latest(connection, row) if row else None
    found = examined(content, roots, now, Expected(latest.sha256 if latest else ""))
    if row is None or latest is None:
        said = "It is no file that the record knows: not one of ours, or changed beyond recognition."
        return Verified(name, found, (said,))
    packet = standing(connection, row.packet)
    said = f"It says that it is the {_called(row.kind)} of packet {packet.id}, and the record has that otherwise."
    return Verified(name, found, (said,), packet.id, row.kind, "", packet.state)


def _told(connection: Connection, packet: Standing, row: Row[tuple[object, ...]]) -> Iterator[str]:
    """What the record says of a file it knows."""
    yield f"It is the {_called(row.kind)} of packet {packet.id}, {_STAGES.get(row.stage, row.stage)}."
    if row.making != packet.making:
        yield "The packet was made again since, with other words or values: this one no longer counts."
    approvals = connection.execute(
        select(reviews)
        .where(reviews.c.packet == packet.id, reviews.c.making == row.making)
        .order_by(desc(reviews.c.number))
    ).all()
    if approvals and approvals[0].decision == State.APPROVED and packet.state in (*_REVIEWED, State.SUPERSEDED):
        licence = f", licence {approvals[0].licence}" if approvals[0].licence else ""
        yield f"Approved by {approvals[0].name}{licence}, {approvals[0].at}."
    else:
        yield "Nobody has approved it."
    kind = row.kind.removesuffix(".pdf")
    for each in connection.execute(
        select(signatures)
        .where(signatures.c.packet == packet.id, signatures.c.kind == kind)
        .order_by(signatures.c.number)
    ):
        yield f"Signed by {each.name} as {each.role} ({each.way}), {each.at}."
    yield _GONE.get(packet.state, f"The packet is {packet.state}.")


def _later(connection: Connection, row: Row[tuple[object, ...]]) -> str:
    """What was cut off a file that was signed further since; "" where it is the latest."""
    if row.stage not in (ANSWERED, SIGNED, AS_MADE):
        return ""
    latest = _latest(connection, row)
    if latest is None or latest.stage != SIGNED or latest.sha256 == row.sha256:
        return ""
    if row.stage == AS_MADE:
        return ""  # the paper as it was approved is what it is, whoever signed a copy of it
    number = connection.execute(
        select(documents.c.number).where(
            documents.c.packet == row.packet,
            documents.c.making == row.making,
            documents.c.kind == row.kind,
            documents.c.stage == SIGNED,
        )
    ).scalars()
    missing = max(number, default=0) - (row.number if row.stage == SIGNED else 0)
    count = "1 signature was" if missing == 1 else f"{missing} signatures were"
    return f"It is an earlier state of the document: {count} given after it, and are not in it."


def _latest(connection: Connection, row: Row[tuple[object, ...]]) -> Row[tuple[object, ...]] | None:
    """The latest file of the same document: signed, answered, or as made."""
    rows = connection.execute(
        select(documents)
        .where(documents.c.packet == row.packet, documents.c.making == row.making, documents.c.kind == row.kind)
        .order_by(documents.c.number)
    ).all()
    for stage in (SIGNED, ANSWERED, AS_MADE):
        if of_stage := [each for each in rows if each.stage == stage]:
            return of_stage[-1]
    return None


def _signers(connection: Connection, row: Row[tuple[object, ...]]) -> Sequence[Signer]:
    """Who has signed in a file, in their order."""
    if row.stage == CERTIFICATE:
        sealed = json.loads(str(row.told)).get("sealed")
        return [Signer(SEAL, "", sealed)] if sealed else ()
    if row.stage != SIGNED:
        return ()
    found: list[Signer] = []
    rows = connection.execute(
        select(signatures)
        .where(signatures.c.packet == row.packet, signatures.c.kind == row.kind.removesuffix(".pdf"))
        .order_by(signatures.c.number)
    )
    for each in rows:
        evidence = json.loads(each.evidence)
        if "field" in evidence:
            found.append(Signer(evidence["field"], each.name, evidence["certificate"]))
        if each.sha256 == row.sha256:
            return found
    return found


def _before(connection: Connection, row: Row[tuple[object, ...]]) -> str | None:
    """The hash of the file before its first signature."""
    rows = connection.execute(
        select(documents.c.sha256)
        .where(
            documents.c.packet == row.packet,
            documents.c.making == row.making,
            documents.c.kind == row.kind,
            documents.c.stage == ANSWERED,
        )
        .order_by(desc(documents.c.number))
    ).scalars()
    return next(iter(rows), None)


def _called(kind: str) -> str:
    return kind.removesuffix(".pdf")


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as trouble:
        raise UnreadableInput(Fault(path.name, f"cannot be read: {trouble.strerror or trouble}.")) from None
