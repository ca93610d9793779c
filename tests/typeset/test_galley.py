import struct
from dataclasses import replace

import pytest

from handouts.content.blocks import BlankPlace, Block, Field, Group, Part, Text, Unset
from handouts.errors import RefusedAppointment, SettingError, TemplateError
from handouts.typeset import LETTER, Glyphs, Style, Surroundings, set_block, set_galleys
from handouts.typeset.marks import Box, FieldBox, Picture, Rule
from handouts.typeset.pictures import pixel_size

STYLE = Style()
AROUND = Surroundings(LETTER.measure, STYLE)
MM = 72 / 25.4


def block(role, *parts, place="preparation.html, line 3"):
    return Block(role, tuple(parts), ("S1",), "en", place=place)


def part(role, *runs, scope=""):
    return Part(role, tuple(Text(run) if isinstance(run, str) else run for run in runs), scope)


def marks(galley, kind):
    return [mark for strip in galley.strips for mark in strip.marks if isinstance(mark, kind)]


def words(galley):
    return " ".join(mark.text.strip() for mark in marks(galley, Glyphs))


def set_alone(given, printed=None, around=AROUND, pictures=None):
    return set_block(given, printed or {}, around, pictures or {})


def test_a_blank_is_printed():
    galley = set_alone(block("p", part("p", "Come at ", BlankPlace("arrival"))), {"arrival": "9:30\u202fAM"})
    assert words(galley) == "Come at 9:30\u202fAM"


def test_a_blank_that_was_not_printed_is_a_key_error():
    with pytest.raises(KeyError, match="arrival"):
        set_alone(block("p", part("p", BlankPlace("arrival"))))


def test_an_unset_setting_never_reaches_the_page():
    with pytest.raises(SettingError, match=r"preparation.html, line 3.*no_ride_policy"):
        set_alone(block("p", part("p", Unset("no_ride_policy"))))


@pytest.mark.parametrize("count", range(1, 40, 4))
def test_a_paragraph_breaks_with_two_lines_on_either_side(count):
    galley = set_alone(block("p", part("p", "word " * 8 * count)))
    lines = len(galley.strips)
    assert galley.breaks == tuple(range(2, lines - 1))


def test_a_heading_never_breaks_and_stays_with_what_follows():
    galley = set_alone(block("h2", part("h2", "A long heading " * 20)))
    assert galley.keep_with_next
    assert not galley.breaks


@pytest.mark.parametrize("kind", ["signature", "text"])
def test_there_are_ten_millimetres_to_write_above_a_line(kind):
    galley = set_alone(block("fields", part("fields", Field(kind, "sign.patient", "Your signature", 60))))
    (box,) = marks(galley, FieldBox)
    assert box.height >= 10 * MM
    assert box.y >= 0
    assert words(galley) == "Your signature"
    assert min(mark.y for mark in marks(galley, Glyphs)) > box.y + box.height


def test_several_lines_to_write_on_are_nine_millimetres_apart():
    (one,) = marks(set_alone(block("fields", part("fields", Field("text", "q", "Questions")))), FieldBox)
    (three,) = marks(set_alone(block("fields", part("fields", Field("text", "q", "Questions", lines=3)))), FieldBox)
    assert three.lines == 3
    assert three.height - one.height == pytest.approx(2 * 9 * MM)


def test_fields_stand_side_by_side_with_their_shares_and_fill_the_measure():
    fields = (Field("signature", "sign", "Signature", 60), Field("text", "date", "Date", 40))
    left, right = marks(set_alone(block("fields", part("fields", *fields))), FieldBox)
    assert left.width / right.width == pytest.approx(1.5)
    assert left.x + left.width < right.x
    assert right.x + right.width == pytest.approx(LETTER.measure)
    assert left.y + left.height == pytest.approx(right.y + right.height)


def test_fields_of_more_than_a_hundred_percent_take_another_line():
    fields = [Field("text", f"f{n}", "Label", 60) for n in range(2)]
    first, second = marks(set_alone(block("fields", part("fields", *fields))), FieldBox)
    assert first.x == second.x


def test_text_and_fields_of_one_block_keep_their_order_and_stay_together():
    runs = ("Who takes you home?", Field("text", "escort", "Name"), "They must be an adult.")
    galley = set_alone(block("fields", part("fields", *runs)))
    assert words(galley) == "Who takes you home? Name They must be an adult."
    assert not galley.breaks


def test_initials_alone_stand_beside_their_text():
    galley = set_alone(block("fields", part("fields", "I understand. " * 20, Field("initials", "i.risk", "Initials"))))
    (box,) = marks(galley, FieldBox)
    text = [mark for mark in marks(galley, Glyphs) if mark.text != "Initials"]
    assert max(mark.x + mark.width for mark in text) < box.x
    assert len(galley.strips) == 1


@pytest.mark.parametrize("role", ["p", "li"])
def test_a_checkbox_hangs_before_its_text_and_is_five_millimetres_wide(role):
    text = "You are pregnant or might be " * 5
    galley = set_alone(
        block(role, part(role, Field("checkbox", "tell.1", "x"), text)), around=AROUND._replace(marker="•")
    )
    (box,) = marks(galley, FieldBox)
    assert box.width >= 5 * MM
    assert box.x == 0
    assert {mark.x for mark in marks(galley, Glyphs)} == {STYLE.checkbox + STYLE.checkbox_gap}
    assert box.y + box.height <= galley.strips[0].height
    assert "•" not in words(galley)


