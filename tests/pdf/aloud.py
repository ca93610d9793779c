"""Reads a PDF as a screen reader does: the structure tree in its order, with the text that each element holds."""

import re
from io import BytesIO

import pikepdf

_BFCHAR = re.compile(r"<([0-9A-F]{4})><([0-9A-F]+)>")


def tags_as_text(pdf):
    """The structure tree, an element a line, the deeper the further right, with the words in it in quotation marks."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        reader = _Reader(opened)
        lines = []
        for kid in _listed(opened.Root.StructTreeRoot.K):
            lines += reader.element(kid, 0)
        return "\n".join(lines) + "\n"


def read_aloud(pdf):
    """All words in the order of the structure tree."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        reader = _Reader(opened)
        return "".join(reader.words(kid) for kid in _listed(opened.Root.StructTreeRoot.K))


def marked(pdf):
    """What the pages show, a page a list: (tag, number of the marked content or None, text)."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        return [list(_pieces(page)) for page in opened.pages]


class _Reader:
    def __init__(self, opened):
        self._pages = {page.objgen: dict(_numbered(page)) for page in opened.pages}

    def element(self, element, depth):
        """The lines of an element and all below it."""
        head = f"{'  ' * depth}{str(element.S)[1:]}{''.join(_told(element))}"
        lines = []
        words = ""
        for kid in [*(self._kid(element, kid) for kid in _kids(element)), None]:
            if isinstance(kid, str):
                words += kid
                continue
            if words:
                lines.append(f"{'  ' * (depth + 1)}“{words}”")
                words = ""
            if isinstance(kid, list):
                lines += [f"{'  ' * (depth + 1)}{line}" for line in kid]
            elif kid is not None:
                lines += self.element(kid, depth + 1)
        return [f"{head} {lines[0].strip()}"] if len(lines) == 1 and lines[0].endswith("”") else [head, *lines]

    def words(self, element):
        """All words of an element and those below it; a line a block."""
        found = ""
        for kid in (self._kid(element, kid) for kid in _kids(element)):
            found += kid if isinstance(kid, str) else "" if isinstance(kid, list) else self.words(kid)
        return found if str(element.S) == "/Link" else f"{found}\n"

    def _kid(self, element, kid):
        """The words of marked content, [what an annotation is], or an element."""
        if isinstance(kid, int):
            return self._pages[element.Pg.objgen][kid]
        if kid.get("/Type") == "/MCR":
            return self._pages[kid.Pg.objgen][int(kid.MCID)]
        if kid.get("/Type") == "/OBJR":
            return [_annotation(kid.Obj)]
        return kid


def _kids(element):
    return _listed(element.K) if "/K" in element else []


def _listed(kids):
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def _told(element):
    """What an element says of itself beside its role."""
    attributes = element.get("/A", {})
    for key in ("/Scope", "/ListNumbering", "/Role", "/Desc"):
        if key in attributes:
            yield f" {str(attributes[key]).removeprefix('/')}"
    if "/Lang" in element:
        yield f" [{element.Lang}]"
    if "/Alt" in element:
        yield f" alt “{element.Alt}”"


def _annotation(given):
    if given.Subtype == "/Link":
        return f"→ {given.A.URI} ({given.Contents})"
    name, at = "", given
    while at is not None:
        name = f"{at.T}.{name}" if name else str(at.T)
        at = at.get("/Parent")
    return f"▢ {str(given.FT)[1:]} {name}: {given.TU}"


def _numbered(page):
    found = {}  # what is filled in stands in a stream after that of all other text, so numbers need not rise
    for _, number, text in _pieces(page):
        if number is not None:
            assert number not in found, "a number is used twice on a page"
            found[number] = text
    assert sorted(found) == list(range(len(found)))
    return found


def _pieces(page):
    fonts = {name: _texts(font) for name, font in page.Resources.get("/Font", {}).items()}
    opened, said, font, text = None, None, {}, ""
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "BDC" if opened is not None:
                tag, entries = operands
                assert (str(tag), list(entries)) == ("/Span", ["/ActualText"]), "marked content nests"
                assert said is None, "what is said nests"
                said = text + str(entries["/ActualText"])
            case "BDC":
                opened, text = (str(operands[0])[1:], operands[1]), ""
            case "EMC" if said is not None:
                said, text = None, said
            case "EMC":
                tag, entries = opened
                number = int(entries["/MCID"]) if "/MCID" in entries else None
                yield tag, number, text
                opened = None
            case "Tf":
                font = fonts[str(operands[0])]
            case "TJ":
                assert opened is not None, "text outside of marked content"
                text += _shown(operands[0], font)
            case "S" | "f" | "B" | "Do":
                assert opened is not None, "something is painted outside of marked content"
    assert opened is None


def _shown(operand, font):
    """What an array of codes and moves shows."""
    codes = b"".join(bytes(each) for each in operand if isinstance(each, pikepdf.String))
    return "".join(font[int.from_bytes(codes[at : at + 2], "big")] for at in range(0, len(codes), 2))


def _texts(font):
    """What each code of a font stands for."""
    table = font.ToUnicode.read_bytes().decode("ascii")
    return {int(code, 16): bytes.fromhex(text).decode("utf-16-be") for code, text in _BFCHAR.findall(table)}
