"""Values of the same skeletons that keep to the bounds of a pattern break lines as it does."""

import math
from dataclasses import replace

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from handouts.content.blocks import BlankPlace, Block, Group, Part, Text
from handouts.errors import RefusedAppointment
from handouts.memory import forgetting
from handouts.typeset import LETTER, Style
from handouts.typeset.arrangement import arranged, set_filled
from handouts.typeset.bounds import Bounds, bound
from handouts.typeset.holes import Hole, Open
from handouts.typeset.lines import BoxSize, LineLook
from handouts.typeset.plan import TooWide
from handouts.typeset.spans import Span
from handouts.typeset.text import LineSetter, Own
from handouts.typeset.values import Value, Values

LETTERS = {
    "x": st.text("iIlmMWéñaefg", min_size=1, max_size=12),
    "0": st.text("0123456789", min_size=1, max_size=5),
    "ظ": st.sampled_from(["محمد", "ابت", "الحسن", "گچ", "كم"]),
    "ञ": st.sampled_from(["राजेश", "ञान", "श्रीवास्तव"]),
    "一": st.sampled_from("王李力明一"),
}
KINDS = ["x", "x x", "x x-x", "0:0 x.x.", "x, x 0, 0", "x/0", "ظ ظ", "ञ", "一一一", "(0) 0-0", "x x x x x x"]
"""Skeletons, more or less."""
WORDS = ["For ", ". Come at ", " (", "): ", "-", " and then for nobody else at all ", " في المستشفى ", "的", " % ", "—"]


def of_kind(kind):
    return st.tuples(*[LETTERS.get(char, st.just(char)) for char in kind]).map("".join)


spans = st.lists(
    st.builds(Span, st.sampled_from(WORDS), st.booleans())
    | st.builds(Span, st.sampled_from(KINDS), st.booleans(), blank=st.just("patient_name"))
    | st.builds(Span, st.just(""), field=st.just("box")),
    min_size=1,
    max_size=7,
)


def set_twice(spans, measure, language, draw):
    """A setter's patterns for values drawn twice, with what is in their holes."""
    look = LineLook(measure, 12, 1.3, "start", BoxSize(), language)
    named = (replace(span, text="", blank=f"{span.blank} {number}") for number, span in enumerate(spans))
    words = tuple(new if span.blank else span for span, new in zip(spans, named, strict=True))
    setter = LineSetter(words, look, "", lambda line: line, one_stop=True)
    kinds = [span.text for span in spans if span.blank]
    for _ in range(2):
        values = [Value(draw(of_kind(kind))) for kind in kinds]
        own = Own(values)
        try:
            yield [value.skeleton for value in values], setter.pattern(values, own, Values()), own
        except (TooWide, RefusedAppointment):
            assume(False)


@given(spans, st.floats(60, 400), st.sampled_from(["en", "ar", "hi", "zh-Hans"]), st.data())
def test_values_that_keep_to_the_bounds_of_others_break_lines_as_they_do(spans, measure, language, data):
    (kinds, pattern, _), (others, found, own) = set_twice(spans, measure, language, data.draw)
    assume(kinds == others and pattern.bounds is not None)
    if Bounds(pattern.bounds).hold(own):
        assert found is pattern


@given(st.sampled_from(["x", "x x", "x, x 0, 0"]), st.floats(100, 400), st.data())
def test_values_keep_to_the_bounds_of_their_own_lines(kind, measure, data):
    spans = [Span("For "), Span(kind, True, blank="patient_name"), Span(" and for nobody else, and not for long.")]
    for _, pattern, own in set_twice(spans, measure, "en", data.draw):
        assert Bounds(pattern.bounds).hold(own)


NAMES = st.builds("{} {}".format, LETTERS["x"], LETTERS["x"])
RUNS = Text("This paper is for "), BlankPlace("patient_name"), Text(" and for nobody else, but "), BlankPlace("start")
BLOCKS = tuple(Block("p", (Part("p", runs),), ("S1",), "en") for runs in (RUNS, (*RUNS, *RUNS), RUNS[1:3] * 4))


def in_lines(filled):
    """What is set of blocks, as text."""
    return [[mark.text for strip in block.galley.strips for mark in strip.marks] for block in filled.values()]


@given(st.lists(st.tuples(NAMES, NAMES), min_size=3, max_size=6))
@example([("Ana Li", "Bo Xu"), ("Wilhelmina Montgomery", "Bo Xu"), ("Ana Wu", "Bo Xi"), ("Ana Li", "Bo Xu")])
def test_blocks_are_set_as_if_nobody_had_been_before(values):
    document = Group("document", BLOCKS)
    for name, start in values:
        printed = {"en": {"patient_name": name, "start": start}}
        found = in_lines(set_filled(arranged(document, LETTER, Style(), {}), printed))
        with forgetting():
            assert in_lines(set_filled(arranged(document, LETTER, Style(), {}), printed)) == found


def test_a_length_without_holes_keeps_to_nothing():
    assert not bound(3.0, most=5.0)
    assert not bound(Open(3.0, ()), most=5.0)


@pytest.mark.parametrize(("wide", "holds"), [(400.0, False), (400.1, True), (499.9, True), (500.1, False)])
def test_bounds_hold_between_the_least_and_the_most(wide, holds):
    setter = LineSetter(
        (Span("", blank="name"),), LineLook(math.inf, 10, 1.3, "start", BoxSize(), "en"), "", lambda line: line
    )
    ((segment,),) = [line.segments for line in setter.set([Value("x")], Values())[0].lines]
    (hole,) = segment.pieces
    assert isinstance(hole, Hole)
    drawn = hole.of(Value("x"))
    drawn.advance = wide
    length = Open(1.0, ((hole, 0.01),))
    assert Bounds([*bound(length, least=5.0), *bound(length, most=6.0)]).hold({hole: drawn}) is holds
