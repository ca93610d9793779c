"""Everything there is before any patient → all that would stop a packet, and the map of what every statement rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from handouts.clinic import FILE, Clinic, unset
from handouts.content import notice
from handouts.content.approvable import ending, listed
from handouts.content.blocks import Block, Edition, Group
from handouts.content.catalog import is_english
from handouts.content.condition import Facts
from handouts.content.editions import Editions
from handouts.content.facts import declared_facts
from handouts.content.lint import coverage, lint
from handouts.content.procedure import Procedure
from handouts.content.readability import Report, report
from handouts.content.wording import ItemFacts, Wording, Wordings, pairwise
from handouts.errors import ContentError, Fault
from handouts.packet import logo_of
from handouts.printing import unknown_kinds
from handouts.settings import SETTINGS
from handouts.translate.domains import built_in, of_clinic
from handouts.translate.status import checked, waiting
from handouts.trial import Trial


@dataclass
class Checked:
    """What `check` found.

    `faults` stop packets; `warnings` do not; `not_approved` keeps packets drafts. `rests` maps each statement, section and
    setting to the places of the blocks that rest on it; `tried` counts the combinations of facts that were tried.
    """

    faults: list[Fault] = field(default_factory=list[Fault])
    warnings: list[Fault] = field(default_factory=list[Fault])
    not_approved: list[str] = field(default_factory=list[str])
    rests: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    reports: list[Report] = field(default_factory=list[Report])
    tried: dict[str, int] = field(default_factory=dict[str, int])


def check(clinic: Clinic, now: datetime) -> Checked:
    """All that is wrong with the content of `clinic` as of `now`; nothing is raised, everything is gathered.

    A clinic with settings missing is checked as far as it goes: what is missing comes first, in the order of the table.
    """
    found = Checked()
    found.faults += [*clinic.outside, *(unset(key, FILE) for key in clinic.missing)]
    found.warnings += [
        Fault(FILE, "its approval has run out.", "Have it approved again.", field=key) for key in clinic.expired(now)
    ]
    editions = Editions(clinic)
    try:
        logo_of(editions)
    except ContentError as trouble:
        found.faults += trouble.faults
    for name in editions.procedures:
        try:
            procedure = editions.procedure(name)
            declared_facts(procedure)
        except ContentError as trouble:
            found.faults += trouble.faults
            continue
        _check_procedure(editions, procedure, now, found)
        if editions.has_notice:
            _check_notice(editions, procedure, now, found)
    _check_press(editions, found)
    _check_translations(editions, found)
    _check_ends(editions, now, found)
    found.faults = list(dict.fromkeys(found.faults))
    found.not_approved = list(dict.fromkeys(found.not_approved))
    return found


def _check_press(editions: Editions, found: Checked) -> None:
    """Whether what is set for printing is of documents and languages that there are; it cannot be said of a broken procedure."""
    with suppress(ContentError):
        names = editions.procedures
        kinds = {kind for name in names for kind in editions.kinds(name)}
        languages = {*editions.clinic.languages, *(tag for name in names for tag in editions.languages(name))}
        found.faults += unknown_kinds(editions.clinic.press, kinds, languages)


def _check_ends(editions: Editions, now: datetime, found: Checked) -> None:
    """Which approvals end soon; what keeps editions from being made is told elsewhere."""
    if editions.clinic.demo:
        return
    day = editions.clinic.day(now)
    with suppress(ContentError):
        found.warnings += ending(listed(editions, day, editions.procedures), day)


def _check_translations(editions: Editions, found: Checked) -> None:
    """What is wrong with translations into the clinic's languages, and how many messages nobody has reviewed."""
    clinic = editions.clinic
    known = {tag for name in editions.procedures for tag in editions.languages(name) if not is_english(tag)}
    program, own = built_in(), of_clinic(clinic.folder)
    for language in sorted(known):
        for each in chain(checked(program, language), checked(own, language)):
            if isinstance(each, Fault):
                found.faults.append(each)
            else:
                (found.faults if each.problem.severity == "fault" else found.warnings).append(each.fault)
        try:
            blocked = waiting(own, language)
        except ContentError:
            continue  # told above
        if blocked:
            instead = "are refused" if clinic.value("untranslated") == "refuse" else "get English and an interpreter"
            problem = f"{blocked} messages are not reviewed: patients of this language {instead}."
            found.warnings.append(Fault(f"locales/{language}", problem, "handouts translate status has the table."))


def _check_procedure(editions: Editions, procedure: Procedure, now: datetime, found: Checked) -> None:
    in_english: dict[str, Edition] = {}
    trial = Trial(editions)
    for language in editions.languages(procedure.id):
        for kind in procedure.kinds:
            try:
                editions.press(language)
                wordings = editions.wordings(procedure.id, kind, language)
            except ContentError as trouble:
                found.faults += trouble.faults
                continue
            if is_english(language):
                in_english[kind] = wordings.edition
            _check_edition(wordings, found)
            _try_facts(wordings, procedure, trial, now, found)
    if len(in_english) == len(procedure.kinds):
        _check_sources(in_english, procedure, editions.clinic, found)
    for tag in editions.clinic.languages:
        if tag not in editions.languages(procedure.id):
            problem = f'there is no catalog of "{procedure.id}" in {tag}, a language of the clinic.'
            found.warnings.append(
                Fault("locales/", problem, "Patients of this language get English and an interpreter.")
            )


