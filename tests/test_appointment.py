"""The models by themselves: what a value may be, and what must hold between them and a clinic's premises."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from handouts.appointment import Appointment, Interpreter, Medicine, Patient, Premises, age_on, language_tag, plain_text
from handouts.appointment.models import Indication
from handouts.settings.zones import zone

PLACES = {
    "midtown": zone("America/New_York"),
    "phoenix": zone("America/Phoenix"),
    "lord_howe": zone("Australia/Lord_Howe"),
}
PREMISES = Premises(
    now=datetime(2026, 2, 27, 14, tzinfo=UTC),
    zones=PLACES,
    clinicians={"okafor": (None, None)},
    procedures=frozenset({"ketamine-infusion"}),
    mrn_pattern=r"MRN-\d{6}",
    arrive_early=25,
)
PATIENT: dict[str, Any] = {
    "mrn": "MRN-000001",
    "given_name": "Maria",
    "family_name": "Lopez",
    "birth_date": "1971-05-14",
    "language": "es",
}


def raw(**changes: Any) -> dict[str, Any]:
    appointment = {
        "id": "1",
        "start": "2026-03-04T08:00",
        "duration_minutes": 60,
        "location": "midtown",
        "clinician": "okafor",
        "discussed_by": "okafor",
        "procedure": "ketamine-infusion",
        "route": "iv",
        "indication": "crps",
        "patient": PATIENT,
    }
    return {**appointment, **changes}


def made(premises: Premises = PREMISES, **changes: Any) -> Appointment:
    return Appointment.model_validate(raw(**changes), context=premises)


def named(**names: str) -> Patient:
    rest = {key: value for key, value in PATIENT.items() if not key.endswith("_name")}
    return Patient.model_validate({**rest, **names})


@pytest.mark.parametrize("name", ["Nirmala", "W" * 120, "<b>Maria</b>", "O'Brien-Núñez", "王小明", "می\u200cخواهم"])
def test_a_name_is_kept_as_it_is(name):
    assert named(name=name).display_name == name


@pytest.mark.parametrize(
    "name", ["{{7*7}}", "{% x %}", "Ada\u202egpj", "A\u200bb", "A\ud800", "A\ue000", "A\u0000", "", "\u3164"]
)
def test_a_name_that_could_be_more_than_text_is_refused(name):
    with pytest.raises(ValidationError):
        named(name=name)


def test_a_name_is_normalised_and_trimmed():
    assert named(name=" Zoe\u0308 ").display_name == "Zoë"


def test_given_or_family_name_alone_is_enough():
    assert named(given_name="Ada").display_name == "Ada"
    assert named(family_name="Lovelace").display_name == "Lovelace"
    assert named(given_name="Ada", family_name="Lovelace").display_name == "Ada Lovelace"


@given(st.text())
def test_text_that_is_let_through_stays_the_same(text):
    try:
        once = plain_text(text)
    except ValueError:
        return
    assert plain_text(once) == once
    assert 1 <= len(once) <= 200
    assert once.replace("\u200c", "").replace("\u200d", "").replace("\u00a0", " ").replace("\u3000", " ").encode()


@given(st.text(max_size=20))
def test_a_language_tag_that_is_let_through_is_canonical(text):
    try:
        tag = language_tag(text)
    except ValueError:
        return
    assert language_tag(tag) == tag


@pytest.mark.parametrize(
    ("tag", "canonical"),
    [
        ("es_mx", "es-MX"),
        ("spa", "es"),
        ("hmn", "hmn"),
        ("ZH-hant-tw", "zh-Hant-TW"),
        ("tl", "fil"),
        ("iw", "he"),
        ("quc", "quc"),
    ],
)
def test_a_language_tag_gets_its_canonical_letters(tag, canonical):
    assert language_tag(tag) == canonical


def test_a_language_given_by_its_name_is_refused_with_its_tag():
    with pytest.raises(ValueError, match='Write "es"'):
        language_tag("spanish")


def test_who_is_born_on_29_february_turns_on_1_march():
    born = date(2008, 2, 29)
    assert [age_on(born, day) for day in (date(2026, 2, 28), date(2026, 3, 1), date(2028, 2, 29))] == [17, 18, 20]


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 45000))
def test_age_grows_by_one_a_year_and_never_falls(born, days):
    day = born + timedelta(days)
    assert 0 <= age_on(born, day) <= age_on(born, day + timedelta(1)) <= age_on(born, day) + 1


@given(
    st.datetimes(datetime.fromisoformat("2026-03-02"), datetime.fromisoformat("2090-01-01")),
    st.sampled_from(sorted(PLACES)),
)
def test_a_start_is_let_through_only_if_the_clock_there_shows_it_once(wall, location):
    wall = wall.replace(second=0, microsecond=0, fold=0)
    here = PLACES[location]
    readings = {(wall.replace(tzinfo=here, fold=fold)).astimezone(UTC) for fold in (0, 1)}
    shown = {r for r in readings if r.astimezone(here).replace(tzinfo=None, fold=0) == wall}
    try:
        start = made(start=wall.isoformat(), location=location).start
    except ValidationError:
        assert len(shown) != 1 or (wall.hour, wall.minute) == (0, 0)
    else:
        assert {start.astimezone(UTC)} == shown
        assert start.replace(tzinfo=None) == wall
        assert start.tzinfo is here


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("2026-03-08T02:30", "does not exist.*America/New_York go forward by 60 minutes"),
        ("2026-11-01T01:30", "happens twice.*at -04:00 and at -05:00"),
        ("2026-11-01T01:30-05:00", "happens twice"),
        ("2026-03-04T00:00", "midnight"),
        ("2026-02-27T08:59", "has passed: it is 2026-02-27T09:00-05:00"),
        ("3/4/26 8:00", '"3/4" can be two dates.*start_format'),
    ],
)
def test_a_start_that_cannot_be_printed_or_kept_is_refused_with_the_reason(start, said):
    with pytest.raises(ValidationError, match=said):
        made(start=start)


def test_the_start_format_of_the_clinic_comes_before_iso_8601():
    american = Premises(
        **{name: getattr(PREMISES, name) for name in PREMISES.__slots__} | {"start_format": "%m/%d/%y %H:%M"}
    )
    assert made(american, start="3/4/26 8:00").start == made(start="2026-03-04T08:00").start
    assert made(american, start="2026-03-04T08:00").start == made(start="2026-03-04T08:00").start


def test_without_premises_a_start_needs_its_own_zone():
    assert Appointment.model_validate(raw(start="2026-03-04T08:00-05:00")).start.utcoffset() == timedelta(hours=-5)
    with pytest.raises(ValidationError, match="has no time zone"):
        Appointment.model_validate(raw())


def test_arrival_defaults_to_the_clinics():
    assert made().arrive_early_minutes == 25
    assert made(arrive_early_minutes=0).arrive_early_minutes == 0


def test_what_is_left_out_is_unknown_and_not_no():
    appointment = made()
    assert set(appointment.flags.model_dump().values()) == {"unknown"}
    assert appointment.medicines is None
    assert made(medicines=[]).medicines == ()
    assert (appointment.visit_number, appointment.series_total, appointment.escort) == (None, None, None)


def test_hours_belong_to_the_rule_not_after():
    assert Medicine.model_validate({"name": "A", "rule": "not_after", "not_after_hours": 24}).not_after_hours == 24
    for wrong in ({"rule": "not_after"}, {"rule": "take", "not_after_hours": 24}, {"not_after_hours": 24}):
        with pytest.raises(ValidationError):
            Medicine.model_validate({"name": "A", **wrong})


def test_an_interpreter_is_of_age_on_the_day_and_speaks_the_patients_language():
    adult = {"name": "Bo", "birth_date": "2008-03-04", "language": "es-US"}
    assert isinstance(made(interpreter=adult).interpreter, Interpreter)
    with pytest.raises(ValidationError, match="younger than 18"):
        made(interpreter={**adult, "birth_date": "2008-03-05"})
    with pytest.raises(ValidationError, match='patient\'s language, which is "es"'):
        made(interpreter={**adult, "language": "vi"})


def test_phones_are_kept_as_e_164():
    assert made(escort={"phone": "(212) 555-0123"}).escort.phone == "+12125550123"
    with pytest.raises(ValidationError, match="not a phone number"):
        made(escort={"phone": "212-555-0123 ext 5"})


def test_an_appointment_is_a_value():
    assert made() == made()
    assert hash(made(medicines=[{"name": "A", "class": "opioid"}])) == hash(
        made(medicines=[{"name": "A", "class": "opioid"}])
    )
    with pytest.raises(ValidationError):
        made().id = "2"


def test_every_indication_is_accepted():
    words = get_args(get_args(Indication)[0])
    assert {made(indication=word).indication for word in words} == set(words)


@pytest.mark.parametrize("written", ["low_back_pain", "Low back pain", " LOW-BACK-PAIN "])
def test_a_closed_word_may_be_written_as_people_write_it(written):
    assert made(indication=written).indication == "low_back_pain"


@pytest.mark.parametrize(
    ("written", "printed"),
    [("Mother", "parent"), ("wife", "spouse"), ("Legal guardian", "legal_guardian"), ("Aunt", "Aunt")],
)
def test_a_relationship_is_the_declared_word_where_there_is_one(written, printed):
    assert made(representative={"name": "Ana Ruiz", "relationship": written}).representative.relationship == printed


def test_premises_need_a_moment_and_not_a_wall_clock():
    with pytest.raises(ValueError, match="aware"):
        Premises(datetime.fromisoformat("2026-02-27"), {}, {}, frozenset(), "")
