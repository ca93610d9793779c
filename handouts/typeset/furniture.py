"""What stands on every page outside the text, as values: the lines of header and footer, with room for what is one packet's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from handouts.typeset.bidi import isolated
from handouts.typeset.code import Code

_PLACE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Logo:
    """The clinic's picture at the head of every page: its bytes (PNG or JPEG) and the words that stand for it."""

    content: bytes
    description: str


@dataclass(frozen=True, slots=True)
class Furniture:
    """The lines printed on every page of a document, and its language as a BCP 47 tag.

    In the lines that are a packet's own (`for_line`, `identity_line`, `document_line`, and `made_line`, which says when it was made)
    "{name}" is the place of a value in `values`; `page_line` holds "{page}" and "{pages}". Lines may be of any length: long
    ones take more room, and leave less for the text.
    """

    clinic_name: str
    title: str
    for_line: str
    identity_line: str
    page_line: str
    document_line: str
    help_line: str
    language: str
    logo: Logo | None = None
    code: Code | None = None
    made_line: str = ""
    values: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def of_nobody(self) -> tuple[str, ...]:
        """The strings that no patient changes."""
        code = self.code.page(1, 1) if self.code else ""
        return self.clinic_name, self.title, self.help_line, self.page_line, self.language, code

    def said(self, line: str) -> str:
        """One of its lines with its values, isolated where the order of one could disturb another."""
        shown = [isolated(self.values[part], self.language) if blank else part for part, blank in parts_of(line)]
        return "".join(shown)


def parts_of(line: str) -> list[tuple[str, bool]]:
    """The words of a line and the names of its values, which are told as such."""
    return [(part, bool(index % 2)) for index, part in enumerate(_PLACE.split(line)) if part]


@dataclass(frozen=True, slots=True)
class FurnitureSize:
    """The heights of header and footer in points, with the space that parts them from the text."""

    header: float
    footer: float
