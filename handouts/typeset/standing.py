"""Furniture → header and footers, as high as needed: what is the same for everybody as strips, and where a packet's own lines stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from handouts.content.cldr import direction_of
from handouts.memory import remembered
from handouts.typeset.code import FROM_EDGE, SIDE, Code
from handouts.typeset.filling import Filling
from handouts.typeset.furniture import Furniture, FurnitureSize, Logo
from handouts.typeset.furniture_lines import Entry, SetLine, StillLine, alone, still_line
from handouts.typeset.marks import Glyphs, Mark, Picture, Rule, Strip, moved
from handouts.typeset.pictures import pixel_size
from handouts.typeset.plan import Pattern, TooWide
from handouts.typeset.same import Same
from handouts.typeset.style import LETTER, Style
from handouts.typeset.values import Values

_GAP = 24.0  # between texts that share a line, in points
_TO_RULE = 4.0
_TO_TEXT = 11.0
_WIDEST_NUMBER = 888
_DIGITS = tuple((own, all_) for all_ in (1, 2, 3) for own in range(1, all_ + 1))  # of a page, and of how many there are
_CODE_TYPE = 6.0  # the size of what the code says, below it
_CODE_ROOM = 200.0  # the measure in which that is centred
_CODE_LANGUAGE = "en"
_QUIET = 3.0  # between the code and the rule above it
_TO_BOTTOM = FROM_EDGE - LETTER.bottom  # from the code down to the end of the footer; all papers have these margins
_TO_SIDE = FROM_EDGE - LETTER.right
_BESIDE_CODE = _TO_SIDE + SIDE + 28  # what the code, and what it says below, take of a footer's width
_PACKET = "{packet_code}"
_MOST = 256

PERSON, IDENTITY, DOCUMENT, MADE, PACKET = range(5)
"""The lines that are a packet's own."""


class OwnLine(NamedTuple):
    """One of a packet's own lines on the page: the depth in points of the top of each of its lines, and how far right they stand."""

    entry: Entry
    pattern: Pattern[SetLine]
    tops: tuple[float, ...]
    right: float

    def marks(self) -> Iterator[Glyphs]:
        """Its marks in their places, with holes."""
        return _marks(self.pattern, self.tops, self.right)


def _marks(pattern: Pattern[SetLine], tops: Sequence[float], right: float) -> Iterator[Glyphs]:
    for top, (_, marks) in zip(tops, pattern.lines, strict=True):
        for mark in marks:
            yield Glyphs(mark[0] + right, mark[1] + top, *mark[2:])


class SetFurniture:
    """The furniture of a document, set for all its pages: how it stands, the lines that are its own, and what is in their holes."""

    __slots__ = ("_lines", "furniture", "standing")

    def __init__(self, furniture: Furniture, standing: Standing, lines: _Lines) -> None:
        self.furniture = furniture
        self.standing = standing
        self._lines = lines

    @property
    def size(self) -> FurnitureSize:
        """How much height every page gives to it."""
        return self.standing.size

    def own(self, page: int, pages: int) -> tuple[OwnLine, ...]:
        """What is its own in the footer of page `page` of `pages`; on page 0 in the header."""
        return tuple([OwnLine(*self._lines[line], tops, right) for line, tops, right in self.places(page, pages)])

    def places(self, page: int, pages: int) -> tuple[OwnPlace, ...]:
        """Where that stands."""
        return self.standing.own_in_footer(page, pages) if page else self.standing.own_in_header

    @property
    def header(self) -> Strip:
        """The header of every page, with all that is in it."""
        return self._whole(self.standing.header, self.own(0, 0))

    def footer(self, page: int, pages: int) -> Strip:
        """The footer of page `page` of `pages`, with all that is in it."""
        return self._whole(self.standing.footer(page, pages), self.own(page, pages))

    def _whole(self, strip: Strip, own: Sequence[OwnLine]) -> Strip:
        marks = [mark.filled(line.entry.given) for line in own for mark in line.marks()]
        return Strip(strip.height, (*strip.marks, *marks))


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
        return SetFurniture(furniture, *still.standing(filling, code))
    except TooWide:
        return SetFurniture(furniture, *still.standing(filling.by_letters(), code))


