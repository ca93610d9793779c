"""A print file where ink is spared: less is dark on every page, and everything stands where it stood."""

import re
from dataclasses import replace
from io import BytesIO

import papers
import pikepdf
import pypdfium2
import pytest

from handouts.content.blocks import BlankPlace, Block, Field, Group, Part, Text
from handouts.packed import Packing
from handouts.pdf import FontSet, stamp
from handouts.pdf.file import Chunk
from handouts.pdf.plate import Area, Plate, PlatePage, Slot
from handouts.pdf.print_file import PrintFile
from handouts.typeset import Style
from handouts.typeset.fonts import Face
from handouts.typeset.furniture import Logo
from handouts.typeset.style import Paper

STYLE = Style()
LOGO = Logo(papers.picture(), "Hudson Example Clinic")


def printed(document, *, reduced_ink):
    out = BytesIO()
    file = PrintFile(out, reduced_ink=reduced_ink)
    file.add([document])
    file.close()
    return out.getvalue()


def both(document):
    return [printed(document, reduced_ink=ink) for ink in (False, True)]


def pictures(pdf):
    opened = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=2).to_pil().convert("RGB") for page in opened]


def darkness(picture):
    histogram = picture.convert("L").histogram()
    return sum((255 - grey) * count for grey, count in enumerate(histogram)) / sum(histogram)


def painted(pdf):
    """All that is painted: page contents and the forms in them."""
    found = {}
    with pikepdf.open(BytesIO(pdf)) as opened:
        for page in opened.pages:
            forms = [each for each in page.Resources.get("/XObject", {}).values() if each.Subtype == "/Form"]
            for each in (*page.Contents.as_list(), *forms):
                found[each.objgen] = each.read_bytes()
    return b"\n".join(found.values())


def text_of(pdf):
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]


def colours(pdf):
    return {tuple(map(float, each.split())) for each in re.findall(rb"([\d.]+ [\d.]+ [\d.]+) rg", painted(pdf))}


@pytest.fixture(scope="module")
def paper():
    return papers.filled(mark="SAMPLE", furniture=replace(papers.FURNITURE, logo=LOGO))


def test_every_page_with_a_ground_or_a_logo_is_lighter_and_none_is_darker(paper):
    usual, sparing = (list(map(darkness, map_pictures)) for map_pictures in map(pictures, both(paper)))
    assert len(usual) == len(sparing)
    assert all(less < more for less, more in zip(sparing, usual, strict=True))  # the logo stands on every page
    assert sparing[0] < 0.8 * usual[0]  # the page with callouts


def test_the_same_words_stand_on_the_same_pages(paper):
    usual, sparing = both(paper)
    assert text_of(usual) == text_of(sparing)


def test_what_is_black_stays_black_where_it_is(paper):
    """Words, boxes to tick, lines to sign on and rules: all that was as dark as ink, but for the logo and the bars of callouts."""
    for number, (before, after) in enumerate(zip(*map(pictures, both(paper)), strict=True)):
        was, is_ = before.convert("L"), after.convert("L")
        lost = [
            place
            for place, (dark, now) in enumerate(zip(was.tobytes(), is_.tobytes(), strict=True))
            if dark < 60 and now > dark + 40
        ]
        across = {place % was.width for place in lost}
        down = {place // was.width for place in lost}
        logo = {place for place in lost if place // was.width < 130 and place % was.width < 260}
        bars = {place for place in lost if 90 <= place % was.width <= 101}
        assert not set(lost) - logo - bars, (number, sorted(across)[:5], sorted(down)[:5])


def test_the_mark_across_every_page_stays(paper):
    for pdf in both(paper):
        assert (0.89, 0.89, 0.89) in colours(pdf)
        assert all("SAMPLE" in text for text in text_of(pdf))


def test_nothing_light_is_painted_but_the_mark(paper):
    usual, sparing = both(paper)

    def light(pdf):
        return {colour for colour in colours(pdf) if min(colour) > 0.75}

    assert len(light(usual)) > 2  # grounds of a table's head, of a warning and of what is for staff
    assert light(sparing) == {(0.89, 0.89, 0.89)}


@pytest.mark.parametrize(("language", "at"), [("en", 2.5), ("ar", 519.5)])
def test_a_warning_can_still_be_told_from_a_note_by_its_bar(language, at):
    def callout(kind):
        words = papers.part("p", "Look at this." if language == "en" else "انظر إلى هذا")
        return Group("document", (papers.aside(words, kind=kind, language=language),))

    for kind in ("warning", "note"):
        tint = STYLE.tint(kind)
        usual, sparing = both(papers.filled(callout(kind)))
        stroke = " ".join(f"{each:.2f}".rstrip("0").rstrip(".") for each in tint.bar).encode() + b" RG\n"
        assert stroke + b"5 w" in painted(usual)
        assert stroke + b"1.5 w" in painted(sparing)
        assert b"\n5 w\n" not in painted(sparing)
        places = [re.findall(rb"(?:\n5|1\.5) w\n([\d.]+) [-\d.]+ m", painted(pdf)) for pdf in (usual, sparing)]
        assert [list(map(float, each)) for each in places] == [[at], [at]]


def test_a_frame_and_pictures_that_say_something_stay():
    staff = papers.aside(papers.part("p", "For staff."), kind="staff")
    way = Block("img", (Part("img", (Text("The way in"),), source="map.png"),), ("S1",), "en")
    usual, sparing = both(papers.filled(Group("document", (staff, way))))
    for pdf in (usual, sparing):
        with pikepdf.open(BytesIO(pdf)) as opened:
            assert len([each for each in opened.objects if getattr(each, "Subtype", None) == "/Image"]) == 1
        assert b"0.66 0.1 0.1 RG" in painted(pdf)


def test_a_logo_that_is_not_printed_is_not_in_the_file():
    furniture = replace(papers.FURNITURE, logo=Logo(papers.picture(b"\x00\x80\x00"), "A clinic"))
    usual, sparing = both(papers.filled(Group("document", (papers.block("p", "Words."),)), furniture=furniture))
    images = []
    for pdf in (usual, sparing):
        with pikepdf.open(BytesIO(pdf)) as opened:
            images.append(len([each for each in opened.objects if getattr(each, "Subtype", None) == "/Image"]))
    assert images == [1, 0]


def test_blanks_and_lines_to_sign_on_are_the_same_with_and_without():
    signed = Field("signature", "sign.patient", "Your signature", 60), Field("checkbox", "yes", "Yes")
    root = Group(
        "document",
        (
            papers.block("p", "Come on ", BlankPlace("arrival", strong=True), "."),
            papers.block("fields", signed[0]),
            papers.block("p", signed[1], "Yes"),
        ),
    )
    for signable in (True, False):
        usual, sparing = both(papers.filled(root, signable=signable))
        assert usual == sparing  # there is no ground in it


def test_the_file_of_a_document_does_not_know_of_it(paper):
    before = stamp(paper)
    both(paper)
    assert stamp(paper) == before


def test_a_plate_that_was_kept_prints_the_same_with_less_ink(paper):
    kept = Packing((Plate, Paper, FontSet, Chunk, Face, PlatePage, Slot, Area))
    again = replace(paper, plate=kept.unpacked(kept.packed(paper.plate)))
    assert again.plate is not paper.plate
    assert both(again) == both(paper)
