"""The runs of a part → spans for lines of text, and fields to write in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from handouts.content.blocks import BlankPlace, Field, Run, Text, Unset
from handouts.content.cldr import Direction, direction_of
from handouts.errors import Fault, SettingError
from handouts.typeset.marks import FieldBox, Glyphs, Mark, MarkRole, Strip
from handouts.typeset.style import Colour, Style
from handouts.typeset.text import BoxSize, Line, Span, set_lines

_CAPITAL = 0.714  # the height of a capital, of the size


def checkbox_baseline(box: FieldBox, size: float) -> float:
    """Where the words beside `box` would stand, in type of `size`."""
    return box.y + box.height / 2 + _CAPITAL / 2 * size


@dataclass(frozen=True, slots=True)
class Setter:
    """What setting a block needs beside its runs: the printed blanks, the look, its place in the template, its language.

    What it sets is placed from the start of the line: `x` goes to the right, in a language that is written from right to left
    to the left. `mirrored` makes the finished strip out of it. A row stands in a table of another direction as `frame` says.
    `part` and `role` are those of the marks that it makes.
    """

    printed: Mapping[str, str]
    style: Style
    place: str
    language: str = "en"
    part: int = 0
    role: MarkRole = ""
    frame: Direction | None = None

    @property
    def rtl(self) -> bool:
        """Whether what it sets starts at the right."""
        return (self.frame or direction_of(self.language)) == "rtl"

    def span(self, run: Run) -> Span:
        """`run` as a span; KeyError for a blank that was not printed, SettingError for an unset setting."""
        match run:
            case Text():
                return Span(run.text, run.strong, run.href)
            case BlankPlace():
                return Span(self.printed[run.name], run.strong, run.href, blank=run.name)
            case Field():
                return Span("", field=run)
            case Unset():
                problem = "is not set, and a block that was chosen needs it."
                raise SettingError(Fault(self.place, problem, "Set it in clinic.toml.", field=run.key))

    def lines(
        self, runs: Iterable[Run], measure: float, size: float, *, bold: bool = False, leading: float = 0
    ) -> tuple[Line, ...]:
        """`runs` (no fields among them but checkboxes) as lines of text."""
        spans = _with_one_stop(map(self.span, runs))
        return set_lines(
            (replace(span, strong=True) for span in spans) if bold else spans,
            measure,
            size,
            leading=leading or self.style.leading,
            box=self.box_size(size),
            place=self.place,
            language=self.language,
        )

    def strips(
        self,
        runs: Iterable[Run],
        measure: float,
        size: float = 0,
        *,
        x: float = 0,
        bold: bool = False,
        colour: Colour | None = None,
        leading: float = 0,
    ) -> tuple[Strip, ...]:
        """`runs` as one strip a line, starting `x` to the right."""
        found = self.lines(runs, measure, size or self.style.body, bold=bold, leading=leading)
        return tuple(self.strip(line, measure, x, colour or self.style.ink) for line in found)

    def strip(self, line: Line, measure: float, x: float, colour: Colour) -> Strip:
        """`line`, set to `measure`, as a strip."""
        return Strip(line.height, tuple(self._marks(line, measure, x, colour)))

    def box_size(self, size: float) -> BoxSize:
        """How large checkboxes are and stand in type of `size`."""
        style = self.style
        return BoxSize(style.checkbox, style.checkbox_gap, style.between_choices if size >= style.body else 12)

    def _marks(self, line: Line, measure: float, x: float, colour: Colour) -> Iterator[Mark]:
        for segment in line.segments:
            at = x + (measure - segment.x - segment.width if self.rtl else segment.x)
            if segment.field:
                yield self.checkbox(segment.field, at, line.baseline, segment.size)
            else:
                yield Glyphs.of(segment, at, line.baseline, colour, part=self.part, role=self.role)

    def checkbox(self, field: Field, x: float, baseline: float, size: float) -> FieldBox:
        """The square of `field`, centred on the capitals of the line with this baseline."""
        side = self.style.checkbox
        top = max(0.0, baseline - _CAPITAL / 2 * size - side / 2)
        return FieldBox(field.name, field.kind, field.label, x, top, side, side, part=self.part)


def _with_one_stop(spans: Iterable[Span]) -> Iterator[Span]:
    """`spans` in which a sentence that ends with a blank that ends in a full stop ("1:00 p.m.", "Lee Jr.") has no second."""
    before: Span | None = None
    for span in spans:
        ended = before is not None and before.blank and before.text.endswith(".") and span.text.startswith(".")
        before = replace(span, text=span.text[1:]) if ended and not span.blank else span
        if before.text or before.field:
            yield before


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of a block: either runs that are text (with checkboxes), or fields in one line."""

    runs: tuple[Run, ...] = ()
    fields: tuple[Field, ...] = ()


def stretches(runs: Iterable[Run]) -> tuple[Stretch, ...]:
    """`runs` as text and lines of fields in turn; blank space between fields is no text."""
    found: list[Stretch] = []
    words: list[Run] = []
    fields: list[Field] = []

    def close_words() -> None:
        if any(not (isinstance(run, Text) and not run.text.strip()) for run in words):
            close_fields()
            found.append(Stretch(runs=tuple(words)))
        words.clear()

    def close_fields() -> None:
        if fields:
            found.append(Stretch(fields=tuple(fields)))
        fields.clear()

    for run in runs:
        if isinstance(run, Field) and run.kind != "checkbox":
            close_words()
            fields.append(run)
        else:
            words.append(run)
    close_words()
    close_fields()
    return tuple(found)


def label_strips(setter: Setter, field: Field, measure: float) -> tuple[Strip, ...]:
    """The label of `field` in small type, as lines."""
    spans = [Span(field.label)]
    style = setter.style
    found = set_lines(spans, measure, style.label, leading=1.25, place=setter.place, language=setter.language)
    labelled = replace(setter, role="label")
    return tuple(labelled.strip(line, measure, 0, style.soft) for line in found)
