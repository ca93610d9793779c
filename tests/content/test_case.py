"""Every time that follows from one appointment, and what a patient may be told about a medicine."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from handouts.appointment import Medicine
from handouts.content.blanks import blanks
from handouts.content.case import Case
from handouts.content.classes import FLAGGED_CLASSES, reasons
from handouts.content.facts import finding

OPEN_CLASSES = ("analgesic", "anticonvulsant", "acetaminophen", "thyroid", "vitamin")
RULES = ("take", "take_with_sip", "not_after", "ask", None)


def wall(text):
    return datetime.fromisoformat(text)


def shown(moment):
    return moment.replace(tzinfo=None, fold=0)


# CLINICAL §3.6, of which arrival is the anchor: clear drink, light meal, fatty meal.
@pytest.mark.parametrize("early", [0, 30])
@pytest.mark.parametrize(
    ("arrival", "until"),
    [
        ("2026-03-03T12:00", ("2026-03-03T10:00", "2026-03-03T06:00", "2026-03-03T04:00")),
        ("2026-03-03T08:00", ("2026-03-03T06:00", "2026-03-03T02:00", "2026-03-02T23:59")),
        ("2026-03-03T07:40", ("2026-03-03T05:30", "2026-03-03T01:30", "2026-03-02T23:30")),
        ("2026-03-08T08:00", ("2026-03-08T06:00", "2026-03-08T01:00", "2026-03-07T23:00")),
        ("2026-11-01T08:00", ("2026-11-01T06:00", "2026-11-01T02:00", "2026-10-31T23:59")),
        ("2026-11-01T09:30", ("2026-11-01T07:30", "2026-11-01T03:30", "2026-11-01T00:45")),
        ("2028-03-01T06:00", ("2028-03-01T04:00", "2028-02-29T23:59", "2028-02-29T22:00")),
    ],
)
def test_food_and_drink_stop_as_in_the_table(case, arrival, until, early):
    start = wall(arrival) + timedelta(minutes=early)
    made = case({"start": start.isoformat(timespec="minutes"), "arrive_early_minutes": early})
    assert shown(made.arrival) == wall(arrival)
    keys = ("fast_clear_liquid_h", "fast_light_meal_h", "fast_fatty_meal_h")
    assert tuple(shown(made.until(key)) for key in keys) == tuple(map(wall, until))


@pytest.mark.parametrize(
    ("start", "end", "drive"),
    [
        ("2026-03-07T08:40", "2026-03-07T10:40", "2026-03-08T11:45"),
        ("2026-10-31T08:40", "2026-10-31T10:40", "2026-11-01T10:45"),
        ("2026-03-03T22:00", "2026-03-04T00:00", "2026-03-05T00:15"),
    ],
)
def test_what_is_allowed_again_counts_from_the_end_of_recovery(case, start, end, drive):
    made = case({"start": start})
    assert shown(made.end) == wall(end)
    assert shown(made.again("drive_ban_h")) == wall(drive)


def test_fasting_counts_from_the_start_only_where_the_clinic_says_so(case):
    changes = {"start": "2026-03-03T12:00", "arrive_early_minutes": 60}
    assert case(changes).anchor == case(changes).arrival
    made = case(changes, settings={"fast_anchor": "start"})
    assert made.anchor == made.appointment.start
    assert shown(made.until("fast_clear_liquid_h")) == wall("2026-03-03T10:00")


def test_an_appointment_without_its_own_minutes_has_the_clinics(case):
    assert shown(case({"start": "2026-03-03T12:00"}).arrival) == wall("2026-03-03T11:30")
    assert shown(case({"arrive_early_minutes": 0}).arrival) == wall("2026-03-03T12:00")


def test_an_arrival_never_falls_in_an_hour_that_the_clock_skips_or_repeats(case):
    assert shown(case({"start": "2026-03-08T03:10", "arrive_early_minutes": 30}).arrival) == wall("2026-03-08T01:40")
    assert shown(case({"start": "2026-11-01T02:10", "arrive_early_minutes": 30}).arrival) == wall("2026-11-01T00:59")
    assert shown(case({"start": "2026-03-03T00:30", "arrive_early_minutes": 30}).arrival) == wall("2026-03-02T23:59")


@given(
    st.datetimes(wall("2026-03-01T00:01"), wall("2027-03-01T00:00")),
    st.sampled_from([20, 45, 60, 90, 360]),
    st.sampled_from([0, 15, 30, 120]),
)
@settings(deadline=None)
def test_never_fewer_real_hours_than_the_clinic_asks(case, start, duration, early):
    start = start.replace(second=0, microsecond=0)
    changes = {
        "start": start.isoformat(timespec="minutes"),
        "duration_minutes": duration,
        "arrive_early_minutes": early,
    }
    try:
        made = case(changes)
    except ValueError:
        assume(False)  # the clock does not show it once, or it is midnight
    for key in ("fast_clear_liquid_h", "fast_light_meal_h", "fast_fatty_meal_h", "fast_alcohol_h", "fast_cannabis_h"):
        assert made.anchor.timestamp() - made.until(key).timestamp() >= float(made.hours(key)) * 3600
    really_over = made.appointment.start.timestamp() + (duration + 60) * 60
    for key in ("drive_ban_h", "decision_ban_h", "alcohol_after_h", "cns_depressant_after_h", "stay_with_h"):
        assert made.again(key).timestamp() - really_over >= float(made.hours(key)) * 3600
    assert made.ready_to_leave.timestamp() >= really_over
    assert made.appointment.start.timestamp() - made.arrival.timestamp() >= early * 60


@pytest.mark.parametrize(
    ("zone", "there"),
    [
        ("America/Denver", "2026-03-03T09:30"),
        ("Asia/Tokyo", "2026-03-04T01:30"),
        ("America/New_York", None),
        ("America/Toronto", None),
        (None, None),
    ],
)
def test_a_patient_elsewhere_has_the_arrival_by_their_own_clock_too(case, zone, there):
    made = case({"patient.time_zone": zone} if zone else {}).patient_arrival
    assert (shown(made) if made else None) == (wall(there) if there else None)


def test_phoenix_and_denver_share_a_clock_in_winter_and_not_in_summer(case):
    changes = {"location": "phoenix", "patient.time_zone": "America/Denver"}
    assert case({**changes, "start": "2026-03-03T12:00"}).patient_arrival is None
    assert shown(case({**changes, "start": "2026-07-07T12:00"}).patient_arrival) == wall("2026-07-07T12:30")


def test_the_patients_clock_shows_no_midnight_and_no_hour_that_it_repeats(case):
    at_midnight = case({"start": "2026-03-03T10:30", "patient.time_zone": "Asia/Tokyo"})
    assert shown(at_midnight.patient_arrival) == wall("2026-03-03T23:59")
    twice = case({"location": "phoenix", "start": "2026-10-31T23:00", "patient.time_zone": "America/New_York"})
    assert shown(twice.arrival) == wall("2026-10-31T22:30")
    assert shown(twice.patient_arrival) == wall("2026-11-01T00:59")


@pytest.mark.parametrize("name", ["UTC", "America/New_York", "Pacific/Auckland", "Asia/Kolkata"])
def test_the_servers_time_zone_changes_nothing(case, procedure, monkeypatch, name):
    def everything():
        made = case({"patient.time_zone": "America/Denver"}, at="2026-03-03T06:00-05:00")
        return finding(made, procedure), blanks(made, "id")

    before = everything()
    monkeypatch.setenv("TZ", name)
    time.tzset()
    try:
        assert everything() == before
    finally:
        monkeypatch.undo()
        time.tzset()
    assert os.environ.get("TZ") != "Pacific/Auckland"


def test_now_is_the_same_moment_in_whatever_offset_it_is_given(case, procedure):
    given_as = (wall("2026-03-03T02:30+00:00"), wall("2026-03-02T21:30-05:00"), wall("2026-03-03T15:30+13:00"))
    cases = [case({"start": "2026-03-03T12:00"}, at=moment) for moment in given_as]
    assert {made.now.isoformat() for made in cases} == {"2026-03-02T21:30:00-05:00"}
    assert [made.same_day for made in cases] == [False, False, False]
    assert len({str(finding(made, procedure)) for made in cases}) == 1


def test_a_now_without_zone_is_refused(appointment, clinic):
    with pytest.raises(ValueError, match="no time zone"):
        Case(appointment(), clinic, wall("2026-03-03T02:30"))


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        ("2008-03-03", "2026-03-03", 18),
        ("2008-03-04", "2026-03-03", 17),
        ("2008-02-29", "2026-02-28", 17),
        ("2008-02-29", "2026-03-01", 18),
        ("2008-02-29", "2028-02-29", 20),
    ],
)
def test_age_is_that_of_the_day_of_treatment(case, born, day, age):
    made = case({"patient.birth_date": born, "start": f"{day}T12:00"})
    assert made.age == age
    assert made.minor == (age < 18)


def test_age_goes_by_the_clinics_day_and_not_by_utc(case):
    late = case({"patient.birth_date": "2008-03-04", "start": "2026-03-03T20:00"})
    assert late.appointment.start.astimezone(UTC).date() == date(2026, 3, 4)
    assert late.age == 17
    assert late.minor


def test_who_is_of_age_depends_on_the_state(case):
    changes = {"patient.birth_date": "2006-05-05"}
    assert not case(changes).minor
    assert case(changes, settings={"age_of_majority": 21}).minor


def medicine(**given):
    return Medicine.model_validate({"name": "X", **given})


@cache
def clinic_that_rules(clinic_with, rule, medicine_class):
    return clinic_with({f"med_rules.{medicine_class}": rule})


@given(
    medicine_class=st.sampled_from([*sorted(FLAGGED_CLASSES), *OPEN_CLASSES, None]),
    rule=st.sampled_from(RULES),
    hours=st.sampled_from([0.5, 24, 168]),
    set_by=st.sampled_from(["okafor", "reyes", "front_desk", None]),
    clinics=st.sampled_from(["continue", "take_with_sip", "ask_clinician", "do_not_take_from", None]),
    at=st.sampled_from(["2026-02-27T09:00-05:00", "2026-03-03T11:00-05:00"]),
)
@settings(max_examples=600, deadline=None)
def test_nothing_but_a_clinicians_decision_ever_says_not_to_take_a_medicine(
    appointment, clinic, clinic_with, procedure, medicine_class, rule, hours, set_by, clinics, at
):
    given_rule = {"rule": rule, "not_after_hours": hours} if rule == "not_after" else {"rule": rule} if rule else {}
    one = medicine(**given_rule, set_by=set_by, **({"class": medicine_class} if medicine_class else {}))
    here = clinic_that_rules(clinic_with, clinics, medicine_class) if clinics and medicine_class else clinic
    made = Case(appointment().model_copy(update={"medicines": (one,)}), here, wall(at))
    found = finding(made, procedure)
    told = made.rule(one)
    by_clinician = set_by in clinic.clinicians and rule is not None
    assert found.items["medicines"][0]["rule"] == told
    assert told != "not_after" or (by_clinician and rule == "not_after")
    assert ("medicines.1.not_after" in blanks(made, "id")) == (told == "not_after")
    if (medicine_class in FLAGGED_CLASSES or medicine_class is None or rule == "not_after") and not by_clinician:
        assert told == "ask"
        assert any(text.startswith("Medicine 1") for text in found.blocking)
    if told == "take_with_sip":
        assert not made.passed(made.until("fast_clear_liquid_h"))


@pytest.mark.parametrize("medicine_class", sorted(FLAGGED_CLASSES))
def test_a_flagged_class_without_a_decision_is_asked_about_and_blocks(case, procedure, medicine_class):
    row = {"name": "X", "class": medicine_class, "rule": "take"}
    undecided = finding(case({"medicines": [row], "flags.diabetes": "unknown"}), procedure)
    decided = finding(case({"medicines": [{**row, "set_by": "okafor"}], "flags.diabetes": "unknown"}), procedure)
    assert [item["rule"] for item in undecided.items["medicines"]] == ["ask"]
    assert undecided.blocking
    assert [item["rule"] for item in decided.items["medicines"]] == ["take"]
    assert not decided.blocking


def test_a_medicine_whose_class_nobody_gave_may_be_a_flagged_one(case, procedure):
    found = finding(case({"medicines": [{"name": "Insulin glargine", "rule": "take"}]}), procedure)
    assert found.items["medicines"][0]["rule"] == "ask"
    assert found.blocking


@pytest.mark.parametrize(
    ("clinics", "told"),
    [("continue", "take"), ("take_with_sip", "take_with_sip"), ("ask_clinician", "ask"), ("do_not_take_from", "ask")],
)
def test_the_clinics_rule_of_a_class_may_only_say_to_take(case, clinics, told):
    settings_ = {"med_rules.thyroid": clinics, "med_rules.opioid": clinics}
    made = case(
        {
            "medicines": [
                {"name": "A", "class": "thyroid"},
                {"name": "B", "class": "opioid"},
                {"name": "C", "class": "other"},
            ]
        },
        settings=settings_,
    )
    assert [made.rule(m) for m in made.appointment.medicines] == [told, "ask", "ask"]


@pytest.mark.parametrize(("at", "told"), [("09:29", "take_with_sip"), ("09:30", "ask"), ("09:31", "ask")])
def test_a_sip_is_allowed_only_while_drinking_is(case, at, told):
    row = {"name": "X", "class": "thyroid", "rule": "take_with_sip", "set_by": "okafor"}
    made = case({"medicines": [row]}, at=f"2026-03-03T{at}-05:00")
    assert made.rule(made.appointment.medicines[0]) == told


@pytest.mark.parametrize(
    ("at", "deadline"),
    [("2026-03-02T11:29-05:00", "ahead"), ("2026-03-02T11:30-05:00", "past"), ("2026-03-02T11:31-05:00", "past")],
)
def test_the_time_to_stop_a_medicine_counts_back_from_arrival(case, procedure, at, deadline):
    row = {"name": "X", "class": "glp1", "rule": "not_after", "not_after_hours": 24, "set_by": "okafor"}
    made = case({"medicines": [row]}, at=at)
    assert shown(made.not_after(made.appointment.medicines[0])) == wall("2026-03-02T11:30")
    assert finding(made, procedure).items["medicines"][0] == {"rule": "not_after", "deadline": deadline}


@pytest.mark.parametrize(
    "word",
    ["opiod", "opioid_long_acting", "benzodiazapine", "insuline", "antihypertensives", "bp", "bp_tablet", "narcotics"],
)
def test_a_class_that_may_be_a_flagged_one_is_like_it(word):
    assert reasons(word)


@pytest.mark.parametrize("word", ["thyroid", "vitamin", "antibiotic", "antidepressant", "statin", "other"])
def test_a_class_that_is_no_flagged_one_is_not(word):
    assert not reasons(word)


def test_clinics_with_other_hours_in_one_process_have_each_their_own_times(case):
    settings = ({"fast_clear_liquid_h": 2}, {"fast_clear_liquid_h": 3}, {"fast_clear_liquid_h": 2.0})
    for _ in range(2):
        found = [
            shown(case({"start": "2026-03-03T12:00"}, settings=each).until("fast_clear_liquid_h")) for each in settings
        ]
        assert found == [wall("2026-03-03T09:30"), wall("2026-03-03T08:30"), wall("2026-03-03T09:30")]


def test_settings_with_the_same_hours_before_and_after_are_not_mixed_up(case):
    made = case(
        {"start": "2026-03-07T12:00"}, settings={"fast_alcohol_h": 24, "drive_ban_h": 24, "alcohol_after_h": 24}
    )
    assert shown(made.until("fast_alcohol_h")) == wall("2026-03-06T11:30")
    assert shown(made.again("drive_ban_h")) == shown(made.again("alcohol_after_h")) == wall("2026-03-08T15:00")
