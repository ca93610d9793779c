"""Signing: in turn, at every level, in files that stay accessible and archival, and nothing at all where it is refused."""

from __future__ import annotations

import asyncio
import subprocess
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
import verapdf
from asn1crypto import x509
from authority import authority, revoked, time_server
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from signing import (
    AT,
    CLINICIAN,
    FIELDS,
    LEVELS,
    NAMES,
    PATIENT,
    REVIEWED,
    WITHDRAWAL,
    WITNESS,
    approved,
    consent,
    key,
    meaning,
    policy,
    shown,
    sign,
    signed_consent,
)

from handouts.errors import MissingProgram, NotAllowed, UnreadableInput, UnusableKey, WrongUsage
from handouts.pdf.appearance import appearance
from handouts.record.sign import Policy, field_size, signature_fields, signed, timestamper
from handouts.record.sign_keys import opened

ORDER = (PATIENT, WITNESS, CLINICIAN)


def validated(pdf):
    """What pyHanko itself says of every signature."""
    reader = PdfFileReader(BytesIO(pdf))
    roots = [x509.Certificate.load(each) for each in authority().roots]
    context = ValidationContext(trust_roots=roots, moment=AT + timedelta(minutes=1))

    async def all_of_them():
        return [await async_validate_pdf_signature(each, context) for each in reader.embedded_regular_signatures]

    return asyncio.run(all_of_them())


@pytest.mark.parametrize("level", LEVELS)
def test_other_validators_find_every_signature_of_a_file_good(level, tmp_path):
    pdf = signed_consent(4, level)
    found = validated(pdf)
    assert [each.bottom_line for each in found] == [True] * 4
    place = tmp_path / "signed.pdf"
    place.write_bytes(pdf)
    said = subprocess.run(["pdfsig", "-nocert", place], capture_output=True, text=True, check=False).stdout
    assert said.count("Signature is Valid.") == 4


def test_signed_files_keep_to_pdf_ua_and_pdf_a(tmp_path):
    for level in LEVELS:
        (tmp_path / f"{level}.pdf").write_bytes(sign(consent(), *ORDER, level=level))
    size = field_size(consent(), PATIENT)
    drawn = appearance("Ana", ["Signed"], [[(0, 0), (1, 1)]], size)
    (tmp_path / "drawn.pdf").write_bytes(signed(consent(), PATIENT, key("Ana"), meaning(PATIENT), drawn, policy()))
    (tmp_path / "unseen.pdf").write_bytes(signed(consent(), PATIENT, key("Ana"), meaning(PATIENT), None, policy()))
    assert verapdf.failures(tmp_path) == []


def test_what_was_there_before_stands_unchanged_at_the_beginning():
    pdf = approved()
    for field in FIELDS:
        after = sign(pdf, field)
        assert after.startswith(pdf)
        pdf = after


def test_the_dictionary_says_who_when_and_what_was_meant_and_nothing_more_of_the_patient():
    with pikepdf.open(BytesIO(signed_consent(1))) as opened:
        (found,) = [each for each in opened.objects if isinstance(each, pikepdf.Dictionary) and "/ByteRange" in each]
        said = {str(name): str(found[name]) for name in found if name not in ("/Contents", "/ByteRange", "/Reference")}
    assert said == {
        "/Type": "/Sig",
        "/Filter": "/Adobe.PPKLite",
        "/SubFilter": "/ETSI.CAdES.detached",
        "/M": "D:20260303110000-05'00'",
        "/Name": NAMES[PATIENT],
        "/Reason": "I agree to this treatment.",
        "/XXHandoutsRole": "patient",
        "/XXHandoutsIdentified": "photo ID seen",
        "/XXHandoutsZone": "America/New_York",
        "/XXHandoutsReviewed": REVIEWED,
    }


