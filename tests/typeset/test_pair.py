"""Two languages side by side: every block of both, in pairs, nothing to fill in twice, nothing over the other."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handouts.content.blocks import Block, Field, Group, Part, Text
from handouts.errors import TemplateError
from handouts.typeset import LETTER, FurnitureSize, Glyphs, lay_out, set_galleys
from handouts.typeset.pair import side_by_side
from handouts.typeset.variant import BILINGUAL

SIZE = FurnitureSize(40, 60)


def block(language, role, *runs, **given):
    return Block(role, (Part(role, runs),), ("S1",), language, place="p.html, line 7", **given)


def item(language, text):
    return block(language, "li", Field("checkbox", "done", f"{text} ({language})"), Text(text))


def document(language, *children):
    return Group("document", (block(language, "h1", Text(language)), *children))


def test_every_block_stands_beside_the_same_block_of_the_other_language():
    one, other = (document(tag, block(tag, "p", Text(f"{tag} text"))) for tag in ("es", "en"))
    pairs = side_by_side(one, other).children
    assert [pair.role for pair in pairs] == ["pair", "pair"]
    assert [[b.language for b in pair.blocks()] for pair in pairs] == [["es", "en"], ["es", "en"]]


def test_a_box_to_tick_stands_once_and_its_label_is_in_both():
    one, other = (document(tag, Group("ul", (item(tag, "Hecho"),))) for tag in ("es", "en"))
    fields = [run for b in side_by_side(one, other).blocks() for run in b.runs if isinstance(run, Field)]
    assert [field.label for field in fields] == ["Hecho (es) / Hecho (en)"]


def test_words_that_boxes_parted_stay_apart_where_no_box_stands():
    runs = (Field("checkbox", "a", "Yes"), Text("Yes"), Field("checkbox", "b", "No"), Text("No"))
    one, other = (document(tag, block(tag, "p", *runs)) for tag in ("es", "en"))
    assert list(side_by_side(one, other).blocks())[-1].canonical == "p: Yes / No"


def test_lines_to_write_on_take_the_whole_width_below_their_text_and_stay_with_it():
    sign = Field("signature", "sign", "Sign")
    one, other = (document(tag, block(tag, "p", Text("I agree."), sign)) for tag in ("es", "en"))
    kept = side_by_side(one, other).children[-1]
    assert (kept.keep, [child.role for child in kept.children]) == (True, ["pair", "fields"])
    galleys = set_galleys(side_by_side(one, other), {}, LETTER, BILINGUAL, {})
    (line,) = (mark for strip in galleys[-1].strips for mark in strip.marks if getattr(mark, "name", "") == "sign")
    assert line.width == pytest.approx(LETTER.measure)


@pytest.mark.parametrize(
    "other",
    [
        document("en"),
        document("en", block("en", "h2", Text("x"))),
        document("en", Group("ul", (block("en", "li", Text("x")),))),
        document("en", block("en", "p", Text("x")), block("en", "p", Text("y"))),
    ],
)
def test_languages_that_do_not_hold_the_same_blocks_are_refused(other):
    with pytest.raises(TemplateError, match="same blocks"):
        side_by_side(document("es", block("es", "p", Text("x"))), other)


def test_rows_of_a_table_stand_below_each_other_and_never_part():
    def table(tag):
        rows = (Block("tr", (Part("th", (Text("Head"),), "col"), Part("th", (Text("B"),), "col")), ("S1",), tag),)
        rows += tuple(
            Block("tr", (Part("td", (Text(f"{n}"),)), Part("td", (Text("x " * 60),))), ("S1",), tag) for n in range(40)
        )
        return document(tag, Group("table", rows, (50, 50)))

    root = side_by_side(table("es"), table("en"))
    galleys = set_galleys(root, {}, LETTER, BILINGUAL, {})
    master = lay_out(root, galleys, LETTER, BILINGUAL, SIZE)
    assert len(master.pages) > 2
    for number, page in enumerate(master.pages):
        assert [galleys[place.galley].block.language for place in page] == ["es", "en"] * (len(page) // 2)
        assert number == 0 or [place.repeated for place in page[:2]] == [True, True]
        assert {place.x for place in page} == {LETTER.left} or number == 0


counts = st.integers(1, 120)
blocks = st.lists(
    st.tuples(st.sampled_from(["p", "h2", "li", "aside", "ticked"]), counts, counts), min_size=1, max_size=20
)


def tree(language, made, which):
    def node(role, text):
        if role == "ticked":
            return Group("ul", (item(language, text),))
        if role == "li":
            return Group("ol", (block(language, "li", Text(text)), block(language, "li", Text(text))))
        return Block(role, (Part("p" if role == "aside" else role, (Text(text),)),), ("S1",), language)

    return document(
        language,
        *(node(role, "word " * (counts[which] % 9 + 1 if role == "h2" else counts[which])) for role, *counts in made),
        block(language, "p", Text("End")),
    )


@settings(max_examples=60, deadline=None)
@given(blocks, st.sampled_from([("es", "en"), ("ar", "en")]))
def test_every_strip_stands_once_inside_its_column_and_no_column_covers_the_other(made, languages):
    root = side_by_side(*(tree(tag, made, which) for which, tag in enumerate(languages)))
    galleys = set_galleys(root, {}, LETTER, BILINGUAL, {})
    master = lay_out(root, galleys, LETTER, BILINGUAL, SIZE)
    placed = {}
    half = (LETTER.measure - BILINGUAL.column_gutter) / 2
    for number, page in enumerate(master.pages):
        lowest = dict.fromkeys(languages, 0.0)
        for place in page:
            galley = galleys[place.galley]
            placed.setdefault(place.galley, []).extend(range(place.first, place.last))
            language = galley.block.language
            assert place.y >= lowest[language] - 0.001
            lowest[language] = place.y + sum(s.height for s in galley.strips[place.first : place.last])
            on_the_left = (language == languages[0]) == (languages[0] != "ar")
            assert place.x == pytest.approx(LETTER.left + (0 if on_the_left else half + BILINGUAL.column_gutter))
            for strip in galley.strips:
                assert all(
                    mark.x >= 0 and mark.x + mark.width <= half + 0.01 for mark in strip.marks if hasattr(mark, "x")
                )
        assert max(lowest.values()) <= LETTER.height - LETTER.bottom - SIZE.footer + 0.001, number
    assert placed == {g: list(range(len(galley.strips))) for g, galley in enumerate(galleys)}
    first = {
        g: (number, place.y)
        for number, page in reversed(list(enumerate(master.pages)))
        for place in reversed(page)
        for g in [place.galley]
    }
    assert all(first[g] == first[g + 1] for g in range(0, len(galleys), 2))


def test_lines_of_one_language_stay_together_beside_higher_lines_of_the_other():
    urdu, english = "یہ کھڑکی کھلی ہے اور ہوا تیز چل رہی ہے۔ " * 6, "The window is open and it is windy outside. " * 6
    root = side_by_side(document("ur", block("ur", "p", Text(urdu))), document("en", block("en", "p", Text(english))))
    galleys = set_galleys(root, {}, LETTER, BILINGUAL, {})
    (page,) = lay_out(root, galleys, LETTER, BILINGUAL, SIZE).pages
    for which in (2, 3):
        strips = galleys[which].strips
        assert len(strips) > 4
        y = page[2].y
        for place in (place for place in page if place.galley == which):
            assert place.y == pytest.approx(y)
            y += sum(strip.height for strip in strips[place.first : place.last])


@pytest.mark.parametrize("role", ["p", "h1", "h2", "li"])
def test_the_first_lines_of_a_pair_stand_on_one_baseline(role):
    texts = {"ur": "یہ کھڑکی کھلی ہے", "en": "The window is open", "ar": "النافذة مفتوحة"}
    for tag in ("ur", "ar"):
        one, other = (document(each, block(each, role, Text(texts[each]))) for each in (tag, "en"))
        galleys = set_galleys(side_by_side(one, other), {}, LETTER, BILINGUAL, {})
        for pair in (galleys[:2], galleys[2:]):
            found = [mark.y for galley in pair for mark in galley.strips[0].marks if isinstance(mark, Glyphs)]
            assert found == pytest.approx([found[0]] * len(found))


def test_both_rows_of_a_pair_have_their_cells_in_the_columns_of_the_first_language():
    def table(tag, words):
        head = Block("tr", tuple(Part("th", (Text(word),), "col") for word in words), ("S1",), tag)
        return document(tag, Group("table", (head,), (60, 20, 20)))

    root = side_by_side(table("ar", ("سؤال", "نعم", "لا")), table("en", ("Question", "Yes", "No")))
    arabic, english = set_galleys(root, {}, LETTER, BILINGUAL, {})[2:]
    columns = [[m.x for m in galley.strips[0].marks if isinstance(m, Glyphs)] for galley in (arabic, english)]
    middle = [LETTER.measure * share for share in (0.4, 0.2, 0)]
    for found in columns:
        assert all(left <= x <= left + 0.61 * LETTER.measure for x, left in zip(found, middle, strict=True))
    assert columns[1] == pytest.approx([left + BILINGUAL.cell_side for left in middle])
