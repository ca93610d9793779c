"""Pseudo-catalogs: every language has whole documents to typeset, no blank is lost in them, and none of it is ever a packet."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from pseudo import LANGUAGES, PSEUDO, SAMPLES, domains, messages, pseudo, pseudo_catalog, pseudo_clinic, samples
from sound import FULL, LEFT_OUT

from handouts.content.blanks import blanks
from handouts.content.blocks import Text
from handouts.content.case import Case
from handouts.content.catalog import load_catalog
from handouts.content.editions import Editions
from handouts.content.facts import finding
from handouts.content.lint import lint_message
from handouts.content.press import printed
from handouts.intake.schedule import read

ROOT = Path(__file__).parent.parent
NAME = "ketamine-infusion"
TOKEN = re.compile(r"%\(\w+\)s|</?strong>|<a [^<>]*>|</a>")
SCRIPTS = {
    "zh-Hans": "CJK", "zh-Hant": "CJK", "ja": "HIRAGANA", "ko": "HANGUL", "ru": "CYRILLIC", "ar": "ARABIC", "fa": "ARABIC",
    "ur": "ARABIC", "he": "HEBREW", "hi": "DEVANAGARI", "th": "THAI", "am": "ETHIOPIC",
}  # fmt: skip
HARD = {
    "zh-Hans": "，。？！；", "zh-Hant": "，。？！；", "ja": "「」、。（）・ーっゃ！？", "vi": "ậễộửẵ", "fr": "\u202f’œÀ", "de": "ßÄäöü",
    "hi": "\u094dर्क्षज्ञश्र\u093c", "th": "\u0e48\u0e49\u0e33ๆไ", "fa": "\u200cگچپژ", "ur": "ےںٹڈڑھ۔", "he": "׳־", "am": "።፣፤፡",
    "ar": "\u0651\u064bؤئةى", "ru": "ёщъэ", "ht": "èò", "tl": "ñ", "pt": "ãçêõ", "ko": "꽃읽",
}  # fmt: skip
"""What is hard to set in each script and must stand in its samples."""


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """The editions of a demo clinic in twenty languages."""
    return Editions(pseudo_clinic(tmp_path_factory.mktemp("pseudo") / "clinic"))


def every_text(language):
    said = samples(language)
    return [*said.sentences, *said.phrases, *said.names, *said.addresses]


def test_every_language_but_english_and_spanish_has_samples():
    assert {path.stem for path in SAMPLES.glob("*.toml")} == set(PSEUDO)
    assert len(LANGUAGES) == len(set(LANGUAGES)) == 20
    assert set(LANGUAGES) - set(PSEUDO) == {"en", "es-US"}


@pytest.mark.parametrize("language", PSEUDO)
def test_the_samples_are_many_plain_and_in_the_script_of_their_language(language):
    said = samples(language)
    assert len(set(said.sentences)) >= 24
    assert len(set(said.phrases)) >= 16
    assert len(said.names) >= 3
    assert len(said.addresses) >= 2
    letters = [c for text in (*said.sentences, *said.phrases, *said.names) for c in text if c.isalpha()]
    script = SCRIPTS.get(language, "LATIN")
    assert sum(
        script in unicodedata.name(c) or (script == "HIRAGANA" and "CJK" in unicodedata.name(c)) for c in letters
    ) > (0.8 * len(letters))
    for text in (*said.sentences, *said.phrases):
        assert lint_message(text.replace("|", ""), language) == ()
    for text in every_text(language):
        assert unicodedata.is_normalized("NFC", text)
        assert text == text.strip()
    assert set(HARD.get(language, "")) <= set("".join(every_text(language)))


@pytest.mark.parametrize("language", PSEUDO)
@pytest.mark.parametrize("domain", domains())
def test_every_message_keeps_its_blanks_and_tags_in_their_order(language, domain, many):
    catalog = load_catalog(domain, language, many.clinic.folder)
    assert set(catalog.messages) == set(messages(domain))
    for (_, source), text in catalog.messages.items():
        assert TOKEN.findall(text) == TOKEN.findall(source)
        assert lint_message(text, language) == ()
        assert "|" not in text
        for tagged in re.findall(r"<strong>(.*?)</strong>", text):
            assert re.search(r"\w", tagged)


@pytest.mark.parametrize("language", PSEUDO)
def test_a_pseudo_catalog_says_about_as_much_as_its_source(language):
    catalog = pseudo_catalog(NAME, language)
    for (_, source), text in catalog.items():
        asked, given = (len(TOKEN.sub("", each)) for each in (source, text))
        assert asked < 60 or 0.6 < given / asked / samples(language).density < 1.7, (source, text)
    assert len(set(catalog.values())) > len(catalog) / 3


def test_a_message_is_the_same_at_every_run_and_another_in_another_context():
    program = "from pseudo import pseudo; print(ascii([pseudo('Take your time.', c, 'th') for c in 'abcdef']))"
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    ran = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in "12"
    ]
    here = [pseudo("Take your time.", context, "th") for context in "abcdef"]
    assert ran == [f"{here!a}\n"] * 2
    assert len(set(here)) > 1


def test_the_clinic_has_an_edition_in_every_language_for_its_readers(many):
    assert many.languages(NAME) == LANGUAGES
    assert many.clinic.demo
    readers = {"fil": "tl", "es": "es-US", "pt-BR": "pt", "zh-TW": "zh-Hant", "zh-CN": "zh-Hans", "iw": "he"}
    assert {wanted: many.language_for(NAME, wanted) for wanted in readers} == readers


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_block_of_every_document_has_the_blanks_of_the_english_one(many, language):
    for kind in many.procedure(NAME).kinds:
        english = many.wordings(NAME, kind, "en").edition.blocks
        own = many.wordings(NAME, kind, language).edition.blocks
        assert [Counter(block.blanks) for block in own] == [Counter(block.blanks) for block in english]
        assert [block.role for block in own] == [block.role for block in english]
        assert [block.condition for block in own] == [block.condition for block in english]
        assert {block.language for block in own} == {language}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_appointments_have_wordings_with_every_blank_printed(many, now, language):
    press = many.press(language)
    for _, appointment in read(ROOT / "examples" / "appointments.json", many.clinic, now).appointments:
        case = Case(appointment, many.clinic, now, own_language=True)
        found = finding(case, many.procedure(NAME))
        texts = {name: printed(blank, press) for name, blank in blanks(case, "id").items()}
        assert all(unicodedata.is_normalized("NFC", text) for text in texts.values())
        assert not [text for text in texts.values() if re.search("[\ufffd\ue000-\uf8ff]|duration-", text)]
        for kind in many.procedure(NAME).kinds:
            wording = many.wordings(NAME, kind, language)(found.facts, found.items)
            assert {name for block in wording.blocks for name in block.blanks} <= texts.keys()
            assert any(isinstance(run, Text) for block in wording.blocks for run in block.runs)


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_of_every_script_go_through_the_blanks_of_every_language_as_they_are(many, appointment, now, language):
    for other in PSEUDO:
        said = samples(other)
        for name, friend, address in zip(said.names, said.names[1:], said.addresses, strict=False):
            changes = {
                "patient.given_name": LEFT_OUT,
                "patient.family_name": LEFT_OUT,
                "patient.name": name,
                "patient.preferred_name": name.split(" ")[0],
                "escort": {"name": friend},
                "representative": {"name": friend, "relationship": "spouse", "authority": address},
                "patient.language": language,
                "interpreter": {"name": name, "mode": "phone"},
            }
            made = appointment({**FULL, **changes}, of=many.clinic)
            texts = {
                blank: printed(value, many.press(language))
                for blank, value in blanks(Case(made, many.clinic, now, own_language=True), "id").items()
            }
            assert texts["patient_name"] == name
            assert texts["escort_name"] == texts["representative_name"] == friend
            assert texts["representative_authority"] == address
            assert texts["preferred_name"] == name.split(" ")[0]


def handouts(tmp_path, *arguments):
    command = [sys.executable, str(ROOT / "generate.py"), *map(str, arguments)]
    env = {**os.environ, "COLUMNS": "200"}
    env.pop("HANDOUTS_CLINIC", None)
    return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=env)


@pytest.mark.parametrize("language", ["th", "zh-Hans", "tl"])
def test_no_packet_can_be_asked_for_in_a_language_that_has_samples_alone(tmp_path, language):
    ran = handouts(tmp_path, "packet", ROOT / "examples" / "appointments.json", "--lang", language, "-o", "out")
    assert ran.returncode == 2
    assert f'"{language}": the clinic has no edition in this language. Known: en, es-US;' in " ".join(
        ran.stderr.split()
    )
    assert not (tmp_path / "out").exists()


def test_a_clinic_that_lists_the_language_gets_english_and_no_samples(tmp_path):
    folder = tmp_path / "clinic"
    pseudo_clinic(folder)
    for kept in (folder / "locales").rglob("*.*"):
        kept.unlink()
    rows = json.loads((ROOT / "examples" / "appointments.json").read_text("utf-8"))[:1]
    rows[0]["patient"]["language"] = "vi"
    (tmp_path / "one.json").write_text(json.dumps(rows), "utf-8")
    ran = handouts(tmp_path, "packet", "one.json", "--clinic", folder, "-o", "out", "--json")
    assert ran.returncode == 0, ran.stderr
    assert [row["language"] for row in json.loads(ran.stdout)] == ["en"]


def test_nothing_of_the_samples_stands_in_what_is_installed():
    shipped = [ROOT / name for name in ("handouts", "locales", "templates", "examples")]
    files = [
        path for folder in shipped for path in folder.rglob("*") if path.suffix in {".po", ".toml", ".html", ".json"}
    ]
    text = "\n".join(path.read_text("utf-8") for path in files)
    found = [s for language in PSEUDO for s in samples(language).sentences if s.replace("|", "") in text]
    assert found == []
    used = re.compile(r"\bsamples\(|import samples\b|tests/samples|from samples\b")
    assert not [path for path in (ROOT / "handouts").rglob("*.py") if used.search(path.read_text("utf-8"))]
