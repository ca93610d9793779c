"""procedure.toml → Procedure: the documents of one treatment, and the facts, lists, blanks and sources they may use."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, cast, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from handouts import builtin
from handouts.content.condition import Among
from handouts.errors import Fault, TemplateError

BlankType = Literal[
    "name", "text", "birth_date", "date", "instant", "minutes", "number", "phone", "zone", "term", "language"
]
DocumentKind = str


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Statement(_Declared):
    """A statement of the source article: whether it is used as it is or hedged; `if_set` names a setting it depends on."""

    use: Literal["use", "hedge"]
    says: str
    if_set: str = ""


class DocumentEntry(_Declared):
    """One document of the packet: its kind and the template file that makes it."""

    kind: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    template: str = Field(pattern=r"^[a-z0-9-]+\.html$")


class ListEntry(_Declared):
    """A list of any length: what its items are called in templates, and the facts and blanks each item has."""

    item: str
    facts: dict[str, tuple[str, ...]] = {}
    blanks: dict[str, BlankType] = {}


ANY = "*"
"""What stands for any one step in the name of a field, the same in all names of a rule."""
_FIELD_NAME = re.compile(r"([a-z][a-z0-9_]*|\*)(\.([a-z0-9_]+|\*))*")


class AnswerRule(_Declared):
    """What must be answered in the `document` of this kind, or may not be: of the fields so named, as far as they stand.

    One of: each of `required`; exactly one of `one_of`; one at least of `any_of`; `stops`, with which nobody may sign. It asks for
    nothing once one of `unless` is answered. With `if_used`, a fact, the fields may all stay empty where a block beside them stands
    only while that is unknown.
    """

    document: str
    required: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    if_used: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields it is about."""
        return self.required or self.one_of or self.any_of or self.stops

    @model_validator(mode="after")
    def _says_one_thing(self) -> AnswerRule:
        if [bool(names) for names in (self.required, self.one_of, self.any_of, self.stops)].count(True) != 1:
            raise ValueError("a rule has exactly one of required, one_of, any_of and stops")
        if self.if_used and not self.required:
            raise ValueError("if_used goes with required alone")
        for name in (*self.names, *self.unless):
            if not _FIELD_NAME.fullmatch(name):
                raise ValueError(f'"{name}" is no name of a field, as "sign.patient.name" or "initials.*" is')
        return self


class _Blocked(_Declared):
    ids: tuple[str, ...] = ()


