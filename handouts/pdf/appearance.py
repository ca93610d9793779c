"""A name, or the strokes of a drawn signature, and the lines below it → a PDF of one page that shows a signature in its field.

The page is as large as the field. Its fonts are embedded; type is made smaller until all of it fits, and nothing is cut off.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from handouts.content.cldr import direction_of
from handouts.errors import Fault, WrongUsage
from handouts.pdf.brush import Brush
from handouts.pdf.embed import used
from handouts.pdf.file import HEAD, File, finished, number, numbers
from handouts.pdf.font_set import FontSet, named_fonts
from handouts.pdf.metadata import information
from handouts.typeset.marks import Glyphs
from handouts.typeset.style import Colour, Style
from handouts.typeset.text import Line, Span, set_lines

Stroke = Sequence[tuple[float, float]]
Size = tuple[float, float]

MOST_STROKES, MOST_POINTS = 200, 5000
_WIDEST, _NAME, _LINES = 20.0, 15.0, 7.5  # the largest type, in points
_SMALLEST = 4.0  # what cannot be read is not shown
_STEP = 0.93
_LEADING = 1.15
_INSET = 1.0  # points around all of it
_PEN = 1.1  # points
_WIDE = 12  # how many times as wide as high a field is in which the name stands beside the lines
_FIRST, _SECOND = 0.46, 0.5  # their shares then
_DRAWN = 0.5  # the least share of the field's height that a drawn signature has
_KEY = "/S"


def read_strokes(raw: object) -> tuple[Stroke, ...]:
    """The strokes of a drawn signature: [[[x, y], …], …], from the pad's top left (0, 0) to its bottom right (1, 1).

    Raises WrongUsage for anything else, for none, and for more than 200 strokes or 5,000 points.
    """
    given = _listed(raw, "is a list of strokes")
    if not given:
        raise _wrong("has no stroke.", "Have it drawn, or typed.")
    if len(given) > MOST_STROKES:
        raise _wrong(f"has more than {MOST_STROKES} strokes.", "Have it drawn anew.")
    found: list[Stroke] = []
    points = 0
    for each in given:
        stroke = _listed(each, "is a list of points")
        points += len(stroke)
        if points > MOST_POINTS:
            raise _wrong(f"has more than {MOST_POINTS} points.", "Have it drawn anew.")
        if not stroke:
            raise _wrong("has a stroke without a point.", "Have it drawn anew.")
        found.append([_point(point) for point in stroke])
    return tuple(found)


def appearance(
    name: str, lines: Sequence[str], strokes: Sequence[Stroke] | None, size: Size, *, language: str = "en"
) -> bytes:
    """How a signature looks in a field of `size` (width and height in points), as a PDF of one page.

    Above stands the `name`, or the `strokes` that were drawn and the name first among the `lines`; in a wide field, that stands
    beside the lines and not above. All of it is of the patient's own; none is remembered. `language` (BCP 47) gives the side where
    lines start. Raises WrongUsage if it does not fit in type that can be read, and RefusedAppointment for a character that no font
    here has.
    """
    style = Style()
    below = [name, *lines] if strokes else list(lines)
    measure, height = size[0] - 2 * _INSET, size[1] - 2 * _INSET
    wide = size[0] > _WIDE * size[1] and bool(below)
    first, second = (measure * _FIRST, measure * _SECOND) if wide else (measure, measure)
    for head_size, foot_size in _sizes(_WIDEST if wide else _NAME, drawn=bool(strokes)):
        head = () if strokes else _set(name, first, head_size, language)
        foot = tuple(line for text in below for line in _set(text, second, foot_size, language))
        above, under = (sum(line.height for line in each) for each in (head, foot))
        room = height - (max(above, under) if wide else above + under)
        if room >= (height * _DRAWN if strokes and not wide else 0):
            break
    else:
        problem = f"does not fit into a field of {size[0]:.0f} × {size[1]:.0f} points."
        raise WrongUsage(Fault("the signature", problem, "Make the field higher in the template.", value=name))
    right_to_left = direction_of(language) == "rtl"
    across = (
        (measure - first if right_to_left else 0.0, 0.0 if right_to_left else measure - second) if wide else (0.0, 0.0)
    )
    down = (height - above, height - under) if wide else (room, room + above)
    marks = [*_placed(head, (across[0], down[0]), style.ink), *_placed(foot, (across[1], down[1]), style.ink)]
    pad = (first, height if wide else room)
    drawn = _strokes(strokes, across[0], pad, style.ink) if strokes else ""
    return _page(marks, drawn, size)


def _sizes(largest: float, *, drawn: bool) -> Iterator[tuple[float, float]]:
    """Sizes of type for the name and for the lines to try, best first: the name gives way before the lines are small."""
    foot = _LINES
    while foot >= _SMALLEST:
        head = foot if drawn else largest
        while head >= foot:
            yield head, foot
            head *= _STEP
        foot *= _STEP


def _set(text: str, measure: float, size: float, language: str) -> tuple[Line, ...]:
    """A text as lines; a blank's, so that nothing of it is remembered and it keeps its own direction."""
    spans = (Span(text, blank="signature"),)
    return set_lines(spans, measure, size, leading=_LEADING, place="the signature", language=language)


