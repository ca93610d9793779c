"""A template's rendered HTML → its elements; anything that is not in the template language is a fault.

The text holds no blanks but marks in private-use characters (`BLANK`, `UNSET`, `MESSAGE`), so that no value can look like markup. Every
element that is not inline carries `at`, the file and line of the template it came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from handouts.errors import Fault

BLANK = ("\ue000", "\ue001")
UNSET = ("\ue002", "\ue003")
MESSAGE = ("\ue004", "\ue005")
MARKS = (*BLANK, *UNSET, *MESSAGE)
_MESSAGE = re.compile("\ue004([0-9]+)\ue005")
MARK = re.compile("\ue000([^\ue001]*)\ue001|\ue002([^\ue003]*)\ue003")
_INLINE = frozenset({"strong", "a", "field"})
_VOID = frozenset({"field", "img"})
GROUPS = frozenset({"section", "ul", "ol", "table"})
BLOCKS = frozenset({"h1", "h2", "h3", "p", "li", "tr", "aside", "img"})
_BODY = frozenset({"section", "h1", "h2", "h3", "p", "ul", "ol", "table", "aside", "img"})
_CHILDREN: dict[str, frozenset[str]] = {
    "document": _BODY,
    "section": _BODY,
    "ul": frozenset({"li"}),
    "ol": frozenset({"li"}),
    "table": frozenset({"tr"}),
    "tr": frozenset({"th", "td"}),
    "aside": frozenset({"h3", "p", "ul"}),
    **dict.fromkeys(("p", "li", "td"), _INLINE),
    **dict.fromkeys(("h1", "h2", "h3", "th"), _INLINE - {"field"}),
    "strong": frozenset({"a"}),
    "a": frozenset({"strong"}),
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
_DEEPEST = 20


@dataclass
class Element:
    """An element as it stands in the rendered template."""

    name: str
    attributes: dict[str, str]
    at: str
    children: list[Element | str] = field(default_factory=list["Element | str"])
    marked: list[int] = field(default_factory=list[int])

    def all_marked(self) -> Iterator[int]:
        """The numbers of the marked messages in the element and in those within it."""
        yield from self.marked
        for child in self.children:
            if isinstance(child, Element):
                yield from child.all_marked()


def read_elements(html: str, at: str) -> tuple[Element, list[Fault]]:
    """The elements of `html`, which begins `at` a file and line, as the children of one, and every fault in them."""
    reader = _Reader(at)
    try:
        reader.feed(html)
        reader.close()
    except AssertionError as trouble:  # how html.parser tells of a <![section] that it does not know
        reader.unknown_decl(str(trouble))
    return reader.root, reader.end()


def where(at: str) -> str:
    """The file and line of an element's `at`, as a fault names them."""
    file, _, line = at.rpartition(":")
    return f"{file}, line {line}" if file else "template"


class _Reader(HTMLParser):
    """HTML → elements, with nothing mended: what is not closed or not allowed is a fault."""

    def __init__(self, at: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("document", {}, at)
        self._open = [self.root]
        self._last = at
        self.faults: list[Fault] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parent = self._open[-1]
        marked = tag not in {"strong", "a"} and attrs[:1] and attrs[0][0] == "at"
        own = attrs[1:] if marked else attrs
        given = {name: _MESSAGE.sub("", value or "") for name, value in own}
        element = Element(tag, given, attrs[0][1] or self._last if marked else self._last)
        element.marked += (int(number) for _, value in own for number in _MESSAGE.findall(value or ""))
        self._last = element.at
        if tag not in _ATTRIBUTES:
            allowed = ", ".join(sorted(_ATTRIBUTES))
            self._fault(element.at, f"<{tag}> is not in the template language.", f"Use {allowed}.")
        elif tag not in _CHILDREN.get(parent.name, frozenset()):
            allowed = ", ".join(sorted(_CHILDREN.get(parent.name, ()))) or "nothing"
            self._fault(element.at, f"<{tag}> cannot stand in <{parent.name}>, which takes {allowed}.", "Move it out.")
        for name in sorted(given.keys() - _ATTRIBUTES.get(tag, given.keys())):
            self._fault(element.at, f'<{tag}> has no attribute "{name}".', "Take it out.")
        if len(given) != len(own):
            self._fault(element.at, f"<{tag}> names an attribute twice.", "Take one out.")
        for name, value in given.items():
            if MARK.search(value):
                problem = f'a blank or an unset setting stands in the attribute "{name}" of <{tag}>.'
                self._fault(element.at, problem, "Place blanks in text alone.")
        if len(self._open) <= _DEEPEST:
            parent.children.append(element)
        else:
            self._fault(element.at, f"<{tag}> stands in {_DEEPEST} others.", "Nest fewer.")
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID and tag in _ATTRIBUTES:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        current = self._open[-1]
        if tag in _VOID:
            self._fault(current.at, f"</{tag}>: <{tag}> holds nothing.", "Take it out.")
            return
        if tag not in {element.name for element in self._open[1:]}:
            self._fault(self._last, f"</{tag}> closes nothing.", "Take it out.")
            return
        if current.name != tag:
            self._fault(current.at, f"</{tag}> closes <{current.name}>.", f"Close <{current.name}> first.")
            while self._open[-1].name != tag:
                self._open.pop()
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].marked += map(int, _MESSAGE.findall(data))
        self._open[-1].children.append(_MESSAGE.sub("", data))

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
        self.faults.append(Fault(where(at), problem, remedy))
