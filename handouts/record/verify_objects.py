"""A PDF's objects at each of its revisions → plain values that can be compared, and where they stand in the file.

A revision is what was there at first, or what was appended at one time (ISO 32000-1 §7.5.6).
"""

# pyHanko's types are partial: what it gives is looked at where it is used.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.pdf_utils.xref import ObjStreamRef

MOST_REVISIONS = 64
MOST_OBJECTS = 200_000
_DEEPEST = 64


class Ref(NamedTuple):
    """The number and generation of an object."""

    number: int
    generation: int


class Revisions:
    """The revisions of a file that was read; 0 is the file as it was first written. Raises ValueError for far too many objects."""

    def __init__(self, reader: PdfFileReader) -> None:
        self.reader = reader
        self.count: int = reader.xrefs.total_revisions
        if self.count > MOST_REVISIONS:
            raise ValueError("the file was appended to far too often")
        self._refs = [frozenset(map(_ref, reader.xrefs.explicit_refs_in_revision(n))) for n in range(self.count)]
        self._numbers = [{each.number for each in refs} for refs in self._refs]
        if sum(map(len, self._refs)) > MOST_OBJECTS:
            raise ValueError("the file has far too many objects")
        self._reached: dict[int, frozenset[Ref]] = {}

    def written(self, number: int) -> frozenset[Ref]:
        """The objects that a revision has anew, or changes."""
        return self._refs[number]

    def at(self, number: int) -> HistoricalResolver:
        """The file as it was with this revision the last."""
        return self.reader.get_historical_resolver(number)

    def object(self, ref: Ref, number: int) -> Any:
        """The object as it was then."""
        return self.at(number)(generic.Reference(ref.number, ref.generation, self.at(number)))

    def existed(self, ref: Ref, number: int) -> bool:
        """Whether there was an object of this number then, of whatever generation."""
        return any(ref.number in self._numbers[n] for n in range(number + 1))

    def place(self, ref: Ref, number: int) -> int | ObjStreamRef | None:
        """Where an object stands: its first byte, or the stream of objects that it is in."""
        return self.reader.xrefs.get_historical_ref(generic.Reference(ref.number, ref.generation, self.reader), number)

    def end(self, number: int) -> int:
        """Where a revision's table of objects ends."""
        return self.reader.xrefs.get_xref_container_info(number).end_location

    def table(self, number: int) -> Ref | None:
        """The object that is a revision's table of objects."""
        found = self.reader.xrefs.get_xref_container_info(number).stream_ref
        return _ref(found) if found is not None else None

    def root(self, number: int) -> Any:
        """The catalog as it was then."""
        return self.at(number).root

    def reached(self, number: int) -> frozenset[Ref]:
        """The objects that something refers to then, from the catalog and the information on."""
        if number not in self._reached:
            view = self.at(number).trailer_view
            ends = [view.raw_get(key) for key in ("/Root", "/Info") if key in view]
            self._reached[number] = frozenset(self.refers(generic.ArrayObject(ends), number))
        return self._reached[number]

    def refers(self, start: Any, number: int, without: str = "") -> set[Ref]:
        """The objects that are reached from `start` then; the entry `without` of the catalog is not followed."""
        seen: set[Ref] = set()
        waiting: list[Any] = [start]
        while waiting:
            each = waiting.pop()
            if isinstance(each, generic.IndirectObject):
                ref = Ref(each.idnum, each.generation)
                if ref in seen:
                    continue
                seen.add(ref)
                each = self.object(ref, number)
            if isinstance(each, generic.DictionaryObject):
                left_out = without if inside(each, "/Type") == "/Catalog" else ""
                waiting += [each.raw_get(key) for key in each if key != left_out]
            elif isinstance(each, generic.ArrayObject):
                waiting += list(_raw(each))
        return seen


def plain(value: Any, depth: int = 0) -> Any:
    """An object as a value of Python's own: references as they are, a stream with the hash of its bytes."""
    if depth > _DEEPEST:
        raise ValueError("objects stand too deep in one another")
    if isinstance(value, generic.IndirectObject):
        return Ref(value.idnum, value.generation)
    if isinstance(value, generic.DictionaryObject):
        entries = {str(key): plain(value.raw_get(key), depth + 1) for key in value}
        if isinstance(value, generic.StreamObject):
            entries[" stream"] = hashlib.sha256(value.encoded_data or b"").hexdigest()
        return entries
    if isinstance(value, generic.ArrayObject):
        return [plain(each, depth + 1) for each in _raw(value)]
    if isinstance(value, generic.TextStringObject | generic.ByteStringObject):
        return value.original_bytes
    return f"{type(value).__name__} {value!r}"


def entries(value: Any) -> dict[str, Any]:
    """A dictionary as plain values; nothing for what is none."""
    found = plain(value)
    return found if isinstance(found, dict) else {}


def inside(value: Any, key: str, otherwise: Any = None) -> Any:
    """The entry of a dictionary, whether it stands there or is an object of its own; `otherwise` where there is none."""
    return value[key] if isinstance(value, generic.DictionaryObject) and key in value else otherwise


def differing(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """The entries that are not the same in both."""
    return {key for key in (*before, *after) if before.get(key) != after.get(key)}


def _raw(array: generic.ArrayObject) -> list[Any]:
    return [array.raw_get(index) for index in range(len(array))]


def _ref(found: Any) -> Ref:
    return Ref(found.idnum, found.generation)
