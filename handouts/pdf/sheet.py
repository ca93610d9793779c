"""The one place that calls reportlab: text, lines, boxes, pictures and links on pages → the bytes of a PDF.

Positions are in points from the page's top left corner, y downwards. reportlab has no types of its own: its objects are
`Any` here and nowhere else.
"""

from __future__ import annotations

import math
from functools import cache
from io import BytesIO
from typing import Any

from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfdoc, pdfmetrics, ttfonts
from reportlab.pdfgen import canvas as pdfgen

from handouts.typeset.fonts import Face, plain_face
from handouts.typeset.style import Colour, Paper

_PDFDOC: Any = pdfdoc
_PDFGEN: Any = pdfgen
_METRICS: Any = pdfmetrics
_TTFONTS: Any = ttfonts
_IMAGE: Any = ImageReader

Point = tuple[float, float]


class Sheets:
    """A PDF that is written page by page; the same calls make the same bytes, wherever and whenever."""

    def __init__(self, paper: Paper, title: str, language: str) -> None:
        self._height = paper.height
        self._file = BytesIO()
        self._canvas: Any = _PDFGEN.Canvas(
            self._file,
            pagesize=(paper.width, paper.height),
            pageCompression=1,
            invariant=1,
            pdfVersion=(1, 7),
            initialFontName=_registered(plain_face()),  # else reportlab puts an unembedded Helvetica on every page
            lang=language,
        )
        self._canvas._doc.info = _title_only(title)  # noqa: SLF001  # reportlab has no other way to leave out dates
        self._canvas.setViewerPreference("DisplayDocTitle", "true")

    def text(self, start: Point, text: str, face: Face, size: float, colour: Colour) -> None:
        """`text` from `start` on its baseline."""
        drawn = self._canvas.beginText(start[0], self._height - start[1])
        drawn.setFont(_registered(face), size)
        drawn.setFillColorRGB(*colour)
        drawn.textOut(text)
        self._canvas.drawText(drawn)

    def turned_text(self, centre: Point, degrees: float, text: str, *, face: Face, size: float, colour: Colour) -> None:
        """`text` turned counter-clockwise about its middle, which stands at `centre`."""
        canvas = self._canvas
        canvas.saveState()
        canvas.translate(centre[0], self._height - centre[1])
        canvas.rotate(degrees)
        canvas.setFillColorRGB(*colour)
        canvas.setFont(_registered(face), size)
        wide = float(_METRICS.stringWidth(text, face.name, size))
        canvas.drawString(-wide / 2, -0.357 * size, text)
        canvas.restoreState()

    def line(self, start: Point, end: Point, width: float, colour: Colour) -> None:
        """A straight line."""
        self._canvas.setStrokeColorRGB(*colour)
        self._canvas.setLineWidth(width)
        self._canvas.line(start[0], self._height - start[1], end[0], self._height - end[1])

    def rectangle(
        self,
        corner: Point,
        size: Point,
        *,
        fill: Colour | None = None,
        stroke: Colour | None = None,
        line_width: float = 1,
        dash: tuple[float, ...] = (),
    ) -> None:
        """A rectangle with its top left at `corner`, filled, outlined or both."""
        canvas = self._canvas
        if fill:
            canvas.setFillColorRGB(*fill)
        if stroke:
            canvas.setStrokeColorRGB(*stroke)
            canvas.setLineWidth(line_width)
            canvas.setDash(list(dash))
        below = self._height - corner[1] - size[1]
        canvas.rect(corner[0], below, size[0], size[1], stroke=int(stroke is not None), fill=int(fill is not None))
        if stroke and dash:
            canvas.setDash([])

    def picture(self, corner: Point, size: Point, content: bytes) -> None:
        """A picture from its bytes, never from a path."""
        reader = _IMAGE(BytesIO(content))
        self._canvas.drawImage(reader, corner[0], self._height - corner[1] - size[1], *size, mask="auto")

    def link(self, corner: Point, size: Point, address: str) -> None:
        """An area that opens `address`."""
        top = self._height - corner[1]
        area = (corner[0], top - size[1], corner[0] + size[0], top)
        self._canvas.linkURL(address, tuple(math.floor(edge * 100) / 100 for edge in area), relative=0)

    def end_page(self) -> None:
        """Finishes the page; what follows stands on the next one."""
        self._canvas.showPage()

    def pdf(self) -> bytes:
        """The file; nothing can be added after it."""
        self._canvas.save()
        return self._file.getvalue()


@cache
def _registered(face: Face) -> str:
    """The name under which reportlab knows `face`."""
    _METRICS.registerFont(_TTFONTS.TTFont(face.name, str(face.path), shapable=False))
    return face.name


def _title_only(title: str) -> Any:
    """The information dictionary: the document's title and the program that wrote it; no person, no time."""

    class Information(_PDFDOC.PDFInfo):
        def format(self, document: Any) -> Any:
            entries = {"Title": _PDFDOC.PDFString(title), "Producer": _PDFDOC.PDFString(self.producer)}
            return _PDFDOC.PDFDictionary(entries).format(document)

    information: Any = Information()
    information.title = title
    return information
