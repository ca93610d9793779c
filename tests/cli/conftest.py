"""Runs the program as a person would: as a process, with its exit code, what it prints and what it leaves."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def handouts(tmp_path):
    def run(*arguments, **environment):
        command = [sys.executable, str(ROOT / "generate.py"), *map(str, arguments)]
        env = {**os.environ, "COLUMNS": "200", **environment}
        env.pop("HANDOUTS_CLINIC", None)
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=env)

    return run


@pytest.fixture
def examples():
    return ROOT / "examples"
