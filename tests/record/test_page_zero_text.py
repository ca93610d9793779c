"""Page 0 on a terminal: nothing is lost, no line is wider than it may be, and no name scrambles the line it stands in."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sheets import CASES

from handouts.packet import Options, PacketMaker
from handouts.record.page_zero import page_zero
from handouts.record.page_zero_sheet import texts_of
from handouts.record.page_zero_text import COLUMNS, as_text, lines, width, wrapped

_ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))


def squeezed(text):
    return "".join(text.translate(_ISOLATES).split())


@pytest.fixture(scope="module")
def sheet(editions, appointment, now):
    make = PacketMaker(editions, Options())

    def made(name, **changes):
        return page_zero(make, appointment({**CASES[name], **changes}), now, now=now)

    return made


@pytest.mark.parametrize("name", ["nothing special", "nothing known", "flags without rows", "Arabic", "Spanish"])
def test_no_line_is_too_wide_and_every_text_is_there(sheet, name):
    found = sheet(name)
    told = list(lines(found))
    assert max(width(line.text) for line in told) <= COLUMNS
    plain = [line.text.translate(_ISOLATES) for line in told]
    letters = set(squeezed("".join(plain)))
    for section in found.sections:
        for text in texts_of(section):
            assert set(squeezed(text)) <= letters
            for word in text.translate(_ISOLATES).split():
                assert len(word) > 12 or any(word in line for line in plain), word


@given(st.text(st.sampled_from("ab c-\u2068\u2069محم日本é\u0301 ,"), max_size=120), st.integers(4, 40))
def test_a_text_is_divided_and_nothing_of_it_lost(text, across):
    found = wrapped(text, across)
    assert squeezed("".join(found)) == squeezed(text)
    assert all(width(line) <= across for line in found)
    depth_of = [line.count("\u2068") - line.count("\u2069") for line in found]
    assert all(depth <= 0 for depth in depth_of)


def test_a_name_of_another_direction_is_isolated_on_every_line_it_stands_on(sheet):
    found = sheet("Arabic", **{"patient.given_name": "محمد عبد الله " * 9})
    broken = [line.text for line in lines(found) if any(unicodedata.bidirectional(char) == "AL" for char in line.text)]
    assert len(broken) > 3
    for line in broken:
        at = next(index for index, char in enumerate(line) if unicodedata.bidirectional(char) == "AL")
        assert line[:at].count("\u2068") > line[:at].count("\u2069")
        assert line.count("\u2068") == line.count("\u2069")


def test_a_name_cannot_reorder_the_line_it_stands_in(sheet):
    found = as_text(sheet("nothing special", **{"patient.given_name": "Ana", "patient.family_name": "ben דוד"}))
    assert not set("\u202a\u202b\u202c\u202d\u202e") & set(found)


def test_what_blocks_can_be_told_without_any_colour(sheet):
    told = list(lines(sheet("pregnant")))
    assert any(line.text.startswith("■ pregnant") and line.mood == "blocks" for line in told)
    assert all(line.text[:1] in "■ " for line in told if line.mood == "blocks")


def test_the_ninety_second_part_of_an_appointment_with_nothing_special_is_one_screen(sheet):
    text = as_text(sheet("nothing special"))
    assert text.index("Medicines ──") < text.index("What is filled in")
    assert len(text[: text.index("── Medicines ──")].splitlines()) <= 45


def test_the_sheet_says_its_own_hash(sheet):
    found = sheet("nothing special")
    assert as_text(found).endswith(f"SHA-256 of this sheet: {found.sha256}\n")
