"""Pictures of every kind are in the file as they look, and a damaged one is told with its place in the template."""

from io import BytesIO

import papers
import pypdfium2
import pytest
from PIL import Image

from handouts.content.blocks import Group
from handouts.errors import TemplateError

RED = (200, 40, 20)


def saved(picture, kind="PNG", **options):
    to = BytesIO()
    picture.save(to, kind, **options)
    return to.getvalue()


def plain(mode):
    return Image.new("RGB", (40, 20), RED).convert(mode)


def shown(monkeypatch, content):
    """The colour in the middle of the picture as the page shows it."""
    monkeypatch.setitem(papers.PICTURES, "it.png", content)
    picture = papers.Block(
        "img", (papers.part("img", "A map", source="it.png"),), ("S1",), "en", place="a.html, line 7"
    )
    pdf = papers.made(Group("document", (picture,)))
    with pypdfium2.PdfDocument(pdf) as opened:
        page = opened[0].render(scale=1).to_pil().convert("RGB")
        (image,) = (each for each in opened[0].get_objects() if each.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE)
        left, bottom, right, top = image.get_bounds()
        return page.getpixel((round((left + right) / 2), round(page.height - (bottom + top) / 2)))


@pytest.mark.parametrize(
    "content",
    [
        saved(plain("RGB")),
        saved(plain("RGBA")),
        saved(plain("RGB").quantize(16)),
        saved(plain("RGB").quantize(4), bits=2),
        saved(plain("RGB").quantize(4), transparency=3),
        saved(plain("RGB"), transparency=(1, 2, 3)),
        saved(plain("RGB"), "JPEG", quality=95),
        saved(plain("RGB"), "JPEG", quality=95, progressive=True),
        saved(plain("CMYK"), "JPEG", quality=95),
    ],
)
def test_a_picture_of_any_kind_has_its_own_colours(monkeypatch, content):
    assert shown(monkeypatch, content) == pytest.approx(RED, abs=12)


@pytest.mark.parametrize("mode", ["L", "LA", "1", "I;16"])
def test_a_picture_without_colours_is_as_light_as_it_was(monkeypatch, mode):
    white = Image.new("L", (40, 20), 255)
    content = saved(
        white.convert("I").point(lambda level: level * 257).convert(mode) if mode == "I;16" else white.convert(mode)
    )
    assert shown(monkeypatch, content) == (255, 255, 255)


@pytest.mark.parametrize(
    "content",
    [
        saved(Image.linear_gradient("L"))[:400],
        saved(Image.linear_gradient("L"), "JPEG")[:400],
        b"\x89PNG\r\n\x1a\n" + bytes(15) + b"\x08" + bytes(3) + b"\x08" * 20,
    ],
)
def test_a_damaged_picture_is_an_error_with_its_place(monkeypatch, content):
    with pytest.raises(TemplateError, match=r"a\.html, line 7.*it\.png"):
        shown(monkeypatch, content)
