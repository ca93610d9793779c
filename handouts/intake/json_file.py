"""The bytes of a JSON file, one appointment or a list of them → each as a mapping."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

from handouts.errors import Fault, UnreadableInput
from handouts.intake.raw import RawAppointment, printable, text_of

DEEPEST = 8
"""How many objects and lists may stand in each other; an appointment needs four."""


class _Repeating(dict[str, object]):
    """An object that names a key more than once; `repeated` are those keys."""

    repeated: tuple[str, ...] = ()


def read_json(found: bytes, name: str) -> list[RawAppointment]:
    """The appointments of the file, numbered from 1; raises UnreadableInput for what is wrong with the whole file."""
    text = text_of(found, name, "UTF-8")
    try:
        value = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as trouble:
        problem = f"is not JSON: {trouble.msg.lower()} at column {trouble.colno}."
        raise UnreadableInput(Fault(f"{name}, line {trouble.lineno}", problem, "Export the schedule again.")) from None
    except RecursionError:
        raise UnreadableInput(Fault(name, "the lists and objects nest too deeply.", "Export it again.")) from None
    except ValueError:
        raise UnreadableInput(Fault(name, "holds a number of thousands of digits.", "Export it again.")) from None
    if not isinstance(value, list | dict):
        problem = "holds neither an appointment nor a list of appointments."
        raise UnreadableInput(Fault(name, problem, "Write { … } for one or [ … ] for several."))
    items = cast("list[object]", value if isinstance(value, list) else [value])
    if not items:
        raise UnreadableInput(Fault(name, "the list holds no appointment.", "Export the schedule again."))
    return [_appointment(f"{name}, appointment {number}", item) for number, item in enumerate(items, 1)]


def _appointment(where: str, item: object) -> RawAppointment:
    faults = tuple(_shape_faults(where, item))
    return RawAppointment(where, None if faults else _said(item), faults)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, object]:
    found = _Repeating(pairs)
    if len(found) == len(pairs):
        return dict(pairs)
    names = [name for name, _ in pairs]
    found.repeated = tuple(sorted({name for name in names if names.count(name) > 1}))
    return found


def _shape_faults(where: str, item: object) -> Iterator[Fault]:
    """What is wrong with `item` before its fields are looked at; walks without recursion, however deep it is."""
    if not isinstance(item, dict):
        yield Fault(where, "is no object with fields.", 'Write {"id": …, "start": …}.')
        return
    waiting: list[tuple[str, object, int]] = [("", item, 1)]
    while waiting:
        path, value, depth = waiting.pop()
        if depth > DEEPEST:
            yield Fault(where, "nests too deeply.", "Export the schedule again.", field=printable(path))
            return
        if isinstance(value, _Repeating):
            for key in value.repeated:
                yield Fault(where, "is there twice.", "Remove one of the two.", field=printable(f"{path}{key}"))
        if isinstance(value, dict):
            inner = cast("dict[str, object]", value)
            for key in inner:
                if not key.isprintable():
                    yield Fault(where, "there is no such field.", "Correct it.", field=printable(f"{path}{key}"))
            waiting.extend((f"{path}{key}.", within, depth + 1) for key, within in inner.items())
        elif isinstance(value, list):
            inner_items = cast("list[object]", value)
            waiting.extend((f"{path}{number}.", within, depth + 1) for number, within in enumerate(inner_items, 1))


def _said(value: object) -> object:
    """`value` without the fields that are null: they are left out, as an empty cell is."""
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        return {name: _said(within) for name, within in fields.items() if within is not None}
    if isinstance(value, list):
        return [_said(within) for within in cast("list[object]", value)]
    return value
