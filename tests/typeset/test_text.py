import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handouts.content.blocks import Field
from handouts.errors import RefusedAppointment, TemplateError
from handouts.typeset.fonts import characters, opened, plain_face
from handouts.typeset.text import Span, set_lines

LETTERS = "abcdefgÁñüßÉ0123456789.,;:()'-/–—’…\u00a0\u202f\u2011"
texts = st.text(alphabet=st.sampled_from(LETTERS + "   \n\u200b\u2060\u00ad"), max_size=120)
spans = st.lists(st.builds(Span, texts, st.booleans()), max_size=5)
measures = st.floats(min_value=1, max_value=500)


def squeezed(text):
    for unseen in "\u200b\u2060\u00ad":
        text = text.replace(unseen, "")
    return "".join(char for char in text if char not in " \n")


@given(spans, measures)
def test_no_text_is_lost(given_spans, measure):
    lines = set_lines(given_spans, measure, 14)
    assert squeezed("".join(line.text for line in lines)) == squeezed("".join(span.text for span in given_spans))


@given(spans, measures)
def test_no_line_is_wider_than_the_measure_unless_it_is_one_cluster(given_spans, measure):
    for line in set_lines(given_spans, measure, 14):
        assert (
            line.width <= measure + 0.001
            or sum(bool(glyph.text) for segment in line.segments for glyph in segment.glyphs) == 1
        )


@given(spans, st.floats(min_value=40, max_value=500))
@example([Span("0\u200b\u200b", False), Span(" 0", False)], 40.0)
def test_words_stay_words(given_spans, measure):
    words = "".join(span.text for span in given_spans)
    for unseen in "\u200b\u2060\u00ad":
        words = words.replace(unseen, "")
    whole = " ".join(line.text for line in set_lines(given_spans, 1e9, 14))
    assert whole == " ".join(words.replace("\n", " ").split(" ")).strip(" ") or whole.split() == words.split()
    for line in set_lines(given_spans, measure, 14):
        assert line.text == line.text.strip(" ")


@given(spans, measures, st.sampled_from(["start", "centre", "end"]))
def test_segments_of_a_line_follow_one_another_without_overlap(given_spans, measure, align):
    for line in set_lines(given_spans, measure, 14, align=align):
        for left, right in zip(line.segments, line.segments[1:], strict=False):
            assert right.x == pytest.approx(left.x + left.width)
        assert sum(segment.width for segment in line.segments) == pytest.approx(line.width)


def test_a_line_is_as_wide_as_its_glyphs():
    (line,) = set_lines([Span("Call ", strong=True), Span("us")], 500, 14)
    widths = [
        sum(opened(face).get_glyph_h_advance(opened(face).get_nominal_glyph(ord(char))) for char in text)
        for face, text in ((plain_face(strong=True), "Call "), (plain_face(), "us"))
    ]
    assert line.width == pytest.approx(sum(widths) * 14 / 1000)


@pytest.mark.parametrize("joined", ["9:30\u202fAM", "10\u00a0AM", "555-0142", "1/2", "3–4"])
def test_what_belongs_together_is_not_broken(joined):
    text = f"word word {joined}"
    for measure in range(75, 200, 3):
        lines = set_lines([Span(text)], measure, 14)
        assert any(joined in line.text for line in lines), (measure, [line.text for line in lines])


def test_a_line_may_end_after_a_hyphen_a_dash_and_a_slash():
    lines = set_lines([Span("follow-up and/or off–label")], 56, 14)
    assert [line.text for line in lines] == ["follow-", "up and/", "or off–", "label"]


def test_a_word_may_run_through_spans():
    lines = set_lines([Span("now "), Span("Call", strong=True), Span(". Then")], 75, 14)
    assert [line.text for line in lines] == ["now Call.", "Then"]


def test_a_word_wider_than_a_line_is_divided_and_marks_stay_with_their_letter():
    word = "q\u0301" * 30
    lines = set_lines([Span(word)], 60, 14)
    assert len(lines) > 1
    assert "".join(line.text for line in lines) == word
    assert not any(line.text.startswith("\u0301") for line in lines)


def test_no_text_is_no_line():
    assert set_lines([Span("  \n")], 100, 14) == ()


def test_a_checkbox_stays_with_its_word_and_keeps_clear_of_the_one_before():
    def box(name):
        return Span("", field=Field("checkbox", name, name))

    choices = [box("yes"), Span(" Yes "), box("no"), Span(" No")]
    (line,) = set_lines(choices, 500, 14)
    yes, _, no, _ = line.segments
    assert no.x - (line.segments[1].x + line.segments[1].width) >= 12
    assert yes.width >= 14.2
    lines = set_lines(choices, no.x + 20, 14)
    assert [line.text for line in lines] == ["Yes", "No"]
    assert [line.segments[0].field.name for line in lines] == ["yes", "no"]


def test_a_missing_glyph_in_a_template_names_the_character_and_the_place():
    with pytest.raises(TemplateError, match=r'consent.html, line 7.*"ཀ" \(U\+0F40, TIBETAN LETTER KA\)'):
        set_lines([Span("ཀ")], 100, 14, place="consent.html, line 7")


def test_a_missing_glyph_in_a_blank_names_the_blank_and_refuses_the_appointment():
    with pytest.raises(RefusedAppointment) as caught:
        set_lines([Span("ཀཁ", blank="patient.name")], 100, 14, place="consent.html, line 7")
    assert [fault.field for fault in caught.value.faults] == ["patient.name"] * 2
    assert "U+0F41" in str(caught.value)


def test_a_control_character_is_named_and_not_shown():
    with pytest.raises(RefusedAppointment) as caught:
        set_lines([Span("Ann\x1b[2J", blank="patient.name")], 100, 14)
    assert "U+001B" in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_no_break_spaces_have_a_width():
    for char in "\u202f\u00a0":
        (line,) = set_lines([Span(f"a{char}b")], 500, 14)
        assert line.width > set_lines([Span("ab")], 500, 14)[0].width
        assert line.text == f"a{char}b"
    assert ord("\u00a0") in characters(plain_face(strong=True))
    assert ord("薬") not in characters(plain_face())
