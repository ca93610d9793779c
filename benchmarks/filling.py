"""A peer's templates, once written → documents with the blocks that stand for an appointment's facts, blanks filled in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined

from benchmarks.given import Paper

OPEN, CLOSE = "⟦", "⟧"
"""Jinja's marks: characters that stand in no document and mean nothing in any peer's markup."""


class Templates:
    """The templates in a folder, compiled once for all processes; `said` writes a value in the peer's markup."""

    def __init__(self, folder: Path, said: Callable[[str], str]) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(folder),
            bytecode_cache=FileSystemBytecodeCache(str(folder)),
            undefined=StrictUndefined,
            autoescape=False,  # noqa: S701 - `said` escapes
            auto_reload=False,
            keep_trailing_newline=True,
            block_start_string=f"{OPEN}%",
            block_end_string=f"%{CLOSE}",
            variable_start_string=OPEN,
            variable_end_string=CLOSE,
            comment_start_string=f"{OPEN}#",
            comment_end_string=f"#{CLOSE}",
        )
        self._environment.filters["said"] = said

    def filled(self, paper: Paper) -> str:
        """The document in the peer's markup."""
        found = self._environment.get_template(f"{paper.template}.txt")
        return found.render({**paper.facts, "lists": paper.lists, "blanks": paper.blanks})
