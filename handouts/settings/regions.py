"""What differs from one jurisdiction to another: numbers to dial, states, phone numbers kept for fiction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """The numbers a patient dials there (no crisis line: not one for all), and the region phone numbers belong to."""

    emergency: tuple[str, ...]
    crisis: tuple[str, ...]
    region: str | None


_EU = re.findall(r"\w+", "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK")

JURISDICTIONS: Mapping[str, Jurisdiction] = {
    "US": Jurisdiction(("911",), ("988",), "US"),
    "GB": Jurisdiction(("999",), ("116123",), "GB"),
    "EU": Jurisdiction(("112",), (), None),
    **{country: Jurisdiction(("112",), (), country) for country in _EU},
}

FICTIONAL_PHONES = re.compile(r"\+1\d{3}55501\d\d|\+442079460\d{3}")
"""555-01xx in North America, and what Ofcom keeps in London."""

_SUBDIVISIONS: Mapping[str, frozenset[str]] = {
    "US": frozenset(
        re.findall(
            r"\w+",
            "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK "
            "OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR UM VI",
        )
    ),
    "GB": frozenset({"ENG", "SCT", "WLS", "NIR"}),
}


def wrong_subdivision(code: str, jurisdiction: str) -> str:
    """What is wrong with `code` as an ISO 3166-2 subdivision of `jurisdiction`, or nothing."""
    known = _SUBDIVISIONS.get(jurisdiction)
    if known is None:
        return "" if re.fullmatch(r"[A-Z0-9]{1,3}", code) else "is no ISO 3166-2 code."
    return "" if code in known else f"is no part of {jurisdiction} in ISO 3166-2."
