"""`review content` from the command line: what is open is listed, read, and approved by the hash it was listed under."""

import json
import subprocess
import sys

import pytest
from approved import change, staffed

from handouts.approvals import FILE
from handouts.clinic import load_clinic

NOW = ("--now", "2026-02-20T09:00-05:00")


@pytest.fixture
def clinic(tmp_path):
    return staffed(tmp_path / "clinic")


@pytest.fixture
def review(handouts, clinic):
    def run(*arguments, now=NOW):
        return handouts("review", "content", "--clinic", clinic, *now, *arguments)

    return run


def listed(review, *arguments, **options):
    ran = review("--json", *arguments, **options)
    assert not ran.stderr
    return json.loads(ran.stdout)


def test_what_is_open_is_listed_with_exit_code_4_and_approved_by_its_hash(review, clinic):
    ran = review("--lang", "en")
    assert ran.returncode == 4
    assert f"settings: {len(load_clinic(clinic).settings)}" in ran.stdout
    told = listed(review, "--lang", "en")
    assert f"--approve --hash {told['to_approve']} --as USER" in ran.stdout
    done = review("--lang", "en", "--approve", "--hash", told["to_approve"], "--as", "okafor", "--until", "2026-12-31")
    assert done.returncode == 0, done.stderr
    assert f"Ada Okafor approved {told['open']} things; it stands in {clinic / FILE}." in done.stdout
    after = review("--lang", "en")
    assert after.returncode == 0
    assert "0 open on 2026-02-20" in after.stdout
    (row,) = [each for each in listed(review)["content"] if each["what"] == "setting drive_ban_h"]
    assert row["approved_by"] == "Ada Okafor"
    assert row["until"] == "2026-12-31"


def test_what_lapsed_says_why_and_who_approved_it_before(review, clinic):
    told = listed(review, "--only", "setting")
    assert review("--only", "setting", "--approve", "--hash", told["to_approve"], "--as", "okafor").returncode == 0
    change(clinic, ("[drive_ban_h]\nvalue = 24", "[drive_ban_h]\nvalue = 25"))
    ran = review("--only", "setting")
    assert ran.returncode == 4
    assert "changed since, Ada Okafor approved it on 2026-02-20" in ran.stdout
    again = review("--only", "setting", "--approve", "--hash", told["to_approve"], "--as", "okafor")
    assert again.returncode == 1
    assert "what is open is not what was listed under it" in again.stderr


def test_show_prints_every_word_that_is_to_be_read(review):
    ran = review("--show", "--lang", "en")
    for part in (
        "when: ",
        "from: P7 drive_ban_h",
        "consent.html, line ",
        "value: 24 hours",
        "procedure.toml",
        "- water",
    ):
        assert part in ran.stdout
    assert "guard against typing errors: 12 to 72 hours" in ran.stdout
    words = listed(review, "--show", "--lang", "en")["content"]
    assert all(each["text"] for each in words)


