"""How it is written: masters → plates → PDF files; the only folder that knows reportlab."""

from handouts.pdf.notices import Signing
from handouts.pdf.plate import Plate, PlateMaker
from handouts.pdf.stamp import stamp

__all__ = ["Plate", "PlateMaker", "Signing", "stamp"]
