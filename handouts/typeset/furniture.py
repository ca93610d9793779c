"""What stands on every page outside the text: printed strings → strips of header and footer, as high as needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from handouts.content.cldr import direction_of
from handouts.typeset.marks import Glyphs, Mark, Picture, Rule, Strip, moved
from handouts.typeset.pictures import pixel_size
from handouts.typeset.style import Colour, Style
from handouts.typeset.text import Align, Line, Span, set_lines

_GAP = 24.0  # between texts that share a line, in points
_TO_RULE = 4.0
_TO_TEXT = 11.0
_WIDEST_NUMBER = 888
_OF_THE_CLINIC = frozenset({"clinic_name", "title", "help_line"})


@dataclass(frozen=True, slots=True)
class Logo:
    """The clinic's picture at the head of every page: its bytes (PNG or JPEG) and the words that stand for it."""

    content: bytes
    description: str


@dataclass(frozen=True, slots=True)
class Furniture:
    """The strings printed on every page of a document, and its language as a BCP 47 tag.

    `page_line` holds "{page}" and "{pages}". Values in a string are isolated (`bidi.isolated`). Strings may be of any length:
    long ones take more lines, and leave less room for the text.
    """

    clinic_name: str
    title: str
    for_line: str
    identity_line: str
    page_line: str
    document_line: str
    help_line: str
    language: str
    logo: Logo | None = None


@dataclass(frozen=True, slots=True)
class FurnitureSize:
    """The heights of header and footer in points, with the space that parts them from the text."""

    header: float
    footer: float


def furniture_size(furniture: Furniture, measure: float, style: Style) -> FurnitureSize:
    """How much height every page gives to `furniture`; raises as `set_lines` for a character without a glyph."""
    footer = footer_strip(furniture, _WIDEST_NUMBER, _WIDEST_NUMBER, measure, style)
    return FurnitureSize(header_strip(furniture, measure, style).height + _TO_TEXT, footer.height + _TO_TEXT)


def header_strip(furniture: Furniture, measure: float, style: Style) -> Strip:
    """The header: the logo, beside it clinic, whom it is for and title, in one line if they fit; a thin rule below.

    Raises ValueError for a logo that is neither PNG nor JPEG.
    """
    language = furniture.language
    logo = _logo(furniture.logo, style) if furniture.logo else None
    beside = logo.width + _TO_TEXT if logo else 0.0
    clinic = _Entry(furniture.clinic_name, "clinic_name", language, style.small, style.heading, strong=True)
    person = _Entry(furniture.for_line, "for_line", language, style.small, style.ink)
    title = _Entry(furniture.title, "title", language, style.small, style.soft)
    widths = [entry.width for entry in (clinic, person, title)]
    room = measure - beside
    if widths[1] + 2 * max(widths[0], widths[2]) + 2 * _GAP <= room:
        rows: _Rows = [[(clinic, "start"), (person, "centre"), (title, "end")]]
    elif widths[0] + widths[2] + _GAP <= room:
        rows = [[(clinic, "start"), (title, "end")], [(person, "start")]]
    else:
        rows = [[(clinic, "start")], [(title, "start")], [(person, "start")]]
    height, marks = _set(rows, 0, room)
    if logo:
        down = max(logo.height - height, 0) / 2
        rtl = direction_of(language) == "rtl"
        marks = [replace(logo, x=room + _TO_TEXT if rtl else 0), *(moved(m, 0 if rtl else beside, down) for m in marks)]
        height = max(height, logo.height)
    height += _TO_RULE
    return Strip(height, (*marks, Rule(0, height, measure, height, 0.6, style.hairline)))


def footer_strip(furniture: Furniture, page: int, pages: int, measure: float, style: Style) -> Strip:
    """The footer of page `page` of `pages`: a thin rule, whose document and page it is, the help line, which document it is."""
    line = furniture.page_line.replace("{pages}", str(pages)).replace("{page}", str(page))
    language = furniture.language
    person = _Entry(furniture.identity_line, "identity_line", language, style.small, style.ink)
    help_ = _Entry(furniture.help_line, "help_line", language, style.small, style.heading, strong=True)
    counted = _Entry(line, "page_line", language, style.small, style.ink, strong=True)
    document = _Entry(furniture.document_line, "document_line", language, style.smallest, style.soft)
    if person.width + counted.width + _GAP <= measure:
        rows: _Rows = [[(person, "start"), (counted, "end")], [(help_, "start")], [(document, "start")]]
    elif help_.width + counted.width + _GAP <= measure:
        rows = [[(person, "start")], [(help_, "start"), (counted, "end")], [(document, "start")]]
    else:
        rows = [[(person, "start")], [(help_, "start")], [(document, "start")], [(counted, "start")]]
    height, marks = _set(rows, _TO_RULE, measure)
    return Strip(height, (Rule(0, 0, measure, 0, 0.6, style.hairline), *marks))


def _logo(logo: Logo, style: Style) -> Picture:
    """The logo as tall as its room, or as wide."""
    across, down = pixel_size(logo.content)
    scale = min(style.logo_height / down, style.logo_width / across)
    return Picture(0, 0, across * scale, down * scale, logo.content, logo.description)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One string of the furniture and how it is set."""

    text: str
    name: str
    language: str
    size: float
    colour: Colour
    strong: bool = False

    @property
    def width(self) -> float:
        return max((line.width for line in self.lines(float("inf"), "start")), default=0)

    def lines(self, measure: float, align: Align) -> tuple[Line, ...]:
        blank = "" if self.name in _OF_THE_CLINIC else self.name
        span = Span(self.text, self.strong, blank=blank, woven=True)
        place = "header and footer" if blank else f"header and footer ({self.name})"
        return set_lines([span], measure, self.size, align=align, place=place, language=self.language)


_Rows = Sequence[Sequence[tuple[_Entry, Align]]]


def _set(rows: _Rows, top: float, measure: float) -> tuple[float, list[Mark]]:
    """`rows` below one another from `top`; the entries of a row share its first baseline. The height reached, and the marks."""
    marks: list[Mark] = []
    for row in rows:
        height = 0.0
        entries = [(entry, entry.lines(measure, align)) for entry, align in row]
        lowest = max((lines[0].baseline for _, lines in entries if lines), default=0)
        for entry, lines in entries:
            y = lowest - lines[0].baseline if lines else 0.0
            for line in lines:
                marks.extend(
                    Glyphs(s.x, top + y + line.baseline, s.text, s.face, s.size, None, entry.colour, s.width, s.glyphs)
                    for s in line.segments
                )
                y += line.height
            height = max(height, y)
        top += height
    return top, marks
