"""Messages and blocks → findings: what promotes, misleads, is misread or cannot be translated; and what each statement is said by.

The words are data: `lint_rules.toml` (what may not stand, CLINICAL §1.2, §1.3, §5) and `plain_words.toml` (hard words). What
is no matter of words (digits, capitals, control characters, the passive voice) is here.
"""

from __future__ import annotations

import difflib
import html
import re
import tomllib
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from handouts.content.blocks import BlankPlace, Block, Field, Text, Unset
from handouts.content.readability import sentences
from handouts.errors import Fault

Severity = Literal["fault", "warning"]

BLANK = "\ufffc"
"""What stands for a blank in the text that the rules see."""

MOST_PASSIVE = 0.10
"""The share of a document's sentences that may be in the passive voice."""

MOST_CAPITALS = 3
"""The longest run of words in capitals (CLINICAL R12)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the text that must (a fault) or had better (a warning) be written in another way.

    `rule` is its kind, `place` the file and line, `phrase` the words, `why` what is wrong with them, `instead` what to write.
    """

    severity: Severity
    rule: str
    place: str
    phrase: str
    why: str
    instead: str

    @property
    def fault(self) -> Fault:
        """The finding as a fault, for a report with others."""
        return Fault(self.place, f"{self.why}.", f"Write {self.instead}." if self.instead else "", value=self.phrase)

    def __str__(self) -> str:
        return f"{self.severity}: {self.fault}"


@dataclass(frozen=True, slots=True)
class Rule:
    """Words that may not stand in a language, and when they may all the same (see lint_rules.toml)."""

    name: str
    find: re.Pattern[str]
    why: str
    instead: str
    severity: Severity = "fault"
    unless_after: re.Pattern[str] | None = None
    unless_anywhere: re.Pattern[str] | None = None

    def phrases(self, text: str) -> Iterator[str]:
        """What the rule finds in `text`, which is folded."""
        if self.unless_anywhere and self.unless_anywhere.search(text):
            return
        for found in self.find.finditer(text):
            if not (self.unless_after and self.unless_after.search(text[: found.start()].rstrip())):
                yield found[0]


def lint(blocks: Sequence[Block]) -> tuple[Finding, ...]:
    """Everything found in the blocks of one document: in each, and in all together the share of the passive voice."""
    found = [finding for block in blocks for finding in lint_block(block)]
    return (*found, *_passive_findings(blocks))


def lint_block(block: Block) -> tuple[Finding, ...]:
    """What is found in the texts of `block`, the labels of its fields among them.

    A digit is a fault unless the block rests on a setting, whose text may hold one.
    """
    from_setting = any(source[:1].islower() for source in block.rests_on)
    found: dict[Finding, None] = {}
    for text in _texts(block):
        found |= dict.fromkeys(_found(text, block.language, block.place))
        if not from_setting:
            found |= dict.fromkeys(_digits(text, block.place))
    return tuple(found)


def lint_message(message: str, language: str = "en", place: str = "") -> tuple[Finding, ...]:
    """What is found in `message` as it stands in a template or catalog, with its tags and its %(blanks)s or {{ blanks }}."""
    text = re.sub(r"%\(\w+\)\w|\{\{.*?\}\}", BLANK, message).replace("%%", "%")
    text = html.unescape(re.sub(r"</?[a-z][^<>]*>", "", text))
    doubled = [
        Finding("warning", "spaces", place, " ", "spaces stand doubled or at an end", "one space, between words")
    ]
    spaces = doubled if re.search(r"[^\S\n]{2}", text) or text != text.strip() else []
    return (*dict.fromkeys((*_found(text, language, place), *_digits(text, place), *spaces)),)


def passive_share(blocks: Iterable[Block]) -> float:
    """The share of sentences in the passive voice, from 0 to 1; a heuristic for English and Spanish, 0 for other languages.

    A form of "be" or "get" (in Spanish of "ser") before a participle counts; participles that describe a person ("tired",
    "pregnant") do not, and neither do sentences of fewer than four words, which are heads of tables and the like.
    """
    seen = [(s.text, block.language) for block in blocks for s in sentences(block) if s.score.words >= 4]
    return sum(_is_passive(text, language) for text, language in seen) / len(seen) if seen else 0.0


