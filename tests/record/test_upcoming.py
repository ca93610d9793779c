"""Which packets must be made again for changed content, because of what and by when; signed ones and past ones are left alone."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta

import pytest
from approved import change
from record.conftest import AT, Office

from handouts import builtin
from handouts.clinic import load_clinic
from handouts.record.issue import issued
from handouts.record.review import approve, decide
from handouts.record.standing import Makers, standings
from handouts.record.states import Move, State
from handouts.record.upcoming import affected

LIGHT_MEAL = ("[fast_light_meal_h]\nvalue = 6", "[fast_light_meal_h]\nvalue = 7")


@pytest.fixture(scope="module")
def kept(template, tmp_path_factory):
    """A record with two visits in English, one in Spanish and one that is signed; nobody changes it."""
    office = Office(shutil.copytree(template, tmp_path_factory.mktemp("upcoming") / "clinic"))
    changes = ({"start": "2026-03-09T12:00"}, {}, {"patient.language": "es-US"}, {})
    office.ids = office.record(*changes)
    signed = office.ids[3]
    approve(office.store(), office.makers, office.who(), [signed], AT)
    issued(office.store(), office.makers, office.who(), signed, office.folder.parent / "issued", AT)
    decide(office.store(), office.who(), signed, Move.SIGN, AT)
    yield office
    office.close()


@pytest.fixture
def changed(kept, tmp_path):
    """The clinic's folder with the same record, to be changed, and what it then says."""
    folder = tmp_path / "clinic"
    kept.close()
    shutil.copytree(kept.folder, folder)
    offices = []

    def found(at=AT):
        offices.append(Office(folder))
        return affected(offices[-1].store(), Makers(load_clinic(folder)), at)

    found.folder = folder
    yield found
    for each in offices:
        each.close()


def causes(affected_):
    return {str(change_) for changes in affected_.changes.values() for change_ in changes}


def test_where_nothing_was_changed_nothing_is_to_be_made_again(changed):
    assert changed() == []


def test_a_changed_number_reaches_every_packet_that_nobody_signed_the_most_urgent_first(kept, changed):
    change(changed.folder, LIGHT_MEAL)
    found = changed()
    later, first, spanish, signed = kept.ids
    assert [each.packet.id for each in found] == [*sorted((first, spanish)), later]
    assert signed not in {each.packet.id for each in found}
    for each in found:
        assert "preparation" in each.changes
        assert "side-effects" not in each.changes
        assert causes(each) == {"setting fast_light_meal_h: it has another value"}
        assert each.trouble is None


def test_a_packet_is_to_be_made_again_before_the_first_time_that_stands_on_its_papers(kept, changed):
    """By hand: arrival is at 11:30, half an hour early; the longest rule, for alcohol and cannabis, is 24 hours before that."""
    change(changed.folder, LIGHT_MEAL)
    by = {each.packet.id: each.by for each in changed()}
    assert by[kept.ids[1]] == by[kept.ids[2]] == datetime.fromisoformat("2026-03-02T11:30-05:00")
    assert by[kept.ids[0]] == datetime.fromisoformat("2026-03-08T11:30-04:00")  # the clocks went forward that night


def test_visits_that_are_over_are_left_alone(kept, changed):
    change(changed.folder, LIGHT_MEAL)
    start = datetime.fromisoformat("2026-03-03T12:00-05:00")
    assert [each.packet.id for each in changed(start)] == [kept.ids[0]]
    assert len(changed(start - timedelta(seconds=1))) == 3
    assert changed(start + timedelta(days=7)) == []


def test_a_changed_template_of_the_clinics_own_is_told_by_its_block(kept, changed):
    place = changed.folder / "templates" / "ketamine-infusion"
    place.mkdir(parents=True)
    text = (builtin.templates() / "ketamine-infusion" / "consent.html").read_text("utf-8")
    (place / "consent.html").write_text(text, "utf-8")
    assert changed() == []  # its own copy, word for word
    (place / "consent.html").write_text(f'{text}\n<p from="C1">{{% trans %}}One more.{{% endtrans %}}</p>\n', "utf-8")
    found = {each.packet.id: each for each in changed()}
    assert set(found) == set(kept.ids[:3])
    assert all(told.endswith(": it was not there") for told in causes(found[kept.ids[1]]))
    assert list(found[kept.ids[1]].changes) == ["consent"]


def test_a_changed_translation_reaches_the_packets_in_that_language_alone(kept, changed):
    record = next((changed.folder / "locales" / "es-US" / "LC_MESSAGES").glob("ketamine-infusion*"))
    record.write_text(record.read_text("utf-8").splitlines(keepends=True)[0], "utf-8")
    (found,) = changed()
    assert found.packet.id == kept.ids[2]
    assert any("its translation into es-US is not reviewed any more" in each for each in causes(found))


def test_what_reaches_no_paper_reaches_no_packet(changed):
    change(changed.folder, ('name = "Ben Desk"', 'name = "Bea Desk"'))
    change(changed.folder, ("approved_at = 2026-01-20", "approved_at = 2026-01-21"))
    assert changed() == []


def test_a_packet_that_cannot_be_looked_at_is_told_with_its_trouble_and_hides_no_other(kept, changed):
    change(changed.folder, LIGHT_MEAL)
    office = Office(changed.folder)
    with office.store().writing() as connection:
        connection.exec_driver_sql(
            "UPDATE makings SET appointment = replace(appointment, '\"midtown\"', '\"closed\"') WHERE packet = ?",
            (kept.ids[1],),
        )
    office.close()
    found = {each.packet.id: each for each in changed()}
    assert "its appointment does not fit the clinic any more (location)" in str(found[kept.ids[1]].trouble)
    assert "Lopez" not in str(found[kept.ids[1]].trouble)
    assert {key for key, each in found.items() if each.trouble is None} == {kept.ids[0], kept.ids[2]}


def test_impact_changes_nothing(kept, changed):
    change(changed.folder, LIGHT_MEAL)
    changed()
    office = Office(changed.folder)
    with office.store().reading() as connection:
        states = {each.id: (each.state, each.making) for each in standings(connection)}
    office.close()
    assert states == dict.fromkeys(kept.ids[:3], (State.GENERATED, 1)) | {kept.ids[3]: (State.SIGNED, 1)}
