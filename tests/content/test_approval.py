"""Approvals: only what a named person approved, on a day on which it counts, is printed as final."""

from __future__ import annotations

import copy
from dataclasses import fields, is_dataclass, replace
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from workbench import made

from handouts.approvals import Approval, Approvals
from handouts.builtin import demo_clinic
from handouts.clinic import load_clinic
from handouts.content.approval import Approvable, State, blocks_of, not_approved, setting_of, standing
from handouts.content.procedure import load_procedure
from handouts.content.wording import Wordings
from handouts.settings.values import Setting

APPROVAL = Approval("Dr. Ada Okafor", "NY 1234", date(2026, 1, 2), date(2026, 1, 5), date(2026, 12, 31))
FACTS = {"minor": "no", "visit": "first", "season": "spring", "escort": "known", "medicines": "some"}
TODAY = date(2026, 3, 4)


@pytest.fixture
def printing(clinic):
    """A clinic that is no demo, in which the setting "drive_ban_h" is approved and "alcohol_after_h" is not."""
    approved = Setting("drive_ban_h", 24, "note", "Dr. Ada Okafor", date(2026, 1, 2))
    pending = Setting("alcohol_after_h", 24, "note")
    return clinic.model_copy(update={"demo": False, "settings": {"drive_ban_h": approved, "alcohol_after_h": pending}})


def wording(tmp_path, document, items=()):
    edition = made(tmp_path, document)
    return Wordings(edition, load_procedure("small", tmp_path))(FACTS, {"medicines": items})


def approved(hashes, by=APPROVAL):
    return Approvals(tuple((sha256, by) for sha256 in hashes))


PLAIN = '<p from="S1">{% trans %}Come early.{% endtrans %}</p>\n'


def test_a_wording_is_final_when_every_block_is_approved(tmp_path, printing):
    found = wording(tmp_path, PLAIN)
    approvals = approved(block.sha256 for block in found.blocks)
    assert not_approved(found, printing, approvals, TODAY) == ()


def test_each_block_without_approval_is_named_by_hash_and_place(tmp_path, printing):
    found = wording(tmp_path, PLAIN)
    title, paragraph = found.blocks
    assert not_approved(found, printing, approved([title.sha256]), TODAY) == (
        f"block {paragraph.sha256[:8]} (document.html, line 2)",
    )
    assert len(not_approved(found, printing, Approvals(), TODAY)) == 2


def test_an_approval_does_not_count_outside_of_its_days(tmp_path, printing):
    found = wording(tmp_path, PLAIN)
    approvals = approved(block.sha256 for block in found.blocks)
    for day in (date(2026, 1, 4), date(2027, 1, 1)):
        assert len(not_approved(found, printing, approvals, day)) == 2


def test_one_changed_word_takes_the_approval_away(tmp_path, printing):
    approvals = approved(block.sha256 for block in wording(tmp_path, PLAIN).blocks)
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
    assert not_approved(found, printing, approved([found.blocks[0].sha256]), TODAY) == ()


def test_the_copies_of_a_list_item_are_approved_with_the_block_they_are_copies_of(tmp_path, printing):
    each = '<p from="S1" each="medicine in medicines">{{ medicine.name }}</p>'
    found = wording(tmp_path, each, ({"rule": "take", "deadline": "ahead"},) * 3)
    assert len(found.blocks) == 4
    approvals = approved(block.sha256 for block in found.edition.blocks)
    assert not_approved(found, printing, approvals, TODAY) == ()
    title = approved([found.edition.blocks[0].sha256])
    assert len(not_approved(found, printing, title, TODAY)) == 1


def test_a_setting_that_a_block_rests_on_must_be_approved_too(tmp_path, printing):
    found = wording(tmp_path, PLAIN.replace("S1", "S1 drive_ban_h alcohol_after_h decision_ban_h"))
    approvals = approved(block.sha256 for block in found.blocks)
    assert not_approved(found, printing, approvals, TODAY) == ("setting decision_ban_h", "setting alcohol_after_h")


def test_nothing_of_a_demo_clinic_is_ever_approved(tmp_path, printing):
    found = wording(tmp_path, PLAIN.replace("S1", "S1 drive_ban_h"))
    approvals = approved(block.sha256 for block in found.blocks)
    assert not_approved(found, printing.model_copy(update={"demo": True}), approvals, TODAY) == ("setting drive_ban_h",)


