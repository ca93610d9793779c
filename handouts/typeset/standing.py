"""Furniture → strips of header and footer, as high as needed, which all packets share whose own lines break and stand alike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from handouts.content.cldr import direction_of
from handouts.memory import remembered
from handouts.typeset.code import FROM_EDGE, SIDE, Code
from handouts.typeset.filling import Filling
from handouts.typeset.furniture import Furniture, FurnitureSize, Logo, parts_of
from handouts.typeset.holes import Given, length
from handouts.typeset.marks import Glyphs, Mark, Picture, Rule, Strip, moved
from handouts.typeset.pictures import pixel_size
from handouts.typeset.plan import Pattern, TooWide
from handouts.typeset.same import Same
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
OWN = 1
"""The part of header and footer that is one packet's own; the other is the same on this page for everybody."""
_PACKET = "{packet_code}"
_MOST = 64

_SetLine = tuple[Line, tuple[Glyphs, ...]]
"""A line and its marks, on a baseline at the strip's top."""


class SetFurniture:
    """The furniture of a document, set for all its pages: how it stands, and what is in its holes."""

    __slots__ = ("furniture", "given", "standing")

    def __init__(self, furniture: Furniture, standing: Standing, given: Given) -> None:
        self.furniture = furniture
        self.standing = standing
        self.given = given

    @property
    def size(self) -> FurnitureSize:
        """How much height every page gives to it."""
        return self.standing.size

    @property
    def header(self) -> Strip:
        """The header of every page."""
        return self.standing.header.filled(self.given)

    def footer(self, page: int, pages: int) -> Strip:
        """The footer of page `page` of `pages`."""
        return self.standing.footer(page, pages).filled(self.given)


def set_furniture(furniture: Furniture, measure: float, style: Style, known: Values | None = None) -> SetFurniture:
    """`furniture` set in `measure` points; `known` is what one packet's documents share.

    Raises TemplateError (words) or RefusedAppointment (a packet's own) for a character without a glyph, ValueError for a logo that is
    neither PNG nor JPEG.
    """
    code = furniture.code
    own = furniture.for_line, furniture.identity_line, furniture.document_line, furniture.made_line
    logo = Same(furniture.logo) if furniture.logo else None
    still = _still(furniture.of_nobody[:5], own, logo, bool(code), measure, Same(style))
    values = {**furniture.values, "packet_code": code.packet} if code else furniture.values
    filling = Filling(values, known or Values())
    try:
        return SetFurniture(furniture, still.standing(filling, code), filling.given)
    except TooWide:
        letters = filling.by_letters()
        return SetFurniture(furniture, still.standing(letters, code), letters.given)


def furniture_size(furniture: Furniture, measure: float, style: Style) -> FurnitureSize:
    """How much height every page gives to `furniture`; raises as `set_furniture`."""
    return set_furniture(furniture, measure, style).size


class _Entry:
    """One line of the furniture with the values of a packet."""

    __slots__ = ("_still", "_values", "known", "pattern", "width")

    def __init__(self, still: _StillLine, filling: Filling) -> None:
        self._still = still
        self._values = [filling.value(name) for name in still.blanks]
        self.known = filling.known
        self.pattern = still.setter(math.inf, "start").pattern(self._values, self.known)
        self.width = max([length(line.width, filling.given) for line, _ in self.pattern.lines], default=0.0)

    def lines(self, measure: float, align: Align) -> Pattern[_SetLine]:
        """Its lines in `measure`, each with its marks on a baseline at the strip's top."""
        if align == "start" and self._still.from_left and self.width <= measure:
            return self.pattern  # it stands where it would in a line without end
        return self._still.setter(measure, align).pattern(self._values, self.known)


