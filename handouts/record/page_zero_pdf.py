"""Page 0 → a PDF for staff, tagged (PDF/UA-1) and archival (PDF/A-2a), by the engine that sets every document.

Nothing of it is remembered, and nothing goes to the cache: every word of it may be a patient's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from handouts.content.blocks import Block, Field, Group, Node, Part, Text, Tone
from handouts.memory import forgetting
from handouts.pdf import FontSet, Signing, fill, stamp
from handouts.pdf.making import PlateMaker
from handouts.record.page_zero_sheet import Listing, Mood, Note, PageZero, Piece, Row, Section, Table
from handouts.record.page_zero_subject import STAFF
from handouts.typeset.arrangement import set_galleys
from handouts.typeset.furniture import Furniture
from handouts.typeset.marks import Galley
from handouts.typeset.master import Master, lay_out
from handouts.typeset.standing import SetFurniture, set_furniture
from handouts.typeset.stencil import SetBlock, Stencil
from handouts.typeset.style import LETTER, Paper, Style
from handouts.typeset.values import Values

STYLE = Style(
    body=9.5,
    h1=14,
    h2=11,
    h3=9.5,
    table=9,
    label=8,
    small=8,
    smallest=7.5,
    leading=1.2,
    paragraph_space=1.5,
    item_space=0.5,
    before_h1=0,
    before_h2=7,
    before_h3=4,
    after_heading=1.5,
    block_space=4,
    hang=12,
    cell_side=3.5,
    cell_top=1.4,
    callout_side=8,
    callout_top=3.5,
)
"""Small, for people who read many: 9 pt at least in the text."""
TITLE = "Page 0 – clinician’s review sheet"
NOT_FOR_PATIENTS = "For the clinician – not for the patient"
_TONES: dict[Mood, Tone] = {"blocks": "empty", "warns": "draft", "fine": "reviewed", "quiet": "", "": ""}
_SIGNS: dict[Mood, str] = {"blocks": "Blocks: ", "warns": "Note: ", "fine": "", "quiet": "", "": ""}
_PLACE = "page 0"


def as_pdf(sheet: PageZero, paper: Paper = LETTER) -> bytes:
    """Page 0 as a file: the same sheet gives the same bytes. Raises RefusedAppointment for a character that no face has."""
    return set_sheet(sheet.sections, _furniture(sheet), paper)


def set_sheet(
    sections: Sequence[Section], furniture: Furniture, paper: Paper = LETTER, fields: Sequence[Field] = ()
) -> bytes:
    """A sheet for staff as a file: its title is the furniture's, and `fields` to sign stand at its end. Raises as `as_pdf`."""
    with forgetting():
        return laid_out(sections, furniture, paper, fields).written()


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A sheet for staff on its pages; `signed` says whether there is anything to fill in."""

    root: Group
    galleys: Sequence[Galley]
    furniture: SetFurniture
    known: Values
    master: Master
    signed: bool

    def written(self) -> bytes:
        """The sheet as a file."""
        make = PlateMaker(FontSet.of({}), STYLE, Signing(allowed=self.signed))
        plate = make(self.root, self.master, self.galleys, self.furniture, filled={})
        blocks = {number: SetBlock(Stencil(galley), {}) for number, galley in enumerate(self.galleys)}
        return stamp(fill(plate, blocks, self.furniture, self.known))


def laid_out(
    sections: Sequence[Section], furniture: Furniture, paper: Paper = LETTER, fields: Sequence[Field] = ()
) -> LaidOut:
    """The pages of a sheet, as `set_sheet` sets it; what is nobody's own may be remembered. Raises as `as_pdf`."""
    end = [Block("fields", (Part("fields", tuple(fields)),), (), STAFF, place=_PLACE)] if fields else []
    root = Group("document", (_block("h1", furniture.title), *map(_section, sections), *end))
    galleys = set_galleys(root, {}, paper, STYLE, {})
    known = Values()
    standing = set_furniture(furniture, paper.measure, STYLE, known)
    return LaidOut(root, galleys, standing, known, lay_out(root, galleys, paper, STYLE, standing.size), bool(fields))


def _furniture(sheet: PageZero) -> Furniture:
    return Furniture(
        clinic_name=sheet.clinic,
        title=TITLE,
        for_line=NOT_FOR_PATIENTS,
        identity_line="{patient} · born {born} · {mrn}",
        page_line="Page {page} of {pages}",
        document_line="{packet_id} · page 0 · {hash}",
        help_line="",
        language=STAFF,
        values={
            "patient": sheet.patient,
            "born": sheet.birth_date,
            "mrn": sheet.mrn,
            "packet_id": sheet.packet_id,
            "hash": sheet.sha256[:8],
        },
    )


def _section(section: Section) -> Group:
    nodes = [node for piece in section.pieces for node in _nodes(piece)]
    return Group("section", (*([_block("h2", section.title)] if section.title else []), *nodes))


def _nodes(piece: Piece) -> Iterator[Node]:
    match piece:
        case Note(text, "blocks"):
            yield _noted(text, "blocks")
        case Note(text, mood):
            yield replace(_block("p", text, strong=mood == "fine"), tone=_TONES[mood])
        case Table():
            heads = [Row(piece.heads)] if any(piece.heads) else []
            rows = (*(_row(head, head=True) for head in heads), *map(_row, piece.rows))
            yield Group("table", rows, piece.widths)
        case Listing():
            yield replace(_block("h3", piece.head), tone=_TONES[piece.mood])
            yield Group("ul", tuple(_block("li", item) for item in piece.items))


def _noted(text: str, mood: Mood) -> Block:
    part = Part("p", (Text(text, strong=True),))
    return Block("aside", (part,), (), STAFF, kind="warning", place=_PLACE, tone=_TONES[mood])


def _row(row: Row, *, head: bool = False) -> Block:
    def cell(number: int, text: str) -> Part:
        runs = (Text(text, strong=head or not number),) if text else ()
        if head:
            return Part("th", runs, scope="col")
        return Part("td" if number else "th", runs, scope="" if number else "row")

    parts = tuple(cell(number, text) for number, text in enumerate(row.cells))
    return Block("tr", parts, (), STAFF, place=_PLACE, tone=_TONES[row.mood])


def _block(role: Literal["h1", "h2", "h3", "p", "li"], text: str, *, strong: bool = False) -> Block:
    return Block(role, (Part(role, (Text(text, strong),)),), (), STAFF, place=_PLACE)
