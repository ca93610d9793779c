"""Text of two directions: what is isolated, and levels → the order in which the parts of a line are drawn."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from handouts.content.cldr import Direction, direction_of

LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"
CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_OF_TWO_DIRECTIONS = re.compile(
    "[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_EMBEDDINGS = dict.fromkeys(range(0x202A, 0x202F))


def has_two_directions(text: str) -> bool:
    """Whether `text` in a left-to-right paragraph needs the bidirectional algorithm at all."""
    return _OF_TWO_DIRECTIONS.search(text) is not None


def direction_in(text: str, otherwise: Direction) -> Direction:
    """The direction of the first letter of `text` (UAX #9, rules P2 and P3); `otherwise` if it has none."""
    for each in map(unicodedata.bidirectional, text):
        if each in ("L", "R", "AL"):
            return "ltr" if each == "L" else "rtl"
    return otherwise


def contained(value: str) -> str:
    """`value` without what could reorder the text around it or its own digits: embeddings, overrides, lone isolate signs."""
    kept: list[str] = []
    opened: list[int] = []
    for char in value.translate(_EMBEDDINGS):
        if char == PDI:
            if not opened:
                continue
            opened.pop()
        elif char in (LRI, RLI, FSI):
            opened.append(len(kept))
        kept.append(char)
    for index in reversed(opened):
        del kept[index]
    return "".join(kept)


def isolated(value: str, language: str) -> str:
    """`value` with isolate signs around it if a line of `language` and it could disturb each other's order."""
    if direction_of(language) == "ltr" and not has_two_directions(value):
        return value
    return f"{FSI}{contained(value)}{PDI}"


def visual_order(levels: Sequence[int]) -> list[int]:
    """The indices of `levels` from left to right (UAX #9, rule L2)."""
    order = list(range(len(levels)))
    odd = [level for level in levels if level % 2]
    if not odd:
        return order
    for level in range(max(levels), min(odd) - 1, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            if end > start:
                order[start:end] = reversed(order[start:end])
            start = end + 1
    return order
