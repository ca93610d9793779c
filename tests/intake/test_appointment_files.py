"""Every file in tests/data/appointments: the valid ones give appointments, the invalid ones the faults beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from handouts.errors import UnreadableInput
from handouts.intake import read

FOLDER = Path(__file__).parents[1] / "data/appointments"
VALID = sorted(p for p in (FOLDER / "valid").iterdir())
INVALID = sorted(p for p in (FOLDER / "invalid").iterdir() if p.suffix != ".txt")


def test_the_folders_are_not_empty():
    assert len(VALID) > 10
    assert len(INVALID) > 30
    assert {p.suffix for p in VALID + INVALID} == {".csv", ".json"}


def test_no_expectation_is_left_over():
    left = {p.name.removesuffix(".txt") for p in (FOLDER / "invalid").glob("*.txt")}
    assert left == {p.name for p in INVALID}


@pytest.mark.parametrize("path", VALID, ids=lambda p: p.name)
def test_a_valid_file_gives_all_its_appointments(path, clinic, now):
    schedule = read(path, clinic, now)
    assert [str(r) for r in schedule.refused] == []
    assert schedule.appointments


@pytest.mark.parametrize("path", INVALID, ids=lambda p: p.name)
def test_an_invalid_file_says_what_is_wrong(path, clinic, now):
    assert said(path, clinic, now) == (path.parent / f"{path.name}.txt").read_text("utf-8")


@pytest.mark.parametrize("path", INVALID, ids=lambda p: p.name)
def test_what_is_said_has_no_jargon_and_can_be_shown(path, clinic, now):
    words = said(path, clinic, now)
    assert all(line.isprintable() for line in words.splitlines())
    assert not any(jargon in words for jargon in ("Input should", "pydantic", "valid string", "Traceback", "None"))


def said(path, clinic, now) -> str:
    try:
        refused = read(path, clinic, now).refused
    except UnreadableInput as trouble:
        return f"{trouble}\n"
    assert refused
    return "".join(f"{refusal}\n" for refusal in refused)
