"""A form is complete when all that is declared of its answers holds; what stops a signature and who signs is told by the blocks."""

from __future__ import annotations

import random
import re
import shutil

import pytest
from workbench import PROCEDURE, TITLE, small

from handouts import builtin
from handouts.content.answers import answered, fields_of
from handouts.content.case import Case
from handouts.content.catalog import source_catalog
from handouts.content.complete import lacking, signers, stops, withdrawal
from handouts.content.facts import finding
from handouts.content.procedure import load_procedure
from handouts.content.template import edition
from handouts.content.wording import Wordings, pairwise
from handouts.errors import TemplateError, WrongUsage

NAME = "ketamine-infusion"
ONE = (".no", ".understood", ".agree", ".none", ".agrees", ".yes")
"""How the names of the boxes end that a person ticks to whom nothing is special."""


def full(wording):
    """Answers with which nothing is lacking, and no more than that."""
    found = {}
    for field in fields_of(answered(wording, {})):
        own = field.name
        if field.kind == "initials":
            found[own] = "ML"
        elif field.kind == "text" and own not in ("matters.words", "teach.words", "clinician.note"):
            found[own] = "Luis"
        elif field.kind == "checkbox":
            rest = not re.match(r"reasons|teach|decision|students|photos|matters|told|assent", own)
            ticked = own.endswith(ONE) and not (own.startswith("reasons.") and own.endswith(".yes"))
            ticked = ticked and own != "assent.no"
            if rest or ticked:
                found[own] = "yes"
    return found


@pytest.fixture(scope="module")
def consent(editions, appointment, now):
    """Makes the wording of a document for an appointment with changes."""
    procedure = editions.procedure(NAME)

    def made_for(changes=None, kind="consent"):
        found = finding(Case(appointment(changes or {}), editions.clinic, now), procedure)
        return editions.wordings(NAME, kind, "en")(found.facts, found.items)

    return made_for


def test_with_all_answers_nothing_is_lacking_and_without_any_of_them_it_is_told(consent, procedure):
    wording = consent()
    answers = full(wording)
    assert lacking(wording, answers, procedure) == ()
    for name in answers:
        rest = {key: value for key, value in answers.items() if key != name}
        told = lacking(wording, rest, procedure)
        assert [lack for lack in told if name in lack.fields], name
        assert len(told) == 1


@pytest.mark.parametrize("kind", ["consent", "side-effects", "preparation"])
def test_so_it_is_for_every_choice_of_facts(editions, procedure, kind):
    wordings = editions.wordings(NAME, kind, "en")
    tried = random.Random(kind)
    for facts, items in pairwise(procedure, wordings.edition):
        wording = wordings(facts, items)
        answers = full(wording)
        assert lacking(wording, answers, procedure) == ()
        assert stops(wording, answers, procedure) == ()
        if kind == "preparation":
            assert lacking(wording, {}, procedure) == ()
            continue
        for name in tried.sample(sorted(answers), 3):
            optional = name.startswith(("sign.interpreter", "sign.witness"))
            rest = {key: value for key, value in answers.items() if key != name}
            named = [lack for lack in lacking(wording, rest, procedure) if name in lack.fields]
            others = [each for each in rest if each.startswith(name.rpartition(".")[0])]
            assert named or (optional and not others), (name, facts)


def test_an_empty_form_is_told_rule_by_rule_in_words_that_find_the_field(consent, procedure):
    said = [lack.said for lack in lacking(consent(), {}, procedure)]
    assert 'None of "I agree", "I do not agree", "I want more time" is ticked.' in said
    assert '"Initials" beside "This use is off-label" is empty.' in said
    assert '"I explained the treatment" is not ticked.' in said
    assert 'Nothing is answered of "What matters to me, and my questions", "None: I have no questions".' in said
    teach = 'None of "Understood", "Taught again", "Not understood" beside'
    assert sum(each.startswith(teach) for each in said) == 6
    assert len(said) == len(set(said))


def test_two_boxes_of_which_one_may_be_ticked_are_told(consent, procedure):
    wording = consent()
    rows = {"reasons.stroke.yes": "yes", "teach.food.again": "yes", "decision.later": "yes"}
    told = lacking(wording, {**full(wording), **rows, "decision.later": "no"}, procedure)
    assert [lack.fields for lack in told] == [
        ("reasons.stroke.yes", "reasons.stroke.no", "reasons.stroke.unsure"),
        ("teach.food.understood", "teach.food.again", "teach.food.open"),
    ]
    assert all(lack.said.startswith("Only one can be ticked, and ") for lack in told)
    both = lacking(wording, {**full(wording), "decision.later": "yes"}, procedure)
    assert [lack.fields[0] for lack in both] == ["decision.agree"]


