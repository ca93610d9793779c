"""The same paragraphs set by Pango and by us, side by side in one picture a language, to be looked at.

    PYTHONPATH=.:tests:tests/pdf python tests/typeset/pango.py FOLDER [LANGUAGE]…

needs pango-view (Debian: pango1.0-tools), which is given our faces and no others. Ours is on the left.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pypdfium2
from names import NAMES
from papers import FURNITURE, block, stamped
from PIL import Image
from pseudo import LANGUAGES, PSEUDO, samples

from handouts.content.blocks import BlankPlace, Group
from handouts.content.cldr import direction_of
from handouts.typeset import Style, furniture_size, lay_out, set_galleys
from handouts.typeset.bidi import FSI, PDI
from handouts.typeset.style import Paper

FACES = Path(__file__).parents[2] / "handouts" / "typeset" / "faces"
PAPER = Paper("sheet", 450, 1000, left=30, right=30)
STYLE = Style()
SCALE = 2
LATIN = (
    "The river is wide here, and the boats are slow.",
    "¿Quién abrió la ventana? Señora Núñez, «la vecina».",
    "The office “on the corner” (behind the mill) isn’t open – well, not today.",
)
VALUES = {
    "phone": "(212)\u00a0555\u20110142",
    "far": "+1 212-555-0142",
    "date": "March 3, 2026, 3:30\u202fPM",
    "dose": "0.5–1.0 mg/kg",
    "place": "100 Example Avenue, New York, NY 10000",
    "mail": "ask@clinic.example",
}


def paragraphs(language):
    """Sample sentences alone, with names of other scripts in them, with numbers, and with signs that come in pairs."""
    said = samples(language).sentences if language in PSEUDO else LATIN
    said = [sentence.replace("|", "") for sentence in said]
    gap = samples(language).joint if language in PSEUDO else " "
    name = [BlankPlace(f"name.{number}") for number in range(len(NAMES))]
    yield [gap.join(said[:7])]
    mixed = [
        run for sentence, blank in zip([*said, *said, *said], name, strict=False) for run in (sentence, " ", blank, " ")
    ]
    yield mixed[: 4 * len(NAMES)]
    first, second, third = (sentence.rstrip(".。۔።!?؟") for sentence in said[:3])
    values = [BlankPlace(key) for key in VALUES]
    yield [
        first,
        ": ",
        values[0],
        " ",
        second,
        " ",
        values[1],
        ", ",
        values[2],
        "; ",
        third,
        " (",
        values[3],
        ") ",
        values[4],
        ", ",
        values[5],
        ".",
    ]
    yield [
        f"“{second}” ", "“", name[0], "” (", name[1], ") «", name[4], "» [", name[5], f"]: 50% · {third} – 3/4 – ", name[0],
        f"… {first}! “Maria” ‘Lopez’ (", name[8], ")? ", "O’Brien’s ", first, "—", name[2], "。",
    ]  # fmt: skip


PRINTED = {**{f"name.{number}": name for number, name in enumerate(NAMES)}, **VALUES}


def ours(given, language):
    root = Group("document", tuple(block("p", *runs, language=language) for runs in given))
    galleys = set_galleys(root, {language: PRINTED}, PAPER, STYLE, {})
    furniture = replace(FURNITURE, title="Ours", language=language)
    master = lay_out(root, galleys, PAPER, STYLE, furniture_size(furniture, PAPER.measure, STYLE))
    with pypdfium2.PdfDocument(stamped(root, master, galleys, furniture)) as opened:
        return opened[0].render(scale=SCALE).to_pil().convert("RGB")


def pangos(given, language, folder):
    texts = []
    for runs in given:
        shown = [f"{FSI}{PRINTED[run.name]}{PDI}" if isinstance(run, BlankPlace) else run for run in runs]
        texts.append("".join(shown))
    (folder / "text.txt").write_text("\n".join(texts), "utf-8")
    (folder / "fonts.conf").write_text(
        f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig><dir>{FACES}</dir>'
        f"<cachedir>{folder}</cachedir></fontconfig>",
        "utf-8",
    )
    own = {"zh-Hans": "SC", "zh-Hant": "TC", "ja": "JP", "ko": "KR"}.get(language, "SC")
    families = f"Noto Sans, Noto {'Nastaliq Urdu' if language == 'ur' else 'Naskh Arabic'}, Noto Sans {own}"
    subprocess.run(
        [
            "pango-view", "--no-display", "--output", folder / "out.png", "--font", f"{families} {STYLE.body}",
            "--width", str(PAPER.measure), "--wrap", "word", "--dpi", str(72 * SCALE), "--language", language,
            "--margin", "10", "--align", "left", *(["--rtl"] if direction_of(language) == "rtl" else []), folder / "text.txt",
        ],
        check=True,
        env={**os.environ, "FONTCONFIG_FILE": str(folder / "fonts.conf")},
    )  # fmt: skip
    with Image.open(folder / "out.png") as opened:
        return opened.convert("RGB")


def main(folder, *languages):
    Path(folder).mkdir(parents=True, exist_ok=True)
    for language in languages or LANGUAGES:
        given = list(paragraphs(language))
        with tempfile.TemporaryDirectory() as place:
            left, right = ours(given, language), pangos(given, language, Path(place))
        both = Image.new("RGB", (left.width + right.width, max(left.height, right.height)), "white")
        both.paste(left, (0, 0))
        both.paste(right, (left.width, 80))
        both.save(Path(folder) / f"{language}.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
