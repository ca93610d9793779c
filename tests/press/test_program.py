"""Two programs have the same fingerprint when they make the same bytes, wherever they are."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from handouts.press.program import this_program

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def other(tmp_path):
    """A copy of the program elsewhere."""
    for name in ("handouts", "templates", "locales"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def told(folder):
    """The fingerprint of the program in a folder."""
    code = "from handouts.press.program import this_program; print(this_program().fingerprint)"
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.check_output([sys.executable, "-c", code], env=environment, cwd=folder, text=True).strip()


def test_it_is_the_same_in_another_place_and_another_for_every_file_that_decides(other):
    assert told(other) == this_program().fingerprint
    found = {this_program().fingerprint}
    faces = next((other / "handouts" / "typeset" / "faces").glob("*.ttf"))
    for path in (
        other / "handouts" / "packet.py",
        next(other.glob("templates/*/*.html")),
        next(other.glob("locales/es-US/LC_MESSAGES/*.po")),
        faces,
    ):
        path.write_bytes(path.read_bytes() + b"\n")
        found.add(told(other))
    assert len(found) == 5


def test_the_demo_clinic_and_what_stands_beside_the_package_in_a_wheel_are_counted_where_they_are_used(other):
    for name in ("templates", "locales"):
        (other / name).rename(other / "handouts" / name)
    (other / "handouts" / "demo_clinic").mkdir()
    (other / "handouts" / "demo_clinic" / "clinic.toml").write_text("demo = true\n", "utf-8")
    assert told(other) == this_program().fingerprint


def test_it_says_its_version_to_people():
    assert str(this_program()).startswith("0.")
    assert this_program().fingerprint[:8] in str(this_program())
