"""Typst, from its wheel: its source → PDF/UA-1; one compiler for all packets, with its own memory of what it has done."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
_SPECIAL = re.compile(r"[\\#$*_`@<>~\[\]/=+\-'\"]")


def said(text: str) -> str:
    """Text as Typst's markup."""
    return _SPECIAL.sub(r"\\\g<0>", text)


class Typst(Peer):
    """A source a document, as Jinja fills it in."""

    name = "Typst"
    makes = "PDF/UA-1"
    _standards = ("ua-1",)

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        module: Any = import_module("typst")
        fonts = module.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(faces.FOLDER)])
        self._compiler = module.Compiler(root=str(folder), font_paths=fonts)
        self._templates = Templates(folder, said)
        self._top = (folder / "top.typ").read_text("utf-8")

    @classmethod
    def missing(cls) -> str:
        """The wheel."""
        return installed("typst")

    @classmethod
    def prepare(cls, folder: Path, editions: Mapping[str, Edition], lists: dict[str, str], logo: bytes) -> None:
        """The body of the source of a document, and what stands at the top of all."""
        from benchmarks.markup import template  # noqa: PLC0415 - a cold start does not need it
        from benchmarks.peers.typst_source import Source  # noqa: PLC0415

        write_templates(folder, {name: template(edition, Source(), lists) for name, edition in editions.items()})
        (folder / "top.typ").write_text(_top(), "utf-8")
        (folder / LOGO).write_bytes(logo)

    def packet(self, given: Given) -> list[bytes]:
        """The documents, one after the other."""
        return [self._document(paper) for paper in given.papers]

    def _document(self, paper: Paper) -> bytes:
        source = f"{_values(paper)}{self._top}{self._templates.filled(paper)}"
        pdf: bytes = self._compiler.compile(
            input=source.encode(), format="pdf", pdf_standards=list(self._standards), pdf_tags=bool(self._standards)
        )
        return pdf


class TypstUntagged(Typst):
    """The same without tags."""

    name = "Typst, not tagged"
    makes = "not tagged"
    _standards = ()


def _values(paper: Paper) -> str:
    """What the top of a document needs of it, as Typst's values."""
    codes = "".join(f"bytes({_string(svg(paper.page_code(page)))}), " for page in range(1, MOST_PAGES + 1))
    lines = {"title": [paper.title], "head": paper.head, "foot": paper.foot, "across": paper.mark}
    values = "".join(f"#let {name} = ({', '.join(map(_string, texts))},)\n" for name, texts in lines.items())
    line = _string(paper.page_line)
    return f"{values}#let codes = ({codes})\n#let counted = {line}\n#let language = {_string(paper.language[:2])}\n"


def _string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _top() -> str:
    look = LOOK
    names = ", ".join(f'"{_with_spaces(family)}"' for family in faces.FAMILIES)
    tints = ", ".join(f'"{kind}": (rgb("{ground}"), rgb("{bar}"))' for kind, (ground, bar) in sorted(TINTS.items()))
    return f"""
#set document(title: title.at(0), date: none)
#set text(font: ({names}), size: {look.body}pt, lang: language, fallback: true, fill: rgb("191c21"))
#set par(leading: 0.6em, spacing: 8pt)
#set smartquote(enabled: false)
#set list(spacing: 5pt, indent: 4pt)
#set table(stroke: .6pt + rgb("{look.hairline}"), inset: (x: 7pt, y: 3pt))
#show table: set text(size: {look.table}pt)
#show table.cell.where(y: 0): set table.cell(fill: rgb("e7edf3"))
#show heading: set text(fill: rgb("{look.heading}"))
#show heading: set block(above: 13pt, below: 7pt)
#show heading.where(level: 1): set text(size: {look.h1}pt)
#show heading.where(level: 2): set text(size: {look.h2}pt)
#show heading.where(level: 3): set text(size: {look.h3}pt)
#let rule = line(length: 100%, stroke: .6pt + rgb("{look.hairline}"))
#set page(width: {look.width}pt, height: {look.height}pt,
  margin: (x: {look.side}pt, top: {look.top + look.header}pt, bottom: {look.bottom + look.footer}pt),
  header-ascent: 8pt, footer-descent: 4pt,
  header: text(size: {look.small}pt)[#grid(columns: (34pt, 1fr, 1fr),
    image("{LOGO}", height: 26pt, alt: "Logo"), [*#head.at(0)* \\ #head.at(1)], align(right, head.at(2))) #v(-6pt) #rule],
  footer: text(size: {look.small}pt)[#rule #v(-4pt) #grid(columns: (1fr, 13mm), column-gutter: 8pt,
    [#foot.at(0) \\ *#foot.at(1)* \\ #foot.at(2) \\ #context strong(counted.replace("{{page}}",
      str(here().page())).replace("{{pages}}", str(counter(page).final().at(0))))],
    context image(codes.at(calc.min(here().page(), codes.len()) - 1), format: "svg", width: 13mm, alt: "Code"))],
  background: rotate(-50deg, text(size: 34pt, weight: "bold", fill: rgb("e6e6e6"), across.join(linebreak()))))
#let tick = box(width: 10pt, height: 10pt, stroke: .8pt) + h(3pt)
#let written(width, label) = box(width: width, inset: (right: 12pt))[#v({look.writing}pt) #line(length: 100%, stroke: .6pt) #v(-5pt) #text(size: {look.label}pt, label)]
#let title3(body) = block(text(size: {look.h3}pt, weight: "bold", fill: rgb("{look.heading}"), body))
#let tints = ({tints})
#let callout(kind, body) = block(width: 100%, breakable: false, inset: (x: 12pt, y: 7pt), fill: tints.at(kind).at(0),
  stroke: (left: 5pt + tints.at(kind).at(1)), body)
"""


def _with_spaces(family: str) -> str:
    """A family's name as the file itself has it: "NotoSansSC" is "Noto Sans SC"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", family)
