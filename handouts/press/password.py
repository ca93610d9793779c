"""A file or a person at the terminal → a password that files are encrypted with; it never comes as an argument, which others can see."""

from __future__ import annotations

import getpass
import os
import stat
import stringprep
import sys
import unicodedata
from pathlib import Path

from handouts.errors import Fault, UnreadableInput, WrongUsage

SHORTEST = 12
"""Characters: whoever finds a file can try passwords as long and as fast as they like."""
LONGEST = 127
"""Bytes in UTF-8, of which readers take no more (ISO 32000-2 §7.6.4.3.3)."""

_PROHIBITED = (
    stringprep.in_table_c12,
    stringprep.in_table_c21_c22,
    stringprep.in_table_c3,
    stringprep.in_table_c4,
    stringprep.in_table_c5,
    stringprep.in_table_c6,
    stringprep.in_table_c7,
    stringprep.in_table_c8,
    stringprep.in_table_c9,
    stringprep.in_table_a1,
)
_MOST = 4096  # bytes of a file that are looked at
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def password_from(file: Path | None) -> str:
    """The password in the first line of `file`, or one that is asked for twice on the terminal; as `prepared` gives it.

    Raises UnreadableInput for a file that cannot be read or that others can read, WrongUsage where nobody can be asked, and as
    `prepared`.
    """
    return prepared(_first_line(file), str(file)) if file else prepared(_asked(), "password")


def prepared(password: str, where: str = "password") -> str:
    """`password` as readers take it (SASLprep, RFC 4013, as ISO 32000-2 §7.6.4.3.3 asks): however it was typed, the same characters.

    Raises WrongUsage, told of `where`, for one that is too short or too long, or that somebody could not type as it is.
    """
    mapped = "".join([" " if stringprep.in_table_c12(c) else c for c in password if not stringprep.in_table_b1(c)])
    found = unicodedata.normalize("NFKC", mapped)
    if found != found.strip():
        raise _unfit(where, "the password begins or ends with a space, which nobody sees.")
    if len(found) < SHORTEST:
        letters = f"{len(found)} character{'s' * (len(found) != 1)}" if found else "no character"
        problem = f"the password has {letters}; it needs {SHORTEST} or more, as a file can be tried at leisure."
        raise _unfit(where, problem)
    if len(found.encode("utf-8", "surrogatepass")) > LONGEST:
        raise _unfit(where, f"the password is longer than {LONGEST} bytes, and readers would leave out the rest.")
    if any(prohibited(c) for c in found for prohibited in _PROHIBITED):
        raise _unfit(where, "the password has a character that nobody can type for sure.")
    if any(map(stringprep.in_table_d1, found)) and not _runs_one_way(found):
        raise _unfit(where, "the password mixes letters of both directions.")
    return found


def _runs_one_way(text: str) -> bool:
    """Whether text with right-to-left letters has none of the others, and begins and ends with one (RFC 3454 §6)."""
    ends = stringprep.in_table_d1(text[0]) and stringprep.in_table_d1(text[-1])
    return ends and not any(map(stringprep.in_table_d2, text))


def _unfit(where: str, problem: str) -> WrongUsage:
    return WrongUsage(Fault(where, problem, "Choose another, such as a few words that do not belong together."))


def _first_line(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            found = os.fstat(opened.fileno())
            if os.name == "posix" and stat.S_ISREG(found.st_mode) and found.st_mode & _OTHERS:
                problem = "others on this machine can read or change the password in it."
                raise UnreadableInput(Fault(str(file), problem, f"Make it yours alone: chmod 600 {file}"))
            content = opened.read(_MOST)
    except OSError as trouble:
        problem = f"the password cannot be read: {trouble.strerror or trouble}."
        raise UnreadableInput(Fault(str(file), problem, "Name a file whose first line is the password.")) from None
    try:
        line, *_ = content.decode("utf-8-sig").splitlines() or [""]
    except UnicodeDecodeError:
        raise UnreadableInput(Fault(str(file), "it is not text in UTF-8.", "Save it as UTF-8.")) from None
    return line


def _asked() -> str:
    if not sys.stdin.isatty():
        problem = "there is no terminal to ask for the password at."
        raise WrongUsage(Fault("password", problem, "Name a file whose first line is the password."))
    first = getpass.getpass("Password for the files: ")
    if getpass.getpass("The same once more: ") != first:
        raise WrongUsage(Fault("password", "the two were not the same.", "Type it again."))
    return first
