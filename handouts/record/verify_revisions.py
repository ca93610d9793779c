"""The revisions of a signed PDF → what was changed in them that a signature does not change.

Stricter than DocMDP "form filling" (ISO 32000-1 §12.8.2.2.2) and than validators are: each revision after the first signs one field
that was there from the start, or is one document timestamp; all it may change is that field, and what says that there are
signatures. So no object that was prepared beforehand can come to the fore later, and no value can be filled in.
"""

# pyHanko's types are partial: what it gives is looked at where it is used.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.xref import ObjStreamRef

from handouts.record.verify_form import FieldAt, fields_at
from handouts.record.verify_objects import Ref, Revisions, differing, entries, inside, plain
from handouts.record.verify_values import Finding, Kind

_EXTENSION = {"/ESIC"}  # names the standard of the signatures
_NEW_IN_CATALOG = frozenset(("/DSS", "/Extensions"))
_FIXED = ("/Root", "/Info", "/Encrypt")


def changes(revisions: Revisions, signed: Mapping[int, str]) -> Iterator[Finding]:
    """All that is wrong with the revisions; `signed` are the fields that were signed, by the number of the revision."""
    first = min(signed, default=0)
    for number in range(1, revisions.count):
        if number not in signed:
            yield _changed("Something was added to the file that is no signature.")
        yield from _trailer(revisions, number)
        yield from _Change(revisions, number, signed.get(number, ""), certifies=number == first).findings()
    if 0 in signed:
        yield _changed("The file was written anew around a signature, or signed by another program.")
    yield from _placed(revisions)
    yield from _unreached(revisions)


def _trailer(revisions: Revisions, number: int) -> Iterator[Finding]:
    before, after = entries(revisions.at(number - 1).trailer_view), entries(revisions.at(number).trailer_view)
    for key in _FIXED:
        if before.get(key) != after.get(key):
            yield _changed("The file was made to begin elsewhere: what is shown is not what was signed.")
    if (before.get("/ID") or [b""])[0] != (after.get("/ID") or [b""])[0]:
        yield _changed("The file's own number was changed.")


class _Change:
    """One revision after the first."""

    def __init__(self, revisions: Revisions, number: int, field: str, *, certifies: bool) -> None:
        self._revisions = revisions
        self._number = number
        self._field = field
        self._certifies = certifies
        self._before = fields_at(revisions, number - 1)
        self._after = fields_at(revisions, number)
        self._by_object = {each.ref: each for each in self._before.values() if each.ref}
        self._timestamp = field != "" and field not in self._before

    def findings(self) -> Iterator[Finding]:
        """What it changed that it may not."""
        revisions, number = self._revisions, self._number
        if revisions.reader.xrefs.refs_freed_in_revision(number):
            yield _changed("Parts of the file were taken out.")
        for name in self._before.keys() - self._after.keys():
            yield _changed(f'The field "{name}" was taken out.')
        for name in self._after.keys() - self._before.keys():
            if name != self._field or not self._is_timestamp(self._after[name]):
                yield _changed(f'The field "{name}" was added.')
        for ref in sorted(revisions.written(number)):
            if revisions.existed(ref, number - 1):
                yield from self._existing(ref)
        yield from self._hidden_new()

    def _existing(self, ref: Ref) -> Iterator[Finding]:
        """What is wrong with an object that was there before."""
        revisions, number = self._revisions, self._number
        if ref in (revisions.table(n) for n in range(number)):
            yield _changed("The table of the file's parts was replaced.")
            return
        before, after = revisions.object(ref, number - 1), revisions.object(ref, number)
        if plain(before) == plain(after):
            return
        root: Any = revisions.at(number).trailer_view.raw_get("/Root")
        if ref == Ref(root.idnum, root.generation):
            yield from self._catalog(entries(before), entries(after))
        elif ref in self._by_object:
            yield from self._widget(self._by_object[ref], entries(before), entries(after))
        elif ref == self._form_object():
            yield from self._form(entries(before), entries(after))
        elif not self._is_proof(ref) and not self._is_page_of_timestamp(before, after):
            yield _changed(_named(ref, before, self._by_object.values()))

    def _catalog(self, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Finding]:
        for key in sorted(differing(before, after)):
            match key:
                case "/AcroForm" if isinstance(before.get(key), dict) and isinstance(after.get(key), dict):
                    yield from self._form(before[key], after[key])
                case "/Perms":
                    if not (self._certifies and key not in before and set(after[key]) == {"/DocMDP"}):
                        yield Finding(Kind.LOCK, "The certification of the first signature was changed or taken out.")
                case "/Extensions":
                    if not _adds(before.get(key, {}), after.get(key, {}), _EXTENSION):
                        yield _changed("The file was made to say that it follows other rules.")
                case _ if key not in _NEW_IN_CATALOG or key not in after:
                    yield _changed(f"The document itself was changed ({key[1:]}).")
                case _:
                    pass

    def _form(self, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Finding]:
        for key in sorted(differing(before, after)):
            if key == "/SigFlags" and after.get(key) == plain(generic.NumberObject(3)):
                continue
            old, new = before.get(key), after.get(key)
            added = isinstance(old, list) and isinstance(new, list) and new[:-1] == old
            if not (key == "/Fields" and self._timestamp and added):
                yield _changed(f"The form was changed ({key[1:]}).")

    def _widget(self, field: FieldAt, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Finding]:
        changed = differing(before, after)
        if field.kind != "/Sig":
            yield _changed(f'The field "{field.name}" was changed after signing.')
            return
        if "/V" in before:
            which = "was emptied" if "/V" not in after else "was changed after signing"
            yield _changed(f'The signature in the field "{field.name}" {which}.')
            return
        allowed = {"/Lock"} if self._certifies and "/Lock" not in before else set[str]()
        if field.name == self._field:
            allowed |= {"/V", "/AP", "/Type"}
        if changed - allowed:
            yield _changed(f'The field "{field.name}" was changed after signing.')
        elif "/AP" in changed and not self._is_own_look(after):
            yield _changed(f'What the field "{field.name}" shows is made of older parts of the file.')

    def _is_own_look(self, widget: dict[str, Any]) -> bool:
        """Whether the appearance was written in this revision."""
        shown = widget.get("/AP")
        look = shown.get("/N") if isinstance(shown, dict) and set(shown) == {"/N"} else None
        return isinstance(look, Ref) and not self._revisions.existed(look, self._number - 1)

    def _is_timestamp(self, field: FieldAt) -> bool:
        """Whether a new field is that of a document timestamp, which shows nothing (ISO 32000-2 §12.8.5)."""
        value = inside(field.entry, "/V")
        rect = inside(field.entry, "/Rect", ())
        flat = len(rect) == 4 and float(rect[0]) == float(rect[2]) and float(rect[1]) == float(rect[3])
        stamped = inside(value, "/Type") == "/DocTimeStamp"
        return field.kind == "/Sig" and stamped and flat and "/AP" not in field.entry

    def _is_page_of_timestamp(self, before: Any, after: Any) -> bool:
        """Whether all that a page has more is the place of a timestamp."""
        old, new = entries(before), entries(after)
        if not self._timestamp or old.get("/Type") != plain(generic.NameObject("/Page")):
            return False
        places = [place.get("/Annots", []) for place in (old, new)]
        added = places[1][-1:] == [self._after[self._field].ref] if self._field in self._after else False
        return differing(old, new) == {"/Annots"} and added and places[1][:-1] == places[0]

    def _is_proof(self, ref: Ref) -> bool:
        """Whether an object is one of what shows that certificates are valid, and of nothing else in the file."""
        revisions, before = self._revisions, self._number - 1
        root = revisions.root(before)
        if "/DSS" not in root or ref not in revisions.refers(root.raw_get("/DSS"), before):
            return False
        return ref not in revisions.refers(root, before, without="/DSS")

    def _form_object(self) -> Ref | None:
        root = self._revisions.root(self._number)
        raw = root.raw_get("/AcroForm") if "/AcroForm" in root else None
        return Ref(raw.idnum, raw.generation) if isinstance(raw, generic.IndirectObject) else None

    def _hidden_new(self) -> Iterator[Finding]:
        """New objects that nothing refers to wait for a later change."""
        revisions, number = self._revisions, self._number
        new = {ref for ref in revisions.written(number) if not revisions.existed(ref, number - 1)}
        new -= revisions.reached(number)
        new -= {revisions.table(number)}  # pyright: ignore[reportAssignmentType]
        new -= _packs(revisions, number)
        if new:
            yield Finding(Kind.HIDDEN, "The file has parts that were added with a signature and that nothing shows.")


