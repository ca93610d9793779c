"""A backup holds the whole record, and a restore gives it back, in either database, or leaves everything as it was."""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
import tarfile

import pytest
from record.conftest import AT

from handouts.errors import DamagedRecord, NotAllowed, Tampered, UnreadableInput, WrongUsage
from handouts.record import log
from handouts.record.archive import opened as archive
from handouts.record.audit import checked
from handouts.record.backup import backed_up
from handouts.record.issue import issued
from handouts.record.log import Head
from handouts.record.premises import Premises
from handouts.record.restore import restored
from handouts.record.review import Decided, approve, decide
from handouts.record.standing import standings
from handouts.record.states import Move, State

BOTH = ("sqlite", "postgresql")


def filled(office):
    """A record with a packet in each of four states; the ids."""
    ids = office.record({}, {}, {"patient.family_name": "Пушкин"}, {})
    store = office.store()
    approve(store, office.makers, office.who(), ids[:2], AT, comment="read all of it")
    issued(store, office.makers, office.who("okafor"), ids[0], office.out, AT)
    decide(store, office.who(), ids[2], Move.RETURN, AT, "the name is another")
    return ids


def states(office):
    with office.store().reading() as connection:
        return {each.id: each.state for each in standings(connection)}


def backup(office, out):
    out.mkdir(exist_ok=True)
    return backed_up(office.store(), office.clinic, office.who("admin"), AT, out)


def restore(office, path, **options):
    office.close()
    return restored(Premises(office.clinic), office.who("admin"), AT, path, **options)


def told(path):
    """The lines of a backup, without a later one's."""
    with archive(path) as found:
        return {name: list(found.rows(name)) for name in found.manifest.tables}


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("other", BOTH)
def test_a_backup_of_either_database_is_restored_into_either(office_of, tmp_path, kind, other):
    here, there = office_of("here", kind), office_of("there", other)
    ids = filled(here)
    before = states(here)
    made = backup(here, tmp_path / "backups")
    assert (made.packets, stat.S_IMODE(made.path.stat().st_mode)) == (4, 0o600)
    done = restore(there, made.path, known=made.head)
    assert (done.backup, done.aside, dict(done.loss.kinds)) == (made.head, "", {})
    assert states(there) == before
    assert set(before.values()) == {State.ISSUED, State.APPROVED, State.RETURNED, State.GENERATED}
    found = checked(there.store(), made.head)
    assert (found.tampered, found.damaged, found.orphans) == ((), (), ())
    assert issued(there.store(), there.makers, there.who("okafor"), ids[1], there.out, AT).state is State.ISSUED
    again = backup(there, tmp_path / "again")
    was, now = told(made.path), told(again.path)
    assert now["makings"] == was["makings"]
    assert now["events"][: len(was["events"])] == was["events"]


def test_backups_of_the_same_record_are_the_same_to_the_byte_whatever_the_database(office_of, tmp_path):
    here, there = office_of("here", "sqlite"), office_of("there", "postgresql")
    filled(here), filled(there)
    first, second = backup(here, tmp_path / "here-out"), backup(there, tmp_path / "there-out")
    assert first.path.name == second.path.name
    assert first.path.read_bytes() == second.path.read_bytes()


def test_a_backup_is_read_by_tar_and_json_alone(office, tmp_path):
    filled(office)
    made = backup(office, tmp_path / "backups")
    with tarfile.open(made.path) as tar:
        assert tar.getnames()[0] == "manifest.json"
        manifest = json.load(tar.extractfile("manifest.json"))
        assert manifest["head"] == str(made.head)
        assert len(tar.getnames()) == 1 + len(manifest["tables"]) + len(manifest["files"])
        assert {member.mode for member in tar} == {0o600}


def test_a_record_is_replaced_only_when_that_is_asked_for_and_then_is_still_there_aside(any_office, tmp_path):
    office = any_office
    ids = filled(office)
    made = backup(office, tmp_path / "backups")
    approve(office.store(), office.makers, office.who(), [ids[3]], AT)
    with pytest.raises(NotAllowed, match=r"1 packet\.approved, 1 store\.backed_up"):
        restore(office, made.path)
    assert states(office)[ids[3]] is State.APPROVED
    done = restore(office, made.path, replace=True)
    assert dict(done.loss.kinds) == {"packet.approved": 1, "store.backed_up": 1}
    assert states(office)[ids[3]] is State.GENERATED
    assert checked(office.store(), made.head).error("") is None
    last = restore(office, made.path)
    assert (last.aside, last.head) == ("", done.head), "what is restored already is left as it is"
    (aside,) = (office.folder / "store").glob("replaced-*")
    assert len(list(aside.glob("files/*/*"))) == made.files
    assert not list((office.folder / "store").glob(".unfinished*"))


def test_the_record_that_was_moved_aside_can_be_put_back(office, tmp_path):
    ids = filled(office)
    made = backup(office, tmp_path / "backups")
    approve(office.store(), office.makers, office.who(), [ids[3]], AT)
    restore(office, made.path, replace=True)
    home = office.folder / "store"
    (aside,) = home.glob("replaced-*")
    home.rename(office.folder / "restored")
    (office.folder / "restored" / aside.name).rename(home)
    assert states(office)[ids[3]] is State.APPROVED
    assert checked(office.store()).error("") is None


def test_a_backup_of_another_clinic_is_refused(office_of, tmp_path):
    here, there = office_of("here", "sqlite"), office_of("there", "sqlite")
    filled(here)
    made = backup(here, tmp_path / "backups")
    text = (there.folder / "clinic.toml").read_text("utf-8")
    (there.folder / "clinic.toml").write_text(text.replace('id = "demo"', 'id = "other"', 1), "utf-8")
    other = type(there)(there.folder)
    assert other.clinic.id == "other"
    with pytest.raises(WrongUsage, match='is of the clinic "demo"'):
        restore(other, made.path)
    assert not Premises(other.clinic).database.exists()


def test_a_head_that_was_kept_elsewhere_shows_a_backup_that_is_older_or_was_made_up(office, tmp_path):
    filled(office)
    made = backup(office, tmp_path / "backups")
    later = Head(made.head.number + 1, "0" * 64)
    with pytest.raises(Tampered, match="were cut off"):
        restore(office, made.path, replace=True, known=later)
    with pytest.raises(Tampered, match="was written anew"):
        restore(office, made.path, replace=True, known=Head(made.head.number, "0" * 64))


def rewritten(path, to, change):
    """A copy of a backup in which `change` has its way with every file: name and content → content, or None."""
    with tarfile.open(path) as old, tarfile.open(to, "w", format=tarfile.USTAR_FORMAT) as new:
        for member in old:
            content = change(member.name, old.extractfile(member).read())
            if content is not None:
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))
    return to


@pytest.fixture
def sound(office, tmp_path):
    filled(office)
    return office, backup(office, tmp_path / "backups").path


TAMPERED = {
    "a file changed": lambda name, content: content[:-1] + b"!" if name.startswith("files/") else content,
    "a file left out": lambda name, content: None if name.startswith("files/") else content,
    "a state changed": lambda name, content: (
        content.replace(b'"returned"', b'"approved"') if "packets" in name else content
    ),
    "a review left out": lambda name, content: b"" if "reviews" in name else content,
    "a line changed": lambda name, content: content.replace(b"okafor", b"reyes ") if "events" in name else content,
    "no manifest": lambda name, content: None if name == "manifest.json" else content,
    "a manifest that is none": lambda name, content: b"{}" if name == "manifest.json" else content,
}


@pytest.mark.parametrize("change", TAMPERED.values(), ids=TAMPERED)
def test_a_backup_in_which_anything_was_changed_is_refused_and_nothing_is_touched(sound, tmp_path, change):
    office, path = sound
    before = states(office)
    bad = rewritten(path, tmp_path / "bad.tar", change)
    with pytest.raises((DamagedRecord, Tampered)):
        restore(office, bad, replace=True)
    assert states(office) == before
    assert not list((office.folder / "store").glob("replaced-*"))


def test_a_backup_that_was_changed_together_with_its_manifest_is_found_by_its_log(sound, tmp_path):
    office, path = sound
    with tarfile.open(path) as tar:
        rows = tar.extractfile("tables/packets.jsonl").read()
        manifest = json.load(tar.extractfile("manifest.json"))
    forged = rows.replace(b'"state":"returned"', b'"state":"approved"')
    assert forged != rows
    manifest["tables"]["packets"]["sha256"] = hashlib.sha256(forged).hexdigest()
    told = json.dumps(manifest).encode()
    contents = {"tables/packets.jsonl": forged, "manifest.json": told}
    bad = rewritten(path, tmp_path / "bad.tar", contents.get)
    with pytest.raises(Tampered, match="by the log it is returned"):
        restore(office, bad, replace=True)
    assert State.RETURNED in states(office).values()


@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 0.97])
def test_a_backup_that_is_cut_off_is_refused(sound, tmp_path, share):
    office, path = sound
    content = path.read_bytes()
    (tmp_path / "bad.tar").write_bytes(content[: int(len(content) * share)])
    with pytest.raises((DamagedRecord, UnreadableInput), match="cannot be restored"):
        restore(office, tmp_path / "bad.tar", replace=True)


def test_what_tempts_out_of_the_archive_is_refused(sound, tmp_path):
    office, path = sound
    bad = tmp_path / "bad.tar"
    bad.write_bytes(path.read_bytes())
    with tarfile.open(bad, "a", format=tarfile.USTAR_FORMAT) as tar:
        link = tarfile.TarInfo("files/../../../passwd")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(DamagedRecord, match="which no backup holds"):
        restore(office, bad, replace=True)


def test_a_backup_never_overwrites_a_file(office, tmp_path):
    filled(office)
    mine = tmp_path / "mine.tar"
    mine.write_text("what I keep")
    with pytest.raises(WrongUsage, match="is there already"):
        backed_up(office.store(), office.clinic, office.who("admin"), AT, mine)
    assert mine.read_text() == "what I keep"


def test_there_is_no_backup_of_a_record_that_is_not_sound(office, tmp_path):
    ids = filled(office)
    store = office.store()
    name = next(store.files.names())
    store.files.remove(name)
    with pytest.raises(DamagedRecord, match="missing"):
        backup(office, tmp_path / "backups")
    assert not list((tmp_path / "backups").iterdir())
    with store.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE packets SET state = 'approved' WHERE id = '{ids[3]}'")
    with pytest.raises(Tampered, match="by the log it is generated"):
        backup(office, tmp_path / "backups")


def test_a_damaged_database_is_told_and_restored(office, tmp_path):
    filled(office)
    before = states(office)
    made = backup(office, tmp_path / "backups")
    office.close()
    database = Premises(office.clinic).database
    database.write_bytes(os.urandom(20_000))
    with pytest.raises(DamagedRecord, match="store restore"):
        office.store()
    with pytest.raises(NotAllowed, match="nobody knows what"):
        restore(office, made.path)
    restore(office, made.path, replace=True)
    assert states(office) == before
    (aside,) = (office.folder / "store").glob("replaced-*")
    assert (aside / database.name).stat().st_size == 20_000


def test_files_that_were_lost_or_changed_come_back(office, tmp_path):
    filled(office)
    made = backup(office, tmp_path / "backups")
    files = office.store().files
    lost, changed, *_ = files.names()
    files.remove(lost)
    path = files.folder / changed[:2] / changed
    path.write_bytes(bytes(path.stat().st_size))
    found = checked(office.store())
    assert any("missing" in each for each in found.damaged)
    assert any("does not hold what it held" in each for each in found.tampered)
    restore(office, made.path, replace=True)
    assert checked(office.store()).error("") is None


def test_a_backup_is_in_the_log_and_so_is_a_restore(office, tmp_path):
    filled(office)
    made = backup(office, tmp_path / "backups")
    done = restore(office, made.path, replace=True)
    with office.store().reading() as connection:
        *_, last = log.lines(connection)
    assert (last.kind, last.who, last.number) == ("store.restored", "admin", done.head.number)
    assert log.told_in(last)["replaced"].startswith(f"{made.head.number + 1}:")


def test_what_a_packet_was_approved_with_is_restored_too(office, tmp_path):
    (packet,) = office.record()
    (first,) = approve(office.store(), office.makers, office.who(), [packet], AT)
    assert isinstance(first, Decided)
    made = backup(office, tmp_path / "backups")
    with archive(made.path) as found:
        (review,) = found.rows("reviews")
    assert (review["name"], review["licence"]) == ("Ada Okafor", "NY 1")
