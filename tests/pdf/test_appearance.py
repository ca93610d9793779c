"""How signatures look: names of every script, strokes, type that fits, and nothing that is cut off."""

from __future__ import annotations

import io
import math

import pikepdf
import pypdfium2
import pytest

from handouts.errors import RefusedAppointment, WrongUsage
from handouts.pdf.appearance import MOST_POINTS, MOST_STROKES, appearance, read_strokes

SIZE = (254.8, 28.91)
LINE = "Signed electronically · patient · March 3, 2026, 11:00 AM EST"
WAVE = [[(step / 40, 0.5 + 0.5 * math.sin(step / 3)) for step in range(41)], [(0, 0), (1, 1)], [(0.5, 0.1)]]
NAMES = (
    "María José Ñandú",
    "محمد علي حسن",
    "נועה כהן",
    "山田 花子",
    "นภา ศรีสุข",
    "सीता देवी",
    "احمد نواز",
    "አበበ በቀለ",
    "O’Brien-Łęcka Jr.",
)


def text_of(pdf):
    with pypdfium2.PdfDocument(pdf) as opened:
        return opened[0].get_textpage().get_text_bounded()


def squeezed(text):
    return "".join(text.split()).replace("\u202f", "").replace("\ufffe", "-")


def picture(pdf, scale=4):
    with pypdfium2.PdfDocument(pdf) as opened:
        return opened[0].render(scale=scale).to_pil().convert("L")


def ink(pdf):
    """The box of all that is drawn, and the size of the picture."""
    found = picture(pdf)
    return found.point(lambda value: 255 if value < 200 else 0).getbbox(), found.size


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_any_script_is_shown_with_its_fonts_embedded(name):
    pdf = appearance(name, [LINE], None, SIZE)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        fonts = opened.pages[0].Resources.Font
        assert len(fonts)
        assert all("/FontFile2" in font.DescendantFonts[0].FontDescriptor for font in fonts.values())
        content = opened.pages[0].Contents.read_bytes()
    said = content.decode("latin-1")
    assert squeezed(name) in squeezed(text_of(pdf)) or name.encode("utf-16-be").hex().upper() in said.replace(" ", "")


def test_a_line_in_a_language_from_right_to_left_starts_at_the_right():
    (left, _, right, _), (width, _) = ink(appearance("نورا", ["تم التوقيع"], None, SIZE, language="ar"))
    assert left > width / 2
    assert right > width * 0.97
    (left, _, _, _), (width, _) = ink(appearance("Nora", ["Signed"], None, SIZE))
    assert left < width * 0.03


@pytest.mark.parametrize("length", [1, 20, 60, 120, 200])
def test_type_is_made_smaller_until_all_of_it_fits(length):
    name = ("Wolfe Adela " * 20)[:length].strip()
    pdf = appearance(name, [LINE, "I agree to this treatment. I could ask all my questions."], None, SIZE)
    assert squeezed(name) in squeezed(text_of(pdf))
    (left, top, right, bottom), (width, height) = ink(pdf)
    assert left > 0
    assert top > 0
    assert right < width
    assert bottom < height


def test_what_could_not_be_read_is_refused_and_not_cut_off():
    with pytest.raises(WrongUsage, match="does not fit into a field of 60 × 12 points"):
        appearance("Maria Lopez de la Cruz", [LINE], None, (60, 12))
    with pytest.raises(WrongUsage, match="does not fit"):
        appearance("Ana " * 200, [LINE], None, SIZE)


def test_a_character_that_no_font_has_is_refused():
    with pytest.raises(RefusedAppointment, match="no font here has a glyph"):
        appearance("Ana \U00013000", [LINE], None, SIZE)


def test_strokes_are_drawn_whole_above_the_name():
    pdf = appearance("Ana López", [LINE], WAVE, SIZE)
    assert squeezed("Ana López" + LINE) in squeezed(text_of(pdf))
    found = picture(pdf)
    width, height = found.size
    upper = found.crop((0, 0, width, height // 2)).point(lambda value: 255 if value < 200 else 0)
    left, top, right, _ = upper.getbbox()
    assert 0 < left < width * 0.03
    assert width * 0.97 < right < width
    assert 0 < top < height * 0.1


def test_a_stroke_of_one_point_is_a_dot():
    without = picture(appearance("Ana", [LINE], [[(0.1, 0.1), (0.2, 0.1)]], SIZE))
    dotted = picture(appearance("Ana", [LINE], [[(0.1, 0.1), (0.2, 0.1)], [(0.8, 0.5)]], SIZE))
    assert without.tobytes() != dotted.tobytes()


def test_the_same_signature_has_the_same_bytes():
    assert appearance("Ana", [LINE], WAVE, SIZE) == appearance("Ana", [LINE], WAVE, SIZE)
    assert appearance("Ana", [LINE], WAVE, SIZE) != appearance("Ane", [LINE], WAVE, SIZE)


def test_the_page_is_as_large_as_the_field():
    with pikepdf.open(io.BytesIO(appearance("Ana", [LINE], None, SIZE))) as opened:
        assert [float(each) for each in opened.pages[0].MediaBox] == pytest.approx([0, 0, *SIZE], abs=0.01)


def test_strokes_are_read_as_they_are_given():
    assert read_strokes([[[0, 0.25], [1, 1]], [[0.5, 0.5]]]) == ([(0.0, 0.25), (1.0, 1.0)], [(0.5, 0.5)])
    assert len(read_strokes([[[0, 0]]] * MOST_STROKES)) == MOST_STROKES
    assert len(read_strokes([[[0, 0]] * MOST_POINTS])[0]) == MOST_POINTS


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {},
        "0,0",
        [[]],
        [[[0]]],
        [[[0, 0, 0]]],
        [[[0, 1.01]]],
        [[[-0.1, 0]]],
        [[["0", 0]]],
        [[[True, 0]]],
        [[[math.nan, 0]]],
        [[[math.inf, 0]]],
        [[[0, None]]],
        [[0, 0]],
        [[[0, 0]]] * (MOST_STROKES + 1),
        [[[0, 0]] * (MOST_POINTS + 1)],
        [[[0, 0]] * MOST_POINTS, [[0, 0]]],
    ],
    ids=range(18),
)
def test_what_are_no_strokes_is_refused(raw):
    with pytest.raises(WrongUsage, match="the drawn signature"):
        read_strokes(raw)


def test_in_a_wide_field_the_lines_stand_beside_the_name():
    wide = (468, 28.91)
    (left, _, right, _), (width, _) = ink(appearance("Ana", [LINE], None, wide))
    assert left < width * 0.03
    assert width * 0.5 < right < width
    (left, _, right, _), (width, _) = ink(appearance("نورا", ["تم التوقيع"], None, wide, language="ar"))
    assert left < width * 0.5
    assert right > width * 0.97
    drawn = picture(appearance("Ana", [LINE], WAVE, wide)).point(lambda value: 255 if value < 200 else 0)
    _, top, _, bottom = drawn.crop((0, 0, drawn.width // 2, drawn.height)).getbbox()
    assert bottom - top > drawn.height * 0.85
