"""Rendered HTML → blocks: roles, runs, white space and conditions; nothing is mended and nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handouts.content.blocks import BlankPlace, Field, Group, Text, Unset
from handouts.content.condition import Among, Condition
from handouts.content.markup import tree

YES = Among("minor", ("yes",))


def condition(expression: str, at: str) -> Condition:
    if expression == "wrong":
        raise ValueError("it is wrong.")
    assert at
    return Among(expression, ("yes",))


def read(html: str) -> tuple[Group, list[str]]:
    root, faults = tree(html, "en", condition, {"medicine": "medicines"}, "document.html:1")
    return root, [str(fault) for fault in faults]


def blocks(html: str):
    root, faults = read(html)
    assert faults == []
    return list(root.blocks())


def test_text_blanks_unset_settings_and_emphasis_become_runs_in_order():
    (block,) = blocks(
        '<p from="P1">Come <strong>by \ue000arrival\ue001</strong>, <a href="tel:123">call</a> \ue002policy\ue003</p>'
    )
    assert list(block.runs) == [
        Text("Come "),
        Text("by ", strong=True),
        BlankPlace("arrival", strong=True),
        Text(", "),
        Text("call", href="tel:123"),
        Text(" "),
        Unset("policy"),
    ]


def test_white_space_folds_as_in_html_but_hard_spaces_stay():
    (block,) = blocks('<p from="P1">\n  one\n\t two <strong> three</strong> \u00a0four\u202fam\n</p>')
    assert list(block.runs) == [Text("one two "), Text("three", strong=True), Text(" \u00a0four\u202fam")]


def test_entities_are_the_characters_they_stand_for():
    (block,) = blocks('<p from="P1">&lt;b&gt; &amp;amp; &quot;</p>')
    assert list(block.runs) == [Text('<b> &amp; "')]


def test_a_group_passes_its_condition_and_its_sources_on():
    listed, own = blocks(
        '<section when="a"><ul when="b" from="S1"><li>x</li><li when="c" from="S2">y</li></ul></section>'
    )
    assert str(listed.condition) == "a == 'yes' and b == 'yes'"
    assert str(own.condition) == "a == 'yes' and b == 'yes' and c == 'yes'"
    assert (listed.rests_on, own.rests_on) == (("S1",), ("S2",))


def test_groups_keep_their_role_widths_and_whether_they_split():
    root, faults = read(
        '<section keep="together"><table widths="40 60" from="P1"><tr><th scope="row">a</th><td>b</td></tr></table></section>'
    )
    assert faults == []
    section = root.children[0]
    assert isinstance(section, Group)
    table = section.children[0]
    assert isinstance(table, Group)
    assert (section.role, section.keep, table.role, table.widths, table.keep) == (
        "section",
        True,
        "table",
        (40, 60),
        False,
    )


def test_a_callout_is_one_block_of_many_parts():
    (block,) = blocks('<aside kind="warning" from="P1"><h3>a</h3><p>b</p><ul><li>c</li><li>d</li></ul><p>e</p></aside>')
    assert (block.role, block.kind) == ("aside", "warning")
    assert [part.role for part in block.parts] == ["h3", "p", "li", "li", "p"]


def test_a_paragraph_with_fields_to_write_on_is_a_line_of_fields_and_one_with_a_checkbox_is_not():
    line, ticked = blocks(
        '<p from="P1"><field kind="signature" name="sign.a" label="Your\n name" width="60" lines="2">'
        '<field kind="text" name="sign.b" label="Date"></p>'
        '<p from="P1"><field kind="checkbox" name="yes" label="I agree"> I agree</p>'
    )
    assert line.role == "fields"
    assert list(line.runs) == [Field("signature", "sign.a", "Your name", 60, 2), Field("text", "sign.b", "Date", 0, 1)]
    assert ticked.role == "p"
    assert list(ticked.runs) == [Field("checkbox", "yes", "I agree"), Text("I agree")]


def test_an_element_knows_the_file_and_line_it_came_from():
    first, second = blocks('<p at="a.html:3" from="P1">x</p><p at="b.html:14" from="P1">y</p>')
    assert (first.place, second.place) == ("a.html, line 3", "b.html, line 14")


def test_a_condition_that_cannot_be_read_is_a_fault_at_its_element():
    _, faults = read('<p at="a.html:3" from="P1" when="wrong">x</p>')
    assert [fault.strip() for fault in faults] == ['a.html, line 3: when="wrong": it is wrong.']


@pytest.mark.parametrize(
    "tag", ["</document>", "</p>", "</section>", "</>", "</ p>", "</p", "<p", "<", "<!", "<!-", "<?", "<![x"]
)
def test_broken_markup_never_raises(tag):
    for html in (tag, f'<p from="P1">x{tag}', f'<p from="P1">x</p>{tag}', f"<section>{tag}</section>"):
        root, _ = read(html)
        assert isinstance(root, Group)


def test_nothing_of_a_broken_template_passes_without_a_fault():
    for html in (
        '<p from="P1">x',
        '<p from="P1">x</p></p>',
        "x",
        '<p from="P1">x</section>',
        "<ul>x</ul>",
        '<p from="P1" when>x</p',
        "<svg/>",
    ):
        _, faults = read(html)
        assert faults, html


def test_a_document_that_nests_without_end_is_a_fault_and_no_crash():
    _, faults = read("<section>" * 5000)
    assert any("stands in 20 others" in fault for fault in faults)


PIECES = st.sampled_from(
    (*"<>/=\"'&; \n", "<p", "<p ", ' from="P1"', ">", "</p>", "<ul>", "</ul>", "<li>", "</li>", "<table", ' widths="50 50"', "<tr>", "<td>", "</td>",
     "<aside", ' kind="note"', "<field", "<img", ' src="a.png"', ' alt="x"', "<!--", "-->", "<script>", "</script>", "<textarea>", "<title>", "<plaintext>",
     "\ue000arrival\ue001", "\ue000", "\ue002", "&amp;", "&#0;", "&#xD800;", ' lines="²"', ' width="999999999999"', ' at="x"', "words")
)  # fmt: skip


@settings(max_examples=500)
@given(st.text(max_size=80) | st.lists(PIECES, max_size=30).map("".join))
def test_any_text_becomes_a_tree_and_faults(html):
    root, faults = read(html)
    assert isinstance(root, Group)
    if html.strip() and not list(root.blocks()) and not root.children:
        assert faults
