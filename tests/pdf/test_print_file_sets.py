"""Print files of sets: copies, blank backs and separators between documents, and the tree that says what belongs to which packet."""

import subprocess
import tracemalloc
from collections import Counter
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import papers
import parts_tree
import pikepdf
import pytest
from pseudo import pseudo_clinic
from verapdf import failures

from handouts.content.blocks import Group
from handouts.content.editions import Editions
from handouts.intake import read
from handouts.packet import Options, PacketMaker
from handouts.pdf.document_parts import Record
from handouts.pdf.print_file import PrintFile
from handouts.typeset import Furniture

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def packets(tmp_path_factory):
    clinic = pseudo_clinic(tmp_path_factory.mktemp("sets") / "clinic")
    found = read(EXAMPLES / "appointments.csv", clinic, clinic.clock).appointments
    make = PacketMaker(Editions(clinic), Options())
    return [make(appointment, clinic.clock) for _, appointment in found[:4]]


@pytest.fixture(scope="module")
def blank():
    """A page with a sentence and nothing of a packet's own in header and footer."""
    root = Group("document", (papers.block("p", "This side is blank on purpose."),))
    return papers.filled(root, furniture=Furniture("", "", "", "", "", "", "", "en"))


def filled(packet):
    return [document.filled for document in packet.documents]


def sets_of(packet, blank):
    """A separator, then each document twice, with a blank back where its pages are odd."""
    sets = [(blank, blank)]
    for each in filled(packet):
        sets += [(each, blank) if len(each.pages) % 2 else (each,)] * 2
    return sets


def printed(packets, blank, **given):
    out = BytesIO()
    file = PrintFile(out, **given)
    ranges = [
        file.add_sets(sets_of(packet, blank), Record(packet.packet_id, number))
        for number, packet in enumerate(packets, 1)
    ]
    file.close()
    return out.getvalue(), ranges


def texts(pdf):
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode().split("\f")[:-1]


