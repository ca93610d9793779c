"""A run comes out of the tray in order, every sheet of it told, and goes on where it was killed, to the same bytes."""

from __future__ import annotations

import csv
import io
import json
import stat
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

import pytest
from press.runs import Killed, pages_of, tree

from handouts.errors import DamagedRecord, ExitCode, NotWritten, UnreadableInput, WrongUsage
from handouts.press.journal import NAME as JOURNAL
from handouts.press.manifest import as_csv, standing
from handouts.press.reprint import Sheets, sheets_between
from handouts.press.run import opened
from handouts.press.run_folder import run_in
from handouts.press.separator import Separators

BAD = {"patient.mrn": "7"}
ONE_A_FILE = 15
"""Sheets that one packet fits into, and two do not."""


def names(told):
    return [packet["appointment_id"] for packet in told["packets"]]


def test_packets_stand_in_order_each_on_sheets_of_its_own(rows, press_run, tmp_path):
    schedule = rows({"start": "2026-03-03T15:00"}, {"start": "2026-03-03T09:00"}, {"start": "2026-03-03T12:00"})
    told = press_run(schedule, tmp_path / "out")
    assert names(told) == ["r002", "r003", "r001"]
    (file,) = told["print_files"]
    pages = list(pages_of(tmp_path / "out" / file["file"]))
    assert len(pages) == file["pages"]
    sheet = 1
    for each in file["sets"]:
        assert each["first_sheet"] == sheet
        assert each["first_page"] == 2 * sheet - 1
        sheet = each["last_sheet"] + 1
    assert file["sheets"] == sheet - 1 == file["last_sheet"]
    for packet in told["packets"]:
        own = pages[packet["first_page"] - 1 : packet["last_page"]]
        name = f"Name{packet['appointment_id'][1:]}"
        blank = [page for page in own if "blank on purpose" in page]
        assert all(name in page for page in own if page not in blank)
        assert all("Name" not in page for page in blank)
        printed = [each for each in own if each not in blank]
        assert len(printed) == 1 + packet["pages"]
        assert len(own) == 2 * packet["sheets"]


def test_the_pages_of_print_files_say_what_the_packets_own_files_say(rows, press_run, tmp_path):
    told = press_run(rows({}, {"flags.glp1": "yes"}), tmp_path / "out")
    (file,) = told["print_files"]
    pages = list(pages_of(tmp_path / "out" / file["file"]))
    for each in file["sets"]:
        if each["kind"] == "separator":
            continue
        (packet,) = [p for p in told["packets"] if p["sequence"] == each["sequence"]]
        own = list(pages_of(tmp_path / "out" / packet["packet_id"] / f"{each['kind']}.pdf"))
        printed = pages[each["first_page"] - 1 :][: len(own)]
        assert [letters(page) for page in printed] == [letters(page) for page in own]


def letters(page):
    """How often each letter stands on a page; the order in which a file has them is its own."""
    return Counter("".join(page.split()))


def test_a_bad_row_leaves_a_sheet_with_the_reason_and_the_rest_is_printed(rows, press_run, tmp_path):
    told = press_run(rows({}, BAD, {}), tmp_path / "out")
    assert (told["scheduled"], told["printed"], told["refused"]) == (3, 2, 1)
    (refused,) = [packet for packet in told["packets"] if packet["state"] == "refused"]
    assert refused["sheets"] == 1
    assert "schedule.json" in refused["where"]
    page = list(pages_of(tmp_path / "out" / "print-0001.pdf"))[refused["first_page"] - 1]
    assert "NOT PRINTED" in page
    assert "Name" not in page


def test_print_files_have_no_more_sheets_than_asked_for(rows, press_run, tmp_path):
    told = press_run(rows(*[{}] * 5), tmp_path / "out", file_sheets=25)
    assert all(file["sheets"] <= 25 for file in told["print_files"])
    assert [file["file"] for file in told["print_files"]] == sorted(file["file"] for file in told["print_files"])
    assert sum(file["sheets"] for file in told["print_files"]) == told["print_files"][-1]["last_sheet"]
    assert sum(packet["sheets"] for packet in told["packets"]) == told["print_files"][-1]["last_sheet"]


@pytest.mark.parametrize("stop", [0, 1, 2])
def test_a_run_that_was_killed_goes_on_to_the_same_bytes(rows, press_run, tmp_path, stop):
    schedule = rows({}, BAD, {}, {})
    press_run(schedule, tmp_path / "whole", file_sheets=ONE_A_FILE)
    with pytest.raises(Killed):
        press_run(schedule, tmp_path / "out", file_sheets=ONE_A_FILE, stop=stop)
    press_run(schedule, tmp_path / "out", file_sheets=ONE_A_FILE)
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")
    press_run(schedule, tmp_path / "out", file_sheets=ONE_A_FILE, stop=0)
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")


