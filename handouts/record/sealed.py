"""A sheet for staff, with a field at its end → the same, signed by a person or sealed by the clinic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handouts.clinic import Clinic
from handouts.content.blocks import Field
from handouts.pdf.appearance import appearance
from handouts.record.page_zero_pdf import set_sheet
from handouts.record.page_zero_sheet import Section
from handouts.record.sign import Meaning, field_size, signed
from handouts.record.sign_keys import Key
from handouts.record.sign_policy import policy_of
from handouts.typeset.furniture import Furniture

SEAL = "seal.signature"
_WIDTH = 60  # percent of the line


@dataclass(frozen=True)
class Seal:
    """What a sheet is signed with: the key, what is meant, what stands below the field, and in it below the name."""

    key: Key
    meaning: Meaning
    label: str
    shown: str


def sealed(sections: Sequence[Section], furniture: Furniture, clinic: Clinic, seal: Seal | None) -> bytes:
    """The sheet as a PDF, signed if there is a `seal`. Raises as `sign.signed`."""
    if seal is None:
        return set_sheet(sections, furniture)
    content = set_sheet(sections, furniture, fields=(Field("signature", SEAL, seal.label, _WIDTH),))
    look = appearance(seal.meaning.who, [seal.shown], None, field_size(content, SEAL))
    return signed(content, SEAL, seal.key, seal.meaning, look, policy_of(clinic, ()))
