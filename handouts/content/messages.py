"""A procedure's templates → their messages, in the order in which they are read, each with all that a translator should know.

Macros are followed from where they are called, so that a message of a signature block is told under the documents and headings
it stands in, and a place in it by the blank that is put there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from jinja2 import Environment, nodes
from jinja2.ext import extract_from_ast

from handouts.content.catalog import needs_two
from handouts.content.po import MessageKey
from handouts.content.procedure import BlankType, Procedure
from handouts.content.sandbox import template_source
from handouts.content.template import syntax_trees
from handouts.content.usage import message_of
from handouts.settings import SETTINGS

COMMENT = "L10N:"
EXAMPLES: Mapping[BlankType, tuple[str, str]] = {
    "name": ("a name", "Ana Díaz-López"),
    "text": ("a text", ""),
    "birth_date": ("a date of birth", "May 4, 1961"),
    "date": ("a date", "Tuesday, March 3, 2026"),
    "instant": ("a date with its time", "Tuesday, March 3, 2026, 6:00 AM"),
    "minutes": ("a length of time", "2 hours"),
    "number": ("a number", "6"),
    "phone": ("a phone number", "(212) 555-0143"),
    "zone": ("the name of a time zone", "Eastern Standard Time"),
    "term": ("one of the words with the context “term”", "parent"),
    "language": ("the name of a language", "Spanish"),
}
"""What is filled in for a blank of each type, and how it can look."""
_SETTINGS: Mapping[str, tuple[str, str]] = {
    "number": ("a number", "6"),
    "integer": ("a number", "18"),
    "digits": ("a short number to call", "911"),
    "phone": EXAMPLES["phone"],
}
_LIST = ("a list", "water, black coffee and plain tea")
_CALLED = frozenset({"emergency_number", "crisis_line"})
_AT_ONCE = re.compile(r"\bnow\b", re.IGNORECASE)
_OPENS = re.compile(r"<(/?)(h[1-3]|aside)\b([^>]*)", re.IGNORECASE)
_NO_WARNING = re.compile(r"\bkind\s*=\s*[\"']?(?:note|staff)\b", re.IGNORECASE)
"""In an aside's tag; one whose kind is put there while the template runs may be a warning."""
"""A place in a message, and its name."""
Standing = tuple[str, str]
"""A document's kind and the source of the heading above, "" before the first."""


@dataclass
class Message:
    """A translatable sentence of English.

    `comments` are the template's for translators, `files` and `standings` say where it stands, `places` what is filled in, by the
    places' names: what it is, and an example. `critical` sentences tell when to stop, when to begin again, whom to call at once,
    or stand in a warning.
    """

    context: str
    source: str
    comments: list[str] = field(default_factory=list[str])
    files: list[str] = field(default_factory=list[str])
    standings: list[Standing] = field(default_factory=list[Standing])
    places: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    critical: bool = False

    @property
    def key(self) -> MessageKey:
        """What a catalog knows it by."""
        return self.context, self.source

    @property
    def needs_two(self) -> bool:
        """Whether two people must review each translation (CLINICAL H6)."""
        return needs_two(self.source, critical=self.critical)

    @property
    def documents(self) -> tuple[str, ...]:
        """The kinds of documents it stands in."""
        return tuple(dict.fromkeys(kind for kind, _ in self.standings))


def messages_of(procedure: Procedure) -> tuple[Message, ...]:
    """Every message of the procedure's templates: document by document in reading order, last what no document uses.

    Raises TemplateError for templates that break a rule.
    """
    trees = syntax_trees(procedure)
    walk = _Walk(procedure, trees)
    for kind in procedure.kinds:
        walk.document(kind, procedure.template(kind))
    for name, tree in trees.items():
        walk.rest(name, tree)
    for name, tree in trees.items():
        for key, comment in _commented(tree, template_source(procedure.folders, name)):
            if (message := walk.found.get(key)) and comment not in message.comments:
                message.comments.append(comment)
    for message in walk.found.values():
        message.critical |= any(comment.startswith("Critical") for comment in message.comments)
        message.critical |= bool(_AT_ONCE.search(message.source))
    return tuple(walk.found.values())


