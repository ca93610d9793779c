"""A schedule that changes, and changes again, in the middle of runs: every page in the tray is a standing packet's, or told to go."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from press.runs import Killed, pages_of, tree
from sound import changed

from handouts.errors import DamagedRecord, WrongUsage
from handouts.press.journal import NAME as JOURNAL
from handouts.press.manifest import standing
from handouts.press.reprint import reprinted, sheets_between
from handouts.press.run import opened
from handouts.press.run_folder import FinishedRun

ONE_A_FILE = 15
"""Sheets that one packet fits into, and two do not."""


def row(number, **more):
    own = {"id": f"r{number:03}", "patient.family_name": f"Name{number:03}", "patient.mrn": f"MRN-{100000 + number}"}
    return changed({**own, **more})


@pytest.fixture
def written(tmp_path):
    """Writes rows as schedules of JSON, each call into new files."""
    count = iter(range(1000))

    def made(*rows) -> Path:
        path = tmp_path / f"schedule-{next(count)}.json"
        path.write_text(json.dumps(rows), "utf-8")
        return path

    return made


def test_a_schedule_that_is_what_a_killed_run_had_printed_is_a_run_that_has_ended(written, press_run, tmp_path):
    first, second, third = row(1), row(2), row(3)
    out = tmp_path / "out"
    with pytest.raises(Killed):
        press_run(written(first, second, third), out, file_sheets=ONE_A_FILE, stop=2)
    told = press_run(written(first, second), out, file_sheets=ONE_A_FILE, only_changed=True)
    assert (told["scheduled"], told["printed"], told["throw_away"]) == (2, 2, [])


def test_another_schedule_leaves_nothing_of_what_a_killed_run_had_placed_and_not_told(written, press_run, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(Killed):
        press_run(written(*map(row, range(1, 5))), out, file_sheets=ONE_A_FILE, stop=3, untold=2)
    assert len(list(out.glob("print-*.pdf"))) == 3
    told = press_run(written(row(1)), out, file_sheets=ONE_A_FILE, only_changed=True)
    assert [path.name for path in out.glob("print-*.pdf")] == ["print-0001.pdf"]
    assert [path.name for path in out.iterdir() if path.is_dir()] == [told["packets"][0]["packet_id"]]
    assert told["throw_away"] == []


def test_what_a_killed_process_left_is_removed_also_where_another_has_its_number_now(written, press_run, tmp_path):
    out = tmp_path / "out"
    left = out / f".unfinished-{'a' * 16}-{os.getpid()}"
    left.mkdir(parents=True)
    (left / "consent.pdf").write_text("of a patient")
    press_run(written(row(1)), out)
    assert not left.exists()


def test_a_row_that_moved_into_another_file_is_told_where_it_stands_now_and_not_printed_again(
    written, press_run, tmp_path
):
    out, old, new = tmp_path / "out", written(row(1), row(2)), written(row(2), row(1))
    press_run(old, out)
    told = press_run(new, out, only_changed=True)
    assert [packet["where"] for packet in told["packets"]] == [f"{new.name}, appointment {n}" for n in (2, 1)]
    assert (len(told["print_files"]), told["throw_away"]) == (1, [])


def test_the_sheet_of_a_row_that_was_refused_is_thrown_away_when_the_row_is_printed(written, press_run, tmp_path):
    out = tmp_path / "out"
    first = press_run(written(row(1), row(2, **{"patient.mrn": "7"})), out)
    told = press_run(written(row(1), row(2)), out, only_changed=True)
    (refused,) = [packet for packet in first["packets"] if packet["state"] == "refused"]
    assert [(each["state"], each["sequence"]) for each in told["throw_away"]] == [("refused", refused["sequence"])]
    page = list(pages_of(out / refused["print_file"]))[refused["first_page"] - 1]
    assert "NOT PRINTED" in page


def test_a_journal_is_damaged_wherever_a_line_of_an_earlier_round_is_and_else_costs_parts_and_no_more(
    written, press_run, tmp_path
):
    out, new = tmp_path / "out", written(row(1), row(2), row(4))
    press_run(written(row(1), row(3)), out, file_sheets=ONE_A_FILE)
    press_run(new, out, file_sheets=ONE_A_FILE, only_changed=True)
    journal, whole = out / JOURNAL, tree(out)
    lines = journal.read_bytes().splitlines(keepends=True)
    begun = [number for number, line in enumerate(lines) if b'"begun":' in line]
    chance = random.Random(1)
    for number, line in enumerate(lines):
        for at in (chance.randrange(16), 16, chance.randrange(17, len(line) - 1), len(line) - 1):
            for byte in b"\n0":
                damaged = line[:at] + bytes([byte ^ (byte == line[at])]) + line[at + 1 :]
                journal.write_bytes(b"".join((*lines[:number], damaged, *lines[number + 1 :])))
                if number <= begun[1]:
                    with pytest.raises(DamagedRecord, match="the journal is damaged"), opened(out):
                        pass
                else:
                    with opened(out) as read:
                        assert len(read.rounds) == 2
        if number > begun[1]:
            press_run(new, out, file_sheets=ONE_A_FILE)
            assert tree(out) == whole


@pytest.mark.parametrize("file", ["print", "packet"])
def test_what_was_damaged_of_an_earlier_round_is_told_and_printed_anew(written, press_run, tmp_path, file):
    out = tmp_path / "out"
    first = press_run(written(row(1)), out)
    new = written(row(1), row(2))
    press_run(new, out, only_changed=True)
    (packet,) = first["packets"]
    spoilt = out / packet["print_file"] if file == "print" else out / packet["packet_id"] / "consent.pdf"
    spoilt.write_bytes(b"%PDF-1.7")
    with pytest.raises(DamagedRecord, match="with --only-changed: it prints anew what stood in it"):
        press_run(new, out)
    told = press_run(new, out, only_changed=True)
    assert [each["packet_id"] for each in told["throw_away"]] == [packet["packet_id"]]
    assert all((out / each["packet_id"] / "consent.pdf").stat().st_size > 10_000 for each in told["packets"])
    assert press_run(new, out) == told


@pytest.mark.parametrize("other", [{"paper": "a4"}, {"up": 2}, {"variant": "large"}, {"encrypted": True}])
def test_what_is_laid_out_otherwise_is_not_mixed_into_a_run(written, press_run, tmp_path, other):
    press_run(written(row(1)), tmp_path / "out")
    with pytest.raises(WrongUsage, match=r"made otherwise: .* differs? from then"):
        press_run(written(row(1), row(2)), tmp_path / "out", only_changed=True, **other)


def test_sheets_that_are_to_be_thrown_away_are_not_printed_again(written, press_run, tmp_path):
    out = tmp_path / "out"
    press_run(written(row(1), row(2), row(3)), out)
    told = press_run(written(row(1), row(3)), out, only_changed=True)
    (gone,) = told["throw_away"]
    with opened(out, there=True) as journal:
        now = standing(journal.rounds)
        files = reprinted(journal, sheets_between(now, "1", str(now.print_files[-1]["last_sheet"])))
        with pytest.raises(WrongUsage, match="all of these sheets are to be thrown away"):
            sheets_between(now, str(gone["first_sheet"]), str(gone["last_sheet"]))
    text = ["".join(pages_of(out / str(each["file"]))) for each in files]
    assert [[name in each for name in ("Name001", "Name002", "Name003")] for each in text] == [
        [True, False, False],
        [False, False, True],
    ]


def test_what_is_final_and_to_be_thrown_away_is_asked_about_before_its_file_is_sent(written, press_run, tmp_path):
    press_run(written(row(1), row(2)), tmp_path / "out")
    told = press_run(written(row(1)), tmp_path / "out", only_changed=True)
    (gone,) = told["throw_away"]
    final = json.loads(json.dumps({**told, "throw_away": [{**gone, "status": "generated"}]}))
    assert FinishedRun.model_validate(final).final([gone["print_file"]]) == (gone["packet_id"],)


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.exhaustive) for seed in range(2, 30))])
def test_however_a_schedule_changes_and_runs_are_killed_every_page_stands_or_is_to_go(
    written, press_run, tmp_path, seed
):
    chance = random.Random(seed)
    out = tmp_path / "out"
    schedule = {number: row(number) for number in range(1, 6)}
    for change in range(6):
        rows = list(schedule.values())
        chance.shuffle(rows)
        rows += [rows[0]] if rows and chance.random() < 0.3 else []  # a twin, which is refused
        path = written(*rows)
        stop = chance.choice((None, 0, 1, 2))
        if stop is not None:
            with suppress(Killed):
                told = press_run(path, out, file_sheets=ONE_A_FILE, only_changed=True, stop=stop, untold=1)
        if stop is None or chance.random() < 0.7:
            told = press_run(path, out, file_sheets=ONE_A_FILE, only_changed=True)
            assert_adds_up(out, told, rows)
            assert press_run(path, out, file_sheets=ONE_A_FILE, only_changed=True) == told
        number = chance.randint(1, 7)
        match chance.choice(("goes", "comes", "moves", "again", "bad")):
            case "goes":
                schedule.pop(number, None)
            case "comes":
                schedule[number] = row(number)
            case "moves":
                schedule[number] = row(number, start=f"2026-03-03T{chance.randint(9, 16):02}:30")
            case "again":
                schedule[number] = row(number, revision=change + 2)
            case "bad":
                schedule[number] = row(number, **{"patient.mrn": "7"})


def assert_adds_up(out, told, rows):
    """That every sheet of every print file is a row's that stands or is thrown away, and says whose; and nothing else is there."""
    assert told["scheduled"] == len(rows) == told["printed"] + told["refused"] == len(told["packets"])
    places = Counter()
    for each in (*told["packets"], *told["throw_away"]):
        places.update((each["print_file"], sheet) for sheet in range(each["first_sheet"], each["last_sheet"] + 1))
    sheets = [(file["file"], sheet) for file in told["print_files"] for sheet in range(1, file["sheets"] + 1)]
    assert places == Counter(sheets)
    assert {path.name for path in out.glob("*.pdf")} == {
        *(file["file"] for file in told["print_files"]),
        "run-sheet.pdf",
    }
    printed = [packet for packet in told["packets"] if packet["state"] == "printed"]
    assert {path.name for path in out.iterdir() if path.is_dir()} == {packet["packet_id"] for packet in printed}
    pages = {file["file"]: list(pages_of(out / file["file"])) for file in told["print_files"]}
    for packet in printed:
        own = pages[packet["print_file"]][packet["first_page"] - 1 : packet["last_page"]]
        name = f"Name{packet['appointment_id'][1:]}"
        assert all(name in page for page in own if "blank on purpose" not in page)
    stands = [(packet["appointment_id"], packet["packet_id"]) for packet in printed]
    assert len(stands) == len(set(stands))
    good = {(each["id"], each.get("revision", 1)) for each in rows if each["patient"]["mrn"] != "7"}
    assert len(stands) == len(good)
