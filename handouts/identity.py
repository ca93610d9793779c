"""The tables [clinic], [locations] and [clinicians] of clinic.toml → who the clinic is, where it treats, and with whom."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal, TypeVar, cast
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Strict, ValidationError

from handouts.settings import Reading
from handouts.settings.regions import JURISDICTIONS
from handouts.settings.zones import zone

_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")
"""A tag that a clinic and its catalogs can have: language, script, region (BCP 47)."""


def _an_existing_zone(name: str) -> str:
    zone(name)
    return name


class Entry(BaseModel):
    """A table of clinic.toml: nothing beside the named fields, and nothing changes once it is read."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)


class Location(Entry):
    """A place where the clinic treats; no open days means every day."""

    name: str
    address: str
    time_zone: Annotated[str, AfterValidator(_an_existing_zone)]
    open_days: Annotated[tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...], Strict(False)] = ()

    @property
    def zone(self) -> ZoneInfo:
        """Its time zone."""
        return zone(self.time_zone)


class Clinician(Entry):
    """A person who treats or holds the consent discussion; the licence is valid from one day through the other."""

    name: str
    credentials: str
    role: str
    licence: str = ""
    licence_from: date | None = None
    licence_until: date | None = None


_Read = TypeVar("_Read", bound=Entry)


class Identity(Entry):
    """The table [clinic]: what is not set is empty."""

    id: str = ""
    name: str = ""
    jurisdiction: str = ""
    languages: Annotated[tuple[str, ...], Strict(False)] = ()
    mrn_pattern: str = ""
    logo: str = ""
    logo_alt: dict[str, str] = {}
    start_format: str = ""
    clock: datetime | None = None


def read_entry(reading: Reading, key: str, raw: object, model: type[_Read]) -> _Read | None:
    """`raw` as `model`, or every fault that pydantic finds, in our words."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        for wrong in error.errors(include_url=False):
            place = ".".join((key, *map(str, wrong["loc"])))
            match wrong["type"]:
                case "extra_forbidden":
                    reading.unknown(place, str(wrong["loc"][-1]), tuple(model.model_fields))
                case "missing":
                    reading.fault(place, "is missing.")
                case _:
                    told = wrong["msg"].removeprefix("Input ").removeprefix("Value error, ").rstrip(".")
                    reading.fault(place, f"{told}.".replace("should be", "must be"), value=wrong["input"])
        return None


def read_locations(reading: Reading, raw: object) -> dict[str, Location]:
    """The places, by key; what is wrong with any is told to `reading`."""
    return read_entries(reading, "locations", raw, Location)


def read_clinicians(reading: Reading, raw: object) -> dict[str, Clinician]:
    """The people, by key; what is wrong with any is told to `reading`."""
    found = read_entries(reading, "clinicians", raw, Clinician)
    for key, person in found.items():
        reading.word(f"clinicians.{key}.role", person.role)
        if person.licence_from and person.licence_until and person.licence_until < person.licence_from:
            reading.fault(f"clinicians.{key}.licence_until", "lies before licence_from.", value=person.licence_until)
    return found


def read_entries(reading: Reading, key: str, raw: object, model: type[_Read]) -> dict[str, _Read]:
    """Every table under `key`, by its own key."""
    if not isinstance(raw, dict):
        reading.fault(key, "must be tables.", f"Write [{key}.NAME] for each.", raw)
        return {}
    found: dict[str, _Read] = {}
    for name, table in cast("dict[str, object]", raw).items():
        reading.word(f"{key}.{name}", name)
        entry = read_entry(reading, f"{key}.{name}", table, model)
        if isinstance(entry, model):
            found[name] = entry
            for attribute in ("name", "address", "credentials", "licence"):
                text = getattr(entry, attribute, "")
                if text or attribute == "name":
                    reading.line(f"{key}.{name}.{attribute}", text)
    return found


def read_identity(reading: Reading, folder: Path, raw: object) -> Identity:
    """What [clinic] says; what is wrong with it is told to `reading`."""
    given = {k: v for k, v in cast("dict[str, object]", raw).items() if v != ""} if isinstance(raw, dict) else raw
    identity = read_entry(reading, "clinic", given, Identity)
    if not isinstance(identity, Identity):
        return Identity()
    if identity.id and not _ID.fullmatch(identity.id):
        reading.fault("clinic.id", "must be small letters, digits and hyphens.", value=identity.id)
    if identity.name:
        reading.line("clinic.name", identity.name)
    if identity.jurisdiction and identity.jurisdiction not in JURISDICTIONS:
        reading.unknown("clinic.jurisdiction", identity.jurisdiction, tuple(JURISDICTIONS))
    for tag in identity.languages:
        if not TAG.fullmatch(tag):
            reading.fault("clinic.languages", "is no language tag.", 'Write "en", "es-US" or "zh-Hant".', tag)
        elif identity.languages.count(tag) > 1:
            reading.fault("clinic.languages", "stands more than once.", "Each language stands once.", tag)
    _check_patterns(reading, identity)
    _check_logo_and_clock(reading, folder, identity)
    return identity


def _check_logo_and_clock(reading: Reading, folder: Path, identity: Identity) -> None:
    logo = identity.logo
    if logo and (Path(logo).name != logo or not (folder / logo).is_file()):
        reading.fault("clinic.logo", "is no file in the clinic's folder.", "Put the picture beside clinic.toml.", logo)
    if bool(logo) != bool(identity.logo_alt):
        reading.fault(
            "clinic.logo_alt", "goes with logo.", "Say in every language what the logo shows, for who cannot see it."
        )
    if identity.clock and not reading.demo:
        reading.fault(
            "clinic.clock", "stands still, which a real clinic's clock may not.", "Take it out.", identity.clock
        )
    if identity.clock and identity.clock.tzinfo is None:
        reading.fault("clinic.clock", "has no offset.", "Write it as 2026-02-27T09:00:00-05:00.", identity.clock)


def _check_patterns(reading: Reading, identity: Identity) -> None:
    try:
        re.compile(identity.mrn_pattern)
    except re.error as error:
        reading.fault("clinic.mrn_pattern", f"is no regular expression ({error}).", value=identity.mrn_pattern)
    if not identity.start_format:
        return
    example = datetime(2026, 3, 14, 15, 45)  # noqa: DTZ001 - only its digits are written and read back
    try:
        back = datetime.strptime(example.strftime(identity.start_format), identity.start_format)  # noqa: DTZ007 - as above
    except ValueError:
        back = None
    if back is None or back.replace(tzinfo=None) != example:
        remedy = "It needs year, month, day, hour and minute, such as %m/%d/%Y %H:%M."
        reading.fault("clinic.start_format", "does not tell a time by itself.", remedy, identity.start_format)
