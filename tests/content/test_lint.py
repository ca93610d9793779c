from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handouts.content.blocks import BlankPlace, Block, Field, Part, Run, Text
from handouts.content.lint import Finding, coverage, lint, lint_block, lint_message, passive_share

# The list of CLINICAL §1.2, word for word.
PROMOTIONAL = """
breakthrough|revolution|transform|miracle|promising|brighter|hope|proven|cure|safe and effective|generally safe|holistic|
enduring|painless|risk-free|riskfree|guarantee
""".replace("\n", "").split("|")


def block(
    *runs: Run | str, role: str = "p", language: str = "en", kind: str = "", rests_on: tuple[str, ...] = ("S01",)
) -> Block:
    part = Part(role, tuple(Text(run) if isinstance(run, str) else run for run in runs))  # type: ignore[arg-type]
    return Block(role, (part,), rests_on, language, kind=kind, place="a.html, line 1")  # type: ignore[arg-type]


def rules(*runs: Run | str, language: str = "en") -> set[str]:
    return {finding.rule for finding in lint_block(block(*runs, language=language))}


@pytest.mark.parametrize("word", PROMOTIONAL)
@pytest.mark.parametrize("sentence", ["It is {}.", "{}", "A (very) {}!", "life-{}", "The “{}” drug"])
def test_each_promotional_word_is_a_fault_in_any_case(word: str, sentence: str) -> None:
    for said in (word, word.upper(), word.title()):
        found = lint_block(block(sentence.format(said)))
        assert {f.severity for f in found if f.rule in {"promotional", "blocked"}} == {"fault"}


@pytest.mark.parametrize(
    "phrase",
    [
        "revolutionize",
        "revolutionary",
        "transformative",
        "transforming",
        "miraculous",
        "hopeful",
        "cures",
        "cured",
        "painlessly",
        "guaranteed",
        "guarantees",
        "risk free",
        "safe & effective",
        "safe\n  and effective",
        "safe\u00a0and\u00a0effective",
        "We promise relief",
        "ho\u00adpe",
        "ｈｏｐｅ",
        "life‑transforming",
        "break\u200bthrough",
    ],
)
def test_other_forms_of_a_promotional_word_are_faults(phrase: str) -> None:
    assert "promotional" in rules(phrase)


def test_bold_type_and_blanks_do_not_hide_a_phrase() -> None:
    assert "promotional" in rules("It is safe and ", Text("effective", strong=True), ".")
    assert "promotional" in rules("ho", Text("pe", strong=True))
    assert "promotional" in rules(BlankPlace("drug"), " cures.")


@pytest.mark.parametrize(
    "text",
    [
        "There is no guarantee.",
        "We cannot promise a result.",
        "We cannot guarantee a result.",
        "We can’t promise that.",
        "Keep your bag secure.",
        "We procure it.",
        "The door is open.",
        "Is this safe for you?",
        "Obscure",
    ],
)
def test_words_that_only_look_promotional_are_none(text: str) -> None:
    assert rules(text) == set()


def test_a_denial_further_off_excuses_nothing() -> None:
    assert "promotional" in rules("No, we guarantee it.")
    assert "promotional" in rules("It cannot fail. Guaranteed.")


@pytest.mark.parametrize(
    "phrase",
    [
        "enduring pain reduction",
        "demonstrated efficacy",
        "long-lasting relief",
        "Ketamine is generally safe",
        "It is very safe",
        "mental clarity following the session",
        "You will be clear-headed",
        "may enhance the efficacy and safety",
        "this improves its safety",
        "These effects subside shortly after the session",
        "They subside soon",
    ],
)
def test_each_blocked_phrase_is_a_fault(phrase: str) -> None:
    (found,) = (f for f in lint_block(block(phrase)) if f.rule == "blocked")
    assert found.severity == "fault"
    assert found.why.startswith("B")


