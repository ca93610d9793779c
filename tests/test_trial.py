"""What shows only when pages are set is found before any patient."""

import re
from pathlib import Path

import pytest

from handouts.clinic import load_clinic
from handouts.content.blocks import Block, Edition, Group, Part, Text
from handouts.content.editions import Editions
from handouts.content.wording import Wording
from handouts.trial import Trial


def wording(*blocks, language="en"):
    root = Group("document", blocks)
    return Wording(Edition("small", "1", "consent", language, "Consent", root), root)


def block(text, role="p", language="en", **given):
    return Block(role, (Part(role, (Text(text),), **given),), ("S1",), language, place="consent.html, line 7")


@pytest.fixture
def trial():
    return Trial(Editions(load_clinic(Path(__file__).parent.parent / "examples" / "clinic")))


def test_sound_pages_have_no_fault_in_any_look(trial):
    both = wording(block("Come early.")), wording(block("Venga temprano.", language="es-US"), language="es-US")
    assert list(trial.faults(*both)) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (block("Take ཀ."), "U\\+0F40"),
        (block("The way in", "img", source="gone.png"), "no such picture"),
        (block("word " * 1500, "h1"), "pt tall"),
    ],
)
def test_what_stops_every_page_is_told_with_its_place(trial, given, said):
    (fault, *_) = trial.faults(wording(given))
    assert fault.where == "consent.html, line 7"
    assert re.search(said, f"{fault.value} {fault.problem}")


def test_languages_that_cannot_stand_side_by_side_are_told(trial):
    (fault,) = trial.faults(wording(block("Uno"), block("Dos"), language="es-US"), wording(block("One")))
    assert "same blocks" in fault.problem
