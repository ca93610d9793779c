"""What a person answered stands in its field: whole, above its line, and never over anything else."""

from __future__ import annotations

import itertools
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handouts.content.blocks import BlankPlace, Block, Field, Group, Part, Text
from handouts.errors import RefusedAppointment
from handouts.typeset import LETTER, Style, Surroundings, furniture_size, lay_out, set_block, set_galleys
from handouts.typeset.furniture import Furniture
from handouts.typeset.marks import FieldBox, Glyphs
from handouts.typeset.variant import LARGE

AROUND = Surroundings(LETTER.measure, Style())
LONG = {
    "en": "Will I be awake, and can my daughter stay with me? ",
    "ar": "هل سأكون مستيقظة، وهل يمكن لابنتي أن تبقى معي؟ ",
    "he": "האם אהיה ערה, והאם בתי יכולה להישאר איתי? ",
    "zh-Hans": "我会醒着吗？我的女儿可以陪着我吗？",
    "th": "ฉันจะตื่นอยู่ไหม และลูกสาวอยู่กับฉันได้ไหม ",
    "hi": "क्या मैं जागती रहूँगी, और क्या मेरी बेटी मेरे साथ रह सकती है? ",
    "ur": "کیا میں جاگتی رہوں گی، اور کیا میری بیٹی میرے ساتھ رہ سکتی ہے؟ ",
    "am": "ነቅቼ እሆናለሁ? ልጄ ከእኔ ጋር መቆየት ትችላለች? ",
}


def fields(*runs, language="en", role="fields"):
    return Block(role, (Part(role, runs),), ("S1",), language, place="form.html, line 1")


def set_in(block, around=AROUND, printed=None):
    return set_block(block, printed or {}, around, {})


def words(name="words", *, width=100, lines=2, value="", kind="text"):
    return Field(kind, name, "What you want to say", width, lines, value)


def written(galley):
    """The answers as (text, left, right, top, bottom), from the top of the galley."""
    found, down = [], 0.0
    for strip in galley.strips:
        for mark in strip.marks:
            if isinstance(mark, Glyphs) and mark.role == "value":
                top = down + mark.y
                found.append((mark.text, mark.x, mark.x + mark.width, top - 0.8 * mark.size, top))
        down += strip.height
    return found


def boxes(galley):
    """The fields as (name, left, right, top, bottom)."""
    found, down = [], 0.0
    for strip in galley.strips:
        own = [mark for mark in strip.marks if isinstance(mark, FieldBox)]
        found += [(m.name, m.x, m.x + m.width, down + m.y, down + m.y + m.height) for m in own]
        down += strip.height
    return found


def said(galley):
    return "".join(text for text, *_ in written(galley))


def squeezed(text):
    return "".join(text.split())


def test_a_field_without_an_answer_is_set_as_before():
    empty = set_in(fields(words()))
    (box,) = boxes(empty)
    assert written(empty) == []
    assert box[4] - box[3] == pytest.approx(Style().writing_height + Style().next_line)


@pytest.mark.parametrize("language", LONG)
@pytest.mark.parametrize("page", ["en", "ar"])
@pytest.mark.parametrize("style", [Style(), LARGE], ids=["standard", "large"])
@pytest.mark.parametrize("length", [1, 60, 400, 2000])
def test_the_whole_answer_stands_within_its_field(language, page, style, length):
    value = (LONG[language] * 80)[:length].strip()
    galley = set_in(fields(words(value=value), language=page), Surroundings(LETTER.measure, style))
    assert squeezed(said(galley)) == squeezed(value)
    (box,) = boxes(galley)
    found = written(galley)
    for _, left, right, top, bottom in found:
        assert left >= box[1] - 0.01
        assert right <= box[2] + 0.01
        assert top >= 0
        assert bottom <= galley.height
    if len(galley.strips) == 1:
        assert all(bottom < box[4] for *_, bottom in found)
    baselines = sorted({round(bottom, 2) for *_, bottom in found})
    assert all(below - above >= style.table for above, below in itertools.pairwise(baselines))


