"""Sets of pages → print files: every set on a front side, packet after packet, a new file where one is full.

A set is what is stapled together: one copy of one document, or a separator sheet. Printed on two sides, a set with an odd number of
pages has a back that says it is blank; that page is nobody's, and in no "page x of y".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Literal

from handouts.pdf.document_parts import Record
from handouts.pdf.filling import Filled
from handouts.pdf.print_file import PrintFile
from handouts.press.journal import Told
from handouts.typeset.style import Paper

if TYPE_CHECKING:
    from handouts.press.impose import Up

_LETTERS = 25  # without z, which goes before more of them: names are in order
PACKET = "packet"
"""The one set of a packet of which several pages stand on a side."""
Back = Callable[[str], Filled]


@dataclass(frozen=True)
class Set:
    """What is stapled together: the pages of a document, the how-manieth copy it is, and the language they are in."""

    kind: str
    language: str
    copy: int
    document: Filled

    @property
    def pages(self) -> int:
        """Its pages, without a blank back."""
        return len(self.document.pages)


@dataclass(frozen=True)
class Layout:
    """How pages stand on sheets: on one side or two, `up` on a side, `sheets` in a file at most."""

    two_sided: bool
    up: Up | Literal[1]
    sheets: int

    @property
    def sides(self) -> int:
        """The sides of a sheet that are printed on."""
        return 2 if self.two_sided else 1

    def sheets_of(self, sets: Sequence[int]) -> int:
        """The sheets of a packet whose sets have so many pages; several pages on a side, and it is printed as one set."""
        if self.up > 1:
            return math.ceil(sum(sets) / (self.up * self.sides))
        return sum(math.ceil(pages / self.sides) for pages in sets)


@dataclass(frozen=True)
class Place:
    """Where a packet stands: in which file, on which of its sheets (from 1)."""

    file: str
    first_sheet: int
    last_sheet: int

    @property
    def label(self) -> str:
        """What people call the file."""
        return label_of(self.file)


class PrintFiles:
    """The print files of the part `number`, one after the other, in memory; a packet is in one of them, whole.

    A packet of more sheets than a file may have is alone in one that has more.
    """

    def __init__(self, number: int, layout: Layout, back: Back, *, reduced_ink: bool) -> None:
        self.number = number
        self._layout = layout
        self._back = back
        self._reduced_ink = reduced_ink
        self._open: _Open | None = None
        self._ended: list[_Open] = []

    def place(self, sets: Sequence[int]) -> Place:
        """Where a packet whose sets have so many pages will stand."""
        sheets = self._layout.sheets_of(sets)
        if self._open and self._open.sheets and self._open.sheets + sheets > self._layout.sheets:
            self._end()
        if self._open is None:
            name = print_file_name(self.number, len(self._ended))
            self._open = _Open(name, self._layout, reduced_ink=self._reduced_ink)
        first = self._open.sheets + 1
        return Place(self._open.name, first, self._open.sheets + sheets)

    def add(self, place: Place, packet_id: str, sequence: int, sets: Sequence[Set]) -> Told:
        """Lay a packet into its `place`; its pages there, as the manifest tells them."""
        opened = self._open
        assert opened is not None  # noqa: S101 - `place` has opened it
        first = opened.file.pages + 1
        with_backs: list[tuple[Filled, ...]] = []
        sheet, page = place.first_sheet, first
        for each in sets:
            pages = each.pages
            back = self._layout.up == 1 and self._layout.two_sided and pages % 2
            with_backs.append((each.document, self._back(each.language)) if back else (each.document,))
            pages += back
            if self._layout.up == 1:
                sheets = self._layout.sheets_of([each.pages])
                opened.sets.append(
                    {"sequence": sequence, "kind": each.kind, "language": each.language, "copy": each.copy}
                    | {"first_page": page, "last_page": page + pages - 1}
                    | {"first_sheet": sheet, "last_sheet": sheet + sheets - 1}
                )
                sheet += sheets
            page += pages
        opened.file.add_sets(with_backs, Record(packet_id, sequence))
        opened.sheets = place.last_sheet
        opened.packets.append(range(first, page))
        if self._layout.up == 1:
            return {"first_page": first, "last_page": page - 1}
        return self._several_up(opened, place, sequence, page - first)

    def _several_up(self, opened: _Open, place: Place, sequence: int, pages: int) -> Told:
        """The sides of a packet of so many pages, of which several stand on each; it is one set."""
        first = (place.first_sheet - 1) * self._layout.sides + 1
        sides: Told = {"first_page": first, "last_page": first + math.ceil(pages / self._layout.up) - 1}
        sheets = {"first_sheet": place.first_sheet, "last_sheet": place.last_sheet}
        opened.sets.append({"sequence": sequence, "kind": PACKET, "language": "", "copy": 1, **sides, **sheets})
        return sides

    def ended(self) -> Sequence[_Open]:
        """The files, whole."""
        self._end()
        return self._ended

    def _end(self) -> None:
        if self._open:
            self._open.file.close()
            self._ended.append(self._open)
        self._open = None


class _Open:
    """A print file: its name and bytes, its sheets, sets and pages of packets as far as they are laid into it."""

    def __init__(self, name: str, layout: Layout, *, reduced_ink: bool) -> None:
        self.name = name
        self.out = BytesIO()
        self.file = PrintFile(self.out, reduced_ink=reduced_ink, two_sided=layout.two_sided)
        self.sheets = 0
        self.sets: list[Told] = []
        self.packets: list[range] = []

    def content(self, layout: Layout, paper: Paper) -> tuple[bytes, int]:
        """The bytes of the file, and how many pages are in it."""
        if layout.up == 1:
            return self.out.getvalue(), self.file.pages
        from handouts.press.impose import imposed  # noqa: PLC0415 - loads what most runs do without

        made = imposed(self.out.getvalue(), layout.up, paper, self.packets, two_sided=layout.two_sided)
        return made.pdf, made.packets[-1].stop - 1


def print_file_name(number: int, more: int) -> str:
    """The name of a part's print file; `more` of it are before it."""
    letter = "z" * (more // _LETTERS) + chr(ord("a") + more % _LETTERS) if more else ""
    return f"print-{number:04}{letter}.pdf"


def label_of(print_file: str) -> str:
    """What people call a print file: "7" for print-0007.pdf, "7b" for the second of its part."""
    return print_file.removeprefix("print-").removesuffix(".pdf").lstrip("0")
