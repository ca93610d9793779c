"""The folder of a clinic → Clinic: who it is, and every setting, checked as one."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, SkipValidation

from handouts.approvals import load_approvals
from handouts.errors import Fault, SettingError
from handouts.identity import Clinician, Location, read_clinicians, read_identity, read_locations
from handouts.people import TABLES, Person, SigningSettings, StoreSettings, read_people, read_signing, read_store
from handouts.printing import TABLE as PRESS
from handouts.printing import PressSettings, read_press
from handouts.settings import (
    INDICATIONS,
    SETTINGS,
    Definition,
    Otherwise,
    Reading,
    Setting,
    in_language,
    is_unset,
    read_setting,
)
from handouts.settings.together import check_together
from handouts.settings.zones import zone

FILE = "clinic.toml"
TEXTS = "clinic"
"""The catalog of its texts."""
IDENTITY = ("id", "name", "jurisdiction", "languages", "mrn_pattern")
OPTIONAL_IDENTITY = ("logo", "logo_alt", "start_format", "clock")
PLACES_AND_PEOPLE = ("locations", "clinicians")

_HEADER = re.compile(r"^\s*\[\s*([A-Za-z0-9_.-]+)\s*\]", re.MULTILINE)


class Clinic(BaseModel):
    """One customer: who it is, where, with whom, and what it has set.

    `settings` holds what is set, under names as "drive_ban_h", "expected_benefit.crps" and "med_rules.opioid"; `missing` the
    required keys that are not set, identity first, then in the order of the table. `sha256` is of all that clinic.toml says.
    `translated` are the languages in which its texts may stand in a catalog of its own. `outside` are the faults of settings
    outside their guard against typing errors that two people have not approved.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)

    folder: Path
    demo: bool
    id: str
    name: str
    jurisdiction: str
    languages: tuple[str, ...]
    mrn_pattern: str
    logo: str
    logo_alt: Annotated[Mapping[str, str], SkipValidation]
    start_format: str
    clock: datetime | None
    locations: Annotated[Mapping[str, Location], SkipValidation]
    clinicians: Annotated[Mapping[str, Clinician], SkipValidation]
    people: Annotated[Mapping[str, Person], SkipValidation]
    signing: SigningSettings
    store: StoreSettings
    press: PressSettings
    settings: Annotated[Mapping[str, Setting], SkipValidation]
    missing: tuple[str, ...]
    sha256: str
    translated: tuple[str, ...] = ()
    outside: tuple[Fault, ...] = ()

    def __hash__(self) -> int:
        return hash((self.folder, self.sha256))

    def value(self, key: str) -> Any:
        """The value of the setting `key`, its default if it has one, or None while it is not set.

        A table of settings is a mapping: `expected_benefit` from indications to texts, `med_rules` from medicine classes to
        rules. Raises KeyError for a key that no clinic can set.
        """
        definition = _definition(key)
        if definition.is_table_of_settings and key == definition.name:
            within = {k.partition(".")[2]: s.value for k, s in self.settings.items() if k.startswith(f"{key}.")}
            return within or None
        return self.settings[key].value if key in self.settings else definition.default

    setting = value

    def text(self, key: str, language: str) -> str:
        """The text `key` in `language`. Raises SettingError if it is not set."""
        value = self.value(key)
        if value is None:
            raise SettingError(unset(key, str(self.folder / FILE)))
        return str(in_language(value, language))

    def in_language(self, language: str, otherwise: Otherwise | None = None) -> Mapping[str, object]:
        """Every set key with its value as templates place it: texts in `language` alone, defaults where a setting has one.

        What is for staff only is left out. A text that is not given in the language is `otherwise`; raises KeyError for one where
        nothing is said of that.
        """
        found: dict[str, object] = {}
        for name, definition in SETTINGS.items():
            value = None if definition.staff_only else self.value(name)
            if value is None:
                continue
            if definition.is_table_of_settings:
                found[name] = {key: in_language(each, language, otherwise) for key, each in value.items()}
            else:
                found[name] = in_language(value, language, otherwise)
        return found

    def with_languages(self, *languages: str) -> Clinic:
        """The clinic as if it had these languages too; what it has no texts in stands there in English, and is never final."""
        new = tuple(tag for tag in dict.fromkeys(languages) if tag not in self.languages)
        if not new:
            return self
        return self.model_copy(update={"languages": (*self.languages, *new)})

    @property
    def english(self) -> str:
        """Its English, or its first language if it has none: what its texts are translated from."""
        return next((tag for tag in self.languages if tag.partition("-")[0] == "en"), (*self.languages, "en")[0])

    def day(self, now: datetime) -> date:
        """The day at the clinic as of `now` (aware); where its places are in several zones, the earliest."""
        days = (now.astimezone(zone(each.time_zone)).date() for each in self.locations.values())
        return min(days, default=now.date())

    def approved(self, key: str, now: datetime) -> bool:
        """Whether clinic.toml has `key` set and approved by name and day, by now and still; a demo clinic's never is.

        Where the clinic's approvals have a line for the key, that decides (`content/approval.py`).
        """
        setting = self.settings.get(key)
        if self.demo or setting is None or not setting.approved_by or setting.approved_at is None:
            return False
        return setting.approved_at <= now.date() and not _over(setting, now)

    def expired(self, now: datetime) -> tuple[str, ...]:
        """The keys whose last day, `expires_at`, lies before the day of `now`."""
        return tuple(key for key, setting in self.settings.items() if _over(setting, now))


