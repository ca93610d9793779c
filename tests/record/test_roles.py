"""Who may do what: decided in one place, by clinic.toml and the computer's user."""

from __future__ import annotations

import pytest

from handouts.errors import NotAllowed, SettingError, WrongUsage
from handouts.identity import Clinician
from handouts.people import Person, Role, read_people
from handouts.record.roles import Act, actor
from handouts.settings import Reading

DIRECTOR = Person(name="Ada Okafor", roles=(Role.CLINICIAN, Role.MEDICAL_DIRECTOR), licence="MD 1", users=("ada",))
DESK = Person(name="Ben Desk", roles=(Role.STAFF,))


@pytest.fixture
def staffed(clinic):
    return clinic.model_copy(update={"people": {"okafor": DIRECTOR, "desk": DESK}})


def test_a_role_decides_what_a_person_may_do(staffed):
    assert actor(staffed, "okafor", Act.APPROVE_CONTENT, system_user="ada").person is DIRECTOR
    with pytest.raises(NotAllowed, match="Ben Desk may not approve or return a packet"):
        actor(staffed, "desk", Act.REVIEW, system_user="ada")


def test_the_computers_user_must_be_one_who_may_act_as_the_person(staffed):
    with pytest.raises(NotAllowed, match='"eve" may not act as Ada Okafor'):
        actor(staffed, "okafor", Act.REVIEW, system_user="eve")
    assert actor(staffed, "desk", Act.SIGN, system_user="eve").told["user"] == "eve"


def test_who_is_not_named_is_found_by_the_computers_user(staffed):
    assert actor(staffed, None, Act.REVIEW, system_user="ada").key == "okafor"
    with pytest.raises(WrongUsage, match="nobody in particular"):
        actor(staffed, None, Act.REVIEW, system_user="eve")
    with pytest.raises(WrongUsage, match="no such person"):
        actor(staffed, "nobody", Act.REVIEW, system_user="ada")


def test_clinicians_who_may_lead_the_talk_are_clinicians_to_the_record_and_others_staff():
    reading = Reading(str)
    people = {
        "okafor": Clinician(name="Ada Okafor", credentials="MD", role="physician"),
        "lind": Clinician(name="Karin Lind", credentials="RN", role="nurse"),
    }
    found = read_people(reading, {"okafor": {"name": "Ada Okafor", "roles": ["administrator"]}}, people, ("physician",))
    assert found["okafor"].roles == (Role.ADMINISTRATOR,)
    assert found["lind"].roles == (Role.STAFF,)
    assert read_people(reading, {}, people, ("physician",))["okafor"].roles == (Role.CLINICIAN,)
    SettingError.gathered(reading.faults)


def test_whoever_approves_content_has_a_licence():
    reading = Reading(str)
    read_people(reading, {"chief": {"name": "A B", "roles": ["medical_director"]}}, {}, ())
    assert [fault.field for fault in reading.faults] == ["people.chief.licence"]
