"""A template's rendered HTML → the tree of its blocks; anything that is not in the template language is a fault.

The text holds no blanks but marks in private-use characters (`BLANK`, `UNSET`), so that no value can look like markup. Every
element that is not inline carries `at`, the file and line of the template it came from.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import cast

from handouts.content.blocks import (
    AsideKind,
    BlankPlace,
    Block,
    BlockRole,
    Field,
    FieldKind,
    Group,
    GroupRole,
    Node,
    Part,
    PartRole,
    Run,
    Text,
    Unset,
)
from handouts.content.condition import ALWAYS, Condition, both
from handouts.errors import Fault

BLANK = ("\ue000", "\ue001")
UNSET = ("\ue002", "\ue003")
_MARK = re.compile("\ue000([^\ue001]*)\ue001|\ue002([^\ue003]*)\ue003")
_INLINE = frozenset({"strong", "a", "field"})
_VOID = frozenset({"field", "img"})
_GROUPS = frozenset({"section", "ul", "ol", "table"})
_BLOCKS = frozenset({"h1", "h2", "h3", "p", "li", "tr", "aside", "img"})
_BODY = frozenset({"section", "h1", "h2", "h3", "p", "ul", "ol", "table", "aside", "img"})
_CHILDREN: dict[str, frozenset[str]] = {
    "document": _BODY,
    "section": _BODY,
    "ul": frozenset({"li"}),
    "ol": frozenset({"li"}),
    "table": frozenset({"tr"}),
    "tr": frozenset({"th", "td"}),
    "aside": frozenset({"h3", "p", "ul"}),
    **dict.fromkeys(("h1", "h2", "h3", "p", "li", "th", "td", "strong", "a"), _INLINE),
}
_SOURCED = frozenset({"when", "from"})
_ATTRIBUTES: dict[str, frozenset[str]] = {
    "section": _SOURCED | {"keep"},
    "table": _SOURCED | {"widths"},
    "ul": _SOURCED,
    "ol": _SOURCED,
    "aside": _SOURCED | {"kind"},
    "img": _SOURCED | {"src", "alt"},
    "th": frozenset({"scope"}),
    "td": frozenset(),
    "a": frozenset({"href"}),
    "strong": frozenset(),
    "field": frozenset({"kind", "name", "label", "width", "lines"}),
    **dict.fromkeys(("h1", "h2", "h3", "p", "li", "tr"), _SOURCED | {"each"}),
}
_LINK = re.compile(r"(https:|tel:|mailto:)[^\s\"'<>]+")

ConditionOf = Callable[[str, str], Condition]
"""A `when` expression and the place it stands → its Condition; raises ValueError with what is wrong."""


@dataclass
class Element:
    """An element as it stands in the rendered template."""

    name: str
    attributes: dict[str, str]
    at: str
    children: list[Element | str] = field(default_factory=list["Element | str"])


def tree(html: str, language: str, condition_of: ConditionOf, lists: dict[str, str]) -> tuple[Group, list[Fault]]:
    """The document in `html`, and every fault in it; `lists` maps what an item is called to its list."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    builder = _Builder(language, condition_of, lists, reader.end())
    return builder.group(reader.root, ALWAYS, ()), builder.faults


