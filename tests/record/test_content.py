"""Approving content: exactly what was listed, by whoever may, and written whole or not at all beside what others write."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from approved import change, staffed
from sound import DOCUMENTS

from handouts import builtin
from handouts.approvals import FILE, Approval, load_approvals
from handouts.builtin import demo_clinic
from handouts.cache import user_cache
from handouts.clinic import load_clinic
from handouts.content.approvable import ending
from handouts.content.approval import State
from handouts.content.editions import Editions
from handouts.errors import ContentError, NotAllowed, NotWritten, SettingError, WrongUsage
from handouts.packet import DRAFT, GENERATED, Options, PacketMaker
from handouts.people import Person, Role
from handouts.record import content as recording
from handouts.record.content import add, approve, approver, content_of, hash_of
from handouts.translate import files

ROOT = Path(__file__).parent.parent.parent
DAY = date(2026, 2, 20)
LIMIT = ("[drive_ban_h]\nvalue = 24", "[drive_ban_h]\nvalue = 80")
LINE = Approval("Ada Okafor", "NY 1", DAY, DAY, None, "setting drive_ban_h")


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """A real clinic in which nothing is approved, with its editions, made once."""
    folder = staffed(tmp_path_factory.mktemp("opened"))
    return Editions(load_clinic(folder))


@pytest.fixture(scope="module")
def approved_once(opened, tmp_path_factory):
    folder = tmp_path_factory.mktemp("approved")
    shutil.copytree(opened.clinic.folder, folder, dirs_exist_ok=True)
    clinic = opened.clinic.model_copy(update={"folder": folder})
    content = content_of(opened, DAY)
    approve(content, clinic, approver(clinic, "okafor"), hash_of(content.to_approve))
    return folder


@pytest.fixture
def folder(tmp_path):
    return staffed(tmp_path / "clinic")


@pytest.fixture
def approved_folder(approved_once, tmp_path):
    return Path(shutil.copytree(approved_once, tmp_path / "clinic"))


def settings_of(folder, day=DAY, *only):
    """What is open of the clinic's settings; blocks are left out, for they take a while."""
    clinic = load_clinic(folder, allow_missing=True)
    editions = Editions(clinic, user_cache())
    return clinic, content_of(editions, day, only=only or ("setting",))


def approve_settings(folder, who="okafor", *only, day=DAY, second=False, **days):
    clinic, content = settings_of(folder, day, *only)
    given = hash_of(content.to_second if second else content.to_approve, second=second)
    return approve(content, clinic, approver(clinic, who, second=second), given, second=second, **days)


def state_of(folder, what, day=DAY):
    (row,) = settings_of(folder, day, what)[1].rows
    return row.standing.state


def made(folder, appointment, at="2026-02-27T09:00-05:00", **options):
    clinic, now = load_clinic(folder), datetime.fromisoformat(at)
    return PacketMaker(Editions(clinic, user_cache()), Options(kinds=DOCUMENTS, **options))(
        appointment(of=clinic, at=now), now
    )


def test_everything_is_listed_once_with_nothing_approved(opened):
    content = content_of(opened, DAY)
    assert len({row.of.sha256 for row in content.rows}) == len(content.rows)
    assert len({row.of.what for row in content.rows}) == len(content.rows)
    assert content.open == list(content.rows)
    standing = {
        block.sha256
        for kind in opened.kinds("ketamine-infusion")
        for language in opened.languages("ketamine-infusion")
        for block in opened.wordings("ketamine-infusion", kind, language).edition.blocks
    }
    assert {row.of.sha256 for row in content.rows if row.of.block} == standing
    assert {row.of.setting.key for row in content.rows if row.of.setting} == set(opened.clinic.settings)
    assert [row.of.what for row in content.rows if row.of.procedure] == ["template ketamine-infusion 1.0"]


def test_what_nobody_has_translated_well_waits_and_is_not_approved_with_the_rest(opened):
    content = content_of(opened, DAY)
    waiting = [row for row in content.rows if row.standing.state == State.WAITING]
    assert {row.of.block.language for row in waiting} >= {"es-US"}
    assert not {row.of.sha256 for row in waiting} & {row.of.sha256 for row in content.to_approve}


def test_one_language_is_listed_alone(opened):
    rows = content_of(opened, DAY, language="es").rows
    assert {row.of.block.language for row in rows if row.of.block} == {"es-US"}


def test_a_clinic_that_approved_what_was_listed_prints_for_signature(approved_folder, appointment):
    assert made(approved_folder, appointment).status == GENERATED


