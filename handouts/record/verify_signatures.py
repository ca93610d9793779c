"""The bytes of a document, the roots that are trusted and what the record expects → all that can be said of it, offline.

Hostile bytes are read with limits, and whatever they make the libraries raise becomes a finding.
"""

# pyHanko's types are partial: what it gives is looked at where it is used.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.sign.validation import EmbeddedPdfSignature

from handouts.record.sign_reader import Reader
from handouts.record.verify_content import loose_bytes, out_of_place
from handouts.record.verify_form import FieldAt, fields_at
from handouts.record.verify_objects import Revisions
from handouts.record.verify_revisions import changes
from handouts.record.verify_seals import Seal, seal
from handouts.record.verify_values import Examination, Expected, Finding, Kind, Signature, Timestamp, Unchecked

LARGEST = 100 << 20
"""Bytes of a file that is looked into."""
_MOST_SIGNATURES = 64
_END = re.compile(rb"%%EOF(?:\r\n|\r|\n)?")


def examined(pdf: bytes, roots: Sequence[bytes], at: datetime, expected: Expected | None = None) -> Examination:
    """All that can be said of `pdf` `at` that time (aware); `roots` are certificates in DER.

    Without `expected`, or where it does not say, what could not be checked is told. It never raises for what is in `pdf`.
    """
    known = expected or Expected()
    digest = hashlib.sha256(pdf).hexdigest()
    recorded = tuple(_recorded(pdf, digest, known))
    if len(pdf) > LARGEST:
        finding = Finding(Kind.UNREADABLE, f"The file is larger than {LARGEST >> 20} MB and was not looked into.")
        return _unread(pdf, digest, (finding, *recorded), known)
    try:
        found = _read(pdf, digest, roots, at, known, recorded)
    except Exception as trouble:  # noqa: BLE001  # whatever hostile bytes make the libraries raise
        finding = Finding(Kind.UNREADABLE, f"The file cannot be read as PDF ({type(trouble).__name__}).")
        return _unread(pdf, digest, (finding, *loose_bytes(pdf), *recorded), known)
    return found


def _read(
    pdf: bytes, digest: str, roots: Sequence[bytes], at: datetime, known: Expected, recorded: tuple[Finding, ...]
) -> Examination:
    reader = Reader(pdf)
    if reader.encrypted or reader.xrefs.hybrid_xrefs_present:
        raise ValueError("encrypted, or of two tables")
    revisions = Revisions(reader)
    fields = fields_at(revisions, revisions.count - 1)
    embedded = [_embedded(reader, each) for each in fields.values() if _is_signed(each)]
    if len(embedded) > _MOST_SIGNATURES:
        raise ValueError("far too many signatures")
    embedded.sort(key=lambda each: each.signed_revision)
    seals = list(_seals(embedded, pdf, roots, at))
    signatures = tuple(each.found for each in seals if isinstance(each.found, Signature))
    findings = (
        *loose_bytes(pdf),
        *(finding for each in seals for finding in each.findings),
        *changes(revisions, {each.signed_revision: each.field_name for each in embedded}),
        *_together(embedded, pdf),
        *out_of_place(revisions),
        *recorded,
        *_signers(signatures, known),
    )
    empty = (
        Signature(name, signed=False) for name, each in fields.items() if each.kind == "/Sig" and not _is_signed(each)
    )
    unchecked = {each for found in seals for each in found.unchecked} | set(_unchecked(known, signatures))
    return Examination(
        sha256=digest,
        size=len(pdf),
        signatures=(*signatures, *empty),
        timestamps=tuple(each.found for each in seals if isinstance(each.found, Timestamp)),
        findings=tuple(dict.fromkeys(findings)),
        unchecked=tuple(each for each in Unchecked if each in unchecked),
        fillable=tuple(name for name, each in fields.items() if each.kind != "/Sig"),
        revisions=revisions.count,
        certified=any(each.certifies for each in signatures),
    )


def _embedded(reader: Reader, field: FieldAt) -> Any:
    if field.ref is None:
        raise ValueError("a field that is no object of its own")
    entry: Any = reader.get_object(generic.Reference(field.ref.number, field.ref.generation, reader))
    return EmbeddedPdfSignature(reader, entry, field.name)


def _seals(embedded: Sequence[Any], pdf: bytes, roots: Sequence[bytes], at: datetime) -> Iterator[Seal]:
    first = True
    for each in embedded:
        yield seal(each, pdf, roots, at, certifies=first)
        first = False


def _together(embedded: Sequence[Any], pdf: bytes) -> Iterator[Finding]:
    """What is wrong with all signatures of a file together: the last covers all, and no two are one."""
    if not embedded:
        return
    last = embedded[-1].byte_range
    if int(last[2]) + int(last[3]) != len(pdf):
        yield Finding(Kind.CHANGE, "The last signature does not cover the whole file: something was added after it.")
    if len({each.signed_revision for each in embedded}) < len(embedded):
        yield Finding(Kind.SIGNATURE, "Two signatures were put into the file at once, or one into two fields.")


def _recorded(pdf: bytes, digest: str, known: Expected) -> Iterator[Finding]:
    """Where the bytes are not those that the record has."""
    if known.sha256 is not None and digest != known.sha256:
        yield Finding(Kind.RECORD, "The record knows this document with other contents.")
    if known.approved is not None and not _begins_as(pdf, known.approved):
        yield Finding(Kind.RECORD, "What was signed is not what was approved.")


def _begins_as(pdf: bytes, approved: str) -> bool:
    """Whether the file, or what it was before something was appended, has this hash."""
    digest = hashlib.sha256()
    done = 0
    for tried, end in enumerate(_END.finditer(pdf)):
        digest.update(pdf[done : end.end()])
        done = end.end()
        if digest.hexdigest() == approved:
            return True
        if tried > _MOST_SIGNATURES:
            break
    return False


def _signers(signatures: Sequence[Signature], known: Expected) -> Iterator[Finding]:
    """Where those who signed are not those who should have."""
    if known.signers is None:
        return
    signed = {each.field: each for each in signatures}
    wanted = [each.field for each in known.signers]
    for each in known.signers:
        found = signed.get(each.field)
        if found is None:
            yield Finding(Kind.RECORD, f'The signature in "{each.field}" is missing.')
        elif (each.name and found.name != each.name) or (
            each.certificate and found.certificate_sha256 != each.certificate
        ):
            yield Finding(Kind.RECORD, f'Somebody else than the record says has signed in "{each.field}".')
    for name in signed:
        if name not in wanted:
            yield Finding(Kind.RECORD, f'The record knows of no signature in "{name}".')
    if [each for each in signed if each in wanted] != [each for each in wanted if each in signed]:
        yield Finding(Kind.RECORD, "The document was not signed in the order that the record has.")


def _unchecked(known: Expected, signatures: Sequence[Signature]) -> Iterator[Unchecked]:
    if known.sha256 is None:
        yield Unchecked.RECORD
        yield Unchecked.LATER
    if known.signers is None:
        yield Unchecked.SIGNERS
        if not signatures:
            yield Unchecked.SIGNED


def _unread(pdf: bytes, digest: str, findings: tuple[Finding, ...], known: Expected) -> Examination:
    return Examination(digest, len(pdf), findings=findings, unchecked=tuple(_unchecked(known, ())))


def _is_signed(field: FieldAt) -> bool:
    return field.kind == "/Sig" and "/V" in field.entry
