"""A block → its galley: every role set in type, with the places where a page may break."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from handouts.content.blocks import Block, Field, Group, Text
from handouts.content.cldr import Direction, direction_of
from handouts.errors import Fault, HandoutsError, RefusedAppointment, SettingError, TemplateError
from handouts.memory import remembered
from handouts.typeset.boxes import BULLET, callout, hanging, row
from handouts.typeset.forme import Filling, Forme, Strips, fixed, joined
from handouts.typeset.marks import Galley, Picture, Rule, Strip, first_baseline, mirrored, stacked
from handouts.typeset.pictures import pixel_size
from handouts.typeset.runs import Setter
from handouts.typeset.same import Same
from handouts.typeset.style import Paper, Style
from handouts.typeset.values import Values


class Surroundings(NamedTuple):
    """All that the look of a block depends on beside itself.

    `measure` is the width of the text on the page and `indent` how far lists around it push it in, in points; `marker`
    is the bullet or number of a list item, `widths` are the shares of the columns of the table it stands in. `x` is where the
    text begins if it stands beside its other language, `second` whether that stands before it; `frame` is the direction of a
    table whose rows are in two languages.
    """

    measure: float
    style: Style
    indent: float = 0
    marker: str = ""
    widths: tuple[int, ...] = ()
    x: float = 0
    second: bool = False
    frame: Direction | None = None


def is_private(blank: str) -> bool:
    """Whether what stands in `blank` may be a patient's own, and is to be forgotten with the packet."""
    return blank not in _NOBODYS


_NOBODYS = frozenset(
    {
        *("clinic_name", "clinic_phone", "after_hours_phone", "emergency_number", "crisis_line", "clinic_zone"),
        *("location_name", "location_address", "clinician_name", "discussed_by_name", "escort_min_age"),
        *("appointment_date", "arrival", "start", "ready_to_leave", "consent_until", "issued_at", "issued_zone"),
        *("visit_length", "duration", "planned_duration", "recovery", "monitoring_interval"),
        *("fatty_meal_until", "light_meal_until", "clear_liquid_until", "alcohol_until", "cannabis_until"),
        *("drive_after", "drive_day", "decisions_after", "alcohol_after", "sedatives_after", "stay_until"),
        *("visit_number", "series_total"),
    }
)
"""The blanks that say something of a clinic, its staff, its hours or its way to do things."""


def set_block(
    block: Block, printed: Mapping[str, str], surroundings: Surroundings, pictures: Mapping[str, bytes]
) -> Galley:
    """The galley of `block`, with its blanks as `printed` and its pictures out of `pictures` (name → bytes).

    Pure: for a block without blanks (`Galley.personal` is false) the result depends on nothing but the block, its
    surroundings and the picture, and may be remembered. Raises KeyError for a blank that was not printed,
    TemplateError, SettingError (a run is `Unset`) or RefusedAppointment (a blank's value has no glyph).
    """
    return _made_up(block, surroundings, _contents((block,), pictures)).galley(Filling(printed, Values()))


class _MadeUp:
    """A block in its surroundings, with room for the values of its blanks."""

    def __init__(self, block: Block, surroundings: Surroundings, pictures: _Contents) -> None:
        self.block = block
        self.blanks = tuple(dict.fromkeys(block.blanks))
        self.second = surroundings.second
        self._breaks, self._at_need = block.role in ("p", "li"), block.role == "aside"
        self._keeps, self._personal, self._x = block.role in ("h1", "h2", "h3"), bool(self.blanks), surroundings.x
        self._spaces = _spaces(block, surroundings.style)
        self._forme = _forme(block, surroundings, pictures)
        self.fixed = None if self.blanks else self.galley(Filling({}, Values()))

    def galley(self, filling: Filling) -> Galley:
        """The galley with the values of `filling`."""
        strips = tuple(self._forme.strips(filling))
        breaks = _range(2, len(strips) - 1) if self._breaks else ()
        at_need = _range(1, len(strips)) if self._at_need else ()
        before, after = self._spaces
        personal = self._personal and not filling.known.nobodys
        return Galley(self.block, strips, breaks, before, after, self._keeps, personal, self._x, at_need)


@cache
def _range(first: int, last: int) -> tuple[int, ...]:
    return tuple(range(first, last))


@remembered(4096)
def _made_up(block: Block, surroundings: Surroundings, pictures: _Contents) -> _MadeUp:
    return _MadeUp(block, surroundings, pictures)


