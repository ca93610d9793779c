"""Several pages on a side, and some pages as a file of their own: every page is where it should be, whole, and nothing else is."""

import subprocess
from dataclasses import replace
from io import BytesIO
from itertools import groupby

import papers
import parts_tree
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageStat
from verapdf import failures

from handouts.content.blocks import Group
from handouts.pdf.document_parts import Record
from handouts.pdf.print_file import PrintFile
from handouts.press.impose import extracted, imposed
from handouts.printing import turns_at_short_edge
from handouts.typeset import LETTER
from handouts.typeset.style import A4

MARK = "DRAFT"


def document(patient, sentences):
    """A paper of one patient's, one page for every 60 sentences or so."""
    words = " ".join(f"{patient} reads sentence {number} of these here." for number in range(sentences))
    head = papers.aside(papers.part("p", f"This is for {patient}."), kind="warning")
    root = Group("document", (papers.block("h1", "A paper"), head, papers.block("p", words)))
    own = {"for_line": f"For: {patient}", "identity_line": f"{patient} · born July 4, 1980"}
    return papers.filled(root, furniture=replace(papers.FURNITURE, **own), mark=MARK)


@pytest.fixture(scope="module")
def run():
    """A print file of five packets, their pages, and those of their sets."""
    out = BytesIO()
    file = PrintFile(out, two_sided=True)
    packets, sets = [], []
    for number, (patient, lengths) in enumerate(
        {"Ana": (10, 90), "Berta": (200,), "Carla": (10,), "Dora": (120, 118, 10), "Emma": (12, 15)}.items(), 1
    ):
        documents = [document(patient, length) for length in lengths]
        found = file.add_sets([(each,) for each in documents], Record(f"id{number}", number))
        packets.append(range(found[0].start, found[-1].stop))
        sets.append(found)
    file.close()
    return out.getvalue(), packets, sets


def opened(pdf):
    return pypdfium2.PdfDocument(pdf)


def texts(pdf):
    return [page.get_textpage().get_text_range() for page in opened(pdf)]


def in_cells(pdf, up):
    """The text in each cell of each side, in the order they are read."""
    sides = []
    for page in opened(pdf):
        wide, tall = page.get_size()
        across, down = 2, up // 2
        text = page.get_textpage()
        boxes = [
            (column * wide / across, (down - 1 - row) * tall / down) for row in range(down) for column in range(across)
        ]
        sides.append([text.get_text_bounded(x, y, x + wide / across, y + tall / down) for x, y in boxes])
    return sides


def words(text):
    return text.split()


@pytest.mark.parametrize("two_sided", [True, False])
@pytest.mark.parametrize("up", [2, 4])
@pytest.mark.parametrize("paper", [LETTER, A4])
def test_every_page_stands_once_in_reading_order_and_packets_begin_on_a_sheet(run, up, paper, two_sided):
    pdf, packets, _ = run
    made = imposed(pdf, up, paper, packets, two_sided=two_sided)
    alone, cells = texts(pdf), in_cells(made.pdf, up)
    assert [each.start for each in made.packets] == [1, *(each.stop for each in made.packets[:-1])]
    assert made.packets[-1].stop == len(cells) + 1
    for packet, sides in zip(packets, made.packets, strict=True):
        if two_sided:
            assert sides.start % 2 == 1
        flat = [words(cell) for side in sides for cell in cells[side - 1]]
        expected = [words(alone[page - 1]) for page in packet]
        assert flat == expected + [[]] * (len(flat) - len(expected))
        assert len(flat) - len(expected) < up * (2 if two_sided else 1)


@pytest.mark.parametrize("up", [2, 4])
def test_a_side_is_as_large_as_its_paper_and_two_pages_lie_on_it(run, up):
    pdf, packets, _ = run
    for paper in (LETTER, A4):
        made = imposed(pdf, up, paper, packets, two_sided=True)
        size = (paper.height, paper.width) if up == 2 else (paper.width, paper.height)
        assert {tuple(round(each, 2) for each in page.get_size()) for page in opened(made.pdf)} == {size}


