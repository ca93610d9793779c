"""The document as HTML, for the peer that lays out HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from benchmarks.markup import Markup
from handouts.content.blocks import Block, Field, Group, Part


class Html(Markup):
    """Plain elements of HTML; what is filled in on paper is drawn, not a form field."""

    def said(self, text: str) -> str:
        """Text, escaped."""
        return escape(text)

    def strong(self, inner: str) -> str:
        """Bold text."""
        return f"<strong>{inner}</strong>"

    def link(self, inner: str, href: str) -> str:
        """A link."""
        return f'<a href="{escape(href)}">{inner}</a>'

    def field(self, field: Field) -> str:
        """A box to tick, or a line with its label below."""
        if field.kind == "checkbox":
            return '<span class="box"></span> '
        return f'<span class="line" style="flex: {field.width or 30}">{escape(field.label)}</span>'

    def block(self, block: Block, parts: Sequence[str]) -> str:
        """An element."""
        match block.role:
            case "tr":
                return f"<tr>{''.join(map(_cell, block.parts, parts))}</tr>\n"
            case "aside":
                inner = "".join(
                    f"<p>{text}</p>" if part.role == "li" else _plain(part.role, text)
                    for part, text in zip(block.parts, parts, strict=True)
                )
                return f'<div class="aside {block.kind}">{inner}</div>\n'
            case "fields":
                return f'<div class="fields">{parts[0]}</div>\n'
            case role:
                return _plain("p" if role == "img" else role, parts[0])

    def group(self, group: Group, heads: str, inner: str) -> str:
        """An element around them."""
        if group.role == "table":
            columns = "".join(f'<col style="width: {width}%">' for width in group.widths)
            return f"<table><colgroup>{columns}</colgroup><thead>{heads}</thead><tbody>{inner}</tbody></table>\n"
        keep = ' class="keep"' if group.keep else ""
        return f"<{group.role}{keep}>{inner}</{group.role}>\n"


def _cell(part: Part, text: str) -> str:
    scope = f' scope="{part.scope}"' if part.scope else ""
    return f"<{part.role}{scope}>{text}</{part.role}>"


def _plain(role: str, text: str) -> str:
    return f"<{role}>{text}</{role}>\n"
