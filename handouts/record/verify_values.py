"""What can be said of the bytes of a document: its signatures, what is wrong, what could not be checked, in values and in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What is said of a file in one word. None of them is "valid": only the record knows what a file should be."""

    UNCHANGED = "unchanged"
    TAMPERED = "tampered"
    NOT_CHECKED = "not checked"


class Kind(StrEnum):
    """What is wrong with a file."""

    UNREADABLE = "unreadable"
    BYTES = "bytes that belong to nothing"
    CHANGE = "a change after signing"
    HIDDEN = "something hidden"
    SIGNATURE = "a damaged signature"
    SIGNER = "a signer who is not trusted"
    LOCK = "a lock that is not there"
    RECORD = "not what the record has"


class Unchecked(StrEnum):
    """What could not be checked, in words."""

    RECORD = "whether this is a file that the record knows"
    SIGNERS = "whether all have signed who should have, and in the right order"
    LATER = "whether later signatures were cut off"
    TRUST = "whether the certificates are of authorities that are trusted here"
    TIME = "when it was signed: the time is the signer's own word"
    REVOKED = "whether a certificate was taken back: no list says so"
    SIGNED = "who signed: there is no signature in it"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, in plain words."""

    kind: Kind
    what: str


@dataclass(frozen=True, slots=True)
class Signer:
    """Who should have signed in a field: the name in the signature, and the hash of the certificate (hexadecimal), "" for any."""

    field: str
    name: str = ""
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the record says of a file.

    `sha256` is its hash, `signers` are those who have signed, in their order, `approved` is the hash of the file as it was before
    the first signature. Where the record says nothing of one of these, it is None and is not checked.
    """

    sha256: str | None = None
    signers: Sequence[Signer] | None = None
    approved: str | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature field as it is found.

    `certificate` is the subject's name in the certificate and `certificate_sha256` the hash of that; `name`, `role`, `identified`
    and `statement` are what the signature says of itself; `claimed` is the time it says, `timestamped` that of a timestamp
    authority. `intact`: the bytes it covers are those that were signed. `trusted`: its certificate leads to a root that was given
    and was valid then. `whole`: it covers the file to its end. `after` says what came after it.
    """

    field: str
    signed: bool
    certificate: str = ""
    certificate_sha256: str = ""
    name: str = ""
    role: str = ""
    identified: str = ""
    statement: str = ""
    reviewed: str = ""
    claimed: datetime | None = None
    timestamped: datetime | None = None
    intact: bool = False
    trusted: bool = False
    certifies: bool = False
    whole: bool = False
    covers: int = 0
    after: str = ""

    @property
    def sentence(self) -> str:
        """All of it in words."""
        if not self.signed:
            return f"{self.field}: not signed."
        who = f"{self.name} ({self.certificate})" if self.name and self.name != self.certificate else self.certificate
        role = f" as {self.role}" if self.role else ""
        when = f" on {_moment(self.claimed)}" if self.claimed else ""
        proved = f", by a timestamp not later than {_moment(self.timestamped)}" if self.timestamped else ""
        state = "intact" if self.intact else "DAMAGED"
        trust = "" if self.trusted else "; the certificate is not known to be trusted"
        covers = "the whole file" if self.whole else f"the first {self.covers} bytes"
        return f"{self.field}: signed by {who}{role}{when}{proved}; {state}{trust}; covers {covers}."


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A timestamp of the document: when, by whom, and whether the bytes it covers are as they were."""

    field: str
    at: datetime | None
    by: str
    intact: bool
    trusted: bool
    whole: bool

    @property
    def sentence(self) -> str:
        """All of it in words."""
        state = "intact" if self.intact else "DAMAGED"
        when = _moment(self.at) if self.at else "an unknown time"
        return f"{self.field}: the document was timestamped on {when} by {self.by}; {state}."


@dataclass(frozen=True, slots=True)
class Examination:
    """All that can be said of a file.

    `signatures` are the fields that were signed in their order, then the empty ones. `fillable` are fields that can still be
    filled in. `revisions` are how often something was appended, and once for the file itself.
    """

    sha256: str
    size: int
    signatures: tuple[Signature, ...] = ()
    timestamps: tuple[Timestamp, ...] = ()
    findings: tuple[Finding, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    fillable: tuple[str, ...] = ()
    revisions: int = 0
    certified: bool = False

    @property
    def verdict(self) -> Verdict:
        """TAMPERED if anything is wrong; UNCHANGED only for a file that the record knows by its hash."""
        if self.findings:
            return Verdict.TAMPERED
        return Verdict.NOT_CHECKED if Unchecked.RECORD in self.unchecked else Verdict.UNCHANGED

    def sentences(self) -> Iterator[str]:
        """What a person is told, most important first."""
        match self.verdict:
            case Verdict.TAMPERED:
                yield "This file is not as it should be."
            case Verdict.UNCHANGED:
                yield "This file is the one that the record has, unchanged."
            case Verdict.NOT_CHECKED:
                yield "Nothing wrong was found in this file, but not all could be checked."
        yield from (finding.what for finding in self.findings)
        yield from (signature.sentence for signature in self.signatures)
        yield from (stamp.sentence for stamp in self.timestamps)
        if self.fillable:
            count = "1 field" if len(self.fillable) == 1 else f"{len(self.fillable)} fields"
            yield f"{count} can still be filled in."
        yield from (f"Not checked: {each}." for each in self.unchecked)


def _moment(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S %z") if at else ""
