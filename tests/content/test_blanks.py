"""Blanks: that each is made with its type, and how each type is printed."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import get_args

import pytest
from babel import Locale
from hypothesis import given, settings
from hypothesis import strategies as st
from sound import FULL

from handouts.appointment.models import RELATIONSHIPS, InterpreterMode
from handouts.content.blanks import Blank, blanks
from handouts.content.catalog import Catalog, source_catalog
from handouts.content.press import Press, printed
from handouts.content.words import NOON, TERM, TERMS, TIME_OF_DAY
from handouts.errors import CatalogError
from handouts.settings.zones import zone

NEW_YORK = zone("America/New_York")
SPANISH = {(TIME_OF_DAY, NOON): "del mediodía", **{(TERM, term): f"«{term}»" for term in TERMS.values()}}
LANGUAGES = (
    "en", "es-US", "es", "zh-Hans", "zh-Hant", "vi", "ko", "tl", "fil", "ru", "ar",
    "ht", "fr", "pt", "de", "ja", "hi", "fa", "ur", "he", "th", "am",
)  # fmt: skip


def press(language="en", region="US"):
    messages = {(TIME_OF_DAY, NOON): "«noon»", **{(TERM, term): f"«{term}»" for term in TERMS.values()}}
    if language == "en":
        return Press(source_catalog(), region)
    return Press(Catalog(language, SPANISH if language.startswith("es") else messages), region)


def new_york(text):
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def said(blank, language="en", region="US"):
    """As printed, with plain spaces."""
    return printed(blank, press(language, region)).replace("\u00a0", " ").replace("\u202f", " ")


def declared_name(name):
    return re.sub(r"^medicines\.\d+\.", "medicine.", name)


@pytest.fixture
def full(case):
    return case(FULL)


def test_a_full_appointment_has_every_declared_blank_with_its_type_and_no_other(full, procedure):
    found = {declared_name(name): blank.type for name, blank in blanks(full, "id").items()}
    assert found == dict(procedure.blanks)


@pytest.mark.parametrize("changes", [{}, {"medicines": [{"name": "A", "class": "thyroid"}], "escort": {"name": "B"}}])
def test_what_is_not_known_is_left_out_and_never_printed_as_nothing(case, procedure, changes):
    found = blanks(case(changes), "id")
    assert {declared_name(name) for name in found} < set(procedure.blanks)
    assert all(printed(blank, press()) not in {"", "None"} for blank in found.values())


@pytest.mark.parametrize("language", ["en", "es-US"])
def test_every_blank_can_be_printed(full, language):
    for name, blank in blanks(full, "id").items():
        text = printed(blank, press(language))
        assert text.strip(), name
        assert "duration-" not in text


def test_the_type_of_a_value_is_that_of_its_blank(full):
    kinds = {
        "instant": datetime,
        "zone": datetime,
        "date": date,
        "birth_date": date,
        "minutes": int,
        "number": int,
    }
    for name, blank in blanks(full, "id").items():
        assert isinstance(blank.value, kinds.get(blank.type, str)), name
        if isinstance(blank.value, datetime):
            assert blank.value.utcoffset() is not None, name
        if blank.type in {"date", "birth_date"}:
            assert not isinstance(blank.value, datetime), name


@pytest.mark.parametrize(
    ("kind", "value", "english", "spanish"),
    [
        ("name", "O'Brien-Núñez", "O'Brien-Núñez", "O'Brien-Núñez"),
        ("text", "<b>7</b> & {x}", "<b>7</b> & {x}", "<b>7</b> & {x}"),
        ("birth_date", date(1984, 2, 29), "February 29, 1984", "29 de febrero de 1984"),
        ("date", date(2026, 3, 3), "Tuesday, March 3, 2026", "martes, 3 de marzo de 2026"),
        ("instant", new_york("2026-03-03T06:05"), "Tuesday, March 3, 2026, 6:05 AM", "martes, 3 de marzo de 2026, 6:05 a.m."),
        ("instant", new_york("2026-03-03T18:00"), "Tuesday, March 3, 2026, 6:00 PM", "martes, 3 de marzo de 2026, 6:00 p.m."),
        ("instant", new_york("2026-03-03T12:00"), "Tuesday, March 3, 2026, 12:00 noon", "martes, 3 de marzo de 2026, 12:00 del mediodía"),
        ("instant", new_york("2026-03-03T12:01"), "Tuesday, March 3, 2026, 12:01 PM", "martes, 3 de marzo de 2026, 12:01 p.m."),
        ("instant", new_york("2026-03-02T23:59"), "Monday, March 2, 2026, 11:59 PM", "lunes, 2 de marzo de 2026, 11:59 p.m."),
        ("minutes", 1, "1 minute", "1 minuto"),
        ("minutes", 59, "59 minutes", "59 minutos"),
        ("minutes", 60, "1 hour", "1 hora"),
        ("minutes", 61, "1 hour 1 minute", "1 hora 1 minuto"),
        ("minutes", 75, "1 hour 15 minutes", "1 hora 15 minutos"),
        ("minutes", 120, "2 hours", "2 horas"),
        ("minutes", 0, "0 minutes", "0 minutos"),
        ("number", 18, "18", "18"),
        ("phone", "+12125550142", "(212) 555-0142", "(212) 555-0142"),
        ("phone", "+442079460018", "+44 20 7946 0018", "+44 20 7946 0018"),
        ("phone", "+16135550142", "(613) 555-0142", "(613) 555-0142"),
        ("zone", new_york("2026-03-03T12:00"), "Eastern Standard Time", "hora estándar oriental"),
        ("zone", new_york("2026-07-03T12:00"), "Eastern Daylight Time", "hora de verano oriental"),
        ("term", "health_care_agent", "health care agent", "«health care agent»"),
        ("language", "hmn", "Hmong", "hmong"),
        ("language", "vi", "Vietnamese", "vietnamita"),
        ("language", "es-MX", "Spanish (Mexico)", "español (México)"),
        ("language", "zh-Hant", "Chinese (Traditional)", "chino (tradicional)"),
        ("language", "qxz", "qxz", "qxz"),
    ],
)  # fmt: skip
def test_how_each_type_is_printed(kind, value, english, spanish):
    assert said(Blank(kind, value)) == english
    assert said(Blank(kind, value), "es-US") == spanish


def test_a_number_at_home_is_national_and_abroad_international():
    assert said(Blank("phone", "+442079460018"), region="GB") == "020 7946 0018"
    assert said(Blank("phone", "+12125550142"), region="GB") == "+1 212-555-0142"


def test_a_time_and_a_phone_number_stand_on_one_line():
    at = printed(Blank("instant", new_york("2026-03-03T06:05")), press()).removeprefix("Tuesday, March 3, 2026, ")
    assert " " not in at
    for number in ("+12125550142", "+442079460018"):
        assert " " not in printed(Blank("phone", number), press())


def test_a_whole_date_has_weekday_and_year_in_every_language():
    for language in LANGUAGES:
        text = said(Blank("date", date(2026, 3, 3)), language)
        assert "2026" in text
        day = "madi" if language == "ht" else Locale.parse(language, sep="-").days["format"]["wide"][1]
        assert day.lower() in text.lower()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("minutes", [1, 2, 59, 60, 61, 75, 120, 121])
def test_a_duration_says_its_numbers_and_no_key_of_cldr(language, minutes):
    text = said(Blank("minutes", minutes), language)
    assert "duration" not in text
    if language not in {"ar", "he"}:  # they have words for one and two
        assert [int(n) for n in re.findall(r"\d+", text)] == [n for n in divmod(minutes, 60) if n]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_of_cldr_no_latin_letter_and_no_other_digit_gets_into_a_language(language):
    samples = [
        *(
            Blank("instant", new_york(f"2026-{month:02}-15T{hour:02}:07"))
            for month in range(1, 13)
            for hour in range(24)
        ),
        *(Blank("date", date(2026, 3, day)) for day in range(1, 8)),
        Blank("birth_date", date(1950, 12, 31)),
        Blank("number", 12),
        Blank("minutes", 75),
        Blank("zone", new_york("2026-03-03T12:00")),
        Blank("zone", new_york("2026-07-03T12:00").replace(tzinfo=zone("America/Phoenix"))),
    ]
    written_in_latin = language.partition("-")[0] in {"en", "es", "vi", "ht", "fr", "fil", "tl", "pt", "de"}
    for blank in samples:
        text = said(blank, language)
        assert not re.search(r"duration-|[{}]", text)
        assert written_in_latin or not re.search("[A-Za-z]", text), text
        assert not [c for c in text if c.isdigit() and c not in "0123456789"]


def test_what_babel_cannot_say_in_the_letters_of_a_language_is_refused():
    for blank, language in ((Blank("instant", new_york("2026-03-03T06:05")), "dv"), (Blank("minutes", 75), "tg")):
        with pytest.raises(ValueError, match="no such letters"):
            printed(blank, press(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_midnight_is_never_printed(language):
    with pytest.raises(ValueError, match="midnight"):
        printed(Blank("instant", new_york("2026-03-03T00:00")), press(language))


@given(
    st.datetimes(datetime.fromisoformat("2026-03-01"), datetime.fromisoformat("2027-03-01")),
    st.sampled_from([20, 60, 300]),
    st.sampled_from([0, 30, 90]),
)
@settings(deadline=None, max_examples=150)
def test_no_appointment_prints_midnight_or_a_bare_noon(case, start, duration, early):
    changes = {
        "start": start.replace(second=0, microsecond=0).isoformat(timespec="minutes"),
        "duration_minutes": duration,
        "arrive_early_minutes": early,
        "patient.time_zone": "Asia/Tokyo",
    }
    try:
        made = case(changes)
    except ValueError:
        return  # midnight, or an hour that the clock skips or repeats, is no start
    for language in ("en", "es-US"):
        for name, blank in blanks(made, "id").items():
            if blank.type == "instant":
                text = said(blank, language)
                assert not re.search(r"12:00 (AM|a\.m\.)|midnight|medianoche", text), name
                assert re.search(r" (AM|PM|a\.m\.|p\.m\.|noon|del mediodía)$", text), name
                assert "12:00 PM" not in text
                assert "12:00 p.m." not in text


@pytest.mark.parametrize("at", ["2026-02-28T00:00-05:00", "2026-02-28T00:00:59-05:00", "2026-02-28T05:00+00:00"])
def test_a_packet_can_be_made_in_the_first_minute_of_a_day(case, at):
    blank = blanks(case(at=at), "id")["issued_at"]
    assert said(blank) == "Friday, February 27, 2026, 11:59 PM"


def test_the_consent_holds_for_the_clinics_days_from_the_day_of_treatment(case):
    assert blanks(case(), "id")["consent_until"].value == date(2026, 2, 27) + timedelta(days=90)


def test_the_length_of_a_visit_is_real_time_across_a_change_of_the_clock(case):
    def length(start):
        found = blanks(case({"start": start, "duration_minutes": 360, "arrive_early_minutes": 30}), "id")
        return found["visit_length"].value, found["ready_to_leave"].value.replace(tzinfo=None)

    assert length("2026-03-03T21:00") == (450, datetime.fromisoformat("2026-03-04T04:00"))
    assert length("2026-03-07T21:00") == (450, datetime.fromisoformat("2026-03-08T05:00"))
    # By the wall the visit would end an hour later than it does; who waits for the later one is never early.
    assert length("2026-10-31T21:00") == (510, datetime.fromisoformat("2026-11-01T04:00"))


def test_driving_by_day_starts_the_day_after_the_end(case):
    assert blanks(case({"start": "2026-03-03T12:00"}), "id")["drive_day"].value == date(2026, 3, 4)
    assert blanks(case({"start": "2026-03-03T23:00"}), "id")["drive_day"].value == date(2026, 3, 5)


def test_every_closed_word_of_an_appointment_has_a_term():
    assert set(TERMS) == {*RELATIONSHIPS.values(), *get_args(get_args(InterpreterMode)[0])}


def test_a_word_without_a_reviewed_translation_is_an_error():
    bare = Press(Catalog("es-US", {}), "US")
    for blank in (Blank("term", "spouse"), Blank("instant", new_york("2026-03-03T12:00"))):
        with pytest.raises(CatalogError):
            printed(blank, bare)


def test_what_people_wrote_for_a_term_is_printed_whatever_signs_are_in_it():
    for text in ("aunt {by marriage}", "duration-hour"):
        assert said(Blank("term", text)) == said(Blank("term", text), "es-US") == text


def test_an_id_and_a_mode_that_nobody_gave_are_not_made_up(case):
    found = blanks(case({"interpreter": {"name": "Minh"}, "representative": {"name": "Ana"}}), "id")
    for name in ("interpreter_id", "interpreter_mode", "representative_authority", "representative_relationship"):
        assert said(found[name]) == said(found[name], "es-US") == "—"