def test_a_file_says_which_fields_are_signed():
    assert signature_fields(approved()) == dict.fromkeys(FIELDS, False)
    assert signature_fields(signed_consent(2, "B-LTA")) == {
        PATIENT: True,
        WITNESS: True,
        CLINICIAN: False,
        WITHDRAWAL: False,
    }


def test_no_clock_is_read_for_the_time_of_a_signature():
    early = AT.replace(year=2027)
    pdf = signed(approved(), PATIENT, key("Ana"), meaning(PATIENT, at=early), None, policy())
    with pikepdf.open(BytesIO(pdf)) as opened:
        (found,) = [each for each in opened.objects if isinstance(each, pikepdf.Dictionary) and "/ByteRange" in each]
        assert str(found.M) == "D:20270303110000-05'00'"
    assert b"D:2026" not in pdf[len(approved()) :]


def test_nobody_signs_before_their_turn():
    with pytest.raises(NotAllowed, match=f'"{PATIENT}" is signed before it'):
        sign(approved(), CLINICIAN, order=ORDER)
    with pytest.raises(NotAllowed, match=f'"{WITNESS}" is signed before it'):
        sign(signed_consent(1), CLINICIAN, order=ORDER)
    late = sign(approved(), CLINICIAN)
    with pytest.raises(NotAllowed, match=f'"{CLINICIAN}" is signed already, and comes after it'):
        sign(late, PATIENT, order=ORDER)
    assert signature_fields(sign(approved(), *ORDER, order=ORDER))[CLINICIAN]


def test_an_order_that_is_not_the_files_is_refused():
    with pytest.raises(WrongUsage, match=r'"sign.nobody" stands in the order'):
        sign(approved(), PATIENT, order=(PATIENT, "sign.nobody"))
    with pytest.raises(WrongUsage, match=f'"{WITHDRAWAL}" stands in the order of signing and not'):
        sign(approved(), WITHDRAWAL, order=ORDER)


def test_a_field_is_signed_once_and_must_be_there():
    with pytest.raises(NotAllowed, match="is signed already"):
        sign(signed_consent(1), PATIENT)
    with pytest.raises(WrongUsage, match="has no such signature field"):
        signed(approved(), "sign.doctor", key("Ana"), meaning(PATIENT), None, policy())
    with pytest.raises(WrongUsage, match="has no such signature field"):
        signed(consent(), "clinician.note", key("Ana"), meaning(PATIENT), None, policy())


def test_an_appearance_of_another_size_is_refused():
    wrong = appearance("Ana", ["Signed"], None, (100, 100))
    with pytest.raises(WrongUsage, match="not of the field's size"):
        signed(approved(), PATIENT, key("Ana"), meaning(PATIENT), wrong, policy())


@pytest.mark.parametrize("broken", [b"", b"%PDF-1.7\n", b"no pdf at all", approved()[:-400], b"x" * 5000], ids=range(5))
def test_what_is_no_whole_pdf_is_refused(broken):
    with pytest.raises(UnreadableInput, match="the PDF"):
        signed(broken, PATIENT, key("Ana"), meaning(PATIENT), None, policy())


def test_an_encrypted_pdf_is_refused():
    written = BytesIO()
    with pikepdf.open(BytesIO(approved())) as opened:
        opened.save(written, encryption=pikepdf.Encryption(owner="o", user=""))
    with pytest.raises(UnreadableInput, match="the PDF"):
        signed(written.getvalue(), PATIENT, key("Ana"), meaning(PATIENT), None, policy())


def test_a_key_that_has_expired_by_the_time_of_signing_is_refused():
    with pytest.raises(UnusableKey, match="expired on 2030-01-01"):
        signed(approved(), PATIENT, key("Ana"), meaning(PATIENT, at=AT.replace(year=2031)), None, policy())


