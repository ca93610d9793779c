"""The runs of a part → a forme of lines of text, and fields to write in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from handouts.content.blocks import BlankPlace, Field, Run, Text, Unset
from handouts.content.cldr import Direction, direction_of
from handouts.errors import Fault, SettingError
from handouts.typeset.bidi import direction_in
from handouts.typeset.forme import Chosen, Forme, Strips, fixed
from handouts.typeset.marks import FieldBox, Glyphs, Mark, MarkRole, Strip, stacked
from handouts.typeset.style import Colour, Style
from handouts.typeset.text import BoxSize, Line, LineLook, LineSetter, Span, require_glyphs, set_lines
from handouts.typeset.values import Values

_CAPITAL = 0.714  # the height of a capital, of the size


def checkbox_baseline(box: FieldBox, size: float) -> float:
    """Where the words beside `box` would stand, in type of `size`."""
    return box.y + box.height / 2 + _CAPITAL / 2 * size


@dataclass(frozen=True, slots=True)
class Setter:
    """What setting a block needs beside its runs: the look, its place in the template, its language.

    What it sets is placed from the start of the line: `x` goes to the right, in a language that is written from right to left
    to the left. `mirrored` makes the finished strip out of it. A row stands in a table of another direction as `frame` says.
    `part` and `role` are those of the marks that it makes, `then` is what becomes of every strip.
    """

    style: Style
    place: str
    language: str = "en"
    part: int = 0
    role: MarkRole = ""
    frame: Direction | None = None
    then: tuple[Callable[[Strip], Strip], ...] = ()

    @property
    def rtl(self) -> bool:
        """Whether what it sets starts at the right."""
        return (self.frame or direction_of(self.language)) == "rtl"

    def hung(self, by: float) -> Setter:
        """The same for strips that begin `by` to the right."""

        def hang(strip: Strip) -> Strip:
            return stacked([strip], by)

        return replace(self, then=(hang, *self.then))

    def finished(self, strip: Strip) -> Strip:
        """What becomes of `strip`."""
        for change in self.then:
            strip = change(strip)
        return strip

    def span(self, run: Run) -> Span:
        """`run` as a span, without the text of a blank; SettingError for an unset setting."""
        match run:
            case Text():
                return Span(run.text, run.strong, run.href)
            case BlankPlace():
                return Span("", run.strong, run.href, blank=run.name)
            case Field():
                return Span("", field=run)
            case Unset():
                problem = "is not set, and a block that was chosen needs it."
                raise SettingError(Fault(self.place, problem, "Set it in clinic.toml.", field=run.key))

    def forme(
        self,
        runs: Sequence[Run],
        measure: float,
        size: float = 0,
        *,
        x: float = 0,
        bold: bool = False,
        colour: Colour | None = None,
        leading: float = 0,
    ) -> Forme:
        """`runs` (no fields among them but checkboxes) as one strip a line, starting `x` to the right."""
        size, style = size or self.style.body, self.style
        spans = tuple(map(self.span, runs))
        spans = tuple(replace(span, strong=True) for span in spans) if bold else spans
        require_glyphs(spans, self.place)
        shown, box = colour or style.ink, self.box_size(size)

        def finish(line: Line) -> Strip:
            strip = Strip(line.height, self.marks(line, measure, x, shown))
            return self.finished(strip) if self.then else strip

        look = LineLook(measure, size, leading or style.leading, "start", box, self.language)
        setter = LineSetter(spans, look, self.place, finish, one_stop=True)
        if not setter.blanks:
            return fixed(setter.pattern((), {}, Values()).lines)

        def strips(chosen: Chosen) -> Strips:
            return chosen[setter].lines

        return Forme(strips, None, (setter,))

    def box_size(self, size: float) -> BoxSize:
        """How large checkboxes are and stand in type of `size`."""
        style = self.style
        return BoxSize(style.checkbox, style.checkbox_gap, style.between_choices if size >= style.body else 12)

    def marks(self, line: Line, measure: float, x: float, colour: Colour) -> tuple[Mark, ...]:
        """The marks of `line`, set to `measure`, that starts `x` to the right."""
        rtl, part, role, baseline = self.rtl, self.part, self.role, line.baseline
        found: list[Mark] = []
        for left, text, face, size, href, width, field, pieces, spaced in line.segments:
            at = x + (measure - left - width if rtl else left)
            if field:
                found.append(self.checkbox(field, at, baseline, size))
            else:
                found.append(Glyphs(at, baseline, text, face, size, href, colour, width, pieces, part, role, spaced))
        return tuple(found)

    def checkbox(self, field: Field, x: float, baseline: float, size: float) -> FieldBox:
        """The square of `field`, centred on the capitals of the line with this baseline."""
        side = self.style.checkbox
        top = max(0.0, baseline - _CAPITAL / 2 * size - side / 2)
        ticked = bool(field.value)
        return FieldBox(field.name, field.kind, field.label, x, top, side, side, part=self.part, ticked=ticked)

    def label(self, field: Field, measure: float) -> Strips:
        """The label of `field` in small type, as lines."""
        style, labelled = self.style, replace(self, role="label")
        found = set_lines(
            [Span(field.label)], measure, style.label, leading=1.25, place=self.place, language=self.language
        )
        return [Strip(line.height, labelled.marks(line, measure, 0, style.soft)) for line in found]

    def value(self, field: Field, measure: float) -> Strips:
        """What a person wrote in `field`, as lines: initials in the middle, words that run the other way from the other side.

        Raises RefusedAppointment for a character that no face has.
        """
        style, written = self.style, replace(self, role="value")
        turned = direction_in(field.value, direction_of(self.language)) != direction_of(self.language)
        found = set_lines(
            [Span(field.value, blank=field.name)],
            measure,
            style.table,
            leading=style.leading,
            align="centre" if field.kind == "initials" else "end" if turned else "start",
            place=self.place,
            language=self.language,
        )
        return [Strip(line.height, written.marks(line, measure, 0, style.ink)) for line in found]


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
