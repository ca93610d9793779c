"""Pages of languages that are written from right to left: what hangs at the start hangs at the right."""

import pytest

from handouts.content.blocks import BlankPlace, Block, Field, Group, Part, Text
from handouts.typeset import LETTER, Furniture, Glyphs, Style, Surroundings, set_block, set_galleys
from handouts.typeset.bidi import isolated
from handouts.typeset.marks import Box, FieldBox, Picture, Rule, Strip, mirrored
from handouts.typeset.standing import set_furniture

STYLE = Style()
MEASURE = LETTER.measure
AROUND = Surroundings(MEASURE, STYLE)
WORDS = {
    "ar": "لا تأكل قبل موعدك",
    "fa": "پیش از نوبت غذا نخورید",
    "ur": "ملاقات سے پہلے نہ کھائیں",
    "he": "אין לאכול לפני הפגישה",
}
RIGHT_TO_LEFT = pytest.mark.parametrize("language", list(WORDS))


def block(language, role, *parts, **more):
    return Block(role, tuple(parts), ("S1",), language, place="x.html, line 1", **more)


def part(role, *runs, scope=""):
    return Part(role, tuple(Text(run) if isinstance(run, str) else run for run in runs), scope)


def marks(galley, kind):
    return [mark for strip in galley.strips for mark in strip.marks if isinstance(mark, kind)]


def right(mark):
    return mark.x + mark.width


def alone(given, around=AROUND, printed=None):
    return set_block(given, printed or {}, around, {})


@RIGHT_TO_LEFT
@pytest.mark.parametrize("role", ["p", "h1", "h2", "h3"])
def test_text_and_headings_start_at_the_right(language, role):
    galley = alone(block(language, role, part(role, " ".join([WORDS[language]] * 9))))
    assert len(galley.strips) > 1
    for strip in galley.strips:
        texts = [mark for mark in strip.marks if isinstance(mark, Glyphs)]
        assert max(map(right, texts)) == pytest.approx(MEASURE)
        assert min(mark.x for mark in texts) >= -0.01


@RIGHT_TO_LEFT
@pytest.mark.parametrize("marker", ["•", "1."])
def test_bullets_and_numbers_hang_at_the_right_of_their_item(language, marker):
    galley = alone(block(language, "li", part("li", WORDS[language])), AROUND._replace(marker=marker))
    shown = marks(galley, Glyphs)
    sign, text = shown[0], shown[len(marker) :]  # the full stop of a number stands by itself, left of it
    hang = STYLE.hang if marker == "•" else STYLE.hang_number
    assert sign.text[0] == marker[0]
    assert right(sign) <= MEASURE + 0.01
    assert max(map(right, text)) == pytest.approx(MEASURE - hang)
    assert sign.x >= MEASURE - hang
    assert {mark.y for mark in text} == {sign.y}


def test_inner_lists_stand_further_in_from_the_right():
    def item():
        return block("he", "li", part("li", WORDS["he"]))

    inner = Group("ul", (item(),))
    outer, deeper = set_galleys(Group("document", (Group("ul", (item(), inner)),)), {}, LETTER, STYLE, {})
    apart = max(map(right, marks(outer, Glyphs))) - max(map(right, marks(deeper, Glyphs)))
    assert apart == pytest.approx(STYLE.hang)


@RIGHT_TO_LEFT
def test_a_checkbox_stands_right_of_its_text(language):
    text = " ".join([WORDS[language]] * 6)
    galley = alone(block(language, "p", part("p", Field("checkbox", "tell.1", "x"), text)))
    (box,) = marks(galley, FieldBox)
    assert right(box) == pytest.approx(MEASURE)
    assert all(right(mark) < box.x for mark in marks(galley, Glyphs))


def test_checkboxes_among_text_stand_right_of_their_word():
    yes, no = (Field("checkbox", name, name) for name in ("yes", "no"))
    galley = alone(block("he", "p", part("p", "בחרו: ", yes, " כן ", no, " לא")))
    first, second = marks(galley, FieldBox)
    words = {mark.text.strip(): mark for mark in marks(galley, Glyphs)}
    assert words["בחרו:"].x > right(first)
    assert first.x > right(words["כן"]) - 6
    assert words["כן"].x > right(second)
    assert second.x > words["לא"].x


