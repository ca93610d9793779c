"""Translations that come back from a translator's own tool → the catalogs, row by row; what was damaged is refused."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from handouts.content.po import Entry, MessageKey, PoFile, short, written
from handouts.content.reviews import Review, Reviews, message_hash, name_of, read_reviews, record_beside, record_text
from handouts.errors import Fault
from handouts.translate.catalogs import OpenCatalog
from handouts.translate.checks import problems
from handouts.translate.files import write_whole
from handouts.translate.language import Language


@dataclass(frozen=True)
class Row:
    """One message as it came back: where it stood, what it was `exported_as`, its source and its translation there."""

    place: str
    name: str
    source: str
    translation: str


@dataclass(frozen=True)
class Taken:
    """What became of the rows: how many translations are new, how many as they were, and why each other was refused."""

    changed: int
    same: int
    refused: tuple[Fault, ...]


def exported_as(entry: Entry) -> str:
    """What a message is called in a file: its name, and a mark of the translation that it had then."""
    return f"{name_of(entry.key)}.{_mark(entry, entry.translation)}"


def _mark(entry: Entry, translation: str) -> str:
    return message_hash(*entry.key, translation)[:8]


def take(
    catalogs: Sequence[OpenCatalog], language: Language, rows: Iterable[Row | Fault], machine: Review | None = None
) -> Taken:
    """Put the translations of `rows` into the catalogs; a row with a fault is refused, and the others are taken.

    A new translation is unreviewed; with `machine`, the record says of each that a machine made it, in the words of this line.
    One that was empty and is, changes nothing, nor does one that is as it was exported, whatever the catalog has by now.
    """
    known = {name_of(entry.key): (catalog, entry) for catalog in catalogs for entry in catalog.entries()}
    new: dict[str, dict[MessageKey, str]] = {}
    faults: list[Fault] = []
    seen: set[str] = set()
    changed = same = 0
    for row in rows:
        if isinstance(row, Fault):
            faults.append(row)
            continue
        text = unicodedata.normalize("NFC", row.translation.strip().replace("\r\n", "\n"))
        name, _, mark = row.name.partition(".")
        if name not in known or name in seen:
            problem = f'"{row.name}" is no message of these catalogs.' if name not in known else "it stands twice."
            faults.append(Fault(row.place, problem, "Export again, and copy the translation.", value=short(row.source)))
            continue
        seen.add(name)
        catalog, entry = known[name]
        if spoilt := _spoilt(row, entry, emptied=not text and mark not in {"", _mark(entry, "")}):
            faults.append(spoilt)
            continue
        if not text or text == entry.translation or _mark(entry, text) == mark:
            same += 1
            continue
        wrong = [found for found in problems(entry.translated(text), language) if found.severity == "fault"]
        faults += [Fault(row.place, found.problem, found.remedy, value=short(text)) for found in wrong]
        if not wrong:
            new.setdefault(catalog.place, {})[entry.key] = text
            changed += 1
    for catalog in catalogs:
        if catalog.place in new:
            write_whole(catalog.path, written(_with(catalog, new[catalog.place])))
            if machine:
                _record(catalog, new[catalog.place], machine)
    return Taken(changed, same, tuple(faults))


def _spoilt(row: Row, entry: Entry, *, emptied: bool) -> Fault | None:
    """The fault of a row whose English is another than that of its message, or whose translation is gone."""
    if row.source.strip() != entry.source.strip():
        remedy = "Export again: the source is another now, or was changed by mistake."
        return Fault(row.place, "its English is not that of the message.", remedy, value=short(row.source))
    if emptied:
        remedy = "Write it again, or return the message with a reason (handouts translate review)."
        return Fault(row.place, "its translation was taken out.", remedy, value=short(row.source))
    return None


def _record(catalog: OpenCatalog, new: dict[MessageKey, str], machine: Review) -> None:
    """Write into the catalog's record that a machine made these translations."""
    record = record_beside(catalog.path)
    own = read_reviews(record, catalog.place)
    lines = (replace(machine, sha256=message_hash(*key, text)) for key, text in new.items())
    write_whole(record, record_text(Reviews((*own.lines, *lines))))


def _with(catalog: OpenCatalog, new: dict[MessageKey, str]) -> PoFile:
    """The catalog's own file with these translations; what it took from the program so far is its own then."""

    def taken(entry: Entry) -> Entry:
        return entry.translated(new[entry.key]) if not entry.obsolete and entry.key in new else entry

    own = catalog.po.standing
    added = tuple(
        entry.translated(new[entry.key]) for entry in catalog.entries() if entry.key in new.keys() - own.keys()
    )
    return PoFile(catalog.po.head or catalog.below.head, (*map(taken, catalog.po.entries), *added))
