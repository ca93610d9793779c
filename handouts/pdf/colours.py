"""The colours of the pages, as an ICC profile of the sRGB space (IEC 61966-2-1) for the file's output intent.

The profile is made here of the numbers that define the space, so that it is the same at every place and time and free of
others' rights: ISO 15076-1 (ICC.1:2004-10, version 4.2), a display profile of three colorants and one tone curve.
"""

from __future__ import annotations

import struct

from handouts.memory import remembered

# Adapted to D50 with the Bradford transform, as the standard has them in its annex.
_COLORANTS = {
    "rXYZ": (0.43607, 0.22249, 0.01392),
    "gXYZ": (0.38515, 0.71687, 0.09708),
    "bXYZ": (0.14307, 0.06061, 0.71410),
}
_WHITE = (0.9642, 1.0, 0.8249)
_ADAPTATION = (1.04788, 0.02292, -0.05022, 0.02959, 0.99048, -0.01708, -0.00925, 0.01508, 0.75168)
_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


@remembered()
def srgb_profile() -> bytes:
    """The profile's bytes."""
    curve = b"para" + struct.pack(">IHH", 0, 3, 0) + _fixed(_CURVE)
    tags = {
        "desc": _text("sRGB IEC61966-2.1"),
        "cprt": _text("No copyright, use freely"),
        "wtpt": _xyz(_WHITE),
        "chad": b"sf32" + bytes(4) + _fixed(_ADAPTATION),
        **{tag: _xyz(values) for tag, values in _COLORANTS.items()},
        **dict.fromkeys(("rTRC", "gTRC", "bTRC"), curve),
    }
    places: dict[bytes, int] = {}
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for tag, content in tags.items():
        if content not in places:
            places[content] = start + len(body)
            body += content + bytes(-len(content) % 4)
        table += tag.encode() + struct.pack(">II", places[content], len(content))
    head = struct.pack(
        ">I4sI4s4s4s12s4s", start + len(body), bytes(4), 0x04200000, b"mntr", b"RGB ", b"XYZ ", bytes(12), b"acsp"
    )
    rest = bytes(28) + _fixed(_WHITE)
    return (head + rest).ljust(128, b"\0") + table + body


def _fixed(values: tuple[float, ...]) -> bytes:
    """Numbers with sixteen binary digits after the point."""
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def _xyz(values: tuple[float, ...]) -> bytes:
    return b"XYZ " + bytes(4) + _fixed(values)


def _text(text: str) -> bytes:
    encoded = text.encode("utf-16-be")
    return b"mluc" + struct.pack(">III2s2sII", 0, 1, 12, b"en", b"US", len(encoded), 28) + encoded