def _commented(tree: nodes.Template, text: str) -> Iterator[tuple[MessageKey, str]]:
    """The messages of a template's text that have a comment for translators: the last between them and the one before."""
    tokens = cast("Environment", tree.environment).lex(text)
    said = [(line, each.split(None, 1)) for line, kind, each in tokens if kind == "comment"]
    comments = [(line, words[1].strip()) for line, words in said if words[:1] == [COMMENT] and words[1:]]
    seen = 0
    for line, function, message in extract_from_ast(tree, ("gettext", "pgettext")):
        told = [comment for at, comment in comments if seen < at <= line]
        seen = max(seen, line)
        texts = [each for each in (message if isinstance(message, tuple) else (message,)) if isinstance(each, str)]
        if told and texts:
            yield (texts[0] if function == "pgettext" else "", texts[-1]), told[-1]


def _asked(key: str) -> str:
    """The question that a setting answers, in brackets."""
    return f" (“{SETTINGS[key].question}”)" if key in SETTINGS else ""


def _macros(trees: Mapping[str, nodes.Template]) -> dict[tuple[str, str], tuple[str, nodes.Macro]]:
    """Each macro with its file, by the file that calls it and its name there; under "" by its name alone."""
    found: dict[tuple[str, str], tuple[str, nodes.Macro]] = {}
    for file, tree in trees.items():
        for macro in tree.find_all(nodes.Macro):
            found[file, macro.name] = found["", macro.name] = file, macro
    for file, tree in trees.items():
        for taken in tree.find_all(nodes.FromImport):
            for name, alias in (each if isinstance(each, tuple) else (each, each) for each in taken.names):
                if isinstance(taken.template, nodes.Const) and (macro := found.get((taken.template.value, name))):
                    found[file, alias] = macro
    return found


@dataclass
class _Scope:
    """Where the walk is: in which file, and what the parameters of the macros it is in stand for."""

    file: str
    given: Mapping[str, nodes.Node]
    outer: _Scope | None = None
    caller: tuple[list[nodes.Node], _Scope] | None = None

    def resolved(self, node: nodes.Node) -> nodes.Node:
        """What a name stands for, through the macros that it was handed down."""
        scope: _Scope | None = self
        while scope and isinstance(node, nodes.Name) and node.name in scope.given:
            node, scope = scope.given[node.name], scope.outer
        return node


