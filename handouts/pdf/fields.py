"""Fields to sign, tick and write in → form fields with widgets over what is drawn on the page (ISO 32000-1 §12.7).

A widget draws nothing of its own until it is filled in: the square or line that is printed lies under it. Every appearance is in
the file (ISO 19005-2 §6.4.1), and the font for what is written in is embedded whole in its repertoire.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from sys import intern
from typing import NamedTuple

from handouts.memory import remembered
from handouts.pdf.embed import Program, opened
from handouts.pdf.file import File, name, number, numbers, stream, text_string
from handouts.pdf.tick import tick
from handouts.typeset.fonts import Face, plain_face
from handouts.typeset.marks import FieldBox
from handouts.typeset.style import Style

_CODES = range(32, 256)
_PRINTED = "/F 4"  # the annotation's flag that it is printed (ISO 19005-2 §6.3.2)
_MANY_LINES = 1 << 12  # the field's flag for text of several lines (§12.7.4.3)
_KEY = "/Written"


class Widget(NamedTuple):
    """A field where it stands, as it is in every file: its rectangle, what is said of it, and what it looks like.

    `kind` are the entries of its kind; only a box to tick has something that it looks like `ticked`.
    """

    name: str
    rectangle: str
    label: str
    kind: str
    empty: bytes
    ticked: bytes
    is_text: bool


def widget(box: FieldBox, corners: Sequence[float], style: Style) -> Widget:
    """The widget of `box`; `corners` are left, bottom, right and top."""
    size = corners[2] - corners[0], corners[3] - corners[1]
    said = box.name, intern(numbers(corners)), _text(box.label)
    if box.kind == "checkbox":
        return Widget(*said, "/FT/Btn/V/Off/AS/Off", _empty(*size), _ticked(*size), is_text=False)
    if box.kind == "signature":
        return Widget(*said, "/FT/Sig", _empty(*size), b"", is_text=False)
    flags = f"/Ff {_MANY_LINES}" if box.lines > 1 else ""
    middle = "/Q 1" if box.kind == "initials" else ""
    appearance = f"{_KEY} {number(style.table)} Tf {numbers(style.ink)} rg"
    kind = intern(f"/FT/Tx{flags}{middle}/DA({appearance})")
    return Widget(*said, kind, _empty(*size), b"", is_text=True)


class Fields:
    """The form of one file; fields are added page by page."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._font = 0
        self._signed = False
        self._looks: dict[bytes, int] = {}
        self._roots: list[int] = []
        self._groups: dict[str, tuple[int, list[int]]] = {}
        self._names: set[str] = set()

    def add(self, widget: Widget, page: int, key: int) -> int:
        """The number of a field and its widget in one (§12.5.6.19).

        `page` is the page's object, `key` the widget's in the structure's table of
        parents. A field is named as the template names it; what stands before a full stop is the name of a group of fields
        (§12.7.3.2). A name that is there already gets a number after it: no field shares its value with another.
        """
        group, _, last = self._free_name(widget.name).rpartition(".")
        number_ = self._file.reserved()
        parent = self._group(group)
        (self._groups[group][1] if group else self._roots).append(number_)
        belongs = f"/Parent {parent} 0 R" if parent else ""
        self._file.put(
            number_,
            f"<</Type/Annot/Subtype/Widget/Rect[{widget.rectangle}]/P {page} 0 R{_PRINTED}/StructParent {key}"
            f"{belongs}/T {_text(last)}/TU {widget.label}{self._kind(widget)}>>",
        )
        return number_

    def written(self) -> str:
        """The catalog's entry for the form, or nothing if no field was added (§12.7.2)."""
        for group, (number_, kids) in self._groups.items():
            over, _, last = group.rpartition(".")
            belongs = f"/Parent {self._groups[over][0]} 0 R" if over else ""
            inside = " ".join(f"{kid} 0 R" for kid in kids)
            self._file.put(number_, f"<</T {_text(last)}{belongs}/Kids[{inside}]>>")
        if not self._roots:
            return ""
        fields = " ".join(f"{root} 0 R" for root in self._roots)
        fonts = f"/DR<</Font<<{_KEY} {self._font} 0 R>>>>" if self._font else ""
        signed = "/SigFlags 1" if self._signed else ""
        return f"/AcroForm<</Fields[{fields}]{fonts}{signed}>>"

    def _free_name(self, wanted: str) -> str:
        while not self._names.isdisjoint(_groups_of(wanted)):  # what stands before is a field already, and no group
            before, last = wanted.rsplit(".", 1)
            wanted = f"{before}-{last}"
        found = wanted
        times = 1
        while found in self._names or found in self._groups:
            times += 1
            found = f"{wanted}-{times}"
        self._names.add(found)
        return found

    def _group(self, group: str) -> int:
        """The number of the object that stands for a group of fields; 0 for none."""
        if not group:
            return 0
        if group not in self._groups:
            self._groups[group] = (self._file.reserved(), [])
            over = group.rpartition(".")[0]
            self._group(over)
            (self._groups[over][1] if over else self._roots).append(self._groups[group][0])
        return self._groups[group][0]

    def _kind(self, widget: Widget) -> str:
        if widget.ticked:
            looks = f"/Yes {self._look(widget.ticked)} 0 R/Off {self._look(widget.empty)} 0 R"
            return f"{widget.kind}/AP<</N<<{looks}>>>>"
        empty = f"/AP<</N {self._look(widget.empty)} 0 R>>"
        if widget.is_text:
            self._font = self._font or _font(self._file, plain_face())
        else:
            self._signed = True
        return f"{widget.kind}{empty}"

    def _look(self, appearance: bytes) -> int:
        """The number of an appearance; those that look the same are one."""
        if appearance not in self._looks:
            self._looks[appearance] = self._file.add_stream(appearance)
        return self._looks[appearance]


