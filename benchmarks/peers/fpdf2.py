"""fpdf2: cells and tables, not tagged; letters are shaped where a packet has a script that needs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.code import SIDE_MM
from benchmarks.code import runs as code_bars
from benchmarks.filling import Templates
from benchmarks.look import LOOK, TINTS
from benchmarks.peers import faces, lines
from benchmarks.peers.peer import LOGO, Peer, installed

if TYPE_CHECKING:
    from benchmarks.given import Given, Paper
    from handouts.content.blocks import Edition

_MM = 72 / 25.4
_INK = (25, 28, 33)


class Fpdf2(Peer):
    """A document is written from top to bottom, with the faces that its text needs."""

    name = "fpdf2"
    makes = "not tagged"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._fpdf: Any = import_module("fpdf")
        self._templates = Templates(folder, str)
        self._logo = (folder / LOGO).read_bytes()
        self._class = _document_class(self._fpdf, self._logo)

    @classmethod
    def missing(cls) -> str:
        """The package."""
        return installed("fpdf") and "fpdf2 is not installed"

    @classmethod
    def prepare(cls, folder: Path, editions: Mapping[str, Edition], lists: dict[str, str], logo: bytes) -> None:
        """Lines with fpdf2's own inline marks."""
        from benchmarks.markup import template  # noqa: PLC0415 - a cold start does not need it
        from benchmarks.peers.markdown import Markdown  # noqa: PLC0415

        sources = {name: template(edition, Markdown(), lists) for name, edition in editions.items()}
        lines.write_templates(folder, sources)
        (folder / LOGO).write_bytes(logo)

    def packet(self, given: Given) -> list[bytes]:
        """The documents, one after the other."""
        return [self._document(paper) for paper in given.papers]

    def _document(self, paper: Paper) -> bytes:
        filled = self._templates.filled(paper)
        needed = {family for family, _ in faces.runs(filled + "".join((*paper.head, *paper.foot)))} - {faces.LATIN}
        pdf = self._class(paper)
        for family in (faces.LATIN, *sorted(needed)):
            pdf.add_font(family, "", faces.path(family))
            pdf.add_font(family, "B", faces.path(family, strong=True))
        if needed:
            pdf.set_fallback_fonts(sorted(needed))
            pdf.set_text_shaping(True)
        pdf.add_page()
        for entry in (entries := lines.entries(filled)):
            _write(pdf, self._fpdf, entry, entries)
        return bytes(pdf.output())


def _document_class(fpdf: Any, logo: bytes) -> Any:
    """The class of the documents: fpdf2 asks it for header and footer of each page."""

    class Document(fpdf.FPDF):  # type: ignore[misc]
        def __init__(self, paper: Paper) -> None:
            super().__init__(unit="pt", format=(LOOK.width, LOOK.height))
            self.paper = paper
            self.set_margins(LOOK.side, LOOK.top + LOOK.header, LOOK.side)
            self.set_auto_page_break(True, LOOK.bottom + LOOK.footer)
            self.set_title(paper.title)
            self.set_lang(paper.language)
            self.c_margin = 0

        def header(self) -> None:
            right, top = LOOK.width - LOOK.side, LOOK.top
            self.set_text_color(230)
            self.set_font(faces.LATIN, "B", 34)
            with self.rotation(50, LOOK.width / 2, LOOK.height / 2):
                for number, text in enumerate(self.paper.mark):
                    self.set_xy(0, LOOK.height / 2 + 44 * (number - 1))
                    self.cell(LOOK.width, 40, text, align="C")
            self.set_text_color(*_INK)
            self.image(logo, LOOK.side, top, h=26)
            clinic, person, title = self.paper.head
            for x, y, text, bold, align in (
                (LOOK.side + 34, top + 6, clinic, "B", "L"),
                (LOOK.side + 34, top + 18, person, "", "L"),
                (right - 250, top + 6, title, "", "R"),
            ):
                self.set_font(faces.LATIN, bold, LOOK.small)
                self.set_xy(x, y)
                self.cell(250, 10, text, align=align)
            self._rule(top + 32)
            self.set_xy(LOOK.side, LOOK.top + LOOK.header)

        def footer(self) -> None:
            low = LOOK.height - LOOK.bottom - LOOK.footer + 12
            self._rule(low)
            identity, help_, document = self.paper.foot
            pages = self.paper.page_line.format(page=self.page_no(), pages="{nb}")
            for number, (text, bold) in enumerate(((identity, ""), (help_, "B"), (document, ""), (pages, "B"))):
                self.set_font(faces.LATIN, bold, LOOK.small)
                self.set_xy(LOOK.side, low + 4 + 12 * number)
                self.cell(LOOK.measure - 44, 11, text)
            bars = code_bars(self.paper.page_code(self.page_no()))
            module = SIDE_MM * _MM / (max(row for _, row, _ in bars) + 1)
            self.set_fill_color(0)
            for column, row, length in bars:
                x = LOOK.width - LOOK.side - SIDE_MM * _MM + column * module
                self.rect(x, low + 4 + row * module, length * module, module, style="F")

        def _rule(self, y: float) -> None:
            self.set_draw_color(f"#{LOOK.hairline}")
            self.set_line_width(0.6)
            self.line(LOOK.side, y, LOOK.width - LOOK.side, y)

    return Document


