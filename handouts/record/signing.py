"""Signing on a screen: what was answered is set into the document, then people sign it in their order, each with evidence.

A clinician signs with a key of their own. A patient, and whoever signs beside one, draws or types a signature under the clinic's seal,
with the evidence of who was there and how they were known: nobody makes keys for patients.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from handouts.clinic import Clinic
from handouts.content.answers import fields_of
from handouts.content.blanks import Blank
from handouts.content.complete import Signer
from handouts.content.press import printed
from handouts.content.procedure import BlankType
from handouts.errors import Fault, NotAllowed, WrongUsage
from handouts.pdf.appearance import Stroke, appearance
from handouts.record import log
from handouts.record.disclosure import require_accepted
from handouts.record.form import ANSWERED, DECIDES, MARK, SIGNED, WITHDRAW, WITNESS, Form, form, forms
from handouts.record.log import canonical, utc
from handouts.record.packets import add_document, identifier
from handouts.record.review import changed, require_content, said
from handouts.record.roles import Actor
from handouts.record.sign import LONGEST, Meaning, field_size, signed
from handouts.record.sign_keys import Key
from handouts.record.sign_policy import policy_of
from handouts.record.signing_time import require_time
from handouts.record.signing_witness import witnessing
from handouts.record.standing import Makers, Standing, files_of, standing
from handouts.record.states import Move, State, moved
from handouts.record.store import Store
from handouts.record.tables import reviews, signatures

DRAWN, TYPED = "drawn", "typed"
"""How somebody signs on a screen; a mark is drawn by who cannot write, and needs a witness."""
CLINICIAN = "clinician"
_STATEMENTS: Mapping[str, str] = {
    "patient": "I agree to this treatment.",
    "representative": "I agree to this treatment for the patient.",
    "assent": "I want this treatment.",
    "interpreter": "I interpreted this talk.",
    WITNESS: "I was there when the form was read aloud and signed.",
    CLINICIAN: "I explained this treatment and its risks, and answered the questions.",
    WITHDRAW: "I take back my consent.",
}
_DECLINED = "I do not agree to this treatment."
_WHEN: tuple[BlankType, BlankType] = ("instant", "zone")


@dataclass(frozen=True)
class Act:
    """How somebody signs: as which role, how we know who it is, drawn or typed, and whom a witness saw sign.

    `strokes` are a drawn signature or mark. `accepted` is the version of the disclosure that the person accepted first.
    """

    role: str
    means: str
    way: str = TYPED
    strokes: Sequence[Stroke] = ()
    saw: str = ""
    accepted: str = ""
    key: Key | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered: what is still lacking, what keeps people from signing, how the person decided; the file's hash."""

    packet_id: str
    kind: str
    lacking: tuple[str, ...]
    stops: tuple[str, ...]
    outcome: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SignedBy:
    """A signature that was given, the file that bears it, who signs next, and where the packet stands now."""

    packet_id: str
    kind: str
    role: str
    name: str
    sha256: str
    waiting: tuple[str, ...]
    state: State


def answer(
    store: Store, makers: Makers, actor: Actor, name: str, kind: str, answers: Mapping[str, str], now: datetime
) -> Answered:
    """Set `answers` into the document, over those it has; a new file of it, in which only signatures are left to give.

    Raises WrongUsage for what no field takes, NotAllowed where somebody has signed already or the packet is not approved.
    """
    with store.reading() as connection:
        found = form(connection, makers, standing(connection, name), kind)
    _require_open(found)
    if found.given:
        problem = f"was signed by the {found.given[0].role} already, so nothing in it can be answered otherwise."
        raise NotAllowed(Fault(found.place, problem, "Make a new revision of the packet."))
    all_answers = {**found.answers, **answers}
    all_answers = {key: value for key, value in all_answers.items() if value.strip()}
    packet = found.packet
    made = makers.of(packet).answered(found.said.case.appointment, packet.made_at, kind, all_answers, packet.decided)
    sha256 = store.files.put(made.pdf)
    after = replace(found, answers=all_answers, answered=True)
    with store.writing() as connection:
        _require_same(connection, found)
        told = {"answers": all_answers, "from": found.file.sha256, "id": identifier(made.pdf)}
        add_document(connection, packet.id, packet.making, f"{kind}.pdf", ANSWERED, sha256, made.pages, utc(now), told)
        said = {"kind": kind, "sha256": sha256, "answers": log.digest(canonical(all_answers)), "outcome": after.outcome}
        log.append(connection, actor, now, "document.answered", packet.id, said)
    return Answered(packet.id, kind, after.lacking, after.stops, after.outcome, sha256)


