"""Table rows, callouts and items → formes; a row is one strip, which no page break divides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import accumulate

from handouts.content.blocks import Block, Field, Part, Text
from handouts.errors import Fault, TemplateError
from handouts.typeset.fields import field_block
from handouts.typeset.forme import Forme, Kept, Strips, joined, one_after_another
from handouts.typeset.marks import Box, FieldBox, Mark, Rule, Strip, first_baseline, stacked
from handouts.typeset.runs import Setter, checkbox_baseline
from handouts.typeset.style import Style, Tint

BULLET = "•"
_FRAME = 1.0  # the width of the line around a callout, in points
_THIN_BAR = 1.5
"""How wide the bar of a callout is where ink is spared, in points: enough to tell a warning from a note."""
_SEAM = 0.5  # how far a ground reaches under the next, in points


def row(block: Block, columns: Sequence[int], measure: float, setter: Setter) -> Forme:
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
    plain = replace(setter, then=())
    cells = [
        _cell(part, width - 2 * style.cell_side, replace(plain, part=number))
        for number, (part, width) in enumerate(zip(block.parts, widths, strict=True))
    ]
    at = list(accumulate(widths[:-1], initial=style.cell_side))
    placed = [_placed(cell, x) for cell, x in zip(cells, at, strict=True)]
    ruled = Kept(lambda height: Strip(height, tuple(_row_ground(style, measure, height, head=head))))

    def make(filled: Sequence[Strips]) -> Strips:
        lowest = max([first_baseline(cell, 0) for cell in filled], default=0)
        found = [
            place(cell, style.cell_top + max(lowest - _baseline(cell, lowest, style.table), 0))
            for place, cell in zip(placed, filled, strict=True)
        ]
        height = max([cell.height for cell in found]) + style.cell_top
        marks = list(ruled(height).marks)
        for cell in found:
            marks += cell.marks
        return [setter.finished(Strip(height, tuple(marks)))]

    return joined(cells, make)


def _placed(cell: Forme, x: float) -> Callable[[Strips, float], Strip]:
    """The function that puts the strips of `cell` at `x`, that far down."""
    if cell.fixed is None:
        return lambda strips, down: stacked(strips, x, down)
    kept = Kept(partial(stacked, cell.fixed, x))
    return lambda _, down: kept(down)


def _row_ground(style: Style, measure: float, height: float, *, head: bool) -> Iterator[Mark]:
    if head:
        yield Box(0, 0, measure, height, fill=style.table_head)
        yield Rule(0, height, measure, height, 0.9, style.accent)
    else:
        yield from (Rule(0, y, measure, y, 0.6, style.hairline) for y in (0, height))


def _baseline(cell: Sequence[Strip], otherwise: float, size: float) -> float:
    """Where the first line of a cell in type of `size` stands: a box alone stands as it would beside words."""
    for mark in cell[0].marks if cell else ():
        if isinstance(mark, FieldBox) and mark.kind == "checkbox":
            return first_baseline(cell, checkbox_baseline(mark, size))
    return first_baseline(cell, otherwise)


def callout(block: Block, measure: float, setter: Setter) -> Forme:
    """A callout's parts on a ground with a bar at its start or a frame around: a strip a part, for one taller than a page."""
    style = setter.style
    tint = style.tint(block.kind)
    side = style.callout_side + (style.callout_bar if tint.bar else 0)
    inside = measure - side - style.callout_side
    formes: list[Forme] = []
    for index, part in enumerate(block.parts):
        above = _gap(block.parts[index - 1], part, setter) if index else style.callout_top
        forme = _callout_part(part, inside, replace(setter, part=index, then=()))
        make = _grounded(tint, measure, (side, above), setter, first=index == 0, last=index == len(block.parts) - 1)
        formes.append(joined([forme], make))
    return one_after_another(formes)