def test_an_answer_of_few_lines_stands_on_the_lines_there_are():
    one, two = (set_in(fields(words(value=LONG["en"] * times))) for times in (1, 3))
    (box,) = boxes(one)
    assert boxes(two) == [box]
    first, second = sorted({bottom for *_, bottom in written(two)})
    assert second - first == pytest.approx(Style().next_line)
    assert {bottom for *_, bottom in written(one)} == {first}


def test_where_the_lines_do_not_do_the_room_grows_and_all_stand_above_one_line():
    galley = set_in(fields(words(value=LONG["en"] * 8)))
    (mark,) = [mark for strip in galley.strips for mark in strip.marks if isinstance(mark, FieldBox)]
    assert mark.lines == 1
    assert mark.height > Style().writing_height + Style().next_line


def test_answers_side_by_side_do_not_reach_into_each_other():
    row = fields(
        words("a", width=18, lines=1, value="HM-1093-4441-8821 of the county court"),
        words("b", width=36, lines=1, value="Luis Ortega y Santamaría de la Fuente"),
        words("c", width=46, lines=1, value="video"),
    )
    galley = set_in(row)
    assert len(galley.strips) == 1
    own = {name: (left, right, bottom) for name, left, right, _, bottom in boxes(galley)}
    assert len({bottom for *_, bottom in own.values()}) == 1
    for text, left, right, _, bottom in written(galley):
        (name,) = [n for n, (start, end, _) in own.items() if start - 0.01 <= left and right <= end + 0.01]
        assert bottom < own[name][2], text


def test_a_long_answer_has_the_measure_to_itself_in_the_order_of_the_fields():
    row = fields(
        words("a", width=18, lines=1, value="1093"),
        words("b", width=36, lines=1, value=LONG["en"] * 10),
        words("c", width=46, lines=1),
    )
    galley = set_in(row)
    found = boxes(galley)
    assert [name for name, *_ in found] == ["a", "b", "c"]
    assert found[1][2] - found[1][1] == pytest.approx(LETTER.measure)
    assert found[0][4] < found[1][3]


@pytest.mark.parametrize(
    ("page", "value", "side"),
    [("en", "هل", "right"), ("en", "Hi", "left"), ("ar", "هل", "right"), ("ar", "Hi", "left")],
)
def test_an_answer_stands_where_its_own_language_begins(page, value, side):
    galley = set_in(fields(words(value=value), language=page))
    ((_, left, right, *_),) = written(galley)
    (box,) = boxes(galley)
    assert (right == pytest.approx(box[2])) if side == "right" else (left == pytest.approx(box[1]))


def test_initials_stand_in_the_middle_of_their_box_which_grows():
    short, long = (
        set_in(fields(Text("I know this."), Field("initials", "i", "Initials", value=value)))
        for value in ("ML", "Maria-José de la Fuente y Ñandú")
    )
    for galley in (short, long):
        (box,) = boxes(galley)
        middles = {round((left + right) / 2 - (box[1] + box[2]) / 2, 1) for _, left, right, *_ in written(galley)}
        assert middles == {0}
        assert all(box[3] < top and bottom < box[4] for *_, top, bottom in written(galley))
    assert boxes(long)[0][4] - boxes(long)[0][3] > boxes(short)[0][4] - boxes(short)[0][3]


def test_a_box_is_ticked_where_it_stands():
    for runs in (
        (Field("checkbox", "c", "C", value="yes"), Text("I agree")),
        (
            Text("One of "),
            Field("checkbox", "c", "C", value="yes"),
            Text("these"),
            Field("checkbox", "d", "D"),
            Text("two"),
        ),
    ):
        galley = set_in(fields(*runs, role="p"))
        ticks = {m.name: m.ticked for strip in galley.strips for m in strip.marks if isinstance(m, FieldBox)}
        assert ticks == {run.name: bool(run.value) for run in runs if isinstance(run, Field)}
        empty = set_in(fields(*(Field(r.kind, r.name, r.label) if isinstance(r, Field) else r for r in runs), role="p"))
        assert boxes(galley) == boxes(empty)


