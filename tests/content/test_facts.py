"""The conditional rules of CLINICAL §3.5, each with a case in which it holds and one in which it does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sound import LEFT_OUT

from handouts.appointment import Flags
from handouts.content.facts import BLOCKING, FACTS, REFUSALS, WARNINGS, finding
from handouts.errors import RefusedAppointment, TemplateError
from handouts.settings import INDICATIONS

MINOR = {"patient.birth_date": "2010-07-09"}
GUARDIAN = {"representative": {"name": "Renee", "relationship": "parent"}}
MEDICINE = {"name": "X", "set_by": "okafor", "rule": "ask"}


@dataclass(frozen=True)
class Given:
    """Changes of the appointment, settings, now and language; `now` is by the clock of New York."""

    changes: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    now: str = "2026-02-27T09:00"
    own_language: bool = True


@dataclass(frozen=True)
class Then:
    """What is looked for: a fact's value, or words of a blocking reason, a warning or a refused field."""

    fact: str = ""
    value: str = ""
    blocks: str = ""
    warns: str = ""
    refuses: str = ""


def fact(name, value):
    return Then(fact=name, value=value)


def flagged(**flags):
    return Given({f"flags.{name}": value for name, value in flags.items()})


def listed(medicine_class, **flags):
    rows = {"medicines": [{**MEDICINE, "class": medicine_class}]} if medicine_class else {"medicines": []}
    return Given({**rows, **flagged(**flags).changes})


