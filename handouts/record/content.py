"""What people decide of a clinic's content → lines in its approvals.tsv, whole or not at all, beside whatever others write."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from handouts.approvals import FILE, Approval, same_person, with_lines
from handouts.clinic import Clinic
from handouts.content.approvable import Listed, listed
from handouts.content.approval import Approvable, State
from handouts.content.editions import Editions
from handouts.errors import Fault, NotAllowed, NotWritten, WrongUsage
from handouts.identity import Clinician
from handouts.packet import DEMO
from handouts.record.roles import Act, Actor, actor
from handouts.same_person import counted_as
from handouts.translate.files import write_whole

_OPEN = frozenset((State.NEVER, State.CHANGED, State.EXPIRED))
"""What an approval is for; what waits for translators or a second person, or has not begun, is not."""
_DIGITS = 12
_SHORT = re.compile(r"[0-9a-f]{8,64}")
_ATTEMPTS = 20


@dataclass(frozen=True)
class Content:
    """What people approve of a clinic, as far as it was asked for, and how far each is on `day`.

    `named` are the hashes of what was asked for by its whole name: it can be approved anew before its end.
    """

    rows: tuple[Listed, ...]
    day: date
    named: frozenset[str] = frozenset()

    @property
    def open(self) -> Sequence[Listed]:
        """What is not approved."""
        return [row for row in self.rows if not row.approved]

    @cached_property
    def to_approve(self) -> Sequence[Listed]:
        """What a first person approves: what is not approved, what is so for few days more, and what was asked for by name."""
        return [row for row in self.rows if self._wanted(row) and row.standing.state != State.WAITING]

    @cached_property
    def to_second(self) -> Sequence[Listed]:
        """What a second person approves: what one person has approved and two must, or for which that ends soon."""
        return [
            row
            for row in self.rows
            if row.of.by_two and (row.standing.state == State.HALF or (row.approved and self._wanted(row)))
        ]

    def _wanted(self, row: Listed) -> bool:
        last = row.of.setting.expires_at if row.of.setting else None
        if last and last < self.day:
            return False  # no approval goes beyond the setting's own last day
        if row.ends_soon(self.day) and row.standing.until != last:
            return True
        return row.standing.state in _OPEN or row.of.sha256 in self.named


def content_of(
    editions: Editions,
    day: date,
    *,
    procedure: str | None = None,
    language: str | None = None,
    only: Iterable[str] = (),
) -> Content:
    """What people approve of the clinic on `day`: of one procedure or all, in one language or all.

    `only` names things as they are listed, by the first eight digits or more of their hash, or by how their names begin ("setting").
    Raises WrongUsage for what is not there, ContentError for what keeps an edition from being made.
    """
    faults: list[Fault] = []
    if procedure and procedure not in editions.procedures:
        known = f"Known: {', '.join(editions.procedures)}."
        faults.append(Fault("the command", "no such procedure.", known, "--procedure", procedure))
    procedures = (procedure,) if procedure else editions.procedures
    WrongUsage.gathered(faults)
    served = editions.language_for(procedures[0], language) if language else None
    if language and served is None:
        known = f"Known: {', '.join(editions.languages(procedures[0]))}."
        raise WrongUsage(Fault("the command", "the clinic has no edition in this language.", known, "--lang", language))
    rows = listed(editions, day, procedures, served)
    names = [" ".join(name.split()) for name in only]
    if not names:
        return Content(rows, day)
    exact, begun = _meant(rows, names)
    kept = tuple(row for row in rows if row.of.sha256 in exact | begun)
    return Content(kept, day, frozenset(exact))


def _meant(rows: Iterable[Listed], names: Iterable[str]) -> tuple[set[str], set[str]]:
    """The hashes of what `names` mean: what has that name or hash, and what has a name that begins so."""
    exact: set[str] = set()
    begun: set[str] = set()
    faults: list[Fault] = []
    for name in names:
        short = name.removeprefix("#") if _SHORT.fullmatch(name.removeprefix("#")) else None
        same = {r.of.sha256 for r in rows if r.of.what == name or (short and r.of.sha256.startswith(short))}
        beginning = {row.of.sha256 for row in rows if row.of.what.startswith(f"{name} ")}
        if not same and not beginning:
            remedy = "Take the name or the digits from handouts review content."
            faults.append(Fault("the command", "nothing is called so.", remedy, "--only", name))
        exact |= same
        begun |= set() if same else beginning
    WrongUsage.gathered(faults)
    return exact, begun


def hash_of(rows: Iterable[Listed], *, second: bool = False) -> str:
    """Digits that depend on all that `rows` hold: who gives them back has been told of just these; "" where there are none."""
    told = sorted(f"{row.of.sha256} {row.of.what}" for row in rows)
    text = "\n".join(("second" if second else "first", *told))
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS] if told else ""


def approve(
    content: Content,
    clinic: Clinic,
    who: Actor,
    given: str,
    *,
    since: date | None = None,
    until: date | None = None,
    second: bool = False,
) -> tuple[Approvable, ...]:
    """Record that `who` approves what was listed under the hash `given`, from one day (today) to another (no end).

    Raises NotAllowed for a demo clinic, a licence that is missing or not valid on the day, other content than was listed, and a
    second person who is the first; WrongUsage for days in no order; NotWritten where the disk does not take it, and then
    approvals.tsv is as it was.
    """
    rows = content.to_second if second else content.to_approve
    first = since or content.day
    _refuse_demo(clinic)
    NotAllowed.gathered(_hindering(content, clinic, who, rows, given, second=second))
    WrongUsage.gathered(_misdated(content.day, first, until))
    licence = licence_of(clinic, who)
    lines = [
        (
            row.of.sha256,
            Approval(_line(who.person.name), _line(licence), content.day, first, until, row.of.what, second),
        )
        for row in rows
    ]
    add(clinic.folder, lines)
    return tuple(row.of for row in rows)


def approver(clinic: Clinic, key: str | None, *, second: bool = False, system_user: str | None = None) -> Actor:
    """Who approves, as `roles.actor` finds it. Raises NotAllowed for a demo clinic, of which nobody approves anything."""
    _refuse_demo(clinic)
    return actor(clinic, key, Act.APPROVE_SECOND if second else Act.APPROVE_CONTENT, system_user=system_user)


def _refuse_demo(clinic: Clinic) -> None:
    if clinic.demo:
        raise NotAllowed(Fault(str(clinic.folder), f"{DEMO}.", "Make a clinic of your own: handouts init DIR."))


def licence_of(clinic: Clinic, who: Actor) -> str:
    """The licence of who acts: the person's own, or that of the clinician who it is; "" where none is known."""
    own = clinic.clinicians.get(who.key)
    return who.person.licence.strip() or (own.licence.strip() if own else "")


