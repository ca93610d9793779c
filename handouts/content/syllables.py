"""A word → how many syllables it has, in English by spelling and a table of exceptions, in Spanish by rule.

English spelling does not give its syllables away. Vowel groups are counted and the commonest ways in which they mislead are
mended; of the words of plain English about one in thirty comes out one too high or too low, and more of them too high. Those
that our documents use stand in `syllables.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

Syllables = Callable[[str], int]

_ENGLISH_GROUP = re.compile("[aeiouy]+")
_ENGLISH = tuple(
    (re.compile(pattern), more)
    for pattern, more in (
        # A final e, -es or -ed is silent, but not in ta-ble, hand-les, nurs-es, want-ed.
        (r"[^aeiouy]e$", -1),
        (r"(?<![aeiouylr])le$", +1),
        (r"(?<![sxzcgh])(?<=[^aeiouy])es$|(?<=[^cst])hes$", -1),
        (r"[bdgkptzf]les$", +1),
        (r"(?<=[^aeiouytd])(?<![bdgkptzf]l)ed$", -1),
        (r"(?<![rl])[gq]ues?$", -1),
        # So is the e before an ending (safe-ly, care-less, home-work), the e of safe-ty, the a of bas-ically.
        (r"[^aeiouy]e(?=(?:ly|ful|fully|less|lessly|ness|ment|ments|thing|times?|where|body)$)(?<!le)", -1),
        (r"[^aeiouy]e(?=(?:work|works|line|lines|mark|marks|page|ways?|span|table|what|how|day|days)$)(?<!le)", -1),
        (r"(?:^|[^bdgkptzf])le(?=(?:ly|ful|ment|ness|less)$)", -1),
        (r"(?<=[aeiouy][^aeiouy])ety$", -1),
        (r"ically$", -1),
        # Two vowels side by side are two syllables: di-al, ra-di-o, ac-tu-al, di-et, be-ing, low-er, re-act …
        (r"(?<![ctsgx])i(?:a(?!ge)|o(?!us)|um|us)", +1),
        (r"[^ctsgxaeiou]ious", +1),
        (r"[ctsx]i(?=at[eio])", +1),
        (r"[^gq]ua(?=[lrt])|[^aeiouq]ui(?=t[yio])|uou|(?<!q)uen[ct]", +1),
        (r"[aeiou]ing|[^aeou]yi(?=ng)", +1),
        (r"(?!^eye)[aeou]y(?!eds?$)[aeiou]", +1),
        (r"(?<![ctsx])ie(?=t|nc[ey]|nt)|[cx]ie(?=ty)|[^ctxeaou]ier$|iest$", +1),
        (r"^rea(?=ct)|creat|^pre[aeiou]|^re[eiou]|^coo[pr]|^dea(?=ct)|theo|[dr]eo(?!us)|neo|area|idea|usea|iae", +1),
        # … but mil-lion, un-ion, on-ion are two.
        (r"[ln]ion(?!ic)", -1),
        # An m after s or th is a syllable of its own: spas-m, rhyth-m.
        (r"sms?$|thms?$", +1),
    )
)

_HEARD = re.compile("(?:[sxzcg]e?|ch|sh)'s$|[td]'(?:ll|ve)$")

_SPANISH_SILENT = re.compile("(?<=q)u(?=[eiéí])|(?<=g)u(?=[eiéí])|h")
_SPANISH_Y = re.compile(r"y(?![aeiouáéíóúü])")
_SPANISH_NUCLEUS = re.compile(
    """
      [iuü]? [aeoáéó] [iuü]?(?![aeoáéó])   # a strong vowel, the weak ones around it with it: buey, cuai, ai
    | [iuü]? [aeoáéó]                      # a weak one between two strong ones goes with the second: pa-ra-no-ia
    | [iuü][íú] | [íú][iuü]                # two different weak ones are one: lin-güís-ti-ca
    | iu | ui | üi
    | [íú]                                 # an accented weak vowel beside a strong one stands alone: dí-a, ba-úl
    | [iuü]
    """,
    re.VERBOSE,
)


@cache
def english(word: str) -> int:
    """The syllables of an English word, at least one; `word` may have an apostrophe or hyphens."""
    said = word.lower().replace("’", "'")
    known = _exceptions()
    if said in known:
        return known[said]
    if "-" in said:
        return sum(english(piece) for piece in said.split("-") if piece)
    if "'" in said:
        stem = said.partition("'")[0]
        return english(stem) + bool(_HEARD.search(said)) if stem else 1
    if said.endswith("s") and said[:-1] in known and not re.search("(?:[sxzcg]e|ch|sh|[sxz])$", said[:-1]):
        return known[said[:-1]]
    return max(1, len(_ENGLISH_GROUP.findall(said)) + sum(more * len(rule.findall(said)) for rule, more in _ENGLISH))


@cache
def spanish(word: str) -> int:
    """The syllables of a Spanish word, at least one, by the rules of the Ortografía (2010).

    A strong vowel with weak ones is one syllable, unless the weak one has the accent; two strong ones are two; an h between
    vowels changes nothing; the u of que, qui, gue, gui is silent; a y that no vowel follows is an i.
    """
    said = _SPANISH_Y.sub("i", _SPANISH_SILENT.sub("", word.lower().replace("-", " ")))
    return max(1, len(_SPANISH_NUCLEUS.findall(said)))


@cache
def _exceptions() -> Mapping[str, int]:
    listed = tomllib.loads(files("handouts.content").joinpath("syllables.toml").read_text("utf-8"))["en"]
    return {word: int(count) for count, words in listed.items() for word in words.split()}
