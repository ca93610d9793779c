"""A real server of CUPS and real printers of the network get what was made, once, whole, as asked; or it is said why not."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from press.cups import free_port, server
from press.run_folders import PACKET

from handouts.errors import (
    DamagedRecord,
    MissingProgram,
    NotAllowed,
    NotPrinted,
    NotWritten,
    UnreadableInput,
    WrongUsage,
)
from handouts.press.ipp import answer_of, integer, keyword
from handouts.press.jobs import canceled, chosen, jobs, made, released
from handouts.press.printer import printer_at, printers, queue_uri, server_uri
from handouts.press.sending import arrived, sending
from handouts.press.ticket import Ticket
from handouts.printing import PressSettings
from handouts.record.lock import alone

NOW = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)
PLAIN = PressSettings(staple=False)
_ROOT = str(Path(__file__).parents[2])
_SENDS = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from handouts.press.printer import printer_at, queue_uri
from handouts.press.sending import arrived, sending
from handouts.printing import PressSettings
folder, queue, server = json.loads(sys.argv[1])
printer = printer_at(queue_uri(queue, server))
list(arrived(sending(Path(folder), [], printer, PressSettings(staple=False)), datetime.now(UTC)))
"""


def at(cups, queue):
    return printer_at(queue_uri(queue, cups.address))


def send(folder, printer, settings=PLAIN, *, names=(), **how):
    return list(arrived(sending(folder, names, printer, settings, **how), NOW))


def job_attributes(printer, number):
    asks = [integer("job-id", number), keyword("requested-attributes", "all")]
    return answer_of(printer.uri, "Get-Job-Attributes", asks).groups[-1]


def noted(folder):
    return [json.loads(line) for line in (folder / "sent.jsonl").read_text().splitlines()]


def content(folder, name="print-0001.pdf"):
    return (folder / name).read_bytes()


def test_a_queue_gets_a_print_file_byte_for_byte(cups, run_folder):
    folder, queue = run_folder(), cups.queue()
    (done,) = send(folder, at(cups, queue))
    assert cups.printed(queue) == [content(folder)]
    assert len(done.jobs) == 1


def test_a_printer_of_the_network_gets_a_print_file_byte_for_byte(cups, run_folder):
    folder, device = run_folder(), cups.device()
    send(folder, printer_at(device.uri))
    assert device.wait(1) == [content(folder)]


def test_print_files_come_out_in_their_order(cups, run_folder):
    folder, queue = run_folder(PACKET, PACKET, PACKET), cups.queue()
    whole = [content(folder, f"print-{n:04}.pdf") for n in (1, 2, 3)]
    done = send(folder, at(cups, queue))
    assert cups.printed(queue, 3) == whole
    assert [first.jobs[0] < then.jobs[0] for first, then in pairwise(done)] == [True, True]


def test_printers_that_are_busy_get_the_next_file_when_they_are_done(cups, run_folder):
    folder, device = run_folder(PACKET, PACKET), cups.device(seconds=0.4)
    send(folder, printer_at(device.uri))
    assert device.wait(2) == [content(folder), content(folder, "print-0002.pdf")]


