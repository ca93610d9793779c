"""One signature or timestamp in a PDF, and the roots that are trusted → whose it is, whether it is intact, what it covers.

Nothing is fetched: what shows that a certificate was valid is in the file, or is not known. A certificate must have been valid
when it was signed with, by a trusted timestamp or, without one, by the signer's own word.
"""

# pyHanko's types are partial: what it gives is looked at where it is used.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from asn1crypto import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509 import load_der_x509_certificate
from pyhanko.pdf_utils import generic
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DSSCompareRule,
    FormUpdatingRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    XrefStreamRule,
)
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    validate_pdf_signature,
    validate_pdf_timestamp,
)
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko_certvalidator import ValidationContext

from handouts.record.verify_objects import inside
from handouts.record.verify_values import Finding, Kind, Signature, Timestamp, Unchecked

for _library in ("pyhanko", "pyhanko_certvalidator"):  # what they warn of is found here, and told with the rest
    logging.getLogger(_library).addHandler(logging.NullHandler())
    logging.getLogger(_library).propagate = False

_PROOF = ModificationLevel.LTA_UPDATES
_POLICY = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(),
        XrefStreamRule().as_qualified(_PROOF),
        ObjectStreamRule().as_qualified(_PROOF),
        DSSCompareRule().as_qualified(_PROOF),
    ],
    form_rule=FormUpdatingRule(field_rules=[SigFieldCreationRule(), SigFieldModificationRule()]),
    ignore_orphaned_objects=False,
)
"""pyHanko's own rules without those by which metadata and values of fields may change. Ours in `verify_revisions` come on top."""
_UNSIGNED = frozenset(("signature_time_stamp_token",))
_TEXT = 400


@dataclass(frozen=True, slots=True)
class Seal:
    """What is known of one signature or timestamp: what to say of it, what is wrong, what could not be checked."""

    found: Signature | Timestamp
    findings: tuple[Finding, ...]
    unchecked: frozenset[Unchecked]


def seal(embedded: Any, pdf: bytes, roots: Sequence[bytes], at: datetime, *, certifies: bool) -> Seal:
    """What is known of `embedded`; `at` is the time of the examination, `certifies` whether it is the first."""
    if embedded.sig_object_type == "/DocTimeStamp":
        return _timestamp(embedded, pdf, roots, at)
    return _signature(embedded, pdf, roots, at, certifies=certifies)


def _signature(embedded: Any, pdf: bytes, roots: Sequence[bytes], at: datetime, *, certifies: bool) -> Seal:
    field, said = embedded.field_name, embedded.sig_object
    claimed = embedded.self_reported_timestamp
    stamped, wrong = _stamped(embedded, roots, at)
    moment = stamped or claimed
    status: Any = validate_pdf_signature(embedded, _context(embedded.reader, roots, moment or at), diff_policy=_POLICY)
    whole = _whole(embedded, pdf)
    findings = [*_container(embedded, pdf), *wrong]
    unchecked: set[Unchecked] = set()
    if not (status.intact and status.valid):
        findings.append(Finding(Kind.SIGNATURE, f'What was signed in "{field}" is not what is in the file.'))
    elif not status.docmdp_ok or status.seed_value_constraint_error is not None:
        findings.append(Finding(Kind.CHANGE, f'The file was changed after it was signed in "{field}".'))
    findings += _locks(embedded, certifies=certifies)
    trusted = bool(status.trusted)
    if not roots:
        unchecked.add(Unchecked.TRUST)
    elif not trusted:
        findings.append(Finding(Kind.SIGNER, _distrust(field, status)))
    if claimed is None or (claimed - at).total_seconds() > 86400:
        findings.append(Finding(Kind.SIGNATURE, f'"{field}" does not say when it was signed, or says a time to come.'))
    if stamped is None:
        unchecked.add(Unchecked.TIME)
    if trusted and not _has_lists(embedded.reader):
        unchecked.add(Unchecked.REVOKED)
    certificate = embedded.signer_cert
    signature = Signature(
        field=field,
        signed=True,
        certificate=_subject(certificate),
        certificate_sha256=certificate.sha256.hex(),
        name=_said(said, "/Name"),
        role=_said(said, "/XXHandoutsRole"),
        identified=_said(said, "/XXHandoutsIdentified"),
        statement=_said(said, "/Reason"),
        reviewed=_said(said, "/XXHandoutsReviewed"),
        claimed=claimed,
        timestamped=stamped,
        intact=bool(status.intact and status.valid),
        trusted=trusted,
        certifies=_docmdp(embedded) is not None,
        whole=whole,
        covers=_covered(embedded),
        after=_after(status, whole=whole),
    )
    return Seal(signature, tuple(findings), frozenset(unchecked))


