"""A translation memory (TMX 1.4, LISA) → what it has for messages that are not translated yet; it never replaces a translation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, fromstring

from handouts.content.catalog import is_english
from handouts.content.reviews import name_of
from handouts.errors import Fault, UnreadableInput
from handouts.translate.catalogs import OpenCatalog
from handouts.translate.exchange import Row

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ENTITY = re.compile(rb"<\0?!\0?E\0?N\0?T\0?I\0?T\0?Y")
"""How an entity is declared, which no memory needs, in UTF-8 or UTF-16."""


@dataclass(frozen=True)
class Unit:
    """What a memory says of one sentence, and where."""

    place: str
    source: str
    translation: str


def read_tmx(path: Path, language: str) -> tuple[Unit, ...]:
    """The units of a memory that have English and `language`, or the language of that without a region.

    Raises UnreadableInput for a file that is none.
    """
    try:
        root = _parsed(path.read_bytes())
    except (OSError, ParseError, ValueError, LookupError, RecursionError) as trouble:
        raise UnreadableInput(Fault(str(path), f"it is no TMX: {trouble}.", "Save it as TMX 1.4.")) from None
    if root.tag != "tmx":
        raise UnreadableInput(Fault(str(path), "it is not TMX.", "Save it as TMX 1.4."))
    return tuple(_units(root, path.name, language))


def _parsed(content: bytes) -> Element:
    if _ENTITY.search(content):
        raise ValueError("it declares an entity")
    return fromstring(content)  # noqa: S314 - no entity, so none can grow


def _units(root: Element, file: str, language: str) -> Iterator[Unit]:
    wanted = {language.casefold(), re.sub(r"-([A-Z]{2}|\d{3})$", "", language).casefold()}
    for number, unit in enumerate(root.iter("tu"), 1):
        said = {_tag(each): _text(each) for each in unit.iterfind("tuv")}
        sources = [text for tag, text in said.items() if is_english(tag)]
        for text in [text for tag, text in said.items() if tag.casefold() in wanted][:1]:
            yield from (Unit(f"{file}, unit {number}", source, text) for source in sources[:1] if text.strip())


def _tag(variant: Element) -> str:
    return variant.get(_LANG, variant.get("lang", "")).replace("_", "-")


def _text(variant: Element) -> str:
    segment = variant.find("seg")
    return "" if segment is None else "".join(segment.itertext())


def filling(units: Sequence[Unit], catalogs: Sequence[OpenCatalog]) -> Iterator[Row]:
    """The units whose English is that of a message without a translation, each once; two that differ are both there."""
    empty: dict[str, list[str]] = {}
    for catalog in catalogs:
        for entry in catalog.entries():
            if not entry.translation:
                empty.setdefault(entry.source.strip(), []).append(name_of(entry.key))
    seen: set[tuple[str, str]] = set()
    for unit in units:
        source = unit.source.strip()
        if (source, unit.translation) in seen:
            continue
        seen.add((source, unit.translation))
        for name in empty.get(source, ()):
            yield Row(unit.place, name, source, unit.translation)