def test_what_was_sent_is_noted_for_its_owner_alone(cups, run_folder):
    folder, queue = run_folder(), cups.queue()
    (done,) = send(folder, at(cups, queue))
    begun, sent = noted(folder)
    assert (begun["state"], sent["state"]) == ("begun", "sent")
    assert sent["file"] == "print-0001.pdf"
    assert sent["sha256"] == done.print_file.sha256
    assert sent["jobs"] == list(done.jobs)
    assert sent["queue"].endswith(f"/printers/{queue}")
    assert sent["at"] == "2026-03-04T20:00:00+00:00"
    assert (folder / "sent.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_file_is_not_sent_twice_by_mistake(cups, run_folder):
    folder, queue = run_folder(), cups.queue()
    printer = at(cups, queue)
    send(folder, printer)
    with pytest.raises(NotAllowed, match=r"it was sent to .* as job \d+, 2026-03-04T20:00:00"):
        send(folder, printer)
    with pytest.raises(NotAllowed, match="--again"):
        send(folder, at(cups, cups.queue()))
    send(folder, printer, again=True)
    assert cups.printed(queue, 2) == [content(folder)] * 2


def test_of_a_run_only_what_was_not_sent_yet_is_sent(cups, run_folder):
    folder, queue = run_folder(PACKET, PACKET), cups.queue()
    printer = at(cups, queue)
    send(folder, printer, names=["print-0002.pdf"])
    planned = sending(folder, [], printer, PLAIN)
    assert [line.file for line in planned.passed_over] == ["print-0002.pdf"]
    assert [each.file for each, _ in planned.files] == ["print-0001.pdf"]
    with pytest.raises(NotAllowed):
        sending(folder, ["print-0002.pdf"], printer, PLAIN)


def test_what_another_process_has_sent_in_the_meantime_is_not_sent_again(cups, run_folder):
    folder, queue = run_folder(), cups.queue()
    printer = at(cups, queue)
    planned = sending(folder, [], printer, PLAIN)
    send(folder, printer)
    with pytest.raises(NotAllowed):
        list(arrived(planned, NOW))
    assert len(jobs(printer)) == 1


def test_a_run_that_another_process_works_on_is_not_sent(cups, run_folder):
    folder, printer = run_folder(), at(cups, cups.queue())
    planned = sending(folder, [], printer, PLAIN)
    with alone(folder), pytest.raises(NotWritten):
        list(arrived(planned, NOW))
    assert jobs(printer) == ()


def test_a_sending_that_did_not_end_is_not_taken_for_one_that_did(cups, run_folder):
    folder, printer = run_folder(), at(cups, cups.queue())
    send(folder, printer)
    lines = (folder / "sent.jsonl").read_text().splitlines(keepends=True)
    for left in (lines[0], lines[0] + lines[1][:25]):  # killed, or the power failed while a line was written
        (folder / "sent.jsonl").write_text(left)
        with pytest.raises(NotAllowed, match="did not come to an end"):
            sending(folder, [], printer, PLAIN)
    send(folder, printer, again=True)
    assert [line["state"] for line in noted(folder)] == ["begun", "begun", "sent"]


def test_lines_that_cannot_be_read_are_not_skipped(cups, run_folder):
    folder, printer = run_folder(), at(cups, cups.queue())
    (folder / "sent.jsonl").write_text("nonsense\n")
    with pytest.raises(UnreadableInput, match=r"sent.jsonl, line 1"):
        sending(folder, [], printer, PLAIN)


@pytest.mark.parametrize("changed", [b"", b"another", None])
def test_a_file_that_is_not_as_it_was_made_is_not_sent_nor_any_other(cups, run_folder, changed):
    folder, printer = run_folder(PACKET, PACKET), at(cups, cups.queue())
    path = folder / "print-0002.pdf"
    path.unlink() if changed is None else path.write_bytes(changed)
    with pytest.raises(DamagedRecord, match=r"print-0002.pdf"):
        send(folder, printer)
    assert jobs(printer) == ()
    assert not (folder / "sent.jsonl").exists()


def test_the_file_that_was_checked_is_sent_even_if_another_takes_its_place(cups, run_folder, monkeypatch):
    folder, queue = run_folder(), cups.queue()
    was = content(folder)

    def quick(*arguments, **more):
        (folder / "other").write_bytes(b"%PDF another")
        (folder / "other").replace(folder / "print-0001.pdf")
        return made(*arguments, **more)

    monkeypatch.setattr("handouts.press.sending.made", quick)
    send(folder, at(cups, queue))
    assert cups.printed(queue) == [was]


def test_held_jobs_wait_until_they_are_let_go_and_then_come_in_order(cups, run_folder):
    folder, queue = run_folder(PACKET, PACKET), cups.queue()
    printer = at(cups, queue)
    done = send(folder, printer, hold=True)
    numbers = [each.jobs[0] for each in done]
    assert [(job.number, job.told) for job in jobs(printer)] == [(number, "held") for number in numbers]
    assert [job.title for job in jobs(printer)] == ["print-0001.pdf", "print-0002.pdf"]
    assert cups.printed(queue, 0) == []
    released(printer, numbers)
    assert cups.printed(queue, 2) == [content(folder), content(folder, "print-0002.pdf")]


def test_canceled_jobs_are_not_printed(cups, run_folder):
    folder, queue = run_folder(PACKET, PACKET), cups.queue()
    printer = at(cups, queue)
    first, second = (each.jobs[0] for each in send(folder, printer, hold=True))
    canceled(printer, [first])
    released(printer, [second])
    assert cups.printed(queue) == [content(folder, "print-0002.pdf")]
    assert [job.told for job in jobs(printer) if job.number == first] == ["canceled"]
    with pytest.raises(NotPrinted, match=f"job {first} is not canceled"):
        canceled(printer, [first])
    with pytest.raises(NotPrinted, match=f"job {first} is not let go"):
        released(printer, [first])


def test_jobs_of_others_are_not_listed_nor_touched(cups, run_folder):
    folder, queue = run_folder(), cups.queue()
    printer = at(cups, queue)
    cups.run("lp", "-d", queue, "-H", "indefinite", "-t", "Letter to Ana", str(folder / "print-0001.pdf"))
    other = made(printer, Ticket("handouts x.pdf", None, 1, (), ()), hold=True) - 1
    assert [job.title for job in jobs(printer)] == ["x.pdf"]
    with pytest.raises(NotPrinted, match=f"job {other} is none of yours"):
        chosen(printer, [other])


def test_titles_of_jobs_say_the_print_file_and_nothing_of_a_patient(cups, run_folder):
    folder, printer = run_folder(name="Ana Diaz 1990"), at(cups, cups.queue())
    (done,) = send(folder, printer, hold=True)
    told = job_attributes(printer, done.jobs[0])
    assert told["job-name"] == "handouts print-0001.pdf"
    assert "Ana" not in json.dumps(told, default=str)


def test_no_queue_of_that_name(cups):
    queue = cups.queue()
    with pytest.raises(NotPrinted, match=rf"there is no such queue. There are: .*{queue}"):
        at(cups, "nowhere")


def test_a_queue_that_is_stopped_takes_only_what_is_held(cups, run_folder):
    folder, queue = run_folder(), cups.queue()
    cups.run("cupsdisable", "-r", "the toner leaks", queue)
    printer = at(cups, queue)
    with pytest.raises(NotPrinted, match=rf"it is stopped. It says: the toner leaks. .*cupsenable {queue}"):
        send(folder, printer)
    assert not (folder / "sent.jsonl").exists()
    send(folder, printer, hold=True)
    assert [job.told for job in jobs(printer)] == ["held"]


def test_a_queue_that_takes_no_jobs(cups, run_folder):
    folder, queue = run_folder(), cups.queue()
    cups.run("cupsreject", "-r", "closed for today", queue)
    for hold in (False, True):
        with pytest.raises(NotPrinted, match=rf"it takes no jobs. It says: closed for today. .*cupsaccept {queue}"):
            send(folder, at(cups, queue), hold=hold)


def test_no_server_there():
    with pytest.raises(NotPrinted, match=r"nobody answers as a printer would: .*--server HOST:PORT"):
        printer_at(queue_uri("any", f"127.0.0.1:{free_port()}"))


def test_no_printer_there():
    with pytest.raises(NotPrinted, match=r"nobody answers as a printer would: .*See that the printer is on"):
        printer_at(f"ipp://127.0.0.1:{free_port()}/ipp/print")


def test_something_there_that_is_no_printer():
    said = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
    with (
        _listening(lambda taken: taken.sendall(said)) as port,
        pytest.raises(NotPrinted, match="nobody answers as a printer would"),
    ):
        printer_at(queue_uri("any", f"127.0.0.1:{port}"))


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("media-empty-error", "it is out of paper .media-empty-error.. Load paper"),
        ("media-jam", "paper is jammed"),
        ("com.example.drawer-error", "it cannot print: com.example.drawer"),
    ],
)
def test_a_printer_that_cannot_print_says_why_and_takes_only_what_is_held(cups, run_folder, reason, said):
    folder, queue = run_folder(), cups.queue(f"says:/+{reason}")
    printer = _troubled(cups, queue)
    with pytest.raises(NotPrinted, match=said):
        send(folder, printer)
    assert not (folder / "sent.jsonl").exists()
    (done,) = send(folder, printer, hold=True)
    assert [job.told for job in jobs(printer) if job.number in done.jobs] == ["held"]


