"""Catalogs ↔ XLIFF 2.1 (OASIS), with places and markup as inline codes that a translator's tool protects.

One file element a catalog, one unit a message, one segment a unit. translate-toolkit reads XLIFF 2 but has no command that writes
it, so this is our own; its reader is what the tests check this with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import (
    Element,
    ParseError,
    SubElement,
    TreeBuilder,
    XMLParser,
    fromstring,
    indent,
    tostring,
)

from handouts.content.catalog import CODE
from handouts.content.po import Entry, short
from handouts.content.reviews import State
from handouts.errors import Fault, UnreadableInput, WrongUsage
from handouts.translate.catalogs import OpenCatalog
from handouts.translate.exchange import Row, exported_as
from handouts.translate.extract import doubtful, told

NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0"
_STATES = {
    State.EMPTY: "initial",
    State.FUZZY: "initial",
    State.REVIEWED: "final",
    State.HALF: "reviewed",
    State.UNTOLD: "reviewed",
}
"""XLIFF's state of a segment (§4.3.1.30); all others are translated."""
_SPACE = {"x": NAMESPACE}
_CODE = re.compile(f"({CODE.pattern})")


def xliff(catalogs: Sequence[OpenCatalog]) -> bytes:
    """The catalogs, which are of one language, as one XLIFF document."""
    root = Element("xliff", {"xmlns": NAMESPACE, "version": "2.1", "srcLang": "en", "trgLang": catalogs[0].language})
    texts: list[tuple[Element, str, _Codes]] = []
    for catalog in catalogs:
        file = SubElement(root, "file", {"id": catalog.domain.name, "original": f"{catalog.domain.name}.pot"})
        for entry in catalog.entries():
            texts += _unit(file, catalog, entry)
    indent(root)
    for element, text, codes in texts:  # last, for spaces between inline elements are text
        _inline(element, text, codes)
    return tostring(root, "utf-8", xml_declaration=True)


@dataclass(frozen=True)
class _Codes:
    """The inline codes of one message: each by its data, and the numbers that its places have in the source."""

    data: dict[str, str]
    numbers: dict[str, list[int]]


def _unit(file: Element, catalog: OpenCatalog, entry: Entry) -> Iterator[tuple[Element, str, _Codes]]:
    """A unit for a message, and what is still to be written in it."""
    unit = SubElement(file, "unit", {"id": exported_as(entry)} | ({"name": entry.context} if entry.context else {}))
    if lines := [*told(catalog.domain.by_key[entry.key]), *doubtful(entry)]:
        notes = SubElement(unit, "notes")
        for line in lines:
            SubElement(notes, "note").text = line
    found = _CODE.findall(entry.source)
    codes = _Codes({code: f"d{number}" for number, code in enumerate(dict.fromkeys(found), 1)}, {})
    for number, code in enumerate((code for code in found if not code.startswith("</")), 1):
        codes.numbers.setdefault(code, []).append(number)
    if codes.data:
        data = SubElement(unit, "originalData")
        for code, name in codes.data.items():
            SubElement(data, "data", {"id": name}).text = code
    segment = SubElement(unit, "segment", {"state": _STATES.get(catalog.state(entry), "translated")})
    yield SubElement(segment, "source"), entry.source, codes
    if entry.translation:
        yield SubElement(segment, "target"), entry.translation, codes


def _inline(element: Element, text: str, codes: _Codes) -> None:
    """`text` with its places as <ph> and its markup as <pc>, numbered as in the source."""
    open_ = [element]
    left = {code: list(numbers) for code, numbers in codes.numbers.items()}
    for piece in _CODE.split(text):
        if piece.startswith("</") and len(open_) > 1:
            open_.pop()
        elif left.get(piece):
            number = str(left[piece].pop(0))
            if piece.startswith("%("):
                SubElement(open_[-1], "ph", {"id": number, "dataRef": codes.data[piece], "disp": piece[2:-2]})
            else:
                ends = "</a>" if piece.startswith("<a") else "</strong>"
                references = {"dataRefStart": codes.data[piece], "dataRefEnd": codes.data[ends]}
                open_.append(SubElement(open_[-1], "pc", {"id": number, **references}))
        else:
            _add(open_[-1], piece)


def _add(element: Element, text: str) -> None:
    last = element[-1] if len(element) else None
    if last is None:
        element.text = (element.text or "") + text
    else:
        last.tail = (last.tail or "") + text


class _NoDoctype(TreeBuilder):
    """Builds trees of documents that declare no type, in which no entity can grow."""

    def doctype(self, *_: str | None) -> None:
        """Refuse the declaration; raises ValueError."""
        raise ValueError("it declares a document type")


def read_xliff(path: Path, language: str) -> Iterator[Row | Fault]:
    """The rows of an XLIFF 2 document for `language`, and a fault for each unit of which only a part is translated.

    Raises UnreadableInput for a file that is none, WrongUsage for one of another language.
    """
    try:
        root = fromstring(path.read_bytes(), XMLParser(target=_NoDoctype()))  # noqa: S314 - as above
        rows = [_row(unit, path.name) for unit in root.iter(f"{{{NAMESPACE}}}unit")]
    except (OSError, ParseError, ValueError, LookupError, RecursionError) as trouble:
        raise UnreadableInput(Fault(str(path), f"it is no XLIFF: {trouble}.", "Save it as XLIFF 2.1.")) from None
    if root.tag != f"{{{NAMESPACE}}}xliff":
        raise UnreadableInput(Fault(str(path), "it is not XLIFF 2.", "Save it as XLIFF 2.1."))
    target = root.get("trgLang", "")
    if target.replace("_", "-").casefold() != language.casefold():
        remedy = f"Import the file that was exported for {language}."
        raise WrongUsage(Fault(str(path), f"its target language is {target or 'not said'}.", remedy))
    yield from rows


def _row(unit: Element, file: str) -> Row | Fault:
    """What a unit says: its segments, and what a tool has put between them, joined in the order of each language (§4.3.1.20)."""
    name = unit.get("id", "")
    place = f"{file}, unit {name}"
    data = {each.get("id", ""): each.text or "" for each in unit.iterfind("x:originalData/x:data", _SPACE)}
    parts = [part for part in unit if part.tag in {f"{{{NAMESPACE}}}segment", f"{{{NAMESPACE}}}ignorable"}]
    sources: list[str] = []
    targets: list[tuple[int, str]] = []
    missing = said = False
    for number, part in enumerate(parts, 1):
        source, target = part.find("x:source", _SPACE), part.find("x:target", _SPACE)
        sources.append(_text(source, data))
        text = _text(target, data)
        if part.tag.endswith("segment"):
            missing |= not text.strip()
            said |= bool(text.strip())
        order = "" if target is None else target.get("order", "")
        targets.append((int(order or number), text if target is not None else sources[-1]))
    if missing and said:
        return Fault(
            place, "only a part of it is translated.", "Translate every segment.", value=short("".join(sources))
        )
    return Row(place, name, "".join(sources), "".join(text for _, text in sorted(targets)) if said else "")


def _text(element: Element | None, data: dict[str, str]) -> str:
    if element is None:
        return ""
    said = element.text or ""
    for inner in element:
        name = inner.tag.rpartition("}")[2]
        start = data.get(inner.get("dataRef", inner.get("dataRefStart", "")), "")
        end = data.get(inner.get("dataRefEnd", ""), "</strong>" if start == "<strong>" else "")
        said += start + (_text(inner, data) + end if name in {"pc", "mrk"} else "") + (inner.tail or "")
    return said
