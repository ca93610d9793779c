"""Appointment + Clinic + now → facts, and what stands in the way: the conditional rules of CLINICAL §3.5 as tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from handouts.appointment import Medicine
from handouts.content.case import DECIDED_BY_A_CLINICIAN, Case
from handouts.content.condition import Facts
from handouts.content.procedure import Procedure
from handouts.errors import Fault, RefusedAppointment, TemplateError


@dataclass(frozen=True)
class FactRule:
    """How a fact follows from a case; `follows` is the clause it rests on."""

    values: tuple[str, ...]
    of: Callable[[Case], str]
    follows: str


@dataclass(frozen=True)
class Concern:
    """Something a person must know about a case: whether it `applies`, and what to say of it."""

    applies: Callable[[Case], bool]
    says: str
    remedy: str
    field: str
    follows: str


@dataclass(frozen=True)
class Finding:
    """Facts, the facts of list items, and what staff and clinician must know.

    `blocking` is what a clinician has to decide before the packet can be more than a draft; `warnings` is for staff; `unknown`
    names the facts nobody has given, for which the cautious text is printed.
    """

    facts: Facts
    items: Mapping[str, tuple[Facts, ...]]
    blocking: tuple[str, ...]
    warnings: tuple[str, ...]
    unknown: tuple[str, ...]


_YES_NO_UNKNOWN = ("yes", "no", "unknown")
_AHEAD_PAST = ("ahead", "past")


def _flag(name: str) -> FactRule:
    return FactRule(
        _YES_NO_UNKNOWN, lambda case: str(getattr(case.appointment.flags, name)), "CLINICAL §3.1 flags, H13"
    )


def _flag_or_medicine(name: str) -> FactRule:
    """A flag, and yes where a medicine of its classes is listed: a "no" beside the list hides no warning."""

    def of(case: Case) -> str:
        return "yes" if case.listed(*DECIDED_BY_A_CLINICIAN[name]) else str(getattr(case.appointment.flags, name))

    return FactRule(_YES_NO_UNKNOWN, of, "CLINICAL §3.5 glp1, bp_meds, sedatives/opioids, H13")


def _deadline(key: str) -> FactRule:
    return FactRule(
        _AHEAD_PAST, lambda case: "past" if case.passed(case.until(key)) else "ahead", "CLINICAL §3.5 deadline, §3.6"
    )


def _either(yes: str, no: str, holds: Callable[[Case], object], follows: str) -> FactRule:
    return FactRule((yes, no), lambda case: yes if holds(case) else no, follows)


def _age_group(case: Case) -> str:
    if not case.minor:
        return "adult"
    asked_from = case.clinic.value("assent_min_age")
    return "assent" if isinstance(asked_from, int) and case.age >= asked_from else "minor"


def _pregnancy_potential(case: Case) -> str:
    flags = case.appointment.flags
    return "yes" if flags.pregnant == "yes" else str(flags.pregnancy_potential)


def _interpreter(case: Case) -> str:
    return str(case.appointment.flags.interpreter) if case.own_language else "yes"


def _visit(case: Case) -> str:
    number = case.appointment.visit_number
    return "unknown" if number is None else "first" if number == 1 else "later"


def _series(case: Case) -> str:
    total = case.appointment.series_total
    return "unknown" if total is None else "yes" if total > 1 else "no"


def _representative(case: Case) -> str | None:
    representative = case.appointment.representative
    return representative.name if representative else None


def _medicines(case: Case) -> str:
    medicines = case.appointment.medicines
    return "unknown" if medicines is None else "some" if medicines else "none"


INDICATIONS = (
    "crps",
    "neuropathic_pain",
    "fibromyalgia",
    "phantom_limb",
    "postherpetic_neuralgia",
    "low_back_pain",
    "migraine",
    "cluster_headache",
)

FACTS: Mapping[str, FactRule] = {
    "route": FactRule(("iv",), lambda case: case.appointment.route, "CLINICAL §1.4 route guard"),
    "indication": FactRule(INDICATIONS, lambda case: case.appointment.indication, "CLINICAL §1.1 S08, B1"),
    "age_group": FactRule(("adult", "assent", "minor"), _age_group, "CLINICAL §3.5 age < majority"),
    "lacks_capacity": _flag("lacks_capacity"),
    "representative": _either("named", "unnamed", _representative, "CLINICAL R7"),
    "interpreter": FactRule(_YES_NO_UNKNOWN, _interpreter, "CLINICAL §3.5 interpreter_needed"),
    "interpreter_person": _either(
        "named", "unnamed", lambda c: c.appointment.interpreter and c.appointment.interpreter.name, "CLINICAL R7, R9"
    ),
    "document_language": _either("own", "english_instead", lambda c: c.own_language, "CLINICAL §3.5 language"),
    "read_aloud": _flag("read_aloud"),
    "pregnancy_potential": FactRule(_YES_NO_UNKNOWN, _pregnancy_potential, "CLINICAL §3.5 pregnancy"),
    "pregnant": _flag("pregnant"),
    "breastfeeding": _flag("breastfeeding"),
    "diabetes": FactRule(
        ("none", "diet", "tablets", "insulin", "unknown"),
        lambda c: c.appointment.flags.diabetes,
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
    "visit": FactRule(("first", "later", "unknown"), _visit, "CLINICAL §3.5 visit_no"),
    "series": FactRule(_YES_NO_UNKNOWN, _series, "CLINICAL §3.4 series"),
    "visit_counted": _either(
        "yes", "no", lambda c: c.appointment.visit_number and c.appointment.series_total, "CLINICAL §3.4 series"
    ),
    "medicines": FactRule(("none", "some", "unknown"), _medicines, "CLINICAL §3.1 meds[]"),
    "escort": _either(
        "named", "unnamed", lambda c: c.appointment.escort and c.appointment.escort.name, "CLINICAL §3.2 P6"
    ),
    "escort_phone": _either(
        "known", "unknown", lambda c: c.appointment.escort and c.appointment.escort.phone, "§3.2 P6"
    ),
    "fatty_food_deadline": _deadline("fast_fatty_meal_h"),
    "food_deadline": _deadline("fast_light_meal_h"),
    "drink_deadline": _deadline("fast_clear_liquid_h"),
    "alcohol_deadline": _deadline("fast_alcohol_h"),
    "cannabis_deadline": _deadline("fast_cannabis_h"),
    "short_notice": _either("yes", "no", lambda c: c.short_notice, "CLINICAL §3.5 same-day or deadline past"),
    "consult": FactRule(("in_person", "telehealth"), lambda c: c.appointment.consult, "CLINICAL §3.5 telehealth"),
    "patient_zone": _either("other", "clinic", lambda c: c.patient_arrival, "CLINICAL §3.6 patients in another zone"),
    "patient_state": _either("known", "unknown", lambda c: c.appointment.patient.state, "CLINICAL §3.5 telehealth"),
}

MEDICINE_FACTS: Mapping[str, Callable[[Case, Medicine], str]] = {
    "rule": lambda case, medicine: case.rule(medicine),
    "deadline": lambda case, medicine: "past" if (m := case.not_after(medicine)) and case.passed(m) else "ahead",
}


def _route_refused(route: str) -> Concern:
    reason = {
        "esketamine": "intranasal esketamine is another product, with the maker's own Medication Guide and enrolment form",
        "intranasal_compounded": "compounded ketamine needs its own approved template with the FDA statement",
        "sublingual": "compounded ketamine needs its own approved template with the FDA statement",
    }.get(route, "these documents speak of ketamine through a vein only")
    return Concern(
        lambda case: case.appointment.route == route,
        f"{reason}.",
        'Use a procedure made for this route, or correct the route to "iv".',
        "route",
        "CLINICAL §1.4 route guard, §3.5 route ≠ iv",
    )


REFUSALS: tuple[Concern, ...] = (
    *map(_route_refused, ("im", "intranasal", "intranasal_compounded", "sublingual", "esketamine")),
    Concern(
        lambda c: c.minor and c.clinic.value("pediatric_allowed") is not True,
        "the patient is under the age of majority on the day, and this clinic does not treat minors (pediatric_allowed).",
        "Check the date of birth, or ask the medical director.",
        "patient.birth_date",
        "CLINICAL §3.5 age < majority: default refuse",
    ),
    Concern(
        lambda c: c.appointment.consult == "telehealth" and c.clinic.value("telehealth_allowed") is not True,
        "this clinic does not hold the talk by video (telehealth_allowed).",
        "Hold it in person.",
        "consult",
        "CLINICAL §3.5 telehealth consult",
    ),
    Concern(
        lambda c: not _may_discuss(c),
        "this person's role may not hold the talk about risks and choices (discussion_roles).",
        "Name somebody whose role may.",
        "discussed_by",
        "CLINICAL R4",
    ),
    Concern(
        lambda c: _over_maximum(c),  # noqa: PLW0108 - it is defined below
        "more visits than the clinic allows in a series (series_max).",
        "Correct the number, or ask a clinician.",
        "series_total",
        "CLINICAL §1.4 series_max",
    ),
    Concern(
        lambda c: not c.own_language and c.clinic.value("untranslated") == "refuse",
        "there is no usable edition in this language, and the clinic does not print English instead (untranslated).",
        "Call an interpreter service and the translators.",
        "patient.language",
        "CLINICAL §0-9, §3.5 language",
    ),
)

BLOCKING: tuple[Concern, ...] = (
    Concern(
        lambda c: c.appointment.flags.pregnant == "yes",
        "The patient is pregnant.",
        "A clinician decides whether to treat.",
        "flags.pregnant",
        "CLINICAL §3.5 pregnant = yes",
    ),
    Concern(
        lambda c: c.appointment.flags.lacks_capacity == "yes" and not _representative(c),
        "The patient cannot decide alone, and no representative is named.",
        "Name the representative and the authority.",
        "representative.name",
        "CLINICAL R7",
    ),
    Concern(
        lambda c: c.minor and not _representative(c),
        "The patient is a minor, and no parent or guardian is named.",
        "Name the parent or guardian.",
        "representative.name",
        "CLINICAL §3.5 age < majority",
    ),
    Concern(
        lambda c: (
            (c.listed("insulin") and c.appointment.flags.diabetes not in {"insulin", "unknown"})
            or (c.listed("sulfonylurea") and c.appointment.flags.diabetes in {"none", "diet"})
        ),
        "A medicine is listed that does not go with what is said of diabetes.",
        "Ask which is right.",
        "flags.diabetes",
        "CLINICAL §3.5 diabetes, H13",
    ),
)

WARNINGS: tuple[Concern, ...] = (
    Concern(
        lambda c: (
            c.appointment.consult == "telehealth"
            and not (c.appointment.patient.state and c.appointment.patient.time_zone)
        ),
        "The talk is by video, and the patient's state or time zone is not known.",
        "Ask where the patient is.",
        "patient.state",
        "CLINICAL §3.5 telehealth consult",
    ),
    Concern(
        lambda c: c.short_notice,
        "Short notice: it is the day of treatment, or the time to stop eating or drinking has passed.",
        "Call the patient now.",
        "start",
        "CLINICAL §3.5 same-day",
    ),
    Concern(
        lambda c: c.minor, "The patient is a minor.", "Does the clinic's policy allow it?", "patient.birth_date", "§3.5"
    ),
    Concern(
        lambda c: c.appointment.flags.interpreter == "yes" or not c.own_language,
        "An interpreter is needed.",
        "Plan a longer appointment.",
        "flags.interpreter",
        "CLINICAL §3.5 interpreter_needed",
    ),
    Concern(
        lambda c: not c.own_language,
        "No usable edition in the patient's language: the whole packet is in English.",
        "An interpreter must read it to the patient.",
        "patient.language",
        "CLINICAL §0-9",
    ),
    Concern(
        lambda c: FACTS["glp1"].of(c) != "no",
        "The patient takes, or might take, a GLP-1 medicine.",
        "Ask about it before the day.",
        "flags.glp1",
        "CLINICAL §3.5 glp1: staff flag",
    ),
    Concern(
        lambda c: c.appointment.medicines is None,
        "Nobody has said which medicines the patient takes.",
        "Ask, and make the packet again.",
        "medicines",
        "CLINICAL §3.1 meds[]",
    ),
    Concern(
        lambda c: bool(c.appointment.medicines) and c.clinic.value("medicine_names_on_preparation") is not True,
        "The medicines are not printed on the preparation paper (medicine_names_on_preparation).",
        "Go over them by phone.",
        "medicines",
        "CLINICAL R15",
    ),
)


def finding(case: Case, procedure: Procedure) -> Finding:
    """The facts of `case` that `procedure` declares, with what blocks it and what staff should know.

    Raises RefusedAppointment with every reason for which no packet may be made of it, or TemplateError when procedure.toml
    declares a fact or value that is not known here.
    """
    declared = declared_facts(procedure)
    refused = [r for r in REFUSALS if r.applies(case)]
    if refused:
        raise RefusedAppointment(*(_fault(case, concern) for concern in refused))
    facts = {name: FACTS[name].of(case) for name in declared}
    medicines = case.appointment.medicines or ()
    items = tuple({name: of(case, m) for name, of in MEDICINE_FACTS.items()} for m in medicines)
    blocking = [f"{c.says} {c.remedy}" for c in BLOCKING if c.applies(case)]
    blocking += _undecided(case)
    warnings = [f"{c.says} {c.remedy}" for c in WARNINGS if c.applies(case)]
    unknown = tuple(name for name, value in facts.items() if value == "unknown" and "known" not in FACTS[name].values)
    return Finding(facts, {"medicines": items}, tuple(blocking), tuple(warnings), unknown)


def declared_facts(procedure: Procedure) -> tuple[str, ...]:
    """The procedure's facts, checked to be known here with exactly these values; else raises TemplateError."""
    faults: list[Fault] = []
    for name, values in procedure.facts.items():
        known = FACTS[name].values if name in FACTS else None
        if known is None:
            faults.append(Fault(procedure.place, "no such fact is known.", "Take it out.", field=f"facts.{name}"))
        elif set(values) != set(known):
            problem = f"its values are {', '.join(known)}."
            faults.append(Fault(procedure.place, problem, "Declare exactly these.", field=f"facts.{name}"))
    TemplateError.gathered(faults)
    return tuple(procedure.facts)


