"""Files that open with a password alone: what it allows, what nobody can do, and which passwords are taken."""

import subprocess
import unicodedata
from io import BytesIO

import papers
import pikepdf
import pytest
from verapdf import failures

from handouts.content.blocks import Group
from handouts.errors import NotAllowed, UnreadableInput, WrongUsage
from handouts.press.encrypted import encrypted
from handouts.press.password import LONGEST, SHORTEST, password_from, prepared

PASSWORD = "three quiet lamps"


@pytest.fixture(scope="module")
def plain():
    return papers.made(Group("document", (papers.block("p", "Words for María alone."),)))


@pytest.fixture(scope="module")
def locked(plain):
    return encrypted(plain, PASSWORD)


def test_it_opens_with_the_password_and_with_no_other(locked):
    for wrong in ("", PASSWORD.upper(), PASSWORD[:-1], f"{PASSWORD} "):
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(BytesIO(locked), password=wrong)
    with pikepdf.open(BytesIO(locked), password=PASSWORD) as opened:
        assert opened.user_password_matched
        assert not opened.owner_password_matched


def test_qpdf_and_poppler_open_it_too(locked, tmp_path):
    file = tmp_path / "locked.pdf"
    file.write_bytes(locked)
    assert subprocess.run(["qpdf", "--check", f"--password={PASSWORD}", file], check=False).returncode == 0
    refused = subprocess.run(["qpdf", "--check", file], check=False, capture_output=True, text=True)
    assert refused.returncode != 0
    assert "invalid password" in refused.stderr
    told = subprocess.run(["pdftotext", "-upw", PASSWORD, file, "-"], check=True, capture_output=True, text=True)
    assert "Words for María alone." in told.stdout
    assert subprocess.run(["pdftotext", file, "-"], check=False, capture_output=True).returncode != 0


def test_it_is_aes_256_and_allows_printing_and_reading_aloud_alone(locked, tmp_path):
    file = tmp_path / "locked.pdf"
    file.write_bytes(locked)
    command = ["qpdf", "--show-encryption", f"--password={PASSWORD}", file]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "R = 6" in said
    assert said.count("encryption method: AESv3") == 3
    assert "print high resolution: allowed" in said
    assert "extract for accessibility: allowed" in said
    assert "modify anything: not allowed" in said
    assert "extract for any purpose: not allowed" in said


def test_nothing_of_it_can_be_read_without_the_password(plain, locked):
    for word in (b"Handouts", b"A paper", b"xmpmeta"):
        assert word in plain
        assert word not in locked


def test_the_pages_are_the_same_to_the_operator(plain, locked):
    with pikepdf.open(BytesIO(plain)) as before, pikepdf.open(BytesIO(locked), password=PASSWORD) as after:
        assert len(before.pages) == len(after.pages)
        for one, other in zip(before.pages, after.pages, strict=True):
            shown = [[each.read_bytes() for each in page.Contents] for page in (one, other)]
            assert shown[0] == shown[1]
        assert "/StructTreeRoot" in after.Root


def test_it_does_not_say_that_it_is_archival_any_more(plain, locked):
    with pikepdf.open(BytesIO(plain)) as before, pikepdf.open(BytesIO(locked), password=PASSWORD) as after:
        was, is_ = before.Root.Metadata.read_bytes(), after.Root.Metadata.read_bytes()
    assert b"<pdfaid:part>" in was
    assert b"pdfaid:part>" not in is_
    assert b"pdfaid:conformance>" not in is_
    assert b"<pdfuaid:part>1</pdfuaid:part>" in is_


def test_it_is_for_everybody_still(locked, tmp_path):
    (tmp_path / "locked.pdf").write_bytes(locked)
    assert not failures(tmp_path, ("ua1",), PASSWORD)


def test_bytes_differ_each_time_and_what_goes_in_stays_as_it_is(plain):
    before = bytes(plain)
    assert encrypted(plain, PASSWORD) != encrypted(plain, PASSWORD)
    assert plain == before


