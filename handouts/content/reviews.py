"""The record beside a PO file ↔ who reviewed which translation: plain text, a line a message and reviewer, sorted.

A line is keyed by the hash of context, source and translation, so that whatever is changed is unreviewed by construction. Lines
stand in the order of their hashes, so that two people's work merges in git (`.gitattributes` takes the lines of both).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from pathlib import Path

from handouts.content.po import Entry, MessageKey
from handouts.errors import CatalogError, Fault
from handouts.same_person import counted_as

SUFFIX = ".review.tsv"
HUMAN, MACHINE_REVIEWED, MACHINE = "human", "machine draft, reviewed by a human", "machine"
METHODS = (HUMAN, MACHINE_REVIEWED, MACHINE)
"""How a translation can have come about."""
_HASH = re.compile(r"[0-9a-f]{64}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class State(StrEnum):
    """How far a message is in one language; only a reviewed one is printed as final."""

    EMPTY = "empty"
    FUZZY = "fuzzy"
    DRAFT = "machine draft"
    TRANSLATED = "translated"
    RETURNED = "returned"
    HALF = "needs a second reviewer"
    UNTOLD = "needs a translation back into English"
    REVIEWED = "reviewed"


class Decision(StrEnum):
    """What a line of the record says of a translation."""

    DRAFT = "draft"
    APPROVED = "approved"
    RETURNED = "returned"


@dataclass(frozen=True)
class Review:
    """One line of the record: what `who` said of the translation with this hash.

    `method` says how the translation came about; `back_translation` is what it says in English, by somebody who did not see the
    source; `comment` is the reason why it was returned. Of a machine's draft `role` and `qualification` are empty.
    """

    sha256: str
    decision: Decision
    who: str
    role: str
    qualification: str
    day: date
    method: str
    back_translation: str = ""
    comment: str = ""

    def says_the_same(self, decision: Decision, who: str) -> bool:
        """Whether `who`, however the name is written, has decided so before."""
        return self.decision == decision and _named(self) == _named(replace(self, who=who))


def message_hash(context: str, source: str, translation: str) -> str:
    """What a review is of: SHA-256 of context, source and translation, parted as gettext parts them."""
    return hashlib.sha256(f"{context}\x04{source}\x00{translation}".encode()).hexdigest()


def name_of(key: MessageKey) -> str:
    """What a message is called in commands and faults: eight digits that depend on its context and source alone."""
    return message_hash(*key, "")[:8]


def record_beside(po: Path) -> Path:
    """Where the record of the PO file is."""
    return po.with_name(po.name.removesuffix(".po") + SUFFIX)


@dataclass(frozen=True)
class Reviews:
    """The record of one catalog."""

    lines: tuple[Review, ...] = ()

    def of(self, sha256: str) -> Sequence[Review]:
        """What is said of the translation with this hash."""
        return self._by_hash.get(sha256, ())

    @cached_property
    def _by_hash(self) -> Mapping[str, list[Review]]:
        found: dict[str, list[Review]] = {}
        for line in self.lines:
            found.setdefault(line.sha256, []).append(line)
        return found

    def with_line(self, review: Review) -> Reviews:
        """The record with `review`, in place of what the same person said of the same translation before."""
        kept = (line for line in self.lines if (line.sha256, _named(line)) != (review.sha256, _named(review)))
        return Reviews((*kept, review))

    def state(self, entry: Entry, *, needs_two: bool) -> State:
        """How far the message is.

        One that `needs_two` is reviewed once two different people approved it, one with a translation back into English.
        """
        if not entry.translation:
            return State.FUZZY if entry.fuzzy and any(entry.translations) else State.EMPTY
        lines = self.of(message_hash(*entry.key, entry.translation))
        latest: dict[str, Review] = {}
        for line in sorted(lines, key=lambda line: (line.day, line.decision == Decision.RETURNED)):
            latest[_named(line)] = line
        decisions = {line.decision for line in latest.values()}
        approved = [line for line in latest.values() if line.decision == Decision.APPROVED]
        if Decision.RETURNED in decisions:
            return State.RETURNED
        if len(approved) > needs_two and (not needs_two or any(line.back_translation for line in approved)):
            return State.REVIEWED
        if approved:
            return State.HALF if len(approved) <= needs_two else State.UNTOLD
        return State.DRAFT if Decision.DRAFT in decisions else State.TRANSLATED

    def machine_made(self, sha256: str) -> bool:
        """Whether the translation with this hash came from a machine."""
        return any(line.decision == Decision.DRAFT for line in self.of(sha256))


def _named(line: Review) -> str:
    """Who said it, however the name is written; a draft is nobody's."""
    return "" if line.decision == Decision.DRAFT else counted_as(line.who)


def read_reviews(path: Path, place: str) -> Reviews:
    """The record in `path`, nothing if there is none; raises CatalogError with every line that is none, named by `place`."""
    if not path.is_file():
        return Reviews()
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as trouble:
        raise CatalogError(Fault(place, f"its characters cannot be read: {trouble}.", "Save it as UTF-8.")) from None
    except OSError as trouble:
        raise CatalogError(Fault(place, f"it cannot be read: {trouble.strerror}.", "Allow reading it.")) from None
    found: list[Review] = []
    faults: list[Fault] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            found.append(_read(line))
        except ValueError as trouble:
            remedy = f"Write {', '.join(_COLUMNS)} with tabs between; handouts translate review does."
            faults.append(Fault(f"{place}, line {number}", f"{trouble}.", remedy))
    CatalogError.gathered(faults)
    return Reviews(tuple(found))


def record_text(reviews: Reviews) -> str:
    """The text of the record: the same for the same reviews, in whatever order they came."""
    return "".join(f"{line}\n" for line in (f"# {chr(9).join(_COLUMNS)}", *_written(reviews)))


def _written(reviews: Reviews) -> Iterator[str]:
    for line in sorted(map(_values, set(reviews.lines))):
        cells = [value.isoformat() if isinstance(value, date) else _cell(str(value)) for value in line]
        yield "\t".join(cells).rstrip("\t")


_values = attrgetter(*(each.name for each in fields(Review)))


def _cell(text: str) -> str:
    return " ".join(text.split())


_COLUMNS = tuple(
    {"sha256": "hash", "day": "date", "back_translation": "back-translation"}.get(each.name, each.name)
    for each in fields(Review)
)


def _read(line: str) -> Review:
    cells = [cell.strip() for cell in line.split("\t")]
    cells += [""] * (len(_COLUMNS) - len(cells))
    if len(cells) != len(_COLUMNS):
        raise ValueError(f"{len(cells)} columns instead of {len(_COLUMNS)}")
    sha256, decision, who, role, qualification, day, method, back, comment = cells
    if not _HASH.fullmatch(sha256):
        raise ValueError(f'"{sha256}" is no SHA-256')
    if decision not in set(Decision):
        raise ValueError(f'"{decision}" is not one of {", ".join(Decision)}')
    if not _DAY.fullmatch(day):
        raise ValueError(f'"{day}" is no day as 2026-03-04')
    if not who or (decision != Decision.DRAFT and not (role and qualification)):
        raise ValueError("nobody is named, or no role or qualification")
    if method not in METHODS:
        raise ValueError(f'"{method}" is not one of {"; ".join(METHODS)}')
    return Review(sha256, Decision(decision), who, role, qualification, date.fromisoformat(day), method, back, comment)
