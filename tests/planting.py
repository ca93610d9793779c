"""Faults planted into every translation that comes with the program: what the checks find, and what they let pass."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations
from tempfile import mkdtemp

from handouts import builtin
from handouts.content.catalog import is_negative
from handouts.content.po import PLACE, Entry
from handouts.translate.catalogs import opened
from handouts.translate.checks import ENGLISH_NUMBERS, Problem, problems
from handouts.translate.domains import Locales, built_in
from handouts.translate.language import Language, read_language

Plant = Callable[[Entry, Language], Iterator[str]]
"""Gives translations of an entry that are wrong in one way."""


@cache
def locales() -> Locales:
    return built_in()


@cache
def language(tag: str) -> Language:
    return read_language(builtin.locales(), tag)


@cache
def known_languages() -> tuple[str, ...]:
    """Those whose documents are translated."""
    return tuple(tag for tag in locales().languages if len(entries(tag)) > 100)


@cache
def entries(tag: str) -> tuple[Entry, ...]:
    """All translated messages of the language."""
    return tuple(entry for each in opened(locales(), tag) for entry in each.entries() if entry.translation)


def found(entry: Entry, text: str, tag: str) -> list[Problem]:
    """What the checks say of `text` as the translation of the entry."""
    return list(problems(replace(entry, translations=(text,)), language(tag)))


def let_pass(tag: str, plant: Plant, every: int = 1) -> tuple[int, list[tuple[str, str]]]:
    """How many faults were planted into the catalogs of the language, and those that no check found: source, text.

    One in `every` messages is taken.
    """
    planted, passed = 0, []
    for entry in entries(tag)[::every]:
        for text in plant(entry, language(tag)):
            if text.strip() and text != entry.translation:
                planted += 1
                if not any(problem.severity == "fault" for problem in found(entry, text, tag)):
                    passed.append((entry.source, text))
    return planted, passed


def denials_taken_out(entry: Entry, known: Language) -> Iterator[str]:
    """Each word of negation taken out, but for those that only go with another ("no … nada")."""
    text = entry.translation
    lowered = compared_alike(text)
    if not is_negative(entry.source) or lowered is None:
        return
    for word in known.negation.matches(lowered):
        goes_with = known.concord.found(word[0]) or (not known.particles and known.first_halves.found(word[0]))
        if not goes_with:
            yield (text[: word.start()] + text[word.end() :]).replace("  ", " ").strip()


def compared_alike(text: str) -> str | None:
    """`text` as words are looked for in it, sign by sign; None where that has another length."""
    lowered = unicodedata.normalize("NFC", text).casefold().replace("’", "'")
    return lowered if len(lowered) == len(text) else None


def numbers_put_in(entry: Entry, known: Language) -> Iterator[str]:
    """A number word of the language before the text, where the source says no number at all."""
    if set(re.findall("[a-z]+", entry.source.lower())) & ENGLISH_NUMBERS.keys():
        return
    words = [word.strip("*") for each in known.numbers.values() for word in each.words]
    for word in turn(words, entry):
        yield f"{word} {entry.translation}"


def digits_put_in(entry: Entry, _: Language) -> Iterator[str]:
    """A digit of some script, where the source has none."""
    for digit in turn("5٥۵५৫๕５⑤⁵Ⅴ½፭៥၅௫౫", entry):
        yield f"{digit} {entry.translation}"


def turn(things: Sequence[str], entry: Entry) -> Iterator[str]:
    """One of `things`, another for each entry: there are many more entries."""
    if things:
        yield things[int.from_bytes(hashlib.sha256(entry.source.encode()).digest()[:4]) % len(things)]


def blanks_lost_or_changed(entry: Entry, _: Language) -> Iterator[str]:
    for place in PLACE.finditer(entry.translation):
        before, after = entry.translation[: place.start()], entry.translation[place.end() :]
        for instead in ("", place[0] * 2, "%(zone)s", f"%({place[1]}x)s", f"%({place[1]})", f"%({place[1]})d", f"({place[1]})s",
                        f"%{place[1]}s", f"{{{place[1]}}}", place[1], place[0].upper()):  # fmt: skip
            if instead != place[0]:
                yield before + instead + after


def markup_damaged(entry: Entry, _: Language) -> Iterator[str]:
    text = entry.translation
    if "<strong>" in text:
        yield text.replace("<strong>", "", 1)
        yield text.replace("</strong>", "", 1)
        yield text.replace("<strong>", "").replace("</strong>", "")
        yield text.replace("<strong>", "<em>").replace("</strong>", "</em>")
        yield text.replace("<strong>", "<b>", 1)
        yield text.replace("<strong>", "</strong>", 1).replace("</strong>", "<strong>", 1)
        yield text.replace("<strong>", "<strong><strong>", 1)
        yield text.replace("<strong>", "&lt;strong&gt;", 1)
    else:
        yield f"<strong>{text}</strong>"
        yield f"{text}<br>"


def ends_lost(entry: Entry, known: Language) -> Iterator[str]:
    if entry.source[-1] in ".?!:" and not known.scripts & {"Thai"}:
        yield entry.translation.rstrip(".?!:。？！：।؟۔")


def ends_of_another_script(entry: Entry, known: Language) -> Iterator[str]:
    if entry.source.endswith("."):
        bare = entry.translation[:-1]
        yield bare + ("." if known.scripts & {"Hani"} else "。")
    if entry.source.endswith("?"):
        bare = entry.translation[:-1]
        yield bare + ("?" if known.scripts & {"Hani", "Arab"} else "؟")


LOOKS_LIKE = {"a": "а", "e": "е", "o": "о", "c": "с", "p": "р", "x": "х", "i": "і"}
CYRILLIC_LOOKS_LIKE = {"а": "a", "е": "e", "о": "o", "с": "c", "р": "p", "х": "x"}


def letters_of_another_script(entry: Entry, known: Language) -> Iterator[str]:
    """One letter in a word changed for one that looks like it; where none does, a Latin one put beside it."""
    bare = re.sub(r"%\(\w+\)s|<[^>]*>", lambda found: "\0" * len(found[0]), entry.translation)
    alike = CYRILLIC_LOOKS_LIKE if "Cyrl" in known.scripts else LOOKS_LIKE if "Latn" in known.scripts else {}
    for at, letter in enumerate(bare):
        if letter in alike or (not alike and letter.isalpha() and not letter.isascii()):
            yield entry.translation[:at] + alike.get(letter, f"{letter}o") + entry.translation[at + 1 :]
            return


def hidden_signs(entry: Entry, _: Language) -> Iterator[str]:
    signs = "\u202e\u202d\u202a\u2066\u2067\u2069\u200e\u200f\u061c\u200b\ufeff\u2060\u00ad\u0007\ue000"
    for sign in turn(signs, entry):
        yield entry.translation[:1] + sign + entry.translation[1:]


def not_composed(entry: Entry, _: Language) -> Iterator[str]:
    yield unicodedata.normalize("NFD", entry.translation)


def quotes_and_brackets(entry: Entry, _: Language) -> Iterator[str]:
    text = entry.translation
    end = text[-1]
    body, end = (text[:-1], end) if end in ".?!:。？！：।؟۔" else (text, "")
    yield f'"{body}"{end}'
    yield f"({body}{end}"
    yield f"{body}){end}"
    yield f"«{body}{end}"
    yield f"{body}”{end}"


def spaces(entry: Entry, _: Language) -> Iterator[str]:
    text = entry.translation
    yield f" {text}"
    yield f"{text} "
    yield f"{text}\n"
    if text[-1] in ".。।۔":
        yield f"{text[:-1]} {text[-1]}"
    if " " in text:
        yield text.replace(" ", "  ", 1)


def doubled_words(entry: Entry, known: Language) -> Iterator[str]:
    if known.base in {"zh", "ja"}:
        return
    for word in re.finditer(r"(?<=\s)[^\W\d_]{3,}(?=\s)", re.sub("<[^>]*>", " ", entry.translation)):
        if word[0].casefold() not in known.doubled:
            yield entry.translation.replace(f" {word[0]} ", f" {word[0]} {word[0]} ", 1)
            return


def forbidden_renderings(entry: Entry, known: Language) -> Iterator[str]:
    for term, (in_source, _, never) in known.glossary.items():
        del term
        if in_source.search(entry.source):
            for word in never.words:
                yield f"{word.replace('*', '')} {entry.translation}"


def left_in_english(entry: Entry, _: Language) -> Iterator[str]:
    if len(re.findall(r"[^\W\d_]+", PLACE.sub(" ", entry.source))) > 5:
        yield entry.source


def blanks_swapped(entry: Entry) -> Iterator[str]:
    """Two blanks of one kind, each in the place of the other."""
    kinds = {found[1]: found[2] for each in entry.extracted if (found := re.match(r"%\((\w+)\)s is ([^,.]+)", each))}
    yield from _swapped(entry, lambda first, second: kinds.get(first) == kinds.get(second))


def any_blanks_swapped(entry: Entry) -> Iterator[str]:
    """Two blanks of whatever kind, each in the place of the other."""
    yield from _swapped(entry, lambda *_: True)


def _swapped(entry: Entry, meant: Callable[[str, str], bool]) -> Iterator[str]:
    for first, second in combinations(dict.fromkeys(PLACE.findall(entry.source)), 2):
        if meant(first, second):
            other = {first: second, second: first}
            yield PLACE.sub(lambda place, other=other: f"%({other.get(place[1], place[1])})s", entry.translation)


def unless_made_if(entry: Entry, known: Language) -> Iterator[str]:
    """What says "unless" taken out."""
    lowered = compared_alike(entry.translation)
    if "unless" in entry.source.lower() and lowered is not None:
        for word in known.unless.matches(lowered):
            kept = word[0].split()[0] if "…" in " ".join(known.unless.words) and len(word[0].split()) > 1 else ""
            yield f"{entry.translation[: word.start()]}{kept}{entry.translation[word.end() :]}".strip()


PLANTS: dict[str, tuple[Plant, float]] = {
    "words of negation taken out": (denials_taken_out, 1.0),
    "unless made if": (unless_made_if, 1.0),
    "number words put in": (numbers_put_in, 0.97),
    "digits put in": (digits_put_in, 1.0),
    "blanks lost or changed": (blanks_lost_or_changed, 1.0),
    "markup damaged": (markup_damaged, 1.0),
    "the mark at the end lost": (ends_lost, 1.0),
    "the mark at the end of another script": (ends_of_another_script, 1.0),
    "letters of another script": (letters_of_another_script, 1.0),
    "signs that nobody sees": (hidden_signs, 1.0),
    "letters not composed": (not_composed, 1.0),
    "quotation marks and brackets": (quotes_and_brackets, 1.0),
    "spaces": (spaces, 1.0),
    "words doubled": (doubled_words, 0.97),
    "renderings that the glossary forbids": (forbidden_renderings, 1.0),
    "sentences left in English": (left_in_english, 1.0),
}
"""What is planted, and the share that must be found in every language."""
SELDOM = frozenset({denials_taken_out, unless_made_if, forbidden_renderings})
"""Those for which few messages serve, so that each is taken."""


@cache
def scratch() -> str:
    """A folder for files that are written over and over."""
    return mkdtemp()
