"""A clinic in English and in languages whose words are sample sentences: how much longer other scripts take."""

from __future__ import annotations

from pathlib import Path

from tests.pseudo import pseudo_clinic

LANGUAGES = {"en": "English", "ar": "Arabic", "hi": "Hindi", "zh-Hans": "Chinese"}
"""What is set, by its tag; the first is what the others are measured by."""


def write_clinic(folder: Path) -> None:
    """The clinic, in the new `folder`."""
    pseudo_clinic(folder, tuple(LANGUAGES))
