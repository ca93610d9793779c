"""What stands in the way of a packet: what refuses it, what a clinician must decide first, what staff should know.

With `facts.py` these tables are the conditional rules of CLINICAL §3.5; each row names the clause it follows, and has an id by
which a clinician's decision names it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from handouts.content.case import Case


@dataclass(frozen=True, slots=True)
class Raised:
    """Something a person must know about one case: what to say of it, and the `id` that names it.

    `field` is what of the appointment it is about, `also` what else tells of it; `follows` is the clause.
    """

    id: str
    says: str
    remedy: str
    field: str
    follows: str
    also: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What to say, and what to do."""
        return f"{self.says} {self.remedy}"


@dataclass(frozen=True)
class Concern:
    """Something a person must know about a case: whether it `applies`, and what to say of it then."""

    id: str
    applies: Callable[[Case], bool]
    says: str
    remedy: str
    field: str
    follows: str
    also: tuple[str, ...] = ()

    @cached_property
    def raised(self) -> Raised:
        """What is said of a case that it applies to."""
        return Raised(self.id, self.says, self.remedy, self.field, self.follows, self.also)


_ROUTES = {
    "esketamine": "intranasal esketamine is another product, with the maker's own Medication Guide and enrolment form.",
    "intranasal_compounded": "compounded ketamine needs its own approved template with the FDA statement.",
    "sublingual": "compounded ketamine needs its own approved template with the FDA statement.",
}


def refused_route(case: Case, routes: tuple[str, ...]) -> Concern | None:
    """Why the route is refused where the procedure is not made for it (CLINICAL §1.4 route guard, §3.5 route ≠ iv)."""
    route = case.appointment.route
    if route in routes:
        return None
    said = _ROUTES.get(route, f"this procedure is made for the route {' or '.join(routes)} alone.")
    remedy = "Take a procedure made for this route, or correct the route."
    return Concern("route", lambda _: True, said, remedy, "route", "CLINICAL §1.4 route guard, §3.5 route ≠ iv")


REFUSALS: tuple[Concern, ...] = (
    Concern(
        "minor_refused",
        lambda c: c.minor and c.value("pediatric_allowed") is not True,
        "the patient is under the age of majority on the day, and this clinic does not treat minors (pediatric_allowed).",
        "Check the date of birth, or ask the medical director.",
        "patient.birth_date",
        "CLINICAL §3.5 age < majority: default refuse",
    ),
    Concern(
        "telehealth_refused",
        lambda c: c.appointment.consult == "telehealth" and c.value("telehealth_allowed") is not True,
        "this clinic does not hold the talk by video (telehealth_allowed).",
        "Hold it in person.",
        "consult",
        "CLINICAL §3.5 telehealth consult",
    ),
    Concern(
        "discussion_role",
        lambda c: not _may_discuss(c),
        "this person's role may not hold the talk about risks and choices (discussion_roles).",
        "Name somebody whose role may.",
        "discussed_by",
        "CLINICAL R4",
    ),
    Concern(
        "series_max",
        lambda c: _over_maximum(c),  # noqa: PLW0108 - it is defined below
        "more visits than the clinic allows in a series (series_max).",
        "Correct the number, or ask a clinician.",
        "series_total",
        "CLINICAL §1.4 series_max",
    ),
    Concern(
        "no_edition",
        lambda c: not c.own_language and c.value("untranslated") == "refuse",
        "there is no usable edition in this language, and the clinic does not print English instead (untranslated).",
        "Call an interpreter service and the translators.",
        "patient.language",
        "CLINICAL §0-9, §3.5 language",
    ),
)

BLOCKING: tuple[Concern, ...] = (
    Concern(
        "pregnant",
        lambda c: c.appointment.flags.pregnant == "yes",
        "The patient is pregnant.",
        "A clinician decides whether to treat.",
        "flags.pregnant",
        "CLINICAL §3.5 pregnant = yes",
        ("flags.pregnancy_potential",),
    ),
    Concern(
        "capacity",
        lambda c: c.appointment.flags.lacks_capacity == "yes" and not c.representative,
        "The patient cannot decide alone, and no representative is named.",
        "Name the representative and the authority.",
        "representative.name",
        "CLINICAL R7",
        ("flags.lacks_capacity",),
    ),
    Concern(
        "guardian",
        lambda c: c.minor and not c.representative,
        "The patient is a minor, and no parent or guardian is named.",
        "Name the parent or guardian.",
        "representative.name",
        "CLINICAL §3.5 age < majority",
        ("patient.birth_date",),
    ),
    Concern(
        "diabetes",
        lambda c: (
            (c.takes("insulin") and c.appointment.flags.diabetes not in {"insulin", "unknown"})
            or (c.takes("tablets") and c.appointment.flags.diabetes in {"none", "diet"})
        ),
        "A medicine is listed that does not go with what is said of diabetes.",
        "Ask which is right.",
        "flags.diabetes",
        "CLINICAL §3.5 diabetes, H13",
        ("medicines",),
    ),
)

