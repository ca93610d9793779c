"""What a code says → a DataMatrix symbol → the operators that draw it."""

from __future__ import annotations

from itertools import cycle, pairwise
from operator import getitem

from handouts.memory import remembered
from handouts.pdf.datamatrix import PIECES, SIDE, places, symbol
from handouts.pdf.file import TIGHT, numbers, stream

_TOP, _RIGHT = SIDE - 1, range(2, SIDE, 2)
_FINDER = f"0 0 1 {SIDE} re\n1 0 {_TOP} 1 re\n" + "".join(f"{column} {_TOP} 1 1 re\n" for column in _RIGHT)
"""First column, last row and first row: the same in every symbol."""
ENDED = "f Q"
"""What ends the drawing of a symbol."""


def modules(text: str) -> tuple[tuple[int, ...], ...]:
    """The rows of the symbol that says `text`, from the top; a module is 1 where it is dark. Raises as `symbol`."""
    pieces = zip(cycle(PIECES), symbol(text), strict=False)
    dark = [piece >> place & 1 for (start, end), piece in pieces for place in range(end - start)]
    return tuple(tuple(dark[start : start + SIDE]) for start in range(0, SIDE * SIDE, SIDE))


def painted(text: str, x: float, y: float, side: float) -> str:
    """The operators that draw the symbol of `text`, `side` points wide, with its lower left corner at (`x`, `y`).

    One path of whole modules, filled at once, so that no seam shows between them (ISO 32000-1 §8.5). Raises as `symbol`.
    """
    between = symbol(text)[len(PIECES) : -len(PIECES)]
    path = "".join(map(getitem, _drawn(), between))
    return f"{_placed(x, y, side)}{_FINDER}{path}{ENDED}"


@remembered(64)
def begun(x: float, y: float, side: float) -> str:
    """What begins the drawing of a symbol as `painted` has it; what `drawn` gives of its codewords follows, and `ENDED`."""
    right = "".join([f"{SIDE - 1} {height} 1 1 re\n" for height in range(SIDE - 2, 0, -2)])
    return f"{_placed(x, y, side)}{_FINDER}{right}"


def drawn(place: int, codeword: int) -> str:
    """How a codeword is drawn, by its place among the codewords."""
    dark = sorted(where for bit, where in enumerate(places()[place]) if codeword >> bit & 1)
    return "".join([f"{column} {SIDE - 1 - row} 1 1 re\n" for row, column in dark])


@remembered()
def drawn_stream(place: int, codeword: int) -> bytes:
    """The same as a stream, for files in which codes share it."""
    return stream("", drawn(place, codeword).encode(), level=TIGHT)


def _placed(x: float, y: float, side: float) -> str:
    module = f"{side / SIDE:.4f}"
    return f"q 0 g {module} 0 0 {module} {numbers((x, y))} cm\n"


class _Piece(dict[int, str]):
    """How one piece of a row is drawn, by which of its modules are dark: each of the few ways it can look is drawn once."""

    def __init__(self, start: int, end: int, height: int) -> None:
        super().__init__()
        self._columns, self._height = range(start, end), height

    def __missing__(self, dark: int) -> str:
        shades = [0, *[dark >> place & 1 for place in range(len(self._columns))], 0]
        edges = [place for place, (before, after) in enumerate(pairwise(shades)) if before != after]
        runs = zip(edges[::2], edges[1::2], strict=True)
        drawn = "".join(f"{self._columns[start]} {self._height} {end - start} 1 re\n" for start, end in runs)
        return self.setdefault(dark, drawn)


@remembered()
def _drawn() -> tuple[_Piece, ...]:
    """The pieces of the rows between the first and the last, without the first column."""
    return tuple(_Piece(max(start, 1), end, height) for height in range(SIDE - 2, 0, -1) for start, end in PIECES)
