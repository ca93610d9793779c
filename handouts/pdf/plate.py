"""What is the same in every file of a master whatever its blanks hold, as bytes and places: its plate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from handouts.pdf.file import Chunk, numbers, text_string
from handouts.pdf.font_set import FontSet
from handouts.typeset.marks import Glyphs
from handouts.typeset.style import Paper

Corners = tuple[float, float, float, float]
"""Left, bottom, right and top, in points from the bottom left of the page."""


class Area(NamedTuple):
    """An area of a page that opens an address: its object, the number of its link, what is fixed of its dictionary."""

    number: int
    link: int
    entries: str


class Slot(NamedTuple):
    """Where a page takes the text of a block with blanks: strips `first` to `last` (exclusive) of the galley `galley`.

    `at` moves the brush there, `corner` is the place in points from the paper's top left; `tags` open its pieces, in order, and
    `areas` are those of the pieces that are links.
    """

    galley: int
    first: int
    last: int
    at: str
    corner: tuple[float, float]
    tags: tuple[str, ...]
    areas: tuple[Area, ...]


Still = tuple[str, str, str | None]
"""What moves the brush, what it paints there, and what it paints where ink is spared: "" nothing, None the same."""


class PlatePage(NamedTuple):
    """A page: its slots, and the number of the stream that takes what is filled in.

    `still` is what is painted beside, for a file without structure.
    """

    slots: tuple[Slot, ...]
    filled: int
    still: tuple[Still, ...]


@dataclass(frozen=True, slots=True)
class Plate:
    """All that is the same in every file of a master, whatever its blanks hold, and where the rest goes.

    `fonts` and `chunk` are the objects a file begins with, `resources` is the number of the object that names its fonts; `pictures`
    are those on its pages. `identity` is the hash of everything in it.
    """

    paper: Paper
    fonts: FontSet
    chunk: Chunk
    pictures: tuple[bytes, ...]
    pages: tuple[PlatePage, ...]
    catalog: int
    information: int
    resources: int
    identity: str


def box_of(corner: tuple[float, float], size: tuple[float, float], height: float) -> Corners:
    """The rectangle with its top left at `corner`, on a page that is `height` points tall."""
    top = height - corner[1]
    return corner[0], top - size[1], corner[0] + size[0], top


def area_of(mark: Glyphs, place: tuple[float, float], height: float) -> Corners:
    """The area of `mark` that opens its address; `place` is the top left of its strip."""
    corner = mark.x + place[0], mark.y + place[1] - 0.95 * mark.size
    return box_of(corner, (mark.width, 1.25 * mark.size), height)


def words_of(mark: Glyphs) -> str:
    """The words of a link in `mark`."""
    return f"{mark.text} " if mark.spaced else mark.text


def annotation(area: Area, corners: Corners, words: str) -> str:
    """The dictionary of a link's area, described by the words of the whole link (ISO 14289-1 §7.18.5)."""
    return f"{area.entries}/Rect[{numbers(corners)}]/Contents {text_string(words.strip())}>>"
