"""Whom a witness saw sign, and who signs with a mark → what is wrong with that; the same on paper and on a screen."""

from __future__ import annotations

from collections.abc import Iterator

from handouts.record.form import WITNESS, Form


def witnessing(found: Form, role: str, saw: str, *, mark: bool) -> Iterator[tuple[str, str]]:
    """What is wrong, with what to do, where `role` signs `found`, with a `mark` or as a witness who `saw` a role sign."""
    if mark and WITNESS not in [each.role for each in found.signers]:
        yield "has no place for the witness of a mark.", "Make it with flags.read_aloud = yes, in a new revision."
    if role != WITNESS:
        return
    if saw not in found.roles:
        yield "has a witness who saw nobody sign.", f"Say whom: --saw {' or '.join(found.roles) or 'ROLE'}."
        return
    marks = [each.role for each in found.given if each.is_mark]
    if marks and saw not in marks:
        yield f"has the mark of the {marks[0]}, which a witness must have seen.", f"Then say so: --saw {marks[0]}."
