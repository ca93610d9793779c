"""Conditions: what an expression means is what Python means by it, and what is written back means the same."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbench import made

from handouts.content import condition as conditions_module
from handouts.content.condition import (
    AllOf,
    Among,
    AnyOf,
    Condition,
    because,
    both,
    holds,
    opposite,
)

FACTS = {"minor": ("yes", "no", "unknown"), "visit": ("first", "later"), "season": ("spring", "summer", "autumn")}
EVERY = [dict(zip(FACTS, values, strict=True)) for values in itertools.product(*FACTS.values())]


def comparisons():
    def of(name):
        value = st.sampled_from(FACTS[name])
        one = st.tuples(st.sampled_from(("==", "!=")), value).map(lambda t: f"{name} {t[0]} '{t[1]}'")
        listed = st.tuples(st.sampled_from(("in", "not in")), st.lists(value, min_size=1, max_size=3))
        return one | listed.map(lambda t: f"{name} {t[0]} {t[1]!r}")

    return st.sampled_from(list(FACTS)).flatmap(of)


def expressions():
    def larger(smaller):
        joined = st.tuples(smaller, st.sampled_from(("and", "or")), smaller).map(" ".join)
        return joined | smaller.map("({})".format) | smaller.map("not {}".format)

    return st.recursive(comparisons(), larger, max_leaves=8)


def conditions():
    def among(name):
        values = st.lists(st.sampled_from(FACTS[name]), min_size=1, max_size=3, unique=True).map(tuple)
        return st.builds(Among, st.just(name), values, st.booleans())

    def larger(smaller):
        terms = st.lists(smaller, max_size=3).map(tuple)
        return st.builds(AllOf, terms) | st.builds(AnyOf, terms)

    return st.recursive(st.sampled_from(list(FACTS)).flatmap(among), larger, max_leaves=8)


def read(*written: str) -> list[Condition]:
    """What the template language makes of each expression."""
    paragraphs = "\n".join(
        f'<p from="P1" when="{each}">{{% trans %}}Come early.{{% endtrans %}}</p>' for each in written
    )
    with tempfile.TemporaryDirectory() as folder:
        return [block.condition for block in made(Path(folder), paragraphs).blocks[1:]]


def meaning(condition: Condition) -> list[bool]:
    return [holds(condition, facts) for facts in EVERY]


@settings(max_examples=40, deadline=None)
@given(st.lists(expressions(), min_size=1, max_size=20))
def test_an_expression_means_what_python_means_by_it(written):
    for expression, condition in zip(written, read(*written), strict=True):
        assert meaning(condition) == [eval(expression, {}, facts) for facts in EVERY], expression


@settings(max_examples=40, deadline=None)
@given(st.lists(expressions(), min_size=1, max_size=20))
def test_a_condition_is_written_back_with_the_same_meaning(written):
    once = [str(condition) for condition in read(*written)]
    again = read(*(text or "minor == minor" for text in once))
    for text, condition, original in zip(once, again, written, strict=True):
        assert meaning(condition) == [eval(original, {}, facts) for facts in EVERY]
        assert str(condition) == text


@pytest.mark.parametrize(
    ("written", "condition"),
    [
        ("minor == 'yes'", Among("minor", ("yes",))),
        ("minor != 'yes'", Among("minor", ("yes",), negated=True)),
        ("minor in ['yes', 'unknown']", Among("minor", ("yes", "unknown"))),
        ("minor in ('yes', 'unknown')", Among("minor", ("yes", "unknown"))),
        ("minor not in ['yes', 'no']", Among("minor", ("yes", "no"), negated=True)),
        ("not minor == 'yes'", Among("minor", ("yes",), negated=True)),
        ("not (minor == 'yes' or visit == 'first')", opposite(read_or := AnyOf((Among("minor", ("yes",)), Among("visit", ("first",)))))),
        ("minor == 'yes' or visit == 'first'", read_or),
        ("minor == 'yes' and visit == 'first'", AllOf(read_or.terms)),
        ("minor == 'yes' and visit == 'first' and season == 'spring'", AllOf((*read_or.terms, Among("season", ("spring",))))),
        ("minor == 'yes' or visit == 'first' or season == 'spring'", AnyOf((*read_or.terms, Among("season", ("spring",))))),
    ],
)  # fmt: skip
def test_each_operator_is_read(written, condition):
    assert read(written) == [condition]


def test_and_binds_closer_than_or_and_not_closer_than_and():
    mixed, first, negated = read(
        "minor == 'yes' or visit == 'first' and season == 'spring'",
        "(minor == 'yes' or visit == 'first') and season == 'spring'",
        "not minor == 'yes' and visit == 'first'",
    )
    facts = {"minor": "yes", "visit": "later", "season": "summer"}
    assert holds(mixed, facts)
    assert not holds(first, facts)
    assert not holds(negated, facts)
    assert str(first) == "(minor == 'yes' or visit == 'first') and season == 'spring'"


def test_unknown_is_neither_yes_nor_no():
    yes, no, not_no = read("minor == 'yes'", "minor == 'no'", "minor != 'no'")
    facts = {"minor": "unknown"}
    assert [holds(each, facts) for each in (yes, no, not_no)] == [False, False, True]


def test_a_missing_fact_is_never_a_no():
    with pytest.raises(KeyError):
        holds(Among("minor", ("yes",)), {"visit": "first"})


@given(conditions())
def test_the_opposite_holds_exactly_when_the_condition_does_not(condition):
    assert meaning(opposite(condition)) == [not held for held in meaning(condition)]
    assert meaning(opposite(opposite(condition))) == meaning(condition)


@given(conditions(), conditions())
def test_both_holds_when_both_do(first, second):
    assert meaning(both(first, second)) == [a and b for a, b in zip(meaning(first), meaning(second), strict=True)]


def test_tests_lists_each_single_test_in_order():
    (condition,) = read("minor == 'yes' and (visit == 'first' or season != 'spring')")
    assert [test.name for test in conditions_module.tests(condition)] == ["minor", "visit", "season"]


def test_a_condition_without_end_is_a_fault_and_no_crash():
    many = " or ".join(["minor == 'yes'"] * 3000)
    with pytest.raises(Exception, match="nested too deeply"):
        read(many)
    with pytest.raises(Exception, match="nested too deeply"):
        read("not " * 3000 + "minor == 'yes'")


@given(conditions(), st.sampled_from(EVERY))
def test_the_facts_that_decide_decide_whatever_the_others_are(condition, facts):
    names = because(condition, facts)
    assert len(set(names)) == len(names)
    alike = [other for other in EVERY if all(other[name] == facts[name] for name in names)]
    assert {holds(condition, other) for other in alike} == {holds(condition, facts)}