NAMED = replace(APPROVAL, what="setting drive_ban_h")
OTHER = Approval("Luis Reyes", "NY 2", date(2026, 1, 2), date(2026, 1, 5), None, "setting drive_ban_h", second=True)


def judged(setting, printing, lines, day=TODAY):
    approvals = Approvals(tuple((setting.sha256, each) for each in lines))
    return standing(setting_of(setting), printing, approvals, day)


def test_a_setting_that_has_a_line_goes_by_its_hash_and_no_more_by_clinic_toml(printing):
    setting = printing.settings["drive_ban_h"]
    assert judged(setting, printing, ()).state == State.APPROVED
    assert judged(setting, printing, [NAMED]).state == State.APPROVED
    changed = replace(setting, value=25)
    approvals = Approvals(((setting.sha256, NAMED),))
    found = standing(setting_of(changed), printing, approvals, TODAY)
    assert (found.state, found.why) == (State.CHANGED, "Dr. Ada Okafor approved it on 2026-01-02")


def test_the_line_of_a_second_person_alone_takes_the_word_of_clinic_toml_away_too(printing):
    assert judged(printing.settings["drive_ban_h"], printing, [OTHER]).state == State.NEVER


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 1, 4), State.NOT_YET),
        (date(2026, 1, 5), State.APPROVED),
        (date(2026, 12, 31), State.APPROVED),
        (date(2027, 1, 1), State.EXPIRED),
    ],
)
def test_the_days_of_a_line_say_how_far_it_is(printing, day, state):
    assert judged(printing.settings["drive_ban_h"], printing, [NAMED], day).state == state


def test_a_settings_own_last_day_holds_whatever_was_approved(printing):
    setting = replace(printing.settings["drive_ban_h"], expires_at=date(2026, 6, 30))
    assert judged(setting, printing, [NAMED], date(2026, 6, 30)).until == date(2026, 6, 30)
    assert judged(setting, printing, [NAMED], date(2026, 7, 1)).state == State.EXPIRED


def test_a_value_outside_its_guard_needs_two_people(printing):
    setting = replace(printing.settings["drive_ban_h"], outside="is outside 12 to 72 hours")
    first = judged(setting, printing, [NAMED])
    assert first.state == State.HALF
    assert "is outside 12 to 72 hours" in first.why
    assert judged(setting, printing, [NAMED, replace(OTHER, approved_by="Okafor, Dr. ADA")]).state == State.HALF
    assert judged(setting, printing, [NAMED, OTHER]).state == State.APPROVED
    assert judged(setting, printing, [OTHER]).state == State.NEVER


def test_a_value_outside_its_guard_needs_two_names_in_clinic_toml_too(printing):
    setting = replace(printing.settings["drive_ban_h"], outside="is outside 12 to 72 hours")
    assert judged(setting, printing, []).state == State.NEVER
    assert judged(replace(setting, second_approver="okafor ADA, dr"), printing, []).state == State.NEVER
    assert judged(replace(setting, second_approver="Luis Reyes"), printing, []).state == State.APPROVED


def test_nothing_of_a_demo_clinic_stands_approved(printing):
    demo = printing.model_copy(update={"demo": True})
    assert judged(printing.settings["drive_ban_h"], demo, [NAMED, OTHER]).state == State.NEVER


def test_a_version_that_was_ever_approved_must_be_the_present_one(tmp_path, printing):
    found = wording(tmp_path, PLAIN)
    blocks = approved(block.sha256 for block in found.blocks)
    version = found.edition.version

    def lacking(*lines):
        return not_approved(found, printing, Approvals((*blocks.lines, *lines)), TODAY, "f" * 64)

    assert lacking() == ()
    assert lacking(("f" * 64, replace(APPROVAL, what=f"template small {version}"))) == ()
    said = f"template small {version}: changed since, Dr. Ada Okafor approved it on 2026-01-02"
    assert lacking(("e" * 64, replace(APPROVAL, what=f"template small {version}"))) == (said,)
    assert lacking(("e" * 64, replace(APPROVAL, what="template small 0.9"))) == (f"template small {version}",)
    assert lacking(("e" * 64, replace(APPROVAL, what="template smaller 1.0"))) == ()


@pytest.mark.parametrize("name", ["procedure.toml", "document.html"])
def test_any_byte_of_a_procedures_files_is_of_its_version(tmp_path, name):
    made(tmp_path, PLAIN)
    before = load_procedure("small", tmp_path).sha256()
    file = tmp_path / "templates" / "small" / name
    file.write_bytes(file.read_bytes() + b"\n")
    assert load_procedure("small", tmp_path).sha256() != before


