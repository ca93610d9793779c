"""Runs of the demo clinic, made in this process."""

from press.runs import demo_editions, press_run, rows

__all__ = ["demo_editions", "press_run", "rows"]
