"""A print file → its pages several on a side for drafts, or some of them as a file of their own.

Who needs it imports it then: most runs impose nothing, and pikepdf takes long. Both keep what a print file keeps to (PDF/A-2b): its
metadata and colours are taken over, and nothing that no page needs. The same arguments give the same bytes, with the same pikepdf.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, Stream

from handouts.pdf.file import TIGHT, number, numbers, packed_bytes
from handouts.printing import turns_at_short_edge
from handouts.typeset.style import Paper

_HAIRLINE = "0.4 w 0.6 G"
_LEVELS = ("/Run", "/Packet", "/Set")
_NOT_TAKEN = ("/Parent", "/DPart")

Up = Literal[2, 4]
"""How many pages stand on a side."""


class Imposed(NamedTuple):
    """A file with several pages on a side, and which of its sides, from 1, are each packet's."""

    pdf: bytes
    packets: tuple[range, ...]


def imposed(pdf: Path | bytes, up: Up, paper: Paper, packets: Sequence[range], *, two_sided: bool) -> Imposed:
    """The print file `pdf` with `up` pages on each side of `paper`, scaled to fit, with hairlines between.

    `packets` are the pages of each packet, from 1, one after the other. Each begins on a sheet of its own: the sides that are
    left over stay empty. Pages stand from left to right and from the top down, also those of languages that are read from the
    right: which page is which says their footer. Two pages stand on a sheet that lies, which is turned at its short edge. Raises
    ValueError if a page of the file is in no packet or in two.
    """
    with _opened(pdf) as opened:
        sources: list[Any] = [page.obj for page in opened.pages]
        _require_all(packets, len(sources))
        size, cells = _cells(up, paper)
        sides: list[Any] = []
        found: list[range] = []
        records: list[_Record] = []
        for pages in packets:
            own = [sources[page - 1] for page in pages]
            made = [_side(opened, own[at : at + up], size, cells) for at in range(0, len(own), up)]
            if two_sided and len(made) % 2:
                made.append(_side(opened, [], size, cells))
            found.append(range(len(sides) + 1, len(sides) + len(made) + 1))
            sides += made
            if "/DPart" in own[0]:
                records.append(_Record(own[0].DPart.Parent.DPM, [made]))
        turned = "/DuplexFlipShortEdge" if turns_at_short_edge(up) else "/DuplexFlipLongEdge"
        opened.Root.ViewerPreferences.PrintScaling = Name("/None")
        opened.Root.ViewerPreferences.Duplex = Name(turned if two_sided else "/Simplex")
        return Imposed(_written(opened, sides, records), tuple(found))


def extracted(pdf: Path | bytes, pages: Iterable[int]) -> bytes:
    """The `pages` of a print file, from 1 and in this order, as a file of their own that says the same of them.

    Raises ValueError for no page, and for one that the file does not have.
    """
    wanted = tuple(pages)
    with _opened(pdf) as opened:
        sources: list[Any] = [page.obj for page in opened.pages]
        outside = [page for page in wanted if not 1 <= page <= len(sources)]
        if outside or not wanted:
            raise ValueError(f"the file has pages 1 to {len(sources)}; asked for {outside or 'none'}")
        kept = [(sources[page - 1], _copied(opened, sources[page - 1])) for page in wanted]
        return _written(opened, [page for _, page in kept], list(_records(kept)))


class _Record(NamedTuple):
    """What the file says of a packet (the dictionary of ISO 32000-2 §14.12.4.2), and the pages of its sets."""

    told: Any
    sets: Sequence[Sequence[Any]]


def _opened(pdf: Path | bytes) -> Pdf:
    return Pdf.open(BytesIO(pdf) if isinstance(pdf, bytes) else pdf)


def _require_all(packets: Sequence[range], pages: int) -> None:
    flat = [page for each in packets for page in each]
    if flat != list(range(1, pages + 1)) or not all(packets):
        raise ValueError(f"the packets are not pages 1 to {pages} of the file, one after the other")


def _cells(up: Up, paper: Paper) -> tuple[tuple[float, float], Sequence[tuple[float, float, float, float]]]:
    """The size of a side, and where pages stand on it: left, bottom, width and height in points, in the order they are read."""
    if up == 2:
        wide, tall = paper.height, paper.width
        return (wide, tall), [(across * wide / 2, 0, wide / 2, tall) for across in (0, 1)]
    wide, tall = paper.width, paper.height
    corners = [(across * wide / 2, up_ * tall / 2) for up_ in (1, 0) for across in (0, 1)]
    return (wide, tall), [(*corner, wide / 2, tall / 2) for corner in corners]


