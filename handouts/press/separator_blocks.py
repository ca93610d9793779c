"""How many rows a sheet lists → its blocks, with blanks for all that differs from sheet to sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from handouts.content.blocks import BlankPlace, Block, Field, Group, Node, Part, Run, Text
from handouts.memory import remembered
from handouts.typeset.values import varies

_PLACE = "separator sheet"
_DOCUMENT = "document."
_WIDTHS = (6, 22, 14, 9, 10, 10, 18, 11)
_HEADS = ("", "Document", "Language", "Pages", "Sheets", "Copies", "Paper", "Stapled")
_CELLS = ("title", "language", "pages", "sheets", "copies", "paper", "stapled")


def differs(blank: str) -> bool:
    """Whether what stands in `blank` is another on most sheets; what is said of a document is the same on many, and nobody's own."""
    return varies(blank) and not blank.startswith(_DOCUMENT)


def document(number: int) -> tuple[str, ...]:
    """The blanks of the line of a document, from 1."""
    return tuple(f"{_DOCUMENT}{number}.{cell}" for cell in _CELLS)


def fault(number: int) -> str:
    """The blank of a reason, from 1."""
    return f"fault.{number}"


@remembered(256)
def packet(documents: int, language: str, *, more: bool) -> Group:
    """The sheet before a packet with so many documents in its tick list; `more`: there are others."""
    rows = (_row(number, language) for number in range(1, documents + 1))
    table = [Group("table", (_head(language), *rows), _WIDTHS)] if documents else []
    checked = Field("text", "checked.by", "Checked by", 60), Field("text", "checked.at", "Date and time", 40)
    nodes: tuple[Node, ...] = (
        _block("h3", (Text("Packet "), _blank("sequence"), Text(" of "), _blank("scheduled")), language),
        _block("h1", (_blank("patient_name"),), language),
        _block("p", (Text("born "), _blank("birth_date"), Text(" · record "), _blank("mrn")), language),
        _block("p", (_blank("start", strong=True),), language),
        _block("p", (_blank("clinician_name"), Text(" · "), _blank("location_name")), language),
        _block("p", (Text("Print file "), _blank("print_file"), Text(" · "), _blank("sheets")), language),
        _block("p", (Text("Packet id "), _blank("packet_id")), language),
        *table,
        *([_block("p", (_blank("more_documents"),), language)] if more else []),
        _block("p", (_box("all"), Text("All sheets are here, of the right patient")), language),
        Block("fields", (Part("fields", checked),), (), language, place=_PLACE),
    )
    return Group("document", nodes)


@remembered(256)
def refused(faults: int, language: str, *, more: bool, known_id: bool) -> Group:
    """The sheet in place of a packet, with so many reasons; `more`: there are others; `known_id`: the appointment's id is known."""
    items = tuple(_block("li", (_blank(fault(number)),), language) for number in range(1, faults + 1))
    nodes: tuple[Node, ...] = (
        _block("h1", (Text("NOT PRINTED"),), language),
        _block("h3", (Text("Packet "), _blank("sequence"), Text(" of "), _blank("scheduled")), language),
        _block("h3", (_blank("where"),), language),
        *([_block("h3", (Text("Appointment "), _blank("appointment_id")), language)] if known_id else []),
        *([Group("ul", items)] if items else []),
        *([_block("p", (_blank("more_faults"),), language)] if more else []),
    )
    return Group("document", nodes)


def back(said: Sequence[tuple[str, str]]) -> Group:
    """The blank back of a page: a sentence in each of some languages."""
    return Group("document", tuple(_block("p", (Text(text),), language) for language, text in said))


def _head(language: str) -> Block:
    parts = tuple(Part("th", (Text(head),) if head else (), scope="col") for head in _HEADS)
    return Block("tr", parts, (), language, place=_PLACE)


def _row(number: int, language: str) -> Block:
    title, *others = document(number)
    cells = (
        Part("td", (_box(f"{_DOCUMENT}{number}"),)),
        Part("th", (_blank(title),), scope="row"),
        *(Part("td", (_blank(name),)) for name in others),
    )
    return Block("tr", cells, (), language, place=_PLACE)


def _block(role: Literal["h1", "h3", "p", "li"], runs: tuple[Run, ...], language: str) -> Block:
    return Block(role, (Part(role, runs),), (), language, place=_PLACE)


def _blank(name: str, *, strong: bool = False) -> BlankPlace:
    return BlankPlace(name, strong=strong)


def _box(name: str) -> Field:
    return Field("checkbox", name, "Here")
