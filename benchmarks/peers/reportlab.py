"""Plain reportlab with jinja2: platypus paragraphs and tables, not tagged, no shaping of letters, no order from the right."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, KeepTogether, PageTemplate, Paragraph, Spacer, Table

from benchmarks.code import SIDE_MM
from benchmarks.code import runs as code_bars
from benchmarks.filling import Templates
from benchmarks.look import LOOK, TINTS
from benchmarks.peers import faces, lines
from benchmarks.peers.peer import LOGO, Peer

if TYPE_CHECKING:
    from benchmarks.given import Given, Paper
    from handouts.content.blocks import Edition

_MM = 72 / 25.4


def said(text: str) -> str:
    """A text as reportlab's markup, each piece in the family that has its characters."""
    pieces: list[str] = []
    for family, piece in faces.runs(text):
        if family == faces.LATIN:
            pieces.append(escape(piece))
        else:
            _register(family)
            pieces.append(f'<font name="{family}">{escape(piece)}</font>')
    return "".join(pieces)


@cache
def _register(family: str) -> None:
    for strong in (False, True):
        name = family + "-Bold" * strong
        pdfmetrics.registerFont(TTFont(name, str(faces.path(family, strong=strong))))
    bold = f"{family}-Bold"
    pdfmetrics.registerFontFamily(family, normal=family, bold=bold, italic=family, boldItalic=bold)


def _style(name: str, size: float, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=faces.LATIN, fontSize=size, leading=size * LOOK.leading, **more)


def _heading(name: str, size: float, before: float) -> ParagraphStyle:
    more = {"textColor": HexColor(f"#{LOOK.heading}"), "spaceBefore": before, "spaceAfter": 3, "keepWithNext": 1}
    return ParagraphStyle(name, fontName="NotoSans-Bold", fontSize=size, leading=size * 1.2, **more)


_STYLES = {
    "h1": _heading("h1", LOOK.h1, 4),
    "h2": _heading("h2", LOOK.h2, 10),
    "h3": _heading("h3", LOOK.h3, 8),
    "p": _style("p", LOOK.body, spaceAfter=5),
    "li": _style("li", LOOK.body, spaceAfter=2, leftIndent=18, bulletIndent=4),
    "td": _style("td", LOOK.table),
    "label": _style("label", LOOK.label),
}


class Reportlab(Peer):
    """Platypus, one flowable a block, header and footer drawn on each page once the pages are counted."""

    name = "reportlab + jinja2"
    makes = "not tagged"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        _register(faces.LATIN)
        self._templates = Templates(folder, said)
        self._logo = ImageReader(io.BytesIO((folder / LOGO).read_bytes()))

    @classmethod
    def missing(cls) -> str:
        """Nothing: handouts needs reportlab too."""
        return ""

    @classmethod
    def prepare(cls, folder: Path, editions: Mapping[str, Edition], lists: dict[str, str], logo: bytes) -> None:
        """Lines of reportlab's own markup for paragraphs."""
        from benchmarks.markup import template  # noqa: PLC0415 - a cold start does not need it
        from benchmarks.peers.paragraphs import Paragraphs  # noqa: PLC0415

        sources = {name: template(edition, Paragraphs(), lists) for name, edition in editions.items()}
        lines.write_templates(folder, sources)
        (folder / LOGO).write_bytes(logo)

    def packet(self, given: Given) -> list[bytes]:
        """The documents, one after the other."""
        return [self._document(paper) for paper in given.papers]

    def _document(self, paper: Paper) -> bytes:
        written = io.BytesIO()
        height = LOOK.height - LOOK.top - LOOK.bottom - LOOK.header - LOOK.footer
        frame = Frame(LOOK.side, LOOK.bottom + LOOK.footer, LOOK.measure, height, 0, 0, 0, 0)
        size = (LOOK.width, LOOK.height)
        document = BaseDocTemplate(written, pagesize=size, title=paper.title, lang=paper.language, invariant=1)
        document.addPageTemplates([PageTemplate("page", [frame], onPage=lambda canvas, _: _mark(canvas, paper.mark))])
        logo = self._logo
        story = list(_flowables(lines.entries(self._templates.filled(paper))))
        document.build(story, canvasmaker=lambda *args, **more: _Counted(paper, logo, *args, **more))
        return written.getvalue()


def _mark(canvas: Canvas, lines_: Sequence[str]) -> None:
    """What stands across the page below its text."""
    canvas.saveState()
    canvas.setFillColor(HexColor("#e6e6e6"))
    canvas.translate(LOOK.width / 2, LOOK.height / 2)
    canvas.rotate(50)
    canvas.setFont("NotoSans-Bold", 34)
    for number, text in enumerate(lines_):
        canvas.drawCentredString(0, -44 * number, text)
    canvas.restoreState()


