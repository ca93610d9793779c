"""The benchmark makes the same work every time, and the programs it measures do that work."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections import Counter
from itertools import islice
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

import handouts.packet
from benchmarks import child, stages
from benchmarks.appointments import appointments
from benchmarks.code import modules, runs
from benchmarks.command import command, write_schedule
from benchmarks.goals import Goal, goals
from benchmarks.languages import LANGUAGES, write_clinic
from benchmarks.mode import Mode
from benchmarks.ours import Ours
from benchmarks.peers import fop
from benchmarks.people import ALL, NAMES
from benchmarks.prepared import prepare
from benchmarks.processes import Answer, Rounds, Watched, watched
from benchmarks.programs import OURS, PEERS, inputs, lacking, opened
from benchmarks.report import report
from benchmarks.results import Processes, Results, Run
from benchmarks.schedule import Many, Pass, written
from benchmarks.table import number, table
from benchmarks.work import Work, size
from handouts.content.case import Case
from handouts.content.facts import finding

MANY = 400
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def work():
    return Work()


def of(mode, count=MANY):
    return list(appointments(count, mode))


@pytest.mark.parametrize("mode", Mode)
def test_the_same_appointments_are_made_every_time_however_many_are_wanted(mode):
    assert of(mode) == of(mode)
    assert of(mode)[:7] == of(mode, 7)
    assert len({each["id"] for each in of(mode)}) == MANY


def test_the_appointments_are_those_that_were_measured_before():
    said = json.dumps([each for mode in Mode for each in of(mode, 50)], ensure_ascii=False, sort_keys=True)
    assert hashlib.sha256(said.encode()).hexdigest()[:16] == "46bb73da96990a52"


@pytest.mark.parametrize("mode", Mode)
def test_every_appointment_can_be_made_into_a_packet(work, mode):
    procedure = work.editions.procedure("ketamine-infusion")
    for raw in of(mode):
        case = Case(work.appointment(raw), work.editions.clinic, work.now, own_language=True)
        assert finding(case, procedure).facts


def test_in_a_realistic_schedule_a_flag_is_yes_for_one_in_ten_and_unknown_for_one_in_twenty():
    answers = Counter(
        value for each in of(Mode.REALISTIC) for name, value in each["flags"].items() if name != "diabetes"
    )
    assert answers["yes"] / answers.total() == pytest.approx(0.10, abs=0.01)
    assert answers["unknown"] / answers.total() == pytest.approx(0.05, abs=0.01)


def test_in_a_fixed_schedule_all_have_the_same_facts_and_names_of_their_own():
    fixed = of(Mode.FIXED)
    assert len({json.dumps([each["flags"], each["medicines"], each["indication"]]) for each in fixed}) == 1
    assert len({(each["patient"]["given_name"], each["patient"]["family_name"]) for each in fixed}) > MANY / 4


def test_in_a_random_schedule_hardly_two_have_the_same_facts():
    assert len({json.dumps(each["flags"]) for each in of(Mode.RANDOM)}) == MANY


def test_stretched_names_have_from_1_to_120_letters_in_every_script():
    names = [each["patient"]["name"] for each in of(Mode.STRETCHED, 2000)]
    assert (min(map(len, names)), max(map(len, names))) == (1, 120)
    assert sum(each.share for each in NAMES) == ALL
    assert all(any(name[0] in each.given[0] + each.given[-1] for name in names) for each in NAMES)


def test_a_packet_has_about_2300_words_7_pages_and_70_blanks(work):
    make = work.maker()
    packets = [make(work.appointment(raw), work.now) for raw in of(Mode.FIXED, 2)]
    pages, words, blanks = size(packets)
    assert pages == 7
    assert 2150 < words < 2450
    assert 65 < blanks < 75


def test_the_code_that_the_peers_draw_can_be_read():
    text = "k5qmtbfdpbflnapr/preparation/1"
    drawn = {(x + step, y) for x, y, length in runs(text) for step in range(length)}
    rows = modules(text)
    assert drawn == {(x, y) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark}
    assert len(rows) == len(rows[0])
    scale, margin = 6, 3
    side = (len(rows) + 2 * margin) * scale
    picture = bytearray(b"\xff" * side * side)
    for x, y in drawn:
        for line in range((y + margin) * scale, (y + margin + 1) * scale):
            start = line * side + (x + margin) * scale
            picture[start : start + scale] = bytes(scale)
    shown = memoryview(picture).cast("B", (side, side))
    assert [found.text for found in zxingcpp.read_barcodes(shown)] == [text]


def not_here(key):
    """What a program lacks; nothing is fetched for a test."""
    return "Apache FOP is not fetched" if key == "fop" and not fop.fetched() else lacking([key]).get(key, "")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("benchmarks")
    keys = [key for key in (OURS, *PEERS) if not not_here(key)]
    prepare(folder, keys, [Mode.FIXED, Mode.RANDOM], 2, whole=False)
    return folder


@pytest.mark.parametrize("key", [OURS, *PEERS])
def test_a_program_makes_packets_of_three_documents_that_say_whose_they_are(prepared, key):
    if missing := not_here(key):
        pytest.skip(missing)
    program = opened(key, prepared)
    try:
        for mode in (Mode.FIXED, Mode.RANDOM):
            given = list(islice(inputs(key, program, prepared, mode), 2))
            for raw, each in zip(of(mode, 2), given, strict=True):
                pdfs = program.packet(each)
                assert len(pdfs) == 3
                for pdf in pdfs:
                    with pypdfium2.PdfDocument(pdf) as document:
                        assert 1 <= len(document) <= 6
                        text = document[0].get_textpage().get_text_bounded()
                        assert raw["patient"]["mrn"] in text
    finally:
        program.close()


def test_a_table_has_its_columns_under_their_heads():
    assert table(("program", "ms"), [["a", "1"], ["bcd", "22"]]).splitlines() == [
        "| program | ms |",
        "|---------|---:|",
        "| a       |  1 |",
        "| bcd     | 22 |",
    ]
    assert [number(1234.5), number(12.345), number(0.12345)] == ["1234", "12.3", "0.123"]


def test_a_schedule_is_made_and_the_same_bytes_are_written_again(tmp_path):
    ours = Ours()
    found = [written(ours, appointments(12, Mode.REALISTIC), tmp_path / "files") for _ in range(2)]
    for each in found:
        assert each.packets == 12
        assert min(each.made, each.flushed, each.plain, each.megabytes) > 0
    assert found[0].print_bytes == found[1].print_bytes > 10_000
    assert not list(tmp_path.iterdir())


def test_the_command_makes_the_schedule_with_its_print_file(tmp_path):
    write_schedule(tmp_path / "schedule.json", 2)
    found = watched(command(tmp_path / "schedule.json", tmp_path / "out", many=True), tmp_path / "cache")
    assert found.seconds > 0
    assert found.megabytes > 10
    assert len(list((tmp_path / "out").glob("*/packet.json"))) == 2
    assert (tmp_path / "out" / "print.pdf").read_bytes().startswith(b"%PDF")


def test_where_layouts_are_to_exist_no_packet_counts_that_needs_a_new_one():
    ours = Ours()
    given = ours.inputs(Mode.FIXED)
    request = {"mode": "fixed", "seconds": 0, "least": 30}
    first, second = (child.made(ours, given, request)["packets"] for _ in range(2))
    assert first < second <= 30
    assert ours.layouts > 0
    assert child.made(ours, ours.inputs(Mode.RANDOM), {**request, "mode": "random", "least": 3})["packets"] == 3


def test_every_stage_has_its_time_and_nothing_is_watched_afterwards(tmp_path):
    ours = Ours()
    function = handouts.packet.stamp
    found = stages.stages(ours, islice(ours.inputs(Mode.RANDOM), 2), tmp_path / "stages")
    assert set(found) == set(stages.ALL)
    assert all(took > 0 for took in found.values())
    assert handouts.packet.stamp is function


def test_packets_in_other_languages_are_in_their_scripts(tmp_path):
    write_clinic(tmp_path / "clinic")
    ours = Ours(folder=tmp_path / "clinic")
    for language, letter in zip(LANGUAGES, "eاक的", strict=True):
        (given,) = islice(ours.inputs(Mode.FIXED, language), 1)
        with pypdfium2.PdfDocument(ours.packet(given)[0]) as document:
            assert letter in document[0].get_textpage().get_text_bounded()


@pytest.mark.parametrize(
    ("goal", "verdict"),
    [
        (Goal("faster", 40, 41, least=True), "yes"),
        (Goal("faster", 40, 39, least=True), "no"),
        (Goal("as long", 3, 2.9), "yes"),
        (Goal("as long", 3, 3.1), "no"),
        (Goal("as long", 3, None), "not measured"),
    ],
)
def test_a_goal_is_reached_or_not_or_was_not_measured(goal, verdict):
    assert goal.verdict == verdict


def measured():
    """Results of a run in which ours needs 1 ms and a process of 100 MB, and every peer 50 ms."""
    took = {OURS: 1.0, "typst": 50.0, "reportlab": 50.0}
    rounds = {mode: {key: Rounds([each], 10, 1_000_000) for key, each in took.items()} for mode in Mode}
    answer = Answer(10, 1, 1_000_000, 100)
    made = {
        count: Pass(count, count * 0.002, count * 0.001, count * 0.0001, count * 5000, 100) for count in (1000, 10_000)
    }
    return Results(
        rounds=rounds,
        languages={tag: Rounds([1 + number], 10, 1_000_000) for number, tag in enumerate(LANGUAGES)},
        processes={key: Processes(0.2 if key == OURS else 0.3, answer, (answer, answer)) for key in took},
        empty=0.4,
        many=[Many(each, each) for each in made.values()],
        runs=[
            Run("own", 1000, Watched(2.5, 120), from_empty=True, two=True),
            Run("command", 1000, Watched(4, 120), from_empty=True),
            Run("command", 10_000, Watched(40, 140)),
        ],
    )


def test_the_goals_are_told_by_what_was_measured():
    assert [(goal.reached, goal.verdict) for goal in goals(measured())] == [
        (50, "yes"),
        (50, "no"),
        (50, "yes"),
        (2, "yes"),
        (3, "no"),
        (4, "no"),
        (pytest.approx(2), "yes"),
        (pytest.approx(20), "no"),
        (2.5, "yes"),
        (4, "no"),
        (pytest.approx(1), "yes"),
        (100, "yes"),
        (140, "no"),
        (5, "yes"),
        (pytest.approx(2 / 3), "yes"),
        (pytest.approx(4 / 3), "no"),
    ]
    assert {goal.verdict for goal in goals(Results())} == {"not measured"}


def test_the_report_has_a_table_of_everything_and_ends_with_the_goals():
    tables = list(report(measured()))
    assert [each.split("|")[1].split(",")[0].strip() for each in tables] == [
        "ms a packet (times ours)",
        "ours",
        "whole processes",
        "a schedule in one process",
        "whole processes",
        "goal",
    ]


def test_the_process_of_a_peer_loads_nothing_of_ours():
    code = "import sys, benchmarks.child, benchmarks.peers.reportlab; print([n for n in sys.modules if n.startswith('handouts.')])"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["[]"]
