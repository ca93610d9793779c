"""A clinic's editions → everything that people approve, in the order in which they read it, and how far each is on a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from handouts.content import notice
from handouts.content.approval import Approvable, Standing, State, blocks_of, setting_of, standing, version_name
from handouts.content.editions import Editions
from handouts.errors import ContentError, Fault

SOON = timedelta(days=30)
"""How long before its end an approval is to be made anew."""


@dataclass(frozen=True)
class Listed:
    """One thing that people approve, and how far it is."""

    of: Approvable
    standing: Standing

    @property
    def approved(self) -> bool:
        """Whether it is printed as final."""
        return self.standing.state == State.APPROVED

    def ends_soon(self, day: date) -> bool:
        """Whether it is approved on `day`, and not for long any more."""
        until = self.standing.until
        return self.approved and until is not None and until - day <= SOON


def listed(editions: Editions, day: date, procedures: Iterable[str], language: str | None = None) -> tuple[Listed, ...]:
    """Everything that people approve of `procedures`, blocks in `language` alone where one is named, and how far it is on `day`.

    Versions and blocks of the procedures come first, then every setting of the clinic. Raises ContentError with all that keeps an
    edition from being made.
    """
    clinic, approvals = editions.clinic, editions.approvals
    found: dict[str, Approvable] = {}
    faults: list[Fault] = []
    for name in procedures:
        try:
            procedure = editions.procedure(name)
            named = version_name(procedure.id, procedure.version)
            sha256 = editions.version_sha256(name)
            found[sha256] = Approvable(named, sha256, procedure=procedure)
        except ContentError as trouble:
            faults += trouble.faults
            continue
        for kind, tag in _editions(editions, name, language):
            try:
                blocks = blocks_of(editions.wordings(name, kind, tag).edition).values()
            except ContentError as trouble:
                faults += trouble.faults
                continue
            for of in blocks:
                if of.block and of.block.language == (language or of.block.language):
                    found.setdefault(of.sha256, of)
    ContentError.gathered(dict.fromkeys(faults))
    found |= {of.sha256: of for of in map(setting_of, clinic.settings.values())}
    return tuple(Listed(of, standing(of, clinic, approvals, day, found)) for of in found.values())


def _editions(editions: Editions, procedure: str, language: str | None) -> Iterator[tuple[str, str]]:
    """The documents of a procedure by kind and language; the notice of language assistance once, for it is the same in all."""
    for kind in editions.kinds(procedure):
        tags = editions.languages(procedure) if language is None else (language,)
        yield from ((kind, tag) for tag in (tags[:1] if kind == notice.KIND else tags))


def ending(found: Sequence[Listed], day: date) -> Iterator[Fault]:
    """A warning for every day, and every person, on which approvals end soon after `day`."""
    ends: dict[tuple[date, str], list[str]] = {}
    for each in found:
        if each.ends_soon(day) and each.standing.until and each.standing.by:
            ends.setdefault((each.standing.until, each.standing.by.approved_by), []).append(each.of.what)
    for (until, who), names in sorted(ends.items()):
        more = f" and {len(names) - 1} more" if names[1:] else ""
        problem = f"what {who} approved ends on {until}: {names[0]}{more}."
        remedy = "Have it approved anew (handouts review content); a setting's own last day is its expires_at."
        yield Fault("approvals", problem, remedy)