def test_a_question_is_as_good_as_saying_that_there_is_none(consent, procedure):
    wording = consent()
    rest = {key: value for key, value in full(wording).items() if key != "matters.none"}
    assert lacking(wording, {**rest, "matters.words": "Will I be awake?"}, procedure) == ()
    assert lacking(wording, {**rest, "matters.words": "   "}, procedure)


@pytest.mark.parametrize("decision", ["decline", "later"])
def test_who_does_not_agree_need_not_fill_in_the_rest(consent, procedure, decision):
    wording = consent()
    assert lacking(wording, {f"decision.{decision}": "yes"}, procedure) == ()
    assert stops(wording, {f"decision.{decision}": "yes", "teach.food.open": "yes"}, procedure) == ()


def test_who_decides_for_a_patient_is_named_whatever_is_decided(consent, procedure):
    wording = consent({"flags.lacks_capacity": "yes"})
    told = lacking(wording, {"decision.decline": "yes"}, procedure)
    assert [lack.fields for lack in told] == [
        ("sign.representative.name",),
        ("sign.representative.relationship",),
        ("sign.representative.authority",),
    ]


@pytest.mark.parametrize(("flag", "needed"), [("unknown", False), ("yes", True)])
def test_the_block_of_an_interpreter_may_stay_empty_as_a_whole_while_nobody_knows_if_one_helped(
    consent, procedure, flag, needed
):
    wording = consent({"flags.interpreter": flag})
    answers = {key: value for key, value in full(wording).items() if not key.startswith("sign.interpreter")}
    assert len(lacking(wording, answers, procedure)) == (4 if needed else 0)
    assert len(lacking(wording, {**answers, "sign.interpreter.name": "Luis Ortega"}, procedure)) == 3
    roles = {each.role: each.required for each in signers(wording, procedure)}
    assert roles == {"patient": True, "interpreter": needed, "clinician": True}
    named = signers(wording, procedure, {"sign.interpreter.name": "Luis Ortega"})
    assert all(each.required for each in named)


@pytest.mark.parametrize(
    ("changes", "roles"),
    [
        ({}, ["patient", "clinician"]),
        ({"flags.read_aloud": "yes"}, ["patient", "witness", "clinician"]),
        ({"flags.lacks_capacity": "unknown"}, ["patient", "clinician"]),
        ({"flags.lacks_capacity": "yes"}, ["representative", "clinician"]),
        ({"patient.birth_date": "2011-05-14"}, ["representative", "assent", "clinician"]),
        ({"patient.birth_date": "2021-05-14"}, ["representative", "clinician"]),
        (
            {"flags.interpreter": "yes", "flags.read_aloud": "yes", "patient.birth_date": "2011-05-14"},
            ["representative", "assent", "interpreter", "witness", "clinician"],
        ),
    ],
)
def test_people_sign_in_the_order_of_their_roles(editions, procedure, consent, changes, roles):
    wording = _of_facts(editions, procedure, consent, changes)
    found = signers(wording, procedure)
    assert [each.role for each in found] == roles
    assert all(each.required for each in found)
    assert [each.field for each in found] == [f"sign.{role}.signature" for role in roles]
    assert all(each.label for each in found)
    assert withdrawal(wording).field == "withdraw.signature"


def _of_facts(editions, procedure, consent, changes):
    """The wording for an appointment; that of a child, whom the demo clinic does not treat, by the facts."""
    born = changes.get("patient.birth_date")
    if not born:
        return consent(changes)
    facts = {name: values[0] for name, values in procedure.facts.items()}
    flags = {"lacks_capacity": "no", "interpreter": "no", "read_aloud": "no"}
    flags |= {key.removeprefix("flags."): value for key, value in changes.items() if key.startswith("flags.")}
    age = "assent" if born < "2015" else "minor"
    return editions.wordings(NAME, "consent", "en")({**facts, **flags, "age_group": age}, {"medicines": ()})


def test_a_document_nobody_signs_asks_for_no_signature(consent, procedure):
    assert signers(consent(kind="preparation"), procedure) == ()
    assert withdrawal(consent(kind="preparation")) is None


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"teach.food.open": "yes"}, '"Not understood" beside "When must you stop eating'),
        (
            {"reasons.stroke.yes": "yes"},
            'stroke or a bad head injury: yes" is ticked, and "Note of the clinician" is empty.',
        ),
        ({"reasons.stroke.unsure": "yes"}, 'not sure" is ticked, and "Note of the clinician" is empty.'),
    ],
)
def test_what_stops_a_signature_is_told(consent, procedure, answers, said):
    wording = consent()
    (told,) = stops(wording, {**full(wording), **answers}, procedure)
    assert said in told


