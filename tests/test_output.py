"""A packet's folder: whole or absent, whatever stands in the way and whenever the power goes."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from handouts import output
from handouts.content.blocks import Edition, Group
from handouts.content.facts import Finding
from handouts.content.wording import Wording
from handouts.errors import ExitCode, NotWritten
from handouts.output import MANIFEST, manifest, sweep, write
from handouts.packet import Document, Packet

KINDS = ("preparation", "side-effects", "consent")
FINDING = Finding({"route": "iv"}, {"medicines": ({"rule": "ask"},)}, ("Decide.",), ("Call.",), ("glp1",))


def packet(content: bytes = b"%PDF", packet_id: str = "abcdefghijklmnop") -> Packet:
    def document(kind: str) -> Document:
        wording = Wording(Edition("p", "1.0", kind, "en", "Title", Group("document", ())), Group("document", ()))
        return Document(kind, content, 1, (wording,), "sample", ("not approved",), None)

    printed = {"arrival": "Tuesday, March 3, 2026, 11:30\u00a0AM", "phone": "(212)\u202f555-0142"}
    return Packet(packet_id, "2026-0001", FINDING, {"en": printed}, tuple(map(document, KINDS)))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def killed(out: Path, before: str) -> int:
    """The process id of a program that wrote a packet into `out` and killed itself when it was about to call `before`."""
    program = f"""
import os, signal, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from handouts import output
from test_output import packet
{before}
output.write(packet(b"new"), Path({str(out)!r}))
"""
    run = subprocess.Popen([sys.executable, "-c", program])
    assert run.wait() == -signal.SIGKILL
    return run.pid


DIE = "os.kill(os.getpid(), signal.SIGKILL)"
IN_THE_SECOND_FILE = f"""
calls = []
def fsync(file, real=os.fsync):
    calls.append(file)
    {DIE} if len(calls) == 2 else real(file)
os.fsync = fsync
"""
BEFORE_ANYTHING_IS_RENAMED = f"Path.rename = lambda *_: {DIE}"
BETWEEN_OLD_AND_NEW = f"""
calls = []
def rename(path, target, real=Path.rename):
    calls.append(path)
    return {DIE} if len(calls) == 2 else real(path, target)
