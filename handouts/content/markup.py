"""A template's elements → the tree of its blocks, each with its role, runs, condition and what it rests on."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
from handouts.content.elements import BLOCKS, GROUPS, MARK, Element, read_elements, where
from handouts.content.po import MessageKey
from handouts.errors import Fault

_LINK = re.compile(r"(https:|tel:|mailto:)[^\s\"'<>]+")


ConditionOf = Callable[[str, str], Condition]
"""A `when` expression and the place it stands → its Condition; raises ValueError with what is wrong."""


def tree(
    html: str,
    language: str,
    condition_of: ConditionOf,
    lists: dict[str, str],
    at: str = "",
    marked: Sequence[MessageKey] = (),
) -> tuple[Group, list[Fault]]:
    """The document in `html`, which begins `at` a file and line, and every fault in it.

    `lists`: item → its list. `marked` are the messages that are marked in `html` by their numbers.
    """
    document, faults = read_elements(html, at)
    builder = _Builder(language, condition_of, lists, faults, marked)
    return builder.group(document, ALWAYS, ()), builder.faults


@dataclass
class _Builder:
    """Elements → groups and blocks."""

    language: str
    condition_of: ConditionOf
    lists: dict[str, str]
    faults: list[Fault]
    marked: Sequence[MessageKey]

    def group(self, element: Element, outer: Condition, rests_on: tuple[str, ...]) -> Group:
        """The group that `element` is; `outer` and `rests_on` come down from the elements it stands in."""
        children: list[Node] = []
        nearest = element
        for child in element.children:
            if isinstance(child, str):
                if child.strip():
                    self._fault(nearest, f'text outside of a block: "{child.strip()[:40]}".', "Put it into a <p>.")
                continue
            nearest = child
            if child.name not in GROUPS | BLOCKS:
                continue
            condition = both(outer, self._condition(child))
            own = tuple(child.attributes.get("from", "").split())
            inherited = () if child.name == "section" or element.name in {"document", "section"} else rests_on
            if child.name in GROUPS:
                children.append(self.group(child, condition, own or inherited))
            else:
                children.append(self._block(child, condition, own or inherited))
        widths = tuple(
            int(w) for w in element.attributes.get("widths", "").split() if w.isascii() and w.isdigit() and len(w) <= 3
        )
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
                self._check_callout(element, parts)
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
        unreviewed = tuple(dict.fromkeys(self.marked[number] for number in element.all_marked()))
        return Block(
            role,
            parts,
            rests_on,
            self.language,
            condition,
            each,
            cast("AsideKind", kind),
            where(element.at),
            unreviewed=unreviewed,
        )

    def _cell(self, element: Element) -> Part:
        scope = element.attributes.get("scope", "")
        if (element.name == "th") != (scope in {"col", "row"}):
            self._fault(element, f'<{element.name}> with scope "{scope}".', 'A <th> takes scope="col" or "row".')
        part = self._part(element, cast("PartRole", element.name))
        return Part(part.role, part.runs, "col" if scope == "col" else "row" if scope == "row" else "")

    def _image(self, element: Element) -> Part:
        source, alt = element.attributes.get("src", ""), element.attributes.get("alt", "")
        if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", source):
            problem = f'src="{source}" is no name of a picture in the clinic\'s folder.'
            self._fault(element, problem, "Write the file name.")
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
            problem = f'kind="{kind}" of <field> is not known.'
            self._fault(element, problem, "Write signature, initials, checkbox or text.")
        if not re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*", name):
            self._fault(element, f'name="{name}" of <field> is not a dotted name.', 'Write it as in "sign.patient.1".')
        if not label:
            self._fault(element, f'the field "{name}" has no label.', "Say in it what is filled in.")
        numbers: dict[str, int] = {}
        for attribute, low, high, default in (("width", 1, 100, 0), ("lines", 1, 20, 1)):
            text = given.get(attribute, "")
            whole = int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else -1
            if text and not low <= whole <= high:
                problem = f'{attribute}="{text}" of <field> is no whole number from {low} to {high}.'
                self._fault(element, problem, "Mend it.")
            numbers[attribute] = whole if text else default
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
        expression = element.attributes.get("each")
        if expression is None:
            return ""
        item, _, name = expression.partition(" in ")
        if self.lists.get(item.strip()) != name.strip():
            known = ", ".join(f'"{item} in {name}"' for item, name in self.lists.items()) or "no list"
            self._fault(element, f'each="{expression}" names no declared list.', f"Declared: {known}.")
        return name.strip()

    def _check_table(self, element: Element, widths: tuple[int, ...]) -> None:
        columns = {len(list(_elements(row))) for row in _elements(element)}
        if len(columns) > 1:
            self._fault(element, f"its rows have {sorted(columns)} cells.", "Give every row as many.")
        given = element.attributes.get("widths", "").split()
        if columns and (len(given) not in columns or len(widths) != len(given) or 0 in widths or sum(widths) != 100):
            problem = f'widths="{" ".join(given)}" for {max(columns)} columns.'
            self._fault(element, problem, "Write one whole number of percent a column, 100 in all.")

    def _check_callout(self, element: Element, parts: tuple[Part, ...]) -> None:
        lists = [child for child in _elements(element) if child.name == "ul"]
        for each in (*_elements(element), *(item for listed in lists for item in _elements(listed))):
            if each.name == "ul":
                self._no_text(each)
            if each.attributes:
                problem = f"<{each.name}> in <aside> has a {' and a '.join(each.attributes)} of its own."
                self._fault(each, problem, "A callout is one block: put it on the <aside>, or write two.")
        if any(not part.runs for part in parts):
            self._fault(element, "<aside> holds an empty element.", "Give it text, or take it out.")

    def _no_text(self, element: Element) -> None:
        for text in (child.strip() for child in element.children if isinstance(child, str)):
            if text:
                self._fault(element, f'text outside of a cell or paragraph: "{text[:40]}".', "Wrap it.")

    def _fault(self, element: Element, problem: str, remedy: str) -> None:
        self.faults.append(Fault(where(element.at), problem, remedy))


def _elements(element: Element) -> list[Element]:
    return [child for child in element.children if isinstance(child, Element)]


def _text_runs(text: str, *, strong: bool, href: str | None) -> list[Run]:
    runs: list[Run] = []
    position = 0
    for mark in MARK.finditer(text):
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
