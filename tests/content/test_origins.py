"""Where blanks and facts come from: every one says so, and what it names exists."""

from __future__ import annotations

import pytest
from sound import FULL, LEFT_OUT

from handouts.appointment import Appointment
from handouts.clinic import Clinic
from handouts.content.blanks import blanks
from handouts.content.facts import FACTS
from handouts.content.origins import origin, said_of, value_at
from handouts.identity import Clinician, Location
from handouts.settings import SETTINGS

MODELS = {"locations": Location, "clinicians": Clinician}


def exists(noted, appointment):
    found = origin(noted)
    assert found.fields or found.settings or found.entries or found.now
    for path in found.fields:
        value_at(appointment, path)  # raises KeyError for a path that no appointment has
    for key in found.settings:
        assert key in SETTINGS
    for entry in found.entries:
        table, _, name = entry.partition(".")
        assert (name in MODELS[table].model_fields) if name else (table in Clinic.model_fields)


@pytest.mark.parametrize("changes", [{}, FULL, {"medicines": [{"name": "A"}, {"name": "B", "rule": "take_with_sip"}]}])
def test_every_blank_has_an_origin_and_what_that_names_exists(case, changes):
    found = case(changes)
    for name, blank in blanks(found, "id").items():
        assert blank.origin, name
        exists(blank.origin, found.appointment)


def test_every_fact_has_an_origin_and_what_that_names_exists(case):
    for rule in FACTS.values():
        exists(rule.origin, case(FULL).appointment)


@pytest.mark.parametrize("path", ["patient.mrm", "medicine", "patient.mrn.x", "medicines.1.dose", "medicines.a"])
def test_a_path_that_no_appointment_has_is_an_error(case, path):
    with pytest.raises(KeyError):
        value_at(case(FULL).appointment, path)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("medicines.1.class", "diabetes_tablet"),
        ("medicines.2.class", None),
        ("medicines.0.class", None),
        ("escort.phone", "+12125550102"),
        ("patient.preferred_name", "Mia"),
    ],
)
def test_paths_are_those_of_schedules(case, path, value):
    assert value_at(case(FULL).appointment, path) == value


def test_what_was_not_said_is_told_as_that(case):
    appointment: Appointment = case({"medicines": LEFT_OUT}).appointment
    assert said_of(value_at(appointment, "medicines")) == "not given"
    assert said_of(value_at(appointment, "escort.name")) == "not given"
    assert said_of(value_at(case({}).appointment, "medicines")) == "none"


@pytest.mark.parametrize(
    ("field", "changed", "names"),
    [
        ("patient.mrn", "MRN-204102", {"mrn"}),
        ("patient.birth_date", "1971-05-15", {"birth_date"}),
        ("escort.phone", "212-555-0199", {"escort_phone"}),
        ("representative.authority", "court order", {"representative_authority"}),
        ("visit_number", 2, {"visit_number"}),
        ("start", "2026-03-04T12:00", None),
        ("duration_minutes", 90, None),
        ("arrive_early_minutes", 45, None),
    ],
)
def test_a_blank_that_changes_with_a_field_names_it(case, field, changed, names):
    before, after = (blanks(case({**FULL, **more}), "id") for more in ({}, {field: changed}))
    different = {name for name in before if before[name].value != after[name].value}
    assert different
    assert names is None or different == names
    for name in different:
        assert field in origin(before[name].origin).fields, name


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("fast_light_meal_h", 7),
        ("recovery_min", 90),
        ("drive_ban_h", 30),
        ("consent_valid_days", 30),
        ("escort_min_age", 21),
    ],
)
def test_a_blank_that_changes_with_a_setting_names_it(case, key, value):
    before, after = (blanks(case({}, settings=settings), "id") for settings in ({}, {key: value}))
    different = {name for name in before if before[name].value != after[name].value}
    assert different
    for name in different:
        assert key in origin(before[name].origin).settings, name
