"""`packet` and `review` as a person runs them: their words, exit codes and files, from a schedule to what is issued."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys

import pytest
from cli.conftest import ROOT
from record.real import NOW, real_folder, schedule

CANARIES = ("Xanthippe", "Quux", "1971", "204101", "unlikely")
NAMES = {"patient.given_name": "Xanthippe", "patient.family_name": "Quux"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return real_folder(tmp_path_factory.mktemp("review") / "clinic")


@pytest.fixture(scope="module")
def run(folder):
    def run_(*arguments, as_="", now=NOW):
        own = ["--clinic", str(folder), "--now", now, *(["--as", as_] if as_ else [])]
        command = [sys.executable, str(ROOT / "generate.py"), *map(str, arguments), *own]
        env = {**os.environ, "COLUMNS": "200"}
        return subprocess.run(command, cwd=folder.parent, capture_output=True, text=True, check=False, env=env)

    return run_


@pytest.fixture(scope="module")
def made(run, folder):
    """Three packets, of which the second is of a pregnant patient."""
    pregnant = {"flags.pregnant": "yes", "flags.pregnancy_potential": "yes"}
    schedule(folder.parent / "day.json", NAMES, {**NAMES, **pregnant}, NAMES)
    done = run("packet", "day.json", "--json", as_="desk")
    assert (done.returncode, done.stderr) == (0, "")
    return [each["packet_id"] for each in json.loads(done.stdout)]


def test_a_packet_goes_from_the_schedule_to_what_is_issued(run, folder, made):
    first, second, _ = made
    refused = run("review", "approve", first, second, "no-such", as_="okafor")
    assert refused.returncode == 2
    assert f"Packet {first} is approved." in refused.stderr
    assert f'packet {second}, "flags.pregnant": The patient is pregnant.' in refused.stderr
    assert "1 done, 2 not." in refused.stderr
    assert '--decide pregnant="the reason"' in refused.stderr
    assert "names no packet of the record" in refused.stderr
    assert not any(canary in refused.stderr for canary in CANARIES)
    decided = run("review", "approve", second, "--decide", "pregnant=unlikely reason", "--json", as_="okafor")
    assert (decided.returncode, json.loads(decided.stdout)) == (0, [{"packet_id": second, "state": "approved"}])
    out = run("review", "issue", second, "-o", "out", as_="desk")
    assert (out.returncode, out.stderr) == (0, f"Packet {second} is issued.\n")
    again = folder.parent / "out" / second
    assert {path.name for path in again.iterdir()} >= {"consent.pdf", "packet.json"}
    listed = run("review", "list", "--state", "issued", "--json")
    assert [(each["packet_id"], each["decided"]) for each in json.loads(listed.stdout)] == [
        (second, {"pregnant": "unlikely reason"})
    ]


@pytest.mark.parametrize(
    ("arguments", "as_", "code", "words"),
    [
        (["approve", "2026-0003", "--comment", "x" * 3000], "okafor", 2, "longer than 2000 characters"),
        (["approve", "2026-0003"], "desk", 1, "Ben Desk may not approve or return a packet."),
        (["return", "2026-0003"], "okafor", 2, 'Add --comment "…".'),
    ],
    ids=lambda each: each[0] if isinstance(each, list) else "",
)
def test_what_is_refused_says_what_to_do(run, made, arguments, as_, code, words):
    done = run("review", *arguments, as_=as_)
    assert done.returncode == code
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert len(made) == 3


def test_page_zero_is_shown_and_only_who_says_so_begins_the_review(run, folder, made):
    third = made[2]
    text = run("review", "show", third)
    assert (text.returncode, text.stderr) == (0, "")
    assert "Quux" in text.stdout  # to the person at the terminal
    shown = run("review", "show", third, "--pdf", "zero.pdf", "--json", as_="reyes")
    assert shown.returncode == 0
    told = json.loads(shown.stdout)
    path = folder.parent / "zero.pdf"
    assert path.read_bytes().startswith(b"%PDF-")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = folder / "store" / "files"
    assert any(path.name.startswith(told["sha256"]) or told["sha256"] in str(path) for path in kept.rglob("*"))
    listed = json.loads(run("review", "list", "--json").stdout)
    assert {each["packet_id"]: each["state"] for each in listed}[third] == "in review"


def test_two_runs_at_once_make_each_packet_once(run, folder):
    schedule(folder.parent / "both.json", *({"id": f"both-{number}"} for number in range(3)))
    command = [sys.executable, str(ROOT / "generate.py"), "packet", "both.json", "--clinic", str(folder), "--json"]
    runs = [
        subprocess.Popen(
            [*command, "--now", f"2026-02-27T09:{minute}-05:00"],
            cwd=folder.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for minute in ("10", "20")
    ]
    said = [each.communicate() for each in runs]
    assert [each.returncode for each in runs] == [0, 0], said
    one, other = (json.loads(out) for out, _ in said)
    assert [each["documents"] for each in one] == [each["documents"] for each in other]
    listed = json.loads(run("review", "list", "--json").stdout)
    assert {each["making"] for each in listed if each["appointment_id"].startswith("both-")} == {1}
    for each in one:
        on_disk = json.loads((folder.parent / "packets" / each["packet_id"] / "packet.json").read_text("utf-8"))
        assert on_disk["documents"] == each["documents"]