SOUND = Given()
# Each row: the rule, when it holds, when it does not, and what follows.
RULES: list[tuple[str, Given, Given, Then]] = [
    # age < majority
    ("birthday the day after", Given({"patient.birth_date": "2008-03-04"}), Given({"patient.birth_date": "2008-03-03"}), fact("age_group", "assent")),
    ("born 29 February, on 28 February", Given({"patient.birth_date": "2008-02-29", "start": "2026-02-28T12:00"}), Given({"patient.birth_date": "2008-02-29", "start": "2026-03-01T12:00"}), fact("age_group", "assent")),
    ("the clinic's day, not that of UTC", Given({"patient.birth_date": "2008-03-04", "start": "2026-03-03T20:00"}), Given({"patient.birth_date": "2008-03-04", "start": "2026-03-04T00:01"}), fact("age_group", "assent")),
    ("old enough to be asked", Given({"patient.birth_date": "2019-03-03"}), Given({"patient.birth_date": "2019-03-04"}), fact("age_group", "assent")),
    ("too young to be asked", Given({"patient.birth_date": "2019-03-04"}), Given({"patient.birth_date": "2019-03-03"}), fact("age_group", "minor")),
    ("no age to be asked from", Given(MINOR, {"assent_min_age": LEFT_OUT}), Given(MINOR), fact("age_group", "minor")),
    ("adult", SOUND, Given(MINOR), fact("age_group", "adult")),
    ("minor where none is treated", Given(MINOR, {"pediatric_allowed": False}), Given(MINOR), Then(refuses="patient.birth_date")),
    ("minor where nobody said", Given(MINOR, {"pediatric_allowed": LEFT_OUT}), Given({}, {"pediatric_allowed": LEFT_OUT}), Then(refuses="patient.birth_date")),
    ("minor without guardian", Given(MINOR), Given({**MINOR, **GUARDIAN}), Then(blocks="no parent or guardian")),
    ("minor: policy?", Given({**MINOR, **GUARDIAN}), SOUND, Then(warns="minor")),
    # capacity
    ("lacks capacity", flagged(lacks_capacity="yes"), SOUND, fact("lacks_capacity", "yes")),
    ("lacks capacity, nobody named", flagged(lacks_capacity="yes"), Given({"flags.lacks_capacity": "yes", **GUARDIAN}), Then(blocks="no representative is named")),
    ("representative", Given(GUARDIAN), SOUND, fact("representative", "named")),
    # pregnancy
    ("may be pregnant", flagged(pregnancy_potential="yes"), SOUND, fact("pregnancy_potential", "yes")),
    ("nobody asked", flagged(pregnancy_potential="unknown"), SOUND, fact("pregnancy_potential", "unknown")),
    ("pregnant, so it is possible", flagged(pregnant="yes"), SOUND, fact("pregnancy_potential", "yes")),
    ("pregnant", flagged(pregnant="yes"), flagged(pregnant="unknown"), fact("pregnant", "yes")),
    ("a clinician decides", flagged(pregnant="yes"), flagged(pregnant="unknown"), Then(blocks="pregnant")),
    ("breastfeeding", flagged(breastfeeding="yes"), SOUND, fact("breastfeeding", "yes")),
    # interpreter and language
    ("interpreter", flagged(interpreter="yes"), SOUND, fact("interpreter", "yes")),
    ("longer appointment", flagged(interpreter="yes"), flagged(interpreter="unknown"), Then(warns="longer appointment")),
    ("English instead: interpreter", Given(own_language=False), SOUND, fact("interpreter", "yes")),
    ("English instead: it is said", Given(own_language=False), SOUND, fact("document_language", "english_instead")),
    ("English instead: staff read it", Given(own_language=False), flagged(interpreter="yes"), Then(warns="must read it")),
    ("English instead: longer appointment", Given(own_language=False), SOUND, Then(warns="longer appointment")),
    ("no English instead", Given({}, {"untranslated": "refuse"}, own_language=False), Given({}, {"untranslated": "refuse"}), Then(refuses="patient.language")),
    ("interpreter's name", Given({"interpreter": {"name": "Minh"}}), SOUND, fact("interpreter_person", "named")),
    # diabetes
    *[(f"diabetes: {kind}", flagged(diabetes=kind), flagged(diabetes=other), fact("diabetes", kind)) for kind, other in [("none", "diet"), ("diet", "none"), ("tablets", "none"), ("insulin", "none"), ("unknown", "none")]],
    *[(f"{kind} without a row", flagged(diabetes=kind), listed(of_class, diabetes=kind), Then(blocks=f"{kind}: said to be taken")) for kind, of_class in [("tablets", "sulfonylurea"), ("tablets", "diabetes_tablet"), ("insulin", "insulin")]],
    ("insulin without diabetes", listed("insulin", diabetes="none"), listed("insulin", diabetes="insulin"), Then(blocks="does not go with")),
    ("insulin beside tablets", listed("insulin", diabetes="tablets"), listed("insulin", diabetes="unknown"), Then(blocks="does not go with")),
    ("sulfonylurea on a diet", listed("sulfonylurea", diabetes="diet"), listed("sulfonylurea", diabetes="tablets"), Then(blocks="does not go with")),
    # medicines of flagged classes
    *[(f"{flag}: yes", flagged(**{flag: "yes"}), SOUND, fact(flag, "yes")) for flag in ("glp1", "blood_pressure_medicine", "sedatives", "opioids")],
    *[(f"{flag}: a row outweighs the flag", listed(of_class), listed("thyroid"), fact(flag, "yes")) for flag, of_class in [("glp1", "glp1"), ("blood_pressure_medicine", "blood_pressure"), ("blood_pressure_medicine", "clonidine"), ("sedatives", "benzodiazepine"), ("sedatives", "sedative"), ("opioids", "opioid")]],
    *[(f"{flag} without a row", flagged(**{flag: "yes"}), listed(of_class, **{flag: "yes"}), Then(blocks=f"{flag}: said to be taken")) for flag, of_class in [("glp1", "glp1"), ("blood_pressure_medicine", "blood_pressure"), ("sedatives", "benzodiazepine"), ("opioids", "opioid")]],
    *[(f"{of_class}: no decision", Given({"medicines": [{"name": "X", "class": of_class, "rule": "take"}], "flags.diabetes": "unknown"}), Given({"medicines": [{"name": "X", "class": of_class, "rule": "take", "set_by": "okafor"}], "flags.diabetes": "unknown"}), Then(blocks="Medicine 1")) for of_class in ("blood_pressure", "benzodiazepine", "opioid", "insulin", "sulfonylurea", "glp1", "theophylline", "maoi")],
    ("glp1: staff flag", flagged(glp1="yes"), SOUND, Then(warns="GLP-1")),
    ("glp1 unknown: staff flag", flagged(glp1="unknown"), SOUND, Then(warns="GLP-1")),
    ("glp1 on the list: staff flag", listed("glp1"), listed("thyroid"), Then(warns="GLP-1")),
    ("medicines not said", Given({"medicines": LEFT_OUT}), SOUND, fact("medicines", "unknown")),
    ("medicines not said: staff", Given({"medicines": LEFT_OUT}), SOUND, Then(warns="which medicines")),
    ("none", SOUND, listed("thyroid"), fact("medicines", "none")),
    ("some", listed("thyroid"), SOUND, fact("medicines", "some")),
    ("names kept off the paper", Given(listed("thyroid").changes, {"medicine_names_on_preparation": False}), listed("thyroid"), Then(warns="not printed")),
    # history
    *[(name, flagged(**{name: "yes"}), SOUND, fact(name, "yes")) for name in ("psychiatric_history", "substance_history", "liver_disease", "bladder_disease", "glaucoma", "sleep_apnea", "read_aloud")],
    # route and indication
    ("vein", SOUND, Given({"route": "im"}), fact("route", "iv")),
    *[(f"route {route}", Given({"route": route}), SOUND, Then(refuses="route")) for route in ("im", "intranasal", "intranasal_compounded", "sublingual", "esketamine")],
    *[(name, Given({"indication": name}), Given({"indication": other}), fact("indication", name)) for name, other in zip(INDICATIONS, INDICATIONS[1:] + INDICATIONS[:1], strict=True)],
    # visits
    ("first", SOUND, Given({"visit_number": 2}), fact("visit", "first")),
    ("later", Given({"visit_number": 2}), SOUND, fact("visit", "later")),
    ("which is not known", Given({"visit_number": LEFT_OUT}), SOUND, fact("visit", "unknown")),
    ("series", SOUND, Given({"series_total": 1}), fact("series", "yes")),
    ("one visit", Given({"series_total": 1}), SOUND, fact("series", "no")),
    ("how many is not known, whatever is usual", Given({"series_total": LEFT_OUT}), SOUND, fact("series", "unknown")),
    ("counted", SOUND, Given({"visit_number": LEFT_OUT}), fact("visit_counted", "yes")),
    ("not counted", Given({"series_total": LEFT_OUT}), SOUND, fact("visit_counted", "no")),
    ("consent too early", Given(settings={"consent_valid_days": 1}), Given(settings={"consent_valid_days": 5}), Then(warns="has run out")),
    ("interpreter named", Given({"flags.interpreter": "no", "interpreter": {"name": "Ana Ruiz"}}), Given({"flags.interpreter": "no"}), fact("interpreter", "yes")),
    ("opioid mistyped", Given({"flags.opioids": "no", "medicines": [{"name": "X", "class": "opiod_patch"}]}), Given({"flags.opioids": "no"}), fact("opioids", "yes")),
    ("class not given", Given({"flags.opioids": "no", "medicines": [{"name": "X"}]}), Given({"flags.opioids": "no"}), fact("opioids", "unknown")),
    ("tablet beside none", Given({"flags.diabetes": "none", "medicines": [{"name": "X", "class": "diabetes_tablet"}]}), Given({"flags.diabetes": "none"}), fact("diabetes", "unknown")),
    ("tablet beside none blocks", Given({"flags.diabetes": "none", "medicines": [{"name": "X", "class": "diabetes_tablet"}]}), Given({"flags.diabetes": "none"}), Then(blocks="does not go with")),
    ("where a patient on video is", Given({"consult": "telehealth"}), Given({"consult": "telehealth", "patient.state": "CO", "patient.time_zone": "America/Denver"}), Then(warns="The talk is by video")),
    ("more than the clinic allows", Given({"series_total": 13}), Given({"series_total": 12}), Then(refuses="series_total")),
    # short notice
    ("the day of treatment", Given(now="2026-03-03T00:00"), SOUND, fact("short_notice", "yes")),
    ("the day of treatment: staff", Given(now="2026-03-03T00:00"), SOUND, Then(warns="Short notice")),
    ("two days before, too late for alcohol", Given({"start": "2026-03-03T05:00"}, now="2026-03-02T04:30"), Given({"start": "2026-03-03T05:00"}, now="2026-03-01T04:29"), fact("short_notice", "yes")),
    # telehealth and places
    ("telehealth", Given({"consult": "telehealth"}), SOUND, fact("consult", "telehealth")),
    ("telehealth where it is not held", Given({"consult": "telehealth"}, {"telehealth_allowed": False}), Given({"consult": "telehealth"}), Then(refuses="consult")),
    ("telehealth where nobody said", Given({"consult": "telehealth"}, {"telehealth_allowed": LEFT_OUT}), Given({}, {"telehealth_allowed": LEFT_OUT}), Then(refuses="consult")),
    ("another clock", Given({"patient.time_zone": "America/Denver"}), Given({"patient.time_zone": "America/Toronto"}), fact("patient_zone", "other")),
    ("patient's state", Given({"patient.state": "CO"}), SOUND, fact("patient_state", "known")),
    # people
    ("may not hold the talk", Given({"discussed_by": "lind"}), Given({"discussed_by": "reyes"}), Then(refuses="discussed_by")),
    ("nobody may hold the talk", Given({}, {"discussion_roles": LEFT_OUT}), SOUND, Then(refuses="discussed_by")),
    ("escort", Given({"escort": {"name": "Bao"}}), Given({"escort": {"phone": "212-555-0111"}}), fact("escort", "named")),
    ("escort's phone", Given({"escort": {"phone": "212-555-0111"}}), Given({"escort": {"name": "Bao"}}), fact("escort_phone", "known")),
]  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    facts: dict[str, str]
    blocking: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

    def shows(self, then: Then) -> bool:
        if then.fact:
            return self.facts.get(then.fact) == then.value
        if then.refuses:
            return then.refuses in self.refused
        words, texts = (then.blocks, self.blocking) if then.blocks else (then.warns, self.warnings)
        return any(words in text for text in texts)


