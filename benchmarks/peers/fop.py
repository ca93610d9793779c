"""Apache FOP: formatting objects → PDF/UA-1, in one Java process that stays for all packets."""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from benchmarks.code import svg
from benchmarks.filling import Templates
from benchmarks.look import LOOK
from benchmarks.peers import faces
from benchmarks.peers.lines import write_templates
from benchmarks.peers.peer import LOGO, Peer

if TYPE_CHECKING:
    from benchmarks.given import Given, Paper
    from handouts.content.blocks import Edition

VERSION = "2.11"
MOST_PAGES = 8
_POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>benchmarks</groupId><artifactId>fop</artifactId><version>1</version><dependencies><dependency>
<groupId>org.apache.xmlgraphics</groupId><artifactId>fop</artifactId><version>{VERSION}</version>
</dependency></dependencies></project>
"""
_CONFIGURATIONS = ("plain.xconf", "shaped.xconf")
_JARS = Path(__file__).parents[2] / ".cache" / f"fop-{VERSION}"


class Fop(Peer):
    """A source a document, as Jinja fills it in, sent to the Java process."""

    name = "Apache FOP"
    makes = "PDF/UA-1"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._templates = Templates(folder, escape)
        command = [
            "java",
            "-cp",
            f"{folder}:{_JARS}/jars/*",
            "FopServer",
            *(str(folder / name) for name in _CONFIGURATIONS),
        ]
        with (folder / "fop.log").open("wb") as log:
            self._java = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, cwd=folder
            )

    @classmethod
    def missing(cls) -> str:
        """Java's compiler, Maven, or what Maven could not get."""
        lacking = [program for program in ("java", "javac", "mvn") if not shutil.which(program)]
        return f"needs {', '.join(lacking)}" if lacking else _lacking()

    @classmethod
    def prepare(cls, folder: Path, editions: Mapping[str, Edition], lists: dict[str, str], logo: bytes) -> None:
        """The flow of a document, FOP's configuration and the program that calls it."""
        from benchmarks.markup import template  # noqa: PLC0415 - a cold start does not need it
        from benchmarks.peers.formatting_objects import FormattingObjects  # noqa: PLC0415

        markup = FormattingObjects()
        write_templates(folder, {name: template(edition, markup, lists) for name, edition in editions.items()})
        (folder / LOGO).write_bytes(logo)
        for name in _CONFIGURATIONS:
            (folder / name).write_text(_configuration(shaped=name.startswith("shaped")), "utf-8")
        server = str(Path(__file__).with_name("FopServer.java"))
        subprocess.run(["javac", "-cp", f"{_JARS}/jars/*", "-d", str(folder), server], check=True, capture_output=True)

    def packet(self, given: Given) -> list[bytes]:
        """The documents, one after the other."""
        return [self._document(paper) for paper in given.papers]

    def _document(self, paper: Paper) -> bytes:
        sent, received = cast("IO[bytes]", self._java.stdin), cast("IO[bytes]", self._java.stdout)
        filled = self._templates.filled(paper)
        needed = {family for family, _ in faces.runs(filled + "".join((*paper.head, *paper.foot)))} - {faces.LATIN}
        source = _page(paper, filled, sorted(needed)).encode()
        sent.write(struct.pack(">i?", len(source), bool(needed)) + source)
        sent.flush()
        head = received.read(4)
        if len(head) < 4:
            raise RuntimeError((self.folder / "fop.log").read_text("utf-8", "replace")[-2000:])
        return received.read(struct.unpack(">i", head)[0])

    def close(self) -> None:
        """Ends the Java process."""
        cast("IO[bytes]", self._java.stdin).write(struct.pack(">i", 0))
        cast("IO[bytes]", self._java.stdin).close()
        self._java.wait(30)
        cast("IO[bytes]", self._java.stdout).close()


def fetched() -> bool:
    """Whether FOP's files are there."""
    return any((_JARS / "jars").glob("fop-core-*.jar"))


@cache
def _lacking() -> str:
    """Fetches FOP's files from Maven Central, once; what went wrong, or an empty text."""
    if fetched():
        return ""
    _JARS.mkdir(parents=True, exist_ok=True)
    (_JARS / "pom.xml").write_text(_POM, "utf-8")
    command = ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory=jars"]
    done = subprocess.run(command, cwd=_JARS, capture_output=True, check=False)
    return "" if done.returncode == 0 else f"fop {VERSION} cannot be had from Maven Central"


