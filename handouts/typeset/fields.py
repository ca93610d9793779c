"""Fields to write in → formes: lines with room above them and a label below, side by side or beside the text.

What a person has answered already stands in the room. Where that is not enough the room grows, and a long answer has the whole
measure, line below line, so that a page may end between any two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from handouts.content.blocks import Field, Run
from handouts.typeset.forme import Forme, Strips, fixed, joined, one_after_another
from handouts.typeset.marks import FieldBox, Glyphs, Mark, Rule, Strip, moved, stacked
from handouts.typeset.runs import Setter, Stretch, stretches
from handouts.typeset.style import Style

_ABREAST = 6
"""The most lines of an answer that has others beside it."""
_ABOVE_LINE = 2.0
"""How far an answer stands above its line, in points."""
_IN_BOX = 4.0
"""How far initials stand from the sides of their box, in points."""


def field_block(runs: Iterable[Run], measure: float, setter: Setter, size: float = 0) -> Forme:
    """Text and lines of fields below one another; initials alone after a text stand beside it and save a line."""
    found = stretches(runs)
    if [bool(stretch.fields) for stretch in found] == [False, True]:
        text, line = found
        if [field.kind for field in line.fields] == ["initials"]:
            return _beside(text.runs, line.fields[0], measure, setter, size)
    return one_after_another([_stretch(stretch, measure, setter, size) for stretch in found])


def goes_on(strip: Strip) -> bool:
    """Whether `strip` is a further line of a long answer."""
    return any(isinstance(mark, Glyphs) and mark.role == "value" for mark in strip.marks) and not any(
        isinstance(mark, FieldBox) for mark in strip.marks
    )


def field_row(fields: Sequence[Field], measure: float, setter: Setter) -> Strip:
    """`fields` side by side, each as wide as its share of `measure`; all their lines at one height."""
    style = setter.style
    marks: list[Mark] = []
    widths = _widths(fields, measure, style)
    filled = [_filled(field, width, setter) for field, width in zip(fields, widths, strict=True)]
    room = max(each.height for each in filled)
    bottom = x = 0.0
    for field, width, (height, lines, text) in zip(fields, widths, filled, strict=True):
        shown = field.name, field.kind, field.label
        marks.append(FieldBox(*shown, x, room - height, width, height, lines, setter.part))
        marks.extend(moved(mark, x, room - height) for mark in text)
        label = stacked(setter.label(field, width), x, room + 2)
        marks.extend(label.marks)
        bottom = max(bottom, label.height)
        x += width + style.field_gutter
    return Strip(bottom, tuple(marks))


class _Filled(NamedTuple):
    """A field with what is written in it, from its top left corner: how high it is, and how many lines it has to write on."""

    height: float
    lines: int
    text: Sequence[Mark]


def _filled(field: Field, width: float, setter: Setter) -> _Filled:
    """A line of an answer on each line there is; more of them, or taller ones, close together above a single line."""
    style = setter.style
    room = style.writing_height + (max(field.lines, 1) - 1) * style.next_line
    if not field.value:
        return _Filled(room, field.lines, ())
    side = _IN_BOX if field.kind == "initials" else 0
    written = setter.value(field, width - 2 * side)
    if field.kind != "initials" and len(written) <= field.lines and _tallest(written) <= style.next_line - _ABOVE_LINE:
        first = room - (field.lines - 1) * style.next_line
        ends = [first + number * style.next_line for number in range(len(written))]
        placed = [stacked([line], 0, end - line.height - _ABOVE_LINE) for line, end in zip(written, ends, strict=True)]
        return _Filled(room, field.lines, [mark for line in placed for mark in line.marks])
    text = sum(line.height for line in written)
    height = max(room, text + 2 * _ABOVE_LINE)
    down = (height - text) / 2 if field.kind == "initials" else height - text - _ABOVE_LINE
    return _Filled(height, 1, stacked(written, side, down).marks)


def _tallest(lines: Strips) -> float:
    return max((line.height for line in lines), default=0.0)


def _stretch(stretch: Stretch, measure: float, setter: Setter, size: float) -> Forme:
    if not stretch.fields:
        return setter.forme(stretch.runs, measure, size)
    rows = (
        strip
        for row in _rows(stretch.fields)
        for part in _apart(row, measure, setter)
        for strip in (part if isinstance(part, list) else [field_row(part, measure, setter)])
    )
    return fixed([setter.finished(strip) for strip in rows])


def _apart(row: tuple[Field, ...], measure: float, setter: Setter) -> Iterator[tuple[Field, ...] | list[Strip]]:
    """`row` without its long answers, each of which has strips of its own."""
    beside: list[Field] = []
    for field, width in zip(row, _widths(row, measure, setter.style), strict=True):
        if field.kind == "text" and field.value and len(setter.value(field, width)) > max(_ABREAST, field.lines):
            if beside:
                yield tuple(beside)
            beside = []
            yield list(_long(field, measure, setter))
        else:
            beside.append(field)
    if beside:
        yield tuple(beside)


def _long(field: Field, measure: float, setter: Setter) -> Iterator[Strip]:
    """`field` with a long answer: every line of it with a line below, and its label under the last."""
    first, *others = setter.value(field, measure)
    shown = field.name, field.kind, field.label
    height = first.height + 2 * _ABOVE_LINE
    box = FieldBox(*shown, 0, 0, measure, height, 1, setter.part)
    yield Strip(height, (box, *stacked([first], 0, _ABOVE_LINE).marks))
    for line in others:
        height = line.height + _ABOVE_LINE
        yield Strip(height, (*line.marks, Rule(0, height, measure, height, 0.8, setter.style.ink)))
    yield stacked(setter.label(field, measure), 0, 2)


def _beside(runs: Sequence[Run], field: Field, measure: float, setter: Setter, size: float) -> Forme:
    style = setter.style
    narrow = style.initials
    across = measure - narrow
    box = field_row([replace(field, width=0, lines=1)], narrow, setter)

    def make(parts: Sequence[Strips]) -> Strips:
        text = stacked(parts[0])
        height = max(text.height, box.height)
        marks = (
            *(moved(mark, 0, (height - text.height) / 2) for mark in text.marks),
            *(moved(mark, across, (height - box.height) / 2) for mark in box.marks),
        )
        return [setter.finished(Strip(height, marks))]

    return joined([replace(setter, then=()).forme(runs, across - style.field_gutter, size)], make)


def _rows(fields: Sequence[Field]) -> Iterable[tuple[Field, ...]]:
    """`fields` in rows of at most 100 percent."""
    row: list[Field] = []
    used = 0
    for field in fields:
        if row and used + field.width > 100:
            yield tuple(row)
            row, used = [], 0
        row.append(field)
        used += field.width
    yield tuple(row)


def _widths(fields: Sequence[Field], measure: float, style: Style) -> list[float]:
    """Widths in points: a share of the measure, an equal part of what is left for those without one."""
    gutters = style.field_gutter * sum(1 for _ in pairwise(fields))
    room = measure - gutters
    given = sum(field.width for field in fields)
    unsaid = sum(1 for field in fields if not field.width)
    rest = max(100 - given, 10 * unsaid) / unsaid if unsaid else 0
    shares = [field.width or rest for field in fields]
    over = max(sum(shares) / 100, 1)
    return [room * share / 100 / over for share in shares]
