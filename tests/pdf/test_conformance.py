"""Every PDF keeps to PDF/UA-1 and PDF/A-2a, as veraPDF checks them: facts pairwise over all their values, in every variant."""

import itertools
from pathlib import Path

import papers
import pytest
from pseudo import LANGUAGES, PSEUDO, pseudo_clinic, samples
from verapdf import failures

from handouts.clinic import load_clinic
from handouts.content.editions import Editions
from handouts.content.wording import pairwise
from handouts.typeset import PAPERS, furniture_size, lay_out, set_galleys
from handouts.typeset.furniture import Furniture
from handouts.typeset.variant import BILINGUAL, STYLES, in_style

EDITIONS = Editions(load_clinic(Path(__file__).parents[2] / "examples" / "clinic"))
NAME = "ketamine-infusion"
DRAFT = {"mark": "DRAFT – NOT APPROVED\nBORRADOR", "signable": False, "instead_of_signing": "Not for signature"}
STATUSES = {"generated": {}, "sample": {"mark": "SAMPLE – NOT MEDICAL ADVICE"}, "draft": DRAFT}


def wordings(editions, kind, tag, other):
    """Every wording of a document that a pairwise choice of facts gives, and the same in another language."""
    of_facts = editions.wordings(NAME, kind, tag)
    found = {}
    for facts, items in pairwise(editions.procedure(NAME), of_facts.edition):
        wording = of_facts(facts, items)
        found.setdefault(wording.sha256, (wording, editions.wordings(NAME, kind, other)(facts, items)))
    return tuple(found.values())


def own_wordings():
    """Every wording of the languages that have a catalog, with its name."""
    tags = EDITIONS.languages(NAME)
    for kind, (tag, other) in itertools.product(EDITIONS.procedure(NAME).kinds, itertools.permutations(tags, 2)):
        for number, both in enumerate(wordings(EDITIONS, kind, tag, other)):
            yield f"{kind}-{tag}-{number:02}", both


def write(folder, name, both, paper, look, status, said=""):
    names = {blank for block in both[0].blocks for blank in block.blanks}
    printed = {
        blank: f"{blank.replace('_', ' ')}{said}, Wednesday, September 30, 2026, 11:59\u202fPM" for blank in names
    }
    title, tag = both[0].edition.title, both[0].edition.language
    furniture = Furniture("Clinic", title, "For: N", "N", "{page}/{pages}", "d", "Help", tag)
    style = STYLES[look]
    root = in_style(both[0].root, style, *([both[1].root] if style is BILINGUAL else []))
    galleys = set_galleys(root, {each.edition.language: printed for each in both}, PAPERS[paper], style, {})
    master = lay_out(root, galleys, PAPERS[paper], style, furniture_size(furniture, PAPERS[paper].measure, style))
    pdf = papers.stamped(root, master, galleys, furniture, **STATUSES[status])
    (folder / f"{name}-{look}-{paper}-{status}.pdf").write_bytes(pdf)


def told(found):
    """Each rule that fails once, with how many files fail it and one of them."""
    rules = {}
    for flavour, file, rule in found:
        rules.setdefault((flavour, rule.partition(" (")[0]), []).append(f"{file} {rule}")
    return "\n".join(f"{flavour} {len(files)} × {files[0]}" for (flavour, _), files in sorted(rules.items()))


def test_every_other_wording_keeps_to_both_standards_each_in_another_variant(tmp_path):
    variants = itertools.cycle(itertools.product(STYLES, PAPERS, STATUSES))
    for (name, both), (look, paper, status) in zip(
        itertools.islice(own_wordings(), 0, None, 2), variants, strict=False
    ):
        write(tmp_path, name, both, paper, look, status)
    assert not (found := failures(tmp_path)), told(found)


@pytest.mark.exhaustive
@pytest.mark.parametrize("look", STYLES)
def test_every_wording_keeps_to_both_standards_in_every_variant(tmp_path, look):
    statuses = itertools.cycle(STATUSES)
    for (name, both), paper in itertools.product(own_wordings(), PAPERS):
        write(tmp_path, name, both, paper, look, next(statuses))
    assert not (found := failures(tmp_path)), told(found)


def test_every_document_in_every_language_variant_and_paper_keeps_to_both_standards(tmp_path):
    """Facts, states and names of other scripts go round, so that every wording and every script meets many others."""
    editions = Editions(pseudo_clinic(tmp_path / "clinic"))
    names = itertools.cycle([*(samples(tag).names[0] for tag in PSEUDO), "María-José Ñandú"])
    statuses = itertools.cycle(STATUSES)
    for kind in editions.procedure(NAME).kinds:
        rounds = {
            tag: itertools.cycle(wordings(editions, kind, tag, "en" if tag != "en" else "ar")) for tag in LANGUAGES
        }
        for number, tag in enumerate(LANGUAGES):
            for _ in range(number * len(STYLES) * len(PAPERS)):
                next(rounds[tag])
        for tag, look, paper in itertools.product(LANGUAGES, STYLES, PAPERS):
            write(tmp_path, f"{kind}-{tag}", next(rounds[tag]), paper, look, next(statuses), f" {next(names)}")
    assert len(list(tmp_path.glob("*.pdf"))) == 3 * len(LANGUAGES) * len(STYLES) * len(PAPERS)
    assert not (found := failures(tmp_path)), told(found)


def test_a_paper_with_everything_keeps_to_both_standards(tmp_path):
    for (look, style), (size, paper), (status, given) in itertools.product(
        STYLES.items(), PAPERS.items(), STATUSES.items()
    ):
        root = in_style(papers.everything(), style)
        (tmp_path / f"{look}-{size}-{status}.pdf").write_bytes(papers.made(root, paper, style, **given))
    assert not (found := failures(tmp_path)), told(found)


def test_the_validator_finds_what_is_wrong(tmp_path):
    pdf = papers.unpacked(papers.made())
    (tmp_path / "untitled.pdf").write_bytes(pdf.replace(b"/DisplayDocTitle true", b"/DisplayDocTitle null"))
    (tmp_path / "untagged.pdf").write_bytes(pdf.replace(b"/Marked true", b"/Marked null"))
    (tmp_path / "broken.pdf").write_bytes(pdf[: len(pdf) // 3])
    found = failures(tmp_path)
    assert {(flavour, file) for flavour, file, _ in found} >= {
        ("ua1", "untitled.pdf"),
        ("ua1", "untagged.pdf"),
        ("2a", "untagged.pdf"),
        ("ua1", "broken.pdf"),
        ("2a", "broken.pdf"),
    }
