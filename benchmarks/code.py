"""A text → the modules of its DataMatrix code (ECC 200), which every peer draws on every page."""

from __future__ import annotations

from typing import Any

import zxingcpp

_ZXING: Any = zxingcpp
SIDE_MM = 13.0


def modules(text: str) -> list[list[bool]]:
    """The rows of the symbol from the top, true where it is dark; without a quiet zone."""
    barcode = _ZXING.create_barcode(text, _ZXING.BarcodeFormat.DataMatrix, force_square=True)
    shades: Any = memoryview(barcode.to_image(add_quiet_zones=False)).tolist()
    return [[shade < 128 for shade in row] for row in shades]


def runs(text: str) -> list[tuple[int, int, int]]:
    """The dark modules as bars one module high: column, row and length."""
    bars: list[tuple[int, int, int]] = []
    for y, row in enumerate(modules(text)):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                bars.append((start, y, x - start))
            x += 1
    return bars


def svg(text: str) -> str:
    """The code as a picture of bars."""
    bars = runs(text)
    side = max(y for _, y, _ in bars) + 1
    path = "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in bars)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIDE_MM}mm" height="{SIDE_MM}mm" viewBox="0 0 {side} {side}">'
        f'<path d="{path}"/></svg>'
    )
