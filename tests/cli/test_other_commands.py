"""`init`, `check`, `doctor` and `wording` from the command line."""

import json
import shutil


def test_init_makes_a_clinic_whose_check_names_what_is_missing_in_order(handouts, tmp_path):
    assert handouts("init", tmp_path / "mine").returncode == 0
    ran = handouts("check", "--clinic", tmp_path / "mine")
    assert ran.returncode == 4
    told = ran.stdout + ran.stderr
    order = [
        told.index(f'"{key}"') for key in ("clinic.name", "fast_clear_liquid_h", "drive_ban_h", "consent_valid_days")
    ]
    assert order == sorted(order)


def test_init_leaves_a_folder_alone_that_is_a_clinic_already(handouts, tmp_path):
    assert handouts("init", tmp_path / "mine").returncode == 0
    before = (tmp_path / "mine" / "clinic.toml").read_bytes()
    assert handouts("init", tmp_path / "mine").returncode == 2
    assert (tmp_path / "mine" / "clinic.toml").read_bytes() == before


def test_check_of_the_demo_clinic_finds_no_fault_and_prints_the_map(handouts, examples):
    ran = handouts("check", "--clinic", examples / "clinic")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "S16" in ran.stdout
    assert "fast_light_meal_h" in ran.stdout


def test_check_says_the_same_in_every_process(handouts, examples):
    said = {handouts("check", "--clinic", examples / "clinic", "--json", PYTHONHASHSEED=seed).stdout for seed in "12"}
    assert len(said) == 1


def test_check_fails_for_a_block_with_a_blocked_phrase(handouts, examples, tmp_path):
    clinic = tmp_path / "clinic"
    shutil.copytree(examples / "clinic", clinic)
    folder = clinic / "templates" / "ketamine-infusion"
    folder.mkdir(parents=True)
    (folder / "consent.html").write_text(
        '<h1 from="C1">{% trans %}Consent{% endtrans %}</h1>\n'
        '<p from="C2">{% trans %}Ketamine is generally safe.{% endtrans %}</p>\n',
        "utf-8",
    )
    ran = handouts("check", "--clinic", clinic)
    assert ran.returncode == 4
    assert "consent.html, line 2" in ran.stdout + ran.stderr
    assert "generally safe" in ran.stdout + ran.stderr


def test_wording_list_says_what_was_tried(handouts, examples):
    ran = handouts("wording", "list", "--clinic", examples / "clinic", "--document", "preparation", "--lang", "en")
    assert ran.returncode == 0, ran.stderr
    assert "Tried:" in ran.stdout
    assert "when: " in ran.stdout
    assert "from: " in ran.stdout


def test_wording_show_gives_text_and_a_page_of_its_own(handouts, examples):
    where = ("--clinic", examples / "clinic", "--document", "preparation", "--lang", "es")
    text = handouts("wording", "show", *where, "--fact", "food_deadline=past")
    assert text.returncode == 0, text.stderr
    html = handouts("wording", "show", *where, "--format", "html")
    assert html.stdout.startswith("<!DOCTYPE html>")
    assert '<html lang="es-US" dir="ltr">' in html.stdout
    assert "<script" not in html.stdout


def test_wording_show_refuses_unknown_facts_and_values(handouts, examples):
    where = ("--clinic", examples / "clinic")
    assert handouts("wording", "show", *where, "--fact", "moon=full").returncode == 2
    assert handouts("wording", "show", *where, "--fact", "pregnant=maybe").returncode == 2


def test_doctor_says_what_works(handouts):
    ran = handouts("doctor", "--json")
    assert ran.returncode == 0, ran.stderr
    found = {each["what"]: each for each in json.loads(ran.stdout)}
    assert {"Python", "time zones", "printers"} <= found.keys()
    assert any("font" in what for what in found)
    assert any("Java" in what for what in found)
