"""The journal of a run → its manifest: every row of the schedule, what was printed of it and where, and what to throw away.

Scheduled are as many as were printed and refused together, to the row: the manifest says so only where it is so.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from handouts.errors import DamagedRecord, Fault
from handouts.gate import GENERATED
from handouts.press.journal import Journal, Round, Told

JSON, CSV = "manifest.json", "manifest.csv"
PRINTED, REFUSED = "printed", "refused"
_COLUMNS = (
    "sequence",
    "state",
    "packet_id",
    "appointment_id",
    "where",
    "status",
    "language",
    "documents",
    "copies",
    "pages",
    "sheets",
    "print_file",
    "first_page",
    "last_page",
    "first_sheet",
    "last_sheet",
    "sha256",
    "reason",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Standing:
    """What a run has come to: the rows that stand, the sheets to throw away, and what the next round numbers on from."""

    packets: Sequence[Told]
    print_files: Sequence[Told]
    throw_away: Sequence[Told]
    next_sequence: int
    next_part: int


def standing(rounds: Sequence[Round]) -> Standing:
    """What these rounds have come to, one after the other."""
    packets: list[Told] = []
    print_files: list[Told] = []
    thrown: list[Told] = []
    sequence, part, sheet = 1, 1, 1
    for number, each in enumerate(rounds):
        kept: Mapping[str, str] = each.head["kept"]
        gone = [packet for packet in packets if packet["packet_id"] not in kept]
        thrown += [_thrown(packet, number) for packet in gone]
        packets = [{**packet, "where": kept[name]} for packet in packets if (name := packet["packet_id"]) in kept]
        packets += each.packets()
        sequence = max([sequence, *(packet["sequence"] + 1 for packet in each.packets())])
        for told in each.print_files():
            print_files.append(dict(told) | {"first_sheet": sheet, "last_sheet": sheet + told["sheets"] - 1})
            sheet += told["sheets"]
        part = max([part, *(made + 1 for made in each.parts)])
    instead = {packet["appointment_id"]: packet for packet in packets if packet["appointment_id"]}
    told = [{**each, "reason": _why(instead.get(each["appointment_id"]))} for each in thrown]
    return Standing(packets, print_files, told, sequence, part)


def manifest(journal: Journal) -> Told:
    """What the run has come to, as JSON has it. Raises DamagedRecord where it does not add up."""
    now = standing(journal.rounds)
    head = journal.rounds[-1].head
    printed = sum(packet["state"] == PRINTED for packet in now.packets)
    refused = sum(packet["state"] == REFUSED for packet in now.packets)
    if head["scheduled"] != printed + refused:
        problem = f"{head['scheduled']} rows are scheduled, but {printed} printed and {refused} refused."
        remedy = "Do not hand out this run. Print it into another folder with -o, and report this."
        raise DamagedRecord(Fault(str(journal.path.parent), problem, remedy))
    plan = head["asked"]["plan"]
    return {
        "scheduled": head["scheduled"],
        "printed": printed,
        "refused": refused,
        "made_at": head["now"],
        "change": len(journal.rounds) - 1,
        "paper": plan["paper"],
        "two_sided": head["asked"]["two_sided"],
        "up": plan["up"],
        "drafts": plan["drafts"],
        "encrypted": plan["encrypted"],
        "print_files": now.print_files,
        "reprints": [told for each in journal.rounds for told in each.reprints],
        "packets": [{name: value for name, value in packet.items() if name != "says"} for packet in now.packets],
        "throw_away": now.throw_away,
        "take_out": [text for each in journal.rounds for part in each.parts.values() for text in part["take_out"]],
    }


def final_on(packets: Iterable[Told], print_file: str, first: int, last: int) -> list[str]:
    """The ids of those of `packets` that are more than drafts and have any of the sheets from `first` to `last` of a print file."""
    return [
        str(each["packet_id"])
        for each in packets
        if each["status"] == GENERATED
        and each["print_file"] == print_file
        and each["first_sheet"] <= last
        and each["last_sheet"] >= first
    ]


def as_json(told: Told) -> bytes:
    """manifest.json."""
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def as_csv(told: Told) -> bytes:
    """manifest.csv, a line a row; no cell of it is taken for a formula by a spreadsheet."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(_COLUMNS)
    for packet in told["packets"]:
        documents = packet["documents"]
        lists = {
            "documents": " ".join(each["kind"] for each in documents),
            "copies": " ".join(str(each["copies"]) for each in documents),
            "sha256": " ".join(each["sha256"] for each in documents),
        }
        lines.writerow([_cell(lists.get(name, packet.get(name, ""))) for name in _COLUMNS])
    return out.getvalue().encode()


def sha256_of(path: Path) -> str:
    """The hash of a file; "" if there is none that can be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _cell(value: object) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _why(instead: Told | None) -> str:
    """Why a packet is thrown away, by what stands `instead` of it in the run."""
    if instead is None:
        return "not in the schedule any more, or its row cannot be read"
    number = instead["sequence"]
    return f"changed: see packet {number}" if instead["state"] == PRINTED else f"refused now: see packet {number}"


def _thrown(packet: Told, change: int) -> Told:
    """What is told of a packet, or of the sheet of a refused row, whose pages are to be thrown away."""
    names = ("sequence", "state", "appointment_id", "packet_id", "status", "print_file", "first_sheet", "last_sheet")
    return {name: packet[name] for name in names} | {"change": change}
