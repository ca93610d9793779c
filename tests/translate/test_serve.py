"""Serving previews: on this machine alone, made anew when a file changes, and telling what is wrong instead of going down."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from handouts.errors import CatalogError, Fault, WrongUsage
from handouts.translate.serve import HOST, served


@contextmanager
def serving(make, watched):
    server = served(make, watched, 0)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://{server.server_address[0]}:{server.server_address[1]}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def read(address):
    with urlopen(address, timeout=10) as answer:
        return answer.read().decode(), answer.headers["Content-Type"]


def test_pages_are_served_and_made_anew_when_a_file_changes(tmp_path):
    source = tmp_path / "x.po"
    source.write_text("one", "utf-8")
    made = []

    def make():
        made.append(1)
        text = source.read_text("utf-8")
        return {"index.html": f"<html><body>{text}</body></html>".encode(), "a.pdf": b"%PDF"}

    with serving(make, lambda: [source]) as address:
        page, kind = read(address)
        assert "one" in page
        assert "location.reload" in page
        assert kind == "text/html; charset=utf-8"
        assert read(f"{address}a.pdf") == ("%PDF", "application/pdf")
        assert read(Request(f"{address}a.pdf", method="HEAD")) == ("", "application/pdf")
        version = read(f"{address}version")[0]
        assert made == [1]
        source.write_text("another", "utf-8")
        assert read(f"{address}version")[0] != version
        assert "another" in read(address)[0]
        assert made == [1, 1]


def test_it_listens_on_the_loopback_address_alone():
    with serving(lambda: {"index.html": b"<body></body>"}, list) as address:
        assert HOST in address
        assert HOST == "127.0.0.1"


def test_what_is_not_there_is_not_found():
    with serving(lambda: {"index.html": b"<body></body>"}, list) as address:
        for name in ("nothing.html", "../../etc/passwd", "%2e%2e/secret"):
            with pytest.raises(HTTPError, match="404"):
                read(f"{address}{name}")


def test_a_fault_is_shown_on_the_page_and_the_server_goes_on(tmp_path):
    source = tmp_path / "x.po"
    source.write_text("bad", "utf-8")

    def make():
        if source.read_text("utf-8") == "bad":
            raise CatalogError(Fault("x.po, line 1", "this is no <keyword>.", "Mend the line."))
        return {"index.html": b"<body>well</body>"}

    with serving(make, lambda: [source]) as address:
        page, _ = read(address)
        assert "x.po, line 1" in page
        assert "&lt;keyword&gt;" in page
        source.write_text("good again", "utf-8")
        assert "well" in read(address)[0]


def test_a_port_that_is_taken_is_wrong_usage():
    with serving(lambda: {"index.html": b""}, list) as address:
        port = int(address.rsplit(":", 1)[1].strip("/"))
        with pytest.raises(WrongUsage, match="--port"):
            served(dict, list, port)
    with pytest.raises(WrongUsage, match="--port"):
        served(dict, list, 99999)
