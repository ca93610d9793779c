"""What is wrong with one translation, told so that a translator understands it: meaning here, spelling in `letters.py`.

A fault keeps a message from being printed and ends `translate check` with exit code 4; a warning asks for a second look.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from handouts.content.catalog import is_negative, negations, unfaithful
from handouts.content.po import Entry
from handouts.translate import letters
from handouts.translate.language import Language, compared

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
_TAG = re.compile(r"<(/?)(strong|a)\b[^>]*>")
_CLAUSE = re.compile(r"[,;:.?!–—()«»“”„]")
_BEGINNING = 2
"""A word that denies may stand alone at the beginning of a clause: the first or the second word."""
_NEXT = 2
"""A particle may also stand right after the word."""
_UNLESS = re.compile(r"\bunless\b", re.IGNORECASE)
_ENDS = re.compile(r"(?<=[.?!。？！؟।۔])(?:</strong>|[”\"»」』])*\s*")


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
        told = problem.replace(f'the translation of "{letters.shown(entry.source)}"', "the translation")
        yield Problem("faithful", "fault", told, remedy)
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


def _negation(entry: Entry, text: str, language: Language) -> Iterator[Problem]:
    """A "not" of the source that the translation has lost: sentence by sentence where both have as many."""
    if not is_negative(entry.source) or not language.negation:
        return
    place = f"locales/{language.tag}/language.toml"
    for source, said in _paired(entry.source, text):
        wanted, found = negations(source), language.negation.count(said)
        if found < (min(wanted, 1) if language.negation_gathers else wanted):
            problem = f'"{letters.shown(source)}" says no {_times(wanted)}, and its translation {_times(found)}.'
            yield Problem(
                "negation", "fault", problem, f"Correct it; or, if it is right, add its word to [negation] in {place}."
            )
            return
        if _UNLESS.search(source) and language.unless and not language.unless.found(said):
            problem = f'"{letters.shown(source)}" says "unless", and its translation does not.'
            yield Problem(
                "negation", "fault", problem, f"Correct it; or, if it is right, add its word to [unless] in {place}."
            )
            return
    if half := _halved(text, language):
        problem = f'"{half}" stands without "{language.file.negation.second_halves[0]}" or another word that it needs.'
        yield Problem("negation", "fault", problem, "Write both.")
    elif alone := _alone(text, language):
        problem = f'"{alone}" denies only with a word such as "{language.file.negation.particles[0]}" before it.'
        yield Problem("negation", "fault", problem, "Write both.")


def _times(count: int) -> str:
    return "nowhere" if not count else "once" if count == 1 else f"{count} times"


def _alone(text: str, language: Language) -> str:
    """A word that denies only together with a particle, and stands within a clause without one before it."""
    for clause in _clauses(text, language):
        found = language.concord.places(clause)
        particles = language.particles.places(clause)
        begins = any(len(clause[:place].split()) < _BEGINNING for place in found)
        near = (place + len(language.concord.found(clause)) + _NEXT for place in found)
        if not begins and any(not any(particle < last for particle in particles) for last in near):
            return language.concord.found(clause)
    return ""


def _halved(text: str, language: Language) -> str:
    """The first half of a negation in two words ("ne … pas") whose second half is missing."""
    for clause in _clauses(text, language):
        if language.first_halves.places(clause) and not language.second_halves.places(clause):
            return language.first_halves.found(clause)
    return ""


def _clauses(text: str, language: Language) -> list[str]:
    """The clauses of a text, as they are compared: parted by marks, and by the language's words for "or"."""
    parts = _CLAUSE.split(compared(text))
    return [clause for part in parts for clause in (language.joints.split(part) if language.joints else [part])]


def _paired(source: str, text: str) -> list[tuple[str, str]]:
    """Each sentence of the source with that of the translation; all in one where there are not as many."""
    sources, texts = _sentences(source), _sentences(text)
    return list(zip(sources, texts, strict=True)) if len(sources) == len(texts) else [(source, text)]


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in _ENDS.split(text) if sentence.strip()]


def _numbers(entry: Entry, text: str, language: Language) -> Iterator[Problem]:
    """A number word that the source does not have, or that the translation has lost."""
    words = re.findall(r"[a-z]+", re.sub(r"%\(\w+\)s", " ", entry.source.lower()))
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
        elif say and in_source.search(re.sub(r"%\(\w+\)s", " ", entry.source)) and not say.found(text):
            problem = f'"{term}" is not said as in the glossary ({place}).'
            yield Problem("glossary", "warning", problem, f"Write {_or(say.words)}, or add what is right too.")


def _same(entry: Entry, text: str, language: Language) -> Iterator[Problem]:
    words = re.findall(r"[^\W\d_]+", re.sub(r"%\(\w+\)s|<[^>]*>", " ", entry.source))
    if text.strip() == entry.source.strip() and len(words) > 1:
        is_sentence = entry.source.rstrip()[-1] in ".?!:" or len(words) > _NAME
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


_CHECKS: tuple[Check, ...] = (_markup, _negation, _numbers, _glossary, _same, _length, _spelling)