def _hindering(
    content: Content, clinic: Clinic, who: Actor, rows: Sequence[Listed], given: str, *, second: bool
) -> Iterator[Fault]:
    """What keeps `who` from approving `rows`."""
    yield from _unlicensed(content.day, clinic, who)
    now = hash_of(rows, second=second)
    if not now or given != now:
        problem = "what is open is not what was listed under it." if now else "nothing is open that could be approved."
        remedy = "Read again what is open: handouts review content --show, with the same options."
        yield Fault("the command", problem, remedy, "--hash", given)
        return
    for row in rows if second else ():
        by = row.standing.by
        mine = Approval(who.person.name, licence_of(clinic, who), content.day, content.day, None)
        if by and same_person(by, mine):
            same = f"that is the same person as {who.person.name}"
            problem = f"{by.approved_by} approved it first, and by name or licence {same}."
            yield Fault(row.of.what, problem, "Another person gives the second approval.")


def _unlicensed(day: date, clinic: Clinic, who: Actor) -> Iterator[Fault]:
    """What is wrong with the licence of `who` on `day`."""
    if not any(char.isalnum() for char in licence_of(clinic, who)):
        problem = f"{who.person.name} has no licence here."
        yield Fault("the command", problem, f"Set people.{who.key}.licence in clinic.toml.", "--as", who.key)
    for key, each in clinic.clinicians.items():
        if key == who.key or counted_as(each.name) == counted_as(who.person.name):
            yield from _invalid(day, key, each)


def _invalid(day: date, key: str, clinician: Clinician) -> Iterator[Fault]:
    since, until = clinician.licence_from, clinician.licence_until
    if (since and day < since) or (until and until < day):
        days = " ".join(filter(None, (f"from {since}" if since else "", f"until {until}" if until else "")))
        problem = f"the licence of {clinician.name} is valid {days}, and today is {day}."
        yield Fault("clinic.toml", problem, "Enter the days of the present licence.", f"clinicians.{key}")


def _misdated(day: date, since: date, until: date | None) -> Iterator[Fault]:
    if since < day:
        problem = f"is before {day}, the day of the approval."
        yield Fault("the command", problem, "An approval counts from its own day on, or later.", "--from", str(since))
    if until and until < since:
        yield Fault("the command", f"is before {since}, the first day.", "Name a later day.", "--until", str(until))


def add(folder: Path, lines: Iterable[tuple[str, Approval]]) -> None:
    """Add `lines` to the approvals of the clinic in `folder`; those that others add at the same time stay.

    Raises NotWritten where the disk does not take them, ContentError where the file holds what is no approval; then it is as it was.
    """
    new = tuple(lines)
    path = (folder / FILE).resolve()
    try:
        with _alone(path.parent):
            for _ in range(_ATTEMPTS):
                before = _bytes(path)
                text = with_lines(before, new)
                if _bytes(path) == before:
                    write_whole(path, text)
                    return
    except OSError as trouble:
        problem = f"it cannot be written: {trouble.strerror or trouble}."
        raise NotWritten(Fault(str(path), problem, "It is as it was. Make room, or allow writing.")) from None
    raise NotWritten(Fault(str(path), "others are changing it all the time.", "It is as it was. Try again."))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


@contextmanager
def _alone(folder: Path) -> Generator[None, None, None]:
    """While this lasts, no other process that asks so too is in `folder`; the system ends it with the process, however that ends."""
    try:
        from fcntl import LOCK_EX, flock  # noqa: PLC0415 - not on Windows
    except ImportError:
        yield
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # file systems that know no locks
            flock(opened, LOCK_EX)
        yield
    finally:
        os.close(opened)


def _line(text: str) -> str:
    return " ".join(text.split())
