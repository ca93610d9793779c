"""Appointment + Clinic + now → facts, and what stands in the way: the conditional rules of CLINICAL §3.5 as tables."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter

from handouts.appointment import ROUTES, Medicine
from handouts.content.case import Case
from handouts.content.concerns import BLOCKING, REFUSALS, WARNINGS, Concern, Raised, refused_route, undecided
from handouts.content.condition import Facts
from handouts.content.origins import ANCHORED, ARRIVAL
from handouts.content.procedure import Procedure
from handouts.errors import Fault, RefusedAppointment, TemplateError
from handouts.memory import remembered
from handouts.settings import INDICATIONS


@dataclass(frozen=True)
class FactRule:
    """How a fact follows from a case: out of what (`origin`, in the notation of `origins.py`), by which clause (`follows`)."""

    values: tuple[str, ...]
    of: Callable[[Case], str]
    origin: str
    follows: str


@dataclass(frozen=True)
class Finding:
    """Facts, the facts of list items, and what staff and clinician must know.

    `concerns` are what a clinician has to decide before the packet can be more than a draft, `blocking` the same in words; `warnings`
    is for staff; `unknown` names the facts nobody has given, for which the cautious text is printed. `decided` are the concerns on
    which a clinician has decided: they are among the others no more.
    """

    facts: Facts
    items: Mapping[str, tuple[Facts, ...]]
    blocking: tuple[str, ...]
    warnings: tuple[str, ...]
    unknown: tuple[str, ...]
    concerns: tuple[Raised, ...] = ()
    decided: tuple[Raised, ...] = ()

    def with_decisions(self, ids: Collection[str]) -> Finding:
        """The finding once a clinician has decided on the concerns with these ids; an id of no concern here changes nothing."""
        if not ids:
            return self
        left = tuple([each for each in self.concerns if each.id not in ids])
        decided = tuple([each for each in self.concerns if each.id in ids])
        return replace(self, blocking=_in_words(left), concerns=left, decided=(*self.decided, *decided))


def _in_words(raised: Iterable[Raised]) -> tuple[str, ...]:
    return tuple([each.text for each in raised])


_YES_NO_UNKNOWN = ("yes", "no", "unknown")
_AHEAD_PAST = ("ahead", "past")
_STOPS = "fast_fatty_meal_h fast_light_meal_h fast_clear_liquid_h fast_alcohol_h fast_cannabis_h"
_SHORT = f"now {ANCHORED} {' '.join(f'setting:{key}' for key in _STOPS.split())} medicines"
_ELSEWHERE = f"{ARRIVAL} patient.time_zone"


def _said(name: str) -> Callable[[Case], str]:
    """What the appointment says of the flag `name`."""
    return attrgetter(f"appointment.flags.{name}")


def _flag(name: str) -> FactRule:
    return FactRule(_YES_NO_UNKNOWN, _said(name), f"flags.{name}", "CLINICAL §3.1 flags, H13")


def _flag_or_medicine(name: str) -> FactRule:
    """A flag, but yes where a medicine of its classes is listed, and not no where one is whose class nobody has given."""
    flag = _said(name)

    def of(case: Case) -> str:
        said = flag(case)
        return "yes" if case.takes(name) else "unknown" if said == "no" and case.has_unclassed else said

    clause = "CLINICAL §3.5 glp1, bp_meds, sedatives/opioids, H13"
    return FactRule(_YES_NO_UNKNOWN, of, f"flags.{name} medicines", clause)


def _deadline(key: str) -> FactRule:
    def of(case: Case) -> str:
        return "past" if case.passed(case.until(key)) else "ahead"

    return FactRule(_AHEAD_PAST, of, f"now {ANCHORED} setting:{key}", "CLINICAL §3.5 deadline, §3.6")


def _either(yes: str, no: str, holds: Callable[[Case], object], origin: str, follows: str) -> FactRule:
    return FactRule((yes, no), lambda case: yes if holds(case) else no, origin, follows)


def _age_group(case: Case) -> str:
    if not case.minor:
        return "adult"
    asked_from = case.value("assent_min_age")
    return "assent" if isinstance(asked_from, int) and case.age >= asked_from else "minor"


def _pregnancy_potential(case: Case) -> str:
    flags = case.appointment.flags
    return "yes" if flags.pregnant == "yes" else str(flags.pregnancy_potential)


def _interpreter(case: Case) -> str:
    named = case.appointment.interpreter is not None
    return "yes" if named or not case.own_language else str(case.appointment.flags.interpreter)


def _diabetes(case: Case) -> str:
    said = str(case.appointment.flags.diabetes)
    may_have = case.takes("insulin") or case.takes("tablets") or case.has_unclassed
    return "unknown" if said == "none" and may_have else said


def _visit(case: Case) -> str:
    number = case.appointment.visit_number
    return "unknown" if number is None else "first" if number == 1 else "later"


def _series(case: Case) -> str:
    total = case.appointment.series_total
    return "unknown" if total is None else "yes" if total > 1 else "no"


def _medicines(case: Case) -> str:
    medicines = case.appointment.medicines
    return "unknown" if medicines is None else "some" if medicines else "none"


FACTS: Mapping[str, FactRule] = {
    "route": FactRule(ROUTES, lambda case: case.appointment.route, "route", "CLINICAL §1.4 route guard"),
    "indication": FactRule(
        INDICATIONS, lambda case: case.appointment.indication, "indication", "CLINICAL §1.1 S08, B1"
    ),
    "age_group": FactRule(
        ("adult", "assent", "minor"),
        _age_group,
        "patient.birth_date start setting:age_of_majority setting:assent_min_age",
        "CLINICAL §3.5 age < majority",
    ),
    "lacks_capacity": _flag("lacks_capacity"),
    "representative": _either("named", "unnamed", lambda c: c.representative, "representative.name", "CLINICAL R7"),
    "interpreter": FactRule(
        _YES_NO_UNKNOWN,
        _interpreter,
        "flags.interpreter interpreter.name patient.language",
        "CLINICAL §3.5 interpreter_needed",
    ),
    "interpreter_person": _either(
        "named",
        "unnamed",
        lambda c: c.appointment.interpreter and c.appointment.interpreter.name,
        "interpreter.name",
        "CLINICAL R7, R9",
    ),
    "document_language": _either(
        "own",
        "english_instead",
        lambda c: c.own_language,
        "patient.language clinic:languages",
        "CLINICAL §3.5 language",
    ),
    "read_aloud": _flag("read_aloud"),
    "pregnancy_potential": FactRule(
        _YES_NO_UNKNOWN, _pregnancy_potential, "flags.pregnancy_potential flags.pregnant", "CLINICAL §3.5 pregnancy"
    ),
    "pregnant": _flag("pregnant"),
    "breastfeeding": _flag("breastfeeding"),
    "diabetes": FactRule(
        ("none", "diet", "tablets", "insulin", "unknown"),
        _diabetes,
        "flags.diabetes medicines",
        "CLINICAL §3.5 diabetes",
    ),
    "glp1": _flag_or_medicine("glp1"),
    "blood_pressure_medicine": _flag_or_medicine("blood_pressure_medicine"),
    "sedatives": _flag_or_medicine("sedatives"),
    "opioids": _flag_or_medicine("opioids"),
    "psychiatric_history": _flag("psychiatric_history"),
    "substance_history": _flag("substance_history"),
    "liver_disease": _flag("liver_disease"),
    "bladder_disease": _flag("bladder_disease"),
    "glaucoma": _flag("glaucoma"),
    "sleep_apnea": _flag("sleep_apnea"),
    "visit": FactRule(("first", "later", "unknown"), _visit, "visit_number", "CLINICAL §3.5 visit_no"),
    "series": FactRule(_YES_NO_UNKNOWN, _series, "series_total", "CLINICAL §3.4 series"),
    "visit_counted": _either(
        "yes",
        "no",
        lambda c: c.appointment.visit_number and c.appointment.series_total,
        "visit_number series_total",
        "CLINICAL §3.4 series",
    ),
    "medicines": FactRule(("none", "some", "unknown"), _medicines, "medicines", "CLINICAL §3.1 meds[]"),
    "escort": _either(
        "named",
        "unnamed",
        lambda c: c.appointment.escort and c.appointment.escort.name,
        "escort.name",
        "CLINICAL §3.2 P6",
    ),
    "escort_phone": _either(
        "known", "unknown", lambda c: c.appointment.escort and c.appointment.escort.phone, "escort.phone", "§3.2 P6"
    ),
    "fatty_food_deadline": _deadline("fast_fatty_meal_h"),
    "food_deadline": _deadline("fast_light_meal_h"),
    "drink_deadline": _deadline("fast_clear_liquid_h"),
    "alcohol_deadline": _deadline("fast_alcohol_h"),
    "cannabis_deadline": _deadline("fast_cannabis_h"),
    "short_notice": _either("yes", "no", lambda c: c.short_notice, _SHORT, "CLINICAL §3.5 same-day or deadline past"),
    "consult": FactRule(
        ("in_person", "telehealth"), lambda c: c.appointment.consult, "consult", "CLINICAL §3.5 telehealth"
    ),
    "patient_zone": _either(
        "other", "clinic", lambda c: c.patient_arrival, _ELSEWHERE, "CLINICAL §3.6 patients in another zone"
    ),
    "patient_state": _either(
        "known", "unknown", lambda c: c.appointment.patient.state, "patient.state", "CLINICAL §3.5 telehealth"
    ),
}

MEDICINE_FACTS: Mapping[str, Callable[[Case, Medicine], str]] = {
    "rule": lambda case, medicine: case.rule(medicine),
    "deadline": lambda case, medicine: "past" if (m := case.not_after(medicine)) and case.passed(m) else "ahead",
}


def finding(case: Case, procedure: Procedure) -> Finding:
    """The facts of `case` that `procedure` declares, with what blocks it and what staff should know.

    Raises RefusedAppointment with every reason for which no packet may be made of it, or TemplateError when procedure.toml
    declares a fact or value that is not known here.
    """
    rules = _rules(procedure)
    route = refused_route(case, procedure.facts.get("route", ROUTES))
    refused = [*([route] if route else []), *(r for r in REFUSALS if r.applies(case))]
    if refused:
        raise RefusedAppointment(*(_fault(case, concern) for concern in refused))
    facts = {name: of(case) for name, of in rules}
    medicines = case.appointment.medicines or ()
    items = tuple({name: of(case, m) for name, of in MEDICINE_FACTS.items()} for m in medicines)
    concerns = (*[c.raised for c in BLOCKING if c.applies(case)], *undecided(case))
    warnings = _in_words(c.raised for c in WARNINGS if c.applies(case))
    unknown = tuple(name for name, value in facts.items() if value == "unknown" and "known" not in FACTS[name].values)
    return Finding(facts, {"medicines": items}, _in_words(concerns), warnings, unknown, concerns)


def declared_facts(procedure: Procedure) -> tuple[str, ...]:
    """The procedure's facts, checked to be known here with exactly these values; else raises TemplateError."""
    faults: list[Fault] = []
    for name, values in procedure.facts.items():
        known = FACTS[name].values if name in FACTS else None
        if known is None:
            faults.append(Fault(procedure.place, "no such fact is known.", "Take it out.", field=f"facts.{name}"))
        elif not set(values) <= set(known) or (name != "route" and set(values) != set(known)):
            problem = f"its values are {', '.join(known)}."
            faults.append(Fault(procedure.place, problem, "Declare exactly these.", field=f"facts.{name}"))
    TemplateError.gathered(faults)
    return tuple(procedure.facts)


@remembered(16)
def _rules(procedure: Procedure) -> tuple[tuple[str, Callable[[Case], str]], ...]:
    """How each fact that `procedure` declares follows; raises as `declared_facts`."""
    return tuple((name, FACTS[name].of) for name in declared_facts(procedure))


def _fault(case: Case, concern: Concern) -> Fault:
    value: object = case.appointment
    for step in concern.field.split("."):
        value = getattr(value, step, None)
    shown = None if value is None else str(value)
    return Fault(f'appointment "{case.appointment.id}"', concern.says, concern.remedy, field=concern.field, value=shown)
