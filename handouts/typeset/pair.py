"""One wording in two languages → one tree whose blocks stand side by side, paired one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from handouts.content.blocks import FIELD_KINDS, LINES, Block, Field, Group, Node, Part, Run
from handouts.errors import Fault, TemplateError

_INITIALS = 34
"""The share of the measure that a box for initials takes in percent, where it stands below its text."""


def side_by_side(first: Group, second: Group) -> Group:
    """The blocks of `first`, each in a pair with the same block of `second`; what is filled in stands once, labelled in both.

    The two stand beside each other; the rows of a table, for whose columns half a page is too narrow, below each other.
    Lines to write on take the whole width below what they belong to. Raises TemplateError where the two do not hold the
    same blocks.
    """
    if (first.role, first.keep, len(first.children)) != (second.role, second.keep, len(second.children)):
        raise _unlike(first, second)
    pairs = zip(first.children, second.children, strict=True)
    return replace(first, children=tuple(node for one, other in pairs for node in _nodes(one, other)))


def _nodes(one: Node, other: Node) -> Iterator[Node]:
    if isinstance(one, Group) and isinstance(other, Group):
        yield side_by_side(one, other)
    elif isinstance(one, Block) and isinstance(other, Block):
        if (one.role, one.kind, len(one.parts)) != (other.role, other.kind, len(other.parts)):
            raise _unlike(one, other)
        yield from _blocks(one, other)
    else:
        raise _unlike(one, other)


def _blocks(one: Block, other: Block) -> Iterator[Node]:
    own = _labelled(one, other)
    lines = tuple(_by_itself(run) for run in own.runs if isinstance(run, Field) and run.kind in LINES)
    if one.role == "img":
        yield own
    elif one.role not in ("p", "aside", "fields") or not lines:
        yield Group("pair", (own, other.without_fields(FIELD_KINDS)))
    else:
        said = Group("pair", (own.without_fields(LINES), other.without_fields(FIELD_KINDS)))
        below = replace(own, role="fields", parts=(Part("fields", lines),))
        yield Group("section", (said, below), keep=True) if any(list(block.runs) for block in said.blocks()) else below


def _by_itself(line: Field) -> Field:
    return replace(line, width=_INITIALS) if line.kind == "initials" and not line.width else line


def _labelled(one: Block, other: Block) -> Block:
    """`one` with the label of every field in both languages."""
    labels = {run.name: run.label for run in other.runs if isinstance(run, Field)}

    def both(run: Run) -> Run:
        if isinstance(run, Field) and labels.get(run.name, run.label) != run.label:
            return replace(run, label=f"{run.label} / {labels[run.name]}")
        return run

    return replace(one, parts=tuple(replace(part, runs=tuple(map(both, part.runs))) for part in one.parts))


def _unlike(one: Node, other: Node) -> TemplateError:
    place = next((block.place for node in (one, other) for block in _blocks_of(node)), "template")
    problem = "the two languages do not hold the same blocks here, so they cannot stand side by side."
    return TemplateError(Fault(place, problem, "Let the template be the same in every language."))


def _blocks_of(node: Node) -> Iterator[Block]:
    if isinstance(node, Block):
        yield node
    else:
        yield from node.blocks()
