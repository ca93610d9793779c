"""Which catalogs there are: a domain for each procedure, and some for what stands around and between, with all their messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from handouts import builtin
from handouts.clinic import FILE, TEXTS, Clinic, load_clinic
from handouts.content import notice, words
from handouts.content.catalog import FURNITURE, is_english
from handouts.content.clinic_texts import texts_of
from handouts.content.messages import EXAMPLES, Message, messages_of
from handouts.content.po import MessageKey
from handouts.content.procedure import load_procedure, procedures

CLINICS_TEXTS = "clinic's texts"
EVERY_PAGE = "every page"
"""What stands for a document's kind where a message is in the head or the foot of all of them."""
BLANK_BACKS = "blank backs"
"""What stands for it where a message is on the blank backs of print runs."""


@dataclass(frozen=True)
class Domain:
    """The messages of one catalog, in the order of its template."""

    name: str
    messages: Sequence[Message] = field(repr=False)

    @cached_property
    def by_key(self) -> dict[MessageKey, Message]:
        """The messages by context and source."""
        return {message.key: message for message in self.messages}

    @cached_property
    def critical(self) -> frozenset[MessageKey]:
        """The messages that are marked critical."""
        return frozenset(message.key for message in self.messages if message.critical)

    @property
    def documents(self) -> tuple[str, ...]:
        """The kinds of documents that its messages stand in."""
        return tuple(dict.fromkeys(kind for message in self.messages for kind in message.documents))


@dataclass(frozen=True)
class Locales:
    """A folder of catalogs: the built-in one, or that of a clinic, which stands over it."""

    folder: Path
    clinic: Path | None = None

    @cached_property
    def domains(self) -> tuple[Domain, ...]:
        """Every domain that has catalogs here or could have them. Raises TemplateError for templates that break a rule."""
        known = (Domain(name, messages_of(load_procedure(name, self.clinic))) for name in procedures(self.clinic))
        own = (Domain(TEXTS, tuple(_texts(load_clinic(self.clinic, allow_missing=True)))),) if self.clinic else ()
        around = Domain(FURNITURE, tuple(_furniture())), Domain(notice.DOMAIN, (_notice(),))
        return (*known, *around, Domain(words.PRESS, (_left_blank(),)), *own)

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages that have a catalog, in the order of their tags; a clinic has those of the program too."""
        folders = {self.folder, builtin.locales()} if self.clinic else {self.folder}
        found = {path.parent.parent.name for folder in folders for path in folder.glob("*/LC_MESSAGES/*.po")}
        return tuple(sorted(tag for tag in found if not is_english(tag)))

    def pot(self, domain: str) -> Path:
        """Where the template of the catalogs of `domain` is."""
        return self.folder / f"{domain}.pot"

    def po(self, domain: str, language: str) -> Path:
        """Where the catalog of `domain` in `language` is."""
        return self.folder / language / "LC_MESSAGES" / f"{domain}.po"


def built_in() -> Locales:
    """The catalogs that come with the program."""
    return Locales(builtin.locales())


def of_clinic(folder: Path) -> Locales:
    """The catalogs of the clinic in `folder`."""
    return Locales(folder / "locales", folder)


def _texts(clinic: Clinic) -> Iterator[Message]:
    """The clinic's own texts, each once, with the questions they answer."""
    found: dict[str, Message] = {}
    for name, question, text in texts_of(clinic):
        message = found.setdefault(text, Message("", text, files=[FILE], standings=[(CLINICS_TEXTS, "")]))
        told = f"{name}: {question}"
        if told not in message.comments:
            message.comments.append(told)
    yield from found.values()


def _notice() -> Message:
    standing = [(notice.KIND, "")]
    return Message("", notice.NOTICE, [notice.COMMENT], standings=standing, places={"phone": EXAMPLES["phone"]})


def _left_blank() -> Message:
    comment, _ = words.NOTES[words.LEFT_BLANK]
    return Message("", words.LEFT_BLANK, [comment], standings=[(BLANK_BACKS, "")])


def _furniture() -> Iterator[Message]:
    for context, source in (*(("", source) for source in words.MESSAGES), *words.IN_CONTEXT):
        comment, places = words.NOTES.get(source, ("", {}))
        yield Message(
            context,
            source,
            comments=[comment] if comment else [],
            standings=[(EVERY_PAGE, "")],
            places=dict(places),
        )