def furniture_size(furniture: Furniture, measure: float, style: Style) -> FurnitureSize:
    """How much height every page gives to `furniture`; raises as `set_furniture`."""
    return set_furniture(furniture, measure, style).size


_Lines = tuple[tuple[Entry, Pattern[SetLine]], ...]
"""The lines that are a packet's own, and how its values break them."""
_Form = tuple[tuple[float, ...], ...]
"""How high each of such lines is, line by line."""


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
        self.measure, self.style = measure, style
        self.rtl = direction_of(self.language) == "rtl"
        self.column = measure - _BESIDE_CODE if coded else measure
        self.indent = _BESIDE_CODE if coded and self.rtl else 0.0
        self.code_x = _TO_SIDE if self.rtl else measure - _TO_SIDE - SIDE
        self.logo = _logo(logo, style) if logo else None
        self.beside = self.logo.width + _TO_TEXT if self.logo else 0.0
        self.clinic = self._alone("clinic_name", clinic_name, strong=True)
        self.title = alone(still_line("title", title, style.small, style.soft, self.language))
        self.help = self._alone("help_line", help_line, strong=True)
        self._page_line = page_line
        sizes = (
            (style.small, style.ink),
            (style.small, style.ink),
            (style.smallest, style.soft),
            (style.smallest, style.soft),
        )
        names = "for_line", "identity_line", "document_line", "made_line"
        self._own: tuple[StillLine, ...] = (
            *(
                still_line(name, text, *look, self.language, own=True)
                for name, text, look in zip(names, own, sizes, strict=True)
            ),
            still_line("code", _PACKET if coded else "", _CODE_TYPE, style.soft, _CODE_LANGUAGE, own=True),
        )
        self._counted: dict[tuple[int, int], Entry] = {}
        self._standings: dict[object, Standing] = {}

    def _alone(self, name: str, text: str, *, strong: bool) -> Entry:
        style = self.style
        return alone(still_line(name, text, style.small, style.heading, self.language, strong=strong))

    def counted(self, page: int, pages: int) -> Entry:
        """The line that says which page it is."""
        found = self._counted.get((page, pages))
        if found is None:
            text = self._page_line.replace("{pages}", str(pages)).replace("{page}", str(page))
            line = still_line("page_line", text, self.style.small, self.style.ink, self.language, strong=True)
            found = self._counted[page, pages] = alone(line)
        return found

    def standing(self, filling: Filling, code: Code | None) -> tuple[Standing, _Lines]:
        """How it stands with what is one packet's own, and that. Raises TooWide as `Plan.pattern`."""
        person, identity, document, made, packet = [self._entry(line, filling) for line in self._own]
        head, order = self._head_rows(person), self._order(identity.width)
        fits = document.width + made.width + _GAP <= self.column
        lines = (
            (person, person.lines(self.measure - self.beside, "start" if head else "centre")),
            (identity, identity.lines(self.column, "start")),
            (document, document.lines(self.column, "start")),
            (made, made.lines(self.column, "end" if fits else "start")),
            (packet, packet.lines(_CODE_ROOM, "centre")),
        )
        forms = tuple([_form(pattern) for _, pattern in lines])
        key = forms, head, order, fits, code and (code.revision, code.document)
        found = self._standings.get(key)
        if found is None:
            if len(self._standings) >= _MOST:
                self._standings.clear()
            found = self._standings[key] = Standing(self, forms, order, code, head=head, fits=fits)
        return found, lines

    def _entry(self, line: StillLine, filling: Filling) -> Entry:
        """The line with a packet's values; its documents share it if they have the same values for it."""
        kept = filling.known.kept
        key = line, tuple([filling.value(name) for name in line.blanks])
        found = kept.get(key)
        if found is None:
            found = kept[key] = Entry(line, filling)
        return found

    def _head_rows(self, person: Entry) -> int:
        """In how many lines more than one clinic, whom it is for and title stand beside the logo."""
        widths = [entry.width for entry in (self.clinic, person, self.title)]
        room = self.measure - self.beside
        if widths[1] + 2 * max(widths[0], widths[2]) + 2 * _GAP <= room:
            return 0
        return 1 if widths[0] + widths[2] + _GAP <= room else 2

    def _order(self, identity: float) -> tuple[float, ...]:
        """All that decides on which line a page's number stands in, whatever the number is; `identity` is the width of that line.

        It is the line for numbers of one, two and three digits, narrow and wide; where that does not tell, the width it follows from.
        """
        widest = self.line_of(_WIDEST_NUMBER, _WIDEST_NUMBER, identity)
        if self.line_of(1, 1, identity) == widest:
            return (widest,)
        narrow, wide = (
            tuple([self.line_of(int(digit * own), int(digit * all_), identity) for own, all_ in _DIGITS])
            for digit in "18"
        )
        return narrow if narrow == wide else (identity, self.help.width)

    def line_of(self, page: int, pages: int, identity: float) -> int:
        """Which line a page's number stands in beside an identity line so wide: the first, the second, or one of its own."""
        room = self.column - _GAP - self.counted(page, pages).width
        return 0 if identity <= room else 1 if self.help.width <= room else 2


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


