"""The code on a page: which packet, document and page it is → a DataMatrix symbol (ISO/IEC 16022, ECC 200) → drawing operators.

What the code says is letters and digits in fields of fixed length, and nothing personal:

    H1  the format, 2 characters
    16  the packet's id, in capitals
     4  the packet's revision, in base 36
     2  the document's number in the packet, from 1
     3  the page, from 1
     3  how many pages the document has

Those are 30 of the 43 that the symbol holds, so that a check value of 8 finds room after them.
"""

from __future__ import annotations

import re
from importlib import import_module
from itertools import pairwise
from operator import itemgetter
from typing import Any

from handouts.memory import remembered
from handouts.pdf.file import numbers

SIDE = 22
"""Modules in a row and in a column, the finder pattern among them, without the quiet zone of one module all around."""
LONGEST = 43
"""Characters that the symbol holds."""

_FORMAT = "H1"
_VERSION = 7  # the square symbol of 22 modules, by zint's numbers
_PACKET_ID = re.compile(r"[A-Z2-7]{16}")
_SPOKEN = re.compile(rf"[A-Z0-9]{{1,{LONGEST}}}")
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PIECES = tuple((row, start, end) for row in range(SIDE) for start, end in pairwise((0, 7, 14, SIDE)))
_ROWS, _STARTS, _ = zip(*_PIECES, strict=True)
_IN_PIECES = itemgetter(*(slice(SIDE * row + start, SIDE * row + end) for row, start, end in _PIECES))
_DARK = re.compile(rb"\0+")


def code_text(packet_id: str, revision: int, document_number: int, page: int, pages: int) -> str:
    """What the code on one page says: 30 capitals and digits (see above). Raises ValueError for what its fields do not hold."""
    shown = packet_id.upper()
    if not _PACKET_ID.fullmatch(shown):
        raise ValueError("a packet's id is 16 letters and digits of base 32")
    if not 1 <= document_number <= 99:
        raise ValueError("a packet has 99 documents at most")
    if not 1 <= page <= pages <= 999:
        raise ValueError("a document has 999 pages at most")
    return f"{_FORMAT}{shown}{_in_base_36(revision)}{document_number:02}{page:03}{pages:03}"


def modules(text: str) -> tuple[bytes, ...]:
    """The rows of the symbol that says `text`, from the top; a module is 0 where it is dark and 255 where it is light.

    Raises ValueError for a text that is too long, or is not of capitals and digits alone.
    """
    symbol = _symbol(text)
    return tuple(symbol[start : start + SIDE] for start in range(0, SIDE * SIDE, SIDE))


def painted(text: str, x: float, y: float, side: float) -> str:
    """The operators that draw the symbol of `text`, `side` points wide, with its lower left corner at (`x`, `y`).

    One path of whole modules, filled at once, so that no seam shows between them (ISO 32000-1 §8.5). Raises as `modules`.
    """
    path = "".join(map(_runs, _ROWS, _STARTS, _IN_PIECES(_symbol(text))))
    module = f"{side / SIDE:.4f}"
    return f"q 0 g {module} 0 0 {module} {numbers((x, y))} cm\n{path}f Q"


def _symbol(text: str) -> bytes:
    """All modules of the symbol, row after row."""
    if not _SPOKEN.fullmatch(text):
        raise ValueError(f"a code is 1 to {LONGEST} capitals and digits")
    create, kind = _encoder()
    return bytes(create(text, kind, version=_VERSION).to_image(add_quiet_zones=False))


@remembered(8192)
def _runs(row: int, start: int, piece: bytes) -> str:
    """The dark modules of a piece of a row, from column `start`, as rectangles; few enough that all there are can be kept."""
    return "".join(
        f"{start + run.start()} {SIDE - 1 - row} {run.end() - run.start()} 1 re\n" for run in _DARK.finditer(piece)
    )


def _in_base_36(number: int) -> str:
    if not 0 <= number < 36**4:
        raise ValueError("a revision has 4 digits of base 36 at most")
    digits = ""
    for _ in range(4):
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits


@remembered()
def _encoder() -> tuple[Any, Any]:
    """zxing-cpp's function and its kind of symbol; loaded where the first code is drawn. It has no types of its own."""
    library: Any = import_module("zxingcpp")
    return library.create_barcode, library.BarcodeFormat.DataMatrix
