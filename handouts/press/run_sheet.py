"""The manifest of a print run → one page for the operator: what there is, how it is printed, what was refused, who printed it.

It names no patient. The lists share the page: what does not fit on it is counted, with the file that has all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from handouts.clinic import Clinic
from handouts.content.blocks import Field
from handouts.errors import RefusedAppointment, TemplateError
from handouts.press.journal import Told
from handouts.press.one_line import one_line
from handouts.printing import PressSettings
from handouts.record.page_zero_pdf import LaidOut, laid_out
from handouts.record.page_zero_sheet import Mood, Note, Piece, Row, Section, Table, counted, shortened
from handouts.record.page_zero_subject import STAFF
from handouts.typeset.furniture import Furniture
from handouts.typeset.style import Paper

TITLE = "Run sheet"
_MOST_ROWS = 80
"""More do not fit on any page."""
_LONGEST = 100
"""The most characters of a reason, a place or a name."""
_LONGEST_REASON = 400
"""The most characters of a reason where there is room for all rows: it ends with what to do."""
_LONGEST_SETTING = 320
_FIELDS = (
    Field("text", "printed_by", "Printed by", 60),
    Field("text", "printed_on", "Date and time", 40),
    Field("text", "jams", "Jams: sheets that were printed again", 100, lines=2),
)
_NOTHING = "–"
_LETTERS = 8
"""Of a hash; all of it is in manifest.json."""
_ABREAST = 2


@dataclass(frozen=True, slots=True)
class _List:
    """A list of the sheet: `what` one of its entries and many are, how many there are, and which `file` has all of them.

    Its rows have so many entries `abreast`.
    """

    title: str
    what: tuple[str, str]
    file: str
    heads: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    count: int
    mood: Mood = ""
    abreast: int = 1

    def section(self, shown: int) -> Section:
        """It with the first `shown` of its rows."""
        left = max(self.count - shown * self.abreast, 0)
        rows = tuple(Row(cells, self.mood) for cells in self.rows[:shown])
        table: list[Piece] = [Table(self.heads, self.widths, rows)] if rows else []
        more = (
            [Note(f"and {counted(left, *(f'more {each}' for each in self.what))}: see {self.file}", "warns")]
            if left
            else []
        )
        return Section(self.what[0], self.title, (*table, *more))


def run_sheet(told: Told, clinic: Clinic, paper: Paper) -> bytes:
    """The sheet of the run that the manifest `told` tells of, as a PDF of one page, tagged and archival."""
    head = tuple(_head(told, clinic.press))
    furniture = _furniture(told, clinic)

    def lists(longest: int) -> Sequence[_List]:
        return [each for each in (_thrown_away(told), _print_files(told), _refused(told, longest)) if each.rows]

    def tried(listed: Sequence[_List], shown: Sequence[int]) -> LaidOut | None:
        sections = (*head, *(each.section(count) for each, count in zip(listed, shown, strict=True)))
        try:
            found = laid_out(sections, furniture, paper, _FIELDS)
        except (TemplateError, RefusedAppointment):  # a block is taller than a page
            return None
        return found if len(found.master.pages) == 1 else None

    whole, cut = lists(_LONGEST_REASON), lists(_LONGEST)
    upper = [min(len(each.rows), _MOST_ROWS) for each in cut]
    all_of_it = tried(whole, upper) if upper == [len(each.rows) for each in whole] else None
    return (all_of_it or _fullest(partial(tried, cut), upper)).written()


def _fullest(tried: Callable[[Sequence[int]], LaidOut | None], upper: Sequence[int]) -> LaidOut:
    """The sheet with as many rows as it takes of lists so long: of each alike, and then of one after the other."""

    def alike(count: int) -> list[int]:
        return [min(count, most) for most in upper]

    shown = alike(_greatest(lambda count: tried(alike(count)) is not None, max(upper, default=0)))
    for place, most in enumerate(upper):
        before, after = shown[:place], shown[place + 1 :]
        more = _greatest(
            lambda count, least=shown[place], before=before, after=after: (
                tried([*before, least + count, *after]) is not None
            ),
            most - shown[place],
        )
        shown[place] += more
    found = tried(shown)
    if found is None:
        raise ValueError("a run sheet without its lists takes more than one page")
    return found


def _greatest(fits: Callable[[int], bool], upper: int) -> int:
    """The greatest number from 0 to `upper` that `fits`; 0 is taken to."""
    if upper and fits(upper):
        return upper
    low, high = 0, max(upper - 1, 0)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def _furniture(told: Told, clinic: Clinic) -> Furniture:
    made = f"print run made {told['made_at']}"
    return Furniture(clinic.name, TITLE, "For the operator", "", "Page {page} of {pages}", one_line(made), "", STAFF)


def _head(told: Told, press: PressSettings) -> Iterator[Section]:
    """What there is, and how it is printed."""
    scheduled, printed, refused = (int(told[name]) for name in ("scheduled", "printed", "refused"))
    adds_up = scheduled == printed + refused
    said = f"{scheduled} scheduled = {printed} printed + {refused} refused"
    files = told["print_files"]
    sheets = sum(int(each["sheets"]) for each in files)
    pieces: list[Piece] = [
        Note(said, "fine") if adds_up else Note(f"{said}: this does not add up. Print nothing of it.", "blocks"),
        Note(f"{counted(sheets, 'sheet')} in {counted(len(files), 'print file')}"),
    ]
    if told.get("drafts"):
        pieces.append(Note("Drafts are among them: for proofs, not for patients.", "warns"))
    yield Section("totals", "", tuple(pieces))
    rows = tuple(Row((name, shortened(one_line(value), _LONGEST_SETTING))) for name, value in _settings(told, press))
    yield Section("settings", "How it is printed", (Table(("", ""), (20, 80), rows),))


def _settings(told: Told, press: PressSettings) -> Iterator[tuple[str, str]]:
    up = int(told.get("up", 1))
    yield "Paper", f"{told['paper']}, {'two-sided' if told['two_sided'] else 'one-sided'}{f', {up} up' * (up > 1)}"
    yield "Staples", "each copy of a document by itself" if press.staple else "none"
    media = (
        f"{kind}: {' '.join(filter(None, (each.colour, each.type, f'from {each.source}' * bool(each.source))))}"
        for kind, each in sorted(press.media.items())
    )
    yield "Other paper", "; ".join(media) or "none"
    copies = (f"{kind}: {count}" for kind, count in sorted(press.copies.items()) if count != 1)
    yield "Copies", "; ".join(copies) or "one of each"


def _print_files(told: Told) -> _List:
    cells = [
        (
            _short(each["file"]).removesuffix(".pdf"),
            _span(each["first_sheet"], each["last_sheet"]),
            _packets(each.get("sets", ())),
            str(each["sha256"])[:_LETTERS],
        )
        for each in told["print_files"]
    ]
    heads = ("Print file", "Sheets", "Packets", "SHA-256") * _ABREAST
    rows = [sum(cells[first : first + _ABREAST], ()) for first in range(0, len(cells), _ABREAST)]
    whole = tuple((*row, *("",) * (len(heads) - len(row))) for row in rows)
    what, widths = ("print file", "print files"), (14, 12, 13, 11) * _ABREAST
    title = "Print files, with the beginning of the hash of each"
    return _List(title, what, "manifest.json", heads, widths, whole, len(cells), abreast=_ABREAST)


def _packets(sets: Sequence[Told]) -> str:
    numbers = [int(each["sequence"]) for each in sets]
    return _span(min(numbers), max(numbers)) if numbers else _NOTHING


def _refused(told: Told, longest: int) -> _List:
    refused = [each for each in told["packets"] if each["state"] == "refused"]
    rows = tuple(
        (
            str(each["sequence"]),
            _short(each.get("where")),
            _short(each.get("appointment_id")),
            _short(each.get("reason"), longest),
        )
        for each in refused
    )
    heads = "Packet", "Where", "Appointment", "Why it is not printed"
    title, what = "Refused: a sheet stands in their place", ("refused row", "refused rows")
    return _List(title, what, "manifest.csv", heads, (9, 25, 18, 48), rows, len(rows))


def _thrown_away(told: Told) -> _List:
    rows = tuple(
        (
            str(each["sequence"]),
            _short(each["packet_id"]),
            f"{_short(each['print_file'])}, {_span(each['first_sheet'], each['last_sheet'])}",
            _short(each.get("reason")),
        )
        for each in told.get("throw_away", ())
    )
    heads = "Packet", "Packet id", "Print file and sheets", "Why"
    title = "Throw away, of the run before"
    what = "packet to throw away", "packets to throw away"
    return _List(title, what, "manifest.json", heads, (9, 25, 30, 36), rows, len(rows), "warns")


def _span(first: object, last: object) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _short(text: object, longest: int = _LONGEST) -> str:
    return shortened(one_line(str(text or "")), longest) or _NOTHING
