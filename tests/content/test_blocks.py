"""Blocks: their hash is of what they say and of nothing else, and a list item's copy keeps the approval."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handouts.content.blocks import BlankPlace, Block, Edition, Field, Group, Part, Run, Text, Unset
from handouts.content.condition import Among

BLOCK = Block("p", (Part("p", (Text("Come early."),)),), ("S1", "P1"), "en", place="document.html, line 3")
NAMES = st.from_regex(r"[a-z]{1,4}(\.[a-z]{1,3})?", fullmatch=True)
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
RUNS = (
    st.builds(Text, WORDS, st.booleans(), st.none() | st.just("https://a.b"))
    | st.builds(BlankPlace, NAMES, st.booleans())
    | st.builds(Field, st.sampled_from(("text", "checkbox")), NAMES, WORDS)
)


def paragraph(*runs: Run) -> Block:
    return replace(BLOCK, parts=(Part("p", runs),))


@pytest.mark.parametrize(
    "changed",
    [
        replace(BLOCK, parts=(Part("p", (Text("Come early!"),)),)),
        replace(BLOCK, parts=(Part("p", (Text("Come early.", strong=True),)),)),
        replace(BLOCK, parts=(Part("p", (Text("Come early.", href="https://a.b"),)),)),
        replace(BLOCK, parts=(Part("p", (Text("Come "), Text("early."))), Part("p", (Text("Now."),)))),
        replace(BLOCK, role="li"),
        replace(BLOCK, rests_on=("S1", "P2")),
        replace(BLOCK, rests_on=("S1",)),
        replace(BLOCK, language="es-US"),
        replace(BLOCK, condition=Among("minor", ("yes",))),
        replace(BLOCK, each="medicines"),
        replace(BLOCK, kind="warning"),
    ],
)
def test_any_change_of_what_a_block_says_changes_its_hash(changed):
    assert changed.sha256 != BLOCK.sha256


def test_the_place_in_the_template_does_not_change_the_hash():
    assert replace(BLOCK, place="document.html, line 99").sha256 == BLOCK.sha256


def test_a_picture_and_the_scope_of_a_head_are_part_of_the_hash():
    picture = replace(BLOCK, role="img", parts=(Part("img", (Text("A house"),), source="a.png"),))
    other = replace(BLOCK, role="img", parts=(Part("img", (Text("A house"),), source="b.png"),))
    row, head = (replace(BLOCK, parts=(Part("th", (Text("x"),), scope=scope),)) for scope in ("row", "col"))
    assert picture.sha256 != other.sha256
    assert row.sha256 != head.sha256


def test_words_that_look_like_a_blank_a_field_or_emphasis_are_not_taken_for_one():
    placed = paragraph(BlankPlace("mrn"), Field("text", "a", "Name"), Text("now", strong=True), Unset("policy"))
    written = paragraph(Text("{mrn}[text a: Name]*now*<unset policy>"))
    assert placed.sha256 != written.sha256
    assert placed.canonical == "p: {mrn}[text a: Name]*now*<unset policy>"
    assert written.canonical == r"p: \{mrn\}\[text a: Name\]\*now\*\<unset policy\>"


def joined(runs: list[Run]) -> list[Run]:
    """`runs` as a template gives them: neighbours of one kind are one text."""
    found: list[Run] = []
    for run in runs:
        last = found[-1] if found else None
        if isinstance(run, Text) and isinstance(last, Text) and (run.strong, run.href) == (last.strong, last.href):
            found[-1] = replace(run, text=last.text + run.text)
        else:
            found.append(run)
    return found


@given(st.lists(RUNS, max_size=5).map(joined), st.lists(RUNS, max_size=5).map(joined))
def test_two_different_paragraphs_never_share_a_hash(first, second):
    assert (paragraph(*first).sha256 == paragraph(*second).sha256) == (first == second)


def test_a_copy_for_an_item_names_the_item_and_keeps_the_approval():
    block = replace(
        paragraph(Text("Take "), BlankPlace("medicine.name"), BlankPlace("arrival"), Field("checkbox", "medicine.done", "Done")),
        each="medicines",
    )  # fmt: skip
    copy = block.numbered("medicine", 12)
    assert copy.blanks == ("medicines.12.name", "arrival")
    assert [run.name for run in copy.runs if isinstance(run, Field)] == ["medicines.12.done"]
    assert copy.approved_as == block.sha256 == block.approved_as
    assert copy.sha256 != block.numbered("medicine", 1).sha256
    assert re.fullmatch(r"[0-9a-f]{64}", copy.sha256)


def test_a_blank_that_only_begins_like_the_item_keeps_its_name():
    block = replace(paragraph(BlankPlace("medicines_total"), BlankPlace("medicine")), each="medicines")
    assert block.numbered("medicine", 1).blanks == ("medicines_total", "medicine")


def test_a_group_gives_its_blocks_in_reading_order():
    first, second, third = (paragraph(Text(word)) for word in ("a", "b", "c"))
    group = Group("document", (first, Group("section", (Group("ul", (second,)),)), third))
    assert list(group.blocks()) == [first, second, third]


def test_an_edition_changes_with_the_order_of_its_blocks():
    first, second = paragraph(Text("a")), paragraph(Text("b"))
    one, other = (
        Edition("p", "1", "d", "en", "t", Group("document", blocks)) for blocks in ((first, second), (second, first))
    )
    assert one.sha256 != other.sha256


def test_an_edition_names_the_facts_it_tests_without_those_of_items():
    tested = replace(BLOCK, condition=Among("minor", ("yes",)))
    of_item = replace(BLOCK, condition=Among("medicine.rule", ("take",)), each="medicines")
    edition = Edition("p", "1", "d", "en", "t", Group("document", (tested, of_item, BLOCK)))
    assert edition.facts == {"minor"}
