"""A part of a run → its files, in memory: every packet's own, and the print files in which they stand one after the other.

What comes of a part follows from the part and the run's plan alone, in any process and on any machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from handouts.appointment import Appointment
from handouts.batch import our_fault, told_with_row
from handouts.cache import user_cache
from handouts.clinic import load_clinic
from handouts.content.editions import Editions
from handouts.content.notice import KIND as NOTICE
from handouts.content.notice import TITLE as NOTICE_TITLE
from handouts.errors import Fault, HandoutsError, RefusedAppointment
from handouts.gate import GENERATED
from handouts.packet import Document, Packet, PacketMaker
from handouts.pdf.filling import Filled
from handouts.press.manifest import PRINTED, REFUSED
from handouts.press.plan import Part, Plan, Row
from handouts.press.print_files import Layout, Place, PrintFiles, Set, Told
from handouts.press.separator import Line, Separators, Slip
from handouts.printing import SEPARATOR, Media
from handouts.record.printable import OnlyHere, Printable
from handouts.record.saying import says, says_still
from handouts.typeset.style import PAPERS

_QUOTED = re.compile(r'"[^"]*"')
_NO_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class PartMade:
    """What came of a part: what the manifest says of its print files and packets, and `files` by their names in the run's folder.

    Once they are on the disk `files` is empty, and `hashes` has what they are there.
    """

    number: int
    print_files: Sequence[Told]
    packets: Sequence[Told]
    files: Mapping[str, bytes]
    hashes: Mapping[str, str] = field(default_factory=dict[str, str])

    def approved(self) -> Mapping[str, Collection[str]]:
        """The hashes of the documents of its packets that are final, by packet id."""
        final = [each for each in self.packets if each["status"] == GENERATED]
        return {each["packet_id"]: [told["sha256"] for told in each["documents"]] for each in final}


class Press:
    """What all parts of a run are made with."""

    def __init__(self, plan: Plan, editions: Editions) -> None:
        self.plan = plan
        self.settings = editions.clinic.press
        self.english = editions.english
        self.make = PacketMaker(editions, plan.options)
        self.separators = Separators(editions, PAPERS[plan.paper])
        self.layout = Layout(self.settings.two_sided, plan.up, plan.file_sheets)
        self.reduced_ink = plan.reduced_ink or self.settings.reduced_ink

    def packet(self, row: Row, printable: Printable) -> tuple[Packet, Mapping[str, bytes]]:
        """The packet of `row` with its files. Raises HandoutsError where there is none, or it may not be printed."""
        if row.appointment is None:
            raise RefusedAppointment(*row.faults)
        with _told_with(row):
            return printable.made(self.make, row.appointment, self.plan.now)

    def separator(self, row: Row, slip: Slip) -> Filled:
        """The sheet before the packet of `row`. Raises HandoutsError where it cannot be set."""
        with _told_with(row):
            return self.separators.packet(slip)

    def reason(self, row: Row, printable: Printable) -> str:
        """Why there is no packet of `row`, as the manifest says it; "" if there is one."""
        try:
            self.packet(row, printable)
        except HandoutsError as trouble:
            return _reason(trouble.faults)
        return ""

    def sets(self, packet: Packet) -> Iterator[Set]:
        """The documents of a packet as they are printed, each as often as the clinic wants."""
        for document in packet.documents:
            language = document.wording.edition.language
            for copy in range(1, self.settings.copies_of(document.kind, language) + 1):
                yield Set(document.kind, language, copy, document.filled)

    def pages(self, sets: Iterable[Set]) -> Sequence[int]:
        """The pages of a packet's sets, with its separator sheet if there is one."""
        return [*([1] if self.settings.separators else []), *(each.pages for each in sets)]

    def is_as_printed(self, appointment: Appointment, printed: Told, printable: Printable) -> bool:
        """Whether what may be printed of `appointment` now is what was `printed` of it: of what is approved, to the byte."""
        try:
            if printed["status"] == GENERATED:
                packet, _ = printable.made(self.make, appointment, self.plan.now)
                return {each.kind: each.sha256 for each in packet.documents} == {
                    each["kind"]: each["sha256"] for each in printed["documents"]
                }
            if not printable.is_draft(self.make, appointment):
                return False
            make = self.make.of_drafts
            now = says(make, make.said(appointment, self.plan.now))
            as_then = make.said(appointment, datetime.fromisoformat(printed["made_at"]))
        except HandoutsError:
            return False
        return says_still(make, printed["says"], as_then, now)

    def title(self, document: Document) -> str:
        """What staff call a document."""
        edition = document.wording.edition
        if edition.kind == NOTICE:
            return NOTICE_TITLE
        return self.make.editions.wordings(edition.procedure, edition.kind, self.english).edition.title


def maker_in(plan: Plan, folder: Path) -> Callable[[Part], PartMade]:
    """What makes parts with the clinic in `folder`, on a machine that has nothing else of it. Raises ContentError."""
    return partial(make_part, Press(plan, Editions(load_clinic(folder), user_cache())))


