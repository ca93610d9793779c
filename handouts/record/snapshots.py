"""What many packets share, kept once: the blocks and settings that a wording is made of, and the hashes of a clinic's settings."""

from __future__ import annotations

import hashlib

from handouts.clinic import Clinic
from handouts.content.wording import Wording
from handouts.memory import remembered
from handouts.record.log import canonical


@remembered(512)
def wording_snapshot(wording: Wording) -> str:
    """What a document says, as the hashes that people approve, in order; and what it rests on."""
    edition = wording.edition
    return canonical(
        {
            "procedure": edition.procedure,
            "kind": edition.kind,
            "language": edition.language,
            "version": edition.version,
            "blocks": [block.approved_as for block in wording.blocks],
            "rests_on": sorted({key for block in wording.blocks for key in block.rests_on}),
        }
    )


@remembered(8)
def clinic_snapshot(clinic: Clinic) -> tuple[str, str]:
    """The settings of a clinic, each by its hash, and the risks it lists; under the hash of all of it."""
    hashes = {key: _hash(repr((key, setting))) for key, setting in sorted(clinic.settings.items())}
    told = canonical({"settings": hashes, "risks": risks_of(clinic)})
    return _hash(told), told


def risks_of(clinic: Clinic) -> list[str]:
    """The ids of the risks that the papers of `clinic` list."""
    return sorted(risk.id for risk in clinic.value("risk_list") or ())


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
