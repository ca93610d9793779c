"""A catalog + a new template → the catalog with the template's messages; what is there already stays as it is.

As `msgmerge --previous` does: a message whose source has changed a little keeps its translation, marked fuzzy, with the source
that it was a translation of; what is gone stands at the end after #~. Nothing fuzzy is ever printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from difflib import SequenceMatcher

from handouts.content.po import Entry, MessageKey, PoFile, in_order

NEAR = 0.6
"""How like a source must be to another for its translation to be worth keeping, as msgmerge has it."""
_FORMATS = "-format"


def updated(po: PoFile, template: PoFile) -> PoFile:
    """The catalog `po` with the messages of `template`, in its order."""
    said = {entry.key: entry for entry in sorted(po.entries, key=_worth)}
    wanted = {entry.key for entry in template.entries}
    spare = {key: entry for key, entry in said.items() if key not in wanted and any(entry.translations)}
    used: set[MessageKey] = set()
    entries: list[Entry] = []
    for entry in template.entries:
        if known := said.get(entry.key):
            same = known.plural == entry.plural
            entries.append(_joined(known, entry) if same else _fuzzy(known, entry))
            continue
        near = _nearest(entry, spare.values())
        if near:
            used.add(near.key)
        entries.append(_fuzzy(near, entry) if near else entry)
    left = [entry for entry in po.entries if entry.key not in wanted and entry.key not in used]
    obsolete = [replace(entry, obsolete=True, extracted=(), references=()) for entry in left if any(entry.translations)]
    return PoFile(po.head or template.head, (*entries, *obsolete))


def _worth(entry: Entry) -> tuple[bool, bool]:
    """Of two entries of one message, that of more worth: with a translation, and not obsolete."""
    return any(entry.translations), not entry.obsolete


def _joined(known: Entry, entry: Entry) -> Entry:
    """What translators wrote, with what the template says of the message now."""
    doubtful = known.fuzzy and any(known.translations)
    kept = (flag for flag in known.flags if flag != "fuzzy" and not flag.endswith(_FORMATS))
    return replace(
        entry,
        translations=known.translations,
        comments=known.comments,
        flags=in_order((*entry.flags, *kept, *(["fuzzy"] if doubtful else []))),
        previous=known.previous if doubtful else (),
    )


def _fuzzy(near: Entry, entry: Entry) -> Entry:
    """The translation of another source, marked as that, with the source that it was right for."""
    texts = (("msgctxt", near.context), ("msgid", near.source), ("msgid_plural", near.plural))
    source = tuple((name, text) for name, text in texts if text is not None)
    before = near.previous if near.fuzzy and near.previous else source
    marked = replace(near, translations=near.translations[: len(entry.translations)], flags=("fuzzy", *near.flags))
    return _joined(replace(marked, previous=before), entry)


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
