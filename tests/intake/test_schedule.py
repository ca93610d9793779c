"""A schedule out of one file or several."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handouts.builtin import demo_clinic
from handouts.clinic import load_clinic
from handouts.errors import HandoutsError, UnreadableInput
from handouts.intake import read, read_all
from handouts.intake.columns import columns
from handouts.intake.csv_file import read_csv
from handouts.intake.json_file import read_json
from handouts.intake.rows import appointment, premises

EXAMPLES = Path(__file__).parents[2] / "examples"
VALID = Path(__file__).parents[1] / "data/appointments/valid"
SMALLEST = (VALID / "smallest.csv").read_text("utf-8")
COLUMNS = [path.replace(".N.", f".{number}.") for path in columns() for number in (1, 2)]
same_clinic = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def test_the_examples_say_the_same_in_csv_and_json(clinic, now):
    as_json, as_csv = (read(EXAMPLES / f"appointments.{suffix}", clinic, now) for suffix in ("json", "csv"))
    assert [str(r) for r in as_json.refused + as_csv.refused] == []
    assert len(as_json.appointments) == 16
    assert [a for _, a in as_json.appointments] == [a for _, a in as_csv.appointments]
    assert as_json.appointments[0][0] == "appointments.json, appointment 1"
    assert as_csv.appointments[0][0] == "appointments.csv, row 2"


def test_the_examples_are_sound_in_the_demo_clinic():
    clinic = load_clinic(demo_clinic())
    schedule = read(EXAMPLES / "appointments.json", clinic, clinic.clock)
    assert [str(r) for r in schedule.refused] == []


def test_one_bad_row_does_not_stop_the_others(scheduled):
    good = SMALLEST.splitlines()
    bad = good[1].replace("1,", "2,", 1).replace(",60,", ",5,")
    schedule = scheduled(s_csv="\n".join([good[0], bad, good[1], bad]))
    assert [where for where, _ in schedule.appointments] == ["s.csv, row 3"]
    assert [str(r) for r in schedule.refused] == [
        f's.csv, row {n}, "duration_minutes": "5": is not a number from 20 to 360. Correct the number.' for n in (2, 4)
    ]


def test_the_same_appointment_in_two_files_is_refused_once(scheduled):
    schedule = scheduled(a_csv=SMALLEST, b_csv=SMALLEST)
    assert [where for where, _ in schedule.appointments] == ["a.csv, row 2"]
    assert "b.csv, row 2" in str(schedule.refused[0])
    assert "a.csv, row 2" in str(schedule.refused[0])


def test_files_that_cannot_be_read_are_all_named_and_the_others_are_read(clinic, now, tmp_path):
    (tmp_path / "empty.csv").touch()
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "schedule.doc").touch()
    paths = [tmp_path / name for name in ("empty.csv", "folder.json", "schedule.doc", "none.csv")]
    (tmp_path / "good.csv").write_text(SMALLEST, "utf-8")
    found = read_all([*paths, tmp_path / "good.csv"], clinic, now)
    assert [fault.where for trouble in found.unreadable for fault in trouble.faults] == [path.name for path in paths]
    assert [where for where, _ in found.appointments] == ["good.csv, row 2"]


def test_a_file_that_is_too_large_is_refused(clinic, now, tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)
    with pytest.raises(UnreadableInput, match="64 MiB"):
        read(path, clinic, now)


def test_the_suffix_may_be_in_capitals(clinic, now, tmp_path):
    path = tmp_path / "SCHEDULE.CSV"
    path.write_text(SMALLEST, "utf-8")
    assert len(read(path, clinic, now).appointments) == 1


def test_medicines_keep_the_numbers_of_their_columns(scheduled):
    header, row = SMALLEST.splitlines()
    schedule = scheduled(s_csv=f"{header},medicines.1.name,medicines.3.name,medicines.3.rule\n{row},,Aspirin,stop\n")
    assert [fault.field for refused in schedule.refused for fault in refused.faults] == ["medicines.3.rule"]


def test_a_table_can_say_everything_that_an_appointment_can(scheduled):
    everything = json.loads((VALID / "everything.json").read_text("utf-8"))
    cells = dict(flattened(everything))
    from_table = scheduled(s_csv="\n".join([",".join(cells), ",".join(f'"{c}"' for c in cells.values())]))
    from_json = scheduled(s_json=json.dumps(everything))
    assert from_table.appointments[0][1] == from_json.appointments[0][1]


def flattened(value, path=""):
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value, 1)
        for name, within in items:
            yield from flattened(within, f"{path}.{name}".strip("."))
    else:
        yield path, value


def outcome(reader, content, clinic, now):
    """Everything that reading `content` may do short of a HandoutsError, and every error told as text."""
    try:
        raws = reader(content, "file")
    except HandoutsError as trouble:
        told = str(trouble)
        assert told
        return
    here = premises(clinic, now)
    for raw in raws:
        try:
            appointment(raw, here)
        except HandoutsError as trouble:
            told = str(trouble)
            assert told.encode()


@pytest.mark.parametrize("reader", [read_csv, read_json])
@given(content=st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
@same_clinic
def test_no_bytes_raise_anything_else(reader, content, clinic, now):
    outcome(reader, content, clinic, now)


@given(rows=st.lists(st.lists(st.text(max_size=12), max_size=6), min_size=1, max_size=4), data=st.data())
@same_clinic
def test_no_table_raises_anything_else(rows, data, clinic, now):
    header = data.draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=6))
    text = "\n".join(",".join('"{}"'.format(cell.replace('"', '""')) for cell in row) for row in [header, *rows])
    outcome(read_csv, text.encode("utf-8", "surrogatepass"), clinic, now)


def values():
    leaves = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text()
        | st.sampled_from(["yes", "iv", "2026-03-04T08:00"])
    )
    keys = st.sampled_from(sorted({name for path in columns() for name in path.split(".")})) | st.text()
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=6))


@given(value=values())
@same_clinic
def test_no_json_raises_anything_else(value, clinic, now):
    outcome(read_json, json.dumps(value).encode("utf-8", "surrogatepass"), clinic, now)


@given(changes=st.dictionaries(st.sampled_from([c for c in COLUMNS if ".2." not in c]), values(), max_size=4))
@same_clinic
def test_no_change_of_a_sound_appointment_raises_anything_else(changes, clinic, now):
    sound = json.loads((VALID / "everything.json").read_text("utf-8"))
    for column, value in changes.items():
        *steps, last = column.split(".")
        with suppress(KeyError, IndexError, TypeError):  # an earlier change took the place away
            target = sound
            for step in steps:
                target = target[int(step) - 1 if step.isdigit() else step]
            target[last] = value
    outcome(read_json, json.dumps(sound).encode("utf-8", "surrogatepass"), clinic, now)
