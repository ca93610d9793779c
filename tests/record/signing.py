"""Consents that are really signed: by whom, in which order and to which level a test says."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp
from zoneinfo import ZoneInfo

import pikepdf
from approved import reviewed
from authority import authority
from sound import changed

from handouts.appointment import Appointment
from handouts.content.editions import Editions
from handouts.intake.rows import premises
from handouts.packet import Options, PacketMaker
from handouts.pdf.appearance import appearance
from handouts.record.sign import Meaning, Policy, field_size, signed
from handouts.record.sign_keys import opened

AT = datetime(2026, 3, 3, 11, 0, tzinfo=ZoneInfo("America/New_York"))
LATER = datetime(2026, 12, 1, tzinfo=ZoneInfo("America/New_York"))
PATIENT, WITNESS, CLINICIAN = (f"sign.{role}.signature" for role in ("patient", "witness", "clinician"))
WITHDRAWAL = "withdraw.signature"
FIELDS = (PATIENT, WITNESS, CLINICIAN, WITHDRAWAL)
NAMES = dict(zip(FIELDS, ("María José Ñandú", "محمد علي حسن", "Ada Okafor", "山田 花子"), strict=True))
LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")
REVIEWED = "5be1" * 16
_FOLDER = Path(mkdtemp())


@cache
def consent(read_aloud="yes"):
    """The demo clinic's consent, with all of its fields."""
    clinic = reviewed()
    given = changed({"flags.read_aloud": read_aloud})
    appointment = Appointment.model_validate(given, context=premises(clinic, clinic.clock))
    packet = PacketMaker(Editions(clinic), Options(kinds=("consent",)))(appointment, clinic.clock)
    return packet.documents[0].pdf


@cache
def approved(read_aloud="yes"):
    """The same as it is once it is approved: no field is left but those to sign."""
    return without_fields(consent(read_aloud))


def without_fields(pdf):
    with pikepdf.open(BytesIO(pdf)) as opened_:
        form = opened_.Root.AcroForm
        form.Fields = pikepdf.Array([field for field in form.Fields if _left(field)])
        for page in opened_.pages:
            kept = [each for each in page.get("/Annots", ()) if each.Subtype != "/Widget" or each.get("/FT") == "/Sig"]
            page.Annots = pikepdf.Array(kept)
        written = BytesIO()
        opened_.save(written, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return written.getvalue()


def _left(field):
    if "/Kids" in field:
        field.Kids = pikepdf.Array([kid for kid in field.Kids if _left(kid)])
        return len(field.Kids) > 0
    return field.get("/FT") == "/Sig"


def key(name, by="Test"):
    """The key of somebody, in a file that a password opens; always the same."""
    return _key(name, by)


@cache
def _key(name, by):
    place = _FOLDER / f"{by}-{abs(hash(name))}.p12"
    place.write_bytes(authority(by).issued(name).pkcs12(b"secret"))
    return opened(place.name, _FOLDER, "secret", AT)


def policy(level="B-B", order=(), by="Test", at=AT):
    own = authority(by)
    return Policy(level, order, None if level == "B-B" else own.timestamper(at), own.roots, own.crls)


def meaning(field, name=None, at=AT):
    who = name or NAMES.get(field, "Somebody")
    return Meaning(who, field.split(".")[1], "photo ID seen", at, "I agree to this treatment.", REVIEWED)


def shown(pdf, field, name=None):
    who = name or NAMES.get(field, "Somebody")
    line = f"Signed electronically · {field.split('.')[1]} · March 3, 2026, 11:00 AM EST"
    return appearance(who, [line], None, field_size(pdf, field))


def sign(pdf, *fields, level="B-B", by="Test", order=(), at=AT):
    """`pdf` signed in these fields one after the other."""
    for field in fields:
        pdf = signed(
            pdf,
            field,
            key(NAMES.get(field, "Somebody"), by),
            meaning(field, at=at),
            shown(pdf, field),
            policy(level, order, by),
        )
    return pdf


def signed_consent(count=2, level="B-B"):
    """An approved consent with so many signatures; always the same."""
    return _signed_consent(count, level)


@cache
def _signed_consent(count, level):
    return sign(approved(), *FIELDS[:count], level=level)


@cache
def stages():
    """An approved consent after each of two signatures, the unsigned one first."""
    first = sign(approved(), PATIENT)
    return approved(), first, sign(first, CLINICIAN)
