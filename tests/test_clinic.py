"""clinic.toml → Clinic: a folder of faulty and sound fragments over the demo clinic, and what a clinic can be asked."""

from __future__ import annotations

import pickle
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from handouts.builtin import demo_clinic
from handouts.clinic import Clinic, load_clinic
from handouts.errors import ExitCode, SettingError
from handouts.settings import ARTICLE_RISKS, LABEL_RISKS, SETTINGS
from handouts.settings.zones import zone

FRAGMENTS = Path(__file__).parent / "data" / "clinics"
FAULTY = sorted((FRAGMENTS / "faulty").glob("*.toml"))
SOUND = sorted((FRAGMENTS / "sound").glob("*.toml"))
DEMO = (demo_clinic() / "clinic.toml").read_text("utf-8")
NOW = datetime(2026, 2, 27, 14, tzinfo=UTC)
HEADER = re.compile(r"^\[([a-zA-Z0-9_.]+)\]$", re.MULTILINE)


def over_demo(fragment: str) -> str:
    """The demo clinic's file with the tables of `fragment` in place of its own."""
    tables = set(HEADER.findall(fragment))
    parents = {name.partition(".")[0] for name in tables if name in {"expected_benefit", "med_rules"}}
    parts = re.split(r"(?m)^(?=\[)", DEMO)
    kept = [part for part in parts if not ((found := HEADER.match(part)) and _replaced(found[1], tables, parents))]
    real = re.search(r"^# demo: false$", fragment, re.MULTILINE)
    return ("".join(kept) + "\n" + fragment).replace("demo = true", f"demo = {'false' if real else 'true'}", 1)


def _replaced(name: str, tables: set[str], parents: set[str]) -> bool:
    return name in tables or name.partition(".")[0] in parents


@pytest.fixture
def load(tmp_path):
    def loaded(fragment: str, **options: bool) -> Clinic:
        (tmp_path / "clinic.toml").write_text(over_demo(fragment), "utf-8")
        (tmp_path / "logo.png").write_bytes((demo_clinic() / "logo.png").read_bytes())
        return load_clinic(tmp_path, **options)

    return loaded


@pytest.fixture
def faults(load):
    def found(fragment: str):
        with pytest.raises(SettingError) as caught:
            load(fragment)
        return caught.value.faults

    return found


@pytest.fixture(scope="module")
def demo() -> Clinic:
    return load_clinic(demo_clinic())


def test_there_are_fragments():
    assert len(FAULTY) > 50
    assert len(SOUND) > 5


@pytest.mark.parametrize("path", FAULTY, ids=lambda p: p.stem)
def test_every_fault_is_named_at_its_key_and_no_other_is(path, faults):
    fragment = path.read_text("utf-8")
    expected = dict(line.split(" | ") for line in re.findall(r"^# fault: (.*)$", fragment, re.MULTILINE))
    found = faults(fragment)
    alone = not any(key.startswith("*") for key in expected)
    if alone:
        assert sorted(f.field for f in found) == sorted(expected)
    for key, words in expected.items():
        told = [str(f) for f in found if f.field == key.removeprefix("*")]
        assert any(words in line for line in told), told


@pytest.mark.parametrize("path", SOUND, ids=lambda p: p.stem)
def test_sound_settings_load(path, load):
    assert load(path.read_text("utf-8")).missing == ()


def test_every_fault_says_file_and_line(faults, tmp_path):
    (fault,) = faults("[drive_ban_h]\nvalue = true\n")
    line = 1 + (tmp_path / "clinic.toml").read_text("utf-8").splitlines().index("[drive_ban_h]")
    assert fault.where == f"{tmp_path / 'clinic.toml'}, line {line}"


def test_a_setting_that_is_no_table_is_a_fault_that_shows_the_form(tmp_path):
    text = re.sub(r"(?m)^\[drive_ban_h\]\n.*\n.*\n", "", DEMO).replace("demo = true", "demo = true\ndrive_ban_h = 24")
    (tmp_path / "clinic.toml").write_text(text.replace('logo = "logo.png"\n', "").replace("logo_alt", "# "), "utf-8")
    with pytest.raises(SettingError, match=r'"drive_ban_h": "24": must be a table. Write \[drive_ban_h\]'):
        load_clinic(tmp_path)


@pytest.mark.parametrize(
    "broken", ['[clinic]\nid = "a\n', "[clinic]\nid =\n", "[clinic]\n[clinic]\n", "x = 1\nx = 2\n"]
)
def test_a_syntax_error_says_its_line(broken, tmp_path):
    (tmp_path / "clinic.toml").write_text(broken, "utf-8")
    with pytest.raises(SettingError, match=r"clinic\.toml, line \d+(, column \d+)?: is not TOML") as caught:
        load_clinic(tmp_path)
    assert caught.value.exit_code is ExitCode.NOT_APPROVED


