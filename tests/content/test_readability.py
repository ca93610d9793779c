from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handouts.content.blocks import BlankPlace, Block, Field, Part, Run, Text, Unset
from handouts.content.readability import (
    INFLESZ_LEAST,
    LIMITS,
    STRICT,
    Score,
    gate,
    report,
    score,
    sentences,
)
from handouts.content.syllables import english, spanish

ENGLISH = """
1 you eat food drink drive home staff stop changed passed caused walked eyes tongues don't we're can't you'll league clothes once guide
1 fruit juice truth through blood heart nurse pain vein ride learned breathe
2 doctor never after before water table double handles wanted started needed places nurses causes changes noises passes safely
2 careful closely being seeing doing giant quiet science someone something business every rhythm spasm isn't didn't million union
2 unique fatigue lower prior poem chaos carried worried
3 ketamine medicine infusion clinician allergy recover important hospital emotion initial area idea serious various period radio
3 everything anyone element employee quieter dizziness nausea carefully vomiting instruction tomorrow
4 anesthetic immediate diabetes anxiety society reality dissociate education evaluate usually experience
5 immediately hallucination dissociation evaluation
"""
SPANISH = """
1 y muy hoy ley que pie sol fue buey guion quien dos miau más su el con huir
2 día país maíz río agua aire cuando quiere guerra ciudad viuda sangre hueso huevo después firma cambiéis usted seguir
2 presión diurno cuota leáis cualquier oír leer doctor hielo tío baúl reír suero prohibir ayer
3 infusión vejiga alcohol ahora poeta teatro náusea pingüino guitarra siguiente vergüenza idea cuidado orina
3 tranquilo médico diarrea hígado ansiedad cigüeña alergia prohíbe héroe paciencia química jesuita ahijado
4 ketamina medicina vehículo continúe zanahoria aéreo enfermera paranoia respiración lingüística averiguáis estómago anestesia
5 medicamento consentimiento alimentación
7 antiinflamatorio
"""


def listed(table: str) -> list[tuple[str, int]]:
    rows = [line.split() for line in table.split("\n") if line]
    return [(word, int(row[0])) for row in rows for word in row[1:]]


def block(
    *runs: Run | str, role: str = "p", language: str = "en", kind: str = "", place: str = "a.html, line 1"
) -> Block:
    part = Part(role, tuple(Text(run) if isinstance(run, str) else run for run in runs))  # type: ignore[arg-type]
    return Block(role, (part,), ("S01",), language, kind=kind, place=place)  # type: ignore[arg-type]


def row(*cells: str) -> Block:
    return Block("tr", tuple(Part("td", (Text(cell),)) for cell in cells), ("S01",), "en")


def texts(*runs: Run | str, language: str = "en") -> list[str]:
    return [sentence.text for sentence in sentences(block(*runs, language=language))]


def test_more_than_eighty_words_of_each_language_are_known() -> None:
    assert len(listed(ENGLISH)) >= 80
    assert len(listed(SPANISH)) >= 80


@pytest.mark.parametrize(("word", "count"), listed(ENGLISH))
def test_english_syllables(word: str, count: int) -> None:
    assert english(word) == english(word.upper()) == count


@pytest.mark.parametrize(("word", "count"), listed(SPANISH))
def test_spanish_syllables(word: str, count: int) -> None:
    assert spanish(word) == count


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("nurse's", 2),
        ("doctor's", 2),
        ("breath’s", 1),
        ("follow-up", 3),
        ("over-the-counter", 5),
        ("it'll", 2),
        ("tsk", 1),
    ],
)
def test_apostrophes_and_hyphens(word: str, count: int) -> None:
    assert english(word) == count


def test_formulas() -> None:
    twelve = Score("en", words=12, sentences=2, syllables=18, hard_words=1)
    assert twelve.flesch_kincaid == pytest.approx(0.39 * 6 + 11.8 * 1.5 - 15.59)
    assert twelve.smog == pytest.approx(1.0430 * 15**0.5 + 3.1291)
    assert twelve.inflesz == pytest.approx(206.835 - 62.3 * 1.5 - 6)
    assert twelve.fernandez_huerta == pytest.approx(206.84 - 60 * 1.5 - 1.02 * 6)