def test_a_new_file_that_a_template_could_take_in_is_of_the_version_too(tmp_path):
    made(tmp_path, PLAIN)
    before = load_procedure("small", tmp_path).sha256()
    (tmp_path / "templates" / "small" / "parts.html").write_text("", "utf-8")
    assert load_procedure("small", tmp_path).sha256() != before


def test_a_block_is_said_to_be_changed_with_who_approved_it_before(tmp_path, printing):
    before = wording(tmp_path, PLAIN)
    lines = [(of.sha256, replace(APPROVAL, what=of.what)) for of in blocks_of(before.edition).values()]
    after = wording(tmp_path, PLAIN.replace("early", "late"))
    (said,) = not_approved(after, printing, Approvals(tuple(lines)), TODAY)
    assert said.endswith("(document.html, line 2): changed since, Dr. Ada Okafor approved it on 2026-01-02")


def test_a_block_that_was_put_before_others_is_new_and_not_a_change_of_them(tmp_path, printing):
    before = wording(tmp_path, PLAIN)
    lines = [(of.sha256, replace(APPROVAL, what=of.what)) for of in blocks_of(before.edition).values()]
    after = wording(tmp_path, PLAIN.replace("early", "late") + PLAIN)
    (said,) = not_approved(after, printing, Approvals(tuple(lines)), TODAY)
    assert said.endswith("(document.html, line 2)")


EVERY_SETTING = tuple(load_clinic(demo_clinic()).settings.values())


def leaves(value, path=()):
    """The paths to every text, number and choice in a value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, tuple):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*path, number))
    elif is_dataclass(value):
        for each in fields(value):
            yield from leaves(getattr(value, each.name), (*path, each.name))
    elif value is not None:
        yield path, value


def with_leaf(value, path, new):
    if not path:
        return new
    step, *rest = path
    if isinstance(value, dict):
        return {**value, step: with_leaf(value[step], rest, new)}
    if isinstance(value, tuple):
        return (*value[:step], with_leaf(value[step], rest, new), *value[step + 1 :])
    return replace(value, **{step: with_leaf(getattr(value, step), rest, new)})


@given(st.data())
def test_any_changed_byte_of_a_setting_lapses_its_approval(data):
    setting = data.draw(st.sampled_from(EVERY_SETTING))
    path, leaf = data.draw(st.sampled_from(list(leaves(setting.value))))
    if isinstance(leaf, bool):
        new = not leaf
    elif isinstance(leaf, int | float):
        new = data.draw(st.integers(-1000, 1000) | st.floats(-1000, 1000))
    else:
        at = data.draw(st.integers(0, len(leaf)))
        new = leaf[:at] + data.draw(st.text(max_size=2)) + leaf[at + data.draw(st.integers(0, 1)) :]
    assume(repr(new) != repr(leaf))
    changed = replace(setting, value=with_leaf(setting.value, path, new))
    assert changed.sha256 != setting.sha256


@pytest.mark.parametrize(
    "change",
    [
        {"source_note": "another"},
        {"unit": "minutes"},
        {"hours": 3.0},
        {"left_out": {"bladder": "a reason"}},
        {"expires_at": date(2030, 1, 1)},
        {"key": "stay_with_h"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_stands_beside_a_value_is_approved_with_it(printing, change):
    setting = printing.settings["drive_ban_h"]
    assert replace(setting, **change).sha256 != setting.sha256


def test_who_approved_a_setting_and_the_order_of_languages_are_not_what_is_approved():
    setting = next(each for each in EVERY_SETTING if isinstance(each.value, dict))
    turned = dict(reversed(copy.deepcopy(setting.value).items()))
    other = replace(setting, value=turned, approved_by="X", approved_at=TODAY, second_approver="Y")
    assert other.sha256 == setting.sha256


def test_two_settings_with_values_changed_for_each_other_are_both_not_approved(printing):
    one, two = printing.settings["drive_ban_h"], replace(printing.settings["alcohol_after_h"], value=48)
    approvals = Approvals(
        tuple((each.sha256, replace(APPROVAL, what=f"setting {each.key}")) for each in (one, two)),
    )
    for setting, value in ((one, two.value), (two, one.value)):
        swapped = Approvable(f"setting {setting.key}", replace(setting, value=value).sha256, setting=setting)
        assert standing(swapped, printing, approvals, TODAY).state == State.CHANGED
