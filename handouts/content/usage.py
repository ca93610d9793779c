"""How templates use facts, blanks and messages, read off their syntax trees before anything is rendered."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from jinja2 import nodes
from jinja2.meta import find_undeclared_variables

from handouts.errors import Fault

_MESSAGE_CALLS = frozenset({"gettext", "pgettext", "ngettext", "npgettext"})
_KNOWN = _MESSAGE_CALLS | {"clinic", "listing"}
_MISUSES: dict[type[nodes.Node], str] = {
    nodes.Filter: "filtered",
    nodes.Test: "tested",
    nodes.Compare: "compared",
    nodes.Not: "tested",
    nodes.And: "tested",
    nodes.Or: "tested",
    nodes.Concat: "joined to other text",
    nodes.Add: "joined to other text",
    nodes.Mod: "put into a format",
    nodes.Mul: "calculated with",
    nodes.Sub: "calculated with",
    nodes.Div: "calculated with",
    nodes.FloorDiv: "calculated with",
    nodes.Neg: "calculated with",
    nodes.Getitem: "taken apart",
    nodes.Assign: "given another name",
    nodes.With: "given another name",
    nodes.AssignBlock: "given another name",
    nodes.FilterBlock: "filtered",
}
_TAGS = re.compile(r"<[^<>]*>")
_INLINE_TAGS = re.compile(r"</?strong>|<a href=\"[^\"<>]*\">|</a>")


def faults_of_use(
    trees: Mapping[str, nodes.Template], blanks: set[str], items: set[str], facts: set[str]
) -> list[Fault]:
    """Every misuse of blanks and facts, every unknown name, and every text that no translator would see.

    A blank given to a macro is followed into it: the parameter is as opaque there as the blank itself.
    """
    opaque = _opaque_parameters(trees.values(), blanks | items)
    faults: list[Fault] = []
    for name, tree in trees.items():
        faults += _misuses(name, tree, blanks | items, opaque)
        faults += _unknown_names(name, tree, blanks | items | _KNOWN, facts)
        faults += _untranslated(name, tree)
    return faults


def message_faults(name: str, tree: nodes.Template) -> Iterator[Fault]:
    """Every message that holds a digit of any script, or markup other than <strong> and <a>."""
    for line, message in messages(tree):
        where = f"{name}, line {line}"
        if digit := next((c for c in message if unicodedata.category(c) in {"Nd", "Nl", "No"}), None):
            yield Fault(
                where, f'the sentence "{_short(message)}" holds the digit "{digit}".', "Make the number a blank."
            )
        if (rest := _INLINE_TAGS.sub("", message)) and re.search(r"<[a-z/]", rest):
            problem = f'the sentence "{_short(message)}" holds markup other than <strong> and <a>.'
            yield Fault(where, problem, "Move the element out of the sentence.")


def messages(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Every source sentence of a template with its line, `%(blank)s` for what is filled in."""
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in _MESSAGE_CALLS and call.args:
            source = call.args[1 if call.node.name == "pgettext" and len(call.args) > 1 else 0]
            if isinstance(source, nodes.Const) and isinstance(source.value, str):
                yield call.lineno, source.value.replace("%%", "%")


def _misuses(
    name: str, tree: nodes.Template, blanks: set[str], opaque: Mapping[str, frozenset[str]]
) -> Iterator[Fault]:
    seen: set[tuple[int, str]] = set()
    for node, known in _scoped(tree, frozenset(blanks), opaque):
        what = _misuse(node, known)
        if what and (node.lineno, what[0]) not in seen:
            seen.add((node.lineno, what[0]))
            problem = f'the blank "{what[0]}" is {what[1]}.'
            yield Fault(f"{name}, line {node.lineno}", problem, "A template may place a blank and nothing else.")


def _misuse(node: nodes.Node, known: frozenset[str]) -> tuple[str, str] | None:
    match node:
        case nodes.If(test=test) | nodes.CondExpr(test=test):
            used, how = _uses(test, known), "tested"
        case nodes.For(iter=iterated):
            used, how = _uses(iterated, known), "looped over"
        case nodes.Call(node=nodes.Getattr(node=owner)):
            used, how = _uses(owner, known), "called"
        case nodes.Getattr(node=nodes.Getattr()):
            used, how = _uses(node, known), "taken apart"
        case _:
            how = _MISUSES.get(type(node), "")
            used = _uses(node, known) if how else None
    return (used, how) if used else None


