"""The bytes of a picture → its size in pixels, without decoding it."""

from __future__ import annotations

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


def pixel_size(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG (ISO/IEC 15948 §11.2.2) or JPEG (ITU-T T.81 §B.2.2); ValueError for anything else."""
    if content.startswith(_PNG) and len(content) >= 24:
        size = int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    elif content.startswith(b"\xff\xd8"):
        size = _jpeg_size(content)
    else:
        raise ValueError("neither PNG nor JPEG")
    if 0 in size:
        raise ValueError("a picture without width or height")
    return size


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker in _JPEG_FRAMES:
            return int.from_bytes(content[at + 7 : at + 9], "big"), int.from_bytes(content[at + 5 : at + 7], "big")
        at += 1 if marker == 0xFF else 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    raise ValueError("a JPEG without a frame")
