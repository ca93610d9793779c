"""Blocks → how hard they are to read, and a fault for every document, section and block that is too hard (CLINICAL §4).

Sentences come from the document model: the end of a part of a block ends one, whatever stands there. A blank, a number and a
time of day count as one easy word, and so do the glossary's; labels of fields, pictures and notes to the staff do not count.
English is measured by the Flesch-Kincaid grade, Spanish by INFLESZ; for other languages only the length of a sentence is.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal

from handouts.content import syllables
from handouts.content.blocks import BlankPlace, Block, Field, Part, Text, Unset
from handouts.errors import Fault

Measure = Literal["grade", "inflesz", "length"]

SHORTEST = 8
"""A block or section of fewer words is not measured on its own: one long word would decide. It counts in the document."""

LONGEST_SENTENCE = 25
LONGEST_HAN = 40
"""The longest sentence in a language without a formula, in words; in Han characters where there are no spaces to count."""

INFLESZ_LEAST = 55.0
INFLESZ_TARGET = 65.0


@dataclass(frozen=True, slots=True)
class Limits:
    """The highest grade of a document, the highest of one of its blocks, and the grade to aim at."""

    document: float
    block: float
    target: float


STRICT = Limits(document=6.0, block=8.0, target=6.0)
LIMITS = {"preparation": STRICT, "side-effects": STRICT, "consent": Limits(document=8.0, block=10.0, target=6.0)}
"""By kind of document; a kind that is not here has the strict ones."""


@dataclass(frozen=True, slots=True)
class Score:
    """What the formulas need to know of a text; `hard_words` are those of three syllables or more, `letters` also digits."""

    language: str
    words: int = 0
    sentences: int = 0
    syllables: int = 0
    hard_words: int = 0
    letters: int = field(default=0, compare=False)

    def __add__(self, other: Score) -> Score:
        return Score(
            self.language,
            self.words + other.words,
            self.sentences + other.sentences,
            self.syllables + other.syllables,
            self.hard_words + other.hard_words,
            self.letters + other.letters,
        )

    @property
    def words_a_sentence(self) -> float:
        """The mean length of a sentence in words."""
        return self.words / self.sentences if self.sentences else 0.0

    @property
    def syllables_a_word(self) -> float:
        """The mean length of a word in syllables."""
        return self.syllables / self.words if self.words else 0.0

    @property
    def flesch_kincaid(self) -> float:
        """The Flesch-Kincaid grade (Kincaid and others, 1975): years of school in the US."""
        return 0.39 * self.words_a_sentence + 11.8 * self.syllables_a_word - 15.59

    @property
    def smog(self) -> float:
        """The SMOG grade (McLaughlin 1969); of use for a whole document only, it is made for thirty sentences."""
        return 1.0430 * math.sqrt(self.hard_words * 30 / self.sentences) + 3.1291 if self.sentences else 0.0

    @property
    def inflesz(self) -> float:
        """Szigriszt-Pazos' ease, read on the scale of INFLESZ (Barrio-Cantalejo 2008): higher is easier, 55 to 65 is normal."""
        return 206.835 - 62.3 * self.syllables_a_word - self.words_a_sentence

    @property
    def fernandez_huerta(self) -> float:
        """Fernández-Huerta's ease (1959), as corrected: higher is easier."""
        return 206.84 - 60 * self.syllables_a_word - 1.02 * self.words_a_sentence

    @property
    def gulpease(self) -> float:
        """GULPEASE (Lucisano and Piemontese 1988), made for Italian: from 0 to 100, higher is easier."""
        return 89 + (300 * self.sentences - 10 * self.letters) / self.words if self.words else 100.0

    @property
    def measure(self) -> Measure:
        """What texts in the language are measured by."""
        return measure(self.language)

    def __str__(self) -> str:
        match self.measure:
            case "grade":
                return f"grade {self.flesch_kincaid:.1f}"
            case "inflesz":
                return f"INFLESZ {self.inflesz:.1f}"
            case "length":
                return f"{self.words_a_sentence:.0f} words"

    @property
    def difficulty(self) -> float:
        """A number that is higher for harder texts, to be compared within one language."""
        return {"grade": self.flesch_kincaid, "inflesz": -self.inflesz, "length": self.words_a_sentence}[self.measure]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its text with blanks as {name}, its score, and the place of its block."""

    text: str
    score: Score
    place: str

    def __str__(self) -> str:
        return f"“{self.text}” ({self.score})"


@dataclass(frozen=True, slots=True)
class Report:
    """How one document reads: the whole, each section, each block that is measured, the worst sentences, and what is wrong.

    `warnings` are of a language without a formula, where length is all there is to go by.
    """

    kind: str
    language: str
    document: Score
    sections: tuple[Score, ...]
    blocks: tuple[tuple[str, Score], ...]
    worst: tuple[Sentence, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...] = ()

    def __str__(self) -> str:
        score = self.document
        match score.measure:
            case "grade":
                limit = LIMITS.get(self.kind, STRICT).document
                figures = f"grade {score.flesch_kincaid:.1f} (at most {limit:.1f}), SMOG {score.smog:.1f}"
            case "inflesz":
                ease = min((s.inflesz for s in self.sections if s.words >= SHORTEST), default=score.inflesz)
                figures = (
                    f"INFLESZ {score.inflesz:.1f} (target {INFLESZ_TARGET:.0f}), hardest section {ease:.1f} "
                    f"(at least {INFLESZ_LEAST:.0f}), Fernández-Huerta {score.fernandez_huerta:.1f}"
                )
            case "length":
                figures = f"{score.words_a_sentence:.1f} words a sentence; no formula for this language"
        return f"{self.kind} ({self.language}): {figures}; {score.words} words in {score.sentences} sentences"


def measure(language: str) -> Measure:
    """What texts in `language` (a BCP 47 tag) are measured by."""
    measures: dict[str, Measure] = {"en": "grade", "es": "inflesz"}
    return measures.get(language.partition("-")[0], "length")


def gate(kind: str, language: str, sections: Sequence[Sequence[Block]]) -> tuple[Fault, ...]:
    """What is too hard to read in the document `kind`: see `report`."""
    return report(kind, language, sections).faults


def report(kind: str, language: str, sections: Sequence[Sequence[Block]]) -> Report:
    """How the document `kind` reads, its blocks given by section.

    English: the whole is at most of the kind's grade, and so is every block, but for headings and those of fewer than
    `SHORTEST` words. Spanish: every section is at least as easy as `INFLESZ_LEAST`. Other languages: a sentence of more than
    `LONGEST_SENTENCE` words is warned of.
    """
    by_section = [[(block, list(sentences(block))) for block in section] for section in sections]
    read = [pair for section in by_section for pair in section]
    every = [sentence for _, found in read for sentence in found]
    section_scores = tuple(_total((s for _, found in section for s in found), language) for section in by_section)
    blocks = tuple((block.place, _total(found, language)) for block, found in read if _measured(block, found))
    document = _total(every, language)
    hardest = _hardest(every)
    faults: Iterable[Fault] = ()
    warnings: Iterable[Fault] = ()
    match measure(language):
        case "grade":
            faults = _grade_faults(kind, language, document, read)
        case "inflesz":
            faults = _inflesz_faults(kind, language, by_section)
        case "length":
            warnings = _long_sentences(every)
    return Report(kind, language, document, section_scores, blocks, hardest, tuple(faults), tuple(warnings))


def score(blocks: Iterable[Block], language: str) -> Score:
    """The score of `blocks` taken as one text; that of one block is `score([block], block.language)`."""
    return _total((sentence for block in blocks for sentence in sentences(block)), language)


def message_score(text: str, language: str) -> Score:
    """The score of one translated message, whose blanks stand as %(name)s and whose markup is left out."""
    places = iter(range(len(text)))
    masked = _BLANK.sub(lambda _: f"\ue000{next(places)}\ue001", _MARKUP.sub("", text))
    scores = (_scored(words, language) for each in _split(" ".join(masked.split())) if (words := _WORD.findall(each)))
    return sum(scores, Score(language))


def sentences(block: Block) -> Iterator[Sentence]:
    """The sentences of `block` in order; none of a picture or of a note to the staff."""
    if block.role == "img" or block.kind == "staff":
        return
    for part in block.parts:
        text, masks = _masked(part)
        for sentence in _split(text):
            if words := _WORD.findall(sentence):
                yield Sentence(_shown(sentence, masks), _scored(words, block.language), block.place)


# What counts as one easy word stands in the text as its number between two private-use characters, so that no stop in it ends
# a sentence.
_MARKS = (
    "\u0300-\u036f\u0591-\u05bd\u05bf-\u05c2\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff\u0e31-\u0e3a\u0e47-\u0e4e"
    "\u0eb1-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u17b4-\u17d3\u200c\u200d"
)
"""Vowel signs, accents and joiners: they stand within words, though they are no letters."""
_LETTERS = rf"[^\W_](?:[^\W_]|[{_MARKS}])*"
_WORD = re.compile(rf"\ue000\d+\ue001(?:['’]\w+)?|\d+(?:[.,:]\d+)*|{_LETTERS}(?:['’\-‐‑]{_LETTERS})*")
_MASK = re.compile(r"\ue000(\d+)\ue001")
_BLANK, _MARKUP = re.compile(r"%\(\w+\)s"), re.compile(r"<[^<>]*>")
_CLOCK = re.compile(r"(?:\b\d{1,2}(?::\d\d)?\s*[AaPp]\.?\s?[Mm]\b|\b[AaPp]\.\s?[Mm]\b)(?:\.(?!\s+[A-ZÁÉÍÓÚÑ¿¡]|\s*$))?")
_SHORT = re.compile(
    r"\b(?:Dr|Dra|Mr|Mrs|Ms|Sr|Sra|Srta|St|vs|etc|e\.g|i\.e|p\.\s?ej|Núm|Ud|Uds|[Tt]el|aprox|EE|UU|U\.S|[A-Z])\.$"
)
_END = re.compile(r"(?<=[.?!…])[\"”’»)\]]*\s+|(?<=[。！？])|(?<=[؟।۔])\s*")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


def _masked(part: Part) -> tuple[str, list[str]]:
    """The words of `part`, blanks and times of day masked and fields left out, and what each mask stands for."""
    masks: list[str] = []

    def mask(shown: str) -> str:
        masks.append(shown)
        return f"\ue000{len(masks) - 1}\ue001"

    pieces: list[str] = []
    for run in part.runs:
        match run:
            case Text():
                pieces.append(run.text)
            case BlankPlace():
                pieces.append(mask(f"{{{run.name}}}"))
            case Field():
                pieces.append(" ")
            case Unset():
                pieces.append(mask(f"{{{run.key}}}"))
    text = " ".join("".join(pieces).split())
    return _CLOCK.sub(lambda clock: mask(clock[0]), text), masks


def _shown(text: str, masks: Sequence[str]) -> str:
    return _MASK.sub(lambda mask: masks[int(mask[1])], text)


def _split(text: str) -> Iterator[str]:
    """The sentences of one masked part: split at . ? ! …, but not after an abbreviation or in a number."""
    start = 0
    for end in _END.finditer(text):
        sentence = text[start : end.end()].rstrip()
        if sentence and not _SHORT.search(sentence) and not sentence.rstrip(".").isdigit():
            yield sentence
            start = end.end()
    if text[start:]:
        yield text[start:]


def _scored(words: Sequence[str], language: str) -> Score:
    """The score of one sentence with `words`."""
    counts = [_syllables(word, language.partition("-")[0]) for word in words]
    # Where there are no spaces, as many Han characters make a word as the two limits say.
    han = sum(len(_HAN.findall(word)) for word in words)
    spaced = sum(not _HAN.search(word) for word in words)
    number = spaced + math.ceil(han * LONGEST_SENTENCE / LONGEST_HAN)
    letters = sum(sum(char.isalnum() for char in word) if _MASK.search(word) is None else 5 for word in words)
    return Score(language, number, 1, sum(counts), sum(count >= 3 for count in counts), letters)


def _syllables(word: str, language: str) -> int:
    """The syllables of `word`; those of an easy one for a mask, a number, a word of the glossary."""
    count = {"en": syllables.english, "es": syllables.spanish}.get(language)
    if count is None:
        return 1
    plain = re.sub("['’]s$", "", word.casefold())
    easy = not word[0].isalpha() or plain in _glossary(language) or plain.removesuffix("s") in _glossary(language)
    return {"en": 1, "es": 2}[language] if easy else count(word)


@cache
def _glossary(language: str) -> frozenset[str]:
    listed = tomllib.loads(files("handouts.content").joinpath("glossary.toml").read_text("utf-8"))
    lists: list[str] = [listed["brands"], listed["treatment"][language], listed["drugs"][language]]
    return frozenset(word.casefold() for words in lists for word in words.split())


def _total(found: Iterable[Sentence], language: str) -> Score:
    return sum((sentence.score for sentence in found), Score(language))


def _measured(block: Block, found: Sequence[Sentence]) -> bool:
    """Whether `block` is measured on its own: it is no heading and not too short."""
    return block.role not in {"h1", "h2", "h3"} and sum(sentence.score.words for sentence in found) >= SHORTEST


def _hardest(found: Iterable[Sentence], number: int = 3) -> tuple[Sentence, ...]:
    """The hardest sentences, the hardest first; a sentence too short to measure only where there are no others."""
    ordered = sorted(found, key=lambda s: (s.score.words < SHORTEST, -s.score.difficulty))
    return tuple(ordered[:number])


def _named(found: Iterable[Sentence]) -> str:
    return "; ".join(
        f"{sentence} at {sentence.place}" if sentence.place else str(sentence) for sentence in _hardest(found)
    )


_Read = Sequence[tuple[Block, Sequence[Sentence]]]


def _grade_faults(kind: str, language: str, document: Score, read: _Read) -> Iterator[Fault]:
    limits = LIMITS.get(kind, STRICT)
    if document.words >= SHORTEST and document.flesch_kincaid > limits.document:
        every = [sentence for _, found in read for sentence in found]
        problem = f"its text reads at grade {document.flesch_kincaid:.2f}, and {limits.document:.1f} is the limit."
        yield Fault(f"{kind} ({language})", problem, f"Begin with the hardest sentences: {_named(every)}.")
    for block, found in read:
        grade = _total(found, language).flesch_kincaid
        if _measured(block, found) and grade > limits.block:
            problem = f"the block reads at grade {grade:.2f}, and {limits.block:.1f} is the limit."
            worst = _hardest(found, 1)[0]
            yield Fault(
                block.place, problem, f"Split its sentences or take shorter words: {worst}.", value=found[0].text
            )


def _inflesz_faults(kind: str, language: str, sections: Sequence[_Read]) -> Iterator[Fault]:
    for number, section in enumerate(sections, 1):
        every = [sentence for _, found in section for sentence in found]
        total = _total(every, language)
        if total.words >= SHORTEST and total.inflesz < INFLESZ_LEAST:
            problem = f"section {number} has INFLESZ {total.inflesz:.2f}, and {INFLESZ_LEAST:.0f} is the least."
            remedy = f"Begin with the hardest sentences: {_named(every)}."
            place = next((block.place for block, _ in section if block.place), "") or f"{kind} ({language})"
            yield Fault(place, problem, remedy, value=every[0].text)


def _long_sentences(every: Iterable[Sentence]) -> Iterator[Fault]:
    for sentence in every:
        if sentence.score.words > LONGEST_SENTENCE:
            problem = f"a sentence of {sentence.score.words} words; {LONGEST_SENTENCE} are enough."
            yield Fault(sentence.place, problem, "Make two of it.", value=sentence.text)
