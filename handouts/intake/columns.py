"""The models of the appointment → the columns a table can have, by their dotted paths."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from handouts.appointment import Appointment
from handouts.memory import remembered

ColumnKind = Literal["text", "word", "whole", "hours", "none"]
"""What a cell holds: text, a closed word, a whole number, decimal hours, or the word "none" for an empty list."""

_NUMBER = re.compile(r"\.([1-9][0-9]?|100)(?=\.|$)")


@cache
def columns() -> Mapping[str, ColumnKind]:
    """Every column with its kind; those of a list's items have "N" for the item's number."""
    return dict(_walk(Appointment, ""))


@remembered(1024)
def kind_of(column: str) -> ColumnKind | None:
    """The kind of `column` ("medicines.2.name"), or None when there is no such column."""
    return None if re.search(r"(^|\.)N(\.|$)", column) else columns().get(_NUMBER.sub(".N", column))


@remembered(1024)
def number_of(column: str) -> int | None:
    """The number of the list item that `column` belongs to, if it belongs to one."""
    match = _NUMBER.search(column)
    return int(match[1]) if match else None


def nearest(field: str) -> str:
    """What a person may have meant by the unknown `field`: the nearest column, or those that stand beside it."""
    group, _, last = _NUMBER.sub(".N", field).rpartition(".")
    beside = [path for path in columns() if path.rpartition(".")[0] == group]
    number = number_of(field) or 1
    for paths, cutoff in ((beside, 0.6), (list(columns()), 0.8)):
        by_last = {path.rpartition(".")[2]: path for path in paths}
        if near := get_close_matches(last, list(by_last), 1, cutoff):
            return f'Did you mean "{_numbered(by_last[near[0]], number)}"?'
    return f"Known: {', '.join(_numbered(path, number) for path in beside or columns())}."


def _numbered(path: str, number: int) -> str:
    return path.replace(".N.", f".{number}.")


def _walk(model: type[BaseModel], before: str) -> Iterator[tuple[str, ColumnKind]]:
    for name, field in model.model_fields.items():
        path = f"{before}{field.alias or name}"
        kinds = list(_flat(field.annotation))
        inner = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
        if inner is not None and tuple in kinds:
            yield path, "none"
            yield from _walk(inner, f"{path}.N.")
        elif inner is not None:
            yield from _walk(inner, f"{path}.")
        elif Literal in kinds:
            yield path, "word"
        else:
            yield path, "whole" if int in kinds else "hours" if float in kinds else "text"


def _flat(annotation: Any) -> Iterator[Any]:
    """Everything an annotation is made of: int | None → int, None; tuple[X, ...] → tuple, X."""
    origin = get_origin(annotation)
    if origin is None:
        yield annotation
        return
    yield origin
    if origin is not Literal:
        for part in get_args(annotation):
            yield from _flat(part)
