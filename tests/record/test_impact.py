"""What was changed and reaches a paper is told, with its cause; what does not reach it is not."""

from __future__ import annotations

import json
import re
import shutil
from datetime import datetime

import pytest
from approved import change, staffed
from sound import DOCUMENTS

from handouts import builtin
from handouts.cache import user_cache
from handouts.clinic import load_clinic
from handouts.content.blanks import Blank, blanks
from handouts.content.case import Case
from handouts.content.editions import Editions
from handouts.content.facts import finding
from handouts.record.impact import Cause, Change, MadeOf, by_when, instants, made_of, touched

PROCEDURE = "ketamine-infusion"
AT = datetime.fromisoformat("2026-02-27T09:00-05:00")


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    return staffed(tmp_path_factory.mktemp("started"))


@pytest.fixture
def folder(started, tmp_path):
    """A clinic, to be changed."""
    return shutil.copytree(started, tmp_path / "clinic")


def editions_of(folder):
    return Editions(load_clinic(folder), user_cache())


@pytest.fixture
def made(started, appointment):
    """Makes the values that tell what each document of an appointment is made of."""

    def of(language="en", changes=None):
        editions = editions_of(started)
        case = Case(appointment(changes, of=editions.clinic, at=AT), editions.clinic, AT)
        found = finding(case, editions.procedure(PROCEDURE))
        documents = {}
        for kind in DOCUMENTS:
            wording = editions.wordings(PROCEDURE, kind, language)(found.facts, found.items)
            documents[kind] = made_of(wording, found.facts, found.items, editions)
        return documents

    return of


def changes(before, folder):
    now = editions_of(folder)
    return {kind: touched(each, now) for kind, each in before.items()}


def own(folder, name):
    """A file of the procedure, the clinic's own from here on."""
    place = folder / "templates" / PROCEDURE
    place.mkdir(parents=True, exist_ok=True)
    shutil.copy(builtin.templates() / PROCEDURE / name, place)
    return place / name


