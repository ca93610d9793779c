"""language.toml: what is known of a language, how its words are found, and what is said of a file that is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handouts import builtin
from handouts.errors import CatalogError
from handouts.translate.language import Lexicon, read_language
from handouts.translate.negation import denials

TAGS = sorted(path.parent.name for path in builtin.locales().glob("*/language.toml"))


@pytest.mark.parametrize("tag", TAGS)
def test_every_file_that_comes_with_the_program_is_read(tag):
    language = read_language(builtin.locales(), tag)
    for lexicon in (language.negation, language.unless, language.particles, *language.numbers.values()):
        assert all(lexicon.found(word.replace("*", "").replace("…", " x ")) for word in lexicon.words)


@pytest.mark.parametrize("tag", TAGS)
def test_no_word_is_right_and_forbidden_at_once(tag):
    for term, (_, say, never) in read_language(builtin.locales(), tag).glossary.items():
        assert not [word for word in say.words if never.found(word.replace("*", ""))], term


@pytest.mark.parametrize(
    ("tag", "scripts"),
    [
        ("de", {"Latn"}),
        ("ru", {"Cyrl"}),
        ("zh-Hans", {"Hani"}),
        ("zh-Hant", {"Hani"}),
        ("ja", {"Hani", "Hira", "Kana"}),
        ("ko", {"Hang", "Hani"}),
        ("sr", {"Cyrl"}),
        ("sr-Latn", {"Latn"}),
        ("pa", {"Guru"}),
        ("yi", {"Hebr"}),
        ("qqq", {"Latn"}),
    ],
)
def test_the_scripts_of_a_language(tag, scripts):
    assert read_language(builtin.locales(), tag).scripts == scripts


def test_a_language_without_a_file_has_no_words(tmp_path):
    language = read_language(tmp_path, "qqq")
    assert not language.negation
    assert language.numbers == {}
    assert language.glossary == {}


def test_a_clinics_file_stands_in_place_of_the_programs(tmp_path):
    write(tmp_path, '[negation]\nwords = ["nö"]\n')
    assert read_language(tmp_path, "de").negation.words == ("nö",)
    assert "nicht" in read_language(tmp_path, "fr").negation.words or read_language(tmp_path, "fr").negation


def write(folder, content: str | bytes) -> None:
    path = folder / "de" / "language.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[negation\n", "locales/de/language.toml: it is not TOML: "),
        (b"[negation]\nwords = ['\xff']\n", "locales/de/language.toml: it is not TOML: "),
        ('[negation]\nword = ["nicht"]\n', 'locales/de/language.toml, "negation.word": '),
        ('[negation]\nwords = "nicht"\n', 'locales/de/language.toml, "negation.words": '),
        ('[negation]\nwords = [""]\n', 'locales/de/language.toml, "negation.words.0": '),
        ('[negation]\nwords = ["*"]\n', 'locales/de/language.toml, "negation.words.0": '),
        ('[negation]\nwords = ["a … …"]\n', 'locales/de/language.toml, "negation.words.0": '),
        ('[numbers]\ntwo = ["zwei"]\n', 'locales/de/language.toml, "numbers.two": '),
        ('[numbers]\n2 = "zwei"\n', 'locales/de/language.toml, "numbers.2": '),
        ('[quotes]\npairs = [["„"]]\n', 'locales/de/language.toml, "quotes.pairs.0'),
        ('[quotes]\npairs = [["„", ""]]\n', 'locales/de/language.toml, "quotes.pairs.0'),
        ('[negation]\nwords = ["nicht"]\nconcord = ["nichts"]\n', 'locales/de/language.toml, "negation": '),
        ('[negation]\nwords = ["nicht"]\nfirst_halves = ["ne"]\n', 'locales/de/language.toml, "negation": '),
        ('[glossary]\n"ketamine" = "Ketamin"\n', 'locales/de/language.toml, "glossary.ketamine": '),
        ('[glossary]\n"ketamine" = { says = ["Ketamin"] }\n', 'locales/de/language.toml, "glossary.ketamine.says": '),
        ("[more]\n", 'locales/de/language.toml, "more": '),
    ],
)
def test_a_wrong_file_is_told_of_with_its_place_and_what_to_do(tmp_path, content, told):
    write(tmp_path, content)
    with pytest.raises(CatalogError) as caught:
        read_language(tmp_path, "de")
    assert str(caught.value).startswith(told)
    assert all(fault.remedy for fault in caught.value.faults)


def test_all_that_is_wrong_with_a_file_is_told_at_once(tmp_path):
    write(tmp_path, '[negation]\nwords = [""]\nmore = 1\n[numbers]\nx = []\n[glossary]\n"a" = 1\n')
    with pytest.raises(CatalogError) as caught:
        read_language(tmp_path, "de")
    assert len(caught.value.faults) == 4


SPACED = [
    ("no", "No coma.", "no"),
    ("no", "Noche", ""),
    ("no", "vino", ""),
    ("n’*", "n'ai", "n'"),
    ("n'*", "N’AI", "n'"),
    ("kein*", "keine", "kein"),
    ("*kein", "zukein", "kein"),
    ("si … no", "Si usted lo dice, no.", "si usted lo dice, no"),
    ("si … no", "Si usted. No.", ""),
    ("न", "नहीं", ""),
    ("न", "न करें", "न"),
    ("no", "%(no)s", ""),
    ("strong", "<strong>a</strong>", ""),
    ("a b", "a b", "a b"),
]


@pytest.mark.parametrize(("word", "text", "found"), SPACED)
def test_a_word_is_found_whole_where_words_are_spaced(word, text, found):
    assert Lexicon((word,), spaced=True).found(text) == found


def test_a_word_is_found_anywhere_where_words_are_not_spaced():
    assert Lexicon(("不",), spaced=False).found("请不要") == "不"
    assert Lexicon(("않",), spaced=False).count("않고 않음") == 2


@given(st.lists(st.text(max_size=8), max_size=4), st.text(max_size=40), st.booleans())
def test_any_words_are_looked_for_in_any_text(words, text, spaced):
    lexicon = Lexicon(
        tuple(word for word in words if all(any(map(str.isalnum, part)) for part in word.split("…"))), spaced=spaced
    )
    assert bool(lexicon.found(text)) == bool(lexicon.count(text))


@pytest.mark.parametrize(
    ("tag", "text", "count"),
    [
        ("es-US", "No coma nada.", 1),
        ("es-US", "No coma ni beba nada.", 2),
        ("es-US", "Ni comida, ni bebida.", 2),
        ("es-US", "Nada de nada.", 2),
        ("fr", "Ne mangez rien.", 1),
        ("fr", "Je n’ai rien omis et rien ajouté.", 2),
        ("fr", "Vous n’êtes plus malade.", 1),
        ("fa", "هیچ‌چیز نخورید.", 1),
        ("fa", "هیچ.", 1),
        ("ru", "Не ешьте ничего.", 1),
        ("ht", "Pèsonn pa reponn.", 1),
        ("de", "Nicht essen, nichts trinken.", 2),
    ],
)
def test_what_is_said_in_two_words_denies_once(tag, text, count):
    assert denials(text, read_language(builtin.locales(), tag)) == count


def test_what_says_unless_denies_nothing():
    spanish = read_language(builtin.locales(), "es-US")
    assert denials("No lo deje si no se lo decimos.", spanish) == 2
    assert denials("No lo deje si no se lo decimos.", spanish, unless=True) == 1
