"""A wording shown: well-formed HTML in which nothing of a patient can act, and text that holds every sentence."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbench import DATA, SETTINGS, made, small

from handouts.content.blocks import Text
from handouts.content.catalog import Catalog, source_catalog
from handouts.content.procedure import load_procedure
from handouts.content.show import as_html, as_text
from handouts.content.template import edition
from handouts.content.wording import Wording, Wordings

FACTS = {"minor": "yes", "visit": "first", "season": "spring", "escort": "known", "medicines": "some"}
ITEMS = {"medicines": ({"rule": "not_after", "deadline": "ahead"},) * 2}
VOID = {"meta", "col", "input", "br", "img"}
HOSTILE = "<script>alert(\"1\")</script> & 'x' </p> <img src=x onerror=y>"


class Strict(HTMLParser):
    """Every element closed in order, and every attribute and element noted."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.words.append(data)


def shown(tmp_path, document: str) -> Wording:
    return Wordings(made(tmp_path, document), load_procedure("small", tmp_path))(FACTS, ITEMS)


@pytest.fixture
def everything(tmp_path) -> Wording:
    procedure = small(tmp_path, (DATA / "templates" / "valid" / "everything" / "document.html").read_text("utf-8"))
    return Wordings(edition(procedure, "document", SETTINGS, source_catalog()), procedure)(FACTS, ITEMS)


def test_the_html_is_well_formed_and_holds_every_element_of_the_wording(everything):
    found = Strict(as_html([everything]))
    for element in (
        "h1",
        "h2",
        "p",
        "ul",
        "ol",
        "li",
        "table",
        "colgroup",
        "tr",
        "th",
        "td",
        "aside",
        "section",
        "a",
        "strong",
    ):
        assert element in found.elements, element
    assert found.elements.count("h1") == 1
    assert ("lang", "en") in found.attributes
    assert not {"script", "link", "iframe", "object", "img"} & set(found.elements)
    assert not [name for name, _ in found.attributes if name.startswith("on") or name == "src"]


def test_every_field_to_fill_in_has_a_label(everything):
    html = as_html([everything])
    assert html.count('type="checkbox"') == html.count("aria-label=") == 3
    assert html.count("<label>") == html.count('type="text"') == 2


def test_a_list_in_a_callout_is_a_list(everything):
    html = as_html([everything])
    assert '<aside class="warning"><h3>Call us</h3><p>Come with an adult' in html
    assert "</p><ul><li>by day</li><li>by night</li></ul></aside>" in html


def test_the_text_and_the_html_hold_each_sentence(everything):
    text, html = as_text(everything), " ".join("".join(Strict(as_html([everything])).words).split())
    sentences = [run.text.strip() for block in everything.blocks for run in block.runs if isinstance(run, Text)]
    assert len(sentences) > 20
    for sentence in sentences:
        assert sentence in text
        assert sentence in html


def test_the_text_shows_what_each_block_is(everything):
    text = as_text(everything)
    for line in (
        "# Getting ready",
        "## Food and drink",
        "- [ ] a photo ID",
        "| What | Until |",
        "| {medicines.2.name} | Not after {medicines.2.until}. |",
        "> Call us",
        "[picture: A house]",
        "[Your signature: ________] [Date: ________]",
    ):
        assert f"\n{line}\n" in f"\n{text}"


def test_blanks_are_shown_by_name_until_they_are_printed(tmp_path):
    wording = shown(tmp_path, '<p from="P1">{{ arrival }} {{ patient_name }}</p>')
    assert "{arrival} {patient_name}" in as_text(wording)
    assert '<bdi class="blank">arrival</bdi>' in as_html([wording])
    printed = {"arrival": "Monday, 8:00"}
    assert "Monday, 8:00 {patient_name}" in as_text(wording, printed)
    assert "<bdi>Monday, 8:00</bdi>" in as_html([wording], {"en": printed})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.just(HOSTILE) | st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40))
def test_nothing_printed_in_a_blank_becomes_markup(tmp_path, value):
    wording = shown(tmp_path, '<p from="P1"><strong>{{ patient_name }}</strong></p>')
    plain, filled = (
        Strict(as_html([wording], {"en": {"patient_name": ""}})),
        Strict(as_html([wording], {"en": {"patient_name": value}})),
    )
    assert filled.elements == plain.elements
    assert filled.attributes == plain.attributes
    assert value in "".join(filled.words)


def test_markup_in_texts_labels_and_titles_is_text(tmp_path):
    procedure = small(
        tmp_path,
        '<h1 from="P1">{{ clinic.policy }}</h1><p from="P1">{{ clinic.policy }} '
        '<field kind="text" name="a" label="{{ clinic.policy }}"><field kind="checkbox" name="b" label="{{ clinic.policy }}"></p>',
    )
    made_of = edition(procedure, "document", {"policy": HOSTILE}, source_catalog())
    html = as_html([Wordings(made_of, procedure)(FACTS, ITEMS)])
    found = Strict(html)
    assert not {"script", "img"} & set(found.elements)
    assert ("aria-label", HOSTILE) in found.attributes
    assert "".join(found.words).count(HOSTILE) == 4  # title, heading, paragraph, label


def test_the_page_names_its_language_and_the_hash_of_the_wording(tmp_path):
    catalog = Catalog("es-US", {("", "Getting ready"): "Prepararse"})
    wording = Wordings(made(tmp_path, "", catalog), load_procedure("small", tmp_path))(FACTS, ITEMS)
    html = as_html([wording])
    assert '<html lang="es-US" dir="ltr">' in html
    assert "<title>Prepararse</title>" in html
    assert re.search(rf"small@1\.0 · document · es-US · {wording.sha256[:8]}", html)
