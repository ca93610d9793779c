"""What a document is made of, as values: runs of text, blanks and fields in blocks, blocks in groups.

These values pass from `template.py` (every block of an edition) through `wording.py` (the chosen ones) to the typesetter.
Roles are born in the template and never guessed later.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from handouts.content.condition import ALWAYS, Condition, tests
from handouts.content.po import MessageKey

FieldKind = Literal["signature", "initials", "checkbox", "text"]
FIELD_KINDS: frozenset[FieldKind] = frozenset(("signature", "initials", "checkbox", "text"))
LINES: frozenset[FieldKind] = FIELD_KINDS - {"checkbox"}
"""What is written on, and takes a line or a box of its own."""
PartRole = Literal["h1", "h2", "h3", "p", "li", "th", "td", "fields", "img"]
BlockRole = Literal["h1", "h2", "h3", "p", "li", "tr", "aside", "fields", "img"]
GroupRole = Literal["document", "section", "ul", "ol", "table", "pair"]
AsideKind = Literal["", "warning", "note", "staff"]
Tone = Literal["", "empty", "draft", "doubtful", "reviewed"]
"""How far the messages of a block are, for the colour it has in a translator's preview; documents have none."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words that are the same for every patient."""

    text: str
    strong: bool = False
    href: str | None = None


@dataclass(frozen=True, slots=True)
class BlankPlace:
    """Where a blank goes; `name` is that of the blank ("arrival", "medicines.1.name")."""

    name: str
    strong: bool = False
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """What a person fills in on the finished document.

    `label` is the text under a line or the tooltip of a checkbox, `width` a share of the line in percent (0: an equal share),
    `lines` the number of lines to write on. `value` is what a person answered: words, initials, "yes" for a box that is ticked; it is
    that person's own, and no part of what the block says (`canonical`).
    """

    kind: FieldKind
    name: str
    label: str
    width: int = 0
    lines: int = 1
    value: str = ""


@dataclass(frozen=True, slots=True)
class Unset:
    """Where a setting would stand that the clinic has not set: a wording that holds one cannot be made."""

    key: str


Run = Text | BlankPlace | Field | Unset


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of runs with one role inside a block: the whole of a paragraph, a cell of a row, a paragraph of a callout.

    `source` (for an image) names a picture in the clinic's folder, `scope` a table head's direction.
    """

    role: PartRole
    runs: tuple[Run, ...]
    scope: Literal["", "col", "row"] = ""
    source: str = ""


@dataclass(frozen=True)
class Block:
    """The smallest piece that stands or falls as a whole, under one condition, with what it rests on.

    `parts` holds one part for a heading, paragraph, item or line of fields, one a cell for a table row, one a paragraph for a
    callout. `condition` is the block's own `when` and those it stands within. `each` names the list for whose every item the
    block stands once. `place` is the template's file and line. `copy_of` is, for an item's copy of such a block, the hash of
    the edition's block. `unreviewed` are its messages that no final document may hold.
    """

    role: BlockRole
    parts: tuple[Part, ...]
    rests_on: tuple[str, ...]
    language: str
    condition: Condition = ALWAYS
    each: str = ""
    kind: AsideKind = ""
    place: str = ""
    copy_of: str = ""
    unreviewed: tuple[MessageKey, ...] = ()
    tone: Tone = ""

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def identity(self) -> str:
        """The hash of all that it is, where `sha256` is that of all it says."""
        return hashlib.sha256(repr(self).encode()).hexdigest()

    @cached_property
    def _hash(self) -> int:
        """Reckoned once, for a block is looked up for every document it stands in."""
        return hash((self.role, self.parts, self.language, self.kind, self.place, self.tone))

    @cached_property
    def sha256(self) -> str:
        """The hash people approve: role, sources, condition, language and every word, but not the template's line."""
        said = "\n".join(
            (
                self.language,
                self.role,
                self.kind,
                " ".join(self.rests_on),
                str(self.condition),
                self.each,
                self.canonical,
            )
        )
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    def approved_as(self) -> str:
        """The hash under which people approve the block: its own, or that of the edition's block it is a copy of."""
        return self.copy_of or self.sha256

    @cached_property
    def canonical(self) -> str:
        """The block as text: one line a part, blanks as {name}, fields as [kind name: label], strong as *…*.

        A character that marks one of these is written with a backslash where it is only a character.
        """
        return "\n".join(f"{_part_head(part)}{''.join(map(_run_text, part.runs))}" for part in self.parts)

    @cached_property
    def said(self) -> str:
        """The block as it stands in the text of a wording: what it is, and `canonical`."""
        return f"{self.role} {self.kind}".rstrip() + f"\n{self.canonical}"

    @cached_property
    def fields(self) -> tuple[tuple[str, Block], ...]:
        """The names of the fields in the block, in order, each with the block."""
        return tuple((run.name, self) for run in self.runs if isinstance(run, Field))

    @cached_property
    def unset(self) -> tuple[tuple[str, Block], ...]:
        """The settings that the block lacks, in order, each with the block."""
        return tuple((run.key, self) for run in self.runs if isinstance(run, Unset))

    @property
    def runs(self) -> Iterator[Run]:
        """Every run of every part, in order."""
        return (run for part in self.parts for run in part.runs)

    @cached_property
    def blanks(self) -> tuple[str, ...]:
        """The names of the blanks in the block, in order, each as often as it stands there."""
        return tuple(run.name for run in self.runs if isinstance(run, BlankPlace))

    @cached_property
    def blanked(self) -> tuple[int, ...]:
        """The same as of a group: its own number, 0, if it holds blanks."""
        return (0,) if self.blanks else ()

    @property
    def answered(self) -> Iterator[str]:
        """The names of its fields that hold what a person answered."""
        return (run.name for run in self.runs if isinstance(run, Field) and run.value)

    def without_fields(self, kinds: Collection[FieldKind]) -> Block:
        """The block without what is to be filled in, as far as it is of these kinds; a slash parts what a checkbox parted."""

        def left(part: Part) -> Part:
            runs: list[Run] = []
            for run in part.runs:
                if not (isinstance(run, Field) and run.kind in kinds):
                    runs.append(run)
                elif run.kind == "checkbox" and runs:
                    runs.append(Text(" / "))
            return replace(part, runs=tuple(runs))

        return replace(self, parts=tuple(map(left, self.parts)))

    def numbered(self, item: str, number: int) -> Block:
        """The block for the list item `number` (from 1): `item.x` becomes `list.number.x` in blanks and field names."""

        def renamed(run: Run) -> Run:
            if isinstance(run, BlankPlace | Field) and run.name.startswith(f"{item}."):
                return replace(run, name=f"{self.each}.{number}.{run.name.removeprefix(f'{item}.')}")
            return run

        parts = tuple(replace(part, runs=tuple(map(renamed, part.runs))) for part in self.parts)
        return replace(self, parts=parts, copy_of=self.sha256)


