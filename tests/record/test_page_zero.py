"""Page 0: that it says all that blocks, all that is printed, and every block once, whatever the appointment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sheets import ARABIC, CASES, INSULIN, STOPPED, UNCLASSED
from sound import FULL, LEFT_OUT

from handouts.content.blanks import blanks
from handouts.content.editions import Editions
from handouts.errors import Fault, RefusedAppointment, WrongUsage
from handouts.output import manifest
from handouts.packet import Options, PacketMaker
from handouts.record.page_zero import Previous, page_zero
from handouts.record.page_zero_sheet import Table, texts_of
from handouts.typeset.variant import BILINGUAL


@pytest.fixture(scope="module")
def open_clinic(clinic_with):
    """Minors and talks by video are allowed, so that more can be decided."""
    return clinic_with(pediatric_allowed=True, assent_min_age=7, telehealth_allowed=True)


@pytest.fixture(scope="module")
def make(open_clinic):
    return PacketMaker(Editions(open_clinic), Options())


@pytest.fixture
def sheet(make, open_clinic, appointment, now):
    def made(changes=None, *, at=now, **more):
        return page_zero(make, appointment(changes, of=open_clinic), at, **{"now": at, **more})

    return made


def said(sheet, key):
    return "\n".join(texts_of(sheet.section(key)))


def rows(sheet, key, head=None):
    tables = [piece for piece in sheet.section(key).pieces if isinstance(piece, Table)]
    return [row.cells for table in tables for row in table.rows if head in (None, table.heads[0])]


@pytest.mark.parametrize("name", CASES)
def test_it_holds_every_concern_every_blank_and_every_block_once(make, open_clinic, appointment, now, sheet, name):
    case = appointment(CASES[name], of=open_clinic)
    packet, found = make(case, now), sheet(CASES[name])
    blocking = said(found, "blocks")
    for concern, text in zip(packet.finding.concerns, packet.finding.blocking, strict=True):
        assert text == f"{concern.says} {concern.remedy}"
        assert concern.says in blocking
        assert concern.remedy in blocking
    assert [each.id for each in found.open] == [each.id for each in packet.finding.concerns]
    assert len({each.id for each in found.open}) == len(found.open)
    warned = said(found, "warnings")
    assert all(text in warned for text in packet.finding.warnings)
    assert all(fact.replace("_", " ") in warned for fact in packet.finding.unknown)
    filled = {cells[0]: cells for cells in rows(found, "blanks")}
    assert list(filled) == list(packet.printed)
    for name_, text in packet.printed.items():
        assert text.replace("\u00a0", " ").replace("\u202f", " ") in filled[name_][1].strip("\u2068\u2069")
        assert filled[name_][2]
    assert [cells[0] for cells in rows(found, "facts")] == list(packet.finding.facts)
    assert [cells[1] for cells in rows(found, "facts")] == list(packet.finding.facts.values())
    for document in packet.documents:
        edition = document.wording.edition
        own = [each for each in found.blocks if each.kind == document.kind]
        assert [each.sha256 for each in own] == [block.sha256 for block in edition.blocks]
        assert [each.number for each in own] == list(range(1, len(edition.blocks) + 1))
        standing = {block.approved_as for block in document.wording.blocks}
        assert {each.sha256 for each in own if each.shown} == standing
        assert all(each.because for each in own if not each.shown)
        assert document.version in said(found, "head")


def test_every_hidden_block_stands_in_words_under_the_facts_that_hide_it(sheet):
    found = sheet(CASES["everything"])
    lists = {piece.head: piece.items for piece in found.section("blocks_shown").pieces if not isinstance(piece, Table)}
    for each in found.blocks:
        if each.because:
            items = lists[f"{each.kind}, {'shown' if each.shown else 'hidden'} because {each.because}"]
            assert any(each.text.startswith(item.removesuffix(" …")) for item in items)
    counts = {cells[0]: cells[1:] for cells in rows(found, "blocks_shown")}
    for kind, (whole, always, conditional, hidden) in counts.items():
        own = [each for each in found.blocks if each.kind == kind]
        assert int(whole) == len(own) == int(always) + int(conditional) + int(hidden)
        assert int(hidden) == sum(not each.shown for each in own)


FACTS_SAID = {
    "pregnant": ("flags.pregnant", "yes", "pregnant"),
    "sedatives": ("flags.sedatives", "yes", "sedatives"),
    "opioids": ("flags.opioids", "yes", "opioids"),
    "capacity": ("flags.lacks_capacity", "yes", "capacity"),
    "guardian": ("patient.birth_date", "2012-06-01", "guardian"),
    "medicine.1": ("medicines", [UNCLASSED], "medicine.1"),
    "insulin": ("flags.diabetes", "insulin", "insulin"),
}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.sampled_from(sorted(FACTS_SAID))), st.data())
def test_whatever_comes_together_each_concern_is_open_until_it_is_decided(sheet, names, chosen):
    changes = {FACTS_SAID[name][0]: FACTS_SAID[name][1] for name in names}
    ids = {each.id for each in sheet(changes).open}
    assert {FACTS_SAID[name][2] for name in names} <= ids
    decided = chosen.draw(st.sets(st.sampled_from(sorted(ids)))) if ids else set()
    found = sheet(changes, decided={key: f"Reason for {key}." for key in decided})
    assert {each.id for each in found.open} == ids - decided
    assert {each.id for each in found.decisions if each.decided} == decided
    assert all(f"Reason for {key}." in said(found, "blocks") for key in decided)


def test_a_decision_on_what_is_no_concern_counts_for_nothing_and_says_so(sheet):
    found = sheet({"flags.pregnant": "yes"}, decided={"pregnan": "Talked it over."})
    assert [each.id for each in found.open] == ["pregnant"]
    assert '"pregnan", which is no concern' in said(found, "blocks")


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_a_decision_without_a_reason_is_refused(sheet, reason):
    with pytest.raises(WrongUsage, match="without a reason"):
        sheet({"flags.pregnant": "yes"}, decided={"pregnant": reason})


def test_what_is_known_stands_beside_what_is_to_be_decided(sheet):
    found = {each.id: each.known for each in sheet({**CASES["insulin"], "patient.birth_date": "2012-06-01"}).open}
    assert found["medicine.1"] == "medicines 1: Insulin glargine (insulin), rule not given"
    assert found["medicine.2"] == "medicines 2: Warfarin (class not given), rule not given"
    assert "13 years old on the day" in found["guardian"]
    assert "representative name: not given" in found["guardian"]


def test_an_appointment_that_is_refused_has_no_sheet(sheet):
    with pytest.raises(RefusedAppointment):
        sheet({"series_total": 20})


@pytest.mark.parametrize(
    ("changes", "what", "steps"),
    [
        ({}, "Last: light meal", "arrival Tue 11:30 − 6 h = Tue 05:30, no clock change"),
        ({"arrive_early_minutes": 0}, "Last: light meal", "arrival Tue 12:00 − 6 h = Tue 06:00, no clock change"),
        (
            {"start": "2026-03-08T08:00", "arrive_early_minutes": 0},
            "Last: full or fatty meal",
            (
                "arrival Sun 08:00 − 8 h = Sat 7 Mar 23:00 in hours that pass, Sun 00:00 by the clock, which changes; "
                "the earlier: Sat 7 Mar 23:00"
            ),
        ),
        (
            {"start": "2026-11-01T08:00", "arrive_early_minutes": 0},
            "Last: full or fatty meal",
            (
                "arrival Sun 08:00 − 8 h = Sun 01:00 in hours that pass, Sun 00:00 by the clock, which changes; "
                "the earlier: Sun 00:00; never midnight: Sat 31 Oct 23:59"
            ),
        ),
        (
            {"start": "2026-11-01T09:30", "arrive_early_minutes": 0},
            "Last: full or fatty meal",
            "arrival Sun 09:30 − 8 h = Sun 01:30; out of the hour that the clock skips or repeats: Sun 00:45",
        ),
        (
            {"start": "2026-03-03T07:40", "arrive_early_minutes": 0},
            "Last: light meal",
            "arrival Tue 07:40 − 6 h = Tue 01:40, no clock change; rounded down to 15 min: Tue 01:30",
        ),
    ],
)  # the table of CLINICAL §3.6
def test_times_are_written_out_as_they_are_reckoned(sheet, changes, what, steps):
    found = {cells[0]: cells for cells in rows(sheet(changes), "times")}
    assert found[what][1] == steps


@pytest.mark.parametrize("name", [name for name in CASES if name != "one hundred medicines"])
def test_the_arithmetic_ends_at_the_time_that_is_printed(make, open_clinic, appointment, now, sheet, name):
    values = blanks(make.said(appointment(CASES[name], of=open_clinic), now).case, "id")
    printed = {value.value.strftime("%H:%M") for value in values.values() if value.type == "instant"}
    for what, steps, shown, _ in rows(sheet(CASES[name]), "times"):
        end = steps.removesuffix(", no clock change").rpartition(" ")[2]
        assert shown.endswith(end), what
        assert end in printed


def test_a_time_that_was_past_when_the_packet_was_made_is_told_apart_from_one_that_passed_since(sheet, now):
    then = sheet({"start": "2026-02-27T16:00"}, now=now + timedelta(hours=1))
    states = {cells[0]: cells[3] for cells in rows(then, "times")}
    assert states["Last: full or fatty meal"] == "PAST"
    assert states["Last: light meal"] == "passed since"
    assert states["Last: clear drinks"] == "ahead"
    assert "Make it again" in said(then, "warnings")
    assert "food_deadline ahead → past" in said(then, "warnings")
    assert "Make it again" not in said(sheet({"start": "2026-02-27T16:00"}), "warnings")


def test_an_appointment_of_which_no_packet_could_be_made_any_more_says_so(sheet, now, make, monkeypatch):
    first = make.said

    def later(appointment, at, decided=()):
        if at > now:
            raise RefusedAppointment(Fault("appointment", "its time is over.", "Choose another."))
        return first(appointment, at, decided)

    monkeypatch.setattr(make, "said", later)
    assert "No packet could be made" in said(sheet({}, now=now + timedelta(days=9)), "warnings")


def test_medicines_say_who_set_the_rule_and_what_the_paper_says(sheet):
    found = rows(sheet({"medicines": [STOPPED, INSULIN, {"name": "Tylenol", "class": "acetaminophen"}]}), "medicines")
    (name, _, rule, by, told), insulin, tylenol = found
    assert (name, rule, by) == ("1. Semaglutide", "not_after, 168 h before", "Ada Okafor, MD")
    assert told.startswith("The last time to take this medicine before treatment has already passed. Call us now:")
    assert insulin[3] == "nobody"
    assert insulin[4].startswith("Do not change – we will call you.")
    assert tylenol[3] == "the clinic's rule for the class"


def test_unknown_facts_say_what_is_printed_for_them(sheet):
    found = said(sheet({"flags.breastfeeding": "unknown", "flags.glp1": "unknown"}), "warnings")
    assert "Tell us if you breastfeed." in found
    assert "If you take a GLP-1 medicine" in found


def test_the_first_sections_are_the_ninety_second_part(sheet):
    found = [(section.key, section.first) for section in sheet().sections]
    assert found[:4] == [(key, True) for key in ("head", "blocks", "warnings", "times")]
    assert not any(first for _, first in found[4:])


@pytest.mark.parametrize("changes", [{}, ARABIC, FULL])
def test_the_same_arguments_give_the_same_sheet_and_any_other_another(sheet, now, changes):
    one = sheet(changes)
    assert one.sha256 == sheet(changes).sha256
    assert one.sha256 == sheet(changes, now=now + timedelta(minutes=9)).sha256  # nothing has come to pass since
    others = [
        sheet({**changes, "patient.mrn": "MRN-204102"}),
        sheet({**changes, "start": "2026-03-03T12:01"}),
        sheet(changes, at=now - timedelta(minutes=1)),
        replace(one, patient="Another"),
    ]
    assert len({one.sha256, *(other.sha256 for other in others)}) == 5


def test_both_languages_of_a_packet_in_two_stand_in_its_blanks(open_clinic, appointment, now):
    make = PacketMaker(Editions(open_clinic), Options(style=BILINGUAL))
    found = page_zero(make, appointment(CASES["Spanish"], of=open_clinic), now, now=now)
    arrival = {cells[0]: cells[1] for cells in rows(found, "blanks")}["arrival"]
    assert "martes" in arrival
    assert "Tuesday" in arrival


def test_blocks_are_told_in_english_whatever_the_packet_is_in(sheet):
    found = sheet(CASES["Spanish"])
    assert "es-US" in said(found, "head")
    assert any(each.text == "Tell us if you breastfeed. We will talk with you about what is safe for your baby."
               for each in found.blocks)  # fmt: skip
    assert "Reviewed by two" in said(found, "approvals")


def before(make, open_clinic, appointment, now, changes):
    made = appointment(changes, of=open_clinic)
    return Previous.of(manifest(make(made, now)), made, now)


def test_the_first_packet_says_that_it_is(sheet):
    assert "first packet" in said(sheet(), "head")
    assert "first packet" in said(sheet(), "differences")


def test_the_same_packet_again_has_no_differences(make, open_clinic, appointment, now, sheet):
    for changes in ({}, FULL, ARABIC):
        old = before(make, open_clinic, appointment, now - timedelta(minutes=5), changes)
        assert "Nothing but the time" in said(sheet(changes, previous=old), "differences")


def test_what_changed_since_the_packet_before_is_told(make, open_clinic, appointment, now, sheet):
    old = before(make, open_clinic, appointment, now, {"visit_number": 1})
    changes = {"visit_number": 2, "flags.pregnant": "yes", "medicines": [UNCLASSED], "start": "2026-03-04T12:00"}
    found = sheet(changes, previous=old)
    told = {cells[0]: cells[1:] for cells in rows(found, "differences")}
    assert told["flags.pregnant"] == ("no", "yes")
    assert told["visit"] == ("first", "later")
    assert told["medicines.1.name"] == ("–", "Warfarin")
    assert "March 4" in told["appointment_date"][1]
    assert "issued_at" not in told
    assert "preparation, added" in said(found, "differences")
    assert "preparation, no longer in it" in said(found, "differences")
    assert old.packet_id in said(found, "head")


def test_content_that_changed_since_is_told_apart_from_facts_that_did(make, open_clinic, appointment, now, sheet):
    old = before(make, open_clinic, appointment, now, {})
    edited = replace(old, wordings={**old.wordings, "consent": "0" * 64})
    assert "its content itself has changed" in said(sheet({}, previous=edited), "differences")
    lacking = replace(old, facts={}, wordings={**old.wordings, "consent": "0" * 64})
    assert "its content itself has changed" in said(sheet({}, previous=lacking), "differences")


def test_settings_and_content_say_that_nobody_approved_them(sheet):
    found = said(sheet(), "approvals")
    assert "not approved" in found
    assert "fast_light_meal_h" in found
    assert "recovery_min" in found


@pytest.mark.parametrize("path", ["patient.mrn", "patient.birth_date", "clinician"])
def test_blanks_name_the_field_they_come_from(sheet, path):
    assert any(path in cells[2] for cells in rows(sheet(), "blanks"))


def test_what_no_flag_was_given_for_is_never_told_as_no(sheet):
    found = sheet({"flags": LEFT_OUT})
    for name, value, *_ in rows(found, "facts"):
        if name in {"pregnant", "sedatives", "opioids", "read_aloud"}:
            assert value == "unknown"
