"""Brings the catalogs up to date with what is said: run after `pybabel extract`, as CONTRIBUTING.md says.

Writes `locales/handouts.pot`, whose messages are constants that no extractor sees, and gives every PO file the messages of its
POT file. `pybabel update` would do the second, but it writes dates and its own header at every run; here a header stays as it is.
"""

from __future__ import annotations

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from handouts.content.words import IN_CONTEXT, MESSAGES

LOCALES = Path(__file__).parents[2] / "locales"


def furniture() -> Catalog:
    """The messages of the catalog `handouts`."""
    catalog = Catalog()
    for context, message in (*((None, message) for message in MESSAGES), *IN_CONTEXT):
        catalog.add(message, context=context)
    return catalog


def written(catalog: Catalog) -> str:
    """The text of `catalog` without its header."""
    file = io.BytesIO()
    write_po(file, catalog, omit_header=True, include_previous=True)
    return file.getvalue().decode()


def updated(po: str, pot: str) -> str:
    """The PO file `po` with the messages of `pot`: those that are new are empty, those that are gone stand after #~."""
    header, _, _ = po.partition("\n\n")
    catalog = read_po(io.BytesIO(po.encode()))
    catalog.update(read_po(io.BytesIO(pot.encode())), no_fuzzy_matching=True)
    return f"{header}\n\n{written(catalog)}"


if __name__ == "__main__":
    (LOCALES / "handouts.pot").write_text(written(furniture()), "utf-8")
    for path in LOCALES.glob("*/LC_MESSAGES/*.po"):
        pot = LOCALES / f"{path.stem}.pot"
        path.write_text(updated(path.read_text("utf-8"), pot.read_text("utf-8")), "utf-8")