def test_a_known_sentence_has_its_known_grade() -> None:
    # 13 words, 14 syllables.
    assert score(
        [block("The sun rose, and all of the men ran to the river bank.")], "en"
    ).flesch_kincaid == pytest.approx(0.39 * 13 + 11.8 * 14 / 13 - 15.59)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Come at 8:30 a.m. on Monday. Call us.", "en", ["Come at 8:30 a.m. on Monday.", "Call us."]),
        ("Come at 8:30 a.m. Call us.", "en", ["Come at 8:30 a.m.", "Call us."]),
        ("Llegue a las 8:30 a. m. del lunes.", "es", ["Llegue a las 8:30 a. m. del lunes."]),
        ("Llegue a las 5 p. m. Llame antes.", "es", ["Llegue a las 5 p. m.", "Llame antes."]),
        ("Ask Dr. Lee. Then rest.", "en", ["Ask Dr. Lee.", "Then rest."]),
        (
            "Pregunte a la Dra. Ruiz. ¿Puede venir? ¡Llame!",
            "es",
            ["Pregunte a la Dra. Ruiz.", "¿Puede venir?", "¡Llame!"],
        ),
        ("Take 2.5 tablets. Rest.", "en", ["Take 2.5 tablets.", "Rest."]),
        ("He said “stop.” Then he left… Now rest", "en", ["He said “stop.”", "Then he left…", "Now rest"]),
        ("喝水。休息。", "zh", ["喝水。", "休息。"]),
    ],
)
def test_sentences_end_where_they_end(text: str, language: str, expected: list[str]) -> None:
    assert texts(text, language=language) == expected


def test_the_end_of_a_part_ends_a_sentence() -> None:
    assert [s.text for s in sentences(row("Dizziness", "It can last for a while", "Sit down"))] == [
        "Dizziness",
        "It can last for a while",
        "Sit down",
    ]


def test_a_list_without_full_stops_reads_like_one_with_them() -> None:
    items = ["Bring your list of medicines", "Wear loose clothes", "Bring your glasses"]
    without = score([block(item, role="li") for item in items], "en")
    assert without == score([block(f"{item}.", role="li") for item in items], "en")
    assert without.sentences == 3


def test_words_split_by_bold_type_are_one() -> None:
    assert score([block("Do ", Text("not", strong=True), " drive.")], "en") == score([block("Do not drive.")], "en")


def test_blanks_times_numbers_and_glossary_words_are_one_easy_word() -> None:
    easy = score([block("Eat at ten.")], "en")
    assert score([block("Eat at ", BlankPlace("medicines.1.name"), ".")], "en") == easy
    assert score([block("Eat at ", Unset("light_meal_examples"), ".")], "en") == easy
    assert score([block("Eat at 10:30 a. m.")], "en") == easy
    assert score([block("Eat at 1,250.75.")], "en") == easy
    assert score([block("Eat at infusion.")], "en") == easy
    assert score([block("Eat at Ozempic’s.")], "en") == easy
    assert score([block("La ketamina.", language="es")], "es") == score([block("La hora.", language="es")], "es")


def test_a_blank_is_shown_by_its_name() -> None:
    assert texts("Stop at ", BlankPlace("light_meal_until"), ". Call us.") == [
        "Stop at {light_meal_until}.",
        "Call us.",
    ]


def test_labels_pictures_and_notes_to_the_staff_do_not_count() -> None:
    signature = block(Field("signature", "sign.patient", "Unintelligible terminological abbreviation"), role="fields")
    tick = block(Field("checkbox", "agree", "Agreement"), "I agree.")
    assert score([signature], "en").words == 0
    assert score([tick], "en").words == 2
    assert score([block("A logo", role="img")], "en").words == 0
    assert score([block("Contraindications", role="aside", kind="staff")], "en").words == 0
    assert score([block("Call us", role="aside", kind="warning")], "en").words == 2


def test_nothing_has_a_score_and_no_fault() -> None:
    assert gate("consent", "en", []) == gate("consent", "es", [[]]) == gate("consent", "vi", [[], []]) == ()
    assert "0 words" in str(report("consent", "en", []))


PLAIN = "You get ketamine slowly. Trained staff are with you. Tell us if you feel sick. We will help you right away."
HARD = "Comprehensive multidisciplinary evaluation facilitates individualized identification of contraindications beforehand."
MIDDLING = "Before your treatment begins, a doctor checks your health history and every medicine that you take."


def test_plain_text_passes_every_kind() -> None:
    for kind in LIMITS:
        assert gate(kind, "en", [[block(PLAIN)]]) == ()


def test_a_hard_document_names_its_three_worst_sentences() -> None:
    blocks = [
        block(f"{HARD} And {word} too.", place=f"a.html, line {n}")
        for n, word in enumerate(("one", "two", "six", "ten"))
    ]
    fault = gate("consent", "en", [blocks])[0]
    assert fault.where == "consent (en)"
    assert "8.0 is the limit" in fault.problem
    assert fault.remedy.count("Comprehensive") == 3
    assert "a.html, line 2" in fault.remedy


