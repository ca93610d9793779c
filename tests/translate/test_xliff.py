"""XLIFF 2.1: places and markup are inline codes; whatever a tool did to a unit is taken or told."""

from __future__ import annotations

import re
from contextlib import suppress
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_catalog import MESSAGES, SHOWN, VI, VIETNAMESE, catalog, entries, on_disk, told
from translate.storage.xliff2 import Xliff2File

from handouts.errors import HandoutsError, UnreadableInput, WrongUsage
from handouts.translate.catalogs import exportable
from handouts.translate.domains import built_in
from handouts.translate.exchange import exported_as, take
from handouts.translate.xliff import NAMESPACE, read_xliff, xliff

SAME = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


@pytest.fixture
def small(tmp_path):
    return catalog(tmp_path)


def read(content, path, language="vi"):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_xliff(path, language))


def test_xliff_that_nobody_touched_changes_nothing(small, tmp_path):
    rows = read(xliff([small]), tmp_path / "vi.xliff")
    assert [(row.source, row.translation) for row in rows] == [
        (message.source, text) for message, text in zip(MESSAGES, SHOWN, strict=True)
    ]
    assert take([small], VI, rows).changed == 0


def test_translate_toolkit_reads_the_same_texts(small):
    units = Xliff2File.parsestring(xliff([small])).units
    plain = [_coded(unit.source) for unit in units], [_coded(unit.target or "") for unit in units]
    assert plain == ([_coded(message.source) for message in MESSAGES], [_coded(text) for text in SHOWN])


def _coded(text):
    """A text without its inline codes, which translate-toolkit leaves out."""
    for code in ("%(until)s", "%(name)s", "<strong>", "</strong>", '<a href="https://example.org/a?b=c&d=e">', "</a>"):
        text = text.replace(code, "")
    return text


def test_places_and_markup_are_inline_codes_with_the_numbers_of_the_source(small):
    space = {"x": NAMESPACE}
    first, second, third, *_ = ET.fromstring(xliff([small])).iterfind("x:file/x:unit", space)
    places = [
        [(c.get("id"), c.get("disp")) for c in first.iterfind(f"x:segment/x:{e}/x:ph", space)]
        for e in ("source", "target")
    ]
    assert places == [[("1", "until"), ("2", "name")], [("2", "name"), ("1", "until")]]
    assert [code.get("id") for code in second.iterfind("x:segment/x:target/x:pc", space)] == ["1", "2"]
    assert [data.text for data in third.iterfind("x:originalData/x:data", space)] == [
        '<a href="https://example.org/a?b=c&d=e">',
        "</a>",
    ]


def test_units_have_the_names_contexts_notes_and_states_of_their_messages(small):
    space = {"x": NAMESPACE}
    units = ET.fromstring(xliff([small])).findall("x:file/x:unit", space)
    assert [unit.get("id") for unit in units] == [exported_as(entry) for entry in entries()]
    assert [unit.get("name") for unit in units] == [None, None, None, "answer", None, None, None, None]
    assert units[0].findtext("x:notes/x:note", namespaces=space) == "Said early."
    assert "“Was said before.”" in units[5].findtext("x:notes/x:note", namespaces=space)
    states = [unit.find("x:segment", space).get("state") for unit in units]
    assert states == ["translated"] * 5 + ["initial"] * 2 + ["translated"]


def changed(small, *changes):
    text = xliff([small]).decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


NOT_YET = ("<source>Not yet.</source>", "<source>Not yet.</source><target>Chưa đến lúc.</target>")


@pytest.mark.parametrize(
    "damage",
    [
        ('<target><ph id="2" dataRef="d2" disp="name" />', "<target>"),
        ('<target><ph id="2" dataRef="d2" disp="name" />', '<target><ph id="2" dataRef="d1" />'),
        (
            '<pc id="1" dataRefStart="d1" dataRefEnd="d2">Dừng</pc> và <pc id="2" dataRefStart="d1" dataRefEnd="d2">gọi</pc>',
            "Dừng và gọi",
        ),
        ("<source>Come", "<source>Go"),
        (f'id="{exported_as(entries()[3])}"', 'id="nothing"'),
    ],
)
def test_a_damaged_unit_is_refused_and_the_others_are_taken(small, tmp_path, damage):
    text = changed(small, damage, NOT_YET, ("hãy đến", "hãy tới"))
    taken = take([small], VI, read(text, tmp_path / "vi.xliff"))
    assert len(taken.refused) == 1
    assert taken.refused[0].where.startswith("vi.xliff, unit ")
    assert on_disk(small)[6] == "Chưa đến lúc."


def test_units_may_be_grouped_sorted_and_left_out(small, tmp_path):
    root = ET.fromstring(changed(small, NOT_YET))
    (file,) = root
    units = list(reversed(list(file)))[1:]
    for unit in list(file):
        file.remove(unit)
    ET.SubElement(file, f"{{{NAMESPACE}}}group", {"id": "g"}).extend(units)
    taken = take([small], VI, read(ET.tostring(root), tmp_path / "vi.xliff"))
    assert (taken.changed, taken.refused) == (1, ())


def segmented(*targets):
    """The unit of "Not yet." cut into two segments, as tools do, with these targets."""
    first, second = (f"<target{target}</target>" if target else "" for target in targets)
    parted = (
        f"<source>Not</source>{first}</segment><ignorable><source> </source></ignorable><segment><source>yet.</source>"
    )
    return "<source>Not yet.</source>\n      </segment>", f"{parted}{second}</segment>"


def test_segments_of_a_unit_are_joined_with_what_stands_between_them(small, tmp_path):
    rows = read(changed(small, segmented(">Chưa", ">đến lúc.")), tmp_path / "vi.xliff")
    assert (rows[6].source, rows[6].translation) == ("Not yet.", "Chưa đến lúc.")


def test_segments_may_stand_in_another_order_in_the_translation(small, tmp_path):
    rows = read(changed(small, segmented(' order="3">lúc.', ' order="1">Chưa')), tmp_path / "vi.xliff")
    assert rows[6].translation == "Chưa lúc."


@pytest.mark.parametrize("targets", [(">Chưa", ""), ("", ">đến lúc."), (">Chưa", "> ")])
def test_a_unit_of_which_only_a_part_is_translated_is_refused(small, tmp_path, targets):
    taken = take([small], VI, read(changed(small, segmented(*targets)), tmp_path / "vi.xliff"))
    assert told(taken) == [
        f'vi.xliff, unit {exported_as(entries()[6])}: "Not yet.": only a part of it is translated. Translate every segment.'
    ]


def test_codes_that_a_tool_has_parted_and_marks_it_has_set_are_read(small, tmp_path):
    old = '<target><pc id="1" dataRefStart="d1" dataRefEnd="d2">Dừng</pc>'
    new = '<target><mrk id="m1" translate="yes"><sc id="1" dataRef="d1"/>Dừng<ec startRef="1" dataRef="d2"/></mrk>'
    assert read(changed(small, (old, new)), tmp_path / "vi.xliff")[1].translation == VIETNAMESE[1]


@pytest.mark.parametrize("tag", ["vi", "VI", "vi_VN", "vi-VN", "ko", ""])
def test_the_target_language_must_be_the_catalogs(small, tmp_path, tag):
    text = changed(small, ('trgLang="vi"', f'trgLang="{tag}"' if tag else ""))
    if tag.lower() == "vi":
        assert read(text, tmp_path / "vi.xliff")
    else:
        with pytest.raises(WrongUsage, match=f"its target language is {tag or 'not said'}"):
            read(text, tmp_path / "vi.xliff")


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_whatever_the_encoding(small, tmp_path, encoding):
    text = (
        xliff([small]).decode().replace("utf-8", encoding).replace("<xliff", f"{BOMB}<xliff", 1).replace("Yes", "&b;")
    )
    with pytest.raises(UnreadableInput, match="it declares a document type"):
        read(text.encode(encoding), tmp_path / "vi.xliff")


def test_words_about_a_document_type_are_no_document_type(small, tmp_path):
    assert read(changed(small, ("<xliff", "<!-- <!DOCTYPE x> --><xliff")), tmp_path / "vi.xliff")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<xliff",
        b"<html/>",
        b'<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2"/>',
        b'<?xml version="1.0" encoding="klingon"?><xliff/>',
        b'<?xml version="1.0" encoding="utf-7"?><xliff/>',
        b'<?xml version="1.0" encoding="shift_jis"?><xliff/>',
        f'<xliff xmlns="{NAMESPACE}"><file><unit><segment><source>{"<pc>" * 20000}{"</pc>" * 20000}'.encode()
        + b"</source></segment></unit></file></xliff>",
    ],
)
def test_what_is_no_xliff_is_refused(tmp_path, content):
    with pytest.raises(UnreadableInput, match="XLIFF"):
        read(content, tmp_path / "vi.xliff")


@given(data=st.data())
@SAME
def test_a_damaged_xliff_is_read_or_refused(small, data):
    content = bytearray(xliff([small]))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(HandoutsError):
        take([small], VI, read(bytes(content), small.path.with_name("vi.xliff")))


CHILDREN = {
    "xliff": "(file )+",
    "file": "(unit )+",
    "unit": "(notes )?(originalData )?(segment )+",
    "notes": "(note )+",
    "originalData": "(data )+",
    "segment": "source (target )?",
    "source": "((ph|pc) )*",
    "target": "((ph|pc) )*",
    "pc": "((ph|pc) )*",
    "ph": "",
    "note": "",
    "data": "",
}
"""What the core schema lets stand in the elements that we write (XLIFF 2.1 §4.2), and below, which attributes."""
TOKEN = r"[\w.:-]+"
ATTRIBUTES = {
    "xliff": {"version": r"2\.1", "srcLang": "en", "trgLang": r"[a-z]{2,3}(-\w+)*"},
    "file": {"id": TOKEN, "original": ".+"},
    "unit": {"id": TOKEN, "name": ".+"},
    "data": {"id": TOKEN},
    "segment": {"state": "initial|translated|reviewed|final"},
    "ph": {"id": TOKEN, "dataRef": TOKEN, "disp": ".+"},
    "pc": {"id": TOKEN, "dataRefStart": TOKEN, "dataRefEnd": TOKEN},
}


@pytest.mark.parametrize("tag", ["es-US", "ar", "zh-Hant", "so"])
def test_what_is_written_keeps_to_the_schema_of_the_core(tag):
    root = ET.fromstring(xliff(exportable(built_in(), tag)))
    for element in root.iter():
        name = element.tag.removeprefix(f"{{{NAMESPACE}}}")
        children = "".join(f"{child.tag.removeprefix(f'{{{NAMESPACE}}}')} " for child in element)
        assert re.fullmatch(CHILDREN[name], children), (name, children)
        for key, value in element.attrib.items():
            assert re.fullmatch(ATTRIBUTES[name][key], value), (name, key, value)
    for unit in root.iter(f"{{{NAMESPACE}}}unit"):
        _keeps_to_the_rules(unit)


def _keeps_to_the_rules(unit):
    """Identifiers stand once, references lead to something, and a code is the same in source and target (§4.3.1)."""
    space = {"x": NAMESPACE}
    known = [data.get("id") for data in unit.iterfind("x:originalData/x:data", space)]
    assert len(known) == len(set(known))
    (segment,) = unit.iterfind("x:segment", space)
    codes = []
    for side in ("source", "target"):
        found = {}
        for code in (segment.find(f"x:{side}", space) or ET.Element("none")).iter():
            if identifier := code.get("id"):
                assert identifier not in found
                found[identifier] = code.attrib
                assert {value for key, value in code.attrib.items() if key.startswith("dataRef")} <= set(known)
        codes.append(found)
    source, target = codes
    assert all(source[identifier] == attributes for identifier, attributes in target.items())
    assert segment.get("state") == "initial" or segment.find("x:target", space) is not None
