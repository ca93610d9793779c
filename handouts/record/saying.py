"""What a packet says, as one hash: every word and value of it, but for when it was made; and what of it would be otherwise now."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from handouts.content.blanks import Blank, blanks
from handouts.packet import PacketMaker, Said
from handouts.record.log import canonical, digest
from handouts.record.packets import options_told

_OF_ISSUE = ("issued_at", "issued_zone")
"""Blanks that differ each time a packet is made, and say nothing else."""
LOOK = "its sheets (--paper), or how it is set (--variant)"
"""The part that follows from how it is asked for, and from nothing that the packet says."""
_NAMES = {
    "documents": "the text of its documents (template, translation or a setting in it)",
    "unfinished": "what of its content is approved",
    "values": "what is filled in",
    "facts": "its facts",
    "items": "its lists",
    "concerns": "what a clinician must decide",
    "languages": "its languages",
    "notice": "whether it has the notice of language assistance",
    "look": LOOK,
}


def parts(make: PacketMaker, said: Said) -> Mapping[str, str]:
    """The hashes of all that a packet says and staff are told of it, part by part; `decided` concerns are among them as before."""
    found = said.finding
    told: dict[str, Any] = {
        "documents": {kind: [wording.sha256 for wording in each] for kind, each in said.wordings.items()},
        "unfinished": {kind: make.unfinished(said, kind) for kind in said.wordings},
        "values": {
            name: _plain(blank) for name, blank in blanks(said.case, said.packet_id).items() if name not in _OF_ISSUE
        },
        "facts": dict(found.facts),
        "items": {name: [dict(item) for item in items] for name, items in found.items.items()},
        "concerns": sorted(concern.id for concern in (*found.concerns, *found.decided)),
        "languages": said.languages,
        "notice": said.notice_left_out,
        "look": [told for name, told in options_told(make.options).items() if name != "language"],
    }
    return {name: digest(canonical(each)) for name, each in told.items()}


def says(make: PacketMaker, said: Said) -> str:
    """`parts` as one text, which is compared as a whole and, where it differs, part by part."""
    return canonical(_shortened(make, said))


def says_still(make: PacketMaker, before: str, as_then: Said, now: str) -> bool:
    """Whether a packet that said `before` says the same still, so that it need not be made again; arguments as of `changed`."""
    return not changed(make, before, as_then, now)


def changed(make: PacketMaker, before: str, as_then: Said, now: str) -> list[str]:
    """Which parts of what a packet said `before` it says otherwise now, in words; nothing if it says the same still.

    `now` is what it says now (`says`). What is filled in counts as of when it was made, as the last day of a consent is counted from then; all else as of now.
    """
    filled_in = _shortened(make, as_then)["values"]
    return list(differences(json.loads(before), {**json.loads(now), "values": filled_in}))


def differences(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """Which parts differ, in words."""
    for name in dict.fromkeys((*before, *now)):
        if before.get(name) != now.get(name):
            yield _NAMES.get(name, name)


def _shortened(make: PacketMaker, said: Said) -> dict[str, str]:
    return {name: sha256[:16] for name, sha256 in parts(make, said).items()}


def _plain(blank: Blank) -> list[str]:
    value = blank.value
    if isinstance(value, datetime):
        return [blank.type, f"{value.isoformat()} {value.tzinfo}"]
    return [blank.type, value.isoformat() if isinstance(value, date) else str(value)]
