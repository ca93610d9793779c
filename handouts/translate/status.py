"""Catalogs → how far each language is, document by document, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from handouts.clinic import TEXTS
from handouts.content import notice
from handouts.content.catalog import place_of
from handouts.content.po import Entry, short, written
from handouts.content.reviews import State
from handouts.errors import CatalogError, Fault
from handouts.identity import TAG
from handouts.translate import toolkit
from handouts.translate.catalogs import OpenCatalog, opened
from handouts.translate.checks import Problem, problems
from handouts.translate.domains import CLINICS_TEXTS, Locales
from handouts.translate.extract import pot
from handouts.translate.language import Language, read_language
from handouts.translate.reading import hard


@dataclass(frozen=True)
class Standing:
    """How far one document is in one language: its messages, how many are translated and reviewed, how many block it.

    A message blocks every wording it stands in until it is reviewed.
    """

    language: str
    document: str
    messages: int
    translated: int
    reviewed: int
    blocked: int


@dataclass(frozen=True)
class Found:
    """A problem with one message, and where it stands."""

    place: str
    entry: Entry
    problem: Problem

    @property
    def fault(self) -> Fault:
        """It, told as any other fault."""
        told = f'"{short(self.entry.source)}": {self.problem.problem}'
        shown = short(self.entry.translations[0], 80) or None
        return Fault(self.place, told, self.problem.remedy, field=self.entry.context or "", value=shown)


def standings(locales: Locales, language: str) -> list[Standing]:
    """How far each document is in `language`, in packet order; what stands on every page comes last."""
    catalogs = opened(locales, language)
    counts: dict[str, Counter[str]] = {kind: Counter() for domain in locales.domains for kind in domain.documents}
    for catalog in catalogs:
        for entry in catalog.entries():
            state = catalog.state(entry)
            for kind in catalog.domain.by_key[entry.key].documents:
                counts[kind]["messages"] += 1
                counts[kind]["translated"] += bool(entry.translation)
                counts[kind]["reviewed"] += state == State.REVIEWED
                counts[kind]["blocked"] += state != State.REVIEWED
    there = {catalog.domain.name for catalog in catalogs}
    missing = {domain.name for domain in locales.domains} - there - {TEXTS}  # these may stand in clinic.toml
    if TEXTS not in there:
        counts.pop(CLINICS_TEXTS, None)
    if there == {notice.DOMAIN}:  # a language that is there for the notice of language assistance alone
        counts = {notice.KIND: counts[notice.KIND]}
        missing.clear()
    for domain in locales.domains:
        for kind in domain.documents if domain.name in missing else ():
            count = sum(kind in message.documents for message in domain.messages)
            counts[kind] += Counter(messages=count, blocked=count)
    return [
        Standing(language, kind, *(count[name] for name in ("messages", "translated", "reviewed", "blocked")))
        for kind, count in counts.items()
    ]


def waiting(locales: Locales, language: str) -> int:
    """How many messages of `language` are not reviewed. Raises CatalogError for a catalog that cannot be read."""
    catalogs = opened(locales, language)
    return sum(catalog.state(entry) != State.REVIEWED for catalog in catalogs for entry in catalog.entries())


def checked(locales: Locales, language: str) -> Iterator[Found | Fault]:
    """All that is wrong with the catalogs of `language`; a Fault for what is wrong with a file as a whole."""
    try:
        catalogs = opened(locales, language)
        known = read_language(locales.folder, language)
    except CatalogError as trouble:
        yield from trouble.faults
        return
    yield from _misplaced(locales, language)
    yield from _lacking(locales, language, catalogs)
    for catalog in catalogs:
        if not catalog.path.is_file():
            continue
        yield from _whole(catalog, known, alone=not catalog.below.entries)
        yield from _filtered(catalog)
        for entry in catalog.po.standing.values():
            for problem in problems(entry, known):
                yield Found(f"{catalog.place}, line {entry.line}", entry, problem)
        yield from _hard(catalog)


def _misplaced(locales: Locales, language: str) -> Iterator[Fault]:
    """What nobody would ever look for: a folder whose name is no language tag, and files of no procedure."""
    folder = locales.folder / language
    if folder.is_dir() and not TAG.fullmatch(language):
        yield Fault(
            f"locales/{language}", "its name is no language tag, and no patient's language finds it.",
            "Write language, script and region with hyphens: vi, zh-Hant, es-US.",
        )  # fmt: skip
    known = sorted(domain.name for domain in locales.domains)
    for path in sorted(folder.glob("LC_MESSAGES/*.po")):
        if path.stem not in known:
            yield Fault(
                place_of(language, path.name),
                "no procedure has this name.",
                f"Known: {', '.join(known)}. Rename it, or take it away.",
            )


def _lacking(locales: Locales, language: str, catalogs: Sequence[OpenCatalog]) -> Iterator[Fault]:
    """Catalogs that a language of documents lacks, as when a file was deleted; one with the notice alone lacks none."""
    there = {catalog.domain.name for catalog in catalogs}
    if locales.clinic or not there - {notice.DOMAIN}:
        return
    for domain in locales.domains:
        if domain.name not in there:
            remedy = f"Run handouts translate update {language}, or restore it."
            yield Fault(place_of(language, f"{domain.name}.po"), "there is no such catalog.", remedy)


def _hard(catalog: OpenCatalog) -> Iterator[Found]:
    """The documents that are hard to read, each told at its hardest message."""
    for kind in catalog.domain.documents:
        of_it = [entry for entry in catalog.entries() if kind in catalog.domain.by_key[entry.key].documents]
        for each in hard(kind, of_it, catalog.language):
            problem = f'the document "{kind}" is hard to read ({each.measured}), most of all this.'
            remedy = "Say it in shorter sentences and words."
            yield Found(catalog.place, each.hardest, Problem("reading", "warning", problem, remedy))


def _filtered(catalog: OpenCatalog) -> Iterator[Found]:
    """What translate-toolkit's pofilter finds, where it is installed."""
    if not toolkit.is_here():
        return
    by_source = {entry.source: entry for entry in catalog.po.standing.values()}
    for source, said in toolkit.filtered(catalog.path):
        entry = by_source[source]
        problem = Problem("pofilter", "warning", f"translate-toolkit says: {said}.", "Look whether it is right.")
        yield Found(f"{catalog.place}, line {entry.line}", entry, problem)