@pytest.fixture
def outcome(case, procedure):
    def found(given: Given) -> Outcome:
        made = case(given.changes, settings=given.settings, at=f"{given.now}-05:00", own_language=given.own_language)
        try:
            result = finding(made, procedure)
        except RefusedAppointment as trouble:
            return Outcome({}, refused=tuple(fault.field for fault in trouble.faults))
        return Outcome(dict(result.facts), result.blocking, result.warnings)

    return found


@pytest.mark.parametrize(("name", "holds", "not_", "then"), RULES, ids=[f"{r[0]} → {r[3]}"[:60] for r in RULES])
def test_every_rule_follows_when_it_should_and_not_otherwise(outcome, name, holds, not_, then):
    assert outcome(holds).shows(then), name
    assert not outcome(not_).shows(then), name


def test_the_table_leaves_no_concern_and_no_value_of_a_fact_untried(outcome, case):
    shown = [given for _, holds, not_, _ in RULES for given in (holds, not_)]
    cases = [case(g.changes, settings=g.settings, at=f"{g.now}-05:00", own_language=g.own_language) for g in shown]
    for concern in (*REFUSALS, *BLOCKING, *WARNINGS):
        assert {bool(concern.applies(made)) for made in cases} == {True, False}, concern.says
    tried = {(name, value) for given in shown for name, value in outcome(given).facts.items()}
    tried |= {(f"{name}", value) for name in DEADLINES for value in ("ahead", "past")}  # below, to the minute
    tried |= {(name, value) for name in FLAGS for value in ("yes", "no", "unknown")}  # below, one by one
    assert {(name, value) for name, rule in FACTS.items() if name != "route" for value in rule.values} <= tried


