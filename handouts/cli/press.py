"""`press run` and `press reprint`: packets in the order they are handed out, as files for a printer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, cast

import typer

from handouts.batch import jobs_for, prepare
from handouts.cache import user_cache
from handouts.cli.options import As, AsJson, ClinicFolder, Language, Now, clinic_folder, moment
from handouts.cli.packet import Paper, Variant, language_of
from handouts.cli.press_print import cancel, jobs, printers, release, send
from handouts.cli.progress import shown
from handouts.cli.say import counted, say, say_json, say_table
from handouts.clinic import Clinic, load_clinic
from handouts.content.editions import Editions
from handouts.errors import ExitCode, Fault, WrongUsage
from handouts.intake import Schedule, read_all
from handouts.press.asked import asked
from handouts.press.encrypted import password_from
from handouts.press.manifest import REFUSED, Told, standing
from handouts.press.part import Press
from handouts.press.plan import Plan
from handouts.press.reprint import reprint as reprinted
from handouts.press.reprint import sheets_between, sheets_of_packet
from handouts.press.run import RUN_SHEET, begun, earlier, ended, made, opened

app = typer.Typer(
    help="Print runs that come out of the tray in order, with proof of what was printed.", no_args_is_help=True
)
for each in (send, printers, jobs, release, cancel):
    app.command()(each)
_UP = (1, 2, 4)
Out = Annotated[Path, typer.Option("-o", "--out", help="The run's folder.")]
Password = Annotated[
    Path | None,
    typer.Option("--password-file", help="Encrypt every PDF (AES-256) with the password in this file, to be carried."),
]
