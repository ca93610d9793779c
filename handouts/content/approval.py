"""The clinic's approvals → how each thing stands that people approve, and whether a wording may be printed as final.

People approve every block of every edition, every setting of clinic.toml, and the version of a procedure's templates. Blocks decide
what is printed; the version does too once it was approved. A setting that `approvals.tsv` has no line for counts as clinic.toml says.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from handouts.approvals import Approval, Approvals
from handouts.clinic import FILE, Clinic
from handouts.content.blocks import Block, Edition
from handouts.content.procedure import Procedure
from handouts.content.wording import Wording
from handouts.same_person import counted_as
from handouts.settings import SETTINGS, Setting

ALWAYS = frozenset(
    {
        "fast_anchor",
        "age_of_majority",
        "pediatric_allowed",
        "assent_min_age",
        "discussion_roles",
        "planned_duration_min",
        "recovery_min",
        "arrive_early_min",
        "state",
        "untranslated",
    }
)
"""Settings that no block names and that every document rests on, through its facts and times."""


class State(StrEnum):
    """How far something is that people approve."""

    APPROVED = "approved"
    NEVER = "not approved"
    CHANGED = "changed since"
    HALF = "needs a second person"
    NOT_YET = "not yet effective"
    EXPIRED = "expired"
    WAITING = "waits for translators"


@dataclass(frozen=True)
class Approvable:
    """One thing that people approve: `what` it is called in commands and in approvals.tsv, and the hash of all it says.

    It is a `block`, a `setting`, or the version of the templates of a `procedure`.
    """

    what: str
    sha256: str
    block: Block | None = None
    setting: Setting | None = None
    procedure: Procedure | None = None

    @property
    def by_two(self) -> bool:
        """Whether two people approve it: a value outside the guard against typing errors."""
        return bool(self.setting and self.setting.outside)


@dataclass(frozen=True)
class Standing:
    """How far something is: who approved it (`by`, and `second`), until when it counts, and `why` it does not."""

    state: State
    why: str = ""
    by: Approval | None = None
    second: Approval | None = None
    until: date | None = None

    @property
    def told(self) -> str:
        """How far it is, in words."""
        return f"{self.state}, {self.why}" if self.why else str(self.state)


def version_name(procedure: str, version: str = "") -> str:
    """What the version of a procedure's templates is called; without one, what all its versions' names begin with."""
    return f"template {procedure} {version}".rstrip()


def setting_of(setting: Setting) -> Approvable:
    """What is approved of a setting."""
    return Approvable(f"setting {setting.key}", setting.sha256, setting=setting)


def blocks_of(edition: Edition) -> Mapping[str, Approvable]:
    """What is approved of an edition, by hash: its blocks in order, each called by what it is and what it rests on.

    Those that share that are numbered, so that each has the same name when its words are changed.
    """
    found: dict[str, Approvable] = {}
    counts: dict[str, int] = {}
    for block in edition.blocks:
        sources = " ".join(block.rests_on)
        name = f"block {edition.procedure} {edition.kind} {block.language} {block.role} {sources}"
        counts[name] = number = counts.get(name, 0) + 1
        numbered = name if number == 1 else f"{name} #{number}"
        found.setdefault(block.sha256, Approvable(numbered, block.sha256, block=block))
    return found


def standing(
    of: Approvable, clinic: Clinic, approvals: Approvals, day: date, present: Collection[str] = ()
) -> Standing:
    """How far `of` is on `day`; nothing of a demo clinic is ever approved.

    `present` are the hashes of all there is beside it: their approvals are not what it was before.
    """
    if clinic.demo:
        return Standing(State.NEVER)
    if of.setting and not (approvals.tells_of(of.what) or approvals.of(of.sha256)):
        return _by_clinic(of.setting, clinic, day)
    found = _by_lines(of, approvals, day, present)
    if of.block and of.block.unreviewed and found.state != State.APPROVED:
        return Standing(State.WAITING, "its translation is not reviewed")
    last = of.setting.expires_at if of.setting else None
    if last is None or found.state not in {State.APPROVED, State.HALF}:
        return found
    if last < day:
        return Standing(State.EXPIRED, f"its last day was {last}", found.by, found.second, last)
    return Standing(found.state, found.why, found.by, found.second, min(last, found.until or last))


def _by_lines(of: Approvable, approvals: Approvals, day: date, present: Collection[str]) -> Standing:
    """How far it is by the lines of approvals.tsv."""
    by = approvals.counting(of.sha256, day)
    second = approvals.seconding(of.sha256, day) if of.by_two else None
    if by and (second or not of.by_two):
        return Standing(State.APPROVED, "", by, second, approvals.last_day(of.sha256, day, by_two=of.by_two))
    if by:
        outside = of.setting.outside if of.setting else ""
        return Standing(State.HALF, f"{by.approved_by} approved it, and it {outside}", by)
    lines = [each for each in approvals.of(of.sha256) if not each.second]
    if ahead := [each for each in lines if max(each.effective_from, each.approved_at) > day]:
        first = min(ahead, key=lambda each: each.effective_from)
        since = max(first.effective_from, first.approved_at)
        return Standing(State.NOT_YET, f"{first.approved_by} approved it from {since}", first, None, None)
    if lines:
        last = max(lines, key=lambda each: each.effective_until or date.max)
        return Standing(State.EXPIRED, f"approved until {last.effective_until} by {last.approved_by}", last)
    if before := approvals.before(of.what, present):
        return Standing(State.CHANGED, f"{before.approved_by} approved it on {before.approved_at}", before)
    return Standing(State.NEVER)


def _by_clinic(setting: Setting, clinic: Clinic, day: date) -> Standing:
    """How far a setting is by clinic.toml alone."""
    if not setting.approved_by or setting.approved_at is None:
        return Standing(State.NEVER)
    by = Approval(setting.approved_by, "", setting.approved_at, setting.approved_at, setting.expires_at)
    if not clinic.approved(setting.key, datetime.combine(day, time())):
        if setting.approved_at > day:
            return Standing(State.NOT_YET, f"{by.approved_by} approved it from {setting.approved_at}", by)
        return Standing(State.EXPIRED, f"its last day was {setting.expires_at}", by)
    if not setting.outside:
        return Standing(State.APPROVED, "", by, None, setting.expires_at)
    other = setting.second_approver
    if not other or counted_as(other) == counted_as(setting.approved_by):
        return Standing(State.NEVER, f"{FILE} has one name for it, and it {setting.outside}", by)
    second = Approval(other, "", setting.approved_at, setting.approved_at, setting.expires_at, second=True)
    return Standing(State.APPROVED, "", by, second, setting.expires_at)


def not_approved(
    wording: Wording, clinic: Clinic, approvals: Approvals, day: date, version: str = ""
) -> tuple[str, ...]:
    """What stands between `wording` and a final print on `day`, each with why unless it was never approved.

    Blocks are called by their hash and place, settings by their key. `version` is the hash of the procedure's version, which must
    be approved where any version of it was; "" for a document that no template makes.
    """
    edition = wording.edition
    found: list[str] = []
    if version and approvals.tells_of(version_name(edition.procedure)):
        of = Approvable(version_name(edition.procedure, edition.version), version)
        found += _told(of.what, standing(of, clinic, approvals, day))
    blocks = {block.approved_as: block for block in wording.blocks}
    lacking = [sha256 for sha256 in blocks if not approvals.counts(sha256, day)]
    known: Mapping[str, Approvable] = blocks_of(edition) if lacking and approvals.lines else {}
    for sha256 in lacking:
        of = known.get(sha256) or Approvable("block", sha256)
        name = f"block {sha256[:8]} ({blocks[sha256].place})"
        found += _told(name, _by_lines(of, approvals, day, known))
    named = {key for block in wording.blocks for key in block.rests_on}
    needed = named | ALWAYS
    there: dict[str, list[Setting]] = {}
    for key, setting in clinic.settings.items():
        there.setdefault(key.partition(".")[0], []).append(setting)
    for name in SETTINGS:
        if name in needed:
            for setting in there.get(name, ()):
                found += _told(f"setting {setting.key}", standing(setting_of(setting), clinic, approvals, day))
            if name not in there and name in named and SETTINGS[name].need == "required":
                found.append(f"setting {name}")
    return tuple(found)


def _told(name: str, found: Standing) -> list[str]:
    """Nothing for what is approved; else its name, and why it is not."""
    if found.state == State.APPROVED:
        return []
    return [f"{name}: {found.told}" if found.why else name]
