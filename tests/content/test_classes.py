"""Classes of medicines are told apart as difflib tells words apart, but without trying every pair of them."""

from __future__ import annotations

from difflib import get_close_matches

from hypothesis import given, settings
from hypothesis import strategies as st

from handouts.content.classes import DECIDED_BY_A_CLINICIAN, FLAGGED_CLASSES, reasons

LETTERS = "abcdefghilmnopqrstuz_0"


@st.composite
def mistyped(draw):
    """One or two words of ours with letters changed, left out or put in."""
    words: list[str] = []
    for word in draw(st.lists(st.sampled_from(sorted(FLAGGED_CLASSES)), min_size=1, max_size=2)):
        letters = list(word)
        for _ in range(draw(st.integers(0, 3))):
            place = draw(st.integers(0, len(letters)))
            letters[place : place + draw(st.integers(0, 1))] = draw(st.sampled_from(["", *LETTERS]))
        words.append("".join(letters))
    return "_".join(words) or "x"


@settings(max_examples=400, deadline=None)
@given(st.one_of(mistyped(), st.text(LETTERS, min_size=1, max_size=30), st.text("ae", min_size=20, max_size=64)))
def test_a_class_is_a_reason_for_what_it_is_holds_or_is_nearly(given_class):
    words = [given_class, *given_class.split("_")]

    def like(classes):
        return (
            any(word in classes for word in words)
            or any(len(each) >= 5 and each in given_class for each in classes)
            or any(get_close_matches(word, classes, 1, 0.82) for word in words if len(word) >= 5)
        )

    assert reasons(given_class) == {why for why, classes in DECIDED_BY_A_CLINICIAN.items() if like(classes)}
