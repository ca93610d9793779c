"""An export is one patient's whole record and nobody else's, whole or absent, and the log knows of it without a name."""

from __future__ import annotations

import hashlib
import json
import stat

import pytest
from record.conftest import AT

from handouts.errors import DamagedRecord, WrongUsage
from handouts.record import log
from handouts.record.export import exported
from handouts.record.review import approve, begun
from handouts.record.standing import standing

OTHER = {"patient.mrn": "MRN-555001", "patient.family_name": "Okonkwo", "patient.given_name": "Zadie"}


@pytest.fixture
def kept(any_office):
    """Two packets of one patient, one of them shown and approved, and one of another."""
    ids = any_office.record({}, OTHER, {"start": "2026-03-10T12:00"})
    store = any_office.store()
    with store.reading() as connection:
        packet = standing(connection, ids[0])
    begun(store, any_office.who(), packet, AT, b"%PDF page 0")
    approve(store, any_office.makers, any_office.who(), ids[:1], AT, comment="read")
    return any_office, ids


def export(office, name, out):
    return exported(office.store(), office.clinic, office.who("admin"), AT, name, out)


def read(out):
    return json.loads((out / "record.json").read_text("utf-8"))


def test_a_patients_whole_record_is_exported_by_number_or_by_packet(kept, tmp_path):
    office, ids = kept
    for name in ("MRN-204101", ids[0], "2026-0003"):
        done = export(office, name, tmp_path / name)
        assert list(done.packets) == [ids[0], ids[2]]
    out = tmp_path / "MRN-204101"
    first, _ = read(out)["packets"]
    assert first["state"] == "approved"
    assert first["makings"][0]["reviews"][0]["comment"] == "read"
    assert [line["kind"] for line in first["log"]][:3] == ["packet.made", "packet.shown", "packet.in_review"]
    (consent,) = first["makings"][0]["wordings"]["consent"]
    assert read(out)["snapshots"][consent["snapshot"]]["kind"] == "consent"
    (page,) = out.glob("*/1/review/page-0-1.pdf")
    assert page.read_bytes() == b"%PDF page 0"
    assert len(list(out.glob("*/1/made/*.pdf"))) == 8
    assert {stat.S_IMODE(path.stat().st_mode) for path in (out, *out.rglob("*"))} == {0o700, 0o600}


def test_nothing_of_another_patient_is_in_it(kept, tmp_path):
    office, ids = kept
    out = tmp_path / "out"
    export(office, "MRN-204101", out)
    content = b"".join(path.read_bytes() for path in out.rglob("*") if path.is_file())
    for canary in (b"Okonkwo", b"Zadie", b"555001", ids[1].encode()):
        assert canary not in content


def test_a_packet_that_was_first_made_for_the_wrong_patient_is_in_each_record_with_its_own_making(office, tmp_path):
    (packet,) = office.record(OTHER)
    assert office.record({}) == [packet]
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    export(office, "MRN-204101", right)
    export(office, "MRN-555001", wrong)
    assert [m["number"] for m in read(right)["packets"][0]["makings"]] == [2]
    assert [m["number"] for m in read(wrong)["packets"][0]["makings"]] == [1]
    told = b"".join(path.read_bytes() for path in right.rglob("*") if path.is_file())
    assert b"Okonkwo" not in told
    assert b"Lopez" not in (wrong / "record.json").read_bytes()


def test_the_hashes_are_those_of_the_files_and_of_the_record(kept, tmp_path):
    office, _ = kept
    out = tmp_path / "out"
    done = export(office, "MRN-204101", out)
    lines = [line.split("  ") for line in (out / "SHA256SUMS").read_text().splitlines()]
    assert len(lines) == done.files - 1
    for sha256, name in lines:
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == sha256
    for packet in read(out)["packets"]:
        for document in packet["makings"][-1]["documents"]:
            assert hashlib.sha256((out / document["file"]).read_bytes()).hexdigest() == document["sha256"]


def test_the_log_knows_of_it_by_the_packets_and_a_hash(kept, tmp_path):
    office, ids = kept
    done = export(office, "MRN-204101", tmp_path / "out")
    with office.store().reading() as connection:
        lines = [line for line in log.lines(connection) if line.kind == "packet.exported"]
    assert [line.packet for line in lines] == [ids[0], ids[2]]
    assert {line.told for line in lines} == {json.dumps({"export": done.sha256}, separators=(",", ":"))}


def test_who_is_no_patient_is_told_and_nothing_is_written(kept, tmp_path):
    office, _ = kept
    for name in ("MRN-20410", "MRN-204101%", "%", "MRN_204101", 'MRN-204101"', "nobody"):
        with pytest.raises(WrongUsage, match="no patient's record number"):
            export(office, name, tmp_path / "out")
    assert not list(tmp_path.glob("*out*"))


def test_an_export_never_overwrites_anything(kept, tmp_path):
    office, _ = kept
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine")
    with pytest.raises(WrongUsage, match="is there already"):
        export(office, "MRN-204101", tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_an_export_with_a_damaged_file_is_absent_and_not_in_the_log(kept, tmp_path):
    office, _ = kept
    store = office.store()
    with store.reading() as connection:
        before = log.head(connection)
    for name in store.files.names():
        store.files.remove(name)
    with pytest.raises(DamagedRecord):
        export(office, "MRN-204101", tmp_path / "out")
    assert not list(tmp_path.glob("*out*"))
    with store.reading() as connection:
        assert log.head(connection) == before
