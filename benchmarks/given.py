"""What a peer is given of an appointment: facts and blanks as they are printed, made ready beforehand and not timed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Paper:
    """One document to be made.

    `lists` holds the facts of the items of every list, `blanks` the printed texts by name (`medicines.1.name` for an item's),
    `head` the clinic's name, whom it is for and the title, `foot` the lines of the footer, `page_line` one with {page} and
    {pages}, `mark` the lines across the page, `code` what the page's code says before the page's number.
    """

    kind: str
    language: str
    title: str
    facts: Mapping[str, str]
    lists: Mapping[str, list[dict[str, str]]]
    blanks: Mapping[str, str]
    head: list[str]
    foot: list[str]
    page_line: str
    mark: list[str]
    code: str

    @property
    def template(self) -> str:
        """The name of the template it is made of."""
        return f"{self.kind}.{self.language}"

    def page_code(self, page: int) -> str:
        """What the code on this page says."""
        return f"{self.code}/{page}"


@dataclass(frozen=True, slots=True)
class Given:
    """All documents of one appointment."""

    papers: tuple[Paper, ...]


def write_given(path: Path, given: list[Given]) -> None:
    """Writes what is given of some appointments."""
    path.write_text(json.dumps([asdict(each) for each in given], ensure_ascii=False), "utf-8")


def read_given(path: Path) -> list[Given]:
    """What was written."""
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return [Given(tuple(Paper(**paper) for paper in each["papers"])) for each in found]
