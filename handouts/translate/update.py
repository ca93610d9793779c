"""A catalog + a new template → the catalog with the template's messages; what is there already stays as it is.

As `msgmerge --previous` does: a message whose source has changed a little keeps its translation, marked fuzzy, with the source
that it was a translation of; what is gone stands at the end after #~. Nothing fuzzy is ever printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from difflib import SequenceMatcher

from handouts.content.po import Entry, MessageKey, PoFile

NEAR = 0.6
"""How like a source must be to another for its translation to be worth keeping, as msgmerge has it."""
_FORMATS = "-format"


def updated(po: PoFile, template: PoFile) -> PoFile:
    """The catalog `po` with the messages of `template`, in its order."""
    standing = po.standing
    gone = {entry.key: entry for entry in po.entries if entry.obsolete and entry.key not in standing}
    wanted = {entry.key for entry in template.entries}
    spare = {key: entry for key, entry in standing.items() if key not in wanted and any(entry.translations)}
    used: set[MessageKey] = set()
    entries: list[Entry] = []
    for entry in template.entries:
        known = standing.get(entry.key) or gone.get(entry.key)
        if known:
            entries.append(_taken_over(known, entry))
            continue
        near = _nearest(entry, spare.values())
        if near:
            used.add(near.key)
        entries.append(_fuzzy(near, entry) if near else entry)
    left = [entry for entry in po.entries if entry.key not in wanted and entry.key not in used]
    obsolete = [replace(entry, obsolete=True, extracted=(), references=()) for entry in left if any(entry.translations)]
    return PoFile(po.head or template.head, (*entries, *obsolete))


def _taken_over(known: Entry, entry: Entry) -> Entry:
    """What translators wrote, with what the template says of the message now."""
    kept = tuple(flag for flag in known.flags if not flag.endswith(_FORMATS))
    flags = (*kept[: "fuzzy" in kept], *entry.flags, *kept["fuzzy" in kept :])
    return replace(
        entry,
        translations=known.translations if known.plural == entry.plural else entry.translations,
        comments=known.comments,
        flags=tuple(dict.fromkeys(flags)),
        previous=known.previous,
    )


def _fuzzy(near: Entry, entry: Entry) -> Entry:
    before = (*((("msgctxt", near.context),) if near.context is not None else ()), ("msgid", near.source))
    taken = _taken_over(near, entry)
    flags = ("fuzzy", *(flag for flag in taken.flags if flag != "fuzzy"))
    return replace(taken, flags=flags, previous=near.previous if near.fuzzy and near.previous else before)


def _nearest(entry: Entry, spare: Iterable[Entry]) -> Entry | None:
    """The entry whose source is most like that of `entry`, if any is like enough."""
    best, ratio = None, NEAR
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(entry.source)
    for other in spare:
        matcher.set_seq1(other.source)
        if matcher.real_quick_ratio() > ratio and matcher.quick_ratio() > ratio and (found := matcher.ratio()) > ratio:
            best, ratio = other, found
    return best
