"""`press`, as the operator runs it: in the evening, after a kill, with another schedule, with a jam."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from press.runs import pages_of, tree
from sound import changed

from handouts.output import running

ROOT = Path(__file__).parent.parent.parent
SHEETS = ("--sheets", "15")
"""Sheets that one packet fits into, and two do not: each is a part of its own."""


@pytest.fixture
def schedule(tmp_path):
    def written(count, name="schedule.json"):
        rows = [
            changed({"id": f"r{n:03}", "patient.family_name": f"Name{n:03}", "patient.mrn": f"MRN-{100000 + n}"})
            for n in range(1, count + 1)
        ]
        (tmp_path / name).write_text(json.dumps(rows), "utf-8")
        return tmp_path / name

    return written


def killed(arguments, after, cwd):
    """Run the program and kill it, and all that it has begun, after some seconds; whether that was in its middle."""
    command = [sys.executable, str(ROOT / "generate.py"), *map(str, arguments)]
    process = subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def at_a_terminal():
    """An interruption is heard, also where the tests run in the background, which ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def kills(handouts, schedule, tmp_path, packets, times, seed):
    """A run that is killed so many times at random moments, and then left to end, beside one that was not."""
    moments = random.Random(seed)
    run = ("press", "run", schedule(packets), "--drafts", "--jobs", "2", *SHEETS)
    began = time.monotonic()
    assert handouts(*run, "-o", "whole").returncode == 0
    took = time.monotonic() - began
    middle = sum(killed((*run, "-o", "out"), moments.uniform(0.1, took), tmp_path) for _ in range(times))
    assert handouts(*run, "-o", "out").returncode == 0
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")
    return middle


def test_a_run_that_is_killed_at_any_moment_goes_on_to_the_same_bytes(handouts, schedule, tmp_path):
    assert kills(handouts, schedule, tmp_path, packets=8, times=6, seed=8)


@pytest.mark.skipif(sys.platform != "linux", reason="runs have several processes on Linux alone")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_stopped_leaves_no_process_and_the_same_command_goes_on(handouts, schedule, tmp_path, stop):
    run = ("press", "run", schedule(12), "--drafts", "--jobs", "2", *SHEETS, "-o", "out")
    command = [sys.executable, str(ROOT / "generate.py"), *map(str, run)]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=at_a_terminal,  # noqa: PLW1509 - no thread of these tests holds a lock
    )
    journal = tmp_path / "out" / "journal.jsonl"
    while not (journal.exists() and b'"part":' in journal.read_bytes()):
        time.sleep(0.01)
    forks = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    assert len(forks) == 2
    process.send_signal(stop)
    _, told = process.communicate(timeout=60)  # its forks have the pipe too: it ends when they do
    if stop is signal.SIGINT:
        assert process.returncode == 130
        assert told.endswith("Interrupted. What was finished stays; run the command again for the rest.\n")
    assert handouts(*run).returncode == 0
    assert not any(map(running, map(int, forks)))
    assert not list((tmp_path / "out").rglob(".unfinished-*"))


@pytest.mark.exhaustive
def test_a_run_of_a_thousand_that_is_killed_a_hundred_times_comes_to_the_same_bytes(handouts, schedule, tmp_path):
    assert kills(handouts, schedule, tmp_path, packets=1000, times=100, seed=9)