Path.rename = rename
"""


def test_a_packet_is_its_papers_and_their_manifest(tmp_path):
    folder = write(packet(), tmp_path / "deep" / "er")
    assert names(folder.parent) == [folder.name] == ["abcdefghijklmnop"]
    assert names(folder) == sorted([*(f"{kind}.pdf" for kind in KINDS), MANIFEST])
    told = json.loads((folder / MANIFEST).read_text("utf-8"))
    assert told == json.loads(json.dumps(manifest(packet())))
    assert {"packet_id", "appointment_id", "status", "language", "facts", "blanks", "documents"} <= set(told)
    assert told["blanks"] == {"arrival": "Tuesday, March 3, 2026, 11:30 AM", "phone": "(212) 555-0142"}
    for entry in told["documents"]:
        assert {"kind", "file", "pages", "sha256", "wording_sha256", "template_version", "status"} <= set(entry)
        assert (folder / entry["file"]).read_bytes() == b"%PDF"


def test_only_the_owner_may_read_a_packet(tmp_path):
    folder = write(packet(), tmp_path)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_packet_that_was_there_is_replaced_as_a_whole(tmp_path):
    (write(packet(b"old"), tmp_path) / "note.txt").write_text("of the old one")
    folder = write(packet(b"new"), tmp_path)
    assert names(tmp_path) == [folder.name]
    assert names(folder) == sorted([*(f"{kind}.pdf" for kind in KINDS), MANIFEST])
    assert (folder / "consent.pdf").read_bytes() == b"new"


def test_a_link_where_the_folder_goes_is_replaced_and_not_followed(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "consent.pdf").write_bytes(b"of somebody else")
    out = tmp_path / "out"
    out.mkdir()
    (out / packet().packet_id).symlink_to(elsewhere)
    folder = write(packet(), out)
    assert not folder.is_symlink()
    assert names(out) == [folder.name]
    assert (elsewhere / "consent.pdf").read_bytes() == b"of somebody else"
    assert names(elsewhere) == ["consent.pdf"]


def test_a_broken_link_and_a_file_where_the_folder_goes_are_replaced(tmp_path):
    place = tmp_path / packet().packet_id
    place.symlink_to(tmp_path / "nowhere")
    assert names(write(packet(), tmp_path))
    assert names(tmp_path) == [place.name]
    for path in place.iterdir():
        path.unlink()
    place.rmdir()
    place.write_text("a file")
    assert len(names(write(packet(), tmp_path))) == 4
    assert names(tmp_path) == [place.name]


def test_a_link_where_the_unfinished_folder_goes_is_not_followed(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    out = tmp_path / "out"
    out.mkdir()
    (out / f".unfinished-{packet().packet_id}-{os.getpid()}").symlink_to(elsewhere)
    write(packet(), out)
    assert names(out) == [packet().packet_id]
    assert names(elsewhere) == []


def test_a_file_where_the_packets_go_is_told_and_left_alone(tmp_path):
    out = tmp_path / "out"
    out.write_text("a file")
    sweep(out)
    with pytest.raises(NotWritten) as caught:
        write(packet(), out)
    assert caught.value.exit_code == ExitCode.SOME_ROWS_FAILED
    assert str(out) in caught.value.faults[0].where
    assert out.read_text() == "a file"


@pytest.mark.parametrize("moment", [IN_THE_SECOND_FILE, BEFORE_ANYTHING_IS_RENAMED])
def test_who_is_killed_while_writing_leaves_no_packet_and_the_next_run_sweeps(tmp_path, moment):
    pid = killed(tmp_path, moment)
    assert names(tmp_path) == [f".unfinished-abcdefghijklmnop-{pid}"]
    sweep(tmp_path)
    assert names(tmp_path) == []


@pytest.mark.parametrize("moment", [IN_THE_SECOND_FILE, BEFORE_ANYTHING_IS_RENAMED, BETWEEN_OLD_AND_NEW])
def test_who_is_killed_while_replacing_leaves_the_old_packet_whole(tmp_path, moment):
    write(packet(b"old"), tmp_path)
    killed(tmp_path, moment)
    sweep(tmp_path)
    assert names(tmp_path) == ["abcdefghijklmnop"]
    assert len(names(tmp_path / "abcdefghijklmnop")) == 4
    assert (tmp_path / "abcdefghijklmnop" / "consent.pdf").read_bytes() == b"old"


def test_the_next_run_does_not_touch_what_a_running_one_is_writing(tmp_path):
    running = tmp_path / f".unfinished-abcdefghijklmnop-{os.getpid()}"
    running.mkdir()
    of_nobody = tmp_path / ".unfinished-abcdefghijklmnop-x"
    of_nobody.mkdir()
    (tmp_path / "mine.pdf").write_text("kept")
    (tmp_path / "ponmlkjihgfedcba").mkdir()
    sweep(tmp_path)
    assert names(tmp_path) == sorted([running.name, "mine.pdf", "ponmlkjihgfedcba"])


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system does not tell")
def test_a_process_that_has_ended_writes_nothing_though_nobody_has_asked_how_it_did(tmp_path):
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    (tmp_path / f".unfinished-abcdefghijklmnop-{pid}").mkdir()
    sweep(tmp_path)
    os.waitpid(pid, 0)
    assert names(tmp_path) == []


def test_a_sweep_does_not_follow_a_link(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("kept")
    out = tmp_path / "out"
    out.mkdir()
    (out / ".unfinished-abcdefghijklmnop-x").symlink_to(elsewhere)
    sweep(out)
    assert names(out) == []
    assert names(elsewhere) == ["kept"]


def test_a_disk_that_is_full_leaves_nothing_behind_and_the_old_packet_whole(tmp_path):
    write(packet(b"old"), tmp_path)
    program = f"""
import resource, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from handouts.errors import NotWritten
from handouts.output import write
from test_output import packet
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
try:
    write(packet(b"x" * 10_000), Path({str(tmp_path)!r}))
except NotWritten as trouble:
    print(trouble)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "cannot be written" in run.stdout
    assert names(tmp_path) == ["abcdefghijklmnop"]
    assert (tmp_path / "abcdefghijklmnop" / "consent.pdf").read_bytes() == b"old"


def test_a_disk_that_fails_at_the_last_step_leaves_nothing_behind(tmp_path, monkeypatch):
    def failing(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(output, "_replace", failing)
    with pytest.raises(NotWritten, match="No space left on device"):
        write(packet(), tmp_path)
    assert names(tmp_path) == []


def test_a_folder_that_may_not_be_written_is_told():
    program = f"""
import os, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from handouts.errors import NotWritten
from handouts.output import sweep, write
from test_output import packet
if os.getuid() == 0:
    os.setuid(65534)  # root may write anywhere
for out in map(Path, sys.argv[1:]):
    sweep(out)
    try:
        write(packet(), out)
    except NotWritten as trouble:
        print(trouble)
"""
    with tempfile.TemporaryDirectory() as top:
        Path(top).chmod(0o755)
        for name, mode in (("read-only", 0o555), ("closed", 0o000)):
            (Path(top) / name).mkdir()
            (Path(top) / name).chmod(mode)
        outs = [f"{top}/read-only", f"{top}/read-only/new", f"{top}/closed", f"{top}/closed/new"]
        run = subprocess.run([sys.executable, "-c", program, *outs], capture_output=True, text=True, check=True)
        assert len(run.stdout.splitlines()) == 4
        assert run.stdout.count("Permission denied") == 4
        (Path(top) / "closed").chmod(0o755)
        assert names(Path(top) / "read-only") == names(Path(top) / "closed") == []
