"""Packet → a folder with its PDFs and packet.json, whole or absent."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from handouts.errors import Fault, NotWritten
from handouts.packet import Document, Packet
from handouts.translate.files import flush_names

if TYPE_CHECKING:
    from handouts.pdf.filling import Filled
    from handouts.pdf.print_file import PrintFile

MANIFEST = "packet.json"
_UNFINISHED = ".unfinished-"
_ATTEMPTS = 20
_OLD = "-old"


def manifest(packet: Packet) -> dict[str, object]:
    """What packet.json says (the contract of the design), blanks with plain spaces."""
    return {
        "packet_id": packet.packet_id,
        "appointment_id": packet.appointment_id,
        "status": packet.status,
        "language": packet.language,
        "facts": dict(packet.finding.facts),
        "lists": {name: [dict(item) for item in items] for name, items in packet.finding.items.items()},
        "blanks": _blanks(packet.printed),
        "blocking": list(packet.finding.blocking),
        "concerns": [concern.id for concern in packet.finding.concerns],
        "decided": [concern.id for concern in packet.finding.decided],
        "warnings": list(packet.finding.warnings),
        "unknown": list(packet.finding.unknown),
        "documents": [_entry(document) for document in packet.documents],
        "notice_left_out": packet.notice_left_out,
        **_second(packet),
    }


def _second(packet: Packet) -> dict[str, object]:
    """What is told of the other language that stands beside the patient's."""
    _, *others = packet.texts.items()
    return {"second_language": others[0][0], "second_blanks": _blanks(others[0][1])} if others else {}


def _blanks(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: _plain(text) for name, text in texts.items()}


def write(packet: Packet, out: Path) -> Path:
    """Write `packet` into its folder below `out` and return that; the folder is there whole or not at all.

    Files are flushed to the disk in a folder of another name, which is then renamed; a packet that was there before is
    replaced. Only the owner may read it. Raises NotWritten when the disk does not take it.
    """
    writing = Writing(out / packet.packet_id, files_of(packet))
    end([writing])
    if writing.trouble:
        raise writing.trouble
    return writing.folder


def files_of(packet: Packet) -> dict[str, bytes]:
    """The files of a packet by their names: its documents, their pages for screens, and packet.json."""
    files = {f"{document.kind}.pdf": document.pdf for document in packet.documents}
    files |= {f"{document.kind}.html": document.html for document in packet.documents if document.html}
    return files | {MANIFEST: manifest_bytes(packet)}


def manifest_bytes(packet: Packet) -> bytes:
    """packet.json."""
    return (json.dumps(manifest(packet), ensure_ascii=False, indent=2) + "\n").encode()


class Writing:
    """A packet's `files` on their way into its `folder`: they are handed to the system.

    `end` has them flushed and puts them in their place: of several packets in a fraction of the time that it takes one by one, as
    the disk is at work from the first file on. `trouble` is what kept the packet from being written. With `instead`
    documents that are there and not among `files` go; without it that is trouble.
    """

    def __init__(self, folder: Path, files: Mapping[str, bytes], *, instead: bool = False) -> None:
        self.folder = folder
        self.trouble: NotWritten | None = None
        self._unfinished = folder.with_name(f"{_UNFINISHED}{folder.name}-{os.getpid()}")
        self._opened: list[int] = []
        with self._told():
            if not instead:
                _refuse_loss(self.folder, files)
            _remove(self._unfinished)
            folder.parent.mkdir(parents=True, exist_ok=True)
            self._unfinished.mkdir(mode=0o700)
            for name, content in files.items():
                self._opened.append(_handed_over(f"{self._unfinished}{os.sep}{name}", content))

    def flush(self) -> None:
        """Have the files on the disk."""
        with self._told():
            while self._opened:
                os.fsync(self._opened[-1])
                os.close(self._opened.pop())
            flush_names(self._unfinished)

    def place(self) -> None:
        """Put the finished folder in its place."""
        with self._told():
            _replace(self._unfinished, self.folder)

    @contextmanager
    def _told(self) -> Generator[None, None, None]:
        try:
            yield
        except OSError as trouble:
            for each in self._opened:
                os.close(each)
            _remove(self._unfinished)
            problem = f"the packet cannot be written: {trouble.strerror or trouble}."
            remedy = "Free some space or choose another folder with -o."
            self.trouble = NotWritten(Fault(str(self.folder.parent), problem, remedy))


def end(writings: Sequence[Writing]) -> None:
    """Bring to an end what was begun: then every packet is in its place, whole, or has its trouble."""
    for step in (Writing.flush, Writing.place):
        for writing in writings:
            if not writing.trouble:
                step(writing)
    for out in {writing.folder.parent for writing in writings}:
        flush_names(out)


