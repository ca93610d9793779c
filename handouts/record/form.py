"""A document of a packet as a form: what was answered, what it lacks, who signs it and who has; the same on paper and on a screen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from handouts.content.answers import outcome
from handouts.content.complete import Signer, lacking, signers, stops, withdrawal
from handouts.content.procedure import Procedure
from handouts.content.wording import Wording
from handouts.errors import Fault, WrongUsage
from handouts.packet import Said
from handouts.record.packets import AS_MADE
from handouts.record.standing import File, Makers, Standing, files_of
from handouts.record.tables import signatures

ANSWERED, SIGNED, SCANNED, CERTIFICATE = "answered", "signed", "scanned", "certificate"
"""Stages of a document after it was made: with the answers in it, with each further signature, as scanned, what was evidenced."""
MARK, PAPER_MARK, CONTINUING = "mark", "paper, a mark", "continuing"
"""Ways to sign: a mark, which needs a witness, on a screen or on paper; and the check of a later visit, which rests on a consent."""
WITNESS = "witness"
WITHDRAW = "withdraw"
"""The role of somebody who takes back a consent."""
DECIDES = ("patient", "representative")
"""The roles of those who decide."""


@dataclass(frozen=True, slots=True)
class Given:
    """A signature that was given: by whom, as whom, in which way, when it was signed; on paper or in a file."""

    role: str
    name: str
    way: str
    at: datetime
    sha256: str
    evidence: Mapping[str, Any]

    @property
    def is_mark(self) -> bool:
        """Whether it is a mark of who cannot write."""
        return self.way in (MARK, PAPER_MARK)

    @property
    def in_file(self) -> bool:
        """Whether the document's file bears it."""
        return "field" in self.evidence


@dataclass(frozen=True)
class Form:
    """A document of a packet, what was answered in it, and the signatures it bears.

    `file` is its latest file: as it was made, with its answers, or signed. `said` is what its packet says as it was approved.
    """

    packet: Standing
    kind: str
    said: Said
    procedure: Procedure
    answers: Mapping[str, str]
    answered: bool
    given: Sequence[Given]
    file: File
    files: Sequence[File]

    @property
    def place(self) -> str:
        """What it is called in messages."""
        return f"packet {self.packet.id}, {self.kind}"

    @property
    def wording(self) -> Wording:
        """What it says in the patient's language."""
        return self.said.wordings[self.kind][0]

    @property
    def signers(self) -> tuple[Signer, ...]:
        """Who signs it, in their order; the witness too, once somebody has signed with a mark."""
        marked = any(each.is_mark for each in self.given)
        found = signers(self.wording, self.procedure, self.answers)
        return tuple(replace(each, required=True) if marked and each.role == WITNESS else each for each in found)

    @property
    def lacking(self) -> tuple[str, ...]:
        """What is missing before it can be called complete, in words."""
        return tuple(lack.said for lack in lacking(self.wording, self.answers, self.procedure))

    @property
    def stops(self) -> tuple[str, ...]:
        """What was answered and keeps anybody from signing."""
        return stops(self.wording, self.answers, self.procedure)

    @property
    def outcome(self) -> str:
        """How the person decided: agree, decline, later, or "" while that is open."""
        return outcome(self.answers) or ""

    @property
    def as_made(self) -> File:
        """The file as it was approved, before anything was answered."""
        return next(each for each in self.files if each.kind == self.file.kind and each.stage == AS_MADE)

    @property
    def version(self) -> str:
        """The eight digits at the foot of its pages."""
        return str(self.as_made.told.get("version", ""))

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles of those who have signed."""
        return tuple(each.role for each in self.given)

    @property
    def waiting(self) -> tuple[Signer, ...]:
        """Who must sign and has not; nobody where it rests on a consent that was signed for an earlier visit."""
        if any(each.way == CONTINUING for each in self.given):
            return ()
        return tuple(each for each in self.signers if each.required and each.role not in self.roles)

    @property
    def is_acknowledged(self) -> bool:
        """Whether nobody must sign it: people initial it, or write in it, and that may be done after the consent was signed."""
        return not any(each.required for each in self.signers)

    @property
    def open(self) -> tuple[str, ...]:
        """What keeps it from being complete, in words: who must sign, and fields that are required and empty."""
        if any(each.evidence.get("filled") or each.way == CONTINUING for each in self.given):
            return tuple(f"the {each.role} has not signed" for each in self.waiting)
        return (*(f"the {each.role} has not signed" for each in self.waiting), *self.lacking)

    @property
    def is_signed(self) -> bool:
        """Whether all have signed who must; a document that nobody signs is not."""
        return bool(self.given) and not self.waiting

    def signer(self, role: str) -> Signer:
        """Who signs as `role`. Raises WrongUsage where nobody does."""
        taking_back = withdrawal(self.wording) if role == WITHDRAW else None
        found = {each.role: each for each in (*self.signers, *filter(None, (taking_back,)))}
        if role not in found:
            known = f"It is signed by: {', '.join(each.role for each in self.signers) or 'nobody'}."
            raise WrongUsage(Fault(self.place, "has no such signature.", known, "--role", role))
        return found[role]


def form(connection: Connection, makers: Makers, packet: Standing, kind: str) -> Form:
    """The document `kind` of `packet`. Raises WrongUsage where the packet has none."""
    make = makers.of(packet)
    said = make.said(packet.appointment(makers.clinic), packet.made_at, packet.decided)
    known = [each for each in said.wordings if each in make.editions.procedure(said.case.appointment.procedure).kinds]
    if kind not in known:
        raise WrongUsage(
            Fault("the command", "is no document of it.", f"Known: {', '.join(known)}.", "--document", kind)
        )
    files = files_of(connection, packet)
    own = [each for each in files if each.kind == f"{kind}.pdf"]
    with_answers = [each for each in own if each.stage == ANSWERED]
    answers: Mapping[str, str] = with_answers[-1].told["answers"] if with_answers else {}
    latest = next(filter(None, (_last(own, stage) for stage in (SIGNED, ANSWERED, AS_MADE))))
    rows = connection.execute(
        select(signatures)
        .where(signatures.c.packet == packet.id, signatures.c.kind == kind)
        .order_by(signatures.c.number)
    )
    given = tuple(_given(row) for row in rows)
    procedure = make.editions.procedure(said.case.appointment.procedure)
    return Form(packet, kind, said, procedure, answers, bool(with_answers), given, latest, files)


def forms(connection: Connection, makers: Makers, packet: Standing) -> tuple[Form, ...]:
    """Every document of `packet` in which people write or sign."""
    procedure = makers.editions.procedure(packet.appointment(makers.clinic).procedure)
    found = (form(connection, makers, packet, kind) for kind in packet.wordings if kind in procedure.kinds)
    return tuple(each for each in found if each.signers or procedure.answer_rules(each.kind))


def _given(row: Row[Any]) -> Given:
    """A signature as it was given: on paper that was before the record was told."""
    told = json.loads(row.evidence)
    at = datetime.fromisoformat(told.get("time", row.at))
    return Given(row.role, row.name, row.way, at, row.sha256, told)


def _last(files: Sequence[File], stage: str) -> File | None:
    return next((each for each in reversed(files) if each.stage == stage), None)
