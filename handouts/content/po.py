"""A PO file (GNU gettext) ↔ its entries, with everything that translators and their tools keep in one.

Strict where `msgfmt` is, and every fault has its line. What is written is what `msgcat` writes, so that Poedit, Weblate and
gettext's own tools change nothing but what somebody changed.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate, pairwise

from handouts.errors import CatalogError, Fault

WIDTH = 79
"""Columns of a line, as gettext's tools have them."""
_KEYWORD = re.compile(r"(msgctxt|msgid_plural|msgid|msgstr(?:\[(\d+)\])?)\s*(?=\")")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*')
_ESCAPE = re.compile(r"(?:\\(?:[0-7]{1,3}|x[0-9A-Fa-f]{1,2}))+|\\(.)")
_BYTE = re.compile(r"\\(?:([0-7]+)|x(.+?))(?=\\|$)")
_UNESCAPED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", '"': '"', "\\": "\\"}
_ESCAPED = str.maketrans({char: f"\\{name}" for name, char in _UNESCAPED.items()})
_UNBROKEN = re.compile(r"%\(\w+\)[a-z]|%%|\\.")
"""A placeholder or an escape, in which no line is broken."""
_CHARSET = re.compile(r'Content-Type:[^"\n]*charset=([^\s;\\"]+)')
_AFTER_STOP = re.compile(r"(?<=[.,:;])(?=[^\W\d_]|<)")
"""gettext's tools break a line there too, where UAX #14 no longer does."""
_PARAGRAPH = re.compile(r"[^\n]*\n|[^\n]+")
_NPLURALS = re.compile(r"nplurals\s*=\s*(\d)")
_UTF_8 = frozenset({"utf-8", "utf8", "ascii", "us-ascii", "charset"})
PLACE = re.compile(r"%\((\w+)\)s")
"""A place in a message, where something is filled in, by its name."""
MessageKey = tuple[str, str]
"""Context (or "") and source sentence."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One message as it stands in a PO file.

    `translations` has one text, or one for each plural form, "" where there is none. `comments` are the translators',
    `extracted` the programmers', each a line as it stands after its mark. `previous` is what the source was when a fuzzy
    translation was right: keyword and text. `line` is that of its msgid.
    """

    source: str
    translations: tuple[str, ...] = ("",)
    context: str | None = None
    plural: str | None = None
    comments: tuple[str, ...] = ()
    extracted: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    previous: tuple[tuple[str, str], ...] = ()
    obsolete: bool = False
    line: int = field(default=0, compare=False)

    @property
    def key(self) -> MessageKey:
        """What the message is known by: context (or "") and source."""
        return self.context or "", self.source

    @property
    def fuzzy(self) -> bool:
        """Whether the translation is one of another source, or was set aside as doubtful."""
        return "fuzzy" in self.flags

    @property
    def translation(self) -> str:
        """The translation, if it has one that may be used: not empty, not fuzzy, and without plural forms; else ""."""
        usable = self.plural is None and not self.fuzzy and self.translations[0].strip()
        return self.translations[0] if usable else ""

    def translated(self, text: str) -> Entry:
        """The entry with `text` as its translation, which is no longer fuzzy."""
        flags = tuple(flag for flag in self.flags if flag != "fuzzy")
        return replace(self, translations=(text,), flags=flags, previous=())


@dataclass(frozen=True)
class PoFile:
    """The entries of a PO file in their order, its head (`source` is "") apart."""

    head: Entry | None
    entries: tuple[Entry, ...]

    @cached_property
    def headers(self) -> dict[str, str]:
        """The fields of the head, such as Language and Plural-Forms."""
        lines = (self.head.translations[0] if self.head else "").splitlines()
        return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}

    @cached_property
    def standing(self) -> dict[MessageKey, Entry]:
        """The entries that are not obsolete, by their keys."""
        return {entry.key: entry for entry in self.entries if not entry.obsolete}


