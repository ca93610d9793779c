"""The code on a page: what it says, how it is drawn, and that it is read again from scans of every sort."""

import io
import random
import re
import shutil
import subprocess

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageFilter
from reportlab.graphics.barcode.ecc200datamatrix import ECC200DataMatrix

from handouts.memory import forgetting
from handouts.packet import opaque_id
from handouts.pdf.datamatrix import LONGEST, SIDE, codewords
from handouts.pdf.symbol import ENDED, begun, drawn, modules, painted
from handouts.typeset.code import Code

MILLIMETRE = 72 / 25.4
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CHECK_VALUE = "7K2M9QXA"


def text_of(packet_id, revision, document, page, pages):
    return Code(packet_id, revision, document).text(page, pages)


TEXT = text_of(opaque_id("lindenhof", "2026-0301", 1), 1, 2, 3, 7)


def _page(*texts, side=13 * MILLIMETRE, at=60.0):
    """A letter page with codes below each other, 60 pt from its edges."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(612, 792))
    drawn = "\n".join(painted(text, 612 - at - side, at + 60 * number, side) for number, text in enumerate(texts))
    page.obj.Contents = document.make_stream(drawn.encode())
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _by_pdfium(pdf, dpi):
    return pypdfium2.PdfDocument(pdf)[0].render(scale=dpi / 72).to_pil().convert("L")


def _by_poppler(pdf, dpi):
    if not shutil.which("pdftoppm"):
        pytest.skip("pdftoppm is not there")
    ran = subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", "-"], input=pdf, capture_output=True, check=True)
    return Image.open(io.BytesIO(ran.stdout)).convert("L")


RENDERERS = pytest.mark.parametrize("rendered", [_by_pdfium, _by_poppler], ids=("pdfium", "poppler"))


def _turned(image, degrees):
    return image.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def _noisy(image):
    """Grains of some pixels with the grey of each up to 50 off."""
    noise = Image.frombytes("L", image.size, random.Random(1).randbytes(image.width * image.height))
    noise = noise.filter(ImageFilter.GaussianBlur(0.5))
    return ImageChops.subtract(ImageChops.add(image, noise.point(lambda v: v // 6)), noise.point(lambda v: v // 5))


def _jpeg(image):
    out = io.BytesIO()
    image.save(out, "JPEG", quality=40)
    return Image.open(out).convert("L")


SCANS = {
    "as it is": lambda image: image,
    "4° to the left": lambda image: _turned(image, 4),
    "4° to the right": lambda image: _turned(image, -4),
    "upside down": lambda image: _turned(image, 180),
    "upside down and turned": lambda image: _turned(image, 176.5),
    "blurred": lambda image: image.filter(ImageFilter.GaussianBlur(0.9)),
    "noisy": _noisy,
    "JPEG 40": _jpeg,
    "turned, blurred, noisy, JPEG 40": lambda image: _jpeg(
        _noisy(_turned(image, -3).filter(ImageFilter.GaussianBlur(0.6)))
    ),
    "black and white": lambda image: image.point(lambda v: 255 if v > 140 else 0),
}


@RENDERERS
@pytest.mark.parametrize("dpi", [150, 200])
@pytest.mark.parametrize("scan", SCANS.values(), ids=SCANS)
@pytest.mark.parametrize("text", [TEXT, TEXT + CHECK_VALUE], ids=("alone", "with a check value"))
def test_a_code_of_13_mm_is_read_from_a_scan(text, scan, dpi, rendered):
    found = zxingcpp.read_barcodes(scan(rendered(_page(text), dpi)), zxingcpp.BarcodeFormat.DataMatrix)
    assert [each.text for each in found] == [text]


def test_what_it_says_stands_in_fields_of_fixed_length():
    assert text_of("abcdefghij234567", 1, 2, 3, 14) == "H1ABCDEFGHIJ2345670001" + "02" + "003" + "014"
    assert text_of("abcdefghij234567", 1_000_000, 99, 999, 999) == "H1ABCDEFGHIJ234567LFLS" + "99" + "999" + "999"


@given(st.integers(1, 1_000_000), st.integers(0, 99), st.integers(1, 999), st.integers(1, 999))
def test_two_pages_never_say_the_same_and_all_leave_room_for_a_check_value(revision, number, one, other):
    page, pages = sorted((one, other))
    said = text_of("abcdefghij234567", revision, number, page, pages)
    assert re.fullmatch("[A-Z0-9]{30}", said)
    fields = said[18:22], said[22:24], said[24:27], said[27:]
    assert (int(fields[0], 36), *map(int, fields[1:])) == (revision, number, page, pages)
    assert len(said) + len(CHECK_VALUE) <= LONGEST


@pytest.mark.parametrize(
    "wrong",
    [
        ("abc", 1, 1, 1, 1),
        ("abcdefghij23456!", 1, 1, 1, 1),
        ("abcdefghij234568", 1, 1, 1, 1),
        ("abcdefghij23456ß", 1, 1, 1, 1),
        ("abcdefghij234567", -1, 1, 1, 1),
        ("abcdefghij234567", 36**4, 1, 1, 1),
        ("abcdefghij234567", 1, -1, 1, 1),
        ("abcdefghij234567", 1, 100, 1, 1),
        ("abcdefghij234567", 1, 1, 0, 1),
        ("abcdefghij234567", 1, 1, 2, 1),
        ("abcdefghij234567", 1, 1, 1, 1000),
    ],
)
def test_what_does_not_fit_its_fields_is_refused(wrong):
    with pytest.raises(ValueError, match=r"a packet|a document|a revision"):
        text_of(*wrong)


@pytest.mark.parametrize("text", ["", "a", "A B", "Ä", "A\n", "A" * (LONGEST + 1)])
def test_no_symbol_is_made_of_anything_but_a_few_capitals_and_digits(text):
    with pytest.raises(ValueError, match="1 to 43 capitals and digits"):
        modules(text)


@given(st.text(CAPITALS + "0123456789", min_size=1, max_size=LONGEST))
def test_every_text_makes_a_symbol_of_one_size_that_says_it(text):
    rows = modules(text)
    assert [len(row) for row in rows] == [SIDE] * SIDE
    lightness = bytes(0 if module else 255 for row in rows for module in row)
    symbol = Image.frombytes("L", (SIDE, SIDE), lightness).resize((SIDE * 4,) * 2, Image.Resampling.NEAREST)
    page = Image.new("L", (SIDE * 6,) * 2, 255)
    page.paste(symbol, (SIDE, SIDE))
    assert zxingcpp.read_barcode(page).text == text


class _Witness(ECC200DataMatrix):
    """reportlab's own encoder, for a symbol of 22 modules (ISO/IEC 16022, table 7); it encodes all of a text as C40."""

    def __init__(self, text):
        super().__init__(text)
        self.row_modules = self.col_modules = SIDE
        self.row_regions = self.col_regions = 1
        self.cw_data, self.cw_ecc = 30, 20
        self.row_usable_modules = self.col_usable_modules = SIDE - 2
        self.validate()
        self.encode()

    def _encode_c40(self, value):
        """As there, but a pad of 254 is 254 (annex B.1), where that makes it 0."""
        codewords = super()._encode_c40(value)
        end = 1 + 2 * len(value) // 3
        return [*codewords[:end], *(word or 254 for word in codewords[end:])]


