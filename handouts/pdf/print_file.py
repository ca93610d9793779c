"""Filled plates → one file for a printer, written as it goes: what stands on many pages stands in it once.

It keeps to PDF/A-2b (ISO 19005-2) and has no structure, fields or links: those are in the file of each document; nothing asks here
what belongs to which element. The content of a page is several streams, one after the other (ISO 32000-1 §7.8.2): what everybody's
copy has, as forms (§8.10); what all pages of the packet have alike, and those of the document; the code, a stream a codeword; texts
that other packets have too; and what is the page's own. Beside a few fonts, texts that are nobody's own, and the places of objects,
nothing of what was added is kept.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from handouts.memory import Recent
from handouts.pdf.brush import picture_name
from handouts.pdf.datamatrix import CODEWORDS, codewords
from handouts.pdf.document_parts import DocumentParts, Record
from handouts.pdf.embed import Pair
from handouts.pdf.file import number
from handouts.pdf.filling import Filled, FilledPage
from handouts.pdf.font_set import FontSet
from handouts.pdf.images import image
from handouts.pdf.long_file import LongFile
from handouts.pdf.metadata import archival_entries, information, printing
from handouts.pdf.plate import Plate, PlatePage
from handouts.pdf.symbol import ENDED, begun, drawn_stream
from handouts.typeset.code import SIDE
from handouts.typeset.fonts import Face

_TITLE = "Packets"
_LANGUAGE = "en"
_KIDS = 64  # pages under one node of the page tree (§7.7.3)
_CODE_ENDED = f"{ENDED} Q"
_PLATES, _PAGES, _BLOCKS, _TEXTS = 256, 1024, 2048, 8192


class PrintFile:
    """One file while packets are added to it; `out` is written to from its beginning to its end.

    With `reduced_ink` grounds and logos are left out and bars are thin; nothing stands elsewhere for it. Where it is known whether
    the file is printed `two_sided`, it says so to what prints it, and that no page is to be scaled (ISO 32000-1 §12.2).
    """

    def __init__(self, out: BinaryIO, *, reduced_ink: bool = False, two_sided: bool | None = None) -> None:
        self.pages = 0
        self._sparing = reduced_ink
        self._two_sided = two_sided
        self._parts: DocumentParts | None = None
        self._file = LongFile(out)
        self._fonts: dict[str, tuple[int, str]] = {}
        self._streams: dict[bytes, int] = {}
        self._drawn: dict[int, int] = {}
        self._codewords = [_Codewords(self._file, place) for place in range(CODEWORDS)]
        self._begun: dict[tuple[str, float, float], str] = {}
        self._images: dict[bytes, int] = {}
        self._plates: Recent[str, _Shared] = Recent(_PLATES)
        self._still: Recent[object, _Still] = Recent(_PAGES)
        self._blocks: Recent[tuple[str, str], int] = Recent(_BLOCKS)
        self._texts: OrderedDict[bytes, int] = OrderedDict()
        self._kids: list[int] = []
        self._nodes: list[int] = []
        self._root = self._file.reserved()

    def add(self, documents: Iterable[Filled], record: Record | None = None) -> range:
        """Adds the pages of these documents, which are one packet, and returns their numbers, from 1.

        Each document is a set by itself; else as `add_sets`.
        """
        first = self.pages + 1
        self.add_sets([(filled,) for filled in documents], record)
        return range(first, self.pages + 1)

    def add_sets(self, sets: Sequence[Sequence[Filled]], record: Record | None = None) -> tuple[range, ...]:
        """Adds the pages of one packet, set by set, and returns the numbers of each set's pages, from 1.

        A set is what is stapled together: a separator, a copy of a document with its blank back. The same `Filled` again is a
        copy, of which page objects alone are written. With a `record` the file says by its document parts which pages belong to
        which packet and set; then all packets have one. Raises ValueError where some have one and others not, and for a set
        without a document.
        """
        if not all(sets):
            raise ValueError("a set has one document at least")
        if not sets:
            return ()
        if self.pages and bool(record) != bool(self._parts):
            raise ValueError("either all packets of a file have a record, or none")
        if record and not self._parts:
            self._parts = DocumentParts(self._file)
        packet = _Packet(tuple([filled for documents in sets for filled in documents]))
        part = self._parts.packet() if self._parts else 0
        ranges: list[range] = []
        leaves: list[int] = []
        for documents in sets:
            leaf = self._file.reserved() if self._parts else 0
            leaves.append(leaf)
            pages = [self._page(shown, leaf) for filled in documents for shown in self._shown(filled, packet)]
            ranges.append(range(self.pages - len(pages) + 1, self.pages + 1))
            if self._parts:
                self._parts.put_set(leaf, part, pages)
        if self._parts and record:
            self._parts.put_packet(part, record, leaves)
        return tuple(ranges)

    def _shown(self, filled: Filled, packet: _Packet) -> Iterator[str]:
        """The entries of each page: its size, what is drawn on it, and its streams, which are written if they were not yet."""
        known = packet.shown.get(id(filled))
        if known is not None:
            yield from known
            return
        known = packet.shown[id(filled)] = []
        shared = self._plates(filled.plate.identity, lambda: self._shared(filled.plate))
        fonts = self._with(shared, filled.extra, packet) if filled.extra.met else shared.fonts
        size = f"{number(filled.plate.paper.width)} {number(filled.plate.paper.height)}"
        for still, page in zip(shared.still, filled.pages, strict=True):
            contents = " 0 R ".join((str(still.stream), *self._contents(page, packet)))
            resources = f"<</Font {fonts} 0 R/XObject {still.drawn} 0 R>>"
            known.append(f"/MediaBox[0 0 {size}]/Resources{resources}/Contents[{contents} 0 R]")
            yield known[-1]

    def close(self) -> None:
        """Writes what comes at the end; the file is whole after it. Raises ValueError for a file without a page."""
        if not self.pages:
            raise ValueError("a file has one page at least")
        self._end_node()
        parts = self._parts.close() if self._parts else ""
        kids = " ".join([f"{node} 0 R" for node in self._nodes])
        self._file.put(self._root, f"<</Type/Pages/Count {self.pages}/Kids[{kids}]>>")
        last = self._file.part()
        entries = archival_entries(
            last, _TITLE, _LANGUAGE, "" if self._two_sided is None else printing(two_sided=self._two_sided)
        )
        catalog = last.add(f"<</Type/Catalog/Pages {self._root} 0 R{parts}{entries}>>")
        told = last.add(information(_TITLE))
        self._file.take(last)
        self._file.close(catalog, told)

    def _shared(self, plate: Plate) -> _Shared:
        """What is the same on the pages of `plate`, written once."""
        if plate.fonts.identity not in self._fonts:
            listed = self._listed(plate.fonts, {})
            self._fonts[plate.fonts.identity] = self._file.add(f"<<{listed}>>"), listed
        fonts, listed = self._fonts[plate.fonts.identity]
        painted = (each for page in plate.pages for _, each in self._painted(page))
        new = [content for content in plate.pictures if content not in self._images]
        seen = "".join(painted) if new else ""
        pictures = {
            picture_name(content): self._image(content)
            for content in plate.pictures
            if content not in new or picture_name(content) in seen
        }
        size = plate.paper.width, plate.paper.height
        return _Shared(fonts, listed, [self._still_on(page, size, fonts, pictures) for page in plate.pages])

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

    def _still_on(self, page: PlatePage, size: tuple[float, float], fonts: int, pictures: Mapping[str, int]) -> _Still:
        """What everybody's copy of a page has."""
        return self._still((page.still, size, fonts), lambda: self._printed(self._painted(page), size, fonts, pictures))

    def _printed(
        self, shown: Sequence[_Line], size: tuple[float, float], fonts: int, pictures: Mapping[str, int]
    ) -> _Still:
        """The same, written if it was not yet; each block of it is a form XObject, wherever it stands."""
        wide, tall = map(number, size)
        form = f"/Type/XObject/Subtype/Form/BBox[-{wide} -{tall} {wide} {tall}]/Resources<</Font {fonts} 0 R"
        blocks = [
            self._blocks((form, painted), lambda painted=painted: self._block(form, painted, pictures))
            for _, painted in shown
        ]
        stream = self._kept("\n".join([f"q {at} /B{block} Do Q" for (at, _), block in zip(shown, blocks, strict=True)]))
        if stream not in self._drawn:
            listed = "".join([f"/B{block} {block} 0 R" for block in sorted(set(blocks))])
            self._drawn[stream] = self._file.add(f"<<{listed}>>")
        return _Still(stream, self._drawn[stream])

    def _block(self, form: str, painted: str, pictures: Mapping[str, int]) -> int:
        """The form XObject that paints a block, with the entries `form` and those of the pictures in it."""
        within = "".join([f"{name} {picture} 0 R" for name, picture in pictures.items() if name in painted])
        return self._kept(painted, f"{form}{f'/XObject<<{within}>>' if within else ''}>>")

    def _painted(self, page: PlatePage) -> Sequence[_Line]:
        """What is painted of everybody's copy of a page, and what moves the brush there."""
        if not self._sparing:
            return [(at, usual) for at, usual, _ in page.still]
        found = [(at, usual if sparing is None else sparing) for at, usual, sparing in page.still]
        return [(at, shown) for at, shown in found if shown]

    def _with(self, shared: _Shared, extra: FontSet, packet: _Packet) -> int:
        """The fonts of pages that have characters in further ones; the documents of a packet share those."""
        listed = f"<<{shared.listed}{self._listed(extra, packet.fonts)}>>"
        if listed not in packet.listed:
            packet.listed[listed] = self._file.add(listed)
        return packet.listed[listed]

    def _contents(self, page: FilledPage, packet: _Packet) -> list[str]:
        """The streams of what differs on a page, one after the other; the code, which is one path, ends in the last of them."""
        found = [*self._lines(page, packet)]
        own: list[str] = []
        for slot, texts, private in page.slots:
            known = 0 if private else self._again(slot.at, texts)
            if known:
                found.append(str(known))
            else:
                own += ("q", slot.at, *texts, "Q")
        footer = page.edges[-1] if page.edges else None
        if footer and footer.code:
            said, *corner = footer.code
            found.append(self._code_begun(footer.at, *corner))
            found += [drawn[codeword] for drawn, codeword in zip(self._codewords, codewords(said), strict=True)]
            if own:
                own.insert(0, _CODE_ENDED)
            else:
                found.append(str(self._kept(_CODE_ENDED)))
        if own:
            found.append(str(self._file.stream("", "\n".join(own).encode("latin-1"))))
        return found

    def _code_begun(self, at: str, x: float, y: float) -> str:
        """The stream that begins the drawing of a code which stands there."""
        place = at, x, y
        if place not in self._begun:
            self._begun[place] = str(self._kept(f"q {at} {begun(x, y, SIDE)}"))
        return self._begun[place]

    def _lines(self, page: FilledPage, packet: _Packet) -> Sequence[str]:
        """The streams of the packet's own in a page's header and footer: what all its pages have, and the rest."""
        edges = packet.edges[id(page)]
        if edges not in packet.lines:
            lines = [(at, line) for at, shown in edges for line in shown]
            alike = [line for line in lines if line in packet.everywhere]
            others = [line for line in lines if line not in packet.everywhere]
            packet.lines[edges] = [str(self._once(each, packet)) for each in (alike, others) if each]
        return packet.lines[edges]

    def _once(self, lines: Sequence[_Line], packet: _Packet) -> int:
        """The stream that paints these lines, which stands in the file once for a packet."""
        shown = "\n".join([_painted(at, (line,)) for at, line in lines])
        if shown not in packet.streams:
            packet.streams[shown] = self._file.stream("", shown.encode("latin-1"))
        return packet.streams[shown]

    def _again(self, at: str, texts: tuple[str, ...]) -> int:
        """The stream that paints these texts, which are nobody's own, if they were met lately; otherwise 0."""
        shown = _painted(at, texts).encode("latin-1")
        key = hashlib.sha256(shown).digest()
        known = self._texts.pop(key, None)
        if known == 0:
            known = self._file.stream("", shown)
        self._texts[key] = known or 0
        if len(self._texts) > _TEXTS:
            self._texts.popitem(last=False)
        return known or 0

    def _kept(self, shown: str, entries: str = "") -> int:
        """The stream that paints this, which stands in the file once."""
        content = shown.encode("latin-1")
        key = hashlib.sha256(entries.encode() + content).digest()
        if key not in self._streams:
            self._streams[key] = self._file.stream(entries, content)
        return self._streams[key]

    def _page(self, shown: str, part: int) -> int:
        """The next page, of a document part if that is not 0; its object."""
        if not self._kids:
            self._nodes.append(self._file.reserved())
        belongs = f"/DPart {part} 0 R" if part else ""
        page = self._file.add(f"<</Type/Page/Parent {self._nodes[-1]} 0 R{shown}{belongs}>>")
        self._kids.append(page)
        self.pages += 1
        if len(self._kids) == _KIDS:
            self._end_node()
        return page

    def _end_node(self) -> None:
        """Writes the node of the page tree that is being filled (§7.7.3.2)."""
        if self._kids:
            kids = " ".join([f"{page} 0 R" for page in self._kids])
            node = f"<</Type/Pages/Parent {self._root} 0 R/Count {len(self._kids)}/Kids[{kids}]>>"
            self._file.put(self._nodes[-1], node)
            self._kids = []


