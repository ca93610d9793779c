"""Template + catalog + the clinic's settings → Edition: one document with every block in it, before any patient.

Jinja renders messages, macros and loops over the clinic's settings. Facts are no part of its world, and blanks are opaque
marks in it: what a template may do with them is checked on its syntax tree (`usage.py`) before it is rendered, and refused
again by the marks themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NoReturn, cast

from babel import Locale
from babel.lists import format_list
from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateSyntaxError,
    nodes,
)
from jinja2 import (
    TemplateError as JinjaError,
)
from jinja2.ext import Extension
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from handouts.content.blocks import Block, Edition, Field
from handouts.content.catalog import Catalog, source_catalog
from handouts.content.condition import Among, AnyOf, Condition, both, opposite, tests
from handouts.content.markup import BLANK, UNSET, tree
from handouts.content.procedure import Procedure
from handouts.content.usage import faults_of_use, message_faults, messages
from handouts.errors import CatalogError, Fault, TemplateError

LONGEST_RENDERING = 2_000_000
"""Characters after which a template is taken to run away."""

_PUT_TOGETHER = r"{#.*?#}|{%-?\s*trans\b.*?\bendtrans\s*-?%}|{{.*?}}|{%.*?%}"
_TAG = re.compile(rf"({_PUT_TOGETHER})|<([a-z][a-z0-9]*)(?=[\s/>])", re.DOTALL)


def edition(procedure: Procedure, kind: str, settings: Mapping[str, object], catalog: Catalog) -> Edition:
    """The document `kind` of `procedure`, with the clinic's `settings` in the catalog's language.

    Raises TemplateError with every fault in the template's files, or CatalogError listing the sentences that the catalog
    lacks.
    """
    translator = _Translator(catalog)
    environment = _environment(procedure, translator)
    _check_use(procedure, environment)
    html = _rendered(environment, procedure, kind, _context(procedure, settings))
    items = {entry.item: name for name, entry in procedure.lists.items()}
    root, faults = tree(html, catalog.language, lambda text, at: _condition(environment, procedure, text, at), items)
    blocks = tuple(root.blocks())
    faults += [fault for block in blocks for fault in _block_faults(block, procedure)]
    faults += _field_faults(blocks)
    TemplateError.gathered(faults)
    CatalogError.gathered(
        Fault(f"{catalog.place}", f'no reviewed translation of "{source}".', "Translate it.", field=context)
        for context, source in dict.fromkeys(translator.missing)
    )
    return Edition(procedure.id, procedure.version, kind, catalog.language, _title(blocks, procedure, kind), root)


def messages_of(procedure: Procedure) -> Mapping[str, tuple[str, ...]]:
    """Every source sentence of the procedure's templates, by file. Raises TemplateError as `edition` does."""
    environment = _environment(procedure, _Translator(source_catalog()))
    return {
        name: tuple(message for _, message in messages(parsed))
        for name, parsed in _check_use(procedure, environment).items()
    }


def _check_use(procedure: Procedure, environment: Environment) -> Mapping[str, nodes.Template]:
    """The syntax tree of every template file of the procedure, after checking how each uses facts, blanks and messages."""
    trees: dict[str, nodes.Template] = {}
    faults: list[Fault] = []
    for name in sorted({path.name for folder in procedure.folders for path in folder.glob("*.html")}):
        source = cast("Any", environment.loader).get_source(environment, name)[0]
        if any(mark in source for mark in (*BLANK, *UNSET)):
            faults.append(Fault(name, "it holds a private-use character.", "Take it out."))
        try:
            trees[name] = environment.parse(source, name, name)
        except TemplateSyntaxError as trouble:
            faults.append(Fault(f"{name}, line {trouble.lineno}", f"{trouble.message}.", "Mend the line."))
    items = {entry.item for entry in procedure.lists.values()}
    faults += faults_of_use(trees, set(procedure.declared.blanks), items, set(procedure.facts))
    faults += [fault for name, parsed in trees.items() for fault in message_faults(name, parsed)]
    TemplateError.gathered(faults)
    return trees


class _Blank:
    """A blank in a template: it can be placed, and nothing else can be done with it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __html__(self) -> str:
        return f"{BLANK[0]}{self._name}{BLANK[1]}"

    def _refuse(self, *_: object) -> NoReturn:
        raise _MisusedBlankError(self._name)

    __str__ = __bool__ = __len__ = __iter__ = __add__ = __radd__ = __mod__ = __int__ = __float__ = __index__ = _refuse  # type: ignore[assignment]
    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __getitem__ = __format__ = _refuse  # type: ignore[assignment]
    __eq__ = __ne__ = __hash__ = _refuse  # type: ignore[assignment]


class _MisusedBlankError(Exception):
    """A blank was tested, compared, filtered or joined while a template ran."""


class _Item:
    """A list's item in a template: its attributes are blanks; its facts belong into `when`."""

    def __init__(self, item: str, blanks: Iterable[str]) -> None:
        self.__dict__.update({name: _Blank(f"{item}.{name}") for name in blanks})


