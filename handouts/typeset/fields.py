"""Fields to write in → formes: lines with room above them and a label below, side by side or beside the text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from handouts.content.blocks import Field, Run
from handouts.typeset.forme import Forme, Strips, fixed, joined, one_after_another
from handouts.typeset.marks import FieldBox, Mark, Strip, moved, stacked
from handouts.typeset.runs import Setter, Stretch, stretches
from handouts.typeset.style import Style


def field_block(runs: Iterable[Run], measure: float, setter: Setter, size: float = 0) -> Forme:
    """Text and lines of fields below one another; initials alone after a text stand beside it and save a line."""
    found = stretches(runs)
    if [bool(stretch.fields) for stretch in found] == [False, True]:
        text, line = found
        if [field.kind for field in line.fields] == ["initials"]:
            return _beside(text.runs, line.fields[0], measure, setter, size)
    return one_after_another([_stretch(stretch, measure, setter, size) for stretch in found])


def field_row(fields: Sequence[Field], measure: float, setter: Setter) -> Strip:
    """`fields` side by side, each as wide as its share of `measure`; all their lines at one height."""
    style = setter.style
    marks: list[Mark] = []
    widths = _widths(fields, measure, style)
    room = max(_room(field, style) for field in fields)
    bottom = x = 0.0
    for field, width in zip(fields, widths, strict=True):
        height = _room(field, style)
        shown = field.name, field.kind, field.label
        marks.append(FieldBox(*shown, x, room - height, width, height, field.lines, setter.part))
        label = stacked(setter.label(field, width), x, room + 2)
        marks.extend(label.marks)
        bottom = max(bottom, label.height)
        x += width + style.field_gutter
    return Strip(bottom, tuple(marks))


def _stretch(stretch: Stretch, measure: float, setter: Setter, size: float) -> Forme:
    if stretch.fields:
        return fixed([setter.finished(field_row(row, measure, setter)) for row in _rows(stretch.fields)])
    return setter.forme(stretch.runs, measure, size)


def _beside(runs: Sequence[Run], field: Field, measure: float, setter: Setter, size: float) -> Forme:
    style = setter.style
    narrow = style.initials
    across = measure - narrow
    box = field_row([Field(field.kind, field.name, field.label)], narrow, setter)

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


def _room(field: Field, style: Style) -> float:
    return style.writing_height + (max(field.lines, 1) - 1) * style.next_line


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
