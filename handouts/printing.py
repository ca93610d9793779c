"""The table [press] of clinic.toml → how the clinic prints: order, sheets, copies, and what stands on which paper."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Literal, cast, get_args

from pydantic import Field, Strict

from handouts.errors import Fault
from handouts.identity import Entry, read_entry
from handouts.settings import Reading

TABLE = "press"
SEPARATOR = "separator"
"""What the sheet before each packet is called, where documents are named."""

Key = Literal["time", "clinician", "name", "location"]
_KEYS: tuple[str, ...] = get_args(Key)
_KEYWORD = re.compile(r"[a-z][a-z0-9._-]{0,254}")
"""A keyword of IPP (RFC 8011 §5.1.4)."""
_PLAIN = (
    *(
        "black",
        "blue",
        "brown",
        "buff",
        "cyan",
        "gold",
        "goldenrod",
        "gray",
        "green",
        "ivory",
        "magenta",
        "multi-color",
    ),
    *("mustard", "no-color", "orange", "pink", "red", "silver", "turquoise", "violet", "white", "yellow"),
)
_WITHOUT = {
    "clear": {"no-color"},
    "dark": {"black", "multi-color", "no-color", "white"},
    "light": {"multi-color", "no-color", "white"},
}
"""The colours that have no clear, dark or light kind."""
COLOURS = (*_PLAIN, *(f"{kind}-{each}" for kind, without in _WITHOUT.items() for each in _PLAIN if each not in without))
"""The colours of paper that have a name (PWG 5101.1 §4)."""
_OWN_COLOUR = re.compile(r"(custom|[a-z]+(\.[a-z0-9-]+)+)-[a-z0-9][a-z0-9.-]*(_[0-9a-f]{6}([0-9a-f]{2})?)*")
"""A colour that a printer or its maker has named (there)."""


class Media(Entry):
    """Paper that a document is printed on, in the words of PWG 5101.1; what is left out is the printer's own choice."""

    type: str = ""
    colour: str = ""
    source: str = ""


class PressSettings(Entry):
    """How print runs come out of the tray.

    `order` has what packets are sorted by, the first first. A print file has at most `file_sheets` sheets. `copies` and `media` are
    by document ("consent"), copies by document and language too ("consent.es"), which counts more; "separator" is the sheet before
    each packet. `queue` is the printer that runs are sent to.
    """

    order: Annotated[tuple[Key, ...], Strict(False)] = ("time", "clinician", "name", "location")
    file_sheets: Annotated[int, Field(ge=1, le=100_000)] = 500
    two_sided: bool = True
    separators: bool = True
    staple: bool = True
    reduced_ink: bool = False
    queue: str = ""
    copies: Mapping[str, Annotated[int, Field(ge=1, le=20)]] = Field(default_factory=dict[str, int])
    media: Mapping[str, Media] = Field(default_factory=dict[str, Media])

    def copies_of(self, kind: str, language: str) -> int:
        """How many copies of the document `kind` are printed in `language`."""
        return self.copies.get(f"{kind}.{language}", self.copies.get(kind, 1))


def read_press(reading: Reading, raw: object) -> PressSettings:
    """How the clinic prints; what is wrong with it is told to `reading`."""
    if not isinstance(raw, dict):
        return read_entry(reading, TABLE, raw, PressSettings) or PressSettings()
    given = dict(cast("dict[str, object]", raw))
    _check_order(reading, given)
    _check_copies(reading, given)
    media = _media(reading, given.pop("media", {}))
    settings = read_entry(reading, TABLE, given, PressSettings) or PressSettings()
    if settings.queue:
        reading.line(f"{TABLE}.queue", settings.queue)
    return settings.model_copy(update={"media": media})


def unknown_kinds(settings: PressSettings, kinds: Collection[str], languages: Collection[str]) -> list[Fault]:
    """What `settings` say of documents, or of languages, that the clinic does not have.

    `kinds` are the documents of all its procedures, `languages` those it prints in. Nobody would notice by the paper: the setting
    would just never count.
    """
    return [
        *(fault for name in settings.copies for fault in _unknown(f"copies.{name}", name, kinds, languages)),
        *(fault for name in settings.media for fault in _unknown(f"media.{name}", name, (*kinds, SEPARATOR), None)),
    ]


