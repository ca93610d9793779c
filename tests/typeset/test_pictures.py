"""A page of every language looks as it did: its picture differs by a few pixels at most from the one kept in tests/references.

RENEW=1 pytest tests/typeset/test_pictures.py makes the kept pictures anew; look at each before keeping it.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from papers import block, made
from PIL import Image, ImageChops, ImageFilter, ImageOps
from pseudo import LANGUAGES, pseudo_clinic, samples

from handouts.content.blocks import Group
from handouts.content.editions import Editions
from handouts.intake import read
from handouts.packet import Options, PacketMaker
from handouts.typeset import Style
from handouts.typeset.variant import STYLES

ROOT = Path(__file__).parents[2]
REFERENCES = ROOT / "tests" / "references"
PAGES = {**dict.fromkeys(LANGUAGES, "standard"), "ar-bilingual": "bilingual", "hi-large": "large"}
"""The name of every picture and the look of its page; the language stands at the beginning of the name."""

VISIBLE = 24
"""By how much of 255 a pixel and its neighbours must together be lighter or darker to count as different."""
FEW = 4
"""How many pixels may: other versions of the program that draws the pages smooth edges in another way."""


@pytest.fixture(scope="module")
def pressed(tmp_path_factory):
    clinic = pseudo_clinic(tmp_path_factory.mktemp("pictures") / "clinic")
    appointments = read(ROOT / "examples" / "appointments.csv", clinic, clinic.clock).appointments
    return Editions(clinic), next(appointment for _, appointment in appointments)


def picture(pdf):
    """The first page in grey, 72 pixels an inch, in 16 shades, so that it is kept in few bytes."""
    with pypdfium2.PdfDocument(pdf) as opened:
        drawn = opened[0].render(scale=1, grayscale=True).to_pil().convert("L")
    return ImageOps.posterize(drawn, 4).point(lambda shade: shade * 17 // 16)


def differing(one, other):
    """The pixels that look different in two pictures, in white on black."""
    if one.size != other.size:
        return Image.new("L", one.size, 255)
    smooth = (each.filter(ImageFilter.BoxBlur(1)) for each in (one, other))
    return ImageChops.difference(*smooth).point(lambda shade: 255 if shade > VISIBLE else 0)


def count(pixels):
    return pixels.histogram()[255]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_looks_as_it_did(pressed, name, tmp_path):
    editions, appointment = pressed
    look = PAGES[name]
    language = name.removesuffix(f"-{look}")
    options = Options(kinds=("preparation",), language=language, style=STYLES[look])
    now = picture(PacketMaker(editions, options)(appointment, editions.clinic.clock).documents[0].pdf)
    kept = REFERENCES / f"{name}.png"
    if os.environ.get("RENEW"):
        now.save(kept, optimize=True)
    with Image.open(kept) as before:
        pixels = differing(before, now)
        if count(pixels) > FEW:
            before.save(tmp_path / "before.png")
    if count(pixels) > FEW:
        now.save(tmp_path / "now.png")
        pixels.save(tmp_path / "difference.png")
        pytest.fail(f"{count(pixels)} pixels at {pixels.getbbox()} differ from {kept.name}: see {tmp_path}")


def test_every_picture_that_is_kept_is_of_a_page_and_together_they_are_small():
    kept = list(REFERENCES.iterdir())
    assert {path.name for path in kept} == {f"{name}.png" for name in PAGES}
    assert sum(path.stat().st_size for path in kept) < 1_500_000


def page_of(sentences, language, style=None):
    blocks = tuple(block("p", sentence, language=language) for sentence in sentences)
    return picture(made(Group("document", blocks), style=style or Style()))


CHANGED = {
    "a letter is another": ("en", "river", "rider"),
    "a letter is gone": ("de", "ss", "s"),
    "a mark above is gone": ("vi", "ấ", "â"),
    "a dot above is gone": ("ar", "ز", "ر"),
    "a doubling sign is gone": ("ar", "\u0651", ""),
    "a point of a vowel is another": ("th", "ี", "ิ"),
    "a sign below is gone": ("hi", "\u0943", ""),
    "a stop is another": ("ja", "。", "、"),
    "a stroke of a character is gone": ("zh-Hans", "天", "大"),
}


@pytest.mark.parametrize("what", CHANGED)
def test_it_is_noticed_that(what):
    language, old, new = CHANGED[what]
    text = "The river is wide here." if language == "en" else "".join(samples(language).sentences).replace("|", "")
    assert old in text
    before, now = (page_of(["A line above.", said], language) for said in (text, text.replace(old, new, 1)))
    assert count(differing(before, now)) > FEW


def test_a_line_that_has_moved_by_a_point_is_noticed():
    moved = replace(Style(), paragraph_space=Style().paragraph_space + 1)
    before, now = (page_of(samples("ko").sentences[:2], "ko", style) for style in (Style(), moved))
    assert count(differing(before, now)) > FEW


def test_another_smoothing_of_the_edges_is_not_noticed():
    page = page_of(samples("he").sentences, "he")
    lighter = page.point(lambda shade: min(255, shade + (255 - shade) // 8))
    assert count(differing(page, lighter)) <= FEW
