import gc

import papers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handouts.content.blocks import BlankPlace, Block, Group, Part, Text
from handouts.errors import RefusedAppointment
from handouts.memory import forgetting
from handouts.typeset import LETTER, Style, set_galleys
from handouts.typeset.breaks import icu_breaks
from handouts.typeset.lines import BoxSize, LineLook
from handouts.typeset.shape import Shaped
from handouts.typeset.standing import SetFurniture, furniture_size, set_furniture
from handouts.typeset.text import LineSetter, Span, set_lines
from handouts.typeset.values import ALIKE, BLOCKS, Value, Values, is_private, plain_letters

LETTERS = (
    "abcXYZfiáñßÇğŁẹộ абвЖЇ αβΩ אבגש ابتءژ محمد لا گظ 王伟一㐀 あアゃー 김이 कि क्ष मार्चञ กข ሀለ կա გა தமி ★① 0123456789"
)
SIGNS = " .,;:'’()-–—/“”\"&%#·+@\u00a0\u202f\u200b\u2060\u00ad\u200e\u2067\u2069\u0301\u200d"
texts = st.text(alphabet=st.sampled_from(LETTERS + SIGNS * 2 + "etaoin" * 6), max_size=60)
blanks = st.builds(Span, texts, st.booleans(), st.sampled_from([None, "tel:1"]), st.just("name"))
words = st.builds(Span, st.sampled_from(["For ", ". Come at ", " (", "): ", "-", " %", " في ", "「", "的", "…"]))


def lines(spans, values, measure, language):
    setter = LineSetter(
        tuple(Span("", span.strong, span.href, span.blank) if span.blank else span for span in spans),
        LineLook(measure, 12, 1.3, "start", BoxSize(), language),
        "",
        lambda line: line,
        one_stop=True,
    )
    try:
        pattern, shown = setter.set(values, Values())
    except RefusedAppointment as refused:
        return str(refused)
    return [line.filled(shown) for line in pattern.lines]


WORDS = [
    "مارس",
    "لا",
    "محمد",
    "ابت",
    "گچ",
    "مكة",
    "اللغة",
    "मार्च",
    "क्षत्रिय",
    "फ़रवरी",
    "श्री",
    "12",
    "9:00",
    "Ana",
    "x王",
    "3月",
    "שלום",
    "كتاب،",
    "(في)",
    "ظل",
    "ञान",
    "Иван",
    "שרה",
    "אש",
    "欧阳",
    "張簡",
    "さくら",
    "ショウ",
    "가김",
    "ለሀ",
    "Արամ",
    "გია",
    "தமிழ்",
    "বাংলা",
    "ء",
    "ماء",
    "ماء،",
    "محمد,",
    "राजेश,",
    "שרה,",
    "أب",
    "か\u3099",
]
spoken = st.builds(Span, st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join), blank=st.just("name"))
joined = st.builds(
    Span, st.sampled_from(["و", "ال", "ـ", "ل", "ء", " को ", "की", "For ", "的", "さん", "씨", "של", "ን"])
)


@given(
    st.lists(blanks | words, min_size=1, max_size=6) | st.lists(spoken | joined, min_size=1, max_size=6),
    st.floats(20, 400),
    st.sampled_from(["en", "ja", "ar", "ur", "he", "hi", "ko", "th", "zh-Hans"]),
)
def test_a_paragraph_is_set_by_skeletons_as_it_is_by_every_letter(spans, measure, language):
    values = [Value(span.text) for span in spans if span.blank]
    own = [value.as_it_is() for value in values]
    assert lines(spans, values, measure, language) == lines(spans, own, measure, language)


@pytest.mark.parametrize(
    ("text", "skeleton"),
    [
        ("Ana Díaz-López", "x x-x"),
        ("Robert Lee Jr.", "x x x."),
        ("Nguyễn Thị Hương", "x x x"),
        ("Юрій O'Brien, 3rd", "ж x'x, 0x"),
        ("MRN-00123", "x-0"),
        ("q7zk3m2a", "x"),
        ("A1 2B", "x0 0x"),
        ("欧阳 伟", "丂与 丅"),
        ("さくら 佐藤", "あああ 一一"),
        ("민준 김", "가가 가"),
        ("محمد الحسن", "ظ ظ"),
        ("الحسن محمد", "ظ ژ"),
        ("שרה כהן", "ש ש"),
        ("राजेश श्रीवास्तव", "ञ ञ"),
        ("ሰላም ገብረመድህን", "ሀ ሀ"),
        ("Ana محمد", "x ژ"),
    ],
)
def test_a_skeleton_tells_nothing_of_anybody(text, skeleton):
    value = Value(text)
    assert value.plain
    assert value.skeleton == skeleton


@pytest.mark.parametrize("text", ["สมชาย", "José\u0301", "½", "ش½", "か\u3099", "王\u3099", "शर्मा-ञ", "ء", "ショウ"])
def test_what_has_other_letters_is_not_plain(text):
    assert not Value(text).plain


