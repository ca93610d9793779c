"""What stands in blanks in each of the twenty languages, where CLDR says it and where it does not."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, timedelta

import pytest
from babel import Locale

from handouts.content.blanks import Blank
from handouts.content.catalog import Catalog
from handouts.content.cldr import listed, locale_of
from handouts.content.press import Press, printed
from handouts.content.words import NOON, TIME_OF_DAY
from handouts.settings.zones import zone

NEW_YORK = zone("America/New_York")
MORNING = datetime(2026, 3, 3, 6, 5, tzinfo=NEW_YORK)
EVENING = datetime(2026, 8, 2, 18, 30, tzinfo=NEW_YORK)
SAID = {
    "en": ("Tuesday, March 3, 2026, 6:05 AM", "Sunday, August 2, 2026, 6:30 PM", "1 hour 15 minutes"),
    "es-US": ("martes, 3 de marzo de 2026, 6:05 a.m.", "domingo, 2 de agosto de 2026, 6:30 p.m.", "1 hora 15 minutos"),
    "zh-Hans": ("2026年3月3日星期二 06:05", "2026年8月2日星期日 18:30", "1小时 15分钟"),
    "zh-Hant": ("2026年3月3日 星期二 清晨6:05", "2026年8月2日 星期日 下午6:30", "1 小時 15 分鐘"),
    "vi": ("06:05 Thứ Ba, 3 tháng 3, 2026", "18:30 Chủ Nhật, 2 tháng 8, 2026", "1 tiếng 15 phút"),
    "ko": ("2026년 3월 3일 화요일 오전 6:05", "2026년 8월 2일 일요일 오후 6:30", "1시간 15분"),
    "tl": ("Martes, Marso 3, 2026, 6:05 AM", "Linggo, Agosto 2, 2026, 6:30 PM", "1 oras 15 minuto"),
    "ru": ("вторник, 3 марта 2026 г., 06:05", "воскресенье, 2 августа 2026 г., 18:30", "1 час 15 минут"),
    "ar": ("الثلاثاء، 3 مارس 2026، 6:05 ص", "الأحد، 2 أغسطس 2026، 6:30 م", "ساعة 15 دقيقة"),
    "ht": ("madi 3 mas 2026, 06:05", "dimanch 2 out 2026, 18:30", "1 èdtan 15 minit"),
    "fr": ("mardi 3 mars 2026, 06:05", "dimanche 2 août 2026, 18:30", "1 heure 15 minutes"),
    "pt": ("terça-feira, 3 de março de 2026, 06:05", "domingo, 2 de agosto de 2026, 18:30", "1 hora 15 minutos"),
    "de": ("Dienstag, 3. März 2026, 06:05", "Sonntag, 2. August 2026, 18:30", "1 Stunde 15 Minuten"),
    "ja": ("2026年3月3日火曜日 6:05", "2026年8月2日日曜日 18:30", "1 時間 15 分"),
    "hi": ("मंगलवार, 3 मार्च 2026, 6:05 सुबह", "रविवार, 2 अगस्त 2026, 6:30 शाम", "1 घंटा 15 मिनट"),
    "fa": ("سه‌شنبه 3 مارس 2026، 6:05", "یکشنبه 2 اوت 2026، 18:30", "1 ساعت 15 دقیقه"),
    "ur": ("منگل، 3 مارچ، 2026، 6:05 صبح", "اتوار، 2 اگست، 2026، 6:30 شام", "1 گھنٹہ 15 منٹ"),
    "he": ("יום שלישי, 3 במרץ 2026, 6:05", "יום ראשון, 2 באוגוסט 2026, 18:30", "1 שעה 15 דקות"),
    "th": ("วันอังคารที่ 3 มีนาคม ค.ศ. 2026, 06:05 น.", "วันอาทิตย์ที่ 2 สิงหาคม ค.ศ. 2026, 18:30 น.", "1 ชั่วโมง 15 นาที"),
    "am": ("ማክሰኞ 3 ማርች 2026፣ 6:05 ጥዋት", "እሑድ 2 ኦገስት 2026፣ 6:30 በምሽት", "1 ሰዓት 15 ደቂቃዎች"),
}

SAID_TOO = {
    "en": ("2 hours", "a, b, and c"),
    "es-US": ("2 horas", "a, b y c"),
    "zh-Hans": ("2小时", "a、b和c"),
    "zh-Hant": ("2 小時", "a、b和c"),
    "vi": ("2 tiếng", "a, b và c"),
    "ko": ("2시간", "a, b 및 c"),
    "tl": ("2 oras", "a, b, at c"),
    "ru": ("2 часа", "a, b и c"),
    "ar": ("ساعتان", "a وb وc"),
    "ht": ("2 èdtan", "a, b ak c"),
    "fr": ("2 heures", "a, b et c"),
    "pt": ("2 horas", "a, b e c"),
    "de": ("2 Stunden", "a, b und c"),
    "ja": ("2 時間", "a、b、c"),
    "hi": ("2 घंटे", "a, b और c"),
    "fa": ("2 ساعت", "a، b، و c"),
    "ur": ("2 گھنٹے", "a، b، اور c"),
    "he": ("שעתיים", "a, b וc"),
    "th": ("2 ชั่วโมง", "a b และc"),
    "am": ("2 ሰዓቶች", "a፣ b እና c"),
}
"""Two hours, and a list of three."""


def press(language: str) -> Press:
    return Press(Catalog(language, {(TIME_OF_DAY, NOON): "☼"}), "US")


def said(kind, value, language: str) -> str:
    """As printed, with plain spaces."""
    return printed(Blank(kind, value), press(language)).replace("\u00a0", " ").replace("\u202f", " ")


def test_there_are_twenty_languages():
    assert len(SAID) == 20


@pytest.mark.parametrize("language", SAID)
def test_a_time_and_a_duration_are_said_as_people_of_the_language_write_them(language):
    found = (said("instant", MORNING, language), said("instant", EVENING, language), said("minutes", 75, language))
    assert found == SAID[language]


@pytest.mark.parametrize("language", SAID)
def test_two_hours_and_a_list_are_said_as_people_of_the_language_write_them(language):
    assert (said("minutes", 120, language), listed(["a", "b", "c"], locale_of(language))) == SAID_TOO[language]


@pytest.mark.parametrize("language", SAID)
def test_no_two_minutes_of_a_day_are_printed_alike(language):
    day = datetime(2026, 3, 3, tzinfo=NEW_YORK)
    texts = [said("instant", day + timedelta(minutes=minute), language) for minute in range(1, 24 * 60)]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("language", SAID)
def test_no_mark_of_direction_and_no_loose_accent_is_printed(language):
    for kind, value in (("instant", EVENING), ("date", date(2026, 2, 7)), ("zone", MORNING), ("language", "zh-Hant")):
        text = said(kind, value, language)
        assert not [c for c in text if unicodedata.category(c) == "Cf" and c != "\u200c"], ascii(text)
        assert unicodedata.is_normalized("NFC", text)
    items = listed(["x", "y", "z"], Locale.parse(language, sep="-"))
    assert not [c for c in items if unicodedata.category(c) == "Cf"]


def test_nothing_in_haitian_creole_is_french():
    locale = Locale("ht")
    assert [said("birth_date", date(1984, month, 1), "ht") for month in (2, 4, 5, 6, 7, 9, 12)] == [
        "1 fevriye 1984", "1 avril 1984", "1 me 1984", "1 jen 1984", "1 jiyè 1984", "1 septanm 1984", "1 desanm 1984"
    ]  # fmt: skip
    assert [listed(items, locale) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a ak b",
        "a, b ak c",
    ]
    assert said("language", "vi", "ht") == "vyetnamyen"
    assert said("language", "zh-Hant", "ht") == "chinwa (tradisyonèl)"
    assert said("language", "hmn", "ht") == "hmong"
    assert said("language", "es-MX", "ht") == "panyòl"
    assert said("language", "qxz", "ht") == "qxz"
    assert said("zone", MORNING, "ht") == "lè estanda Lès"
    assert said("zone", EVENING.replace(tzinfo=zone("America/Denver")), "ht") == "lè ete Montay"


def test_a_zone_without_a_name_in_haitian_creole_is_refused():
    with pytest.raises(ValueError, match="Japan Standard Time has no name in ht"):
        said("zone", MORNING.astimezone(zone("Asia/Tokyo")), "ht")