def test_a_changed_byte_of_a_template_makes_drafts_of_all_documents_of_the_procedure(approved_folder, appointment):
    own = approved_folder / "templates" / "ketamine-infusion"
    own.mkdir(parents=True)
    source = (builtin.templates() / "ketamine-infusion" / "consent.html").read_bytes()
    (own / "consent.html").write_bytes(source)
    assert made(approved_folder, appointment).status == GENERATED
    (own / "consent.html").write_bytes(source + b"\n")
    packet = made(approved_folder, appointment)
    said = "template ketamine-infusion 1.0: changed since, Ada Okafor approved it on 2026-02-20"
    assert {document.reasons for document in packet.documents} == {(said,)}


def test_a_changed_setting_makes_drafts_where_it_counts_and_is_approved_anew(approved_folder, appointment):
    change(approved_folder, ("[drive_ban_h]\nvalue = 24", "[drive_ban_h]\nvalue = 25"))
    packet = made(approved_folder, appointment)
    assert packet.status == DRAFT
    said = "setting drive_ban_h: changed since, Ada Okafor approved it on 2026-02-20"
    assert any(said in document.reasons for document in packet.documents)
    approve_settings(approved_folder, "okafor", "setting drive_ban_h")
    assert made(approved_folder, appointment).status == GENERATED


def test_approvals_are_lines_with_name_licence_days_and_what(folder):
    done = approve_settings(folder, since=date(2026, 3, 1), until=date(2026, 12, 31))
    lines = load_approvals(folder).lines
    assert {sha256 for sha256, _ in lines} == {each.sha256 for each in done}
    told = {each.what: each for _, each in lines}["setting drive_ban_h"]
    assert told == Approval("Ada Okafor", "NY 1", DAY, date(2026, 3, 1), date(2026, 12, 31), "setting drive_ban_h")
    text = (folder / FILE).read_text("utf-8").splitlines()
    assert text[0].startswith("# sha256\t")
    assert text[1:] == sorted(text[1:])


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 2, 28), State.NOT_YET),
        (date(2026, 3, 1), State.APPROVED),
        (date(2026, 12, 31), State.APPROVED),
        (date(2027, 1, 1), State.EXPIRED),
    ],
)
def test_an_approval_counts_from_its_first_day_through_its_last(folder, day, state):
    approve_settings(folder, since=date(2026, 3, 1), until=date(2026, 12, 31))
    assert state_of(folder, "setting drive_ban_h", day) == state


def test_what_ends_soon_can_be_approved_anew_and_counts_without_a_gap(folder):
    approve_settings(folder, until=date(2026, 12, 31))
    assert settings_of(folder, date(2026, 12, 1))[1].to_approve
    assert not settings_of(folder, date(2026, 11, 30))[1].to_approve
    approve_settings(folder, day=date(2026, 12, 1), until=date(2027, 12, 31))
    (row,) = settings_of(folder, date(2026, 12, 2), "setting drive_ban_h")[1].rows
    assert row.standing.until == date(2027, 12, 31)


@pytest.mark.parametrize(("day", "warned"), [((2026, 12, 1), True), ((2026, 11, 30), False), ((2027, 1, 1), False)])
def test_what_ends_within_thirty_days_is_warned_of_by_its_day_and_person(folder, day, warned):
    approve_settings(folder, until=date(2026, 12, 31))
    _, content = settings_of(folder, date(*day))
    others = len(load_clinic(folder).settings) - 1
    said = [f"what Ada Okafor approved ends on 2026-12-31: setting state and {others} more."] * warned
    assert [fault.problem for fault in ending(content.rows, content.day)] == said


def test_what_is_approved_is_approved_anew_only_when_asked_for_by_its_whole_name(folder):
    approve_settings(folder)
    assert not settings_of(folder)[1].to_approve
    clinic, content = settings_of(folder, DAY, "setting drive_ban_h")
    assert [row.of.what for row in content.to_approve] == ["setting drive_ban_h"]
    by_digits = content_of(Editions(clinic, user_cache()), DAY, only=[f"#{content.rows[0].of.sha256[:8]}"])
    assert by_digits == content


def test_a_setting_past_its_own_last_day_is_not_approved_any_more(folder):
    change(folder, ("[drive_ban_h]\nvalue = 24", "[drive_ban_h]\nexpires_at = 2026-02-19\nvalue = 24"))
    assert not settings_of(folder, DAY, "setting drive_ban_h")[1].to_approve