@pytest.mark.parametrize("up", [2, 4])
def test_a_page_looks_as_it_does_alone_only_smaller(run, up):
    pdf, packets, _ = run
    made = imposed(pdf, up, LETTER, packets, two_sided=True)
    alone = [page.render(scale=2).to_pil().convert("L") for page in opened(pdf)]
    for packet, sides in zip(packets, made.packets, strict=True):
        for place, page in enumerate(packet):
            picture = opened(made.pdf)[sides[place // up] - 1].render(scale=4).to_pil().convert("L")
            wide, tall = picture.width // 2, picture.height // (up // 2)
            column, row = place % up % 2, place % up // 2
            cell = picture.crop((column * wide, row * tall, (column + 1) * wide, (row + 1) * tall))
            width = min(wide, round(tall * 612 / 792))
            height = round(width * 792 / 612)
            left, top = (wide - width) // 2, (tall - height) // 2
            cell = cell.crop((left, top, left + width, top + height)).resize((612, 792), Image.Resampling.BOX)
            own = alone[page - 1].resize((612, 792), Image.Resampling.BOX)
            other = alone[page % len(alone)].resize((612, 792), Image.Resampling.BOX)
            difference = ImageStat.Stat(ImageChops.difference(cell, own)).mean[0]
            assert difference < 5
            assert difference < ImageStat.Stat(ImageChops.difference(cell, other)).mean[0]


def test_the_mark_stays_on_every_page_that_is_imposed(run):
    pdf, packets, _ = run
    made = imposed(pdf, 4, LETTER, packets, two_sided=False)
    assert sum(text.count(MARK) for text in texts(made.pdf)) == len(texts(pdf))


def test_what_prints_it_is_told_at_which_edge_sheets_turn(run):
    pdf, packets, _ = run
    assert turns_at_short_edge(2)
    assert not turns_at_short_edge(4)
    for up, two_sided, said in (
        (2, True, "/DuplexFlipShortEdge"),
        (4, True, "/DuplexFlipLongEdge"),
        (2, False, "/Simplex"),
    ):
        made = imposed(pdf, up, LETTER, packets, two_sided=two_sided)
        with pikepdf.open(BytesIO(made.pdf)) as file:
            assert file.Root.ViewerPreferences.Duplex == said
            assert file.Root.ViewerPreferences.PrintScaling == "/None"


def test_the_tree_of_parts_says_which_sides_are_whose(run):
    pdf, packets, _ = run
    made = imposed(pdf, 2, LETTER, packets, two_sided=True)
    assert parts_tree.told(made.pdf) == [
        (f"id{number}", number, (sides,)) for number, sides in enumerate(made.packets, 1)
    ]


def test_what_many_pages_share_is_shared_when_imposed(run):
    pdf, packets, _ = run
    assert len(imposed(pdf, 2, LETTER, packets, two_sided=True).pdf) < 1.2 * len(pdf)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda packets: packets[:-1],
        lambda packets: packets[1:],
        lambda packets: [*packets, packets[-1]],
        lambda packets: packets[::-1],
        lambda packets: [*packets[:-1], range(packets[-1].start, packets[-1].stop + 1)],
        lambda packets: [*packets, range(0)],
        lambda _: [],
    ],
)
def test_a_page_in_no_packet_or_in_two_is_refused(run, wrong):
    pdf, packets, _ = run
    with pytest.raises(ValueError, match="one after the other"):
        imposed(pdf, 2, LETTER, wrong(packets), two_sided=True)


@pytest.mark.parametrize("pages", [range(1, 2), range(3, 8), [5, 2, 9], [4, 4], [1, 5, 2]])
def test_pages_taken_out_are_the_same_pages_in_the_order_asked_for(run, pages):
    pdf, _, _ = run
    taken = extracted(pdf, pages)
    for number, page in enumerate(pages):
        before, after = (opened(each)[at].render(scale=2).to_pil() for each, at in ((pdf, page - 1), (taken, number)))
        assert not ImageChops.difference(before, after).getbbox()
    owners = [next(number for number, packet in enumerate(run[1], 1) if page in packet) for page in pages]
    assert [number for _, number, _ in parts_tree.told(taken)] == [number for number, _ in groupby(owners)]
    assert [words(each) for each in texts(taken)] == [words(texts(pdf)[page - 1]) for page in pages]


