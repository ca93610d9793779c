"""What stands on every page outside the text: printed strings → strips of header and footer, as high as needed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from handouts.content.cldr import direction_of
from handouts.memory import remembered
from handouts.typeset.code import FROM_EDGE, SIDE, Code
from handouts.typeset.marks import Glyphs, Mark, Picture, Rule, Strip, moved
from handouts.typeset.pictures import pixel_size
from handouts.typeset.style import LETTER, Colour, Style
from handouts.typeset.text import Align, BoxSize, Line, LineLook, LineSetter, Span, require_glyphs
from handouts.typeset.values import Values

_GAP = 24.0  # between texts that share a line, in points
_TO_RULE = 4.0
_TO_TEXT = 11.0
_WIDEST_NUMBER = 888
_DIGITS = tuple((own, all_) for all_ in (1, 2, 3) for own in range(1, all_ + 1))  # of a page, and of how many there are
_CODE_TYPE = 6.0  # the size of what the code says, below it
_CODE_LANGUAGE = "en"
_QUIET = 3.0  # between the code and the rule above it
_TO_BOTTOM = FROM_EDGE - LETTER.bottom  # from the code down to the end of the footer; all papers have these margins
_TO_SIDE = FROM_EDGE - LETTER.right
_BESIDE_CODE = _TO_SIDE + SIDE + 28  # what the code, and what it says below, take of a footer's width
_OF_THE_CLINIC = frozenset({"clinic_name", "title", "help_line"})
_NOBODYS = frozenset({*_OF_THE_CLINIC, "page_line", "code_page", "made_line"})
_FILLED = frozenset({"for_line", "identity_line", "document_line", "made_line", "code_packet"})
OWN = 1
"""The part of header and footer that is one packet's own; the other is the same on this page for everybody."""


@dataclass(frozen=True, slots=True)
class Logo:
    """The clinic's picture at the head of every page: its bytes (PNG or JPEG) and the words that stand for it."""

    content: bytes
    description: str


