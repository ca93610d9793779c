"""A table of clinic.toml → a Setting, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import cast

from handouts.errors import Fault
from handouts.same_person import counted_as
from handouts.settings.definition import MEDICINE_RULES, Definition
from handouts.settings.reading import Reading
from handouts.settings.structures import left_out_of, value_of
from handouts.settings.values import Setting

_ATTRIBUTES = ("value", "source_note", "approved_by", "approved_at", "expires_at", "second_approver")


def read_setting(reading: Reading, definition: Definition, key: str, raw: object) -> Setting | None:
    """The setting `key` from its table; None where it is unset or faulty (the faults are noted)."""
    extra = {"risks": ("left_out",), "medicine_rules": ("hours",)}.get(definition.kind, ())
    if not isinstance(raw, dict):
        reading.fault(key, "must be a table.", f"Write [{key}] and under it value = …", raw)
        return None
    table = reading.table(key, cast("object", raw), (*_ATTRIBUTES, *extra))
    noted = {
        n: _note(reading, f"{key}.{n}", table.get(n, "")) for n in ("source_note", "approved_by", "second_approver")
    }
    dates = {n: _day(reading, f"{key}.{n}", table.get(n, "")) for n in ("approved_at", "expires_at")}
    if is_unset(table.get("value")):
        return None
    before = len(reading.faults)
    value, measure = value_of(reading, definition, key, table["value"])
    left_out = left_out_of(reading, key, value, table.get("left_out", {})) if definition.kind == "risks" else None
    hours: float | None = None
    if definition.kind == "medicine_rules":
        hours = measure = _hours_of_rule(reading, key, value, table.get("hours"))
    outside = _outside(definition, measure)
    if len(reading.faults) == before and outside:
        _guarded(reading, key, f"{measure:g}", outside, noted)
    _require_two(reading, key, noted)
    if len(reading.faults) > before:
        return None
    return Setting(
        key,
        value,
        noted["source_note"],
        noted["approved_by"],
        dates["approved_at"],
        dates["expires_at"],
        noted["second_approver"],
        hours=hours,
        left_out=left_out,
        unit=definition.unit,
        outside=outside,
    )


def is_unset(value: object) -> bool:
    """Whether `value` says nothing: absent, empty, or with nothing in any language."""
    if isinstance(value, dict):
        return all(is_unset(each) for each in cast("Mapping[str, object]", value).values())
    return value is None or value in ("", [])


def _note(reading: Reading, key: str, raw: object) -> str:
    return "" if raw == "" else reading.line(key, raw)


def _day(reading: Reading, key: str, raw: object) -> date | None:
    if raw == "":
        return None
    if not isinstance(raw, date) or isinstance(raw, datetime):
        reading.fault(key, "must be a day.", "Write it as 2026-01-31, without quotation marks.", raw)
        return None
    return raw


def _hours_of_rule(reading: Reading, key: str, rule: object, raw: object) -> float | None:
    if rule == MEDICINE_RULES[-1]:
        if raw is None:
            reading.fault(f"{key}.hours", "is missing.", "Say how many hours before treatment the medicine stops.")
            return None
        return reading.number(f"{key}.hours", raw, "hours")
    if raw is not None:
        reading.fault(f"{key}.hours", f"goes with {MEDICINE_RULES[-1]} alone.", "Take it out.", raw)
    return None


def _require_two(reading: Reading, key: str, noted: Mapping[str, str]) -> None:
    first, second = noted["approved_by"], noted["second_approver"]
    if second and counted_as(second) == counted_as(first):
        reading.fault(
            f"{key}.second_approver", "is the same person as approved_by.", "Another person approves.", second
        )


def _outside(definition: Definition, measure: float | None) -> str:
    """How a value lies outside the guard against typing errors; "" if it does not."""
    low, high = definition.low, definition.high
    if measure is None or low is None or high is None or low <= measure <= high:
        return ""
    return f"is outside {low:g} to {high:g} {definition.unit}".rstrip()


def _guarded(reading: Reading, key: str, value: str, outside: str, noted: Mapping[str, str]) -> None:
    """Note a value outside the guard that clinic.toml does not have two names for; the clinic's approvals may have them."""
    if not noted["second_approver"]:
        remedy = (
            "Correct it; if it is meant, a second person approves it by name in second_approver, or with handouts review"
            " content --second."
        )
        fault = Fault(reading.where(key), f"{outside} and has no second_approver.", remedy, key, value)
    elif not noted["approved_by"]:
        problem = f"is missing: {key} {outside}."
        fault = Fault(reading.where(key), problem, "Two persons approve it by name.", f"{key}.approved_by")
    else:
        return
    reading.outside[key] = fault
