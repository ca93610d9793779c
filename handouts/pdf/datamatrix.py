"""A text of capitals and digits → the modules of its DataMatrix symbol of 22 × 22 (ISO/IEC 16022, ECC 200).

Error correction and placement are linear over GF(2): a codeword turns certain modules over, whatever the others are. What every
codeword does is worked out once, and the symbol of a text is the sum of what its codewords do, by exclusive or.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence

from handouts.memory import remembered

SIDE = 22
"""Modules in a row and in a column, the finder pattern among them, without the quiet zone of one module all around."""
LONGEST = 43
"""Characters that the symbol holds."""
PIECES = ((0, 1), (1, 8), (8, 15), (15, SIDE))
"""A row in pieces of which each goes into a byte, by their first column and the one after their last."""

_ENDS = tuple(end for _, end in PIECES)
_SPOKEN = re.compile(rf"[A-Z0-9]{{1,{LONGEST}}}")
_INNER = SIDE - 2  # what the finder pattern leaves
_GIVEN, _CORRECTING = 30, 20  # codewords (table 7)
CODEWORDS = _GIVEN + _CORRECTING
"""Codewords of a symbol, the correcting ones among them."""
_LATCH, _UNLATCH, _PAD = 230, 254, 129  # codewords (§5.2.3, §5.2.5)
_C40 = bytes.maketrans(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", bytes(range(4, 40)))
_FIELD = 0x12D  # the polynomial of GF(256) (§5.7)
_OWN = 18  # characters with which a code says whose it is; what follows is nobody's own, and is remembered
_Place = tuple[int, int]
_Does = Callable[[], Sequence[Sequence[int]]]
"""What each codeword does, by its place and value."""

_UTAH = ((-2, -2), (-2, -1), (-1, -2), (-1, -1), (-1, 0), (0, -2), (0, -1), (0, 0))
"""Where the bits of a codeword stand, the highest first, seen from the lowest (annex F); by rows and columns."""
_CORNER = (_INNER, 0)
_IN_CORNERS = ((-1, 0), (-1, 1), (-1, 2), (0, -2), (0, -1), (1, -1), (2, -1), (3, -1))
"""Where they stand, by rows and columns, when the way through the modules comes to that corner (annex F)."""


def symbol(text: str) -> bytes:
    """The symbol that says `text`, row after row from the top, each in as many bytes as it has PIECES.

    The lowest bit of a byte is the leftmost module of its piece; 1 is dark. Raises ValueError for a text that is too long, or is
    not of capitals and digits alone.
    """
    return (_finder() ^ _sum(_turned, text)).to_bytes(SIDE * len(PIECES), "little")


def codewords(text: str) -> bytes:
    """All codewords of the symbol that says `text`, the correcting ones last; raises as `symbol`."""
    return _sum(_followed, text).to_bytes(CODEWORDS, "little")


def _sum(does: _Does, text: str) -> int:
    """By exclusive or: what each of the codewords of `text` does, by its place and value."""
    if not _SPOKEN.fullmatch(text):
        raise ValueError(f"a code is 1 to {LONGEST} capitals and digits")
    own = text[: min(len(text) // 3 * 3, _OWN)]
    found = _sum_of_rest(does, text[len(own) :], len(own))
    for values, codeword in zip(does()[1:], _in_threes(own), strict=False):
        found ^= values[codeword]
    return found


@remembered(4096)
def _sum_of_rest(does: _Does, text: str, before: int) -> int:
    """The same of what stands before and after the first `before` characters of a text: of `text`, what begins it and what fills it."""
    first = before // 3 * 2 + 1
    threes = _in_threes(text)
    rest = [ord(char) + 1 for char in text[len(text) // 3 * 3 :]]
    used = first + len(threes)
    if used + len(rest) < _GIVEN:
        rest.insert(0, _UNLATCH)
    rest += _pads(used + len(rest))
    found = does()[0][_LATCH]
    for values, codeword in zip(does()[first:], [*threes, *rest], strict=True):
        found ^= values[codeword]
    return found


def _in_threes(text: str) -> list[int]:
    """The codewords of `text` in threes by C40 (§5.2.5), without what is left over."""
    found: list[int] = []
    values = text.encode().translate(_C40)
    for first, second, third in zip(values[::3], values[1::3], values[2::3], strict=False):
        found += divmod(1600 * first + 40 * second + third + 1, 256)
    return found


@remembered()
def places() -> tuple[tuple[_Place, ...], ...]:
    """Row, from the top, and column of the modules of every codeword, that of its lowest bit first."""
    return tuple(tuple((row + 1, column + 1) for row, column in reversed(bits)) for bits in _places())


@remembered(_GIVEN)
def _pads(used: int) -> tuple[int, ...]:
    """The codewords after `used` ones (§5.2.3 and annex B.1)."""
    shuffled = [_PAD + 149 * place % 253 + 1 for place in range(used + 2, _GIVEN + 1)]
    return (_PAD, *[word if word <= 254 else word - 254 for word in shuffled])[: _GIVEN - used]


@remembered()
def _finder() -> int:
    """The finder pattern: dark to the left and below, dark and light in turns above and to the right (§5.8)."""
    above = sum(_module(0, column) for column in range(2, SIDE, 2))
    right = sum(_module(row, SIDE - 1) for row in range(1, SIDE - 1, 2))
    left = sum(_module(row, 0) for row in range(SIDE))
    return above + right + left + sum(_module(SIDE - 1, column) for column in range(1, SIDE))


def _module(row: int, column: int) -> int:
    """The bit of a module in the number that is the whole symbol."""
    piece = bisect(_ENDS, column)
    return 1 << 8 * (row * len(PIECES) + piece) + column - PIECES[piece][0]


@remembered()
def _turned() -> tuple[tuple[int, ...], ...]:
    """For each codeword given, by its place: the modules that each of its values turns over, by what follows from it too."""
    return _with_what_follows([[_module(*place) for place in each] for each in places()])


@remembered()
def _followed() -> tuple[tuple[int, ...], ...]:
    """The same in bits of codewords, one after the other."""
    return _with_what_follows([[1 << 8 * place + bit for bit in range(8)] for place in range(CODEWORDS)])


def _with_what_follows(bits_of: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    """For each codeword given and each of its values: what it and the correcting ones that follow from it have of these bits."""
    after = [_sums(bits) for bits in bits_of[_GIVEN:]]
    found: list[tuple[int, ...]] = []
    for own, correcting in zip(bits_of, _correcting(), strict=False):
        following = correcting
        bits: list[int] = []
        for turned in own:
            bits.append(turned)
            for sums, codeword in zip(after, following, strict=True):
                bits[-1] ^= sums[codeword]
            following = [_doubled(codeword) for codeword in following]
        found.append(_sums(bits))
    return tuple(found)


def _sums(bits: Sequence[int]) -> tuple[int, ...]:
    """By every byte the sum of what its bits stand for, the lowest first."""
    found = [0]
    for bit in bits:
        found += [bit ^ each for each in found]
    return tuple(found)


def _correcting() -> list[list[int]]:
    """The correcting codewords for each codeword given, by its place, if that is 1 and all others are 0 (§5.7, annex E).

    They are the remainders of the powers of x by the product of all (x - 2^n), n from 1 to their number.
    """
    generator = [1]
    root = 1
    for _ in range(_CORRECTING):
        root = _doubled(root)
        generator = [high ^ _times(low, root) for high, low in zip([*generator, 0], [0, *generator], strict=True)]
    remainder = generator[1:]
    found = [remainder]
    for _ in range(_GIVEN - 1):
        first, *others = remainder
        remainder = [each ^ _times(first, term) for each, term in zip([*others, 0], generator[1:], strict=True)]
        found.append(remainder)
    return found[::-1]


def _times(one: int, other: int) -> int:
    """The product of two elements of GF(256)."""
    product = 0
    while other:
        if other & 1:
            product ^= one
        one, other = _doubled(one), other >> 1
    return product


def _doubled(one: int) -> int:
    """The product of an element of GF(256) and 2."""
    return one << 1 ^ (_FIELD if one & 0x80 else 0)


def _places() -> Iterator[tuple[_Place, ...]]:
    """Row and column of the eight bits of every codeword, the highest bit first: up and down across the inner modules (annex F)."""
    taken: set[_Place] = set()
    for start in _way():
        if start == _CORNER:
            bits = tuple((row % _INNER, column % _INNER) for row, column in _IN_CORNERS)
        elif start not in taken and all(0 <= each < _INNER for each in start):
            bits = tuple(_within(start[0] + down, start[1] + right) for down, right in _UTAH)
        else:
            continue
        taken.update(bits)
        yield bits


def _way() -> Iterator[_Place]:
    """The modules that the way goes over, some of them outside."""
    row, column = 4, 0
    while row < _INNER or column < _INNER:
        while row >= 0 and column < _INNER:
            yield row, column
            row, column = row - 2, column + 2
        row, column = row + 1, column + 3
        while row < _INNER and column >= 0:
            yield row, column
            row, column = row + 2, column - 2
        row, column = row + 3, column + 1


def _within(row: int, column: int) -> _Place:
    """A module that lies outside comes in on the other side, four further on, as 20 rows and columns have it."""
    if row < 0:
        row, column = row + _INNER, column + 4
    if column < 0:
        row, column = row + 4, column + _INNER
    return row, column
