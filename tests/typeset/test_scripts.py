"""Text of every script: shaped as it is written, broken where its readers break it, nothing lost and nothing out of order."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from names import NAMES

from handouts.content.cldr import direction_of
from handouts.typeset.fonts import opened
from handouts.typeset.text import Span, drawable, set_lines

SENTENCES = {
    "en": "Do not eat for 8 hours before your appointment.",
    "es-US": "No coma nada durante las 8 horas antes de su cita, señora Núñez.",
    "zh-Hans": "请在预约前八小时内不要进食。如有疑问，请致电诊所。",
    "zh-Hant": "請在預約前八小時內不要進食。如有疑問，請致電診所。",
    "vi": "Không ăn trong 8 giờ trước cuộc hẹn của quý vị.",
    "ko": "예약 시간 8시간 전부터 음식을 드시지 마십시오.",
    "tl": "Huwag kumain nang 8 oras bago ang iyong appointment.",
    "ru": "Не ешьте в течение 8 часов до приёма.",
    "ar": "لا تأكل لمدة 8 ساعات قبل موعدك.",
    "ht": "Pa manje anyen pandan 8 èdtan anvan randevou ou.",
    "fr": "Ne mangez rien pendant les 8\u00a0heures avant votre rendez-vous\u202f!",
    "pt": "Não coma nada durante 8 horas antes da sua consulta.",
    "de": "Essen Sie 8 Stunden vor Ihrem Termin nichts.",
    "ja": "予約の八時間前から何も食べないでください。コーヒーもだめです。",
    "hi": "अपनी मुलाक़ात से 8 घंटे पहले कुछ न खाएँ।",
    "fa": "از ۸ ساعت پیش از نوبت خود چیزی نخورید؛ می‌توانید آب بنوشید.",
    "ur": "اپنی ملاقات سے 8 گھنٹے پہلے کچھ نہ کھائیں۔",
    "he": "אין לאכול במשך 8 שעות לפני הפגישה.",
    "th": "ห้ามรับประทานอาหารเป็นเวลา 8 ชั่วโมงก่อนนัดหมายของคุณ",
    "am": "ከቀጠሮዎ በፊት ለ8 ሰዓታት አይብሉ።",
}
UNSEEN = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060))
EVERY = pytest.mark.parametrize("language", list(SENTENCES))


def glyphs(line):
    return [glyph for segment in line.segments for glyph in segment.glyphs]


def names(line):
    return [opened(segment.face).glyph_to_string(glyph.number) for segment in line.segments for glyph in segment.glyphs]


def squeezed(text):
    return "".join(text.translate(UNSEEN).split(" "))


def logical(segment):
    """What the glyphs of a segment stand for, in the order it is read: as drawn, or from the last to the first."""
    drawn = [glyph.text for glyph in segment.glyphs]
    return {"".join(drawn), "".join(reversed(drawn))}


def one(text, language, measure=10_000, **more):
    (line,) = set_lines([Span(text)], measure, 14, language=language, **more)
    return line


@EVERY
@pytest.mark.parametrize("strong", [False, True])
def test_every_language_has_a_glyph_for_all_of_it(language, strong):
    (line,) = set_lines([Span(SENTENCES[language], strong)], 10_000, 14, language=language)
    assert all(glyph.number for glyph in glyphs(line))
    assert squeezed(line.text) == squeezed(SENTENCES[language])


@EVERY
@pytest.mark.parametrize("measure", [40, 90, 200])
def test_no_line_is_too_wide_and_nothing_is_lost(language, measure):
    text = f"{SENTENCES[language]} " * 3
    lines = set_lines([Span(text)], measure, 14, language=language)
    assert squeezed("".join(line.text for line in lines)) == squeezed(text)
    for line in lines:
        assert line.width <= measure + 0.001 or sum(bool(glyph.text) for glyph in glyphs(line)) == 1


@EVERY
@pytest.mark.parametrize("name", NAMES)
def test_names_of_every_script_stand_whole_in_every_language(language, name):
    spans = [Span(SENTENCES[language]), Span(" "), Span(name, blank="patient.name"), Span(".")]
    (line,) = set_lines(spans, 10_000, 14, language=language)
    assert name in line.text
    assert all(glyph.number for glyph in glyphs(line))
    for segment in line.segments:
        assert segment.text.translate(UNSEEN) in {text.translate(UNSEEN) for text in logical(segment)}


@EVERY
def test_a_line_starts_where_its_language_does(language):
    line = one(SENTENCES[language], language, 2000)
    left = min(segment.x for segment in line.segments)
    right = max(segment.x + segment.width for segment in line.segments)
    start = (0, line.width) if direction_of(language) == "ltr" else (2000 - line.width, 2000)
    assert (left, right) == (pytest.approx(start[0]), pytest.approx(start[1]))


@EVERY
def test_a_word_wider_than_the_line_is_divided_in_every_script(language):
    word = "".join(char for char in SENTENCES[language] if char.isalpha() or char in "\u0301\u0902") * 2
    lines = set_lines([Span(word.replace(" ", "\u2060"))], 60, 14, language=language)
    assert len(lines) > 2
    assert squeezed("".join(line.text for line in lines)) == word
    assert all(line.width <= 60.001 for line in lines)


def test_arabic_letters_join_in_four_forms():
    alone, three = ({name for name in names(one(text, "ar")) if not name.startswith("dot")} for text in ("ب", "ببب"))
    assert len(three) == 3
    assert len(alone | three) == 4
    assert len(names(one("لا", "ar"))) < 3  # lam and alef are one sign, or one with a mark


def test_arabic_words_join_across_bold_letters():
    whole = names(one("محمد", "ar"))
    (line,) = set_lines([Span("مح"), Span("مد", strong=True)], 1000, 14, language="ar")
    assert sorted(names(line)) == sorted(whole)


def test_arabic_words_join_across_bold_letters_wherever_the_line_before_ends():
    (whole,) = set_lines([Span("مح"), Span("مد", strong=True)], 1000, 14, language="ar")
    for measure in range(40, 140, 9):
        *_, last = set_lines([Span("كلمة كلمة كلمة مح"), Span("مد", strong=True)], measure, 14, language="ar")
        assert names(last)[-2:] == names(whole)[-2:]


def test_a_divided_arabic_word_ends_and_begins_as_words_do():
    lines = set_lines([Span("ببببببببببببببب")], 40, 14, language="ar")
    assert len(lines) > 1
    isolated_first, isolated_last = names(one("بب", "ar"))[-1], names(one("بب", "ar"))[0]
    for line in lines:
        assert names(line)[-1] == isolated_first
        assert names(line)[0] == isolated_last


def test_a_hindi_vowel_stands_before_its_consonant_and_conjuncts_are_made():
    (shaped,) = one("कि", "hi").segments
    assert [glyph.text for glyph in shaped.glyphs] == ["कि", ""]
    consonant = names(one("क", "hi"))[0]
    assert names(one("कि", "hi"))[1] == consonant
    assert len(names(one("क्ष", "hi"))) == 1


def test_thai_marks_stand_above_their_letter_and_move_the_pen_nowhere():
    base, marked = one("ก", "th"), one("ก่", "th")
    assert marked.width == pytest.approx(base.width)
    tall = glyphs(one("ปี่", "th"))
    assert len({glyph.up for glyph in tall}) > 1 or len(set(names(one("ปี่", "th")))) == 3


def test_urdu_is_set_in_nastaliq_on_a_slope_and_its_lines_are_higher():
    urdu, arabic = one("ملاقات", "ur"), one("ملاقات", "ar")
    assert {segment.face.name for segment in urdu.segments} == {"NotoNastaliqUrdu-Regular"}
    assert {segment.face.name for segment in arabic.segments} == {"NotoNaskhArabic-Regular"}
    assert len({glyph.up for glyph in glyphs(urdu)}) > 2
    assert urdu.height > arabic.height > one("Visit", "en").height


def test_chinese_characters_are_those_of_the_language():
    faces = {language: one("直骨", language).segments[0].face.name for language in ("zh-Hans", "zh-Hant", "ja", "ko")}
    assert faces == {
        "zh-Hans": "NotoSansSC-Regular",
        "zh-Hant": "NotoSansTC-Regular",
        "ja": "NotoSansJP-Regular",
        "ko": "NotoSansKR-Regular",
    }
    assert one("山田はなこ", "en").segments[0].face.name == "NotoSansJP-Regular"


@pytest.mark.parametrize("language", ["ar", "fa", "ur", "he"])
@pytest.mark.parametrize(
    "value",
    ["+1 212-555-0102", "9:30", "2026-03-04", "60–90 mg", "1/2", "Dr. O’Neil (MD)", "0.5 mg/kg", "#12, 3rd floor"],
)
def test_phones_dates_times_and_doses_keep_their_order_inside_right_to_left(language, value):
    before, _, after = SENTENCES[language].partition(" ")
    spans = [Span(f"{before} "), Span(value, blank="value"), Span(f" {after}")]
    (line,) = set_lines(spans, 10_000, 14, language=language)
    drawn = "".join(glyph.text for segment in sorted(line.segments, key=lambda s: s.x) for glyph in segment.glyphs)
    assert value in drawn


def test_brackets_turn_with_the_direction():
    line = one("אבג (דה)", "he")
    drawn = sorted((segment.x, segment.text, names(line)) for segment in line.segments)
    assert drawn[0][2][0] == names(one("(", "en"))[0]  # the leftmost sign is drawn as an opening bracket
    assert line.text == "אבג (דה)"


@pytest.mark.parametrize("closing", "。，、）」！？ー")
@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "ja"])
def test_no_line_begins_with_a_closing_sign_or_ends_with_an_opening_one(language, closing):
    text = f"「食食食{closing}食食（食食）食食{closing}食食食食{closing}食「食」食食"
    for measure in range(45, 160, 7):
        lines = set_lines([Span(text)], measure, 14, language=language)
        assert not any(line.text[0] in f"{closing}）」" for line in lines), [line.text for line in lines]
        assert not any(line.text[-1] in "（「" for line in lines)


def test_small_kana_do_not_begin_a_line_in_japanese():
    for measure in range(45, 160, 7):
        lines = set_lines([Span("きょうはちょっといっしょにしゃしんをとっていきましょう")], measure, 14, language="ja")
        assert not any(line.text[0] in "ょっゃ" for line in lines)


def test_thai_breaks_between_words_and_a_word_joiner_keeps_a_name_whole():
    words = ("ห้าม", "รับ", "ประทาน", "อาหาร", "ก่อน", "นัดหมาย")
    lines = set_lines([Span("".join(words))], 75, 14, language="th")
    assert len(lines) > 2
    ends = {len("".join(words[:count])) for count in range(1, len(words) + 1)}
    at = 0
    for line in lines:
        at += len(line.text)
        assert at in ends
    drug = "\u2060".join("เคตามีน")
    for measure in range(60, 200, 5):
        told = [line.text for line in set_lines([Span(f"ยา{drug}ช่วยคุณ")], measure, 14, language="th")]
        assert any("เคตามีน" in text for text in told), told


def test_korean_breaks_between_words():
    for measure in range(70, 200, 9):
        lines = set_lines([Span(SENTENCES["ko"])], measure, 14, language="ko")
        assert " ".join(line.text for line in lines) == SENTENCES["ko"]


def test_no_break_spaces_hold_in_every_direction():
    for language, text in (("fr", "8\u00a0heures"), ("ar", "8\u00a0ساعات"), ("he", "8\u202fשעות")):
        for measure in range(75, 160, 5):
            lines = set_lines([Span(f"{SENTENCES[language]} {text}")], measure, 14, language=language)
            assert any(text in line.text for line in lines)


def test_a_rare_character_beyond_the_first_plane_breaks_where_it_should():
    lines = set_lines([Span("𠀋𠂉食事 𠮷野家")], 50, 14, language="ja")
    assert "".join(line.text for line in lines).replace(" ", "") == "𠀋𠂉食事𠮷野家"
    assert all(line.width <= 50 for line in lines)


@EVERY
def test_letters_with_their_marks_stay_inside_their_line(language):
    line = one(SENTENCES[language], language, leading=1.2)
    for segment in line.segments:
        font, unit = opened(segment.face), segment.size / opened(segment.face).face.upem
        for glyph in segment.glyphs:
            extents, up = font.get_glyph_extents(glyph.number), glyph.up * segment.size / 1000
            if extents:
                assert up + extents.y_bearing * unit <= line.baseline + 1
                assert up + (extents.y_bearing + extents.height) * unit >= line.baseline - line.height - 1


@pytest.mark.parametrize("rare", [*"䶮㛃𬭩𬍛𬶋㑇䥽䴙䲟𠮷髙﨑德邉邊𠮟塚"])
def test_rare_characters_of_names_are_there(rare):
    assert drawable(rare)


MIXED = "".join(
    sorted({*"".join(SENTENCES.values()), *"".join(NAMES), *"\u200b\u2060\u00ad\u2066\u2068\u2069\u200f\u202e \n"})
)
mixed = st.lists(
    st.builds(Span, st.text(st.sampled_from(MIXED), max_size=40), st.booleans(), blank=st.sampled_from(["", "name"])),
    max_size=4,
)


@given(mixed, st.floats(min_value=20, max_value=400), st.sampled_from(list(SENTENCES)))
@settings(deadline=None)
def test_of_no_text_is_anything_lost_or_too_wide_or_overlapping(spans, measure, language):
    lines = set_lines(spans, measure, 14, language=language)
    unseen = {**UNSEEN, **dict.fromkeys((0x200F, 0x202E, 0x2066, 0x2068, 0x2069, 0x0A))}
    told = "".join(line.text for line in lines).translate(unseen)
    assert squeezed(told) == squeezed("".join(span.text for span in spans).translate(unseen))
    for line in lines:
        assert line.width <= measure + 0.001 or sum(bool(glyph.text) for glyph in glyphs(line)) == 1
        assert sum(segment.width for segment in line.segments) == pytest.approx(line.width)
        placed = sorted(line.segments, key=lambda segment: (segment.x, segment.x + segment.width))
        for left, right in pairwise(placed):
            assert right.x == pytest.approx(left.x + left.width)
        for segment in line.segments:
            assert segment.text.translate(unseen) in {text.translate(unseen) for text in logical(segment)}
            assert segment.width == pytest.approx(sum(glyph.advance for glyph in segment.glyphs) * 14 / 1000)


@pytest.mark.parametrize(
    "text",
    ["他说“Maria Lopez”，又说‘Lee’。", "诊所（Maria）(Lee) [555] 的", "“今天”和“Maria”", "请问(212) 555-0142）。"],
)
def test_signs_that_open_and_close_are_of_one_face(text):
    (line,) = set_lines([Span(text)], 500, 12, language="zh-Hans")
    faces = {segment.face.name for segment in line.segments for char in segment.text if char in "“”‘’()[]"}
    assert faces == {"NotoSansSC-Regular"}


def test_a_quotation_mark_after_a_blank_is_like_the_one_before_it():
    spans = [Span("他说“"), Span("Maria", blank="name"), Span("”和“"), Span("Lee", blank="other"), Span("”")]
    (line,) = set_lines(spans, 500, 12, language="zh-Hans")
    marks = [segment.face.name for segment in line.segments for char in segment.text if char in "“”"]
    assert marks == ["NotoSansSC-Regular"] * 4


def test_an_apostrophe_in_a_latin_name_stays_latin():
    (line,) = set_lines([Span("今天‘好’ O’Brien’s 的")], 500, 12, language="zh-Hans")
    named = next(segment for segment in line.segments if "Brien" in segment.text)
    assert named.face.name == "NotoSans-Regular"
    assert "O’Brien’s" in named.text


@pytest.mark.parametrize("language", ["en", "vi", "ar", "ja"])
def test_a_korean_name_is_not_broken_in_any_language(language):
    lines = set_lines([Span("김민수", blank="name"), Span(" 김민수 a")], 40, 12, language=language)
    assert [line.text for line in lines] == ["김민수", "김민수", "a"]


def test_dots_that_part_are_alike_and_one_within_a_name_is_as_wide_as_its_letters():
    (line,) = set_lines([Span("今天 · Maria · 今天 · 约翰·史密斯")], 500, 12, language="zh-Hans")
    dots = [segment.face.name for segment in line.segments for char in segment.text if char == "·"]
    assert dots == ["NotoSans-Regular"] * 3 + ["NotoSansSC-Regular"]


def test_brackets_around_a_blank_are_of_one_face_whatever_is_in_it():
    spans = [Span("الجوّ مشمس ("), Span("0.5 mg)", blank="dose"), Span(") "), Span("Maria", blank="name"), Span(".")]
    (line,) = set_lines(spans, 500, 12, language="ar")
    around = [
        segment.face.name for segment in line.segments if "mg" not in segment.text for c in segment.text if c in "()"
    ]
    assert around == ["NotoNaskhArabic-Regular"] * 2


def test_spaces_between_urdu_and_latin_are_as_wide_as_between_latin_words():
    text = "اس Maria Lopez نے 5:30\u00a0صبح"
    (line,) = set_lines([Span(text)], 500, 12, language="ur")
    spaces = [segment.face.name for segment in line.segments if not segment.text.strip()]
    assert spaces == ["NotoSans-Regular"] * 4
    assert line.text == text