def _side(
    opened: Pdf,
    pages: Sequence[Any],
    size: tuple[float, float],
    cells: Sequence[tuple[float, float, float, float]],
) -> Any:
    """A side with these pages, or an empty one."""
    forms: dict[str, Any] = {}
    parts: list[str] = []
    for place, (page, (left, bottom, wide, tall)) in enumerate(zip(pages, cells, strict=False)):
        box = [float(each) for each in page.MediaBox]
        across, up = box[2] - box[0], box[3] - box[1]
        scale = min(wide / across, tall / up)
        x, y = left + (wide - scale * across) / 2 - scale * box[0], bottom + (tall - scale * up) / 2 - scale * box[1]
        forms[f"/P{place}"] = _form(opened, page)
        parts.append(f"q {scale:.5f} 0 0 {scale:.5f} {numbers((x, y))} cm /P{place} Do Q")
    if pages:
        lines = sorted(
            {(left, 0, left, size[1]) for left, *_ in cells} | {(0, low, size[0], low) for _, low, *_ in cells}
        )
        drawn = [f"{numbers(line[:2])} m {numbers(line[2:])} l S" for line in lines if any(line[:2])]
        parts += ["q", _HAIRLINE, *drawn, "Q"]
    given = {
        "/Type": Name("/Page"),
        "/MediaBox": [0, 0, *(Decimal(number(each)) for each in size)],
        "/Resources": Dictionary({"/XObject": Dictionary(forms)} if forms else {}),
        "/Contents": _stream(opened, "\n".join(parts).encode(), {}),
    }
    return opened.make_indirect(Dictionary(given))


def _form(opened: Pdf, page: Any) -> Any:
    """A page as a form (ISO 32000-1 §8.10); the forms within it stay those that many pages share."""
    content = b"\n".join([each.read_bytes() for each in _contents(page)])
    entries = {
        "/Type": Name("/XObject"),
        "/Subtype": Name("/Form"),
        "/BBox": page.MediaBox,
        "/Resources": page.Resources,
    }
    return _stream(opened, content, entries)


def _contents(page: Any) -> Sequence[Any]:
    return list(page.Contents) if isinstance(page.Contents, Array) else [page.Contents]


def _stream(opened: Pdf, content: bytes, entries: dict[str, Any]) -> Any:
    given = {**entries, "/Filter": Name("/FlateDecode")}
    return Stream(opened, packed_bytes(content, TIGHT), given)


def _copied(opened: Pdf, page: Any) -> Any:
    """A page for another tree of pages and parts."""
    entries = {key: value for key, value in page.items() if key not in _NOT_TAKEN}
    return opened.make_indirect(Dictionary(entries))


def _records(kept: Sequence[tuple[Any, Any]]) -> Iterator[_Record]:
    """The packets and sets of pages, each a page as it was and as it is now."""
    if "/DPart" not in kept[0][0]:
        return
    for _, of_packet in groupby(kept, lambda each: each[0].DPart.Parent.objgen):
        pages = list(of_packet)
        sets = [[new for _, new in of_set] for _, of_set in groupby(pages, lambda each: each[0].DPart.objgen)]
        yield _Record(pages[0][0].DPart.Parent.DPM, sets)


def _written(opened: Pdf, pages: Sequence[Any], records: Sequence[_Record]) -> bytes:
    """The file with these pages and parts instead of its own."""
    tree = {"/Type": Name("/Pages"), "/Count": len(pages), "/Kids": Array(pages)}
    opened.Root.Pages = opened.make_indirect(Dictionary(tree))
    for page in pages:
        page.Parent = opened.Root.Pages
    if "/DPartRoot" in opened.Root:
        del opened.Root["/DPartRoot"]
    if records:
        opened.Root.DPartRoot = _parts(opened, records)
    out = BytesIO()
    opened.save(
        out,
        min_version="1.7",
        fix_metadata_version=False,
        object_stream_mode=ObjectStreamMode.generate,
        deterministic_id=True,
    )
    return out.getvalue()


def _parts(opened: Pdf, records: Sequence[_Record]) -> Any:
    """The root of a tree of document parts as `pdf/document_parts.py` writes it."""

    def part(parent: Any, **entries: Any) -> Any:
        return opened.make_indirect(Dictionary(Type=Name("/DPart"), Parent=parent, **entries))

    levels = Array([Name(level) for level in _LEVELS])
    root = opened.make_indirect(Dictionary(Type=Name("/DPartRoot"), RecordLevel=1, NodeNameList=levels))
    run = root.DPartRootNode = part(root)
    packets: list[Any] = []
    for record in records:
        packet = part(run, DPM=record.told)
        packets.append(packet)
        leaves = [
            part(packet, Start=pages[0], **({"End": pages[-1]} if len(pages) > 1 else {})) for pages in record.sets
        ]
        packet.DParts = Array([Array(leaves)])
        for leaf, pages in zip(leaves, record.sets, strict=True):
            for page in pages:
                page.DPart = leaf
    run.DParts = Array([Array(packets)])
    return root
