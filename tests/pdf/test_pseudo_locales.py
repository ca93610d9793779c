"""The languages that nobody speaks, through the whole pipeline: what breaks in a page shows before anything is translated."""

from __future__ import annotations

import re
from io import BytesIO

import pypdfium2
import pytest
from verapdf import failures

from handouts import builtin
from handouts.clinic import load_clinic
from handouts.content.catalog import Catalog, Catalogs
from handouts.content.cldr import PSEUDO
from handouts.content.editions import Editions
from handouts.content.notice import KIND
from handouts.intake.schedule import read
from handouts.packet import Options, PacketMaker
from handouts.translate.domains import built_in, of_clinic
from handouts.translate.preview import previews
from handouts.translate.pseudo import LONGER, pseudo
from handouts.typeset.variant import STYLES

EXAMPLES = builtin.demo_clinic().parent
CLINIC = load_clinic(builtin.demo_clinic())
APPOINTMENTS = [
    appointment for _, appointment in read(EXAMPLES / "appointments.csv", CLINIC, CLINIC.clock).appointments
]


class PseudoCatalogs(Catalogs):
    """The catalogs of a clinic, and those of the languages that nobody speaks: complete, and as if reviewed."""

    def languages(self, domain):
        return (*super().languages(domain), *sorted(PSEUDO))

    def files(self, domain, language):
        return () if language in PSEUDO else super().files(domain, language)

    def load(self, domain, language, critical=frozenset()):
        if language not in PSEUDO:
            return super().load(domain, language, critical)
        [found] = [each for each in of_clinic(CLINIC.folder).domains if each.name == domain]
        return Catalog(language, {message.key: pseudo(message.source, language) for message in found.messages})


@pytest.fixture(scope="module")
def editions():
    return Editions(CLINIC.with_languages(*PSEUDO), catalogs=PseudoCatalogs(CLINIC.folder))


def test_every_place_and_all_markup_stays_and_sentences_become_longer():
    for message in built_in().domains[0].messages:
        for language in PSEUDO:
            said = pseudo(message.source, language)
            tokens = r"%\(\w+\)s|</?strong>"
            assert re.findall(tokens, said) == re.findall(tokens, message.source)
        letters = len(re.sub(r"%\(\w+\)s|<[^>]*>", "", message.source))
        assert len(pseudo(message.source, "en-XA")) >= len(message.source) + round(letters * LONGER) - 1


@pytest.mark.parametrize("language", sorted(PSEUDO))
def test_whole_packets_are_made_and_no_sentence_stands_outside_of_a_message(editions, language):
    plain = re.compile("[A-Za-z]{3}")
    for appointment in APPOINTMENTS[::5]:
        packet = PacketMaker(editions, Options(language=language))(appointment, CLINIC.clock)
        assert packet.language == language
        own = {word for text in packet.printed.values() for word in re.findall(r"[A-Za-z]+", text)}
        settings = set(re.findall(r"[A-Za-z]+", str(CLINIC.settings)))
        for document in packet.documents:
            if document.kind != KIND:
                for block in document.wording.blocks:
                    said = " ".join(getattr(run, "text", "") or getattr(run, "label", "") for run in block.runs)
                    words = set(re.findall(r"[A-Za-z]+", said)) - own - settings
                    assert not [word for word in words if plain.search(word)], (block.place, said)


@pytest.mark.parametrize("look", STYLES)
def test_every_page_keeps_to_its_standards(editions, look, tmp_path):
    for language in PSEUDO:
        for number, appointment in enumerate(APPOINTMENTS[:: 6 if look == "standard" else 9]):
            options = Options(language=language, style=STYLES[look])
            for document in PacketMaker(editions, options)(appointment, CLINIC.clock).documents:
                (tmp_path / f"{document.kind}-{language}-{number}.pdf").write_bytes(document.pdf)
    assert failures(tmp_path) == []


def test_previews_keep_to_them_too(tmp_path):
    for language in (*PSEUDO, "vi", "fa"):
        for preview in previews(CLINIC, built_in(), language):
            (tmp_path / f"{preview.kind}-{language}.pdf").write_bytes(preview.pdf)
    assert failures(tmp_path) == []


def test_the_notice_keeps_to_them_in_every_state(tmp_path, clinic_with):
    for state in ("NY", "CA", "TX", "HI", "WA", "NM", "SD"):
        made = PacketMaker(Editions(clinic_with(state=state)), Options(kinds=(KIND,)))(APPOINTMENTS[1], CLINIC.clock)
        (tmp_path / f"{state}.pdf").write_bytes(made.documents[0].pdf)
        pages = pypdfium2.PdfDocument(BytesIO(made.documents[0].pdf))
        assert "ATTENTION" in pages[0].get_textpage().get_text_bounded()
    assert failures(tmp_path) == []
