"""One appointment at one clinic at one moment, with every time that follows from it worked out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, partial
from typing import Any, Literal, cast

from handouts.appointment import Appointment, Medicine, age_on
from handouts.clinic import Clinic
from handouts.content.classes import reasons
from handouts.content.times import Reckoning, ended, last_allowed, reckoned_after, reckoned_before
from handouts.memory import remembered
from handouts.settings.zones import zone

MedicineRule = Literal["take", "take_with_sip", "not_after", "ask"]
_RULES = {"continue": "take", "take_with_sip": "take_with_sip"}
"""What a clinic's rule for a class says of a medicine; its other rules leave it to a clinician."""


class _Hours(dict[str, Decimal]):
    """The settings of a clinic in hours."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__()
        self.settings = settings

    def __missing__(self, key: str) -> Decimal:
        return self.setdefault(key, Decimal(str(self.settings[key])))


class _Settings(dict[str, Any]):
    """The settings of a clinic by their keys, each looked up when it is first asked for."""

    def __init__(self, clinic: Clinic) -> None:
        super().__init__()
        self.clinic = clinic
        self.hours = _Hours(self)

    def __missing__(self, key: str) -> Any:
        return self.setdefault(key, self.clinic.value(key))


_settings_of = remembered(16)(_Settings)
_NO_REASONS: frozenset[str] = frozenset()


class _Times(dict[str, Reckoning]):
    """Times before or after a moment by the settings that say how many hours, each reckoned when it is first asked for."""

    def __init__(self, hours: Mapping[str, Decimal], reckoned: Callable[[Decimal], Reckoning]) -> None:
        super().__init__()
        self._hours, self._reckoned = hours, reckoned
        self._by_hours: dict[Decimal, Reckoning] = {}

    def __missing__(self, key: str) -> Reckoning:
        hours = self._hours[key]
        if hours not in self._by_hours:
            self._by_hours[hours] = self._reckoned(hours)
        return self.setdefault(key, self._by_hours[hours])


@dataclass(frozen=True)
class Case:
    """What facts, blanks and warnings are worked out from.

    `appointment.start` and `now` are aware, and `now` is kept by the clock of the location, whose days count: for deadlines, and
    for approvals. `own_language` says whether there is a usable edition in the patient's language. Raises ValueError for a
    naive `now`.
    """

    appointment: Appointment
    clinic: Clinic
    now: datetime
    own_language: bool = True

    def __post_init__(self) -> None:
        if self.now.utcoffset() is None:
            raise ValueError("now has no time zone")
        object.__setattr__(self, "now", self.now.astimezone(self.appointment.start.tzinfo))

    @cached_property
    def _settings(self) -> _Settings:
        return _settings_of(self.clinic)

    @cached_property
    def _decided(self) -> dict[str, frozenset[str]]:
        """The medicines' classes with the reasons for which only a clinician decides on them."""
        given = [medicine.medicine_class for medicine in self.appointment.medicines or ()]
        return {each: reasons(each) for each in given if each}

    @cached_property
    def _reasons(self) -> frozenset[str]:
        """All those reasons."""
        return _NO_REASONS.union(*self._decided.values())

    def value(self, key: str) -> Any:
        """A setting of the clinic, as `Clinic.value` gives it."""
        return self._settings[key]

    def hours(self, key: str) -> Decimal:
        """A setting in hours; the clinic was checked to have it."""
        return self._settings.hours[key]

    def minutes(self, key: str) -> int:
        """A setting in minutes; the clinic was checked to have it."""
        return int(self.value(key))

    @property
    def day(self) -> date:
        """The day of the appointment, in the clinic's zone."""
        return self.appointment.start.date()

    @cached_property
    def age(self) -> int:
        """The patient's age in years on that day."""
        return age_on(self.appointment.patient.birth_date, self.day)

    @cached_property
    def minor(self) -> bool:
        """Whether the patient is under the age of majority of the clinic's state."""
        return self.age < int(self.value("age_of_majority"))

    @property
    def arrival(self) -> datetime:
        """When to come, clinic time; never a time that the clock skips or repeats."""
        reckoned = self.arrival_reckoned
        return reckoned.result if reckoned else self.appointment.start

    @property
    def early(self) -> int:
        """How many minutes before the start to come: the appointment's, or else the clinic's."""
        early = self.appointment.arrive_early_minutes
        return self.minutes("arrive_early_min") if early is None else early

    @cached_property
    def arrival_reckoned(self) -> Reckoning | None:
        """How the arrival comes about; None where it is the start."""
        return reckoned_before(self.appointment.start, Decimal(self.early) / 60, step=1) if self.early else None

    @cached_property
    def anchor(self) -> datetime:
        """What fasting times count back from: arrival, unless the clinic says the start."""
        return self.appointment.start if self.value("fast_anchor") == "start" else self.arrival

    @property
    def whole_minutes(self) -> int:
        """How long it takes with recovery."""
        return self.appointment.duration_minutes + self.minutes("recovery_min")

    @cached_property
    def end(self) -> datetime:
        """The planned end with recovery, in real minutes from the start."""
        return ended(self.appointment.start, self.whole_minutes)

    @property
    def ready_to_leave(self) -> datetime:
        """The end as printed: rounded up to five minutes, on a clock that reads it once."""
        return self.ready_reckoned.result

    @cached_property
    def ready_reckoned(self) -> Reckoning:
        """How that time comes about."""
        return reckoned_after(self.appointment.start, Decimal(self.whole_minutes) / 60, step=5)

    def until(self, key: str) -> datetime:
        """The last moment of what the setting `key` forbids for some hours before."""
        return self._until[key].result

    def until_reckoned(self, key: str) -> Reckoning:
        """How that moment comes about."""
        return self._until[key]

    @cached_property
    def _until(self) -> _Times:
        return _Times(self._settings.hours, partial(reckoned_before, self.anchor))

    def again(self, key: str) -> datetime:
        """The first moment of what the setting `key` forbids for some hours after."""
        return self._again[key].result

    def again_reckoned(self, key: str) -> Reckoning:
        """How that moment comes about."""
        return self._again[key]

    @cached_property
    def _again(self) -> _Times:
        return _Times(self._settings.hours, partial(reckoned_after, self.end))

    def passed(self, moment: datetime) -> bool:
        """Whether `moment` is now or over."""
        return self.now >= moment

    @property
    def same_day(self) -> bool:
        """Whether the packet is made on the day of treatment, by the clinic's clock."""
        return self.now.date() == self.day

    @cached_property
    def short_notice(self) -> bool:
        """Whether it is the day of treatment or any deadline has passed (CLINICAL §3.5)."""
        keys = ("fast_fatty_meal_h", "fast_light_meal_h", "fast_clear_liquid_h", "fast_alcohol_h", "fast_cannabis_h")
        stops = [self.until(key) for key in keys]
        stops += [m for m in map(self.not_after, self.appointment.medicines or ()) if m is not None]
        return self.same_day or any(map(self.passed, stops))

    @cached_property
    def patient_arrival(self) -> datetime | None:
        """The arrival by the patient's own clock, where that differs from the clinic's.

        Where that clock shows midnight, or a time that it shows twice, an earlier one (CLINICAL §3.6).
        """
        name = self.appointment.patient.time_zone
        there = self.arrival.astimezone(zone(name)) if name else None
        if there is None or there.utcoffset() == self.arrival.utcoffset():
            return None
        return last_allowed(there, 0, step=1)

    def takes(self, why: str) -> bool:
        """Whether a medicine that a clinician decides on for the reason `why` stands on the patient's list, or one like it."""
        return why in self._reasons

    @cached_property
    def has_unclassed(self) -> bool:
        """Whether a medicine is listed whose class nobody has given: it may be of any (H13)."""
        return any(medicine.medicine_class is None for medicine in self.appointment.medicines or ())

    @property
    def representative(self) -> str | None:
        """The name of who decides for the patient, if somebody is named."""
        return self.appointment.representative.name if self.appointment.representative else None

    def awaits_a_clinician(self, medicine: Medicine) -> bool:
        """Whether only a clinician may say what to do with `medicine`, and none has.

        That is so for not taking it, and for taking it unless the clinic's rule for its class allows that: a class that nobody
        has given, that the clinic has no rule for, or that is like a flagged one is a clinician's (CLINICAL §0-7, H13, H19).
        """
        return (medicine.rule == "not_after" or not self._may_be_taken(medicine)) and not self.decided(medicine)

    def decided(self, medicine: Medicine) -> bool:
        """Whether one of the clinic's clinicians set the rule of `medicine`."""
        return medicine.rule is not None and medicine.set_by in self.clinic.clinicians

    def rule(self, medicine: Medicine) -> MedicineRule:
        """What the patient is told about `medicine`; "ask" wherever nobody who may has said otherwise.

        A rule of the appointment stands if a clinician set it, or if it is a rule to take and the clinic's rule for the class
        says to take; with no rule, the clinic's stands. Nothing else ever says not to take.
        """
        rule: str | None = None
        if not self.awaits_a_clinician(medicine):
            rule = medicine.rule or self._rule_of_class(medicine)
        if rule == "take_with_sip" and self.passed(self.until("fast_clear_liquid_h")):
            rule = None
        return cast("MedicineRule", rule or "ask")

    def _may_be_taken(self, medicine: Medicine) -> bool:
        given = medicine.medicine_class
        if given is None or self._rule_of_class(medicine) is None:
            return False
        return not (self._decided[given] if given in self._decided else reasons(given))

    def _rule_of_class(self, medicine: Medicine) -> str | None:
        rules: Mapping[str | None, str] = self.value("med_rules") or {}
        return _RULES.get(rules.get(medicine.medicine_class, ""))

    def not_after(self, medicine: Medicine) -> datetime | None:
        """The last moment to take a medicine whose rule is `not_after`."""
        reckoned = self.not_after_reckoned(medicine)
        return reckoned.result if reckoned else None

    def not_after_reckoned(self, medicine: Medicine) -> Reckoning | None:
        """How that moment comes about."""
        if self.rule(medicine) != "not_after" or medicine.not_after_hours is None:
            return None
        return reckoned_before(self.anchor, Decimal(str(medicine.not_after_hours)))
