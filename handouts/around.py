"""What stands around the text on every page of a packet, in its languages: header, footer, what is printed across, pages for screens."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from operator import itemgetter

from handouts.appointment import Appointment
from handouts.content import words
from handouts.content.blanks import Blank
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
    """The blanks of one packet as printed in each of its languages, the patient's first; and what follows from them all."""

    def __init__(
        self, values: Mapping[str, Blank], presses: Sequence[Press], lines: Furniture, appointment: Appointment
    ) -> None:
        super().__init__()
        self._presses, self._lines = presses, lines
        for press in presses:
            texts, troubles = all_printed(values, press)
            where = f'appointment "{appointment.id}"'
            RefusedAppointment.gathered(
                Fault(where, f"{trouble}.", "Choose another time.", field=name, value=str(values[name].value))
                for name, trouble in troubles.items()
            )
            self[press.language] = texts

    @cached_property
    def filled(self) -> str:
        """What stands in the blanks, in the patient's language: a line a blank."""
        texts = self[self._presses[0].language]
        form, in_order = _in_order(tuple(texts))
        return form % in_order(texts)

    @cached_property
    def furniture(self) -> Furniture:
        """What stands on every page of every document (CLINICAL §3.0); title and document line are each document's own.

        All of it is in the patient's language; what one must find on the page stands in both where there are two.
        """
        texts = self[self._presses[0].language]
        return replace(self._lines, clinic_name=texts["clinic_name"], values=texts)


def lines_around(presses: Sequence[Press]) -> Furniture:
    """The lines of header and footer in these languages, without any packet."""
    press = presses[0]
    language = press.language
    identity = (
        "{patient_name}",
        press.word(words.BORN) % {"date": "{birth_date}"},
        press.word(words.RECORD) % {"mrn": "{mrn}"},
        press.word(words.VISIT) % {"date": "{appointment_date}"},
    )
    pages = {"page": "{page}", "pages": "{pages}"}
    return Furniture(
        clinic_name="",
        title="",
        for_line=press.word(words.FOR) % {"name": "{patient_name}"},
        identity_line=_in_a_row(identity, language),
        page_line=both((each.word(words.PAGE) % pages for each in presses), language),
        document_line="",
        made_line=press.word(words.MADE) % {"time": "{issued_at}", "zone": "{issued_zone}"},
        help_line=both((each.word(words.HELP) for each in presses), language),
        language=language,
    )


def furniture_of(
    wordings: Sequence[Wording], texts: Texts, status: str, logos: Mapping[str, Logo], code: Code
) -> Furniture:
    """What stands on every page of a document: beside what stands in the whole packet, the document, its version, its hash."""
    edition, whole = wordings[0].edition, texts.furniture
    filled = "\n".join([*[wording.sha256 for wording in wordings], status, texts.filled])
    place = ("{packet_id}/" + edition.kind, "{template}", "{languages}", "{version}")
    own = {
        "template": f"{edition.procedure}@{edition.version}",
        "languages": " + ".join([wording.edition.language for wording in wordings]),
        "version": hashlib.sha256(filled.encode()).hexdigest()[:8],
    }
    return replace(
        whole,
        title=both([wording.edition.title for wording in wordings], edition.language),
        document_line=_in_a_row(place, edition.language),
        logo=logos.get(edition.language),
        code=code,
        values={**whole.values, **own},
    )


def _in_a_row(parts: Sequence[str], language: str) -> str:
    """`parts` as one line in `language`, of which none disturbs the order of another."""
    line = " · ".join(parts)
    return line if isolated(line, language) == line else " · ".join([isolated(part, language) for part in parts])


def both(texts: Iterable[str], language: str) -> str:
    """What stands in two languages as one line of a page in `language`."""
    said = tuple(dict.fromkeys(texts))
    return said[0] if len(said) == 1 else " / ".join(isolated(text, language) for text in said)


def page(
    wordings: Sequence[Wording], texts: Mapping[str, Mapping[str, str]], furniture: Furniture, mark: str | None
) -> bytes:
    """The same wording as a page for screens and screen readers (CLINICAL §3.8)."""
    from handouts.content.show import as_html  # noqa: PLC0415 - most runs make no pages for screens

    head = f"{furniture.clinic_name} · {furniture.said(furniture.for_line)}"
    own = furniture.identity_line, furniture.help_line, furniture.document_line, furniture.made_line
    notes = tuple(map(furniture.said, own))
    return as_html(wordings, texts, mark=mark or "", head=head, notes=notes).encode()


def mark_of(sources: Iterable[str], presses: Iterable[Press]) -> str | None:
    """What is printed across a page that is not for use: each of `sources` in English and in each of its languages, line by line."""
    known = tuple(presses)
    lines = (line for source in sources for line in (source, *(press.word(source) for press in known)))
    return "\n".join(dict.fromkeys(lines)) or None
