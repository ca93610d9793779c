"""Who reviewed what: decisions written into records, records merged, and what a message is worth after each."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import planting
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handouts import builtin
from handouts.content.po import Entry, PoFile, read_po, written
from handouts.content.reviews import (
    HUMAN,
    MACHINE,
    MACHINE_REVIEWED,
    Decision,
    State,
    message_hash,
    read_reviews,
    record_text,
)
from handouts.errors import UnreadableInput, WrongUsage
from handouts.translate.catalogs import opened
from handouts.translate.domains import Locales
from handouts.translate.review import Listed, Reviewer, Verdict, decide, listed, read_decisions

TAG = "de"
DAY = date(2026, 3, 4)
LAN = Reviewer("Lan Pham", "reviewer", "CHI", DAY)
ANA = Reviewer("Ana Díaz", "translator", "ATA certified", DAY)
PLAIN, NEGATIVE, WARNING = "Your visit", "Do not have after", "<strong>Call %(emergency_number)s now</strong>"


def messages(locales: Locales) -> list[Listed]:
    return list(listed(opened(locales, TAG)))


def message(locales: Locales, source: str) -> Listed:
    return next(each for each in messages(locales) if each.entry.source == source)


def say(locales: Locales, reviewer: Reviewer, *verdicts: Verdict) -> list[State]:
    return [state for _, state in decide(opened(locales, TAG), planting.language(TAG), verdicts, reviewer)]


def approve(locales: Locales, source: str, reviewer: Reviewer = LAN, back: str = "") -> State:
    (state,) = say(locales, reviewer, Verdict(message(locales, source).name, Decision.APPROVED, back))
    assert message(locales, source).state == state
    return state


def returned(locales: Locales, source: str, reviewer: Reviewer = LAN, comment: str = "says before, not after") -> State:
    (state,) = say(locales, reviewer, Verdict(message(locales, source).name, Decision.RETURNED, "", comment))
    return state


def refused(locales: Locales, *verdicts: Verdict, reviewer: Reviewer = LAN) -> list[str]:
    """What is told of decisions that cannot be taken; nothing is written."""
    before = everything(locales.folder)
    with pytest.raises(WrongUsage) as caught:
        say(locales, reviewer, *verdicts)
    assert everything(locales.folder) == before
    return [str(fault) for fault in caught.value.faults]


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def own(locales: Locales, source: str, translation: str, flags: tuple[str, ...] = ()) -> None:
    """Put a translation of the clinic's own into its catalog."""
    entry = message(locales, source).entry
    path = locales.po("ketamine-infusion", TAG)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = Entry(entry.source, (translation,), entry.context, flags=flags)
    path.write_text(written(PoFile(Entry("", ("Content-Type: text/plain; charset=UTF-8\n",)), (new,))), "utf-8")


def record(locales: Locales) -> Path:
    return locales.folder / TAG / "LC_MESSAGES" / "ketamine-infusion.review.tsv"


def test_a_plain_message_needs_one_person(clinic):
    assert message(clinic, PLAIN).needs_two is False
    assert approve(clinic, PLAIN) == State.REVIEWED


@pytest.mark.parametrize("source", [NEGATIVE, WARNING])
def test_a_negative_or_critical_message_needs_two_people_and_one_translation_back(clinic, source):
    assert message(clinic, source).needs_two
    assert approve(clinic, source) == State.HALF
    assert approve(clinic, source, ANA) == State.UNTOLD
    assert approve(clinic, source, ANA, "Not to be taken after") == State.REVIEWED


def test_the_translation_back_may_come_from_either(clinic):
    assert approve(clinic, NEGATIVE, LAN, "Not to be taken after") == State.HALF
    assert approve(clinic, NEGATIVE, ANA) == State.REVIEWED


@pytest.mark.parametrize(
    "spelling",
    ["lan pham", " LAN  PHAM ", "Lan\u00a0Pham", "Pham, Lan", "Lan Pham.", "La\u200bn Pham", "Lan Phạm", "Ｌａｎ Pham"],
)
def test_the_same_person_twice_is_one_person_however_the_name_is_written(clinic, spelling):
    approve(clinic, NEGATIVE, LAN, "Not to be taken after")
    again = Reviewer(spelling, "translator", "another", date(2026, 3, 5))
    assert approve(clinic, NEGATIVE, again, "Not to be taken after") == State.HALF


