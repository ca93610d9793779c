"""Lists of revoked certificates (RFC 5280 §5) as clinic.toml names them → each in DER."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from handouts.errors import Fault, UnreadableInput

_BEGIN = b"-----BEGIN X509 CRL-----"


def revocation_lists(content: bytes, where: str) -> tuple[bytes, ...]:
    """The lists in a file, PEM (one or several) or DER. Raises UnreadableInput where there is none."""
    parts = [_BEGIN + part for part in content.split(_BEGIN)[1:]]
    try:
        found = [x509.load_pem_x509_crl(part) for part in parts] or [x509.load_der_x509_crl(content)]
    except ValueError:
        remedy = "Save the authority's list as PEM or DER."
        raise UnreadableInput(Fault(where, "is no list of revoked certificates.", remedy)) from None
    return tuple(each.public_bytes(Encoding.DER) for each in found)
