"""What tomllib has read → plain values of the form a setting needs, with every fault noted."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, cast

import phonenumbers

from handouts.errors import Fault
from handouts.settings.regions import FICTIONAL_PHONES, JURISDICTIONS
from handouts.settings.texts import differing_digits, wrong_in

_WORD = re.compile(r"[a-z][a-z0-9_]*")


@dataclass
class Reading:
    """What reading a clinic's settings depends on, and the faults found so far.

    `where` gives the file and line of a key. While `languages` or `jurisdiction` are not set, what depends on them is let be.
    Texts may be left out in languages that have them `translated`, in a catalog, out of English. `outside` has, by their key, the
    faults of values outside the guard against typing errors that clinic.toml does not name two people for.
    """

    where: Callable[[str], str]
    languages: tuple[str, ...] = ()
    translated: tuple[str, ...] = ()
    jurisdiction: str = ""
    demo: bool = False
    faults: list[Fault] = field(default_factory=list[Fault])
    outside: dict[str, Fault] = field(default_factory=dict[str, Fault])

    def fault(self, key: str, problem: str, remedy: str = "", value: object = None) -> None:
        """Note that `problem` is wrong at `key` (dotted, with item numbers from 1 in brackets)."""
        shown = None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        self.faults.append(Fault(self.where(key), problem, remedy, key, shown))

    def unknown(self, key: str, name: str, known: tuple[str, ...]) -> None:
        """Note that nothing is called `name` at `key`, with the nearest of the names that there are."""
        near = get_close_matches(name, known, 1, 0.6)
        self.fault(
            key, "is not known here.", f'Did you mean "{near[0]}"?' if near else f"Known are {', '.join(known)}."
        )

    def table(self, key: str, raw: object, known: tuple[str, ...]) -> dict[str, Any]:
        """`raw` as a table with no names but the `known` ones."""
        if not isinstance(raw, dict):
            self.fault(key, f"must be a table with {', '.join(known)}.", value=raw)
            return {}
        table = cast("dict[str, Any]", raw)
        for name in [name for name in table if name not in known]:
            self.unknown(f"{key}.{name}", name, known)
        return {name: table[name] for name in known if name in table}

    def line(self, key: str, raw: object) -> str:
        """`raw` as one line of text that may be printed."""
        if not isinstance(raw, str):
            self.fault(key, "must be text in quotation marks.", value=raw)
            return ""
        for problem in wrong_in(raw):
            self.fault(key, problem, "Correct the text.", raw)
        return raw

    def text(self, key: str, raw: object) -> dict[str, str]:
        """`raw` as a text per language of the clinic, with the same digits in each."""
        texts = {tag: self.line(f"{key}.{tag}", text) for tag, text in self._by_language(key, raw).items()}
        if differing := differing_digits(texts):
            self.fault(key, differing, "Write the same numbers in every language, or none.")
        return texts

    def texts(self, key: str, raw: object) -> dict[str, tuple[str, ...]]:
        """`raw` as a list of texts per language: of the same length, the same digits in each item."""
        lists: dict[str, tuple[str, ...]] = {}
        for tag, items in self._by_language(key, raw).items():
            if isinstance(items, list):
                numbered = enumerate(cast("list[object]", items), 1)
                lists[tag] = tuple(self.line(f"{key}.{tag}[{number}]", item) for number, item in numbered)
            else:
                self.fault(f"{key}.{tag}", "must be a list of texts.", 'Write ["…", "…"].', items)
        if len({len(items) for items in lists.values()}) > 1:
            lengths = ", ".join(f"{tag}: {len(items)}" for tag, items in lists.items())
            self.fault(key, f"has lists of different length ({lengths}).", "Give every item in every language.")
            return lists
        for number, items in enumerate(zip(*lists.values(), strict=True), 1):
            if differing := differing_digits(dict(zip(lists, items, strict=True))):
                self.fault(f"{key}[{number}]", differing, "Write the same numbers in every language, or none.")
        return lists

    def _by_language(self, key: str, raw: object) -> dict[str, object]:
        if not isinstance(raw, dict):
            form = ", ".join(f"{tag} = …" for tag in self.languages or ("en",))
            self.fault(key, "must stand in each of the clinic's languages.", f"Write {{ {form} }}.", raw)
            return {}
        given = cast("dict[str, object]", raw)
        if not self.languages:
            return given
        for tag in [tag for tag in given if tag not in self.languages]:
            self.unknown(f"{key}.{tag}", tag, self.languages)
        has_english = any(tag.partition("-")[0] == "en" for tag in given)
        for tag in self.languages:
            if tag not in given and not (has_english and tag in self.translated):
                remedy = "Every text stands in every language of the clinic, here or in its catalog (translate new)."
                self.fault(f"{key}.{tag}", "is missing.", remedy)
        return {tag: given[tag] for tag in self.languages if tag in given}

    def choice(self, key: str, raw: object, choices: tuple[str, ...]) -> str:
        """`raw` as one of `choices`."""
        if raw not in choices or not isinstance(raw, str):
            near = get_close_matches(str(raw), choices, 1)
            meant = f' Did you mean "{near[0]}"?' if near else ""
            self.fault(key, f"must be one of {', '.join(choices)}.{meant}", value=raw)
            return ""
        return raw

    def number(self, key: str, raw: object, unit: str = "", *, whole: bool = False) -> float | None:
        """`raw` as a number from 0; true is not 1, and nothing is not a number."""
        form = f"a {'whole ' if whole else ''}number{f' of {unit}' if unit else ''}"
        if type(raw) not in ((int,) if whole else (int, float)) or not math.isfinite(number := cast("float", raw)):
            self.fault(key, f"must be {form}.", "Write it without quotation marks and unit.", raw)
            return None
        if number < 0:
            self.fault(key, f"must be {form}, not less than 0.", value=raw)
            return None
        return number

    def word(self, key: str, raw: object) -> str:
        """`raw` as a name of small letters, digits and underscores."""
        if not isinstance(raw, str) or not _WORD.fullmatch(raw):
            self.fault(key, "must be a name of small letters, digits and _.", 'Write it as "nurse_practitioner".', raw)
            return ""
        return raw

    def number_to_dial(self, key: str, raw: object) -> str:
        """`raw` as a short number, the right one for the clinic's jurisdiction."""
        if not isinstance(raw, str) or not re.fullmatch(r"[0-9]{2,15}", raw):
            self.fault(key, "must be digits in quotation marks.", 'Write "…" with nothing but 0 to 9 between.', raw)
            return ""
        if jurisdiction := JURISDICTIONS.get(self.jurisdiction):
            right = jurisdiction.emergency if key == "emergency_number" else jurisdiction.crisis
            if right and raw not in right:
                self.fault(key, f"is not the number of {self.jurisdiction}.", f"There it is {' or '.join(right)}.", raw)
        return raw

    def phone(self, key: str, raw: object) -> str:
        """`raw` as a whole phone number, E.164, valid in the clinic's jurisdiction and real unless the clinic is a demo."""
        remedy = 'Write it with + and country code, without spaces: "+1…".'
        if not isinstance(raw, str):
            self.fault(key, "must be a phone number in quotation marks.", remedy, raw)
            return ""
        try:
            number = phonenumbers.parse(raw)
        except phonenumbers.NumberParseException:
            self.fault(key, "is not a phone number with its country code.", remedy, raw)
            return ""
        jurisdiction = JURISDICTIONS.get(self.jurisdiction)
        if phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) != raw:
            self.fault(key, "is not written as E.164.", remedy, raw)
        elif not phonenumbers.is_valid_number(number):
            self.fault(key, "is no valid number.", "Compare it with the clinic's own.", raw)
        elif FICTIONAL_PHONES.fullmatch(raw) and not self.demo:
            self.fault(key, "is a number kept for fiction.", "Write the clinic's own number.", raw)
        elif jurisdiction and jurisdiction.region:
            country = phonenumbers.country_code_for_region(jurisdiction.region)
            if country != number.country_code:
                self.fault(key, f"is not a number of {self.jurisdiction} (+{country}).", "Write the clinic's own.", raw)
        return raw