@pytest.mark.parametrize(
    ("one", "other"), [("Ana Díaz", "Ana Dias"), ("王芳", "王方"), ("कमल", "कमला"), ("Lan", "Lana")]
)
def test_two_people_of_similar_names_are_two(clinic, one, other):
    assert approve(clinic, NEGATIVE, Reviewer(one, "a", "b", DAY), "Not after") == State.HALF
    assert approve(clinic, NEGATIVE, Reviewer(other, "a", "b", DAY)) == State.REVIEWED


def test_composed_and_decomposed_letters_are_one_name(clinic):
    approve(clinic, NEGATIVE, ANA, "Not after")
    assert approve(clinic, NEGATIVE, Reviewer("Ana Di\u0301az", "a", "b", DAY)) == State.HALF


def test_who_approves_again_keeps_the_translation_back(clinic):
    approve(clinic, NEGATIVE, LAN, "Not to be taken after")
    approve(clinic, NEGATIVE, LAN)
    assert approve(clinic, NEGATIVE, ANA) == State.REVIEWED


def test_a_returned_message_stays_so_until_the_same_person_approves_it(clinic):
    assert returned(clinic, PLAIN) == State.RETURNED
    assert approve(clinic, PLAIN, ANA) == State.RETURNED
    assert approve(clinic, PLAIN, LAN) == State.REVIEWED
    assert returned(clinic, PLAIN, LAN) == State.RETURNED


def test_a_changed_translation_is_unreviewed_and_the_old_one_is_reviewed_again_when_it_comes_back(clinic):
    before = message(clinic, PLAIN).entry.translation
    assert approve(clinic, PLAIN) == State.REVIEWED
    own(clinic, PLAIN, f"{before} hier")
    assert message(clinic, PLAIN).state == State.TRANSLATED
    own(clinic, PLAIN, before)
    assert message(clinic, PLAIN).state == State.REVIEWED


def test_a_review_is_of_context_source_and_translation_and_of_nothing_else():
    hashes = {
        message_hash("", "One.", "Eins."),
        message_hash("term", "One.", "Eins."),
        message_hash("", "One!", "Eins."),
        message_hash("", "One.", "Eins!"),
    }
    assert len(hashes) == 4


@given(*(st.text(max_size=8).filter(lambda text: "\x04" not in text and "\0" not in text) for _ in range(6)))
def test_no_two_messages_have_one_hash(a, b, c, d, e, f):
    assert (message_hash(a, b, c) == message_hash(d, e, f)) is ((a, b, c) == (d, e, f))


def test_of_a_machines_draft_the_record_says_so_and_that_a_person_reviewed_it(clinic):
    draft = message(clinic, PLAIN)
    assert draft.state == State.DRAFT  # all that comes with the program
    assert [line.method for line in draft.reviews] == [MACHINE]
    approve(clinic, PLAIN)
    methods = [line.method for line in message(clinic, PLAIN).reviews if line.decision == Decision.APPROVED]
    assert methods == [MACHINE_REVIEWED]
    own(clinic, PLAIN, "Ihr Besuch hier")
    approve(clinic, PLAIN)
    assert [line.method for line in message(clinic, PLAIN).reviews] == [HUMAN]


def test_a_clinics_record_is_of_what_comes_with_the_program_too_and_stands_in_its_folder(clinic):
    before = everything(builtin.locales() / TAG)
    own(clinic, PLAIN, "Ihr Besuch bei uns")
    assert approve(clinic, PLAIN) == State.REVIEWED
    approve(clinic, NEGATIVE, LAN, "Not after")
    assert approve(clinic, NEGATIVE, ANA) == State.REVIEWED
    lines = [line for line in record(clinic).read_text("utf-8").split("\n") if line and not line.startswith("#")]
    assert len(lines) == 3
    assert lines == sorted(lines)
    assert everything(builtin.locales() / TAG) == before


