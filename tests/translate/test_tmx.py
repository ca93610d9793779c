"""Translation memories: what they have for messages that are not translated yet is taken, and nothing else."""

from __future__ import annotations

import pytest
from small_catalog import SHOWN, VI, catalog, on_disk, told

from handouts.errors import UnreadableInput
from handouts.translate.catalogs import as_one
from handouts.translate.exchange import take
from handouts.translate.tmx import Unit, filling, read_tmx
from handouts.translate.toolkit import write_tmx

HEAD = '<tmx version="1.4"><header srclang="en-US"/><body>'


@pytest.fixture
def small(tmp_path):
    return catalog(tmp_path)


def memory(tmp_path, *units, language="vi"):
    said = (f'<tu><tuv xml:lang="en-us"><seg>{source}</seg></tuv><tuv xml:lang="{language}"><seg>{text}</seg></tuv></tu>'
            for source, text in units)  # fmt: skip
    path = tmp_path / "x.tmx"
    path.write_text(f"{HEAD}{''.join(said)}</body></tmx>", "utf-8")
    return path


def test_a_memory_that_was_exported_is_read_as_it_was_written(small, tmp_path):
    write_tmx(as_one([small]), "vi", tmp_path / "vi.tmx")
    units = {unit.source: unit.translation for unit in read_tmx(tmp_path / "vi.tmx", "vi")}
    said = {entry.source: entry.translation for entry in small.entries() if entry.translation}
    assert units == said


def test_what_is_empty_or_fuzzy_is_filled_and_no_translation_is_replaced(small, tmp_path):
    path = memory(tmp_path, ("Not yet.", "Chưa <hi>đến</hi> lúc."), ("Was said in another way.", "Nói cách khác."), ("Yes", "Ừ"), ("Of others.", "Khác."))  # fmt: skip
    units = read_tmx(path, "vi")
    taken = take([small], VI, filling(units, [small]))
    assert (len(units), taken.changed, taken.refused) == (4, 2, ())
    assert on_disk(small) == [*SHOWN[:5], "Nói cách khác.", "Chưa đến lúc.", *SHOWN[7:]]


def test_a_memory_that_says_one_sentence_in_two_ways_is_told(small, tmp_path):
    path = memory(tmp_path, ("Not yet.", "Chưa."), ("Not yet.", "Chưa."), ("Not yet.", "Chưa đâu."))
    (said,) = told(take([small], VI, filling(read_tmx(path, "vi"), [small])))
    assert said.startswith('x.tmx, unit 3: "Not yet.": it stands twice.')
    assert on_disk(small)[6] == "Chưa."


def test_a_damaged_unit_is_refused_as_any_other_row(small, tmp_path):
    path = memory(tmp_path, ("Not yet.", "Chưa 1."))
    (said,) = told(take([small], VI, filling(read_tmx(path, "vi"), [small])))
    assert 'holds the digit "1"' in said


@pytest.mark.parametrize(
    ("given", "wanted", "count"),
    [("es", "es-US", 1), ("es_US", "es-US", 1), ("es-MX", "es-US", 0), ("zh", "zh-Hant", 0), ("ZH-hant", "zh-Hant", 1), ("en", "vi", 0)],
)  # fmt: skip
def test_a_unit_is_of_the_language_or_of_that_without_a_region(tmp_path, given, wanted, count):
    assert len(read_tmx(memory(tmp_path, ("Not yet.", "x"), language=given), wanted)) == count


def test_what_a_unit_lacks_makes_it_none(tmp_path):
    path = tmp_path / "x.tmx"
    units = '<tu/><tu><tuv xml:lang="vi"/></tu><tu><tuv xml:lang="en"><seg>a</seg></tuv><tuv xml:lang="vi"><seg> </seg></tuv></tu>'
    path.write_text(
        f'{HEAD}{units}<tu><tuv lang="en"><seg>a</seg></tuv><tuv lang="vi"><seg>b</seg></tuv></tu></body></tmx>',
        "utf-8",
    )
    assert read_tmx(path, "vi") == (Unit("x.tmx, unit 4", "a", "b"),)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"<tmx>",
        b"<xliff/>",
        b'<!DOCTYPE tmx [<!ENTITY a "aaaa">]><tmx>&a;</tmx>',
        '<!DOCTYPE tmx [<!ENTITY a "aaaa">]><tmx>&a;</tmx>'.encode("utf-16"),
    ],
)
def test_what_is_no_memory_is_told(tmp_path, content):
    (tmp_path / "x.tmx").write_bytes(content)
    with pytest.raises(UnreadableInput, match="TMX"):
        read_tmx(tmp_path / "x.tmx", "vi")