@remembered(4096)
def _groups_of(name_: str) -> tuple[str, ...]:
    """The names of the groups that a field of this name is in."""
    return tuple(accumulate(name_.split(".")[:-1], "{}.{}".format))


@remembered(4096)
def _text(text: str) -> str:
    return text_string(text)


@remembered(256)
def _empty(width: float, height: float) -> bytes:
    """An appearance of this size that draws nothing (§12.5.5)."""
    return _appearance(width, height, "")


@remembered(256)
def _ticked(width: float, height: float) -> bytes:
    return _appearance(width, height, _tick(width, height))


def _appearance(width: float, height: float, drawn: str) -> bytes:
    entries = f"/Type/XObject/Subtype/Form/BBox[0 0 {numbers((width, height))}]/Resources<<>>"
    return stream(entries, drawn.encode(), packed=False)


def _tick(width: float, height: float) -> str:
    """Two strokes in a square of this size."""
    points, thickness = tick((0, 0), (width, height))
    at = [numbers((x, height - y)) for x, y in points]
    return f"q {number(thickness)} w 1 J 1 j {at[0]} m {at[1]} l {at[2]} l S Q"


def _font(file: File, face: Face) -> int:
    """The number of a simple font with the whole of WinAnsiEncoding (§9.6.3, Annex D), which every reader can write in."""
    program, base, widths = _simple(face)
    descriptor = file.add(opened(face).measures.descriptor(base, 32, program.written(file)))
    return file.add(
        f"<</Type/Font/Subtype/TrueType/BaseFont{base}/Encoding/WinAnsiEncoding/FirstChar 32/LastChar 255"
        f"/Widths[{widths}]/FontDescriptor {descriptor} 0 R>>"
    )


@remembered(8)
def _simple(face: Face) -> tuple[Program, str, str]:
    """The font's program, its name, and the widths of its codes."""
    chars = [bytes((code,)).decode("cp1252", "replace") for code in _CODES]
    found = opened(face)
    points = [ord(char) for char in chars if char != "\ufffd" and char.isprintable()]
    glyphs = 0, *(found.glyph(point) for point in points)
    program = Program.of(face, glyphs, {point: number for number, point in enumerate(points, 1)})
    widths = [found.width(found.glyph(ord(char))) for char in chars]
    return program, name(f"WANSIA+{face.name}"), numbers(widths)
