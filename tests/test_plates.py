"""Plates: what no patient changes of a file is made once; the shapes of what is filled in decide which plate it is."""

import gc
import os
import shutil
import subprocess
import sys
from pathlib import Path

import papers
import pypdfium2
import pytest
from approved import reviewed
from pseudo import LANGUAGES, pseudo_clinic
from sound import changed

from handouts.cache import Cache
from handouts.content.editions import Editions
from handouts.intake import read
from handouts.intake.raw import RawAppointment
from handouts.intake.rows import appointment, premises
from handouts.memory import forgetting
from handouts.packet import Options, PacketMaker
from handouts.pdf import FontSet, Signing, fill, stamp
from handouts.pdf.making import PlateMaker
from handouts.typeset import LETTER, Style, lay_out, set_galleys
from handouts.typeset.plan import Plan
from handouts.typeset.standing import set_furniture
from handouts.typeset.values import Values

ROOT = Path(__file__).parent.parent
NAMES = (
    "Ed",
    "Wolfeschlegelsteinhausenbergerdorff " * 3,
    "Ngô Đình Thị Ngọc Phương Thảo",
    "מרים בת־שבע כהן",
    "عبد الرحمن بن خالد",
    "अपर्णा त्रिपाठी",
    "王小明",
    "กนกวรรณ ศรีสุข",
    "Ἀλέξανδρος",
    "ქეთევანი",
    "D'Arcy–O’Neill Jr.",
)


def made(name, clinic, **more):
    raw = changed({"patient.family_name": name[:120].strip(), **more})
    return appointment(RawAppointment("a test", raw), premises(clinic, clinic.clock))


@pytest.fixture(scope="module")
def demo():
    return reviewed()


@pytest.fixture(scope="module")
def make(demo):
    return PacketMaker(Editions(demo), Options())


def plates(packet):
    return [document.filled.plate for document in packet.documents]


def test_names_of_one_shape_share_their_plates_and_leave_nothing_in_them(make, demo):
    one, other = (plates(make(made(name, demo), demo.clock)) for name in ("Smith", "Jones"))
    assert all(first is second for first, second in zip(one, other, strict=True))
    with forgetting():
        anew = plates(make(made("Brown", demo), demo.clock))
    assert [plate.identity for plate in anew] == [plate.identity for plate in one]


def test_what_is_known_of_a_packets_values_goes_with_it(make, demo):
    appointments = [made(name, demo) for name in NAMES]
    gc.collect()
    gc.disable()
    try:
        for each in appointments:
            make(each, demo.clock)
        there = gc.get_objects()
        assert not any(isinstance(each, Values) and not each.nobodys and each.kept for each in there)
        assert not [each.text for each in there if isinstance(each, Plan) and each.tells]
    finally:
        gc.enable()


def test_a_name_that_needs_more_lines_is_another_plate(make, demo):
    short, long = (plates(make(made(name, demo), demo.clock)) for name in ("Li", "Featherstonehaugh-Cholmondeley " * 3))
    assert short[2].identity != long[2].identity


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_every_name_is_on_every_page_whatever_the_memory_holds(make, demo, name):
    packet = make(made(name, demo), demo.clock)
    with forgetting():
        anew = make(made(name, demo), demo.clock)
    assert [document.pdf for document in anew.documents] == [document.pdf for document in packet.documents]
    shown = packet.printed["patient_name"].split()[-1]
    for document in packet.documents:
        with pypdfium2.PdfDocument(document.pdf) as opened:
            if shown.isascii():
                assert all(shown in page.get_textpage().get_text_bounded() for page in opened)
        assert len(document.filled.pages) == document.pages


def test_a_latin_name_needs_no_fonts_of_its_own_in_any_language(tmp_path):
    clinic = pseudo_clinic(tmp_path / "clinic")
    editions = Editions(clinic)
    _, given = read(ROOT / "examples" / "appointments.csv", clinic, clinic.clock).appointments[0]
    for language in LANGUAGES:
        packet = PacketMaker(editions, Options(language=language))(given, clinic.clock)
        assert not [document.kind for document in packet.documents if document.filled.extra.met], language