@pytest.mark.parametrize(
    "phrase",
    [
        "This keeps you safe.",
        "For your safety, tell us.",
        "It subsided.",
        "Think about it clearly.",
        "Ask about safety.",
    ],
)
def test_phrases_near_a_blocked_one_are_none(phrase: str) -> None:
    assert "blocked" not in rules(phrase)


def test_effects_that_go_away_need_their_qualifier() -> None:
    assert "unqualified" in rules("These go away soon after.")
    assert "unqualified" not in rules("For most people these go away soon after. Tell us if they do not.")


@pytest.mark.parametrize(
    "phrase",
    [
        "Hold your pills.",
        "Withhold food.",
        "Your pill is held.",
        "Take it once.",
        "At once!",
        "Skip breakfast.",
        "Do not skip it.",
        "You could pass out.",
        "She passed out.",
        "This will pass.",
        "It passes.",
        "It passed.",
        "You may drive.",
        "You may not eat.",
        "You may also leave.",
        "You may only drink water.",
        "You may have clear liquids.",
        "When may you drive?",
        "Your escort may not drink.",
        "You should rest.",
        "You shouldn’t drive.",
        "NPO",
        "Take it PRN.",
        "QD",
        "BID",
        "b.i.d.",
        "Your regular doctor",
        "Eat normally.",
        "A normal meal",
        "Take it as needed.",
        "No food after midnight.",
        "By midnight",
    ],
)
def test_each_ambiguous_word_is_a_fault(phrase: str) -> None:
    found = [f for f in lint_block(block(phrase)) if f.rule == "ambiguous"]
    assert found
    assert all(f.severity == "fault" and f.instead for f in found)


@pytest.mark.parametrize(
    "phrase",
    [
        "Your household",
        "The threshold",
        "Bring your passport.",
        "The passenger",
        "The time to stop eating has already passed. Call us now.",
        "You may feel dizzy.",
        "You may also feel cut off.",
        "You may have trouble with food.",
        "You may not notice it.",
        "You may be asked to wait.",
        "You may sometimes see things.",
        "It may lower pain.",
        "We may call you in May.",
        "Your shoulder",
        "An abnormal or irregular heartbeat",
        "Forbid it.",
        "At noon",
        "If you need it, ask.",
    ],
)
def test_words_near_an_ambiguous_one_are_none(phrase: str) -> None:
    assert "ambiguous" not in rules(phrase)


@pytest.mark.parametrize("language", ["es-US", "vi"])
def test_ambiguous_english_is_looked_for_in_english_alone(language: str) -> None:
    assert rules("Son las once de la noche, normal.", language=language) == set()


@pytest.mark.parametrize(
    ("phrase", "language"),
    [
        ("Stop eating two hours before you come.", "en"),
        ("Subtract it from your start time.", "en"),
        ("Count back from there.", "en"),
        ("Stop three days before.", "en"),
        ("Do not drive for twenty-four hours after.", "en"),
        ("No coma dos horas antes.", "es-US"),
        ("Espere ocho horas después.", "es-US"),
    ],
)
def test_a_sum_that_the_reader_would_do_is_a_fault(phrase: str, language: str) -> None:
    assert "calculation" in rules(phrase, language=language)


def test_a_blank_of_hours_is_still_a_sum() -> None:
    assert "calculation" in rules("Stop ", BlankPlace("hours"), " hours before.")
    assert "calculation" in rules("Wait ", BlankPlace("hours"), " hours after.")


@pytest.mark.parametrize(
    "phrase", ["Call us before you eat.", "Some effects come hours after.", "The night before, sleep well.", "Restroom"]
)
def test_times_without_a_sum_are_none(phrase: str) -> None:
    assert "calculation" not in rules(phrase)


