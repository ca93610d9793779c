"""A print file, how the clinic prints and what the printer can → the jobs that are asked of it, and what it will not do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from handouts.content.cldr import direction_of
from handouts.errors import Fault, NotPrinted, SettingError
from handouts.press.ipp import Attribute, Pages, collection, enum, integer, keyword, pages
from handouts.press.printer import STAPLE, STAPLE_TOP_LEFT, STAPLE_TOP_RIGHT, Printer
from handouts.press.run_folder import FinishedRun, PrintFile, Set
from handouts.printing import Media, PressSettings, turns_at_short_edge

TITLE = "handouts "
"""What the titles of our jobs begin with; the print file follows, and nothing of a patient."""
_STAPLES = {
    STAPLE: "stapled",
    STAPLE_TOP_LEFT: "stapled at the top left",
    STAPLE_TOP_RIGHT: "stapled at the top right",
}
_SIZES = {"letter": ("na_letter_8.5x11in", 21590, 27940), "a4": ("iso_a4_210x297mm", 21000, 29700)}
"""Names of PWG 5101.1, and what they measure in hundredths of a millimetre."""
_SIDES = {
    "one-sided": "on one side",
    "two-sided-long-edge": "on two sides",
    "two-sided-short-edge": "on two sides, turned at the short edge",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted for the sets on these pages: to be stapled, to stand on other paper."""

    pages: Pages
    sheets: int
    staple: int | None
    media: Media | None

    @property
    def plain(self) -> bool:
        """Whether nothing is."""
        return self.staple is None and self.media is None


