"""approvals.tsv: read strictly, written sorted, and what its lines say of a day and of two people."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handouts.approvals import COLUMNS, FILE, Approval, Approvals, load_approvals, read_approvals, with_lines
from handouts.errors import ContentError

HASH = "0123456789abcdef" * 4
APPROVAL = Approval("Dr. Ada Okafor", "NY 1234", date(2026, 1, 2), date(2026, 1, 5), date(2026, 12, 31))
LINE = f"{HASH}\tDr. Ada Okafor\tNY 1234\t2026-01-02\t2026-01-05\t2026-12-31"
ONE = Approvals(((HASH, APPROVAL),))


def load(folder, text: str | bytes):
    (folder / FILE).write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_approvals(folder)


def test_without_a_file_nothing_is_approved(tmp_path):
    assert load_approvals(tmp_path) == Approvals()


@pytest.mark.parametrize("ending", ["\n", "\r\n", ""])
def test_a_line_is_an_approval(tmp_path, ending):
    assert load(tmp_path, f"# sha256\tapproved by{ending or chr(10)}\n{LINE}{ending}") == ONE


@pytest.mark.parametrize("line", [LINE.rsplit("\t", 1)[0], LINE.rsplit("\t", 1)[0] + "\t"])
def test_the_last_day_may_be_left_open(tmp_path, line):
    assert load(tmp_path, line) == Approvals(((HASH, replace(APPROVAL, effective_until=None)),))


def test_a_name_may_hold_any_character_but_a_tab(tmp_path):
    for name in ("José Núñez", "李 小龙", "O'Brien – “Bo”", "a\u2028b", "a\x0bb"):
        assert load(tmp_path, LINE.replace("Dr. Ada Okafor", name)).of(HASH)[0].approved_by == name


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (HASH, "1 columns"),
        (LINE + "\tblock\tsecond\tmore", "9 columns"),
        (LINE + "\tblock\tthird", '"third" stands where'),
        (LINE.replace("\t", " "), "1 columns"),
        (LINE.replace(HASH, HASH[:-1]), "is no SHA-256"),
        (LINE.replace(HASH, HASH.upper()), "is no SHA-256"),
        (LINE.replace(HASH, ""), "is no SHA-256"),
        (LINE.replace("Dr. Ada Okafor", " "), "nobody is named"),
        (LINE.replace("NY 1234", ""), "nobody is named"),
        (LINE.replace("2026-01-02", ""), "is no day"),
        (LINE.replace("2026-01-05", ""), "is no day"),
        (LINE.replace("2026-01-02", "1/2/26"), "is no day"),
        (LINE.replace("2026-01-02", "20260102"), "is no day"),
        (LINE.replace("2026-01-02", "2026-02-30"), "day is out of range"),
        (LINE.replace("2026-12-31", "2026-01-04"), "it ends before it begins"),
    ],
)
def test_a_line_that_is_none_is_a_fault_with_its_number(tmp_path, line, said):
    with pytest.raises(ContentError, match=rf"{FILE}, line 3: .*{said}"):
        load(tmp_path, f"# a note\n{LINE}\n{line}\n")


def test_every_bad_line_is_named_at_once(tmp_path):
    with pytest.raises(ContentError) as caught:
        load(tmp_path, f"a\n{LINE}\nb\n\nc\n")
    assert [fault.where for fault in caught.value.faults] == [f"{FILE}, line {number}" for number in (1, 3, 5)]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=100)
    | st.lists(st.sampled_from((*LINE.split("\t"), "\t", "\n", "", "#")), max_size=12).map(
        lambda p: "".join(p).encode()
    )
)
def test_whatever_the_file_holds_it_is_read_or_refused(tmp_path, content):
    try:
        read, faults = load(tmp_path, content), ()
    except ContentError as trouble:
        read, faults = Approvals(), trouble.faults
    assert all(isinstance(each, Approval) for _, each in read.lines)
    assert all(fault.where.startswith(FILE) for fault in faults)


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (date(2026, 1, 4), False),
        (date(2026, 1, 5), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_an_approval_counts_from_its_first_day_to_its_last(day, counts):
    assert APPROVAL.effective(day) is counts


def test_an_open_end_counts_for_ever():
    assert replace(APPROVAL, effective_until=None).effective(date(2099, 1, 1))


def approval(who="Dr. Ada Okafor", licence="NY 1", since="2026-01-05", until=None, at="2026-01-02", **more):
    days = [date.fromisoformat(day) if day else None for day in (at, since, until)]
    return Approval(who, licence, *days, **more)


def test_an_approval_does_not_count_before_it_was_made():
    backdated = approval(at="2026-02-01", since="2026-01-01")
    assert not backdated.effective(date(2026, 1, 31))
    assert backdated.effective(date(2026, 2, 1))


def test_any_line_that_counts_is_enough_whatever_stands_after_it():
    short, long = approval(until="2026-01-10"), approval(since="2026-01-11", until="2026-03-01")
    for lines in ((short, long), (long, short)):
        approvals = Approvals(tuple((HASH, each) for each in lines))
        assert approvals.counts(HASH, date(2026, 1, 10))
        assert approvals.counts(HASH, date(2026, 1, 11))
        assert approvals.last_day(HASH, date(2026, 1, 6)) == date(2026, 3, 1)
        assert not approvals.counts(HASH, date(2026, 3, 2))


def test_a_gap_between_two_approvals_ends_the_first():
    lines = (approval(until="2026-01-10"), approval(since="2026-01-12"))
    approvals = Approvals(tuple((HASH, each) for each in lines))
    assert approvals.last_day(HASH, date(2026, 1, 6)) == date(2026, 1, 10)
    assert approvals.last_day(HASH, date(2026, 1, 12)) is None


def test_the_last_day_there_is_needs_no_day_after_it():
    approvals = Approvals(((HASH, approval(until="9999-12-31")),))
    assert approvals.counts(HASH, date.max)
    assert approvals.last_day(HASH, date(2026, 1, 6)) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Ada Okafor", "ada okafor"),
        ("Ada Okafor", "Okafor, Ada"),
        ("Ada Okafor", "ADA  OKAFOR."),
        ("José Núñez", "Jose Nunez"),
        ("Ada Okafor", "Ada\u200b Okafor"),
        ("Ada Okafor", "Ａｄａ Ｏｋａｆｏｒ"),
    ],
)
def test_one_person_under_two_spellings_counts_once(first, second):
    lines = (HASH, approval(first, "NY 1")), (HASH, approval(second, "TX 2", second=True))
    assert not Approvals(lines).counts(HASH, date(2026, 2, 1), by_two=True)
    assert not Approvals(lines).by_two(HASH)


def test_one_licence_under_two_names_counts_once():
    lines = (HASH, approval("Ada Okafor", "NY 1234")), (HASH, approval("A. Smith", "ny-1234", second=True))
    assert not Approvals(lines).counts(HASH, date(2026, 2, 1), by_two=True)


def test_two_people_count_as_two_from_the_day_on_which_both_do():
    lines = (
        (HASH, approval()),
        (HASH, approval("Luis Reyes", "NY 2", since="2026-02-01", until="2026-02-03", second=True)),
    )
    for approvals in (Approvals(lines), Approvals(lines[::-1])):
        counts = [
            approvals.counts(HASH, date(2026, month, day), by_two=True)
            for month, day in ((1, 31), (2, 1), (2, 3), (2, 4))
        ]
        assert counts == [False, True, True, False]
        assert approvals.last_day(HASH, date(2026, 2, 1), by_two=True) == date(2026, 2, 3)
        assert approvals.by_two(HASH)


def test_the_approval_of_a_second_person_alone_is_none():
    alone = Approvals(((HASH, approval(second=True)), (HASH, approval("Luis Reyes", "NY 2", second=True))))
    assert not alone.counts(HASH, date(2026, 2, 1))
    assert not alone.counts(HASH, date(2026, 2, 1), by_two=True)
    assert not alone.by_two(HASH)


@pytest.mark.parametrize("mark", ["<<<<<<< HEAD", "=======", ">>>>>>> theirs", "||||||| base", "=======\r"])
def test_an_unfinished_merge_is_said_to_be_one(mark):
    with pytest.raises(ContentError, match=r"line 2: a merge of git was left unfinished here\. Keep the lines of both"):
        read_approvals(f"{LINE}\n{mark}\n{LINE}\n".encode())


def test_files_of_other_editors_are_read_as_they_are_meant():
    assert read_approvals(f"\ufeff{LINE}\r\n\r\n# note\r\n".encode()) == ONE
    with pytest.raises(ContentError, match="Save it as UTF-8"):
        read_approvals(LINE.encode("utf-16"))


def test_a_file_that_may_not_be_read_is_a_fault_and_not_an_empty_one(tmp_path):
    (tmp_path / FILE).mkdir()
    with pytest.raises(ContentError, match="cannot be read"):
        load_approvals(tmp_path)


_LINES = st.builds(
    Approval,
    st.text(st.characters(exclude_characters="\t\n\r", exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1)
    .map(str.strip)
    .filter(bool),
    st.sampled_from(("NY 1", "RN-77")),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.none() | st.dates(date(2031, 1, 1), date(2040, 1, 1)),
    st.sampled_from(("", "setting drive_ban_h", "block p consent en p S1 #2")),
    st.booleans(),
)


@given(st.lists(st.tuples(st.binary(min_size=32, max_size=32).map(bytes.hex), _LINES), max_size=8), st.randoms())
def test_what_is_written_is_read_again_and_the_order_of_lines_is_no_matter(lines, random):
    text = with_lines(b"", lines)
    assert set(read_approvals(text.encode()).lines) == set(lines)
    shuffled = [*lines, *lines[:2]]
    random.shuffle(shuffled)
    assert with_lines(b"", shuffled) == text
    half = with_lines(b"", lines[: len(lines) // 2]).encode()
    assert with_lines(half, lines) == text
    swapped = text.splitlines(keepends=True)
    random.shuffle(swapped)
    assert with_lines("".join(swapped).encode(), ()) == text


def test_notes_and_lines_of_older_files_stay():
    text = with_lines(f"# sha256\tapproved by\n# ask Ada before the audit\r\n{LINE}\r\n".encode(), ())
    assert text.splitlines() == [
        f"# {chr(9).join(COLUMNS)}",
        "# sha256\tapproved by",
        "# ask Ada before the audit",
        LINE,
    ]