def test_list_items_are_numbered_in_their_list_and_nested_lists_stand_further_in():
    def item(text):
        return block("li", part("li", text))

    inner = Group("ol", (item("inner"), item("inner")))
    root = Group("document", (Group("ol", (item("a"), inner, item("b"))), Group("ul", (item("c"),))))
    galleys = set_galleys(root, {}, LETTER, STYLE, {})
    assert [words(galley) for galley in galleys] == ["1. a", "1. inner", "2. inner", "2. b", "• c"]
    assert marks(galleys[1], Glyphs)[0].x > marks(galleys[0], Glyphs)[0].x


def test_a_table_row_has_a_line_below_it_and_heads_are_shaded_and_bold():
    head = block("tr", part("th", "Medicine", scope="col"), part("th", "When", scope="col"))
    row = block("tr", part("th", "Aspirin", scope="row"), part("td", "Take as usual"))
    around = AROUND._replace(widths=(70, 30))
    top, below = set_alone(head, around=around), set_alone(row, around=around)
    assert top.is_table_head
    assert not below.is_table_head
    assert marks(top, Box)
    assert any(rule.y1 == below.height for rule in marks(below, Rule))
    assert [mark.face.name for mark in marks(below, Glyphs)] == ["NotoSans-Bold", "NotoSans-Regular"]
    assert marks(below, Glyphs)[1].x == pytest.approx(0.7 * LETTER.measure + STYLE.cell_side)
    assert not below.breaks


def test_a_row_with_other_cells_than_the_table_has_columns_is_an_error_with_its_place():
    with pytest.raises(TemplateError, match=r"preparation.html, line 3.*1 cells.*2 columns"):
        set_alone(block("tr", part("td", "only one")), around=AROUND._replace(widths=(50, 50)))


@pytest.mark.parametrize("kind", ["", "note", "warning", "staff"])
def test_a_callout_holds_all_its_parts_inside_and_is_divided_at_need_alone(kind):
    parts = (
        part("h3", "Call us"),
        part("p", "if you eat " * 30),
        part("li", "or drink"),
        part("fields", "why", Field("text", "w", "Why")),
    )
    galley = set_alone(replace(block("aside", *parts), kind=kind))
    assert galley.breaks == ()
    assert galley.at_need == (1, 2, 3)
    assert words(galley).replace("  ", " ").startswith("Call us if you eat")
    assert words(galley).endswith("• or drink why Why")
    for strip in galley.strips:
        for mark in strip.marks:
            if isinstance(mark, Glyphs):
                assert mark.x > 0
                assert mark.x + mark.width < LETTER.measure
                assert 0 < mark.y < strip.height


def test_every_missing_glyph_of_a_document_is_told_at_once_and_content_before_patients():
    blocks = (block("p", part("p", "ཀ", place_a)) for place_a in ("a", "b"))
    root = Group("document", (*blocks, block("p", part("p", BlankPlace("name")))))
    with pytest.raises(TemplateError) as caught:
        set_galleys(root, {"en": {"name": "ཁ"}}, LETTER, STYLE, {})
    assert len(caught.value.faults) == 2
    only_blank = Group("document", root.children[2:])
    with pytest.raises(RefusedAppointment, match="name"):
        set_galleys(only_blank, {"en": {"name": "ཁ"}}, LETTER, STYLE, {})


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 400, 100)
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08" + struct.pack(">HH", 100, 400) + b"\x03"


@pytest.mark.parametrize("content", [PNG, JPEG])
def test_the_size_of_a_picture_is_read_from_its_bytes(content):
    assert pixel_size(content) == (400, 100)


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\xff\xd8\xff", JPEG[:12], PNG[:20], PNG[:16] + bytes(8)])
def test_bytes_that_are_no_picture_are_refused(content):
    with pytest.raises(ValueError, match=r"picture|PNG|JPEG"):
        pixel_size(content)


def test_a_picture_keeps_its_shape_and_fits_the_measure():
    wide = PNG[:16] + struct.pack(">II", 4000, 1000)
    image = block("img", Part("img", (Text("A map"),), source="map.png"))
    (picture,) = marks(set_alone(image, pictures={"map.png": wide}), Picture)
    assert picture.width == pytest.approx(LETTER.measure)
    assert picture.width / picture.height == pytest.approx(4)
    assert picture.description == "A map"
    for pictures in ({}, {"map.png": b"GIF89a"}):
        with pytest.raises(TemplateError, match=r'line 3, "src": "map.png"'):
            set_alone(image, pictures=pictures)


def test_a_sentence_that_ends_with_a_blank_that_ends_in_a_stop_has_one_stop():
    runs = (Text("Come with "), BlankPlace("escort_name"), Text(". Do not drive."))
    found = Block("p", (Part("p", runs),), ("P6",), "en")
    galley = set_block(found, {"escort_name": "Robert Lee Jr."}, Surroundings(500, Style()), {})
    said = "".join(mark.text for strip in galley.strips for mark in strip.marks if isinstance(mark, Glyphs))
    assert said == "Come with Robert Lee Jr. Do not drive."


def test_a_box_alone_in_a_cell_stands_as_one_beside_words_in_a_higher_line():
    box = Field("checkbox", "done", "Done")
    cells = (Part("td", (Text("یہ کھڑکی"),)), Part("td", (box,)), Part("td", (box, Text("کھڑکی"))))
    (galley,) = set_galleys(Group("table", (Block("tr", cells, ("S1",), "ur"),)), {}, LETTER, Style(), {})
    alone, beside = (mark for mark in galley.strips[0].marks if isinstance(mark, FieldBox))
    assert alone.y == pytest.approx(beside.y)
