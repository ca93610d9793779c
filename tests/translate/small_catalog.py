"""A catalog of a few messages, with all that an exchange can damage: places, markup, contexts, doubts, signs of formulas."""

from __future__ import annotations

from handouts.content.messages import Message
from handouts.content.po import Entry, PoFile, read_po, written
from handouts.content.reviews import Reviews
from handouts.translate.catalogs import OpenCatalog
from handouts.translate.domains import Domain
from handouts.translate.exchange import Taken
from handouts.translate.extract import HEAD, head
from handouts.translate.language import Language

UNTIL, NAME = ("a date", "March 3"), ("a name", "Ana")
MESSAGES = (
    Message("", "Come by %(until)s, %(name)s.", ["Said early."], places={"until": UNTIL, "name": NAME}, critical=True),
    Message("", "<strong>Stop</strong> and <strong>call</strong>."),
    Message("", 'Read <a href="https://example.org/a?b=c&d=e">this</a>.'),
    Message("answer", "Yes"),
    Message("", "Yes"),
    Message("", "Was said in another way."),
    Message("", "Not yet."),
    Message("", "=SUM & <more>"),
)
VIETNAMESE = (
    "%(name)s, hãy đến trước %(until)s.",
    "<strong>Dừng</strong> và <strong>gọi</strong>.",
    'Đọc <a href="https://example.org/a?b=c&d=e">trang này</a>.',
    "Vâng",
    "Có",
    "Đã nói khác.",
    "",
    '=HYPERLINK("https://example.org","cộng")',
)


def entries() -> tuple[Entry, ...]:
    said = [
        Entry(message.source, (text,), message.context or None)
        for message, text in zip(MESSAGES, VIETNAMESE, strict=True)
    ]
    said[5] = Entry(said[5].source, said[5].translations, flags=("fuzzy",), previous=(("msgid", "Was said before."),))
    return tuple(said)


def catalog(folder, *, language="vi", po: PoFile | None = None) -> OpenCatalog:
    """The catalog in `language`, written into `folder`."""
    file = po or PoFile(head({**dict(HEAD), "Language": language}, (" Vietnamese.",)), entries())
    path = folder / "small.po"
    path.write_text(written(file), "utf-8")
    return OpenCatalog(path, language, Domain("small", MESSAGES), file, PoFile(None, ()), Reviews())


VI = Language("vi")
SHOWN = ["" if entry.fuzzy else entry.translations[0] for entry in entries()]
"""The translations as they are exported: a doubtful one is none."""


def on_disk(some: OpenCatalog) -> list[str]:
    """The translations that the file has now."""
    return [entry.translation for entry in read_po(some.path.read_bytes(), "small.po").entries]


def told(taken: Taken) -> list[str]:
    """Why rows were refused."""
    return [str(fault) for fault in taken.refused]
