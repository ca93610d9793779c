"""A language → the order in which its people look names up: the collation of CLDR (UTS #35 part 5, UTS #10), by ICU.

icu4py has no functions for this, so the library that it carries is called, as for bidirectional text (`typeset/icu.py`).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any

from handouts.typeset.icu import ICU, part

_AS_IT_IS_WRITTEN, _ON = 4, 17
"""UCOL_NORMALIZATION_MODE: letters count the same whether their marks are part of them or follow them."""
_USUAL = 256
"""Bytes that most keys fit into."""


def sort_key(language: str) -> Callable[[str], bytes]:
    """What gives a text its key: keys compare as bytes in the order of `language` (a tag, such as "es-US").

    A language that CLDR has no order of its own for has that of the root, in which English is sorted. No setting of the machine
    counts. Texts that differ in nothing that counts have the same key. Raises MissingProgram where the library is not there.
    """
    collator, library = _collator(language), _library()
    written = getattr(library, f"ucol_getSortKey_{ICU}")

    def key(text: str) -> bytes:
        encoded = text.encode("utf-16-le", "surrogatepass")
        units, room = len(encoded) // 2, _USUAL
        while True:
            found = ctypes.create_string_buffer(room)
            needed = int(written(collator, encoded, units, found, room))
            if needed <= 0:
                raise MemoryError("ICU gave no key to sort by")
            if needed <= room:
                return found.raw[: needed - 1]  # without the zero at its end
            room = needed

    return key


@cache
def _collator(language: str) -> int:
    """The collator of `language`, which is never closed: there are as few as languages of a clinic."""
    library = _library()
    error = ctypes.c_int(0)
    found = getattr(library, f"ucol_open_{ICU}")(language.replace("-", "_").encode("ascii"), ctypes.byref(error))
    getattr(library, f"ucol_setAttribute_{ICU}")(found, _AS_IT_IS_WRITTEN, _ON, ctypes.byref(error))
    if not found or error.value > 0:
        raise MemoryError(f"ICU's collation failed with error {error.value}")
    return int(found)


@cache
def _library() -> Any:
    """The part of ICU that knows the languages."""
    library = part("*icui*n*", "ucol_open")  # icui18n, or icuin on Windows
    pointer, number = ctypes.c_void_p, ctypes.c_int32
    getattr(library, f"ucol_open_{ICU}").restype = pointer
    getattr(library, f"ucol_open_{ICU}").argtypes = (ctypes.c_char_p, pointer)
    getattr(library, f"ucol_setAttribute_{ICU}").argtypes = (pointer, ctypes.c_int, ctypes.c_int, pointer)
    getattr(library, f"ucol_setAttribute_{ICU}").restype = None
    getattr(library, f"ucol_getSortKey_{ICU}").argtypes = (pointer, ctypes.c_char_p, number, ctypes.c_char_p, number)
    getattr(library, f"ucol_getSortKey_{ICU}").restype = number
    return library
