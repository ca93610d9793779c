"""How templates use facts, blanks and messages, read off their syntax trees before anything is rendered."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain
from typing import cast

from jinja2 import TemplateSyntaxError, nodes

from handouts.content.po import MessageKey
from handouts.content.program import program
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
    nodes.Pos: "calculated with",
    nodes.Pow: "calculated with",
    nodes.Getitem: "taken apart",
    nodes.Assign: "given another name",
    nodes.With: "given another name",
    nodes.AssignBlock: "given another name",
    nodes.FilterBlock: "filtered",
}
_MISUSING = (nodes.If, nodes.CondExpr, nodes.For, nodes.Call, nodes.Getattr, *_MISUSES)
_Standing = tuple[nodes.Node, tuple[nodes.Macro, ...]]
_TAGS = re.compile(r"<[^<>]*>")
_SAID_IN_TAGS = re.compile(r"""\b(?:label|alt)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_WORD = r"[^\W_]"
_NO_TEXT = re.compile(r"<[!?]")
_ENTITY = re.compile(r"&#?\w+;")
_INLINE_TAGS = re.compile(r"</?strong>|<a href=\"[^\"<>]*\">|</a>")
_DEEPEST_LOOP = 3


def faults_of_use(
    trees: Mapping[str, nodes.Template], blanks: set[str], items: set[str], facts: set[str]
) -> list[Fault]:
    """Every misuse of blanks and facts, every unknown name, and every text that no translator would see.

    A blank given to a macro is followed into it: the parameter is as opaque there as the blank itself.
    """
    standing = {name: _standing(tree) for name, tree in trees.items()}
    opaque = _opaque_parameters(chain.from_iterable(standing.values()), blanks | items)
    faults: list[Fault] = []
    for name, tree in trees.items():
        faults += _misuses(name, standing[name], blanks | items, opaque)
        faults += _taken_apart(name, standing[name], blanks)
        faults += _runaways(name, tree, standing[name])
        faults += _unknown_names(name, tree, standing[name], blanks | items | _KNOWN, facts)
        faults += _untranslated(name, tree)
    return faults


def message_faults(name: str, tree: nodes.Template) -> Iterator[Fault]:
    """Every message with a digit of any script, markup other than <strong> and <a>, a plural, or no text of its own."""
    for call in _message_calls(tree):
        where = f"{name}, line {call.lineno}"
        if cast("nodes.Name", call.node).name in {"ngettext", "npgettext"}:
            yield Fault(where, "a plural form would test a blank.", "Write one sentence.")
        elif not all(isinstance(argument, nodes.Const) for argument in call.args):
            yield Fault(where, "a message is put together while the template runs.", "Write {% trans %} with its text.")
    for line, message in messages(tree):
        where = f"{name}, line {line}"
        if digit := next((c for c in message if unicodedata.category(c) in {"Nd", "Nl", "No"}), None):
            yield Fault(
                where, f'the sentence "{_short(message)}" holds the digit "{digit}".', "Make the number a blank."
            )
        if re.search("[<>]", _INLINE_TAGS.sub("", message)):
            problem = f'the sentence "{_short(message)}" holds markup other than <strong> and <a>.'
            yield Fault(where, problem, "Move the element out of the sentence.")
        if entity := _ENTITY.search(message):
            problem = f'the sentence "{_short(message)}" holds the entity "{entity[0]}".'
            yield Fault(where, problem, "Write the character itself.")
        yield from hidden_characters(name, message, line)


def hidden_characters(name: str, text: str, first_line: int = 1) -> Iterator[Fault]:
    """The first character of `text` that nobody could see or that stands for something else: control and private use."""
    hidden = {char for char in set(text) - {"\n", "\r", "\t"} if unicodedata.category(char) in {"Co", "Cc", "Cs"}}
    if hidden:
        position, character = next((at, char) for at, char in enumerate(text) if char in hidden)
        what = "private-use" if unicodedata.category(character) == "Co" else "control"
        line = first_line + text.count("\n", 0, position)
        yield Fault(f"{name}, line {line}", f"it holds a {what} character (U+{ord(character):04X}).", "Take it out.")


