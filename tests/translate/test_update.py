"""Catalogs brought up to date: nothing is lost, nothing moves without need, and the rest is as msgmerge does it."""

from __future__ import annotations

import os
import re
import shutil
from datetime import date
from pathlib import Path

import gnu_gettext
import pytest
from any_po import files, paragraphs
from hypothesis import given, settings
from workbench import TITLE, small

from handouts import builtin
from handouts.content.messages import Message
from handouts.content.po import Entry, PoFile, read_po, written
from handouts.errors import CatalogError, WrongUsage
from handouts.translate.catalogs import begun, extract, update
from handouts.translate.domains import Domain, Locales, built_in, of_clinic
from handouts.translate.extract import HEAD, head, pot
from handouts.translate.update import updated

DAY = date(2026, 3, 4)
START = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def read(text):
    return read_po(text if isinstance(text, bytes) else text.encode(), "vi.po")


def po(*entries):
    return PoFile(head({**dict(HEAD), "Language": "vi"}, (" Ours.",)), entries)


def template(*sources):
    return pot(Domain("small", [Message(*(each if isinstance(each, tuple) else ("", each))) for each in sources]))


def merged(old: PoFile, new: PoFile, folder: Path) -> str:
    """What msgmerge makes of them."""
    (folder / "old.po").write_text(written(old), "utf-8")
    (folder / "new.pot").write_text(written(new), "utf-8")
    return gnu_gettext.run("msgmerge", "-q", "--previous", folder / "old.po", folder / "new.pot").decode()


# ---- one catalog


@given(files(paragraphs))
def test_what_is_up_to_date_stays_as_it_is(old):
    standing = [entry for entry in old.entries if not entry.obsolete]
    new = PoFile(None, tuple(Entry(e.source, tuple("" for _ in e.translations), e.context, e.plural, extracted=e.extracted, references=e.references, flags=tuple(f for f in e.flags if f.endswith("-format"))) for e in standing))  # fmt: skip
    once = updated(old, new)
    assert updated(once, new) == once
    assert [entry.translations for entry in once.entries[: len(standing)]] == [entry.translations for entry in standing]
    assert [entry.comments for entry in once.entries[: len(standing)]] == [entry.comments for entry in standing]


@given(files(paragraphs), files(paragraphs))
@settings(max_examples=200)
def test_no_translation_is_ever_lost_unless_its_message_has_another(old, new):
    new = PoFile(None, tuple(entry for entry in new.entries if not entry.obsolete))
    had = {text for entry in old.entries if entry.plural is None for text in entry.translations}
    has = {text for entry in updated(old, new).entries for text in entry.translations}
    twice = {e.key for e in old.entries if e.obsolete} & {e.key for e in old.entries if not e.obsolete}
    assert had - {""} <= has | {text for e in old.entries if e.key in twice for text in e.translations}


def test_a_changed_sentence_is_fuzzy_with_its_previous_source():
    found = updated(
        po(Entry("Do not eat after noon.", ("Không ăn sau buổi trưa.",), comments=(" Mine.",))),
        template("Do not eat after the noon."),
    )
    assert found.entries == (
        Entry(
            "Do not eat after the noon.",
            ("Không ăn sau buổi trưa.",),
            comments=(" Mine.",),
            extracted=("It says that something is not so, or is not to be done: two people review it.",),
            flags=("fuzzy",),
            previous=(("msgid", "Do not eat after noon."),),
        ),
    )
    assert found.entries[0].translation == ""


def test_a_sentence_that_changed_twice_keeps_the_source_it_was_right_for():
    first = updated(po(Entry("Do not eat after noon.", ("A",))), template("Do not eat after the noon."))
    second = updated(first, template("Do not eat after the noon!"))
    assert second.entries[0].previous == (("msgid", "Do not eat after noon."),)


def test_a_sentence_that_is_quite_another_takes_nothing_over():
    found = updated(po(Entry("Do not eat after noon.", ("A",))), template("Call your doctor at once."))
    assert [(e.source, e.translations, e.obsolete) for e in found.entries] == [
        ("Call your doctor at once.", ("",), False),
        ("Do not eat after noon.", ("A",), True),
    ]


def test_what_has_the_same_words_in_another_context_is_fuzzy_and_not_taken_as_it_is():
    found = updated(po(Entry("Yes", ("Vâng",))), template(("answer", "Yes")))
    assert (found.entries[0].fuzzy, found.entries[0].previous) == (True, (("msgid", "Yes"),))


