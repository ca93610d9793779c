"""Files signed for a real packet, to every level and with every kind of key, and their certificate pages, as others judge them."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from io import BytesIO

import pypdfium2
import pytest
import verapdf
from asn1crypto import x509 as asn1
from authority import authority, time_server
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from record.signing_desk import APPROVED_AT, MINOR, PASSWORD, READ_ALOUD, STROKES, TODAY, copied, equip
from record.test_signing import refusal

from handouts.errors import MissingProgram, NotAllowed, UnreadableInput, UnusableKey
from handouts.record.certificate import write_certificate
from handouts.record.review import approve, begun
from handouts.record.signing import MARK
from handouts.record.standing import standing

LEVELS = ("B-T", "B-LT", "B-LTA")


@pytest.fixture(scope="module")
def equipped(template, tmp_path_factory):
    return equip(copied(template, tmp_path_factory.mktemp("equipped") / "clinic").folder)


@pytest.fixture
def desk(equipped, tmp_path):
    made = copied(equipped, tmp_path / "clinic")
    yield made
    made.close()


def certify(desk, packet, out, kind="consent", **more):
    seal = more["seal"] if "seal" in more else desk.key()
    at = TODAY + timedelta(minutes=1)
    return write_certificate(desk.store(), desk.makers, desk.who("desk"), packet, kind, out, at, seal)


def words(path):
    with pypdfium2.PdfDocument(path) as pdf:
        return " ".join("".join(page.get_textpage().get_text_range() for page in pdf).split())


def as_pyhanko_says(pdf):
    """What pyHanko's own validation finds of each signature: whether it is valid in all."""
    roots = [asn1.Certificate.load(each) for each in authority().roots]
    read = PdfFileReader(BytesIO(pdf))
    found = []
    for each in read.embedded_regular_signatures:
        context = ValidationContext(trust_roots=roots, moment=TODAY, crls=list(authority().crls))
        found.append(validate_pdf_signature(each, context).bottom_line)
    return found


def as_poppler_says(path):
    ran = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False)
    return ran.stdout.count("Signature is Valid."), ran.stdout.count("Signature #")


@pytest.fixture(scope="module")
def folder_of_signed(equipped, tmp_path_factory):
    """Signed consents and their certificates: to every level, with names and marks of every kind."""
    home = tmp_path_factory.mktemp("signed")
    made = copied(equipped, home / "desk" / "clinic")
    signed = {}

    def add(name, changes, *roles, **more):
        number = len(signed) + 1
        packet = made.approved({"id": name, "patient.mrn": f"MRN-20410{number}", **changes})
        made.answered(packet)
        for role in roles:
            made.sign(packet, role, **(more if role in ("patient", "representative") else {}), **_saw(role))
        for path in certify(made, packet, home / "out"):
            path.rename(path.with_name(f"{name} {path.name}"))
        signed[name] = len(roles)

    arabic = {"patient.given_name": "محمد", "patient.family_name": "الأحمد"}
    add("B-B", MINOR, "representative", "assent", "clinician")
    add("mark", READ_ALOUD, "patient", "witness", "clinician", way=MARK, strokes=STROKES)
    add("Spanish", {"patient.language": "es"}, "patient", "clinician", "withdraw")
    add("Arabic", arabic, "patient", "clinician")
    made.variant = "bilingual"
    add("bilingual", {"patient.language": "es"}, "patient", "clinician")
    made.variant = "standard"
    with time_server(authority().timestamper(TODAY)) as url:
        old = "B-B"
        for level in LEVELS:
            address = f'level = "{level}"' + ("" if old != "B-B" else f'\ntimestamp_url = "{url}"')
            made.reread((f'level = "{old}"', address))
            old = level
            add(level, {}, "patient", "clinician")
    made.sound()
    made.close()
    return home / "out", signed


def _saw(role):
    return {"saw": "patient"} if role == "witness" else {}


def test_signed_consents_and_certificates_are_still_pdf_ua_and_pdf_a(folder_of_signed):
    out, signed = folder_of_signed
    assert len(list(out.rglob("*.pdf"))) == 2 * len(signed)
    assert verapdf.failures(out) == []


def test_other_programs_call_every_signature_valid(folder_of_signed):
    out, signed = folder_of_signed
    for name, count in signed.items():
        (consent,) = out.rglob(f"{name} consent.pdf")
        (certificate,) = out.rglob(f"{name} consent-certificate.pdf")
        extra = count if name == "B-LTA" else 0  # document timestamps, which poppler counts too
        valid, there = as_poppler_says(consent)
        assert there >= count + extra, name
        assert valid >= count, name
        assert as_pyhanko_says(consent.read_bytes()) == [True] * count, name
        assert as_pyhanko_says(certificate.read_bytes()) == [True], name
        assert as_poppler_says(certificate)[0] >= 1, name