def test_a_hard_block_in_an_easy_document_is_named_with_its_place() -> None:
    easy = [block(PLAIN) for _ in range(20)]
    (fault,) = gate("preparation", "en", [[*easy, block(HARD, place="preparation.html, line 7")]])
    assert fault.where == "preparation.html, line 7"
    assert "8.0 is the limit" in fault.problem


def test_consent_may_be_harder_than_preparation_and_an_unknown_kind_may_not() -> None:
    middling = report("consent", "en", [[block(MIDDLING)]]).document.flesch_kincaid
    assert 8 < middling < 10
    easy = [block(PLAIN) for _ in range(20)]
    assert gate("consent", "en", [[*easy, block(MIDDLING)]]) == ()
    for kind in ("preparation", "side-effects", "aftercare"):
        assert len(gate(kind, "en", [[*easy, block(MIDDLING)]])) == 1
    assert STRICT.document == 6


def test_headings_and_short_blocks_are_measured_in_the_document_alone() -> None:
    easy = [block(PLAIN) for _ in range(20)]
    heading = block(
        "Multidisciplinary evaluation and individualized identification of all contraindications", role="h2"
    )
    short = block("Multidisciplinary evaluation")
    read = report("preparation", "en", [[*easy, heading, short]])
    assert read.faults == ()
    assert len(read.blocks) == 20
    assert read.document.words == sum(s.words for _, s in read.blocks) + 8 + 2


SPANISH_PLAIN = (
    "Usted recibe la ketamina poco a poco. El personal está con usted. Díganos si se siente mal. Lo vamos a ayudar."
)
SPANISH_HARD = (
    "La administración intravenosa requiere una evaluación multidisciplinaria individualizada previa al procedimiento."
)


def test_every_spanish_section_is_measured() -> None:
    assert gate("consent", "es-US", [[block(SPANISH_PLAIN, language="es-US")]]) == ()
    sections = [
        [block(SPANISH_PLAIN, language="es-US")],
        [block(SPANISH_HARD, language="es-US", place="consent.html, line 9")],
    ]
    (fault,) = gate("consent", "es-US", sections)
    assert fault.where == "consent.html, line 9"
    assert f"{INFLESZ_LEAST:.0f} is the least" in fault.problem
    assert "section 2" in fault.problem


def test_a_section_of_a_few_words_is_not_measured_on_its_own() -> None:
    assert gate("consent", "es", [[block("Consentimiento individualizado", role="h2", language="es")]]) == ()


def test_in_other_languages_a_long_sentence_is_warned_of() -> None:
    def warned(text: str, language: str) -> list[str]:
        read = report("consent", language, [[block(text, language=language)]])
        assert read.faults == ()
        return [fault.problem for fault in read.warnings]

    assert warned(" ".join(["từ"] * 25) + ".", "vi") == []
    (problem,) = warned(" ".join(["từ"] * 26) + ".", "vi")
    assert "26 words" in problem
    assert warned("水" * 40 + "。", "zh-Hans") == []
    assert len(warned("水" * 41 + "。", "zh-Hans")) == 1
    assert warned("هل تشرب الماء؟ نعم.", "ar") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [("कृपया हर कदम का पालन करें।", 6), ("هل تشرب كوبًا ماءً؟", 4), ("این کار را نمی‌کنیم.", 4), ("ดื่มน้ำ.", 1)],
)
def test_vowel_signs_and_joiners_part_no_words(text: str, words: int) -> None:
    (sentence,) = sentences(block(text, language="hi"))
    assert sentence.score.words == words


def test_the_report_says_the_figures() -> None:
    assert "at most 6.0" in str(report("preparation", "en", [[block(PLAIN)]]))
    assert "SMOG" in str(report("consent", "en", [[block(PLAIN)]]))
    assert "target 65" in str(report("consent", "es", [[block(SPANISH_PLAIN, language="es")]]))
    assert "no formula" in str(report("consent", "ko", [[block("물을 마십니다.", language="ko")]]))


def test_the_worst_sentences_come_hardest_first() -> None:
    worst = report("consent", "en", [[block(PLAIN), block(HARD), block(MIDDLING)]]).worst
    assert [s.text for s in worst[:2]] == [HARD, MIDDLING]
    assert len(worst) == 3


@given(st.text(max_size=200), st.sampled_from(["en", "es", "zh", "ar"]))
def test_any_text_can_be_read_and_no_word_of_it_is_lost(text: str, language: str) -> None:
    found = list(sentences(block(text, language=language)))
    assert "".join("".join(s.text for s in found).split()) in "".join(text.split())
    assert str(report("consent", language, [[block(text, language=language)]]))