def test_what_is_gone_stands_at_the_end_with_comments_flags_and_previous_source():
    gone = Entry(
        "Gone.", ("Mất.",), comments=(" Mine.",), flags=("fuzzy", "max-length:20"), previous=(("msgid", "Went."),)
    )
    found = updated(po(Entry("Gone.", ("Mất.",), comments=(" Mine.",), extracted=("told",), references=("a.html",), flags=gone.flags, previous=gone.previous), Entry("Kept.", ("Giữ.",))), template("Kept."))  # fmt: skip
    assert [entry.source for entry in found.entries] == ["Kept.", "Gone."]
    assert found.entries[1] == Entry(**{**{n: getattr(gone, n) for n in Entry.__dataclass_fields__}, "obsolete": True})


def test_what_comes_back_is_taken_from_what_is_obsolete():
    there = po(Entry("One.", ("Một.",), comments=(" Mine.",)), Entry("Two.", ("Hai.",)))
    away = updated(there, template("Two."))
    assert updated(away, template("One.", "Two.")) == there


def test_what_came_back_empty_beside_its_obsolete_translation_takes_it():
    old = po(Entry("One.", ("",)), Entry("One.", ("Một.",), obsolete=True))
    assert updated(old, template("One.")).entries == (Entry("One.", ("Một.",)),)


def test_what_never_was_translated_leaves_nothing_behind():
    assert updated(po(Entry("Gone.", ("",))), template("Kept.")).entries == (Entry("Kept."),)


def test_the_order_is_that_of_the_template():
    old = po(*(Entry(name, (name.upper(),)) for name in "abc"))
    assert [entry.source for entry in updated(old, template("c", "a", "b")).entries] == ["c", "a", "b"]


def test_the_head_is_the_catalogs_own():
    old = PoFile(
        Entry("", ("Language: vi\nPO-Revision-Date: 2020-01-01 10:00+0700\nX-Generator: Poedit 3.4\nX-Poedit-Basepath: .\n",), comments=(" Mine.",), flags=("fuzzy",)),
        (),
    )  # fmt: skip
    assert updated(old, template("One.")).head == old.head


def test_flags_of_formats_are_the_templates_and_all_others_the_translators():
    old = po(Entry("%(a)s", ("%(a)s",), flags=("c-format", "max-length:20", "no-wrap")))
    assert updated(old, template("%(a)s")).entries[0].flags == ("python-format", "max-length:20", "no-wrap")


def test_a_message_that_has_plural_forms_no_longer_is_fuzzy():
    old = po(Entry("One.", ("Một.", "Nhiều."), plural="Some."))
    assert updated(old, template("One.")).entries == (
        Entry("One.", ("Một.",), flags=("fuzzy",), previous=(("msgid", "One."), ("msgid_plural", "Some."))),
    )


WAS = (
    Entry("Do not eat after this time.", ("A",), comments=(" Mine.",)),
    Entry("Do not drink at all today.", ("B",)),
    Entry("This one is doubtful already", ("E",), flags=("fuzzy",), previous=(("msgid", "It was that"),)),
    Entry("Empty and gone", ("",)),
    Entry("Empty and doubtful", ("",), flags=("fuzzy",)),
    Entry("In a context here", ("F",), context="here"),
    Entry("One thing is here.", ("p", "q"), plural="Some things."),
    Entry("Went away long ago.", ("G",), obsolete=True),
    Entry("Went away and comes back", ("H",), flags=("fuzzy",), previous=(("msgid", "old"),), obsolete=True),
)


@pytest.mark.parametrize(
    "sources",
    [
        ["Do not eat before this time.", "Do not drink at all today!"],
        ["This one is doubtful already.", "Empty and gone", "Empty and doubtful"],
        ["In a context there"],
        [("here", "In a context there"), "One thing is here."],
        ["One thing is there.", "Went away long ago!", "Went away and comes back"],
        [entry.source for entry in WAS if not entry.context],
        [],
    ],
)
def test_a_catalog_is_merged_as_msgmerge_does(sources, tmp_path):
    old = po(*WAS)
    new = template(*sources)
    assert _without_head(written(updated(old, new))) == _without_head(merged(old, new, tmp_path))


def _without_head(text):
    return text.partition("\n\n")[2]


# ---- what editors do to a file


