"""A schedule → a run on the disk: parts made in order, put in their place, told to the journal; gone on with where it was killed.

`begun` finds out what is to be made, `made` makes it, `ended` has it proved: a manifest, and the operator's sheet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from handouts.appointment import Appointment
from handouts.clinic import Clinic
from handouts.errors import Fault, HandoutsError, NotWritten, UnreadableInput, WrongUsage
from handouts.intake import Schedule
from handouts.output import Writing, end, sweep
from handouts.packet import opaque_id
from handouts.press.journal import NAME as JOURNAL
from handouts.press.journal import Journal, Round
from handouts.press.manifest import (
    CSV,
    JSON,
    PRINTED,
    REFUSED,
    Standing,
    Told,
    as_csv,
    as_json,
    manifest,
    standing,
)
from handouts.press.on_disk import cleared, is_there, require_sound, unsound
from handouts.press.order import in_order
from handouts.press.part import PartMade, Press
from handouts.press.plan import Part, Row, parts_of, rows_of
from handouts.press.run_sheet import run_sheet
from handouts.record.lock import alone
from handouts.record.printable import Printable
from handouts.translate.files import write_whole
from handouts.typeset.style import PAPERS

RUN_SHEET = "run-sheet.pdf"
_LARGEST_PART = 250
"""Rows that are made together at most: their files are in memory until they are on the disk."""
_TRIED = 20
"""Rows of which the first that becomes a packet says how large packets are."""
_FULL = 0.9
"""How far a print file is filled, counted by the first packet: others have more sheets."""
Work = Callable[[Sequence[Part]], Iterator[PartMade]]
Head = Mapping[str, Any]


@dataclass(frozen=True)
class Outstanding:
    """What is to be made: the parts of the last round that are not on the disk yet, `rows` of them in all."""

    journal: Journal
    out: Path
    round: Round
    parts: Sequence[Part]

    @property
    def rows(self) -> int:
        """The rows of these parts."""
        return sum(len(part.rows) for part in self.parts)


def earlier(journal: Journal, asked: Head, *, only_changed: bool) -> Round | None:
    """The round of `journal` that was asked for in the same words, to be gone on with; None for one that is to begin.

    A round that has ended is not gone on with where what has changed since is asked for.

    `asked` has what a run follows from, but for the time. Raises WrongUsage where the folder has a run of something else, and where
    what has changed would not be printed as the rest was: a printer is told of all print files at once how they lie on the paper.
    """
    if not journal.rounds:
        return None
    last = journal.rounds[-1]
    before = last.head["asked"]
    if fixed := _fixed(before, asked):
        problem = f"this folder has a run that was made otherwise: {', '.join(fixed)} {'differs' if len(fixed) == 1 else 'differ'} from then."
        remedy = "Ask for the same as then, or print all of it into another folder with -o."
        raise WrongUsage(Fault(str(journal.path.parent), problem, remedy))
    if last.ended and only_changed:
        return None
    other = [told for name, told in _DIFFERENCES.items() if before.get(name) != asked.get(name)]
    if not other:
        return last
    if only_changed:
        return None
    options = [told for name, told in _OPTIONS.items() if before["plan"].get(name) != asked["plan"].get(name)]
    told = ", ".join(other).replace(_THE_OPTIONS, f"{_THE_OPTIONS} ({', '.join(options)})")
    problem = f"this folder has the run of something else: {told} differ from then."
    remedy = "Print what has changed with --only-changed, or all of it into another folder with -o."
    raise WrongUsage(Fault(str(journal.path.parent), problem, remedy))


_THE_OPTIONS = "the options"
_DIFFERENCES = {
    "schedule": "the schedules",
    "plan": _THE_OPTIONS,
    "content": "the clinic’s settings, templates, translations or approvals",
    "program": "the versions of the program",
}
_OPTIONS = {
    "language": "--lang",
    "drafts": "--drafts",
    "reduced_ink": "--reduced-ink",
    "file_sheets": "--sheets",
}
_FIXED = {"paper": "--paper", "variant": "--variant", "up": "--up", "encrypted": "--password-file"}


def _fixed(before: Head, asked: Head) -> Sequence[str]:
    """What of that differs which is the same in all print files of a folder: paper, look, sides, pages on a side, whether they are encrypted."""
    options = [told for name, told in _FIXED.items() if before["plan"].get(name) != asked["plan"].get(name)]
    sides = ["two_sided in [press]"] if before.get("two_sided") != asked.get("two_sided") else []
    return [*options, *sides]


def require_same_password(journal: Journal, password: str) -> None:
    """Raises UnusableKey where print files of the run open with another password: a folder has one."""
    if password:
        from handouts.press.encrypted import require_password  # noqa: PLC0415 - most runs are not

        for told in standing(journal.rounds).print_files:
            require_password(journal.path.parent / str(told["file"]), password)


def begun(
    press: Press, journal: Journal, last: Round | None, asked: Head, found: Schedule, printable: Printable
) -> Outstanding:
    """What is to be made of `found`: what `last` has not made yet, or a new round with all that is not printed as it is now.

    Raises UnreadableInput where no file of a new round can be read, or one that may have what is printed already: whoever stands
    in it is not gone from the schedule.
    """
    out = journal.path.parent
    before = standing(journal.rounds[:-1] if last else journal.rounds)
    if last is None and (before.packets or not (found.appointments or found.refused)):
        UnreadableInput.gathered(fault for each in found.unreadable for fault in each.faults)
    kept: Mapping[str, str] = (
        last.head["kept"] if last else _kept(press, journal, before, found.appointments, printable)
    )
    appointments = [(where, each) for where, each in found.appointments if _id(press, each) not in kept]
    rows = rows_of(found, in_order(appointments, press.make.editions.clinic), before.next_sequence)
    if last is None and journal.is_ended and not _is_news(press, before, kept, rows, printable):
        return Outstanding(journal, out, journal.rounds[-1], [])
    if last is None:
        size = _part_size(press, rows, printable)
        scheduled = len(found.appointments) + len(found.refused) + len(found.unreadable)
        making = sorted(_id(press, row.appointment) for row in rows if row.appointment)
        packets = {"kept": dict(sorted(kept.items())), "making": making}
        numbers = {"part_rows": size, "first_part": before.next_part, "scheduled": scheduled}
        last = journal.begin({"asked": asked, "now": press.plan.now.isoformat(), **packets, **numbers})
    parts = parts_of(rows, printable, last.head["part_rows"], last.head["first_part"])
    return Outstanding(journal, out, last, [part for part in parts if not is_there(out, last.parts.get(part.number))])


def made(
    run: Outstanding, work: Work, on_paper: Callable[[PartMade], Sequence[Fault]]
) -> Iterator[tuple[PartMade, Sequence[Fault]]]:
    """The parts that are made, each once it is on the disk and in the journal, with what must be taken out of the tray.

    `on_paper` says in the record that the packets of a part are; it tells which of them may not be handed out any more. Raises
    NotWritten where the disk does not take a part.
    """
    for part in work(run.parts):
        faults = on_paper(part)
        told = {"print_files": part.print_files, "packets": part.packets, "hashes": part.hashes}
        run.journal.add({"number": part.number, **told, "take_out": [str(fault) for fault in faults]})
        yield part, faults


def placed(part: PartMade, out: Path, password: str = "") -> PartMade:
    """`part` with its files in their places below `out`, each whole; it holds them no more. Raises NotWritten.

    With a `password` the PDFs are encrypted, and nothing else of a packet is written.
    """
    files = part.files
    if password:
        from handouts.press.encrypted import encrypted  # noqa: PLC0415 - most runs are not

        files = {name: encrypted(content, password) for name, content in files.items() if name.endswith(".pdf")}
    in_folders = [(name.partition("/"), content) for name, content in files.items()]
    packets = [(folder, name, content) for (folder, slash, name), content in in_folders if slash]
    writings = [
        Writing(out / folder, {name: content for _, name, content in own}, instead=True)
        for folder, own in groupby(packets, key=lambda each: each[0])
    ]
    end(writings)
    for writing in writings:
        if writing.trouble:
            raise writing.trouble
    for (name, slash, _), content in in_folders:
        if not slash:
            write_whole(out / name, content, mode=0o600)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    print_files = [{**told, "sha256": hashes[str(told["file"])]} for told in part.print_files]
    return replace(part, print_files=print_files, hashes=hashes, files={})


def _kept(
    press: Press, journal: Journal, before: Standing, found: Sequence[tuple[str, Appointment]], printable: Printable
) -> Mapping[str, str]:
    """The ids of packets that are printed, all of it still there, and would be printed as they are, with the rows they stand in now."""
    spoilt = unsound(journal.path.parent, journal.rounds)
    printed = {name: packet for packet in before.packets if (name := str(packet["packet_id"])) and name not in spoilt}
    return {
        name: where
        for where, appointment in found
        if (name := _id(press, appointment)) in printed and press.is_as_printed(appointment, printed[name], printable)
    }


def _is_news(
    press: Press, before: Standing, kept: Mapping[str, str], rows: Sequence[Row], printable: Printable
) -> bool:
    """Whether anything is otherwise than it stands: a packet is gone or in another row, or a row is not refused as it was before."""
    refused = {(each["where"], each["reason"]) for each in before.packets if each["state"] == REFUSED}
    printed = {each["packet_id"]: each["where"] for each in before.packets if each["state"] == PRINTED}
    if printed != kept or len(rows) != len(refused):
        return True
    return any((row.where, press.reason(row, printable)) not in refused for row in rows)


def _id(press: Press, appointment: Appointment) -> str:
    return opaque_id(press.make.editions.clinic.id, appointment.id, appointment.revision)


def _part_size(press: Press, rows: Sequence[Row], printable: Printable) -> int:
    """How many rows are made together, so that they fill about one print file: as the first packet is large."""
    for row in [row for row in rows if row.appointment][:_TRIED]:
        try:
            packet, _ = press.packet(row, printable)
        except HandoutsError:
            continue
        sheets = press.layout.sheets_of(press.pages(press.sets(packet)))
        return max(1, min(_LARGEST_PART, int(press.layout.sheets * _FULL) // sheets))
    return _LARGEST_PART


@contextmanager
def opened(out: Path, *, there: bool = False) -> Generator[Journal, None, None]:
    """The journal of the run in `out`, for this process alone; the folder is made, and like one that is empty, it is for its owner only.

    Raises NotWritten where there can be no folder, or another process prints into it, DamagedRecord for a journal that is damaged,
    and WrongUsage where the run has to be `there` and is not.
    """
    if there and not (out / JOURNAL).is_file():
        problem = "there is no print run here."
        raise WrongUsage(Fault(str(out), problem, "Name the folder that press run printed into."))
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not any(out.iterdir()):
            out.chmod(0o700)
    except OSError as trouble:
        problem = f"no run can be printed here: {trouble.strerror or trouble}."
        raise NotWritten(Fault(str(out), problem, "Choose another folder with -o.")) from None
    with alone(out, wait=0):
        sweep(out, alone=True)
        yield Journal(out)


def write_manifest(journal: Journal) -> Told:
    """The manifest of the run, once it is on the disk. Raises NotWritten, and as `manifest`."""
    out = journal.path.parent
    told = manifest(journal)
    write_whole(out / JSON, as_json(told), mode=0o600)
    write_whole(out / CSV, as_csv(told), mode=0o600)
    return told


def ended(journal: Journal, clinic: Clinic) -> Told:
    """The manifest of the run, once it is on the disk with the operator's sheet.

    Raises NotWritten, and DamagedRecord where the run adds up not, or a file of an earlier round is not as it was made.
    """
    out = journal.path.parent
    cleared(journal)
    told = write_manifest(journal)
    write_whole(out / RUN_SHEET, run_sheet(told, clinic, PAPERS[told["paper"]]), mode=0o600)
    journal.end()
    require_sound(journal)
    return told