@dataclass(frozen=True, slots=True)
class Furniture:
    """The strings printed on every page of a document, and its language as a BCP 47 tag.

    `made_line` says when the packet was made, `page_line` holds "{page}" and "{pages}". Values in a string are isolated
    (`bidi.isolated`). Strings may be of any length: long ones take more lines, and leave less room for the text.
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
    code: Code | None = None
    made_line: str = ""

    @property
    def of_nobody(self) -> tuple[str, ...]:
        """The strings that no patient changes."""
        code = self.code.page(1, 1) if self.code else ""
        return self.clinic_name, self.title, self.help_line, self.page_line, self.language, code


@dataclass(frozen=True, slots=True)
class FurnitureSize:
    """The heights of header and footer in points, with the space that parts them from the text."""

    header: float
    footer: float


class SetFurniture:
    """The furniture of a document, set once for all its pages in a measure and a style: header, footers, and their size."""

    def __init__(self, furniture: Furniture, measure: float, style: Style, known: Values) -> None:
        self.furniture = furniture
        self._measure, self._style, self._known = measure, style, known
        self._rtl = direction_of(furniture.language) == "rtl"
        self._column = measure - _BESIDE_CODE if furniture.code else measure
        self._indent = _BESIDE_CODE if furniture.code and self._rtl else 0.0
        self._code_x = _TO_SIDE if self._rtl else measure - _TO_SIDE - SIDE
        self._footers: dict[object, _Footer] = {}
        self._person = self._entry("identity_line", style.small, style.ink)
        self._help = self._entry("help_line", style.small, style.heading, strong=True)
        self._document = self._entry("document_line", style.smallest, style.soft)
        self._made = self._entry("made_line", style.smallest, style.soft)
        self.header = self._header()
        widest = self.footer(_WIDEST_NUMBER, _WIDEST_NUMBER)
        self.size = FurnitureSize(self.header.height + _TO_TEXT, widest.height + _TO_TEXT)

    def _header(self) -> Strip:
        """The logo, beside it clinic, whom it is for and title, in one line if they fit; a thin rule below."""
        furniture, measure, style = self.furniture, self._measure, self._style
        logo = _logo(furniture.logo, style) if furniture.logo else None
        beside = logo.width + _TO_TEXT if logo else 0.0
        clinic = self._entry("clinic_name", style.small, style.heading, strong=True)
        person = self._entry("for_line", style.small, style.ink)
        title = self._entry("title", style.small, style.soft)
        widths = [entry.width for entry in (clinic, person, title)]
        room = measure - beside
        if widths[1] + 2 * max(widths[0], widths[2]) + 2 * _GAP <= room:
            rows: _Rows = [[(clinic, "start"), (person, "centre"), (title, "end")]]
        elif widths[0] + widths[2] + _GAP <= room:
            rows = [[(clinic, "start"), (title, "end")], [(person, "start")]]
        else:
            rows = [[(clinic, "start")], [(title, "start")], [(person, "start")]]
        height, placed = _placed(rows, 0, room)
        marks = _marks(placed)
        if logo:
            down = max(logo.height - height, 0) / 2
            picture = logo._replace(x=room + _TO_TEXT if self._rtl else 0)
            marks = [picture, *(moved(mark, 0 if self._rtl else beside, down) for mark in marks)]
            height = max(height, logo.height)
        height += _TO_RULE
        return Strip(height, (*marks, Rule(0, height, measure, height, 0.6, style.hairline)))

    @property
    def order(self) -> tuple[float, ...]:
        """All that decides on which line a page's number stands in, whatever the number is.

        It is the line for numbers of one, two and three digits, narrow and wide; where that does not tell, the width it follows from.
        """
        widest = self._order(self._counted(_WIDEST_NUMBER, _WIDEST_NUMBER))
        if self._order(self._counted(1, 1)) == widest:
            return (widest,)
        narrow, wide = (
            tuple([self._order(self._counted(int(digit * own), int(digit * all_))) for own, all_ in _DIGITS])
            for digit in "18"
        )
        return narrow if narrow == wide else (self._person.width, self._help.width)

    def _counted(self, page: int, pages: int) -> _Entry:
        line = self.furniture.page_line.replace("{pages}", str(pages)).replace("{page}", str(page))
        return self._entry("page_line", self._style.small, self._style.ink, strong=True, text=line)

    def _order(self, counted: _Entry) -> int:
        """Which line the page's number stands in: the first, the second, or one of its own."""
        others = self._person, self._help
        fitting = (row for row, other in enumerate(others) if other.width + counted.width + _GAP <= self._column)
        return next(fitting, len(others))

    def footer(self, page: int, pages: int) -> Strip:
        """The footer of page `page` of `pages`: a thin rule, whose document and page it is, the help line, which document it is."""
        counted = self._counted(page, pages)
        order = self._order(counted)
        lines = counted.lines(self._column, "start" if order == 2 else "end")
        key = order, *[(line.baseline, line.height) for line, _ in lines]
        height, before, tops, after = self._footers.get(key) or self._footer(key, order, counted)
        indent = self._indent
        marks = [
            Glyphs(mark[0] + indent, top, *mark[2:])
            for top, (_, shown) in zip(tops, lines, strict=True)
            for mark in shown
        ]
        code = self.furniture.code
        if code:
            marks += self._below_code("code_page", code.page(page, pages), height, 1)
        return Strip(height, (*before, *marks, *after))

    def code_corner(self, footer: Strip) -> tuple[float, float]:
        """Where the lower left corner of the code stands, in points from the top left of `footer`."""
        return self._code_x, footer.height - _TO_BOTTOM

    def _below_code(self, name: str, text: str, height: float, line: int) -> list[Glyphs]:
        """A line of what the code says, in the middle below it, in a footer of this height."""
        entry = self._entry(name, _CODE_TYPE, self._style.soft, text=text)
        x, y = self._code_x + (SIDE - entry.width) / 2, height - _TO_BOTTOM + _TO_RULE + (line + 1) * 1.2 * _CODE_TYPE
        return [Glyphs(mark[0] + x, y, *mark[2:]) for _, shown in entry.lines(math.inf, "start") for mark in shown]

    def _footer(self, key: object, order: int, counted: _Entry) -> _Footer:
        """A footer without the marks of `counted`, which pages of any number share if their lines are as high."""
        style = self._style
        person, help_, document, made = self._person, self._help, self._document, self._made
        last: _Rows = [[(document, "start")]]
        if self.furniture.made_line:
            fits = document.width + made.width + _GAP <= self._column
            last = [[(document, "start"), (made, "end")]] if fits else [[(document, "start")], [(made, "start")]]
        orders: tuple[_Rows, ...] = (
            [[(person, "start"), (counted, "end")], [(help_, "start")], *last],
            [[(person, "start")], [(help_, "start"), (counted, "end")], *last],
            [[(person, "start")], [(help_, "start")], *last, [(counted, "start")]],
        )
        height, placed = _placed(orders[order], _TO_RULE, self._column)
        at = next(number for number, each in enumerate(placed) if each[0] is counted)
        marks: list[Mark] = [Rule(0, 0, self._measure, 0, 0.6, style.hairline)]
        if self.furniture.code:
            height = max(height, _TO_RULE + _QUIET + SIDE + _TO_BOTTOM)
            marks += self._below_code("code_packet", self.furniture.code.packet, height, 0)
        before = (*marks, *_marks(placed[:at], self._indent))
        after = tuple(_marks(placed[at + 1 :], self._indent))
        found = self._footers[key] = height, before, placed[at][2], after
        return found

    def _entry(self, name: str, size: float, colour: Colour, *, strong: bool = False, text: str = "") -> _Entry:
        text = text or str(getattr(self.furniture, name))
        language = _CODE_LANGUAGE if name.startswith("code_") else self.furniture.language
        if name in _NOBODYS:
            return _remembered_entry(text, name, language, size, colour, strong)
        key = text, name, language, size, colour, strong
        if key not in self._known.kept:
            self._known.kept[key] = _Entry(*key, self._known)
        return self._known.kept[key]


