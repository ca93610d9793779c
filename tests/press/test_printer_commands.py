"""The commands of the printer, as a person calls them: what they say, what they leave, and their exit codes."""

import json
import sys
from pathlib import Path

import pytest
import typer
from press.cups import free_port
from press.run_folders import PACKET
from typer.testing import CliRunner

from handouts.cli.press_print import cancel, jobs, printers, release, send
from handouts.errors import ExitCode, HandoutsError

CLINIC = Path(__file__).parents[2] / "examples" / "clinic"
NOW = "2026-03-04T20:00:00-05:00"


@pytest.fixture
def press(monkeypatch):
    """Runs `press …`; returns the exit code, what was printed, and what was said beside it."""
    app = typer.Typer()
    for each in (send, printers, jobs, release, cancel):
        app.command()(each)
    monkeypatch.delenv("HANDOUTS_CLINIC", raising=False)
    monkeypatch.delenv("CUPS_SERVER", raising=False)

    def run(*arguments):
        result = CliRunner().invoke(app, [str(each) for each in arguments])
        if isinstance(result.exception, HandoutsError):
            return result.exception.exit_code, result.stdout, str(result.exception)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout, result.stderr

    return run


@pytest.fixture
def clinic_folder(tmp_path):
    """The demo clinic with a table [press]."""

    def made(table):
        folder = tmp_path / "clinic"
        folder.mkdir(exist_ok=True)
        text = (CLINIC / "clinic.toml").read_text("utf-8")
        assert "[press]" not in text
        (folder / "clinic.toml").write_text(f"{text}\n[press]\n{table}\n", "utf-8")
        for each in CLINIC.iterdir():
            if each.name != "clinic.toml" and not (folder / each.name).exists():
                (folder / each.name).symlink_to(each)
        return folder

    return made


def test_a_run_is_sent_held_looked_at_let_go_and_canceled(cups, run_folder, press):
    folder, queue = run_folder(PACKET, PACKET), cups.queue()
    there = ("--printer", queue, "--server", cups.address)
    code, _, said = press("send", folder, *there, "--hold", "--clinic", CLINIC, "--now", NOW)
    assert code == ExitCode.DONE
    assert "print-0001.pdf: 6 sheets held, job " in said
    code, out, _ = press("jobs", *there, "--json")
    first, second = json.loads(out)
    assert (first["file"], first["state"]) == ("print-0001.pdf", "held")
    assert press("jobs", *there)[1].splitlines()[2].split()[:3] == [str(second["job"]), "print-0002.pdf", "held"]
    assert press("cancel", first["job"], *there)[0] == ExitCode.DONE
    code, _, said = press("release", "--all", *there)
    assert said.strip() == f"1 job released: job {second['job']}."
    assert cups.printed(queue) == [(folder / "print-0002.pdf").read_bytes()]
    code, _, said = press("release", "--all", *there)
    assert (code, said.strip()) == (ExitCode.DONE, "0 jobs released.")


def test_a_dry_run_says_what_would_be_sent_and_sends_nothing(cups, run_folder, press, clinic_folder):
    folder, device = run_folder(), cups.device(overrides=("pages", "finishings", "media-col"))
    clinic = clinic_folder('[press.media.consent]\ntype = "stationery-letterhead"')
    command = ("send", folder, "--printer", device.uri, "--clinic", clinic, "--dry-run")
    code, out, said = press(*command)
    assert code == ExitCode.DONE
    assert out.splitlines()[1].split() == [
        "print-0001.pdf",
        "all",
        "6",
        "letter,",
        "on",
        "two",
        "sides;",
        "pages",
        "3-6",
        "stapled",
        "at",
        "the",
        "top",
        "left;",
        "pages",
        "7-10",
        "on",
        "paper",
        "of",
        "type",
        "stationery-letterhead,",
        "stapled",
        "at",
        "the",
        "top",
        "left",
    ]
    assert "1 job, 6 sheets for Test. Nothing was sent." in said
    told = json.loads(press(*command, "--json")[1])
    (job,) = told["files"][0]["jobs"]
    assert (job["job"], told["files"][0]["sent"]) == (None, False)
    assert job["attributes"]["overrides"][0] == {"pages": "3-6", "finishings": 20}
    assert device.arrived() == []
    assert not (folder / "sent.jsonl").exists()