def _check_notice(editions: Editions, procedure: Procedure, now: datetime, found: Checked) -> None:
    """Whether the notice of language assistance can be set, whether it is approved, and which languages it lacks."""
    try:
        wording = editions.wordings(procedure.id, notice.KIND, editions.english)({}, {})
    except ContentError as trouble:
        found.faults += trouble.faults
        return
    found.faults += Trial(editions).faults(wording)
    if not editions.clinic.demo:
        found.not_approved += editions.not_approved(wording, editions.clinic.day(now))
    state = str(editions.clinic.value("state"))
    known, languages = notice.state_of(state), len(wording.blocks) - 2
    place = f"language notice, {state}"
    problem = f"its {languages} languages are an {known.certainty} by figures of {known.version}."
    remedy = "Compare them with the list of the Office for Civil Rights."
    found.warnings.append(Fault(place, problem, remedy))
    if without := editions.without_notice:
        found.warnings.append(Fault(place, f"no text is known in {', '.join(without)}.", "Add a catalog for each."))
    if languages < notice.REQUIRED:
        problem = f"it has {languages} languages beside English, and the rule asks for {notice.REQUIRED}."
        found.faults.append(Fault(place, problem, "Add catalogs (translate new), or set language_notice = false."))
    if unreviewed := [block.language for block in wording.blocks if block.unreviewed]:
        problem = f"nobody has reviewed it in {', '.join(unreviewed)}: it is printed as a draft."
        found.warnings.append(Fault(place, problem, "handouts translate review, language by language."))


def _check_edition(wordings: Wordings, found: Checked) -> None:
    edition = wordings.edition
    for finding in lint(edition.blocks):
        (found.faults if finding.severity == "fault" else found.warnings).append(finding.fault)
    reading = report(edition.kind, edition.language, sections(edition.root))
    found.reports.append(reading)
    found.faults += reading.faults
    found.warnings += reading.warnings


def _try_facts(wordings: Wordings, procedure: Procedure, trial: Trial, now: datetime, found: Checked) -> None:
    """Choose and set the wording for facts in which every two values meet; what any lacks is a fault or not yet approved."""
    edition, editions, tried = wordings.edition, trial.editions, 0
    seen: set[str] = set()
    for facts, items in pairwise(procedure, edition):
        tried += 1
        try:
            wording = wordings(facts, items)
        except ContentError as trouble:
            found.warnings += trouble.faults
            continue
        found.faults += [
            Fault(block.place, f"a heading stands with nothing under it for {_shown(facts)}.", "Give it a condition.")
            for block in empty_headings(wording.root)
        ]
        if not editions.clinic.demo:
            found.not_approved += editions.not_approved(wording, editions.clinic.day(now))
        if wording.sha256 not in seen:
            seen.add(wording.sha256)
            found.faults += trial.faults(wording, _in_english(edition, editions, facts, items))
    found.tried[f"{edition.kind} {edition.language}"] = tried


def _in_english(edition: Edition, editions: Editions, facts: Facts, items: ItemFacts) -> Wording | None:
    """The wording that stands beside that of `edition`; None for English, and where it cannot be made, which is told there."""
    if edition.language == editions.english:
        return None
    try:
        return editions.wordings(edition.procedure, edition.kind, editions.english)(facts, items)
    except ContentError:
        return None


def _check_sources(in_english: Mapping[str, Edition], procedure: Procedure, clinic: Clinic, found: Checked) -> None:
    """The map of what rests on what, and every statement that no block says or that may not be said."""
    known = dict.fromkeys((*(id_ for ids in procedure.declared.sections.values() for id_ in ids), *SETTINGS))
    rests, faults = coverage(
        {kind: edition.blocks for kind, edition in in_english.items()},
        {name: statement.model_dump() for name, statement in procedure.declared.statements.items()},
        procedure.declared.blocked.ids,
        known,
        lambda key: clinic.value(key) is not None,
    )
    found.faults += faults
    found.faults += [
        Fault(
            procedure.place,
            "no block belongs to this section of a document.",
            "Write it.",
            field=f"sections.{group}",
            value=id_,
        )
        for group, ids in procedure.declared.sections.items()
        if group in procedure.kinds
        for id_ in ids
        if not rests.get(id_)
    ]
    found.rests |= {id_: tuple(dict.fromkeys(block.place for block in blocks)) for id_, blocks in rests.items()}


def sections(root: Group) -> Sequence[Sequence[Block]]:
    """The blocks of a document by its outermost sections; what stands outside of any is a section of its own."""
    found: list[list[Block]] = []
    loose = True
    for child in root.children:
        if isinstance(child, Group) and child.role == "section":
            found.append(list(child.blocks()))
            loose = True
            continue
        if loose:
            found.append([])
            loose = False
        found[-1] += [child] if isinstance(child, Block) else list(child.blocks())
    return found


def empty_headings(root: Group) -> Iterator[Block]:
    """Headings that are followed by nothing of their own: by the end, or by a heading as high or higher."""
    blocks = list(root.blocks())
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        is_heading = block.role in {"h1", "h2", "h3"}
        if is_heading and (
            following is None or (following.role in {"h1", "h2", "h3"} and following.role <= block.role)
        ):
            yield block


def _shown(facts: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(facts.items()))[:200]