class _File(_Declared):
    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    version: str = Field(pattern=r"^\d+(\.\d+)*$")
    title: str
    documents: tuple[DocumentEntry, ...] = Field(min_length=1)
    facts: dict[str, tuple[str, ...]]
    lists: dict[str, ListEntry] = {}
    blanks: dict[str, BlankType]
    statements: dict[str, Statement] = {}
    blocked: _Blocked = _Blocked()
    sections: dict[str, tuple[str, ...]] = {}
    answers: tuple[AnswerRule, ...] = ()

    @field_validator("documents")
    @classmethod
    def _each_once(cls, documents: tuple[DocumentEntry, ...]) -> tuple[DocumentEntry, ...]:
        kinds = [entry.kind for entry in documents]
        if twice := sorted({kind for kind in kinds if kinds.count(kind) > 1}):
            raise ValueError(f"two documents are of the kind {', '.join(twice)}; give each its own")
        return documents

    @field_validator("facts")
    @classmethod
    def _closed(cls, facts: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for name, values in facts.items():
            if not values or len(set(values)) != len(values):
                raise ValueError(f'fact "{name}" needs at least one value, each once')
        return facts

    @model_validator(mode="after")
    def _rules_are_about_what_is_there(self) -> _File:
        kinds = {entry.kind for entry in self.documents}
        for rule in self.answers:
            if rule.document not in kinds:
                raise ValueError(f'answers: there is no document "{rule.document}"')
            if rule.if_used and "unknown" not in self.facts.get(rule.if_used, ()):
                raise ValueError(f'answers: "{rule.if_used}" is no fact that can be unknown')
        return self


@dataclass(frozen=True, eq=False)
class Procedure:
    """A procedure as declared; `folders` are where its files are looked for, the clinic's before the built-in.

    It is equal to itself alone, so that what follows from it can be remembered.
    """

    folders: tuple[Path, ...]
    declared: _File
    place: str

    @property
    def id(self) -> str:
        """The folder's name, as appointments give it."""
        return self.declared.id

    @property
    def version(self) -> str:
        """The version of the templates, printed on every page."""
        return self.declared.version

    @cached_property
    def kinds(self) -> tuple[DocumentKind, ...]:
        """The kinds of its documents, in packet order."""
        return tuple(entry.kind for entry in self.declared.documents)

    @property
    def facts(self) -> Mapping[str, tuple[str, ...]]:
        """Every fact with its closed set of values."""
        return self.declared.facts

    @property
    def lists(self) -> Mapping[str, ListEntry]:
        """Every list with what its items have."""
        return self.declared.lists

    @property
    def blanks(self) -> Mapping[str, BlankType]:
        """Every blank with its type; those of list items as `item.name`."""
        of_items: dict[str, BlankType] = {
            f"{e.item}.{name}": kind for e in self.lists.values() for name, kind in e.blanks.items()
        }
        return {**self.declared.blanks, **of_items}

    def answer_rules(self, kind: DocumentKind) -> tuple[AnswerRule, ...]:
        """What is declared of the answers in the document `kind`."""
        return tuple(rule for rule in self.declared.answers if rule.document == kind)

    def template(self, kind: DocumentKind) -> str:
        """The name of the template file of the document `kind`."""
        return next(entry.template for entry in self.declared.documents if entry.kind == kind)

    def sources(self) -> Mapping[str, str]:
        """procedure.toml and every template there is, by name, with the hash of its bytes.

        Of a file that stands in both folders it is the clinic's. Raises TemplateError for one that cannot be read.
        """
        standing = {path.name: path for folder in reversed(self.folders) for path in _sources(folder)}
        try:
            return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in sorted(standing.items())}
        except OSError as trouble:
            raise TemplateError(Fault(self.place, f"a file cannot be read: {trouble}.", "Allow reading it.")) from None

    def sha256(self) -> str:
        """The hash people approve of its version: of all its sources. Raises TemplateError for one that cannot be read."""
        return hashlib.sha256(repr((self.id, self.version, self.sources())).encode()).hexdigest()

    def values_of(self, test: Among) -> tuple[str, ...] | None:
        """The declared values of the fact a condition tests (`medicine.rule` for a list item's), or None."""
        item, _, name = test.name.rpartition(".")
        if not item:
            return self.facts.get(name)
        return next((e.facts.get(name) for e in self.lists.values() if e.item == item), None)

    def source_ids(self) -> Iterator[str]:
        """Every id that is no clinic setting and that a block may rest on."""
        yield from self.declared.statements
        for ids in self.declared.sections.values():
            yield from ids


def procedures(clinic_folder: Path | None) -> tuple[str, ...]:
    """The ids of all procedures there are: the clinic's own and the built-in ones."""
    return tuple(sorted({p.parent.name for root in _roots(clinic_folder) for p in root.glob("*/procedure.toml")}))


def load_procedure(name: str, clinic_folder: Path | None) -> Procedure:
    """The procedure `name`, file by file the clinic's over the built-in; raises TemplateError with every fault."""
    folders = tuple(root / name for root in _roots(clinic_folder) if (root / name).is_dir())
    files = [folder / "procedure.toml" for folder in folders if (folder / "procedure.toml").is_file()]
    if not files:
        known = ", ".join(procedures(clinic_folder)) or "none"
        raise TemplateError(Fault("templates/", f'there is no procedure "{name}".', f"Known: {known}."))
    place = f"{name}/procedure.toml"
    try:
        read = _File.model_validate(tomllib.loads(files[0].read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as trouble:
        raise TemplateError(Fault(place, f"it is not TOML: {trouble}.", "Mend the line.")) from None
    except ValidationError as trouble:
        raise TemplateError(*(_fault(place, cast("dict[str, Any]", e)) for e in trouble.errors())) from None
    if read.id != name:
        raise TemplateError(Fault(place, f'its id is "{read.id}", its folder "{name}".', "Give both one name."))
    return Procedure(folders, read, place)


def _sources(folder: Path) -> Iterator[Path]:
    """The files of a procedure in one of its folders."""
    yield from folder.glob("procedure.toml")
    yield from folder.glob("*.html")


def _roots(clinic_folder: Path | None) -> tuple[Path, ...]:
    own = (clinic_folder / "templates",) if clinic_folder else ()
    return (*own, builtin.templates())


def _fault(place: str, error: dict[str, Any]) -> Fault:
    field = ".".join(str(step) for step in error["loc"])
    known = f"A blank's type is one of {', '.join(get_args(BlankType))}." if field.startswith("blanks.") else ""
    return Fault(place, f"{error['msg']}.", known, field=field)