@given(st.text(CAPITALS, min_size=21, max_size=LONGEST))
def test_zxing_makes_the_same_symbol_of_capitals(text):
    text = text[: len(text) // 3 * 3]
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, version=7)  # zint's number for 22 modules
    lightness = bytes(0 if module else 255 for row in modules(text) for module in row)
    assert bytes(symbol.to_image(add_quiet_zones=False)) == lightness


@pytest.mark.parametrize("length", [24, 27, 30, 33, 36])
def test_another_encoder_makes_the_same_symbol(length):
    chosen = random.Random(length)
    for _ in range(20):
        text = "".join(chosen.choices(CAPITALS, k=length))
        upwards = _Witness(text).encoded
        assert [[bool(module) for module in row] for row in reversed(upwards)] == [
            [bool(module) for module in row] for row in modules(text)
        ]


@given(st.text(CAPITALS + "0123456789", min_size=20, max_size=LONGEST))
def test_the_rectangles_cover_the_dark_modules_once(text):
    covered = [[0] * SIDE for _ in range(SIDE)]
    for x, y, width, height in re.findall(r"(\d+) (\d+) (\d+) (\d+) re\n", painted(text, 0, 0, SIDE)):
        for row in range(int(height)):
            for column in range(int(width)):
                covered[SIDE - 1 - int(y) - row][int(x) + column] += 1
    assert covered == [list(row) for row in modules(text)]


@given(st.text(CAPITALS + "0123456789", min_size=1, max_size=LONGEST))
def test_codeword_by_codeword_the_same_modules_are_drawn_once(text):
    def covered(operators):
        found = []
        for rectangle in re.findall(r"(\d+) (\d+) (\d+) (\d+) re\n", operators):
            x, y, width, height = map(int, rectangle)
            found += [(x + right, y + up) for right in range(width) for up in range(height)]
        return sorted(found)

    apart = [drawn(*each) for each in enumerate(codewords(text))]
    assert covered("".join((begun(0, 0, SIDE), *apart, ENDED))) == covered(painted(text, 0, 0, SIDE))


def test_a_code_is_drawn_as_one_path_and_leaves_no_trace():
    drawn = painted(TEXT, 515.15, 60, 13 * MILLIMETRE)
    assert drawn.startswith("q 0 g 1.6750 0 0 1.6750 515.15 60 cm\n")
    assert drawn.endswith("re\nf Q")
    assert len(re.findall(r"\bf\b", drawn)) == 1
    assert len(drawn) < 2000


@RENDERERS
@pytest.mark.parametrize("dpi", [151, 283, 611])
def test_no_seam_shows_between_dark_modules(rendered, dpi):
    side = 13 * MILLIMETRE
    image = rendered(_page(TEXT, side=side), dpi)
    scale = dpi / 72
    module = side * scale / SIDE
    left, top = (612 - 60 - side) * scale, image.height - (60 + side) * scale
    rows = modules(TEXT)
    for row in range(SIDE):
        for column in range(SIDE - 1):
            if rows[row][column] and rows[row][column + 1]:
                y = int(top + (row + 0.5) * module)
                first, last = int(left + (column + 0.5) * module), int(left + (column + 1.5) * module)
                assert max(image.getpixel((x, y)) for x in range(first, last + 1)) <= 16, (row, column)
            if rows[column][row] and rows[column + 1][row]:
                x = int(left + (row + 0.5) * module)
                first, last = int(top + (column + 0.5) * module), int(top + (column + 1.5) * module)
                assert max(image.getpixel((x, y)) for y in range(first, last + 1)) <= 16, (column, row)


def test_without_remembering_it_is_drawn_the_same():
    once = painted(TEXT, 1, 2, 3)
    with forgetting():
        assert painted(TEXT, 1, 2, 3) == once
