"""`sign` from the command line: the whole way from answers to the certificate, and what a wrong word is told."""

import json

import pytest
from record.real import real_folder
from record.signing_desk import PASSWORD, Desk, equip

NOW = ("--now", "2026-03-03T11:40-05:00")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    made = Desk(equip(real_folder(tmp_path_factory.mktemp("real") / "clinic")))
    yield made
    made.close()


@pytest.fixture
def sign(handouts, desk):
    def run(*arguments, password=PASSWORD, now=NOW):
        ran = handouts("sign", *arguments, "--clinic", desk.folder, *now, HANDOUTS_KEY_PASSWORD=password)
        assert "Traceback" not in ran.stderr
        assert PASSWORD not in ran.stdout + ran.stderr
        return ran

    return run


def test_a_patient_and_the_clinician_sign_and_get_the_signed_files(sign, desk, tmp_path):
    packet = desk.approved({})
    listed = sign("fields", packet, "--json", now=())
    assert set(json.loads(listed.stdout)) >= {"decision.agree", "matters.none"}
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps(desk.answers(packet)), "utf-8")
    ran = sign("answer", packet, "--answers", answers, "--as", "desk")
    assert ran.returncode == 0, ran.stderr
    version = json.loads(sign("disclosure", packet, "--json", now=()).stdout)["version"]
    patient = (packet, "--document", "consent", "--role", "patient", "--as", "desk", "--means", "photo ID")
    early = sign(*patient)
    assert early.returncode == 1
    assert f"--accept {version}" in early.stderr
    wrong = sign(*patient, "--accept", version, password="wrong")
    assert wrong.returncode == 3
    assert "password" in wrong.stderr
    done = sign(*patient, "--accept", version, "--json")
    assert json.loads(done.stdout)["waiting"] == ["clinician"]
    done = sign(packet, "--role", "clinician", "--as", "okafor")
    assert "All have signed. The packet is signed." in done.stderr + done.stdout
    written = sign("certificate", packet, "--as", "desk", "-o", tmp_path / "signed", "--json")
    names = [path.rpartition("/")[2] for path in json.loads(written.stdout)]
    assert names == ["consent.pdf", "consent-certificate.pdf"]


def test_a_paper_is_recorded_by_its_digits_and_a_wrong_word_is_told(sign, desk):
    packet = desk.approved({"id": "paper", "patient.mrn": "MRN-204199"})
    version = desk.form(packet).version
    given = ("record", packet, "--role", "patient", "--outcome", "agree", "--statement", "I saw it", "--as", "desk")
    at = ("--at", "2026-03-03T11:35-05:00")
    assert "another paper" in sign(*given, "--version", "00000000", *at, "--filled").stderr
    naive = sign(*given, "--version", version, "--at", "11:35", "--filled")
    assert (naive.returncode, "is no time with an offset" in naive.stderr) == (2, True)
    assert sign(*given, "--version", version, *at, "--filled").returncode == 0
