"""Names in the scripts of many countries are set in any language, every letter of them, also beside Latin."""

import pytest

from handouts.typeset import Span, set_lines
from handouts.typeset.text import drawable

NAMES = {
    "Armenian": "Արամ Խաչատրյան",
    "Georgian": "ნინო ბერიძე",
    "Bengali": "শ্রাবন্তী রক্ষিত",
    "Gurmukhi": "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
    "Gujarati": "ક્ષમા પટેલ",
    "Oriya": "ଶ୍ରୀକାନ୍ତ ଦାସ",
    "Tamil": "லக்ஷ்மி சுப்பிரமணியம்",
    "Telugu": "శ్రీనివాస్ రెడ్డి",
    "Kannada": "ಲಕ್ಷ್ಮಿ ಗೌಡ",
    "Malayalam": "ശ്രീലക്ഷ്മി നായർ",
    "Sinhala": "ශ්‍රියානි පෙරේරා",
    "Khmer": "សុខ ស្រីមុំ",
    "Lao": "ແສງຈັນ ວົງສາ",
    "Burmese": "မြတ်နိုးသူ",
    "Japanese with a variant": "葛\U000e0100城",
}


@pytest.mark.parametrize("language", ["en", "ar", "th"])
@pytest.mark.parametrize("script", NAMES)
def test_a_name_is_set_whole_in_any_language(script, language):
    name = NAMES[script]
    assert all(map(drawable, name))
    spans = [Span("María "), Span(name, blank="patient_name", strong=True), Span(" (Lee)")]
    lines = set_lines(spans, 400, 14, language=language, place="p.html")
    assert all(glyph.number for line in lines for segment in line.segments for glyph in segment.glyphs)
    said = "".join(line.text for line in lines)
    assert name.replace("\u200d", "") in said.replace("\u200d", "")
