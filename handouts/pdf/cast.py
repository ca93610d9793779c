"""A block as pages cut it → its cast: what is in every file of it, with places for numbers.

A cast is of a block, not of a page: what it paints counts from the corner it is moved to, its pieces count from the first of them on
the page, its elements from the first of them in the file. So the same block in another wording is the same cast.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from handouts.content.blocks import Block
from handouts.pdf.brush import Artifact
from handouts.pdf.painter import Painted, Painter
from handouts.pdf.pieces import Piece, is_filled
from handouts.pdf.plate import Corners, words_of
from handouts.pdf.tags import NO_BRANCH, Annotation, Branch, Content, Element, Growth, Setting, figure, printed_field
from handouts.typeset.marks import FieldBox, Glyphs, Picture, Strip

Cut = tuple[int, int, int]
"""Which strips of a block stand together, the last exclusive, and on which of its pages, counted from the first."""


class Numbered(NamedTuple):
    """A text with places for numbers, and how far each is from the first."""

    text: str
    numbers: tuple[int, ...]

    def at(self, first: int) -> str:
        """The text with its numbers."""
        return self.text % tuple([first + number for number in self.numbers])


class Spot(NamedTuple):
    """A field to write in or to tick, or an area of a link: `mark`, `down` points below the top of its stretch.

    An area whose text is filled in has no mark here. `owner` is its element; `address` is what a link opens, `words` all it says.
    """

    mark: FieldBox | Glyphs | None
    down: float
    owner: int
    address: str = ""
    words: str = ""


class Stretch(NamedTuple):
    """What stands of one cut: grounds, lines, its content, and `still`, all but the grounds where nobody asks what belongs to what.

    `sparing` is `still` where ink is spared. `tags` open the pieces that are filled in, one a line. `owners` are the elements of its numbered pieces.
    """

    grounds: str
    lines: str
    content: Numbered
    still: str
    sparing: str
    tags: Numbered
    owners: tuple[int, ...]
    spots: tuple[Spot, ...]
    pictures: tuple[bytes, ...]


class Cast(NamedTuple):
    """A block in a file: its stretches, and its branch of the structure tree."""

    stretches: tuple[Stretch, ...]
    branch: Branch


def cast(
    block: Block,
    strips: Sequence[Strip],
    cuts: Sequence[Cut],
    filled: Collection[int],
    painter: Painter,
    setting: Setting | None,
    box: Corners | None = None,
) -> Cast:
    """The cast of `block`, set in `strips`, without the text of the parts that are `filled` in.

    Without a `setting` it is no content, but the head of a table once more. `box` is where a picture stands on its page. Raises
    NotCovered for glyphs that the painter's fonts do not have.
    """
    casting = _Casting(block, filled, painter, setting, box)
    for number, (first, last, _) in enumerate(cuts):
        casting.stretch(number, strips[first:last])
    return casting.cast([page for _, _, page in cuts])


def _together(lines: str, painted: Painted) -> str:
    """`lines` and the content."""
    return "\n".join(filter(None, (lines, *(content for _, content in painted.content))))


class _Stretch(NamedTuple):
    """A stretch whose owners are elements still without numbers."""

    made: Stretch
    owners: list[Element]
    spots: list[tuple[Spot, Element]]


class _Casting:
    """A block while it is cast."""

    def __init__(
        self,
        block: Block,
        filled: Collection[int],
        painter: Painter,
        setting: Setting | None,
        box: Corners | None,
    ) -> None:
        self._filled = filled
        self._painter = painter
        self._growth = Growth(block, setting) if setting else None
        self._box = box
        self._stretches: list[_Stretch] = []
        self._words: dict[Element, str] = {}
        self._annotations = 0
        self._owners: list[Element] = []
        self._spots: list[tuple[Spot, Element]] = []

    def stretch(self, number: int, strips: Sequence[Strip]) -> None:
        """The next stretch."""
        self._owners, self._spots = [], []
        painted = self._painter.painted(strips, self._filled)
        shown: list[str] = []
        numbers: list[int] = []
        tags: list[str] = []
        filled: list[int] = []
        for piece, content in painted.content:
            differs = is_filled(piece, self._filled)
            before = len(self._owners)
            tag = self._tag(number, piece, differs=differs)
            own = range(before, len(self._owners))
            if differs:
                tags.append(tag)
                filled += own
            elif content:
                escaped = content.replace("%", "%%")
                shown.append(f"{tag}\n{escaped}\nEMC")
                numbers += own
        still = _together(painted.lines, painted)
        stretch = Stretch(
            painted.grounds,
            painted.lines,
            Numbered("\n".join(shown), tuple(numbers)),
            still,
            still if painted.sparing == painted.lines else _together(painted.sparing, painted),
            Numbered("\n".join(tags), tuple(filled)),
            (),
            (),
            tuple(piece.only.content for piece, _ in painted.content if isinstance(piece.only, Picture)),
        )
        self._stretches.append(_Stretch(stretch, self._owners, self._spots))

    def cast(self, pages: Sequence[int]) -> Cast:
        """All of it."""
        branch = self._growth.branch(pages, self._annotations) if self._growth else NO_BRANCH
        return Cast(tuple(self._finished(each) for each in self._stretches), branch)

    def _finished(self, given: _Stretch) -> Stretch:
        spots = (
            spot._replace(owner=element.number, words=self._words.get(element, "")) for spot, element in given.spots
        )
        return given.made._replace(owners=tuple(element.number for element in given.owners), spots=tuple(spots))

    def _tag(self, stretch: int, piece: Piece, *, differs: bool) -> str:
        """What opens `piece` in the content, with a place for its number; its element is made known to the branch."""
        mark, down = piece.marks[0]
        growth = self._growth
        if isinstance(mark, Picture) and not (growth and mark.description):
            return Artifact.LAYOUT.tag
        if not growth:
            return Artifact.REPEATED.tag
        match mark:
            case FieldBox():
                return self._field(growth, stretch, mark, down)
            case Picture():
                element = growth.element(mark)
                figure(element, self._box or (), mark.description)
                return self._content(stretch, element)
            case Glyphs() if not piece.key[2]:
                return self._content(stretch, growth.element(mark))
            case Glyphs():
                return self._link(growth, stretch, mark, down, differs=differs)
            case _:
                raise TypeError(f"no content: {mark}")

    def _content(self, stretch: int, element: Element) -> str:
        """What opens the next piece of `element` (§14.7.4.2)."""
        element.content.append(Content(stretch, len(self._owners)))
        self._owners.append(element)
        return f"/{element.role}<</MCID %d>>BDC"

    def _field(self, growth: Growth, stretch: int, box: FieldBox, down: float) -> str:
        """A widget, the only thing in its element (ISO 32000-1 §14.8.4.5), or a form element whose content is drawn."""
        form = growth.form(box)
        if not self._painter.signing.fills(box.kind):
            printed_field(form, box.kind, box.label, ticked=box.ticked)
            return self._content(stretch, form)
        self._annotation(stretch, form, Spot(box, down, 0))
        return ""

    def _link(self, growth: Growth, stretch: int, mark: Glyphs, down: float, *, differs: bool) -> str:
        """A piece of a link, which is one of its areas too."""
        element = growth.link(mark)
        tag = self._content(stretch, element)
        if not differs:
            self._words[element] = self._words.get(element, "") + words_of(mark)
        self._annotation(stretch, element, Spot(None if differs else mark, down, 0, element.identifier))
        return tag

    def _annotation(self, stretch: int, element: Element, spot: Spot) -> None:
        element.content.append(Annotation(stretch, self._annotations))
        self._annotations += 1
        self._spots.append((spot, element))
