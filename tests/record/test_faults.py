"""Whatever happens in between, the record opens, its log is whole, and the same command then succeeds: killed, no space, two at once."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from record.conftest import AT
from record.real import NOW, schedule
from sqlalchemy import select

from handouts.errors import DamagedRecord, HandoutsError, NotAllowed, NotWritten, UnreadableInput
from handouts.record import log
from handouts.record.audit import checked
from handouts.record.backup import backed_up
from handouts.record.issue import issued
from handouts.record.premises import Premises
from handouts.record.restore import restored
from handouts.record.review import Decided, approve, decide
from handouts.record.standing import standings
from handouts.record.states import Move, State
from handouts.record.tables import METADATA

ROOT = Path(__file__).parent.parent.parent
KILLS = 6
"""How often each command is killed; `pytest -m exhaustive` does it more often."""


def states(office):
    with office.store().reading() as connection:
        return {each.id: each.state for each in standings(connection)}


def sound(office):
    found = checked(office.store())
    assert found.error("") is None, found
    return found


def killed(work, after):
    """Whether a process that does `work` was killed so many calls of the system's file functions after it began."""
    child = os.fork()
    if child == 0:
        try:
            _dying(after)
            work()
            os._exit(0)
        except BaseException:  # noqa: BLE001 - the child says only how it ended
            os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, -signal.SIGKILL), "the command itself failed"
    return code != 0


_EVENTS = frozenset(("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.chmod", "os.utime"))


def _dying(after):
    """Kill this process at the event with this number: a file opened, renamed, removed, or a statement of the database."""
    left = [after]

    def count():
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    from sqlalchemy import Engine, event  # noqa: PLC0415

    for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(Engine, name, lambda *_: count())
    sys.addaudithook(lambda name, _: count() if name in _EVENTS else None)


def kill_everywhere(office, work, check, restart, tries=KILLS):
    """Kill `work` at moments spread over all of it; after each the record is sound, and `work` then does what it would have."""
    steps, last = 1, 0
    while killed(work, steps):
        restart(office)
        last, steps = steps, steps * 2
    restart(office)
    low, high = last, steps
    while high - low > 1 + low // 8:
        middle = (low + high) // 2
        low, high = (middle, high) if killed(work, middle) else (low, middle)
        restart(office)
    moments = sorted({*range(max(0, low - 2), low + 1), *random.Random(7).sample(range(low + 1), min(tries, low))})
    for moment in moments:
        done = not killed(work, moment)
        sound(office)
        office.close()
        work()
        check(sound(office))
        office.close()
        restart(office)
        assert moment > 0 or not done


@pytest.fixture
def kept(office):
    """A record with two packets; the office can be put back to that."""
    office.ids = office.record({}, {})
    office.close()
    snapshot = office.folder.parent / "as-it-was"
    shutil.copytree(office.folder / "store", snapshot)

    def restart(office):
        office.close()
        shutil.rmtree(office.folder / "store")
        shutil.copytree(snapshot, office.folder / "store")
        for name in ("backups", "issued"):
            shutil.rmtree(office.folder.parent / name, ignore_errors=True)

    office.restart = restart
    return office


def test_an_approval_that_is_killed_is_made_or_not_and_can_be_made_again(kept):
    def work():
        approve(kept.store(), kept.makers, kept.who(), kept.ids, AT)

    def check(_):
        assert set(states(kept).values()) == {State.APPROVED}

    kill_everywhere(kept, work, check, kept.restart)


def test_an_issue_that_is_killed_is_made_or_not_and_can_be_made_again(kept):
    out = kept.folder.parent / "issued"

    def restart(office):
        kept.restart(office)
        approve(office.store(), office.makers, office.who(), office.ids, AT)
        office.close()

    def work():
        issued(kept.store(), kept.makers, kept.who("okafor"), kept.ids[0], out, AT)

    def check(_):
        assert states(kept)[kept.ids[0]] is State.ISSUED
        assert len(list((out / kept.ids[0]).iterdir())) == 5

    restart(kept)
    kill_everywhere(kept, work, check, restart)


def test_a_backup_that_is_killed_is_whole_or_absent_and_can_be_made_again(kept):
    out = kept.folder.parent / "backups"

    def work():
        out.mkdir(exist_ok=True)
        backed_up(kept.store(), kept.clinic, kept.who("admin"), AT, out)

    def check(_):
        for path in out.iterdir():
            assert path.suffix == ".tar", path
        assert not list((kept.folder / "store").glob(".unfinished*"))

    kill_everywhere(kept, work, check, kept.restart)


