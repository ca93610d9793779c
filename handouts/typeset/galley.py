"""A block → its galley: every role set in type, with the places where a page may break."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from handouts.content.blocks import Block, Text
from handouts.content.cldr import Direction
from handouts.errors import Fault, TemplateError
from handouts.memory import remembered
from handouts.typeset.boxes import callout, hanging, row
from handouts.typeset.fields import goes_on
from handouts.typeset.filling import Filling
from handouts.typeset.forme import Forme, Strips, fixed, joined
from handouts.typeset.holes import Given, Open
from handouts.typeset.marks import FieldBox, Galley, Picture, Rule, Strip, mirrored, stacked
from handouts.typeset.pictures import pixel_size
from handouts.typeset.plan import Pattern, TooWide
from handouts.typeset.runs import Setter
from handouts.typeset.stencil import SetBlock, Stencil
from handouts.typeset.style import Style
from handouts.typeset.values import Values

_MOST_STENCILS = 64


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


def set_block(
    block: Block, printed: Mapping[str, str], surroundings: Surroundings, pictures: Mapping[str, bytes]
) -> Galley:
    """The galley of `block`, with its blanks as `printed` and its pictures out of `pictures` (name → bytes).

    Raises KeyError for a blank that was not printed, TemplateError, SettingError (a run is `Unset`) or RefusedAppointment (a
    blank's value has no glyph).
    """
    return made_up(block, surroundings, contents_of((block,), pictures)).set(Filling(printed, Values())).galley


class MadeUp:
    """A block in its surroundings, with room for the values of its blanks."""

    def __init__(self, block: Block, surroundings: Surroundings, pictures: Contents) -> None:
        self.block = block
        self.blanks = tuple(dict.fromkeys(block.blanks))
        self._forme = _forme(block, surroundings, pictures)
        self._spaces = _spaces(block, surroundings.style)
        self._x = surroundings.x
        self._stencils: dict[tuple[Pattern[Strip], ...], Stencil] = {}
        self.fixed = None if self.blanks else Stencil(self._galley(self._forme.strips({})))

    def set(self, filling: Filling) -> SetBlock:
        """The block with the values of `filling`."""
        if self.fixed:
            return SetBlock(self.fixed, filling)
        try:
            return SetBlock(self._stencil(filling), filling)
        except TooWide:
            letters = filling.by_letters()
            return SetBlock(self._stencil(letters), letters)

    def _stencil(self, filling: Filling) -> Stencil:
        """What is made once for all values that break its lines alike; what tells of a patient goes with the packet."""
        value, known = filling.value, filling.known
        patterns = tuple(
            [each.pattern([value(name) for name in each.blanks], filling, known) for each in self._forme.paragraphs]
        )
        found = self._stencils.get(patterns)
        if found is not None:
            return found
        key = self, patterns
        if key in known.kept:
            return known.kept[key]
        strips = self._forme.strips(dict(zip(self._forme.paragraphs, patterns, strict=True)))
        shown = [_with_boxes(strip, filling) for strip in strips]
        tells = any(pattern.tells for pattern in patterns)
        made = Stencil(self._galley(shown), patterns, tells=tells or shown != list(strips))
        if tells:
            known.kept[key] = made
        elif not made.tells:
            if len(self._stencils) >= _MOST_STENCILS:
                self._stencils.clear()
            self._stencils[patterns] = made
        return made

    def _galley(self, made: Strips) -> Galley:
        block, strips = self.block, tuple(made)
        breaks = _range(2, len(strips) - 1) if block.role in ("p", "li") else ()
        at_need = _range(1, len(strips)) if block.role == "aside" else ()
        if not at_need and any(block.answered):
            at_need = _within_answers(strips)
        before, after = self._spaces
        return Galley(block, strips, breaks, before, after, block.role in ("h1", "h2", "h3"), self._x, at_need)


def _with_boxes(strip: Strip, given: Given) -> Strip:
    """`strip` with its boxes in their places: one that stands after a blank stands elsewhere for every value."""
    if any(isinstance(mark, FieldBox) and isinstance(mark.x, Open) for mark in strip.marks):
        return strip.filled(given)
    return strip


def _within_answers(strips: Strips) -> tuple[int, ...]:
    """Before which of `strips` a long answer goes on."""
    return tuple([number for number, strip in enumerate(strips) if number and goes_on(strip)])


@cache
def _range(first: int, last: int) -> tuple[int, ...]:
    return tuple(range(first, last))


@remembered(4096)
def made_up(block: Block, surroundings: Surroundings, pictures: Contents) -> MadeUp:
    """`block` in its surroundings with the pictures it shows, made up once. Raises as `set_block`."""
    return MadeUp(block, surroundings, pictures)


@remembered(1536)
def with_values(made: MadeUp, values: tuple[str, ...]) -> SetBlock:
    """The block with values that are nobody's own."""
    return made.set(Filling(dict(zip(made.blanks, values, strict=True)), Values(nobodys=True)))


def _forme(block: Block, surroundings: Surroundings, pictures: Contents) -> Forme:
    style, across = surroundings.style.toned(block.tone), surroundings.measure
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


Contents = tuple[tuple[str, bytes], ...]
"""The pictures that blocks show, with their names."""


def contents_of(blocks: Iterable[Block], pictures: Mapping[str, bytes]) -> Contents:
    """The pictures that `blocks` show, out of `pictures`."""
    names = dict.fromkeys(block.parts[0].source for block in blocks if block.role == "img")
    return tuple((name, pictures[name]) for name in names if name in pictures)


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
