"""The conformance files of Unicode against the functions that set text: order (UAX #9) and line breaks (UAX #14).

The files are Debian's, of Unicode 15; ICU follows Unicode 17. Every line that comes out otherwise is listed with the reason, and
one that no longer does fails too.
"""

import os
import warnings
from pathlib import Path

import pytest

from handouts.typeset import icu
from handouts.typeset.bidi import visual_order
from handouts.typeset.breaks import icu_breaks

FILES = Path("/usr/share/unicode")
LEFT, RIGHT = 2, 4
CLASSES = {
    "L": "a", "R": "א", "AL": "ا", "EN": "1", "ES": "-", "ET": "%", "AN": "\u0660", "CS": ",", "B": "\u2029", "S": "\t",
    "WS": " ", "ON": "!", "BN": "\u00ad", "NSM": "\u0300", "LRE": "\u202a", "RLE": "\u202b", "PDF": "\u202c",
    "LRO": "\u202d", "RLO": "\u202e", "LRI": "\u2066", "RLI": "\u2067", "FSI": "\u2068", "PDI": "\u2069",
}  # fmt: skip


MARK = "a combining mark at the end of a line after a bracket that took its side from its inside (N0): it takes the line's side"
CHARACTERS = {
    **dict.fromkeys(
        (60, 62), "isolate signs in an override between embeddings (X6a, ICU-23513): values hold no overrides"
    ),
    **dict.fromkeys((83, 84, 85, 86, 87, 88, 102, 108, 113), MARK),
    120: "more than 63 brackets within one another (BD16, ICU-23513)",
}
HYPHEN = "LB20a (Unicode 16): a hyphen that begins a word stays with it"
NUMBER = "LB25 (Unicode 16): a comma before a digit is part of a number only if a digit stands before it"
QUOTE = "LB15a (Unicode 15.1): only an initial quotation mark keeps an opening bracket over a space"
INITIAL = "LB15a and LB15b (Unicode 15.1): initial and final quotation marks differ"
HEBREW = "LB21a (Unicode 16): a hyphen between Hebrew letters ends a line as others do"
POINT = "LB15c and LB25 (Unicode 15.1, 16): a full stop before a digit may begin a number"
LINE_BREAKS = {
    **dict.fromkeys((2265, 2267, 2313, 2315, 2421, 2423, 2425, 2427, 2429, 2431), HYPHEN),
    **dict.fromkeys((2873, 2875), NUMBER),
    **dict.fromkeys((4770, 4772, 4818, 4820), QUOTE),
    **dict.fromkeys((7514, 7515, 7519, 7520), INITIAL),
    7680: HEBREW,
    **dict.fromkeys((7477, *range(7576, 7582), *range(7583, 7588)), POINT),
}


def lines_of(name):
    path = FILES / name
    if not path.is_file():
        missing = f"{path} is not there; install Debian's package unicode-data"
        if os.environ.get("CI"):
            pytest.fail(missing)
        warnings.warn(f"SKIPPED, so nothing was tested: {missing}", stacklevel=2)
        pytest.skip(missing)
    with path.open(encoding="utf-8") as opened:
        for number, line in enumerate(opened, 1):
            text = line.partition("#")[0].strip()
            if text:
                yield number, text


def differs(text, base, levels, order):
    """Whether our levels or our order of `text` are not `levels` ("x": the character is taken out) and `order`.

    Text of one direction has the level of its paragraph in ICU, whatever its own; it is drawn the same.
    """
    found = icu.levels(text, base)
    kept = [index for index, level in enumerate(levels) if level != "x"]
    ours = [found[index] for index in kept]
    theirs = [int(levels[index]) for index in kept]
    sides = {level % 2 for level in theirs}
    same = ours == theirs or (len(sides) == 1 and {level % 2 for level in found} == sides)
    return not same or [kept[at] for at in visual_order(ours)] != order


def test_levels_and_order_are_those_of_the_file_of_bidirectional_classes():
    levels, order, wrong, tried = [], [], [], 0
    for number, line in lines_of("BidiTest.txt"):
        if line.startswith("@"):
            name, _, values = line.partition(":")
            if name == "@Levels":
                levels = values.split()
            elif name == "@Reorder":
                order = [int(value) for value in values.split()]
            continue
        names, _, bits = line.partition(";")
        text = "".join([CLASSES[name] for name in names.split()])
        for flag, base in ((LEFT, 0), (RIGHT, 1)):
            if int(bits, 16) & flag:
                tried += 1
                if differs(text, base, levels, order):
                    wrong.append((number, line, base))
    assert not wrong
    assert tried > 500_000


def test_levels_and_order_are_those_of_the_file_of_bidirectional_characters():
    wrong, tried = [], 0
    for number, line in lines_of("BidiCharacterTest.txt"):
        codes, direction, _, levels, order = line.split(";")
        if direction == "2":
            continue  # the direction of the first letter: our paragraphs always have one
        tried += 1
        text = "".join([chr(int(code, 16)) for code in codes.split()])
        if differs(text, int(direction), levels.split(), [int(value) for value in order.split()]):
            wrong.append(number)
    assert wrong == sorted(CHARACTERS)
    assert tried > 60_000


def test_lines_break_as_in_the_file_of_line_breaks():
    wrong, tried = [], 0
    for number, line in lines_of("auxiliary/LineBreakTest.txt"):
        parts = line.split()
        text = "".join([chr(int(code, 16)) for code in parts[1::2]])
        tried += 1
        if icu_breaks(text, "en") != [at for at, sign in enumerate(parts[2::2], 1) if sign == "÷"]:
            wrong.append(number)
    assert wrong == sorted(LINE_BREAKS)
    assert tried > 7_000


def test_the_files_are_those_whose_differences_are_listed():
    for name in ("BidiTest", "BidiCharacterTest", "auxiliary/LineBreakTest"):
        list(lines_of(f"{name}.txt"))
        first = (FILES / f"{name}.txt").read_text("utf-8").partition("\n")[0]
        assert first == f"# {Path(name).name}-15.0.0.txt"
    assert icu.unicode_version()[:2] == (17, 0)
