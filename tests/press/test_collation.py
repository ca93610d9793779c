"""Names are sorted as CLDR sorts them in a language, whatever the machine is set to."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handouts.press.collation import sort_key

ROOT = ["", "ht", "en", "en-US", "hmn", "xx-Latn"]
"""Languages that CLDR sorts as the root, or has never heard of."""
IN_ORDER = {
    "en": ["Abel", "Åberg", "Abt", "Nunez", "Núñez", "Nz", "Ørsted", "Oz", "Zorn", "Иванов", "김", "王"],
    "es-US": ["Nunez", "Núñez", "Nz", "Ñandu", "Oz"],
    "sv": ["Abel", "Zorn", "Åberg", "Ärlig", "Öberg"],
    "da": ["Abel", "Zorn", "Ærø", "Ørsted", "Åberg"],
    "vi": ["An", "Ân", "Dz", "Đặng", "Ông", "Ơn"],
    "vi ": ["La", "Là", "Lả", "Lã", "Lá", "Lạ"],  # the tones, in their order
    "cs": ["Cyril", "Čapek", "Horák", "Chalupa", "Ibl"],
    "tr": ["Ilhan", "İlhan", "Jale"],
    "zh": ["李", "王", "张", "Zorn"],  # by pinyin: li, wang, zhang
    "zh-Hant": ["王", "李", "張", "Zorn"],  # by strokes: 4, 7, 11
    "ko": ["김", "박", "이", "Kim"],
    "ru": ["Иванов", "Йорк", "Яковлев", "Abel"],
    "ar": ["أحمد", "باسم", "ياسر", "Abel"],
    "ja": ["あべ", "いとう", "さとう", "わだ"],
}


@pytest.mark.parametrize(("language", "names"), IN_ORDER.items())
def test_names_stand_as_cldr_has_them(language, names):
    shuffled = random.Random(1).sample(names, len(names))
    assert sorted(shuffled, key=sort_key(language.strip())) == names


def test_accents_count_less_than_letters_and_case_least():
    key = sort_key("en")
    names = ["cote", "Cote", "coté", "Coté", "côte", "cotes"]
    assert sorted(random.Random(3).sample(names, len(names)), key=key) == names


def test_a_space_comes_before_every_letter_and_punctuation_before_none():
    names = ["de la Cruz", "De Vries", "Dean", "O’Neil", "O'Neil", "ONeil"]
    found = sorted(names, key=sort_key("en"))
    assert found[:3] == ["de la Cruz", "De Vries", "Dean"]
    assert found[-1] == "ONeil"


@pytest.mark.parametrize("language", ROOT)
def test_a_language_without_an_order_of_its_own_is_sorted_as_the_root(language):
    key, root = sort_key(language), sort_key("")
    assert all(key(name) == root(name) for names in IN_ORDER.values() for name in names)


def test_letters_count_the_same_however_their_marks_are_written():
    for language, names in IN_ORDER.items():
        key = sort_key(language.strip())
        for name in names:
            assert key(unicodedata.normalize("NFD", name)) == key(unicodedata.normalize("NFC", name))
    below_first = "a\u0323\u0302", "a\u0302\u0323"  # two marks, written in either order
    assert sort_key("vi")(below_first[0]) == sort_key("vi")(below_first[1])


def test_a_long_name_has_its_whole_key():
    key = sort_key("en")
    assert key("é" * 400 + "a") < key("é" * 400 + "b")
    assert len(key("é" * 400)) > 400


@given(st.text())
def test_every_text_has_a_key_that_is_its_own_again(text):
    key = sort_key("es-US")
    assert key(text) == key(text)
    assert key(text) <= key(text + "a")


@pytest.mark.parametrize("machine", ["C", "sv_SE.UTF-8", "es_ES.UTF-8", "tr_TR.UTF-8", "nonsense"])
def test_no_setting_of_the_machine_counts(machine):
    program = (
        "from handouts.press.collation import sort_key\n"
        "names = ['Zorn', 'Åberg', 'Nz', 'Ñandu', 'ch', 'cz', 'I', 'i', 'İ', 'j']\n"
        "print([[key(name).hex() for name in names] for key in map(sort_key, ('', 'en', 'xx', 'es-US'))])"
    )
    here = {**os.environ, "LC_ALL": machine, "LANG": machine, "LANGUAGE": machine, "PYTHONUTF8": "1"}
    plain = {**os.environ, "LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "1"}
    found, expected = (
        subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, check=True).stdout
        for env in (here, plain)
    )
    assert found == expected