def test_what_a_printer_only_warns_of_is_told_and_does_not_stop_it(cups, run_folder):
    folder, queue = run_folder(), cups.queue("says:/+media-empty-warning,toner-low-report")
    printer = _troubled(cups, queue)
    assert "The printer says: media-empty-warning." in sending(folder, [], printer, PLAIN).remarks
    send(folder, printer)


def test_a_printer_that_goes_away_in_the_middle_leaves_the_file_to_be_sent_again(cups, run_folder):
    folder, queue = run_folder(PACKET, PACKET), cups.queue()
    second = content(folder, "print-0002.pdf")
    with _cut(cups.address, b"%PDF", 2) as port:
        there = printer_at(queue_uri(queue, f"127.0.0.1:{port}"))
        with pytest.raises(NotPrinted) as told:
            send(folder, there)
    assert "nobody answers" in str(told.value)
    assert "could not be canceled" in str(told.value)
    assert [line["state"] for line in noted(folder)] == ["begun", "sent", "begun", "broken"]
    printer = at(cups, queue)
    with pytest.raises(NotAllowed, match=r"print-0002.pdf: it was being sent .* did not come to an end"):
        sending(folder, [], printer, PLAIN)
    (left,) = noted(folder)[-1]["jobs"]
    canceled(printer, [left])
    send(folder, printer, names=["print-0002.pdf"], again=True)
    assert cups.printed(queue, 2) == [content(folder), second]