@pytest.mark.parametrize("number", ["2", "24", "٣", "३", "½", "Ⅳ", "²", "7am"])
def test_a_digit_of_any_script_in_a_message_is_a_fault(number: str) -> None:
    for language in ("en", "es-US", "ar"):
        assert "digits" in {f.rule for f in lint_message(f"Take {number} now.", language)}


def test_digits_in_blanks_and_tags_are_none() -> None:
    message = "<strong>Stop</strong> at %(medicine1_until)s, {{ clinic.line2 }}."
    assert lint_message(message) == ()


def test_a_block_may_hold_a_digit_only_where_it_rests_on_a_setting() -> None:
    assert "digits" in rules("Call 911.")
    assert lint_block(block("Call 911.", rests_on=("P9", "emergency_number"))) == ()


def test_a_number_in_words_before_a_unit_is_a_warning() -> None:
    (found,) = lint_block(block("Stay for two hours."))
    assert (found.rule, found.severity) == ("number", "warning")


@pytest.mark.parametrize("phrase", ["Patients should rest.", "The patient must rest.", "Patients need to rest."])
def test_patients_instead_of_you_is_a_warning(phrase: str) -> None:
    assert ("address", "warning") in {(f.rule, f.severity) for f in lint_block(block(phrase))}


def test_naming_the_patient_is_none() -> None:
    assert rules("The patient signed this form.") == set()


def test_more_than_three_words_in_capitals_are_a_fault() -> None:
    assert "capitals" in rules("DO NOT EAT FOOD today")
    assert "capitals" in rules("NO COMA NI BEBA hoy", language="es")
    assert "capitals" in rules("DO NOT – EAT FOOD")
    assert "capitals" not in rules("DO NOT EAT today. CALL US NOW if you do.")
    assert "capitals" not in rules("مرحبا بك في العيادة", language="ar")


