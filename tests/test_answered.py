"""The document that people sign on a screen: what they answered is in its pages, in every language, and nowhere else."""

from __future__ import annotations

import gc
import json
import re
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
from aloud import read_aloud
from approved import final, reviewed_demo
from papers import unpacked
from pseudo import pseudo_clinic, samples
from sound import changed
from verapdf import failures

from handouts.appointment import Appointment
from handouts.cache import Cache
from handouts.content.answers import answered, fields_of
from handouts.content.blocks import Field
from handouts.content.complete import lacking, stops
from handouts.content.editions import Editions
from handouts.errors import NotAllowed, RefusedAppointment, WrongUsage
from handouts.intake.rows import premises
from handouts.memory import forgetting
from handouts.packet import GENERATED, Options, PacketMaker
from handouts.typeset.marks import Glyphs
from handouts.typeset.variant import STYLES

CANARY = "Quetzalcoatlus 976431"
NEEDS_ALL = {"flags.interpreter": "yes", "flags.read_aloud": "yes"}


@pytest.fixture(scope="module")
def approved_clinic(tmp_path_factory):
    return final(reviewed_demo(tmp_path_factory.mktemp("final") / "clinic"), ["en", "es-US"])


@pytest.fixture(scope="module")
def approved_editions(approved_clinic):
    return Editions(approved_clinic)


def at(clinic, changes=None):
    return Appointment.model_validate(changed(changes or {}), context=premises(clinic, clinic.clock))


@pytest.fixture(scope="module")
def signing(approved_editions):
    """Makes the consent with answers, by options and changes of the appointment."""

    def made(answers, changes=None, kind="consent", **options):
        clinic = approved_editions.clinic
        return PacketMaker(approved_editions, Options(**options)).answered(
            at(clinic, changes), clinic.clock, kind, answers
        )

    return made


def answers_to(wording, words=None):
    """Every field answered: boxes in turn, other words by field."""
    found = {}
    for number, field in enumerate(fields_of(answered(wording, {}))):
        if field.kind == "checkbox":
            found[field.name] = "yes" if number % 2 else "no"
        elif field.kind != "signature":
            found[field.name] = (words or {}).get(field.name, "M. L.")
    return found


def squeezed(text):
    return "".join(text.split())


def taken_out(pdf):
    with pypdfium2.PdfDocument(pdf) as opened:
        return "".join(page.get_textpage().get_text_range() for page in opened)


def test_the_document_is_the_approved_one_with_its_answers(approved_editions, approved_clinic, signing):
    packet = PacketMaker(approved_editions, Options())(at(approved_clinic), approved_clinic.clock)
    plain = packet.documents[2]
    made = signing(answers_to(plain.wording, {"matters.words": "Will it hurt my left hand?"}))
    assert (made.kind, made.status, made.reasons) == ("consent", GENERATED, ())
    assert made.wordings == plain.wordings
    assert made.wording.sha256 == plain.wording.sha256
    assert "Will it hurt my left hand?" in taken_out(made.pdf)
    version = re.compile(r"· en · ([0-9a-f]{8})")
    assert set(version.findall(taken_out(made.pdf))) == set(version.findall(taken_out(plain.pdf)))


@pytest.mark.parametrize("look", STYLES)
def test_only_signatures_are_left_to_fill_in(signing, look):
    made = signing({}, {**NEEDS_ALL, "patient.language": "es-US"}, style=STYLES[look])
    with pikepdf.open(BytesIO(made.pdf)) as opened:
        widgets = [a for page in opened.pages for a in page.get("/Annots", []) if a.Subtype == "/Widget"]
        names = []
        for each in widgets:
            assert each.FT == "/Sig"
            name, up = str(each.T), each.get("/Parent")
            while up is not None:
                name, up = f"{up.T}.{name}", up.get("/Parent")
            names.append(name)
    assert names == [
        *(f"sign.{role}.signature" for role in ("patient", "interpreter", "witness", "clinician")),
        "withdraw.signature",
    ]


