"""What every program that is measured can do: say what it lacks, make ready what it makes packets of, make a packet."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.given import Given
    from handouts.content.blocks import Edition

LOGO = "logo.png"


class Peer(ABC):
    """A program that makes packets of the templates in a folder; one that is made is ready for its first packet.

    A new process imports nothing but what the peer itself needs: handouts is only there to write the templates.
    """

    name = ""
    makes = ""
    """What its PDFs are: tagged or not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    @abstractmethod
    def missing(cls) -> str:
        """What it needs and is not there; an empty text when it can run."""

    @classmethod
    @abstractmethod
    def prepare(cls, folder: Path, editions: Mapping[str, Edition], lists: dict[str, str], logo: bytes) -> None:
        """Writes the templates of all editions, by their names, into `folder`."""

    @abstractmethod
    def packet(self, given: Given) -> list[bytes]:
        """The PDFs of the documents of one appointment."""

    def close(self) -> None:  # noqa: B027 - most have nothing to end
        """Ends what was started."""


def installed(module: str) -> str:
    """An empty text where `module` can be imported, else what to install."""
    from importlib.util import find_spec  # noqa: PLC0415 - a cold start imports what it needs

    return "" if find_spec(module) else f"{module} is not installed"
