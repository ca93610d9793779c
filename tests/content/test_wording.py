"""Wordings: choosing is filtering; every set of facts gives blocks of the edition and nothing else."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbench import PROCEDURE, TITLE, made, small

from handouts.content.catalog import source_catalog
from handouts.content.condition import holds
from handouts.content.procedure import load_procedure
from handouts.content.template import edition as edition_of
from handouts.content.wording import Wording, Wordings, pairs, pairwise, wording
from handouts.errors import SettingError, TemplateError

FACTS = {"minor": "no", "visit": "first", "season": "spring", "escort": "known", "medicines": "some"}
TAKE, AFTER, PAST = (
    {"rule": "take", "deadline": "ahead"},
    {"rule": "not_after", "deadline": "ahead"},
    {"rule": "not_after", "deadline": "past"},
)


def p(words: str, when: str = "", more: str = "") -> str:
    shown = f' when="{when}"' if when else ""
    return f'<p from="P1"{shown}{more}>{{% trans %}}{words}{{% endtrans %}}</p>\n'


def chosen(tmp_path, document, items=(), **facts) -> Wording:
    edition = made(tmp_path, document)
    return Wordings(edition, load_procedure("small", tmp_path))({**FACTS, **facts}, {"medicines": tuple(items)})


def said(found: Wording) -> list[str]:
    return [block.canonical for block in found.blocks[1:]]


def test_choosing_is_filtering(tmp_path):
    document = p("always") + p("minor", "minor == 'yes'") + p("later", "visit == 'later'") + p("end")
    assert said(chosen(tmp_path, document)) == ["p: always", "p: end"]
    assert said(chosen(tmp_path, document, minor="yes")) == ["p: always", "p: minor", "p: end"]
    assert said(chosen(tmp_path, document, minor="unknown")) == ["p: always", "p: end"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    minor=st.sampled_from(("yes", "no", "unknown")), season=st.sampled_from(("spring", "summer", "autumn", "winter"))
)
def test_a_wording_has_exactly_the_blocks_whose_condition_holds(tmp_path, minor, season):
    document = (
        f"<section when=\"minor != 'no'\">{p('a')}<ul from=\"P1\" when=\"season in ['spring', 'summer']\">"
        f"<li>{{% trans %}}b{{% endtrans %}}</li></ul>{p('c', 'season == &quot;winter&quot;'.replace('&quot;', chr(39)))}</section>"
        + p("d", "not (minor == 'yes' and season == 'autumn')")
    )
    found = chosen(tmp_path, document, minor=minor, season=season)
    facts = {**FACTS, "minor": minor, "season": season}
    expected = [block for block in found.edition.blocks if holds(block.condition, facts)]
    assert list(found.blocks) == expected


def test_blocks_with_each_stand_once_for_every_item_they_hold_for_item_by_item(tmp_path):
    document = (
        '<p from="P1" each="medicine in medicines">{{ medicine.name }}</p>'
        '<p from="P1" each="medicine in medicines" when="medicine.rule == \'not_after\' and medicine.deadline == \'ahead\'">'
        "{% trans %}Stop.{% endtrans %} {{ medicine.until }}</p>"
    )
    found = chosen(tmp_path, document, [TAKE, AFTER, PAST, AFTER])
    assert said(found) == [
        "p: {medicines.1.name}",
        "p: {medicines.2.name}",
        "p: Stop. {medicines.2.until}",
        "p: {medicines.3.name}",
        "p: {medicines.4.name}",
        "p: Stop. {medicines.4.until}",
    ]
    approved = {block.sha256 for block in found.edition.blocks}
    assert {block.approved_as for block in found.blocks} <= approved


def test_a_condition_may_join_facts_with_those_of_an_item(tmp_path):
    document = '<p from="P1" each="medicine in medicines" when="minor == \'yes\' or medicine.rule == \'take\'">{{ medicine.name }}</p>'
    assert said(chosen(tmp_path, document, [TAKE, AFTER])) == ["p: {medicines.1.name}"]
    assert len(said(chosen(tmp_path, document, [TAKE, AFTER], minor="yes"))) == 2


def test_a_list_without_items_shows_nothing(tmp_path):
    document = '<ul from="P1"><li each="medicine in medicines">{{ medicine.name }}</li></ul>'
    found = chosen(tmp_path, document)
    assert said(found) == []
    assert len(found.root.children) == 1


def test_a_table_of_which_only_the_head_is_left_vanishes_with_it(tmp_path):
    document = (
        '<section><table widths="50 50" from="P1"><tr><th scope="col">{% trans %}What{% endtrans %}</th><th scope="col">{% trans %}When{% endtrans %}</th></tr>'
        '<tr when="minor == \'yes\'"><th scope="row">{% trans %}Food{% endtrans %}</th><td>{{ arrival }}</td></tr></table></section>'
    )
    assert len(chosen(tmp_path, document, minor="yes").blocks) == 3
    found = chosen(tmp_path, document)
    assert len(found.blocks) == 1
    assert len(found.root.children) == 1


def test_sections_and_lists_without_blocks_vanish(tmp_path):
    document = f"<section><section>{p('a', 'minor == &quot;yes&quot;'.replace('&quot;', chr(39)))}</section></section>"
    assert [type(node).__name__ for node in chosen(tmp_path, document).root.children] == ["Block"]


def test_a_missing_fact_stops_the_wording_and_is_never_a_no(tmp_path):
    edition = made(tmp_path, p("a", "minor == 'yes'") + p("b", "minor != 'yes'"))
    with pytest.raises(KeyError):
        wording(edition, {"visit": "first"}, {}, {"medicines": "medicine"})
    with pytest.raises(KeyError):
        Wordings(edition, load_procedure("small", tmp_path))({"visit": "first"}, {})


def test_every_unset_setting_of_the_chosen_blocks_is_named_and_of_no_other(tmp_path):
    document = (
        '<p from="P1">{{ clinic.cost_statement }}</p><p from="P1">{{ clinic.med_rules.inside }}</p>'
        '<p from="P1" when="minor == \'yes\'">{{ clinic.uncertainty }}</p>'
    )
    with pytest.raises(SettingError) as caught:
        chosen(tmp_path, document)
    assert [fault.field for fault in caught.value.faults] == ["cost_statement", "med_rules.inside"]
    assert "document.html, line 2" in str(caught.value)


def test_two_chosen_fields_with_one_name_are_a_fault(tmp_path):
    field = '<field kind="text" name="a" label="{% trans %}Name{% endtrans %}">'
    document = f'<p from="P1" when="minor == \'yes\'">{field}</p>\n<p from="P1" when="visit == \'first\'">{field}</p>'
    assert len(chosen(tmp_path, document).blocks) == 2
    with pytest.raises(TemplateError, match=r'document.html, line [23]: two fields named "a"'):
        chosen(tmp_path, document, minor="yes")


def test_patients_who_differ_in_other_facts_share_one_wording(tmp_path):
    edition = made(
        tmp_path, p("a", "minor == 'yes'") + p("b", "medicine.rule == 'take'", ' each="medicine in medicines"')
    )
    wordings = Wordings(edition, load_procedure("small", tmp_path))
    first = wordings({**FACTS, "season": "spring"}, {"medicines": (TAKE, AFTER)})
    assert wordings({**FACTS, "season": "winter", "visit": "later"}, {"medicines": (TAKE, PAST)}) is first
    assert wordings({"minor": "no"}, {"medicines": (TAKE, AFTER), "others": ()}) is first
    assert wordings({**FACTS, "minor": "yes"}, {"medicines": (TAKE, AFTER)}) is not first
    assert wordings(FACTS, {"medicines": (AFTER, TAKE)}) is not first
    assert wordings(FACTS, {"medicines": (TAKE, AFTER, PAST)}) is not first
    assert wordings(FACTS, {}) is wordings(FACTS, {"medicines": ()})


def test_a_remembered_wording_is_the_one_that_would_be_made_anew(tmp_path):
    edition = made(
        tmp_path, p("a", "minor == 'yes'") + p("b", "medicine.rule == 'take'", ' each="medicine in medicines"')
    )
    wordings = Wordings(edition, load_procedure("small", tmp_path))
    for minor, items in itertools.product(("yes", "no", "unknown"), itertools.product((TAKE, AFTER, PAST), repeat=2)):
        facts, listed = {**FACTS, "minor": minor}, {"medicines": items}
        assert wordings(facts, listed) == wording(edition, facts, listed, {"medicines": "medicine"})


def test_the_hash_is_of_what_is_said_and_not_of_where_it_is_written(tmp_path):
    document = p("a") + p("b", "minor == 'yes'")
    first = chosen(tmp_path, document)
    assert chosen(tmp_path, f"\n\n{{# a note #}}{document}").sha256 == first.sha256
    assert chosen(tmp_path, document, season="winter").sha256 == first.sha256
    assert chosen(tmp_path, document, minor="yes").sha256 != first.sha256
    assert chosen(tmp_path, p("A") + p("b", "minor == 'yes'")).sha256 != first.sha256
    assert first.canonical.startswith("small 1.0 document en\n\nh1\nh1: Getting ready\n\np\np: a")


def test_the_kind_of_a_callout_is_part_of_the_hash(tmp_path):
    warning, note = (
        chosen(tmp_path, f'<aside kind="{kind}" from="P1"><p>{{% trans %}}a{{% endtrans %}}</p></aside>')
        for kind in ("warning", "note")
    )
    assert warning.sha256 != note.sha256


TESTED = ("minor", "visit", "season", "escort", "medicines")


def tried(tmp_path, names):
    document = "".join(p("a", f"{name} == '{value}'") for name, value in names.items())
    edition = made(tmp_path, document)
    procedure = load_procedure("small", tmp_path)
    return procedure, edition, list(pairwise(procedure, edition))


@pytest.mark.parametrize("count", range(len(TESTED) + 1))
def test_every_two_values_of_every_two_facts_are_tried_together(tmp_path, count):
    values = {"minor": "yes", "visit": "first", "season": "winter", "escort": "known", "medicines": "none"}
    for names in itertools.combinations(TESTED, count):
        procedure, edition, found = tried(tmp_path, {name: values[name] for name in names})
        wanted = {
            ((one, a), (other, b))
            for one, other in itertools.combinations(sorted(names), 2)
            for a, b in itertools.product(procedure.facts[one], procedure.facts[other])
        }
        covered = {
            ((one, facts[one]), (other, facts[other]))
            for facts, _ in found
            for one, other in itertools.combinations(sorted(names), 2)
        }
        assert covered == wanted
        assert len(wanted) == pairs(procedure, edition)
        assert {value for facts, _ in found for value in (facts[name] for name in names)} >= {
            value for name in names for value in procedure.facts[name]
        }
        assert all(facts.keys() == procedure.facts.keys() for facts, _ in found)


def test_pairs_are_covered_for_every_document_of_the_built_in_procedure_facts(tmp_path):
    names = {name: values[0] for name, values in load_procedure("ketamine-infusion", None).facts.items()}
    tables = "\n".join(
        f"{name} = {list(values)!r}" for name, values in load_procedure("ketamine-infusion", None).facts.items()
    )
    declared = PROCEDURE.replace(
        PROCEDURE[PROCEDURE.index("[facts]") : PROCEDURE.index("[lists")], f"[facts]\n{tables}\n\n"
    )
    document = TITLE + "".join(p("a", f"{name} == '{value}'") for name, value in names.items())
    procedure = small(tmp_path, document, declared)
    found = list(pairwise(procedure, edition_of(procedure, "document", {}, source_catalog())))
    for one, other in itertools.combinations(procedure.facts, 2):
        assert {(facts[one], facts[other]) for facts, _ in found} == set(
            itertools.product(procedure.facts[one], procedure.facts[other])
        )


def test_every_kind_of_item_is_tried_wherever_there_are_items(tmp_path):
    edition = made(
        tmp_path, p("b", "medicine.rule == 'take'", ' each="medicine in medicines"') + p("a", "minor == 'yes'")
    )
    procedure = load_procedure("small", tmp_path)
    found = list(pairwise(procedure, edition))
    with_items = [items["medicines"] for facts, items in found if facts["medicines"] == "some"]
    assert with_items
    assert all(len(items) == 6 for items in with_items)
    assert all("medicines" not in items for facts, items in found if facts["medicines"] != "some")
    assert {(facts["minor"], facts["medicines"]) for facts, _ in found} == set(
        itertools.product(("yes", "no", "unknown"), ("none", "some", "unknown"))
    )
