"""Sample sentences of a language → a pseudo-catalog and the texts of a clinic, to typeset languages that have no translation.

A pseudo-catalog says nothing: each message is made of plain sentences of its language, about as long as the source, with the
source's blanks and tags between their words. It is chosen by the hash of the message, so it is the same at every run. It is
written into the folder of a demo clinic that a test makes, and is nowhere in what is installed.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from handouts import builtin
from handouts.clinic import FILE, Clinic, load_clinic
from tests.approved import approve

SAMPLES = Path(__file__).parent / "samples"
LANGUAGES = (
    "en", "es-US", "zh-Hans", "zh-Hant", "vi", "ko", "tl", "ru", "ar", "ht",
    "fr", "pt", "de", "ja", "hi", "fa", "ur", "he", "th", "am",
)  # fmt: skip
"""The languages that pages are set in; English and Spanish have texts of their own."""
PSEUDO = LANGUAGES[2:]

_TOKEN = re.compile(r'(%\(\w+\)s|</?strong>|<a href="[^"<>]*">|</a>)')
_LETTER = re.compile(r"[^\W\d_]")
_TAG = re.compile(r"<[^<>]*>")
_UNSPACED_UNIT = re.compile(
    r"[「『（〈《“‘]*.[、。，；：！？」』）〉》”’…ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ々]*"
)
_COMMAS = ",，、،፣;；؛፤"
_STOPS = ".?!。？！।።؟۔\u202f"
"""What ends a sentence; in French with the space before it."""


@dataclass(frozen=True)
class Samples:
    """What stands in tests/samples/TAG.toml: texts of one language that say nothing about anybody."""

    language: str
    sentences: tuple[str, ...]
    phrases: tuple[str, ...]
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    comma: str = ", "
    colon: str = ":"
    density: float = 1.0
    """How many characters say as much as one of English."""
    joint: str = " "
    """What stands between a word and a blank."""


@dataclass(frozen=True)
class _Unit:
    """A word, or a character of a script that does not part them, and what stands before the next one."""

    text: str
    gap: str


@cache
def samples(language: str) -> Samples:
    """The samples of `language`."""
    read = tomllib.loads((SAMPLES / f"{language}.toml").read_text("utf-8"))
    lists = {key: tuple(value) if isinstance(value, list) else value for key, value in read.items()}
    return Samples(language, **lists)


def pseudo(source: str, context: str, language: str) -> str:
    """`source` said in sample sentences of `language`, with its blanks and tags in their order."""
    said = samples(language)
    pieces = _TOKEN.split(source)
    texts = [piece for piece in pieces[::2] if _LETTER.search(piece)]
    if not texts:
        return "".join(said.comma if piece == ", " else piece for piece in pieces)
    is_sentence = bool(re.search(r"[.?!]\s*$", _TAG.sub("", source)))
    units, stop = _units(sum(map(len, texts)), len(texts), is_sentence, f"{context}\0{source}", said)
    shares = iter(_shares(texts, units))
    out, before, opened = "", "", ""
    for number, piece in enumerate(pieces):
        if piece.startswith("</"):
            out += piece
        elif number % 2 and not piece.startswith("%"):
            opened += piece
        elif number % 2:
            out, before, opened = f"{out}{before}{opened}{piece}", said.joint, ""
        elif _LETTER.search(piece):
            share = next(shares)
            colon = said.colon if piece.rstrip().endswith(":") else ""
            out += (before and said.joint) + opened + _joined(share).rstrip(_COMMAS + _STOPS if colon else "") + colon
            before, opened = said.joint, ""
        elif piece.strip() and number < len(pieces) - 1:
            out, before = out + (said.comma if piece == ", " else piece), ""
    if not is_sentence:
        return out
    inside = re.search(r"[.?!]((</\w+>)+)$", source)
    return out.removesuffix(inside[1]) + stop + inside[1] if inside else out + stop


def _joined(units: Iterable[_Unit]) -> str:
    units = list(units)
    return "".join(unit.text + unit.gap for unit in units[:-1]) + units[-1].text


def _units(length: int, least: int, is_sentence: bool, key: str, said: Samples) -> tuple[list[_Unit], str]:
    """Words of about `length` characters of English, at least `least` of them, and the stop after the last sentence."""
    seed = int.from_bytes(hashlib.sha256(f"{said.language}\0{key}".encode()).digest()[:6], "big")
    wanted = length * said.density
    if not is_sentence and wanted <= max(map(len, said.phrases)) + 4:
        units = list(_split_one(_near(said.phrases, wanted, seed), said))
        if len(units) >= least:
            return units, ""
    chosen: list[str] = []
    while not chosen or sum(map(len, chosen)) < wanted * 0.8 or len(_split(chosen, said)) < least:
        chosen.append(_near(said.sentences, wanted - sum(map(len, chosen)), seed + 7 * len(chosen)))
    last = chosen[-1].rstrip(_STOPS)
    return _split([*chosen[:-1], last], said), chosen[-1][len(last) :]


def _near(texts: tuple[str, ...], length: float, seed: int) -> str:
    """One of the texts whose length is nearest to `length`."""
    near = sorted(texts, key=lambda text: (abs(len(text) - length), text))[: max(6, len(texts) // 3)]
    return near[seed % len(near)]


def _split(texts: Iterable[str], said: Samples) -> list[_Unit]:
    return [unit for text in texts for unit in _split_one(text, said)]


def _split_one(text: str, said: Samples) -> Iterator[_Unit]:
    """The words of `text`, between which a blank may stand; "|" parts those of a script that writes no spaces."""
    if not said.joint:
        yield from (_Unit(part, "") for part in _UNSPACED_UNIT.findall(text))
        return
    words = [word for word in re.split(r"(?<= )|\|", text) if word.strip()]
    for number, word in enumerate(words, 1):
        yield _Unit(word.strip(" "), " " if word.endswith(" ") or number == len(words) else "")


def _shares(texts: list[str], units: list[_Unit]) -> Iterator[list[_Unit]]:
    """The units, parted as the lengths of `texts` are: at least one for each."""
    total, begun, seen = sum(map(len, texts)), 0, 0
    for number, text in enumerate(texts, 1):
        seen += len(text)
        left = len(texts) - number
        end = len(units) if not left else min(max(begun + 1, round(len(units) * seen / total)), len(units) - left)
        yield units[begun:end]
        begun = end


def messages(domain: str) -> Iterator[tuple[str, str]]:
    """Context and source of every message of `domain`."""
    with (builtin.locales() / f"{domain}.pot").open("rb") as file:
        for message in read_po(file):
            if message.id:
                yield message.context or "", str(message.id)


def domains() -> tuple[str, ...]:
    """The page furniture and every procedure that is built in."""
    return tuple(sorted(path.stem for path in builtin.locales().glob("*.pot")))


def pseudo_catalog(domain: str, language: str) -> dict[tuple[str, str], str]:
    """What a Catalog holds of `domain`, in sample sentences of `language`."""
    return {(context, source): pseudo(source, context, language) for context, source in messages(domain)}


def write_locales(folder: Path, languages: Iterable[str] = PSEUDO) -> None:
    """Every pseudo-catalog as a PO file under `folder`."""
    for language in languages:
        place = folder / language / "LC_MESSAGES"
        place.mkdir(parents=True, exist_ok=True)
        for domain in domains():
            catalog = Catalog(charset="utf-8")
            catalog.mime_headers = [("Content-Type", "text/plain; charset=UTF-8")]
            for (context, source), text in pseudo_catalog(domain, language).items():
                catalog.add(source, text, context=context or None)
            with (place / f"{domain}.po").open("wb") as file:
                write_po(file, catalog, width=0)


def pseudo_clinic(folder: Path, languages: tuple[str, ...] = LANGUAGES) -> Clinic:
    """A demo clinic in the new `folder` that has texts and catalogs in all `languages`; its pages say SAMPLE."""
    shutil.copytree(builtin.demo_clinic(), folder)
    raw = tomllib.loads((folder / FILE).read_text("utf-8"))
    raw["clinic"]["languages"] = list(languages)
    raw = {key: _in_languages(value, key, languages) for key, value in raw.items()}
    (folder / FILE).write_text("".join(f"{key} = {_toml(value)}\n" for key, value in raw.items()), "utf-8")
    write_locales(folder / "locales", [tag for tag in languages if tag in PSEUDO])
    approve(folder, [tag for tag in languages if tag != "en"])
    return load_clinic(folder)


def _in_languages(value: object, key: str, languages: tuple[str, ...]) -> object:
    """`value` with each of its texts in every one of `languages`."""
    if isinstance(value, list):
        return [_in_languages(item, key, languages) for item in value]
    if not isinstance(value, Mapping):
        return value
    if "en" not in value:
        return {name: _in_languages(item, f"{key}.{name}", languages) for name, item in value.items()}
    return {tag: value[tag] if tag in value else _said(value["en"], key, tag) for tag in languages}


def _said(english: object, key: str, language: str) -> object:
    if isinstance(english, list):
        return [pseudo(text, f"{key}.{number}", language) for number, text in enumerate(english)]
    return pseudo(str(english), key, language)


def _toml(value: object) -> str:
    """`value` as TOML on one line."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)
