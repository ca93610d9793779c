"""What a code says → a DataMatrix symbol (ISO/IEC 16022, ECC 200) → the operators that draw it."""

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

_VERSION = 7  # the square symbol of 22 modules, by zint's numbers
_SPOKEN = re.compile(rf"[A-Z0-9]{{1,{LONGEST}}}")
_PIECES = tuple((row, start, end) for row in range(SIDE) for start, end in pairwise((0, 7, 14, SIDE)))
_ROWS, _STARTS, _ = zip(*_PIECES, strict=True)
_IN_PIECES = itemgetter(*(slice(SIDE * row + start, SIDE * row + end) for row, start, end in _PIECES))
_DARK = re.compile(rb"\0+")


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


@remembered()
def _encoder() -> tuple[Any, Any]:
    """zxing-cpp's function and its kind of symbol; loaded where the first code is drawn. It has no types of its own."""
    library: Any = import_module("zxingcpp")
    return library.create_barcode, library.BarcodeFormat.DataMatrix