@pytest.mark.parametrize("char", list("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
def test_each_direction_control_is_a_fault(char: str) -> None:
    (found,) = lint_block(block(f"Call{char} us"))
    assert found.rule == "direction"
    assert f"{ord(char):04X}" in found.phrase


def test_other_invisible_characters_are_faults_but_not_those_that_scripts_need() -> None:
    assert rules("Call\u200b us") == rules("Call\x07 us") == rules("\ufeffCall us") == {"control"}
    assert rules("می\u200cخواهم", language="fa") == set()


def test_text_is_in_nfc() -> None:
    assert rules("infusio\u0301n", language="es") == {"nfc"}
    assert rules("infusión", language="es") == set()


def test_doubled_spaces_are_a_warning() -> None:
    assert {(f.rule, f.severity) for f in lint_message("Call  us.")} == {("spaces", "warning")}
    assert {f.rule for f in lint_message(" Call us.")} == {"spaces"}
    assert rules("Call \u00a0us.") == {"spaces"}
    assert lint_message("Call us.") == ()


def test_labels_and_every_part_are_read() -> None:
    assert "promotional" in rules(Field("initials", "sign.hope", "My hope"))
    cells = tuple(Part("td", (Text(cell),)) for cell in ("Pain", "A cure"))
    assert {f.rule for f in lint_block(Block("tr", cells, ("S06",), "en"))} == {"promotional"}


def test_a_hard_word_is_a_warning_with_the_easy_one() -> None:
    (found,) = lint_block(block("Do not discontinue it."))
    assert (found.severity, found.rule) == ("warning", "plain")
    assert "stop" in found.instead
    assert rules("Va a ingerir agua.", language="es-US") == {"plain"}


@pytest.mark.parametrize(
    "phrase",
    [
        "un gran avance",
        "un tratamiento revolucionario",
        "transformador",
        "un milagro",
        "prometedor",
        "un futuro brillante",
        "Hay esperanza",
        "eficacia comprobada",
        "clínicamente probado",
        "Está demostrado",
        "La cura del dolor",
        "Cura el dolor",
        "la curación",
        "seguro y eficaz",
        "holístico",
        "indoloro",
        "un tratamiento sin dolor",
        "sin riesgo",
        "libre de riesgos",
        "Le garantizamos alivio",
        "garantía",
        "Le prometemos alivio",
    ],
)
def test_each_spanish_promotional_phrase_is_a_fault(phrase: str) -> None:
    for said in (phrase, phrase.upper() if len(phrase.split()) <= 3 else phrase):
        assert {f.severity for f in lint_block(block(said, language="es-US")) if f.rule == "promotional"} == {"fault"}


@pytest.mark.parametrize(
    "phrase",
    [
        "alivio duradero",
        "Es generalmente seguro",
        "La ketamina es muy segura",
        "claridad mental",
        "mejorar la eficacia y la seguridad",
        "aumenta su seguridad",
        "Los efectos desaparecen poco después",
    ],
)
def test_each_spanish_blocked_phrase_is_a_fault(phrase: str) -> None:
    assert "blocked" in rules(phrase, language="es")


@pytest.mark.parametrize(
    "phrase",
    [
        "No podemos prometer un resultado.",
        "No hay garantía.",
        "No se puede garantizar un resultado.",
        "Espere en la sala.",
        "Otros tratamientos que ha probado",
        "Es un curso de procedimientos oscuros.",
        "Puede decir que no sin riesgo de perder su atención.",
        "¿Es seguro para usted?",
        "No está muy seguro de la hora.",
        "En la mayoría de las personas los efectos desaparecen poco después.",
        "Guarde su cartera en un lugar seguro.",
    ],
)
def test_spanish_phrases_near_them_are_none(phrase: str) -> None:
    assert not {"promotional", "blocked"} & rules(phrase, language="es-US")


@pytest.mark.parametrize(
    ("text", "language", "passive"),
    [
        ("The drug is given to you slowly.", "en", True),
        ("You will be watched by staff.", "en", True),
        ("Your pulse is also checked often.", "en", True),
        ("You may get tired or be scared.", "en", False),
        ("Staff will watch you all day.", "en", False),
        ("You need to be in bed.", "en", False),
        ("La medicina es administrada por la enfermera.", "es", True),
        ("La enfermera le da la medicina.", "es", False),
        ("Thuốc được truyền chậm cho bạn.", "vi", False),
    ],
)
def test_the_passive_voice_is_heard(text: str, language: str, passive: bool) -> None:
    assert passive_share([block(text, language=language)]) == float(passive)


def test_a_tenth_in_the_passive_voice_is_well_and_more_is_a_warning() -> None:
    active, passive = block("Staff will watch you all day."), block("Your pulse is checked all day.")
    assert lint([*[active] * 9, passive]) == ()
    (found,) = lint([*[active] * 8, passive])
    assert (found.rule, found.severity, found.phrase) == ("passive", "warning", "Your pulse is checked all day.")
    assert passive_share([]) == 0


def test_a_finding_says_place_phrase_reason_and_remedy() -> None:
    (found,) = lint_block(block("Skip breakfast."))
    assert found == Finding("fault", "ambiguous", "a.html, line 1", "Skip", found.why, found.instead)
    assert found.fault.where == "a.html, line 1"
    assert 'a.html, line 1: "Skip": it is read as' in str(found)
    assert "Write" in str(found)


PLAIN_WORDINGS = [
    "Ketamine is a strong medicine. It is used as an anesthetic (a medicine that blocks pain and awareness).",
    "It may change how your brain handles pain signals.",
    "You get ketamine slowly. Trained staff are with you.",
    "Your clinician chooses the amount and the time for you.",
    "It may lower pain for some people. It may not help you. We cannot promise a result.",
    "Some people try it when other treatments have not worked.",
    "Before treatment, a clinician checks your health to see if this is safe for you.",
    "Please tell us everything, even if it feels private. It keeps you safe.",
    "You may feel cut off from your body or the room. Things may look or sound different. Time may feel fast or slow.",
    "For most people these go away soon after. Tell us if they do not.",
    "You will get ketamine through a vein",
    "Do not change this medicine unless we tell you",
    "If you eat or drink by mistake: call us. Do not come without calling.",
]


@pytest.mark.parametrize("text", PLAIN_WORDINGS)
def test_the_wordings_we_propose_pass(text: str) -> None:
    assert lint_block(block(text)) == ()


@given(st.text(max_size=120), st.sampled_from(["en", "es", "ar"]))
def test_any_text_can_be_read(text: str, language: str) -> None:
    assert all(str(finding) for finding in (*lint_message(text, language), *lint([block(text, language=language)])))


STATEMENTS = {
    "S01": {"use": "use", "says": "a strong medicine"},
    "S06": {"use": "hedge", "says": "may lower pain"},
    "S35": {"use": "use", "says": "follow-up", "if_set": "followup_plan"},
}
KNOWN = {"P1", "F", "fast_light_meal_h", "followup_plan"}
BLOCKED = {"S12", "B1"}


def covered(*blocks: Block, followup: bool = False) -> tuple[dict[str, tuple[Block, ...]], list[str]]:
    said_by, faults = coverage(
        {"consent": blocks}, STATEMENTS, BLOCKED, KNOWN, lambda key: key == "followup_plan" and followup
    )
    return dict(said_by), [str(fault) for fault in faults]


BOTH = block("It is strong.", rests_on=("S01", "S06"))


def test_coverage_maps_every_id_to_its_blocks() -> None:
    timed = block("Eat no more.", rests_on=("fast_light_meal_h", "S01"))
    said_by, faults = covered(BOTH, timed)
    assert faults == []
    assert said_by["S01"] == (BOTH, timed)
    assert said_by["fast_light_meal_h"] == (timed,)
    assert said_by["P1"] == ()


def test_a_block_that_rests_on_nothing_is_a_fault() -> None:
    _, faults = covered(BOTH, block("Hello.", rests_on=()))
    assert len(faults) == 1
    assert "rests on nothing" in faults[0]
    assert "Hello." in faults[0]


def test_an_unknown_id_is_a_fault_with_the_nearest_one() -> None:
    _, faults = covered(BOTH, block("Eat.", rests_on=("fast_light_meals",)))
    assert len(faults) == 1
    assert "Did you mean fast_light_meal_h?" in faults[0]


@pytest.mark.parametrize("name", sorted(BLOCKED))
def test_a_blocked_id_is_a_fault(name: str) -> None:
    _, faults = covered(BOTH, block("It lasts.", rests_on=(name,)))
    assert len(faults) == 1
    assert "may not be used" in faults[0]


def test_a_blocked_id_stays_blocked_when_it_is_known_as_well() -> None:
    _, faults = coverage({"consent": [block("x", rests_on=("B1",))]}, {}, {"B1"}, {"B1"}, bool)
    assert len(faults) == 1


def test_a_statement_that_no_block_says_is_a_fault() -> None:
    _, faults = covered(block("It is strong.", rests_on=("S01",)))
    assert len(faults) == 1
    assert "S06" in faults[0]
    assert "may lower pain" in faults[0]


def test_headings_and_notes_to_the_staff_say_nothing() -> None:
    heading = block("Pain", role="h2", rests_on=("S06",))
    note = block("Pain", role="aside", kind="staff", rests_on=("S06",))
    _, faults = covered(block("It is strong.", rests_on=("S01",)), heading, note)
    assert len(faults) == 1


def test_a_statement_for_a_setting_is_said_where_it_is_set_and_only_there() -> None:
    followed = block("We call you.", rests_on=("S35",))
    assert covered(BOTH, followed, followup=True)[1] == []
    assert len(covered(BOTH, followup=True)[1]) == 1
    assert covered(BOTH)[1] == []
    assert "followup_plan" in covered(BOTH, followed)[1][0]