def sign(store: Store, makers: Makers, actor: Actor, name: str, kind: str, act: Act, now: datetime) -> SignedBy:
    """Have a person sign the document as `act` says; `now` is aware.

    Raises NotAllowed with what stands in the way: the packet's state, an empty required field, an answer that stops it, a turn
    that has not come, the time (`signing_time`), a disclosure that was not accepted, a witness who saw nobody. WrongUsage for a
    drawing without strokes. UnusableKey, and MissingProgram for a timestamp authority, leave everything as it was.
    """
    act = replace(act, means=said(act.means, "--means"))
    if len(act.means) > LONGEST:
        raise WrongUsage(Fault("the command", f"is longer than {LONGEST} characters.", "Say it shorter.", "--means"))
    if act.way != TYPED and not act.strokes:
        raise WrongUsage(
            Fault("the command", "has nothing that was drawn.", "Have it drawn (--drawn FILE).", "--drawn")
        )
    with store.reading() as connection:
        found = form(connection, makers, standing(connection, name), kind)
        signer = found.signer(act.role)
        require_ready(connection, makers, actor, found, act, now)
        page_zero = _page_zero(connection, found.packet)
        end = log.head(connection)
    if act.key is None:
        raise NotAllowed(Fault(found.place, "has nothing to sign with.", "Set people.NAME.key, or signing.seal."))
    zone = found.said.case.appointment.start.tzinfo
    here = now.astimezone(zone)
    who = name_of(makers.clinic, found, act.role)
    declined = found.outcome == "decline" and act.role != WITHDRAW
    statement = _DECLINED if declined and act.role in DECIDES else _STATEMENTS.get(act.role, signer.label)
    meaning = Meaning(who, act.role, act.means, here, statement, page_zero)
    before = store.files.get(found.file.sha256)
    order = [each.field for each in found.signers if each.required or each.role in found.roles or each.role == act.role]
    order += [signer.field] if signer.field not in order else []
    shown = appearance(
        who,
        _lines(makers, found, signer, here),
        act.strokes or None,
        field_size(before, signer.field),
        language=found.wording.edition.language,
    )
    content = signed(before, signer.field, act.key, meaning, shown, policy_of(makers.clinic, order))
    sha256 = store.files.put(content)
    evidence: dict[str, Any] = {
        "who": who,
        "role": act.role,
        "means": act.means,
        "way": act.way,
        "time": here.isoformat(timespec="seconds"),
        "zone": str(zone),
        "meaning": statement,
        "outcome": found.outcome,
        "page_zero": page_zero,
        "approved": found.as_made.sha256,
        "before": found.file.sha256,
        "field": signer.field,
        "certificate": act.key.sha256,
        "subject": act.key.subject,
        "present": dict(actor.told),
        "log": str(end),
    }
    evidence |= {"saw": act.saw} if act.saw else {}
    evidence |= {"disclosure": act.accepted} if act.accepted else {}
    with store.writing() as connection:
        _require_same(connection, found)
        return keep_signature(connection, makers, actor, found, act.role, who, act.way, now, sha256, evidence, SIGNED)


