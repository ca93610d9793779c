"""A real clinic with keys where people sign: packets approved, forms answered, signatures given, all in the record."""

from __future__ import annotations

import shutil
from datetime import datetime
from typing import Any, ClassVar

from authority import authority
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from record.conftest import AT, Office
from record.real import schedule

from handouts.batch import packets
from handouts.clinic import load_clinic
from handouts.content.answers import fields_of
from handouts.errors import HandoutsError
from handouts.intake import read_all
from handouts.packet import Options, PacketMaker
from handouts.record import log
from handouts.record.audit import checked
from handouts.record.disclosure import disclosure
from handouts.record.form import form
from handouts.record.keeping import Record
from handouts.record.review import approve
from handouts.record.sign_policy import key_of
from handouts.record.signing import CLINICIAN, Act, answer, sign
from handouts.record.signing_paper import OnPaper, record_paper
from handouts.record.standing import Makers, standing
from handouts.typeset.style import PAPERS
from handouts.typeset.variant import STYLES

PASSWORD = "opens the seal"  # of keys that are made here
APPROVED_AT = datetime.fromisoformat("2026-03-02T10:00-05:00")
TODAY = datetime.fromisoformat("2026-03-03T11:30-05:00")
"""Half an hour before the treatment of a sound appointment."""
GUARDIAN = {"name": "Ana Lopez", "relationship": "parent", "authority": "birth certificate"}
PROXY = {"name": "Ana Lopez", "relationship": "health_care_agent", "authority": "proxy of 2024-06-01"}
NAMED = {"name": "Luis Ortega", "id": "ES-1093", "language": "es", "mode": "video"}
READ_ALOUD = {"flags.read_aloud": "yes"}
MINOR = {"patient.birth_date": "2013-05-14", "representative": GUARDIAN}
NOBODY_DECIDES = {"flags.lacks_capacity": "yes", "representative": PROXY}
STROKES = ([(0.1, 0.5), (0.5, 0.2), (0.9, 0.6)],)
_SIGNING = """
[signing]
level = "B-B"
seal = "seal.p12"
roots = "roots.pem"
crls = "crls.pem"
"""


def equip(folder):
    """The clinic in `folder` with a seal, keys of its clinicians, the roots it trusts and lists of what was revoked."""
    own = authority()
    secret = PASSWORD.encode()
    (folder / "seal.p12").write_bytes(own.issued("Lindenhof Pain Clinic").pkcs12(secret))
    (folder / "okafor.pem").write_bytes(own.issued("Ada Okafor").pem(secret))
    (folder / "reyes.p12").write_bytes(own.issued("Luis Reyes").pkcs12(secret))
    (folder / "roots.pem").write_bytes(own.root.certificate.public_bytes(Encoding.PEM))
    lists = (x509.load_der_x509_crl(each).public_bytes(Encoding.PEM) for each in own.crls)
    (folder / "crls.pem").write_bytes(b"".join(lists))
    text = (folder / "clinic.toml").read_text("utf-8")
    text = text.replace('licence = "NY 1"', 'licence = "NY 1"\nkey = "okafor.pem"')
    text = text.replace('licence = "NY 2"', 'licence = "NY 2"\nkey = "reyes.p12"')
    (folder / "clinic.toml").write_text(text + _SIGNING, "utf-8")
    return folder


