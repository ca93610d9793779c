"""Glyphs stand where the typesetter put them, and the file says what each stands for, whatever the script did to them."""

from io import BytesIO

import papers
import pikepdf
import pypdfium2
import pytest
from aloud import marked, read_aloud
from papers import block
from pypdfium2 import raw
from verapdf import failures

from handouts.content.blocks import Group
from handouts.pdf.embed import Font, opened, used
from handouts.typeset import LETTER, Galley, Glyphs, Strip, Style, furniture_size, lay_out
from handouts.typeset.fonts import Glyph, plain_face
from handouts.typeset.shape import Setting, Shaped, shape

STYLE = Style()
REGULAR = plain_face()


def glyph(char, text=None, right=0.0, up=0.0, more=0.0):
    """The glyph of `char`, standing for `text`, moved, and with an advance `more` than its own."""
    (plain,) = shape(char, Setting(REGULAR, "Latn", "en", rtl=False)).glyphs
    return Glyph(plain.number, char if text is None else text, plain.advance + more, right, up)


def mark(text, *glyphs, y=20.0):
    wide = sum(each.advance for each in glyphs) * 20 / 1000
    return Glyphs(0, y, text, REGULAR, 20, None, (0, 0, 0), wide, (Shaped(text, glyphs),))


def made(*marks):
    root = Group("document", (block("p", "set by hand"),))
    galleys = (Galley(root.children[0], (Strip(200, marks),), (), 5, 5, False, False),)
    size = furniture_size(papers.FURNITURE, LETTER.measure, STYLE)
    return papers.stamped(root, lay_out(root, galleys, LETTER, STYLE, size), galleys, papers.FURNITURE)


LIGATURE = mark("office", glyph("o"), glyph("H", "ffi"), glyph("c"), glyph("e"))
CLUSTER = mark("kṣa!", glyph("k", "kṣa"), glyph("I", "", right=-120, up=90), glyph("!"), y=50)
BACKWARDS = mark("abc ", glyph(" "), glyph("c"), glyph("b"), glyph("a"), y=80)
TWO_TEXTS = mark("AΑ", glyph("A"), glyph("A", "Α"), y=110)
WIDER = mark("AVAV", *(glyph(char, more=more) for char, more in zip("AVAV", (-80, -40.4, 90, 0), strict=True)), y=140)
ALL = (LIGATURE, CLUSTER, BACKWARDS, TWO_TEXTS, WIDER)


@pytest.mark.parametrize("given", ALL, ids=lambda given: given.text)
def test_a_text_is_read_as_it_was_written(given):
    assert read_aloud(made(given)).strip() == given.text.strip()


def test_what_is_drawn_in_another_order_is_said_in_its_own():
    pdf = made(BACKWARDS)
    assert ("P", 0, "abc ") in marked(pdf)[0]
    assert b"/ActualText" in papers.unpacked(pdf)
    assert b"/ActualText" not in papers.unpacked(made(LIGATURE, TWO_TEXTS))


def test_glyphs_stand_where_they_were_put():
    with pypdfium2.PdfDocument(made(WIDER)) as document:
        page = document[0].get_textpage()
        lefts = [page.get_charbox(index, loose=True)[0] for index in range(page.count_chars())]
        texts = page.get_text_range()
    start = texts.index("AVAV")
    pen = 0.0
    for index, each in enumerate(WIDER.glyphs):
        assert lefts[start + index] == pytest.approx(LETTER.left + pen * 20 / 1000, abs=0.03)
        pen += each.advance


def test_a_glyph_above_the_line_is_drawn_above_it():
    with pypdfium2.PdfDocument(made(CLUSTER)) as document:
        heights = [obj.get_bounds() for obj in document[0].get_objects() if obj.type == raw.FPDF_PAGEOBJ_TEXT]
    risen, plain = heights[1], heights[0]
    assert risen[1] - plain[1] == pytest.approx(90 * 20 / 1000, abs=0.3)


def test_all_of_this_keeps_to_both_standards(tmp_path):
    (tmp_path / "glyphs.pdf").write_bytes(made(*ALL))
    assert not failures(tmp_path)


def test_codes_do_not_depend_on_the_order_of_the_text():
    forwards = [(REGULAR, each.glyphs) for each in ALL]
    assert used(forwards) == used(reversed(forwards))
    (pairs,) = used(forwards).values()
    shown = [Font(REGULAR, pairs, "/F1").shown(each.pieces, 20, spaced=False) for each in ALL]
    codes = b"".join(each.number.to_bytes(2, "big") for each in LIGATURE.glyphs).decode("latin-1")
    assert shown[0] == f"[({codes})]TJ"


def test_the_subset_holds_the_glyphs_met_and_no_more():
    with pikepdf.open(BytesIO(made(LIGATURE))) as document:
        for name, font in document.pages[0].Resources.Font.items():
            descendant = font.DescendantFonts[0]
            program = descendant.FontDescriptor.FontFile2.read_bytes()
            assert len(program) == int(descendant.FontDescriptor.FontFile2.Length1)
            assert len(program) < 40_000, name
    assert opened(REGULAR).measures.capitals == 714
