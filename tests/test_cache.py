import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from handouts import cache as module
from handouts.cache import Cache, user_cache
from handouts.memory import forgetting
from handouts.packed import Packing

ROOT = Path(__file__).parent.parent
PLAIN = Packing(())


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "kept")


def _entry(cache):
    (path,) = cache.folder.iterdir()
    return path


def _started(code, *arguments):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)


def test_what_was_put_is_there_for_this_and_the_next_process(cache):
    assert cache.get("edition", "one") is None
    cache.put("edition", "one", b"\0content")
    assert cache.get("edition", "one") == b"\0content"
    assert Cache(cache.folder).get("edition", "one") == b"\0content"
    assert cache.get("edition", "two") is None
    assert cache.get("plate", "one") is None


def test_other_code_or_another_python_does_not_find_it(cache, monkeypatch):
    cache.put("edition", "one", b"content")
    monkeypatch.setattr(module, "program", lambda: "another")
    assert cache.get("edition", "one") is None


def test_a_changed_source_is_another_program_and_so_is_one_elsewhere(tmp_path):
    code = "from handouts import builtin, cache, memory; from pathlib import Path; import shutil, sys\n"
    code += "builtin.PACKAGE = Path(sys.argv[1]); print(cache.program())"
    here, there = (shutil.copytree(ROOT / "handouts/settings", tmp_path / name) for name in ("here", "there"))
    said = [_started(code, folder).communicate()[0] for folder in (here, here, there)]
    (here / "__init__.py").write_text('"""Changed."""', "utf-8")
    said.append(_started(code, here).communicate()[0])
    assert said[0] == said[1]
    assert len(set(said)) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="it has no modes")
def test_only_the_owner_can_read_it(cache):
    cache.put("edition", "one", b"content")
    assert stat.S_IMODE(cache.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(_entry(cache).stat().st_mode) == 0o600


def damages(whole):
    """The same cut off at every byte, and with every byte changed."""
    for place in range(len(whole)):
        yield whole[:place]
        yield whole[:place] + bytes((whole[place] ^ 1,)) + whole[place + 1 :]


def test_every_damaged_byte_and_every_cut_is_found_and_the_entry_removed(cache):
    cache.put("edition", "one", b"content")
    path = _entry(cache)
    whole = path.read_bytes()
    for damaged in damages(whole):
        path.write_bytes(damaged)
        path.chmod(0o600)
        assert cache.get("edition", "one") is None
        assert not path.exists()
    path.write_bytes(whole + b"x")
    path.chmod(0o600)
    assert cache.get("edition", "one") is None


def test_an_entry_under_the_name_of_another_is_none(cache):
    cache.put("edition", "one", b"content")
    first = _entry(cache)
    cache.put("edition", "two", b"other")
    second = next(path for path in cache.folder.iterdir() if path != first)
    first.replace(second)
    assert cache.get("edition", "two") is None
    assert not second.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such files")
def test_what_is_no_file_of_the_users_own_is_not_read(cache, tmp_path):
    cache.put("edition", "one", b"content")
    path = _entry(cache)
    whole = path.read_bytes()
    path.chmod(0o666)
    assert cache.get("edition", "one") is None
    (tmp_path / "elsewhere").write_bytes(whole)
    path.symlink_to(tmp_path / "elsewhere")
    assert cache.get("edition", "one") is None
    assert (tmp_path / "elsewhere").exists()
    assert not path.is_symlink()
    os.mkfifo(path)
    assert cache.get("edition", "one") is None
    path.mkdir()
    assert cache.get("edition", "one") is None
    cache.put("edition", "one", b"content")
    assert [each.name for each in cache.folder.iterdir()] == [path.name]


@pytest.mark.skipif(sys.platform == "win32", reason="it has no modes")
def test_a_folder_that_others_write_to_is_not_used(cache):
    cache.folder.mkdir()
    cache.folder.chmod(0o777)
    cache.put("edition", "one", b"content")
    assert cache.get("edition", "one") is None
    assert not list(cache.folder.iterdir())
    assert not cache.usable()


@pytest.mark.parametrize("folder", ["/proc/none/kept", "/dev/null/kept", "x" * 300, "nul\0byte"])
def test_where_no_folder_can_be_nothing_is_kept_and_nothing_said(folder, capfd):
    cache = Cache(Path(folder))
    cache.put("edition", "one", b"content")
    assert cache.get("edition", "one") is None
    assert not cache.usable()
    assert cache.clear().entries == cache.size().entries == 0
    assert capfd.readouterr() == ("", "")


def test_a_full_disk_is_no_trouble(cache, monkeypatch):
    cache.put("edition", "one", b"content")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "replace", full)
    cache.put("edition", "two", b"content")
    assert cache.get("edition", "two") is None
    assert cache.get("edition", "one") == b"content"
    assert cache.size().entries == 1


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such limit")
def test_a_file_that_the_system_does_not_take_to_its_end_leaves_nothing(tmp_path):
    code = "import resource, sys; from pathlib import Path; from handouts.cache import Cache\n"
    code += "resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000)); cache = Cache(Path(sys.argv[1]))\n"
    code += "cache.put('plate', 'small', b'x' * 8000); cache.put('plate', 'large', b'x' * 80000)\n"
    code += "print(len(cache.get('plate', 'small')), cache.get('plate', 'large'), cache.size().entries)"
    assert _started(code, tmp_path / "kept").communicate() == ("8000 None 1\n", "")


