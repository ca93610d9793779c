"""A name, however it is written → what it is counted by, so that one person never counts as two."""

from __future__ import annotations

import unicodedata


def counted_as(name: str) -> str:
    """What the person called `name` is counted by: the words of the name without case, accents, signs and order.

    Two people of one name count as one. A name without a letter or digit counts as it is written.
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    seen = [char for char in plain if unicodedata.category(char) != "Cf" and not "\u0300" <= char <= "\u036f"]
    words = "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in seen).split()
    return " ".join(sorted(words)) or name