def test_a_long_term_signature_is_refused_without_proof_that_the_certificates_are_valid(tmp_path):
    own = authority()
    stamper = own.timestamper(AT)
    with pytest.raises(UnusableKey, match="cannot sign to the level B-LT"):
        signed(approved(), PATIENT, key("Ana"), meaning(PATIENT), None, Policy("B-LT", (), stamper, own.roots, ()))
    taken_back = own.issued("Taken back")
    lists = (revoked(own.root), revoked(own.below, taken_back))
    (tmp_path / "k.pem").write_bytes(taken_back.pem())
    with pytest.raises(UnusableKey, match="cannot sign to the level B-LTA"):
        signed(
            approved(),
            PATIENT,
            opened("k.pem", tmp_path, None, AT),
            meaning(PATIENT),
            None,
            Policy("B-LTA", (), stamper, own.roots, lists),
        )


def test_a_stranger_cannot_sign_to_a_level_that_needs_trust():
    with pytest.raises(UnusableKey, match="cannot sign"):
        signed(approved(), PATIENT, key("Eve", "Other"), meaning(PATIENT), None, policy("B-LT"))


def test_a_timestamp_comes_over_the_network():
    with time_server(authority().timestamper(AT)) as address:
        given = Policy("B-T", (), timestamper(address))
        pdf = signed(approved(), PATIENT, key("Ana"), meaning(PATIENT), None, given)
    (found,) = validated(pdf)
    assert found.timestamp_validity.timestamp == AT + timedelta(seconds=1)


def test_a_timestamp_authority_that_does_not_answer_is_told():
    with time_server(authority().timestamper(AT)) as address:
        pass
    with pytest.raises(MissingProgram, match="did not give a timestamp"):
        signed(approved(), PATIENT, key("Ana"), meaning(PATIENT), None, Policy("B-T", (), timestamper(address)))


def test_a_level_without_what_it_needs_is_no_policy():
    with pytest.raises(ValueError, match="B-T needs a timestamp authority"):
        Policy("B-T")
    with pytest.raises(ValueError, match="B-LTA needs the roots"):
        Policy("B-LTA", (), timestamper("http://127.0.0.1:9/"))


def test_a_meaning_is_whole():
    whole = meaning(PATIENT)
    with pytest.raises(ValueError, match="aware"):
        replace(whole, time=AT.replace(tzinfo=None))
    for name in ("who", "role", "statement"):
        with pytest.raises(ValueError, match=f"says {name}"):
            replace(whole, **{name: " "})
    with pytest.raises(ValueError, match="printable"):
        replace(whole, who="Ana\nEve")
    with pytest.raises(ValueError, match="printable"):
        replace(whole, identified="x" * 401)


def test_each_signature_has_a_look_of_its_own():
    pdf = sign(approved(), PATIENT, WITNESS)
    with pikepdf.open(BytesIO(pdf)) as opened:
        annotations = [each for page in opened.pages for each in page.get("/Annots", ())]
        looks = {each.AP.N.read_bytes() for each in annotations if each.get("/FT") == "/Sig" and "/V" in each}
    assert len(looks) == 2


def test_a_field_whose_name_begins_another_is_not_signed():
    written = BytesIO()
    with pikepdf.open(BytesIO(approved())) as opened:
        roots = [field for field in opened.Root.AcroForm.Fields if str(field.T) == "withdraw"]
        roots[0].T = pikepdf.String("sign.patient")
        roots[0].Kids[0].T = pikepdf.String("signature2")
        opened.save(written)
    with pytest.raises(WrongUsage, match="a lock on one would be a lock on both"):
        signed(written.getvalue(), PATIENT, key("Ana"), meaning(PATIENT), None, policy())


def test_nothing_is_shown_of_what_the_library_warns_of(capfd):
    sign(approved(), PATIENT, level="B-LT")
    assert capfd.readouterr() == ("", "")


def test_what_a_person_sees_fits_the_field():
    look = shown(approved(), PATIENT)
    with pikepdf.open(BytesIO(look)) as opened:
        size = [float(each) for each in opened.pages[0].MediaBox]
    assert size[2:] == pytest.approx(field_size(approved(), PATIENT), abs=0.01)