class Desk(Office):
    """A clinic with keys, and what happens at its front desk."""

    _known: ClassVar[dict[str, Makers]] = {}

    def __init__(self, folder):
        super().__init__(folder)
        self.makers = self._known.setdefault(self.clinic.sha256, self.makers)  # what it has read serves every copy

    def made(self, change, at=AT):
        """As every office makes a packet, with what makers have read already."""
        found = read_all([schedule(self.folder.parent / "schedule.json", change)], self.clinic, at)
        make = PacketMaker(self.makers.editions, Options((), None, PAPERS["letter"], STYLES[self.variant]))
        (result,) = packets(found, make, at, self.out, record=Record(self.store(), self.who("desk"), at))
        if isinstance(error := getattr(result, "error", None), HandoutsError):
            raise error
        return result

    variant = "standard"

    def reread(self, *replaced):
        """Have clinic.toml say otherwise, and read it anew."""
        path = self.folder / "clinic.toml"
        text = path.read_text("utf-8")
        for old, new in replaced:
            assert old in text, old
            text = text.replace(old, new)
        path.write_text(text, "utf-8")
        self.clinic = load_clinic(self.folder)
        self.makers = Makers(self.clinic)

    def store(self):
        return self._stores[-1] if self._stores else super().store()

    def approved(self, *changes, at=APPROVED_AT):
        """Approved packets of appointments that differ from a sound one in what is named; the id of one, or of each."""
        ids = self.record(*changes)
        for done in approve(self.store(), self.makers, self.who(), ids, at):
            if isinstance(done, Exception):
                raise done
        return ids[0] if len(ids) == 1 else ids

    def form(self, packet, kind="consent"):
        with self.store().reading() as connection:
            return form(connection, self.makers, standing(connection, packet), kind)

    def state(self, packet):
        with self.store().reading() as connection:
            return str(standing(connection, packet).state)

    def file(self, packet, kind="consent"):
        """The latest file of a document."""
        return self.store().files.get(self.form(packet, kind).file.sha256)

    def answers(self, packet, kind="consent", decision="agree", **more):
        """Answers with which the form is complete, as far as any that decides so; `more` has __ for the dots of names."""
        given = {}
        for field in fields_of(self.form(packet, kind).wording):
            head, _, tail = field.name.rpartition(".")
            if field.kind == "initials":
                given[field.name] = "ML"
            elif (
                (head.startswith("reasons") and tail == "no")
                or (head.startswith("teach") and tail == "understood")
                or (head == "clinician" and field.kind == "checkbox")
                or field.name in ("matters.none", "told.agrees", "assent.yes")
            ):
                given[field.name] = "yes"
            elif head in ("told", "talk", "read") and field.kind == "text":
                given[field.name] = "10:15"
            elif field.name == "sign.witness.name" and "read" not in more:
                given[field.name] = "Wanda Witness" if self._is_read_aloud(packet) else ""
        if decision:
            given[f"decision.{decision}"] = "yes"
        return given | {name.replace("__", "."): value for name, value in more.items()}

    def _is_read_aloud(self, packet):
        return self.form(packet).said.case.appointment.flags.read_aloud == "yes"

    def answered(self, packet, kind="consent", at=TODAY, **more):
        given = self.answers(packet, kind, **more)
        return answer(self.store(), self.makers, self.who("desk"), packet, kind, given, at)

    def accepted(self, packet, kind="consent"):
        return disclosure(self.clinic, self.form(packet, kind).wording.edition.language).version

    def key(self, actor=None, at=TODAY, password=PASSWORD):
        return key_of(self.clinic, actor, password, at)

    def sign(self, packet, role, kind="consent", at=TODAY, by=None, **act: Any):
        """Have a person sign as `role`."""
        actor = self.who(by or ("okafor" if role == CLINICIAN else "desk"))
        if role in ("patient", "representative"):
            act.setdefault("accepted", self.accepted(packet, kind))
        act.setdefault("key", self.key(actor if role == CLINICIAN else None, at))
        given = Act(role, act.pop("means", "photo ID seen"), **act)
        return sign(self.store(), self.makers, actor, packet, kind, given, at)

    def on_paper(self, packet, role, at=TODAY, now=None, kind="consent", by="desk", **more):
        """Record a signature on paper, of which a person says that they saw it."""
        given = {"version": self.form(packet, kind).version, "outcome": "agree", "statement": "I saw it signed."}
        paper = OnPaper(role, at, **{**given, "filled": True, **more})
        return record_paper(self.store(), self.makers, self.who(by), packet, kind, paper, now or at)

    def signed(self, *roles, changes=None, at=TODAY, **more):
        """The packet of an appointment with `changes` that was approved, answered and signed by `roles`."""
        packet = self.approved(changes or {})
        self.answered(packet, at=at, **more)
        for role in roles or ("patient", "clinician"):
            self.sign(packet, role, at=at)
        return packet

    def as_it_is(self):
        """All that a refusal must leave as it was: the end of the log, and the files."""
        with self.store().reading() as connection:
            return log.head(connection), sorted(self.store().files.names())

    def sound(self):
        """Asserts that the record checks sound, in itself."""
        found = checked(self.store())
        assert (found.tampered, found.damaged) == ((), ())
        return found


def copied(template, folder):
    """A desk of its own in the new `folder`."""
    return Desk(shutil.copytree(template, folder))
