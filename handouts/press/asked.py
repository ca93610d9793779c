"""What a run follows from beside the time, as a journal keeps it: schedules, options, the clinic's content and the program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from handouts.clinic import Clinic
from handouts.press.bundle import bundle_of
from handouts.press.manifest import sha256_of
from handouts.press.plan import Plan
from handouts.press.program import this_program


def asked(plan: Plan, clinic: Clinic, files: Sequence[Path]) -> Mapping[str, Any]:
    """It as JSON has it: the same for the same command over the same files. Raises as `bundle_of`."""
    return {
        "plan": {name: value for name, value in plan.told.items() if name != "now"},
        "two_sided": clinic.press.two_sided,
        "schedule": [sha256_of(path) for path in files],
        "content": bundle_of(clinic).sha256,
        "program": this_program().fingerprint,
    }