@pytest.mark.skipif(
    not os.environ.get("CI") and not shutil.which("pdftoppm"), reason="pdftoppm (poppler-utils) is not here"
)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_pages_look_the_same_with_their_blanks_filled_in_and_with_all_of_them_in_the_plate(language, tmp_path):
    root, style = papers.everything(), Style()
    furniture = set_furniture(papers.FURNITURE, LETTER.measure, style)
    galleys = set_galleys(root, {"en": papers.PRINTED, "es": papers.PRINTED}, LETTER, style, papers.PICTURES)
    master = lay_out(root, galleys, LETTER, style, furniture.size)
    plates = PlateMaker(FontSet.of({}), style, Signing(language=language))
    whole = plates(root, master, galleys, furniture, filled={})
    parted = plates(root, master, galleys, furniture, filled=papers.with_blanks(galleys))
    assert sum(len(page.slots) for page in whole.pages) == 0 < sum(len(page.slots) for page in parted.pages)
    drawn = []
    for name, plate, given in (("whole", whole, {}), ("parted", parted, papers.as_set(galleys))):
        (tmp_path / f"{name}.pdf").write_bytes(stamp(fill(plate, given, furniture)))
        subprocess.run(["pdftoppm", "-r", "72", "-gray", f"{name}.pdf", name], check=True, cwd=tmp_path)
        drawn.append([path.read_bytes() for path in sorted(tmp_path.glob(f"{name}-*.pgm"))])
    assert drawn[0] == drawn[1]


def test_a_damaged_or_removed_cache_changes_nothing(demo, tmp_path):
    given = made("Smith", demo)

    def once():
        packet = PacketMaker(Editions(demo, Cache(tmp_path)), Options())(given, demo.clock)
        return [document.pdf for document in packet.documents]

    first = once()
    entries = sorted(tmp_path.glob("*.entry"))
    assert {path.name.split("-")[0] for path in entries} >= {"edition", "fonts", "plate"}
    assert once() == first
    for number, path in enumerate(entries):
        content = path.read_bytes()
        damaged = (content[: len(content) // 2], content[:-40] + bytes(40), b"", content + b"x")[number % 4]
        path.write_bytes(damaged)
    assert once() == first
    Cache(tmp_path).clear()
    assert once() == first


def test_two_processes_on_one_cache_make_the_same_files(tmp_path):
    environment = {**os.environ, "HANDOUTS_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, str(ROOT / "generate.py"), "packet", str(ROOT / "examples" / "appointments.csv")]
    running = [
        subprocess.Popen([*command, "-o", str(tmp_path / name)], env=environment, stdout=-3, stderr=-3)
        for name in ("one", "other")
    ]
    assert [process.wait() for process in running] == [0, 0]
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.pdf"))
    assert len(files) == 64
    assert all((tmp_path / "one" / file).read_bytes() == (tmp_path / "other" / file).read_bytes() for file in files)


def test_a_killed_run_leaves_a_cache_that_serves_the_next(tmp_path):
    environment = {**os.environ, "HANDOUTS_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, str(ROOT / "generate.py"), "packet", str(ROOT / "examples" / "appointments.csv")]
    running = subprocess.Popen([*command, "-o", str(tmp_path / "killed")], env=environment, stdout=-3, stderr=-3)
    while not list((tmp_path / "cache").glob("plate-*")) and running.poll() is None:
        pass
    running.kill()
    running.wait()
    plain = {**environment, "HANDOUTS_CACHE": ""}
    subprocess.run([*command, "-o", str(tmp_path / "next")], env=environment, check=True, stdout=-3, stderr=-3)
    subprocess.run([*command, "-o", str(tmp_path / "without")], env=plain, check=True, stdout=-3, stderr=-3)
    files = sorted(path.relative_to(tmp_path / "next") for path in (tmp_path / "next").rglob("*.pdf"))
    assert all((tmp_path / "next" / file).read_bytes() == (tmp_path / "without" / file).read_bytes() for file in files)


def test_several_processes_make_the_same_files_and_the_same_print_file(tmp_path, demo):
    found = read(ROOT / "examples" / "appointments.csv", demo, demo.clock)
    assert len(found.appointments) == 16
    command = [sys.executable, str(ROOT / "generate.py"), "packet", str(ROOT / "examples" / "appointments.csv")]
    for jobs in ("1", "2"):
        out = tmp_path / jobs
        more = ["--jobs", jobs, "-o", str(out), "--print-file", str(out / "all.pdf")]
        subprocess.run([*command, *more], check=True, stdout=-3, stderr=-3)
    files = sorted(path.relative_to(tmp_path / "1") for path in (tmp_path / "1").rglob("*") if path.is_file())
    assert len(files) == 16 * 5 + 1
    assert all((tmp_path / "1" / file).read_bytes() == (tmp_path / "2" / file).read_bytes() for file in files)
