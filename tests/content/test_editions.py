import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from handouts.cache import Cache
from handouts.clinic import load_clinic
from handouts.content.editions import Editions
from handouts.errors import CatalogError, TemplateError
from handouts.memory import forgetting

ROOT = Path(__file__).parents[2]
PROCEDURE = "ketamine-infusion"
KINDS = ("preparation", "side-effects", "consent")
TAGS = ("en", "es-US")


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "kept")


@pytest.fixture
def folder(tmp_path):
    """A clinic with templates and catalogs of its own, which tests may change."""
    shutil.copytree(ROOT / "examples" / "clinic", tmp_path / "clinic", ignore=shutil.ignore_patterns("locales"))
    shutil.copytree(ROOT / "templates", tmp_path / "clinic" / "templates")
    shutil.copytree(ROOT / "locales", tmp_path / "clinic" / "locales")
    return tmp_path / "clinic"


def _edition(folder, cache, kind="consent", language="es-US"):
    return Editions(load_clinic(folder), cache).wordings(PROCEDURE, kind, language).edition


def _changed(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_an_edition_out_of_the_cache_is_the_one_that_would_be_made(clinic, cache):
    made, first, second = Editions(clinic), Editions(clinic, cache), Editions(clinic, cache)
    for language in TAGS:
        for kind in KINDS:
            expected = made.wordings(PROCEDURE, kind, language).edition
            for each in (first, second):
                found = each.wordings(PROCEDURE, kind, language).edition
                assert found == expected
                assert found.sha256 == expected.sha256
                assert [block.place for block in found.blocks] == [block.place for block in expected.blocks]
    assert cache.size().entries == len(TAGS) * len(KINDS)


def test_a_process_that_finds_its_editions_does_without_jinja(cache):
    code = f"""
import sys
from pathlib import Path
from handouts.builtin import demo_clinic
from handouts.cache import Cache
from handouts.clinic import load_clinic
from handouts.content.editions import Editions
editions = Editions(load_clinic(demo_clinic()), Cache(Path(sys.argv[1])))
for kind in {KINDS}:
    print(editions.wordings("{PROCEDURE}", kind, "es-US").edition.sha256)
print("jinja2" in sys.modules)
"""
    said = []
    for seed in "12":
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", code, str(cache.folder)]
        ran = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        said.append(ran.stdout.split())
    assert said[0][:-1] == said[1][:-1]
    assert [each[-1] for each in said] == ["True", "False"]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("clinic.toml", "Un problema grave del corazón", "Una enfermedad grave del corazón"),
        (f"templates/{PROCEDURE}/procedure.toml", 'version = "1.0"', 'version = "9.9"'),
        (f"templates/{PROCEDURE}/consent.html", '<h1 from="', '<h1 from="C2 '),
        (f"templates/{PROCEDURE}/signatures.html", '<h3 from="C13 R7">', '<h3 from="R7">'),
        (f"locales/es-US/LC_MESSAGES/{PROCEDURE}.po", 'msgstr "Firmas"', 'msgstr "Sus firmas"'),
    ],
    ids=("settings", "procedure", "template", "macros", "catalog"),
)
def test_whatever_an_edition_is_made_of_is_looked_at_anew(folder, cache, file, old, new):
    before = _edition(folder, cache)
    _changed(folder / file, old, new)
    after = _edition(folder, cache)
    assert after == _edition(folder, Cache(None)) != before
    _changed(folder / file, new, old)
    assert _edition(folder, cache) == before
    assert cache.size().entries == 2


def test_what_is_wrong_is_said_every_time_and_never_kept(folder, cache):
    _changed(folder / f"templates/{PROCEDURE}/consent.html", "<h1 ", '<h1 when="no_such_fact == 1" ')
    _changed(folder / f"locales/es-US/LC_MESSAGES/{PROCEDURE}.po", 'msgstr "Firmas"', 'msgstr "Firmas %(x)s"')
    for _ in range(2):
        with pytest.raises(TemplateError):
            _edition(folder, cache, language="en")
        with pytest.raises(CatalogError):
            _edition(folder, cache, kind="preparation")
    assert cache.size().entries == 0


def test_a_sentence_that_lost_its_translation_is_told_of_by_what_was_kept(folder, cache):
    assert _edition(folder, cache).untranslated == ()
    _changed(folder / f"templates/{PROCEDURE}/consent.html", "%}Signatures{%", "%}All signatures{%")
    for _ in range(2):
        edition = _edition(folder, cache)
        assert edition.untranslated == (("", "All signatures"),)
        assert [block.place for block in edition.blocks if edition.untranslated[0] in block.unreviewed]


def test_a_file_that_cannot_be_read_is_told_as_without_a_cache(folder, cache):
    (folder / f"templates/{PROCEDURE}/broken.html").write_bytes(b"\xff")
    for each in (cache, Cache(None)):
        with pytest.raises(TemplateError, match=r"broken\.html: its characters cannot be read"):
            _edition(folder, each)


def test_a_damaged_cache_changes_nothing(clinic, cache):
    expected = Editions(clinic, cache).wordings(PROCEDURE, "consent", "en").edition
    (path,) = cache.folder.iterdir()
    whole = path.read_bytes()
    for place in range(0, len(whole), 997):
        path.write_bytes(whole[:place] + bytes((whole[place] ^ 0xFF,)) + whole[place + 1 :])
        assert Editions(clinic, cache).wordings(PROCEDURE, "consent", "en").edition == expected
        assert path.read_bytes() == whole
        path.write_bytes(whole[:place])


def test_while_forgetting_the_cache_is_not_asked(clinic, cache):
    editions = Editions(clinic, cache)
    with forgetting():
        editions.wordings(PROCEDURE, "consent", "en")
    assert cache.size().entries == 0


def test_the_words_around_the_documents_are_kept_until_their_catalog_changes(folder, cache):
    def word():
        return Editions(load_clinic(folder), cache).press("es-US").word("Page %(page)s of %(pages)s")

    before = word()
    assert [path.name.partition("-")[0] for path in cache.folder.iterdir()] == ["catalog"]
    assert word() == before
    _changed(folder / "locales/es-US/LC_MESSAGES/handouts.po", f'"{before}"', f'"{before}."')
    assert word() == f"{before}."


def test_english_has_no_catalog_to_keep(clinic, cache):
    Editions(clinic, cache).press("en")
    assert cache.size().entries == 0