class _Counted(Canvas):
    """A canvas that draws header and footer when it knows how many pages there are."""

    def __init__(self, paper: Paper, logo: ImageReader, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._paper, self._logo = paper, logo
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        """Keeps the page for later."""
        self._kept.append(dict(self.__dict__))
        self._startPage()  # pyright: ignore[reportAttributeAccessIssue] - it is made by setattr

    def save(self) -> None:
        """Writes all pages with what stands on each."""
        for number, page in enumerate(self._kept, 1):
            self.__dict__.update(page)
            self._furniture(number)
            super().showPage()
        super().save()

    def _furniture(self, number: int) -> None:
        paper, right, top = self._paper, LOOK.width - LOOK.side, LOOK.height - LOOK.top
        self.drawImage(self._logo, LOOK.side, top - 26, width=26, height=26, preserveAspectRatio=True, mask="auto")
        clinic, person, title = paper.head
        self._draw_line(LOOK.side + 34, top - 16, clinic, strong=True)
        self._draw_line(right, top - 16, title, align=1)
        self._draw_line(LOOK.side + 34, top - 28, person)
        identity, help_, document = paper.foot
        low = LOOK.bottom + LOOK.footer - 12
        pages = paper.page_line.format(page=number, pages=len(self._kept))
        for drop, text, strong in ((14, identity, False), (26, help_, True), (38, document, False), (50, pages, True)):
            self._draw_line(LOOK.side, low - drop, text, strong=strong)
        self.setStrokeColor(HexColor(f"#{LOOK.hairline}"))
        self.setLineWidth(0.6)
        self.line(LOOK.side, top - 32, right, top - 32)
        self.line(LOOK.side, low, right, low)
        self._draw_code(right - SIDE_MM * _MM, low - 4, paper.page_code(number))

    def _draw_line(self, x: float, y: float, text: str, *, strong: bool = False, align: int = 0) -> None:
        pieces = [(family + "-Bold" * strong, piece) for family, piece in faces.runs(text)]
        for family, _ in faces.runs(text):
            _register(family)
        if align:
            x -= sum(pdfmetrics.stringWidth(piece, name, LOOK.small) for name, piece in pieces)
        for name, piece in pieces:
            self.setFont(name, LOOK.small)
            self.drawString(x, y, piece)
            x += pdfmetrics.stringWidth(piece, name, LOOK.small)

    def _draw_code(self, x: float, y: float, text: str) -> None:
        bars = code_bars(text)
        module = SIDE_MM * _MM / (max(row for _, row, _ in bars) + 1)
        path = self.beginPath()
        for column, row, length in bars:
            path.rect(x + column * module, y - (row + 1) * module, length * module, module)
        self.setFillColor(HexColor("#000000"))
        self.drawPath(path, stroke=0, fill=1)


def _flowables(entries: Iterator[lines.Entry]) -> Iterator[Any]:
    """The flowables up to the end of the group that `entries` is in."""
    for entry in entries:
        match entry.role:
            case "keep":
                yield KeepTogether(list(_flowables(entries)))
            case "ul" | "ol":
                pass
            case "table":
                yield _table(entries, [float(width) / 100 * LOOK.measure for width in entry.kind.split(",")])
                yield Spacer(1, 5)
            case "aside":
                yield _callout(entry)
                yield Spacer(1, LOOK.block_space)
            case "fields":
                yield _fields(entry.cells)
            case "li":
                yield Paragraph(entry.cells[0][1], _STYLES["li"], bulletText="•")
            case "/keep" | "/table":
                return
            case "/ul" | "/ol":
                pass
            case role:
                yield Paragraph(entry.cells[0][1], _STYLES.get(role, _STYLES["p"]))


def _table(entries: Iterator[lines.Entry], widths: list[float]) -> Table:
    rows: list[list[Paragraph]] = []
    for entry in entries:
        if entry.role == "/table":
            break
        rows.append([Paragraph(f"<b>{c}</b>" if role == "th" else c, _STYLES["td"]) for role, c in entry.cells])
    look = [
        ("GRID", (0, 0), (-1, -1), 0.6, HexColor(f"#{LOOK.hairline}")),
        ("BACKGROUND", (0, 0), (-1, 0), HexColor("#e7edf3")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    return Table(rows, widths, style=look, repeatRows=1)


def _callout(entry: lines.Entry) -> Table:
    ground, bar = TINTS[entry.kind]
    look = [
        ("BACKGROUND", (0, 0), (-1, -1), HexColor(f"#{ground}")),
        ("LINEBEFORE", (0, 0), (0, -1), 5, HexColor(f"#{bar}")),
        ("LEFTPADDING", (0, 0), (-1, -1), 12),
    ]
    cells = [Paragraph(text, _STYLES.get(role, _STYLES["p"])) for role, text in entry.cells]
    return Table([[cells]], [LOOK.measure], style=look)


def _fields(cells: Sequence[tuple[str, str]]) -> Table:
    shares = [float(width) or 100 / len(cells) for width, _ in cells]
    widths = [share / sum(shares) * LOOK.measure for share in shares]
    look = [("LINEABOVE", (0, 1), (-1, 1), 0.6, HexColor("#16181c")), ("TOPPADDING", (0, 1), (-1, 1), 1)]
    labels = [Paragraph(label, _STYLES["label"]) for _, label in cells]
    return Table([[""] * len(cells), labels], widths, [LOOK.writing, None], style=look)
