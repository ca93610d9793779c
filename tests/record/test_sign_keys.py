"""Keys: in files and on tokens; whatever cannot be signed with is refused in one plain sentence."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import warnings
from datetime import timedelta
from pathlib import Path

import pkcs11
import pytest
from asn1crypto import x509
from authority import END, START, authority, issued
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from signing import AT, LATER, PATIENT, approved, meaning, policy

from handouts.errors import MissingProgram, UnreadableInput, UnusableKey
from handouts.record.sign import signed
from handouts.record.sign_keys import certificates_in, opened
from handouts.record.verify_signatures import examined

OWN = authority()
MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "481516"


def trouble(*given, **more):
    """What is wrong with a key, as one line."""
    with pytest.raises(UnusableKey) as caught:
        opened(*given, **more)
    (fault,) = caught.value.faults
    return str(fault)


@pytest.fixture
def folder(tmp_path):
    """A clinic's folder with a key of every kind."""
    home = tmp_path / "clinic"
    home.mkdir()
    ada = OWN.issued("Ada Okafor")
    (home / "ada.p12").write_bytes(ada.pkcs12(b"secret"))
    (home / "ada.pfx").write_bytes(ada.pkcs12(b"secret"))
    (home / "open.p12").write_bytes(ada.pkcs12(None))
    (home / "ada.pem").write_bytes(ada.pem(b"secret"))
    (home / "open.pem").write_bytes(ada.pem())
    return home


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ada.p12", "secret"),
        ("ada.pfx", "secret"),
        ("open.p12", None),
        ("ada.pem", "secret"),
        ("open.pem", None),
        ("open.pem", "x"),
    ],
)
def test_a_key_in_a_file_signs_with_its_whole_chain(folder, name, password):
    key = opened(name, folder, password, AT)
    assert key.subject == "Ada Okafor"
    pdf = signed(approved(), PATIENT, key, meaning(PATIENT), None, policy())
    found = examined(pdf, OWN.roots, LATER)
    assert found.findings == ()
    assert found.signatures[0].certificate_sha256 == key.sha256


def test_a_password_that_is_wrong_or_missing_is_told(folder):
    for name in ("ada.p12", "ada.pfx", "ada.pem"):
        assert trouble(name, folder, "guess", AT) == f'the key "{name}": the password is wrong. Type it again.'
        assert (
            trouble(name, folder, None, AT).endswith("needs a password. Type the one it was saved with.")
            or name != "ada.pem"
        )


def test_a_password_is_in_no_message(folder):
    assert "hunter2" not in trouble("ada.p12", folder, "hunter2", AT)
    assert "hunter2" not in trouble("ada.pem", folder, "hunter2", AT)
    assert "secret" not in repr(opened("ada.p12", folder, "secret", AT))


def test_a_file_without_a_key_or_a_certificate_is_told(folder):
    ada = OWN.issued("Ada")
    certificate = ada.certificate.public_bytes(serialization.Encoding.PEM)
    private = ada.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "only.pem").write_bytes(certificate)
    assert "has no private key in it" in trouble("only.pem", folder, None, AT)
    (folder / "bare.pem").write_bytes(private)
    assert "has no certificate" in trouble("bare.pem", folder, None, AT)
    (folder / "other.pem").write_bytes(private + OWN.issued("Ben").certificate.public_bytes(serialization.Encoding.PEM))
    assert "not that of the certificate" in trouble("other.pem", folder, None, AT)
    lone = pkcs12.serialize_key_and_certificates(b"x", None, ada.certificate, None, serialization.NoEncryption())
    (folder / "only.p12").write_bytes(lone)
    assert "has no private key in it" in trouble("only.p12", folder, None, AT)
    (folder / "broken.p12").write_bytes(ada.pkcs12(b"secret")[:300])
    assert "no PKCS#12" in trouble("broken.p12", folder, "secret", AT)
    (folder / "broken.pem").write_bytes(private[:90] + b"\n-----END PRIVATE KEY-----\n" + certificate)
    assert "cannot be read" in trouble("broken.pem", folder, None, AT)
    (folder / "large.pem").write_bytes(b"x" * (2 << 20))
    assert "far too large" in trouble("large.pem", folder, None, AT)
    (folder / "key.txt").write_bytes(ada.pem())
    assert "neither .p12, .pfx nor .pem" in trouble("key.txt", folder, None, AT)


