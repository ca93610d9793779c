"""What is wrong with one translation, told so that a translator understands it: meaning here, spelling in `letters.py`.

A translation with a fault cannot be approved, and `translate check` ends with exit code 4; a warning asks for a second look.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from handouts.content.catalog import unfaithful
from handouts.content.po import PLACE, Entry
from handouts.content.reviews import name_of
from handouts.translate import letters, negation
from handouts.translate.language import Language

Severity = Literal["fault", "warning"]
ENGLISH_NUMBERS: Mapping[str, int] = {
    **dict.fromkeys(("two", "both", "twice", "second"), 2),
    **dict(
        zip(
            ["three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
            range(3, 13),
            strict=True,
        )
    ),
}
"""Number words of the sources; "one" and "once" are left out, as in most languages they are articles too."""
LONGEST, SHORTEST = 2.6, 0.18
"""Between how many times the length of its source a translation is expected to be."""
_LONG_ENOUGH = 24
_LABEL_CONTEXTS = frozenset({"table head", "field", "answer", "teach-back", "when to call"})
_LABEL = 2.4
"""How many times as wide as its source a label may be before it is likely to wrap."""
_NAME = 5
"""Words that a name may have (of an illness) which is the same in two languages."""
_KIND = re.compile(r"%\((\w+)\)s is ([^,.]+)")
"""How the comments of a catalog tell what is filled in for a blank."""
_SENTENCE = re.compile(
    r"\b(an?|the|and|or|is|are|was|do|can|have|i|we|you|your|our|my|me|us|it|in|of|to|for|if|not?|now|this|when|what)\b"
)
"""Words of which no name of an illness is made that is the same in two languages."""
_TAG = re.compile(r"<(/?)(strong|a)\b[^>]*>")


@dataclass(frozen=True)
class Problem:
    """What is wrong with a translation: which check found it, how bad it is, what it is and what to do."""

    check: str
    severity: Severity
    problem: str
    remedy: str


def problems(entry: Entry, language: Language) -> Iterator[Problem]:
    """All that is wrong with the translation of `entry`; nothing where there is none. A fuzzy one is a fault itself."""
    if entry.fuzzy and any(entry.translations):
        remedy = "Correct the translation and take the mark away."
        yield Problem("fuzzy", "fault", "it is marked fuzzy: the translation is of another source.", remedy)
        return
    if entry.plural is not None:
        yield Problem(
            "plural", "fault", "it has plural forms, which no document uses.", "Run handouts translate update."
        )
        return
    text = entry.translation
    if not text:
        return
    for problem, remedy in unfaithful(entry.source, text):
        yield Problem("faithful", "fault", f"the translation {problem}", remedy)
    for check in _CHECKS:
        yield from check(entry, text, language)


Check = Callable[[Entry, str, Language], Iterator[Problem]]


def _markup(entry: Entry, text: str, _: Language) -> Iterator[Problem]:
    """Tags that are closed in order, and as many as the source has."""
    opened: list[str] = []
    for closing, name in _TAG.findall(text):
        if not closing:
            opened.append(name)
        elif not opened or opened.pop() != name:
            yield Problem("markup", "fault", f"</{name}> closes nothing.", "Write the tags as the source has them.")
            return
    if opened:
        yield Problem("markup", "fault", f"<{opened[-1]}> is not closed.", "Write the tags as the source has them.")
    elif re.search(r"<strong>\s*</strong>", text):
        yield Problem(
            "markup", "fault", "<strong> holds nothing.", "Put it around the words it is around in the source."
        )
    elif Counter(_TAG.findall(text)) != Counter(_TAG.findall(entry.source)):
        yield Problem("markup", "warning", "it has other tags than the source.", "Look whether that is meant.")


def _order(entry: Entry, text: str, language: Language) -> Iterator[Problem]:
    """Blanks in another order than in the source, or in another sentence: most likely one for the other, if of one kind.

    What kind they are of stands in the comments of the catalog. Those that a language says the other way round stand as `turned`
    in its language.toml, and must stand so.
    """
    kinds = {found[1]: found[2] for comment in entry.extracted if (found := _KIND.match(comment))}
    remedy = (
        f"Put each where its own meaning is; if {language.tag} says it so, write them into turned of language.toml."
    )
    other = False
    for source, said in negation.paired(entry.source, text):
        names, found = (list(dict.fromkeys(PLACE.findall(each))) for each in (source, said))
        names = _turned(names, language)
        for kind in dict.fromkeys(kinds.values()):
            wanted, there = ([name for name in each if kinds.get(name) == kind] for each in (names, found))
            if wanted != there:
                yield Problem("order", "fault", f"{_and(there)} stands where {_and(wanted)} is expected.", remedy)
                return
        other = other or names != found
    if other:
        yield Problem("order", "warning", "its blanks stand in another order than those of the source.", remedy)


def _turned(names: list[str], language: Language) -> list[str]:
    """Blanks of a source in the order in which the language has them."""
    turned = list(names)
    for first, second in language.turned:
        if first in names and second in names:
            turned[names.index(first)], turned[names.index(second)] = second, first
    return turned


def _and(names: list[str]) -> str:
    return " and ".join(f"%({name})s" for name in names) or "no such blank"


def _negation(entry: Entry, text: str, language: Language) -> Iterator[Problem]:
    """A "not" of the source that the translation has lost, or one that it has beside it."""
    found = False
    for problem, remedy in negation.lost(entry.source, text, language):
        found = True
        yield Problem("negation", "fault", problem, remedy)
    needed, said = language.denials(name_of(entry.key)), language.negation.count(text)
    if said < needed and not found:
        found = True
        problem = f"{needed} words of negation are expected in it, and it has {said}."
        remedy = f"Say each; if it is right without, change {name_of(entry.key)} in language.toml."
        yield Problem("negation", "fault", problem, remedy)
    for problem, remedy in negation.added(entry.source, text, language) if not found else ():
        yield Problem("negation", "warning", problem, remedy)


def _numbers(entry: Entry, text: str, language: Language) -> Iterator[Problem]:
    """A number word that the source does not have, or that the translation has lost."""
    words = re.findall(r"[a-z]+", PLACE.sub(" ", entry.source.lower()))
    meant = {ENGLISH_NUMBERS[word] for word in words if word in ENGLISH_NUMBERS}
    for value, lexicon in language.numbers.items():
        found = lexicon.found(text)
        if found and value not in meant:
            problem = f'"{found}" is the number {value}, which the source does not have.'
            yield Problem("numbers", "fault", problem, "A number is a blank; say it without.")
    known = {value for value, lexicon in language.numbers.items() if lexicon}
    for value in (meant & known) - {2}:
        if not language.numbers[value].found(text):
            problem = f"the source says {value} in words, and the translation does not."
            yield Problem("numbers", "fault", problem, "Say the same number.")


def _glossary(entry: Entry, text: str, language: Language) -> Iterator[Problem]:
    place = f"locales/{language.tag}/language.toml"
    for term, (in_source, say, never) in language.glossary.items():
        if forbidden := never.found(text):
            problem = f'"{forbidden}" must not stand for "{term}" ({place}).'
            yield Problem("glossary", "fault", problem, f"Write {_or(say.words)}." if say else "Take it out.")
        elif say and in_source.search(PLACE.sub(" ", entry.source)) and not say.found(text):
            problem = f'"{term}" is not said as in the glossary ({place}).'
            yield Problem("glossary", "warning", problem, f"Write {_or(say.words)}, or add what is right too.")


def _same(entry: Entry, text: str, language: Language) -> Iterator[Problem]:
    words = re.findall(r"[^\W\d_]+", re.sub(r"%\(\w+\)s|<[^>]*>", " ", entry.source))
    if text.strip() == entry.source.strip() and len(words) > 1:
        is_sentence = (
            entry.source.rstrip()[-1] in ".?!:" or len(words) > _NAME or _SENTENCE.search(entry.source.lower())
        )
        severity: Severity = "fault" if is_sentence or "Latn" not in language.scripts else "warning"
        yield Problem("same", severity, "it is the same as the source.", "Translate it.")


def _length(entry: Entry, text: str, _: Language) -> Iterator[Problem]:
    source, said = letters.width(entry.source), letters.width(text)
    if entry.context in _LABEL_CONTEXTS and said > max(_LABEL * source, 20):
        yield Problem(
            "length",
            "warning",
            f"it is {said / source:.1f} times as wide as the source, and stands in a narrow place.",
            "Look at the preview; say it shorter if it wraps badly.",
        )
    elif source >= _LONG_ENOUGH and not SHORTEST <= said / source <= LONGEST:
        yield Problem(
            "length",
            "warning",
            f"it is {said / source:.1f} times as long as the source.",
            "Look whether something is missing or added.",
        )


def _or(words: tuple[str, ...]) -> str:
    return " or ".join(f"“{word}”" for word in words)


def _spelling(entry: Entry, text: str, language: Language) -> Iterator[Problem]:
    for check, severity, problem, remedy in letters.problems(entry.source, text, language):
        yield Problem(check, severity, problem, remedy)


_CHECKS: tuple[Check, ...] = (_markup, _order, _negation, _numbers, _glossary, _same, _length, _spelling)
