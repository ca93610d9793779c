"""A run on a Dask cluster gives the same bytes as here, whatever happens to its workers, and leaves nothing of a patient there."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import socket
from contextlib import closing
from functools import partial

import distributed
import pytest
from dask_here import ROOT, DaskHere, Deadly, Listing, Packets, until

from handouts.errors import ExitCode, Fault, MissingProgram
from handouts.press.bundle import bundle_of
from handouts.press.cluster import on_cluster
from handouts.press.errand import opened, sealed
from handouts.press.program import this_program

CANARY = "Kanarienvogel"
SPILLING = {
    "worker__memory__target": 1e-9,
    "worker__memory__spill_compression": False,
    "scheduler__allowed_failures": 1,
    "comm__timeouts__connect": 5,
}
"""Every result goes to the worker's disk at once, as they do when memory is short; a part may kill two workers."""


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    """A scheduler with two workers, one of them under a nanny, which starts it anew when it dies."""
    with DaskHere(tmp_path_factory.mktemp("dask") / "here", **SPILLING) as here:
        here.worker("--no-nanny")
        here.worker("--nanny")
        with distributed.Client(here.address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=30)
        yield here


@pytest.fixture(scope="module")
def parts(appointment):
    """Parts of two packets each, in two languages."""
    rows = [
        appointment(
            {
                "id": f"r{number}",
                "patient.family_name": f"{CANARY}-{number}",
                "patient.language": "es" if number % 2 else "en",
            }
        )
        for number in range(24)
    ]
    return [tuple(rows[start : start + 2]) for start in range(0, len(rows), 2)]


@pytest.fixture(scope="module")
def here(clinic, now):
    return Packets(now, clinic.folder)


@pytest.fixture(scope="module")
def expected(here, parts):
    return [here(part)[0] for part in parts]


@pytest.fixture
def told():
    return []


def held(folder):
    """All bytes of all files in a folder."""
    found = b""
    for path in sorted(folder.rglob("*")):
        try:
            found += path.read_bytes() if path.is_file() else b""
        except FileNotFoundError:
            continue
    return found


def test_the_files_are_those_made_here_and_each_worker_is_prepared_once(dask, clinic, now, parts, here, expected, told):
    results = list(on_cluster(dask.address, bundle_of(clinic), partial(Packets, now), parts, here, told.append))
    assert [files for files, _, _ in results] == expected
    makers = {maker for _, maker, _ in results}
    assert os.getpid() not in makers
    for maker in makers:
        own = sorted(count for _, by, count in results if by == maker)
        assert own == list(range(1, len(own) + 1))
    again = list(on_cluster(dask.address, bundle_of(clinic), partial(Packets, now), parts[:6], here, told.append))
    assert min(count for _, maker, count in again if maker in makers) > 1
    assert told == []


def test_workers_that_are_killed_in_the_middle_take_nothing_with_them(dask, clinic, now, parts, here, expected, told):
    alone = dask.workers[0]
    with closing(on_cluster(dask.address, bundle_of(clinic), partial(Packets, now), parts, here, told.append)) as work:
        results = [next(work) for _ in range(2)]
        with distributed.Client(dask.address, set_as_default=False) as client:
            processes = set(client.run(os.getpid).values())
        (under_nanny,) = processes - {alone.pid}
        os.kill(under_nanny, signal.SIGKILL)
        results += [next(work) for _ in range(2)]
        alone.kill()
        results += work
    assert [files for files, _, _ in results] == expected
    assert processes == {alone.pid, under_nanny}
    assert {maker for _, maker, _ in results} - processes  # a worker that was begun anew
    assert os.getpid() not in {maker for _, maker, _ in results}
    assert told == []
    dask.worker("--no-nanny")


