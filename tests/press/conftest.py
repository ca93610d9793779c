"""Runs, and printers to send them to."""

from press.cups import cups
from press.run_folders import run_folder

__all__ = ["cups", "run_folder"]
