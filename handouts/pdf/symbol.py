"""What a code says → a DataMatrix symbol → the operators that draw it."""

from __future__ import annotations

from itertools import cycle, pairwise

from handouts.memory import remembered
from handouts.pdf.datamatrix import PIECES, SIDE, halves, symbol
from handouts.pdf.file import numbers

_TOP, _RIGHT = SIDE - 1, range(2, SIDE, 2)
_FINDER = f"0 0 1 {SIDE} re\n1 0 {_TOP} 1 re\n" + "".join(f"{column} {_TOP} 1 1 re\n" for column in _RIGHT)
"""First column, last row and first row: the same in every symbol."""


def modules(text: str) -> tuple[tuple[int, ...], ...]:
    """The rows of the symbol that says `text`, from the top; a module is 1 where it is dark. Raises as `symbol`."""
    pieces = zip(cycle(PIECES), symbol(text), strict=False)
    dark = [piece >> place & 1 for (start, end), piece in pieces for place in range(end - start)]
    return tuple(tuple(dark[start : start + SIDE]) for start in range(0, SIDE * SIDE, SIDE))


def painted(text: str, x: float, y: float, side: float) -> str:
    """The operators that draw the symbol of `text`, `side` points wide, with its lower left corner at (`x`, `y`).

    One path of whole modules, filled at once, so that no seam shows between them (ISO 32000-1 §8.5). Raises as `symbol`.
    """
    return f"{_placed(x, y, side)}{_FINDER}{_path(symbol(text))}f Q"


def begun(first: str, x: float, y: float, side: float) -> str:
    """The first half of what draws a symbol, which is followed by what `ended` gives; as `halves`, and otherwise as `painted`.

    `first` are the characters that the symbol begins with, and as many as a multiple of three.
    """
    return f"{_placed(x, y, side)}{_path(halves(first, len(first))[0])}"


@remembered(1024)
def ended(others: str, after: int) -> str:
    """The second half, for the characters that come after `after` ones; nothing else decides on it.

    The halves are one path. Where both have a module it lies in the path twice, and stays light by the even-odd rule (§8.5.3.3.3).
    """
    text = f"{'0' * after}{others}"
    return f"{_FINDER}{_path(halves(text, after)[1])}f* Q"


def _placed(x: float, y: float, side: float) -> str:
    module = f"{side / SIDE:.4f}"
    return f"q 0 g {module} 0 0 {module} {numbers((x, y))} cm\n"


def _path(modules: bytes) -> str:
    """The dark modules between the first row and the last, without the first column."""
    between = modules[len(PIECES) : -len(PIECES)]
    return "".join([drawn[piece] for drawn, piece in zip(_drawn(), between, strict=True)])


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
