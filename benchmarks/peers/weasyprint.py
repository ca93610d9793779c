"""WeasyPrint: HTML and CSS → PDF/UA-1."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from benchmarks.code import svg
from benchmarks.filling import Templates
from benchmarks.look import LOOK, TINTS
from benchmarks.peers import faces
from benchmarks.peers.lines import write_templates
from benchmarks.peers.peer import LOGO, Peer, installed

if TYPE_CHECKING:
    from benchmarks.given import Given, Paper
    from handouts.content.blocks import Edition

MOST_PAGES = 8
"""CSS has no page number in a picture's address: each page up to this one gets a rule of its own."""


class Weasyprint(Peer):
    """One stylesheet, read once; faces are opened once."""

    name = "WeasyPrint"
    makes = "PDF/UA-1"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._weasyprint: Any = import_module("weasyprint")
        self._fonts: Any = import_module("weasyprint.text.fonts").FontConfiguration()
        self._css = self._weasyprint.CSS(string=_css(), font_config=self._fonts)
        self._templates = Templates(folder, escape)

    @classmethod
    def missing(cls) -> str:
        """The package, or a library of the system that it opens."""
        if lacking := installed("weasyprint"):
            return lacking
        try:
            import_module("weasyprint")
        except OSError as trouble:
            return f"weasyprint lacks a library ({trouble})".splitlines()[0]
        return ""

    @classmethod
    def prepare(cls, folder: Path, editions: Mapping[str, Edition], lists: dict[str, str], logo: bytes) -> None:
        """The body of an HTML page."""
        from benchmarks.markup import template  # noqa: PLC0415 - a cold start does not need it
        from benchmarks.peers.pages import Html  # noqa: PLC0415

        write_templates(folder, {name: template(edition, Html(), lists) for name, edition in editions.items()})
        (folder / LOGO).write_bytes(logo)

    def packet(self, given: Given) -> list[bytes]:
        """The documents, one after the other."""
        return [self._document(paper) for paper in given.papers]

    def _document(self, paper: Paper) -> bytes:
        html = self._weasyprint.HTML(string=_page(paper, self._templates.filled(paper)), base_url=str(self.folder))
        pdf: bytes = html.write_pdf(
            stylesheets=[self._css], font_config=self._fonts, pdf_variant="pdf/ua-1", pdf_identifier=b"benchmark"
        )
        return pdf


def _page(paper: Paper, body: str) -> str:
    codes = "".join(
        f'@page :nth({page}) {{ @bottom-right {{ content: url("data:image/svg+xml,{quote(svg(paper.page_code(page)))}") }} }}\n'
        for page in range(1, MOST_PAGES + 1)
    )
    clinic, person, title = map(escape, paper.head)
    identity, help_, document = map(escape, paper.foot)
    before, rest = paper.page_line.split("{page}")
    between, after = rest.split("{pages}")
    counted = f'content: "{before}" counter(page) "{between}" counter(pages) "{after}"'
    turned = "".join(f'<tspan x="0" dy="44">{escape(line)}</tspan>' for line in paper.mark)
    mark = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LOOK.width} {LOOK.height}" width="{LOOK.width}pt" '
        f'height="{LOOK.height}pt"><text transform="translate(306 396) rotate(-50)" text-anchor="middle" fill="#e6e6e6" '
        f'font-family="NotoSans" font-size="34" font-weight="bold">{turned}</text></svg>'
    )
    return (
        f'<!DOCTYPE html><html lang="{paper.language}"><head><title>{title}</title><style>{codes}'
        f'@page {{ background: url("data:image/svg+xml,{quote(mark)}") }} .pages::after {{ {counted} }}</style></head><body>'
        f'<div class="head"><img src="{LOGO}" alt="Logo"><div class="title">{title}</div><b>{clinic}</b><br>{person}</div>'
        f'<div class="foot">{identity}<br><b>{help_}</b><br>{document}<br><b class="pages"></b></div>{body}</body></html>'
    )


def _css() -> str:
    files = "".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; src: url("{faces.path(family, strong=strong).as_uri()}") }}\n'
        for family in faces.FAMILIES
        for weight, strong in ((400, False), (700, True))
    )
    asides = "".join(
        f".aside{f'.{kind}' if kind else ''} {{ background: #{ground}; border-left: 5pt solid #{bar} }}\n"
        for kind, (ground, bar) in sorted(TINTS.items())
    )
    names = ", ".join(f'"{family}"' for family in faces.FAMILIES)
    look, top = LOOK, LOOK.top + LOOK.header
    return f"""{files}{asides}
@page {{ size: {look.width}pt {look.height}pt; margin: {top}pt {look.side}pt {look.bottom + look.footer}pt;
  @top-left {{ content: element(head); width: 100% }} @bottom-left {{ content: element(foot); width: 85% }}
  @bottom-right {{ vertical-align: top; padding-top: 8pt }} }}
body {{ font: {look.body}pt/{look.leading} {names}; color: #191c21; margin: 0 }}
.head {{ position: running(head); font-size: {look.small}pt; border-bottom: .6pt solid #{look.hairline} }}
.head img {{ height: 26pt; float: left; margin-right: 8pt }} .title {{ float: right }}
.foot {{ position: running(foot); font-size: {look.small}pt; border-top: .6pt solid #{look.hairline}; padding-top: 4pt }}
h1, h2, h3 {{ color: #{look.heading}; line-height: 1.2; margin: 8pt 0 3pt; break-after: avoid }}
h1 {{ font-size: {look.h1}pt }} h2 {{ font-size: {look.h2}pt; margin-top: 10pt }} h3 {{ font-size: {look.h3}pt }}
p {{ margin: 0 0 5pt }} ul, ol {{ margin: 0 0 5pt; padding-left: 18pt }} li {{ margin-bottom: 2pt }}
table {{ border-collapse: collapse; width: 100%; table-layout: fixed; font-size: {look.table}pt; margin: 3pt 0 5pt }}
th, td {{ border: .6pt solid #{look.hairline}; padding: 3pt 7pt; text-align: left; vertical-align: top }}
thead th {{ background: #e7edf3 }} .aside {{ padding: 5pt 12pt; margin: 3pt 0 6pt; break-inside: avoid }}
.aside h3 {{ margin-top: 0 }} .keep {{ break-inside: avoid }}
.box {{ display: inline-block; width: 10pt; height: 10pt; border: .8pt solid #191c21; margin-right: 3pt }}
.fields {{ display: flex; gap: 16pt; margin: 0 0 6pt }}
.line {{ margin-top: {look.writing}pt; border-top: .6pt solid #191c21; font-size: {look.label}pt; display: block }}
"""