class OwnPlace(NamedTuple):
    """Where one of a packet's own lines stands."""

    line: int
    tops: tuple[float, ...]
    right: float


class Standing:
    """Header and footers in which everything has its place, without what is one packet's own.

    Whoever makes something of them can keep that in `kept`, by a key of their own.
    """

    def __init__(
        self,
        still: _Still,
        forms: tuple[_Form, ...],
        order: tuple[float, ...],
        code: Code | None,
        *,
        head: int,
        fits: bool,
    ) -> None:
        self.kept: dict[object, Any] = {}
        self.order = order
        self._still, self._forms, self._code, self._fits = still, forms, code, fits
        self._footers: dict[tuple[int, int], tuple[Strip, tuple[OwnPlace, ...]]] = {}
        self.header, self.own_in_header = self._header(head)
        widest = self.footer(_WIDEST_NUMBER, _WIDEST_NUMBER)
        self.size = FurnitureSize(self.header.height + _TO_TEXT, widest.height + _TO_TEXT)

    def footer(self, page: int, pages: int) -> Strip:
        """The footer of page `page` of `pages`: above what there is a thin rule, which page it is, the help line, what the code says."""
        return self._footer(page, pages)[0]

    def own_in_footer(self, page: int, pages: int) -> tuple[OwnPlace, ...]:
        """Where a packet's own lines stand in it: whose it is, which document, when it was made, which packet."""
        return self._footer(page, pages)[1]

    def _header(self, head: int) -> tuple[Strip, tuple[OwnPlace, ...]]:
        """The logo, beside it clinic, whom it is for and title, in one line if they fit; below what there is a thin rule."""
        still, measure, logo = self._still, self._still.measure, self._still.logo
        room = measure - still.beside
        clinic = still.clinic.lines(room, "start")
        title = still.title.lines(room, "start" if head == 2 else "end")
        rows: _Rows = ([[clinic, PERSON, title]], [[clinic, title], [PERSON]], [[clinic], [title], [PERSON]])[head]
        height, marks, own = self._placed(rows, 0)
        right = down = 0.0
        if logo:
            right, down = 0 if still.rtl else still.beside, max(logo.height - height, 0) / 2
            picture = logo._replace(x=room + _TO_TEXT if still.rtl else 0)
            marks = [picture, *(moved(mark, right, down) for mark in marks)]
            height = max(height, logo.height)
        rule: tuple[Mark, ...] = ()
        if height:
            height += _TO_RULE
            rule = (Rule(0, height, measure, height, 0.6, still.style.hairline),)
        strip = Strip(height, (*marks, *rule))
        return strip, tuple([OwnPlace(line, tuple([top + down for top in tops]), right) for line, tops in own])

    def _footer(self, page: int, pages: int) -> tuple[Strip, tuple[OwnPlace, ...]]:
        found = self._footers.get((page, pages))
        if found is None:
            found = self._footers[page, pages] = self._new_footer(page, pages)
        return found

    def _new_footer(self, page: int, pages: int) -> tuple[Strip, tuple[OwnPlace, ...]]:
        still, code = self._still, self._code
        order = self._line_of(page, pages)
        counted = still.counted(page, pages).lines(still.column, "start" if order == 2 else "end")
        help_ = still.help.lines(still.column, "start")
        last: _Rows = [[DOCUMENT, MADE]] if self._fits else [[DOCUMENT], [MADE]]
        orders: tuple[_Rows, ...] = (
            [[IDENTITY, counted], [help_], *last],
            [[IDENTITY], [help_, counted], *last],
            [[IDENTITY], [help_], *last, [counted]],
        )
        height, marks, lines = self._placed(orders[order], _TO_RULE)
        marks = [moved(mark, still.indent, 0) for mark in marks] if still.indent else marks
        own = [OwnPlace(line, tops, still.indent) for line, tops in lines]
        if code:
            height = max(height, _TO_RULE + _QUIET + SIDE + _TO_BOTTOM)
            first, second = (height - _TO_BOTTOM + _TO_RULE + row * 1.2 * _CODE_TYPE for row in (1, 2))
            right = still.code_x + SIDE / 2 - _CODE_ROOM / 2
            said = still_line("code", code.page(page, pages), _CODE_TYPE, still.style.soft, _CODE_LANGUAGE)
            ((line, shown),) = alone(said).lines(_CODE_ROOM, "centre").lines
            marks += [moved(mark, right, second - line.baseline) for mark in shown]
            own.append(OwnPlace(PACKET, (first - line.baseline,), right))
        rule = (Rule(0, 0, still.measure, 0, 0.6, still.style.hairline),) if height > _TO_RULE else ()
        return Strip(height, (*rule, *marks)), tuple(own)

    def _line_of(self, page: int, pages: int) -> int:
        """Which line the page's number stands in, as `order` tells."""
        if len(self.order) == 1:
            return int(self.order[0])
        if len(self.order) == len(_DIGITS):
            return int(self.order[_DIGITS.index((len(str(page)), len(str(pages))))])
        return self._still.line_of(page, pages, self.order[0])

    def code_corner(self, footer: Strip) -> tuple[float, float]:
        """Where the lower left corner of the code stands, in points from the top left of `footer`."""
        return self._still.code_x, footer.height - _TO_BOTTOM

    def _placed(self, rows: _Rows, top: float) -> tuple[float, list[Mark], list[tuple[int, tuple[float, ...]]]]:
        """`rows` below one another from `top`; what shares a row shares its first baseline.

        The height reached, the marks, and of each of a packet's own lines the depth at which its lines stand.
        """
        marks: list[Mark] = []
        own: list[tuple[int, tuple[float, ...]]] = []
        for row in rows:
            height = 0.0
            forms = [self._forms[each] if isinstance(each, int) else _form(each) for each in row]
            lowest = max([form[0][0] for form in forms if form], default=0)
            for each, form in zip(row, forms, strict=True):
                y = top + (lowest - form[0][0] if form else 0.0)
                tops: list[float] = []
                for _, tall in form:
                    tops.append(y)
                    y += tall
                height = max(height, y - top)
                if isinstance(each, int):
                    own.append((each, tuple(tops)))
                else:
                    marks += _marks(each, tops, 0)
            top += height
        return top, marks, own


_Rows = Sequence[Sequence[Pattern[SetLine] | int]]


def _form(lines: Pattern[SetLine]) -> _Form:
    return tuple([(line.baseline, line.height) for line, _ in lines.lines])


def _logo(logo: Logo, style: Style) -> Picture:
    """The logo as tall as its room, or as wide."""
    across, down = pixel_size(logo.content)
    scale = min(style.logo_height / down, style.logo_width / across)
    return Picture(0, 0, across * scale, down * scale, logo.content, logo.description)
