"""The text of a PDF is whole in every language and look: each sentence and blank in order in the structure, and taken out."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from aloud import read_aloud
from pdfminer.high_level import extract_text
from pdfminer.layout import LAParams
from pseudo import LANGUAGES, pseudo_clinic
from sound import DOCUMENTS

from handouts.content.blocks import BlankPlace, Field, Text
from handouts.content.cldr import direction_of
from handouts.content.editions import Editions
from handouts.intake import read
from handouts.packet import Options, PacketMaker
from handouts.typeset.variant import STYLES, in_style

EXAMPLES = Path(__file__).parents[2] / "examples"
NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f\ufffd\ufffe\ufeff\ue000-\uf8ff]")
STEERING = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufffe]")
WITHOUT_WORDS = {"zh-Hans", "zh-Hant", "ja", "th", *(each for each in LANGUAGES if direction_of(each) == "rtl")}
"""The languages whose words are not parted by spaces or come out in another order."""


@pytest.fixture(scope="module")
def pressed(tmp_path_factory):
    """The editions of a demo clinic in twenty languages and its appointments, of which each language has its own."""
    clinic = pseudo_clinic(tmp_path_factory.mktemp("text") / "clinic")
    editions = Editions(clinic)
    return editions, [one for _, one in read(EXAMPLES / "appointments.csv", clinic, clinic.clock).appointments]


@pytest.fixture(scope="module", params=[(language, look) for language in LANGUAGES for look in STYLES], ids="-".join)
def packet(request, pressed):
    """The packet of an appointment in a language and a look."""
    language, look = request.param
    editions, appointments = pressed
    maker = PacketMaker(editions, Options(kinds=DOCUMENTS, language=language, style=STYLES[look]))
    made = maker(appointments[LANGUAGES.index(language) % len(appointments)], editions.clinic.clock)
    assert made.language == language
    assert len(made.texts) == (2 if look == "bilingual" and language != "en" else 1)
    return made, look


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


def chosen(packet, document, look):
    """Every text that was chosen for `document`, a wording a list: (its place in the template, the text)."""
    for wording in document.wordings:
        # Two languages stand side by side; that changes no order within either.
        root = in_style(wording.root, STYLES[look]) if len(document.wordings) == 1 else wording.root
        printed = packet.texts[wording.edition.language]
        parts = [(block.place, part) for block in root.blocks() if block.role != "img" for part in block.parts]
        yield [(place, text) for place, part in parts for text in stretches(part, printed)]


def plain(text):
    """`text` with one space where it has any, and no signs that only steer how it is broken and ordered."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", unicodedata.normalize("NFC", STEERING.sub("", text))).strip()


def squeezed(text):
    """`text` without spaces, and without hyphens, for programs take one at the end of a line for a sign of their own."""
    return re.sub(r"[\s\u00a0\u202f\x02-]+", "", plain(text))


def letters(text):
    """How often each letter, mark and digit stands in `text`; Arabic ones may come out in the shape that they are drawn in."""
    return Counter(char for char in unicodedata.normalize("NFKD", text) if unicodedata.category(char)[0] in "LMN")


def taken_out(pdf, look):
    """What programs take out of `pdf`; the slower one is asked where nothing else differs."""
    with pypdfium2.PdfDocument(pdf) as opened:
        yield "pypdfium2", "".join(page.get_textpage().get_text_bounded() for page in opened)
    if look != "large":
        yield "pdfminer.six", extract_text(BytesIO(pdf), laparams=LAParams(boxes_flow=None))


def test_all_that_was_chosen_is_read_aloud_in_its_order(packet):
    made, look = packet
    for document in made.documents:
        said = plain(read_aloud(document.pdf))
        assert not NOT_TEXT.search(said)
        for texts in chosen(made, document, look):
            at = 0
            for place, text in texts:
                found = said.find(plain(text), at)
                assert found >= 0, f"{document.kind} {place}: {plain(text)}"
                at = found + len(plain(text))


def test_other_programs_take_out_every_word_and_letter(packet):
    """Words where spaces part them; programs put right-to-left lines and columns in an order of their own, so there letters."""
    made, look = packet
    has_words = WITHOUT_WORDS.isdisjoint(made.texts)
    for document in made.documents:
        for program, text in taken_out(document.pdf, look):
            assert not NOT_TEXT.search(re.sub("[\x02\f\ufffe]", "", text)), program
            assert "(cid:" not in text
            have, words = letters(text), squeezed(text)
            wanted = Counter()
            for texts in chosen(made, document, look):
                for place, said in texts:
                    wanted += letters(said)
                    for word in said.split() if has_words else ():
                        assert squeezed(word) in words, f"{program} {document.kind} {place}: {word}"
            assert not wanted - have, f"{program} {document.kind}: {wanted - have}"
