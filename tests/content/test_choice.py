"""What is chosen by compiled conditions is what the conditions say, and what is alike is one object."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handouts.content.blocks import Group
from handouts.content.choice import Choices
from handouts.content.condition import holds
from handouts.content.wording import Wordings
from handouts.memory import forgetting

KINDS = ("preparation", "side-effects", "consent")


def expected(edition, procedure, facts, items):
    """The blocks that stand, as the design defines it: by filtering; copies item by item as far as they stand together."""
    found = []
    for block in edition.blocks:
        if not block.each:
            found += [(block, 0)] if holds(block.condition, facts) else []
            continue
        item = procedure.lists[block.each].item
        for number, own in enumerate(items[block.each], 1):
            if holds(block.condition, {**facts, **{f"{item}.{name}": value for name, value in own.items()}}):
                found.append((block.numbered(item, number), number))
    return found


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_wording_of_the_procedure_is_its_edition_filtered(editions, procedure, kind, data):
    wordings = editions.wordings(procedure.id, kind, "en")
    facts = {name: data.draw(st.sampled_from(values), name) for name, values in procedure.facts.items()}
    item = st.fixed_dictionaries({n: st.sampled_from(v) for n, v in procedure.lists["medicines"].facts.items()})
    items = {"medicines": tuple(data.draw(st.lists(item, max_size=3)))}
    found = wordings(facts, items)
    stand = expected(wordings.edition, procedure, facts, items)
    heads = [block for block in found.edition.blocks if all(part.scope == "col" for part in block.parts)]
    copies = [block for block, number in stand if number]
    assert [b for b in found.blocks if not b.copy_of] == [
        b for b, number in stand if not number and (b in found.blocks or b not in heads)
    ]
    assert sorted(b.canonical for b in found.blocks if b.copy_of) == sorted(b.canonical for b in copies)
    with forgetting():
        anew = Wordings(wordings.edition, procedure)(facts, items)
    assert (anew, anew.sha256) == (found, found.sha256)


def test_groups_in_which_the_same_stands_are_one_object(editions, procedure):
    edition = editions.wordings(procedure.id, "consent", "en").edition
    choices = Choices(edition, {name: entry.item for name, entry in procedure.lists.items()})
    first = {name: values[0] for name, values in procedure.facts.items()}
    changed = {**first, "pregnant": procedure.facts["pregnant"][1], "opioids": procedure.facts["opioids"][1]}
    one, other = (choices.root(choices.chosen(facts, {})) for facts in (first, changed))
    assert one is not other
    groups = [child for child in one.children if isinstance(child, Group)]
    shared = [group for group in groups if any(group is each for each in other.children)]
    assert len(shared) > len(groups) // 2


def test_wordings_of_two_clinics_in_one_process_are_each_their_own(editions, procedure):
    edition = editions.wordings(procedure.id, "consent", "en").edition
    facts = {name: values[0] for name, values in procedure.facts.items()}
    one, other = Wordings(edition, procedure), Wordings(edition, procedure)
    assert one(facts, {}) is one(facts, {}) is not other(facts, {})
    assert one(facts, {}) == other(facts, {})
    assert hash(one(facts, {})) == hash(other(facts, {}))
