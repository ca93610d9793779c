"""Runs, made in this process, and printers to send them to."""

from press.cups import cups
from press.run_folders import run_folder
from press.runs import demo_editions, press_run, rows

__all__ = ["cups", "demo_editions", "press_run", "rows", "run_folder"]
