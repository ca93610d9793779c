"""Sheets of a run, or a packet → a print file of just these, out of the files that were printed: a jam costs no more than it spoilt."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from handouts.errors import DamagedRecord, Fault, WrongUsage
from handouts.press.journal import Journal
from handouts.press.manifest import Standing, Told, final_on, sha256_of
from handouts.press.print_files import label_of
from handouts.translate.files import write_whole

_SHEET = re.compile(r"(?:0*(\d+[a-z]*)[:.])?(\d+)")


@dataclass(frozen=True)
class Sheets:
    """Sheets of one print file, both included, from 1."""

    file: Told
    first: int
    last: int

    def final(self, now: Standing) -> list[str]:
        """The ids of the packets on these sheets that are more than drafts, those too that are to be thrown away."""
        return final_on((*now.packets, *now.throw_away), self.file["file"], self.first, self.last)


def sheets_between(now: Standing, first: str, last: str) -> Sequence[Sheets]:
    """The sheets from `first` to `last`, both included: counted over the run ("212"), or in a print file ("7:12").

    Those that are to be thrown away are left out. Raises WrongUsage where there are no such sheets, or no others.
    """
    begin, end = _sheet(now, first, "--from"), _sheet(now, last, "--to")
    if end < begin:
        raise WrongUsage(Fault("the command", f"comes before sheet {first}.", "Turn them round.", "--to", last))
    found: list[Sheets] = []
    for file in now.print_files:
        inside = max(begin, file["first_sheet"]), min(end, file["last_sheet"])
        if inside[0] <= inside[1]:
            before = file["first_sheet"] - 1
            found += _standing(now, Sheets(file, inside[0] - before, inside[1] - before))
    if not found:
        problem = "all of these sheets are to be thrown away: the schedule has changed since."
        raise WrongUsage(Fault("the command", problem, "See throw_away in manifest.json.", "--from", first))
    return found


def _standing(now: Standing, sheets: Sheets) -> Iterator[Sheets]:
    """What is left of `sheets` without those that are to be thrown away."""
    gone = [each for each in now.throw_away if each["print_file"] == sheets.file["file"]]
    first = sheets.first
    for each in sorted(gone, key=lambda each: each["first_sheet"]):
        if first < each["first_sheet"] <= sheets.last:
            yield Sheets(sheets.file, first, each["first_sheet"] - 1)
        first = max(first, each["last_sheet"] + 1)
    if first <= sheets.last:
        yield Sheets(sheets.file, first, sheets.last)


def sheets_of_packet(now: Standing, name: str) -> Sequence[Sheets]:
    """The sheets of a packet, by its id, the first letters of that, or the schedule's id of the appointment.

    Raises WrongUsage where there is none, or several.
    """
    found = [each for each in now.packets if name and name in (each["packet_id"], each["appointment_id"])]
    found = found or [each for each in now.packets if len(name) >= 4 and each["packet_id"].startswith(name)]
    if len(found) != 1:
        problem = "names several packets of this run." if found else "names no packet of this run."
        raise WrongUsage(Fault("the command", problem, "See manifest.csv.", "--packet", name))
    (packet,) = found
    file = next(each for each in now.print_files if each["file"] == packet["print_file"])
    return [Sheets(file, packet["first_sheet"], packet["last_sheet"])]


def reprinted(journal: Journal, given: Sequence[Sheets], password: str = "") -> Sequence[Told]:
    """Print files of these sheets in the run's folder, as the journal has them from now on.

    Raises DamagedRecord for a print file that is not as it was made, NotWritten where the disk does not take one, WrongUsage and
    UnusableKey for a `password` that does not fit.
    """
    out = journal.path.parent
    asked = journal.rounds[-1].head["asked"]
    two_sided = bool(asked["two_sided"])
    if asked["plan"]["encrypted"] != bool(password):
        problem = "this run is not encrypted." if password else "this run is encrypted."
        remedy = "Leave it out." if password else "Give its password, in a file."
        raise WrongUsage(Fault("the command", problem, remedy, "--password-file"))
    made: list[Told] = []
    for sheets in given:
        name = f"reprint-{_next(journal):04}.pdf"
        content = _content(out / str(sheets.file["file"]), sheets, password, two_sided=two_sided)
        write_whole(out / name, content, mode=0o600)
        told = {
            "file": name,
            "of": sheets.file["file"],
            "of_first_sheet": sheets.first,
            "of_last_sheet": sheets.last,
            "pages": len(_pages(sheets, two_sided=two_sided)),
            "sheets": sheets.last - sheets.first + 1,
            "sets": list(_sets(sheets, two_sided=two_sided)),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        journal.reprinted(told)
        made.append(told)
    return made


def _content(path: Path, sheets: Sheets, password: str, *, two_sided: bool) -> bytes:
    from handouts.press.impose import extracted  # noqa: PLC0415 - loads what most runs do without

    if sha256_of(path) != sheets.file["sha256"]:
        remedy = "Run the same press run again: it makes this file anew."
        raise DamagedRecord(Fault(str(path), "is not as it was made.", remedy))
    pages = _pages(sheets, two_sided=two_sided)
    if not password:
        return extracted(path, pages)
    from handouts.press.encrypted import decrypted, encrypted  # noqa: PLC0415 - as above

    return encrypted(extracted(decrypted(path.read_bytes(), password), pages), password)


def _pages(sheets: Sheets, *, two_sided: bool) -> range:
    """The pages that stand on these sheets, from 1."""
    sides = 2 if two_sided else 1
    return range((sheets.first - 1) * sides + 1, min(sheets.last * sides, sheets.file["pages"]) + 1)


def _sets(sheets: Sheets, *, two_sided: bool) -> Iterator[Told]:
    """The sets of which these sheets have any, with their places in the new file; one of which not all is there is `part` of one."""
    pages = _pages(sheets, two_sided=two_sided)
    for each in sheets.file["sets"]:
        first, last = max(each["first_sheet"], sheets.first), min(each["last_sheet"], sheets.last)
        if first > last:
            continue
        whole = (first, last) == (each["first_sheet"], each["last_sheet"])
        yield {
            **each,
            "first_page": max(each["first_page"], pages[0]) - pages[0] + 1,
            "last_page": min(each["last_page"], pages[-1]) - pages[0] + 1,
            "first_sheet": first - sheets.first + 1,
            "last_sheet": last - sheets.first + 1,
            "part": not whole,
        }


def _sheet(now: Standing, given: str, option: str) -> int:
    """A sheet as it is counted over the run."""
    read = _SHEET.fullmatch(given.strip())
    files: Mapping[str, Told] = {label_of(each["file"]): each for each in now.print_files}
    last = now.print_files[-1]["last_sheet"] if now.print_files else 0
    if read is None:
        problem = "is no sheet."
        remedy = "Write its number in the run, as 212, or print file and sheet, as 7:12."
        raise WrongUsage(Fault("the command", problem, remedy, option, given))
    in_file, number = read[1], int(read[2])
    if in_file is not None:
        file = files.get(in_file)
        if file is None or not 1 <= number <= file["sheets"]:
            there = f"It has {file['sheets']} sheets." if file else f"Print files are {', '.join(files)}."
            raise WrongUsage(Fault("the command", "is not in this run.", there, option, given))
        return file["first_sheet"] + number - 1
    if not 1 <= number <= last:
        there = f"It has sheets 1 to {last}." if last else "Nothing of it is made yet: run press run again."
        raise WrongUsage(Fault("the command", "is not in this run.", there, option, given))
    return number


def _next(journal: Journal) -> int:
    names = [str(told["file"]) for each in journal.rounds for told in each.reprints]
    return 1 + max((int(name.removeprefix("reprint-").removesuffix(".pdf")) for name in names), default=0)
