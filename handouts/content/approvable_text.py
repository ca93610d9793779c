"""What people approve → lines that say all of it, for them to read before they do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import cast

from handouts.content.approval import Approvable
from handouts.content.blocks import Block
from handouts.settings import SETTINGS, Setting


def lines_of(of: Approvable) -> Iterator[str]:
    """All of it that its hash is of: a block with condition and sources, a setting with source and guard, the files of a version."""
    if of.block:
        yield from _block(of.block)
    elif of.setting:
        yield from _setting(of.setting)
    elif of.procedure:
        yield from (f"{sha256}  {name}" for name, sha256 in of.procedure.sources().items())


def _block(block: Block) -> Iterator[str]:
    yield f"in: {block.place}"
    yield f"when: {str(block.condition) or 'always'}" + (f"; for each of {block.each}" if block.each else "")
    yield f"from: {' '.join(block.rests_on)}"
    yield f"language: {block.language}"
    yield from block.said.splitlines()


def _setting(setting: Setting) -> Iterator[str]:
    definition = SETTINGS[setting.key.partition(".")[0]]
    yield definition.question
    yield from _headed("value:", setting.value, setting.unit)
    if setting.hours is not None:
        yield f"hours: {setting.hours}"
    for risk, reason in (setting.left_out or {}).items():
        yield f"left out: {risk}: {reason}"
    yield f"source: {setting.source_note or 'none is named'}"
    if setting.expires_at:
        yield f"last day: {setting.expires_at}"
    if definition.low is not None and definition.high is not None:
        guard = f"guard against typing errors: {definition.low:g} to {definition.high:g} {definition.unit}".rstrip()
        yield f"{guard}; the value is outside: two people approve it" if setting.outside else guard


def _headed(head: str, value: object, unit: str = "") -> Iterator[str]:
    """A value behind what it is called; below it, a line a text, where it has several."""
    if isinstance(value, Mapping):
        inner = [(f"{name}:", each) for name, each in cast("Mapping[str, object]", value).items()]
    elif isinstance(value, tuple):
        inner = [("-", each) for each in cast("tuple[object, ...]", value)]
    elif is_dataclass(value) and not isinstance(value, type):
        given = ((f"{each.name}:", getattr(value, each.name)) for each in fields(value))
        inner = [(name, each) for name, each in given if each is not None]
    else:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        yield " ".join(filter(None, (head, text, unit)))
        return
    yield head
    for name, each in inner:
        yield from (f"  {line}" for line in _headed(name, each))
