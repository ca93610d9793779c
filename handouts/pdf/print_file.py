"""Filled plates → one file for a printer, written as it goes: fonts and blocks stand in it once, whatever pages they are on.

It keeps to PDF/A-2b (ISO 19005-2) and has no structure, fields or links: those are in the file of each document. What is the same
on many pages is a form XObject (ISO 32000-1 §8.10); nothing asks here what belongs to which element. Beside a few fonts and the
places of objects nothing of what was added is kept.
"""

from __future__ import annotations

import hashlib
import sys
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from handouts.memory import Recent
from handouts.pdf.brush import picture_name
from handouts.pdf.file import HEAD, ROW, TIGHT, TOGETHER, File, number, object_, object_stream, stream
from handouts.pdf.filling import Filled
from handouts.pdf.font_set import FontSet
from handouts.pdf.images import image
from handouts.pdf.metadata import archival_entries, information
from handouts.pdf.plate import Plate

_TITLE = "Packets"
_LANGUAGE = "en"
_KIDS = 64  # pages under one node of the page tree (§7.7.3)
_PLATES = 256
_STREAM, _PACKED = 1 << 56, 2 << 56


class PrintFile:
    """One file while packets are added to it; `out` is written to from its beginning to its end."""

    def __init__(self, out: BinaryIO) -> None:
        self.pages = 0
        self._out = out
        self._at = 0
        self._rows = array("Q", [0xFFFF])  # the table of objects: 8 bits of type, 40 of place, 16 of number
        self._digest = hashlib.sha256()
        self._waiting: list[tuple[int, bytes]] = []
        self._fonts: dict[str, tuple[int, str]] = {}
        self._forms: dict[tuple[int, str], int] = {}
        self._images: dict[bytes, int] = {}
        self._plates: Recent[str, _Shared] = Recent(_PLATES)
        self._kids: list[int] = []
        self._nodes: list[int] = []
        self._write(HEAD)
        self._root = self._reserved()

    def add(self, documents: Iterable[Filled]) -> range:
        """Adds the pages of these documents, which are one packet, and returns their numbers, from 1."""
        first = self.pages + 1
        extras: list[tuple[FontSet, str]] = []
        for filled in documents:
            shared = self._plates(filled.plate.identity, lambda plate=filled.plate: self._shared(plate))
            resources = self._with(shared, filled.extra, extras) if filled.extra.met else shared.resources
            for page, pieces in zip(filled.plate.pages, filled.pages, strict=True):
                parts: list[str] = []
                for at, shown in page.still:
                    parts += ("q", at, f"{shared.forms[shown]} Do", "Q")
                for slot, texts in pieces.slots:
                    parts += ("q", slot.at, *texts, "Q")
                for edge in pieces.edges:
                    parts += ("q", edge.at, edge.shown, "Q")
                content = self._stream("", "\n".join(parts).encode("latin-1"))
                self._page(filled.plate, resources, content)
        return range(first, self.pages + 1)

    def close(self) -> None:
        """Writes what comes at the end; the file is whole after it. Raises ValueError for a file without a page."""
        if not self.pages:
            raise ValueError("a file has one page at least")
        self._end_node()
        kids = " ".join([f"{node} 0 R" for node in self._nodes])
        self._put(self._root, f"<</Type/Pages/Count {self.pages}/Kids[{kids}]>>")
        self._flush()
        last = File(len(self._rows))
        entries = archival_entries(last, _TITLE, _LANGUAGE)
        catalog = last.add(f"<</Type/Catalog/Pages {self._root} 0 R{entries}>>")
        told = last.add(information(_TITLE))
        self._chunk(last)
        table, start = len(self._rows), self._at
        rows = array("Q", [*self._rows, _STREAM | start << 16])
        if sys.byteorder == "little":
            rows.byteswap()
        named = self._digest.hexdigest()[:32]
        size = f"/Type/XRef/W[1 5 2]/Size {table + 1}/Root {catalog} 0 R/Info {told} 0 R/ID[<{named}><{named}>]"
        self._write(object_(table, stream(size, rows.tobytes())))
        self._write(b"startxref\n%d\n%%%%EOF\n" % start)

    def _shared(self, plate: Plate) -> _Shared:
        """What is the same on the pages of `plate`, written once."""
        fonts, listed = self._font_list(plate.fonts)
        pictures = {picture_name(content): self._image(content) for content in plate.pictures}
        forms: dict[str, str] = {}
        for page in plate.pages:
            for _, shown in page.still:
                if shown not in forms:
                    forms[shown] = f"/B{self._form(plate, fonts, shown, pictures)}"
        drawn = "".join([f"{name} {name[2:]} 0 R" for name in sorted(forms.values())])
        resources = self._add(f"<</Font {fonts} 0 R/XObject<<{drawn}>>>>")
        return _Shared(resources, listed, drawn, forms)

    def _font_list(self, fonts: FontSet) -> tuple[int, str]:
        """The object that names `fonts`, and what stands in it."""
        if fonts.identity not in self._fonts:
            listed = self._written(fonts)
            self._fonts[fonts.identity] = self._add(f"<<{listed}>>"), listed
        return self._fonts[fonts.identity]

    def _written(self, fonts: FontSet) -> str:
        file = File(len(self._rows))
        listed = "".join([f"{font.key} {font.written(file)} 0 R" for font in fonts.fonts.values()])
        self._chunk(file)
        return listed

    def _image(self, content: bytes) -> int:
        if content not in self._images:
            file = File(len(self._rows))
            self._images[content] = image(file, content)
            self._chunk(file)
        return self._images[content]

    def _form(self, plate: Plate, fonts: int, shown: str, pictures: Mapping[str, int]) -> int:
        """The form XObject that paints this, wherever the brush stands."""
        key = fonts, hashlib.sha256(shown.encode()).hexdigest()
        if key not in self._forms:
            drawn = "".join([f"{name} {picture} 0 R" for name, picture in pictures.items() if name in shown])
            wide, tall = number(plate.paper.width), number(plate.paper.height)
            entries = (
                f"/Type/XObject/Subtype/Form/BBox[-{wide} -{tall} {wide} {tall}]"
                f"/Resources<</Font {fonts} 0 R{f'/XObject<<{drawn}>>' if drawn else ''}>>"
            )
            self._forms[key] = self._stream(entries, shown.encode("latin-1"))
        return self._forms[key]

    def _with(self, shared: _Shared, extra: FontSet, known: list[tuple[FontSet, str]]) -> int:
        """The resources of pages that have characters in further fonts; the documents of a packet share those."""
        listed = next((listed for fonts, listed in known if fonts.met == extra.met), "")
        if not listed:
            listed = self._written(extra)
            known.append((extra, listed))
        return self._add(f"<</Font<<{shared.fonts}{listed}>>/XObject<<{shared.drawn}>>>>")

    def _page(self, plate: Plate, resources: int, content: int) -> None:
        if not self._kids:
            self._nodes.append(self._reserved())
        size = f"{number(plate.paper.width)} {number(plate.paper.height)}"
        self._kids.append(
            self._add(
                f"<</Type/Page/Parent {self._nodes[-1]} 0 R/MediaBox[0 0 {size}]"
                f"/Resources {resources} 0 R/Contents {content} 0 R>>"
            )
        )
        self.pages += 1
        if len(self._kids) == _KIDS:
            self._end_node()

    def _end_node(self) -> None:
        """Writes the node of the page tree that is being filled (§7.7.3.2)."""
        if self._kids:
            kids = " ".join([f"{page} 0 R" for page in self._kids])
            node = f"<</Type/Pages/Parent {self._root} 0 R/Count {len(self._kids)}/Kids[{kids}]>>"
            self._put(self._nodes[-1], node)
            self._kids = []

    def _reserved(self) -> int:
        self._rows.append(0)
        return len(self._rows) - 1

    def _put(self, number_: int, content: str) -> None:
        self._waiting.append((number_, content.encode("latin-1")))
        if len(self._waiting) == TOGETHER:
            self._flush()

    def _add(self, content: str) -> int:
        number_ = self._reserved()
        self._put(number_, content)
        return number_

    def _flush(self) -> None:
        """Writes the objects that wait, packed together (§7.5.7)."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        together = self._reserved()
        for index, (number_, _) in enumerate(waiting):
            self._rows[number_] = _PACKED | together << 16 | index
        self._rows[together] = _STREAM | self._at << 16
        self._write(object_(together, object_stream(waiting)))

    def _stream(self, entries: str, content: bytes) -> int:
        number_ = self._reserved()
        self._rows[number_] = _STREAM | self._at << 16
        self._write(object_(number_, stream(entries, content, level=TIGHT)))
        return number_

    def _chunk(self, file: File) -> None:
        """Writes the objects of `file`, which are numbered from the first that is free here."""
        chunk = file.chunk(self._at)
        for start in range(0, len(chunk.rows), ROW):
            row = int.from_bytes(chunk.rows[start : start + ROW], "big")
            self._rows.append((row >> 48) << 56 | row & 0xFFFFFFFFFFFF)
        self._write(chunk.content)

    def _write(self, content: bytes) -> None:
        self._digest.update(content)
        self._out.write(content)
        self._at += len(content)


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the pages of a plate share: their resources, the fonts and forms in them as they are listed, forms by what they paint."""

    resources: int
    fonts: str
    drawn: str
    forms: Mapping[str, str]