@pytest.mark.parametrize("text", ["สมชาย", "José\u0301", "½", "か\u3099", "王\u3099", "शर्मा-ञ", "ء"])
def test_what_has_other_letters_is_its_own_skeleton(text):
    assert Value(text).skeleton == text


@pytest.mark.parametrize("name", ["Şahin ★", "ğー", "Ж★", "Ş①a"])
def test_a_sign_never_takes_a_letter_into_a_face_that_lacks_it(name):
    (line,) = set_lines([Span(name, blank="name")], 300, 10)
    assert line.text == name
    assert 0 not in [glyph.number for segment in line.segments for glyph in segment.glyphs]


def test_other_letters_stand_for_themselves_beside_plain_ones():
    assert Value("2026年3月13日(星期二) ½ 09:30").skeleton == "0一0一0一(一一一) ½ 0:0"
    assert Value("شارع Madison 12").skeleton == "ظ x 0"
    assert Value("الأربعاء، 4 مارس 2026").skeleton == "ظ، 0 ظ 0"
    assert Value("बुधवार, 4 मार्च 2026").skeleton == "ञ, 0 ञ 0"
    assert not Value("الأربعاء، 4 مارس 2026").plain  # for the comma


@pytest.mark.parametrize("around", ["x%sx", "1%s2", "(%s)", "«%s»", "%s-%s", "-%s", "%s/%s", "$%s", "가%s", "中%s中"])
def test_every_plain_letter_breaks_lines_as_any_other(around):
    for letters in plain_letters().values():
        for letter in letters:
            assert icu_breaks(around.replace("%s", letter), "en") == icu_breaks(around.replace("%s", "x"), "en")


AROUND = ["x%sx", "中%s中", "1%s.", "(%s)", "「%s」", "%s-あ", "%s%s", "가%s", "%s%%"]


@pytest.mark.parametrize("language", ["en", "ja", "ko", "zh-Hans"])
@pytest.mark.parametrize("around", AROUND)
def test_characters_that_stand_for_each_other_break_lines_alike(around, language):
    for codes in ALIKE.values():
        first = icu_breaks(around.replace("%s", chr(codes[0])), language)
        for char in map(chr, codes[:: 97 if len(codes) > 1000 else 1]):
            assert icu_breaks(around.replace("%s", char), language) == first, char


@pytest.mark.parametrize("script", [script for script in BLOCKS if script != "Arab"])
def test_words_that_stand_for_each_other_break_lines_alike(script):
    instead, codes = BLOCKS[script]
    for letter in map(chr, codes):
        word = f"{instead}{letter}{instead}"
        if Value(word).skeleton == instead:
            for around in AROUND:
                apart = icu_breaks(around.replace("%s", word), "en")
                ends = icu_breaks(around.replace("%s", instead * 3), "en")
                assert apart == ends, (letter, around)


ROOT = Group(
    "document",
    (
        Block("p", (Part("p", (Text("For "), BlankPlace("patient_name"), Text("."))),), ("S1",), "en"),
        Block("p", (Part("p", (Text("Call "), BlankPlace("clinic_phone"))),), ("S1",), "en"),
        Block("p", (Part("p", (Text("Come early."),)),), ("S1",), "en"),
    ),
)


def galleys(name):
    printed = {"en": {"patient_name": name, "clinic_phone": "(212) 555-0100"}}
    return set_galleys(ROOT, printed, LETTER, Style(), {})


def drawn():
    gc.collect()
    return [each.text for each in gc.get_objects() if isinstance(each, Shaped)]


@pytest.mark.parametrize("name", ["Zebulon Quixley", "זבולון קוויקסלי"])
def test_what_a_patients_values_made_goes_with_the_packet(name):
    found = galleys(name)
    assert any(name in text or name[::-1] in text for text in drawn())
    del found
    assert not any(part in text for text in drawn() for part in name.split())


def test_what_no_patient_changes_is_the_same_object_for_all():
    one, other = galleys("Ana"), galleys("Ben")
    assert [a is b for a, b in zip(one, other, strict=True)] == [False, True, True]
    with forgetting():
        assert galleys("Ana") == one


def test_a_blank_is_private_unless_it_is_known_not_to_be():
    assert not is_private("arrival")
    assert all(map(is_private, ("patient_name", "mrn", "medicines.1.name", "escort_phone", "unheard_of")))


def test_furniture_set_once_is_that_of_every_page():
    style = Style()
    standing = set_furniture(papers.FURNITURE, 516, style)
    assert isinstance(standing, SetFurniture)
    assert standing.size == furniture_size(papers.FURNITURE, 516, style)
    assert standing.header == set_furniture(papers.FURNITURE, 516, style).header
    for page in (1, 9, 12, 100, 2):
        assert standing.footer(page, 100) == set_furniture(papers.FURNITURE, 516, style).footer(page, 100)
