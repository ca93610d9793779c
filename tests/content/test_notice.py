"""The notice of language assistance: which languages, in which words, reviewed or not; and when a packet goes without it."""

from __future__ import annotations

import re
import shutil
from io import BytesIO

import pikepdf
import pytest
from approved import approve

from handouts import builtin
from handouts.clinic import load_clinic
from handouts.content import notice
from handouts.content.catalog import Catalogs
from handouts.content.editions import Editions
from handouts.errors import SettingError
from handouts.packet import Options, PacketMaker
from handouts.settings.regions import JURISDICTIONS

STATES = [
    "AL",
    "AK",
    "AZ",
    "AR",
    "CA",
    "CO",
    "CT",
    "DE",
    "DC",
    "FL",
    "GA",
    "HI",
    "ID",
    "IL",
    "IN",
    "IA",
    "KS",
    "KY",
    "LA",
    "ME",
    "MD",
    "MA",
    "MI",
    "MN",
    "MS",
    "MO",
    "MT",
    "NE",
    "NV",
    "NH",
    "NJ",
    "NM",
    "NY",
    "NC",
    "ND",
    "OH",
    "OK",
    "OR",
    "PA",
    "PR",
    "RI",
    "SC",
    "SD",
    "TN",
    "TX",
    "UT",
    "VT",
    "VA",
    "WA",
    "WV",
    "WI",
    "WY",
]
HERE = Catalogs(None)


def test_every_state_has_a_list_with_its_source_and_the_year_of_its_figures():
    for code in STATES:
        state = notice.state_of(code)
        assert len(set(state.languages)) == len(state.languages) >= notice.REQUIRED
        assert state.source
        assert re.search(r"\d{4}", state.version)
        assert state.certainty in {"official list", "second-hand", "estimate"}


@pytest.mark.parametrize("code", [code for code in STATES if code != "HI"])
def test_a_notice_has_english_first_and_at_least_fifteen_languages(code):
    edition = notice.notice("p", code, HERE)
    heading, english, *others = edition.blocks
    assert (heading.role, english.language) == ("h1", "en")
    languages = [block.language for block in others]
    assert languages == [tag for tag in notice.state_of(code).languages if tag in HERE.languages(notice.DOMAIN)]
    assert len(languages) >= notice.REQUIRED
    for block in (english, *others):
        assert block.blanks == ("clinic_phone",)
        assert not any(char.isdigit() for char in block.canonical.partition(": ")[2])


def test_what_is_lacking_is_told():
    assert {"mh", "haw", "chk"} <= set(notice.lacking("HI", HERE))
    assert notice.lacking("NY", HERE) == ()


def test_a_state_of_which_nothing_is_known_is_a_fault_that_says_what_to_do():
    with pytest.raises(
        SettingError, match=r'"state": no list of languages is known for "GU"\..*language_notice = false'
    ):
        notice.state_of("GU")


def test_a_paragraph_that_nobody_has_reviewed_knows_it(tmp_path):
    assert all(block.unreviewed for block in notice.notice("p", "NY", HERE).blocks[2:])
    approve(tmp_path, ["es-US", "ru"])
    reviewed = [b.language for b in notice.notice("p", "NY", Catalogs(tmp_path)).blocks if not b.unreviewed]
    assert reviewed == ["en", "en", "es-US", "ru"]


def packet_of(appointment, now, clinic, changes=(), **options):
    return PacketMaker(Editions(clinic), Options(**options))(appointment(dict(changes), of=clinic, at=now), now)


def kinds(packet):
    return [document.kind for document in packet.documents]


def test_a_packet_has_the_notice_once_and_last(appointment, now, clinic):
    packet = packet_of(appointment, now, clinic)
    assert kinds(packet) == ["preparation", "side-effects", "consent", notice.KIND]
    assert packet.notice_left_out == ""


def test_it_is_set_in_the_languages_own_directions_with_the_clinics_phone(appointment, now, clinic):
    written = packet_of(appointment, now, clinic, kinds=(notice.KIND,)).documents[0].pdf
    with pikepdf.open(BytesIO(written)) as pdf:
        said = [
            str(element.Lang)
            for element in pdf.objects
            if isinstance(element, pikepdf.Dictionary) and "/Lang" in element
        ]
    assert {"es-US", "zh-Hans", "ar", "yi", "ur"} <= set(said)


def test_it_is_a_draft_until_every_language_is_reviewed(appointment, now, tmp_path):
    folder = tmp_path / "clinic"
    shutil.copytree(builtin.demo_clinic(), folder)
    assert packet_of(appointment, now, load_clinic(folder), kinds=(notice.KIND,)).documents[0].reasons[0] == (
        'translation of "ATTENTION: If you speak a language other than English, free…" into es-US'
    )
    approve(folder, notice.state_of("NY").languages)
    reasons = packet_of(appointment, now, load_clinic(folder), kinds=(notice.KIND,)).documents[0].reasons
    assert not any("translation" in reason for reason in reasons)


LEFT_OUT = {
    "an opting out of this year": ({"exception": "opt_out", "day": "2026-01-05"}, "en", "opt_out, 2026-01-05"),
    "an opting out of long ago": ({"exception": "opt_out", "day": "2025-01-05"}, "en", ""),
    "an opting out that is to come": ({"exception": "opt_out", "day": "2026-12-05"}, "en", ""),
    "a primary language the packet is in": (
        {"exception": "primary_language", "day": "2024-01-05"},
        "es",
        "primary_language, 2024-01-05",
    ),
    "a primary language the packet is not in": ({"exception": "primary_language", "day": "2024-01-05"}, "vi", ""),
}


@pytest.mark.parametrize("what", LEFT_OUT)
def test_an_exception_that_is_recorded_with_its_date_counts_or_not(appointment, now, clinic, what):
    exception, language, left_out = LEFT_OUT[what]
    changes = {
        "patient.language": language,
        "patient.notice_exception": exception["exception"],
        "patient.notice_exception_date": exception["day"],
    }
    packet = packet_of(appointment, now, clinic, changes)
    assert packet.notice_left_out == left_out
    assert (notice.KIND in kinds(packet)) == (not left_out)


def test_an_exception_without_its_date_is_refused(appointment):
    for name, value in (("notice_exception", "opt_out"), ("notice_exception_date", "2026-01-05")):
        with pytest.raises(ValueError, match="stands without the other"):
            appointment({f"patient.{name}": value})


def test_no_notice_outside_of_the_united_states_or_where_the_clinic_says_so(appointment, now, clinic, clinic_with):
    assert notice.KIND not in kinds(packet_of(appointment, now, clinic_with(language_notice=False)))
    assert "GB" in JURISDICTIONS
    elsewhere = Editions(clinic.model_copy(update={"jurisdiction": "GB"}))
    assert not elsewhere.has_notice