def test_only_what_is_final_takes_answers(approved_clinic, clinic, editions, appointment, signing):
    with pytest.raises(NotAllowed, match="nothing of a demo clinic can be approved"):
        PacketMaker(editions, Options()).answered(appointment(), clinic.clock, "consent", {})
    with pytest.raises(NotAllowed, match="not final"):
        signing({}, {"flags.pregnant": "yes", "flags.pregnancy_potential": "yes"})
    unapproved = Editions(approved_clinic.model_copy(update={"settings": clinic.settings}))
    with pytest.raises(NotAllowed, match="setting "):
        PacketMaker(unapproved, Options()).answered(at(approved_clinic), clinic.clock, "consent", {})


@pytest.mark.parametrize("kind", ["language-notice", "consents", ""])
def test_only_documents_of_the_procedure_take_answers(signing, kind):
    with pytest.raises(WrongUsage, match="preparation, side-effects, consent"):
        signing({}, kind=kind)


def test_answers_that_no_field_takes_are_refused(signing):
    with pytest.raises(WrongUsage, match="no such field"):
        signing({"ride.name": "Ana"})
    assert signing({"ride.name": "Ana"}, kind="preparation")


def test_every_character_without_a_glyph_is_named_with_its_field(signing):
    with pytest.raises(RefusedAppointment) as caught:
        signing({"matters.words": "\U00013000 hurts", "teach.words": "\U00012000", "clinician.note": "fine"})
    assert [fault.field for fault in caught.value.faults] == ["matters.words", "teach.words"]
    assert "U+13000" in caught.value.faults[0].problem


def test_remembering_changes_no_byte_and_nothing_of_one_document_comes_into_the_next(signing, approved_editions):
    one, other = {"matters.words": CANARY, "decision.agree": "yes"}, {"matters.words": "x" * len(CANARY)}
    first = [signing(answers).pdf for answers in (one, other, {}, one, other, {})]
    assert first[:3] == first[3:]
    assert len(set(first)) == 3
    with forgetting():
        assert signing(one).pdf == first[0]
    alone = Editions(approved_editions.clinic)
    clinic = alone.clinic
    assert PacketMaker(alone, Options()).answered(at(clinic), clinic.clock, "consent", one).pdf == first[0]


def test_a_packet_is_as_before_after_answers_were_set(approved_editions, approved_clinic):
    make = PacketMaker(approved_editions, Options())
    before = [document.pdf for document in make(at(approved_clinic), approved_clinic.clock).documents]
    make.answered(at(approved_clinic), approved_clinic.clock, "consent", {"matters.words": CANARY})
    assert [document.pdf for document in make(at(approved_clinic), approved_clinic.clock).documents] == before


def test_no_answer_is_in_the_cache_or_told_of_the_file(approved_clinic, tmp_path):
    editions = Editions(approved_clinic, Cache(tmp_path / "kept"))
    make = PacketMaker(editions, Options())
    make(at(approved_clinic), approved_clinic.clock)
    kept = {path.name: path.read_bytes() for path in (tmp_path / "kept").iterdir()}
    assert kept
    made = make.answered(
        at(approved_clinic), approved_clinic.clock, "consent", {"matters.words": CANARY, "initials.ride": "QZ97"}
    )
    assert {path.name: path.read_bytes() for path in (tmp_path / "kept").iterdir()} == kept
    assert CANARY in taken_out(made.pdf)
    with pypdfium2.PdfDocument(made.pdf) as opened:
        about = json.dumps(opened.get_metadata_dict())
    with pikepdf.open(BytesIO(made.pdf)) as opened:
        about += opened.Root.Metadata.read_bytes().decode() + str(opened.docinfo)
        about += "".join(str(opened.Root.get(key, "")) for key in ("/AcroForm", "/ViewerPreferences", "/Names"))
    written = unpacked(made.pdf)
    outside = re.sub(rb"stream\n.*?endstream", b"", written, flags=re.DOTALL)
    for word in (*CANARY.split(), "QZ97"):
        assert word not in about
        for encoded in (word.encode(), word.encode("utf-16-be"), word.encode("utf-16-be").hex().upper().encode()):
            assert encoded not in outside.rpartition(b"\nxref\n")[0]


