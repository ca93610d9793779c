"""locales/LANG/language.toml → what the checks of a language know: words of negation and number, quotation marks, glossary."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

from babel.core import get_global
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from handouts import builtin
from handouts.errors import CatalogError, Fault

FILE = "language.toml"
UNSPACED = frozenset({"zh", "ja", "ko", "th", "lo", "km", "my"})
"""Languages in which a word is found anywhere in a text: they have no spaces, or put endings to their words."""
_CHECKED_TEXT = re.compile(r"%\(\w+\)s|<[^<>]*>")


def _word(text: str) -> str:
    """A word that can be looked for; raises ValueError for one that would be found everywhere."""
    if not all(any(char.isalnum() for char in part) for part in text.split("…")):
        raise ValueError("holds no letter to look for")
    return text


_Word = Annotated[str, AfterValidator(_word)]
_Number = Annotated[int, Field(ge=2, le=12)]
_Name = Annotated[str, Field(pattern="^[0-9a-f]{8}$")]
_Denials = Annotated[int, Field(ge=1)]
_Mark = Annotated[str, Field(min_length=1, max_length=1)]
_Blank = Annotated[str, Field(pattern=r"^\w+$")]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Term(_Table):
    """How a term of the sources is said, and how it must never be; * stands for the rest of a word."""

    say: tuple[_Word, ...] = ()
    never: tuple[_Word, ...] = ()


class _Words(_Table):
    words: tuple[_Word, ...] = ()


class _Negation(_Words):
    """`particles` are what `concord` words need beside them ("no … nada"), `joints` part clauses as "or" does.

    `ambiguous` are those that also mean something else ("non", a name), so that nobody is warned of one more.
    `first_halves` need one of `second_halves` in the same clause ("ne … pas"); `gathers`: one word can deny a whole list.
    """

    particles: tuple[_Word, ...] = ()
    concord: tuple[_Word, ...] = ()
    joints: tuple[_Word, ...] = ()
    first_halves: tuple[_Word, ...] = ()
    second_halves: tuple[_Word, ...] = ()
    ambiguous: tuple[_Word, ...] = ()
    gathers: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for one, other in (("concord", "particles"), ("first_halves", "second_halves")):
            if getattr(self, one) and not getattr(self, other):
                raise ValueError(f"{one} are of use only with {other}")
        return self


class _Quotes(_Table):
    pairs: tuple[tuple[_Mark, _Mark], ...] = ()


class _Order(_Table):
    """Two blanks each, in the order of the source, that the language says the other way round ("of 6 treatments the 2nd")."""

    turned: tuple[tuple[_Blank, _Blank], ...] = ()


class _File(_Table):
    negation: _Negation = _Negation()
    denials: dict[_Name, _Denials] = {}
    unless: _Words = _Words()
    numbers: dict[_Number, tuple[_Word, ...]] = {}
    quotes: _Quotes = _Quotes()
    doubled: _Words = _Words()
    order: _Order = _Order()
    glossary: dict[str, Term] = {}


@dataclass(frozen=True)
class Language:
    """What is known of one language."""

    tag: str
    file: _File = field(default_factory=_File, repr=False)

    @property
    def base(self) -> str:
        """The language without script and region."""
        return self.tag.partition("-")[0]

    @cached_property
    def scripts(self) -> frozenset[str]:
        """The scripts it is written in, by their four letters."""
        given = re.search(r"-([A-Z][a-z]{3})", self.tag)
        likely = get_global("likely_subtags").get(self.base, "")
        script = given[1] if given else next((p for p in likely.split("_") if len(p) == 4), "Latn")
        return _WRITTEN_IN.get(script, frozenset({script}))

    @cached_property
    def negation(self) -> Lexicon:
        """Its words of negation."""
        return self._lexicon(self.file.negation.words)

    def denials(self, message: str) -> int:
        """How many words of negation the message of this name needs at least, where the English does not tell."""
        return self.file.denials.get(message, 0)

    @cached_property
    def unless(self) -> Lexicon:
        """Its words for "unless"."""
        return self._lexicon(self.file.unless.words)

    @cached_property
    def particles(self) -> Lexicon:
        """Its words of negation that `concord` words need before them."""
        return self._lexicon(self.file.negation.particles)

    @cached_property
    def concord(self) -> Lexicon:
        """Its words such as "nada", which deny only together with a particle."""
        return self._lexicon(self.file.negation.concord)

    @cached_property
    def first_halves(self) -> Lexicon:
        """Its words of negation that need another in the same clause."""
        return self._lexicon(self.file.negation.first_halves)

    @cached_property
    def second_halves(self) -> Lexicon:
        """The words that they need."""
        return self._lexicon(self.file.negation.second_halves)

    @cached_property
    def ambiguous(self) -> frozenset[str]:
        """Its words of negation that also mean something else."""
        return frozenset(map(_folded, self.file.negation.ambiguous))

    @cached_property
    def joints(self) -> Lexicon:
        """Its words that begin a new clause, as "or" does."""
        return self._lexicon(self.file.negation.joints)

    @cached_property
    def numbers(self) -> Mapping[int, Lexicon]:
        """Its words for the numbers from 2 to 12."""
        return {value: self._lexicon(words) for value, words in self.file.numbers.items()}

    @cached_property
    def glossary(self) -> Mapping[str, tuple[re.Pattern[str], Lexicon, Lexicon]]:
        """Each term with what finds it in a source, how it is said, and how it must not be."""
        return {
            term: (
                re.compile(rf"\b{re.escape(term)}(?:s|es|d)?\b", re.IGNORECASE),
                self._lexicon(said.say),
                self._lexicon(said.never),
            )
            for term, said in self.file.glossary.items()
        }

    def says(self, word: str) -> bool:
        """Whether the glossary has `word` for what is right."""
        return any(said.found(word) for _, said, _ in self.glossary.values())

    @property
    def negation_gathers(self) -> bool:
        """Whether one word of negation can deny a whole list."""
        return self.file.negation.gathers

    @property
    def quotes(self) -> tuple[tuple[str, str], ...]:
        """Its pairs of quotation marks, the usual first."""
        return self.file.quotes.pairs

    @property
    def turned(self) -> tuple[tuple[str, str], ...]:
        """Two blanks each, in the order of the source, that stand the other way round in it."""
        return self.file.order.turned

    @cached_property
    def doubled(self) -> frozenset[str]:
        """Words that may stand twice in a row."""
        return frozenset(word.casefold() for word in self.file.doubled.words)

    def _lexicon(self, words: Iterable[str]) -> Lexicon:
        return Lexicon(tuple(words), spaced=self.base not in UNSPACED)


_WRITTEN_IN = {
    "Jpan": frozenset({"Hani", "Hira", "Kana"}),
    "Kore": frozenset({"Hang", "Hani"}),
    "Hans": frozenset({"Hani"}),
    "Hant": frozenset({"Hani"}),
}


@dataclass(frozen=True)
class Lexicon:
    """Words that are looked for in a text: whole ones where a language is `spaced`.

    * stands for the rest of a word, … for anything in the same sentence.
    """

    words: tuple[str, ...]
    spaced: bool

    def __bool__(self) -> bool:
        return bool(self.words)

    def found(self, text: str) -> str:
        """The first of the words that stands in `text` (blanks and markup aside), or ""."""
        found = self._pattern.search(compared(text)) if self.words else None
        return found[0] if found else ""

    def places(self, text: str) -> list[int]:
        """Where the words stand in `text`, which is `compared` already."""
        return [found.start() for found in self.matches(text)]

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        """The words as they stand in `text`, which is `compared` already."""
        return self._pattern.finditer(text) if self.words else iter(())

    def split(self, text: str) -> list[str]:
        """What stands between the words in `text`, which is `compared` already."""
        return self._pattern.split(text) if self.words else [text]

    def count(self, text: str) -> int:
        """How often any of the words stands in `text`."""
        return sum(1 for _ in self._pattern.finditer(compared(text))) if self.words else 0

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(map(_folded, self.words), key=len, reverse=True)
        return re.compile("|".join(map(self._of_word, longest_first)))

    def _of_word(self, word: str) -> str:
        core = r"[^.?!。？！]*?".join(
            re.escape(part.strip()) + r"\b" * (self.spaced) for part in word.strip("*").split("…")
        )
        core = core.removesuffix(r"\b")
        if not self.spaced:
            return core
        before = "" if word.startswith("*") else rf"(?<!{_LETTER})"
        after = "" if word.endswith("*") else rf"(?!{_LETTER})"
        return f"{before}{core}{after}"


_MARKS = "".join(chr(code) for code in range(0x300, 0x3000) if unicodedata.category(chr(code)) in {"Mn", "Mc"})
_LETTER = rf"(?:[^\W_{_MARKS}]|[{_MARKS}])"


def compared(text: str) -> str:
    """`text` as words are looked for in it: small letters, composed, without blanks and markup."""
    return _CHECKED_TEXT.sub(" ", _folded(text))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().replace("’", "'")


def read_language(folder: Path, tag: str) -> Language:
    """What locales/TAG/language.toml says, in `folder` or else the program's; nothing if there is none.

    Raises CatalogError for a file that is wrong.
    """
    path = next((p for p in (folder / tag / FILE, builtin.locales() / tag / FILE) if p.is_file()), folder / tag / FILE)
    place = f"locales/{tag}/{FILE}"
    if not path.is_file():
        return Language(tag)
    try:
        return Language(tag, _File.model_validate(tomllib.loads(path.read_text("utf-8"))))
    except OSError as trouble:
        raise CatalogError(Fault(place, f"it cannot be read: {trouble.strerror}.", "Allow reading it.")) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as trouble:
        raise CatalogError(Fault(place, f"it is not TOML: {trouble}.", "Mend the line.")) from None
    except ValidationError as trouble:
        raise CatalogError(*(_fault(place, error) for error in trouble.errors())) from None


def _fault(place: str, error: ErrorDetails) -> Fault:
    field = ".".join(str(each) for each in error["loc"] if each != "[key]")
    match error["type"]:
        case "extra_forbidden":
            problem = "is nothing that is known."
        case "value_error":
            problem = f"{error['msg'].removeprefix('Value error, ')}."
        case _:
            problem = "is not written as it must be."
    return Fault(place, problem, "Write it as locales/es-US/language.toml of the program has it.", field)