def test_a_run_is_told_and_a_packet_of_it_is_printed_again(handouts, schedule, tmp_path):
    found = handouts("press", "run", schedule(2), "--drafts", "-o", "out")
    assert (found.returncode, found.stdout.splitlines()[0].split()) == (
        0,
        ["print", "file", "pages", "sheets", "of", "the", "run"],
    )
    assert "2 rows scheduled = 2 printed + 0 refused." in found.stderr
    again = handouts("press", "reprint", "out", "--packet", "r002", "--json")
    (told,) = json.loads(again.stdout)
    pages = list(pages_of(tmp_path / "out" / told["file"]))
    assert len(pages) == told["pages"]
    assert any("Name002" in page for page in pages)
    assert not any("Name001" in page for page in pages)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    assert manifest["reprints"] == [told]
    (packet,) = [each for each in manifest["packets"] if each["appointment_id"] == "r002"]
    both = list(pages_of(tmp_path / "out" / packet["print_file"]))
    assert pages == both[packet["first_page"] - 1 : packet["last_page"]]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--from", "1"), 2, "says not what to print again"),
        (("--from", "3", "--to", "2"), 2, "comes before sheet 3"),
        (("--from", "1", "--to", "999"), 2, "is not in this run. It has sheets 1 to 22."),
        (("--from", "7:1", "--to", "7:2"), 2, "is not in this run. Print files are 1."),
        (("--from", "x", "--to", "2"), 2, "Write its number in the run, as 212, or print file and sheet, as 7:12."),
        (("--packet", "nobody"), 2, "names no packet of this run"),
        (("--from", "1:1", "--to", "1:2", "--password-file", "none"), 3, "none"),
    ],
)
def test_what_cannot_be_printed_again_is_told(handouts, printed, arguments, code, told):
    found = handouts("press", "reprint", printed, *arguments)
    assert (found.returncode, told in found.stderr) == (code, True), found.stderr


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """A run of two packets."""
    folder = tmp_path_factory.mktemp("run")
    rows = [changed({"id": f"r{n}"}) for n in range(2)]
    (folder / "two.json").write_text(json.dumps(rows), "utf-8")
    command = [sys.executable, str(ROOT / "generate.py"), "press", "run", "two.json", "--drafts", "-o", "out"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder / "out"


def test_samples_are_printed_where_drafts_are_asked_for_alone(handouts, schedule, tmp_path):
    found = handouts("press", "run", schedule(1), "-o", "out")
    assert found.returncode == 1
    assert "is a sample of a demo clinic. Print samples with --drafts." in found.stderr
    assert "NOT PRINTED" in "".join(pages_of(tmp_path / "out" / "print-0001.pdf"))


def test_a_file_that_cannot_be_read_is_counted_and_the_rest_is_printed(handouts, schedule):
    found = handouts("press", "run", schedule(1), "none.csv", "--drafts", "-o", "out", "--json")
    told = json.loads(found.stdout)
    assert found.returncode == 3
    assert (told["scheduled"], told["printed"], told["refused"]) == (2, 1, 1)
    assert told["packets"][0]["where"] == "none.csv"


def test_several_pages_stand_on_a_side_of_drafts_alone(handouts, schedule, tmp_path):
    assert handouts("press", "run", schedule(1), "--up", "2", "-o", "out").returncode == 2
    found = handouts("press", "run", schedule(2), "--up", "2", "--drafts", "-o", "out", "--json")
    told = json.loads(found.stdout)
    (file,) = told["print_files"]
    pages = list(pages_of(tmp_path / "out" / file["file"]))
    assert len(pages) == file["pages"]
    for packet in told["packets"]:
        own = "".join(pages[packet["first_page"] - 1 : packet["last_page"]])
        assert f"Name{packet['appointment_id'][1:]}" in own
        assert (packet["first_page"] - 1) % 2 == 0
    assert "Name002" not in "".join(pages[: told["packets"][0]["last_page"]])


def test_an_encrypted_run_opens_with_the_password_alone(handouts, schedule, tmp_path):
    (tmp_path / "password").write_text("three quiet lamps\n")
    (tmp_path / "password").chmod(0o600)
    options = ("--drafts", "-o", "out", "--password-file", "password", "--json")
    found = handouts("press", "run", schedule(1), *options)
    assert found.returncode == 0, found.stderr
    files = sorted((tmp_path / "out").rglob("*.pdf"))
    assert len(files) == 6
    for path in files:
        if path.name != "run-sheet.pdf":
            assert subprocess.run(["qpdf", "--requires-password", path], check=False).returncode == 0, path
    assert not list((tmp_path / "out").rglob("packet.json"))
    assert b"Name001" not in b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())
    again = handouts("press", "reprint", "out", "--packet", "r001", "--password-file", "password")
    assert again.returncode == 0, again.stderr
    assert (
        subprocess.run(["qpdf", "--requires-password", "out/reprint-0001.pdf"], cwd=tmp_path, check=False).returncode
        == 0
    )
    assert handouts("press", "reprint", "out", "--packet", "r001").returncode == 2
    (tmp_path / "password").write_text("four noisy lamps\n")
    before = tree(tmp_path / "out")
    found = handouts("press", "run", schedule(2, "later.json"), *options, "--only-changed")
    assert (found.returncode, tree(tmp_path / "out")) == (3, before)
    assert "out/print-0001.pdf: another password opens it." in found.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="needs RLIMIT_FSIZE")
def test_a_disk_that_takes_no_more_stops_the_run_and_the_same_command_goes_on(handouts, schedule, tmp_path):
    run = ("press", "run", schedule(2), "--drafts", "-o", "out", *SHEETS)
    program = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000));"
        f"sys.argv[0] = {str(ROOT / 'generate.py')!r}; sys.path.insert(0, {str(ROOT)!r});"
        "from handouts.cli.app import main; main()"
    )
    command = [sys.executable, "-c", program, *map(str, run)]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert "cannot be written: File too large." in found.stderr
    assert not list((tmp_path / "out").rglob(".unfinished-*"))
    assert not (tmp_path / "out" / "manifest.json").exists()
    assert handouts(*run).returncode == 0
    assert handouts(*run[:-4], "-o", "whole", *SHEETS).returncode == 0
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")
