"""What is remembered of printed blanks never gets into another's place, and what is worked out by forms is what Babel says."""

from __future__ import annotations

import functools
import gc
from datetime import date, datetime

import phonenumbers
import pytest
from babel import Locale, localedata
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st
from sound import FULL

from handouts.content.blanks import Blank, blanks
from handouts.content.catalog import Catalog
from handouts.content.cldr import date_form
from handouts.content.facts import finding
from handouts.content.press import NO_BREAK, Press, all_printed, dialled, printed
from handouts.content.words import NOON, TIME_OF_DAY
from handouts.memory import forgetting
from handouts.settings.zones import zone

NEW_YORK, CHICAGO, PHOENIX = zone("America/New_York"), zone("America/Chicago"), zone("America/Phoenix")
LANGUAGES = (
    "en", "es-US", "zh-Hans", "zh-Hant", "vi", "ko", "tl", "ru", "ar",
    "fr", "pt", "de", "ja", "hi", "fa", "ur", "he", "th", "am",
)  # fmt: skip
"""Those whose dates are CLDR's."""


def press(language, region="US", noon="☼"):
    return Press(Catalog(language, {(TIME_OF_DAY, NOON): noon}), region)


def said(kind, value, language="en", of=None):
    """As printed, with plain spaces; by a press that prints twice, so that what is remembered is asked for too."""
    own = of or press(language)
    first = printed(Blank(kind, value), own)
    assert printed(Blank(kind, value), own) == first
    return first.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=100, deadline=None)
@given(day=st.dates(date(1890, 1, 1), date(2199, 12, 31)))
def test_a_date_by_its_form_is_the_date_that_babel_writes(language, day):
    locale = Locale.parse(language, sep="-")
    for length in ("full", "long"):
        assert date_form(language, length)(day) == format_date(day, length, locale=locale)


def test_the_form_of_a_date_is_right_in_every_locale_of_cldr():
    days = [date(2026, month, month * 2 + 5) for month in range(1, 13)] + [date(1900, 12, 31), date(2024, 2, 29)]
    for name in localedata.locale_identifiers():
        language, locale = name.replace("_", "-"), Locale.parse(name)
        if Locale.parse(language, sep="-") == locale:
            for length in ("full", "long"):
                form = date_form(language, length)
                assert [form(day) for day in days] == [format_date(day, length, locale=locale) for day in days], name


def test_one_value_is_printed_in_each_language_and_by_each_type_in_its_own_way():
    day, noon = date(2026, 3, 3), datetime(2026, 3, 3, 12, tzinfo=NEW_YORK)
    for _ in range(2):
        assert [said("date", day, tag) for tag in ("en", "es-US")] == [
            "Tuesday, March 3, 2026",
            "martes, 3 de marzo de 2026",
        ]
        assert said("birth_date", day) == "March 3, 2026"
        assert [said("minutes", 60, tag) for tag in ("en", "es-US")] == ["1 hour", "1 hora"]
        assert said("number", 60) == "60"
        assert [said("language", "vi", tag) for tag in ("en", "es-US")] == ["Vietnamese", "vietnamita"]
        assert said("text", "60") == said("name", "60") == "60"
        assert said("zone", noon) == "Eastern Standard Time"
        assert said("instant", noon) == "Tuesday, March 3, 2026, 12:00 noon"


def test_two_clinics_that_say_noon_otherwise_are_not_mixed_up():
    noon = datetime(2026, 3, 3, 12, tzinfo=NEW_YORK)
    for _ in range(2):
        for word in ("del mediodía", "en punto"):
            assert said("instant", noon, of=press("es-US", noon=word)).endswith(f"12:00 {word}")


def test_moments_that_are_one_are_printed_by_the_clock_of_each_zone():
    here, there = datetime(2026, 3, 3, 12, 5, tzinfo=NEW_YORK), datetime(2026, 3, 3, 11, 5, tzinfo=CHICAGO)
    assert here == there
    for _ in range(2):
        assert said("instant", here) == "Tuesday, March 3, 2026, 12:05 PM"
        assert said("instant", there) == "Tuesday, March 3, 2026, 11:05 AM"
        assert (said("zone", here), said("zone", there)) == ("Eastern Standard Time", "Central Standard Time")


