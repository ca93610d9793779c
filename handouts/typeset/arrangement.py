"""A wording in one look → every block in its surroundings, and what a packet's values make of those that have blanks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, cast

from handouts.content.blocks import Block, Field, Group, Node
from handouts.content.cldr import direction_of
from handouts.errors import HandoutsError, RefusedAppointment, SettingError, TemplateError
from handouts.memory import remembered, shared
from handouts.typeset.boxes import BULLET
from handouts.typeset.filling import Filling
from handouts.typeset.galley import Contents, MadeUp, Surroundings, contents_of, made_up, with_values
from handouts.typeset.marks import Galley, first_baseline
from handouts.typeset.same import Same
from handouts.typeset.stencil import SetBlock, Stencil
from handouts.typeset.style import Paper, Style
from handouts.typeset.values import Values, varies
from handouts.typeset.waiting import TROUBLES, Waiting


@remembered(128)
def _pictured(root: Same[Group]) -> tuple[Block, ...]:
    """The pictures among the blocks of `root`."""
    return tuple(block for block in root.held.blocks() if block.role == "img")


_same: Callable[[Surroundings], Surroundings] = shared(64)


class _Still(NamedTuple):
    """The galleys of a part's blocks that are the same for everybody, None in place of others, and what is wrong with them."""

    galleys: Sequence[Galley | None]
    troubles: Sequence[HandoutsError]


class _Part:
    """A part of a document on `paper` in a `style`: every block in reading order with its surroundings.

    Numbers of blocks count from its first. `filled` are those whose galleys differ from patient to patient: those with blanks
    (`waiting` by language, `clinics` with nothing but the clinic's), and those that stand beside one. `seconds` are the second ones of two side by side, `abreast` those that are filled;
    `troubles` is what is wrong with the words of blocks with blanks.
    """

    def __init__(
        self, part: Group, paper: Paper, style: Style, pictures: Contents, varying: Callable[[str], bool]
    ) -> None:
        self.blocks = tuple([(block, _same(around)) for block, around in surrounded(part, paper, style)])
        self.seconds = frozenset(number for number, (_, around) in enumerate(self.blocks) if around.second)
        self._pictures = pictures
        waiting: dict[str, list[tuple[int, MadeUp]]] = {}
        clinics: list[tuple[int, MadeUp]] = []
        troubles: list[HandoutsError] = []
        filled: set[int] = set()
        for number, (block, surroundings) in enumerate(self.blocks):
            if block.blanks:
                filled.add(number)
                try:
                    made = made_up(block, surroundings, ())
                    alike = waiting.setdefault(block.language, []) if any(map(varying, made.blanks)) else clinics
                    alike.append((number, made))
                except (TemplateError, SettingError) as error:
                    troubles.append(error)
        beside = {each for number in self.seconds if filled & {number - 1, number} for each in (number - 1, number)}
        self._waited = sorted(filled)
        self.filled = frozenset(filled | beside)
        self.waiting = tuple([Waiting(language, blocks) for language, blocks in waiting.items()])
        self.clinics, self.troubles = clinics, troubles
        self.abreast = self.seconds & self.filled

    @cached_property
    def still(self) -> _Still:
        """All but the filled blocks."""
        failed: list[HandoutsError] = []
        found = self.without_blanks([each for each in range(len(self.blocks)) if each not in self.filled], failed)
        for number in self.seconds & found.keys():
            found[number - 1], found[number] = _on_one_line(found[number - 1], found[number])
        galleys = {number: stencil.galley for number, stencil in found.items()}
        return _Still([galleys.get(number) for number in range(len(self.blocks))], failed)

    def with_values(self, fillings: Mapping[str, Filling], failed: list[HandoutsError]) -> list[tuple[int, SetBlock]]:
        """The filled blocks by number with what the blanks hold in each language, then those beside; faults are added to what `failed`."""
        found: dict[int, SetBlock] = {}
        troubles: dict[int, HandoutsError] = {}
        for number, made in self.clinics:
            filling = fillings[made.block.language]
            try:
                found[number] = with_values(made, tuple([filling.text(name) for name in made.blanks]))
            except TROUBLES as trouble:
                troubles[number] = trouble
        for waiting in self.waiting:
            waiting.set(fillings[waiting.language], found, troubles)
        failed += [troubles[number] for number in sorted(troubles)]
        ordered = [(number, found[number]) for number in self._waited if number in found]
        if len(self._waited) < len(self.filled):
            beside = self.without_blanks(self.filled, failed)
            ordered += [(number, SetBlock(stencil, {})) for number, stencil in beside.items()]
        return ordered

    def without_blanks(self, numbers: Iterable[int], failed: list[HandoutsError]) -> dict[int, Stencil]:
        """Those of these blocks that hold no blank; faults are added to what `failed`."""
        found: dict[int, Stencil] = {}
        for number in numbers:
            block, surroundings = self.blocks[number]
            if block.blanks:
                continue
            try:
                fixed_ = made_up(block, surroundings, self._pictures if block.role == "img" else ()).fixed
            except (TemplateError, SettingError) as error:
                failed.append(error)
            else:
                if fixed_ is not None:
                    found[number] = fixed_
        return found


