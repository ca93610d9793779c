"""Packets come out of the tray in the order that the clinic asked for, and in no other."""

from __future__ import annotations

import random
from itertools import permutations

import pytest

from handouts.identity import Clinician, Location
from handouts.press.order import in_order
from handouts.printing import PressSettings

KEYS = ("time", "clinician", "name", "location")


@pytest.fixture
def hospital(clinic):
    """A clinic with places in two zones, and clinicians whose names sort otherwise than their keys."""
    place = clinic.locations["midtown"]
    west = Location(name="Alameda", address="1 Street", time_zone="America/Los_Angeles")
    people = {
        "a": Clinician(name="Zoë Ütz", credentials="MD", role="physician"),
        "b": Clinician(name="Ana Ruiz", credentials="MD", role="physician"),
        "c": Clinician(name="Ana Ruiz", credentials="RN", role="nurse"),
    }

    def made(*order, languages=("en", "es-US")):
        return clinic.model_copy(
            update={
                "press": PressSettings(order=order),
                "languages": languages,
                "locations": {"midtown": place, "west": west},
                "clinicians": {**clinic.clinicians, **people},
            }
        )

    return made


@pytest.fixture
def rows(appointment, hospital):
    """Makes rows of a schedule out of what is special in each."""
    here = hospital("time")

    def made(*changes):
        return [
            (f"schedule.csv, row {number}", appointment({"id": f"{number:04}", **change}, of=here))
            for number, change in enumerate(changes, 2)
        ]

    return made


def named(*names):
    return [
        {"patient.family_name": family, "patient.given_name": given}
        if given
        else {"patient.name": family, "patient.family_name": None, "patient.given_name": None}
        for family, _, given in (name.partition(", ") for name in names)
    ]


def names(found):
    return [
        ", ".join(filter(None, (each.patient.name or each.patient.family_name, each.patient.given_name)))
        for _, each in found
    ]


def test_times_are_compared_as_instants_wherever_the_place_is(rows, hospital):
    found = rows(
        {"location": "west", "start": "2026-03-03T10:30"},  # 13:30 in New York
        {"start": "2026-03-03T13:45"},
        {"start": "2026-03-03T13:15"},
        {"location": "west", "start": "2026-03-03T10:20"},
    )
    assert [each.id for _, each in in_order(found, hospital("time"))] == ["0004", "0005", "0002", "0003"]


def test_clinicians_are_sorted_by_name_and_two_of_one_name_are_not_mixed(rows, hospital):
    found = rows(*({"clinician": key, "discussed_by": "okafor"} for key in ("a", "b", "c", "b", "c", "a")))
    assert [each.clinician for _, each in in_order(found, hospital("clinician"))] == ["b", "b", "c", "c", "a", "a"]


def test_places_are_sorted_by_name(rows, hospital):
    found = rows({"location": "midtown"}, {"location": "west"})
    assert [each.location for _, each in in_order(found, hospital("location"))] == ["west", "midtown"]


def test_patients_are_sorted_by_family_name_and_then_by_given_name(rows, hospital):
    wanted = [
        "Åberg, Zoe",
        "Díaz, Ana",
        "Diaz, Bea",
        "Díaz, Cy",
        "Diaz López, Ana",
        "Lopez, Maria",
        "Suharto",
        "王, 小明",
    ]
    for seed in range(5):
        shuffled = random.Random(seed).sample(wanted, len(wanted))
        assert names(in_order(rows(*named(*shuffled)), hospital("name"))) == wanted


def test_a_patient_with_one_name_stands_where_a_family_name_would(rows, hospital):
    found = rows(*named("Sukarno, A", "Suharto", "Suharto, B", "Sudirman"))
    assert names(in_order(found, hospital("name"))) == ["Sudirman", "Suharto", "Suharto, B", "Sukarno, A"]


def test_a_patient_with_a_given_name_alone_is_sorted_by_it(rows, hospital):
    found = rows({"patient.family_name": None, "patient.given_name": "Bea"}, *named("Cy, Ana", "Abel, Zoe"))
    assert names(in_order(found, hospital("name"))) == ["Abel, Zoe", "Bea", "Cy, Ana"]


def test_names_are_sorted_as_in_the_clinics_first_language(rows, hospital):
    found = rows(*named("Nz, A", "Ñandu, A", "Nunez, A", "Oz, A"))
    assert names(in_order(found, hospital("name"))) == ["Ñandu, A", "Nunez, A", "Nz, A", "Oz, A"]
    spanish = hospital("name", languages=("es-US", "en"))
    assert names(in_order(found, spanish)) == ["Nunez, A", "Nz, A", "Ñandu, A", "Oz, A"]


@pytest.mark.parametrize("order", list(permutations(KEYS)))
def test_the_first_key_counts_before_the_next(rows, hospital, order):
    low = {"time": {"hour": 12}, "clinician": {"clinician": "b"}, "location": {"location": "west"}}
    high = {"time": {"hour": 13}, "clinician": {"clinician": "a"}, "location": {"location": "midtown"}}
    low["name"], high["name"] = named("Abel, A", "Zorn, A")

    def row(numbers):
        """An appointment that is low or high in each key, by its place in the order."""
        changes = {}
        for key, number in zip(order, numbers, strict=True):
            changes |= (low, high)[number][key]
        hour = changes.pop("hour") - 3 * (changes["location"] == "west")
        return {**changes, "start": f"2026-03-03T{hour:02}:00"}

    wanted = [tuple(number >> bit & 1 for bit in (3, 2, 1, 0)) for number in range(16)]
    shuffled = random.Random(2).sample(wanted, len(wanted))
    made = rows(*map(row, shuffled))
    place = {f"{number:04}": numbers for number, numbers in enumerate(shuffled, 2)}
    found = [place[each.id] for _, each in in_order(made, hospital(*order))]
    assert found == wanted


def test_what_ties_is_sorted_by_id_whatever_the_order_of_files_and_rows(rows, hospital, appointment):
    here = hospital("time")
    one = ("b.csv, row 2", appointment({"id": "1", "revision": 2}, of=here))
    tied = [*rows({}, {}, {}), one, ("a.csv, row 9", appointment({"id": "1"}, of=here))]
    wanted = ["0002", "0003", "0004", "1", "1"]
    for each in permutations(tied):
        found = in_order(each, hospital(*KEYS))
        assert [appointment.id for _, appointment in found] == wanted
        assert [appointment.revision for _, appointment in found] == [1, 1, 1, 1, 2]


def test_nothing_is_lost_and_nothing_is_changed(rows, hospital):
    found = rows(*named("Cy, Ana", "Abel, Zoe", "Suharto"))
    before = list(found)
    assert sorted(in_order(found, hospital("name")), key=found.index) == found == before
    assert in_order([], hospital("name")) == []
