"""Who somebody is, and what each role may do: the one place where that is decided, for commands and whatever comes after them."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from handouts.clinic import FILE, Clinic
from handouts.errors import Fault, NotAllowed, WrongUsage
from handouts.people import Person, Role


class Act(StrEnum):
    """What people do that the record keeps."""

    GENERATE = "make a packet"
    APPROVE_CONTENT = "approve content"
    APPROVE_SECOND = "approve content as the second person"
    REVIEW = "approve or return a packet"
    ISSUE = "issue a packet"
    SIGN = "sign, or have a person sign"
    RECORD_SIGNING = "record what was signed on paper"
    CLOSE = "close, void or withdraw a packet"
    READ = "read the record"
    KEEP = "back up, restore, purge or export the record"


_EVERYBODY = frozenset(Role)
_MAY: Mapping[Act, frozenset[Role]] = {
    Act.GENERATE: frozenset((Role.STAFF, Role.CLINICIAN, Role.MEDICAL_DIRECTOR, Role.ADMINISTRATOR)),
    Act.APPROVE_CONTENT: frozenset((Role.MEDICAL_DIRECTOR,)),
    Act.APPROVE_SECOND: frozenset((Role.MEDICAL_DIRECTOR, Role.CLINICIAN, Role.REVIEWER)),
    Act.REVIEW: frozenset((Role.CLINICIAN, Role.MEDICAL_DIRECTOR)),
    Act.ISSUE: frozenset((Role.STAFF, Role.CLINICIAN, Role.MEDICAL_DIRECTOR)),
    Act.SIGN: frozenset((Role.STAFF, Role.CLINICIAN, Role.MEDICAL_DIRECTOR)),
    Act.RECORD_SIGNING: frozenset((Role.STAFF, Role.CLINICIAN, Role.MEDICAL_DIRECTOR)),
    Act.CLOSE: frozenset((Role.STAFF, Role.CLINICIAN, Role.MEDICAL_DIRECTOR)),
    Act.READ: _EVERYBODY,
    Act.KEEP: frozenset((Role.ADMINISTRATOR,)),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """A person who acts: by the key of clinic.toml, at the computer as `system_user`."""

    key: str
    person: Person
    system_user: str

    @property
    def told(self) -> Mapping[str, str]:
        """Who it is, as the record keeps it."""
        return {"as": self.key, "name": self.person.name, "licence": self.person.licence, "user": self.system_user}


def anybody(clinic: Clinic, key: str | None, act: Act) -> Actor:
    """As `actor`; but where nobody is named and the computer's user is nobody in particular, that user acts, with no role.

    For what the program does for whoever may open the clinic's folder, and is recorded all the same.
    """
    user = _system_user()
    if key is None and sum(user in person.users for person in clinic.people.values()) != 1:
        return Actor("", Person(name=user, roles=()), user)
    return actor(clinic, key, act, system_user=user)


def actor(clinic: Clinic, key: str | None, act: Act, *, system_user: str | None = None) -> Actor:
    """Who acts: the person `key`, or where none is named the one whose `users` have the computer's user.

    Raises WrongUsage where nobody is meant or known, NotAllowed where the computer's user may not act as that person, or the
    person's roles do not allow `act`.
    """
    user = system_user if system_user is not None else _system_user()
    known = clinic.people
    if key is None:
        own = [name for name, person in known.items() if user in person.users]
        if len(own) != 1:
            remedy = f"Say who acts: --as {' or '.join(known) or 'NAME'}."
            raise WrongUsage(Fault("the command", f'the user "{user}" is nobody in particular here.', remedy, "--as"))
        key = own[0]
    if key not in known:
        remedy = f"Known: {', '.join(known)}; add [people.{key}] to {FILE}."
        raise WrongUsage(Fault("the command", "no such person works here.", remedy, "--as", key))
    person = known[key]
    if person.users and user not in person.users:
        remedy = f"Work as yourself, or have an administrator add the user to people.{key}.users in {FILE}."
        raise NotAllowed(Fault("the command", f'the user "{user}" may not act as {person.name}.', remedy, "--as", key))
    if not _MAY[act].intersection(person.roles):
        needed = " or ".join(sorted(_MAY[act]))
        problem = f"{person.name} may not {act}."
        raise NotAllowed(Fault("the command", problem, f"That is for a {needed}.", "--as", key))
    return Actor(key, person, user)


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a user without an entry, as in some containers
        return "unknown"
