"""The appointment, its people and its place as frozen values, checked against themselves and the premises.

What depends on a clinic (zones, licences, the pattern of record numbers, "now") comes in as `Premises`, the validation
context; without one only the shapes are checked, and `start` must carry its own zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from handouts.appointment.clock import clock_reading, untimely, zoned
from handouts.appointment.premises import Wrong, known, premises_of, refusal
from handouts.appointment.values import Day, Hours, Language, Phone, Text, TimeZone, folded, matching, meaning, whole

Folded = BeforeValidator(folded)
_OLDEST = 120
"""Years that a patient may be old; beyond it the date of birth is taken for mistyped."""
Answer = Annotated[Literal["yes", "no", "unknown"], Folded]
Diabetes = Annotated[Literal["none", "diet", "tablets", "insulin", "unknown"], Folded]
_Route = Literal["iv", "im", "intranasal", "intranasal_compounded", "sublingual", "esketamine"]
ROUTES: tuple[str, ...] = get_args(_Route)
"""Every route there is; a procedure declares those it is made for."""
Route = Annotated[_Route, Folded]
Indication = Annotated[
    Literal[
        "crps",
        "neuropathic_pain",
        "fibromyalgia",
        "phantom_limb",
        "postherpetic_neuralgia",
        "low_back_pain",
        "migraine",
        "cluster_headache",
    ],
    Folded,
]
MedicineRule = Annotated[Literal["take", "take_with_sip", "not_after", "ask"], Folded]
RELATIONSHIPS = {
    **dict.fromkeys(("mother", "father", "mom", "dad", "parent"), "parent"),
    **dict.fromkeys(("guardian", "legal_guardian", "court_appointed_guardian"), "legal_guardian"),
    **dict.fromkeys(("husband", "wife", "spouse"), "spouse"),
    **dict.fromkeys(("son", "daughter", "adult_child", "adult_son", "adult_daughter"), "adult_child"),
    **dict.fromkeys(("brother", "sister", "sibling"), "sibling"),
    **dict.fromkeys(("health_care_agent", "healthcare_agent", "health_care_proxy"), "health_care_agent"),
    "other": "other",
}
"""What people write for a representative's relationship → the word that is translated; any other is printed as it is."""
Relationship = Annotated[str, meaning(RELATIONSHIPS)]
InterpreterMode = Annotated[
    Literal["in_person", "phone", "video"],
    meaning(
        {
            **dict.fromkeys(("in_person", "on_site", "onsite", "face_to_face"), "in_person"),
            **dict.fromkeys(("phone", "telephone", "by_phone"), "phone"),
            **dict.fromkeys(("video", "by_video", "video_call"), "video"),
        }
    ),
]


