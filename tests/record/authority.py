"""A certificate authority and a timestamp authority of the tests' own: real keys and certificates, valid from 2026 on.

The chain is a root, an authority below it, and those who sign; lists of revoked certificates come from both authorities.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
SIGNING = ("digital_signature", "content_commitment")
_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


class Issued(NamedTuple):
    """A certificate with its key, and the authorities above it, the nearest first."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    chain: tuple[x509.Certificate, ...] = ()

    def pem(self, password=None):
        """Key, certificate and chain in one PEM file."""
        encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        key = self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
        return key + b"".join(each.public_bytes(serialization.Encoding.PEM) for each in (self.certificate, *self.chain))

    def pkcs12(self, password):
        encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        return pkcs12.serialize_key_and_certificates(b"own", self.key, self.certificate, self.chain, encryption)


def issued(
    name,
    by=None,
    *,
    usages=SIGNING,
    authority=False,
    purpose=None,
    start=START,
    end=END,
    key=None,
):
    """A certificate for `name`, from `by` or from itself."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer = by.certificate.subject if by else subject
    signer = by.key if by else key
    builder = (
        x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number(), start, end)
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if usages is not None:
        builder = builder.add_extension(x509.KeyUsage(**{each: each in usages for each in _USAGES}), critical=True)
    if purpose:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
    return Issued(builder.sign(signer, hashes.SHA256()), key, (by.certificate, *by.chain) if by else ())


def revoked(by, *certificates, at=START):
    """The list of certificates that `by` took back, in DER."""
    builder = x509.CertificateRevocationListBuilder(by.certificate.subject, START, END).add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key()), critical=False
    )
    builder = builder.add_extension(x509.CRLNumber(len(certificates) + 1), critical=False)
    for each in certificates:
        entry = x509.RevokedCertificateBuilder(each.certificate.serial_number, at).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(by.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


class Authority:
    """A root, an authority below it, and a timestamp authority."""

    def __init__(self, name):
        above = ("key_cert_sign", "crl_sign")
        self.root = issued(f"{name} Root", usages=above, authority=True)
        self.below = issued(f"{name} Authority", self.root, usages=above, authority=True)
        self.times = issued(
            f"{name} Time",
            self.root,
            usages=("digital_signature",),
            purpose=ExtendedKeyUsageOID.TIME_STAMPING,
            key=rsa.generate_private_key(65537, 2048),  # DummyTimeStamper signs with RSA alone
        )

    def issued(self, name, **given):
        return issued(name, self.below, **given)

    @property
    def roots(self):
        return (self.root.certificate.public_bytes(serialization.Encoding.DER),)

    @property
    def crls(self):
        return (revoked(self.root), revoked(self.below))

    def timestamper(self, at):
        """An authority that says it is `at`."""
        store = SimpleCertificateStore()
        store.register(_asn1(self.root.certificate))
        der = self.times.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return DummyTimeStamper(
            _asn1(self.times.certificate), keys.PrivateKeyInfo.load(der), store, fixed_dt=at + timedelta(seconds=1)
        )


def authority(name="Test"):
    """The same authority for everybody who asks in this process."""
    return _authority(name)


_authority = cache(Authority)


@contextmanager
def time_server(timestamper):
    """The address of a timestamp authority that answers on this machine (RFC 3161 §3.4)."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            answer = timestamper.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *given):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    running = threading.Thread(target=server.serve_forever, daemon=True)
    running.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        running.join()


def _asn1(certificate):
    return asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
