"""Template + catalog + the clinic's settings → Edition: one document with every block in it, before any patient.

Jinja renders messages, macros and loops over the clinic's settings. Facts are no part of its world, and blanks are opaque
marks in it: what a template may do with them is checked on its syntax tree (`usage.py`) before it is rendered, and refused
again by the marks themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from jinja2 import Environment, TemplateNotFound, TemplateSyntaxError, nodes

from handouts.content.blocks import Block, Edition, Field, Text
from handouts.content.catalog import Catalog, source_catalog
from handouts.content.complete import unknown_names
from handouts.content.condition import ALWAYS, Among, AnyOf, Condition, both, opposite, tests
from handouts.content.elements import BLANK, UNSET
from handouts.content.markup import tree
from handouts.content.procedure import ANY, Procedure
from handouts.content.sandbox import (
    LONGEST_RENDERING,
    Blank,
    Item,
    MisusedBlankError,
    RunawayError,
    Sandbox,
    Settings,
    Translator,
    template_source,
)
from handouts.content.usage import faults_of_use, hidden_characters, message_faults
from handouts.errors import Fault, TemplateError
from handouts.memory import remembered
from handouts.settings import SETTINGS

_EXPRESSIONS = Environment(autoescape=True)
"""Reads the syntax of `when`; nothing is ever rendered with it."""
_PLACED = re.compile(r"\{\{.*?\}\}")
_NAMED = re.compile(r'\bname="((?:\{\{.*?\}\}|[^"{}])+)"')
"""The names that a template's source gives to fields, with what is placed in them."""


def edition(procedure: Procedure, kind: str, settings: Mapping[str, object], catalog: Catalog) -> Edition:
    """The document `kind` of `procedure`, with the clinic's `settings` in the catalog's language.

    Its blocks tell which messages the catalog lacks or nobody has reviewed. Raises TemplateError with every fault in the
    template's files.
    """
    translator = Translator(catalog)
    environment = Sandbox(syntax_trees(procedure), translator)
    name = procedure.template(kind)
    html = _rendered(environment, name, _context(procedure, settings))
    items = {entry.item: name for name, entry in procedure.lists.items()}
    marked = tuple(translator.marked)
    root, faults = tree(html, catalog.language, lambda text, _: _condition(procedure, text), items, f"{name}:1", marked)
    blocks = tuple(root.blocks())
    faults += [fault for block in blocks for fault in _block_faults(block, procedure)]
    faults += [fault for block in blocks for fault in _source_faults(block, procedure)]
    faults += _field_faults(blocks)
    faults += _title_faults(blocks, name)
    faults += _answer_faults(blocks, procedure, kind)
    TemplateError.gathered(dict.fromkeys(faults))
    title = "".join(run.text for block in blocks if block.role == "h1" for run in block.runs if isinstance(run, Text))
    return Edition(procedure.id, procedure.version, kind, catalog.language, title, root, tuple(translator.missing))


def syntax_trees(procedure: Procedure) -> Mapping[str, nodes.Template]:
    """The syntax tree of every template file of the procedure, after checking how each uses facts, blanks and messages.

    Raises TemplateError with every fault in the files.
    """
    sources: list[tuple[str, str]] = []
    faults: list[Fault] = []
    for name in sorted({path.name for folder in procedure.folders for path in folder.glob("*.html")}):
        try:
            sources.append((name, template_source(procedure.folders, name)))
        except UnicodeDecodeError as trouble:
            faults.append(Fault(name, f"its characters cannot be read: {trouble}.", "Save it as UTF-8."))
        except TemplateNotFound as trouble:
            faults.append(Fault(name, f"{trouble}.", "Name it with letters, digits, - and _."))
    TemplateError.gathered(faults)
    items = frozenset(entry.item for entry in procedure.lists.values())
    return _trees(tuple(sources), frozenset(procedure.declared.blanks), items, frozenset(procedure.facts))