def streams(pdf):
    """How often each content stream of a page is in the file, by what it paints."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        found = {}
        for page in opened.pages:
            for each in page.Contents.as_list():
                found[each.objgen] = each.read_bytes()
        return Counter(found.values())


def test_every_set_has_its_pages_where_it_is_said(packets, blank):
    pdf, ranges = printed(packets, blank)
    said = texts(pdf)
    assert ranges[0][0].start == 1
    assert ranges[-1][-1].stop == len(said) + 1
    flat = [each for sets in ranges for each in sets]
    assert all(before.stop == after.start for before, after in pairwise(flat))
    for packet, sets in zip(packets, ranges, strict=True):
        assert said[sets[0].start - 1] == said[sets[0].start]
        for document, (first, second) in zip(packet.documents, zip(sets[1::2], sets[2::2], strict=True), strict=True):
            alone = texts(document.pdf)
            for each in (first, second):
                pages = said[each.start - 1 : each.stop - 1]
                assert pages[: len(alone)] == alone
                assert ["blank on purpose" in page for page in pages[len(alone) :]] == [True] * (len(alone) % 2)


def test_a_copy_is_page_objects_alone(packets):
    def size(copies):
        out = BytesIO()
        file = PrintFile(out)
        file.add_sets([(each,) for each in filled(packets[0]) for _ in range(copies)])
        file.close()
        return len(out.getvalue())

    pages = sum(len(each.pages) for each in filled(packets[0]))
    once, twice, many = size(1), size(2), size(12)
    assert twice - once < 60 * pages
    assert (many - twice) / 10 < 60 * pages


def test_no_stream_stands_in_the_file_twice_for_copies_or_blank_backs(packets, blank):
    plain = BytesIO()
    file = PrintFile(plain)
    file.add(filled(packets[0]))
    file.close()
    pdf, _ = printed(packets[:1], blank)
    once, more = streams(plain.getvalue()), streams(pdf)
    assert max(once.values()) == 1
    assert not [count for count in more.values() if count > 1]
    assert len(more) <= len(once) + 1  # that of the blank page


def test_pages_without_header_and_footer_do_not_part_the_lines_that_others_share(packets, blank):
    documents = filled(packets[0])
    assert len(documents) > 1

    def shared(sets):
        out = BytesIO()
        file = PrintFile(out)
        file.add_sets(sets)
        file.close()
        with pikepdf.open(BytesIO(out.getvalue())) as opened:
            counted = Counter(each.objgen for page in opened.pages for each in page.Contents.as_list())
        return max(counted.values())

    pages = sum(len(each.pages) for each in documents)
    assert shared([(each,) for each in documents]) >= pages
    assert shared([(blank,), *((each, blank) for each in documents)]) >= pages


def test_without_records_and_sides_the_file_is_what_it_was(packets):
    plain, sets = BytesIO(), BytesIO()
    one, other = PrintFile(plain), PrintFile(sets)
    for packet in packets:
        one.add(filled(packet))
        other.add_sets([(each,) for each in filled(packet)])
    one.close()
    other.close()
    assert plain.getvalue() == sets.getvalue()
    with pikepdf.open(plain) as opened:
        assert "/DPartRoot" not in opened.Root
        assert dict(opened.Root.ViewerPreferences) == {"/DisplayDocTitle": True}
        assert not [page for page in opened.pages if "/DPart" in page]


def test_the_tree_of_parts_says_which_pages_are_which_packets_and_nothing_else(packets, blank):
    pdf, ranges = printed(packets, blank)
    told = parts_tree.told(pdf)
    assert told == [
        (packet.packet_id, number, sets) for number, (packet, sets) in enumerate(zip(packets, ranges, strict=True), 1)
    ]


@pytest.mark.parametrize(("two_sided", "sides"), [(True, "/DuplexFlipLongEdge"), (False, "/Simplex")])
def test_the_file_says_how_it_is_printed(packets, blank, two_sided, sides):
    pdf, _ = printed(packets[:1], blank, two_sided=two_sided)
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert opened.Root.ViewerPreferences.Duplex == sides
        assert opened.Root.ViewerPreferences.PrintScaling == "/None"


def test_such_a_file_is_archival_still_and_sound(packets, blank, tmp_path):
    for name, ink in (("usual", False), ("sparing", True)):
        pdf, _ = printed(packets, blank, two_sided=True, reduced_ink=ink)
        (tmp_path / f"{name}.pdf").write_bytes(pdf)
        command = ["qpdf", "--check", f"{name}.pdf"]
        checked = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert "No syntax or stream encoding errors" in checked.stdout
    assert not failures(tmp_path, ("2b",))


def test_packets_with_and_without_a_record_do_not_go_into_one_file(packets):
    first, second = PrintFile(BytesIO()), PrintFile(BytesIO())
    first.add(filled(packets[0]), Record("a", 1))
    with pytest.raises(ValueError, match="record"):
        first.add(filled(packets[1]))
    second.add(filled(packets[0]))
    with pytest.raises(ValueError, match="record"):
        second.add(filled(packets[1]), Record("b", 2))


def test_a_set_of_nothing_is_refused_and_a_packet_of_nothing_adds_nothing(packets):
    file = PrintFile(BytesIO())
    with pytest.raises(ValueError, match="one document"):
        file.add_sets([()], Record("a", 1))
    assert file.add_sets([], Record("a", 1)) == ()
    assert file.pages == 0
    file.add(filled(packets[0]))
    file.close()


def test_memory_grows_by_numbers_alone_with_records_and_copies_too(packets, blank):
    class Sink:
        def write(self, content):
            pass

    file = PrintFile(Sink(), two_sided=True)
    sets = sets_of(packets[0], blank)
    pages = sum(len(each.pages) for documents in sets for each in documents)
    for number in range(20):
        file.add_sets(sets, Record(packets[0].packet_id, number))
    tracemalloc.start()
    for number in range(300):
        file.add_sets(sets, Record(packets[0].packet_id, number))
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown / 300 < 40 * pages
