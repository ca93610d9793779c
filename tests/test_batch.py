"""A run over files: what is wrong with one row or file never stops the others, and is told with its place."""

from __future__ import annotations

import errno
import json
import os
import signal
import sys

import pytest
from sound import SOUND, changed

from handouts import batch
from handouts.batch import Failed, Made, packets, prepare
from handouts.content.editions import Editions
from handouts.errors import ExitCode, Fault, NotWritten, RefusedAppointment, TemplateError
from handouts.intake import read_all
from handouts.output import MANIFEST, PrintRun
from handouts.packet import Options, PacketMaker
from handouts.pdf.print_file import PrintFile


@pytest.fixture
def rows(editions, now, tmp_path):
    """Writes rows as one JSON file, and reads them."""

    def written(*rows):
        file = tmp_path / "rows.json"
        file.write_text(json.dumps([changed({"id": f"r{n}", **row}) for n, row in enumerate(rows, 1)]), "utf-8")
        return read_all([file], editions.clinic, now)

    return written


@pytest.fixture
def run(rows, editions, now, tmp_path):
    """Makes the packets of rows."""
    return lambda *given: list(packets(rows(*given), PacketMaker(editions, Options()), now, tmp_path / "out"))


def made(results):
    return [each.manifest["appointment_id"] for each in results if isinstance(each, Made)]


def faults(results):
    return [fault for each in results if isinstance(each, Failed) for fault in each.error.faults]


def test_every_row_that_can_be_made_is_on_the_disk_and_every_other_is_told(run, tmp_path):
    results = run({}, {"patient.mrn": "7"}, {"route": "im"}, {"patient.family_name": "ཀ"}, {"visit_number": 2})
    assert made(results) == ["r1", "r5"]
    told = faults(results)
    places = {fault.where.rpartition(" ")[2]: fault.field for fault in told}
    assert places.keys() == {"2", "3", "4"}
    assert (places["2"], places["3"]) == ("patient.mrn", "route")
    assert all(fault.where.startswith("rows.json, appointment ") for fault in told)
    assert {each.error.exit_code for each in results if isinstance(each, Failed)} == {ExitCode.SOME_ROWS_FAILED}
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        each.folder.name for each in results if isinstance(each, Made)
    )


def test_a_file_that_cannot_be_read_does_not_stop_another(editions, now, tmp_path):
    good, bad, gone = tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "gone.csv"
    good.write_text(json.dumps(SOUND), "utf-8")
    bad.write_text("{", "utf-8")
    results = list(
        packets(
            read_all([bad, good, gone], editions.clinic, now), PacketMaker(editions, Options()), now, tmp_path / "out"
        )
    )
    assert made(results) == ["2026-0001"]
    failed = [each for each in results if isinstance(each, Failed)]
    assert {each.error.exit_code for each in failed} == {ExitCode.UNREADABLE_INPUT}
    assert {each.error.faults[0].where.partition(",")[0] for each in failed} == {"bad.json", "gone.csv"}


def test_one_appointment_in_two_files_is_made_once(editions, now, tmp_path):
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(json.dumps(SOUND), "utf-8")
    found = read_all([tmp_path / "a.json", tmp_path / "b.json"], editions.clinic, now)
    results = list(packets(found, PacketMaker(editions, Options()), now, tmp_path / "out"))
    assert made(results) == ["2026-0001"]
    assert "b.json" in faults(results)[0].where


def test_a_fault_of_the_program_in_one_packet_is_told_without_the_patients_values(run, monkeypatch):
    real = PacketMaker.__call__

    def failing(self, appointment, now):
        if appointment.id == "r2":
            raise KeyError(appointment.patient.display_name)
        return real(self, appointment, now)

    monkeypatch.setattr(PacketMaker, "__call__", failing)
    results = run({}, {"patient.given_name": "Canary"}, {})
    assert made(results) == ["r1", "r3"]
    (fault,) = faults(results)
    assert "appointment 2" in fault.where
    assert "KeyError" in fault.problem
    assert "Canary" not in str(fault)
    assert "Lopez" not in str(fault)


def test_a_packet_that_the_disk_does_not_take_does_not_stop_the_next(run, monkeypatch):
    real = batch.Writing

    def failing(folder, files):
        if json.loads(files[MANIFEST])["appointment_id"] == "r1":
            raise NotWritten(Fault(str(folder), "the packet cannot be written: No space left on device."))
        return real(folder, files)

    monkeypatch.setattr(batch, "Writing", failing)
    results = run({}, {})
    assert made(results) == ["r2"]
    assert [each.error.exit_code for each in results if isinstance(each, Failed)] == [ExitCode.SOME_ROWS_FAILED]


def test_leftovers_of_a_killed_run_are_swept_before_the_first_packet(run, tmp_path):
    left = tmp_path / "out" / ".unfinished-abcdefghijklmnop-x"
    left.mkdir(parents=True)
    assert made(run({})) == ["r1"]
    assert not left.exists()


