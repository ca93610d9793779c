"""Where the built-in templates, locales and the demo clinic are: inside the wheel, or at the top of a checkout."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def _folder(in_wheel: str, in_checkout: str) -> Path:
    inside = PACKAGE / in_wheel
    return inside if inside.is_dir() else PACKAGE.parent / in_checkout


def templates() -> Path:
    """The folder of built-in procedures."""
    return _folder("templates", "templates")


def locales() -> Path:
    """The folder of built-in catalogs."""
    return _folder("locales", "locales")


def demo_clinic() -> Path:
    """The folder of the demo clinic, whose pages say SAMPLE."""
    return _folder("demo_clinic", "examples/clinic")