class PrintRun:
    """The print file of a run, at `path`: there whole when the run has ended, or not at all; only the owner may read it.

    `trouble` is what kept it from being written; packets go on without it.
    """

    def __init__(self, path: Path) -> None:
        from handouts.pdf.print_file import PrintFile  # noqa: PLC0415 - most runs write none

        self.trouble: NotWritten | None = None
        self._path = path
        self._unfinished = path.with_name(f"{_UNFINISHED}{path.name}-{os.getpid()}")
        self._file: PrintFile | None = None
        with self._told():
            path.parent.mkdir(parents=True, exist_ok=True)
            _remove(self._unfinished)
            opened = os.open(self._unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._out = os.fdopen(opened, "wb")
            self._file = PrintFile(self._out)

    def add(self, documents: Sequence[Filled]) -> None:
        """Add the pages of a packet's `documents`."""
        with self._told():
            if self._file:
                self._file.add(documents)

    def close(self) -> None:
        """Put the file in its place, if there is a page in it; what was there before is replaced."""
        with self._told():
            if self._file and self._file.pages:
                self._file.close()
                self._out.flush()
                os.fsync(self._out.fileno())
                self._out.close()
                self._unfinished.replace(self._path)
                flush_names(self._path.parent)
        self.drop()

    def drop(self) -> None:
        """Leave nothing behind of a file that is not finished."""
        if self._file:
            with suppress(OSError):
                self._out.close()
        self._file = None
        _remove(self._unfinished)

    @contextmanager
    def _told(self) -> Generator[None, None, None]:
        try:
            yield
        except OSError as trouble:
            problem = f"the print file cannot be written: {trouble.strerror or trouble}."
            remedy = "Free some space or choose another place with --print-file."
            self.trouble = NotWritten(Fault(str(self._path), problem, remedy))
            self.drop()


def open_folder(out: Path) -> None:
    """Make the folder the packets go into; raises NotWritten where there can be none."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as trouble:
        problem = f"no packets can be written here: {trouble.strerror or trouble}."
        raise NotWritten(Fault(str(out), problem, "Choose another folder with -o.")) from None


def sweep(out: Path, *, alone: bool = False) -> None:
    """Remove what a killed run left unfinished below `out`; what another running process is writing stays.

    Where this process is `alone` there nobody else is writing, also where a process has the number of one that was killed.

    A packet that the run had taken away for a new one, which then never came, is put back.
    """
    for path in sorted(out.glob(f"{_UNFINISHED}*")) if os.path.isdir(out) else ():  # noqa: PTH112 - False where Path raises
        name, _, process = path.name.removeprefix(_UNFINISHED).rpartition("-")
        if not alone and process.isdigit() and running(int(process)):
            continue
        target = out / name.removesuffix(_OLD)
        if name.endswith(_OLD) and not os.path.lexists(target):
            with suppress(OSError):
                path.rename(target)
        else:
            _remove(path)


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def _entry(document: Document) -> dict[str, object]:
    second = {"second_wording_sha256": document.wordings[-1].sha256}
    page = {"html": f"{document.kind}.html", "html_sha256": hashlib.sha256(document.html).hexdigest()}
    return {
        "kind": document.kind,
        "file": f"{document.kind}.pdf",
        "pages": document.pages,
        "sha256": document.sha256,
        "wording_sha256": document.wording.sha256,
        "version": document.version,
        "template_version": document.wording.edition.version,
        "status": document.status,
        "not_approved": list(document.reasons),
        **(second if document.wordings[1:] else {}),
        **(page if document.html else {}),
    }


def _handed_over(path: str, content: bytes) -> int:
    """A new file with this content, still open, which the system begins to write where it can be told to. Raises OSError."""
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        left = memoryview(content)
        while left:
            left = left[os.write(opened, left) :]
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(opened, 0, 0, os.POSIX_FADV_DONTNEED)
    except OSError:
        os.close(opened)
        raise
    return opened


def _refuse_loss(target: Path, files: Mapping[str, bytes]) -> None:
    """Raise NotWritten when replacing `target` would lose a document that this run does not make (as with --document)."""
    try:
        there = os.listdir(target)  # noqa: PTH208 - names, not paths
    except (FileNotFoundError, NotADirectoryError):
        return
    lost = sorted(name for name in there if name.endswith(".pdf") and name not in files)
    if lost:
        problem = f"it already holds {', '.join(lost)}, which this run does not make."
        raise NotWritten(Fault(str(target), problem, "Make all documents, or choose another folder with -o."))


def _replace(unfinished: Path, target: Path) -> None:
    """Put the finished folder in the place of `target`, whatever stands there."""
    old = target.with_name(f"{_UNFINISHED}{target.name}{_OLD}-{os.getpid()}")
    for attempt in range(_ATTEMPTS):
        try:
            if os.path.lexists(target):
                _remove(old)
                target.rename(old)
            unfinished.rename(target)
        except OSError:
            # another run has put its packet there, or taken the old one away, between the two steps
            if attempt + 1 == _ATTEMPTS or not unfinished.exists():
                raise
        else:
            break
    _remove(old)


def _remove(path: Path) -> None:
    """Remove a folder with all in it, a file, or a link but not what it leads to; what cannot be removed stays."""
    with suppress(OSError):
        if not stat.S_ISDIR(path.lstat().st_mode):
            path.unlink()
        else:
            import shutil  # noqa: PLC0415 - a packet that was not there before does without

            shutil.rmtree(path, ignore_errors=True)


def running(process: int) -> bool:
    """Whether a process with this number is there, and not only its end that nobody has asked about, as in containers."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    with suppress(OSError):  # where the system has no such files
        return Path(f"/proc/{process}/stat").read_bytes().rpartition(b") ")[2][:1] not in (b"Z", b"X")
    return True
