"""approvals.tsv in a clinic's folder ↔ who approved what, on which days it counts: plain text, a line an approval, sorted.

A line is keyed by the hash of what is approved: a block, a setting, the version of a procedure's templates. What is changed in any
byte has another hash and so no approval. Lines stay when they count no more, so that people can be told what was approved before.
They stand in the order of their hashes, so that two people's work merges in git (`.gitattributes` takes the lines of both).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from handouts.errors import ContentError, Fault
from handouts.same_person import counted_as

FILE = "approvals.tsv"
COLUMNS = (
    "sha256",
    "approved by",
    "licence",
    "approved at",
    "effective from",
    "effective until",
    "what",
    "second",
)
"""A line's cells, with tabs between; the last three may be left out."""
SECOND = "second"
_NEEDED = 5
_MERGE = re.compile(r"(<{7}|={7}|>{7}|\|{7})( |$)")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved one thing, and the days on which that counts.

    `what` says in words what was approved ("setting drive_ban_h"). A `second` approval counts beside that of another person alone.
    """

    approved_by: str
    licence: str
    approved_at: date
    effective_from: date
    effective_until: date | None
    what: str = ""
    second: bool = False

    def effective(self, day: date) -> bool:
        """Whether it counts on `day`: within its days, and not before it was made."""
        since = max(self.effective_from, self.approved_at)
        return since <= day and (self.effective_until is None or day <= self.effective_until)


def same_person(one: Approval, other: Approval) -> bool:
    """Whether both are, or may be, by one person: by name however it is written, or by licence."""
    return counted_as(one.approved_by) == counted_as(other.approved_by) or (
        _letters(one.licence) == _letters(other.licence)
    )


def _letters(licence: str) -> str:
    return "".join(char for char in licence.casefold() if char.isalnum())


@dataclass(frozen=True)
class Approvals:
    """The approvals of one clinic: each line with the hash it is of."""

    lines: tuple[tuple[str, Approval], ...] = ()

    def of(self, sha256: str) -> Sequence[Approval]:
        """The approvals of what has this hash."""
        return self._by_hash.get(sha256, ())

    def counting(self, sha256: str, day: date) -> Approval | None:
        """The approval of what has this hash that counts on `day`, the one that does longest; a second person's is none."""
        found = [each for each in self.of(sha256) if not each.second and each.effective(day)]
        return max(found, key=lambda each: each.effective_until or date.max, default=None)

    def seconding(self, sha256: str, day: date) -> Approval | None:
        """The approval that counts on `day` beside the counting one, by another person."""
        first = self.counting(sha256, day)
        others = [e for e in self.of(sha256) if first and e.effective(day) and not same_person(e, first)]
        return max(others, key=lambda each: each.effective_until or date.max, default=None)

    def counts(self, sha256: str, day: date, *, by_two: bool = False) -> bool:
        """Whether what has this hash is approved on `day`; where it is to be so `by_two`, by two different people."""
        return bool(self.seconding(sha256, day) if by_two else self.counting(sha256, day))

    def last_day(self, sha256: str, day: date, *, by_two: bool = False) -> date | None:
        """The last day on which what is approved on `day` is so without a gap; None if there is no end."""
        given = {each.effective_until or date.max for each in self.of(sha256)} - {date.max}
        ends = sorted(end for end in given if end >= day)
        return next((end for end in ends if not self.counts(sha256, end + _DAY, by_two=by_two)), None)

    def by_two(self, sha256: str) -> bool:
        """Whether two different people ever approved what has this hash, on whatever days that counts."""
        lines = self.of(sha256)
        return any(not same_person(one, other) for one in lines if not one.second for other in lines)

    def tells_of(self, what: str) -> bool:
        """Whether there is a line for `what`, whatever its hash; a name without its end ("template x") means all that begin so."""
        return what in self._names

    def before(self, what: str, but: Iterable[str] = ()) -> Approval | None:
        """The latest approval of what had this name, without those of the hashes `but`."""
        left = set(but)
        found = [each for sha256, each in self._by_name.get(what, ()) if sha256 not in left and not each.second]
        return max(found, key=lambda each: each.approved_at, default=None)

    @cached_property
    def _by_hash(self) -> Mapping[str, list[Approval]]:
        found: dict[str, list[Approval]] = {}
        for sha256, approval in self.lines:
            found.setdefault(sha256, []).append(approval)
        return found

    @cached_property
    def _by_name(self) -> Mapping[str, list[tuple[str, Approval]]]:
        found: dict[str, list[tuple[str, Approval]]] = {}
        for sha256, approval in self.lines:
            found.setdefault(approval.what, []).append((sha256, approval))
        return found

    @cached_property
    def _names(self) -> frozenset[str]:
        """All names, and what they begin with, word by word."""
        words = [name.split() for name in self._by_name]
        return frozenset(" ".join(each[:end]) for each in words for end in range(1, len(each) + 1))


