"""The table [signing] of clinic.toml → how files are signed, whose certificates are trusted, and the keys that are signed with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from handouts.clinic import FILE, Clinic
from handouts.errors import Fault, UnreadableInput, UnusableKey
from handouts.record.roles import Actor
from handouts.record.sign import Policy, timestamper
from handouts.record.sign_keys import Key, certificates_in, opened
from handouts.record.sign_lists import revocation_lists


def policy_of(clinic: Clinic, order: Sequence[str]) -> Policy:
    """How the files of `clinic` are signed, in this `order` of their fields.

    Raises UnreadableInput for roots, or lists of revoked certificates, that cannot be read.
    """
    settings = clinic.signing
    crls = revocation_lists(_content(clinic, settings.crls), settings.crls) if settings.crls else ()
    return Policy(
        settings.level,
        order,
        timestamper(settings.timestamp_url) if settings.timestamp_url and settings.level != "B-B" else None,
        roots_of(clinic),
        crls,
        fetching=settings.level in ("B-LT", "B-LTA") and not crls,
    )


def roots_of(clinic: Clinic) -> tuple[bytes, ...]:
    """The certificates that `clinic` trusts, in DER; none where it names none."""
    name = clinic.signing.roots
    return certificates_in(_content(clinic, name), name) if name else ()


def key_of(clinic: Clinic, actor: Actor | None, password: str | None, now: datetime) -> Key:
    """The key of `actor`, or with None the clinic's seal, fit to sign `now`. Raises as `sign_keys.opened`."""
    name = actor.person.key if actor else clinic.signing.seal
    if not name:
        place = f"people.{actor.key}.key" if actor else "signing.seal"
        whose = actor.person.name if actor else "the clinic"
        problem = f"names no key of {whose}."
        remedy = 'Name a file in the clinic\'s folder (.p12, .pfx, .pem) or "pkcs11:LABEL".'
        raise UnusableKey(Fault(FILE, problem, remedy, place))
    return opened(name, clinic.folder, password, now, module=clinic.signing.pkcs11_module or None)


def _content(clinic: Clinic, name: str) -> bytes:
    path = clinic.folder / name
    try:
        if Path(name).is_absolute() or clinic.folder.resolve() not in path.resolve().parents:
            raise UnreadableInput(Fault(FILE, "is not in the clinic's folder.", "Put it there.", "signing", name))
        return path.read_bytes()
    except OSError as trouble:
        problem = f"cannot be read: {trouble.strerror or trouble}."
        raise UnreadableInput(Fault(name, problem, "See [signing] in clinic.toml.")) from None