def test_other_content_than_was_listed_is_refused_and_nothing_is_written(folder):
    clinic, content = settings_of(folder)
    listed = hash_of(content.to_approve)
    change(folder, ("[drive_ban_h]\nvalue = 24", "[drive_ban_h]\nvalue = 25"))
    clinic, content = settings_of(folder)
    for given in (listed, "", hash_of(content.to_approve, second=True)):
        with pytest.raises(NotAllowed, match="what is open is not what was listed under it"):
            approve(content, clinic, approver(clinic, "okafor"), given)
    assert not (folder / FILE).exists()


def test_what_another_has_approved_meanwhile_is_told(folder):
    listed = hash_of(settings_of(folder)[1].to_approve)
    approve_settings(folder)
    clinic, content = settings_of(folder)
    with pytest.raises(NotAllowed, match="nothing is open that could be approved"):
        approve(content, clinic, approver(clinic, "okafor"), listed)


def test_a_name_that_nothing_has_is_wrong_usage(folder):
    with pytest.raises(WrongUsage, match='"--only": "setting drive_ban": nothing is called so'):
        settings_of(folder, DAY, "setting drive_ban")
    with pytest.raises(WrongUsage, match="no such procedure"):
        content_of(Editions(load_clinic(folder), user_cache()), DAY, procedure="surgery")
    with pytest.raises(WrongUsage, match="no edition in this language"):
        content_of(Editions(load_clinic(folder), user_cache()), DAY, language="de")


def test_days_in_no_order_are_wrong_usage(folder):
    with pytest.raises(WrongUsage, match='"--from": "2026-02-19": is before 2026-02-20'):
        approve_settings(folder, since=date(2026, 2, 19))
    with pytest.raises(WrongUsage, match='"--until": "2026-02-28": is before 2026-03-01'):
        approve_settings(folder, since=date(2026, 3, 1), until=date(2026, 2, 28))
    assert not (folder / FILE).exists()


@pytest.mark.parametrize("who", ["reyes", "desk"])
def test_only_a_medical_director_approves_first(folder, who):
    with pytest.raises(NotAllowed, match="may not approve content"):
        approve_settings(folder, who)


def test_nothing_of_a_demo_clinic_is_approved(tmp_path):
    clinic = load_clinic(demo_clinic())
    with pytest.raises(NotAllowed, match="nothing of a demo clinic can be approved"):
        approver(clinic, "okafor")
    content = content_of(Editions(clinic, user_cache()), DAY, only=["setting"])
    director = Person(name="Ada Okafor", roles=(Role.MEDICAL_DIRECTOR,), licence="NY 1")
    there = clinic.model_copy(update={"folder": tmp_path, "people": {"okafor": director}})
    real = approver(there.model_copy(update={"demo": False}), "okafor")
    with pytest.raises(NotAllowed, match="nothing of a demo clinic can be approved"):
        approve(content, there, real, hash_of(content.to_approve))
    assert not list(tmp_path.iterdir())


def test_a_licence_is_needed_and_must_be_valid_on_the_day(folder):
    change(folder, LIMIT, ('licence = "NY 2"', 'licence = "–"'))
    approve_settings(folder)
    with pytest.raises(NotAllowed, match="Luis Reyes has no licence here"):
        approve_settings(folder, "reyes", second=True)
    days = "[clinicians.okafor]\nlicence_from = 2025-01-01\nlicence_until = 2026-02-19"
    change(folder, ("[clinicians.okafor]", days))
    with pytest.raises(NotAllowed, match="valid from 2025-01-01 until 2026-02-19, and today is 2026-02-20"):
        approve_settings(folder, "okafor", "setting drive_ban_h")
    change(folder, ("2026-02-19", "2026-02-20"))
    approve_settings(folder, "okafor", "setting drive_ban_h")


def test_the_licence_days_of_a_clinician_hold_whatever_the_person_is_called_by(folder):
    days = "[clinicians.okafor]\nlicence_from = 2026-02-21"
    change(
        folder,
        ("[clinicians.okafor]", days),
        ("[people.okafor]", "[people.chief]"),
        ('name = "Luis Reyes"\nroles', 'name = "Luis Reyes"\nroles'),
    )
    with pytest.raises(NotAllowed, match="the licence of Ada Okafor is valid from 2026-02-21"):
        approve_settings(folder, "chief")