class _Walk:
    """Reads templates as a page is read, and notes each message."""

    def __init__(self, procedure: Procedure, trees: Mapping[str, nodes.Template]) -> None:
        self.found: dict[MessageKey, Message] = {}
        self._procedure = procedure
        self._trees = trees
        self._macros = _macros(trees)
        self._kind = ""
        self._inside: list[str] = []
        self._computed: nodes.Node | None = None

    def document(self, kind: str, file: str) -> None:
        """All that stands in the document `kind`."""
        self._kind, self._heading, self._in_heading, self._in_warning = kind, "", False, False
        if tree := self._trees.get(file):
            self._walk(tree.body, _Scope(file, {}))

    def rest(self, file: str, tree: nodes.Template) -> None:
        """What no document uses."""
        self._kind = ""
        for call in tree.find_all(nodes.Call):
            if (found := message_of(call)) and found not in self.found:
                self._note(found, call, _Scope(file, {}))

    def _walk(self, many: list[nodes.Node], scope: _Scope) -> None:
        for node in many:
            self._node(node, scope)

    def _node(self, node: nodes.Node, scope: _Scope) -> None:
        match node:
            case nodes.Macro() | nodes.FromImport() | nodes.Import():
                return
            case nodes.TemplateData(data=data):
                self._data(data)
            case nodes.Assign(target=nodes.Name(name="_trans"), node=value):
                self._computed = value  # so Jinja hands a message what is no plain name
                self._node(value, scope)
            case nodes.Name(name=name) if scope.outer and name in scope.given:
                self._node(scope.given[name], scope.outer)
            case nodes.Include(template=nodes.Const(value=file)) if file in self._trees and file not in self._inside:
                self._inside.append(file)
                self._walk(self._trees[file].body, replace(scope, file=file))
                self._inside.pop()
            case nodes.CallBlock(call=call, body=body):
                self._call(call, scope, (body, scope))
            case nodes.Call():
                self._call(node, scope, None)
            case _:
                self._walk(list(node.iter_child_nodes()), scope)

    def _data(self, data: str) -> None:
        for found in _OPENS.finditer(data):
            if found[2].lower() == "aside":
                self._in_warning = not found[1] and not _NO_WARNING.search(found[3])
            else:
                self._in_heading = not found[1]

    def _call(self, call: nodes.Call, scope: _Scope, caller: tuple[list[nodes.Node], _Scope] | None) -> None:
        if found := message_of(call):
            self._note(found, call, scope)
            return
        name = call.node.name if isinstance(call.node, nodes.Name) else getattr(call.node, "attr", "")
        if name == "caller" and scope.caller:
            self._walk(*scope.caller)
        elif name not in self._inside and (known := self._macros.get((scope.file, name), self._macros.get(("", name)))):
            file, macro = known
            given = {
                argument.name: value
                for argument, value in zip(reversed(macro.args), reversed(macro.defaults), strict=False)
            }
            given |= {argument.name: value for argument, value in zip(macro.args, call.args, strict=False)}
            given |= {keyword.key: keyword.value for keyword in call.kwargs}
            self._inside.append(name)
            self._walk(macro.body, _Scope(file, given, scope, caller))
            self._inside.pop()
        else:
            self._walk([*call.args, *(keyword.value for keyword in call.kwargs)], scope)

    def _note(self, key: MessageKey, call: nodes.Call, scope: _Scope) -> None:
        message = self.found.setdefault(key, Message(*key))
        file = f"{self._procedure.id}/{scope.file}"
        if file not in message.files:
            message.files.append(file)
        if self._kind and self._in_heading:
            self._heading = key[1]
        standing = (self._kind, self._heading if self._kind else "")
        if self._kind and standing not in message.standings:
            message.standings.append(standing)
        for keyword in call.kwargs:
            named = isinstance(keyword.value, nodes.Name) and keyword.value.name == "_trans"
            value = self._computed if named and self._computed else keyword.value
            told, critical = self._told(scope.resolved(value), keyword.key)
            message.places.setdefault(keyword.key, told)
            message.critical |= critical
        message.critical |= bool(self._kind) and self._in_warning

    def _told(self, node: nodes.Node, place: str) -> tuple[tuple[str, str], bool]:
        """What is filled in for an expression, with an example, and whether it makes a sentence critical."""
        name = place
        match node:
            case nodes.Name(name=name):
                kind = self._procedure.blanks.get(name)
                if name in _CALLED:
                    return _SETTINGS["digits"], True
            case nodes.Getattr(node=nodes.Name(name="clinic"), attr=key):
                definition = SETTINGS.get(key)
                told = _SETTINGS.get(definition.kind if definition else "")
                return told or (f"a text of the clinic’s own{_asked(key)}", ""), key in _CALLED
            case nodes.Call(
                node=nodes.Name(name="listing"), args=[nodes.Getattr(node=nodes.Name(name="clinic"), attr=key)]
            ):
                return (f"a list of the clinic’s own{_asked(key)}", ""), False
            case nodes.Const(value=int() | float() as value):
                return ("a number", str(value)), False
            case nodes.Getattr(node=nodes.Name(name=item), attr=attribute):
                name = f"{item}.{attribute}"
                kind = self._procedure.blanks.get(name)
            case nodes.Call(node=nodes.Name(name="listing")):
                return _LIST, False
            case _:
                kind = None
        if kind == "text" and name != place:
            return (f"a text ({name.replace('_', ' ').replace('.', '’s ')})", ""), False
        return EXAMPLES[kind] if kind else ("a text", ""), kind == "instant"
