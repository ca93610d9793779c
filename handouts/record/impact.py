"""What the documents of a packet were made of, and a clinic's content as it is now → what of it would be made differently, and why.

A change counts where it can reach the paper: blocks that stand on it, and settings that its blanks or facts may rest on. It is told
rather once too often than once too seldom.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from handouts.clinic import Clinic
from handouts.content import notice
from handouts.content.approval import ALWAYS, blocks_of
from handouts.content.blanks import Blank
from handouts.content.blocks import Block, Edition
from handouts.content.catalog import is_english
from handouts.content.choice import ItemFacts
from handouts.content.condition import Facts
from handouts.content.editions import Editions
from handouts.content.wording import Wording
from handouts.errors import ContentError
from handouts.settings import SETTINGS, hash_of, in_language

_ISSUED = "issued_at"
_TEXTS = frozenset(("text", "texts", "contraindications", "risks", "alternatives", "benefits"))
"""Kinds of settings that stand in blocks as words, and nowhere else."""


class Cause(StrEnum):
    """What was changed."""

    TEMPLATE = "template"
    TRANSLATION = "translation"
    SETTING = "setting"


@dataclass(frozen=True)
class Change:
    """One thing because of which a document would be made differently: what was changed, what it is called, how it differs."""

    cause: Cause
    what: str
    said: str

    def __str__(self) -> str:
        return f"{self.what}: {self.said}"


@dataclass(frozen=True)
class BlockMade:
    """One block of a document: its name and hash, those of the same block in English ("" where there is none), and its settings."""

    what: str
    sha256: str
    english: str
    settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class MadeOf:
    """All that one document, in one language, was made of but for the patient's values; `settings` are hashes by key."""

    procedure: str
    version: str
    kind: str
    language: str
    wording_sha256: str
    facts: Facts
    items: ItemFacts
    blocks: tuple[BlockMade, ...]
    settings: Mapping[str, str]

    @cached_property
    def by_hash(self) -> Mapping[str, BlockMade]:
        """Its blocks by their hash."""
        return {block.sha256: block for block in self.blocks}

    def as_json(self) -> dict[str, Any]:
        """What JSON can hold, out of which `of_json` makes it again."""
        return {
            **{name: getattr(self, name) for name in ("procedure", "version", "kind", "language", "wording_sha256")},
            "facts": dict(self.facts),
            "items": {name: [dict(item) for item in items] for name, items in self.items.items()},
            "blocks": [[block.what, block.sha256, block.english, list(block.settings)] for block in self.blocks],
            "settings": dict(self.settings),
        }

    @classmethod
    def of_json(cls, read: Mapping[str, Any]) -> MadeOf:
        """The value that `as_json` was of. Raises KeyError, TypeError or ValueError for what is none."""
        blocks = tuple(
            BlockMade(what, sha256, english, tuple(settings)) for what, sha256, english, settings in read["blocks"]
        )
        items = {name: tuple(dict(item) for item in listed) for name, listed in read["items"].items()}
        known = {name: str(read[name]) for name in ("procedure", "version", "kind", "language", "wording_sha256")}
        return cls(**known, facts=dict(read["facts"]), items=items, blocks=blocks, settings=dict(read["settings"]))


def made_of(wording: Wording, facts: Facts, items: ItemFacts, editions: Editions) -> MadeOf:
    """What a document with this wording, chosen by these facts, is made of."""
    edition = wording.edition
    english = _english(edition, editions)
    names = blocks_of(edition)
    blocks = {
        sha256: BlockMade(names[sha256].what, sha256, english.get(sha256, ""), _settings(block))
        for block in wording.blocks
        for sha256 in (block.approved_as,)
    }
    return MadeOf(
        edition.procedure,
        edition.version,
        edition.kind,
        edition.language,
        wording.sha256,
        facts,
        items,
        tuple(blocks.values()),
        _hashes(wording, editions.clinic),
    )


def touched(before: MadeOf, now: Editions) -> tuple[Change, ...]:
    """Because of what the document would be made differently with the content as it is now; nothing where it would not.

    It is the same document for the same facts; facts that rest on a setting are told by that setting.
    """
    name = f"{before.procedure} {before.kind}"
    try:
        served = before.kind == notice.KIND or before.language in now.languages(before.procedure)
        if before.procedure not in now.procedures or before.kind not in now.kinds(before.procedure):
            return (Change(Cause.TEMPLATE, name, "there is no such document any more"),)
        if not served:
            return (Change(Cause.TRANSLATION, name, f"there is no edition in {before.language} any more"),)
        wordings = now.wordings(before.procedure, before.kind, before.language)
        if unknown := sorted(wordings.edition.facts - before.facts.keys()):
            return (Change(Cause.TEMPLATE, name, f"it asks for facts that were not known: {', '.join(unknown)}"),)
        after = made_of(wordings(before.facts, before.items), before.facts, before.items, now)
    except KeyError as trouble:
        return (Change(Cause.TEMPLATE, name, f"it asks of a list for what was not known: {trouble.args[0]}"),)
    except ContentError as trouble:
        return tuple(Change(Cause.TEMPLATE, name, f"it cannot be made any more: {fault}") for fault in trouble.faults)
    found = [*_settings_changed(before, after), *_blocks_changed(before, after)]
    if not found and before.wording_sha256 != after.wording_sha256 and before.version == after.version:
        found.append(Change(Cause.TEMPLATE, name, "its blocks stand in another order or arrangement"))
    if before.version != after.version:
        found.append(Change(Cause.TEMPLATE, name, f"version {before.version} is now {after.version}"))
    found += _unreviewed(wordings(before.facts, before.items), name)
    return tuple(dict.fromkeys(found))


