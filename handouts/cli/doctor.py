"""`doctor`: what works on this machine."""

from __future__ import annotations

import typer

from handouts.cli.options import AsJson
from handouts.cli.say import say_json, say_table
from handouts.doctor import findings
from handouts.errors import ExitCode


def doctor(as_json: AsJson = False) -> None:
    """Say what works on this machine and what does not: fonts, time zones, Java for validation, printers."""
    found = findings()
    if as_json:
        say_json(
            [
                {"what": f.what, "works": f.works, "needed": f.needed, "found": f.found, "remedy": f.remedy}
                for f in found
            ]
        )
    else:
        rows = [
            (("ok" if f.works else "MISSING" if f.needed else "not there"), f.what, f.found, f.remedy) for f in found
        ]
        say_table(("", "what", "found", "what to do"), rows)
    raise typer.Exit(ExitCode.MISSING_PROGRAM if any(f.needed and not f.works for f in found) else ExitCode.DONE)