def test_no_more_is_kept_than_the_limit_and_what_was_used_last_stays(tmp_path):
    cache = Cache(tmp_path / "kept", 160_000)
    for number in range(200):
        cache.put("plate", str(number), b"x" * 1000)
        for path in cache.folder.iterdir():
            if path.stat().st_mtime > time.time() - 1:
                os.utime(path, (0, 1000 + number))
        assert cache.size().bytes <= cache.limit
    kept = [number for number in range(200) if cache.get("plate", str(number))]
    assert kept == list(range(200 - len(kept), 200))
    assert len(kept) > 100


def test_what_is_read_is_used_and_stays(tmp_path):
    cache = Cache(tmp_path / "kept", 160_000)
    cache.put("plate", "read", b"x" * 1000)
    os.utime(_entry(cache), (0, 1000))
    assert cache.get("plate", "read")
    for number in range(200):
        before = set(cache.folder.iterdir())
        cache.put("plate", str(number), b"x" * 1000)
        for path in set(cache.folder.iterdir()) - before:
            os.utime(path, (0, 2000 + number))
    assert cache.get("plate", "read")
    assert cache.get("plate", "0") is None


def test_what_is_too_large_for_the_limit_is_not_kept(tmp_path):
    cache = Cache(tmp_path / "kept", 1600)
    cache.put("plate", "one", b"x" * 200)
    assert cache.size().entries == 0


def test_clear_removes_entries_and_leftovers_and_no_file_of_anybody_else(cache):
    cache.put("edition", "one", b"content")
    cache.put("edition", "two", b"content")
    (cache.folder / ".unfinished-abc").write_bytes(b"half")
    (cache.folder / "letter.txt").write_text("mine")
    (cache.folder / "edition-mine.entry").write_text("mine")
    removed = cache.clear()
    assert removed.entries == 3
    assert removed.bytes > len(b"contentcontenthalf")
    assert sorted(path.name for path in cache.folder.iterdir()) == ["edition-mine.entry", "letter.txt"]
    assert cache.get("edition", "one") is None


def test_while_forgetting_nothing_is_read_or_kept(cache):
    cache.put("edition", "one", b"content")
    with forgetting():
        assert cache.get("edition", "one") is None
        cache.put("edition", "two", b"content")
    assert cache.get("edition", "one") == b"content"
    assert cache.get("edition", "two") is None


def test_a_value_is_made_once_and_a_trouble_every_time(cache):
    made = []

    def make():
        made.append(1)
        if len(made) == 1:
            raise LookupError
        return ("a", 1)

    with pytest.raises(LookupError):
        cache.value("edition", lambda: "one", PLAIN, make)
    for _ in range(3):
        assert cache.value("edition", lambda: "one", PLAIN, make) == ("a", 1)
    assert len(made) == 2


def test_what_changes_while_it_is_made_is_not_kept(cache):
    keys = iter(("before", "after"))
    assert cache.value("edition", lambda: next(keys), PLAIN, lambda: "made") == "made"
    assert cache.size().entries == 0
    assert cache.value("edition", lambda: "", PLAIN, lambda: "made") == "made"
    assert cache.size().entries == 0


def test_a_sound_entry_with_a_foreign_value_is_made_anew(cache):
    cache.put("edition", "one", b"cos\nsystem\n(S'touch attacked'\ntR.")
    assert cache.value("edition", lambda: "one", PLAIN, lambda: "anew") == "anew"
    assert PLAIN.unpacked(cache.get("edition", "one")) == "anew"


WORK = """
import sys, random, itertools
from pathlib import Path
from handouts.cache import Cache
cache = Cache(Path(sys.argv[1]), 400_000)
chosen = random.Random(int(sys.argv[2]))
rounds = range(int(sys.argv[3])) if len(sys.argv) > 3 else itertools.count()
print("begun", flush=True)
hits = 0
for _ in rounds:
    number = chosen.randrange(60)
    content = bytes([number]) * (1000 + 300 * number)
    found = cache.get("plate", str(number))
    assert found in (None, content)
    hits += found is not None
    cache.put("plate", str(number), content)
print(hits)
"""


def test_two_processes_share_a_folder(tmp_path):
    running = [_started(WORK, tmp_path / "kept", seed, 1500) for seed in range(2)]
    for each in running:
        out, err = each.communicate(timeout=120)
        assert (each.returncode, err) == (0, "")
        assert int(out.split()[1]) > 500
    cache = Cache(tmp_path / "kept", 400_000)
    assert 200_000 < cache.size().bytes <= cache.limit
    assert not list(cache.folder.glob(".unfinished-*"))


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such signal")
def test_what_is_put_together_stands_in_one_file_and_is_there_at_once_and_later(cache):
    given = {f"key {number}": bytes((number,)) * number for number in range(20)}
    with cache.together(), cache.together():
        for key, content in given.items():
            cache.put("plate", key, content)
            assert cache.get("plate", key) == content
        assert not list(cache.folder.iterdir())
    assert len(list(cache.folder.iterdir())) == 1
    for each in (cache, Cache(cache.folder)):
        assert {key: each.get("plate", key) for key in given} == given
        assert each.get("plate", "another") is None
        assert each.get("edition", "key 1") is None