def messages(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Every source sentence of a template with its line, `%(blank)s` for what is filled in and `%%` for a percent sign."""
    for call in _message_calls(tree):
        if found := message_of(call):
            yield call.lineno, found[1]


def message_of(call: nodes.Call) -> MessageKey | None:
    """The context (or "") and the source of the message that `call` asks for; None if it calls something else."""
    if not _asks_for_message(call):
        return None
    in_context = cast("nodes.Name", call.node).name == "pgettext" and len(call.args) > 1
    texts = [argument.value for argument in call.args if isinstance(argument, nodes.Const)]
    if len(texts) != len(call.args) or not all(isinstance(text, str) for text in texts):
        return None
    return (str(texts[0]), str(texts[1])) if in_context else ("", str(texts[0]))


def _message_calls(tree: nodes.Template) -> Iterator[nodes.Call]:
    return (call for call in tree.find_all(nodes.Call) if _asks_for_message(call))


def _asks_for_message(call: nodes.Call) -> bool:
    return isinstance(call.node, nodes.Name) and call.node.name in _MESSAGE_CALLS and bool(call.args)


def _standing(node: nodes.Node) -> Sequence[_Standing]:
    """Every node below `node` with the macros that it is or stands in, the outermost first."""
    found: list[_Standing] = []
    _gather(node, (), found)
    return found


def _gather(node: nodes.Node, macros: tuple[nodes.Macro, ...], found: list[_Standing]) -> None:
    for child in node.iter_child_nodes():
        within = (*macros, child) if isinstance(child, nodes.Macro) else macros
        found.append((child, within))
        _gather(child, within, found)


def _misuses(
    name: str, standing: Iterable[_Standing], blanks: set[str], opaque: Mapping[str, frozenset[str]]
) -> Iterator[Fault]:
    seen: set[tuple[int, str]] = set()
    for node, macros in standing:
        if not isinstance(node, _MISUSING):
            continue
        what = _misuse(node, _known(macros, frozenset(blanks), opaque))
        if what and (node.lineno, what[0]) not in seen:
            seen.add((node.lineno, what[0]))
            problem = f'the blank "{what[0]}" is {what[1]}.'
            yield Fault(f"{name}, line {node.lineno}", problem, "A template may place a blank and nothing else.")


def _misuse(node: nodes.Node, known: frozenset[str]) -> tuple[str, str] | None:
    match node:
        case nodes.If(test=test) | nodes.CondExpr(test=test):
            used, how = _uses(test, known), "tested"
        case nodes.For(iter=iterated, test=test):
            used, how = _uses(iterated, known), "looped over"
            if not used and test:
                used, how = _uses(test, known), "tested"
        case nodes.Call(node=nodes.Name(name="listing")):
            used, how = _uses(node, known), "joined to other text"
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


def _known(
    macros: Iterable[nodes.Macro], blanks: frozenset[str], opaque: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    """The names that are opaque within these macros."""
    for macro in macros:
        blanks = (blanks - {argument.name for argument in macro.args}) | opaque.get(macro.name, frozenset())
    return blanks


def _opaque_parameters(standing: Iterable[_Standing], blanks: set[str]) -> dict[str, frozenset[str]]:
    """For each macro the parameters that a blank reaches, directly or through other macros."""
    there = list(standing)
    macros = {node.name: node for node, _ in there if isinstance(node, nodes.Macro)}
    calls = [
        (node, macros[name], within)
        for node, within in there
        if isinstance(node, nodes.Call) and (name := _called(node)) in macros
    ]
    reached: dict[str, frozenset[str]] = dict.fromkeys(macros, frozenset())
    while True:
        found = dict(reached)
        for call, macro, within in calls:
            found[macro.name] |= _reached_by(call, macro, _known(within, frozenset(blanks), reached))
        if found == reached:
            return reached
        reached = found


def _called(call: nodes.Call) -> str:
    match call.node:
        case nodes.Name(name=name) | nodes.Getattr(attr=name):
            return name
        case _:
            return ""


def _reached_by(call: nodes.Call, macro: nodes.Macro, known: frozenset[str]) -> frozenset[str]:
    given = [(argument.name, value) for argument, value in zip(macro.args, call.args, strict=False)]
    given += [(keyword.key, keyword.value) for keyword in call.kwargs]
    return frozenset(parameter for parameter, value in given if _uses(value, known))


def _unknown_names(
    name: str, tree: nodes.Template, standing: Iterable[_Standing], known: set[str], facts: set[str]
) -> Iterator[Fault]:
    known = known | {node.name for node, _ in standing if isinstance(node, nodes.Macro)}
    try:
        undeclared = program(tree, name).looked_up - known
    except TemplateSyntaxError as trouble:
        yield Fault(f"{name}, line {trouble.lineno}", f"{trouble.message}", "Take it out.")
        return
    for unknown in sorted(undeclared):
        lines = [node.lineno for node, _ in standing if isinstance(node, nodes.Name) and node.name == unknown]
        where = f"{name}, line {min(lines, default=1)}"
        if unknown in facts:
            yield Fault(
                where, f'the fact "{unknown}" stands in an expression.', 'A fact may be tested in when="…" alone.'
            )
        else:
            remedy = "Declare it as a blank in procedure.toml, or take it out."
            yield Fault(where, f'"{unknown}" is no blank, no setting and no macro.', remedy)


def _taken_apart(name: str, standing: Iterable[_Standing], blanks: set[str]) -> Iterator[Fault]:
    for node, _ in standing:
        if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name in blanks:
            problem = f'the blank "{node.node.name}" is taken apart.'
            yield Fault(f"{name}, line {node.lineno}", problem, "A template may place a blank and nothing else.")


def _runaways(name: str, tree: nodes.Template, standing: Iterable[_Standing]) -> Iterator[Fault]:
    """What could grow without bounds before anything is printed: loops in loops, texts made of texts."""
    for loop in _loops(tree, _DEEPEST_LOOP):
        remedy = f"Nest {_DEEPEST_LOOP} at most."
        yield Fault(f"{name}, line {loop.lineno}", "a loop stands in too many others.", remedy)
    for node, _ in standing:
        if isinstance(node, nodes.Assign | nodes.With) and next(node.find_all(nodes.Concat), None):
            yield Fault(f"{name}, line {node.lineno}", "texts are joined with ~ and named.", "Place them one by one.")


def _loops(node: nodes.Node, deepest: int) -> Iterator[nodes.For]:
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.For) and not deepest:
            yield child
        else:
            yield from _loops(child, deepest - isinstance(child, nodes.For))


def _untranslated(name: str, tree: nodes.Template) -> Iterator[Fault]:
    """Words that stand in a template outside of a message: a translator would never see them."""
    pieces = list(_own_text(tree))
    starts = list(accumulate((len(text) for _, text in pieces), initial=0))
    written = "".join(text for _, text in pieces)

    def where(position: int) -> str:
        piece = bisect_right(starts, position) - 1
        return f"{name}, line {pieces[piece][0] + written.count(chr(10), starts[piece], position)}"

    for found in _NO_TEXT.finditer(written):
        yield Fault(where(found.start()), f'"{_short(written[found.start() :])}" is not in the template language.')
    for found in _ENTITY.finditer(written):
        yield Fault(where(found.start()), f'the entity "{found[0]}".', "Write the character itself.")
    for tag in _TAGS.finditer(written):
        for found in _SAID_IN_TAGS.finditer(tag[0]):
            if re.search(_WORD, said := found[1] or found[2] or found[3] or ""):
                yield _outside(where(tag.start() + found.start()), said)
    words_alone = re.sub(f"{_TAGS.pattern}|{_ENTITY.pattern}", lambda found: "\0" * len(found[0]), written)
    for words in re.finditer(rf"{_WORD}[^\0]*", words_alone):
        yield _outside(where(words.start()), words[0])


def _outside(where: str, words: str) -> Fault:
    said = re.sub(r' at="[^"]*"', "", words.strip("\0"))
    return Fault(where, f'"{_short(said)}" stands outside of {{% trans %}}.', "Make it a message.")


def _own_text(node: nodes.Node) -> Iterator[tuple[int, str]]:
    """The template's own characters in order, each with its line, and NUL for whatever Jinja puts there."""
    match node:
        case nodes.TemplateData(data=data):
            yield node.lineno, data
        case nodes.Output(nodes=printed):
            for child in printed:
                if isinstance(child, nodes.TemplateData):
                    yield child.lineno, child.data
                else:
                    yield child.lineno, " ".join(("\0", *_constants(child), "\0"))
        case _:
            yield node.lineno, "\0"
            for child in node.iter_child_nodes():
                yield from _own_text(child)


def _constants(node: nodes.Node) -> Iterator[str]:
    """The constants that `node` itself could print."""
    match node:
        case nodes.Const(value=str() | int() | float() as value):
            yield str(value)
        case nodes.CondExpr(expr1=first, expr2=second):
            yield from _constants(first)
            yield from _constants(second) if second else ()
        case nodes.And() | nodes.Or() | nodes.Concat():
            for child in node.iter_child_nodes():
                yield from _constants(child)
        case _:
            pass


def _short(text: str, longest: int = 60) -> str:
    folded = " ".join(text.replace("\0", "…").split())
    return folded if len(folded) <= longest else folded[: longest - 1] + "…"