def _over(setting: Setting, now: datetime) -> bool:
    return setting.expires_at is not None and setting.expires_at < now.date()


def _definition(key: str) -> Definition:
    name, dot, part = key.partition(".")
    definition = SETTINGS[name]
    if dot and not (part and definition.is_table_of_settings):
        raise KeyError(key)
    return definition


def unset(key: str, where: str) -> Fault:
    """The fault that `key` is not set, with the question it answers."""
    name = key.partition(".")[0]
    question = SETTINGS[name].question if name in SETTINGS else ""
    return Fault(where, "is not set.", question or "Every clinic sets it.", key)


def load_clinic(folder: Path, *, allow_missing: bool = False) -> Clinic:
    """The clinic of `folder`, whose clinic.toml is checked as a whole.

    Raises SettingError with every fault. A required key that is not set is one, with the key as its field, and a value outside
    its guard that two people have not approved; unless `allow_missing`: then the clinic tells which in `missing` and `outside`.
    """
    file = folder / FILE
    source, raw = _parsed(file)

    @cache
    def lines() -> dict[str, int]:
        return {found[1]: source.count("\n", 0, found.start(1)) + 1 for found in _HEADER.finditer(source)}

    def where(key: str) -> str:
        parts = re.split(r"[.\[]", key)
        line = next((lines()[k] for n in range(len(parts), 0, -1) if (k := ".".join(parts[:n])) in lines()), None)
        return f"{file}, line {line}" if line else str(file)

    reading = Reading(where)
    demo = raw.get("demo", False)
    if not isinstance(demo, bool):
        reading.fault("demo", "must be true or false.", value=demo)
    reading.demo = demo is True
    identity = read_identity(reading, folder, raw.get("clinic", {}))
    reading.languages, reading.jurisdiction = identity.languages, identity.jurisdiction
    reading.translated = tuple(
        sorted(path.parent.parent.name for path in folder.glob(f"locales/*/LC_MESSAGES/{TEXTS}.po"))
    )
    if identity.logo_alt:
        reading.text("clinic.logo_alt", identity.logo_alt)
    locations = read_locations(reading, raw.get("locations", {}))
    clinicians = read_clinicians(reading, raw.get("clinicians", {}))
    settings = _settings(reading, raw)
    leading = settings["discussion_roles"].value if "discussion_roles" in settings else ()
    people = read_people(reading, raw.get("people", {}), clinicians, leading)
    signing, store = read_signing(reading, raw.get("signing", {})), read_store(reading, raw.get("store", {}))
    press = read_press(reading, raw.get(PRESS, {}))
    check_together(reading, settings)
    missing = _missing(raw, settings)
    outside = tuple(_not_by_two(folder, settings, reading.outside))
    if not allow_missing:
        reading.faults.extend(outside)
        reading.faults.extend(unset(key, where(key)) for key in missing)
    SettingError.gathered(reading.faults)
    return Clinic(
        folder=folder,
        demo=reading.demo,
        **identity.model_dump(),
        locations=locations,
        clinicians=clinicians,
        people=people,
        signing=signing,
        press=press,
        store=store,
        settings=settings,
        missing=missing,
        sha256=_sha256(raw),
        translated=reading.translated,
        outside=outside,
    )