def test_a_message_is_named_by_its_number_or_its_name(clinic):
    at = message(clinic, PLAIN)
    assert len(at.name) == 8
    for name in (str(at.number), at.name, f"#{at.number}"):
        say(clinic, LAN, Verdict(name, Decision.APPROVED))
        assert message(clinic, PLAIN).state == State.REVIEWED
    assert len({each.name for each in messages(clinic)}) == len(messages(clinic))
    own(clinic, PLAIN, "Ihr Besuch hier")
    assert message(clinic, PLAIN).name == at.name


@pytest.mark.parametrize("name", ["0", "99999", "-1", "zzzzzzzz", "", "all", "1 2"])
def test_a_message_that_is_not_there_is_told(clinic, name):
    remedy = "Take the number or the name from handouts translate review LANG."
    told = f'the command, "MESSAGE": "{name}": no such message. {remedy}'
    assert refused(clinic, Verdict(name, Decision.APPROVED)) == [told]


def test_nothing_is_written_unless_everything_can_be_and_all_is_told(clinic):
    good = message(clinic, PLAIN).name
    told = refused(
        clinic,
        Verdict(good, Decision.APPROVED),
        Verdict("zzz", Decision.APPROVED),
        Verdict(message(clinic, NEGATIVE).name, Decision.RETURNED),
        reviewer=Reviewer("Lan\tPham", "", " ", DAY),
    )
    assert len(told) == 5
    assert not record(clinic).exists()


@pytest.mark.parametrize(
    ("translation", "flags", "told"),
    [
        ("", (), "it is empty. Translate it first."),
        ("Ihr Besuch", ("fuzzy",), "it is fuzzy. Correct it and take the mark away."),
        ("Ihr Besuch.", (), "it ends with . and the source does not. Take it away."),
        ("Ihr Bеsuch", (), '"Ihr Bеsuch"'),
    ],
)
def test_an_empty_fuzzy_or_faulty_message_cannot_be_approved(clinic, translation, flags, told):
    own(clinic, PLAIN, translation, flags)
    at = message(clinic, PLAIN)
    if not translation:
        assert at.state == State.EMPTY
    (fault,) = refused(clinic, Verdict(at.name, Decision.APPROVED))
    assert fault.startswith(f'message {at.name} ("{PLAIN}"): ')
    assert told in fault or "mixes letters of two scripts" in fault


def test_a_faulty_message_can_be_returned(clinic):
    own(clinic, PLAIN, "Ihr Besuch.")
    assert returned(clinic, PLAIN) == State.RETURNED


def test_a_return_needs_a_reason(clinic):
    (told,) = refused(clinic, Verdict(message(clinic, PLAIN).name, Decision.RETURNED))
    assert told.endswith("it is returned without a reason. Say what is wrong: --comment TEXT.")


@pytest.mark.parametrize("who", ["", " ", "-", "123", "a\nb"])
def test_a_reviewer_has_a_name(clinic, who):
    told = refused(
        clinic, Verdict(message(clinic, PLAIN).name, Decision.APPROVED), reviewer=Reviewer(who, "a", "b", DAY)
    )
    assert all('"--as"' in each for each in told)


def test_one_message_cannot_be_decided_twice_at_once(clinic):
    at = message(clinic, PLAIN)
    told = refused(
        clinic,
        Verdict(at.name, Decision.APPROVED),
        Verdict(str(at.number), Decision.RETURNED, "", "no", "x.tsv, line 2"),
    )
    assert told == [f'x.tsv, line 2, "MESSAGE": "{at.number}": the message is named twice. Decide it once.']


def test_what_is_said_with_tabs_and_line_ends_stands_in_one_line(clinic):
    approve(clinic, NEGATIVE, LAN, "Not\tto be\r\ntaken\u2028after")
    lines = message(clinic, NEGATIVE).reviews
    assert [line.back_translation for line in lines if line.back_translation] == ["Not to be taken after"]


DECISIONS = """# message\tdecision\tback-translation\tcomment

12\tapprove
abcd1234\tapprove\tNot after
#13\treturn\t\tsays before
"""