def _timestamp(embedded: Any, pdf: bytes, roots: Sequence[bytes], at: datetime) -> Seal:
    moment = _time_in(embedded)
    status: Any = validate_pdf_timestamp(embedded, _context(embedded.reader, roots, moment or at), _POLICY)
    findings = [*_container(embedded, pdf)]
    field = embedded.field_name
    if not (status.intact and status.valid):
        findings.append(Finding(Kind.SIGNATURE, f'The timestamp "{field}" is not of what is in the file.'))
    if roots and not status.trusted:
        findings.append(Finding(Kind.SIGNER, f'The authority of the timestamp "{field}" is not trusted here.'))
    by = _subject(embedded.signer_cert)
    intact = bool(status.intact and status.valid)
    stamp = Timestamp(field, moment, by, intact, bool(status.trusted), _whole(embedded, pdf))
    return Seal(stamp, tuple(findings), frozenset() if roots else frozenset((Unchecked.TRUST,)))


def _stamped(embedded: Any, roots: Sequence[bytes], at: datetime) -> tuple[datetime | None, list[Finding]]:
    """The time that a trusted authority gave for the signature, and what is wrong with the timestamp that hangs on it."""
    tokens, field = _tokens(embedded), embedded.field_name
    if not tokens:
        return None, []
    told: datetime = tokens[0]["content"]["encap_content_info"]["content"].parsed["gen_time"].native
    status: Any = validate_pdf_signature(embedded, _context(embedded.reader, roots, told), skip_diff=True)
    proved = status.timestamp_validity
    if proved is None or not (proved.intact and proved.valid) or told > at:
        return None, [Finding(Kind.SIGNATURE, f'The timestamp of the signature in "{field}" is damaged.')]
    if proved.trusted:
        return told, []
    untrusted = Finding(
        Kind.SIGNER, f'The timestamp of the signature in "{field}" is of no authority that is trusted here.'
    )
    return None, [untrusted] if roots else []


def _tokens(embedded: Any) -> list[Any]:
    """The timestamps that hang on a signature."""
    attributes = embedded.signer_info["unsigned_attrs"]
    named = [each for each in attributes if each["type"].native in _UNSIGNED] if attributes else []
    return [token for each in named for token in each["values"]]


def _time_in(embedded: Any) -> datetime | None:
    content = embedded.signed_data["encap_content_info"]["content"].parsed
    return cast("datetime | None", content["gen_time"].native)


def _context(reader: Any, roots: Sequence[bytes], moment: datetime) -> ValidationContext:
    """What certificates are checked with: the roots, and what the file holds of other certificates and lists."""
    given: dict[str, Any] = {
        "trust_roots": [x509.Certificate.load(root) for root in roots],
        "moment": moment,
        "allow_fetching": False,
        "retroactive_revinfo": True,
    }
    try:
        return DocumentSecurityStore.read_dss(reader).as_validation_context(given)
    except NoDSSFoundError:
        return ValidationContext(**given)


def _has_lists(reader: Any) -> bool:
    proof = inside(reader.root, "/DSS")
    return any(inside(proof, key) for key in ("/CRLs", "/OCSPs"))


def _container(embedded: Any, pdf: bytes) -> Iterator[Finding]:
    """What is wrong with the bytes that a signature does not cover: they are the signature, filled up with zeros, and no more."""
    field = embedded.field_name
    wrong = Finding(Kind.SIGNATURE, f'The signature in "{field}" leaves out more of the file than itself.')
    ranges = [int(each) for each in embedded.byte_range]
    if len(ranges) != 4 or ranges[0] != 0 or min(ranges) < 0 or ranges[1] >= ranges[2] or sum(ranges[2:]) > len(pdf):
        yield wrong
        return
    gap = pdf[ranges[1] : ranges[2]]
    held = bytes(embedded.pkcs7_content)
    length = _der_length(held)
    if not length or gap != b"<%b>" % held.hex().upper().encode():
        yield wrong
    elif held[length:].strip(b"\0"):
        yield Finding(Kind.HIDDEN, f'Something is hidden behind the signature in "{field}".')
    attributes = embedded.signer_info["unsigned_attrs"]
    kinds = {each["type"].native for each in attributes} if attributes else set[str]()
    if kinds - _UNSIGNED or len(_tokens(embedded)) > 1 or not _are_whole(embedded):
        yield Finding(Kind.HIDDEN, f'Something is hidden in the signature in "{field}".')


