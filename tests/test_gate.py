"""The gate: a language is printed only when every message of a packet's wordings is reviewed in it, and never half of it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from io import BytesIO

import pikepdf
import pytest
from approved import approve, reviewed

from handouts import builtin
from handouts.clinic import load_clinic
from handouts.content.editions import Editions
from handouts.content.reviews import name_of
from handouts.errors import CatalogError, ExitCode
from handouts.intake.schedule import read
from handouts.packet import Options, PacketMaker

DOMAIN = "ketamine-infusion"
EXAMPLES = builtin.demo_clinic().parent


@pytest.fixture
def folder(tmp_path):
    """The demo clinic with catalogs of its own, all reviewed."""
    shutil.copytree(builtin.demo_clinic(), tmp_path / "clinic")
    shutil.copytree(builtin.locales() / "es-US", tmp_path / "clinic" / "locales" / "es-US")
    approve(tmp_path / "clinic", ["es-US"])
    return tmp_path / "clinic"


def po(folder, domain=DOMAIN):
    return folder / "locales" / "es-US" / "LC_MESSAGES" / f"{domain}.po"


def changed(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def refusing(folder):
    text = (folder / "clinic.toml").read_text("utf-8")
    (folder / "clinic.toml").write_text(re.sub(r'(\[untranslated\]\nvalue = )"english"', r'\1"refuse"', text), "utf-8")


def spanish(folder, **options):
    """The packet of the first example, a patient who reads Spanish."""
    clinic = load_clinic(folder)
    _, appointment = read(EXAMPLES / "appointments.csv", clinic, clinic.clock).appointments[0]
    return PacketMaker(Editions(clinic), Options(**options))(appointment, clinic.clock)


def texts(packet):
    return [" ".join(block.canonical for block in document.wording.blocks) for document in packet.documents]


def test_a_language_that_is_reviewed_is_printed(folder):
    packet = spanish(folder)
    assert packet.language == "es-US"
    assert packet.finding.facts["document_language"] == "own"


BROKEN = {
    "a translation was changed": ('msgstr "Su visita"', 'msgstr "Su cita"'),
    "a translation is fuzzy": ('msgid "Your visit"', '#, fuzzy\nmsgid "Your visit"'),
    "a translation is empty": ('msgstr "Su visita"', 'msgstr ""'),
    "a source was changed": ('msgid "Your visit"', 'msgid "Your own visit"'),
}


@pytest.mark.parametrize("what", BROKEN)
def test_the_whole_packet_is_in_english_with_the_interpreters_block_when(folder, what):
    changed(po(folder), *BROKEN[what])
    if "translation was" not in what:  # else the program's own translation, which is reviewed, would serve
        changed_template(folder)
    packet = spanish(folder)
    assert packet.language == "en"
    assert packet.finding.facts["document_language"] == "english_instead"
    assert not any("visita" in text for text in texts(packet))
    assert any(
        "Printed in en, not in es-US: 1 message is not reviewed" in warning for warning in packet.finding.warnings
    )


def changed_template(folder):
    """The clinic's own template says something that only its own catalog could have."""
    own = folder / "templates" / DOMAIN
    shutil.copytree(builtin.templates() / DOMAIN, own)
    changed(own / "preparation.html", "{% trans %}Your visit{% endtrans %}", "{% trans %}Your new visit{% endtrans %}")


def test_a_message_that_does_not_stand_in_the_packet_does_not_keep_it_from_being_printed(folder):
    source = "<strong>Clinician:</strong> the patient is pregnant."
    text = po(folder).read_text("utf-8")
    assert source in text.replace('"\n"', "")
    changed(po(folder), "esta persona está embarazada", "la persona está embarazada")
    assert spanish(folder).language == "es-US"


def test_what_stands_around_the_pages_is_reviewed_too(folder):
    changed(po(folder, "handouts"), 'msgstr "Página', 'msgstr "Hoja')
    assert spanish(folder).language == "en"


def test_a_clinic_that_refuses_is_told_every_message(folder):
    refusing(folder)
    changed(po(folder), 'msgstr "Su visita"', 'msgstr "Su cita"')
    with pytest.raises(CatalogError) as caught:
        spanish(folder)
    assert str(caught.value) == (
        f'locales/es-US/LC_MESSAGES/ketamine-infusion.po: message {name_of(("", "Your visit"))}, "Your visit", is not reviewed.'
        " Have it reviewed (handouts translate review)."
    )
    assert caught.value.exit_code == ExitCode.NOT_APPROVED


def test_a_draft_says_so_in_both_languages_and_cannot_be_filled_in(folder):
    changed(po(folder), 'msgstr "Su visita"', 'msgstr "Su cita"')
    packet = spanish(folder, drafts=True)
    assert packet.language == "es-US"
    preparation, consent = packet.documents[0], packet.documents[2]
    assert 'translation of "Your visit" into es-US' in preparation.reasons
    with pikepdf.open(BytesIO(preparation.pdf)) as pdf:
        assert "/AcroForm" not in pdf.Root
    with pikepdf.open(BytesIO(consent.pdf)) as pdf:  # none of its own messages is blocked
        assert "/AcroForm" in pdf.Root
    page = spanish(folder, drafts=True, html=True).documents[0].html.decode()
    assert "DRAFT – TRANSLATION NOT REVIEWED" in page
    assert "BORRADOR – TRADUCCIÓN NO REVISADA" in page


def test_not_even_a_draft_is_printed_half_in_english(folder):
    changed_template(folder)
    packet = spanish(folder, drafts=True)
    assert packet.language == "en"
    assert any("is not" in warning for warning in packet.finding.warnings)


def test_with_everything_reviewed_nothing_says_draft(folder):
    packet = spanish(folder, html=True)
    assert not any("BORRADOR" in document.html.decode() for document in packet.documents[:3])


def test_the_machine_drafts_that_come_with_the_program_are_never_final():
    for language in sorted(path.name for path in builtin.locales().iterdir() if (path / "language.toml").exists()):
        for record in (builtin.locales() / language).rglob("*.review.tsv"):
            assert "\tapproved\t" not in record.read_text("utf-8"), record


def test_the_command_refuses_with_code_4_and_makes_the_others(folder, tmp_path):
    refusing(folder)
    changed(po(folder), 'msgstr "Su visita"', 'msgstr "Su cita"')
    rows = json.loads((EXAMPLES / "appointments.json").read_text("utf-8"))[:2]
    (tmp_path / "two.json").write_text(json.dumps(rows), "utf-8")
    command = [
        sys.executable,
        str(EXAMPLES.parent / "generate.py"),
        "packet",
        "two.json",
        "--clinic",
        str(folder),
        "-o",
        "out",
    ]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert ran.returncode == 4
    assert '"Your visit", is not reviewed' in ran.stderr
    assert "1 made, 1 not." in ran.stderr


def test_the_reviewed_demo_is_what_tests_take_it_for():
    assert reviewed().languages == ("en", "es-US")
