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
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from handouts.content import syllables
from handouts.content.blocks import BlankPlace, Block, Field, Part, Text
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
    """What the formulas need to know of a text; `hard_words` are those of three syllables or more."""

    language: str
    words: int = 0
    sentences: int = 0
    syllables: int = 0
    hard_words: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.language,
            self.words + other.words,
            self.sentences + other.sentences,
            self.syllables + other.syllables,
            self.hard_words + other.hard_words,
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
    """How one document reads: the whole, each section, each block that is measured, the worst sentences, and the faults."""

    kind: str
    language: str
    document: Score
    sections: tuple[Score, ...]
    blocks: tuple[tuple[str, Score], ...]
    worst: tuple[Sentence, ...]
    faults: tuple[Fault, ...]

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
    `SHORTEST` words. Spanish: every section is at least as easy as `INFLESZ_LEAST`. Other languages: no sentence is longer
    than `LONGEST_SENTENCE` words.
    """
    by_section = [[(block, list(sentences(block))) for block in section] for section in sections]
    read = [pair for section in by_section for pair in section]
    every = [sentence for _, found in read for sentence in found]
    section_scores = tuple(_total((s for _, found in section for s in found), language) for section in by_section)
    blocks = tuple((block.place, _total(found, language)) for block, found in read if _measured(block, found))
    document = _total(every, language)
    hardest = _hardest(every)
    match measure(language):
        case "grade":
            faults = _grade_faults(kind, language, document, read)
        case "inflesz":
            faults = _inflesz_faults(section_scores, by_section)
        case "length":
            faults = _length_faults(every)
    return Report(kind, language, document, section_scores, blocks, hardest, tuple(faults))


def score(blocks: Iterable[Block], language: str) -> Score:
    """The score of `blocks` taken as one text; that of one block is `score([block], block.language)`."""
    return _total((sentence for block in blocks for sentence in sentences(block)), language)


def sentences(block: Block) -> Iterator[Sentence]:
    """The sentences of `block` in order; none of a picture or of a note to the staff."""
    if block.role == "img" or block.kind == "staff":
        return
    for part in block.parts:
        for text in _split(_marked(part)):
            if words := _WORD.findall(text):
                yield Sentence(_shown(text), _scored(words, text, block.language), block.place)


# A blank stands in the text as its name between two private-use characters, so that it is one word and can be shown.
_OPEN, _CLOSE = "\ue000", "\ue001"
_TIME = "\ue002"
_BLANK = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
_WORD = re.compile(rf"{_OPEN}[^{_CLOSE}]*{_CLOSE}(?:['’]\w+)?|{_TIME}|\d+(?:[.,:]\d+)*|[^\W_]+(?:['’\-‐‑][^\W_]+)*")
_CLOCK = re.compile(r"(?:\d{1,2}(?::\d\d)?\s*)?\b[ap]\.?\s?m\b(?P<stop>\.?)", re.IGNORECASE)
_SHORT = re.compile(
    r"\b(?:Dr|Dra|Mr|Mrs|Ms|Sr|Sra|Srta|St|vs|etc|e\.g|i\.e|p\.\s?ej|[Nn]o|[Nn]úm|Ud|Uds|[Tt]el|aprox|EE|UU|U\.S|[A-Z])\.$"
)
_END = re.compile(r"(?<=[.?!…])[\"”’»)\]]*\s+|(?<=[。！？])|(?<=[؟।۔])\s*")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


def _marked(part: Part) -> str:
    """The words of `part`, blanks as marks, fields left out."""
    pieces: list[str] = []
    for run in part.runs:
        match run:
            case Text():
                pieces.append(run.text)
            case BlankPlace():
                pieces.append(f"{_OPEN}{run.name}{_CLOSE}")
            case Field():
                pieces.append(" ")
            case _:
                pieces.append(f"{_OPEN}{run.key}{_CLOSE}")
    return " ".join("".join(pieces).split())


def _split(text: str) -> Iterator[str]:
    """The sentences of one part, split at . ? ! …, but not after an abbreviation, in a time of day or in a number."""
    start = 0
    masked = _CLOCK.sub(_without_stops, text)
    for end in _END.finditer(masked):
        sentence = masked[start : end.start()]
        if _SHORT.search(sentence) or not re.search(r"[^\W\d_]|[\ue000-\ue002]", sentence):
            continue
        yield text[start : end.start()]
        start = end.end()
    if text[start:].strip():
        yield text[start:]


def _without_stops(clock: re.Match[str]) -> str:
    """A time of day of the same length without stops; its last one is kept where a new sentence begins after it."""
    following = clock.string[clock.end() :].lstrip()
    ends = bool(clock["stop"]) and bool(following) and (following[0].isupper() or following[0] in "¿¡")
    body = clock[0][: -1 if clock["stop"] else None].replace(".", "·").replace(" ", "·")
    return body + ("." if ends else "·" if clock["stop"] else "")


def _scored(words: Sequence[str], text: str, language: str) -> Score:
    """The score of one sentence with `words`."""
    counted = [_syllables(word, language) for word in _TIMED.get(language, _join_times)(words, text)]
    return Score(language, len(counted), 1, sum(counted), sum(count >= 3 for count in counted))
