import pytest

from handouts.typeset import A4, LETTER, Style

STYLE = Style()
WHITE = (1.0, 1.0, 1.0)


def luminance(colour):
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colour", [STYLE.ink, STYLE.heading, STYLE.soft, STYLE.accent])
@pytest.mark.parametrize("ground", [WHITE, STYLE.table_head, *(STYLE.tint(k).ground for k in ("", "note", "warning"))])
def test_text_can_be_read_on_every_ground(colour, ground):
    assert contrast(colour, ground) >= 4.5


def test_bars_and_frames_stand_out():
    assert contrast(STYLE.warning.bar, STYLE.warning.ground) >= 4.5
    assert contrast(STYLE.note.bar, STYLE.note.ground) >= 4.5
    assert contrast(STYLE.staff.frame, STYLE.staff.ground) >= 4.5


def test_print_is_as_large_as_clear_print_asks():
    assert STYLE.body >= 14
    assert STYLE.table >= 12
    assert STYLE.small >= 8
    assert STYLE.smallest >= 8


@pytest.mark.parametrize("paper", [LETTER, A4])
def test_margins_are_wide_enough_for_any_printer(paper):
    assert min(paper.left, paper.right, paper.top, paper.bottom) >= 18
    assert 480 < paper.measure < 530
