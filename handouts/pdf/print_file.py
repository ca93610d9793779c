"""Filled plates → one file for a printer, written as it goes: what stands on many pages stands in it once.

It keeps to PDF/A-2b (ISO 19005-2) and has no structure, fields or links: those are in the file of each document. The content of
a page is several streams, one after the other (ISO 32000-1 §7.8.2): what everybody's copy has, what all pages of the packet have
alike, and what is its own. Blocks are form XObjects (§8.10); nothing asks here what belongs to which element. Beside a few fonts and
the places of objects nothing of what was added is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from handouts.memory import Recent
from handouts.pdf.brush import picture_name
from handouts.pdf.datamatrix import codewords
from handouts.pdf.embed import Pair
from handouts.pdf.file import number
from handouts.pdf.filling import Filled, FilledPage
from handouts.pdf.font_set import FontSet
from handouts.pdf.images import image
from handouts.pdf.long_file import LongFile
from handouts.pdf.metadata import archival_entries, information
from handouts.pdf.plate import Plate
from handouts.pdf.symbol import ENDED, begun, drawn
from handouts.typeset.code import SIDE
from handouts.typeset.fonts import Face

_TITLE = "Packets"
_LANGUAGE = "en"
_KIDS = 64  # pages under one node of the page tree (§7.7.3)
_PLATES = 256


class PrintFile:
    """One file while packets are added to it; `out` is written to from its beginning to its end."""

    def __init__(self, out: BinaryIO) -> None:
        self.pages = 0
        self._file = LongFile(out)
        self._fonts: dict[str, tuple[int, str]] = {}
        self._streams: dict[bytes, int] = {}
        self._codewords: dict[int, int] = {}
        self._images: dict[bytes, int] = {}
        self._plates: Recent[str, _Shared] = Recent(_PLATES)
        self._kids: list[int] = []
        self._nodes: list[int] = []
        self._root = self._file.reserved()

    def add(self, documents: Iterable[Filled]) -> range:
        """Adds the pages of these documents, which are one packet, and returns their numbers, from 1."""
        first = self.pages + 1
        packet = _Packet(tuple(documents))
        for filled in packet.documents:
            shared = self._plates(filled.plate.identity, lambda plate=filled.plate: self._shared(plate))
            resources = self._with(shared, filled.extra, packet) if filled.extra.met else shared.resources
            for still, page in zip(shared.still, filled.pages, strict=True):
                lines = [self._once(shown, packet.streams) for shown in packet.lines(page) if shown]
                code, last = self._code(page, packet)
                own = f"{last}{_slots(page)}"
                if own:
                    last_of_all = self._once(own, packet.streams if page.slots else self._streams)
                    code.append(last_of_all)
                self._page(filled.plate, resources, [*still, *lines, *code])
        return range(first, self.pages + 1)

    def close(self) -> None:
        """Writes what comes at the end; the file is whole after it. Raises ValueError for a file without a page."""
        if not self.pages:
            raise ValueError("a file has one page at least")
        self._end_node()
        kids = " ".join([f"{node} 0 R" for node in self._nodes])
        self._file.put(self._root, f"<</Type/Pages/Count {self.pages}/Kids[{kids}]>>")
        last = self._file.part()
        entries = archival_entries(last, _TITLE, _LANGUAGE)
        catalog = last.add(f"<</Type/Catalog/Pages {self._root} 0 R{entries}>>")
        told = last.add(information(_TITLE))
        self._file.take(last)
        self._file.close(catalog, told)

    def _shared(self, plate: Plate) -> _Shared:
        """What is the same on the pages of `plate`, written once."""
        if plate.fonts.identity not in self._fonts:
            listed = self._listed(plate.fonts, {})
            self._fonts[plate.fonts.identity] = self._file.add(f"<<{listed}>>"), listed
        fonts, listed = self._fonts[plate.fonts.identity]
        pictures = {picture_name(content): self._image(content) for content in plate.pictures}
        forms: dict[str, int] = {}
        for page in plate.pages:
            for _, shown in page.still:
                if shown not in forms:
                    forms[shown] = self._form(plate, fonts, shown, pictures)
        drawn = self._file.add(f"<<{''.join([f'/B{form} {form} 0 R' for form in sorted(set(forms.values()))])}>>")
        resources = self._file.add(f"<</Font {fonts} 0 R/XObject {drawn} 0 R>>")
        still: list[tuple[int, ...]] = []
        for page in plate.pages:
            parts = [f"q {at} /B{forms[shown]} Do Q" for at, shown in page.still]
            still.append((self._once("\n".join(parts), self._streams),) if parts else ())
        return _Shared(resources, listed, drawn, still)

    def _listed(self, fonts: FontSet, known: dict[tuple[Face, frozenset[Pair]], int]) -> str:
        """The entries of a dictionary that names `fonts`; those that are not `known` are written."""
        file = self._file.part()
        for face, pairs in fonts.met.items():
            if (face, pairs) not in known:
                known[face, pairs] = fonts.fonts[face].written(file)
        self._file.take(file)
        return "".join([f"{fonts.fonts[face].key} {known[face, pairs]} 0 R" for face, pairs in fonts.met.items()])

    def _image(self, content: bytes) -> int:
        if content not in self._images:
            file = self._file.part()
            self._images[content] = image(file, content)
            self._file.take(file)
        return self._images[content]

    def _form(self, plate: Plate, fonts: int, shown: str, pictures: Mapping[str, int]) -> int:
        """The form XObject that paints this, wherever the brush stands."""
        drawn = "".join([f"{name} {picture} 0 R" for name, picture in pictures.items() if name in shown])
        wide, tall = number(plate.paper.width), number(plate.paper.height)
        entries = (
            f"/Type/XObject/Subtype/Form/BBox[-{wide} -{tall} {wide} {tall}]"
            f"/Resources<</Font {fonts} 0 R{f'/XObject<<{drawn}>>' if drawn else ''}>>"
        )
        return self._once(shown, self._streams, entries)

    def _once(self, shown: str, known: dict[bytes, int], entries: str = "") -> int:
        """The stream that paints this; it is written unless it is `known`."""
        content = shown.encode("latin-1")
        key = hashlib.sha256(entries.encode() + content).digest()
        if key not in known:
            known[key] = self._file.stream(entries, content)
        return known[key]

    def _with(self, shared: _Shared, extra: FontSet, packet: _Packet) -> int:
        """The resources of pages that have characters in further fonts; the documents of a packet share those."""
        fonts = f"{shared.fonts}{self._listed(extra, packet.fonts)}"
        return self._file.add(f"<</Font<<{fonts}>>/XObject {shared.drawn} 0 R>>")

    def _code(self, page: FilledPage, packet: _Packet) -> tuple[list[int], str]:
        """The streams that draw the code but for its end, and that: one path, of which the packet's pages share what they have alike.

        Every other codeword is a stream by itself, which is the same in all packets.
        """
        at, code = page.edges[1].at, page.edges[1].code
        if not code:
            return [], ""
        said, x, y = code
        found = packet.codewords[said]
        alike = {place: found[place] for place in packet.alike}
        first = self._once(f"q {at}\n{begun(alike, x, y, SIDE)}", packet.streams)
        others = [self._codeword(place, codeword) for place, codeword in enumerate(found) if place not in alike]
        return [first, *others], f"{ENDED} Q\n"

    def _codeword(self, place: int, codeword: int) -> int:
        key = place << 8 | codeword
        if key not in self._codewords:
            self._codewords[key] = self._file.stream("", drawn(place, codeword).encode())
        return self._codewords[key]

    def _page(self, plate: Plate, resources: int, contents: Sequence[int]) -> None:
        if not self._kids:
            self._nodes.append(self._file.reserved())
        size = f"{number(plate.paper.width)} {number(plate.paper.height)}"
        streams = " ".join([f"{each} 0 R" for each in contents])
        page = (
            f"<</Type/Page/Parent {self._nodes[-1]} 0 R/MediaBox[0 0 {size}]"
            f"/Resources {resources} 0 R/Contents[{streams}]>>"
        )
        self._kids.append(self._file.add(page))
        self.pages += 1
        if len(self._kids) == _KIDS:
            self._end_node()

    def _end_node(self) -> None:
        """Writes the node of the page tree that is being filled (§7.7.3.2)."""
        if self._kids:
            kids = " ".join([f"{page} 0 R" for page in self._kids])
            node = f"<</Type/Pages/Parent {self._root} 0 R/Count {len(self._kids)}/Kids[{kids}]>>"
            self._file.put(self._nodes[-1], node)
            self._kids = []


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the pages of a plate share: their resources, the fonts in them as they are listed, their forms, what is still on each."""

    resources: int
    fonts: str
    drawn: int
    still: Sequence[tuple[int, ...]]


