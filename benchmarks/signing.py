"""`python -m benchmarks.signing FILE`: how long a signature of an approved PDF takes, and looking at the signed file."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from handouts.pdf.appearance import appearance
from handouts.record.sign import Meaning, Policy, field_size, signature_fields, signed
from handouts.record.sign_keys import Key, opened
from handouts.record.verify_signatures import examined

_AT = datetime(2026, 3, 3, 16, tzinfo=UTC)
_TIMES = 25


def main() -> None:
    """Print what each step takes, in milliseconds: the median and the shortest."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.signing", description=__doc__)
    parser.add_argument("file", type=Path, help="a PDF of ours with empty signature fields")
    pdf: bytes = parser.parse_args().file.read_bytes()
    field = next(name for name, done in signature_fields(pdf).items() if not done)
    size = field_size(pdf, field)
    with tempfile.TemporaryDirectory() as folder:
        key, root = _key(Path(folder))
    meaning = Meaning("Maria Lopez", "patient", "photo ID", _AT, "I agree to this treatment.")

    def look() -> bytes:
        return appearance("Maria Lopez", ["Signed electronically · patient · March 3, 2026, 11:00 AM EST"], None, size)

    shown = look()
    made = signed(pdf, field, key, meaning, shown, Policy())
    print(f"{len(pdf)} bytes, {len(made) - len(pdf)} more when signed")
    _tell("what it shows", look)
    _tell("a signature, B-B, P-256", lambda: signed(pdf, field, key, meaning, shown, Policy()))
    _tell("looking at it", lambda: examined(made, (root,), _AT + timedelta(days=1)))


def _tell(what: str, step: Callable[[], object]) -> None:
    took: list[float] = []
    for _ in range(_TIMES):
        start = time.perf_counter()
        step()
        took.append((time.perf_counter() - start) * 1000)
    print(f"{what:28} {median(took):8.1f} {min(took):8.1f}")


def _key(folder: Path) -> tuple[Key, bytes]:
    """A key of its own, and its certificate."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Benchmark")])
    start, end = _AT - timedelta(days=1), _AT + timedelta(days=365)
    number = x509.random_serial_number()
    builder = x509.CertificateBuilder(name, name, private.public_key(), number, start, end)
    certificate = builder.sign(private, hashes.SHA256())
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    return opened("key.pem", folder, None, _AT), certificate.public_bytes(serialization.Encoding.DER)


if __name__ == "__main__":
    main()