def test_nothing_of_a_patient_is_on_a_workers_disk_or_in_a_log(dask, clinic, now, parts, here, told):
    with distributed.Client(dask.address, set_as_default=False) as client:
        plain = client.submit(bytes, CANARY * 1000, "utf-8", pure=False)
        until(plain.done)
        until(lambda: CANARY.encode() in held(dask.folder))  # so Dask would have it otherwise
        del plain
        until(lambda: CANARY.encode() not in held(dask.folder))
    ids = [files for files, _, _ in map(here, parts[:1])]
    assert CANARY.encode() in b"".join(ids[0].values())
    with closing(on_cluster(dask.address, bundle_of(clinic), partial(Packets, now), parts, here, told.append)) as work:
        next(work)
        before = len(held(dask.folder))
        spilled = until(lambda: len(held(dask.folder)) > before + 10_000 and held(dask.folder))
        assert CANARY.encode() not in spilled
        for _ in work:
            assert CANARY.encode() not in held(dask.folder)
    assert CANARY.encode() not in held(dask.folder)


def test_a_part_that_fails_on_a_worker_is_made_here_and_no_word_of_it_is_told(dask, clinic, told, caplog):
    home = Deadly(os.getpid(), clinic.folder)
    parts = ["a", f"fail {CANARY}", "b", f"fail {CANARY} too", "c"]
    results = list(on_cluster(dask.address, bundle_of(clinic), partial(Deadly, os.getpid()), parts, home, told.append))
    assert results == [(part, part.startswith("fail")) for part in parts]
    assert {fault.problem for fault in told} == {
        fault.problem for fault in told if "ValueError at dask_here.py, line" in fault.problem
    }
    assert 1 <= len(told) <= 2
    assert CANARY not in str(told)
    assert CANARY not in caplog.text
    assert CANARY.encode() not in dask.logs()


def test_a_part_that_kills_its_workers_is_a_fault_and_the_others_are_made(dask, clinic, told):
    home = Deadly(os.getpid(), clinic.folder)
    dask.worker("--nanny")
    parts = ["a", "b", "die", "c", "d", "e", "f"]
    results = list(on_cluster(dask.address, bundle_of(clinic), partial(Deadly, os.getpid()), parts, home, told.append))
    fault = results.pop(2)
    assert isinstance(fault, Fault)
    assert fault.where == "part 3 of 7"
    assert results == [(part, False) for part in "abcdef"]
    assert told == []


def test_the_clinics_folder_there_is_private_and_holds_what_decides_and_nothing_else(dask, clinic, tmp_path, told):
    folder = tmp_path / "clinic"
    shutil.copytree(clinic.folder, folder)
    for name in ("key.pem", "seal.p12", "store/record.sqlite3", "schedule.csv", "templates/mine/note.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(CANARY, "utf-8")
    bundle = bundle_of(clinic.model_copy(update={"folder": folder}))
    (listed,) = on_cluster(dask.address, bundle, Listing, [1], Listing(folder), told.append)
    assert {mode for name, mode in listed.items() if name in bundle.files} == {"0o600"}
    assert {mode for name, mode in listed.items() if name not in bundle.files} == {"0o700"}
    assert bundle.files.keys() < listed.keys()
    assert CANARY not in repr([bundle.files, listed])


def test_when_nobody_wants_more_the_cluster_is_asked_for_no_more(dask, clinic, now, parts, here, told):
    work = on_cluster(dask.address, bundle_of(clinic), partial(Packets, now), parts * 20, here, told.append)
    next(work)
    with distributed.Client(dask.address, set_as_default=False) as client:
        count = lambda: client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks))  # noqa: E731
        assert 0 < count() <= 3 * 3  # of 240
        work.close()
        until(lambda: count() == 0)


