"""An edition → a Jinja template of the same document in a peer's markup: each block under its condition, blanks in place."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from itertools import groupby

from benchmarks.filling import CLOSE, OPEN
from handouts.content.blocks import BlankPlace, Block, Edition, Field, Group, Node, Part, Run, Text


class Markup(ABC):
    """How a peer's documents are written. What is handed in as inner text is markup already."""

    @abstractmethod
    def said(self, text: str) -> str:
        """Plain text as markup."""

    @abstractmethod
    def strong(self, inner: str) -> str:
        """Bold text."""

    @abstractmethod
    def link(self, inner: str, href: str) -> str:
        """A link."""

    @abstractmethod
    def field(self, field: Field) -> str:
        """What a person fills in, as it is seen on paper."""

    @abstractmethod
    def block(self, block: Block, parts: Sequence[str]) -> str:
        """A block with its parts."""

    @abstractmethod
    def group(self, group: Group, heads: str, inner: str) -> str:
        """Blocks that belong together; `heads` are the rows at the head of a table."""


def template(edition: Edition, markup: Markup, lists: dict[str, str]) -> str:
    """The template of `edition`; `lists` names the item of every list (`medicines` → `medicine`)."""
    return "".join(_nodes(edition.root.children, markup, lists))


def _nodes(nodes: Sequence[Node], markup: Markup, lists: dict[str, str]) -> Iterator[str]:
    for listed, run in groupby(nodes, lambda node: node.each if isinstance(node, Block) else ""):
        inner = "".join(_node(node, markup, lists) for node in run)
        loop = f"for {lists[listed]} in lists.{listed}" if listed else ""
        yield _within(loop, inner, "endfor") if listed else inner


def _node(node: Node, markup: Markup, lists: dict[str, str]) -> str:
    if isinstance(node, Group):
        return _group(node, markup, lists)
    item = lists.get(node.each, "")
    parts = [_part(part, markup, node.each, item) for part in node.parts]
    condition = str(node.condition)
    inner = markup.block(node, parts)
    return _within(f"if {condition}", inner, "endif") if condition else inner


def _group(group: Group, markup: Markup, lists: dict[str, str]) -> str:
    """A group, left out where none of its blocks stands; a table also where nothing but its head does."""
    rows = list(group.children)
    heads: list[Node] = []
    while (
        group.role == "table" and rows and isinstance(rows[0], Block) and all(p.scope == "col" for p in rows[0].parts)
    ):
        heads.append(rows.pop(0))
    inner = "".join(_nodes(rows, markup, lists))
    head = "".join(_nodes(heads, markup, lists))
    if group.role == "section":
        return markup.group(group, head, inner)
    there = f"{OPEN}% if inner.strip() %{CLOSE}"
    shown = markup.group(group, head, f"{OPEN}inner{CLOSE}")
    return f"{_within('set inner', inner, 'endset')}{there}{shown}{OPEN}% endif %{CLOSE}"


def _within(opening: str, inner: str, closing: str) -> str:
    return f"{OPEN}% {opening} %{CLOSE}{inner}{OPEN}% {closing} %{CLOSE}"


def _part(part: Part, markup: Markup, listed: str, item: str) -> str:
    return "".join(_run(run, markup, listed, item) for run in part.runs)


def _run(run: Run, markup: Markup, listed: str, item: str) -> str:
    match run:
        case Text(text, strong, href):
            inner = markup.said(text)
        case BlankPlace(name, strong, href):
            if listed and name.startswith(f"{item}."):
                name = f'{listed}." ~ loop.index ~ ".{name.removeprefix(f"{item}.")}'
            inner = f'{OPEN}blanks["{name}"]|said{CLOSE}'
        case Field():
            return markup.field(run)
        case _:
            raise ValueError(f"the setting {run.key} is not set")
    inner = markup.strong(inner) if strong else inner
    return markup.link(inner, href) if href else inner
