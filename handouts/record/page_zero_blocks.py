"""The blocks of a packet's editions → which stand and which do not, and because of which facts (CLINICAL H14)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from handouts.content.blocks import FIELD_KINDS, Block
from handouts.content.choice import ItemFacts
from handouts.content.condition import Facts, because, holds
from handouts.content.wording import Wording
from handouts.record.page_zero_sheet import Listing, Piece, Placed, Row, Section, Table, shortened
from handouts.record.page_zero_subject import Subject, words_of


def placed(subject: Subject) -> tuple[Placed, ...]:
    """Every block of every document's edition, once: whether it stands, and why."""
    finding = subject.said.finding
    declared = subject.make.editions.procedure(subject.appointment.procedure).lists
    lists = {name: entry.item for name, entry in declared.items()}
    found: list[Placed] = []
    for kind, wordings in subject.said.wordings.items():
        standing = _standing(wordings[0])
        for number, block in enumerate(wordings[0].edition.blocks, 1):
            shown = id(block) in standing or (bool(block.each) and block.sha256 in standing)
            why = _why(block, finding.facts, finding.items, lists, shown=shown)
            text = words_of(subject.in_english[kind][number - 1])
            found.append(Placed(kind, number, block.sha256, text, shown, why))
    return tuple(found)


def _standing(wording: Wording) -> frozenset[object]:
    """The blocks that stand: those of the edition by themselves, copies for the items of a list by what they are copies of."""
    return frozenset(block.copy_of or id(block) for block in wording.blocks)


def _why(block: Block, facts: Facts, items: ItemFacts, lists: Mapping[str, str], *, shown: bool) -> str:
    """The facts that decide, with their values; "" for a block that always stands."""
    if not block.each:
        names = because(block.condition, facts)
        told = ", ".join(f"{name} = {facts[name]}" for name in names)
        return told if shown or not holds(block.condition, facts) else _alone(told)
    item = lists[block.each]
    known = [
        {**facts, **{f"{item}.{name}": value for name, value in each.items()}} for each in items.get(block.each, ())
    ]
    if not known:
        return f"{block.each}: none"
    numbered = [(number, own) for number, own in enumerate(known, 1) if holds(block.condition, own) is shown]
    if shown:
        return f"stands for {item} {', '.join(str(number) for number, _ in numbered)} of {len(known)}"
    names = dict.fromkeys(name for _, own in numbered for name in because(block.condition, own))
    return "; ".join(f"{name} = {'/'.join(dict.fromkeys(own[name] for _, own in numbered))}" for name in names)


def _alone(told: str) -> str:
    """The head of a table of which no row stands."""
    return f"{told}, but no row of its table stands" if told else "no row of its table stands"


def said_of_item(subject: Subject, name: str, number: int) -> Iterator[str]:
    """What the packet says in English of item `number` of the list `name`, its own name left out."""
    for kind, wordings in subject.said.wordings.items():
        own = {block.copy_of for block in wordings[0].blocks if f"{name}.{number}.name" in block.blanks}
        item = subject.make.editions.procedure(subject.appointment.procedure).lists[name].item
        for block, english in zip(wordings[0].edition.blocks, subject.in_english[kind], strict=True):
            if block.each == name and block.sha256 in own:
                copy = english.numbered(item, number).without_fields(FIELD_KINDS)
                yield words_of(replace(copy, parts=copy.parts[1:]), subject.printed_in_english)


def blocks(subject: Subject, all_of_them: tuple[Placed, ...]) -> Section:
    """Counts first, then what is hidden, then what is shown because of facts; what always stands is counted alone."""
    by_kind = {kind: [each for each in all_of_them if each.kind == kind] for kind in subject.said.wordings}
    heads = ("Document", "Blocks", "Always stand", "Shown because of facts", "Hidden")
    counts = Table(heads, (28, 14, 18, 24, 16), tuple(_counts(kind, found) for kind, found in by_kind.items()))
    pieces: list[Piece] = [counts]
    for kind, found in by_kind.items():
        pieces += _reasons(f"{kind}, hidden because", [each for each in found if not each.shown])
        pieces += _reasons(f"{kind}, shown because", [each for each in found if each.shown and each.because])
    return Section("blocks_shown", "Blocks shown and hidden", tuple(pieces))


def _counts(kind: str, found: Sequence[Placed]) -> Row:
    hidden = sum(not each.shown for each in found)
    conditional = sum(each.shown and bool(each.because) for each in found)
    counts = len(found), len(found) - hidden - conditional, conditional, hidden
    return Row((kind, *map(str, counts)))


def _reasons(title: str, found: Sequence[Placed]) -> Iterator[Piece]:
    """A list of blocks for each reason, in the order in which they come."""
    reasons: dict[str, list[str]] = {}
    for each in found:
        reasons.setdefault(each.because, []).append(shortened(each.text))
    yield from (Listing(f"{title} {reason}", tuple(texts), "quiet") for reason, texts in reasons.items())
