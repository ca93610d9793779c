"""A file that is written is whole, or as it was before."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from handouts.errors import NotWritten
from handouts.translate import files as writing


def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "vi.po"
    path.write_text("old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing.os, "fsync", full)
    with pytest.raises(NotWritten, match="No space left on device"):
        writing.write_whole(path, "new")
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["vi.po"]


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such signal")
def test_a_process_that_is_killed_leaves_the_old_file(tmp_path):
    path = tmp_path / "vi.po"
    path.write_text("old")
    code = f"""
import os, signal, sys
from pathlib import Path
from handouts.translate import files
files.os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
files.write_whole(Path({str(path)!r}), "new")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    )
    assert done.returncode == -signal.SIGKILL
    assert path.read_text() == "old"


@pytest.mark.skipif(sys.platform == "win32", reason="it has no modes")
def test_a_file_keeps_its_mode(tmp_path):
    path = tmp_path / "vi.po"
    path.write_text("old")
    path.chmod(0o664)
    writing.write_whole(path, "new")
    assert path.stat().st_mode & 0o777 == 0o664