@pytest.mark.parametrize(
    "name", ["", "/etc/passwd", "../outside.pem", "link.pem", "way/outside.pem", "sub", "no\0name.pem", "gone.pem"]
)
def test_only_files_that_stand_in_the_clinics_folder_are_read(folder, name):
    outside = folder.parent / "outside.pem"
    outside.write_bytes(OWN.issued("Eve").pem())
    (folder / "link.pem").symlink_to(outside)
    (folder / "way").symlink_to(folder.parent)
    (folder / "sub").mkdir()
    assert trouble(name, folder, None, AT).startswith('the key "')


def test_a_link_within_the_folder_and_a_folder_below_are_followed(folder):
    (folder / "keys").mkdir()
    (folder / "open.pem").rename(folder / "keys" / "open.pem")
    (folder / "mine.pem").symlink_to(folder / "keys" / "open.pem")
    assert opened("mine.pem", folder, None, AT).subject == opened("keys/open.pem", folder, None, AT).subject


def test_a_certificate_is_used_while_it_is_valid(folder):
    assert "expired on 2030-01-01" in trouble("open.pem", folder, None, END + timedelta(seconds=1))
    assert "not valid before 2026-01-01" in trouble("open.pem", folder, None, START - timedelta(seconds=1))
    assert opened("open.pem", folder, None, END)
    assert opened("open.pem", folder, None, START)


def test_a_certificate_that_is_not_for_signing_is_refused(folder):
    def kept(made):
        (folder / "k.pem").write_bytes(made.pem())
        return "k.pem", folder, None, AT

    assert "does not allow signing" in trouble(*kept(OWN.issued("Web", usages=("key_agreement",))))
    assert "is an authority's" in trouble(*kept(OWN.issued("CA", usages=("digital_signature",), authority=True)))
    assert opened(*kept(OWN.issued("Plain", usages=("digital_signature",))))
    assert opened(*kept(OWN.issued("Committed", usages=("content_commitment",))))
    assert opened(*kept(OWN.issued("Unsaid", usages=None)))


def test_a_key_that_is_too_weak_or_of_another_kind_is_refused(folder):
    weak = issued("Weak", key=rsa.generate_private_key(65537, 1024))
    (folder / "weak.pem").write_bytes(weak.pem())
    assert "too weak" in trouble("weak.pem", folder, None, AT)
    curve = OWN.issued("Curve", key=ec.generate_private_key(ec.SECP192R1()))
    (folder / "curve.pem").write_bytes(curve.pem())
    assert "too weak" in trouble("curve.pem", folder, None, AT)
    for other in (dsa.generate_private_key(2048), ed25519.Ed25519PrivateKey.generate()):
        (folder / "other.pem").write_bytes(OWN.issued("Other", key=other).pem())
        assert "a kind of key that is not signed with here" in trouble("other.pem", folder, None, AT)


def test_rsa_signs_too(folder):
    (folder / "rsa.pem").write_bytes(OWN.issued("Rita", key=rsa.generate_private_key(65537, 2048)).pem())
    pdf = signed(approved(), PATIENT, opened("rsa.pem", folder, None, AT), meaning(PATIENT), None, policy())
    assert examined(pdf, OWN.roots, LATER).findings == ()


def test_roots_are_read_from_pem():
    pem = OWN.root.certificate.public_bytes(serialization.Encoding.PEM)
    assert certificates_in(b"# ours\n" + pem, "roots.pem") == OWN.roots
    with pytest.raises(UnreadableInput, match=r"roots\.pem"):
        certificates_in(b"nothing", "roots.pem")