def instants(wordings: Iterable[Wording], known: Mapping[str, Blank]) -> Mapping[str, datetime]:
    """The times that stand in these wordings, and the arrival, by the blanks' names: not the time of issue, which is none to keep."""
    placed = {name for wording in wordings for block in wording.blocks for name in block.blanks} | {"arrival"}
    return {
        name: blank.value
        for name, blank in known.items()
        if name in placed - {_ISSUED} and blank.type == "instant" and isinstance(blank.value, datetime)
    }


def by_when(printed: Mapping[str, datetime]) -> datetime:
    """By when a packet must be made again, given its `instants`: before the first time the patient is to keep."""
    return min(printed.values())


def _settings_changed(before: MadeOf, after: MadeOf) -> Iterator[Change]:
    for key in sorted(before.settings.keys() | after.settings.keys()):
        was, is_ = before.settings.get(key), after.settings.get(key)
        if was != is_:
            said = (
                "it is set now" if was is None else "it is not set any more" if is_ is None else "it has another value"
            )
            yield Change(Cause.SETTING, f"setting {key}", said)


def _blocks_changed(before: MadeOf, after: MadeOf) -> Iterator[Change]:
    """What became of the blocks: those of one name are the same block before and after."""
    changed = {change.what.removeprefix("setting ") for change in _settings_changed(before, after)}
    gone = {b.what: b for sha256, b in before.by_hash.items() if sha256 not in after.by_hash}
    new = {b.what: b for sha256, b in after.by_hash.items() if sha256 not in before.by_hash}
    for name in dict.fromkeys((*gone, *new)):
        was, is_ = gone.get(name), new.get(name)
        if was and is_:
            if _rest_on(changed, (was, is_)):
                continue  # told by the setting
            same_source = bool(was.english) and was.english == is_.english
            if same_source and not is_english(before.language):
                yield Change(Cause.TRANSLATION, name, f"its text in {before.language} is another")
            else:
                yield Change(Cause.TEMPLATE, name, "it says something else, or stands under another condition")
        elif was:
            yield Change(Cause.TEMPLATE, name, "it does not stand there any more")
        else:
            yield Change(Cause.TEMPLATE, name, "it was not there")


def _rest_on(changed: Iterable[str], blocks: Sequence[BlockMade]) -> bool:
    names = {name for block in blocks for name in block.settings}
    return any(key.partition(".")[0] in names for key in changed)


def _unreviewed(wording: Wording, name: str) -> Iterator[Change]:
    if wording.unreviewed and wording.edition.kind != notice.KIND:
        said = (
            f"its translation into {wording.edition.language} is not reviewed any more: the packet would be in English"
        )
        yield Change(Cause.TRANSLATION, name, said)


def _english(edition: Edition, editions: Editions) -> Mapping[str, str]:
    """Each block's hash with that of the same block in English; nothing where the editions are not alike."""
    if edition.kind == notice.KIND:
        return {block.sha256: edition.blocks[1].sha256 for block in edition.blocks[1:]}
    source = editions.wordings(edition.procedure, edition.kind, editions.english).edition
    if [block.role for block in source.blocks] != [block.role for block in edition.blocks]:
        return {}
    return {block.sha256: other.sha256 for block, other in zip(edition.blocks, source.blocks, strict=True)}


def _settings(block: Block) -> tuple[str, ...]:
    return tuple(key for key in block.rests_on if key in SETTINGS)


def _hashes(wording: Wording, clinic: Clinic) -> Mapping[str, str]:
    """The settings that a document rests on, each with the hash of what it is in the document's language.

    Words count where a block stands that rests on them; numbers and choices where any block of the edition does, for they may
    decide which stand.
    """
    standing = {key for block in wording.blocks for key in block.rests_on}
    anywhere = {key for block in wording.edition.blocks for key in block.rests_on} | ALWAYS
    language = wording.edition.language
    found: dict[str, str] = {}
    for key, setting in clinic.settings.items():
        name = key.partition(".")[0]
        if name in (standing if SETTINGS[name].kind in _TEXTS else anywhere):
            value = in_language(setting.value, language, lambda texts: texts.get(clinic.english))
            found[key] = hash_of((key, value, setting.unit, setting.hours))
    return found