def test_what_was_taken_away_or_changed_is_made_again(rows, press_run, tmp_path):
    schedule, out = rows({}, {}), tmp_path / "out"
    told = press_run(schedule, out, file_sheets=ONE_A_FILE)
    before = tree(out)
    (out / told["print_files"][0]["file"]).write_bytes(b"%PDF-1.7")
    (out / told["packets"][1]["packet_id"] / "consent.pdf").unlink()
    press_run(schedule, out, file_sheets=ONE_A_FILE)
    assert tree(out) == before


@pytest.mark.parametrize("cut", range(1, 400, 57))
def test_a_journal_that_was_cut_off_costs_parts_and_no_more(rows, press_run, tmp_path, cut):
    schedule, out = rows({}, {}), tmp_path / "out"
    press_run(schedule, out, file_sheets=ONE_A_FILE)
    before = tree(out)
    journal = out / JOURNAL
    journal.write_bytes(journal.read_bytes()[:-cut])
    press_run(schedule, out, file_sheets=ONE_A_FILE)
    assert tree(out) == before


def test_a_journal_whose_beginning_is_damaged_stops_the_run(rows, press_run, tmp_path):
    schedule, out = rows({}), tmp_path / "out"
    press_run(schedule, out)
    journal = out / JOURNAL
    content = bytearray(journal.read_bytes())
    content[30] ^= 1
    journal.write_bytes(content)
    with pytest.raises(DamagedRecord, match=r"the journal is damaged\. What is in this folder cannot be gone on with"):
        press_run(schedule, out)


def test_another_schedule_is_not_mixed_into_a_run(rows, press_run, tmp_path):
    out = tmp_path / "out"
    press_run(rows({}), out)
    with pytest.raises(
        WrongUsage, match=r"the schedules differ from then\. Print what has changed with --only-changed"
    ):
        press_run(rows({}, {}), out)
    with pytest.raises(WrongUsage, match=r"the options \(--reduced-ink\) differ"):
        press_run(rows({}), out, reduced_ink=True)


@pytest.mark.parametrize(
    ("other", "told"),
    [({"encrypted": True}, "--password-file"), ({"up": 2}, "--up"), ({"paper": "a4"}, "--paper")],
    ids=["encrypted", "up", "paper"],
)
def test_what_changes_is_printed_on_the_same_paper_and_as_open_to_read_as_the_rest(
    rows, press_run, tmp_path, other, told
):
    out = tmp_path / "out"
    press_run(rows({}), out)
    before = tree(out)
    with pytest.raises(WrongUsage, match=f"was made otherwise: {told} differs from then"):
        press_run(rows({}, {}), out, only_changed=True, **other)
    assert tree(out) == before


def test_whoever_stands_in_a_file_that_cannot_be_read_is_not_thrown_away(rows, press_run, tmp_path):
    out = tmp_path / "out"
    press_run(rows({}, {}), out)
    before = tree(out)
    with pytest.raises(UnreadableInput, match=r"typo\.json: the file cannot be read"):
        press_run(tmp_path / "typo.json", out, only_changed=True)
    assert tree(out) == before