class _StillLine:
    """One line of the furniture without the values of a packet: words, look, the names of its blanks."""

    def __init__(
        self, text: str, size: float, colour: Colour, language: str, name: str, *, strong: bool = False, own: int = 0
    ) -> None:
        parts = parts_of(text) if own else [(text, False)]
        self._spans = tuple(Span("" if blank else part, strong, blank=part if blank else "") for part, blank in parts)
        self._place = f"header and footer ({name})"
        require_glyphs(self._spans, self._place)
        self._size, self._colour, self._language, self._own = size, colour, language, own
        self._setters: dict[tuple[float, Align], LineSetter[_SetLine]] = {}
        self.blanks = tuple(part for part, blank in parts if blank)
        self.from_left = direction_of(language) == "ltr"

    def setter(self, measure: float, align: Align) -> LineSetter[_SetLine]:
        """What sets it in `measure`."""
        found = self._setters.get((measure, align))
        if found is None:
            look = LineLook(measure, self._size, 1.3, align, BoxSize(), self._language)
            found = self._setters[measure, align] = LineSetter(self._spans, look, self._place, self._finished)
        return found

    def _finished(self, line: Line) -> _SetLine:
        colour, own = self._colour, self._own
        return line, tuple(
            [Glyphs(s.x, 0, s.text, s.face, s.size, None, colour, s.width, s.pieces, own) for s in line.segments]
        )

    def alone(self) -> _Entry:
        """It as it is for everybody."""
        return _Entry(self, Filling({}, Values()))


class _Still:
    """The furniture of a document without what is one packet's own; what stands alike in many packets is made once."""

    def __init__(
        self,
        words: tuple[str, ...],
        own: tuple[str, ...],
        logo: Logo | None,
        measure: float,
        style: Style,
        *,
        coded: bool,
    ) -> None:
        clinic_name, title, help_line, page_line, self.language = words
        for_line, identity_line, document_line, made_line = own
        self.measure, self.style, self.coded = measure, style, coded
        self.rtl = direction_of(self.language) == "rtl"
        self.column = measure - _BESIDE_CODE if coded else measure
        self.indent = _BESIDE_CODE if coded and self.rtl else 0.0
        self.code_x = _TO_SIDE if self.rtl else measure - _TO_SIDE - SIDE
        self.logo = _logo(logo, style) if logo else None
        self.beside = self.logo.width + _TO_TEXT if self.logo else 0.0
        self.clinic = self._line(clinic_name, "clinic_name", style.small, style.heading, strong=True).alone()
        self.title = self._line(title, "title", style.small, style.soft).alone()
        self.help = self._line(help_line, "help_line", style.small, style.heading, strong=True).alone()
        self._page_line = page_line
        self._own = tuple(
            self._line(text, name, size, colour, own=OWN)
            for text, name, size, colour in (
                (for_line, "for_line", style.small, style.ink),
                (identity_line, "identity_line", style.small, style.ink),
                (document_line, "document_line", style.smallest, style.soft),
                (made_line, "made_line", style.smallest, style.soft),
            )
        )
        packet = _StillLine(_PACKET if coded else "", _CODE_TYPE, style.soft, _CODE_LANGUAGE, "code", own=OWN)
        self._packet = packet
        self._counted: dict[str, _Entry] = {}
        self._standings: dict[object, Standing] = {}

    def _line(
        self, text: str, name: str, size: float, colour: Colour, *, strong: bool = False, own: int = 0
    ) -> _StillLine:
        return _StillLine(text, size, colour, self.language, name, strong=strong, own=own)

    def counted(self, page: int, pages: int) -> _Entry:
        """The line that says which page it is."""
        text = self._page_line.replace("{pages}", str(pages)).replace("{page}", str(page))
        if text not in self._counted:
            line = self._line(text, "page_line", self.style.small, self.style.ink, strong=True)
            self._counted[text] = line.alone()
        return self._counted[text]

    def standing(self, filling: Filling, code: Code | None) -> Standing:
        """How it stands with what is one packet's own. Raises TooWide as `Plan.pattern`."""
        person, identity, document, made, packet = [_Entry(line, filling) for line in (*self._own, self._packet)]
        head, order = self._head_rows(person), self._order(identity)
        fits = document.width + made.width + _GAP <= self.column
        own = _Lines(
            person.lines(self.measure - self.beside, "start" if head else "centre"),
            identity.lines(self.column, "start"),
            document.lines(self.column, "start"),
            made.lines(self.column, "end" if fits else "start"),
            packet.pattern,
        )
        key = own, head, order, fits, code.page(1, 1) if code else ""
        tells = any(pattern.tells for pattern in own)
        kept: dict[Any, Standing] = filling.known.kept if tells else self._standings
        where = (self, key) if tells else key
        found = kept.get(where)
        if found is None:
            if not tells and len(kept) >= _MOST:
                kept.clear()
            found = kept[where] = Standing(self, own, order, code, head=head, fits=fits)
        return found

    def below_code(self, text: str) -> Pattern[_SetLine]:
        """What the code says of a page."""
        line = _StillLine(text, _CODE_TYPE, self.style.soft, _CODE_LANGUAGE, "code")
        return line.alone().pattern

    def _head_rows(self, person: _Entry) -> int:
        """In how many lines more than one clinic, whom it is for and title stand beside the logo."""
        widths = [entry.width for entry in (self.clinic, person, self.title)]
        room = self.measure - self.beside
        if widths[1] + 2 * max(widths[0], widths[2]) + 2 * _GAP <= room:
            return 0
        return 1 if widths[0] + widths[2] + _GAP <= room else 2

    def _order(self, identity: _Entry) -> tuple[float, ...]:
        """All that decides on which line a page's number stands in, whatever the number is.

        It is the line for numbers of one, two and three digits, narrow and wide; where that does not tell, the width it follows from.
        """
        widest = self.line_of(self.counted(_WIDEST_NUMBER, _WIDEST_NUMBER), identity.width)
        if self.line_of(self.counted(1, 1), identity.width) == widest:
            return (widest,)
        narrow, wide = (
            tuple(
                [
                    self.line_of(self.counted(int(digit * own), int(digit * all_)), identity.width)
                    for own, all_ in _DIGITS
                ]
            )
            for digit in "18"
        )
        return narrow if narrow == wide else (identity.width, self.help.width)

    def line_of(self, counted: _Entry, identity: float) -> int:
        """Which line the page's number stands in beside an identity line so wide: the first, the second, or one of its own."""
        widths = identity, self.help.width
        fitting = (row for row, width in enumerate(widths) if width + counted.width + _GAP <= self.column)
        return next(fitting, len(widths))