def test_what_another_process_puts_together_is_found_by_the_next_part(cache):
    other = Cache(cache.folder)
    assert cache.get("plate", "one") is None
    with other.together():
        other.put("plate", "one", b"content")
    with cache.together():
        assert cache.get("plate", "one") == b"content"


def test_what_is_put_together_makes_room_like_all_else(tmp_path):
    cache = Cache(tmp_path / "kept", 64_000)
    with cache.together():
        for number in range(200):
            cache.put("plate", str(number), bytes(1000))
            assert not number or cache.get("plate", str(number - 1)) == bytes(1000)
    assert cache.size().bytes <= 64_000
    assert Cache(cache.folder).get("plate", "199") == bytes(1000)
    assert cache.clear().entries > 1
    assert not list(cache.folder.iterdir())
    assert cache.get("plate", "199") is None


def test_looking_for_what_stands_together_is_no_use_of_it(cache):
    with cache.together():
        cache.put("plate", "one", b"content")
    path = _entry(cache)
    os.utime(path, (0, 0))
    assert Cache(cache.folder).get("plate", "two") is None
    assert path.stat().st_mtime == 0
    assert Cache(cache.folder).get("plate", "one") == b"content"
    assert path.stat().st_mtime > 0


def test_any_number_of_entries_can_stand_together(cache):
    with cache.together():
        for number in range(5000):
            cache.put("plate", str(number), b"%d" % number)
    reader = Cache(cache.folder)
    assert all(reader.get("plate", str(number)) == b"%d" % number for number in range(0, 5000, 7))
    assert len(list(cache.folder.iterdir())) == 2


def test_every_damaged_byte_and_every_cut_of_what_stands_together_is_found(cache):
    given = {"one": b"first content", "two": b"", "three": b"third content"}
    with cache.together():
        for key, content in given.items():
            cache.put("plate", key, content)
    path = _entry(cache)
    whole = path.read_bytes()
    for damaged in damages(whole):
        path.write_bytes(damaged)
        path.chmod(0o600)
        reader = Cache(cache.folder)
        found = {key: reader.get("plate", key) for key in given}
        assert all(content in (None, given[key]) for key, content in found.items())
        assert None in found.values()
        assert not path.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such files")
def test_what_stands_together_in_no_file_of_the_users_own_is_not_read(cache):
    with cache.together():
        cache.put("plate", "one", b"content")
    path = _entry(cache)
    path.chmod(0o666)
    assert Cache(cache.folder).get("plate", "one") is None
    os.mkfifo(path)
    assert Cache(cache.folder).get("plate", "one") is None


def test_what_is_of_no_use_among_others_is_made_anew(cache):
    with cache.together():
        cache.put("plate", "one", b"no packed value")
    assert cache.value("plate", lambda: "one", PLAIN, lambda: 1) == 1
    assert cache.value("plate", lambda: "one", PLAIN, lambda: 2) == 1


def test_a_process_killed_at_any_moment_leaves_only_whole_entries(tmp_path):
    folder = tmp_path / "kept"
    for seed in range(12):
        running = _started(WORK, folder, seed)
        running.stdout.readline()
        time.sleep(0.02 + 0.013 * seed)
        running.send_signal(signal.SIGKILL)
        running.communicate()
        assert running.returncode == -signal.SIGKILL
    cache = Cache(folder, 400_000)
    for number in range(60):
        assert cache.get("plate", str(number)) in (None, bytes([number]) * (1000 + 300 * number))
    assert cache.size().bytes <= cache.limit
    for path in folder.glob(".unfinished-*"):
        os.utime(path, (0, 0))
    Cache(folder, 400_000).put("plate", "new", b"x")
    assert not list(folder.glob(".unfinished-*"))


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="their own folders")
def test_where_the_users_cache_is(monkeypatch, tmp_path):
    monkeypatch.setenv("HANDOUTS_CACHE", str(tmp_path))
    assert user_cache().folder == tmp_path
    monkeypatch.setenv("HANDOUTS_CACHE", "")
    assert user_cache().folder is None
    monkeypatch.delenv("HANDOUTS_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert user_cache().folder == tmp_path / "handouts"
    monkeypatch.setenv("XDG_CACHE_HOME", "beside/me")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert user_cache().folder == tmp_path / ".cache" / "handouts"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert user_cache().folder == tmp_path / ".cache" / "handouts"


def test_without_a_home_nothing_is_kept(monkeypatch):
    def homeless(_):
        raise RuntimeError("Could not determine home directory.")

    for name in ("HANDOUTS_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(module.Path, "expanduser", homeless)
    assert user_cache().folder is None
