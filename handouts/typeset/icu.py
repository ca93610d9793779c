"""The ICU library that icu4py carries: text and paragraph direction → bidirectional levels (UAX #9 with isolates).

icu4py has no functions for this, so its own library is called; names in it carry ICU's major version, which is checked.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import icu4py
import icu4py.breakers  # loads the library and its data # pyright: ignore[reportUnusedImport]

from handouts.errors import Fault, MissingProgram

ICU = 78
_PLACES = ("../icu4py.libs", ".dylibs", "../icu4py.dylibs")


def levels(text: str, base: int) -> Sequence[int]:
    """The embedding level of every character of `text`, a paragraph of level `base` (0: left to right, 1: right to left)."""
    if not text:
        return ()
    library = _library()
    encoded = text.encode("utf-16-le", "surrogatepass")
    units = len(encoded) // 2
    error = ctypes.c_int(0)
    bidi = getattr(library, f"ubidi_open_{ICU}")()
    try:
        set_paragraph, get_levels = getattr(library, f"ubidi_setPara_{ICU}"), getattr(library, f"ubidi_getLevels_{ICU}")
        set_paragraph(bidi, encoded, units, base, None, ctypes.byref(error))
        found = get_levels(bidi, ctypes.byref(error))
        if error.value > 0:
            raise MemoryError(f"ICU's bidirectional algorithm failed with error {error.value}")
        each: bytes = ctypes.string_at(found, units)
    finally:
        getattr(library, f"ubidi_close_{ICU}")(bidi)
    if units == len(text):
        return each
    taken: list[int] = []
    at = 0
    for char in text:
        taken.append(each[at])
        at += 2 if ord(char) > 0xFFFF else 1
    return taken


def unicode_version() -> tuple[int, ...]:
    """The version of Unicode that the library follows."""
    return _version("u_getUnicodeVersion", _library())


@cache
def _library() -> Any:
    """The part with the algorithms of Unicode; raises MissingProgram if it is not there or of another version."""
    library = part("*icuuc*", "ubidi_open")
    pointer, number = ctypes.c_void_p, ctypes.c_int32
    getattr(library, f"ubidi_open_{ICU}").restype = pointer
    getattr(library, f"ubidi_close_{ICU}").argtypes = (pointer,)
    given = (pointer, ctypes.c_char_p, number, ctypes.c_uint8, pointer, pointer)
    getattr(library, f"ubidi_setPara_{ICU}").argtypes = given
    getattr(library, f"ubidi_getLevels_{ICU}").argtypes = (pointer, pointer)
    getattr(library, f"ubidi_getLevels_{ICU}").restype = pointer
    return library


def part(files: str, function: str) -> Any:
    """The part of ICU in one of the `files` (a pattern) that has `function`; raises MissingProgram if there is none of version ICU."""
    folder = Path(icu4py.__file__).parent
    for path in sorted(path for place in _PLACES for path in (folder / place).glob(files) if path.is_file()):
        library: Any = ctypes.CDLL(str(path))
        if hasattr(library, f"{function}_{ICU}"):
            return library
    from importlib.metadata import version  # noqa: PLC0415 - takes long, and nearly always there is one

    where = f"icu4py {version('icu4py')} on {sys.platform}"
    raise MissingProgram(Fault(where, f"has no library of ICU {ICU}.", 'Install handouts again, or "icu4py==1.2.*".'))


def _version(name: str, library: Any) -> tuple[int, ...]:
    numbers = (ctypes.c_uint8 * 4)()
    getattr(library, f"{name}_{ICU}")(numbers)
    return tuple(numbers)
