"""How it looks: blocks → galleys → masters, as pure values; no PDF in here."""

from handouts.typeset.arrangement import set_galleys, surrounded
from handouts.typeset.fonts import Face, plain_face
from handouts.typeset.furniture import Furniture, FurnitureSize
from handouts.typeset.galley import Surroundings, set_block
from handouts.typeset.marks import Box, FieldBox, Galley, Glyphs, Mark, Picture, Rule, Strip
from handouts.typeset.master import Master, Place, lay_out, pages_as_text
from handouts.typeset.standing import furniture_size
from handouts.typeset.style import A4, LETTER, PAPERS, Paper, Style
from handouts.typeset.text import Line, Segment, Span, set_lines

__all__ = [
    "A4",
    "LETTER",
    "PAPERS",
    "Box",
    "Face",
    "FieldBox",
    "Furniture",
    "FurnitureSize",
    "Galley",
    "Glyphs",
    "Line",
    "Mark",
    "Master",
    "Paper",
    "Picture",
    "Place",
    "Rule",
    "Segment",
    "Span",
    "Strip",
    "Style",
    "Surroundings",
    "furniture_size",
    "lay_out",
    "pages_as_text",
    "plain_face",
    "set_block",
    "set_galleys",
    "set_lines",
    "surrounded",
]