DEADLINES = {
    "fatty_food_deadline": "fast_fatty_meal_h",
    "food_deadline": "fast_light_meal_h",
    "drink_deadline": "fast_clear_liquid_h",
    "alcohol_deadline": "fast_alcohol_h",
    "cannabis_deadline": "fast_cannabis_h",
}


@pytest.mark.parametrize("start", ["2026-03-03T12:00", "2026-03-08T08:30", "2026-11-01T10:00"])
@pytest.mark.parametrize("name", DEADLINES)
def test_a_deadline_has_passed_from_its_exact_minute_on(case, procedure, name, start):
    until = case({"start": start}).until(DEADLINES[name])
    for away, value in [(-timedelta(microseconds=1), "ahead"), (timedelta(), "past"), (timedelta(minutes=1), "past")]:
        assert finding(case({"start": start}, at=until + away), procedure).facts[name] == value


FLAGS = tuple(name for name in Flags.model_fields if name != "diabetes")


@pytest.mark.parametrize(("name", "answer"), list(product(FLAGS, ("yes", "no", "unknown", LEFT_OUT))))
def test_unknown_never_becomes_no(case, procedure, name, answer):
    found = finding(case({f"flags.{name}": answer}), procedure)
    expected = "unknown" if answer is LEFT_OUT else answer
    assert found.facts[name] == expected
    assert (name in found.unknown) == (expected == "unknown")