class Arrangement:
    """A wording on paper in a style: its parts, each with the number of its first block."""

    def __init__(self, root: Group, parts: Iterable[_Part]) -> None:
        self.root = root
        self.parts: list[tuple[int, _Part]] = []
        first = 0
        for part in parts:
            self.parts.append((first, part))
            first += len(part.blocks)
        self.troubles = [error for _, part in self.parts for error in part.troubles]


def arranged(
    root: Group,
    paper: Paper,
    style: Style,
    pictures: Mapping[str, bytes],
    varying: Callable[[str], bool] = varies,
) -> Arrangement:
    """The blocks of `root` as they stand; those of which no blank is `varying` (by its name) are remembered with their values."""
    return _arranged(Same(root), paper, style, contents_of(_pictured(Same(root)), pictures), varying)


@remembered(128)
def _arranged(
    root: Same[Group], paper: Paper, style: Style, pictures: Contents, varying: Callable[[str], bool]
) -> Arrangement:
    given = root.held
    nodes: tuple[Node, ...] = given.children if given.role == "document" else (given,)
    return Arrangement(given, [_part(Same(node), paper, style, pictures, varying) for node in nodes])


@remembered(2048)
def _part(part: Same[Node], paper: Paper, style: Style, pictures: Contents, varying: Callable[[str], bool]) -> _Part:
    """A part of a document, which is the same in many wordings, or a group that is no document."""
    node = part.held
    whole = Group("document", (node,)) if isinstance(node, Block) or node.role == "pair" else node
    return _Part(whole, paper, style, pictures, varying)


def set_filled(
    given: Arrangement, printed: Mapping[str, Mapping[str, str]], known: Values | None = None
) -> dict[int, SetBlock]:
    """The filled blocks of `given` by number.

    `printed` are the blanks as printed in each language of the blocks; `known` is what one packet's documents share. Raises as
    `set_block`, with the faults of all blocks at once; content's faults before those of a patient's values.
    """
    fillings = _Fillings(printed, known or Values())
    found: dict[int, SetBlock] = {}
    failed = [*given.troubles]
    for first, part in given.parts:
        if part.filled:
            found.update([(first + number, block) for number, block in part.with_values(fillings, failed)])
    _raise_all(failed)
    for first, part in given.parts:
        for second in part.abreast:
            number = first + second
            one, other = found[number - 1], found[number]
            stencils = _on_one_line(one.stencil, other.stencil)
            found[number - 1], found[number] = SetBlock(stencils[0], one.given), SetBlock(stencils[1], other.given)
    return found


class _Fillings(dict[str, Filling]):
    """What a packet's blanks hold, by language."""

    def __init__(self, printed: Mapping[str, Mapping[str, str]], known: Values) -> None:
        super().__init__()
        self._printed, self._known = printed, known

    def __missing__(self, language: str) -> Filling:
        found = self[language] = Filling(self._printed.get(language, {}), self._known)
        return found