def _whole(catalog: OpenCatalog, language: Language, *, alone: bool) -> Iterator[Fault]:
    """What is wrong with a catalog as a whole: its head, and messages that are not those of the templates.

    One that stands `alone` has all of them.
    """
    headers = catalog.po.headers
    said = headers.get("Language", "").replace("_", "-")
    if catalog.po.head is None:
        yield Fault(catalog.place, 'it has no head (msgid "").', "Run handouts translate update.")
    elif said and said.casefold() != language.tag.casefold() and said.partition("-")[0] != language.base:
        yield Fault(
            catalog.place, f"its head says Language: {said}.", f"Write Language: {language.tag.replace('-', '_')}."
        )
    standing = catalog.po.standing.keys()
    wanted = catalog.domain.by_key.keys()
    for context, source in sorted(wanted - standing) if alone else ():
        problem = f'it lacks the message "{short(source)}" of the templates.'
        yield Fault(catalog.place, problem, "Run handouts translate update.", field=context)
    for context, source in sorted(standing - wanted):
        problem = f'it has the message "{short(source)}", which no template has.'
        line = catalog.po.standing[context, source].line
        yield Fault(f"{catalog.place}, line {line}", problem, "Run handouts translate update.", field=context)


def stale_templates(locales: Locales) -> Sequence[Fault]:
    """The catalogs' templates on the disk that are not what the documents say now; a clinic need not have any."""
    faults: list[Fault] = []
    for domain in locales.domains:
        path = locales.pot(domain.name)
        if locales.clinic and not path.is_file():
            continue
        if not path.is_file() or path.read_bytes() != written(pot(domain)).encode():
            faults.append(
                Fault(f"locales/{path.name}", "it is not what the templates say.", "Run handouts translate extract.")
            )
    return faults
