"""A PDF with empty signature fields, a key and what was meant → the same PDF with one field signed (PAdES, ETSI EN 319 142-1).

What is signed is appended as one revision, with the evidence that later checks need; the file as it was stands unchanged at its
beginning. The first signature certifies: after it fields may be signed and nothing else (ISO 32000-1 §12.8.2.2), and each
signature locks its own field (§12.8.2.4). No clock is read: the time is the meaning's.
"""

# pyHanko's types are partial: what it gives is looked at where it is used.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any, Literal, cast

from asn1crypto import x509 as asn1
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    PdfSignatureMetadata,
    PdfSigner,
    PdfSigningSession,
    PdfTimeStamper,
    SigDSSPlacementPreference,
    TimestampDSSContentSettings,
)
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper
from pyhanko.stamp import NoOpStampStyle
from pyhanko_certvalidator import ValidationContext

from handouts.errors import Fault, MissingProgram, NotAllowed, UnreadableInput, UnusableKey, WrongUsage
from handouts.record.sign_keys import Key
from handouts.record.sign_reader import Reader

# Its warnings name fields and certificates, which belong in no log and on no terminal; what matters is raised.
for _library in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_library).addHandler(logging.NullHandler())
    logging.getLogger(_library).propagate = False

Level = Literal["B-B", "B-T", "B-LT", "B-LTA"]
Size = tuple[float, float]

ROLE, IDENTIFIED, ZONE, REVIEWED = "/XXHandoutsRole", "/XXHandoutsIdentified", "/XXHandoutsZone", "/XXHandoutsReviewed"
"""Entries of a signature's dictionary that are our own (names of the third class, ISO 32000-1 Annex E)."""
_DIGEST = "sha256"
LONGEST = 400
"""Characters of what is written into a signature's dictionary."""
_TIME = "time-"
"""Begins the names of the fields of document timestamps; they lock nothing."""
_CONTAINER = 2560
"""Bytes of a signature without its certificates: attributes, the longest RSA key's own, and some to spare."""
_SLACK = 0.5  # points by which an appearance may differ from its field


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a signature says (21 CFR 11.50): who signs, as printed; as whom; how we know who it is; when; what is meant by it.

    `time` is aware, in the clinic's zone. `reviewed` is the SHA-256 (hexadecimal) of what the clinician had before them (page 0), ""
    for none. All of it stands in the file for everybody who has that: no birth date, number or address belongs here.
    """

    who: str
    role: str
    identified: str
    time: datetime
    statement: str
    reviewed: str = ""

    def __post_init__(self) -> None:
        if self.time.utcoffset() is None:
            raise ValueError("the time of a signature is aware")
        for name, text in (("who", self.who), ("role", self.role), ("statement", self.statement)):
            if not text.strip():
                raise ValueError(f"the meaning of a signature says {name}")
        for text in (self.who, self.role, self.identified, self.statement):
            if len(text) > LONGEST or not text.isprintable():
                raise ValueError(f"what a signature says is printable and no longer than {LONGEST} characters")


@dataclass(frozen=True, slots=True)
class Policy:
    """How files are signed: to which level, with whose time, and in which order.

    `order` are the names of the signature fields, those that are signed earlier first; none: any. For B-LT and B-LTA there are
    `roots` (in DER) and whatever else shows that certificates are valid: `crls` in DER, or `fetching` from the addresses in the
    certificates.
    """

    level: Level = "B-B"
    order: Sequence[str] = ()
    timestamper: TimeStamper | None = None
    roots: Sequence[bytes] = ()
    crls: Sequence[bytes] = field(default=(), repr=False)
    fetching: bool = False

    def __post_init__(self) -> None:
        if self.level != "B-B" and self.timestamper is None:
            raise ValueError(f"{self.level} needs a timestamp authority")
        if self.level in ("B-LT", "B-LTA") and not self.roots:
            raise ValueError(f"{self.level} needs the roots that are trusted")


class Revision(IncrementalPdfFileWriter):
    """What is appended to a file, without pyHanko's own change of the metadata: that would read the clock."""

    def _update_meta(self) -> None:
        """Nothing: title and standards are as they were."""


class _Signer(PdfSigner):
    """pyHanko's, but that the file says no more of itself than that its signatures are PAdES: it stays PDF 1.7, as PDF/A-2 is."""

    def register_extensions(self, pdf_out: Any, *, md_algorithm: str) -> None:
        """The one extension there is."""
        del md_algorithm
        pdf_out.register_extension(ESIC_EXTENSION_1)


def timestamper(url: str, seconds: int = 10) -> TimeStamper:
    """The timestamp authority (RFC 3161) at this address."""
    return HTTPTimeStamper(url, timeout=seconds)


def signature_fields(pdf: bytes) -> dict[str, bool]:
    """The signature fields by name, in the file's order, and whether each is signed. Raises UnreadableInput."""
    fields = _fields(_revision(pdf))
    return {name: "/V" in each for name, each in fields.items() if not name.startswith(_TIME)}


def field_size(pdf: bytes, name: str) -> Size:
    """Width and height of a signature field in points. Raises UnreadableInput, and WrongUsage if there is none of this name."""
    return _size(_named(_fields(_revision(pdf)), name))