def test_decisions_are_read_from_a_file():
    assert read_decisions(DECISIONS.replace("\n", "\r\n"), "d.tsv") == [
        Verdict("12", Decision.APPROVED, place="d.tsv, line 3"),
        Verdict("abcd1234", Decision.APPROVED, "Not after", place="d.tsv, line 4"),
        Verdict("#13", Decision.RETURNED, "", "says before", place="d.tsv, line 5"),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("12\n", 'd.tsv, line 1: "12": this is no decision.'),
        ("12\tyes\n", 'd.tsv, line 1: "12\\u0009yes": this is no decision.'),
        ("12\tapprove\ta\tb\tc\n", "d.tsv, line 1: "),
        ("12 approve\n", 'd.tsv, line 1: "12 approve": this is no decision.'),
        ("", "d.tsv: it holds no decision."),
        ("# nothing\n", "d.tsv: it holds no decision."),
    ],
)
def test_a_file_of_decisions_that_is_wrong_is_told_with_its_line(text, told):
    with pytest.raises(UnreadableInput) as caught:
        read_decisions(text, "d.tsv")
    assert str(caught.value).startswith(told)
    assert caught.value.faults[0].remedy


@given(st.text(alphabet="1a#\tapprovetun \n\r\x0c\u2028", max_size=60))
def test_any_file_of_decisions_is_read_or_told(text):
    try:
        said = [verdict.place for verdict in read_decisions(text, "d.tsv")]
    except UnreadableInput as trouble:
        said = [fault.where for fault in trouble.faults]
    assert said


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=Ana", "-c", "user.email=ana@example.org", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_two_peoples_reviews_on_two_branches_merge_and_both_count(clinic):
    root = clinic.folder.parent
    attributes = (builtin.locales().parent / ".gitattributes").read_text("utf-8")
    assert "*.review.tsv merge=union" in attributes
    (root / ".gitattributes").write_text(attributes, "utf-8")
    approve(clinic, WARNING)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "begin")
    for branch, reviewer in (("lan", LAN), ("ana", ANA)):
        git(root, "checkout", "-qb", branch, "main")
        approve(clinic, NEGATIVE, reviewer, "Not to be taken after")
        approve(clinic, PLAIN, reviewer)
        approve(clinic, WARNING, reviewer, "Say it to the nurse")
        git(root, "commit", "-qam", branch)
    git(root, "checkout", "-q", "main")
    git(root, "merge", "-q", "--no-edit", "lan")
    git(root, "merge", "-q", "--no-edit", "ana")
    for source in (NEGATIVE, PLAIN, WARNING):
        assert message(clinic, source).state == State.REVIEWED
        assert {line.who for line in message(clinic, source).reviews} >= {"Lan Pham", "Ana Díaz"}
    third = Reviewer("Luis Vega", "clinician", "MD", DAY)
    approve(clinic, PLAIN, third)  # what is written next is whole and in order again
    lines = record(clinic).read_text("utf-8").splitlines()[1:]
    assert lines == sorted(set(lines))


def test_a_return_on_one_branch_is_not_lost_by_an_approval_on_the_other(clinic):
    root = clinic.folder.parent
    (root / ".gitattributes").write_text("*.review.tsv merge=union\n", "utf-8")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "begin")
    git(root, "checkout", "-qb", "ana")
    returned(clinic, PLAIN, ANA)
    git(root, "add", "-A")
    git(root, "commit", "-qm", "ana")
    git(root, "checkout", "-q", "main")
    approve(clinic, PLAIN, LAN)
    git(root, "add", "-A")
    git(root, "commit", "-qm", "lan")
    git(root, "merge", "-q", "--no-edit", "ana")
    assert message(clinic, PLAIN).state == State.RETURNED


def test_the_programs_own_records_are_as_they_would_be_written():
    for path in sorted(builtin.locales().rglob("*.review.tsv")):
        assert record_text(read_reviews(path, path.name)) == path.read_text("utf-8"), path


def test_the_programs_records_are_of_translations_that_stand_in_its_catalogs():
    for tag in planting.known_languages():
        for path in sorted((builtin.locales() / tag).rglob("*.review.tsv")):
            po = path.with_name(path.name.replace(".review.tsv", ".po"))
            known = {message_hash(*each.key, each.translation) for each in read_po(po.read_bytes(), "").entries}
            assert {line.sha256 for line in read_reviews(path, "").lines} <= known, path