@dataclass(frozen=True)
class Group:
    """Blocks that belong together: a section, list, table, the whole document, or a pair that says the same in two languages.

    `widths` are a table's column widths in percent; `keep` says that the group never splits across pages.
    """

    role: GroupRole
    children: tuple[Node, ...]
    widths: tuple[int, ...] = ()
    keep: bool = False

    def blocks(self) -> Iterator[Block]:
        """The blocks of the group and the groups in it, in reading order."""
        return iter(self._blocks)

    @cached_property
    def _blocks(self) -> tuple[Block, ...]:
        found: list[Block] = []
        for child in self.children:
            if isinstance(child, Block):
                found.append(child)
            else:
                found += child.blocks()
        return tuple(found)

    @cached_property
    def blanked(self) -> tuple[int, ...]:
        """The numbers of its blocks that hold blanks, from 0."""
        return tuple([number for number, block in enumerate(self._blocks) if block.blanks])

    @cached_property
    def fields(self) -> tuple[tuple[str, Block], ...]:
        """The names of the fields in its blocks, in order, each with its block."""
        return tuple([pair for child in self.children for pair in child.fields])

    @cached_property
    def unset(self) -> tuple[tuple[str, Block], ...]:
        """The settings that its blocks lack, in order, each with its block."""
        return tuple([pair for child in self.children for pair in child.unset])

    @cached_property
    def unreviewed(self) -> tuple[MessageKey, ...]:
        """The messages of its blocks that no final document may hold, in order."""
        return tuple([key for child in self.children for key in child.unreviewed])

    @cached_property
    def said(self) -> str:
        """What its blocks say, one after the other."""
        return "\n\n".join(filter(None, [child.said for child in self.children]))

    @cached_property
    def identity(self) -> str:
        """The hash of all that it is, with everything in it."""
        own = repr((self.role, self.widths, self.keep))
        return hashlib.sha256("\n".join([own, *[child.identity for child in self.children]]).encode()).hexdigest()

    def without_fields(self, kinds: Collection[FieldKind]) -> Group:
        """The group with all its blocks, without what is to be filled in of these kinds."""
        return replace(self, children=tuple(child.without_fields(kinds) for child in self.children))


Node = Block | Group


def _part_head(part: Part) -> str:
    marks = " ".join(filter(None, (part.role, part.scope, part.source)))
    return f"{marks}: "


def _said(text: str) -> str:
    return re.sub(r"[\\{}*<>\[\]]", r"\\\g<0>", text)


def _run_text(run: Run) -> str:
    match run:
        case Text():
            text = _said(run.text)
        case BlankPlace():
            text = f"{{{run.name}}}"
        case Field():
            text = f"[{run.kind} {run.name}: {_said(run.label)}]"
        case Unset():
            text = f"<unset {run.key}>"
    if isinstance(run, Text | BlankPlace):
        text = f"*{text}*" if run.strong else text
        text = f"{text}<{run.href}>" if run.href else text
    return text


@dataclass(frozen=True)
class Edition:
    """One document of one clinic in one language, with every block in it; what people read, approve and translate.

    Messages that are `untranslated` stand in it in English, and in no document that is ever printed.
    """

    procedure: str
    version: str
    kind: str
    language: str
    title: str
    root: Group
    untranslated: tuple[MessageKey, ...] = ()

    def __hash__(self) -> int:
        return hash((self.procedure, self.version, self.kind, self.language))

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Every block that could ever print, in reading order."""
        return tuple(self.root.blocks())

    @cached_property
    def sha256(self) -> str:
        """The hash of every block's hash, in order."""
        return hashlib.sha256("\n".join(block.sha256 for block in self.blocks).encode()).hexdigest()

    @cached_property
    def facts(self) -> frozenset[str]:
        """The facts its conditions test, without those of list items; a wording is looked up by these and no others."""
        return frozenset(test.name for block in self.blocks for test in tests(block.condition) if "." not in test.name)
