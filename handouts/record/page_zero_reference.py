"""What page 0 has to look things up: the medicines, every blank with its origin, every fact with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from handouts.appointment import Medicine
from handouts.content.blanks import Blank
from handouts.content.condition import tests
from handouts.content.facts import FACTS
from handouts.record.page_zero_blocks import said_of_item
from handouts.record.page_zero_sheet import Note, Placed, Row, Section, Table
from handouts.record.page_zero_subject import STAFF, Subject, plain
from handouts.typeset.bidi import isolated

_UNPRINTED = "Nothing: the medicines are not printed."


def medicines(subject: Subject) -> Section:
    """Each medicine with its class, its rule, who set it, and what the patient is told."""
    listed = subject.appointment.medicines
    if not listed:
        said = "Nobody has said which medicines the patient takes." if listed is None else "The patient takes none."
        return Section("medicines", "Medicines", (Note(said, "warns" if listed is None else ""),))
    rows = tuple(_medicine(subject, number, each) for number, each in enumerate(listed, 1))
    heads = ("Medicine", "Class", "Rule in the appointment", "Set by", "What the patient is told")
    return Section("medicines", "Medicines", (Table(heads, (22, 17, 14, 14, 33), rows),))


def _medicine(subject: Subject, number: int, medicine: Medicine) -> Row:
    case = subject.case
    told = " ".join(dict.fromkeys(said_of_item(subject, "medicines", number))) or _UNPRINTED
    rule = medicine.rule or "none"
    rule += f", {medicine.not_after_hours:g} h before" if medicine.not_after_hours is not None else ""
    waits = case.awaits_a_clinician(medicine)
    by = medicine.set_by and subject.person(medicine.set_by)
    by = by or ("nobody" if waits or medicine.rule else "the clinic's rule for the class")
    name = f"{number}. {isolated(medicine.name, STAFF)}"
    return Row((name, medicine.medicine_class or "not given", rule, by, told), "blocks" if waits else "")


def documents(subject: Subject) -> Section:
    """The documents with their hashes."""
    rows = tuple(
        Row(
            (
                each.kind,
                str(each.pages),
                " + ".join(wording.sha256[:8] for wording in each.wordings),
                each.version,
                each.sha256[:16],
                each.wording.edition.version,
                each.status,
            )
        )
        for each in subject.packet.documents
    )
    heads = ("Document", "Pages", "Wording", "On the page", "File (SHA-256)", "Template", "Status")
    return Section("documents", "Documents", (Table(heads, (20, 8, 18, 13, 19, 11, 11), rows),))


def blanks(subject: Subject) -> Section:
    """Every blank as it is printed, in each language, and where it comes from."""
    rows = tuple(_blank(subject, name, blank) for name, blank in subject.blanks.items())
    printed = f"Printed ({', '.join(subject.packet.texts)})"
    return Section(
        "blanks", "What is filled in, and where it comes from", (Table(("Blank", printed, "From"), (22, 36, 42), rows),)
    )


def _blank(subject: Subject, name: str, blank: Blank) -> Row:
    texts = dict.fromkeys(isolated(plain(printed[name]), STAFF) for printed in subject.packet.texts.values())
    return Row((name, " / ".join(texts), subject.origin(blank.origin)))


def facts(subject: Subject, placed: tuple[Placed, ...]) -> Section:
    """Every fact with its value, what it follows from and by which clause, and how many blocks it shows or hides."""
    found = subject.packet.finding.facts
    touched = Counter(_touched(subject, placed))
    rows = tuple(
        Row(
            (
                name,
                value,
                f"{subject.origin(FACTS[name].origin)}. {FACTS[name].follows}",
                f"{touched[name, True]} / {touched[name, False]}",
            ),
            "warns" if name in subject.packet.finding.unknown else "",
        )
        for name, value in found.items()
    )
    heads = ("Fact", "Value", "Follows from, by which clause", "Shows / hides")
    return Section("facts", "Facts, and why", (Table(heads, (24, 14, 50, 12), rows),))


def _touched(subject: Subject, placed: tuple[Placed, ...]) -> Iterator[tuple[str, bool]]:
    """For every block the facts that its condition tests, and whether it stands."""
    for each in placed:
        block = subject.said.wordings[each.kind][0].edition.blocks[each.number - 1]
        yield from ((name, each.shown) for name in dict.fromkeys(test.name for test in tests(block.condition)))
