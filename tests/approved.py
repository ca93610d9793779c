"""A folder of a clinic → the same with every translation reviewed by two people, and a clinic of which everything is approved."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from handouts import builtin
from handouts.approvals import FILE
from handouts.clinic import TEXTS, Clinic, load_clinic
from handouts.content.catalog import po_files
from handouts.content.editions import Editions
from handouts.content.po import read_po
from handouts.content.reviews import HUMAN, SUFFIX, Decision, Review, Reviews, message_hash, record_text

PEOPLE = (("Ana Ruiz", "translator", "ATA certified"), ("Luis Vega", "reviewer", "CHI"))
DAY = date(2026, 1, 15)


def approve(folder: Path, languages: Iterable[str]) -> None:
    """Write the records of `languages` in the clinic's `folder`: all that stands there and in the program is approved."""
    for language in languages:
        for domain in (*(path.stem for path in builtin.locales().glob("*.pot")), TEXTS):
            entries = [e for path in po_files(domain, language, folder) for e in read_po(path.read_bytes(), "").entries]
            hashes = {message_hash(*entry.key, entry.translation) for entry in entries if entry.translation}
            lines = tuple(
                Review(sha256, Decision.APPROVED, who, role, right, DAY, HUMAN, "said again")
                for sha256 in hashes
                for who, role, right in PEOPLE
            )
            place = folder / "locales" / language / "LC_MESSAGES"
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{domain}{SUFFIX}").write_text(record_text(Reviews(lines)), "utf-8")


@cache
def reviewed() -> Clinic:
    """The same demo clinic for everybody who asks in this process."""
    return reviewed_demo(Path(mkdtemp()) / "clinic")


def reviewed_demo(folder: Path) -> Clinic:
    """The demo clinic in the new `folder`, its Spanish reviewed."""
    shutil.copytree(builtin.demo_clinic(), folder)
    approve(folder, ["es-US"])
    return load_clinic(folder)


PEOPLE_OF_A_CLINIC = """
[people.okafor]
name = "Ada Okafor"
roles = ["clinician", "medical_director"]
licence = "NY 1"

[people.reyes]
name = "Luis Reyes"
roles = ["clinician"]
licence = "NY 2"

[people.desk]
name = "Ben Desk"
roles = ["staff"]
"""


def staffed(folder: Path, *replaced: tuple[str, str]) -> Path:
    """The new `folder` with the demo clinic as if it were a real one, with people, in which nothing is approved."""
    text = (builtin.demo_clinic() / "clinic.toml").read_text("utf-8") + PEOPLE_OF_A_CLINIC
    text = text.replace("demo = true", "demo = false").replace("+1212555014", "+1212200014")
    text = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("clock = "))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "logo.png").write_bytes((builtin.demo_clinic() / "logo.png").read_bytes())
    (folder / "clinic.toml").write_text(text, "utf-8")
    change(folder, *replaced)
    return folder


def change(folder: Path, *replaced: tuple[str, str]) -> None:
    """Put other texts in the place of those that stand in clinic.toml."""
    text = (folder / "clinic.toml").read_text("utf-8")
    for old, new in replaced:
        assert old in text, old
        text = text.replace(old, new, 1)
    (folder / "clinic.toml").write_text(text, "utf-8")


def final(demo: Clinic, languages: Iterable[str]) -> Clinic:
    """`demo` as a clinic that is none, with all its settings and every block in these languages approved, in its own folder."""
    editions = Editions(demo)
    kinds = [(each, kind) for each in editions.procedures for kind in editions.kinds(each)]
    edition = [editions.wordings(each, kind, tag).edition for each, kind in kinds for tag in languages]
    lines = {f"{block.sha256}\tDr. Ada Okafor\tNY 1234\t{DAY}\t{DAY}" for each in edition for block in each.blocks}
    (demo.folder / FILE).write_text("\n".join(sorted(lines)), "utf-8")
    settings = {
        key: replace(setting, approved_by="Dr. Ada Okafor", approved_at=DAY) for key, setting in demo.settings.items()
    }
    return demo.model_copy(update={"demo": False, "settings": settings, "sha256": f"{demo.sha256} approved"})