def test_a_character_without_a_glyph_names_the_field():
    with pytest.raises(RefusedAppointment, match='"words"'):
        set_in(fields(words(value="Bring the \U00013000")))


ALPHABET = "aB1.,-–’ é  Жя אב 12 ابتث ، 我会，ก็ไข่ किं क्ष 한국 ß@#()/€ "


@settings(max_examples=150)
@given(
    value=st.text(ALPHABET, min_size=1, max_size=2000).map(str.strip).filter(bool),
    width=st.integers(5, 100),
    lines=st.integers(1, 4),
    page=st.sampled_from(["en", "ar", "zh-Hans"]),
    kind=st.sampled_from(["text", "initials"]),
)
def test_whatever_is_written_all_of_it_stands_in_its_field_and_beside_no_other(value, width, lines, page, kind):
    value = value[:40] if kind == "initials" else value
    row = fields(words("a", width=width, lines=lines, value=value, kind=kind), words("b", value="Ana"), language=page)
    galley = set_in(row)
    own = unicodedata.normalize("NFC", value)
    assert sorted(squeezed(said(galley))) == sorted(squeezed(own) + "Ana")
    places = {name: (left, right) for name, left, right, *_ in boxes(galley)}
    for _, left, right, *_ in written(galley):
        assert any(start - 0.01 <= left and right <= end + 0.01 for start, end in places.values())


FURNITURE = Furniture("Clinic", "Form", "For: N", "N", "{page}/{pages}", "d", "Help", "en")


def pages(root, style):
    galleys = set_galleys(root, {"en": {"patient_name": "Ana"}}, LETTER, style, {})
    return galleys, lay_out(root, galleys, LETTER, style, furniture_size(FURNITURE, LETTER.measure, style)).pages


@pytest.mark.parametrize("language", LONG)
def test_an_answer_taller_than_a_page_goes_on_on_the_next_and_its_label_stays_with_its_last_line(language):
    value = (LONG[language] * 80)[:2000].strip()
    parts = (
        fields(Text("What matters to me"), role="h2"),
        fields(Text("Say it."), words(value=value)),
        fields(Field("checkbox", "none", "None"), Text("Nothing"), role="p"),
    )
    root = Group("document", (fields(Text("Form"), role="h1"), Group("section", parts, keep=True)))
    galleys, made = pages(root, Style(body=30, table=30, h2=30))
    assert len(made) > 1
    places = [place for page in made for place in page if place.galley == 2]
    assert [place.first for place in places] == [0, *(place.last for place in places[:-1])]
    assert places[-1].last == len(galleys[2].strips)
    assert places[-1].last - places[-1].first >= 2
    assert [place.galley for place in made[0]][:2] == [0, 1]


def test_an_answer_that_fits_a_page_is_not_divided():
    root = Group("document", tuple(fields(words(f"w.{n}", value=LONG["en"] * 9)) for n in range(8)))
    _, made = pages(root, Style())
    places = [place for page in made for place in page]
    assert [place.galley for place in places] == list(range(8))
    assert len(made) > 1


def test_an_answer_that_a_page_cannot_hold_where_nothing_divides_is_refused_by_its_name():
    cell = Block("tr", (Part("td", (words(value=LONG["en"] * 40),)), Part("td", (Text("b"),))), ("S1",), "en")
    with pytest.raises(RefusedAppointment, match="words"):
        pages(Group("document", (Group("table", (cell,), (10, 90)),)), LARGE)


def test_beside_a_blank_an_answer_stands_as_elsewhere():
    block = fields(Text("Say it, "), BlankPlace("patient_name"), Text("."), words(value=LONG["en"] * 20))
    galley = set_in(block, printed={"patient_name": "Ana"})
    assert squeezed(said(galley)) == squeezed(LONG["en"] * 20)
