"""A square → the strokes of the tick in it, alike whether a reader draws it or the page has it."""

from __future__ import annotations

from collections.abc import Sequence

Point = tuple[float, float]
_ACROSS, _DOWN = (0.22, 0.42, 0.80), (0.48, 0.74, 0.22)
_THICKNESS = 0.12


def tick(corner: Point, size: Point) -> tuple[Sequence[Point], float]:
    """The ends of its two strokes and how thick they are, in points, y downwards; `corner` is the square's top left."""
    (x, y), (width, height) = corner, size
    points = [(x + width * across, y + height * down) for across, down in zip(_ACROSS, _DOWN, strict=True)]
    return points, width * _THICKNESS
