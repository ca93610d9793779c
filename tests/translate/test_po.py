"""PO files: what is read is written again, to the byte as gettext's tools write it; what is no PO is refused with its line."""

from __future__ import annotations

import re

import gnu_gettext
import pytest
from any_po import HEAD, OF_GETTEXT, any_text, entries, files, paragraphs
from hypothesis import given, settings
from hypothesis import strategies as st

from handouts import builtin
from handouts.content.po import Entry, PoFile, read_po, written
from handouts.errors import CatalogError

CATALOGS = sorted((*builtin.locales().glob("*.pot"), *builtin.locales().glob("*/LC_MESSAGES/*.po")))
OURS = [path.relative_to(builtin.locales()).as_posix() for path in CATALOGS]
START = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
LONG = "Do not eat or drink anything after this time, and do not take your medicine with more than a sip of water."


def read(text: str | bytes) -> PoFile:
    return read_po(text if isinstance(text, bytes) else text.encode(), "vi.po")


def refused(text: str | bytes) -> str:
    with pytest.raises(CatalogError) as caught:
        read(text)
    return str(caught.value)


def message(*lines: str, then: str = 'msgid "One."\nmsgstr "Một."') -> str:
    return START + "".join(f"{line}\n" for line in (*lines, *then.split("\n")))


def msgcat(text: str, *wrap: object) -> str:
    return gnu_gettext.run("msgcat", "--force-po", *wrap, "-", content=text.encode()).decode()


def test_there_are_catalogs_to_look_at():
    assert len(OURS) > 50


@pytest.mark.parametrize("path", CATALOGS, ids=OURS)
def test_every_catalog_of_ours_is_read_and_written_to_the_same_bytes(path):
    assert written(read(path.read_bytes())).encode() == path.read_bytes()


@pytest.mark.parametrize("path", CATALOGS, ids=OURS)
def test_every_catalog_of_ours_is_what_msgcat_writes(path):
    assert gnu_gettext.run("msgcat", path) == path.read_bytes()


@pytest.mark.parametrize("path", [p for p in CATALOGS if p.suffix == ".po"], ids=[p for p in OURS if p.endswith(".po")])
def test_msgfmt_finds_nothing_wrong_with_a_catalog_of_ours(path):
    gnu_gettext.run("msgfmt", "--check", "-o", "/dev/null", path)


@given(files(paragraphs, OF_GETTEXT))
@settings(max_examples=50)
def test_what_is_written_is_what_msgcat_writes(po):
    assert msgcat(written(po)) == written(po)


@given(files(any_text))
@settings(max_examples=200)
def test_whatever_is_written_is_read_again_as_it_was(po):
    assert read(written(po)) == po


@given(files(any_text), st.sampled_from(["\r\n", "\n\n\n", " \n"]))
def test_windows_line_ends_and_spare_spaces_change_nothing(po, end):
    lines = written(po).split("\n")
    assert read(end.join(lines)) == po


@given(files(paragraphs, OF_GETTEXT), st.just(["--no-wrap"]) | st.integers(20, 200).map(lambda width: ["-w", width]))
@settings(max_examples=50)
def test_lines_wrapped_at_any_width_or_not_at_all_change_nothing(po, wrap):
    assert read(msgcat(written(po), *wrap)) == po


@given(st.binary())
def test_any_bytes_are_a_file_or_a_fault_with_its_line(content):
    _read_or_refused(content)


PIECES = (
    "msgid", "msgstr", "msgstr[0]", "msgstr[1]", "msgid_plural", "msgctxt", ' "One."', ' ""', ' "', '"', "\\", "\\q", "\\x", "\\777",
    "\n", "\n\n", "\r", "#", "# a", "#. b", "#: c d", "#, fuzzy", "#| msgid", "#~ ", "#~| ", "\x00", "\x85", "é", "\ufeff", "charset=x",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@settings(max_examples=400)
def test_pieces_of_a_file_in_any_order_are_a_file_or_a_fault_with_its_line(text):
    _read_or_refused(text.encode())


def _read_or_refused(content: bytes) -> None:
    try:
        found = read(content)
    except CatalogError as trouble:
        for fault in trouble.faults:
            line = re.fullmatch(r"vi\.po, line (\d+)", fault.where)
            assert line
            assert 1 <= int(line[1]) <= content.count(b"\n") + 1
            assert fault.problem
            assert fault.remedy
    else:
        assert read(written(found)) == found


@given(files(any_text), st.data())
def test_a_file_cut_off_anywhere_is_a_file_or_a_fault(po, data):
    content = written(po).encode()
    _read_or_refused(content[: data.draw(st.integers(0, len(content)))])


@given(entries(any_text))
def test_a_translation_that_is_set_is_no_longer_fuzzy(entry):
    assert not entry.translated("Một.").fuzzy
    assert entry.translated("Một.").previous == ()
    assert entry.translated("Một.").comments == entry.comments


def test_a_line_is_never_broken_within_an_escape_or_a_placeholder():
    for filler in range(60, 80):
        entry = Entry("x", (f'{"a" * filler}. \\\\\\ "q" %(emergency_number)s, %(until)s.\n',))
        text = written(PoFile(HEAD, (entry,)))
        assert read(text).entries == (entry,)
        assert all(place in text for place in ("%(emergency_number)s", "%(until)s"))


@pytest.mark.parametrize("sign", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_only_a_line_feed_begins_a_new_line_of_the_file(sign):
    assert f'msgstr "a{sign}b"'.translate({0x0B: "\\v", 0x0C: "\\f"}) in written(
        PoFile(HEAD, (Entry("x", (f"a{sign}b",)),))
    )


def test_what_is_marked_no_wrap_stands_on_one_line():
    text = message("#, no-wrap", then=f'msgid "{LONG}"\nmsgstr "{LONG}"')
    assert written(read(text)) == text == msgcat(text)


def test_comments_flags_and_previous_sources_are_kept_in_the_order_of_gettext():
    mixed = '#, max-length:20, fuzzy\n#| msgid "Two."\n#: a b\n#. told\n#   said \n#said\nmsgid "One."\nmsgstr "Một."\n'
    (entry,) = read(START + mixed).entries
    assert entry.comments == ("   said", "said")
    assert entry.flags == ("fuzzy", "max-length:20")
    assert written(PoFile(None, (entry,))) == (
        '#   said\n#said\n#. told\n#: a b\n#, fuzzy, max-length:20\n#| msgid "Two."\nmsgid "One."\nmsgstr "Một."\n'
    )


def test_a_byte_order_mark_is_left_away():
    assert read(b"\xef\xbb\xbf" + START.encode()) == read(START)


def test_a_head_that_stands_further_down_is_still_the_head():
    assert read('msgid "One."\nmsgstr "Một."\n\n' + START).headers == {"Content-Type": "text/plain; charset=UTF-8"}


def test_bytes_in_escapes_are_utf_8_as_gettext_has_them():
    assert read(message(then=r'msgid "x"' + "\n" + r'msgstr "M\341\273\231t\x2e"')).entries[0].translation == "Một."


def test_obsolete_messages_keep_comments_flags_and_previous_sources():
    text = message("# once", "#, fuzzy", '#~| msgid "Uno."', '#~ msgid "One."', '#~ msgstr "Một."', then="")[:-1]
    assert written(read(text)) == text == msgcat(text)
    assert read(text).standing == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('msgid "One.\n', "line 4: this is no keyword with a text in quotes. Mend the line."),
        ('msgid "One."\nmsgstr "a"b"\n', "line 5: this is no keyword with a text in quotes."),
        ('msgid "One."\nmsgstr "a\\"\n', "line 5: this is no keyword with a text in quotes."),
        ("msgid One.\n", "line 4: this is no keyword with a text in quotes."),
        ("<<<<<<< HEAD\n", "line 4: this is no keyword with a text in quotes."),
        ('# lost\n"lost"\n', "line 5: this is no keyword with a text in quotes."),
        ('msgstr "a"\n', "line 4: msgstr cannot stand here."),
        ('msgid "One."\n', "line 5: the message before this line has no msgstr."),
        ('msgid "One."\n\nmsgid "Two."\n', "line 6: msgid cannot stand here."),
        ('msgid "One."\nmsgstr "a"\nmsgstr "b"\n', "line 6: msgstr cannot stand here."),
        ('msgid "One."\nmsgid_plural "Some."\nmsgstr "a"\n', "line 6: msgstr cannot stand here."),
        ('msgid "One."\nmsgid_plural "Some."\nmsgstr[1] "a"\n', "line 6: msgstr[1] stands here, and msgstr[0] is missing before it."),
        ('msgid "One."\nmsgstr "a\\q"\n', 'line 5: "\\q" is not an escape that PO files have.'),
        ('msgid "One."\nmsgstr "a\\303"\n', 'line 5: "\\303" is not an escape that PO files have.'),
        ('msgid "One."\nmsgstr "a\\777"\n', 'line 5: "\\777" is not an escape that PO files have.'),
        ('msgid "One."\n#~ msgstr "a"\n', "line 5: of the lines of this message only some begin with #~."),
        ('#~ msgid "One."\nmsgstr "a"\n', "line 5: of the lines of this message only some begin with #~."),
        ('#~ msgid "One."\n#~ msgstr "a"\n"b"\n', "line 6: of the lines of this message only some begin with #~."),
        ('#| "One."\nmsgid "a"\nmsgstr "a"\n', "line 4: this is no keyword with a text in quotes."),
        ("# said\n\n", "line 4: no message follows this comment. Put it above a message, or take it out."),
        ("#, fuzzy\n", "line 4: no message follows this comment."),
        ('msgid "One."\nmsgstr "a"\nmsgid "One."\nmsgstr "b"\n', 'line 6: the message "One." stands twice, first in line 4.'),
        ('msgid "One."\nmsgstr "a"\nmsgctxt ""\nmsgid "One."\nmsgstr "b"\n', 'line 7: the message "One." stands twice, first in line 4.'),
        ('msgid ""\nmsgstr "a"\n', 'line 4: the message "" stands twice, first in line 1.'),
    ],
)  # fmt: skip
def test_what_is_no_po_is_refused_with_its_line_and_what_to_do(text, said):
    assert f"vi.po, {said}" in refused(START + text)


def test_a_message_needs_a_translation_for_each_plural_form():
    head = START.replace('8\\n"', '8\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"')
    some = 'msgid "One."\nmsgid_plural "Some."\nmsgstr[0] "a"\n'
    assert 'line 5: the message "One." has 1 plural forms of 2. Write msgstr[0] and so on' in refused(head + some)
    assert read(head + some + 'msgstr[1] "b"\n').entries[0].translations == ("a", "b")
    assert read(head + some.replace('"a"', '""')).entries[0].translations == ("",)


@pytest.mark.parametrize("charset", ["ISO-8859-1", "windows-1258"])
def test_another_charset_is_refused_with_how_to_convert_it(charset):
    text = START.replace("UTF-8", charset)
    assert f"vi.po, line 2: its header says charset={charset}." in refused(text)
    long = "".join(f"# {LONG}\n" for _ in range(50))
    said = refused((long + text).encode() + b'msgid "One."\nmsgstr "\xe9"\n')
    assert said == f"vi.po, line 55: its characters are not UTF-8. Convert it: msgconv -t UTF-8 (it says {charset})."


def test_a_sentence_that_tells_of_a_charset_is_no_head():
    assert read(message(then='msgid "charset=latin1"\nmsgstr "charset=latin1"'))