def signed(pdf: bytes, field: str, key: Key, meaning: Meaning, appearance: bytes | None, policy: Policy) -> bytes:
    """`pdf` with `field` signed; `appearance` is a PDF of one page of the field's size, None for a field that shows nothing.

    Raises UnreadableInput for what is no PDF of ours, WrongUsage for a field that is not there, NotAllowed for one that is signed
    or not yet in turn, UnusableKey for a key that cannot be used at that time or is not trusted, and MissingProgram for a
    timestamp authority that does not answer; `pdf` is as it was then.
    """
    key.require_usable(meaning.time)
    writer = _revision(pdf)
    fields = _fields(writer)
    first = not any("/V" in each for each in fields.values())
    chosen = _named(fields, field)
    _require_turn(field, {name: "/V" in each for name, each in fields.items()}, policy.order)
    if first:
        _lock_each(writer, fields)
    if appearance is not None:
        _show(writer, chosen, appearance)
    context = _context(policy, meaning.time)
    try:
        content = asyncio.run(_signed(writer, _signer(field, key, meaning, policy, context, first), meaning, policy))
        if policy.level == "B-LTA":
            content = asyncio.run(_timestamped(content, policy, context))
    except SigningError as trouble:
        problem = f"cannot sign to the level {policy.level}: {_told(trouble)}"
        remedy = "See that the roots and the lists of revoked certificates are those of this key and of the timestamp authority."
        raise UnusableKey(Fault(f'the key "{key.name}"', problem, remedy)) from trouble
    except PdfError as trouble:
        raise _unreadable(trouble) from trouble
    except (OSError, TimeoutError) as trouble:
        remedy = "See that signing.timestamp_url in clinic.toml is right and can be reached; nothing was signed."
        raise MissingProgram(Fault("the timestamp authority", "did not give a timestamp.", remedy)) from trouble
    return content


async def _signed(writer: Revision, signer: PdfSigner, meaning: Meaning, policy: Policy) -> bytes:
    """The steps of `PdfSigner.async_sign_pdf`, with the time and the entries of `meaning`."""
    session: PdfSigningSession = signer.init_signing_session(writer, existing_fields_only=True)
    session.system_time = meaning.time
    found = await session.perform_presign_validation(writer)
    if policy.level == "B-B":
        reserved = 2 * (_CONTAINER + sum(len(each.dump()) for each in signer.signer.cert_registry))
    else:  # nobody knows how long a timestamp is but its authority
        reserved = await session.estimate_signature_container_size(found, tight=False)
    prepared = session.prepare_tbs_document(found, reserved)
    _say(cast("generic.DictionaryObject", session.sig_field["/V"]), meaning)
    digest, output = prepared.digest_tbs_document()
    attributes = PdfCMSSignedAttributes(signing_time=None)  # PAdES: the time is the dictionary's (EN 319 142-1 §6.3)
    await prepared.perform_signature(digest.document_digest, attributes)
    return cast("BytesIO", output).getvalue()


async def _timestamped(content: bytes, policy: Policy, context: ValidationContext | None) -> bytes:
    """`content` with a timestamp of the whole document, and what shows that it is valid in the same revision."""
    settings = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)
    writer = _revision(content)
    times = sum(1 for name in _fields(writer) if name.startswith(_TIME))
    stamper = PdfTimeStamper(cast("TimeStamper", policy.timestamper), field_name=f"{_TIME}{times + 1}")
    output: Any = await stamper.async_timestamp_pdf(writer, _DIGEST, validation_context=context, dss_settings=settings)
    return cast("BytesIO", output).getvalue()


def _signer(
    field: str, key: Key, meaning: Meaning, policy: Policy, context: ValidationContext | None, first: bool
) -> PdfSigner:
    settings = DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE)
    metadata = PdfSignatureMetadata(
        field_name=field,
        md_algorithm=_DIGEST,
        name=meaning.who,
        reason=meaning.statement,
        certify=first,
        docmdp_permissions=MDPPerm.FILL_FORMS,
        subfilter=SigSeedSubFilter.PADES,
        embed_validation_info=context is not None,
        validation_context=context,
        signer_key_usage=set(),  # looked at when the key was opened
        dss_settings=settings,
    )
    return _Signer(metadata, key.signer, timestamper=policy.timestamper, stamp_style=NoOpStampStyle())


def _say(dictionary: generic.DictionaryObject, meaning: Meaning) -> None:
    """What of the meaning has no entry of the standard's own."""
    zone = str(meaning.time.tzinfo)
    said = {ROLE: meaning.role, IDENTIFIED: meaning.identified, ZONE: zone, REVIEWED: meaning.reviewed}
    for name, text in said.items():
        if text:
            dictionary[pdf_name(name)] = generic.TextStringObject(text)


def _context(policy: Policy, at: datetime) -> ValidationContext | None:
    """What the certificates are checked with, for levels that put the proof of it into the file."""
    if policy.level not in ("B-LT", "B-LTA"):
        return None
    return ValidationContext(
        trust_roots=[asn1.Certificate.load(each) for each in policy.roots],
        moment=None if policy.fetching else at,
        allow_fetching=policy.fetching,
        crls=list(policy.crls),
        revocation_mode="require",
    )