def keep_signature(
    connection: Connection,
    makers: Makers,
    actor: Actor,
    found: Form,
    role: str,
    who: str,
    way: str,
    now: datetime,
    sha256: str,
    evidence: Mapping[str, Any],
    stage: str,
) -> SignedBy:
    """Put a signature into the record, and the packet where it stands then, in the transaction of both."""
    packet = found.packet
    if packet.state is State.APPROVED:
        packet = replace(packet, state=changed(connection, actor, packet, Move.ISSUE, now))
    if stage == SIGNED:
        add_document(
            connection, packet.id, packet.making, f"{found.kind}.pdf", SIGNED, sha256, found.file.pages, utc(now)
        )
    taken = connection.execute(
        select(signatures.c.number).where(signatures.c.packet == packet.id, signatures.c.kind == found.kind)
    ).scalars()
    connection.execute(
        insert(signatures).values(
            packet=packet.id,
            kind=found.kind,
            number=max(taken, default=0) + 1,
            role=role,
            name=who,
            way=way,
            at=utc(now),
            sha256=sha256,
            evidence=canonical(evidence),
        )
    )
    said = {"kind": found.kind, "role": role, "way": way, "sha256": sha256, "evidence": log.digest(canonical(evidence))}
    log.append(connection, actor, now, "document.signed", packet.id, said)
    if role == WITHDRAW:
        state = changed(connection, actor, packet, Move.WITHDRAW, now)
    elif evidence.get("outcome") == "decline" and role in DECIDES:
        state = changed(connection, actor, packet, Move.REFUSE, now)
    else:
        state = _finished(connection, makers, actor, packet, now)
    after = form(connection, makers, replace(packet, state=state), found.kind)
    return SignedBy(packet.id, found.kind, role, who, sha256, tuple(each.role for each in after.waiting), state)


def require_ready(connection: Connection, makers: Makers, actor: Actor, found: Form, act: Act, now: datetime) -> None:
    """Raises NotAllowed, with everything that stands in the way of this signature."""
    _require_open(found, taking_back=act.role == WITHDRAW)
    where = found.place
    wrong = [*_incomplete(found, act), *_turn(found, act)]
    wrong += witnessing(found, act.role, act.saw, mark=act.way == MARK)
    if act.role != CLINICIAN and not act.means:
        wrong.append((f"does not say how we know who signs as {act.role}.", 'Say it, such as: --means "photo ID".'))
    NotAllowed.gathered(Fault(where, *each) for each in wrong)
    if act.role == CLINICIAN and actor.key != found.said.case.appointment.discussed_by:
        led = found.said.case.appointment.discussed_by
        problem = f"is signed by who led the talk, which is {led}, and not by {actor.key}."
        raise NotAllowed(Fault(where, problem, f"Sign with --as {led}.", "--as"))
    if act.role in DECIDES:
        here = now.astimezone(found.said.case.appointment.start.tzinfo)
        require_accepted(makers, found, act.accepted, here.date())
    if act.role != WITHDRAW:
        require_time(connection, makers, found, act.role, now)
        require_approved(makers, found, now)


def require_approved(makers: Makers, found: Form, now: datetime) -> None:
    """Raises ContentError where the packet is not issued yet, and an approval of what it says has ended by `now`."""
    if found.packet.state is State.APPROVED:
        make = makers.of(found.packet)
        require_content(make, make.said(found.said.case.appointment, now, found.packet.decided))


def name_of(clinic: Clinic, found: Form, role: str, otherwise: str = "") -> str:
    """The printed name of who signs as `role`: as the packet has it, as it was answered, or `otherwise`."""
    appointment, answers = found.said.case.appointment, found.answers
    clinician = clinic.people[appointment.discussed_by].name
    given = {
        "patient": appointment.patient.display_name,
        "assent": appointment.patient.display_name,
        "representative": appointment.representative.name if appointment.representative else "",
        "interpreter": appointment.interpreter.name if appointment.interpreter else "",
        CLINICIAN: clinician,
        WITHDRAW: _who_decided(found) or appointment.patient.display_name,
    }.get(role, "")
    name = given or answers.get(f"sign.{role}.name", "") or otherwise
    if not name.strip():
        problem = f"does not name who signs as {role}."
        raise NotAllowed(Fault(found.place, problem, f"Answer the field sign.{role}.name first."))
    return name


def _who_decided(found: Form) -> str:
    return next((each.name for each in found.given if each.role in DECIDES), "")


def _incomplete(found: Form, act: Act) -> list[tuple[str, str]]:
    """Required fields that are empty, and answers that stop people from signing."""
    if act.role == WITHDRAW or found.given:
        return []
    if not found.answered:
        return [("has no answers yet.", "Give them first: handouts sign answer PACKET --answers FILE.")]
    remedy = "Answer it: handouts sign answer PACKET --answers FILE."
    wrong = [(f"is not complete: {lack}", remedy) for lack in found.lacking]
    if found.outcome == "later":
        wrong.append(("says that the person wants more time, so there is nothing to sign yet.", "Answer anew, later."))
    if found.outcome == "agree":
        wrong += [(f"cannot be signed: {stop}", "Talk again, and answer anew.") for stop in found.stops]
    return wrong