def test_pages_that_arrive_twice_are_not_printed_twice(cups, run_folder):
    folder, queue = run_folder(), cups.queue()
    with _answer_lost(cups.address, b"%PDF") as port:
        with pytest.raises(NotPrinted, match=r"(?s)has its pages 2 times.*none of it is printed"):
            send(folder, printer_at(queue_uri(queue, f"127.0.0.1:{port}")))
        assert noted(folder)[-1]["state"] == "withdrawn"
        send(folder, printer_at(queue_uri(queue, f"127.0.0.1:{port}")))
    assert cups.printed(queue, 1) == [content(folder)]
    assert [job.told == "canceled" for job in jobs(at(cups, queue))] == [True, False]


def test_interrupted_in_the_middle_the_job_is_taken_back(cups, run_folder, monkeypatch):
    folder, printer = run_folder(), at(cups, cups.queue())

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("handouts.press.sending.given", interrupted)
    with pytest.raises(KeyboardInterrupt):
        send(folder, printer)
    assert [job.told for job in jobs(printer)] == ["canceled"]
    assert [line["state"] for line in noted(folder)] == ["begun", "withdrawn"]
    monkeypatch.undo()
    send(folder, printer)
    assert [job.told for job in jobs(printer)] != ["canceled"]


def test_killed_while_a_file_is_sent_nothing_is_printed_and_it_is_not_taken_for_sent(cups, run_folder, tmp_path):
    folder, queue = run_folder(), cups.queue()
    place = tmp_path / "tmp"
    place.mkdir()
    with _stalled(cups.address, b"%PDF") as (port, reached):
        told = json.dumps([str(folder), queue, f"127.0.0.1:{port}"])
        environment = {**os.environ, "PYTHONPATH": _ROOT, "TMPDIR": str(place)}
        process = subprocess.Popen([sys.executable, "-c", _SENDS, told], env=environment)
        assert reached.wait(30)
        process.kill()
        process.wait()
    (left,) = (path for path in place.rglob("*") if path.is_file())  # the request, with nothing of a patient
    assert left.name == "request.test"
    assert b"%PDF" not in left.read_bytes()
    assert [line["state"] for line in noted(folder)] == ["begun"]
    printer = at(cups, queue)
    with pytest.raises(NotAllowed, match="did not come to an end"):
        sending(folder, [], printer, PLAIN)
    assert [job.told for job in jobs(printer)] == ["held"]
    canceled(printer, [jobs(printer)[0].number])
    send(folder, printer, again=True)
    assert cups.printed(queue) == [content(folder)]