def coverage(
    blocks_by_document: Mapping[str, Sequence[Block]],
    statements: Mapping[str, Mapping[str, str]],
    blocked_ids: Collection[str],
    known_ids: Collection[str],
    is_set: Callable[[str], bool],
) -> tuple[Mapping[str, tuple[Block, ...]], tuple[Fault, ...]]:
    """What says each statement: every id with the blocks that rest on it, and the faults.

    `statements` are those of procedure.toml, `blocked_ids` its [blocked], `known_ids` every other id (of sections and
    settings), `is_set` whether the clinic has set a setting. A fault is a block that rests on nothing, on an unknown or on a
    blocked id, and a statement that no block says; headings and notes to the staff say nothing to the patient. A statement with
    `if_set` need not be said where that setting is not set, and may not be: its block would claim what the clinic does not do.
    """
    said_by: dict[str, list[Block]] = {name: [] for name in (*statements, *known_ids)}
    faults: list[Fault] = []
    told: set[str] = set()
    for document, blocks in blocks_by_document.items():
        for block in blocks:
            where = block.place or document
            if not block.rests_on:
                remedy = 'Add from="…" with the ids it rests on.'
                faults.append(Fault(where, "the block rests on nothing.", remedy, value=_excerpt(block)))
            for source in block.rests_on:
                said_by.setdefault(source, []).append(block)
                faults += _source_faults(where, source, statements, blocked_ids, known_ids, is_set)
                if block.role not in {"h1", "h2", "h3"} and block.kind != "staff":
                    told.add(source)
    for name, statement in statements.items():
        if name not in told and name not in blocked_ids and _wanted(statement, is_set):
            problem = f"no block says this statement: {statement.get('says', '')}."
            faults.append(Fault("procedure.toml", problem, "Rest a block on it.", field=name))
    return {name: tuple(blocks) for name, blocks in said_by.items()}, tuple(faults)


def _source_faults(
    where: str,
    source: str,
    statements: Mapping[str, Mapping[str, str]],
    blocked_ids: Collection[str],
    known_ids: Collection[str],
    is_set: Callable[[str], bool],
) -> Iterator[Fault]:
    if source in blocked_ids:
        yield Fault(where, "this statement may not be used.", "Take the block out.", value=source, field="from")
    elif source in statements:
        if not _wanted(statements[source], is_set):
            problem = f'the statement stands only where the setting "{statements[source]["if_set"]}" is set.'
            yield Fault(where, problem, "Set it, or leave the block out when it is not.", value=source, field="from")
    elif source not in known_ids:
        near = difflib.get_close_matches(source, [*statements, *known_ids], n=1)
        remedy = f"Did you mean {near[0]}?" if near else "Write a statement, section or setting that there is."
        yield Fault(where, "no statement, section or setting has this id.", remedy, value=source, field="from")


def _wanted(statement: Mapping[str, str], is_set: Callable[[str], bool]) -> bool:
    return not statement.get("if_set") or is_set(statement["if_set"])


def _excerpt(block: Block) -> str:
    return " ".join(block.canonical.split())[:60]


def _texts(block: Block) -> Iterator[str]:
    """The text of each part with a mark for each blank, then the label of each field."""
    for part in block.parts:
        pieces: list[str] = []
        for run in part.runs:
            match run:
                case Text():
                    pieces.append(run.text)
                case BlankPlace() | Unset():
                    pieces.append(BLANK)
                case Field():
                    pieces.append(" ")
        yield "".join(pieces)
        yield from (run.label for run in part.runs if isinstance(run, Field))


def _found(text: str, language: str, place: str) -> Iterator[Finding]:
    yield from _characters(text, place)
    base = language.partition("-")[0]
    folded = _folded(text, accents=base != "es")
    for rule in (*_rules(base), *_plain(base)):
        for phrase in rule.phrases(folded):
            shown = phrase.replace(BLANK, "…")
            yield Finding(rule.severity, rule.name, place, shown, rule.why, rule.instead)
    for run in _capitals(text):
        why = f"more than {MOST_CAPITALS} words in a row are in capitals"
        yield Finding("fault", "capitals", place, run, why, "it in small letters, with <strong> where it matters")