class _Packet:
    """The documents that are being added, and what they share: streams by what they paint, and fonts.

    `codewords` are those of each code, and in the places `alike` they are the same on all pages.
    """

    def __init__(self, documents: Sequence[Filled]) -> None:
        self.documents = documents
        self.streams: dict[bytes, int] = {}
        self.fonts: dict[tuple[Face, frozenset[Pair]], int] = {}
        pages = [page for filled in documents for page in filled.pages]
        lines = [frozenset(_lines(page)) for page in pages]
        self._everywhere = frozenset[_Line]().union(*lines[:1]).intersection(*lines)
        said = [edge.code.text for page in pages for edge in page.edges if edge.code]
        self.codewords = {text: codewords(text) for text in said}
        met = enumerate(zip(*self.codewords.values(), strict=True))
        self.alike = [place for place, found in met if len(set(found)) == 1]

    def lines(self, page: FilledPage) -> tuple[str, str]:
        """What is painted of a page's header and footer: what all pages have, and the other lines."""
        lines = _lines(page)
        return (
            _painted([line for line in lines if line in self._everywhere]),
            _painted([line for line in lines if line not in self._everywhere]),
        )


_Line = tuple[str, str]
"""What moves the brush, and what it paints there."""


def _lines(page: FilledPage) -> list[_Line]:
    """The packet's own lines in header and footer."""
    return [(edge.at, line) for edge in page.edges for line in edge.lines]


def _painted(lines: Iterable[_Line]) -> str:
    return "\n".join([f"q {at}\n{line}\nQ" for at, line in lines])


def _slots(page: FilledPage) -> str:
    """What is filled in on a page."""
    parts: list[str] = []
    for slot, texts in page.slots:
        parts += ("q", slot.at, *texts, "Q")
    return "\n".join(parts)