def test_a_signed_file_is_not_encrypted(plain):
    signed = BytesIO()
    with pikepdf.open(BytesIO(plain)) as opened:
        value = pikepdf.Dictionary(Type=pikepdf.Name.Sig, ByteRange=[0, 1, 2, 3], Contents=b"x")
        field = pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="sign.patient", V=opened.make_indirect(value))
        opened.Root.AcroForm = pikepdf.Dictionary(Fields=[opened.make_indirect(field)], SigFlags=3)
        opened.save(signed)
    with pytest.raises(NotAllowed, match="signed"):
        encrypted(signed.getvalue(), PASSWORD)


def test_a_password_in_letters_of_any_script_opens_the_file_however_it_was_typed(plain):
    composed = prepared(unicodedata.normalize("NFC", "contraseña única"))
    assert composed == prepared(unicodedata.normalize("NFD", "contraseña única"))
    for password in (composed, prepared("три тихие лампы"), prepared("سرسرسرسرسرسرسر")):
        locked = encrypted(plain, password)
        with pikepdf.open(BytesIO(locked), password=password) as opened:
            assert opened.user_password_matched


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "has no character;"),
        ("a", "has 1 character;"),
        ("a" * (SHORTEST - 1), f"needs {SHORTEST}"),
        ("\u00ad" * 20 + "short", "5 characters"),  # what cannot be seen does not count
        (" three quiet lamps", "space"),
        ("three quiet lamps\u00a0", "space"),
        ("a" * (LONGEST + 1), "longer than"),
        ("ж" * 64, "longer than"),
        ("three\tquiet lamps", "type for sure"),
        ("three\u202equiet lamps", "type for sure"),
        ("three\ue000quiet lamps", "type for sure"),
        ("three\ud800quiet lamps", "type for sure"),
        ("سرسرسرسر lamps", "both directions"),
    ],
)
def test_a_password_that_would_not_do_is_refused_and_never_shown(password, why):
    with pytest.raises(WrongUsage, match=why) as trouble:
        prepared(password)
    assert not password.strip() or len(password) < 3 or password not in str(trouble.value)


def test_the_longest_password_that_is_taken_opens_the_file_and_a_shorter_one_does_not(plain):
    password = prepared("a" * LONGEST)
    locked = encrypted(plain, password)
    with pikepdf.open(BytesIO(locked), password=password):
        pass
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(BytesIO(locked), password=password[:-1])


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\nsecond line\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_first_line_of_a_file_is_the_password(tmp_path, ending, mark):
    file = tmp_path / "password"
    file.write_bytes(f"{mark}{PASSWORD}{ending}".encode())
    file.chmod(0o600)
    assert password_from(file) == PASSWORD


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o602])
def test_a_file_that_others_can_read_is_refused(tmp_path, mode):
    file = tmp_path / "password"
    file.write_text(PASSWORD)
    file.chmod(mode)
    with pytest.raises(UnreadableInput, match="chmod 600") as trouble:
        password_from(file)
    assert PASSWORD not in str(trouble.value)


def test_a_file_that_is_none_is_told_with_its_name(tmp_path):
    empty, other = tmp_path / "empty", tmp_path / "other"
    empty.touch(0o600)
    other.touch(0o600)
    other.write_bytes(b"\xff\xfe\x00 three quiet lamps")
    with pytest.raises(WrongUsage, match="empty"):
        password_from(empty)
    with pytest.raises(UnreadableInput, match="UTF-8"):
        password_from(other)
    with pytest.raises(UnreadableInput, match="absent"):
        password_from(tmp_path / "absent")
    with pytest.raises(UnreadableInput, match=tmp_path.name):
        password_from(tmp_path)


class Terminal:
    def isatty(self):
        return True


def test_it_is_asked_for_twice(monkeypatch):
    answers = [PASSWORD, PASSWORD, PASSWORD, "three quiet lamp"]
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda _: answers.pop(0))
    assert password_from(None) == PASSWORD
    with pytest.raises(WrongUsage, match="not the same"):
        password_from(None)


def test_without_a_terminal_nobody_is_asked(monkeypatch):
    monkeypatch.setattr("sys.stdin", BytesIO())
    with pytest.raises(WrongUsage, match="no terminal"):
        password_from(None)
