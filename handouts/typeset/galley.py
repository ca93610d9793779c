"""A block → its galley: every role set in type, with the places where a page may break."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from handouts.content.blocks import Block, Field, Group, Text
from handouts.content.cldr import Direction, direction_of
from handouts.errors import Fault, HandoutsError, RefusedAppointment, SettingError, TemplateError
from handouts.memory import remembers
from handouts.typeset.boxes import BULLET, callout_strips, hanging, row_strip
from handouts.typeset.marks import Galley, Picture, Rule, Strip, first_baseline, mirrored, stacked
from handouts.typeset.pictures import pixel_size
from handouts.typeset.runs import Setter
from handouts.typeset.style import Paper, Style


@dataclass(frozen=True, slots=True)
class Surroundings:
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


SetOne = Callable[[Block, Mapping[str, str], Surroundings, Mapping[str, bytes]], Galley]


def set_block(
    block: Block, printed: Mapping[str, str], surroundings: Surroundings, pictures: Mapping[str, bytes]
) -> Galley:
    """The galley of `block`, with its blanks as `printed` and its pictures out of `pictures` (name → bytes).

    Pure: for a block without blanks (`Galley.personal` is false) the result depends on nothing but the block, its
    surroundings and the picture, and may be remembered. Raises KeyError for a blank that was not printed,
    TemplateError, SettingError (a run is `Unset`) or RefusedAppointment (a blank's value has no glyph).
    """
    style = surroundings.style
    setter = Setter(printed, style, block.place, block.language, frame=surroundings.frame)
    measure = surroundings.measure - surroundings.indent
    breaks: tuple[int, ...] = ()
    at_need: tuple[int, ...] = ()
    match block.role:
        case "h1" | "h2" | "h3":
            strips = _heading(block, measure, setter)
        case "tr":
            strips = (row_strip(block, surroundings.widths, measure, setter),)
        case "aside":
            strips = callout_strips(block, measure, setter)
            at_need = tuple(range(1, len(strips)))
        case "img":
            strips = (_picture(block, measure, style, pictures),)
        case "p" | "li" | "fields":
            strips = hanging(block.parts[0], surroundings.marker, measure, setter)
            breaks = _breaks(block, strips)
    if surroundings.indent:
        strips = tuple(stacked([strip], surroundings.indent) for strip in strips)
    if setter.rtl:
        strips = tuple(mirrored(strip, surroundings.measure) for strip in strips)
    before, after = _spaces(block, style)
    keep_with_next = block.role in ("h1", "h2", "h3")
    personal = bool(block.blanks)
    return Galley(block, strips, breaks, before, after, keep_with_next, personal, x=surroundings.x, at_need=at_need)


def remembering(*, values: bool = False) -> SetOne:
    """`set_block`, remembered for blocks without blanks; with `values` for all, where every blank always has the same value."""
    known: dict[tuple[Block, Surroundings], Galley] = {}

    def set_one(
        block: Block, printed: Mapping[str, str], surroundings: Surroundings, pictures: Mapping[str, bytes]
    ) -> Galley:
        if block.blanks and not values:
            return set_block(block, printed, surroundings, pictures)
        key = block, surroundings
        if key not in known or not remembers():
            known[key] = set_block(block, printed, surroundings, pictures)
        return known[key]

    return set_one


def set_galleys(
    root: Group,
    printed: Mapping[str, Mapping[str, str]],
    paper: Paper,
    style: Style,
    pictures: Mapping[str, bytes],
    *,
    set_one: SetOne = set_block,
) -> tuple[Galley, ...]:
    """One galley for every block of `root`, in reading order; `set_one` may be a remembering wrapper of `set_block`.

    `printed` are the blanks as printed in each language of the blocks. Raises as `set_block`, with the faults of all blocks at
    once; content's faults before those of a patient's values.
    """
    found: list[Galley] = []
    failed: list[HandoutsError] = []
    for block, surroundings in surrounded(root, paper, style):
        try:
            found.append(set_one(block, printed.get(block.language, {}), surroundings, pictures))
            if surroundings.second and not failed:
                found[-2:] = _on_one_line(*found[-2:])
        except (TemplateError, SettingError, RefusedAppointment) as error:
            failed.append(error)
    for kind in (TemplateError, SettingError, RefusedAppointment):
        kind.gathered(fault for error in failed if isinstance(error, kind) for fault in error.faults)
    return tuple(found)


def surrounded(root: Group, paper: Paper, style: Style) -> Iterator[tuple[Block, Surroundings]]:
    """Every block of `root` in reading order with its surroundings: list items are numbered here, and only here."""
    yield from _surrounded(root, Surroundings(paper.measure, style))


def _surrounded(group: Group, around: Surroundings) -> Iterator[tuple[Block, Surroundings]]:
    here = replace(around, marker="", widths=group.widths if group.role == "table" else ())
    number = 0
    for child in group.children:
        first = child.children[0] if isinstance(child, Group) and child.role == "pair" else child
        own = here
        if isinstance(first, Block) and first.role == "li":
            number += 1
            own = replace(here, marker=f"{number}." if group.role == "ol" else BULLET)
        if isinstance(child, Block):
            yield child, own
        elif child.role == "pair":
            yield from _below_each_other(child, own) if here.widths else _side_by_side(child, own)
        else:
            deeper = group.role in ("ul", "ol") and child.role in ("ul", "ol")
            yield from _surrounded(child, replace(here, indent=here.indent + here.style.hang) if deeper else here)


def _below_each_other(pair: Group, around: Surroundings) -> Iterator[tuple[Block, Surroundings]]:
    """The two rows of a pair; both have their cells in the columns of the first."""
    first, second = pair.blocks()
    yield first, around
    yield second, replace(around, frame=direction_of(first.language))


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
            replace(around, measure=half, x=x, second=second, marker="" if ticked and second else around.marker),
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
    return replace(galley, strips=(stacked([first], down=by), *others))


def _heading(block: Block, measure: float, setter: Setter) -> tuple[Strip, ...]:
    style = setter.style
    size = {"h1": style.h1, "h2": style.h2}.get(block.role, style.h3)
    colour = style.ink if block.role == "h3" else style.heading
    runs = block.parts[0].runs
    leading = style.heading_leading
    strips = setter.strips(runs, measure, size, bold=True, colour=colour, leading=leading)
    if block.role != "h2" or not strips:
        return strips
    *above, last = strips
    line = Rule(0, last.height + 1.5, measure, last.height + 1.5, 0.8, style.accent)
    return (*above, Strip(last.height + 2.5, (*last.marks, line)))


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


def _breaks(block: Block, strips: tuple[Strip, ...]) -> tuple[int, ...]:
    """Where a paragraph may break: two lines at least stay together on either side; fields keep their text."""
    if block.role == "fields":
        return ()
    return tuple(range(2, len(strips) - 1))


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
