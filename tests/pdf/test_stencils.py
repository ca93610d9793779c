"""What a stencil paints with values in its holes is what is painted of a galley in which these values stand."""

import papers
import pytest

from handouts.memory import forgetting
from handouts.pdf import Signing, fill
from handouts.pdf.embed import used
from handouts.pdf.font_set import FontSet
from handouts.pdf.making import PlateMaker
from handouts.typeset import LETTER, Style, lay_out, set_galleys
from handouts.typeset.arrangement import arranged, set_filled
from handouts.typeset.marks import text_in
from handouts.typeset.standing import set_furniture

NAMES = ["María-José Ñandú", "Li", "Nguyễn Thị Hương", "王伟", "Ольга Иванова", "प्रिया शर्मा", "W" * 80, "محمد الحسن"]


@pytest.mark.parametrize("covered", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_holes_are_filled_as_if_their_values_had_stood_there(name, covered):
    root, style = papers.everything(), Style()
    printed = {language: {**papers.PRINTED, "patient.name": name} for language in ("en", "es")}
    galleys = set_galleys(root, printed, LETTER, style, papers.PICTURES)
    furniture = set_furniture(papers.FURNITURE, LETTER.measure, style)
    marks = [mark for galley in galleys for mark in text_in(galley.strips)]
    fonts = FontSet.of(used((mark.face, mark.glyphs) for mark in marks) if covered else {})
    with forgetting():
        blocks = set_filled(arranged(root, LETTER, style, papers.PICTURES), printed)
    master = lay_out(root, galleys, LETTER, style, furniture.size)
    filled = {number: block.stencil for number, block in blocks.items()}
    plate = PlateMaker(fonts, style, Signing(language="en"))(root, master, galleys, furniture, filled=filled)
    holed = fill(plate, blocks, furniture)
    whole = fill(plate, papers.as_set(galleys), furniture)
    assert holed.links == whole.links
    if covered and name != NAMES[-1]:  # what is right to left says its text in other pieces
        assert [(page.slots, page.edges) for page in holed.pages] == [(page.slots, page.edges) for page in whole.pages]
    assert [len(page.slots) for page in holed.pages] == [len(page.slots) for page in whole.pages]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_has_fonts_of_its_own_for_just_what_the_others_lack(name):
    root, style = papers.everything(), Style()
    furniture = set_furniture(papers.FURNITURE, LETTER.measure, style)

    def set_for(name):
        printed = {language: {**papers.PRINTED, "patient.name": name} for language in ("en", "es")}
        return set_filled(arranged(root, LETTER, style, papers.PICTURES), printed), set_galleys(
            root, printed, LETTER, style, papers.PICTURES
        )

    blocks, galleys = set_for(name)
    known = [mark for galley in set_for("Ana Li")[1] for mark in text_in(galley.strips)]
    fonts = FontSet.of(used((mark.face, mark.glyphs) for mark in known))
    master = lay_out(root, galleys, LETTER, style, furniture.size)
    stencils = {number: block.stencil for number, block in blocks.items()}
    plate = PlateMaker(fonts, style, Signing(language="en"))(root, master, galleys, furniture, filled=stencils)
    count = len(plate.pages)
    marks = [mark for block in blocks.values() for mark in text_in(block.galley.strips)]
    own = [line for page in range(count + 1) for line in furniture.own(page, count)]
    marks += [mark.filled(line.entry.given) for line in own for mark in line.marks()]
    pieces = [(mark.face, piece) for mark in marks for piece in mark.pieces]
    lacking = used((face, piece.glyphs) for face, piece in pieces if not plate.fonts.covers(face, (piece,)))
    assert fill(plate, blocks, furniture).extra.met == lacking