def read_po(content: bytes, place: str) -> PoFile:
    """The PO file that is `content`; `place` names it in faults.

    Raises CatalogError for characters that are not UTF-8, for a line that is no PO, for a message that stands twice, and for
    one without a translation for each plural form of the language.
    """
    reader = _Reader(place)
    for number, line in enumerate(_decoded(content, place).split("\n"), 1):
        reader.take(line.rstrip("\r"), number)
    entries = reader.end()
    head = next(
        (entry for entry in entries if entry.source == "" and entry.context is None and not entry.obsolete), None
    )
    found = PoFile(head, tuple(entry for entry in entries if entry is not head))
    CatalogError.gathered(_faults(found, place))
    return found


def written(po: PoFile) -> str:
    """The text of the file."""
    ordered = (*([po.head] if po.head else ()), *po.entries)
    return "\n".join("".join(f"{line}\n" for line in _lines(entry)) for entry in ordered)


def _decoded(content: bytes, place: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        line = content.count(b"\n", 0, trouble.start) + 1
        charset = _CHARSET.search(content.decode("latin-1"))
        of = charset[1] if charset and charset[1].lower() not in _UTF_8 else ""
        remedy = f"Convert it: msgconv -t UTF-8{f' (it says {of})' if of else ''}." if of else "Save it as UTF-8."
        raise CatalogError(Fault(f"{place}, line {line}", "its characters are not UTF-8.", remedy)) from None
    if (found := _CHARSET.search(text)) and found[1].lower() not in _UTF_8:
        line = text.count("\n", 0, found.start()) + 1
        remedy = "Save it as UTF-8 and say charset=UTF-8 in its header (msgconv -t UTF-8 does both)."
        raise CatalogError(Fault(f"{place}, line {line}", f"its header says charset={found[1]}.", remedy))
    return text


def _faults(po: PoFile, place: str) -> Iterator[Fault]:
    seen: dict[MessageKey, int] = {po.head.key: po.head.line} if po.head else {}
    forms = _NPLURALS.search(po.headers.get("Plural-Forms", ""))
    for entry in po.entries:
        if entry.obsolete:
            continue
        if entry.key in seen:
            problem = f'the message "{short(entry.source)}" stands twice, first in line {seen[entry.key]}.'
            yield Fault(f"{place}, line {entry.line}", problem, "Take one out, or give it another context.")
        seen[entry.key] = entry.line
        if entry.plural is not None and forms and any(entry.translations) and len(entry.translations) != int(forms[1]):
            problem = f'the message "{short(entry.source)}" has {len(entry.translations)} plural forms of {forms[1]}.'
            yield Fault(f"{place}, line {entry.line}", problem, "Write msgstr[0] and so on, one for each form.")


def short(text: str, longest: int = 60) -> str:
    """`text` cut to what a fault can show."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


class _Reader:
    """Takes a PO file line by line and puts its entries together."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._entries: list[Entry] = []
        self._begin()

    def _begin(self) -> None:
        self._marks: dict[str, list[str]] = {mark: [] for mark in " .:,"}
        self._texts: dict[str, list[str]] = {}
        self._before: list[tuple[str, list[str]]] = []
        self._open: list[str] | None = None
        self._open_before: list[str] | None = None
        self._obsolete = False
        self._line = 0

    def take(self, line: str, number: int) -> None:
        """One line of the file."""
        self._number = number
        bare = line.strip()
        obsolete = bare.startswith("#~")
        if obsolete:
            bare = bare[2:].strip()
            bare = f"#{bare}" if bare.startswith("|") else bare
        if bare.startswith("#"):
            if self._texts:
                self._end_entry()
            self._comment(bare)
        elif bare:
            self._text(bare, obsolete=obsolete)

    def end(self) -> list[Entry]:
        """All entries, once the last line is taken; comments after the last entry have no place and are a fault."""
        if self._texts:
            self._end_entry()
        elif self._before or any(self._marks.values()):
            self._number = self._line
            self._fail("no message follows this comment.", "Put it above a message, or take it out.")
        return self._entries

    def _comment(self, line: str) -> None:
        self._line = self._number
        mark = line[1:2]
        if mark in {",", "="}:
            self._marks[","] += [flag.strip() for flag in line[2:].split(",") if flag.strip()]
        elif mark == ":":
            self._marks[":"] += line[2:].split()
        elif mark == "|":
            self._previous(line[2:].strip())
        elif mark == ".":
            self._marks["."].append(line[2:].removeprefix(" "))
        else:
            self._marks[" "].append(line[1:])

    def _previous(self, rest: str) -> None:
        keyword = _KEYWORD.match(rest)
        if keyword:
            self._open_before = []
            self._before.append((keyword[1], self._open_before))
            rest = rest[keyword.end() :]
        if self._open_before is None:
            self._fail("this is no keyword with a text in quotes.")
        else:
            self._open_before.append(self._unquoted(rest))

    def _text(self, line: str, *, obsolete: bool) -> None:
        keyword = _KEYWORD.match(line)
        if keyword is None:
            if self._open is None or not line.startswith('"'):
                self._fail("this is no keyword with a text in quotes.")
                return
            self._require_mark(obsolete=obsolete)
            self._open.append(self._unquoted(line))
            return
        name = keyword[1]
        if name in {"msgctxt", "msgid"} and any(each.startswith("msgstr") for each in self._texts):
            self._end_entry()
        self._require_order(name)
        if self._texts:
            self._require_mark(obsolete=obsolete)
        self._obsolete = obsolete
        if name == "msgid":
            self._line = self._number
        self._open = self._texts[name] = []
        self._open.append(self._unquoted(line[keyword.end() :]))

    def _require_mark(self, *, obsolete: bool) -> None:
        if obsolete != self._obsolete:
            self._fail("of the lines of this message only some begin with #~.")

    def _require_order(self, name: str) -> None:
        has = self._texts.keys()
        plural = "msgid_plural" in has
        count = sum(each.startswith("msgstr[") for each in has)
        allowed = (
            (name == "msgctxt" and not has)
            or (name == "msgid" and "msgid" not in has)
            or (name == "msgid_plural" and "msgid" in has and not plural and not count and "msgstr" not in has)
            or (name == "msgstr" and "msgid" in has and not plural and "msgstr" not in has)
            or (name == f"msgstr[{count}]" and plural)
        )
        if not allowed and plural and name.startswith("msgstr[") and name not in has:
            self._fail(
                f"{name} stands here, and msgstr[{count}] is missing before it.", "Write one for each plural form."
            )
        if not allowed:
            self._fail(f"{name} cannot stand here.")

    def _unquoted(self, text: str) -> str:
        found = _QUOTED.fullmatch(text)
        if found is None:
            self._fail("this is no keyword with a text in quotes.")
            return ""
        return _ESCAPE.sub(self._unescaped, found[1])

    def _unescaped(self, found: re.Match[str]) -> str:
        if found[1] in _UNESCAPED:
            return _UNESCAPED[found[1]]
        values = [int(octal or hexa, 8 if octal else 16) for octal, hexa in _BYTE.findall(found[0])]
        with suppress(ValueError):  # a byte above 255, or bytes that are not UTF-8
            if found[1] is None:
                return bytes(values).decode()
        self._fail(f'"{found[0]}" is not an escape that PO files have.')
        return ""

    def _end_entry(self) -> None:
        texts = {name: "".join(pieces) for name, pieces in self._texts.items()}
        said = tuple(text for name, text in texts.items() if name.startswith("msgstr"))
        if "msgid" not in texts or not said:
            self._fail("the message before this line has no msgstr." if "msgid" in texts else "msgid is missing.")
        marks = {mark: tuple(lines) for mark, lines in self._marks.items()}
        self._entries.append(
            Entry(
                texts["msgid"],
                said,
                texts.get("msgctxt"),
                texts.get("msgid_plural"),
                comments=marks[" "],
                extracted=marks["."],
                references=marks[":"],
                flags=in_order(marks[","]),
                previous=tuple((name, "".join(pieces)) for name, pieces in self._before),
                obsolete=self._obsolete,
                line=self._line,
            )
        )
        self._begin()

    def _fail(self, problem: str, remedy: str = "Mend the line.") -> None:
        raise CatalogError(Fault(f"{self._place}, line {self._number}", problem, remedy))


def in_order(flags: Iterable[str]) -> tuple[str, ...]:
    """Flags in the order of gettext, each once: fuzzy, the formats, others, whether lines are wrapped."""
    order = {"fuzzy": 0, "python-format": 1, "wrap": 4, "no-wrap": 4}
    return tuple(sorted(dict.fromkeys(flags), key=lambda flag: order.get(flag, 2 if flag.endswith("-format") else 3)))


def _lines(entry: Entry) -> Iterator[str]:
    yield from (f"#{line}".rstrip() for line in entry.comments)
    yield from (f"#. {line}".rstrip() for line in entry.extracted)
    yield from _referred(entry.references)
    if entry.flags:
        yield f"#, {', '.join(entry.flags)}"
    width = sys.maxsize if "no-wrap" in entry.flags else WIDTH
    mark = "#~" if entry.obsolete else ""
    for name, text in entry.previous:
        yield from _said(f"{mark or '#'}| ", name, text, width)
    mark = f"{mark} " if mark else ""
    if entry.context is not None:
        yield from _said(mark, "msgctxt", entry.context, width)
    yield from _said(mark, "msgid", entry.source, width)
    if entry.plural is not None:
        yield from _said(mark, "msgid_plural", entry.plural, width)
    for number, text in enumerate(entry.translations):
        yield from _said(mark, "msgstr" if entry.plural is None else f"msgstr[{number}]", text, width)


def _referred(references: Sequence[str]) -> Iterator[str]:
    line = "#:"
    for reference in references:
        if len(line) + 1 + len(reference) > WIDTH and line != "#:":
            yield line
            line = "#:"
        line += f" {reference}"
    if references:
        yield line


def _said(mark: str, keyword: str, text: str, width: int) -> Iterator[str]:
    """A keyword with its text: on its own line where it fits there, else on lines of their own below it."""
    escaped = text.translate(_ESCAPED)
    whole = f'{mark}{keyword} "{escaped}"'
    if "\n" not in text.removesuffix("\n") and _columns(whole) <= width:
        yield whole
        return
    yield f'{mark}{keyword} ""'
    for paragraph in _PARAGRAPH.findall(text):
        yield from (f'{mark}"{line}"' for line in _wrapped(paragraph.translate(_ESCAPED), width - 2 - len(mark)))


def _wrapped(escaped: str, width: int) -> Iterator[str]:
    """A text in lines of at most `width` columns, divided where lines may break (UAX #14) and in nothing that is one sign."""
    from unicode_segmentation_rs import line_break_units  # noqa: PLC0415 - packets are made without it

    end = "\\n" if escaped.endswith("\\n") else ""
    text = escaped.removesuffix(end) or end
    ends = {*accumulate(map(len, line_break_units(text))), *(found.start() for found in _AFTER_STOP.finditer(text))}
    for found in _UNBROKEN.finditer(text):
        ends.difference_update(range(found.start() + 1, found.end()))
    line = ""
    for start, stop in pairwise(sorted({0, *ends, len(text)})):
        piece = text[start:stop] if stop < len(text) else escaped[start:]
        if line and _columns(line) + _columns(piece) > width:
            yield line
            line = ""
        line += piece
    yield line


def _columns(text: str) -> int:
    """How many columns of a terminal the text takes: two for a Chinese character, none for a mark that stands on another."""
    if text.isascii():
        return len(text)
    return sum(0 if _stands_on_another(char) else 1 + (unicodedata.east_asian_width(char) in "WF") for char in text)


def _stands_on_another(char: str) -> bool:
    return unicodedata.category(char) == "Cf" or unicodedata.bidirectional(char) == "NSM"
