"""The clinic's approvals → whether a wording may be printed as final: every block and every setting it rests on.

`approvals.tsv` in the clinic's folder holds a line a block: its SHA-256, who approved it, their licence, the day, the first
and the last day it is effective (empty: no end), with tabs between. A changed block has another hash and so no approval.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from handouts.clinic import Clinic
from handouts.content.wording import Wording
from handouts.errors import ContentError, Fault
from handouts.settings import SETTINGS

FILE = "approvals.tsv"
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

_COLUMNS = ("sha256", "approved by", "licence", "approved at", "effective from", "effective until")


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved one block, and the days on which that counts."""

    approved_by: str
    licence: str
    approved_at: date
    effective_from: date
    effective_until: date | None

    def effective(self, day: date) -> bool:
        """Whether it counts on `day`."""
        return self.effective_from <= day and (self.effective_until is None or day <= self.effective_until)


def load_approvals(folder: Path) -> Mapping[str, Approval]:
    """The approvals of the clinic in `folder`, by block hash; none where there is no file. Raises ContentError for bad lines."""
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except UnicodeDecodeError as trouble:
        raise ContentError(Fault(FILE, f"its characters cannot be read: {trouble}.", "Save it as UTF-8.")) from None
    found: dict[str, Approval] = {}
    faults: list[Fault] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            sha256, approval = _approval(line)
        except ValueError as trouble:
            remedy = f"Write {', '.join(_COLUMNS)} with tabs between, days as 2026-03-04."
            faults.append(Fault(f"{FILE}, line {number}", f"{trouble}.", remedy))
        else:
            found[sha256] = approval
    ContentError.gathered(faults)
    return found


def not_approved(wording: Wording, clinic: Clinic, approvals: Mapping[str, Approval], day: date) -> tuple[str, ...]:
    """What stands between `wording` and a final print on `day`: blocks by their hash and place, settings by their key."""
    by_hash = {block.approved_as: block for block in wording.blocks}
    blocks = [
        f"block {sha256[:8]} ({block.place})"
        for sha256, block in by_hash.items()
        if not (sha256 in approvals and approvals[sha256].effective(day))
    ]
    then = datetime.combine(day, time())
    named = {key for block in wording.blocks for key in block.rests_on}
    keys = [
        key
        for name, definition in SETTINGS.items()
        if name in named | ALWAYS
        for key in (_keys_set(clinic, name) or [name] * (name in named and definition.need == "required"))
    ]
    return (*blocks, *(f"setting {key}" for key in keys if not clinic.approved(key, then)))


def _keys_set(clinic: Clinic, name: str) -> list[str]:
    """The keys of the setting `name` that the clinic has set: itself, or those of the settings in its table."""
    return [key for key in clinic.settings if key.partition(".")[0] == name]


def _approval(line: str) -> tuple[str, Approval]:
    cells = [cell.strip() for cell in line.split("\t")]
    if len(cells) not in {len(_COLUMNS), len(_COLUMNS) - 1}:
        raise ValueError(f"{len(cells)} columns")
    sha256, who, licence, at, since = cells[:5]
    until = cells[5] if len(cells) > len(_COLUMNS) - 1 else ""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError(f'"{sha256}" is no SHA-256')
    if not who or not licence:
        raise ValueError("nobody is named, or no licence")
    approved_at, first, last = _day(at), _day(since), _day(until) if until else None
    if last and last < first:
        raise ValueError("it ends before it begins")
    return sha256, Approval(who, licence, approved_at, first, last)


def _day(text: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(f'"{text}" is no day')
    return date.fromisoformat(text)