class _Part(BaseModel):
    """A part of an appointment: nothing beside the named fields, and nothing changes once it is read.

    What checks the parts is built with the whole appointment, once.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True, defer_build=True
    )


class Patient(_Part):
    """Who is treated; either the whole name, or given and family name (one of them is enough)."""

    mrn: Text
    given_name: Text | None = None
    family_name: Text | None = None
    name: Text | None = Field(default=None, validate_default=True)
    preferred_name: Text | None = None
    birth_date: Day
    language: Language
    phone: Phone | None = None
    time_zone: TimeZone | None = None
    state: Text | None = None
    notice_exception: Annotated[Literal["primary_language", "opt_out"], Folded] | None = None
    notice_exception_date: Day | None = Field(default=None, validate_default=True)

    @property
    def display_name(self) -> str:
        """The whole name as it is printed."""
        return self.name or " ".join(filter(None, (self.given_name, self.family_name)))

    @field_validator("mrn")
    @classmethod
    def _mrn(cls, mrn: str, info: ValidationInfo) -> str:
        if (premises := premises_of(info)) and not re.fullmatch(premises.mrn_pattern, mrn):
            raise refusal(
                Wrong(
                    "is not written as this clinic's record numbers are.",
                    f"They match {premises.mrn_pattern} as a whole.",
                )
            )
        return mrn

    @field_validator("notice_exception_date")
    @classmethod
    def _dated(cls, day: date | None, info: ValidationInfo) -> date | None:
        exception = info.data.get("notice_exception")
        if (day is None) != (exception is None) and "notice_exception" in info.data:
            raise refusal(
                Wrong(
                    "stands without the other: an exception to the language notice counts by its date.",
                    "Give patient.notice_exception and patient.notice_exception_date, or neither.",
                )
            )
        return day

    @field_validator("name")
    @classmethod
    def _one_name(cls, name: str | None, info: ValidationInfo) -> str | None:
        parts = [info.data.get(part, "") for part in ("given_name", "family_name")]  # "" for one that is itself refused
        if name and any(parts):
            raise refusal(
                Wrong("stands beside a given or family name, which may differ from it.", "Keep one of the two.")
            )
        if name is None and parts == [None, None]:
            raise refusal(Wrong("is missing.", "Give patient.given_name and patient.family_name, or patient.name."))
        return name

    @field_validator("birth_date")
    @classmethod
    def _born(cls, birth_date: date, info: ValidationInfo) -> date:
        if (premises := premises_of(info)) and birth_date >= premises.now.date():
            raise refusal(Wrong("is not in the past.", "Correct the year."))
        return birth_date


class Flags(_Part):
    """What is known of the patient; "unknown" is a value of its own and never means no."""

    pregnancy_potential: Answer = "unknown"
    pregnant: Answer = "unknown"
    breastfeeding: Answer = "unknown"
    diabetes: Diabetes = "unknown"
    glp1: Answer = "unknown"
    blood_pressure_medicine: Answer = "unknown"
    sedatives: Answer = "unknown"
    opioids: Answer = "unknown"
    psychiatric_history: Answer = "unknown"
    substance_history: Answer = "unknown"
    liver_disease: Answer = "unknown"
    bladder_disease: Answer = "unknown"
    glaucoma: Answer = "unknown"
    sleep_apnea: Answer = "unknown"
    interpreter: Answer = "unknown"
    lacks_capacity: Answer = "unknown"
    read_aloud: Answer = "unknown"


class Medicine(_Part):
    """A medicine the patient takes and what to do with it on the day; `rule` None: nobody has decided yet."""

    name: Text
    medicine_class: (
        Annotated[
            str,
            matching(r"[a-z][a-z0-9_]{0,63}", "is not a class.", "Write a word, such as blood_pressure."),
            Folded,
        ]
        | None
    ) = Field(default=None, alias="class")
    rule: MedicineRule | None = None
    not_after_hours: Hours | None = Field(default=None, validate_default=True)
    set_by: Text | None = None

    @field_validator("not_after_hours")
    @classmethod
    def _with_its_rule(cls, hours: float | None, info: ValidationInfo) -> float | None:
        rule = info.data.get("rule", "refused")
        if rule == "not_after" and hours is None:
            raise refusal(Wrong("is missing.", 'The rule "not_after" needs the hours before the start.'))
        if rule not in {"not_after", "refused"} and hours is not None:
            raise refusal(Wrong('belongs to the rule "not_after" alone.', "Leave it out, or correct the rule."))
        return hours

    @field_validator("set_by")
    @classmethod
    def _a_clinician(cls, set_by: str | None, info: ValidationInfo) -> str | None:
        return _clinician(set_by, info) if set_by else set_by


class Escort(_Part):
    """Who takes the patient home."""

    name: Text | None = None
    phone: Phone | None = None


class Representative(_Part):
    """Who decides for a patient who may not, and on what basis."""

    name: Text
    relationship: Relationship | None = None
    authority: Text | None = None


class Interpreter(_Part):
    """Who interprets; an adult, into the patient's language (45 CFR 92.201)."""

    name: Text
    id: Text | None = None
    language: Language | None = None
    mode: InterpreterMode | None = None
    birth_date: Day | None = None


