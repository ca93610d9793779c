"""The lines of a document with reportlab's markup for paragraphs in them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from benchmarks.markup import Markup
from benchmarks.peers import lines
from handouts.content.blocks import Block, Field, Group


class Paragraphs(Markup):
    """Inline marks as reportlab's `Paragraph` reads them."""

    def said(self, text: str) -> str:
        """Text, escaped."""
        return escape(text)

    def strong(self, inner: str) -> str:
        """Bold text."""
        return f"<b>{inner}</b>"

    def link(self, inner: str, href: str) -> str:
        """A link."""
        return f'<a href="{escape(href)}">{inner}</a>'

    def field(self, field: Field) -> str:
        """A box or a place of its own."""
        return lines.field_mark(field)

    def block(self, block: Block, parts: Sequence[str]) -> str:
        """A line."""
        return lines.block_line(block, parts)

    def group(self, group: Group, heads: str, inner: str) -> str:
        """Lines between its begin and end."""
        return lines.group_lines(group, heads, inner)