def test_nothing_is_sent_that_cannot_be_noted(cups, run_folder, monkeypatch):
    folder, printer = run_folder(), at(cups, cups.queue())
    monkeypatch.setattr("handouts.press.sent.os.write", lambda *_: 0)  # the disk is full
    with pytest.raises(NotWritten, match=r"sent.jsonl"):
        send(folder, printer)
    assert jobs(printer) == ()
    monkeypatch.undo()
    (folder / "sent.jsonl").unlink()
    (folder / "sent.jsonl").mkdir()
    with pytest.raises(UnreadableInput, match=r"sent.jsonl"):
        send(folder, printer)


def test_a_job_waits_where_it_could_not_be_noted_that_it_was_sent(cups, run_folder, monkeypatch):
    folder, printer = run_folder(), at(cups, cups.queue())
    write, lines = os.write, []

    def once(*what):
        lines.append(what)
        return write(*what) if len(lines) == 1 else 0

    monkeypatch.setattr("handouts.press.sent.os.write", once)
    with pytest.raises(NotWritten, match=r"sent.jsonl"):
        send(folder, printer)
    monkeypatch.undo()
    assert [job.told for job in jobs(printer)] == ["held"]
    with pytest.raises(NotAllowed, match="did not come to an end"):
        send(folder, printer)


def test_no_temporary_file_is_left_and_none_holds_a_page(cups, run_folder, tmp_path, monkeypatch):
    folder, queue = run_folder(), cups.queue()
    place = tmp_path / "tmp"
    place.mkdir()
    seen = []

    def watched(path, *more, **named):
        seen.append((path.parent.stat().st_mode & 0o777, more[0]))
        return write_text(path, *more, **named)

    write_text = Path.write_text
    monkeypatch.setattr("tempfile.tempdir", str(place))
    monkeypatch.setattr(Path, "write_text", watched)
    send(folder, at(cups, queue))
    assert {mode for mode, _ in seen} == {0o700}
    assert not any("page 1" in text or "%PDF" in text for _, text in seen)
    assert list(place.iterdir()) == []
    with pytest.raises(NotPrinted):
        at(cups, "nowhere")
    assert list(place.iterdir()) == []


def test_without_ipptool_it_is_said_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingProgram, match="cups-ipp-utils"):
        printers(None)


def test_queues_are_listed_with_what_they_can(cups):
    device = cups.device()
    cups.queue()
    queue = cups.queue(device.uri, model="everywhere")
    found = _when_listed(cups, queue)
    assert found.staples is True
    assert found.holds is True
    assert found.can("sides", "two-sided-long-edge") is True
    assert found.known("media-source") == ("main", "tray-2")
    raw = next(each for each in printers(cups.address) if each.model == "Local Raw Printer")
    assert raw.can("sides", "two-sided-long-edge") is None


def test_a_server_without_queues_lists_none():
    with server() as empty:
        assert printers(empty.address) == ()


@pytest.mark.parametrize("given", ["a b", "x:y", "host:1:2", "host/path", "$(id)", "", "[::1"])
def test_no_server_of_that_name(given, monkeypatch):
    monkeypatch.setenv("CUPS_SERVER", given)
    for named in (given, None):
        if given:
            with pytest.raises(WrongUsage):
                server_uri(named)
        else:
            assert server_uri(named) == "ipp://localhost:631"


@pytest.mark.parametrize(
    "given", ["", "a b", "a/b", "a#b", 'a"b', "a?b", "ipp://user:word@host/ipp", "ipp://", 'ipp://h/"']
)
def test_no_queue_can_have_that_name(given):
    with pytest.raises(WrongUsage):
        queue_uri(given, None)


