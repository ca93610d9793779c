"""A block → its branch of the structure tree: what each of its pieces is, in the order it is read.

Roles are the standard ones of ISO 32000-1 §14.8.4 and are taken from the template; nothing is inferred from the look. A branch is
written before anybody knows the numbers of its elements, or of its pieces on their pages (§14.7.4.2): it has places for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from handouts.content.blocks import Block, Field, Part
from handouts.pdf.file import numbers, text_string
from handouts.typeset.marks import FieldBox, Glyphs, Picture

NUMBERING = {"ul": "Disc", "ol": "Decimal"}
_CELLS = frozenset(("TR", "TH", "TD"))


class Content(NamedTuple):
    """A piece of a page's content: the stretch of the block it is in, from 0, and its number there."""

    stretch: int
    number: int


class Annotation(NamedTuple):
    """An annotation: the stretch of the block it is in, and its number among those of the whole block."""

    stretch: int
    number: int


class Nested(NamedTuple):
    """An element that stands below the last of a block and is none of it, by its number among those that do."""

    number: int


class Element:
    """One structure element: its own content, in the order it was painted, stands before the elements below it.

    `language` is a BCP 47 tag where it differs from what is around ("" elsewhere), `attributes` are dictionaries in PDF syntax.
    `kids` is what is in it, once it is settled, `number` its place in the order they are read.
    """

    __slots__ = ("alternative", "attributes", "below", "content", "identifier", "kids", "language", "number", "role")

    def __init__(self, role: str, language: str = "", attributes: str = "", identifier: str = "") -> None:
        self.role = role
        self.language = language
        self.attributes = attributes
        self.identifier = identifier
        self.alternative = ""
        self.content: list[Content | Annotation | Element] = []
        self.below: list[Element | Nested] = []
        self.kids: list[Content | Annotation | Nested | Element] = []
        self.number = -1

    def under(self, role: str, language: str = "", attributes: str = "") -> Element:
        """A new element of this `role` below it."""
        made = Element(role, language, attributes)
        self.below.append(made)
        return made

    def within(self, role: str, identifier: str = "") -> Element:
        """A new element of this `role` amid its content."""
        made = Element(role, identifier=identifier)
        self.content.append(made)
        return made

    def settle(self) -> bool:
        """Notes as its `kids` what is in it, in the order it is read; whether there is anything, or it keeps its place empty.

        Elements with nothing in them are left out, but for cells and printed fields.
        """
        self.kids = [kid for kid in (*self.content, *self.below) if not isinstance(kid, Element) or kid.settle()]
        return bool(self.kids) or self.role in _CELLS or (self.role == "Form" and bool(self.attributes))


class Setting(NamedTuple):
    """All that the elements of a block depend on beside itself.

    `language` is its own where that differs from what is around, `levels` are those of its headings; it is `listed` if it stands in
    a list, and `nested` elements stand below its last.
    """

    language: str = ""
    levels: tuple[int, ...] = ()
    listed: bool = False
    nested: int = 0


class Branch(NamedTuple):
    """The elements of a block as they are written, one a line, with places for numbers.

    `places` are what the numbers count from, and how far they are from there: OWN is the first of its elements, AROUND the one it
    stands in, NOTE the callout's number; then come, for each stretch, the first piece of its content and its page; then the
    annotations, then what is nested. `tops` are the elements that stand below no other of the block, `last` is the last of them
    all, `note` whether it has an identifier.
    """

    shown: bytes
    places: tuple[tuple[int, int], ...]
    elements: int
    tops: tuple[int, ...]
    last: int
    note: bool


OWN, AROUND, NOTE, STRETCHES = range(4)
NO_BRANCH = Branch(b"", (), 0, (), 0, note=False)


class _Place:
    """Where the marks of a part go: its element, that of its bullet or number, and those of the last field and its label."""

    __slots__ = ("form", "label", "marker", "text")

    def __init__(self, text: Element, marker: Element | None = None) -> None:
        self.text = text
        self.marker = marker
        self.label: Element | None = None
        self.form: Element | None = None


