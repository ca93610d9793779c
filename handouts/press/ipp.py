"""A request of the Internet Printing Protocol → what the printer answers, by ipptool, the client that comes with CUPS.

ipptool writes and reads IPP, with collections and ranges, and is kept by the people who keep CUPS. pycups is under the GPL and needs
a compiler, pyipp can send neither collections nor ranges. The request goes to ipptool as a file in a folder for this user alone, which
is removed in any ending; the document is read from where it stands, as the open file that was checked, and is copied nowhere.
"""

from __future__ import annotations

import plistlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit
from xml.parsers.expat import ExpatError

from handouts.errors import Fault, MissingProgram, NotPrinted

PROGRAM = "ipptool"
_WAIT = 30
"""Seconds in which a printer must go on answering."""
_LONGEST = 900
"""Seconds for one request with its document."""
_OF_CUPS = ("", "printers")
"""How the paths of CUPS begin; a printer itself has others."""
_REFUSED = ("client-error-not-auth", "client-error-forbidden")
_UNSAID = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Control characters: a printer may send them, XML has no place for them."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages from `first` to `last`, counted from 1 (IPP's rangeOfInteger)."""

    first: int
    last: int

    def __post_init__(self) -> None:
        if not 1 <= self.first <= self.last:
            raise ValueError(f"no pages: {self.first} to {self.last}")

    def __str__(self) -> str:
        return f"{self.first}-{self.last}" if self.last > self.first else f"{self.first}"


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a request: its name, the tag of its syntax (RFC 8011 §5.1), its values; a collection's are attributes."""

    name: str
    tag: str
    values: tuple[str | int | bool | Pages | tuple[Attribute, ...], ...]

    def json(self) -> object:
        """The value, or a list of the values, as JSON has them."""
        told = [_json(value) for value in self.values]
        return told if len(told) > 1 else told[0]


def keyword(name: str, *values: str) -> Attribute:
    """An attribute whose values are keywords."""
    return Attribute(name, "keyword", values)


def integer(name: str, value: int) -> Attribute:
    """A number."""
    return Attribute(name, "integer", (value,))


def enum(name: str, value: int) -> Attribute:
    """A number that stands for something (`finishings`, `job-state`)."""
    return Attribute(name, "enum", (value,))


def flag(name: str, value: bool) -> Attribute:
    """Yes or no."""
    return Attribute(name, "boolean", (value,))


def text(name: str, value: str) -> Attribute:
    """A name, such as that of a job."""
    return Attribute(name, "name", (value,))


def pages(name: str, value: Pages) -> Attribute:
    """Pages from one to another."""
    return Attribute(name, "rangeOfInteger", (value,))


def collection(name: str, *values: Sequence[Attribute]) -> Attribute:
    """An attribute each of whose values has attributes of its own."""
    return Attribute(name, "collection", tuple(map(tuple, values)))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a printer answers: its `status` ("successful-ok"), why, and groups of attributes (printers, jobs, what it did not take)."""

    status: str
    message: str
    groups: tuple[Mapping[str, object], ...]

    @property
    def good(self) -> bool:
        """Whether it did what was asked, if not exactly so."""
        return self.status.startswith("successful-ok")

    @property
    def exact(self) -> bool:
        """Whether it took every attribute as it was."""
        return self.status == "successful-ok"


def values(attributes: Mapping[str, object], name: str) -> tuple[object, ...] | None:
    """The values of an attribute, however many; None if it is not there, or has no value."""
    value = attributes.get(name)
    if value is None or (isinstance(value, str) and re.fullmatch(r"<<[\w-]+>>", value)):
        return None
    return tuple(value) if isinstance(value, list) else (value,)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def answer_of(
    uri: str,
    operation: str,
    about: Iterable[Attribute] = (),
    job: Iterable[Attribute] = (),
    document: BinaryIO | None = None,
) -> Answer:
    """What the printer at `uri` answers to an operation with attributes `about` it, those of a `job`, and a `document`.

    ipptool may read the document more than once: where a connection breaks it tries again.

    Raises MissingProgram without ipptool, NotPrinted where nobody answers, or not to the end.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        remedy = "Install it (Debian, Ubuntu: cups-ipp-utils; Fedora: cups-ipptool)."
        raise MissingProgram(Fault(PROGRAM, "it is not installed, and printers are asked with it.", remedy))
    with tempfile.TemporaryDirectory(prefix="handouts-ipp-") as folder:
        request = Path(folder, "request.test")
        request.write_text(_written(operation, about, job, document is not None), "utf-8")
        more = ["-f", _place(document)] if document else []
        command = [program, "-X", "-T", str(_WAIT), *more, uri, str(request)]
        try:
            # in a session of its own it has no terminal on which it could ask for a password
            done = subprocess.run(  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_LONGEST,
                check=False,
                start_new_session=True,
                pass_fds=(document.fileno(),) if document and sys.platform == "linux" else (),
            )
        except subprocess.TimeoutExpired:
            problem = f"it has not taken {operation} within {_LONGEST} seconds."
            raise NotPrinted(Fault(uri, problem, "Look at the printer and the network, and try again.")) from None
    return _read(uri, done.stdout)