def test_what_is_sent_is_told_as_json(cups, run_folder, press):
    folder, queue = run_folder(PACKET, PACKET), cups.queue()
    there = ("--printer", queue, "--server", cups.address, "--clinic", CLINIC, "--now", NOW, "--json")
    out = press("send", folder / "print-0002.pdf", *there)[1]
    told = json.loads(out)
    assert [(each["file"], each["sent"]) for each in told["files"]] == [("print-0002.pdf", True)]
    assert isinstance(told["files"][0]["jobs"][0]["job"], int)
    assert cups.printed(queue) == [(folder / "print-0002.pdf").read_bytes()]
    told = json.loads(press("send", folder, *there)[1])
    assert told["passed_over"] == ["print-0002.pdf"]
    assert [each["file"] for each in told["files"]] == ["print-0001.pdf"]


def test_a_folder_or_file_that_is_not_there_is_named(press, tmp_path):
    code, _, said = press("send", tmp_path / "tonihgt", "--printer", "any", "--clinic", CLINIC)
    assert code == ExitCode.UNREADABLE_INPUT
    assert f"{tmp_path}/tonihgt: there is no such folder or print file." in said


def test_the_clinics_queue_is_taken_where_none_is_named(cups, run_folder, press, clinic_folder):
    folder, queue = run_folder(), cups.queue()
    clinic = clinic_folder(f'queue = "{queue}"\nstaple = false')
    assert press("send", folder, "--server", cups.address, "--clinic", clinic)[0] == ExitCode.DONE
    assert cups.printed(queue) == [(folder / "print-0001.pdf").read_bytes()]
    out = press("jobs", "--server", cups.address, "--clinic", clinic, "--json")[1]
    assert [job["file"] for job in json.loads(out)] == ["print-0001.pdf"]


def test_faults_have_their_exit_codes(cups, run_folder, press, monkeypatch, tmp_path):
    folder, queue = run_folder(PACKET, PACKET), cups.queue()
    there = ("--printer", queue, "--server", cups.address)
    clinic = ("--clinic", CLINIC)
    assert press("send", folder, "--printer", "nowhere", "--server", cups.address, *clinic)[0] == 1
    assert press("send", folder, "--printer", queue, "--server", f"127.0.0.1:{free_port()}", *clinic)[0] == 1
    assert press("send", folder, "--server", cups.address, *clinic)[0] == ExitCode.WRONG_USAGE  # no printer is named
    assert press("send", folder, *there, "--file", "print-0009.pdf", *clinic)[0] == ExitCode.WRONG_USAGE
    assert press("send", folder, tmp_path, *there, *clinic)[0] == ExitCode.WRONG_USAGE
    assert press("send", tmp_path, *there, *clinic)[0] == ExitCode.UNREADABLE_INPUT
    assert press("release", *there)[0] == ExitCode.WRONG_USAGE
    assert press("cancel", 1, "--all", *there)[0] == ExitCode.WRONG_USAGE
    assert press("cancel", 999_999, *there)[0] == 1
    (folder / "print-0002.pdf").write_bytes(b"another")
    assert press("send", folder, *there, *clinic)[0] == ExitCode.UNREADABLE_INPUT
    assert press("jobs", *there, "--json")[1].strip() == "[]"
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    code, _, said = press("printers", "--server", cups.address)
    assert (code, "ipptool: it is not installed" in said) == (ExitCode.MISSING_PROGRAM, True)


def test_queues_are_listed_for_people_and_programs(cups, press):
    queue = cups.queue()
    cups.run("cupsreject", queue)
    code, out, _ = press("printers", "--server", cups.address, "--json")
    told = next(each for each in json.loads(out) if each["queue"] == queue)
    assert told["accepting"] is False
    assert told["two_sided"] is None
    assert told["trays"] == []
    line = next(
        line for line in press("printers", "--server", cups.address)[1].splitlines() if line.startswith(f"{queue} ")
    )
    assert "idle, takes no jobs" in line
    assert code == ExitCode.DONE