class Growth:
    """The elements of one block, while its pieces are named."""

    def __init__(self, block: Block, setting: Setting) -> None:
        self._around = Element("L" if setting.listed else "")
        self._levels = iter(setting.levels)
        self._places = tuple(self._parts(block, setting))
        self._last = self._places[-1].text
        self._last.below += map(Nested, range(setting.nested))

    def element(self, mark: Glyphs | Picture) -> Element:
        """The element of a mark of the block."""
        if isinstance(mark, Picture):
            return self._places[0].text
        place = self._places[mark.part]
        if mark.role == "marker" and place.marker:
            return place.marker
        if mark.role == "label" and place.label:
            return place.label
        if mark.role == "value" and place.form:
            return place.form
        return place.text

    def form(self, box: FieldBox) -> Element:
        """A new element for a field; its label, which comes after it on the page, is read before it."""
        place = self._places[box.part]
        if box.kind != "checkbox":
            place.label = place.text.within("Span")
        place.form = place.text.within("Form")
        return place.form

    def link(self, mark: Glyphs) -> Element:
        """The element of a link: a new one, or the one before if that goes on in this mark."""
        around = self.element(mark)
        last = around.content[-1] if around.content else None
        if isinstance(last, Element) and last.role == "Link" and last.identifier == mark.href:
            return last
        return around.within("Link", identifier=mark.href or "")

    def branch(self, pages: Sequence[int], annotations: int) -> Branch:
        """All of them that hold anything, when everything is named; `pages` tell which stretches are on one page."""
        self._around.settle()
        return _branch(self._around.kids, self._last, pages, annotations)

    def _parts(self, block: Block, setting: Setting) -> Iterator[_Place]:
        around = self._around
        match block.role:
            case "tr":
                row = around.under("TR", language=setting.language)
                yield from (_Place(_cell(row, part)) for part in block.parts)
            case "aside":
                yield from self._note(block, around.under("Note", language=setting.language))
            case _:
                if block.role == "li" and not setting.listed:
                    around = around.under("L", attributes=listed("ul", block.parts))
                yield self._part(block.parts[0], around, setting.language)

    def _note(self, block: Block, note: Element) -> Iterator[_Place]:
        """The parts of a callout; items that follow one another are one list."""
        items: Element | None = None
        for part in block.parts:
            items = (items or note.under("L", attributes=listed("ul", (part,)))) if part.role == "li" else None
            yield self._part(part, items or note, "")

    def _part(self, part: Part, around: Element, language: str) -> _Place:
        match part.role:
            case "h1" | "h2" | "h3":
                return _Place(around.under(f"H{next(self._levels)}", language=language))
            case "li":
                item = around.under("LI", language=language)
                marker = item.under("Lbl")
                return _Place(item.under("LBody"), marker)
            case "img":
                return _Place(around.under("Figure", language=language))
            case _:
                return _Place(around.under("P", language=language))


def figure(element: Element, box: Sequence[float], description: str) -> None:
    """Says of a figure where it stands (left, bottom, right, top) and what words stand for it (ISO 14289-1 §7.3)."""
    element.attributes = f"<</O/Layout/Placement/Block/BBox[{numbers(box)}]>>"
    element.alternative = description


def figure_branch(box: Sequence[float], description: str) -> Branch:
    """A figure alone."""
    element = Element("Figure")
    figure(element, box, description)
    element.kids = [Content(0, 0)]
    return _branch([element], element, (0,), 0)


def printed_field(element: Element, kind: str, label: str, *, ticked: bool = False) -> None:
    """Says of a form element that its field is on paper only (§14.8.5.6): what it is for and, for a box, whether it is ticked."""
    role = f"/Role/cb/checked/{'on' if ticked else 'off'}" if kind == "checkbox" else "/Role/tv"
    element.attributes = f"<</O/PrintField{role}/Desc{text_string(label)}>>"


def listed(role: str, items: Iterable[Part]) -> str:
    """How the items of a list are numbered (§14.8.5.5): not at all if a box to tick stands before each."""
    firsts = [part.runs[0] if part.runs else None for part in items]
    boxes = bool(firsts) and all(isinstance(first, Field) and first.kind == "checkbox" for first in firsts)
    numbering = "None" if boxes else NUMBERING[role]
    return f"<</O/List/ListNumbering/{numbering}>>"


