"""Previews: every sentence of a document once, with its number, in the colour of its state; and pages that nobody can sign."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from io import BytesIO

import pikepdf
import pytest
from approved import approve, reviewed_demo

from handouts import builtin
from handouts.clinic import load_clinic
from handouts.errors import CatalogError
from handouts.translate.domains import built_in, of_clinic
from handouts.translate.preview import MARK, numbered, previews


@pytest.fixture(scope="module")
def demo():
    return load_clinic(builtin.demo_clinic())


@pytest.fixture(scope="module")
def vietnamese(demo):
    return {each.kind: each for each in previews(demo, built_in(), "vi")}


class Said(HTMLParser):
    """The sentences of a preview: number, classes and text of each span that is one."""

    def __init__(self, html):
        super().__init__()
        self.found, self._depth = [], 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if "said" in (given.get("class") or "").split():
            self.found.append([given["id"], given["class"].split()[1], ""])
            self._depth = 1
        elif self._depth and tag == "span":
            self._depth += 1

    def handle_endtag(self, tag):
        self._depth -= tag == "span" and self._depth > 0

    def handle_data(self, data):
        if self._depth:
            self.found[-1][2] += data


def test_every_document_is_there_as_pages_and_for_screens(vietnamese):
    kinds = ["preparation", "side-effects", "consent", "every page", "language-notice", "blank backs"]
    assert list(vietnamese) == kinds
    for each in vietnamese.values():
        assert each.html.startswith("<!DOCTYPE html>")
        with pikepdf.open(BytesIO(each.pdf)) as pdf:
            assert "/AcroForm" not in pdf.Root


def test_every_message_of_a_document_stands_in_its_preview_with_its_number(vietnamese):
    numbers = numbered(built_in(), "vi")
    for kind, preview in vietnamese.items():
        seen = {int(number) for number in re.findall(r'id="m(\d+)"', preview.html)}
        assert seen == {
            numbers[domain.name][message.key].number
            for domain in built_in().domains
            for message in domain.messages
            if kind in message.documents
        }


def test_every_message_of_a_clinic_stands_in_some_preview(demo):
    locales = of_clinic(demo.folder)
    found = list(previews(demo, locales, "vi"))
    assert not any("⟦" in each.html for each in found)
    assert [each.name for each in found[-3:]] == ["language-notice", "blank-backs", "clinics-texts"]
    seen = {int(number) for each in found for number in re.findall(r'id="m(\d+)"', each.html)}
    assert seen == {each.number for of_domain in numbered(locales, "vi").values() for each in of_domain.values()}


@pytest.mark.parametrize("language", [*[tag for tag in built_in().languages if tag != "vi"][::6], "zh-Hant", "ar-XB"])
def test_every_letter_of_a_language_can_be_set(demo, language):
    for each in previews(demo, built_in(), language):
        with pikepdf.open(BytesIO(each.pdf)) as pdf:
            assert len(pdf.pages) >= 1


def test_a_sentence_has_the_colour_of_its_state(tmp_path):
    clinic = reviewed_demo(tmp_path / "clinic")
    place = clinic.folder / "locales" / "es-US" / "LC_MESSAGES"
    text = (builtin.locales() / "es-US" / "LC_MESSAGES" / "ketamine-infusion.po").read_text("utf-8")
    (place / "ketamine-infusion.po").write_text(text.replace('msgstr "Su visita"', 'msgstr "Su cita"'), "utf-8")
    preview = next(previews(load_clinic(clinic.folder), of_clinic(clinic.folder), "es-US", ["preparation"]))
    colours = {said.removeprefix(number[1:]): colour for number, colour, said in Said(preview.html).found}
    assert colours["Su cita"] == "draft"
    assert {colour for said, colour in colours.items() if said != "Su cita"} == {"reviewed"}


def test_what_is_not_translated_is_seen(tmp_path):
    (tmp_path / "locales" / "so" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "clinic.toml").write_bytes((builtin.demo_clinic() / "clinic.toml").read_bytes())
    (tmp_path / "logo.png").write_bytes((builtin.demo_clinic() / "logo.png").read_bytes())
    preview = next(previews(load_clinic(tmp_path), of_clinic(tmp_path), "so", ["preparation"]))
    found = Said(preview.html).found
    assert len(found) > 100
    assert {colour for _, colour, _ in found} == {"empty"}


def test_the_source_stands_beside_each_sentence(vietnamese):
    assert vietnamese["preparation"].html.count('<div lang="vi"') == vietnamese["preparation"].html.count(
        '<div lang="en"'
    )
    assert "Get ready for your ketamine infusion" in vietnamese["preparation"].html


def test_nothing_in_an_attribute_is_markup(vietnamese):
    for each in vietnamese.values():
        assert "⟦" not in each.html
        assert not re.search(r'="[^"]*<span', each.html)


def test_pages_say_that_they_are_a_preview(vietnamese):
    assert f"<p>{MARK}</p>" in vietnamese["consent"].html


def test_a_catalog_that_cannot_be_read_is_told(tmp_path, demo):
    folder = tmp_path / "locales" / "vi" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "ketamine-infusion.po").write_text('msgid "a"\nwords\n', "utf-8")
    (tmp_path / "clinic.toml").write_bytes((builtin.demo_clinic() / "clinic.toml").read_bytes())
    (tmp_path / "logo.png").write_bytes((builtin.demo_clinic() / "logo.png").read_bytes())
    with pytest.raises(CatalogError, match="line 2"):
        list(previews(demo, of_clinic(tmp_path), "vi"))


def test_approving_colours_everything_green(tmp_path):
    clinic = reviewed_demo(tmp_path / "clinic")
    approve(clinic.folder, ["vi"])
    preview = next(previews(clinic, of_clinic(clinic.folder), "vi", ["side-effects"]))
    assert {colour for _, colour, _ in Said(preview.html).found} == {"reviewed"}
