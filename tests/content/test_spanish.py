"""The Spanish catalogs: complete, faithful in what can be counted, and up to date with the templates."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from handouts.check import sections
from handouts.content.lint import lint_message
from handouts.content.readability import SHORTEST, report

DOMAINS = ("ketamine-infusion", "handouts")
LOCALES = Path(__file__).parents[2] / "locales"
LANGUAGE = "es-US"
PLACE = re.compile(r"%\(\w+\)s")
MARKUP = re.compile(r"</?\w+[^>]*>")
NOT = re.compile(r"\b(?:not|no|none|never|nobody|nothing|cannot|without)\b|n['’]t\b", re.IGNORECASE)
NO = re.compile(r"\b(?:no|nunca|ni|nadie|nada|sin|ningun[oa]?|ningún|tampoco)\b", re.IGNORECASE)
FAMILIAR = re.compile(r"\b(?:tú|tu|tus|ti|contigo|te|vos|vosotr[oa]s|vuestr[oa]s?|os)\b", re.IGNORECASE)


def path(domain: str) -> Path:
    return LOCALES / LANGUAGE / "LC_MESSAGES" / f"{domain}.po"


def read(file: Path) -> list[tuple[tuple[str, str], str]]:
    with file.open("rb") as stream:
        return [((m.context or "", str(m.id)), str(m.string)) for m in read_po(stream) if m.id]


MESSAGES = [(key[1], text) for domain in DOMAINS for key, text in read(path(domain))]


def unlike(seen: Callable[[str], object]) -> list[tuple[str, str]]:
    """The messages of which translation and source do not have the same of what `seen` sees."""
    return [(source, text) for source, text in MESSAGES if seen(source) != seen(text)]


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_message_has_a_translation_and_there_are_no_others(domain: str) -> None:
    messages = read(path(domain))
    assert [key for key, _ in messages] == [key for key, _ in read(LOCALES / f"{domain}.pot")]
    assert [key for key, text in messages if not text.strip()] == []
    source = path(domain).read_text("utf-8")
    assert "fuzzy" not in source
    assert "#~" not in source


@pytest.mark.parametrize("domain", DOMAINS)
def test_msgfmt_takes_the_catalog(domain: str) -> None:
    msgfmt = shutil.which("msgfmt")
    if msgfmt is None:
        assert not os.environ.get("CI"), "msgfmt is not installed (package gettext)"
        pytest.skip("msgfmt is not installed (package gettext): the catalog was NOT checked with it")
    done = subprocess.run(
        [msgfmt, "--check", "-o", os.devnull, path(domain)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("kind", ["preparation", "side-effects", "consent"])
def test_every_document_has_a_spanish_edition_that_reads_easily(kind: str, editions) -> None:
    english = editions.wordings("ketamine-infusion", kind, "en").edition
    spanish = editions.wordings("ketamine-infusion", kind, LANGUAGE).edition
    assert len(spanish.blocks) == len(english.blocks)
    reading = report(kind, LANGUAGE, sections(spanish.root))
    assert min(score.inflesz for score in reading.sections if score.words >= SHORTEST) >= 60


def test_blanks_are_the_same() -> None:
    assert unlike(lambda said: Counter(PLACE.findall(said))) == []


def test_markup_is_the_same_in_the_same_order() -> None:
    assert unlike(MARKUP.findall) == []


def test_a_message_ends_as_its_source_does() -> None:
    assert unlike(lambda said: re.findall(r"[.?!:,;]*$", MARKUP.sub("", said))[0]) == []


def test_questions_and_quotations_are_as_many_as_in_the_source() -> None:
    assert unlike(lambda said: [said.count(mark) for mark in "?!“”"]) == []


def test_questions_are_opened_in_the_spanish_way() -> None:
    opened = [text for _, text in MESSAGES if (text.count("¿"), text.count("¡")) != (text.count("?"), text.count("!"))]
    assert opened == []


def test_no_number_stands_in_a_message() -> None:
    assert [text for _, text in MESSAGES if any(c.isnumeric() for c in PLACE.sub("", text))] == []


def test_no_negation_is_lost() -> None:
    assert [text for source, text in MESSAGES if len(NO.findall(text)) < len(NOT.findall(source))] == []


def test_the_reader_is_addressed_as_usted() -> None:
    assert [text for _, text in MESSAGES if FAMILIAR.search(text)] == []


def test_lint_finds_nothing() -> None:
    messages = read(path("ketamine-infusion"))
    assert [str(found) for key, text in messages for found in lint_message(text, LANGUAGE, key[1])] == []


def test_a_lost_or_an_added_negation_would_be_seen() -> None:
    assert len(NOT.findall("Do not eat. You cannot drink, and don't drive.")) == 3
    assert len(NO.findall("Coma. No beba ni maneje.")) == 2
    assert not NO.findall("Noche, sino, ninguneo, anís, nadar.")
