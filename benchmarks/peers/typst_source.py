"""The document as Typst source."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.markup import Markup
from benchmarks.peers.typst import said
from handouts.content.blocks import Block, Field, Group


class Source(Markup):
    """Calls of the functions that `typst.py` puts at the top of every document."""

    def said(self, text: str) -> str:
        """Text, escaped."""
        return said(text)

    def strong(self, inner: str) -> str:
        """Bold text."""
        return f"#strong[{inner}]"

    def link(self, inner: str, href: str) -> str:
        """A link."""
        return f'#link("{href}")[{inner}]'

    def field(self, field: Field) -> str:
        """A box to tick, or a line with its label below."""
        if field.kind == "checkbox":
            return "#tick "
        return f"#written({field.width or 30}%)[{said(field.label)}]"

    def block(self, block: Block, parts: Sequence[str]) -> str:
        """A call; rows and items are arguments of the call around them."""
        match block.role:
            case "tr":
                cells = zip(block.parts, parts, strict=True)
                return (
                    "".join(f"[#strong[{text}]], " if part.role == "th" else f"[{text}], " for part, text in cells)
                    + "\n"
                )
            case "li":
                return f"[{parts[0]}],\n"
            case "aside":
                pieces = zip(block.parts, parts, strict=True)
                inner = "".join(f"#title3[{t}]\n" if p.role == "h3" else f"{t}#parbreak()" for p, t in pieces)
                return f'#callout("{block.kind}")[{inner}]\n'
            case "h1" | "h2" | "h3":
                return f"#heading(level: {block.role[1]})[{parts[0]}]\n"
            case _:
                return f"#block[{parts[0]}]\n"

    def group(self, group: Group, heads: str, inner: str) -> str:
        """A call around the arguments, or the content as it is."""
        if group.role == "table":
            columns = ", ".join(f"{width}fr" for width in group.widths)
            head = f"table.header({heads}), " if heads else ""
            return f"#table(columns: ({columns},), {head}{inner})\n"
        if group.role in ("ul", "ol"):
            return f"#{'list' if group.role == 'ul' else 'enum'}({inner})\n"
        return f"#block(breakable: false)[{inner}]\n" if group.keep else inner
