"""Wording + what people answered → the same wording with the answers in its fields, as it stands before it is signed on a screen."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal

from handouts.appointment import hidden_in
from handouts.content.blocks import Block, Field, Group, Part
from handouts.content.wording import Wording
from handouts.errors import Fault, WrongUsage

LONGEST = 2000
"""The most characters of an answer."""
LONGEST_INITIALS = 40
TICKED, EMPTY = "yes", "no"

Outcome = Literal["agree", "decline", "later"]
_OUTCOMES: tuple[Outcome, ...] = ("agree", "decline", "later")
DECISION = "decision"
"""What the names of the boxes begin with of which one says how a person decides."""


def fields_of(wording: Wording) -> tuple[Field, ...]:
    """The fields of `wording` as they stand, in reading order; those of `answered(wording, {})` are what a screen asks for."""
    return tuple(run for block in wording.blocks for run in block.runs if isinstance(run, Field))


def answered(wording: Wording, answers: Mapping[str, str]) -> Wording:
    """`wording` with `answers` in its fields, by their names: words, initials, "yes" or "no" for a box; "" for none.

    Beside a signature its date and time are left out, and it takes their width: an electronic one says both itself, with the zone.
    Blocks stay approved as what they were. Raises WrongUsage for every answer that no field takes.
    """
    left_out = {name for block in wording.blocks for part in block.parts for name in _said_by_signatures(part)}
    known = {field.name: field for field in fields_of(wording)}
    where = f"answers of {wording.edition.kind}"
    found = {name: unicodedata.normalize("NFC", value).strip() for name, value in answers.items()}
    WrongUsage.gathered(
        Fault(where, problem, remedy, name, value)
        for name, value in found.items()
        for problem, remedy in _wrong(known.get(name), value, left_out=name in left_out)
    )
    return Wording(wording.edition, _answered_group(wording.root, found))


def outcome(answers: Mapping[str, str]) -> Outcome | None:
    """How the person decided; None while not exactly one box is ticked."""
    ticked: list[Outcome] = [choice for choice in _OUTCOMES if answers.get(f"{DECISION}.{choice}") == TICKED]
    return ticked[0] if len(ticked) == 1 else None


def _wrong(field: Field | None, value: str, *, left_out: bool) -> Iterator[tuple[str, str]]:
    """What is wrong with an answer, and what to do."""
    if field is None:
        yield "there is no such field in this document.", "Name one of its fields."
    elif left_out:
        yield "an electronic signature says its date and time itself.", "Leave it out."
    elif field.kind == "signature":
        yield f'"{field.label}" is to be signed, not written.', "Leave it out, and sign."
    elif field.kind == "checkbox":
        if value not in (TICKED, EMPTY, ""):
            yield f'"{field.label}" is a box to tick.', f"Answer {TICKED} or {EMPTY}."
    elif len(value) > (most := LONGEST_INITIALS if field.kind == "initials" else LONGEST):
        yield f"it has {len(value)} characters; {most} is the most, and nothing is cut off.", "Shorten it."
    elif why := hidden_in(value):
        yield f"it holds {why}.", "Type it anew without that, in one line."


def _answered_group(group: Group, answers: Mapping[str, str]) -> Group:
    children = tuple(
        _answered_block(child, answers) if isinstance(child, Block) else _answered_group(child, answers)
        for child in group.children
    )
    return replace(group, children=children)


def _answered_block(block: Block, answers: Mapping[str, str]) -> Block:
    parts = tuple(_answered_part(part, answers) for part in block.parts)
    return block if parts == block.parts else replace(block, parts=parts, copy_of=block.approved_as)


def _answered_part(part: Part, answers: Mapping[str, str]) -> Part:
    gone = _said_by_signatures(part)
    runs = tuple(
        _answered_field(run, answers, gone) if isinstance(run, Field) else run
        for run in part.runs
        if not (isinstance(run, Field) and run.name in gone)
    )
    return replace(part, runs=runs)


def _answered_field(field: Field, answers: Mapping[str, str], gone: Mapping[str, Field]) -> Field:
    if field.kind == "signature":
        own = [field.width, *(each.width for name, each in gone.items() if _beside(field, name))]
        return replace(field, width=min(sum(own), 100) if all(own) else 0)
    value = answers.get(field.name, "")
    return replace(field, value="" if field.kind == "checkbox" and value == EMPTY else value)


def _said_by_signatures(part: Part) -> dict[str, Field]:
    """The fields for date and time in `part` that belong to a signature there, by name."""
    fields = [run for run in part.runs if isinstance(run, Field)]
    signed = [field for field in fields if field.kind == "signature"]
    return {field.name: field for field in fields if any(_beside(each, field.name) for each in signed)}


def _beside(signature: Field, name: str) -> bool:
    """Whether `name` is that of the date or time of `signature`."""
    whose, dot, _ = signature.name.rpartition(".")
    return bool(dot) and name in (f"{whose}.date", f"{whose}.time")
