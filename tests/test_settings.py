"""The table of settings, and how a demo clinic's texts read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handouts.builtin import demo_clinic
from handouts.clinic import load_clinic
from handouts.settings import SETTINGS, in_language
from handouts.settings.texts import differing_digits, digits_of, wrong_in

# CLINICAL §1.2 (promotion) and §5 H7 (words that were translated to the opposite).
PROMOTION = (
    r"breakthrough|revolution|transform|miracle|promising|brighter|hope|proven|cure|safe and effective|generally safe|holistic"
    r"|enduring|painless|risk-?free|guarantee"
)
AMBIGUOUS = r"\b(hold|once|skip|pass|should|may|NPO|PRN|QD|BID|regular|normal|as needed|after midnight)\b"


def demo_texts(language):
    """Every text of the demo clinic that a patient can read."""

    def texts(value):
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            for item in value:
                yield from texts(item)
        elif hasattr(value, "__dataclass_fields__"):
            for name in {"text", "lasts", "option", "good", "bad"} & value.__dataclass_fields__.keys():
                yield from texts(getattr(value, name) or ())

    clinic = load_clinic(demo_clinic())
    shown = {name: clinic.value(name) for name in ("esign_disclosure",)}  # on the screen alone, and in no template
    values = {**clinic.in_language(language), **{name: in_language(value, language) for name, value in shown.items()}}
    for name, definition in SETTINGS.items():
        if definition.kind == "benefits":
            yield from values[name].values()
        elif definition.kind in {"text", "texts", "risks", "alternatives", "contraindications"}:
            yield from texts(values[name])


@pytest.mark.parametrize("definition", SETTINGS.values(), ids=lambda d: d.name)
def test_every_setting_can_be_asked_for(definition):
    assert definition.question.endswith("?")
    assert definition.explanation == "" or definition.explanation.endswith(".")
    assert definition.section
    assert (definition.low is None) == (definition.high is None)
    assert (definition.default is not None) == (definition.need == "default")
    assert definition.kind not in {"number", "integer"} or (definition.unit and definition.low is not None)
    assert definition.kind != "choice" or len(definition.choices) > 1
    assert not definition.needs or SETTINGS[definition.needs].kind == "bool"


def test_settings_of_a_section_stand_together():
    sections = [definition.section for definition in SETTINGS.values()]
    changes = [a for a, b in zip(sections, [*sections[1:], ""], strict=True) if a != b]
    assert len(changes) == len(set(sections))


def test_nothing_medical_has_a_default():
    assert {n: d.default for n, d in SETTINGS.items() if d.need == "default"} == {
        "fast_anchor": "arrival",
        "fast_lungs_reason": False,
        "language_notice": True,
        "low_sugar_line": False,
        "medicine_names_on_preparation": False,
        "pediatric_allowed": False,
        "untranslated": "english",
    }


@pytest.mark.parametrize("language", ["en", "es-US"])
def test_the_demo_clinic_promises_nothing_and_holds_no_number(language):
    texts = list(demo_texts(language))
    assert len(texts) > 100
    for text in texts:
        assert digits_of(text) == ()
        assert not re.search(PROMOTION, text, re.IGNORECASE), text
        assert not re.search(AMBIGUOUS, text, re.IGNORECASE), text


def test_the_demo_clinic_is_easy_to_read_in_english():
    for text in demo_texts("en"):
        if text.endswith("."):
            assert grade(text) <= 6, text


def test_the_demo_clinic_is_easy_to_read_in_spanish():
    """Texts of eight words or more alone, shorter ones together, as the gate measures them: one long word decides nothing."""
    sentences_ = [text for text in demo_texts("es-US") if text.endswith(".")]
    for text in sentences_:
        if len(text.split()) >= 8:
            assert ease(text) >= 60, text
    assert ease(" ".join(text for text in sentences_ if len(text.split()) < 8)) >= 60


def test_the_demo_clinic_addresses_patients_formally():
    for text in demo_texts("es-US"):
        assert not re.search(r"\b(tú|tu|tus|te|ti|contigo|vos)\b", text, re.IGNORECASE), text


def grade(text):
    """Flesch-Kincaid, with syllables counted by groups of vowels."""
    found = [re.sub(r"(?<=[a-z]{2})(?<!l)e$|(?<=[^td])ed$", "", word) for word in re.findall(r"[a-z]+", text.lower())]
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", word))) for word in found)
    return 0.39 * len(found) / sentences(text) + 11.8 * syllables / len(found) - 15.59


def ease(text):
    """Szigriszt-Pazos (INFLESZ), with hiatus between strong vowels and at a stressed weak one."""
    found = re.findall(r"[a-záéíóúüñ]+", text.lower())
    syllables = 0
    for word in found:
        plain = re.sub(r"(?<=q)u|(?<=g)u(?=[eiéí])", "", word)
        parts = re.sub(r"(?<=[aeoáéóíú])(?=[aeoáéóíú])", "-", re.sub(r"y$", "i", plain).replace("y", "-"))
        syllables += max(1, len(re.findall(r"[aeiouáéíóúü]+", parts)))
    return 206.835 - 62.3 * syllables / len(found) - len(found) / sentences(text)


def sentences(text):
    return len(re.findall(r"[.?!]", text))


@given(st.integers(0, 10**9), st.sampled_from("0٠०０"), st.sampled_from("0٠०০"))
def test_a_number_is_the_same_in_every_script(number, one, other):
    def written(zero):
        return "".join(chr(ord(zero) + int(digit)) for digit in str(number))

    assert not differing_digits({"a": f"x {written(one)} y", "b": f"{written(other)}"})
    assert differing_digits({"a": f"x {written(one)} y", "b": f"{written(other)}1"})


@given(st.text())
def test_what_is_let_through_can_be_printed_on_one_line(text):
    if not list(wrong_in(text)):
        assert text.strip() == text != ""
        assert len(text.splitlines()) == 1
        assert "{{" not in text
        assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\x00")
