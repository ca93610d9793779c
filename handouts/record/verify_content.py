"""What stands in a PDF → what does not belong in a document to sign: programs, layers, things over the pages, loose bytes."""

# pyHanko's types are partial: what it gives is looked at where it is used.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils import generic

from handouts.record.verify_objects import Revisions, inside
from handouts.record.verify_values import Finding, Kind

_ACTIVE = ("/OpenAction", "/AA", "/Collection", "/Requirements")
_ENDS = re.compile(rb"startxref[\r\n ]+(\d+)[\r\n ]+%%EOF(\r\n|\r|\n)?\Z")
_LOOKS = frozenset(("/Widget", "/Link"))
_OPENS = frozenset(("/URI", "/GoTo"))
_MOST_PAGES = 10_000


def loose_bytes(pdf: bytes) -> Iterator[Finding]:
    """Bytes before or after the file."""
    if not pdf.startswith(b"%PDF-"):
        yield Finding(Kind.BYTES, "There are bytes before the beginning of the document.")
    if not _ENDS.search(pdf[-64:]):
        yield Finding(Kind.BYTES, "There are bytes after the end of the document.")


def out_of_place(revisions: Revisions) -> Iterator[Finding]:
    """What does not belong in a document to sign, as the file is now."""
    root = revisions.root(revisions.count - 1)
    names = inside(root, "/Names")
    if any(inside(names, key) for key in ("/JavaScript", "/EmbeddedFiles")) or any(key in root for key in _ACTIVE):
        yield Finding(Kind.HIDDEN, "The file has programs or other files in it.")
    if "/OCProperties" in root:
        yield Finding(Kind.HIDDEN, "The file has layers that can be shown and hidden.")
    form = inside(root, "/AcroForm")
    if isinstance(form, generic.DictionaryObject) and ("/XFA" in form or inside(form, "/NeedAppearances")):
        yield Finding(Kind.HIDDEN, "The form is one that looks different in different programs.")
    yield from _over_pages(root)


def _over_pages(root: Any) -> Iterator[Finding]:
    """Annotations that our documents do not have, and what happens on a click."""
    for page in _pages(root):
        if "/AA" in page:
            yield Finding(Kind.HIDDEN, "The file has programs or other files in it.")
        for each in inside(page, "/Annots", ()):
            found = each.get_object()
            if inside(found, "/Subtype") not in _LOOKS:
                yield Finding(Kind.HIDDEN, "Something lies over a page that does not belong to the document.")
            action = inside(found, "/A")
            opens = isinstance(action, generic.DictionaryObject) and inside(action, "/S") not in _OPENS
            if opens or "/AA" in found:
                yield Finding(Kind.HIDDEN, "The file has programs or other files in it.")


def _pages(root: Any) -> Iterator[Any]:
    """The pages in their order (§7.7.3). Raises ValueError for a tree of pages that is none."""
    waiting, count = [root["/Pages"]], 0
    while waiting:
        node = waiting.pop()
        count += 1
        if count > _MOST_PAGES:
            raise ValueError("the pages of the file cannot be followed")
        if "/Kids" in node:
            waiting += [kid.get_object() for kid in reversed(list(node["/Kids"]))]
        else:
            yield node