def test_a_run_can_be_stopped_and_done_again(editions, now, tmp_path):
    file = tmp_path / "rows.json"
    file.write_text(json.dumps([changed({"id": f"r{n}"}) for n in range(3)]), "utf-8")
    found = read_all([file], editions.clinic, now)
    work = packets(found, PacketMaker(editions, Options()), now, tmp_path / "out")
    first = next(work)
    work.close()
    assert isinstance(first, Made)
    assert [path.name for path in (tmp_path / "out").iterdir()] == [first.folder.name]
    again = list(packets(found, PacketMaker(editions, Options()), now, tmp_path / "out"))
    assert len(made(again)) == len(list((tmp_path / "out").iterdir())) == 3


def test_content_is_faulty_before_any_patient_and_what_nobody_needs_is_not_made(clinic, rows, monkeypatch):
    found = rows({}, {"patient.language": "es"})
    prepare(PacketMaker(Editions(clinic), Options()), found)
    monkeypatch.setattr(
        "handouts.content.template.edition", lambda *_: (_ for _ in ()).throw(TemplateError(Fault("a.html", "bad.")))
    )
    with pytest.raises(TemplateError):
        prepare(PacketMaker(Editions(clinic), Options()), found)
    prepare(PacketMaker(Editions(clinic), Options()), rows())


def test_a_refused_appointment_keeps_the_field_and_value_that_are_wrong(run):
    (fault,) = faults(run({"route": "esketamine"}))
    assert (fault.field, fault.value) == ("route", "esketamine")
    assert isinstance(RefusedAppointment(fault).faults[0], Fault)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere one process makes all packets")
def test_a_process_that_is_killed_takes_no_packet_with_it(rows, editions, now, tmp_path, monkeypatch):
    parent, writing = os.getpid(), batch.Writing

    def killed(folder, files):
        if os.getpid() != parent and json.loads(files[MANIFEST])["appointment_id"] == "r20":
            os.kill(os.getpid(), signal.SIGKILL)
        return writing(folder, files)

    monkeypatch.setattr(batch, "Writing", killed)
    found = rows(*({"visit_number": 1 + number % 6} for number in range(40)))
    results = list(packets(found, PacketMaker(editions, Options()), now, tmp_path / "out", jobs=2))
    assert made(results) == [f"r{number}" for number in range(1, 41)]
    assert not [
        path for path in (tmp_path / "out").iterdir() if not path.name.startswith(".") and not list(path.iterdir())
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere one process makes all packets")
def test_pages_for_the_print_file_are_made_once_by_the_other_processes(rows, editions, now, tmp_path, monkeypatch):
    make, writing = PacketMaker(editions, Options()), batch.Writing

    def noted(folder, files):
        (tmp_path / f"{folder.name}-{os.getpid()}").touch()
        return writing(folder, files)

    monkeypatch.setattr(batch, "Writing", noted)
    found = rows(*({"patient.family_name": name} for name in ("Ruiz", "Şahin ★", "王", "حسن") for _ in range(10)))
    for jobs in (1, 2):
        run = PrintRun(tmp_path / f"{jobs}.pdf")
        results = list(packets(found, make, now, tmp_path / str(jobs), run, jobs=jobs))
        assert made(results) == [f"r{number}" for number in range(1, 41)]
        by = [int(path.name.rpartition("-")[2]) for path in tmp_path.glob("*-*")]
        assert (len(by), os.getpid() in by) == (40, jobs == 1)
        for path in tmp_path.glob("*-*"):
            path.unlink()
    assert (tmp_path / "1.pdf").read_bytes() == (tmp_path / "2.pdf").read_bytes()


def test_a_full_disk_stops_the_print_file_and_not_the_packets(rows, editions, now, tmp_path, monkeypatch):
    add, asked = PrintFile.add, []

    def full(self, documents):
        asked.append(1)
        if len(asked) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return add(self, documents)

    monkeypatch.setattr(PrintFile, "add", full)
    file = tmp_path / "prints" / "all.pdf"
    make = PacketMaker(editions, Options())
    results = list(packets(rows({}, {}, {}), make, now, tmp_path / "out", PrintRun(file)))
    assert made(results) == ["r1", "r2", "r3"]
    (fault,) = faults(results)
    assert (fault.where, "No space left" in fault.problem) == (str(file), True)
    assert list(file.parent.iterdir()) == []


def test_a_print_file_is_there_whole_and_for_its_owner_alone(rows, editions, now, tmp_path):
    file = tmp_path / "all.pdf"
    file.write_bytes(b"an old one")
    make = PacketMaker(editions, Options())
    run = packets(rows({}, {"patient.mrn": "7"}), make, now, tmp_path / "out", PrintRun(file))
    assert [type(next(run)) for _ in range(2)] == [Failed, Made]
    assert file.read_bytes() == b"an old one"
    assert list(run) == []
    assert file.read_bytes().endswith(b"%%EOF\n")
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []
