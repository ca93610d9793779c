"""The code on each page: which packet, document and page it is, in letters and digits, and how much room it has.

It says nothing personal, in fields of fixed length:

    H1  the format, 2 characters
    16  the packet's id, in capitals
     4  the packet's revision, in base 36
     2  the document's number in the packet, from 1; 00 is the separator sheet before it
     3  the page, from 1
     3  how many pages the document has

Those are 30 of the 43 that its symbol holds, so that a check value of 8 finds room after them. Cameras and scanners read it best where
it is 13 mm wide and at least 60 pt from the paper's edges; a person who must type it finds it in small type below.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from handouts.typeset.style import MM

SIDE = 13 * MM
"""How wide and high the symbol is, in points."""
FROM_EDGE = 60
"""How far it stands from the paper's edges at least, in points."""
SEPARATOR = 0
"""The number of the separator sheet before a packet, which no document has."""

_FORMAT = "H1"
_PACKET_ID = re.compile(r"[A-Z2-7]{16}")
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Code:
    """What the code says of a document: its packet, the packet's revision, its own number in the packet, from 1 (or SEPARATOR).

    Raises ValueError for what its fields do not hold.
    """

    packet_id: str
    revision: int
    document: int

    def __post_init__(self) -> None:
        if not _PACKET_ID.fullmatch(self.packet_id.upper()):
            raise ValueError("a packet's id is 16 letters and digits of base 32")
        if not SEPARATOR <= self.document <= 99:
            raise ValueError("a packet has 99 documents at most")
        if not 0 <= self.revision < 36**4:
            raise ValueError("a revision has 4 digits of base 36 at most")

    @property
    def packet(self) -> str:
        """The part of it that is the packet's own."""
        return f"{_FORMAT}{self.packet_id.upper()}"

    def page(self, page: int, pages: int) -> str:
        """The part of it that says which page of which document it is; raises ValueError for what its fields do not hold."""
        if not 1 <= page <= pages <= 999:
            raise ValueError("a document has 999 pages at most")
        return f"{_in_base_36(self.revision)}{self.document:02}{page:03}{pages:03}"

    def text(self, page: int, pages: int) -> str:
        """All of it on page `page` of `pages`."""
        return f"{self.packet}{self.page(page, pages)}"


def _in_base_36(number: int) -> str:
    digits = ""
    for _ in range(4):
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits
