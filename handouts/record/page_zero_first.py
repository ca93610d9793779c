"""The ninety-second part of page 0: whose packet it is, what blocks it, what to know of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from handouts.content.concerns import Raised
from handouts.content.condition import holds, tests
from handouts.content.facts import FACTS
from handouts.content.wording import Wording
from handouts.errors import HandoutsError
from handouts.packet import DEMO, SAMPLE
from handouts.record.page_zero_sheet import Decision, Note, Piece, Row, Section, Table, counted, shortened
from handouts.record.page_zero_subject import STAFF, Subject, day, moment, words_of
from handouts.typeset.bidi import isolated

_FEW = 3
"""How many of many are named where the rest is counted."""
_MANY = 7
"""More unknown facts than these stand side by side."""
_ASSURING = ("no", "none", "first")
"""The value of a fact for which the least is printed."""
_SAMPLE = "Everything here is a sample: nothing of a demo clinic can be approved."


def head(subject: Subject, compared: str) -> Section:
    """Whose packet it is, and what is to be approved; `compared` says how it differs from the one before."""
    appointment, packet, case = subject.appointment, subject.packet, subject.case
    patient, location = appointment.patient, subject.clinic.locations[appointment.location]
    zone = f"{location.time_zone}, UTC{appointment.start:%z}"
    until = f"{case.ready_to_leave:%H:%M}"
    place = isolated(f"{location.name}, {location.address}", STAFF)
    talk = "by video" if appointment.consult == "telehealth" else "in person"
    name, mrn = isolated(patient.display_name, STAFF), isolated(patient.mrn, STAFF)
    documents = (f"{each.kind}, {counted(each.pages, 'page')}, {each.version}" for each in packet.documents)
    rows = [
        ("Patient", f"{name} · born {_born(subject)} · {mrn}"),
        ("Visit", f"{day(case.day)}, {case.arrival:%H:%M} to {until}, start {appointment.start:%H:%M} ({zone})"),
        ("Place", place),
        ("For", _treatment(subject)),
        (
            "With",
            f"{subject.person(appointment.clinician)}; talk held by {subject.person(appointment.discussed_by)}, {talk}",
        ),
        ("Language", _languages(subject)),
        ("To approve", f"{' · '.join(documents)} (what stands on the page); {packet.status}"),
        ("Packet", f"{packet.packet_id}, revision {appointment.revision}, made {moment(case.now)}; {compared}"),
    ]
    if packet.notice_left_out:
        rows.append(("Left out", f"the notice of language assistance: {packet.notice_left_out}"))
    return Section("head", "", (Table(("", ""), (12, 88), tuple(Row(cells) for cells in rows)),), first=True)


def _born(subject: Subject) -> str:
    case = subject.case
    return f"{day(case.appointment.patient.birth_date)} ({counted(case.age, 'year')} old on the day)"


def _treatment(subject: Subject) -> str:
    appointment = subject.appointment
    number, total = appointment.visit_number, appointment.series_total
    visit = f"visit {number}" if number else "number of the visit not given"
    visit += f" of {total}" if total else ", length of the series not given"
    title = subject.make.editions.procedure(appointment.procedure).declared.title
    return f"{title}, route {appointment.route}, for {appointment.indication.replace('_', ' ')}; {visit}"


def _languages(subject: Subject) -> str:
    made_in = " + ".join(subject.packet.texts)
    wanted = subject.appointment.patient.language
    instead = "" if subject.case.own_language else " – the packet is in English instead"
    return f"{made_in}; the patient reads {wanted}{instead}"


def decisions(subject: Subject) -> tuple[Decision, ...]:
    """Every blocking rule that applies, whether or not somebody has decided on it."""
    found = subject.said.finding
    return tuple(_decision(subject, each) for each in (*found.concerns, *found.decided))


def _decision(subject: Subject, raised: Raised) -> Decision:
    known = [f"{_spaced(path)}: {subject.value(path)}" for path in (raised.field, *raised.also)]
    if "patient.birth_date" in raised.also:
        known.append(f"{counted(subject.case.age, 'year')} old on the day")
    reason = isolated(subject.decided.get(raised.id, ""), STAFF)
    return Decision(raised.id, raised.says, "; ".join(known), raised.remedy, raised.follows, reason)


def blocking(subject: Subject, decided: Sequence[Decision]) -> Section:
    """What blocks approval: first what a clinician decides, then content that nobody has approved, then translation."""
    rows = [
        Row((each.id, f"{each.rule} Known: {each.known}.", each.to_do), "blocks")
        for each in decided
        if not each.decided
    ]
    done = [Row((each.id, each.rule, each.decided), "fine") for each in decided if each.decided]
    pieces: list[Piece] = []
    content = list(_content(subject))
    if rows:
        title = f"{counted(len(rows), 'decision')} to make before this packet can be approved"
        pieces.append(Note(f"{title}: decide by id, with a reason.", "blocks"))
        pieces.append(Table(("Id", "What blocks, and what is known", "To decide"), (17, 53, 30), tuple(rows)))
    pieces += content
    if done:
        pieces.append(Table(("Decided", "On what", "Reason, and by whom"), (17, 43, 40), tuple(done)))
    lost = [key for key in subject.decided if key not in {each.id for each in decided}]
    pieces += [
        Note(f'A decision is given on "{key}", which is no concern of this packet: it counts for nothing.', "warns")
        for key in lost
    ]
    if not rows and not content:
        pieces.insert(0, Note("Nothing blocks approval.", "fine"))
    return Section("blocks", "What blocks", tuple(pieces), first=True)


def _content(subject: Subject) -> Iterator[Note]:
    """What of the content is not approved, or of the translation not reviewed, document by document."""
    documents = subject.packet.documents
    if any(document.status == SAMPLE for document in documents):
        yield Note(_SAMPLE, "blocks")
    for document in documents:
        reasons = [each for each in subject.make.unfinished(subject.said, document.kind) if each != DEMO]
        for what in ("block", "setting"):
            if own := [each.partition(" ")[2] for each in reasons if each.startswith(f"{what} ")]:
                yield Note(f"{document.kind}: {counted(len(own), what)} not approved: {_named(own)}.", "blocks")
        if own := [each for each in reasons if each.startswith("translation ")]:
            into = list(dict.fromkeys(each.rpartition(" into ")[2] for each in own))
            count = counted(len(own), "translation")
            yield Note(f"{document.kind}: {count} not reviewed, into {_named(into)}: see translate status.", "blocks")
        other = [each for each in reasons if each.split(" ")[0] not in {"block", "setting", "translation"}]
        yield from (Note(f"{document.kind}: not approved: {each}.", "blocks") for each in other)


def _named(reasons: Sequence[str]) -> str:
    told = ", ".join(reasons[:_FEW])
    return told + (f" and {len(reasons) - _FEW} more" if len(reasons) > _FEW else "")


def warnings(subject: Subject) -> Section:
    """What staff and clinician should know, and what nobody knows of the patient, each with the cautious text it brings."""
    found = subject.packet.finding
    pieces: list[Piece] = [Note(text, "blocks") for text in _since_made(subject)]
    pieces += [Note(text, "warns") for text in found.warnings]
    if found.unknown:
        pieces.append(Note(f"Not known: {counted(len(found.unknown), 'fact')}. The cautious text is printed.", "warns"))
        pieces.append(_unknown(subject, found.unknown))
    if not pieces:
        pieces.append(Note("No warnings, and nothing is unknown.", "fine"))
    return Section("warnings", "Warnings, and what is not known", tuple(pieces), first=True)


def _unknown(subject: Subject, names: Sequence[str]) -> Table:
    """Each fact that nobody knows with the text it brings; many of them side by side, with the beginning of it alone."""
    if len(names) <= _MANY:
        rows = tuple(Row((_spaced(name), _cautious(subject, name, 92)), "warns") for name in names)
        return Table(("Not known", "What is printed for it"), (20, 80), rows)
    cells = [cell for name in names for cell in (_spaced(name), _cautious(subject, name, 37))]
    cells += [""] * (len(cells) % 4)
    rows = tuple(Row(tuple(cells[at : at + 4]), "warns") for at in range(0, len(cells), 4))
    return Table(("Not known", "What is printed for it", "Not known", "What is printed for it"), (17, 33, 17, 33), rows)


def _spaced(name: str) -> str:
    """A fact, or a field of the appointment, in words."""
    return name.removeprefix("flags.").replace("_", " ").replace(".", " ")


def _since_made(subject: Subject) -> Iterator[str]:
    """What has become untrue of the packet since it was made."""
    try:
        now = subject.make.said(subject.appointment, subject.now, subject.decided)
    except HandoutsError as trouble:
        yield "No packet could be made of this appointment any more: " + " ".join(map(str, trouble.faults))
        return
    then = subject.packet.finding
    changed = ((name, then.facts[name], value) for name, value in now.finding.facts.items())
    told = [f"{name} {before} → {value}" for name, before, value in changed if value != before]
    if now.finding.items != then.items:
        told.append("what is said of the medicines")
    if told:
        yield f"Make it again: since it was made this has changed: {', '.join(told)}."
    elif _sha256s(now.wordings.values()) != _sha256s(subject.said.wordings.values()):
        yield "Make it again: its wording would be another now."
    lapsed = [
        reason
        for kind in now.wordings
        if kind in subject.said.wordings
        for reason in subject.make.unfinished(now, kind)
        if reason not in subject.make.unfinished(subject.said, kind)
    ]
    if lapsed:
        yield f"No longer approved or reviewed since it was made: {_named(list(dict.fromkeys(lapsed)))}."


def _sha256s(documents: Iterable[tuple[Wording, ...]]) -> list[str]:
    return [each.sha256 for wordings in documents for each in wordings]


def _cautious(subject: Subject, name: str, longest: int) -> str:
    """The text that stands because the fact is unknown: its beginning, and how much more there is."""
    unknown = subject.packet.finding.unknown
    for assumed in ((name,), unknown):  # what stands for it alone; else what stands for it with others
        if texts := list(dict.fromkeys(_brought(subject, name, assumed))):
            more = f" (+{len(texts) - 1})" if len(texts) > 1 else ""
            return shortened(texts[0], longest - len(more)) + more
    return "nothing that would not stand without it"


def _brought(subject: Subject, name: str, assumed: Collection[str]) -> Iterator[str]:
    """What the blocks say that test the fact `name`, and stand because the facts `assumed` are unknown."""
    facts = subject.packet.finding.facts
    known = {each: next(v for v in FACTS[each].values if v in _ASSURING) for each in assumed}
    for kind, wordings in subject.said.wordings.items():
        for own, block in zip(wordings[0].edition.blocks, subject.in_english[kind], strict=True):
            condition = own.condition
            if own.each or own.role not in ("p", "li", "aside") or name not in {test.name for test in tests(condition)}:
                continue
            if holds(condition, facts) and not holds(condition, {**facts, **known}):
                yield words_of(block)
