"""A clinic of its own, no demo: everything in it approved, people of every role, schedules and commands for it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from approved import approve
from sound import SOUND, changed

from handouts import builtin
from handouts.approvals import FILE as APPROVALS
from handouts.clinic import Clinic, load_clinic
from handouts.content.editions import Editions

NOW = "2026-02-27T09:00-05:00"
PEOPLE = """
[people.okafor]
name = "Ada Okafor"
licence = "NY 1"
roles = ["clinician", "medical_director"]

[people.reyes]
name = "Luis Reyes"
licence = "NY 2"
roles = ["clinician"]

[people.desk]
name = "Ben Desk"
roles = ["staff"]

[people.admin]
name = "Eva Admin"
roles = ["administrator"]
"""


def real_folder(folder: Path, more: str = "") -> Path:
    """The demo clinic as a clinic of its own in the new `folder`, approved as a whole; `more` is added to clinic.toml."""
    shutil.copytree(builtin.demo_clinic(), folder)
    languages = sorted(path.name for path in builtin.locales().iterdir() if path.is_dir())
    approve(folder, languages)
    text = (folder / "clinic.toml").read_text("utf-8")
    text = text.replace("demo = true", "demo = false", 1)
    text = re.sub(r"^clock = .*\n", "", text, flags=re.MULTILINE)
    text = text.replace("555014", "736014")
    text = re.sub(
        r'^source_note = ".*"$', 'approved_by = "Ada Okafor"\napproved_at = 2026-01-20', text, flags=re.MULTILINE
    )
    (folder / "clinic.toml").write_text(text + PEOPLE + more, "utf-8")
    approve_blocks(load_clinic(folder))
    return folder


def approve_blocks(clinic: Clinic, but: Iterable[str] = ()) -> None:
    """Every block of every edition approved, `but` for some."""
    editions = Editions(clinic)
    (name,) = editions.procedures
    blocks = {
        block.sha256
        for language in editions.languages(name)
        for kind in editions.kinds(name)
        for block in editions.wordings(name, kind, language).edition.blocks
    }
    lines = [f"{block}\tAda Okafor\tNY 1\t2026-01-20\t2026-01-20\t" for block in sorted(blocks - set(but))]
    (clinic.folder / APPROVALS).write_text("\n".join(lines) + "\n", "utf-8")


def schedule(path: Path, *changes: Mapping[str, Any]) -> Path:
    """A schedule of one appointment for each of `changes`, numbered where they do not say how."""
    rows = [changed({"id": f"2026-{number:04}", **each}, SOUND) for number, each in enumerate(changes or ({},), 1)]
    path.write_text(json.dumps(rows), "utf-8")
    return path
