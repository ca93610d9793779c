"""Every PDF keeps to PDF/UA-1 and PDF/A-2a, as veraPDF checks them: facts pairwise over all their values, in every variant."""

import itertools
from pathlib import Path

import papers
import pytest
from verapdf import failures

from handouts.clinic import load_clinic
from handouts.content.editions import Editions
from handouts.content.wording import pairwise
from handouts.pdf import Furniture, stamp
from handouts.typeset import PAPERS, furniture_size, lay_out, set_galleys
from handouts.typeset.variant import BILINGUAL, STYLES, in_style

EDITIONS = Editions(load_clinic(Path(__file__).parents[2] / "examples" / "clinic"))
NAME = "ketamine-infusion"
DRAFT = {"mark": "DRAFT – NOT APPROVED\nBORRADOR", "signable": False, "instead_of_signing": "Not for signature"}
STATUSES = {"generated": {}, "sample": {"mark": "SAMPLE – NOT MEDICAL ADVICE"}, "draft": DRAFT}


def wordings():
    """Every wording that a pairwise choice of facts gives, with its name."""
    for kind, tag in itertools.product(EDITIONS.procedure(NAME).kinds, EDITIONS.languages(NAME)):
        of_facts = EDITIONS.wordings(NAME, kind, tag)
        found = {}
        (other,) = (each for each in EDITIONS.languages(NAME) if each != tag)
        for facts, items in pairwise(EDITIONS.procedure(NAME), of_facts.edition):
            wording = of_facts(facts, items)
            found.setdefault(wording.sha256, (wording, EDITIONS.wordings(NAME, kind, other)(facts, items)))
        for number, both in enumerate(found.values()):
            yield f"{kind}-{tag}-{number:02}", both


def write(folder, name, both, paper, look, status):
    names = {blank for block in both[0].blocks for blank in block.blanks}
    printed = {blank: f"{blank.replace('_', ' ')}, Wednesday, September 30, 2026, 11:59\u202fPM" for blank in names}
    title, tag = both[0].edition.title, both[0].edition.language
    furniture = Furniture("Clinic", title, "For: N", "N", "{page}/{pages}", "d", "Help", tag)
    style = STYLES[look]
    root = in_style(both[0].root, style, *([both[1].root] if style is BILINGUAL else []))
    galleys = set_galleys(
        root, {each.edition.language: printed for each in both}, PAPERS[paper], style, EDITIONS.pictures
    )
    master = lay_out(root, galleys, PAPERS[paper], style, furniture_size(furniture, PAPERS[paper].measure, style))
    pdf = stamp(root, master, galleys, furniture, **STATUSES[status])
    (folder / f"{name}-{look}-{paper}-{status}.pdf").write_bytes(pdf)


def told(found):
    """Each rule that fails once, with how many files fail it and one of them."""
    rules = {}
    for flavour, file, rule in found:
        rules.setdefault((flavour, rule.partition(" (")[0]), []).append(f"{file} {rule}")
    return "\n".join(f"{flavour} {len(files)} × {files[0]}" for (flavour, _), files in sorted(rules.items()))


def test_every_other_wording_keeps_to_both_standards_each_in_another_variant(tmp_path):
    variants = itertools.cycle(itertools.product(STYLES, PAPERS, STATUSES))
    for (name, both), (look, paper, status) in zip(itertools.islice(wordings(), 0, None, 2), variants, strict=False):
        write(tmp_path, name, both, paper, look, status)
    assert not (found := failures(tmp_path)), told(found)


@pytest.mark.exhaustive
@pytest.mark.parametrize("look", STYLES)
def test_every_wording_keeps_to_both_standards_in_every_variant(tmp_path, look):
    statuses = itertools.cycle(STATUSES)
    for (name, both), paper in itertools.product(wordings(), PAPERS):
        write(tmp_path, name, both, paper, look, next(statuses))
    assert not (found := failures(tmp_path)), told(found)


def test_a_paper_with_everything_keeps_to_both_standards(tmp_path):
    for (look, style), (size, paper), (status, given) in itertools.product(
        STYLES.items(), PAPERS.items(), STATUSES.items()
    ):
        root = in_style(papers.everything(), style)
        (tmp_path / f"{look}-{size}-{status}.pdf").write_bytes(papers.made(root, paper, style, **given))
    assert not (found := failures(tmp_path)), told(found)


def test_the_validator_finds_what_is_wrong(tmp_path):
    pdf = papers.made()
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
