"""Text that somebody wrote → the same in one line that can be printed, whatever is in it."""

from __future__ import annotations

import unicodedata

from handouts.typeset.text import drawable


def one_line(text: str) -> str:
    """`text` in one line; what no face has, or nobody sees, stands in it as its number: a refusal may be about that very character."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join([char if char.isprintable() and drawable(char) else f"[U+{ord(char):04X}]" for char in plain])
