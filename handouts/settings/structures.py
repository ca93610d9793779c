"""The value of a setting by its kind: a number, a text, or a list of risks, alternatives or contraindications."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from handouts.settings.definition import (
    ACTIONS,
    ARTICLE_RISKS,
    LABEL_RISKS,
    SEVERITIES,
    Action,
    Definition,
    Kind,
    Severity,
)
from handouts.settings.reading import Reading
from handouts.settings.regions import wrong_subdivision
from handouts.settings.values import Alternative, Contraindication, Frequency, Risk

NO_TREATMENT = "no_treatment"

Texts = Mapping[str, str]
Item = TypeVar("Item", Risk[Texts], Alternative[Texts], Contraindication[Texts])


def value_of(reading: Reading, definition: Definition, key: str, raw: object) -> tuple[object, float | None]:
    """The value of the setting `key`, and what the guard against typing errors measures: a number, or how many items."""
    value = _READERS[definition.kind](reading, definition, key, raw)
    match definition.kind:
        case "number" | "integer":
            return value, cast("float | None", value)
        case "texts":
            lists = cast("dict[str, tuple[str, ...]]", value)
            return value, _counted(reading, definition, key, min(map(len, lists.values()), default=None))
        case "risks" | "alternatives" | "contraindications":
            return value, _counted(reading, definition, key, len(cast("tuple[object, ...]", value)))
        case _:
            return value, None


def left_out_of(reading: Reading, key: str, risks: object, raw: object) -> dict[str, str]:
    """The label's risks that the list leaves out, each with the reason; every one is either listed or here."""
    listed = {risk.id for risk in cast("tuple[Risk[Texts], ...]", risks)}
    field = f"{key}.left_out"
    given = reading.table(field, raw, LABEL_RISKS)
    reasons = {name: reading.line(f"{field}.{name}", reason) for name, reason in given.items()}
    for name in LABEL_RISKS:
        if name in listed and name in reasons:
            reading.fault(f"{field}.{name}", "is listed and left out at once.", "Decide for one.")
        elif name not in listed and name not in reasons:
            remedy = f'List it, or write left_out = {{ {name} = "the reason" }}.'
            reading.fault(key, f'lacks "{name}", which the label names.', remedy)
    return reasons


def _counted(reading: Reading, definition: Definition, key: str, count: int | None) -> int | None:
    """`count`, for the guard; too few items are a fault that no approver can lift."""
    if count is not None and definition.low is not None and count < definition.low:
        reading.fault(key, f"needs at least {definition.low:g} items and has {count}.", "Add what is missing.")
        return None
    return count


def _yes_or_no(reading: Reading, key: str, raw: object) -> object:
    if not isinstance(raw, bool):
        reading.fault(key, "must be true or false.", "Write it without quotation marks.", raw)
    return raw


def _subdivision(reading: Reading, key: str, raw: object) -> str:
    remedy = 'Write the letters after the hyphen: "NY" for US-NY.'
    if not isinstance(raw, str):
        reading.fault(key, "must be a code in quotation marks.", remedy, raw)
        return ""
    if reading.jurisdiction and (problem := wrong_subdivision(raw, reading.jurisdiction)):
        reading.fault(key, problem, remedy, raw)
    return raw


def _roles(reading: Reading, key: str, raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list):
        reading.fault(key, "must be a list of roles.", 'Write ["physician"].', raw)
        return ()
    roles = [reading.word(f"{key}[{number}]", role) for number, role in enumerate(cast("list[object]", raw), 1)]
    return tuple(dict.fromkeys(roles))


def _items(reading: Reading, key: str, raw: object, read: Callable[[_Fields], Item]) -> tuple[Item, ...]:
    """Every item of the list at `key`, read by `read`; ids stand once."""
    if not isinstance(raw, list):
        reading.fault(key, "must be a list of tables.", "Write [ { id = …, … }, … ].", raw)
        return ()
    read_items = [
        read(_Fields(reading, f"{key}[{number}]", item)) for number, item in enumerate(cast("list[object]", raw), 1)
    ]
    ids = [item.id for item in read_items]
    for double in sorted({each for each in ids if each and ids.count(each) > 1}):
        reading.fault(key, f'has "{double}" more than once.', "Each id stands once.")
    return tuple(read_items)