def _not_by_two(folder: Path, settings: Mapping[str, Setting], outside: Mapping[str, Fault]) -> Iterator[Fault]:
    """The faults among `outside` of settings that two people have not approved as they are. Raises ContentError for bad lines."""
    if not outside:
        return
    approvals = load_approvals(folder)
    for key, fault in outside.items():
        if key not in settings or not approvals.by_two(settings[key].sha256):
            yield fault


def _sha256(raw: Mapping[str, Any]) -> str:
    canonical = json.dumps(
        raw, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=lambda d: d.isoformat()
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def _parsed(file: Path) -> tuple[str, dict[str, Any]]:
    """The text of clinic.toml and what it says. Raises SettingError where it cannot be read, with the line."""
    try:
        source = file.read_text("utf-8")
    except FileNotFoundError:
        remedy = "Make one with: handouts init DIR"
        raise SettingError(Fault(str(file), "there is no such file, so this is no clinic's folder.", remedy)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(Fault(str(file), f"cannot be read as UTF-8 text ({error}).")) from error
    try:
        return source, tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        told = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", str(error), re.DOTALL)
        problem = told[1] if told else str(error)
        line = told[2] if told and told[2] else str(max(1, len(source.splitlines())))
        column = f", column {told[3]}" if told and told[3] else ""
        where = f"{file}, line {line}{column}"
        raise SettingError(Fault(where, f"is not TOML: {problem}.", "Correct this line or the one before.")) from error


def _settings(reading: Reading, raw: Mapping[str, Any]) -> dict[str, Setting]:
    """Every setting that is set and right, in the order of the table."""
    known = ("demo", "clinic", *PLACES_AND_PEOPLE, *TABLES, PRESS, *SETTINGS)
    for name in [name for name in raw if name not in known]:
        reading.unknown(name, name, known)
    found: dict[str, Setting] = {}
    for name, definition in SETTINGS.items():
        if name not in raw:
            continue
        if not definition.is_table_of_settings:
            tables = {name: raw[name]}
        elif isinstance(raw[name], dict):
            tables = {f"{name}.{part}": table for part, table in raw[name].items()}
        else:
            reading.fault(name, "must be a table of tables.", f"Write [{name}.…] for each.", raw[name])
            continue
        for key, table in tables.items():
            part = key.removeprefix(name).removeprefix(".")
            if definition.kind == "benefits" and part not in INDICATIONS:
                reading.unknown(key, part, INDICATIONS)
            elif definition.kind == "medicine_rules" and not reading.word(key, part):
                continue
            elif setting := read_setting(reading, definition, key, table):
                found[key] = setting
    return found


def _missing(raw: Mapping[str, Any], settings: Mapping[str, Setting]) -> tuple[str, ...]:
    """The required keys that say nothing; what is set but faulty is not among them."""
    clinic = raw.get("clinic")
    identity = cast("dict[str, object]", clinic if isinstance(clinic, dict) else {})
    unnamed = [f"clinic.{name}" for name in IDENTITY if is_unset(identity.get(name))]
    empty = [name for name in PLACES_AND_PEOPLE if not raw.get(name)]
    needed = [
        name
        for name, definition in SETTINGS.items()
        if definition.need == "required"
        or (definition.needs and definition.needs in settings and settings[definition.needs].value is True)
    ]
    unset_keys = [name for name in needed if _says_nothing(raw.get(name))]
    return (*unnamed, *empty, *unset_keys)


def _says_nothing(table: object) -> bool:
    return table is None or (isinstance(table, dict) and is_unset(cast("dict[str, object]", table).get("value")))
