"""The document as formatting objects (XSL-FO 1.1), for Apache FOP."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from benchmarks.look import LOOK, TINTS
from benchmarks.markup import Markup
from handouts.content.blocks import Block, Field, Group

_HEADINGS = {"h1": (LOOK.h1, 4), "h2": (LOOK.h2, 10), "h3": (LOOK.h3, 8)}
_CELL = f'padding="3pt 7pt" border=".6pt solid #{LOOK.hairline}"'


class FormattingObjects(Markup):
    """Blocks, lists and tables, with their roles for the structure tree."""

    def said(self, text: str) -> str:
        """Text, escaped."""
        return escape(text)

    def strong(self, inner: str) -> str:
        """Bold text."""
        return f'<fo:inline font-weight="bold">{inner}</fo:inline>'

    def link(self, inner: str, href: str) -> str:
        """A link."""
        return f'<fo:basic-link external-destination="{escape(href)}" fox:alt-text="link">{inner}</fo:basic-link>'

    def field(self, field: Field) -> str:
        """A box to tick, or a line with its label below."""
        if field.kind == "checkbox":
            return '<fo:inline border=".8pt solid #191c21" padding="0 4pt">&#160;</fo:inline> '
        return (
            f'<fo:block space-before="{LOOK.writing}pt" border-top=".6pt solid #191c21" font-size="{LOOK.label}pt">'
            f"{escape(field.label)}</fo:block>"
        )

    def block(self, block: Block, parts: Sequence[str]) -> str:
        """A block, an item or a row."""
        match block.role:
            case "tr":
                cells = zip(block.parts, parts, strict=True)
                return f"<fo:table-row>{''.join(_cell(part.role, text) for part, text in cells)}</fo:table-row>\n"
            case "li":
                return (
                    '<fo:list-item space-after="2pt"><fo:list-item-label end-indent="label-end()"><fo:block>•</fo:block>'
                    '</fo:list-item-label><fo:list-item-body start-indent="body-start()">'
                    f"<fo:block>{parts[0]}</fo:block></fo:list-item-body></fo:list-item>\n"
                )
            case "aside":
                ground, bar = TINTS[block.kind]
                inner = "".join(
                    _block("h3b" if p.role == "h3" else "p", t) for p, t in zip(block.parts, parts, strict=True)
                )
                return (
                    f'<fo:block background-color="#{ground}" border-left="5pt solid #{bar}" padding="5pt 8pt" '
                    f'margin="0pt 8pt" space-after="6pt" keep-together.within-page="always">{inner}</fo:block>\n'
                )
            case role:
                return _block(role, parts[0])

    def group(self, group: Group, heads: str, inner: str) -> str:
        """A list, a table, or blocks that stay together."""
        if group.role == "table":
            columns = "".join(f'<fo:table-column column-width="{width}%"/>' for width in group.widths)
            head = f'<fo:table-header background-color="#e7edf3">{heads}</fo:table-header>' if heads else ""
            return (
                f'<fo:table table-layout="fixed" width="100%" font-size="{LOOK.table}pt" space-after="5pt">{columns}{head}'
                f"<fo:table-body>{inner}</fo:table-body></fo:table>\n"
            )
        if group.role in ("ul", "ol"):
            distances = 'provisional-distance-between-starts="18pt" provisional-label-separation="4pt"'
            return f'<fo:list-block {distances} space-after="5pt">{inner}</fo:list-block>\n'
        keep = ' keep-together.within-page="always"' if group.keep else ""
        return f"<fo:block{keep}>{inner}</fo:block>\n"


def _cell(role: str, text: str) -> str:
    bold = ' font-weight="bold"' if role == "th" else ""
    return f"<fo:table-cell {_CELL}><fo:block{bold}>{text}</fo:block></fo:table-cell>"


def _block(role: str, text: str) -> str:
    if role == "h3b":
        return f'<fo:block font-weight="bold" font-size="{LOOK.h3}pt" color="#{LOOK.heading}">{text}</fo:block>\n'
    if role in _HEADINGS:
        size, before = _HEADINGS[role]
        return (
            f'<fo:block role="{role.upper()}" font-weight="bold" font-size="{size}pt" color="#{LOOK.heading}" '
            f'space-before="{before}pt" space-after="3pt" keep-with-next.within-page="always">{text}</fo:block>\n'
        )
    return f'<fo:block space-after="5pt">{text}</fo:block>\n'
