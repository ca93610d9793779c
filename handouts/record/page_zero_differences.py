"""A packet and the patient's packet before it → what is not the same: appointment, facts, blanks, blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from handouts.appointment import Appointment
from handouts.content.blocks import Block
from handouts.content.origins import said_of
from handouts.content.wording import Wording
from handouts.errors import ContentError
from handouts.record.page_zero_before import Previous
from handouts.record.page_zero_sheet import Listing, Note, Piece, Row, Section, Table, counted, shortened
from handouts.record.page_zero_subject import STAFF, Subject, moment, plain, words_of
from handouts.typeset.bidi import isolated

_OTHER_EACH_TIME = frozenset({"packet_id", "issued_at", "issued_zone"})
"""Blanks that are another in every packet."""
_ABSENT = "–"


def differences(subject: Subject) -> tuple[Section, str]:
    """What is not as in the packet before, and that in one line."""
    before = subject.previous
    if before is None:
        return Section(
            "differences", "Differences from the packet before", (Note("This is the patient's first packet."),)
        ), "first packet"
    pieces: list[Piece] = []
    told: list[str] = []
    finding = subject.packet.finding
    for what, many, now, then in (
        (
            "entry of the appointment",
            "entries of the appointment",
            _leaves(subject.appointment),
            _leaves(before.appointment),
        ),
        ("fact", "facts", finding.facts, before.facts),
        ("blank", "blanks", _printed(subject.packet.printed), _printed(before.printed)),
    ):
        rows = tuple(_changed(then, now))
        told.append(counted(len(rows), what, many))
        if rows:
            pieces.append(Table((f"Changed {what}", "Before", "Now"), (30, 35, 35), rows))
    blocks = list(_blocks(subject, before))
    pieces += [piece for piece, _ in blocks]
    told += [f"{kind}: wording changed" for _, kind in blocks if kind]
    if before.language != subject.packet.language:
        pieces.insert(0, Note(f"Language: {before.language} before, {subject.packet.language} now.", "warns"))
    if not pieces:
        pieces.append(Note("Nothing but the time it was made.", "fine"))
    line = f"packet {before.packet_id}, made {moment(before.made_at)}; changed since: {', '.join(told)}"
    return Section("differences", f"Differences from packet {before.packet_id}", tuple(pieces)), line


def _changed(then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Row]:
    for name in dict.fromkeys((*then, *now)):
        before, after = then.get(name, _ABSENT), now.get(name, _ABSENT)
        if before != after:
            yield Row((name, isolated(before, STAFF), isolated(after, STAFF)), "warns")


def _printed(blanks: Mapping[str, str]) -> Mapping[str, str]:
    return {name: plain(text) for name, text in blanks.items() if name not in _OTHER_EACH_TIME}


def _leaves(appointment: Appointment) -> Mapping[str, str]:
    """Every entry of an appointment by its dotted path; id and revision are another in every packet."""
    return {path: said for path, said in _entries(appointment, "") if path not in {"id", "revision"}}


def _entries(part: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(part, BaseModel):
        for attribute, field in type(part).model_fields.items():
            name = field.alias or attribute
            yield from _entries(getattr(part, attribute), f"{path}.{name}" if path else name)
    elif isinstance(part, tuple):
        yield path, f"{len(part)} listed"  # pyright: ignore[reportUnknownArgumentType]
        for number, each in enumerate(part, 1):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            yield from _entries(each, f"{path}.{number}")  # pyright: ignore[reportUnknownArgumentType]
    elif part is not None:
        yield path, moment(part) if hasattr(part, "hour") else said_of(part)  # type: ignore[arg-type]


def _blocks(subject: Subject, before: Previous) -> Iterator[tuple[Piece, str]]:
    """The blocks of each document that stand now and did not, and the other way round; "" for what says nothing of a change."""
    for kind, wordings in subject.said.wordings.items():
        now = wordings[0]
        if kind not in before.wordings:
            yield Note(f"{kind}: not in the packet before.", "warns"), kind
        elif before.wordings[kind] != now.sha256:
            then = _then(subject, before, kind)
            if then is None or then.sha256 != before.wordings[kind]:
                said = "its content itself has changed since"
                yield Note(f"{kind}: wording {before.wordings[kind][:8]} → {now.sha256[:8]}; {said}.", "warns"), kind
            else:
                yield Note(f"{kind}: wording {before.wordings[kind][:8]} → {now.sha256[:8]}.", "warns"), kind
            if then is not None:
                for what, here, there in (("added", now, then), ("no longer in it", then, now)):
                    texts = tuple(_only_in(here, there))
                    if texts:
                        yield Listing(f"{kind}, {what}", texts), ""
    for kind in before.wordings:
        if kind not in subject.said.wordings:
            yield Note(f"{kind}: no longer in the packet.", "warns"), kind


def _then(subject: Subject, before: Previous, kind: str) -> Wording | None:
    """What today's edition says for the facts of the packet before; None where it cannot be said."""
    language = subject.said.wordings[kind][0].edition.language
    procedure = before.appointment.procedure
    try:
        return subject.make.editions.wordings(procedure, kind, language)(before.facts, before.lists)
    except (KeyError, ContentError):
        return None


def _only_in(one: Wording, other: Wording) -> Iterator[str]:
    there = {block.approved_as for block in other.blocks}
    only: dict[str, Block] = {block.approved_as: block for block in one.blocks if block.approved_as not in there}
    return (shortened(words_of(block)) for block in only.values())
