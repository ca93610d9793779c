"""The bytes of a PDF → its objects, as pyHanko reads them, in a third of the time for files like ours.

Nearly all objects of our files stand in streams of objects (ISO 32000-1 §7.5.7).
"""

# pyHanko's types are partial: what it gives is looked at where it is used.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.misc import PdfStrictReadError
from pyhanko.pdf_utils.reader import PdfFileReader

_MOST_OBJECTS = 200_000


class Reader(PdfFileReader):
    """pyHanko's reader, strict, but that it looks into each stream of objects (§7.5.7) once and not for every object in it."""

    def __init__(self, pdf: bytes) -> None:
        self._packs: dict[int, tuple[bytes, list[tuple[int, int]]]] = {}
        super().__init__(BytesIO(pdf), strict=True)

    def _get_object_from_stream(self, idnum: int, stmnum: int, idx: int) -> Any:
        """The object `idnum`, the one at `idx` in the stream of objects `stmnum`. Raises PdfStrictReadError if it is not there."""
        if stmnum not in self._packs:
            self._packs[stmnum] = self._pack(stmnum)
        content, places = self._packs[stmnum]
        if not 0 <= idx < len(places) or places[idx][0] != idnum:
            raise PdfStrictReadError("an object is not where it should be")
        found: Any = generic.read_object(_at(content, places[idx][1]), generic.Reference(idnum, 0, self))
        if isinstance(found, generic.StreamObject | generic.IndirectObject):
            raise PdfStrictReadError("an object of this kind stands in no stream of objects")
        return found

    def _pack(self, number: int) -> tuple[bytes, list[tuple[int, int]]]:
        """What is in a stream of objects, and where each begins, by its number."""
        stream: Any = generic.Reference(number, 0, self).get_object()
        if not isinstance(stream, generic.StreamObject) or stream["/Type"] != "/ObjStm":
            raise PdfStrictReadError("a stream of objects is none")
        content = stream.read_data(DecodePurpose.OBJECT_STREAM)
        first, count = int(stream["/First"]), int(stream["/N"])
        head = content[:first].split()
        if len(head) != 2 * count or not 0 < count <= _MOST_OBJECTS:
            raise PdfStrictReadError("a stream of objects is damaged")
        return content, [(int(head[n]), first + int(head[n + 1])) for n in range(0, len(head), 2)]


def _at(content: bytes, place: int) -> BytesIO:
    opened = BytesIO(content)
    opened.seek(place)
    return opened