def test_the_certificate_says_who_as_whom_how_known_when_and_what_was_meant(desk, tmp_path):
    (packet,) = desk.record({})
    with desk.store().reading() as connection:
        found = standing(connection, packet)
    page_zero = begun(desk.store(), desk.who(), found, APPROVED_AT, b"%PDF page 0")
    approve(desk.store(), desk.makers, desk.who(), [packet], APPROVED_AT)
    desk.answered(packet)
    desk.sign(packet, "patient")
    desk.sign(packet, "clinician")
    _, path = certify(desk, packet, tmp_path / "out")
    told = words(path)
    for part in (
        "Signature 1: Maria Lopez, patient",
        "Signature 2: Ada Okafor, clinician",
        "photo ID seen",
        "2026-03-03T11:30:00-05:00",
        "America/New_York",
        "I agree to this treatment.",
        "I explained this treatment and its risks, and answered the questions.",
        "Ben Desk (desk)",
        "Lindenhof Pain Clinic",
    ):
        assert part in told, part
    hashes = told.replace(" ", "")
    given = desk.form(packet).given
    assert given[0].evidence["page_zero"] == page_zero
    for sha256 in (page_zero, desk.form(packet).as_made.sha256, desk.form(packet).file.sha256):
        assert sha256 in hashes
    assert all(each.evidence["certificate"] in hashes for each in given)


def test_a_paper_signature_has_a_certificate_too_and_no_answer_is_on_any(desk, tmp_path):
    packet = desk.approved({})
    desk.on_paper(packet, "patient", statement="I saw it.", by="reyes")
    _, path = certify(desk, packet, tmp_path / "out", seal=None)
    assert "I saw it." in words(path)
    assert "Luis Reyes (reyes)" in words(path)
    other = desk.approved({"id": "other", "patient.mrn": "MRN-204102"})
    desk.answered(other, clinician__note="Zanzibar")
    desk.sign(other, "patient")
    _, path = certify(desk, other, tmp_path / "out")
    assert "Zanzibar" not in words(path)


def test_what_nobody_signed_has_no_certificate(desk, tmp_path):
    packet = desk.approved({})
    assert "signed by nobody yet" in refusal(desk, lambda: certify(desk, packet, tmp_path / "out"))
    assert not (tmp_path / "out").exists()


# Keys, and a timestamp authority, that cannot be used: told, and nothing is otherwise than before.


def test_a_key_that_cannot_be_used_is_told_and_nothing_is_signed(desk):
    packet = desk.approved({})
    desk.answered(packet)

    def saying(key):
        return refusal(desk, lambda: desk.sign(packet, "patient", key=key()), UnusableKey)

    assert "password" in saying(lambda: desk.key(password="wrong"))
    assert "password" in saying(lambda: desk.key(password=None))
    assert "expired on 2030-01-01" in saying(lambda: desk.key(at=TODAY.replace(year=2031)))
    with pytest.raises(NotAllowed, match="nothing to sign with"):
        desk.sign(packet, "patient", key=None)
    (desk.folder / "seal.p12").unlink()
    assert "no such file" in saying(desk.key)
    desk.reread(('seal = "seal.p12"', ""))
    assert "names no key of the clinic" in saying(desk.key)


def test_a_key_that_expires_while_the_packet_waits_signs_nothing(desk):
    own = authority().issued("Short", end=TODAY + timedelta(minutes=5))
    (desk.folder / "seal.p12").write_bytes(own.pkcs12(PASSWORD.encode()))
    packet = desk.approved({})
    desk.answered(packet)
    key = desk.key()
    late = TODAY + timedelta(minutes=10)
    assert "expired" in refusal(desk, lambda: desk.sign(packet, "patient", key=key, at=late), UnusableKey)


def test_keys_of_both_kinds_of_file_sign(desk):
    packet = desk.approved({"discussed_by": "reyes"})
    desk.answered(packet)
    desk.sign(packet, "patient", key=desk.key())
    assert desk.sign(packet, "clinician", by="reyes").state == "signed"  # okafor's is PEM, reyes' PKCS#12
    assert desk.form(packet).given[1].evidence["subject"] == "Luis Reyes"
    assert as_pyhanko_says(desk.file(packet)) == [True, True]


def test_a_timestamp_authority_that_does_not_answer_leaves_all_as_it_was(desk):
    desk.reread(('level = "B-B"', 'level = "B-T"\ntimestamp_url = "http://127.0.0.1:9/"'))
    packet = desk.approved({})
    desk.answered(packet)
    said = refusal(desk, lambda: desk.sign(packet, "patient"), MissingProgram)
    assert "did not give a timestamp" in said
    assert "nothing was signed" in said


def test_roots_or_lists_that_cannot_be_read_are_told(desk):
    desk.reread(('level = "B-B"', 'level = "B-LT"\ntimestamp_url = "http://127.0.0.1:9/"'))
    packet = desk.approved({})
    desk.answered(packet)
    (desk.folder / "crls.pem").write_bytes(b"nothing")
    act = lambda: desk.sign(packet, "patient")  # noqa: E731
    assert "no list of revoked certificates" in refusal(desk, act, UnreadableInput)
    (desk.folder / "crls.pem").unlink()
    assert "cannot be read" in refusal(desk, act, UnreadableInput)
    (desk.folder / "roots.pem").write_bytes(b"nothing")
    (desk.folder / "crls.pem").symlink_to("/etc/hostname")
    assert "is not in the clinic's folder" in refusal(desk, act, UnreadableInput)