def test_a_token_needs_its_package(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(MissingProgram, match=r'pip install "handouts\[pkcs11\]"'):
        opened("pkcs11:ada", folder, PIN, AT, module=MODULE)


@pytest.fixture(scope="module")
def token(tmp_path_factory):
    """A token of SoftHSM with Ada's key and certificate on it, and her authority's certificate."""
    if not shutil.which("softhsm2-util") or not Path(MODULE).exists():
        said = "KEYS ON TOKENS WERE NOT TRIED; missing: softhsm2"
        if os.environ.get("CI"):
            pytest.fail(said)
        warnings.warn(said, stacklevel=1)
        pytest.skip(said)
    place = tmp_path_factory.mktemp("token")
    (place / "tokens").mkdir()
    (place / "softhsm2.conf").write_text(
        f"directories.tokendir = {place / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(place / "softhsm2.conf")

    def tool(*given):
        subprocess.run(["softhsm2-util", *given], check=True, capture_output=True)

    tool("--init-token", "--free", "--label", "clinic", "--so-pin", "0000", "--pin", PIN)
    tool("--init-token", "--free", "--label", "other", "--so-pin", "0000", "--pin", "99999")
    ada = OWN.issued("Ada Okafor")
    private = place / "ada.pem"
    private.write_bytes(
        ada.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    tool("--import", str(private), "--token", "clinic", "--label", "ada", "--id", "01", "--pin", PIN)
    tool("--import", str(private), "--token", "clinic", "--label", "lone", "--id", "02", "--pin", PIN)
    attribute, kind = pkcs11.constants.Attribute, pkcs11.constants.ObjectClass.CERTIFICATE
    loaded = pkcs11.lib(MODULE)
    with loaded.get_token(token_label="clinic").open(user_pin=PIN, rw=True) as session:
        for label, certificate in (("ada", ada.certificate), ("above", OWN.below.certificate)):
            der = certificate.public_bytes(serialization.Encoding.DER)
            subject = x509.Certificate.load(der).subject.dump()
            session.create_object(
                {
                    attribute.CLASS: kind,
                    attribute.CERTIFICATE_TYPE: 0,  # X.509
                    attribute.TOKEN: True,
                    attribute.PRIVATE: False,
                    attribute.LABEL: label,
                    attribute.SUBJECT: subject,
                    attribute.VALUE: der,
                }
            )
    return "pkcs11:ada"


def test_a_key_on_a_token_signs(token, folder):
    key = opened(token, folder, PIN, AT, module=MODULE)
    try:
        assert key.subject == "Ada Okafor"
        pdf = signed(approved(), PATIENT, key, meaning(PATIENT), None, policy())
    finally:
        key.close()
    found = examined(pdf, OWN.roots, LATER)
    assert found.findings == ()
    assert found.signatures[0].certificate == "Ada Okafor"


def test_a_token_that_cannot_be_used_is_told(token, folder):
    assert "the password is wrong" in trouble(token, folder, "123456", AT, module=MODULE)
    assert "needs a password" in trouble(token, folder, None, AT, module=MODULE)
    assert "is on none of the tokens" in trouble("pkcs11:nobody", folder, PIN, AT, module=MODULE)
    assert "is on none of the tokens" in trouble("pkcs11:lone", folder, PIN, AT, module=MODULE)
    assert "has no private key on the token" in trouble("pkcs11:above", folder, PIN, AT, module=MODULE)
    assert "expired" in trouble(token, folder, PIN, END + timedelta(days=1), module=MODULE)
    assert "the library" in trouble(token, folder, PIN, AT, module="/nowhere/lib.so")
    assert "is not named" in trouble(token, folder, PIN, AT)
    assert "is not named" in trouble("pkcs11:", folder, PIN, AT, module=MODULE)
    opened(token, folder, PIN, AT, module=MODULE).close()
