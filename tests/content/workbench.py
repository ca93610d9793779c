"""What the tests of the content stage share: a small procedure made of a few files, and a clinic's settings for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from handouts.content.blocks import Edition
from handouts.content.catalog import Catalog, source_catalog
from handouts.content.procedure import Procedure, load_procedure
from handouts.content.template import edition

DATA = Path(__file__).parent.parent / "data"
PROCEDURE = (DATA / "templates" / "procedure.toml").read_text("utf-8")
SETTINGS: dict[str, Any] = {
    "policy": "Come with an adult & a <b>coat</b>.",
    "bring": ("a photo ID", "your glasses", "a list of your medicines"),
    "risks": (
        {"id": "dizziness", "text": "You may feel dizzy.", "often": None},
        {"id": "nausea", "text": "You may feel sick."},
    ),
    "benefit": {"crps": "It may lower your pain."},
    "students": True,
    "hours": 24.5,
}
TITLE = '<h1 from="P1">{% trans %}Getting ready{% endtrans %}</h1>\n'


def small(clinic: Path, document: str | bytes, procedure: str = PROCEDURE, **others: str) -> Procedure:
    """The procedure "small" in the folder `clinic`, with `document` and other files (`parts=…` for parts.html)."""
    folder = clinic / "templates" / "small"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "procedure.toml").write_text(procedure, "utf-8")
    (folder / "document.html").write_bytes(document if isinstance(document, bytes) else document.encode())
    for name, text in others.items():
        (folder / f"{name}.html").write_text(text, "utf-8")
    return load_procedure("small", clinic)


def made(clinic: Path, document: str | bytes, catalog: Catalog | None = None, **others: str) -> Edition:
    """The edition of `document` below a title on line 1."""
    text = document if isinstance(document, bytes) else TITLE + document
    return edition(small(clinic, text, **others), "document", SETTINGS, catalog or source_catalog())
