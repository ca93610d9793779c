"""How a translation is written: ends, letters, spaces, quotation marks, in the scripts of many languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handouts import builtin
from handouts.translate.language import Language, read_language
from handouts.translate.letters import problems, width


def faults(tag: str, source: str, text: str) -> list[str]:
    language = read_language(builtin.locales(), tag)
    return [check for check, severity, _, _ in problems(source, text, language) if severity == "fault"]


@pytest.mark.parametrize(
    ("tag", "source", "right", "wrong"),
    [
        ("es-US", "Call.", "Llame.", "Llame"),
        ("es-US", "Call us?", "¿Llamarnos?", "¿Llamarnos."),
        ("ur", "Call.", "فون کریں۔", "فون کریں."),
        ("ar", "Ready?", "مستعد؟", "مستعد?"),
        ("he", "Ready?", "מוכן?", "מוכן؟"),
        ("am", "Call.", "ይደውሉ።", "ይደውሉ."),
        ("hy", "Call.", "Զանգեք։", "Զանգեք."),
        ("el", "Ready?", "Έτοιμοι;", "Έτοιμοι?"),
        ("my", "Call.", "ခေါ်ပါ။", "ခေါ်ပါ."),
        ("km", "Call.", "ទូរស័ព្ទ។", "ទូរស័ព្ទ."),
        ("bn", "Call.", "ফোন করুন।", "ফোন করুন"),
        ("zh-Hant", "When:", "時間：", "時間:"),
        ("ja", "Stop!", "やめて！", "やめて!"),
        ("ko", "Call.", "전화하세요.", "전화하세요。"),
        ("de", "Call <strong>now.</strong>", "Jetzt <strong>anrufen.</strong>", "Jetzt <strong>anrufen</strong>"),
        ("de", "Say “yes.”", "Sagen Sie „ja.“", "Sagen Sie „ja“"),
        ("de", "Until %(time)s.", "Bis %(time)s.", "Bis %(time)s"),
        ("de", "Until %(time)s", "Bis %(time)s", "Bis %(time)s."),
    ],
)
def test_a_sentence_ends_as_the_language_ends_one(tag, source, right, wrong):
    assert faults(tag, source, right) == []
    assert faults(tag, source, wrong) == ["ending"]


@pytest.mark.parametrize("text", ["โทรหาเรา", "โทรหาเรา "])
def test_thai_ends_no_sentence_with_a_mark(text):
    assert "ending" not in faults("th", "Call us.", text)


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("fa", "می‌گیرید"),  # a joiner that Persian needs
        ("hi", "क्‍ष"),
        ("ml", "ന്‍"),
        ("ja", "ケタミンをIVで"),
        ("ru", "off-label"),
        ("zh-Hans", "大麻（cannabis）"),
        ("ko", "漢字와 한글"),
    ],
)
def test_letters_that_belong_to_the_language_are_let_be(tag, text):
    assert faults(tag, "off-label cannabis IV", text) == []


@pytest.mark.parametrize(
    ("tag", "text", "check"),
    [
        ("de", "Rufen\u200dSie", "hidden"),
        ("es-US", "lla\u00adme", "hidden"),
        ("fa", "تماس\u200c بگیرید", "hidden"),
        ("ko", "전화\u3164해", "hidden"),
        ("he", "התקשר\u200f", "direction"),
        ("de", "Kl\u0456nik", "letters"),  # Ukrainian i
        ("ru", "кл\u0069ника", "letters"),
        ("el", "κλιν\u0438κή", "letters"),
        ("de", "клиника", "letters"),
        ("th", "โทร абв", "letters"),
        ("vi", "A\u0301", "nfc"),
        ("ru", "д \u2019х\u201d", "quotes"),
    ],
)
def test_signs_that_nobody_sees_and_letters_that_only_look_right_are_faults(tag, text, check):
    assert check in faults(tag, "Call", text)


@pytest.mark.parametrize("sign", "。，、；：？！।۔؟،؛።")
def test_a_space_before_a_mark_is_a_fault_in_any_script(sign):
    assert "spaces" in faults("und", "a b", f"a {sign} b")


def test_french_has_spaces_before_some_marks_and_none_before_others():
    assert faults("fr", "Ready?", "Prêt ?") == []
    assert faults("fr", "Ready?", "Prêt\u00a0?") == []
    assert faults("fr", "Ready.", "Prêt .") == ["spaces"]
    assert faults("de", "Ready?", "Bereit ?") == ["spaces"]
    assert faults("fr", "Call us", "Appelle-l'infirmier") == ["quotes"]


@pytest.mark.parametrize(
    ("text", "told"),
    [("(a", "( is not closed."), ("a)", ") closes nothing."), ("(a]", "] closes nothing."), ("“a", "“ is not closed.")],
)
def test_brackets_and_quotation_marks_come_in_pairs(text, told):
    assert told in [problem for _, _, problem, _ in problems("a", text, Language("und"))]
    assert faults("und", "a", "(a [b] “c”) d") == []


@pytest.mark.parametrize(
    ("tag", "text", "is_fault"),
    [
        ("de", "rufen rufen Sie", True),
        ("de", "die die Klinik", False),  # a relative clause
        ("hi", "धीरे धीरे", False),
        ("ko", "병원에 병원에", True),
        ("zh-Hans", "看看", False),
        ("de", "Rufen. Rufen", False),
        ("de", "%(a)s %(a)s", False),
        ("vi", "luôn luôn", False),
    ],
)
def test_a_word_twice_in_a_row_is_a_fault_unless_the_language_says_so(tag, text, is_fault):
    assert ("doubled" in faults(tag, "a %(a)s %(a)s", text)) is is_fault


def test_width_counts_letters_as_wide_as_they_are():
    assert width("abc") == 3
    assert width("<strong>abc</strong>") == 3
    assert width("%(a)s") == 10
    assert width("漢字") > 4
    assert width("a\u0301\u200b") == 1
    assert width("") == 1


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["fr", "fa", "ko", "zh-Hans", "th", "ur", "und"]))
def test_any_text_is_told_of_or_not(source, text, tag):
    for check, severity, problem, remedy in problems(source, text, read_language(builtin.locales(), tag)):
        assert check
        assert severity in {"fault", "warning"}
        assert problem
        assert remedy
