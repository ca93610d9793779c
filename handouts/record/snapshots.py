"""What many packets share, kept once under its hash: what a document is made of, and what a clinic's papers rest on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select

from handouts.clinic import Clinic
from handouts.content.choice import ItemFacts
from handouts.content.condition import Facts
from handouts.content.editions import Editions
from handouts.content.wording import Wording
from handouts.memory import remembered
from handouts.record.impact import MadeOf, made_of
from handouts.record.log import canonical, digest
from handouts.record.tables import snapshots


class Snapshot(NamedTuple):
    """A text, JSON, under its hash."""

    sha256: str
    told: str


@remembered(512)
def wording_snapshot(wording: Wording, editions: Editions) -> Snapshot:
    """What a document with this wording is made of, but for the facts that chose it."""
    return _snapshot({**made_of(wording, {}, {}, editions).as_json(), "facts": {}, "items": {}})


@remembered(8)
def clinic_snapshot(clinic: Clinic) -> Snapshot:
    """The risks that the papers of a clinic name."""
    return _snapshot({"risks": risks_of(clinic)})


def risks_of(clinic: Clinic) -> list[str]:
    """The ids of the risks that the papers of `clinic` name."""
    return sorted(risk.id for risk in clinic.value("risk_list") or ())


def keep(connection: Connection, found: Mapping[str, str]) -> None:
    """Keep texts under their hashes, as far as they are not there."""
    there = set(connection.execute(select(snapshots.c.sha256).where(snapshots.c.sha256.in_(found))).scalars())
    new = [{"sha256": sha256, "told": told} for sha256, told in found.items() if sha256 not in there]
    if new:
        connection.execute(insert(snapshots), new)


def told_of(connection: Connection, sha256: str) -> Mapping[str, Any]:
    """The snapshot with this hash; empty where there is none."""
    told = connection.execute(select(snapshots.c.told).where(snapshots.c.sha256 == sha256)).scalar()
    return json.loads(told) if told else {}


def was_made_of(connection: Connection, sha256: str, facts: Facts, items: ItemFacts) -> MadeOf | None:
    """What a document was made of, whose snapshot has this hash, chosen by these facts; None where there is none."""
    told = told_of(connection, sha256)
    return MadeOf.of_json({**told, "facts": facts, "items": items}) if told else None


def _snapshot(said: Mapping[str, Any]) -> Snapshot:
    told = canonical(said)
    return Snapshot(digest(told), told)
