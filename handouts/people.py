"""The tables [people], [signing] and [store] of clinic.toml → who may do what, how files are signed, where the record is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, Strict

from handouts.identity import Clinician, Entry, read_entries, read_entry
from handouts.settings import Reading


class Role(StrEnum):
    """What people are to the record; one person may be several."""

    STAFF = "staff"
    CLINICIAN = "clinician"
    TRANSLATOR = "translator"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"
    MEDICAL_DIRECTOR = "medical_director"


class Person(Entry):
    """Somebody who works for the clinic, known to the commands by the name of the table (`--as okafor`).

    `users` are the users of the computer who may act as this person; none named: whoever may open the clinic's folder. `key`
    names what this person signs with: a file beside clinic.toml (.p12, .pfx, .pem), or "pkcs11:LABEL".
    """

    name: str
    roles: Annotated[tuple[Annotated[Role, Strict(False)], ...], Strict(False)]
    licence: str = ""
    users: Annotated[tuple[str, ...], Strict(False)] = ()
    key: str = ""


class SigningSettings(Entry):
    """How the clinic signs: `level` is that of ETSI EN 319 142-1, `seal` the clinic's own key, for people who have none.

    `timestamp_url` is that of an RFC 3161 authority; `roots` a PEM file of the certificates that are trusted, beside clinic.toml;
    `crls` a file of lists of revoked certificates there, for machines that cannot ask the authority; `pkcs11_module` the library of
    a token.
    """

    level: Literal["B-B", "B-T", "B-LT", "B-LTA"] = "B-B"
    seal: str = ""
    roots: str = ""
    timestamp_url: str = ""
    crls: str = ""
    pkcs11_module: str = ""


class StoreSettings(Entry):
    """Where the record is kept: the URL of a database (empty: SQLite in the clinic's folder), and how many years for.

    The years are the clinic's to set: the law of its state has the last word, HIPAA asks for six years of its documentation, and of
    minors records are kept longer (CLINICAL R17).
    """

    url: str = ""
    keep_years: Annotated[int, Field(ge=1, le=100)] = 10


def read_people(
    reading: Reading, raw: object, clinicians: Mapping[str, Clinician], leading: Collection[str]
) -> dict[str, Person]:
    """The people by key: those of [people], and the clinicians that are not among them.

    Of these the ones whose role is `leading`, so that they may lead the talk with a patient, are clinicians to the record, the
    others staff. What is wrong with any is told to `reading`.
    """
    found = read_entries(reading, "people", raw, Person)
    for key, person in found.items():
        if not person.roles:
            reading.fault(f"people.{key}.roles", "names no role.", f"Known are {', '.join(Role)}.")
        if Role.MEDICAL_DIRECTOR in person.roles and not person.licence:
            reading.fault(f"people.{key}.licence", "is missing.", "Who approves content does so with a licence.")
    own = {
        key: Person(
            name=each.name,
            roles=(Role.CLINICIAN if each.role in leading else Role.STAFF,),
            licence=each.licence,
        )
        for key, each in clinicians.items()
        if key not in found
    }
    return found | own


def read_signing(reading: Reading, raw: object) -> SigningSettings:
    """How the clinic signs."""
    signing = read_entry(reading, "signing", raw, SigningSettings) or SigningSettings()
    if signing.level != "B-B" and not signing.timestamp_url:
        reading.fault("signing.timestamp_url", f"is missing: {signing.level} needs a timestamp authority.")
    return signing


def read_store(reading: Reading, raw: object) -> StoreSettings:
    """Where the record is kept."""
    return read_entry(reading, "store", raw, StoreSettings) or StoreSettings()


TABLES = ("people", "signing", "store")
