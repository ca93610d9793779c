"""The bytes of a picture → an image object (ISO 32000-1 §8.9.5), by reportlab and Pillow."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import Any

from handouts.memory import remembered
from handouts.pdf.file import File, stream


def image(file: File, content: bytes) -> int:
    """The number of an image object for a PNG or JPEG; what lets the ground through has a mask of its own.

    Raises ValueError for a picture that is damaged.
    """
    require_whole(content)
    shown, mask = _written(content)
    masked = f"/SMask {file.add_stream(mask)} 0 R" if mask else ""
    return file.add_stream(shown.replace(b"/Masked", masked.encode(), 1))


def require_whole(content: bytes) -> None:
    """Raises ValueError for a picture that is damaged."""
    from PIL.Image import DecompressionBombError  # noqa: PLC0415 - takes long, and most processes find their pictures made

    try:
        _written(content)
    # What Pillow raises for a picture that begins well and cannot be read to its end.
    except (OSError, SyntaxError, ValueError, EOFError, zlib.error, DecompressionBombError) as trouble:
        raise ValueError("the picture is damaged") from trouble


@remembered(16)
def _written(content: bytes) -> tuple[bytes, bytes]:
    """The picture and its mask (b"" for none) as objects; colours are those of the output intent (ISO 19005-2 §6.2.4.3)."""
    from reportlab.lib.utils import ImageReader  # noqa: PLC0415 - takes long, and few files have pictures
    from reportlab.pdfbase import pdfdoc  # noqa: PLC0415

    reader: Any = ImageReader
    document: Any = pdfdoc
    made = document.PDFImageXObject("picture", reader(BytesIO(_in_rgb(content))), mask="auto")
    mask = getattr(made, "_smask", None)
    return _object(made, "/Masked"), _object(mask, "") if mask else b""


def _in_rgb(content: bytes) -> bytes:
    """The picture itself, or one in RGB if it is for printers' inks, which the file's colours do not describe."""
    from PIL import Image, ImageFile  # noqa: PLC0415 - as in `require_whole`

    with Image.open(BytesIO(content)) as opened:
        lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False  # whatever others have set
        try:
            opened.load()  # a JPEG goes into the file unread, and half of one must not
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = lenient
        if opened.mode not in ("CMYK", "LAB", "YCbCr") or (opened.mode == "YCbCr" and opened.format == "JPEG"):
            return content
        plain = BytesIO()
        opened.convert("RGB").save(plain, "PNG")
        return plain.getvalue()


def _object(made: Any, more: str) -> bytes:
    size = f"/Width {made.width}/Height {made.height}/BitsPerComponent {made.bitsPerComponent}"
    packing = "".join(f"/{each}" for each in made._filters)  # noqa: SLF001  # reportlab tells it nowhere else
    see_through = f"/Mask[{' '.join(map(str, made.mask))}]" if made.mask else ""
    entries = f"/Type/XObject/Subtype/Image{size}/ColorSpace/{made.colorSpace}/Filter[{packing}]{see_through}{more}"
    data = made.streamContent
    return stream(entries, data if isinstance(data, bytes) else data.encode("latin-1"), packed=False)