WARNINGS: tuple[Concern, ...] = (
    Concern(
        "consent_window",
        lambda c: c.now.date() + timedelta(days=c.minutes("consent_valid_days")) < c.day,
        "A consent that is signed today has run out on the day of treatment.",
        "Have it signed later.",
        "start",
        "CLINICAL §1.4 consent_valid_days",
    ),
    Concern(
        "patient_place",
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
        "short_notice",
        lambda c: c.short_notice,
        "Short notice: it is the day of treatment, or a time to stop something has passed.",
        "Call the patient now.",
        "start",
        "CLINICAL §3.5 same-day",
    ),
    Concern(
        "minor",
        lambda c: c.minor,
        "The patient is a minor.",
        "Does the clinic's policy allow it?",
        "patient.birth_date",
        "§3.5",
    ),
    Concern(
        "interpreter",
        lambda c: c.appointment.flags.interpreter == "yes" or not c.own_language,
        "An interpreter is needed.",
        "Plan a longer appointment.",
        "flags.interpreter",
        "CLINICAL §3.5 interpreter_needed",
    ),
    Concern(
        "english_instead",
        lambda c: not c.own_language,
        "No usable edition in the patient's language: the whole packet is in English.",
        "An interpreter must read it to the patient.",
        "patient.language",
        "CLINICAL §0-9",
    ),
    Concern(
        "glp1",
        lambda c: c.takes("glp1") or c.has_unclassed or c.appointment.flags.glp1 in {"yes", "unknown"},
        "The patient takes, or might take, a GLP-1 medicine.",
        "Ask about it before the day.",
        "flags.glp1",
        "CLINICAL §3.5 glp1: staff flag",
    ),
    Concern(
        "medicines_unknown",
        lambda c: c.appointment.medicines is None,
        "Nobody has said which medicines the patient takes.",
        "Ask, and make the packet again.",
        "medicines",
        "CLINICAL §3.1 meds[]",
    ),
    Concern(
        "medicines_unprinted",
        lambda c: bool(c.appointment.medicines) and c.value("medicine_names_on_preparation") is not True,
        "The medicines are not printed on the preparation paper (medicine_names_on_preparation).",
        "Go over them by phone.",
        "medicines",
        "CLINICAL R15",
    ),
)


_MEDICINE = "CLINICAL §0-7, §3.5 rows clinician-set, H13, H19"


def undecided(case: Case) -> list[Raised]:
    """What a clinician has still to decide about medicines: rows without a rule, and flags without a row."""
    found: list[Raised] = []
    for number, medicine in enumerate(case.appointment.medicines or (), 1):
        if case.awaits_a_clinician(medicine):
            says = f"Medicine {number} needs a clinician's rule: the paper says that we will call."
            remedy = "Say what to do with it (rule and set_by)."
            found.append(Raised(f"medicine.{number}", says, remedy, f"medicines.{number}", _MEDICINE))
    flags = case.appointment.flags
    takes = {"tablets": flags.diabetes == "tablets", "insulin": flags.diabetes == "insulin"}
    takes |= {n: getattr(flags, n) == "yes" for n in ("blood_pressure_medicine", "sedatives", "opioids", "glp1")}
    for name, yes in takes.items():
        if yes and not case.takes(name):
            says = f"{name}: said to be taken, but no medicine of this class is listed with a clinician's rule."
            field = "flags.diabetes" if name in {"tablets", "insulin"} else f"flags.{name}"
            found.append(Raised(name, says, "Ask which it is, and list it.", field, _MEDICINE, ("medicines",)))
    return found


def _may_discuss(case: Case) -> bool:
    roles = case.value("discussion_roles")
    return isinstance(roles, list | tuple) and case.clinic.clinicians[case.appointment.discussed_by].role in roles


def _over_maximum(case: Case) -> bool:
    most = case.value("series_max")
    return isinstance(most, int) and (case.appointment.series_total or 0) > most
