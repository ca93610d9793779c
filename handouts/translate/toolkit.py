"""translate-toolkit, which is under the GPL and therefore a program of its own: its checks, and TMX."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from handouts.content.po import PoFile, read_po, written
from handouts.errors import Fault, MissingProgram
from handouts.translate.files import write_whole

CHECKS = (
    "doublespacing",
    "emails",
    "endwhitespace",
    "escapes",
    "newlines",
    "printf",
    "startwhitespace",
    "tabs",
    "urls",
    "xmltags",
)
"""What pofilter looks for: what it does well in every language. Its brackets, quotes and doubled words know one script alone."""
_LONGEST = 300
"""Seconds that it is given."""
_REMEDY = 'Install it: pip install "translate-toolkit>=3.15".'


def _program(name: str) -> str | None:
    """Where a program of the toolkit is: beside this Python, or on the path."""
    return shutil.which(str(Path(sys.executable).parent / name)) or shutil.which(name)


def is_here() -> bool:
    """Whether the toolkit is installed."""
    return _program("pofilter") is not None


def filtered(po: Path) -> Iterator[tuple[str, str]]:
    """What pofilter finds in a PO file: the source of each message, and what it says of it. Raises MissingProgram."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "found.po"
        tests = [argument for name in CHECKS for argument in ("--test", name)]
        _run("pofilter", *tests, "--nofuzzy", "--progress=none", str(po), str(out))
        if not out.is_file():
            return
        for entry in read_po(out.read_bytes(), po.name).entries:
            said = [line.strip() for line in entry.comments if re.match(r"\s*\(pofilter\)", line)]
            yield entry.source, "; ".join(line.removeprefix("(pofilter)").strip() for line in said)


def write_tmx(po: PoFile, language: str, out: Path) -> None:
    """Write the translations of a catalog as a translation memory (TMX 1.4). Raises MissingProgram, NotWritten."""
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / f"{language}.po", Path(folder) / f"{language}.tmx"
        source.write_text(written(po), "utf-8")
        _run("po2tmx", "--progress=none", f"--language={language}", "--source-language=en", str(source), str(made))
        write_whole(out, made.read_bytes())


def _run(name: str, *arguments: str) -> None:
    program = _program(name)
    if program is None:
        raise MissingProgram(Fault(name, "it is not installed.", _REMEDY))
    try:
        done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=_LONGEST, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise MissingProgram(Fault(name, f"it has not ended within {_LONGEST} seconds.", "Try again.")) from None
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or [""]
        raise MissingProgram(Fault(name, f"it failed: {last[0]}", _REMEDY))
