"""Signing on paper → the record: who signed, as a scan shows or as the person says who saw it; and what people decide without signing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from handouts.errors import Fault, NotAllowed, UnreadableInput, WrongUsage
from handouts.record import log
from handouts.record.consent import SERIOUS_EVENT, Consent, folded, validity, was_signed
from handouts.record.form import CONTINUING, DECIDES, PAPER_MARK, SCANNED, Form, form
from handouts.record.log import utc
from handouts.record.packets import add_document
from handouts.record.review import Decided, changed, said
from handouts.record.roles import Actor
from handouts.record.signing import SignedBy, keep_signature, may_be_written_in, name_of, require_approved
from handouts.record.signing_time import STARTS, require_time
from handouts.record.signing_witness import witnessing
from handouts.record.snapshots import risks_of
from handouts.record.standing import Makers, standing
from handouts.record.states import Move, State, moved
from handouts.record.store import Store

PAPER = "paper"
_LARGEST = 50 * 2**20
"""Bytes of a scan."""
_SCANS = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG": "image/png",
    b"II*\0": "image/tiff",
    b"MM\0*": "image/tiff",
}
_OUTCOMES = ("agree", "decline", "later")


@dataclass(frozen=True)
class OnPaper:
    """A signature on paper: of which role, when (aware), seen in the `scan` or by who says so in `statement`.

    `version` is the eight digits at the foot of the signed page, `outcome` how the person decided, `filled` that every required
    field of the paper is filled in, `name` whose it is where the packet does not say, `saw` whom a witness saw sign.
    """

    role: str
    at: datetime
    version: str
    outcome: str
    scan: bytes = b""
    statement: str = ""
    filled: bool = False
    name: str = ""
    saw: str = ""
    mark: bool = False


def record_paper(
    store: Store, makers: Makers, actor: Actor, name: str, kind: str, paper: OnPaper, now: datetime
) -> SignedBy:
    """Keep that a document was signed on paper, or initialled where nobody signs it; `now` is aware.

    Raises NotAllowed for a paper that is not the one that was approved, that is not complete, that was signed at a time when nobody
    may, or out of turn; WrongUsage for a scan that is none, and where neither a scan nor a statement says so.
    """
    statement = said(paper.statement, "--statement")
    if not paper.scan and not statement:
        raise WrongUsage(
            Fault("the command", "says nothing that shows the signature.", "Give --scan FILE or --statement.")
        )
    if paper.at > now:
        raise WrongUsage(Fault("the command", "is in the future.", "Say when it was signed.", "--at", utc(paper.at)))
    if paper.outcome not in _OUTCOMES:
        raise WrongUsage(
            Fault("the command", "is no decision.", f"Known: {', '.join(_OUTCOMES)}.", "--outcome", paper.outcome)
        )
    own_name = said(paper.name, "--name")
    if paper.scan:
        _require_scan(paper.scan)
    sha256 = store.files.put(paper.scan) if paper.scan else ""
    with store.writing() as connection:
        found = form(connection, makers, standing(connection, name), kind)
        if not may_be_written_in(found):
            moved(found.packet.id, found.packet.state, Move.SIGN)
        if paper.role not in DECIDES or not found.is_acknowledged:
            found.signer(paper.role)
        _require_paper(found, paper)
        require_time(connection, makers, found, paper.role, paper.at)
        require_approved(makers, found, paper.at)
        who = name_of(makers.clinic, found, paper.role, own_name)
        if own_name and folded(own_name) != folded(who):
            problem = f"is signed as {paper.role} by {who}, and the paper is said to bear the signature of {own_name}."
            raise NotAllowed(Fault(found.place, problem, "Have the right person sign, on a new paper.", "--name"))
        evidence: dict[str, Any] = {
            "who": who,
            "role": paper.role,
            "way": PAPER_MARK if paper.mark else PAPER,
            "time": paper.at.isoformat(timespec="minutes"),
            "outcome": paper.outcome,
            "version": paper.version,
            "filled": paper.filled,
            "statement": statement,
            "scan": sha256,
            "saw": paper.saw,
            "present": dict(actor.told),
        }
        if sha256:
            packet = found.packet
            add_document(connection, packet.id, packet.making, f"{kind}.pdf", SCANNED, sha256, 0, utc(now))
        way = PAPER_MARK if paper.mark else PAPER
        return keep_signature(connection, makers, actor, found, paper.role, who, way, now, sha256, evidence, SCANNED)


def continued(
    store: Store, makers: Makers, actor: Actor, name: str, answers: Sequence[str], now: datetime
) -> tuple[SignedBy, Consent]:
    """Keep that a patient still agrees, at a later visit that an earlier signed consent covers (CLINICAL §3.4, series).

    `answers` are what was said to "changes?", "new medicines?" and "still agree?". Raises NotAllowed where any of them, or a
    re-consent trigger, asks for a whole new consent.
    """
    if tuple(answers) != ("no", "no", "yes"):
        problem = "rests on no earlier consent: something changed, or the patient does not agree any more."
        raise NotAllowed(Fault(f"packet {name}", problem, "Have the consent of this packet signed, or refused."))
    with store.writing() as connection:
        packet = standing(connection, name)
        found = form(connection, makers, packet, "consent")
        valid = validity(connection, makers.clinic, packet, risks_of(makers.clinic))
        if valid.consent is None or not valid.counts:
            problem = f"needs a consent of its own: {'; '.join(valid.reasons)}."
            raise NotAllowed(Fault(found.place, problem, "Have it signed."))
        role = next((each.role for each in found.signers if each.role in ("patient", "representative")), "patient")
        if found.given:
            problem = f"is signed by the {found.given[0].role} already, so it rests on no earlier one."
            raise NotAllowed(Fault(found.place, problem, "Finish its own signing."))
        require_time(connection, makers, found, role, now)
        evidence = {
            "who": name_of(makers.clinic, found, role),
            "role": role,
            "way": CONTINUING,
            "time": now.isoformat(timespec="minutes"),
            "outcome": "agree",
            "consent": valid.consent.packet.id,
            "signed": utc(valid.consent.signed_at),
            "present": dict(actor.told),
        }
        who = str(evidence["who"])
        kept = keep_signature(connection, makers, actor, found, role, who, CONTINUING, now, "", evidence, CONTINUING)
        return kept, valid.consent


def refused(store: Store, actor: Actor, name: str, comment: str, now: datetime) -> Decided:
    """Keep that the person does not agree, and signs nothing. Raises NotAllowed where the packet's state does not allow it."""
    with store.writing() as connection:
        packet = standing(connection, name)
        if packet.state is State.APPROVED:
            changed(connection, actor, packet, Move.ISSUE, now)
            packet = standing(connection, name)
        return Decided(
            packet.id, changed(connection, actor, packet, Move.REFUSE, now, comment=said(comment, "--comment"))
        )


def withdrawn(store: Store, actor: Actor, name: str, comment: str, now: datetime) -> Decided:
    """Keep that a consent was taken back, in words or on paper, however long after it was given.

    Raises NotAllowed where the packet's state does not allow it, or nobody has given one.
    """
    with store.writing() as connection:
        packet = standing(connection, name)
        if packet.state in (State.CLOSED, State.SUPERSEDED) and not was_signed(connection, packet):
            problem = "was never signed, so there is no consent to take back."
            raise NotAllowed(Fault(f"packet {packet.id}", problem, "Look at it: handouts sign status PACKET."))
        state = changed(connection, actor, packet, Move.WITHDRAW, now, comment=said(comment, "--comment"))
        return Decided(packet.id, state)


def starts(store: Store, actor: Actor, name: str, at: datetime, now: datetime) -> Decided:
    """Keep that treatment starts at `at` (aware) and not as planned: until then people may sign."""
    with store.writing() as connection:
        packet = standing(connection, name)
        log.append(connection, actor, now, STARTS, packet.id, {"at": utc(at)})
        return Decided(packet.id, packet.state)


def serious_event(store: Store, actor: Actor, name: str, comment: str, now: datetime) -> Decided:
    """Keep that something serious happened to the patient: from then on every visit needs a new consent."""
    text = said(comment, "--comment")
    if not text:
        raise WrongUsage(Fault("the command", "does not say what happened.", 'Add --comment "…".', "--comment"))
    with store.writing() as connection:
        packet = standing(connection, name)
        told = {"patient": packet.patient, "comment": log.digest(text)}
        log.append(connection, actor, now, SERIOUS_EVENT, packet.id, told)
        return Decided(packet.id, packet.state)


def read_scan(path: Path) -> bytes:
    """The bytes of a scan. Raises UnreadableInput."""
    try:
        if path.stat().st_size > _LARGEST:
            raise UnreadableInput(
                Fault(path.name, f"is larger than {_LARGEST // 2**20} MB.", "Scan it with less detail.")
            )
        return path.read_bytes()
    except OSError as trouble:
        raise UnreadableInput(Fault(path.name, f"cannot be read: {trouble.strerror or trouble}.")) from None


def _require_scan(scan: bytes) -> None:
    if not any(scan.startswith(begin) for begin in _SCANS):
        raise WrongUsage(Fault("the command", "is no scan.", "Give a PDF, JPEG, PNG or TIFF.", "--scan"))


def _require_paper(found: Form, paper: OnPaper) -> None:
    """Raises NotAllowed, with everything that is wrong with the paper."""
    version = found.version
    wrong: list[tuple[str, str]] = []
    if paper.outcome == "later":
        remedy = 'Keep that with its answers (handouts sign answer, "decision.later": "yes"), and have it signed later.'
        wrong.append(("says that the person wants more time, so there is nothing to sign yet.", remedy))
    decided = {str(each.evidence["outcome"]) for each in found.given if each.evidence.get("outcome")}
    if decided and paper.outcome not in decided:
        remedy = "Look at the box that is ticked: all sign the same decision."
        wrong.append((f'was signed with "{decided.pop()}" before, and now with "{paper.outcome}".', remedy))
    if paper.version.lower() != version:
        problem = f'bears "{paper.version}" at its foot, and what was approved bears "{version}": it is another paper.'
        wrong.append((problem, "Have the approved one signed (handouts review issue)."))
    if paper.outcome == "agree" and not paper.filled:
        remedy = "Look at every box to tick, to initial and to write in; then say --filled."
        wrong.append(("is not said to be complete, and a form with a required field empty is not.", remedy))
    if paper.role in found.roles:
        wrong.append((f"is signed by the {paper.role} already.", "Each signs once."))
    wrong += witnessing(found, paper.role, paper.saw, mark=paper.mark)
    NotAllowed.gathered(Fault(found.place, *each) for each in wrong)
