"""A new clinic's folder: everything explained, nothing set, whole or not there."""

from __future__ import annotations

import re
import tomllib

import pytest

from handouts import new_clinic
from handouts.builtin import demo_clinic
from handouts.clinic import load_clinic
from handouts.errors import ExitCode, SettingError, WrongUsage
from handouts.new_clinic import clinic_toml, write_clinic
from handouts.settings import SETTINGS

IDENTITY = ("clinic.id", "clinic.name", "clinic.jurisdiction", "clinic.languages", "clinic.mrn_pattern")


def test_a_new_clinic_loads_and_lacks_exactly_what_is_required_in_order(tmp_path):
    write_clinic(tmp_path / "clinics" / "new")
    clinic = load_clinic(tmp_path / "clinics" / "new", allow_missing=True)
    required = tuple(name for name, definition in SETTINGS.items() if definition.need == "required")
    assert clinic.missing == (*IDENTITY, "locations", "clinicians", *required)
    assert clinic.settings == {}
    assert not clinic.demo
    with pytest.raises(SettingError) as caught:
        load_clinic(clinic.folder)
    assert tuple(fault.field for fault in caught.value.faults) == clinic.missing


def test_every_setting_stands_in_order_with_question_range_and_form():
    text = clinic_toml()
    assert [name for name in tomllib.loads(text) if name in SETTINGS] == list(SETTINGS)
    plain = " ".join(re.sub(r"(?m)^# *", "", text).split())
    for definition in SETTINGS.values():
        assert definition.question in plain
        assert " ".join(definition.explanation.split()) in plain
        if definition.low is not None:
            assert f"{definition.low:g} to {definition.high:g} {definition.unit}" in plain
    assert not re.search(r"(?m)^(value|approved_by|hours)", text)
    assert max(map(len, text.splitlines())) < 200


def test_filling_in_the_form_makes_a_whole_clinic(tmp_path):
    write_clinic(tmp_path / "new")
    file = tmp_path / "new" / "clinic.toml"
    text = file.read_text("utf-8")
    demo = (demo_clinic() / "clinic.toml").read_text("utf-8")
    filled = {name: table for part in re.split(r"(?m)^(?=\[)", demo) for name, table in [_table(part)]}
    for name in SETTINGS:
        for key, table in filled.items():
            if key == name or key.startswith(f"{name}."):
                text = text.replace(f"[{name}]\n# value = \n", f"{table}\n") if key == name else f"{text}\n{table}\n"
    for name in ("clinic", "locations.midtown", "clinicians.okafor"):
        table = re.sub(r"(?m)^(logo|clock).*\n", "", filled[name])
        text = text.replace("[clinic]\n", f"{table}\n") if name == "clinic" else f"{text}\n{table}\n"
    file.write_text(text.replace("demo = false", "demo = true"), "utf-8")
    assert load_clinic(tmp_path / "new").missing == ()


def _table(part):
    return re.sub(r"\].*", "", part.splitlines()[0])[1:], re.sub(r"(?m)^(source_note|#).*\n", "", part)


def test_the_folder_says_what_may_stand_in_it(tmp_path):
    write_clinic(tmp_path / "new")
    assert "procedure.toml" in (tmp_path / "new" / "templates" / "README.md").read_text("utf-8")
    assert "LC_MESSAGES" in (tmp_path / "new" / "locales" / "README.md").read_text("utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_a_clinic_that_is_there_is_not_overwritten(tmp_path):
    (tmp_path / "clinic.toml").write_text("demo = true\n", "utf-8")
    with pytest.raises(WrongUsage, match="already") as caught:
        write_clinic(tmp_path)
    assert caught.value.exit_code is ExitCode.WRONG_USAGE
    assert [path.name for path in tmp_path.iterdir()] == ["clinic.toml"]
    assert (tmp_path / "clinic.toml").read_text("utf-8") == "demo = true\n"


def test_other_things_in_the_folder_stay(tmp_path):
    (tmp_path / "here" / "templates").mkdir(parents=True)
    (tmp_path / "here" / "templates" / "README.md").write_text("mine", "utf-8")
    write_clinic(tmp_path / "here")
    assert (tmp_path / "here" / "templates" / "README.md").read_text("utf-8") == "mine"
    assert (tmp_path / "here" / "clinic.toml").is_file()
    assert (tmp_path / "here" / "locales" / "README.md").is_file()


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(WrongUsage):
        write_clinic(tmp_path / "file")
    with pytest.raises(WrongUsage):
        write_clinic(tmp_path / "file" / "below")
    (tmp_path / "here").mkdir()

    def full(*_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(new_clinic.Path, "rename", full)
    for folder in ("here", "new"):
        with pytest.raises(WrongUsage, match="No space left"):
            write_clinic(tmp_path / folder)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "here"]
