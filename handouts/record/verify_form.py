"""The form of a PDF at one of its revisions → its fields by their whole names (ISO 32000-1 §12.7.3.2)."""

# pyHanko's types are partial: what it gives is looked at where it is used.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from typing import Any, NamedTuple

from pyhanko.pdf_utils import generic

from handouts.record.verify_objects import Ref, Revisions, inside

_DEEPEST = 32
_MOST = 10_000


class FieldAt(NamedTuple):
    """A field: its name, its kind ("/Sig", "/Tx" …), its object, and what is in it."""

    name: str
    kind: str
    ref: Ref | None
    entry: Any

    @property
    def value(self) -> Ref | None:
        """The object of its signature."""
        raw = self.entry.raw_get("/V") if "/V" in self.entry else None
        return Ref(raw.idnum, raw.generation) if isinstance(raw, generic.IndirectObject) else None


def fields_at(revisions: Revisions, number: int) -> dict[str, FieldAt]:
    """The fields with this revision the last. Raises ValueError for a form that is none, or two fields of one name."""
    found: dict[str, FieldAt] = {}
    form = inside(revisions.root(number), "/AcroForm")
    if not isinstance(form, generic.DictionaryObject):
        return found
    seen: set[Ref] = set()

    def walk(kids: Any, before: str, kind: str, depth: int) -> None:
        if depth > _DEEPEST or not isinstance(kids, generic.ArrayObject):
            raise ValueError("the form is not one that can be followed")
        for index in range(len(kids)):
            raw = kids.raw_get(index)
            ref = Ref(raw.idnum, raw.generation) if isinstance(raw, generic.IndirectObject) else None
            entry = raw.get_object() if isinstance(raw, generic.IndirectObject) else raw
            if ref in seen or not isinstance(entry, generic.DictionaryObject) or len(found) > _MOST:
                raise ValueError("the form is not one that can be followed")
            if ref:
                seen.add(ref)
            own = str(entry["/T"]) if "/T" in entry else ""
            name = ".".join(filter(None, (before, own)))
            sort = str(inside(entry, "/FT", kind))
            below = inside(entry, "/Kids")
            if isinstance(below, generic.ArrayObject) and any("/T" in kid.get_object() for kid in below):
                walk(below, name, sort, depth + 1)
                continue
            if name in found:
                raise ValueError(f'two fields are called "{name}"')
            found[name] = FieldAt(name, sort, ref, entry)

    walk(inside(form, "/Fields", generic.ArrayObject()), "", "", 0)
    return found
