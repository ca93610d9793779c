"""The structure tree says what everything is, in the order it is read. RENEW=1 writes the golden files anew."""

import os
import re
from functools import cache
from io import BytesIO
from pathlib import Path

import papers
import pikepdf
import pytest
from aloud import marked, read_aloud, tags_as_text
from approved import reviewed
from papers import aside, block, part

from handouts.content.blocks import Block, Field, Group, Text
from handouts.content.editions import Editions
from handouts.intake import read
from handouts.packet import Options, PacketMaker

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
DRAFT = {"signable": False, "instead_of_signing": "Not for signature"}


@cache
def packet():
    clinic = reviewed()
    _, appointment = read(ROOT / "examples" / "appointments.csv", clinic, clinic.clock).appointments[0]
    made = PacketMaker(Editions(clinic), Options())(appointment, clinic.clock)
    return {document.kind: document.pdf for document in made.documents}


def pdf_of(name):
    return packet()[name] if name in packet() else papers.made(**(DRAFT if name == "everything-draft" else {}))


@pytest.mark.parametrize("name", ["everything", "everything-draft", "preparation", "side-effects", "consent"])
def test_the_tree_is_as_it_was(name):
    kept, now = GOLDEN / f"{name}.tags.txt", tags_as_text(pdf_of(name))
    if os.environ.get("RENEW"):
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(now, "utf-8")
    assert now == kept.read_text("utf-8")


@pytest.mark.parametrize("name", ["everything", "everything-draft", "consent"])
def test_every_piece_of_content_is_in_the_tree_once_or_is_an_artifact(name):
    pdf = pdf_of(name)
    for tag, number, _ in (piece for page in marked(pdf) for piece in page):
        assert (tag == "Artifact") == (number is None)
    with pikepdf.open(BytesIO(pdf)) as opened:
        parents = opened.Root.StructTreeRoot.ParentTree.Nums
        rows = {int(parents[at]): parents[at + 1] for at in range(0, len(parents), 2)}
        for index, page in enumerate(opened.pages):
            assert int(page.StructParents) == index
            for number, element in enumerate(rows[index]):
                own = [kid for kid in _kids(element) if _names(kid, element, page, number)]
                assert len(own) == 1
            for annotation in page.get("/Annots", []):
                element = rows[int(annotation.StructParent)]
                assert annotation.objgen in [
                    kid.Obj.objgen for kid in _kids(element) if not isinstance(kid, int) and "/Obj" in kid
                ]


def _kids(element):
    if "/K" not in element:
        return []
    return list(element.K) if isinstance(element.K, pikepdf.Array) else [element.K]


def _names(kid, element, page, number):
    if isinstance(kid, int):
        return kid == number and element.Pg.objgen == page.objgen
    return kid.get("/Type") == "/MCR" and int(kid.MCID) == number and kid.Pg.objgen == page.objgen


def test_header_and_footer_lines_and_marks_are_no_content():
    said = read_aloud(papers.made(mark="SAMPLE"))
    for text in ("SAMPLE", papers.FURNITURE.identity_line, papers.FURNITURE.help_line, "page 1 of"):
        assert text not in said


def test_the_head_of_a_table_is_read_once_though_it_is_printed_on_every_page():
    pages = marked(papers.made())
    assert sum("Medicine" in text for page in pages for _, _, text in page) > 1
    assert read_aloud(papers.made()).count("Medicine") == 1


def test_words_at_the_end_of_a_line_are_not_joined_to_the_next():
    said = read_aloud(papers.made())
    assert " ".join(f"Sentence {number} goes on from page to page." for number in range(60)) in said


@pytest.mark.parametrize(
    ("roles", "levels"),
    [
        (("h1", "h3", "h3", "h2", "h3"), "12223"),
        (("h2", "h1", "h2"), "112"),
        (("h3",), "1"),
        (("h1", "h2", "h3", "h1", "h3"), "12312"),
    ],
)
def test_no_level_of_headings_is_skipped(roles, levels):
    root = Group("document", tuple(block(role, f"Heading {number}") for number, role in enumerate(roles)))
    assert "".join(re.findall(r"H(\d) “", tags_as_text(papers.made(root)))) == levels


def test_every_language_is_named_where_it_begins():
    root = Group(
        "document",
        (
            block("p", "English"),
            aside(part("h3", "Español"), part("p", "más"), language="es"),
            Group("ul", (block("li", "Deux", language="fr"), block("li", "Three"))),
        ),
    )
    tree = tags_as_text(papers.made(root))
    assert re.findall(r"(\w+) \[(\w+)\]", tree) == [("Document", "en"), ("Note", "es"), ("LI", "fr")]


def test_a_list_without_an_item_above_it_has_one_of_its_own():
    root = Group("document", (Group("ul", (Group("ol", (block("li", "Alone"),)),)),))
    assert " ".join(tags_as_text(papers.made(root)).split()) == (
        "Document [en] L Disc LI LBody L Decimal LI Lbl “1.” LBody “Alone”"
    )


def test_fields_have_names_and_labels_and_one_widget_each():
    with pikepdf.open(BytesIO(papers.made())) as opened:
        form = opened.Root.AcroForm
        assert "/NeedAppearances" not in form
        found = dict(_fields(form.Fields))
    assert found["sign.patient"] == ("/Sig", "Your signature")
    assert found["choice.a"] == ("/Btn", "Choice a")
    assert found["notes"] == ("/Tx", "What else (in your words)")
    assert found["notes-2"] == ("/Tx", "And again")
    assert len(found) == 8 + 2 + 2 + 2 + 2


def _fields(given, group=""):
    for each in given:
        name = f"{group}{each.T}"
        if "/Kids" in each:
            yield from _fields(each.Kids, f"{name}.")
        else:
            assert int(each.F) == 4
            assert "/N" in each.AP
            yield name, (str(each.FT), str(each.TU))


def test_a_draft_has_no_form():
    assert b"/AcroForm" not in papers.made(**DRAFT)
    assert b"/Widget" not in papers.made(**DRAFT)


def test_a_field_named_like_a_group_has_a_name_of_its_own():
    fields = [Field("text", "a.b", "One"), Field("text", "a", "Two"), Field("text", "a.b.c", "Three")]
    root = Group("document", tuple(block("fields", field) for field in fields))
    with pikepdf.open(BytesIO(papers.made(root))) as opened:
        named = [name for name, _ in _fields(opened.Root.AcroForm.Fields)]
    assert named == ["a.b", "a.b-c", "a-2"]


def test_decoration_is_no_figure():
    root = Group(
        "document",
        (Block("img", (part("img", Text(""), source="map.png"),), ("S1",), "en"), block("p", "Words")),
    )
    assert "Figure" not in tags_as_text(papers.made(root))