def _turn(found: Form, act: Act) -> list[tuple[str, str]]:
    """Signed already, on paper or not in turn; nothing to take back."""
    names = [each.role for each in found.signers]
    wrong: list[tuple[str, str]] = []
    if act.role in found.roles:
        wrong.append((f"is signed by the {act.role} already.", "Each signs once."))
    if found.given and not found.given[-1].in_file:
        problem = f"was not signed on a screen by the {found.given[-1].role}, so nobody signs it on one after that."
        wrong.append((problem, "Go on with the paper: handouts sign record, or handouts sign withdraw."))
    if act.role == WITHDRAW:
        if not any(each.role in DECIDES for each in found.given):
            problem = "is signed by nobody who decides, so there is no consent in it to take back."
            wrong.append((problem, "Record that the person does not agree: handouts sign refuse."))
        return wrong
    place = names.index(act.role)
    if before := [each.role for each in found.signers[:place] if each.required and each.role not in found.roles]:
        wrong.append((f"is not in turn: the {before[0]} signs before the {act.role}.", "Have them sign in order."))
    if after := [role for role in found.roles if role in names and names.index(role) > place]:
        wrong.append((f"was signed by the {after[0]} already, who signs after the {act.role}.", "Make a new revision."))
    return wrong


def _require_open(found: Form, *, taking_back: bool = False) -> None:
    if taking_back:
        moved(found.packet.id, found.packet.state, Move.WITHDRAW)
    elif not may_be_written_in(found):
        moved(found.packet.id, found.packet.state, Move.SIGN)


def may_be_written_in(found: Form) -> bool:
    """Whether people may answer or sign the document where its packet stands."""
    states = (State.APPROVED, State.ISSUED)
    return found.packet.state in states or (found.packet.state is State.SIGNED and found.is_acknowledged)


def _require_same(connection: Connection, found: Form) -> None:
    """Raises NotAllowed where somebody else has signed, answered or decided since `found` was looked at."""
    current = standing(connection, found.packet.id)
    latest = [each.sha256 for each in files_of(connection, current) if each.kind == f"{found.kind}.pdf"]
    then = [each.sha256 for each in found.files if each.kind == f"{found.kind}.pdf"]
    of_form = (signatures.c.packet == found.packet.id, signatures.c.kind == found.kind)
    given = len(connection.execute(select(signatures.c.number).where(*of_form)).all())
    stood = (found.packet.state, found.packet.making, len(found.given))
    if (current.state, current.making, given) != stood or latest != then:
        problem = "was changed by somebody else at the same moment."
        raise NotAllowed(Fault(found.place, problem, "Look at it again: handouts sign status PACKET."))


def _finished(connection: Connection, makers: Makers, actor: Actor, packet: Standing, now: datetime) -> State:
    """The state of the packet: signed, once all have signed who must, in every document that somebody must sign."""
    asked = [each for each in forms(connection, makers, packet) if any(signer.required for signer in each.signers)]
    if packet.state is State.ISSUED and asked and all(each.is_signed for each in asked):
        return changed(connection, actor, packet, Move.SIGN, now)
    return packet.state


def _page_zero(connection: Connection, packet: Standing) -> str:
    """The hash of the page 0 on which the packet was approved."""
    found = connection.execute(
        select(reviews.c.page_zero)
        .where(reviews.c.packet == packet.id, reviews.c.decision == State.APPROVED.value)
        .order_by(reviews.c.making, reviews.c.number)
    ).scalars()
    return next(reversed(list(found)), "")


def _lines(makers: Makers, found: Form, signer: Signer, here: datetime) -> list[str]:
    """What stands beside a name in its field, in the document's language (21 CFR 11.50): when it was signed, what was decided.

    As whom stands below the line, and what it means in the words above it.
    """
    press = makers.editions.press(found.wording.edition.language)
    moment, zone = (printed(Blank(kind, here), press) for kind in _WHEN)
    labels = {each.name: each.label for each in fields_of(found.wording)}
    decided = labels.get(f"decision.{found.outcome}", "") if signer.role in DECIDES else ""
    return [line for line in (decided, f"{moment}, {zone}") if line]
