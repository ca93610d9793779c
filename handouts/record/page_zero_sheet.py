"""What the clinician's review sheet (page 0) is made of, as values: sections of notes, tables and lists, each line with its tone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Literal

Mood = Literal["", "blocks", "warns", "fine", "quiet"]
"""How a line is meant: it stops approval, asks for care, is as it should be, or may be passed over."""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence by itself."""

    text: str
    mood: Mood = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table; the first of its cells says what it is about."""

    cells: tuple[str, ...]
    mood: Mood = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under the names of their columns, which take these shares of the width in percent."""

    heads: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """Texts under one heading."""

    head: str
    items: tuple[str, ...]
    mood: Mood = ""


Piece = Note | Table | Listing


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the sheet; those that are `first` are what a clinician reads in ninety seconds, the others are to look things up."""

    key: str
    title: str
    pieces: tuple[Piece, ...]
    first: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What a clinician decides before the packet may be approved: the concern's `id` and rule, what is known of the case.

    `decided` is the reason, and whose it is, once somebody has decided.
    """

    id: str
    rule: str
    known: str
    to_do: str
    follows: str
    decided: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """A block of an edition, and whether it stands: `because` of which facts; "" for one that always stands."""

    kind: str
    number: int
    sha256: str
    text: str
    shown: bool
    because: str


@dataclass(frozen=True)
class PageZero:
    """The review sheet of one packet: not for the patient."""

    packet_id: str
    patient: str
    birth_date: str
    mrn: str
    clinic: str
    decisions: tuple[Decision, ...]
    blocks: tuple[Placed, ...]
    sections: tuple[Section, ...]

    @property
    def open(self) -> tuple[Decision, ...]:
        """What is still to be decided."""
        return tuple(each for each in self.decisions if not each.decided)

    @cached_property
    def sha256(self) -> str:
        """The hash of all that it says."""
        return hashlib.sha256(self.kept).hexdigest()

    @property
    def kept(self) -> bytes:
        """All that it says, as the record keeps it: what its hash is of."""
        return json.dumps(self.told, ensure_ascii=False, sort_keys=True).encode()

    @property
    def told(self) -> Mapping[str, object]:
        """All that it says, as JSON has it."""
        return asdict(self)

    def section(self, key: str) -> Section:
        """The section of this name; raises KeyError."""
        for each in self.sections:
            if each.key == key:
                return each
        raise KeyError(key)


def texts_of(section: Section) -> Sequence[str]:
    """Every text of a section, in order."""
    found: list[str] = [section.title]
    for piece in section.pieces:
        match piece:
            case Note():
                found.append(piece.text)
            case Table():
                found += [*piece.heads, *(cell for row in piece.rows for cell in row.cells)]
            case Listing():
                found += [piece.head, *piece.items]
    return found


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def shortened(text: str, longest: int = 96) -> str:
    """`text` as one line of at most `longest` characters, cut between words."""
    plain = " ".join(text.split())
    if len(plain) <= longest:
        return plain
    return plain[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,;:.–") + " …"
