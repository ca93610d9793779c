"""The modes of a schedule, by themselves: a peer's process needs them, and nothing of ours."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """What differs from one appointment to the next.

    In a `realistic` schedule a flag is yes for one patient in ten and unknown for one in twenty; with `random` every flag has
    any of its values, so that hardly two packets have the same layout; with `fixed` all facts are the same, so that after the
    first packet every layout is known; `stretched` is random with names from 1 to 120 letters, in every script alike.
    """

    REALISTIC = "realistic"
    RANDOM = "random"
    FIXED = "fixed"
    STRETCHED = "stretched"