@remembered(8)
def _trees(
    sources: tuple[tuple[str, str], ...], blanks: frozenset[str], items: frozenset[str], facts: frozenset[str]
) -> Mapping[str, nodes.Template]:
    environment = Sandbox({}, Translator(source_catalog()))
    trees: dict[str, nodes.Template] = {}
    faults: list[Fault] = []
    for name, source in sources:
        faults += hidden_characters(name, source)
        try:
            trees[name] = environment.parse(source, name, name)
        except TemplateSyntaxError as trouble:
            said = (trouble.message or "").rstrip(".")
            faults.append(Fault(f"{name}, line {trouble.lineno}", f"{said}.", "Mend the line."))
        except Exception as trouble:  # noqa: BLE001 - a deep nesting, a number without end: whatever it is, the file is at fault
            faults.append(Fault(name, f"it cannot be read: {trouble}.", "Mend the template."))
    try:
        faults += [fault for name, parsed in trees.items() for fault in message_faults(name, parsed)]
        faults += faults_of_use(trees, set(blanks), set(items), set(facts))
    except RecursionError:
        faults.append(Fault(", ".join(trees), "an expression is nested too deeply.", "Take it apart."))
    TemplateError.gathered(faults)
    return trees


def _context(procedure: Procedure, settings: Mapping[str, object]) -> dict[str, object]:
    blanks: dict[str, object] = {name: Blank(name) for name in procedure.declared.blanks}
    items = {entry.item: Item(entry.item, entry.blanks) for entry in procedure.lists.values()}
    return {**blanks, **items, "clinic": Settings(settings)}


def _rendered(environment: Sandbox, name: str, context: dict[str, object]) -> str:
    pieces: list[str] = []
    length = 0
    environment.begin()
    try:
        for piece in environment.get_template(name).generate(context):
            pieces.append(piece)
            length += len(piece)
            if length > LONGEST_RENDERING:
                raise RunawayError  # noqa: TRY301 - told like every other trouble of a template
    except Exception as trouble:  # noqa: BLE001 - whatever goes wrong while a template runs, the template is at fault
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
    if isinstance(trouble, RunawayError | RecursionError):
        return Fault(where, "it prints or calls without end.", "Look at its loops and macros.")
    if isinstance(trouble, MisusedBlankError):
        problem = f'the blank "{trouble}" is tested, compared, filtered or joined.'
        return Fault(where, problem, "A template may place a blank and nothing else.")
    said = str(trouble).rstrip(".") or type(trouble).__name__
    return Fault(where, f"{said}.", "Mend the template.")


def _condition(procedure: Procedure, expression: str) -> Condition:
    """The `when` expression as a value; raises ValueError saying what is wrong with it."""
    try:
        condition = _read_condition(expression)
    except RecursionError:
        raise ValueError("it is nested too deeply.") from None
    for test in tests(condition):
        declared = procedure.values_of(test)
        if declared is None:
            raise ValueError(f'"{test.name}" is no declared fact. Declare it in procedure.toml, or test another.')
        if unknown := [value for value in test.values if value not in declared]:
            raise ValueError(f'"{unknown[0]}" is no value of {test.name}, which has {", ".join(declared)}.')
    return condition


@remembered(1024)
def _read_condition(expression: str) -> Condition:
    if not expression.strip():
        raise ValueError("it says nothing.")
    try:
        parsed = _EXPRESSIONS.parse("{{ " + expression + " }}")
    except TemplateSyntaxError as trouble:
        message = (trouble.message or "").replace("'end of print statement'", "the end")
        raise ValueError(f"this is not one expression: {message}.") from None
    body = parsed.body[0] if len(parsed.body) == 1 else None
    if not isinstance(body, nodes.Output) or len(body.nodes) != 1 or isinstance(body.nodes[0], nodes.TemplateData):
        raise ValueError("this is not one expression.")
    return _from_syntax(body.nodes[0])


