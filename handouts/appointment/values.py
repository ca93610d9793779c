"""One value of an appointment, as anybody may have typed it → the value, or what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Annotated, cast

import phonenumbers
from babel import Locale, core
from pydantic import BeforeValidator, ValidationInfo

from handouts.appointment.premises import Wrong, known, premises_of, refusal

_TEMPLATE_MARKS = ("{{", "}}", "{%", "%}", "{#", "#}")
_LETTER_OR_DIGIT = re.compile("[A-Za-z0-9]")
_JOINERS = "\u200c\u200d"
_BLANK_LETTERS = "\u115f\u1160\u3164\uffa0"  # the Hangul fillers: letters that show nothing
_BLANK_LETTER = re.compile(f"[\ufffd{_BLANK_LETTERS}]")
_GAPS = re.compile(r"[\s-]+")
_NO_LANGUAGE = {"mis", "mul", "root", "und", "zxx"}
_TAG = re.compile(
    r"([a-z]{2,3})([-_][a-z]{4})?([-_](?:[a-z]{2}|[0-9]{3}))?((?:[-_](?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)"
)
_TWO_READINGS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}\b", re.ASCII)
_PHONE = re.compile(r"\+?[0-9 ().\-/\u00a0]{3,40}")


def plain_text(value: object) -> str:
    """`value` NFC-normalised and trimmed: 1–200 visible characters that nothing could take for more than text."""
    if not isinstance(value, str):
        raise refusal(Wrong(f"is {_kind(value)}, where text is expected.", "Write it in quotation marks."))
    text = unicodedata.normalize("NFC", value).strip()
    if not text:
        raise refusal(Wrong("is empty.", "Write the text, or leave it out."))
    if len(text) > 200:
        raise refusal(Wrong(f"has {len(text)} characters; 200 is the most, and nothing is cut off.", "Shorten it."))
    if why := hidden_in(text):
        raise refusal(Wrong(f"holds {why}.", "Type the text anew without it."))
    if mark := next((mark for mark in _TEMPLATE_MARKS if mark in text), None):
        raise refusal(Wrong(f'holds "{mark}", which belongs to templates.', "Write the text without it."))
    if not (_LETTER_OR_DIGIT.search(text) or any(unicodedata.category(c)[0] in "LN" for c in text)):
        raise refusal(Wrong("holds no letter or digit.", "Write the text, or leave it out."))
    return text


def hidden_in(text: str) -> str:
    """The first character of `text` that is no visible one and no space, with its name and why it cannot stand there; "" for none."""
    for place in _places_to_look_at(text):
        if why := _unprintable(text, place):
            character = text[place]
            name = f" {unicodedata.name(character, '')}".rstrip()
            return f"U+{ord(character):04X}{name}, {why}"
    return ""


def language_tag(value: object) -> str:
    """A BCP 47 tag in its canonical letters ("es_mx" → "es-MX", "spa" → "es"), of a language that CLDR names.

    A three-letter code that CLDR does not name is kept: it may be a small language of ISO 639-3. Raises ValueError.
    """
    text = plain_text(value)
    if not (match := _TAG.fullmatch(text.lower())):
        raise refusal(Wrong("is not a language tag.", _language_hint(text)))
    aliases = cast("dict[str, str]", core.get_global("language_aliases"))
    english = Locale("en")
    language, _, implied = aliases.get(match[1], match[1]).partition("_")
    script, region = (match[2] or f"-{implied}")[1:].title(), (match[3] or "")[1:].upper()
    if language in _NO_LANGUAGE or (len(language) == 2 and language not in english.languages):
        raise refusal(Wrong(f'begins with "{language}", which is no language.', _language_hint(text)))
    if script and script not in english.scripts:
        raise refusal(Wrong(f'names "{script}", which is no script.', f'Write "{language}" alone.'))
    if region and (region not in english.territories or region == "ZZ"):
        raise refusal(Wrong(f'names "{region}", which is no country or region.', f'Write "{language}" alone.'))
    variants = [variant for variant in re.split("[-_]", match[4]) if variant]
    if strange := next((variant for variant in variants if variant.upper() not in english.variants), None):
        raise refusal(Wrong(f'names "{strange}", which is no variant.', f'Write "{language}" alone.'))
    return "-".join(filter(None, (language, script, region, *variants)))


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    text = plain_text(value)
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        raise refusal(
            Wrong("is a day that does not exist.", "Write a day of the calendar, such as 1984-05-06.")
        ) from None
    raise refusal(Wrong(two_readings(text) or "is not a date.", "Write year-month-day, such as 1984-05-06."))


def _phone(value: object, info: ValidationInfo) -> str:
    text, premises = plain_text(value), premises_of(info)
    region = premises.region if premises else None
    example = "Write a whole number such as +1 212 555 0123, without an extension."
    if not _PHONE.fullmatch(text):
        raise refusal(Wrong("is not a phone number.", example))
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise refusal(Wrong("is not a phone number.", example)) from None
    if not phonenumbers.is_valid_number(number):
        place = f" in the numbering plan of {region}" if region and not text.startswith("+") else ""
        raise refusal(Wrong(f"is no number that can be called{place}.", example))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _time_zone(value: object) -> str:
    text = plain_text(value)
    if text not in _zone_names():
        raise refusal(
            Wrong("is not an IANA time zone.", known(text, _zone_names(), "Write one such as America/Denver."))
        )
    return text


def whole(low: int, high: int) -> BeforeValidator:
    """A validator for a whole number from `low` to `high`."""

    def checked(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise refusal(
                Wrong("is not a whole number.", _unquoted(value, "[0-9]+") or f"Write {low} to {high} in digits.")
            )
        if not low <= value <= high:
            raise refusal(Wrong(f"is not a number from {low} to {high}.", "Correct the number."))
        return value

    return BeforeValidator(checked)


def _hours(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refusal(
            Wrong(
                "is not a number of hours.", _unquoted(value, r"[0-9]+(\.[0-9]+)?") or "Write digits such as 24 or 1.5."
            )
        )
    if not 0 < value <= 336:
        raise refusal(Wrong("is not a number of hours above 0 and up to 336.", "Correct the number."))
    return float(value)


def matching(pattern: str, problem: str, remedy: str) -> BeforeValidator:
    """A validator for a text that matches all of `pattern`."""

    def checked(value: object) -> str:
        text = plain_text(value)
        if not re.fullmatch(pattern, text):
            raise refusal(Wrong(problem, remedy))
        return text

    return BeforeValidator(checked)


def folded(value: object) -> object:
    """A closed word as it is declared: small letters, and underscores for spaces and hyphens ("In person" → in_person)."""
    return _GAPS.sub("_", value.strip().lower()) if isinstance(value, str) else value


def meaning(words: Mapping[str, str]) -> BeforeValidator:
    """A validator for a word that people write in many ways: the declared one where `words` knows it, else their own text."""

    def understood(value: object) -> str:
        text = plain_text(value)
        word = str(folded(text))
        return words.get(word, word if word in words.values() else text)

    return BeforeValidator(understood)


Text = Annotated[str, BeforeValidator(plain_text)]
Language = Annotated[str, BeforeValidator(language_tag)]
Phone = Annotated[str, BeforeValidator(_phone)]
TimeZone = Annotated[str, BeforeValidator(_time_zone)]
Day = Annotated[date, BeforeValidator(_day)]
Hours = Annotated[float, BeforeValidator(_hours)]


def _unquoted(value: object, number: str) -> str:
    """The remedy for a number that JSON gives as text; a cell of a table comes as a number."""
    is_number = isinstance(value, str) and re.fullmatch(number, value)
    return "Write it without quotation marks." if is_number else ""


def _places_to_look_at(text: str) -> Iterable[int]:
    """The places in `text` of all that may be unprintable: nearly always none, which Python tells of the whole at once.

    It calls printable what is of no category C or Z; of that, only what `_unprintable` names by itself is to be found.
    """
    if text.isprintable() and not _BLANK_LETTER.search(text):
        return ()
    return range(len(text))


def _unprintable(text: str, place: int) -> str:
    character, category = text[place], unicodedata.category(text[place])
    if character in _JOINERS:
        beside = [unicodedata.category(c)[0] for c in (text[place - 1 : place] + text[place + 1 : place + 2])]
        return "" if len(beside) == 2 and set(beside) <= {"L", "M"} else "which joins no letters"
    if character == "\ufffd":
        return "left by an earlier faulty conversion"
    if character in _BLANK_LETTERS:
        return "which shows nothing"
    reasons = {
        "Cc": "a control character",
        "Cf": "which is invisible or changes the direction of the text",
        "Cs": "half of a character",
        "Co": "which has no agreed meaning",
        "Cn": "which is no assigned character",
        "Zl": "a line break",
        "Zp": "a line break",
    }
    return reasons.get(category, "")


def two_readings(text: str) -> str:
    """What is wrong with a date in numbers alone, or "" when `text` does not begin with one."""
    if not (match := _TWO_READINGS.match(text)):
        return ""
    two = int(match[1]) <= 12 and int(match[2]) <= 12 and match[1] != match[2]
    return f'is no ISO date, and "{match[1]}/{match[2]}" can be two dates.' if two else "is no ISO date."


def _language_hint(text: str) -> str:
    named = [cast("dict[str, str]", Locale(own).languages) for own in ("en", "es")]
    tags = {name.lower(): tag for languages in named for tag, name in languages.items()}
    near = get_close_matches(text.lower(), list(tags), 1, 0.8)
    return f'Write "{tags[near[0]].replace("_", "-")}".' if near else "Write a BCP 47 tag such as en, es-MX or zh-Hant."


def _kind(value: object) -> str:
    kinds: dict[type, str] = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        dict: "an object",
        list: "a list",
    }
    return kinds.get(type(value), "nothing")


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(files("tzdata").joinpath("zones").read_text("utf-8").split())