@remembered(1536)
def _with_values(made_up: _MadeUp, values: tuple[str, ...]) -> Galley:
    """The galley with values that are nobody's own."""
    return made_up.galley(Filling(dict(zip(made_up.blanks, values, strict=True)), Values(nobodys=True)))


def _forme(block: Block, surroundings: Surroundings, pictures: _Contents) -> Forme:
    style, across = surroundings.style, surroundings.measure
    setter = Setter(style, block.place, block.language, frame=surroundings.frame)
    measure = across - surroundings.indent
    then: list[Callable[[Strip], Strip]] = []
    if surroundings.indent:
        then.append(lambda strip: stacked([strip], surroundings.indent))
    if setter.rtl:
        then.append(lambda strip: mirrored(strip, across))
    setter = replace(setter, then=tuple(then))
    match block.role:
        case "h1" | "h2" | "h3":
            return _heading(block, measure, setter)
        case "tr":
            return row(block, surroundings.widths, measure, setter)
        case "aside":
            return callout(block, measure, setter)
        case "img":
            return fixed([setter.finished(_picture(block, measure, style, dict(pictures)))])
        case "p" | "li" | "fields":
            return hanging(block.parts[0], surroundings.marker, measure, setter)


_Contents = tuple[tuple[str, bytes], ...]
"""The pictures that blocks show, with their names."""


@remembered(512)
def _pictured(root: Same[Group]) -> tuple[Block, ...]:
    """The pictures among the blocks of `root`."""
    return tuple(block for block in root.held.blocks() if block.role == "img")


def _contents(blocks: Iterable[Block], pictures: Mapping[str, bytes]) -> _Contents:
    names = dict.fromkeys(block.parts[0].source for block in blocks if block.role == "img")
    return tuple((name, pictures[name]) for name in names if name in pictures)


class _Waiting(NamedTuple):
    """A block that waits for values: its number, what of it is set already, whether it may be remembered by its values."""

    number: int
    made_up: _MadeUp
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
    pictures: _Contents
    filled: frozenset[int]
    waiting: tuple[_Waiting, ...]
    seconds: frozenset[int]
    troubles: tuple[HandoutsError, ...]


def arranged(
    root: Group,
    paper: Paper,
    style: Style,
    pictures: Mapping[str, bytes],
    private: Callable[[str], bool] = is_private,
) -> Arrangement:
    """The blocks of `root` as they stand; those of whose blanks none is `private` (by its name) are remembered with their values."""
    return _arranged(Same(root), paper, style, _contents(_pictured(Same(root)), pictures), private)


