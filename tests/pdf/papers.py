"""A paper that has everything a template can say, for tests of how it is written."""

import struct
import zlib
from io import BytesIO

import pikepdf

from handouts.content.blocks import BlankPlace, Block, Field, Group, Part, Text
from handouts.pdf import FontSet, Signing, fill, stamp
from handouts.pdf.making import PlateMaker
from handouts.typeset import LETTER, Furniture, Style, furniture_size, lay_out, set_galleys
from handouts.typeset.standing import set_furniture
from handouts.typeset.stencil import SetBlock, Stencil

PRINTED = {"arrival": "Monday, March 9, 2026, at 9:30\u202fAM", "patient.name": "María-José Ñandú"}
FURNITURE = Furniture(
    clinic_name="Hudson Example Clinic",
    title="A paper (with everything) – ¿qué?",
    for_line="For: María-José Ñandú",
    identity_line="María-José Ñandú · born July 4, 1980 · MRN 00123456 · March 9, 2026",
    page_line="page {page} of {pages}",
    document_line="7f3a · preparation@3 · en · 5be1a9f0",
    help_line="Interpreter or large print: ask us",
    language="en",
)


def part(role, *runs, **given):
    return Part(role, tuple(Text(run) if isinstance(run, str) else run for run in runs), **given)


def block(role, *runs, language="en", **given):
    return Block(role, (part(role, *runs),), ("S1",), language, **given)


def aside(*parts, kind="", language="en"):
    return Block("aside", parts, ("S1",), language, kind=kind)


def row(*parts):
    return Block("tr", parts, ("S1",), "en")


def picture(pixel=b"\x10\x40\x80", kind=2, name=b""):
    """A PNG of 40 × 20 pixels: of `kind` 2 in RGB, 6 with opacity too, 0 in grey, 4 in grey with opacity."""

    def chunk(label, content):
        check = struct.pack(">I", zlib.crc32(label + content))
        return struct.pack(">I", len(content)) + label + content + check

    pixels = zlib.compress(b"".join(b"\0" + pixel * 40 for _ in range(20)))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 40, 20, 8, kind, 0, 0, 0))
    note = chunk(b"tEXt", b"Title\0" + name) if name else b""
    return b"\x89PNG\r\n\x1a\n" + head + note + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


PICTURES = {
    "map.png": picture(),
    "clear.png": picture(b"\x10\x40\x80\x70", 6),
    "grey.png": picture(b"\x80", 0),
    "grey-clear.png": picture(b"\x80\x40", 4),
}


def as_set(galleys):
    """Galleys with all their values in them, by number, as what has no hole."""
    return {number: SetBlock(Stencil(galley), {}) for number, galley in enumerate(galleys)}


def with_blanks(galleys):
    """The stencils of those galleys whose text is filled in, by number."""
    return {number: Stencil(galley) for number, galley in enumerate(galleys) if galley.block.blanks}


def everything():
    call = Text("(212) 555-0142", href="tel:+12125550142")
    site = Text(
        "our page on the way to the clinic and all that is to be known about it ", href="https://clinic.example/é"
    )
    unsafe = Text("another", href="http://clinic.example/")
    inner = Group("ul", (block("li", "Tea"), block("li", "Water")))
    steps = Group("ol", (block("li", "Drink clear things only"), inner, block("li", "Come here")))
    heads = (part("th", "Medicine", scope="col"), part("th", "When", scope="col"), part("th", "", scope="col"))
    rows = (
        row(
            part("th", f"Number {number}", scope="row"),
            part("td", "At eight " * 24),
            part("td", Field("checkbox", f"medicines.{number}.done", f"Number {number}: done"), "Done"),
        )
        for number in range(8)
    )
    signed = (
        Field("signature", "sign.patient", "Your signature", 60),
        Field("text", "sign.date", "Date (day, month, year)", 40),
    )
    return Group(
        "document",
        (
            aside(part("p", "For staff: look at this first."), kind="staff"),
            block("h1", "Getting ready"),
            block("h3", "A small heading right below a large one"),
            Group(
                "section",
                (
                    block("h2", "When to come"),
                    block("p", "Come on ", BlankPlace("arrival", strong=True), ", ", BlankPlace("patient.name"), ". "),
                    block("p", "Call ", call, ", or see ", site, site, " or ", unsafe, "."),
                    block("p", "La misma cosa en español, para quien la lea mejor.", language="es"),
                    steps,
                ),
            ),
            *(Block("img", (part("img", f"The way in: {name}", source=name),), ("S1",), "en") for name in PICTURES),
            Block("img", (part("img", "", source="map.png"),), ("S1",), "en"),
            aside(
                part("h3", "Call us"),
                part("p", "If you are not sure, ask. " * 2, Field("initials", "initials.asked", "Initials")),
                part("li", "Fever"),
                part("li", "A cold"),
                part("p", "Or anything else."),
                part("li", "And this"),
                kind="warning",
            ),
            block("p", " ".join(f"Sentence {number} goes on from page to page." for number in range(60))),
            Group("table", (row(*heads), *rows), (30, 50, 20)),
            Group(
                "ul", tuple(block("li", Field("checkbox", f"choice.{n}", f"Choice {n}"), f" Choice {n}") for n in "ab")
            ),
            Group("section", (block("h2", "Sign"), block("fields", *signed)), keep=True),
            block("p", "I understand.", Field("initials", "initials.all", "Initials")),
            block("p", "Notes", Field("text", "notes", "What else (in your words)", 100, 3)),
            block("p", "The same name once more", Field("text", "notes", "And again", 100)),
        ),
    )


def filled(root=None, *, furniture=FURNITURE, mark=None, signable=True, instead_of_signing="Not for signature"):
    """A master with its values, as a print file takes it."""
    root, style = root or everything(), Style()
    galleys = set_galleys(root, {"en": PRINTED, "es": PRINTED}, LETTER, style, PICTURES)
    standing = set_furniture(furniture, LETTER.measure, style)
    master = lay_out(root, galleys, LETTER, style, standing.size)
    plates = PlateMaker(FontSet.of({}), style, Signing(signable, instead_of_signing, furniture.language))
    plate = plates(root, master, galleys, standing, filled=with_blanks(galleys), mark=mark)
    return fill(plate, as_set(galleys), standing)


def made(root=None, paper=LETTER, style=None, furniture=FURNITURE, printed=PRINTED, **given):
    root, style = root or everything(), style or Style()
    galleys = set_galleys(root, {"en": printed, "es": printed}, paper, style, PICTURES)
    master = lay_out(root, galleys, paper, style, furniture_size(furniture, paper.measure, style))
    return stamped(root, master, galleys, furniture, **given)


def stamped(root, master, galleys, furniture, *, mark=None, signable=True, instead_of_signing="", answered=False):
    """The file of a master, with a plate of its own."""
    signing = Signing(signable, instead_of_signing, furniture.language, answered=answered)
    plates = PlateMaker(FontSet.of({}), master.style, signing)
    standing = set_furniture(furniture, master.paper.measure, master.style)
    plate = plates(root, master, galleys, standing, filled=with_blanks(galleys), mark=mark)
    return stamp(fill(plate, as_set(galleys), standing))


def unpacked(pdf):
    """The same file with every object by itself and every stream as it is, to look for words in."""
    written = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        modes = {"object_stream_mode": pikepdf.ObjectStreamMode.disable, "compress_streams": False}
        opened.save(written, stream_decode_level=pikepdf.StreamDecodeLevel.generalized, **modes)
    return written.getvalue()