def _holding_the_canary():
    """The fields and texts with it that anything in this process still holds."""
    gc.collect()
    return [
        each
        for each in gc.get_objects()
        if (isinstance(each, Field) and CANARY in each.value) or (isinstance(each, Glyphs) and "Quetzal" in each.text)
    ]


def test_when_it_is_made_nothing_in_the_process_holds_the_answers(approved_editions, approved_clinic):
    make = PacketMaker(approved_editions, Options())
    plain = make(at(approved_clinic), approved_clinic.clock).documents[2]
    held = answered(plain.wording, {"matters.words": CANARY})
    assert _holding_the_canary()
    del held
    made = make.answered(at(approved_clinic), approved_clinic.clock, "consent", {"matters.words": CANARY})
    assert _holding_the_canary() == []
    assert CANARY in taken_out(made.pdf)


LANGUAGES = {"en": "ar", "es-US": "zh-Hans", "ar": "en", "zh-Hans": "hi"}
"""The languages of pages, each with that of the longest answer on them."""


def said_in(language, most=2000):
    text = (
        " ".join(samples(language).sentences)
        if language in ("ar", "zh-Hans", "hi", "th", "he", "ru")
        else "Will I wake? "
    )
    return (f"{text} " * (most // len(text) + 1))[:most].strip()


@pytest.fixture(scope="module")
def in_four(tmp_path_factory):
    demo = pseudo_clinic(tmp_path_factory.mktemp("four") / "clinic", tuple(LANGUAGES))
    return Editions(final(demo, LANGUAGES))


def long_answers(wording, language):
    own = {
        "matters.words": said_in(LANGUAGES[language]),
        "clinician.note": said_in("he", 400),
        "teach.words": said_in("th", 300),
        "sign.interpreter.id": said_in("ru", 200),
        "sign.witness.name": "王小明 (محمد)",
        "initials.ride": "م. ل.",
        "initials.driving": "王小明",
    }
    return answers_to(wording, own)


def test_long_answers_in_other_scripts_are_whole_and_keep_to_both_standards(in_four, tmp_path):
    clinic = in_four.clinic
    looks = {"en": "standard", "es-US": "large", "ar": "bilingual", "zh-Hans": "standard"}
    for language, look in [*looks.items(), ("ar", "large")]:
        make = PacketMaker(in_four, Options(kinds=("consent",), language=language, style=STYLES[look]))
        (plain,) = make(at(clinic, NEEDS_ALL), clinic.clock).documents
        assert plain.status == GENERATED
        answers = long_answers(plain.wording, language)
        made = make.answered(at(clinic, NEEDS_ALL), clinic.clock, "consent", answers)
        said, place = squeezed(read_aloud(made.pdf)), 0
        for field in fields_of(answered(plain.wording, answers)):
            if field.kind in ("text", "initials"):
                place = said.index(squeezed(field.value), place) + 1
        (tmp_path / f"{language}-{look}.pdf").write_bytes(made.pdf)
    assert failures(tmp_path) == []


def test_what_is_complete_can_be_set_and_is_not_stopped(signing, approved_editions, approved_clinic):
    procedure = approved_editions.procedure("ketamine-infusion")
    document = PacketMaker(approved_editions, Options())(at(approved_clinic), approved_clinic.clock).documents[2]
    ticked = (".no", ".understood", ".agree", ".none", "explained", "capacity")
    answers = {
        field.name: "yes" if field.kind == "checkbox" else "ML"
        for field in fields_of(document.wording)
        if field.kind == "initials" or (field.kind == "checkbox" and field.name.endswith(ticked))
    }
    assert lacking(document.wording, answers, procedure) == ()
    assert stops(document.wording, answers, procedure) == ()
    assert signing(answers).pages >= document.pages - 1