@remembered(128)
def _arranged(
    root: Same[Group], paper: Paper, style: Style, pictures: _Contents, private: Callable[[str], bool]
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
                made_up = _made_up(block, surroundings, ())
                waiting.append(_Waiting(number, made_up, not any(map(private, made_up.blanks))))
            except (TemplateError, SettingError) as error:
                failed.append(error)
    beside = {each for number in seconds if filled & {number - 1, number} for each in (number - 1, number)}
    return Arrangement(
        root.held, paper, style, blocks, pictures, frozenset(filled | beside), tuple(waiting), seconds, tuple(failed)
    )


def set_filled(
    given: Arrangement, printed: Mapping[str, Mapping[str, str]], known: Values | None = None
) -> dict[int, Galley]:
    """The galleys of the filled blocks of `given` by number.

    `printed` are the blanks as printed in each language of the blocks; `known` is what one packet's documents share. Raises as
    `set_block`, with the faults of all blocks at once; content's faults before those of a patient's values.
    """
    fillings: dict[str, Filling] = {}
    values = known or Values()
    found: dict[int, Galley] = {}
    failed = list(given.troubles)
    for number, made_up, remember in given.waiting:
        language = made_up.block.language
        filling = fillings.get(language)
        if filling is None:
            filling = fillings[language] = Filling(printed.get(language, {}), values)
        try:
            if remember:
                texts = filling.printed
                found[number] = _with_values(made_up, tuple([texts[name] for name in made_up.blanks]))
            else:
                found[number] = made_up.galley(filling)
        except (TemplateError, SettingError, RefusedAppointment) as error:
            failed.append(error)
    if len(found) < len(given.filled):
        _set_still(given, given.filled - found.keys(), found, failed)
    _raise_all(failed)
    for number in given.seconds & found.keys():
        found[number - 1], found[number] = _on_one_line(found[number - 1], found[number])
    return found


def set_still(given: Arrangement) -> dict[int, Galley]:
    """The galleys of all other blocks of `given`, which are the same for everybody, by number; raises as `set_filled`."""
    found: dict[int, Galley] = {}
    failed = list(given.troubles)
    _set_still(given, [number for number in range(len(given.blocks)) if number not in given.filled], found, failed)
    _raise_all(failed)
    for number in given.seconds & found.keys():
        found[number - 1], found[number] = _on_one_line(found[number - 1], found[number])
    return found


def _set_still(
    given: Arrangement, numbers: Iterable[int], found: dict[int, Galley], failed: list[HandoutsError]
) -> None:
    for number in numbers:
        block, surroundings = given.blocks[number]
        if block.blanks:
            continue
        try:
            fixed_ = _made_up(block, surroundings, given.pictures if block.role == "img" else ()).fixed
        except (TemplateError, SettingError) as error:
            failed.append(error)
        else:
            if fixed_ is not None:
                found[number] = fixed_


def set_galleys(
    root: Group,
    printed: Mapping[str, Mapping[str, str]],
    paper: Paper,
    style: Style,
    pictures: Mapping[str, bytes],
    *,
    known: Values | None = None,
    private: Callable[[str], bool] = is_private,
) -> tuple[Galley, ...]:
    """One galley for every block of `root`, in reading order; raises as `set_filled`."""
    given = arranged(root, paper, style, pictures, private)
    still = set_still(given)
    return tuple([galley for _, galley in sorted({**still, **set_filled(given, printed, known)}.items())])


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


def _on_one_line(one: Galley, other: Galley) -> tuple[Galley, Galley]:
    """Two galleys side by side with their first lines on one baseline; callouts keep their edges at one height."""
    if one.block.role == "aside":
        return one, other
    lower = first_baseline(one.strips, 0) - first_baseline(other.strips, 0)
    return _lowered(one, -lower), _lowered(other, lower)


def _lowered(galley: Galley, by: float) -> Galley:
    """`galley` with its first line `by` points lower, if that is down."""
    if by <= 0 or not galley.strips:
        return galley
    first, *others = galley.strips
    return galley._replace(strips=(stacked([first], down=by), *others))


def _heading(block: Block, measure: float, setter: Setter) -> Forme:
    style = setter.style
    size = {"h1": style.h1, "h2": style.h2}.get(block.role, style.h3)
    colour = style.ink if block.role == "h3" else style.heading
    runs = block.parts[0].runs
    leading = style.heading_leading
    plain = replace(setter, then=()) if block.role == "h2" else setter
    forme = plain.forme(runs, measure, size, bold=True, colour=colour, leading=leading)
    if block.role != "h2":
        return forme

    def underlined(parts: Sequence[Strips]) -> Strips:
        if not parts[0]:
            return []
        *above, last = parts[0]
        line = Rule(0, last.height + 1.5, measure, last.height + 1.5, 0.8, style.accent)
        return [setter.finished(strip) for strip in (*above, Strip(last.height + 2.5, (*last.marks, line)))]

    return joined([forme], underlined)


def _picture(block: Block, measure: float, style: Style, pictures: Mapping[str, bytes]) -> Strip:
    """The picture at 96 pixels an inch, made smaller where it would not fit."""
    part = block.parts[0]
    try:
        content = pictures[part.source]
        across, down = (pixels * 0.75 for pixels in pixel_size(content))
    except KeyError:
        fault = Fault(block.place, "there is no such picture.", "Put it into the clinic's folder.", "src", part.source)
        raise TemplateError(fault) from None
    except ValueError as error:
        fault = Fault(block.place, f"{error}.", "Save the picture as PNG or JPEG.", "src", part.source)
        raise TemplateError(fault) from None
    scale = min(1.0, measure / across, style.tallest_picture / down)
    description = "".join(run.text for run in part.runs if isinstance(run, Text))
    mark = Picture(0, 0, across * scale, down * scale, content, description)
    return Strip(mark.height, (mark,))


def _spaces(block: Block, style: Style) -> tuple[float, float]:
    match block.role:
        case "h1":
            return style.before_h1, style.after_heading
        case "h2":
            return style.before_h2, style.after_heading + 1.5
        case "h3":
            return style.before_h3, style.after_heading - 2
        case "li":
            return style.item_space, style.item_space
        case "p":
            return style.paragraph_space, style.paragraph_space
        case "tr" | "aside" | "img" | "fields":
            return style.block_space, style.block_space
