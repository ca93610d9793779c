"""The text of a PDF is whole: every sentence and blank in order in the structure, every word in what programs take out of it."""

import re
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from aloud import read_aloud
from pdfminer.high_level import extract_text

from handouts.clinic import load_clinic
from handouts.content.blocks import BlankPlace, Field, Text
from handouts.content.editions import Editions
from handouts.intake import read
from handouts.packet import Options, PacketMaker
from handouts.typeset.variant import STYLES, in_style

EXAMPLES = Path(__file__).parents[2] / "examples"
CLINIC = load_clinic(EXAMPLES / "clinic")
EDITIONS = Editions(CLINIC)
APPOINTMENTS = [
    appointment for _, appointment in read(EXAMPLES / "appointments.csv", CLINIC, CLINIC.clock).appointments
]
NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f\ufffd\ufffe\ufeff\ue000-\uf8ff]")


def made(language, look):
    maker = PacketMaker(EDITIONS, Options(language=language, style=STYLES[look]))
    return maker(APPOINTMENTS[0], CLINIC.clock)


def stretches(part, printed):
    """The texts of a part between its fields, as they are printed."""
    found = [""]
    for run in part.runs:
        if isinstance(run, Field):
            found.append("")
        elif isinstance(run, Text | BlankPlace):
            text = run.text if isinstance(run, Text) else printed[run.name]
            found[-1] += text[1:] if text.startswith(".") and found[-1].endswith(".") else text
    return [text for text in found if text.strip()]


def plain(text):
    """`text` with one space where it has any, and no signs that only steer how it is broken."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", re.sub(r"[\u00ad\u200b\u2060]", "", text)).strip()


def squeezed(text):
    return re.sub(r"[\s\u00a0\u202f\u00ad\u2060\u200b\ufffe-]+", "", text)


@pytest.mark.parametrize("look", STYLES)
@pytest.mark.parametrize("language", EDITIONS.languages("ketamine-infusion"))
def test_all_that_was_chosen_is_read_aloud_in_its_order(language, look):
    packet = made(language, look)
    for document in packet.documents:
        said = plain(read_aloud(document.pdf))
        at = 0
        for block in in_style(document.wording.root, STYLES[look]).blocks():
            for part in block.parts if block.role != "img" else ():
                for text in stretches(part, packet.printed):
                    found = said.find(plain(text), at)
                    assert found >= 0, f"{document.kind} {block.place}: {plain(text)}"
                    at = found + len(plain(text))
        assert not NOT_TEXT.search(said)


@pytest.mark.parametrize("language", EDITIONS.languages("ketamine-infusion"))
def test_other_programs_take_out_every_word(language):
    packet = made(language, "standard")
    for document in packet.documents:
        with pypdfium2.PdfDocument(document.pdf) as opened:
            by_pdfium = "".join(page.get_textpage().get_text_bounded() for page in opened)
        by_pdfminer = extract_text(BytesIO(document.pdf))
        for text in (by_pdfium.replace("\ufffe", ""), by_pdfminer):
            assert not NOT_TEXT.search(text.replace("\f", ""))
            assert "(cid:" not in text
            have = squeezed(text)
            for block in document.wording.root.blocks():
                for part in block.parts if block.role != "img" else ():
                    for stretch in stretches(part, packet.printed):
                        for word in stretch.split():
                            assert squeezed(word) in have, f"{document.kind} {block.place}: {word}"