def test_servers_and_queues_have_addresses(monkeypatch):
    monkeypatch.setenv("CUPS_SERVER", "/run/cups/cups.sock")
    assert queue_uri("front-desk", None) == "ipp://localhost:631/printers/front-desk"
    monkeypatch.setenv("CUPS_SERVER", "press:8631")
    assert queue_uri("Büro", None) == "ipp://press:8631/printers/B%C3%BCro"
    assert queue_uri("q", "[::1]:99") == "ipp://[::1]:99/printers/q"
    assert queue_uri("ipps://10.0.0.9/ipp/print", "other") == "ipps://10.0.0.9/ipp/print"


def _troubled(cups, queue):
    """The printer once it has said what troubles it, which it does with its first job."""
    cups.run("lp", "-d", queue, str(cups.folder / "etc" / "cupsd.conf"))
    for _ in range(200):
        printer = at(cups, queue)
        if printer.reasons and printer.state == "idle":
            return printer
        threading.Event().wait(0.02)
    raise AssertionError(printer.attributes)


def _when_listed(cups, queue):
    """The queue once its server has asked the printer what it can, which it does on its own time."""
    for _ in range(200):
        found = next(each for each in printers(cups.address) if each.name == queue)
        if found.staples:
            return found
        threading.Event().wait(0.02)
    raise AssertionError(found.attributes)


@contextlib.contextmanager
def _listening(answer):
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    taken, _ = listening.accept()
                    with taken:
                        taken.recv(65536)
                        answer(taken)

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def _stalled(address, mark):
    """A way to the server on which nothing goes on from `mark`, and what is set when that has come."""
    host, port = address.split(":")
    reached, over = threading.Event(), threading.Event()

    def back(there, taken):
        with contextlib.suppress(OSError):
            while piece := there.recv(65536):
                taken.sendall(piece)

    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            with contextlib.suppress(OSError):
                while not reached.is_set():
                    taken, _ = listening.accept()
                    with taken, socket.create_connection((host, int(port))) as there:
                        threading.Thread(target=back, args=(there, taken), daemon=True).start()
                        while piece := taken.recv(65536):
                            if mark in piece:
                                reached.set()
                                over.wait(30)
                                there.shutdown(socket.SHUT_RDWR)
                                return
                            there.sendall(piece)

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield listening.getsockname()[1], reached
        finally:
            over.set()


@contextlib.contextmanager
def _cut(address, mark, times):
    """A way to the server that breaks down, for good, when `mark` passes for the so-manieth time."""
    left = [None] * times
    host, port = address.split(":")
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def back(there, taken):
            with contextlib.suppress(OSError):
                while piece := there.recv(65536):
                    taken.sendall(piece)

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    taken, _ = listening.accept()
                    with taken, socket.create_connection((host, int(port))) as there:
                        threading.Thread(target=back, args=(there, taken), daemon=True).start()
                        while piece := taken.recv(65536):
                            if mark in piece:
                                left.pop()
                            if not left:
                                there.sendall(piece[: len(piece) // 2])
                                listening.close()
                                there.shutdown(socket.SHUT_RDWR)
                                return
                            there.sendall(piece)

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]


@contextlib.contextmanager
def _answer_lost(address, mark):
    """A way to the server on which the answer to the first request with `mark` in it is lost."""
    host, port = address.split(":")
    lost = []

    def back(there, taken, marked):
        with contextlib.suppress(OSError):
            while piece := there.recv(65536):
                if marked and not lost and b"HTTP/1.1 200" in piece:
                    lost.append(piece)
                    taken.shutdown(socket.SHUT_RDWR)
                    return
                taken.sendall(piece)

    def forth(taken):
        marked = []
        with taken, socket.create_connection((host, int(port))) as there, contextlib.suppress(OSError):
            threading.Thread(target=back, args=(there, taken, marked), daemon=True).start()
            while piece := taken.recv(65536):
                marked += [piece] if mark in piece else []
                there.sendall(piece)
            there.shutdown(socket.SHUT_WR)

    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    threading.Thread(target=forth, args=(listening.accept()[0],), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        assert lost
