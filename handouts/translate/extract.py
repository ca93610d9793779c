"""Messages → the template of a catalog (POT), with all that a translator should know written beside each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handouts.content.catalog import is_negative
from handouts.content.messages import Message
from handouts.content.po import PLACE, Entry, PoFile
from handouts.translate.domains import EVERY_PAGE, Domain

HEAD = (
    ("Project-Id-Version", "Handouts"),
    ("Report-Msgid-Bugs-To", ""),
    ("Language", ""),
    ("MIME-Version", "1.0"),
    ("Content-Type", "text/plain; charset=UTF-8"),
    ("Content-Transfer-Encoding", "8bit"),
)
"""The head of a template: what gettext's tools ask for, and no dates, so that a diff shows sentences only."""
_MOST_PLACES = 4
_FORMAT = "python-format"
_BRACED = re.compile(r"\{(\w+)\}")
"""A place, as templates' comments name it."""
_TEXT = ("a text", "")


def pot(domain: Domain) -> PoFile:
    """The template of the catalogs of `domain`."""
    comment = f" The messages of {domain.name}. Made by handouts translate extract; change templates, not this file."
    return PoFile(head(dict(HEAD), (comment,)), tuple(map(_entry, domain.messages)))


def head(fields: dict[str, str], comments: tuple[str, ...]) -> Entry:
    """The head of a PO file with these fields and comments."""
    return Entry("", ("".join(f"{name}: {value}\n" for name, value in fields.items()),), comments=comments)


def _entry(message: Message) -> Entry:
    flags = (_FORMAT,) if message.places or "%" in message.source else ()
    return Entry(
        message.source,
        context=message.context or None,
        extracted=tuple(told(message)),
        references=tuple(message.files),
        flags=flags,
    )


def told(message: Message) -> Iterator[str]:
    """What a translator is told of a message, line by line."""
    names = dict.fromkeys(PLACE.findall(message.source))
    comments = [
        _BRACED.sub(lambda found: f"%({found[1]})s" if found[1] in names else found[0], c) for c in message.comments
    ]
    yield from comments
    if where := _where(message):
        yield f"Stands in: {where}."
    for name in names:
        what, example = message.places.get(name, _TEXT)
        if (what, example) != _TEXT or not any(f"%({name})s" in comment for comment in comments):
            yield f"%({name})s is {what}{f', such as “{example}”' if example else ''}."
    if message.critical:
        yield "Critical: two people review it."
    elif is_negative(message.source):
        yield "It says that something is not so, or is not to be done: two people review it."


def doubtful(entry: Entry) -> Iterator[str]:
    """What a translator is told of the fuzzy translation of `entry`, which is not shown as one."""
    if entry.fuzzy and any(entry.translations):
        before = dict(entry.previous).get("msgid", "")
        yield f"Another sentence{f', “{before}”,' if before else ''} was translated as “{entry.translations[0]}”."


def _where(message: Message) -> str:
    """The documents it stands in, each with the headings above it."""
    found: dict[str, list[str]] = {}
    for kind, heading in message.standings:
        said = found.setdefault(kind, [])
        if heading and heading not in said:
            said.append(heading)
    told = (f"{kind}{_below(headings, message.source)}" for kind, headings in found.items())
    return "; ".join("the head or foot of every page" if each == EVERY_PAGE else each for each in told)


def _below(headings: list[str], source: str) -> str:
    """The headings above a message, of which one may be itself."""
    others = [heading for heading in headings if heading != source]
    return f"{', as a heading' * (source in headings)}{f' ({_some(others)})' if others else ''}"


def _some(headings: list[str]) -> str:
    shown = "; ".join(f"“{heading}”" for heading in headings[:_MOST_PLACES])
    more = len(headings) - _MOST_PLACES
    return f"{shown} and {more} more" if more > 0 else shown
