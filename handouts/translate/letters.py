"""What is wrong with the spelling of a translation: its letters, marks, spaces and quotation marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Literal, cast

from fontTools.unicodedata import script as _script  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]  # it has none

from handouts.content.po import PLACE
from handouts.translate.language import UNSPACED, Language

script = cast("Callable[[str], str]", _script)
"""The script of a character, by its four letters (Unicode's Script property)."""
Found = tuple[str, Literal["fault", "warning"], str, str]
"""The check, how bad it is, what is wrong, what to do."""
ENDS: dict[str, tuple[str, str, str, str]] = {
    "Hani": ("。", "？", "！", "："),
    "Hira": ("。", "？", "！", "："),
    "Deva": ("।.", "?", "!", ":"),
    "Beng": ("।.", "?", "!", ":"),
    "Guru": ("।.", "?", "!", ":"),
    "Orya": ("।.", "?", "!", ":"),
    "Arab": (".", "؟", "!", ":"),
    "Grek": (".", ";;", "!", ":"),
    "Ethi": ("።", "?፧", "!", "፦:"),
    "Armn": ("։", "՞", "՜", ":"),
    "Mymr": ("။", "?", "!", ":"),
    "Khmr": ("។", "?", "!", ":"),
}
"""How the writing of a script ends what English ends with . ? ! and : , by the first script of a language that stands here."""
URDU_STOP = "۔"
NO_STOP = frozenset({"Thai", "Laoo"})
"""Scripts that end no sentence with a mark."""
_LOOKALIKES = {
    "ar": {"ک": "ك", "ی": "ي"},
    "fa": {"ك": "ک", "ي": "ی", "ى": "ی"},
    "ur": {"ك": "ک", "ي": "ی", "ى": "ی"},
}
"""Letters of another language of the same script that look like its own, by the language, with what it writes instead."""
JOINERS = "\u200c\u200d"
_JOINED = frozenset({"Arab", "Deva", "Beng", "Gujr", "Guru", "Knda", "Mlym", "Orya", "Sinh", "Taml", "Telu"})
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_EMPTY = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180e\u2800\u3164\uffa0") | frozenset(
    map(chr, range(0xFE00, 0xFE10))
)
"""Fillers and selectors: letters and marks by their category, and nothing on paper."""
_CLOSERS = "”’“‘»」』›)\"'）\u00a0\u202f "
_BARE = re.compile(r"%\(\w+\)s|</?[a-z][^<>]*>|%%")
_VIRAMA = 9
"""The combining class of what takes the vowel off a letter of India; there a joiner may end a word."""
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f'’\u200c\u200d-])*")
_PAIRS = {"(": ")", "[": "]", "（": "）", "«": "»", "“": "”", "「": "」", "『": "』", "„": "“", "‹": "›"}
_FRENCH_SPACE = re.compile(r"(?<=\w)[;:?!»]|«(?=\w)")
_STRAY = re.compile(r"[ \t\n]([,.;:?!](?:\s|</|$)|[。，、；：？！।۔؟،؛።፣၊])")
_FRENCH_STRAY = re.compile(r"[ \t\n]([,.](?:\s|</|$))")
"""A mark with a space before it; French has a no-break space before some."""


def problems(source: str, text: str, language: Language) -> Iterator[Found]:
    """All that is wrong with how `text`, a translation of `source`, is written in `language`."""
    yield from _hidden(text, language)
    yield from _letters(source, text, language)
    yield from _ending(source, text, language)
    yield from _spaces(source, text, language)
    yield from _quotes(text, language)
    yield from _doubled(source, text, language)


def width(text: str) -> float:
    """How wide a text is, in letters of English; blanks count as ten."""
    bare = re.sub(r"<[^<>]*>", "", PLACE.sub("x" * 10, text))
    return max(1.0, sum(_width(char) for char in bare))


def _width(char: str) -> float:
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2.2 if unicodedata.east_asian_width(char) in "WF" else 1


def _hidden(text: str, language: Language) -> Iterator[Found]:
    if unicodedata.normalize("NFC", text) != text:
        yield (
            "nfc",
            "fault",
            "its letters are not in their composed form (NFC).",
            "Type them again, or run handouts translate update.",
        )
    for char in dict.fromkeys(text):
        if char in _DIRECTION:
            problem = f"it holds a mark of direction (U+{ord(char):04X}), which nobody sees."
            yield "direction", "fault", problem, "Take it out: the program keeps blanks apart by itself."
        elif (
            (char in JOINERS and not language.scripts & _JOINED)
            or (unicodedata.category(char) == "Cf" and char not in JOINERS)
            or char in _EMPTY
        ):
            yield "hidden", "fault", f"it holds a character that nobody sees (U+{ord(char):04X}).", "Take it out."
    if loose := next((char for at, char in enumerate(text) if char in JOINERS and _is_loose(text, at)), ""):
        problem = f"it holds a joiner (U+{ord(loose):04X}) beside a space, where it joins nothing."
        yield "hidden", "fault", problem, "Take it out."


def _is_loose(text: str, at: int) -> bool:
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    return not before.strip() or (not after.strip() and unicodedata.combining(before) != _VIRAMA)