def turns_at_short_edge(up: int) -> bool:
    """Whether sheets with so many pages on a side are turned at their short edge: two stand side by side on a sheet that lies."""
    return up == 2


def _unknown(place: str, name: str, kinds: Collection[str], languages: Collection[str] | None) -> Iterator[Fault]:
    """What is not known of a document, or of a document in a language if there are any."""
    kind, dot, language = name.partition(".")
    field = f"{TABLE}.{place}"
    if kind not in kinds:
        yield Fault("clinic.toml", "is no document of this clinic.", _nearest(kind, kinds), field, kind)
    if dot and languages is None:
        problem = "paper is chosen by document, whatever its language."
        yield Fault("clinic.toml", problem, f'Write "{kind}".', field, name)
    elif dot and languages is not None and language not in languages:
        yield Fault("clinic.toml", "is no language of this clinic.", _nearest(language, languages), field, language)


def _nearest(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, known, 1, 0.5)
    return f'Did you mean "{near[0]}"?' if near else f"Known are {', '.join(sorted(known))}."


def _check_order(reading: Reading, given: dict[str, object]) -> None:
    """Tell what is wrong with `order`, which is taken out then."""
    raw, before = given.get("order", list(_KEYS)), len(reading.faults)
    names = cast("list[object]", raw) if isinstance(raw, list) else []
    if not names:
        remedy = f'Write ["time", "name"]: the first counts first. Known are {", ".join(_KEYS)}.'
        reading.fault(f"{TABLE}.order", "must be a list of at least one.", remedy, cast("object", raw))
    else:
        for number, name in enumerate(names, 1):
            place = f"{TABLE}.order[{number}]"
            if reading.choice(place, name, _KEYS) and name in names[: number - 1]:
                reading.fault(place, "stands more than once.", "Each stands once.", name)
    if len(reading.faults) > before:
        del given["order"]


def _check_copies(reading: Reading, given: dict[str, object]) -> None:
    """Tell what is wrong with `copies` as a table, and with its names, which are taken out then."""
    raw = given.get("copies", {})
    if not isinstance(raw, dict):
        reading.fault(f"{TABLE}.copies", "must be a table.", f"Write [{TABLE}.copies], and below it: consent = 2.", raw)
        del given["copies"]
        return
    copies = dict(cast("dict[str, object]", raw))
    for name, value in cast("dict[str, object]", raw).items():
        place = f"{TABLE}.copies.{name}"
        if name.partition(".")[0] == SEPARATOR:
            reading.fault(place, "is one sheet before each packet.", "Take it out; separators = false prints none.")
            del copies[name]
        elif isinstance(value, dict):
            language = next(iter(cast("dict[str, object]", value)), "en")
            reading.fault(place, "is a table.", f'Write "{name}.{language}" = 2, in quotation marks.')
            del copies[name]
    given["copies"] = copies


def _media(reading: Reading, raw: object) -> dict[str, Media]:
    """The paper of each document."""
    form = 'consent = { source = "tray-2" }'
    if not isinstance(raw, dict):
        reading.fault(f"{TABLE}.media", "must be a table.", f"Write [{TABLE}.media], and below it: {form}.", raw)
        return {}
    found: dict[str, Media] = {}
    for document, table in cast("dict[str, object]", raw).items():
        place = f"{TABLE}.media.{document}"
        if not isinstance(table, dict):
            reading.fault(place, "must be a table.", f"Write {form}.", table)
        elif media := read_entry(reading, place, cast("object", table), Media):
            _check_media(reading, place, media)
            found[document] = media
    return found


def _check_media(reading: Reading, place: str, media: Media) -> None:
    if media == Media():
        reading.fault(place, "names no paper.", "Say its type, colour or source.")
    for name in ("type", "source"):
        keyword = getattr(media, name)
        if keyword and not _KEYWORD.fullmatch(keyword):
            remedy = 'It is small letters, digits and hyphens, as the printer names it: "stationery", "tray-2".'
            reading.fault(f"{place}.{name}", "is no keyword of IPP.", remedy, keyword)
    if media.colour and media.colour not in COLOURS and not _OWN_COLOUR.fullmatch(media.colour):
        remedy = f'{_nearest(media.colour, COLOURS)} A colour of your own is "custom-NAME".'
        reading.fault(f"{place}.colour", "is no colour of paper (PWG 5101.1).", remedy, media.colour)
