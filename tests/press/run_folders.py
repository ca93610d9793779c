"""Folders of print runs, as `press run` leaves them, with pages that say their number."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

Sets = Sequence[tuple[str, str, int]]
PACKET: Sets = (("separator", "en", 1), ("preparation", "en", 3), ("consent", "es-US", 4), ("side-effects", "ar", 2))
"""Kind, language and pages: on two sides one, two, two and one sheets."""


def pdf(pages: int, mark: str = "") -> bytes:
    out = BytesIO()
    canvas = Canvas(out, pagesize=(612, 792), invariant=True)
    for number in range(1, pages + 1):
        canvas.drawString(72, 700, f"page {number} {mark}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def print_file(
    name: str, sets: Sets, *, two_sided: bool = True, sequence: int = 1, draw: bool = True
) -> tuple[dict[str, object], bytes]:
    """What the manifest tells of a print file, and the file."""
    told, page, sheet = [], 1, 1
    for kind, language, pages in sets:
        sheets = -(-pages // 2) if two_sided else pages
        whole = 2 * sheets if two_sided else pages
        told.append(
            {
                "sequence": sequence,
                "kind": kind,
                "language": language,
                "copy": 1,
                "first_page": page,
                "last_page": page + whole - 1,
                "first_sheet": sheet,
                "last_sheet": sheet + sheets - 1,
            }
        )
        page, sheet = page + whole, sheet + sheets
    content = pdf(page - 1, name) if draw else b""
    digest = hashlib.sha256(content).hexdigest()
    file = {"file": name, "sha256": digest, "pages": page - 1, "sheets": sheet - 1, "sets": told}
    return {**file, "first_sheet": 1, "last_sheet": sheet - 1}, content


def written(folder: Path, *files: Sets, two_sided: bool = True, paper: str = "letter", **more: object) -> Path:
    """A run with these print files, print-0001.pdf and so on."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    told = []
    for number, sets in enumerate(files or (PACKET,), 1):
        name = f"print-{number:04}.pdf"
        each, content = print_file(name, sets, two_sided=two_sided, sequence=number)
        (folder / name).write_bytes(content)
        told.append(each)
    manifest = {"scheduled": 1, "printed": 1, "refused": 0, "made_at": "2026-03-04T08:00:00-05:00", "paper": paper}
    manifest |= {"two_sided": two_sided, "up": 1, "drafts": False, "print_files": told, "packets": [], **more}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture
def run_folder(tmp_path) -> Callable[..., Path]:
    """Writes a run with the sets given, in a folder `name`."""

    def made(*files: Sets, name: str = "run", **more: object) -> Path:
        return written(tmp_path / name, *files, **more)

    return made
