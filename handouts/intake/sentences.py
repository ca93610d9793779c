"""What pydantic found wrong with an appointment → faults in plain sentences, by dotted field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from handouts.appointment import Wrong
from handouts.errors import Fault
from handouts.intake.columns import nearest
from handouts.intake.raw import printable


def faults(where: str, error: ValidationError, medicine_numbers: Sequence[int] = ()) -> tuple[Fault, ...]:
    """Every fault of `error`, in the order of the fields; medicines are numbered as in the file."""
    found = error.errors(include_url=False)
    return tuple(fault for details in found for fault in _faults(where, details, medicine_numbers))


def _faults(where: str, details: ErrorDetails, numbers: Sequence[int]) -> Iterator[Fault]:
    field, given = _dotted(details["loc"], numbers), details["input"]
    shown = _shown(given)
    match details["type"]:
        case "wrong":
            for wrong in cast("tuple[Wrong, ...]", details.get("ctx", {})["wrongs"]):
                at = f"{field}.{wrong.at}" if wrong.at else field
                yield Fault(where, wrong.problem, wrong.remedy, field=at, value=wrong.value if wrong.at else shown)
        case "missing":
            yield Fault(where, "is missing.", "Fill it in.", field=field)
        case "extra_forbidden":
            yield Fault(where, "there is no such field.", nearest(field), field=field)
        case "literal_error":
            words = re.findall(r"'([^']*)'", str(details.get("ctx", {}).get("expected", "")))
            near = get_close_matches(given, words, 1) if isinstance(given, str) else []
            meant = f'Did you mean "{near[0]}"?' if near else f"Write one of them{'' if shown is None else ' as text'}."
            yield Fault(where, f"is not one of: {', '.join(words)}.", meant, field=field, value=shown)
        case "tuple_type":
            yield Fault(where, "is no list.", "Write [ … ]; [] says that there are none.", field=field, value=shown)
        case "too_long":
            yield Fault(where, "has more than 100 entries.", "Correct the list.", field=field)
        case _:
            yield Fault(where, "is no object with fields.", "Write { … }.", field=field, value=shown)


def _dotted(location: tuple[int | str, ...], numbers: Sequence[int]) -> str:
    steps = (str(_number(step, numbers)) if isinstance(step, int) else step for step in location)
    return printable(".".join(steps))


def _number(place: int, numbers: Sequence[int]) -> int:
    return numbers[place] if place < len(numbers) else place + 1


def _shown(given: object) -> str | None:
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, int) and abs(given) >= 10**30:
        return "a number of more than thirty digits"
    return str(given) if isinstance(given, str | int | float) else None