def test_a_restore_that_is_killed_is_whole_or_not_begun_and_can_be_made_again(kept):
    out = kept.folder.parent / "kept"
    out.mkdir()
    made = backed_up(kept.store(), kept.clinic, kept.who("admin"), AT, out)

    def restart(office):
        kept.restart(office)
        approve(office.store(), office.makers, office.who(), office.ids, AT)
        office.close()

    def work():
        kept.close()
        restored(Premises(kept.clinic), kept.who("admin"), AT, made.path, replace=True)

    def check(_):
        assert set(states(kept).values()) == {State.GENERATED}
        assert not list((kept.folder / "store").glob(".unfinished*"))
        asides = list((kept.folder / "store").glob("replaced-*"))
        assert asides
        for aside in asides:
            assert (aside / "record.sqlite3").is_file()

    restart(kept)
    kill_everywhere(kept, work, check, restart)


def test_a_purge_that_is_killed_is_ended_by_the_next(kept):
    from handouts.record.purge import purged  # noqa: PLC0415

    later = AT + timedelta(days=366 * 11)

    def restart(office):
        kept.restart(office)
        for each in office.ids:
            decide(office.store(), office.who(), each, Move.VOID, AT, "no visit")
        office.close()

    def work():
        purged(kept.store(), kept.clinic, kept.who("admin"), later)

    def check(found):
        assert found.packets == 0
        everything = b"".join(path.read_bytes() for path in (kept.folder / "store").rglob("*") if path.is_file())
        assert b"Lopez" not in everything

    restart(kept)
    kill_everywhere(kept, work, check, restart)


