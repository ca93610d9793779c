"""The print file: every page of every packet as in its own file, fonts and blocks once, kept to PDF/A-2b, written as it goes."""

import gc
import os
import shutil
import subprocess
import tracemalloc
from io import BytesIO
from pathlib import Path

import papers
import pikepdf
import pytest
from pseudo import pseudo_clinic
from verapdf import failures

from handouts.content.editions import Editions
from handouts.intake import read
from handouts.packet import Options, PacketMaker
from handouts.pdf.print_file import PrintFile

EXAMPLES = Path(__file__).parents[2] / "examples"


class Sink:
    """Takes bytes and counts them."""

    def __init__(self):
        self.size = 0

    def write(self, content):
        self.size += len(content)


@pytest.fixture(scope="module")
def packets(tmp_path_factory):
    clinic = pseudo_clinic(tmp_path_factory.mktemp("print") / "clinic")
    found = read(EXAMPLES / "appointments.csv", clinic, clinic.clock).appointments
    make = PacketMaker(Editions(clinic), Options())
    return [make(appointment, clinic.clock) for _, appointment in found]


def printed(packets):
    written = BytesIO()
    file = PrintFile(written)
    ranges = [file.add([document.filled for document in packet.documents]) for packet in packets]
    file.close()
    return written.getvalue(), ranges


def pictures(pdf, folder):
    """Each page as drawn by poppler; pdfium moves a line by a pixel where two ways to the same place differ in the last digit."""
    folder.mkdir()
    (folder / "all.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "60", "-gray", str(folder / "all.pdf"), str(folder / "page")], check=True)
    return [path.read_bytes() for path in sorted(folder.glob("page*.pgm"))]


@pytest.mark.skipif(
    not os.environ.get("CI") and not shutil.which("pdftoppm"), reason="pdftoppm (poppler-utils) is not here"
)
def test_every_page_looks_as_in_the_file_of_its_document(packets, tmp_path):
    pdf, ranges = printed(packets)
    together = pictures(pdf, tmp_path / "together")
    alone = []
    for number, packet in enumerate(packets):
        assert len(alone) + 1 == ranges[number].start
        for document in packet.documents:
            alone += pictures(document.pdf, tmp_path / f"{number}-{document.kind}")
    assert len(alone) == len(together) == ranges[-1].stop - 1
    assert not [page for page, (one, other) in enumerate(zip(alone, together, strict=True), 1) if one != other]


def test_the_file_keeps_to_the_archival_standard_and_has_no_structure(packets, tmp_path):
    pdf, _ = printed(packets)
    (tmp_path / "print.pdf").write_bytes(pdf)
    assert not failures(tmp_path, ("2b",))
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert "/StructTreeRoot" not in opened.Root
        assert "/AcroForm" not in opened.Root
        assert not [page for page in opened.pages if "/Annots" in page]
    assert b"/MCID" not in papers.unpacked(pdf)


def test_fonts_and_blocks_stand_in_it_once(packets):
    once, _ = printed(packets)
    twice, _ = printed([*packets, *packets])
    assert len(twice) - len(once) < len(once) / 2
    alone = sum(len(document.pdf) for packet in packets for document in packet.documents)
    assert len(once) < alone / 3


def test_what_a_packet_adds_is_its_own_alone(packets):
    grown = len(printed([*packets, *packets, *packets])[0]) - len(printed([*packets, *packets])[0])
    pages = sum(document.pages for packet in packets for document in packet.documents)
    assert grown / pages < 900


def test_what_may_be_a_patients_own_is_forgotten_with_the_packet(packets):
    file = PrintFile(Sink())
    for packet in packets:
        file.add([document.filled for document in packet.documents])
    pages = [page for packet in packets for document in packet.documents for page in document.filled.pages]
    slots = [slot for page in pages for slot in page.slots]
    own = {text for slot in slots if slot.private for text in slot.texts}
    own |= {line for page in pages for edge in page.edges for line in edge.lines}
    own -= {text for slot in slots if not slot.private for text in slot.texts}
    kept = repr(vars(file))
    assert own
    assert not [text for text in own if repr(text)[1:-1] in kept]


def test_the_same_packets_make_the_same_file(packets):
    assert printed(packets)[0] == printed(packets)[0]


def test_a_file_without_a_page_is_not_written():
    with pytest.raises(ValueError, match="one page"):
        PrintFile(BytesIO()).close()


def test_memory_grows_by_the_places_of_objects_alone(packets):
    file = PrintFile(Sink())
    documents = [document.filled for document in packets[0].documents]
    for _ in range(20):
        file.add(documents)
    tracemalloc.start()
    for _ in range(400):
        file.add(documents)
    gc.collect()  # what is kept, and not what waits to be thrown away
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown / 400 < 1000
