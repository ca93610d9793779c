"""Who approved what a packet says: its content, its settings, its translation; and how hard it is to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from handouts.check import sections
from handouts.clinic import TEXTS
from handouts.content import notice
from handouts.content.approval import ALWAYS
from handouts.content.catalog import FURNITURE, is_english, load_reviews, po_files, read_catalog_file
from handouts.content.origins import origin
from handouts.content.readability import report
from handouts.content.reviews import Decision, Reviews, message_hash
from handouts.content.wording import Wording
from handouts.errors import CatalogError
from handouts.memory import remembered
from handouts.record.page_zero_sheet import Note, Piece, Row, Section, Table, counted, shortened
from handouts.record.page_zero_subject import STAFF, Subject, approval_of, day, setting_in_short
from handouts.settings import SETTINGS
from handouts.typeset.bidi import isolated


def approvals(subject: Subject) -> Section:
    """Content by who approved it, the settings that the packet rests on, translation, readability."""
    pieces: list[Piece] = [
        Table(("Document", "Blocks", "Approved by", "Effective"), (24, 12, 38, 26), tuple(_content(subject))),
        Table(("Setting", "Value", "Where it comes from", "Approved"), (25, 20, 27, 28), tuple(_settings(subject))),
        *_translation(subject),
        *_readability(subject),
    ]
    return Section("approvals", "Approvals", tuple(pieces))


def _content(subject: Subject) -> Iterator[Row]:
    """How many blocks of each document who approved, and until when that counts."""
    known = subject.make.editions.approvals
    today = subject.case.now.date()
    for kind, wordings in subject.said.wordings.items():
        by: Counter[tuple[str, str, bool]] = Counter()
        for block in {block.approved_as: block for each in wordings for block in each.blocks}.values():
            lines = known.of(block.approved_as)
            found = known.counting(block.approved_as, today) or next(iter(lines), None)
            if found is None or subject.clinic.demo:
                by["nobody", "not approved", False] += 1
                continue
            until = f"until {day(found.effective_until)}" if found.effective_until else "without end"
            who = isolated(f"{found.approved_by}, licence {found.licence}", STAFF)
            by[who, f"{day(found.effective_from)}, {until}", found.effective(today)] += 1
        for (who, when, good), count in by.items():
            yield Row(
                (kind, str(count), who, when if good or who == "nobody" else f"{when}: not in force"),
                "" if good else "blocks",
            )


def _settings(subject: Subject) -> Iterator[Row]:
    """The settings that the blocks, the times and the blanks rest on."""
    blocks = (block for wordings in subject.said.wordings.values() for each in wordings for block in each.blocks)
    named = {key for block in blocks for key in block.rests_on if key in SETTINGS} | ALWAYS
    named |= {key for blank in subject.blanks.values() for key in origin(blank.origin).settings}
    for name in SETTINGS:
        keys = [key for key in subject.clinic.settings if key.partition(".")[0] == name]
        for key in keys if name in named else ():
            setting = subject.clinic.settings[key]
            good = subject.clinic.approved(key, subject.case.now)
            value = f"{setting_in_short(setting.value)} {SETTINGS[name].unit}".rstrip()
            who = "; ".join(approval_of(setting))
            note = isolated(shortened(setting.source_note, 80), STAFF)
            yield Row((key, value, note or "no note", isolated(who, STAFF)), "" if good else "blocks")


def _translation(subject: Subject) -> Iterator[Piece]:
    """How far the catalogs of the packet's languages are."""
    languages = [language for language in subject.packet.texts if not is_english(language)]
    if not languages:
        yield Note("English is the language the templates are written in: nothing is translated.", "fine")
        return
    rows = tuple(row for language in languages for row in _catalogs(subject, language))
    heads = ("Catalog", "Messages", "Reviewed by two", "By one", "Not reviewed", "Machine drafts among them", "By whom")
    yield Table(heads, (22, 11, 12, 9, 11, 13, 22), rows)


def _catalogs(subject: Subject, language: str) -> Iterator[Row]:
    folder = subject.clinic.folder
    for domain in (subject.appointment.procedure, FURNITURE, TEXTS):
        try:
            reviews = load_reviews(domain, language, folder)
            entries = {
                entry.key: entry
                for path in po_files(domain, language, folder)
                for entry in read_catalog_file(path, language).standing.values()
            }
        except CatalogError:
            continue
        if entries:
            hashes = [message_hash(*key, entry.translation) for key, entry in entries.items()]
            yield _catalog(f"{language} {domain}", reviews, hashes)


def _catalog(name: str, reviews: Reviews, hashes: list[str]) -> Row:
    approved = [{r.who for r in reviews.of(each) if r.decision == Decision.APPROVED} for each in hashes]
    two, one = (sum(len(who) > 1 for who in approved), sum(len(who) == 1 for who in approved))
    machine = sum(map(reviews.machine_made, hashes))
    people = Counter(who for each in approved for who in each)
    named = ", ".join(f"{isolated(who, STAFF)} ({count})" for who, count in sorted(people.items()))
    open_ = len(hashes) - two - one
    cells = (name, str(len(hashes)), str(two), str(one), str(open_), str(machine), named or "nobody")
    return Row(cells, "warns" if open_ else "")


def _readability(subject: Subject) -> Iterator[Piece]:
    for kind, wordings in subject.said.wordings.items():
        for each in wordings if kind != notice.KIND else ():
            hard, said = _read(each)
            yield Note(
                f"Reading: {said}." + (f" {counted(hard, 'fault')}." if hard else ""), "warns" if hard else "quiet"
            )


@remembered(64)
def _read(wording: Wording) -> tuple[int, str]:
    """How a wording reads: how much is too hard, and the figures."""
    found = report(wording.edition.kind, wording.edition.language, sections(wording.root))
    return len(found.faults), str(found)