def generate(office, *words, **options):
    return subprocess.run(
        [sys.executable, ROOT / "generate.py", *map(str, words), "--clinic", office.folder, "--now", NOW],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


@pytest.mark.parametrize("moment", [0.35, 0.7, 1.0, 1.3])
def test_packets_whose_making_is_killed_are_made_by_the_same_command_again(office, tmp_path, moment):
    path = schedule(tmp_path / "schedule.json", *({} for _ in range(6)))
    words = ("packet", path, "-o", tmp_path / "made", "--json")
    begun = time.monotonic()
    assert generate(office, *words[:3], tmp_path / "warm", "--json").returncode == 0
    took = time.monotonic() - begun
    shutil.rmtree(office.folder / "store")
    process = subprocess.Popen(
        [sys.executable, ROOT / "generate.py", *map(str, words), "--clinic", office.folder, "--now", NOW],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(took * moment)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if Premises(office.clinic).exists:
        sound(office)
        office.close()
    done = generate(office, *words)
    assert done.returncode == 0, done.stderr
    made = {each["packet_id"] for each in json.loads(done.stdout)}
    assert len(made) == 6
    assert set(states(office)) == made
    sound(office)
    for each in made:
        (warm,) = (tmp_path / "warm").glob(f"{each}/consent.pdf")
        assert (tmp_path / "made" / each / "consent.pdf").read_bytes() == warm.read_bytes()


def at_once(works):
    """What each of some processes prints that are let go at the same moment."""
    ready, go = os.pipe()
    children = []
    for work in works:
        theirs, ours = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(go)
            os.read(ready, 1)
            try:
                told = work()
            except HandoutsError as trouble:
                told = str(trouble)
            except BaseException as trouble:  # noqa: BLE001 - told to the test
                told = f"FAILED {trouble!r}"
            os.write(ours, told.encode()[:4000])
            os._exit(0)
        os.close(ours)
        children.append((child, theirs))
    os.close(ready)
    os.close(go)
    told = []
    for child, theirs in children:
        told.append(os.read(theirs, 4000).decode())
        os.waitpid(child, 0)
        os.close(theirs)
    return told


@pytest.mark.parametrize("count", [2, 8])
def test_of_many_who_decide_at_once_one_wins_each_packet_and_the_others_are_told_who(any_office, count):
    ids = any_office.record({}, {}, {})
    any_office.close()

    def approving(number):
        who = any_office.who("okafor" if number % 2 else "reyes")

        def work():
            store = any_office.store()
            found = approve(store, any_office.makers, who, ids, AT + timedelta(seconds=number))
            return "|".join("won" if isinstance(each, Decided) else str(each) for each in found)

        return work

    def returning(number):
        who = any_office.who("reyes")

        def work():
            told = []
            for each in ids:
                try:
                    decide(any_office.store(), who, each, Move.RETURN, AT + timedelta(seconds=number), "wrong")
                    told.append("returned")
                except NotAllowed as trouble:
                    told.append(str(trouble))
            return "|".join(told)

        return work

    told = at_once([approving(number) if number % 4 != 3 else returning(number) for number in range(count)])
    assert not [each for each in told if "FAILED" in each]
    for number, packet in enumerate(ids):
        said = [each.split("|")[number] for each in told]
        assert said.count("won") <= 1
        lost = [each for each in said if each not in ("won", "returned")]
        assert all(packet in each and " is " in each for each in lost)
        if count == 2:
            assert said.count("won") == 1
            assert "Ada Okafor" in lost[0] or "Luis Reyes" in lost[0] or "does not allow" in lost[0]
    sound(any_office)


def test_eight_who_record_the_same_packets_at_once_record_them_once(any_office, tmp_path):
    path = schedule(tmp_path / "schedule.json", {}, {}, {})

    def work(number):
        return lambda: str(generate(any_office, "packet", path, "-o", tmp_path / f"out-{number}").returncode)

    assert at_once([work(number) for number in range(4)]) == ["0"] * 4
    assert len(states(any_office)) == 3
    found = sound(any_office)
    assert found.head.number == 3


@pytest.fixture
def small_disk(office):
    """A disk of three megabytes for the record alone; only root can have one."""
    place = office.folder / "store"
    place.mkdir(mode=0o700)
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", place], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("no small disk can be mounted here: the tests of a full disk need root")
    yield place
    office.close()
    subprocess.run(["umount", "-l", place], check=True)


def fill(disk):
    """Nothing more goes onto the disk."""
    with (disk / "full").open("wb", buffering=0) as out:
        try:
            while out.write(bytes(4096)):
                pass
        except OSError:
            pass


def _until_full(office, ids):
    """Work until the journal of the database needs another page."""
    for _ in range(400):
        decide(office.store(), office.who(), ids[0], Move.RETURN, AT, "x" * 1900)
        for result in approve(office.store(), office.makers, office.who(), ids, AT):
            if isinstance(result, NotWritten):
                raise result
        office.close()


def test_on_a_full_disk_nothing_is_half_done_and_it_goes_on_once_there_is_space(office, small_disk):
    ids = office.record({})
    fill(small_disk)
    with pytest.raises(NotWritten, match=r"disk|space"):
        _until_full(office, ids)
    with pytest.raises(NotWritten, match=r"disk|space"):
        backed_up(office.store(), office.clinic, office.who("admin"), AT, small_disk)
    assert not list(small_disk.glob("*.tar")) + list(small_disk.glob(".unfinished*"))
    with pytest.raises(NotWritten, match=r"disk|space"):
        office.record({"id": "another"})
    (small_disk / "full").unlink()
    assert list(states(office)) == ids
    sound(office)
    if states(office)[ids[0]] is not State.RETURNED:
        decide(office.store(), office.who(), ids[0], Move.RETURN, AT, "now it goes")
    assert len(office.record({"id": "another"})) == 1
    sound(office)


@pytest.mark.parametrize("limit", [20_000, 100_000])
def test_a_restore_for_which_there_is_no_space_leaves_the_record_as_it_was(kept, tmp_path, limit):
    made = backed_up(kept.store(), kept.clinic, kept.who("admin"), AT, tmp_path)
    head = sound(kept).head
    kept.close()

    def work():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        restored(Premises(kept.clinic), kept.who("admin"), AT, made.path, replace=True)
        return "restored"

    (told,) = at_once([work])
    assert "cannot be written" in told, told
    assert sound(kept).head == head
    assert not list((kept.folder / "store").glob(".unfinished*"))
    assert not list((kept.folder / "store").glob("replaced-*"))


@pytest.fixture
def read_only(kept):
    """The record's folder, of which nothing can be changed, not even by root."""
    home = kept.folder / "store"
    bound = subprocess.run(["mount", "--bind", home, home], capture_output=True, check=False)
    if bound.returncode:
        pytest.skip("no folder can be made read-only here: that needs root")
    subprocess.run(["mount", "-o", "remount,ro,bind", home], check=True)
    yield kept
    kept.close()
    subprocess.run(["umount", "-l", home], check=True)


def test_a_read_only_record_is_told_and_nothing_changes(read_only, tmp_path):
    for words in (
        ("review", "approve", *read_only.ids, "--as", "okafor"),
        ("store", "backup", tmp_path, "--as", "admin"),
        ("store", "purge", "--as", "admin"),
        ("packet", schedule(tmp_path / "schedule.json", {"id": "new"}), "-o", tmp_path / "out"),
    ):
        done = generate(read_only, *words)
        assert done.returncode == 1, (words, done.stderr, done.stdout)
        assert "read-only" in done.stderr.lower(), (words, done.stderr)
        assert "The program failed" not in done.stderr


def test_a_clock_that_was_set_back_is_noted_and_stops_nothing(any_office):
    ids = any_office.record({})
    early = AT - timedelta(hours=3)
    decide(any_office.store(), any_office.who(), ids[0], Move.RETURN, early, "wrong")
    with any_office.store().reading() as connection:
        *_, last = log.lines(connection)
    assert log.told_in(last)["clock_before_last_line"] == log.utc(AT)
    sound(any_office)


DAMAGES = {
    "cut off": lambda content, _: content[: len(content) // 2],
    "cut off in its first page": lambda content, _: content[:700],
    "garbage": lambda content, dice: dice.randbytes(len(content)),
    "another file": lambda _, dice: b"%PDF-1.7\n" + dice.randbytes(9000),
    "a page of zeros": lambda content, _: content[:8192] + bytes(4096) + content[12288:],
    "bytes overwritten": lambda content, dice: b"".join(
        dice.randbytes(64) if number % 3 == 0 else content[number * 64 : number * 64 + 64]
        for number in range(len(content) // 64)
    ),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_database_is_found_and_restored_from_the_backup(kept, tmp_path, damage):
    approve(kept.store(), kept.makers, kept.who(), kept.ids, AT)
    made = backed_up(kept.store(), kept.clinic, kept.who("admin"), AT, tmp_path)
    kept.close()
    database = Premises(kept.clinic).database
    database.write_bytes(damage(database.read_bytes(), random.Random(3)))
    done = generate(kept, "store", "check", "--as", "admin")
    assert done.returncode == 3, done.stderr
    assert "damaged" in done.stderr
    assert "store restore" in done.stderr
    done = generate(kept, "store", "restore", made.path, "--as", "admin", "--replace")
    assert done.returncode == 0, done.stderr
    assert set(states(kept).values()) == {State.APPROVED}
    sound(kept)


NOT_KNOWN_TO_THE_LOG = {
    "packets": {"patient"},
    "makings": {"made_at", "says", "status"},
    "documents": {"pages", "at", "told"},
    "snapshots": {"told", "sha256"},
    "reviews": {"name", "licence"},
}
"""Columns in which a byte that turned over is not told by `store check`, unless the database itself finds it."""


def everything(office):
    """All that the record says and the log knows."""
    with office.store().reading() as connection:
        return {
            name: sorted(
                tuple(value for column, value in row.items() if column not in NOT_KNOWN_TO_THE_LOG.get(name, ()))
                for row in connection.execute(select(table)).mappings()
            )
            for name, table in METADATA.tables.items()
        }


def test_damaged_bytes_anywhere_are_found_or_change_nothing_that_the_log_knows(kept):
    approve(kept.store(), kept.makers, kept.who(), kept.ids, AT)
    before = everything(kept)
    kept.close()
    database = Premises(kept.clinic).database
    content = database.read_bytes()
    dice = random.Random(5)
    found = 0
    for start in dice.sample(range(100, len(content) - 16), 60):
        database.write_bytes(content[:start] + dice.randbytes(16) + content[start + 16 :])
        try:
            error = checked(kept.store()).error("")
        except (DamagedRecord, UnreadableInput) as trouble:
            error = trouble
        if error is None:
            assert everything(kept) == before, start
        found += error is not None
        kept.close()
        for journal in database.parent.glob("record.sqlite3-*"):
            journal.unlink()
    assert found > 20


def test_a_journal_that_was_taken_away_loses_what_it_held_and_a_head_shows_that(kept):
    store = kept.store()
    approve(store, kept.makers, kept.who(), kept.ids, AT)
    with store.reading() as connection:
        head = log.head(connection)
    home = kept.folder / "store"
    copy = kept.folder.parent / "copy"
    shutil.copytree(home, copy)
    kept.close()
    shutil.rmtree(home)
    copy.rename(home)
    (home / "record.sqlite3-wal").unlink()
    (home / "record.sqlite3-shm").unlink()
    try:
        found = checked(kept.store(), head).error("")
    except HandoutsError as trouble:
        found = trouble
    assert found is not None
