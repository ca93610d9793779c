"""Sheet by sheet: every page in a tray is of the packet that the manifest says, in its place, and nothing is missing, doubled or mixed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pypdfium2
import pytest
from approved import reviewed_demo
from press.runs import tree

from benchmarks.appointments import appointments

ROOT = Path(__file__).parent.parent.parent
SHEETS = 60
COPIES = {"consent": 2, "consent.es-US": 3}
SEPARATOR = re.compile(r"Packet (\d+) of (\d+)")
IN_FILE = re.compile(r"Print file (\w+) · sheets? (\d+)(?:–(\d+))?")
NUMBERED = re.compile(r"(\d+)\s*(?:of|de|/)\s*(\d+)")
BLANK = ("blank on purpose", "en blanco a propósito")


def handouts(cwd, *arguments):
    command = [sys.executable, str(ROOT / "generate.py"), *map(str, arguments)]
    found = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr


def pages_of(path):
    """The text of each page, one at a time."""
    with pypdfium2.PdfDocument(path) as document:
        for number in range(len(document)):
            page = document[number]
            text = page.get_textpage()
            yield text.get_text_range()
            text.close()
            page.close()


def letters(page):
    """How often each letter stands on a page; the order in which a file has them is its own."""
    return Counter("".join(page.split()))


@pytest.mark.parametrize("count", [12, pytest.param(10_000, marks=pytest.mark.exhaustive)])
def test_every_page_in_the_tray_is_of_the_packet_that_the_manifest_says(tmp_path, count):
    reviewed_demo(tmp_path / "clinic")
    settings = "\n[press.copies]\n" + "\n".join(f'"{name}" = {number}' for name, number in COPIES.items()) + "\n"
    with (tmp_path / "clinic" / "clinic.toml").open("a", encoding="utf-8") as file:
        file.write(settings)
    schedule = tmp_path / "schedule.json"
    schedule.write_text(json.dumps(list(appointments(count))), "utf-8")
    common = ("schedule.json", "--clinic", "clinic")
    handouts(tmp_path, "press", "run", *common, "--drafts", "--sheets", SHEETS, "-o", "run")
    handouts(tmp_path, "packet", *common, "-o", "packets")
    run = tmp_path / "run"
    told = json.loads((run / "manifest.json").read_text("utf-8"))
    assert (told["scheduled"], told["printed"], told["refused"]) == (count, count, 0)
    packets = {each["sequence"]: each for each in told["packets"]}
    assert list(packets) == list(range(1, count + 1))
    for name in (packet["packet_id"] for packet in packets.values()):
        mine, made = (tree(folder / name) for folder in (run, tmp_path / "packets"))
        assert {**mine, "packet.json": ""} == {**made, "packet.json": ""}
    laid = [sequence for file in told["print_files"] for sequence in pages_as_told(run, file, packets, count)]
    assert laid == list(packets)


def pages_as_told(run, file, packets, count):
    """The packets of a print file, in order, once every page of it is found to be what the manifest says."""
    assert file["sheets"] <= SHEETS
    assert file["pages"] == 2 * file["sheets"]
    printed = enumerate(pages_of(run / file["file"]), 1)
    sheet, sets, order = 1, {}, []
    for each in file["sets"]:
        packet = packets[each["sequence"]]
        if each["sequence"] not in order:
            order.append(each["sequence"])
            assert each["kind"] == "separator"
            assert (each["first_page"], each["first_sheet"]) == (packet["first_page"], packet["first_sheet"])
        assert packet["print_file"] == file["file"]
        assert (each["first_sheet"], each["first_page"]) == (sheet, 2 * sheet - 1)
        own = []
        for page, text in printed:
            own.append(text)
            if page == each["last_page"]:
                break
        assert len(own) == each["last_page"] - each["first_page"] + 1 == 2 * (each["last_sheet"] - sheet + 1)
        sheet = each["last_sheet"] + 1
        if each["kind"] == "separator":
            is_separator(own, file, packet, count)
            continue
        is_document(run, own, each, packet)
        sets.setdefault(each["sequence"], []).append((each["kind"], each["language"], each["copy"]))
    assert next(printed, None) is None
    assert sheet == file["sheets"] + 1
    for sequence, found in sets.items():
        kinds = {kind: language for kind, language, _ in found}
        documents = packets[sequence]["documents"]
        wanted = [
            (each["kind"], language, copy)
            for each in documents
            for language in [kinds[each["kind"]]]
            for copy in range(1, COPIES.get(f"{each['kind']}.{language}", COPIES.get(each["kind"], 1)) + 1)
        ]
        assert found == wanted
    return order


def is_separator(own, file, packet, count):
    front, back = own
    assert any(words in back for words in BLANK)
    assert packet["packet_id"] in front
    assert SEPARATOR.findall(front) == [(str(packet["sequence"]), str(count))]
    ((name, first, last),) = IN_FILE.findall(front)
    assert file["file"] == f"print-{int(name):04}.pdf"
    assert (int(first), int(last or first)) == (packet["first_sheet"], packet["last_sheet"])
    mrn = int(packet["appointment_id"].rpartition("-")[2]) % 900_000 + 100_000
    assert f"MRN-{mrn}" in front


def is_document(run, own, each, packet):
    """That these are the pages of the document in the packet's own folder, and a back that is blank where they are odd."""
    alone = list(pages_of(run / packet["packet_id"] / f"{each['kind']}.pdf"))
    (told,) = [document for document in packet["documents"] if document["kind"] == each["kind"]]
    assert told["pages"] == len(alone)
    if len(alone) % 2:
        assert any(words in own[-1] for words in BLANK), own[-1]
        own = own[:-1]
    assert [letters(page) for page in own] == [letters(page) for page in alone]
    mrn = int(packet["appointment_id"].rpartition("-")[2]) % 900_000 + 100_000
    for number, page in enumerate(own, 1):
        assert f"MRN-{mrn}" in page
        assert (str(number), str(len(alone))) in NUMBERED.findall(page), page