def test_a_value_outside_its_guard_stops_packets_until_two_people_approved_it(folder):
    change(folder, LIMIT)

    def refused():
        with pytest.raises(SettingError, match="is outside 12 to 72 hours"):
            load_clinic(folder)

    refused()
    approve_settings(folder)
    refused()
    assert state_of(folder, "setting drive_ban_h") == State.HALF
    with pytest.raises(NotAllowed, match="Ada Okafor approved it first"):
        approve_settings(folder, "okafor", second=True)
    approve_settings(folder, "reyes", second=True)
    assert load_clinic(folder).value("drive_ban_h") == 80
    assert state_of(folder, "setting drive_ban_h") == State.APPROVED
    change(folder, ("value = 80", "value = 81"))
    refused()


def test_one_person_never_is_the_second_under_another_spelling_or_licence(folder):
    change(folder, LIMIT)
    approve_settings(folder)
    for other in (
        'name = "OKAFOR, Áda"\nroles = ["reviewer"]\nlicence = "TX 9"',
        'name = "A. O."\nroles = ["reviewer"]\nlicence = "ny-1"',
    ):
        change(folder, ("[people.desk]", f"[people.other]\n{other}\n\n[people.desk]"))
        with pytest.raises(NotAllowed, match="by name or licence that is the same person"):
            approve_settings(folder, "other", second=True)
        change(folder, (f"[people.other]\n{other}\n\n", ""))


def test_nobody_is_second_where_nobody_was_first(folder):
    change(folder, LIMIT)
    with pytest.raises(NotAllowed, match="nothing is open that could be approved"):
        approve_settings(folder, "reyes", second=True)


def test_once_approved_here_a_setting_goes_by_its_hash_and_not_by_clinic_toml(folder):
    toml = '[drive_ban_h]\napproved_by = "Ada Okafor"\napproved_at = 2026-01-15\nvalue = 24'
    change(folder, ("[drive_ban_h]\nvalue = 24", toml))
    assert state_of(folder, "setting drive_ban_h") == State.APPROVED
    approve_settings(folder, "okafor", "setting drive_ban_h")
    change(folder, ("approved_at = 2026-01-15\nvalue = 24", "approved_at = 2026-01-15\nvalue = 25"))
    assert state_of(folder, "setting drive_ban_h") == State.CHANGED


def lines_of(count, start=0):
    return [(f"{number:064x}", replace(LINE, what=f"setting s{number}")) for number in range(start, start + count)]


def begun(work):
    """A process that does `work`, by its id."""
    child = os.fork()
    if not child:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def ended(child):
    """How it ended: 0 if it has done all, negative by which signal."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_people_who_approve_at_once_lose_none_of_each_others_lines(tmp_path):
    def write(start):
        for line in lines_of(25, start=start):
            add(tmp_path, [line])

    writers = [begun(lambda start=start: write(start)) for start in (0, 100, 200, 300)]
    assert [ended(writer) for writer in writers] == [0] * 4
    found = {approval.what for _, approval in load_approvals(tmp_path).lines}
    assert found == {f"setting s{start + n}" for start in (0, 100, 200, 300) for n in range(25)}
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_what_somebody_writes_by_hand_in_between_is_not_lost(tmp_path, monkeypatch):
    add(tmp_path, lines_of(1))
    real = recording.with_lines
    by_hand = iter(lines_of(2, start=10))

    def meanwhile(before, new):
        text = real(before, new)
        if other := next(by_hand, None):
            (tmp_path / FILE).write_text(real((tmp_path / FILE).read_bytes(), [other]), "utf-8")
        return text

    monkeypatch.setattr(recording, "with_lines", meanwhile)
    add(tmp_path, lines_of(1, start=5))
    assert {approval.what for _, approval in load_approvals(tmp_path).lines} == {
        f"setting s{n}" for n in (0, 5, 10, 11)
    }


def test_a_file_that_never_stands_still_is_left_as_it_is(tmp_path, monkeypatch):
    real, count = recording.with_lines, iter(range(1000))

    def meanwhile(before, new):
        (tmp_path / FILE).write_text(f"# {next(count)}\n", "utf-8")
        return real(before, new)

    monkeypatch.setattr(recording, "with_lines", meanwhile)
    with pytest.raises(NotWritten, match="others are changing it all the time"):
        add(tmp_path, lines_of(1))


def killing(folder, steps):
    """Kill this process when it has done as many steps with files in `folder`."""
    left, flush = steps, os.fsync

    def step(event, arguments):
        nonlocal left
        if event in {"open", "os.rename", "os.chmod", "flush"} and str(folder) in str(arguments[0]):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def flushed(handle):
        step("flush", (folder,))
        flush(handle)
        step("flush", (folder,))

    os.fsync = flushed
    sys.addaudithook(step)


def test_killed_at_any_step_the_old_file_or_the_new_one_stands(tmp_path):
    def write(steps):
        killing(tmp_path, steps)
        add(tmp_path, lines_of(1, start=9))

    add(tmp_path, lines_of(3))
    old = (tmp_path / FILE).read_bytes()
    seen = []
    for steps in range(100):
        (tmp_path / FILE).write_bytes(old)
        code = ended(begun(lambda steps=steps: write(steps)))
        content = (tmp_path / FILE).read_bytes()
        seen.append((code, content != old))
        assert len(load_approvals(tmp_path).lines) == (3 if content == old else 4)
        if code != -signal.SIGKILL:
            break
    killed = [new for _, new in seen[:-1]]
    assert seen[-1] == (0, True)
    assert killed == sorted(killed)
    assert len(killed) > 5
    assert killed[0] is False
    assert killed[-1] is True
    add(tmp_path, lines_of(1, start=20))
    assert len(load_approvals(tmp_path).lines) == 5


@pytest.fixture
def open_to_others():
    """A folder that other users can look into, as those of the tests are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_folder_that_may_not_be_written_to_is_said_and_stays_as_it_is(open_to_others):
    def as_nobody():
        if os.geteuid() == 0:  # root may write everywhere
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        with pytest.raises(NotWritten, match=r"cannot be written: Permission denied\. It is as it was\."):
            add(open_to_others, lines_of(1, start=9))

    add(open_to_others, lines_of(1))
    before = (open_to_others / FILE).read_bytes()
    open_to_others.chmod(0o555)
    assert ended(begun(as_nobody)) == 0
    assert (open_to_others / FILE).read_bytes() == before
    open_to_others.chmod(0o755)