class _Codewords(dict[int, str]):
    """The streams that draw a code's codewords in one place, by their value; they are the same in all codes."""

    def __init__(self, file: LongFile, place: int) -> None:
        super().__init__()
        self._file, self._place = file, place

    def __missing__(self, codeword: int) -> str:
        return self.setdefault(codeword, str(self._file.add_stream(drawn_stream(self._place, codeword))))


class _Still(NamedTuple):
    """What everybody's copy of a page has: its stream, and the object that lists the forms in it."""

    stream: int
    drawn: int


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the pages of a plate share: the object that names their fonts, what stands in it, and what is still on each page."""

    fonts: int
    listed: str
    still: Sequence[_Still]


class _Packet:
    """The documents that are being added, and the objects that they share: streams, fonts, and lists of fonts.

    `edges` are the lines of header and footer of its pages, `everywhere` those that all pages have that have any (blank backs have
    none), `lines` the streams of those that a page has, `shown` the entries of a document's pages.
    """

    def __init__(self, documents: Sequence[Filled]) -> None:
        self.documents = documents
        self.streams: dict[str, int] = {}
        self.fonts: dict[tuple[Face, frozenset[Pair]], int] = {}
        self.listed: dict[str, int] = {}
        self.lines: dict[_Edges, Sequence[str]] = {}
        self.shown: dict[int, list[str]] = {}
        self.edges = {id(page): _edges(page) for filled in documents for page in filled.pages}
        met = set(self.edges.values())
        lines = [found for edges in met if (found := {(at, line) for at, shown in edges for line in shown})]
        self.everywhere = set[_Line]().union(*lines[:1]).intersection(*lines)


_Line = tuple[str, str]
"""What moves the brush, and what it paints there."""
_Edges = tuple[tuple[str, tuple[str, ...]], ...]


def _edges(page: FilledPage) -> _Edges:
    """What moves the brush to header and footer, and the packet's own lines there."""
    return tuple([(edge.at, tuple(filter(None, edge.lines))) for edge in page.edges])


def _painted(at: str, texts: Iterable[str]) -> str:
    return "\n".join(("q", at, *texts, "Q"))
