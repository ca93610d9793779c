"""Whether a translation denies what its source denies, told sentence by sentence.

Words of negation are counted, not understood. What a language says in two words ("no … nada", "ne … pas", "هیچ … ن") counts once,
and what its "unless" holds ("si … no") not at all, so that the loss of the one that matters is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from handouts.content.catalog import is_negative, negations
from handouts.content.po import short
from handouts.translate.language import Language, compared

Found = tuple[str, str]
"""What is wrong, and what to do."""
_CLAUSE = re.compile(r"[,;:.?!–—()«»“”„،؛。，；：？！、]")
_ENDS = re.compile(r"(?<=[.?!。？！؟।۔])(?:</strong>|[”\"»」』])*\s*")
_UNLESS = re.compile(r"\bunless\b", re.IGNORECASE)
_NEXT = 2
"""Characters: a particle may also stand right after the word."""
_SMALL = 2
"""Letters of a word before one that denies ("y nada", "de ninguna"), with which it still stands at the beginning."""
_IMPLIED = re.compile(
    r"\b(too|by mistake|take your time|whether|if|any\w*|other|different|wrong|mis\w+|out of|off|alone|away|stop\w*|still|sure|unsafe|un\w+|last\w*|only|lose|loss|refuse\w*)\b",
    re.IGNORECASE,
)
"""English that other languages often say with a word of negation."""


def lost(source: str, text: str, language: Language) -> Iterator[Found]:
    """A "not" or an "unless" of the source that `text` has lost, or half of one: at most one of each."""
    if not language.negation:
        return
    place = f"locales/{language.tag}/language.toml"
    if is_negative(source):
        yield from _missing(source, text, language, place)
    if half := _halved(text, language):
        problem = f'"{half}" stands without "{language.file.negation.second_halves[0]}" or another word that it needs.'
        yield problem, f"Write both; or, if it is right, add the word to second_halves in {place}."
    elif alone := _alone(text, language):
        problem = f'"{alone}" denies only with a word such as "{language.file.negation.particles[0]}" before it.'
        yield problem, f"Write both; or, if it is right, add the words it stands with to concord in {place}."


def added(source: str, text: str, language: Language) -> Iterator[Found]:
    """A "not" in a sentence of `text` whose source has none, where nothing in the source could mean one."""
    for said, translation in paired(source, text):
        if is_negative(said) or _UNLESS.search(said) or _IMPLIED.search(said) or translation.rstrip()[-1:] in "?？؟":
            continue
        bare = compared(translation)
        found = [word[0] for word in language.negation.matches(bare) if word[0] not in language.ambiguous]
        if found:
            problem = f'"{short(said)}" does not say no, and its translation has "{found[0]}".'
            yield problem, "Look whether it says what the source says."


def paired(source: str, text: str) -> list[Found]:
    """Each sentence of the source with that of the translation; all in one where there are not as many."""
    sources, texts = _sentences(source), _sentences(text)
    return list(zip(sources, texts, strict=True)) if len(sources) == len(texts) else [(source, text)]


def denials(text: str, language: Language, *, unless: bool = False) -> int:
    """How often `text` says no; what its words for "unless" hold is left out where it says `unless`."""
    bare = compared(text)
    if unless:
        bare = " ".join(language.unless.split(bare))
    return sum(_in_clause(clause, language) for clause in _clauses(bare, language))


def _missing(source: str, text: str, language: Language, place: str) -> Iterator[Found]:
    for said, translation in paired(source, text):
        unless = bool(_UNLESS.search(said))
        wanted, found = negations(said), denials(translation, language, unless=unless)
        if found < (min(wanted, 1) if language.negation_gathers else wanted):
            problem = f'"{short(said)}" says no {_times(wanted)}, and its translation {_times(found)}.'
            yield problem, f"Correct it; or, if it is right, add its word to [negation] in {place}."
            return
        if unless and language.unless and not language.unless.found(translation):
            problem = f'"{short(said)}" says "unless", and its translation does not.'
            yield problem, f"Correct it; or, if it is right, add its word to [unless] in {place}."
            return


def _in_clause(clause: str, language: Language) -> int:
    words = set(language.negation.places(clause))
    particles = language.particles.places(clause)
    concord = [place for place in language.concord.places(clause) if place not in particles]
    for particle in particles:
        if joined := next((place for place in concord if place > particle), None):
            concord.remove(joined)
            words.discard(joined)
    if words & set(language.second_halves.places(clause)):
        words -= set(language.first_halves.places(clause)) - set(particles)
    return len(words)


def _alone(text: str, language: Language) -> str:
    """A word that denies only together with a particle, and stands within a clause without one before it."""
    for clause in _clauses(compared(text), language):
        words = list(language.concord.matches(clause))
        before = clause[: words[0].start()].split() if words else []
        if not before or (len(before) == 1 and len(before[0]) <= _SMALL):
            continue
        particles = language.particles.places(clause)
        for word in words:
            if not any(place < word.end() + _NEXT and place != word.start() for place in particles):
                return word[0]
    return ""


def _halved(text: str, language: Language) -> str:
    """The first half of a negation in two words ("ne … pas") whose second half is missing; alone it may stand."""
    for clause in _clauses(compared(text), language):
        word = language.first_halves.found(clause)
        if word and clause.strip() != word and not language.second_halves.places(clause):
            return word
    return ""


def _clauses(bare: str, language: Language) -> list[str]:
    """The clauses of a text that is `compared`: parted by marks, and by the language's words for "or"."""
    parts = _CLAUSE.split(bare)
    return [clause for part in parts for clause in (language.joints.split(part) if language.joints else [part])]


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in _ENDS.split(text) if sentence.strip()]


def _times(count: int) -> str:
    return "nowhere" if not count else "once" if count == 1 else f"{count} times"