class Appointment(_Part):
    """Who, when, where, with whom and for what: the only input that differs from packet to packet.

    `start` is aware, in the location's zone; `visit_number` and `series_total` are None when not known, `medicines`
    is None when not said and () when said to be none. Fields stand in the order in which they need each other.
    """

    id: Annotated[str, matching(".{1,64}", "has more than 64 characters.", "Use the schedule's shorter id.")]
    revision: Annotated[int, whole(1, 1_000_000)] = 1
    procedure: Text
    route: Route
    indication: Indication
    location: Text
    outside_opening_days: Annotated[Literal["yes", "no"], Folded] = "no"
    start: datetime
    duration_minutes: Annotated[int, whole(20, 360)]
    arrive_early_minutes: Annotated[int, whole(0, 120)] | None = Field(default=None, validate_default=True)
    consult: Annotated[Literal["in_person", "telehealth"], Folded] = "in_person"
    clinician: Text
    discussed_by: Text
    visit_number: Annotated[int, whole(1, 20)] | None = None
    series_total: Annotated[int, whole(1, 20)] | None = None
    patient: Patient
    flags: Flags = Flags()
    medicines: Annotated[tuple[Medicine, ...], Field(max_length=100)] | None = None
    escort: Escort | None = None
    representative: Representative | None = None
    interpreter: Interpreter | None = None

    @field_validator("procedure", "location")
    @classmethod
    def _known_key(cls, key: str, info: ValidationInfo) -> str:
        if premises := premises_of(info):
            _one_of(key, premises.zones if info.field_name == "location" else premises.procedures, str(info.field_name))
        return key

    @field_validator("start", mode="plain")
    @classmethod
    def _at_the_clinic(cls, value: object, info: ValidationInfo) -> datetime:
        premises, location = premises_of(info), info.data.get("location", "")
        given = value if isinstance(value, datetime) else clock_reading(value, premises)
        if premises and location not in premises.zones:
            return given  # the location is refused already
        if premises:
            given = zoned(given, premises.zones[location])
        elif given.tzinfo is None:
            raise refusal(Wrong("has no time zone.", "Add the offset."))
        wrongs: list[Wrong] = []
        if given.second or given.microsecond:
            wrongs.append(Wrong("has seconds.", "Write hours and minutes alone."))
        if (given.hour, given.minute) == (0, 0):
            wrongs.append(Wrong("is midnight, which readers take for either day.", "Write 23:59 or 00:01."))
        if premises:
            wrongs.extend(untimely(given, location, premises, info.data.get("outside_opening_days") == "no"))
        if wrongs:
            raise refusal(*wrongs)
        return given

    @field_validator("arrive_early_minutes", mode="before")
    @classmethod
    def _or_the_clinics(cls, minutes: object, info: ValidationInfo) -> object:
        premises = premises_of(info)
        return premises.arrive_early if minutes is None and premises else minutes

    @field_validator("clinician", "discussed_by")
    @classmethod
    def _licensed(cls, key: str, info: ValidationInfo) -> str:
        _clinician(key, info)
        premises, start = premises_of(info), info.data.get("start")
        if premises and start:
            first, last = premises.clinicians[key]
            if (first and start.date() < first) or (last and start.date() > last):
                held = " ".join(filter(None, (first and f"from {first}", last and f"until {last}")))
                problem = f"has no licence on {start.date()}; it is valid {held}."
                raise refusal(Wrong(problem, "Choose another clinician, or correct clinic.toml."))
        return key

    @field_validator("series_total")
    @classmethod
    def _long_enough(cls, total: int | None, info: ValidationInfo) -> int | None:
        number = info.data.get("visit_number")
        if total and number and number > total:
            raise refusal(Wrong(f"is less than visit_number, which is {number}.", "Correct one of the two."))
        return total

    @field_validator("patient")
    @classmethod
    def _of_an_age(cls, patient: Patient, info: ValidationInfo) -> Patient:
        start = info.data.get("start")
        if start and not 0 <= age_on(patient.birth_date, start.date()) <= _OLDEST:
            problem = f"makes the patient unborn, or older than {_OLDEST}, at the appointment."
            raise refusal(Wrong(problem, "Correct the year.", "birth_date", str(patient.birth_date)))
        return patient

    @field_validator("interpreter")
    @classmethod
    def _able(cls, interpreter: Interpreter | None, info: ValidationInfo) -> Interpreter | None:
        start, patient = info.data.get("start"), info.data.get("patient")
        wrongs: list[Wrong] = []
        if interpreter and interpreter.birth_date and start and age_on(interpreter.birth_date, start.date()) < 18:
            problem = "makes the interpreter younger than 18, and minors may not interpret."
            wrongs.append(Wrong(problem, "Name an adult.", "birth_date", str(interpreter.birth_date)))
        if interpreter and interpreter.language and patient and _primary(interpreter) != _primary(patient):
            problem = f'is not the patient\'s language, which is "{patient.language}".'
            wrongs.append(Wrong(problem, "Correct one of the two.", "language", interpreter.language))
        if wrongs:
            raise refusal(*wrongs)
        return interpreter


def age_on(birth_date: date, day: date) -> int:
    """Whole years of age on `day`; who was born on 29 February is a year older on 1 March of a common year."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def _clinician(key: str, info: ValidationInfo) -> str:
    if premises := premises_of(info):
        _one_of(key, premises.clinicians, "clinician")
    return key


def _one_of(key: str, keys: Iterable[str], what: str) -> None:
    if key not in keys:
        raise refusal(Wrong(f"is no {what} of this clinic.", known(key, keys)))


def _primary(speaker: Patient | Interpreter) -> str:
    return (speaker.language or "").split("-")[0]