@pytest.mark.parametrize("answer", ["none", "diet", "tablets", "insulin", "unknown", LEFT_OUT])
def test_unknown_diabetes_never_becomes_none(case, procedure, answer):
    found = finding(case({"flags.diabetes": answer}), procedure)
    expected = "unknown" if answer is LEFT_OUT else answer
    assert found.facts["diabetes"] == expected
    assert ("diabetes" in found.unknown) == (expected == "unknown")


def test_of_whom_nothing_is_said_every_flag_is_unknown_and_named_so(case, procedure):
    found = finding(case({"flags": LEFT_OUT, "medicines": LEFT_OUT, "visit_number": LEFT_OUT}), procedure)
    assert {found.facts[name] for name in Flags.model_fields} == {"unknown"}
    assert {*Flags.model_fields, "medicines", "visit"} <= set(found.unknown)


def test_a_sound_appointment_is_neither_blocked_nor_warned_of(case, procedure):
    found = finding(case(), procedure)
    assert (found.blocking, found.warnings, found.unknown) == ((), (), ())


def test_every_reason_to_refuse_is_told_at_once(outcome):
    given = Given(
        {**MINOR, "route": "im", "consult": "telehealth", "discussed_by": "lind"},
        {"pediatric_allowed": False, "telehealth_allowed": False},
    )
    assert set(outcome(given).refused) == {"route", "patient.birth_date", "consult", "discussed_by"}


def test_a_refusal_names_the_appointment_its_field_and_what_stood_there(case, procedure):
    with pytest.raises(RefusedAppointment) as caught:
        finding(case({"route": "esketamine"}), procedure)
    (fault,) = caught.value.faults
    assert (fault.field, fault.value) == ("route", "esketamine")
    assert "2026-0001" in fault.where
    assert fault.remedy


def test_what_staff_are_told_holds_no_name(case, procedure):
    changes = {
        **MINOR,
        "medicines": [{"name": "Canarine", "class": "opioid"}],
        "flags.pregnant": "yes",
        "flags.insulin": LEFT_OUT,
    }
    found = finding(case({**changes, "patient.given_name": "Canary"}, own_language=False), procedure)
    assert "anar" not in " ".join((*found.blocking, *found.warnings))


def test_a_procedure_declares_the_facts_with_exactly_their_values_but_the_routes_it_is_made_for(case, procedure):
    assert {name: set(values) for name, values in procedure.facts.items()} == {
        name: {"iv"} if name == "route" else set(rule.values) for name, rule in FACTS.items()
    }
    declared = procedure.declared.model_copy(
        update={"facts": {**procedure.facts, "moon": ("full", "new"), "glp1": ("yes", "no")}}
    )
    with pytest.raises(TemplateError) as caught:
        finding(case(), type(procedure)(procedure.folders, declared, procedure.place))
    assert {fault.field for fault in caught.value.faults} == {"facts.moon", "facts.glp1"}


def test_every_value_that_a_case_gives_is_a_declared_one(case, procedure):
    row = {**MEDICINE, "class": "opioid"}
    for _, holds, _, then in RULES:
        if not then.refuses:
            made = case(
                holds.changes, settings=holds.settings, at=f"{holds.now}-05:00", own_language=holds.own_language
            )
            assert all(value in procedure.facts[name] for name, value in finding(made, procedure).facts.items())
    (item,) = finding(case({"medicines": [row]}), procedure).items["medicines"]
    assert all(value in procedure.lists["medicines"].facts[name] for name, value in item.items())
