"""Concerns on which a clinician has decided: they make a packet a draft no more, and change nothing else."""

from __future__ import annotations

from datetime import date

import pytest
from sound import DOCUMENTS
from test_packet import real_clinic

from handouts.content.editions import Editions
from handouts.memory import forgetting
from handouts.output import manifest
from handouts.packet import DRAFT, GENERATED, Options, PacketMaker
from handouts.record.page_zero import page_zero
from handouts.record.page_zero_sheet import texts_of

PREGNANT = {"flags.pregnant": "yes", "flags.pregnancy_potential": "yes"}
BOTH = {**PREGNANT, "medicines": [{"name": "Warfarin"}]}


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    return real_clinic(tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="module")
def make(real):
    return PacketMaker(Editions(real), Options(kinds=DOCUMENTS))


@pytest.fixture(scope="module")
def given_(real, appointment, now):
    return lambda changes: appointment(changes, of=real, at=now)


def test_a_packet_is_final_once_every_concern_is_decided(make, given_, now):
    assert make(given_(BOTH), now).status == DRAFT
    assert make(given_(BOTH), now, {"pregnant"}).status == DRAFT
    packet = make(given_(BOTH), now, frozenset({"pregnant", "medicine.1"}))
    assert packet.status == GENERATED
    assert packet.finding.blocking == ()


@pytest.mark.parametrize("ids", [{"pregnan"}, {"Pregnant"}, {"medicine.2"}, {"medicine"}, {""}])
def test_an_id_of_no_concern_decides_nothing(make, given_, now, ids):
    assert make(given_(BOTH), now, ids).status == DRAFT
    assert len(make(given_(BOTH), now, ids).finding.concerns) == 2


def test_what_is_decided_changes_nothing_else(make, given_, now):
    before = make(given_(BOTH), now)
    after = make(given_(BOTH), now, ["medicine.1", "pregnant"])
    assert after.finding.facts == before.finding.facts
    assert after.printed == before.printed
    assert [each.wording.sha256 for each in after.documents] == [each.wording.sha256 for each in before.documents]
    told, then = manifest(after), manifest(before)
    assert told["decided"] == ["pregnant", "medicine.1"]
    assert told["concerns"] == told["blocking"] == []
    assert then["concerns"] == ["pregnant", "medicine.1"]
    assert then["decided"] == []
    same = set(told) - {"decided", "concerns", "blocking", "status", "documents"}
    assert {key: told[key] for key in same} == {key: then[key] for key in same}


def test_a_packet_without_concerns_has_the_same_bytes_whatever_is_said_to_be_decided(make, given_, now):
    plain, decided = make(given_({}), now), make(given_({}), now, {"pregnant", "medicine.1"})
    assert [each.pdf for each in plain.documents] == [each.pdf for each in decided.documents]
    assert manifest(plain) == manifest(decided)


def test_what_a_packet_says_is_found_without_its_pages_and_is_what_stands_on_them(make, given_, now):
    for changes in ({}, BOTH, {"patient.language": "ar"}):
        said, packet = make.said(given_(changes), now), make(given_(changes), now)
        assert said.packet_id == packet.packet_id
        assert said.finding == packet.finding
        assert said.wordings == {each.kind: each.wordings for each in packet.documents}
        assert said.languages == tuple(packet.texts)
        for each in packet.documents:
            assert (*make.unfinished(said, each.kind), *said.finding.blocking) == each.reasons
    with forgetting():
        assert make.said(given_(BOTH), now).finding == make(given_(BOTH), now).finding


def test_each_document_says_the_hash_that_stands_on_its_pages(make, given_, now):
    documents = make(given_({}), now).documents
    assert len({each.version for each in documents}) == len(documents)
    assert [entry["version"] for entry in manifest(make(given_({}), now))["documents"]] == [
        d.version for d in documents
    ]


def words(sheet):
    return {section.key: "\n".join(texts_of(section)) for section in sheet.sections}


def test_page_zero_says_that_nothing_blocks_once_all_is_approved_and_decided(make, given_, now):
    found = words(
        page_zero(make, given_(BOTH), now, now=now, decided={"pregnant": "Test was wrong.", "medicine.1": "B"})
    )
    assert "Nothing blocks approval." in found["blocks"]
    assert "Test was wrong." in found["blocks"]
    assert "Ada Okafor, licence NY 1" in found["approvals"]
    assert "approved by Ada Okafor, MD, Thu 15 Jan 2026" in found["approvals"]
    assert "approved by Ada Okafor, MD, Thu 15 Jan 2026" in found["blanks"]
    assert "Nothing blocks" not in words(page_zero(make, given_(BOTH), now, now=now))["blocks"]


def test_page_zero_tells_what_of_the_content_is_not_approved(tmp_path, appointment, now):
    clinic = real_clinic(tmp_path, approve=False)
    make = PacketMaker(Editions(clinic), Options(kinds=DOCUMENTS))
    found = words(page_zero(make, appointment({}, of=clinic, at=now), now, now=now))
    assert "consent: " in found["blocks"]
    assert "blocks not approved: " in found["blocks"]
    assert "nobody" in found["approvals"]


def test_page_zero_tells_what_is_no_longer_approved_since_the_packet_was_made(tmp_path, appointment, now):
    clinic = real_clinic(tmp_path)
    path = clinic.folder / "approvals.tsv"
    last = date(2026, 2, 27)
    path.write_text(
        "".join(f"{line.rstrip(chr(9))}\t{last}\n" for line in path.read_text("utf-8").splitlines()), "utf-8"
    )
    make = PacketMaker(Editions(clinic), Options(kinds=DOCUMENTS))
    made = appointment({}, of=clinic, at=now)
    assert "No longer approved" not in words(page_zero(make, made, now, now=now))["warnings"]
    assert "No longer approved" in words(page_zero(make, made, now, now=now.replace(day=28)))["warnings"]
