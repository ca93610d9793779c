"""What a clinic keeps for long enough goes, on its day and not before, and then nothing of the patient is left in the record."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

import pytest
from record.conftest import AT
from sqlalchemy import text

from handouts.clinic import load_clinic
from handouts.errors import SettingError
from handouts.record import log
from handouts.record.audit import checked
from handouts.record.purge import over, purged
from handouts.record.review import decide
from handouts.record.states import Move

LAST = datetime.fromisoformat("2036-03-03T23:00-05:00")
LATER = LAST + timedelta(hours=2)
CANARY = "Xanthippe"


def void(office, *ids, at=AT):
    for each in ids:
        decide(office.store(), office.who(), each, Move.VOID, at, "no visit")


def due(office, at):
    with office.store().reading() as connection:
        return over(connection, office.clinic, at)


def purge(office, at=LATER):
    return purged(office.store(), office.clinic, office.who("admin"), at)


def bytes_of(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_packet_is_kept_to_the_end_of_its_last_day(any_office):
    void(any_office, *(ids := any_office.record()))
    assert due(any_office, LAST) == []
    (found,) = due(any_office, LATER)
    assert (found.packet_id, found.until.isoformat(), found.held) == (ids[0], "2036-03-03", "")
    assert purge(any_office, LAST).packets == []
    assert list(purge(any_office).packets) == ids


def test_the_years_run_from_the_last_act_where_that_is_later_than_the_visit(office):
    void(office, *office.record(), at=datetime.fromisoformat("2026-09-01T10:00-04:00"))
    assert due(office, LATER) == []
    (found,) = due(office, datetime.fromisoformat("2036-09-02T10:00-04:00"))
    assert found.until.isoformat() == "2036-09-01"


def test_the_record_of_a_minor_is_kept_from_the_day_of_coming_of_age(office):
    young = {
        "patient.birth_date": "2010-06-01",
        "representative": {"name": "Ana Lopez", "relationship": "parent", "authority": "parent"},
    }
    void(office, *office.record(young))
    assert due(office, datetime.fromisoformat("2038-06-01T12:00-04:00")) == []
    (found,) = due(office, datetime.fromisoformat("2038-06-02T12:00-04:00"))
    assert "was a minor" in found.why
    assert purge(office, datetime.fromisoformat("2038-06-02T12:00-04:00")).packets
    with office.store().reading() as connection:
        assert "2038" not in "".join(line.told for line in log.lines(connection)), "it would tell the date of birth"


def test_what_is_not_closed_stays_and_is_told(any_office):
    ids = any_office.record({}, {})
    void(any_office, ids[0])
    stays, goes = sorted(due(any_office, LATER), key=lambda each: not each.held)
    assert (goes.packet_id, stays.packet_id) == (ids[0], ids[1])
    assert "close it, or make it void" in stays.held
    assert list(purge(any_office).packets) == ids[:1]
    assert checked(any_office.store()).error("") is None


def test_a_packet_whose_appointment_cannot_be_read_stays(office):
    void(office, *office.record())
    with office.store().engine.begin() as connection:
        connection.execute(text("UPDATE makings SET appointment = '{}'"))
    (found,) = due(office, LATER)
    assert "cannot be read" in found.held
    assert purge(office).packets == []


def test_nothing_of_the_patient_is_left_in_any_byte_of_the_record(any_office):
    ids = any_office.record({"patient.given_name": CANARY, "patient.mrn": "MRN-777001"}, {})
    void(any_office, ids[0])
    store = any_office.store()
    home = any_office.folder / "store"
    if store.engine.dialect.name == "sqlite":
        assert CANARY.encode() in bytes_of(home)
    files = len(list(store.files.names()))
    done = purge(any_office)
    assert (list(done.packets), done.files, files - len(list(store.files.names()))) == (ids[:1], 5, 5)
    assert CANARY.encode() not in bytes_of(home)
    assert b"777001" not in bytes_of(home)
    with store.reading() as connection:
        for table in ("packets", "makings", "documents", "reviews", "signatures", "events", "snapshots"):
            rows = connection.execute(text(f"SELECT * FROM {table}")).all()
            assert CANARY not in repr(rows)
    found = checked(store)
    assert (found.error(""), found.packets) == (None, 1)


def test_the_lines_of_the_log_stay_and_tell_of_the_purge(any_office):
    (packet,) = any_office.record()
    void(any_office, packet)
    with any_office.store().reading() as connection:
        before = list(log.lines(connection))
    purge(any_office)
    with any_office.store().reading() as connection:
        *kept, last = log.lines(connection)
    assert kept == before
    assert (last.kind, last.packet, last.who) == ("packet.purged", packet, "admin")


def test_a_file_that_another_packet_has_too_stays(office):
    first, second = office.record({}, {})
    store = office.store()
    with store.engine.begin() as connection:
        shared = store.files.put(b"%PDF shared")
        for packet in (first, second):
            connection.execute(
                text(
                    "INSERT INTO documents (packet, making, kind, stage, number, sha256, pages, at, told)"
                    f" VALUES ('{packet}', 1, 'scan.pdf', 'scan', 1, '{shared}', 1, '2026-03-01T00:00:00+00:00', '{{}}')"
                )
            )
    void(office, first)
    purge(office)
    assert store.files.get(shared) == b"%PDF shared"
    void(office, second)
    purge(office, LATER + timedelta(days=1))
    assert store.files.size(shared) is None


def test_a_purge_that_was_cut_short_after_its_rows_is_ended_by_the_next(office, monkeypatch):
    void(office, *office.record({"patient.given_name": CANARY}))
    store = office.store()
    with monkeypatch.context() as patch:
        patch.setattr(type(store.files), "remove", lambda *_: os._exit(9))
        if (child := os.fork()) == 0:
            try:
                purge(office)
            finally:
                os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert len(list(store.files.names())) == 5
    done = purge(office)
    assert (done.packets, done.files) == ([], 5)
    assert CANARY.encode() not in bytes_of(office.folder / "store")


def test_files_that_no_row_names_go_after_a_day(office):
    office.record()
    store = office.store()
    old, young = store.files.put(b"old"), store.files.put(b"young")
    path = store.files.folder / old[:2] / old
    os.utime(path, (0, 0))
    unfinished = path.with_name(".unfinished-x-1")
    unfinished.write_bytes(b"")
    os.utime(unfinished, (0, 0))
    assert purge(office).orphans == 2
    assert store.files.size(old) is None
    assert store.files.get(young) == b"young"
    assert checked(store).error("") is None


def test_an_old_file_that_is_kept_again_is_not_swept_before_a_row_names_it(office):
    store = office.store()
    old = store.files.put(b"old")
    os.utime(store.files.folder / old[:2] / old, (0, 0))
    assert store.files.put(b"old") == old
    assert store.files.sweep(set(), AT.timestamp()) == 0
    assert store.files.get(old) == b"old"


def test_a_packet_of_an_appointment_that_was_purged_can_be_made_anew(office):
    ids = office.record()
    void(office, *ids)
    purge(office)
    assert office.record() == ids
    assert checked(office.store()).error("") is None


def test_the_years_are_the_clinics_and_are_told_wrong_where_they_cannot_be(office):
    toml = office.folder / "clinic.toml"
    sound = toml.read_text("utf-8")
    for wrong in ("0", "-3", "101", '"ten"'):
        toml.write_text(f"{sound}\n[store]\nkeep_years = {wrong}\n", "utf-8")
        with pytest.raises(SettingError, match=r"store\.keep_years"):
            load_clinic(office.folder)
