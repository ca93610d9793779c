"""The measures that ours and the peers set the benchmark's packet with, in points; nothing of handouts is needed for them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """Sizes, leading in multiples of the size, and the paper with its margins; header and footer stand inside the margins."""

    body: float = 10
    h1: float = 16
    h2: float = 12.5
    h3: float = 11
    table: float = 9.5
    label: float = 8
    small: float = 8
    block_space: float = 6
    leading: float = 1.26
    width: float = 612
    height: float = 792
    side: float = 45
    top: float = 30
    bottom: float = 28
    header: float = 40
    footer: float = 64
    writing: float = 28.9
    heading: str = "173859"
    soft: str = "545c66"
    hairline: str = "b8c2cc"

    @property
    def measure(self) -> float:
        """The width of the text."""
        return self.width - 2 * self.side


LOOK = Look()
TINTS = {
    "warning": ("fdf1f0", "a81a1a"),
    "note": ("eef5fb", "2966a3"),
    "staff": ("ffffff", "a81a1a"),
    "": ("f4f5f6", "b8c2cc"),
}
"""The ground and the bar of a callout of each kind."""
