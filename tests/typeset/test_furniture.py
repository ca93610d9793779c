import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handouts.errors import RefusedAppointment, TemplateError
from handouts.typeset import Furniture, Style, furniture_size
from handouts.typeset.furniture import Logo
from handouts.typeset.marks import Glyphs, Picture
from handouts.typeset.standing import set_furniture

STYLE = Style()
names = st.text(alphabet="abc deñ Ñ-", min_size=1, max_size=220).filter(str.strip)


def made(**changed):
    plain = {
        "clinic_name": "Clinic",
        "title": "Preparation",
        "for_line": "For: Maria Lopez",
        "identity_line": "Maria Lopez · July 4, 1980 · 123",
        "page_line": "page {page} of {pages}",
        "document_line": "doc",
        "help_line": "Large print: ask us",
        "language": "en",
    }
    return Furniture(**{**plain, **changed})


def words(strip):
    return "".join(mark.text for mark in strip.marks if isinstance(mark, Glyphs)).replace(" ", "")


@given(names, names, names, names)
def test_long_names_are_neither_cut_nor_overlap_nor_leave_the_measure(clinic, title, person, identity):
    values = {"patient_name": person, "mrn": identity}
    furniture = made(clinic_name=clinic, title=title, for_line="{patient_name}", identity_line="{mrn}", values=values)
    standing = set_furniture(furniture, 516, STYLE)
    header, footer = standing.header, standing.footer(1, 9)
    assert sorted(words(header)) == sorted((clinic + title + person).replace(" ", ""))
    assert identity.replace(" ", "") in words(footer)
    for strip in (header, footer):
        texts = [mark for mark in strip.marks if isinstance(mark, Glyphs)]
        for index, mark in enumerate(texts):
            assert mark.x >= -0.01
            assert mark.x + mark.width <= 516.01
            assert 0 < mark.y < strip.height
            for other in texts[index + 1 :]:
                apart = mark.x + mark.width <= other.x + 0.01 or other.x + other.width <= mark.x + 0.01
                assert apart or abs(mark.y - other.y) >= 7.9


def test_the_footer_names_the_page_and_needs_no_more_room_on_any_page():
    size = furniture_size(made(), 516, STYLE)
    for page in (1, 9, 10, 99):
        strip = set_furniture(made(), 516, STYLE).footer(page, 99)
        assert f"page{page}of99" in words(strip)
        assert strip.height < size.footer


def test_a_missing_glyph_in_a_patients_name_refuses_the_appointment_and_in_the_clinics_stops_the_content():
    with pytest.raises(RefusedAppointment, match="patient_name"):
        furniture_size(made(for_line="For: {patient_name}", values={"patient_name": "ཁ"}), 516, STYLE)
    with pytest.raises(TemplateError, match="clinic_name"):
        furniture_size(made(clinic_name="ཁ"), 516, STYLE)


@pytest.mark.parametrize("size", [(120, 120), (900, 100), (10, 900), (1, 1)])
@pytest.mark.parametrize("language", ["en", "ar"])
@given(title=names)
def test_a_logo_stands_at_the_start_of_the_header_and_nothing_covers_it(language, size, title):
    across, down = size
    logo = Logo(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", across, down), "A leaf")
    strip = set_furniture(made(logo=logo, language=language, title=title), 516, STYLE).header
    (picture,) = (mark for mark in strip.marks if isinstance(mark, Picture))
    assert picture.width <= STYLE.logo_width + 0.01
    assert picture.height <= min(STYLE.logo_height, strip.height) + 0.01
    assert picture.width / picture.height == pytest.approx(across / down)
    texts = [mark for mark in strip.marks if isinstance(mark, Glyphs)]
    assert all(mark.x >= 0 and mark.x + mark.width <= 516.01 and mark.y <= strip.height for mark in texts)
    if language == "en":
        assert picture.x == 0
        assert all(mark.x >= picture.width for mark in texts)
    else:
        assert picture.x + picture.width == pytest.approx(516)
        assert all(mark.x + mark.width <= picture.x for mark in texts)