def test_a_note_of_the_clinician_lets_a_reason_pass_and_nothing_else(consent, procedure):
    wording = consent()
    answers = {**full(wording), "reasons.stroke.yes": "yes", "clinician.note": "Seen, ten years ago."}
    assert stops(wording, answers, procedure) == ()
    assert len(stops(wording, {**answers, "teach.food.open": "yes"}, procedure)) == 1


def test_a_patient_who_objects_and_a_child_who_says_no_stop_it(editions, procedure, consent):
    told = _of_facts(editions, procedure, consent, {"flags.lacks_capacity": "yes"})
    assert stops(told, {"told.objects": "yes"}, procedure) == ('"The patient was told and objects" is ticked.',)
    child = _of_facts(editions, procedure, consent, {"patient.birth_date": "2011-05-14"})
    assert stops(child, {"assent.no": "yes"}, procedure) == (
        '"The child or teen does not want this treatment" is ticked.',
    )


def test_answers_that_no_field_takes_are_refused_here_too(consent, procedure):
    for asked in (lacking, stops):
        with pytest.raises(WrongUsage, match="no such field"):
            asked(consent(), {"decision.maybe": "yes"}, procedure)


FORM = """{% macro asked(name) %}<p from="S1"><field kind="checkbox" name="asked.{{ name }}.yes" label="{% trans %}Yes{% endtrans %}"></p>{% endmacro %}
<p from="S1"><field kind="text" name="words" label="{% trans %}Words{% endtrans %}"></p>
<p from="S1" each="medicine in medicines"><field kind="checkbox" name="medicine.done" label="{% trans %}Done{% endtrans %}"></p>
{% if clinic.never %}<p from="S1"><field kind="text" name="other.words" label="{% trans %}Words{% endtrans %}"></p>{{ asked('x') }}{% endif %}
"""


def with_rules(tmp_path, rules):
    procedure = small(tmp_path, TITLE + FORM, PROCEDURE + f'\n[[answers]]\ndocument = "document"\n{rules}\n')
    return edition(procedure, "document", {"never": False}, source_catalog())


@pytest.mark.parametrize("name", ["words", "*", "medicines.*.done", "other.words", "asked.*.yes"])
def test_a_rule_may_name_what_stands_or_would_with_other_settings(tmp_path, name):
    assert with_rules(tmp_path, f'required = ["{name}"]')


@pytest.mark.parametrize(
    "name", ["word", "words.x", "*.words.x", "medicines.1.done", "asked.other.no", "asked.x.yes", "other.*.yes"]
)
@pytest.mark.parametrize(
    "rule", ['required = ["{}"]', 'one_of = ["words", "{}"]', 'stops = ["words"]\nunless = ["{}"]']
)
def test_a_rule_that_names_no_field_is_refused(tmp_path, name, rule):
    with pytest.raises(TemplateError, match=re.escape(f'no field is named "{name}"')):
        with_rules(tmp_path, rule.format(name))


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("", "exactly one of"),
        ('required = ["words"]\none_of = ["words"]', "exactly one of"),
        ('one_of = ["words"]\nif_used = "minor"', "if_used goes with required alone"),
        ('required = ["words"]\nif_used = "visit"', "no fact that can be unknown"),
        ('required = ["Words!"]', "no name of a field"),
        ('required = ["words"]\nsometimes = true', "Extra inputs"),
    ],
)
def test_a_rule_that_says_nothing_or_two_things_is_refused(tmp_path, rules, said):
    with pytest.raises(TemplateError, match=said):
        with_rules(tmp_path, rules)


def test_a_rule_is_about_a_document_there_is(tmp_path):
    rules = '\n[[answers]]\ndocument = "consent"\nrequired = ["words"]\n'
    with pytest.raises(TemplateError, match='there is no document "consent"'):
        small(tmp_path, TITLE + FORM, PROCEDURE + rules)


def test_a_procedure_without_rules_lacks_nothing(tmp_path):
    procedure = small(tmp_path, TITLE + FORM)
    facts = {name: values[0] for name, values in procedure.facts.items()}
    wording = Wordings(edition(procedure, "document", {"never": False}, source_catalog()), procedure)(facts, {})
    assert lacking(wording, {}, procedure) == ()


def test_a_clinics_own_template_may_do_without_fields_that_the_built_in_rules_name(tmp_path):
    folder = tmp_path / "templates" / NAME
    folder.mkdir(parents=True)
    (folder / "consent.html").write_text('<h1 from="C1">{% trans %}Our own words{% endtrans %}</h1>', "utf-8")
    procedure = load_procedure(NAME, tmp_path)
    found = edition(procedure, "consent", {}, source_catalog())
    assert len(found.blocks) == 1
    shutil.copy(builtin.templates() / NAME / "procedure.toml", folder)
    with pytest.raises(TemplateError, match=re.escape('no field is named "decision.agree"')):
        edition(load_procedure(NAME, tmp_path), "consent", {}, source_catalog())
