"""A plate and what is filled in → the bytes of the PDF: the plate's own, and one small stream a page."""

from __future__ import annotations

import hashlib

from handouts.pdf.file import finished, stream
from handouts.pdf.filling import Filled
from handouts.pdf.plate import annotation


def stamp(given: Filled) -> bytes:
    """The PDF: the same argument gives the same bytes, in any process and at any time."""
    plate, extra = given.plate, given.extra
    digest = hashlib.sha256(plate.identity.encode())
    later: dict[int, bytes] = {}
    for page, filled in zip(plate.pages, given.pages, strict=True):
        later[page.filled] = stream("", filled.content.encode("latin-1"))
        digest.update(later[page.filled])
    for area, corners, words in given.links:
        later[area.number] = annotation(area, corners, words).encode("latin-1")
        digest.update(later[area.number])
    fonts = {**plate.fonts.numbers, **extra.numbers}
    later[plate.resources] = f"<<{''.join([f'{key} {font} 0 R' for key, font in fonts.items()])}>>".encode()
    chunks = (plate.fonts.chunk, plate.chunk, *([extra.chunk] if extra.met else []))
    identifier = digest.hexdigest()[:32]
    return finished(chunks, later, catalog=plate.catalog, information=plate.information, identifier=identifier)