def load_approvals(folder: Path) -> Approvals:
    """The approvals of the clinic in `folder`; none where there is no file. Raises ContentError for bad lines."""
    try:
        content = (folder / FILE).read_bytes()
    except FileNotFoundError:
        return Approvals()
    except OSError as trouble:
        problem = f"it cannot be read: {trouble.strerror or trouble}."
        raise ContentError(Fault(FILE, problem, "Allow reading it.")) from None
    return read_approvals(content)


def read_approvals(content: bytes) -> Approvals:
    """The approvals in `content`, that of a file. Raises ContentError with every line that is none."""
    found: list[tuple[str, Approval]] = []
    faults: list[Fault] = []
    for number, line in enumerate(_text(content).split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if _MERGE.match(line.rstrip("\r")):
            remedy = "Keep the lines of both sides, and take out this one."
            faults.append(Fault(f"{FILE}, line {number}", "a merge of git was left unfinished here.", remedy))
            continue
        try:
            found.append(_approval(line))
        except ValueError as trouble:
            remedy = f"Write {', '.join(COLUMNS)} with tabs between, days as 2026-03-04; handouts review content does."
            faults.append(Fault(f"{FILE}, line {number}", f"{trouble}.", remedy))
    ContentError.gathered(faults)
    return Approvals(tuple(found))


def with_lines(content: bytes, new: Iterable[tuple[str, Approval]]) -> str:
    """The text of a file of approvals to which `new` ones are added: notes first, then every line once, sorted.

    It is the same for the same lines, in whatever order they came. Raises ContentError as `read_approvals` does.
    """
    head = f"# {chr(9).join(COLUMNS)}"
    notes = [line.strip() for line in _text(content).split("\n") if line.startswith("#")]
    lines = {_line(*each) for each in (*read_approvals(content).lines, *new)}
    return "".join(f"{line}\n" for line in (*dict.fromkeys((head, *notes)), *sorted(lines)))


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        raise ContentError(Fault(FILE, f"its characters cannot be read: {trouble}.", "Save it as UTF-8.")) from None


def _line(sha256: str, approval: Approval) -> str:
    until = approval.effective_until.isoformat() if approval.effective_until else ""
    days = (approval.approved_at.isoformat(), approval.effective_from.isoformat(), until)
    told = (approval.approved_by, approval.licence, *days, approval.what, SECOND if approval.second else "")
    return "\t".join((sha256, *told)).rstrip("\t")


def _approval(line: str) -> tuple[str, Approval]:
    cells = [cell.strip() for cell in line.split("\t")]
    if not _NEEDED <= len(cells) <= len(COLUMNS):
        raise ValueError(f"{len(cells)} columns")
    sha256, who, licence, at, since, until, what, second = (*cells, *[""] * (len(COLUMNS) - len(cells)))
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError(f'"{sha256}" is no SHA-256')
    if not who or not licence:
        raise ValueError("nobody is named, or no licence")
    if second not in {"", SECOND}:
        raise ValueError(f'"{second}" stands where "{SECOND}" or nothing may')
    approved_at, first, last = _day(at), _day(since), _day(until) if until else None
    if last and last < first:
        raise ValueError("it ends before it begins")
    return sha256, Approval(who, licence, approved_at, first, last, " ".join(what.split()), second == SECOND)


def _day(text: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(f'"{text}" is no day')
    return date.fromisoformat(text)
