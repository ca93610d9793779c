from dataclasses import replace
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handouts.content.blocks import BlankPlace, Block, Field, Group, Part, Text
from handouts.errors import RefusedAppointment, TemplateError
from handouts.typeset import A4, LETTER, Style, lay_out, pages_as_text, set_galleys
from handouts.typeset.furniture import FurnitureSize

STYLE = Style()
SIZE = FurnitureSize(30, 50)
PLACE = "consent.html, line 12"


def block(role, *texts, kind="", scope="", part_role=""):
    parts = tuple(Part(part_role or role, (Text(text),), scope) for text in texts)
    return Block(role, parts, ("S1",), "en", kind=kind, place=PLACE)


def words(count):
    return "word " * count


def head():
    return block("tr", "One", "Two", scope="col", part_role="th")


def row(count):
    return block("tr", words(count), "cell", part_role="td")


counts = st.integers(1, 120)
paragraphs = counts.map(lambda n: block("p", words(n)))
headings = st.sampled_from(["h1", "h2", "h3"]).map(lambda role: block(role, "A heading"))
callouts = counts.map(lambda n: block("aside", words(n), kind="warning", part_role="p"))
signatures = st.just(Block("fields", (Part("fields", (Field("signature", "s", "Sign"),)),), ("S1",), "en"))
lists = st.lists(counts.map(lambda n: block("li", words(n))), min_size=1, max_size=8).map(
    lambda c: Group("ul", tuple(c))
)
tables = st.builds(
    lambda with_head, rows: Group("table", ((head(),) if with_head else ()) + tuple(map(row, rows)), (60, 40)),
    st.booleans(),
    st.lists(st.integers(1, 60), min_size=1, max_size=20),
)
kept = st.lists(st.one_of(headings, counts.map(lambda n: block("p", words(n // 2 + 1)))), min_size=1, max_size=3).map(
    lambda c: Group("section", tuple(c), keep=True)
)
# No heading stands before a heading more than three times, so that a chain of them always fits on a page.
sections = st.lists(st.one_of(paragraphs, callouts, signatures, lists, tables), min_size=1, max_size=6).flatmap(
    lambda nodes: headings.map(lambda h: Group("section", (h, *nodes)))
)
documents = st.lists(st.one_of(sections, kept, paragraphs, lists, tables), max_size=10).map(
    lambda nodes: Group("document", (*nodes, block("p", "The end.")))
)
papers = st.sampled_from([LETTER, A4])


def laid_out(root, paper=LETTER, size=SIZE):
    galleys = set_galleys(root, {}, paper, STYLE, {})
    return lay_out(root, galleys, paper, STYLE, size), galleys


def content(master):
    return [place for page in master.pages for place in page if not place.repeated]


@settings(max_examples=150, deadline=None)
@given(documents, papers)
def test_every_strip_stands_once_in_order_and_inside_the_frame(root, paper):
    master, galleys = laid_out(root, paper)
    placed = [(place.galley, strip) for place in content(master) for strip in range(place.first, place.last)]
    assert placed == [(g, s) for g, galley in enumerate(galleys) for s in range(len(galley.strips))]
    for page in master.pages:
        y = paper.top + SIZE.header
        for place in page:
            assert place.y >= y - 0.001
            y = place.y + sum(strip.height for strip in galleys[place.galley].strips[place.first : place.last])
        assert y <= paper.height - paper.bottom - SIZE.footer + 0.001


@settings(max_examples=150, deadline=None)
@given(documents, papers)
def test_no_page_ends_with_a_heading_a_table_head_or_one_line(root, paper):
    master, galleys = laid_out(root, paper)
    for page in master.pages:
        assert page, "an empty page"
        last = galleys[page[-1].galley]
        assert last.block.role not in ("h1", "h2", "h3")
        assert not last.is_table_head
        for number, places in groupby((p for p in page if not p.repeated), key=lambda place: place.galley):
            own = list(places)
            lines = own[-1].last - own[0].first
            if galleys[number].block.role in ("p", "li"):
                assert lines >= 2 or lines == len(galleys[number].strips)


@settings(max_examples=100, deadline=None)
@given(documents, papers)
def test_kept_groups_are_whole(root, paper):
    master, _ = laid_out(root, paper)
    page_of = {place.galley: number for number, page in enumerate(master.pages) for place in page if not place.repeated}
    first = 0
    for child in root.children:
        count = len(list(child.blocks())) if isinstance(child, Group) else 1
        if isinstance(child, Group) and child.keep:
            pages = {n for n, p in enumerate(master.pages) for place in p if first <= place.galley < first + count}
            assert len(pages) == 1
        first += count
    assert page_of.keys() == set(range(first))


@settings(max_examples=100, deadline=None)
@given(documents, papers)
def test_a_table_that_goes_on_has_its_head_again(root, paper):
    master, galleys = laid_out(root, paper)
    table_of = {}
    number = 0
    for table, child in enumerate(_flat(root)):
        for _ in child.blocks() if isinstance(child, Group) else [child]:
            table_of[number] = (table, child) if isinstance(child, Group) and child.role == "table" else None
            number += 1
    for page in master.pages:
        first = next(place for place in page if not place.repeated)
        table = table_of[first.galley]
        has_head = table and table[1].children[0].parts[0].role == "th"
        goes_on = has_head and not galleys[first.galley].is_table_head
        assert [place.repeated for place in page].count(True) == int(bool(goes_on))
        assert page[0].repeated == bool(goes_on)


def _flat(group):
    for child in group.children:
        if isinstance(child, Group) and child.role == "section":
            yield from _flat(child)
        else:
            yield child


def test_a_paragraph_stays_with_the_first_items_of_its_list():
    for count in range(1, 45):
        filler = [block("p", "x") for _ in range(count)]
        items = [block("li", "item") for _ in range(5)]
        root = Group("document", (*filler, block("p", "Tell us if"), Group("ul", tuple(items))))
        master, _ = laid_out(root)
        pages = [[place.galley for place in page] for page in master.pages]
        intro = next(page for page in pages if count in page)
        assert count + 1 in intro
        assert count + 2 in intro
        assert count + 4 in next(page for page in pages if count + 5 in page)


def test_what_cannot_be_split_and_is_taller_than_a_page_is_an_error_with_its_place():
    tall = block("aside", words(900), part_role="p")
    with pytest.raises(TemplateError, match=r"consent.html, line 12.*\(aside\).*pt tall"):
        laid_out(Group("document", (tall,)))
    signature = Block("fields", (Part("fields", (Field("signature", "s", "Sign"),)),), ("S1",), "en")
    signed = Group("section", (*(block("p", words(60)) for _ in range(12)), signature), keep=True)
    with pytest.raises(TemplateError, match="kept together"):
        laid_out(Group("document", (block("p", "before"), signed)))
    headed = Group("document", (*(block("h2", words(150)) for _ in range(3)), block("p", "at last")))
    with pytest.raises(TemplateError, match="kept together"):
        laid_out(headed)


def test_what_is_kept_and_taller_than_a_page_is_divided_between_its_blocks_and_fills_the_page_before():
    many = Group("section", (block("h2", "Sign"), *(block("p", words(60)) for _ in range(12))), keep=True)
    master, galleys = laid_out(Group("document", (block("p", "before"), many, block("p", "after"))))
    assert len(master.pages) == 2
    assert [place.galley for place in master.pages[0]][:3] == [0, 1, 2]
    assert [place.galley for page in master.pages for place in page][-1] == len(galleys) - 1


def test_a_callout_taller_than_a_page_is_divided_between_its_parts_and_stays_with_its_heading():
    parts = tuple(Part("p", (Text(words(200)),)) for _ in range(6))
    callout = Block("aside", parts, ("S1",), "en", kind="warning", place=PLACE)
    lines = (block("p", words(20)), block("h2", "When to call"), callout, block("p", "after"))
    master, _ = laid_out(Group("document", lines))
    heading = next(page for page in master.pages if any(place.galley == 1 for place in page))
    assert [place.galley for place in heading][-1] == 2
    placed = [(place.first, place.last) for page in master.pages for place in page if place.galley == 2]
    assert placed == [(n, n + 1) for n in range(6)]
    small, _ = laid_out(Group("document", (block("p", words(330)), replace(callout, parts=parts[:2]))))
    assert [place.galley for place in small.pages[-1]] == [1]


def test_a_kept_group_taller_than_a_page_breaks_between_its_blocks_as_others_do():
    table = Group("table", (head(), *(row(40) for _ in range(20))), (60, 40))
    root = Group("document", (block("p", "before"), Group("section", (block("h2", "Whom to call"), table), keep=True)))
    master, galleys = laid_out(root)
    first, *others = ([galleys[place.galley].block.role for place in page] for page in master.pages)
    assert first[:3] == ["p", "h2", "tr"]
    assert others
    assert [page[0].repeated for page in master.pages] == [False, *(True for _ in others)]


def test_a_value_too_long_for_its_block_is_told_of_the_appointment_and_not_of_the_template():
    parts = (Part("td", (BlankPlace("medicines.1.name"),)), Part("td", (Text("cell"),)))
    table = Group("table", (head(), Block("tr", parts, ("S1",), "en", place=PLACE)), (10, 90))
    galleys = set_galleys(table, {"en": {"medicines.1.name": "W" * 200}}, LETTER, STYLE, {})
    with pytest.raises(RefusedAppointment, match=r"medicines\.1\.name.*pt tall.*Shorten"):
        lay_out(Group("document", (table,)), galleys, LETTER, STYLE, SIZE)


def test_larger_furniture_leaves_less_room():
    root = Group("document", tuple(block("p", words(80)) for _ in range(12)))
    small, _ = laid_out(root)
    large, _ = laid_out(root, size=FurnitureSize(200, 200))
    assert len(large.pages) > len(small.pages)


def test_pages_are_shown_as_text_with_positions():
    line = Block("fields", (Part("fields", (Field("signature", "sign.patient", "Your signature"),)),), ("S1",), "en")
    root = Group("document", (block("h1", "Ready?"), block("p", "Come early."), Group("table", (head(), row(1))), line))
    master, galleys = laid_out(root)
    assert pages_as_text(master, galleys).splitlines() == [
        "page 1 of 1, letter",
        "   45.0    78.9  h1     Ready?",
        "   45.0   101.2  p      Come early.",
        "   52.0   129.5  tr     One",
        "  313.0   129.5  tr     Two",
        "   52.0   151.6  tr     word",
        "  313.0   151.6  tr     cell",
        "   45.0   168.1  fields [signature sign.patient, 522.0 × 28.9: Your signature]",
        "   45.0   208.2  fields Your signature",
    ]
