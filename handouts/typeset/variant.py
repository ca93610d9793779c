"""The looks a packet can have → the style of each, and the tree that it sets: in large print wide tables become lists."""

from __future__ import annotations

from dataclasses import replace

from handouts.content.blocks import Block, Group, Node, Part, Text
from handouts.memory import remembered
from handouts.typeset.pair import side_by_side
from handouts.typeset.same import Same
from handouts.typeset.style import Style

STANDARD = Style()
LARGE = Style(
    body=18,
    h1=27,
    h2=22,
    h3=19,
    table=18,
    label=14,
    small=12,
    smallest=10,
    item_space=3,
    paragraph_space=7,
    before_h2=14,
    before_h3=10,
    hang=24,
    hang_number=34,
    checkbox=18,
    initials=96,
    logo_height=34,
    logo_width=170,
)
"""18 pt and nothing on the page under 10 pt (RNIB/UKAAF large print; CLINICAL R11, R12)."""

BILINGUAL = Style(
    body=12,
    h1=17,
    h2=14,
    h3=12.5,
    table=12,
    label=9.5,
    small=9,
    smallest=8,
    hang=15,
    hang_number=22,
    checkbox_gap=5,
    callout_side=9,
    paragraph_space=4.5,
)
"""Two languages side by side: 12 pt, the least that clear print allows, so that a line of half a page holds a phrase."""

STYLES = {"standard": STANDARD, "large": LARGE, "bilingual": BILINGUAL}
NARROW = 2
"""The most columns of a table that large print keeps."""


def in_style(root: Group, style: Style, beside: Group | None = None) -> Group:
    """`root` as `style` sets it: itself, in large print with every wide table as a list of its rows, or with `beside` beside it.

    The same trees give the same tree. Raises TemplateError where the two are not the same document.
    """
    if beside is not None:
        return _beside(Same(root), Same(beside))
    return _large(Same(root)) if style.body >= LARGE.body else root


@remembered(512)
def _beside(root: Same[Group], other: Same[Group]) -> Group:
    return side_by_side(root.held, other.held)


@remembered(512)
def _large(root: Same[Group]) -> Group:
    return _with_cards(root.held)


def _with_cards(group: Group) -> Group:
    children = tuple(_with_cards(child) if isinstance(child, Group) else child for child in group.children)
    if group.role == "table" and len(group.widths) > NARROW:
        return Group("section", tuple(_cards(children)), keep=group.keep)
    return replace(group, children=children)


def _cards(rows: tuple[Node, ...]) -> list[Node]:
    """Every row as a box of its own: its head, then each cell after the name of its column."""
    heads: tuple[Part, ...] = ()
    cards: list[Node] = []
    for row in rows:
        if not isinstance(row, Block):
            continue
        if all(part.scope == "col" for part in row.parts):
            heads = row.parts
        else:
            cards.append(replace(row, role="aside", kind="", parts=tuple(_lines(row.parts, heads))))
    return cards


def _lines(cells: tuple[Part, ...], heads: tuple[Part, ...]) -> list[Part]:
    lines: list[Part] = []
    for number, cell in enumerate(cells):
        name = "".join(run.text for run in heads[number].runs if isinstance(run, Text)) if number < len(heads) else ""
        runs = (Text(f"{name}: ", strong=True), *cell.runs) if name and cell.runs else cell.runs
        if runs:
            lines.append(Part("h3" if cell.scope == "row" else "p", runs))
    return lines
