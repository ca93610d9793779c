"""How a clinic prints: what clinic.toml says of it counts or is told, to the setting and with what to do."""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from handouts import builtin
from handouts.check import check
from handouts.clinic import load_clinic
from handouts.errors import SettingError
from handouts.new_clinic import clinic_toml
from handouts.printing import COLOURS, Media, PressSettings, unknown_kinds

KINDS, LANGUAGES = ("preparation", "consent"), ("en", "es-US")


@pytest.fixture
def read(tmp_path):
    """What a clinic's table [press] with these lines says."""

    def made(lines):
        folder = shutil.copytree(builtin.demo_clinic(), tmp_path / "clinic", dirs_exist_ok=True)
        text = (builtin.demo_clinic() / "clinic.toml").read_text("utf-8")
        (folder / "clinic.toml").write_text(f"{text}\n[press]\n{lines}\n", "utf-8")
        return load_clinic(folder).press

    return made


def test_a_clinic_that_says_nothing_prints_in_the_usual_way(clinic, read):
    assert clinic.press == PressSettings() == read("")
    assert clinic.press.order == ("time", "clinician", "name", "location")


def test_all_that_can_be_said_is_read(read):
    found = read(
        """
        order = ["name", "location"]
        file_sheets = 50
        two_sided = false
        separators = false
        staple = false
        reduced_ink = true
        queue = "Front_Desk"
        copies = { consent = 2, "consent.es-US" = 3 }
        [press.media]
        consent = { type = "stationery-letterhead", colour = "light-yellow", source = "tray-2" }
        side-effects = { source = "by-pass-tray" }
        separator = { colour = "custom-salmon_ff8c69" }
        """
    )
    assert found == PressSettings(
        order=("name", "location"),
        file_sheets=50,
        two_sided=False,
        separators=False,
        staple=False,
        reduced_ink=True,
        queue="Front_Desk",
        copies={"consent": 2, "consent.es-US": 3},
        media={
            "consent": Media(type="stationery-letterhead", colour="light-yellow", source="tray-2"),
            "side-effects": Media(source="by-pass-tray"),
            "separator": Media(colour="custom-salmon_ff8c69"),
        },
    )
    assert [found.copies_of(*each) for each in (("consent", "es-US"), ("consent", "en"), ("preparation", "en"))] == [
        3,
        2,
        1,
    ]


@pytest.mark.parametrize(
    ("lines", "field", "told"),
    [
        ('order = ["time", "nme"]', "order[2]", '"nme": must be one of.* Did you mean "name"'),
        ('order = ["time", "name", "time"]', "order[3]", '"time": stands more than once'),
        ("order = []", "order", "at least one"),
        ('order = "time"', "order", r"must be a list.* Write \["),
        ("order = [1]", "order[1]", "must be one of time, clinician, name, location"),
        ("file_sheets = 0", "file_sheets", "greater than or equal to 1"),
        ("file_sheets = 1.5", "file_sheets", "integer"),
        ("file_sheets = true", "file_sheets", "integer"),
        ('two_sided = "yes"', "two_sided", "boolean"),
        ('kues = "x"', "kues", "not known here"),
        ("stapel = true", "stapel", 'Did you mean "staple"'),
        ('queue = "a\\u202eb"', "queue", "."),
        ("copies = 2", "copies", r"must be a table.* Write \[press.copies\]"),
        ("copies.consent = 0", "copies.consent", "greater than or equal to 1"),
        ("copies.consent = 21", "copies.consent", "less than or equal to 20"),
        ("copies.consent = true", "copies.consent", "integer"),
        ("copies.separator = 2", "copies.separator", "one sheet before each packet.* separators = false"),
        ('copies."separator.en" = 1', "copies.separator.en", "one sheet before each packet"),
        ("copies.consent.es-US = 2", "copies.consent", 'Write "consent.es-US" = 2'),
        ('media = "yellow"', "media", "must be a table"),
        ('media.consent = "yellow"', "media.consent", "must be a table.* Write consent = {"),
        ("media.consent = {}", "media.consent", "names no paper"),
        ('media.consent.color = "red"', "media.consent.color", 'Did you mean "colour"'),
        ('media.consent.colour = "grey"', "media.consent.colour", '"grey": is no colour.* Did you mean "gray"'),
        ('media.consent.colour = "Yellow"', "media.consent.colour", 'Did you mean "yellow"'),
        ('media.consent.colour = "dark-white"', "media.consent.colour", "is no colour"),
        ('media.consent.colour = "custom-"', "media.consent.colour", "is no colour"),
        ('media.consent.type = "Letter Head"', "media.consent.type", "is no keyword"),
        ('media.consent.source = "2"', "media.consent.source", "is no keyword"),
        ('media.consent.source = "tray-2\\n"', "media.consent.source", "is no keyword"),
        (f'media.consent.source = "{"a" * 256}"', "media.consent.source", "is no keyword"),
        ('media.consent.source = "tray;rm"', "media.consent.source", "is no keyword"),
    ],
)
def test_each_fault_is_told_where_it_stands_with_what_to_do(read, lines, field, told):
    with pytest.raises(SettingError) as caught:
        read(lines)
    (fault,) = caught.value.faults
    assert fault.field == f"press.{field}"
    assert re.search(told, str(fault))
    assert re.search(r"clinic\.toml, line \d+", fault.where)


def test_all_faults_are_told_at_once(read):
    with pytest.raises(SettingError) as caught:
        read(
            'order = ["x", "y"]\nfile_sheets = 0\ncopies = { separator = 2, consent = 0 }\nmedia.consent.type = "A"\nz = 1'
        )
    assert [fault.field.removeprefix("press.") for fault in caught.value.faults] == [
        "order[1]",
        "order[2]",
        "copies.separator",
        "media.consent.type",
        "file_sheets",
        "copies.consent",
        "z",
    ]


@pytest.mark.parametrize("name", ["custom-mauve", "custom-mauve_b996ae", "org.pwg-my-color_ff0000ff", "no-color"])
def test_a_printers_own_colour_counts_as_one(read, name):
    assert read(f'media.separator.colour = "{name}"').media["separator"].colour == name


def test_the_colours_are_those_that_cups_knows():
    catalog = Path("/usr/share/cups/locale/de/cups_de.po")
    if not catalog.exists():
        missing = "there is no CUPS on this machine (Debian: cups-common), whose names of colours are compared"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    known = re.findall(r'msgid "media-color\.([a-z-]+)"', catalog.read_text("utf-8"))
    assert sorted(COLOURS) == sorted(set(known))


def told(copies=(), media=()):
    settings = PressSettings(copies=dict.fromkeys(copies, 2), media=dict.fromkeys(media, Media(source="tray-1")))
    return [(fault.field, fault.value, fault.remedy) for fault in unknown_kinds(settings, KINDS, LANGUAGES)]


def test_what_is_set_for_documents_that_there_are_is_right():
    assert told(("consent", "preparation.en", "consent.es-US"), ("consent", "separator")) == []


def test_documents_and_languages_that_there_are_not_are_told():
    assert told(("consnt", "consent.es", "consnt.fr"), ("sepaerator", "consent.en")) == [
        ("press.copies.consnt", "consnt", 'Did you mean "consent"?'),
        ("press.copies.consent.es", "es", 'Did you mean "es-US"?'),
        ("press.copies.consnt.fr", "consnt", 'Did you mean "consent"?'),
        ("press.copies.consnt.fr", "fr", "Known are en, es-US."),
        ("press.media.sepaerator", "sepaerator", 'Did you mean "separator"?'),
        ("press.media.consent.en", "consent.en", 'Write "consent".'),
    ]


def test_check_tells_them_too(tmp_path):
    folder = shutil.copytree(builtin.demo_clinic(), tmp_path / "clinic")
    with (folder / "clinic.toml").open("a", encoding="utf-8") as out:
        out.write('\n[press]\ncopies = { consent = 2, "language-notice" = 1, concent = 2, "consent.xx" = 2 }\n')
    clinic = load_clinic(folder)
    found = [fault for fault in check(clinic, clinic.clock).faults if fault.field.startswith("press")]
    assert [(fault.field, fault.value) for fault in found] == [
        ("press.copies.concent", "concent"),
        ("press.copies.consent.xx", "xx"),
    ]


def test_a_new_clinic_has_every_setting_explained_and_as_it_is_when_it_is_not_set():
    table = clinic_toml().partition("\n[press]\n")[2].partition("\n\n")[0]
    assert all(line.startswith("#") for line in table.splitlines())
    settings = re.findall(r"(?m)^# (\w+) = (\S+|\[.*?\])(?:  .*)?$", table.partition("# [press.copies]")[0])
    assert set(dict(settings)) | {"copies", "media"} == set(PressSettings.model_fields)
    lines = "\n".join(line.removeprefix("# ") for line in table.splitlines())
    found = tomllib.loads(re.sub(r"(?m)^(\w.*?|\[.*?\])   .*$", r"\1", lines).replace("[press.", "["))
    examples = {name: found.pop(name) for name in ("copies", "media")}
    assert PressSettings.model_validate(found) == PressSettings()
    assert unknown_kinds(PressSettings.model_validate(examples), ("consent",), LANGUAGES) == []
