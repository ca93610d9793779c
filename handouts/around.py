"""What stands around the text on every page of a packet, in its languages: header, footer, what is printed across, pages for screens."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import NamedTuple

from handouts.appointment import Appointment
from handouts.content import words
from handouts.content.blanks import Blank
from handouts.content.blocks import Edition
from handouts.content.press import Press, all_printed
from handouts.content.wording import Wording
from handouts.errors import Fault, RefusedAppointment
from handouts.memory import remembered
from handouts.typeset.bidi import isolated
from handouts.typeset.code import Code
from handouts.typeset.furniture import Furniture, Logo


@remembered(256)
def _in_order(names: tuple[str, ...]) -> tuple[str, Callable[[Mapping[str, str]], tuple[str, ...]]]:
    """A line for each of some blanks, by their names' order: their form, and what finds the texts to put in."""
    in_order = sorted(names)
    return "\n".join(f"{name}=%s" for name in in_order), itemgetter(*in_order)


class Texts(dict[str, Mapping[str, str]]):
    """The blanks of one packet as printed in each of its languages, the patient's first.

    `first` are those in the patient's language, `filled` says the same in one text, a line a blank. Raises RefusedAppointment with
    every blank that cannot be printed.
    """

    def __init__(self, values: Mapping[str, Blank], presses: Sequence[Press], appointment: Appointment) -> None:
        super().__init__()
        for press in presses:
            texts, troubles = all_printed(values, press)
            if troubles:
                where = f'appointment "{appointment.id}"'
                raise RefusedAppointment(
                    *[
                        Fault(where, f"{trouble}.", "Choose another time.", field=name, value=str(values[name].value))
                        for name, trouble in troubles.items()
                    ]
                )
            self[press.language] = texts
        self.first = self[presses[0].language]
        form, in_order = _in_order(tuple(self.first))
        self.filled = form % in_order(self.first)


class Around(NamedTuple):
    """What stands on every page of a document (CLINICAL §3.0): `lines` wait for what is one packet's own, `values` are the document's.

    `number` is the document's in its packet, from 1.
    """

    lines: partial[Furniture]
    values: Mapping[str, str]
    number: int


def around(editions: Sequence[Edition], presses: Sequence[Press], logos: Mapping[str, Logo], number: int) -> Around:
    """What stands on every page of a document, whoever it is for.

    All of it is in the patient's language; what one must find on the page stands in both where there are two.
    """
    press, edition = presses[0], editions[0]
    language = press.language
    identity = (
        "{patient_name}",
        press.word(words.BORN) % {"date": "{birth_date}"},
        press.word(words.RECORD) % {"mrn": "{mrn}"},
        press.word(words.VISIT) % {"date": "{appointment_date}"},
    )
    pages = {"page": "{page}", "pages": "{pages}"}
    place = ("{packet_id}/" + edition.kind, "{template}", "{languages}", "{version}")
    lines = partial(
        Furniture,
        title=both([each.title for each in editions], edition.language),
        for_line=press.word(words.FOR) % {"name": "{patient_name}"},
        identity_line=_in_a_row(identity, language),
        page_line=both((each.word(words.PAGE) % pages for each in presses), language),
        document_line=_in_a_row(place, edition.language),
        made_line=press.word(words.MADE) % {"time": "{issued_at}", "zone": "{issued_zone}"},
        help_line=both((each.word(words.HELP) for each in presses), language),
        language=language,
        logo=logos.get(edition.language),
    )
    values = {
        "template": f"{edition.procedure}@{edition.version}",
        "languages": " + ".join([each.language for each in editions]),
    }
    return Around(lines, values, number)


def furniture_of(
    given: Around, wordings: Sequence[Wording], texts: Texts, status: str, appointment: Appointment
) -> Furniture:
    """What stands on every page of a document of one packet: with its blanks, its code, and the version, a hash of it all."""
    filled = "\n".join([*[wording.sha256 for wording in wordings], status, texts.filled])
    version = hashlib.sha256(filled.encode()).hexdigest()[:8]
    values = {**texts.first, **given.values, "version": version}
    code = Code(values["packet_id"], appointment.revision, given.number)
    return given.lines(clinic_name=values["clinic_name"], code=code, values=values)


def _in_a_row(parts: Sequence[str], language: str) -> str:
    """`parts` as one line in `language`, of which none disturbs the order of another."""
    line = " · ".join(parts)
    return line if isolated(line, language) == line else " · ".join([isolated(part, language) for part in parts])


def both(texts: Iterable[str], language: str) -> str:
    """What stands in two languages as one line of a page in `language`."""
    said = tuple(dict.fromkeys(texts))
    return said[0] if len(said) == 1 else " / ".join(isolated(text, language) for text in said)


def page(wordings: Sequence[Wording], texts: Mapping[str, Mapping[str, str]], furniture: Furniture, mark: str) -> bytes:
    """The same wording as a page for screens and screen readers (CLINICAL §3.8)."""
    from handouts.content.show import as_html  # noqa: PLC0415 - most runs make no pages for screens

    head = f"{furniture.clinic_name} · {furniture.said(furniture.for_line)}"
    own = furniture.identity_line, furniture.help_line, furniture.document_line, furniture.made_line
    notes = tuple(map(furniture.said, own))
    return as_html(wordings, texts, mark=mark, head=head, notes=notes).encode()


def mark_of(sources: Iterable[str], presses: Sequence[Press]) -> str:
    """What is printed across a page that is not for use: each of `sources` in English and in each of its languages, line by line."""
    lines = (line for source in sources for line in (source, *(press.word(source) for press in presses)))
    return "\n".join(dict.fromkeys(lines))