def _may_discuss(case: Case) -> bool:
    roles = case.clinic.value("discussion_roles")
    return isinstance(roles, list | tuple) and case.clinic.clinicians[case.appointment.discussed_by].role in roles


def _over_maximum(case: Case) -> bool:
    most = case.clinic.value("series_max")
    return isinstance(most, int) and (case.appointment.series_total or 0) > most


def _undecided(case: Case) -> list[str]:
    """What a clinician has still to decide about medicines: rows without a rule, and flags without a row."""
    medicines = case.appointment.medicines or ()
    found: list[str] = []
    for number, medicine in enumerate(medicines, 1):
        if case.awaits_a_clinician(medicine):
            found.append(
                f"Medicine {number} needs a clinician's rule (rule and set_by): the paper says that we will call."
            )
    flags = case.appointment.flags
    takes = {"tablets": flags.diabetes == "tablets", "insulin": flags.diabetes == "insulin"}
    takes |= {n: getattr(flags, n) == "yes" for n in ("blood_pressure_medicine", "sedatives", "opioids", "glp1")}
    for name, yes in takes.items():
        if yes and not case.listed(*DECIDED_BY_A_CLINICIAN[name]):
            found.append(f"{name}: said to be taken, but no medicine of this class is listed with a clinician's rule.")
    return found


def _fault(case: Case, concern: Concern) -> Fault:
    value: object = case.appointment
    for step in concern.field.split("."):
        value = getattr(value, step, None)
    shown = None if value is None else str(value)
    return Fault(f'appointment "{case.appointment.id}"', concern.says, concern.remedy, field=concern.field, value=shown)