class _Unset:
    """A setting that the clinic has not set: false in a test, nothing in a loop, a mark where it would print."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __html__(self) -> str:
        return f"{UNSET[0]}{self._key}{UNSET[1]}"

    def __bool__(self) -> bool:
        return False

    def __iter__(self) -> Any:
        return iter(())

    def __getattr__(self, name: str) -> _Unset:
        if name.startswith("_"):
            raise AttributeError(name)
        return _Unset(f"{self._key}.{name}")

    __str__ = __html__


class _Settings:
    """The clinic's settings in a template, as attributes; one that is not set prints as a mark that refuses the wording."""

    def __init__(self, values: Mapping[str, object], prefix: str = "") -> None:
        self._values = values
        self._prefix = prefix

    def __getattr__(self, name: str) -> object:
        if name.startswith("_"):
            raise AttributeError(name)
        value = self._values.get(name)
        if value is None:
            return _Unset(self._prefix + name)
        return _Settings(cast("Mapping[str, object]", value), f"{name}.") if isinstance(value, Mapping) else value


class _Translator:
    """What Jinja calls for messages; what the catalog lacks is remembered, so that all of it can be said at once."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.missing: list[tuple[str, str]] = []

    def gettext(self, source: str) -> str:
        return self.pgettext("", source)

    def pgettext(self, context: str, source: str) -> str:
        translation = self.catalog.translated(source, context)
        if translation is None:
            self.missing.append((context, source))
        return source if translation is None else translation

    def ngettext(self, singular: str, *_: object) -> NoReturn:
        raise TemplateError(
            Fault("template", f'a plural form of "{singular}" would test a blank.', "Write one sentence.")
        )

    def npgettext(self, _context: str, singular: str, *_: object) -> NoReturn:
        self.ngettext(singular)


class _PlaceMarks(Extension):
    """Writes file and line into every element of a template's source, outside of messages and expressions."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        def marked(found: re.Match[str]) -> str:
            if found[1] or found[2] in {"strong", "a"}:
                return found[0]
            return f'<{found[2]} at="{name}:{source.count(chr(10), 0, found.start()) + 1}"'

        return _TAG.sub(marked, source)


def _environment(procedure: Procedure, translator: _Translator) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([str(folder) for folder in procedure.folders]),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", _PlaceMarks],
        keep_trailing_newline=True,
    )
    environment.policies["ext.i18n.trimmed"] = True
    locale = Locale.parse(translator.catalog.language, sep="-")

    def listing(values: Sequence[str]) -> Markup:
        if isinstance(values, _Unset):
            return Markup(values.__html__())  # noqa: S704 - a mark of ours, no text
        return Markup(format_list([str(escape(value)) for value in values], locale=locale))  # noqa: S704 - escaped above

    environment.globals.clear()
    environment.globals["listing"] = listing
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        translator.gettext, translator.ngettext, newstyle=True, pgettext=translator.pgettext, npgettext=translator.npgettext
    )
    return environment


def _context(procedure: Procedure, settings: Mapping[str, object]) -> dict[str, object]:
    blanks: dict[str, object] = {name: _Blank(name) for name in procedure.declared.blanks}
    items = {entry.item: _Item(entry.item, entry.blanks) for entry in procedure.lists.values()}
    return {**blanks, **items, "clinic": _Settings(settings)}


def _rendered(environment: Environment, procedure: Procedure, kind: str, context: dict[str, object]) -> str:
    name = procedure.template(kind)
    pieces: list[str] = []
    length = 0
    try:
        for piece in environment.get_template(name).generate(context):
            pieces.append(piece)
            length += len(piece)
            if length > LONGEST_RENDERING:
                raise TemplateError(Fault(name, "it prints without end.", "Look at its loops."))
    except TemplateError:
        raise
    except (
        JinjaError,
        _MisusedBlankError,
        RecursionError,
        TypeError,
        ValueError,
        AttributeError,
        OverflowError,
    ) as trouble:
        raise TemplateError(_runtime_fault(trouble, name)) from None
    return "".join(pieces)