def _unreached(revisions: Revisions) -> Iterator[Finding]:
    """What was in the file before it was signed and nothing refers to."""
    still = set(revisions.written(0)) - revisions.reached(0) - _packs(revisions, 0)
    still.discard(revisions.table(0))  # pyright: ignore[reportArgumentType]
    if still:
        yield Finding(
            Kind.HIDDEN, "The file has parts that nothing shows and that a later change could bring to the fore."
        )


def _packs(revisions: Revisions, number: int) -> set[Ref]:
    """The streams of objects of a revision."""
    return {Ref(each.idnum, each.generation) for each in revisions.reader.xrefs.object_streams_used_in(number)}


def _placed(revisions: Revisions) -> Iterator[Finding]:
    """Objects that do not stand in the bytes of their revision."""
    for number in range(revisions.count):
        start = revisions.end(number - 1) if number else 0
        packs = _packs(revisions, number)
        for ref in revisions.written(number):
            place = revisions.place(ref, number)
            if isinstance(place, ObjStreamRef):
                within = Ref(place.obj_stream_id, 0) in packs and Ref(place.obj_stream_id, 0) in revisions.written(
                    number
                )
            else:
                within = place is None or start <= place < revisions.end(number)
            if not within:
                yield Finding(Kind.HIDDEN, "A change took up bytes that had been hidden in the file before.")
                return


def _adds(before: Any, after: Any, names: set[str]) -> bool:
    """Whether all that `after` has more than `before` are entries of these names."""
    both = isinstance(before, dict) and isinstance(after, dict)
    return both and all(after.get(key) == value for key, value in before.items()) and set(after) - set(before) <= names


def _named(ref: Ref, before: Any, fields: Any) -> str:
    """What an object is, in words."""
    kind = str(inside(before, "/Type", ""))
    for field in fields:
        look = entries(field.entry).get("/AP")
        if isinstance(look, dict) and ref in look.values():
            return f'What the field "{field.name}" shows was replaced.'
    match kind:
        case "/Page":
            return "A page was replaced."
        case "/Pages":
            return "Pages were added, taken out or put in another order."
        case "/StructElem" | "/StructTreeRoot":
            return "What is read aloud was changed."
        case "/Font" | "/FontDescriptor":
            return "A font was replaced: letters may show as others."
        case "/Sig" | "/DocTimeStamp":
            return "A signature was replaced."
        case "/Annot":
            return "Something that lies over a page was changed."
        case _:
            return f"Part {ref.number} of the file was replaced."


def _changed(what: str) -> Finding:
    return Finding(Kind.CHANGE, what)
