"""`sign`: people sign the documents of an approved packet, on a screen or on paper; what they decide is recorded."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from typer.core import TyperGroup

from handouts.cli.options import As, AsJson, ClinicFolder, Now, PasswordFile, at_clinic, moment, password
from handouts.cli.say import say, say_json, say_table
from handouts.clinic import Clinic
from handouts.content.answers import answered, fields_of
from handouts.errors import Fault, UnreadableInput, WrongUsage
from handouts.pdf.appearance import read_strokes
from handouts.record.certificate import write_certificate
from handouts.record.disclosure import disclosure
from handouts.record.form import form, forms
from handouts.record.review import Decided
from handouts.record.roles import Act as Doing
from handouts.record.roles import actor
from handouts.record.sign_policy import key_of
from handouts.record.signing import CLINICIAN, DRAWN, MARK, TYPED, Act, SignedBy, answer, sign
from handouts.record.signing_paper import (
    OnPaper,
    continued,
    read_scan,
    record_paper,
    refused,
    serious_event,
    starts,
    withdrawn,
)
from handouts.record.standing import Makers, standing
from handouts.record.store import opened


class _OrPacket(TyperGroup):
    """A group in which whatever is no command is a packet to sign: `sign PACKET …` is `sign packet PACKET …`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["packet", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_OrPacket,
    help="Have the documents of an approved packet signed: sign PACKET --document KIND --role ROLE --as USER.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Packet = Annotated[str, typer.Argument(help="A packet: its id, its folder, or its appointment's id.")]
Kind = Annotated[str, typer.Option("--document", help="The document.")]
Comment = Annotated[str, typer.Option("--comment", help="What was said, in a sentence.")]


@app.command()
def packet(
    name: Packet,
    role: Annotated[
        str,
        typer.Option(
            "--role", help="Who signs: patient, representative, assent, interpreter, witness, clinician; withdraw."
        ),
    ],
    kind: Kind = "consent",
    means: Annotated[str, typer.Option("--means", help="How we know who it is, such as: photo ID.")] = "",
    drawn: Annotated[
        Path | None, typer.Option("--drawn", help="The drawn signature: JSON, strokes of points 0 to 1.")
    ] = None,
    mark: Annotated[
        bool, typer.Option("--mark", help="It is a mark of who cannot write; a witness signs too.")
    ] = False,
    saw: Annotated[str, typer.Option("--saw", help="Of a witness: the role whom they saw sign.")] = "",
    accept: Annotated[
        str, typer.Option("--accept", help="The version of the disclosure that the person accepted.")
    ] = "",
    password_file: PasswordFile = None,
    clinic: ClinicFolder = None,
    as_: As = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Have a person sign a document of a packet on a screen."""
    here, time = at_clinic(clinic, now)
    who = actor(here, as_, Doing.SIGN)
    store = opened(here)
    strokes = read_strokes(_json(drawn)) if drawn else ()
    if mark and not strokes:
        raise WrongUsage(Fault("the command", "has no mark.", "Give it with --drawn FILE.", "--mark"))
    key = key_of(here, who if role == CLINICIAN else None, password(password_file), time)
    way = MARK if mark else DRAWN if strokes else TYPED
    try:
        _say(
            sign(store, Makers(here), who, name, kind, Act(role, means, way, strokes, saw, accept, key), time), as_json
        )
    finally:
        key.close()


@app.command()
def status(name: Packet, clinic: ClinicFolder = None, as_json: AsJson = False) -> None:
    """Say how far the signing of a packet is: what each document lacks, who has signed, who signs next."""
    here, _ = at_clinic(clinic, None)
    makers = Makers(here)
    with opened(here).reading() as connection:
        found = standing(connection, name)
        all_forms = forms(connection, makers, found)
    told = [
        {
            "document": each.kind,
            "answered": each.answered,
            "outcome": each.outcome,
            "lacking": list(each.lacking),
            "stops": list(each.stops),
            "signed": [
                {"role": given.role, "name": given.name, "way": given.way, "at": given.at.isoformat()}
                for given in each.given
            ],
            "waiting": [signer.role for signer in each.waiting],
            "signers": [signer.role for signer in each.signers],
        }
        for each in all_forms
    ]
    if as_json:
        say_json({"packet_id": found.id, "state": found.state, "documents": told})
        return
    typer.echo(f"Packet {found.id} is {found.state}.")
    for each in all_forms:
        typer.echo(f"{each.kind}:")
        for given in each.given:
            typer.echo(f"  signed by {given.name} ({given.role}), {given.way}, {given.at.isoformat()}")
        for signer in each.waiting:
            typer.echo(f"  waits for: {signer.role}")
        if not each.given:
            for lack in (*each.lacking, *each.stops):
                typer.echo(f"  {lack}")


@app.command()
def fields(name: Packet, kind: Kind = "consent", clinic: ClinicFolder = None, as_json: AsJson = False) -> None:
    """List the fields of a document with what they hold; with --json in the form that sign answer takes."""
    here, _ = at_clinic(clinic, None)
    makers = Makers(here)
    with opened(here).reading() as connection:
        found = form(connection, makers, standing(connection, name), kind)
    asked = fields_of(answered(found.wording, found.answers))
    if as_json:
        say_json({each.name: each.value for each in asked if each.kind != "signature"})
    else:
        say_table(("field", "kind", "what it says", "answer"), ((f.name, f.kind, f.label, f.value) for f in asked))


@app.command("disclosure")
def disclosure_(name: Packet, kind: Kind = "consent", clinic: ClinicFolder = None, as_json: AsJson = False) -> None:
    """Show what a person accepts before signing on a screen, in the language of the document."""
    here, _ = at_clinic(clinic, None)
    makers = Makers(here)
    with opened(here).reading() as connection:
        found = form(connection, makers, standing(connection, name), kind)
    told = disclosure(here, found.wording.edition.language)
    if as_json:
        say_json({"version": told.version, "language": told.language, "text": told.text})
    else:
        typer.echo(told.text)
        typer.echo(f"Version {told.version}: --accept {told.version}")


@app.command("answer")
def answer_(
    name: Packet,
    answers: Annotated[
        Path, typer.Option("--answers", help='JSON: answers by the names of the fields ("yes" for a tick).')
    ],
    kind: Kind = "consent",
    clinic: ClinicFolder = None,
    as_: As = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Set what people answered into a document, before anybody signs it."""
    here, time = at_clinic(clinic, now)
    who = actor(here, as_, Doing.SIGN)
    done = answer(opened(here), Makers(here), who, name, kind, _answers(answers), time)
    if as_json:
        lacking = {"lacking": list(done.lacking), "stops": list(done.stops)}
        say_json(
            {
                "packet_id": done.packet_id,
                "document": done.kind,
                "outcome": done.outcome,
                **lacking,
                "sha256": done.sha256,
            }
        )
        return
    for lack in done.lacking:
        say(f"Still lacking: {lack}", "yellow")
    for stop in done.stops:
        say(f"Keeps people from signing: {stop}", "bold red")
    say(f"The answers stand in the {done.kind}." + ("" if done.lacking else " It is complete."))


@app.command("record")
def record_(
    name: Packet,
    role: Annotated[str, typer.Option("--role", help="Who signed.")],
    version: Annotated[str, typer.Option("--version", help="The eight digits at the foot of the signed page.")],
    outcome: Annotated[str, typer.Option("--outcome", help="How the person decided: agree, decline or later.")],
    at: Annotated[str, typer.Option("--at", help="When it was signed: ISO 8601 with offset.")],
    kind: Kind = "consent",
    scan: Annotated[Path | None, typer.Option("--scan", help="The scanned paper: PDF, JPEG, PNG or TIFF.")] = None,
    statement: Annotated[str, typer.Option("--statement", help="What the person says who saw it signed.")] = "",
    filled: Annotated[bool, typer.Option("--filled", help="Every required field of the paper is filled in.")] = False,
    who_signed: Annotated[
        str, typer.Option("--name", help="Whose signature it is, where the packet does not say.")
    ] = "",
    saw: Annotated[str, typer.Option("--saw", help="Of a witness: the role whom they saw sign.")] = "",
    mark: Annotated[bool, typer.Option("--mark", help="It is a mark of who cannot write.")] = False,
    clinic: ClinicFolder = None,
    as_: As = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Record a signature on paper, by its scan or by the statement of who saw it."""
    here, time = at_clinic(clinic, now)
    who = actor(here, as_, Doing.RECORD_SIGNING)
    signed_at = _moment(at, here)
    content = read_scan(scan) if scan else b""
    paper = OnPaper(role, signed_at, version, outcome, content, statement, filled, who_signed, saw, mark)
    _say(record_paper(opened(here), Makers(here), who, name, kind, paper, time), as_json)


@app.command("continue")
def continue_(
    name: Packet,
    changes: Annotated[str, typer.Option("--changes", help="Has anything changed? yes or no.")],
    new_medicines: Annotated[str, typer.Option("--new-medicines", help="Any new medicine? yes or no.")],
    still_agree: Annotated[str, typer.Option("--still-agree", help="Does the patient still agree? yes or no.")],
    clinic: ClinicFolder = None,
    as_: As = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Record the continuing-consent check of a later visit, which rests on the consent that was signed before."""
    here, time = at_clinic(clinic, now)
    who = actor(here, as_, Doing.SIGN)
    done, consent = continued(opened(here), Makers(here), who, name, (changes, new_medicines, still_agree), time)
    _say(done, as_json)
    if not as_json:
        say(f"It rests on the consent of packet {consent.packet.id}, signed {consent.signed_at.isoformat()}.")


@app.command()
def refuse(
    name: Packet,
    comment: Comment = "",
    clinic: ClinicFolder = None,
    as_: As = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Record that the person does not agree, and signs nothing."""
    here, time = at_clinic(clinic, now)
    _say_state(refused(opened(here), actor(here, as_, Doing.SIGN), name, comment, time), as_json)


@app.command()
def withdraw(
    name: Packet,
    comment: Comment = "",
    clinic: ClinicFolder = None,
    as_: As = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Record that a consent was taken back in words or on paper (on a screen: sign PACKET --role withdraw)."""
    here, time = at_clinic(clinic, now)
    _say_state(withdrawn(opened(here), actor(here, as_, Doing.CLOSE), name, comment, time), as_json)


@app.command()
def start(
    name: Packet,
    at: Annotated[str, typer.Option("--at", help="When treatment starts: ISO 8601 with offset.")],
    clinic: ClinicFolder = None,
    as_: As = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Say that treatment starts at another time than was planned; until then people may sign."""
    here, time = at_clinic(clinic, now)
    who = actor(here, as_, Doing.REVIEW)
    _say_state(starts(opened(here), who, name, _moment(at, here), time), as_json)


@app.command("event")
def event_(
    name: Packet,
    comment: Comment = "",
    clinic: ClinicFolder = None,
    as_: As = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Record a serious event after a treatment: from then on every visit needs a new consent."""
    here, time = at_clinic(clinic, now)
    _say_state(serious_event(opened(here), actor(here, as_, Doing.REVIEW), name, comment, time), as_json)


@app.command()
def certificate(
    name: Packet,
    kind: Kind = "consent",
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the files go.")] = Path("signed"),
    password_file: PasswordFile = None,
    clinic: ClinicFolder = None,
    as_: As = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Write the signed document, and the certificate page that says who signed it, when, and how we know."""
    here, time = at_clinic(clinic, now)
    who = actor(here, as_, Doing.ISSUE)
    seal = key_of(here, None, password(password_file), time) if here.signing.seal else None
    written = write_certificate(opened(here), Makers(here), who, name, kind, out, time, seal)
    if as_json:
        say_json([str(path) for path in written])
    for path in written if not as_json else ():
        typer.echo(path)


def _say(done: SignedBy, as_json: bool) -> None:
    if as_json:
        say_json(
            {
                "packet_id": done.packet_id,
                "document": done.kind,
                "role": done.role,
                "name": done.name,
                "sha256": done.sha256,
                "waiting": list(done.waiting),
                "state": done.state,
            }
        )
        return
    say(f"The {done.kind} bears the signature of {done.name} ({done.role}).")
    say(
        f"It waits for: {', '.join(done.waiting)}." if done.waiting else f"All have signed. The packet is {done.state}."
    )


def _say_state(done: Decided, as_json: bool) -> None:
    if as_json:
        say_json({"packet_id": done.packet_id, "state": done.state})
    else:
        say(f"Packet {done.packet_id} is {done.state}.")


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        raise UnreadableInput(Fault(path.name, "cannot be read as JSON.", "See handouts sign --help.")) from None


def _answers(path: Path) -> dict[str, str]:
    read = _json(path)
    given: dict[str, object] = read if isinstance(read, dict) else {"": None}  # pyright: ignore[reportUnknownVariableType]
    if not all(isinstance(each, str) for each in given.values()):
        remedy = 'Write {"decision.agree": "yes", "initials.offlabel": "ML"}.'
        raise UnreadableInput(Fault(path.name, "is no set of answers, texts by the names of the fields.", remedy))
    return cast("dict[str, str]", given)


def _moment(given: str, clinic: Clinic) -> datetime:
    try:
        return moment(given, clinic)
    except WrongUsage:
        remedy = "Write it as 2026-03-04T08:00-05:00."
        raise WrongUsage(Fault("the command", "is no time with an offset.", remedy, "--at", given)) from None