def rewritten(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_nothing_is_told_where_nothing_was_changed(made, folder):
    assert changes(made(), folder) == dict.fromkeys(DOCUMENTS, ())


def test_a_translation_that_nobody_has_reviewed_is_told_for_it_is_not_what_would_be_printed(made, folder):
    said = "its translation into es-US is not reviewed any more: the packet would be in English"
    expected = {kind: (Change(Cause.TRANSLATION, f"{PROCEDURE} {kind}", said),) for kind in DOCUMENTS}
    assert changes(made("es-US"), folder) == expected


def test_what_a_document_was_made_of_is_kept_as_json(made, folder):
    for each in made("en", {"medicines": [{"name": "Metformin"}]}).values():
        again = MadeOf.of_json(json.loads(json.dumps(each.as_json())))
        assert again == each
        assert touched(again, editions_of(folder)) == ()


@pytest.mark.parametrize("broken", [{}, {"blocks": [["one"]]}, {"blocks": 3}, {"facts": None}])
def test_what_is_no_such_json_is_refused(made, broken):
    whole = made()["consent"].as_json()
    with pytest.raises((KeyError, TypeError, ValueError)):
        MadeOf.of_json({**whole, **broken} if broken else {})


def test_a_number_reaches_the_documents_that_rest_on_it_and_no_other(made, folder):
    change(folder, ("[fast_light_meal_h]\nvalue = 6", "[fast_light_meal_h]\nvalue = 7"))
    found = changes(made(), folder)
    assert found["preparation"] == (Change(Cause.SETTING, "setting fast_light_meal_h", "it has another value"),)
    assert found["side-effects"] == ()


def test_what_only_says_where_a_value_comes_from_reaches_no_paper(made, folder):
    change(folder, ('source_note = "demo value, not medical advice"', 'source_note = "our policy 7"'))
    assert set(changes(made(), folder).values()) == {()}


def test_words_of_a_setting_are_told_as_the_setting_and_only_in_their_language(made, folder):
    text = (folder / "clinic.toml").read_text("utf-8")
    old = re.search(r'\[clear_liquid_examples\]\nvalue = \{ en = \[\n  "water"', text)[0]
    change(folder, (old, old.replace("water", "still water")))
    found = changes(made(), folder)
    assert found["preparation"] == (Change(Cause.SETTING, "setting clear_liquid_examples", "it has another value"),)
    spanish = changes(made("es-US"), folder)["preparation"]
    assert not any(change.cause == Cause.SETTING for change in spanish)


def test_a_changed_template_is_told_block_by_block(made, folder):
    name = own(folder, "consent.html")
    assert set(changes(made(), folder).values()) == {()}
    text = name.read_text("utf-8")
    (sentence, *_) = re.findall(r"<h2[^>]*>\{% trans %\}([^{]*)\{% endtrans %\}", text)
    rewritten(name, f"trans %}}{sentence}", f"trans %}}{sentence} now")
    found = changes(made(), folder)
    (told,) = found["consent"]
    assert (told.cause, told.said) == (Cause.TEMPLATE, "it says something else, or stands under another condition")
    assert told.what.startswith(f"block {PROCEDURE} consent en h2")
    assert found["preparation"] == found["side-effects"] == ()


def test_a_block_more_and_a_block_less_are_told(made, folder):
    name = own(folder, "consent.html")
    text = name.read_text("utf-8").rstrip("\n")
    name.write_text(f'{text}\n<p from="C1">{{% trans %}}One more.{{% endtrans %}}</p>\n', "utf-8")
    (told,) = changes(made(), folder)["consent"]
    assert (told.cause, told.said) == (Cause.TEMPLATE, "it was not there")
    before = editions_of(folder)
    facts = made()["consent"]
    wording = before.wordings(PROCEDURE, "consent", "en")(facts.facts, facts.items)
    longer = made_of(wording, facts.facts, facts.items, before)
    name.write_text(text, "utf-8")
    (told,) = touched(longer, editions_of(folder))
    assert (told.cause, told.said) == (Cause.TEMPLATE, "it does not stand there any more")


def test_another_version_is_told_once_for_each_document(made, folder):
    rewritten(own(folder, "procedure.toml"), 'version = "1.0"', 'version = "1.1"')
    told = Change(Cause.TEMPLATE, f"{PROCEDURE} side-effects", "version 1.0 is now 1.1")
    assert changes(made(), folder)["side-effects"] == (told,)


def test_a_changed_translation_is_told_as_one(made, folder):
    source = builtin.locales() / "es-US" / "LC_MESSAGES" / f"{PROCEDURE}.po"
    place = folder / "locales" / "es-US" / "LC_MESSAGES"
    place.mkdir(parents=True)
    text = source.read_text("utf-8")
    head = text[: text.index("\n\n")]
    translated = re.search(r'msgid "(Your medicines[^"]*)"\nmsgstr "([^"]+)"', text)
    assert translated
    new = f'msgid "{translated[1]}"\nmsgstr "{translated[2]} X"\n'
    (place / f"{PROCEDURE}.po").write_text(f"{head}\n\n{new}", "utf-8")
    told = [
        each for found in changes(made("es-US"), folder).values() for each in found if each.what.startswith("block")
    ]
    assert {each.cause for each in told} == {Cause.TRANSLATION}
    assert all(each.said == "its text in es-US is another" for each in told)
    assert not [each for found in changes(made(), folder).values() for each in found]


def test_a_document_that_is_there_no_more_is_told(made, folder):
    declared = own(folder, "procedure.toml")
    text = declared.read_text("utf-8")
    entry = re.search(r'\[\[documents\]\]\nkind = "side-effects"\ntemplate = "[^"]*"\n', text)
    assert entry
    answers = re.compile(r'\[\[answers\]\]\ndocument = "side-effects"\n.*?\n(?=\n|\Z)', re.DOTALL)
    declared.write_text(answers.sub("", text.replace(entry[0], "")), "utf-8")
    (told,) = changes(made(), folder)["side-effects"]
    assert told.said == "there is no such document any more"


def test_a_language_that_is_served_no_more_is_told(made, folder):
    (folder / "clinic.toml").write_text((folder / "clinic.toml").read_text("utf-8"), "utf-8")
    clinic = load_clinic(folder).model_copy(update={"languages": ("en",)})
    (told,) = touched(made("es-US")["consent"], Editions(clinic))
    assert told == Change(Cause.TRANSLATION, f"{PROCEDURE} consent", "there is no edition in es-US any more")


def test_a_template_that_asks_for_a_new_fact_or_cannot_be_made_is_told(made, folder):
    before = made()["consent"]
    asked = min(editions_of(folder).wordings(PROCEDURE, "consent", "en").edition.facts)
    fewer = {name: value for name, value in before.facts.items() if name != asked}
    lacking = MadeOf(**{**{name: getattr(before, name) for name in MadeOf.__dataclass_fields__}, "facts": fewer})
    (told,) = touched(lacking, editions_of(folder))
    assert told.said == f"it asks for facts that were not known: {asked}"
    own(folder, "consent.html").write_text("<p>no message</p>", "utf-8")
    told = touched(before, editions_of(folder))
    assert told
    assert all(each.said.startswith("it cannot be made any more: ") for each in told)


def test_a_packet_is_to_be_made_again_before_the_first_time_the_patient_keeps(started, appointment):
    editions = editions_of(started)
    case = Case(appointment(of=editions.clinic, at=AT), editions.clinic, AT)
    found = finding(case, editions.procedure(PROCEDURE))
    known = blanks(case, "x")

    def printed(*kinds):
        wordings = [editions.wordings(PROCEDURE, kind, "en")(found.facts, found.items) for kind in kinds]
        return instants(wordings, known)

    placed = printed("preparation")
    assert "issued_at" not in placed
    assert by_when(placed) == min(placed.values()) < case.arrival
    assert by_when(printed()) == case.arrival
    late = {"arrival": Blank("instant", case.arrival), "issued_at": Blank("instant", AT)}
    assert by_when(instants([], late)) == case.arrival
