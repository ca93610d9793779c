"""Previews on this machine's own address alone, made anew when a file of the language changes; a page reloads by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock

from handouts.errors import Fault, HandoutsError, WrongUsage

HOST = "127.0.0.1"
Pages = Mapping[str, bytes]
"""What is served, by file name."""
_RELOAD = b"""<script>
const seen = () => fetch('/version').then(r => r.text());
seen().then(first => setInterval(() => seen().then(now => { if (now !== first) location.reload(); }).catch(() => {}), 700));
</script>
</body>"""


class _Made:
    """The pages as they are now: made again once any of the files has changed."""

    def __init__(self, make: Callable[[], Pages], watched: Callable[[], Iterable[Path]]) -> None:
        self._make, self._watched = make, watched
        self._version, self._pages = "", {}
        self._lock = Lock()

    def version(self) -> str:
        """What changes when a file does."""
        stats = ((path, path.stat()) for path in sorted(self._watched()) if path.is_file())
        return ";".join(f"{path}:{stat.st_mtime_ns}:{stat.st_size}" for path, stat in stats)

    def pages(self) -> Pages:
        """The pages of this version; one that says what is wrong where they cannot be made."""
        with self._lock:
            version = self.version()
            if version != self._version:
                try:
                    self._pages = dict(self._make())
                except HandoutsError as trouble:
                    said = "\n".join(map(str, trouble.faults))
                    page = f"<!DOCTYPE html><html><head><meta charset='utf-8'></head><body><pre>{escape(said)}</pre></body></html>"
                    self._pages = {name: page.encode() for name in self._pages or ("index.html",)}
                self._version = version
            return self._pages


def served(make: Callable[[], Pages], watched: Callable[[], Iterable[Path]], port: int) -> ThreadingHTTPServer:
    """A server of the pages, not yet begun; port 0 takes any that is free. Raises WrongUsage for a port that is taken."""
    made = _Made(make, watched)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.split("?")[0].strip("/")
            if name == "version":
                self._answer(made.version().encode(), "text/plain; charset=utf-8")
                return
            pages = made.pages()
            name = name or "index.html"
            if name not in pages:
                self.send_error(HTTPStatus.NOT_FOUND)
            elif name.endswith(".pdf"):
                self._answer(pages[name], "application/pdf")
            else:
                self._answer(pages[name].replace(b"</body>", _RELOAD), "text/html; charset=utf-8")

        do_HEAD = do_GET  # noqa: N815 - as the base has it

        def _answer(self, content: bytes, kind: str) -> None:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base has it
            """Say nothing: a terminal is for what is wrong."""

    try:
        return ThreadingHTTPServer((HOST, port), Handler)
    except (OSError, OverflowError) as trouble:
        raise WrongUsage(
            Fault("the command", f"cannot be listened on: {trouble}.", "Take another.", "--port", str(port))
        ) from None
