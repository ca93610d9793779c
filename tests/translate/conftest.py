"""What the tests of translations share."""

from __future__ import annotations

import shutil
from pathlib import Path

import planting
import pytest

from handouts import builtin
from handouts.translate.domains import Locales


@pytest.fixture
def clinic(tmp_path: Path) -> Locales:
    """The catalogs of a demo clinic that has none of its own yet, over the program's."""
    folder = tmp_path / "clinic"
    shutil.copytree(builtin.demo_clinic(), folder, ignore=shutil.ignore_patterns("locales"))
    locales = Locales(folder / "locales", folder)
    locales.__dict__["domains"] = planting.locales().domains  # it has no templates of its own
    return locales