def _letters(source: str, text: str, language: Language) -> Iterator[Found]:
    """Letters of another script, alone or within a word; words that stand in the source so are let be."""
    for letter, own in _LOOKALIKES.get(language.base, {}).items():
        if letter in text:
            problem = f'it has "{letter}" (U+{ord(letter):04X}), which another language writes.'
            yield "letters", "fault", problem, f'Write "{own}" (U+{ord(own):04X}).'
    known = set(_WORD.findall(_BARE.sub(" ", source)))
    words = _WORD.findall(_BARE.sub(" ", text))
    if language.base in UNSPACED:
        words = [piece for word in words for piece in re.findall(r"[A-Za-z]+|[^A-Za-z]+", word)]
    for word in dict.fromkeys(words):
        scripts = {script(char) for char in word} - {"Zyyy", "Zinh", "Zzzz"}
        wrong = scripts - language.scripts
        if word in known:
            if wrong and word.islower() and not language.says(word) and not re.search(rf"[(（]{word}[)）]", text):
                yield (
                    "letters",
                    "warning",
                    f'"{word}" is left as it is in the source.',
                    "Look whether it is to be translated.",
                )
            continue
        if not wrong:
            continue
        if len(scripts) > 1 and scripts != wrong and "Latn" in scripts | wrong and _one_word(word):
            yield "letters", "fault", f'"{word}" mixes letters of two scripts.', "Type the word again in one."
        else:
            named = ", ".join(sorted(wrong))
            yield (
                "letters",
                "fault",
                f'"{word}" is not in the script of the language ({named}).',
                "Write it in the language's own.",
            )


def _one_word(word: str) -> bool:
    """Whether letters of two scripts stand side by side, with no hyphen between."""
    return any(
        len({script(char) for char in piece} - {"Zyyy", "Zinh"}) > 1 for piece in re.split(r"[-'’]", word) if piece
    )


def _ending(source: str, text: str, language: Language) -> Iterator[Found]:
    end, said = _last(source), _last(text)
    stops = _stops(language)
    if language.scripts & NO_STOP:
        return
    wanted = dict(zip(".?!:", stops, strict=True)).get(end, "")
    every = "".join(stops)
    if wanted and (not said or said not in wanted):
        remedy = f"End it with {wanted[0]}"
        yield "ending", "fault", f"it does not end with {wanted[0]} as the source does with {end}", remedy
    elif said and not wanted and said in every:
        yield "ending", "fault", f"it ends with {said} and the source does not.", "Take it away."


def _stops(language: Language) -> tuple[str, str, str, str]:
    """The marks with which the language ends a sentence, a question, a call and an announcement."""
    if language.base == "ur":
        return (URDU_STOP, *ENDS["Arab"][1:])
    scripts = language.scripts if "Hang" not in language.scripts else frozenset[str]()
    return next((ends for script_, ends in ENDS.items() if script_ in scripts), (".", "?", "!", ":"))


def _last(text: str) -> str:
    """The last character that ends a text, markup and closing marks aside; "" for a letter or a blank."""
    bare = re.sub(r"<[^<>]*>", "", text).rstrip(_CLOSERS)
    return bare[-1] if bare and not bare.endswith(")s") and not bare[-1].isalnum() else ""


def _spaces(source: str, text: str, language: Language) -> Iterator[Found]:
    if text != text.strip() and source == source.strip():
        yield "spaces", "fault", "it begins or ends with a space.", "Take it away."
    if "  " in text and "  " not in source:
        yield "spaces", "fault", "it has two spaces in a row.", "Take one away."
    if found := (_FRENCH_STRAY if language.base == "fr" else _STRAY).search(text):
        yield "spaces", "fault", f'a space stands before "{found[1].strip()}".', "Take it away."


def _quotes(text: str, language: Language) -> Iterator[Found]:
    bare = _BARE.sub("", text)
    if '"' in bare:
        right = " ".join(language.quotes[0]) if language.quotes else "“ ”"
        yield "quotes", "fault", 'it has a straight quotation mark (").', f"Write {right} as the language does."
    marks = {mark for pair in language.quotes for mark in pair}
    if marks and (wrong := next((char for char in bare if char in "“”„«»「」『』‹›" and char not in marks), "")):
        yield (
            "quotes",
            "fault",
            f"{wrong} is no quotation mark of the language.",
            f"Write {' '.join(language.quotes[0])}",
        )
    if "'" in bare and "’" in bare:
        yield "quotes", "warning", "it has two kinds of apostrophes (' and ’).", "Write one."
    if language.base == "fr" and "'" in bare:
        yield "quotes", "fault", "it has a straight apostrophe (').", "Write ’"
    if language.base == "fr" and (found := _FRENCH_SPACE.search(bare)):
        yield "quotes", "warning", f'"{found[0]}" stands without a no-break space.', "Put one there (U+00A0)."
    yield from _unbalanced(bare)


def _unbalanced(bare: str) -> Iterator[Found]:
    opened: list[str] = []
    for char in bare:
        if opened and char == _PAIRS[opened[-1]]:
            opened.pop()
        elif char in _PAIRS:
            opened.append(char)
        elif char in ")]）»”」』›":
            yield "brackets", "fault", f"{char} closes nothing.", "Write both of a pair, or none."
            return
    if opened:
        yield "brackets", "fault", f"{opened[-1]} is not closed.", "Write both of a pair, or none."


def _doubled(source: str, text: str, language: Language) -> Iterator[Found]:
    if language.base in UNSPACED - {"ko"}:
        return
    words = [
        word.casefold()
        for word in re.findall(r"[\w’'\u0300-\u036f\u0900-\u097f\u200c]+|[^\w\s]", _BARE.sub(" | ", text))
    ]
    for first, second in pairwise(words):
        if first == second and first[0].isalpha() and first not in language.doubled and not _twice(source, first):
            yield (
                "doubled",
                "fault",
                f'"{first}" stands twice in a row.',
                "Take one away, or add it to [doubled] in language.toml.",
            )
            return


def _twice(source: str, word: str) -> bool:
    return f"{word} {word}" in source.casefold()
