"""Catalogs: every file in tests/data/catalogs, the clinic's over the built-in, and which language serves whom."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbench import DATA

from handouts import builtin
from handouts.content.catalog import Catalog, best_language, languages, load_catalog, source_catalog
from handouts.errors import CatalogError

VALID = sorted((DATA / "catalogs" / "valid").glob("*.po"))
INVALID = sorted((DATA / "catalogs" / "invalid").glob("*.po"))


def read(clinic, content: bytes, language: str = "es-US") -> Catalog:
    folder = clinic / "locales" / language / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "small.po").write_bytes(content)
    return load_catalog("small", language, clinic)


def po(*messages: str) -> bytes:
    return "\n\n".join(('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"', *messages)).encode()


def message(source: str, translation: str, *, fuzzy: bool = False) -> str:
    return f'{"#, fuzzy" + chr(10) if fuzzy else ""}msgid "{source}"\nmsgstr "{translation}"\n'


def test_there_are_valid_and_invalid_catalogs():
    assert len(VALID) >= 5
    assert len(INVALID) >= 20


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_a_valid_catalog_is_read(path, tmp_path):
    assert isinstance(read(tmp_path, path.read_bytes()), Catalog)


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_an_invalid_catalog_is_refused_with_its_line_and_reason(path, tmp_path):
    with pytest.raises(CatalogError) as caught:
        read(tmp_path, path.read_bytes())
    said = "".join(f"{fault.where}: {fault.problem}\n" for fault in caught.value.faults)
    assert said == path.with_suffix(".txt").read_text("utf-8")


def test_messages_are_found_by_source_and_context(tmp_path):
    catalog = read(tmp_path, (DATA / "catalogs" / "valid" / "everything.po").read_bytes())
    assert catalog.translated("Come early.") == "Venga temprano."
    assert catalog.translated("Yes", "answer") == "Sí"
    assert catalog.translated("Yes") == "Eso es"
    assert catalog.translated("Yes", "other") is None
    assert catalog.translated("Come <strong>by %(until)s</strong>.") == "<strong>A las %(until)s</strong>, venga."
    assert catalog.translated("Old.") is None
    assert catalog.untranslated == ()


def test_fuzzy_empty_and_plural_messages_are_never_used_and_all_listed(tmp_path):
    catalog = read(tmp_path, (DATA / "catalogs" / "valid" / "unusable.po").read_bytes())
    assert dict(catalog.messages) == {("", "Good."): "Bueno."}
    assert [source for _, source in catalog.untranslated] == [
        "Fuzzy.",
        "Empty.",
        "Only spaces.",
        "One thing.",
        "Was 5 hours.",
    ]


def test_english_is_its_own_translation_and_needs_no_file():
    assert load_catalog("small", "en", None) == source_catalog()
    assert source_catalog().translated("Come early.", "anything") == "Come early."


def test_a_catalog_that_is_not_there_is_a_fault(tmp_path):
    with pytest.raises(CatalogError, match=r"locales/es-US: there is no small\.po"):
        load_catalog("small", "es-US", tmp_path)


@pytest.fixture
def two_roots(tmp_path, monkeypatch):
    """A built-in catalog, and a clinic's folder to put another over it."""
    monkeypatch.setattr(builtin, "locales", lambda: tmp_path / "built-in" / "locales")
    read(
        tmp_path / "built-in",
        po(message("One.", "Uno."), message("Two.", "Dos."), message("Three.", "Tres."), message("Four.", "")),
    )
    return tmp_path / "clinic"


def test_a_clinics_message_stands_over_the_built_in_one(two_roots):
    catalog = read(
        two_roots, po(message("Two.", "Par."), message("Three.", "Trío.", fuzzy=True), message("Four.", "Cuatro."))
    )
    assert [catalog.translated(each) for each in ("One.", "Two.", "Three.", "Four.")] == [
        "Uno.",
        "Par.",
        "Tres.",
        "Cuatro.",
    ]
    assert catalog.untranslated == ()


def test_without_a_file_of_the_clinics_the_built_in_one_serves(two_roots):
    assert load_catalog("small", "es-US", two_roots).translated("Two.") == "Dos."
    assert load_catalog("small", "es-US", two_roots).untranslated == (("", "Four."),)


