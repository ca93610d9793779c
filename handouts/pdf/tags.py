"""A wording's tree → the structure tree of the file: what each piece of the pages is, in the order it is read.

Roles are the standard ones of ISO 32000-1 §14.8.4 and are taken from the wording; nothing is inferred from the look. What is
painted is named by page and number (§14.7.4.2) while it is painted, so that a paragraph that goes on overleaf is one element.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from handouts.content.blocks import Block, Field, Group, Node, Part
from handouts.pdf.file import File, numbers, text_string
from handouts.typeset.marks import FieldBox, Glyphs, Picture

_ROLES = {"document": "Document", "section": "Sect", "ul": "L", "ol": "L", "table": "Table"}
_NUMBERING = {"ul": "Disc", "ol": "Decimal"}
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3}
_CELLS = frozenset(("TR", "TH", "TD"))


class Content(NamedTuple):
    """A piece of a page's content: the page, from 0, and the piece's number on it (MCID)."""

    page: int
    number: int


class Annotation(NamedTuple):
    """An annotation: the page it is on, from 0, and the number of its object."""

    page: int
    number: int


class Element:
    """One structure element: its own content, in the order it was painted, stands before the elements below it.

    `language` is a BCP 47 tag where it differs from what is around ("" elsewhere), `attributes` are dictionaries in PDF syntax.
    `kids` is what is in it, once it is settled.
    """

    __slots__ = ("alternative", "attributes", "below", "content", "identifier", "kids", "language", "number", "role")

    def __init__(self, role: str, language: str = "", attributes: str = "", identifier: str = "") -> None:
        self.role = role
        self.language = language
        self.attributes = attributes
        self.identifier = identifier
        self.alternative = ""
        self.content: list[Content | Annotation | Element] = []
        self.below: list[Element] = []
        self.kids: list[Content | Annotation | Element] = []
        self.number = 0

    def under(self, role: str, language: str = "", attributes: str = "", identifier: str = "") -> Element:
        """A new element of this `role` below it."""
        made = Element(role, language, attributes, identifier)
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


class _Place:
    """Where the marks of a part go: its element, that of its bullet or number, and that of the last label."""

    __slots__ = ("label", "marker", "text")

    def __init__(self, text: Element, marker: Element | None = None) -> None:
        self.text = text
        self.marker = marker
        self.label: Element | None = None


class Tree:
    """The structure tree of a document with the blocks of `root`, in `language` (BCP 47)."""

    def __init__(self, root: Group, language: str) -> None:
        self.root = Element("Document", language)
        self._places: list[tuple[_Place, ...]] = []
        self._notes = 0
        self._headings: list[int] = []
        self._fill(root, self.root, language)

    def element(self, galley: int, mark: Glyphs | Picture) -> Element:
        """The element of a mark of the block with this number in reading order."""
        if isinstance(mark, Picture):
            return self._places[galley][0].text
        place = self._places[galley][mark.part]
        if mark.role == "marker" and place.marker:
            return place.marker
        if mark.role == "label" and place.label:
            return place.label
        return place.text

    def logo(self) -> Element:
        """A new element for the picture at the head of the first page, before all others."""
        made = Element("Figure")
        self.root.below.insert(0, made)
        return made

    def form(self, galley: int, box: FieldBox) -> Element:
        """A new element for a field; its label, which comes after it on the page, is read before it."""
        place = self._places[galley][box.part]
        if box.kind != "checkbox":
            place.label = place.text.within("Span")
        return place.text.within("Form")

    def link(self, galley: int, mark: Glyphs) -> Element:
        """The element of a link: a new one, or the one before if that goes on in this mark."""
        around = self.element(galley, mark)
        last = around.content[-1] if around.content else None
        if isinstance(last, Element) and last.role == "Link" and last.identifier == mark.href:
            return last
        return around.within("Link", identifier=mark.href or "")

    def _fill(self, group: Group, around: Element, language: str) -> None:
        item: Element | None = None
        for child in _unpaired(group):
            if isinstance(child, Block):
                inside = around
                if child.role == "li" and around.role != "L":
                    inside = around.under("L", attributes=_listed("ul", child.parts))
                item = self._block(child, inside, language)
            elif around.role == "L":
                # A list in a list, or whatever else stands between items, is the body of the item before it (§14.8.4.3.3).
                item = item or around.under("LI").under("LBody")
                self._fill(child, self._group(child, item), language)
            else:
                self._fill(child, self._group(child, around), language)

    def _group(self, group: Group, around: Element) -> Element:
        items = [part for child in group.children if isinstance(child, Block) for part in child.parts]
        attributes = _listed(group.role, items) if group.role in _NUMBERING else ""
        return around.under(_ROLES[group.role], attributes=attributes)

    def _block(self, block: Block, around: Element, language: str) -> Element:
        """The elements of `block`; the last of them, in which a list may follow."""
        said = block.language if block.language != language else ""
        match block.role:
            case "tr":
                row = around.under("TR", language=said)
                places = [_Place(_cell(row, part)) for part in block.parts]
            case "aside":
                self._notes += 1
                note = around.under("Note", language=said, identifier=f"note-{self._notes:04}")
                places = list(self._note(block, note))
            case _:
                places = [self._part(block.parts[0], around, said)]
        self._places.append(tuple(places))
        return places[-1].text

    def _note(self, block: Block, note: Element) -> Iterator[_Place]:
        """The parts of a callout; items that follow one another are one list."""
        items: Element | None = None
        for part in block.parts:
            items = (items or note.under("L", attributes=_listed("ul", (part,)))) if part.role == "li" else None
            yield self._part(part, items or note, "")

    def _part(self, part: Part, around: Element, language: str) -> _Place:
        match part.role:
            case "h1" | "h2" | "h3":
                return _Place(around.under(f"H{self._level(_HEADINGS[part.role])}", language=language))
            case "li":
                item = around.under("LI", language=language)
                marker = item.under("Lbl")
                return _Place(item.under("LBody"), marker)
            case "img":
                return _Place(around.under("Figure", language=language))
            case _:
                return _Place(around.under("P", language=language))

    def _level(self, wanted: int) -> int:
        """The level of the next heading: as deep as it stands below others, so that none is skipped (ISO 14289-1 §7.4.2)."""
        while self._headings and self._headings[-1] >= wanted:
            self._headings.pop()
        self._headings.append(wanted)
        return len(self._headings)

    def written(
        self, file: File, pages: Sequence[int], painted: Sequence[Sequence[Element]], annotated: Sequence[Element]
    ) -> int:
        """The number of the structure tree's root (§14.7.2).

        `pages` are the pages' objects, `painted` the elements of every page's content by its number, `annotated` those of the
        annotations in the order of their keys, which come after the pages'.
        """
        root = file.reserved()
        self.root.settle()
        notes: list[tuple[str, int]] = []
        _write(self.root, root, file, pages, notes)
        rows = [f"[{' '.join(f'{element.number} 0 R' for element in page)}]" for page in painted]
        rows += [f"{element.number} 0 R" for element in annotated]
        parents = file.add(f"<</Nums[{' '.join(f'{key} {row}' for key, row in enumerate(rows))}]>>")
        names = " ".join(f"({identifier}) {number} 0 R" for identifier, number in sorted(notes))
        named_tree = f"/IDTree<</Names[{names}]>>" if notes else ""
        file.put(
            root,
            f"<</Type/StructTreeRoot/K[{self.root.number} 0 R]/ParentTree {parents} 0 R"
            f"/ParentTreeNextKey {len(rows)}{named_tree}>>",
        )
        return root


def _unpaired(group: Group) -> Iterator[Node]:
    """What is in `group` as it is read: of two blocks that say the same, one after the other, each in its language."""
    for child in group.children:
        if isinstance(child, Group) and child.role == "pair":
            yield from child.children
        else:
            yield child


def figure(element: Element, box: Sequence[float], description: str) -> None:
    """Says of a figure where it stands (left, bottom, right, top) and what words stand for it (ISO 14289-1 §7.3)."""
    element.attributes = f"<</O/Layout/Placement/Block/BBox[{numbers(box)}]>>"
    element.alternative = description


def printed_field(element: Element, kind: str, label: str) -> None:
    """Says of a form element that its field is on paper only (§14.8.5.6): what it is for and, for a box, that it is empty."""
    role = "/Role/cb/checked/off" if kind == "checkbox" else "/Role/tv"
    element.attributes = f"<</O/PrintField{role}/Desc{text_string(label)}>>"


def _listed(role: str, items: Iterable[Part]) -> str:
    """How the items of a list are numbered (§14.8.5.5): not at all if a box to tick stands before each."""
    firsts = [part.runs[0] if part.runs else None for part in items]
    boxes = bool(firsts) and all(isinstance(first, Field) and first.kind == "checkbox" for first in firsts)
    numbering = "None" if boxes else _NUMBERING[role]
    return f"<</O/List/ListNumbering/{numbering}>>"


def _cell(row: Element, part: Part) -> Element:
    if part.role != "th":
        return row.under("TD")
    return row.under("TH", attributes=f"<</O/Table/Scope/{'Row' if part.scope == 'row' else 'Column'}>>")


def _write(element: Element, parent: int, file: File, pages: Sequence[int], notes: list[tuple[str, int]]) -> None:
    """Writes an element and all below it, numbered as they are read; `notes` are those that have identifiers."""
    element.number = file.reserved()
    for kid in element.kids:
        if isinstance(kid, Element):
            _write(kid, element.number, file, pages, notes)
    if element.role == "Note":
        notes.append((element.identifier, element.number))
    file.put(element.number, _written(element, parent, pages))


def _written(element: Element, parent: int, pages: Sequence[int]) -> str:
    """The element's dictionary (§14.7.2)."""
    page = -1
    shown: list[str] = []
    for kid in element.kids:
        if isinstance(kid, Element):
            shown.append(f"{kid.number} 0 R")
        elif isinstance(kid, Annotation):
            shown.append(f"<</Type/OBJR/Obj {kid.number} 0 R/Pg {pages[kid.page]} 0 R>>")
        else:
            page = kid.page if page < 0 else page
            same = kid.page == page
            shown.append(str(kid.number) if same else f"<</Type/MCR/Pg {pages[kid.page]} 0 R/MCID {kid.number}>>")
    entries = (
        f"/Pg {pages[page]} 0 R" if page >= 0 else "",
        f"/Lang {text_string(element.language)}" if element.language else "",
        f"/ID({element.identifier})" if element.role == "Note" else "",
        f"/A{element.attributes}" if element.attributes else "",
        f"/Alt {text_string(element.alternative)}" if element.alternative else "",
        f"/K[{' '.join(shown)}]" if shown else "",
    )
    return f"<</Type/StructElem/S/{element.role}/P {parent} 0 R{''.join(entries)}>>"