def _runtime_fault(trouble: Exception, name: str) -> Fault:
    """The fault for what went wrong while a template ran, at the template's line nearest to it."""
    line, file = 0, name
    step = trouble.__traceback__
    while step:
        code = step.tb_frame.f_code
        if code.co_filename.endswith(".html"):
            line, file = step.tb_lineno, code.co_filename.rpartition("/")[2]
        step = step.tb_next
    where = f"{file}, line {line or getattr(trouble, 'lineno', None) or 1}"
    if isinstance(trouble, _MisusedBlankError):
        problem = f'the blank "{trouble}" is tested, compared, filtered or joined.'
        return Fault(where, problem, "A template may place a blank and nothing else.")
    return Fault(where, f"{trouble or type(trouble).__name__}.", "Mend the template.")


def _condition(environment: Environment, procedure: Procedure, expression: str, at: str) -> Condition:
    """The `when` expression as a value; raises ValueError saying what is wrong with it."""
    try:
        parsed = environment.parse("{{ " + expression + " }}", None, at)
    except TemplateSyntaxError as trouble:
        raise ValueError(f"{trouble.message}.") from None
    body = parsed.body[0] if len(parsed.body) == 1 else None
    if not isinstance(body, nodes.Output) or len(body.nodes) != 1 or isinstance(body.nodes[0], nodes.TemplateData):
        raise ValueError("this is not one expression.")
    condition = _from_syntax(body.nodes[0])
    for test in tests(condition):
        declared = procedure.values_of(test)
        if declared is None:
            raise ValueError(f'"{test.name}" is no declared fact. Declare it in procedure.toml, or test another.')
        if unknown := [value for value in test.values if value not in declared]:
            raise ValueError(f'"{unknown[0]}" is no value of {test.name}, which has {", ".join(declared)}.')
    return condition


def _from_syntax(node: nodes.Node) -> Condition:
    match node:
        case nodes.And(left=left, right=right):
            return both(_from_syntax(left), _from_syntax(right))
        case nodes.Or(left=left, right=right):
            return AnyOf((_from_syntax(left), _from_syntax(right)))
        case nodes.Not(node=inner):
            return opposite(_from_syntax(inner))
        case nodes.Compare(
            expr=expr, ops=[nodes.Operand(op="eq" | "ne" as op, expr=nodes.Const(value=str() as value))]
        ):
            return Among(_fact_name(expr), (value,), negated=op == "ne")
        case nodes.Compare(
            expr=expr, ops=[nodes.Operand(op="in" | "notin" as op, expr=(nodes.List() | nodes.Tuple()) as many)]
        ):
            values = tuple(
                item.value for item in many.items if isinstance(item, nodes.Const) and isinstance(item.value, str)
            )
            if values and len(values) == len(many.items):
                return Among(_fact_name(expr), values, negated=op == "notin")
        case _:
            pass
    raise ValueError("a condition compares facts with their values: ==, !=, in […], not in […], and, or, not.")


def _fact_name(node: nodes.Node) -> str:
    match node:
        case nodes.Name(name=name):
            return name
        case nodes.Getattr(node=nodes.Name(name=item), attr=attr):
            return f"{item}.{attr}"
        case _:
            raise ValueError("a fact stands on the left of a comparison, by its name alone.")


def _block_faults(block: Block, procedure: Procedure) -> Iterable[Fault]:
    items = {entry.item: name for name, entry in procedure.lists.items()}
    names = [*block.blanks, *(test.name for test in tests(block.condition))]
    for name in dict.fromkeys(names):
        of_list = items.get(name.rpartition(".")[0])
        if of_list and of_list != block.each:
            yield Fault(block.place, f'"{name}" belongs to an item of {of_list}.', f'Add each="… in {of_list}".')


def _field_faults(blocks: Sequence[Block]) -> Iterable[Fault]:
    """No two fields share a name unless their blocks exclude each other, and none is the beginning of another's (FieldMDP)."""
    found = [(run.name, block) for block in blocks for run in block.runs if isinstance(run, Field)]
    ordered = sorted({name for name, _ in found})
    for shorter, longer in pairwise(ordered):
        if longer.startswith(shorter):
            place = next(block.place for name, block in found if name == longer)
            yield Fault(place, f'the field name "{shorter}" begins "{longer}".', f'Call it "{shorter}.1".')


def _title(blocks: Sequence[Block], procedure: Procedure, kind: str) -> str:
    heads = [block for block in blocks if block.role == "h1"]
    if len(heads) != 1 or heads[0].blanks:
        place = procedure.template(kind)
        raise TemplateError(
            Fault(place, f"it has {len(heads)} <h1>.", "Give it one, without blanks: the document's title.")
        )
    return "".join(getattr(run, "text", "") for run in heads[0].runs)
