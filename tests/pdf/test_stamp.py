import ctypes
import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import papers
import pypdfium2
import pytest
from pypdfium2 import raw

from handouts.content.blocks import BlankPlace, Block, Field, Group, Part, Text
from handouts.errors import TemplateError
from handouts.memory import forgetting
from handouts.typeset import A4, LETTER, Glyphs, Style, furniture_size, lay_out, set_galleys

STYLE = Style()
FURNITURE = replace(papers.FURNITURE, title="Preparation instructions", language="es-US")


def block(role, *runs, **given):
    return Block(role, (Part(role, tuple(Text(r) if isinstance(r, str) else r for r in runs)),), ("S1",), "en", **given)


def row(scope, *texts):
    parts = tuple(Part("th" if scope else "td", (Text(text),), scope) for text in texts)
    return Block("tr", parts, ("S1",), "en")


def document():
    link = Text("(212) 555-0142", href="tel:+12125550142")
    site = Text("our page", href="https://clinic.example/")
    unsafe = Text("another", href="http://clinic.example/")
    return Group(
        "document",
        (
            block("h1", "Getting ready"),
            block(
                "p", "Come on ", BlankPlace("arrival", strong=True), ", ", BlankPlace("patient.name"), ". Call ", link
            ),
            block("p", "See ", site, " or ", unsafe, "."),
            Block("img", (Part("img", (Text("The way in"),), source="map.png"),), ("S1",), "en"),
            Group("ul", tuple(block("li", Field("checkbox", f"c{n}", "x"), f" Choice {n} éàü") for n in range(4))),
            Block("aside", (Part("p", (Text("Call 911 " * 30),)),), ("S1",), "en", kind="warning"),
            Group(
                "table",
                (row("col", "Medicine", "When"), *(row("", f"M{n}", "At 8 " * 40) for n in range(12))),
                (40, 60),
            ),
            Group(
                "section",
                (block("fields", Field("signature", "s", "Your signature"), Field("text", "d", "Date")),),
                keep=True,
            ),
            block("fields", "I understand.", Field("initials", "i", "Initials")),
        ),
    )


def made(paper=LETTER, furniture=FURNITURE, **given):
    root = document()
    galleys = set_galleys(root, {"en": papers.PRINTED}, paper, STYLE, {"map.png": papers.picture()})
    master = lay_out(root, galleys, paper, STYLE, furniture_size(furniture, paper.measure, STYLE))
    return papers.stamped(root, master, galleys, furniture, **given), master, galleys


def page_texts(pdf):
    with pypdfium2.PdfDocument(pdf) as opened:
        return [page.get_textpage().get_text_bounded() for page in opened]


def squeezed(text):
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("paper", [LETTER, A4])
def test_all_text_can_be_taken_out_again(paper):
    pdf, master, galleys = made(paper)
    texts = page_texts(pdf)
    assert len(texts) == len(master.pages) > 1
    for text, page in zip(texts, master.pages, strict=True):
        for place in page:
            for strip in galleys[place.galley].strips[place.first : place.last]:
                for mark in strip.marks:
                    if isinstance(mark, Glyphs):
                        assert squeezed(mark.text) in squeezed(text)


def test_every_page_says_whose_it_is_and_which():
    pdf, master, _ = made()
    for number, text in enumerate(page_texts(pdf), 1):
        assert squeezed(FURNITURE.identity_line) in squeezed(text)
        assert squeezed(FURNITURE.for_line) in squeezed(text)
        assert FURNITURE.clinic_name in text
        assert FURNITURE.title in text
        assert FURNITURE.help_line in text
        assert f"page {number} of {len(master.pages)}" in text


def test_the_mark_stands_on_every_page():
    mark = "DRAFT – NOT APPROVED"
    with_mark, without = page_texts(made(mark=mark)[0]), page_texts(made()[0])
    assert all(squeezed(mark) in squeezed(text) for text in with_mark)
    assert not any("DRAFT" in text for text in without)


def test_a_draft_has_no_place_to_sign():
    draft = page_texts(made(mark="DRAFT", signable=False, instead_of_signing="Not for signature")[0])
    assert "".join(draft).count("Not for signature") == 2
    assert "Your signature" in "".join(draft)
    assert "Not for signature" not in "".join(page_texts(made()[0]))


def test_the_same_input_makes_the_same_bytes():
    given = {"mark": "SAMPLE – NOT MEDICAL ADVICE"}
    assert made(**given)[0] == made(**given)[0]


def test_remembered_galleys_make_the_same_bytes():
    first = made()[0]
    with forgetting():
        assert first == made()[0]
    assert first == made()[0]


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_another_process_makes_the_same_bytes(seed):
    code = "import hashlib, test_stamp; print(hashlib.sha256(test_stamp.made()[0]).hexdigest())"
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), str(here.parents[1])])
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": paths, "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == hashlib.sha256(made()[0]).hexdigest()


def test_the_file_tells_title_and_language_and_nothing_of_the_patient():
    pdf, _, _ = made()
    with pypdfium2.PdfDocument(pdf) as opened:
        told = opened.get_metadata_dict(skip_empty=True)
    assert told["Title"] == FURNITURE.title
    assert set(told) == {"Title", "Producer", "Creator"}
    written = papers.unpacked(pdf)
    assert b"/Lang (es-US)" in written
    assert b"00123456" not in written


def test_only_subsets_of_our_faces_are_in_the_file():
    pdf, _, _ = made(mark="DRAFT")
    written = papers.unpacked(pdf)
    assert b"Helvetica" not in written
    named = set(re.findall(rb"/BaseFont /([^ /\n]+)", written))
    assert {name.partition(b"+")[2] for name in named} == {b"NotoSans-Regular", b"NotoSans-Bold"}
    assert all(re.fullmatch(rb"[A-Z]{6}\+.*", name) for name in named)
    # two for the text, two for the blanks, one for what is written into the fields
    assert written.count(b"/FontFile2") == len(named) == 5
    assert len(pdf) < 100_000
    assert b"/ca " not in written
    assert b"/SMask" not in written


def test_only_telephone_numbers_and_safe_pages_become_links():
    pdf, _, _ = made()
    assert set(re.findall(rb"/URI \(([^)]*)\)", papers.unpacked(pdf))) == {
        b"tel:+12125550142",
        b"https://clinic.example/",
    }


def test_the_mark_lies_under_the_text_and_lets_it_be_read():
    pdf, _, _ = made(mark="DRAFT – NOT APPROVED")
    with pypdfium2.PdfDocument(pdf) as opened:
        kinds = [obj.type for obj in opened[0].get_objects()]
        first_text = kinds.index(raw.FPDF_PAGEOBJ_TEXT)
        text = next(obj for obj in opened[0].get_objects() if obj.type == raw.FPDF_PAGEOBJ_TEXT)
        red = ctypes.c_uint()
        rest = [ctypes.c_uint() for _ in range(3)]
        assert raw.FPDFPageObj_GetFillColor(text, red, *rest)
        assert red.value > 215
        assert [component.value for component in rest] == [red.value, red.value, 255]
    assert raw.FPDF_PAGEOBJ_IMAGE not in kinds[:first_text]


def test_furniture_that_needs_more_room_than_the_master_has_is_refused():
    _, master, galleys = made()
    longer = replace(FURNITURE, for_line="For: " + "María " * 60)
    with pytest.raises(ValueError, match="less room"):
        papers.stamped(document(), master, galleys, longer)


def test_a_mark_without_glyphs_is_an_error():
    with pytest.raises(TemplateError, match="U\\+0F40"):
        made(mark="ཀཁ")
