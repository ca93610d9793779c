"""The patient's packet before this one, as the record keeps it: what page 0 compares with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from handouts.appointment import Appointment
from handouts.content.choice import ItemFacts
from handouts.content.condition import Facts


@dataclass(frozen=True)
class Previous:
    """A packet that was made of `appointment` at `made_at`: its language, facts, lists, printed blanks.

    `wordings` are the hashes of its documents' wordings by kind.
    """

    packet_id: str
    made_at: datetime
    appointment: Appointment
    language: str
    facts: Facts
    lists: ItemFacts
    printed: Mapping[str, str]
    wordings: Mapping[str, str]

    @classmethod
    def of(cls, manifest: Mapping[str, object], appointment: Appointment, made_at: datetime) -> Previous:
        """The packet whose packet.json says `manifest`; raises KeyError for what it lacks."""
        told = cast("Mapping[str, Any]", manifest)
        documents = cast("Sequence[Mapping[str, str]]", told["documents"])
        return cls(
            told["packet_id"],
            made_at,
            appointment,
            told["language"],
            dict(told["facts"]),
            {name: tuple(dict(item) for item in items) for name, items in told["lists"].items()},
            dict(told["blanks"]),
            {document["kind"]: document["wording_sha256"] for document in documents},
        )
