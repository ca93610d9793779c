"""A folder → a new clinic in it: clinic.toml with every setting explained and none made, and places for its own papers."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap

from handouts.clinic import FILE
from handouts.errors import Fault, WrongUsage
from handouts.people import Role
from handouts.settings import ACTIONS, SETTINGS, SEVERITIES, Definition
from handouts.settings.regions import JURISDICTIONS

_HEAD = f"""\
# The clinic: who it is, and every setting it makes. Nothing here has a value yet, and nothing medical ever has one by
# itself: what is required and not set stops every packet and is named. `handouts check` tells what is still open.
#
# To set something, take the # away before its lines. Each setting stands with
#   value            the value itself
#   source_note      where it comes from (a guideline, a policy)
#   approved_by      the name of the person who approves it, and approved_at the day, as 2026-01-31 without quotation marks
# and may have
#   expires_at       the last day it is valid
#   second_approver  a second person, when a value outside the guard against typing errors is meant
# `handouts review content` approves all of them at once, and then goes before what stands here.
#
# A text stands in every language of the clinic: value = {{ en = "…", es-US = "…" }}. It holds numbers only if the same numbers
# stand in every language.

# true for an example clinic alone: its pages say SAMPLE, and nothing in it can be approved.
demo = false

[clinic]
# A short name for files: small letters, digits, hyphens. Required.
# id = "my-clinic"

# The name as patients know it. Required.
# name = "…"

# Whose law and phone numbers: {", ".join(JURISDICTIONS)}. Required.
# jurisdiction = "…"

# The languages of its papers, as language tags. English is the one the others are translated from. Required.
# languages = ["en", "es-US"]

# How its record numbers are written, as a regular expression that fits the whole number. Required.
# mrn_pattern = '[0-9]+'

# A picture in this folder, and what it shows, for people who cannot see it. Optional.
# logo = "logo.png"
# logo_alt = {{ en = "…", es-US = "…" }}

# How the schedule writes the start of an appointment, if not as 2026-03-04T08:00. Optional.
# start_format = "%m/%d/%Y %H:%M"

# The places where the clinic treats, each under a short name that the schedule uses. At least one is required.
# Without open_days a place is open every day.
[locations]
# [locations.main]
# name = "…"
# address = "…"
# time_zone = "Area/City"
# open_days = ["mon", "tue", "wed", "thu", "fri"]

# The people who treat patients or hold the consent discussion, each under a short name that the schedule uses. At least one is
# required. The licence is optional; with its days, appointments outside them are refused.
[clinicians]
# [clinicians.short_name]
# name = "…"
# credentials = "…"
# role = "physician"
# licence = "…"
# licence_from = 2026-01-01
# licence_until = 2026-12-31

# The people who decide and record, each under a short name that commands use (--as short_name), with their roles:
# {", ".join(Role)}.
# Who approves content is a medical_director with a licence: handouts review content.
[people]
# [people.short_name]
# name = "…"
# roles = ["clinician", "medical_director"]
# licence = "…"
# users = ["…"]         users of the computer who may act as this person; none: whoever may open this folder
# key = "name.p12"      what the person signs with: a file in this folder (.p12, .pfx, .pem), or "pkcs11:LABEL"

# How documents are signed on a screen (docs/signing.md). Without a seal people sign on paper.
[signing]
# level = "B-B"         B-B, B-T, B-LT or B-LTA
# seal = "seal.p12"     the clinic's own key: patients sign under it
# roots = "roots.pem"   the certificates that are trusted
# crls = "crls.pem"     lists of revoked certificates; without them B-LT and B-LTA ask the authorities
# timestamp_url = "…"   a timestamp authority (RFC 3161), for all levels but B-B
# pkcs11_module = "…"   the library of a token

# Where the record of packets, reviews and signatures is kept, and for how many years after a packet's last act.
[store]
# url = ""              empty: SQLite in this folder; or postgresql+pg8000://USER@HOST/NAME
# keep_years = 10

# How print runs come out of the tray (docs/press.md). What is not set is as it stands here.
[press]
# order = ["time", "clinician", "name", "location"]    what packets are sorted by, the first first
# file_sheets = 500     sheets in a print file, at most
# two_sided = true
# separators = true     a sheet before each packet that says whose it is
# staple = true         each document as a set, where the printer can
# reduced_ink = false
# queue = ""            the printer that runs are sent to
# [press.copies]        how many of a document, or of a document in a language; not set, one
# consent = 2
# "consent.es-US" = 3
# [press.media]         on what a document is printed (PWG 5101.1); not set, the printer's own choice
# consent = {{ type = "stationery-letterhead", source = "tray-2" }}
# separator = {{ colour = "yellow" }}
"""

_READMES = {
    "templates": """\
# The clinic's own papers

A folder here is a procedure: `procedure.toml` and one HTML template for each document. One with the name of a built-in
procedure goes before it, file by file: copy only the file you change. `handouts check` reads everything that stands here.
""",
    "locales": """\
# The clinic's own words