def test_bytes_that_are_no_text_and_a_missing_file_are_faults(tmp_path):
    with pytest.raises(SettingError, match="no such file"):
        load_clinic(tmp_path)
    (tmp_path / "clinic.toml").write_bytes(b"id = '\xff'")
    with pytest.raises(SettingError, match="UTF-8"):
        load_clinic(tmp_path)


def risks(drop: str = "", change: tuple[str, str] = ("", ""), left_out: str = "") -> str:
    block = re.search(r"(?ms)^\[risk_list\].*?^source_note[^\n]*\n", DEMO)
    assert block
    kept = [line for line in block[0].splitlines() if not drop or f'id = "{drop}"' not in line]
    return "\n".join(kept).replace(*change, 1) + f"\nleft_out = {{ {left_out} }}\n"


@pytest.mark.parametrize("name", ARTICLE_RISKS)
def test_every_risk_of_the_article_is_demanded(name, faults):
    (fault,) = faults(risks(drop=name))
    assert fault.field == "risk_list"
    assert f'lacks "{name}"' in fault.problem


@pytest.mark.parametrize("name", LABEL_RISKS)
def test_every_risk_of_the_label_is_listed_or_left_out_with_a_reason(name, faults, load):
    (fault,) = faults(risks(drop=name))
    assert f'lacks "{name}"' in fault.problem
    left = load(risks(drop=name, left_out=f'{name} = "our reason"')).settings["risk_list"].left_out
    assert left == {name: "our reason"}
    assert "left out at once" in str(faults(risks(left_out=f'{name} = "our reason"'))[0])
    assert faults(risks(drop=name, left_out=f'{name} = ""'))


def test_a_risk_is_whole(faults):
    common = 'id = "nausea", severity = "common"'
    assert [f.field for f in faults(risks(change=(common, f"{common}, lasst = 1")))] == ["risk_list[2].lasst"]
    assert [f.field for f in faults(risks(change=("lasts = ", "freq = ")))] == [
        "risk_list[1].lasts",
        "risk_list[1].freq.en",
        "risk_list[1].freq.es-US",
        "risk_list[1].freq",
    ]
    assert {f.field for f in faults(risks(change=('id = "nausea"', 'id = "dizziness"')))} == {"risk_list"}
    serious = faults(risks(change=(common, common.replace("common", "serious"))))
    assert [f.field for f in serious] == ["risk_list[2].lasts", "risk_list"]
    assert [f.field for f in faults(risks(change=('action = "nurse"', 'action = "wait"')))] == ["risk_list[1].action"]


@pytest.mark.parametrize(
    ("freq", "field"),
    [
        ("{ in_100 = 5 }", "freq"),
        ('{ source = "label" }', "freq"),
        ('{ in_100 = 101, source = "label" }', "freq.in_100"),
        ('{ in_100 = true, source = "label" }', "freq.in_100"),
        ('{ in_100 = 5, source = "" }', "freq.source"),
    ],
)
def test_a_frequency_has_its_source(freq, field, faults):
    found = faults(risks(change=('id = "nausea"', f'freq = {freq}, id = "nausea"')))
    assert [f.field for f in found] == [f"risk_list[2].{field}"]


def test_a_frequency_reaches_the_templates(load):
    clinic = load(risks(change=('id = "nausea"', 'freq = { in_100 = 5, source = "label" }, id = "nausea"')))
    (nausea,) = [risk for risk in clinic.in_language("en")["risk_list"] if risk.id == "nausea"]
    assert (nausea.freq.in_100, nausea.freq.source) == (5, "label")


def test_the_demo_clinic_sets_everything(demo):
    assert demo.demo
    assert demo.missing == ()
    assert {key.partition(".")[0] for key in demo.settings} == set(SETTINGS)
    assert {s.source_note for s in demo.settings.values()} == {"demo value, not medical advice"}
    assert not any(s.approved_by or s.approved_at for s in demo.settings.values())


def test_nothing_of_a_demo_clinic_is_ever_approved(load):
    fragment = '[drive_ban_h]\nvalue = 24\napproved_by = "Ada Okafor"\napproved_at = 2026-01-31\n'
    assert not load(fragment).approved("drive_ban_h", NOW)


