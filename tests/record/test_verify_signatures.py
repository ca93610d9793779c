"""What is said of files: nothing is wrong with honest ones, something with each of the changed, and never more than is known."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace

import pytest
from authority import authority
from signing import (
    AT,
    CLINICIAN,
    FIELDS,
    LATER,
    LEVELS,
    NAMES,
    PATIENT,
    WITNESS,
    approved,
    consent,
    key,
    sign,
    signed_consent,
    stages,
)
from tampering import WAYS, honest

from handouts.record.verify_signatures import LARGEST, examined
from handouts.record.verify_values import Expected, Kind, Signer, Unchecked, Verdict

ROOTS = authority().roots


def sha256(pdf):
    return hashlib.sha256(pdf).hexdigest()


def record_of(pdf, *fields, before=None):
    """What the record has of a file that was signed in these fields."""
    signers = [Signer(field, NAMES[field], key(NAMES[field]).sha256) for field in fields]
    return Expected(sha256(pdf), signers, sha256(before or approved()))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("count", [1, 2, 4])
def test_nothing_is_found_in_an_honest_file(count, level):
    pdf = signed_consent(count, level)
    alone = examined(pdf, ROOTS, LATER)
    assert alone.findings == ()
    assert alone.verdict is Verdict.NOT_CHECKED
    known = examined(pdf, ROOTS, LATER, record_of(pdf, *FIELDS[:count]))
    assert known.findings == ()
    assert known.verdict is Verdict.UNCHANGED
    assert [each.signed for each in known.signatures] == [True] * count + [False] * (4 - count)
    assert len(known.timestamps) == (count if level == "B-LTA" else 0)
    assert all(each.intact and each.trusted for each in (*known.signatures[:count], *known.timestamps))


@pytest.mark.parametrize("level", LEVELS)
def test_nothing_is_found_in_an_honest_file_that_still_has_other_fields(level):
    pdf = sign(consent(), PATIENT, CLINICIAN, level=level)
    found = examined(pdf, ROOTS, LATER)
    assert found.findings == ()
    assert "clinician.note" in found.fillable


def test_levels_may_differ_from_signature_to_signature():
    pdf = sign(sign(sign(approved(), PATIENT, level="B-LTA"), WITNESS), CLINICIAN, level="B-T")
    assert examined(pdf, ROOTS, LATER).findings == ()


def test_thirty_ways_at_least_are_tried():
    assert len(WAYS) >= 30


@pytest.mark.parametrize("name", [name for name, way in WAYS.items() if not way.only_record])
def test_a_changed_file_is_found_without_any_record(name):
    way = WAYS[name]
    found = examined(way.make(), ROOTS, LATER)
    assert found.verdict is Verdict.TAMPERED
    assert {finding.kind for finding in found.findings} & set(way.kinds), list(found.sentences())


@pytest.mark.parametrize("name", [name for name, way in WAYS.items() if way.only_record])
def test_what_only_the_record_can_tell_is_never_called_good_without_it(name):
    pdf = WAYS[name].make()
    alone = examined(pdf, ROOTS, LATER)
    assert alone.verdict is Verdict.NOT_CHECKED
    assert {Unchecked.RECORD, Unchecked.LATER, Unchecked.SIGNERS} <= set(alone.unchecked)
    known = examined(pdf, ROOTS, LATER, record_of(honest(), PATIENT, WITNESS))
    assert known.verdict is Verdict.TAMPERED
    # Without the hash of the whole file too: the signers, or what was approved, give it away.
    less = replace(record_of(honest(), PATIENT, WITNESS), sha256=None)
    assert {finding.kind for finding in examined(pdf, ROOTS, LATER, less).findings} == {Kind.RECORD}


def test_the_ways_differ_from_the_honest_file_and_from_one_another():
    made = {name: sha256(way.make()) for name, way in WAYS.items()}
    assert len(set(made.values())) == len(made)
    assert sha256(honest()) not in made.values()


def test_without_roots_nobody_is_trusted_and_that_is_told():
    found = examined(signed_consent(2), (), LATER)
    assert found.findings == ()
    assert Unchecked.TRUST in found.unchecked
    assert not any(each.trusted for each in found.signatures)


def test_a_time_that_only_the_signer_says_is_told_as_that():
    assert Unchecked.TIME in examined(signed_consent(1), ROOTS, LATER).unchecked
    assert Unchecked.TIME not in examined(signed_consent(1, "B-T"), ROOTS, LATER).unchecked


def test_certificates_that_expired_since_were_valid_when_they_were_signed_with():
    late = LATER.replace(year=2036)
    for level in LEVELS:
        assert examined(signed_consent(1, level), ROOTS, late).findings == ()


def test_a_time_to_come_is_found():
    found = examined(signed_consent(1), ROOTS, AT.replace(year=2025, month=12))
    assert "a time to come" in " ".join(found.sentences())
    assert found.verdict is Verdict.TAMPERED


def test_an_unsigned_file_is_only_known_by_the_record():
    alone = examined(approved(), ROOTS, LATER)
    assert alone.verdict is Verdict.NOT_CHECKED
    assert Unchecked.SIGNED in alone.unchecked
    known = examined(approved(), ROOTS, LATER, Expected(sha256(approved()), ()))
    assert known.verdict is Verdict.UNCHANGED


def test_what_was_approved_is_found_at_the_beginning_of_what_was_signed():
    before, _, after = stages()
    assert examined(after, ROOTS, LATER, Expected(approved=sha256(before))).findings == ()
    (finding,) = examined(after, ROOTS, LATER, Expected(approved=sha256(b"other"))).findings
    assert finding.what == "What was signed is not what was approved."


def test_a_signature_says_what_its_signer_said():
    first = examined(signed_consent(2, "B-T"), ROOTS, LATER).signatures[0]
    assert (first.field, first.name, first.role, first.identified) == (
        PATIENT,
        NAMES[PATIENT],
        "patient",
        "photo ID seen",
    )
    assert first.statement == "I agree to this treatment."
    assert first.certificate == NAMES[PATIENT]
    assert first.certifies
    assert first.claimed == AT
    assert (first.timestamped - AT).total_seconds() == 1
    assert first.after == "further signatures"
    assert not first.whole


def test_sentences_never_say_valid():
    for pdf in (approved(), honest(), signed_consent(4, "B-LTA")):
        said = " ".join(examined(pdf, ROOTS, LATER).sentences())
        assert "valid" not in said.lower()
        assert "Not checked: whether this is a file that the record knows." in said


def test_the_sentences_of_an_honest_file_read_as_meant():
    pdf = signed_consent(1, "B-T")
    claimed, proved = "2026-03-03 11:00:00 -0500", "2026-03-03 16:00:01 +0000"
    first = f"{PATIENT}: signed by {NAMES[PATIENT]} as patient on {claimed}"
    assert list(examined(pdf, ROOTS, LATER, record_of(pdf, PATIENT)).sentences()) == [
        "This file is the one that the record has, unchanged.",
        f"{first}, by a timestamp not later than {proved}; intact; covers the whole file.",
        *(f"{field}: not signed." for field in (WITNESS, CLINICIAN, "withdraw.signature")),
        "Not checked: whether a certificate was taken back: no list says so.",
    ]


def test_a_file_that_is_far_too_large_is_not_looked_into():
    found = examined(b"%PDF-1.7" + bytes(LARGEST), ROOTS, LATER)
    assert [finding.kind for finding in found.findings] == [Kind.UNREADABLE]


def test_any_bytes_are_answered():
    pdf = bytearray(honest())
    at_random = random.Random(7)
    for _ in range(30):
        hurt = bytearray(pdf)
        for _ in range(at_random.randint(1, 30)):
            hurt[at_random.randrange(len(hurt))] = at_random.randrange(256)
        if at_random.random() < 0.3:
            del hurt[at_random.randrange(len(hurt)) :]
        found = examined(bytes(hurt), ROOTS, LATER)
        assert found.verdict is not Verdict.UNCHANGED
        assert bytes(hurt) == pdf or found.verdict is Verdict.TAMPERED
