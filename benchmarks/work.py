"""The work: a packet of about 2,300 words on 7 pages with about 70 blanks, or the whole packet that patients get."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks.given import Given, Paper
from benchmarks.look import LOOK
from handouts.appointment import Appointment
from handouts.cache import NO_CACHE, Cache
from handouts.clinic import load_clinic
from handouts.content import words
from handouts.content.blocks import Block, Edition, Group, Node
from handouts.content.editions import Editions
from handouts.content.wording import Wordings
from handouts.intake.raw import RawAppointment
from handouts.intake.rows import appointment, premises
from handouts.packet import Options, Packet, PacketMaker
from handouts.typeset.variant import STANDARD

PROCEDURE = "ketamine-infusion"
LEFT_OUT = frozenset({"E1", "E4", "E5", "E6", "C5", "C7", "C9", "C10", "C11"})
"""The sections (CLINICAL §3.2–3.4) that the benchmark's packet leaves out of the whole one."""

STYLE = replace(
    STANDARD,
    **{
        name: getattr(LOOK, name)
        for name in ("body", "h1", "h2", "h3", "table", "label", "small", "leading", "block_space")
    },
)


class ShortEditions(Editions):
    """The editions without some sections."""

    def _wordings_of(self, procedure: str, kind: str, language: str) -> Wordings:
        whole = super()._wordings_of(procedure, kind, language).edition
        return Wordings(replace(whole, root=_shortened(whole.root)), self.procedure(procedure))


DOCUMENTS = ("preparation", "side-effects", "consent")
"""What every program makes; the notice of language assistance is left out."""


class Work:
    """What there is to do for an appointment; `whole` is the packet that patients get, in its own sizes, `folder` the clinic."""

    def __init__(self, *, whole: bool = False, cache: Cache = NO_CACHE, folder: Path | None = None) -> None:
        clinic = load_clinic(folder or _reviewed())
        if clinic.clock is None:
            raise ValueError("the demo clinic has a clock")
        self.now = clinic.clock
        self.editions = (Editions if whole else ShortEditions)(clinic, cache)
        self.options = Options(DOCUMENTS) if whole else Options(DOCUMENTS, style=STYLE)
        self._premises = premises(clinic, self.now)

    def maker(self) -> PacketMaker:
        """A maker of packets that remembers nothing yet but the editions."""
        return PacketMaker(self.editions, self.options)

    @cached_property
    def _make(self) -> PacketMaker:
        return self.maker()

    def appointment(self, raw: Mapping[str, Any]) -> Appointment:
        """The appointment, read and checked."""
        return appointment(RawAppointment("schedule", raw), self._premises)

    def papers(self) -> dict[str, Edition]:
        """Every edition that packets are made of, by the name of its template."""
        found: dict[str, Edition] = {}
        for language in self.editions.languages(PROCEDURE):
            for kind in self.editions.procedure(PROCEDURE).kinds:
                found[f"{kind}.{language}"] = self.editions.wordings(PROCEDURE, kind, language).edition
        return found

    def given(self, raw: Mapping[str, Any]) -> Given:
        """What the peers are given of the appointment: the facts and the printed blanks of our packet."""
        packet = self._make(self.appointment(raw), self.now)
        return Given(tuple(self._paper(packet, number) for number in range(len(packet.documents))))

    def _paper(self, packet: Packet, number: int) -> Paper:
        edition, text = packet.documents[number].wording.edition, packet.printed
        press = self.editions.press(packet.language)
        version = hashlib.sha256(packet.documents[number].wording.sha256.encode()).hexdigest()[:8]
        identity = (
            text["patient_name"],
            press.word(words.BORN) % {"date": text["birth_date"]},
            press.word(words.RECORD) % {"mrn": text["mrn"]},
            press.word(words.VISIT) % {"date": text["appointment_date"]},
        )
        made = press.word(words.MADE) % {"time": text["issued_at"], "zone": text["issued_zone"]}
        code = f"{packet.packet_id}/{edition.kind}"
        return Paper(
            kind=edition.kind,
            language=edition.language,
            title=edition.title,
            facts=dict(packet.finding.facts),
            lists={name: [dict(item) for item in items] for name, items in packet.finding.items.items()},
            blanks=dict(text),
            head=[text["clinic_name"], press.word(words.FOR) % {"name": text["patient_name"]}, edition.title],
            foot=[
                " · ".join(identity),
                press.word(words.HELP),
                " · ".join((code, f"{edition.procedure}@{edition.version}", edition.language, version, made)),
            ],
            page_line=press.word(words.PAGE) % {"page": "{page}", "pages": "{pages}"},
            mark=list(dict.fromkeys((words.SAMPLE, press.word(words.SAMPLE)))),
            code=code,
        )


def _reviewed() -> Path:
    from tests.approved import reviewed  # noqa: PLC0415 - a cold start finds its clinic made

    return reviewed().folder


def size(packets: Iterable[Packet]) -> tuple[float, float, float]:
    """Pages, words and blanks of a packet, on average."""
    counted: list[tuple[int, int, int]] = []
    for packet in packets:
        runs = [run for document in packet.documents for block in document.wording.blocks for run in block.runs]
        said = [getattr(run, "text", "") or getattr(run, "label", "") for run in runs]
        names = [name for document in packet.documents for block in document.wording.blocks for name in block.blanks]
        filled = [packet.printed[name] for name in names]
        pages = sum(document.pages for document in packet.documents)
        counted.append((pages, sum(len(text.split()) for text in (*said, *filled)), len(names)))
    pages, length, blanks = (sum(column) / len(counted) for column in zip(*counted, strict=True))
    return pages, length, blanks


def _shortened(root: Group) -> Group:
    return replace(root, children=tuple(child for child in root.children if not _left_out(child)))


def _left_out(node: Node) -> bool:
    first = next(node.blocks(), None) if isinstance(node, Group) else node
    return isinstance(first, Block) and first.role == "h2" and bool(LEFT_OUT.intersection(first.rests_on))
