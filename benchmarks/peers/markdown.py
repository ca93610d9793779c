"""The lines of a document with fpdf2's inline marks in them."""

from __future__ import annotations

from benchmarks.peers.paragraphs import Paragraphs


class Markdown(Paragraphs):
    """`**` around bold text; links are text."""

    def said(self, text: str) -> str:
        """Text as it is: none of ours holds a mark."""
        return text

    def strong(self, inner: str) -> str:
        """Bold text."""
        return f"**{inner}**"

    def link(self, inner: str, href: str) -> str:
        """The text of a link."""
        del href
        return inner
