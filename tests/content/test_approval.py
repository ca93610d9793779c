"""Approvals: only what a named person approved, on a day on which it counts, is printed as final."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbench import made

from handouts.approvals import FILE, Approval, load_approvals
from handouts.content.approval import not_approved
from handouts.content.procedure import load_procedure
from handouts.content.wording import Wordings
from handouts.errors import ContentError
from handouts.settings.values import Setting

HASH = "0123456789abcdef" * 4
APPROVAL = Approval("Dr. Ada Okafor", "NY 1234", date(2026, 1, 2), date(2026, 1, 5), date(2026, 12, 31))
LINE = f"{HASH}\tDr. Ada Okafor\tNY 1234\t2026-01-02\t2026-01-05\t2026-12-31"
FACTS = {"minor": "no", "visit": "first", "season": "spring", "escort": "known", "medicines": "some"}
TODAY = date(2026, 3, 4)


def load(folder, text: str | bytes):
    (folder / FILE).write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_approvals(folder)


def test_without_a_file_nothing_is_approved(tmp_path):
    assert load_approvals(tmp_path) == {}


@pytest.mark.parametrize("ending", ["\n", "\r\n", ""])
def test_a_line_is_an_approval(tmp_path, ending):
    assert load(tmp_path, f"# sha256\tapproved by{ending or chr(10)}\n{LINE}{ending}") == {HASH: APPROVAL}


@pytest.mark.parametrize("line", [LINE.rsplit("\t", 1)[0], LINE.rsplit("\t", 1)[0] + "\t"])
def test_the_last_day_may_be_left_open(tmp_path, line):
    assert load(tmp_path, line) == {HASH: replace(APPROVAL, effective_until=None)}


def test_a_name_may_hold_any_character_but_a_tab(tmp_path):
    for name in ("José Núñez", "李 小龙", "O'Brien – “Bo”", "a\u2028b", "a\x0bb"):
        assert load(tmp_path, LINE.replace("Dr. Ada Okafor", name))[HASH].approved_by == name


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (HASH, "1 columns"),
        (LINE + "\tmore", "7 columns"),
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
        read, faults = {}, trouble.faults
    assert all(isinstance(each, Approval) for each in read.values())
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


@pytest.fixture
def printing(clinic):
    """A clinic that is no demo, in which the setting "drive_ban_h" is approved and "alcohol_after_h" is not."""
    approved = Setting("drive_ban_h", 24, "note", "Dr. Ada Okafor", date(2026, 1, 2))
    pending = Setting("alcohol_after_h", 24, "note")
    return clinic.model_copy(update={"demo": False, "settings": {"drive_ban_h": approved, "alcohol_after_h": pending}})


def wording(tmp_path, document, items=()):
    edition = made(tmp_path, document)
    return Wordings(edition, load_procedure("small", tmp_path))(FACTS, {"medicines": items})


PLAIN = '<p from="S1">{% trans %}Come early.{% endtrans %}</p>\n'


def test_a_wording_is_final_when_every_block_is_approved(tmp_path, printing):
    found = wording(tmp_path, PLAIN)
    approvals = {block.sha256: APPROVAL for block in found.blocks}
    assert not_approved(found, printing, approvals, TODAY) == ()


def test_each_block_without_approval_is_named_by_hash_and_place(tmp_path, printing):
    found = wording(tmp_path, PLAIN)
    title, paragraph = found.blocks
    assert not_approved(found, printing, {title.sha256: APPROVAL}, TODAY) == (
        f"block {paragraph.sha256[:8]} (document.html, line 2)",
    )
    assert len(not_approved(found, printing, {}, TODAY)) == 2


def test_an_approval_does_not_count_outside_of_its_days(tmp_path, printing):
    found = wording(tmp_path, PLAIN)
    approvals = {block.sha256: APPROVAL for block in found.blocks}
    for day in (date(2026, 1, 4), date(2027, 1, 1)):
        assert len(not_approved(found, printing, approvals, day)) == 2


def test_one_changed_word_takes_the_approval_away(tmp_path, printing):
    approvals = {block.sha256: APPROVAL for block in wording(tmp_path, PLAIN).blocks}
    changes = ("Come Early.", "Come early!"), ('from="S1"', 'from="S1 P1"'), ("<p ", "<p when=\"minor == 'no'\" ")
    for old, new in changes:
        assert (
            len(
                not_approved(
                    wording(tmp_path, PLAIN.replace(old if old in PLAIN else "Come early.", new)),
                    printing,
                    approvals,
                    TODAY,
                )
            )
            == 1
        )


def test_blocks_that_are_not_chosen_need_no_approval(tmp_path, printing):
    found = wording(tmp_path, PLAIN.replace("<p ", "<p when=\"minor == 'yes'\" "))
    assert not_approved(found, printing, {found.blocks[0].sha256: APPROVAL}, TODAY) == ()


def test_the_copies_of_a_list_item_are_approved_with_the_block_they_are_copies_of(tmp_path, printing):
    each = '<p from="S1" each="medicine in medicines">{{ medicine.name }}</p>'
    found = wording(tmp_path, each, ({"rule": "take", "deadline": "ahead"},) * 3)
    assert len(found.blocks) == 4
    approvals = {block.sha256: APPROVAL for block in found.edition.blocks}
    assert not_approved(found, printing, approvals, TODAY) == ()
    del approvals[found.edition.blocks[1].sha256]
    assert len(not_approved(found, printing, approvals, TODAY)) == 1


def test_a_setting_that_a_block_rests_on_must_be_approved_too(tmp_path, printing):
    found = wording(tmp_path, PLAIN.replace("S1", "S1 drive_ban_h alcohol_after_h decision_ban_h"))
    approvals = {block.sha256: APPROVAL for block in found.blocks}
    assert not_approved(found, printing, approvals, TODAY) == ("setting decision_ban_h", "setting alcohol_after_h")


def test_nothing_of_a_demo_clinic_is_ever_approved(tmp_path, printing):
    found = wording(tmp_path, PLAIN.replace("S1", "S1 drive_ban_h"))
    approvals = {block.sha256: APPROVAL for block in found.blocks}
    assert not_approved(found, printing.model_copy(update={"demo": True}), approvals, TODAY) == ("setting drive_ban_h",)
