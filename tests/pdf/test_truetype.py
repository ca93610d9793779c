"""A program shows every glyph as its face does, however the face says it."""

import random
from itertools import chain

import pytest
import uharfbuzz as hb

from handouts.pdf.truetype import Outlines
from handouts.typeset.fonts import families, opened

FACES = tuple(chain.from_iterable((family.regular, family.bold) for family in families()))


def drawn(font, glyph):
    """The strokes of `glyph` and how far it moves the pen."""
    strokes = []
    functions = hb.DrawFuncs()
    for name in ("move_to", "line_to", "quadratic_to", "cubic_to", "close_path"):
        getattr(functions, f"set_{name}_func")(lambda *given, name=name: strokes.append((name, given[:-1])))
    font.draw_glyph(glyph, functions)
    return strokes, font.get_glyph_h_advance(glyph)


def read(program):
    return hb.Font(hb.Face(hb.Blob(program)))


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.name)
def test_every_glyph_is_drawn_as_the_face_draws_it(face):
    font = opened(face)
    last = font.face.glyph_count - 1
    chosen = (0, *random.Random(face.name).sample(range(1, last), 200), last, font.get_nominal_glyph(0x20) or 0)
    made = read(Outlines(face.path).program(chosen))
    assert [drawn(made, number) for number in range(len(chosen))] == [drawn(font, glyph) for glyph in chosen]


def test_a_glyph_may_stand_twice_and_brings_its_parts():
    font = opened(FACES[0])
    accented, plain = font.get_nominal_glyph(ord("é")), font.get_nominal_glyph(ord("e"))
    made = read(Outlines(FACES[0].path).program((0, accented, plain, accented)))
    assert drawn(made, 1) == drawn(made, 3) == drawn(font, accented) != drawn(made, 2)
    assert made.face.glyph_count == 5  # and the accent


def test_characters_are_found_where_they_are_asked_for():
    font = opened(FACES[0])
    program = Outlines(FACES[0].path).program((0, font.get_nominal_glyph(ord("€"))), {ord("€"): 1})
    assert read(program).get_nominal_glyph(ord("€")) == 1
    assert not read(program).get_nominal_glyph(ord("e"))
    assert "cmap" not in read(Outlines(FACES[0].path).program((0,))).face.table_tags


def test_the_tables_add_up():
    program = Outlines(FACES[0].path).program(tuple(range(50)), {0x41: 1})
    words = [int.from_bytes(program[at : at + 4], "big") for at in range(0, len(program), 4)]
    assert sum(words) & 0xFFFFFFFF == 0xB1B0AFBA
    for at in range(12, 12 + 16 * int.from_bytes(program[4:6], "big"), 16):
        tag, (checked, start, length) = program[at : at + 4], words[at // 4 + 1 : at // 4 + 4]
        if tag != b"head":
            assert sum(words[start // 4 : (start + length + 3) // 4]) & 0xFFFFFFFF == checked


def hinted(path, outline, composed=b""):
    """A face of an empty glyph, one with `outline` and one of it, with short places and one width for all."""
    glyphs = (b"", outline, composed)
    ends = [sum(map(len, glyphs[:count])) // 2 for count in range(4)]
    face = Outlines(FACES[0].path).program((0, 0, 0))
    tables = {
        face[at : at + 4]: [int.from_bytes(face[at + 8 + 4 * part : at + 12 + 4 * part], "big") for part in range(2)]
        for at in range(12, 12 + 16 * 6, 16)
    }
    kept = {tag: bytearray(face[start : start + length]) for tag, (start, length) in tables.items()}
    kept[b"head"][50:52] = b"\0\0"
    kept[b"hhea"][34:36] = b"\0\1"
    kept[b"hmtx"] = bytearray(b"\2\0" + b"\0\1" + b"\0\2" + b"\0\3")
    kept[b"loca"] = bytearray(b"".join(end.to_bytes(2, "big") for end in ends))
    kept[b"glyf"] = bytearray(b"".join(glyphs))
    out, at = b"\0\1\0\0\0\6" + bytes(6), 12 + 16 * 6
    for tag, table in kept.items():
        out += tag + bytes(4) + at.to_bytes(4, "big") + len(table).to_bytes(4, "big")
        at += len(table) + -len(table) % 4
    path.write_bytes(out + b"".join(bytes(table) + bytes(-len(table) % 4) for table in kept.values()))
    return path


BOX = bytes(8)
TRIANGLE = b"\0\1" + BOX + b"\0\2" + b"\0\3\xb0\1\2" + b"\1\1\1" + b"\0\0\0\144\0\0" + b"\0\0\0\0\0\144" + b"\0\0"
COMPOSED = b"\xff\xff" + BOX + b"\1\2" + b"\0\1" + b"\5\5" + b"\0\2\1\1" + b"\0\0"


def test_hints_are_left_out_and_widths_that_all_glyphs_share_are_said_of_each(tmp_path):
    path = hinted(tmp_path / "hinted.ttf", TRIANGLE, COMPOSED)
    program = Outlines(path).program((0, 2, 1))
    made, face = read(program), read(path.read_bytes())
    assert b"\xb0\1\2" in TRIANGLE
    assert b"\xb0\1\2" not in program
    assert [drawn(made, number) for number in (1, 2)] == [drawn(face, glyph) for glyph in (2, 1)]
    assert drawn(made, 2)[0]
    assert drawn(made, 0)[1] == drawn(made, 1)[1] == 512


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_damaged_glyph_makes_a_program_all_the_same(tmp_path, cut):
    path = hinted(tmp_path / "damaged.ttf", TRIANGLE[: -cut - cut % 2], COMPOSED.replace(b"\0\1\5\5", b"\0\2\5\5"))
    made = read(Outlines(path).program((0, 1, 2, 3, 4000)))
    assert made.face.glyph_count == 5
    assert [drawn(made, number)[0] for number in (0, 3, 4)] == [[], [], []]