def _revision(pdf: bytes) -> Revision:
    """A new revision of `pdf`; raises UnreadableInput for what is no whole PDF, or an encrypted one."""
    try:
        reader = Reader(pdf)
        if not reader.encrypted:
            return Revision(BytesIO(pdf), prev=reader)
    except Exception as trouble:  # whatever broken bytes make the parser say
        raise _unreadable(trouble) from trouble
    raise UnreadableInput(Fault("the PDF", "is encrypted.", "Sign the file as the packet has it."))


def _fields(writer: Revision) -> dict[str, Any]:
    """The signature fields by their whole names, in the file's order (§12.7.3.2)."""
    found: dict[str, Any] = {}
    seen: set[int] = set()

    def walk(kids: Any, before: str, kind: str) -> None:
        for each in kids:
            entry = each.get_object()
            if id(entry) in seen:
                raise ValueError("a field stands within itself")
            seen.add(id(entry))
            name = ".".join(filter(None, (before, str(entry["/T"]) if "/T" in entry else "")))
            own = str(entry["/FT"]) if "/FT" in entry else kind
            if "/Kids" in entry:
                walk(entry["/Kids"], name, own)
            elif own == "/Sig":
                found[name] = entry

    try:
        if "/AcroForm" in writer.root:
            walk(writer.root["/AcroForm"]["/Fields"], "", "")
    except Exception as trouble:  # as above
        raise _unreadable(trouble) from trouble
    return found


def _named(fields: dict[str, Any], name: str) -> Any:
    if name not in fields:
        known = ", ".join(fields) or "none"
        raise WrongUsage(Fault("the PDF", f"has no such signature field; it has: {known}.", "", "field", name))
    for other in fields:
        if other != name and (other.startswith(name) or name.startswith(other)):
            problem = f'begins as "{other}" does, and a lock on one would be a lock on both.'
            raise WrongUsage(
                Fault("the PDF", problem, "Name the fields so that no name begins with another.", "field", name)
            )
    return fields[name]


def _require_turn(name: str, done: dict[str, bool], order: Sequence[str]) -> None:
    """Raises NotAllowed for a field that is signed, or that others come before; WrongUsage for an order of other fields."""
    if done[name]:
        raise NotAllowed(Fault("the PDF", "is signed already.", "Each field is signed once.", "field", name))
    if not order:
        return
    absent = [each for each in (name, *order) if each not in done or each not in order]
    if absent:
        problem = f'"{absent[0]}" stands in the order of signing and not in the file, or the other way round.'
        raise WrongUsage(Fault("the PDF", problem, "Sign the fields that the document has.", "field", name))
    place = list(order).index(name)
    waiting = [each for each in order[:place] if not done[each]]
    if waiting:
        problem = f'"{waiting[0]}" is signed before it, and is not signed yet.'
        raise NotAllowed(Fault("the PDF", problem, "Keep to the order.", "field", name))
    early = [each for each in order[place + 1 :] if done[each]]
    if early:
        problem = f'"{early[0]}" is signed already, and comes after it.'
        raise NotAllowed(Fault("the PDF", problem, "Begin again with the file that was approved.", "field", name))


def _lock_each(writer: Revision, fields: dict[str, Any]) -> None:
    """Every signature field says, before the first is signed, that its signature locks it."""
    for name, each in fields.items():
        each[pdf_name("/Lock")] = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/SigFieldLock"),
                pdf_name("/Action"): pdf_name("/Include"),
                pdf_name("/Fields"): generic.ArrayObject([generic.TextStringObject(name)]),
            }
        )
        writer.update_container(each)


def _show(writer: Revision, chosen: Any, appearance: bytes) -> None:
    """`appearance` as a form XObject of its own for this field."""
    size = _size(chosen)
    try:
        form: Any = writer.import_page_as_xobject(PdfFileReader(BytesIO(appearance)))
        left, bottom, right, top = (float(each) for each in form.get_object()["/BBox"])
    except Exception as trouble:  # as above
        raise _unreadable(trouble, "the appearance") from trouble
    if abs(right - left - size[0]) > _SLACK or abs(top - bottom - size[1]) > _SLACK:
        problem = f"is not of the field's size, which is {size[0]:g} × {size[1]:g} points."
        raise WrongUsage(Fault("the appearance", problem, "Make it anew for this field."))
    chosen[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): form})
    writer.update_container(chosen)


def _size(entry: Any) -> Size:
    left, bottom, right, top = (float(each) for each in entry["/Rect"])
    return abs(right - left), abs(top - bottom)


def _told(trouble: BaseException) -> str:
    """What is wrong, with its cause, as one sentence."""
    cause = trouble.__cause__ or trouble
    return f"{str(cause).strip().rstrip('.')}."


def _unreadable(trouble: BaseException, where: str = "the PDF") -> UnreadableInput:
    return UnreadableInput(
        Fault(where, f"cannot be read ({type(trouble).__name__}).", "Take the file as the packet has it.")
    )