@remembered(128)
def _still(
    words: tuple[str, ...],
    own: tuple[str, ...],
    logo: Same[Logo] | None,
    coded: bool,
    measure: float,
    style: Same[Style],
) -> _Still:
    return _Still(words, own, logo.held if logo else None, measure, style.held, coded=coded)


class _Lines(NamedTuple):
    """The lines that are one packet's own, as its values break them."""

    person: Pattern[_SetLine]
    identity: Pattern[_SetLine]
    document: Pattern[_SetLine]
    made: Pattern[_SetLine]
    packet: Pattern[_SetLine]


class Standing:
    """Header and footers in which everything has its place, with holes for what is one packet's own.

    Whoever makes something of them can keep that in `kept`, by a key of their own.
    """

    def __init__(
        self, still: _Still, own: _Lines, order: tuple[float, ...], code: Code | None, *, head: int, fits: bool
    ) -> None:
        self.kept: dict[object, Any] = {}
        self.order = order
        self._still, self._own, self._code, self._fits = still, own, code, fits
        self._footers: dict[tuple[int, int], Strip] = {}
        self.header = self._header(head)
        widest = self.footer(_WIDEST_NUMBER, _WIDEST_NUMBER)
        self.size = FurnitureSize(self.header.height + _TO_TEXT, widest.height + _TO_TEXT)

    def _header(self, head: int) -> Strip:
        """The logo, beside it clinic, whom it is for and title, in one line if they fit; a thin rule below."""
        still, measure, logo = self._still, self._still.measure, self._still.logo
        room, person = measure - still.beside, self._own.person
        clinic = still.clinic.lines(room, "start")
        title = still.title.lines(room, "start" if head == 2 else "end")
        rows = ([[clinic, person, title]], [[clinic, title], [person]], [[clinic], [title], [person]])[head]
        height, marks = _placed(rows, 0)
        if logo:
            down = max(logo.height - height, 0) / 2
            picture = logo._replace(x=room + _TO_TEXT if still.rtl else 0)
            marks = [picture, *(moved(mark, 0 if still.rtl else still.beside, down) for mark in marks)]
            height = max(height, logo.height)
        height += _TO_RULE
        return Strip(height, (*marks, Rule(0, height, measure, height, 0.6, still.style.hairline)))

    def footer(self, page: int, pages: int) -> Strip:
        """The footer of page `page` of `pages`: a thin rule, whose document and page it is, the help line, which document it is."""
        found = self._footers.get((page, pages))
        if found is None:
            found = self._footers[page, pages] = self._footer(page, pages)
        return found

    def _footer(self, page: int, pages: int) -> Strip:
        still, own = self._still, self._own
        order = self._line_of(page, pages)
        counted = still.counted(page, pages).lines(still.column, "start" if order == 2 else "end")
        help_ = still.help.lines(still.column, "start")
        last = [[own.document, own.made]] if self._fits else [[own.document], [own.made]]
        rows = (
            [[own.identity, counted], [help_], *last],
            [[own.identity], [help_, counted], *last],
            [[own.identity], [help_], *last, [counted]],
        )[order]
        height, placed = _placed(rows, _TO_RULE)
        marks: list[Mark] = [Rule(0, 0, still.measure, 0, 0.6, still.style.hairline)]
        marks += [moved(mark, still.indent, 0) for mark in placed] if still.indent else placed
        if self._code:
            height = max(height, _TO_RULE + _QUIET + SIDE + _TO_BOTTOM)
            said = still.below_code(self._code.page(page, pages))
            marks += [*self._below_code(own.packet, height, 0), *self._below_code(said, height, 1)]
        return Strip(height, tuple(marks))

    def _line_of(self, page: int, pages: int) -> int:
        """Which line the page's number stands in, as `order` tells."""
        if len(self.order) == 1:
            return int(self.order[0])
        if len(self.order) == len(_DIGITS):
            return int(self.order[_DIGITS.index((len(str(page)), len(str(pages))))])
        return self._still.line_of(self._still.counted(page, pages), self.order[0])

    def code_corner(self, footer: Strip) -> tuple[float, float]:
        """Where the lower left corner of the code stands, in points from the top left of `footer`."""
        return self._still.code_x, footer.height - _TO_BOTTOM

    def _below_code(self, lines: Pattern[_SetLine], height: float, row: int) -> list[Mark]:
        """A line of what the code says, in the middle below it, in a footer of this height."""
        y = height - _TO_BOTTOM + _TO_RULE + (row + 1) * 1.2 * _CODE_TYPE
        return [
            Glyphs(mark[0] + (SIDE - line.width) / 2 + self._still.code_x, y, *mark[2:])
            for line, shown in lines.lines
            for mark in shown
        ]


def _logo(logo: Logo, style: Style) -> Picture:
    """The logo as tall as its room, or as wide."""
    across, down = pixel_size(logo.content)
    scale = min(style.logo_height / down, style.logo_width / across)
    return Picture(0, 0, across * scale, down * scale, logo.content, logo.description)


def _placed(rows: Sequence[Sequence[Pattern[_SetLine]]], top: float) -> tuple[float, list[Mark]]:
    """`rows` below one another from `top`; what shares a row shares its first baseline. The height reached, and the marks."""
    found: list[Mark] = []
    for row in rows:
        height = 0.0
        lowest = max([each.lines[0][0].baseline for each in row if each.lines], default=0)
        for each in row:
            y = lowest - each.lines[0][0].baseline if each.lines else 0.0
            for line, marks in each.lines:
                found += [Glyphs(mark[0], top + y + line.baseline, *mark[2:]) for mark in marks]
                y += line.height
            height = max(height, y)
        top += height
    return top, found