def _place(document: BinaryIO) -> str:
    """Where ipptool finds the document: the very file that is open, even if another has come into its place; else by its name."""
    return f"/dev/fd/{document.fileno()}" if sys.platform == "linux" else document.name


def _written(operation: str, about: Iterable[Attribute], job: Iterable[Attribute], document: bool) -> str:
    """The request as ipptool reads it (ipptoolfile(5))."""
    lines = [
        "{",
        f"OPERATION {operation}",
        "VERSION 2.0",
        "GROUP operation-attributes-tag",
        "ATTR charset attributes-charset utf-8",
        "ATTR language attributes-natural-language en",
        "ATTR uri printer-uri $uri",
        'ATTR name requesting-user-name "$user"',
        *(f"ATTR {_line(attribute)}" for attribute in about),
    ]
    asks = [f"ATTR {_line(attribute)}" for attribute in job]
    lines += ["GROUP job-attributes-tag", *asks] if asks else []
    lines += ["TRANSFER chunked", "FILE $filename"] if document else []
    return "\n".join([*lines, "}", ""])


def _line(attribute: Attribute) -> str:
    if attribute.tag != "collection":
        return f"{attribute.tag} {attribute.name} {','.join(map(_value, attribute.values))}"
    bodies = [
        "{ " + " ".join(f"MEMBER {_line(member)}" for member in members) + " }" for members in _members(attribute)
    ]
    return f"collection {attribute.name} {', '.join(bodies)}"


def _members(attribute: Attribute) -> Iterable[tuple[Attribute, ...]]:
    return (value for value in attribute.values if isinstance(value, tuple))


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Pages):
        return f"{value.first}-{value.last}"
    plain = str(value)
    if not re.fullmatch(
        r"[\w ./:+-]{1,255}", plain, re.ASCII
    ):  # what ipptool would take for quotes, variables or lists
        raise ValueError(f"not to be written in a request: {plain!r}")
    return f'"{plain}"'


def _json(value: object) -> object:
    if isinstance(value, Pages):
        return str(value)
    if isinstance(value, tuple):
        members: tuple[Attribute, ...] = value  # pyright: ignore[reportUnknownVariableType]
        return {member.name: member.json() for member in members}
    return value


class _First(dict[str, Any]):
    """Attributes of which the first counts if there are two of a name, as it does for CUPS."""

    def __setitem__(self, name: str, value: object) -> None:
        self.setdefault(name, value)


def _read(uri: str, said: bytes) -> Answer:
    """Ipptool's report. Raises NotPrinted if there is no answer in it."""
    try:
        report = plistlib.loads(_UNSAID.sub("", said.decode("utf-8", "replace")).encode(), dict_type=_First)
        tests = report["Tests"]
        if not tests:
            raise NotPrinted(_silent(uri, str(report.get("ErrorMessage", "no answer"))))
        test = tests[-1]
        groups: list[Mapping[str, object]] = test.get("ResponseAttributes") or [{}]
        status = str(test.get("StatusCode", ""))
        errors: list[object] = test.get("Errors") or ["no answer"]
    except (ExpatError, ValueError, KeyError, TypeError, plistlib.InvalidFileException):
        raise NotPrinted(_silent(uri, "what it answers cannot be read")) from None
    if not groups[0]:
        raise NotPrinted(_silent(uri, str(errors[0])))
    return Answer(status, str(groups[0].get("status-message", "")), tuple(groups[1:]))


def _silent(uri: str, why: str) -> Fault:
    remedy = "See that CUPS runs there (lpstat -r), or name another with --server HOST:PORT."
    if urlsplit(uri).path.strip("/").partition("/")[0] not in _OF_CUPS:
        remedy = "See that the printer is on and its address is right, or name another with --printer."
    if why.startswith(_REFUSED) or "(No request sent" in why:
        why, remedy = "it asks for a password", "Let this computer print without one (Location in cupsd.conf)."
    elif "successful-ok" in why:  # which is what ipptool calls it
        why = f"no word for {_WAIT} seconds"
    return Fault(uri, f"nobody answers as a printer would: {why.rstrip('.')}.", remedy)