def _page(paper: Paper, body: str, needed: Sequence[str]) -> str:
    families = ", ".join((faces.LATIN, *needed))
    selection = ' font-selection-strategy="character-by-character"' if needed else ""
    pages = range(1, MOST_PAGES + 1)
    masters = "".join(
        f'<fo:simple-page-master master-name="p{page}" page-width="{LOOK.width}pt" page-height="{LOOK.height}pt" '
        f'margin="{LOOK.top}pt {LOOK.side}pt {LOOK.bottom}pt">'
        f'<fo:region-body margin-top="{LOOK.header}pt" margin-bottom="{LOOK.footer}pt"/>'
        f'<fo:region-before extent="{LOOK.header}pt"/>'
        f'<fo:region-after region-name="foot{page}" extent="{LOOK.footer - 12}pt"/></fo:simple-page-master>'
        for page in pages
    )
    order = "".join(f'<fo:single-page-master-reference master-reference="p{page}"/>' for page in pages)
    clinic, person, title = map(escape, paper.head)
    head = (
        f"{_mark(paper.mark)}"
        '<fo:table table-layout="fixed" width="100%"><fo:table-column column-width="34pt"/><fo:table-column column-width="50%"/>'
        '<fo:table-column column-width="proportional-column-width(1)"/><fo:table-body><fo:table-row>'
        f'<fo:table-cell><fo:block><fo:external-graphic src="{LOGO}" content-height="26pt" fox:alt-text="Logo"/></fo:block>'
        f'</fo:table-cell><fo:table-cell><fo:block font-weight="bold">{clinic}</fo:block><fo:block>{person}</fo:block>'
        f'</fo:table-cell><fo:table-cell><fo:block text-align="right">{title}</fo:block></fo:table-cell></fo:table-row>'
        f'</fo:table-body></fo:table><fo:block border-top=".6pt solid #{LOOK.hairline}"/>'
    )
    feet = "".join(
        f'<fo:static-content flow-name="foot{page}" font-size="{LOOK.small}pt">{_foot(paper, page)}</fo:static-content>'
        for page in pages
    )
    return (
        '<fo:root xmlns:fo="http://www.w3.org/1999/XSL/Format" xmlns:fox="http://xmlgraphics.apache.org/fop/extensions" '
        f'xml:lang="{paper.language}" font-family="{families}"{selection} '
        f'font-size="{LOOK.body}pt" line-height="{LOOK.leading}" color="#191c21"><fo:layout-master-set>{masters}'
        f'<fo:page-sequence-master master-name="all">{order}<fo:repeatable-page-master-reference master-reference="p{MOST_PAGES}"/>'
        '</fo:page-sequence-master></fo:layout-master-set><fo:declarations><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></rdf:Description></rdf:RDF></x:xmpmeta>'
        '</fo:declarations><fo:page-sequence master-reference="all" id="all">'
        f'<fo:static-content flow-name="xsl-region-before" font-size="{LOOK.small}pt">{head}</fo:static-content>{feet}'
        f'<fo:flow flow-name="xsl-region-body">{body}</fo:flow></fo:page-sequence></fo:root>'
    )


def _foot(paper: Paper, page: int) -> str:
    identity, help_, document = map(escape, paper.foot)
    counted = escape(paper.page_line).replace("{page}", "<fo:page-number/>")
    counted = counted.replace("{pages}", '<fo:page-number-citation-last ref-id="all"/>')
    code = f'<fo:instream-foreign-object fox:alt-text="Code">{svg(paper.page_code(page))}</fo:instream-foreign-object>'
    return (
        f'<fo:table table-layout="fixed" width="100%" border-top=".6pt solid #{LOOK.hairline}">'
        '<fo:table-column column-width="proportional-column-width(1)"/><fo:table-column column-width="13mm"/><fo:table-body>'
        f'<fo:table-row><fo:table-cell><fo:block>{identity}</fo:block><fo:block font-weight="bold">{help_}</fo:block>'
        f'<fo:block>{document}</fo:block><fo:block font-weight="bold">{counted}</fo:block></fo:table-cell>'
        f'<fo:table-cell padding-top="4pt"><fo:block>{code}</fo:block></fo:table-cell></fo:table-row></fo:table-body></fo:table>'
    )


def _mark(lines: list[str]) -> str:
    turned = "".join(f'<text y="{44 * number}">{escape(line)}</text>' for number, line in enumerate(lines))
    return (
        '<fo:block-container absolute-position="fixed" left="0pt" top="0pt"><fo:block><fo:instream-foreign-object '
        f'fox:alt-text="Mark"><svg xmlns="http://www.w3.org/2000/svg" width="{LOOK.width}pt" height="{LOOK.height}pt" '
        f'viewBox="0 0 {LOOK.width} {LOOK.height}"><g transform="translate(306 396) rotate(-50)" text-anchor="middle" '
        f'fill="#e6e6e6" font-family="{faces.LATIN}" font-size="34" font-weight="bold">{turned}</g></svg>'
        "</fo:instream-foreign-object></fo:block></fo:block-container>"
    )


def _configuration(*, shaped: bool) -> str:
    fonts = "".join(
        f'<font embed-url="{faces.path(family, strong=strong).as_uri()}" kerning="yes">'
        f'<font-triplet name="{family}" style="normal" weight="{"bold" if strong else "normal"}"/></font>'
        for family in faces.FAMILIES
        for strong in (False, True)
    )
    return (
        '<fop version="1.0"><base>.</base><accessibility>true</accessibility>'
        f'<complex-scripts disabled="{"false" if shaped else "true"}"/><renderers><renderer mime="application/pdf">'
        f"<fonts>{fonts}</fonts></renderer></renderers></fop>"
    )
