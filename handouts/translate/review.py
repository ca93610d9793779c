"""Decisions of reviewers → lines in the record beside a catalog."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from handouts.content.po import Entry, short
from handouts.content.reviews import (
    HUMAN,
    MACHINE_REVIEWED,
    Decision,
    Review,
    Reviews,
    State,
    message_hash,
    name_of,
    read_reviews,
    record_beside,
    record_text,
)
from handouts.errors import Fault, UnreadableInput, WrongUsage
from handouts.translate.catalogs import OpenCatalog
from handouts.translate.checks import problems
from handouts.translate.files import write_whole
from handouts.translate.language import Language

_DECISION = "Write message, approve or return, back-translation, comment, with tabs between."


@dataclass(frozen=True)
class Reviewer:
    """Who reviews, in which role, by what qualification, and on which day."""

    who: str
    role: str
    qualification: str
    day: date


@dataclass(frozen=True)
class Verdict:
    """What a reviewer says of one message: approved, or returned with a comment; the translation back into English if asked for.

    `place` is where it was said, for faults.
    """

    name: str
    decision: Decision
    back_translation: str = ""
    comment: str = ""
    place: str = "the command"


@dataclass(frozen=True)
class Listed:
    """One message of a language, as reviewers see it: its number in its catalog, its name, how far it is, who said what."""

    number: int
    catalog: OpenCatalog = field(repr=False)
    entry: Entry
    state: State
    needs_two: bool

    @property
    def name(self) -> str:
        """What the message is called in commands, which never changes."""
        return name_of(self.entry.key)

    @property
    def sha256(self) -> str:
        """What a review of it is of."""
        return message_hash(*self.entry.key, self.entry.translation)

    @property
    def reviews(self) -> Sequence[Review]:
        """What was said of its translation."""
        return self.catalog.reviews.of(self.sha256)


def listed(catalogs: Iterable[OpenCatalog]) -> Iterator[Listed]:
    """The messages of the catalogs in order, numbered through."""
    number = 0
    for catalog in catalogs:
        for entry in catalog.entries():
            number += 1
            needs_two = catalog.domain.by_key[entry.key].needs_two
            yield Listed(number, catalog, entry, catalog.state(entry), needs_two)


def decide(
    catalogs: Sequence[OpenCatalog], language: Language, verdicts: Iterable[Verdict], reviewer: Reviewer
) -> list[tuple[Listed, State]]:
    """Write what `reviewer` says of the messages into the records; each message with how far it is then.

    Nothing is written unless all can be. Raises WrongUsage naming each message that is not there, named twice or not translated,
    that has a fault, that is returned without a comment; and a reviewer without a name, role or qualification. Who approves again
    keeps the translation back.
    """
    faults = list(_faults_of(reviewer))
    known = list(listed(catalogs))
    taken: dict[str, Reviews] = {catalog.place: catalog.reviews for catalog in catalogs}
    changed: list[Listed] = []
    for verdict in verdicts:
        found = [each for each in known if verdict.name.removeprefix("#") in {str(each.number), each.name}]
        if not found:
            remedy = "Take the number or the name from handouts translate review LANG."
            faults.append(Fault(verdict.place, "no such message.", remedy, "MESSAGE", verdict.name))
            continue
        message = found[0]
        if message in changed:
            faults.append(
                Fault(verdict.place, "the message is named twice.", "Decide it once.", "MESSAGE", verdict.name)
            )
            continue
        faults += _faults_in(message, verdict, language)
        before = [line for line in message.reviews if line.says_the_same(verdict.decision, reviewer.who)]
        machine = message.catalog.reviews.machine_made(message.sha256)
        line = Review(
            message.sha256,
            verdict.decision,
            reviewer.who.strip(),
            reviewer.role.strip(),
            reviewer.qualification.strip(),
            reviewer.day,
            MACHINE_REVIEWED if machine else HUMAN,
            verdict.back_translation.strip() or next((line.back_translation for line in before), ""),
            verdict.comment.strip(),
        )
        taken[message.catalog.place] = taken[message.catalog.place].with_line(line)
        changed.append(message)
    WrongUsage.gathered(faults)
    for catalog in catalogs:
        if new := [line for line in taken[catalog.place].lines if line not in catalog.reviews.lines]:
            record = record_beside(catalog.path)
            own = read_reviews(record, catalog.place)
            for line in new:
                own = own.with_line(line)
            write_whole(record, record_text(own))
    return [
        (message, taken[message.catalog.place].state(message.entry, needs_two=message.needs_two)) for message in changed
    ]


def _faults_of(reviewer: Reviewer) -> Iterator[Fault]:
    for name, value in (("--as", reviewer.who), ("--role", reviewer.role), ("--qualification", reviewer.qualification)):
        if not value.strip() or re.search(r"[\t\r\n]", value):
            yield Fault("the command", "must be said, in one line.", "A review counts by who made it.", name)
    if reviewer.who.strip() and not re.search(r"[^\W\d_]", reviewer.who):
        yield Fault("the command", "is no name.", "A review counts by who made it.", "--as", reviewer.who)


def _faults_in(message: Listed, verdict: Verdict, language: Language) -> Iterator[Fault]:
    place = f'message {message.name} ("{short(message.entry.source, 40)}")'
    if not message.entry.translation:
        remedy = "Correct it and take the mark away." if message.state == State.FUZZY else "Translate it first."
        yield Fault(place, f"it is {message.state}.", remedy)
    elif verdict.decision == Decision.RETURNED and not verdict.comment.strip():
        yield Fault(place, "it is returned without a reason.", "Say what is wrong: --comment TEXT.")
    elif verdict.decision == Decision.APPROVED:
        for problem in problems(message.entry, language):
            if problem.severity == "fault":
                yield Fault(place, problem.problem, problem.remedy)


def read_decisions(text: str, place: str) -> list[Verdict]:
    """The decisions in a file, a line each: message, approve or return, back-translation, comment, with tabs between.

    `place` names the file in faults. Raises UnreadableInput naming each line that is none, and for a file without any.
    """
    words = {"approve": Decision.APPROVED, "return": Decision.RETURNED}
    found: list[Verdict] = []
    faults: list[Fault] = []
    for number, line in enumerate(text.split("\n"), 1):
        cells = [*(cell.strip() for cell in line.split("\t")), "", "", ""]
        if not line.strip() or (line.startswith("#") and cells[1] not in words):
            continue
        if cells[1] not in words or any(cells[4:]):
            faults.append(Fault(f"{place}, line {number}", "this is no decision.", _DECISION, value=line))
        else:
            found.append(Verdict(cells[0], words[cells[1]], cells[2], cells[3], f"{place}, line {number}"))
    if not found and not faults:
        faults.append(Fault(place, "it holds no decision.", _DECISION))
    UnreadableInput.gathered(faults)
    return found
