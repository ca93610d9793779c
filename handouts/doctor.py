"""This machine → what works on it, and what to do about what does not."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from handouts import builtin
from handouts.cache import user_cache
from handouts.settings.zones import zone
from handouts.typeset.fonts import characters, families

_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it works, whether packets need it, what was found, what to do if it does not."""

    what: str
    works: bool
    needed: bool
    found: str
    remedy: str = ""


def findings() -> tuple[Finding, ...]:
    """Everything that packets, validation and printing need, tried out. Runs `java -version` and `lpstat -e`."""
    looks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _python,
        _content,
        _fonts,
        _times,
        _disk,
        _cache,
        _java,
        _printers,
    )
    return tuple(finding for look in looks for finding in look())


def _python() -> Iterator[Finding]:
    found = f"{sys.version.split()[0]}, handouts {version('handouts')}, reportlab {version('reportlab')}"
    yield Finding(
        "Python", sys.version_info >= (3, 11), True, found, "" if sys.version_info >= (3, 11) else "Install 3.11."
    )


def _content() -> Iterator[Finding]:
    for what, folder in (("templates", builtin.templates()), ("locales", builtin.locales())):
        there = folder.is_dir() and any(folder.iterdir())
        yield Finding(what, there, True, str(folder), "" if there else "Install handouts again.")


def _fonts() -> Iterator[Finding]:
    for family in families():
        try:
            fewest = min(len(characters(face)) for face in (family.regular, family.bold))
        except OSError as trouble:
            yield Finding(f"font {family.name}", False, True, str(trouble), "Install handouts again.")
            continue
        found = f"{', '.join(family.scripts)}: {fewest} characters"
        yield Finding(f"font {family.name}", fewest > 0, True, found, "" if fewest else "Install handouts again.")


def _times() -> Iterator[Finding]:
    works = zone("America/New_York").key == "America/New_York"
    yield Finding("time zones", works, True, f"tzdata {version('tzdata')}", "" if works else "Install tzdata.")


def _disk() -> Iterator[Finding]:
    try:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "try").write_bytes(b"x")
        free = shutil.disk_usage(Path.cwd()).free // 2**20
    except OSError as trouble:
        yield Finding("disk", False, True, str(trouble), "Free some space, or let this user write here.")
        return
    yield Finding("disk", free > 50, True, f"{free} MiB free here", "" if free > 50 else "Free some space.")


def _cache() -> Iterator[Finding]:
    cache = user_cache()
    if cache.usable():
        yield Finding("cache", True, False, f"{cache.folder}: {cache.size().told}")
    else:
        remedy = "Name a folder of your own in HANDOUTS_CACHE, and runs begin faster."
        yield Finding("cache", False, False, str(cache.folder or "none"), remedy)


def _java() -> Iterator[Finding]:
    said = _said("java", "-version")
    yield Finding(
        "Java, for validating PDFs",
        said is not None,
        False,
        said or "not found",
        "" if said else "Install Java 11 or newer.",
    )


def _printers() -> Iterator[Finding]:
    said = _said("lpstat", "-e")
    names = ", ".join((said or "").split()) or "none"
    remedy = "" if said else "Install CUPS and add a printer, or print the PDFs from another machine."
    yield Finding("printers", bool(said), False, names, remedy)
    client = shutil.which("ipptool")
    remedy = "" if client else "Runs are sent to printers with it (Debian: cups-ipp-utils)."
    yield Finding("ipptool", bool(client), False, client or "not found", remedy)


def _said(*command: str) -> str | None:
    """The first line that a program prints, or None when it is not there or fails."""
    program = shutil.which(command[0])
    if program is None:
        return None
    try:
        ran = subprocess.run((program, *command[1:]), capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = (ran.stdout or ran.stderr).strip().splitlines()
    return (
        " ".join(lines)
        if ran.returncode == 0 and command[0] == "lpstat"
        else lines[0]
        if ran.returncode == 0 and lines
        else None
    )
