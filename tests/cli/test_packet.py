"""`packet` from the command line."""

import csv
import hashlib
import json
import re
import shutil

import pytest


@pytest.fixture
def rows(examples):
    return json.loads((examples / "appointments.json").read_text("utf-8"))


def _write(path, rows):
    path.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    return path


def test_the_example_makes_three_documents_a_notice_and_a_manifest_for_each_appointment(handouts, examples, tmp_path):
    ran = handouts("packet", examples / "appointments.csv", "-o", tmp_path / "out")
    assert ran.returncode == 0, ran.stderr
    assert "appointment" in ran.stdout
    folders = [path for path in (tmp_path / "out").iterdir() if path.is_dir()]
    assert len(folders) == 16
    for folder in folders:
        assert sorted(path.name for path in folder.iterdir()) == [
            "consent.pdf",
            "language-notice.pdf",
            "packet.json",
            "preparation.pdf",
            "side-effects.pdf",
        ]
        manifest = json.loads((folder / "packet.json").read_text("utf-8"))
        assert {"packet_id", "appointment_id", "status", "language", "facts", "blanks", "documents"} <= manifest.keys()
        assert manifest["packet_id"] == folder.name
        for document in manifest["documents"]:
            needed = {"kind", "file", "pages", "sha256", "wording_sha256", "template_version", "status"}
            assert needed <= document.keys()
    languages = {json.loads((f / "packet.json").read_text("utf-8"))["language"] for f in folders}
    assert languages == {"en"}  # nobody has reviewed the Spanish


def test_json_prints_what_the_manifests_hold_and_nothing_else(handouts, rows, tmp_path):
    ran = handouts("packet", _write(tmp_path / "one.json", rows[1]), "--json", "-o", tmp_path / "out")
    assert [row["appointment_id"] for row in json.loads(ran.stdout)] == [rows[1]["id"]]


def test_one_bad_row_is_reported_and_the_others_are_made(handouts, rows, tmp_path):
    rows[2]["patient"]["birth_date"] = "2190-01-01"
    ran = handouts("packet", _write(tmp_path / "schedule.json", rows[:4]), "-o", tmp_path / "out")
    assert ran.returncode == 1
    assert 'schedule.json, appointment 3, "patient.birth_date": "2190-01-01"' in ran.stderr
    assert len(list((tmp_path / "out").iterdir())) == 3