def galleys_of(given: Arrangement, filled: Mapping[int, Galley]) -> tuple[Galley, ...]:
    """The galleys of all blocks of `given` in reading order, with those that are `filled`; raises as `set_filled`."""
    _raise_content(given)
    found: list[Galley | None] = []
    for _, part in given.parts:
        found += part.still.galleys
    for number, galley in filled.items():
        found[number] = galley
    return cast("tuple[Galley, ...]", tuple(found))


def set_galleys(
    root: Group,
    printed: Mapping[str, Mapping[str, str]],
    paper: Paper,
    style: Style,
    pictures: Mapping[str, bytes],
    *,
    known: Values | None = None,
    varying: Callable[[str], bool] = varies,
) -> tuple[Galley, ...]:
    """One galley for every block of `root`, in reading order; raises as `set_filled`."""
    given = arranged(root, paper, style, pictures, varying)
    _raise_content(given)
    return galleys_of(given, {number: block.galley for number, block in set_filled(given, printed, known).items()})


def _raise_content(given: Arrangement) -> None:
    _raise_all([*given.troubles, *[error for _, part in given.parts for error in part.still.troubles]])


def _raise_all(failed: Sequence[HandoutsError]) -> None:
    for kind in (TemplateError, SettingError, RefusedAppointment):
        kind.gathered(fault for error in failed if isinstance(error, kind) for fault in error.faults)


def surrounded(root: Group, paper: Paper, style: Style) -> Iterator[tuple[Block, Surroundings]]:
    """Every block of `root` in reading order with its surroundings: list items are numbered here, and only here."""
    yield from _surrounded(root, Surroundings(paper.measure, style))


def _surrounded(group: Group, around: Surroundings) -> Iterator[tuple[Block, Surroundings]]:
    here = around._replace(marker="", widths=group.widths if group.role == "table" else ())
    number = 0
    for child in group.children:
        first = child.children[0] if isinstance(child, Group) and child.role == "pair" else child
        own = here
        if isinstance(first, Block) and first.role == "li":
            number += 1
            own = here._replace(marker=f"{number}." if group.role == "ol" else BULLET)
        if isinstance(child, Block):
            yield child, own
        elif child.role == "pair":
            yield from _below_each_other(child, own) if here.widths else _side_by_side(child, own)
        else:
            deeper = group.role in ("ul", "ol") and child.role in ("ul", "ol")
            yield from _surrounded(child, here._replace(indent=here.indent + here.style.hang) if deeper else here)


def _below_each_other(pair: Group, around: Surroundings) -> Iterator[tuple[Block, Surroundings]]:
    """The two rows of a pair; both have their cells in the columns of the first."""
    first, second = pair.blocks()
    yield first, around
    yield second, around._replace(frame=direction_of(first.language))


def _side_by_side(pair: Group, around: Surroundings) -> Iterator[tuple[Block, Surroundings]]:
    """The two blocks of a pair, each in half of the measure, the first where its language begins a line."""
    half = (around.measure - around.style.column_gutter) / 2
    places = [0.0, half + around.style.column_gutter]
    first, *_ = pair.blocks()
    if direction_of(first.language) == "rtl":
        places.reverse()
    ticked = first.role == "li" and isinstance(next(first.runs, None), Field)
    for block, x in zip(pair.blocks(), places, strict=True):
        second = block is not first
        yield (
            block,
            around._replace(measure=half, x=x, second=second, marker="" if ticked and second else around.marker),
        )


def _on_one_line(one: Stencil, other: Stencil) -> tuple[Stencil, Stencil]:
    """Two blocks side by side with their first lines on one baseline; callouts keep their edges at one height."""
    if one.galley.block.role == "aside":
        return one, other
    lower = first_baseline(one.galley.strips, 0) - first_baseline(other.galley.strips, 0)
    return one.lowered(-lower), other.lowered(lower)