class _Fields:
    """The attributes of one item of a list, each read as what it has to be."""

    def __init__(self, reading: Reading, key: str, raw: object) -> None:
        self.reading = reading
        self.key = key
        self.is_table = isinstance(raw, dict)
        self.raw = raw
        self.table: dict[str, Any] = {}

    def expect(self, *names: str, optional: tuple[str, ...] = ()) -> None:
        """Note which of `names` are missing, and whatever is neither among them nor among the `optional` ones."""
        self.table = self.reading.table(self.key, self.raw, (*names, *optional))
        for name in names:
            if name not in self.table and self.is_table:
                self.reading.fault(f"{self.key}.{name}", "is missing.", "Every item of the list has it.")

    def text(self, name: str) -> Texts:
        return self.reading.text(f"{self.key}.{name}", self.table[name]) if name in self.table else {}

    def word(self, name: str) -> str:
        return self.reading.word(f"{self.key}.{name}", self.table[name]) if name in self.table else ""

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        return self.reading.choice(f"{self.key}.{name}", self.table[name], choices) if name in self.table else ""


def _contraindication(item: _Fields) -> Contraindication[Texts]:
    item.expect("id", "text")
    return Contraindication(item.word("id"), item.text("text"))


def _alternative(item: _Fields) -> Alternative[Texts]:
    item.expect("id", "option", "good", "bad")
    return Alternative(item.word("id"), item.text("option"), item.text("good"), item.text("bad"))


def _risk(item: _Fields) -> Risk[Texts]:
    item.expect("id", "severity", "text", "action", optional=("lasts", "freq"))
    severity = cast("Severity", item.choice("severity", SEVERITIES))
    lasts = item.text("lasts") if "lasts" in item.table else None
    if severity == "common" and lasts is None:
        item.reading.fault(f"{item.key}.lasts", "is missing.", "A common effect says how long it lasts.")
    elif severity and severity != "common" and lasts is not None:
        item.reading.fault(f"{item.key}.lasts", "goes with common effects alone.", "Take it out.")
    action = cast("Action", item.choice("action", ACTIONS))
    return Risk(item.word("id"), severity, item.text("text"), lasts, action, _frequency(item))


def _frequency(item: _Fields) -> Frequency | None:
    if "freq" not in item.table:
        return None
    field, reading = f"{item.key}.freq", item.reading
    table = reading.table(field, item.table["freq"], ("in_100", "source"))
    if table.keys() != {"in_100", "source"}:
        reading.fault(field, "needs in_100 and source.", "A number is printed only with its source.")
        return None
    number = reading.number(f"{field}.in_100", table["in_100"], "people in 100")
    if number is not None and number > 100:
        reading.fault(f"{field}.in_100", "is more than 100 in 100.", value=number)
    source = reading.line(f"{field}.source", table["source"])
    return None if number is None else Frequency(number, source)


def _risks(reading: Reading, key: str, raw: object) -> tuple[Risk[Texts], ...]:
    risks = _items(reading, key, raw, _risk)
    _check_article(reading, key, risks)
    return risks


def _alternatives(reading: Reading, key: str, raw: object) -> tuple[Alternative[Texts], ...]:
    alternatives = _items(reading, key, raw, _alternative)
    if all(alternative.id != NO_TREATMENT for alternative in alternatives):
        reading.fault(key, f'has no "{NO_TREATMENT}".', "No treatment is always one of the choices.")
    return alternatives


def _check_article(reading: Reading, key: str, risks: tuple[Risk[Texts], ...]) -> None:
    severities = {risk.id: risk.severity for risk in risks}
    for name, allowed in ARTICLE_RISKS.items():
        if name not in severities:
            reading.fault(key, f'lacks "{name}".', "The article names it, so the list must hold it.")
        elif severities[name] not in allowed:
            reading.fault(key, f'has "{name}" as {severities[name]}.', f"It is {' or '.join(allowed)}.")


_READERS: Mapping[Kind, Callable[[Reading, Definition, str, object], object]] = {
    "number": lambda reading, known, key, raw: reading.number(key, raw, known.unit),
    "integer": lambda reading, known, key, raw: reading.number(key, raw, known.unit, whole=True),
    "bool": lambda reading, _, key, raw: _yes_or_no(reading, key, raw),
    "choice": lambda reading, known, key, raw: reading.choice(key, raw, known.choices),
    "medicine_rules": lambda reading, known, key, raw: reading.choice(key, raw, known.choices),
    "text": lambda reading, _, key, raw: reading.text(key, raw),
    "benefits": lambda reading, _, key, raw: reading.text(key, raw),
    "texts": lambda reading, _, key, raw: reading.texts(key, raw),
    "digits": lambda reading, _, key, raw: reading.number_to_dial(key, raw),
    "phone": lambda reading, _, key, raw: reading.phone(key, raw),
    "subdivision": lambda reading, _, key, raw: _subdivision(reading, key, raw),
    "roles": lambda reading, _, key, raw: _roles(reading, key, raw),
    "risks": lambda reading, _, key, raw: _risks(reading, key, raw),
    "alternatives": lambda reading, _, key, raw: _alternatives(reading, key, raw),
    "contraindications": lambda reading, _, key, raw: _items(reading, key, raw, _contraindication),
}