def _uses(node: nodes.Node, known: frozenset[str]) -> str | None:
    """The first blank named anywhere in `node`, outside of the messages it may be placed in."""
    for found in (node, *node.find_all(nodes.Name)):
        if isinstance(found, nodes.Name) and found.ctx == "load" and found.name in known:
            return found.name
    return None


def _scoped(
    node: nodes.Node, known: frozenset[str], opaque: Mapping[str, frozenset[str]]
) -> Iterator[tuple[nodes.Node, frozenset[str]]]:
    """Every node with the names that are opaque where it stands."""
    for child in node.iter_child_nodes():
        inner = known
        if isinstance(child, nodes.Macro):
            own = {argument.name for argument in child.args}
            inner = (known - own) | opaque.get(child.name, frozenset())
        yield child, inner
        yield from _scoped(child, inner, opaque)


def _opaque_parameters(trees: Iterable[nodes.Template], blanks: set[str]) -> dict[str, frozenset[str]]:
    """For each macro the parameters that a blank reaches, directly or through other macros."""
    roots = list(trees)
    macros = {macro.name: macro for root in roots for macro in root.find_all(nodes.Macro)}
    reached: dict[str, frozenset[str]] = dict.fromkeys(macros, frozenset())
    while True:
        found = dict(reached)
        for root in roots:
            for node, known in _scoped(root, frozenset(blanks), reached):
                name = _called(node)
                if name in macros and isinstance(node, nodes.Call):
                    found[name] |= _reached_by(node, macros[name], known)
        if found == reached:
            return reached
        reached = found


def _called(node: nodes.Node) -> str:
    match node:
        case nodes.Call(node=nodes.Name(name=name)):
            return name
        case nodes.Call(node=nodes.Getattr(attr=name)):
            return name
        case _:
            return ""


def _reached_by(call: nodes.Call, macro: nodes.Macro, known: frozenset[str]) -> frozenset[str]:
    given = [(argument.name, value) for argument, value in zip(macro.args, call.args, strict=False)]
    given += [(keyword.key, keyword.value) for keyword in call.kwargs]
    return frozenset(parameter for parameter, value in given if _uses(value, known))


def _unknown_names(name: str, tree: nodes.Template, known: set[str], facts: set[str]) -> Iterator[Fault]:
    undeclared = find_undeclared_variables(tree) - known
    for unknown in sorted(undeclared):
        lines = [node.lineno for node in tree.find_all(nodes.Name) if node.name == unknown]
        where = f"{name}, line {min(lines, default=1)}"
        if unknown in facts:
            yield Fault(
                where, f'the fact "{unknown}" stands in an expression.', 'A fact may be tested in when="…" alone.'
            )
        else:
            remedy = "Declare it as a blank in procedure.toml, or take it out."
            yield Fault(where, f'"{unknown}" is no blank, no setting and no macro.', remedy)


def _untranslated(name: str, tree: nodes.Template) -> Iterator[Fault]:
    """Words that stand in a template outside of a message: a translator would never see them."""
    for output in tree.find_all(nodes.Output):
        pieces = [node.data if isinstance(node, nodes.TemplateData) else "\0" for node in output.nodes]
        text = _TAGS.sub(" ", _half_tags("".join(pieces)))
        if words := re.search(r"[^\W_][^\0]*", text):
            where = f"{name}, line {_line_of(output, words[0].strip())}"
            yield Fault(where, f'"{_short(words[0].strip())}" stands outside of {{% trans %}}.', "Make it a message.")


def _half_tags(text: str) -> str:
    """`text` with a tag that ends before its first '<' or begins after its last '>' closed, as when an {% if %} cuts it."""
    before, opens, _ = text.partition("<")
    if ">" in before or (not opens and ">" in text):
        text = f"<{text}"
    return f"{text}>" if text.rfind("<") > text.rfind(">") else text


def _line_of(output: nodes.Output, words: str) -> int:
    for node in output.nodes:
        if isinstance(node, nodes.TemplateData) and words[:20] in node.data:
            return node.lineno + node.data.count("\n", 0, node.data.index(words[:20]))
    return output.lineno


def _short(text: str, longest: int = 60) -> str:
    folded = " ".join(text.split())
    return folded if len(folded) <= longest else folded[: longest - 1] + "…"
