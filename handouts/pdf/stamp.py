"""A master, its galleys and the furniture of its pages → the bytes of the PDF."""

from __future__ import annotations

from collections.abc import Sequence

from handouts.content.blocks import Group
from handouts.pdf.embed import used
from handouts.pdf.sheet import Signing, mark_across, sheets
from handouts.pdf.writer import Writer
from handouts.typeset.furniture import Furniture, SetFurniture, set_furniture
from handouts.typeset.marks import Galley
from handouts.typeset.master import Master


def stamp(
    root: Group,
    master: Master,
    galleys: Sequence[Galley],
    furniture: Furniture | SetFurniture,
    *,
    mark: str | None = None,
    signable: bool = True,
    instead_of_signing: str = "",
) -> bytes:
    """The PDF of `master`: the same arguments give the same bytes, in any process and at any time.

    It keeps to PDF/UA-1 (ISO 14289-1) and PDF/A-2a (ISO 19005-2). `root` is the wording as it was set in `galleys`, which, with
    the furniture's size, are those that `master` was laid out with. `mark` ("SAMPLE – NOT MEDICAL ADVICE", a line a language)
    stands in light grey across every page, below the text. With `signable` false there are no form fields, and signatures and
    initials become dashed areas that say `instead_of_signing`. Title and language are the furniture's; nothing of the patient is
    in the file's information. Raises as `set_lines` for a character without a glyph, TemplateError for a damaged picture, and
    ValueError for furniture that takes more room than `master` left for it.
    """
    standing = (
        set_furniture(furniture, master.paper.measure, master.style) if isinstance(furniture, Furniture) else furniture
    )
    needed, furniture = standing.size, standing.furniture
    if needed.header > master.furniture_size.header or needed.footer > master.furniture_size.footer:
        raise ValueError("the master was laid out for furniture that takes less room")
    made = sheets(master, galleys, standing, Signing(signable, instead_of_signing, furniture.language))
    across, turned = mark_across(mark or "", master.paper)
    met = used([*(text for sheet in made for text in sheet.texts), *((each.face, each.glyphs) for each in across)])
    writer = Writer(root, master.paper, master.style, furniture, met, len(made), fillable=signable)
    for sheet in made:
        writer.page(sheet, across, turned)
    return writer.pdf()