def _placed(lines: Sequence[Line], corner: Size, colour: Colour) -> list[Glyphs]:
    """The text of `lines`, the first of which begins at `corner`, from the left and below the top."""
    across, down = corner
    found: list[Glyphs] = []
    for line in lines:
        y = _INSET + down + line.baseline
        found += [Glyphs.of(segment, _INSET + across + segment.x, y, colour) for segment in line.segments]
        down += line.height
    return found


def _strokes(strokes: Sequence[Stroke], across: float, room: Size, colour: Colour) -> str:
    """Strokes over the room that is theirs, `across` from the left, with round ends, whole within it."""
    left = _INSET + across
    wide, high = room[0] - _PEN, room[1] - _PEN
    parts = [f"q 1 J 1 j {number(_PEN)} w {numbers(colour)} RG"]
    for stroke in strokes:
        places = [numbers((left + _PEN / 2 + x * wide, -(_INSET + _PEN / 2 + y * high))) for x, y in stroke]
        first, *others = places
        parts.append(" ".join([f"{first} m", *(f"{place} l" for place in others or (first,)), "S"]))
    return "\n".join([*parts, "Q"])


def _page(marks: Sequence[Glyphs], drawn: str, size: Size) -> bytes:
    met = used((mark.face, mark.glyphs) for mark in marks)
    fonts = FontSet.of_packet(met, _KEY, named_fonts(met, _KEY, dense=True), 1, len(HEAD))
    brush = Brush(fonts.fonts)
    for mark in marks:
        brush.glyphs(mark, 0)
    content = "\n".join((f"1 0 0 1 0 {number(size[1])} cm", brush.taken(), drawn))
    file = File(fonts.chunk.end)
    pages = file.reserved()
    shown = file.stream("", content.encode("latin-1"))
    listed = "".join(f"{key} {font} 0 R" for key, font in fonts.numbers.items())
    page = file.add(
        f"<</Type/Page/Parent {pages} 0 R/MediaBox[0 0 {numbers(size)}]/Resources<</Font<<{listed}>>>>"
        f"/Contents {shown} 0 R>>"
    )
    file.put(pages, f"<</Type/Pages/Count 1/Kids[{page} 0 R]>>")
    catalog = file.add(f"<</Type/Catalog/Pages {pages} 0 R>>")
    told = file.add(information("Signature"))
    chunk = file.chunk(fonts.chunk.reach)
    identifier = hashlib.sha256(fonts.chunk.content + chunk.content).hexdigest()[:32]
    return finished((fonts.chunk, chunk), {}, catalog=catalog, information=told, identifier=identifier)


def _listed(raw: object, expected: str) -> list[Any]:
    if not isinstance(raw, list):
        raise _wrong(f"is not as it should be: it {expected}.", "Write [[[x, y], …], …] with numbers from 0 to 1.")
    return raw  # pyright: ignore[reportUnknownVariableType]  # what is in it is looked at one by one


def _point(raw: object) -> tuple[float, float]:
    found = _listed(raw, "has points of two numbers")
    if len(found) != 2 or not all(
        isinstance(each, int | float) and not isinstance(each, bool) and 0 <= each <= 1 for each in found
    ):
        raise _wrong("has a point that is not two numbers from 0 to 1.", "Have it drawn anew.")
    return float(found[0]), float(found[1])


def _wrong(problem: str, remedy: str) -> WrongUsage:
    return WrongUsage(Fault("the drawn signature", problem, remedy))