def make_part(press: Press, part: Part) -> PartMade:
    """Every packet of `part`, and its print files; what is wrong with one packet never stops the others."""
    files: dict[str, bytes] = {}
    printing = PrintFiles(part.number, press.layout, press.separators.back, reduced_ink=press.reduced_ink)
    with press.make.editions.cache.together():
        packets = [_row(press, row, part, printing, files) for row in part.rows]
    print_files: list[Told] = []
    for ended in printing.ended():
        files[ended.name], pages = ended.content(press.layout, PAPERS[press.plan.paper])
        print_files.append({"file": ended.name, "pages": pages, "sheets": ended.sheets, "sets": ended.sets})
    return PartMade(part.number, print_files, packets, files)


def _row(press: Press, row: Row, part: Part, printing: PrintFiles, files: dict[str, bytes]) -> Told:
    """What the manifest says of a row, once its pages are in a print file and its own files among `files`."""
    try:
        packet, own = press.packet(row, part.printable)
        sets = list(press.sets(packet))
        place = printing.place(press.pages(sets))
        if press.settings.separators:
            slip = _slip(press, row, packet, part.last, place)
            sets.insert(0, Set(SEPARATOR, press.english, 1, press.separator(row, slip)))
    except HandoutsError as trouble:
        return _refused(press, row, part.last, printing, trouble.faults)
    stands = printing.add(place, packet.packet_id, row.sequence, sets)
    files.update({f"{packet.packet_id}/{name}": content for name, content in own.items()})
    return {
        **_told(press, row, place, stands),
        "packet_id": packet.packet_id,
        "state": PRINTED,
        "status": packet.status,
        "language": packet.language,
        "documents": [
            {
                "kind": document.kind,
                "pages": document.pages,
                "copies": press.settings.copies_of(document.kind, document.wording.edition.language),
                "sha256": document.sha256,
            }
            for document in packet.documents
        ],
        "pages": sum(document.pages for document in packet.documents),
        "says": _says(press, packet, row),
    }


def _says(press: Press, packet: Packet, row: Row) -> str:
    """What a draft or sample says, to know later whether it does still; what is approved is known by its hashes."""
    if packet.status == GENERATED:
        return ""
    assert row.appointment is not None  # noqa: S101 - there is a packet of it
    make = press.make.of_drafts
    return says(make, make.said(row.appointment, press.plan.now))


def _refused(press: Press, row: Row, last: int, printing: PrintFiles, faults: Sequence[Fault]) -> Told:
    """What the manifest says of a row of which a separator sheet alone is printed, with the reason."""
    appointment_id = row.appointment.id if row.appointment else ""
    sheet = press.separators.refused(row.sequence, last, row.where, appointment_id, faults)
    place = printing.place([1])
    stands = printing.add(place, "", row.sequence, [Set(SEPARATOR, press.english, 1, sheet)])
    return {**_told(press, row, place, stands), "reason": _reason(faults)}


def _told(press: Press, row: Row, place: Place, stands: Told) -> Told:
    """What the manifest says of a row that stands in this place, as long as there is no packet of it; `stands` are its pages."""
    return {
        "sequence": row.sequence,
        "appointment_id": row.appointment.id if row.appointment else "",
        "packet_id": "",
        "state": REFUSED,
        "status": "",
        "language": "",
        "documents": [],
        "pages": 0,
        "sheets": place.last_sheet - place.first_sheet + 1,
        "print_file": place.file,
        **stands,
        "first_sheet": place.first_sheet,
        "last_sheet": place.last_sheet,
        "where": row.where,
        "reason": "",
        "made_at": press.plan.now.isoformat(),
        "says": "",
    }


def _slip(press: Press, row: Row, packet: Packet, last: int, place: Place) -> Slip:
    """What the separator sheet of a packet says."""
    lines = tuple(
        Line(
            press.title(document),
            document.wording.edition.language,
            document.pages,
            press.layout.sheets_of([document.pages]),
            press.settings.copies_of(document.kind, document.wording.edition.language),
            _paper(press.settings.media.get(document.kind)),
            press.settings.staple,
        )
        for document in packet.documents
    )
    assert row.appointment is not None  # noqa: S101 - there is a packet of it
    return Slip(
        row.appointment,
        packet.packet_id,
        row.sequence,
        last,
        place.label,
        place.first_sheet,
        place.last_sheet,
        lines,
        packet.status,
    )


@contextmanager
def _told_with(row: Row) -> Generator[None, None, None]:
    """What goes wrong is a HandoutsError told with the row: not even a fault of ours in one packet takes the others with it."""
    try:
        yield
    except HandoutsError as trouble:
        raise told_with_row(row.where, trouble) from None
    except OnlyHere:
        raise
    except Exception as trouble:  # noqa: BLE001 - see above
        raise RefusedAppointment(our_fault(row.where, trouble)) from None


def _paper(media: Media | None) -> str:
    """Other paper in words."""
    return " ".join(filter(None, (media.colour, media.type, media.source))) if media else ""


def _reason(faults: Sequence[Fault]) -> str:
    return " ".join(map(_without_value, faults))


def _without_value(fault: Fault) -> str:
    """A fault without what stood in the row, nor any of it that the problem quotes: it may be a patient's, and manifests name nobody."""
    place = f'"{fault.field}": ' if fault.field else ""
    stood = _NO_LETTER.sub("", fault.value or "")

    def shown(quoted: re.Match[str]) -> str:
        return '"…"' if fault.value and _NO_LETTER.sub("", quoted[0]) in stood else quoted[0]

    return f"{place}{_QUOTED.sub(shown, fault.problem)} {fault.remedy}".strip()
