"""A finished PDF → the same pages, which open with a password alone (AES-256), for files that are carried by hand.

Who needs it imports it then: most runs encrypt nothing, and pikepdf takes long.
"""

from __future__ import annotations

import secrets
from io import BytesIO
from pathlib import Path

from pikepdf import Dictionary, Encryption, Object, PasswordError, Pdf, PdfError, Permissions

from handouts.errors import Fault, NotAllowed, UnusableKey

_REVISION = 6  # of the standard security handler: AES-256 (ISO 32000-2 §7.6.4)
_CLAIMS = ("pdfaid:part", "pdfaid:conformance")
_ALLOWED = Permissions(
    accessibility=True,
    extract=False,
    modify_annotation=False,
    modify_assembly=False,
    modify_form=False,
    modify_other=False,
    print_lowres=True,
    print_highres=True,
)


def encrypted(pdf: bytes, password: str) -> bytes:
    """`pdf` encrypted, metadata and all, so that `password` (as `password.prepared` gives it) opens it.

    Whoever has it can read, print, and have the file read aloud; readers that heed permissions change nothing. The owner's password,
    which would allow the rest, is random and kept by nobody: were it the same, permissions would say nothing, and who needs a file
    without them has the one that this was made of. Salts and the key are random too, so that the bytes differ each time: hash
    what goes in, not what comes out. An encrypted file is no archival one (ISO 19005-2 §6.1.3), and does not say so any more.
    Raises NotAllowed for a signed file, whose signatures would not hold.
    """
    out = BytesIO()
    with Pdf.open(BytesIO(pdf)) as opened:
        if any(_is_signature(each) for each in opened.objects):
            problem = "the file is signed, and encrypting it would break its signatures."
            raise NotAllowed(
                Fault("encryption", problem, "Encrypt the medium it is carried on, or an archive with it inside.")
            )
        with opened.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            for claim in _CLAIMS:
                metadata.pop(claim, None)
        owner = secrets.token_urlsafe(32)
        encryption = Encryption(owner=owner, user=password, R=_REVISION, allow=_ALLOWED, aes=True, metadata=True)
        opened.save(out, encryption=encryption, fix_metadata_version=False)
    return out.getvalue()


def require_password(pdf: Path, password: str) -> None:
    """Raises UnusableKey where another password than this opens the file; one that is damaged, or not there, is left to others."""
    try:
        with Pdf.open(pdf, password=password):
            return
    except PasswordError:
        remedy = (
            "Give the password that the run was begun with (--password-file), or print into another folder with -o."
        )
        raise UnusableKey(Fault(str(pdf), "another password opens it.", remedy)) from None
    except (PdfError, OSError):
        return


def decrypted(pdf: bytes, password: str) -> bytes:
    """An `encrypted` file as one that anybody opens. Raises UnusableKey for another password."""
    out = BytesIO()
    try:
        with Pdf.open(BytesIO(pdf), password=password) as opened:
            opened.save(out, encryption=False, deterministic_id=True)
    except PasswordError:
        remedy = "Give the password that the run was encrypted with (--password-file)."
        raise UnusableKey(Fault("the print file", "another password opens it.", remedy)) from None
    return out.getvalue()


def _is_signature(found: Object) -> bool:
    """Whether it is the value of a signed field (ISO 32000-1 §12.8.1)."""
    return isinstance(found, Dictionary) and "/ByteRange" in found
