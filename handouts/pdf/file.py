"""Numbered objects → the bytes of a PDF file (ISO 32000-1 §7.5), by reportlab's document, table of objects and trailer.

Objects are written as text in PDF's own syntax: making them so is many times faster than building them of reportlab's classes,
and what stands in the file is what is read here. reportlab has no types of its own: its objects are `Any`.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from typing import Any

from reportlab.pdfbase import pdfdoc

_PDFDOC: Any = pdfdoc
_VERSION = (1, 7)


class File:
    """The objects of one file; the same calls in the same order make the same bytes."""

    def __init__(self) -> None:
        self._contents: list[bytes] = []

    def reserved(self) -> int:
        """The number of an object that is written later, with `put`."""
        self._contents.append(b"")
        return len(self._contents)

    def put(self, number: int, content: str | bytes) -> None:
        """Writes the object with a reserved number."""
        self._contents[number - 1] = content.encode("latin-1") if isinstance(content, str) else content

    def add(self, content: str | bytes) -> int:
        """Writes an object; its number."""
        number = self.reserved()
        self.put(number, content)
        return number

    def stream(self, entries: str, content: bytes, *, packed: bool = True) -> int:
        """Writes a stream with these entries in its dictionary, packed unless that is done already; its number."""
        return self.add(stream(entries, content, packed=packed))

    def pdf(self, catalog: int, information: int) -> bytes:
        """The file. Its identifier (§14.4) is a hash of what is in it."""
        empty = [number for number, content in enumerate(self._contents, 1) if not content]
        if empty:
            raise ValueError(f"objects were reserved and never written: {empty}")
        return bytes(_Document(self._contents, catalog, information).format())


def stream(entries: str, content: bytes, *, packed: bool = True) -> bytes:
    """A stream object (§7.3.8); an end of line stands before `endstream` (ISO 19005-2 §6.1.7.1)."""
    if packed:
        content, entries = zlib.compress(content, 6), f"{entries}/Filter/FlateDecode"
    head = f"<<{entries}/Length {len(content)}>>\nstream\n".encode("latin-1")
    return b"".join((head, content, b"\nendstream"))


def text_string(text: str) -> str:
    """A text string (§7.9.2.2): in ASCII as it is, all else in UTF-16."""
    if text.isascii() and text.isprintable():
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        return f"({escaped})"
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"


def name(text: str) -> str:
    """A name (§7.3.5)."""
    plain = (
        chr(byte) if (chr(byte).isalnum() and byte < 128) or byte in b"+-._" else f"#{byte:02X}"
        for byte in text.encode()
    )
    return f"/{''.join(plain)}"


def number(value: float) -> str:
    """A number with at most two digits after the point."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))


def numbers(values: Iterable[float]) -> str:
    """Numbers with spaces between them."""
    return " ".join(map(number, values))


class _Written(_PDFDOC.PDFObject):
    """An object that is bytes already."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def format(self, _document: Any) -> bytes:
        return self._content


class _Document(_PDFDOC.PDFDocument):
    """reportlab's document with our objects alone: no catalog, pages, outlines or dictionary of fonts of its own."""

    def __init__(self, contents: Iterable[bytes], catalog: int, information: int) -> None:
        _PDFDOC.PDFDocument.__init__(self, invariant=1, pdfVersion=_VERSION)
        self.idToObject.clear()
        self.idToObjectNumberAndVersion.clear()
        self.numberToId.clear()
        self.objectcounter = 0
        digest = hashlib.sha256()
        written: list[Any] = []
        for each in contents:
            digest.update(each)
            written.append(_Written(each))
            self.Reference(written[-1])
        self.Catalog, self.info = written[catalog - 1], written[information - 1]
        identifier = digest.hexdigest()[:32]
        self._ID = f"[<{identifier}><{identifier}>]".encode()