def test_a_row_of_a_table_is_named_as_a_spreadsheet_shows_it(handouts, examples, tmp_path):
    with (examples / "appointments.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert table[2]["location"] == "midtown"
    table[2]["start"] = "2026-03-08T02:30"
    with (tmp_path / "schedule.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, table[0].keys())
        writer.writeheader()
        writer.writerows(table[:5])
    ran = handouts("packet", tmp_path / "schedule.csv", "-o", tmp_path / "out")
    assert ran.returncode == 1
    assert 'schedule.csv, row 4, "start"' in ran.stderr


def test_a_file_that_cannot_be_read_keeps_none_of_the_others(handouts, rows, tmp_path):
    (tmp_path / "broken.json").write_text("{", "utf-8")
    good = _write(tmp_path / "good.json", rows[:2])
    ran = handouts("packet", tmp_path / "broken.json", good, "-o", tmp_path / "out")
    assert ran.returncode == 3
    assert "broken.json" in ran.stderr
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_wrong_usage_ends_with_two(handouts, examples):
    assert handouts("packet").returncode == 2
    assert handouts("packet", examples / "appointments.csv", "--paper", "a5").returncode == 2
    assert handouts("packet", examples / "appointments.csv", "--document", "poem").returncode == 2
    assert handouts("packet", examples / "appointments.csv", "--lang", "tlh").returncode == 2
    assert handouts("packet", examples / "appointments.csv", "--now", "2026-02-27").returncode == 2
    assert handouts("nonsense").returncode == 2


def test_a_setting_that_is_not_set_stops_before_any_patient_and_is_named(handouts, examples, tmp_path):
    clinic = tmp_path / "clinic"
    shutil.copytree(examples / "clinic", clinic)
    text = (clinic / "clinic.toml").read_text("utf-8")
    (clinic / "clinic.toml").write_text(text.replace("[drive_ban_h]\nvalue", "[drive_ban_h]\n# value"), "utf-8")
    ran = handouts("packet", examples / "appointments.csv", "--clinic", clinic, "-o", tmp_path / "out")
    assert ran.returncode == 4
    assert '"drive_ban_h"' in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_a_template_with_a_fault_stops_before_any_patient_with_file_and_line(handouts, examples, tmp_path):
    clinic = tmp_path / "clinic"
    shutil.copytree(examples / "clinic", clinic)
    folder = clinic / "templates" / "ketamine-infusion"
    folder.mkdir(parents=True)
    (folder / "consent.html").write_text(
        '<h1 from="C1">{% trans %}Consent{% endtrans %}</h1>\n<p>{{ mrn|upper }}</p>', "utf-8"
    )
    ran = handouts("packet", examples / "appointments.csv", "--clinic", clinic, "-o", tmp_path / "out")
    assert ran.returncode == 4
    assert "consent.html, line 2" in ran.stderr
    assert "mrn" in ran.stderr
    assert not (tmp_path / "out").exists()


def test_a_clinics_own_template_stands_over_the_built_in_one(handouts, examples, tmp_path):
    clinic = tmp_path / "clinic"
    shutil.copytree(examples / "clinic", clinic)
    folder = clinic / "templates" / "ketamine-infusion"
    folder.mkdir(parents=True)
    (folder / "consent.html").write_text('<h1 from="C1">{% trans %}Our own words{% endtrans %}</h1>', "utf-8")
    ran = handouts("wording", "show", "--clinic", clinic, "--document", "consent", "--lang", "en")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == "# Our own words"


def test_names_that_look_like_code_are_text_or_refused(handouts, rows, tmp_path):
    plain = ["Prince", "A" * 120, "<b>Bold</b> & Co", 'O\'Neill "Mac"', "Robert'); DROP TABLE"]
    refused = ["{{7*7}}", "Eve\u202enatas", "a\x00b", "{% raw %}"]
    made = []
    for number, name in enumerate(plain + refused):
        patient = {
            k: v for k, v in rows[1]["patient"].items() if k not in {"given_name", "family_name", "preferred_name"}
        }
        made.append({**rows[1], "id": f"n{number}", "patient": {**patient, "name": name}})
    ran = handouts("packet", _write(tmp_path / "names.json", made), "--json", "-o", tmp_path / "out")
    assert ran.returncode == 1
    assert [row["blanks"]["patient_name"] for row in json.loads(ran.stdout)] == plain
    assert ran.stderr.count("patient.name") == len(refused)


def test_the_server_time_zone_changes_nothing(handouts, examples, tmp_path):
    said = set()
    for zone in ("UTC", "Asia/Kolkata", "America/Los_Angeles"):
        ran = handouts("packet", examples / "appointments.json", "--json", "-o", tmp_path / "out", TZ=zone)
        said.add(ran.stdout)
    assert len(said) == 1


def test_no_clinic_means_the_demo_clinic_and_it_is_said(handouts, rows, tmp_path):
    ran = handouts("packet", _write(tmp_path / "one.json", rows[1]), "-o", tmp_path / "out")
    assert ran.returncode == 0
    assert "demo clinic" in ran.stderr


def test_a_run_for_one_document_does_not_take_the_others_away(handouts, rows, tmp_path):
    schedule = _write(tmp_path / "one.json", rows[1])
    assert handouts("packet", schedule, "-o", tmp_path / "out").returncode == 0
    ran = handouts("packet", schedule, "-o", tmp_path / "out", "--document", "consent")
    assert ran.returncode == 1
    assert "preparation.pdf" in ran.stderr
    assert len(list((tmp_path / "out").rglob("*.pdf"))) == 4
    assert handouts("packet", schedule, "-o", tmp_path / "other", "--document", "consent").returncode == 0


def test_a_clinic_may_write_english_of_its_region(handouts, examples, rows, tmp_path):
    clinic = tmp_path / "clinic"
    shutil.copytree(examples / "clinic", clinic)
    text = (clinic / "clinic.toml").read_text("utf-8")
    (clinic / "clinic.toml").write_text(re.sub(r"\ben = ", "en-US = ", text).replace('"en"', '"en-US"'), "utf-8")
    schedule = _write(tmp_path / "one.json", rows[1])
    ran = handouts("packet", schedule, "--clinic", clinic, "-o", tmp_path / "out", "--json")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)[0]["language"] == "en-US"


def test_characters_that_no_face_has_are_named_with_their_field_all_at_once(handouts, rows, tmp_path):
    patient = {**rows[1]["patient"], "given_name": "ཀ😀"}
    ran = handouts("packet", _write(tmp_path / "one.json", {**rows[1], "patient": patient}), "-o", tmp_path / "out")
    assert ran.returncode == 1
    told = [line for line in ran.stderr.splitlines() if line.startswith("one.json")]
    assert len(told) == 1
    assert 'appointment 1, "patient.given_name"' in told[0]
    assert "U+0F40" in told[0]
    assert "U+1F600" in told[0]


def test_large_print_takes_more_sheets_and_says_the_same(handouts, rows, tmp_path):
    schedule = _write(tmp_path / "one.json", rows[1])
    standard = json.loads(handouts("packet", schedule, "--json", "-o", tmp_path / "standard").stdout)[0]
    large = json.loads(handouts("packet", schedule, "--json", "--variant", "large", "-o", tmp_path / "large").stdout)[0]
    for one, other in zip(standard["documents"], large["documents"], strict=True):
        assert one["wording_sha256"] == other["wording_sha256"]
        assert one["pages"] < other["pages"]


def test_pages_for_screens_stand_beside_the_pdfs_when_asked_for(handouts, rows, tmp_path):
    schedule = _write(tmp_path / "one.json", rows[1])
    made = json.loads(handouts("packet", schedule, "--html", "--json", "-o", tmp_path / "out").stdout)[0]
    for document in made["documents"]:
        page = (tmp_path / "out" / made["packet_id"] / document["html"]).read_bytes()
        assert hashlib.sha256(page).hexdigest() == document["html_sha256"]
        text = page.decode()
        assert "SAMPLE – NOT MEDICAL ADVICE" in text
        assert made["blanks"]["patient_name"] in text
        assert "<script" not in text
        assert "{patient_name}" not in text


def test_two_languages_stand_side_by_side_only_where_there_are_two(handouts, rows, tmp_path):
    spanish, english = rows[0], rows[1]
    assert (spanish["patient"]["language"], english["patient"]["language"]) == ("es", "en")
    schedule = _write(tmp_path / "two.json", [spanish, english])
    ran = handouts(
        "packet", schedule, "--json", "--html", "--variant", "bilingual", "--drafts", "-o", tmp_path / "both"
    )
    both, alone = json.loads(ran.stdout)
    assert (both["language"], both["second_language"]) == ("es-US", "en")
    assert both["second_blanks"].keys() == both["blanks"].keys()
    assert all(d["second_wording_sha256"] != d["wording_sha256"] for d in both["documents"][:3])
    page = (tmp_path / "both" / both["packet_id"] / "consent.html").read_text("utf-8")
    assert '<div lang="es-US" dir="ltr">' in page
    assert '<div lang="en" dir="ltr">' in page
    names = re.findall(r'name="([^"]+)"', page)
    assert len(set(names)) == len(names)
    standard = json.loads(handouts("packet", schedule, "--json", "-o", tmp_path / "one").stdout)
    assert [d["sha256"] for d in alone["documents"]] == [d["sha256"] for d in standard[1]["documents"]]
    assert "second_language" not in alone