def test_a_zone_is_named_for_the_season_and_for_the_fold():
    twice = [datetime(2026, 11, 1, 1, 30, fold=fold, tzinfo=NEW_YORK) for fold in (0, 1)]
    for _ in range(2):
        assert [said("zone", moment) for moment in twice] == ["Eastern Daylight Time", "Eastern Standard Time"]
        assert said("zone", datetime(2026, 7, 1, tzinfo=PHOENIX)) == "Mountain Standard Time"
        assert said("zone", datetime(2026, 7, 1, tzinfo=zone("America/Denver"))) == "Mountain Daylight Time"
        assert said("zone", datetime.fromisoformat("2026-07-01T12:00-05:00")) == "GMT-05:00"


def test_a_phone_is_dialled_as_its_region_does_whoever_asked_first():
    for of_clinic in (True, False, True):
        number = Blank("phone", "+12125550142", of_clinic=of_clinic)
        assert printed(number, press("en")).replace("\u00a0", " ") == "(212) 555-0142"
        assert printed(number, press("en", "GB")).replace("\u00a0", " ") == "+1 212-555-0142"


def test_a_number_of_any_country_is_taken_apart_as_the_library_reads_it():
    tried = 0
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in sorted(phonenumbers.PhoneNumberType.values()):
            example = phonenumbers.example_number_for_type(region, kind)
            if example is None:
                continue
            number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
            for reader in {region, "US"}:
                read = phonenumbers.parse(number, reader)
                home = phonenumbers.country_code_for_region(reader) == read.country_code
                style = (
                    phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
                )
                assert dialled(number, reader) == phonenumbers.format_number(read, style).translate(NO_BREAK), number
                tried += 1
    assert tried > 1000


@pytest.mark.parametrize("language", ["en", "es-US"])
def test_remembering_prints_what_is_printed_without(case, editions, language):
    here = editions.press(language)
    for start in ("2026-03-07T09:00", "2026-03-08T09:00", "2026-10-31T12:00", "2026-11-01T12:00", "2026-11-02T00:05"):
        made = case({**FULL, "start": start})
        with forgetting():
            anew = all_printed(blanks(made, "id"), here)
        assert all_printed(blanks(made, "id"), here) == anew == all_printed(blanks(made, "id"), here)


def test_nothing_of_a_patient_is_remembered(case, procedure, editions):
    own = {
        "patient.given_name": "Quetzalina",
        "patient.family_name": "Zanzibarova",
        "patient.preferred_name": "Quetz",
        "patient.birth_date": "1957-08-09",
        "patient.mrn": "MRN-987612",
        "escort": {"name": "Xaverine Yolotl", "phone": "212-555-0187"},
        "medicines": [{"name": "Zolpiflurane", "class": "zolpifluranoids", "rule": "take", "set_by": "okafor"}],
    }
    made = case({**FULL, **own})
    for kind in procedure.kinds:
        found = finding(made, procedure)
        _ = editions.wordings(procedure.id, kind, "en")(found.facts, found.items)
    texts, _ = all_printed(blanks(made, "id"), editions.press("en"))
    told = {
        *("Quetz", "Zanzibarova", "MRN-987612", "Xaverine", "Zolpiflurane", "zolpifluranoids"),
        *("+12125550187", "555-0187", texts["birth_date"]),
    }
    remembering = type(functools.cache(len))
    kept = [each for each in gc.get_objects() if isinstance(each, remembering)]
    found = [text for each in kept for text in _texts_in(each, 4) if any(secret in text for secret in told)]
    assert len(kept) > 20
    assert found == []
    assert any("March 3, 2026" in text for each in kept for text in _texts_in(each, 4)), "what is kept can be seen"


def _texts_in(value, depth):
    """Every text, and every date as one, that a memory holds in its arguments and results."""
    for inner in gc.get_referents(value):
        if isinstance(inner, str):
            yield inner
        elif isinstance(inner, date):
            yield f"{inner:%B} {inner.day}, {inner.year}"
        elif depth and isinstance(inner, tuple | list | dict | frozenset):
            yield from _texts_in(inner, depth - 1)
