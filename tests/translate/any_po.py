"""What hypothesis makes PO files of: any text, any comment, any flag; and texts as they stand in documents of many scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import strategies as st

from handouts.content.po import Entry, PoFile

HEAD = Entry("", ("Language: vi\nContent-Type: text/plain; charset=UTF-8\n",))
WORDS = (
    "Do not eat", "after", "%(until)s", "%(emergency_number)s.", "<strong>Stop</strong>", "“you”", "it’s", "–", "—", "and/or",
    "well-known", "(if any)", "a.m.:", "e.g.", "back\\slash", '"quoted"', "tab\there", "Không ăn,", "sau khi",
    "不要吃东西，", "如果您头晕。", "食べないでください。", "먹지 마십시오.", "لا تأكل،", "بعد", "کھانا", "भोजन न करें।", "ห้ามรับประทานอาหาร",
    "¿Tiene", "náuseas?", "«mots»", "Не ешьте", "አይብሉ።", "a\u00a0b", "a\u200fb", "1\u202f000", "…", "https://example.org/a?b=c&d=e",
)  # fmt: skip
"""Words and signs of documents."""
sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=40).map(" ".join)
paragraphs = st.lists(sentences, min_size=1, max_size=3).map("\n".join) | sentences.map(lambda text: f"{text}\n")
any_text = st.text(st.characters(exclude_categories=["Cs"]))
_line = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="\\"), min_size=1)
"""What stands in a comment between spaces; for gettext's tools a backslash joins two lines."""
_comment = st.lists(_line, max_size=4).map(" ".join)
OF_GETTEXT = ("python-format", "no-wrap")
ANY_FLAGS = ("python-format", "no-python-format", "max-length:20", "ignore-same", "no-wrap")


def entries(texts: st.SearchStrategy[str], flags: Sequence[str] = ANY_FLAGS) -> st.SearchStrategy[Entry]:
    """Entries whose texts are of `texts`, with all that can stand in one."""
    previous = st.lists(st.tuples(st.just("msgctxt"), texts), max_size=1).flatmap(
        lambda context: st.tuples(st.just("msgid"), texts).map(lambda source: (*context, source))
    )
    common = {
        "context": st.none() | texts,
        "comments": st.lists(_comment.map(lambda line: f" {line}" if line else ""), max_size=3).map(tuple),
        "extracted": st.lists(_comment, max_size=3).map(tuple),
        "references": st.lists(
            st.from_regex(r"[a-z]{1,30}/[a-z]{1,30}\.html(:[1-9])?", fullmatch=True), max_size=5, unique=True
        ).map(tuple),
        "flags": st.sets(st.sampled_from(flags)).map(lambda some: tuple(sorted(some, key=flags.index))),
        "obsolete": st.booleans(),
    }
    source = texts.filter(bool)
    one = st.builds(Entry, source, texts.map(lambda text: (text,)), previous=st.just(()), **common)
    fuzzy = st.builds(
        lambda entry, before: replace(entry, flags=("fuzzy", *entry.flags), previous=before),
        one,
        previous | st.just(()),
    )
    plural = st.builds(Entry, source, st.tuples(texts, texts), plural=texts, **common)
    return one | fuzzy | plural


def files(texts: st.SearchStrategy[str], flags: Sequence[str] = ANY_FLAGS) -> st.SearchStrategy[PoFile]:
    """PO files with a head, no message of which stands twice."""
    many = st.lists(entries(texts, flags), max_size=6, unique_by=lambda entry: entry.key)
    return many.map(lambda found: PoFile(HEAD, tuple(sorted(found, key=lambda entry: entry.obsolete))))