def _cell(row: Element, part: Part) -> Element:
    if part.role != "th":
        return row.under("TD")
    return row.under("TH", attributes=f"<</O/Table/Scope/{'Row' if part.scope == 'row' else 'Column'}>>")


def _branch(tops: Iterable[object], last: Element, pages: Sequence[int], annotations: int) -> Branch:
    """`tops` and all below them, settled, numbered as they are read."""
    elements: list[tuple[Element, int]] = []
    standing = tuple(_numbered(tops, -1, elements))
    writing = _Writing(pages, annotations)
    shown = "\n".join([writing.element(each, parent) for each, parent in elements])
    note = bool(elements) and elements[0][0].role == "Note"
    return Branch(shown.encode("latin-1"), tuple(writing.places), len(elements), standing, last.number, note)


def _numbered(kids: Iterable[object], parent: int, elements: list[tuple[Element, int]]) -> list[int]:
    """The numbers of the elements among `kids`; they and all below them go into `elements`, each with its parent's number."""
    own = [kid for kid in kids if isinstance(kid, Element)]
    for each in own:
        each.number = len(elements)
        elements.append((each, parent))
        _numbered(each.kids, each.number, elements)
    return [each.number for each in own]


class _Writing:
    """The dictionaries of a branch's elements (§14.7.2), and the places for numbers that are left in them."""

    def __init__(self, pages: Sequence[int], annotations: int) -> None:
        self.places: list[tuple[int, int]] = []
        self._pages = pages
        self._annotations = STRETCHES + 2 * len(pages)
        self._nested = self._annotations + annotations

    def element(self, element: Element, parent: int) -> str:
        """The dictionary of one element."""
        around = self._at(AROUND) if parent < 0 else self._at(OWN, parent)
        first = next((kid.stretch for kid in element.kids if isinstance(kid, Content)), -1)
        entries = (
            f"/Pg {self._page(first)} 0 R" if first >= 0 else "",
            f"/Lang {_plain(element.language)}" if element.language else "",
            f"/ID(note-{self._at(NOTE, digits=4)})" if element.role == "Note" else "",
            f"/A{element.attributes.replace('%', '%%')}" if element.attributes else "",
            f"/Alt {_plain(element.alternative)}" if element.alternative else "",
            self._kids(element.kids, first),
        )
        return f"<</Type/StructElem/S/{element.role}/P {around} 0 R{''.join(entries)}>>"

    def _kids(self, kids: Sequence[Content | Annotation | Nested | Element], stretch: int) -> str:
        """What is in an element; a widget alone is no array of one, for only so do readers find it who compare what was signed."""
        written = [self._kid(kid, stretch) for kid in kids]
        if len(kids) == 1 and isinstance(kids[0], Annotation):
            return f"/K{written[0]}"
        return f"/K[{' '.join(written)}]" if written else ""

    def _kid(self, kid: Content | Annotation | Nested | Element, stretch: int) -> str:
        match kid:
            case Element():
                return f"{self._at(OWN, kid.number)} 0 R"
            case Nested():
                return f"{self._at(self._nested + kid.number)} 0 R"
            case Annotation():
                return f"<</Type/OBJR/Obj {self._at(self._annotations + kid.number)} 0 R/Pg {self._page(kid.stretch)} 0 R>>"
            case Content() if self._pages[kid.stretch] == self._pages[stretch]:
                return self._at(STRETCHES + 2 * kid.stretch, kid.number)
            case Content():
                page = self._page(kid.stretch)
                return f"<</Type/MCR/Pg {page} 0 R/MCID {self._at(STRETCHES + 2 * kid.stretch, kid.number)}>>"

    def _page(self, stretch: int) -> str:
        return self._at(STRETCHES + 2 * stretch + 1)

    def _at(self, base: int, further: int = 0, *, digits: int = 0) -> str:
        """A place for a number."""
        self.places.append((base, further))
        return f"%0{digits}d" if digits else "%d"


def _plain(text: str) -> str:
    return text_string(text).replace("%", "%%")
