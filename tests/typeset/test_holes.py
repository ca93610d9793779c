"""Lines are set once for all values that break them alike, with holes for the values."""

import pytest

from handouts.content.blocks import BlankPlace, Block, Field, Group, Part, Text
from handouts.typeset import LETTER, Style
from handouts.typeset.arrangement import arranged, set_filled
from handouts.typeset.holes import Hole, Open, length
from handouts.typeset.marks import FieldBox
from handouts.typeset.plan import Plan
from handouts.typeset.spans import Span
from handouts.typeset.text import BoxSize, LineLook, Own
from handouts.typeset.values import Value

STYLE = Style()


def holes(*spans):
    """The holes of a paragraph of these spans that is one line, and the line."""
    plan = Plan(tuple(spans), LineLook(500, 10, 1.3, "start", BoxSize(), "en"), lambda line: line, tells=False)
    values = [Value(span.text) for span in spans if span.blank]
    (line,) = plan.pattern(values, Own(values)).lines
    return [piece for segment in line.segments for piece in segment.pieces if isinstance(piece, Hole)], line


def test_what_stands_after_a_hole_moves_with_its_width():
    (hole,), line = holes(Span("For "), Span("x", strong=True, blank="patient_name"), Span(", come."))
    after = line.segments[-1].x
    short, long = ({hole: hole.of(Value(name))} for name in ("Li", "Wilhelmina"))
    further = (long[hole].advance - short[hole].advance) * 10 / 1000
    assert length(after, long) - length(after, short) == pytest.approx(further)
    assert line.filled(long).text == "For Wilhelmina, come."
    assert line.segments[0].x == 0


def test_lengths_are_added_and_taken_away_as_numbers_are():
    (hole,), _ = holes(Span("x", blank="patient_name"))
    given = {hole: hole.of(Value("Ana"))}
    wide = given[hole].advance
    length_ = Open(3, ((hole, 2),))
    for made, number in (
        (length_ + 1, 4 + 2 * wide),
        (1 + length_, 4 + 2 * wide),
        (length_ - 1, 2 + 2 * wide),
        (10 - length_, 7 - 2 * wide),
        (length_ * 2, 6 + 4 * wide),
        (length_ / 2, 1.5 + wide),
        (length_ + length_, 6 + 4 * wide),
        (length_ - length_, 0),
    ):
        assert length(made, given) == pytest.approx(number)
    assert (length_ - length_).parts == ()


@pytest.mark.parametrize("use", [str, bool, int, "{:.2f}".format, lambda it: it < 1, lambda it: max(it, 1), round])
def test_a_length_that_depends_on_values_is_no_number(use):
    with pytest.raises(TypeError, match="depends on values"):
        use(Open(1, ()))


def stencils(name, *runs):
    block = Block("p", (Part("p", runs),), ("S1",), "en")
    given = arranged(Group("document", (block,)), LETTER, STYLE, {})
    return set_filled(given, {"en": {"patient_name": name}})[0].stencil


def test_values_that_break_alike_share_a_stencil_and_others_do_not():
    runs = Text("This paper is for "), BlankPlace("patient_name"), Text(" and for nobody else.")
    assert stencils("Ana López", *runs) is stencils("Wei Rodríguez", *runs)
    assert stencils("Ana López", *runs) is not stencils("Ana", *runs)  # of another skeleton
    assert stencils("Ana López", *runs) is not stencils("Ana " + "L" * 60, *runs)
    assert stencils("王力", *runs) is stencils("李明", *runs)
    assert stencils("สมชาย", *runs) is not stencils("สมชาย", *runs)  # it would tell the name


def test_a_box_after_a_value_stands_where_that_ends_and_is_not_shared():
    runs = BlankPlace("patient_name"), Field("checkbox", "yes", "Yes"), Text("Yes")

    def x(name):
        marks = (mark for strip in stencils(name, *runs).galley.strips for mark in strip.marks)
        return next(mark.x for mark in marks if isinstance(mark, FieldBox))

    assert x("Wilhelmina") > x("Li") + 20