def test_approval_has_a_name_a_day_and_an_end(load):
    phones = '[clinic_phone]\nvalue = "+12128675309"\n[after_hours_phone]\nvalue = "+12128675309"\n'
    identity = '[clinic]\nid = "a"\nname = "A"\njurisdiction = "US"\nlanguages = ["en", "es-US"]\nmrn_pattern = "x"\n'
    clinic = load(
        f"# demo: false\n{identity}{phones}"
        '[drive_ban_h]\nvalue = 24\napproved_by = "A"\napproved_at = 2026-01-31\nexpires_at = 2026-02-27\n'
        '[recovery_min]\nvalue = 60\napproved_by = "A"\n'
        '[stay_with_h]\nvalue = 12\napproved_by = "A"\napproved_at = 2026-03-01\n'
        '[med_rules.opioid]\nvalue = "continue"\napproved_by = "A"\napproved_at = 2026-01-31\n'
    )
    assert clinic.approved("drive_ban_h", NOW)
    assert not clinic.approved("drive_ban_h", datetime(2026, 2, 28, tzinfo=UTC))
    assert clinic.expired(datetime(2026, 2, 28, tzinfo=UTC)) == ("drive_ban_h",)
    assert clinic.expired(NOW) == ()
    assert not clinic.approved("recovery_min", NOW)
    assert not clinic.approved("stay_with_h", NOW)
    assert clinic.approved("med_rules.opioid", NOW)
    assert not clinic.approved("escort_required", NOW)


def test_required_settings_that_are_not_set_are_reported_in_the_order_of_the_table(load):
    clinic = load('[uncertainty]\n[drive_ban_h]\nvalue = ""\n[assent_min_age]\n', allow_missing=True)
    assert clinic.missing == ("drive_ban_h", "uncertainty", "assent_min_age")
    assert clinic.value("drive_ban_h") is None
    assert "drive_ban_h" not in clinic.in_language("en")
    with pytest.raises(SettingError) as caught:
        clinic.text("uncertainty", "en")
    assert caught.value.faults[0].field == "uncertainty"


def test_a_fault_is_a_fault_even_where_unset_is_allowed(load):
    with pytest.raises(SettingError):
        load("[drive_ban_h]\nvalue = true\n", allow_missing=True)


def test_only_what_is_marked_default_has_one(load):
    tables = "".join(f"[{name}]\n" for name in SETTINGS)
    empty = load(tables, allow_missing=True)
    assert {name for name in SETTINGS if empty.value(name) is not None} == {
        name for name, definition in SETTINGS.items() if definition.need == "default"
    }
    assert empty.value("fast_anchor") == "arrival"
    assert empty.in_language("en") == {n: d.default for n, d in SETTINGS.items() if d.need == "default"}


def test_values_are_plain_in_one_language(demo):
    spanish = demo.in_language("es-US")
    assert spanish["bring_items"][0] == "Un documento con foto"
    assert spanish["no_ride_policy"] == demo.text("no_ride_policy", "es-US")
    assert spanish["drive_ban_h"] == 24
    assert spanish["escort_required"] is True
    assert spanish["expected_benefit"]["crps"] == demo.text("expected_benefit.crps", "es-US")
    assert spanish["med_rules"]["opioid"] == "ask_clinician"
    assert {a.id for a in spanish["alternatives"]} >= {"no_treatment"}
    assert all(isinstance(a.good, str) for a in spanish["alternatives"])
    assert all((risk.lasts is None) == (risk.severity != "common") for risk in spanish["risk_list"])
    assert not [name for name in spanish if SETTINGS[name].staff_only]
    with pytest.raises(KeyError):
        demo.in_language("fr")


def test_a_key_that_no_clinic_can_set_is_a_mistake_of_the_program(demo):
    for key in ("drive_ban", "drive_ban_h.value", "med_rules."):
        with pytest.raises(KeyError):
            demo.value(key)


def test_a_clinic_is_a_value(demo, load):
    again = load_clinic(demo_clinic())
    assert again == demo
    assert hash(again) == hash(demo)
    assert pickle.loads(pickle.dumps(demo)) == demo
    assert load("[drive_ban_h]\nvalue = 25\n").sha256 != demo.sha256
    with pytest.raises(ValueError, match="frozen"):
        demo.name = "Another"


def test_the_hash_is_of_what_is_set_and_not_of_how_it_is_written(load, tmp_path):
    first = load("").sha256
    file = tmp_path / "clinic.toml"
    file.write_text("# a remark\n" + file.read_text("utf-8"), "utf-8")
    assert load_clinic(tmp_path).sha256 == first


def test_zones_come_from_tzdata_and_nowhere_else(monkeypatch):
    monkeypatch.setenv("PYTHONTZPATH", "/nowhere")
    new_york = zone("America/New_York")
    assert datetime(2026, 7, 1, tzinfo=new_york).utcoffset().total_seconds() == -4 * 3600
    assert pickle.loads(pickle.dumps(new_york)) is new_york
    for name in ("America/New_york", "../zones", "/etc/localtime", "", "EDT"):
        with pytest.raises(ValueError, match="no time zone"):
            zone(name)


def test_places_and_people(demo):
    assert demo.locations["phoenix"].zone is zone("America/Phoenix")
    assert demo.locations["midtown"].open_days == ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    assert demo.clinicians["reyes"].role in demo.value("discussion_roles")
    assert demo.clock == datetime.fromisoformat("2026-02-27T09:00:00-05:00")
    assert demo.clinicians["lind"].licence_until is None or isinstance(demo.clinicians["lind"].licence_until, date)