def test_a_value_outside_its_guard_needs_a_second_person(review, clinic, handouts):
    change(clinic, ("[drive_ban_h]\nvalue = 24", "[drive_ban_h]\nvalue = 80"))
    name = ("--only", "setting drive_ban_h")
    assert "two people approve it" in review(*name).stdout
    first = listed(review, *name)["to_approve"]
    done = review(*name, "--approve", "--hash", first, "--as", "okafor")
    assert "A second person approves too (--second): setting drive_ban_h." in done.stdout
    told = listed(review, *name)
    assert told["content"][0]["state"] == "needs a second person"
    same = review(*name, "--second", "--hash", told["to_second"], "--as", "okafor")
    assert same.returncode == 1
    assert "Another person gives the second approval." in same.stderr
    assert handouts("wording", "list", "--clinic", clinic).returncode == 4
    assert review(*name, "--second", "--hash", told["to_second"], "--as", "reyes").returncode == 0
    ran = review(*name)
    assert ran.returncode == 0
    assert "Ada Okafor and Luis Reyes" in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--approve", "--as", "okafor"), 2, '"--hash": must be said'),
        (("--hash", "1" * 12), 2, '"--hash": goes with --approve or --second alone'),
        (("--as", "okafor"), 2, '"--as": goes with --approve'),
        (("--approve", "--hash", "1" * 12, "--as", "okafor"), 1, "what is open is not what was listed under it"),
        (("--approve", "--hash", "1" * 12, "--as", "nobody"), 2, "no such person works here"),
        (("--approve", "--hash", "1" * 12, "--as", "reyes"), 1, "That is for a medical_director."),
        (("--approve", "--hash", "1" * 12), 2, "Say who acts: --as"),
        (("--approve", "--hash", "1" * 12, "--as", "okafor", "--from", "soon"), 2, '"--from": "soon": is no day'),
        (("--only", "setting moon"), 2, '"--only": "setting moon": nothing is called so'),
        (("--procedure", "surgery"), 2, "no such procedure"),
        (("--lang", "de"), 2, "no edition in this language"),
    ],
)
def test_what_cannot_be_says_what_to_do_and_writes_nothing(review, clinic, arguments, code, said):
    ran = review(*arguments)
    assert ran.returncode == code, ran.stderr
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (clinic / FILE).exists()


def test_nothing_of_a_demo_clinic_can_be_approved(handouts, examples):
    ran = handouts("review", "content", "--clinic", examples / "clinic", "--only", "setting")
    assert ran.returncode == 4
    assert "Nothing of a demo clinic can be approved." in ran.stdout
    assert "--hash" not in ran.stdout
    ran = handouts("review", "content", "--clinic", examples / "clinic", "--approve", "--hash", "1", "--as", "okafor")
    assert ran.returncode == 1
    assert "nothing of a demo clinic can be approved" in ran.stderr
    assert not (examples / "clinic" / FILE).exists()


def test_the_day_is_that_of_the_clinic_and_not_of_the_machine(review):
    assert listed(review, "--only", "setting", now=("--now", "2026-02-21T03:00+00:00"))["day"] == "2026-02-20"


def test_an_unfinished_merge_is_told_and_stops_packets_too(review, clinic, handouts, examples):
    (clinic / FILE).write_text("<<<<<<< HEAD\n", "utf-8")
    for ran in (review(), handouts("packet", examples / "appointments.csv", "--clinic", clinic, *NOW)):
        assert ran.returncode == 4, ran.stderr
        assert f"{FILE}, line 1: a merge of git was left unfinished here." in ran.stderr


def test_check_tells_what_lapsed_and_warns_of_what_ends_soon(handouts, clinic, review):
    told = listed(review, "--only", "setting")["to_approve"]
    done = review("--only", "setting", "--approve", "--hash", told, "--as", "okafor", "--until", "2026-03-31")
    assert done.returncode == 0
    change(clinic, ("[drive_ban_h]\nvalue = 24", "[drive_ban_h]\nvalue = 25"))
    found = json.loads(handouts("check", "--json", "--clinic", clinic, "--now", "2026-03-01T12:00-05:00").stdout)
    others = len(load_clinic(clinic).settings) - 2  # beside the one that is named, and the one that was changed
    said = f"approvals: what Ada Okafor approved ends on 2026-03-31: setting state and {others} more."
    assert [warning for warning in found["warnings"] if warning.startswith(said)]
    assert "setting drive_ban_h: changed since, Ada Okafor approved it on 2026-02-20" in found["not_approved"]


def test_two_who_approve_at_once_are_both_recorded_or_told(clinic, examples, review):
    told = listed(review, "--only", "setting")["to_approve"]
    command = [sys.executable, str(examples.parent / "generate.py"), "review", "content", "--clinic", str(clinic), *NOW]
    command += ["--only", "setting", "--approve", "--hash", told, "--as", "okafor"]
    ran = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    ended = [(each.communicate()[1], each.returncode) for each in ran]
    assert 0 in {code for _, code in ended}
    assert all(code == 0 or "nothing is open that could be approved" in said for said, code in ended)
    assert review("--only", "setting").returncode == 0
