"""`translate check`, `status` and `review` from the command line, as people use and misuse them."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from handouts import builtin

AS = ("--as", "Lan Pham", "--role", "reviewer", "--qualification", "CHI", "--now", "2026-03-04T08:00-05:00")
VISIT = "Your visit"
ALONE = "Do not go home alone in a taxi or a ride from an app."


@pytest.fixture
def clinic(tmp_path):
    """The demo clinic with a German catalog of its own that has two messages."""
    folder = tmp_path / "clinic"
    shutil.copytree(builtin.demo_clinic(), folder, ignore=shutil.ignore_patterns("locales"))
    write(folder, message(VISIT, "Ihr Besuch bei uns"), message(ALONE, "Fahren Sie nicht allein nach Hause."))
    return folder


def write(folder, *messages, name="ketamine-infusion.po", tag="de"):
    path = folder / "locales" / tag / "LC_MESSAGES" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    head = f'msgid ""\nmsgstr "Language: {tag}\\nContent-Type: text/plain; charset=UTF-8\\n"\n'
    path.write_text("\n".join([head, *messages]), "utf-8")
    return path


def message(source, translation, flags=""):
    return f'{flags}msgid "{source}"\nmsgstr "{translation}"\n'


def listed(handouts, clinic, *options):
    ran = handouts("translate", "review", "de", "--clinic", clinic, "--json", *options)
    assert ran.returncode == 0, ran.stderr
    return {each["source"]: each for each in json.loads(ran.stdout)}


def files(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_check_of_what_comes_with_the_program_finds_nothing(handouts):
    ran = handouts("translate", "check", "es", "zh-TW", "de")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("0 faults")


def test_being_unreviewed_is_no_fault(handouts, clinic):
    ran = handouts("translate", "check", "de", "--clinic", clinic)
    assert (ran.returncode, ran.stdout) == (0, "0 faults, 0 warnings\n"), ran.stderr


def test_check_leaves_with_4_for_a_fault_and_says_where_what_and_what_to_do(handouts, clinic):
    write(clinic, message(VISIT, "Ihr Besuch um 5."))
    ran = handouts("translate", "check", "de", "--clinic", clinic)
    assert ran.returncode == 4
    assert ran.stdout == "2 faults, 0 warnings\n"
    place = 'locales/de/LC_MESSAGES/ketamine-infusion.po, line 4: "Ihr Besuch um 5.": "Your visit": '
    assert ran.stderr.splitlines() == [
        f'{place}the translation holds the digit "5". A number is a blank.',
        f"{place}it ends with . and the source does not. Take it away.",
    ]


def test_a_warning_alone_is_no_reason_to_leave_with_4(handouts, clinic):
    write(clinic, message(VISIT, "Kein Besuch"))
    ran = handouts("translate", "check", "de", "--clinic", clinic)
    assert ran.returncode == 0
    assert ran.stdout == "0 faults, 1 warning\n"
    assert ran.stderr.startswith("warning: locales/de/LC_MESSAGES/ketamine-infusion.po, line 4: ")


def test_check_as_json_has_a_row_for_each_problem(handouts, clinic):
    write(clinic, message(VISIT, "Kein Besuch."), message("Your dog", "Ihr Hund"))
    ran = handouts("translate", "check", "de", "--clinic", clinic, "--json")
    assert ran.returncode == 4
    rows = json.loads(ran.stdout)
    assert [(row["check"], row["severity"]) for row in rows] == [
        ("catalog", "fault"),
        ("negation", "warning"),
        ("ending", "fault"),
    ]
    assert all(row["language"] == "de" and row["place"] and row["problem"] and row["remedy"] for row in rows)


WRONG_FILES = {
    "no PO": ("LC_MESSAGES/ketamine-infusion.po", b"nonsense\n", "ketamine-infusion.po, line 1: "),
    "another charset": (
        "LC_MESSAGES/ketamine-infusion.po",
        'msgid "Your visit"\nmsgstr "Besüch"\n'.encode("latin-1"),
        "ketamine-infusion.po, line 2: its characters are not UTF-8.",
    ),
    "UTF-16": ("LC_MESSAGES/ketamine-infusion.po", "\ufeffmsgid".encode("utf-16"), "ketamine-infusion.po, line 1: "),
    "a wrong language.toml": ("language.toml", b"[negation]\nword = []\n", 'language.toml, "negation.word": '),
    "no TOML": ("language.toml", b"[negation\n", "language.toml: it is not TOML: "),
    "a wrong record": ("LC_MESSAGES/handouts.review.tsv", b"x\n", "handouts.review.tsv, line 1: "),
    "a message twice": (
        "LC_MESSAGES/ketamine-infusion.po",
        b'msgid "a"\nmsgstr ""\n\nmsgid "a"\nmsgstr ""\n',
        'ketamine-infusion.po, line 4: the message "a" stands twice, first in line 1.',
    ),
}


@pytest.mark.parametrize("what", WRONG_FILES)
def test_a_file_that_is_wrong_is_told_by_every_command_that_reads_it_with_4(handouts, clinic, what):
    name, content, told = WRONG_FILES[what]
    (clinic / "locales" / "de" / name).write_bytes(content)
    before = files(clinic)
    approving = ("translate", "review", "de", "--clinic", clinic, "--approve", "1", *AS)
    for command in (("translate", "check", "de", "--clinic", clinic), approving):
        ran = handouts(*command)
        assert ran.returncode == 4, ran.stderr
        assert f"locales/de/{'' if 'toml' in name else 'LC_MESSAGES/'}{told}" in ran.stderr
        assert "Traceback" not in ran.stderr
        assert "program failed" not in ran.stderr
    assert files(clinic) == before


@pytest.mark.parametrize(
    ("command", "tag"),
    [
        *(
            ("status", tag)
            for tag in ("xx", "", "..", "../es-US", "e", "english", "en", "zh-Latn", "es_US_POSIX", "日本", "de\n")
        ),
        ("check", "xx"),
        ("review", "xx"),
    ],
)
def test_a_language_without_a_catalog_is_told_with_2(handouts, command, tag):
    ran = handouts("translate", command, "--", tag)
    assert ran.returncode == 2, ran.stderr
    assert 'the command, "LANG": ' in ran.stderr
    assert "has no catalog. There are am, ar, " in ran.stderr


@pytest.mark.parametrize("tag", ["DE", "de-AT", "de-DE-u-co-phonebk"])
def test_a_tag_of_another_region_or_spelling_means_the_catalog_there_is(handouts, tag):
    ran = handouts("translate", "status", tag, "--json")
    assert {row["language"] for row in json.loads(ran.stdout)} == {"de"}


@pytest.mark.parametrize("command", [("check",), ("status",), ("review", "de")])
def test_a_folder_that_is_no_clinic_is_told_with_2(handouts, tmp_path, command):
    ran = handouts("translate", *command, "--clinic", tmp_path / "nowhere")
    assert ran.returncode == 2
    assert ran.stderr.endswith("there is no clinic.toml in it. Name a clinic's folder.\n")


def test_a_clinic_without_locales_has_those_of_the_program(handouts, clinic):
    shutil.rmtree(clinic / "locales")
    assert handouts("translate", "check", "de", "--clinic", clinic).returncode == 0
    rows = json.loads(handouts("translate", "status", "de", "--clinic", clinic, "--json").stdout)
    assert all(row["translated"] == row["messages"] for row in rows)
    ran = handouts("translate", "review", "de", "--clinic", clinic, "--approve", "1", *AS)
    assert ran.returncode == 0, ran.stderr
    assert [path.name for path in (clinic / "locales").rglob("*.*")] == ["ketamine-infusion.review.tsv"]


def test_a_template_that_is_wrong_is_told_with_4(handouts, clinic):
    folder = clinic / "templates" / "ketamine-infusion"
    folder.mkdir(parents=True)
    (folder / "consent.html").write_text("<h1>{% trans %}", "utf-8")
    ran = handouts("translate", "check", "de", "--clinic", clinic)
    assert ran.returncode == 4
    assert "consent.html, line 1" in ran.stderr


def test_status_is_a_table_or_json(handouts, clinic):
    ran = handouts("translate", "status", "de", "--clinic", clinic)
    assert ran.returncode == 0
    table = [[cell.strip() for cell in re.split(r" {2,}", line.strip())] for line in ran.stdout.splitlines()]
    rows = json.loads(handouts("translate", "status", "de", "--clinic", clinic, "--json").stdout)
    assert table == [list(rows[0]), *([str(cell) for cell in row.values()] for row in rows)]


def test_review_lists_messages_by_state_and_document(handouts, clinic):
    every = listed(handouts, clinic)
    assert every[VISIT]["state"] == "translated"
    assert every[ALONE]["needs_two"]
    assert {*listed(handouts, clinic, "--state", "translated", "--document", "preparation")} == {VISIT, ALONE}
    assert {
        kind for each in listed(handouts, clinic, "--document", "consent").values() for kind in each["documents"]
    } >= {"consent"}
    plain = handouts(
        "translate", "review", "de", "--clinic", clinic, "--state", "translated", "--document", "preparation"
    )
    assert plain.stdout.endswith("2 messages\n")


@pytest.mark.parametrize(("option", "value"), [("--state", "good"), ("--document", "consents")])
def test_review_refuses_a_state_or_document_that_is_not_known_with_2(handouts, clinic, option, value):
    ran = handouts("translate", "review", "de", "--clinic", clinic, option, value, "--approve", "all", *AS)
    assert ran.returncode == 2
    assert f'the command, "{option}": "{value}": is not known. Known: ' in ran.stderr
    assert not (clinic / "locales" / "de" / "LC_MESSAGES" / "ketamine-infusion.review.tsv").exists()


def test_review_approves_and_says_how_far_each_is(handouts, clinic):
    every = listed(handouts, clinic)
    one, two = every[VISIT]["name"], every[ALONE]["name"]
    ran = handouts("translate", "review", "de", "--clinic", clinic, "--approve", one, "--approve", two, *AS)
    assert ran.returncode == 0, ran.stderr
    assert (
        ran.stdout
        == f"{one}  reviewed: Ihr Besuch bei uns\n{two}  needs a second reviewer: Fahren Sie nicht allein nach Hause.\n"
    )
    second = ("--as", "Ana Díaz", "--role", "translator", "--qualification", "ATA", "--json")
    ran = handouts(
        "translate",
        "review",
        "de",
        "--clinic",
        clinic,
        "--approve",
        two,
        "--back-translation",
        "Do not go home alone",
        *second,
    )
    (row,) = json.loads(ran.stdout)
    assert row["state"] == "reviewed"
    reviews = listed(handouts, clinic)[ALONE]["reviews"]
    assert {(each["who"], each["back_translation"]) for each in reviews} == {
        ("Ana Díaz", "Do not go home alone"),
        ("Lan Pham", ""),
    }


@pytest.mark.parametrize("left_out", ["--as", "--role", "--qualification"])
def test_a_review_without_name_role_or_qualification_is_refused_with_2(handouts, clinic, left_out):
    at = AS.index(left_out)
    before = files(clinic)
    ran = handouts("translate", "review", "de", "--clinic", clinic, "--approve", "1", *AS[:at], *AS[at + 2 :])
    assert ran.returncode == 2
    assert ran.stderr == f'the command, "{left_out}": must be said, in one line. A review counts by who made it.\n'
    assert files(clinic) == before


def test_a_message_that_is_not_there_or_faulty_is_refused_with_2_and_nothing_is_written(handouts, clinic):
    write(clinic, message(VISIT, "Ihr Besuch."), message(ALONE, "Fahren Sie nicht allein.", "#, fuzzy\n"))
    every, before = listed(handouts, clinic), files(clinic)
    names = [
        option for name in ("zzz", every[VISIT]["name"], every[ALONE]["name"], "3") for option in ("--approve", name)
    ]
    ran = handouts("translate", "review", "de", "--clinic", clinic, *names, *AS)
    assert ran.returncode == 2
    assert len(ran.stderr.splitlines()) == 3, ran.stderr
    assert "no such message" in ran.stderr
    assert files(clinic) == before


def test_all_is_all_that_waits_in_the_document_and_state_that_are_named(handouts, clinic):
    waiting = ("--document", "preparation", "--state", "translated")
    ran = handouts("translate", "review", "de", "--clinic", clinic, "--approve", "all", *waiting, *AS)
    assert ran.returncode == 0, ran.stderr
    assert len(ran.stdout.splitlines()) == 2
    documents = ("--approve", "all", "--document", "language-notice", "--json")
    ran = handouts("translate", "review", "de", "--clinic", clinic, *documents, *AS)
    assert [row["documents"] for row in json.loads(ran.stdout)] == [["language-notice"]]


def test_a_translation_back_is_of_one_message(handouts, clinic):
    ran = handouts("translate", "review", "de", "--clinic", clinic, "--approve", "all", "--back-translation", "x", *AS)
    assert ran.returncode == 2
    assert ran.stderr.startswith('the command, "--back-translation": "x": is of one message.')


def test_a_message_is_returned_with_a_reason_and_not_without(handouts, clinic):
    name = listed(handouts, clinic)[VISIT]["name"]
    assert handouts("translate", "review", "de", "--clinic", clinic, "--return", name, *AS).returncode == 2
    ran = handouts("translate", "review", "de", "--clinic", clinic, "--return", name, "--comment", "too long", *AS)
    assert ran.returncode == 0
    assert listed(handouts, clinic, "--state", "returned")[VISIT]["reviews"][0]["comment"] == "too long"


def test_decisions_come_from_a_file(handouts, clinic, tmp_path):
    every = listed(handouts, clinic)
    (tmp_path / "d.tsv").write_text(
        f"# decisions\n{every[VISIT]['number']}\treturn\t\ttoo long\n{every[ALONE]['name']}\tapprove\tDo not go home alone\n",
        "utf-8-sig",
    )
    ran = handouts("translate", "review", "de", "--clinic", clinic, "--from", "d.tsv", *AS)
    assert ran.returncode == 0, ran.stderr
    states = {source: each["state"] for source, each in listed(handouts, clinic).items()}
    assert (states[VISIT], states[ALONE]) == ("returned", "needs a second reviewer")


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        (None, 3, 'd.tsv, "--from": it cannot be read: No such file or directory.'),
        (b"\xff\n", 3, 'd.tsv, "--from": its characters are not UTF-8. Save it as UTF-8.'),
        (b"", 3, "d.tsv: it holds no decision."),
        (b"1\tyes\n2\n", 3, "d.tsv, line 2: "),
        (b"1\tapprove\nzzz\tapprove\n", 2, 'd.tsv, line 2, "MESSAGE": "zzz": no such message.'),
        (b"1\tapprove\n1\treturn\t\tno\n", 2, 'd.tsv, line 2, "MESSAGE": "1": the message is named twice.'),
    ],
)
def test_a_file_of_decisions_that_is_wrong_is_told_and_nothing_is_written(
    handouts, clinic, tmp_path, content, code, told
):
    if content is not None:
        (tmp_path / "d.tsv").write_bytes(content)
    before = files(clinic)
    ran = handouts("translate", "review", "de", "--clinic", clinic, "--from", "d.tsv", *AS)
    assert ran.returncode == code, ran.stderr
    assert told in ran.stderr
    assert files(clinic) == before


def test_a_record_that_cannot_be_written_is_told_and_left_as_it_was(handouts, clinic):
    (clinic / "locales" / "de" / "LC_MESSAGES" / "ketamine-infusion.review.tsv").mkdir()
    before = files(clinic)
    ran = handouts("translate", "review", "de", "--clinic", clinic, "--approve", "1", *AS)
    assert ran.returncode == 1
    assert "it cannot be written: " in ran.stderr
    assert files(clinic) == before


def test_a_time_that_is_none_is_refused(handouts, clinic):
    ran = handouts("translate", "review", "de", "--clinic", clinic, "--approve", "1", *AS[:-1], "today")
    assert ran.returncode == 2
    assert '"--now": "today": is no time.' in ran.stderr