def test_nothing_of_other_packets_is_in_a_file_of_one(run):
    pdf, packets, sets = run
    taken = extracted(pdf, packets[3])
    assert parts_tree.told(taken) == [
        (
            "id4",
            4,
            tuple(range(each.start - packets[3].start + 1, each.stop - packets[3].start + 1) for each in sets[3]),
        )
    ]
    assert all("Dora" in text for text in texts(taken))
    with pikepdf.open(BytesIO(taken)) as file:
        pages = [each for each in file.objects if getattr(each, "Type", None) == "/Page"]
        assert len(pages) == len(packets[3])
        ids = [str(each.DPM.PacketID) for each in file.objects if "/DPM" in (each if _is_dictionary(each) else ())]
    assert ids == ["id4"]
    unpacked = papers.unpacked(taken)
    whole = papers.unpacked(pdf)
    for number in (1, 2, 3, 5):
        assert b"(id%d)" % number in whole
        assert b"(id%d)" % number not in unpacked
    assert len(taken) < len(pdf) / 2


def _is_dictionary(found):
    return isinstance(found, pikepdf.Dictionary)


def test_every_object_of_a_file_of_some_pages_is_needed(run):
    pdf, _, _ = run
    with pikepdf.open(BytesIO(extracted(pdf, [1, 6]))) as file:
        reached, waiting = set(), [file.Root, file.trailer.Info]
        while waiting:
            each = waiting.pop()
            if each.is_indirect:
                if each.objgen in reached:
                    continue
                reached.add(each.objgen)
            if isinstance(each, pikepdf.Array):
                waiting += [item for item in each if isinstance(item, pikepdf.Object)]
            elif isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
                waiting += [item for item in each.values() if isinstance(item, pikepdf.Object)]
        kinds = {each.get("/Type") for each in file.objects if isinstance(each, pikepdf.Stream)}
        packing = [each for each in file.objects if isinstance(each, pikepdf.Stream) and each.objgen not in reached]
    assert kinds >= {"/Metadata"}
    assert {str(each.get("/Type")) for each in packing} <= {"/ObjStm", "/XRef"}


def test_metadata_and_colours_are_taken_over_word_for_word(run):
    pdf, packets, _ = run

    def said(content):
        with pikepdf.open(BytesIO(content)) as file:
            profile = file.Root.OutputIntents[0].DestOutputProfile.read_bytes()
            information = {key: str(value) for key, value in file.trailer.Info.items()}
            return file.Root.Metadata.read_bytes(), profile, information, str(file.Root.Lang)

    for made in (extracted(pdf, [2]), imposed(pdf, 4, LETTER, packets, two_sided=True).pdf):
        assert said(made) == said(pdf)


def test_both_are_archival_still_and_sound(run, tmp_path):
    pdf, packets, _ = run
    for name, made in {
        "two": imposed(pdf, 2, A4, packets, two_sided=True).pdf,
        "four": imposed(pdf, 4, LETTER, packets, two_sided=False).pdf,
        "some": extracted(pdf, [*packets[1], *packets[4]]),
    }.items():
        file = tmp_path / f"{name}.pdf"
        file.write_bytes(made)
        checked = subprocess.run(["qpdf", "--check", str(file)], check=False, capture_output=True, text=True)
        assert checked.returncode == 0, checked.stdout + checked.stderr
    assert not failures(tmp_path, ("2b",))


def test_the_same_pages_make_the_same_bytes_from_a_file_or_from_memory(run, tmp_path):
    pdf, packets, _ = run
    file = tmp_path / "print.pdf"
    file.write_bytes(pdf)
    assert extracted(file, packets[2]) == extracted(pdf, packets[2]) == extracted(pdf, list(packets[2]))
    assert imposed(file, 2, LETTER, packets, two_sided=True) == imposed(pdf, 2, LETTER, packets, two_sided=True)
    assert file.read_bytes() == pdf


@pytest.mark.parametrize("pages", [[], [0], [-1], [999], [1, 2, 999], range(0)])
def test_pages_that_are_not_there_are_refused(run, pages):
    pdf, _, _ = run
    with pytest.raises(ValueError, match="pages 1 to"):
        extracted(pdf, pages)


def test_a_file_without_records_stays_one():
    out = BytesIO()
    file = PrintFile(out)
    file.add([document("Ana", 10)])
    file.close()
    for made in (extracted(out.getvalue(), [1]), imposed(out.getvalue(), 2, LETTER, [range(1, 2)], two_sided=True).pdf):
        with pikepdf.open(BytesIO(made)) as opened_:
            assert "/DPartRoot" not in opened_.Root
            assert not [page for page in opened_.pages if "/DPart" in page]