def test_a_run_of_which_nothing_can_be_read_is_not_begun(rows, press_run, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(UnreadableInput, match=r"typo\.json: the file cannot be read"):
        press_run(tmp_path / "typo.json", out)
    assert press_run(rows({}), out)["printed"] == 1


def test_what_a_new_schedule_changes_is_printed_and_what_to_throw_away_is_told(rows, press_run, now, tmp_path):
    out = tmp_path / "out"
    first = press_run(rows({}, {}, {}), out)
    removed, altered, same = first["packets"]
    new = rows({}, {"patient.given_name": "Mariana"}, {}, {}, name="later.json")
    kept = json.loads(new.read_text("utf-8"))[1:]
    new.write_text(json.dumps(kept), "utf-8")
    told = press_run(new, out, only_changed=True, now=now + timedelta(hours=3))
    assert (told["scheduled"], told["printed"], told["refused"], told["change"]) == (3, 3, 0, 1)
    assert [packet["sequence"] for packet in told["packets"]] == [3, 4, 5]
    assert {name: told["packets"][0][name] for name in same if name != "where"} == {
        name: value for name, value in same.items() if name != "where"
    }
    assert [(each["sequence"], each["packet_id"]) for each in told["throw_away"]] == [
        (removed["sequence"], removed["packet_id"]),
        (altered["sequence"], altered["packet_id"]),
    ]
    assert [each["reason"] for each in told["throw_away"]] == [
        "not in the schedule any more, or its row cannot be read",
        "changed: see packet 4",
    ]
    assert not (out / removed["packet_id"]).exists()
    second = "".join(pages_of(out / told["print_files"][1]["file"]))
    assert "Mariana" in second
    assert "Name003" not in second
    again = press_run(new, out, now=now + timedelta(hours=3))
    assert again == told


def test_a_change_that_was_killed_goes_on_to_the_same_bytes(rows, press_run, tmp_path):
    whole, out = tmp_path / "whole", tmp_path / "out"
    old, new = rows({}, {}, name="old.json"), rows({}, {"flags.glp1": "yes"}, {}, {}, name="new.json")
    for folder in (whole, out):
        press_run(old, folder, file_sheets=ONE_A_FILE)
    press_run(new, whole, only_changed=True, file_sheets=ONE_A_FILE)
    with pytest.raises(Killed):
        press_run(new, out, only_changed=True, file_sheets=ONE_A_FILE, stop=1)
    press_run(new, out, only_changed=True, file_sheets=ONE_A_FILE)
    assert tree(out) == tree(whole)


def test_a_schedule_that_changes_while_a_run_is_killed_keeps_what_was_printed(rows, press_run, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(Killed):
        press_run(rows({}, {}, {}), out, file_sheets=ONE_A_FILE, stop=1)
    told = press_run(rows({}, {}, {}, {}, name="new.json"), out, file_sheets=ONE_A_FILE, only_changed=True)
    assert names(told) == ["r001", "r002", "r003", "r004"]
    assert [file["sets"][0]["sequence"] for file in told["print_files"]] == [1, 2, 3, 4]
    assert told["throw_away"] == []


def test_a_change_that_leaves_what_a_killed_run_has_printed_is_a_round_of_its_own(rows, press_run, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(Killed):
        press_run(rows({}, {}, {}), out, file_sheets=ONE_A_FILE, stop=2)
    told = press_run(rows({}, {}, name="new.json"), out, file_sheets=ONE_A_FILE, only_changed=True)
    assert (told["scheduled"], told["printed"], told["refused"]) == (2, 2, 0)
    assert names(told) == ["r001", "r002"]


def test_the_record_is_asked_of_packets_that_are_to_be_thrown_away_too(rows, press_run, tmp_path):
    out = tmp_path / "out"
    (gone, _) = press_run(rows({}, {}), out)["packets"]
    new = rows({}, {}, name="new.json")
    new.write_text(json.dumps(json.loads(new.read_text("utf-8"))[1:]), "utf-8")
    told = press_run(new, out, only_changed=True)
    (thrown,) = told["throw_away"]
    assert (thrown["packet_id"], thrown["reason"]) == (
        gone["packet_id"],
        "not in the schedule any more, or its row cannot be read",
    )
    approved = {**told, "throw_away": [{**thrown, "status": "generated"}]}
    (out / "manifest.json").write_text(json.dumps(approved), "utf-8")
    assert run_in(out).final(["print-0001.pdf"]) == (gone["packet_id"],)
    now = SimpleNamespace(packets=told["packets"], throw_away=approved["throw_away"])
    (file,) = told["print_files"]
    assert Sheets(file, thrown["last_sheet"], file["sheets"]).final(now) == [gone["packet_id"]]
    assert Sheets(file, thrown["last_sheet"] + 1, file["sheets"]).final(now) == []


def test_a_packet_whose_separator_cannot_be_set_is_refused_and_the_rest_is_printed(
    rows, press_run, tmp_path, monkeypatch
):
    usual = Separators.packet

    def packet(self, slip):
        if slip.appointment.id == "r002":
            raise ValueError("Name002 takes more than one page")
        return usual(self, slip)

    monkeypatch.setattr(Separators, "packet", packet)
    told = press_run(rows({}, {}, {}), tmp_path / "out")
    assert [each["state"] for each in told["packets"]] == ["printed", "refused", "printed"]
    assert "the program failed (ValueError" in told["packets"][1]["reason"]
    assert "Name" not in json.dumps(told)


def test_a_file_that_others_could_read_is_its_owners_alone_once_it_is_made_anew(rows, press_run, tmp_path):
    out = tmp_path / "out"
    press_run(rows({}), out)
    for name in ("print-0001.pdf", "manifest.json"):
        (out / name).chmod(0o644)
    (out / "print-0001.pdf").write_bytes(b"%PDF-1.7")
    press_run(rows({}), out)
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir() if path.is_file()} == {0o600}


def test_files_are_for_their_owner_alone(rows, press_run, tmp_path):
    (tmp_path / "out").mkdir(mode=0o755)
    press_run(rows({}, BAD), tmp_path / "out")
    for path in (tmp_path / "out", *(tmp_path / "out").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_nothing_but_pages_names_a_patient(rows, press_run, tmp_path):
    press_run(rows({"patient.given_name": "Canaria"}, {"patient.given_name": "Canaria", **BAD}), tmp_path / "out")
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file() and path.name != "packet.json":
            content = path.read_bytes()
            assert b"Canaria" not in content
            assert b"MRN-1000" not in content


@pytest.mark.parametrize("date", ["5.6.84", "5/6/84"])
def test_what_a_problem_quotes_of_a_row_stands_on_its_sheet_alone(rows, press_run, tmp_path, date):
    told = press_run(rows({"patient.birth_date": date}), tmp_path / "out")
    assert "5/6" in "".join(pages_of(tmp_path / "out" / "print-0001.pdf"))
    assert '"…" can be two dates' in told["packets"][0]["reason"]
    for name in ("manifest.json", "manifest.csv", "journal.jsonl"):
        assert "5/6" not in (tmp_path / "out" / name).read_text("utf-8")


def test_a_schedule_without_a_header_names_nobody_in_the_manifest(rows, press_run, tmp_path):
    schedule = tmp_path / "schedule.csv"
    schedule.write_text("lopez,maria,1984-05-06\nruiz,ana,1990-01-02\n", "utf-8")
    told = press_run(schedule, tmp_path / "out", beside=[rows({})])
    assert (told["printed"], told["refused"]) == (1, 1)
    for name in ("manifest.json", "manifest.csv", "journal.jsonl"):
        content = (tmp_path / "out" / name).read_text("utf-8")
        assert not any(word in content for word in ("lopez", "maria", "1984"))


def test_no_cell_of_the_manifest_is_taken_for_a_formula(rows, press_run, tmp_path):
    told = press_run(rows({"id": "=cmd|' /C calc'!A0"}, {"id": "+1"}, {"id": "@x"}, {"id": "-1"}), tmp_path / "out")
    lines = list(csv.reader(io.StringIO(as_csv(told).decode())))
    assert len(lines) == 5
    assert all(not cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line)


def test_nothing_is_printed_again_of_a_run_of_which_nothing_is_made(rows, press_run, tmp_path):
    with pytest.raises(Killed):
        press_run(rows({}), tmp_path / "out", stop=0)
    with opened(tmp_path / "out") as journal, pytest.raises(WrongUsage, match="Nothing of it is made yet"):
        sheets_between(standing(journal.rounds), "1", "1")


def test_two_processes_do_not_print_into_one_folder(rows, press_run, tmp_path):
    with opened(tmp_path / "out"), pytest.raises(NotWritten, match="is used by other processes"):
        press_run(rows({}), tmp_path / "out")


def test_a_folder_that_cannot_be_written_to_is_told(rows, press_run, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotWritten, match="Choose another folder") as told:
        press_run(rows({}), tmp_path / "file" / "out")
    assert told.value.exit_code is ExitCode.SOME_ROWS_FAILED


def test_copies_of_a_document_stand_one_after_the_other_and_its_pages_once_in_the_file(
    rows, press_run, demo_editions, tmp_path
):
    from handouts.content.editions import Editions  # noqa: PLC0415

    clinic = demo_editions.clinic
    settings = clinic.press.model_copy(update={"copies": {"consent": 2, "consent.es-US": 3}})
    editions = Editions(clinic.model_copy(update={"press": settings}))
    schedule = rows({}, {"patient.language": "es"})
    once, told = press_run(schedule, tmp_path / "once"), press_run(schedule, tmp_path / "out", editions=editions)
    kinds = [(each["sequence"], each["kind"], each["copy"]) for each in told["print_files"][0]["sets"]]
    assert [kind for kind in kinds if kind[1] == "consent"] == [
        (1, "consent", 1),
        (1, "consent", 2),
        (2, "consent", 1),
        (2, "consent", 2),
        (2, "consent", 3),
    ]
    small, large = ((tmp_path / name / "print-0001.pdf").stat().st_size for name in ("once", "out"))
    assert large - small < 0.1 * small
    assert told["print_files"][0]["pages"] > once["print_files"][0]["pages"]
