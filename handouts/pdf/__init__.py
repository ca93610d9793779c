"""How it is written: masters → plates → PDF files; the only folder that knows reportlab."""

from handouts.pdf.filling import Filled, fill
from handouts.pdf.font_set import FontSet
from handouts.pdf.notices import Signing
from handouts.pdf.plate import Plate
from handouts.pdf.stamp import stamp

__all__ = ["Filled", "FontSet", "Plate", "Signing", "fill", "stamp"]