CATALOG = builtin.locales() / "vi" / "LC_MESSAGES" / "ketamine-infusion.po"
TEMPLATE = builtin.locales() / "ketamine-infusion.pot"


def poedit(text):
    """As Poedit saves it on Windows: other wrapping, its own fields in the head, carriage returns."""
    done = gnu_gettext.run("msgcat", "-w", "120", "-", content=text.encode()).decode()
    done = done.replace('"Language: vi\\n"', '"Language: vi\\n"\n"X-Generator: Poedit 3.4.2\\n"', 1)
    return done.replace("\n", "\r\n")


def weblate(text):
    """As Weblate writes it: lines not wrapped, its own generator."""
    done = gnu_gettext.run("msgcat", "--no-wrap", "-", content=text.encode()).decode()
    return done.replace('"Language: vi\\n"', '"Language: vi\\n"\n"X-Generator: Weblate 5.4\\n"', 1)


EDITED = {
    "poedit": poedit,
    "weblate": weblate,
    "msgcat": lambda text: gnu_gettext.run("msgcat", "-w", "60", "-", content=text.encode()).decode(),
    "msgattrib": lambda text: gnu_gettext.run("msgattrib", "--no-fuzzy", "-", content=text.encode()).decode(),
    "msgmerge": lambda text: gnu_gettext.run("msgmerge", "-q", "-", TEMPLATE, content=text.encode()).decode(),
    "a byte order mark": lambda text: f"\ufeff{text}",
    "no last line end": lambda text: text.rstrip("\n"),
    "more empty lines": lambda text: text.replace("\n\n", "\n\n\n"),
    "no empty lines": lambda text: text.replace("\n\n", "\n"),
}


@pytest.mark.parametrize("name", EDITED)
def test_a_file_that_a_tool_saved_again_is_as_before_once_it_is_updated(name):
    text = CATALOG.read_text("utf-8")
    again = written(updated(read(EDITED[name](text)), read(TEMPLATE.read_bytes())))
    assert re.sub(r'"X-Generator: .*\n', "", again) == text


def test_what_an_editor_wrote_into_the_head_stays():
    again = updated(read(poedit(CATALOG.read_text("utf-8"))), read(TEMPLATE.read_bytes()))
    assert again.headers["X-Generator"] == "Poedit 3.4.2"
    assert again.headers["Last-Translator"] == "machine draft"


# ---- all catalogs of a folder


@pytest.fixture
def locales(tmp_path, monkeypatch):
    """A copy of three of our languages, one of which has the notice alone."""
    for tag in ("vi", "ko", "so"):
        shutil.copytree(builtin.locales() / tag, tmp_path / "locales" / tag)
    for path in builtin.locales().glob("*.pot"):
        shutil.copy(path, tmp_path / "locales")
    monkeypatch.setattr(builtin, "locales", lambda: tmp_path / "locales")
    return built_in()


def contents(locales: Locales) -> dict[str, bytes]:
    return {path.relative_to(locales.folder).as_posix(): path.read_bytes() for path in locales.folder.rglob("*.po*")}


def test_ours_are_up_to_date():
    found = built_in()
    assert not any(path.is_file() and text != path.read_bytes() for path, text in _made(found))


def _made(found):
    for tag in found.languages:
        for domain in found.domains:
            path = found.po(domain.name, tag)
            if path.is_file():
                yield path, written(updated(read(path.read_bytes()), pot(domain))).encode()


def test_an_update_of_what_is_up_to_date_touches_nothing(locales):
    before = contents(locales)
    times = {path: path.stat().st_mtime_ns for path in locales.folder.rglob("*") if path.is_file()}
    done = {**extract(locales), **update(locales, locales.languages, DAY)}
    assert not any(done.values())
    assert contents(locales) == before
    assert {path: path.stat().st_mtime_ns for path in locales.folder.rglob("*") if path.is_file()} == times


def test_a_language_with_the_notice_alone_gets_more_only_when_it_is_begun(locales):
    before = contents(locales)
    update(locales, ["so"], DAY)
    assert contents(locales) == before
    begun(locales, "so", DAY)
    assert contents(locales).keys() - before.keys() == {
        "so/LC_MESSAGES/ketamine-infusion.po",
        "so/LC_MESSAGES/handouts.po",
        "so/LC_MESSAGES/press.po",
    }


