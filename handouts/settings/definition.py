"""What is known of a setting before any clinic has set it: its form, its range, and how to ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "number",  # decimals allowed, in `unit`
    "integer",
    "bool",
    "choice",  # one of `choices`
    "text",  # a text per language
    "texts",  # a list of texts per language, all of the same length
    "digits",  # a short number to dial, as text
    "phone",  # E.164
    "subdivision",  # ISO 3166-2, without the country
    "roles",  # a list of role names
    "contraindications",
    "risks",
    "alternatives",
    "benefits",  # a table of texts by indication
    "medicine_rules",  # a table of rules by medicine class
]
Need = Literal["required", "default", "conditional", "optional"]
Severity = Literal["common", "serious", "long_term"]
Action = Literal["nurse", "call_today", "emergency"]

INDICATIONS = (
    "crps",
    "neuropathic_pain",
    "fibromyalgia",
    "phantom_limb",
    "postherpetic_neuralgia",
    "low_back_pain",
    "migraine",
    "cluster_headache",
)
SEVERITIES: tuple[Severity, ...] = ("common", "serious", "long_term")
ACTIONS: tuple[Action, ...] = ("nurse", "call_today", "emergency")
MEDICINE_RULES = ("continue", "take_with_sip", "ask_clinician", "do_not_take_from")

# What every list of risks must hold, with the severities each may have: the risks that the source article names.
ARTICLE_RISKS: Mapping[str, tuple[Severity, ...]] = {
    "dizziness": ("common",),
    "nausea": ("common",),
    "vision": ("common",),
    "dissociation": ("common",),
    "blood_pressure": ("common",),
    "cardiovascular": ("serious", "long_term"),
    "psychological": ("serious", "long_term"),
    "worsening_mental_health": ("serious", "long_term"),
    "dependence": ("serious", "long_term"),
}
# The risks on the medicine's label: each is listed, or left out with a reason.
LABEL_RISKS = (
    "arrhythmia",
    "low_blood_pressure",
    "anaphylaxis",
    "breathing",
    "double_vision",
    "eye_pressure",
    "spasms",
    "liver_injury",
    "bladder",
    "persistent_psychiatric",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One setting: `name` is its table in clinic.toml, `low` and `high` guard against typing errors, in `unit`.

    Outside the guard a value needs a second approver; for lists, `low` and `high` count the items, and fewer than `low` is
    never allowed. `needs` names a yes-or-no setting that makes a conditional one required. What is `staff_only` reaches no
    template.
    """

    name: str
    section: str
    kind: Kind
    need: Need
    question: str
    explanation: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    default: str | bool | None = None
    needs: str = ""
    staff_only: bool = False

    @property
    def is_table_of_settings(self) -> bool:
        """Whether it holds settings of its own, each with value and approver (`[med_rules.opioid]`)."""
        return self.kind in {"benefits", "medicine_rules"}