def _grounded(
    tint: Tint, measure: float, corner: tuple[float, float], setter: Setter, *, first: bool, last: bool
) -> Callable[[Sequence[Strips]], Strips]:
    """The function that sets one part of a callout on its ground, with its top left at `corner`."""
    style = setter.style

    def on_ground(height: float) -> Strip:
        return Strip(height, tuple(_ground(tint, measure, height, style.callout_bar, first=first, last=last)))

    ground = Kept(on_ground)

    def make(parts: Sequence[Strips]) -> Strips:
        body = stacked(parts[0], *corner)
        height = body.height + (style.callout_top if last else 0)
        return [setter.finished(Strip(height, (*ground(height).marks, *body.marks)))]

    return make


def _ground(tint: Tint, measure: float, height: float, bar: float, *, first: bool, last: bool) -> Iterator[Mark]:
    """What is behind one part of a callout; it reaches a little below, so that no seam shows above the next."""
    down = height if last else height + _SEAM
    yield Box(0, 0, measure, down, fill=tint.ground)
    if tint.bar:
        yield Rule(bar / 2, 0, bar / 2, down, bar, tint.bar, spared=_THIN_BAR)
    if tint.frame:
        edge = _FRAME / 2
        for x in (0.0, measure):
            yield Rule(x, -edge if first else 0, x, down + edge if last else down, _FRAME, tint.frame)
        for y in (*([0.0] if first else []), *([height] if last else [])):
            yield Rule(0, y, measure, y, _FRAME, tint.frame)


def hanging(part: Part, marker: str, measure: float, setter: Setter) -> Forme:
    """A list item or paragraph with its bullet or number (`marker`, "" for none) or its checkbox hanging before it."""
    style = setter.style
    first = part.runs[0] if part.runs else None
    if isinstance(first, Field) and first.kind == "checkbox":
        return _after_checkbox(first, part, measure, setter)
    if not marker:
        return field_block(part.runs, measure, setter)
    hang = style.hang if marker == BULLET else style.hang_number
    x = 3.5 if marker == BULLET else 0
    sign = replace(setter, role="marker").forme([Text(marker)], hang, x=x, colour=style.heading).fixed or ()
    own = first_baseline(sign, 0)
    shown = Kept(lambda down: stacked(sign[:1], 0, down))

    def make(parts: Sequence[Strips]) -> Strips:
        strips = parts[0]
        if not strips:
            return sign
        down = first_baseline(strips, 0) - own
        return _headed(strips, shown(max(down, 0)).marks)

    return joined([field_block(part.runs, measure - hang, setter.hung(hang))], make)


def _after_checkbox(box: Field, part: Part, measure: float, setter: Setter) -> Forme:
    style = setter.style
    hang = style.checkbox + style.checkbox_gap
    text = field_block(part.runs[1:], measure - hang, setter.hung(hang))
    alone = setter.forme(part.runs[:1], measure)
    square = Kept(lambda baseline: setter.finished(Strip(0, (setter.checkbox(box, 0, baseline, style.body),))))

    def make(parts: Sequence[Strips]) -> Strips:
        strips, without = parts
        return _headed(strips, square(first_baseline(strips, style.body)).marks) if strips else without

    return joined([text, alone], make)


def _headed(strips: Strips, marks: tuple[Mark, ...]) -> Strips:
    """`strips` with `marks` before those of the first."""
    return [Strip(strips[0].height, marks + strips[0].marks), *strips[1:]]


def _cell(part: Part, measure: float, setter: Setter) -> Forme:
    size = setter.style.table
    if part.role == "th":
        return setter.forme(part.runs, measure, size, bold=True, colour=setter.style.heading)
    return field_block(part.runs, measure, setter, size)


def _callout_part(part: Part, measure: float, setter: Setter) -> Forme:
    style = setter.style
    if part.role in ("h1", "h2", "h3"):
        return setter.forme(part.runs, measure, style.h3, bold=True, leading=style.heading_leading)
    if part.role == "li":
        return hanging(part, BULLET, measure, setter)
    return hanging(part, "", measure, setter)


def _gap(above: Part, below: Part, setter: Setter) -> float:
    """The space between two parts of a callout."""
    if above.role in ("h1", "h2", "h3") or (above.role == "li" and below.role == "li"):
        return setter.style.item_space - 1
    return setter.style.paragraph_space - 1