def _from_syntax(node: nodes.Node) -> Condition:
    match node:
        case nodes.And(left=left, right=right):
            return both(_from_syntax(left), _from_syntax(right))
        case nodes.Or(left=left, right=right):
            either = (_from_syntax(left), _from_syntax(right))
            return AnyOf(tuple(t for c in either for t in (c.terms if isinstance(c, AnyOf) else (c,))))
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
    for name in dict.fromkeys(block.blanks):
        if name not in procedure.blanks:
            yield Fault(block.place, f'"{name}" is no declared blank.', "Declare it in procedure.toml.")
    if any(mark in run.text for run in block.runs if isinstance(run, Text) for mark in (*BLANK, *UNSET)):
        yield Fault(block.place, "a blank or an unset setting is cut in two.", "Place it whole.")
    for run in block.runs:
        if block.each and isinstance(run, Field) and items.get(run.name.partition(".")[0]) != block.each:
            remedy = "Begin it with the item's name."
            yield Fault(block.place, f'the field "{run.name}" would stand once for every item.', remedy)


def _source_faults(block: Block, procedure: Procedure) -> Iterable[Fault]:
    """A block rests on declared statements, sections and settings, and on nothing that is blocked (CLINICAL §1.3)."""
    known = {*procedure.source_ids(), *SETTINGS}
    for source in block.rests_on:
        if source in procedure.declared.blocked.ids:
            yield Fault(
                block.place, f'it rests on "{source}", which may not be used.', "Take it out, with what it says."
            )
        elif source.partition(".")[0] not in known:
            yield Fault(
                block.place, f'it rests on "{source}", which nothing declares.', "Declare it in procedure.toml."
            )


def _field_faults(blocks: Sequence[Block]) -> Iterable[Fault]:
    """No field's name is the beginning of another's (FieldMDP); whether two are the same, only a wording can tell."""
    found = {run.name: block for block in reversed(blocks) for run in block.runs if isinstance(run, Field)}
    for shorter, longer in pairwise(sorted(found)):
        if longer.startswith(shorter):
            problem = f'the field name "{shorter}" begins "{longer}".'
            yield Fault(found[longer].place, problem, f'Call it "{shorter}.1".')


def _answer_faults(blocks: Sequence[Block], procedure: Procedure, kind: str) -> Iterable[Fault]:
    """What is declared of answers names fields that stand in the document, or would with other settings.

    A clinic that has templates of its own and leaves the built-in declarations as they are may do without some fields.
    """
    rules = procedure.answer_rules(kind)
    first = procedure.folders[0]
    if not rules or (not (first / "procedure.toml").is_file() and any(first.glob("*.html"))):
        return
    known = [run.name for block in blocks for run in block.runs if isinstance(run, Field)]
    for block in blocks:
        copies = (block.numbered(procedure.lists[block.each].item, 0),) if block.each in procedure.lists else ()
        known += [
            run.name.replace(".0.", f".{ANY}.", 1) for each in copies for run in each.runs if isinstance(run, Field)
        ]
    for source in {path.name for folder in procedure.folders for path in folder.glob("*.html")}:
        named = _NAMED.findall(template_source(procedure.folders, source))
        known += [_PLACED.sub(ANY, name) for name in named]
    for name in unknown_names(rules, known):
        remedy = f"Name a field of {procedure.template(kind)}, with {ANY} for a step that differs."
        yield Fault(procedure.place, f'no field is named "{name}".', remedy, field="answers")


def _title_faults(blocks: Sequence[Block], name: str) -> Iterable[Fault]:
    heads = [block for block in blocks if block.role == "h1"]
    for head in heads:
        if head.blanks or head.condition != ALWAYS or head.each:
            remedy = "Give the document one title that always stands, without blanks."
            yield Fault(head.place, "the <h1> has a blank or a condition.", remedy)
    if len(heads) != 1:
        place = heads[1].place if heads else f"{name}, line 1"
        yield Fault(place, f"{name} has {len(heads)} <h1>.", "Give it one: the document's title.")
