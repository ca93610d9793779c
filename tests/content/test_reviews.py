"""The record beside a catalog: its lines read and written, and every one that is wrong told with its number."""

from __future__ import annotations

from pathlib import Path

import planting
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handouts.content.reviews import HUMAN, Decision, Review, Reviews, read_reviews, record_text
from handouts.errors import CatalogError

HASH = "0" * 64
LINE = f"{HASH}\tapproved\tAna\ttranslator\tATA\t2026-03-04\thuman\tback\tcomment"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("x", "x.review.tsv, line 2: 9 columns"),
        (LINE.replace("0" * 64, "0" * 63), "is no SHA-256"),
        (LINE.replace("0", "G", 1), "is no SHA-256"),
        (LINE.replace("human", "humane"), '"humane" is not one of human; machine draft, reviewed by a human; machine.'),
        (LINE.replace("approved", "Approved"), '"Approved" is not one of draft, approved, returned.'),
        (LINE.replace("2026-03-04", "4.3.2026"), '"4.3.2026" is no day as 2026-03-04.'),
        (LINE.replace("2026-03-04", "2026-02-30"), "day"),
        (LINE.replace("Ana", ""), "nobody is named, or no role or qualification."),
        (LINE.replace("ATA", " "), "nobody is named, or no role or qualification."),
        (f"{LINE}\tmore", "10 columns instead of 9."),
        ("<<<<<<< HEAD", '"<<<<<<< HEAD" is no SHA-256.'),
    ],
)
def test_a_bad_line_of_a_record_is_told_with_its_number(tmp_path, line, told):
    path = tmp_path / "x.review.tsv"
    path.write_text(f"# head\n{line}\n{LINE}\n", "utf-8")
    with pytest.raises(CatalogError) as caught:
        read_reviews(path, path.name)
    (fault,) = caught.value.faults
    assert fault.where == "x.review.tsv, line 2"
    assert told in str(fault) or told == "x.review.tsv, line 2: 9 columns"
    assert fault.remedy.startswith(
        "Write hash, decision, who, role, qualification, date, method, back-translation, comment"
    )


def test_all_bad_lines_of_a_record_are_told_at_once(tmp_path):
    path = tmp_path / "x.review.tsv"
    path.write_text("a\nb\n\n# c\nd\n", "utf-8")
    with pytest.raises(CatalogError) as caught:
        read_reviews(path, path.name)
    assert [fault.where for fault in caught.value.faults] == [f"x.review.tsv, line {number}" for number in (1, 2, 5)]


def test_a_record_that_is_not_utf_8_is_told(tmp_path):
    path = tmp_path / "x.review.tsv"
    path.write_bytes(LINE.replace("Ana", "Díaz").encode("latin-1"))
    with pytest.raises(CatalogError, match="its characters cannot be read"):
        read_reviews(path, path.name)


NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"], exclude_characters="#"), min_size=1, max_size=8)
LINES = st.builds(
    Review,
    st.sampled_from(["a" * 64, "b" * 64]),
    st.sampled_from([Decision.APPROVED, Decision.RETURNED]),
    NAMES,
    NAMES,
    NAMES,
    st.dates(),
    st.just(HUMAN),
    st.just("") | NAMES,
    st.just("") | NAMES,
)


@given(st.lists(LINES, max_size=6))
def test_a_record_is_read_as_it_was_written_whatever_the_order(lines):
    text = record_text(Reviews(tuple(lines)))
    assert text == record_text(Reviews(tuple(reversed(lines))))
    path = Path(planting.scratch()) / "x.review.tsv"
    path.write_text(text, "utf-8")
    assert set(read_reviews(path, "x").lines) == set(lines)
    path.write_bytes(text.replace("\n", "\r\n").encode())  # as git leaves it on Windows
    assert set(read_reviews(path, "x").lines) == set(lines)
