"""A wording in one look → every block in its surroundings, and what a packet's values make of those that have blanks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from handouts.content.blocks import Block, Field, Group
from handouts.content.cldr import direction_of
from handouts.errors import HandoutsError, RefusedAppointment, SettingError, TemplateError
from handouts.memory import remembered
from handouts.typeset.boxes import BULLET
from handouts.typeset.filling import Filling
from handouts.typeset.galley import Contents, MadeUp, Surroundings, contents_of, made_up, with_values
from handouts.typeset.marks import Galley, first_baseline
from handouts.typeset.same import Same
from handouts.typeset.stencil import SetBlock, Stencil
from handouts.typeset.style import Paper, Style
from handouts.typeset.values import Values, varies


@remembered(512)
def _pictured(root: Same[Group]) -> tuple[Block, ...]:
    """The pictures among the blocks of `root`."""
    return tuple(block for block in root.held.blocks() if block.role == "img")


class _Waiting(NamedTuple):
    """A block that waits for values: its number, what of it is set already, whether it may be remembered by its values."""

    number: int
    made_up: MadeUp
    remembered: bool


@dataclass(frozen=True, eq=False, slots=True)
class Arrangement:
    """A wording on `paper` in a `style`: every block in reading order with its surroundings.

    `filled` are the numbers of the blocks whose galleys differ from patient to patient: those with blanks (`waiting`), and those
    that stand beside one. `seconds` are the numbers of the second ones of two side by side, `troubles` what is wrong with the words
    of blocks with blanks.
    """

    root: Group
    paper: Paper
    style: Style
    blocks: tuple[tuple[Block, Surroundings], ...]
    pictures: Contents
    filled: frozenset[int]
    waiting: tuple[_Waiting, ...]
    seconds: frozenset[int]
    troubles: tuple[HandoutsError, ...]


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
    blocks = tuple(surrounded(root.held, paper, style))
    seconds = frozenset(number for number, (_, surroundings) in enumerate(blocks) if surroundings.second)
    waiting: list[_Waiting] = []
    failed: list[HandoutsError] = []
    filled: set[int] = set()
    for number, (block, surroundings) in enumerate(blocks):
        if block.blanks:
            filled.add(number)
            try:
                made = made_up(block, surroundings, ())
                waiting.append(_Waiting(number, made, not any(map(varying, made.blanks))))
            except (TemplateError, SettingError) as error:
                failed.append(error)
    beside = {each for number in seconds if filled & {number - 1, number} for each in (number - 1, number)}
    return Arrangement(
        root.held, paper, style, blocks, pictures, frozenset(filled | beside), tuple(waiting), seconds, tuple(failed)
    )


def set_filled(
    given: Arrangement, printed: Mapping[str, Mapping[str, str]], known: Values | None = None
) -> dict[int, SetBlock]:
    """The filled blocks of `given` by number.

    `printed` are the blanks as printed in each language of the blocks; `known` is what one packet's documents share. Raises as
    `set_block`, with the faults of all blocks at once; content's faults before those of a patient's values.
    """
    fillings = _Fillings(printed, known or Values())
    found: dict[int, SetBlock] = {}
    failed = list(given.troubles)
    for number, made, remember in given.waiting:
        filling = fillings[made.block.language]
        try:
            if remember:
                found[number] = with_values(made, tuple([filling.text(name) for name in made.blanks]))
            else:
                found[number] = made.set(filling)
        except (TemplateError, SettingError, RefusedAppointment) as error:
            failed.append(error)
    if len(found) < len(given.filled):
        beside = _still(given, given.filled - found.keys(), failed)
        found.update({number: SetBlock(stencil, {}) for number, stencil in beside.items()})
    _raise_all(failed)
    for number in given.seconds & found.keys():
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


def set_still(given: Arrangement) -> dict[int, Galley]:
    """The galleys of all other blocks of `given`, which are the same for everybody, by number; raises as `set_filled`."""
    failed = list(given.troubles)
    found = _still(given, [number for number in range(len(given.blocks)) if number not in given.filled], failed)
    _raise_all(failed)
    for number in given.seconds & found.keys():
        found[number - 1], found[number] = _on_one_line(found[number - 1], found[number])
    return {number: stencil.galley for number, stencil in found.items()}


def _still(given: Arrangement, numbers: Iterable[int], failed: list[HandoutsError]) -> dict[int, Stencil]:
    found: dict[int, Stencil] = {}
    for number in numbers:
        block, surroundings = given.blocks[number]
        if block.blanks:
            continue
        try:
            fixed_ = made_up(block, surroundings, given.pictures if block.role == "img" else ()).fixed
        except (TemplateError, SettingError) as error:
            failed.append(error)
        else:
            if fixed_ is not None:
                found[number] = fixed_
    return found


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
    found = set_still(given)
    found.update({number: block.galley for number, block in set_filled(given, printed, known).items()})
    return tuple([galley for _, galley in sorted(found.items())])


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
