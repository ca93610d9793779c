"""Calls gettext's own tools. In CI (the variable CI is set) a machine without them fails; elsewhere their tests are skipped."""

import os
import shutil
import subprocess

import pytest


def run(name, *arguments, content=b""):
    """What the tool `name` makes of `content`; fails where the tool does."""
    program = shutil.which(name)
    if program is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} of gettext is not installed")
        pytest.skip(f"{name} of gettext is not installed")
    done = subprocess.run([program, *map(str, arguments)], input=content, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout
