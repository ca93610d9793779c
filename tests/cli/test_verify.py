"""`verify` from the command line: one sentence a file, and an exit code that a script can act on."""

import json

import pytest
from record.real import real_folder
from record.signing_desk import Desk, equip


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    made = Desk(equip(real_folder(tmp_path_factory.mktemp("real") / "clinic")))
    packet = made.signed("patient", "clinician")
    (made.folder.parent / "signed.pdf").write_bytes(made.file(packet))
    (made.folder.parent / "changed.pdf").write_bytes(made.file(packet) + b"x")
    yield made
    made.close()


def test_exit_code_0_for_what_is_ours_6_for_what_was_changed_and_3_for_what_cannot_be_read(handouts, desk):
    home = desk.folder.parent
    ran = handouts("verify", home / "signed.pdf", *sorted(desk.out.rglob("*.pdf")), "--clinic", desk.folder)
    assert ran.returncode == 0, ran.stdout
    assert "signed.pdf: This file is the one that the record has, unchanged." in ran.stdout + ran.stderr
    assert "Signed by Maria Lopez as patient" in ran.stdout + ran.stderr
    ran = handouts("verify", home / "signed.pdf", home / "changed.pdf", home / "none.pdf", "--clinic", desk.folder)
    assert ran.returncode == 6
    assert "changed.pdf: This file is not as it should be." in ran.stdout + ran.stderr
    assert "none.pdf: cannot be read" in ran.stderr
    assert handouts("verify", home / "none.pdf", "--clinic", desk.folder).returncode == 3


def test_without_a_record_nothing_is_called_valid(handouts, desk, examples):
    here = ("--clinic", examples / "clinic", "--now", "2026-03-04T09:00-05:00")
    ran = handouts("verify", desk.folder.parent / "signed.pdf", *here, "--json")
    assert ran.returncode == 1, ran.stderr
    (told,) = json.loads(ran.stdout)
    assert told["verdict"] == "not checked"
    assert "There is no record here to compare it with." in told["sentences"]