class _Reader(HTMLParser):
    """HTML → elements, with nothing mended: what is not closed or not allowed is a fault."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("document", {}, "")
        self._open = [self.root]
        self.faults: list[Fault] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parent = self._open[-1]
        given = {name: value or "" for name, value in attrs}
        element = Element(tag, given, given.pop("at", "") or parent.at)
        if tag not in _ATTRIBUTES:
            self._fault(
                element.at, f"<{tag}> is not in the template language.", f"Use {', '.join(sorted(_ATTRIBUTES))}."
            )
        elif tag not in _CHILDREN.get(parent.name, frozenset()):
            allowed = ", ".join(sorted(_CHILDREN.get(parent.name, ()))) or "nothing"
            self._fault(element.at, f"<{tag}> cannot stand in <{parent.name}>, which takes {allowed}.", "Move it out.")
        for name in sorted(given.keys() - _ATTRIBUTES.get(tag, given.keys())):
            self._fault(element.at, f'<{tag}> has no attribute "{name}".', "Take it out.")
        if len(given) != len([name for name, _ in attrs if name != "at"]):
            self._fault(element.at, f"<{tag}> names an attribute twice.", "Take one out.")
        for name, value in given.items():
            if _MARK.search(value):
                problem = f'a blank or an unset setting stands in the attribute "{name}" of <{tag}>.'
                self._fault(element.at, problem, "Place blanks in text alone.")
        parent.children.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID and tag in _ATTRIBUTES:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        current = self._open[-1]
        if tag in _VOID:
            return
        if current.name != tag:
            self._fault(current.at, f"</{tag}> closes <{current.name}>.", f"Close <{current.name}> first.")
            if tag not in {element.name for element in self._open}:
                return
            while self._open[-1].name != tag:
                self._open.pop()
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        self._fault(self._open[-1].at, f"a comment <!--{data[:20]}--> would reach the page.", "Write {# … #}.")

    def handle_decl(self, decl: str) -> None:
        self._fault(self._open[-1].at, f"<!{decl[:20]}> is not in the template language.", "Take it out.")

    def handle_pi(self, data: str) -> None:
        self._fault(self._open[-1].at, f"<?{data[:20]}> is not in the template language.", "Take it out.")

    def unknown_decl(self, data: str) -> None:
        self.handle_decl(data)

    def end(self) -> list[Fault]:
        """Every fault, once the text is read to its end."""
        for element in self._open[1:]:
            self._fault(element.at, f"<{element.name}> is not closed.", f"Write </{element.name}>.")
        return self.faults

    def _fault(self, at: str, problem: str, remedy: str) -> None:
        self.faults.append(Fault(_where(at), problem, remedy))


@dataclass
class _Builder:
    """Elements → groups and blocks."""

    language: str
    condition_of: ConditionOf
    lists: dict[str, str]
    faults: list[Fault]

    def group(self, element: Element, outer: Condition, rests_on: tuple[str, ...]) -> Group:
        """The group that `element` is; `outer` and `rests_on` come down from the elements it stands in."""
        children: list[Node] = []
        for child in element.children:
            if isinstance(child, str):
                if child.strip():
                    self._fault(element, f'text outside of a block: "{child.strip()[:40]}".', "Put it into a <p>.")
                continue
            if child.name not in _GROUPS | _BLOCKS:
                continue
            condition = both(outer, self._condition(child))
            own = tuple(child.attributes.get("from", "").split())
            inherited = () if child.name == "section" or element.name in {"document", "section"} else rests_on
            if child.name in _GROUPS:
                children.append(self.group(child, condition, own or inherited))
            else:
                children.append(self._block(child, condition, own or inherited))
        widths = tuple(int(w) for w in element.attributes.get("widths", "").split() if w.isdigit())
        if element.name == "table":
            self._check_table(element, widths)
        keep = element.attributes.get("keep")
        if keep not in {None, "together"}:
            self._fault(element, f'keep="{keep}" is not known.', 'Write keep="together".')
        return Group(cast("GroupRole", element.name), tuple(children), widths, keep is not None)

    def _block(self, element: Element, condition: Condition, rests_on: tuple[str, ...]) -> Block:
        role = cast("BlockRole", element.name)
        parts: tuple[Part, ...]
        match element.name:
            case "tr":
                parts = tuple(self._cell(cell) for cell in _elements(element))
                self._no_text(element)
            case "aside":
                parts = tuple(
                    self._part(inner, cast("PartRole", inner.name))
                    for child in _elements(element)
                    for inner in (_elements(child) if child.name == "ul" else [child])
                )
                self._no_text(element)
            case "img":
                parts = (self._image(element),)
            case _:
                part = self._part(element, cast("PartRole", element.name))
                if any(isinstance(run, Field) and run.kind != "checkbox" for run in part.runs) and role in {"p", "li"}:
                    role = "fields"
                    part = Part("fields", part.runs)
                parts = (part,)
        kind = element.attributes.get("kind", "")
        if role == "aside" and kind not in {"warning", "note", "staff"}:
            self._fault(element, f'kind="{kind}" of <aside> is not known.', "Write warning, note or staff.")
        if not any(part.runs or part.source for part in parts):
            self._fault(element, f"<{element.name}> is empty.", "Give it text, or take it out.")
        if not rests_on:
            problem = f"<{element.name}> rests on nothing: no statement or setting stands behind it."
            self._fault(element, problem, 'Add from="…" with the ids it rests on.')
        each = self._each(element)
        return Block(role, parts, rests_on, self.language, condition, each, cast("AsideKind", kind), _where(element.at))

    def _cell(self, element: Element) -> Part:
        scope = element.attributes.get("scope", "")
        if (element.name == "th") != (scope in {"col", "row"}):
            self._fault(element, f'<{element.name}> with scope "{scope}".', 'A <th> takes scope="col" or "row".')
        part = self._part(element, cast("PartRole", element.name))
        return Part(part.role, part.runs, "col" if scope == "col" else "row" if scope == "row" else "")

    def _image(self, element: Element) -> Part:
        source, alt = element.attributes.get("src", ""), element.attributes.get("alt", "")
        if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", source):
            self._fault(
                element, f'src="{source}" is no name of a picture in the clinic\'s folder.', "Write the file name."
            )
        if not alt.strip():
            self._fault(element, "a picture without alternative text.", 'Say in alt="…" what it shows.')
        return Part("img", (Text(alt),), source=source)

    def _part(self, element: Element, role: PartRole) -> Part:
        return Part(role, _trimmed(self._runs(element, strong=False, href=None)))

    def _runs(self, element: Element, *, strong: bool, href: str | None) -> list[Run]:
        runs: list[Run] = []
        for child in element.children:
            if isinstance(child, str):
                runs += _text_runs(child, strong=strong, href=href)
            elif child.name == "strong":
                runs += self._runs(child, strong=True, href=href)
            elif child.name == "a":
                link = child.attributes.get("href", "")
                if not _LINK.fullmatch(link):
                    self._fault(child, f'href="{link}" is not a link.', "Begin it with https:, tel: or mailto:.")
                runs += self._runs(child, strong=strong, href=link)
            elif child.name == "field":
                runs.append(self._field(child))
        return runs

    def _field(self, element: Element) -> Field:
        given = element.attributes
        kind, name, label = given.get("kind", ""), given.get("name", ""), given.get("label", "").strip()
        if kind not in {"signature", "initials", "checkbox", "text"}:
            self._fault(
                element, f'kind="{kind}" of <field> is not known.', "Write signature, initials, checkbox or text."
            )
        if not re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*", name):
            self._fault(element, f'name="{name}" of <field> is not a dotted name.', 'Write it as in "sign.patient.1".')
        if not label:
            self._fault(element, f'the field "{name}" has no label.', "Say in label what is filled in.")
        numbers: dict[str, int] = {}
        for attribute, low, high, default in (("width", 1, 100, 0), ("lines", 1, 20, 1)):
            text = given.get(attribute, "")
            if text and not (text.isascii() and text.isdigit() and low <= int(text) <= high):
                self._fault(
                    element, f'{attribute}="{text}" of <field> is no whole number from {low} to {high}.', "Mend it."
                )
            numbers[attribute] = int(text) if text.isascii() and text.isdigit() else default
        return Field(cast("FieldKind", kind), name, " ".join(label.split()), numbers["width"], numbers["lines"])

    def _condition(self, element: Element) -> Condition:
        expression = element.attributes.get("when")
        if expression is None:
            return ALWAYS
        try:
            return self.condition_of(expression, element.at)
        except ValueError as trouble:
            self._fault(element, f'when="{expression}": {trouble}', "")
            return ALWAYS

    def _each(self, element: Element) -> str:
        expression = element.attributes.get("each", "")
        item, _, name = expression.partition(" in ")
        if expression and self.lists.get(item.strip()) != name.strip():
            known = ", ".join(f'"{item} in {name}"' for item, name in self.lists.items()) or "no list"
            self._fault(element, f'each="{expression}" names no declared list.', f"Declared: {known}.")
        return name.strip()

    def _check_table(self, element: Element, widths: tuple[int, ...]) -> None:
        columns = {len(list(_elements(row))) for row in _elements(element)}
        if len(columns) > 1:
            self._fault(element, f"its rows have {sorted(columns)} cells.", "Give every row as many.")
        if columns and (len(widths) not in columns or sum(widths) != 100):
            problem = f'widths="{element.attributes.get("widths", "")}" for {max(columns)} columns.'
            self._fault(element, problem, "Write one whole number of percent a column, 100 in all.")

    def _no_text(self, element: Element) -> None:
        for child in element.children:
            if isinstance(child, str) and child.strip():
                self._fault(element, f'text outside of a cell or paragraph: "{child.strip()[:40]}".', "Wrap it.")

    def _fault(self, element: Element, problem: str, remedy: str) -> None:
        self.faults.append(Fault(_where(element.at), problem, remedy))


def _where(at: str) -> str:
    file, _, line = at.rpartition(":")
    return f"{file}, line {line}" if file else "template"


def _elements(element: Element) -> list[Element]:
    return [child for child in element.children if isinstance(child, Element)]


def _text_runs(text: str, *, strong: bool, href: str | None) -> list[Run]:
    runs: list[Run] = []
    position = 0
    for mark in _MARK.finditer(text):
        if words := text[position : mark.start()]:
            runs.append(Text(words, strong, href))
        runs.append(BlankPlace(mark[1], strong, href) if mark[1] is not None else Unset(mark[2]))
        position = mark.end()
    if words := text[position:]:
        runs.append(Text(words, strong, href))
    return runs


def _trimmed(runs: list[Run]) -> tuple[Run, ...]:
    """`runs` with white space folded as HTML folds it, none at the ends, and texts of one kind joined."""
    folded: list[Run] = []
    after_space = True
    for run in runs:
        if not isinstance(run, Text):
            folded.append(run)
            after_space = isinstance(run, Field)
            continue
        words = re.sub(r"[ \t\r\n\f]+", " ", run.text)
        words = words.removeprefix(" ") if after_space else words
        if not words:
            continue
        after_space = words.endswith(" ")
        last = folded[-1] if folded else None
        if isinstance(last, Text) and (last.strong, last.href) == (run.strong, run.href):
            folded[-1] = Text(last.text + words, run.strong, run.href)
        else:
            folded.append(Text(words, run.strong, run.href))
    if folded and isinstance(last := folded[-1], Text):
        trimmed = Text(last.text.removesuffix(" "), last.strong, last.href)
        folded[-1:] = [trimmed] if trimmed.text else []
    return tuple(folded)
