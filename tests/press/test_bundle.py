"""A bundle holds what decides on every byte of a packet, and nothing that is anybody else's business."""

from __future__ import annotations

import re
import shutil

import pytest
from sound import changed

from handouts import builtin
from handouts.appointment import Appointment
from handouts.cache import user_cache
from handouts.clinic import load_clinic
from handouts.content.editions import LARGEST_PICTURE, Editions
from handouts.errors import SettingError, UnreadableInput
from handouts.intake.rows import premises
from handouts.output import files_of
from handouts.packet import Options, PacketMaker
from handouts.press.bundle import Bundle, bundle_of

SECRET = "hunter2"


@pytest.fixture
def folder(clinic, tmp_path):
    """The demo clinic with papers of its own, and with what is nobody else's."""
    folder = tmp_path / "clinic"
    shutil.copytree(clinic.folder, folder)
    own = folder / "templates" / "ketamine-infusion"
    shutil.copytree(builtin.templates() / "ketamine-infusion", own)
    declared = (own / "procedure.toml").read_text("utf-8")
    (own / "procedure.toml").write_text(re.sub(r"(?m)^version = .*$", 'version = "9.9"', declared), "utf-8")
    shutil.copy(folder / "logo.png", folder / "SECOND.PNG")
    (folder / "large.jpg").write_bytes(bytes(LARGEST_PICTURE + 1))
    for name in (
        "me.pem",
        "me.p12",
        "schedule.csv",
        "store/record.sqlite3",
        "store/files/ab/ab12",
        "locales/de/note.txt",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(SECRET, "utf-8")
    return folder


def packet(folder, now):
    """The files of a packet of the clinic in a folder, for a patient who reads Spanish."""
    clinic = load_clinic(folder)
    raw = changed({"patient.language": "es"})
    appointment = Appointment.model_validate(raw, context=premises(clinic, now))
    return files_of(PacketMaker(Editions(clinic, user_cache()), Options())(appointment, now))


def test_the_packets_of_a_bundle_are_those_of_the_folder(folder, now, tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    bundle_of(load_clinic(folder)).write(there)
    expected = packet(folder, now)
    assert packet(there, now) == expected
    for name in ("templates", "locales"):
        shutil.move(there / name, tmp_path / name)
        assert packet(there, now) != expected  # so it was needed
        shutil.move(tmp_path / name, there / name)


def test_nothing_is_in_it_that_decides_nothing(folder):
    files = bundle_of(load_clinic(folder)).files
    assert SECRET.encode() not in b"".join(files.values())
    assert {name for name in files if "/" not in name} == {"clinic.toml", "logo.png", "SECOND.PNG"}
    assert {name.rpartition("/")[2].partition(".")[2] for name in files if name.startswith("locales/")} == {
        "po",
        "review.tsv",
    }


def test_approvals_are_in_it_and_what_changes_in_any_file_changes_its_hash(folder):
    before = bundle_of(load_clinic(folder))
    (folder / "approvals.tsv").write_text("# sha256\n", "utf-8")
    after = bundle_of(load_clinic(folder))
    assert after.files.keys() - before.files.keys() == {"approvals.tsv"}
    assert len({before.sha256, after.sha256, Bundle({}).sha256, Bundle({"a": b"b"}).sha256}) == 4
    assert before.sha256 == Bundle(dict(reversed(before.files.items()))).sha256


@pytest.mark.parametrize(
    "tables",
    [
        '[store]\nurl = "postgresql://me:hunter2@db/record"\n',
        '\n  [ store ] # [press] hunter2\nurl="sqlite:///hunter2"\n[signing]\nseal = "hunter2.p12"\n[people]\n',
        '[signing]\nroots = "hunter2.pem"\r\n[people.x]\nname = "Ana Ruiz"\nroles = ["staff"]\r\n',
    ],
)
def test_passwords_of_the_record_and_keys_stay_here(folder, tables):
    file = folder / "clinic.toml"
    file.write_bytes(file.read_bytes() + tables.encode())
    clinic = load_clinic(folder)
    shipped = bundle_of(clinic).files["clinic.toml"]
    assert SECRET.encode() not in shipped
    assert shipped.count(b"\n") == file.read_bytes().count(b"\n")
    there = folder.parent / "there"
    there.mkdir()
    bundle_of(clinic).write(there)
    kept = {"folder", "store", "signing", "sha256"}
    assert load_clinic(there).model_dump(exclude=kept) == clinic.model_dump(exclude=kept)


@pytest.mark.parametrize(
    "before",
    ['store = {url = "sqlite:///hunter2"}\n', 'store.url = "sqlite:///hunter2"\n', '"store".url = "hunter2"\n'],
)
def test_what_cannot_be_told_from_the_rest_is_a_fault_and_not_sent(folder, before):
    file = folder / "clinic.toml"
    file.write_bytes(before.encode() + file.read_bytes())
    clinic = load_clinic(folder)
    with pytest.raises(SettingError) as trouble:
        bundle_of(clinic)
    assert SECRET not in str(trouble.value)


def test_a_text_that_looks_like_a_table_is_no_table(folder):
    file = folder / "clinic.toml"
    file.write_bytes(file.read_bytes() + b'[people.x]\nname = """\n[store]\nhunter2"""\nroles = ["staff"]\n')
    with pytest.raises(SettingError):
        bundle_of(load_clinic(folder))


def test_only_its_owner_may_read_what_it_writes(tmp_path):
    Bundle({"a/b/c.html": b"x", "d": b"y"}).write(tmp_path)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")}
    assert modes == {"a": 0o700, "b": 0o700, "c.html": 0o600, "d": 0o600}


def test_a_file_that_is_gone_is_told(folder):
    clinic = load_clinic(folder)
    (folder / "clinic.toml").unlink()
    with pytest.raises(UnreadableInput, match=r"clinic\.toml: it cannot be read: No such file"):
        bundle_of(clinic)
