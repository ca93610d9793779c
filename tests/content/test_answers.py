"""Answers go into the fields of a wording, and nowhere else; what no field takes is refused, all of it at once."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbench import made

from handouts.content.answers import LONGEST, answered, fields_of, outcome
from handouts.content.blocks import BlankPlace
from handouts.content.procedure import load_procedure
from handouts.content.wording import Wording, Wordings
from handouts.errors import WrongUsage

FACTS = {"minor": "no", "visit": "first", "season": "spring", "escort": "known", "medicines": "some"}
FORM = """
<p from="S1"><field kind="checkbox" name="choice.a" label="{% trans %}A{% endtrans %}">{% trans %}First{% endtrans %}</p>
<p from="S1">{% trans %}Say more, {{ patient_name }}.{% endtrans %} <field kind="text" name="words" label="{% trans %}Words{% endtrans %}" lines="2"></p>
<p from="S1">{% trans %}I know this.{% endtrans %} <field kind="initials" name="initials.known" label="{% trans %}Initials{% endtrans %}"></p>
<p from="S1">{% trans %}Nothing to fill in.{% endtrans %}</p>
<p from="S1">
  <field kind="signature" name="sign.patient.signature" label="{% trans %}Signature{% endtrans %}" width="52">
  <field kind="text" name="sign.patient.date" label="{% trans %}Date{% endtrans %}" width="26">
  <field kind="text" name="sign.patient.time" label="{% trans %}Time{% endtrans %}" width="22">
</p>
<p from="S1">
  <field kind="text" name="talk.date" label="{% trans %}Date of the talk{% endtrans %}" width="30">
  <field kind="signature" name="seen.signature" label="{% trans %}Seen{% endtrans %}">
  <field kind="text" name="seen.date" label="{% trans %}Date{% endtrans %}">
</p>
"""
ALL = {"choice.a": "yes", "words": "Will it hurt?", "initials.known": "A. B.", "talk.date": "March 3"}


@pytest.fixture
def form(tmp_path) -> Wording:
    edition = made(tmp_path, FORM)
    return Wordings(edition, load_procedure("small", tmp_path))(FACTS, {})


def values(wording):
    return {field.name: field.value for field in fields_of(wording) if field.value}


def refused(wording, answers):
    with pytest.raises(WrongUsage) as caught:
        answered(wording, answers)
    return {fault.field: fault.problem for fault in caught.value.faults}


def test_answers_stand_in_the_fields_they_name(form):
    assert values(answered(form, ALL)) == ALL
    assert values(form) == {}


def test_the_fields_come_in_the_order_they_are_read(form):
    found = [(field.kind, field.name, field.label) for field in fields_of(form)]
    assert found[:3] == [
        ("checkbox", "choice.a", "A"),
        ("text", "words", "Words"),
        ("initials", "initials.known", "Initials"),
    ]
    assert len(found) == 9


def test_a_box_answered_with_no_stays_empty(form):
    assert values(answered(form, {"choice.a": "no", "words": "", "initials.known": "  "})) == {}


def test_beside_a_signature_its_date_and_time_are_left_out_and_it_takes_their_width(form):
    left = {field.name: field.width for field in fields_of(answered(form, {}))}
    assert left == {
        "choice.a": 0,
        "words": 0,
        "initials.known": 0,
        "sign.patient.signature": 100,
        "talk.date": 30,
        "seen.signature": 0,
    }


def test_nothing_else_of_the_wording_changes(form):
    filled = answered(form, ALL)
    assert filled.edition is form.edition
    for before, after in zip(form.blocks, filled.blocks, strict=True):
        assert (before.role, before.rests_on, before.condition) == (after.role, after.rests_on, after.condition)
        assert [run for run in before.runs if isinstance(run, BlankPlace)] == [
            run for run in after.runs if isinstance(run, BlankPlace)
        ]
    same = [after is before for before, after in zip(form.blocks, filled.blocks, strict=True)]
    assert same.count(True) == 2  # the title and what has no field


def test_a_block_with_answers_is_approved_as_the_block_it_was(form):
    before = [block.approved_as for block in form.blocks]
    assert [block.approved_as for block in answered(form, ALL).blocks] == before
    twice = answered(answered(form, ALL), {"words": "Other words"})
    assert [block.approved_as for block in twice.blocks] == before


def test_what_a_person_answered_is_in_no_text_or_hash_of_the_wording(form):
    one, other = (answered(form, {"words": words}) for words in ("Quetzalcoatlus", "nothing"))
    assert "Quetzal" not in one.canonical
    assert one.sha256 == other.sha256


def test_every_answer_that_no_field_takes_is_told_at_once(form):
    wrong = {
        "other": "yes",
        "choice.a": "maybe",
        "initials.known": "x" * 41,
        "words": "x" * (LONGEST + 1),
        "talk.date": "a\x07b",
        "sign.patient.signature": "Maria",
        "sign.patient.date": "March 3",
        "seen.date": "",
    }
    found = refused(form, wrong)
    assert list(found) == list(wrong)
    for name, said in (
        ("other", "no such field"),
        ("choice.a", "box to tick"),
        ("initials.known", "41 characters"),
        ("words", "2001 characters"),
        ("talk.date", "control character"),
        ("sign.patient.signature", "signed, not written"),
        ("sign.patient.date", "says its date and time itself"),
    ):
        assert said in found[name]


@pytest.mark.parametrize("tick", ["YES", "true", "x", "on", "Yes.", "да"])
def test_a_box_takes_yes_and_no_alone(form, tick):
    assert "choice.a" in refused(form, {"choice.a": tick})


@pytest.mark.parametrize("sign", ["\n", "\t", "\r", "\x00", "\x7f", "\u2028", "\u202e", "\u2066", "\ufeff", "\ufffd"])
def test_characters_that_show_nothing_or_turn_others_are_refused(form, sign):
    assert "words" in refused(form, {"words": f"left{sign}right"})


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=LONGEST + 20))
def test_any_text_is_taken_whole_or_refused(form, text):
    try:
        found = values(answered(form, {"words": text})).get("words", "")
    except WrongUsage:
        return
    assert found == unicodedata.normalize("NFC", text).strip()


@pytest.mark.parametrize("choice", ["agree", "decline", "later"])
def test_the_outcome_is_the_one_box_that_is_ticked(choice):
    assert outcome({f"decision.{choice}": "yes", "decision.other": "no"}) == choice


@pytest.mark.parametrize(
    "answers", [{}, {"decision.agree": "no"}, {"decision.agree": "yes", "decision.decline": "yes"}, {"agree": "yes"}]
)
def test_without_exactly_one_tick_there_is_no_outcome(answers):
    assert outcome(answers) is None
