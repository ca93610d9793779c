"""The table [press] of clinic.toml → how the clinic prints: order, sheets, copies, and what stands on which paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, Strict

from handouts.identity import Entry, read_entry
from handouts.settings import Reading

TABLE = "press"
SEPARATOR = "separator"
"""What the sheet before each packet is called, where documents are named."""

Key = Literal["time", "clinician", "name", "location"]


class Media(Entry):
    """Paper that a document is printed on, in the words of PWG 5101.1; what is left out is the printer's own choice."""

    type: str = ""
    colour: str = ""
    source: str = ""


class PressSettings(Entry):
    """How print runs come out of the tray.

    `order` has what packets are sorted by, the first first. A print file has at most `file_sheets` sheets. `copies` and `media` are
    by document ("consent"), copies by document and language too ("consent.es"), which counts more; "separator" is the sheet before
    each packet. `queue` is the printer that runs are sent to.
    """

    order: Annotated[tuple[Key, ...], Strict(False)] = ("time", "clinician", "name", "location")
    file_sheets: Annotated[int, Field(ge=1, le=100_000)] = 500
    two_sided: bool = True
    separators: bool = True
    staple: bool = True
    reduced_ink: bool = False
    queue: str = ""
    copies: Mapping[str, Annotated[int, Field(ge=1, le=20)]] = Field(default_factory=dict[str, int])
    media: Mapping[str, Media] = Field(default_factory=dict[str, Media])

    def copies_of(self, kind: str, language: str) -> int:
        """How many copies of the document `kind` are printed in `language`."""
        return self.copies.get(f"{kind}.{language}", self.copies.get(kind, 1))


def read_press(reading: Reading, raw: object) -> PressSettings:
    """How the clinic prints."""
    return read_entry(reading, TABLE, raw, PressSettings) or PressSettings()
