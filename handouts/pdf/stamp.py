"""A master, its galleys and the furniture of its pages → the bytes of the PDF."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from handouts.pdf.sheet import Sheets
from handouts.typeset.fonts import plain_face
from handouts.typeset.furniture import Furniture, footer_strip, furniture_size, header_strip
from handouts.typeset.marks import Box, FieldBox, Galley, Glyphs, Mark, Picture, Rule, Strip, moved
from handouts.typeset.master import Master, Place
from handouts.typeset.style import Colour, Paper, Style
from handouts.typeset.text import Span, require_glyphs, set_lines

_MARK_GREY: Colour = (0.89, 0.89, 0.89)
_DASHED: Colour = (0.55, 0.57, 0.60)
_LINKED = ("tel:", "https:")


@dataclass(frozen=True, slots=True)
class _Signing:
    """Whether one may sign and initial; if not, `instead` stands where it would be done ("Not for signature")."""

    allowed: bool = True
    instead: str = ""
    language: str = "en"


def stamp(
    master: Master,
    galleys: Sequence[Galley],
    furniture: Furniture,
    *,
    mark: str | None = None,
    signable: bool = True,
    instead_of_signing: str = "",
) -> bytes:
    """The PDF of `master`: the same arguments give the same bytes, in any process and at any time.

    `galleys` and the furniture's size are those that `master` was laid out with. `mark` ("SAMPLE – NOT MEDICAL ADVICE", a
    line a language) stands in light grey across every page, below the text. With `signable` false, signatures and initials become dashed
    areas that say `instead_of_signing`. Title and language are the furniture's; nothing of the patient is in the
    file's information. Raises as `set_lines` for a character without a glyph, and ValueError for furniture that takes
    more room than `master` left for it.
    """
    needed = furniture_size(furniture, master.paper.measure, master.style)
    if needed.header > master.furniture_size.header or needed.footer > master.furniture_size.footer:
        raise ValueError("the master was laid out for furniture that takes less room")
    sheets = Sheets(master.paper, furniture.title, furniture.language)
    signing = _Signing(signable, instead_of_signing, furniture.language)
    if mark:
        require_glyphs([Span(line, strong=True) for line in mark.splitlines()], "mark")
    for number, page in enumerate(master.pages, 1):
        marks = [*_page_marks(page, galleys), *_furniture_marks(master, furniture, number)]
        for ground in marks:
            if isinstance(ground, Box) and ground.fill:
                sheets.rectangle((ground.x, ground.y), (ground.width, ground.height), fill=ground.fill)
        if mark:
            _draw_mark(sheets, master.paper, mark)
        for each in marks:
            _draw(sheets, each, master.style, signing)
        for corner, size, address in _links(marks):
            sheets.link(corner, size, address)
        sheets.end_page()
    return sheets.pdf()


def _page_marks(page: Iterable[Place], galleys: Sequence[Galley]) -> Iterator[Mark]:
    for place in page:
        y = place.y
        for strip in galleys[place.galley].strips[place.first : place.last]:
            yield from (moved(each, place.x, y) for each in strip.marks)
            y += strip.height


def _furniture_marks(master: Master, furniture: Furniture, number: int) -> Iterator[Mark]:
    paper, style = master.paper, master.style
    header = header_strip(furniture, paper.measure, style)
    footer = footer_strip(furniture, number, len(master.pages), paper.measure, style)
    yield from _at(header, paper.left, paper.top)
    yield from _at(footer, paper.left, paper.height - paper.bottom - footer.height)


def _at(strip: Strip, x: float, y: float) -> Iterator[Mark]:
    return (moved(each, x, y) for each in strip.marks)


def _draw(sheets: Sheets, mark: Mark, style: Style, signing: _Signing) -> None:
    match mark:
        case Glyphs():
            sheets.text((mark.x, mark.y), mark.text, mark.face, mark.size, mark.colour)
        case Rule():
            sheets.line((mark.x1, mark.y1), (mark.x2, mark.y2), mark.width, mark.colour)
        case Box():
            if mark.stroke:
                sheets.rectangle((mark.x, mark.y), (mark.width, mark.height), stroke=mark.stroke)
        case Picture():
            sheets.picture((mark.x, mark.y), (mark.width, mark.height), mark.content)
        case FieldBox():
            _draw_field(sheets, mark, style, signing)


def _draw_field(sheets: Sheets, box: FieldBox, style: Style, signing: _Signing) -> None:
    """A field on paper: a square to tick, a box for initials, or lines to write on."""
    if box.kind == "checkbox":
        inset = 0.5
        side = box.width - 2 * inset
        sheets.rectangle((box.x + inset, box.y + inset), (side, side), stroke=style.ink)
    elif box.kind in ("signature", "initials") and not signing.allowed:
        _draw_unsignable(sheets, box, style, signing)
    elif box.kind == "initials":
        sheets.rectangle((box.x, box.y), (box.width, box.height), stroke=style.ink, line_width=0.8)
    else:
        for line in range(box.lines):
            y = box.y + box.height - line * style.next_line
            sheets.line((box.x, y), (box.x + box.width, y), 0.8, style.ink)


def _draw_unsignable(sheets: Sheets, box: FieldBox, style: Style, signing: _Signing) -> None:
    corner, size = (box.x, box.y + 3), (box.width, box.height - 3)
    sheets.rectangle(corner, size, stroke=_DASHED, line_width=0.8, dash=(3, 2))
    room = box.width - 6
    shown, at, language = [Span(signing.instead)], "mark", signing.language
    lines = set_lines(shown, room, style.smallest, leading=1.15, align="centre", place=at, language=language)
    y = corner[1] + (size[1] - sum(line.height for line in lines)) / 2
    for line in lines:
        for segment in line.segments:
            start = (corner[0] + 3 + segment.x, y + line.baseline)
            sheets.text(start, segment.text, segment.face, segment.size, style.soft)
        y += line.height


def _draw_mark(sheets: Sheets, paper: Paper, text: str) -> None:
    """`text` from corner to corner, its lines below one another, as large as fits, at most 64 pt."""
    lines = text.splitlines()
    diagonal = math.hypot(paper.width, paper.height)
    size = min([64.0, *(0.78 * diagonal / _width(line) for line in lines)])
    angle = math.atan2(paper.height, paper.width)
    for number, line in enumerate(lines):
        below = (number - (len(lines) - 1) / 2) * 1.3 * size
        middle = (paper.width / 2 + below * math.sin(angle), paper.height / 2 + below * math.cos(angle))
        sheets.turned_text(
            middle, math.degrees(angle), line, face=plain_face(strong=True), size=size, colour=_MARK_GREY
        )


def _width(text: str) -> float:
    return sum(line.width for line in set_lines([Span(text, strong=True)], math.inf, 1)) or 1


def _links(marks: Iterable[Mark]) -> Iterator[tuple[tuple[float, float], tuple[float, float], str]]:
    """The areas of text that calls a number or opens a page, by scheme; others are text and nothing more."""
    for mark in marks:
        if isinstance(mark, Glyphs) and mark.href and mark.href.startswith(_LINKED):
            yield (mark.x, mark.y - 0.95 * mark.size), (mark.width, 1.25 * mark.size), mark.href
