"""The notice of language assistance (45 CFR 92.11): one page for a packet, in English and the languages most spoken in the state.

Each language is a paragraph of its own, in its own script, out of its catalog of the domain `language-notice`; which languages a
state has stands in `notice_states.toml`, with the year and the origin of the figures.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from handouts.content.blocks import BlankPlace, Block, Edition, Group, Part, Run, Text
from handouts.content.catalog import Catalogs, is_english
from handouts.errors import Fault, SettingError

KIND = DOMAIN = "language-notice"
VERSION = "1.0"
TITLE = "Free help in your language"
NOTICE = (
    "ATTENTION: If you speak a language other than English, free language assistance services are available to you."
    " Appropriate auxiliary aids and services to provide information in accessible formats are also available free of"
    " charge. Call %(phone)s or speak to your provider."
)
"""The sample notice of the Department of Health and Human Services; a translation names its own language."""
COMMENT = (
    "The sample notice of the US Department of Health and Human Services (45 CFR 92.11): use its own translation where there is"
    " one. Name your language where the source says “a language other than English”."
)
REQUIRED = 15
"""Languages beside English that the rule asks for."""
_SETTING = "clinic_phone"
_RESTS_ON = ("R8",)
_STATES = Path(__file__).with_name("notice_states.toml")


class State(BaseModel):
    """The languages of a state by the number of people who speak them and little English, most first.

    `left_out` are ranked among them, and no text is known in them. `certainty` says how good the list is.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    languages: tuple[str, ...]
    source: str
    version: str
    certainty: str
    left_out: tuple[str, ...] = ()


def state_of(code: str) -> State:
    """What is known of the US state or territory with this postal code; raises SettingError where nothing is."""
    known = _states()
    if code not in known:
        problem = f'no list of languages is known for "{code}".'
        remedy = "Set language_notice = false and hand the notice out yourself, or add the list to notice_states.toml."
        raise SettingError(Fault("clinic.toml", problem, remedy, "state"))
    return known[code]


@cache
def _states() -> Mapping[str, State]:
    return {code: State.model_validate(read) for code, read in tomllib.loads(_STATES.read_text("utf-8")).items()}


def notice(procedure: str, state: str, catalogs: Catalogs) -> Edition:
    """The notice for a clinic in `state`: English, then its languages as far as there are catalogs.

    A paragraph whose translation nobody has reviewed knows that (`Block.unreviewed`). Raises SettingError for a state of which no
    list is known, CatalogError for a catalog that cannot be read.
    """
    there = set(catalogs.languages(DOMAIN))
    blocks = [_heading(), _paragraph("en", NOTICE, reviewed=True)]
    for language in state_of(state).languages:
        if language in there and not is_english(language):
            catalog = catalogs.load(DOMAIN, language)
            said = catalog.translated(NOTICE)
            if said is not None:
                blocks.append(_paragraph(language, said, reviewed=("", NOTICE) not in catalog.blocked))
    return Edition(procedure, VERSION, KIND, "en", TITLE, Group("document", tuple(blocks)))


def lacking(state: str, catalogs: Catalogs) -> tuple[str, ...]:
    """The languages of `state` that have no text, those that were left out of its list among them."""
    found = state_of(state)
    there = set(catalogs.languages(DOMAIN))
    return (*(language for language in found.languages if language not in there), *found.left_out)


def _heading() -> Block:
    return Block("h1", (Part("h1", (Text(TITLE),)),), _RESTS_ON, "en", place=KIND)


def _paragraph(language: str, text: str, *, reviewed: bool) -> Block:
    before, _, after = text.replace("%%", "%").partition("%(phone)s")
    runs: tuple[Run, ...] = (Text(before), BlankPlace(_SETTING, strong=True), Text(after))
    unreviewed = () if reviewed else (("", NOTICE),)
    return Block("p", (Part("p", runs),), _RESTS_ON, language, place=f"{KIND} {language}", unreviewed=unreviewed)