def set_furniture(furniture: Furniture, measure: float, style: Style, known: Values | None = None) -> SetFurniture:
    """`furniture` set in `measure` points; `known` is what one packet's documents share.

    Raises as `set_lines` for a character without a glyph, ValueError for a logo that is neither PNG nor JPEG.
    """
    return SetFurniture(furniture, measure, style, known or Values())


def furniture_size(furniture: Furniture, measure: float, style: Style) -> FurnitureSize:
    """How much height every page gives to `furniture`; raises as `set_furniture`."""
    return set_furniture(furniture, measure, style).size


def _logo(logo: Logo, style: Style) -> Picture:
    """The logo as tall as its room, or as wide."""
    across, down = pixel_size(logo.content)
    scale = min(style.logo_height / down, style.logo_width / across)
    return Picture(0, 0, across * scale, down * scale, logo.content, logo.description)


class _Entry:
    """One string of the furniture, set once as one line, and anew only where that is too wide."""

    def __init__(
        self, text: str, name: str, language: str, size: float, colour: Colour, strong: bool, known: Values
    ) -> None:
        clinics = name in _OF_THE_CLINIC
        self._values, self._known = [] if clinics else [known.of(text)], known
        self._look = text if clinics else "", name, language, size, colour, strong
        self._made: dict[tuple[float, Align], _Lines] = {}
        self._from_left = direction_of(language) == "ltr"
        self.width = math.inf
        self.width = max([line.width for line, _ in self.lines(math.inf, "start")], default=0)

    def lines(self, measure: float, align: Align) -> _Lines:
        """Its lines in `measure`, each with its marks on a baseline at the strip's top."""
        if align == "start" and self._from_left and self.width <= measure:
            measure = math.inf  # it stands where it would in a line without end
        key = measure, align
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = _setter(*self._look, measure, align).lines(self._values, self._known)
        return found


@remembered(1024)
def _setter(
    text: str, name: str, language: str, size: float, colour: Colour, strong: bool, measure: float, align: Align
) -> LineSetter[tuple[Line, tuple[Glyphs, ...]]]:
    """The setter of one string of the furniture, a `text` of the clinic or a blank."""
    blank = "" if name in _OF_THE_CLINIC else name
    own = OWN if name in _FILLED else 0
    place = "header and footer" if blank else f"header and footer ({name})"

    def finish(line: Line) -> tuple[Line, tuple[Glyphs, ...]]:
        return line, tuple(
            [Glyphs(s.x, 0, s.text, s.face, s.size, None, colour, s.width, s.pieces, own) for s in line.segments]
        )

    span = Span(text, strong, blank=blank, woven=True)
    require_glyphs([span], place)
    return LineSetter((span,), LineLook(measure, size, 1.3, align, BoxSize(), language), place, finish)


@remembered(1024)
def _remembered_entry(text: str, name: str, language: str, size: float, colour: Colour, strong: bool) -> _Entry:
    return _Entry(text, name, language, size, colour, strong, Values())


_Lines = Sequence[tuple[Line, tuple[Glyphs, ...]]]
_Rows = Sequence[Sequence[tuple[_Entry, Align]]]


_Placed = tuple[_Entry, _Lines, tuple[float, ...]]
"""An entry with its lines, and where the baseline of each of them stands."""
_Footer = tuple[float, tuple[Mark, ...], tuple[float, ...], tuple[Mark, ...]]
"""The height of a footer, its marks before the page's number, where the baselines of that stand, the marks after it."""


def _placed(rows: _Rows, top: float, measure: float) -> tuple[float, list[_Placed]]:
    """`rows` below one another from `top`; the entries of a row share its first baseline. The height reached, and what stands where."""
    found: list[_Placed] = []
    for row in rows:
        height = 0.0
        entries = [(entry, entry.lines(measure, align)) for entry, align in row]
        lowest = max([lines[0][0].baseline for _, lines in entries if lines], default=0)
        for entry, lines in entries:
            y = lowest - lines[0][0].baseline if lines else 0.0
            baselines: list[float] = []
            for line, _ in lines:
                baselines.append(top + y + line.baseline)
                y += line.height
            found.append((entry, lines, tuple(baselines)))
            height = max(height, y)
        top += height
    return top, found


def _marks(placed: Sequence[_Placed], indent: float = 0) -> list[Mark]:
    return [
        Glyphs(mark[0] + indent, baseline, *mark[2:])
        for _, lines, baselines in placed
        for baseline, (_, shown) in zip(baselines, lines, strict=True)
        for mark in shown
    ]
