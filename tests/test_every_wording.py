"""Every wording that can be chosen can be set, laid out and read: facts pairwise over all their declared values."""

import itertools
import re
from pathlib import Path

import pypdfium2
import pytest
from papers import stamped

from handouts.clinic import load_clinic
from handouts.content import condition
from handouts.content.blocks import BlankPlace, Text
from handouts.content.editions import Editions
from handouts.content.wording import pairs, pairwise
from handouts.typeset import A4, LETTER, Furniture, furniture_size, lay_out, set_galleys
from handouts.typeset.variant import BILINGUAL, STYLES, in_style

EXAMPLES = Path(__file__).parent.parent / "examples"
CLINIC = load_clinic(EXAMPLES / "clinic")
EDITIONS = Editions(CLINIC)
NAME = "ketamine-infusion"
DOCUMENTS = [(kind, tag) for kind in EDITIONS.procedure(NAME).kinds for tag in EDITIONS.languages(NAME)]


def _printed(wording):
    """A long text for every blank: what a page must have room for."""
    names = {name for block in wording.blocks for name in block.blanks}
    return {
        name: f"«{name.replace('.', ' ').replace('_', ' ')} Wednesday, September 30, 2026, 11:59 PM»" for name in names
    }


def _made(wordings, paper, style):
    printed = {each.edition.language: _printed(each) for each in wordings}
    edition = wordings[0].edition
    furniture = Furniture("Clinic", edition.title, "For: N", "N", "{page}/{pages}", "d", "h", edition.language)
    root = in_style(wordings[0].root, style, *(w.root for w in wordings[1:]))
    galleys = set_galleys(root, printed, paper, style, EDITIONS.pictures)
    master = lay_out(root, galleys, paper, style, furniture_size(furniture, paper.measure, style))
    return stamped(root, master, galleys, furniture), printed


def _plain(text):
    return re.sub(r"[\s\u00a0\u202f\u00ad\ufffe-]+", "", text)


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
@pytest.mark.parametrize(("kind", "tag"), DOCUMENTS)
def test_every_pair_of_facts_gives_pages_that_hold_every_word(kind, tag, style):
    wordings = EDITIONS.wordings(NAME, kind, tag)
    seen = set()
    for number, (facts, items) in enumerate(pairwise(EDITIONS.procedure(NAME), wordings.edition)):
        wording = wordings(facts, items)
        if wording.sha256 in seen:
            continue
        seen.add(wording.sha256)
        both = [wording]
        if style is BILINGUAL:
            both += [EDITIONS.wordings(NAME, kind, other)(facts, items) for _, other in DOCUMENTS[:2] if other != tag]
        pdf, printed = _made(both, LETTER if number % 2 else A4, style)
        document = pypdfium2.PdfDocument(pdf)
        text = _plain("".join(page.get_textpage().get_text_range() for page in document))
        for block in (block for each in both for block in each.blocks):
            texts = printed[block.language]
            for run in block.runs:
                said = run.text if isinstance(run, Text) else texts[run.name] if isinstance(run, BlankPlace) else ""
                for word in said.split():
                    assert _plain(word) in text, f"{block.place}: {word}"
    assert len(seen) > 1


@pytest.mark.parametrize(("kind", "tag"), DOCUMENTS)
def test_the_combinations_tried_hold_every_pair_of_values(kind, tag):
    procedure = EDITIONS.procedure(NAME)
    edition = EDITIONS.wordings(NAME, kind, tag).edition
    met = set()
    for facts, _ in pairwise(procedure, edition):
        used = sorted((name, facts[name]) for name in edition.facts)
        met |= {(one, other) for place, one in enumerate(used) for other in used[place + 1 :]}
    assert len(met) == pairs(procedure, edition)


@pytest.mark.parametrize(("kind", "tag"), DOCUMENTS)
def test_every_condition_has_facts_for_which_it_holds_and_facts_for_which_it_does_not(kind, tag):
    procedure = EDITIONS.procedure(NAME)
    for block in EDITIONS.wordings(NAME, kind, tag).edition.blocks:
        values = {test.name: procedure.values_of(test) for test in condition.tests(block.condition)}
        outcomes = {
            condition.holds(block.condition, dict(zip(values, chosen, strict=True)))
            for chosen in itertools.product(*values.values())
        }
        only_one_value = all(len(found) == 1 for found in values.values())
        assert outcomes == ({True} if only_one_value else {True, False}), f"{block.place} when {block.condition}"


def test_the_two_languages_hold_the_same_blocks_with_the_same_blanks():
    for kind in EDITIONS.procedure(NAME).kinds:
        english, spanish = (EDITIONS.wordings(NAME, kind, tag).edition for tag in ("en", "es-US"))
        for one, other in zip(english.blocks, spanish.blocks, strict=True):
            assert (one.role, one.condition, one.rests_on, one.place) == (
                other.role,
                other.condition,
                other.rests_on,
                other.place,
            )
            assert sorted(one.blanks) == sorted(other.blanks)