def _write(pdf: Any, fpdf: Any, entry: lines.Entry, entries: Iterator[lines.Entry]) -> None:
    match entry.role:
        case "keep" | "/keep" | "ul" | "/ul" | "ol" | "/ol":
            pass
        case "table":
            _table(pdf, fpdf, entries, [float(width) for width in entry.kind.split(",")])
        case "aside":
            _callout(pdf, entry)
        case "fields":
            _fields(pdf, entry.cells)
        case "h1" | "h2" | "h3":
            size = {"h1": LOOK.h1, "h2": LOOK.h2, "h3": LOOK.h3}[entry.role]
            if pdf.will_page_break(3 * size):
                pdf.add_page()
            pdf.ln({"h1": 4, "h2": 8, "h3": 6}[entry.role])
            _text(pdf, entry.cells[0][1], size, bold="B", colour=f"#{LOOK.heading}", leading=1.2)
            pdf.ln(3)
        case "li":
            pdf.set_font(faces.LATIN, "", LOOK.body)
            pdf.set_x(LOOK.side + 4)
            pdf.cell(14, LOOK.body * LOOK.leading, "•")
            _text(pdf, entry.cells[0][1], LOOK.body, indent=18)
            pdf.ln(2)
        case _:
            _text(pdf, entry.cells[0][1], LOOK.body)
            pdf.ln(5)


def _text(
    pdf: Any,
    text: str,
    size: float,
    *,
    bold: str = "",
    colour: str = "",
    leading: float = LOOK.leading,
    indent: float = 0,
    room: float = LOOK.measure,
) -> None:
    pdf.set_font(faces.LATIN, bold, size)
    pdf.set_text_color(colour) if colour else pdf.set_text_color(*_INK)
    pdf.set_x(LOOK.side + indent)
    pdf.multi_cell(room - indent, size * leading, text, align="L", markdown=not bold, new_x="LMARGIN", new_y="NEXT")
    if colour:
        pdf.set_text_color(*_INK)


def _table(pdf: Any, fpdf: Any, entries: Iterator[lines.Entry], widths: list[float]) -> None:
    pdf.set_font(faces.LATIN, "", LOOK.table)
    pdf.set_draw_color(f"#{LOOK.hairline}")
    pdf.set_line_width(0.6)
    head = fpdf.FontFace(emphasis="BOLD", fill_color="#e7edf3")
    look = {"line_height": LOOK.table * LOOK.leading, "padding": (3, 7), "headings_style": head, "text_align": "LEFT"}
    with pdf.table(col_widths=widths, width=LOOK.measure, v_align="TOP", markdown=True, **look) as table:
        for entry in entries:
            if entry.role == "/table":
                break
            bold = fpdf.FontFace(emphasis="BOLD")
            row = table.row()
            for role, text in entry.cells:
                row.cell(text, style=bold if role == "th" else None)
    pdf.ln(5)


def _callout(pdf: Any, entry: lines.Entry) -> None:
    """A callout: fpdf2 measures it first, for its ground is drawn below its text."""
    ground, bar = TINTS[entry.kind]
    room = LOOK.measure - 24
    pdf.set_font(faces.LATIN, "", LOOK.body)
    pitch = LOOK.body * LOOK.leading
    heights = [
        pdf.multi_cell(room, pitch, text, markdown=True, align="L", dry_run=True, output="HEIGHT") + 4
        for _, text in entry.cells
    ]
    height = sum(heights) + 10
    if pdf.will_page_break(height):
        pdf.add_page()
    top = pdf.get_y()
    pdf.set_fill_color(f"#{ground}")
    pdf.rect(LOOK.side, top, LOOK.measure, height, style="F")
    pdf.set_fill_color(f"#{bar}")
    pdf.rect(LOOK.side, top, 5, height, style="F")
    pdf.set_y(top + 5)
    for role, text in entry.cells:
        strong = role == "h3"
        size = LOOK.h3 if strong else LOOK.body
        _text(pdf, text, size, bold="B" * strong, indent=12, room=LOOK.measure - 12, leading=pitch / size)
        pdf.ln(4)
    pdf.set_fill_color(255)
    pdf.set_y(top + height + LOOK.block_space)


def _fields(pdf: Any, cells: Sequence[tuple[str, str]]) -> None:
    if pdf.will_page_break(LOOK.writing + 14):
        pdf.add_page()
    shares = [float(width) or 100 / len(cells) for width, _ in cells]
    x, y = LOOK.side, pdf.get_y() + LOOK.writing
    pdf.set_draw_color(*_INK)
    pdf.set_line_width(0.6)
    pdf.set_font(faces.LATIN, "", LOOK.label)
    for share, (_, label) in zip(shares, cells, strict=True):
        width = share / sum(shares) * LOOK.measure
        pdf.line(x, y, x + width - 12, y)
        pdf.set_xy(x, y + 2)
        pdf.cell(width, 10, label)
        x += width
    pdf.set_xy(LOOK.side, y + 16)