`TAG/LC_MESSAGES/PROCEDURE.po` (such as `es-US/LC_MESSAGES/ketamine-infusion.po`) holds the clinic's translations. They go
before the built-in ones, message by message; only reviewed messages are used. `handouts check` reads everything that stands here.
""",
}

_TEXT = '{ en = "…", es-US = "…" }'
_FORMS = {
    "number": "0.0",
    "integer": "0",
    "bool": "true or false, without quotation marks",
    "text": _TEXT,
    "texts": '{ en = ["…", "…"], es-US = ["…", "…"] }',
    "digits": '"…"',
    "phone": '"+1…"',
    "subdivision": '"…"',
    "roles": '["…", "…"]',
    "contraindications": f'[ {{ id = "…", text = {_TEXT} }}, … ]',
    "risks": f'[ {{ id = "…", severity = "{SEVERITIES[0]}", text = {_TEXT}, lasts = {_TEXT}, action = "{ACTIONS[0]}" }}, … ]',
    "alternatives": f'[ {{ id = "no_treatment", option = {_TEXT}, good = {_TEXT}, bad = {_TEXT} }}, … ]',
}
_NEEDS = {
    "required": "Required.",
    "conditional": "Required when a paper needs it.",
    "optional": "Optional.",
}


def write_clinic(folder: Path) -> None:
    """Make a new clinic in `folder`, whole or not at all; the folder may be there already, with other things in it.

    Raises WrongUsage if a clinic stands there, or if nothing can be written.
    """
    if (folder / FILE).exists():
        remedy = "Choose another folder; what is set there is not overwritten."
        raise WrongUsage(Fault(str(folder), f"holds a {FILE} already.", remedy))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as made:
            _write(Path(made) / "clinic")
            _move(Path(made) / "clinic", folder)
    except OSError as error:
        raise WrongUsage(
            Fault(str(folder), f"cannot be written ({error.strerror or error}).", "Choose another.")
        ) from error


def clinic_toml() -> str:
    """clinic.toml with every setting in order, explained and not set."""
    parts = [_HEAD]
    section = ""
    for definition in SETTINGS.values():
        if definition.section != section:
            section = definition.section
            parts.append(f"\n# ---- {section} ----\n")
        parts.append("\n".join(_explained(definition)) + "\n")
    return "\n".join(parts)


def _write(folder: Path) -> None:
    """The whole clinic in the new `folder`."""
    folder.mkdir()
    for name, readme in _READMES.items():
        (folder / name).mkdir()
        (folder / name / "README.md").write_text(readme, "utf-8", newline="\n")
    (folder / FILE).write_text(clinic_toml(), "utf-8", newline="\n")


def _move(made: Path, folder: Path) -> None:
    """Put what stands in `made` into `folder`: clinic.toml last, and nothing if any of it cannot be put there."""
    if not folder.exists():
        made.rename(folder)
        return
    placed: list[Path] = []
    try:
        for name in _READMES:
            if not (folder / name).exists():
                placed.append(folder / name)
                shutil.copytree(made / name, folder / name)
        (made / FILE).rename(folder / FILE)
    except OSError:
        for path in placed:
            shutil.rmtree(path, ignore_errors=True)
        raise


def _explained(definition: Definition) -> Iterator[str]:
    """The lines of one setting: question, explanation, form and range, and its table without a value."""
    told = f"{definition.explanation} {_range(definition)}".strip()
    yield from _comment(definition.question)
    yield from _comment(told, "  ")
    form = _FORMS.get(definition.kind) or " or ".join(f'"{choice}"' for choice in definition.choices)
    if definition.is_table_of_settings:
        part = "opioid" if definition.kind == "medicine_rules" else definition.choices[0]
        form = form if definition.kind == "medicine_rules" else _TEXT
        hours = ["#   hours = 0.0   (with do_not_take_from alone)"] if definition.kind == "medicine_rules" else []
        yield from (
            "#   Form:",
            f"#   [{definition.name}.{part}]",
            f"#   value = {form}",
            *hours,
            f"[{definition.name}]",
        )
        return
    yield f"#   Form: value = {form}"
    yield f"[{definition.name}]"
    yield "# value = "
    yield '# source_note = ""'
    yield '# approved_by = ""'
    yield "# approved_at = "


def _range(definition: Definition) -> str:
    told: list[str] = []
    if definition.low is not None and definition.high is not None:
        bounds = f"{definition.low:g} to {definition.high:g} {definition.unit}"
        told.append(f"Outside {bounds} it needs a second approver: a guard against typing errors, no advice.")
    if definition.needs:
        told.append(f"Required when {definition.needs} is true.")
    elif definition.need == "default":
        default = definition.default
        told.append(f"Not set, it is {str(default).lower() if isinstance(default, bool) else default}.")
    else:
        told.append(_NEEDS[definition.need])
    return " ".join(told)


def _comment(text: str, indent: str = "") -> list[str]:
    return [f"# {indent}{line}" for line in wrap(text, 116 - len(indent), break_long_words=False)]
