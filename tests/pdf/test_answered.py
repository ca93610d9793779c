"""A file whose form is answered: the answers are content in their places, only signatures are form fields, and it keeps to both standards."""

from __future__ import annotations

from io import BytesIO

import papers
import pikepdf
import pypdfium2
import pytest
from aloud import marked, read_aloud, tags_as_text
from papers import block
from verapdf import failures

from handouts.content.blocks import BlankPlace, Field, Group, Part, Text
from handouts.typeset import Style
from handouts.typeset.variant import LARGE

LONG = "Will I be awake, and can my daughter stay? هل سأكون مستيقظة؟ 我会醒着吗？ क्या मैं जागती रहूँगी? ฉันจะตื่นอยู่ไหม "


def form(*, long=1):
    rows = (
        papers.row(
            Part("th", (Text(f"Question {number}"),), "row"),
            Part(
                "td", (Field("checkbox", f"q.{number}.yes", f"Question {number}: yes", value="yes" if number else ""),)
            ),
        )
        for number in range(2)
    )
    return Group(
        "document",
        (
            block("h1", "Consent"),
            block("p", Field("checkbox", "choice.a", "I agree", value="yes"), "I agree, ", BlankPlace("patient.name"), "."),
            block("p", Field("checkbox", "choice.b", "I do not agree"), "I do not agree."),
            Group("table", tuple(rows), (50, 50)),
            block("p", "I know this.", Field("initials", "initials.a", "Initials", value="М. Л.")),
            block("p", "And this.", Field("initials", "initials.b", "More initials")),
            block("fields", "Say it, ", BlankPlace("patient.name"), ".", Field("text", "words", "What you want to say", 100, 2, LONG * long)),
            block("fields", Field("text", "a", "Name", 40, value="Ana"), Field("text", "b", "Phone", 30), Field("text", "c", "Way", 30, value="הגעתי ברגל")),
            block("fields", Field("signature", "sign.patient.signature", "Your signature", 100)),
            block("fields", Field("signature", "sign.clinician.signature", "Clinician", 100)),
        ),
    )  # fmt: skip


def elements(pdf, role):
    """The structure elements of a role, in order, as (attributes, kids)."""
    found = []

    def walk(element):
        kids = (
            list(element.K) if isinstance(element.get("/K"), pikepdf.Array) else [element.K] if "/K" in element else []
        )
        if str(element.S) == role:
            found.append((element.get("/A"), element.get("/K"), len(kids)))
        for kid in kids:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                walk(kid)

    walk(pdf.Root.StructTreeRoot.K[0])
    return found


def test_only_signatures_are_form_fields_and_each_is_empty_with_an_appearance():
    with pikepdf.open(BytesIO(papers.made(form(), answered=True))) as opened:
        widgets = [a for page in opened.pages for a in page.get("/Annots", []) if a.Subtype == "/Widget"]
        assert [str(each.FT) for each in widgets] == ["/Sig", "/Sig"]
        assert all(
            "/V" not in each and isinstance(each.AP.N, pikepdf.Stream) and each.AP.N.is_indirect for each in widgets
        )
        assert "/DR" not in opened.Root.AcroForm


def test_a_widget_is_in_its_element_by_itself_and_in_no_array():
    for root, answered, widgets in ((form(), True, 2), (papers.everything(), False, 16)):
        with pikepdf.open(BytesIO(papers.made(root, answered=answered))) as opened:
            own = [kid for _, kid, _ in elements(opened, "/Form") if isinstance(kid, pikepdf.Dictionary)]
            assert all(kid.Type == "/OBJR" and "/Obj" in kid for kid in own)
            assert len(own) == widgets == sum("/FT" in each for page in opened.pages for each in page.Annots)


def test_what_is_ticked_written_and_empty_is_said_by_the_structure():
    with pikepdf.open(BytesIO(papers.made(form(), answered=True))) as opened:
        told = [
            (str(a.Desc), str(a.Role), str(a.get("/checked", "")))
            for a, _, _ in elements(opened, "/Form")
            if a is not None
        ]
    assert told == [
        ("I agree", "/cb", "/on"),
        ("I do not agree", "/cb", "/off"),
        ("Question 0: yes", "/cb", "/off"),
        ("Question 1: yes", "/cb", "/on"),
        ("Initials", "/tv", ""),
        ("More initials", "/tv", ""),
        ("What you want to say", "/tv", ""),
        ("Name", "/tv", ""),
        ("Phone", "/tv", ""),
        ("Way", "/tv", ""),
    ]


@pytest.mark.parametrize("long", [1, 14])
def test_an_answer_is_read_after_its_label_in_the_order_of_the_page(long):
    said = " ".join(read_aloud(papers.made(form(long=long), answered=True)).split())
    places = [
        said.index(text)
        for text in ("I agree", "Initials М. Л.", "More initials", f"What you want to say {(LONG * long).strip()}", "Name Ana", "Phone", "Way הגעתי ברגל", "Your signature")
    ]  # fmt: skip
    assert places == sorted(places)


def test_an_answer_is_text_that_can_be_taken_out():
    with pypdfium2.PdfDocument(papers.made(form(long=14), answered=True)) as opened:
        text = "".join(page.get_textpage().get_text_range() for page in opened)
    for words in ("Will I be awake, and can my daughter stay?", "我会醒着吗", "М. Л.", "Ana"):
        assert words in text


def test_every_piece_is_in_the_tree_once():
    pdf = papers.made(form(long=14), style=LARGE, answered=True)
    assert "Form cb I agree" in tags_as_text(pdf)
    for page in marked(pdf):
        assert all((tag == "Artifact") == (number is None) for tag, number, _ in page)


def test_a_tick_looks_as_a_reader_draws_it():
    """The same strokes, whether the box is ticked in the page or on a screen."""
    root = Group("document", (block("p", Field("checkbox", "c", "C", value="yes"), "I agree"),))
    with pikepdf.open(BytesIO(papers.made(root, answered=True))) as opened:
        drawn = [ops for ops, op in pikepdf.parse_content_stream(opened.pages[0]) if str(op) in ("m", "l")]
    with pikepdf.open(BytesIO(papers.made(root))) as opened:
        look = opened.pages[0].Annots[0].AP.N["/Yes"]
        other = [ops for ops, op in pikepdf.parse_content_stream(look) if str(op) in ("m", "l")]
    shifts = [
        (float(a[0]) - float(b[0]), float(a[1]) - float(b[1])) for a, b in zip(_strokes(drawn, 3), other, strict=True)
    ]
    assert all(
        x == pytest.approx(shifts[0][0], abs=0.02) and y == pytest.approx(shifts[0][1], abs=0.02) for x, y in shifts
    )


def _strokes(drawn, count):
    """The points of the only path of so many."""
    return next(drawn[at : at + count] for at in range(len(drawn)) if _is_tick(drawn[at : at + count]))


def _is_tick(points):
    """Down to the right, then up to the right."""
    if len(points) < 3:
        return False
    (x1, y1), (x2, y2), (x3, y3) = ([float(each) for each in point] for point in points)
    return x1 < x2 < x3 and y2 < y1 < y3


def test_an_answered_file_keeps_to_both_standards(tmp_path):
    for name, style, long in (("a", Style(), 1), ("b", Style(), 14), ("c", LARGE, 14)):
        (tmp_path / f"{name}.pdf").write_bytes(papers.made(form(long=long), style=style, answered=True))
    assert failures(tmp_path) == []


def test_the_same_answers_make_the_same_bytes():
    assert papers.made(form(), answered=True) == papers.made(form(), answered=True)
