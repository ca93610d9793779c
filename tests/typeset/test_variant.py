"""Large print: 18 pt, and wide tables as lists that lose no word."""

from handouts.content.blocks import BlankPlace, Block, Field, Group, Part, Text
from handouts.typeset.variant import LARGE, STANDARD, in_style

HEAD = Block(
    "tr",
    (Part("th", (Text("What"),), "col"), Part("th", (Text("Until"),), "col"), Part("th", (Text("Done"),), "col")),
    (),
    "en",
)
ROW = Block(
    "tr",
    (
        Part("th", (Text("Light meal"),), "row"),
        Part("td", (BlankPlace("light_meal_until"),)),
        Part("td", (Field("checkbox", "food.light", "I stopped"),)),
    ),
    ("S16",),
    "en",
)


def _table(*rows, widths=(40, 40, 20)):
    return Group("document", (Group("table", rows, widths),))


def test_the_standard_look_sets_the_tree_as_it_is():
    root = _table(HEAD, ROW)
    assert in_style(root, STANDARD) is root


def test_a_row_of_a_wide_table_becomes_a_box_with_the_heads_before_its_cells():
    (card,) = in_style(_table(HEAD, ROW), LARGE).blocks()
    assert card.role == "aside"
    assert [part.role for part in card.parts] == ["h3", "p", "p"]
    assert card.canonical.splitlines() == [
        "h3: *What: *Light meal",
        "p: *Until: *{light_meal_until}",
        "p: *Done: *[checkbox food.light: I stopped]",
    ]


def test_a_table_of_two_columns_stays_one():
    narrow = Block("tr", ROW.parts[:2], ("S16",), "en")
    root = _table(narrow, widths=(50, 50))
    assert in_style(root, LARGE) == root


def test_nothing_in_large_print_is_smaller_than_ten_points():
    assert min(LARGE.body, LARGE.table, LARGE.label, LARGE.small, LARGE.smallest) >= 10
    assert LARGE.body >= 18
