"""`fonts list` and `fonts add` from the command line."""

import json

import pytest
from fontTools import subset
from fontTools.ttLib import TTFont

from handouts.typeset.fonts import plain_face

RARE = "\u0f40"


@pytest.fixture
def rare(tmp_path):
    """A font that has one character no font here has."""
    options = subset.Options(name_IDs=["*"], notdef_outline=True)
    font = TTFont(plain_face().path)
    cut = subset.Subsetter(options)
    cut.populate(text="A")
    cut.subset(font)
    for table in font["cmap"].tables:
        table.cmap = {ord(RARE): "A"}
    for record in font["name"].names:
        if record.nameID == 6:
            record.string = "Rare-Regular"
    path = tmp_path / "my font.ttf"
    font.save(path)
    return path


def zeroed(path, to, tag):
    """The font with nothing but zeros in a table."""
    font = bytearray(path.read_bytes())
    entry = font.index(tag.encode(), 12)
    start, length = (int.from_bytes(font[entry + at : entry + at + 4], "big") for at in (8, 12))
    font[start : start + length] = bytes(length)
    to.write_bytes(font)


def changed(path, to, change):
    with TTFont(path) as font:
        change(font)
        font.save(to)
    return to


def test_list_shows_every_font_with_its_licence_and_where_it_came_from(handouts, tmp_path):
    ran = handouts("fonts", "list", "--json", HANDOUTS_FONTS=tmp_path / "none")
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert {"Latn", "Cyrl", "Grek", "Arab", "Hebr", "Deva", "Thai", "Ethi", "Hani", "Hira", "Hang"} <= {
        script for each in found for script in each["scripts"]
    }
    for each in found:
        assert each["licence"].startswith("OFL 1.1")
        assert each["origin"].startswith("@expo-google-fonts/")
        assert each["characters"] > 90
        assert each["size"] > 10_000
        assert each["version"][0].isdigit()
    assert sum(each["bold"] for each in found) == len(found) / 2
    told = handouts("fonts", "list", HANDOUTS_FONTS=tmp_path / "none").stdout
    assert all(each["name"] in told for each in found)


def test_an_added_font_is_listed_last_and_prints_what_no_other_has(handouts, examples, tmp_path, rare):
    folder = {"HANDOUTS_FONTS": str(tmp_path / "fonts")}
    appointment = json.loads((examples / "appointments.json").read_text("utf-8"))
    one = appointment[0] if isinstance(appointment, list) else appointment
    one["patient"]["given_name"] = f"Ann{RARE}"
    (tmp_path / "one.json").write_text(json.dumps(one), "utf-8")
    command = ("packet", tmp_path / "one.json", "--clinic", examples / "clinic", "-o", tmp_path / "out")
    refused = handouts(*command, **folder)
    assert refused.returncode == 1
    assert "U+0F40" in refused.stderr
    assert "handouts fonts add FILE.ttf" in refused.stderr
    added = handouts("fonts", "add", rare, **folder)
    assert added.returncode == 0, added.stderr
    assert "Rare-Regular.ttf" in added.stdout
    last = json.loads(handouts("fonts", "list", "--json", **folder).stdout)[-1]
    assert (last["name"], last["added"], last["characters"]) == ("Rare-Regular", True, 1)
    assert handouts(*command, **folder).returncode == 0


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        (lambda rare, to: to.write_bytes(rare.read_bytes()[:700]), "damaged"),
        (lambda _, to: to.write_text("a font"), "damaged"),
        (lambda _, __: None, "cannot be read"),
        (lambda rare, to: changed(rare, to, lambda font: setattr(font["OS/2"], "fsType", 2)), "may not be embedded"),
        (lambda rare, to: changed(rare, to, lambda font: font.__delitem__("glyf")), "glyf"),
        (lambda rare, to: zeroed(rare, to, "glyf"), "can be drawn"),
        (lambda rare, to: zeroed(rare, to, "head"), "can be drawn"),
        (lambda rare, to: zeroed(rare, to, "cmap"), "can be drawn"),
        (lambda rare, to: changed(rare, to, lambda font: setattr(font["head"], "fontRevision", 7.0)), "another font"),
    ],
)
def test_what_is_no_font_for_documents_is_refused_with_its_name_and_the_others_with_it(
    handouts, tmp_path, rare, spoilt, said
):
    bad = tmp_path / "bad.ttf"
    spoilt(rare, bad)
    ran = handouts("fonts", "add", rare, bad, HANDOUTS_FONTS=str(tmp_path / "fonts"))
    assert ran.returncode == 3
    assert "bad.ttf" in ran.stderr
    assert said in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1
    assert not list(tmp_path.glob("fonts/*"))


def test_a_file_that_is_no_font_in_the_folder_of_added_fonts_is_named(handouts, tmp_path):
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "bad.ttf").write_text("no")
    ran = handouts("fonts", "list", HANDOUTS_FONTS=str(tmp_path / "fonts"))
    assert ran.returncode == 3
    assert "bad.ttf" in ran.stderr
