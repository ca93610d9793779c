"""A number and a mode → that many synthetic appointments, always the same ones, as a schedule's JSON has them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from benchmarks.mode import Mode
from benchmarks.people import ALL, MEDICINES, NAMES, Names
from handouts.appointment import Flags
from handouts.content.facts import INDICATIONS

_FIRST_DAY = datetime(2026, 3, 9, 8, 0)  # noqa: DTZ001 - the wall clock at the clinic
_DAYS, _SLOTS = 200, 32
_YES, _UNKNOWN = 0.10, 0.05
_RULES = ("take", "take_with_sip", "not_after", "ask")
_LONGEST_NAME = 120
_Any = TypeVar("_Any")


@dataclass(frozen=True, slots=True)
class Dice:
    """Throws that depend on nothing but the appointment's number, the mode and what is thrown for."""

    mode: Mode
    number: int

    def throw(self, what: str) -> float:
        """A number from 0 up to 1, without 1."""
        digest = hashlib.sha256(f"{self.mode}\n{self.number}\n{what}".encode()).digest()
        return int.from_bytes(digest[:6]) / 2**48

    def one_of(self, what: str, among: Sequence[_Any]) -> _Any:
        """One of these, each as likely as the others."""
        return among[int(self.throw(what) * len(among))]

    def happens(self, what: str, share: float) -> bool:
        """True for this share of all appointments."""
        return self.throw(what) < share


def appointments(count: int, mode: Mode = Mode.REALISTIC) -> Iterator[dict[str, Any]]:
    """The first `count` appointments of `mode`; the demo clinic's."""
    return (_appointment(Dice(mode, number)) for number in range(1, count + 1))


def _appointment(dice: Dice) -> dict[str, Any]:
    fixed = dice.mode is Mode.FIXED
    day = _FIRST_DAY + timedelta(days=(dice.number - 1) // _SLOTS % _DAYS, minutes=15 * ((dice.number - 1) % _SLOTS))
    escort = _person(dice, "escort")
    total = 6 if fixed else 1 + int(dice.throw("total") * 8)
    return {
        "id": f"{dice.mode}-{dice.number:06}",
        "start": day.isoformat(timespec="minutes"),
        "duration_minutes": 60 if fixed else dice.one_of("duration", (40, 60, 90, 120)),
        "location": "midtown",
        "clinician": "okafor",
        "discussed_by": "okafor" if fixed else dice.one_of("talk", ("okafor", "reyes")),
        "procedure": "ketamine-infusion",
        "route": "iv",
        "indication": "crps" if fixed else dice.one_of("indication", INDICATIONS),
        "visit_number": 1 if fixed else 1 + int(dice.throw("visit") * total),
        "series_total": total,
        "patient": {
            "mrn": f"MRN-{100_000 + dice.number % 900_000}",
            **_name(dice),
            "birth_date": _born(dice).isoformat(),
            "language": "es" if not fixed and dice.happens("spanish", 0.24) else "en",
            "phone": f"212-555-{dice.number % 10_000:04}",
        },
        "flags": _flags(dice),
        "medicines": _medicines(dice),
        "escort": {"name": escort, "phone": f"646-555-{dice.number % 10_000:04}"}
        if fixed or dice.happens("escort", 0.8)
        else None,
        **_others(dice),
    }


def _flags(dice: Dice) -> dict[str, str]:
    flags = {name: _answer(dice, name) for name in Flags.model_fields}
    if flags["diabetes"] != "unknown":
        diabetes = dice.one_of("kind of diabetes", ("diet", "tablets", "insulin"))
        flags["diabetes"] = diabetes if flags["diabetes"] == "yes" else "none"
    return flags


def _answer(dice: Dice, flag: str) -> str:
    if dice.mode is Mode.FIXED:
        return "no"
    thrown = dice.throw(f"flag {flag}")
    if dice.mode is Mode.REALISTIC:
        return "yes" if thrown < _YES else "unknown" if thrown < _YES + _UNKNOWN else "no"
    return ("yes", "no", "unknown")[int(thrown * 3)]


def _medicines(dice: Dice) -> list[dict[str, Any]]:
    if dice.mode is Mode.FIXED:
        return [{"name": "Gabapentin", "class": "anticonvulsant", "rule": "take", "set_by": "okafor"}]
    count = int(dice.throw("medicines") ** 2 * 4)
    listed: list[dict[str, Any]] = []
    for number in range(count):
        name, kind = MEDICINES[(int(dice.throw("medicine") * len(MEDICINES)) + number) % len(MEDICINES)]
        rule = dice.one_of(f"rule {number}", _RULES)
        hours = {"not_after_hours": 24} if rule == "not_after" else {}
        listed.append({"name": name, "class": kind, "rule": rule, "set_by": "okafor", **hours})
    return listed


def _others(dice: Dice) -> dict[str, Any]:
    flags = _flags(dice)
    there: dict[str, Any] = {}
    if flags["lacks_capacity"] == "yes" or (dice.mode is not Mode.FIXED and _is_minor(dice)):
        there["representative"] = {
            "name": _person(dice, "representative"),
            "relationship": "legal_guardian",
            "authority": "court order of 2024-06-01",
        }
    if flags["interpreter"] == "yes":
        there["interpreter"] = {"name": _person(dice, "interpreter"), "id": f"HM-{dice.number:04}", "mode": "video"}
    return there


def _is_minor(dice: Dice) -> bool:
    return dice.mode is not Mode.FIXED and dice.happens("minor", 0.02)


def _born(dice: Dice) -> date:
    years = 8 + dice.throw("age") * 9 if _is_minor(dice) else 19 + dice.throw("age") * 70
    return date(2026, 1, 1) - timedelta(days=int(years * 365.25))


def _names(dice: Dice, whose: str) -> Names:
    if dice.mode is Mode.STRETCHED:
        return dice.one_of(f"script of {whose}", NAMES)
    left = int(dice.throw(f"script of {whose}") * ALL)
    for names in NAMES:
        left -= names.share
        if left < 0:
            return names
    raise AssertionError("the shares are all there are")


def _name(dice: Dice) -> dict[str, str]:
    names = _names(dice, "patient")
    if dice.mode is Mode.STRETCHED:
        letters = (" " if names.script in ("Latn", "Cyrl", "Arab") else "").join((*names.given, *names.family)) * 8
        return {"name": letters[: 1 + int(dice.throw("letters") * _LONGEST_NAME)].strip()}
    return {
        "given_name": dice.one_of("given", names.given),
        "family_name": dice.one_of("family", names.family),
    }


def _person(dice: Dice, whose: str) -> str:
    names = _names(dice, whose)
    return (
        f"{dice.one_of(f'given name of {whose}', names.given)} {dice.one_of(f'family name of {whose}', names.family)}"
    )
