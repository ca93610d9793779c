"""What staff must know of a packet, or of a row without one → the sheets that a press adds: separators and blank backs.

A separator is for staff, so it is in the clinic's English, and large enough to be read from a metre. Its code is that of a page
(`typeset/code.py`), with the number SEPARATOR for its document, which no document has. What does not fit is set smaller, and the
last that falls away are rows of a list, which then says how many.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from handouts.appointment import Appointment
from handouts.around import mark_of
from handouts.content.blanks import Blank
from handouts.content.editions import Editions
from handouts.content.press import Press, printed
from handouts.content.words import LEFT_BLANK
from handouts.errors import Fault
from handouts.gate import across
from handouts.memory import remembered
from handouts.pdf import Filled
from handouts.press import separator_blocks as blocks
from handouts.press.added_sheets import AddedSheets, Look, most
from handouts.press.one_line import one_line
from handouts.record.page_zero_sheet import counted, shortened
from handouts.typeset.code import SEPARATOR, Code
from handouts.typeset.furniture import Furniture
from handouts.typeset.style import Paper, Style
from handouts.typeset.values import Values

TITLE = "Separator sheet – for staff"
PROOF = "manifest.csv"
"""The file that has of every row of a run what came of it."""
_LONGEST = 400
"""The most characters of a fault on a sheet; manifest.csv has all of it."""
_LONGEST_PLACE = 160
_REGION = re.compile(r"-([A-Z]{2}|[0-9]{3})\b")
_MOST_FAULTS = 64
"""More do not fit on any page."""
_PLAIN = Style(
    body=21,
    h1=42,
    h3=26,
    table=12.5,
    label=10,
    leading=1.2,
    paragraph_space=4,
    before_h1=0,
    before_h3=6,
    after_heading=4,
    block_space=8,
    cell_side=4,
    cell_top=3,
)
_STYLES = (
    _PLAIN,
    replace(_PLAIN, h1=28),
    replace(_PLAIN, h1=21, h3=20, body=16, table=11),
    replace(_PLAIN, h1=18, h3=14, body=12, table=9, cell_top=2, checkbox=12),
    replace(_PLAIN, h1=12, h3=11, body=9, table=8, cell_top=1, checkbox=10),
)
"""One after the other is tried: first a long name is set smaller, then everything."""
_OF_FAULTS = tuple(replace(_PLAIN, body=size, h3=1.5 * size) for size in (15, 12, 9))
_OF_BACKS = replace(_PLAIN, body=14)


@dataclass(frozen=True, slots=True)
class Line:
    """One document of a packet: its title in English, its language (BCP 47), pages and sheets of one copy, and how many copies.

    `paper` is in words what it is printed on, if it is other paper.
    """

    title: str
    language: str
    pages: int
    sheets: int
    copies: int = 1
    paper: str = ""
    stapled: bool = False


@dataclass(frozen=True, slots=True)
class Slip:
    """What the separator sheet of a packet says.

    It is packet `sequence` of `scheduled`, in the print file called `print_file` ("7", "7b"), on its sheets `first_sheet` to
    `last_sheet`. `status` is the packet's: "generated", "draft" or "sample".
    """

    appointment: Appointment
    packet_id: str
    sequence: int
    scheduled: int
    print_file: str
    first_sheet: int
    last_sheet: int
    documents: tuple[Line, ...]
    status: str


class Separators:
    """The sheets that a print run of one clinic has beside its packets, on `paper`; each is one page."""

    def __init__(self, editions: Editions, paper: Paper) -> None:
        self._editions = editions
        self._clinic = editions.clinic
        self._press: Press = editions.press(editions.english)
        self._sheets = AddedSheets(paper, editions.english, blocks.differs, editions.cache)
        self._back = remembered()(self._back_in)

    def packet(self, slip: Slip) -> Filled:
        """The sheet before a packet. Raises RefusedAppointment for a character that no face has."""
        known = Values()
        values = self._of_packet(slip)
        mark = mark_of(across(slip.status, unreviewed=False), [self._press])
        code = Code(slip.packet_id, slip.appointment.revision, SEPARATOR)
        furniture = self._furniture(code)
        count = len(slip.documents)

        def with_documents(shown: int, style: Style) -> Filled | None:
            left = count - shown
            said = values | {"more_documents": _more(left, "document", "manifest.json")}
            root = blocks.packet(shown, self._editions.english, more=bool(left))
            return self._sheets.sheet(root, said, furniture, Look(style, mark), known)

        for style in _STYLES:
            found = with_documents(count, style)
            if found:
                return found
        return _whole(most(lambda shown: with_documents(shown, _STYLES[-1]), count))

    def refused(
        self, sequence: int, scheduled: int, where: str, appointment_id: str | None, faults: Sequence[Fault]
    ) -> Filled:
        """The sheet in place of a packet that is not printed: `where` is the file and row, `faults` are the reasons."""
        known = Values()
        values = {
            "sequence": str(sequence),
            "scheduled": str(scheduled),
            "where": shortened(one_line(where), _LONGEST_PLACE),
            "appointment_id": one_line(appointment_id or ""),
        }
        told = [shortened(one_line(_reason(fault, where)), _LONGEST) for fault in faults]
        values |= {blocks.fault(number): text for number, text in enumerate(told[:_MOST_FAULTS], 1)}
        furniture = self._furniture()
        known_id = bool(appointment_id)

        def with_faults(shown: int, style: Style) -> Filled | None:
            left = len(told) - shown
            said = values | {"more_faults": _more(left, "reason", PROOF)}
            root = blocks.refused(shown, self._editions.english, more=bool(left), known_id=known_id)
            return self._sheets.sheet(root, said, furniture, Look(style), known)

        if len(told) <= _MOST_FAULTS:
            for style in _OF_FAULTS:
                found = with_faults(len(told), style)
                if found:
                    return found
        return _whole(most(lambda shown: with_faults(shown, _OF_FAULTS[-1]), min(len(told), _MOST_FAULTS)))

    def back(self, language: str) -> Filled:
        """The blank back of a page in `language`: that it is blank on purpose, in that language if it is reviewed, and in English."""
        return self._back(language)

    def _back_in(self, language: str) -> Filled:
        said = self._editions.left_blank(language)
        own = [(language, said)] if said and said != LEFT_BLANK else []
        root = blocks.back((*own, (self._editions.english, LEFT_BLANK)))
        nothing = Furniture("", "", "", "", "", "", "", self._editions.english)
        return _whole(self._sheets.sheet(root, {}, nothing, Look(_OF_BACKS, in_the_middle=True), Values(nobodys=True)))

    def _furniture(self, code: Code | None = None) -> Furniture:
        english = self._editions.english
        return Furniture(self._clinic.name, TITLE, "", "", "", "", "", english, code=code)

    def _of_packet(self, slip: Slip) -> dict[str, str]:
        """What stands in the blanks of a packet's sheet."""
        appointment, press, clinic = slip.appointment, self._press, self._clinic
        patient = appointment.patient
        clinician, location = clinic.clinicians[appointment.clinician], clinic.locations[appointment.location]
        first, last = slip.first_sheet, slip.last_sheet
        found = {
            "sequence": str(slip.sequence),
            "scheduled": str(slip.scheduled),
            "patient_name": patient.display_name,
            "birth_date": printed(Blank("birth_date", patient.birth_date), press),
            "mrn": patient.mrn,
            "start": printed(Blank("instant", appointment.start), press),
            "clinician_name": ", ".join(filter(None, (clinician.name, clinician.credentials))),
            "location_name": location.name,
            "print_file": slip.print_file,
            "sheets": f"sheet {first}" if first == last else f"sheets {first}–{last}",
            "packet_id": slip.packet_id,
        }
        for number, line in enumerate(slip.documents, 1):
            cells = (
                line.title,
                printed(Blank("language", _REGION.sub("", line.language)), press),
                str(line.pages),
                str(line.sheets),
                str(line.copies),
                line.paper,
                "yes" if line.stapled else "no",
            )
            found |= zip(blocks.document(number), cells, strict=True)
        return found


def _reason(fault: Fault, where: str) -> str:
    """A fault as text; where it is is left out if the sheet says it already."""
    return str(fault).removeprefix(where).lstrip(",: ") if fault.where == where else str(fault)


def _more(count: int, what: str, file: str) -> str:
    """That there are more than stand here, and where."""
    return f"and {counted(count, f'more {what}')}: see {file}" if count else ""


def _whole(sheet: Filled | None) -> Filled:
    """The sheet, of which the least is one page on any paper."""
    if sheet is None:
        raise ValueError("a sheet without its lists takes more than one page")
    return sheet