def test_a_catalog_that_a_language_lacks_is_begun(locales):
    locales.po("ketamine-infusion", "vi").unlink()
    update(locales, ["vi"], DAY)
    found = read(locales.po("ketamine-infusion", "vi").read_bytes())
    assert found.headers["PO-Revision-Date"] == "2026-03-04 00:00+0000"
    assert not any(entry.translation for entry in found.entries)


def test_a_catalog_without_a_head_gets_one_of_its_language(locales):
    path = locales.po("handouts", "vi")
    path.write_text(path.read_text("utf-8").partition("\n\n")[2], "utf-8")
    update(locales, ["vi"], DAY)
    assert read(path.read_bytes()).headers["Language"] == "vi"
    assert read(path.read_bytes()).head.comments == (" Vietnamese for Handouts.",)


BROKEN = {
    "syntax": (START + 'msgid "One.\nmsgstr ""\n', r"line 4: this is no keyword with a text in quotes\. Mend the line\."),
    "charset": (START.replace("UTF-8", "KOI8-R"), r"line 2: its header says charset=KOI8-R\. .*msgconv -t UTF-8"),
    "characters": (START.encode() + b'msgid "One."\nmsgstr "\xff"\n', r"line 5: its characters are not UTF-8\. Save it"),
    "plural": (
        START.replace("UTF-8\\n", "UTF-8\\nPlural-Forms: nplurals=2; plural=0;\\n") + 'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\n',
        r"line 4: the message \"a\" has 1 plural forms of 2\. Write msgstr\[0\]",
    ),
    "twice": (START + 'msgid "a"\nmsgstr "b"\nmsgid "a"\nmsgstr "c"\n', r"line 6: the message \"a\" stands twice, first in line 4\. Take one out"),
    "escape": (START + 'msgid "a"\nmsgstr "\\q"\n', r'line 5: "\\q" is not an escape that PO files have\. Mend the line\.'),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_catalog_that_cannot_be_read_is_left_as_it_was_and_the_others_are_done(locales, name):
    content, said = BROKEN[name]
    content = content if isinstance(content, bytes) else content.encode()
    bad, good = locales.po("handouts", "ko"), locales.po("handouts", "vi")
    bad.write_bytes(content)
    good.write_bytes(good.read_bytes().replace(b"\n\n", b"\n\n\n"))
    with pytest.raises(CatalogError, match=rf"locales/ko/LC_MESSAGES/handouts\.po, {said}"):
        update(locales, ["ko", "vi"], DAY)
    assert bad.read_bytes() == content
    assert b"\n\n\n" not in good.read_bytes()
    assert not list(locales.folder.rglob(".unfinished-*"))


@pytest.mark.parametrize("tag", ["sw-KE", "pt-BR", "am", "hmn", "sr-Latn"])
def test_a_new_language_has_all_messages_and_a_head_that_msgfmt_takes(locales, tag):
    done = begun(locales, tag, DAY)
    assert len(done) == len(locales.domains)
    for path, domain in zip(done, locales.domains, strict=True):
        gnu_gettext.run("msgfmt", "--check-header", "--check-format", "-o", os.devnull, path)
        found = read(path.read_bytes())
        assert list(found.standing) == [message.key for message in domain.messages]
        assert found.headers["Language"] == tag.replace("-", "_")


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("xx", "is no language tag that is known"),
        ("../vi", "is no language tag that is known"),
        ("pt_BR", "is no language tag that is known"),
        ("en-GB", "English is the language of the sources"),
        ("vi", "has catalogs already. handouts translate update vi does the rest."),
    ],
)
def test_what_is_no_new_language_is_refused(locales, tag, said):
    with pytest.raises(WrongUsage, match=re.escape(said)):
        begun(locales, tag, DAY)


def test_a_clinics_catalog_has_what_it_words_in_its_own_way_and_what_the_program_lacks(tmp_path):
    small(tmp_path, TITLE)
    (tmp_path / "clinic.toml").touch()
    locales = of_clinic(tmp_path)
    domain = built_in().domains[-2]
    own = locales.po("handouts", "vi")
    own.parent.mkdir(parents=True)
    own.write_text(written(po(Entry(domain.messages[0].source, ("Cho: %(name)s",)))), "utf-8")
    update(locales, ["vi"], DAY)
    assert [entry.source for entry in read(own.read_bytes()).entries] == [domain.messages[0].source]
    assert [entry.source for entry in read(locales.po("small", "vi").read_bytes()).entries] == ["Getting ready"]
    assert not locales.po("ketamine-infusion", "vi").exists()