def test_languages_are_those_with_a_catalog_english_first(two_roots):
    read(two_roots, po(), language="de")
    assert languages("small", two_roots) == ("en", "de", "es-US")
    assert languages("small", None) == ("en", "es-US")
    assert languages("nothing", two_roots) == ("en",)


@pytest.mark.parametrize(
    ("wanted", "available", "best"),
    [
        ("es-US", ("en", "es", "es-US"), "es-US"),  # the tag itself
        ("es-MX", ("en", "es-US"), "es-US"),  # another region
        ("es-419", ("en", "es-US"), "es-US"),
        ("es", ("en", "es-US"), "es-US"),
        ("ES-us", ("en", "es-US"), "es-US"),  # tags are not case-sensitive (BCP 47 §2.1.1)
        ("en-GB", ("en",), "en"),
        ("zh-TW", ("en", "zh-Hans"), None),  # another script
        ("zh-TW", ("en", "zh-Hans", "zh-Hant"), "zh-Hant"),
        ("zh-HK", ("zh-Hant",), "zh-Hant"),
        ("zh-CN", ("zh-Hans",), "zh-Hans"),
        ("zh-Hans-TW", ("zh-Hans",), "zh-Hans"),
        ("zh", ("zh-Hans", "zh-Hant"), "zh-Hans"),
        ("sr-Latn", ("sr",), None),
        ("sr", ("sr-Latn", "sr-Cyrl"), "sr-Cyrl"),
        ("pa-PK", ("pa",), None),
        ("pt-PT", ("en", "pt-BR"), "pt-BR"),  # decided: better than English
        ("pt-BR", ("pt-PT",), "pt-PT"),
        ("pt", ("pt-PT", "pt-BR"), "pt-PT"),  # the clinic's order
        ("iw", ("he",), "he"),  # the old code of Hebrew
        ("en-US-u-hc-h12", ("en",), "en"),  # an extension
        ("es-x-private", ("es-US",), "es-US"),
        ("ht", ("en", "fr"), None),  # Haitian Creole is no French
        ("yue", ("zh-Hant",), None),
        ("und", ("en",), None),  # nobody knows that it is English
        ("zxx", ("en",), None),
        ("", ("en",), None),
        ("fr", (), None),
    ],
)
def test_a_reader_is_served_in_the_same_language_and_script(wanted, available, best):
    assert best_language(wanted, available) == best


@given(st.text(max_size=20) | st.from_regex(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,4}", fullmatch=True))
def test_any_tag_has_an_answer(tag):
    assert best_language(tag, ("en", "es-US", "zh-Hans")) in {None, "en", "es-US", "zh-Hans"}


PIECES = st.sampled_from(
    ('msgid ""', 'msgstr ""', 'msgid "a"', 'msgstr "b"', '"c"', 'msgctxt "d"', 'msgid_plural "e"', 'msgstr[0] "f"', 'msgstr[9] "g"',
     "#, fuzzy", "#~ msgid", "#: a:1", "#| x", "#", r'"Plural-Forms: nplurals=x;\n"', r'"Content-Type: text/plain; charset=utf-7\n"', r'"Language: !!\n"',
     r'"POT-Creation-Date: yesterday\n"', r'"PO-Revision-Date: 2026-99-99 99:99+9999\n"', r'"Content-Type: x\n"', 'msgid "%(x)s"', r'msgstr "\x"', "\\", '"', "words",
     "msgstr[", "msgstr[x]", "\ufeff")
)  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=120)
    | st.lists(PIECES, max_size=12).map(lambda pieces: "\n".join(pieces).encode())
    | st.lists(PIECES, max_size=12).map(lambda pieces: " ".join(pieces).encode())
)
def test_whatever_a_file_holds_it_becomes_a_catalog_or_a_catalog_error(tmp_path, content):
    try:
        read(tmp_path, content)
        faults = ()
    except CatalogError as trouble:
        faults = trouble.faults
    assert all(fault.where.startswith("locales/es-US/LC_MESSAGES/small.po") for fault in faults)
