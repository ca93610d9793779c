"""`wording list` and `wording show`: what could ever be printed, and what one set of facts chooses."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypedDict

import typer

from handouts.cache import user_cache
from handouts.cli.options import AsJson, ClinicFolder, Language, ProcedureName, clinic_folder, one_procedure
from handouts.cli.say import say_json
from handouts.clinic import load_clinic
from handouts.content import notice
from handouts.content.blocks import Block
from handouts.content.condition import Facts
from handouts.content.editions import Editions
from handouts.content.procedure import Procedure
from handouts.content.show import as_html, as_text
from handouts.content.wording import ItemFacts, Wordings, pairs, pairwise
from handouts.errors import Fault, WrongUsage

app = typer.Typer(help="What the documents say.", no_args_is_help=True, rich_markup_mode=None)

DocumentKind = Annotated[str | None, typer.Option("--document", help="Only this document.")]


class _Row(TypedDict):
    sha256: str
    role: str
    when: str
    each: str
    rests_on: list[str]
    place: str
    text: str


class _Tried(TypedDict):
    combinations: int
    facts: int
    pairs: int
    wordings: int


class _Listed(TypedDict):
    procedure: str
    document: str
    language: str
    title: str
    version: str
    sha256: str
    blocks: list[_Row]
    tried: _Tried


class Format(StrEnum):
    """How a wording is shown."""

    TEXT = "text"
    HTML = "html"


@app.command("list")
def list_(
    clinic: ClinicFolder = None,
    procedure: ProcedureName = None,
    document: DocumentKind = None,
    lang: Language = None,
    as_json: AsJson = False,
) -> None:
    """Print every block of the documents with its condition, what it rests on and its hash."""
    editions, declared = _content(clinic, procedure)
    listed = [
        _listed(editions.wordings(declared.id, kind, language), declared)
        for kind in _kinds(document, editions, declared)
        for language in _languages(lang, editions, declared)[: 1 if kind == notice.KIND else None]
    ]
    if as_json:
        say_json(listed)
        return
    for each in listed:
        typer.echo(f"{each['document']} · {each['language']} · {each['title']} · edition {each['sha256'][:12]}\n")
        for block in each["blocks"]:
            typer.echo(f"{block['sha256']}  {block['role']:6}  {block['place']}")
            typer.echo(
                f"    when: {block['when'] or 'always'}{'; for each of ' + block['each'] if block['each'] else ''}"
            )
            typer.echo(f"    from: {' '.join(block['rests_on'])}")
            typer.echo("".join(f"    {line}\n" for line in block["text"].splitlines()))
        tried = each["tried"]
        typer.echo(
            f"Tried: {tried['combinations']} combinations of {tried['facts']} facts, in which all {tried['pairs']} pairs of"
            f" their values occur; they give {tried['wordings']} wordings.\n"
        )


@app.command("show")
def show(
    clinic: ClinicFolder = None,
    procedure: ProcedureName = None,
    document: DocumentKind = None,
    lang: Language = None,
    fact: Annotated[
        list[str] | None, typer.Option("--fact", help="A fact's value, as name=value; may be repeated.")
    ] = None,
    style: Annotated[Format, typer.Option("--format", help="Text or a standalone page.")] = Format.TEXT,
    as_json: AsJson = False,
) -> None:
    """Print the wording that a set of facts chooses; a fact that is not named is "no", or its first declared value."""
    editions, declared = _content(clinic, procedure)
    facts, items = _facts(fact or [], declared)
    shown: list[dict[str, object]] = []
    for kind in _kinds(document, editions, declared):
        for language in _languages(lang, editions, declared)[: None if lang else 1]:
            wording = editions.wordings(declared.id, kind, language)(facts, items)
            text = as_html([wording]) if style is Format.HTML else as_text(wording)
            shown.append({"document": kind, "language": language, "sha256": wording.sha256, "text": text})
    if as_json:
        say_json(shown)
    else:
        typer.echo("\n".join(str(each["text"]) for each in shown), nl=False)


def _content(clinic: Path | None, procedure: str | None) -> tuple[Editions, Procedure]:
    editions = Editions(load_clinic(clinic_folder(clinic)), user_cache())
    return editions, editions.procedure(one_procedure(procedure, editions.procedures))


def _kinds(given: str | None, editions: Editions, procedure: Procedure) -> tuple[str, ...]:
    kinds = editions.kinds(procedure.id)
    if given and given not in kinds:
        known = f"Known: {', '.join(kinds)}."
        raise WrongUsage(Fault("the command", "no such document.", known, "--document", given))
    return (given,) if given else kinds


def _languages(given: str | None, editions: Editions, procedure: Procedure) -> tuple[str, ...]:
    known = editions.languages(procedure.id)
    served = editions.language_for(procedure.id, given) if given else None
    if given and served is None:
        problem = "the clinic has no edition in this language."
        raise WrongUsage(Fault("the command", problem, f"Known: {', '.join(known)}.", "--lang", given))
    return (served,) if served else known


def _listed(wordings: Wordings, procedure: Procedure) -> _Listed:
    edition = wordings.edition
    tried = [wordings(facts, items) for facts, items in pairwise(procedure, edition)]
    return {
        "procedure": edition.procedure,
        "document": edition.kind,
        "language": edition.language,
        "title": edition.title,
        "version": edition.version,
        "sha256": edition.sha256,
        "blocks": [_row(block) for block in edition.blocks],
        "tried": {
            "combinations": len(tried),
            "facts": len(edition.facts),
            "pairs": pairs(procedure, edition),
            "wordings": len({wording.sha256 for wording in tried}),
        },
    }


def _row(block: Block) -> _Row:
    return {
        "sha256": block.sha256,
        "role": block.role,
        "when": str(block.condition),
        "each": block.each,
        "rests_on": list(block.rests_on),
        "place": block.place,
        "text": block.canonical,
    }


def _facts(given: list[str], procedure: Procedure) -> tuple[Facts, ItemFacts]:
    """The facts named as name=value, every other "no" or its first value; items as `medicine.rule=take`, one item in all."""
    facts = {name: "no" if "no" in values else values[0] for name, values in procedure.facts.items()}
    items = {name: {fact: values[0] for fact, values in entry.facts.items()} for name, entry in procedure.lists.items()}
    known = {**procedure.facts, **{f"{e.item}.{f}": v for e in procedure.lists.values() for f, v in e.facts.items()}}
    faults: list[Fault] = []
    for text in given:
        name, _, value = text.partition("=")
        if name not in known:
            faults.append(Fault("the command", "no such fact.", f"Known: {', '.join(known)}.", "--fact", text))
        elif value not in known[name]:
            faults.append(Fault("the command", "no such value.", f"Known: {', '.join(known[name])}.", "--fact", text))
        elif "." in name:
            listed = next(n for n, e in procedure.lists.items() if e.item == name.partition(".")[0])
            items[listed][name.partition(".")[2]] = value
        else:
            facts[name] = value
    WrongUsage.gathered(faults)
    return facts, {name: (item,) for name, item in items.items() if facts.get(name, "some") == "some"}
