"""Table rows, callouts and items → strips; a row is one, which no page break divides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from handouts.content.blocks import Block, Field, Part, Text
from handouts.errors import Fault, TemplateError
from handouts.typeset.fields import field_block
from handouts.typeset.marks import Box, FieldBox, Mark, Rule, Strip, first_baseline, moved, stacked
from handouts.typeset.runs import Setter, checkbox_baseline
from handouts.typeset.style import Tint

BULLET = "•"
_FRAME = 1.0  # the width of the line around a callout, in points
_SEAM = 0.5  # how far a ground reaches under the next, in points


def row_strip(block: Block, columns: Sequence[int], measure: float, setter: Setter) -> Strip:
    """A table row: cells side by side with room around them, a line above and below; column heads shaded.

    The first lines of all cells stand on one baseline. `columns` are the columns' shares in percent (none: equal). Raises
    TemplateError when they are not one a cell.
    """
    shares = columns or (1,) * len(block.parts)
    if len(shares) != len(block.parts):
        problem = f"the row has {len(block.parts)} cells, and the table declares {len(shares)} columns."
        raise TemplateError(Fault(setter.place, problem, "Give every row one cell a column."))
    style = setter.style
    head = all(part.role == "th" and part.scope == "col" for part in block.parts)
    widths = [measure * share / sum(shares) for share in shares]
    filled = [
        _cell(part, width - 2 * style.cell_side, replace(setter, part=number))
        for number, (part, width) in enumerate(zip(block.parts, widths, strict=True))
    ]
    lowest = max((first_baseline(cell, 0) for cell in filled), default=0)
    cells: list[Strip] = []
    x = style.cell_side
    for cell, width in zip(filled, widths, strict=True):
        cells.append(stacked(cell, x, style.cell_top + max(lowest - _baseline(cell, lowest, style.table), 0)))
        x += width
    height = max(cell.height for cell in cells) + style.cell_top
    if head:
        ground = Box(0, 0, measure, height, fill=style.table_head)
        marks: list[Mark] = [ground, Rule(0, height, measure, height, 0.9, style.accent)]
    else:
        marks = [Rule(0, y, measure, y, 0.6, style.hairline) for y in (0, height)]
    return Strip(height, (*marks, *(mark for cell in cells for mark in cell.marks)))


def _baseline(cell: Sequence[Strip], otherwise: float, size: float) -> float:
    """Where the first line of a cell in type of `size` stands: a box alone stands as it would beside words."""
    boxes = (
        mark for strip in cell[:1] for mark in strip.marks if isinstance(mark, FieldBox) and mark.kind == "checkbox"
    )
    alone = next((checkbox_baseline(box, size) for box in boxes), otherwise)
    return first_baseline(cell, alone)


def callout_strips(block: Block, measure: float, setter: Setter) -> tuple[Strip, ...]:
    """A callout's parts on a ground with a bar at its start or a frame around: a strip a part, for one taller than a page."""
    style = setter.style
    tint = style.tint(block.kind)
    side = style.callout_side + (style.callout_bar if tint.bar else 0)
    inside = measure - side - style.callout_side
    strips: list[Strip] = []
    for index, part in enumerate(block.parts):
        first, last = index == 0, index == len(block.parts) - 1
        above = style.callout_top if first else _gap(block.parts[index - 1], part, setter)
        body = stacked(_callout_part(part, inside, replace(setter, part=index)), side, above)
        height = body.height + (style.callout_top if last else 0)
        ground = _ground(tint, measure, height, style.callout_bar, first=first, last=last)
        strips.append(Strip(height, (*ground, *body.marks)))
    return tuple(strips)


def _ground(tint: Tint, measure: float, height: float, bar: float, *, first: bool, last: bool) -> Iterator[Mark]:
    """What is behind one part of a callout; it reaches a little below, so that no seam shows above the next."""
    down = height if last else height + _SEAM
    yield Box(0, 0, measure, down, fill=tint.ground)
    if tint.bar:
        yield Rule(bar / 2, 0, bar / 2, down, bar, tint.bar)
    if tint.frame:
        edge = _FRAME / 2
        for x in (0.0, measure):
            yield Rule(x, -edge if first else 0, x, down + edge if last else down, _FRAME, tint.frame)
        for y in (*([0.0] if first else []), *([height] if last else [])):
            yield Rule(0, y, measure, y, _FRAME, tint.frame)


def hanging(part: Part, marker: str, measure: float, setter: Setter) -> tuple[Strip, ...]:
    """A list item or paragraph with its bullet or number (`marker`, "" for none) or its checkbox hanging before it."""
    style = setter.style
    first = part.runs[0] if part.runs else None
    if isinstance(first, Field) and first.kind == "checkbox":
        return _after_checkbox(first, part, measure, setter)
    if not marker:
        return field_block(part.runs, measure, setter)
    hang = style.hang if marker == BULLET else style.hang_number
    strips = [stacked([strip], hang) for strip in field_block(part.runs, measure - hang, setter)]
    sign = replace(setter, role="marker").strips(
        [Text(marker)], hang, x=3.5 if marker == BULLET else 0, colour=style.heading
    )
    down = first_baseline(strips, 0) - first_baseline(sign, 0)
    return _headed(strips, tuple(moved(mark, 0, max(down, 0)) for mark in sign[0].marks)) or sign


def _after_checkbox(box: Field, part: Part, measure: float, setter: Setter) -> tuple[Strip, ...]:
    style = setter.style
    hang = style.checkbox + style.checkbox_gap
    strips = [stacked([strip], hang) for strip in field_block(part.runs[1:], measure - hang, setter)]
    if not strips:
        return setter.strips(part.runs, measure)
    return _headed(strips, (setter.checkbox(box, 0, first_baseline(strips, style.body), style.body),))


def _headed(strips: Sequence[Strip], marks: tuple[Mark, ...]) -> tuple[Strip, ...]:
    """`strips` with `marks` before those of the first."""
    return tuple(
        Strip(strip.height, (*marks, *strip.marks)) if index == 0 else strip for index, strip in enumerate(strips)
    )


def _cell(part: Part, measure: float, setter: Setter) -> tuple[Strip, ...]:
    size = setter.style.table
    if part.role == "th":
        return setter.strips(part.runs, measure, size, bold=True, colour=setter.style.heading)
    return field_block(part.runs, measure, setter, size)


def _callout_part(part: Part, measure: float, setter: Setter) -> tuple[Strip, ...]:
    style = setter.style
    if part.role in ("h1", "h2", "h3"):
        return setter.strips(part.runs, measure, style.h3, bold=True, leading=style.heading_leading)
    if part.role == "li":
        return hanging(part, BULLET, measure, setter)
    return hanging(part, "", measure, setter)


def _gap(above: Part, below: Part, setter: Setter) -> float:
    """The space between two parts of a callout."""
    if above.role in ("h1", "h2", "h3") or (above.role == "li" and below.role == "li"):
        return setter.style.item_space - 1
    return setter.style.paragraph_space - 1