def test_where_the_disk_takes_no_more_the_file_stays_as_it_was(tmp_path):
    def with_little_room():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        with pytest.raises(NotWritten, match=r"File too large\. It is as it was\. Make room"):
            add(tmp_path, lines_of(1, start=9))

    add(tmp_path, lines_of(5))
    before = (tmp_path / FILE).read_bytes()
    assert ended(begun(with_little_room)) == 0
    assert (tmp_path / FILE).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_disk_that_is_full_when_it_is_to_keep_the_bytes_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    add(tmp_path, lines_of(5))
    before = (tmp_path / FILE).read_bytes()

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(NotWritten, match="No space left on device"):
        add(tmp_path, lines_of(1, start=9))
    assert (tmp_path / FILE).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_who_may_read_the_file_and_where_a_link_leads_stay(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "clinic").mkdir()
    add(tmp_path / "kept", lines_of(1))
    (tmp_path / "kept" / FILE).chmod(0o640)
    (tmp_path / "clinic" / FILE).symlink_to(tmp_path / "kept" / FILE)
    add(tmp_path / "clinic", lines_of(1, start=1))
    assert (tmp_path / "clinic" / FILE).is_symlink()
    assert (tmp_path / "kept" / FILE).stat().st_mode & 0o777 == 0o640
    assert len(load_approvals(tmp_path / "kept").lines) == 2


def test_a_file_with_an_unfinished_merge_is_not_written_over(tmp_path):
    add(tmp_path, lines_of(1))
    broken = (tmp_path / FILE).read_bytes() + b"<<<<<<< HEAD\n"
    (tmp_path / FILE).write_bytes(broken)
    with pytest.raises(ContentError, match="a merge of git was left unfinished"):
        add(tmp_path, lines_of(1, start=1))
    assert (tmp_path / FILE).read_bytes() == broken


def test_the_work_of_two_people_merges_in_git(tmp_path):
    def git(*arguments):
        command = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-C", str(tmp_path), *arguments]
        subprocess.run(command, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    shutil.copy(ROOT / ".gitattributes", tmp_path)
    add(tmp_path, lines_of(3, start=10))
    git("add", "-A")
    git("commit", "-qm", "before")
    for branch, start in (("one", 0), ("two", 11)):
        git("checkout", "-qb", branch, "main")
        add(tmp_path, lines_of(5, start=start))
        git("commit", "-qam", branch)
    git("merge", "-q", "one")
    found = {sha256 for sha256, _ in load_approvals(tmp_path).lines}
    assert found == {sha256 for sha256, _ in (*lines_of(5), *lines_of(6, start=10))}
