"""A clinic's own texts in its languages: as clinic.toml gives them, or out of its catalog, reviewed or not."""

from __future__ import annotations

import re
import shutil

import pytest
from approved import approve

from handouts import builtin
from handouts.clinic import TEXTS, load_clinic
from handouts.content.clinic_texts import CONTEXT, texts_of
from handouts.content.editions import Editions
from handouts.content.po import PoFile, read_po, written
from handouts.errors import SettingError
from handouts.packet import Options, PacketMaker
from handouts.translate.domains import of_clinic

PROCEDURE = "ketamine-infusion"


@pytest.fixture
def folder(tmp_path):
    """The demo clinic with Vietnamese among its languages, whose texts stand in its catalog, all reviewed."""
    folder = tmp_path / "clinic"
    shutil.copytree(builtin.demo_clinic(), folder)
    changed(folder / "clinic.toml", 'languages = ["en", "es-US"]', 'languages = ["en", "es-US", "vi"]')
    approve(folder, ["vi", "es-US"])
    return folder


def po(folder):
    return folder / "locales" / "vi" / "LC_MESSAGES" / f"{TEXTS}.po"


def changed(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def packet(folder, appointment, now, **options):
    clinic = load_clinic(folder)
    made = appointment({"patient.language": "vi"}, of=clinic, at=now)
    return PacketMaker(Editions(clinic), Options(**options))(made, now)


def said(packet):
    return " ".join(block.canonical for document in packet.documents[:3] for block in document.wording.blocks)


def test_texts_of_the_catalog_stand_where_clinic_toml_has_none(folder, appointment, now):
    made = packet(folder, appointment, now)
    assert made.language == "vi"
    assert "y tá" in said(made)
    assert "A trained nurse" not in said(made)


def test_texts_of_clinic_toml_stand_over_those_of_the_catalog(folder, appointment, now):
    changed(
        folder / "clinic.toml",
        "[cost_statement]\nvalue = { en = ",
        '[cost_statement]\nvalue = { vi = "Tự viết.", en = ',
    )
    assert "Tự viết." in said(packet(folder, appointment, now))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('msgstr "Không chữa trị bây giờ"', 'msgstr "Không chữa"'),
        ('msgid "No treatment now"', '#, fuzzy\nmsgid "No treatment now"'),
    ],
)
def test_a_text_that_nobody_has_reviewed_keeps_the_language_from_being_printed(folder, appointment, now, old, new):
    entry = read_po(po(folder).read_bytes(), "").standing["", "No treatment now"]
    changed(po(folder), old.replace("Không chữa trị bây giờ", entry.translation), new)
    made = packet(folder, appointment, now)
    assert made.language == "en"
    assert any("not in vi: 1 message is" in warning for warning in made.finding.warnings)


def test_the_block_that_holds_it_knows(folder):
    entry = read_po(po(folder).read_bytes(), "").standing["", "No treatment now"]
    changed(po(folder), f'msgstr "{entry.translation}"', 'msgstr "Không chữa"')
    edition = Editions(load_clinic(folder)).wordings(PROCEDURE, "consent", "vi").edition
    [block] = [block for block in edition.blocks if block.unreviewed]
    assert block.unreviewed == ((CONTEXT, "No treatment now"),)
    assert "Không chữa" in block.canonical
    assert edition.untranslated == ()


def test_a_text_that_is_lost_is_english_and_never_printed_as_a_draft_either(folder, appointment, now):
    found = read_po(po(folder).read_bytes(), "")
    kept = tuple(entry for entry in found.entries if entry.source != "No treatment now")
    po(folder).write_text(written(PoFile(found.head, kept)), "utf-8")
    assert packet(folder, appointment, now, drafts=True).language == "en"


def test_without_a_catalog_every_text_must_stand_in_clinic_toml(folder):
    po(folder).unlink()
    with pytest.raises(
        SettingError, match=r"vi\": is missing\. Every text stands in every language of the clinic, here or"
    ):
        load_clinic(folder)


def test_every_text_of_the_clinic_is_a_message_once_with_the_questions_it_answers():
    clinic = load_clinic(builtin.demo_clinic())
    [domain] = [each for each in of_clinic(builtin.demo_clinic()).domains if each.name == TEXTS]
    texts = {text for _, _, text in texts_of(clinic)}
    assert {message.source for message in domain.messages} == texts
    assert len(domain.messages) == len(texts) > 90
    assert all(re.match(r"[a-z0-9_.]+: .+", comment) for message in domain.messages for comment in message.comments)


@pytest.mark.parametrize("language", load_clinic(builtin.demo_clinic()).translated)
def test_the_demo_clinic_can_be_seen_in_every_language_as_a_draft(language, appointment, now):
    clinic = load_clinic(builtin.demo_clinic())
    clinic = clinic.with_languages(*clinic.translated)
    made = PacketMaker(Editions(clinic), Options(kinds=("preparation",), language=language, drafts=True))(
        appointment(of=clinic, at=now), now
    )
    assert made.language == language
    assert made.documents[0].reasons
