"""How it is written: masters → PDF files; the only folder that knows reportlab."""

from handouts.pdf.stamp import stamp
from handouts.typeset.furniture import Furniture

__all__ = ["Furniture", "stamp"]