@dataclass(frozen=True, slots=True)
class Ticket:
    """One job: its title, which pages of the file (all: None), how many sheets, and what is asked, in IPP and in words."""

    title: str
    pages: Pages | None
    sheets: int
    attributes: tuple[Attribute, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tickets:
    """The jobs of a print file, in the order in which they are to come out, and what the printer will not do of what is wanted."""

    jobs: tuple[Ticket, ...]
    remarks: tuple[str, ...]


def tickets_for(run: FinishedRun, print_file: PrintFile, settings: PressSettings, printer: Printer) -> Tickets:
    """What is asked of `printer` for a print file.

    Sets are told apart by page overrides (PWG 5100.6) where the printer knows them. Else each set that is stapled is a job of its own,
    and so are those between with the same paper. A printer that can do neither gets the file whole.
    Raises NotPrinted where the pages would come out wrong: on other paper, or on one side, SettingError for paper that has no name in IPP.
    """
    _check(run, printer)
    remarks: dict[str, None] = {}
    wishes = [_wish(each, pages, settings, printer, remarks) for each, pages in _whole(print_file)]
    common = _common(run, settings, printer, remarks)
    file = print_file.file
    whole = Ticket(f"{TITLE}{file}", None, print_file.sheets, (), ())
    if len(wishes) == 1 or all(wish.staple is None and wish.media == wishes[0].media for wish in wishes):
        tickets = [_ticket(whole, run, common, wishes[0])]
    elif _overrides(printer, wishes):
        tickets = [_with_overrides(whole, run, common, wishes)]
    elif printer.can("page-ranges", True):
        tickets = [
            _ticket(Ticket(f"{TITLE}{file} pages {wish.pages}", wish.pages, wish.sheets, (), ()), run, common, wish)
            for wish in _runs(wishes)
        ]
    else:
        problem = (
            "The printer cannot treat sets of a file differently: nothing is stapled, and all is on the same paper."
        )
        remarks[problem] = None
        tickets = [_ticket(whole, run, common, replace(wishes[0], staple=None, media=None))]
    return Tickets(tuple(tickets), tuple(remarks))


def sides(run: FinishedRun) -> str:
    """`sides` of a run (RFC 8011 §5.2.8)."""
    if not run.two_sided:
        return "one-sided"
    return "two-sided-short-edge" if turns_at_short_edge(run.up) else "two-sided-long-edge"


def _check(run: FinishedRun, printer: Printer) -> None:
    """Raise NotPrinted where pages would come out on other paper, or other sides, than they were made for."""
    size, where = _SIZES[run.paper][0], f"printer {printer.name}"
    faults: list[Fault] = []
    if printer.can("media", size) is False:
        remedy = "Choose another printer, or run again with --paper."
        faults.append(Fault(where, f"it has no {run.paper} paper, which this run is made for.", remedy))
    if printer.can("sides", sides(run)) is False:
        remedy = "Choose another printer, or set two_sided = false in [press] of clinic.toml and run again."
        faults.append(Fault(where, f"it does not print {_SIDES[sides(run)]}, which this run is made for.", remedy))
    NotPrinted.gathered(faults)


def _whole(print_file: PrintFile) -> Iterator[tuple[Set, Pages]]:
    """Each set, and its pages with those behind it that are nobody's: no page of a file is left out."""
    for each, after in pairwise(print_file.sets):
        yield each, Pages(each.first_page, after.first_page - 1)
    last = print_file.sets[-1]
    yield last, Pages(last.first_page, print_file.pages)


def _wish(each: Set, own: Pages, settings: PressSettings, printer: Printer, remarks: dict[str, None]) -> Wish:
    sheets = each.last_sheet - each.first_sheet + 1
    staple = _staple(each, printer, remarks) if settings.staple and sheets > 1 and not each.part else None
    wanted = settings.media.get(each.kind)
    return Wish(own, sheets, staple, _media(each.kind, wanted, printer, remarks) if wanted else None)


def _staple(each: Set, printer: Printer, remarks: dict[str, None]) -> int | None:
    """Where the set is stapled; None, with a remark, where the printer cannot."""
    from_right = bool(each.language) and direction_of(each.language) == "rtl"
    corner = STAPLE_TOP_RIGHT if from_right else STAPLE_TOP_LEFT
    for staple in (corner, STAPLE):
        if printer.can("finishings", staple):
            return staple
    other = STAPLE_TOP_LEFT if from_right else STAPLE_TOP_RIGHT
    if printer.can("finishings", other):
        remarks[f"The printer cannot staple where lines of {each.language} begin: {_STAPLES[other]}."] = None
        return other
    remarks["The printer does not staple: staple the sets by hand."] = None
    return None


def _media(kind: str, wanted: Media, printer: Printer, remarks: dict[str, None]) -> Media | None:
    """The paper as far as the printer has it: None, with a remark, where it does not."""
    named = {"type": wanted.type, "color": wanted.colour, "source": wanted.source}
    for name, value in named.items():
        if value and not re.fullmatch(r"[A-Za-z0-9._-]{1,255}", value):
            problem = "is no name of paper in IPP: letters, digits, dots and hyphens."
            field = "colour" if name == "color" else name
            raise SettingError(
                Fault("clinic.toml", problem, "See press printers.", f"press.media.{kind}.{field}", value)
            )
    lacking = [
        f"{name} {value} (it has {', '.join(printer.known(f'media-{name}')) or 'no choice'})"
        for name, value in named.items()
        if value
        and not (printer.can(f"media-{name}", value) and printer.can("media-col", f"media-{name}") is not False)
    ]
    if lacking:
        remarks[f"The printer has no paper for {kind}: {'; '.join(lacking)}. It is printed on the usual paper."] = None
        return None
    return wanted if any(named.values()) else None


def _overrides(printer: Printer, wishes: Sequence[Wish]) -> bool:
    """Whether the printer takes what is wanted as page overrides."""
    members = ["pages"]
    members += ["finishings"] if any(wish.staple for wish in wishes) else []
    members += ["media-col"] if any(wish.media for wish in wishes) else []
    return all(printer.can("overrides", member) for member in members)


def _runs(wishes: Sequence[Wish]) -> Iterator[Wish]:
    """Sets that can be one job: those on the same paper, one after the other, none of which is stapled."""
    begun: Wish | None = None
    for wish in wishes:
        if begun and begun.staple is None and wish.staple is None and begun.media == wish.media:
            begun = replace(begun, pages=Pages(begun.pages.first, wish.pages.last), sheets=begun.sheets + wish.sheets)
            continue
        if begun:
            yield begun
        begun = wish
    if begun:
        yield begun


def _common(run: FinishedRun, settings: PressSettings, printer: Printer, remarks: dict[str, None]) -> list[Attribute]:
    """What is asked for every page."""
    asks = [integer("copies", 1), keyword("sides", sides(run))]
    if printer.can("print-scaling", "none"):
        asks.append(
            keyword("print-scaling", "none")
        )  # pages as they were approved, and codes as large as they were tried
    if settings.reduced_ink and printer.can("print-color-mode", "monochrome"):
        asks.append(keyword("print-color-mode", "monochrome"))
    if printer.can("sides", sides(run)) is None:
        remarks[
            "The queue does not say what its printer can (it may be raw): see that it prints on the sides it should."
        ] = None
    return asks


def _ticket(ticket: Ticket, run: FinishedRun, common: Sequence[Attribute], wish: Wish) -> Ticket:
    """A job all of which is printed alike."""
    asks = [*common, *_paper(run, wish.media)]
    asks += [enum("finishings", wish.staple)] if wish.staple else []
    asks += [pages("page-ranges", ticket.pages)] if ticket.pages else []
    return replace(ticket, attributes=tuple(asks), words=(*_told(run, asks), *_wished(wish)))


def _with_overrides(ticket: Ticket, run: FinishedRun, common: Sequence[Attribute], wishes: Sequence[Wish]) -> Ticket:
    """A job of which some pages are printed in another way than the rest."""
    asks = [*common, *_paper(run, None)]
    apart = [wish for wish in wishes if not wish.plain]
    members: list[list[Attribute]] = []
    for wish in apart:
        member = [pages("pages", wish.pages)]
        member += [enum("finishings", wish.staple)] if wish.staple else []
        members.append([*member, *(_paper(run, wish.media) if wish.media else ())])
    words = [f"pages {wish.pages} {', '.join(_wished(wish))}" for wish in apart]
    asks.append(collection("overrides", *members))
    return replace(ticket, attributes=tuple(asks), words=(*_told(run, asks), *words))


def _paper(run: FinishedRun, media: Media | None) -> tuple[Attribute, ...]:
    """The paper: the size alone, or with what else is wanted of it."""
    name, width, height = _SIZES[run.paper]
    if media is None:
        return (keyword("media", name),)
    size = collection("media-size", [integer("x-dimension", width), integer("y-dimension", height)])
    more = {"media-type": media.type, "media-color": media.colour, "media-source": media.source}
    return (collection("media-col", [size, *(keyword(each, value) for each, value in more.items() if value)]),)


def _told(run: FinishedRun, asks: Sequence[Attribute]) -> Iterator[str]:
    yield f"{'A4' if run.paper == 'a4' else 'letter'}, {_SIDES[sides(run)]}"
    if any(ask.name == "print-color-mode" for ask in asks):
        yield "black and white"


def _wished(wish: Wish) -> Iterator[str]:
    if wish.media:
        named = {"type": wish.media.type, "colour": wish.media.colour, "tray": wish.media.source}
        yield f"on paper of {', '.join(f'{name} {value}' for name, value in named.items() if value)}"
    if wish.staple:
        yield _STAPLES[wish.staple]