def test_when_the_scheduler_is_lost_the_rest_is_made_here_and_the_workers_leave_nothing(
    tmp_path, clinic, now, parts, here, expected, told, capfd
):
    with DaskHere(tmp_path / "dask") as dask:
        local = dask.worker("--no-nanny")
        work = on_cluster(dask.address, bundle_of(clinic), partial(Packets, now), parts, here, told.append)
        results = [next(work) for _ in range(2)]
        assert [path.name for path in local.rglob("clinic.toml")] == ["clinic.toml"]
        dask.workers[0].terminate()
        dask.workers[0].wait(20)
        assert not list(local.rglob("clinic.toml"))
        dask.scheduler.kill()
        results += work
    assert [files for files, _, _ in results] == expected
    assert results[-1][1] == os.getpid()
    (fault,) = told
    assert fault.where == f"the scheduler {dask.address}"
    assert "made here" in fault.remedy
    assert capfd.readouterr().err == ""


def test_a_worker_with_another_version_of_the_program_makes_nothing(
    dask, tmp_path, clinic, now, parts, here, expected, told
):
    other = tmp_path / "program"
    for name in ("handouts", "templates", "locales"):
        shutil.copytree(ROOT / name, other / name, ignore=shutil.ignore_patterns("__pycache__"))
    template = next(other.glob("templates/*/consent.html"))
    template.write_text(template.read_text("utf-8") + " ", "utf-8")
    with closing(
        on_cluster(dask.address, bundle_of(clinic), partial(Packets, now), parts * 3, here, told.append)
    ) as work:
        results = [next(work)]
        with distributed.Client(dask.address, set_as_default=False) as client:
            there = set(client.nthreads())
            dask.worker("--no-nanny", program=other)
            (late,) = until(lambda: set(client.nthreads()) - there)
            results += work
            (fault,) = told
            assert fault.where == f"worker {late}"
            assert [files for files, _, _ in results] == expected * 3
            with pytest.raises(MissingProgram) as trouble:
                next(on_cluster(dask.address, bundle_of(clinic), partial(Packets, now), parts, here, told.append))
            dask.workers.pop().kill()
            until(lambda: late not in client.nthreads())
    assert trouble.value.exit_code == ExitCode.MISSING_PROGRAM
    assert trouble.value.faults == (fault,)
    named, own = fault.problem.removesuffix(".").split("; here it is ")
    assert own == str(this_program())
    assert named.startswith("the program there is 0.")
    assert not named.endswith(own)


@pytest.mark.parametrize(
    "address",
    ["tcp://127.0.0.1:{}", "127.0.0.1:{}", "tls://127.0.0.1:{}", "nowhere", "tcp:/x", "carrier-pigeon://x:1", ""],
)
def test_an_address_without_a_scheduler_is_told_within_seconds(address, clinic, now, parts, here, told, monkeypatch):
    monkeypatch.setattr("handouts.press.cluster._CONNECTING", 0.5)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens there
        address = address.format(taken.getsockname()[1])
        with pytest.raises(MissingProgram) as trouble:
            next(on_cluster(address, bundle_of(clinic), partial(Packets, now), parts, here, told.append))
    (fault,) = trouble.value.faults
    assert (fault.where, fault.field, fault.value) == ("the command", "--cluster", address)
    assert logging.getLogger("distributed.client").level <= logging.WARNING


def test_without_dask_it_is_told_what_to_install(clinic, now, parts, here, told, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(MissingProgram, match=r"handouts\[cluster\]"):
        next(on_cluster("tcp://127.0.0.1:1", bundle_of(clinic), partial(Packets, now), parts, here, told.append))


def test_what_is_sealed_opens_with_its_key_and_for_its_part_alone():
    key, other = bytes(32), bytes([1] * 32)
    content = sealed(key, 7, CANARY.encode())
    assert CANARY.encode() not in content
    assert opened(key, 7, content) == CANARY.encode()
    assert opened(other, 7, content) is None
    assert opened(key, 8, content) is None
    assert opened(key, 7, content[:-1]) is None
    assert opened(key, 7, b"") is None
    assert sealed(key, 7, CANARY.encode()) != content