def _are_whole(embedded: Any) -> bool:
    """Whether the roots that came along are as they were made: no path needs them, so nothing else would tell."""
    bundles = [embedded.signed_data, *(token["content"] for token in _tokens(embedded))]
    held = [each.chosen for bundle in bundles for each in (bundle["certificates"] or ())]
    for each in held:
        if isinstance(each, x509.Certificate) and each.self_issued:
            try:
                root = load_der_x509_certificate(each.dump())
                root.verify_directly_issued_by(root)
            except (ValueError, TypeError, InvalidSignature):
                return False
    return True


def _der_length(content: bytes) -> int:
    """The bytes of the value at the beginning (X.690 §8.1.3), 0 for none."""
    if len(content) < 2 or content[0] != 0x30:
        return 0
    if content[1] < 0x80:
        return 2 + content[1]
    count = content[1] & 0x7F
    length = 2 + count + int.from_bytes(content[2 : 2 + count], "big")
    return length if 0 < count <= 4 and length <= len(content) else 0


def _locks(embedded: Any, *, certifies: bool) -> Iterator[Finding]:
    """Locks that a signature of ours has: the first forbids all but signing, and each locks its own field."""
    field, level = embedded.field_name, _docmdp(embedded)
    if certifies:
        perms = inside(embedded.reader.root, "/Perms")
        raw = perms.raw_get("/DocMDP") if isinstance(perms, generic.DictionaryObject) and "/DocMDP" in perms else None
        own = embedded.sig_field.raw_get("/V")
        if level != 2 or not isinstance(raw, generic.IndirectObject) or raw.reference != own.reference:
            yield Finding(Kind.LOCK, f'The signature in "{field}" is the first and does not certify the document.')
    elif level is not None:
        yield Finding(Kind.LOCK, f'The signature in "{field}" certifies the document, and is not the first.')
    lock = embedded.fieldmdp
    if lock is None or not lock.is_locked(field):
        yield Finding(Kind.LOCK, f'The signature in "{field}" does not lock its field.')


def _docmdp(embedded: Any) -> int | None:
    """What the signature's own dictionary allows after it (§12.8.2.2)."""
    for each in inside(embedded.sig_object, "/Reference", ()):
        reference = each.get_object()
        if inside(reference, "/TransformMethod") == "/DocMDP":
            return int(inside(reference["/TransformParams"], "/P", 2))
    return None


def _covered(embedded: Any) -> int:
    return int(embedded.byte_range[2]) + int(embedded.byte_range[3])


def _whole(embedded: Any, pdf: bytes) -> bool:
    return _covered(embedded) == len(pdf)


def _after(status: Any, *, whole: bool) -> str:
    if whole:
        return "nothing"
    level = status.modification_level
    words = {ModificationLevel.LTA_UPDATES: "proof of validity", ModificationLevel.FORM_FILLING: "further signatures"}
    return words.get(level, "changes that are not allowed")


def _distrust(field: str, status: Any) -> str:
    if status.revoked:
        return f'The certificate of "{field}" had been taken back when it was signed.'
    problem = status.trust_problem_indic
    if problem is not None and "EXPIRED" in problem.name:
        return f'The certificate of "{field}" had expired when it was signed.'
    return f'The certificate of "{field}" is not of an authority that is trusted here.'


def _subject(certificate: Any) -> str:
    """Whose a certificate is: the common name, or all that it says where it has none."""
    name: Any = certificate.subject
    return _text(name.native.get("common_name") or name.human_friendly)


def _said(dictionary: Any, key: str) -> str:
    value = inside(dictionary, key)
    return _text(value) if isinstance(value, str) else ""


def _text(value: Any) -> str:
    """What a file says, as one short line."""
    return "".join(char if char.isprintable() else "\ufffd" for char in str(value)[:_TEXT])