@RIGHT_TO_LEFT
def test_columns_of_a_table_run_from_right_to_left(language):
    row = block(language, "tr", part("th", "Aspirin", scope="row"), part("td", WORDS[language]))
    galley = alone(row, AROUND._replace(widths=(30, 70)))
    head, *cell = marks(galley, Glyphs)
    assert head.text == "Aspirin"
    assert right(head) == pytest.approx(MEASURE - STYLE.cell_side)
    assert max(map(right, cell)) == pytest.approx(0.7 * MEASURE - STYLE.cell_side)
    assert head.y == cell[0].y


def test_the_bar_of_a_callout_stands_at_the_right():
    galley = alone(block("ar", "aside", part("p", WORDS["ar"]), kind="warning"))
    (bar,) = marks(galley, Rule)
    assert bar.x1 == bar.x2 == pytest.approx(MEASURE - STYLE.callout_bar / 2)
    (ground,) = marks(galley, Box)
    assert (ground.x, ground.width) == (pytest.approx(0), MEASURE)


def test_the_first_field_of_a_row_is_the_rightmost_and_initials_stand_at_the_left():
    fields = (Field("signature", "sign", "חתימה", 60), Field("text", "date", "תאריך", 40))
    galley = alone(block("he", "fields", part("fields", *fields)))
    first, second = marks(galley, FieldBox)
    assert right(first) == pytest.approx(MEASURE)
    assert second.x == pytest.approx(0)
    for box, label in zip((first, second), marks(galley, Glyphs), strict=True):
        assert right(label) == pytest.approx(right(box))
    beside = alone(block("he", "fields", part("fields", "הבנתי. " * 20, Field("initials", "i", "ר״ת"))))
    (box,) = marks(beside, FieldBox)
    assert box.x == pytest.approx(0)


def test_mirroring_twice_gives_the_strip_again():
    made = (
        Box(1, 2, 30, 4),
        Rule(1, 2, 30, 4, 0.5, (0, 0, 0)),
        FieldBox("a", "text", "a", 3, 4, 50, 20),
        Picture(5, 6, 7, 8, b"", "a"),
    )
    strip = Strip(20, made)
    assert mirrored(mirrored(strip, 100), 100) == strip
    assert mirrored(strip, 100).marks[0].x == 69


def test_a_name_and_a_phone_number_keep_their_own_order():
    runs = ("اتصل على ", Text("+1 212-555-0102", href="tel:+12125550102"), " يا ", BlankPlace("name"), "!")
    galley = alone(block("ar", "p", part("p", *runs)), printed={"name": "Maria Lopez (Mia)"})
    shown = {mark.text: mark for mark in marks(galley, Glyphs)}
    for whole in ("+1 212-555-0102", "Maria Lopez (Mia)"):
        assert "".join(glyph.text for glyph in shown[whole].glyphs) == whole


def furniture(language, person):
    return Furniture(
        "עיר Clinic",
        "הוראות",
        f"עבור: {isolated(person, language)}",
        " · ".join(
            isolated(each, language) for each in (person, f"נולד {isolated('4 ביולי 1980', language)}", "123-4")
        ),
        "עמוד {page} מתוך {pages}",
        "doc",
        "שאלו אותנו",
        language,
    )


def test_header_and_footer_start_at_the_right_and_keep_the_parts_in_order():
    standing = set_furniture(furniture("he", "Maria Lopez"), MEASURE, STYLE)
    header, footer = standing.header, standing.footer(1, 3)
    texts = [mark for mark in header.marks if isinstance(mark, Glyphs)]
    assert max(right(mark) for mark in texts) == pytest.approx(MEASURE)
    (title,) = (mark for mark in texts if "הוראות" in mark.text)
    assert title.x == pytest.approx(0)
    shown = [mark for mark in footer.marks if isinstance(mark, Glyphs)]
    name = next(mark for mark in shown if "Maria" in mark.text)
    born = next(mark for mark in shown if "נולד" in mark.text)
    number = next(mark for mark in shown if "123-4" in mark.text)
    assert name.x > born.x > number.x
    assert right(name) == pytest.approx(MEASURE)
    assert min(mark.x for mark in shown) == pytest.approx(0)