def _folded(text: str, *, accents: bool) -> str:
    """`text` as the rules see it: compatible characters as one, nothing invisible, plain apostrophes, hyphens and spaces."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    plain = re.sub("[‘’ʼ`´]", "'", re.sub("[‐‑‒–−]", "-", plain))
    if not accents:
        plain = "".join(c for c in unicodedata.normalize("NFD", plain) if unicodedata.category(c) != "Mn")
    return " ".join(plain.split())


def _characters(text: str, place: str) -> Iterator[Finding]:
    for char in dict.fromkeys(text):
        code = f"U+{ord(char):04X} {unicodedata.name(char, '')}".strip()
        if char in _BIDI:
            yield Finding(
                "fault", "direction", place, code, "it turns the direction of text around", "the text without it"
            )
        elif unicodedata.category(char) in {"Cc", "Co", "Cs", "Cn"} and char not in "\n\t":
            yield Finding("fault", "control", place, code, "it is no character of a text", "the text without it")
        elif char in "\u200b\u2060\ufeff\u00ad":
            yield Finding("fault", "control", place, code, "it cannot be seen and splits a word", "the text without it")
    if not unicodedata.is_normalized("NFC", text):
        why = "an accent is written apart from its letter (the text is not in Unicode NFC)"
        yield Finding("fault", "nfc", place, unicodedata.normalize("NFC", text)[:40], why, "the text in NFC")
    if re.search(r"[ \u00a0\u202f]{2}", text.strip()):
        yield Finding("warning", "spaces", place, " ", "spaces stand doubled or at an end", "one space, between words")


def _digits(text: str, place: str) -> Iterator[Finding]:
    """Digits of any script, and other signs that are numbers (½, ², Ⅳ), which no comparison of languages would see."""
    for word in text.split():
        if any(_numeric(c) for c in word):
            why = "a number in a message is not compared between languages"
            yield Finding("fault", "digits", place, word, why, "it as a blank")


def _numeric(char: str) -> bool:
    return unicodedata.category(char)[0] == "N"


def _capitals(text: str) -> Iterator[str]:
    """The runs of more than `MOST_CAPITALS` words in capitals; one of a single letter or a sign goes with its neighbours."""
    run: list[str] = []
    for word in (*text.split(), "end"):
        letters = [c for c in word if c.isalpha()]
        if letters and all(c.isupper() for c in letters):
            run.append(word)
        elif letters or not run:
            if len(run) > MOST_CAPITALS:
                yield " ".join(run)
            run = []


_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@cache
def _rules(language: str) -> tuple[Rule, ...]:
    listed = tomllib.loads(files("handouts.content").joinpath("lint_rules.toml").read_text("utf-8"))

    def compiled(pattern: str | None, end: str = "") -> re.Pattern[str] | None:
        return re.compile(f"(?:{pattern}){end}", re.IGNORECASE) if pattern else None

    return tuple(
        Rule(
            name=rule["name"],
            find=_words("|".join(rule["find"])),
            why=rule["why"],
            instead=rule["instead"],
            severity=rule.get("severity", "fault"),
            unless_after=compiled(rule.get("unless_after"), end="$"),
            unless_anywhere=compiled(rule.get("unless_anywhere")),
        )
        for rule in listed.get(language, ())
    )


@cache
def _plain(language: str) -> tuple[Rule, ...]:
    listed = tomllib.loads(files("handouts.content").joinpath("plain_words.toml").read_text("utf-8"))
    return tuple(
        Rule("plain", _words(hard), "there is an easier word", f"“{easy}”", severity="warning")
        for hard, easy in listed.get(language, {}).items()
    )


def _words(pattern: str) -> re.Pattern[str]:
    """`pattern` between the limits of words."""
    return re.compile(rf"(?<![\w])(?:{pattern})(?![\w])", re.IGNORECASE)


def _passive_findings(blocks: Sequence[Block]) -> Iterator[Finding]:
    share = passive_share(blocks)
    if share > MOST_PASSIVE:
        first = next(
            (b, s) for b in blocks for s in sentences(b) if s.score.words >= 4 and _is_passive(s.text, b.language)
        )
        why = f"{share:.0%} of the sentences do not say who does it (at most {MOST_PASSIVE:.0%}), this one first"
        yield Finding("warning", "passive", first[0].place, first[1].text, why, "who does what")


def _is_passive(text: str, language: str) -> bool:
    pattern = _PASSIVE.get(language.partition("-")[0])
    return bool(pattern and pattern.search(text))


_IRREGULAR = (
    "given|taken|done|made|seen|known|shown|told|held|kept|put|sent|brought|built|bought|caught|chosen|drawn|driven|found|"
    "gotten|heard|hidden|hurt|led|left|lost|paid|read|said|sold|set|shut|spoken|taught|thought|understood|worn|written|begun"
)
# Participles that tell of a state, and words that only look like one.
_STATES = (
    "tired|scared|worried|confused|interested|relaxed|allowed|supposed|married|excited|frightened|pleased|surprised|"
    "swollen|blurred|mixed|closed|left|lost|hurt|set|need|red|bed|ahead|indeed|instead|hundred"
)
_PASSIVE = {
    "en": re.compile(
        r"\b(?:am|is|are|was|were|be|been|being|gets?|got|getting)(?: (?:not|also|always|often|never|then|now|\w+ly))*"
        rf" (?!(?:{_STATES})\b)(?:\w+ed|{_IRREGULAR})\b",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"\b(?:es|son|fue|fueron|será|serán|ser|sido|siendo|sea|sean)(?: \w+mente)? \w+(?:ad|id)[oa]s?\b", re.IGNORECASE
    ),
}
